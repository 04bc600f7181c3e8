//! What is looked up about single devices: wanted, fetched by a worker, kept with its age, apart from the inventory's facts.
//! Whether it is asked at all, and what an answer means, is [`crate::domain::lookup`]'s.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

use crate::domain::device::DeviceId;
use crate::domain::lookup::{LookedUp, Lookup, LookupTerms};
use crate::domain::tenant::TenantId;
use crate::store::{DecideTx, Store, StoreError, Wake, wake};

/// An answer.
#[derive(Clone, Debug)]
pub struct LookupFound {
    /// The device.
    pub device: DeviceId,
    /// What was said, as [`LookedUp`] keeps it; `None`: nothing that can be used.
    pub answer: Option<Value>,
}

/// Nobody has asked for so long: the device is not looked at any more of our own accord.
const WATCHED_FOR: Duration = Duration::from_secs(7 * 86_400);

impl Store {
    /// Devices of which an answer is wanted and not being backed off from, the longest waiting first. Where an answer refreshes
    /// many at once (`refreshes`), those are added whose answers are half their time old, so that the next event finds them; and
    /// with nobody waiting, once one is three quarters of its time old.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lookups_due(
        &self,
        tenant: TenantId,
        lookup: Lookup,
        limit: i64,
        backoff: Duration,
        refreshes: Option<Duration>,
    ) -> Result<Vec<DeviceId>, StoreError> {
        let rows = sqlx::query_scalar!(
            "WITH t AS MATERIALIZED (SELECT quell.now() AS now), due AS (
                 SELECT l.device_id, l.wanted_at, l.fetched_at FROM quell.device_lookups l, t
                 WHERE l.tenant_id = $1 AND l.kind = $2
                   AND (l.wanted_at IS NOT NULL OR (l.fetched_at < t.now - make_interval(secs => $5) / 2
                        AND l.last_wanted_at > t.now - make_interval(secs => $6)))
                   AND (l.tried_at IS NULL OR l.tried_at + make_interval(secs => $4 * power(2, least(l.failures, 6))) <= t.now))
             SELECT device_id FROM due
             WHERE EXISTS (SELECT 1 FROM due d, t WHERE d.wanted_at IS NOT NULL
                           OR d.fetched_at < t.now - make_interval(secs => $5) * 0.75)
             ORDER BY wanted_at, fetched_at LIMIT $3",
            tenant.0,
            lookup.as_str(),
            limit,
            backoff.as_secs_f64(),
            refreshes.map(|max_age| max_age.as_secs_f64()),
            WATCHED_FOR.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(DeviceId::from_stored).collect())
    }

    /// Keeps answers, and lets the waiting events go on. A list of actions of a device that is not free, or where an action is
    /// open, is kept as one that says nothing: Defender may have an action not because it is under way.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lookups_store(
        &self,
        tenant: TenantId,
        lookup: Lookup,
        found: &[LookupFound],
    ) -> Result<(), StoreError> {
        let mut found: Vec<&LookupFound> = found.iter().collect();
        found.sort_by(|a, b| a.device.cmp(&b.device));
        let ids: Vec<String> = found.iter().map(|f| f.device.to_string()).collect();
        let answers: Vec<Value> = found
            .iter()
            .map(|f| f.answer.clone().unwrap_or(Value::Null))
            .collect();
        let mut tx = self.pool.begin().await?;
        super::devices::lock(&mut tx, tenant, &ids).await?;
        sqlx::query!(
            "UPDATE quell.device_lookups l SET fetched_at = quell.now(), wanted_at = NULL, tried_at = NULL, failures = 0,
                 answer = CASE WHEN l.kind <> 'available_actions' OR (d.restriction = 'free' AND d.isolation = 'free' AND NOT EXISTS (
                     SELECT 1 FROM quell.actions a WHERE a.tenant_id = l.tenant_id AND a.device_id = l.device_id
                       AND a.state IN ('submitting', 'in_doubt', 'submitted'))) THEN nullif(t.answer, 'null'::jsonb) END
             FROM unnest($3::text[], $4::jsonb[]) AS t (id, answer), quell.devices d
             WHERE l.tenant_id = $1 AND l.kind = $2 AND l.device_id = t.id
               AND d.tenant_id = l.tenant_id AND d.device_id = l.device_id",
            tenant.0,
            lookup.as_str(),
            &ids,
            &answers,
        )
        .execute(&mut *tx)
        .await?;
        // Whoever waits for something else too is weighed again, and waits on.
        let woken = sqlx::query!(
            "UPDATE quell.inbox SET wait_until = NULL
             WHERE tenant_id = $1 AND device_id = ANY($2) AND wait_until IS NOT NULL",
            tenant.0,
            &ids,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if woken > 0 {
            wake(&mut tx, tenant, Wake::Inbox).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Records that devices were asked for in vain; the next try comes after a growing delay, and after some of them none does
    /// until an event asks anew.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lookups_failed(
        &self,
        tenant: TenantId,
        lookup: Lookup,
        devices: &[DeviceId],
    ) -> Result<(), StoreError> {
        let ids: Vec<String> = devices.iter().map(ToString::to_string).collect();
        let mut tx = self.pool.begin().await?;
        super::devices::lock(&mut tx, tenant, &ids).await?;
        sqlx::query!(
            "UPDATE quell.device_lookups SET tried_at = quell.now(), failures = least(failures + 1, 1000),
                 wanted_at = CASE WHEN failures < 5 THEN wanted_at END
             WHERE tenant_id = $1 AND kind = $2 AND device_id = ANY($3)",
            tenant.0,
            lookup.as_str(),
            &ids,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets what nobody has asked for in thirty days.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lookups_forget(&self, tenant: TenantId) -> Result<u64, StoreError> {
        let gone = sqlx::query!(
            "DELETE FROM quell.device_lookups WHERE (tenant_id, device_id, kind) IN (
                 SELECT tenant_id, device_id, kind FROM quell.device_lookups
                 WHERE tenant_id = $1 AND last_wanted_at < quell.now() - interval '30 days' FOR UPDATE SKIP LOCKED)",
            tenant.0,
        )
        .execute(&self.pool)
        .await?;
        Ok(gone.rows_affected())
    }

    /// What is known of one device by look-ups; nothing where none is wanted.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn looked_up_now(
        &self,
        tenant: TenantId,
        terms: LookupTerms,
        device: &DeviceId,
    ) -> Result<LookedUp, StoreError> {
        let mut connection = self.pool.acquire().await?;
        of_one(&mut connection, tenant, terms, device).await
    }
}

impl DecideTx {
    /// Reads what is known of the claimed rows' devices by look-ups.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lookups_load(&mut self) -> Result<(), StoreError> {
        let ids: Vec<String> = self.devices.keys().map(ToString::to_string).collect();
        self.looked_up = of(&mut self.tx, self.tenant, &ids).await?;
        Ok(())
    }

    /// Asks for what is wanted of a device.
    pub(super) async fn lookups_want(
        &mut self,
        device: &DeviceId,
        lookups: &[Lookup],
    ) -> Result<(), StoreError> {
        let kinds: Vec<String> = lookups.iter().map(|lookup| lookup.as_str().to_owned()).collect();
        sqlx::query!(
            "INSERT INTO quell.device_lookups AS l (tenant_id, device_id, kind, wanted_at, last_wanted_at)
             SELECT $1, $2, kind, quell.now(), quell.now() FROM unnest($3::text[]) AS kind
             ON CONFLICT (tenant_id, device_id, kind) DO UPDATE SET last_wanted_at = quell.now(),
                 wanted_at = coalesce(l.wanted_at, quell.now()),
                 -- Wanted anew: earlier failures do not hold it up.
                 tried_at = CASE WHEN l.wanted_at IS NOT NULL THEN l.tried_at END,
                 failures = CASE WHEN l.wanted_at IS NOT NULL THEN l.failures ELSE 0 END",
            self.tenant.0,
            device.as_str(),
            &kinds,
        )
        .execute(&mut *self.tx)
        .await?;
        wake(&mut self.tx, self.tenant, Wake::Lookups).await?;
        Ok(())
    }
}

