//! An explanation as text: the outcome first, then who decided, then the rest, quietly. Pure.

use jiff::Timestamp;

use super::page::Page;
use crate::cli::operator::table::Tone;
use crate::desk::explain::explanation::{Explanation, PlaybookTold};
use crate::desk::words::{ago, ahead, span};
use crate::domain::decision::DecisionKind;
use crate::domain::verdict::Wish;
use crate::playbook::trace::LineTrace;
use crate::playbook::truth::Truth;
use crate::store::views::ContainmentHistory;

/// Everything about one event and device. `all`: also every line of playbooks that plainly did not match.
pub fn explanation(told: &Explanation, now: Timestamp, all: bool, page: &mut Page) {
    page.line(0, tone(told.kind), &told.outcome);
    event(told, now, page);
    for containment in &told.followed {
        page.entry(2, "since", self::containment(containment, now));
    }
    if !told.playbooks.is_empty() {
        page.head("playbooks");
        for playbook in &told.playbooks {
            self::playbook(playbook, all, page);
        }
    }
    if !told.guards.is_empty() {
        page.head("guards");
        for guard in &told.guards {
            let text = format!("{} {:<10} {}", guard.passes.sign(), guard.guard, guard.says);
            let tone = match guard.passes {
                Truth::True => Tone::Usual,
                _ => Tone::Warn,
            };
            page.line(2, tone, text);
        }
    }
    if !told.unknown_facts.is_empty() || !told.remarks.is_empty() {
        page.head("to be known");
        if !told.unknown_facts.is_empty() {
            page.line(
                2,
                Tone::Warn,
                format!("unknown: {}", told.unknown_facts.join(", ")),
            );
        }
        for remark in &told.remarks {
            page.line(2, Tone::Usual, remark);
        }
    }
}

fn event(told: &Explanation, now: Timestamp, page: &mut Page) {
    let title = told
        .title
        .as_deref()
        .map(|title| format!(": {title}"))
        .unwrap_or_default();
    let kind = told
        .event
        .map(|event| format!(", {}", event.as_str()))
        .unwrap_or_default();
    let alert = match told.alert_id.as_str() {
        "" => "without an id",
        id => id,
    };
    page.entry(2, "alert", format!("{alert}{kind}{title}"));
    if let Some(device) = &told.device {
        let name = told.device_name.as_deref().unwrap_or("its name is not known");
        page.entry(2, "device", format!("{device}, {name}"));
    }
    if let (Some(id), Some(at)) = (told.event_id, told.received_at) {
        let source = told.source.as_deref().unwrap_or("an unknown source");
        page.entry(
            2,
            "event",
            format!("{id}, accepted {} through {source}", ago(now, at)),
        );
    }
    let at = told.at.strftime("%Y-%m-%d %H:%M:%S UTC");
    let judged = match (told.is_trial, told.set_version) {
        (true, _) => format!("now, {at}; nothing was decided, called or changed"),
        (false, Some(version)) => format!("{at}, {}, by playbook set version {version}", ago(now, told.at)),
        (false, None) => format!("{at}, {}", ago(now, told.at)),
    };
    page.entry(2, "judged", judged);
}

fn playbook(told: &PlaybookTold, all: bool, page: &mut Page) {
    let Some(kind) = told.kind else {
        unmatched(told, all, page);
        return;
    };
    let sign = match told.wish {
        Some(Wish::Act) => "✓",
        Some(_) if told.reason.starts_with("if_unknown.") => "?",
        Some(Wish::Ask) => "✓",
        Some(Wish::Skip) => "✗",
        None => "·",
    };
    let because = match told.reason.as_str() {
        "matched" | "ask" => String::new(),
        reason => format!(" because of {reason}"),
    };
    let head = format!(
        "{sign} {}: {}{because}, mode {}",
        name(told),
        kind.as_str(),
        told.mode.as_str()
    );
    page.line(2, tone(kind), head);
    lines(told, page);
    for then in &told.then {
        page.line(6, Tone::Usual, format!("then {then}"));
    }
    if let Some(asks) = &told.asks {
        page.line(6, Tone::Usual, asks);
    }
    for limit in &told.limits {
        let counted = match limit.counted {
            Some(1) => "1 device counted before".to_owned(),
            Some(n) => format!("{n} devices counted before"),
            None => "not asked".to_owned(),
        };
        let tone = if limit.holds { Tone::Warn } else { Tone::Usual };
        page.line(6, tone, format!("{} {}: {counted}", limit.limit, limit.allows));
    }
    remark(told, page);
}

