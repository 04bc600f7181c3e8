//! From a parsed file to a [`Playbook`], a value that cannot be wrong. Every error of a file is reported, none stops the
//! reading of the rest.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::action::{Action, read_then};
use super::line::{Line, read_lines};
use super::terms::{Ask, Notify, choice, read_ask, read_canary, read_limits, read_notify, short_text};
use crate::domain::canary::Canary;
use crate::domain::verdict::{Lane, Limit, Mode};
use crate::yaml::{Code, Diagnostics, Document, Map, Severity};

const KEYS: [&str; 15] = [
    "id",
    "title",
    "owner",
    "mode",
    "priority",
    "when",
    "match_all",
    "unless",
    "if_unknown",
    "ask",
    "then",
    "limits",
    "notify",
    "canary",
    "freshness",
];

/// A compiled playbook.
#[derive(Clone, Debug)]
pub struct Playbook {
    /// Its id, which is its file's name.
    pub id: String,
    /// What it is for, in one line.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// Whether it acts.
    pub mode: Mode,
    /// The lane of its calls, from `priority`.
    pub lane: Lane,
    /// The hash of its canonical content, in hex.
    pub revision: String,
    /// The file's name as it was given.
    pub file: String,
    /// The file's text.
    pub text: String,
    /// The lines that must all hold; empty only with `match_all: true`.
    pub when: Vec<Line>,
    /// The lines of which none may hold.
    pub unless: Vec<Line>,
    /// What to do when a fact that decides is unknown.
    pub if_unknown: IfUnknown,
    /// The question that comes first.
    pub ask: Option<Ask>,
    /// What follows.
    pub then: Vec<Action>,
    /// How many devices in which window.
    pub limits: Vec<Limit>,
    /// Who is told of what.
    pub notify: Vec<Notify>,
    /// The part of the fleet in which it enforces; `None`: everywhere.
    pub canary: Option<Canary>,
}

impl Playbook {
    /// The first 12 digits of the revision, for people.
    pub fn short_revision(&self) -> &str {
        self.revision.get(..12).unwrap_or(&self.revision)
    }

    /// Whether it restricts devices.
    pub fn restricts(&self) -> bool {
        self.then.iter().any(Action::restricts)
    }
}

/// What to do when a fact that decides is unknown. There is no `act`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IfUnknown {
    /// Ask a person.
    #[default]
    Ask,
    /// Do nothing.
    Skip,
}

/// The errors that leave nothing to work with.
fn wrong(found: &Diagnostics) -> usize {
    let all = found.iter();
    all.filter(|one| one.severity == Severity::Error && one.code != Code::HIDDEN)
        .count()
}

/// Compiles one file; `None` when something was reported as an error. What nobody sees is one too, and leaves a playbook all the same:
/// a text that is kept means what it meant.
pub(super) fn compile(document: &Document, found: &mut Diagnostics) -> Option<Playbook> {
    let errors_before = wrong(found);
    let map = document.root().map(found)?;
    map.only(&KEYS, found);
    refuse_unsupported(&map, found);
    let id = read_id(&map, document.file(), found);
    let title = map
        .required("title", found)
        .and_then(|node| short_text(&node, found));
    let owner = map
        .required("owner", found)
        .and_then(|node| short_text(&node, found));
    let mode = choice(&map, "mode", &["off", "observe", "enforce"], found).and_then(Mode::parse);
    let lane = choice(&map, "priority", &["critical", "high", "normal", "low"], found).and_then(Lane::parse);
    let when = read_when(&map, found);
    let unless = map
        .get("unless")
        .map(|node| read_lines(&node, found))
        .unwrap_or_default();
    let if_unknown = match choice(&map, "if_unknown", &["ask", "skip"], found) {
        Some("skip") => IfUnknown::Skip,
        _ => IfUnknown::Ask,
    };
    let ask = map.get("ask").and_then(|node| read_ask(&node, found));
    let then = map
        .required("then", found)
        .map(|node| read_then(&node, found))
        .unwrap_or_default();
    refuse_idle_ask(&map, &then, found);
    let limits = map
        .get("limits")
        .map(|node| read_limits(&node, found))
        .unwrap_or_default();
    let notify = map
        .get("notify")
        .map(|node| read_notify(&node, found))
        .unwrap_or_default();
    let canary = map.get("canary").and_then(|node| read_canary(&node, found));
    if wrong(found) > errors_before {
        return None;
    }
    Some(Playbook {
        id: id?,
        title: title?,
        owner: owner?,
        mode: mode.unwrap_or_default(),
        lane: lane.unwrap_or_default(),
        revision: sha256_hex(document.canonical().as_bytes()),
        file: document.file().to_owned(),
        text: document.text().to_owned(),
        when,
        unless,
        if_unknown,
        ask,
        then,
        limits,
        notify,
        canary,
    })
}

