//! A sweep's steps: begun or gone on with, a page stored with the place of the next one, complete or given up. The place is
//! changed by compare-and-swap, so that of two replicas that read the same page one stores it.

use std::time::Duration;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError, Wake, wake};

/// When sweeps are due.
#[derive(Clone, Copy, Debug)]
pub struct SweepTerms {
    /// From one begin to the next.
    pub every: Duration,
    /// After one that was given up, nothing is tried for so long.
    pub rest: Duration,
    /// The place of the next page is good for so long; then the sweep begins anew.
    pub good_for: Duration,
    /// What a complete sweep counted is known for so long after its begin.
    pub known_for: Duration,
}

/// A sweep under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// Its id.
    pub id: Uuid,
    /// Pages stored so far; stands for the place in compare-and-swap.
    pub pages: i32,
    /// The query of the page to come; `None`: the first.
    pub next_page: Option<String>,
    /// Entries received so far.
    pub received: u64,
    /// Now, on the database's clock: what is read next is as old as this.
    pub asked_at: Timestamp,
    /// What it counts is known for so long after its begin.
    pub known_for: Duration,
}

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SweepDue {
    /// The next page of this one.
    Page(Sweep),
    /// Nothing for so long.
    In(Duration),
}

/// A page to store.
#[derive(Clone, Debug)]
pub struct SweptPage<'a> {
    /// The devices on it, each once.
    pub devices: &'a [(DeviceId, DeviceFacts)],
    /// Entries that are not stored: without an id, or with one that must not be called.
    pub refused: u64,
    /// The query of the next page; `None`: this was the last.
    pub next_page: Option<&'a str>,
    /// Entries received with it.
    pub received: u64,
}

/// What storing a page came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStored {
    /// There is a next page.
    More,
    /// The sweep is complete, and counted so many devices.
    Complete(u64),
    /// A page that brought no device which the sweep had not seen, and names a next one: the pages go in a circle, and the
    /// sweep is given up.
    Circle,
    /// Somebody else has stored it already.
    Taken,
}

/// Why a sweep was given up that may begin anew at once.
const STALE: &str = "it was not gone on with in time";

impl Store {
    /// Finds what is due for a tenant, and begins a sweep if that is one.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn sweep_due(&self, tenant: TenantId, terms: SweepTerms) -> Result<SweepDue, StoreError> {
        let mut tx = self.pool.begin().await?;
        let open = sqlx::query!(
            r#"SELECT id, pages, next_page, received, quell.now() AS "now!",
                      read_at < quell.now() - make_interval(secs => $2) AS "is_stale!"
               FROM quell.inventory_sweeps WHERE tenant_id = $1 AND finished_at IS NULL FOR UPDATE"#,
            tenant.0,
            terms.good_for.as_secs_f64(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(open) = open {
            if !open.is_stale {
                return Ok(SweepDue::Page(Sweep {
                    id: open.id,
                    pages: open.pages,
                    next_page: open.next_page,
                    received: u64::try_from(open.received).unwrap_or(0),
                    asked_at: open.now.to_jiff(),
                    known_for: terms.known_for,
                }));
            }
            abandon(&mut tx, open.id, STALE).await?;
        }
        // One that could not be gone on with in time begins anew at once; what Defender refused rests first.
        let wait = sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM greatest(
                   (SELECT max(begun_at) FROM quell.inventory_sweeps WHERE tenant_id = $1 AND outcome = 'complete')
                       + make_interval(secs => $2),
                   (SELECT max(finished_at) FROM quell.inventory_sweeps WHERE tenant_id = $1 AND outcome = 'abandoned'
                        AND reason <> $4) + make_interval(secs => $3)
               ) - quell.now())::float8"#,
            tenant.0,
            terms.every.as_secs_f64(),
            terms.rest.as_secs_f64(),
            STALE,
        )
        .fetch_one(&mut *tx)
        .await?;
        if let Some(wait) = wait.filter(|seconds| *seconds > 0.0) {
            tx.commit().await?;
            return Ok(SweepDue::In(Duration::from_secs_f64(wait)));
        }
        // Two replicas may come here at once: one begins, the other goes on with it.
        let begun = sqlx::query!(
            r#"INSERT INTO quell.inventory_sweeps (id, tenant_id, begun_at, read_at)
               SELECT $2, $1, now, now FROM (SELECT quell.now() AS now) AS t
               ON CONFLICT (tenant_id) WHERE finished_at IS NULL DO UPDATE SET read_at = inventory_sweeps.read_at
               RETURNING id, pages, next_page, received, begun_at AS "now!""#,
            tenant.0,
            Uuid::now_v7(),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(SweepDue::Page(Sweep {
            id: begun.id,
            pages: begun.pages,
            next_page: begun.next_page,
            received: u64::try_from(begun.received).unwrap_or(0),
            asked_at: begun.now.to_jiff(),
            known_for: terms.known_for,
        }))
    }

