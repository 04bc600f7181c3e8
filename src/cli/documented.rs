//! What the documentation says to type can be typed: each line of a block in README.md and below `docs` that begins with `quell`, and each
//! command in a sentence of a runbook, is parsed by the program's own parser. Tests only.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::error::ErrorKind;

/// What pages write for something that cannot be any text, and what somebody may type there.
const INSTEAD: [(&str, &str); 4] = [
    (
        "acme/182000:5f0c…",
        "acme/182000:5f0c7d2a5f0c7d2a5f0c7d2a5f0c7d2a5f0c7d2a5f0c7d2a5f0c7d2a5f0c7d2a",
    ),
    ("ID", "018f3c2e-7a10-7c3e-9a50-0123456789ab"),
    ("ID…", "018f3c2e-7a10-7c3e-9a50-0123456789ab"),
    ("N", "3"),
];

/// Printed from the parser itself, with lines of usage; a test of its own parses its examples.
const PRINTED: &str = "docs/reference/cli.md";

/// What may be typed before anything is understood: nothing of it changes anything.
const LOOKS: [&str; 19] = [
    "status",
    "devices",
    "actions",
    "budget",
    "caps",
    "explain",
    "doctor",
    "check",
    "check-config",
    "approvals list",
    "playbooks list",
    "playbooks diff",
    "playbooks history",
    "events list",
    "events dead list",
    "notifications list",
    "audit check",
    "audit verify",
    "audit checkpoints",
];

/// A page's path below the repository, and its text.
type Page = (String, String);

fn pages(below: &[&str]) -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = below.iter().map(|path| root.join(path)).collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("the folder can be listed");
            left.extend(entries.map(|entry| entry.expect("the folder can be listed").path()));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            let text = fs::read_to_string(&path).expect("a page can be read");
            let name = path.strip_prefix(root).expect("it is below the root");
            found.push((name.display().to_string(), text));
        }
    }
    found.sort();
    found
}

fn runbooks() -> Vec<Page> {
    let books = pages(&["docs/runbooks"]);
    assert!(books.len() > 30, "only {} runbooks", books.len());
    books
}

/// What stands between two fences.
struct Block<'t> {
    /// The number of its first line.
    first: usize,
    /// It is called plain text, or shows prompts: what is typed stands behind those, and the rest is what is answered.
    is_answer: bool,
    lines: Vec<&'t str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    let mut is_open = false;
    for (place, line) in text.lines().enumerate() {
        if let Some(info) = line.trim_start().strip_prefix("```") {
            is_open = !is_open;
            if is_open {
                found.push(Block {
                    first: place + 2,
                    is_answer: info == "text",
                    lines: Vec::new(),
                });
            }
        } else if let (true, Some(block)) = (is_open, found.last_mut()) {
            block.is_answer |= line.starts_with("$ ");
            block.lines.push(line);
        }
    }
    found
}

/// What a block says to type, each with the number of its line.
fn typed<'t>(block: &Block<'t>) -> Vec<(usize, &'t str)> {
    let said = block.lines.iter().enumerate().filter_map(|(place, line)| {
        let line = match block.is_answer {
            true => line.strip_prefix("$ ")?,
            false => line.trim_start(),
        };
        let line = line.strip_prefix("sudo ").unwrap_or(line);
        line.starts_with("quell ").then_some((block.first + place, line))
    });
    said.collect()
}

/// The words of a line's commands as a shell hands them over, without what goes elsewhere and what is remarked.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut words: Vec<(String, bool)> = Vec::new();
    let mut quote = None;
    let mut is_word = false;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (None, '"' | '\'') => {
                if !is_word {
                    words.push((String::new(), true));
                }
                (quote, is_word) = (Some(letter), true);
            }
            (None, ' ') => is_word = false,
            // A remark, in which an apostrophe is no quote.
            (None, '#') if !is_word => break,
            _ => {
                if !is_word {
                    words.push((String::new(), false));
                }
                is_word = true;
                words.last_mut().expect("one was begun").0.push(letter);
            }
        }
    }
    assert_eq!(quote, None, "a quote is left open: {line}");
    let mut found = vec![Vec::new()];
    let mut is_elsewhere = false;
    for (word, is_quoted) in words {
        match (word.as_str(), is_quoted) {
            ("&&" | ";", false) => {
                found.push(Vec::new());
                is_elsewhere = false;
            }
            ("|" | ">", false) => is_elsewhere = true,
            _ if is_elsewhere => {}
            (word, _) => {
                let instead = INSTEAD.iter().find(|(name, _)| *name == word);
                let word = instead.map_or(word, |(_, typed)| typed);
                found.last_mut().expect("one was begun").push(word.to_owned());
            }
        }
    }
    found.retain(|words| words.first().is_some_and(|first| first == "quell"));
    found
}

