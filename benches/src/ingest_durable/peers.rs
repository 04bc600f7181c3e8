//! The peers: COPY of the bytes and nothing else, and two queues on Postgres with jobs that do nothing. Used by the benchmark above
//! alone. The queues run in this process, set as their own benchmarks set them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apalis::prelude::*;
use apalis_postgres::{Config, PostgresStorage};
use graphile_worker::{
    IntoTaskHandlerResult, JobSpec, LocalQueueConfig, RawJobSpec, TaskHandler, WorkerContext, WorkerOptions,
    WorkerUtils,
};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, PgPool};

use super::{REQUEST, Took, connect, wal};
use crate::ground::{Postgres, cpu_of_tree};

/// Jobs done, of whichever peer is at work.
static DONE: AtomicUsize = AtomicUsize::new(0);

/// CPU of this process and of Postgres, in seconds.
fn cpu(postgres: &Postgres) -> f64 {
    cpu_of_tree(std::process::id()) + postgres.cpu_s()
}

/// COPY of the bytes into a table without an index, a commit for each batch.
pub(super) struct Bare<'a> {
    postgres: &'a Postgres,
    db: PgConnection,
}

impl<'a> Bare<'a> {
    pub(super) async fn new(postgres: &'a Postgres) -> anyhow::Result<Self> {
        let mut db = connect(postgres, "bare").await?;
        for statement in [
            "CREATE TABLE bare (payload bytea)",
            "ALTER TABLE bare ALTER payload SET STORAGE EXTERNAL",
        ] {
            sqlx::query(statement).execute(&mut db).await?;
        }
        Ok(Self { postgres, db })
    }

    pub(super) async fn round(&mut self, alerts: &[String]) -> anyhow::Result<Took> {
        let (before_cpu, before, began) = (cpu(self.postgres), wal(&mut self.db).await?, Instant::now());
        for batch in alerts.chunks(REQUEST) {
            let mut bytes = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
            for alert in batch {
                bytes.extend_from_slice(&1_i16.to_be_bytes());
                bytes.extend_from_slice(&i32::try_from(alert.len())?.to_be_bytes());
                bytes.extend_from_slice(alert.as_bytes());
            }
            bytes.extend_from_slice(&(-1_i16).to_be_bytes());
            let mut copy = self
                .db
                .copy_in_raw("COPY bare FROM STDIN (FORMAT binary)")
                .await?;
            copy.send(bytes).await?;
            copy.finish().await?;
        }
        Ok(Took {
            count: alerts.len(),
            wall: began.elapsed(),
            cpu_s: cpu(self.postgres) - before_cpu,
            wal: wal(&mut self.db).await? - before,
        })
    }
}

/// A job that does nothing, with the bytes of an alert.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Nothing(serde_json::Value);

impl TaskHandler for Nothing {
    const IDENTIFIER: &'static str = "nothing";

    async fn run(self, _: WorkerContext) -> impl IntoTaskHandlerResult {
        DONE.fetch_add(1, Ordering::Relaxed);
        Ok::<(), String>(())
    }
}

