//! Tests of timelines: what is refused, what passes as time does, and what a failing one tells.

use super::tests::{PLAYBOOK, codes};
use super::*;
use crate::playbook::SourceFile;

#[test]
fn a_wrong_timeline_is_refused_where_it_is_wrong() {
    let event = "{at: 0h, event: [a]}";
    for (timeline, expected, place) in [
        (format!("[{event}]"), "E332", "the timeline expects nothing"),
        (
            format!("[{event}, {{at: 2h, expect: {{device: free}}}}, {{at: 1h, expect: {{device: free}}}}]"),
            "E334",
            "`1h` stands after `2h`",
        ),
        (
            format!("[{event}, {{at: 1h}}, {{at: 2h, expect: {{device: free}}}}]"),
            "E335",
            "nothing happens at this moment",
        ),
        (
            "[{at: 0h, expect: {device: free}}]".to_owned(),
            "E335",
            "nothing has happened to any device",
        ),
        (
            format!("[{event}, {{at: 1h, approve: x, decline: x}}, {{at: 1h, expect: {{device: free}}}}]"),
            "E335",
            "exclude each other",
        ),
        (
            format!("[{event}, {{at: 1h, expect: {{decision: act}}}}]"),
            "E337",
            "`decision` cannot be expected here",
        ),
        (
            format!("[{event}, {{at: 1h, expect: {{by: release.after}}}}]"),
            "E337",
            "`device` is missing",
        ),
        (
            format!("[{event}, {{at: 1h, expect: {{device: free, by: release.after}}}}]"),
            "E337",
            "does not go with `device: free`",
        ),
        (
            format!("[{event}, {{at: 1h, of: d9, expect: {{device: free}}}}]"),
            "E338",
            "about the device `d9`",
        ),
        (
            format!("[{event}, {{at: 1h, approve: []}}, {{at: 1h, expect: {{device: free}}}}]"),
            "E107",
            "names nobody",
        ),
        (
            "[{at: 0h, event: [{device: {restricted_by: unknown}}], expect: {device: free}}]".to_owned(),
            "E104",
            "is what the timeline does",
        ),
        (
            "[{event: [a], expect: {device: free}}]".to_owned(),
            "E312",
            "is missing",
        ),
        (format!("[{event}, {{at: 1h, then: x}}]"), "E310", "unknown key"),
    ] {
        let text = format!(
            "playbook: p.yaml\nfacts: {{a: {{alert: {{severity: high}}}}}}\ntests:\n  - name: n\n    timeline: {timeline}\n"
        );
        let Err(found) = TestFile::read("p.test.yaml", &text) else {
            panic!("{timeline} is read");
        };
        assert!(
            codes(&text).contains(&expected) && found.render(false).contains(place),
            "{expected} {place}\n{}",
            found.render(false)
        );
    }
    let both = "playbook: p.yaml\ntests: [{name: n, given: [], timeline: [{at: 0s, event: [], expect: {device: free}}]}]\n";
    assert_eq!(codes(both), ["E336"]);
}

/// Runs one timeline over the playbook above, and others beside it; the text of its failure.
pub(super) fn timeline(playbooks: &[(&str, &str)], head: &str, entries: &[&str]) -> String {
    let files: Vec<_> = playbooks
        .iter()
        .map(|(id, text)| SourceFile {
            name: format!("{id}.yaml"),
            text: (*text).to_owned(),
        })
        .collect();
    let (set, _) = PlaybookSet::compile(&files).expect("they compile");
    let with: Vec<_> = playbooks
        .iter()
        .skip(1)
        .map(|(id, _)| format!("../{id}.yaml"))
        .collect();
    let text = format!(
        "playbook: ../{}.yaml\nwith: [{}]\nfacts:\n  high: {{alert: {{severity: high}}, device: {{id: d1, tags: []}}}}\n{head}tests:\n  - name: n\n    timeline:\n{}",
        playbooks[0].0,
        with.join(", "),
        entries
            .iter()
            .map(|entry| format!("      - {entry}\n"))
            .collect::<String>()
    );
    let file = match TestFile::read("p.test.yaml", &text) {
        Ok(file) => file,
        Err(found) => panic!("{}", found.render(false)),
    };
    let outcomes = file.run(&set).expect("the playbooks are in the set");
    outcomes
        .iter()
        .filter_map(|outcome| outcome.failure.as_ref())
        .map(ToString::to_string)
        .collect()
}