    /// Stores a page, its devices' facts and the place of the next one; after the last page, what the sweep counted. Events that
    /// waited for these facts go on, and so do restricts.
    ///
    /// # Errors
    /// Postgres is not available: nothing of the page was stored.
    pub async fn sweep_store(
        &self,
        tenant: TenantId,
        sweep: &Sweep,
        page: &SweptPage<'_>,
    ) -> Result<PageStored, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ids: Vec<String> = page.devices.iter().map(|(id, _)| id.to_string()).collect();
        crate::store::devices::lock(&mut tx, tenant, &ids).await?;
        let seen = devices_store(&mut tx, tenant, sweep, page, &ids).await?;
        let fresh = page.devices.len() as i64 - seen;
        let is_circle = fresh == 0 && page.next_page.is_some();
        let moved = sqlx::query!(
            "UPDATE quell.inventory_sweeps SET pages = pages + 1, next_page = $4, received = received + $5,
                 devices = devices + $6, refused = refused + $7, read_at = quell.now()
             WHERE tenant_id = $1 AND id = $2 AND pages = $3 AND finished_at IS NULL",
            tenant.0,
            sweep.id,
            sweep.pages,
            page.next_page,
            i64::try_from(page.received).unwrap_or(i64::MAX),
            fresh,
            i64::try_from(page.refused).unwrap_or(i64::MAX),
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if moved != 1 {
            tx.rollback().await?;
            return Ok(PageStored::Taken);
        }
        let stored = if is_circle {
            abandon(
                &mut tx,
                sweep.id,
                "a page brought nothing new and named a next one",
            )
            .await?;
            PageStored::Circle
        } else if page.next_page.is_none() {
            PageStored::Complete(complete(&mut tx, tenant, sweep).await?)
        } else {
            PageStored::More
        };
        tx.commit().await?;
        Ok(stored)
    }

    /// Gives a sweep up: its listing cannot be had.
    ///
    /// # Errors
    /// Postgres is not available; then it becomes stale by itself.
    pub async fn sweep_abandon(&self, sweep: &Sweep, why: &str) -> Result<(), StoreError> {
        abandon(&mut *self.pool.acquire().await?, sweep.id, why).await
    }
}

