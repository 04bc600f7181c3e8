//! Tests of the rehearsal: each writes down what happens as lines of a log.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::SignedDuration;

use super::*;
use crate::domain::alert::Severity;
use crate::domain::decision::{Cap, DecisionKind};
use crate::domain::guard::Protections;
use crate::domain::verdict::{AskTerms, Lane};
use crate::playbook::SourceFile;
use crate::yaml::duration;

pub(super) const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

pub(super) fn set(playbooks: &[(&str, &str)]) -> PlaybookSet {
    let files: Vec<_> = playbooks
        .iter()
        .map(|(id, rest)| SourceFile {
            name: format!("{id}.yaml"),
            text: format!("id: {id}\ntitle: t\nowner: o\nmode: enforce\n{rest}\n"),
        })
        .collect();
    match PlaybookSet::compile(&files) {
        Ok((set, _)) => set,
        Err(found) => panic!("{}", found.render(false)),
    }
}

pub(super) fn restrict(when: &str, release: &str, rest: &str) -> String {
    format!(
        "when: {{{when}}}\nthen: [restrict_app_execution: {{comment: c, release: {{{release}}}}}]\n{rest}"
    )
}

pub(super) fn rules() -> Rules {
    Rules {
        ceiling: Mode::Enforce,
        freshness: Duration::from_secs(3_600),
        never: Protections::default(),
        caps: Vec::new(),
        surge: crate::domain::surge::Surge::default(),
        default_ask: AskTerms {
            from: vec!["soc".to_owned()],
            approvals: 1,
            within: Duration::from_secs(3_600),
            otherwise_act: false,
        },
    }
}

pub(super) fn device(n: u32) -> DeviceId {
    DeviceId::from_stored(format!("d{n}"))
}

/// A rehearsal that writes down what happens.
pub(super) struct Play<'s> {
    pub(super) world: Rehearsal<'s>,
    pub(super) log: String,
}

impl<'s> Play<'s> {
    pub(super) fn new(set: &'s PlaybookSet, rules: &'s Rules) -> Self {
        Self {
            world: Rehearsal::new(set, rules, "test", START),
            log: String::new(),
        }
    }

    /// An alert with this title about a device.
    pub(super) fn alert(&mut self, at: &str, title: &str, n: u32) -> Decision {
        self.news(at, EventKind::New, "a1", title, n)
    }

    /// News of an alert; a resolved one was a false positive.
    pub(super) fn news(&mut self, at: &str, event: EventKind, id: &str, title: &str, n: u32) -> Decision {
        let at = after(at);
        let resolved = event == EventKind::Resolved;
        let alert = Alert {
            id: id.to_owned(),
            title: Fact::Is(title.to_owned()),
            severity: Fact::Is(Severity::High),
            classification: Fact::defined(resolved.then(|| "FalsePositive".to_owned())),
            occurred_at: Fact::Is(at),
            ..Alert::default()
        };
        let input = Input {
            at,
            event,
            alert: &alert,
            device_id: &device(n),
            device: &DeviceFacts::default(),
        };
        let log = &mut self.log;
        self.world.event(&input, &mut |happening| write(log, happening))
    }

    pub(super) fn pass(&mut self, to: &str) {
        let log = &mut self.log;
        self.world
            .advance(after(to), &mut |happening| write(log, happening));
    }

    fn answer(&mut self, n: u32, playbook: &str, answer: Answer) -> Option<ContainmentState> {
        let log = &mut self.log;
        self.world.answer(&device(n), playbook, answer, &mut |happening| {
            write(log, happening)
        })
    }
}

fn after(span: &str) -> Timestamp {
    let span = duration::parse(span).expect("a duration");
    START + SignedDuration::try_from(span).expect("a short span")
}

fn since(at: Timestamp) -> String {
    duration::show(Duration::try_from(at.duration_since(START)).expect("after the start"))
}

