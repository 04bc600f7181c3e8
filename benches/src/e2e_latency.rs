//! From an event's receipt to the first byte of its restrict call, and to its answer recorded, beside the floor: the durable
//! commits that the protocol needs and one POST, measured in turns with it.
//!
//! The daemon runs as a process of its own, against a bare server that notes first bytes. The devices' facts are known
//! beforehand, as they are for a device that had an alert within `facts.max_age`; fetching them would be one more read.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;

use crate::Effort;
use crate::floor::{self, Floor};
use crate::ground::{Daemon, Postgres, config};
use crate::measure::{Spread, percentile, spread};
use crate::recorder::Recorder;
use crate::report::{Verdict, figure, table};

mod subject;

use subject::Subject;

/// Pauses between two events of an idle daemon: it is at rest again, its connections are not cold.
const REST: Duration = Duration::from_millis(20);
const SENDERS: usize = 4;

/// One event's way, in milliseconds from its receipt.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    acknowledged: f64,
    wire: f64,
    recorded: f64,
}

/// How one setting of the log's flush came out.
#[derive(Debug, Serialize)]
struct Cell {
    bench: &'static str,
    fsync: &'static str,
    load: &'static str,
    rounds: usize,
    events: usize,
    per_second: f64,
    wire_p50_ms: Spread,
    wire_p99_ms: Spread,
    recorded_p50_ms: Spread,
    recorded_p99_ms: Spread,
    acknowledged_p50_ms: Spread,
    commits_p50_ms: Spread,
    commits_p99_ms: Spread,
    floor_p50_ms: Spread,
    bare_commit_p50_ms: Spread,
    post_p50_ms: Spread,
    wire_to_commits: Spread,
    daemon_cpu_ms: Spread,
    postgres_cpu_ms: Spread,
}

/// Where an event's time goes, in milliseconds: medians.
#[derive(Debug, Serialize)]
struct Timeline {
    bench: &'static str,
    fsync: &'static str,
    receipt_to_event: Spread,
    event_to_decision: Spread,
    decision_to_attempt: Spread,
    attempt_to_wire: Spread,
    wire_to_answer: Spread,
    flushes_an_event: f64,
}

/// Runs it and gives its verdicts.
pub fn run(effort: Effort) -> anyhow::Result<Vec<Verdict>> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(measure(effort))
}

