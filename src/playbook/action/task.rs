//! The tasks of `then`: what is done once, beside a restriction or alone. Read and checked when a playbook is loaded; called by
//! `action`.

use super::Action;
use crate::domain::task::{ScanType, Sha1, Task};
use crate::playbook::text::Text;
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Map, Node};

/// The tasks there are.
pub(super) const TASKS: [&str; 3] = ["scan", "collect_package", "quarantine_file"];

/// The task of that name with its details below it; `None` when something was reported, or it is no task's name.
pub(super) fn read_task(name: &str, body: &Node<'_>, found: &mut Diagnostics) -> Option<Action> {
    let body = body.map(found)?;
    let keys: &[&str] = match name {
        "scan" => &["comment", "type"],
        "quarantine_file" => &["comment", "sha1"],
        _ => &["comment"],
    };
    body.only(keys, found);
    let comment = body
        .required("comment", found)
        .and_then(|node| Text::read(&node, found));
    let task = match name {
        "scan" => read_scan(&body, found),
        "collect_package" => Some(Task::CollectPackage),
        "quarantine_file" => read_file(&body, found),
        _ => None,
    };
    Some(Action::Task {
        comment: comment?,
        task: task?,
    })
}

fn read_scan(body: &Map<'_>, found: &mut Diagnostics) -> Option<Task> {
    let scan = match body.get("type") {
        Some(node) => ScanType::parse(node.choice(&["quick", "full"], found)?)?,
        None => ScanType::default(),
    };
    Some(Task::Scan { scan })
}

fn read_file(body: &Map<'_>, found: &mut Diagnostics) -> Option<Task> {
    let node = body.required("sha1", found)?;
    let Some(written) = node.as_str() else {
        let message = format!("`{}` is not text", node.path());
        let help =
            "put the 40 hex digits of the file's SHA-1 in quotes, so that they are not read as a number";
        found.push(node.diagnostic(Code::FILE_HASH, message).help(help));
        return None;
    };
    let Some(sha1) = Sha1::parse(written) else {
        let message = format!("{} is not the SHA-1 of a file", quoted(written));
        let help = "a SHA-1 has 40 hex digits; a SHA-256, of 64, does not name a file to Defender here";
        found.push(node.diagnostic(Code::FILE_HASH, message).help(help));
        return None;
    };
    Some(Task::QuarantineFile { sha1 })
}

/// Reports tasks of which the first would do all that the second does.
pub(super) fn refuse_repeated(actions: &[Action], item: &Node<'_>, found: &mut Diagnostics) {
    let Some((last, before)) = actions.split_last() else {
        return;
    };
    let Some(task) = last.task() else { return };
    let is_repeated = |action: &Action| {
        action
            .task()
            .is_some_and(|other| other.subject() == task.subject())
    };
    if before.iter().any(is_repeated) {
        let message = format!("`{}` asks for {} a second time", item.path(), task.name());
        let help = "one is enough: it is done once for each match";
        found.push(item.diagnostic(Code::REPEATED_TASK, message).help(help));
    }
}
