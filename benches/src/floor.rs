//! The floor under the daemon's latency: the durable commits that the protocol needs and one POST, with nothing around them.
//!
//! The same tables, rows, indexes and triggers as the daemon's, in a database of its own on the same server; each
//! transaction in as few statements as the protocol allows: one, but for the attempt's, whose lock is a statement of its own.

use std::time::Instant;

use quell::store::{Store, StoreOptions};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use crate::ground::{Http, Postgres};
use crate::recorder::Recorder;

/// What one round trip through the floor took, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Floor {
    pub event: f64,
    pub decision: f64,
    pub attempt: f64,
    pub answer: f64,
    /// To the first byte at the server, connection kept.
    pub post: f64,
    /// An empty row in a table without indexes, committed by one statement: what any durable write costs here.
    pub bare: f64,
}

impl Floor {
    /// The three commits before the call.
    pub fn to_the_wire(&self) -> f64 {
        self.event + self.decision + self.attempt
    }
}

/// What is written, copied from what the daemon wrote for an event of the same kind.
pub struct Rows {
    pub payload: Vec<u8>,
    pub event: Vec<u8>,
    pub rulings: serde_json::Value,
}

/// The floor's own database.
pub struct Ground {
    db: PgConnection,
    tenant: i32,
    http: Http,
    rows: Rows,
    number: u64,
}

const APP: &str = "99999999-2222-3333-4444-555555555555";

impl Ground {
    /// Migrates the database and connects.
    pub async fn new(
        postgres: &Postgres,
        database: &str,
        recorder: &Recorder,
        rows: Rows,
    ) -> anyhow::Result<Self> {
        let store = Store::new(&StoreOptions {
            url: postgres.url(database).into(),
            max_connections: 2,
            validity: std::time::Duration::from_secs(60),
            retry_delays: Vec::new(),
            retry_cap: std::time::Duration::from_secs(1),
        })?;
        store.migrate().await?;
        let tenant = store.tenant_ensure("floor").await?;
        store.budget_ensure(tenant, APP).await?;
        store.close().await;
        let mut db = postgres.connect(database).await?;
        sqlx::query("CREATE TABLE bare (n integer)")
            .execute(&mut db)
            .await?;
        Ok(Self {
            db,
            tenant: tenant.0,
            http: Http::connect(recorder.addr())?,
            rows,
            number: 0,
        })
    }

    /// Goes through it once. `recorder` tells when the call's first byte came.
    pub async fn once(&mut self, recorder: &Recorder) -> anyhow::Result<Floor> {
        self.number += 1;
        let device = format!("{:040x}", 0xf100_0000_0000_u64 + self.number);
        sqlx::query("INSERT INTO quell.devices (tenant_id, device_id) VALUES ($1, $2)")
            .bind(self.tenant)
            .bind(&device)
            .execute(&mut self.db)
            .await?;
        let (event, action, attempt) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let mut floor = Floor::default();
        let began = Instant::now();
        self.event(event, &device).await?;
        floor.event = ms(began);
        let began = Instant::now();
        self.decision(event, action, &device).await?;
        floor.decision = ms(began);
        let began = Instant::now();
        self.attempt(action, attempt).await?;
        floor.attempt = ms(began);
        let body =
            serde_json::json!({ "Comment": format!("[quell:{action}.1] bench: the floor under the daemon") });
        let request = Http::post(
            &format!("/api/machines/{device}/restrictCodeExecution"),
            "application/json",
            body.to_string().as_bytes(),
        );
        let began = Instant::now();
        self.http.send(&request)?;
        self.http.answer()?;
        let (first, _) = recorder.call(&device).unwrap_or((began, 0));
        floor.post = first.saturating_duration_since(began).as_secs_f64() * 1e3;
        let began = Instant::now();
        self.answer(action, attempt).await?;
        floor.answer = ms(began);
        let began = Instant::now();
        sqlx::query("INSERT INTO bare VALUES (1)")
            .execute(&mut self.db)
            .await?;
        floor.bare = ms(began);
        Ok(floor)
    }

