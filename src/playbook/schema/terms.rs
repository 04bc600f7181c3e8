//! The keys of a playbook around its lines: what each is for, what it may hold, and what holds without it.

use std::time::Duration;

use serde_json::{Value, json};

use super::lines::lines_of;
use super::{ID_PATTERN, filled_text};
use crate::playbook::action::ACTIONS;
use crate::playbook::terms::{LONGEST_ASK, LONGEST_WINDOW, TEXT_CHARS};
use crate::yaml::schema::Schema;
use crate::yaml::suggest;

/// The modes of a playbook.
pub(super) const MODES: [(&str, &str); 3] = [
    ("off", "it is not evaluated"),
    ("observe", "it records what it would have done and calls nothing"),
    ("enforce", "it acts"),
];
const PRIORITIES: [(&str, &str); 4] = [
    ("critical", "before everything else, unpaced"),
    ("high", "before normal"),
    ("normal", "the usual"),
    ("low", "when nothing else waits"),
];
/// How much an isolation cuts off.
const ISOLATIONS: [(&str, &str); 2] = [
    ("full", "everything but Defender"),
    (
        "selective",
        "everything but Defender, Outlook, Teams and Skype for Business; Windows only",
    ),
];
const MINUTE: Duration = Duration::from_secs(60);

const NEW_PLAYBOOK: &str = "\
id: ${1:file-name}
title: ${2:what it is for}
owner: ${3:who answers for it}
mode: observe
when:
  alert.event: new
  alert.severity: {at_least: ${4:high}}
unless:
  device.tags: {any_of: [tier-0]}
then:
  - restrict_app_execution:
      comment: \"${5:Why}, alert {alert.id}: {alert.title}\"
      release: {after: ${6:4h}, restart_on: match}
limits:
  - {devices: ${7:25}, per: 1h, otherwise: ask}
";

/// The whole playbook, but for the definitions.
pub(super) fn playbook() -> Schema {
    let about =
        "One playbook: when an event and a device match, its actions follow. Its file is named like its id.";
    Schema::map(about)
        .required("id", id())
        .required("title", Schema::short_text("What it is for, in one line.", TEXT_CHARS))
        .required("owner", Schema::short_text("Who answers for it: a person or a team.", TEXT_CHARS))
        .key(
            "mode",
            Schema::word("Whether it acts. The configuration's `mode` is a ceiling over it.", &MODES)
                .default_is("observe"),
        )
        .key(
            "priority",
            Schema::word("The lane of its calls when they wait for each other.", &PRIORITIES)
                .default_is("normal"),
        )
        .key("when", lines_of("Every line must hold. Nothing matches without a line, but for `match_all: true`.").with("type", json!(["object", "null"])))
        .key(
            "match_all",
            Schema::flag("`true`: every event matches. Takes the place of `when`, and must be written out.")
                .default_is(false),
        )
        .key(
            "unless",
            lines_of(
                "One line that holds stops it. A fact that is unknown or absent does not let it pass: `if_unknown` decides \
                 then. So test tags here, and not a fact that devices usually lack.",
            ),
        )
        .key("if_unknown", if_unknown())
        .key("ask", ask())
        .required("then", then())
        .key("limits", limits())
        .key("canary", canary())
        .key("notify", notify())
        .rule(when_or_match_all())
        .snippet("new playbook", "A playbook that observes, with the keys that most have", NEW_PLAYBOOK)
}

/// Lines, or `match_all: true`, and never both.
fn when_or_match_all() -> Value {
    let message = "write at least one line, or `match_all: true` when every event shall match";
    let lines = Schema::default()
        .with("type", "object")
        .with("errorMessage", message)
        .keys(1, None, message);
    let both = "`match_all: true` says that every event matches: keep it or the lines";
    let none = Schema::default().keys(0, Some(0), both);
    json!({
        "if": {"required": ["match_all"], "properties": {"match_all": {"const": true}}},
        "then": {"properties": {"when": Value::from(none)}},
        "else": {
            "required": ["when"],
            "errorMessage": format!("`when` is missing: {message}"),
            "properties": {"when": Value::from(lines)},
        },
    })
}

