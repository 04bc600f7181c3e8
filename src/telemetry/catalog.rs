//! Every metric of the program, in one table: its name, its kind, its labels, what it means, and for a histogram its bounds. From here
//! Prometheus gets the help, `docs/reference/metrics.md` its rows, and the tests what may stand in rules and dashboards.
//!
//! `telemetry` describes them when metrics are started. Who counts knows nothing of the table: a test reads the source and fails for a
//! metric, or a label, that is not in it.

mod flow;
mod operation;
mod standing;

use metrics::Unit;

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only ever grows.
    Counter,
    /// What is the case now.
    Gauge,
    /// 1 while it is the case, else 0.
    Flag,
    /// How observations spread, with the upper bounds of its buckets.
    Histogram(&'static [f64]),
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name by the rules of Prometheus: a base unit at the end, `_total` for a counter.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels. Each takes few values: never a device, an alert or an id.
    pub labels: &'static [&'static str],
    /// What it means, for operators.
    pub help: &'static str,
}

impl Metric {
    const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Counter,
            labels,
            help,
        }
    }

    const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Gauge,
            labels,
            help,
        }
    }

    const fn flag(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Flag,
            labels,
            help,
        }
    }

    const fn histogram(
        name: &'static str,
        labels: &'static [&'static str],
        bounds: &'static [f64],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: Kind::Histogram(bounds),
            labels,
            help,
        }
    }

    /// Its unit, as the end of its name says.
    pub fn unit(&self) -> &'static str {
        let stem = self.name.trim_end_matches("_total");
        match self.kind {
            Kind::Flag => "1 or 0",
            _ if stem.ends_with("_timestamp_seconds") || stem.ends_with("_start_time_seconds") => {
                "seconds since 1970"
            }
            _ if stem.ends_with("_seconds") => "seconds",
            _ if stem.ends_with("_bytes") => "bytes",
            _ => "count",
        }
    }

    /// The word for its kind, as Prometheus has it.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Counter => "counter",
            Kind::Gauge | Kind::Flag => "gauge",
            Kind::Histogram(_) => "histogram",
        }
    }

    fn described(&self) {
        let unit = match self.unit() {
            "seconds" | "seconds since 1970" => Unit::Seconds,
            "bytes" => Unit::Bytes,
            _ => Unit::Count,
        };
        match self.kind {
            Kind::Counter => {
                metrics::describe_counter!(self.name, unit, self.help);
                if self.labels.is_empty() {
                    // There from the start, so that the first failure is a change and not a new series.
                    metrics::counter!(self.name).absolute(0);
                }
            }
            Kind::Gauge | Kind::Flag => metrics::describe_gauge!(self.name, unit, self.help),
            Kind::Histogram(_) => metrics::describe_histogram!(self.name, unit, self.help),
        }
    }
}

/// Every metric, in the order of the page.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    sections().into_iter().flat_map(|(_, metrics)| metrics)
}

fn sections() -> [(&'static str, &'static [Metric]); 7] {
    [
        ("Events and decisions", flow::EVENTS),
        ("Calls and actions", flow::CALLS),
        ("Containments", standing::CONTAINMENTS),
        ("Budget, queue and gate", standing::BUDGET),
        ("Sources", operation::SOURCES),
        ("Telling others", operation::TELLING),
        ("The process and its upkeep", operation::UPKEEP),
    ]
}

/// Tells the recorder what each means.
pub fn describe() {
    all().for_each(Metric::described);
}

