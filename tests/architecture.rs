//! The rules of the house that a compiler does not know, each a test whose failure says what to do.
//!
//! `docs/ARCHITECTURE.md` draws the layers; the table [`MAY_USE`] is what holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use scan::{SRC, Source, TESTS, scan};

#[path = "architecture/migrations.rs"]
mod migrations;
#[path = "architecture/scan.rs"]
mod scan;

/// Which of our modules a module may use. Tests are free, so are `main.rs` and `lib.rs`.
const MAY_USE: [(&str, &[&str]); 21] = [
    // Foundations and the pure core.
    ("clock", &[]),
    ("failpoint", &[]),
    // For the one list of characters that nobody sees.
    ("yaml", &["domain"]),
    ("domain", &[]),
    ("playbook", &["domain", "yaml"]),
    // The middle row: no neighbours, but for the permit that a call consumes.
    ("intake", &["domain", "clock", "yaml"]),
    ("limiter", &["domain", "clock"]),
    ("defender", &["domain", "clock", "failpoint", "limiter"]),
    ("store", &["domain", "clock", "failpoint"]),
    ("outbound", &["domain", "clock"]),
    // What operators see and do: below HTTP and the commands.
    ("desk", &["store", "playbook", "domain", "clock", "yaml"]),
    // Loops and HTTP.
    (
        "worker",
        &[
            "intake",
            "limiter",
            "defender",
            "store",
            "outbound",
            "playbook",
            "domain",
            "clock",
            "failpoint",
            "yaml",
        ],
    ),
    (
        "web",
        &[
            "desk",
            "intake",
            "limiter",
            "defender",
            "store",
            "outbound",
            "playbook",
            "domain",
            "clock",
            "failpoint",
            "yaml",
        ],
    ),
    // Putting together.
    (
        "config",
        &[
            "worker",
            "web",
            "desk",
            "intake",
            "limiter",
            "defender",
            "store",
            "outbound",
            "playbook",
            "domain",
            "yaml",
            "telemetry",
        ],
    ),
    ("lifecycle", &["clock"]),
    ("telemetry", &["outbound", "domain", "clock"]),
    ("app", ANYTHING_BUT_CLI),
    ("cli", ANYTHING),
    // A leaf beside the house.
    ("simulator", &[]),
    ("lib", ANYTHING),
    ("main", ANYTHING),
];

const ANYTHING: &[&str] = &["*"];
const ANYTHING_BUT_CLI: &[&str] = &[
    "config",
    "worker",
    "web",
    "desk",
    "intake",
    "limiter",
    "defender",
    "store",
    "outbound",
    "playbook",
    "domain",
    "clock",
    "yaml",
    "lifecycle",
    "telemetry",
];

