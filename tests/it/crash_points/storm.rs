//! The small storm in which the daemon dies: devices that are restricted for good, that are released soon, that are
//! offline so that their restriction is cancelled, and that somebody else has restricted already.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use quell::clock::Monotonic;
use quell::failpoint::armed::Point;
use quell::simulator::{DeviceOverride, Faults, Kind};
use serde_json::Value;

use super::left;
use crate::support::alert::{RELEASE, alert, device, ndjson, resolved, restrict};
use crate::support::daemon::Daemon;
use crate::support::{Setup, World, http};

const SCALE: u32 = 100;
const SIGABRT: i32 = 6;
/// How long anything may take on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(180);

/// What becomes of a device, by its number.
const KEPT: std::ops::Range<usize> = 0..10;
const RELEASED: std::ops::Range<usize> = 10..18;
const OFFLINE: std::ops::Range<usize> = 18..22;
const OTHERS: std::ops::Range<usize> = 22..24;

/// A delivery of the source, which is repeated until it is acknowledged.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The alerts' ids.
    pub alerts: Vec<String>,
    /// The records.
    pub records: Vec<Value>,
    /// Whether the source has heard that it was stored.
    pub is_acknowledged: bool,
}

impl Delivery {
    fn new(records: Vec<Value>) -> Self {
        let ids = records.iter().filter_map(|record| record["id"].as_str());
        Self {
            alerts: ids.map(str::to_owned).collect(),
            records,
            is_acknowledged: false,
        }
    }

    async fn send(&mut self, daemon: &Daemon) -> bool {
        let body = ndjson(&self.records);
        let reply = http::post(daemon.addr, "/v1/events", "application/x-ndjson", &body).await;
        let is_stored = matches!(reply, Ok(reply) if reply.status == 202);
        self.is_acknowledged |= is_stored;
        is_stored
    }
}

/// At which of the times that it is reached the point strikes, at most: not every point is reached often.
fn at_most(point: Point) -> u64 {
    match point {
        Point::LookUpDoneNotRecorded | Point::DrainAfterSigterm => 1,
        Point::PlaybookSwap => 2,
        Point::EventReceivedNothingStored
        | Point::StoredNotAcknowledged
        | Point::ReleaseQueuedRestrictNotFinal
        | Point::ReconcileGetDoneNotRecorded
        | Point::TokenRefresh => 3,
        Point::CancelDoneNotRecorded => 2,
        Point::AcknowledgedNotDecided => 4,
        _ => 12,
    }
}

fn setup(point: Point, seed: u64) -> Setup {
    let playbooks = [
        &restrict("kept", "6d"),
        RELEASE,
        &offline_playbook(is_about_pending(point)),
    ];
    Setup::new(SCALE, &playbooks)
        .set("call", "{cancel_after: 60s}")
        .simulate(|simulator| {
            simulator.seed = seed;
            simulator.pending_for = Duration::from_secs(20)..=Duration::from_secs(40);
            simulator.token_lifetime = Duration::from_secs(100);
            let away = if is_about_pending(point) { 1_500 } else { 400 };
            for n in OFFLINE.chain(OTHERS) {
                let offline = DeviceOverride {
                    offline_for: Some(Duration::from_secs(away)),
                    machine_tags: Some(vec!["offline".to_owned()]),
                    ..DeviceOverride::default()
                };
                simulator.devices.insert(device(n), offline);
            }
            simulator.faults = match point {
                // Its answers come so late that nobody can have read them when the point strikes.
                Point::ProcessedAnswerUnread => Faults {
                    slow_percent: 100.0,
                    slow_for_ms: 600,
                    spare_reads: true,
                    ..Faults::default()
                },
                Point::LookUpDoneNotRecorded => Faults {
                    drop_after_processing_percent: 30.0,
                    spare_reads: true,
                    ..Faults::default()
                },
                _ => Faults::default(),
            };
        })
}

/// Whether the point is reached only while an action is pending: then it is pending long enough for a busy machine.
fn is_about_pending(point: Point) -> bool {
    matches!(
        point,
        Point::ReconcileGetDoneNotRecorded
            | Point::CancelDoneNotRecorded
            | Point::ReleaseQueuedRestrictNotFinal
    )
}

/// Restricts those of the alerts that name it, for a short while only.
fn offline_playbook(is_longer: bool) -> String {
    let after = if is_longer { "8m" } else { "3m" };
    restrict("short", after).replace(
        "alert.severity: {at_least: high}",
        "alert.category: {any_of: [Short]}",
    )
}

/// The deliveries in order, cut at random.
fn deliveries(dice: &mut fastrand::Rng) -> Vec<Delivery> {
    let mut records: Vec<Value> = KEPT
        .chain(RELEASED)
        .chain(OTHERS)
        .map(|n| alert(&format!("kept-{n}"), &device(n)))
        .collect();
    records.extend(OFFLINE.map(|n| {
        let mut record = alert(&format!("short-{n}"), &device(n));
        record["severity"] = "Low".into();
        record["category"] = "Short".into();
        record
    }));
    dice.shuffle(&mut records);
    let mut deliveries: Vec<Delivery> = records
        .chunks(dice.usize(4..7))
        .map(|chunk| Delivery::new(chunk.to_vec()))
        .collect();
    let news: Vec<Value> = RELEASED
        .map(|n| resolved(&format!("kept-{n}"), &device(n)))
        .collect();
    deliveries.extend(news.chunks(4).map(|chunk| Delivery::new(chunk.to_vec())));
    deliveries
}