/// Stores the facts of a page's devices; says how many of them the sweep had seen before. Facts that were fetched since the page
/// was asked for stay.
async fn devices_store(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    sweep: &Sweep,
    page: &SweptPage<'_>,
    ids: &[String],
) -> Result<i64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let facts = page
        .devices
        .iter()
        .map(|(_, facts)| serde_json::to_value(facts))
        .collect::<Result<Vec<serde_json::Value>, _>>()?;
    let seen = sqlx::query_scalar!(
        r#"SELECT count(*) AS "seen!" FROM quell.devices WHERE tenant_id = $1 AND device_id = ANY($2) AND seen_in = $3"#,
        tenant.0,
        ids,
        sweep.id,
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO quell.devices AS d (tenant_id, device_id, facts, facts_fetched_at, seen_in)
         SELECT $1, id, facts, $4::timestamptz, $5 FROM unnest($2::text[], $3::jsonb[]) AS t (id, facts) ORDER BY id
         ON CONFLICT (tenant_id, device_id) DO UPDATE SET seen_in = EXCLUDED.seen_in,
             facts = CASE WHEN d.facts_fetched_at > EXCLUDED.facts_fetched_at THEN d.facts ELSE EXCLUDED.facts END,
             is_unknown_to_defender = coalesce(d.is_unknown_to_defender AND d.facts_fetched_at > EXCLUDED.facts_fetched_at, false),
             facts_fetched_at = greatest(d.facts_fetched_at, EXCLUDED.facts_fetched_at),
             facts_wanted_at = NULL, facts_tried_at = NULL, facts_failures = 0",
        tenant.0,
        ids,
        &facts,
        sweep.asked_at.to_sqlx() as jiff_sqlx::Timestamp,
        sweep.id,
    )
    .execute(&mut *tx)
    .await?;
    let waiting = sqlx::query!(
        "UPDATE quell.inbox SET wait_until = NULL
         WHERE tenant_id = $1 AND device_id = ANY($2) AND wait_until IS NOT NULL",
        tenant.0,
        ids,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if waiting > 0 {
        wake(tx, tenant, Wake::Inbox).await?;
    }
    crate::store::gate::fresh::go_on(tx, tenant, ids).await?;
    Ok(seen)
}

/// Counts what a sweep has seen, and lets go of sweeps that nobody asks about any more. Counted are devices that are onboarded
/// and neither merged into another nor inactive: entries of machines that were thrown away or installed anew stay listed for
/// months, and would make a fleet look larger than it is.
async fn complete(tx: &mut sqlx::PgConnection, tenant: TenantId, sweep: &Sweep) -> Result<u64, StoreError> {
    sqlx::query!(
        "INSERT INTO quell.inventory_groups (sweep_id, group_name, devices)
         SELECT $2, lower(btrim(facts -> 'group' ->> 'is')), count(*) FROM quell.devices
         WHERE tenant_id = $1 AND seen_in = $2 AND facts -> 'group' ->> 'is' IS NOT NULL
           AND lower(facts -> 'onboarding' ->> 'is') = 'onboarded' AND facts -> 'merged_into' ->> 'is' IS NULL
           AND lower(facts -> 'health' ->> 'is') IS DISTINCT FROM 'inactive'
         GROUP BY 2",
        tenant.0,
        sweep.id,
    )
    .execute(&mut *tx)
    .await?;
    let fleet = sqlx::query_scalar!(
        r#"UPDATE quell.inventory_sweeps SET finished_at = quell.now(), outcome = 'complete', next_page = NULL,
               known_until = begun_at + make_interval(secs => $3), fleet = (
               SELECT count(*) FROM quell.devices
               WHERE tenant_id = $1 AND seen_in = $2
                 AND lower(facts -> 'onboarding' ->> 'is') = 'onboarded' AND facts -> 'merged_into' ->> 'is' IS NULL
                 AND lower(facts -> 'health' ->> 'is') IS DISTINCT FROM 'inactive')
           WHERE id = $2 RETURNING fleet AS "fleet!""#,
        tenant.0,
        sweep.id,
        sweep.known_for.as_secs_f64(),
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "DELETE FROM quell.inventory_sweeps WHERE tenant_id = $1 AND id <> $2 AND finished_at IS NOT NULL
           AND begun_at < quell.now() - interval '30 days'",
        tenant.0,
        sweep.id,
    )
    .execute(tx)
    .await?;
    Ok(super::count(fleet))
}

async fn abandon(tx: &mut sqlx::PgConnection, sweep: Uuid, why: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.inventory_sweeps SET finished_at = quell.now(), outcome = 'abandoned', reason = $2
         WHERE id = $1 AND finished_at IS NULL",
        sweep,
        why,
    )
    .execute(tx)
    .await?;
    Ok(())
}
