//! Decisions as they were recorded, with everything they were judged by, and what has not been decided yet.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::alert::{Event, EventKind};
use crate::domain::decision::DecisionKind;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::recorded::{OwnFacts, RecordedRules, RecordedRuling, facts_from_json};
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::packing::KeptEvent;
use crate::store::{Store, StoreError};

/// A decision as it was recorded.
#[derive(Clone, Debug)]
pub struct DecisionView {
    /// The event.
    pub event_id: Uuid,
    /// What it says, completed as it was when it was judged.
    pub event: Event,
    /// Through which source it came.
    pub source: String,
    /// When it was accepted.
    pub received_at: Timestamp,
    /// The device; `None`: the event has none that may be called.
    pub device: Option<DeviceId>,
    /// What was made of it.
    pub kind: DecisionKind,
    /// Why.
    pub reason: String,
    /// When it was judged.
    pub decided_at: Timestamp,
    /// The version of the playbook set it was judged by.
    pub set_version: Option<i64>,
    /// The rulings that are not plain no-match.
    pub rulings: Vec<RecordedRuling>,
    /// What it was judged by; `None`: it was made before that was kept, or what was kept cannot be read.
    pub inputs: Option<Inputs>,
}

/// What a decision was judged by, besides the event and the playbooks.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// What the event was for this device.
    pub event_kind: EventKind,
    /// The device's facts; `None`: none were at hand, all were unknown.
    pub facts: Option<DeviceFacts>,
    /// What quell itself knew of the device.
    pub own: OwnFacts,
    /// The installation's rules; `None`: they cannot be read by this version.
    pub rules: Option<RecordedRules>,
}

/// A decision that is kept longer than its event.
#[derive(Clone, Debug)]
pub struct OutlivedDecision {
    /// The event that is gone.
    pub event_id: Uuid,
    /// The device.
    pub device: Option<String>,
    /// What was made of it, e.g. `act`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// When it was judged.
    pub decided_at: Timestamp,
}

/// An event that waits to be decided for a device.
#[derive(Clone, Debug)]
pub struct WaitingView {
    /// The event.
    pub event_id: Uuid,
    /// Its alert.
    pub alert_id: String,
    /// The device.
    pub device: String,
    /// When it was accepted.
    pub since: Timestamp,
    /// Until when it waits for the device's facts; `None`: it waits for its turn.
    pub until: Option<Timestamp>,
}

/// A record that was refused, or put aside.
#[derive(Clone, Debug)]
pub struct DeadLetterView {
    /// Its id.
    pub id: Uuid,
    /// When it came.
    pub received_at: Timestamp,
    /// Through which source.
    pub source: String,
    /// Why it was refused.
    pub reason: String,
}

/// Which decisions are wanted.
#[derive(Clone, Debug)]
pub enum DecisionQuery {
    /// Those of one event.
    Event(Uuid),
    /// Those of every event of an alert.
    Alert(String),
    /// The latest of a device, at most so many.
    Device(DeviceId, i64),
    /// The latest that were judged under a revision of a playbook and that it plainly said no to. They are looked for among as many
    /// as the hits of its lines are.
    Unmatched {
        /// The playbook.
        playbook: String,
        /// Its revision.
        revision: String,
        /// At most so many.
        most: i64,
    },
}

/// No more decisions are read at once: an alert has few events, and each few devices.
const MOST: i64 = 1_000;

