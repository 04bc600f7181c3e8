//! Tests of `quell test` over files.

use std::fs;

use super::*;

fn args(path: &Path) -> Args {
    Args {
        paths: vec![path.to_owned()],
        run: None,
        coverage: false,
        format: Format::Human,
    }
}

fn tested(args: &Args) -> (anyhow::Result<bool>, String) {
    let mut out = Vec::new();
    let passed = test(args, &mut out, false, Progress::new(false));
    (passed, String::from_utf8(out).expect("the output is text"))
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks")
}

/// A folder with a playbook, a broken one, and a failing test, one of a broken playbook and one of none.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file can be written");
    let playbook = "id: a\ntitle: t\nowner: o\nwhen: {alert.severity: high}\nthen: [release_app_restriction: {comment: c}]\n";
    write("a.yaml", playbook);
    write("b.yaml", "id: b\n");
    fs::create_dir(folder.path().join("tests")).expect("a folder can be made");
    let case = |playbook: &str| {
        format!(
            "playbook: ../{playbook}\ntests:\n  - {{name: x, given: [{{alert: {{severity: low}}}}], expect: {{decision: observe}}}}\n"
        )
    };
    write("tests/a.test.yaml", &case("a.yaml"));
    write("tests/b.test.yaml", &case("b.yaml"));
    write("tests/c.test.yaml", &case("c.yaml"));
    folder
}

#[test]
fn the_shipped_tests_pass_by_folder_by_playbook_and_by_test_file() {
    for (path, at_least) in [
        ("", 40),
        ("ransomware-restrict.yaml", 10),
        ("tests/ransomware-restrict.test.yaml", 10),
    ] {
        let (passed, out) = tested(&args(&shipped().join(path)));
        assert!(passed.expect("the files can be read"), "{out}");
        assert!(
            out.lines().filter(|line| line.starts_with("pass ")).count() >= at_least,
            "{out}"
        );
        assert!(out.ends_with(" passed, 0 failed\n"), "{out}");
    }
}

#[test]
fn a_failing_test_and_a_broken_file_fail_the_run_and_the_rest_still_runs() {
    let folder = folder();
    let (passed, out) = tested(&args(folder.path()));
    assert!(!passed.expect("the files can be read"));
    assert!(
        out.contains("tests/a.test.yaml:3: x\n  expected: decision observe\n  got:      decision skip"),
        "{out}"
    );
    assert!(
        out.contains("saw `low`") && out.contains("error[E312]: `title` is missing"),
        "{out}"
    );
    assert!(
        out.ends_with("test files that could not be run: 2\n0 passed, 1 failed\n"),
        "{out}"
    );
}

#[test]
fn the_shipped_tests_see_every_line_true_and_false_and_take_every_branch() {
    let (passed, out) = tested(&Args {
        coverage: true,
        ..args(&shipped())
    });
    assert!(passed.expect("the files can be read"), "{out}");
    for missing in [
        "never true",
        "never false",
        "never seen",
        "only unknown",
        "never taken",
    ] {
        let found: Vec<_> = out
            .lines()
            .filter(|line| line.starts_with(&format!("  {missing}")))
            .collect();
        assert!(found.is_empty(), "{found:?}");
    }
    assert!(
        out.contains("by 1") && out.contains("lines true and false"),
        "{out}"
    );
}

#[test]
fn no_test_is_a_failure() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (passed, _) = tested(&args(folder.path()));
    assert!(
        passed
            .expect_err("the folder is empty")
            .to_string()
            .contains("no test is under")
    );
}

#[test]
fn only_the_tests_that_the_pattern_finds_are_run_and_none_is_a_failure() {
    let run = |pattern: &str| {
        tested(&Args {
            run: Some(Regex::new(pattern).expect("the pattern is sound")),
            ..args(&shipped())
        })
    };
    let (passed, out) = run("^ransomware-restrict/.*26th");
    assert!(passed.expect("the files can be read"), "{out}");
    assert!(out.ends_with("1 passed, 0 failed\n"), "{out}");
    let (passed, _) = run("^ransomware-restrict/nothing of this name");
    let error = passed.expect_err("nothing is found").to_string();
    assert!(error.contains("is found by `^ransomware"), "{error}");
}

