//! Events stored, and stored, decided and recorded, beside COPY of the same bytes and beside two queues on Postgres whose jobs carry the
//! same bytes and do nothing. All on one private Postgres that flushes to disk; subject and peers take turns.
//!
//! The daemon runs as a process of its own with a hundred playbooks that only observe. Storing and deciding are timed apart: while
//! events are stored, a connection of ours holds the shards of the inbox, so that nothing is decided; then it lets them go.

mod peers;

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::Effort;
use crate::feed::{self, Feed};
use crate::ground::{Daemon, Http, Postgres, config, know};
use crate::measure::{Spread, spread};
use crate::report::{Verdict, figure, table};
use crate::workload::{self, Kind};
use crate::{engine, recorder};

use peers::{Apalis, Bare, Graphile};

/// Alerts of one request, and of one batch of a peer's.
const REQUEST: usize = 500;
const PLAYBOOKS: usize = 100;
/// As many as Microsoft's data has in one second.
const BURST: usize = 11_292;

/// What one step took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Took {
    pub count: usize,
    pub wall: Duration,
    /// Of Postgres and of the process that works, in seconds.
    pub cpu_s: f64,
    pub wal: f64,
}

impl Took {
    fn per_second(&self) -> f64 {
        self.count as f64 / self.wall.as_secs_f64()
    }

    fn cpu_us(&self) -> f64 {
        self.cpu_s * 1e6 / self.count as f64
    }

    fn wal_each(&self) -> f64 {
        self.wal / self.count as f64
    }
}

#[derive(Debug, Serialize)]
struct Cell {
    bench: &'static str,
    fsync: &'static str,
    what: String,
    rounds: usize,
    each: usize,
    per_second: Spread,
    cpu_us: Spread,
    wal_bytes: Spread,
}

/// Runs it and gives its verdicts.
pub fn run(effort: Effort) -> anyhow::Result<Vec<Verdict>> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(measure(effort))
}

/// A hundred playbooks that only observe: nobody is called.
pub(crate) fn playbooks() -> Vec<String> {
    engine::subject::files(&workload::rules(Kind::Selective, PLAYBOOKS))
        .into_iter()
        .map(|file| file.text.replace("mode: enforce", "mode: observe"))
        .collect()
}

