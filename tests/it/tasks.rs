//! Tasks on Postgres: wished by a decision, called once, followed to their end, and what a clean scan ends.

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::store::GateOutcome;

use crate::audit::audit;
use crate::support::ground::{Ground, device, playbook};

/// A playbook that restricts and scans, or whatever stands in `then`.
fn with(id: &str, then: &str) -> String {
    let text = playbook(id);
    let head = text.split("then:").next().expect("it has a head");
    format!("{head}then:\n{then}")
}

const RESTRICT_AND_SCAN: &str = "  - restrict_app_execution: {comment: c, release: {after: 8h, when: scan_clean}}\n  - scan: {comment: s, type: full}\n";
const SCAN: &str = "  - scan: {comment: s}\n";

async fn wishes(ground: &mut Ground) -> Vec<String> {
    let sql = "SELECT subject || ' ' || outcome FROM quell.task_wishes ORDER BY id";
    ground.words(sql.to_owned()).await
}

/// Calls everything that is queued, and lets it succeed.
async fn call_all(ground: &Ground, calls: usize) {
    for _ in 0..calls {
        ground.call_succeeds().await;
    }
    assert!(ground.reserve().await.is_none(), "nothing more is queued");
}

#[tokio::test]
async fn a_clean_scan_ends_the_restriction_and_duplicate_wishes_make_one_call() {
    let mut ground = Ground::new(&[with("ransomware", RESTRICT_AND_SCAN)]).await;
    let d = device('a');
    ground.alert("ransomware", &d).await;
    ground.alert("ransomware", &d).await;
    assert_eq!(ground.actions(&d).await, ["restrict queued", "scan queued"]);
    assert_eq!(wishes(&mut ground).await, ["scan queued", "scan satisfied"]);
    call_all(&ground, 2).await;
    // What the scan found may still be on its way as an alert.
    ground.expire().await;
    assert_eq!(ground.containments(&d).await, ["ransomware active"]);
    ground.pass(SignedDuration::from_mins(11)).await;
    assert_eq!(ground.expire().await.ended, 1);
    assert_eq!(ground.containments(&d).await, ["ransomware ended scan_clean"]);
    let queued = ground.actions(&d).await;
    assert_eq!(queued, ["restrict succeeded", "scan succeeded", "release queued"]);
    let found = audit(&ground.close().await).await;
    let wrong: Vec<_> = found.checks.iter().filter(|check| check.total > 0).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn news_since_the_scan_began_keeps_the_restriction_and_a_resolution_does_not() {
    let mut ground = Ground::new(&[with("ransomware", RESTRICT_AND_SCAN)]).await;
    let (d, e) = (device('a'), device('b'));
    for one in [&d, &e] {
        ground.alert("ransomware", one).await;
    }
    call_all(&ground, 4).await;
    ground.alert("something else", &d).await;
    ground.pass(SignedDuration::from_mins(11)).await;
    assert_eq!(ground.expire().await.ended, 1);
    assert_eq!(ground.containments(&d).await, ["ransomware active"]);
    assert_eq!(ground.containments(&e).await, ["ransomware ended scan_clean"]);
    ground.close().await;
}

#[tokio::test]
async fn a_task_waits_for_the_answer_and_falls_with_the_question() {
    let asks = with("ransomware", RESTRICT_AND_SCAN)
        + "ask: {from: [soc-leads], approvals: 1, within: 30m, otherwise: act}\n";
    let skips = asks
        .replace("id: ransomware", "id: other")
        .replace("alert.category: ransomware", "alert.category: other");
    let mut ground = Ground::new(&[asks, skips.replace("otherwise: act", "otherwise: skip")]).await;
    let (d, e) = (device('a'), device('b'));
    ground.alert("ransomware", &d).await;
    ground.alert("other", &e).await;
    assert_eq!(wishes(&mut ground).await, ["scan waiting", "scan waiting"]);
    assert!(ground.actions(&d).await.is_empty());
    ground.pass(SignedDuration::from_mins(31)).await;
    ground.expire().await;
    assert_eq!(ground.actions(&d).await, ["restrict queued", "scan queued"]);
    assert!(ground.actions(&e).await.is_empty());
    assert_eq!(wishes(&mut ground).await, ["scan queued", "scan dropped"]);
    ground.close().await;
}

#[tokio::test]
async fn a_task_that_fails_is_tried_again_within_bounds_and_the_device_is_no_worse_off() {
    let mut ground = Ground::new(&[with("scans", SCAN)]).await;
    let d = device('a');
    ground.alert("scans", &d).await;
    for _ in 0..2 {
        let state = ground
            .call(ActionEvent::Accepted, Some(ActionEvent::Failed), false)
            .await;
        assert_eq!(state, ActionState::Failed);
        ground.pass(SignedDuration::from_mins(2)).await;
    }
    assert!(ground.reserve().await.is_none(), "it was tried often enough");
    assert_eq!(ground.actions(&d).await, ["scan failed", "scan failed"]);
    let failures = ground
        .words("SELECT failures::text FROM quell.devices".to_owned())
        .await;
    assert_eq!(failures, ["0"], "what a task does says nothing of restricting");
    // The same alert asks no second time; another one does.
    ground.alert("scans", &d).await;
    assert_eq!(wishes(&mut ground).await, ["scan queued", "scan queued"]);
    ground.close().await;
}

#[tokio::test]
async fn no_task_is_called_that_a_guard_forbids() {
    let mut ground = Ground::new(&[with("scans", SCAN)]).await;
    let (d, e, f) = (device('a'), device('b'), device('c'));
    ground.alert("scans", &d).await;
    // Protected since: the gate looks again.
    ground.decider().context.gate.never = Protections {
        ids: vec![d.as_str().to_owned()],
        ..Protections::default()
    };
    assert!(matches!(
        ground.ask_the_gate(quell::domain::verdict::Lane::Low).await.1,
        GateOutcome::Settled
    ));
    assert_eq!(ground.actions(&d).await, ["scan withdrawn"]);
    // Not sent within its validity.
    ground.alert("scans", &e).await;
    ground.pass(SignedDuration::from_hours(2)).await;
    ground.expire().await;
    assert_eq!(ground.actions(&e).await, ["scan expired"]);
    // Nothing is called while stopped, and nothing wished then is done later.
    ground.alert("scans", &f).await;
    ground
        .execute(format!(
            "INSERT INTO quell.stops (id, tenant_id, scope, everywhere, via, begun_by, reason, begun_at, is_exact)
             VALUES (gen_random_uuid(), {}, 'new', false, 'cli', 'ann', 'a test', quell.now(), true)",
            ground.tenant.0
        ))
        .await;
    assert!(ground.reserve().await.is_none(), "stopped");
    assert_eq!(ground.actions(&f).await, ["scan queued"]);
    ground.alert("scans", &device('d')).await;
    assert_eq!(ground.decision().await, "hold stopped");
    assert!(ground.actions(&device('d')).await.is_empty());
    ground.close().await;
}

/// Ends what is wanted of a device, as a person who says that it was a false alarm.
async fn take_back(ground: &Ground, device: &DeviceId) {
    ground
        .store
        .device_release(ground.tenant, device, "anna", "false alarm", false)
        .await
        .expect("the database is up")
        .expect("the device is known");
}

#[tokio::test]
async fn a_task_goes_with_the_containment_that_was_taken_back() {
    let mut ground = Ground::new(&[with("ransomware", RESTRICT_AND_SCAN), with("scans", SCAN)]).await;
    let (d, e) = (device('a'), device('b'));
    ground.alert("ransomware", &d).await;
    ground.alert("ransomware", &e).await;
    // Another playbook wants the same there, and nobody took that back.
    ground.alert("scans", &e).await;
    for one in [&d, &e] {
        take_back(&ground, one).await;
    }
    let (_, said) = ground.ask_the_gate(quell::domain::verdict::Lane::Low).await;
    assert!(matches!(said, GateOutcome::Settled), "{said:?}");
    assert_eq!(ground.actions(&d).await, ["restrict withdrawn", "scan withdrawn"]);
    call_all(&ground, 1).await;
    assert_eq!(ground.actions(&e).await, ["restrict withdrawn", "scan succeeded"]);
    ground.close().await;
}

#[tokio::test]
async fn a_failed_task_of_a_containment_that_was_taken_back_is_not_tried_again() {
    let mut ground = Ground::new(&[with("ransomware", RESTRICT_AND_SCAN)]).await;
    let d = device('a');
    ground.alert("ransomware", &d).await;
    ground.call_succeeds().await;
    let (epoch, scan) = ground.reserve().await.expect("the scan is queued and due");
    take_back(&ground, &d).await;
    let record = quell::store::AnswerRecord {
        outcome: "accepted",
        event: ActionEvent::Accepted,
        then: Some(ActionEvent::Failed),
        change: quell::store::QueuedChange {
            defender_id: Some("m1".to_owned()),
            ..quell::store::QueuedChange::default()
        },
        refusal: None,
        is_answered: true,
        pause: None,
        named: None,
    };
    let written = ground.store.attempt_finish(ground.tenant, epoch, &scan, &record);
    written.await.expect("the answer is the first one");
    let scans = "SELECT state FROM quell.actions WHERE kind = 'scan'";
    assert_eq!(ground.words(scans.to_owned()).await, ["failed"]);
    ground.close().await;
}

#[tokio::test]
async fn a_second_containment_for_the_same_alert_has_its_own_scan() {
    let mut ground = Ground::new(&[with("ransomware", RESTRICT_AND_SCAN)]).await;
    let d = device('a');
    ground.alert("ransomware", &d).await;
    call_all(&ground, 2).await;
    ground.pass(SignedDuration::from_hours(9)).await;
    ground.expire().await;
    ground.call_succeeds().await;
    // What came then was about the alert that comes again now.
    ground
        .execute("UPDATE quell.task_wishes SET alert_id = 'alert-2'".to_owned())
        .await;
    ground.alert("ransomware", &d).await;
    assert_eq!(wishes(&mut ground).await, ["scan queued", "scan queued"]);
    // Beside the same containment once.
    ground
        .execute("UPDATE quell.task_wishes SET alert_id = 'alert-3' WHERE alert_id = 'alert-2'".to_owned())
        .await;
    ground.alert("ransomware", &d).await;
    assert_eq!(
        wishes(&mut ground).await.last().map(String::as_str),
        Some("scan repeated")
    );
    ground.close().await;
}

#[tokio::test]
async fn what_was_put_aside_is_news_until_a_person_drops_it() {
    let mut ground = Ground::new(&[with("ransomware", RESTRICT_AND_SCAN)]).await;
    let d = device('a');
    ground.alert("ransomware", &d).await;
    call_all(&ground, 2).await;
    ground
        .execute(format!(
            "INSERT INTO quell.dead_letters (id, tenant_id, source, event_id, device_id, reason, payload)
             SELECT gen_random_uuid(), tenant_id, 'inbox', id, '{d}', 'it cannot be decided', '' FROM quell.events"
        ))
        .await;
    ground.pass(SignedDuration::from_mins(11)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&d).await, ["ransomware active"]);
    ground
        .execute(
            "INSERT INTO quell.dead_letter_ends (letter_id, tenant_id, ended_as, by, reason)
             SELECT id, tenant_id, 'dropped', 'anna', 'a test' FROM quell.dead_letters"
                .to_owned(),
        )
        .await;
    ground.expire().await;
    assert_eq!(ground.containments(&d).await, ["ransomware ended scan_clean"]);
    ground.close().await;
}

