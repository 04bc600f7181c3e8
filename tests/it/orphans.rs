//! Restrictions that a restored backup has lost: imported, and kept for a while until a person decides. Releases that it has lost: the device
//! stays free, once they were carried out.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionKind, id_of};
use quell::domain::alert::Alert;
use quell::domain::answer::MachineActionStatus;
use quell::domain::fact::Fact;
use quell::domain::stray::Marked;
use quell::store::{Extend, Extended, Finding, NewEnd, QueuedChange, StraysTaken};
use uuid::Uuid;

use crate::audit::{audit, failing};
use crate::strays::{alarms, listed, release_by_hand, take};
use crate::support::ground::{Ground, device, playbook};

#[tokio::test]
async fn what_a_restored_backup_has_lost_is_imported_with_its_attempts_and_kept_until_a_person_decides() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let lost = id_of(Uuid::now_v7(), ground.installation().await);
    let orphan = listed(
        &ground,
        ActionKind::Restrict,
        lost,
        3,
        MachineActionStatus::Succeeded,
    )
    .await;
    assert_eq!(take(&ground, std::slice::from_ref(&orphan)).await.taken, 1);
    assert_eq!(ground.actions(&device('a')).await, ["restrict succeeded"]);
    assert_eq!(ground.containments(&device('a')).await, ["active"]);
    assert_eq!(ground.attention(&device('a')).await.len(), 1);
    assert_eq!(alarms(&mut ground).await, ["orphan"]);
    let seeded = ground.words(format!(
        "SELECT string_agg(n::text, ',' ORDER BY n) FROM quell.attempts WHERE action_id = '{lost}' AND outcome = 'imported'
         AND slot_at > quell.now() - interval '1 minute'"
    ));
    assert_eq!(seeded.await, ["1,2,3"], "each of its calls took a slot");
    assert_eq!(take(&ground, &[orphan]).await, StraysTaken::default());
    ground.pass(SignedDuration::from_hours(71)).await;
    ground.expire().await;
    assert_eq!(ground.actions(&device('a')).await, ["restrict succeeded"]);
    ground.pass(SignedDuration::from_hours(2)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&device('a')).await, ["ended time"]);
    ground.call_succeeds().await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "release succeeded"]
    );
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn what_a_backup_has_lost_is_told_in_force_only_when_defender_has_carried_it_out() {
    for (status, told) in [
        (MachineActionStatus::Succeeded, "is in force at defender"),
        (MachineActionStatus::Pending, "is not over at defender"),
        (MachineActionStatus::InProgress, "is not over at defender"),
    ] {
        let mut ground = Ground::new(&[playbook("one")]).await;
        let lost = id_of(Uuid::now_v7(), ground.installation().await);
        let orphan = listed(&ground, ActionKind::Restrict, lost, 1, status.clone()).await;
        take(&ground, &[orphan]).await;
        assert_eq!(ground.containments(&device('a')).await, ["active"], "{status:?}");
        let reason = "SELECT state_reason FROM quell.containments WHERE begun_by = 'reconcile'";
        let reason = ground.words(reason.to_owned()).await;
        assert!(
            reason[0].contains(&format!(" {told}, and why is not known")),
            "{status:?}: {reason:?}"
        );
        ground.close().await;
    }
}

#[tokio::test]
async fn a_restriction_that_a_backup_has_lost_is_released_when_a_person_says_so() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let lost = id_of(Uuid::now_v7(), ground.installation().await);
    let orphan = listed(
        &ground,
        ActionKind::Restrict,
        lost,
        1,
        MachineActionStatus::Succeeded,
    )
    .await;
    take(&ground, &[orphan]).await;
    release_by_hand(&ground).await;
    assert_eq!(ground.containments(&device('a')).await, ["ended operator"]);
    ground.call_succeeds().await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "release succeeded"]
    );
    ground.close().await;
}

#[tokio::test]
async fn nothing_is_kept_where_the_backup_has_lost_the_release_too() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let number = ground.installation().await;
    let mut lost = Vec::new();
    for kind in [ActionKind::Restrict, ActionKind::Release] {
        let action = id_of(Uuid::now_v7(), number);
        lost.push(listed(&ground, kind, action, 1, MachineActionStatus::Succeeded).await);
        ground.pass(SignedDuration::from_hours(1)).await;
    }
    assert_eq!(take(&ground, &lost).await.taken, 2);
    assert_eq!(ground.containments(&device('a')).await, [""; 0]);
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "release succeeded", "release withdrawn"],
        "defender's own times tell that the release came last"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_restriction_is_kept_where_the_backup_has_lost_an_earlier_one_and_its_release_too() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let number = ground.installation().await;
    let mut lost = Vec::new();
    for kind in [ActionKind::Restrict, ActionKind::Release, ActionKind::Restrict] {
        let action = id_of(Uuid::now_v7(), number);
        lost.push(listed(&ground, kind, action, 1, MachineActionStatus::Succeeded).await);
        ground.pass(SignedDuration::from_hours(1)).await;
    }
    assert_eq!(take(&ground, &lost).await.taken, 3);
    assert_eq!(ground.containments(&device('a')).await, ["active"]);
    let known = ground.words("SELECT restriction FROM quell.devices".to_owned());
    assert_eq!(known.await, ["restricted"]);
    assert!(ground.reserve().await.is_none(), "nothing is released");
    ground.close().await;
}

