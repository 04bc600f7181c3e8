//! Whole files and whole sets: revisions, lints, and what operators are told of their mistakes.

use proptest::prelude::*;

use super::*;
use crate::domain::verdict::Mode;

const GOOD: &str = "id: p
title: t
owner: o
mode: enforce
when: {alert.category: ransomware}
then:
  - restrict_app_execution: {comment: c, release: {after: 1h}}
limits: [{devices: 1, per: 1h}]
";

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn compiled(text: &str) -> Result<(PlaybookSet, Diagnostics), Diagnostics> {
    PlaybookSet::compile(&[file("p.yaml", text)])
}

fn errors(text: &str) -> Diagnostics {
    match compiled(text) {
        Ok((_, warnings)) => panic!("it compiles, with {} warnings:\n{text}", warnings.warnings()),
        Err(found) => found,
    }
}

fn codes(found: &Diagnostics) -> Vec<&'static str> {
    found.iter().map(|diagnostic| diagnostic.code.id()).collect()
}

/// The good playbook with one part replaced.
fn with(part: &str, replacement: &str) -> String {
    assert!(GOOD.contains(part), "{part} is part of the good playbook");
    GOOD.replace(part, replacement)
}

#[test]
fn recompiling_takes_over_what_is_unchanged_and_says_what_compiling_says() {
    let named = |id: &str, text: &str| {
        file(
            &format!("{id}.yaml"),
            &text.replace("id: p", &format!("id: {id}")),
        )
    };
    let warned = GOOD.replace("after: 1h", "after: 8d");
    let before = [
        named("a", GOOD),
        named("b", &warned),
        named("c", GOOD),
        named("d", GOOD),
    ];
    let (first, _) = PlaybookSet::compile(&before).expect("they are right");
    let after = [
        named("d", &with("mode: enforce", "mode: observe")),
        named("a", GOOD),
        named("b", &warned),
        named("e", GOOD),
    ];
    let (compiled, expected) = PlaybookSet::compile(&after).expect("they are right");
    let (second, warnings) = first.recompile(&after).expect("they are right");
    assert_eq!((second.hash(), &warnings), (compiled.hash(), &expected));
    assert_eq!(
        warnings.warnings(),
        1,
        "the warning of an unchanged file is given again"
    );
    let same = |id: &str| {
        first
            .get(id)
            .zip(second.get(id))
            .is_some_and(|(a, b)| std::ptr::eq(a, b))
    };
    assert_eq!(
        ["a", "b", "c", "d", "e"].map(same),
        [true, true, false, false, false]
    );
    assert_eq!(second.get("d").map(|playbook| playbook.mode), Some(Mode::Observe));

    let broken = [named("a", GOOD), named("b", &with("mode: enforce", "mode: on"))];
    let (one, other) = (first.recompile(&broken), PlaybookSet::compile(&broken));
    assert_eq!(one.expect_err("b is broken"), other.expect_err("b is broken"));
    // A set that differs from its files gives nothing away.
    let enforcing = first.enforcing(&["d".to_owned()]).expect("it is there");
    let (third, _) = enforcing.recompile(&after).expect("they are right");
    assert_eq!(
        third
            .get("a")
            .zip(enforcing.get("a"))
            .map(|(a, b)| std::ptr::eq(a, b)),
        Some(false)
    );
    assert_eq!(third.get("d").map(|playbook| playbook.mode), Some(Mode::Observe));
}

#[test]
fn a_good_playbook_compiles_without_a_word() {
    let (set, warnings) = compiled(GOOD).expect("it compiles");
    assert!(warnings.is_empty());
    assert_eq!(
        set.get("p").map(|playbook| playbook.file.as_str()),
        Some("p.yaml")
    );
    assert!(set.get("q").is_none());
}

#[test]
fn a_revision_follows_the_content_and_nothing_else() {
    let revision = |text: &str| {
        compiled(text).expect("it compiles").0.playbooks()[0]
            .revision
            .clone()
    };
    let first = revision(GOOD);
    assert_eq!(first.len(), 64);
    let restyled = format!(
        "# a comment\n{}\n",
        GOOD.replace(
            "{alert.category: ransomware}",
            "\n  \"alert.category\":   'ransomware'"
        )
    );
    assert_eq!(revision(&restyled), first);
    let mut lines: Vec<_> = GOOD.lines().collect();
    lines.swap(0, 2);
    assert_eq!(revision(&lines.join("\n")), first);
    assert_ne!(revision(&with("1h}}", "2h}}")), first);
    assert_ne!(revision(&with("title: t", "title: T")), first);
}

