//! Defender answers badly, not at all, too late, or with no. Every action still comes to its end, and none is doubled.

use std::time::Duration;

use quell::simulator::{DuplicateMode, Faults, Kind, Window};

use crate::support::alert::{RELEASE, alert, device, resolved, restrict, storm, storm_playbook};
use crate::support::{Setup, World, eventually, throughout};

const SCALE: u32 = 100;
const MINUTE: Duration = Duration::from_secs(60);

async fn contained(world: &World, devices: i64) {
    world
        .until(
            2 * MINUTE,
            &format!("SELECT count(*) = {devices} FROM quell.devices WHERE restriction = 'restricted'"),
        )
        .await;
    world.until_idle(MINUTE).await;
}

#[tokio::test]
async fn lost_broken_and_refused_answers_double_nothing_and_lose_nothing() {
    let world = Setup::new(SCALE, &[&storm_playbook(), RELEASE])
        .simulate(|simulator| {
            // The list may lag behind by 25 s, says the configuration: what it does not show yet may have been executed.
            simulator.read_after_write = Duration::from_secs(20);
            simulator.faults = Faults {
                reset_before_processing_percent: 3.0,
                http_503_before_processing_percent: 3.0,
                unauthorized_percent: 3.0,
                drop_after_processing_percent: 3.0,
                cut_after_processing_percent: 3.0,
                http_500_after_processing_percent: 3.0,
                garbage_body_percent: 3.0,
                ..Faults::default()
            };
        })
        .start()
        .await;
    world.send(&storm(300)).await;
    contained(&world, 300).await;
    let doubts = "SELECT count(DISTINCT entity_id) FROM quell.transitions WHERE to_state = 'in_doubt'";
    let doubted = world.number(doubts).await;
    assert!(doubted >= 15, "faults were put in the way of some: {doubted}");
    let found = world
        .number("SELECT count(*) FROM quell.transitions WHERE reason = 'found by its marker'")
        .await;
    assert!(
        found > 0,
        "some were executed without our hearing of it, and found by their marker"
    );
    let adopted = world
        .number("SELECT count(*) FROM quell.actions WHERE is_adopted")
        .await;
    assert_eq!(
        adopted, 0,
        "what we began ourselves is not taken for somebody else's"
    );

    let news: Vec<_> = (0..300)
        .map(|n| resolved(&format!("storm-{n}"), &device(n)))
        .collect();
    world.send(&news).await;
    world
        .seen("all are free", 2 * MINUTE, |report| report.restricted_now == 0)
        .await;
    world.until_idle(MINUTE).await;
    world.finish().await;
}

#[tokio::test]
async fn answers_later_than_the_time_out_are_looked_up_and_not_repeated() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .simulate(|simulator| {
            simulator.faults = Faults {
                slow_percent: 10.0,
                slow_for_ms: 1_500,
                spare_reads: true,
                ..Faults::default()
            };
        })
        .start()
        .await;
    world.send(&storm(100)).await;
    contained(&world, 100).await;
    let found = world
        .number("SELECT count(*) FROM quell.transitions WHERE reason = 'found by its marker'")
        .await;
    assert!(
        found > 0,
        "the time-out passed for some, and the list told of them"
    );
    assert_eq!(world.finish().await.action_calls, 100);
}

#[tokio::test]
async fn a_read_that_nobody_answered_holds_its_slot_as_long_as_it_may_still_be_counted() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .set("never", "{tags: [tier-0]}")
        .simulate(|simulator| {
            simulator.faults = Faults {
                drop_after_processing_percent: 100.0,
                ..Faults::default()
            };
        })
        .start()
        .await;
    world.send(&storm(3)).await;
    world
        .seen("facts are asked for", MINUTE, |report| report.read_calls >= 2)
        .await;
    world
        .until(
            MINUTE,
            "SELECT count(*) = 3 FROM quell.decisions WHERE kind = 'ask'",
        )
        .await;
    let reads = "SELECT count(*) FROM quell.attempts WHERE scope = 'reads'";
    // 0.5 s to send, 1 s to answer and 0.6 s of the server's own.
    let short = format!("{reads} AND slot_at < reserved_at + interval '2.1 s'");
    assert!(world.number(reads).await >= 2);
    assert_eq!(world.number(&short).await, 0);
    assert_eq!(world.finish().await.action_calls, 0);
}

#[tokio::test]
async fn a_revoked_token_is_replaced_and_nothing_is_lost() {
    let world = Setup::new(SCALE, &[&storm_playbook()]).start().await;
    world.send(&storm(150)).await;
    world
        .seen("the storm is under way", MINUTE, |report| {
            report.action_calls >= 30
        })
        .await;
    world.simulator.revoke_tokens();
    contained(&world, 150).await;
    let report = world.finish().await;
    assert!(
        report.token_requests <= 4,
        "the token is fetched once, by one: {report:?}"
    );
}

