//! Tasks: machine actions that are done once and leave nothing to undo: an antivirus scan, a package of evidence collected, a file
//! stopped and quarantined. Pure.
//!
//! A task has no desired state. It is wished by a decision, becomes one action, and that action is followed to its end. What is
//! under way for the same device and subject satisfies a further wish that it covers ([`Task::covers`]), so that two alerts on
//! one device do not make two scans. Called by `playbook`, which reads tasks, and by `store`, which queues them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::kind::ActionKind;

/// What is done once on a device.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// `runAntiVirusScan` (facts sheet 3).
    Scan {
        /// How far it looks.
        #[serde(rename = "type")]
        scan: ScanType,
    },
    /// `collectInvestigationPackage` (facts sheet 3).
    CollectPackage,
    /// `StopAndQuarantineFile` (facts sheet 3).
    QuarantineFile {
        /// Which file.
        sha1: Sha1,
    },
}

impl Task {
    /// The name in playbooks.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scan { .. } => "scan",
            Self::CollectPackage => "collect_package",
            Self::QuarantineFile { .. } => "quarantine_file",
        }
    }

    /// The kind of its actions.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Scan { .. } => ActionKind::Scan,
            Self::CollectPackage => ActionKind::CollectPackage,
            Self::QuarantineFile { .. } => ActionKind::QuarantineFile,
        }
    }

    /// What its call says beside the comment.
    pub fn argument(&self) -> Option<String> {
        match self {
            Self::Scan { scan } => Some(scan.as_str().to_owned()),
            Self::CollectPackage => None,
            Self::QuarantineFile { sha1 } => Some(sha1.to_string()),
        }
    }

    /// What of the device it is about: one of a kind is open at a time, and one queued behind it.
    pub fn subject(&self) -> String {
        match self {
            Self::Scan { .. } => "scan".to_owned(),
            Self::CollectPackage => "package".to_owned(),
            Self::QuarantineFile { sha1 } => format!("file:{sha1}"),
        }
    }

    /// The scan type, of a scan.
    pub fn scan_type(&self) -> Option<ScanType> {
        match self {
            Self::Scan { scan } => Some(*scan),
            Self::CollectPackage | Self::QuarantineFile { .. } => None,
        }
    }

    /// The task that an action of that subject does; `None`: none of ours. A scan whose type nobody wrote down may be a quick one.
    pub fn of(subject: &str, argument: Option<&str>) -> Option<Self> {
        match subject.split_once(':') {
            Some(("file", sha1)) => Sha1::parse(sha1).map(|sha1| Self::QuarantineFile { sha1 }),
            None if subject == "scan" => Some(Self::Scan {
                scan: argument.and_then(ScanType::parse).unwrap_or_default(),
            }),
            None if subject == "package" => Some(Self::CollectPackage),
            _ => None,
        }
    }

    /// Whether whoever wants `wanted` needs nothing more once this is done.
    pub fn covers(&self, wanted: &Self) -> bool {
        self.subject() == wanted.subject() && self.scan_type() >= wanted.scan_type()
    }

    /// The task in words: `a full antivirus scan`.
    pub fn says(&self) -> String {
        match self {
            Self::Scan { scan } => format!("a {} antivirus scan", scan.as_str()),
            Self::CollectPackage => "an investigation package".to_owned(),
            Self::QuarantineFile { sha1 } => format!("the quarantine of file {sha1}"),
        }
    }
}

/// How far a scan looks. Ordered: a full one covers a quick one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanType {
    /// Where malware usually starts.
    #[default]
    Quick,
    /// All files: hours.
    Full,
}

impl ScanType {
    /// All.
    pub const ALL: [Self; 2] = [Self::Quick, Self::Full];

    /// The name in playbooks and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }

    /// The type with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scan| scan.as_str() == name)
    }
}

/// The SHA-1 of a file, as 40 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha1(String);

impl Sha1 {
    /// Reads 40 hex digits of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        sound.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Sha1 {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not 40 hex digits")
    }
}

impl From<Sha1> for String {
    fn from(sha1: Sha1) -> Self {
        sha1.0
    }
}

/// What is under way for a device and subject when a task is wished there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnderWay {
    /// The task of the action that is open at Defender.
    pub open: Option<Task>,
    /// The task of the queued action, which was not sent yet.
    pub queued: Option<Task>,
}

/// What a wish leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wished {
    /// An action is queued for it.
    Queue,
    /// The open action does it.
    SatisfiedByOpen,
    /// The queued action does it.
    SatisfiedByQueued,
    /// The queued action does less, and was not sent: it is made to do this instead, which covers it.
    Widen,
}

/// Says what a wish leads to: never a second action where one that covers it is under way, and never a second queued one.
pub fn wished(wanted: &Task, under_way: &UnderWay) -> Wished {
    let does = |task: &Option<Task>| task.as_ref().is_some_and(|task| task.covers(wanted));
    match &under_way.queued {
        _ if does(&under_way.open) => Wished::SatisfiedByOpen,
        queued if does(queued) => Wished::SatisfiedByQueued,
        Some(_) => Wished::Widen,
        None => Wished::Queue,
    }
}

/// At most so many tasks in a sliding window, over all devices and playbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLimit {
    /// So many.
    pub most: u32,
    /// The window.
    pub per: std::time::Duration,
}

impl Default for TaskLimit {
    fn default() -> Self {
        Self {
            most: 60,
            per: std::time::Duration::from_secs(3_600),
        }
    }
}

impl TaskLimit {
    /// Whether one more may be queued after so many in the window.
    pub fn allows(self, queued: u64) -> bool {
        queued < u64::from(self.most)
    }
}

#[cfg(test)]
#[path = "task_tests.rs"]
mod tests;
