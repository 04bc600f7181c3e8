//! The test runner tested: what passes, what fails and how it says so, and the shipped playbooks.

use std::path::Path;

use super::*;
use crate::playbook::SourceFile;

pub(super) const PLAYBOOK: &str = "id: p
title: t
owner: o
mode: enforce
when:
  alert.severity: {at_least: high}
unless:
  device.tags: {any_of: [tier-0]}
then:
  - restrict_app_execution: {comment: c, release: {after: 4h}}
limits:
  - {devices: 25, per: 1h}
";

fn set() -> PlaybookSet {
    let file = SourceFile {
        name: "p.yaml".to_owned(),
        text: PLAYBOOK.to_owned(),
    };
    PlaybookSet::compile(&[file]).expect("it compiles").0
}

pub(super) fn codes(text: &str) -> Vec<&'static str> {
    match TestFile::read("p.test.yaml", text) {
        Ok(_) => Vec::new(),
        Err(found) => found.iter().map(|diagnostic| diagnostic.code.id()).collect(),
    }
}

fn failures(given: &str, expect: &str) -> String {
    let text = format!("playbook: ../p.yaml\ntests:\n  - {{name: n, given: {given}, expect: {expect}}}\n");
    let file = match TestFile::read("p.test.yaml", &text) {
        Ok(file) => file,
        Err(found) => panic!("{}", found.render(false)),
    };
    let outcomes = file.run(&set()).expect("the playbook is in the set");
    outcomes
        .iter()
        .filter_map(|outcome| outcome.failure.as_ref())
        .map(ToString::to_string)
        .collect()
}

#[test]
fn a_test_that_holds_passes() {
    let high = "{alert: {severity: high}}";
    for (given, expect) in [
        (
            format!("[{high}, {{device: {{tags: []}}}}]"),
            "{decision: act, release_after: 4h, because: matched}",
        ),
        (
            format!("[{high}]"),
            "{decision: ask, because: if_unknown.device.tags}",
        ),
        (
            format!("[{high}, {{device: {{tags: null}}}}]"),
            "{decision: ask, because: if_unknown.device.tags}",
        ),
        (
            format!("[{high}, {{device: {{tags: [TIER-0]}}}}]"),
            "{decision: skip, because: unless.device.tags, actions: []}",
        ),
        (
            "[{alert: {severity: low}}]".to_owned(),
            "{decision: skip, because: no_match}",
        ),
        (
            format!(
                "[{high}, {{device: {{tags: []}}}}, {{history: {{devices_acted: {{last: 1h, count: 25}}}}}}]"
            ),
            "{decision: ask, because: \"limits[0]\"}",
        ),
        (
            format!(
                "[{high}, {{device: {{tags: []}}}}, {{history: {{devices_acted: {{last: 2h, count: 25}}}}}}]"
            ),
            "{decision: act}",
        ),
        (
            format!("[{high}, {{device: {{tags: []}}}}, {{alert: {{age: 2h}}}}]"),
            "{decision: ask, because: freshness}",
        ),
    ] {
        assert_eq!(failures(&given, expect), "", "{given}");
    }
}

