//! The stop switch: stops begin and end here, and what is in force is read here. The gate reads it in its own transaction, with
//! what the ledger stands on ([`super::safety`]); a decision, the clock and an operator's act ask [`in_force`].
//!
//! A stop takes the lock that the gate holds while it weighs a call, and the one that is shared by whoever lets a containment become
//! active ([`hold_off`]). So once the stop is committed no such transaction is half-way through: each was committed before it, or
//! sees it. What a scope takes back is [`work`].

mod work;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::Acquire as _;
use uuid::Uuid;

use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError, Wake, wake};

pub use work::StopWork;

/// A stop to begin.
#[derive(Clone, Copy, Debug)]
pub struct StopOrder<'a> {
    /// Whose; `None`: every tenant's, also of those that are added while it is in force.
    pub tenant: Option<TenantId>,
    /// What it forbids.
    pub scope: StopScope,
    /// What began since then is released, for [`StopScope::ReleaseAll`].
    pub since: Option<Timestamp>,
    /// `cli`, `api` or `file`.
    pub via: &'static str,
    /// Who.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Which stops a resume is for: those that all of it is true of.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResumeOrder<'a> {
    /// Of this tenant; `None`: those that were given for all tenants, and whatever [`ResumeOrder::stops`] names.
    pub tenant: Option<TenantId>,
    /// Of this scope.
    pub scope: Option<StopScope>,
    /// These, by id; where no tenant is named, a row of any tenant names a stop that was given for all of them.
    pub stops: Option<&'a [Uuid]>,
    /// None that was given for all tenants, whatever else is said: whoever asks is one tenant's alone.
    pub own_only: bool,
}

/// A stop, in force or over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StopView {
    /// Its id.
    pub id: Uuid,
    /// The tenant's name.
    pub tenant: String,
    /// What it forbids.
    pub scope: StopScope,
    /// What began since then is released.
    pub since: Option<Timestamp>,
    /// It was given for all tenants.
    pub everywhere: bool,
    /// `cli`, `api` or `file`.
    pub via: String,
    /// Who stopped.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when it is in force.
    pub begun_at: Timestamp,
    /// When a person ended it.
    pub ended_at: Option<Timestamp>,
    /// Who.
    pub ended_by: Option<String>,
    /// Why.
    pub end_reason: Option<String>,
}

/// What a resume did.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Resumed {
    /// The stops that it ended.
    pub ended: Vec<StopView>,
    /// Those that are still in force, of any tenant.
    pub left: Vec<StopView>,
}

