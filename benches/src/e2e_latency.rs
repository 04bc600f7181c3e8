//! From an event's receipt to the first byte of its restrict call, and to its answer recorded, beside the floor: the durable
//! commits that the protocol needs and one POST, measured in turns with it.
//!
//! The daemon runs as a process of its own, against a bare server that notes first bytes. The devices' facts are known
//! beforehand, as they are for a device that had an alert within `facts.max_age`; fetching them would be one more read.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use quell::domain::device::DeviceFacts;
use quell::domain::fact::Fact;
use serde::Serialize;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, Row as _};

use crate::Effort;
use crate::floor::{self, Floor};
use crate::ground::{Daemon, Http, Postgres, config};
use crate::measure::{Spread, percentile, spread};
use crate::recorder::Recorder;
use crate::report::{Verdict, figure, table};
use crate::workload;

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
    let settings = "caps: [{devices: 900000, per: 5s}, {devices: 1000000, per: 20s}]\noutstanding: 100000\n";
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

/// The daemon under test.
struct Subject<'a> {
    daemon: Daemon,
    postgres: &'a Postgres,
    recorder: &'a Recorder,
    db: PgConnection,
    recorded: mpsc::Receiver<(String, Instant)>,
    alerts: Vec<serde_json::Value>,
    sent: u32,
    receipts: HashMap<u32, Instant>,
}

