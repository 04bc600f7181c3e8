//! Whole playbooks against subjects: the verdict, its reason, and whether it is worth fetching the device.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::alert::{Alert, EventKind, Severity};
use crate::domain::canary::Canary;
use crate::domain::device::{DeviceFacts, DeviceId, DeviceKind};
use crate::domain::fact::Fact;
use crate::domain::verdict::{Most, Percent, PlannedAction, ReleaseWhen};
use crate::playbook::{SourceFile, trace};

const HEAD: &str = "id: p\ntitle: t\nowner: o\nmode: enforce\n";
const THEN: &str = "then:\n  - restrict_app_execution: {comment: 'c {alert.title}', release: {after: 1h}}\n";

fn set(body: &str) -> PlaybookSet {
    let text = format!("{HEAD}{body}{THEN}");
    match PlaybookSet::compile(&[SourceFile {
        name: "p.yaml".to_owned(),
        text,
    }]) {
        Ok((set, _)) => set,
        Err(found) => panic!("{}", found.render(false)),
    }
}

fn alert() -> Alert {
    Alert {
        id: "a1".to_owned(),
        severity: Fact::Is(Severity::High),
        category: Fact::Is("Ransomware".to_owned()),
        user: Fact::Absent,
        ..Alert::default()
    }
}

fn workstation() -> DeviceFacts {
    DeviceFacts {
        kind: Fact::Is(DeviceKind::Workstation),
        tags: Fact::Is(Vec::new()),
        group: Fact::Absent,
        ..DeviceFacts::default()
    }
}

fn evaluated(body: &str, alert: &Alert, device: &DeviceFacts) -> Evaluation {
    evaluated_in_time(1, body, alert, device)
}

fn evaluated_in_time(time_scale: u32, body: &str, alert: &Alert, device: &DeviceFacts) -> Evaluation {
    let id = DeviceId::from_stored("d".repeat(40));
    let subject = Subject {
        alert,
        event: EventKind::New,
        device_id: Some(&id),
        device,
        tenant: "contoso",
        now: Timestamp::from_second(1_000_000).expect("in range"),
        time_scale,
        restricted_by: Fact::Is(Vec::new()),
    };
    let set = set(body);
    let evaluation = evaluate(&set, &subject);
    // The trace never disagrees with the evaluator.
    let traced = trace(&set, &subject);
    assert_eq!(
        traced[0].wish,
        evaluation.verdicts.first().map(|verdict| verdict.wish)
    );
    if let Some(verdict) = evaluation.verdicts.first() {
        assert_eq!(traced[0].because, verdict.because);
        let decider = traced[0].lines.iter().find(|line| line.decides);
        assert_eq!(decider.map(|line| line.at.clone()), verdict.line);
    }
    evaluation
}

fn check(body: &str, device: &DeviceFacts, expected: Option<(Wish, &str)>, fetch: bool) {
    let evaluation = evaluated(body, &alert(), device);
    let got = evaluation
        .verdicts
        .first()
        .map(|verdict| (verdict.wish, verdict.because.as_str()));
    assert_eq!(got, expected, "{body}");
    assert_eq!(evaluation.unknown_device_facts, fetch, "{body}");
}

#[test]
fn a_match_acts_and_carries_what_follows() {
    let evaluation = evaluated(
        "priority: high\nwhen: {alert.category: ransomware}\nlimits: [{devices: 5, per: 1h}]\n",
        &alert(),
        &workstation(),
    );
    let [verdict] = evaluation.verdicts.as_slice() else {
        panic!("one verdict is expected")
    };
    assert_eq!(
        (verdict.wish, verdict.because.as_str(), &verdict.line),
        (Wish::Act, "matched", &None)
    );
    assert_eq!(verdict.lane.as_str(), "high");
    assert_eq!(
        (verdict.limits[0].most, verdict.limits[0].otherwise_ask),
        (Most::Devices(5), true)
    );
    let PlannedAction::RestrictAppExecution {
        comment,
        release_after,
        restart_on_match,
        ..
    } = &verdict.then[0]
    else {
        panic!("a restriction is expected")
    };
    assert_eq!(
        (comment.as_str(), *release_after, *restart_on_match),
        ("c unknown", Some(Duration::from_secs(3600)), false)
    );
}