/// The modules (or single files) that may name an outside crate.
const HOMES: [(&str, &[&str]); 34] = [
    ("sqlx", &["store"]),
    ("jiff_sqlx", &["store"]),
    ("reqwest", &["defender", "outbound"]),
    ("rustls", &["defender", "outbound", "web", "intake"]),
    ("ring", &["simulator", "web", "outbound", "desk/tokens.rs"]),
    ("flate2", &["intake"]),
    ("lz4_flex", &["intake"]),
    ("snap", &["intake"]),
    ("governor", &["limiter"]),
    ("axum", &["web", "simulator"]),
    ("hyper", &["web"]),
    ("hyper_util", &["web"]),
    ("tokio_rustls", &["web", "intake"]),
    ("serde_yaml", &["yaml"]),
    ("granit_parser", &["yaml"]),
    ("annotate_snippets", &["yaml"]),
    ("backoff", &["worker/retry.rs"]),
    (
        "rustix",
        &[
            "clock",
            "defender",
            "intake/spool.rs",
            "web/peer.rs",
            "cli/account.rs",
            "cli/terminal.rs",
        ],
    ),
    ("metrics_exporter_prometheus", &["telemetry"]),
    ("sd_notify", &["lifecycle", "lifecycle/notify.rs"]),
    ("clap", &["cli"]),
    ("anyhow", &["app", "cli", "worker"]),
    ("async_nats", &["intake"]),
    ("futures_util", &["intake"]),
    ("zstd", &["store", "intake"]),
    ("utoipa", &["web", "desk", "store", "playbook", "domain"]),
    ("utoipa_axum", &["web"]),
    ("maud", &["web"]),
    ("lettre", &["outbound"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
];

/// What a pure module may not name: files, sockets, tasks, clocks.
const IMPURE: [&[&str]; 9] = [
    &["tokio"],
    &["tokio_util"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "env"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
];

const MAX_LINES: usize = 500;

/// Fails with every finding and the way out.
fn hold(findings: Vec<String>, what_to_do: &str) {
    assert!(findings.is_empty(), "\n{}\n\n{what_to_do}\n", findings.join("\n"));
}

/// Every file of ours: `src` and `tests`.
fn everything() -> impl Iterator<Item = &'static Source> {
    SRC.iter().chain(TESTS.iter())
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let findings = SRC.iter().flat_map(arrows_upward).collect();
    hold(
        findings,
        "the layers of docs/ARCHITECTURE.md point one way: move the shared type down into `domain`, or let the caller \
         above join the two (MAY_USE in tests/architecture.rs is the table)",
    );
}

fn arrows_upward(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
        return vec![format!(
            "{}: the module `{module}` is not in the table of layers",
            source.path
        )];
    };
    let used: BTreeSet<&str> = source
        .names
        .iter()
        .filter(|name| !name.in_test && name.begins(&["crate"]))
        .filter_map(|name| name.segments.get(1).map(String::as_str))
        .filter(|used| MAY_USE.iter().any(|(known, _)| known == used))
        .collect();
    used.into_iter()
        .filter(|used| *used != module && !allowed.contains(used) && *allowed != ANYTHING)
        .map(|used| format!("{}: `{module}` uses `crate::{used}`", source.path))
        .collect()
}

#[test]
fn each_outside_crate_has_one_home() {
    let findings = SRC.iter().flat_map(strangers).collect();
    hold(
        findings,
        "use our own module in front of that crate (HOMES in tests/architecture.rs names it)",
    );
}

fn strangers(source: &Source) -> BTreeSet<String> {
    let lives_elsewhere = |name: &&scan::Name| {
        HOMES
            .iter()
            .any(|(outside, homes)| name.begins(&[*outside]) && !source.lies_in(homes))
    };
    let named = source
        .names
        .iter()
        .filter(|name| !name.in_test)
        .filter(lives_elsewhere);
    named
        .map(|name| format!("{}: names `{}`", source.path, name.segments.join("::")))
        .collect()
}

#[test]
fn the_environment_is_read_in_config_only() {
    let findings = SRC
        .iter()
        .filter(|source| source.module() != "config")
        .filter(|source| {
            source
                .names
                .iter()
                .any(|name| !name.in_test && name.begins(&["std", "env"]))
        })
        .map(|source| format!("{}: names `std::env`", source.path))
        .collect();
    hold(
        findings,
        "read it with `config::environment` in `cli` or `app` and pass the value down as an option",
    );
}

#[test]
fn domain_and_playbook_are_pure() {
    let findings = SRC
        .iter()
        .filter(|s| s.lies_in(&["domain", "playbook"]))
        .flat_map(impurities)
        .collect();
    hold(
        findings,
        "`domain` and `playbook` decide and never act: take `now`, texts and rows as parameters, and do the I/O in `worker` \
         or `cli`",
    );
}

fn impurities(source: &Source) -> BTreeSet<String> {
    let impure = |name: &&scan::Name| !name.in_test && IMPURE.iter().any(|stem| name.begins(stem));
    let named = source
        .names
        .iter()
        .filter(impure)
        .map(|name| name.segments.join("::"));
    let asynchronous = (source.async_code > 0).then(|| "async".to_owned());
    named
        .chain(asynchronous)
        .map(|what| format!("{}: `{what}`", source.path))
        .collect()
}

#[test]
fn a_file_holds_one_idea() {
    let findings = everything()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(source, lines)| format!("{}: {lines} lines", source.path))
        .collect();
    hold(findings, "split it by idea at 500 lines; think about it at 400");
}

#[test]
fn every_file_says_what_it_is_for() {
    let findings = everything()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path.clone())
        .collect();
    hold(
        findings,
        "begin the file with `//!`: what it is for, who calls it, what it never does",
    );
}

#[test]
fn nothing_is_left_for_later() {
    // Spelt in two halves, so that this file may be searched too.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!(".unw", "rap()"),
    ];
    let mut findings = Vec::new();
    for source in everything() {
        for (number, line) in source.text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(*word)) {
                findings.push(format!("{}:{}: `{word}`", source.path, number + 1));
            }
        }
    }
    hold(
        findings,
        "finish it now, or file an issue; `expect(\"the invariant\")` or an error in place of a bare unwrap",
    );
}

#[test]
fn no_test_sleeps_to_wait() {
    let sleeps = |name: &&scan::Name| {
        let last = name.segments.last().map(String::as_str);
        name.in_test && matches!(last, Some("sleep" | "sleep_until" | "sleep_ms"))
    };
    let findings = everything()
        .flat_map(|source| {
            let named = source.names.iter().filter(sleeps);
            named
                .map(|name| format!("{}: `{}`", source.path, name.segments.join("::")))
                .collect::<Vec<_>>()
        })
        .collect();
    hold(
        findings,
        "wait for a signal (channel, notify, end of a pipe) under a time-out, advance paused time, or call `run_once`",
    );
}