    /// T1: the event, its key, its place in the inbox.
    async fn event(&mut self, event: Uuid, device: &str) -> anyhow::Result<()> {
        sqlx::query(
            "WITH key AS (INSERT INTO quell.event_keys (tenant_id, key, event_id)
                          VALUES ($1, sha256(($2::uuid)::text::bytea), $2)),
                  event AS (INSERT INTO quell.events (id, tenant_id, source, format, alert_id, payload, event, codec)
                            VALUES ($2, $1, 'bench', 'mde', ($2::uuid)::text, $4, $5, 1)),
                  alert AS (INSERT INTO quell.alert_devices (tenant_id, alert_id, device_id, event_id)
                            VALUES ($1, ($2::uuid)::text, $3, $2))
             INSERT INTO quell.inbox (tenant_id, event_id, device_id, event_kind, shard) VALUES ($1, $2, $3, 'new', 0)",
        )
        .bind(self.tenant)
        .bind(event)
        .bind(device)
        .bind(&self.rows.payload)
        .bind(&self.rows.event)
        .execute(&mut self.db)
        .await?;
        Ok(())
    }

    /// T2: the decision, the containment it begins, the action it queues; the inbox row goes.
    async fn decision(&mut self, event: Uuid, action: Uuid, device: &str) -> anyhow::Result<()> {
        sqlx::query(
            "WITH gone AS (DELETE FROM quell.inbox WHERE tenant_id = $1 AND event_id = $2),
                  decision AS (INSERT INTO quell.decisions (tenant_id, event_id, device_id, kind, reason, set_version,
                                   rulings, event_kind, facts_hash, rules_hash)
                               VALUES ($1, $2, $3, 'act', 'matched', 1, $5, 'new', $4, $4)),
                  containment AS (INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, playbook,
                                      revision, event_id, alert_id, comment, activated_at, release_after, until, state_by,
                                      state_reason)
                                  VALUES ($4, $1, $3, 'active', 'enforce', 'critical', 'floor', 'floor', $2, 'floor',
                                      'floor', quell.now(), '4h', quell.now() + interval '4h', 'decide', 'matched')),
                  alert AS (INSERT INTO quell.containment_alerts (containment_id, alert_id, event_id, open_at)
                            VALUES ($4, 'floor', $2, quell.now()))
             INSERT INTO quell.actions (id, tenant_id, device_id, kind, state, lane, containment_id, playbook, revision, comment,
                                        wanted_by, valid_until, state_by, state_reason)
             VALUES ($4, $1, $3, 'restrict', 'queued', 0, $4, 'floor', 'floor', 'floor', 'decide', quell.now() + interval '1d',
                     'decide', 'matched')",
        )
        .bind(self.tenant)
        .bind(event)
        .bind(device)
        .bind(action)
        .bind(&self.rows.rulings)
        .execute(&mut self.db)
        .await?;
        Ok(())
    }

    /// T3: lock first, in a statement of its own; then count and write the attempt down.
    async fn attempt(&mut self, action: Uuid, attempt: Uuid) -> anyhow::Result<()> {
        let mut tx = self.db.begin().await?;
        sqlx::query("SELECT scope FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions' FOR UPDATE")
            .bind(self.tenant)
            .bind(APP)
            .execute(&mut *tx)
            .await?;
        let written = sqlx::query(
            "WITH action AS (UPDATE quell.actions SET state = 'submitting', attempts = 1, state_by = 'gate'
                             WHERE id = $3 AND state = 'queued' RETURNING id)
             INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, action_id, n, epoch, reserved_at, send_deadline, slot_at)
             SELECT $4, $1, $2, 'actions', 'restrict', action.id, 1, 1, quell.now(), quell.now() + interval '5s',
                    quell.now() + interval '95s'
             FROM action WHERE NOT EXISTS (SELECT 1 FROM quell.attempts WHERE tenant_id = $1 AND app_id = $2
                   AND scope = 'actions' AND slot_at >= quell.now() - interval '1m' ORDER BY slot_at DESC OFFSET 100000)",
        )
        .bind(self.tenant)
        .bind(APP)
        .bind(action)
        .bind(attempt)
        .execute(&mut *tx)
        .await?;
        anyhow::ensure!(
            written.rows_affected() == 1,
            "the floor's attempt was not written"
        );
        tx.commit().await?;
        Ok(())
    }

    /// T4: the answer.
    async fn answer(&mut self, action: Uuid, attempt: Uuid) -> anyhow::Result<()> {
        sqlx::query(
            "WITH attempt AS (UPDATE quell.attempts SET answered_at = quell.now(), slot_at = quell.now(), outcome = 'accepted'
                              WHERE id = $2 AND answered_at IS NULL)
             UPDATE quell.actions SET state = 'submitted', submitted_at = quell.now(), defender_id = ($2::uuid)::text,
                 defender_status = 'Pending', state_by = 'submit' WHERE id = $1 AND state = 'submitting'",
        )
        .bind(action)
        .bind(attempt)
        .execute(&mut self.db)
        .await?;
        Ok(())
    }
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
