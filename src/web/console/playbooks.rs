//! The playbooks in force, each with what it does and its last seven days; and one of them with its text, how often each line decided,
//! its tests and its revisions.

use maud::{Markup, html};

use super::parts::{Panel, Row, Table, Tone, ago, badge, facts, in_path, or_none, panel, plain, slug, state};
use super::shell::{Frame, Page};
use super::{changes, charts};
use crate::desk::disk::Compared;
use crate::desk::playbooks::{PlaybookReport, PlaybookRow, PlaybooksReport};
use crate::desk::words::{ago as told_ago, counted, short};
use crate::domain::verdict::Mode;
use crate::store::views::{ActivationView, DayHits, RevisionView};

/// The list.
pub(super) fn page(frame: &Frame, report: Option<&PlaybooksReport>, activations: &[ActivationView]) -> Page {
    let Some(report) = report else {
        let none = html! { p.empty { "No playbook set is in force: events wait." } };
        return Page::new("Playbooks", panel("playbooks", "In force", none));
    };
    let table = Table {
        label: "Playbooks in force",
        heads: &[
            "Playbook",
            "Mode",
            "Last 7 days",
            "#Contained",
            "#Asked",
            "#Acted, 24 h",
            "#Observed, 24 h",
            "Since",
        ],
        empty: "The set is empty.",
    };
    let content = html! {
        (Panel::new("playbooks", "In force").around(table.show(report.playbooks.iter().map(|one| row(frame, one)))))
        (Panel::new("activations", "Activations").around(history(frame, activations)))
    };
    let beside = html! {
        "version " (report.version) " · " code { (short(&report.hash, 12)) }
        @if report.ceiling != Mode::Enforce { " · " (badge(Tone::Warn, &format!("nothing goes beyond {}", report.ceiling.as_str()))) }
    };
    Page::new("Playbooks", content).beside(beside)
}

fn row(frame: &Frame, one: &PlaybookRow) -> Row {
    let name = html! {
        a href=(frame.link(&format!("/playbooks/{}", in_path(&one.id)))) { (plain(&one.id)) }
        @if let Some(title) = &one.title { span.sub { (plain(title)) } }
    };
    let cells = vec![
        name,
        mode(one),
        spark(&one.days),
        html! { (one.deeds.contained) },
        html! { (one.deeds.asked) },
        html! { (one.deeds.acted_24h) },
        html! { (one.deeds.observed_24h) },
        or_none(one.since, |at| ago(frame.now, at)),
    ];
    (format!("playbook-{}", slug(&one.id)), cells)
}

fn mode(one: &PlaybookRow) -> Markup {
    html! {
        (state(one.mode.as_str()))
        @if one.is_canary { " " (badge(Tone::Info, "canary")) }
        @if let Some(why) = &one.fallback { span.sub { "only observes: " (plain(why)) } }
    }
}

fn spark(days: &[DayHits]) -> Markup {
    if days.is_empty() {
        return html! { span.muted { "no hits" } };
    }
    let values: Vec<u32> = days
        .iter()
        .map(|day| u32::try_from(day.hits.max(0)).unwrap_or(u32::MAX))
        .collect();
    let all: i64 = days.iter().map(|day| day.hits).sum();
    html! { (charts::spark("hits a day", &values)) span.sub { (counted(all, "hit")) } }
}

fn history(frame: &Frame, activations: &[ActivationView]) -> Markup {
    let table = Table {
        label: "Activations of playbook sets, the newest first",
        heads: &["Version", "When", "By", "#Playbooks", "Why"],
        empty: "No set was ever activated.",
    };
    let rows = activations.iter().map(|one| {
        let cells = vec![
            html! { (one.version) },
            ago(frame.now, one.activated_at),
            or_none(one.activated_by.as_deref(), plain),
            html! { (one.playbooks) },
            or_none(one.reason.as_deref(), plain),
        ];
        (format!("activation-{}", one.version), cells)
    });
    table.show(rows)
}

