//! What `quell check` prints in each form, and with which exit code it ends.

use std::fs;

use serde_json::Value;

use super::*;

/// A folder with files, some in folders of their own.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    folder
}

fn args(paths: &[&Path], format: Format) -> Args {
    Args {
        paths: paths.iter().map(|path| path.to_path_buf()).collect(),
        format,
        deny_warnings: false,
        config: None,
    }
}

/// The exit code, standard output and standard error.
fn checked(args: &Args) -> (anyhow::Result<ExitCode>, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = check(args, &mut out, &mut err, false);
    let text = |bytes| String::from_utf8(bytes).expect("the output is text");
    (code, text(out), text(err))
}

#[track_caller]
fn ends(code: anyhow::Result<ExitCode>, expected: u8) {
    let code = code.expect("the output can be written");
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(expected)));
}

const WARNED: &str = "id: a\ntitle: t\nowner: o\nmode: enforce\nwhen: {alert.severity: high}\nthen:\n  - restrict_app_execution: {comment: c, release: {after: 4h}}\n";

#[test]
fn the_shipped_playbooks_are_sound() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
    let (code, out, err) = checked(&args(&[&shipped], Format::Human));
    ends(code, 0);
    assert_eq!(out, "6 playbooks, 6 test files, 0 errors, 0 warnings\n");
    assert_eq!(err, "");
}

#[test]
fn every_error_of_playbooks_and_tests_is_printed_and_fails() {
    let folder = folder(&[
        ("a.yaml", "id: b\nwehn: {}\n"),
        ("tests/a.test.yaml", "tests: []\n"),
        (
            "tests/z.test.yaml",
            "playbook: ../z.yaml\ntests: [{name: n, given: [], expect: {decision: skip}}]\n",
        ),
    ]);
    let (code, human, _) = checked(&args(&[folder.path()], Format::Human));
    ends(code, 1);
    assert!(human.contains("error[E310]: unknown key `wehn`") && human.contains("did you mean `when`?"));
    assert!(human.contains("error[E332]: the file holds no test"));
    assert!(
        human.contains("error[E330]: there is no playbook `../z.yaml`"),
        "{human}"
    );
    let (_, json, _) = checked(&args(&[folder.path()], Format::Json));
    let errors = json.lines().map(serde_json::from_str::<Value>);
    let errors: Vec<_> = errors.collect::<Result<_, _>>().expect("each line is JSON");
    let summary = format!("1 playbook, 2 test files, {} errors, 0 warnings\n", errors.len());
    assert!(human.contains(&summary), "{human}");
    assert!(
        errors
            .iter()
            .all(|error| error["severity"] == "error" && error["line"].is_u64())
    );
}

