//! One action, explained: what came of it, who or what wanted it, each call, and while it waits, its place in the queue.

use std::process::ExitCode;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::explanation::Explanation;
use super::page::Page;
use super::render;
use super::stored::Explainer;
use crate::cli::operator::table::Tone;
use crate::cli::operator::{Session, nothing_done};
use crate::desk::words::{ago, ahead, span};
use crate::store::views::{
    ActionDetail, ActionQuery, ActionView, AttemptView, ContainmentHistory, DecisionQuery, StatusView,
    TransitionView,
};

/// An action with everything that belongs to it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What came of it, in a sentence.
    pub outcome: String,
    /// The action.
    pub action: ActionView,
    /// What it has besides.
    #[serde(flatten)]
    pub detail: ActionDetail,
    /// While it is queued: when it may leave.
    pub queue: Option<Place>,
    /// The calls.
    pub attempts: Vec<AttemptView>,
    /// Every change of its state.
    pub transitions: Vec<TransitionView>,
    /// The containment that wanted it first.
    pub wanted_for: Option<ContainmentHistory>,
    /// The decision behind that.
    pub decision: Option<Explanation>,
    /// What is left of that decision when its event is gone, or the decision too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
}

/// A place in the queue, and the budget around it.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// From 1: the next to be called.
    pub position: i64,
    /// When it may leave, if nothing more urgent comes and every call is answered at once.
    pub expected_at: Option<Timestamp>,
    /// It loses its validity before that, and is then dropped.
    pub is_late: bool,
    /// The slots of the windows, as `used/limit in span`.
    pub windows: Vec<String>,
    /// The gate is closed until then, and why.
    pub closed: Option<(Timestamp, String)>,
    /// Whether a daemon dispatches.
    pub is_dispatched: bool,
}

