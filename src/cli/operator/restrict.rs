//! `quell restrict` and `quell isolate`: a person contains a device by hand, under the guards that hold for playbooks, and is told what follows. A
//! guard that stands against it is named, with what can be done about it.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;

use super::release::{operator, said, typed};
use super::{Common, Session, nothing_done};
use crate::desk::Refused;
use crate::desk::contain::{Report, Wanted};
use crate::desk::find::called;
use crate::desk::words::ahead;
use crate::domain::by_hand::{RISKS, Refusal};
use crate::domain::measure::{Isolation, Measure};
use crate::domain::verdict::Lane;
use crate::yaml::duration;

/// Restrict a device by hand, for a time
///
/// The same guards hold as for playbooks: the mode, what is never restricted, caps, eligibility, the stop switch. A
/// protection can be passed only with a second person, who approves it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The device: its name, or at least 6 characters of the beginning of its id; the whole id if no event ever named it
    #[arg(value_name = "DEVICE")]
    device: String,
    /// For how long, such as `4h`; it is released by itself after that
    #[arg(long = "for", value_name = "SPAN", value_parser = span_of)]
    after: Duration,
    /// Why, for the audit and for Defender's comment
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// How urgent
    #[arg(long, value_enum, default_value_t)]
    lane: HandLane,
    /// Ask a second person to pass this protection, such as `never.tags`; may be given more than once
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(RISKS))]
    accept_risk: Vec<String>,
}

/// How urgent a restriction by hand is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum HandLane {
    /// Before everything else
    Critical,
    /// Before what playbooks usually want
    #[default]
    High,
}

fn span_of(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| "expected a span such as `4h` or `1d12h`".to_owned())
}

/// Restricts a device: exit code 5 when a guard refuses, 1 when there is no such device.
///
/// # Errors
/// The configuration cannot be used, the name is not one, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    contain(args, Measure::Restriction, None).await
}

/// Contains a device by hand, with whichever measure.
pub(super) async fn contain(
    args: Args,
    measure: Measure,
    isolation: Option<Isolation>,
) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        let why = format!(
            "`--reason` is empty: say in a few words why the device is {}",
            measure.held()
        );
        return Ok(nothing_done(&why));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let wanted = Wanted {
        device: &args.device,
        measure,
        isolation,
        after: args.after,
        lane: match args.lane {
            HandLane::Critical => Lane::Critical,
            HandLane::High => Lane::High,
        },
        accepts: &args.accept_risk,
    };
    let report = match session.desk().contain(&wanted, &typed(by, reason)).await {
        Ok(report) => report,
        Err(error) => return session.refuse(error).await,
    };
    match &report.refusal {
        Some(refusal) => {
            session.answer(&report, |_| refused(&report, refusal))?;
            Ok(ExitCode::from(Refused::Guard.kind().exit_code()))
        }
        None => {
            session.answer(&report, |_| render(&report, report.at))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The answer as text.
pub fn render(report: &Report, now: Timestamp) -> String {
    let mut out = format!("{}\n", called(&report.device, report.name.as_deref()));
    let until = report.until.map(|at| ahead(now, at)).unwrap_or_default();
    match report.outcome {
        "asked" => {
            out += &format!(
                "  asked     because of {}; the ask ends {until}\n",
                report.risks.join(", ")
            );
        }
        _ => out += &format!("  begun     by hand; it ends {until}\n"),
    }
    out + &format!(
        "  recorded  by {}: {}\n  next      {}\n",
        report.by, report.reason, report.next
    )
}

fn refused(report: &Report, refusal: &Refusal) -> String {
    format!(
        "{}\n  refused   {}: {}\n  go on     {}\n",
        called(&report.device, report.name.as_deref()),
        refusal.guard(),
        refusal.says(),
        report.next
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_guard_and_how_to_go_on() {
        let refusal = Refusal::Protected {
            list: "tags",
            unknown: None,
        };
        let report = Report {
            device: "a".repeat(40),
            name: Some("dc-1".to_owned()),
            outcome: "refused",
            by: "anna".to_owned(),
            reason: "x".to_owned(),
            containment: None,
            request: None,
            until: None,
            guard: Some(refusal.guard()),
            risks: Vec::new(),
            next: refusal.go_on(),
            expected_at: None,
            refusal: None,
            at: Timestamp::UNIX_EPOCH,
        };
        let text = refused(&report, &refusal);
        assert!(text.contains("  refused   never.tags: the device is protected by the list `never.tags`\n"));
        assert!(text.contains("--accept-risk=never.tags"), "{text}");
        assert!(span_of("0s").is_err() && span_of("4h").is_ok());
    }
}
