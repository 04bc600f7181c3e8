//! What a stored event takes: of the log, of the disk, and of Postgres' time, beside plain jsonb of the same bytes in the same run.
//! `docs/storage.md` is written from it.
//!
//! `cargo test --test it storage::sizes -- --ignored --nocapture` reads `target/alerts.ndjson`, one alert a line, where that is there,
//! and makes alerts of Defender's shape and 4.8 KB itself where it is not.

use std::fmt::Write as _;

use fastrand::Rng;
use quell::clock::Monotonic;
use quell::domain::device::DeviceIdRule;
use quell::domain::incoming::Incoming;
use quell::intake::Record;
use sqlx::Connection as _;

use super::number;
use crate::support::ground::{Ground, playbook};

/// So many events are measured, after a tenth as many that warm everything up.
const EVENTS: usize = 20_000;
const BATCH: usize = 500;

fn alerts(count: usize) -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/alerts.ndjson");
    match std::fs::read_to_string(path) {
        Ok(file) => {
            println!("the alerts are those of {path}");
            file.lines().take(count).map(str::to_owned).collect()
        }
        Err(_) => {
            let mut rng = Rng::with_seed(99);
            (0..count).map(|n| alert(n, &mut rng)).collect()
        }
    }
}

/// An alert of Defender's own API, with evidence up to 4.8 KB: half of what it holds are hashes that nothing compresses.
fn alert(n: usize, rng: &mut Rng) -> String {
    let hex = |rng: &mut Rng, digits: usize| -> String {
        std::iter::repeat_with(|| char::from_digit(rng.u32(0..16), 16))
            .flatten()
            .take(digits)
            .collect()
    };
    let severity = ["Informational", "Low", "Medium", "High"][rng.usize(0..4)];
    let category = ["InitialAccess", "Execution", "Malware", "Ransomware", "Impact"][rng.usize(0..5)];
    let device = match rng.u32(0..100) {
        0..28 => "null".to_owned(),
        _ => format!("\"{:040x}\"", 0xabcd_ef00_u64 + rng.u64(0..5_000)),
    };
    let (minute, second) = (n / 60 % 60, n % 60);
    let at = format!(
        "2026-01-01T{:02}:{minute:02}:{second:02}.{:06}Z",
        n / 3_600 % 24,
        rng.u32(0..1_000_000)
    );
    let mut text = format!(
        "{{\"id\": \"da{}_{n}\", \"incidentId\": {}, \"severity\": \"{severity}\", \"status\": \"New\", \"detectionSource\": \"WindowsDefenderAtp\", \
         \"category\": \"{category}\", \"title\": \"Suspicious behavior {} by a process\", \"description\": \"A process did what processes seldom do, \
         and did it {} times.\", \"alertCreationTime\": \"{at}\", \"lastUpdateTime\": \"{at}\", \"machineId\": {device}, \"computerDnsName\": \
         \"host-{}.contoso.test\", \"mitreTechniques\": [\"T1059.001\", \"T10{}\"], \"evidence\": [",
        rng.u64(..) >> 1,
        rng.u32(0..5_000),
        rng.u32(0..50),
        rng.u32(0..100),
        rng.u32(0..5_000),
        rng.u32(10..99),
    );
    while text.len() < 4_500 {
        let (sha1, sha256) = (hex(rng, 40), hex(rng, 64));
        let _ = write!(
            text,
            "{{\"entityType\": \"Process\", \"evidenceCreationTime\": \"{at}\", \"sha1\": \"{sha1}\", \"sha256\": \"{sha256}\", \"fileName\": \
             \"powershell.exe\", \"filePath\": \"C:\\\\Windows\\\\System32\", \"processId\": {}, \"processCommandLine\": \"powershell.exe -enc {}\", \
             \"detectionStatus\": \"Detected\"}}, ",
            rng.u32(0..60_000),
            hex(rng, 16),
        );
    }
    text.truncate(text.trim_end_matches(", ").len());
    text + "]}"
}

/// The seconds that the backends of this database have worked so far.
async fn worked(ground: &mut Ground) -> f64 {
    let pids = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut ticks = 0.0;
    for pid in ground.words(pids.to_owned()).await {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let its = after.split_whitespace().skip(11).take(2);
        ticks += its.filter_map(|n| n.parse::<f64>().ok()).sum::<f64>();
    }
    ticks / 100.0
}

