//! A storm of devices to contain, in scaled time: by the daemon itself against real Postgres, and by the plain design that
//! anybody would write first, each against a simulated Defender that counts its windows by a given algorithm.
//!
//! The queue is full when the clock starts: what is measured is the budget, not how fast alerts are decided. What came is
//! told by the simulator's journal, for both alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use quell::simulator::{Options, Simulator, WindowAlgorithm};
use sqlx::{PgConnection, Row as _};

use crate::ground::{Daemon, Http, Postgres, config, know};
use crate::plain;
use crate::report::{Verdict, figure};

/// A call each, in bulk.
pub const DEVICES: usize = 3_000;
/// How long a storm is watched, in scaled minutes.
pub const MINUTES: f64 = 120.0;

/// One storm.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// Its name in the results.
    pub design: &'static str,
    /// How the server counts.
    pub server: WindowAlgorithm,
    /// How many times faster than life.
    pub scale: u32,
    /// Slots that bulk leaves for critical calls; `None`: the plain design, which has none.
    pub reserve: Option<u32>,
    /// Critical devices that come at random meanwhile, a scaled minute, on average.
    pub criticals_a_minute: f64,
    /// How long it is watched, in scaled minutes.
    pub minutes: f64,
    /// How many devices.
    pub devices: usize,
    /// Begins so many scaled minutes after the others: bursts of many daemons at once would wait for one another.
    pub after: f64,
}

impl Storm {
    /// A span of life as it lasts here.
    pub fn real(&self, minutes: f64) -> Duration {
        Duration::from_secs_f64(minutes * 60.0 / f64::from(self.scale))
    }

    /// Its name for tables: the design and the server.
    pub fn server_name(&self) -> &'static str {
        match self.server {
            WindowAlgorithm::SlidingLog => "sliding log",
            WindowAlgorithm::Fixed => "fixed",
            WindowAlgorithm::SlidingCounter => "sliding counter",
            WindowAlgorithm::TokenBucket => "token bucket",
        }
    }

    /// The critical arrivals, in scaled minutes from the start.
    pub fn arrivals(&self) -> Vec<f64> {
        let mut random = fastrand::Rng::with_seed(23);
        let mut at = 0.0;
        let mut all = Vec::new();
        while self.criticals_a_minute > 0.0 {
            at += -(1.0 - random.f64()).ln() / self.criticals_a_minute;
            if at >= self.minutes - 2.0 {
                break;
            }
            all.push(at);
        }
        all
    }
}

/// What came of it. Spans in scaled seconds.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// When each accepted bulk call came, from the start.
    pub done: Vec<f64>,
    /// Calls answered 429.
    pub rejected: usize,
    /// All calls.
    pub calls: usize,
    /// Most calls in any 60 s and in any hour, as the server saw them.
    pub most: [u64; 2],
    /// From being queued to arriving at the server, by lane.
    pub waits: BTreeMap<&'static str, Vec<f64>>,
    /// The same for critical devices until the slot was reserved: what the budget alone makes them wait.
    pub critical_for_slot: Vec<f64>,
    /// What a gate transaction took on average, in real milliseconds.
    pub gate_ms: f64,
    /// Devices that were called more than once although the first call was taken.
    pub doubled: usize,
}

impl Outcome {
    /// Bulk calls done after so many scaled minutes.
    pub fn done_after(&self, minutes: f64) -> usize {
        self.done.iter().filter(|at| **at <= minutes * 60.0).count()
    }
}

/// The bulk device of that number.
pub fn device(number: usize) -> String {
    format!("{:040x}", 0xb000_0000_0000_u64 + number as u64)
}

/// The critical device of that number.
pub fn critical(number: usize) -> String {
    format!("{:040x}", 0xc000_0000_0000_u64 + number as u64)
}

/// Runs one storm, on a database of its own.
pub async fn run(storm: Storm, postgres: &Postgres, database: &str) -> anyhow::Result<Outcome> {
    tokio::time::sleep(storm.real(storm.after)).await;
    let started = Instant::now();
    let simulator = Simulator::start(Options {
        scale: f64::from(storm.scale),
        window_algorithm: storm.server,
        ..Options::default()
    })
    .await?;
    let (begun, mut outcome) = match storm.reserve {
        Some(reserve) => ours(storm, reserve, postgres, database, &simulator).await?,
        None => plain::run(storm, &simulator).await?,
    };
    read_journal(storm, &simulator, started, &begun, &mut outcome);
    simulator.stop().await;
    Ok(outcome)
}

/// When the storm began, and when each critical device came.
pub struct Begun {
    pub at: Instant,
    pub criticals: Vec<Instant>,
}

