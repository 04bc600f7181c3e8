//! Guards on a real Postgres: what is protected stays free however it is written and however old its facts are.

mod caps;
mod copies;
mod parity;
mod surges;

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::domain::verdict::Lane;
use quell::store::GateOutcome;
use quell::store::inventory::{SweepDue, SweepTerms, SweptPage};

use crate::support::ground::{Ground, device, playbook};

/// Facts with these tags, and everything else that `never` may ask for.
fn tagged(tags: &[&str]) -> DeviceFacts {
    DeviceFacts {
        tags: Fact::Is(tags.iter().map(|tag| (*tag).to_owned()).collect()),
        ..DeviceFacts::default()
    }
}

/// A playbook in force, and `tier-0` protected; facts are good for an hour and waited for a minute.
async fn guarded() -> Ground {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let never = Protections {
        tags: vec!["tier-0".to_owned()],
        ..Protections::default()
    };
    let decider = ground.decider();
    decider.rules.never = never.clone();
    decider.context.gate.never = never;
    ground
}

/// A device whose restriction was queued under fresh facts, which are too old by now.
async fn queued_and_stale(ground: &mut Ground) -> DeviceId {
    let device = device('a');
    ground.facts(&device, tagged(&["office"])).await;
    ground.alert("one", &device).await;
    assert_eq!(ground.decision().await, "act matched");
    ground.pass(SignedDuration::from_mins(61 - 5)).await;
    // Its validity is an hour; its facts end before it.
    ground.decider().context.gate.facts_max_age = Duration::from_secs(600);
    device
}

async fn wanting(ground: &mut Ground) -> usize {
    let sql = "SELECT device_id FROM quell.devices WHERE facts_wanted_at IS NOT NULL".to_owned();
    ground.words(sql).await.len()
}

#[tokio::test]
async fn a_restriction_waits_in_the_gate_for_fresh_facts_and_goes_on_with_them() {
    let mut ground = guarded().await;
    let device = queued_and_stale(&mut ground).await;
    let (_, said) = ground.ask_the_gate(Lane::Low).await;
    assert!(matches!(said, GateOutcome::Settled), "{said:?}");
    assert_eq!(ground.actions(&device).await, ["restrict queued"]);
    assert_eq!(wanting(&mut ground).await, 1, "its facts are fetched again");
    let (_, said) = ground.ask_the_gate(Lane::Low).await;
    assert!(
        matches!(said, GateOutcome::NothingDue { after: Some(after) } if after <= Duration::from_secs(60)),
        "others are not held up, and it is looked at again: {said:?}"
    );
    ground.facts(&device, tagged(&["office"])).await;
    assert!(ground.attention(&device).await.is_empty());
    ground.call_succeeds().await;
    let waited = "SELECT device_id FROM quell.actions WHERE facts_awaited_at IS NOT NULL".to_owned();
    assert_eq!(ground.words(waited).await, [""; 0], "it waits no more");
    ground.close().await;
}

#[tokio::test]
async fn a_page_of_the_inventory_lets_a_waiting_restriction_go_on_too() {
    let mut ground = guarded().await;
    let device = queued_and_stale(&mut ground).await;
    ground.ask_the_gate(Lane::Low).await;
    let terms = SweepTerms {
        every: Duration::from_secs(3_600),
        rest: Duration::from_secs(60),
        good_for: Duration::from_secs(60),
        known_for: Duration::from_secs(3_600),
    };
    let due = ground.store.sweep_due(ground.tenant, terms).await;
    let SweepDue::Page(sweep) = due.expect("the database is up") else {
        panic!("there was none before");
    };
    let page = SweptPage {
        devices: &[(device, tagged(&["office"]))],
        refused: 0,
        next_page: None,
        received: 1,
    };
    let stored = ground.store.sweep_store(ground.tenant, &sweep, &page).await;
    stored.expect("the database is up");
    ground.call_succeeds().await;
    ground.close().await;
}

