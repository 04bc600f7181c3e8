//! The schema of a test file: facts by name, and the cases that lay them over each other and say what they expect.

use serde_json::json;

use super::lines::{describe, words};
use super::terms::MODES;
use crate::playbook::action::ACTIONS;
use crate::playbook::facts::{FACTS, FactDef, Type};
use crate::yaml::schema::Schema;

const DECISIONS: [(&str, &str); 5] = [
    ("act", "the action is queued"),
    ("ask", "a person is asked first"),
    ("observe", "what it would have done is recorded"),
    ("hold", "a release waits until what is unknown is known"),
    ("skip", "nothing is done"),
];

const NEW_TEST: &str = "\
playbook: ../${1:id}.yaml
facts:
  bad: {alert: {id: a1, event: new, severity: high}}
  ws: {device: {id: d1, kind: workstation, tags: []}}
tests:
  - name: ${2:what shall hold}
    given: [bad, ws]
    expect: {decision: ${3:observe}}
";

/// The whole file.
pub(super) fn test() -> Schema {
    let with = Schema::list(
        "Playbooks that work beside the one under test.",
        Schema::text("A playbook's file, from this file's folder."),
    );
    Schema::map("The tests of one playbook, which `quell test` runs without a database or a network.")
        .required(
            "playbook",
            Schema::text("The file of the playbook under test, from this file's folder.")
                .example("../ransomware-restrict.yaml"),
        )
        .key("with", with)
        .key(
            "facts",
            Schema::about("Facts by name, for `given` and `event`.")
                .with("type", "object")
                .with("additionalProperties", given()),
        )
        .key(
            "guards",
            guards("What the configuration holds over all playbooks."),
        )
        .required(
            "tests",
            Schema::list("The cases; at least one.", case()).with("minItems", 1),
        )
        .snippet("new test file", "One case over two sets of facts", NEW_TEST)
}

fn case() -> Schema {
    let beside = "put it into an entry of the timeline, as `event` or `expect`";
    let over_time = "a device stands so over time: write a `timeline`";
    Schema::map("One case: `given` and `expect`, or a `timeline`.")
        .required("name", Schema::text("What shall hold, as a sentence. No two cases share one."))
        .key("guards", guards("What the configuration holds, over that of the file."))
        .key("given", givens("What is so, each entry laid over those before it."))
        .key("expect", expect())
        .key("timeline", timeline())
        .rule(json!({
            "if": {"required": ["timeline"]},
            "then": {"properties": {"given": false, "expect": false}, "errorMessage": beside},
            "else": {
                "required": ["given", "expect"],
                "properties": {"expect": {"properties": {"device": false, "by": false}, "errorMessage": over_time}},
            },
        }))
}

fn guards(about: &str) -> Schema {
    let texts = |about: &str| Schema::list(about, Schema::text("One of them."));
    let never = Schema::map("Devices that are never restricted.")
        .key("ids", texts("Device ids."))
        .key("tags", texts("Tags, one suffices."))
        .key("groups", texts("Device groups."))
        .key("names", texts("Names with `*` for any run of characters."))
        .key("device_values", texts("Device values."));
    let cap = Schema::map("So many distinct devices in any window of that length.")
        .key("devices", Schema::count("How many.", 0..=1_000_000))
        .key(
            "percent_of_fleet",
            Schema::percent("Or so many percent of `fleet_size`."),
        )
        .key(
            "percent_of_group",
            Schema::percent("Or so many percent of the device's group in `group_sizes`."),
        )
        .required(
            "per",
            Schema::duration("The length of the window.", None).example("1h"),
        );
    Schema::map(&format!(
        "{about} What is left out holds nothing back; the freshness is 1 h."
    ))
    .key(
        "mode",
        Schema::word("No playbook goes beyond it.", &MODES).default_is("enforce"),
    )
    .key("never", never)
    .key(
        "caps",
        Schema::list("Distinct devices in a window, over all playbooks.", cap),
    )
    .key(
        "freshness",
        Schema::duration("An older event asks instead of acting.", None).default_is("1h"),
    )
    .key(
        "fleet_size",
        Schema::count(
            "How many devices there are, for limits and caps in percent of them.",
            0..=10_000_000,
        ),
    )
    .key(
        "group_sizes",
        Schema::about("How many devices each group has, for caps in percent of them.")
            .with("type", "object")
            .with(
                "additionalProperties",
                json!({"description": "How many devices the group has.", "type": "integer", "minimum": 0, "maximum": 10_000_000}),
            ),
    )
}

fn timeline() -> Schema {
    let of_an_event = "a decision is made of an `event`: put it into the entry of that event";
    let people = |about: &str| {
        let list = Schema::default()
            .with("type", "array")
            .with("minItems", 1)
            .with("items", Schema::text("A name."));
        let one = Schema::default()
            .with("type", "string")
            .with("errorMessage", "a name or a list of names");
        Schema::about(about).by_type("array", list, one)
    };
    let moment = Schema::map("A moment: what happens then, and what must hold.")
        .required("at", Schema::duration("When, from the beginning. The entries stand in the order of time.", None).example("4h30m"))
        .key("event", givens("An event that arrives, written as `given`."))
        .key("approve", people("These people approve everything that is asked about the device."))
        .key("decline", people("These people decline everything that is asked about the device."))
        .key("scan", Schema::word("The antivirus scan that is under way on the device ends so.", &SCAN_ENDS))
        .key("of", Schema::text("The `device.id` that is answered about or looked at. Left out: that of the latest event."))
        .key("expect", expect())
        .rule(json!({
            "if": {"required": ["approve", "decline"]},
            "then": {"properties": {"decline": false}, "errorMessage": "`approve` and `decline` exclude each other: write an entry for each"},
        }))
        .rule(json!({
            "if": {"required": ["event"]},
            "else": {
                "properties": {"expect": {
                    "properties": {"decision": false, "actions": false, "release_after": false, "because": false},
                    "errorMessage": of_an_event,
                }},
                "if": {"required": ["approve"]},
                "else": {
                    "if": {"required": ["decline"]},
                    "else": {
                        "if": {"required": ["scan"]},
                        "else": {
                            "required": ["expect"],
                            "errorMessage": "nothing happens at this moment: give `event`, `approve`, `decline`, `scan` or `expect`",
                        },
                    },
                },
            },
        }));
    Schema::list(
        "What happens over time, in place of `given` and `expect`.",
        moment,
    )
    .with("minItems", 1)
}

