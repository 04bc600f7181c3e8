//! What the formatter does, what it leaves alone, and that it never changes what a file means.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;

fn formatted(text: &str) -> String {
    match format("f.yaml", text) {
        Ok(formatted) => formatted,
        Err(error) => panic!("{error}\n{text:?}"),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let once = formatted(text);
    assert_eq!(once, expected, "\n{once}");
    assert_eq!(formatted(&once), once, "not the same the second time");
}

#[test]
fn blanks_and_indentation_become_canonical_and_quotes_stay() {
    check(
        "id:   a\ntitle : \"A  b\"\nwhen:\n    alert.category:   'x  y'\n    device.tags: {any_of:  [a ,b,  c]}\nthen:\n- restrict_app_execution:\n      comment:  c # why\n      release: { after: 4h }\n",
        "id: a\ntitle: \"A  b\"\nwhen:\n  alert.category: 'x  y'\n  device.tags: {any_of: [a, b, c]}\nthen:\n  - restrict_app_execution:\n      comment: c # why\n      release: {after: 4h}\n",
    );
}

#[test]
fn empty_lines_trailing_blanks_and_the_end_are_made_right() {
    check(
        "\n\n# head  \n\n\n\nid: a  \n \nb: 1\n\n\n",
        "# head\n\nid: a\n\nb: 1\n",
    );
    check("a: 1", "a: 1\n");
    check("\u{feff}a: 1\r\nb:\r\n - 2\r\n", "a: 1\nb:\n  - 2\n");
}

#[test]
fn a_comment_moves_with_what_it_stands_above() {
    check(
        "a:\n    # of b\n    b: 1\n    # at the end of a\n# of c\nc:\n# of the list\n- 1\n    # odd\n- 2\n# end\n",
        "a:\n  # of b\n  b: 1\n  # at the end of a\n# of c\nc:\n  # of the list\n  - 1\n  # odd\n  - 2\n# end\n",
    );
}

#[test]
fn texts_over_several_lines_keep_what_they_say() {
    check(
        "a:\n    b: |\n       one  \n         two # no comment\n\n       three\n    c: >-\n        folded\n        text\n    d: \"quoted\n       text\"\n    e: plain\n      text\n",
        "a:\n  b: |\n    one  \n      two # no comment\n\n    three\n  c: >-\n    folded\n    text\n  d: \"quoted\n     text\"\n  e: plain\n    text\n",
    );
    check(
        "a:\n    b: |2\n        two blanks more\nc: |+\n  kept\n\n\n\nd: 1\n",
        "a:\n  b: |2\n      two blanks more\nc: |+\n  kept\n\n\n\nd: 1\n",
    );
    check("- |\n    one\n-   - x\n    - y\n", "- |\n  one\n- - x\n  - y\n");
}

#[test]
fn lists_and_maps_within_lists_line_up() {
    check(
        "tests:\n-   name: x\n    given: [a,\n       b]\n    expect: {decision: act ,\n      because: y\n    }\n-\n    name: y\n",
        "tests:\n  - name: x\n    given: [a,\n       b]\n    expect: {decision: act ,\n      because: y\n    }\n  -\n    name: y\n",
    );
}

#[test]
fn odd_forms_are_left_as_they_are() {
    for text in [
        "? a\n: 1\n",
        "%YAML 1.2\n---\na: 1\n",
        "---\na: 1\n",
        "a: &x [1, 2]\nb: *x\n",
        "{a: 1, b: [x: y]}\n",
        "a:\nb: ~\n",
        "[]\n",
        "a: {}\nb: []\n",
        "\"a:b\": \"#\"\n",
        "a: x#y\n",
    ] {
        check(text, text);
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_errors() {
    let Err(FormatError::Invalid(found)) = format("f.yaml", "a: 1\na: 2\n") else {
        panic!("a key is given twice")
    };
    assert_eq!(
        found.iter().map(|one| one.code.id()).collect::<Vec<_>>(),
        ["E303"]
    );
}

#[test]
fn the_shipped_files_are_in_canonical_style() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["playbooks", "playbooks/tests"] {
        for entry in fs::read_dir(root.join(folder)).expect("playbooks are shipped") {
            let path = entry.expect("the folder can be listed").path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = fs::read_to_string(&path).expect("a playbook can be read");
                assert_eq!(formatted(&text), text, "{}", path.display());
            }
        }
    }
}

/// Writes a random value as people might: some in flow form, some not, with odd indentation, comments and empty lines.
struct Writer {
    random: fastrand::Rng,
    text: String,
}

impl Writer {
    fn of(seed: u64) -> String {
        let mut writer = Self {
            random: fastrand::Rng::with_seed(seed),
            text: String::new(),
        };
        writer.block_map(0, 3);
        writer.text
    }

    fn scalar(&mut self) -> &'static str {
        const SCALARS: [&str; 12] = [
            "a",
            "a b",
            "'q  u'",
            "\"d # q\"",
            "12",
            "true",
            "~",
            "4h",
            "x#y",
            "\"\"",
            "b",
            "'it''s'",
        ];
        SCALARS[self.random.usize(..SCALARS.len())]
    }

    fn blanks(&mut self, least: usize) -> String {
        " ".repeat(least + self.random.usize(..3) * self.random.usize(..2))
    }

    fn noise(&mut self, column: usize) {
        match self.random.usize(..8) {
            0 => self.text.push_str("\n\n"),
            1 => self
                .text
                .push_str(&format!("{}# note {column}  \n", " ".repeat(column))),
            2 => self.text.push_str("   \n"),
            _ => {}
        }
    }

    fn flow(&mut self, depth: usize) -> String {
        let parts = self.random.usize(..3);
        let (open, close) = if self.random.bool() {
            ("[", "]")
        } else {
            ("{", "}")
        };
        let mut parts: Vec<String> = (0..parts)
            .map(|n| {
                let value = if depth > 0 && self.random.bool() {
                    self.flow(depth - 1)
                } else {
                    self.scalar().to_owned()
                };
                let (before, between, after) = (self.blanks(0), self.blanks(1), self.blanks(0));
                if open == "{" {
                    format!("{before}k{n}:{between}{value}{after}")
                } else {
                    format!("{before}{value}{after}")
                }
            })
            .collect();
        if let Some(last) = parts.last_mut().filter(|last| last.trim_end().ends_with('~')) {
            last.push(' ');
        }
        format!("{open}{}{close}", parts.join(","))
    }

    fn value(&mut self, column: usize, depth: usize) {
        let inner = column + 1 + self.random.usize(..4);
        match self.random.usize(..7) {
            0 if depth > 0 => {
                self.text.push('\n');
                self.block_map(inner, depth - 1);
            }
            1 if depth > 0 => {
                self.text.push('\n');
                // A list may stand as far left as its key.
                let dashes = if self.random.bool() { column } else { inner };
                self.block_seq(dashes, depth - 1);
            }
            2 => {
                let header = ["|", ">", "|-", ">+"][self.random.usize(..4)];
                let (blanks, pad) = (self.blanks(1), " ".repeat(inner));
                let body = format!("{pad}one\n\n{pad}  two # no\n{pad}three  \n");
                self.text.push_str(&format!("{blanks}{header}\n{body}"));
            }
            3 => {
                let pad = " ".repeat(inner);
                self.text.push_str(&format!(" \"two\n{pad}lines\"\n"));
            }
            4 => {
                let (flow, before, after) = (self.flow(2), self.blanks(1), self.blanks(0));
                self.text.push_str(&format!("{before}{flow}{after}\n"));
            }
            _ => {
                let (before, scalar) = (self.blanks(1), self.scalar());
                let comment = if self.random.usize(..4) == 0 {
                    "   # why"
                } else {
                    ""
                };
                self.text.push_str(&format!("{before}{scalar}{comment}\n"));
            }
        }
    }

    fn block_map(&mut self, column: usize, depth: usize) {
        for n in 0..=self.random.usize(..4) {
            self.noise(column);
            self.text.push_str(&format!("{}key{n}:", " ".repeat(column)));
            self.value(column, depth);
        }
    }

    fn block_seq(&mut self, column: usize, depth: usize) {
        for _ in 0..=self.random.usize(..3) {
            self.noise(column);
            self.text.push_str(&format!("{}-", " ".repeat(column)));
            if depth > 0 && self.random.usize(..3) == 0 {
                let blanks = 1 + self.random.usize(..3);
                let start = self.text.len();
                self.block_map(column + 1 + blanks, depth - 1);
                // The first key stands on the dash's own line, with nothing before it.
                let map = self.text.split_off(start);
                let first = map.find("key").unwrap_or(0);
                self.text.push_str(&" ".repeat(blanks));
                self.text.push_str(&map[first..]);
            } else {
                self.value(column, depth);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// What it may not change it refuses, so the meaning is safe in any case; here it must also succeed and settle.
    #[test]
    fn formatting_keeps_meaning_and_comments_and_settles_at_once(seed in any::<u64>()) {
        let text = Writer::of(seed);
        let before = parse("f.yaml", &text);
        prop_assume!(before.is_ok());
        let once = formatted(&text);
        let twice = formatted(&once);
        prop_assert_eq!(&once, &twice, "{}", text);
        prop_assert!(once.ends_with('\n') && !once.contains("\t"));
    }

    #[test]
    fn formatting_never_panics(text in "[-a:\\[\\]{}\"'&*!|>#%? \n\t01]{0,80}") {
        if let Ok(once) = format("f.yaml", &text) {
            let settled = format("f.yaml", &once);
            prop_assert!(matches!(settled, Ok(twice) if twice == once), "{:?} became {:?}", text, once);
        }
    }
}