#[tokio::test]
async fn a_lost_restriction_is_kept_although_what_came_to_nothing_or_is_anothers_follows_it() {
    for (kind, is_ours, status) in [
        (ActionKind::Release, true, MachineActionStatus::Failed),
        (ActionKind::Restrict, false, MachineActionStatus::Succeeded),
    ] {
        let mut ground = Ground::new(&[playbook("one")]).await;
        let number = ground.installation().await;
        let lost = id_of(Uuid::now_v7(), number);
        let next = id_of(Uuid::now_v7(), number.wrapping_add(i32::from(!is_ours)));
        let restrict = ActionKind::Restrict;
        let mut all = vec![listed(&ground, restrict, lost, 1, MachineActionStatus::Succeeded).await];
        ground.pass(SignedDuration::from_hours(1)).await;
        all.push(listed(&ground, kind, next, 1, status).await);
        take(&ground, &all).await;
        assert_eq!(ground.containments(&device('a')).await, ["active"], "{kind:?}");
        assert!(ground.reserve().await.is_none(), "nothing is released");
        ground.close().await;
    }
}

/// `a` is restricted for four hours since an hour ago. What was released or restricted then is lost.
async fn restored() -> Ground {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    ground.pass(SignedDuration::from_hours(1)).await;
    ground
}

/// An action of ours on `a` that the books do not know, made now.
async fn lost(ground: &Ground, kind: ActionKind, status: MachineActionStatus) -> Marked {
    let action = id_of(Uuid::now_v7(), ground.installation().await);
    listed(ground, kind, action, 1, status).await
}

async fn known(ground: &mut Ground) -> String {
    ground
        .words("SELECT restriction FROM quell.devices".to_owned())
        .await
        .remove(0)
}

async fn ended(ground: &Ground, orphan: &Marked, event: ActionEvent) {
    let finding = Finding {
        action: orphan.marker.action,
        attempts: 1,
        events: vec![event],
        change: QueuedChange::default(),
        reason: "defender's list",
    };
    let epoch = ground.epoch().await;
    let applied = ground
        .store
        .findings_apply(ground.tenant, epoch, &[finding])
        .await;
    assert_eq!(applied.expect("the lease is ours"), 1);
}

#[tokio::test]
async fn a_lost_release_that_is_pending_lets_nothing_go_before_it_was_carried_out() {
    for event in [ActionEvent::Succeeded, ActionEvent::Failed] {
        let mut ground = restored().await;
        let pending = lost(&ground, ActionKind::Release, MachineActionStatus::Pending).await;
        assert_eq!(take(&ground, std::slice::from_ref(&pending)).await.orphans, 1);
        assert_eq!(
            ground.attention(&device('a')).await,
            [""; 0],
            "the device is restricted still"
        );
        assert_eq!(known(&mut ground).await, "restricted");
        ended(&ground, &pending, event).await;
        let attention = ground.attention(&device('a')).await;
        if event == ActionEvent::Succeeded {
            assert_eq!(known(&mut ground).await, "free");
            assert!(attention[0].contains(" had let the device go, "), "{attention:?}");
            assert_eq!(
                ground.actions(&device('a')).await,
                ["restrict succeeded", "release succeeded", "restrict withdrawn"],
                "what was queued behind it is not called"
            );
        } else {
            assert_eq!(known(&mut ground).await, "restricted");
            assert_eq!(attention, [""; 0], "it let nothing go");
        }
        assert_eq!(ground.containments(&device('a')).await, ["one active"]);
        assert!(ground.reserve().await.is_none(), "the device stays as it is");
        let database = ground.close().await;
        assert_eq!(failing(&audit(&database).await), [""; 0], "{event:?}");
    }
}

#[tokio::test]
async fn a_lost_restriction_after_a_lost_release_is_kept_for_itself_and_not_only_as_long_as_what_was_released()
 {
    for at_once in [true, false] {
        let mut ground = restored().await;
        let succeeded = MachineActionStatus::Succeeded;
        let release = lost(&ground, ActionKind::Release, succeeded.clone()).await;
        if !at_once {
            take(&ground, std::slice::from_ref(&release)).await;
        }
        ground.pass(SignedDuration::from_mins(1)).await;
        let restrict = lost(&ground, ActionKind::Restrict, succeeded).await;
        take(&ground, &[release, restrict]).await;
        assert_eq!(known(&mut ground).await, "restricted");
        assert_eq!(
            ground.containments(&device('a')).await,
            ["one active", "active"],
            "at once: {at_once}"
        );
        let attention = ground.attention(&device('a')).await;
        assert!(
            attention[0].contains(" came after the release that had ended this, "),
            "{attention:?}"
        );
        assert!(
            attention[1].contains(" was lost with a restored backup: "),
            "{attention:?}"
        );
        ground.pass(SignedDuration::from_hours(4)).await;
        ground.expire().await;
        assert_eq!(
            ground.containments(&device('a')).await,
            ["one ended time", "active"]
        );
        assert!(
            ground.reserve().await.is_none(),
            "the end of the one is not the end of the other"
        );
        ground.pass(SignedDuration::from_hours(70)).await;
        ground.expire().await;
        assert_eq!(
            ground.containments(&device('a')).await,
            ["one ended time", "ended time"]
        );
        ground.call_succeeds().await;
        assert_eq!(known(&mut ground).await, "free");
        let database = ground.close().await;
        assert_eq!(failing(&audit(&database).await), [""; 0]);
    }
}

