//! T1: events are stored, deduplicated and queued in one transaction; after its commit their source is acknowledged.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::device::DeviceId;
use crate::domain::fact::Fact;
use crate::domain::incoming::{DeadLetter, Incoming, Stored};
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::store::packing::{self, Packed};
use crate::store::{Fence, Once, Store, StoreError, Wake, alert_infos, identify, submissions};

/// What is done in the transaction that stores a batch, beside storing it.
#[derive(Clone, Copy, Debug)]
pub enum Beside<'a> {
    /// Nothing.
    Nothing,
    /// A source's position moves.
    Fence(&'a Fence),
    /// These submissions are deleted; all of them must still be there.
    Submissions(&'a [i64]),
    /// The answer to a delivery is kept; it must not have been answered before.
    Once(&'a Once),
}

/// What each event of a batch is known by.
struct Keys {
    /// As its source sends it.
    own: Vec<Vec<u8>>,
    /// As one that may act sends it.
    plain: Vec<Vec<u8>>,
}

impl Keys {
    /// Gives an event keys that no other has: the same record is not a repeated one when it comes again, or is read again.
    fn set_apart(&mut self, at: usize, id: Uuid) {
        for keys in [&mut self.own, &mut self.plain] {
            let mut hash = Sha256::new();
            hash.update(&keys[at]);
            hash.update(id.as_bytes());
            keys[at] = hash.finalize().to_vec();
        }
    }
}

/// The ids, the keys and the events of a batch.
type Known<'a> = (&'a [Uuid], &'a Keys, &'a [Incoming]);

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
        self.events_accept_with(tenant, (source, trust), incoming, dead, Beside::Nothing)
            .await
    }

    /// The same for a source of which something stands in Postgres, such as its place in what it reads: that moves in the
    /// transaction that stores the batch, or nothing is stored.
    ///
    /// # Errors
    /// As [`Store::events_accept_from`]; or what stands there is another's by now, or not as was thought
    /// ([`StoreError::is_part_lost`]).
    pub async fn events_accept_with(
        &self,
        tenant: TenantId,
        (source, trust): (&str, Trust),
        mut incoming: Vec<Incoming>,
        mut dead: Vec<DeadLetter>,
        beside: Beside<'_>,
    ) -> Result<Vec<Stored>, StoreError> {
        let unasked = self.incoming_identify(tenant, &mut incoming).await?;
        let ids: Vec<Uuid> = incoming.iter().map(|_| Uuid::now_v7()).collect();
        let mut keys = Keys {
            own: incoming.iter().map(|event| key(event, trust)).collect(),
            plain: incoming.iter().map(|event| key(event, Trust::Act)).collect(),
        };
        if !unasked.is_empty() {
            // What was stored with its devices before is repeated all the same.
            let known = known_keys(&self.pool, tenant, &keys).await?;
            for at in unasked {
                if !known.contains_key(&keys.own[at]) && !known.contains_key(&keys.plain[at]) {
                    keys.set_apart(at, ids[at]);
                    dead.push(identify::letter(&incoming[at]));
                }
            }
        }
        // Before a connection is taken: it waits for nothing but Postgres.
        let packed = Packed::of(incoming, dead).await?;
        let incoming = packed.incoming.as_slice();
        let rows = (ids.as_slice(), &keys, &packed);
        let known = (ids.as_slice(), &keys, incoming);
        let has_infos = alert_infos::are_among(incoming);
        if let (Beside::Nothing, false) = (&beside, has_infos) {
            let fresh = self.insert(self.swift(), tenant, (source, trust), rows).await?;
            self.queued(tenant, known, &fresh);
            return outcomes(&self.pool, tenant, known, &fresh).await;
        }
        let mut tx = self.begin_swift().await?;
        match beside {
            Beside::Nothing | Beside::Once(_) => {}
            Beside::Fence(fence) => fence.pass(&mut tx, tenant).await?,
            Beside::Submissions(seqs) => submissions::take(&mut tx, tenant, seqs).await?,
        }
        let fresh = self.insert(&mut *tx, tenant, (source, trust), rows).await?;
        if has_infos {
            alert_infos::keep(&mut tx, tenant, trust, (&ids, incoming), &fresh).await?;
        }
        let Beside::Once(once) = beside else {
            tx.commit().await?;
            self.queued(tenant, known, &fresh);
            return outcomes(&self.pool, tenant, known, &fresh).await;
        };
        let stored = outcomes(&mut *tx, tenant, known, &fresh).await?;
        once.keep(&mut tx, (tenant, source), &stored).await?;
        tx.commit().await?;
        self.queued(tenant, known, &fresh);
        Ok(stored)
    }

    /// Counts what waits to be decided now.
    fn queued(&self, tenant: TenantId, (ids, _, incoming): Known<'_>, fresh: &HashSet<Uuid>) {
        let queued = incoming
            .iter()
            .zip(ids)
            .filter(|(_, id)| fresh.contains(id))
            .map(|(event, _)| event.event.devices.len());
        self.meters.stored(tenant, queued.sum());
    }

    /// Inserts what is new, and says which of `ids` that was.
    async fn insert<'e>(
        &self,
        executor: impl sqlx::PgExecutor<'e>,
        tenant: TenantId,
        (source, trust): (&str, Trust),
        (ids, keys, packed): (&[Uuid], &Keys, &Packed),
    ) -> Result<HashSet<Uuid>, StoreError> {
        let incoming = packed.incoming.as_slice();
        let text = |of: fn(&Incoming) -> String| -> Vec<String> { incoming.iter().map(of).collect() };
        let formats = text(|i| i.event.format.as_str().to_owned());
        let alerts = text(|i| i.event.alert.id.clone());
        let facts = Facts::of(incoming);
        let nowhere: Vec<Option<String>> = incoming.iter().map(|i| i.event.no_device_reason()).collect();
        let traces: Vec<Option<String>> = incoming.iter().map(|i| i.traceparent.clone()).collect();
        let rows = Rows::of(ids, incoming);
        let letters: Vec<Uuid> = packed
            .dead
            .iter()
            .map(|letter| letter.id.unwrap_or_else(Uuid::now_v7))
            .collect();
        let reasons: Vec<String> = packed.dead.iter().map(|letter| letter.reason.clone()).collect();
        // INVARIANT: keys before devices before alerts, each in its own order: two batches with the same events must not wait
        // for each other. Each part sorts or counts what the one before it gives, and so begins when that one is done.
        // Rows are matched by joins of lists, which are hashed however many they are; a list that is searched for each row, or a
        // subquery of it, would cost the square of a batch. The moment is asked for once, not by each row's default.
        // An alert without an id cannot be known from before: each of its events is new.
        let fresh = sqlx::query!(
            r#"WITH moment AS MATERIALIZED (SELECT quell.now() AS now),
               letters AS (
                 INSERT INTO quell.dead_letters (id, tenant_id, source, reason, payload, codec)
                 SELECT id, $1, $2, reason, payload, $21 FROM unnest($3::uuid[], $4::text[], $5::bytea[]) AS t (id, reason, payload)
                 -- One of a message that is delivered again.
                 ON CONFLICT DO NOTHING),
               keyed AS (
                 INSERT INTO quell.event_keys (tenant_id, key, event_id)
                 SELECT $1, key, id FROM unnest($6::bytea[], $7::uuid[], $19::bytea[]) WITH ORDINALITY AS t (key, id, plain, n)
                 -- What a source that may do more has said is no news from one that may do less.
                 WHERE $20 OR NOT EXISTS (SELECT 1 FROM quell.event_keys k WHERE k.tenant_id = $1 AND k.key = t.plain)
                 ORDER BY key, n
                 ON CONFLICT DO NOTHING RETURNING event_id),
               fresh AS MATERIALIZED (SELECT event_id FROM keyed),
               stored AS (
                 INSERT INTO quell.events (id, received_at, tenant_id, source, format, alert_id, payload, event, codec, trust, severity,
                                           category, status, occurred_at, devices, traceparent)
                 SELECT id, moment.now, $1, $2, format, alert_id, payload, event, $21, $18, severity, category, status, occurred_at::timestamptz,
                        -- One text an event: of as many devices as it has.
                        string_to_array(devices, ' '), traceparent
                 FROM unnest($7::uuid[], $8::text[], $9::text[], $10::bytea[], $11::bytea[], $22::text[], $23::text[], $24::text[],
                             $25::text[], $26::text[], $27::text[])
                      AS t (id, format, alert_id, payload, event, severity, category, status, occurred_at, devices, traceparent)
                      JOIN fresh ON fresh.event_id = t.id CROSS JOIN moment),
               nowhere AS (
                 INSERT INTO quell.decisions (tenant_id, event_id, decided_at, device_id, kind, reason, rulings)
                 SELECT $1, id, moment.now, NULL, 'skip', 'no_device', jsonb_build_array(jsonb_build_object('why', why))
                 FROM unnest($7::uuid[], $12::text[]) AS t (id, why) JOIN fresh ON fresh.event_id = t.id CROSS JOIN moment
                 WHERE why IS NOT NULL),
               places AS MATERIALIZED (
                 SELECT t.* FROM unnest($13::uuid[], $14::text[], $15::text[], $16::bool[]) WITH ORDINALITY
                      AS t (id, alert_id, device_id, is_resolved, n) JOIN fresh ON fresh.event_id = t.id),
               known AS (
                 INSERT INTO quell.devices (tenant_id, device_id)
                 SELECT DISTINCT $1::int, device_id FROM places ORDER BY device_id
                 ON CONFLICT DO NOTHING RETURNING 1),
               devices AS MATERIALIZED (SELECT count(*) AS n FROM known),
               first AS (
                 INSERT INTO quell.alert_devices (tenant_id, alert_id, device_id, event_id)
                 SELECT $1, alert_id, device_id, id FROM places CROSS JOIN devices
                 -- One that may not act by itself does not take the first word from one that may.
                 WHERE $20 AND alert_id <> '' AND devices.n >= 0 ORDER BY alert_id, device_id, places.n
                 ON CONFLICT DO NOTHING RETURNING event_id, device_id),
               queued AS (
                 INSERT INTO quell.inbox (tenant_id, event_id, enqueued_at, device_id, source, event_kind, shard)
                 SELECT $1, p.id, moment.now, p.device_id, $2,
                        CASE WHEN p.is_resolved THEN 'resolved' WHEN p.alert_id = '' OR f.event_id IS NOT NULL THEN 'new'
                             WHEN NOT $20 AND NOT EXISTS (SELECT 1 FROM quell.alert_devices a WHERE a.tenant_id = $1
                                 AND a.alert_id = p.alert_id AND a.device_id = p.device_id) THEN 'new'
                             ELSE 'updated' END, (hashtext(p.device_id) & 63)::smallint
                 FROM places p CROSS JOIN moment LEFT JOIN first f ON f.event_id = p.id AND f.device_id = p.device_id ORDER BY p.n RETURNING 1)
               SELECT ARRAY(SELECT event_id FROM fresh) AS "ids!", (CASE WHEN queue.n > 0 THEN pg_notify('quell_wake', $17) END)::text AS told
               FROM (SELECT count(*) AS n FROM queued) AS queue"#,
            tenant.0,
            source,
            &letters,
            &reasons,
            &packed.letters,
            &keys.own,
            &ids,
            &formats,
            &alerts,
            &packed.payloads,
            &packed.events,
            &nowhere as &[Option<String>],
            &rows.ids,
            &rows.alerts,
            &rows.devices,
            &rows.are_resolved,
            Wake::Inbox.payload_from(tenant, self.origin),
            trust.as_str(),
            &keys.plain,
            !is_lesser(trust),
            packing::CODEC,
            &facts.severities as &[Option<String>],
            &facts.categories as &[Option<String>],
            &facts.statuses as &[Option<String>],
            &facts.times as &[Option<String>],
            &facts.devices,
            &traces as &[Option<String>],
        )
        .fetch_one(executor)
        .await?;
        Ok(fresh.ids.into_iter().collect())
    }
}

