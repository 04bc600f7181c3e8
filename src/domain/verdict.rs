//! What one playbook says about one event and one device, before guards and limits: the contract between
//! `playbook::evaluate`, which produces verdicts, and [`crate::domain::decision`], which combines them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::canary::Canary;
use crate::domain::measure::{Held, Isolation, Measure, holds};
use crate::domain::notify::Notify;
use crate::domain::task::Task;

/// Whether a playbook (or the whole installation, as a ceiling) may act. Ordered: `Off < Observe < Enforce`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Not evaluated.
    Off,
    /// Records what it would have done; calls nothing.
    #[default]
    Observe,
    /// Acts.
    Enforce,
}

impl Mode {
    /// The name in playbooks, SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::Enforce => "enforce",
        }
    }

    /// The mode with that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Off, Self::Observe, Self::Enforce]
            .into_iter()
            .find(|mode| mode.as_str() == name)
    }
}

/// The priority class a call belongs to, most urgent first. `Release` is never written in a playbook.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Before everything else; not paced.
    Critical,
    /// Releases: people wait for their machines.
    Release,
    /// High.
    High,
    /// Normal.
    #[default]
    Normal,
    /// Low.
    Low,
}

impl Lane {
    /// All lanes, most urgent first; the position is the rank stored in Postgres.
    pub const ALL: [Self; 5] = [Self::Critical, Self::Release, Self::High, Self::Normal, Self::Low];

    /// The name in playbooks, SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Release => "release",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// The lane with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.as_str() == name)
    }

    /// 0 for critical, 4 for low.
    pub fn rank(self) -> i16 {
        match self {
            Self::Critical => 0,
            Self::Release => 1,
            Self::High => 2,
            Self::Normal => 3,
            Self::Low => 4,
        }
    }
}

/// What one playbook says. Playbooks that plainly do not match give no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The playbook's id.
    pub playbook: String,
    /// The hash of its canonical content.
    pub revision: String,
    /// Its own mode, `Observe` or `Enforce`, before the configuration's ceiling.
    pub mode: Mode,
    /// The lane of its calls.
    pub lane: Lane,
    /// What it asks for.
    pub wish: Wish,
    /// Why: `matched`, `ask`, `unless.device.tags`, `if_unknown.device.tags`, …
    pub because: String,
    /// Where the deciding line stands, as `file:line`, when there is one.
    pub line: Option<String>,
    /// The actions, in the order written.
    pub then: Vec<PlannedAction>,
    /// The playbook's `ask:` block, when it has one and it applies to this device.
    pub ask: Option<AskTerms>,
    /// The playbook's limits, in the order written.
    pub limits: Vec<Limit>,
    /// The part of the fleet in which it enforces; `None`: everywhere.
    pub canary: Option<Canary>,
    /// Who is told of what.
    pub notify: Vec<Notify>,
}

impl Verdict {
    /// Whether its playbook holds every measure already that it begins, so that nothing of it is one more: a playbook whose
    /// restriction goes on may begin an isolation that nobody counted yet.
    pub fn is_running(&self, held: &[Held]) -> bool {
        let mut begun = self.then.iter().filter_map(PlannedAction::begins);
        begun.all(|measure| holds(held, &self.playbook, measure))
    }

    /// The same verdict with every span divided by the installation's `time_scale`.
    pub fn scaled(mut self, time_scale: u32) -> Self {
        let scale = time_scale.max(1);
        for action in &mut self.then {
            if let PlannedAction::RestrictAppExecution {
                release_after: Some(after),
                ..
            }
            | PlannedAction::IsolateDevice {
                release_after: Some(after),
                ..
            } = action
            {
                *after /= scale;
            }
        }
        if let Some(ask) = &mut self.ask {
            ask.within /= scale;
        }
        for limit in &mut self.limits {
            limit.per /= scale;
        }
        self
    }
}

/// What a playbook asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Every line of `when` holds, no line of `unless` does, and no question is to be asked first.
    Act,
    /// A person decides first: the `ask:` block, or a fact that decides is unknown and `if_unknown` is `ask`.
    Ask,
    /// Nothing: a line of `unless` holds, or a fact that decides is unknown and `if_unknown` is `skip`.
    Skip,
}

