//! One request: its devices, each with what changed since it was asked, and the form that answers for those that are ticked.

use maud::{Markup, html};

use super::devices::{defender_link, name_of};
use super::forms::who_and_why;
use super::parts::{
    Panel, Row, Table, Tone, ago, ahead, badge, facts, or_none, panel, plain, question_ends, state,
};
use super::shell::{Frame, Page};
use crate::desk::approvals::{OpenAsk, RequestReport};
use crate::desk::words::{self, counted, span};
use crate::domain::identity::Right;
use crate::store::approvals::{AnswerView, AskRow};
use crate::web::access;

/// The page.
pub(super) fn page(frame: &Frame, report: &RequestReport) -> Page {
    let first = report
        .open
        .iter()
        .map(|open| &open.ask)
        .chain(&report.over)
        .next();
    let content = html! {
        @if let Some(ask) = first { (panel("request", "The request", about(frame, report, ask))) }
        (answer(frame, report))
        @if !report.over.is_empty() {
            (Panel::new("over", "Not to be answered any more").around(over(frame, &report.over)))
        }
    };
    let open = i64::try_from(report.open.len()).unwrap_or(i64::MAX);
    let beside = html! { (words::waits(open, "device")) " for an answer" };
    Page::new(report.request.clone(), content)
        .beside(beside)
        .above("/approvals", "Approvals")
}

fn about(frame: &Frame, report: &RequestReport, ask: &AskRow) -> Markup {
    let by = match (&ask.playbook, &ask.revision, &ask.begun_by) {
        (Some(playbook), revision, _) => html! {
            a href=(frame.link(&format!("/playbooks/{}", super::parts::in_path(playbook)))) { (plain(playbook)) }
            @if let Some(revision) = revision { " " code { (words::short(revision, 12)) } }
        },
        (None, _, Some(person)) => html! { (plain(person)) ", by hand" },
        (None, _, None) => html! { "a person, by hand" },
    };
    let lasts = match ask.release_after {
        Some(after) => format!(
            "{}, counted from the approval",
            span(jiff::SignedDuration::try_from(after).unwrap_or(jiff::SignedDuration::MAX))
        ),
        None => "until somebody releases it".to_owned(),
    };
    let from = match ask.terms.from.as_slice() {
        [] => "anyone".to_owned(),
        from => from.join(", "),
    };
    let mut rows = vec![
        ("Asked by", html! { (by) ", " (ago(frame.now, ask.created_at)) }),
        ("For", measure(ask)),
        ("Lasts", html! { (lasts) }),
        (
            "From",
            html! { (plain(&from)) ", " (counted(i64::from(ask.terms.approvals), "approval")) " needed" },
        ),
        (
            "Unanswered",
            html! {
                @if ask.terms.otherwise_act { (badge(Tone::Bad, ask.measure.held())) " when nobody answers" } @else { "skipped when nobody answers" }
            },
        ),
    ];
    if let Some(until) = report.grows_until {
        rows.push((
            "Grows",
            html! { "devices may still be added, until " (ahead(frame.now, until)) },
        ));
    }
    facts(rows)
}

fn measure(ask: &AskRow) -> Markup {
    html! {
        (ask.measure.as_str())
        @if let Some(isolation) = ask.isolation { ", " (isolation.as_str()) }
    }
}