#[test]
fn the_sets_hash_follows_its_playbooks_and_not_the_order_of_files() {
    let (a, b) = (
        file("a.yaml", &with("id: p", "id: a")),
        file("b.yaml", &with("id: p", "id: b")),
    );
    let hash = |files: &[SourceFile]| {
        PlaybookSet::compile(files)
            .expect("they compile")
            .0
            .hash()
            .to_owned()
    };
    assert_eq!(hash(&[a.clone(), b.clone()]), hash(&[b.clone(), a.clone()]));
    assert_ne!(hash(&[a.clone(), b]), hash(&[a]));
}

#[test]
fn every_mistake_has_its_code() {
    for (part, replacement, expected) in [
        ("id: p", "id: q", &["E316"][..]),
        ("id: p", "id: P", &["E316"]),
        ("id: p", "id: -p", &["E316"]),
        ("id: p\n", "", &["E312"]),
        ("owner: o\n", "", &["E312"]),
        ("title: t", "title: ' '", &["E321"]),
        ("title: t", "title: 5", &["E311"]),
        ("enforce", "on", &["E313"]),
        ("enforce", "enforce\npriority: release", &["E313"]),
        ("enforce", "enforce\nif_unknown: act", &["E313"]),
        ("enforce", "enforce\ncanary: {percent: 0}", &["E315"]),
        (
            "enforce",
            "enforce\ncanary: {percent: 10, groups: [a]}",
            &["E207"],
        ),
        ("enforce", "enforce\ncanary: {}", &["E207"]),
        ("enforce", "enforce\ncanary: {groups: []}", &["E107"]),
        ("enforce", "enforce\ncanary: 10", &["E311"]),
        ("enforce", "enforce\nfreshness: 1h", &["E320"]),
        ("{alert.category: ransomware}", "{}", &["E318"]),
        ("{alert.category: ransomware}", "", &["E318"]),
        ("when: {alert.category: ransomware}\n", "", &["E318"]),
        ("when:", "match_all: true\nwhen:", &["E319"]),
        (
            "{alert.category: ransomware}",
            "{alert.categroy: ransomware}",
            &["E101"],
        ),
        ("{alert.category: ransomware}", "[alert.category]", &["E311"]),
        (
            "then:",
            "unless: {device.tagz: x, device.kind: laptop}\nthen:",
            &["E101", "E104"],
        ),
        ("then:", "ask: {}\nthen:", &["E312", "E312"]),
        (
            "then:",
            "ask: {from: [], within: 1s, approvals: 0}\nthen:",
            &["E107", "E315", "E315"],
        ),
        (
            "then:",
            "ask: {from: [a], within: 1h, when: {}}\nthen:",
            &["E318"],
        ),
        ("restrict_app_execution", "restrict_app_exection", &["E201"]),
        (
            "release: {after: 1h}",
            "release: {after: 1h, when: [alert_closed, scan_clear]}",
            &["E313", "E313"],
        ),
        (
            "limits:",
            "  - scan: {comment: c, type: deep}\nlimits:",
            &["E313"],
        ),
        ("limits:", "  - scan: {comment: c, sha1: a}\nlimits:", &["E310"]),
        ("limits:", "  - scan\nlimits:", &["E202"]),
        ("limits:", "  - collect_package: {}\nlimits:", &["E312"]),
        ("limits:", "  - quarantine_file: {comment: c}\nlimits:", &["E312"]),
        (
            "limits:",
            "  - quarantine_file: {comment: c, sha1: abc}\nlimits:",
            &["E222"],
        ),
        (
            "limits:",
            "  - quarantine_file: {comment: c, sha1: 7}\nlimits:",
            &["E222"],
        ),
        (
            "limits:",
            "  - scan: {comment: c}\n  - scan: {comment: d, type: full}\nlimits:",
            &["E220"],
        ),
        (
            "release: {after: 1h}",
            "release: {after: 1h, when: []}",
            &["E107"],
        ),
        (
            "release: {after: 1h}",
            "release: {when: alert_resolved}",
            &["E203"],
        ),
        ("limits:", "notify: [{to: x, on: []}]\nlimits:", &["E107"]),
        (", release: {after: 1h}", "", &["E203"]),
        ("release: {after: 1h}", "release: {}", &["E203"]),
        ("release: {after: 1h}", "release: {never: false}", &["E203"]),
        (
            "release: {after: 1h}",
            "release: {never: true, after: 1h}",
            &["E203"],
        ),
        (
            "release: {after: 1h}",
            "release: {never: true, restart_on: match}",
            &["E203"],
        ),
        (
            "release: {after: 1h}",
            "release: {after: 1h, restart_on: alert}",
            &["E313"],
        ),
        ("release: {after: 1h}", "release: {after: 5s}", &["E315"]),
        ("release: {after: 1h}", "release: 1h", &["E311"]),
        ("comment: c, ", "", &["E312"]),
        ("comment: c,", "comment: '{alert.titel}',", &["E108"]),
        ("comment: c,", "comment: '{alert.title',", &["E108"]),
        ("comment: c,", "comment: 'a } b',", &["E108"]),
        ("comment: c,", "comment: '',", &["E321"]),
        (
            "restrict_app_execution: {comment: c, release: {after: 1h}}",
            "isolate_device: {type: all, comment: '', release: {after: soon}}",
            &["E313", "E321", "E314"],
        ),
        (
            "limits:",
            "  - release_app_restriction: {comment: c}\nlimits:",
            &["E206"],
        ),
        (
            "{devices: 1, per: 1h}",
            "{devices: 1, percent_of_fleet: 2, per: 1d}",
            &["E208"],
        ),
        ("{devices: 1, per: 1h}", "{per: 1h}", &["E208"]),
        (
            "{devices: 1, per: 1h}",
            "{percent_of_fleet: 101, per: 1h}",
            &["E315"],
        ),
        (
            "{devices: 1, per: 1h}",
            "{percent_of_fleet: 0.001, per: 1h}",
            &["E315"],
        ),
        (
            "{devices: 1, per: 1h}",
            "{percent_of_fleet: few, per: 1h}",
            &["E311"],
        ),
        ("{devices: 1, per: 1h}", "{devices: 0, per: 1h}", &["E315"]),
        ("{devices: 1, per: 1h}", "{devices: 1}", &["E312"]),
        (
            "{devices: 1, per: 1h}",
            "{devices: 1, per: 1h, otherwise: act}",
            &["E313"],
        ),
        ("limits:", "notify: [{to: x, on: [done]}]\nlimits:", &["E313"]),
        ("limits:", "limit:", &["E310"]),
        ("limits:", "title: twice\nlimits:", &["E303"]),
    ] {
        let text = with(part, replacement);
        assert_eq!(codes(&errors(&text)), expected, "{text}");
    }
    assert_eq!(codes(&errors("- a\n")), ["E311"]);
    let empty_then = with(
        "\n  - restrict_app_execution: {comment: c, release: {after: 1h}}",
        " []",
    );
    assert_eq!(codes(&errors(&empty_then)), ["E205"]);
    let name = "a".repeat(64);
    let found = PlaybookSet::compile(&[file(
        &format!("{name}.yaml"),
        &with("id: p", &format!("id: {name}")),
    )]);
    assert_eq!(codes(&found.expect_err("the id is too long")), ["E316"]);
    let bare = with(
        "restrict_app_execution: {comment: c, release: {after: 1h}}",
        "restrict_app_execution",
    );
    assert_eq!(codes(&errors(&bare)), ["E202"]);
}

