//! Machine actions with a marker of ours that the books do not know: late ones, doubled ones, and those that a restored
//! backup has lost. All are taken in, a person is told once, and the device comes to what is wanted.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionKind, ActionState, Marker, OnAmbiguous, id_of};
use quell::domain::answer::MachineActionStatus;
use quell::domain::budget::CallTiming;
use quell::domain::stray::Marked;
use quell::store::{Finding, QueuedChange, StraySpans, StraysTaken};
use quell::worker::reconcile::{Index, judge};
use uuid::Uuid;

use crate::audit::{audit, failing};
use crate::support::ground::{Ground, device, playbook};

const DAY: Duration = Duration::from_secs(86_400);

const SPANS: StraySpans = StraySpans {
    watched: DAY,
    kept: Duration::from_secs(72 * 3_600),
};

pub async fn listed(
    ground: &Ground,
    kind: ActionKind,
    action: Uuid,
    attempt: i32,
    status: MachineActionStatus,
) -> Marked {
    let now = ground.store.now().await.expect("the database is up");
    Marked {
        defender_id: Uuid::now_v7().to_string(),
        marker: Marker { action, attempt },
        kind,
        device: device('a').to_string(),
        status,
        created_at: Some(now),
        updated_at: Some(now),
    }
}

/// As the sweep does it, twice: the second look finds nothing more to do.
pub async fn take(ground: &Ground, marked: &[Marked]) -> StraysTaken {
    let (store, tenant) = (&ground.store, ground.tenant);
    let epoch = ground.epoch().await;
    let found = store
        .strays_find(tenant, marked)
        .await
        .expect("the database is up");
    store
        .strays_take(tenant, epoch, ground.gate(), &found, SPANS)
        .await
        .expect("the lease is ours")
}

pub async fn alarms(ground: &mut Ground) -> Vec<String> {
    ground
        .words("SELECT kind FROM quell.alarms ORDER BY id".to_owned())
        .await
}

/// A restrict that was called, never answered, and judged absent.
async fn judged_absent(ground: &mut Ground) -> Uuid {
    ground.alert("one", &device('a')).await;
    let (epoch, grant) = ground.reserve().await.expect("it is due");
    let (store, tenant) = (&ground.store, ground.tenant);
    store
        .attempts_overdue_doubt(tenant, epoch, Duration::ZERO)
        .await
        .expect("the lease is ours");
    let finding = Finding {
        action: grant.action,
        attempts: grant.n,
        events: vec![ActionEvent::NotExecuted],
        change: QueuedChange::default(),
        reason: "absent from a complete listing after the quiescence",
    };
    let applied = store.findings_apply(tenant, epoch, &[finding]).await;
    assert_eq!(applied.expect("the lease is ours"), 1);
    grant.action
}

pub async fn release_by_hand(ground: &Ground) {
    let its = device('a');
    let released = ground
        .store
        .device_release(ground.tenant, &its, "anna", "false alarm", false);
    released
        .await
        .expect("the database is up")
        .expect("the device is known");
}

#[tokio::test]
async fn a_restrict_that_comes_after_its_release_is_taken_in_and_released_anew() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let action = judged_absent(&mut ground).await;
    ground.call_succeeds().await;
    release_by_hand(&ground).await;
    ground.call_succeeds().await;
    ground.pass(SignedDuration::from_hours(3)).await;

    let pending = listed(
        &ground,
        ActionKind::Restrict,
        action,
        1,
        MachineActionStatus::Pending,
    )
    .await;
    assert_eq!(take(&ground, std::slice::from_ref(&pending)).await.taken, 1);
    assert_eq!(
        ground.actions(&device('a')).await,
        [
            "restrict succeeded",
            "release succeeded",
            "restrict submitted",
            "release queued"
        ]
    );
    assert_eq!(
        alarms(&mut ground).await,
        ["seen_after_quiescence", "late_restrict"]
    );
    let told = ground.store.alarms(ground.tenant, DAY).await;
    let told = told.expect("the database is up");
    assert_eq!(told.len(), 2, "`quell status` shows them");
    let of_it = told.iter().find(|alarm| alarm.kind == "seen_after_quiescence");
    assert!(
        of_it.is_some_and(|alarm| alarm
            .told
            .contains(" is at defender although its absence had been concluded")),
        "it is pending, and was not carried out: {told:?}"
    );
    assert_eq!(take(&ground, &[pending]).await, StraysTaken::default());
    assert!(ground.reserve().await.is_none(), "the release waits for its end");
    ground.close().await;
}

#[tokio::test]
async fn whoever_is_told_of_failures_is_told_of_a_late_restrict_once() {
    let told = "notify: [{to: soc, on: [failed]}, {to: night, on: [released]}]\n";
    let mut ground = Ground::new(&[playbook("one") + told]).await;
    let action = judged_absent(&mut ground).await;
    ground.call_succeeds().await;
    let late = listed(
        &ground,
        ActionKind::Restrict,
        action,
        1,
        MachineActionStatus::Succeeded,
    )
    .await;
    for _ in 0..2 {
        take(&ground, std::slice::from_ref(&late)).await;
    }
    let told = ground.words("SELECT receiver || ' ' || occasion FROM quell.notifications".to_owned());
    assert_eq!(told.await, ["soc failed"]);
    ground.close().await;
}

