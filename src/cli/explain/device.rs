//! One device, explained: whether and why it is restricted, its containments and actions, and what was last decided.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::explanation::Explanation;
use super::page::Page;
use super::render::{self, tone};
use super::stored::Explainer;
use crate::cli::operator::stop::sentence;
use crate::cli::operator::table::{Tone, plain};
use crate::cli::operator::{Session, nothing_done};
use crate::desk::words::{ago, ahead};
use crate::domain::action::ActionKind;
use crate::domain::converge::Known;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::store::StopView;
use crate::store::views::{
    ActionQuery, ActionView, ContainmentHistory, DecisionQuery, DeviceAction, DeviceQuery, DeviceView, Show,
    WaitingView,
};

/// Stops are shown for so long after their end.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3_600);

/// So many containments, actions and decisions are shown.
const LATEST: i64 = 10;

/// A device with everything that belongs to it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How it stands, in a sentence.
    pub outcome: String,
    /// The device.
    pub device: DeviceView,
    /// Its latest containments in any state, the newest first.
    pub containments: Vec<ContainmentHistory>,
    /// Its latest actions, the newest first.
    pub actions: Vec<ActionView>,
    /// What was last decided, the newest first.
    pub decisions: Vec<Explanation>,
    /// Alerts on it that wait to be decided.
    pub waiting: Vec<String>,
    /// What was decided of events that are gone by now, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outlived: Vec<String>,
    /// The stops in force, and those of the last week.
    pub stops: Vec<StopView>,
}