#[tokio::test]
async fn smaller_windows_at_defender_than_configured_pause_the_calls_as_told() {
    const PER: Duration = Duration::from_secs(3);
    let mut world = Setup::new(20, &[&storm_playbook()])
        .simulate(|simulator| simulator.windows = vec![Window::new(50, 60)])
        .start()
        .await;
    world.throttles = true;
    world.send(&storm(160)).await;
    contained(&world, 160).await;

    let calls: Vec<_> = world
        .simulator
        .journal()
        .into_iter()
        .filter(|entry| entry.method == "POST" && entry.device.is_some())
        .collect();
    let at = |n: usize| Duration::from_micros(calls[n].at_us);
    for refused in (0..calls.len()).filter(|n| calls[*n].status == 429) {
        // The window holds the 50 calls up to this one: it lets another through when the oldest of them has left it.
        let free_again = at(refused + 1 - 50) + PER;
        let too_early = (refused + 1..calls.len())
            .filter(|later| at(*later) > at(refused) + Duration::from_millis(500) && at(*later) < free_again);
        assert_eq!(too_early.count(), 0, "calls went on after {:?}", calls[refused]);
    }
    let refused = calls.iter().filter(|call| call.status == 429).count();
    assert!(
        (1..=60).contains(&refused),
        "{refused} of {} calls were refused",
        calls.len()
    );
    let report = world.finish().await;
    assert_eq!(report.restricted_now, 160);
}

#[tokio::test]
async fn what_somebody_else_has_in_progress_is_adopted_and_stays_when_our_reason_ends() {
    let theirs = device(1);
    let world = Setup::new(SCALE, &[&restrict("short", "15m")])
        .simulate(|simulator| {
            simulator.duplicate_mode = DuplicateMode::Reject400;
            // Their action is pending for 4 s while the device is out of reach.
            let away = quell::simulator::DeviceOverride {
                offline_for: Some(Duration::from_secs(400)),
                ..Default::default()
            };
            simulator.devices.insert(device(1), away);
        })
        .start()
        .await;
    let action = world
        .simulator
        .act_by_other(&theirs, Kind::Restrict)
        .expect("the device is known and free");
    world.send(&[alert("a", &theirs)]).await;
    world
        .until(
            MINUTE,
            "SELECT count(*) = 1 FROM quell.actions WHERE state = 'succeeded' AND is_adopted",
        )
        .await;
    assert_eq!(
        world.texts("SELECT defender_id FROM quell.actions").await,
        [action]
    );
    assert_eq!(
        world.texts("SELECT restriction FROM quell.devices").await,
        ["restricted_by_other"]
    );

    world
        .until(
            MINUTE,
            "SELECT count(*) = 1 FROM quell.containments WHERE state = 'ended' AND end_reason = 'time'",
        )
        .await;
    throughout(
        "nothing is released that somebody else restricted",
        Duration::from_secs(1),
        async || world.simulator.is_restricted(&theirs),
    )
    .await;
    assert_eq!(
        world.number("SELECT count(*) FROM quell.actions").await,
        1,
        "no release was queued"
    );
    eventually("the operator is told", Duration::from_secs(5), async || {
        world.daemon().log().contains("stays restricted")
    })
    .await;
    world.finish().await;
}

#[tokio::test]
async fn an_action_that_fails_is_tried_again_within_bounds_and_then_left_to_a_person() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .set("retry", "{max: 2, initial: 10s, cap: 20s}")
        .simulate(|simulator| {
            let failing = quell::simulator::DeviceOverride {
                fails: Some(true),
                ..Default::default()
            };
            simulator.devices.insert(device(0), failing);
        })
        .start()
        .await;
    world.send(&storm(2)).await;
    world
        .until(
            MINUTE,
            "SELECT count(*) = 1 FROM quell.containments WHERE state = 'active' AND attention IS NOT NULL",
        )
        .await;
    world.until_idle(MINUTE).await;
    let states = world
        .texts(&format!(
            "SELECT state FROM quell.actions WHERE device_id = '{}' ORDER BY id",
            device(0)
        ))
        .await;
    assert_eq!(states, ["failed", "failed", "failed"], "the first and two more");
    assert_eq!(world.finish().await.restricted_now, 1);
}

#[tokio::test]
async fn with_a_refused_secret_nothing_is_called_and_no_slot_is_spent() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .simulate(|simulator| simulator.credentials = Some(("another".to_owned(), "other".to_owned())))
        .start()
        .await;
    world.send(&storm(3)).await;
    world
        .until(
            MINUTE,
            "SELECT count(*) = 3 FROM quell.actions WHERE state = 'queued'",
        )
        .await;
    world
        .seen("a token is asked for again and again", MINUTE, |report| {
            report.token_requests >= 2
        })
        .await;
    let attempts = world
        .number("SELECT count(*) FROM quell.attempts WHERE scope = 'actions'")
        .await;
    assert_eq!(attempts, 0, "a slot that leads nowhere is not taken");
    assert_eq!(world.finish().await.action_calls, 0);
}