#[test]
fn the_terms_that_are_written_reach_the_verdict() {
    let body = "when: {alert.category: ransomware}
ask: {when: {device.kind: server}, from: [soc, ops], approvals: 2, within: 45m, otherwise: act}
limits: [{devices: 5, per: 1h, otherwise: skip}, {percent_of_fleet: 0.5, per: 1d}]
canary: {percent: 10}
";
    // Also where the question is not asked of this device: who answers it answers for limits too.
    let evaluation = evaluated(body, &alert(), &workstation());
    let verdict = &evaluation.verdicts[0];
    assert_eq!(verdict.wish, Wish::Act);
    let ask = verdict.ask.as_ref().expect("the playbook has a question");
    assert_eq!(
        (ask.from.as_slice(), ask.approvals),
        (&["soc".to_owned(), "ops".to_owned()][..], 2)
    );
    assert_eq!(
        (ask.within, ask.otherwise_act),
        (Duration::from_secs(45 * 60), true)
    );
    let limits: Vec<_> = verdict
        .limits
        .iter()
        .map(|l| (l.most, l.per.as_secs(), l.otherwise_ask))
        .collect();
    let percent = |percent| Percent::new(percent).expect("a percentage");
    assert_eq!(
        limits,
        [
            (Most::Devices(5), 3_600, false),
            (Most::PercentOfFleet(percent(0.5)), 86_400, true)
        ]
    );
    assert_eq!(verdict.canary, Some(Canary::Percent(percent(10.0))));

    let asking = "when: {alert.category: ransomware}\nask: {from: [soc], within: 1h}\n";
    let evaluation = evaluated(asking, &alert(), &workstation());
    let ask = evaluation.verdicts[0]
        .ask
        .as_ref()
        .expect("the playbook has a question");
    assert_eq!((ask.approvals, ask.otherwise_act), (1, false));
}

#[test]
fn release_terms_that_are_written_reach_the_verdict() {
    let resolved = &[ReleaseWhen::AlertResolved][..];
    let two_hours = Some(Duration::from_secs(7_200));
    for (release, expected) in [
        ("{after: 2h}", (two_hours, false, &[][..])),
        ("{after: 2h, restart_on: match}", (two_hours, true, &[])),
        ("{never: true}", (None, false, &[])),
        ("{after: 2h, when: alert_resolved}", (two_hours, false, resolved)),
        (
            "{after: 2h, when: [alert_resolved, alert_resolved]}",
            (two_hours, false, resolved),
        ),
        ("{never: true, when: [alert_resolved]}", (None, false, resolved)),
    ] {
        let then = format!("then: [restrict_app_execution: {{comment: c, release: {release}}}]\n");
        let text = format!("{HEAD}match_all: true\n{then}");
        let file = SourceFile {
            name: "p.yaml".to_owned(),
            text,
        };
        let (set, _) = PlaybookSet::compile(&[file]).expect("it compiles");
        let (alert, device) = (alert(), workstation());
        let subject = Subject {
            alert: &alert,
            event: EventKind::New,
            device_id: None,
            device: &device,
            tenant: "contoso",
            now: Timestamp::UNIX_EPOCH,
            time_scale: 1,
            restricted_by: Fact::Unknown,
        };
        let evaluation = evaluate(&set, &subject);
        let PlannedAction::RestrictAppExecution {
            release_after,
            restart_on_match,
            release_when,
            ..
        } = &evaluation.verdicts[0].then[0]
        else {
            panic!("a restriction is expected")
        };
        let terms = (*release_after, *restart_on_match, release_when.as_slice());
        assert_eq!(terms, expected, "{release}");
    }
}

#[test]
fn one_false_line_is_no_match_whatever_is_unknown() {
    let nothing = DeviceFacts::default();
    check(
        "when: {alert.category: malware, device.kind: server}\n",
        &nothing,
        None,
        false,
    );
    check(
        "when: {device.kind: server, alert.category: malware}\n",
        &nothing,
        None,
        false,
    );
    check(
        "when: {alert.category: malware}\nunless: {device.tags: x}\n",
        &nothing,
        None,
        false,
    );
}

#[test]
fn one_true_guard_stops_it_whatever_is_unknown() {
    let tagged = DeviceFacts {
        tags: Fact::Is(vec!["Tier-0".to_owned()]),
        ..DeviceFacts::default()
    };
    let stopped = Some((Wish::Skip, "unless.device.tags"));
    check(
        "when: {device.kind: server}\nunless: {device.group: x, device.tags: tier-0}\n",
        &tagged,
        stopped,
        false,
    );
}