#[tokio::test]
async fn a_late_restrict_that_is_wanted_again_is_not_called_a_second_time() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let action = judged_absent(&mut ground).await;
    let late = listed(
        &ground,
        ActionKind::Restrict,
        action,
        1,
        MachineActionStatus::InProgress,
    )
    .await;
    assert_eq!(take(&ground, &[late]).await.taken, 1);
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict submitted"],
        "the queued one is the one that was carried out"
    );
    assert!(ground.reserve().await.is_none());
    let attempts =
        ground.words("SELECT count(*)::text FROM quell.attempts WHERE scope = 'actions'".to_owned());
    assert_eq!(attempts.await, ["1"], "its attempt was in the ledger already");
    assert_eq!(alarms(&mut ground).await, ["seen_after_quiescence"]);
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn a_held_restrict_of_unknown_fate_is_not_called_again_and_is_released_when_its_containment_ends() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let (epoch, _) = ground.reserve().await.expect("it is due");
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    let doubted = store.attempts_overdue_doubt(tenant, epoch, Duration::ZERO).await;
    assert_eq!(doubted.expect("the lease is ours"), 1);
    let open = store.actions_open(tenant).await.expect("the database is up");
    let began = open[0].reserved_at + SignedDuration::from_mins(3);
    let second = Duration::from_secs(1);
    let timing = CallTiming {
        send_deadline: second,
        total_timeout: second,
        server_tail: second,
        list_lag: second,
    };
    let held = judge(&open[0], &Index::new(&[]), began, timing, OnAmbiguous::Hold);
    let applied = store
        .findings_apply(tenant, epoch, &[held.expect("the quiescence has passed")])
        .await;
    assert_eq!(applied.expect("the lease is ours"), 1);
    assert_eq!(ground.actions(&device('a')).await, ["restrict failed"]);
    let known = ground.words("SELECT restriction FROM quell.devices".to_owned());
    assert_eq!(known.await, ["unknown"]);
    let told = ground.words("SELECT (attention IS NOT NULL)::text FROM quell.containments".to_owned());
    assert_eq!(told.await, ["true"], "a person looks");
    release_by_hand(&ground).await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict failed", "release queued"]
    );
    ground.pass(SignedDuration::from_secs(31)).await;
    ground.call_succeeds().await;
    let known = ground.words("SELECT restriction FROM quell.devices".to_owned());
    assert_eq!(known.await, ["free"]);
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn a_doubled_restrict_waits_for_the_end_of_the_other_and_is_told_once() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let action = judged_absent(&mut ground).await;
    ground.call(ActionEvent::Accepted, None, false).await;
    let double = listed(
        &ground,
        ActionKind::Restrict,
        action,
        1,
        MachineActionStatus::Pending,
    )
    .await;
    for _ in 0..2 {
        let made = take(&ground, std::slice::from_ref(&double)).await;
        assert_eq!((made.taken, made.waiting), (0, 1));
    }
    assert_eq!(alarms(&mut ground).await, ["seen_after_quiescence"]);
    let ended = Finding {
        action,
        attempts: 2,
        events: vec![ActionEvent::Succeeded],
        change: QueuedChange::default(),
        reason: "defender's list",
    };
    let epoch = ground.epoch().await;
    let applied = ground.store.findings_apply(ground.tenant, epoch, &[ended]).await;
    assert_eq!(applied.expect("the lease is ours"), 1);
    assert_eq!(take(&ground, &[double]).await.taken, 1);
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "restrict submitted"],
        "it is wanted, so it is only followed"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_release_that_was_carried_out_late_lets_a_wanted_restrict_be_made_anew() {
    let mut ground = Ground::new(&[playbook("one"), playbook("two")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    release_by_hand(&ground).await;
    let (epoch, release) = ground.reserve().await.expect("it is due");
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    store
        .attempts_overdue_doubt(tenant, epoch, Duration::ZERO)
        .await
        .expect("the lease is ours");
    ground.alert("two", &device('a')).await;
    let absent = Finding {
        action: release.action,
        attempts: 1,
        events: vec![ActionEvent::NotExecuted],
        change: QueuedChange::default(),
        reason: "absent from a complete listing after the quiescence",
    };
    store
        .findings_apply(tenant, epoch, &[absent])
        .await
        .expect("the lease is ours");
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "release withdrawn", "restrict withdrawn"],
        "still restricted, as far as is known"
    );
    let late = listed(
        &ground,
        ActionKind::Release,
        release.action,
        1,
        MachineActionStatus::Succeeded,
    )
    .await;
    assert_eq!(take(&ground, &[late]).await.taken, 1);
    let after = ground.actions(&device('a')).await;
    assert_eq!(
        after.last().map(String::as_str),
        Some("restrict queued"),
        "{after:?}"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_restrict_that_a_restored_backup_has_in_its_queue_is_not_called_a_second_time() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let queued = ground
        .words("SELECT id::text FROM quell.actions".to_owned())
        .await;
    let queued: Uuid = queued[0].parse().expect("an id");
    let made = listed(
        &ground,
        ActionKind::Restrict,
        queued,
        2,
        MachineActionStatus::Succeeded,
    )
    .await;
    assert_eq!(take(&ground, &[made]).await.taken, 1);
    assert_eq!(ground.actions(&device('a')).await, ["restrict succeeded"]);
    let known = ground.words("SELECT restriction FROM quell.devices".to_owned());
    assert_eq!(known.await, ["restricted"]);
    assert_eq!(alarms(&mut ground).await, ["orphan"]);
    ground.close().await;
}

#[tokio::test]
async fn a_cancelled_restrict_that_was_carried_out_all_the_same_brings_a_new_release_once() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let state = ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Cancelled), false)
        .await;
    assert_eq!(state, ActionState::Cancelled);
    release_by_hand(&ground).await;
    ground.pass(SignedDuration::from_hours(1)).await;
    ground.call_succeeds().await;
    let known = ground
        .words("SELECT id::text || ' ' || defender_id FROM quell.actions ORDER BY id LIMIT 1".to_owned())
        .await;
    let (action, defender_id) = known[0].split_once(' ').expect("two words");
    let action = action.parse().expect("an id");
    let late = Marked {
        defender_id: defender_id.to_owned(),
        ..listed(
            &ground,
            ActionKind::Restrict,
            action,
            1,
            MachineActionStatus::Succeeded,
        )
        .await
    };
    assert_eq!(take(&ground, std::slice::from_ref(&late)).await.taken, 1);
    let after = ground.actions(&device('a')).await;
    assert_eq!(
        after.last().map(String::as_str),
        Some("release queued"),
        "{after:?}"
    );
    assert_eq!(alarms(&mut ground).await, ["late_restrict"]);
    assert_eq!(take(&ground, &[late]).await, StraysTaken::default());
    ground.close().await;
}

