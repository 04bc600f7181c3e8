//! The kinds of actions: what each does to its device, which measure it begins or releases, and which are tasks. Every place that
//! asks whether an action takes something away, or gives it back, asks here.

use serde::{Deserialize, Serialize};

use crate::domain::answer::MachineActionKind;
use crate::domain::measure::Measure;

/// What an action does to its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// `restrictCodeExecution`: begins a restriction.
    Restrict,
    /// `unrestrictCodeExecution`: releases a restriction.
    Release,
    /// `isolate`: begins an isolation.
    Isolate,
    /// `unisolate`: releases an isolation.
    ReleaseIsolation,
    /// `runAntiVirusScan`: a task.
    Scan,
    /// `collectInvestigationPackage`: a task.
    CollectPackage,
    /// `StopAndQuarantineFile`: a task.
    QuarantineFile,
}

impl ActionKind {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::Restrict,
        Self::Release,
        Self::Isolate,
        Self::ReleaseIsolation,
        Self::Scan,
        Self::CollectPackage,
        Self::QuarantineFile,
    ];

    /// The kind that begins a measure.
    pub fn to_begin(measure: Measure) -> Self {
        match measure {
            Measure::Restriction => Self::Restrict,
            Measure::Isolation => Self::Isolate,
        }
    }

    /// The kind that releases a measure.
    pub fn to_release(measure: Measure) -> Self {
        match measure {
            Measure::Restriction => Self::Release,
            Measure::Isolation => Self::ReleaseIsolation,
        }
    }

    /// The name in SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restrict => "restrict",
            Self::Release => "release",
            Self::Isolate => "isolate",
            Self::ReleaseIsolation => "release_isolation",
            Self::Scan => "scan",
            Self::CollectPackage => "collect_package",
            Self::QuarantineFile => "quarantine_file",
        }
    }

    /// The kind with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The measure that it begins or releases; `None`: it is a task.
    pub fn measure(self) -> Option<Measure> {
        match self {
            Self::Restrict | Self::Release => Some(Measure::Restriction),
            Self::Isolate | Self::ReleaseIsolation => Some(Measure::Isolation),
            Self::Scan | Self::CollectPackage | Self::QuarantineFile => None,
        }
    }

    /// The kinds that need the same right at Defender as this one, this one among them: who may isolate may let back, and only he.
    pub fn of_same_right(self) -> Vec<Self> {
        match self.measure() {
            Some(measure) => vec![Self::to_begin(measure), Self::to_release(measure)],
            None => vec![self],
        }
    }

    /// Whether it begins a measure: it takes something from whoever works on the device.
    pub fn begins(self) -> bool {
        matches!(self, Self::Restrict | Self::Isolate)
    }

    /// Whether it releases a measure. A release depends on no playbook, protection, cap or repetition, and only a freeze stops it.
    pub fn releases(self) -> bool {
        matches!(self, Self::Release | Self::ReleaseIsolation)
    }

    /// Whether it is done once and holds nothing: no desired state stands behind it.
    pub fn is_task(self) -> bool {
        self.measure().is_none()
    }

    /// The type of Defender's action.
    pub fn wire(self) -> MachineActionKind {
        match self {
            Self::Restrict => MachineActionKind::Restrict,
            Self::Release => MachineActionKind::Unrestrict,
            Self::Isolate => MachineActionKind::Isolate,
            Self::ReleaseIsolation => MachineActionKind::Unisolate,
            Self::Scan => MachineActionKind::RunAntiVirusScan,
            Self::CollectPackage => MachineActionKind::CollectInvestigationPackage,
            Self::QuarantineFile => MachineActionKind::StopAndQuarantineFile,
        }
    }

    /// Whether Defender's action is of this kind.
    pub fn is(self, wire: &MachineActionKind) -> bool {
        self.wire() == *wire
    }

    /// The kind of an action of Defender's, if it is one of ours.
    pub fn of(wire: &MachineActionKind) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.is(wire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_begins_a_measure_or_releases_one_or_is_a_task() {
        for kind in ActionKind::ALL {
            let roles = [kind.begins(), kind.releases(), kind.is_task()];
            assert_eq!(roles.into_iter().filter(|is| *is).count(), 1, "{kind:?}");
            assert_eq!(ActionKind::parse(kind.as_str()), Some(kind));
            assert_eq!(ActionKind::of(&kind.wire()), Some(kind));
            assert!(kind.of_same_right().contains(&kind));
            assert_eq!(kind.of_same_right().len(), if kind.is_task() { 1 } else { 2 });
        }
        for measure in Measure::ALL {
            let (begin, release) = (ActionKind::to_begin(measure), ActionKind::to_release(measure));
            assert!(begin.begins() && release.releases());
            assert_eq!(
                (begin.measure(), release.measure()),
                (Some(measure), Some(measure))
            );
        }
    }

    #[test]
    fn no_two_kinds_share_a_wire_kind() {
        for one in ActionKind::ALL {
            for other in ActionKind::ALL {
                assert_eq!(one.is(&other.wire()), one == other, "{one:?} {other:?}");
            }
        }
    }
}
