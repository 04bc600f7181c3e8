//! The corpus of broken files in `tests/data/broken`: what is said of each is pinned in a file beside it, as an operator
//! reads it. Tests only.
//!
//! `UPDATE=1 cargo test corpus` writes the pinned files anew; read the difference as the operator would.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::examine::examine;
use crate::cli::explain_code;
use crate::config::environment;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::yaml::Code;

/// Codes that need more than a file of the corpus: one that is too large, a configuration, or a second look at both.
const ELSEWHERE: [&str; 2] = ["E301", "W405"];

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/broken")
}

/// The cases: files, or folders of files that are wrong together.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(corpus()).expect("the corpus is there");
    let mut cases: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_none_or(|extension| extension == "yaml"))
        .collect();
    cases.sort();
    cases
}

/// What is said of a case, with names as seen from the corpus, and the codes in it.
fn said(case: &Path) -> (String, Vec<Code>) {
    let examined = examine(&[case.to_owned()], None);
    assert!(examined.unreadable.is_empty(), "{:?}", examined.unreadable);
    let prefix = format!("{}/", corpus().display());
    let codes = examined.found.iter().map(|diagnostic| diagnostic.code).collect();
    (examined.found.render(false).replace(&prefix, ""), codes)
}

#[test]
fn every_broken_file_of_the_corpus_is_told_what_is_pinned() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (said, codes) = said(&case);
        assert!(!codes.is_empty(), "nothing is wrong with {}", case.display());
        let pinned = case.with_extension("expected");
        if environment::read("UPDATE").is_some() {
            fs::write(&pinned, &said).expect("the repository can be written to");
        } else if fs::read_to_string(&pinned).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", case.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not what is pinned; if it is better, `UPDATE=1 cargo test corpus` pins it:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_corpus_is_large_and_has_every_code_of_playbooks_and_tests() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let seen: BTreeSet<Code> = cases.iter().flat_map(|case| said(case).1).collect();
    let configured = |code: &Code| {
        ["E4", "E5", "W45", "W48"]
            .iter()
            .any(|begin| code.id().starts_with(begin))
    };
    let missing: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !configured(code) && !ELSEWHERE.contains(&code.id()) && !seen.contains(code))
        .collect();
    assert!(missing.is_empty(), "write a broken file for each of {missing:?}");
    for code in seen {
        assert!(explain_code::explanation(code).is_some(), "{code} is explained");
    }
}

/// What is pinned says what is wrong, where, in the operator's words; the form of a good message is checked here.
#[test]
fn every_message_of_the_corpus_has_the_form_of_the_house() {
    for case in cases() {
        for diagnostic in examine(std::slice::from_ref(&case), None).found.iter() {
            let at = format!("{}: {diagnostic}", case.display());
            let message = &diagnostic.message;
            assert!(!message.ends_with(['.', '!']), "{at}");
            assert!(message.chars().next().is_some_and(|c| !c.is_uppercase()), "{at}");
            assert!(message.chars().count() <= 240, "{at}");
            let reader = ["serde", "u128", "invalid type", "YAML value", "{:?}", "Some("];
            assert!(reader.iter().all(|word| !message.contains(word)), "{at}");
            let raised = diagnostic
                .help
                .as_ref()
                .is_some_and(|help| help.is_empty() || help.ends_with('.'));
            assert!(!raised, "{at}");
        }
    }
}

/// Every file that would cost much is refused for less: the work is bounded by what may be read at all.
#[test]
fn hostile_files_are_refused_before_they_cost_anything() {
    const MIB: usize = 1 << 20;
    let deep_flow = format!("when: {}", "{a: ".repeat(50_000));
    let deep_block: String = (0..300)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ('b'..='z').zip('a'..='y') {
        laughs += &format!(
            "{name}: &{name} [{}]\n",
            vec![format!("*{before}"); 10].join(", ")
        );
    }
    let wide_anchor = format!(
        "a: &a [{}]\n{}",
        "1, ".repeat(900),
        (0..2_000).map(|n| format!("k{n}: *a\n")).collect::<String>()
    );
    let many_anchors: String = (0..15_000).map(|n| format!("k{n}: &a{n} 1\n")).collect();
    for (what, text, code) in [
        (
            "a scalar of 50 MB",
            format!("title: {}\n", "x".repeat(50 * MIB)),
            "E301",
        ),
        (
            "50 MB of block text",
            format!("title: |\n{}", "  x\n".repeat(13 * MIB)),
            "E301",
        ),
        ("50 MB of brackets", "[".repeat(50 * MIB), "E301"),
        (
            "a scalar just below the bound",
            format!("title: {}\n", "x".repeat(250 * 1024)),
            "E321",
        ),
        ("brackets just below the bound", "[".repeat(255 * 1024), "E304"),
        ("braces", deep_flow, "E304"),
        ("blocks", deep_block, "E304"),
        ("dashes", "- ".repeat(100_000), "E304"),
        ("question marks", "? ".repeat(100_000), "E304"),
        ("a billion laughs", laughs, "E305"),
        ("one anchor many times", wide_anchor, "E305"),
        ("many anchors", many_anchors, "E305"),
        ("quotes", "\"".repeat(200_000), "E300"),
        (
            "a key of a quarter megabyte",
            format!("{}: 1\n", "k".repeat(250 * 1024)),
            "E300",
        ),
        ("percent signs", "%".repeat(200_000), "E300"),
        ("stars", "*".repeat(200_000), "E300"),
        ("bangs", "!".repeat(200_000), "E300"),
        ("colons", "a: ".repeat(80_000), "E300"),
        ("commas", format!("a: [{}]\n", ",".repeat(200_000)), "E300"),
        ("pipes", "|\n".repeat(100_000), "E300"),
        ("empty lines", "\n".repeat(250_000), "E302"),
        ("comments", "#\n".repeat(120_000), "E302"),
        ("documents", "---\n".repeat(60_000), "E308"),
        ("invisible characters", "\u{200b}".repeat(80_000), "E341"),
    ] {
        let file = SourceFile {
            name: "hostile.yaml".to_owned(),
            text,
        };
        let Err(found) = PlaybookSet::compile(&[file]) else {
            panic!("{what}: accepted")
        };
        let codes: BTreeSet<_> = found.iter().map(|diagnostic| diagnostic.code.id()).collect();
        assert!(codes.contains(code), "{what}: {codes:?}");
        // One diagnostic a key at most, and what is printed of each is short however long its line.
        assert!(
            found.iter().count() <= 40_000,
            "{what}: {} diagnostics",
            found.iter().count()
        );
        let printed = found
            .iter()
            .map(|diagnostic| diagnostic.render(false).len())
            .max();
        assert!(
            printed <= Some(8 * 1024),
            "{what}: {printed:?} bytes for one diagnostic"
        );
    }
}