fn read_journal(storm: Storm, simulator: &Simulator, started: Instant, begun: &Begun, outcome: &mut Outcome) {
    let scaled = |from: Instant, at_us: u64| {
        let at = started + Duration::from_micros(at_us);
        at.saturating_duration_since(from).as_secs_f64() * f64::from(storm.scale)
    };
    let mut seen = std::collections::HashSet::new();
    for entry in simulator.journal() {
        let Some(device) = entry
            .device
            .filter(|_| entry.path.contains("/restrictCodeExecution"))
        else {
            continue;
        };
        outcome.calls += 1;
        if entry.status == 429 {
            outcome.rejected += 1;
            continue;
        }
        if !seen.insert(device.clone()) {
            outcome.doubled += 1;
            continue;
        }
        let number = usize::from_str_radix(&device[32..], 16).unwrap_or(0);
        let at = scaled(begun.at, entry.at_us);
        if device == critical(number) {
            if let Some(came) = begun.criticals.get(number) {
                let wait = scaled(*came, entry.at_us);
                outcome.waits.entry("critical").or_default().push(wait);
            }
        } else {
            outcome.done.push(at);
            outcome.waits.entry("normal").or_default().push(at);
        }
    }
    for (index, window) in simulator
        .report()
        .most_in_window
        .iter()
        .filter(|window| window.scope == "actions")
        .enumerate()
    {
        if let Some(most) = outcome.most.get_mut(index) {
            *most = window.most;
        }
    }
}

