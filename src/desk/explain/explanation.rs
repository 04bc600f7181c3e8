//! One event and one device, explained: what was made of it, what every playbook's lines saw, which guards and limits
//! stood where. Pure; the same function explains a recorded decision and one that is tried out.
//!
//! What was recorded stands. Lines are weighed again by the playbooks of that day, and where this version of quell would
//! come to another result, that is said and changes nothing.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::guards::{self, Guard};
use super::words;
use crate::domain::alert::{Event, EventKind};
use crate::domain::decision::DecisionKind;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::eligibility::Ineligible;
use crate::domain::fact::Fact;
use crate::domain::measure::{Isolation, Measure};
use crate::domain::recorded::RecordedRuling;
use crate::domain::verdict::{Mode, Most, Wish};
use crate::playbook::action::Action;
use crate::playbook::trace::LineTrace;
use crate::playbook::{Playbook, PlaybookSet, SourceFile, Subject, trace};
use crate::store::views::{ContainmentHistory, Inputs};
use crate::yaml::duration;

/// A playbook of the set that the event was judged by.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its id.
    pub id: String,
    /// Its revision.
    pub revision: String,
    /// Its mode.
    pub mode: Mode,
    /// It alone, compiled; or why this version of quell cannot.
    pub set: Result<PlaybookSet, String>,
}

impl Text {
    /// Compiles one text under its own name.
    pub fn new(id: &str, revision: &str, mode: Mode, text: String) -> Self {
        let name = format!("{id}.yaml");
        let set = PlaybookSet::compile_kept(&[SourceFile { name, text }]);
        Self {
            id: id.to_owned(),
            revision: revision.to_owned(),
            mode,
            set: set
                .map(|(set, _)| set)
                .map_err(|errors| errors.render(false).lines().next().unwrap_or_default().to_owned()),
        }
    }

    /// The playbooks of a set, each by itself.
    pub fn of(set: &PlaybookSet) -> Vec<Self> {
        let text = |playbook: &Playbook| Self {
            id: playbook.id.clone(),
            revision: playbook.revision.clone(),
            mode: playbook.mode,
            set: set.only(&[&playbook.id]).ok_or_else(String::new),
        };
        set.playbooks().iter().map(|playbook| text(playbook)).collect()
    }

    fn playbook(&self) -> Option<&Playbook> {
        self.set.as_ref().ok()?.get(&self.id)
    }
}

/// Everything that an explanation starts from.
pub struct Case<'a> {
    /// It is tried out: nothing of it was decided.
    pub is_trial: bool,
    /// The event's id, once it is stored.
    pub event_id: Option<Uuid>,
    /// The event.
    pub event: &'a Event,
    /// Through which source it came.
    pub source: Option<String>,
    /// When it was accepted.
    pub received_at: Option<Timestamp>,
    /// The device, if it has one.
    pub device: Option<&'a DeviceId>,
    /// The device's name, when known.
    pub name: Option<String>,
    /// The tenant's name.
    pub tenant: &'a str,
    /// What stood on the device already, so that nobody was asked anew.
    pub met: Option<Met>,
    /// When it was judged.
    pub at: Timestamp,
    /// The version of the set.
    pub set_version: Option<i64>,
    /// The set's playbooks; `None`: it is not known which they were.
    pub texts: Option<&'a [Text]>,
    /// What was made of it.
    pub kind: DecisionKind,
    /// Why.
    pub reason: String,
    /// What was made of each playbook that did not plainly say no.
    pub rulings: &'a [RecordedRuling],
    /// What it was judged by; `None`: that was not kept.
    pub inputs: Option<&'a Inputs>,
}

/// A containment that an ask met, by the same playbook and for another event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// Active: the device is held.
    Active,
    /// Somebody was asked and had not answered.
    Asked,
}

