//! Isolation beside restriction: two measures on one device, each with its own containment, action and end.

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::alert::Alert;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::domain::kind::ActionKind;
use quell::domain::measure::Measure;
use quell::domain::verdict::Lane;
use quell::store::{AnswerRecord, GateOutcome, QueuedChange};

use crate::support::ground::{Ground, device};

/// A playbook that isolates for an hour and restricts for four.
fn both(id: &str, isolation: &str) -> String {
    format!(
        "id: {id}\ntitle: Isolate and restrict\nowner: soc@example.com\nmode: enforce\nwhen: {{alert.category: {id}}}\n\
         if_unknown: ask\nthen:\n  - isolate_device: {{comment: cut off, type: {isolation}, release: {{after: 1h}}}}\n  \
         - restrict_app_execution: {{comment: restrict, release: {{after: 4h}}}}\n"
    )
}

fn release(id: &str, action: &str) -> String {
    format!(
        "id: {id}\ntitle: Release\nowner: soc@example.com\nmode: enforce\nwhen: {{alert.category: {id}}}\n\
         then:\n  - {action}: {{comment: enough}}\n"
    )
}

async fn a_windows_machine(ground: &mut Ground, device: &DeviceId) {
    let facts = DeviceFacts {
        os: Fact::Is("Windows11".to_owned()),
        os_version: Fact::Is("23H2".to_owned()),
        onboarding: Fact::Is("Onboarded".to_owned()),
        health: Fact::Is("Active".to_owned()),
        merged_into: Fact::Absent,
        ..DeviceFacts::default()
    };
    ground.facts(device, facts).await;
}

/// Every check of the audit holds.
async fn clean(ground: Ground) {
    let database = ground.close().await;
    let audit = crate::audit::audit(&database).await;
    assert_eq!(crate::audit::failing(&audit), Vec::<&str>::new());
}

/// What is known of both measures.
async fn known(ground: &mut Ground, device: &DeviceId) -> String {
    let sql =
        format!("SELECT restriction || ' ' || isolation FROM quell.devices WHERE device_id = '{device}'");
    ground.words(sql).await.remove(0)
}

async fn arguments(ground: &mut Ground) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', kind, subject, argument) FROM quell.actions ORDER BY id";
    ground.words(sql.to_owned()).await
}

#[tokio::test]
async fn both_measures_are_held_on_one_device_and_each_is_released_in_its_time() {
    let mut ground = Ground::new(&[both("both", "full")]).await;
    let device = device('a');
    a_windows_machine(&mut ground, &device).await;
    ground.alert("both", &device).await;
    assert_eq!(ground.decision().await, "act matched");
    assert_eq!(ground.containments(&device).await, ["both active", "both active"]);
    let mut queued = arguments(&mut ground).await;
    queued.sort();
    assert_eq!(queued, ["isolate isolation full", "restrict restriction"]);
    ground.call_succeeds().await;
    ground.call_succeeds().await;
    assert_eq!(known(&mut ground, &device).await, "restricted isolated");
    ground.pass(SignedDuration::from_mins(60)).await;
    assert_eq!(ground.expire().await.ended, 1, "the isolation's time is up");
    ground.call_succeeds().await;
    assert_eq!(known(&mut ground, &device).await, "restricted free");
    let part = ground.store.playbook_accounts(ground.tenant, "both").await;
    let part = part.expect("the database is up");
    assert_eq!(
        (part.devices_there_and_back, part.devices_twice),
        (0, 0),
        "one of two is back"
    );
    ground.pass(SignedDuration::from_hours(3)).await;
    assert_eq!(ground.expire().await.ended, 1, "and then the restriction's");
    ground.call_succeeds().await;
    assert_eq!(known(&mut ground, &device).await, "free free");
    let kinds: Vec<String> = ground.actions(&device).await;
    assert_eq!(kinds[2..], ["release_isolation succeeded", "release succeeded"]);
    clean(ground).await;
}

#[tokio::test]
async fn neither_measure_waits_for_the_other_at_defender() {
    let mut ground = Ground::new(&[both("both", "full")]).await;
    let device = device('a');
    a_windows_machine(&mut ground, &device).await;
    ground.alert("both", &device).await;
    for _ in 0..2 {
        ground.call(ActionEvent::Accepted, None, false).await;
    }
    let mut actions = ground.actions(&device).await;
    actions.sort();
    assert_eq!(actions, ["isolate submitted", "restrict submitted"]);
    clean(ground).await;
}

