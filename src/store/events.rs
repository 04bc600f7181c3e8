//! T1: events are stored, deduplicated and queued in one transaction; after its commit their source is acknowledged.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::alert::Event;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::store::{Store, StoreError, Wake};

/// An event on its way in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The normalised event.
    pub event: Event,
    /// The bytes as received.
    pub payload: Vec<u8>,
    /// sha256 over the canonical content.
    pub content_hash: [u8; 32],
}

/// What became of it, once committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The event's id; of the first delivery, when this is a repeated one.
    pub id: Uuid,
    /// The same alert with the same content was here before.
    pub duplicate: bool,
    /// For how many devices it was queued.
    pub devices: usize,
}

/// A record that was refused.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Why, in the operator's words.
    pub reason: String,
    /// The bytes, at most 65,536 of them.
    pub payload: Vec<u8>,
}

/// What each event of a batch is known by.
struct Keys {
    /// As its source sends it.
    own: Vec<Vec<u8>>,
    /// As one that may act sends it.
    plain: Vec<Vec<u8>>,
}

const PAYLOAD_CAP: usize = 65_536;

impl Store {
    /// Stores a batch: all of it, or nothing.
    ///
    /// One statement, which is its own transaction: what has no part in another's order costs no round trip of its own. What
    /// it says of a repeated event is read after it, since the statement cannot see what others committed while it ran.
    ///
    /// # Errors
    /// Postgres is not available, or refused it; nothing is stored then.
    pub async fn events_accept(
        &self,
        tenant: TenantId,
        source: &str,
        incoming: Vec<Incoming>,
        dead: Vec<DeadLetter>,
    ) -> Result<Vec<Stored>, StoreError> {
        self.events_accept_from(tenant, (source, Trust::Act), incoming, dead)
            .await
    }

    /// Stores a batch of a source that may do so much: all of it, or nothing. What it may not do is judged with the other
    /// guards; nothing is dropped for it.
    ///
    /// # Errors
    /// Postgres is not available, or refused it; nothing is stored then.
    pub async fn events_accept_from(
        &self,
        tenant: TenantId,
        (source, trust): (&str, Trust),
        incoming: Vec<Incoming>,
        dead: Vec<DeadLetter>,
    ) -> Result<Vec<Stored>, StoreError> {
        let ids: Vec<Uuid> = incoming.iter().map(|_| Uuid::now_v7()).collect();
        let keys = Keys {
            own: incoming.iter().map(|event| key(event, trust)).collect(),
            plain: incoming.iter().map(|event| key(event, Trust::Act)).collect(),
        };
        let fresh = self
            .insert(tenant, (source, trust), (&ids, &keys, &incoming), &dead)
            .await?;
        let queued = incoming
            .iter()
            .zip(&ids)
            .filter(|(_, id)| fresh.contains(id))
            .map(|(event, _)| event.event.devices.len());
        self.meters.stored(tenant, queued.sum());
        let mut owners: HashMap<&[u8], Uuid> = ids
            .iter()
            .zip(&keys.own)
            .filter(|(id, _)| fresh.contains(id))
            .map(|(id, key)| (key.as_slice(), *id))
            .collect();
        let known = if owners.len() < keys.own.len() {
            // Some were there before.
            sqlx::query!(
                "SELECT key, event_id FROM quell.event_keys WHERE tenant_id = $1 AND key = ANY($2::bytea[] || $3::bytea[])",
                tenant.0,
                &keys.own,
                &keys.plain,
            )
            .fetch_all(&self.pool)
            .await?
        } else {
            Vec::new()
        };
        owners.extend(known.iter().map(|row| (row.key.as_slice(), row.event_id)));
        let all_keys = keys.own.iter().zip(&keys.plain);
        let stored = incoming
            .iter()
            .zip(&ids)
            .zip(all_keys)
            .map(|((event, id), (key, plain))| {
                let owner = owners
                    .get(key.as_slice())
                    .or_else(|| owners.get(plain.as_slice()));
                let owner = owner.copied().unwrap_or(*id);
                Stored {
                    id: owner,
                    duplicate: owner != *id,
                    devices: event.event.devices.len(),
                }
            });
        Ok(stored.collect())
    }