fn write(log: &mut String, happening: Happening<'_>) {
    let Happening { at, device, what } = happening;
    let until = |until: Option<Timestamp>| until.map_or_else(|| "never".to_owned(), since);
    let what = match what {
        What::Asked {
            playbook,
            reason,
            until,
        } => format!("{playbook} asks, {reason}, until {}", since(until)),
        What::Began {
            playbook,
            mode,
            until: end,
            by,
        } => format!(
            "{playbook} began, {}, {by:?}, until {}",
            mode.as_str(),
            until(end)
        ),
        What::Restarted {
            playbook, until: end, ..
        } => format!("{playbook} restarted, until {}", until(end)),
        What::Ended {
            playbook, reason, by, ..
        } => format!("{playbook} ended, {} {}", reason.as_str(), by.unwrap_or_default()),
        What::Declined { playbook } => format!("{playbook} declined"),
        What::FellBack { playbook, reason } => format!("{playbook} fell back, {reason}"),
        What::Expired { playbook } => format!("{playbook} expired"),
        What::Action { kind, lane } => format!("{} in lane {}", kind.as_str(), lane.as_str()),
    };
    writeln!(log, "{} {device} {}", since(at), what.trim_end()).expect("a string takes everything");
}

#[test]
fn a_containment_ends_after_its_time_and_a_new_match_starts_it_anew() {
    let set = set(&[(
        "p",
        &restrict("alert.title: x", "after: 4h, restart_on: match", "priority: high"),
    )]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    play.alert("0s", "x", 1);
    play.alert("3h", "x", 1);
    play.pass("6h59m");
    assert!(
        play.world
            .device(&device(1))
            .is_some_and(|device| device.is_held(Measure::Restriction))
    );
    play.pass("10h");
    assert!(play.world.device(&device(1)).is_none(), "nothing is kept of it");
    insta::assert_snapshot!(play.log, @r"
    0s d1 p began, enforce, Match, until 4h
    0s d1 restrict in lane high
    3h d1 p restarted, until 7h
    7h d1 p ended, time
    7h d1 release in lane release
    ");
}

#[test]
fn a_device_stays_restricted_while_one_of_two_reasons_lasts() {
    let set = set(&[
        ("long", &restrict("alert.title: [x, y]", "after: 8h", "")),
        (
            "short",
            &restrict("alert.title: x", "after: 1h", "priority: critical"),
        ),
    ]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    play.alert("0s", "x", 1);
    play.pass("2h");
    let restricted_by: Vec<_> = play
        .world
        .devices()
        .flat_map(|(_, it)| it.restricted_by())
        .collect();
    assert_eq!(restricted_by, ["long"]);
    play.pass("1d");
    insta::assert_snapshot!(play.log, @r"
    0s d1 long began, enforce, Match, until 8h
    0s d1 short began, enforce, Match, until 1h
    0s d1 restrict in lane critical
    1h d1 short ended, time
    8h d1 long ended, time
    8h d1 release in lane release
    ");
}

#[test]
fn a_release_by_a_playbook_ends_what_restricts_and_declines_what_is_asked() {
    let set = set(&[
        ("p", &restrict("alert.title: x", "never: true", "")),
        (
            "q",
            &restrict("alert.title: y", "after: 1h", "ask: {from: [a], within: 30m}"),
        ),
        (
            "r",
            "when: {alert.title: z}\nthen: [release_app_restriction: {comment: c}]",
        ),
    ]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    play.alert("0s", "x", 1);
    play.alert("1m", "y", 1);
    play.alert("2m", "z", 1);
    play.pass("1d");
    insta::assert_snapshot!(play.log, @r"
    0s d1 p began, enforce, Match, until never
    0s d1 restrict in lane normal
    1m d1 q asks, ask, until 31m
    2m d1 p ended, release_playbook r
    2m d1 q declined
    2m d1 release in lane release
    ");
}

#[test]
fn an_ask_expires_is_approved_declined_or_acts_by_its_own_words() {
    let ask = |otherwise: &str| format!("ask: {{from: [a], within: 30m, otherwise: {otherwise}}}");
    let set = set(&[
        ("acts", &restrict("alert.title: y", "after: 1h", &ask("act"))),
        ("p", &restrict("alert.title: x", "after: 1h", &ask("skip"))),
    ]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    for n in 1..=3 {
        play.alert("0s", "x", n);
    }
    play.alert("0s", "y", 4);
    play.pass("10m");
    assert_eq!(
        play.answer(1, "p", Answer::Approve),
        Some(ContainmentState::Active)
    );
    let scans = play.world.scan_ends(&device(1), true, &mut |_| {});
    assert!(!scans, "the playbook asks for none");
    assert_eq!(
        play.answer(2, "p", Answer::Decline),
        Some(ContainmentState::Declined)
    );
    assert_eq!(play.answer(2, "p", Answer::Approve), None);
    play.pass("2h");
    insta::assert_snapshot!(play.log, @r"
    0s d1 p asks, ask, until 30m
    0s d2 p asks, ask, until 30m
    0s d3 p asks, ask, until 30m
    0s d4 acts asks, ask, until 30m
    10m d1 p began, enforce, Approval, until 1h10m
    10m d1 restrict in lane normal
    10m d2 p declined
    30m d3 p expired
    30m d4 acts began, enforce, NoAnswer, until 1h30m
    30m d4 restrict in lane normal
    1h10m d1 p ended, time
    1h10m d1 release in lane release
    1h30m d4 acts ended, time
    1h30m d4 release in lane release
    ");
}

#[test]
fn asks_answered_at_once_begin_at_once_and_a_cap_still_holds() {
    let set = set(&[(
        "p",
        &restrict("alert.title: x", "after: 1h", "ask: {from: [a], within: 30m}"),
    )]);
    let rules = Rules {
        caps: vec![Cap::of(1, Duration::from_secs(3_600))],
        ..rules()
    };
    let mut play = Play::new(&set, &rules);
    play.world = play.world.with_approvals(Approvals::AtOnce);
    play.alert("0s", "x", 1);
    play.alert("1s", "x", 2);
    insta::assert_snapshot!(play.log, @r"
    0s d1 p asks, ask, until 30m
    0s d1 p began, enforce, Approval, until 1h
    0s d1 restrict in lane normal
    1s d2 p asks, ask, until 30m1s
    ");
}

#[test]
fn a_limit_slides_and_counts_distinct_devices_that_became_active() {
    let set = set(&[(
        "p",
        &restrict(
            "alert.title: x",
            "after: 10m",
            "limits: [{devices: 2, per: 1h, otherwise: skip}]",
        ),
    )]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    let mut reason = |at: &str, n: u32| play.alert(at, "x", n).reason;
    assert_eq!(reason("0s", 1), "matched");
    assert_eq!(reason("20m", 1), "matched", "the same device is not one more");
    assert_eq!(reason("30m", 2), "matched");
    assert_eq!(reason("40m", 3), "limits[0]");
    assert_eq!(
        reason("1h", 3),
        "limits[0]",
        "device 1 became active again at 20m"
    );
    assert_eq!(reason("1h19m", 3), "limits[0]");
    assert_eq!(reason("1h20m", 3), "matched", "it left the window at this moment");
    assert_eq!(reason("1h21m", 4), "limits[0]");
    assert_eq!(reason("1h30m", 4), "matched");
}

#[test]
fn what_is_observed_counts_by_itself_and_restricts_nothing() {
    let set = set(&[(
        "p",
        &restrict(
            "alert.title: x",
            "after: 10m",
            "limits: [{devices: 1, per: 1h, otherwise: skip}]",
        ),
    )]);
    let rules = Rules {
        ceiling: Mode::Observe,
        ..rules()
    };
    let mut play = Play::new(&set, &rules);
    assert_eq!(play.alert("0s", "x", 1).kind, DecisionKind::Observe);
    assert_eq!(play.alert("1m", "x", 2).reason, "limits[0]");
    play.pass("1h");
    insta::assert_snapshot!(play.log, @r"
    0s d1 p began, observe, Match, until 10m
    10m d1 p ended, time
    ");
}

#[test]
fn what_is_observed_already_asks_no_limit() {
    let limits = "limits: [{devices: 1, per: 5m, otherwise: skip}]";
    let set = set(&[("p", &restrict("alert.title: x", "after: 10m", limits))]);
    for ceiling in [Mode::Observe, Mode::Enforce] {
        let rules = Rules { ceiling, ..rules() };
        let mut play = Play::new(&set, &rules);
        for (at, n) in [("0s", 1), ("6m", 2), ("7m", 1)] {
            assert_eq!(play.alert(at, "x", n).reason, "matched", "{ceiling:?} {at}");
        }
        assert_eq!(play.alert("8m", "x", 3).reason, "limits[0]");
    }
}

#[test]
fn what_was_made_up_counts_and_is_seen_by_playbooks() {
    let set = set(&[
        (
            "p",
            &restrict(
                "alert.title: x",
                "after: 10m",
                "limits: [{devices: 2, per: 1h, otherwise: skip}]",
            ),
        ),
        (
            "r",
            "when: {alert.title: z, device.restricted_by: other}\nthen: [release_app_restriction: {comment: c}]",
        ),
    ]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    play.world
        .acted_before(START - SignedDuration::from_mins(59), &device(8));
    play.world
        .acted_before(START - SignedDuration::from_mins(50), &device(9));
    play.world.restricted_before(&device(1), "other");
    assert_eq!(play.alert("0s", "x", 2).reason, "limits[0]");
    assert_eq!(play.alert("1m", "x", 2).reason, "matched");
    play.alert("1m", "z", 1);
    insta::assert_snapshot!(play.log, @r"
    1m d2 p began, enforce, Match, until 11m
    1m d2 restrict in lane normal
    1m d1 other ended, release_playbook r
    1m d1 release in lane release
    ");
}

#[test]
fn what_stood_restricts_if_it_was_enforced_active_and_open() {
    let open = PastOpen {
        until: None,
        ask_until: None,
        otherwise_act: false,
        release_after: None,
        restart_on_match: false,
        ends_when_resolved: false,
        alerts: Vec::new(),
    };
    let past = |mode, activated_at, open| Past {
        playbook: "p".to_owned(),
        measure: Measure::Restriction,
        lane: Lane::Normal,
        mode,
        activated_at,
        open,
    };
    assert!(past(Mode::Enforce, Some(START), Some(open.clone())).restricts());
    for other in [
        past(Mode::Observe, Some(START), Some(open.clone())),
        past(Mode::Enforce, None, Some(open)),
        past(Mode::Enforce, Some(START), None),
    ] {
        assert!(!other.restricts(), "{other:?}");
    }
}

#[test]
fn an_event_from_before_the_present_is_judged_now() {
    let set = set(&[("p", &restrict("alert.title: x", "after: 10m", ""))]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    play.pass("2h");
    assert_eq!(play.alert("30m", "x", 1).reason, "freshness");
    assert_eq!(play.world.now(), after("2h"));
}

#[test]
fn nothing_is_kept_of_what_is_over() {
    let set = set(&[(
        "p",
        &restrict(
            "alert.title: x",
            "after: 10m",
            "limits: [{devices: 100, per: 1h}]",
        ),
    )]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    for n in 0..5_000 {
        play.alert(&format!("{n}m"), "x", n);
        assert!(play.world.devices().count() <= 10);
    }
    let sizes = format!("{:?}", play.world).len();
    assert!(sizes < 50_000, "{sizes}");
}
