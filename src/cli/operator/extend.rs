//! `quell extend`: an operator gives a containment a later end, with a reason.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::release::{operator, said, typed};
use super::table::plain;
use super::{Common, Session, devices, nothing_done};
use crate::desk::extend::NotOne;
use crate::desk::find::called;
use crate::desk::words::ahead;
use crate::store::NewEnd;
use crate::yaml::duration;

/// Give a containment a later end
///
/// The device stays restricted until then, unless a person or a release playbook ends it before. Who did it and why is recorded.
/// A containment that never ends by itself needs none; to end one now is `quell release`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("end").required(true).args(["by_span", "until"])))]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The device: its name, or at least 6 characters of the beginning of its id; with several containments, name one
    #[arg(
        value_name = "DEVICE",
        required_unless_present = "containment",
        conflicts_with = "containment"
    )]
    device: Option<String>,
    /// The containment, by its id (`quell devices DEVICE -o json` tells it)
    #[arg(long, value_name = "ID")]
    containment: Option<Uuid>,
    /// So much later than planned: 4h, 30m, 2d
    #[arg(long, value_name = "SPAN", value_parser = span)]
    by_span: Option<Duration>,
    /// At this time: 2026-11-22T18:00:00Z
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// An earlier end than planned is meant
    #[arg(long, requires = "until")]
    shorten: bool,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

fn span(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| "expected a span such as `4h`, `30m` or `2d`".to_owned())
}

/// Extends a containment: exit code 1 when there is none that can be.
///
/// # Errors
/// The configuration cannot be used, the reason or the name is empty, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        let why = "`--reason` is empty: say in a few words why the device stays restricted";
        return Ok(nothing_done(why));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let desk = session.desk();
    let containment = match (args.containment, &args.device) {
        (Some(id), _) => id,
        (None, wanted) => match desk
            .active_containment(wanted.as_deref().unwrap_or_default())
            .await
        {
            Ok(Ok(id)) => id,
            Ok(Err(not_one)) => return Ok(nothing_done(&which(&not_one, session.store.now().await?))),
            Err(error) => return session.refuse(error).await,
        },
    };
    let end = match (args.by_span, args.until) {
        (Some(span), _) => NewEnd::By(span),
        (None, until) => NewEnd::At(until.unwrap_or(Timestamp::MIN)),
    };
    let by = typed(by, reason);
    let report = match desk.extend(containment, end, args.shorten, &by).await {
        Ok(report) => report,
        Err(error) => return session.refuse(error).await,
    };
    let now = session.store.now().await?;
    session.answer(&report, |_| {
        format!(
            "{}\n  ended     {:.0}\n  ends      {:.0} ({})\n  recorded  by {}: {}\n",
            called(&report.device, None),
            report.before,
            report.until,
            ahead(now, report.until),
            report.by,
            report.reason
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// That not one containment is meant, and which there are.
fn which(not_one: &NotOne, now: Timestamp) -> String {
    let what = &not_one.device;
    if not_one.active.is_empty() {
        return format!("{what} has no active containment: nothing to extend");
    }
    let lines = not_one.active.iter().map(|containment| {
        let ends = containment
            .until
            .map_or("never by itself".to_owned(), |until| ahead(now, until));
        format!(
            "  {}  ends {ends}  {}\n",
            containment.id,
            plain(&devices::reason(containment))
        )
    });
    let lines: String = lines.collect();
    format!(
        "{what} has {} containments, and stays restricted until the last has ended: name one with `--containment ID`\n{lines}",
        not_one.active.len()
    )
}
