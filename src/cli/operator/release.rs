//! `quell release`: an operator ends everything that keeps a device contained, and is told what follows.

use std::process::ExitCode;

use jiff::Timestamp;

use super::release_many::Many;
use super::table::plain;
use super::{Common, Session, devices, nothing_done};
use crate::cli::account;
use crate::config::environment;
use crate::desk::find::called;
use crate::desk::release::Report;
use crate::desk::words::ago;
use crate::domain::identity::Proven;
use crate::domain::measure::Measure;
use crate::domain::person::{By, is_reserved};

/// End every containment on a device or of a selection, and decline what is asked about it
///
/// The device is released as soon as the budget allows; a restriction that was not sent yet is withdrawn instead. Who
/// did it and why is recorded. What somebody else restricted is left alone.
///
/// A selection (`--playbook`, `--since`, `--until`, `--group`, `--all`) is shown first: how many devices, how many calls, how
/// long they take. It is then ended in batches. When the command is killed the daemon goes on.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The device: its name, or at least 6 characters of the beginning of its id
    #[arg(value_name = "DEVICE", conflicts_with = "selection", required_unless_present_any = ["selection", "run"])]
    device: Option<String>,
    #[command(flatten)]
    many: Many,
    /// Why, for the audit and for Defender's comment
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["dry_run", "run"])]
    reason: Option<String>,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// It was a false positive: two of them let a playbook that is still in its canary fall back to observe
    #[arg(long, conflicts_with = "selection")]
    false_positive: bool,
    /// Release only this measure, and leave the other as it is
    #[arg(long, value_enum, value_name = "MEASURE", requires = "device")]
    only: Option<OnlyMeasure>,
}

/// Which measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OnlyMeasure {
    /// The restriction of app execution
    Restriction,
    /// The isolation from the network
    Isolation,
}

/// Releases a device: exit code 1 when there is nothing to release or no such device.
///
/// # Errors
/// The configuration cannot be used, the reason or the name is empty, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let reason = said(args.reason.as_deref().unwrap_or_default(), 500);
    let Some(wanted) = &args.device else {
        return super::release_many::run(&args.common, &args.many, &reason, args.by.as_deref()).await;
    };
    if reason.is_empty() {
        let why = "`--reason` is empty: say in a few words why the device is released";
        return Ok(nothing_done(why));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let only = args.only.map(|only| match only {
        OnlyMeasure::Restriction => Measure::Restriction,
        OnlyMeasure::Isolation => Measure::Isolation,
    });
    let by = typed(by, reason);
    match session
        .desk()
        .release(wanted, only, args.false_positive, &by)
        .await
    {
        Ok(report) => {
            let now = session.store.now().await?;
            session.answer(&report, |_| render(&report, now))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => session.refuse(error).await,
    }
}

/// The answer as text.
pub fn render(report: &Report, now: Timestamp) -> String {
    let mut out = format!("{}\n", called(&report.device, report.name.as_deref()));
    for ended in &report.ended {
        let since = ended
            .activated_at
            .map(|at| format!(" (began {})", ago(now, at)))
            .unwrap_or_default();
        out += &format!("  ended     {}{since}\n", plain(&devices::reason(ended)));
    }
    for declined in &report.declined {
        out += &format!("  declined  {}\n", plain(&devices::reason(declined)));
    }
    out += &format!(
        "  recorded  by {}: {}\n  next      {}\n",
        report.by, report.reason, report.next
    );
    out
}

/// What a person wrote, in one line without control characters, and not without end.
pub(in crate::cli) fn said(text: &str, most: usize) -> String {
    plain(text).trim().chars().take(most).collect()
}

/// Why nobody can act by that name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum NoOperator {
    /// Nothing says who it is.
    #[error("nobody knows who you are: say it with `--by NAME`")]
    Nameless,
    /// A part of the daemon is called so.
    #[error("`{0}` is a name that quell itself goes by in the audit: choose another with `--by NAME`")]
    Reserved(String),
}

/// Who acts: as said, or the user who called us; behind `sudo` the one who called that; where the environment names nobody, as in a
/// container, the account that we run under.
///
/// # Errors
/// [`NoOperator`].
pub(in crate::cli) fn operator(by: Option<&str>) -> Result<String, NoOperator> {
    let user = || {
        ["SUDO_USER", "USER", "LOGNAME"]
            .into_iter()
            .find_map(environment::read_text)
            .or_else(account::own)
    };
    let by = said(&by.map(str::to_owned).or_else(user).unwrap_or_default(), 100);
    if by.is_empty() {
        return Err(NoOperator::Nameless);
    }
    if is_reserved(&by) {
        return Err(NoOperator::Reserved(by));
    }
    Ok(by)
}

/// Who acts by a command, and why, for the audit.
pub(in crate::cli) fn typed(who: String, reason: String) -> By {
    By {
        who,
        reason,
        via: "cli",
        proven: Proven::Here,
        groups: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_writes_is_one_bounded_line() {
        assert_eq!(said("  false\nalarm\u{1b}[2J ", 500), "false alarm[2J");
        assert_eq!(said(&"x".repeat(600), 500).len(), 500);
        assert_eq!(operator(Some("anna")).expect("a name"), "anna");
        operator(Some("decide")).expect_err("quell's own names are not free");
        operator(Some("\u{1b}")).expect_err("nothing is left of it");
    }
}