#[test]
fn lints_warn_and_do_not_refuse() {
    for (part, replacement, expected) in [
        ("limits: [{devices: 1, per: 1h}]\n", "", "W401"),
        ("after: 1h", "after: 8d", "W403"),
        (
            "{alert.category: ransomware}",
            "{alert.severity: [high, low]}",
            "W404",
        ),
        (
            "{alert.category: ransomware}",
            "{device.risk: {any_of: [none, high]}}",
            "W404",
        ),
    ] {
        let (_, warnings) = compiled(&with(part, replacement)).expect("it compiles");
        assert_eq!(codes(&warnings), [expected]);
    }
    let (_, warnings) = compiled(&with("after: 1h", "after: 7d")).expect("it compiles");
    assert!(warnings.is_empty());
    let (set, _) = compiled(GOOD).expect("it compiles");
    assert_eq!(codes(&lint::lint_untested(&set, &|_| false)), ["W402"]);
    assert!(lint::lint_untested(&set, &|file| file == "p.yaml").is_empty());
}

#[test]
fn all_errors_of_all_files_come_in_one_run_and_two_of_an_id_are_one() {
    let broken = with("id: p", "id: a")
        .replace("ransomware", "{at_least: x}")
        .replace("title: t", "titel: t");
    let files = [
        file("one/p.yaml", GOOD),
        file("two/p.yaml", GOOD),
        file("a.yaml", &broken),
        file("b.yaml", "a: [\n"),
        file("c.yaml", ""),
    ];
    let found = PlaybookSet::compile(&files).expect_err("much is wrong");
    let places: Vec<_> = found.iter().map(|d| format!("{} {}", d.file, d.code)).collect();
    assert_eq!(
        places,
        [
            "a.yaml E312",
            "a.yaml E310",
            "a.yaml E103",
            "b.yaml E300",
            "c.yaml E302",
            "two/p.yaml E317"
        ]
    );
}

