//! What waits for an answer: the requests as a list.

use maud::{Markup, html};

use super::parts::{Panel, Row, Table, Tone, ago, badge, in_path, plain, question_ends};
use super::shell::{Frame, Page};
use crate::desk::words::counted;
use crate::store::approvals::{RequestView, Waiting};

/// The words for the way to all of them.
pub(super) fn all(waiting: &Waiting) -> String {
    match waiting.requests {
        0 => "Approvals".to_owned(),
        n => counted(n, "request"),
    }
}

/// The list.
pub(super) fn page(frame: &Frame, requests: &[RequestView]) -> Page {
    let is_open = |request: &&RequestView| request.waiting > 0;
    let (open, over): (Vec<_>, Vec<_>) = requests.iter().partition(is_open);
    let content = html! {
        (Panel::new("open", "Waiting for an answer").around(table("No request waits for an answer.").show(open.into_iter().map(|one| row(frame, one)))))
        @if !over.is_empty() {
            (Panel::new("over", "Of the last day, answered or over").around(table("").show(over.into_iter().map(|one| row(frame, one)))))
        }
    };
    Page::new("Approvals", content)
}

fn table(empty: &'static str) -> Table<'static> {
    Table {
        label: "Requests",
        heads: &[
            "Request",
            "Asked by",
            "Devices",
            "Ends",
            "Unanswered",
            "From",
            "Approved",
            "Why",
        ],
        empty,
    }
}

fn row(frame: &Frame, request: &RequestView) -> Row {
    let now = frame.now;
    let asked_by = match (&request.playbook, &request.begun_by) {
        (Some(playbook), _) => plain(playbook),
        (None, Some(person)) => html! { (plain(person)) ", by hand" },
        (None, None) => html! { "by hand" },
    };
    let to = frame.link(&format!("/approvals/{}", in_path(&request.request)));
    let approved = html! {
        @if request.approved_by.is_empty() { "0" } @else { (plain(&request.approved_by.join(", "))) }
        " of " (request.approvals)
    };
    let ends = match request.ends_at {
        Some(at) => question_ends(now, at, !frame.stops.is_empty()),
        None => html! { "over, asked " (ago(now, request.asked_at)) },
    };
    let then = match (request.waiting, request.otherwise_act) {
        (0, _) => super::parts::none(),
        // A request may ask for either measure, or for both.
        (_, true) => badge(Tone::Bad, "acts"),
        (_, false) => html! { "skipped" },
    };
    let cells = vec![
        html! { a href=(to) { (request.request) } },
        asked_by,
        devices(request),
        ends,
        then,
        if request.from.is_empty() {
            html! { "anyone" }
        } else {
            plain(&request.from.join(", "))
        },
        approved,
        plain(&request.reasons.join(", ")),
    ];
    (format!("request-{}", request.request), cells)
}

/// How many of each kind; of one device its name.
fn devices(request: &RequestView) -> Markup {
    let all: i64 = request.asks.values().sum();
    if all == 1 && request.waiting == 1 {
        return plain(&request.device);
    }
    let settled = request.asks.iter().filter(|(stands, _)| *stands != "asked");
    let settled: Vec<String> = settled.map(|(stands, n)| format!("{n} {stands}")).collect();
    html! {
        @if request.waiting > 0 { strong { (request.waiting) " waiting" } @if !settled.is_empty() { ", " } }
        (settled.join(", "))
    }
}