/// What is known of one device; nothing where none is wanted.
pub(super) async fn of_one(
    connection: &mut sqlx::PgConnection,
    tenant: TenantId,
    terms: LookupTerms,
    device: &DeviceId,
) -> Result<LookedUp, StoreError> {
    if !terms.is_on() {
        return Ok(LookedUp::default());
    }
    let mut known = of(connection, tenant, &[device.to_string()]).await?;
    Ok(known.remove(device).unwrap_or_default())
}

async fn of(
    connection: &mut sqlx::PgConnection,
    tenant: TenantId,
    ids: &[String],
) -> Result<HashMap<DeviceId, LookedUp>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT d.device_id, d.restriction = 'free' AND d.isolation = 'free' AND NOT EXISTS (SELECT 1 FROM quell.actions a
                  WHERE a.tenant_id = d.tenant_id AND a.device_id = d.device_id
                    AND a.state IN ('submitting', 'in_doubt', 'submitted')) AS "is_settled!",
                (SELECT jsonb_object_agg(l.kind, jsonb_build_object('at', l.fetched_at, 'answer', l.answer))
                 FROM quell.device_lookups l WHERE l.tenant_id = d.tenant_id AND l.device_id = d.device_id
                   AND l.fetched_at IS NOT NULL) AS known
           FROM quell.devices d WHERE d.tenant_id = $1 AND d.device_id = ANY($2)"#,
        tenant.0,
        ids,
    )
    .fetch_all(connection)
    .await?;
    let known = rows.into_iter().map(|row| {
        // What this version cannot read counts as never asked.
        let known: Option<LookedUp> = row.known.and_then(|known| serde_json::from_value(known).ok());
        let known = LookedUp {
            is_settled: row.is_settled,
            ..known.unwrap_or_default()
        };
        (DeviceId::from_stored(row.device_id), known)
    });
    Ok(known.collect())
}