    /// Inserts what is new, and says which of `ids` that was.
    async fn insert(
        &self,
        tenant: TenantId,
        (source, trust): (&str, Trust),
        (ids, keys, incoming): (&[Uuid], &Keys, &[Incoming]),
        dead: &[DeadLetter],
    ) -> Result<HashSet<Uuid>, StoreError> {
        let text = |of: fn(&Incoming) -> String| -> Vec<String> { incoming.iter().map(of).collect() };
        let formats = text(|i| i.event.format.as_str().to_owned());
        let alerts = text(|i| i.event.alert.id.clone());
        let payloads: Vec<&[u8]> = incoming.iter().map(|i| i.payload.as_slice()).collect();
        let normalised = incoming
            .iter()
            .map(|i| serde_json::to_value(&i.event))
            .collect::<Result<Vec<serde_json::Value>, _>>()?;
        let nowhere: Vec<Option<String>> = incoming.iter().map(|i| i.event.no_device_reason()).collect();
        let rows = Rows::of(ids, incoming);
        let letters: Vec<Uuid> = dead.iter().map(|_| Uuid::now_v7()).collect();
        let reasons: Vec<String> = dead.iter().map(|letter| letter.reason.clone()).collect();
        let refused: Vec<&[u8]> = dead
            .iter()
            .map(|letter| &letter.payload[..letter.payload.len().min(PAYLOAD_CAP)])
            .collect();
        // INVARIANT: keys before devices before alerts, each in its own order: two batches with the same events must not wait
        // for each other. Each part reads a count or a list of the one before it, and so begins when that one is done.
        // An alert without an id cannot be known from before: each of its events is new.
        let fresh = sqlx::query!(
            r#"WITH letters AS (
                 INSERT INTO quell.dead_letters (id, tenant_id, source, reason, payload)
                 SELECT id, $1, $2, reason, payload FROM unnest($3::uuid[], $4::text[], $5::bytea[]) AS t (id, reason, payload)),
               keyed AS (
                 INSERT INTO quell.event_keys (tenant_id, key, event_id)
                 SELECT $1, key, id FROM unnest($6::bytea[], $7::uuid[], $19::bytea[]) WITH ORDINALITY AS t (key, id, plain, n)
                 -- What a source that may do more has said is no news from one that may do less.
                 WHERE $20 OR NOT EXISTS (SELECT 1 FROM quell.event_keys k WHERE k.tenant_id = $1 AND k.key = t.plain)
                 ORDER BY key, n
                 ON CONFLICT DO NOTHING RETURNING event_id),
               fresh AS MATERIALIZED (SELECT coalesce(array_agg(event_id), '{}') AS ids FROM keyed),
               stored AS (
                 INSERT INTO quell.events (id, tenant_id, source, format, alert_id, payload, normalised, trust)
                 SELECT id, $1, $2, format, alert_id, payload, normalised, $18
                 FROM unnest($7::uuid[], $8::text[], $9::text[], $10::bytea[], $11::jsonb[])
                      AS t (id, format, alert_id, payload, normalised), fresh
                 WHERE id = ANY(fresh.ids)),
               nowhere AS (
                 INSERT INTO quell.decisions (tenant_id, event_id, device_id, kind, reason, rulings)
                 SELECT $1, id, NULL, 'skip', 'no_device', jsonb_build_array(jsonb_build_object('why', why))
                 FROM unnest($7::uuid[], $12::text[]) AS t (id, why), fresh WHERE why IS NOT NULL AND id = ANY(fresh.ids)),
               places AS MATERIALIZED (
                 SELECT t.* FROM unnest($13::uuid[], $14::text[], $15::text[], $16::bool[]) WITH ORDINALITY
                      AS t (id, alert_id, device_id, is_resolved, n), fresh
                 WHERE id = ANY(fresh.ids)),
               known AS (
                 INSERT INTO quell.devices (tenant_id, device_id)
                 SELECT DISTINCT $1::int, device_id FROM places ORDER BY device_id
                 ON CONFLICT DO NOTHING RETURNING 1),
               first AS (
                 INSERT INTO quell.alert_devices (tenant_id, alert_id, device_id, event_id)
                 SELECT $1, alert_id, device_id, id FROM places, (SELECT count(*) AS n FROM known) AS devices
                 -- One that may not act by itself does not take the first word from one that may.
                 WHERE $20 AND alert_id <> '' AND devices.n >= 0 ORDER BY alert_id, device_id, places.n
                 ON CONFLICT DO NOTHING RETURNING event_id, device_id),
               queued AS (
                 INSERT INTO quell.inbox (tenant_id, event_id, device_id, source, event_kind, shard)
                 SELECT $1, p.id, p.device_id, $2,
                        CASE WHEN p.is_resolved THEN 'resolved' WHEN p.alert_id = '' OR f.event_id IS NOT NULL THEN 'new'
                             WHEN NOT $20 AND NOT EXISTS (SELECT 1 FROM quell.alert_devices a WHERE a.tenant_id = $1
                                 AND a.alert_id = p.alert_id AND a.device_id = p.device_id) THEN 'new'
                             ELSE 'updated' END, (hashtext(p.device_id) & 63)::smallint
                 FROM places p LEFT JOIN first f ON f.event_id = p.id AND f.device_id = p.device_id ORDER BY p.n RETURNING 1)
               SELECT fresh.ids AS "ids!", (CASE WHEN queue.n > 0 THEN pg_notify('quell_wake', $17) END)::text AS told
               FROM fresh, (SELECT count(*) AS n FROM queued) AS queue"#,
            tenant.0,
            source,
            &letters,
            &reasons,
            &refused as &[&[u8]],
            &keys.own,
            &ids,
            &formats,
            &alerts,
            &payloads as &[&[u8]],
            &normalised,
            &nowhere as &[Option<String>],
            &rows.ids,
            &rows.alerts,
            &rows.devices,
            &rows.are_resolved,
            Wake::Inbox.payload_from(tenant, self.origin),
            trust.as_str(),
            &keys.plain,
            !is_lesser(trust),
        )
        .fetch_one(self.swift())
        .await?;
        Ok(fresh.ids.into_iter().collect())
    }
}

