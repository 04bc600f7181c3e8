//! Tests of explanations: what a person reads at three in the morning, and what is said where something is missing.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::cli::operator::table::Paint;
use crate::desk::explain::explanation::{Case, Explanation, Text, explain};
use crate::domain::alert::{Alert, Event, EventFormat, EventKind, Severity};
use crate::domain::decision::{DecisionKind, Rules};
use crate::domain::device::{DeviceFacts, DeviceId, DeviceKind};
use crate::domain::recorded::{OwnFacts, RecordedRules, RecordedRuling};
use crate::domain::verdict::{AskTerms, Mode};
use crate::domain::{fact::Fact, guard::Protections, limit::Cap};
use crate::store::views::{ContainmentHistory, Inputs};

const RANSOMWARE: &str = "\
id: ransomware
title: Ransomware
owner: soc@example.com
mode: enforce
when:
  alert.severity: {at_least: high}
  alert.category: ransomware
  device.kind: [workstation, server]
unless:
  device.tags: {any_of: [tier-0]}
then:
  - restrict_app_execution: {comment: \"alert {alert.id}\", release: {after: 4h, restart_on: match}}
limits:
  - {devices: 25, per: 1h, otherwise: ask}
";
const QUIET: &str = "\
id: quiet
title: Quiet alerts
owner: soc@example.com
when:
  alert.event: new
  alert.severity: low
then:
  - restrict_app_execution: {comment: \"alert {alert.id}\", release: {after: 2h}}
";
const OFF: &str = "\
id: off
title: Off
owner: soc@example.com
mode: off
when: {alert.event: new}
then:
  - release_app_restriction: {comment: \"alert {alert.id}\"}
";

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().expect("a time")
}

fn before(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

fn device_id() -> DeviceId {
    DeviceId::from_stored("a".repeat(40))
}

fn texts() -> Vec<Text> {
    [
        ("off", Mode::Off, OFF),
        ("quiet", Mode::Observe, QUIET),
        ("ransomware", Mode::Enforce, RANSOMWARE),
    ]
    .map(|(id, mode, text)| Text::new(id, "0123456789abcdef", mode, text.to_owned()))
    .into()
}

fn event() -> Event {
    Event {
        format: EventFormat::MdeAlert,
        alert: Alert {
            id: "637_1".to_owned(),
            title: Fact::Is("Ransomware \u{1b}[2J\u{202e}seen".to_owned()),
            severity: Fact::Is(Severity::High),
            category: Fact::Is("Ransomware".to_owned()),
            occurred_at: Fact::Is(before(7_203)),
            ..Alert::default()
        },
        devices: vec![device_id()],
        refused_devices: Vec::new(),
        hints: Vec::new(),
        remarks: Vec::new(),
    }
}

fn inputs() -> Inputs {
    let default_ask = AskTerms {
        from: Vec::new(),
        approvals: 1,
        within: Duration::from_secs(1_800),
        otherwise_act: false,
    };
    Inputs {
        event_kind: EventKind::New,
        facts: Some(DeviceFacts {
            name: Fact::Is("web-1.corp.example".to_owned()),
            kind: Fact::Is(DeviceKind::Workstation),
            tags: Fact::Is(vec!["office".to_owned()]),
            ..DeviceFacts::default()
        }),
        own: OwnFacts::default(),
        rules: Some(RecordedRules {
            rules: Rules {
                ceiling: Mode::Enforce,
                freshness: Duration::from_secs(3_600),
                never: Protections {
                    tags: vec!["tier-0".to_owned()],
                    ..Protections::default()
                },
                caps: vec![Cap::of(50, Duration::from_secs(3_600))],
                surge: crate::domain::surge::Surge::default(),
                default_ask,
            },
            time_scale: 1,
        }),
    }
}

fn ruling(kind: DecisionKind, reason: &str) -> RecordedRuling {
    RecordedRuling {
        playbook: "ransomware".to_owned(),
        kind,
        reason: reason.to_owned(),
        because: None,
        line: None,
        mode: None,
        counts: Vec::new(),
        fleet: None,
    }
}

fn told(
    kind: DecisionKind,
    reason: &str,
    rulings: &[RecordedRuling],
    texts: &[Text],
    inputs: Option<&Inputs>,
) -> Explanation {
    explain(&Case {
        is_trial: false,
        event_id: Some(Uuid::nil()),
        event: &event(),
        source: Some("webhook".to_owned()),
        received_at: Some(before(7_201)),
        device: Some(&device_id()),
        name: Some("web-1.corp.example".to_owned()),
        tenant: "contoso",
        met: None,
        at: before(7_200),
        set_version: Some(3),
        texts: Some(texts),
        kind,
        reason: reason.to_owned(),
        rulings,
        inputs,
    })
}

fn text(told: &Explanation, all: bool) -> String {
    let mut page = Page::default();
    render::explanation(told, now(), all, &mut page);
    page.render(Paint::Plain)
}

fn containment(state: &str) -> ContainmentHistory {
    ContainmentHistory {
        request: None,
        answers: Vec::new(),
        id: Uuid::nil(),
        device: device_id().to_string(),
        measure: crate::domain::measure::Measure::Restriction,
        state: state.to_owned(),
        mode: "enforce".to_owned(),
        playbook: Some("ransomware".to_owned()),
        revision: Some("0123456789abcdef".to_owned()),
        begun_by: None,
        event_id: Some(Uuid::nil()),
        alert_id: Some("637_1".to_owned()),
        created_at: before(7_200),
        ask_reason: None,
        ask_until: None,
        activated_at: Some(before(7_200)),
        until: Some(before(-7_200)),
        ended_at: None,
        end_reason: None,
        attention: None,
        by: "decide".to_owned(),
        reason: "matched".to_owned(),
        device_is: "free".to_owned(),
        last_action: Some("restrict in_doubt".to_owned()),
    }
}

#[test]
fn what_was_done_is_told_with_every_line_guard_and_count() {
    let rulings = [RecordedRuling {
        counts: vec![3, 11],
        ..ruling(DecisionKind::Act, "matched")
    }];
    let mut told = told(DecisionKind::Act, "matched", &rulings, &texts(), Some(&inputs()));
    told.followed.push(containment("active"));
    insta::assert_snapshot!(text(&told, false), @"
    quell set out to restrict `web-1.corp.example`: `ransomware` matched
      alert      637_1, new: Ransomware [2Jseen
      device     aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, web-1.corp.example
      event      00000000-0000-0000-0000-000000000000, accepted 2 h ago through webhook
      judged     2026-11-22 01:00:00 UTC, 2 h ago, by playbook set version 3
      since      containment by ransomware: active for 2 h, ends in 2 h; the device is not restricted, its restrict in doubt

    playbooks
      ✓ ransomware@0123456789ab: act, mode enforce
          ✓ when alert.severity: {at_least: high}, saw `high` (ransomware.yaml:6)
          ✓ when alert.category: ransomware, saw `Ransomware` (ransomware.yaml:7)
          ✓ when device.kind: [workstation, server], saw `workstation` (ransomware.yaml:8)
          ✗ unless device.tags: {any_of: [tier-0]}, saw [`office`] (ransomware.yaml:10)
          then restrict_app_execution for 4h, anew with each match
          limits[0] 25 devices in 1h, then ask: 3 devices counted before
      · off@0123456789ab: it is off
      ✗ quiet@0123456789ab: when alert.severity: low, saw `high` (quiet.yaml:6)

    guards
      ✓ mode       the installation lets playbooks enforce
      ✓ never      the device is not on never.tags
      ✓ freshness  the news was 3 s old; up to 1 h acts by itself
      ✓ caps[0]    11 of 50 devices in 1 h over all playbooks
    ");
}

#[test]
fn one_line_says_why_a_playbook_did_not_match_and_all_of_them_on_demand() {
    let mut low = inputs();
    low.facts = None;
    let rulings = [RecordedRuling {
        line: Some(8),
        ..ruling(DecisionKind::Ask, "if_unknown.device.kind")
    }];
    let (kind, reason) = (DecisionKind::Ask, "if_unknown.device.kind");
    let told = told(kind, reason, &rulings, &texts(), Some(&low));
    insta::assert_snapshot!(text(&told, true), @"
    quell asked before restricting `web-1.corp.example`: `device.kind` was not known, so `ransomware` could not tell
      alert      637_1, new: Ransomware [2Jseen
      device     aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, web-1.corp.example
      event      00000000-0000-0000-0000-000000000000, accepted 2 h ago through webhook
      judged     2026-11-22 01:00:00 UTC, 2 h ago, by playbook set version 3

    playbooks
      ? ransomware@0123456789ab: ask because of if_unknown.device.kind, mode enforce
          ✓ when alert.severity: {at_least: high}, saw `high` (ransomware.yaml:6)
          ✓ when alert.category: ransomware, saw `Ransomware` (ransomware.yaml:7)
          ? when device.kind: [workstation, server], saw unknown (ransomware.yaml:8), decides
          ? unless device.tags: {any_of: [tier-0]}, saw unknown (ransomware.yaml:10)
          then restrict_app_execution for 4h, anew with each match
          limits[0] 25 devices in 1h, then ask: not asked
      · off@0123456789ab: it is off
          ✓ when alert.event: new, saw `new` (off.yaml:5)
      ✗ quiet@0123456789ab: when alert.severity: low, saw `high` (quiet.yaml:6)
          ✓ when alert.event: new, saw `new` (quiet.yaml:5)
          ✗ when alert.severity: low, saw `high` (quiet.yaml:6), decides

    guards
      ✓ mode       the installation lets playbooks enforce
      ? never      `device.tags` is not known, and `never` depends on it
      ✓ freshness  the news was 3 s old; up to 1 h acts by itself

    to be known
      unknown: device.kind, device.tags
      no fresh facts of the device were at hand: all of them were unknown
    ");
}

#[test]
fn a_text_that_this_version_cannot_read_is_said_and_the_record_shown() {
    let broken = RANSOMWARE.replace("alert.category", "alert.colour");
    let texts = [Text::new("ransomware", "0123456789abcdef", Mode::Enforce, broken)];
    let rulings = [RecordedRuling {
        line: Some(8),
        ..ruling(DecisionKind::Skip, "unless.device.tags")
    }];
    let told = told(
        DecisionKind::Skip,
        "unless.device.tags",
        &rulings,
        &texts,
        Some(&inputs()),
    );
    let text = text(&told, false);
    assert!(
        text.starts_with(
            "quell did nothing: `ransomware` matched, and its `unless` names this `device.tags`\n"
        ),
        "{text}"
    );
    for said in [
        "· ransomware@0123456789ab: skip because of unless.device.tags, mode enforce\n      decided at ransomware.yaml:8\n",
        "its text of that day cannot be read by this version of quell (error[E101]: there is no fact `alert.colour`)",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn what_was_recorded_stands_where_this_version_weighs_otherwise() {
    let rulings = [ruling(DecisionKind::Skip, "unless.device.tags")];
    let told = told(
        DecisionKind::Skip,
        "unless.device.tags",
        &rulings,
        &texts(),
        Some(&inputs()),
    );
    let remark = told.playbooks[0].remark.as_deref().unwrap_or_default();
    assert_eq!(
        remark,
        "this version of quell weighs it otherwise: `matched`, recorded is `unless.device.tags`, which stands"
    );
    // One that is not recorded and matches now is told too.
    let told = self::told(DecisionKind::Skip, "no_match", &[], &texts(), Some(&inputs()));
    let remarks: Vec<_> = told
        .playbooks
        .iter()
        .filter_map(|told| told.remark.as_deref())
        .collect();
    assert_eq!(
        remarks,
        ["this version of quell weighs it otherwise: `matched`, recorded is `no match`, which stands"]
    );
}

#[test]
fn a_decision_of_before_shows_what_it_has() {
    let rulings = [ruling(DecisionKind::Act, "matched")];
    let told = explain(&Case {
        is_trial: false,
        event_id: None,
        event: &event(),
        source: None,
        received_at: None,
        device: Some(&device_id()),
        name: None,
        tenant: "contoso",
        met: None,
        at: before(10),
        set_version: Some(1),
        texts: None,
        kind: DecisionKind::Act,
        reason: "matched".to_owned(),
        rulings: &rulings,
        inputs: None,
    });
    let text = text(&told, false);
    for said in [
        "quell set out to restrict device `aaaaaaaaaa",
        "· ransomware: act, mode",
        "what it was judged by was not kept",
        "which playbooks version 1 of the set held was not recorded",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert!(told.guards.is_empty());
}

#[test]
fn every_reason_is_told_in_words() {
    let cases = [
        (
            DecisionKind::Ask,
            "ask",
            "quell asked before restricting `web-1.corp.example`: `ransomware` matched, and asks a person first",
        ),
        (
            DecisionKind::Ask,
            "limits[0]",
            "its limit is reached: `limits[0]`, 25 devices in 1h, then ask",
        ),
        (
            DecisionKind::Ask,
            "limits[0].fleet_unknown",
            "how large the fleet is was not known",
        ),
        (
            DecisionKind::Hold,
            "caps[0]",
            "quell held back on `web-1.corp.example` and left it to a person: `ransomware` matched, and the installation's cap `caps[0]` is reached",
        ),
        (
            DecisionKind::Ask,
            "freshness",
            "the news is not fresh enough to act by itself",
        ),
        (
            DecisionKind::Ask,
            "if_unknown.device.tags",
            "`ransomware` matched, but `device.tags` was not known, and `never` depends on it",
        ),
        (
            DecisionKind::Ask,
            "ask.other",
            "`ransomware` matched, and `other` asks about the same device first",
        ),
        (
            DecisionKind::Skip,
            "never.tags",
            "quell did nothing: the device is protected by `never.tags`",
        ),
        (DecisionKind::Skip, "mode.off", "the installation's mode is `off`"),
        (
            DecisionKind::Skip,
            "ineligible.not_in_inventory",
            "Defender does not know the device",
        ),
        (
            DecisionKind::Observe,
            "canary",
            "only observed `web-1.corp.example` and recorded what it would have done: `ransomware` matched, and the device is outside its canary",
        ),
        (
            DecisionKind::Observe,
            "canary.limits[0]",
            "reached a limit in its canary: `limits[0]`, 25 devices in 1h",
        ),
        (
            DecisionKind::Skip,
            "something.new",
            "quell did nothing: `something.new`",
        ),
    ];
    for (kind, reason, said) in cases {
        let rulings = [RecordedRuling {
            because: Some("matched".to_owned()),
            ..ruling(kind, reason)
        }];
        let told = told(kind, reason, &rulings, &texts(), Some(&inputs()));
        assert!(told.outcome.contains(said), "{reason}: {}", told.outcome);
    }
}

#[test]
fn a_device_that_cannot_be_restricted_is_told_with_the_fact_that_says_so() {
    let mut inputs = inputs();
    inputs.facts.as_mut().expect("they are known").os = Fact::Is("Ubuntu".to_owned());
    let told = told(DecisionKind::Skip, "ineligible.os", &[], &[], Some(&inputs));
    assert!(told.outcome.contains("operating system"), "{}", told.outcome);
    let guard = told.guards.iter().find(|guard| guard.guard == "eligibility");
    let says = guard.map(|guard| guard.says.as_str()).unwrap_or_default();
    assert!(says.ends_with("`device.os` is Ubuntu"), "{says}");
}

#[test]
fn guards_tell_what_they_saw() {
    let mut inputs = inputs();
    if let (Some(facts), Some(rules)) = (&mut inputs.facts, &mut inputs.rules) {
        facts.tags = Fact::Is(vec!["office".to_owned(), "Tier-0".to_owned()]);
        rules.rules.ceiling = Mode::Observe;
    }
    let told = told(DecisionKind::Skip, "no_match", &[], &[], Some(&inputs));
    let guards: Vec<String> = told
        .guards
        .iter()
        .map(|guard| format!("{} {}: {}", guard.passes.sign(), guard.guard, guard.says))
        .collect();
    assert_eq!(
        guards,
        [
            "✗ mode: the installation only observes: nothing is called",
            "✗ never: protected: `device.tags` is office, Tier-0, and never.tags has tier-0",
            "✓ freshness: the news was 3 s old; up to 1 h acts by itself",
        ]
    );
    inputs.facts = None;
    let told = self::told(DecisionKind::Skip, "no_match", &[], &[], Some(&inputs));
    assert_eq!(
        told.guards[1].says,
        "`device.tags` is not known, and `never` depends on it"
    );
}

#[test]
fn an_action_is_named_by_its_id_or_by_the_marker_at_defender() {
    let id = Uuid::from_u128(0x0193_5d3a_0000_7000_8000_0000_0000_0001);
    let marker = Marker {
        action: id,
        attempt: 2,
    }
    .to_string();
    for written in [id.to_string(), marker.clone(), marker[7..33].to_owned()] {
        assert_eq!(action_id(&written), Ok(id), "{written}");
    }
    assert!(action_id("web-1").is_err());
}