#[test]
fn a_failing_test_shows_what_was_expected_what_came_and_the_line_that_decided() {
    let stopped = failures(
        "[{alert: {severity: high}, device: {tags: [tier-0, x]}}]",
        "{decision: act, actions: [restrict_app_execution], release_after: 4h}",
    );
    insta::assert_snapshot!(stopped, @r#"
    expected: decision act, actions [restrict_app_execution], release_after 4h
    got:      decision skip, because unless.device.tags
    decided:  ✓ unless device.tags: {any_of: [tier-0]}, saw [`tier-0`, `x`] (p.yaml:8)
    "#);
    let acted = failures(
        "[{alert: {severity: high}, device: {tags: []}}]",
        "{decision: skip, because: unless.device.tags}",
    );
    insta::assert_snapshot!(acted, @r#"
    expected: decision skip, because unless.device.tags
    got:      decision act, actions [restrict_app_execution], release_after 4h, because matched
    line:     ✓ when alert.severity: {at_least: high}, saw `high` (p.yaml:6)
    line:     ✗ unless device.tags: {any_of: [tier-0]}, saw [] (p.yaml:8)
    "#);
}

#[test]
fn each_expectation_can_fail() {
    let given = "[{alert: {severity: high}, device: {tags: []}}]";
    for expect in [
        "{decision: observe}",
        "{actions: []}",
        "{actions: [release_app_restriction]}",
        "{release_after: 5h}",
        "{release_after: never}",
        "{because: ask}",
    ] {
        assert_ne!(failures(given, expect), "", "{expect}");
    }
}

#[test]
fn a_wrong_test_file_is_refused() {
    let test = |rest: &str| {
        format!("playbook: p.yaml\nfacts: {{a: {{alert: {{severity: high}}}}}}\ntests: [{rest}]\n")
    };
    for (text, expected) in [
        (test(""), &["E332"][..]),
        ("playbook: p.yaml\n".to_owned(), &["E312"]),
        (test("{name: n, given: [a], expect: {}}"), &["E332"]),
        (test("{name: n, given: [b], expect: {decision: act}}"), &["E331"]),
        (
            test("{name: n, given: [{alert: {sev: high}}], expect: {decision: act}}"),
            &["E101"],
        ),
        (
            test("{name: n, given: [{alert: {severity: hgih}}], expect: {decision: act}}"),
            &["E104"],
        ),
        (
            test("{name: n, given: [{device: {id: ../x}}], expect: {decision: act}}"),
            &["E104"],
        ),
        (
            test("{name: n, given: [{alert: {event: unknown}}], expect: {decision: act}}"),
            &["E104"],
        ),
        (
            test("{name: n, given: [{devise: {}}], expect: {decision: act}}"),
            &["E310"],
        ),
        (
            test("{name: n, given: [a], expect: {decision: acted}}"),
            &["E313"],
        ),
        (
            test("{name: n, given: [a], expect: {actions: [restart]}}"),
            &["E313"],
        ),
        (test("{name: n, given: [a]}"), &["E312"]),
        (test("{name: n, timeline: []}"), &["E332"]),
        (
            test("{name: n, given: [a], expect: {decision: act, device: free}}"),
            &["E337"],
        ),
        (
            test("{name: n, given: [a], expect: {because: x}}, {name: n, given: [a], expect: {because: x}}"),
            &["E333"],
        ),
    ] {
        assert_eq!(codes(&text), expected, "{text}");
    }
    let bad_facts = "playbook: p.yaml\nfacts: {a: {alert: {nmae: x}}}\ntests: [{name: n, given: [a], expect: {because: x}}]\n";
    assert_eq!(codes(bad_facts), ["E101"], "reported once, where it stands");
}

#[test]
fn a_failing_test_shows_the_guard_that_decided_with_what_it_saw() {
    let guarded = |guards: &str, given: &str| {
        let text = format!(
            "playbook: ../p.yaml\nguards: {guards}\ntests:\n  - {{name: n, given: [{{alert: {{severity: high}}, device: {{tags: []}}}}, {given}], expect: {{decision: observe}}}}\n"
        );
        let file = match TestFile::read("p.test.yaml", &text) {
            Ok(file) => file,
            Err(found) => panic!("{}", found.render(false)),
        };
        let outcomes = file.run(&set()).expect("the playbook is in the set");
        let failure = outcomes[0].failure.as_ref().expect("it fails").to_string();
        let decided = failure.lines().find(|line| line.starts_with("  decided:"));
        decided.expect("something decided").trim().to_owned()
    };
    let shown = [
        guarded("{}", "{history: {devices_acted: [{last: 1h, count: 25}]}}"),
        guarded(
            "{caps: [{devices: 3, per: 2h}]}",
            "{history: {devices_acted: {last: 1h, count: 3}}}",
        ),
        guarded("{freshness: 30m}", "{alert: {age: 2h}}"),
        guarded("{}", "{alert: {age: unknown}}"),
        guarded("{never: {tags: [vip]}}", "{device: {tags: [VIP, x]}}"),
        guarded("{never: {names: [dc*]}}", "{device: {name: unknown}}"),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r#"
    decided:  limits[0]: {devices: 25, per: 1h}, saw 26 devices with this one (p.yaml:12)
    decided:  caps[0]: at most 3 devices in 2h over all playbooks, saw 4 devices with this one
    decided:  freshness: an event at most 30m old acts by itself, saw one 2h old
    decided:  freshness: an event at most 1h old acts by itself, saw one of unknown time
    decided:  never.tags: [vip], saw device.tags [`VIP`, `x`]
    decided:  never.names: [dc*], saw device.name unknown
    "#);
}

#[test]
fn the_shipped_playbooks_compile_without_a_warning_and_pass_their_tests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
    let read = |path: std::path::PathBuf| std::fs::read_to_string(&path).expect("a shipped file can be read");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the folder ships") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path
                .file_name()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned();
            files.push(SourceFile {
                name,
                text: read(path),
            });
        }
    }
    let (set, warnings) = match PlaybookSet::compile(&files) {
        Ok(compiled) => compiled,
        Err(found) => panic!("{}", found.render(false)),
    };
    assert!(warnings.is_empty(), "{}", warnings.render(false));
    assert_eq!(set.playbooks().len(), 6);
    for playbook in set.playbooks() {
        let name = format!("{}.test.yaml", playbook.id);
        let test = match TestFile::read(&name, &read(folder.join("tests").join(&name))) {
            Ok(test) => test,
            Err(found) => panic!("{}", found.render(false)),
        };
        let outcomes = test.run(&set).expect("the test names its playbook");
        assert!(outcomes.len() >= 7, "{name}");
        for outcome in outcomes {
            if let Some(failure) = outcome.failure {
                panic!("{}: {}\n{failure}", outcome.at, outcome.name);
            }
        }
    }
}

#[test]
fn coverage_counts_the_tests_that_were_run() {
    let text = "playbook: ../p.yaml\ntests:\n  - {name: one, given: [], expect: {decision: ask}}\n  - {name: two, given: [], expect: {decision: ask}}\n";
    let file = TestFile::read("p.test.yaml", text).expect("it is right");
    let mut coverages = Coverages::new();
    for wanted in ["one", "two", "none"] {
        file.run_some(&set(), |name| name == wanted, &mut coverages);
    }
    let counts: Vec<_> = coverages.values().map(|coverage| coverage.tests).collect();
    assert_eq!(counts, [2]);
}
