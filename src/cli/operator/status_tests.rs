//! Tests of the status as text: the night that it is made for, and the quiet one.

use crate::domain::measure::Measure;
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

use super::*;
use crate::desk::status::needs::needs;
use crate::domain::budget::{Pace, Pacing, Queued, Rules, Slots, Window};
use crate::domain::verdict::Lane;
use crate::store::Overdue;
use crate::store::approvals::Waiting;
use crate::store::views::{
    ContainmentView, DeviceAction, DeviceView, InboxView, InventoryView, LaneView, LeaseView, Outlook,
    QueuedAction, SetView, SlowView, WindowView,
};

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().expect("a time")
}

fn at(seconds: i64) -> Timestamp {
    now() + seconds.seconds()
}

fn counts(counts: &[(&str, i64)]) -> BTreeMap<String, i64> {
    counts.iter().map(|(kind, n)| ((*kind).to_owned(), *n)).collect()
}

fn quiet() -> Report {
    let status = StatusView {
        at: now(),
        events: 0,
        inbox: InboxView::default(),
        dead_letters: 0,
        dead_letter_at: None,
        decisions: BTreeMap::new(),
        containments: BTreeMap::new(),
        attention: 0,
        contained_devices: 0,
        restrictions: BTreeMap::new(),
        isolations: BTreeMap::new(),
        next_end_at: None,
        actions: BTreeMap::new(),
        queue: Vec::new(),
        outstanding: 0,
        windows: [(60.0, 100), (3_600.0, 1_500)]
            .map(|(per_seconds, limit)| WindowView {
                per_seconds,
                limit,
                used: 0,
            })
            .into(),
        closed_until: None,
        closed_reason: None,
        slowed: None,
        reads_closed_until: None,
        lease: Some(LeaseView {
            epoch: 7,
            expires_at: at(12),
            is_held: true,
            host: Some("soc-1".to_owned()),
        }),
        playbook_set: Some(SetView {
            hash: "3f9a12ab77c0ffee".to_owned(),
            version: 4,
            activated_at: at(-7_500),
            activated_by: Some("anna".to_owned()),
            reason: Some("INC-4711".to_owned()),
            playbooks: counts(&[("enforce", 3), ("observe", 1)]),
        }),
        fallbacks: Vec::new(),
        throttled: 0,
        throttled_at: None,
        retries_held_until: None,
        outlook: Default::default(),
    };
    Report {
        tenant: "contoso".to_owned(),
        stops: Vec::new(),
        needs: Vec::new(),
        mode: Mode::Enforce,
        lease_seconds: 15.0,
        outstanding_limit: 500,
        next_call_at: None,
        queue_empty_at: None,
        held: None,
        stalled: None,
        heartbeat_missed_since: None,
        expected_late: 0,
        status,
        releases_overdue: Overdue::default(),
        alarms: Vec::new(),
        inventory: InventoryView::default(),
        lookups: None,
        sources: Vec::new(),
        sources_configured: Vec::new(),
        replicas: Vec::new(),
        receivers_in_trouble: Vec::new(),
        unsealed_rows: 0,
        unsealed_since: None,
        inventory_max_age_seconds: 86_400.0,
        playbook_files: Vec::new(),
        contained: Vec::new(),
        asks: Vec::new(),
        requests: Waiting::default(),
    }
}

fn containment(device: &str, state: &str) -> ContainmentView {
    ContainmentView {
        id: Uuid::nil(),
        device: device.to_owned(),
        name: None,
        measure: Measure::Restriction,
        state: state.to_owned(),
        playbook: Some("ransomware-restrict@3f9a12ab77c0".to_owned()),
        alert_id: Some("637293".to_owned()),
        title: Some("Ransomware behaviour \u{1b}[31mdetected\u{7}".to_owned()),
        created_at: at(-250),
        activated_at: (state == "active").then(|| at(-250)),
        until: (state == "active").then(|| at(11_520)),
        ask_reason: (state == "asked").then(|| "limits[0]".to_owned()),
        ask_from: vec!["soc-leads".to_owned()],
        ask_until: (state == "asked").then(|| at(720)),
        otherwise_act: false,
        attention: None,
        by: "decide".to_owned(),
        reason: "matched".to_owned(),
    }
}

