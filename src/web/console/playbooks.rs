//! The playbooks in force, each with what it does and its last seven days; and one of them with its text, what each line did lately,
//! its tests and its revisions.

use std::collections::BTreeMap;

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
        (changes::beside(id, compared, frame.now))
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
            "matched " (times(lines.matched)) " in the last " (counted(lines.decisions, "decision")) " under this revision"
            @if let Some(since) = lines.since { ", since " (told_ago(frame.now, since)) }
        }
    }
}

fn times(n: i64) -> String {
    counted(n, "time")
}

/// What a line of the text did lately, in few words; and whether it did anything.
fn notes(report: &PlaybookReport) -> BTreeMap<usize, (Vec<String>, bool)> {
    let mut notes: BTreeMap<usize, (Vec<String>, bool)> = BTreeMap::new();
    let mut note = |line: usize, words: String, n: i64| {
        let (all, is_hit) = notes.entry(line).or_default();
        all.push(words);
        *is_hit |= n > 0;
    };
    let place = |line: &u32| usize::try_from(*line).unwrap_or(usize::MAX);
    let (hits, said_no) = (&report.lines, &report.said_no);
    let head = report.text.lines().position(|line| line.starts_with("when:"));
    note(
        head.unwrap_or(0) + 1,
        format!("matched {}", hits.matched),
        hits.matched,
    );
    for (line, n) in &said_no.lines {
        match said_no.decisions {
            0 => note(place(line), format!("held {}", hits.matched), hits.matched),
            all => note(place(line), format!("stops {}", share(*n, all)), *n),
        }
    }
    for line in &said_no.unless {
        if !hits.lines.contains_key(line) {
            note(place(line), "stopped 0".to_owned(), 0);
        }
    }
    for (line, n) in &hits.lines {
        let unknown = hits.unknown.get(line).copied().unwrap_or_default();
        if *n > unknown {
            note(place(line), format!("stopped {}", n - unknown), 1);
        }
        if unknown > 0 {
            note(place(line), format!("unknown {unknown}"), unknown);
        }
    }
    notes
}

/// In whole percent; what is there is never told as nothing, nor what is not all as all.
fn share(n: i64, all: i64) -> String {
    match (n * 100 + all / 2) / all {
        0 if n > 0 => "<1 %".to_owned(),
        percent if percent == 100 && n < all => ">99 %".to_owned(),
        percent => format!("{percent} %"),
    }
}

/// The text with its lines' numbers, and what each did lately.
fn source(text: &str, report: Option<&PlaybookReport>) -> Markup {
    let notes = report.map(notes).unwrap_or_default();
    html! {
        @if let Some(report) = report { (legend(report)) }
        div.source role="region" aria-label="Source of the playbook" tabindex="0" {
            table {
                thead.hidden { tr { th scope="col" { "Line" } @if report.is_some() { th scope="col" { "What it did" } } th scope="col" { "Text" } } }
                tbody {
                    @for (place, line) in text.lines().enumerate() {
                        @let note = notes.get(&(place + 1));
                        tr.hit[note.is_some_and(|(_, is_hit)| *is_hit)] {
                            td.n { (place + 1) }
                            @if report.is_some() { td.hits { @if let Some((words, _)) = note { (words.join(", ")) } } }
                            td { (line) }
                        }
                    }
                }
            }
        }
    }
}

/// What the words beside the lines mean.
fn legend(report: &PlaybookReport) -> Markup {
    html! {
        div.body.small.muted {
            "Beside " code { "when" } ": how often it matched, so that all lines of " code { "when" } " held and none of " code { "unless" } ". "
            @if report.said_no.decisions > 0 {
                "Beside a line of " code { "when" } ": of the last " (counted(report.said_no.decisions, "decision"))
                " that it said no to, the share in which this line was the first to say no. "
            }
            "Beside a line of " code { "unless" } ": how often it stopped what matched. "
            "Unknown: the line's fact was not known, and " code { "if_unknown" } " decided."
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::weighed::SaidNo;
    use crate::store::views::LineHits;

    fn report(said_no: SaidNo) -> PlaybookReport {
        PlaybookReport {
            version: 1,
            stands: None,
            text: "id: p\nwhen:\n  alert.event: new\n  device.os: windows\nunless:\n  device.tags: vip\n  device.name: x\n".to_owned(),
            lines: LineHits {
                decisions: 100,
                since: None,
                hits: 9,
                matched: 4,
                lines: [(4, 2), (6, 3)].into(),
                unknown: [(4, 2), (6, 1)].into(),
            },
            said_no,
            revisions: Vec::new(),
        }
    }

    fn told(report: &PlaybookReport) -> Vec<(usize, String, bool)> {
        let notes = notes(report).into_iter();
        notes
            .map(|(line, (words, is_hit))| (line, words.join(", "), is_hit))
            .collect()
    }

    #[test]
    fn no_line_of_a_playbook_that_matches_reads_as_dead() {
        let some = report(SaidNo {
            decisions: 300,
            lines: [(3, 299), (4, 1)].into(),
            unless: vec![6, 7],
        });
        let expected = [
            (2, "matched 4", true),
            (3, "stops >99 %", true),
            (4, "stops <1 %, unknown 2", true),
            (6, "stopped 2, unknown 1", true),
            (7, "stopped 0", false),
        ];
        assert_eq!(
            told(&some),
            expected.map(|(line, words, is_hit)| (line, words.to_owned(), is_hit))
        );
        let page = source(&some.text, Some(&some)).into_string();
        assert!(page.contains("<td class=\"hits\">matched 4</td>"), "{page}");
        assert!(page.contains("of the last 300 decisions"), "{page}");
        let every = report(SaidNo {
            decisions: 0,
            lines: [(3, 0), (4, 0)].into(),
            unless: Vec::new(),
        });
        assert_eq!(told(&every)[1], (3, "held 4".to_owned(), true));
    }
}
