//! T2: a batch of the inbox is claimed, judged by the worker between two calls to here, and recorded, all in one
//! transaction. No call to anything but Postgres happens while it is open.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::alert::{Event, EventKind};
use crate::domain::decision::{DecisionKind, Fallback};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::recorded::{OwnFacts, RecordedRules, RecordedRuling};
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::store::{DeviceRow, Store, StoreError, Wake, wake};

/// One row of the inbox with its event.
#[derive(Clone, Debug)]
pub struct InboxItem {
    /// Its place in the order.
    pub seq: i64,
    /// The event.
    pub event_id: Uuid,
    /// The device.
    pub device: DeviceId,
    /// New, updated or resolved.
    pub kind: EventKind,
    /// When it was accepted.
    pub enqueued_at: Timestamp,
    /// What it says.
    pub event: Event,
    /// The source that sent it.
    pub source: String,
    /// What that source may do.
    pub trust: Trust,
}

/// A decision to record.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// The inbox row that it settles.
    pub seq: i64,
    /// The event.
    pub event_id: Uuid,
    /// The device.
    pub device: DeviceId,
    /// What was made of it.
    pub kind: DecisionKind,
    /// Why.
    pub reason: String,
    /// What the event was for this device.
    pub event: EventKind,
    /// The rulings that are not plain no-match.
    pub rulings: Vec<RecordedRuling>,
    /// The device's facts that everything was judged by; `None`: none were at hand, all were unknown.
    pub facts: Option<DeviceFacts>,
    /// What quell itself knew of the device.
    pub own: OwnFacts,
}

/// An open T2.
pub struct DecideTx {
    pub(super) store: Store,
    pub(super) tenant: TenantId,
    pub(super) tx: sqlx::Transaction<'static, sqlx::Postgres>,
    /// The time of judgement.
    pub now: Timestamp,
    /// The version of the active playbook set, as this transaction sees it.
    pub set_version: Option<i64>,
    /// The claimed rows, in order.
    pub items: Vec<InboxItem>,
    /// The devices of the claimed rows, locked.
    pub devices: HashMap<DeviceId, DeviceRow>,
    /// Playbooks with an active containment, per device.
    pub restricted_by: HashMap<DeviceId, Vec<String>>,
    /// Playbooks with an active containment that is only observed, per device.
    pub observed_by: HashMap<DeviceId, Vec<String>>,
    /// The installation's rules that the decisions are made under, kept with them.
    pub rules: Option<RecordedRules>,
    /// The revisions of the active set that only observe, whatever their text says; [`DecideTx::usage_load`] reads them.
    pub fallbacks: Vec<Fallback>,
    pub(super) has_fallbacks: bool,
    /// Devices with something open that may end when its alerts are resolved.
    pub(super) awaiting: HashSet<DeviceId>,
    /// Those fallbacks that this transaction found: said after its commit.
    pub(super) fallen: Vec<Fallback>,
}