#[test]
fn files_and_modules_are_named_for_an_idea() {
    let vague = [
        "utils", "util", "common", "helpers", "helper", "types", "misc", "mod",
    ];
    let findings = everything()
        .filter(|source| {
            source
                .path
                .trim_end_matches(".rs")
                .split('/')
                .any(|part| vague.contains(&part))
        })
        .map(|source| source.path.clone())
        .collect();
    hold(
        findings,
        "name the file for the idea it holds; `foo.rs` stands beside `foo/`, there is no mod.rs",
    );
}

#[test]
fn directories_lie_at_most_two_below_src() {
    let findings = SRC
        .iter()
        .filter(|source| source.path.matches('/').count() > 3)
        .map(|source| source.path.clone())
        .collect();
    hold(
        findings,
        "bring the module up; a deeper tree hides what belongs together",
    );
}

#[test]
fn every_file_is_a_module_of_its_parent() {
    let sources = &*SRC;
    let text = |path: &str| {
        sources
            .iter()
            .find(|source| source.path == path)
            .map(|source| source.text.as_str())
    };
    let findings = sources
        .iter()
        .filter(|source| !["src/lib.rs", "src/main.rs"].contains(&source.path.as_str()))
        .filter(|source| {
            let (folder, file) = source.path.rsplit_once('/').expect("every path begins with src/");
            let parent = if folder == "src" {
                "src/lib.rs".to_owned()
            } else {
                format!("{folder}.rs")
            };
            let plain = format!("mod {};", file.trim_end_matches(".rs"));
            let by_path = format!("#[path = \"{file}\"]");
            let in_parent = text(&parent).is_some_and(|text| text.lines().any(|line| line.ends_with(&plain)));
            let beside = |other: &&Source| other.path.rsplit_once('/').is_some_and(|(f, _)| f == folder);
            !in_parent
                && !sources
                    .iter()
                    .filter(beside)
                    .any(|other| other.text.contains(&by_path))
        })
        .map(|source| source.path.clone())
        .collect();
    hold(
        findings,
        "declare the module in the file named like its folder, or remove the file: nobody compiles it",
    );
}

#[test]
fn lib_rs_is_an_index_of_every_module() {
    let index = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
        .expect("the library has its root");
    let modules: BTreeSet<String> = SRC
        .iter()
        .map(|source| source.module().to_owned())
        .filter(|module| !["lib", "main"].contains(&module.as_str()))
        .collect();
    let findings = modules
        .into_iter()
        .filter(|module| !index.contains(&format!("[`{module}`]")))
        .collect::<Vec<_>>();
    hold(
        findings,
        "tell in src/lib.rs, where a newcomer begins, what the module is for",
    );
}

/// The rules see what they are meant to see: each is shown a file that breaks it.
#[test]
fn the_scanner_sees_every_way_to_name_a_path() {
    let text = "
        use crate::{domain::alert, store::{self, gate as g}};
        #[derive(sqlx::Type)] struct S(reqwest::Client);
        fn f() { println!(\"{}\", crate::app::x()); super::super::cli::run(); }
        #[cfg(test)] mod tests { use crate::simulator; fn t() { tokio::time::sleep(d); } }
        async fn g() {}";
    let source = scan("src/playbook/check.rs".to_owned(), text.to_owned(), false);
    let upward: Vec<String> = arrows_upward(&source);
    assert_eq!(
        upward,
        ["app", "cli", "store"].map(|used| format!("src/playbook/check.rs: `playbook` uses `crate::{used}`")),
    );
    assert_eq!(
        strangers(&source).len(),
        2,
        "sqlx and reqwest: {:?}",
        strangers(&source)
    );
    assert_eq!(source.async_code, 1);
    assert_eq!(
        impurities(&source).len(),
        1,
        "async alone, the sleep is a test's: {:?}",
        impurities(&source)
    );
    let sleep = source
        .names
        .iter()
        .find(|name| name.begins(&["tokio", "time", "sleep"]));
    assert!(sleep.is_some_and(|name| name.in_test));
}

#[test]
fn the_scanner_knows_where_a_file_lives() {
    let source = scan(
        "src/worker/retry.rs".to_owned(),
        "use backoff::ExponentialBackoff;".to_owned(),
        false,
    );
    assert!(strangers(&source).is_empty());
    let source = scan(
        "src/worker/submit.rs".to_owned(),
        "use backoff::ExponentialBackoff;".to_owned(),
        false,
    );
    assert_eq!(strangers(&source).len(), 1);
}
