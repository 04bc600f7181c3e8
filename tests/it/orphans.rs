//! Restrictions that a restored backup has lost: imported, and kept for a while until a person decides.

use jiff::SignedDuration;
use quell::domain::action::{ActionKind, id_of};
use quell::domain::answer::MachineActionStatus;
use quell::store::StraysTaken;
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
