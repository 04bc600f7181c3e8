//! The first page: what needs a person, what is contained and until when, what waits and for how long, what was decided last. One
//! look at three in the morning.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::devices::{self, name_of};
use super::parts::{Panel, Row, Table, Tone, ago, ahead, badge, or_none, plain, tile};
use super::shell::{Frame, Page};
use super::{approvals, charts};
use crate::desk::status::Report;
use crate::desk::words::{counted, span};
use crate::store::views::{DeviceView, StatusView, WindowView};

/// The page.
pub(super) fn page(frame: &Frame, report: &Report) -> Page {
    let status = &report.status;
    let content = html! {
        (needs(report))
        div.tiles { (tiles(frame, report)) }
        div.cols.two {
            (budget(frame, report))
            (approvals(frame, report))
        }
        (contained(frame, report))
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
                div.body { ul.needs { @for need in needs { li { (plain(need)) } } } }
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
        @match report.queue_empty_at {
            Some(at) if queued > 0 => { "empty " (ahead(now, at)) },
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
            Some(at) => { "the first ends " (ahead(now, at)) },
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
        (tile("Undecided events", html! { (status.inbox.rows) }, inbox, Tone::Plain, None))
        (tile("Dead letters", html! { (status.dead_letters) }, or_none(status.dead_letter_at, |at| ago(now, at)),
            tone(status.dead_letters > 0, Tone::Warn), Some(&link("/system"))))
    }
}

/// Both windows, what of them is kept for critical calls, and when the queue may be empty.
fn budget(frame: &Frame, report: &Report) -> Markup {
    let status = &report.status;
    let now = status.at;
    let longest = status
        .windows
        .iter()
        .map(|window| window.per_seconds)
        .fold(0.0, f64::max);
    let content = html! {
        div.body {
            div.gauges {
                @for window in &status.windows {
                    // The reserve is of the longest window.
                    (gauge(window, if window.per_seconds >= longest { reserve(status) } else { 0 }))
                }
            }
            p.small.muted { span.key.used {} "used " span.key.kept {} "kept for critical calls" }
            p { (forecast(report, now)) }
        }
    };
    let more = html! { a href=(frame.link("/queue")) { "Queue" } };
    Panel::new("budget", "Calls to Defender")
        .beside(more)
        .around(content)
}

fn gauge(window: &WindowView, kept: u32) -> Markup {
    let per = SignedDuration::try_from_secs_f64(window.per_seconds).unwrap_or_default();
    let words = format!("{} of {} calls in {}", window.used, window.limit, span(per));
    #[expect(
        clippy::cast_precision_loss,
        reason = "a window has far fewer slots than a double has digits"
    )]
    let used = window.used as f64;
    html! {
        div {
            div.words {
                span { (words) }
                span.muted { @if kept > 0 { (kept) " kept back" } }
            }
            (charts::gauge(&words, used, f64::from(kept), f64::from(window.limit)))
        }
    }
}

/// Slots of the longest window that only critical calls may take.
fn reserve(status: &StatusView) -> u32 {
    status.outlook.rules.reserve.slots
}

fn forecast(report: &Report, now: Timestamp) -> Markup {
    let status = &report.status;
    html! {
        @match (status.closed_until, report.next_call_at, report.queue_empty_at) {
            (Some(until), ..) => {
                (badge(Tone::Bad, "closed")) " nothing is called; the gate opens " (ahead(now, until))
                @if let Some(reason) = &status.closed_reason { " (" (plain(reason)) ")" }
            },
            (None, Some(first), Some(last)) => {
                "Next call " (ahead(now, first)) "; the queue may be empty " (ahead(now, last))
                @if report.expected_late > 0 {
                    ". " strong.bad-text { (counted(i64::try_from(report.expected_late).unwrap_or(i64::MAX), "restriction")) " will come too late" }
                }
            },
            _ => { "Nothing is queued: a call may leave at once." },
        }
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
            or_none(ask.ask_until, |at| ahead(now, at)),
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
