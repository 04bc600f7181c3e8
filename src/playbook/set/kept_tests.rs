//! Texts that are or were in force: what they meant when they came, they mean.

use super::*;

const GOOD: &str = "id: p
title: t
owner: o
mode: enforce
when: {alert.category: ransomware}
then:
  - restrict_app_execution: {comment: c, release: {after: 1h}}
limits: [{devices: 1, per: 1h}]
";

fn one(text: &str) -> [SourceFile; 1] {
    [SourceFile {
        name: "p.yaml".to_owned(),
        text: text.to_owned(),
    }]
}

#[test]
fn a_set_that_was_in_force_stays_usable_though_what_nobody_sees_is_refused_in_new_files() {
    for (from, to) in [
        ("owner: o", "owner: o # \u{200b}"),
        ("owner: o", "owner: o # as always\rpriority: high"),
        (
            "{alert.category: ransomware}",
            "{alert.category: ransomware, device.tags: \"x \"}",
        ),
        (
            "{alert.category: ransomware}",
            "{alert.category: ransomware, device.tags: x\u{a0}y}",
        ),
    ] {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD);
        let refused = PlaybookSet::compile(&one(&text)).expect_err("no new file may hold it");
        assert!(refused.iter().all(|each| each.code == Code::HIDDEN), "{text:?}");
        let kept = PlaybookSet::compile_kept(&one(&text));
        let (set, found) = kept.unwrap_or_else(|found| panic!("{text:?}: {}", found.render(false)));
        assert!(!found.has_errors());
        assert_eq!(
            set.get("p").map(|playbook| playbook.text.as_str()),
            Some(text.as_str())
        );
    }
    // What is wrong in any other way is wrong there too.
    let wrong = GOOD.replacen("owner: o", "owner: 7", 1);
    assert!(PlaybookSet::compile_kept(&one(&wrong)).is_err());
}

#[test]
fn a_text_is_forgiven_what_is_hidden_in_it_only_if_that_very_text_was_in_force() {
    let (old, new) = (
        GOOD.replace("owner: o", "owner: o # \u{200b}"),
        GOOD.replace("owner: o", "owner: p # \u{200b}"),
    );
    let kept = BTreeSet::from([old.clone()]);
    let errors = |text: &str| compile_file_but(&one(text)[0], &kept).found.errors();
    assert_eq!((errors(&old), errors(&new)), (0, 1));
}