#[tokio::test]
async fn a_marker_that_was_copied_to_another_device_is_not_ours() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    let ids = ground
        .words("SELECT id::text FROM quell.actions".to_owned())
        .await;
    let copied = Marked {
        device: device('b').to_string(),
        ..listed(
            &ground,
            ActionKind::Restrict,
            ids[0].parse().expect("an id"),
            1,
            MachineActionStatus::Pending,
        )
        .await
    };
    assert_eq!(take(&ground, &[copied]).await, StraysTaken::default());
    assert!(alarms(&mut ground).await.is_empty());
    ground.close().await;
}

#[tokio::test]
async fn what_another_installation_began_is_left_alone() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let another = id_of(Uuid::now_v7(), ground.installation().await.wrapping_add(1));
    let theirs = listed(
        &ground,
        ActionKind::Restrict,
        another,
        1,
        MachineActionStatus::Succeeded,
    )
    .await;
    assert_eq!(take(&ground, &[theirs]).await, StraysTaken::default());
    assert!(
        ground.actions(&device('a')).await.is_empty(),
        "nothing is released"
    );
    assert!(alarms(&mut ground).await.is_empty());
    ground.close().await;
}

#[tokio::test]
async fn a_replica_that_lost_the_lease_takes_nothing_in() {
    let ground = Ground::new(&[playbook("one")]).await;
    let orphan = listed(
        &ground,
        ActionKind::Restrict,
        id_of(Uuid::now_v7(), ground.installation().await),
        1,
        MachineActionStatus::Pending,
    )
    .await;
    let epoch = ground.epoch().await;
    let orphans = [&orphan];
    let taken = ground
        .store
        .strays_take(ground.tenant, epoch + 1, ground.gate(), &orphans, SPANS);
    assert!(matches!(taken.await, Err(quell::store::StoreError::Stale(_))));
    ground.close().await;
}

#[tokio::test]
async fn a_stray_of_one_measure_does_not_wait_for_the_other() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let (_, open) = ground.reserve().await.expect("it is queued and due");
    let lost = id_of(Uuid::now_v7(), ground.installation().await);
    let stray = |kind| listed(&ground, kind, lost, 1, MachineActionStatus::Succeeded);
    let restrict = take(&ground, &[stray(ActionKind::Restrict).await]).await;
    assert_eq!(
        (restrict.taken, restrict.waiting),
        (0, 1),
        "behind {}",
        open.action
    );
    let isolate = take(&ground, &[stray(ActionKind::Isolate).await]).await;
    assert_eq!((isolate.taken, isolate.waiting), (1, 0));
    ground.close().await;
}
