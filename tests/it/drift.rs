//! What others lift and apply at Defender: respected or enforced, judged once, and never by a listing that is older than a call
//! of ours.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use quell::domain::action::{ActionEvent, ActionKind};
use quell::domain::alert::Alert;
use quell::domain::answer::{MachineAction, MachineActionStatus};
use quell::domain::drift::{DriftTerms, OnLift, by_device, foreign};
use quell::domain::fact::Fact;
use quell::simulator::Kind;
use quell::store::{DriftLook, Finding, QueuedChange};
use uuid::Uuid;

use crate::audit::{audit, failing};
use crate::support::Setup;
use crate::support::alert::{alert, device as numbered, storm_playbook};
use crate::support::ground::{Ground, device, playbook};

const ENFORCE: DriftTerms = DriftTerms {
    on_lift: OnLift::Enforce,
    again_after: Duration::from_secs(900),
    at_most: 1,
};

async fn now(ground: &Ground) -> Timestamp {
    ground.store.now().await.expect("the database is up")
}

/// Somebody's action on the device, carried out now.
async fn by_other(ground: &Ground, kind: ActionKind) -> MachineAction {
    let at = now(ground).await;
    MachineAction {
        id: Uuid::now_v7().to_string(),
        kind: kind.wire(),
        status: MachineActionStatus::Succeeded,
        machine_id: Some(device('a').to_string().to_uppercase()),
        requestor_comment: Some("by hand".to_owned()),
        requestor: Some("anna@contoso.example".to_owned()),
        created_at: Some(at),
        updated_at: Some(at),
        error_hresult: 0,
        external_id: None,
    }
}

/// What a sweep that began then makes of a listing; says whether everything could be judged.
async fn look(ground: &Ground, listing: &[MachineAction], began: Timestamp, terms: DriftTerms) -> bool {
    let (store, tenant) = (&ground.store, ground.tenant);
    let epoch = ground.epoch().await;
    let look = DriftLook {
        began,
        lag: Duration::from_secs(120),
        terms,
    };
    let theirs = foreign(listing, ground.installation().await);
    let unjudged = store.foreign_unjudged(tenant, theirs).await;
    let mut all = true;
    for of in by_device(unjudged.expect("the database is up"), listing) {
        let judged = store.drift_judge(tenant, epoch, &look, &of).await;
        all &= judged.expect("the lease is ours");
    }
    all
}

async fn known(ground: &mut Ground) -> String {
    let sql = "SELECT concat_ws(' ', restriction, others_by) FROM quell.devices";
    ground.words(sql.to_owned()).await.remove(0)
}

async fn verdicts(ground: &mut Ground) -> Vec<String> {
    let sql = "SELECT kind || ' ' || verdict FROM quell.foreign_actions ORDER BY done_at";
    ground.words(sql.to_owned()).await
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn matching(id: &str) -> Alert {
    Alert {
        id: id.to_owned(),
        category: Fact::Is("one".to_owned()),
        ..Alert::default()
    }
}

/// A device that the alert `a` restricts, an hour ago.
async fn restricted() -> Ground {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.news(matching("a"), &device('a')).await;
    ground.call_succeeds().await;
    ground.pass(minutes(60)).await;
    ground
}

#[tokio::test]
async fn a_restriction_that_somebody_lifts_ends_and_only_another_alert_begins_anew() {
    let mut ground = restricted().await;
    let lifted = by_other(&ground, ActionKind::Release).await;
    ground.pass(minutes(5)).await;
    let listing = [lifted];
    for _ in 0..2 {
        let began = now(&ground).await;
        assert!(look(&ground, &listing, began, DriftTerms::default()).await);
    }
    let its = device('a');
    assert_eq!(ground.containments(&its).await, ["one ended drift"]);
    assert_eq!(
        ground.actions(&its).await,
        ["restrict succeeded"],
        "nothing is called"
    );
    assert_eq!(known(&mut ground).await, "free");
    assert_eq!(verdicts(&mut ground).await, ["release lifted"], "judged once");
    let told = ground
        .words("SELECT kind || ': ' || told FROM quell.alarms".to_owned())
        .await;
    assert_eq!(told.len(), 1, "told once: {told:?}");
    assert!(
        told[0].starts_with("drift: lifted at defender by anna@contoso.example"),
        "{told:?}"
    );
    let audit_rows =
        "SELECT to_state || ' ' || (before ->> 'restriction') || ' ' || (after ->> 'restriction')
        FROM quell.transitions WHERE entity = 'drift'";
    assert_eq!(
        ground.words(audit_rows.to_owned()).await,
        ["lifted restricted free"]
    );

    ground.news(matching("a"), &its).await;
    assert_eq!(ground.decision().await, "skip drift.lifted");
    assert_eq!(ground.containments(&its).await, ["one ended drift"]);
    ground.news(matching("b"), &its).await;
    assert_eq!(ground.decision().await, "act matched");
    assert_eq!(ground.containments(&its).await, ["one ended drift", "one active"]);
    assert_eq!(
        ground.actions(&its).await,
        ["restrict succeeded", "restrict queued"]
    );
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn an_alert_that_came_after_the_lift_keeps_the_device_restricted() {
    let mut ground = restricted().await;
    let lifted = by_other(&ground, ActionKind::Release).await;
    ground.pass(minutes(5)).await;
    // The books do not know of the lift yet, so this needs no call, as far as is known.
    ground.news(matching("b"), &device('a')).await;
    let began = now(&ground).await;
    assert!(look(&ground, &[lifted], began, DriftTerms::default()).await);
    assert_eq!(ground.containments(&device('a')).await, ["one active"]);
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "restrict queued"]
    );
    assert_eq!(verdicts(&mut ground).await, ["release freed"]);
    ground.close().await;
}

