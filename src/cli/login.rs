//! `quell login`: signs a user in by device code, for a tenant whose credential is `delegated`, and keeps the sign-in where
//! the daemon finds it. It can also say who is signed in, and forget it.
//!
//! Calls Entra alone, never Defender nor Postgres. The daemon needs no restart: it reads the file for its next token.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::app;
use crate::cli::operator::{self, Output};
use crate::config::{Config, CredentialKind, Tenant};
use crate::defender::{DeviceLogin, LoginError, Permission, SignInFacts, SignInFile, TokenError};
use crate::yaml::duration;

/// The exit code when the answer could not be found out.
const COULD_NOT_FIND_OUT: u8 = 3;

/// Sign a user in, by a code that is entered in any browser
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which tenant [default: the only one whose credential is `delegated`]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Say who is signed in, and change nothing; exits with 1 if nobody is, with 3 if it cannot be found out
    #[arg(long, conflicts_with = "forget")]
    status: bool,
    /// Forget the sign-in; a running daemon goes on with the token that it has, for up to an hour or so, and then calls nothing until
    /// somebody signs in again (`quell stop` stops it at once)
    #[arg(long)]
    forget: bool,
    /// Ask for a further permission by name, e.g. Machine.Isolate; may be repeated
    #[arg(long, value_name = "NAME", value_parser = permission)]
    permission: Vec<Permission>,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// The answer for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    tenant: &'a str,
    file: String,
    signed_in: bool,
    #[serde(flatten)]
    facts: Option<SignInFacts>,
}

/// Does it.
///
/// # Errors
/// The configuration is wrong, there is no such tenant, or the file cannot be used.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    if args.status {
        return status(&args);
    }
    let (config, _) = operator::configuration(args.config.as_deref())?;
    let (tenant, file) = tenant_of(&config, args.tenant.as_deref())?;
    if args.forget {
        let was_there = file.forget().map_err(anyhow::Error::msg)?;
        let path = file.path().display();
        let said = match was_there {
            true => format!(
                "the sign-in of tenant `{}` is forgotten: `{path}` is gone; Entra still takes it where it was copied: an administrator revokes it there\n",
                tenant.name
            ),
            false => format!(
                "nobody is signed in for tenant `{}`: `{path}` is not there\n",
                tenant.name
            ),
        };
        operator::print(&said)?;
        return Ok(ExitCode::SUCCESS);
    }
    let options = app::client_options(&config, tenant)
        .with_context(|| format!("tenant `{}` cannot be called", tenant.name))?;
    let mut permissions = Permission::ALWAYS.to_vec();
    permissions.extend(&args.permission);
    permissions.sort_unstable();
    permissions.dedup();
    match sign_in(options, tenant, &permissions).await {
        Ok(facts) => {
            tell(&args, tenant, &file, Some(facts))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let remedy = match &error {
                LoginError::Token(
                    error @ (TokenError::Unavailable { .. } | TokenError::Malformed { .. }),
                ) => error.remedy(),
                _ => None,
            };
            eprintln!("error: {error}");
            if let Some(remedy) = remedy {
                eprintln!("help: {remedy}");
            }
            Ok(ExitCode::from(match error {
                LoginError::Token(TokenError::Unavailable { .. } | TokenError::Throttled { .. }) => {
                    COULD_NOT_FIND_OUT
                }
                _ => 1,
            }))
        }
    }
}

/// Who is signed in, and exit code 1 for nobody.
fn status(args: &Args) -> anyhow::Result<ExitCode> {
    let (config, _) = operator::configuration(args.config.as_deref())?;
    let (tenant, file) = tenant_of(&config, args.tenant.as_deref())?;
    let facts = file.facts().map_err(anyhow::Error::msg)?;
    let is_signed_in = facts.is_some();
    tell(args, tenant, &file, facts)?;
    Ok(ExitCode::from(u8::from(!is_signed_in)))
}

async fn sign_in(
    options: crate::defender::Options,
    tenant: &Tenant,
    permissions: &[Permission],
) -> Result<SignInFacts, LoginError> {
    let login = DeviceLogin::new(options)?;
    let code = login.begin(permissions).await?;
    // On standard error: the answer alone goes to standard output.
    eprintln!(
        "to sign in for tenant `{}`, open {} and enter the code {} within {}",
        tenant.name,
        code.address,
        code.user_code,
        duration::show(code.good_for)
    );
    login.finish(&code).await
}

/// Says who is signed in.
fn tell(args: &Args, tenant: &Tenant, file: &SignInFile, facts: Option<SignInFacts>) -> anyhow::Result<()> {
    let path = file.path().display();
    let report = Report {
        tenant: &tenant.name,
        file: path.to_string(),
        signed_in: facts.is_some(),
        facts,
    };
    operator::answer(args.output, &report, |_| match &report.facts {
        None => {
            format!(
                "nobody is signed in for tenant `{}`: `{path}` is not there\n",
                tenant.name
            )
        }
        Some(facts) => {
            let user = facts
                .user
                .as_deref()
                .unwrap_or("a user whose name Entra did not tell");
            let names: Vec<&str> = facts
                .scope
                .split(' ')
                .filter_map(|scope| scope.rsplit('/').next())
                .collect();
            format!(
                "tenant `{}`: signed in as {user} since {}, renewed at {}\npermissions asked for: {}\nkept in {path}\n",
                tenant.name,
                seconds(facts.signed_in_at),
                seconds(facts.renewed_at),
                names.join(", "),
            )
        }
    })
}