#[test]
fn a_warning_fails_only_where_it_is_denied() {
    let folder = folder(&[("a.yaml", WARNED)]);
    let mut args = args(&[&folder.path().join("a.yaml")], Format::Human);
    ends(checked(&args).0, 0);
    args.deny_warnings = true;
    let (code, out, _) = checked(&args);
    ends(code, 1);
    assert!(
        out.contains("warning[W401]") && out.contains("0 errors, 1 warning\n"),
        "{out}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_others_are_checked() {
    let folder = folder(&[("a.yaml", "id: a\nmoed: off\n"), ("latin.yaml", "id: latin\n")]);
    fs::write(folder.path().join("latin.yaml"), b"id: latin\ntitle: caf\xe9\n")
        .expect("a file can be written");
    let missing = folder.path().join("missing.yaml");
    let (code, out, err) = checked(&args(&[&missing, folder.path()], Format::Human));
    ends(code, 3);
    assert!(
        out.contains("unknown key `moed`") && out.contains("error[E340]"),
        "{out}"
    );
    assert!(err.contains("missing.yaml") && err.lines().count() == 1, "{err}");
}

#[test]
fn a_test_of_another_file_of_that_name_is_no_test_of_the_playbook() {
    let test =
        |of: &str| format!("playbook: {of}\ntests: [{{name: n, given: [], expect: {{decision: skip}}}}]\n");
    for (of, is_tested) in [
        ("../a.yaml", true),
        ("../../set/./a.yaml", true),
        ("../../old/a.yaml", false),
    ] {
        let test = test(of);
        let folder = folder(&[
            ("set/a.yaml", WARNED),
            ("set/tests/a.test.yaml", &test),
            ("old/a.yaml", WARNED),
        ]);
        for path in ["set", "old/../set"] {
            let (_, out, _) = checked(&args(&[&folder.path().join(path)], Format::Human));
            assert_eq!(!out.contains("warning[W402]"), is_tested, "{of} {path}: {out}");
        }
    }
}

#[test]
fn nothing_to_check_is_an_error() {
    let folder = folder(&[]);
    let (code, _, _) = checked(&args(&[folder.path()], Format::Human));
    let error = code.expect_err("the folder is empty");
    assert!(error.to_string().contains("no playbook is under"));
}

#[test]
fn a_playbook_that_the_configuration_keeps_from_acting_is_told() {
    let playbook = WARNED
        .replace("{alert.severity: high}", "{device.tags: [Tier-0]}")
        .replace("enforce", "observe");
    let folder = folder(&[("a.yaml", &playbook)]);
    let config = folder.path().join("quell.conf");
    let text = "database: {url: postgres:///quell}\nplaybooks: {path: .}\ntenants:\n  - name: c\n    credential: {client_secret: {directory_id: d, client_id: c, secret_file: s}}\n";
    fs::write(&config, text).expect("a file can be written");
    let mut args = args(&[folder.path()], Format::Human);
    assert!(!checked(&args).1.contains("W405"));
    args.config = Some(config.clone());
    let (code, out, _) = checked(&args);
    ends(code, 0);
    assert!(out.contains("warning[W405]"), "{out}");
    fs::write(&config, "mode: enforced\n").expect("a file can be written");
    let (code, out, _) = checked(&args);
    ends(code, 1);
    assert!(out.contains("quell.conf:1:7"), "{out}");
    args.config = Some(folder.path().join("nowhere.conf"));
    ends(checked(&args).0, 3);
}

/// The log's parts have the names, types and bounds that the schema of SARIF 2.1.0 demands of what is used here.
#[test]
fn the_sarif_log_has_the_form_of_the_standard() {
    let folder = folder(&[("a b.yaml", "id: a\nwehn: {}\n"), ("w.yaml", WARNED)]);
    let missing = folder.path().join("missing.yaml");
    let (code, out, _) = checked(&args(&[folder.path(), &missing], Format::Sarif));
    ends(code, 3);
    let log: Value = serde_json::from_str(&out).expect("SARIF is JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let rules = run["tool"]["driver"]["rules"]
        .as_array()
        .expect("there are rules");
    for rule in rules {
        for field in [
            "/shortDescription/text",
            "/fullDescription/text",
            "/help/text",
            "/help/markdown",
        ] {
            let text = rule.pointer(field).and_then(Value::as_str);
            assert!(text.is_some_and(|text| !text.is_empty()), "{rule}: {field}");
        }
    }
    let results = run["results"].as_array().expect("there are results");
    assert!(results.len() > 3);
    for result in results {
        let rule = result["ruleIndex"]
            .as_u64()
            .and_then(|at| rules.get(usize::try_from(at).ok()?));
        assert_eq!(rule.map(|rule| &rule["id"]), Some(&result["ruleId"]));
        assert!(matches!(result["level"].as_str(), Some("error" | "warning")));
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"]
            .as_str()
            .expect("there is a file");
        assert!(!uri.contains([' ', '\\']) && uri.starts_with("file:///"), "{uri}");
        let number = |field: &str| place["region"][field].as_u64().expect("a region has numbers");
        assert!(
            number("startLine") >= 1
                && number("startColumn") >= 1
                && number("endLine") >= number("startLine")
        );
        assert!(number("endLine") > number("startLine") || number("endColumn") >= number("startColumn"));
    }
}

#[test]
fn a_sarif_uri_is_relative_below_the_folder_and_columns_count_utf_16() {
    let folder = folder(&[("play books/a.yaml", "title: {\"😀\": 1}\n")]);
    let name = folder.path().join("./play books/x/../a.yaml");
    fs::create_dir(folder.path().join("play books/x")).expect("a folder can be made");
    let examined = examine(&[name], None);
    let log: Value = serde_json::from_str(&sarif::log(&examined, folder.path())).expect("SARIF is JSON");
    let places: Vec<_> = log["runs"][0]["results"]
        .as_array()
        .expect("there are results")
        .iter()
        .map(|result| &result["locations"][0]["physicalLocation"])
        .collect();
    let location = &places[0]["artifactLocation"];
    assert_eq!(
        (&location["uri"], &location["uriBaseId"]),
        (&"play%20books/a.yaml".into(), &"%SRCROOT%".into())
    );
    // The title is a map of 8 characters, 9 UTF-16 code units.
    assert!(
        places
            .iter()
            .any(|place| place["region"]["startColumn"] == 8 && place["region"]["endColumn"] == 17),
        "{log:#}"
    );
}

#[test]
fn a_junit_report_has_a_suite_for_each_file_and_fails_for_errors() {
    let folder = folder(&[("a.yaml", WARNED), ("b.yaml", "id: b\nwehn: {}\n")]);
    let (_, out, _) = checked(&args(&[folder.path()], Format::Junit));
    assert!(
        out.contains("<testsuites name=\"quell check\" tests=\"6\" failures=\"5\" errors=\"0\""),
        "{out}"
    );
    assert!(
        out.contains("type=\"E310\"") && out.contains("line=\"2\""),
        "{out}"
    );
    let mut args = args(&[folder.path()], Format::Junit);
    args.deny_warnings = true;
    assert!(checked(&args).1.contains("failures=\"6\""));
}

#[test]
fn github_shows_each_diagnostic_at_its_line() {
    let folder = folder(&[("b.yaml", "id: b\nwehn: {}\n")]);
    let (code, out, _) = checked(&args(&[folder.path()], Format::Github));
    ends(code, 1);
    let line = out
        .lines()
        .find(|line| line.contains("title=E310"))
        .expect("a key is unknown");
    assert!(
        line.ends_with(
            "b.yaml,line=2,endLine=2,col=1,endColumn=5,title=E310::unknown key `wehn`%0Adid you mean `when`?"
        ),
        "{line}"
    );
}