#[tokio::test]
async fn a_release_of_one_measure_leaves_the_other() {
    let lifts = release("let-in", "release_isolation");
    let frees = release("free", "release_app_restriction");
    let mut ground = Ground::new(&[both("both", "full"), lifts, frees]).await;
    for (device, category, left) in [
        (device('a'), "let-in", "restricted free"),
        (device('b'), "free", "free isolated"),
    ] {
        a_windows_machine(&mut ground, &device).await;
        ground.alert("both", &device).await;
        ground.call_succeeds().await;
        ground.call_succeeds().await;
        assert_eq!(known(&mut ground, &device).await, "restricted isolated");
        ground.alert(category, &device).await;
        ground.call_succeeds().await;
        assert_eq!(known(&mut ground, &device).await, left, "{category}");
        assert!(ground.reserve().await.is_none(), "nothing else follows");
    }
    // By hand, one and then the other.
    let device = device('c');
    a_windows_machine(&mut ground, &device).await;
    ground.alert("both", &device).await;
    ground.call_succeeds().await;
    ground.call_succeeds().await;
    let only = ground
        .store
        .measures_release(
            ground.tenant,
            (&device, &[Measure::Isolation]),
            "anna",
            "seen",
            false,
        )
        .await;
    let only = only.expect("the database is up").expect("the device is known");
    assert_eq!((only.ended.len(), only.measures.len()), (1, 1));
    ground.call_succeeds().await;
    assert_eq!(known(&mut ground, &device).await, "restricted free");
    let rest = ground
        .store
        .device_release(ground.tenant, &device, "anna", "seen", false)
        .await;
    let rest = rest.expect("the database is up").expect("the device is known");
    assert_eq!(rest.ended.len(), 1);
    ground.call_succeeds().await;
    assert_eq!(known(&mut ground, &device).await, "free free");
    clean(ground).await;
}

#[tokio::test]
async fn of_a_full_and_a_selective_isolation_the_queued_one_becomes_full() {
    let mut ground = Ground::new(&[both("some", "selective"), both("all", "full")]).await;
    let first = device('a');
    a_windows_machine(&mut ground, &first).await;
    ground.alert("some", &first).await;
    ground.alert("all", &first).await;
    let mut queued = arguments(&mut ground).await;
    queued.sort();
    assert_eq!(queued, ["isolate isolation full", "restrict restriction"]);
    // What is at Defender already stays, and a person is told once.
    let other = device('b');
    a_windows_machine(&mut ground, &other).await;
    ground.call_succeeds().await;
    ground.call_succeeds().await;
    ground.alert("some", &other).await;
    ground.call_succeeds().await;
    ground.call_succeeds().await;
    let alarms = "SELECT kind || ' ' || left(device_id, 1) FROM quell.alarms";
    assert!(ground.words(alarms.to_owned()).await.is_empty());
    ground.alert("all", &other).await;
    ground.alert("all", &other).await;
    assert_eq!(ground.words(alarms.to_owned()).await, ["isolated_too_weakly b"]);
    assert!(ground.reserve().await.is_none(), "nothing is called for it");
    clean(ground).await;
}

#[tokio::test]
async fn a_machine_that_knows_no_restriction_is_isolated_all_the_same_and_an_unknown_one_asks() {
    let mut ground = Ground::new(&[both("both", "full")]).await;
    let server = device('a');
    let facts = DeviceFacts {
        os: Fact::Is("WindowsServer2016".to_owned()),
        ..DeviceFacts::default()
    };
    ground.facts(&server, facts).await;
    ground.alert("both", &server).await;
    assert_eq!(ground.actions(&server).await, ["isolate queued"]);
    let unknown = device('b');
    ground.facts(&unknown, DeviceFacts::default()).await;
    ground.alert("both", &unknown).await;
    assert_eq!(ground.decision().await, "ask if_unknown.device.os");
    assert!(ground.actions(&unknown).await.is_empty());
    clean(ground).await;
}

#[tokio::test]
async fn without_the_right_to_isolate_restrictions_go_on() {
    without_the_right_to(ActionKind::Isolate).await;
}

#[tokio::test]
async fn without_the_right_to_restrict_isolations_go_on() {
    without_the_right_to(ActionKind::Restrict).await;
}

