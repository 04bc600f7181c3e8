//! The life of the containments on one device: what a ruling, the time, a release and a person's answer do to them.
//!
//! Pure: from what is open, what is new and the time to what changes. `store` calls these functions within its
//! transactions and carries the changes out; `playbook::rehearse` does the same in memory. Neither decides by itself.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::containment::ContainmentState;
use crate::domain::decision::{DecisionKind, Ruling};
use crate::domain::measure::{Isolation, Measure};
use crate::domain::verdict::{AskTerms, Lane, Mode, PlannedAction, PlannedTask, ReleaseWhen};

/// What a ruling does to the containments on its device. The release comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects<'r> {
    /// What quell began of these measures on the device ends, and what is asked is declined.
    pub releases: Vec<Measure>,
    /// Containments begin, each of a measure of its own, or the open ones of this playbook go on.
    pub begins: Vec<Begins<'r>>,
    /// What is done once: at once, or, beside a containment that a person is asked about, when that begins.
    pub tasks: Vec<&'r PlannedTask>,
}

/// The terms of a containment to begin, or to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begins<'r> {
    /// What it holds.
    pub measure: Measure,
    /// How much an isolation cuts off; `None` of any other measure.
    pub isolation: Option<Isolation>,
    /// The comment, filled in.
    pub comment: &'r str,
    /// `Some`: a person is asked first, on these terms.
    pub ask: Option<&'r AskTerms>,
    /// When it ends by itself, counted from its activation; `None` is never.
    pub release_after: Option<Duration>,
    /// Whether a new match starts that span anew.
    pub restart_on_match: bool,
    /// What may end it before that.
    pub release_when: &'r [ReleaseWhen],
}

/// Says what follows from a ruling.
pub fn effects(ruling: &Ruling) -> Effects<'_> {
    let has_effect = match ruling.kind {
        DecisionKind::Act => true,
        // In observe mode a containment is recorded only where enforce would have begun one at once.
        DecisionKind::Observe => ruling.ask.is_none(),
        DecisionKind::Ask | DecisionKind::Hold => ruling.containment().is_some(),
        DecisionKind::Skip => false,
    };
    if !has_effect {
        return Effects::default();
    }
    let acts = ruling.kind == DecisionKind::Act && ruling.mode == Mode::Enforce;
    Effects {
        releases: if acts { ruling.releases() } else { Vec::new() },
        begins: (ruling.verdict.then.iter())
            .filter_map(|action| begins(action, ruling.ask.as_ref()))
            .collect(),
        tasks: ruling.tasks().collect(),
    }
}

/// What an action begins, and on which terms.
fn begins<'r>(action: &'r PlannedAction, ask: Option<&'r AskTerms>) -> Option<Begins<'r>> {
    match action {
        PlannedAction::RestrictAppExecution {
            comment,
            release_after,
            restart_on_match,
            release_when,
        }
        | PlannedAction::IsolateDevice {
            comment,
            release_after,
            restart_on_match,
            release_when,
            ..
        } => Some(Begins {
            measure: action.begins()?,
            isolation: action.isolation(),
            comment,
            ask,
            release_after: *release_after,
            restart_on_match: *restart_on_match,
            release_when,
        }),
        _ => None,
    }
}

/// What an open containment is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Asked or active.
    pub state: ContainmentState,
    /// Observe or enforce.
    pub mode: Mode,
    /// When it ends by itself; `None` while it is asked, and for one that never does.
    pub until: Option<Timestamp>,
    /// Until when it can be answered, while it is asked.
    pub ask_until: Option<Timestamp>,
    /// Nobody answered: act.
    pub otherwise_act: bool,
    /// Whether a new match starts its span anew, by the revision that began it.
    pub restart_on_match: bool,
    /// Whether it ends when every alert behind it is resolved, by the revision that began it.
    pub ends_when_resolved: bool,
}

impl Open {
    /// Whether the device is to be restricted because of it.
    pub fn restricts(&self) -> bool {
        self.state == ContainmentState::Active && self.mode == Mode::Enforce
    }

    /// When time changes it next, if ever.
    pub fn next_change(&self) -> Option<Timestamp> {
        match self.state {
            ContainmentState::Active => self.until,
            ContainmentState::Asked => self.ask_until,
            _ => None,
        }
    }
}

