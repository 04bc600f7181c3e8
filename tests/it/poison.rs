//! An event that kills the process that decides it: the real daemon dies of it once
//! in a batch and twice alone, then it is a dead letter, its device goes on, and
//! every other event is decided once. Of an event over which the decider panics nobody
//! dies: it is a dead letter after the second panic, or waits, and nothing waits for it
//! but its device.

use std::time::Duration;

use crate::support::alert::{alert, device, storm_playbook};
use crate::support::daemon::Daemon;
use crate::support::{Setup, World, eventually};

/// The titles that the fail point looks for.
const TITLE: &str = "this event kills whoever decides it";
const PANICS: &str = "this event makes whoever decides it panic";
const READ: &str = "this event makes whoever reads it panic";
const AMONG: &str = "this event makes whoever reads it among others panic";
/// What the daemon logs of each panic over one event.
const HELD: &str = "the decider panicked over an event alone: it is held";
/// Events that were decided before earlier ones of their device.
const DISORDER: &str = "SELECT count(*) FROM quell.decisions d JOIN quell.events e ON e.id = d.event_id
    JOIN quell.decisions x ON x.device_id = d.device_id JOIN quell.events y ON y.id = x.event_id
    WHERE y.alert_id > e.alert_id AND x.decided_at < d.decided_at";
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
    assert_eq!(world.number(DISORDER).await, 0);
    world.adopt(daemon);
    world.until_idle(SOON).await;
    world.finish().await;
}

/// A world whose daemon panics, or dies, over events with the titles above.
async fn poisoned() -> World {
    let mut world = Setup::new(100, &[&storm_playbook()]).prepare().await;
    let mut daemon = world.spawn(&["--migrate"], Some("poison"));
    assert!(daemon.ready().await, "{}", daemon.log());
    world.adopt(daemon);
    world
}

/// Says that it still runs, and gives it back.
async fn lives(world: &mut World) {
    let mut daemon = world.disown();
    assert!(daemon.ended().is_none(), "nobody dies of a panic");
    world.adopt(daemon);
}

fn held(daemon: &Daemon) -> usize {
    daemon.says(HELD).len()
}

#[tokio::test]
async fn an_event_over_which_the_decider_panics_twice_alone_is_put_aside_and_the_process_lives() {
    let mut world = poisoned().await;
    let mut records: Vec<_> = (0..EVENTS)
        .map(|n| alert(&format!("e{n:02}"), &device(n % 8)))
        .collect();
    records[14]["title"] = PANICS.into();
    records[21]["title"] = READ.into();
    world.send(&records).await;
    let over = "SELECT NOT EXISTS (SELECT 1 FROM quell.inbox)";
    world.until(SOON, over).await;
    lives(&mut world).await;
    let why = world
        .texts("SELECT device_id || ' ' || reason FROM quell.dead_letters ORDER BY device_id")
        .await;
    let told = |n: usize, words: &str| {
        format!(
            "{} the event cannot be decided: the decider panicked twice while it was deciding this event alone: {words}",
            device(n)
        )
    };
    let expected = [
        told(5, "its title asks for a panic of readers"),
        told(6, "its title asks for a panic"),
    ];
    assert_eq!(why, expected);
    let all = i64::try_from(EVENTS).expect("a small number");
    let decided = world.number("SELECT count(*) FROM quell.decisions").await;
    assert_eq!(decided, all - 2);
    assert_eq!(world.number(DISORDER).await, 0);
    let said = world.daemon().says(HELD);
    assert_eq!(said.len(), 4, "each panicked twice alone: {said:?}");
    assert!(said.iter().all(|line| line["event.id"].is_string()), "{said:?}");
    world.until_idle(SOON).await;
    world.finish().await;
}

#[tokio::test]
async fn where_every_event_panics_all_are_held_and_of_many_that_do_three_are_put_aside_in_an_hour() {
    let mut world = poisoned().await;
    let mut records: Vec<_> = (0..6).map(|n| alert(&format!("e{n}"), &device(n))).collect();
    for record in &mut records {
        record["title"] = PANICS.into();
    }
    world.send(&records).await;
    world
        .until(
            SOON,
            "SELECT EXISTS (SELECT 1 FROM quell.alarms WHERE kind = 'events_held')",
        )
        .await;
    eventually("each has panicked twice alone", SOON, async || {
        held(world.daemon()) >= 12
    })
    .await;
    let letters = "SELECT count(*) FROM quell.dead_letters";
    let waiting = "SELECT count(*) FROM quell.inbox WHERE source <> 'quell.heartbeat'";
    assert_eq!(
        world.number(letters).await,
        0,
        "nothing says that it is their fault"
    );
    assert_eq!(world.number(waiting).await, 6);

    world.send(&[alert("intruder", &device(6))]).await;
    let decided = "SELECT count(*) = 1 FROM quell.decisions";
    world.until(Duration::from_secs(5), decided).await;
    let three = "SELECT count(*) = 3 FROM quell.dead_letters";
    world.until(SOON, three).await;
    let before = held(world.daemon());
    eventually("the others are tried again", SOON, async || {
        held(world.daemon()) >= before + 4
    })
    .await;
    assert_eq!(world.number(letters).await, 3);
    assert_eq!(world.number(waiting).await, 3);
    lives(&mut world).await;

    // Whoever mends it has what was held decided: nothing of it is lost.
    let (status, _) = world.terminate().await;
    assert!(status.success(), "the daemon ended with {status}");
    world.start().await;
    world.until_idle(Duration::from_secs(60)).await;
    assert_eq!(world.number("SELECT count(*) FROM quell.decisions").await, 4);
    assert_eq!(world.number(letters).await, 3);
    world.finish().await;
}

#[tokio::test]
async fn a_panic_in_reading_that_no_single_row_explains_ends_the_process_and_costs_no_event() {
    let mut world = poisoned().await;
    let mut records: Vec<_> = (0..5).map(|n| alert(&format!("e{n}"), &device(n))).collect();
    records[2]["title"] = AMONG.into();
    world.send(&records).await;
    let mut daemon = world.disown();
    let status = daemon.death(SOON).await;
    assert!(!status.success(), "it ended as if it had been told to");
    assert_eq!(held(&daemon), 0, "{}", daemon.log());
    let deciders = world.number("SELECT count(*) FROM quell.deciders").await;
    assert_eq!(deciders, 1, "who starts next finds its name");
    let mut daemon = world.spawn(&[], Some("poison"));
    assert!(daemon.ready().await, "{}", daemon.log());
    world.adopt(daemon);
    world.until_idle(SOON).await;
    lives(&mut world).await;
    assert_eq!(world.number("SELECT count(*) FROM quell.decisions").await, 5);
    assert_eq!(world.number("SELECT count(*) FROM quell.dead_letters").await, 0);
    world.finish().await;
}