impl Store {
    /// Stops. In force in the next gate transaction of every replica. The same order by the same person, given again while its stop
    /// is in force, begins no second one: the answer is the stop that is there, so that sending it twice does no more than once.
    ///
    /// # Errors
    /// Postgres is not available: nothing is stopped then, and nothing is called either.
    pub async fn stop_begin(&self, order: &StopOrder<'_>) -> Result<Vec<StopView>, StoreError> {
        let mut tx = self.begin().await?;
        wait_for_decisions(&mut tx, order.tenant).await?;
        let is_exact = wait_for_gates(&mut tx, order.tenant).await?;
        let rows = sqlx::query!(
            "INSERT INTO quell.stops (id, tenant_id, scope, since, everywhere, via, begun_by, reason, begun_at, is_exact)
             SELECT gen_random_uuid(), t.id, $2, $3::timestamptz, $1::int IS NULL, $4, $5, $6, now, $7
             FROM quell.tenants t, (SELECT quell.now() AS now) AS n WHERE ($1::int IS NULL OR t.id = $1) AND NOT EXISTS (
               SELECT 1 FROM quell.stops s WHERE s.tenant_id = t.id AND s.ended_at IS NULL AND s.scope = $2
                 AND s.since IS NOT DISTINCT FROM $3::timestamptz AND s.everywhere = ($1::int IS NULL) AND s.via = $4
                 AND s.begun_by = $5 AND s.reason = $6
               -- One that somebody is ending right now is none to rely on.
               FOR SHARE SKIP LOCKED)
             ORDER BY t.id
             ON CONFLICT (tenant_id) WHERE via = 'file' AND ended_at IS NULL DO NOTHING
             RETURNING id, tenant_id, begun_at",
            order.tenant.map(|tenant| tenant.0),
            order.scope.as_str(),
            order.since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            order.via,
            order.by,
            order.reason,
            is_exact,
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            sqlx::query!(
                "SELECT quell.note_change($1, 'stop', $2, NULL, NULL, 'in_force', $3, $4, NULL, NULL,
                     jsonb_build_object('scope', $5::text, 'via', $6::text, 'since', $7::timestamptz))",
                row.tenant_id,
                row.id,
                order.by,
                order.reason,
                order.scope.as_str(),
                order.via,
                order.since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            )
            .execute(&mut *tx)
            .await?;
            wake(&mut tx, TenantId(row.tenant_id), Wake::Queue).await?;
        }
        let begun: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let ids = sqlx::query_scalar!(
            "SELECT id FROM quell.stops WHERE ($1::int IS NULL OR tenant_id = $1) AND ended_at IS NULL AND scope = $2
               AND since IS NOT DISTINCT FROM $3::timestamptz AND everywhere = ($1::int IS NULL) AND via = $4 AND begun_by = $5
               AND reason = $6",
            order.tenant.map(|tenant| tenant.0),
            order.scope.as_str(),
            order.since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            order.via,
            order.by,
            order.reason,
        )
        .fetch_all(&mut *tx)
        .await?;
        let views = views(&mut tx, &ids).await?;
        tx.commit().await?;
        for stop in views.iter().filter(|stop| begun.contains(&stop.id)) {
            tracing::warn!(
                tenant = stop.tenant,
                scope = stop.scope.as_str(),
                via = stop.via,
                by = stop.by,
                reason = stop.reason,
                "stopped: {}",
                stop.scope.means()
            );
        }
        Ok(views)
    }

    /// Ends stops by a person's word. One that begins meanwhile and is not among those that are named stays. Asks that waited while
    /// nothing could be approved have their whole time again.
    ///
    /// # Errors
    /// Postgres is not available: everything stays stopped.
    pub async fn stop_end(
        &self,
        which: ResumeOrder<'_>,
        by: &str,
        reason: &str,
    ) -> Result<Resumed, StoreError> {
        self.asks_prolong(&which).await?;
        let ResumeOrder {
            tenant,
            scope,
            stops,
            own_only,
        } = which;
        let mut tx = self.begin().await?;
        let is_exact = wait_for_gates(&mut tx, tenant).await?;
        let rows = sqlx::query!(
            "UPDATE quell.stops SET ended_at = quell.now(), ended_by = $3, end_reason = $4, is_exact = is_exact AND $5
             WHERE ended_at IS NULL AND (tenant_id = $1 OR ($1::int IS NULL AND (everywhere OR $6::uuid[] IS NOT NULL)))
               AND ($2::text IS NULL OR scope = $2)
               AND ($6::uuid[] IS NULL OR id = ANY($6)
                    OR ($1::int IS NULL AND everywhere AND (begun_at, scope) IN (
                      SELECT n.begun_at, n.scope FROM quell.stops n WHERE n.id = ANY($6) AND n.everywhere)))
               AND NOT ($7 AND everywhere)
             RETURNING id, tenant_id",
            tenant.map(|tenant| tenant.0),
            scope.map(StopScope::as_str),
            by,
            reason,
            is_exact,
            stops,
            own_only,
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            sqlx::query!(
                "SELECT quell.note_change($1, 'stop', $2, NULL, 'in_force', 'ended', $3, $4)",
                row.tenant_id,
                row.id,
                by,
                reason,
            )
            .execute(&mut *tx)
            .await?;
            wake(&mut tx, TenantId(row.tenant_id), Wake::Queue).await?;
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let ended = views(&mut tx, &ids).await?;
        // Before the commit: what is answered then cannot fail any more.
        let left = standing(&mut tx, None, None).await?;
        tx.commit().await?;
        for stop in &ended {
            tracing::warn!(
                tenant = stop.tenant,
                scope = stop.scope.as_str(),
                by,
                reason,
                "a stop was ended"
            );
        }
        Ok(Resumed { ended, left })
    }

    /// Asks of tenants that a resume is about to concern: while stopped nobody could say yes, so each has its whole time from
    /// now. Before the resume, in a transaction of its own: a question that lives longer harms nobody, one that expires at once
    /// would leave what it asks about running. A resume that finds nothing to end prolongs nothing.
    async fn asks_prolong(&self, which: &ResumeOrder<'_>) -> Result<(), StoreError> {
        let tenants = sqlx::query_scalar!(
            "SELECT DISTINCT tenant_id FROM quell.stops
             WHERE ended_at IS NULL AND (tenant_id = $1 OR ($1::int IS NULL AND (everywhere OR $3::uuid[] IS NOT NULL)))
               AND ($2::text IS NULL OR scope = $2)
               AND ($3::uuid[] IS NULL OR id = ANY($3)
                    OR ($1::int IS NULL AND everywhere AND (begun_at, scope) IN (
                      SELECT n.begun_at, n.scope FROM quell.stops n WHERE n.id = ANY($3) AND n.everywhere)))
               AND NOT ($4 AND everywhere)",
            which.tenant.map(|tenant| tenant.0),
            which.scope.map(StopScope::as_str),
            which.stops,
            which.own_only,
        )
        .fetch_all(&self.pool)
        .await?;
        for tenant in tenants.into_iter().map(TenantId) {
            let mut tx = self.pool.begin().await?;
            let devices = sqlx::query_scalar!(
                "SELECT DISTINCT device_id FROM quell.containments WHERE tenant_id = $1 AND state = 'asked' ORDER BY device_id",
                tenant.0,
            )
            .fetch_all(&mut *tx)
            .await?;
            super::devices::lock(&mut tx, tenant, &devices).await?;
            sqlx::query!(
                "UPDATE quell.containments SET ask_until = greatest(ask_until, quell.now() + make_interval(secs =>
                     coalesce((ask #>> '{within,secs}')::float8, 0) + coalesce((ask #>> '{within,nanos}')::float8, 0) / 1e9))
                 WHERE tenant_id = $1 AND state = 'asked' AND device_id = ANY($2)",
                tenant.0,
                &devices,
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The stops in force, the strongest first: of one tenant, or of all. `within`: those too that ended within the span.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn stops(
        &self,
        tenant: Option<TenantId>,
        within: Option<std::time::Duration>,
    ) -> Result<Vec<StopView>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        standing(&mut connection, tenant, within).await
    }
}

async fn standing(
    connection: &mut sqlx::PgConnection,
    tenant: Option<TenantId>,
    within: Option<std::time::Duration>,
) -> Result<Vec<StopView>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM quell.stops WHERE ($1::int IS NULL OR tenant_id = $1)
               AND (ended_at IS NULL OR ended_at > quell.now() - make_interval(secs => $2))",
        tenant.map(|tenant| tenant.0),
        within.map(|within| within.as_secs_f64()),
    )
    .fetch_all(&mut *connection)
    .await?;
    views(connection, &ids).await
}

/// The strongest stop in force for a tenant, in the caller's transaction. Whoever is about to let a containment become active
/// asks here: while there is one, none does.
pub(super) async fn in_force(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
) -> Result<Option<StopScope>, StoreError> {
    let scope = sqlx::query_scalar!("SELECT quell.stop_in_force($1)", tenant.0)
        .fetch_one(tx)
        .await?;
    Ok(scope_of(scope.as_deref()))
}

/// Keeps stops from beginning until the transaction ends. Whoever may let a containment become active begins with this, before it
/// locks any device or limit, and asks [`in_force`] after it; a decision does so as it claims its rows.
pub(super) async fn hold_off(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<(), StoreError> {
    sqlx::query!("SELECT quell.hold_off_stops($1)", tenant.0)
        .fetch_one(tx)
        .await?;
    Ok(())
}

/// The scope that the database names. One of a later version is read as the strongest.
pub(super) fn scope_of(name: Option<&str>) -> Option<StopScope> {
    name.map(|name| StopScope::parse(name).unwrap_or(StopScope::Freeze))
}

/// Waits until nobody is half-way through letting a containment become active, and keeps others from beginning. Comes before the
/// gate's lock, which some of those may want. A session that hangs is not waited for.
async fn wait_for_decisions(
    tx: &mut sqlx::Transaction<'_, sqlx::Postgres>,
    tenant: Option<TenantId>,
) -> Result<(), StoreError> {
    let mut inner = tx.begin().await?;
    sqlx::query!("SELECT set_config('lock_timeout', '2s', true)")
        .fetch_one(&mut *inner)
        .await?;
    let locked = sqlx::query!(
        "SELECT pg_advisory_xact_lock(id, 65)
         FROM (SELECT id FROM quell.tenants WHERE $1::int IS NULL OR id = $1 ORDER BY id) AS t",
        tenant.map(|tenant| tenant.0),
    )
    .fetch_all(&mut *inner)
    .await;
    match locked {
        Ok(_) => inner.commit().await?,
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "55P03") => {
            inner.rollback().await?;
            tracing::warn!("a session that decides hangs: the stop is written without waiting for it");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Waits until no gate is half-way through, and keeps others from beginning; says whether that could be had. Whoever stops
/// must not be kept waiting by a session that hangs.
pub(super) async fn wait_for_gates(
    tx: &mut sqlx::Transaction<'_, sqlx::Postgres>,
    tenant: Option<TenantId>,
) -> Result<bool, StoreError> {
    let mut inner = tx.begin().await?;
    sqlx::query!("SELECT set_config('lock_timeout', '2s', true)")
        .fetch_one(&mut *inner)
        .await?;
    let locked = sqlx::query!(
        "SELECT app_id FROM quell.budgets WHERE ($1::int IS NULL OR tenant_id = $1) AND scope = 'actions'
         ORDER BY tenant_id, app_id FOR UPDATE",
        tenant.map(|tenant| tenant.0),
    )
    .fetch_all(&mut *inner)
    .await;
    match locked {
        Ok(_) => {
            inner.commit().await?;
            Ok(true)
        }
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "55P03") => {
            inner.rollback().await?;
            tracing::warn!("a session holds the gate: the stop is written without waiting for it");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

async fn views(connection: &mut sqlx::PgConnection, ids: &[Uuid]) -> Result<Vec<StopView>, StoreError> {
    let rows = sqlx::query!(
        "SELECT s.id, t.name, s.scope, s.since, s.everywhere, s.via, s.begun_by, s.reason, s.begun_at, s.ended_at, s.ended_by,
                s.end_reason
         FROM quell.stops s JOIN quell.tenants t ON t.id = s.tenant_id WHERE s.id = ANY($1)
         ORDER BY s.ended_at DESC NULLS FIRST,
                  array_position(ARRAY['freeze', 'release_all', 'cancel_pending', 'new'], s.scope), s.begun_at, t.name",
        ids,
    )
    .fetch_all(connection)
    .await?;
    let time = super::containments::time;
    Ok(rows
        .into_iter()
        .map(|row| StopView {
            id: row.id,
            tenant: row.name,
            scope: StopScope::parse(&row.scope).unwrap_or(StopScope::Freeze),
            since: time(row.since),
            everywhere: row.everywhere,
            via: row.via,
            by: row.begun_by,
            reason: row.reason,
            begun_at: row.begun_at.to_jiff(),
            ended_at: time(row.ended_at),
            ended_by: row.ended_by,
            end_reason: row.end_reason,
        })
        .collect())
}