async fn log_position(ground: &mut Ground) -> i64 {
    number(ground, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").await
}

async fn store(ground: &Ground, events: &[Incoming]) {
    for batch in events.chunks(BATCH) {
        let stored = ground
            .store
            .events_accept(ground.tenant, "bench", batch.to_vec(), Vec::new());
        stored.await.expect("they are stored");
    }
}

async fn decide(ground: &mut Ground) {
    while number(ground, "SELECT count(*) FROM quell.inbox").await > 0 {
        ground.decider().run_once().await.expect("the database is up");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "what plain jsonb takes is no statement of quell's"
)]
#[tokio::test]
#[ignore = "it takes a minute, and its figures are for reading"]
async fn what_a_million_events_take() {
    let mut ground = Ground::new(&[playbook("never")]).await;
    let texts = alerts(EVENTS + EVENTS / 10);
    let rule = DeviceIdRule::default();
    let began = Monotonic::now();
    let events: Vec<Incoming> = texts
        .iter()
        .filter_map(|text| {
            let record = Record::parse(text.as_bytes()).ok()?;
            Some(Incoming {
                event: record.normalize(&rule).ok()?,
                content_hash: record.content_hash(),
                traceparent: None,
                payload: text.as_bytes().to_vec(),
            })
        })
        .collect();
    println!(
        "{:.1} µs to read one",
        began.elapsed().as_secs_f64() * 1e6 / texts.len() as f64
    );
    let (warm, measured) = events.split_at(events.len() / 11);
    store(&ground, warm).await;
    decide(&mut ground).await;
    ground.execute("CHECKPOINT".to_owned()).await;

    let fresh = "SELECT count(*) FROM quell.events";
    let before = number(&mut ground, fresh).await;
    let (position, cpu) = (log_position(&mut ground).await, worked(&mut ground).await);
    store(&ground, measured).await;
    let (stored_at, stored_cpu) = (log_position(&mut ground).await, worked(&mut ground).await);
    decide(&mut ground).await;
    let (decided_at, decided_cpu) = (log_position(&mut ground).await, worked(&mut ground).await);
    let n = (number(&mut ground, fresh).await - before) as f64;

    let mut plain = sqlx::PgConnection::connect(&ground.database.url)
        .await
        .expect("it is up");
    ground
        .execute("CREATE TABLE plain (id uuid PRIMARY KEY, payload jsonb NOT NULL)".to_owned())
        .await;
    ground.execute("CHECKPOINT".to_owned()).await;
    let (plain_position, plain_cpu) = (log_position(&mut ground).await, worked(&mut ground).await);
    for batch in measured.chunks(BATCH) {
        let texts: Vec<&str> = batch
            .iter()
            .filter_map(|event| std::str::from_utf8(&event.payload).ok())
            .collect();
        sqlx::query(sqlx::AssertSqlSafe(
            "INSERT INTO plain SELECT gen_random_uuid(), t::jsonb FROM unnest($1::text[]) AS t".to_owned(),
        ))
        .bind(&texts)
        .execute(&mut plain)
        .await
        .expect("they are stored");
    }
    let (plain_end, plain_done) = (log_position(&mut ground).await, worked(&mut ground).await);
    let plain_n = measured.len() as f64;

    let each = |from: i64, to: i64, n: f64| (to - from) as f64 / n;
    let micros = |from: f64, to: f64, n: f64| (to - from) * 1e6 / n;
    println!("{n} events stored and decided of {} delivered", measured.len());
    println!(
        "log, stored:   {:.0} bytes an event",
        each(position, stored_at, n)
    );
    println!(
        "log, decided:  {:.0} bytes an event more",
        each(stored_at, decided_at, n)
    );
    println!(
        "log, jsonb:    {:.0} bytes an event",
        each(plain_position, plain_end, plain_n)
    );
    println!(
        "time, stored:  {:.0} µs of Postgres an event",
        micros(cpu, stored_cpu, n)
    );
    println!(
        "time, decided: {:.0} µs of Postgres an event more",
        micros(stored_cpu, decided_cpu, n)
    );
    println!(
        "time, jsonb:   {:.0} µs of Postgres an event",
        micros(plain_cpu, plain_done, plain_n)
    );
    let sizes = "SELECT format('%s: %s bytes of rows, %s of indexes, an event', t, heap / n, indexes / n) FROM (
            SELECT t, sum(pg_table_size(relid))::bigint AS heap, sum(pg_indexes_size(relid))::bigint AS indexes
            FROM unnest(ARRAY['events', 'decisions', 'event_keys', 'alert_devices']) AS t,
                 LATERAL (SELECT relid FROM pg_partition_tree('quell.' || t) WHERE isleaf
                          UNION SELECT ('quell.' || t)::regclass) AS parts GROUP BY t) AS sizes,
        (SELECT count(*) AS n FROM quell.events) AS counted
        UNION ALL SELECT format('payload %s, event %s bytes', avg(octet_length(payload))::int, avg(octet_length(event))::int) FROM quell.events
        UNION ALL SELECT format('plain: %s bytes of rows, %s of indexes, an event', pg_table_size('plain') / count(*),
                                pg_indexes_size('plain') / count(*)) FROM plain
        UNION ALL SELECT format('decision %s bytes, event row %s', (SELECT avg(pg_column_size(d.*))::int FROM quell.decisions d),
                                (SELECT avg(pg_column_size(e.*))::int FROM quell.events e))";
    for line in ground.words(sizes.to_owned()).await {
        println!("{line}");
    }
    ground.close().await;
}