/// The digest in hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let digest = Sha256::digest(bytes);
    let digits = digest
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

fn refuse_unsupported(map: &Map<'_>, found: &mut Diagnostics) {
    for key in map.keys().filter(|key| key.text == "freshness") {
        let message = "`freshness` is not set in a playbook";
        let help = "it is one setting of the configuration; test `alert.age` for a playbook of its own mind";
        found.push(key.diagnostic(Code::UNSUPPORTED, message).help(help));
    }
}

/// A question is about a containment: tasks alone begin none that could wait for an answer.
fn refuse_idle_ask(map: &Map<'_>, then: &[Action], found: &mut Diagnostics) {
    let is_tasks_alone = !then.is_empty() && then.iter().all(|action| action.task().is_some());
    let key = map.keys().find(|key| key.text == "ask");
    if let Some(key) = key.filter(|_| is_tasks_alone) {
        let message = "a playbook of tasks alone has nothing that a person could be asked about first";
        let help = "take `ask` away, or put the tasks beside a restriction: they wait with it";
        found.push(key.diagnostic(Code::TASK_ASK, message).help(help));
    }
}

fn read_id(map: &Map<'_>, file: &str, found: &mut Diagnostics) -> Option<String> {
    let node = map.required("id", found)?;
    let id = node.str(found)?;
    let mut bytes = id.bytes();
    let lower_or_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let sound = id.len() <= 63
        && bytes.next().is_some_and(lower_or_digit)
        && bytes.all(|byte| lower_or_digit(byte) || byte == b'-');
    if !sound {
        let message =
            "an id has 1 to 63 lower-case letters, digits and `-`, and begins with a letter or digit";
        found.push(node.diagnostic(Code::BAD_ID, message));
        return None;
    }
    let stem = stem(file);
    if id != stem {
        let message = format!("the id is `{id}`, and the file is named `{stem}`");
        found.push(
            node.diagnostic(Code::BAD_ID, message)
                .help("a playbook's id is its file's name without the ending"),
        );
        return None;
    }
    Some(id.to_owned())
}

/// The file's name without folders and without `.yaml` or `.yml`.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"))
        .unwrap_or(name)
}

fn read_when(map: &Map<'_>, found: &mut Diagnostics) -> Vec<Line> {
    let match_all = map
        .get("match_all")
        .and_then(|node| node.bool(found).map(|value| (value, node)));
    let lines_node = map.get("when");
    let empty = lines_node.as_ref().is_none_or(|node| {
        node.is_null()
            || node
                .map(&mut Diagnostics::default())
                .is_some_and(|map| map.is_empty())
    });
    match (match_all, empty) {
        (Some((true, node)), false) => {
            let message = "`match_all: true` says that every event matches, and `when` has lines";
            found.push(node.diagnostic(Code::MATCH_ALL, message).help("keep one of them"));
        }
        (Some((true, _)), true) => return Vec::new(),
        (_, true) => {
            let place = lines_node.as_ref().map_or(map.node(), |node| node);
            let diagnostic = match lines_node {
                Some(_) => place.diagnostic(Code::EMPTY_WHEN, "`when` is empty"),
                None => map.place().diagnostic(Code::EMPTY_WHEN, "`when` is missing"),
            };
            found.push(
                diagnostic.help("write at least one line, or `match_all: true` when every event shall match"),
            );
            return Vec::new();
        }
        _ => {}
    }
    lines_node
        .map(|node| read_lines(&node, found))
        .unwrap_or_default()
}