/// What a ruling that begins a containment does, given the one that its playbook has open on the device in that mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// A containment begins and is active.
    Begin,
    /// A containment begins, and a person is asked.
    Ask,
    /// The one that was asked for becomes active: a later event settled the question.
    Activate,
    /// The active one's time starts anew.
    Restart,
    /// Nothing: it is open already.
    Keep,
}

impl Beginning {
    /// Whether a containment became active, so that the device counts against limits and caps.
    pub fn is_activation(self) -> bool {
        matches!(self, Self::Begin | Self::Activate)
    }
}

/// Says what becomes of the open containment, or that there is a new one. An active one keeps its own terms: whether
/// it restarts, and with what span, was said by the revision that began it.
pub fn begin(open: Option<&Open>, new: &Begins<'_>) -> Beginning {
    match (open.map(|open| open.state), new.ask) {
        (Some(ContainmentState::Active), None) if open.is_some_and(|open| open.restart_on_match) => {
            Beginning::Restart
        }
        (Some(ContainmentState::Asked), None) => Beginning::Activate,
        (Some(ContainmentState::Active | ContainmentState::Asked), _) => Beginning::Keep,
        (_, None) => Beginning::Begin,
        (_, Some(_)) => Beginning::Ask,
    }
}

/// What time does to an open containment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Its time is up.
    End,
    /// Nobody answered, and it acts by its playbook's own words.
    Activate,
    /// Nobody answered.
    Expire,
}

/// Says what is due. `is_capped`: one more device would go beyond a cap of the installation; then nothing becomes active
/// without an answer.
pub fn due(open: &Open, now: Timestamp, is_capped: bool) -> Option<Due> {
    let reached = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    match open.state {
        ContainmentState::Active if reached(open.until) => Some(Due::End),
        ContainmentState::Asked if reached(open.ask_until) => Some(
            if open.mode == Mode::Enforce && open.otherwise_act && !is_capped {
                Due::Activate
            } else {
                Due::Expire
            },
        ),
        _ => None,
    }
}

/// What a release by a playbook or an operator makes of an open containment; `None`: it goes on. Observed ones do:
/// nothing was restricted because of them.
pub fn released(open: &Open) -> Option<ContainmentState> {
    match open.state {
        ContainmentState::Active if open.mode == Mode::Enforce => Some(ContainmentState::Ended),
        ContainmentState::Asked => Some(ContainmentState::Declined),
        _ => None,
    }
}

/// What news that an alert is resolved makes of an open containment behind which so many alerts are not; `None`: it goes
/// on. A question about it is moot then. Whatever the very event began is not judged: it was begun for it.
pub fn resolved(open: &Open, unresolved: usize) -> Option<ContainmentState> {
    match open.state {
        _ if !open.ends_when_resolved || unresolved > 0 => None,
        ContainmentState::Active => Some(ContainmentState::Ended),
        ContainmentState::Asked => Some(ContainmentState::Declined),
        _ => None,
    }
}

/// A person's answer to an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes, and nobody else needs to agree.
    Approve,
    /// No.
    Decline,
}

/// What an answer makes of an open containment; `None`: nothing. `is_capped` as for [`due`]: an approval lifts what made its
/// playbook ask, never a cap of the installation.
pub fn answered(open: &Open, answer: Answer, is_capped: bool) -> Option<ContainmentState> {
    match (open.state, answer) {
        (ContainmentState::Asked, Answer::Approve) if !is_capped => Some(ContainmentState::Active),
        (ContainmentState::Asked, Answer::Decline) => Some(ContainmentState::Declined),
        _ => None,
    }
}

/// When a containment that became active now, or was restarted now, ends by itself; also when an ask of now expires.
pub fn until(now: Timestamp, after: Option<Duration>) -> Option<Timestamp> {
    after.map(|after| {
        SignedDuration::try_from(after)
            .ok()
            .and_then(|after| now.checked_add(after).ok())
            .unwrap_or(Timestamp::MAX)
    })
}

/// The lane of a device's restrict: that of the most urgent active containment. `store::converge` orders its rows so.
pub fn lane(active: impl IntoIterator<Item = Lane>) -> Lane {
    active
        .into_iter()
        .min_by_key(|lane| lane.rank())
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