#[tokio::test]
async fn a_lift_that_is_not_respected_is_undone_within_bounds_and_then_left_to_a_person() {
    let mut ground = restricted().await;
    let its = device('a');
    let mut listing = vec![by_other(&ground, ActionKind::Release).await];
    let began = now(&ground).await + minutes(5);
    ground.pass(minutes(5)).await;
    assert!(look(&ground, &listing, began, ENFORCE).await);
    assert_eq!(ground.containments(&its).await, ["one active"]);
    assert_eq!(
        ground.actions(&its).await,
        ["restrict succeeded", "restrict queued"]
    );
    assert!(ground.reserve().await.is_none(), "not before its time");
    ground.pass(minutes(16)).await;
    ground.call_succeeds().await;
    ground.pass(minutes(30)).await;

    listing.push(by_other(&ground, ActionKind::Release).await);
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &listing, began, ENFORCE).await);
    assert_eq!(
        ground.actions(&its).await,
        ["restrict succeeded", "restrict succeeded"],
        "once more, and not again"
    );
    assert_eq!(ground.attention(&its).await.len(), 1);
    assert_eq!(
        verdicts(&mut ground).await,
        ["release enforced", "release enforced"]
    );
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn a_listing_that_is_older_than_a_call_of_ours_judges_nothing() {
    let mut ground = restricted().await;
    let lifted = by_other(&ground, ActionKind::Release).await;
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    let listing = [lifted];
    // A person here releases the device too, and an alert restricts it anew, all after the listing began.
    let its = device('a');
    let released = ground
        .store
        .device_release(ground.tenant, &its, "anna", "false alarm", false);
    released.await.expect("the database is up");
    assert!(look(&ground, &listing, began, DriftTerms::default()).await);
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "release withdrawn"],
        "it was free already"
    );
    ground.news(matching("b"), &device('a')).await;
    let second = by_other(&ground, ActionKind::Release).await;
    ground.pass(minutes(1)).await;
    let began = now(&ground).await;
    let (_, grant) = ground.reserve().await.expect("it is due");
    assert!(
        !look(
            &ground,
            std::slice::from_ref(&second),
            began,
            DriftTerms::default()
        )
        .await,
        "a call is open: {grant:?}"
    );
    assert_eq!(verdicts(&mut ground).await, ["release freed"]);
    ground.close().await;
}

#[tokio::test]
async fn a_release_of_theirs_before_our_own_restrict_changes_nothing() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let its = device('a');
    ground.news(matching("a"), &its).await;
    let early = by_other(&ground, ActionKind::Release).await;
    ground.pass(minutes(5)).await;
    ground.call_succeeds().await;
    ground.pass(minutes(60)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &[early], began, DriftTerms::default()).await);
    assert_eq!(ground.containments(&its).await, ["one active"]);
    assert_eq!(known(&mut ground).await, "restricted");
    assert_eq!(verdicts(&mut ground).await, ["release overtaken"]);
    ground.close().await;
}