fn givens(about: &str) -> Schema {
    let item = Schema::about("A name from `facts`, or facts written here.").by_type(
        "object",
        given(),
        Schema::default().with("type", "string").with(
            "errorMessage",
            "the name of facts, or a map of `alert`, `device`, `tenant` and `history`",
        ),
    );
    let rest = "What is not given is unknown, but for the event (new), its time (now), the device's id and the tenant.";
    Schema::list(&format!("{about} {rest}"), item)
        .example(json!(["high", "ws", {"device": {"tags": "unknown"}}]))
}

/// How a scan of a timeline ends.
const SCAN_ENDS: [(&str, &str); 2] = [
    (
        "succeeded",
        "a containment that waits for a clean scan ends, unless news came since it began",
    ),
    ("failed", "nothing follows"),
];

fn given() -> Schema {
    let mut given = Schema::map(
        "Facts, and a history. `unknown` makes a fact unknown, nothing (`null`) makes it absent.",
    );
    for group in ["alert", "device", "tenant"] {
        let mut map = Schema::map(&format!("Facts that begin with `{group}.`"));
        for fact in FACTS {
            if let Some(name) = fact
                .name
                .strip_prefix(group)
                .and_then(|rest| rest.strip_prefix('.'))
            {
                map = map.key(name, value(fact));
            }
        }
        given = given.key(group, map);
    }
    given.key("history", history())
}

fn history() -> Schema {
    let acted = Schema::map("So many distinct devices were restricted that long ago.")
        .required("last", Schema::duration("How long ago.", None).example("1h"))
        .required("count", Schema::count("How many.", 0..=100_000));
    let several = Schema::default()
        .with("type", "array")
        .with("items", acted.clone());
    let devices = Schema::about("Devices restricted before: one span with its count, or a list of such.")
        .by_type("array", several, acted)
        .example(json!({"last": "1h", "count": 25}));
    Schema::map("What this playbook did before.").required("devices_acted", devices)
}

fn value(fact: &FactDef) -> Schema {
    let node = Schema::about(&describe(fact));
    match fact.ty {
        Type::Text => node.with("type", json!(["string", "null"])).with(
            "errorMessage",
            "text, in quotes if it is read as something else; `unknown`; or nothing",
        ),
        Type::List => {
            let list = Schema::default()
                .with("type", "array")
                .with("items", Schema::text("An element."));
            let other = Schema::default()
                .with("enum", json!(["unknown", null]))
                .with("errorMessage", "a list of texts, `unknown`, or nothing");
            node.by_type("array", list, other)
        }
        Type::Time | Type::Age => node
            .duration_or(&["unknown"])
            .with("type", json!(["string", "null"])),
        Type::Word(_) | Type::Level(_) => {
            let mut known = words(fact);
            known.push(("unknown", "nobody told us"));
            node.by_type(
                "null",
                Schema::default(),
                Schema::default().one_of_any_case(&known),
            )
        }
    }
}

fn expect() -> Schema {
    let actions = ACTIONS.map(|action| (action, "in the order of the playbook"));
    let stands = [
        ("restricted", "it is restricted, and perhaps isolated"),
        ("isolated", "it is isolated, and perhaps restricted"),
        ("released", "it was restricted or isolated and is not any more"),
        ("free", "it never was restricted nor isolated"),
    ];
    Schema::map("What must hold. What is left out may be anything.")
        .keys(
            1,
            None,
            "expect at least one of `decision`, `actions`, `release_after`, `because`, or in a timeline `device`",
        )
        .key("decision", Schema::word("What is decided about the event.", &DECISIONS))
        .key(
            "actions",
            Schema::list(
                "The actions that follow, now or once approved, or would follow.",
                Schema::word("An action.", &actions),
            ),
        )
        .key(
            "release_after",
            Schema::about("When what begins (the first, of two) ends by itself: a duration, or `never`.").duration_or(&["never"]),
        )
        .key(
            "because",
            Schema::text(
                "The reason: `matched`, `ask`, `no_match`, `freshness`, `limits[0]`, `unless.FACT`, `if_unknown.FACT`, …",
            )
            .example("if_unknown.device.tags"),
        )
        .key("device", Schema::word("In a timeline: how the device stands then.", &stands))
        .key(
            "by",
            Schema::text(
                "In a timeline: a playbook that restricts the device, or what released it: `release.after` or a playbook.",
            )
            .example("release.after"),
        )
        .rule(json!({
            "if": {"required": ["by"]},
            "then": {"required": ["device"], "errorMessage": "`by` says what restricts or released the device, and `device` is missing"},
        }))
}