async fn measure(effort: Effort) -> anyhow::Result<Vec<Verdict>> {
    let (rounds, each) = if effort.quick {
        (3, 2_000)
    } else {
        (effort.rounds, 10_000)
    };
    let postgres = Postgres::start(&["quell", "bare", "graphile", "apalis"])?;
    let recorder = recorder::Recorder::start()?;
    let directory = tempfile::tempdir()?;
    let text = config(
        &postgres.url("quell"),
        &format!("http://{}", recorder.addr()),
        1,
        "",
        "{windows: [{limit: 100, per: 60s}]}",
    );
    let daemon = Daemon::start(directory.path(), &text, &playbooks())?;
    let mut subject = Subject::new(&postgres, daemon).await?;
    let mut bare = Bare::new(&postgres).await?;
    let mut graphile = Graphile::new(&postgres).await?;
    let mut apalis = Apalis::new(&postgres).await?;
    let mut feed = Feed::new(11);
    let mut verdicts = Vec::new();
    let settings: &[(&'static str, u64)] = if effort.quick {
        &[("on", 0)]
    } else {
        &[("on", 0), ("on, 4 ms slower", 4)]
    };
    for (fsync, delay) in settings {
        postgres.delay_fsync(Duration::from_millis(*delay))?;
        let names = [
            "quell, stored",
            "quell, decided",
            "COPY",
            "graphile_worker, stored",
            "graphile_worker, drained",
            "apalis-postgres, stored",
            "apalis-postgres, drained",
        ];
        let mut found: [Vec<Took>; 7] = Default::default();
        // One round to warm up.
        for round in 0..=rounds {
            let alerts = feed.take(each);
            let (stored, decided) = subject.round(&alerts, &mut feed).await?;
            let (graphile_stored, graphile_drained) = graphile.round(&alerts).await?;
            let (apalis_stored, apalis_drained) = apalis.round(&alerts).await?;
            let copied = bare.round(&alerts).await?;
            let of_round = [
                stored,
                decided,
                copied,
                graphile_stored,
                graphile_drained,
                apalis_stored,
                apalis_drained,
            ];
            if round > 0 {
                for (found, took) in found.iter_mut().zip(of_round) {
                    found.push(took);
                }
            }
        }
        let cells: Vec<Cell> = names
            .iter()
            .zip(&found)
            .map(|(name, took)| cell(fsync, name, took))
            .collect();
        for cell in &cells {
            println!("{}", serde_json::to_string(cell)?);
        }
        print(fsync, &cells);
        let ratio = |a: usize, b: usize| {
            spread(
                found[a]
                    .iter()
                    .zip(&found[b])
                    .map(|(a, b)| a.per_second() / b.per_second()),
            )
        };
        let to_graphile = ratio(1, 4);
        println!(
            "to COPY of the bytes: stored {}; to apalis-postgres: drained {}\n",
            words(&ratio(0, 2)),
            words(&ratio(1, 6))
        );
        let wal = spread(
            found[0]
                .iter()
                .zip(&found[1])
                .map(|(stored, decided)| (stored.wal + decided.wal) / stored.count as f64),
        );
        verdicts.extend([
            Verdict {
                target: format!(
                    "fsync {fsync}: decided and recorded at least 0.8 × graphile_worker's no-op drain"
                ),
                got: words(&to_graphile),
                holds: to_graphile.median >= 0.8,
                gates: false,
            },
            Verdict {
                target: format!("fsync {fsync}: 15,000 events decided a second"),
                got: figure(cells[1].per_second.median),
                holds: cells[1].per_second.median >= 15_000.0,
                gates: false,
            },
            Verdict {
                target: format!("fsync {fsync}: 50 µs of CPU an event decided"),
                got: figure(cells[1].cpu_us.median),
                holds: cells[1].cpu_us.median <= 50.0,
                gates: false,
            },
            Verdict {
                target: format!("fsync {fsync}: at most 1,500 bytes of WAL an event, stored and decided"),
                got: words(&wal),
                holds: wal.median <= 1_500.0,
                gates: false,
            },
        ]);
    }
    postgres.delay_fsync(Duration::ZERO)?;
    let bursts = if effort.quick { 1 } else { 3 };
    let mut times = Vec::new();
    for _ in 0..bursts {
        times.push(subject.burst(&feed.take(BURST)).await?.as_secs_f64());
    }
    let burst = spread(times);
    verdicts.push(Verdict {
        target: format!("a burst of {BURST} alerts, sent as fast as they are taken: all decided after, s (1 s after they came)"),
        got: words(&burst),
        holds: burst.median <= 2.0,
        gates: false,
    });
    verdicts.push(subject.correct(&feed).await?);
    Ok(verdicts)
}

fn words(spread: &Spread) -> String {
    format!(
        "{} ({} to {})",
        figure(spread.median),
        figure(spread.min),
        figure(spread.max)
    )
}

fn cell(fsync: &'static str, what: &str, took: &[Took]) -> Cell {
    Cell {
        bench: "ingest_durable",
        fsync,
        what: what.to_owned(),
        rounds: took.len(),
        each: took.first().map_or(0, |took| took.count),
        per_second: spread(took.iter().map(Took::per_second)),
        cpu_us: spread(took.iter().map(Took::cpu_us)),
        wal_bytes: spread(took.iter().map(Took::wal_each)),
    }
}

fn print(fsync: &str, cells: &[Cell]) {
    println!(
        "\ningest_durable, fsync {fsync}: medians of the rounds (CPU of Postgres and of the process together)\n"
    );
    let rows: Vec<Vec<String>> = cells
        .iter()
        .map(|cell| {
            let spread = format!(
                "{} to {}",
                figure(cell.per_second.min),
                figure(cell.per_second.max)
            );
            vec![
                cell.what.clone(),
                figure(cell.per_second.median),
                spread,
                figure(cell.cpu_us.median),
                figure(cell.wal_bytes.median),
            ]
        })
        .collect();
    table(
        &["what", "a second", "spread", "µs CPU each", "bytes of WAL each"],
        &rows,
    );
}

/// How far the log has been written, in bytes.
pub(crate) async fn wal(db: &mut PgConnection) -> anyhow::Result<f64> {
    let row = sqlx::query("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 AS at")
        .fetch_one(db)
        .await?;
    Ok(row.try_get("at")?)
}

/// The daemon under test.
struct Subject<'a> {
    postgres: &'a Postgres,
    daemon: Daemon,
    db: PgConnection,
    /// Holds the shards.
    holder: PgConnection,
    tenant: i32,
}

impl<'a> Subject<'a> {
    async fn new(postgres: &'a Postgres, daemon: Daemon) -> anyhow::Result<Self> {
        let mut db = postgres.connect("quell").await?;
        let tenant = sqlx::query("SELECT id FROM quell.tenants")
            .fetch_one(&mut db)
            .await?
            .try_get("id")?;
        let holder = postgres.connect("quell").await?;
        // Else what matches a playbook waits for Defender's own rate.
        know(&mut db, &feed::devices()).await?;
        Ok(Self {
            postgres,
            daemon,
            db,
            holder,
            tenant,
        })
    }

    fn cpu(&self) -> f64 {
        self.daemon.cpu_s() + self.postgres.cpu_s()
    }