#[tokio::test]
async fn what_somebody_restricts_is_known_by_name_and_stays_when_ours_ends() {
    let mut ground = restricted().await;
    let theirs = by_other(&ground, ActionKind::Restrict).await;
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(
        look(
            &ground,
            std::slice::from_ref(&theirs),
            began,
            DriftTerms::default()
        )
        .await
    );
    assert_eq!(
        known(&mut ground).await,
        "restricted_by_other anna@contoso.example"
    );
    ground.pass(SignedDuration::from_hours(4)).await;
    ground.expire().await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded"],
        "only what quell began is undone by quell"
    );
    let freed = by_other(&ground, ActionKind::Release).await;
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &[theirs, freed], began, DriftTerms::default()).await);
    assert_eq!(known(&mut ground).await, "free");
    assert_eq!(
        verdicts(&mut ground).await,
        ["restrict restricted", "release freed"]
    );
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn a_device_that_quell_never_saw_is_known_when_somebody_restricts_it() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let theirs = by_other(&ground, ActionKind::Restrict).await;
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &[theirs], began, DriftTerms::default()).await);
    assert_eq!(
        known(&mut ground).await,
        "restricted_by_other anna@contoso.example"
    );
    // An alert relies on no one else's restriction: it restricts the device by itself.
    ground.news(matching("a"), &device('a')).await;
    assert_eq!(ground.actions(&device('a')).await, ["restrict queued"]);
    ground.close().await;
}

/// What Anna restricted is known before the alert `a` begins a containment; she undoes it, and ours is carried out, in this order.
async fn undone_by_its_author(is_judged_first: bool) -> Ground {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let mut listing = vec![by_other(&ground, ActionKind::Restrict).await];
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &listing, began, DriftTerms::default()).await);
    ground.news(matching("a"), &device('a')).await;
    listing.push(by_other(&ground, ActionKind::Release).await);
    ground.pass(minutes(5)).await;
    if is_judged_first {
        let began = now(&ground).await;
        assert!(look(&ground, &listing, began, DriftTerms::default()).await);
        ground.call_succeeds().await;
    } else {
        ground.call_succeeds().await;
        assert_eq!(
            known(&mut ground).await,
            "restricted_by_other anna@contoso.example"
        );
        ground.pass(minutes(5)).await;
        let began = now(&ground).await;
        assert!(look(&ground, &listing, began, DriftTerms::default()).await);
    }
    ground
}

#[tokio::test]
async fn what_somebody_restricted_and_undid_does_not_keep_ours_from_its_release() {
    for (is_judged_first, verdict) in [(true, "release freed"), (false, "release overtaken")] {
        let mut ground = undone_by_its_author(is_judged_first).await;
        assert_eq!(
            verdicts(&mut ground).await.last().map(String::as_str),
            Some(verdict)
        );
        assert_eq!(known(&mut ground).await, "restricted");
        ground.pass(SignedDuration::from_hours(4)).await;
        ground.expire().await;
        assert_eq!(
            ground.actions(&device('a')).await,
            ["restrict succeeded", "release queued"]
        );
        let database = ground.close().await;
        assert_eq!(failing(&audit(&database).await), [""; 0]);
    }
}

