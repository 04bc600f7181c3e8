//! The JSON Schema of the configuration, for editors. Which keys there are, what they may hold and which must be given is
//! taken from the reading code itself, which notes every key that it asks for; what a key is for and what holds without
//! it is taken from `config/quell.example.yaml`. So there is no third list to keep.
//!
//! `quell schema config` prints it, and `config/.schema` holds it as a file.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Config;
use super::secret::Places;
use super::section::{Key, Kind, Reading};
use crate::yaml::schema::Schema;
use crate::yaml::{self, duration};

/// Every key with a comment and its default.
const EXAMPLE: &str = include_str!("../../config/quell.example.yaml");

/// The schema, as a file.
pub fn config() -> String {
    let keys = keys();
    let notes = notes(&keys);
    let whole =
        Schema::map("Quell's configuration. Only `database`, `playbooks` and `tenants` must be given.");
    below("", whole, &keys, &notes).file()
}

/// What the example says of a key.
#[derive(Debug, Default)]
struct Note {
    about: String,
    /// The value, if the key is there; the text of the value, if it is behind a `#`.
    value: Option<Value>,
    commented: bool,
}

/// Every key that is read, by its path, where `[]` stands for any entry of a list.
fn keys() -> BTreeMap<String, Key> {
    let document = yaml::parse("quell.example.yaml", EXAMPLE).expect("the example is YAML, a test reads it");
    let places = Places::default();
    let mut reading = Reading::default();
    Config::read(&document, &places, &mut reading);
    let keys = reading.keys.into_iter();
    keys.map(|key| (any_entry(&key.path), key)).collect()
}

fn any_entry(path: &str) -> String {
    path.split('.')
        .map(|part| match part.split_once('[') {
            Some((name, _)) => format!("{name}[]"),
            None => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(".")
}

/// Adds every key of a map, and the keys below each.
fn below(path: &str, map: Schema, keys: &BTreeMap<String, Key>, notes: &BTreeMap<String, Note>) -> Schema {
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}.")
    };
    let inside = |whole: &&String| {
        whole
            .strip_prefix(prefix.as_str())
            .is_some_and(|rest| !rest.is_empty() && !rest.contains('.'))
    };
    let mut map = map;
    for whole in keys.keys().filter(inside) {
        let key = &keys[whole];
        let node = node(whole, key, keys, notes);
        let name = &whole[prefix.len()..];
        map = if key.required {
            map.required(name, node)
        } else {
            map.key(name, node)
        };
    }
    particular(path, map)
}

fn node(path: &str, key: &Key, keys: &BTreeMap<String, Key>, notes: &BTreeMap<String, Note>) -> Schema {
    let nothing = Note::default();
    let note = notes.get(path).unwrap_or(&nothing);
    let about = note.about.as_str();
    let node = match &key.kind {
        Kind::Map => return below(path, Schema::map(about), keys, notes),
        Kind::Maps(least) => {
            let entries = format!("{path}[]");
            let entry = Schema::map(&format!("One of `{path}`."));
            Schema::list(about, below(&entries, entry, keys, notes)).with("minItems", *least)
        }
        Kind::Text => Schema::line(about),
        Kind::Texts => Schema::list(about, Schema::text(&format!("One of `{path}`."))),
        Kind::Lists => {
            let list = Schema::list(&format!("One of `{path}`."), Schema::text("One of its names."));
            Schema::about(about)
                .with("type", "object")
                .with("additionalProperties", list)
        }
        Kind::Flag => Schema::flag(about),
        Kind::Percent => Schema::percent(about),
        Kind::Count(range) => {
            let (least, most) = (u64::from(*range.start()), u64::from(*range.end()));
            Schema::count(&without_range(about, &least, &most), least..=most)
        }
        Kind::Duration(range) => {
            let (least, most) = (duration::show(*range.start()), duration::show(*range.end()));
            Schema::duration(&without_range(about, &least, &most), Some(range.clone()))
        }
        Kind::Word(words) => Schema::about(about).with("enum", words.clone()),
    };
    match &note.value {
        Some(value) if key.required || note.commented => node.example(value.clone()),
        Some(value) => node.default_is(value.clone()),
        None => node,
    }
}