fn id() -> Schema {
    Schema::text(
        "The playbook's id, which is its file's name without the ending. Decisions and comments carry it.",
    )
    .pattern(
        ID_PATTERN,
        "1 to 63 lower-case letters, digits and `-`, beginning with a letter or digit, as the file is named",
    )
}

fn if_unknown() -> Schema {
    let words = [
        ("ask", "a person decides"),
        ("skip", "nothing is done, and that is recorded"),
    ];
    Schema::word(
        "What follows when a fact that decides is unknown. It never acts. A playbook that only releases or only has tasks holds instead of asking.",
        &words,
    )
    .default_is("ask")
}

fn ask() -> Schema {
    let otherwise = [
        ("skip", "nothing is done, and the question is recorded as expired"),
        (
            "act",
            "it acts; for this question alone, never for one that a limit or an unknown fact raised, nor about old news",
        ),
    ];
    Schema::map("A person decides first.")
        .key(
            "when",
            lines_of("Only when all these lines hold. Left out: always.").keys(
                1,
                None,
                "`ask.when` is empty: leave it out to ask always",
            ),
        )
        .required(
            "from",
            Schema::list(
                "Who may answer: groups or people.",
                Schema::short_text("A group or a person.", TEXT_CHARS),
            )
            .with("minItems", 1),
        )
        .key(
            "approvals",
            Schema::count("How many of them must agree.", 1..=10).default_is(1),
        )
        .required(
            "within",
            Schema::duration("The time to answer.", Some(MINUTE..=LONGEST_ASK)).example("30m"),
        )
        .key(
            "otherwise",
            Schema::word("What follows when nobody answered in time.", &otherwise).default_is("skip"),
        )
}

fn then() -> Schema {
    let about = "One action under its name.";
    let names = ACTIONS.map(|action| (action, action_about(action)));
    let message = format!(
        "one action, with its details indented below it: {}",
        suggest::list(&ACTIONS)
    );
    let mut action = Schema::map(about).with("errorMessage", message.as_str());
    for (name, about) in names {
        action = action.key(name, body(name, about));
    }
    let action = action.keys(1, Some(1), &message);
    let about = "What follows: a restriction, an isolation, or both, each with its own terms; or the release of either or both; and tasks, \
                 which are done once.";
    Schema::list(about, action).with("minItems", 1)
}

fn action_about(action: &str) -> &'static str {
    match action {
        "restrict_app_execution" => {
            "Begin a containment: only programs signed by Microsoft run on the device until it ends."
        }
        "isolate_device" => {
            "Begin a containment: the device reaches nothing but Defender until it ends. It takes more from its user than a \
             restriction."
        }
        "release_isolation" => {
            "End the isolations that quell began on the device. What a person isolated stays so."
        }
        "scan" => "Scan the device for malware, once.",
        "collect_package" => "Collect an investigation package on the device, once.",
        "quarantine_file" => "Stop a file on the device and quarantine it, once.",
        _ => "End the restrictions that quell began on the device. What a person restricted stays so.",
    }
}

fn body(action: &str, about: &str) -> Schema {
    let comment = filled_text(
        "The reason, as Defender and its users see it. `{fact}` fills in a fact; what is filled in is cleaned and cut.",
    )
    .example("Ransomware alert {alert.id}: {alert.title}");
    let body = Schema::map(about).required("comment", comment);
    let body = match action {
        "restrict_app_execution" => body,
        "isolate_device" => body.key(
            "type",
            Schema::word("How much is cut off.", &ISOLATIONS).default_is("full"),
        ),
        "scan" => return body.key("type", scan_type()),
        "quarantine_file" => return body.required("sha1", file_hash()),
        _ => return body,
    };
    let message = "say when it ends: `release: {after: 4h}`, or `release: {never: true}` when it must stay until a person ends it";
    body.key("release", release(message)).demand("release", message)
}

fn scan_type() -> Schema {
    let types = [
        ("quick", "where malware usually starts: minutes"),
        ("full", "every file: hours"),
    ];
    Schema::word("How far the scan looks.", &types).default_is("quick")
}