async fn ours(
    storm: Storm,
    reserve: u32,
    postgres: &Postgres,
    database: &str,
    simulator: &Simulator,
) -> anyhow::Result<(Begun, Outcome)> {
    let directory = tempfile::tempdir()?;
    let settings = "caps: [{devices: 1000000, per: 1h}]\nsurge: {per_source: 0, per_user: 0, per_title: 0}\noutstanding: 100000\nfreshness: 30d\nvalidity: 7d\nreconcile: {fast: 30s}\n";
    let budget = format!("{{reserve: {{slots: {reserve}}}}}");
    let text = config(
        &postgres.url(database),
        &simulator.base_url(),
        storm.scale,
        settings,
        &budget,
    );
    let playbooks = [
        playbook("bulk", "normal", "Malware"),
        playbook("urgent", "critical", "Ransomware"),
    ];
    let daemon = Daemon::start(directory.path(), &text, &playbooks)?;
    let mut db = postgres.connect(database).await?;
    let arrivals = storm.arrivals();
    let names: Vec<String> = (0..storm.devices)
        .map(device)
        .chain((0..arrivals.len()).map(critical))
        .collect();
    know(&mut db, &names).await?;
    // The gate is closed while the queue fills.
    sqlx::query("UPDATE quell.budgets SET closed_until = quell.now() + interval '1h', closed_reason = 'the storm gathers'")
        .execute(&mut db)
        .await?;
    let mut http = Http::connect(daemon.addr)?;
    for part in names[..storm.devices].chunks(250) {
        let body: String = part
            .iter()
            .map(|device| alert(device, "Malware") + "\n")
            .collect();
        let request = Http::post("/v1/events", "application/x-ndjson", body.as_bytes());
        http = tokio::task::spawn_blocking(move || {
            http.send(&request)?;
            http.answer()?;
            anyhow::Ok(http)
        })
        .await??;
    }
    let deadline = Instant::now() + Duration::from_secs(300);
    while queued(&mut db).await? < i64::try_from(storm.devices)? {
        anyhow::ensure!(Instant::now() < deadline, "the queue did not fill within 300 s");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sqlx::query("UPDATE quell.budgets SET closed_until = NULL, closed_reason = NULL")
        .execute(&mut db)
        .await?;
    let at = Instant::now();
    sqlx::query("SELECT pg_notify('quell_wake', 'queue:' || id) FROM quell.tenants")
        .execute(&mut db)
        .await?;
    let addr = daemon.addr;
    let sent = tokio::task::spawn_blocking(move || -> anyhow::Result<Vec<Instant>> {
        let mut http = Http::connect(addr)?;
        let mut criticals = Vec::new();
        for (number, minutes) in arrivals.iter().enumerate() {
            std::thread::sleep((at + storm.real(*minutes)).saturating_duration_since(Instant::now()));
            let body = alert(&critical(number), "Ransomware");
            criticals.push(Instant::now());
            http.send(&Http::post("/v1/events", "application/json", body.as_bytes()))?;
            let (status, _) = http.answer()?;
            anyhow::ensure!(status == 200 || status == 202, "an alert was answered {status}");
        }
        Ok(criticals)
    });
    let end = at + storm.real(storm.minutes);
    while Instant::now() < end && queued(&mut db).await? > 0 || !sent.is_finished() {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    // What was reserved last is under way.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let criticals = sent.await??;
    let mut outcome = Outcome {
        gate_ms: gate_ms(&daemon)?,
        ..Outcome::default()
    };
    let rows = sqlx::query(
        "SELECT extract(epoch FROM min(t.reserved_at) - a.queued_at)::float8 FROM quell.actions a
         JOIN quell.attempts t ON t.action_id = a.id WHERE a.lane = 0 GROUP BY a.id",
    )
    .fetch_all(&mut db)
    .await?;
    for row in rows {
        let seconds: f64 = row.try_get(0)?;
        outcome.critical_for_slot.push(seconds * f64::from(storm.scale));
    }
    Ok((Begun { at, criticals }, outcome))
}

async fn queued(db: &mut PgConnection) -> anyhow::Result<i64> {
    let row = sqlx::query("SELECT count(*) FROM quell.actions WHERE state = 'queued'")
        .fetch_one(db)
        .await?;
    Ok(row.try_get(0)?)
}

/// What a reservation took on average, as the daemon's own metrics tell.
fn gate_ms(daemon: &Daemon) -> anyhow::Result<f64> {
    let mut http = Http::connect(daemon.addr)?;
    let page = http.page("/metrics")?;
    let of = |name: &str| -> anyhow::Result<f64> {
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        Ok(line
            .with_context(|| format!("no metric {name}"))?
            .trim()
            .parse()?)
    };
    Ok(of("quell_gate_seconds_sum ")? / of("quell_gate_seconds_count ")?.max(1.0) * 1e3)
}

fn alert(device: &str, category: &str) -> String {
    let now = quell::clock::now().to_string();
    serde_json::json!({
        "id": format!("storm-{device}"), "incidentId": 7, "severity": "High", "status": "New", "classification": null,
        "determination": null, "detectionSource": "WindowsDefenderAtp", "category": category, "title": "A storm",
        "alertCreationTime": now, "firstEventTime": now, "lastEventTime": now, "lastUpdateTime": now, "machineId": device,
    })
    .to_string()
}

fn playbook(id: &str, priority: &str, category: &str) -> String {
    format!(
        "id: {id}\ntitle: Contain\nowner: soc@example.com\nmode: enforce\npriority: {priority}\n\
         when:\n  alert.event: new\n  alert.category: {category}\nif_unknown: ask\n\
         then:\n  - restrict_app_execution:\n      comment: \"alert {{alert.id}}\"\n      release:\n        after: 6d\n"
    )
}

/// What the storms run on.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Runs storms at the same time, each on a database of its own of one server.
pub async fn run_all(storms: &[Storm]) -> anyhow::Result<Vec<Outcome>> {
    let names: Vec<String> = (0..storms.len()).map(|n| format!("storm{n}")).collect();
    let databases: Vec<&str> = names.iter().map(String::as_str).collect();
    let postgres = Arc::new(Postgres::start(&databases)?);
    let mut running = Vec::new();
    for (storm, name) in storms.iter().zip(&names) {
        let (storm, name, postgres) = (*storm, name.clone(), Arc::clone(&postgres));
        running.push(tokio::task::spawn(async move {
            run(storm, &postgres, &name)
                .await
                .with_context(|| format!("{}, {}", storm.design, storm.server_name()))
        }));
    }
    let mut outcomes = Vec::new();
    for storm in running {
        outcomes.push(storm.await??);
    }
    Ok(outcomes)
}

/// Whether the scale let the gate keep up: a transaction of its takes under a fifth of the interval between slots.
pub fn gate_verdict(scale: u32, storms: &[Storm], outcomes: &[Outcome]) -> Vec<Verdict> {
    let interval = 60_000.0 / 100.0 / f64::from(scale);
    let of_ours = storms
        .iter()
        .zip(outcomes)
        .filter(|(storm, _)| storm.reserve.is_some());
    let slowest = of_ours.map(|(_, outcome)| outcome.gate_ms).fold(0.0, f64::max);
    vec![Verdict {
        target: "a gate transaction takes under a fifth of the interval between slots".to_owned(),
        got: format!(
            "{} ms of {} ms, {} %, in the slowest of them",
            figure(slowest),
            figure(interval),
            figure(100.0 * slowest / interval)
        ),
        holds: slowest < interval / 5.0,
        gates: false,
    }]
}
