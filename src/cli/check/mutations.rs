//! What the fuzz targets look for, cheaply and in every run of the tests: files of the corpus and the shipped ones, changed
//! at random from fixed seeds. Nothing panics, work stays in proportion, and the formatter keeps what a text means.

use std::fs;
use std::path::{Path, PathBuf};

use crate::playbook::test::TestFile;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::yaml::format::{FormatError, format};

const CASES: u64 = 2_000;

/// How many of the texts are of shipped files, at least.
const SHIPPED: usize = 8;

const TOKENS: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ": ",
    ":",
    "- ",
    "-",
    ",",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "|2\n",
    "#",
    " # c",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "---\n",
    "...\n",
    "? ",
    "~",
    "\t",
    "\r\n",
    "\n",
    "  ",
    "{{",
    "{alert.title}",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{202e}",
    "é",
    "😀",
    "0x1F",
    "1e999",
    "99999999999999999999",
    "null",
];

/// Every YAML text of the corpus and of the shipped playbooks that is not unreasonably long.
fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = vec![root.join("tests/data/broken"), root.join("playbooks")];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("the folder can be listed").path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let text =
                    String::from_utf8_lossy(&fs::read(&path).expect("a file can be read")).into_owned();
                texts.extend(Some(text).filter(|text| text.len() < 4_096));
            }
        }
    }
    texts
}

/// A place in the text where a character begins.
fn place(text: &str, random: &mut fastrand::Rng) -> usize {
    let at = random.usize(..=text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn mutated(texts: &[String], random: &mut fastrand::Rng) -> String {
    // The shipped files, which are read first, more often than the others: most changes break a broken file further.
    let among = if random.bool() { SHIPPED } else { texts.len() };
    let mut text = texts[random.usize(..among.min(texts.len()))].clone();
    for _ in 0..=random.usize(..2) {
        let (a, b) = (place(&text, random), place(&text, random));
        let range = a.min(b)..a.max(b).min(a.min(b) + 40);
        let range = range.start
            ..(range.start..=range.end)
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(range.start);
        match random.usize(..8) {
            0 => text.replace_range(range, ""),
            1 => text.insert_str(a, TOKENS[random.usize(..TOKENS.len())]),
            2 => text.replace_range(range, TOKENS[random.usize(..TOKENS.len())]),
            3 => {
                let copy = text[range].to_owned();
                text.insert_str(b, &copy);
            }
            4 => {
                let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
                let (one, other) = (
                    random.usize(..lines.len().max(1)),
                    random.usize(..lines.len().max(1)),
                );
                if one < lines.len() && other < lines.len() {
                    lines.swap(one, other);
                }
                text = lines.concat();
            }
            5 | 6 => {
                let gaps: Vec<usize> = text.match_indices([' ', ',', '\n']).map(|(at, _)| at).collect();
                if !gaps.is_empty() {
                    let blanks = [" ", "  ", "\n", "   \n", " # c\n"][random.usize(..5)];
                    text.insert_str(gaps[random.usize(..gaps.len())], blanks);
                }
            }
            _ => {
                let other = &texts[random.usize(..texts.len())];
                let from = place(other, random);
                text.insert_str(a, &other[from..]);
            }
        }
    }
    text
}

/// The revision of a playbook that can be used.
fn revision(text: &str) -> Option<String> {
    let file = SourceFile {
        name: "playbooks/p.yaml".to_owned(),
        text: text.to_owned(),
    };
    match PlaybookSet::compile(&[file]) {
        Ok((set, _)) => set.playbooks().first().map(|playbook| playbook.revision.clone()),
        Err(found) => {
            assert!(found.has_errors());
            assert!(
                found.iter().count() <= text.len() + 16,
                "more is said than was written"
            );
            for diagnostic in found.iter().take(5) {
                let rendered = diagnostic.render(false);
                assert!(
                    rendered.contains(diagnostic.code.id()) && diagnostic.line >= 1 && diagnostic.column >= 1
                );
                diagnostic.utf16_columns();
            }
            None
        }
    }
}

#[test]
fn files_changed_at_random_are_read_refused_or_formatted_and_never_panic() {
    let texts = texts();
    assert!(texts.len() > 60);
    let (mut formatted, mut refused) = (0, 0);
    for seed in 0..CASES {
        let text = mutated(&texts, &mut fastrand::Rng::with_seed(seed));
        let before = revision(&text);
        if let Err(found) = TestFile::read("tests/p.test.yaml", &text) {
            assert!(found.has_errors(), "seed {seed}");
        }
        match format("p.yaml", &text) {
            Ok(once) => {
                assert_eq!(
                    revision(&once),
                    before,
                    "seed {seed}: the meaning changed:\n{text}\n---\n{once}"
                );
                let twice = format("p.yaml", &once);
                assert!(
                    matches!(&twice, Ok(twice) if *twice == once),
                    "seed {seed}: {twice:?} after\n{once}"
                );
                formatted += 1;
            }
            Err(FormatError::Invalid(_)) => {}
            Err(FormatError::Unsafe) => refused += 1,
        }
    }
    assert!(
        formatted > CASES / 5,
        "only {formatted} of {CASES} could be read at all"
    );
    assert!(
        refused * 20 < formatted,
        "{refused} were refused, {formatted} formatted"
    );
}