async fn measure(effort: Effort) -> anyhow::Result<Vec<Verdict>> {
    let (rounds, events) = if effort.quick {
        (2, 25)
    } else {
        (effort.rounds, 100)
    };
    let postgres = Postgres::start(&["quell", "floor"])?;
    let recorder = Recorder::start()?;
    let directory = tempfile::tempdir()?;
    let settings = "caps: [{devices: 900000, per: 5s}, {devices: 1000000, per: 20s}]\nsurge: {per_source: 0, per_user: 0, per_title: 0}\noutstanding: 100000\n";
    let budget = "{windows: [{limit: 20000, per: 10s}, {limit: 30000, per: 20s}]}";
    let text = config(
        &postgres.url("quell"),
        &format!("http://{}", recorder.addr()),
        1,
        settings,
        budget,
    );
    let daemon = Daemon::start(directory.path(), &text, &[PLAYBOOK.to_owned()])?;
    let mut subject = Subject::new(&postgres, daemon, &recorder).await?;
    subject.sequence(30, REST).await?;
    let rows = subject.rows().await?;
    let mut floor = floor::Ground::new(&postgres, "floor", &recorder, rows).await?;
    for _ in 0..30 {
        floor.once(&recorder).await?;
    }
    println!(
        "flushing 8 kB in the server's directory takes {} ms here (median of 50)",
        figure(postgres.fsync_ms()?)
    );
    let mut verdicts = Vec::new();
    let settings: &[(&'static str, u64)] = if effort.quick {
        &[("on", 0)]
    } else {
        &[("on", 0), ("on, 4 ms slower", 4)]
    };
    for (fsync, delay) in settings {
        postgres.delay_fsync(Duration::from_millis(*delay))?;
        verdicts.extend(setting(fsync, &mut subject, &mut floor, rounds, events, effort.quick).await?);
    }
    let (calls, sent) = (subject.calls(), subject.sent);
    verdicts.push(Verdict {
        target: "one call for each event, none twice".to_owned(),
        got: format!("{calls} calls for {sent} events"),
        holds: calls == u64::from(sent),
        gates: true,
    });
    Ok(verdicts)
}

async fn setting(
    fsync: &'static str,
    subject: &mut Subject<'_>,
    floor: &mut floor::Ground,
    rounds: usize,
    events: usize,
    quick: bool,
) -> anyhow::Result<Vec<Verdict>> {
    let mut floors = Vec::new();
    let (mut idle, mut busy) = (Vec::new(), Vec::new());
    let mut idle_events = HashSet::new();
    let capacity = subject.capacity(if quick { 60 } else { 300 }).await?;
    for _ in 0..rounds {
        let mut of_round = Vec::new();
        for _ in 0..events {
            of_round.push(floor.once(subject.recorder).await?);
        }
        floors.push(of_round);
        let first = subject.sent;
        idle.push(subject.sequence(events, REST).await?);
        idle_events.extend(first + 1..=subject.sent);
        busy.push(subject.stream(events, capacity / 2.0).await?);
    }
    let before = subject.flushes().await?;
    subject.sequence(events, REST).await?;
    let per_event = (subject.flushes().await? - before) as f64 / events as f64;
    let timeline = subject.timeline(fsync, &idle_events, per_event).await?;
    println!("{}", serde_json::to_string(&timeline)?);
    let cells = [
        cell(fsync, "idle", &idle, &floors),
        cell(fsync, "half load", &busy, &floors),
    ];
    for cell in &cells {
        println!("{}", serde_json::to_string(cell)?);
    }
    print(fsync, &cells, &floors, &timeline, capacity);
    let ratio = cells[0].wire_to_commits;
    Ok(vec![
        Verdict {
            target: format!("fsync {fsync}: to the wire at most 1.8 times its three commits, p50, idle"),
            got: format!(
                "{} ({} to {})",
                figure(ratio.median),
                figure(ratio.min),
                figure(ratio.max)
            ),
            holds: ratio.median <= 1.8,
            gates: false,
        },
        Verdict {
            target: format!("fsync {fsync}: four flushes of the log an event, idle (at most 4.5)"),
            got: figure(per_event),
            holds: per_event <= 4.5,
            // In a short run the lease and the checkpoints weigh in.
            gates: !quick,
        },
    ])
}

/// A round of the subject.
struct Round {
    ways: Vec<Way>,
    daemon_cpu_ms: f64,
    postgres_cpu_ms: f64,
    per_second: f64,
}

fn cell(fsync: &'static str, load: &'static str, rounds: &[Round], floors: &[Vec<Floor>]) -> Cell {
    let of = |pick: fn(&Way) -> f64, p: f64| {
        spread(
            rounds
                .iter()
                .map(|round| percentile(round.ways.iter().map(pick), p)),
        )
    };
    let floor_of = |pick: fn(&Floor) -> f64, p: f64| {
        spread(floors.iter().map(|round| percentile(round.iter().map(pick), p)))
    };
    let ratios = rounds.iter().zip(floors).map(|(round, floor)| {
        percentile(round.ways.iter().map(|way| way.wire), 0.5)
            / percentile(floor.iter().map(Floor::to_the_wire), 0.5)
    });
    Cell {
        bench: "e2e_latency",
        fsync,
        load,
        rounds: rounds.len(),
        events: rounds.iter().map(|round| round.ways.len()).sum(),
        per_second: spread(rounds.iter().map(|round| round.per_second)).median,
        wire_p50_ms: of(|way| way.wire, 0.5),
        wire_p99_ms: of(|way| way.wire, 0.99),
        recorded_p50_ms: of(|way| way.recorded, 0.5),
        recorded_p99_ms: of(|way| way.recorded, 0.99),
        acknowledged_p50_ms: of(|way| way.acknowledged, 0.5),
        commits_p50_ms: floor_of(Floor::to_the_wire, 0.5),
        commits_p99_ms: floor_of(Floor::to_the_wire, 0.99),
        floor_p50_ms: floor_of(|floor| floor.to_the_wire() + floor.post + floor.answer, 0.5),
        bare_commit_p50_ms: floor_of(|floor| floor.bare, 0.5),
        post_p50_ms: floor_of(|floor| floor.post, 0.5),
        wire_to_commits: spread(ratios),
        daemon_cpu_ms: spread(rounds.iter().map(|round| round.daemon_cpu_ms)),
        postgres_cpu_ms: spread(rounds.iter().map(|round| round.postgres_cpu_ms)),
    }
}

fn print(fsync: &str, cells: &[Cell], floors: &[Vec<Floor>], timeline: &Timeline, capacity: f64) {
    println!("\ne2e_latency, fsync {fsync}: ms; medians of the rounds\n");
    let of = |name: String, [a, b, c, d]: [&Spread; 4]| {
        let [a, b, c, d] = [a, b, c, d].map(|spread| figure(spread.median));
        vec![name, a, b, c, d]
    };
    let mut rows: Vec<Vec<String>> = cells
        .iter()
        .map(|cell| {
            of(
                format!("quell, {} ({}/s)", cell.load, figure(cell.per_second)),
                [
                    &cell.wire_p50_ms,
                    &cell.wire_p99_ms,
                    &cell.recorded_p50_ms,
                    &cell.recorded_p99_ms,
                ],
            )
        })
        .collect();
    let all: Vec<&Floor> = floors.iter().flatten().collect();
    let p = |pick: fn(&Floor) -> f64, p| figure(percentile(all.iter().map(|floor| pick(floor)), p));
    rows.push(vec![
        "floor: its commits, the POST".to_owned(),
        p(Floor::to_the_wire, 0.5),
        p(Floor::to_the_wire, 0.99),
        p(|f| f.to_the_wire() + f.post + f.answer, 0.5),
        p(|f| f.to_the_wire() + f.post + f.answer, 0.99),
    ]);
    table(&["what", "wire p50", "p99", "recorded p50", "p99"], &rows);
    println!(
        "floor, p50: event {}, decision {}, attempt {}, POST {}, answer {}; an empty row {}",
        p(|f| f.event, 0.5),
        p(|f| f.decision, 0.5),
        p(|f| f.attempt, 0.5),
        p(|f| f.post, 0.5),
        p(|f| f.answer, 0.5),
        p(|f| f.bare, 0.5),
    );
    println!(
        "where it goes, idle, p50: receipt to event committed {}, to decision {}, to attempt {}, to the wire {}, to answer {}; \
         {} calls/s at most\n",
        figure(timeline.receipt_to_event.median),
        figure(timeline.event_to_decision.median),
        figure(timeline.decision_to_attempt.median),
        figure(timeline.attempt_to_wire.median),
        figure(timeline.wire_to_answer.median),
        figure(capacity),
    );
}

fn device(number: u32) -> String {
    format!("{:040x}", 0xd000_0000_0000_u64 + u64::from(number))
}

fn number_of(device: &str) -> anyhow::Result<u32> {
    let digits = device
        .get(device.len().saturating_sub(8)..)
        .context("no device")?;
    Ok(u32::from_str_radix(digits, 16)?)
}

const PLAYBOOK: &str = "id: ransomware\ntitle: Contain\nowner: soc@example.com\nmode: enforce\npriority: critical\n\
    when:\n  alert.event: new\n  alert.severity: {at_least: high}\nif_unknown: ask\n\
    then:\n  - restrict_app_execution:\n      comment: \"{alert.category}, alert {alert.id}\"\n      release:\n        after: 4h\n";
