//! What is shipped to watch Quell fits this Quell: rules and dashboard name metrics that exist, and each alert has tests and a runbook. What a
//! runbook says to type is held against the program in `src/cli/documented.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quell::telemetry::catalog::{self, Kind};
use quell::yaml;

#[path = "dashboard.rs"]
mod dashboard;

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every series that `/metrics` may show.
fn series() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for metric in catalog::all() {
        names.insert(metric.name.to_owned());
        if matches!(metric.kind, Kind::Histogram(_)) {
            names.extend(["_bucket", "_sum", "_count"].map(|end| format!("{}{end}", metric.name)));
        }
    }
    names
}

/// The names of metrics in a text, and of recorded ones.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.split(|c: char| !is_part(c))
        .filter(|word| {
            ["quell_", "process_", "quell:"]
                .iter()
                .any(|begin| word.starts_with(begin) && word.len() > begin.len())
        })
        .map(str::to_owned)
        .collect()
}

/// The values of a key that stands on a line of its own, once for each line.
fn values<'t>(text: &'t str, key: &str) -> Vec<&'t str> {
    text.lines()
        .filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix(key))
        .map(|value| value.trim().trim_matches('"'))
        .collect()
}

#[test]
fn rules_tests_and_dashboard_name_only_metrics_that_exist() {
    let rules = read("deploy/prometheus/quell.rules.yaml");
    let mut known = series();
    known.extend(values(&rules, "record:").into_iter().map(str::to_owned));
    for (path, least) in [
        ("deploy/prometheus/quell.rules.yaml", 40),
        ("deploy/prometheus/quell.tests.yaml", 40),
        ("deploy/grafana/quell.json", 40),
    ] {
        let named = named(&read(path));
        let unknown: Vec<&String> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{path} names what nothing tells: {unknown:?}");
        assert!(named.len() >= least, "{path} names only {}", named.len());
    }
}

#[test]
fn rules_and_their_tests_are_yaml_and_each_alert_is_tested_both_ways() {
    let (rules, tests) = (
        "deploy/prometheus/quell.rules.yaml",
        "deploy/prometheus/quell.tests.yaml",
    );
    for path in [rules, tests] {
        if let Err(found) = yaml::parse(path, &read(path)) {
            panic!("{}", found.render(false));
        }
    }
    let (rules, tests) = (read(rules), read(tests));
    let alerts = values(&rules, "alert:");
    assert!(alerts.len() >= 30, "only {} alerts", alerts.len());
    let names = values(&tests, "name:");
    for alert in &alerts {
        for which in ["fires", "is silent"] {
            assert!(
                names.contains(&format!("{alert} {which}").as_str()),
                "no test is called `{alert} {which}`"
            );
        }
    }
    for key in ["labels: {severity:", "summary:", "description:", "runbook_url:"] {
        assert_eq!(
            values(&rules, key).len(),
            alerts.len(),
            "not every alert has `{key}`"
        );
    }
    let severities: BTreeSet<&str> = values(&rules, "labels: {severity:").into_iter().collect();
    assert_eq!(severities, BTreeSet::from(["critical}", "warning}"]));
}

#[test]
fn every_alert_has_a_runbook_and_every_runbook_an_alert() {
    let rules = read("deploy/prometheus/quell.rules.yaml");
    let index = read("docs/runbooks/README.md");
    let mut books = BTreeSet::from(["README.md".to_owned()]);
    for (alert, url) in values(&rules, "alert:")
        .into_iter()
        .zip(values(&rules, "runbook_url:"))
    {
        let name = url.strip_prefix("https://quell.example.com/runbooks/");
        let name = format!("{}.md", name.expect("the program serves it there"));
        let book = read(&format!("docs/runbooks/{name}"));
        assert!(
            book.starts_with(&format!("# {alert}\n")),
            "docs/runbooks/{name} is not about {alert}"
        );
        for part in [
            "## What it means",
            "## How bad",
            "## Look first",
            "## Do\n",
            "## Do not",
        ] {
            assert!(book.contains(part), "docs/runbooks/{name} has no `{part}`");
        }
        let of_a_tenant = rules
            .split("- alert: ")
            .any(|rule| rule.starts_with(&format!("{alert}\n")) && rule.contains("$labels.tenant"));
        let look = book.split("## ").find(|part| part.starts_with("Look first"));
        assert!(
            !of_a_tenant || look.is_some_and(|look| look.contains("add `--tenant NAME`")),
            "docs/runbooks/{name}: of several tenants its commands look at the first; say under `Look first` how to name another"
        );
        assert!(
            index.contains(&format!("[{alert}]({name})")),
            "docs/runbooks/README.md does not name {alert}"
        );
        books.insert(name);
    }
    let there = fs::read_dir(at("docs/runbooks")).expect("the runbooks are shipped");
    let there: BTreeSet<String> = there
        .map(|entry| {
            entry
                .expect("the folder can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(there, books, "a runbook belongs to an alert");
}
