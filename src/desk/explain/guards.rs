//! The installation's guards over one event and device: mode ceiling, protections, freshness, caps. Pure; each is judged by
//! the function that judged it then, with the rules and facts of that moment.

use jiff::SignedDuration;
use serde::Serialize;

use super::explanation::Case;
use crate::desk::words::span;
use crate::domain::eligibility;
use crate::domain::fact::Fact;
use crate::domain::guard::{self, Protection, Protections};
use crate::domain::limit::{Cap, cap_of};
use crate::domain::measure::Measure;
use crate::domain::recorded::RecordedRules;
use crate::domain::stop::STOPPED;
use crate::domain::verdict::Mode;
use crate::playbook::truth::Truth;
use crate::playbook::{Subject, facts, text};

/// One guard, explained.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Guard {
    /// `mode`, `never`, `eligibility`, `freshness`, `stop`, `caps[0]`.
    pub guard: String,
    /// True: it lets acting pass. False: it does not. Unknown: nobody can tell, so a person is asked.
    pub passes: Truth,
    /// What it saw.
    pub says: String,
}

/// Every guard of the installation.
pub fn guards(rules: &RecordedRules, subject: &Subject<'_>, case: &Case<'_>) -> Vec<Guard> {
    let guard = |guard: &str, (passes, says)| Guard {
        guard: guard.to_owned(),
        passes,
        says,
    };
    let mut guards = vec![
        guard("mode", ceiling(rules.rules.ceiling)),
        guard("never", never(&rules.rules.never, subject)),
        guard("freshness", freshness(rules, subject)),
    ];
    if case.rulings.iter().any(|ruling| ruling.reason == STOPPED) {
        let says = "a stop was in force: what would begin is held".to_owned();
        guards.push(guard("stop", (Truth::False, says)));
    }
    // Most devices can be restricted: only what cannot is worth a line.
    let told = ineligible(subject).or_else(|| antivirus(subject));
    guards.extend(told.map(|told| guard("eligibility", told)));
    // Told where they held something: what they let pass is the rule.
    for kind in ["trust", "surge"] {
        let mut rulings = case.rulings.iter();
        if let Some(held) = rulings.find(|ruling| ruling.reason.split('.').next() == Some(kind)) {
            guards.push(guard(kind, (Truth::False, held_by(&held.reason).to_owned())));
        }
    }
    // Caps are counted after the limits of whichever playbook came to them.
    let counts = case
        .rulings
        .iter()
        .map(|ruling| ruling.counts.as_slice())
        .find(|counts| !counts.is_empty());
    let Some(caps) = counts.and_then(|counts| {
        counts
            .len()
            .checked_sub(rules.rules.caps.len())
            .map(|at| &counts[at..])
    }) else {
        return guards;
    };
    for (index, (cap, counted)) in rules.rules.caps.iter().zip(caps).enumerate() {
        let name = format!("caps[{index}]");
        let holds = case
            .rulings
            .iter()
            .any(|ruling| cap_of(&ruling.reason) == Some(index));
        let per = SignedDuration::try_from(cap.per).map(span).unwrap_or_default();
        let says = match cap {
            Cap {
                devices: Some(most),
                percent_of_fleet: None,
                percent_of_group: None,
                ..
            } => format!("{counted} of {most} devices in {per} over all playbooks"),
            cap => format!(
                "{counted} devices in {per} over all playbooks, at most {}",
                cap.in_words()
            ),
        };
        guards.push(Guard {
            guard: name,
            passes: Truth::from(!holds),
            says,
        });
    }
    guards
}

/// What a surge or the trust in a source held back.
fn held_by(reason: &str) -> &'static str {
    match reason {
        "surge.source" => "the event's source drives restrictions on more devices than it may",
        "surge.user" => "alerts on this user drive restrictions on more devices than they may",
        "surge.title" => "alerts of this title drive restrictions on more devices than they may",
        "surge.administrators" => "the device is, or may be, an administrator's",
        "trust.rate" => "the event's source sent more events than it may",
        "trust.observe" => "the event's source may only be observed",
        _ => "the event's source may only ask",
    }
}