fn device(id: char, restriction: &str) -> DeviceView {
    let id = id.to_string().repeat(40);
    DeviceView {
        containments: vec![containment(&id, "active")],
        name: Some(format!("laptop-{}.corp", &id[..2])),
        device: id,
        restriction: restriction.to_owned(),
        isolation: "free".to_owned(),
        since: Some(at(-200)),
        actions: Vec::new(),
    }
}

fn action(state: &str, not_before: Timestamp) -> DeviceAction {
    DeviceAction {
        kind: "restrict".to_owned(),
        state: state.to_owned(),
        defender_status: None,
        not_before,
    }
}

/// A night on which everything that can be said is to be said.
fn bad_night() -> Report {
    let mut report = quiet();
    let status = &mut report.status;
    status.events = 5_310;
    status.inbox = InboxView {
        rows: 12,
        oldest_at: Some(at(-400)),
        waiting_for_facts: 4,
        waiting_until: Some(at(40)),
        held: 1,
        held_since: Some(at(-720)),
        held_tried_at: Some(at(180)),
    };
    status.dead_letters = 2;
    status.dead_letter_at = Some(at(-190));
    status.decisions = counts(&[("act", 212), ("ask", 3), ("skip", 5_095)]);
    status.containments = counts(&[("active", 215), ("asked", 3)]);
    status.attention = 1;
    status.contained_devices = 214;
    status.restrictions = counts(&[
        ("free", 9),
        ("restricted", 212),
        ("restricted_by_other", 1),
        ("unknown", 2),
    ]);
    status.next_end_at = Some(at(600));
    status.actions = counts(&[
        ("in_doubt", 1),
        ("queued", 312),
        ("succeeded", 212),
        ("timed_out", 1),
    ]);
    let lane = |lane, actions, delayed, behind_open| LaneView {
        lane,
        actions,
        delayed,
        behind_open,
        oldest_at: at(-190),
    };
    status.queue = vec![
        lane(Lane::Critical, 2, 0, 0),
        lane(Lane::Release, 4, 0, 3),
        lane(Lane::Normal, 306, 5, 0),
    ];
    status.outstanding = 500;
    status.windows[0].used = 100;
    status.windows[1].used = 214;
    status.closed_until = Some(at(90));
    status.closed_reason = Some("throttled by Defender".to_owned());
    status.lease = Some(LeaseView {
        epoch: 7,
        expires_at: at(-240),
        is_held: false,
        host: None,
    });
    status.throttled = 1;
    status.throttled_at = Some(at(-30));
    let queued = |lane| QueuedAction {
        id: Uuid::now_v7(),
        kind: None,
        queued: Queued {
            lane,
            queued: SignedDuration::from_secs(-190),
            ready: SignedDuration::from_secs(-190),
        },
        valid_until: None,
    };
    let lanes = [(Lane::Critical, 2), (Lane::Release, 4), (Lane::Normal, 306)];
    let outlook = Outlook {
        queue: lanes
            .into_iter()
            .flat_map(|(lane, n)| std::iter::repeat_n(lane, n))
            .map(queued)
            .collect(),
        slots: Slots::new(vec![SignedDuration::from_secs(-10); 100]),
        rules: Rules::of(&[Window {
            limit: 100,
            per: Duration::from_secs(60),
        }]),
        opens_in: Duration::from_secs(90),
        retries_held: None,
    };
    status.outlook = outlook.into();
    let pace = Pace {
        interval: Duration::from_millis(606),
        burst: 5,
    };
    let forecast = status
        .prospect(&Pacing {
            pace,
            unpaced_releases: 5,
            release_window: Duration::from_secs(60),
        })
        .forecast()
        .expect("there is a queue");
    report.next_call_at = Some(now() + SignedDuration::try_from(forecast.first).expect("a short span"));
    report.queue_empty_at = Some(now() + SignedDuration::try_from(forecast.last).expect("a short span"));
    let mut given_up = device('a', "free");
    given_up.containments[0].attention = Some("restrict failed: the device is not supported".to_owned());
    let mut two_reasons = device('b', "restricted");
    let mut second = containment(&two_reasons.device, "active");
    second.until = None;
    two_reasons.containments.push(second);
    let mut retried = device('c', "free");
    retried.actions.push(action("queued", at(30)));
    let mut others = device('d', "restricted_by_other");
    others.containments.clear();
    let mut releasing = device('e', "restricted");
    releasing.containments.clear();
    releasing.actions.push(DeviceAction {
        kind: "release".to_owned(),
        ..action("in_doubt", at(-5))
    });
    report.contained = vec![
        given_up,
        two_reasons,
        retried,
        others,
        releasing,
        device('f', "unknown"),
    ];
    report.asks = vec![containment(&"9".repeat(40), "asked")];
    report.requests = Waiting {
        requests: 2,
        devices: 3,
        first_ends_at: Some(at(720)),
        first: vec!["A-1001".to_owned(), "A-1002".to_owned()],
    };
    report.needs = needs(&report);
    report
}

