//! An event that kills the process that decides it: the real daemon dies of it once
//! in a batch and twice alone, then it is a dead letter, its device goes on, and
//! every other event is decided once. An event over which it panics is a dead letter
//! after the second panic, and the daemon lives.

use std::time::Duration;

use crate::support::alert::{alert, device, storm_playbook};
use crate::support::{Setup, eventually};

/// The title that the fail point looks for.
const TITLE: &str = "this event kills whoever decides it";
const PANICS: &str = "this event makes whoever decides it panic";
const EVENTS: usize = 40;
const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_event_that_kills_the_decider_twice_is_put_aside_and_all_others_are_decided_in_order() {
    let mut world = Setup::new(100, &[&storm_playbook()]).prepare().await;
    let mut records: Vec<_> = (0..EVENTS)
        .map(|n| alert(&format!("e{n:02}"), &device(n % 8)))
        .collect();
    records[19]["title"] = TITLE.into();
    records[14]["title"] = PANICS.into();
    let mut daemon = world.spawn(&["--migrate"], Some("poison"));
    assert!(daemon.ready().await, "{}", daemon.log());
    world.adopt(daemon);
    world.send(&records).await;
    let mut daemon = world.disown();
    let mut deaths = 0;
    loop {
        let mut is_over = false;
        let mut died = false;
        eventually("it is decided, or dead", SOON, async || {
            is_over = world.number("SELECT count(*) FROM quell.dead_letters").await == 2
                && world.number("SELECT count(*) FROM quell.inbox").await == 0;
            died = daemon.ended().is_some();
            is_over || died
        })
        .await;
        if !died {
            assert!(is_over);
            break;
        }
        deaths += 1;
        assert!(deaths <= 3, "it died of one event {deaths} times");
        daemon = world.spawn(&[], Some("poison"));
    }
    assert_eq!(
        deaths, 3,
        "the first death may be anybody's, the second one may be from outside, and nobody dies of a panic"
    );
    let why = world
        .texts("SELECT device_id || ' ' || reason FROM quell.dead_letters ORDER BY device_id")
        .await;
    let told = |n: usize, why: &str| format!("{} the event cannot be decided: {why} this event", device(n));
    let panicked = told(6, "the decider panicked twice while it was deciding");
    assert_eq!(
        why,
        [
            told(3, "the process died twice while it was deciding"),
            panicked + ": it has the title of one that does that",
        ]
    );
    let all = i64::try_from(EVENTS).expect("a small number");
    assert_eq!(
        world.number("SELECT count(*) FROM quell.decisions").await,
        all - 2
    );
    let disorder = "SELECT count(*) FROM quell.decisions d JOIN quell.events e ON e.id = d.event_id
        JOIN quell.decisions x ON x.device_id = d.device_id JOIN quell.events y ON y.id = x.event_id
        WHERE y.alert_id > e.alert_id AND x.decided_at < d.decided_at";
    assert_eq!(world.number(disorder).await, 0);
    world.adopt(daemon);
    world.until_idle(SOON).await;
    world.finish().await;
}