/// One call is spent on finding it out, and none on what is queued later; the other measure goes on, and a person is told.
async fn without_the_right_to(lacking: ActionKind) {
    let mut ground = Ground::new(&[both("both", "full")]).await;
    let mut called = Vec::new();
    for devices in [&['a', 'b'][..], &['c'][..]] {
        for c in devices {
            a_windows_machine(&mut ground, &device(*c)).await;
            ground.alert("both", &device(*c)).await;
        }
        called.extend(call_all(&ground, lacking).await);
    }
    let count = |is: bool| called.iter().filter(|one| (**one == lacking) == is).count();
    assert_eq!(
        (count(true), count(false)),
        (1, 3),
        "one is refused, the others are held, and all of the other measure leave: {called:?}"
    );
    let alarms = "SELECT kind || ' ' || split_part(subject, ' ', 1) FROM quell.alarms";
    assert_eq!(
        ground.words(alarms.to_owned()).await,
        [format!("missing_right {}", lacking.as_str())]
    );
    clean(ground).await;
}

/// Makes every call that the gate grants; those of the kind are refused for want of a right.
async fn call_all(ground: &Ground, lacking: ActionKind) -> Vec<ActionKind> {
    let mut called = Vec::new();
    loop {
        let (epoch, outcome) = ground.ask_the_gate(Lane::Low).await;
        let grant = match outcome {
            GateOutcome::Granted(grant) => grant,
            GateOutcome::Settled => continue,
            _ => return called,
        };
        called.push(grant.kind);
        let refused = grant.kind == lacking;
        let record = AnswerRecord {
            outcome: if refused { "forbidden" } else { "accepted" },
            event: if refused {
                ActionEvent::NotExecuted
            } else {
                ActionEvent::Accepted
            },
            then: None,
            change: QueuedChange {
                defender_id: (!refused).then(|| uuid::Uuid::now_v7().to_string()),
                not_before: std::time::Duration::from_secs(300),
                ..QueuedChange::default()
            },
            refusal: refused.then(|| quell::domain::answer::Refusal {
                status: 403,
                code: "Forbidden".to_owned(),
                ..quell::domain::answer::Refusal::default()
            }),
            is_answered: true,
            pause: None,
            named: None,
        };
        ground
            .store
            .attempt_finish(ground.tenant, epoch, &grant, &record)
            .await
            .expect("the answer is the first one");
    }
}

#[tokio::test]
async fn a_risk_that_was_accepted_for_a_restriction_lets_no_isolation_pass() {
    let mut ground = Ground::new(&[both("both", "full")]).await;
    let device = device('a');
    a_windows_machine(&mut ground, &device).await;
    ground.alert("both", &device).await;
    // A list of the configuration protects it by now, and a second person accepted that for the restriction alone.
    ground
        .execute(
            "UPDATE quell.containments SET accepted_risks = '{never.ids}', playbook = NULL, revision = NULL, begun_by = 'anna',
                 ask_lifts = 'never.ids'
             WHERE measure = 'restriction'".to_owned(),
        )
        .await;
    ground.decider().context.gate.never = Protections {
        ids: vec![device.to_string()],
        ..Protections::default()
    };
    let mut called = Vec::new();
    for _ in 0..3 {
        if let Some((_, grant)) = ground.reserve().await {
            called.push(grant.kind);
        }
    }
    assert_eq!(called, [ActionKind::Restrict]);
    assert_eq!(ground.attention(&device).await, ["protected by never.ids"]);
    ground.close().await;
}

/// The containments of a device with their measure, in the order of their beginning.
async fn measures(ground: &mut Ground, device: &DeviceId) -> Vec<String> {
    let sql = format!(
        "SELECT concat_ws(' ', measure, isolation, state, end_reason) FROM quell.containments
         WHERE device_id = '{device}' ORDER BY id"
    );
    ground.words(sql).await
}

#[tokio::test]
async fn a_second_measure_is_counted_though_the_first_one_runs() {
    let lifts = release("let-in", "release_isolation");
    let limited = both("both", "full") + "limits: [{devices: 1, per: 1h}]\n";
    let mut ground = Ground::new(&[limited, lifts]).await;
    let (first, second) = (device('a'), device('b'));
    a_windows_machine(&mut ground, &first).await;
    a_windows_machine(&mut ground, &second).await;
    ground.alert("both", &first).await;
    ground.alert("let-in", &first).await;
    ground.alert("both", &first).await;
    assert_eq!(
        ground.decision().await,
        "act matched",
        "the device counts already"
    );
    ground.alert("let-in", &first).await;
    ground.pass(SignedDuration::from_mins(61)).await;
    a_windows_machine(&mut ground, &first).await;
    a_windows_machine(&mut ground, &second).await;
    ground.alert("both", &second).await;
    assert_eq!(ground.decision().await, "act matched");
    ground.alert("both", &first).await;
    assert_eq!(
        ground.decision().await,
        "ask limits[0]",
        "its isolation is one more"
    );
    ground.close().await;
}

