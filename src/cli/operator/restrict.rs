//! `quell restrict` and `quell isolate`: a person contains a device by hand, under the guards that hold for playbooks, and is told what follows. A
//! guard that stands against it is named, with what can be done about it.

use std::process::ExitCode;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::release::{called, candidates, not_one, operator, said};
use super::table::plain;
use super::{Common, Session, nothing_done};
use crate::desk::words::ahead;
use crate::domain::action::ActionKind;
use crate::domain::by_hand::{RISKS, Refusal};
use crate::domain::device::DeviceId;
use crate::domain::measure::{Isolation, Measure};
use crate::domain::verdict::Lane;
use crate::store::{Begun, ByHand, ByHandOutcome};
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
    /// Who you are, for the audit [default: SUDO_USER, USER or LOGNAME]
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

/// The exit code when a guard stands against it.
const REFUSED: u8 = 5;

/// How often it is looked whether the facts have come.
const LOOK: Duration = Duration::from_millis(100);

fn span_of(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| "expected a span such as `4h` or `1d12h`".to_owned())
}

/// What was done, and what follows.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The device.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// `restricted`, `isolated`, `asked` or `refused`.
    pub outcome: &'static str,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The containment, unless it was refused.
    pub containment: Option<uuid::Uuid>,
    /// The request to be approved, such as `A-1042`.
    pub request: Option<String>,
    /// When it ends by itself; of one that is asked, when the ask expires.
    pub until: Option<Timestamp>,
    /// The guard that stands against it.
    pub guard: Option<String>,
    /// The protections that a second person must accept.
    pub risks: Vec<String>,
    /// What follows, or how to go on, in words.
    pub next: String,
    /// When the restriction may leave, if it was queued and nothing stands before it.
    pub expected_at: Option<Timestamp>,
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
    let found = candidates(&session, &args.device).await?;
    let rule = session.config.device_id_rule();
    let (id, name) = match found.as_slice() {
        [device] => (device.device.clone(), device.name.clone()),
        // No event ever named it: then only its whole id will do.
        [] => (args.device.trim().to_lowercase(), None),
        _ => {
            let now = session.store.now().await?;
            return Ok(nothing_done(&not_one(&args.device, &found, now)));
        }
    };
    let Ok(device) = rule.accept(&id) else {
        let why = "no device is called `{}`; one that no event ever named must be given by its whole id";
        return Ok(nothing_done(&why.replace("{}", &plain(&args.device))));
    };
    let config = &session.config;
    let facts_max_age = config.scaled(config.facts.max_age);
    await_facts(&session, &device, facts_max_age).await?;
    let lane = match args.lane {
        HandLane::Critical => Lane::Critical,
        HandLane::High => Lane::High,
    };
    let wanted = ByHand {
        device: &device,
        measure,
        isolation,
        after: args.after,
        lane,
        by: &by,
        reason: &reason,
        accepts: &args.accept_risk,
        ask: &config.rules().default_ask,
        facts_max_age,
        fleet: fleet(&session).await?,
    };
    let outcome = session
        .store
        .contain_by_hand(session.id, &session.gate(), &wanted)
        .await?;
    let mut report = Report {
        device: device.to_string(),
        name,
        outcome: "refused",
        by,
        reason,
        containment: None,
        request: None,
        until: None,
        guard: None,
        risks: Vec::new(),
        next: String::new(),
        expected_at: None,
    };
    let status = session.store.status(session.id, &session.gate()).await?;
    match outcome {
        ByHandOutcome::Refused(refusal) => {
            report.guard = Some(refusal.guard());
            report.next = refusal.go_on();
            session.answer(&report, |_| refused(&report, &refusal))?;
            return Ok(ExitCode::from(REFUSED));
        }
        ByHandOutcome::Asked {
            containment,
            request,
            until,
            risks,
        } => {
            report.outcome = "asked";
            (report.containment, report.until) = (Some(containment), Some(until));
            report.next = format!("a second person types: quell approvals approve {request} --reason TEXT");
            report.request = Some(request);
            report.risks = risks;
        }
        ByHandOutcome::Begun(begun) => {
            let through = status.forecast_through(lane, &session.pacing());
            let expected_at = through.and_then(|forecast| status.at.checked_add(forecast.last).ok());
            let dispatches = status.lease.as_ref().is_some_and(|lease| lease.is_held);
            report.outcome = measure.held();
            (report.containment, report.until) = (Some(begun.containment), Some(begun.until));
            report.next = next((&begun, measure), lane, status.at, expected_at, dispatches);
            report.expected_at = expected_at.filter(|_| begun.queued.is_some() && begun.open.is_none());
        }
    }
    session.answer(&report, |_| render(&report, status.at))?;
    Ok(ExitCode::SUCCESS)
}