fn windows(tags: Fact<Vec<String>>) -> DeviceFacts {
    DeviceFacts {
        os: Fact::Is("Windows11".to_owned()),
        os_version: Fact::Is("23H2".to_owned()),
        onboarding: Fact::Is("Onboarded".to_owned()),
        health: Fact::Is("Active".to_owned()),
        merged_into: Fact::Absent,
        tags,
        ..DeviceFacts::default()
    }
}

/// Two playbooks act on a device; then its tags are not known any more, and a person approves exactly that of the containment. Says
/// what is called.
async fn called_with_unknown_tags(then: &str, also: &str) -> Vec<String> {
    let mut ground = Ground::new(&[with("ransomware", then), with("scans", also)]).await;
    let d = device('a');
    ground.facts(&d, windows(Fact::Is(Vec::new()))).await;
    ground.alert("ransomware", &d).await;
    ground.alert("scans", &d).await;
    ground.facts(&d, windows(Fact::Unknown)).await;
    ground.decider().context.gate.never = Protections {
        tags: vec!["tier-0".to_owned()],
        ..Protections::default()
    };
    for sql in [
        // The answer was given while it was asked.
        "ALTER TABLE quell.approvals DISABLE TRIGGER USER",
        "UPDATE quell.containments SET ask_lifts = 'if_unknown.device.tags'",
        "INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, revision, lifts, reason)
         SELECT id, tenant_id, 'ana', 'approved', revision, ask_lifts, 'it is ours' FROM quell.containments",
    ] {
        ground.execute(sql.to_owned()).await;
    }
    let mut called = Vec::new();
    for _ in 0..4 {
        if let Some((_, grant)) = ground.reserve().await {
            called.push(grant.kind.as_str().to_owned());
        }
    }
    called.sort();
    ground.close().await;
    called
}