#[test]
fn json_has_a_line_for_each_test_for_each_broken_file_and_for_the_counts() {
    let folder = folder();
    let (_, out) = tested(&Args {
        format: Format::Json,
        coverage: true,
        ..args(folder.path())
    });
    let lines: Vec<serde_json::Value> = out
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .expect("each line is JSON");
    assert_eq!(lines.len(), 5, "{out}");
    assert_eq!(lines[0]["test"], "a/x");
    assert_eq!(lines[0]["failure"]["expected"], "decision observe");
    assert_eq!(lines[1]["errors"][0]["code"], "E312");
    assert_eq!(lines[2]["errors"][0]["code"], "E330");
    assert_eq!(lines[3]["coverage"]["lines"][0]["was_true"], false);
    assert_eq!(
        lines[4]["summary"],
        serde_json::json!({"passed": 0, "failed": 1, "broken": 2})
    );
}

#[test]
fn junit_has_a_suite_for_each_file_and_a_case_for_each_test() {
    let folder = folder();
    let (_, out) = tested(&Args {
        format: Format::Junit,
        ..args(folder.path())
    });
    assert!(
        out.starts_with("<?xml") && out.contains("name=\"a/x\"") && out.contains("name=\"can be run\""),
        "{out}"
    );
    assert!(out.contains("tests=\"3\" failures=\"1\" errors=\"2\""), "{out}");
}

#[test]
fn coverage_tells_what_was_never_true_never_false_and_never_taken() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let playbook = "id: a
title: t
owner: o
mode: enforce
when:
  alert.severity: high
unless:
  device.tags: [x]
ask: {when: {device.kind: server}, from: [soc], within: 30m}
then: [restrict_app_execution: {comment: c, release: {after: 1h}}]
limits:
  - {devices: 5, per: 1h}
";
    let tests = "playbook: ../a.yaml
tests:
  - name: acts
    given: [{alert: {severity: high}, device: {tags: [], kind: workstation}}]
    expect: {decision: act}
  - name: skips
    given: [{alert: {severity: low}, device: {tags: unknown, kind: workstation}}]
    expect: {decision: skip}
";
    fs::create_dir(folder.path().join("tests")).expect("a folder can be made");
    fs::write(folder.path().join("a.yaml"), playbook).expect("a file can be written");
    fs::write(folder.path().join("tests/a.test.yaml"), tests).expect("a file can be written");
    let (passed, out) = tested(&Args {
        coverage: true,
        ..args(folder.path())
    });
    assert!(passed.expect("the files can be read"), "{out}");
    let table = out.split_once("\n\n").expect("the table stands apart").1;
    let table = table.replace(&folder.path().display().to_string(), "");
    insta::assert_snapshot!(table, @r#"
    coverage of a by 2 tests: 1 of 3 lines true and false, 0 of 5 branches taken
      never true   unless device.tags: [x] (/a.yaml:8)
      never true   ask.when device.kind: server (/a.yaml:9)
      never taken  if_unknown (/a.yaml)
      never taken  ask (/a.yaml:9)
      never taken  ask.otherwise (/a.yaml:9)
      never taken  release.after (/a.yaml:10)
      never taken  limits[0] (/a.yaml:12)
      never unknown, which is fine where the fact is always known: when alert.severity
    "#);
}

/// The files that the page's YAML blocks name in their first lines; of one that stands there twice the later text.
fn documented() -> Vec<Vec<(String, String)>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/testing-playbooks.md");
    let page = fs::read_to_string(page).expect("the page ships");
    let blocks = page.split("```yaml\n").skip(1);
    let mut folders: Vec<Vec<(String, String)>> = Vec::new();
    let mut files: Vec<(String, String)> = Vec::new();
    for block in blocks {
        let (text, _) = block.split_once("```").expect("a block ends");
        let name = text.lines().next().and_then(|line| line.strip_prefix("# "));
        let name = name.expect("a block begins with its file's name").to_owned();
        files.retain(|(other, _)| *other != name);
        files.push((name, text.to_owned()));
        folders.push(files.clone());
    }
    folders
}

#[test]
fn every_example_of_the_page_about_tests_is_sound_and_passes() {
    let mut passes = 0;
    for files in documented() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir_all(folder.path().join("playbooks/tests")).expect("a folder can be made");
        for (name, text) in &files {
            fs::write(folder.path().join(name), text).expect("a file can be written");
        }
        if !files.iter().any(|(name, _)| name.contains(".test.")) {
            continue;
        }
        let (passed, out) = tested(&args(&folder.path().join("playbooks")));
        assert!(passed.expect("the files can be read"), "{out}");
        passes += out.lines().filter(|line| line.starts_with("pass ")).count();
    }
    assert!(passes > 10, "{passes}");
}