#[tokio::test]
async fn who_undoes_his_own_restriction_ends_nothing_of_ours() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let its = device('a');
    let mut listing = vec![by_other(&ground, ActionKind::Restrict).await];
    ground.pass(minutes(1)).await;
    ground.news(matching("a"), &its).await;
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &listing, began, DriftTerms::default()).await);
    assert_eq!(ground.actions(&its).await, ["restrict withdrawn"]);
    listing.push(by_other(&ground, ActionKind::Release).await);
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &listing, began, DriftTerms::default()).await);
    assert_eq!(ground.containments(&its).await, ["one active"]);
    assert_eq!(
        ground.actions(&its).await,
        ["restrict withdrawn", "restrict queued"]
    );
    assert_eq!(known(&mut ground).await, "free");
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn a_lift_does_not_end_what_began_after_it_where_our_restrict_was_found_late() {
    let mut ground = Ground::new(&[playbook("one"), playbook("two")]).await;
    let its = device('a');
    ground.news(matching("a"), &its).await;
    let (epoch, grant) = ground.reserve().await.expect("it is due");
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    let doubted = store.attempts_overdue_doubt(tenant, epoch, Duration::ZERO).await;
    assert_eq!(doubted.expect("the lease is ours"), 1);
    let done_at = now(&ground).await;
    ground.pass(minutes(30)).await;
    let lifted = by_other(&ground, ActionKind::Release).await;
    ground.pass(minutes(30)).await;
    ground.alert("two", &its).await;
    ground.pass(minutes(60)).await;
    let found = Finding {
        action: grant.action,
        attempts: grant.n,
        events: vec![ActionEvent::Accepted, ActionEvent::Succeeded],
        change: QueuedChange {
            defender_id: Some(Uuid::now_v7().to_string()),
            done_at: Some(done_at),
            ..QueuedChange::default()
        },
        reason: "defender's list",
    };
    let epoch = ground.epoch().await;
    let applied = store.findings_apply(tenant, epoch, &[found]).await;
    assert_eq!(applied.expect("the lease is ours"), 1);
    ground.pass(minutes(5)).await;
    let began = now(&ground).await;
    assert!(look(&ground, &[lifted], began, DriftTerms::default()).await);
    assert_eq!(ground.containments(&its).await, ["one ended drift", "two active"]);
    assert_eq!(
        ground.actions(&its).await,
        ["restrict succeeded", "restrict queued"]
    );
    ground.close().await;
}

#[tokio::test]
async fn the_same_alert_told_again_does_not_restrict_what_was_lifted_too_often() {
    let text = playbook("one").replace("{after: 4h}", "{after: 4h, restart_on: match}");
    let mut ground = Ground::new(&[text]).await;
    let its = device('a');
    ground.news(matching("a"), &its).await;
    ground.call_succeeds().await;
    let mut listing = Vec::new();
    for lift in 0..2 {
        ground.pass(minutes(20)).await;
        listing.push(by_other(&ground, ActionKind::Release).await);
        ground.pass(minutes(5)).await;
        let began = now(&ground).await;
        assert!(look(&ground, &listing, began, ENFORCE).await);
        if lift == 0 {
            let kept = "SELECT (valid_until - not_before > interval '59 minutes')::text FROM quell.actions
                        WHERE state = 'queued'";
            assert_eq!(
                ground.words(kept.to_owned()).await,
                ["true"],
                "its hour counts from its time on"
            );
            ground.pass(minutes(16)).await;
            ground.call_succeeds().await;
        }
    }
    ground.news(matching("a"), &its).await;
    assert_eq!(ground.attention(&its).await.len(), 1);
    let twice = ["restrict succeeded", "restrict succeeded"];
    assert_eq!(ground.actions(&its).await, twice, "the bound holds");
    ground.news(matching("b"), &its).await;
    assert_eq!(ground.attention(&its).await, [""; 0]);
    assert_eq!(
        ground.actions(&its).await.last().map(String::as_str),
        Some("restrict queued"),
        "another alert is new evidence"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_person_in_the_portal_is_respected_by_the_daemon_and_known_by_name() {
    const PATIENCE: Duration = Duration::from_secs(60);
    let its = numbered(1);
    let world = Setup::new(100, &[&storm_playbook()])
        .set("drift", "{every: 1m}")
        .start()
        .await;
    world.send(&[alert("a", &its)]).await;
    let restricted = "SELECT count(*) = 1 FROM quell.devices WHERE restriction = 'restricted'";
    world.until(PATIENCE, restricted).await;
    world
        .simulator
        .act_by_other(&its, Kind::Release)
        .expect("nothing is open on the device");
    let ended = "SELECT count(*) = 1 FROM quell.containments WHERE end_reason = 'drift'";
    world.until(PATIENCE, ended).await;
    world
        .simulator
        .act_by_other(&its, Kind::Restrict)
        .expect("nothing is open on the device");
    let by_other = "SELECT count(*) = 1 FROM quell.devices WHERE restriction = 'restricted_by_other'";
    world.until(PATIENCE, by_other).await;
    let (code, said) = world
        .command(&["devices", "--restricted", "--config", "quell.yaml"])
        .await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("analyst@contoso.example at Defender"), "{said}");
    let report = world.finish().await;
    assert_eq!(report.action_calls, 1, "quell restricted once and undid nothing");
}
