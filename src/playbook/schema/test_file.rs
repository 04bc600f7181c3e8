//! The schema of a test file: facts by name, and the cases that lay them over each other and say what they expect.

use serde_json::json;

use super::lines::{describe, words};
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
    Schema::map("The tests of one playbook, which `quell test` runs without a database or a network.")
        .required(
            "playbook",
            Schema::text("The playbook's file, from this file's folder.")
                .example("../ransomware-restrict.yaml"),
        )
        .key(
            "facts",
            Schema::about("Facts by name, for `given`.")
                .with("type", "object")
                .with("additionalProperties", given()),
        )
        .required(
            "tests",
            Schema::list("The cases; at least one.", case()).with("minItems", 1),
        )
        .snippet("new test file", "One case over two sets of facts", NEW_TEST)
}

fn case() -> Schema {
    Schema::map("One case.")
        .required(
            "name",
            Schema::text("What shall hold, as a sentence. No two cases share one."),
        )
        .key(
            "given",
            givens("What is so, each entry laid over those before it."),
        )
        .key("expect", expect())
        .key("timeline", timeline())
        .rule(json!({
            "if": {"required": ["timeline"]},
            "else": {"required": ["given", "expect"]},
        }))
}

fn timeline() -> Schema {
    let moment = Schema::map("A moment: what happens then, and what must hold.")
        .required(
            "at",
            Schema::duration("When, from the beginning.", None).example("4h30m"),
        )
        .key("event", givens("An event that arrives, as `given` writes it."))
        .key("expect", expect());
    Schema::list(
        "What happens over time, in place of `given` and `expect`.",
        moment,
    )
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
    Schema::list(
        &format!(
            "{about} What is not given is unknown, but for the event (new), its time (now), the device's id and the tenant."
        ),
        item,
    )
    .example(json!(["high", "ws", {"device": {"tags": "unknown"}}]))
}

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
    let acted = Schema::map("So many distinct devices were restricted in the last hour, day, …")
        .required(
            "last",
            Schema::duration("How long ago, at most.", None).example("1h"),
        )
        .required("count", Schema::count("How many.", 0..=100_000));
    Schema::map("What this playbook did before.").required("devices_acted", acted)
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
    Schema::map("What the decision must be. What is left out may be anything.")
        .keys(1, None, "expect at least one of `decision`, `actions`, `release_after`, `because`")
        .key("decision", Schema::word("What is decided.", &DECISIONS))
        .key(
            "actions",
            Schema::list("The actions that follow, now or once approved, or would follow.", Schema::word("An action.", &actions)),
        )
        .key(
            "release_after",
            Schema::about("When the restriction ends by itself: a duration, or `never`.").duration_or(&["never"]),
        )
        .key(
            "because",
            Schema::text("The reason: `matched`, `ask`, `no_match`, `freshness`, `limits[0]`, `unless.FACT`, `if_unknown.FACT`, …")
                .example("if_unknown.device.tags"),
        )
}
