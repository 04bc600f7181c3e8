//! What a claim costs with so many rows queued, also while an old snapshot keeps what was decided before in the indexes; and how much
//! memory the daemon needs to decide them, of some thousands and of a million.
//!
//! The claim is the store's own, in this process; each is given back at once. Two things are told of it: its time, and the pages that
//! Postgres touched for it, which no other work on the machine changes.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use quell::domain::tenant::TenantId;
use quell::store::{Store, StoreOptions};
use serde::Serialize;
use sqlx::{PgConnection, Row as _};

use crate::Effort;
use crate::ground::{Daemon, Postgres, config};
use crate::ingest_durable::playbooks;
use crate::measure::{Spread, spread};
use crate::recorder::Recorder;
use crate::report::{Verdict, figure, table};

const CLAIM: i64 = 100;
/// Rows queued, beside which the daemon's memory with a million of them is put.
const SHALLOW: i64 = 20_000;
/// Rows that were decided before, and that only an old snapshot still sees.
const DECIDED: i64 = 100_000;

#[derive(Debug, Serialize)]
struct Cell {
    bench: &'static str,
    queued: i64,
    old_snapshot: bool,
    claim_ms: Spread,
    pages: Spread,
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
    let (depths, rounds): (&[i64], usize) = if effort.quick {
        (&[1_000, 50_000], 20)
    } else {
        (&[1_000, 10_000, 100_000, 1_000_000], 60)
    };
    let postgres = Postgres::start(&["quell"])?;
    let store = Store::new(&StoreOptions {
        url: postgres.url("quell").into(),
        max_connections: 8,
        validity: Duration::from_secs(60),
        retry_delays: Vec::new(),
        retry_cap: Duration::from_secs(1),
    })?;
    store.migrate().await?;
    let tenant = store.tenant_ensure("bench").await?;
    let mut db = postgres.connect("quell").await?;
    let mut held = postgres.connect("quell").await?;
    fill(&mut db, tenant, SHALLOW).await?;
    let shallow = memory(&postgres, &mut db, SHALLOW).await?;
    let mut cells = Vec::new();
    let mut queued = 0;
    for depth in depths {
        fill(&mut db, tenant, depth - queued).await?;
        queued = *depth;
        cells.push(cell(&store, &mut db, tenant, (queued, false), rounds).await?);
    }
    sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .execute(&mut held)
        .await?;
    sqlx::query("SELECT count(*) FROM quell.tenants")
        .execute(&mut held)
        .await?;
    // As many as were decided while it is open come anew, so that the depth stays.
    let decided = if effort.quick { DECIDED / 10 } else { DECIDED };
    let gone = sqlx::query(
        "DELETE FROM quell.inbox WHERE seq IN (SELECT seq FROM quell.inbox ORDER BY seq LIMIT $1)",
    )
    .bind(decided)
    .execute(&mut db)
    .await?
    .rows_affected();
    fill(&mut db, tenant, i64::try_from(gone)?).await?;
    // As a claimer that was there while they were decided: it has seen where the oldest is.
    for _ in 0..3 {
        claim(&store, tenant).await?;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
    cells.push(cell(&store, &mut db, tenant, (queued, true), rounds).await?);
    sqlx::query("COMMIT").execute(&mut held).await?;
    for cell in &cells {
        println!("{}", serde_json::to_string(cell)?);
    }
    let rows: Vec<_> = cells
        .iter()
        .map(|cell| {
            vec![
                format!(
                    "{}{}",
                    cell.queued,
                    if cell.old_snapshot {
                        ", an old snapshot open"
                    } else {
                        ""
                    }
                ),
                figure(cell.claim_ms.median),
                figure(cell.claim_ms.min),
                figure(cell.pages.median),
            ]
        })
        .collect();
    println!("\nqueue_depth: a claim of {CLAIM} rows with their events and devices\n");
    table(&["queued", "ms, median", "least", "pages"], &rows);
    store.close().await;
    let deep = memory(&postgres, &mut db, queued).await?;
    Ok(verdicts(&cells, (shallow, deep), queued))
}

fn verdicts(cells: &[Cell], (shallow, deep): (f64, f64), queued: i64) -> Vec<Verdict> {
    let of = |cell: Option<&Cell>, pick: fn(&Cell) -> f64| cell.map_or(0.0, pick);
    let (first, deepest) = (cells.first(), cells.iter().rev().find(|cell| !cell.old_snapshot));
    let old = cells.last();
    let pages = |cell| of(cell, |cell| cell.pages.median);
    let time = |cell| of(cell, |cell| cell.claim_ms.median);
    let depth = |cell: Option<&Cell>| cell.map_or(0, |cell| cell.queued);
    let compared =
        |one: f64, other: f64| format!("{} and {}: {} ×", figure(one), figure(other), figure(other / one));
    let target = format!("from {} to {} queued", depth(first), depth(deepest));
    vec![
        Verdict {
            target: format!("a claim's time is flat within 20 % {target}, ms"),
            got: compared(time(first), time(deepest)),
            holds: time(deepest) <= 1.2 * time(first),
            gates: false,
        },
        Verdict {
            target: format!("the pages that it touches are at most twice as many {target}"),
            got: compared(pages(first), pages(deepest)),
            holds: pages(deepest) <= 2.0 * pages(first),
            gates: true,
        },
        Verdict {
            target: "with an old snapshot open a claim takes at most twice as long, ms".to_owned(),
            got: compared(time(deepest), time(old)),
            holds: time(old) <= 2.0 * time(deepest),
            gates: false,
        },
        Verdict {
            target: "… and touches at most twice as many pages".to_owned(),
            got: compared(pages(deepest), pages(old)),
            holds: pages(old) <= 2.0 * pages(deepest),
            gates: true,
        },
        Verdict {
            target: format!(
                "the daemon's memory is flat from {SHALLOW} to {queued} queued (at most 16 MB more), MB"
            ),
            got: format!("{} and {}", figure(shallow), figure(deep)),
            holds: deep <= shallow + 16.0,
            gates: true,
        },
    ]
}

async fn claim(store: &Store, tenant: TenantId) -> anyhow::Result<()> {
    let claimed = store.decide_begin(tenant, CLAIM).await?;
    anyhow::ensure!(
        claimed.items.len() == CLAIM as usize,
        "{} rows were claimed",
        claimed.items.len()
    );
    Ok(claimed.abandon().await?)
}

async fn cell(
    store: &Store,
    db: &mut PgConnection,
    tenant: TenantId,
    (queued, old_snapshot): (i64, bool),
    rounds: usize,
) -> anyhow::Result<Cell> {
    let mut times = Vec::with_capacity(rounds);
    for round in 0..rounds + 10 {
        let began = Instant::now();
        claim(store, tenant).await?;
        if round >= 10 {
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    let mut pages = Vec::new();
    for _ in 0..5 {
        pages.push(touched(store, db, tenant).await?);
    }
    Ok(Cell {
        bench: "queue_depth",
        queued,
        old_snapshot,
        claim_ms: spread(times),
        pages: spread(pages),
    })
}

/// Pages of the inbox's tables and indexes that one claim touches, by Postgres' own count.
async fn touched(store: &Store, db: &mut PgConnection, tenant: TenantId) -> anyhow::Result<f64> {
    const SUM: &str = "SELECT (SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)
        FROM pg_statio_user_tables WHERE schemaname = 'quell')::float8 AS pages";
    let read = async |db: &mut PgConnection| -> anyhow::Result<f64> {
        // The backends tell their counts at most once a second.
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        Ok(sqlx::query(SUM).fetch_one(db).await?.try_get("pages")?)
    };
    claim(store, tenant).await?;
    let before = read(db).await?;
    const CLAIMS: u32 = 10;
    for _ in 0..CLAIMS {
        claim(store, tenant).await?;
    }
    // One more says what the ones before it touched.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    claim(store, tenant).await?;
    let after = read(db).await?;
    Ok((after - before) / f64::from(CLAIMS + 1))
}

/// So many rows, on fifty thousand devices, each with an event.
async fn fill(db: &mut PgConnection, tenant: TenantId, count: i64) -> anyhow::Result<()> {
    let mut left = count;
    while left > 0 {
        let now = left.min(100_000);
        sqlx::query(
            "WITH made AS MATERIALIZED (
                 SELECT gen_random_uuid() AS id, format('%s', lpad(to_hex(floor(50000 * power(random(), 4))::int), 40, '0')) AS device
                 FROM generate_series(1, $2)),
               stored AS (
                 INSERT INTO quell.events (id, tenant_id, source, format, alert_id, payload, normalised)
                 SELECT id, $1, 'bench', 'mde', id::text, '\\x7b7d', $3::jsonb FROM made),
               known AS (
                 INSERT INTO quell.devices (tenant_id, device_id) SELECT DISTINCT $1::int, device FROM made ON CONFLICT DO NOTHING)
             INSERT INTO quell.inbox (tenant_id, event_id, device_id, source, event_kind, shard)
             SELECT $1, id, device, 'bench', 'new', (hashtext(device) & 63)::smallint FROM made",
        )
        .bind(tenant.0)
        .bind(now)
        .bind(normalised()?)
        .execute(&mut *db)
        .await?;
        left -= now;
    }
    sqlx::query("VACUUM ANALYZE quell.inbox")
        .execute(&mut *db)
        .await?;
    // As the daemon has it done within two seconds.
    sqlx::query("SELECT quell.analyse_grown()")
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// An event as intake makes it.
fn normalised() -> anyhow::Result<serde_json::Value> {
    let alert = crate::feed::Feed::new(3).take(1).remove(0);
    let record =
        quell::intake::Record::parse(alert.as_bytes()).map_err(|broken| anyhow::anyhow!("{broken}"))?;
    let event = record
        .normalize(&quell::domain::device::DeviceIdRule::default())
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    Ok(serde_json::to_value(&event)?)
}

/// The most resident memory of a daemon that decides so many rows, in MB: for twenty seconds, or until there are none.
async fn memory(postgres: &Postgres, db: &mut PgConnection, queued: i64) -> anyhow::Result<f64> {
    let recorder = Recorder::start()?;
    let directory = tempfile::tempdir()?;
    let windows = "{windows: [{limit: 100, per: 60s}]}";
    let text = config(
        &postgres.url("quell"),
        &format!("http://{}", recorder.addr()),
        1,
        "",
        windows,
    );
    let daemon = Daemon::start(directory.path(), &text, &playbooks())?;
    let mut most: f64 = 0.0;
    let (began, mut left) = (Instant::now(), queued);
    while left > 0 && began.elapsed() < Duration::from_secs(20) {
        for _ in 0..10 {
            most = most.max(daemon.resident_mb().context("no resident memory is told")?);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        left = sqlx::query("SELECT count(*) AS n FROM quell.inbox")
            .fetch_one(&mut *db)
            .await?
            .try_get("n")?;
    }
    anyhow::ensure!(left < queued, "nothing was decided meanwhile");
    Ok(most)
}