/// One event and one device, explained.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Explanation {
    /// The outcome, in a sentence.
    pub outcome: String,
    /// What was made of it.
    pub kind: DecisionKind,
    /// Why, as it is recorded.
    pub reason: String,
    /// Nothing of it was decided: it was tried out.
    pub is_trial: bool,
    /// When it was judged.
    pub at: Timestamp,
    /// The event's id, once it is stored.
    pub event_id: Option<Uuid>,
    /// Its alert.
    pub alert_id: String,
    /// The alert's title, as its source wrote it.
    pub title: Option<String>,
    /// New, updated or resolved.
    pub event: Option<EventKind>,
    /// Through which source it came.
    pub source: Option<String>,
    /// When it was accepted.
    pub received_at: Option<Timestamp>,
    /// The device's id.
    pub device: Option<DeviceId>,
    /// The device's name, when known.
    pub device_name: Option<String>,
    /// The version of the playbook set.
    pub set_version: Option<i64>,
    /// Every playbook, those that decided first.
    pub playbooks: Vec<PlaybookTold>,
    /// The installation's guards.
    pub guards: Vec<Guard>,
    /// Facts that a line asks for and that are not known.
    pub unknown_facts: Vec<&'static str>,
    /// What this explanation cannot tell, and what the reader should know of it.
    pub remarks: Vec<String>,
    /// The containments that the event began or met.
    pub followed: Vec<ContainmentHistory>,
}

/// One playbook, explained.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PlaybookTold {
    /// Its id.
    pub playbook: String,
    /// The revision that judged.
    pub revision: String,
    /// The mode that held.
    pub mode: Mode,
    /// What was made of it; none: it plainly did not match, or is off.
    pub kind: Option<DecisionKind>,
    /// Why; for one that did not match, `when.<fact>` or `mode.off`.
    pub reason: String,
    /// What it says itself, weighed again; none: it does not match, or cannot be weighed.
    pub wish: Option<Wish>,
    /// Every line.
    pub lines: Vec<LineTrace>,
    /// The line that decided, as it is recorded: `file:line`.
    pub decided_at: Option<String>,
    /// What it does when it acts.
    pub then: Vec<String>,
    /// Whom it asks first, and where its `ask.when` lines hold.
    pub asks: Option<String>,
    /// Its limits.
    pub limits: Vec<LimitTold>,
    /// What the reader should know of this playbook's part.
    pub remark: Option<String>,
}

/// One limit, explained.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LimitTold {
    /// `limits[0]`.
    pub limit: String,
    /// What it allows.
    pub allows: String,
    /// Distinct devices it had counted; none: it was not asked.
    pub counted: Option<u32>,
    /// It held this decision.
    pub holds: bool,
}

/// Explains.
pub fn explain(case: &Case<'_>) -> Explanation {
    let unknown = DeviceFacts::default();
    let subject = case.inputs.and_then(|inputs| {
        Some(Subject {
            alert: &case.event.alert,
            event: inputs.event_kind,
            device_id: Some(case.device?),
            device: inputs.facts.as_ref().unwrap_or(&unknown),
            tenant: case.tenant,
            now: case.at,
            time_scale: inputs.rules.as_ref().map_or(1, |rules| rules.time_scale),
            restricted_by: Fact::Is(inputs.own.restricted_by.clone()),
        })
    });
    let mut playbooks: Vec<PlaybookTold> = case
        .texts
        .unwrap_or_default()
        .iter()
        .map(|text| told(text, case, subject.as_ref()))
        .collect();
    let missing = case
        .rulings
        .iter()
        .filter(|ruling| !playbooks.iter().any(|told| told.playbook == ruling.playbook))
        .map(recorded_only)
        .collect::<Vec<_>>();
    playbooks.extend(missing);
    let leads = |told: &PlaybookTold| told.kind == Some(case.kind) && told.reason == case.reason;
    playbooks.sort_by_key(|told| (!leads(told), told.kind.is_none()));
    let mut unknown_facts: Vec<&'static str> = playbooks
        .iter()
        .flat_map(|told| &told.lines)
        .filter(|line| line.saw == "unknown")
        .map(|line| line.fact)
        .collect();
    unknown_facts.sort_unstable();
    unknown_facts.dedup();
    let guards = match (case.inputs.and_then(|inputs| inputs.rules.as_ref()), &subject) {
        (Some(rules), Some(subject)) => guards::guards(rules, subject, case),
        _ => Vec::new(),
    };
    let title = case.event.alert.title.value().cloned();
    let device_name = case.name.clone();
    Explanation {
        outcome: words::outcome(
            case,
            playbooks.first().filter(|told| leads(told)),
            playbooks.len(),
        ),
        kind: case.kind,
        reason: case.reason.clone(),
        is_trial: case.is_trial,
        at: case.at,
        event_id: case.event_id,
        alert_id: case.event.alert.id.clone(),
        title,
        event: case.inputs.map(|inputs| inputs.event_kind),
        source: case.source.clone(),
        received_at: case.received_at,
        device: case.device.cloned(),
        device_name,
        set_version: case.set_version,
        playbooks,
        guards,
        unknown_facts,
        remarks: remarks(case),
        followed: Vec::new(),
    }
}