/// One action of a playbook's `then`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedAction {
    /// Begin a containment by restricting app execution.
    RestrictAppExecution {
        /// The comment after fill-in, sanitised, for Defender.
        comment: String,
        /// When the containment ends by itself; `None` is `never: true`, written out.
        release_after: Option<Duration>,
        /// Whether a new match on this device restarts `release_after`.
        restart_on_match: bool,
        /// What may end it before that.
        release_when: Vec<ReleaseWhen>,
    },
    /// End the restrictions that quell began on this device.
    ReleaseAppRestriction {
        /// The comment after fill-in, sanitised, for Defender.
        comment: String,
    },
    /// Begin a containment by isolating the device from the network.
    IsolateDevice {
        /// The comment after fill-in, sanitised, for Defender.
        comment: String,
        /// How much it cuts off.
        isolation: Isolation,
        /// When the containment ends by itself; `None` is `never: true`, written out.
        release_after: Option<Duration>,
        /// Whether a new match on this device restarts `release_after`.
        restart_on_match: bool,
        /// What may end it before that.
        release_when: Vec<ReleaseWhen>,
    },
    /// End the isolations that quell began on this device.
    ReleaseIsolation {
        /// The comment after fill-in, sanitised, for Defender.
        comment: String,
    },
    /// Do something once.
    Task(PlannedTask),
}

/// A task of a playbook's `then`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTask {
    /// What.
    pub task: Task,
    /// The comment after fill-in, sanitised, for Defender.
    pub comment: String,
}

impl PlannedAction {
    /// The name in playbooks and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RestrictAppExecution { .. } => "restrict_app_execution",
            Self::ReleaseAppRestriction { .. } => "release_app_restriction",
            Self::IsolateDevice { .. } => "isolate_device",
            Self::ReleaseIsolation { .. } => "release_isolation",
            Self::Task(planned) => planned.task.name(),
        }
    }

    /// The measure that it begins, if it begins one: it takes something from whoever works on the device.
    pub fn begins(&self) -> Option<Measure> {
        match self {
            Self::RestrictAppExecution { .. } => Some(Measure::Restriction),
            Self::IsolateDevice { .. } => Some(Measure::Isolation),
            Self::ReleaseAppRestriction { .. } | Self::ReleaseIsolation { .. } | Self::Task(_) => None,
        }
    }

    /// The measure that it releases, if it releases one.
    pub fn releases(&self) -> Option<Measure> {
        match self {
            Self::ReleaseAppRestriction { .. } => Some(Measure::Restriction),
            Self::ReleaseIsolation { .. } => Some(Measure::Isolation),
            Self::RestrictAppExecution { .. } | Self::IsolateDevice { .. } | Self::Task(_) => None,
        }
    }

    /// How much it cuts off, if it isolates.
    pub fn isolation(&self) -> Option<Isolation> {
        match self {
            Self::IsolateDevice { isolation, .. } => Some(*isolation),
            _ => None,
        }
    }

    /// When what it begins ends by itself; the outer `None`: it begins nothing.
    pub fn release_after(&self) -> Option<Option<Duration>> {
        match self {
            Self::RestrictAppExecution { release_after, .. } | Self::IsolateDevice { release_after, .. } => {
                Some(*release_after)
            }
            Self::ReleaseAppRestriction { .. } | Self::ReleaseIsolation { .. } | Self::Task(_) => None,
        }
    }

    /// The task, if it is one.
    pub fn task(&self) -> Option<&PlannedTask> {
        match self {
            Self::Task(planned) => Some(planned),
            _ => None,
        }
    }

    /// Its comment.
    pub fn comment_mut(&mut self) -> &mut String {
        match self {
            Self::RestrictAppExecution { comment, .. }
            | Self::ReleaseAppRestriction { comment }
            | Self::IsolateDevice { comment, .. }
            | Self::ReleaseIsolation { comment } => comment,
            Self::Task(planned) => &mut planned.comment,
        }
    }
}

