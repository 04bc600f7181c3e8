//! The actions of `then`: read and checked when a playbook is loaded, planned with their texts filled in when it matches.

mod task;

use std::time::Duration;

use self::task::{TASKS, read_task, refuse_repeated};
use super::subject::Subject;
use super::text::Text;
use crate::domain::measure::{Isolation, Measure};
use crate::domain::task::Task;
use crate::domain::verdict::{PlannedAction, PlannedTask, ReleaseWhen};
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Map, Node, suggest};

/// The actions there are.
pub const ACTIONS: [&str; 7] = [
    "restrict_app_execution",
    "release_app_restriction",
    "isolate_device",
    "release_isolation",
    TASKS[0],
    TASKS[1],
    TASKS[2],
];

/// One action as the playbook demands it.
#[derive(Clone, Debug)]
pub enum Action {
    /// Begin a containment: of a restriction, or of an isolation.
    Begin {
        /// What it holds.
        measure: Measure,
        /// How much an isolation cuts off.
        isolation: Isolation,
        /// The comment for Defender.
        comment: Text,
        /// When it ends by itself; `None` for never.
        release_after: Option<Duration>,
        /// Whether a new match restarts `release_after`.
        restart_on_match: bool,
        /// What may end it before that.
        release_when: Vec<ReleaseWhen>,
    },
    /// End the containments of a measure that quell began.
    Release {
        /// Which.
        measure: Measure,
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
            Self::Begin {
                measure,
                isolation,
                comment,
                release_after,
                restart_on_match,
                release_when,
            } => {
                let (comment, release_when) = (comment.fill(subject), release_when.clone());
                let (release_after, restart_on_match) = (*release_after, *restart_on_match);
                match measure {
                    Measure::Restriction => PlannedAction::RestrictAppExecution {
                        comment,
                        release_after,
                        restart_on_match,
                        release_when,
                    },
                    Measure::Isolation => PlannedAction::IsolateDevice {
                        comment,
                        isolation: *isolation,
                        release_after,
                        restart_on_match,
                        release_when,
                    },
                }
            }
            Self::Release { measure, comment } => {
                let comment = comment.fill(subject);
                match measure {
                    Measure::Restriction => PlannedAction::ReleaseAppRestriction { comment },
                    Measure::Isolation => PlannedAction::ReleaseIsolation { comment },
                }
            }
            Self::Task { comment, task } => PlannedAction::Task(PlannedTask {
                task: task.clone(),
                comment: comment.fill(subject),
            }),
        }
    }

    /// Divides its span, for an installation whose time runs faster.
    pub(super) fn shorten(&mut self, time_scale: u32) {
        if let Self::Begin {
            release_after: Some(after),
            ..
        } = self
        {
            *after /= time_scale;
        }
    }

    /// Whether it may end before its time, when every alert behind it is resolved.
    pub fn ends_when_resolved(&self) -> bool {
        matches!(self, Self::Begin { release_when, .. } if release_when.contains(&ReleaseWhen::AlertResolved))
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
        matches!(self, Self::Begin { release_when, .. } if release_when.contains(&ReleaseWhen::ScanClean))
    }

    /// Whether it takes something away from the device's user.
    pub fn restricts(&self) -> bool {
        matches!(self, Self::Begin { .. })
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
    let mut names = Vec::new();
    for item in &items {
        let action = read_action(item, found);
        let named = name_of(item).filter(|name| !TASKS.contains(name) && names.contains(name));
        let contradicts = |action: &Action| {
            action.task().is_none()
                && actions
                    .iter()
                    .any(|one: &Action| one.task().is_none() && one.restricts() != action.restricts())
        };
        if let Some(name) = named {
            let message = format!("`then` names `{name}` twice");
            let help = "write each action once; a playbook of its own may have other terms";
            found.push(item.diagnostic(Code::REPEATED_ACTION, message).help(help));
        } else if action.as_ref().is_some_and(contradicts) {
            let message = "`then` both begins and releases";
            let help = "write a playbook of its own for the other";
            found.push(item.diagnostic(Code::REPEATED_ACTION, message).help(help));
        }
        names.extend(name_of(item));
        if let Some(action) = action {
            actions.push(action);
            refuse_repeated(&actions, item, found);
        }
    }
    actions
}

/// The action that an entry names, where it names one that there is, be it as a bare word.
fn name_of(item: &Node<'_>) -> Option<&'static str> {
    let named = |key: &str| ACTIONS.into_iter().find(|name| *name == key);
    if let Some(name) = item.as_str() {
        return named(name);
    }
    let map = item.map(&mut Diagnostics::default())?;
    named(map.entries().next()?.0.text)
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
        name @ ("restrict_app_execution" | "isolate_device") => {
            let body = body.map(found)?;
            let measure = match name {
                "isolate_device" => Measure::Isolation,
                _ => Measure::Restriction,
            };
            let isolation = match measure {
                Measure::Restriction => {
                    body.only(&["comment", "release"], found);
                    Some(Isolation::default())
                }
                Measure::Isolation => {
                    body.only(&["comment", "type", "release"], found);
                    read_isolation(&body, found)
                }
            };
            let comment = body
                .required("comment", found)
                .and_then(|node| Text::read(&node, found));
            let terms = read_release(&body, found);
            let release_when = read_release_when(&body, found);
            let (release_after, restart_on_match) = terms?;
            Some(Action::Begin {
                measure,
                isolation: isolation?,
                comment: comment?,
                release_after,
                restart_on_match,
                release_when,
            })
        }
        name @ ("release_app_restriction" | "release_isolation") => {
            let body = body.map(found)?;
            body.only(&["comment"], found);
            let comment = body
                .required("comment", found)
                .and_then(|node| Text::read(&node, found))?;
            let measure = match name {
                "release_isolation" => Measure::Isolation,
                _ => Measure::Restriction,
            };
            Some(Action::Release { measure, comment })
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

/// How much an isolation cuts off: all of it, where nothing is said.
fn read_isolation(body: &Map<'_>, found: &mut Diagnostics) -> Option<Isolation> {
    let Some(node) = body.get("type") else {
        return Some(Isolation::default());
    };
    let names = Isolation::ALL.map(Isolation::as_str);
    Isolation::parse(node.choice(&names, found)?)
}

/// The latest end, and whether a new match restarts it.
fn read_release(body: &Map<'_>, found: &mut Diagnostics) -> Option<(Option<Duration>, bool)> {
    let help =
        "write `release: {after: 4h}`, or `release: {never: true}` when it must stay until a person ends it";
    let Some(node) = body.get("release") else {
        let message = format!("`{}` does not say when it ends", body.node().path());
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
            let message = "`never: false` does not say when it ends";
            found.push(never.diagnostic(Code::RELEASE_TERMS, message).help(help));
            None
        }
        (None, None) => {
            // A `never` that is no boolean was reported already.
            if release.get("never").is_none() {
                let message = format!("`{}` does not say when it ends", node.path());
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
