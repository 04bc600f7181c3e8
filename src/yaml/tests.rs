//! Files that are read, and files that are refused.

use proptest::prelude::*;

use super::*;

fn codes(text: &str) -> Vec<&'static str> {
    match parse("f.yaml", text) {
        Ok(_) => Vec::new(),
        Err(found) => {
            let rendered = found.render(true) + &found.render(false) + &found.json_lines();
            assert!(!rendered.is_empty());
            found.iter().map(|diagnostic| diagnostic.code.id()).collect()
        }
    }
}

fn read(text: &str) -> Document {
    match parse("f.yaml", text) {
        Ok(document) => document,
        Err(found) => panic!("{}", found.render(false)),
    }
}

#[test]
fn a_plain_file_is_read_with_positions() {
    let document = read("a: text\nb:\n  - 1\n  - {c: true}\n");
    let mut found = Diagnostics::default();
    let root = document.root().map(&mut found).expect("the file is a map");
    let items = root
        .get("b")
        .and_then(|b| b.seq(&mut found))
        .expect("b is a list");
    let c = items[1]
        .map(&mut found)
        .and_then(|map| map.get("c"))
        .expect("c is there");
    assert_eq!(
        (c.path(), c.line(), &document.text()[c.span()]),
        ("b[1].c", 4, "true")
    );
    assert_eq!(items[0].u64(&mut found), Some(1));
    assert_eq!(c.bool(&mut found), Some(true));
    assert!(found.is_empty());
}

#[test]
fn words_mean_what_yaml_1_2_says() {
    let document = read("a: NO\nb: yes\nc: 014\nd: 1_000\ne: on\n");
    let mut found = Diagnostics::default();
    let root = document.root().map(&mut found).expect("the file is a map");
    for (key, text) in [
        ("a", "NO"),
        ("b", "yes"),
        ("c", "014"),
        ("d", "1_000"),
        ("e", "on"),
    ] {
        let value = root.get(key).expect("the key is there");
        assert_eq!(value.as_str(), Some(text));
        assert_eq!(value.bool(&mut Diagnostics::default()), None);
        assert_eq!(value.u64(&mut Diagnostics::default()), None);
    }
}

#[test]
fn hostile_files_are_refused_with_their_code() {
    let deep = format!("a: {}1{}", "[".repeat(32), "]".repeat(32));
    let very_deep = "[".repeat(200_000);
    let deep_block: String = (0..100)
        .map(|level| format!("{}a:\n", "  ".repeat(level)))
        .collect();
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let big_anchor = format!("a: &x [{}]\nb: *x\n", "1,".repeat(2_000));
    let large = format!("a: {}\n", "x".repeat(300 * 1024));
    let many = format!("a: [{}]\n", "1,".repeat(120_000));
    for (text, code) in [
        (deep.as_str(), "E304"),
        (very_deep.as_str(), "E304"),
        (deep_block.as_str(), "E304"),
        (bomb.as_str(), "E305"),
        (big_anchor.as_str(), "E305"),
        (large.as_str(), "E301"),
        (many.as_str(), "E301"),
        ("", "E302"),
        ("# nothing\n", "E302"),
        ("a: 1\na: 2\n", "E303"),
        ("a: {b: 1, \"b\": 2}\n", "E303"),
        ("a: &x [*x]\n", "E305"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "E305"),
        ("a: !!str 5\n", "E306"),
        ("a: !secret {b: 1}\n", "E306"),
        ("!x a: 1\n", "E306"),
        ("~: 1\n", "E307"),
        (": 1\n", "E307"),
        ("null: 1\n", "E307"),
        ("[a]: 1\n", "E307"),
        ("a: 1\n---\nb: 2\n", "E308"),
        ("404: 1\n", "E307"),
        ("true: 1\n", "E307"),
        ("a: *nobody\n", "E300"),
        ("a: [1, 2\n", "E300"),
        ("a: \"open\n", "E300"),
        ("a: b: c\n", "E300"),
        ("a:\n\t- b\n", "E300"),
        ("a: \u{0}\n", "E300"),
    ] {
        assert_eq!(
            codes(text),
            [code],
            "{:?}",
            text.chars().take(60).collect::<String>()
        );
    }
}

#[test]
fn what_nobody_sees_is_refused_wherever_it_stands_and_read_where_its_number_does() {
    for unseen in [
        '\u{ad}',
        '\u{34f}',
        '\u{115f}',
        '\u{17b4}',
        '\u{180b}',
        '\u{200b}',
        '\u{202e}',
        '\u{3164}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{1bca0}',
        '\u{1d173}',
        '\u{e0001}',
    ] {
        let number = u32::from(unseen);
        for text in [format!("a: tier-{unseen}0\n"), format!("a: 1 # {unseen}\n")] {
            assert_eq!(codes(&text), ["E341"], "U+{number:04X}");
        }
        let by_number = read(&format!("a: \"tier-\\U{number:08X}0\"\n"));
        let value = by_number.root().map(&mut Diagnostics::default());
        let value = value.and_then(|map| map.get("a")).expect("the key is there");
        assert_eq!(value.as_str(), Some(format!("tier-{unseen}0").as_str()));
    }
    for joined in [
        "a: \u{26a0}\u{fe0f} # \u{200c}\n",
        "a: \u{1f469}\u{200d}\u{1f4bb}\n",
        "a: \u{845b}\u{e0100}\n",
    ] {
        assert!(codes(joined).is_empty(), "{joined}");
    }
}