#[tokio::test]
async fn whether_a_lost_release_came_last_is_told_by_defenders_own_times_and_else_left_open() {
    for (is_timed, is, told) in [
        (true, "free", " had let the device go, "),
        (false, "unknown", " may have let the device go, "),
    ] {
        let mut ground = Ground::new(&[playbook("one")]).await;
        ground.alert("one", &device('a')).await;
        ground.call_succeeds().await;
        if !is_timed {
            let sql = "UPDATE quell.actions SET defender_done_at = NULL";
            ground.execute(sql.to_owned()).await;
        }
        ground.pass(SignedDuration::from_secs(5)).await;
        let release = lost(&ground, ActionKind::Release, MachineActionStatus::Succeeded).await;
        take(&ground, &[release]).await;
        assert_eq!(known(&mut ground).await, is);
        let attention = ground.attention(&device('a')).await;
        assert!(
            attention.len() == 1 && attention[0].contains(told),
            "{attention:?}"
        );
        assert_eq!(
            ground.actions(&device('a')).await,
            ["restrict succeeded", "release succeeded"],
            "nothing is called before a person has decided"
        );
        ground.close().await;
    }
}

#[tokio::test]
async fn a_lost_restriction_soon_after_a_release_that_the_books_know_is_kept() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    release_by_hand(&ground).await;
    ground.call_succeeds().await;
    ground.pass(SignedDuration::from_secs(5)).await;
    let restrict = lost(&ground, ActionKind::Restrict, MachineActionStatus::Succeeded).await;
    take(&ground, &[restrict]).await;
    assert_eq!(known(&mut ground).await, "restricted");
    assert_eq!(
        ground.containments(&device('a')).await,
        ["one ended operator", "active"]
    );
    assert!(ground.reserve().await.is_none(), "nothing is released");
    ground.close().await;
}

#[tokio::test]
async fn a_person_who_extends_what_a_lost_release_had_ended_has_the_device_restricted_again() {
    let mut ground = restored().await;
    let release = lost(&ground, ActionKind::Release, MachineActionStatus::Succeeded).await;
    take(&ground, &[release]).await;
    assert!(ground.reserve().await.is_none(), "a person decides");
    let ids = ground
        .words("SELECT id::text FROM quell.containments".to_owned())
        .await;
    let extend = Extend {
        containment: ids[0].parse().expect("an id"),
        end: NewEnd::By(Duration::from_secs(3_600)),
        may_shorten: false,
        by: "anna",
        reason: "it was no false alarm",
    };
    let extended = ground.store.containment_extend(ground.tenant, &extend).await;
    assert!(matches!(extended, Ok(Extended::Done { .. })), "{extended:?}");
    assert_eq!(ground.attention(&device('a')).await, [""; 0]);
    ground.call_succeeds().await;
    assert_eq!(known(&mut ground).await, "restricted");
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "release succeeded", "restrict succeeded"]
    );
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn the_same_alert_told_again_does_not_restrict_what_a_lost_release_had_ended() {
    let its = device('a');
    let alert = |id: &str| Alert {
        id: id.to_owned(),
        category: Fact::Is("one".to_owned()),
        ..Alert::default()
    };
    for text in [
        playbook("one"),
        playbook("one").replace("{after: 4h}", "{after: 4h, restart_on: match}"),
    ] {
        let mut ground = Ground::new(&[text]).await;
        ground.news(alert("x"), &its).await;
        ground.call_succeeds().await;
        ground.pass(SignedDuration::from_hours(1)).await;
        let release = lost(&ground, ActionKind::Release, MachineActionStatus::Succeeded).await;
        take(&ground, &[release]).await;
        // As a source does that is read again from where the backup stood.
        ground.news(alert("x"), &its).await;
        assert_eq!(ground.attention(&its).await.len(), 1, "a person decides");
        assert!(ground.reserve().await.is_none());
        ground.news(alert("y"), &its).await;
        assert_eq!(ground.attention(&its).await, [""; 0]);
        ground.call_succeeds().await;
        assert_eq!(
            known(&mut ground).await,
            "restricted",
            "another alert acts as ever"
        );
        ground.close().await;
    }
}