async fn until_done(count: usize, what: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(300);
    while DONE.load(Ordering::Relaxed) < count {
        anyhow::ensure!(Instant::now() < deadline, "{what} did not do its jobs in 300 s");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// graphile_worker with its local queue and batched completion.
pub(super) struct Graphile<'a> {
    postgres: &'a Postgres,
    db: PgConnection,
    pool: PgPool,
}

impl<'a> Graphile<'a> {
    pub(super) async fn new(postgres: &'a Postgres) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(12)
            .connect(&postgres.url("graphile"))
            .await?;
        WorkerUtils::new(graphile_worker::Database::from(pool.clone()), "graphile_worker")
            .migrate()
            .await?;
        Ok(Self {
            postgres,
            db: connect(postgres, "graphile").await?,
            pool,
        })
    }

    pub(super) async fn round(&mut self, alerts: &[String]) -> anyhow::Result<(Took, Took)> {
        let utils = WorkerUtils::new(
            graphile_worker::Database::from(self.pool.clone()),
            "graphile_worker",
        );
        let (before_cpu, before, began) = (cpu(self.postgres), wal(&mut self.db).await?, Instant::now());
        for batch in alerts.chunks(REQUEST) {
            let jobs = batch
                .iter()
                .map(|alert| {
                    Ok(RawJobSpec {
                        identifier: "nothing".to_owned(),
                        payload: serde_json::from_str(alert)?,
                        spec: JobSpec::default(),
                    })
                })
                .collect::<anyhow::Result<Vec<_>>>()?;
            utils.add_raw_jobs(&jobs).await?;
        }
        let wall = began.elapsed();
        let after = wal(&mut self.db).await?;
        let stored = Took {
            count: alerts.len(),
            wall,
            cpu_s: cpu(self.postgres) - before_cpu,
            wal: after - before,
        };
        let worker = WorkerOptions::default()
            .pg_pool(self.pool.clone())
            .schema("graphile_worker")
            .concurrency(500)
            .poll_interval(Duration::from_millis(5))
            .complete_job_batch_delay(Duration::from_millis(5))
            .local_queue(LocalQueueConfig::default().with_size(5_000))
            .define_job::<Nothing>()
            .init()
            .await?;
        let worker = Arc::new(worker);
        DONE.store(0, Ordering::Relaxed);
        let (before_cpu, began) = (cpu(self.postgres), Instant::now());
        let running = Arc::clone(&worker);
        let task =
            tokio::spawn(async move { running.run().await.map_err(|error| anyhow::anyhow!("{error}")) });
        until_done(alerts.len(), "graphile_worker").await?;
        let wall = began.elapsed();
        let cpu_s = cpu(self.postgres) - before_cpu;
        worker.request_shutdown();
        task.await??;
        let wal = wal(&mut self.db).await? - after;
        Ok((
            stored,
            Took {
                count: alerts.len(),
                wall,
                cpu_s,
                wal,
            },
        ))
    }
}

async fn nothing(_: serde_json::Value) -> Result<(), BoxDynError> {
    DONE.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// apalis-postgres, fetching in batches.
pub(super) struct Apalis<'a> {
    postgres: &'a Postgres,
    db: PgConnection,
    pool: PgPool,
    round: usize,
}

impl<'a> Apalis<'a> {
    pub(super) async fn new(postgres: &'a Postgres) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(12)
            .connect(&postgres.url("apalis"))
            .await?;
        PostgresStorage::setup(&pool).await?;
        Ok(Self {
            postgres,
            db: connect(postgres, "apalis").await?,
            pool,
            round: 0,
        })
    }

    pub(super) async fn round(&mut self, alerts: &[String]) -> anyhow::Result<(Took, Took)> {
        let (before_cpu, before, began) = (cpu(self.postgres), wal(&mut self.db).await?, Instant::now());
        for batch in alerts.chunks(REQUEST) {
            let tasks = batch
                .iter()
                .map(|alert| TaskBuilder::new(alert.clone().into_bytes()).build())
                .collect();
            apalis_postgres::queries::push_tasks(&mut self.db, "nothing", tasks).await?;
        }
        let wall = began.elapsed();
        let after = wal(&mut self.db).await?;
        let stored = Took {
            count: alerts.len(),
            wall,
            cpu_s: cpu(self.postgres) - before_cpu,
            wal: after - before,
        };
        let settings = Config::default()
            .queue("nothing")
            .batch_size(500)
            .lock_tasks(false)
            .persist_results(true);
        let backend = PostgresStorage::<serde_json::Value>::new(&self.pool).with_config(settings);
        self.round += 1;
        let worker = WorkerBuilder::new(format!("bench-{}", self.round))
            .backend(backend)
            .parallelize(tokio::spawn)
            .build(nothing);
        DONE.store(0, Ordering::Relaxed);
        let (before_cpu, began) = (cpu(self.postgres), Instant::now());
        let postgres = self.postgres;
        let measured = async {
            until_done(alerts.len(), "apalis-postgres").await?;
            let (wall, cpu_s) = (began.elapsed(), cpu(postgres) - before_cpu);
            // What was done is still to be written down.
            tokio::time::sleep(Duration::from_millis(500)).await;
            anyhow::Ok((wall, cpu_s))
        };
        let (wall, cpu_s) = tokio::select! {
            measured = measured => measured?,
            ended = worker.run() => anyhow::bail!("the worker of apalis-postgres has ended: {:?}", ended.err().map(|error| error.to_string())),
        };
        let wal = wal(&mut self.db).await? - after;
        Ok((
            stored,
            Took {
                count: alerts.len(),
                wall,
                cpu_s,
                wal,
            },
        ))
    }
}
