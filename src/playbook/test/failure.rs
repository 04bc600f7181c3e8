//! Why a test failed: what was expected, what came, and what decided with the value that it saw: a line of the playbook, a
//! limit, a cap, a protection, the event's age.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::guards::Guards;
use crate::domain::decision::{Decision, Ruling, Usage};
use crate::domain::eligibility::Ineligible;
use crate::domain::fact::Fact;
use crate::domain::guard::Protection;
use crate::domain::verdict::Mode;
use crate::playbook::compile::Playbook;
use crate::playbook::facts;
use crate::playbook::set::PlaybookSet;
use crate::playbook::subject::Subject;
use crate::playbook::text::plain;
use crate::playbook::trace::{PlaybookTrace, show, trace};
use crate::yaml::diagnostic::quoted;
use crate::yaml::{self, Diagnostics, duration};

/// Why a test failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The moment of a timeline, as `4h30m`; `None` for a test of one event.
    pub moment: Option<String>,
    /// Where the expectation stands, as `file:line`.
    pub at: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
    /// What happened to the device until then, in a timeline.
    pub so_far: Vec<String>,
    /// What decided, or every line when none did by itself.
    pub lines: Vec<Decider>,
}

/// Something that decided, or that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decider {
    /// Whether it decided.
    pub decides: bool,
    /// What it demands, what it saw, and where it stands.
    pub text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(moment) = &self.moment {
            writeln!(f, "  at {moment} ({})", self.at)?;
        }
        writeln!(f, "  expected: {}", self.expected)?;
        writeln!(f, "  got:      {}", self.got)?;
        for happened in &self.so_far {
            writeln!(f, "  so far:   {happened}")?;
        }
        for line in &self.lines {
            writeln!(
                f,
                "  {} {}",
                if line.decides { "decided: " } else { "line:    " },
                line.text
            )?;
        }
        Ok(())
    }
}

/// What decided.
pub(super) fn deciders(
    set: &PlaybookSet,
    subject: &Subject<'_>,
    guards: &Guards,
    usage: &Usage,
    decision: &Decision,
) -> Vec<Decider> {
    let strongest = decision
        .rulings
        .iter()
        .find(|ruling| ruling.kind == decision.kind && ruling.reason == decision.reason);
    if let Some(ruling) = strongest
        && let Some(text) = guard(set, subject, guards, usage, ruling)
    {
        return vec![Decider { decides: true, text }];
    }
    let traces = trace(set, subject).into_iter();
    let concerned =
        |trace: &PlaybookTrace| strongest.is_none_or(|ruling| ruling.verdict.playbook == trace.playbook);
    let lines: Vec<_> = traces.filter(concerned).flat_map(|trace| trace.lines).collect();
    let decided = lines.iter().any(|line| line.decides);
    lines
        .into_iter()
        .filter(|line| line.decides || !decided)
        .map(|line| Decider {
            decides: line.decides,
            text: line.to_string(),
        })
        .collect()
}

/// What decided when it was no line of `when` or `unless`.
fn guard(
    set: &PlaybookSet,
    subject: &Subject<'_>,
    guards: &Guards,
    usage: &Usage,
    ruling: &Ruling,
) -> Option<String> {
    let playbook = set.get(&ruling.verdict.playbook)?;
    let device = subject.device_id?;
    let reason = ruling.reason.as_str();
    let own = reason.strip_prefix("canary.");
    if let Some(index) = indexed(own.unwrap_or(reason), "limits") {
        let limit = playbook.limits.get(index)?;
        let mode = own.map_or(ruling.mode, |_| Mode::Enforce);
        let key = (Some(playbook.id.clone()), mode, limit.per);
        let seen = devices(usage.with(&key, device));
        let fleet = match (limit.most, guards.fleet) {
            (crate::domain::verdict::Most::Devices(_), _) => String::new(),
            (_, Some(fleet)) => format!(" in a fleet of {fleet}"),
            (_, None) => " in a fleet of unknown size".to_owned(),
        };
        return Some(format!(
            "limits[{index}]: {}, saw {seen} with this one{fleet}{}",
            written(playbook, "limits", Some(index)),
            place(playbook, "limits", Some(index))
        ));
    }
    if let Some(index) = indexed(reason, "caps") {
        let cap = guards.rules.caps.get(index)?;
        let used = usage.cap_use(index, cap, ruling.mode, device);
        let (seen, per) = (devices(used.devices), duration::show(cap.per));
        let group = cap.percent_of_group.map(|_| match used.group {
            Some(size) => format!(", {} of the {size} of its group", used.in_group),
            None => ", in a group of unknown size".to_owned(),
        });
        return Some(format!(
            "caps[{index}]: at most {} in {per} over all playbooks, saw {seen} with this one{}{}",
            cap.in_words(),
            group.unwrap_or_default(),
            match (cap.percent_of_fleet, used.fleet) {
                (None, _) => String::new(),
                (Some(_), Some(fleet)) => format!(" in a fleet of {fleet}"),
                (Some(_), None) => " in a fleet of unknown size".to_owned(),
            }
        ));
    }
    if let Some(why) = Ineligible::parse(reason) {
        return Some(format!(
            "{}: saw {} {}",
            why.says(),
            why.fact(),
            see(subject, why.fact())
        ));
    }
    if let Some(text) = protection(subject, guards, reason) {
        return Some(text);
    }
    match reason {
        "freshness" => Some(format!(
            "freshness: an event at most {} old acts by itself, saw {}",
            duration::show(guards.rules.freshness),
            age(subject)
        )),
        "canary" => Some(format!(
            "canary: {}, saw device.id `{device}` and device.group {}{}",
            written(playbook, "canary", None),
            see(subject, "device.group"),
            place(playbook, "canary", None)
        )),
        "ask" => {
            let asked = playbook.ask.as_ref()?;
            let saw: Vec<_> = asked
                .when
                .iter()
                .map(|line| format!(", saw {} {}", line.fact.name, show(&line.fact.read(subject))))
                .collect();
            let written = if asked.when.is_empty() {
                "always".to_owned()
            } else {
                let lines = asked.when.iter();
                let lines: Vec<_> = lines
                    .map(|line| format!("{}: {}", line.fact.name, plain(&line.written)))
                    .collect();
                lines.join(", ")
            };
            Some(format!(
                "ask: {written}{}{}",
                saw.concat(),
                place(playbook, "ask", None)
            ))
        }
        _ => reason
            .strip_prefix("ask.")
            .map(|other| format!("the playbook {} asks about this device", quoted(other))),
    }
}