/// The page `docs/reference/metrics.md`.
pub fn page() -> String {
    let mut page = String::from(
        "<!-- Printed by a test from src/telemetry/catalog.rs: `UPDATE=1 cargo test --lib reference`. -->\n# Metrics\n\n\
         What `GET /metrics` answers, in Prometheus' text format. `tenant` is a tenant's name, `source` a configured source's; no label \
         names a device, an alert or a person. Figures that are read from Postgres are told by the replica that dispatches for the tenant \
         and are zero on the others: take `max by (tenant)` of a gauge. What to do with them is in [observability.md](../observability.md).\n",
    );
    for (title, metrics) in sections() {
        page +=
            &format!("\n## {title}\n\n| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n");
        for metric in metrics {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            page += &format!(
                "| `{}` | {} | {} | {} | {} |\n",
                metric.name,
                metric.kind_name(),
                metric.unit(),
                labels.join(", "),
                metric.help.replace('|', "\\|"),
            );
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;

    /// Labels whose values are few, whatever arrives.
    const LABELS: [&str; 25] = [
        "tenant", "source", "kind", "outcome", "reason", "state", "to", "mode", "measure", "route", "status",
        "table", "lookup", "question", "verdict", "answer", "body", "lane", "window", "scope", "version",
        "features", "channel", "event", "role",
    ];

    /// A metric as the source counts it.
    #[derive(Debug)]
    struct Use {
        at: String,
        macro_name: String,
        name: String,
        labels: BTreeSet<String>,
    }

    fn files(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("our own source is there") {
            let path = entry.expect("the folder can be listed").path();
            if path.is_dir() {
                files(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                into.push(path);
            }
        }
    }

    fn uses() -> Vec<Use> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut paths = Vec::new();
        files(&root, &mut paths);
        let calls = regex::Regex::new(r#"metrics::(counter|gauge|histogram)!\(\s*"([a-z0-9_]+)""#)
            .expect("the pattern is ours");
        let label = regex::Regex::new(r#""([a-z_]+)"\s*=>"#).expect("the pattern is ours");
        let mut uses = Vec::new();
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("our own source can be read");
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for found in calls.captures_iter(text) {
                let begins = found.get(0).map_or(0, |whole| whole.start());
                let rest = &text[begins..];
                let mut depth = 0_i32;
                let ends = rest.char_indices().find_map(|(at, c)| {
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    (c == ')' && depth == 0).then_some(at)
                });
                let whole = &rest[..ends.expect("a macro's brackets are closed")];
                uses.push(Use {
                    at: path.display().to_string(),
                    macro_name: found[1].to_owned(),
                    name: found[2].to_owned(),
                    labels: label
                        .captures_iter(whole)
                        .map(|label| label[1].to_owned())
                        .collect(),
                });
            }
        }
        uses
    }

    #[test]
    fn every_metric_of_the_source_is_in_the_table_and_every_one_of_the_table_is_counted() {
        let table: BTreeMap<&str, &Metric> = all().map(|metric| (metric.name, metric)).collect();
        let uses = uses();
        assert!(uses.len() > 100, "the scan finds only {} uses", uses.len());
        let mut wrong = Vec::new();
        for its in &uses {
            let Some(metric) = table.get(its.name.as_str()) else {
                wrong.push(format!("{}: `{}` is not in the table", its.at, its.name));
                continue;
            };
            if metric.kind_name() != its.macro_name {
                wrong.push(format!("{}: `{}` is a {}", its.at, its.name, metric.kind_name()));
            }
            let labels: BTreeSet<String> = metric.labels.iter().map(|label| (*label).to_owned()).collect();
            if labels != its.labels {
                wrong.push(format!(
                    "{}: `{}` has the labels {labels:?}, not {:?}",
                    its.at, its.name, its.labels
                ));
            }
        }
        let counted: BTreeSet<&str> = uses.iter().map(|its| its.name.as_str()).collect();
        let idle = table.keys().filter(|name| !counted.contains(*name));
        wrong.extend(idle.map(|name| format!("nothing counts `{name}`")));
        assert!(
            wrong.is_empty(),
            "\n{}\nthe table is src/telemetry/catalog/\n",
            wrong.join("\n")
        );
    }

    #[test]
    fn names_keep_the_rules_of_prometheus() {
        let mut seen = BTreeSet::new();
        for metric in all() {
            let name = metric.name;
            assert!(seen.insert(name), "`{name}` stands twice");
            assert!(
                name.starts_with("quell_") || name.starts_with("process_"),
                "`{name}`"
            );
            assert_eq!(metric.kind == Kind::Counter, name.ends_with("_total"), "`{name}`");
            for unit in [
                "milliseconds",
                "_ms",
                "_minutes",
                "_hours",
                "_kb",
                "_megabytes",
                "_percent",
            ] {
                assert!(!name.contains(unit), "`{name}` is not in a base unit");
            }
            for label in metric.labels {
                assert!(
                    LABELS.contains(label),
                    "`{name}`: is the label `{label}` bounded?"
                );
            }
            assert!(
                metric.help.len() > 10 && !metric.help.ends_with('.'),
                "`{name}`: {}",
                metric.help
            );
            if let Kind::Histogram(bounds) = metric.kind {
                assert!(name.ends_with("_seconds"), "`{name}`");
                assert!(bounds.len() >= 8 && bounds.is_sorted(), "`{name}`");
            }
        }
    }

    #[test]
    fn the_reference_of_metrics_is_what_the_table_says() {
        crate::cli::reference::compare("docs/reference/metrics.md", &page());
    }
}
