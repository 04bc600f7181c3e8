//! `quell audit`: every invariant that the database can show, asked of it (`check`, which is also what is done without a
//! subcommand), and the sealed chain of its changes (`verify`, `export`, `checkpoints`). For operators, after an incident and
//! every night, and for the tests. It reads one snapshot and changes nothing.

mod checkpoints;
mod export;
mod print;
mod record;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::app;
use crate::cli::operator::{self, Output};
use crate::cli::progress::Progress;
use crate::cli::since::Since;
use crate::config::Config;
use crate::domain::tenant::TenantId;
use crate::store::Store;
use crate::store::audit::{Audit, AuditResult, AuditScope, Ledger, NOT_SHOWN, audit_checks};

/// Check every invariant that the database can show; verify, or write out, the sealed chain of changes
///
/// Without a subcommand it checks.
#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: CheckArgs,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Command {
    /// Check every invariant that the database can show
    ///
    /// Exit code 0: all hold. 1: one does not; the rows are printed. 3: it could not be found out.
    Check(CheckArgs),
    Verify(verify::Args),
    Export(export::Args),
    Checkpoints(checkpoints::Args),
}

/// What the checks take.
#[derive(Clone, Debug, clap::Args)]
pub struct CheckArgs {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only the rows of this tenant [default: all of the database]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Only what happened since: a span such as 24h, or a time such as 2026-11-20T08:00:00Z [default: all that is kept]
    #[arg(long, value_name = "SPAN|TIME")]
    since: Option<Since>,
    /// Rows shown of each check, at most; JSON has them all
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i64).range(0..=100_000))]
    show: i64,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// The answer as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    at: Timestamp,
    since: Option<Timestamp>,
    tenant: Option<&'a str>,
    held: bool,
    checks: &'a [AuditResult],
    /// Tenants with attempts that the configuration does not name: their windows are not known.
    windows_not_known_for: &'a [String],
    not_shown: Vec<NotShown>,
}

/// What the database cannot show.
#[derive(Serialize)]
struct NotShown {
    invariant: &'static str,
    what: &'static str,
}

/// Does what is asked for: exit code 0 when all holds, 1 when something does not.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away or does not fit.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        None => check(args.check).await,
        Some(Command::Check(args)) => check(args).await,
        Some(Command::Verify(args)) => verify::run(args).await,
        Some(Command::Export(args)) => export::run(args).await,
        Some(Command::Checkpoints(args)) => checkpoints::run(args).await,
    }
}

/// Asks everything and prints the answer.
async fn check(args: CheckArgs) -> anyhow::Result<ExitCode> {
    let (config, store) = operator::connect(args.config.as_deref()).await?;
    let now = store.now().await?;
    let tenants = store.tenants().await?;
    let tenant = args
        .tenant
        .as_deref()
        .map(|name| named(&tenants, name))
        .transpose()?;
    let scope = AuditScope {
        tenant,
        since: args.since.map(|since| since.time(now)).transpose()?,
        rows: match args.output.is_for_programs() {
            true => i64::MAX,
            // One at least, so that the total is told.
            false => args.show.max(1),
        },
        ledgers: ledgers(&config, &tenants, tenant),
    };
    let audit = asked(&store, &scope).await?;
    let held = audit.checks.iter().all(|check| check.total == 0);
    let answer = Answer {
        at: audit.at,
        since: scope.since,
        tenant: args.tenant.as_deref(),
        held,
        checks: &audit.checks,
        windows_not_known_for: &audit.unknown_ledgers,
        not_shown: NOT_SHOWN
            .iter()
            .map(|(invariant, what)| NotShown { invariant, what })
            .collect(),
    };
    let show = usize::try_from(args.show).unwrap_or(usize::MAX);
    operator::answer(args.output, &answer, |paint| print::page(&audit, show, paint))?;
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn asked(store: &Store, scope: &AuditScope) -> anyhow::Result<Audit> {
    let mut progress = Progress::on_stderr();
    let size = u64::try_from(audit_checks().count()).unwrap_or(u64::MAX);
    let audit = store
        .audit(scope, |check, number| {
            progress.show(check, u64::try_from(number).unwrap_or(u64::MAX), size);
        })
        .await?;
    progress.clear();
    Ok(audit)
}

fn named(tenants: &[(TenantId, String)], name: &str) -> anyhow::Result<TenantId> {
    let found = tenants.iter().find(|(_, its)| its == name);
    let id = found.map(|(id, _)| *id);
    id.with_context(|| {
        let names: Vec<_> = tenants.iter().map(|(_, name)| format!("`{name}`")).collect();
        format!(
            "the database knows no tenant `{name}`; it has {}",
            names.join(", ")
        )
    })
}

/// The windows of the tenants that the configuration names, as they hold in real time.
fn ledgers(config: &Config, tenants: &[(TenantId, String)], only: Option<TenantId>) -> Vec<Ledger> {
    let configured = config.tenants.iter().filter_map(|tenant| {
        let (id, _) = tenants.iter().find(|(_, name)| *name == tenant.name)?;
        let gate = app::gate_of(config, tenant);
        Some(Ledger {
            tenant: *id,
            scope: gate.scope,
            latest_count: gate.timing.latest_count(),
            actions: gate.actions,
            reads: gate.reads,
            antivirus: gate.antivirus,
        })
    });
    configured
        .filter(|ledger| only.is_none_or(|only| only == ledger.tenant))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_at_a_time_or_so_long_ago_and_never_ahead() {
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().expect("a time");
        let since = |text: &str| {
            text.parse::<Since>()
                .map(|since| since.time(now).map_err(|e| e.to_string()))
        };
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        assert_eq!(since("24h"), Ok(Ok(at("2026-11-19T08:00:00Z"))));
        assert_eq!(since("2026-11-01T00:00:00Z"), Ok(Ok(at("2026-11-01T00:00:00Z"))));
        assert!(since("2026-11-21T00:00:00Z").is_ok_and(|at| at.is_err()));
        assert!(since("yesterday").is_err());
    }
}
