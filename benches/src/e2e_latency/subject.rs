//! The daemon under test, what is sent to it, and when what became of it was seen. Used by the benchmark above alone.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use quell::domain::device::DeviceFacts;
use quell::domain::fact::Fact;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, Row as _};

use super::{Round, SENDERS, Timeline, Way, device, number_of};
use crate::floor;
use crate::ground::{Daemon, Http, Postgres};
use crate::measure::{Spread, percentile};
use crate::recorder::Recorder;
use crate::workload;

/// The daemon under test.
pub(super) struct Subject<'a> {
    daemon: Daemon,
    postgres: &'a Postgres,
    pub(super) recorder: &'a Recorder,
    db: PgConnection,
    recorded: mpsc::Receiver<(String, Instant)>,
    alerts: Vec<serde_json::Value>,
    pub(super) sent: u32,
    receipts: HashMap<u32, Instant>,
}

impl<'a> Subject<'a> {
    pub(super) async fn new(
        postgres: &'a Postgres,
        daemon: Daemon,
        recorder: &'a Recorder,
    ) -> anyhow::Result<Self> {
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
    pub(super) async fn sequence(&mut self, count: usize, rest: Duration) -> anyhow::Result<Round> {
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
    pub(super) async fn stream(&mut self, count: usize, per_second: f64) -> anyhow::Result<Round> {
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
    pub(super) async fn capacity(&mut self, count: usize) -> anyhow::Result<f64> {
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

    pub(super) fn calls(&self) -> u64 {
        (1..=self.sent)
            .filter_map(|number| self.recorder.call(&device(number)))
            .map(|(_, calls)| u64::from(calls))
            .sum()
    }

    /// How often the server has flushed its log so far.
    pub(super) async fn flushes(&mut self) -> anyhow::Result<i64> {
        // A backend that is idle reports what it did ten seconds later at the latest.
        tokio::time::sleep(Duration::from_secs(11)).await;
        let row = sqlx::query("SELECT wal_sync FROM pg_stat_wal")
            .fetch_one(&mut self.db)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// What the daemon wrote for the last event.
    pub(super) async fn rows(&mut self) -> anyhow::Result<floor::Rows> {
        let row = sqlx::query(
            "SELECT e.payload, e.event, d.rulings FROM quell.events e JOIN quell.decisions d ON d.event_id = e.id
             ORDER BY e.received_at DESC LIMIT 1",
        )
        .fetch_one(&mut self.db)
        .await?;
        Ok(floor::Rows {
            payload: row.try_get(0)?,
            event: row.try_get(1)?,
            rulings: row.try_get(2)?,
        })
    }

    /// The moments of the four commits of these events, as Postgres noted them (just before the flush).
    pub(super) async fn timeline(
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