/// The devices, and the form around them where whoever looks may answer.
fn answer(frame: &Frame, report: &RequestReport) -> Markup {
    if report.open.is_empty() {
        return panel(
            "open",
            "To be answered",
            html! { p.empty { "Nothing of it can be answered any more." } },
        );
    }
    let Some(reviewed) = report.reviewed.as_deref().filter(|_| frame.may(Right::Approve)) else {
        let list = html! {
            div.picks { @for open in &report.open { (pick(frame, open, false)) } }
            @if !frame.may(Right::Approve) { div.body { p.muted { "To answer you need " (access::words(Right::Approve)) "." } } }
        };
        return Panel::new("open", "To be answered").around(list);
    };
    let all = report.open.len();
    let ticked = report.open.iter().filter(|open| is_ticked(frame, open)).count();
    let content = html! {
        form #answer method="post" action=(frame.link("/do/approve")) data-picks {
            input type="hidden" name="back" value=(frame.here());
            input type="hidden" name="form" value="answer";
            input type="hidden" name="request" value=(report.request);
            input #reviewed type="hidden" name="reviewed" value=(reviewed) data-guard;
            div.picks { @for open in &report.open { (pick(frame, open, true)) } }
            div.body {
                div #changed-meanwhile.notice.warn hidden {
                    strong { "The request changed while you looked" }
                    "An answer would be refused: " a href=(frame.here()) { "look at it again" } "."
                }
                div.form {
                    div.buttons data-script hidden {
                        button type="button" data-tick="all" { "All" }
                        button type="button" data-tick="none" { "None" }
                        span.muted data-ticked { (ticked) " of " (all) " devices" }
                    }
                    (who_and_why(frame, "answer"))
                    div.buttons {
                        button.main type="submit" name="answer" value="approve" data-needs-one { "Approve what is ticked" }
                        button type="submit" name="answer" value="reject" formaction=(frame.link("/do/reject")) data-needs-one { "Reject what is ticked" }
                    }
                }
            }
        }
    };
    Panel::new("open", "To be answered").around(content)
}

/// Ticked until somebody unticks it; what would be refused is not ticked by itself.
fn is_ticked(frame: &Frame, open: &OpenAsk) -> bool {
    if frame.kept.has("form", "answer") {
        return frame.kept.has("device", open.ask.device.as_str());
    }
    open.refused.is_none()
}

fn pick(frame: &Frame, open: &OpenAsk, may: bool) -> Markup {
    let ask = &open.ask;
    let device = ask.device.as_str();
    let id = format!("pick-{}", super::parts::slug(device));
    let name = ask.name.as_deref().unwrap_or(device);
    html! {
        div.pick id={ "row-" (id) } {
            @if may {
                input id=(id) type="checkbox" name="device" value=(device) checked[is_ticked(frame, open)];
            } @else { span {} }
            div.what {
                div {
                    @if may { label for=(id) { (plain(name)) } } @else { b { (plain(name)) } }
                    " " span.small { (name_of(frame, device, None)) " · " (defender_link(device)) }
                }
                @if let Some(title) = &ask.title {
                    div { (plain(title)) @if let Some(alert) = &ask.alert_id { " " code.small.muted { (plain(alert)) } } }
                }
                div.small.muted {
                    "because of " (plain(&ask.ask_reason)) "; ends " (question_ends(frame.now, ask.ask_until, ask.is_stopped))
                    "; " (open.approved_by.len()) " of " (ask.terms.approvals) " approved"
                }
                (answers(frame, &ask.answers))
                @for difference in &open.changed {
                    div { (badge(Tone::Warn, "changed since")) " " (plain(&difference.to_string())) }
                }
                @if let Some(refused) = &open.refused {
                    div { (badge(Tone::Bad, "cannot be approved")) " " (plain(refused)) }
                }
                @if !open.would_lift.is_empty() && open.would_lift != ask.ask_reason {
                    div.small { "an approval lifts " (plain(&open.would_lift)) }
                }
                @if !open.now.is_empty() {
                    details.small {
                        summary { "What is known of it now" }
                        (facts(open.now.iter().map(|(name, word)| (name.as_str(), plain(word)))))
                    }
                }
            }
        }
    }
}

fn answers(frame: &Frame, answers: &[AnswerView]) -> Markup {
    html! {
        @for answer in answers {
            div.small {
                (state(&answer.answer)) " " (plain(&answer.person)) ", " (ago(frame.now, answer.at)) ": " (plain(&answer.reason))
            }
        }
    }
}

fn over(frame: &Frame, over: &[AskRow]) -> Markup {
    let table = Table {
        label: "Devices of the request that are answered or over",
        heads: &["Device", "State", "Alert", "Why"],
        empty: "",
    };
    let row = |ask: &AskRow| -> Row {
        let why = html! { (plain(&ask.reason)) (answers(frame, &ask.answers)) };
        let cells = vec![
            name_of(frame, ask.device.as_str(), ask.name.as_deref()),
            state(ask.stands(frame.now)),
            or_none(ask.title.as_deref(), plain),
            why,
        ];
        (format!("over-{}", ask.id), cells)
    };
    table.show(over.iter().map(row))
}