/// A playbook that plainly did not match: one line with the line that said no.
fn unmatched(told: &PlaybookTold, all: bool, page: &mut Page) {
    let said_no = told.lines.iter().find(|line| line.decides);
    let head = match (said_no, told.reason.as_str()) {
        (Some(line), _) => format!("✗ {}: {}", name(told), without_sign(line)),
        (None, "mode.off") => format!("· {}: it is off", name(told)),
        (None, "no_match") => format!("· {}: recorded as no match", name(told)),
        (None, reason) => format!("· {}: {reason}", name(told)),
    };
    page.line(2, Tone::Usual, head);
    if all {
        lines(told, page);
    }
    remark(told, page);
}

fn lines(told: &PlaybookTold, page: &mut Page) {
    if let (true, Some(at)) = (told.lines.is_empty(), &told.decided_at) {
        page.line(6, Tone::Usual, format!("decided at {at}"));
    }
    for line in &told.lines {
        let decides = if line.decides { ", decides" } else { "" };
        page.line(6, line_tone(line), format!("{line}{decides}"));
    }
}

fn remark(told: &PlaybookTold, page: &mut Page) {
    if let Some(remark) = &told.remark {
        page.line(6, Tone::Warn, remark);
    }
}

fn name(told: &PlaybookTold) -> String {
    match told.revision.get(..12) {
        Some(revision) => format!("{}@{revision}", told.playbook),
        None => told.playbook.clone(),
    }
}

fn without_sign(line: &LineTrace) -> String {
    let text = line.to_string();
    text.split_once(' ')
        .map_or(text.clone(), |(_, rest)| rest.to_owned())
}

fn line_tone(line: &LineTrace) -> Tone {
    match (line.truth, line.decides) {
        (Truth::Unknown, _) => Tone::Warn,
        (_, true) => Tone::Head,
        _ => Tone::Usual,
    }
}

/// The tone of an outcome.
pub fn tone(kind: DecisionKind) -> Tone {
    match kind {
        DecisionKind::Act => Tone::Good,
        DecisionKind::Ask | DecisionKind::Hold => Tone::Warn,
        DecisionKind::Observe | DecisionKind::Skip => Tone::Head,
    }
}

/// Whether an active containment is in force at the device.
fn in_force(told: &ContainmentHistory) -> String {
    if told.mode == "observe" {
        return String::new();
    }
    let action = told
        .last_action
        .as_ref()
        .map(|action| format!(", its {}", action.replace('_', " ")));
    match told.device_is.as_str() {
        "restricted" => "; the device is restricted".to_owned(),
        "restricted_by_other" => "; somebody else restricted the device".to_owned(),
        "free" => format!("; the device is not restricted{}", action.unwrap_or_default()),
        _ => format!(
            "; nobody can tell whether the device is restricted{}",
            action.unwrap_or_default()
        ),
    }
}

/// A containment in a line.
pub fn containment(told: &ContainmentHistory, now: Timestamp) -> String {
    let by = told
        .playbook
        .as_deref()
        .or(told.begun_by.as_deref())
        .unwrap_or("an operator");
    let observed = if told.mode == "observe" {
        ", observed only"
    } else {
        ""
    };
    let state = match told.state.as_str() {
        "asked" => {
            let until = told
                .ask_until
                .map(|until| format!(", the ask ends {}", ahead(now, until)));
            format!("asked {}{}", ago(now, told.created_at), until.unwrap_or_default())
        }
        "active" => {
            let since = told.activated_at.unwrap_or(told.created_at);
            let until = match told.until {
                Some(until) => format!("ends {}", ahead(now, until)),
                None => "never ends by itself".to_owned(),
            };
            format!(
                "active for {}, {until}{}",
                span(now.duration_since(since)),
                in_force(told)
            )
        }
        "ended" => {
            let at = told.ended_at.unwrap_or(told.created_at);
            let how = told
                .end_reason
                .as_deref()
                .unwrap_or("an unknown reason")
                .replace('_', " ");
            let lasted = told
                .activated_at
                .map(|from| format!(" after {}", span(at.duration_since(from))));
            let by = if told.by == "expire" {
                String::new()
            } else {
                format!(" by {}", told.by)
            };
            format!("ended {}{}: {how}{by}", ago(now, at), lasted.unwrap_or_default())
        }
        state => format!("{state}: {}", told.reason),
    };
    let attention = match &told.attention {
        Some(attention) => format!("; needs a person: {attention}"),
        None => String::new(),
    };
    let request = match &told.request {
        Some(request) => format!(", request {request}"),
        None => String::new(),
    };
    let answers: String = (told.answers.iter())
        .map(|answer| {
            let said = if answer.answer == "approved" { "yes" } else { "no" };
            format!(
                "; {} said {said} {}: {}",
                answer.person,
                ago(now, answer.at),
                answer.reason
            )
        })
        .collect();
    format!("containment by {by}{observed}: {state}{request}{answers}{attention}")
}
