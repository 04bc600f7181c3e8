//! One event, explained: what was made of it for each device, what every playbook's lines saw, and which guards stood where.

use maud::{Markup, html};

use super::devices::name_of;
use super::parts::{Panel, Tone, ago, ahead, badge, facts, in_path, or_none, panel, plain, state};
use super::shell::{Frame, Page};
use crate::desk::explain::explanation::{Explanation, PlaybookTold};
use crate::playbook::truth::Truth;
use crate::store::views::ContainmentHistory;

/// The page: one explanation for each device of the event.
pub(super) fn page(frame: &Frame, event: &str, explanations: &[Explanation], remarks: &[String]) -> Page {
    let first = explanations.first();
    let title = first.and_then(|first| first.title.as_deref());
    let content = html! {
        @if explanations.is_empty() && remarks.is_empty() {
            (panel("undecided", "Not decided", html! { p.empty { "Nothing is decided of this event yet." } }))
        }
        @for (place, remark) in remarks.iter().enumerate() {
            (panel(&format!("remark-{place}"), "What is known", html! { p { (plain(remark)) } }))
        }
        @for (place, explanation) in explanations.iter().enumerate() { (explained(frame, explanation, place)) }
    };
    let beside = html! {
        code { (plain(event)) }
        @if let Some(at) = first.and_then(|first| first.received_at) { " · accepted " (ago(frame.now, at)) }
    };
    Page::new(crate::desk::words::plain(title.unwrap_or("Event")), content).beside(beside)
}

fn explained(frame: &Frame, explanation: &Explanation, place: usize) -> Markup {
    let device = explanation.device.as_ref().map(|device| device.as_str());
    let name = explanation.device_name.as_deref();
    let rows = [
        ("Device", or_none(device, |device| name_of(frame, device, name))),
        (
            "Decision",
            html! { (state(explanation.kind.as_str())) " " (plain(&explanation.reason)) },
        ),
        ("Alert", html! { code { (plain(&explanation.alert_id)) } }),
        ("Source", or_none(explanation.source.as_deref(), plain)),
        (
            "Judged",
            html! { (ago(frame.now, explanation.at)) @if let Some(version) = explanation.set_version { ", by version " (version) " of the playbooks" } },
        ),
    ];
    let (hits, others): (Vec<_>, Vec<_>) = explanation.playbooks.iter().partition(|told| told.kind.is_some());
    html! {
        (panel(&format!("explained-{place}"), &outcome(explanation), html! {
            (facts(rows))
            @if !explanation.followed.is_empty() {
                h3 { "What it began or met" }
                ul { @for one in &explanation.followed { li { (followed(frame, one)) } } }
            }
            @for remark in &explanation.remarks { p.muted { (plain(remark)) } }
            @if !explanation.unknown_facts.is_empty() { p.muted { "Not known: " (explanation.unknown_facts.join(", ")) } }
        }))
        @for told in hits { (playbook(frame, told, place)) }
        @if !explanation.guards.is_empty() {
            (panel(&format!("guards-{place}"), "The installation's guards", html! {
                ul { @for guard in &explanation.guards { li { (passes(guard.passes)) " " b { (guard.guard) } ": " (plain(&guard.says)) } } }
            }))
        }
        @if !others.is_empty() {
            (panel(&format!("others-{place}"), "Playbooks that did not match", html! {
                @for told in others {
                    details.fold { summary { (plain(&told.playbook)) " · " span.muted { (plain(&told.reason)) } } (lines(told)) }
                }
            }))
        }
    }
}

/// A containment that the event began or met, as it stands now, with the way to it.
pub(super) fn followed(frame: &Frame, one: &ContainmentHistory) -> Markup {
    // The place within the page comes behind the tenant.
    let page = frame.link(&format!("/devices/{}", in_path(&one.device)));
    let to = format!("{page}#containment-{}", one.id);
    let ends = match (one.state.as_str(), one.ended_at, one.until, one.ask_until) {
        (_, Some(at), ..) => html! { ", ended " (ago(frame.now, at)) },
        ("active", None, Some(at), _) => html! { ", ends " (ahead(frame.now, at)) },
        ("active", None, None, _) => html! { ", ended by a person only" },
        ("asked", None, _, Some(at)) => html! { ", the question ends " (ahead(frame.now, at)) },
        _ => html! {},
    };
    html! {
        a href=(to) { (one.measure.as_str()) " by " (plain(one.playbook.as_deref().unwrap_or("a person"))) } " "
        (state(&one.state)) (ends)
        @if one.mode == "observe" { " " (state("observe")) }
        @if let Some(request) = &one.request { " " a href=(frame.link(&format!("/approvals/{}", in_path(request)))) { (request) } }
        @if let Some(action) = &one.last_action { span.sub { "latest action of the device: " (action.replace('_', " ")) } }
    }
}

fn outcome(explanation: &Explanation) -> String {
    crate::desk::words::plain(&explanation.outcome)
}

fn playbook(frame: &Frame, told: &PlaybookTold, place: usize) -> Markup {
    let id = format!("playbook-{place}-{}", super::parts::slug(&told.playbook));
    let title = crate::desk::words::plain(&told.playbook);
    let beside = html! {
        @if let Some(kind) = told.kind { (state(kind.as_str())) " " }
        a href=(frame.link(&format!("/playbooks/{}", in_path(&told.playbook)))) { "Playbook" }
    };
    Panel::new(&id, &title).beside(beside).around(html! {
        div.body {
            p { (plain(&told.reason)) @if let Some(at) = &told.decided_at { " · " code { (plain(at)) } } }
            (lines(told))
            @for limit in &told.limits {
                p.small { @if limit.holds { (badge(Tone::Warn, "holds")) " " } code { (limit.limit) } " " (plain(&limit.allows))
                    @if let Some(counted) = limit.counted { ", counted " (counted) } }
            }
            @if let Some(asks) = &told.asks { p { "Asks " (plain(asks)) } }
            @for then in &told.then { p { "Then: " (plain(then)) } }
            @if let Some(remark) = &told.remark { p.muted { (plain(remark)) } }
        }
    })
}

fn lines(told: &PlaybookTold) -> Markup {
    html! {
        @if told.lines.is_empty() { p.empty { "Its lines cannot be weighed again." } }
        ul {
            @for line in &told.lines {
                li {
                    (truth(line.truth)) " "
                    span.muted { (line.place) " " } code { (line.fact) } " " (plain(&line.demands))
                    ", saw " b { (plain(&line.saw)) }
                    @if line.decides { " " (badge(Tone::Info, "decided")) }
                    " " span.small.muted { (plain(&line.at)) }
                }
            }
        }
    }
}

/// Whether a guard lets it pass, by a word too.
fn passes(passes: Truth) -> Markup {
    match passes {
        Truth::True => badge(Tone::Good, "passes"),
        Truth::False => badge(Tone::Bad, "holds"),
        Truth::Unknown => badge(Tone::Warn, "unknown"),
    }
}

/// True, false or unknown, by a word too.
fn truth(truth: Truth) -> Markup {
    match truth {
        Truth::True => badge(Tone::Good, "yes"),
        Truth::False => badge(Tone::Plain, "no"),
        Truth::Unknown => badge(Tone::Warn, "unknown"),
    }
}