fn ceiling(ceiling: Mode) -> (Truth, String) {
    match ceiling {
        Mode::Enforce => (Truth::True, "the installation lets playbooks enforce".to_owned()),
        Mode::Observe => (
            Truth::False,
            "the installation only observes: nothing is called".to_owned(),
        ),
        Mode::Off => (
            Truth::False,
            "the installation is off: nothing is judged".to_owned(),
        ),
    }
}

fn never(never: &Protections, subject: &Subject<'_>) -> (Truth, String) {
    let Some(device) = subject.device_id else {
        return (Truth::True, "there is no device".to_owned());
    };
    let fact_of = |list: &str| match list {
        "tags" => "device.tags",
        "groups" => "device.group",
        "names" => "device.name",
        "device_values" => "device.value",
        _ => "device.id",
    };
    let lists = [
        ("ids", &never.ids),
        ("tags", &never.tags),
        ("groups", &never.groups),
        ("names", &never.names),
        ("device_values", &never.device_values),
    ];
    let saw = |list: &str| {
        let fact = facts::find(fact_of(list));
        fact.map(|fact| text::plain(&text::show(&fact.read(subject))))
            .unwrap_or_default()
    };
    match never.protects(device, subject.device) {
        Protection::Protected(list) => {
            let entries = lists.iter().find(|(name, _)| *name == list);
            let entries = entries.map(|(_, entries)| entries.join(", ")).unwrap_or_default();
            let fact = fact_of(list);
            (
                Truth::False,
                format!(
                    "protected: `{fact}` is {}, and never.{list} has {entries}",
                    saw(list)
                ),
            )
        }
        Protection::Unknown(fact) => (
            Truth::Unknown,
            format!("`{fact}` is not known, and `never` depends on it"),
        ),
        Protection::Free => {
            let names: Vec<String> = lists
                .iter()
                .filter(|(_, entries)| !entries.is_empty())
                .map(|(list, _)| format!("never.{list}"))
                .collect();
            match names.as_slice() {
                [] => (Truth::True, "nothing is protected".to_owned()),
                names => (Truth::True, format!("the device is not on {}", names.join(", "))),
            }
        }
    }
}

fn ineligible(subject: &Subject<'_>) -> Option<(Truth, String)> {
    let why = eligibility::check(Measure::Restriction, None, subject.device).err()?;
    let (says, fact) = (why.says(), why.fact());
    let said = match why.saw(subject.device) {
        Some("") => format!("{says}, without a reason"),
        Some(saw) => format!("{says}: `{fact}` says `{}`", text::plain(saw)),
        None => {
            let saw = facts::find(fact).map(|fact| text::plain(&text::show(&fact.read(subject))));
            format!("{says}: `{fact}` is {}", saw.unwrap_or_default())
        }
    };
    Some((Truth::False, said))
}

/// An antivirus that is not the one that protects, where that is known: nothing hangs on it, and whoever wonders why little came
/// of a restriction should know.
fn antivirus(subject: &Subject<'_>) -> Option<(Truth, String)> {
    let mode = subject
        .device
        .antivirus
        .value()
        .filter(|mode| *mode != "active")?;
    let says = format!(
        "the device's Defender Antivirus is `{}`, which forbids nothing",
        text::plain(mode)
    );
    Some((Truth::True, says))
}

fn freshness(rules: &RecordedRules, subject: &Subject<'_>) -> (Truth, String) {
    let bound = rules.rules.freshness;
    let most = SignedDuration::try_from(bound).map(span).unwrap_or_default();
    let occurred_at = &subject.alert.occurred_at;
    let fresh = guard::is_fresh(occurred_at, subject.now, bound);
    match occurred_at {
        Fact::Is(at) => {
            let age = subject.now.duration_since(*at);
            let when = if age.is_negative() {
                format!("the news lies {} ahead", span(age))
            } else {
                format!("the news was {} old", span(age))
            };
            (Truth::from(fresh), format!("{when}; up to {most} acts by itself"))
        }
        Fact::Absent | Fact::Unknown => (
            Truth::Unknown,
            "when the news happened is not known, so nothing acts by itself".to_owned(),
        ),
    }
}
