//! T2: a batch of the inbox is claimed, judged by the worker between two calls to here, and recorded, all in one
//! transaction. No call to anything but Postgres happens while it is open.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::alert::{Event, EventKind};
use crate::domain::alert_info::AlertInfo;
use crate::domain::decision::{DecisionKind, Fallback};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::lookup::{LookedUp, Lookup};
use crate::domain::measure::{Held, Measure, playbooks_of};
use crate::domain::recorded::{OwnFacts, RecordedRules, RecordedRuling};
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::failpoint;
use crate::store::inbox::{CERTAIN, quarantine};
use crate::store::packing::KeptEvent;
use crate::store::{Counted, DeviceRow, Store, StoreError, Wake, wake};

/// Why a row is put aside that was tried alone.
const KILLS: &str = "the process died twice while it was deciding this event";

/// Why a row is put aside that has nothing to decide.
const GONE: &str = "the event itself is no longer there";

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
    /// What completed it, where it is evidence that lacked something; [`DecideTx::infos_load`] reads it.
    pub info: Option<AlertInfo>,
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

/// What is lacking to decide a row, or would be better known.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The row.
    pub seq: i64,
    /// Its device.
    pub device: DeviceId,
    /// Until when the row waits; `None`: it does not.
    pub until: Option<Timestamp>,
    /// Whether the device's facts are wanted.
    pub wants_facts: bool,
    /// What is to be looked up about it.
    pub lookups: Vec<Lookup>,
}

/// An open T2.
pub struct DecideTx {
    pub(super) store: Store,
    pub(super) tenant: TenantId,
    pub(super) tx: sqlx::Transaction<'static, sqlx::Postgres>,
    /// The time of judgement.
    pub now: Timestamp,
    /// How many devices the last complete sweep of the inventory counted.
    pub fleet: Option<Counted>,
    /// The version of the active playbook set, as this transaction sees it.
    pub set_version: Option<i64>,
    /// The numbers of the rows that were claimed; whose event cannot be read is not among `items`.
    pub(super) seqs: Vec<i64>,
    /// There may be more to claim.
    pub more: bool,
    /// Nobody else held a part of the inbox meanwhile.
    pub had_all: bool,
    /// Somebody tried one of the rows alone and did not come back: it may kill whoever decides it.
    pub is_suspect: bool,
    /// The claimed rows, in order.
    pub items: Vec<InboxItem>,
    /// The numbers of the claimed heartbeats: rows that belong to no event.
    pub heartbeats: Vec<i64>,
    /// The devices of the claimed rows, locked.
    pub devices: HashMap<DeviceId, DeviceRow>,
    /// What is known of them by look-ups; [`DecideTx::lookups_load`] reads it.
    pub looked_up: HashMap<DeviceId, LookedUp>,
    /// Playbooks with an active containment, per device, with what each of these holds; without what only a fallen revision
    /// began, which was never sent and never will be.
    pub restricted_by: HashMap<DeviceId, Vec<Held>>,
    /// The same of what is only observed.
    pub observed_by: HashMap<DeviceId, Vec<Held>>,
    /// The installation's rules that the decisions are made under, kept with them.
    pub rules: Option<RecordedRules>,
    /// The revisions of the active set that only observe, whatever their text says; [`DecideTx::usage_load`] reads them.
    pub fallbacks: Vec<Fallback>,
    pub(super) has_fallbacks: bool,
    /// The stop in force, as this transaction sees it.
    pub stop: Option<StopScope>,
    /// Devices with something open that may end when its alerts are resolved.
    pub(super) awaiting: HashSet<DeviceId>,
    /// The devices on which something is asked or active, as far as anybody knows who holds their locks.
    pub(super) occupied: HashSet<DeviceId>,
    /// The first moment at which something of what began here ends or must be answered.
    pub next_end: Option<Timestamp>,
    /// Whether some device was looked at for what it is due, so that an action may have been queued.
    pub has_converged: bool,
    /// Those fallbacks that this transaction found: said after its commit.
    pub(super) fallen: Vec<Fallback>,
}

impl DecideTx {
    /// The playbooks that hold something on the device.
    pub fn restricting(&self, device: &DeviceId) -> Vec<String> {
        playbooks_of(self.held_on(device))
    }

    /// What is held on the device, and by which playbook.
    pub fn held_on(&self, device: &DeviceId) -> &[Held] {
        self.restricted_by.get(device).map_or(&[], Vec::as_slice)
    }

    /// Containments of these playbooks ended.
    pub fn forget_restricting(&mut self, device: &DeviceId, ended: &[Held]) {
        if let Some(restricted_by) = self.restricted_by.get_mut(device) {
            restricted_by.retain(|its| !ended.contains(its));
        }
    }
}

