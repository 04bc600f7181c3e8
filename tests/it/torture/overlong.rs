//! A process that stands still for longer than the service's tail, between the check of its deadline and the sending: the
//! one thing that no program in user space can close. It must show: the call that comes after its attempt was taken for
//! not executed is counted in `quell_action_seen_after_quiescence_total`, and a person is told.

use std::time::Duration;

use crate::support::alert::{alert, device, ndjson, restrict, storm};
use crate::support::daemon::Daemon;
use crate::support::{Setup, World, eventually, http, within};

const SCALE: u32 = 100;
const MINUTE: Duration = Duration::from_secs(60);
const METRIC: &str = "quell_action_seen_after_quiescence_total";

#[tokio::test]
async fn a_pause_beyond_the_servers_tail_shows_as_a_metric_and_an_error() {
    let rounds = super::number("QUELL_TORTURE_OVERLONG", 1);
    let (mut round, mut shown) = (0, 0);
    while shown < rounds {
        round += 1;
        assert!(
            round <= rounds + 5,
            "the late call never arrived: {shown} of {round}"
        );
        shown += u64::from(one_pause(fastrand::Rng::with_seed(round).u64(2..12)).await);
    }
}

/// Says whether the late call was carried out: it is not when the service has closed the connection meanwhile.
async fn one_pause(nth: u64) -> bool {
    let mut world = Setup::new(SCALE, &[&restrict("storm", "6d")]).prepare().await;
    let mut paused = world.spawn(&[], Some(&format!("redeemed_nothing_sent:{nth}:stop")));
    assert!(paused.ready().await, "{}", paused.log());
    let body = ndjson(&storm(20));
    let sent = http::post(paused.addr, "/v1/events", "application/x-ndjson", &body).await;
    assert_eq!(sent.expect("the daemon answers").status, 202);
    eventually("it stands still", MINUTE, async || stands_still(&paused)).await;
    // Another takes over, waits for the quiescence, finds nothing, and sends anew.
    world.start().await;
    world.until_idle(MINUTE).await;
    world
        .seen("all are restricted", MINUTE, |report| report.restricted_now == 20)
        .await;
    assert_eq!(
        world.simulator.report().action_calls,
        20,
        "the paused call was sent by another"
    );
    paused.signal("-CONT");
    let arrived = within(MINUTE / 4, async || world.simulator.report().action_calls == 21).await;
    if !arrived {
        drop(paused);
        world.until_idle(MINUTE).await;
        world.finish().await;
        return false;
    }
    // Something is under way, so that Defender's list is read.
    world.send(&[alert("more", &device(21))]).await;
    let mut seen = 0.0;
    eventually("the late call is counted", MINUTE, async || {
        seen = counted(world.daemon()).await + counted(&paused).await;
        seen > 0.0
    })
    .await;
    // A person is told: an error in the log, and a row that `quell status` shows for a day.
    let told = |daemon: &Daemon| {
        let mut lines = daemon
            .log()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .into_iter();
        lines.any(|line| line.contains("\"ERROR\"") && line.contains("seen_after_quiescence"))
    };
    assert!(told(world.daemon()) || told(&paused), "nobody is told");
    // It is told before its transaction commits.
    let alarms = "SELECT count(*) = 1 FROM quell.alarms WHERE kind = 'seen_after_quiescence'";
    world.until(MINUTE, alarms).await;
    world.until_idle(MINUTE).await;
    drop(paused);
    end(world).await;
    true
}

/// The simulator counts the double, as it must: nothing else may be wrong.
async fn end(mut world: World) {
    let report = world.simulator.report();
    assert_eq!(
        (report.duplicates, report.opposite_while_open),
        (1, 0),
        "{report:?}"
    );
    world.expects_doubles = 1;
    world.finish().await;
}

fn stands_still(daemon: &Daemon) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", daemon.id())).unwrap_or_default();
    // After the name in parentheses.
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| rest.trim_start().starts_with('T'))
}

/// What the metric says.
async fn counted(daemon: &Daemon) -> f64 {
    let page = http::get(daemon.addr, "/metrics").await;
    let page = page.map(|reply| reply.body).unwrap_or_default();
    page.lines()
        .filter(|line| line.starts_with(METRIC))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum()
}
