//! Every code is explained, and every example is what it says: the wrong one yields its code, the right one does not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;
use crate::cli::check::examine::examine;
use crate::config::Config;

const PLAYBOOK: &[(&str, &str)] = &[
    ("id", "id: example\n"),
    ("title", "title: An example\n"),
    ("owner", "owner: soc@example.com\n"),
    ("when", "when: {alert.severity: high}\n"),
    (
        "then",
        "then:\n  - restrict_app_execution: {comment: An example, release: {after: 4h}}\n",
    ),
];

const TEST: &[(&str, &str)] = &[
    ("playbook", "playbook: ../example.yaml\n"),
    (
        "tests",
        "tests:\n  - name: a low severity is no match\n    given: [{alert: {severity: low}}]\n    expect: {decision: skip}\n",
    ),
];

const CONFIG: &[(&str, &str)] = &[
    ("database", "database: {url_file: database-url}\n"),
    ("playbooks", "playbooks: {path: playbooks}\n"),
    (
        "tenants",
        "tenants:\n  - name: contoso\n    credential:\n      client_secret:\n        directory_id: 11111111-2222-3333-4444-555555555555\n        client_id: 66666666-7777-8888-9999-000000000000\n        secret_file: contoso-client-secret\n",
    ),
];

impl Example {
    /// The files as they are checked, by their names.
    fn files(self) -> Vec<(&'static str, Vec<u8>)> {
        if let Self::Latin1(part) = self {
            let latin1 = completed(part, PLAYBOOK)
                .chars()
                .filter_map(|c| u8::try_from(c).ok())
                .collect();
            return vec![("example.yaml", latin1)];
        }
        let texts = self.texts().into_iter();
        texts.map(|(name, text)| (name, text.into_bytes())).collect()
    }

    fn texts(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Playbook(part) | Self::Latin1(part) => vec![("example.yaml", completed(part, PLAYBOOK))],
            Self::Test(part) => vec![
                ("example.yaml", completed("", PLAYBOOK)),
                ("tests/example.test.yaml", completed(part, TEST)),
            ],
            Self::Config(part) => vec![("quell.yaml", completed(part, CONFIG))],
            Self::Files(files) => files
                .iter()
                .map(|(name, text)| match *name {
                    "quell.yaml" => (*name, completed(text, CONFIG)),
                    _ => (*name, (*text).to_owned()),
                })
                .collect(),
            Self::Repeated(part, times) => vec![("example.yaml", completed(&part.repeat(times), PLAYBOOK))],
        }
    }
}

/// The part, and after it every key of a sound file that it does not give itself.
fn completed(part: &str, whole: &[(&str, &str)]) -> String {
    let gives = |key: &str| {
        part.lines()
            .any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    };
    let missing = whole.iter().filter(|(key, _)| !gives(key)).map(|(_, text)| *text);
    std::iter::once(part).chain(missing).collect()
}

/// The codes that the checker finds in an example's files.
fn codes(example: Example) -> BTreeSet<Code> {
    let files = example.files();
    if let [("quell.yaml", text)] = files.as_slice() {
        let text = String::from_utf8(text.clone()).expect("a configuration is text");
        let found = match Config::parse("quell.yaml", &text, Path::new("/etc/quell"), None) {
            Ok(loaded) => loaded.warnings,
            Err(found) => found,
        };
        return found.iter().map(|diagnostic| diagnostic.code).collect();
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let playbooks = folder.path().join("playbooks");
    fs::create_dir_all(playbooks.join("tests")).expect("a folder can be made");
    let config = folder.path().join("quell.yaml");
    for (name, text) in &files {
        let path = if *name == "quell.yaml" {
            config.clone()
        } else {
            playbooks.join(name)
        };
        fs::write(path, text).expect("a file can be written");
    }
    let examined = examine(&[playbooks], config.exists().then_some(config.as_path()));
    assert!(examined.unreadable.is_empty(), "{:?}", examined.unreadable);
    examined.found.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn every_code_has_one_explanation() {
    let explained: Vec<_> = TABLES
        .into_iter()
        .flatten()
        .map(|explanation| explanation.code)
        .collect();
    let distinct: BTreeSet<_> = explained.iter().copied().collect();
    assert_eq!(explained.len(), distinct.len(), "a code is explained twice");
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !distinct.contains(code)).collect();
    assert!(
        missing.is_empty(),
        "write what these mean in src/cli/explain_code/: {missing:?}"
    );
}

#[test]
fn every_wrong_example_yields_its_code_and_every_right_one_is_free_of_errors() {
    for explanation in TABLES.into_iter().flatten() {
        let code = explanation.code;
        let wrong = codes(explanation.wrong);
        assert!(
            wrong.contains(&code),
            "the wrong example of {code} yields {wrong:?}"
        );
        let right = codes(explanation.right);
        assert!(
            !right.contains(&code),
            "the right example of {code} yields it too"
        );
        let errors: Vec<_> = right
            .iter()
            .filter(|code| code.severity() == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "the right example of {code} yields {errors:?}");
    }
}

/// An example shows one mistake: a reader must not have to guess which of two is meant.
#[test]
fn a_wrong_example_has_no_error_but_its_own() {
    for explanation in TABLES.into_iter().flatten() {
        let errors: Vec<_> = codes(explanation.wrong)
            .into_iter()
            .filter(|code| code.severity() == Severity::Error && *code != explanation.code)
            .collect();
        assert!(
            errors.is_empty(),
            "the wrong example of {} yields {errors:?} too",
            explanation.code
        );
    }
}

#[test]
fn an_unknown_code_is_told_with_the_one_that_was_meant() {
    assert_eq!(
        unknown("E1O1"),
        "error: there is no code `E1O1`; did you mean `E101`?"
    );
    assert_eq!(
        unknown("nonsense"),
        "error: there is no code `nonsense`; `quell explain-code` lists them"
    );
    assert_eq!(Code::find("e101"), Some(Code::UNKNOWN_FACT));
}

#[test]
fn the_list_has_every_code_on_a_line() {
    assert_eq!(listing().lines().count(), Code::ALL.len());
    assert!(listing().contains("E101  the fact that a line names does not exist\n"));
}

#[test]
fn an_explanation_is_readable_on_a_terminal() {
    let explanation = explanation(Code::UNKNOWN_FACT).expect("every code has one");
    insta::assert_snapshot!(explanation.whole(), @r"
    E101: the fact that a line names does not exist

    Every line of `when`, `unless` and `ask.when` tests one fact, by its full name. The name is not one
    that quell knows, so the line could never hold, and a line that never holds in `unless` protects
    nobody. `quell facts` lists every fact with its type.

    wrong:

        when:
          alert.categroy: ransomware

    right:

        when:
          alert.category: ransomware
    ");
}

#[test]
fn the_reference_of_diagnostics_is_up_to_date() {
    crate::cli::reference::compare("docs/reference/diagnostics.md", &reference());
}