/// What became of each event, once it is inserted or was there before.
async fn outcomes<'e>(
    executor: impl sqlx::PgExecutor<'e>,
    tenant: TenantId,
    (ids, keys, incoming): Known<'_>,
    fresh: &HashSet<Uuid>,
) -> Result<Vec<Stored>, StoreError> {
    let mut owners: HashMap<&[u8], Uuid> = ids
        .iter()
        .zip(&keys.own)
        .filter(|(id, _)| fresh.contains(id))
        .map(|(id, key)| (key.as_slice(), *id))
        .collect();
    let known = if owners.len() < keys.own.len() {
        // Some were there before.
        known_keys(executor, tenant, keys).await?
    } else {
        HashMap::new()
    };
    owners.extend(known.iter().map(|(key, id)| (key.as_slice(), *id)));
    let all_keys = keys.own.iter().zip(&keys.plain);
    let stored = incoming
        .iter()
        .zip(ids)
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

/// The events that have one of these keys.
async fn known_keys<'e>(
    executor: impl sqlx::PgExecutor<'e>,
    tenant: TenantId,
    keys: &Keys,
) -> Result<HashMap<Vec<u8>, Uuid>, StoreError> {
    let known = sqlx::query!(
        "SELECT key, event_id FROM quell.event_keys WHERE tenant_id = $1 AND key = ANY($2::bytea[] || $3::bytea[])",
        tenant.0,
        &keys.own,
        &keys.plain,
    )
    .fetch_all(executor)
    .await?;
    Ok(known.into_iter().map(|row| (row.key, row.event_id)).collect())
}

