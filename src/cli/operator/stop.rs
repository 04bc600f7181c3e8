//! `quell stop` and `quell resume`: the stop switch, for a person at three in the morning. What is written is in force in the
//! next gate transaction of every replica; nothing here waits for a daemon, and nothing but a person's resume ends it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use uuid::Uuid;

use super::release::{operator, said, typed};
use super::stop_ids::{called, id_length};
use super::table::{Paint, Tone, plain, short};
use super::{Output, answer, connect, nothing_done, refuse, tenant_of};
use crate::cli::exit::Senseless;
use crate::cli::since::Since;
use crate::cli::sure::{self, Sure};
use crate::config::Config;
use crate::desk;
use crate::desk::stop::{Order, Stopped};
use crate::desk::words::ago;
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::{ResumeOrder, Selection, StopView, Store};

/// Stop: no restriction begins or leaves any more, at once and on every replica; releases go on
///
/// It holds for every tenant unless one is named, over restarts, and until a person resumes. What would begin meanwhile is held
/// and asks. `--scope release-all` first stops what is new, without asking; then it counts what it would release, and asks. Whatever is
/// answered, what is new stays stopped.
#[derive(Debug, clap::Args)]
pub struct StopArgs {
    #[command(flatten)]
    place: Place,
    /// Why, for whoever finds everything stopped
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// What is stopped
    #[arg(long, value_enum, default_value_t)]
    scope: Scope,
    /// Only restrictions: the same as `--scope new`
    #[arg(long, value_enum, value_name = "KIND", conflicts_with = "scope")]
    only: Option<Only>,
    /// With `--scope release-all`: release what began since; a span such as `2h`, or a time
    #[arg(long, value_name = "SPAN", required_if_eq("scope", "release-all"))]
    since: Option<Since>,
    /// With `--scope release-all`: release without asking. Any other stop asks nothing
    #[arg(long)]
    yes: bool,
    /// With `--scope release-all`: release without asking if it concerns so many devices; else stop only what is new
    #[arg(long, value_name = "N", conflicts_with = "yes")]
    confirm: Option<usize>,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Resume: end what `quell stop` or the stop file began
///
/// Without a tenant it ends the stops that were given for all tenants; with `--stop` those that are named, whoever's they are. It ends
/// those that were in force when it was asked for: one that begins while it asks whether to go on stays.
#[derive(Debug, clap::Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    place: Place,
    /// Why it is safe to go on, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Only stops of this scope
    #[arg(long, value_enum)]
    scope: Option<Scope>,
    /// Only this stop, by its id or the beginning of it, as `quell status` prints it; may be given several times. One that was given
    /// for all tenants ends for all, unless one is named
    #[arg(long = "stop", value_name = "ID")]
    stops: Vec<String>,
    #[command(flatten)]
    sure: Sure,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Where, and for whom. Unlike the other commands these two mean every tenant unless one is named.
#[derive(Clone, Debug, clap::Args)]
struct Place {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only this tenant of the configuration [default: every tenant]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// What is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Scope {
    /// No restriction begins or leaves; releases go on
    #[default]
    New,
    /// Nothing is called, releases neither; only reads go on
    Freeze,
    /// As new, and restrictions that were not carried out yet are withdrawn, or cancelled at Defender
    CancelPending,
    /// As cancel-pending, and everything that began since `--since` is released
    ReleaseAll,
}

/// What alone is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    /// Restrictions; releases go on
    Restrict,
}

impl From<Scope> for StopScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::New => Self::New,
            Scope::Freeze => Self::Freeze,
            Scope::CancelPending => Self::CancelPending,
            Scope::ReleaseAll => Self::ReleaseAll,
        }
    }
}