#[tokio::test]
async fn a_task_goes_by_the_approval_of_its_own_question() {
    let isolate = "  - isolate_device: {comment: c, type: full, release: {after: 1h}}
  - scan: {comment: s}
";
    let package = "  - collect_package: {comment: p}
";
    assert_eq!(
        called_with_unknown_tags(isolate, package).await,
        ["isolate", "scan"]
    );
    assert_eq!(
        called_with_unknown_tags(RESTRICT_AND_SCAN, package).await,
        ["restrict", "scan"]
    );
}

#[tokio::test]
async fn a_risk_that_was_accepted_for_a_restriction_lets_no_task_pass() {
    let mut ground = Ground::new(&[playbook("one"), with("scans", SCAN)]).await;
    let d = device('a');
    ground.facts(&d, windows(Fact::Is(Vec::new()))).await;
    ground.alert("one", &d).await;
    ground.alert("scans", &d).await;
    ground.facts(&d, windows(Fact::Unknown)).await;
    ground.decider().context.gate.never = Protections {
        tags: vec!["tier-0".to_owned()],
        ..Protections::default()
    };
    ground
        .execute(
            "UPDATE quell.containments SET accepted_risks = '{never.tags}', playbook = NULL, revision = NULL, begun_by = 'anna',
                 ask_lifts = 'never.tags'"
                .to_owned(),
        )
        .await;
    let mut called = Vec::new();
    for _ in 0..3 {
        if let Some((_, grant)) = ground.reserve().await {
            called.push(grant.kind.as_str());
        }
    }
    assert_eq!(called, ["restrict"]);
    assert_eq!(ground.actions(&d).await, ["restrict submitting", "scan queued"]);
    ground.close().await;
}