#[test]
fn mistakes_are_shown_with_their_place_and_what_was_meant() {
    let text = "id: p
title: t
owner: o
mode: enforec
when:
  alert.categroy: ransomware
  alert.title: {at_least: high}
  alert.severity: {at_least: hgih}
  alert.user: {matchs: '^adm'}
then:
  - restrict_app_execution:
      comment: \"Ransomware {alert.nmae}\"
limits:
  - {percent_of_fleet: 200, per: 1d, otherwise: ask}
";
    insta::assert_snapshot!(errors(text).render(false), @r#"
    error[E313]: `mode` must be one of `off`, `observe`, `enforce`, and is `enforec`
     --> p.yaml:4:7
      |
    4 | mode: enforec
      |       ^^^^^^^
      |
      = help: did you mean `enforce`?

    error[E101]: there is no fact `alert.categroy`
     --> p.yaml:6:3
      |
    6 |   alert.categroy: ransomware
      |   ^^^^^^^^^^^^^^
      |
      = help: did you mean `alert.category`?

    error[E103]: `at_least` does not fit `alert.title`, which is text
     --> p.yaml:7:17
      |
    7 |   alert.title: {at_least: high}
      |                 ^^^^^^^^
      |
      = help: ops for text: `any_of`, `none_of`, `matches`, `starts_with`, `ends_with`, `contains`, `exists`

    error[E104]: `alert.severity` is never `hgih`
     --> p.yaml:8:30
      |
    8 |   alert.severity: {at_least: hgih}
      |                              ^^^^
      |
      = help: did you mean `high`?

    error[E102]: there is no op `matchs`
     --> p.yaml:9:16
      |
    9 |   alert.user: {matchs: '^adm'}
      |                ^^^^^^
      |
      = help: did you mean `matches`?

    error[E203]: `then[0].restrict_app_execution` does not say when it ends
      --> p.yaml:12:7
       |
    12 |       comment: "Ransomware {alert.nmae}"
       |       ^^^^^^^
       |
       = help: write `release: {after: 4h}`, or `release: {never: true}` when it must stay until a person ends it

    error[E108]: `then[0].restrict_app_execution.comment` fills in `alert.nmae`, which is no fact
      --> p.yaml:12:28
       |
    12 |       comment: "Ransomware {alert.nmae}"
       |                            ^^^^^^^^^^^^
       |
       = help: did you mean `alert.age`?

    error[E315]: `limits[0].percent_of_fleet` must be above 0 and at most 100, with no more than two decimals, and is 200
      --> p.yaml:14:24
       |
    14 |   - {percent_of_fleet: 200, per: 1d, otherwise: ask}
       |                        ^^^
    "#);
}

proptest! {
    #[test]
    fn compiling_never_panics(at in 0..GOOD.len(), cut in 0..20_usize, insert in "[-a:\\[\\]{}\"'&*!|> \n0h]{0,6}") {
        let end = (at + cut).min(GOOD.len());
        let text = format!("{}{insert}{}", &GOOD[..at], &GOOD[end..]);
        match compiled(&text) {
            Ok((set, _)) => prop_assert_eq!(set.playbooks().len(), 1),
            Err(found) => prop_assert!(found.has_errors() && !found.render(false).is_empty()),
        }
    }
}

#[test]
fn a_file_of_nothing_but_mistakes_is_reported_in_time_that_grows_with_its_size() {
    // With a scan of the text for each mistake this took a quarter of a minute.
    let text: String = (0..34_000).map(|n| format!("k{n}:\n")).collect();
    let found = errors(&text);
    assert_eq!(found.errors(), 34_000 + 5);
    assert_eq!(
        found.iter().last().map(|diagnostic| diagnostic.line),
        Some(34_000)
    );
}