/// The comment without the range that the schema tells in its own words.
fn without_range(about: &str, least: &impl ToString, most: &impl ToString) -> String {
    about.replace(&format!(" ({} to {})", least.to_string(), most.to_string()), "")
}

/// Rules between keys that the reading code knows.
fn particular(path: &str, map: Schema) -> Schema {
    match path {
        "database" => map.rule(json!({
            "if": {"required": ["url"]},
            "then": {
                "properties": {"url_file": false},
                "errorMessage": "`database` has both `url` and `url_file`: give one of them",
            },
            "else": {
                "required": ["url_file"],
                "errorMessage": "`database` needs `url` or `url_file`: where Postgres is",
            },
        })),
        "tenants[].credential" => map.keys(1, Some(1), "give exactly one kind of credential"),
        _ => map,
    }
}

/// Reads the example's comments: what stands directly above a key is about the key.
fn notes(keys: &BTreeMap<String, Key>) -> BTreeMap<String, Note> {
    let document = yaml::parse("quell.example.yaml", EXAMPLE).expect("the example is YAML, a test reads it");
    let values: Value = serde_json::from_str(&document.canonical()).expect("canonical content is JSON");
    let mut notes = BTreeMap::new();
    let mut above: Vec<&str> = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for line in EXAMPLE.lines() {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if content.is_empty() {
            above.clear();
            continue;
        }
        let commented = content.strip_prefix("# ");
        let content = commented.unwrap_or(content);
        let (indent, content) = match content.strip_prefix("- ") {
            Some(entry) => (indent + 2, entry),
            None => (indent, content),
        };
        let parent = open
            .iter()
            .rev()
            .find(|(outer, _)| *outer < indent)
            .map(|(_, path)| path.as_str());
        let path = content.split_once(':').map(|(key, _)| child(parent, key, keys));
        match path {
            Some(path) if keys.contains_key(&path) => {
                let written = content.split_once(": ").map(|(_, value)| Value::from(value));
                let note = Note {
                    about: std::mem::take(&mut above).join(" "),
                    value: match commented {
                        Some(_) => written,
                        None => at(&values, &path).cloned(),
                    },
                    commented: commented.is_some(),
                };
                // What is below a map or a list that is only mentioned is mentioned too.
                if commented.is_none() || matches!(keys[&path].kind, Kind::Map | Kind::Maps(_)) {
                    open.retain(|(outer, _)| *outer < indent);
                    open.push((indent, path.clone()));
                }
                notes.entry(path).or_insert(note);
            }
            _ => above.extend(commented),
        }
    }
    notes
}

fn child(parent: Option<&str>, key: &str, keys: &BTreeMap<String, Key>) -> String {
    match parent {
        None => key.to_owned(),
        Some(parent) if matches!(keys.get(parent).map(|key| &key.kind), Some(Kind::Maps(_))) => {
            format!("{parent}[].{key}")
        }
        Some(parent) => format!("{parent}.{key}"),
    }
}

