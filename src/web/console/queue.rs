//! The queue: what waits, in the order in which it will be called, when each may leave and why it has not; and the latest actions.

use maud::{Markup, html};

use super::budget;
use super::devices::name_of;
use super::parts::{Panel, Row, Table, Tone, ago, ahead, badge, in_path, or_none, plain, state};
use super::shell::{Frame, Page};
use crate::desk::actions::Listed;
use crate::desk::budget::BudgetReport;
use crate::desk::page;
use crate::desk::queue::{Queue, Waits, WaitsFor};
use crate::desk::words::counted;

/// The page.
pub(super) fn page(
    frame: &Frame,
    queue: &Queue,
    actions: &page::Page<Listed>,
    budget: &BudgetReport,
) -> Page {
    let waiting = i64::try_from(queue.actions).unwrap_or(i64::MAX);
    let beside = html! {
        (counted(waiting, "action")) " queued"
        @match (&queue.held, queue.empty_at) {
            (Some(held), None) => { ", held: " (plain(&held.why)) },
            (Some(held), Some(at)) => { ", " (held.actions) " held, the others gone " (ahead(frame.now, at)) },
            (None, Some(at)) => { ", empty " (ahead(frame.now, at)) },
            (None, None) => {},
        }
        @if queue.expected_late > 0 { " " (badge(Tone::Bad, &format!("{} too late", queue.expected_late))) }
    };
    let content = html! {
        (Panel::new("queue", "Waiting to be called").around(html! {
            (waits(frame, &queue.page.items))
            (further(frame, queue.page.next.as_deref(), "after"))
        }))
        div.cols.two {
            (budget::windows(frame, budget))
            (lanes(frame, budget))
        }
        (Panel::new("latest", "Latest actions").around(html! {
            (latest(frame, &actions.items))
            (further(frame, actions.next.as_deref(), "older"))
        }))
    };
    Page::new("Queue", content).beside(beside)
}

/// The way to the next rows of a list, and back to the first ones.
pub(super) fn further(frame: &Frame, next: Option<&str>, name: &str) -> Markup {
    let is_further = frame.visit.query.get(name).is_some();
    html! {
        @if is_further || next.is_some() {
            p.pages {
                @if is_further { a href=(frame.link(&frame.visit.path)) { "First page" } " " }
                @if let Some(next) = next {
                    @let path = format!("{}?{name}={}", frame.visit.path, in_path(next));
                    a href=(frame.link(&path)) { "Next page" }
                }
            }
        }
    }
}

fn waits(frame: &Frame, waits: &[Waits]) -> Markup {
    let table = Table {
        label: "Actions that wait, the next to be called first",
        heads: &[
            "Action",
            "#Place",
            "Device",
            "Lane",
            "May leave",
            "Why it waits",
            "Queued",
        ],
        empty: "Nothing waits to be called.",
    };
    table.show(waits.iter().map(|one| waiting(frame, one)))
}

fn waiting(frame: &Frame, one: &Waits) -> Row {
    let action = &one.listed.action;
    let is_held = matches!(
        one.waits_for,
        WaitsFor::Resume | WaitsFor::Daemon | WaitsFor::Gate
    );
    let why = html! {
        @if is_held { (badge(Tone::Bad, "held")) " " }
        (plain(&one.why))
        @if one.listed.is_late { span.sub { (badge(Tone::Bad, "too late")) " it loses its validity before that" } }
    };
    let leaves = or_none(one.listed.expected_at, |at| ahead(frame.now, at));
    let cells = vec![
        link(frame, one.listed.action.id, &action.kind),
        or_none(one.listed.position, |place| html! { (place) }),
        name_of(frame, &action.device, action.name.as_deref()),
        html! { (action.lane.as_str()) },
        leaves,
        why,
        ago(frame.now, action.queued_at),
    ];
    (format!("waits-{}", action.id), cells)
}

fn lanes(frame: &Frame, budget: &BudgetReport) -> Markup {
    let table = Table {
        label: "Queued actions by lane, the most urgent first",
        heads: &["Lane", "#Queued", "#Delayed", "Oldest", "Empty"],
        empty: "No lane has anything.",
    };
    let rows = budget.queue.iter().map(|lane| {
        let name = lane.lane.as_str();
        let cells = vec![
            html! { (name) },
            html! { (lane.actions) },
            html! { (lane.delayed) },
            ago(frame.now, lane.oldest_at),
            html! {
                (or_none(budget.lanes_empty_at.get(name).copied(), |at| ahead(frame.now, at)))
                @if let Some(held) = budget.lanes_held.get(name) {
                    span.sub { (badge(Tone::Bad, "held")) " " (held.actions) ": " (plain(&held.why)) }
                }
            },
        ];
        (format!("lane-{name}"), cells)
    });
    Panel::new("lanes", "Lanes").around(table.show(rows))
}

fn latest(frame: &Frame, actions: &[Listed]) -> Markup {
    let table = Table {
        label: "Actions, the newest first",
        heads: &[
            "Action",
            "State",
            "Device",
            "At Defender",
            "#Calls",
            "Queued",
            "Why",
        ],
        empty: "No action was ever queued.",
    };
    let rows = actions.iter().map(|one| {
        let action = &one.action;
        let cells = vec![
            link(frame, action.id, &action.kind),
            state(&action.state),
            name_of(frame, &action.device, action.name.as_deref()),
            or_none(action.defender_status.as_deref(), plain),
            html! { (action.attempts) },
            ago(frame.now, action.queued_at),
            plain(&action.reason),
        ];
        (format!("action-{}", action.id), cells)
    });
    table.show(rows)
}

fn link(frame: &Frame, id: uuid::Uuid, kind: &str) -> Markup {
    html! { a href=(frame.link(&format!("/actions/{id}"))) { (kind.replace('_', " ")) } }
}