#[test]
fn a_carriage_return_by_itself_is_refused_and_one_before_a_line_feed_is_read() {
    for (text, expected) in [
        ("if_unknown: ask # as always\rmode: enforce\n", &["E341"][..]),
        ("a: 1\rb: 2\rc: 3\n", &["E341", "E341"]),
        ("a: \"x\ry\"\n", &["E300", "E341"]),
        ("a: 1\r\r\nb: 2\n", &["E341"]),
        ("a: 1\r\nb: 2 # c\r\n", &[]),
        ("a: \"x\\ry\"\n", &[]),
    ] {
        assert_eq!(codes(text), expected, "{text:?}");
    }
    let found = parse("f.yaml", "a: 1 # b\rc: 2\n").expect_err("a line is hidden");
    let at = found.iter().map(|one| (one.line, one.column)).next();
    assert_eq!(at, Some((1, 9)));
}

#[test]
fn every_duplicate_is_reported_not_the_first_alone() {
    assert_eq!(codes("a: 1\nb: !x 2\na: 3\na: 4\n"), ["E306", "E303", "E303"]);
}

#[test]
fn nesting_is_read_up_to_its_bound() {
    assert!(codes(&format!("a: {}1{}", "[".repeat(31), "]".repeat(31))).is_empty());
}

#[test]
fn a_small_alias_is_read() {
    let document = read("a: &x [1, 2]\nb: *x\n");
    let mut found = Diagnostics::default();
    let root = document.root().map(&mut found).expect("the file is a map");
    let items = root
        .get("b")
        .and_then(|b| b.seq(&mut found))
        .expect("b is a list");
    assert_eq!(items.len(), 2);
}

#[test]
fn a_walk_reports_every_error_with_its_place() {
    let document = read("mode: enforec\nafter: 4 hours\nname: 12\ncount: -1\nwehn: {}\n");
    let mut found = Diagnostics::default();
    let root = document.root().map(&mut found).expect("the file is a map");
    root.only(&["mode", "after", "name", "count", "when"], &mut found);
    let get = |key| root.get(key).expect("the key is there");
    get("mode").choice(&["off", "observe", "enforce"], &mut found);
    get("after").duration(&mut found);
    get("name").str(&mut found);
    get("count").u64(&mut found);
    root.required("id", &mut found);
    found.sort();
    insta::assert_snapshot!(found.render(false), @r#"
    error[E312]: `id` is missing
     --> f.yaml:1:1
      |
    1 | mode: enforec
      | ^^^^

    error[E313]: `mode` must be one of `off`, `observe`, `enforce`, and is `enforec`
     --> f.yaml:1:7
      |
    1 | mode: enforec
      |       ^^^^^^^
      |
      = help: did you mean `enforce`?

    error[E314]: `after` must be a duration, and the text `4 hours` is none
     --> f.yaml:2:8
      |
    2 | after: 4 hours
      |        ^^^^^^^
      |
      = help: write whole numbers with `d`, `h`, `m`, `s` or `ms`, the larger unit first, e.g. `1h30m`

    error[E311]: `name` must be text, and is the number `12`
     --> f.yaml:3:7
      |
    3 | name: 12
      |       ^^
      |
      = help: put it in quotes: "12"

    error[E311]: `count` must be a whole number, not negative, and is the number `-1`
     --> f.yaml:4:8
      |
    4 | count: -1
      |        ^^

    error[E310]: unknown key `wehn`
     --> f.yaml:5:1
      |
    5 | wehn: {}
      | ^^^^
      |
      = help: did you mean `when`?
    "#);
}

#[test]
fn json_lines_carry_the_place() {
    let found = parse("f.yaml", "a: 1\na: 2\n").expect_err("a key is given twice");
    insta::assert_snapshot!(found.json_lines(), @r#"{"code":"E303","severity":"error","message":"the key `a` is given twice; the first is on line 1","file":"f.yaml","line":2,"column":1,"end_line":2,"end_column":2,"span":{"start":5,"end":6},"help":null}"#);
}

proptest! {
    #[test]
    fn parsing_never_panics_and_always_renders(text in "\\PC{0,200}") {
        codes(&text);
    }

    #[test]
    fn parsing_yaml_like_text_never_panics(text in "[-a:\\[\\]{}\"'&*!|>#%@~<,? \n\t01]{0,120}") {
        codes(&text);
    }
}