/// One of them; with a revision, as it was then.
pub(super) fn one(
    frame: &Frame,
    id: &str,
    report: &PlaybookReport,
    revision: Option<&RevisionView>,
    compared: &Compared,
) -> Page {
    let content = html! {
        @match &report.stands {
            Some(stands) => { (panel("stands", "How it stands", standing(frame, stands))) },
            None => { (panel("stands", "How it stands", html! { p { (badge(Tone::Warn, "not in force")) " It was once." } })) },
        }
        @match revision {
            Some(revision) => { (Panel::new("source", "Source of a revision").beside(html! { code { (short(&revision.revision, 12)) } }).around(source(&revision.text, None))) },
            None => { (Panel::new("source", "Source").beside(hits(frame, report)).around(source(&report.text, Some(report)))) },
        }
        (changes::beside(id, compared))
        (Panel::new("revisions", "Revisions").around(revisions(frame, id, report)))
    };
    let title = report
        .stands
        .as_ref()
        .and_then(|stands| stands.title.as_deref())
        .unwrap_or(id);
    let beside = html! { code { (plain(id)) } };
    Page::new(crate::desk::words::plain(title), content)
        .beside(beside)
        .above("/playbooks", "Playbooks")
}

fn standing(frame: &Frame, stands: &PlaybookRow) -> Markup {
    facts([
        ("Mode", mode(stands)),
        ("Lane", or_none(stands.priority, |lane| html! { (lane) })),
        ("In force since", or_none(stands.since, |at| ago(frame.now, at))),
        ("Revision", html! { code { (short(&stands.revision, 12)) } }),
        (
            "Contained now",
            html! { (counted(stands.deeds.contained, "device")) },
        ),
        (
            "Asked about now",
            html! { (counted(stands.deeds.asked, "device")) },
        ),
        ("Last 7 days", spark(&stands.days)),
    ])
}

fn hits(frame: &Frame, report: &PlaybookReport) -> Markup {
    let lines = &report.lines;
    html! {
        span.small.muted {
            (counted(lines.hits, "hit")) " in the last " (counted(lines.decisions, "decision"))
            @if let Some(since) = lines.since { ", since " (told_ago(frame.now, since)) }
        }
    }
}

/// The text with its lines' numbers, and how often each decided.
fn source(text: &str, report: Option<&PlaybookReport>) -> Markup {
    let hits_of = |line: usize| {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        report.and_then(|report| report.lines.lines.get(&line).copied())
    };
    html! {
        div.source role="region" aria-label="Source of the playbook" tabindex="0" {
            table {
                thead.hidden { tr { th scope="col" { "Line" } @if report.is_some() { th scope="col" { "Times it decided" } } th scope="col" { "Text" } } }
                tbody {
                    @for (place, line) in text.lines().enumerate() {
                        @let hits = hits_of(place + 1);
                        tr.hit[hits.is_some()] {
                            td.n { (place + 1) }
                            @if report.is_some() { td.hits { @if let Some(hits) = hits { (hits) "×" } } }
                            td { (line) }
                        }
                    }
                }
            }
        }
    }
}

fn revisions(frame: &Frame, id: &str, report: &PlaybookReport) -> Markup {
    let table = Table {
        label: "Revisions, the newest first",
        heads: &["Revision", "First in force", "Now"],
        empty: "It has no revision.",
    };
    let rows = report.revisions.iter().map(|one| {
        let to = frame.link(&format!(
            "/playbooks/{}?revision={}",
            in_path(id),
            in_path(&one.revision)
        ));
        let cells = vec![
            html! { a href=(to) { code { (short(&one.revision, 12)) } } },
            ago(frame.now, one.first_active_at),
            if one.is_active {
                badge(Tone::Good, "in force")
            } else {
                super::parts::none()
            },
        ];
        (format!("revision-{}", slug(&one.revision)), cells)
    });
    table.show(rows)
}
