//! One action, explained: what came of it, who or what wanted it, each call, and while it waits, its place in the queue.

use std::process::ExitCode;

use jiff::Timestamp;
use uuid::Uuid;

use super::page::Page;
use super::render;
use crate::cli::operator::table::Tone;
use crate::cli::operator::{Session, told};
use crate::desk::actions::ActionReport as Report;
use crate::desk::words::{ago, ahead, span};
use crate::store::views::AttemptView;

/// Explains an action: exit code 1 when there is none with that id.
pub(super) async fn run(session: &Session, id: Uuid, all: bool) -> anyhow::Result<ExitCode> {
    let report = match told(session.desk().action(id).await)? {
        Ok(report) => report,
        Err(no) => return Ok(no),
    };
    let now = session.store.now().await?;
    session.answer(&report, |paint| {
        let mut page = Page::default();
        render(&report, now, all, &mut page);
        page.render(paint)
    })?;
    Ok(ExitCode::SUCCESS)
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
        let leaves = match (&queue.held, queue.expected_at) {
            (Some(held), _) => format!("held: {}", held.why),
            (None, Some(at)) => format!("may leave {}", ahead(now, at)),
            (None, None) => "may leave at a time that is not known".to_owned(),
        };
        page.entry(2, "queue", format!("position {}, {leaves}", queue.position));
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
    use crate::desk::actions::fixtures::{action, before, detail, now, place};
    use crate::desk::actions::outcome;

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
            timeline: Vec::new(),
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