/// Which command it is, such as `events dead list`.
fn path(matches: &ArgMatches) -> String {
    match matches.subcommand() {
        Some((name, below)) => format!("{name} {}", path(below)).trim_end().to_owned(),
        None => String::new(),
    }
}

#[test]
fn every_line_of_a_block_can_be_typed() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for (page, text) in pages(&["README.md", "docs"]) {
        if page == PRINTED {
            continue;
        }
        for block in blocks(&text) {
            for (at, line) in typed(&block) {
                for words in commands(line) {
                    count += 1;
                    match super::command().try_get_matches_from(&words) {
                        Ok(_) => {}
                        Err(error) if error.kind() == ErrorKind::DisplayHelp => {}
                        Err(error) => wrong.push(format!("{page}:{at}: {line}\n{error}")),
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 150, "only {count} commands were found");
}

#[test]
fn what_a_sentence_of_a_runbook_names_is_a_command_as_far_as_it_goes() {
    let mut count = 0;
    for (page, text) in runbooks() {
        let named = text.split('`').skip(1).step_by(2);
        for line in named.filter(|code| code.starts_with("quell ") && !code.contains('\n')) {
            for words in commands(line) {
                count += 1;
                let parsed = super::command().try_get_matches_from(&words);
                let kind = parsed.err().map(|error| error.kind());
                // `quell approvals show` goes on; `quell events dead` would print its help, which is no answer.
                let goes = [
                    None,
                    Some(ErrorKind::DisplayHelp),
                    Some(ErrorKind::MissingRequiredArgument),
                ];
                assert!(goes.contains(&kind), "{page}: `{line}`: {kind:?}");
            }
        }
    }
    assert!(count > 20, "only {count} commands were found");
}

#[test]
fn what_a_runbook_says_to_look_at_first_changes_nothing() {
    let mut count = 0;
    for (page, text) in runbooks() {
        let Some(look) = text.split("\n## ").find(|part| part.starts_with("Look first")) else {
            continue;
        };
        for block in blocks(look) {
            for line in block.lines {
                let is_of_systemd = ["systemctl status ", "journalctl "]
                    .iter()
                    .any(|begins| line.starts_with(begins));
                if is_of_systemd {
                    continue;
                }
                let words = commands(line);
                assert!(!words.is_empty(), "{page}: nobody knows what `{line}` changes");
                for words in words {
                    count += 1;
                    let parsed = super::command().try_get_matches_from(&words);
                    let command = path(&parsed.unwrap_or_else(|error| panic!("{page}: `{line}`: {error}")));
                    assert!(
                        LOOKS.contains(&command.as_str()),
                        "{page}: `{line}` is no mere look"
                    );
                }
            }
        }
    }
    assert!(count > 60, "only {count} commands were found");
}

#[test]
fn words_are_those_of_a_shell() {
    let check = |line: &str, expected: &[&[&str]]| assert_eq!(commands(line), expected, "{line}");
    check("quell status   # the tenant's first", &[&["quell", "status"]]);
    check(
        "quell release ws-1 --reason \"a #1, it's over\"",
        &[&["quell", "release", "ws-1", "--reason", "a #1, it's over"]],
    );
    check(
        "quell test --run '^a b' > x.xml",
        &[&["quell", "test", "--run", "^a b"]],
    );
    check(
        "quell db migrate && quell db roles --print | psql -d \"x\"",
        &[&["quell", "db", "migrate"], &["quell", "db", "roles", "--print"]],
    );
    check("quell caps end N", &[&["quell", "caps", "end", "3"]]);
    check("mkdir edited", &[]);
}