impl Store {
    /// Decisions in the order in which they were made.
    ///
    /// # Errors
    /// Postgres is not available, or a row holds what this version does not know.
    pub async fn decisions(
        &self,
        tenant: TenantId,
        query: &DecisionQuery,
    ) -> Result<Vec<DecisionView>, StoreError> {
        let keys = self.decision_keys(tenant, query).await?;
        let (events, devices): (Vec<Uuid>, Vec<Option<String>>) = keys.into_iter().unzip();
        let rows = sqlx::query!(
            r#"SELECT d.event_id, d.device_id, d.kind, d.reason, d.set_version, d.rulings, d.facts, d.decided_at, d.event_kind,
                 d.facts_hash, d.last_seen, d.own_facts, e.source, e.received_at, e.codec, e.event, e.normalised,
                 f.content AS "kept_facts?", r.content AS "rules?"
               FROM unnest($2::uuid[], $3::text[]) AS k (event_id, device_id)
               JOIN quell.decisions d ON d.event_id = k.event_id AND d.device_id IS NOT DISTINCT FROM k.device_id
               JOIN quell.events e ON e.id = d.event_id
               LEFT JOIN quell.decision_inputs f ON f.tenant_id = d.tenant_id AND f.hash = d.facts_hash
               LEFT JOIN quell.decision_inputs r ON r.tenant_id = d.tenant_id AND r.hash = d.rules_hash
               WHERE d.tenant_id = $1 ORDER BY d.decided_at, d.event_id, d.device_id"#,
            tenant.0,
            &events,
            &devices as &[Option<String>],
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let corrupt = |column, value: String| StoreError::Corrupt {
                    table: "decisions",
                    column,
                    row: row.event_id.to_string(),
                    value,
                };
                let kind = DecisionKind::parse(&row.kind).ok_or_else(|| corrupt("kind", row.kind.clone()))?;
                let event_kind = row.event_kind.as_deref().and_then(EventKind::parse);
                // Facts that are referred to and gone, or that this version cannot read, are not passed off as unknown.
                let facts = match (row.facts_hash, row.kept_facts) {
                    (None, _) => Some(None),
                    (Some(_), kept) => kept
                        .and_then(|kept| facts_from_json(kept, time(row.last_seen)).ok())
                        .map(Some),
                };
                let own = match row.own_facts {
                    None => Some(OwnFacts::default()),
                    Some(own) => serde_json::from_value(own).ok(),
                };
                let kept = KeptEvent {
                    codec: row.codec,
                    event: row.event,
                    normalised: row.normalised,
                };
                let mut event = kept.of(row.event_id)?;
                if let Some(own) = &own {
                    own.complete(&mut event);
                }
                let rules = row.rules.and_then(|rules| serde_json::from_value(rules).ok());
                let inputs = match (event_kind, facts, own) {
                    (Some(event_kind), Some(facts), Some(own)) => Some(Inputs {
                        event_kind,
                        facts,
                        own,
                        rules,
                    }),
                    _ => None,
                };
                Ok(DecisionView {
                    event_id: row.event_id,
                    event,
                    source: row.source,
                    received_at: row.received_at.to_jiff(),
                    device: row.device_id.map(DeviceId::from_stored),
                    kind,
                    reason: row.reason,
                    decided_at: row.decided_at.to_jiff(),
                    set_version: row.set_version,
                    rulings: rulings(row.rulings),
                    inputs,
                })
            })
            .collect()
    }

    /// Decisions whose event was deleted, its time being over: all that is left of them. [`Store::decisions`] leaves them out.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decisions_outlived(
        &self,
        tenant: TenantId,
        query: &DecisionQuery,
    ) -> Result<Vec<OutlivedDecision>, StoreError> {
        let keys = self.decision_keys(tenant, query).await?;
        let (events, devices): (Vec<Uuid>, Vec<Option<String>>) = keys.into_iter().unzip();
        let rows = sqlx::query!(
            "SELECT d.event_id, d.device_id, d.kind, d.reason, d.decided_at
             FROM unnest($2::uuid[], $3::text[]) AS k (event_id, device_id)
             JOIN quell.decisions d ON d.event_id = k.event_id AND d.device_id IS NOT DISTINCT FROM k.device_id
             WHERE d.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM quell.events e WHERE e.id = d.event_id)
             ORDER BY d.decided_at, d.event_id, d.device_id",
            tenant.0,
            &events,
            &devices as &[Option<String>],
        )
        .fetch_all(&self.pool)
        .await?;
        let outlived = rows.into_iter().map(|row| OutlivedDecision {
            event_id: row.event_id,
            device: row.device_id,
            kind: row.kind,
            reason: row.reason,
            decided_at: row.decided_at.to_jiff(),
        });
        Ok(outlived.collect())
    }

    async fn decision_keys(
        &self,
        tenant: TenantId,
        query: &DecisionQuery,
    ) -> Result<Vec<(Uuid, Option<String>)>, StoreError> {
        if let DecisionQuery::Device(device, limit) = query {
            let rows = sqlx::query!(
                "SELECT event_id, device_id FROM quell.decisions WHERE tenant_id = $1 AND device_id = $2
                 ORDER BY decided_at DESC LIMIT $3",
                tenant.0,
                device.as_str(),
                (*limit).min(MOST),
            )
            .fetch_all(&self.pool)
            .await?;
            return Ok(rows
                .into_iter()
                .map(|row| (row.event_id, row.device_id))
                .collect());
        }
        if let DecisionQuery::Unmatched {
            playbook,
            revision,
            most,
        } = query
        {
            let rows = sqlx::query!(
                "SELECT event_id, device_id FROM (
                   SELECT event_id, device_id, decided_at, set_version, rulings FROM quell.decisions
                   WHERE tenant_id = $1 ORDER BY decided_at DESC LIMIT $2) AS latest
                 WHERE device_id IS NOT NULL AND NOT rulings @> jsonb_build_array(jsonb_build_object('p', $3::text))
                   AND set_version IN (
                     SELECT v.version FROM quell.set_activations v JOIN quell.playbook_sets s USING (tenant_id, set_hash)
                     WHERE v.tenant_id = $1 AND s.playbook = $3 AND s.revision = $4)
                 ORDER BY decided_at DESC LIMIT $5",
                tenant.0,
                super::hits::LOOKED_THROUGH,
                playbook,
                revision,
                (*most).min(MOST),
            )
            .fetch_all(&self.pool)
            .await?;
            return Ok(rows
                .into_iter()
                .map(|row| (row.event_id, row.device_id))
                .collect());
        }
        let events = self.events_of(tenant, query).await?;
        let rows = sqlx::query!(
            "SELECT event_id, device_id FROM quell.decisions WHERE tenant_id = $1 AND event_id = ANY($2) LIMIT $3",
            tenant.0,
            &events,
            MOST,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.event_id, row.device_id))
            .collect())
    }

    async fn events_of(&self, tenant: TenantId, query: &DecisionQuery) -> Result<Vec<Uuid>, StoreError> {
        match query {
            DecisionQuery::Event(id) => Ok(vec![*id]),
            DecisionQuery::Alert(id) => Ok(sqlx::query_scalar!(
                "SELECT id FROM quell.events WHERE tenant_id = $1 AND alert_id = $2 ORDER BY id DESC LIMIT $3",
                tenant.0,
                id,
                MOST,
            )
            .fetch_all(&self.pool)
            .await?),
            DecisionQuery::Device(..) | DecisionQuery::Unmatched { .. } => Ok(Vec::new()),
        }
    }

    /// What is not decided yet, in the order of its turn.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn undecided(
        &self,
        tenant: TenantId,
        query: &DecisionQuery,
    ) -> Result<Vec<WaitingView>, StoreError> {
        let events = self.events_of(tenant, query).await?;
        let device = match query {
            DecisionQuery::Device(device, _) => Some(device.as_str()),
            _ => None,
        };
        let rows = sqlx::query!(
            r#"SELECT i.event_id, e.alert_id, i.device_id, i.enqueued_at,
                 CASE WHEN i.wait_until > quell.now() THEN i.wait_until END AS wait_until
               FROM quell.inbox i JOIN quell.events e ON e.id = i.event_id
               WHERE i.tenant_id = $1 AND (i.event_id = ANY($2) OR i.device_id = $3) ORDER BY i.seq LIMIT $4"#,
            tenant.0,
            &events,
            device,
            MOST,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| WaitingView {
                event_id: row.event_id,
                alert_id: row.alert_id,
                device: row.device_id,
                since: row.enqueued_at.to_jiff(),
                until: time(row.wait_until),
            })
            .collect())
    }

    /// The dead letters with that id, or of that event.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn dead_letters_of(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Vec<DeadLetterView>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id, received_at, source, reason FROM quell.dead_letters
             WHERE tenant_id = $1 AND (id = $2 OR event_id = $2) ORDER BY received_at",
            tenant.0,
            id,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| DeadLetterView {
                id: row.id,
                received_at: row.received_at.to_jiff(),
                source: row.source,
                reason: row.reason,
            })
            .collect())
    }
}