    /// Stores the alerts, then lets them be decided.
    async fn round(&mut self, alerts: &[String], feed: &mut Feed) -> anyhow::Result<(Took, Took)> {
        for shard in 0..64_i32 {
            sqlx::query("SELECT pg_advisory_lock($1, $2)")
                .bind(self.tenant)
                .bind(shard)
                .execute(&mut self.holder)
                .await?;
        }
        let (cpu, before, began) = (self.cpu(), wal(&mut self.db).await?, Instant::now());
        send(self.daemon.addr, alerts)?;
        let wall = began.elapsed();
        let after = wal(&mut self.db).await?;
        let stored = Took {
            count: alerts.len(),
            wall,
            cpu_s: self.cpu() - cpu,
            wal: after - before,
        };
        let rows = sqlx::query("SELECT count(*) AS n FROM quell.inbox")
            .fetch_one(&mut self.db)
            .await?;
        let count = usize::try_from(rows.try_get::<i64, _>("n")?)?;
        anyhow::ensure!(
            count > alerts.len() / 2,
            "{count} rows are queued for {} alerts",
            alerts.len()
        );
        sqlx::query("SELECT pg_advisory_unlock_all()")
            .execute(&mut self.holder)
            .await?;
        let (cpu, began) = (self.cpu(), Instant::now());
        // Whatever is stored for a device wakes the decider.
        let (before, mut waking) = (feed.on_devices, Vec::new());
        while feed.on_devices == before {
            waking.extend(feed.take(1));
        }
        send(self.daemon.addr, &waking)?;
        self.settled().await?;
        let decided = Took {
            count,
            wall: began.elapsed(),
            cpu_s: self.cpu() - cpu,
            wal: wal(&mut self.db).await? - after,
        };
        Ok((stored, decided))
    }

    /// From the first byte sent until everything is decided.
    async fn burst(&mut self, alerts: &[String]) -> anyhow::Result<Duration> {
        let began = Instant::now();
        send(self.daemon.addr, alerts)?;
        self.settled().await?;
        Ok(began.elapsed())
    }

    async fn settled(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + Duration::from_secs(300);
        while sqlx::query("SELECT 1 FROM quell.inbox ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut self.db)
            .await?
            .is_some()
        {
            anyhow::ensure!(Instant::now() < deadline, "the inbox is not empty after 300 s");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Each event that was sent is there once, and decided once.
    async fn correct(&mut self, feed: &Feed) -> anyhow::Result<Verdict> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM quell.events) AS events,
                    (SELECT count(*) FROM quell.decisions) AS decisions, (SELECT count(DISTINCT event_id) FROM quell.decisions) AS decided,
                    (SELECT count(*) FROM quell.decisions WHERE device_id IS NOT NULL) AS on_devices,
                    (SELECT count(*) FROM quell.dead_letters) AS dead",
        )
        .fetch_one(&mut self.db)
        .await?;
        let of = |name: &str| -> anyhow::Result<usize> { Ok(usize::try_from(row.try_get::<i64, _>(name)?)?) };
        let (events, decisions, decided) = (of("events")?, of("decisions")?, of("decided")?);
        let is_right = events == feed.distinct
            && decisions == events
            && decided == events
            && of("on_devices")? == feed.on_devices;
        Ok(Verdict {
            target: "each event is stored once and decided once".to_owned(),
            got: format!(
                "{} sent, {events} stored, {decisions} decisions of {decided} events, {} dead letters",
                feed.distinct,
                of("dead")?
            ),
            holds: is_right,
            gates: true,
        })
    }
}

/// Sends alerts over two connections, each request when the one before was answered.
fn send(addr: std::net::SocketAddr, alerts: &[String]) -> anyhow::Result<()> {
    let requests: Vec<Vec<u8>> = alerts
        .chunks(REQUEST)
        .map(|alerts| Http::post("/v1/events", "application/x-ndjson", alerts.join("\n").as_bytes()))
        .collect();
    let sent: anyhow::Result<()> = std::thread::scope(|scope| {
        let senders = [0, 1].map(|first| {
            let requests = &requests;
            scope.spawn(move || -> anyhow::Result<()> {
                let mut http = Http::connect(addr)?;
                for request in requests.iter().skip(first).step_by(2) {
                    http.send(request)?;
                    let (status, body) = http.answer()?;
                    anyhow::ensure!(
                        status == 202,
                        "status {status}: {}",
                        String::from_utf8_lossy(&body)
                    );
                }
                Ok(())
            })
        });
        for sender in senders {
            sender
                .join()
                .map_err(|_| anyhow::anyhow!("a sender broke off"))??;
        }
        Ok(())
    });
    sent.context("the alerts could not be sent")
}

/// A connection of a bench's own to a database.
pub(crate) async fn connect(postgres: &Postgres, database: &str) -> anyhow::Result<PgConnection> {
    Ok(PgConnection::connect(&postgres.url(database)).await?)
}
