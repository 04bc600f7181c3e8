//! The audit: every change of state, the newest first, with who and why.

use maud::{Markup, html};

use super::parts::{Panel, Row, Table, exact, none, or_none, plain, state, time};
use super::queue::further;
use super::shell::{Frame, Page};
use crate::desk::page;
use crate::desk::words::short;
use crate::store::views::TrailRow;

/// The page.
pub(super) fn page(frame: &Frame, rows: &page::Page<TrailRow>) -> Page {
    let table = Table {
        label: "Changes of state, the newest first",
        heads: &["When", "What", "Change", "Device", "By", "Why"],
        empty: "Nothing was changed yet.",
    };
    let content = Panel::new("audit", "Changes, the newest first").around(html! {
        (table.show(rows.items.iter().map(|one| row(frame, one))))
        (further(frame, rows.next.as_deref(), "after"))
    });
    let beside =
        html! { "rows are only added, and sealed into a chain: " code { "quell audit verify" } " proves it" };
    Page::new("Audit", content).beside(beside)
}

fn row(frame: &Frame, one: &TrailRow) -> Row {
    let change = html! {
        @if let Some(from) = &one.from { span.muted { (from.replace('_', " ")) " → " } }
        (state(&one.to))
    };
    let cells = vec![
        time(one.at, &exact(one.at)),
        what(frame, one),
        change,
        or_none(one.device.as_deref(), |device| {
            super::devices::name_of(frame, device, None)
        }),
        plain(&one.by),
        if one.reason.is_empty() {
            none()
        } else {
            plain(&one.reason)
        },
    ];
    (format!("row-{}", one.id), cells)
}

fn what(frame: &Frame, one: &TrailRow) -> Markup {
    let name = one.entity.replace('_', " ");
    let id = one.entity_id.to_string();
    html! {
        @if one.entity == "action" { a href=(frame.link(&format!("/actions/{id}"))) { (name) } } @else { (plain(&name)) }
        span.sub { code { (short(&id, 13)) } }
    }
}
