//! A network between quell and Postgres that loses connections, or loses them without a word.

use std::time::Duration;

use crate::support::alert::{storm, storm_playbook};
use crate::support::{Setup, eventually};

const SCALE: u32 = 60;
const DEVICES: usize = 130;
const ALL: u64 = DEVICES as u64;
const LONG: Duration = Duration::from_secs(90);

#[tokio::test]
async fn connections_that_fall_silent_are_given_up_and_the_storm_goes_on() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .through_proxy()
        .start()
        .await;
    world.send(&storm(DEVICES)).await;
    world
        .seen("the storm is under way", LONG, |report| report.action_calls >= 20)
        .await;
    world.proxy().fall_silent();
    eventually("it is noticed that nobody answers", LONG, async || {
        !world.daemon().says("submit is waiting for postgres").is_empty()
    })
    .await;
    // The old connections stay silent for ever: whatever waits for them must have let go.
    world.proxy().come_back();
    world
        .seen("every device is restricted", LONG, |report| {
            report.restricted_now == ALL
        })
        .await;
    world.finish().await;
}

#[tokio::test]
async fn connections_that_are_cut_again_and_again_lose_and_double_nothing() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .through_proxy()
        .start()
        .await;
    world.send(&storm(DEVICES)).await;
    for calls in [10, 30, 50, 70, 90] {
        world
            .seen("the storm goes on", LONG, |report| report.action_calls >= calls)
            .await;
        world.proxy().cut();
    }
    world
        .seen("every device is restricted", LONG, |report| {
            report.restricted_now == ALL
        })
        .await;
    world.finish().await;
}

#[tokio::test]
async fn a_daemon_that_postgres_does_not_answer_ends_in_time_and_what_it_left_is_done_later() {
    let mut world = Setup::new(SCALE, &[&storm_playbook()])
        .through_proxy()
        .start()
        .await;
    world.send(&storm(DEVICES)).await;
    world
        .seen("the storm is under way", LONG, |report| report.action_calls >= 20)
        .await;
    world.proxy().fall_silent();
    // Within its 34 s.
    world.terminate().await;
    // Nobody waits to the last but those who have to write down what Defender answered, and the lease that they call under.
    for aborted in world.said("not all tasks have finished: they are aborted") {
        let tasks = aborted["tasks"].as_str().expect("their names");
        assert_eq!(tasks, r#"["lease", "submit"]"#);
    }
    world.proxy().come_back();
    world.start().await;
    world
        .seen("every device is restricted", LONG, |report| {
            report.restricted_now == ALL
        })
        .await;
    world.finish().await;
}
