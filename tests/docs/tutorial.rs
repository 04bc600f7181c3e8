//! The tutorial's way through `docs/tutorial.md`: each version of its playbook and of its tests ends as the page says. Used by
//! `tests/docs.rs`.

use std::fs;
use std::path::Path;

use quell::playbook::test::TestFile;
use quell::playbook::{PlaybookSet, SourceFile};
use quell::yaml::Diagnostics;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorial.md");
    fs::read_to_string(path).expect("the tutorial is there")
}

/// The blocks of one kind, in order.
fn blocks<'p>(page: &'p str, kind: &str) -> Vec<&'p str> {
    let fence = format!("```{kind}\n");
    let inside = |(at, _): (usize, &str)| {
        let block = &page[at + fence.len()..];
        let end = block.find("```").expect("a block is closed");
        &block[..end]
    };
    page.match_indices(&fence).map(inside).collect()
}

fn compile(text: &str) -> Result<PlaybookSet, Diagnostics> {
    let file = SourceFile {
        name: "mine/evasion-restrict.yaml".to_owned(),
        text: text.to_owned(),
    };
    PlaybookSet::compile(&[file]).map(|(set, _)| set)
}

/// What each test said: nothing, or how it failed.
fn run(playbook: &str, tests: &str) -> Vec<Option<String>> {
    let set = compile(playbook).unwrap_or_else(|found| panic!("{}", found.render(false)));
    let tests = TestFile::read("mine/tests/evasion-restrict.test.yaml", tests);
    let tests = tests.unwrap_or_else(|found| panic!("{}", found.render(false)));
    let outcomes = tests.run(&set).expect("the set holds the playbook");
    outcomes
        .into_iter()
        .map(|outcome| outcome.failure.map(|failure| failure.to_string()))
        .collect()
}

#[test]
fn each_step_of_the_tutorial_ends_as_the_page_says() {
    let page = page();
    let [wrong, first_tests, fourth_test, ..] = blocks(&page, "text")[..] else {
        panic!("the tutorial begins with a playbook, its tests and one more");
    };
    let found = compile(wrong).expect_err("a fact is misspelt");
    for line in found.render(false).lines().filter(|line| !line.trim().is_empty()) {
        assert!(page.contains(line.trim()), "the page does not show: {line}");
    }

    let mended = wrong.replace("alert.categroy", "alert.category");
    assert_eq!(run(&mended, first_tests), [None, None, None]);

    let tests = format!("{first_tests}{fourth_test}");
    let said = run(&mended, &tests);
    let [None, None, None, Some(failure)] = &said[..] else {
        panic!("the fourth test alone fails: {said:?}");
    };
    for line in failure.lines() {
        assert!(page.contains(line.trim()), "the page does not show: {line}");
    }

    let [last, last_tests] = blocks(&page, "yaml")[..] else {
        panic!("the tutorial ends with the playbook and its tests");
    };
    assert_eq!(last, mended.replace("when:\n", "when:\n  alert.event: new\n"));
    assert_eq!(last_tests, tests);
    assert_eq!(run(last, last_tests), [None, None, None, None]);
}