fn remarks(case: &Case<'_>) -> Vec<String> {
    // What was noted when the record was read: how its device was identified, what in it was not understood.
    let mut remarks = case.event.remarks.clone();
    match (case.inputs, case.device) {
        (_, None) => {}
        (None, Some(_)) => remarks.push(
            "what it was judged by was not kept, or cannot be read by this version: the lines cannot be weighed again, and what \
             is shown is what was recorded"
                .to_owned(),
        ),
        (Some(inputs), Some(_)) => {
            if inputs.facts.is_none() {
                remarks.push("no fresh facts of the device were at hand: all of them were unknown".to_owned());
            }
            if let Some(info) = &inputs.own.alert_info {
                remarks.push(format!(
                    "what the evidence did not say of its alert (title, severity, category) is told by its AlertInfo, event {}",
                    info.event_id
                ));
            }
            if inputs.rules.is_none() {
                remarks.push("the installation's rules of that moment cannot be read by this version".to_owned());
            }
        }
    }
    if case.texts.is_none() && case.device.is_some() {
        remarks.push(match case.set_version {
            Some(version) => format!(
                "which playbooks version {version} of the set held was not recorded: only those with a ruling are shown"
            ),
            None => "no playbook set was recorded with it".to_owned(),
        });
    }
    remarks
}

fn told(text: &Text, case: &Case<'_>, subject: Option<&Subject<'_>>) -> PlaybookTold {
    let ruling = case.rulings.iter().find(|ruling| ruling.playbook == text.id);
    let traced = match (&text.set, subject) {
        (Ok(set), Some(subject)) => trace(set, subject).into_iter().next(),
        _ => None,
    };
    let because = ruling.map(|ruling| ruling.because.as_ref().unwrap_or(&ruling.reason));
    let weighed = traced.as_ref().map(|traced| &traced.because);
    let remark = match (&text.set, weighed) {
        (Err(error), _) => Some(format!(
            "its text of that day cannot be read by this version of quell ({error}); what was recorded is shown"
        )),
        // A decision that ends before the rulings has none.
        (_, Some(weighed))
            if case.reason != Ineligible::NotInInventory.reason() && !case.reason.starts_with("drift.") =>
        {
            let recorded = because.map_or("no match", String::as_str);
            let agrees = match because {
                Some(because) => because == weighed,
                None => traced.as_ref().is_some_and(|traced| traced.wish.is_none()),
            };
            (!agrees).then(|| {
                format!("this version of quell weighs it otherwise: `{weighed}`, recorded is `{recorded}`, which stands")
            })
        }
        _ => None,
    };
    let number = ruling.and_then(|ruling| ruling.line);
    let reason = match (ruling, weighed) {
        (Some(ruling), _) => ruling.reason.clone(),
        (None, Some(weighed)) => weighed.clone(),
        (None, None) if text.mode == Mode::Off => "mode.off".to_owned(),
        (None, None) => "no_match".to_owned(),
    };
    PlaybookTold {
        playbook: text.id.clone(),
        revision: text.revision.clone(),
        mode: ruling.and_then(|ruling| ruling.mode).unwrap_or(text.mode),
        kind: ruling.map(|ruling| ruling.kind),
        reason,
        wish: traced.as_ref().and_then(|traced| traced.wish),
        lines: traced.map(|traced| traced.lines).unwrap_or_default(),
        decided_at: number.map(|number| format!("{}.yaml:{number}", text.id)),
        then: text.playbook().map(then).unwrap_or_default(),
        asks: text.playbook().and_then(asks),
        limits: text
            .playbook()
            .map(|playbook| limits(playbook, ruling))
            .unwrap_or_default(),
        remark,
    }
}