/// The value at a path; of a list, that of its first entry.
fn at<'v>(values: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(values, |value, part| match part.strip_suffix("[]") {
            Some(name) => value.get(name)?.get(0),
            None => value.get(part),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::schema::validate::{nodes, problems};
    use std::path::Path;

    fn schema() -> Value {
        serde_json::from_str(&config()).expect("a schema is JSON")
    }

    fn value(text: &str) -> Value {
        let document = yaml::parse("quell.yaml", text).expect("the text is YAML");
        serde_json::from_str(&document.canonical()).expect("canonical content is JSON")
    }

    #[test]
    fn every_key_is_explained_and_the_example_explains_no_other() {
        let keys = keys();
        let notes = notes(&keys);
        let silent: Vec<_> = keys
            .keys()
            .filter(|path| notes.get(*path).is_none_or(|note| note.about.len() < 8))
            .collect();
        assert!(
            silent.is_empty(),
            "write a comment above each in config/quell.example.yaml: {silent:?}"
        );
        assert!(keys.len() > 60, "{}", keys.len());
        let schema = schema();
        for (path, node) in nodes(&schema) {
            assert!(
                node["description"].as_str().is_some_and(|about| about.len() > 8),
                "{path}"
            );
        }
    }

    #[test]
    fn the_example_and_the_shipped_configurations_fit() {
        let schema = schema();
        assert_eq!(problems(&schema, &value(EXAMPLE)), Vec::<String>::new());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let cluster =
            std::fs::read_to_string(root.join("deploy/kubernetes/base/quell.yaml")).expect("it is shipped");
        assert_eq!(problems(&schema, &value(&cluster)), Vec::<String>::new());
    }

    #[test]
    fn what_the_example_says_is_the_default_and_the_reader_tells_the_range() {
        let schema = schema();
        let at = |path: &str| schema.pointer(path).expect("the key is there");
        let wait = at("/properties/facts/properties/wait");
        assert_eq!(
            (&wait["default"], &wait["type"]),
            (&json!("60s"), &json!("string"))
        );
        assert!(
            wait["description"]
                .as_str()
                .is_some_and(|about| about.ends_with("A duration from 1s to 1h."))
        );
        let connections = at("/properties/database/properties/max_connections");
        assert_eq!(
            (&connections["minimum"], &connections["maximum"]),
            (&json!(2), &json!(1_000))
        );
        let per = at("/properties/caps/items/properties/per");
        assert_eq!(per["examples"], json!(["1h"]));
        assert_eq!(schema["required"], json!(["database", "playbooks", "tenants"]));
        assert_eq!(
            at("/properties/http/properties/token_file/examples"),
            &json!(["events-token"])
        );
    }

    /// The schema may know less than the reader, never more.
    #[test]
    fn what_the_reader_takes_the_schema_takes() {
        let schema = schema();
        let minimal = "database: {url: postgres:///q}\nplaybooks: {path: p}\ntenants: [{name: a, credential: {client_secret: {directory_id: d, client_id: c, secret_file: s}}}]\n";
        let mut taken = 0;
        let values = [
            "0",
            "1",
            "3",
            "16",
            "5s",
            "1h",
            "60s",
            "500ms",
            "1d",
            "true",
            "false",
            "[]",
            "[a]",
            "{}",
            "null",
            "text",
            "'5'",
            "''",
            "1.5",
            "-1",
            "off",
            "observe",
            "shared",
            "eu",
            "gcc",
            "json",
            "127.0.0.1:1",
            "[{devices: 1, per: 1h}]",
        ];
        for (path, key) in keys()
            .iter()
            .filter(|(path, _)| !path.contains("[]") && !path.starts_with("database.url"))
        {
            for given in values {
                let mut more = given.to_owned();
                for part in path.split('.').rev() {
                    more = format!("{{{part}: {more}}}");
                }
                // The value in flow style, one key a line.
                let more = more.trim_start_matches('{').strip_suffix('}').unwrap_or_default();
                let top = path.split('.').next().unwrap_or_default();
                let rest: String = minimal
                    .lines()
                    .filter(|line| !line.starts_with(&format!("{top}:")))
                    .map(|line| format!("{line}\n"))
                    .collect();
                let text = format!("{rest}{more}\n");
                if Config::parse("quell.yaml", &text, Path::new("/"), None).is_ok() {
                    taken += 1;
                    assert_eq!(
                        problems(&schema, &value(&text)),
                        Vec::<String>::new(),
                        "{key:?}\n{text}"
                    );
                }
            }
        }
        assert!(taken > 100, "only {taken} were taken");
    }

    #[test]
    fn plain_mistakes_are_seen() {
        let schema = schema();
        for (from, to) in [
            ("mode: enforce", "mode: enforced"),
            ("freshness: 1h", "freshness: 1 hour"),
            ("max_connections: 16", "max_connections: 1"),
            ("url_file: database-url", "max_conections: 5"),
            ("playbooks:", "playbook:"),
            ("cloud: commercial", "cloud: moon"),
            ("external_id: false", "external_id: \"no\""),
        ] {
            let broken = EXAMPLE.replacen(from, to, 1);
            assert_ne!(broken, EXAMPLE, "{from}");
            assert!(!problems(&schema, &value(&broken)).is_empty(), "{to}");
        }
    }
}