/// The protection that decided, with what it saw.
fn protection(subject: &Subject<'_>, guards: &Guards, reason: &str) -> Option<String> {
    let never = &guards.rules.never;
    let (list, fact) = match never.protects(subject.device_id?, subject.device) {
        Protection::Protected(list) if reason == format!("never.{list}") => (list, fact_of(list)),
        Protection::Unknown(fact) if reason == format!("if_unknown.{fact}") => (list_of(fact), fact),
        _ => return None,
    };
    let listed = match list {
        "ids" => &never.ids,
        "tags" => &never.tags,
        "groups" => &never.groups,
        "names" => &never.names,
        _ => &never.device_values,
    };
    Some(format!(
        "never.{list}: [{}], saw {fact} {}",
        listed.join(", "),
        see(subject, fact)
    ))
}

const PROTECTED: [(&str, &str); 5] = [
    ("ids", "device.id"),
    ("tags", "device.tags"),
    ("groups", "device.group"),
    ("names", "device.name"),
    ("device_values", "device.value"),
];

fn fact_of(list: &str) -> &'static str {
    let found = PROTECTED.iter().find(|(name, _)| *name == list);
    found.map_or("device.id", |(_, fact)| fact)
}

fn list_of(fact: &str) -> &'static str {
    let found = PROTECTED.iter().find(|(_, name)| *name == fact);
    found.map_or("ids", |(list, _)| list)
}

fn see(subject: &Subject<'_>, fact: &str) -> String {
    facts::find(fact).map_or_else(String::new, |fact| show(&fact.read(subject)))
}

fn age(subject: &Subject<'_>) -> String {
    match &subject.alert.occurred_at {
        Fact::Is(at) => match Duration::try_from(subject.now.duration_since(*at)) {
            Ok(age) => format!("one {} old", duration::show(age)),
            Err(_) => "one from the future".to_owned(),
        },
        Fact::Absent => "one without a time".to_owned(),
        Fact::Unknown => "one of unknown time".to_owned(),
    }
}

fn devices(count: usize) -> String {
    format!("{count} device{}", if count == 1 { "" } else { "s" })
}

/// The index of a reason such as `limits[0]` or `limits[0].fleet_unknown`.
fn indexed(reason: &str, list: &str) -> Option<usize> {
    let rest = reason.strip_prefix(list)?.strip_prefix('[')?;
    rest.split_once(']')?.0.parse().ok()
}

/// A part of a playbook as it was written.
fn written(playbook: &Playbook, key: &str, index: Option<usize>) -> String {
    locate(playbook, key, index).map_or_else(String::new, |(written, _)| plain(&written))
}

/// Where a part of a playbook stands, in brackets after a blank.
fn place(playbook: &Playbook, key: &str, index: Option<usize>) -> String {
    let line = locate(playbook, key, index);
    line.map_or_else(String::new, |(_, line)| format!(" ({}:{line})", playbook.file))
}

/// A part of a playbook as it was written, and its line from 1. A compiled playbook keeps the lines of its conditions alone,
/// so the text is read again.
pub(super) fn locate(playbook: &Playbook, key: &str, index: Option<usize>) -> Option<(String, usize)> {
    let document = yaml::parse(&playbook.file, &playbook.text).ok()?;
    let mut quiet = Diagnostics::default();
    let root = document.root();
    let map = root.map(&mut quiet)?;
    let node = map.get(key)?;
    let Some(index) = index else {
        let line = map.entries().find(|(entry, _)| entry.text == key)?.0.line();
        return Some((node.written(), line));
    };
    let items = node.seq(&mut quiet)?;
    let item = items.get(index)?;
    Some((item.written(), item.line()))
}