fn file_hash() -> Schema {
    Schema::text("The SHA-1 of the file.")
        .pattern(
            "^[0-9A-Fa-f]{40}$",
            "40 hex digits, in quotes if they might be read as a number",
        )
        .example("3395856ce81f2b7382dee72602f798b642f14140")
}

fn release(message: &str) -> Schema {
    let early = [
        ("alert_resolved", "every alert behind the containment is closed"),
        (
            "scan_clean",
            "an antivirus scan of quell's, begun while it was active, succeeded, and no alert came since",
        ),
    ];
    let list = Schema::default()
        .with("type", "array")
        .with("minItems", 1)
        .with("items", Schema::word("Something that happens.", &early));
    let when = Schema::about("What may end it earlier: a word or a list of them.").offer(&early);
    let restart = [(
        "match",
        "a new match of this playbook on the device restarts `after`",
    )];
    Schema::map("When it ends.")
        .key(
            "after",
            Schema::duration("The latest end, from the moment it begins. At least a minute.", None).example("4h"),
        )
        .key(
            "never",
            Schema::flag("`true`: it stays until a person ends it. In place of `after`."),
        )
        .key("restart_on", Schema::word("What restarts `after`.", &restart))
        .key(
            "when",
            when.by_type("array", list, Schema::default().one_of(&early)),
        )
        .rule(json!({
            "if": {"required": ["never"]},
            "then": {
                "properties": {"never": {"enum": [true], "errorMessage": message}, "after": false, "restart_on": false},
                "errorMessage": "`never` stands alone: there is no `after` beside it, and nothing to restart",
            },
            "else": {"required": ["after"], "errorMessage": message},
        }))
}

fn limits() -> Schema {
    let otherwise = [
        ("ask", "a person decides about each further device"),
        ("skip", "further devices are left alone"),
    ];
    let message =
        "a limit has one measure: `devices: 25` or `percent_of_fleet: 2`, each as an entry of its own";
    let limit =
        Schema::map("So many distinct devices in any window of that length. Several limits all hold.")
            .rule(json!({
                "if": {"required": ["devices"]},
                "then": {"properties": {"percent_of_fleet": false}, "errorMessage": message},
                "else": {"required": ["percent_of_fleet"], "errorMessage": message},
            }))
            .key(
                "percent_of_fleet",
                Schema::percent(
                    "The same as a part of the devices that Defender knows, in place of `devices`.",
                ),
            )
            .key(
                "devices",
                Schema::count("Distinct devices contained by this playbook.", 1..=100_000),
            )
            .required(
                "per",
                Schema::duration("The length of the sliding window.", Some(MINUTE..=LONGEST_WINDOW))
                    .example("1h"),
            )
            .key(
                "otherwise",
                Schema::word("What follows at the limit.", &otherwise).default_is("ask"),
            );
    Schema::list(
        "How many devices this playbook may contain in which time. At a limit it asks or skips, and stays on.",
        limit,
    )
    .example(json!([{"devices": 25, "per": "1h", "otherwise": "ask"}]))
}

fn canary() -> Schema {
    let groups = Schema::list(
        "The devices of these groups.",
        Schema::short_text("A device group.", TEXT_CHARS),
    );
    Schema::map(
        "The part of the fleet in which the playbook enforces; its other matches are observed. It falls back to observing by \
         itself when one of its limits is hit, or two of its containments end as false positives.",
    )
    .key(
        "percent",
        Schema::percent("So many percent of all devices: always the same ones, and with a larger number more."),
    )
    .key("groups", groups.with("minItems", 1))
    .keys(1, Some(1), "a canary is a percentage or groups: `{percent: 10}` or `{groups: [pilot]}`")
    .example(json!({"percent": 10}))
}

fn notify() -> Schema {
    let on = [
        ("acted", "a containment began"),
        ("asked", "a person is asked"),
        ("failed", "an action failed"),
        ("released", "a containment ended"),
    ];
    let entry = Schema::map("One receiver, and what they are told of.")
        .required("to", Schema::short_text("The receiver's name.", TEXT_CHARS))
        .required(
            "on",
            Schema::list("Of what.", Schema::word("Something that happens.", &on)).with("minItems", 1),
        );
    Schema::list("Who is told of what.", entry)
}
