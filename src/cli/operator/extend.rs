//! `quell extend`: an operator gives a containment a later end, with a reason.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::release::{operator, said};
use super::table::plain;
use super::{Common, Session, devices, not_one, nothing_done};
use crate::desk::find::called;
use crate::desk::words::ahead;
use crate::store::views::ContainmentView;
use crate::store::{Extend, Extended, NewEnd};
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
    /// Who you are, for the audit [default: SUDO_USER, USER or LOGNAME]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    extended: &'a Extended,
    by: &'a str,
    reason: &'a str,
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
    let containment = match (args.containment, &args.device) {
        (Some(id), _) => id,
        (None, wanted) => {
            let wanted = wanted.as_deref().unwrap_or_default();
            match the_one(&session, wanted).await? {
                Ok(id) => id,
                Err(why) => return Ok(nothing_done(&why)),
            }
        }
    };
    let end = match (args.by_span, args.until) {
        (Some(span), _) => NewEnd::By(span),
        (None, until) => NewEnd::At(until.unwrap_or(Timestamp::MIN)),
    };
    let extend = Extend {
        containment,
        end,
        may_shorten: args.shorten,
        by: &by,
        reason: &reason,
    };
    let extended = session.store.containment_extend(session.id, &extend).await?;
    let now = session.store.now().await?;
    let (device, before, until) = match &extended {
        Extended::Done {
            device,
            before,
            until,
            ..
        } => (device, *before, *until),
        refused => return Ok(nothing_done(&why_not(refused, now))),
    };
    let report = Report {
        extended: &extended,
        by: &by,
        reason: &reason,
    };
    session.answer(&report, |_| {
        format!(
            "{}\n  ended     {before:.0}\n  ends      {until:.0} ({})\n  recorded  by {by}: {reason}\n",
            called(device, None),
            ahead(now, until)
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The one active containment of the device that is meant, or why there is not one.
async fn the_one(session: &Session, wanted: &str) -> anyhow::Result<Result<Uuid, String>> {
    let found = session.desk().candidates(wanted).await?;
    let now = session.store.now().await?;
    let [device] = found.as_slice() else {
        return Ok(Err(not_one(wanted, &found, now)));
    };
    let active: Vec<&ContainmentView> = device
        .containments
        .iter()
        .filter(|containment| containment.state == "active")
        .collect();
    let what = called(&device.device, device.name.as_deref());
    Ok(match active.as_slice() {
        [] => Err(format!("{what} has no active containment: nothing to extend")),
        [one] => Ok(one.id),
        several => {
            let lines = several.iter().map(|containment| {
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
            Err(format!(
                "{what} has {} containments, and stays restricted until the last has ended: name one with `--containment ID`\n{lines}",
                several.len()
            ))
        }
    })
}

fn why_not(refused: &Extended, now: Timestamp) -> String {
    match refused {
        Extended::NotActive => "no active containment has that id: nothing to extend".to_owned(),
        Extended::Never => {
            "it never ends by itself: there is nothing to extend; `quell release` ends it".to_owned()
        }
        Extended::Past => "that end has passed already: `quell release` ends it now".to_owned(),
        Extended::TooFar => "that is more than a year from now: name an earlier end".to_owned(),
        Extended::Approved => "a second person passed a protection of this device for the time that was approved: to restrict it longer, begin it \
             anew with `quell restrict --accept-risk`, which asks a second person again"
            .to_owned(),
        Extended::Shorter { before } => format!(
            "that is earlier than planned, it ends {}: say `--shorten` if that is meant",
            ahead(now, *before)
        ),
        Extended::Done { .. } => String::new(),
    }
}
