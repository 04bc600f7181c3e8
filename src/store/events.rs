//! T1: events are stored, deduplicated and queued in one transaction; after its commit their source is acknowledged.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::alert::{Event, EventKind};
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

const PAYLOAD_CAP: usize = 65_536;

impl Store {
    /// Stores a batch: all of it, or nothing.
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
        let mut tx = self.pool.begin().await?;
        for letter in &dead {
            let payload = &letter.payload[..letter.payload.len().min(PAYLOAD_CAP)];
            sqlx::query!(
                "INSERT INTO quell.dead_letters (id, tenant_id, source, reason, payload) VALUES ($1, $2, $3, $4, $5)",
                Uuid::now_v7(),
                tenant.0,
                source,
                letter.reason,
                payload,
            )
            .execute(&mut *tx)
            .await?;
        }
        let ids: Vec<Uuid> = incoming.iter().map(|_| Uuid::now_v7()).collect();
        let keys: Vec<Vec<u8>> = incoming.iter().map(key).collect();
        // In the order of the keys: two batches with the same events must not wait for each other.
        let mut owners: HashMap<Vec<u8>, Uuid> = sqlx::query!(
            "INSERT INTO quell.event_keys (tenant_id, key, event_id)
             SELECT $1, key, id FROM unnest($2::bytea[], $3::uuid[]) WITH ORDINALITY AS t (key, id, n) ORDER BY key, n
             ON CONFLICT DO NOTHING RETURNING key, event_id",
            tenant.0,
            &keys,
            &ids,
        )
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .map(|row| (row.key, row.event_id))
        .collect();
        if owners.len() < keys.len() {
            // Some were there before.
            let known = sqlx::query!(
                "SELECT key, event_id FROM quell.event_keys WHERE tenant_id = $1 AND key = ANY($2)",
                tenant.0,
                &keys,
            )
            .fetch_all(&mut *tx)
            .await?;
            owners.extend(known.into_iter().map(|row| (row.key, row.event_id)));
        }
        let mut stored = Vec::with_capacity(incoming.len());
        let mut fresh = Vec::new();
        for ((event, id), key) in incoming.iter().zip(&ids).zip(&keys) {
            let owner = owners.get(key).copied().unwrap_or(*id);
            let duplicate = owner != *id;
            if !duplicate {
                fresh.push((*id, event));
            }
            stored.push(Stored {
                id: owner,
                duplicate,
                devices: event.event.devices.len(),
            });
        }
        insert(&mut tx, tenant, (source, trust), &fresh).await?;
        enqueue(&mut tx, tenant, &fresh).await?;
        tx.commit().await?;
        Ok(stored)
    }
}

fn key(incoming: &Incoming) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(incoming.event.alert.id.as_bytes());
    hash.update([0]);
    hash.update(incoming.content_hash);
    hash.finalize().to_vec()
}

async fn insert(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (source, trust): (&str, Trust),
    fresh: &[(Uuid, &Incoming)],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = fresh.iter().map(|(id, _)| *id).collect();
    let formats: Vec<String> = fresh
        .iter()
        .map(|(_, i)| i.event.format.as_str().to_owned())
        .collect();
    let alerts: Vec<String> = fresh.iter().map(|(_, i)| i.event.alert.id.clone()).collect();
    let payloads: Vec<Vec<u8>> = fresh.iter().map(|(_, i)| i.payload.clone()).collect();
    let normalised = fresh
        .iter()
        .map(|(_, i)| serde_json::to_value(&i.event))
        .collect::<Result<Vec<serde_json::Value>, _>>()?;
    sqlx::query!(
        "INSERT INTO quell.events (id, tenant_id, source, format, alert_id, payload, normalised, trust)
         SELECT id, $1, $2, format, alert_id, payload, normalised, $8
         FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::jsonb[])
              AS t (id, format, alert_id, payload, normalised)",
        tenant.0,
        source,
        &ids,
        &formats,
        &alerts,
        &payloads,
        &normalised,
        trust.as_str(),
    )
    .execute(&mut *tx)
    .await?;
    for (id, incoming) in fresh {
        if let Some(reason) = incoming.event.no_device_reason() {
            sqlx::query!(
                "INSERT INTO quell.decisions (tenant_id, event_id, device_id, kind, reason, rulings)
                 VALUES ($1, $2, NULL, 'skip', 'no_device', jsonb_build_array(jsonb_build_object('why', $3::text)))",
                tenant.0,
                id,
                reason,
            )
            .execute(&mut *tx)
            .await?;
        }
    }
    Ok(())
}

async fn enqueue(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    fresh: &[(Uuid, &Incoming)],
) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, &str, &str, bool)> = fresh
        .iter()
        .flat_map(|(id, incoming)| {
            let alert = &incoming.event.alert;
            let resolved = alert.status.value().is_some_and(|status| status == "resolved");
            let devices = incoming.event.devices.iter();
            devices.map(move |device| (*id, alert.id.as_str(), device.as_str(), resolved))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let alerts: Vec<String> = rows.iter().map(|row| row.1.to_owned()).collect();
    let devices: Vec<String> = rows.iter().map(|row| row.2.to_owned()).collect();
    // An alert without an id cannot be known from before: each of its events is new.
    let first: BTreeSet<(Uuid, String)> = sqlx::query!(
        "WITH known AS (
             INSERT INTO quell.devices (tenant_id, device_id)
             SELECT DISTINCT $1::int, device FROM unnest($4::text[]) AS t (device) ORDER BY device
             ON CONFLICT DO NOTHING)
         INSERT INTO quell.alert_devices (tenant_id, alert_id, device_id, event_id)
         SELECT $1, alert_id, device_id, id
         FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS t (id, alert_id, device_id, n)
         WHERE alert_id <> '' ORDER BY alert_id, device_id, n
         ON CONFLICT DO NOTHING RETURNING event_id, device_id",
        tenant.0,
        &ids,
        &alerts,
        &devices,
    )
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .map(|row| (row.event_id, row.device_id))
    .collect();
    let kinds: Vec<String> = rows
        .iter()
        .map(|(id, alert, device, resolved)| {
            let is_first = alert.is_empty() || first.contains(&(*id, (*device).to_owned()));
            let kind = match (resolved, is_first) {
                (true, _) => EventKind::Resolved,
                (false, true) => EventKind::New,
                (false, false) => EventKind::Updated,
            };
            kind.as_str().to_owned()
        })
        .collect();
    sqlx::query!(
        "WITH queued AS (
             INSERT INTO quell.inbox (tenant_id, event_id, device_id, event_kind, shard)
             SELECT $1, id, device_id, kind, (hashtext(device_id) & 63)::smallint
             FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS t (id, device_id, kind, n) ORDER BY n)
         SELECT pg_notify('quell_wake', $5)",
        tenant.0,
        &ids,
        &devices,
        &kinds,
        Wake::Inbox.payload(tenant),
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}
