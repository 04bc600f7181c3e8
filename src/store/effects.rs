//! What a decision does, inside its transaction: containments begin, restart and end, limits are counted, devices
//! converge.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::containment::EndReason;
use crate::domain::decision::{Usage, UsageKey};
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{AskTerms, Lane, Mode};
use crate::store::{Because, DecideTx, StoreError};

/// A containment to begin, or to go on with.
#[derive(Clone, Debug)]
pub struct NewContainment {
    /// The device.
    pub device: DeviceId,
    /// Observe or enforce.
    pub mode: Mode,
    /// The lane of its restrict.
    pub lane: Lane,
    /// The playbook.
    pub playbook: String,
    /// Its revision.
    pub revision: String,
    /// The event that led to it.
    pub event_id: Uuid,
    /// The alert behind it.
    pub alert_id: String,
    /// The comment, filled in.
    pub comment: String,
    /// `Some`: a person is asked first, on these terms, for this reason.
    pub ask: Option<(AskTerms, String)>,
    /// When it ends by itself, counted from its activation.
    pub release_after: Option<Duration>,
    /// Whether a new match starts that span anew.
    pub restart_on_match: bool,
}

impl DecideTx {
    /// Reads those counters of limits and caps that are not at hand yet, under their lock: from here to the commit nobody
    /// else counts.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn usage_load(
        &mut self,
        usage: &mut Usage,
        keys: impl IntoIterator<Item = UsageKey>,
    ) -> Result<(), StoreError> {
        let keys: Vec<UsageKey> = keys.into_iter().filter(|key| !usage.is_loaded(key)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        lock_limits(&mut self.tx, self.tenant).await?;
        for key in keys {
            let devices = sqlx::query_scalar!(
                "SELECT DISTINCT device_id FROM quell.containments
                 WHERE tenant_id = $1 AND mode = $2 AND activated_at > (SELECT quell.now()) - make_interval(secs => $3)
                   AND ($4::text IS NULL OR playbook = $4)",
                self.tenant.0,
                key.1.as_str(),
                key.2.as_secs_f64(),
                key.0.as_deref(),
            )
            .fetch_all(&mut *self.tx)
            .await?;
            usage.load(key, devices.into_iter().map(DeviceId::from_stored));
        }
        Ok(())
    }

    /// Begins a containment, restarts the one that is active, or activates the one that was asked for. Returns whether
    /// a containment became active.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn containment_begin(&mut self, new: &NewContainment) -> Result<bool, StoreError> {
        let open = sqlx::query!(
            "SELECT id, state FROM quell.containments
             WHERE tenant_id = $1 AND device_id = $2 AND playbook = $3 AND mode = $4 AND state IN ('asked', 'active')",
            self.tenant.0,
            new.device.as_str(),
            new.playbook,
            new.mode.as_str(),
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let after = new.release_after.map(|after| after.as_secs_f64());
        match open {
            Some(open) if open.state == "active" => {
                if new.restart_on_match && new.ask.is_none() {
                    self.restart(open.id, &new.device, after).await?;
                }
                Ok(false)
            }
            Some(open) if new.ask.is_none() => {
                sqlx::query!(
                    "UPDATE quell.containments SET state = 'active', activated_at = $2::timestamptz,
                         release_after = make_interval(secs => $3), until = $2::timestamptz + make_interval(secs => $3),
                         state_by = 'decide', state_reason = 'a later event settled the question'
                     WHERE id = $1 AND state = 'asked'",
                    open.id,
                    jiff_sqlx::ToSqlx::to_sqlx(self.now) as jiff_sqlx::Timestamp,
                    after,
                )
                .execute(&mut *self.tx)
                .await?;
                begin_anew(&mut self.tx, self.tenant, &new.device, 1).await?;
                Ok(true)
            }
            Some(_) => Ok(false),
            None => {
                self.insert(new, after).await?;
                if new.ask.is_none() && new.mode == Mode::Enforce {
                    begin_anew(&mut self.tx, self.tenant, &new.device, 1).await?;
                }
                Ok(new.ask.is_none())
            }
        }
    }

    async fn restart(&mut self, id: Uuid, device: &DeviceId, after: Option<f64>) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.containments SET until = $2::timestamptz + make_interval(secs => $3),
                 release_after = make_interval(secs => $3), attention = NULL WHERE id = $1",
            id,
            jiff_sqlx::ToSqlx::to_sqlx(self.now) as jiff_sqlx::Timestamp,
            after,
        )
        .execute(&mut *self.tx)
        .await?;
        // New evidence: a restrict that was given up is tried again.
        sqlx::query!(
            "UPDATE quell.devices SET failures = 0 WHERE tenant_id = $1 AND device_id = $2",
            self.tenant.0,
            device.as_str(),
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn insert(&mut self, new: &NewContainment, after: Option<f64>) -> Result<(), StoreError> {
        let now = jiff_sqlx::ToSqlx::to_sqlx(self.now);
        let (state, terms, reason, within) = match &new.ask {
            None => ("active", None, None, None),
            Some((terms, reason)) => (
                "asked",
                Some(serde_json::to_value(terms)?),
                Some(reason.as_str()),
                Some(terms.within.as_secs_f64()),
            ),
        };
        sqlx::query!(
            "INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, playbook, revision, event_id,
                 alert_id, comment, created_at, ask, ask_reason, ask_until, activated_at, release_after,
                 restart_on_match, until, state_by, state_reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::timestamptz, $13, $14,
                 $12::timestamptz + make_interval(secs => $15),
                 CASE WHEN $4 = 'active' THEN $12::timestamptz END, make_interval(secs => $16), $17,
                 CASE WHEN $4 = 'active' THEN $12::timestamptz + make_interval(secs => $16) END, 'decide', $18)",
            Uuid::now_v7(),
            self.tenant.0,
            new.device.as_str(),
            state,
            new.mode.as_str(),
            new.lane.as_str(),
            new.playbook,
            new.revision,
            new.event_id,
            new.alert_id,
            new.comment,
            now as jiff_sqlx::Timestamp,
            terms,
            reason,
            within,
            after,
            new.restart_on_match,
            reason.unwrap_or("matched"),
        )
        .execute(&mut *self.tx)
        .await?;
        metrics::counter!("quell_containments_begun_total", "state" => state, "mode" => new.mode.as_str())
            .increment(1);
        Ok(())
    }

    /// Ends every containment that quell began on a device, by a release playbook, and declines what is still asked.
    /// Returns how many it ended.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn containments_release(
        &mut self,
        device: &DeviceId,
        playbook: &str,
    ) -> Result<u64, StoreError> {
        let reason = EndReason::ReleasePlaybook;
        let why = format!("released by playbook {playbook}");
        sqlx::query!(
            "UPDATE quell.containments SET state = 'declined', state_by = 'decide', state_reason = $3
             WHERE tenant_id = $1 AND device_id = $2 AND state = 'asked'",
            self.tenant.0,
            device.as_str(),
            why,
        )
        .execute(&mut *self.tx)
        .await?;
        super::containments::end(&mut self.tx, self.tenant, device, reason, "decide", &why, false).await
    }

    /// Queues what became due for a device.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn converge(&mut self, device: &DeviceId, reason: &str) -> Result<(), StoreError> {
        let because = Because { by: "decide", reason };
        self.store
            .converge_device(&mut self.tx, self.tenant, device, because)
            .await
    }
}

/// The lock of the tenant's limits, until the end of the transaction; its number is beyond those of the inbox's shards.
pub(super) async fn lock_limits(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1, 64)", tenant.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// A device on which so many containments became active just now is looked at anew: earlier failures do not count
/// against it, and what somebody else once restricted may have been lifted since, so it is not relied on unless another
/// containment was active all the time. The caller holds the device's lock.
pub(super) async fn begin_anew(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    activated: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.devices SET failures = 0,
             restriction = CASE WHEN restriction = 'restricted_by_other' AND $3 >= (
                     SELECT count(*) FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = $2
                       AND c.state = 'active' AND c.mode = 'enforce') THEN 'free' ELSE restriction END
         WHERE tenant_id = $1 AND device_id = $2",
        tenant.0,
        device.as_str(),
        activated,
    )
    .execute(tx)
    .await?;
    Ok(())
}
