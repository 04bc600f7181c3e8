//! `quell doctor`: everything that must be right before and while quell runs, one line each, with what to do where it is not.
//!
//! Looks at files, Postgres, the token endpoint, Defender and the receivers, each for a bounded time; where one of them is away the rest
//! goes on. To receivers it connects and says nothing. It writes nothing but its one read into the ledger, as any read of the daemon's (and the tenant's row, as a daemon's
//! first start does), and, where a user has signed in, the refresh token that came with the token, as the daemon does: as the
//! user whom the file belongs to, or not at all. It never sends the token anywhere but to the configured host.

mod credential;
mod defender;
mod files;
mod finding;
mod permissions;
mod playbooks;
mod postgres;
mod receivers;
mod render;
mod standing;
mod token;

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::operator::{Output, answer, default_config, tenant_of};
use super::progress::Progress;
use super::reads::Aside;
use crate::app;
use crate::clock;
use crate::config::{Config, Http, Tenant};
use crate::defender::{Client, TokenFacts};
use crate::outbound::Poster;
use crate::playbook::PlaybookSet;
use crate::store::Store;
use finding::Finding;
use postgres::Looked;
use standing::Standing;
use token::NoToken;

/// Check everything that must be right before and while quell runs, and say what to do where it is not
///
/// Exit code 0: nothing is wrong; 1: something is; 3: something could not be found out.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which tenant of the configuration [default: the first]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Ask neither Entra nor Defender, and reach no receiver
    #[arg(long)]
    offline: bool,
    /// Measure how far the hosts of every region are, three greetings without a token each
    #[arg(long, conflicts_with = "offline")]
    regions: bool,
    /// How to print the answer: a list of {check, state, found, remedy}
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    /// The same as `-o json`
    #[arg(long)]
    json: bool,
}

/// Nothing is waited for longer.
const LIMIT: Duration = Duration::from_secs(10);

/// The answer, if it came in time.
async fn within<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(LIMIT, work).await.ok()
}

/// Checks, and prints what was found.
///
/// # Errors
/// There is no configuration, it has no such tenant, or standard output cannot be written.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let path = match &args.config {
        Some(path) => path.clone(),
        None => default_config()?,
    };
    let (configuration, config) = files::configuration(&path);
    let mut findings = vec![configuration];
    let mut title = format!("quell doctor: {}", path.display());
    if let Some(config) = &config {
        let tenant = tenant_of(config, args.tenant.as_deref())?;
        title += &format!(", tenant {}", tenant.name);
        findings.extend(files::tenant(config, tenant, args.tenant.is_some()));
        findings.extend(examine(&args, config, tenant).await);
    }
    let output = if args.json { Output::Json } else { args.output };
    answer(output, &findings, |paint| {
        render::render(&title, &findings, paint)
    })?;
    Ok(finding::exit_code(&findings))
}

/// How many things are waited for at the same time.
const WAITED_FOR: u64 = 7;

/// Says how many of the answers are there.
struct Steps(RefCell<(Progress, u64)>);

impl Steps {
    async fn count<T>(&self, work: impl Future<Output = T>) -> T {
        let done = work.await;
        let mut steps = self.0.borrow_mut();
        steps.1 += 1;
        let n = steps.1;
        steps.0.show("checking", n, WAITED_FOR);
        done
    }
}