fn seconds(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// The tenant, and the file of its sign-in.
fn tenant_of<'c>(config: &'c Config, name: Option<&str>) -> anyhow::Result<(&'c Tenant, SignInFile)> {
    let file = |tenant: &Tenant| match &tenant.credential.kind {
        CredentialKind::Delegated { sign_in_file, .. } => Some(SignInFile::new(sign_in_file.clone())),
        _ => None,
    };
    if let Some(name) = name {
        let tenant = operator::tenant_of(config, Some(name))?;
        let file = file(tenant).with_context(|| {
            format!("the credential of tenant `{name}` is not `delegated`: nobody signs in for it")
        })?;
        return Ok((tenant, file));
    }
    let mut delegated = config
        .tenants
        .iter()
        .filter_map(|tenant| Some((tenant, file(tenant)?)));
    let first = delegated
        .next()
        .context("no tenant's credential is `delegated`: nobody signs in")?;
    anyhow::ensure!(
        delegated.next().is_none(),
        "several tenants have `delegated` credentials: name one with `--tenant`"
    );
    Ok(first)
}

fn permission(name: &str) -> Result<Permission, String> {
    let known = Permission::ALL;
    let found = known.into_iter().find(|permission| {
        permission.delegated().eq_ignore_ascii_case(name) || permission.as_str().eq_ignore_ascii_case(name)
    });
    found.ok_or_else(|| {
        let names: Vec<String> = known
            .iter()
            .map(|permission| format!("`{}`", permission.delegated()))
            .collect();
        format!("use one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::simulator::{Entra, Simulator, User};

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    /// A configuration of two tenants, of which one is `delegated`, against a simulated Entra.
    async fn installed(user: User) -> (Simulator, tempfile::TempDir) {
        let options = crate::simulator::Options {
            scale: 1_000.0,
            entra: Entra {
                user,
                ..Entra::default()
            },
            ..Default::default()
        };
        let simulator = Simulator::start(options).await.expect("a free port");
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let url = simulator.authority();
        let ids = "directory_id: 11111111-2222-3333-4444-555555555555, client_id: app";
        let text = format!(
            "database: {{url: postgres:///q}}\nplaybooks: {{path: p}}\ntime_scale: 1000\ntenants:\n  \
             - {{name: a, credential: {{client_secret: {{{ids}, secret_file: s}}}}}}\n  \
             - {{name: b, base_url: '{url}', authority: '{url}', credential: {{delegated: {{{ids}, sign_in_file: sign-in}}}}}}\n"
        );
        std::fs::write(root.path().join("quell.yaml"), text).expect("a file can be written");
        (simulator, root)
    }

    async fn login(root: &tempfile::TempDir, more: &[&str]) -> anyhow::Result<ExitCode> {
        let config = root.path().join("quell.yaml").display().to_string();
        let line = ["login", "--config", config.as_str()]
            .into_iter()
            .chain(more.iter().copied());
        run(Line::try_parse_from(line)?.args).await
    }

    fn is(code: anyhow::Result<ExitCode>, expected: u8) -> bool {
        // An exit code can be compared by what it prints alone.
        let code = code.unwrap_or_else(|error| crate::cli::exit::told(&error));
        format!("{code:?}") == format!("{:?}", ExitCode::from(expected))
    }

    #[tokio::test]
    async fn a_user_signs_in_is_named_and_is_forgotten() {
        let (simulator, root) = installed(User::SignsInAfter(1)).await;
        assert!(
            is(login(&root, &["--status"]).await, 1),
            "nobody is signed in yet"
        );
        assert!(is(login(&root, &["--permission", "machine.isolate"]).await, 0));
        assert!(is(login(&root, &["--status", "--tenant", "b"]).await, 0));
        let file = SignInFile::new(root.path().join("sign-in"));
        let facts = file
            .facts()
            .expect("it can be read")
            .expect("somebody is signed in");
        assert!(
            facts.scope.contains("/Machine.Isolate") && facts.scope.ends_with("offline_access"),
            "{facts:?}"
        );
        assert_eq!(facts.user.as_deref(), Some("analyst@contoso.example"));
        assert!(is(login(&root, &["--forget"]).await, 0));
        assert!(is(login(&root, &["--status", "-o", "json"]).await, 1));
        assert_eq!(
            simulator.report().action_calls + simulator.report().read_calls,
            0,
            "defender is not asked"
        );
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_not_nobody_and_what_cannot_be_kept_is_told_before_anybody_signs_in() {
        let (simulator, root) = installed(User::SignsInAfter(1)).await;
        std::fs::write(root.path().join("sign-in"), "{}").expect("a file can be written");
        assert!(is(login(&root, &["--status"]).await, 3));
        assert!(is(login(&root, &["--status", "--tenant", "a"]).await, 3));
        let path = root.path().join("quell.yaml");
        let text = std::fs::read_to_string(&path).expect("it was written");
        let text = text.replace("sign_in_file: sign-in", "sign_in_file: missing/sign-in");
        std::fs::write(&path, text).expect("a file can be written");
        simulator.stop().await;
        assert!(
            is(login(&root, &[]).await, 1),
            "entra is not even asked: it is away"
        );
    }

    #[tokio::test]
    async fn who_declines_is_not_signed_in_and_other_tenants_are_told_of() {
        let (_simulator, root) = installed(User::Declines).await;
        assert!(is(login(&root, &[]).await, 1));
        assert!(!root.path().join("sign-in").exists());
        let error = login(&root, &["--tenant", "a"])
            .await
            .expect_err("a has a secret");
        assert!(error.to_string().contains("is not `delegated`"), "{error}");
        assert!(login(&root, &["--permission", "Machine.Fly"]).await.is_err());
    }
}
