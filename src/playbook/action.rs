//! The actions of `then`: read and checked when a playbook is loaded, planned with their texts filled in when it matches.

mod task;

use std::time::Duration;

use self::task::{TASKS, read_task, refuse_repeated};
use super::subject::Subject;
use super::text::Text;
use crate::domain::task::Task;
use crate::domain::verdict::{PlannedAction, PlannedTask, ReleaseWhen};
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Map, Node, suggest};

/// The actions there are.
pub const ACTIONS: [&str; 5] = [
    "restrict_app_execution",
    "release_app_restriction",
    TASKS[0],
    TASKS[1],
    TASKS[2],
];

/// One action as the playbook demands it.
#[derive(Clone, Debug)]
pub enum Action {
    /// Begin a containment.
    Restrict {
        /// The comment for Defender.
        comment: Text,
        /// When it ends by itself; `None` for never.
        release_after: Option<Duration>,
        /// Whether a new match restarts `release_after`.
        restart_on_match: bool,
        /// What may end it before that.
        release_when: Vec<ReleaseWhen>,
    },
    /// End the containments that quell began.
    Release {
        /// The comment for Defender.
        comment: Text,
    },
    /// Do something once.
    Task {
        /// The comment for Defender.
        comment: Text,
        /// What.
        task: Task,
    },
}

impl Action {
    /// The action for one event and device.
    pub fn plan(&self, subject: &Subject<'_>) -> PlannedAction {
        match self {
            Self::Restrict {
                comment,
                release_after,
                restart_on_match,
                release_when,
            } => PlannedAction::RestrictAppExecution {
                comment: comment.fill(subject),
                release_after: *release_after,
                restart_on_match: *restart_on_match,
                release_when: release_when.clone(),
            },
            Self::Release { comment } => PlannedAction::ReleaseAppRestriction {
                comment: comment.fill(subject),
            },
            Self::Task { comment, task } => PlannedAction::Task(PlannedTask {
                task: task.clone(),
                comment: comment.fill(subject),
            }),
        }
    }

    /// Divides its span, for an installation whose time runs faster.
    pub(super) fn shorten(&mut self, time_scale: u32) {
        if let Self::Restrict {
            release_after: Some(after),
            ..
        } = self
        {
            *after /= time_scale;
        }
    }

    /// Whether it may end before its time, when every alert behind it is resolved.
    pub fn ends_when_resolved(&self) -> bool {
        matches!(self, Self::Restrict { release_when, .. } if release_when.contains(&ReleaseWhen::AlertResolved))
    }

    /// What it does once, if it is a task.
    pub fn task(&self) -> Option<&Task> {
        match self {
            Self::Task { task, .. } => Some(task),
            _ => None,
        }
    }

    /// Whether a clean scan may end it before its time.
    pub fn ends_when_clean(&self) -> bool {
        matches!(self, Self::Restrict { release_when, .. } if release_when.contains(&ReleaseWhen::ScanClean))
    }

    /// Whether it takes something away from the device's user.
    pub fn restricts(&self) -> bool {
        matches!(self, Self::Restrict { .. })
    }
}

/// Reads `then`, reporting everything that is wrong.
pub fn read_then(node: &Node<'_>, found: &mut Diagnostics) -> Vec<Action> {
    let Some(items) = node.seq(found) else {
        return Vec::new();
    };
    if items.is_empty() {
        let help = format!("actions: {}", suggest::list(&ACTIONS));
        found.push(
            node.diagnostic(Code::NO_ACTION, "`then` names no action")
                .help(help),
        );
    }
    let mut actions = Vec::new();
    let mut is_said = false;
    for item in &items {
        if !is_task(item) && std::mem::replace(&mut is_said, true) {
            let message = "`then` takes a restriction or a release, once; tasks may stand beside it";
            let help = "write a playbook of its own for the other";
            found.push(item.diagnostic(Code::REPEATED_ACTION, message).help(help));
        }
        if let Some(action) = read_action(item, found) {
            actions.push(action);
            refuse_repeated(&actions, item, found);
        }
    }
    actions
}

/// Whether an entry names a task, so that it may stand beside others.
fn is_task(item: &Node<'_>) -> bool {
    let is_one = |name: &str| TASKS.contains(&name);
    if let Some(name) = item.as_str() {
        return is_one(name);
    }
    let map = item.map(&mut Diagnostics::default());
    map.is_some_and(|map| map.keys().any(|key| is_one(key.text)))
}

