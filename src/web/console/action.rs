//! One action: from its event to its end, with each call and what Defender said of it.

use maud::{Markup, html};

use super::devices::{defender_link, name_of};
use super::parts::{
    Panel, Row, Table, Tone, ago, ahead, badge, exact, facts, none, or_none, panel, plain, state, time, told,
};
use super::shell::{Frame, Page};
use super::timeline;
use crate::desk::actions::{ActionReport, Place};
use crate::store::views::AttemptView;

/// The page.
pub(super) fn page(frame: &Frame, report: &ActionReport) -> Page {
    let action = &report.action;
    let content = html! {
        (panel("outcome", "What came of it", html! { p { (told(&report.outcome)) } }))
        div.cols.two {
            (panel("facts", "The action", about(frame, report)))
            @if let Some(place) = &report.queue { (panel("place", "Its place in the queue", waiting(frame, place))) }
        }
        (Panel::new("calls", "Calls").around(calls(frame, &report.attempts)))
        (panel("timeline", "From its event to its end", timeline::line(frame, &report.timeline)))
        @if let Some(gone) = &report.gone { (panel("gone", "What is left of the decision", html! { p { (plain(gone)) } })) }
    };
    let device = action.name.as_deref().unwrap_or(&action.device);
    let title = format!(
        "{} {}",
        action.kind.replace('_', " "),
        crate::desk::words::plain(device)
    );
    let beside = html! { (state(&action.state)) " " code { (action.id) } };
    Page::new(title, content).beside(beside).above("/queue", "Queue")
}

fn about(frame: &Frame, report: &ActionReport) -> Markup {
    let (action, now) = (&report.action, frame.now);
    let at_defender = html! {
        @match &action.defender_status {
            Some(status) => { (plain(status)) },
            None => { (none()) },
        }
        @if let Some(id) = &action.defender_id { span.small.muted { " " code { (plain(id)) } } }
    };
    let wanted = html! {
        (plain(&action.wanted_by))
        @if let Some(playbook) = &action.playbook { " · " (plain(playbook)) }
        @if action.is_adopted { " · " (badge(Tone::Warn, "begun by somebody else")) }
    };
    let mut rows = vec![
        (
            "Device",
            html! { (name_of(frame, &action.device, action.name.as_deref())) " " (defender_link(&action.device)) },
        ),
        (
            "State",
            html! { (state(&action.state)) " by " (plain(&action.by)) ": " (plain(&action.reason)) },
        ),
        ("Wanted by", wanted),
        ("Lane", html! { (action.lane.as_str()) }),
        ("Queued", ago(now, action.queued_at)),
        ("At Defender", at_defender),
        ("Over", or_none(action.final_at, |at| ago(now, at))),
        ("Comment", plain(&report.detail.comment)),
    ];
    if let Some(error) = &action.error {
        rows.push(("Error", plain(error)));
    }
    facts(rows)
}

fn waiting(frame: &Frame, place: &Place) -> Markup {
    let mut rows = vec![
        ("Position", html! { (place.position) }),
        (
            "May leave",
            html! {
                @match &place.held {
                    Some(held) => { (badge(Tone::Bad, "held")) " " (plain(&held.why)) },
                    None => { (or_none(place.expected_at, |at| ahead(frame.now, at))) },
                }
            },
        ),
        ("Windows", html! { (place.windows.join("; ")) }),
    ];
    if place.is_late {
        rows.push(("Too late", badge(Tone::Bad, "it loses its validity before that")));
    }
    if let Some((until, why)) = &place.closed {
        rows.push((
            "Gate",
            html! { (badge(Tone::Bad, "closed")) " opens " (ahead(frame.now, *until)) ": " (plain(why)) },
        ));
    }
    facts(rows)
}

fn calls(frame: &Frame, attempts: &[AttemptView]) -> Markup {
    let table = Table {
        label: "Calls to Defender",
        heads: &[
            "Call",
            "Written down",
            "Answered",
            "Outcome",
            "HTTP",
            "What Defender said",
        ],
        empty: "Nothing was called for it.",
    };
    let row = |attempt: &AttemptView| -> Row {
        let said = [&attempt.error_code, &attempt.error_message, &attempt.error_target];
        let said: Vec<&str> = said.into_iter().flatten().map(String::as_str).collect();
        let cells = vec![
            html! { (attempt.n) " · " (attempt.kind.replace('_', " ")) },
            time(attempt.reserved_at, &exact(attempt.reserved_at)),
            or_none(attempt.answered_at, |at| ago(frame.now, at)),
            or_none(attempt.outcome.as_deref(), state),
            or_none(attempt.http_status, |status| html! { (status) }),
            if said.is_empty() {
                none()
            } else {
                plain(&said.join(" · "))
            },
        ];
        (format!("call-{}", attempt.n), cells)
    };
    table.show(attempts.iter().map(row))
}