#[test]
fn a_span_in_a_line_means_scaled_time_where_time_is_scaled() {
    let ago = |seconds: i64| Fact::Is(Timestamp::from_second(1_000_000 - seconds).expect("in range"));
    for (scale, seconds, young) in [
        (1, 3_600, true),
        (1, 3_601, false),
        (100, 36, true),
        (100, 37, false),
    ] {
        let alert = Alert {
            occurred_at: ago(seconds),
            ..alert()
        };
        let device = DeviceFacts {
            last_seen: ago(seconds),
            ..workstation()
        };
        for (line, holds) in [
            ("alert.age: {within: 1h}", young),
            ("alert.age: {older_than: 1h}", !young),
            ("device.last_seen: {within: 1h}", young),
        ] {
            let body = format!("when: {{{line}}}\n");
            let evaluation = evaluated_in_time(scale, &body, &alert, &device);
            assert_eq!(
                !evaluation.verdicts.is_empty(),
                holds,
                "{line} after {seconds} s at {scale}"
            );
        }
    }
}

#[test]
fn an_unknown_fact_never_acts_by_itself() {
    let nothing = DeviceFacts::default();
    let body = "when: {alert.category: ransomware}\nunless: {device.tags: tier-0}\n";
    check(body, &nothing, Some((Wish::Ask, "if_unknown.device.tags")), true);
    let skipping = format!("{body}if_unknown: skip\n");
    check(
        &skipping,
        &nothing,
        Some((Wish::Skip, "if_unknown.device.tags")),
        true,
    );
    let both = "when: {device.kind: server}\nunless: {device.tags: tier-0}\n";
    check(both, &nothing, Some((Wish::Ask, "if_unknown.device.kind")), true);
}

#[test]
fn an_unknown_fact_that_no_fetch_can_tell_is_not_waited_for() {
    check(
        "when: {alert.source: x}\n",
        &workstation(),
        Some((Wish::Ask, "if_unknown.alert.source")),
        false,
    );
}

#[test]
fn an_absent_fact_is_false_in_a_condition_and_unknown_in_a_guard() {
    check("when: {device.group: x}\n", &workstation(), None, false);
    check(
        "when: {device.group: {none_of: [x]}}\n",
        &workstation(),
        None,
        false,
    );
    check(
        "when: {device.group: {exists: false}}\n",
        &workstation(),
        Some((Wish::Act, "matched")),
        false,
    );
    let guarded = "when: {alert.category: ransomware}\nunless: {device.group: x}\n";
    // Nobody can tell more of a fact that has no value, so there is nothing to fetch.
    check(
        guarded,
        &workstation(),
        Some((Wish::Ask, "if_unknown.device.group")),
        false,
    );
    let settled = "when: {alert.category: ransomware}\nunless: {alert.user: {exists: true}}\n";
    check(settled, &workstation(), Some((Wish::Act, "matched")), false);
}

#[test]
fn a_question_of_its_own_is_asked_always_or_for_some() {
    let always = "when: {alert.category: ransomware}\nask: {from: [soc], within: 30m}\n";
    check(always, &workstation(), Some((Wish::Ask, "ask")), false);
    let servers =
        "when: {alert.category: ransomware}\nask: {when: {device.kind: server}, from: [soc], within: 30m}\n";
    check(servers, &workstation(), Some((Wish::Act, "matched")), false);
    check(
        servers,
        &DeviceFacts::default(),
        Some((Wish::Ask, "if_unknown.device.kind")),
        true,
    );
    let server = DeviceFacts {
        kind: Fact::Is(DeviceKind::Server),
        ..DeviceFacts::default()
    };
    check(servers, &server, Some((Wish::Ask, "ask")), false);
}

#[test]
fn match_all_matches_and_off_is_not_evaluated() {
    check(
        "match_all: true\n",
        &workstation(),
        Some((Wish::Act, "matched")),
        false,
    );
    let text = format!("{HEAD}match_all: true\n{THEN}").replace("enforce", "off");
    let (off, _) = PlaybookSet::compile(&[SourceFile {
        name: "p.yaml".to_owned(),
        text,
    }])
    .expect("it compiles");
    let (alert, device) = (alert(), DeviceFacts::default());
    let subject = Subject {
        alert: &alert,
        event: EventKind::New,
        device_id: None,
        device: &device,
        tenant: "contoso",
        now: Timestamp::UNIX_EPOCH,
        time_scale: 1,
        restricted_by: Fact::Unknown,
    };
    assert_eq!(evaluate(&off, &subject), Evaluation::default());
    assert_eq!(trace(&off, &subject)[0].because, "mode.off");
}