/// Stops.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn stop(args: StopArgs) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        return Ok(nothing_done(
            "`--reason` is empty: say in a few words why everything is stopped",
        ));
    }
    let by = operator(args.by.as_deref())?;
    let scope = StopScope::from(args.scope);
    if args.since.is_some() && scope != StopScope::ReleaseAll {
        let why = "`--since` goes with `--scope release-all` only: nothing was stopped";
        return Err(Senseless(why.to_owned()).into());
    }
    let (config, store) = connect(args.place.config.as_deref()).await?;
    let tenant = named(&args.place, &config, &store).await?;
    let since = match args.since {
        Some(since) => Some(since.time(store.now().await?)?),
        None => None,
    };
    let by = typed(by, reason);
    if let Some(since) = since.filter(|_| !args.yes) {
        // No device waits for a count or an answer: what is new is stopped first, and stays so whatever is said.
        let first = Order {
            tenant,
            scope: StopScope::New,
            since: None,
        };
        if let Err(error) = desk::stop::give(&store, &first, &by).await {
            return refuse(error);
        }
        eprintln!("stopped: no restriction begins or leaves any more, until `quell resume`");
        let devices = released(&store, tenant, since).await?;
        let word = (devices == 0 && args.confirm.is_none(), args.confirm);
        // The first stop is in force whatever is answered.
        let otherwise = "nothing is released, and what is new stays stopped until `quell resume`";
        if let Some(no) = sure::asked("release", (devices, "device"), word, otherwise)? {
            return Ok(no);
        }
    }
    let order = Order { tenant, scope, since };
    let done = match desk::stop::begin(&store, &order, &by).await {
        Ok(done) => done,
        Err(error) => return refuse(error),
    };
    answer(args.place.output, &done, |paint| {
        render_stopped(&done, tenant.is_some(), paint)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Resumes: exit code 1 when nothing was stopped, or the stop file is still there.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn resume(args: ResumeArgs) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        return Ok(nothing_done(
            "`--reason` is empty: say in a few words why it is safe to go on",
        ));
    }
    let by = operator(args.by.as_deref())?;
    let (config, store) = connect(args.place.config.as_deref()).await?;
    let tenant = named(&args.place, &config, &store).await?;
    let now = store.now().await?;
    let scope = args.scope.map(StopScope::from);
    let by = typed(by, reason);
    // What is ended is what was there when it was asked for: a stop that begins while somebody thinks stays.
    let in_force = store.stops(tenant, None).await?;
    let mut meant = match args.stops.as_slice() {
        [] => {
            let mut meant = in_force.clone();
            meant.retain(|stop| tenant.is_some() || stop.everywhere);
            meant
        }
        wanted => match called(wanted, &in_force) {
            Ok(meant) => meant,
            Err(why) => {
                let left = match in_force.as_slice() {
                    [] => "nothing is stopped".to_owned(),
                    left => format!("these are in force\n{}", lines(left, now)),
                };
                return Ok(nothing_done(&format!("{why}; {left}")));
            }
        },
    };
    meant.retain(|stop| scope.is_none_or(|scope| stop.scope == scope));
    if !args.sure.is_given() {
        let tenants: BTreeSet<&str> = meant.iter().map(|stop| stop.tenant.as_str()).collect();
        if let Some(no) = args.sure.of("resume", tenants.len(), "tenant")? {
            return Ok(no);
        }
    }
    let ids: Vec<Uuid> = meant.iter().map(|stop| stop.id).collect();
    let which = ResumeOrder {
        tenant,
        scope,
        stops: Some(&ids),
        own_only: false,
    };
    let done = match desk::stop::end(&store, config.stop_file.as_deref(), which, &by).await {
        Ok(done) => done,
        Err(error) => return refuse(error),
    };
    if done.ended.is_empty() {
        let why = match done.left.as_slice() {
            [] => "nothing is stopped".to_owned(),
            left => format!("no such stop is in force; these are\n{}", lines(left, now)),
        };
        return Ok(nothing_done(&why));
    }
    answer(args.place.output, &done, |paint| {
        let mut out = paint.tone(Tone::Good, "resumed") + "\n" + &lines(&done.ended, now);
        out += &format!("  recorded  by {}: {}\n", by.who, by.reason);
        if !done.left.is_empty() {
            out += &format!(
                "{}\n{}",
                paint.tone(Tone::Bad, "still stopped"),
                lines(&done.left, now)
            );
            out += "  go on     quell resume --tenant NAME --reason TEXT\n";
        }
        out
    })?;
    Ok(ExitCode::SUCCESS)
}

/// How many devices a stop with the scope `release-all` is to release.
async fn released(store: &Store, tenant: Option<TenantId>, since: Timestamp) -> anyhow::Result<usize> {
    let tenants: Vec<TenantId> = match tenant {
        Some(tenant) => vec![tenant],
        // All that the database knows, as the stop means them, whatever this configuration names.
        None => store
            .tenants()
            .await?
            .into_iter()
            .map(|(tenant, _)| tenant)
            .collect(),
    };
    let selection = Selection {
        since: Some(since),
        ..Selection::default()
    };
    let mut devices = 0;
    for tenant in tenants {
        devices += store.release_preview(tenant, &selection).await?.devices;
    }
    Ok(devices)
}