#[test]
fn a_quiet_night_takes_one_look() {
    let report = quiet();
    assert_eq!(needs(&report), Vec::<String>::new());
    insta::assert_snapshot!(render(&report, Paint::Plain), @"
    tenant contoso at 2026-11-22 03:00:00 UTC

    nothing needs a person

    contained   0 devices wanted contained; 0 restricted by quell, 0 by others, 0 unclear
    daemon      dispatches under epoch 7 on soc-1, lease renewed 3 s ago
    playbooks   3 enforce, 1 observe; set 3f9a12ab77c0, version 4, in force for 2 h 5 min; by anna: INC-4711
    gate        open
    budget      0/100 in 1 min, 0/1500 in 1 h; 0/500 restrictions open at Defender
    queue       empty
    forecast    nothing to call
    inbox       empty
    events      0 accepted; decisions: none
    actions     none
    inventory   never read whole
    refused     0 calls (429); 0 dead letters
    ");
}

#[test]
fn a_slower_rate_is_told_beside_the_open_gate() {
    let mut report = quiet();
    report.status.slowed = Some(SlowView {
        every_seconds: 2.424,
        until: at(2_520),
    });
    let shown = render(&report, Paint::Plain);
    let line = shown.lines().find(|line| line.starts_with("gate "));
    assert_eq!(
        line,
        Some(
            "gate        open, calls slowed down to one in 2.4 s, but for critical ones; at full pace in 42 min: defender refused calls that the ledger allows"
        )
    );
}

#[test]
fn a_bad_night_is_told_in_full_and_what_needs_a_person_first() {
    insta::assert_snapshot!(render(&bad_night(), Paint::Plain), @"
    tenant contoso at 2026-11-22 03:00:00 UTC

    needs a person
      no daemon dispatches: the lease ended 4 min ago
      1 event held after a panic of the decider, the first 12 min ago, and tried again in 3 min; what came later for the same devices waits too: `quell events dead list` names them, and the log the panic
      1 containment could not be put in force: listed first below; the first, laptop-aa.corp (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa): restrict failed: the device is not supported
      3 asks wait for an answer, the first ends in 12 min (2 requests, A-1001, A-1002: `quell approvals list`)
      nothing is called: the gate opens in 1 min 30 s (throttled by Defender)
      restrictions wait: 500 are open at Defender, which is the most allowed
      events have waited for 6 min 40 s to be decided

    contained   214 devices wanted contained; 212 restricted by quell, 1 by others, 2 unclear; the next ends in 10 min
    daemon      none dispatches; epoch 7 ended 4 min ago
    playbooks   3 enforce, 1 observe; set 3f9a12ab77c0, version 4, in force for 2 h 5 min; by anna: INC-4711
    gate        closed, opens in 1 min 30 s: throttled by Defender
    budget      100/100 in 1 min, 214/1500 in 1 h; 500/500 restrictions open at Defender
    queue       312 actions: 2 critical, 4 release, 306 normal; the oldest came 3 min 10 s ago; 5 wait to be tried again; 3 wait for their device's open action
    forecast    the next call may leave in 1 min 30 s, the last of the queue in 4 min 35 s
    inbox       12 events wait to be decided, the oldest came 6 min 40 s ago; 4 of them wait for facts of their device, the last until in 40 s; 1 of them held after a panic of the decider
    events      5310 accepted; decisions: 212 act, 3 ask, 5095 skip
    actions     1 in doubt, 312 queued, 212 succeeded, 1 timed out
    inventory   never read whole
    refused     1 call (429), the last 30 s ago; 2 dead letters, the last 3 min 10 s ago

    contained devices, 6 of 214; the rest: `quell devices`
      DEVICE        NAME            STATE                         UNTIL            WHY
      aaaaaaaaaaaa  laptop-aa.corp  not restricted                in 3 h 12 min    ransomware-restrict: restrict failed: the device is not supported
      bbbbbbbbbbbb  laptop-bb.corp  restricted                    never by itself  ransomware-restrict: Ransomware behaviour [31mdetected (and 1 more)
      cccccccccccc  laptop-cc.corp  restrict queued, in 30 s      in 3 h 12 min    ransomware-restrict: Ransomware behaviour [31mdetected
      dddddddddddd  laptop-dd.corp  restricted by others          -                not ours to undo
      eeeeeeeeeeee  laptop-ee.corp  restricted, release in doubt  -                -
      ffffffffffff  laptop-ff.corp  perhaps restricted            in 3 h 12 min    ransomware-restrict: Ransomware behaviour [31mdetected

    asks, 1 of 3
      DEVICE        NAME  ENDS       THEN     FROM       WHY
      999999999999  -     in 12 min  skipped  soc-leads  ransomware-restrict: asked because of limits[0]: Ransomware behaviour [31mdetected
    ");
}

#[test]
fn an_installation_that_never_ran_says_what_is_missing() {
    let mut report = quiet();
    report.status.lease = None;
    report.status.playbook_set = None;
    report.mode = Mode::Observe;
    report.needs = needs(&report);
    insta::assert_snapshot!(render(&report, Paint::Plain).lines().take(9).collect::<Vec<_>>().join("\n"), @"
    tenant contoso at 2026-11-22 03:00:00 UTC

    needs a person
      no daemon has dispatched yet: start `quell run`
      no playbook set is active: events wait

    contained   0 devices wanted contained; 0 restricted by quell, 0 by others, 0 unclear
    daemon      none has dispatched yet
    playbooks   no set is active; the configuration allows `observe` at most
    ");
}

#[test]
fn no_control_character_of_an_alert_reaches_the_terminal() {
    let text = render(&bad_night(), Paint::Plain);
    assert!(text.contains("Ransomware behaviour [31mdetected"));
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let report = bad_night();
    let coloured = render(&report, Paint::Coloured);
    let codes = [
        "\u{1b}[0m",
        "\u{1b}[1m",
        "\u{1b}[31;1m",
        "\u{1b}[32m",
        "\u{1b}[33m",
    ];
    let bare = codes
        .iter()
        .fold(coloured.clone(), |text, code| text.replace(code, ""));
    assert_eq!(bare, render(&report, Paint::Plain));
    assert_ne!(bare, coloured);
}

#[test]
fn json_has_full_ids_and_rfc_3339_times() {
    let json = serde_json::to_value(bad_night()).expect("the report is JSON");
    assert_eq!(json["contained"][0]["device"], "a".repeat(40));
    assert_eq!(json["closed_until"], "2026-11-22T03:01:30Z");
    assert_eq!(json["queue"][1]["lane"], "release");
    assert_eq!(json["needs"].as_array().map(Vec::len), Some(7));
}

#[test]
fn restrictions_that_will_be_late_and_repetitions_that_wait_need_a_person() {
    let mut report = quiet();
    report.expected_late = 3;
    report.status.retries_held_until = Some(at(120));
    let needs = needs(&report);
    assert!(
        needs
            .contains(&"3 queued restrictions will lose their validity before they can be called".to_owned())
    );
    assert!(
        needs
            .contains(&"too many repeated calls came to nothing: further ones may leave in 2 min".to_owned())
    );
}