/// The rulings of a row, in the form of this version or in the longer one of before. What cannot be read is left out: the
/// decision's own kind and reason say the outcome.
pub(super) fn rulings(stored: Value) -> Vec<RecordedRuling> {
    let Value::Array(items) = stored else {
        return Vec::new();
    };
    items
        .into_iter()
        .filter_map(|item| match item.get("playbook") {
            Some(_) => long_form(&item),
            None => serde_json::from_value(item).ok(),
        })
        .collect()
}

fn long_form(item: &Value) -> Option<RecordedRuling> {
    let text = |key: &str| item.get(key)?.as_str().map(str::to_owned);
    let reason = text("reason")?;
    Some(RecordedRuling {
        playbook: text("playbook")?,
        kind: text("kind").as_deref().and_then(DecisionKind::parse)?,
        because: text("because").filter(|because| *because != reason),
        line: text("line").and_then(|line| line.rsplit(':').next()?.parse().ok()),
        mode: text("mode")
            .as_deref()
            .and_then(crate::domain::verdict::Mode::parse),
        reason,
        counts: Vec::new(),
        fleet: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::verdict::Mode;

    #[test]
    fn rulings_of_an_earlier_version_are_read_and_strangers_are_left_out() {
        let stored = json!([
            {"playbook": "one", "revision": "abc", "mode": "observe", "kind": "observe", "reason": "limits[0]",
             "wish": "act", "because": "matched", "line": null, "actions": []},
            {"playbook": "two", "kind": "skip", "reason": "unless.device.tags", "because": "unless.device.tags",
             "line": "two.yaml:14"},
            {"why": "the record names no device"},
            {"p": "three", "k": "act", "r": "matched", "n": [3, 7]},
            {"p": "four", "k": "a kind of the future", "r": "x"},
        ]);
        let expected = [
            (
                "one",
                DecisionKind::Observe,
                Some("matched"),
                None,
                Some(Mode::Observe),
                vec![],
            ),
            ("two", DecisionKind::Skip, None, Some(14), None, vec![]),
            ("three", DecisionKind::Act, None, None, None, vec![3, 7]),
        ];
        let read = rulings(stored);
        assert_eq!(read.len(), expected.len());
        for (read, (playbook, kind, because, line, mode, counts)) in read.into_iter().zip(expected) {
            assert_eq!((read.playbook.as_str(), read.kind), (playbook, kind));
            assert_eq!((read.because.as_deref(), read.line), (because, line));
            assert_eq!((read.mode, read.counts), (mode, counts));
        }
    }
}