#[tokio::test]
async fn a_protection_that_fresh_facts_show_in_the_gate_protects() {
    let mut ground = guarded().await;
    let device = queued_and_stale(&mut ground).await;
    ground.ask_the_gate(Lane::Low).await;
    ground
        .facts(&device, tagged(&["office", "ＴＩＥＲ\u{2011}0"]))
        .await;
    let (_, said) = ground.ask_the_gate(Lane::Low).await;
    assert!(matches!(said, GateOutcome::Settled), "{said:?}");
    assert_eq!(ground.actions(&device).await, ["restrict withdrawn"]);
    assert_eq!(ground.attention(&device).await, ["protected by never.tags"]);
    ground.close().await;
}

#[tokio::test]
async fn a_restriction_that_waits_too_long_for_facts_needs_a_person_and_is_not_forgotten() {
    let mut ground = guarded().await;
    let device = queued_and_stale(&mut ground).await;
    ground.ask_the_gate(Lane::Low).await;
    assert!(ground.attention(&device).await.is_empty());
    ground.pass(SignedDuration::from_secs(61)).await;
    ground.ask_the_gate(Lane::Low).await;
    assert_eq!(
        ground.attention(&device).await,
        ["the restriction waits: what the never list depends on is not known of the device"]
    );
    assert_eq!(ground.actions(&device).await, ["restrict queued"]);
    ground.facts(&device, tagged(&[])).await;
    let (_, granted) = ground.reserve().await.expect("its facts are there");
    assert_eq!(granted.device, device);
    assert!(
        ground.attention(&device).await.is_empty(),
        "nobody has to look any more"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_restriction_that_expires_while_it_waits_for_facts_says_so() {
    let mut ground = guarded().await;
    let device = queued_and_stale(&mut ground).await;
    ground.facts(&device, DeviceFacts::default()).await;
    ground.ask_the_gate(Lane::Low).await;
    ground.pass(SignedDuration::from_mins(61)).await;
    assert_eq!(ground.expire().await.invalid, 1);
    assert_eq!(
        ground.attention(&device).await,
        ["restrict expired: not sent within its validity"]
    );
    ground.close().await;
}

#[tokio::test]
async fn fresh_facts_that_leave_a_list_open_need_a_person_at_once_and_are_not_fetched_again_and_again() {
    let mut ground = guarded().await;
    let device = queued_and_stale(&mut ground).await;
    ground.facts(&device, DeviceFacts::default()).await;
    let (_, said) = ground.ask_the_gate(Lane::Low).await;
    assert!(matches!(said, GateOutcome::Settled), "{said:?}");
    assert_eq!(wanting(&mut ground).await, 0);
    assert_eq!(ground.attention(&device).await.len(), 1);
    assert_eq!(ground.actions(&device).await, ["restrict queued"]);
    ground.close().await;
}

#[tokio::test]
async fn what_a_person_approved_although_it_is_unknown_is_called() {
    let mut ground = guarded().await;
    let device = device('a');
    ground.facts(&device, DeviceFacts::default()).await;
    ground.alert("one", &device).await;
    assert_eq!(ground.decision().await, "ask if_unknown.device.tags");
    ground
        .execute(
            "INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, revision, lifts, reason)
             SELECT id, tenant_id, 'ana', 'approved', revision, 'ask, ' || ask_lifts, 'it is ours' FROM quell.containments"
                .to_owned(),
        )
        .await;
    ground
        .execute(
            "UPDATE quell.containments SET state = 'active', activated_at = quell.now(),
                 until = quell.now() + release_after, state_by = 'ana', state_reason = 'approved'"
                .to_owned(),
        )
        .await;
    // A second alert finds it active, and its device converges.
    ground.facts(&device, tagged(&["office"])).await;
    ground.alert("one", &device).await;
    ground.facts(&device, DeviceFacts::default()).await;
    if ground.actions(&device).await.is_empty() {
        panic!("nothing was queued");
    }
    assert!(ground.reserve().await.is_some());
    ground.close().await;
}