/// Explains an action: exit code 1 when there is none with that id.
pub(super) async fn run(session: &Session, id: Uuid, all: bool) -> anyhow::Result<ExitCode> {
    let (store, tenant) = (&session.store, session.id);
    let query = ActionQuery {
        id: Some(id),
        limit: 1,
        ..ActionQuery::default()
    };
    let action = store.actions(tenant, &query).await?.pop();
    let (Some(action), Some(detail)) = (action, store.action_detail(tenant, id).await?) else {
        let why = format!("there is no action `{id}`; `quell actions -o json` lists their ids");
        return Ok(nothing_done(&why));
    };
    let status = store.status(tenant, &session.gate()).await?;
    let containments = store.containments_of(tenant, &detail.device, i64::MAX).await?;
    let wanted_for = containments
        .into_iter()
        .find(|containment| Some(containment.id) == detail.containment);
    let queue = place(session, &action, &status);
    let ahead = queue.as_ref().map_or(0, |queue| queue.position - 1);
    let detail = ActionDetail { ahead, ..detail };
    let mut report = Report {
        outcome: outcome(&action, &detail, queue.as_ref(), status.at),
        queue,
        attempts: store.attempts_of(tenant, id).await?,
        transitions: store.transitions_of(tenant, id).await?,
        decision: None,
        gone: None,
        wanted_for,
        action,
        detail,
    };
    if let Some(event) = report
        .wanted_for
        .as_ref()
        .and_then(|containment| containment.event_id)
    {
        let decisions = store.decisions(tenant, &DecisionQuery::Event(event)).await?;
        let of_device = |decision: &&crate::store::views::DecisionView| {
            decision
                .device
                .as_ref()
                .is_some_and(|device| device.as_str() == report.detail.device)
        };
        if let Some(decision) = decisions.iter().find(of_device) {
            report.decision = Some(Explainer::new(session).explain(decision).await?);
        } else {
            report.gone = Some(gone(session, event, &report.detail.device, status.at).await?);
        }
    }
    session.answer(&report, |paint| {
        let mut page = Page::default();
        render(&report, status.at, all, &mut page);
        page.render(paint)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What can still be said of a decision that cannot be explained any more.
async fn gone(session: &Session, event: Uuid, device: &str, now: Timestamp) -> anyhow::Result<String> {
    let query = DecisionQuery::Event(event);
    let left = session.store.decisions_outlived(session.id, &query).await?;
    let of_device = left
        .iter()
        .find(|decision| decision.device.as_deref() == Some(device));
    Ok(match of_device {
        Some(decision) => super::outlived(decision, now),
        None => {
            format!("the event {event} and its decision were deleted, their time being over (`retention`)")
        }
    })
}

fn place(session: &Session, action: &ActionView, status: &StatusView) -> Option<Place> {
    let expected = status.outlook.expected(&session.pacing());
    let expected = expected.into_iter().find(|expected| expected.id == action.id)?;
    let windows = status.windows.iter().map(|window| {
        let per = jiff::SignedDuration::try_from_secs_f64(window.per_seconds).unwrap_or_default();
        format!("{}/{} in {}", window.used, window.limit, span(per))
    });
    let reason = status
        .closed_reason
        .clone()
        .unwrap_or_else(|| "no reason was recorded".to_owned());
    Some(Place {
        position: i64::try_from(expected.position).unwrap_or(i64::MAX),
        expected_at: status.at.checked_add(expected.after).ok(),
        is_late: expected.is_late,
        windows: windows.collect(),
        closed: status.closed_until.map(|until| (until, reason)),
        is_dispatched: status.lease.as_ref().is_some_and(|lease| lease.is_held),
    })
}

/// What came of an action, in a sentence.
pub fn outcome(action: &ActionView, detail: &ActionDetail, queue: Option<&Place>, now: Timestamp) -> String {
    let device = action.name.as_ref().map_or_else(
        || format!("device `{}`", action.device),
        |name| format!("`{name}`"),
    );
    let what = format!("the {} of {device}", action.kind);
    let why = action.error.as_ref().unwrap_or(&action.reason);
    let took = action
        .final_at
        .map(|at| span(at.duration_since(action.queued_at)))
        .unwrap_or_default();
    match action.state.as_str() {
        "queued" => {
            let waits = match queue {
                _ if detail.is_behind_open => "it leaves after the device's open action is over".to_owned(),
                _ if action.not_before > now => {
                    format!("it is tried again {}", ahead(now, action.not_before))
                }
                Some(queue) if !queue.is_dispatched => "no daemon dispatches, so it stays there".to_owned(),
                Some(Place {
                    expected_at: Some(at),
                    position,
                    ..
                }) => {
                    let before = match position - 1 {
                        0 => "it is the next".to_owned(),
                        1 => "1 call leaves before it".to_owned(),
                        n => format!("{n} calls leave before it"),
                    };
                    format!("{before}; it may leave {}", ahead(now, *at))
                }
                _ => "it waits for its turn".to_owned(),
            };
            format!("{what} is queued: {waits}")
        }
        "submitting" => format!("{what} is being called"),
        "in_doubt" => {
            format!(
                "{what} was called and its fate is unknown: it is looked up in Defender's list, never called again blindly"
            )
        }
        "submitted" => {
            let status = action.defender_status.as_deref().unwrap_or("no status yet");
            format!("{what} was taken by Defender and is not over: {status}")
        }
        "succeeded" if action.is_adopted => format!("{what} succeeded, begun by somebody else, after {took}"),
        "succeeded" => format!("{what} succeeded after {took}"),
        "withdrawn" => format!("{what} was withdrawn and never sent: {why}"),
        "expired" => format!("{what} was not sent in time and dropped: {why}"),
        state => format!("{what} came to nothing, {}: {why}", state.replace('_', " ")),
    }
}

/// The report as text.
pub fn render(report: &Report, now: Timestamp, all: bool, page: &mut Page) {
    let action = &report.action;
    let tone = match action.state.as_str() {
        "succeeded" => Tone::Good,
        "failed" | "timed_out" | "expired" => Tone::Bad,
        "in_doubt" | "cancelled" => Tone::Warn,
        _ => Tone::Head,
    };
    page.line(0, tone, &report.outcome);
    page.entry(
        2,
        "action",
        format!("{}, lane {}", action.id, action.lane.as_str()),
    );
    let name = action.name.as_deref().unwrap_or("its name is not known");
    page.entry(2, "device", format!("{}, {name}", action.device));
    let by = action.playbook.as_deref().unwrap_or(&action.wanted_by);
    page.entry(2, "wanted by", format!("{by}, {}", ago(now, action.queued_at)));
    page.entry(2, "comment", &report.detail.comment);
    if let Some(id) = &action.defender_id {
        let status = action.defender_status.as_deref().unwrap_or("no status yet");
        page.entry(2, "Defender", format!("{id}: {status}"));
    }
    if let Some(queue) = &report.queue {
        let expected = queue
            .expected_at
            .map_or("not known".to_owned(), |at| ahead(now, at));
        page.entry(
            2,
            "queue",
            format!("position {}, may leave {expected}", queue.position),
        );
        page.entry(2, "budget", queue.windows.join(", "));
        if let Some((until, reason)) = &queue.closed {
            page.entry(
                2,
                "gate",
                format!("closed, opens {}: {reason}", ahead(now, *until)),
            );
        }
        if let Some(until) = report.detail.valid_until {
            let late = if queue.is_late {
                ", which is before it may leave"
            } else {
                ""
            };
            page.entry(
                2,
                "valid",
                format!("dropped if not sent: {}{late}", ahead(now, until)),
            );
        }
    }
    page.head("calls");
    if report.attempts.is_empty() {
        page.line(2, Tone::Usual, "none was made");
    }
    for attempt in &report.attempts {
        page.line(2, Tone::Usual, self::attempt(attempt));
    }
    page.head("states");
    for change in &report.transitions {
        let at = change.at.strftime("%Y-%m-%d %H:%M:%S");
        page.line(
            2,
            Tone::Usual,
            format!(
                "{at} {} by {}: {}",
                change.to.replace('_', " "),
                change.by,
                change.reason
            ),
        );
    }
    if let Some(containment) = &report.wanted_for {
        page.head("wanted for");
        page.line(2, Tone::Usual, render::containment(containment, now));
    }
    if let Some(gone) = &report.gone {
        page.line(0, Tone::Warn, gone);
    }
    if let Some(decision) = &report.decision {
        page.head("the decision behind it");
        render::explanation(decision, now, all, page);
    }
}

/// A call in a line.
pub fn attempt(attempt: &AttemptView) -> String {
    let at = attempt.reserved_at.strftime("%Y-%m-%d %H:%M:%S");
    let answer = match (&attempt.outcome, attempt.answered_at) {
        (Some(outcome), Some(answered)) => {
            let took = span(answered.duration_since(attempt.reserved_at));
            format!("{} after {took}", outcome.replace('_', " "))
        }
        _ => "no answer is recorded".to_owned(),
    };
    let details = [
        attempt.http_status.map(|status| format!("HTTP {status}")),
        attempt.error_code.clone(),
        attempt.error_message.clone(),
        attempt
            .error_target
            .as_ref()
            .map(|id| format!("correlation {id}")),
    ];
    let details: Vec<String> = details.into_iter().flatten().collect();
    let details = match details.as_slice() {
        [] => String::new(),
        details => format!(" ({})", details.join("; ")),
    };
    format!("{}. {at} {}: {answer}{details}", attempt.n, attempt.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::operator::table::Paint;
    use crate::domain::verdict::Lane;

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn before(seconds: i64) -> Timestamp {
        now() - jiff::SignedDuration::from_secs(seconds)
    }

    fn action(state: &str) -> ActionView {
        ActionView {
            id: Uuid::nil(),
            device: "a".repeat(40),
            name: Some("web-1".to_owned()),
            kind: "restrict".to_owned(),
            state: state.to_owned(),
            lane: Lane::Normal,
            wanted_by: "decide".to_owned(),
            playbook: Some("ransomware@0123456789ab".to_owned()),
            queued_at: before(60),
            not_before: before(60),
            attempts: 1,
            defender_id: None,
            defender_status: Some("Pending".to_owned()),
            is_adopted: false,
            final_at: Some(before(18)),
            by: "reconcile".to_owned(),
            reason: "as Defender says".to_owned(),
            error: Some("400 InvalidInput".to_owned()),
        }
    }

    fn detail(ahead: i64) -> ActionDetail {
        ActionDetail {
            device: "a".repeat(40),
            containment: None,
            revision: None,
            comment: "alert 637_1".to_owned(),
            valid_until: Some(before(-3_540)),
            ahead,
            critical_ahead: 0,
            is_behind_open: false,
        }
    }

    fn place(is_dispatched: bool) -> Place {
        Place {
            position: 3,
            expected_at: Some(before(-12)),
            is_late: false,
            windows: vec!["100/100 in 1 min".to_owned()],
            closed: None,
            is_dispatched,
        }
    }

    #[test]
    fn each_state_says_what_came_of_it() {
        for (state, said) in [
            ("submitting", "the restrict of `web-1` is being called"),
            (
                "in_doubt",
                "its fate is unknown: it is looked up in Defender's list",
            ),
            ("submitted", "was taken by Defender and is not over: Pending"),
            ("succeeded", "succeeded after 42 s"),
            ("failed", "came to nothing, failed: 400 InvalidInput"),
            ("timed_out", "came to nothing, timed out: 400 InvalidInput"),
            ("withdrawn", "was withdrawn and never sent: 400 InvalidInput"),
            ("expired", "was not sent in time and dropped"),
        ] {
            let told = outcome(&action(state), &detail(0), None, now());
            assert!(told.contains(said), "{state}: {told}");
        }
    }

    #[test]
    fn a_queued_action_says_what_it_waits_for() {
        let told = |action: &ActionView, detail: &ActionDetail, place: &Place| {
            outcome(action, detail, Some(place), now())
        };
        let queued = action("queued");
        assert_eq!(
            told(&queued, &detail(2), &place(true)),
            "the restrict of `web-1` is queued: 2 calls leave before it; it may leave in 12 s"
        );
        assert!(
            told(&queued, &detail(2), &place(false)).ends_with("no daemon dispatches, so it stays there")
        );
        let again = ActionView {
            not_before: before(-30),
            ..queued.clone()
        };
        assert!(told(&again, &detail(2), &place(true)).ends_with("it is tried again in 30 s"));
        let behind = ActionDetail {
            is_behind_open: true,
            ..detail(0)
        };
        assert!(told(&queued, &behind, &place(true)).ends_with("after the device's open action is over"));
    }

    #[test]
    fn calls_and_the_place_in_the_queue_are_told_and_nothing_from_outside_commands_the_terminal() {
        let refused = AttemptView {
            n: 1,
            kind: "restrict".to_owned(),
            reserved_at: before(58),
            send_deadline: before(53),
            answered_at: Some(before(57)),
            outcome: Some("throttled".to_owned()),
            http_status: Some(429),
            error_code: Some("TooManyRequests".to_owned()),
            error_message: Some("slow \u{1b}[2Jdown".to_owned()),
            error_target: Some("|00-1.".to_owned()),
        };
        let open = AttemptView {
            n: 2,
            answered_at: None,
            outcome: None,
            http_status: None,
            error_code: None,
            error_message: None,
            error_target: None,
            ..refused.clone()
        };
        let queued = action("queued");
        let report = Report {
            outcome: outcome(&queued, &detail(2), Some(&place(true)), now()),
            queue: Some(place(true)),
            action: queued,
            detail: detail(2),
            attempts: vec![refused, open],
            transitions: Vec::new(),
            wanted_for: None,
            decision: None,
            gone: None,
        };
        let mut page = Page::default();
        render(&report, now(), false, &mut page);
        let text = page.render(Paint::Plain);
        for said in [
            "  queue      position 3, may leave in 12 s\n  budget     100/100 in 1 min\n",
            "  valid      dropped if not sent: in 59 min\n",
            "  1. 2026-11-22 02:59:02 restrict: throttled after 1 s (HTTP 429; TooManyRequests; slow [2Jdown; correlation |00-1.)\n",
            "  2. 2026-11-22 02:59:02 restrict: no answer is recorded\n",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }
}