fn read_action(item: &Node<'_>, found: &mut Diagnostics) -> Option<Action> {
    if let Some(name) = item.as_str() {
        let message = format!(
            "`{}` is the bare word {}, and an action needs its details",
            item.path(),
            quoted(name)
        );
        let help = format!("write `{name}:` and below it `comment:`");
        found.push(item.diagnostic(Code::ONE_ACTION, message).help(help));
        return None;
    }
    let map = item.map(found)?;
    let mut entries = map.entries();
    let (Some((key, body)), None) = (entries.next(), entries.next()) else {
        let message = format!(
            "`{}` names {} actions, and an entry names one",
            item.path(),
            map.entries().count()
        );
        let help = "begin each action with `- `, and indent its details below it";
        found.push(item.diagnostic(Code::ONE_ACTION, message).help(help));
        return None;
    };
    match key.text {
        "restrict_app_execution" => {
            let body = body.map(found)?;
            body.only(&["comment", "release"], found);
            let comment = body
                .required("comment", found)
                .and_then(|node| Text::read(&node, found));
            let terms = read_release(&body, found);
            let release_when = read_release_when(&body, found);
            let (release_after, restart_on_match) = terms?;
            Some(Action::Restrict {
                comment: comment?,
                release_after,
                restart_on_match,
                release_when,
            })
        }
        "release_app_restriction" => {
            let body = body.map(found)?;
            body.only(&["comment"], found);
            let comment = body
                .required("comment", found)
                .and_then(|node| Text::read(&node, found))?;
            Some(Action::Release { comment })
        }
        name if TASKS.contains(&name) => read_task(name, &body, found),
        other => {
            let message = format!("there is no action {}", quoted(other));
            found.push(
                key.diagnostic(Code::UNKNOWN_ACTION, message)
                    .help(suggest::help(other, &ACTIONS)),
            );
            None
        }
    }
}

/// The latest end, and whether a new match restarts it.
fn read_release(body: &Map<'_>, found: &mut Diagnostics) -> Option<(Option<Duration>, bool)> {
    let help =
        "write `release: {after: 4h}`, or `release: {never: true}` when it must stay until a person ends it";
    let Some(node) = body.get("release") else {
        let message = format!("`{}` does not say when the restriction ends", body.node().path());
        found.push(body.place().diagnostic(Code::RELEASE_TERMS, message).help(help));
        return None;
    };
    let release = node.map(found)?;
    release.only(&["after", "never", "restart_on", "when"], found);
    let restart = release
        .get("restart_on")
        .map(|node| (node.choice(&["match"], found).is_some(), node));
    let after = release.get("after");
    let never = release
        .get("never")
        .and_then(|node| node.bool(found).map(|value| (value, node)));
    match (after, never) {
        (Some(after), None) => {
            let duration = after.duration(found)?;
            if duration < Duration::from_secs(60) {
                let message = format!("`{}` is shorter than a minute", after.path());
                found.push(after.diagnostic(Code::OUT_OF_RANGE, message));
                return None;
            }
            Some((Some(duration), restart.is_some_and(|(on_match, _)| on_match)))
        }
        (None, Some((true, _))) => {
            if let Some((_, restart)) = restart {
                let message = "`restart_on` restarts `after`, and there is none beside `never: true`";
                found.push(restart.diagnostic(Code::RELEASE_TERMS, message));
                return None;
            }
            Some((None, false))
        }
        (Some(_), Some((_, never))) => {
            let message = "`after` and `never` exclude each other";
            found.push(
                never
                    .diagnostic(Code::RELEASE_TERMS, message)
                    .help("keep one of them"),
            );
            None
        }
        (None, Some((false, never))) => {
            let message = "`never: false` does not say when the restriction ends";
            found.push(never.diagnostic(Code::RELEASE_TERMS, message).help(help));
            None
        }
        (None, None) => {
            // A `never` that is no boolean was reported already.
            if release.get("never").is_none() {
                let message = format!("`{}` does not say when the restriction ends", node.path());
                found.push(
                    release
                        .place()
                        .diagnostic(Code::RELEASE_TERMS, message)
                        .help(help),
                );
            }
            None
        }
    }
}

/// What may end the restriction before its latest end: a word, or a list of them.
fn read_release_when(body: &Map<'_>, found: &mut Diagnostics) -> Vec<ReleaseWhen> {
    let mut quiet = Diagnostics::default();
    let release = body.get("release").and_then(|node| node.map(&mut quiet));
    let Some(node) = release.as_ref().and_then(|release| release.get("when")) else {
        return Vec::new();
    };
    let words = match node.is_seq() {
        true => node.seq(found).unwrap_or_default(),
        false => vec![node.clone()],
    };
    if words.is_empty() {
        let message = format!("`{}` names nothing", node.path());
        found.push(
            node.diagnostic(Code::EMPTY_LIST, message)
                .help("write `when: alert_resolved`, or take it away"),
        );
    }
    let mut when = Vec::new();
    for word in words {
        match word.choice(&["alert_resolved", "scan_clean"], found) {
            Some("alert_resolved") if !when.contains(&ReleaseWhen::AlertResolved) => {
                when.push(ReleaseWhen::AlertResolved);
            }
            Some("scan_clean") if !when.contains(&ReleaseWhen::ScanClean) => {
                when.push(ReleaseWhen::ScanClean);
            }
            _ => {}
        }
    }
    when
}