#[test]
fn filled_in_text_is_sanitised_and_cut() {
    let title = format!("a\u{1b}[31m\u{202e}b\r\nc\u{0} {{alert.id}} {}", "x".repeat(500));
    let hostile = Alert {
        title: Fact::Is(title),
        ..alert()
    };
    let evaluation = evaluated("match_all: true\n", &hostile, &workstation());
    let PlannedAction::RestrictAppExecution { comment, .. } = &evaluation.verdicts[0].then[0] else {
        panic!("a restriction is expected")
    };
    assert!(comment.starts_with("c a[31mb  c {alert.id} xxx"), "{comment}");
    assert!(!comment.chars().any(char::is_control));
    assert_eq!(comment.chars().count(), 2 + 200);
}

#[test]
fn literal_braces_are_doubled_and_the_whole_is_cut() {
    let comment = format!("'{{{{{{alert.id}}}}}} {}'", "{alert.title}".repeat(10));
    let then = format!("then:\n  - release_app_restriction: {{comment: {comment}}}\n");
    let text = format!("{HEAD}match_all: true\n{then}");
    let (set, _) = PlaybookSet::compile(&[SourceFile {
        name: "p.yaml".to_owned(),
        text,
    }])
    .expect("it compiles");
    let long = Alert {
        title: Fact::Is("y".repeat(1000)),
        ..alert()
    };
    let device = workstation();
    let subject = Subject {
        alert: &long,
        event: EventKind::New,
        device_id: None,
        device: &device,
        tenant: "contoso",
        now: Timestamp::UNIX_EPOCH,
        time_scale: 1,
        restricted_by: Fact::Unknown,
    };
    let evaluation = evaluate(&set, &subject);
    let PlannedAction::ReleaseAppRestriction { comment } = &evaluation.verdicts[0].then[0] else {
        panic!("a release is expected")
    };
    assert!(comment.starts_with("{a1} yyy"), "{comment}");
    assert_eq!(comment.chars().count(), 900);
}

fn some_fact<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Fact<T>> {
    prop_oneof![
        Just(Fact::Unknown),
        Just(Fact::Absent),
        proptest::sample::select(values).prop_map(Fact::Is)
    ]
}

proptest! {
    /// Learning what was unknown never turns an act into something else: what acted knew all that it needed.
    #[test]
    fn what_acts_on_partial_knowledge_acts_on_full_knowledge(
        kind in some_fact(vec![DeviceKind::Workstation, DeviceKind::Server]),
        tags in some_fact(vec![vec![], vec!["x".to_owned()], vec!["tier-0".to_owned()]]),
        group in some_fact(vec!["a".to_owned(), "b".to_owned()]),
    ) {
        let body = "when: {device.kind: workstation, device.group: {none_of: [b]}}\nunless: {device.tags: tier-0}\n";
        let partial = DeviceFacts { kind: kind.clone(), tags: tags.clone(), group: group.clone(), ..DeviceFacts::default() };
        let before = evaluated(body, &alert(), &partial);
        let learned = DeviceFacts {
            kind: if kind.is_unknown() { Fact::Is(DeviceKind::Server) } else { kind.clone() },
            tags: if tags.is_unknown() { Fact::Is(vec!["tier-0".to_owned()]) } else { tags.clone() },
            group: if group.is_unknown() { Fact::Is("b".to_owned()) } else { group },
            ..DeviceFacts::default()
        };
        let after = evaluated(body, &alert(), &learned);
        prop_assert!(!after.unknown_device_facts);
        if before.verdicts.first().is_some_and(|verdict| verdict.wish == Wish::Act) {
            prop_assert_eq!(&before.verdicts, &after.verdicts);
        }
        if kind.is_unknown() || tags.is_unknown() {
            prop_assert!(before.verdicts.iter().all(|verdict| verdict.wish != Wish::Act));
        }
    }
}

#[test]
fn who_is_told_of_what_is_as_it_is_written() {
    use crate::domain::notify::NotifyOn;
    let set = set(
        "when: {alert.title: x}\nlimits: [{devices: 1, per: 1h}]\nnotify: [{to: soc, on: [released, acted]}, {to: ops, on: [failed]}]\n",
    );
    let told: Vec<_> = set.playbooks()[0]
        .notify
        .iter()
        .map(|notify| (notify.to.as_str(), notify.on.clone()))
        .collect();
    assert_eq!(
        told,
        [
            ("soc", vec![NotifyOn::Released, NotifyOn::Acted]),
            ("ops", vec![NotifyOn::Failed])
        ]
    );
}