#[tokio::test]
async fn what_was_asked_becomes_active_with_the_isolation_of_the_revision_that_acts() {
    let asks = "ask: {from: [soc-leads], approvals: 1, within: 30m, otherwise: skip}\n";
    let mut ground = Ground::new(&[both("both", "selective") + asks]).await;
    let device = device('a');
    a_windows_machine(&mut ground, &device).await;
    ground.alert("both", &device).await;
    assert_eq!(ground.decision().await, "ask ask");
    ground.change(&[both("both", "full")]).await;
    ground.alert("both", &device).await;
    assert_eq!(
        measures(&mut ground, &device).await,
        ["isolation full active", "restriction active"]
    );
    let mut queued = arguments(&mut ground).await;
    queued.sort();
    assert_eq!(queued, ["isolate isolation full", "restrict restriction"]);
    clean(ground).await;
}

#[tokio::test]
async fn after_somebody_lifted_one_measure_the_other_goes_on_with_the_same_alert() {
    let lifts = release("let-in", "release_isolation");
    let restarts =
        both("both", "full").replace("release: {after: 4h}", "release: {after: 4h, restart_on: match}");
    let mut ground = Ground::new(&[restarts, lifts]).await;
    let device = device('a');
    a_windows_machine(&mut ground, &device).await;
    let seen = || Alert {
        id: "seen".to_owned(),
        category: Fact::Is("both".to_owned()),
        ..Alert::default()
    };
    ground.news(seen(), &device).await;
    ground.alert("let-in", &device).await;
    // As the reconciler writes it down when somebody lifted it at Defender.
    ground
        .execute("UPDATE quell.devices SET lifted_alerts = ARRAY['seen']".to_owned())
        .await;
    let until = "SELECT (until - quell.now() > interval '230 minutes')::text FROM quell.containments WHERE measure = 'restriction'";
    ground.pass(SignedDuration::from_mins(30)).await;
    assert_eq!(ground.words(until.to_owned()).await, ["false"]);
    ground.news(seen(), &device).await;
    assert_eq!(ground.decision().await, "act matched");
    assert_eq!(
        ground.words(until.to_owned()).await,
        ["true"],
        "the match restarts it"
    );
    let left = measures(&mut ground, &device).await;
    assert_eq!(
        left,
        ["isolation full ended release_playbook", "restriction active"]
    );
    ground.close().await;
}

#[tokio::test]
async fn a_false_positive_that_ends_both_measures_is_one() {
    let playbook = both("both", "full") + "canary: {groups: [pilot]}\nlimits: [{devices: 2, per: 1h}]\n";
    let frees = release("free", "release_app_restriction") + "  - release_isolation: {comment: enough}\n";
    let mut ground = Ground::new(&[playbook, frees]).await;
    for (device, fell) in [(device('a'), "0"), (device('b'), "1")] {
        let facts = DeviceFacts {
            os: Fact::Is("Windows11".to_owned()),
            group: Fact::Is("pilot".to_owned()),
            ..DeviceFacts::default()
        };
        ground.facts(&device, facts).await;
        ground.alert("both", &device).await;
        let wrong = Alert {
            classification: Fact::Is("FalsePositive".to_owned()),
            category: Fact::Is("free".to_owned()),
            ..Alert::default()
        };
        ground.news(wrong, &device).await;
        let ended = ground.containments(&device).await;
        assert_eq!(
            ended,
            ["both ended release_playbook", "both ended release_playbook"]
        );
        let fallbacks = "SELECT count(*)::text FROM quell.canary_fallbacks";
        assert_eq!(ground.words(fallbacks.to_owned()).await, [fell]);
    }
    ground.close().await;
}

#[tokio::test]
async fn a_person_is_told_where_a_full_isolation_turned_out_to_be_somebody_elses() {
    let lifts = release("let-in", "release_isolation");
    let alone = both("all", "full").replace(
        "  - restrict_app_execution: {comment: restrict, release: {after: 4h}}\n",
        "",
    );
    let mut ground = Ground::new(&[alone, lifts]).await;
    let device = device('a');
    a_windows_machine(&mut ground, &device).await;
    ground.alert("all", &device).await;
    let state = ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), true)
        .await;
    assert_eq!(state, ActionState::Succeeded);
    assert_eq!(known(&mut ground, &device).await, "free isolated_by_other");
    let alarms = "SELECT kind || ' ' || left(device_id, 1) FROM quell.alarms";
    assert_eq!(ground.words(alarms.to_owned()).await, ["isolated_too_weakly a"]);
    ground.close().await;
}
