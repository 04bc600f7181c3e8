//! An event that kills the process that decides it: the real daemon dies of it once
//! in a batch and twice alone, then it is a dead letter, its device goes on, and
//! every other event is decided once.

use std::time::Duration;

use crate::support::alert::{alert, device, storm_playbook};
use crate::support::{Setup, eventually};

/// The title that the fail point looks for.
const TITLE: &str = "this event kills whoever decides it";
const EVENTS: usize = 40;
const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_event_that_kills_the_decider_twice_is_put_aside_and_all_others_are_decided_in_order() {
    let mut world = Setup::new(100, &[&storm_playbook()]).prepare().await;
    let mut records: Vec<_> = (0..EVENTS)
        .map(|n| alert(&format!("e{n:02}"), &device(n % 8)))
        .collect();
    records[19]["title"] = TITLE.into();
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
            is_over = world.number("SELECT count(*) FROM quell.dead_letters").await == 1
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
        "the first death may be anybody's, the second one may be from outside"
    );
    let why = world
        .texts("SELECT device_id || ' ' || reason FROM quell.dead_letters")
        .await;
    let told = format!(
        "{} the event cannot be decided: the process died twice while it was deciding this event",
        device(3)
    );
    assert_eq!(why, [told]);
    let all = i64::try_from(EVENTS).expect("a small number");
    assert_eq!(
        world.number("SELECT count(*) FROM quell.decisions").await,
        all - 1
    );
    let disorder = "SELECT count(*) FROM quell.decisions d JOIN quell.events e ON e.id = d.event_id
        JOIN quell.decisions x ON x.device_id = d.device_id JOIN quell.events y ON y.id = x.event_id
        WHERE y.alert_id > e.alert_id AND x.decided_at < d.decided_at";
    assert_eq!(world.number(disorder).await, 0);
    world.adopt(daemon);
    world.until_idle(SOON).await;
    world.finish().await;
}