/// How many devices the fleet has, as decisions know it.
pub(in crate::cli) async fn fleet(session: &Session) -> anyhow::Result<Option<u64>> {
    if session.tenant.fleet_size.is_some() {
        return Ok(session.tenant.fleet_size);
    }
    let (store, config) = (&session.store, &session.config);
    let max_age = config.scaled(config.facts.inventory.max_age);
    let counted = store.fleet_size(session.id).await?;
    let now = store.now().await?;
    Ok(counted.and_then(|counted| counted.fresh(now, max_age)))
}

/// Fresh facts are wanted; a daemon fetches them. Without one, or when they do not come in time, they are unknown.
pub(in crate::cli) async fn await_facts(
    session: &Session,
    device: &DeviceId,
    max_age: Duration,
) -> anyhow::Result<()> {
    let (store, config) = (&session.store, &session.config);
    let dispatches = store.status(session.id, &session.gate()).await?.lease;
    let patience = match dispatches.is_some_and(|lease| lease.is_held) {
        true => config.scaled(config.facts.wait).max(Duration::from_secs(2)),
        false => Duration::ZERO,
    };
    let look = async {
        loop {
            let row = store.device_want_facts(session.id, device, max_age).await?;
            if row.fresh_facts(store.now().await?, max_age).is_some() {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(patience, look).await.unwrap_or(Ok(()))
}

/// What follows, in words.
fn next(
    (begun, measure): (&Begun, Measure),
    lane: Lane,
    now: Timestamp,
    expected_at: Option<Timestamp>,
    dispatches: bool,
) -> String {
    let daemon = if dispatches {
        ""
    } else {
        "; no daemon dispatches now: it leaves when one runs"
    };
    let lane = lane.as_str();
    let (what, held) = (measure.as_str(), measure.held());
    let begins = |kind: &str| kind == ActionKind::to_begin(measure).as_str();
    match (&begun.queued, &begun.open) {
        (Some((kind, _)), Some((open, state))) if begins(kind) => {
            let state = state.replace('_', " ");
            format!(
                "{what} queued, lane {lane}; it leaves when the {}, which is {state}, is over{daemon}",
                open.replace('_', " ")
            )
        }
        (Some((kind, not_before)), None) if begins(kind) => {
            let at = expected_at.unwrap_or(now).max(*not_before);
            let when = match at.duration_since(now) < SignedDuration::from_secs(1) {
                true => "now".to_owned(),
                false => format!("about {}", ahead(now, at)),
            };
            format!("{what} queued, lane {lane}; it may leave {when}{daemon}")
        }
        (_, Some((kind, state))) if begins(kind) => {
            format!(
                "{} {what} is {} already",
                article(measure),
                state.replace('_', " ")
            )
        }
        _ if begun.known.ends_with("_by_other") => {
            format!("it is {held} already, by somebody else: quell does not undo that at the end")
        }
        _ => format!("it is {held} already, and stays so until the last reason has ended"),
    }
}

fn article(measure: Measure) -> &'static str {
    match measure {
        Measure::Restriction => "a",
        Measure::Isolation => "an",
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
    fn what_follows_is_said_for_every_way_it_may_go() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let check = |open: Option<(&str, &str)>, queued: Option<&str>, restriction: &str, expected: &str| {
            let begun = Begun {
                containment: uuid::Uuid::nil(),
                until: now,
                known: restriction.to_owned(),
                open: open.map(|(kind, state)| (kind.to_owned(), state.to_owned())),
                queued: queued.map(|kind| (kind.to_owned(), now)),
            };
            let said = next((&begun, Measure::Restriction), Lane::High, now, Some(now), true);
            assert!(said.starts_with(expected), "{said}");
        };
        check(
            None,
            Some("restrict"),
            "free",
            "restriction queued, lane high; it may leave now",
        );
        check(
            Some(("release", "in_doubt")),
            Some("restrict"),
            "restricted",
            "restriction queued, lane high; it leaves when the release, which is in doubt, is over",
        );
        check(
            Some(("restrict", "submitted")),
            None,
            "free",
            "a restriction is submitted already",
        );
        check(
            None,
            None,
            "restricted_by_other",
            "it is restricted already, by somebody else",
        );
        check(None, None, "restricted", "it is restricted already, and stays");
    }

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
        };
        let text = refused(&report, &refusal);
        assert!(text.contains("  refused   never.tags: the device is protected by the list `never.tags`\n"));
        assert!(text.contains("--accept-risk=never.tags"), "{text}");
        assert!(span_of("0s").is_err() && span_of("4h").is_ok());
    }
}