impl DecideTx {
    /// A claim that nothing has been read for.
    pub(super) fn claimed(
        (store, tenant, tx): (Store, TenantId, sqlx::Transaction<'static, sqlx::Postgres>),
        (now, fleet): (Timestamp, Option<Counted>),
        (seqs, more, had_all): (Vec<i64>, bool, bool),
    ) -> Self {
        Self {
            store,
            tenant,
            tx,
            now,
            fleet,
            seqs,
            more,
            had_all,
            is_suspect: false,
            set_version: None,
            items: Vec::new(),
            heartbeats: Vec::new(),
            devices: HashMap::new(),
            looked_up: HashMap::new(),
            restricted_by: HashMap::new(),
            observed_by: HashMap::new(),
            rules: None,
            fallbacks: Vec::new(),
            has_fallbacks: false,
            stop: None,
            awaiting: HashSet::new(),
            occupied: HashSet::new(),
            next_end: None,
            has_converged: false,
            fallen: Vec::new(),
        }
    }

    /// Reads the claimed rows, their devices with what is open there, and the set in force, all as of one moment. A row that
    /// two tried alone and did not come back from is put aside, unless that is `ours`, who try it now.
    pub(super) async fn load(&mut self, ours: Option<i64>) -> Result<(), StoreError> {
        if self.seqs.is_empty() {
            return Ok(());
        }
        // Each table is asked row by row through the key that stands in its subquery, which `OFFSET 0` keeps a subquery: joined freely, a plan
        // that was made while they were empty reads all devices of the tenant for each row.
        let rows = sqlx::query!(
            r#"WITH claimed AS MATERIALIZED (
                 SELECT i.* FROM unnest($2::bigint[]) AS s (seq) CROSS JOIN LATERAL (
                   SELECT seq, tenant_id, event_id, device_id, event_kind, enqueued_at, failures FROM quell.inbox
                   WHERE inbox.seq = s.seq AND inbox.tenant_id = $1 OFFSET 0) AS i)
               SELECT i.seq AS "seq!", i.event_id AS "event_id!", i.device_id AS "device_id!", i.event_kind AS "event_kind!",
                 i.enqueued_at AS "enqueued_at!", i.failures AS "failures!", e.codec AS "codec!", e.event AS "event?",
                 e.normalised AS "normalised?", e.source AS "source!", e.trust AS "trust!",
                    (SELECT version FROM quell.active_sets WHERE tenant_id = $1) AS set_version,
                    -- As of after the devices' locks: whoever stopped everything before that is heard.
                    (SELECT quell.stop_in_force($1)) AS stop,
                    d.device_id AS "known?", d.facts, d.facts_fetched_at, d.is_unknown_to_defender AS "is_unknown_to_defender?",
                    d.facts_failures AS "facts_failures?", d.lifted_alerts AS "lifted_alerts?",
                    open.restricts AS "restricts: Vec<Option<String>>", open.observes AS "observes: Vec<Option<String>>",
                    open.is_awaiting
               FROM claimed i
               JOIN quell.events_read(ARRAY(SELECT event_id FROM claimed)) e ON e.id = i.event_id
               LEFT JOIN LATERAL (
                   SELECT * FROM quell.devices WHERE devices.tenant_id = $1 AND devices.device_id = i.device_id OFFSET 0) AS d ON true
               CROSS JOIN LATERAL (
                   SELECT array_agg(CASE WHEN c.state = 'active' AND c.mode = 'enforce'
                                         -- What a revoked revision began and never restricted will never be sent.
                                         AND NOT ((CASE c.measure WHEN 'isolation' THEN d.isolation ELSE d.restriction END) IN ('free', 'unknown')
                                             AND (EXISTS (SELECT 1 FROM quell.playbook_revisions r WHERE r.tenant_id = c.tenant_id
                                                      AND r.playbook = c.playbook AND r.revision = c.revision AND r.revoked_at IS NOT NULL)
                                                  OR EXISTS (SELECT 1 FROM quell.canary_fallbacks f WHERE f.tenant_id = c.tenant_id
                                                      AND f.playbook = c.playbook AND f.revision = c.revision))
                                             AND NOT EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = c.tenant_id
                                                 AND a.device_id = c.device_id AND a.subject = c.measure AND a.kind IN ('restrict', 'isolate')
                                                 AND a.state IN ('submitting', 'in_doubt', 'submitted')))
                                         THEN c.measure || ':' || c.playbook END
                                    ORDER BY c.activated_at) AS restricts,
                          array_agg(CASE WHEN c.state = 'active' AND c.mode = 'observe' THEN c.measure || ':' || c.playbook END
                                    ORDER BY c.activated_at) AS observes,
                          bool_or(c.release_when <> '{}') AS is_awaiting
                   FROM quell.containments c WHERE c.tenant_id = i.tenant_id AND c.device_id = i.device_id
                     AND c.state IN ('asked', 'active')) AS open
               ORDER BY i.seq"#,
            self.tenant.0,
            &self.seqs,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        self.set_version = rows.first().and_then(|row| row.set_version);
        self.stop = rows
            .first()
            .and_then(|row| super::stops::scope_of(row.stop.as_deref()));
        // INVARIANT: a row that is claimed is settled or put aside: else it would be claimed for ever.
        let found: HashSet<i64> = rows.iter().map(|row| row.seq).collect();
        let without: Vec<i64> = self
            .seqs
            .iter()
            .copied()
            .filter(|seq| !found.contains(seq))
            .collect();
        if !without.is_empty() {
            self.heartbeats = self.heartbeats_find(&without).await?;
        }
        for seq in without.iter().filter(|seq| !self.heartbeats.contains(seq)) {
            quarantine(&mut self.tx, self.tenant, *seq, GONE).await?;
        }
        for row in rows {
            if row.failures > 0 && ours != Some(row.seq) {
                if row.failures >= CERTAIN {
                    quarantine(&mut self.tx, self.tenant, row.seq, KILLS).await?;
                    continue;
                }
                self.is_suspect = true;
            }
            let kept = KeptEvent {
                codec: row.codec,
                event: row.event,
                normalised: row.normalised,
            };
            let event = match kept.read() {
                Ok(event) => event,
                Err(error) => {
                    quarantine(&mut self.tx, self.tenant, row.seq, &error).await?;
                    continue;
                }
            };
            failpoint::reads!(event.alert.title.value().map(String::as_str), self.seqs.len());
            let device = DeviceId::from_stored(row.device_id);
            self.items.push(InboxItem {
                seq: row.seq,
                event_id: row.event_id,
                device: device.clone(),
                kind: EventKind::parse(&row.event_kind).unwrap_or(EventKind::Updated),
                enqueued_at: row.enqueued_at.to_jiff(),
                event,
                source: row.source,
                trust: Trust::parse(&row.trust),
                info: None,
            });
            if row.known.is_none() || self.devices.contains_key(&device) {
                continue;
            }
            // No row, no open containment.
            if let Some(restricts) = row.restricts {
                self.occupied.insert(device.clone());
                let held = held(restricts);
                if !held.is_empty() {
                    self.restricted_by.insert(device.clone(), held);
                }
            }
            let observes = held(row.observes.unwrap_or_default());
            if !observes.is_empty() {
                self.observed_by.insert(device.clone(), observes);
            }
            if row.is_awaiting == Some(true) {
                self.awaiting.insert(device.clone());
            }
            let known = DeviceRow {
                id: device.clone(),
                // Facts that this version cannot read count as never fetched.
                facts: row.facts.and_then(|facts| serde_json::from_value(facts).ok()),
                fetched_at: super::containments::time(row.facts_fetched_at),
                is_unknown_to_defender: row.is_unknown_to_defender.unwrap_or_default(),
                fetch_failures: row.facts_failures.unwrap_or_default(),
                lifted_alerts: row.lifted_alerts.unwrap_or_default(),
            };
            self.devices.insert(device, known);
        }
        Ok(())
    }