impl Store {
    /// Claims up to `batch` rows of the inbox that nobody else is deciding and that wait for nothing.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decide_begin(&self, tenant: TenantId, batch: i64) -> Result<DecideTx, StoreError> {
        let mut tx = self.pool.begin().await?;
        // Rows of one device share a shard, so two claimers never decide the same device out of order.
        let claim = sqlx::query!(
            r#"SELECT quell.now() AS "now!", ARRAY(SELECT s::smallint FROM generate_series(0, 63) AS s
                   WHERE pg_try_advisory_xact_lock($1, s)) AS "shards!: Vec<i16>""#,
            tenant.0,
        )
        .fetch_one(&mut *tx)
        .await?;
        let (now, shards) = (claim.now, claim.shards);
        // The rows and the set in force, as of one moment.
        let rows = sqlx::query!(
            "SELECT i.seq, i.event_id, i.device_id, i.event_kind, i.enqueued_at, e.normalised, e.source, e.trust,
                    (SELECT version FROM quell.active_sets WHERE tenant_id = $1) AS set_version
             FROM quell.inbox i JOIN quell.events e ON e.id = i.event_id
             WHERE i.tenant_id = $1 AND i.shard = ANY($2) AND (i.wait_until IS NULL OR i.wait_until <= $3)
               AND NOT EXISTS (SELECT 1 FROM quell.inbox w WHERE w.tenant_id = i.tenant_id AND w.device_id = i.device_id
                               AND w.seq < i.seq AND w.wait_until > $3)
             ORDER BY i.seq LIMIT $4",
            tenant.0,
            &shards,
            now as jiff_sqlx::Timestamp,
            batch,
        )
        .fetch_all(&mut *tx)
        .await?;
        let set_version = rows.first().and_then(|row| row.set_version);
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            match serde_json::from_value(row.normalised) {
                Ok(event) => items.push(InboxItem {
                    seq: row.seq,
                    event_id: row.event_id,
                    device: DeviceId::from_stored(row.device_id),
                    kind: EventKind::parse(&row.event_kind).unwrap_or(EventKind::Updated),
                    enqueued_at: row.enqueued_at.to_jiff(),
                    event,
                    source: row.source,
                    trust: Trust::parse(&row.trust),
                }),
                Err(error) => quarantine(&mut tx, tenant, row.seq, &error.to_string()).await?,
            }
        }
        let mut claimed = DecideTx {
            store: self.clone(),
            tenant,
            tx,
            now: now.to_jiff(),
            set_version,
            items,
            devices: HashMap::new(),
            restricted_by: HashMap::new(),
            observed_by: HashMap::new(),
            rules: None,
            fallbacks: Vec::new(),
            has_fallbacks: false,
            awaiting: HashSet::new(),
            fallen: Vec::new(),
        };
        if !claimed.items.is_empty() {
            claimed.load_devices().await?;
        }
        Ok(claimed)
    }

    /// Puts a row aside that cannot be decided: it leaves a dead letter and frees its device.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_quarantine(&self, tenant: TenantId, seq: i64, why: &str) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        quarantine(&mut tx, tenant, seq, why).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How long until a waiting row of the inbox is due; `None` when none waits.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_next_due(&self, tenant: TenantId) -> Result<Option<Duration>, StoreError> {
        let wait = sqlx::query_scalar!(
            "SELECT extract(epoch FROM min(wait_until) - quell.now())::float8 FROM quell.inbox
             WHERE tenant_id = $1 AND wait_until IS NOT NULL",
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(wait.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))))
    }
}