impl<'a> Subject<'a> {
    async fn new(postgres: &'a Postgres, daemon: Daemon, recorder: &'a Recorder) -> anyhow::Result<Self> {
        let mut db = postgres.connect("quell").await?;
        // Told with T4's commit: which device's answer is recorded.
        for statement in [
            "CREATE FUNCTION tell_recorded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 PERFORM pg_notify('bench_recorded', (SELECT device_id FROM quell.actions WHERE id = NEW.action_id)); RETURN NEW;
             END $$",
            "CREATE TRIGGER tell_recorded AFTER UPDATE OF answered_at ON quell.attempts FOR EACH ROW
                 WHEN (OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL AND NEW.kind = 'restrict')
                 EXECUTE FUNCTION tell_recorded()",
        ] {
            sqlx::query(statement).execute(&mut db).await?;
        }
        let mut listener = PgListener::connect(&postgres.url("quell")).await?;
        listener.listen("bench_recorded").await?;
        let (tell, recorded) = mpsc::channel();
        tokio::task::spawn(async move {
            while let Ok(notification) = listener.recv().await {
                if tell
                    .send((notification.payload().to_owned(), Instant::now()))
                    .is_err()
                {
                    return;
                }
            }
        });
        let alerts = workload::alerts(64)
            .iter()
            .map(|text| serde_json::from_str(text))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            daemon,
            postgres,
            recorder,
            db,
            recorded,
            alerts,
            sent: 0,
            receipts: HashMap::new(),
        })
    }

    /// Alerts for so many further devices, whose facts are known.
    async fn requests(&mut self, count: usize) -> anyhow::Result<Vec<(u32, Vec<u8>)>> {
        let facts = serde_json::to_value(DeviceFacts {
            name: Fact::Is("host".to_owned()),
            tags: Fact::Is(Vec::new()),
            group: Fact::Is("Workstations".to_owned()),
            value: Fact::Is("normal".to_owned()),
            ..DeviceFacts::default()
        })?;
        let mut requests = Vec::with_capacity(count);
        let now = quell::clock::now().to_string();
        for _ in 0..count {
            self.sent += 1;
            let mut alert = self.alerts[self.sent as usize % self.alerts.len()].clone();
            alert["id"] = format!("bench-{}", self.sent).into();
            alert["machineId"] = device(self.sent).into();
            alert["severity"] = "High".into();
            alert["status"] = "New".into();
            for time in [
                "alertCreationTime",
                "lastUpdateTime",
                "firstEventTime",
                "lastEventTime",
            ] {
                alert[time] = now.clone().into();
            }
            let body = alert.to_string();
            requests.push((
                self.sent,
                Http::post("/v1/events", "application/json", body.as_bytes()),
            ));
        }
        let devices: Vec<String> = requests.iter().map(|(number, _)| device(*number)).collect();
        sqlx::query(
            "INSERT INTO quell.devices (tenant_id, device_id, facts, facts_fetched_at)
             SELECT (SELECT id FROM quell.tenants), device, $2, quell.now() FROM unnest($1::text[]) AS t (device)",
        )
        .bind(&devices)
        .bind(&facts)
        .execute(&mut self.db)
        .await?;
        Ok(requests)
    }

    /// One event after the other, each when the one before has been recorded.
    async fn sequence(&mut self, count: usize, rest: Duration) -> anyhow::Result<Round> {
        let requests = self.requests(count).await?;
        let cost = self.cost();
        let began = Instant::now();
        let mut http = Http::connect(self.daemon.addr)?;
        let mut ways = Vec::with_capacity(count);
        for (number, request) in requests {
            let receipt = Instant::now();
            http.send(&request)?;
            let (status, body) = http.answer()?;
            let acknowledged = Instant::now();
            anyhow::ensure!(
                status == 200 || status == 202,
                "status {status}: {}",
                String::from_utf8_lossy(&body)
            );
            let (whose, recorded) = self
                .recorded
                .recv_timeout(Duration::from_secs(20))
                .with_context(|| format!("event {number} was not recorded within 20 s"))?;
            anyhow::ensure!(whose == device(number), "another event was recorded");
            ways.push(self.way(number, receipt, acknowledged, recorded)?);
            std::thread::sleep(rest);
        }
        Ok(self.round(ways, cost, began))
    }

    /// Events at random moments, so many a second on average, whatever becomes of those before.
    async fn stream(&mut self, count: usize, per_second: f64) -> anyhow::Result<Round> {
        let requests = self.requests(count).await?;
        let cost = self.cost();
        let began = Instant::now();
        let mut random = fastrand::Rng::with_seed(u64::from(self.sent));
        let mut at = 0.0;
        let mut timed: [Vec<_>; SENDERS] = Default::default();
        for (index, (number, request)) in requests.into_iter().enumerate() {
            at += -(1.0 - random.f64()).ln() / per_second;
            timed[index % SENDERS].push((number, began + Duration::from_secs_f64(at), request));
        }
        let sent = self.send_all(timed)?;
        let ways = self.collect(sent)?;
        Ok(self.round(ways, cost, began))
    }

    /// Calls a second when all events are there at once.
    async fn capacity(&mut self, count: usize) -> anyhow::Result<f64> {
        let requests = self.requests(count).await?;
        let now = Instant::now();
        let mut timed: [Vec<_>; SENDERS] = Default::default();
        for (index, (number, request)) in requests.into_iter().enumerate() {
            timed[index % SENDERS].push((number, now, request));
        }
        let sent = self.send_all(timed)?;
        let ways = self.collect(sent)?;
        anyhow::ensure!(ways.len() == count, "an event was lost");
        Ok(count as f64 / now.elapsed().as_secs_f64())
    }

    fn send_all(
        &self,
        timed: [Vec<(u32, Instant, Vec<u8>)>; SENDERS],
    ) -> anyhow::Result<HashMap<u32, (Instant, Instant)>> {
        let addr = self.daemon.addr;
        let mut sent = HashMap::new();
        std::thread::scope(|scope| {
            let senders = timed.map(|mine| {
                scope.spawn(move || -> anyhow::Result<Vec<(u32, Instant, Instant)>> {
                    let mut http = Http::connect(addr)?;
                    let mut sent = Vec::with_capacity(mine.len());
                    for (number, at, request) in mine {
                        std::thread::sleep(at.saturating_duration_since(Instant::now()));
                        let receipt = Instant::now();
                        http.send(&request)?;
                        http.answer()?;
                        sent.push((number, receipt, Instant::now()));
                    }
                    Ok(sent)
                })
            });
            for sender in senders {
                let mine = sender
                    .join()
                    .map_err(|_| anyhow::anyhow!("a sender broke off"))??;
                sent.extend(mine.into_iter().map(|(number, at, done)| (number, (at, done))));
            }
            anyhow::Ok(())
        })?;
        Ok(sent)
    }

    fn collect(&mut self, mut sent: HashMap<u32, (Instant, Instant)>) -> anyhow::Result<Vec<Way>> {
        let mut ways = Vec::with_capacity(sent.len());
        while !sent.is_empty() {
            let (whose, recorded) = self
                .recorded
                .recv_timeout(Duration::from_secs(60))
                .with_context(|| format!("{} events were not recorded within 60 s", sent.len()))?;
            let number = number_of(&whose)?;
            let (receipt, acknowledged) = sent.remove(&number).context("an event was recorded twice")?;
            ways.push(self.way(number, receipt, acknowledged, recorded)?);
        }
        Ok(ways)
    }

    fn way(
        &mut self,
        number: u32,
        receipt: Instant,
        acknowledged: Instant,
        recorded: Instant,
    ) -> anyhow::Result<Way> {
        let (wire, _) = self
            .recorder
            .call(&device(number))
            .context("recorded without a call")?;
        self.receipts.insert(number, receipt);
        let ms = |at: Instant| at.saturating_duration_since(receipt).as_secs_f64() * 1e3;
        Ok(Way {
            acknowledged: ms(acknowledged),
            wire: ms(wire),
            recorded: ms(recorded),
        })
    }

    fn cost(&self) -> (f64, f64) {
        (self.daemon.cpu_s(), self.postgres.cpu_s())
    }

    fn round(&self, ways: Vec<Way>, (daemon, postgres): (f64, f64), began: Instant) -> Round {
        let (daemon_now, postgres_now) = self.cost();
        let count = ways.len() as f64;
        Round {
            daemon_cpu_ms: (daemon_now - daemon) * 1e3 / count,
            postgres_cpu_ms: (postgres_now - postgres) * 1e3 / count,
            per_second: count / began.elapsed().as_secs_f64(),
            ways,
        }
    }

    fn calls(&self) -> u64 {
        (1..=self.sent)
            .filter_map(|number| self.recorder.call(&device(number)))
            .map(|(_, calls)| u64::from(calls))
            .sum()
    }

    /// How often the server has flushed its log so far.
    async fn flushes(&mut self) -> anyhow::Result<i64> {
        // A backend that is idle reports what it did ten seconds later at the latest.
        tokio::time::sleep(Duration::from_secs(11)).await;
        let row = sqlx::query("SELECT wal_sync FROM pg_stat_wal")
            .fetch_one(&mut self.db)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// What the daemon wrote for the last event.
    async fn rows(&mut self) -> anyhow::Result<floor::Rows> {
        let row = sqlx::query(
            "SELECT e.payload, e.normalised, d.rulings FROM quell.events e JOIN quell.decisions d ON d.event_id = e.id
             ORDER BY e.received_at DESC LIMIT 1",
        )
        .fetch_one(&mut self.db)
        .await?;
        Ok(floor::Rows {
            payload: row.try_get(0)?,
            normalised: row.try_get(1)?,
            rulings: row.try_get(2)?,
        })
    }

    /// The moments of the four commits of these events, as Postgres noted them (just before the flush).
    async fn timeline(
        &mut self,
        fsync: &'static str,
        events: &HashSet<u32>,
        flushes_an_event: f64,
    ) -> anyhow::Result<Timeline> {
        let at = "extract(epoch FROM pg_xact_commit_timestamp";
        let text = format!(
            "SELECT a.device_id, {at}(e.xmin))::float8, {at}(d.xmin))::float8, {at}(gone.xmin))::float8, {at}(taken.xmin))::float8
             FROM quell.actions a JOIN quell.containments c ON c.id = a.containment_id JOIN quell.events e ON e.id = c.event_id
             JOIN quell.decisions d ON d.event_id = e.id
             JOIN quell.transitions gone ON gone.entity_id = a.id AND gone.to_state = 'submitting'
             JOIN quell.transitions taken ON taken.entity_id = a.id AND taken.to_state = 'submitted'"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .fetch_all(&mut self.db)
            .await?;
        let (now, wall) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?);
        let epoch = |at: Instant| wall.as_secs_f64() - now.duration_since(at).as_secs_f64();
        let mut parts: [Vec<f64>; 5] = Default::default();
        for row in rows {
            let number = number_of(&row.try_get::<String, _>(0)?)?;
            let (Some(receipt), Some((wire, _))) =
                (self.receipts.get(&number), self.recorder.call(&device(number)))
            else {
                continue;
            };
            if !events.contains(&number) {
                continue;
            }
            let moments = [
                epoch(*receipt),
                row.try_get(1)?,
                row.try_get(2)?,
                row.try_get(3)?,
                epoch(wire),
                row.try_get(4)?,
            ];
            for (part, pair) in parts.iter_mut().zip(moments.windows(2)) {
                part.push((pair[1] - pair[0]) * 1e3);
            }
        }
        let [a, b, c, d, e] = parts.map(|part| Spread {
            median: percentile(part.iter().copied(), 0.5),
            min: percentile(part.iter().copied(), 0.05),
            max: percentile(part.iter().copied(), 0.95),
        });
        Ok(Timeline {
            bench: "e2e_latency timeline",
            fsync,
            receipt_to_event: a,
            event_to_decision: b,
            decision_to_attempt: c,
            attempt_to_wire: d,
            wire_to_answer: e,
            flushes_an_event,
        })
    }
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
