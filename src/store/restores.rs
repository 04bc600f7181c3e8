//! A restored backup forgets calls that Defender has counted. It is noticed before a call can leave on a ledger that is too
//! short, the gate is held, and the hold ends when Defender's list has given the ledger back what it forgot.
//!
//! What was is compared with what is, by things that a restore does not bring back with it: the cluster's identity, its
//! timeline, the numbers of the database and of the ledger's table; the newest attempt, remembered by each process; and
//! Defender's own list, which a daemon that begins looks at before it calls (docs/decisions/0010).

use std::time::Duration;

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::safety::is_same;
use crate::store::{Gate, Store, StoreError, Wake, leases, wake};

/// What a sweep saw, for the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Swept {
    /// When its listing began.
    pub began: jiff::Timestamp,
    /// How far back it went.
    pub span: Duration,
    /// Actions of ours in it, within the longest window.
    pub listed: usize,
    /// Those of them that the database had lost.
    pub orphans: usize,
    /// Those that wait to be taken in, and have no attempt yet.
    pub waiting: usize,
}

/// A daemon that lived a moment ago is evidence that nothing was restored since: a restore takes longer.
const CONTINUES_SECONDS: f64 = 60.0;

/// Calls that a restored database may have lost and that Defender does not list: a tenth of the listed ones, and some.
const UNLISTED_AT_LEAST: usize = 5;

impl Store {
    /// Says whether a daemon dispatched for the tenant until a moment ago: then the first look at Defender's list need not
    /// be waited for. To be asked before the lease is taken.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn continues(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let lived = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.leases WHERE tenant_id = $1
                 AND expires_at > quell.now() - make_interval(secs => $2)) AS "lived!""#,
            tenant.0,
            CONTINUES_SECONDS,
        )
        .fetch_one(&self.pool)
        .await?;
        if let (true, Some(safety)) = (lived, &self.safety) {
            safety.remembered().swept.insert(tenant);
        }
        Ok(lived)
    }

    /// Looks whether the database is the one that it was, holds every tenant's gate if it is not, and remembers the newest
    /// attempt. Says whether it was another.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn restore_look(&self) -> Result<bool, StoreError> {
        let Some(safety) = self.safety.clone() else {
            return Ok(false);
        };
        let remembered = safety.remembered().newest;
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query!(
            r#"SELECT quell.cluster_identity() AS "identity!", (SELECT identity FROM quell.cluster_seen) AS seen,
                 $1::uuid IS NULL OR EXISTS (SELECT 1 FROM quell.attempts WHERE id = $1) AS "remembers!",
                 (SELECT id FROM quell.attempts ORDER BY id DESC LIMIT 1) AS newest"#,
            remembered,
        )
        .fetch_one(&mut *tx)
        .await?;
        let is_same = is_same(Some(&row.identity), row.seen.as_deref());
        if is_same && row.remembers {
            if row.seen.is_none() || row.seen.as_deref().is_some_and(|seen| seen.contains('-')) {
                identify(&mut tx, &row.identity).await?;
                tx.commit().await?;
            }
            if let Some(newest) = row.newest {
                self.remember(newest);
            }
            return Ok(false);
        }
        // One after the other: what the first one has written the second one sees as it should be.
        let seen = sqlx::query_scalar!("SELECT identity FROM quell.cluster_seen FOR UPDATE")
            .fetch_optional(&mut *tx)
            .await?;
        if row.remembers && crate::store::safety::is_same(Some(&row.identity), seen.as_deref()) {
            return Ok(true);
        }
        identify(&mut tx, &row.identity).await?;
        let reason = match is_same {
            true => "an attempt that was committed is not in the database any more: it was restored",
            false => "the database is on another cluster or timeline than it was: it may have been restored",
        };
        let tenants = sqlx::query_scalar!(
            "INSERT INTO quell.holds AS h (tenant_id, held_until, reason)
             SELECT id, quell.now() + make_interval(secs => $1), $2 FROM quell.tenants
             ON CONFLICT (tenant_id) DO UPDATE SET since = excluded.since, reason = excluded.reason,
                 held_until = greatest(h.held_until, excluded.held_until)
             RETURNING tenant_id",
            safety.options.longest.as_secs_f64(),
            reason,
        )
        .fetch_all(&mut *tx)
        .await?;
        for tenant in tenants {
            let alarm = Alarm {
                kind: AlarmKind::Restored,
                subject: &format!("{} {}", row.identity, Uuid::now_v7()),
                device: None,
                action: None,
                told: format!("{reason}; nothing is called until defender's list has been read"),
            };
            raise(&mut tx, TenantId(tenant), &alarm).await?;
            wake(&mut tx, TenantId(tenant), Wake::Open).await?;
        }
        tx.commit().await?;
        let mut remembered = safety.remembered();
        remembered.newest = row.newest;
        Ok(true)
    }

    /// Asks whoever dispatches for a look at everything of the last day, soon.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn sweep_want(&self, tenant: TenantId) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        wake(&mut connection, tenant, Wake::Sweep).await
    }

    /// Whether the tenant's gate is held until the list has been read.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn is_held(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let held = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.holds WHERE tenant_id = $1 AND held_until > quell.now()) AS "held!""#,
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(held)
    }

    /// After a sweep has been taken in: every listed action of ours has its slot now. Gives the ledger a margin for what
    /// Defender does not list, where something was lost, and ends the hold.
    ///
    /// # Errors
    /// Postgres is not available; or [`StoreError::Stale`]: the lease is another's by now.
    pub async fn swept(
        &self,
        tenant: TenantId,
        epoch: i64,
        gate: &Gate,
        swept: &Swept,
    ) -> Result<(), StoreError> {
        use jiff_sqlx::ToSqlx as _;
        let covers = !gate.actions.is_empty() && swept.span >= gate.longest();
        let mut tx = self.pool.begin().await?;
        leases::fence(&mut tx, tenant, epoch).await?;
        let ended = sqlx::query!(
            "DELETE FROM quell.holds WHERE tenant_id = $1 AND (held_until <= quell.now() OR ($2 AND since <= $3::timestamptz))",
            tenant.0,
            covers,
            swept.began.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected()
            > 0;
        let lost = if ended { swept.listed } else { swept.orphans };
        if lost > 0 || ended {
            let slots = swept.waiting + UNLISTED_AT_LEAST + lost.div_ceil(10);
            let ids: Vec<Uuid> = (0..slots).map(|_| Uuid::now_v7()).collect();
            sqlx::query!(
                "INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, epoch, reserved_at, send_deadline, slot_at,
                                             answered_at, outcome)
                 SELECT id, $1, $2, 'actions', 'seed', $3, now, now, now, now, 'seeded'
                 FROM (SELECT quell.now() AS now) AS t, unnest($4::uuid[]) AS id",
                tenant.0,
                gate.app_id,
                epoch,
                &ids,
            )
            .execute(&mut *tx)
            .await?;
            tracing::warn!(
                listed = swept.listed,
                lost = swept.orphans,
                slots,
                "defender's list has given the ledger back what the database had lost; calls go on"
            );
        }
        wake(&mut tx, tenant, Wake::Queue).await?;
        tx.commit().await?;
        if let Some(safety) = &self.safety {
            safety.remembered().swept.insert(tenant);
        }
        Ok(())
    }
}

async fn identify(tx: &mut sqlx::PgConnection, identity: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO quell.cluster_seen (identity) VALUES ($1)
         ON CONFLICT (only_row) DO UPDATE SET identity = excluded.identity, seen_at = quell.now()",
        identity,
    )
    .execute(tx)
    .await?;
    Ok(())
}
