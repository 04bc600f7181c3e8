//! What the plain reader takes is what the whole parser gives of the same text, to the byte.

use std::path::Path;

use proptest::prelude::*;

use crate::yaml::{Source, SourceText, index};

/// Whether the text is taken as a plain one. Then the whole parser takes it too, and gives the same.
fn is_taken(text: &str) -> bool {
    let Some(plain) = super::index(text) else {
        return false;
    };
    let source = Source {
        file: "f.yaml",
        text: SourceText::new(text),
    };
    match index::build(&source) {
        Ok(whole) => assert_eq!(plain, whole, "{text}"),
        Err(found) => panic!("{text}\n{}", found.render(false)),
    }
    true
}

#[test]
fn what_is_written_plainly_is_taken() {
    for text in [
        "a: b\n",
        "# first\n\na: b # said\n  # last\n",
        "a.b: http://x:1/y?z=1,2 [3]\nc-d: 10:30\n",
        "a:\n  b: 1\n  c:\n    d: x\ne: f\n",
        "a:\n  - b\n  - c: 1\n    d: [x]\ne: f\n",
        "a:\n  - b: 1\n    c:\n      d: 'it''s'\n  - e: \"x # y: z\"\n  - plain words\nf: g\n",
        "a: {b: 4h, c: [x, 'y, z', {d: e}], f: {}, g: []}\n",
        "a: { b: 1 , c: [ x , y ] } # said\n",
        "a: 014\nb: NO\nc: null\nd: true\n",
        "a: (x|y)+\nb: ^x$\nc: /etc\nd: x#y\ne: it's \"so\"\n",
    ] {
        assert!(is_taken(text), "{text}");
    }
}

#[test]
fn whatever_else_there_is_is_left_to_the_whole_parser() {
    for text in [
        "",
        "# nothing\n",
        "a\n",
        "- a\n",
        " a: b\n",
        "a: b\n c: d\n",
        "a: b\n  c\n",
        "a:\n",
        "a:\nb: c\n",
        "a: b: c\n",
        "a: \n  b\n",
        "a: b\na: c\n",
        "a: {b: 1, b: 2}\n",
        "a: {b: 1,}\n",
        "a: {b}\n",
        "a: {b:1}\n",
        "a: [b: c]\n",
        "a: [b, \n  c]\n",
        "a: [b\n",
        "a: [b] c\n",
        "a: [b]#c\n",
        "a: 'b\n",
        "a: 'b' c\n",
        "a: 'b'#c\n",
        "a: \"b\\n\"\n",
        "a: |\n  b\n",
        "a: > b\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !x b\n",
        "a: -1\n",
        "a: ~\n",
        "a: @b\n",
        "\"a\": b\n",
        "? a\n",
        "404: b\n",
        "true: b\n",
        "a: {NULL: b}\n",
        "a:\n- b\nc: d\n",
        "a: b\tc\n",
        "a: b\r\n",
        "a: \u{e9}\n",
        "---\na: b\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "%YAML 1.2\na: b\n",
        "a:\n  - - b\n",
        "a:\n  -  b\n",
        "a:\n  -\n    b: c\n",
        "a:\n  - b\n   - c\n",
        "a:\n  - b\n  c: d\n",
        "a:\n  b: c\n d: e\n",
        "a:\n  - b: c\n   d: e\n",
        "a:\n  - b\n    c\n",
    ] {
        assert!(!is_taken(text), "{text}");
    }
}

#[test]
fn most_files_of_ours_are_plain_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut taken, mut all) = (0, 0);
    for folder in [
        "playbooks",
        "playbooks/tests",
        "tests/data/broken",
        "tests/data",
        "config",
    ] {
        let files = std::fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten();
        for file in files.filter(|file| file.path().extension().is_some_and(|end| end == "yaml")) {
            let Ok(text) = std::fs::read_to_string(file.path()) else {
                continue;
            };
            all += 1;
            taken += usize::from(is_taken(&crate::yaml::whole(&text)));
        }
    }
    assert!(all > 60 && taken * 2 > all, "{taken} of {all}");
}

/// Parts of which lines are made, sound ones and others.
const PARTS: [&str; 56] = [
    "a",
    "b",
    "c.d",
    "e-f",
    "true",
    "null",
    "014",
    "1.5",
    "0x1f",
    ": ",
    ":",
    ":\n",
    "\n",
    "\n",
    "\n  ",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    "\n    - ",
    "- ",
    "-",
    " ",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "'",
    "''",
    "\"",
    "#",
    " # ",
    "x y",
    "it's",
    "(x|y)",
    "^z$",
    "/p/q",
    "?",
    "|",
    ">",
    "&a",
    "*a",
    "!t",
    "%",
    "@",
    "`",
    "~",
    "<<",
    "---",
    "...",
    "\\",
    "=",
    "http://h:1",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn random_parts_are_indexed_alike(parts in proptest::collection::vec(proptest::sample::select(&PARTS[..]), 1..24)) {
        is_taken(&format!("{}\n", parts.concat()));
        is_taken(&format!("k: {}\nz: 1\n", parts.concat()));
    }

    #[test]
    fn random_trees_are_indexed_alike(lines in proptest::collection::vec(line(), 1..12)) {
        is_taken(&lines.concat());
    }

    #[test]
    fn a_plain_file_with_one_mistake_is_indexed_alike(
        (at, part) in (0_usize..400, proptest::sample::select(&PARTS[..])), gone in 0_usize..3,
    ) {
        let mut text = PLAIN.to_owned();
        let at = at % text.len();
        let end = (at + gone).min(text.len());
        text.replace_range(at..end, part);
        is_taken(&text);
    }
}

const PLAIN: &str = "# What it is for.\nid: r1\ntitle: A rule among many\nwhen:\n  alert.severity: {at_least: high}\n  alert.title: {matches: '\\bx\\b.*y'}\n\
    unless:\n  device.tags: {any_of: [tier-0, 'x y']}\nthen:\n  - restrict_app_execution:\n      comment: \"alert {alert.id}: x\"\n      release: {after: 4h}\n\
    limits:\n  - {devices: 25, per: 1h, otherwise: ask}\n";

/// A line as files have them: an indent, perhaps a dash, a key, a value.
fn line() -> impl Strategy<Value = String> {
    let indent = proptest::sample::select(vec!["", "", "  ", "  ", "    ", "      ", " "]);
    let dash = proptest::sample::select(vec!["", "", "", "- ", "-"]);
    let key = proptest::sample::select(vec!["a: ", "b: ", "c.d: ", "e:", "f:", "g: ", "h: ", "", "i :"]);
    let value = proptest::sample::select(vec![
        "",
        "",
        "x",
        "x y",
        "'q'",
        "\"q: {r}\"",
        "[a, b]",
        "{a: 1, b: [c]}",
        "4h",
        "10:30",
        "{a: {b: {c: d}}}",
        "[[a], b]",
        "x # y",
        "it''s",
        "'it''s'",
        "x: y",
        "[a",
        "{a: }",
        "# z",
    ]);
    let end = proptest::sample::select(vec![
        "\n",
        "\n",
        "\n",
        " # said\n",
        "  \n",
        "\n\n",
        "\n# said\n",
        "\n    # said\n",
    ]);
    (indent, dash, key, value, end)
        .prop_map(|(indent, dash, key, value, end)| [indent, dash, key, value, end].concat())
}