    /// Lets rows wait until a moment, and asks for what is lacking of their devices.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn wait_for_facts(&mut self, rows: &[Waiting]) -> Result<(), StoreError> {
        for row in rows {
            if let Some(until) = row.until {
                sqlx::query!(
                    // It was tried, and nobody died of it, nor panicked.
                    "UPDATE quell.inbox SET wait_until = $2, failures = 0, held_since = NULL WHERE seq = $1",
                    row.seq,
                    jiff_sqlx::ToSqlx::to_sqlx(until) as jiff_sqlx::Timestamp,
                )
                .execute(&mut *self.tx)
                .await?;
            }
            if !row.lookups.is_empty() {
                self.lookups_want(&row.device, &row.lookups).await?;
            }
            if !row.wants_facts {
                continue;
            }
            sqlx::query!(
                "UPDATE quell.devices SET facts_wanted_at = coalesce(facts_wanted_at, quell.now()),
                     -- Wanted anew: earlier failures do not hold it up.
                     facts_tried_at = CASE WHEN facts_wanted_at IS NULL THEN NULL ELSE facts_tried_at END,
                     facts_failures = CASE WHEN facts_wanted_at IS NULL THEN 0 ELSE facts_failures END
                 WHERE tenant_id = $1 AND device_id = $2",
                self.tenant.0,
                row.device.as_str(),
            )
            .execute(&mut *self.tx)
            .await?;
        }
        if rows.iter().any(|row| row.wants_facts) {
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
        self.store.meters.settled(self.tenant, decisions.len());
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

/// Reads what is held from `measure:playbook`; rows of no interest and what was begun by hand are null.
fn held(rows: Vec<Option<String>>) -> Vec<Held> {
    let read = |row: String| {
        let (measure, playbook) = row.split_once(':')?;
        Some((playbook.to_owned(), Measure::parse(measure)?))
    };
    rows.into_iter().flatten().filter_map(read).collect()
}
