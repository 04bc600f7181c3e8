//! The first page: what needs a person, what is contained and until when, what waits and for how long, what was decided last. One
//! look at three in the morning.

use maud::{Markup, html};

use super::devices::{self, name_of};
use super::parts::{
    Panel, Row, Table, Tone, ago, ahead, badge, or_none, plain, question_ends, slug, state, tile, told,
};
use super::shell::{Frame, Page};
use super::{approvals, budget};
use crate::desk::overview::Overview;
use crate::desk::status::Report;
use crate::desk::words::counted;
use crate::store::views::{DecidedView, DueRelease};

/// The page.
pub(super) fn page(frame: &Frame, read: &Overview) -> Page {
    let report = &read.report;
    let status = &report.status;
    let content = html! {
        (needs(report))
        div.tiles { (tiles(frame, report)) }
        div.cols.two {
            (budget::windows(frame, &read.budget))
            (approvals(frame, report))
        }
        (contained(frame, report))
        (budget::charts(&read.budget))
        div.cols.two {
            (due(frame, &read.due))
            (decided(frame, &read.decided))
        }
    };
    let dispatch = match &status.lease {
        Some(lease) if lease.is_held => badge(Tone::Good, "dispatching"),
        _ => badge(Tone::Bad, "nobody dispatches"),
    };
    Page::new("Overview", content).beside(dispatch)
}

fn needs(report: &Report) -> Markup {
    match report.needs.as_slice() {
        [] => Panel::new("needs", "Nothing needs a person")
            .class("calm")
            .around(html! {
                div.body { p.empty {
                    @if report.stops.is_empty() { "No failure, no overdue release, no question that waits." }
                    @else { "Nothing but the stop." }
                } }
            }),
        needs => Panel::new("needs", "Needs a person")
            .class("needs")
            .around(html! {
                div.body { ul.needs { @for need in needs { li { (told(need)) } } } }
            }),
    }
}

fn tiles(frame: &Frame, report: &Report) -> Markup {
    let status = &report.status;
    let now = status.at;
    let known = |kind: &str| status.restrictions.get(kind).copied().unwrap_or(0);
    let isolated = status.isolations.get("isolated").copied().unwrap_or(0);
    let held = html! {
        (known("restricted")) " restricted"
        @if isolated > 0 { ", " (isolated) " isolated" }
        @if known("unknown") > 0 { ", " (known("unknown")) " unclear" }
    };
    let queued: i64 = status.queue.iter().map(|lane| lane.actions).sum();
    let queue = html! {
        @match (&report.held, report.queue_empty_at) {
            (Some(held), None) => { "held: " (held.why) },
            (Some(held), Some(at)) => { (held.actions) " held, the others gone " (ahead(now, at)) },
            (None, Some(at)) if queued > 0 => { "empty " (ahead(now, at)) },
            _ => { (status.outstanding) " open at Defender" },
        }
    };
    let next_end = or_none(status.next_end_at, |at| ahead(now, at));
    let overdue = report.releases_overdue.devices;
    let releases = html! {
        @if overdue > 0 { (counted(overdue, "release")) " overdue" } @else { "next end of a containment" }
    };
    let inbox = html! {
        @match status.inbox.oldest_at {
            Some(at) if status.inbox.rows > 0 => { "the oldest came " (ago(now, at)) },
            _ => { (status.events) " accepted in all" },
        }
    };
    let asks = html! {
        @match report.requests.first_ends_at {
            Some(at) => { "the first ends " (question_ends(now, at, !report.stops.is_empty())) },
            None => { "nobody is asked" },
        }
    };
    let link = |path: &str| frame.link(path);
    let tone = |is_bad: bool, tone| if is_bad { tone } else { Tone::Plain };
    html! {
        (tile("Contained devices", html! { (status.contained_devices) }, held, tone(status.attention > 0, Tone::Bad), Some(&link("/devices"))))
        (tile("Waiting for an answer", html! { (report.requests.devices) }, asks, tone(report.requests.devices > 0, Tone::Warn), Some(&link("/approvals"))))
        (tile("Queued actions", html! { (queued) }, queue, tone(report.expected_late > 0, Tone::Bad), Some(&link("/queue"))))
        (tile("Next release", next_end, releases, tone(overdue > 0, Tone::Bad), Some(&link("/devices"))))
        (tile("Undecided events", html! { (status.inbox.rows) }, inbox, Tone::Plain, Some(&link("/system"))))
        (tile("Dead letters", html! { (status.dead_letters) }, or_none(status.dead_letter_at, |at| ago(now, at)),
            tone(status.dead_letters > 0, Tone::Warn), Some(&link("/system"))))
    }
}