/// A row for each event and device.
#[derive(Default)]
struct Rows {
    ids: Vec<Uuid>,
    alerts: Vec<String>,
    devices: Vec<String>,
    are_resolved: Vec<bool>,
}

impl Rows {
    fn of(ids: &[Uuid], incoming: &[Incoming]) -> Self {
        let mut rows = Self::default();
        for (id, incoming) in ids.iter().zip(incoming) {
            let alert = &incoming.event.alert;
            let is_resolved = alert.status.value().is_some_and(|status| status == "resolved");
            for device in &incoming.event.devices {
                rows.ids.push(*id);
                rows.alerts.push(alert.id.clone());
                rows.devices.push(device.to_string());
                rows.are_resolved.push(is_resolved);
            }
        }
        rows
    }
}

///
/// A copy from a source that may not act by itself has a key of its own: it must not make the copy of one that may a repeated one,
/// or whoever can send there could keep an alert from being acted on by sending it first. One that a source sent above its
/// rate is that source's all the same.
fn key(incoming: &Incoming, trust: Trust) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(incoming.event.alert.id.as_bytes());
    hash.update([0]);
    hash.update(incoming.content_hash);
    if is_lesser(trust) {
        hash.update([0]);
        hash.update(trust.as_str());
    }
    hash.finalize().to_vec()
}

fn is_lesser(trust: Trust) -> bool {
    matches!(trust, Trust::Ask | Trust::Observe)
}