/// Everything but the configuration itself, in the order in which it is to be read.
async fn examine(args: &Args, config: &Config, tenant: &Tenant) -> Vec<Finding> {
    let mut findings = files::secrets(config);
    let store = app::store(config);
    let client = client(args, config, tenant);
    let steps = Steps(RefCell::new((Progress::on_stderr(), 0)));
    let (database, token, listener, (files, set), regions, told) = tokio::join!(
        steps.count(database(store.as_ref().ok(), config, tenant)),
        steps.count(obtain(client.as_ref())),
        steps.count(listener(&config.http)),
        steps.count(playbooks::look(config)),
        steps.count(async {
            match &client {
                Ok(client) if args.regions => defender::regions(client, tenant).await,
                _ => Vec::new(),
            }
        }),
        steps.count(receivers::look(config, tenant, args.offline)),
    );
    let facts = token.as_ref().and_then(|token| token.as_ref().ok());
    findings.extend(credential::findings(tenant, facts, clock::now()));
    let store = match &store {
        Ok(store) => store,
        Err(error) => {
            let remedy = "correct `database` in the configuration, or the file that it names";
            findings.push(Finding::wrong("postgres.reach", format!("{error:#}"), remedy));
            findings.push(listener_finding(listener, &config.http, None));
            findings.extend(of_token(
                token.as_ref(),
                &client,
                (config, tenant),
                &[set.as_deref()],
            ));
            findings.push(files);
            findings.extend(told);
            return findings;
        }
    };
    let read = match (&client, &token) {
        (Ok(client), Some(Ok(_))) => {
            steps
                .count(one_read(store, config, tenant, client, &database.0))
                .await
        }
        _ => Vec::new(),
    };
    steps.0.borrow_mut().0.clear();
    let (looked, standing) = database;
    findings.extend(looked.findings);
    let known = standing.as_ref().and_then(|standing| standing.as_ref().ok());
    match &standing {
        Some(Ok(standing)) => findings.extend(standing::daemon(standing)),
        Some(Err(failed)) => findings.push(failed.clone()),
        None => findings.push(unseen(looked.is_usable, &tenant.name)),
    }
    findings.push(listener_finding(listener, &config.http, known));
    let stored = playbooks::stored(known.and_then(|standing| standing.set.as_ref())).await;
    let sets = [set.as_deref(), stored.set()];
    findings.extend(of_token(token.as_ref(), &client, (config, tenant), &sets));
    findings.extend(read);
    findings.extend(regions);
    findings.push(files);
    if let Some(standing) = known {
        let status = &standing.status;
        let active = status.playbook_set.as_ref();
        findings.push(playbooks::in_force(set.as_deref(), &stored, active, status.at));
        findings.extend(standing::means(standing, config));
    }
    findings.push(standing::approvals(config));
    findings.extend(told);
    findings
}

/// What Postgres is, and what it says of the work; `None`: it could not be asked of it.
async fn database(
    store: Option<&Store>,
    config: &Config,
    tenant: &Tenant,
) -> (Looked, Option<Result<Standing, Finding>>) {
    let Some(store) = store else {
        let looked = Looked {
            findings: Vec::new(),
            is_usable: false,
            may_work: false,
        };
        return (looked, None);
    };
    let looked = postgres::look(store, config.database.max_connections, &tenant.name).await;
    if !looked.is_usable {
        return (looked, None);
    }
    let standing = match within(store.tenant_find(&tenant.name)).await {
        Some(Ok(Some(id))) => Some(standing::look(store, config, &app::gate_of(config, tenant), id).await),
        Some(Ok(None)) => None,
        Some(Err(error)) => Some(Err(postgres::failure("daemon", Some(error)))),
        None => Some(Err(postgres::failure("daemon", None))),
    };
    (looked, standing)
}

/// Why the database says nothing of the work.
fn unseen(is_usable: bool, tenant: &str) -> Finding {
    match is_usable {
        true => Finding::not_asked("daemon", format!("no daemon has run with tenant `{tenant}` yet"))
            .look("start one: `systemctl start quell`, or `quell run --config FILE`"),
        false => Finding::unknown(
            "daemon",
            "who dispatches, what is stopped, the budget and the alarms stand in Postgres, which cannot say it now",
            "put right what is wrong with Postgres first (see above)",
        ),
    }
}

/// The client of the tenant; an error is why nobody may be asked.
fn client(args: &Args, config: &Config, tenant: &Tenant) -> Result<Arc<Client>, Finding> {
    if args.offline {
        return Err(Finding::not_asked(
            "token",
            "`--offline`: neither Entra nor Defender was asked",
        ));
    }
    let clients = app::clients(config).map_err(|error| {
        let remedy = "correct the tenant's addresses in the configuration; of TLS: install the system's root certificates";
        Finding::wrong("token", format!("{error:#}"), remedy)
    })?;
    let found = clients.get(&tenant.name).cloned();
    found.ok_or_else(|| Finding::not_asked("token", "the tenant has no client"))
}

async fn obtain(client: Result<&Arc<Client>, &Finding>) -> Option<Result<TokenFacts, NoToken>> {
    match client {
        Ok(client) => Some(token::obtain(client).await),
        Err(_) => None,
    }
}

fn of_token(
    token: Option<&Result<TokenFacts, NoToken>>,
    client: &Result<Arc<Client>, Finding>,
    (config, tenant): (&Config, &Tenant),
    sets: &[Option<&PlaybookSet>],
) -> Vec<Finding> {
    let (Some(token), Ok(_)) = (token, client) else {
        return client.as_ref().err().cloned().into_iter().collect();
    };
    let mut findings = vec![token::finding(token, tenant, clock::now())];
    if let Ok(token) = token {
        let mut wanted = permissions::wanted(sets.iter().copied().flatten());
        permissions::of_sources(&config.polled_by(tenant), &mut wanted);
        findings.extend(permissions::findings(token.claims.as_ref(), &wanted));
    } else {
        let why = "without a token nobody can tell what it may, nor ask Defender anything";
        findings.push(Finding::unknown("defender.read", why, "see `token`"));
    }
    findings
}