/// The tenant that is named; `None`: all.
async fn named(place: &Place, config: &Config, store: &Store) -> anyhow::Result<Option<TenantId>> {
    if place.tenant.is_none() {
        return Ok(None);
    }
    let name = &tenant_of(config, place.tenant.as_deref())?.name;
    match store.tenant_find(name).await? {
        Some(id) => Ok(Some(id)),
        None => anyhow::bail!("the database knows no tenant `{name}`: no daemon has run with it yet"),
    }
}

/// The first thing that anybody sees who looks while something is stopped; empty when nothing is.
pub fn banner(stops: &[StopView], now: Timestamp, paint: Paint) -> String {
    let length = id_length(stops);
    stops
        .iter()
        .map(|stop| {
            let id = short(&stop.id.to_string(), length);
            let words = format!("{} (stop {id})", sentence(stop, now));
            paint.tone(Tone::Bad, &plain(&words)) + "\n"
        })
        .collect()
}

/// One stop in force, in a sentence.
pub fn sentence(stop: &StopView, now: Timestamp) -> String {
    format!(
        "STOPPED {} by {}: {} ({}); go on with `quell resume{} --reason TEXT`",
        ago(now, stop.begun_at),
        stop.by,
        stop.reason,
        stop.scope.means(),
        match stop.everywhere {
            true => String::new(),
            false => format!(" --tenant {}", stop.tenant),
        }
    )
}

fn lines(stops: &[StopView], now: Timestamp) -> String {
    let length = id_length(stops);
    stops
        .iter()
        .map(|stop| {
            let words = format!(
                "  {:<9} {} stopped {} by {}: {}",
                stop.tenant,
                short(&stop.id.to_string(), length),
                ago(now, stop.begun_at),
                stop.by,
                stop.reason
            );
            plain(&words) + "\n"
        })
        .collect()
}

fn render_stopped(done: &Stopped, is_one: bool, paint: Paint) -> String {
    let Some(first) = done.stops.first() else {
        return String::new();
    };
    let tenants: Vec<&str> = done.stops.iter().map(|stop| stop.tenant.as_str()).collect();
    let found = match &done.counts {
        Some(counts) => format!(
            "  queued    {} restrictions wait and do not leave\n  \
             under way {} calls had left the gate and may still arrive, {} restrictions are pending at Defender\n",
            counts.queued, counts.under_way, counts.pending,
        ),
        None => "  queued    it could not be counted what waits and what is under way\n".to_owned(),
    };
    let resume = match is_one {
        true => format!(" --tenant {}", first.tenant),
        false => String::new(),
    };
    format!(
        "{}: {}\n  tenants   {}\n  recorded  by {}: {}\n{found}  go on     quell resume{resume} --reason TEXT\n",
        paint.tone(Tone::Bad, "stopped"),
        first.scope.means(),
        tenants.join(", "),
        first.by,
        first.reason,
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::cli::operator) fn stop(id: u128) -> StopView {
        StopView {
            id: Uuid::from_u128(id),
            tenant: "contoso".to_owned(),
            scope: StopScope::New,
            since: None,
            everywhere: true,
            via: "cli".to_owned(),
            by: "anna".to_owned(),
            reason: "wrong \u{1b}[31mplaybook".to_owned(),
            begun_at: "2026-11-22T02:58:00Z".parse().expect("a time"),
            ended_at: None,
            ended_by: None,
            end_reason: None,
        }
    }

    #[test]
    fn a_stop_says_who_why_what_and_how_to_go_on() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let mut stop = stop(0);
        let text = banner(&[stop.clone()], now, Paint::Plain);
        assert_eq!(
            text,
            "STOPPED 2 min ago by anna: wrong [31mplaybook (no restriction begins or leaves; releases go on); \
             go on with `quell resume --reason TEXT` (stop 00000000)\n"
        );
        stop.everywhere = false;
        assert!(sentence(&stop, now).contains("`quell resume --tenant contoso --reason TEXT`"));
        assert_eq!(banner(&[], now, Paint::Coloured), "");
    }
}