fn approvals(frame: &Frame, report: &Report) -> Markup {
    let now = report.status.at;
    let table = Table {
        label: "The asks that expire first",
        heads: &["Device", "Because of", "Ends"],
        empty: "Nobody is asked anything.",
    };
    let row = |ask: &crate::store::views::ContainmentView| -> Row {
        let why = html! {
            (plain(ask.ask_reason.as_deref().unwrap_or(&ask.reason)))
            @if let Some(title) = &ask.title { span.sub { (plain(title)) } }
        };
        let cells = vec![
            name_of(frame, &ask.device, ask.name.as_deref()),
            why,
            or_none(ask.ask_until, |at| {
                question_ends(now, at, !report.stops.is_empty())
            }),
        ];
        (format!("ask-{}", ask.id), cells)
    };
    let rows = report.asks.iter().take(5).map(row);
    let more = html! { a href=(frame.link("/approvals")) { (approvals::all(&report.requests)) } };
    Panel::new("asks", "Waiting for an answer")
        .beside(more)
        .around(table.show(rows))
}

fn contained(frame: &Frame, report: &Report) -> Markup {
    let now = report.status.at;
    let shown = i64::try_from(report.contained.len()).unwrap_or(i64::MAX);
    let all = report.status.contained_devices.max(shown);
    let more = html! {
        a href=(frame.link("/devices")) { @if shown < all { (shown) " of " (all) ": see all" } @else { "All devices" } }
    };
    Panel::new("contained", "Contained devices")
        .beside(more)
        .around(devices::table(
            frame,
            &report.contained,
            now,
            "No device is contained.",
        ))
}

fn due(frame: &Frame, due: &[DueRelease]) -> Markup {
    let table = Table {
        label: "Containments that end next",
        heads: &["Device", "Held by", "Ends"],
        empty: "No containment ends by itself.",
    };
    let row = |one: &DueRelease| -> Row {
        let held = html! {
            (plain(one.playbook.as_deref().unwrap_or("by hand")))
            @if !one.releases { span.sub { "held for longer by another" } }
        };
        let cells = vec![
            name_of(frame, &one.device, one.name.as_deref()),
            held,
            ahead(frame.now, one.until),
        ];
        (format!("due-{}", one.containment), cells)
    };
    Panel::new("due", "Due releases").around(table.show(due.iter().map(row)))
}

fn decided(frame: &Frame, decided: &[DecidedView]) -> Markup {
    let table = Table {
        label: "The last decisions that were no skip",
        heads: &["Alert", "Decision", "Device", "When"],
        empty: "Nothing was decided but skips.",
    };
    let row = |one: &DecidedView| -> Row {
        let alert = one
            .title
            .as_deref()
            .or(one.alert_id.as_deref())
            .unwrap_or("an event that is gone");
        let what = html! {
            (state(&one.kind))
            span.sub { (plain(one.playbook.as_deref().unwrap_or(&one.reason))) }
        };
        let cells = vec![
            html! { a href=(frame.link(&format!("/events/{}", one.event_id))) { (plain(alert)) } },
            what,
            or_none(one.device.as_deref(), |device| {
                name_of(frame, device, one.name.as_deref())
            }),
            ago(frame.now, one.decided_at),
        ];
        let device = one.device.as_deref().unwrap_or("none");
        (format!("decided-{}-{}", one.event_id, slug(device)), cells)
    };
    Panel::new("decided", "Last decisions").around(table.show(decided.iter().map(row)))
}