impl DecideTx {
    async fn load_devices(&mut self) -> Result<(), StoreError> {
        let mut ids: Vec<String> = self.items.iter().map(|item| item.device.to_string()).collect();
        ids.sort();
        ids.dedup();
        // Locked in the order of their ids, as everywhere, and read as they are once locked.
        let rows = sqlx::query!(
            "SELECT device_id, facts, facts_fetched_at, is_unknown_to_defender, facts_failures
             FROM quell.devices WHERE tenant_id = $1 AND device_id = ANY($2) ORDER BY device_id FOR UPDATE",
            self.tenant.0,
            &ids,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let id = DeviceId::from_stored(row.device_id);
            let device = DeviceRow {
                id: id.clone(),
                // Facts that this version cannot read count as never fetched.
                facts: row.facts.and_then(|facts| serde_json::from_value(facts).ok()),
                fetched_at: super::containments::time(row.facts_fetched_at),
                is_unknown_to_defender: row.is_unknown_to_defender,
                fetch_failures: row.facts_failures,
            };
            self.devices.insert(id, device);
        }
        let open = sqlx::query!(
            r#"SELECT device_id, CASE WHEN state = 'active' AND mode = 'enforce' THEN playbook END AS restricts,
                      CASE WHEN state = 'active' AND mode = 'observe' THEN playbook END AS observes,
                      release_when <> '{}' AS "is_awaiting!"
               FROM quell.containments
               WHERE tenant_id = $1 AND device_id = ANY($2) AND state IN ('asked', 'active') ORDER BY activated_at"#,
            self.tenant.0,
            &ids,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in open {
            let device = DeviceId::from_stored(row.device_id);
            if row.is_awaiting {
                self.awaiting.insert(device.clone());
            }
            if let Some(playbook) = row.observes {
                self.observed_by.entry(device.clone()).or_default().push(playbook);
            }
            if let Some(playbook) = row.restricts {
                self.restricted_by.entry(device).or_default().push(playbook);
            }
        }
        Ok(())
    }

    /// Lets rows wait until a moment, and asks for the facts of their devices.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn wait_for_facts(&mut self, rows: &[(i64, DeviceId, Timestamp)]) -> Result<(), StoreError> {
        for (seq, device, until) in rows {
            sqlx::query!(
                "UPDATE quell.inbox SET wait_until = $2 WHERE seq = $1",
                seq,
                jiff_sqlx::ToSqlx::to_sqlx(*until) as jiff_sqlx::Timestamp,
            )
            .execute(&mut *self.tx)
            .await?;
            sqlx::query!(
                "UPDATE quell.devices SET facts_wanted_at = coalesce(facts_wanted_at, quell.now()),
                     -- Wanted anew: earlier failures do not hold it up.
                     facts_tried_at = CASE WHEN facts_wanted_at IS NULL THEN NULL ELSE facts_tried_at END,
                     facts_failures = CASE WHEN facts_wanted_at IS NULL THEN 0 ELSE facts_failures END
                 WHERE tenant_id = $1 AND device_id = $2",
                self.tenant.0,
                device.as_str(),
            )
            .execute(&mut *self.tx)
            .await?;
        }
        if !rows.is_empty() {
            wake(&mut self.tx, self.tenant, Wake::Facts).await?;
        }
        Ok(())
    }

    /// Gives the batch back as it was. Dropping the transaction would keep its locks for a moment longer.
    ///
    /// # Errors
    /// Postgres is not available; nothing of the batch was decided then either.
    pub async fn abandon(self) -> Result<(), StoreError> {
        self.tx.rollback().await?;
        Ok(())
    }

    /// Records decisions, settles their inbox rows, and commits.
    ///
    /// # Errors
    /// Postgres is not available: nothing was decided.
    pub async fn commit(mut self, decisions: &[DecisionRow]) -> Result<(), StoreError> {
        if !decisions.is_empty() {
            self.record(decisions).await?;
        }
        self.tx.commit().await?;
        super::fallbacks::say(&self.fallen);
        let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for decision in decisions {
            *counts
                .entry((decision.kind.as_str(), decision.reason.as_str()))
                .or_default() += 1;
        }
        for ((kind, _), count) in counts {
            metrics::counter!("quell_decisions_total", "kind" => kind.to_owned()).increment(count);
        }
        Ok(())
    }
}

/// Takes a row that cannot be read out of the inbox: it leaves a dead letter and frees its device.
async fn quarantine(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    seq: i64,
    why: &str,
) -> Result<(), StoreError> {
    tracing::error!(
        inbox.seq = seq,
        error = why,
        "an event cannot be decided and is put aside"
    );
    sqlx::query!(
        "WITH gone AS (DELETE FROM quell.inbox WHERE seq = $1 RETURNING event_id, device_id)
         INSERT INTO quell.dead_letters (id, tenant_id, source, event_id, device_id, reason, payload)
         SELECT $2, $3, 'inbox', gone.event_id, gone.device_id, $4, substring(e.payload FROM 1 FOR 65536)
         FROM gone JOIN quell.events e ON e.id = gone.event_id",
        seq,
        Uuid::now_v7(),
        tenant.0,
        format!("the event cannot be decided: {why}"),
    )
    .execute(tx)
    .await?;
    Ok(())
}
