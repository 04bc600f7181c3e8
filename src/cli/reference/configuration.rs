//! `docs/reference/configuration.md`, printed from the JSON Schema of the configuration, which is itself made from the reading code and
//! the example. Tests only.

use std::fmt::Write as _;

use serde_json::Value;

use super::cell;

const INTRODUCTION: &str = "# Configuration

Every key of `quell.yaml`, printed by a test from what reads it and from `config/quell.example.yaml`, which shows them in place. Only
`database`, `playbooks` and `tenants` must be given; a key that is not here is an error, with the one that was probably meant. `quell check-config`
says everything that is wrong with a file in one run, and `quell schema config` prints the JSON Schema for editors.

`a.b` is the key `b` in the map `a`, and `a[].b` the key `b` of each entry of the list `a`. Where nothing stands under *without it*, the key has no
effect until it is given, or its text says what holds. Names of files of secrets without a slash lead beside the configuration, under systemd to
its credentials.
";

fn page() -> String {
    let schema: Value = serde_json::from_str(&crate::config::schema::config()).expect("a schema is JSON");
    let mut page = INTRODUCTION.to_owned();
    for (name, node, is_required) in keys_of(&schema) {
        let _ = write!(page, "\n## `{name}`\n");
        page += "| key | holds | without it | what it is for |\n|---|---|---|---|\n";
        row(name, node, is_required, &mut page);
    }
    page
}

/// The keys of a map with what is known of each, and whether it must be given.
fn keys_of(map: &Value) -> impl Iterator<Item = (&str, &Value, bool)> {
    let is_required = |name: &str| {
        let required = map["required"].as_array();
        required.is_some_and(|required| required.iter().any(|one| one == name))
    };
    let keys = map["properties"].as_object().into_iter().flatten();
    keys.map(move |(name, node)| (name.as_str(), node, is_required(name)))
}

/// A row for the key, and one for each below it.
fn row(path: &str, node: &Value, is_required: bool, page: &mut String) {
    let about = node["description"].as_str().unwrap_or_default();
    let without = match node.get("default") {
        _ if is_required => "must be given".to_owned(),
        Some(default) if default.is_object() => String::new(),
        Some(default) => format!("`{}`", shown(default)),
        None => String::new(),
    };
    let _ = writeln!(
        page,
        "| `{path}` | {} | {} | {} |",
        holds(node),
        cell(&without),
        cell(about)
    );
    let entry = &node["items"];
    let below = keys_of(node).map(|(name, node, required)| (format!("{path}.{name}"), node, required));
    let of_entries =
        keys_of(entry).map(|(name, node, required)| (format!("{path}[].{name}"), node, required));
    for (path, node, is_required) in below.chain(of_entries) {
        row(&path, node, is_required, page);
    }
}

/// A value as YAML writes it on one line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(entries) => format!("[{}]", entries.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {}", shown(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

fn holds(node: &Value) -> String {
    let words = |node: &Value| {
        let words = node["enum"]
            .as_array()?
            .iter()
            .map(|word| format!("`{}`", shown(word)));
        Some(words.collect::<Vec<_>>().join(", "))
    };
    if let Some(words) = words(node) {
        return words;
    }
    let is_duration = node["errorMessage"]
        .as_str()
        .is_some_and(|text| text.starts_with("a duration"));
    let kind = match node["type"].as_str() {
        Some("array") => {
            let entry = &node["items"];
            return match words(entry) {
                Some(words) => format!("a list of {words}"),
                None if entry["type"] == "object" => "a list of maps".to_owned(),
                None => "a list".to_owned(),
            };
        }
        Some("object") => "a map",
        Some("boolean") => "`true` or `false`",
        Some("integer" | "number") => "a number",
        Some("string") if is_duration => "a duration",
        Some("string") => "a text",
        _ => "a JSON Pointer, or a map",
    };
    kind.to_owned()
}

#[test]
fn the_reference_of_the_configuration_is_what_the_reader_takes() {
    super::compare("docs/reference/configuration.md", &page());
}
