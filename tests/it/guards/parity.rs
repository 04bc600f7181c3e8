//! Observe and enforce decide the same: what is only observed tells what would have been done, guard for guard. The daemon's
//! own functions over made-up alerts, in memory.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use quell::domain::alert::{Alert, EventKind, Severity};
use quell::domain::decision::{Cap, Decision, DecisionKind, Rules};
use quell::domain::device::{DeviceFacts, DeviceId, DeviceKind};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::domain::surge::{Administrators, Surge};
use quell::domain::verdict::{AskTerms, Mode, Percent};
use quell::playbook::rehearse::{Input, Rehearsal, What};
use quell::playbook::{PlaybookSet, SourceFile};

const HOUR: Duration = Duration::from_secs(3_600);

/// Limits that ask and that skip, an ask, exceptions, restarts; several match the same alert.
fn set() -> PlaybookSet {
    let then = "then:\n  - restrict_app_execution: {comment: \"alert {alert.id}\", release: {after: 4h, restart_on: match}}\n";
    let head = |id: &str| {
        format!(
            "id: {id}\ntitle: Restrict\nowner: soc@example.com\nmode: enforce\npriority: normal\nif_unknown: ask\n"
        )
    };
    let texts = [
        head("ransomware")
            + "when: {alert.severity: {at_least: high}, alert.category: ransomware}\nunless: {device.tags: {any_of: [lab]}}\n"
            + then
            + "limits: [{devices: 8, per: 1h, otherwise: ask}, {percent_of_fleet: 5, per: 1d, otherwise: ask}]\n",
        head("servers")
            + "when: {alert.severity: {at_least: medium}, device.kind: [server, workstation]}\n\
               ask: {when: {device.kind: server}, from: [soc], approvals: 1, within: 30m}\n"
            + &then.replace("4h", "2h").replace(", restart_on: match", ""),
        head("miners")
            + "when: {alert.category: [coinminer, ransomware]}\n"
            + &then.replace("4h", "30m")
            + "limits: [{devices: 8, per: 30m, otherwise: skip}]\n",
    ];
    let files: Vec<SourceFile> = texts
        .into_iter()
        .map(|text| SourceFile {
            name: text
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("id: "))
                .expect("an id")
                .to_owned()
                + ".yaml",
            text,
        })
        .collect();
    PlaybookSet::compile(&files).expect("the playbooks are right").0
}

fn rules(ceiling: Mode) -> Rules {
    Rules {
        ceiling,
        freshness: HOUR,
        never: Protections {
            tags: vec!["tier-0".to_owned()],
            ..Protections::default()
        },
        caps: vec![
            Cap::of(20, HOUR),
            Cap {
                devices: None,
                percent_of_group: Percent::new(80.0),
                ..Cap::of(0, 6 * HOUR)
            },
        ],
        surge: Surge {
            per: HOUR,
            per_source: None,
            per_user: Some(2),
            per_title: Some(40),
            administrators: Administrators {
                groups: vec!["admins".to_owned()],
                devices: 1,
                ..Administrators::default()
            },
        },
        default_ask: AskTerms {
            from: Vec::new(),
            approvals: 1,
            within: Duration::from_secs(1_800),
            otherwise_act: false,
        },
    }
}

/// An alert on one of three thousand devices, of which little or much is known.
fn made_up(n: usize, at: Timestamp, rng: &mut fastrand::Rng) -> (Alert, DeviceId, DeviceFacts) {
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::High];
    let text =
        |texts: &[&str], rng: &mut fastrand::Rng| Fact::Is(texts[rng.usize(0..texts.len())].to_owned());
    let age = if rng.u8(0..20) == 0 {
        7_200
    } else {
        rng.i64(0..1_800)
    };
    let alert = Alert {
        id: format!("a{n}"),
        title: text(&["One", "Two", "Three", "Four"], rng),
        severity: Fact::Is(severities[rng.usize(0..4)]),
        category: text(&["Ransomware", "CoinMiner", "Phishing"], rng),
        user: Fact::Is(format!("user-{}", rng.usize(0..15))),
        occurred_at: Fact::Is(at - SignedDuration::from_secs(age)),
        ..Alert::default()
    };
    let machine = rng.usize(0..3_000);
    let mut its = fastrand::Rng::with_seed(machine as u64);
    let facts = match its.u8(0..12) {
        0 => DeviceFacts::default(),
        _ => DeviceFacts {
            kind: match its.u8(0..4) {
                0 => Fact::Is(DeviceKind::Server),
                _ => Fact::Is(DeviceKind::Workstation),
            },
            tags: Fact::Is(match its.u8(0..12) {
                0 => vec!["ＴＩＥＲ-0".to_owned()],
                1 => vec!["lab".to_owned()],
                _ => Vec::new(),
            }),
            group: match its.u8(0..30) {
                0 => Fact::Is("Admins".to_owned()),
                1 => Fact::Absent,
                2..10 => Fact::Is("Sales".to_owned()),
                _ => Fact::Is("Works".to_owned()),
            },
            ..DeviceFacts::default()
        },
    };
    (alert, DeviceId::from_stored(format!("{machine:040x}")), facts)
}