fn recorded_only(ruling: &RecordedRuling) -> PlaybookTold {
    PlaybookTold {
        playbook: ruling.playbook.clone(),
        revision: String::new(),
        mode: ruling.mode.unwrap_or_default(),
        kind: Some(ruling.kind),
        reason: ruling.reason.clone(),
        wish: None,
        lines: Vec::new(),
        decided_at: ruling.line.map(|line| format!("{}.yaml:{line}", ruling.playbook)),
        then: Vec::new(),
        asks: None,
        limits: Vec::new(),
        remark: None,
    }
}

fn then(playbook: &Playbook) -> Vec<String> {
    let told = |action: &Action| match action {
        Action::Begin {
            measure,
            isolation,
            release_after,
            restart_on_match,
            release_when,
            ..
        } => {
            let until = release_after.map_or("until a person ends it".to_owned(), |after| {
                format!("for {}", duration::show(after))
            });
            let again = if *restart_on_match {
                ", anew with each match"
            } else {
                ""
            };
            let early: Vec<_> = release_when.iter().map(|when| when.as_str()).collect();
            let early = match early.as_slice() {
                [] => String::new(),
                words => format!(", or until {}", words.join(" or ")),
            };
            let what = match (measure, isolation) {
                (Measure::Restriction, _) => "restrict_app_execution",
                (Measure::Isolation, Isolation::Full) => "isolate_device",
                (Measure::Isolation, Isolation::Selective) => "isolate_device (selective)",
            };
            format!("{what} {until}{again}{early}")
        }
        Action::Release { measure, .. } => match measure {
            Measure::Restriction => "release_app_restriction".to_owned(),
            Measure::Isolation => "release_isolation".to_owned(),
        },
        Action::Task { task, .. } => format!("{}, once: {}", task.name(), task.says()),
    };
    playbook.then.iter().map(told).collect()
}

fn asks(playbook: &Playbook) -> Option<String> {
    let ask = playbook.ask.as_ref()?;
    let terms = &ask.terms;
    let otherwise = if terms.otherwise_act { "act" } else { "skip" };
    let of = if ask.when.is_empty() {
        ""
    } else {
        " where `ask.when` holds"
    };
    Some(format!(
        "asks {} of {}{of}; without an answer in {}: {otherwise}",
        terms.approvals,
        terms.from.join(", "),
        duration::show(terms.within)
    ))
}

fn limits(playbook: &Playbook, ruling: Option<&RecordedRuling>) -> Vec<LimitTold> {
    let Some(ruling) = ruling else { return Vec::new() };
    let told = |(index, limit): (usize, &crate::domain::verdict::Limit)| {
        let most = match limit.most {
            Most::Devices(1) => "1 device".to_owned(),
            Most::Devices(most) => format!("{most} devices"),
            Most::PercentOfFleet(percent) => match ruling.fleet {
                Some(fleet) => format!("{percent} of a fleet of {fleet}"),
                None => format!("{percent} of the fleet"),
            },
        };
        let then = if limit.otherwise_ask { "ask" } else { "skip" };
        let name = format!("limits[{index}]");
        LimitTold {
            allows: format!("{most} in {}, then {then}", duration::show(limit.per)),
            counted: ruling.counts.get(index).copied(),
            holds: ruling.reason.trim_start_matches("canary.").starts_with(&name),
            limit: name,
        }
    };
    playbook.limits.iter().enumerate().map(told).collect()
}