const P: (&str, &str) = ("p", PLAYBOOK);

const RELEASE: (&str, &str) = (
    "r",
    "id: r
title: t
owner: o
mode: enforce
when: {alert.event: resolved}
then: [release_app_restriction: {comment: c}]
",
);

#[test]
fn a_device_is_restricted_until_its_time_is_up() {
    let passed = timeline(
        &[P],
        "",
        &[
            "{at: 0h, event: [high], expect: {decision: act, device: restricted, by: p}}",
            "{at: 3h59m59s, expect: {device: restricted}}",
            "{at: 4h, expect: {device: released, by: release.after}}",
            "{at: 5h, event: [high, {device: {id: d2, tags: [tier-0]}}], expect: {decision: skip, device: free}}",
            "{at: 6h, of: d1, expect: {device: released}}",
        ],
    );
    assert_eq!(passed, "");
}

/// How old news is counts when it is decided, not when the time to answer is up.
#[test]
fn an_unanswered_question_acts_about_news_that_was_fresh_when_it_was_asked_alone() {
    let asking = format!("{PLAYBOOK}ask: {{from: [soc], within: 3h, otherwise: act}}\n");
    let asked = |age: &str, ends: &str| {
        timeline(
            &[("p", &asking)],
            "guards: {freshness: 1h}\n",
            &[
                &format!(
                    "{{at: 0h, event: [high, {{alert: {{age: {age}}}}}], expect: {{decision: ask, device: free}}}}"
                ),
                &format!("{{at: 3h1m, expect: {{device: {ends}}}}}"),
            ],
        )
    };
    assert_eq!(asked("59m", "restricted"), "");
    assert_eq!(asked("61m", "free"), "");
}

#[test]
fn another_playbook_releases_what_this_one_restricted() {
    let passed = timeline(
        &[P, RELEASE],
        "",
        &[
            "{at: 0h, event: [high]}",
            "{at: 1h, event: [high, {alert: {event: resolved, severity: low}}], expect: {actions: [release_app_restriction]}}",
            "{at: 1h, expect: {device: released, by: r}}",
        ],
    );
    assert_eq!(passed, "");
    let passed = timeline(
        &[RELEASE],
        "",
        &[
            "{at: 0h, event: [{device: {restricted_by: [p]}, alert: {event: updated}}], expect: {device: restricted, by: p}}",
            "{at: 1h, event: [{alert: {event: resolved}}], expect: {device: released, by: r}}",
        ],
    );
    assert_eq!(passed, "", "the restriction was made up");
}

#[test]
fn a_containment_ends_early_when_its_alerts_are_resolved() {
    let early = PLAYBOOK.replace("{after: 4h}", "{after: 4h, when: [alert_resolved]}");
    let passed = timeline(
        &[("p", &early)],
        "",
        &[
            "{at: 0h, event: [high]}",
            "{at: 1h, event: [high, {alert: {event: resolved, severity: low}}], expect: {device: released, by: release.when}}",
        ],
    );
    assert_eq!(passed, "");
}

