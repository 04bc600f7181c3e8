//! The schemas against the parser: what it accepts, they accept; every node says what it is for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::*;
use crate::playbook::facts::FACTS;
use crate::playbook::op::OPS;
use crate::playbook::set::{PlaybookSet, SourceFile};
use crate::yaml;
use crate::yaml::schema::validate::{nodes, problems};

pub(super) fn schema(text: &str) -> Value {
    serde_json::from_str(text).expect("a schema is JSON")
}

/// The file as a schema sees it; `None` when it is not YAML.
pub(super) fn value(text: &str) -> Option<Value> {
    let document = yaml::parse("p.yaml", text).ok()?;
    serde_json::from_str(&document.canonical()).ok()
}

fn accepted(text: &str) -> bool {
    let file = SourceFile {
        name: "p.yaml".to_owned(),
        text: text.to_owned(),
    };
    PlaybookSet::compile(&[file]).is_ok()
}

fn shipped(folder: &str) -> BTreeMap<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).expect("the folder is shipped");
    entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a shipped file can be read");
            (path, text)
        })
        .collect()
}

#[test]
fn every_node_says_what_it_is_for() {
    for schema in [schema(&playbook()), schema(&test())] {
        let mut described: BTreeMap<String, bool> = BTreeMap::new();
        for (path, node) in nodes(&schema) {
            let about = node["description"].as_str().is_some_and(|text| text.len() > 3);
            *described.entry(path).or_default() |= about;
        }
        assert!(described.len() > 60, "{}", described.len());
        let silent: Vec<_> = described.iter().filter(|(_, about)| !**about).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}

#[test]
fn every_op_and_every_key_of_the_parser_has_its_place() {
    assert_eq!(OP_MEANINGS.map(|(op, _)| op), OPS);
    let schema = schema(&playbook());
    let lines = &schema["definitions"]["lines"]["properties"];
    assert!(FACTS.iter().all(|fact| lines.get(fact.name).is_some()));
}

#[test]
fn what_ships_fits_and_names_its_schema() {
    for (folder, schema, modeline) in [
        ("playbooks", schema(&playbook()), ".schema/playbook.v1.json"),
        ("playbooks/tests", schema(&test()), "../.schema/test.v1.json"),
    ] {
        for (path, text) in shipped(folder) {
            let value = value(&text).expect("a shipped file is YAML");
            assert_eq!(
                problems(&schema, &value),
                Vec::<String>::new(),
                "{}",
                path.display()
            );
            let first = text.lines().next().unwrap_or_default();
            assert_eq!(
                first,
                format!("# yaml-language-server: $schema={modeline}"),
                "{}",
                path.display()
            );
        }
    }
}

/// The keys that the parser knows at the place of `?`: it lists them when it meets one that is like none of them.
pub(super) fn keys_of_the_parser(text: &str, read: fn(&str) -> yaml::Diagnostics) -> BTreeSet<String> {
    let found = read(&text.replace('?', "qqqqqqqqqqqqqqqqqqqq: 1"));
    let known = found
        .iter()
        .filter_map(|each| each.help.as_deref()?.strip_prefix("known here: "));
    let known: Vec<_> = known.collect();
    assert_eq!(known.len(), 1, "{text}: {found:?}");
    known[0]
        .split(", ")
        .map(|key| key.trim_matches('`').to_owned())
        .collect()
}

pub(super) fn keys_of_the_schema(schema: &Value, path: &str) -> BTreeSet<String> {
    let map = schema
        .pointer(path)
        .and_then(|node| node["properties"].as_object());
    map.unwrap_or_else(|| panic!("{path} is no map"))
        .keys()
        .cloned()
        .collect()
}

#[test]
fn every_map_has_the_keys_that_the_parser_knows() {
    let read: fn(&str) -> yaml::Diagnostics = |text| {
        let file = SourceFile {
            name: "p.yaml".to_owned(),
            text: text.to_owned(),
        };
        PlaybookSet::compile(&[file]).expect_err("the key is unknown")
    };
    let schema = schema(&playbook());
    let restrict = "/properties/then/items/properties/restrict_app_execution";
    for (path, text) in [
        ("", "?"),
        ("/properties/ask", "ask: {?}"),
        ("/properties/canary", "canary: {?}"),
        ("/properties/limits/items", "limits: [{?}]"),
        ("/properties/notify/items", "notify: [{?}]"),
        (restrict, "then: [restrict_app_execution: {?}]"),
        (
            &format!("{restrict}/properties/release"),
            "then: [restrict_app_execution: {release: {?}}]",
        ),
        (
            "/properties/then/items/properties/release_app_restriction",
            "then: [release_app_restriction: {?}]",
        ),
    ] {
        let mut known = keys_of_the_parser(text, read);
        // Known only to say where it belongs.
        known.remove("freshness");
        assert_eq!(keys_of_the_schema(&schema, path), known, "{text}");
    }
}

const HEAD: &str = "id: p\ntitle: t\nowner: o\n";
const THEN: &str = "then: [release_app_restriction: {comment: c}]\n";

/// Values as a line may compare with them, right for some facts and wrong for others.
pub(super) const VALUES: [&str; 26] = [
    "high",
    "High",
    "HIGH",
    "workstation",
    "worKstation",
    "new",
    "normal",
    "T1059",
    "'  '",
    "''",
    "5",
    "'5'",
    "true",
    "null",
    "[]",
    "[high]",
    "[new, resolved]",
    "[low, 5]",
    "[null]",
    "{}",
    "1h",
    "1h30m",
    "1 h",
    "0s",
    "'^T1'",
    "4000d",
];

/// Every fact with every op and every value, in each place: what the parser takes, the schema takes; and of what it refuses,
/// the schema sees most.
#[test]
fn no_line_that_the_parser_accepts_is_refused() {
    let schema = schema(&playbook());
    let (mut taken, mut refused, mut seen) = (0, 0, 0);
    for fact in FACTS {
        for op in OPS.map(Some).into_iter().chain([None]) {
            for written in VALUES {
                let line = match op {
                    Some(op) => format!("{{{op}: {written}}}"),
                    None => written.to_owned(),
                };
                let text = format!("{HEAD}when: {{{}: {line}}}\n{THEN}", fact.name);
                let Some(value) = value(&text) else { continue };
                let found = problems(&schema, &value);
                if accepted(&text) {
                    taken += 1;
                    assert_eq!(found, Vec::<String>::new(), "{text}");
                } else {
                    refused += 1;
                    seen += usize::from(!found.is_empty());
                }
            }
        }
    }
    assert!(taken > 1_000, "only {taken} were taken");
    // What stays: a duration over ten years, a pattern that does not compile or matches everything.
    assert!(seen * 100 > refused * 98, "{seen} of {refused}");
}

proptest! {
    /// Files put together from parts, right and wrong ones.
    #[test]
    fn no_playbook_that_the_parser_accepts_is_refused(
        title in select(&["t", "''", "5", "'a b'", "\"a\\nb\"", "\"\u{1f600}\""][..]),
        mode in select(&["", "mode: off", "mode: observe", "mode: enforce", "mode: Enforce", "mode: null"][..]),
        priority in select(&["", "priority: critical", "priority: low", "priority: release"][..]),
        when in select(&["", "when: {alert.event: new}", "when: {}", "when:", "when: []", "when: {alert.evnt: new}"][..]),
        match_all in select(&["", "match_all: true", "match_all: false", "match_all: 1"][..]),
        unless in select(&["", "unless: {}", "unless: {device.tags: tier-0}", "unless: null", "unless: {device.tags: {contains: a}}"][..]),
        if_unknown in select(&["", "if_unknown: ask", "if_unknown: skip", "if_unknown: act"][..]),
        ask in select(&[
            "", "ask: {from: [a], within: 30m}", "ask: {from: [a], within: 30m, when: {device.kind: server}, approvals: 2, otherwise: act}",
            "ask: {from: [], within: 30m}", "ask: {within: 30m}", "ask: {from: [a], within: 30m, when: {}}",
            "ask: {from: [a], within: 30m, approvals: 11}", "ask: null",
        ][..]),
        then in select(&[
            "then: [release_app_restriction: {comment: c}]", "then: []", "then: [restrict_app_execution]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h}}]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h, restart_on: match}}]",
            "then: [restrict_app_execution: {comment: c, release: {never: true}}]",
            "then: [restrict_app_execution: {comment: c, release: {never: true, when: alert_resolved}}]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h, when: [alert_resolved]}}]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h, when: [alert_resolved, alert_resolved]}}]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h, when: []}}]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h, when: scan_clean}}]",
            "then: [restrict_app_execution: {comment: c, release: {when: alert_resolved}}]",
            "then: [restrict_app_execution: {comment: c, release: {never: true, restart_on: match}}]",
            "then: [restrict_app_execution: {comment: c, release: {never: false}}]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h, never: true}}]",
            "then: [restrict_app_execution: {comment: c}]",
            "then: [restrict_app_execution: {comment: '{alert.id} {{x}} {{{device.name}}}', release: {after: 4h}}]",
            "then: [restrict_app_execution: {comment: '{alert.idd}', release: {after: 4h}}]",
            "then: [restrict_app_execution: {comment: '{', release: {after: 4h}}]",
            "then: [isolate: {comment: c}]",
            "then: [scan: {comment: c}]", "then: [scan: {comment: c, type: full}]", "then: [scan: {comment: c, type: deep}]",
            "then: [scan: {type: quick}]", "then: [scan]", "then: [collect_package: {comment: c}]",
            "then: [restrict_app_execution: {comment: c, release: {after: 4h, when: scan_clean}}, scan: {comment: c}]",
            "then: [scan: {comment: c}, collect_package: {comment: c}, release_app_restriction: {comment: c}]",
            "then: [quarantine_file: {comment: c, sha1: 3395856ce81f2b7382dee72602f798b642f14140}]",
            "then: [quarantine_file: {comment: c, sha1: evil.exe}]", "then: [quarantine_file: {comment: c}]",
        ][..]),
        limits in select(&[
            "", "limits: []", "limits: [{devices: 25, per: 1h}]", "limits: [{devices: 25, per: 1h, otherwise: skip}]",
            "limits: [{devices: 0, per: 1h}]", "limits: [{devices: 25}]", "limits: {devices: 25, per: 1h}",
            "limits: [{percent_of_fleet: 2, per: 1d, otherwise: ask}]", "limits: [{percent_of_fleet: 0.5, per: 1d}]",
            "limits: [{percent_of_fleet: 0, per: 1d}]", "limits: [{percent_of_fleet: 2, devices: 2, per: 1d}]",
        ][..]),
        notify in select(&["", "notify: []", "notify: [{to: soc, on: [acted, released]}]", "notify: [{to: soc, on: []}]", "notify: [{to: soc, on: [fired]}]"][..]),
        canary in select(&[
            "", "canary: {percent: 10}", "canary: {percent: 0.25}", "canary: {percent: 101}", "canary: {groups: [pilot]}",
            "canary: {groups: []}", "canary: {}", "canary: {percent: 1, groups: [a]}", "canary: 10",
        ][..]),
    ) {
        let parts = ["id: p", &format!("title: {title}"), "owner: o", mode, priority, when, match_all, unless, if_unknown, ask, then, limits, notify, canary];
        let text = parts.join("\n") + "\n";
        if accepted(&text) {
            let value = value(&text).expect("what is accepted is YAML");
            prop_assert_eq!(problems(&schema(&playbook()), &value), Vec::<String>::new(), "{}", text);
        }
    }
}

#[test]
fn texts_of_every_length_and_kind_fit_when_the_parser_takes_them() {
    let schema = schema(&playbook());
    let long = |n: usize| "\u{1f600}".repeat(n);
    for text in [
        long(200),
        long(201),
        "\u{feff}".to_owned(),
        "\u{a0}".to_owned(),
        "a\u{85}".to_owned(),
        "ſ".to_owned(),
    ] {
        let text = format!("id: p\ntitle: \"{text}\"\nowner: o\nwhen: {{alert.event: new}}\n{THEN}");
        let Some(value) = value(&text) else { continue };
        assert_eq!(accepted(&text), problems(&schema, &value).is_empty(), "{text}");
    }
}

/// The mistakes that people make: each is seen in the editor.
#[test]
fn plain_mistakes_are_seen() {
    let sound = "id: p\ntitle: t\nowner: o\nmode: enforce\nwhen:\n  alert.severity: {at_least: high}\nthen:\n  - restrict_app_execution:\n      comment: c\n      release: {after: 4h}\nlimits:\n  - {devices: 5, per: 1h}\n";
    let schema = schema(&playbook());
    assert!(accepted(sound) && value(sound).is_some_and(|value| problems(&schema, &value).is_empty()));
    for (from, to) in [
        ("id: p", "id: P"),
        ("title: t\n", ""),
        ("mode: enforce", "mode: enforced"),
        ("mode: enforce", "mode: enforce\nfreshness: 1h"),
        ("when:", "wehn:"),
        ("alert.severity", "alert.sevrity"),
        ("at_least: high", "at_least: hihg"),
        ("at_least: high", "matches: high"),
        ("at_least: high", "at_least: high, at_most: high"),
        ("{at_least: high}", "[]"),
        ("alert.severity: {at_least: high}", "alert.age: 5m"),
        ("alert.severity: {at_least: high}", "device.tags: {contains: x}"),
        ("alert.severity: {at_least: high}", "alert.id: 5"),
        ("restrict_app_execution", "restrict"),
        ("      release: {after: 4h}\n", ""),
        ("release: {after: 4h}", "release: {after: 4 hours}"),
        ("release: {after: 4h}", "release: {after: 4h, never: true}"),
        ("comment: c", "comment: \"{alert.nmae}\""),
        ("devices: 5", "devices: 0"),
        ("devices: 5", "device: 5"),
    ] {
        let broken = sound.replacen(from, to, 1);
        assert_ne!(broken, sound, "{from}");
        assert!(!accepted(&broken), "{broken}");
        assert!(
            value(&broken).is_some_and(|value| !problems(&schema, &value).is_empty()),
            "{broken}"
        );
    }
}

/// What a schema cannot see in the broken files: the file's name, other files, whether a pattern compiles, how long a duration
/// is, the order of a timeline.
#[test]
fn most_broken_files_of_the_corpus_are_seen() {
    let schemas = [schema(&playbook()), schema(&test())];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/broken");
    let mut folders = vec![root];
    let (mut seen, mut unseen) = (0, BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the corpus can be listed") {
            let path = entry.expect("the corpus can be listed").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let is_test = name.ends_with(".test.yaml");
            // What is not YAML is for the editor's own parser; lints are no mistakes.
            let (true, false, Some(value)) =
                (name.ends_with(".yaml"), name.starts_with("lint-"), value(&text))
            else {
                continue;
            };
            match problems(&schemas[usize::from(is_test)], &value).is_empty() {
                false => seen += 1,
                true if name.starts_with("sound") => {}
                true => drop(unseen.insert(name)),
            }
        }
    }
    assert!(
        seen > 60 && unseen.len() * 8 <= seen,
        "{seen} are seen, and not {unseen:?}"
    );
}
