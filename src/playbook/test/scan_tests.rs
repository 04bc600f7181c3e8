//! Tests of timelines with scans: when a clean one ends a restriction, and when it does not.

use super::timeline_tests::timeline;

const SCANS: &str = "id: p
title: t
owner: o
mode: enforce
when: {alert.severity: high}
unless: {device.tags: {any_of: [tier-0]}}
then:
  - restrict_app_execution: {comment: c, release: {after: 8h, when: [scan_clean, alert_resolved]}}
  - scan: {comment: c, type: full}
";

/// What a timeline says of the playbook, changed so.
fn said((from, to): (&str, &str), entries: &[&str]) -> String {
    let text = SCANS.replace(from, to);
    timeline(&[("p", &text)], "", entries)
}

const AS_IT_IS: (&str, &str) = ("id: p", "id: p");

#[test]
fn a_clean_scan_ends_the_restriction_before_its_time() {
    let passed = said(
        AS_IT_IS,
        &[
            "{at: 0h, event: [high], expect: {actions: [restrict_app_execution, scan], device: restricted}}",
            "{at: 2h, scan: succeeded, expect: {device: released, by: release.when.scan_clean}}",
        ],
    );
    assert_eq!(passed, "");
}

#[test]
fn a_scan_that_failed_or_that_news_came_after_ends_nothing() {
    let failed = said(
        AS_IT_IS,
        &[
            "{at: 0h, event: [high]}",
            "{at: 2h, scan: failed, expect: {device: restricted}}",
            "{at: 8h, expect: {device: released, by: release.after}}",
        ],
    );
    assert_eq!(failed, "");
    let news = said(
        AS_IT_IS,
        &[
            "{at: 0h, event: [high]}",
            "{at: 1h, event: [high, {alert: {id: a2, severity: low}}]}",
            "{at: 2h, scan: succeeded, expect: {device: restricted}}",
            "{at: 8h, expect: {device: released, by: release.after}}",
        ],
    );
    assert_eq!(news, "", "news of any alert on the device counts");
    let resolved = said(
        AS_IT_IS,
        &[
            "{at: 0h, event: [high]}",
            "{at: 1h, event: [high, {alert: {id: a2, event: resolved, severity: low}}]}",
            "{at: 2h, scan: succeeded, expect: {device: released}}",
        ],
    );
    assert_eq!(resolved, "", "that an alert is resolved is no news against it");
}

#[test]
fn what_does_not_name_the_scan_stays_after_it() {
    let passed = said(
        ("when: [scan_clean, alert_resolved]", "when: alert_resolved"),
        &[
            "{at: 0h, event: [high]}",
            "{at: 2h, scan: succeeded, expect: {device: restricted}}",
        ],
    );
    assert_eq!(passed, "");
}

#[test]
fn a_scan_waits_with_its_restriction_for_an_answer() {
    let asks = ("then:", "ask: {from: [soc], within: 1h}\nthen:");
    let passed = said(
        asks,
        &[
            "{at: 0h, event: [high], expect: {decision: ask, actions: [restrict_app_execution, scan]}}",
            "{at: 30m, approve: ann, expect: {device: restricted}}",
            "{at: 2h, scan: succeeded, expect: {device: released, by: release.when.scan_clean}}",
        ],
    );
    assert_eq!(passed, "");
    let none = said(
        asks,
        &[
            "{at: 0h, event: [high], expect: {decision: ask}}",
            "{at: 30m, scan: succeeded}",
            "{at: 40m, expect: {device: free}}",
        ],
    );
    assert!(none.contains("a scan that is under way"), "{none}");
}