/// What a decision tells, whatever its mode: what would be done, and why, over all and for each playbook.
fn told(decision: &Decision, mode: Mode) -> Vec<(bool, bool, String)> {
    let rulings = decision.rulings.iter().map(|ruling| {
        let skips = ruling.kind == DecisionKind::Skip;
        let asks = match mode {
            Mode::Enforce => matches!(ruling.kind, DecisionKind::Ask | DecisionKind::Hold),
            _ => ruling.ask.is_some(),
        };
        (skips, asks, ruling.reason.clone())
    });
    let whole = (
        decision.kind == DecisionKind::Skip,
        false,
        decision.reason.clone(),
    );
    std::iter::once(whole).chain(rulings).collect()
}

fn compare(alerts: usize) {
    let set = set();
    let (observing, enforcing) = (rules(Mode::Observe), rules(Mode::Enforce));
    let start = Timestamp::from_second(1_800_000_000).expect("in range");
    let groups = || {
        [
            ("sales".to_owned(), 30),
            ("works".to_owned(), 200),
            ("admins".to_owned(), 10),
        ]
    };
    let world = |rules| {
        Rehearsal::new(&set, rules, "test", start)
            .with_fleet(Some(3_000))
            .with_groups(groups())
    };
    let (mut observed, mut enforced) = (world(&observing), world(&enforcing));
    let (mut calls, mut calls_observed) = (0, 0);
    let mut reasons = std::collections::BTreeMap::<String, usize>::new();
    let mut rng = fastrand::Rng::with_seed(1);
    let mut at = start;
    for n in 0..alerts {
        at += SignedDuration::from_secs(rng.i64(0..60));
        let (alert, device_id, device) = made_up(n, at, &mut rng);
        let input = Input {
            at,
            event: EventKind::New,
            alert: &alert,
            device_id: &device_id,
            device: &device,
        };
        let one = observed.event(&input, &mut |happening| {
            calls_observed += usize::from(matches!(happening.what, What::Action { .. }));
        });
        let other = enforced.event(&input, &mut |happening| {
            calls += usize::from(matches!(happening.what, What::Action { .. }));
        });
        assert_eq!(
            told(&one, Mode::Observe),
            told(&other, Mode::Enforce),
            "alert {n} at {at}: {alert:?} {device_id} {device:?}"
        );
        assert!(matches!(one.kind, DecisionKind::Observe | DecisionKind::Skip));
        *reasons.entry(other.reason).or_default() += 1;
    }
    assert_eq!(calls_observed, 0, "observe calls nothing");
    assert!(calls > alerts / 20, "enforce does: {calls}");
    for reason in [
        "matched",
        "ask",
        "never.tags",
        "freshness",
        "limits[0]",
        "caps[0]",
        "caps[1]",
        "caps[1].group_unknown",
        "surge.user",
        "surge.administrators",
        "if_unknown.device.tags",
        "no_match",
    ] {
        assert!(
            reasons.contains_key(reason),
            "{reason} never decided: {reasons:?}"
        );
    }
    assert_eq!(reasons.values().sum::<usize>(), alerts);
}

#[test]
fn observe_and_enforce_decide_the_same_and_observe_calls_nothing() {
    compare(10_000);
}

#[test]
#[ignore = "the same, tenfold: run it with --ignored"]
fn observe_and_enforce_decide_the_same_on_a_hundred_thousand_alerts() {
    compare(100_000);
}
