//! The tables of `docs/playbooks.md`, printed from the ops and the schemas, and held against the page. Tests only.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Kind;
use crate::playbook::facts::Type;
use crate::playbook::op::ops_for;
use crate::playbook::schema::OP_MEANINGS;

const PAGE: &str = "docs/playbooks.md";

/// The order in which keys are explained; a key that is not here comes last.
const ORDER: [&str; 43] = [
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
    "canary",
    "notify",
    "from",
    "approvals",
    "within",
    "devices",
    "percent_of_fleet",
    "per",
    "otherwise",
    "restrict_app_execution",
    "release_app_restriction",
    "scan",
    "collect_package",
    "quarantine_file",
    "type",
    "sha1",
    "after",
    "never",
    "restart_on",
    "percent",
    "groups",
    "playbook",
    "facts",
    "rules",
    "tests",
    "name",
    "given",
    "expect",
    "timeline",
    "at",
    "event",
];

fn table(schema: &Value, path: &str) -> String {
    let node = schema
        .pointer(path)
        .unwrap_or_else(|| panic!("{path} is in the schema"));
    let properties = node["properties"].as_object().expect("a map has keys");
    let required = |key: &str| {
        node["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|each| each == key))
    };
    let mut keys: Vec<_> = properties.iter().collect();
    keys.sort_by_key(|(key, _)| ORDER.iter().position(|known| known == key).unwrap_or(ORDER.len()));
    let mut out = "| key | holds | without it | what it is for |\n|---|---|---|---|\n".to_owned();
    for (key, node) in keys {
        let without = match &node["default"] {
            Value::Null if required(key) => "must be given".to_owned(),
            Value::Null => String::new(),
            Value::String(word) => format!("`{word}`"),
            other => format!("`{other}`"),
        };
        let about = node["description"].as_str().unwrap_or_default();
        out += &format!(
            "| `{key}` | {} | {without} | {about}{} |\n",
            holds(node),
            words(node)
        );
    }
    out.replace("\n\n", "\n")
}

fn holds(node: &Value) -> &'static str {
    match node["type"].as_str() {
        _ if node.get("enum").is_some() => "a word",
        Some("string")
            if node["errorMessage"]
                .as_str()
                .is_some_and(|about| about.starts_with("a duration")) =>
        {
            "a duration"
        }
        Some("string") => "a text",
        Some("integer" | "number") => "a number",
        Some("boolean") => "`true` or `false`",
        Some("array") => "a list",
        _ => "a map",
    }
}

/// The words with what they mean, of the key itself or of the entries of its list.
fn words(node: &Value) -> String {
    let node = if node.get("items").is_some() {
        &node["items"]
    } else {
        node
    };
    let (Some(words), Some(meanings)) = (node["enum"].as_array(), node["enumDescriptions"].as_array()) else {
        return String::new();
    };
    let each = words.iter().zip(meanings).map(|(word, meaning)| {
        let (word, meaning) = (
            word.as_str().unwrap_or_default(),
            meaning.as_str().unwrap_or_default(),
        );
        format!("<br>`{word}`: {meaning}")
    });
    each.collect()
}

fn ops() -> String {
    let types = [
        Type::Text,
        Type::List,
        Type::Word(&[]),
        Type::Level(&[]),
        Type::Time,
        Type::Age,
    ];
    let mut out = "| op | what it demands | of |\n|---|---|---|\n".to_owned();
    for (op, meaning) in OP_MEANINGS {
        let fitting = types
            .iter()
            .filter(|ty| ops_for(**ty).contains(&op))
            .map(|ty| ty.name());
        out += &format!(
            "| `{op}` | {meaning} | {} |\n",
            fitting.collect::<Vec<_>>().join(", ")
        );
    }
    out
}

/// The table of that name.
fn printed(name: &str) -> String {
    let schema = |kind: Kind| -> Value { serde_json::from_str(&kind.text()).expect("a schema is JSON") };
    let playbook = || schema(Kind::Playbook);
    match name {
        "ops" => ops(),
        "playbook" => table(&playbook(), ""),
        "ask" | "canary" => table(&playbook(), &format!("/properties/{name}")),
        "limits" | "notify" => table(&playbook(), &format!("/properties/{name}/items")),
        "actions" => table(&playbook(), "/properties/then/items"),
        "release" => table(
            &playbook(),
            "/properties/then/items/properties/restrict_app_execution/properties/release",
        ),
        "test" => table(&schema(Kind::Test), ""),
        "case" => table(&schema(Kind::Test), "/properties/tests/items"),
        "expect" => table(&schema(Kind::Test), "/properties/tests/items/properties/expect"),
        "timeline" => table(
            &schema(Kind::Test),
            "/properties/tests/items/properties/timeline/items",
        ),
        other => panic!("{PAGE} asks for the table `{other}`, which nothing prints"),
    }
}

#[test]
fn the_tables_of_the_language_reference_are_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(path).expect("the page is there");
    let mut fresh = String::new();
    let mut inside = false;
    let mut tables = 0;
    for line in page.lines() {
        let name = line
            .strip_prefix("<!-- printed: ")
            .and_then(|rest| rest.strip_suffix(" -->"));
        inside &= line != "<!-- end -->";
        if !inside {
            fresh += &format!("{line}\n");
        }
        if let Some(name) = name {
            fresh += &printed(name);
            (inside, tables) = (true, tables + 1);
        }
    }
    assert!(tables >= 8 && !inside, "{tables} tables are marked");
    crate::cli::reference::compare(PAGE, &fresh);
}