/// One read of Defender, in the ledger.
async fn one_read(
    store: &Store,
    config: &Config,
    tenant: &Tenant,
    client: &Client,
    looked: &Looked,
) -> Vec<Finding> {
    let unasked = |why: &str| {
        vec![Finding::unknown(
            "defender.read",
            format!("no read without a slot in the ledger, and {why}"),
            "put right what is wrong with Postgres first (see above)",
        )]
    };
    if !looked.may_work {
        return unasked("Postgres cannot take one now");
    }
    let gate = app::gate_of(config, tenant);
    // As a daemon's first start does it: before that there is no ledger to write into.
    let ledger = async {
        let id = store.tenant_ensure(&tenant.name).await?;
        store.budget_ensure(id, &gate.app_id).await.map(|()| id)
    };
    let id = match within(ledger).await {
        Some(Ok(id)) => id,
        failed => return vec![postgres::failure("defender.read", failed.and_then(Result::err))],
    };
    match Aside::new(store, id, &gate, client) {
        Ok(aside) => defender::read(&aside).await,
        Err(error) => unasked(&format!("{error:#}")),
    }
}

/// Whether a daemon on this machine takes events; `None`: the port is chosen when it starts.
async fn listener(http: &Http) -> Option<Result<(u16, String), String>> {
    let mut at = http.listen;
    // Over TLS it is known by its name, which only its senders know.
    if at.port() == 0 || http.tls.is_some() {
        return None;
    }
    if at.ip().is_unspecified() {
        at.set_ip(match at.ip() {
            std::net::IpAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            std::net::IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let poster = match Poster::new(&format!("http://{at}"), "/readyz", None) {
        Ok(poster) => poster,
        Err(error) => return Some(Err(error.to_string())),
    };
    Some(match within(poster.get()).await {
        Some(Ok(reply)) => Ok((
            reply.status,
            String::from_utf8_lossy(&reply.body)
                .trim()
                .chars()
                .take(200)
                .collect(),
        )),
        Some(Err(error)) => Err(error.to_string()),
        None => Err(format!("no answer from http://{at} within {} s", LIMIT.as_secs())),
    })
}

fn listener_finding(
    listener: Option<Result<(u16, String), String>>,
    http: &Http,
    standing: Option<&Standing>,
) -> Finding {
    let check = "daemon.listener";
    let lives = standing.is_some_and(|standing| !standing.replicas.is_empty());
    match listener {
        None if http.tls.is_some() => Finding::not_asked(
            check,
            "`http.tls` has a certificate for a name: ask by it, `curl https://NAME/readyz`",
        ),
        None => Finding::not_asked(
            check,
            "`http.listen` has port 0: the daemon takes a free one, and logs which",
        ),
        Some(Ok((200, _))) => Finding::ok(check, format!("{} is ready for events", http.listen)),
        Some(Ok((status, said))) => Finding::wrong(
            check,
            format!("{} answers, and cannot take events: {status} {said}", http.listen),
            "see what it says, and its log; if it is another program, change `http.listen`",
        ),
        Some(Err(why)) if lives => Finding::warning(
            check,
            format!("nobody takes events on this machine: {why}"),
            "none need, if the daemon runs elsewhere (see daemon.replicas); else see its log",
        ),
        Some(Err(why)) => Finding::warning(
            check,
            format!("nobody takes events on this machine: {why}"),
            "start a daemon: `systemctl start quell`, or `quell run --config FILE`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::finding::State;
    use super::*;

    #[test]
    fn a_listener_is_wrong_when_it_answers_no_and_may_be_elsewhere_when_it_does_not() {
        let config = Config::parse(
            "q.yaml",
            "database: {url: 'postgres:///q'}\nplaybooks: {path: p}\ntenants: [{name: t, credential: {client_secret: {directory_id: d, client_id: c, secret_file: s}}}]\n",
            Path::new("/"),
            None,
        );
        let http = config.expect("it is one").config.http;
        let state = |answer| listener_finding(answer, &http, None).state;
        assert_eq!(state(None), State::NotAsked);
        assert_eq!(state(Some(Ok((200, "ready".to_owned())))), State::Ok);
        assert_eq!(state(Some(Ok((503, "not ready".to_owned())))), State::Wrong);
        assert_eq!(state(Some(Err("refused".to_owned()))), State::Warning);
    }
}