/// What may end a containment before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseWhen {
    /// Every alert behind it is resolved.
    AlertResolved,
    /// An antivirus scan of ours that began after it became active ended without a word of something new.
    ScanClean,
}

impl ReleaseWhen {
    /// The name in playbooks and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlertResolved => "alert_resolved",
            Self::ScanClean => "scan_clean",
        }
    }
}

/// Who may answer, how many, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AskTerms {
    /// Groups or people.
    pub from: Vec<String>,
    /// How many of them.
    pub approvals: u32,
    /// The time to answer.
    #[schema(value_type = Object, example = json!({"secs": 900, "nanos": 0}))]
    pub within: Duration,
    /// Nobody answered: act (only for asks raised by the playbook's own `ask:`), else skip.
    pub otherwise_act: bool,
}

/// At most so many distinct devices in a sliding window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Distinct devices whose containment became active in the window.
    pub most: Most,
    /// The window.
    pub per: Duration,
    /// At the limit: ask (true) or skip (false).
    pub otherwise_ask: bool,
}

/// How many devices a limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Most {
    /// So many.
    Devices(u32),
    /// So much of the fleet.
    PercentOfFleet(Percent),
}

impl Most {
    /// Whether so many devices are within it. `None`: the fleet's size is not known, so nobody can tell.
    pub fn allows(self, devices: usize, fleet: Option<u64>) -> Option<bool> {
        let devices = u64::try_from(devices).unwrap_or(u64::MAX);
        match self {
            Self::Devices(most) => Some(devices <= u64::from(most)),
            Self::PercentOfFleet(percent) => fleet.map(|fleet| {
                let (devices, fleet) = (u128::from(devices), u128::from(fleet));
                devices * u128::from(Percent::WHOLE) <= fleet * u128::from(percent.hundredths())
            }),
        }
    }
}

/// A percentage above 0 and up to 100, exact to a hundredth of one percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent(u32);

impl Percent {
    /// 100 percent, in hundredths of one percent.
    pub const WHOLE: u32 = 10_000;

    /// The percentage; `None` when it is not above 0, is over 100, or has more than two decimals.
    pub fn new(percent: f64) -> Option<Self> {
        let hundredths = percent * 100.0;
        (1..=Self::WHOLE)
            .contains(&(hundredths.round() as u32))
            .then_some(hundredths.round())
            .filter(|rounded| (rounded - hundredths).abs() < 1e-6)
            .map(|rounded| Self(rounded as u32))
    }

    /// In hundredths of one percent.
    pub fn hundredths(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} %", f64::from(self.0) / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_above_nothing_and_exact_to_a_hundredth() {
        for (written, hundredths) in [
            (2.0, Some(200)),
            (0.5, Some(50)),
            (0.01, Some(1)),
            (100.0, Some(10_000)),
        ] {
            assert_eq!(
                Percent::new(written).map(Percent::hundredths),
                hundredths,
                "{written}"
            );
        }
        for wrong in [0.0, -1.0, 100.01, 0.001, 2.005, f64::NAN, f64::INFINITY] {
            assert_eq!(Percent::new(wrong), None, "{wrong}");
        }
        assert_eq!(
            Percent::new(0.5).map(|half| half.to_string()).as_deref(),
            Some("0.5 %")
        );
    }

    #[test]
    fn a_part_of_the_fleet_allows_whole_devices_only_and_nothing_is_known_of_an_unknown_fleet() {
        let two = Most::PercentOfFleet(Percent::new(2.0).expect("a percentage"));
        for (devices, fleet, allowed) in [
            (20, Some(1_000), Some(true)),
            (21, Some(1_000), Some(false)),
            (1, Some(49), Some(false)),
            (1, Some(50), Some(true)),
            (1, Some(0), Some(false)),
            (1, None, None),
        ] {
            assert_eq!(two.allows(devices, fleet), allowed, "{devices} of {fleet:?}");
        }
        assert_eq!(Most::Devices(3).allows(3, None), Some(true));
        assert_eq!(Most::Devices(3).allows(4, None), Some(false));
    }
}