/// How long it took, from the daemon's death.
#[derive(Clone, Copy, Debug)]
pub struct Recovery {
    /// Until the next call that changes something; `None`: there was nothing left to call.
    pub calls: Option<Duration>,
    /// Until everything had come to its end, the rest of the storm and the devices' own time included.
    pub over: Duration,
}

/// One run of one point.
pub async fn die_and_recover(point: Point, seed: u64) -> Recovery {
    let mut dice = fastrand::Rng::with_seed(seed ^ (point as u64) << 32);
    let setup = setup(point, seed);
    let mut world = match point {
        Point::Migration => setup.prepare_unmigrated().await,
        _ => setup.prepare().await,
    };
    for n in OTHERS {
        let begun = world.simulator.act_by_other(&device(n), Kind::Restrict);
        assert!(begun.is_some(), "the device is known and nothing is open on it");
    }
    let mut deliveries = deliveries(&mut dice);
    let nth = dice.u64(1..=at_most(point));
    let arguments: &[&str] = if point == Point::Migration {
        &["--migrate"]
    } else {
        &[]
    };
    let mut daemon = world.spawn(arguments, Some(&format!("{}:{nth}", point.name())));
    if daemon.ready().await {
        stimulate(point, nth, &mut world, &mut daemon, &mut deliveries).await;
    }
    let status = daemon.death(PATIENCE).await;
    let died = Monotonic::now();
    assert_eq!(
        status.signal(),
        Some(SIGABRT),
        "{} with seed {seed}: it ended otherwise than by its fail point: {status}",
        point.name()
    );
    let reached = daemon.says("fail point reached");
    assert_eq!(reached[0]["point"], point.name());
    left::behind(point, nth, &world, &deliveries).await;
    let before = world.simulator.report().action_calls;

    let mut daemon = world.spawn(arguments, None);
    assert!(daemon.ready().await, "it starts again:\n{}", daemon.log());
    // A source that has not heard repeats, and one that has may do so too.
    let repeated = dice.usize(0..deliveries.len());
    for (n, delivery) in deliveries.iter_mut().enumerate() {
        if !delivery.is_acknowledged || n == repeated {
            assert!(
                delivery.send(&daemon).await,
                "the daemon takes it now: {delivery:?}"
            );
        }
    }
    world.adopt(daemon);
    let mut calls = None;
    let first = async {
        world
            .simulator
            .wait_until(|report| report.action_calls > before)
            .await;
        calls = Some(died.elapsed());
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = first => {}
        () = converged(&world) => {}
    }
    let over = died.elapsed();
    in_order(&world);
    world.finish().await;
    Recovery { calls, over }
}

/// Sends the storm until the daemon dies, and does what brings it to its point.
async fn stimulate(
    point: Point,
    nth: u64,
    world: &mut World,
    daemon: &mut Daemon,
    deliveries: &mut [Delivery],
) {
    let count = deliveries.len();
    for (n, delivery) in deliveries.iter_mut().enumerate() {
        if !delivery.send(daemon).await {
            return;
        }
        match point {
            Point::PlaybookSwap if nth == 2 && n == 2 => {
                let more = offline_playbook(false)
                    .replace("id: short", "id: another")
                    .replace("Short", "None");
                world.write("playbooks/another.yaml", &more);
                daemon.hang_up();
            }
            Point::DrainAfterSigterm if n + 2 == count => {
                daemon.signal("-TERM");
                return;
            }
            _ => {}
        }
        // The releases are to meet restrictions that are not final; the others a storm under way.
        let calls = world.simulator.report().action_calls + 4;
        let more = world.simulator.wait_until(|report| report.action_calls >= calls);
        let _ = tokio::time::timeout(Duration::from_millis(300), more).await;
        if daemon.ended().is_some() {
            return;
        }
    }
}

/// Waits until there is nothing left to do and every device is as it is to be, here and at Defender.
async fn converged(world: &World) {
    world
        .until(
            PATIENCE,
            "SELECT (SELECT count(*) FROM quell.events) >= 7 AND NOT EXISTS (SELECT 1 FROM quell.inbox)
                AND NOT EXISTS (SELECT 1 FROM quell.containments WHERE playbook = 'short' AND state = 'active')",
        )
        .await;
    world.until_idle(PATIENCE).await;
    for n in KEPT.chain(OTHERS) {
        assert!(world.simulator.is_restricted(&device(n)), "device {n} is lost");
    }
    for n in RELEASED.chain(OFFLINE) {
        assert!(
            !world.simulator.is_restricted(&device(n)),
            "device {n} is restricted"
        );
    }
    // Where the others' restriction had come to its end before ours was sent, ours is a restriction like any other.
    let restricted =
        "SELECT count(*) FROM quell.devices WHERE restriction IN ('restricted', 'restricted_by_other')";
    assert_eq!(
        world.number(restricted).await,
        (KEPT.len() + OTHERS.len()) as i64,
        "what quell knows of the devices"
    );
}

/// On no device was more than one restriction carried out, and none after the release. Where the news that ended it came
/// before the call, none was made.
fn in_order(world: &World) {
    let journal = world.simulator.journal();
    for n in KEPT.chain(RELEASED).chain(OFFLINE) {
        let id = device(n);
        let executed: Vec<&str> = journal
            .iter()
            .filter(|entry| entry.method == "POST" && entry.device.as_deref() == Some(&id))
            .filter(|entry| entry.action.is_some())
            .map(|entry| {
                if entry.path.contains("unrestrict") {
                    "release"
                } else {
                    "restrict"
                }
            })
            .collect();
        match executed.as_slice() {
            ["restrict"] if KEPT.contains(&n) => {}
            [] | ["restrict", "release"] if !KEPT.contains(&n) => {}
            calls => panic!("device {n}: {calls:?}"),
        }
    }
}
