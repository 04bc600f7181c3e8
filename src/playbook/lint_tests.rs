//! Lints that ask what a line lets through.

use super::*;
use crate::playbook::SourceFile;

fn set(when: &str, unless: &str) -> (PlaybookSet, Vec<&'static str>) {
    let text = format!(
        "id: p\ntitle: t\nowner: o\nwhen:\n  {when}\n{unless}then:\n  - restrict_app_execution:\n      comment: c\n      \
         release: {{after: 1h, when: alert_resolved}}\n"
    );
    let name = "p.yaml".to_owned();
    match PlaybookSet::compile(&[SourceFile { name, text }]) {
        Ok((set, found)) => (set, found.iter().map(|one| one.code.id()).collect()),
        Err(found) => panic!("{}", found.render(false)),
    }
}

#[test]
fn only_a_line_on_the_event_keeps_resolved_alerts_out() {
    let begins = [Code::RESOLVED_BEGINS.id()];
    for (when, unless, expected) in [
        ("alert.event: [new, updated]", "", &[][..]),
        ("alert.event: {none_of: [resolved]}", "", &[]),
        (
            "alert.category: ransomware",
            "unless:\n  alert.event: resolved\n",
            &[],
        ),
        ("alert.category: ransomware", "", &begins),
        ("alert.event: [new, resolved]", "", &begins),
        (
            "alert.category: ransomware",
            "unless:\n  alert.status: resolved\n",
            &begins,
        ),
    ] {
        assert_eq!(set(when, unless).1, expected, "{when} {unless}");
    }
}

#[test]
fn a_line_that_asks_whether_a_list_exists_that_always_does_is_told() {
    let new = "alert.event: new";
    let and = |line: &str| format!("{new}\n  {line}");
    let settled = [Code::SETTLED_LINE.id()];
    for (when, rest, expected) in [
        (and("device.restricted_by: {exists: true}"), "", &settled[..]),
        (
            new.to_owned(),
            "unless:\n  device.restricted_by: {exists: false}\n",
            &settled,
        ),
        (
            new.to_owned(),
            "ask: {from: [a], within: 1h, when: {device.restricted_by: {exists: true}}}\n",
            &settled,
        ),
        (and("device.restricted_by: {matches: '.'}"), "", &[]),
        (and("device.tags: {exists: true}"), "", &[]),
    ] {
        assert_eq!(set(&when, rest).1, expected, "{when} {rest}");
    }
}

#[test]
fn a_playbook_for_protected_devices_alone_is_told_with_the_list_that_protects_them() {
    let never = Protections {
        tags: vec!["tier-0".to_owned(), "ot".to_owned()],
        names: vec!["dc*".to_owned()],
        ..Protections::default()
    };
    for (when, list) in [
        ("device.tags: [Tier-0, ot]", Some("tags")),
        ("device.tags: [tier-0, web]", None),
        ("device.tags: {none_of: [tier-0]}", None),
        ("device.name: {starts_with: dc-}", Some("names")),
        ("device.name: {starts_with: web}", None),
        ("device.group: {starts_with: dc-}", None),
    ] {
        let found = lint_shadowed(&set(when, "").0, &never);
        let said: Vec<_> = found.iter().map(|one| one.message.as_str()).collect();
        match list {
            None => assert_eq!(said, [""; 0], "{when}"),
            Some(list) => {
                assert_eq!(said.len(), 1, "{when}");
                assert!(
                    said[0].contains(&format!("`never.{list}`")),
                    "{when}: {}",
                    said[0]
                );
            }
        }
    }
}

#[test]
fn a_level_that_a_list_leaves_out_is_told_with_the_order() {
    let text = "id: p\ntitle: t\nowner: o\nwhen:\n  alert.severity: [low, high]\nthen:\n  - release_app_restriction: {comment: c}\n";
    let name = "p.yaml".to_owned();
    let text = text.to_owned();
    let (_, found) = PlaybookSet::compile(&[SourceFile { name, text }]).expect("it is a warning");
    let said: Vec<_> = found.iter().map(|one| one.code.id()).collect();
    assert_eq!(said, [Code::SEVERITY_GAP.id()]);
    let help = found.iter().find_map(|one| one.help.clone()).unwrap_or_default();
    assert!(
        help.ends_with("the order is `informational`, `low`, `medium`, `high`"),
        "{help}"
    );
}