/// Explains a device: exit code 1 when none or several fit.
pub(super) async fn run(session: &Session, wanted: &str, all: bool) -> anyhow::Result<ExitCode> {
    let (store, tenant) = (&session.store, session.id);
    let query = DeviceQuery {
        show: Show::All,
        id: Some(wanted.to_owned()),
        name: Some(wanted.to_owned()),
        limit: LATEST,
    };
    let mut fitting = store.devices(tenant, &query).await?;
    if let Some(exact) = fitting
        .iter()
        .position(|device| device.device.eq_ignore_ascii_case(wanted))
    {
        fitting = vec![fitting.swap_remove(exact)];
    }
    let device = match fitting.len() {
        1 => fitting.remove(0),
        0 => {
            let why = "no device is called `{}`, nor does an id begin so: no event ever named it";
            return Ok(nothing_done(&why.replace("{}", &plain(wanted))));
        }
        n => {
            let names: Vec<String> = fitting
                .iter()
                .map(|device| {
                    format!(
                        "  {} {}",
                        device.device,
                        plain(device.name.as_deref().unwrap_or("-"))
                    )
                })
                .collect();
            let more = if n < LATEST as usize { "" } else { " or more" };
            let wanted = plain(wanted);
            let why = format!(
                "`{wanted}` fits {n}{more} devices; name one of them\n{}",
                names.join("\n")
            );
            return Ok(nothing_done(&why));
        }
    };
    let id = DeviceId::from_stored(device.device.clone());
    let query = DecisionQuery::Device(id, LATEST);
    let mut explainer = Explainer::new(session);
    let mut decisions = Vec::new();
    for decision in store.decisions(tenant, &query).await?.iter().rev() {
        decisions.push(explainer.explain(decision).await?);
    }
    let actions = ActionQuery {
        device: Some(device.device.clone()),
        limit: LATEST,
        ..ActionQuery::default()
    };
    let now = store.now().await?;
    let containments = store.containments_of(tenant, &device.device, LATEST).await?;
    let waiting = store.undecided(tenant, &query).await?;
    let outlived = store.decisions_outlived(tenant, &query).await?;
    let report = Report {
        outcome: outcome(&device, &containments, now),
        containments,
        actions: store.actions(tenant, &actions).await?,
        decisions,
        stops: store.stops(Some(tenant), Some(WEEK)).await?,
        waiting: waiting.iter().map(|waiting| undecided(waiting, now)).collect(),
        outlived: outlived
            .iter()
            .rev()
            .map(|its| super::outlived(its, now))
            .collect(),
        device,
    };
    session.answer(&report, |paint| {
        let mut page = Page::default();
        render(&report, now, all, &mut page);
        page.render(paint)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What is not decided yet, in a line.
pub fn undecided(waiting: &WaitingView, now: Timestamp) -> String {
    let why = match waiting.until {
        Some(until) => format!(
            "waits for facts of the device or its alert, and is looked at again {} at the latest",
            ahead(now, until)
        ),
        None => "waits for its turn; without a daemon nothing is decided".to_owned(),
    };
    format!(
        "alert {} on {}: accepted {} and not decided yet, it {why}",
        waiting.alert_id,
        waiting.device,
        ago(now, waiting.since)
    )
}

/// How a device stands, in a sentence for each measure that matters.
pub fn outcome(device: &DeviceView, containments: &[ContainmentHistory], now: Timestamp) -> String {
    let name = device.name.as_ref().map_or_else(
        || format!("device `{}`", device.device),
        |name| format!("`{name}`"),
    );
    let matters = |measure: &Measure| {
        device.known(*measure) != "free"
            || device.containments.iter().any(|c| c.measure == *measure)
            || device.actions.iter().any(|action| is_of(action, *measure))
    };
    let mut measures: Vec<Measure> = Measure::ALL.into_iter().filter(matters).collect();
    if measures.is_empty() {
        measures.push(Measure::Restriction);
    }
    let told = measures
        .into_iter()
        .map(|measure| stands(device, (&name, measure), containments, now));
    told.collect::<Vec<_>>().join("; ")
}

fn is_of(action: &DeviceAction, measure: Measure) -> bool {
    ActionKind::parse(&action.kind).and_then(ActionKind::measure) == Some(measure)
}

fn stands(
    device: &DeviceView,
    (name, measure): (&str, Measure),
    containments: &[ContainmentHistory],
    now: Timestamp,
) -> String {
    let held = measure.held();
    let its = || device.containments.iter().filter(|c| c.measure == measure);
    let active: Vec<_> = its().filter(|c| c.state == "active").collect();
    let asked = its().filter(|c| c.state == "asked").count();
    let under_way = device.actions.iter().find(|action| is_of(action, measure));
    let under_way = under_way.map(|action| {
        let state = action.state.replace('_', " ");
        format!("its {} is {state}", action.kind.replace('_', " of "))
    });
    let wanted = active.first().map(|containment| {
        let by = containment
            .playbook
            .as_deref()
            .and_then(|playbook| playbook.split('@').next());
        let by = by.map_or_else(|| containment.by.clone(), |by| format!("`{by}`"));
        let alert = containment.alert_id.as_ref().map(|id| format!(" for alert {id}"));
        let more = match active.len() {
            1 => String::new(),
            n => format!(", and {} more", n - 1),
        };
        let until = match active.iter().map(|c| c.until).collect::<Option<Vec<_>>>() {
            Some(ends) => ends
                .into_iter()
                .max()
                .map(|end| format!(", the last ends {}", ahead(now, end))),
            None => Some(", with no end of its own".to_owned()),
        };
        format!(
            "{by}{}{more}{}",
            alert.unwrap_or_default(),
            until.unwrap_or_default()
        )
    });
    let attention = active
        .iter()
        .find_map(|containment| containment.attention.as_deref());
    let known = match device.known(measure) {
        "free" => Known::Free,
        known if known == held => Known::Held,
        known if known.ends_with("_by_other") => Known::HeldByOther,
        _ => Known::Unknown,
    };
    match (known, wanted, under_way) {
        (Known::Free, Some(wanted), _) if attention.is_some() => {
            format!(
                "{name} is NOT {held}, though wanted by {wanted}: {}",
                attention.unwrap_or_default()
            )
        }
        (Known::Free, Some(wanted), Some(action)) => {
            format!("{name} is not {held} yet, {action}: wanted by {wanted}")
        }
        (Known::Free, Some(wanted), None) => format!("{name} is not {held}, though wanted by {wanted}"),
        (Known::Free, None, Some(action)) => format!("{name} is free as far as is known, {action}"),
        (Known::Free, None, None) if asked > 0 => {
            format!(
                "{name} is free, and a person is asked whether to {} it",
                ActionKind::to_begin(measure).as_str()
            )
        }
        (Known::Free, None, None) => match containments
            .iter()
            .find(|c| c.mode == "enforce" && c.ended_at.is_some())
        {
            Some(last) => format!(
                "{name} is free: its last containment ended {}",
                ago(now, last.ended_at.unwrap_or(now))
            ),
            None => format!("{name} is free: quell never {held} it"),
        },
        (Known::Held, Some(wanted), _) => format!("{name} is {held} by quell: {wanted}"),
        (Known::Held, None, Some(action)) => {
            format!("{name} is still {held} by quell, {action}: nothing wants it any more")
        }
        (Known::Held, None, None) => {
            format!("{name} is still {held} by quell, and nothing wants it any more")
        }
        (Known::HeldByOther, ..) => format!("{name} was {held} by somebody else: not quell's to undo"),
        (_, Some(wanted), _) => format!("{name} is perhaps {held}, nobody can tell: wanted by {wanted}"),
        (_, None, _) => format!("{name} is perhaps {held}, nobody can tell; a release follows"),
    }
}

/// The report as text.
pub fn render(report: &Report, now: Timestamp, all: bool, page: &mut Page) {
    let device = &report.device;
    let head = match device.restriction.as_str() {
        "free" if device.isolation == "isolated" => Tone::Good,
        "restricted" => Tone::Good,
        "free" if device.containments.iter().any(|c| c.state == "active") => Tone::Bad,
        "free" => Tone::Head,
        _ => Tone::Warn,
    };
    page.line(0, head, &report.outcome);
    let name = device.name.as_deref().unwrap_or("its name is not known");
    page.entry(2, "device", format!("{}, {name}", device.device));
    if let Some(since) = device.since {
        let states = Measure::ALL.map(|measure| device.known(measure).replace('_', " "));
        let state = match states {
            [restriction, isolation] if isolation == "free" => restriction,
            [restriction, isolation] if restriction == "free" => isolation,
            states => states.join(" and "),
        };
        page.entry(2, "known", format!("{state}, as of {}", ago(now, since)));
    }
    for waiting in report.waiting.iter().chain(&report.outlived) {
        page.line(2, Tone::Warn, waiting);
    }
    if !report.stops.is_empty() {
        page.head("stops");
        for stop in &report.stops {
            let (tone, text) = stopped(stop, now);
            page.line(2, tone, text);
        }
    }
    if !report.containments.is_empty() {
        page.head("containments");
        for containment in &report.containments {
            let alert = containment.alert_id.as_ref().map(|id| format!(", alert {id}"));
            let text = render::containment(containment, now) + &alert.unwrap_or_default();
            page.line(2, Tone::Usual, text);
        }
    }
    if !report.actions.is_empty() {
        page.head("actions");
        for action in &report.actions {
            let why = action.error.as_ref().unwrap_or(&action.reason);
            let calls = match action.attempts {
                1 => "1 call".to_owned(),
                n => format!("{n} calls"),
            };
            let state = action.state.replace('_', " ");
            let text = format!(
                "{} {state}, queued {}, {calls}: {why} ({})",
                action.kind,
                ago(now, action.queued_at),
                action.id
            );
            page.line(2, Tone::Usual, text);
        }
    }
    if report.decisions.is_empty() {
        return;
    }
    page.head("last decisions");
    for decision in &report.decisions {
        if all {
            render::explanation(decision, now, true, page);
            continue;
        }
        let event = decision.event_id.map(|id| format!(" ({id})")).unwrap_or_default();
        let text = format!(
            "{}: alert {}: {}{event}",
            ago(now, decision.at),
            decision.alert_id,
            decision.outcome
        );
        page.line(2, tone(decision.kind), text);
    }
    if !all {
        page.line(2, Tone::Usual, "one of them in full: `quell explain --event ID`");
    }
}

/// A stop, in force or over.
fn stopped(stop: &StopView, now: Timestamp) -> (Tone, String) {
    match (stop.ended_at, &stop.ended_by, &stop.end_reason) {
        (Some(at), Some(by), Some(why)) => (
            Tone::Usual,
            format!(
                "stopped {} by {}: {}; resumed {} by {by}: {why}",
                ago(now, stop.begun_at),
                stop.by,
                stop.reason,
                ago(now, at)
            ),
        ),
        _ => (Tone::Bad, sentence(stop, now)),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::views::ContainmentView;

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn containment(state: &str, attention: Option<&str>) -> ContainmentView {
        ContainmentView {
            id: Uuid::nil(),
            device: "a".repeat(40),
            name: None,
            measure: crate::domain::measure::Measure::Restriction,
            state: state.to_owned(),
            playbook: Some("ransomware@0123456789ab".to_owned()),
            alert_id: Some("637_1".to_owned()),
            title: None,
            created_at: now(),
            activated_at: Some(now()),
            until: Some(now() + jiff::SignedDuration::from_hours(2)),
            ask_reason: None,
            ask_from: Vec::new(),
            ask_until: None,
            otherwise_act: false,
            attention: attention.map(str::to_owned),
            by: "decide".to_owned(),
            reason: "matched".to_owned(),
        }
    }

    fn told(restriction: &str, containments: Vec<ContainmentView>, action: Option<(&str, &str)>) -> String {
        let action = action.map(|(kind, state)| DeviceAction {
            kind: kind.to_owned(),
            state: state.to_owned(),
            defender_status: None,
            not_before: now(),
        });
        let device = DeviceView {
            device: "a".repeat(40),
            name: Some("web-1".to_owned()),
            restriction: restriction.to_owned(),
            isolation: "free".to_owned(),
            since: None,
            containments,
            actions: action.into_iter().collect(),
        };
        outcome(&device, &[], now())
    }

    #[test]
    fn a_device_says_whether_it_is_restricted_and_why() {
        let wanted = || vec![containment("active", None)];
        let open = ("restrict", "in_doubt");
        for (restriction, containments, action, said) in [
            (
                "restricted",
                wanted(),
                None,
                "`web-1` is restricted by quell: `ransomware` for alert 637_1, the last ends in 2 h",
            ),
            (
                "restricted",
                vec![containment("active", None), containment("active", None)],
                None,
                "`ransomware` for alert 637_1, and 1 more, the last ends in 2 h",
            ),
            (
                "restricted",
                vec![],
                Some(("release", "queued")),
                "is still restricted by quell, its release is queued: nothing wants it any more",
            ),
            ("restricted", vec![], None, "nothing wants it any more"),
            (
                "free",
                wanted(),
                Some(open),
                "is not restricted yet, its restrict is in doubt: wanted by",
            ),
            (
                "free",
                wanted(),
                None,
                "is not restricted, though wanted by `ransomware`",
            ),
            (
                "free",
                vec![containment("active", Some("given up after 3 calls"))],
                None,
                "is NOT restricted, though wanted by `ransomware` for alert 637_1, the last ends in 2 h: given up after 3 calls",
            ),
            (
                "free",
                vec![containment("asked", None)],
                None,
                "a person is asked whether to restrict it",
            ),
            ("free", vec![], None, "is free: quell never restricted it"),
            (
                "restricted_by_other",
                vec![],
                None,
                "was restricted by somebody else: not quell's to undo",
            ),
            (
                "unknown",
                wanted(),
                None,
                "is perhaps restricted, nobody can tell: wanted by",
            ),
        ] {
            let told = told(restriction, containments, action);
            assert!(told.contains(said), "{restriction}: {told}");
        }
        let forever = ContainmentView {
            until: None,
            ..containment("active", None)
        };
        let told = told("restricted", vec![forever], None);
        assert!(
            told.ends_with("for alert 637_1, with no end of its own"),
            "{told}"
        );
    }
}
