//! One device: how it stands, who holds it, what happened to it; and the forms to release or restrict it.

use maud::{Markup, html};

use super::devices::{defender_link, known};
use super::parts::{Panel, Row, Table, ago, ahead, in_path, none, or_none, panel, plain, state, told};
use super::shell::{Frame, Page};
use super::{deeds, timeline};
use crate::desk::devices::DeviceReport;
use crate::domain::identity::Right;
use crate::store::views::{ActionView, ContainmentHistory};

/// The page.
pub(super) fn page(frame: &Frame, report: &DeviceReport) -> Page {
    let device = &report.device;
    let title = device.name.as_deref().unwrap_or(&device.device);
    let content = html! {
        (panel("outcome", "How it stands", html! {
            p { (told(&report.outcome)) }
            @for waiting in &report.waiting { p.muted { (told(waiting)) } }
        }))
        @if frame.may(Right::Operate) { (deeds::of_device(frame, device)) }
        (Panel::new("containments", "Containments").around(containments(frame, &report.containments)))
        (Panel::new("actions", "Actions").around(actions(frame, &report.actions)))
        (Panel::new("decisions", "Decisions").around(decisions(frame, report)))
        (panel("timeline", "What happened", html! {
            (timeline::line(frame, &report.timeline.items))
            @if frame.visit.query.get("after").is_some() {
                p { a href=(frame.link(&format!("/devices/{}", in_path(&device.device)))) { "To the latest" } }
            }
            @if let Some(next) = &report.timeline.next {
                p { a href=(frame.link(&format!("/devices/{}?after={}", in_path(&device.device), in_path(next)))) { "Earlier" } }
            }
        }))
    };
    let beside = html! {
        (known(device)) " " code { (device.device) } " · " (defender_link(&device.device))
    };
    Page::new(crate::desk::words::plain(title), content)
        .beside(beside)
        .above("/devices", "Devices")
}

/// Containments as a table, the newest first.
pub(super) fn containments(frame: &Frame, containments: &[ContainmentHistory]) -> Markup {
    let table = Table {
        label: "Containments, the newest first",
        heads: &["By", "State", "Began", "Ends", "Request", "Why"],
        empty: "Nothing ever held it.",
    };
    table.show(containments.iter().map(|one| containment(frame, one)))
}

fn containment(frame: &Frame, one: &ContainmentHistory) -> Row {
    let now = frame.now;
    let by = match (&one.playbook, &one.begun_by) {
        (Some(playbook), _) => html! {
            a href=(frame.link(&format!("/playbooks/{}", in_path(playbook)))) { (plain(playbook)) }
        },
        (None, Some(person)) => html! { (plain(person)) ", by hand" },
        (None, None) => html! { "by hand" },
    };
    let by = html! { (by) " " span.muted { "(" (one.measure.as_str()) ")" } };
    let ends = match (one.ended_at, one.until, one.ask_until) {
        (Some(at), ..) => ago(now, at),
        (None, Some(at), _) => ahead(now, at),
        (None, None, Some(at)) if one.state == "asked" => html! { "the question " (ahead(now, at)) },
        (None, None, _) if one.state == "active" => html! { "by a person only" },
        _ => none(),
    };
    let request = or_none(one.request.as_ref(), |request| {
        html! { a href=(frame.link(&format!("/approvals/{}", in_path(request)))) { (request) } }
    });
    let why = html! {
        (plain(&one.reason))
        @if let Some(event) = one.event_id {
            " " a.small href=(frame.link(&format!("/events/{event}"))) { "event" }
        }
        @if let Some(attention) = &one.attention { span.sub.bad-text { (plain(attention)) } }
    };
    let stands = html! {
        (state(&one.state))
        @if one.mode == "observe" { " " (state("observe")) }
        @if let Some(how) = &one.end_reason { span.sub { (how.replace('_', " ")) } }
    };
    let began = ago(now, one.activated_at.unwrap_or(one.created_at));
    (
        format!("containment-{}", one.id),
        vec![by, stands, began, ends, request, why],
    )
}

/// Actions as a table, the newest first.
pub(super) fn actions(frame: &Frame, actions: &[ActionView]) -> Markup {
    let table = Table {
        label: "Actions, the newest first",
        heads: &["Action", "State", "Queued", "#Calls", "At Defender", "Why"],
        empty: "Nothing was ever called for it.",
    };
    let row = |action: &ActionView| -> Row {
        let kind = html! {
            a href=(frame.link(&format!("/actions/{}", action.id))) { (action.kind.replace('_', " ")) }
        };
        let why = html! {
            (plain(&action.reason))
            @if let Some(error) = &action.error { span.sub { (plain(error)) } }
        };
        let cells = vec![
            kind,
            state(&action.state),
            ago(frame.now, action.queued_at),
            html! { (action.attempts) },
            or_none(action.defender_status.as_deref(), plain),
            why,
        ];
        (format!("action-{}", action.id), cells)
    };
    table.show(actions.iter().map(row))
}

fn decisions(frame: &Frame, report: &DeviceReport) -> Markup {
    let table = Table {
        label: "Decisions, the newest first",
        heads: &["Alert", "Decision", "When", "Outcome"],
        empty: "Nothing was decided about it.",
    };
    let rows = report.decisions.iter().enumerate().map(|(place, decision)| {
        let title = decision.title.as_deref().unwrap_or(&decision.alert_id);
        let alert = match decision.event_id {
            Some(event) => html! { a href=(frame.link(&format!("/events/{event}"))) { (plain(title)) } },
            None => plain(title),
        };
        let cells = vec![
            alert,
            state(decision.kind.as_str()),
            ago(frame.now, decision.at),
            told(&decision.outcome),
        ];
        let name = decision
            .event_id
            .map_or_else(|| place.to_string(), |event| event.to_string());
        (format!("decision-{name}"), cells)
    });
    html! {
        (table.show(rows))
        @if !report.outlived.is_empty() {
            div.body { ul { @for line in &report.outlived { li.muted { (plain(line)) } } } }
        }
    }
}