/// What stands in columns of its own, for each event: whoever asks by it need not unpack anything.
#[derive(Default)]
struct Facts {
    severities: Vec<Option<String>>,
    categories: Vec<Option<String>>,
    statuses: Vec<Option<String>>,
    times: Vec<Option<String>>,
    /// The ids of the devices; they hold no space.
    devices: Vec<String>,
}

impl Facts {
    fn of(incoming: &[Incoming]) -> Self {
        let mut facts = Self::default();
        for Incoming { event, .. } in incoming {
            let alert = &event.alert;
            let severity = alert
                .severity
                .value()
                .map(|severity| severity.as_str().to_owned());
            facts.severities.push(severity);
            facts.categories.push(text(&alert.category));
            facts.statuses.push(text(&alert.status));
            let time = alert.occurred_at.value().filter(|at| at.as_second() >= YEAR_ONE);
            facts.times.push(time.map(ToString::to_string));
            let devices: Vec<&str> = event.devices.iter().map(DeviceId::as_str).collect();
            facts.devices.push(devices.join(" "));
        }
        facts
    }
}

/// What nobody asks for by its words, or Postgres does not take (a zero), stands in the event alone.
fn text(fact: &Fact<String>) -> Option<String> {
    let plain = |text: &&String| text.len() <= LONGEST && !text.contains('\0');
    fact.value().filter(plain).cloned()
}

/// The longest text that stands in a column of its own, bytes.
const LONGEST: usize = 256;

/// The beginning of the year 1, in Unix seconds: earlier times are written in a way that Postgres does not read.
pub(super) const YEAR_ONE: i64 = -62_135_596_800;

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