#[test]
fn people_answer_what_is_asked() {
    let two = PLAYBOOK.replace(
        "then:",
        "ask: {from: [soc], approvals: 2, within: 30m, otherwise: skip}\nthen:",
    );
    let run = |entries: &[&str]| timeline(&[("p", &two)], "", entries);
    assert_eq!(
        run(&[
            "{at: 0h, event: [high], expect: {decision: ask, device: free}}",
            "{at: 5m, approve: ann, expect: {device: free}}",
            "{at: 6m, approve: ann, expect: {device: free}}",
            "{at: 10m, approve: bob, expect: {device: restricted}}",
            "{at: 4h10m, expect: {device: released, by: release.after}}",
        ]),
        "",
        "the time runs from the approval, and nobody counts twice"
    );
    assert_eq!(
        run(&[
            "{at: 0h, event: [high]}",
            "{at: 5m, decline: ann}",
            "{at: 1h, expect: {device: free}}"
        ]),
        ""
    );
    insta::assert_snapshot!(run(&[
        "{at: 0h, event: [high]}",
        "{at: 5m, approve: ann}",
        "{at: 30m, approve: [bob, cid], expect: {device: restricted}}",
    ]), @r#"
    at 30m (p.test.yaml:10)
    expected: a question that bob and cid can answer
    got:      device free
    so far:   at 0s: p asked, because ask, until 30m
    so far:   at 5m: p: ann said yes, 1 of 2
    so far:   at 30m: p expired, nobody answered
    decided:  ask: always (p.yaml:9)
    "#);
}

#[test]
fn a_failing_timeline_tells_the_moment_what_happened_and_what_decided() {
    insta::assert_snapshot!(timeline(&[P], "", &[
        "{at: 0h, event: [high]}",
        "{at: 4h30m, expect: {device: restricted}}",
    ]), @r#"
    at 4h30m (p.test.yaml:9)
    expected: device restricted
    got:      device released, by release.after
    so far:   at 0s: p began, until 4h
    so far:   at 4h: p ended, by release.after
    line:     ✓ when alert.severity: {at_least: high}, saw `high` (p.yaml:6)
    line:     ✗ unless device.tags: {any_of: [tier-0]}, saw [] (p.yaml:8)
    "#);
    insta::assert_snapshot!(timeline(&[P], "", &[
        "{at: 0h, event: [high], expect: {device: restricted}}",
        "{at: 1h, event: [high, {device: {tags: [tier-0]}}], expect: {decision: act, device: released, by: x}}",
    ]), @r#"
    at 1h (p.test.yaml:9)
    expected: decision act, device released, by x
    got:      decision skip, because unless.device.tags, device restricted, by p
    so far:   at 0s: p began, until 4h
    decided:  ✓ unless device.tags: {any_of: [tier-0]}, saw [`tier-0`] (p.yaml:8)
    "#);
}

#[test]
fn a_history_leaves_the_window_as_time_passes() {
    let passed = timeline(
        &[P],
        "",
        &[
            "{at: 0h, event: [high, {history: {devices_acted: {last: 1h, count: 25}}}], expect: {because: \"limits[0]\"}}",
            "{at: 1m, event: [high], expect: {decision: act}}",
        ],
    );
    assert_eq!(passed, "");
}

#[test]
fn the_installations_guards_can_be_tested() {
    let guards =
        "guards: {never: {tags: [lab]}, caps: [{devices: 1, per: 1h}], freshness: 10m, mode: enforce}\n";
    let run = |entries: &[&str]| timeline(&[P], guards, entries);
    assert_eq!(
        run(&[
            "{at: 0h, event: [high, {device: {tags: [lab]}}], expect: {decision: skip, because: never.tags}}",
            "{at: 0h, event: [high, {alert: {age: 11m}}], expect: {because: freshness}}",
            "{at: 0h, event: [high], expect: {decision: act}}",
            "{at: 1m, event: [high, {device: {id: d2}}], expect: {decision: hold, because: \"caps[0]\"}}",
            "{at: 2m, approve: ann, expect: {device: free}}",
        ]),
        ""
    );
    let observed = timeline(
        &[P],
        "guards: {mode: observe}\n",
        &["{at: 0h, event: [high], expect: {decision: observe, device: free}}"],
    );
    assert_eq!(observed, "");
}
