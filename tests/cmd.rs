//! Transcripts of commands as somebody types them: `tests/cmd/*.txt`, run with the real program and compared line by line. None needs
//! Postgres; those that do are in `tests/it`.
//!
//! ```text
//! # a remark
//! $ NAME=value quell facts device.id -o name
//! device.id                   what standard output says; `[..]` stands for anything in a line, `...` for any lines
//! ! error: …                  what standard error says
//! ? 0                         the exit code
//! ```
//! `UPDATE=1 cargo test --test cmd` writes anew the transcripts of commands that end otherwise.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One command with what is expected of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    /// What stands before it, as it is.
    before: Vec<String>,
    command: String,
    /// Its lines and the exit code, as written in a transcript.
    expected: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd")
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut before = Vec::new();
    let mut open: Option<Step> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("$ ")) {
            (None, Some(command)) => {
                open = Some(Step {
                    before: std::mem::take(&mut before),
                    command: command.to_owned(),
                    expected: Vec::new(),
                });
            }
            (None, None) => before.push(line.to_owned()),
            (Some(step), _) => {
                step.expected.push(line.to_owned());
                if line.starts_with("? ") {
                    steps.extend(open.take());
                }
            }
        }
    }
    assert!(
        open.is_none(),
        "the last command of a transcript has no exit code: {open:?}"
    );
    assert!(
        before.iter().all(|line| line.is_empty() || line.starts_with('#')),
        "{before:?}"
    );
    steps
}

/// The words as a shell hands them over.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            c => words.last_mut().expect("there is one from the start").push(c),
        }
    }
    words
}

/// A folder with the files of `ground`, in which a transcript runs.
struct Ground {
    folder: tempfile::TempDir,
    daemon: SocketAddr,
}

impl Ground {
    fn new() -> Self {
        let ground = Self {
            folder: tempfile::tempdir().expect("a folder can be made"),
            daemon: daemon(),
        };
        ground.copy(&root().join("ground"), ground.folder.path());
        ground
    }

    fn copy(&self, from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("the folder is ours");
        for entry in fs::read_dir(from).expect("the folder can be listed") {
            let path = entry.expect("the folder can be listed").path();
            let there = to.join(path.file_name().expect("an entry has a name"));
            if path.is_dir() {
                self.copy(&path, &there);
            } else {
                let text = fs::read_to_string(&path).expect("it is text");
                fs::write(there, text.replace("[DAEMON]", &self.daemon.to_string()))
                    .expect("the folder is ours");
            }
        }
    }

    /// What a command says and how it ends, as a transcript has it.
    fn run(&self, line: &str) -> Vec<String> {
        let mut words = words(&line.replace("[DAEMON]", &self.daemon.to_string()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("USER", "anna");
        let program = words
            .iter()
            .position(|word| word == "quell")
            .expect("a transcript runs quell");
        for pair in words.drain(..program) {
            let (name, value) = pair
                .split_once('=')
                .expect("only variables stand before a command");
            match value {
                "[unset]" => command.env_remove(name),
                value => command.env(name, value),
            };
        }
        let output = command
            .args(&words[1..])
            .output()
            .expect("the program can be run");
        let tidy = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .replace(&self.daemon.to_string(), "[DAEMON]")
                .replace(&self.folder.path().display().to_string(), "[FOLDER]")
                .replace('\u{1b}', "[ESC]")
        };
        let out = tidy(&output.stdout);
        let said = tidy(&output.stderr);
        let lines = out.lines().map(|line| line.trim_end().to_owned());
        let said = said.lines().map(|line| format!("! {line}").trim_end().to_owned());
        let code = output
            .status
            .code()
            .map_or("a signal".to_owned(), |code| code.to_string());
        lines.chain(said).chain([format!("? {code}")]).collect()
    }
}

/// What a daemon says to `health` and `reload`: it lives, Postgres is away, and its operators have a token.
fn daemon() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of this machine is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().filter_map(Result::ok) {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let (status, body) = answer(&head);
            let _ = write!(
                stream,
                "HTTP/1.1 {status} -\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    address
}

fn answer(head: &str) -> (u16, &'static str) {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let may = head.to_lowercase().contains("authorization: bearer right");
    match path {
        "/livez" => (200, "alive\n"),
        "/readyz" => (503, "not ready: Postgres is away\n"),
        "/-/reload" if !may => (
            401,
            r#"{"type":"urn:quell:problem:unauthorized","status":401,"title":"Unauthorized","reason":"unauthorized","detail":"the token is wrong"}"#,
        ),
        "/-/reload" => (
            200,
            r#"{"tenants":[{"tenant":"contoso","is_changed":true,"version":7,"hash":"0123456789abcdef"}],"warnings":[]}"#,
        ),
        _ => (404, "not found\n"),
    }
}

/// Whether the lines are as expected: `[..]` is anything in a line, `...` any lines.
fn fits(expected: &[String], lines: &[String]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "..." => (0..=lines.len()).any(|from| fits(rest, &lines[from..])),
        Some((first, rest)) => lines
            .split_first()
            .is_some_and(|(line, below)| fits_line(first, line) && fits(rest, below)),
    }
}

fn fits_line(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Runs a transcript; gives what it is in truth, and whether that is as expected.
fn transcript(text: &str) -> (String, Vec<String>) {
    let ground = Ground::new();
    let mut written = Vec::new();
    let mut wrong = Vec::new();
    for step in steps(text) {
        let lines = ground.run(&step.command);
        written.extend(step.before);
        written.push(format!("$ {}", step.command));
        if fits(&step.expected, &lines) {
            written.extend(step.expected);
        } else {
            wrong.push(format!("$ {}\n{}", step.command, lines.join("\n")));
            written.extend(lines);
        }
    }
    (written.join("\n") + "\n", wrong)
}

#[test]
fn commands_end_as_their_transcripts_say() {
    let mut wrong = Vec::new();
    let mut count = 0;
    let entries = fs::read_dir(root()).expect("the folder can be listed");
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    for path in paths.filter(|path| path.extension().is_some_and(|ending| ending == "txt")) {
        count += 1;
        let text = fs::read_to_string(&path).expect("it is text");
        let (written, differing) = transcript(&text);
        if differing.is_empty() {
            continue;
        }
        if quell::config::environment::read("UPDATE").is_some() {
            fs::write(&path, written).expect("the repository can be written to");
        } else {
            wrong.push(format!("{}\n{}", path.display(), differing.join("\n\n")));
        }
    }
    assert!(count > 0, "there is no transcript");
    assert!(
        wrong.is_empty(),
        "these end otherwise than their transcripts say; if that is right, `UPDATE=1 cargo test --test cmd`:\n{}",
        wrong.join("\n\n")
    );
}

#[test]
fn a_transcript_that_differs_is_found_out() {
    let fit = |expected: &[&str], lines: &[&str]| {
        let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        fits(&own(expected), &own(lines))
    };
    assert!(fit(&["a", "? 0"], &["a", "? 0"]));
    assert!(!fit(&["a", "? 0"], &["a", "? 1"]));
    assert!(!fit(&["a", "? 0"], &["a", "b", "? 0"]));
    assert!(fit(&["a", "...", "? 0"], &["a", "b", "c", "? 0"]));
    assert!(fit(&["a [..] c[..]", "? 0"], &["a long c!", "? 0"]));
    assert!(!fit(&["a [..] c", "? 0"], &["a long d", "? 0"]));
    assert_eq!(
        words("quell a --reason \"two words\" \"\""),
        ["quell", "a", "--reason", "two words", ""]
    );
    let (_, wrong) = transcript("$ quell version -o name\nanother\n? 0\n");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
}
