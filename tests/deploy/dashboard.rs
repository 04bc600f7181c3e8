//! The dashboard is one that Grafana can show: its panels have places, names and data sources, and what each asks of a metric is what that
//! metric has. That Prometheus can read the expressions is checked by promtool (`scripts/ci prometheus`).

use std::collections::{BTreeMap, BTreeSet};

use quell::telemetry::catalog;
use serde_json::Value;

use super::{named, read};

/// Labels that come of scraping and of histograms, not from the program.
const OF_PROMETHEUS: [&str; 3] = ["job", "instance", "le"];

/// Grafana's own variables.
const OF_GRAFANA: [&str; 3] = ["__rate_interval", "__interval", "__range"];

/// Grafana's names of the units that we use.
const UNITS: [&str; 5] = ["short", "s", "bytes", "percentunit", "dateTimeFromNow"];

fn dashboard() -> Value {
    serde_json::from_str(&read("deploy/grafana/quell.json")).expect("a dashboard is JSON")
}

fn texts<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The words behind a mark in a text, as far as they go: `$tenant`, `{{lane}}`.
fn behind<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(mark).skip(1).map(|rest| {
        let rest = rest.trim_start_matches('{');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

/// The labels that an expression names: in a selector before `=`, and in `by (…)`.
fn labels(expression: &str) -> BTreeSet<&str> {
    let mut labels = BTreeSet::new();
    for part in expression.split('{').skip(1) {
        let inside = part.split('}').next().unwrap_or_default();
        let names = inside.split(',').filter_map(|one| one.split('=').next());
        labels.extend(names.map(|name| name.trim().trim_end_matches('!')));
    }
    for part in expression.split("by (").skip(1) {
        let inside = part.split(')').next().unwrap_or_default();
        labels.extend(inside.split(',').map(str::trim));
    }
    labels
}

#[test]
fn every_panel_has_a_place_a_name_and_a_source_and_none_lies_over_another() {
    let dashboard = dashboard();
    assert!(dashboard["schemaVersion"].as_i64() >= Some(36));
    assert!(!texts(&dashboard, "uid").is_empty() && !texts(&dashboard, "title").is_empty());
    let panels = items(&dashboard, "panels");
    assert!(panels.len() > 30, "only {} panels", panels.len());
    let (mut ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for panel in panels {
        let title = texts(panel, "title");
        assert!(
            !title.is_empty() && ids.insert(panel["id"].as_i64()),
            "`{title}`: {}",
            panel["id"]
        );
        let place = |key: &str| {
            panel["gridPos"][key]
                .as_u64()
                .unwrap_or_else(|| panic!("`{title}` has no {key}"))
        };
        let (x, y, wide, high) = (place("x"), place("y"), place("w"), place("h"));
        assert!(
            wide > 0 && high > 0 && x + wide <= 24,
            "`{title}` stands beside the grid"
        );
        for cell in (x..x + wide).flat_map(|x| (y..y + high).map(move |y| (x, y))) {
            assert!(taken.insert(cell), "`{title}` lies over another panel");
        }
        let targets = items(panel, "targets");
        match texts(panel, "type") {
            "row" => assert!(targets.is_empty(), "`{title}`"),
            "timeseries" | "stat" => {
                assert!(!targets.is_empty(), "`{title}` asks nothing");
                let unit = texts(&panel["fieldConfig"]["defaults"], "unit");
                assert!(UNITS.contains(&unit), "`{title}` has the unit {unit:?}");
            }
            other => panic!("`{title}` is a {other:?}: Grafana knows it, this test does not"),
        }
        let mut letters = BTreeSet::new();
        for target in targets {
            assert!(
                letters.insert(texts(target, "refId")),
                "`{title}` has a query twice"
            );
            for its in [&target["datasource"], &panel["datasource"]] {
                assert_eq!(
                    (texts(its, "type"), texts(its, "uid")),
                    ("prometheus", "${datasource}"),
                    "`{title}`"
                );
            }
        }
    }
}

#[test]
fn every_query_asks_what_its_metrics_have() {
    let mut of: BTreeMap<String, &[&str]> = BTreeMap::new();
    for metric in catalog::all() {
        for end in ["", "_bucket", "_sum", "_count"] {
            of.insert(format!("{}{end}", metric.name), metric.labels);
        }
    }
    let dashboard = dashboard();
    let variables = items(&dashboard["templating"], "list").iter();
    let variables: BTreeSet<&str> = variables.map(|variable| texts(variable, "name")).collect();
    let mut queries = 0;
    for panel in items(&dashboard, "panels") {
        for target in items(panel, "targets") {
            let (expression, legend) = (texts(target, "expr"), texts(target, "legendFormat"));
            let title = texts(panel, "title");
            queries += 1;
            for name in behind(expression, "$") {
                assert!(
                    variables.contains(name) || OF_GRAFANA.contains(&name),
                    "`{title}`: what is ${name}?"
                );
            }
            let metrics = named(expression);
            assert!(!metrics.is_empty(), "`{title}` asks for no metric: {expression}");
            let known: BTreeSet<&str> = metrics
                .iter()
                .flat_map(|name| {
                    of.get(name)
                        .unwrap_or_else(|| panic!("`{title}`: nothing tells {name}"))
                        .iter()
                })
                .chain(&OF_PROMETHEUS)
                .copied()
                .collect();
            let asked = labels(expression);
            let unknown: Vec<&&str> = asked.iter().filter(|label| !known.contains(**label)).collect();
            assert!(
                unknown.is_empty(),
                "`{title}`: {expression} has no label {unknown:?}"
            );
            // Only what a sum leaves over can be named.
            let is_summed = ["sum(", "max(", "min("]
                .iter()
                .any(|sum| expression.contains(sum));
            let is_left = |label: &&str| match expression.contains("by (") {
                true => asked.contains(label),
                false => !is_summed && known.contains(label),
            };
            let gone: Vec<&str> = behind(legend, "{{").filter(|label| !is_left(label)).collect();
            assert!(
                gone.is_empty(),
                "`{title}`: {legend} of {expression} names {gone:?}"
            );
            if expression.contains("histogram_quantile") {
                assert!(
                    asked.contains("le") && expression.contains("_bucket"),
                    "`{title}`: {expression}"
                );
            }
        }
    }
    assert!(queries > 50, "only {queries} queries");
}

/// The way of an event stands on it, each step.
#[test]
fn every_histogram_of_the_way_of_an_event_is_shown_and_explained() {
    let (shown, told) = (read("deploy/grafana/quell.json"), read("docs/observability.md"));
    for name in [
        "quell_event_to_decision_seconds",
        "quell_decision_to_call_seconds",
        "quell_event_to_call_seconds",
        "quell_call_seconds",
        "quell_call_to_end_seconds",
        "quell_event_to_contained_seconds",
    ] {
        let metric = catalog::all()
            .find(|metric| metric.name == name)
            .expect("it is in the table");
        let catalog::Kind::Histogram(bounds) = metric.kind else {
            panic!("{name} is no histogram");
        };
        let spread = bounds.last().copied().unwrap_or_default() / bounds[0];
        assert!(
            spread >= 1_000.0,
            "{name}: three powers of ten at least, not {bounds:?}"
        );
        assert!(shown.contains(&format!("{name}_bucket")), "{name} is on no panel");
        assert!(told.contains(name), "{name} is not explained");
    }
}
