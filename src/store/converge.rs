//! Applies `domain::converge` to one device, inside whichever transaction changed something about it. The caller holds
//! the device's row lock.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::action::{ActionKind, id_of};
use crate::domain::converge::{Restriction, Step, converge};
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::failpoint;
use crate::store::actions::{kind_of, queued_withdraw};
use crate::store::gate::PROTECTED;
use crate::store::{Because, Store, StoreError, Wake};

impl Store {
    /// Whether so many actions in a row came to nothing that a restrict is not tried again.
    pub(super) fn is_given_up(&self, failures: u32) -> bool {
        usize::try_from(failures).unwrap_or(usize::MAX) > self.retry_delays.len()
    }

    /// The delay before the next action of a device after so many that came to nothing. Beyond the configured retries only
    /// releases go on, ever slower.
    fn delay_after(&self, failures: u32) -> Duration {
        let Some(last) = failures.checked_sub(1) else {
            return Duration::ZERO;
        };
        let index = usize::try_from(last).unwrap_or(usize::MAX);
        if let Some(delay) = self.retry_delays.get(index) {
            return *delay;
        }
        let beyond = u32::try_from(index - self.retry_delays.len())
            .unwrap_or(u32::MAX)
            .min(8);
        (self.retry_cap * 2_u32.pow(beyond)).min(self.retry_cap * 144)
    }

    /// Queues, swaps or withdraws the device's queued action, as is due.
    pub(super) async fn converge_device(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        self.converge_and_tell(tx, tenant, device, because, Wake::Queue.payload(tenant))
            .await
    }

    /// The same for T2, whose worker rings this process's own bell after the commit.
    pub(super) async fn converge_decided(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        let told = Wake::Queue.payload_from(tenant, self.origin);
        self.converge_and_tell(tx, tenant, device, because, told).await
    }

    async fn converge_and_tell(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        because: Because<'_>,
        told: String,
    ) -> Result<(), StoreError> {
        // With the most urgent active containment that has not been given up: it gives the restrict its lane, its text and its
        // name.
        let state = sqlx::query!(
            r#"SELECT d.restriction, d.failures,
                 EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = $2
                         AND c.state = 'active' AND c.mode = 'enforce'
                         -- What a protection forbids keeps nothing restricted that was restricted for another reason.
                         AND (c.attention IS NULL OR NOT starts_with(c.attention, $3))) AS "wanted!",
                 (SELECT a.kind FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = $2
                  AND a.state IN ('submitting', 'in_doubt', 'submitted')) AS open,
                 (SELECT a.kind FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = $2
                  AND a.state = 'queued') AS queued,
                 (SELECT installation FROM quell.tenants WHERE id = $1) AS "installation!",
                 cause.id AS "cause_id?", cause.playbook AS "playbook?", cause.revision AS "revision?",
                 cause.comment AS "comment?", cause.lane AS "lane?"
               FROM quell.devices d LEFT JOIN LATERAL (
                   SELECT id, playbook, revision, comment, lane FROM quell.containments
                   WHERE tenant_id = $1 AND device_id = $2 AND state = 'active' AND mode = 'enforce' AND attention IS NULL
                   ORDER BY array_position(ARRAY['critical', 'high', 'normal', 'low'], lane), activated_at LIMIT 1
                 ) AS cause ON true
               WHERE d.tenant_id = $1 AND d.device_id = $2"#,
            tenant.0,
            device.as_str(),
            PROTECTED,
        )
        .fetch_one(&mut *tx)
        .await?;
        let cause = state.cause_id.map(|id| Cause {
            id,
            playbook: state.playbook,
            revision: state.revision,
            comment: state.comment.unwrap_or_default(),
            lane: state.lane.unwrap_or_default(),
        });
        let known = Restriction::parse(&state.restriction).ok_or_else(|| StoreError::Corrupt {
            table: "devices",
            column: "restriction",
            row: device.to_string(),
            value: state.restriction.clone(),
        })?;
        let open = state.open.as_deref().map(kind_of).transpose()?;
        let queued = state.queued.as_deref().map(kind_of).transpose()?;
        let mut step = converge(state.wanted, known, open, queued);
        if cause.is_none() {
            // Wanted, but given up: a person must look, and no further restrict is spent.
            step = match step {
                Step::Queue(ActionKind::Restrict) => Step::Nothing,
                Step::Swap(ActionKind::Restrict) => Step::Withdraw,
                step => step,
            };
        }
        let lane = cause
            .as_ref()
            .and_then(|c| Lane::parse(&c.lane))
            .unwrap_or_default();
        let kind = match step {
            Step::Nothing => {
                if !state.wanted && known == Restriction::RestrictedByOther && open.is_none() {
                    // INVARIANT: only what quell began is undone by quell. A person must know that nobody will.
                    tracing::warn!(device.id = %device, reason = because.reason,
                        "the device stays restricted: somebody else began that, so quell does not release it");
                    metrics::counter!("quell_devices_left_restricted_total").increment(1);
                }
                if let (Some(ActionKind::Restrict), Some(cause)) = (queued, cause) {
                    // INVARIANT: what is queued names a cause that lives, since the gate judges the one that is named.
                    sqlx::query!(
                        "UPDATE quell.actions SET lane = least(lane, $3), containment_id = $4, playbook = $5, revision = $6,
                             comment = $7, wanted_by = CASE WHEN containment_id = $4 THEN wanted_by ELSE $8 END
                         WHERE tenant_id = $1 AND device_id = $2 AND state = 'queued'
                           AND (lane > $3 OR containment_id IS DISTINCT FROM $4)",
                        tenant.0,
                        device.as_str(),
                        lane.rank(),
                        cause.id,
                        cause.playbook,
                        cause.revision,
                        cause.comment,
                        because.by,
                    )
                    .execute(&mut *tx)
                    .await?;
                }
                return Ok(());
            }
            Step::Withdraw => return queued_withdraw(tx, tenant, device, because).await,
            Step::Queue(kind) => kind,
            Step::Swap(kind) => {
                queued_withdraw(tx, tenant, device, because).await?;
                kind
            }
        };
        let failures = u32::try_from(state.failures).unwrap_or(0);
        let delay = self.delay_after(failures);
        let (lane, comment, validity) = match kind {
            ActionKind::Restrict => (
                lane,
                cause.as_ref().map(|c| c.comment.clone()).unwrap_or_default(),
                Some(self.validity.as_secs_f64()),
            ),
            // One that failed again and again does not stand before everything else for ever.
            ActionKind::Release if self.is_given_up(failures) => {
                tracing::error!(device.id = %device, failures, "a restriction cannot be lifted: a person must look");
                metrics::counter!("quell_releases_failing_total").increment(1);
                (Lane::Low, format!("released: {}", because.reason), None)
            }
            ActionKind::Release => (Lane::Release, format!("released: {}", because.reason), None),
        };
        let cause = cause.filter(|_| kind == ActionKind::Restrict);
        sqlx::query!(
            "WITH queued AS (INSERT INTO quell.actions (id, tenant_id, device_id, kind, state, lane, containment_id, playbook, revision,
                                        comment, wanted_by, not_before, valid_until, state_by, state_reason, is_retry)
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, quell.now() + make_interval(secs => $11),
                     quell.now() + make_interval(secs => $12), $10, $13,
                     -- It repeats the device's last one, if that was for the same and came to nothing.
                     coalesce((SELECT f.kind = $4 AND f.cancels = 0 AND f.state IN ('failed', 'timed_out', 'cancelled') FROM quell.actions f
                               WHERE f.tenant_id = $2 AND f.device_id = $3 ORDER BY f.queued_at DESC LIMIT 1), false)))
             SELECT pg_notify('quell_wake', $14)",
            id_of(Uuid::now_v7(), state.installation),
            tenant.0,
            device.as_str(),
            kind.as_str(),
            lane.rank(),
            cause.as_ref().map(|c| c.id),
            cause.as_ref().and_then(|c| c.playbook.clone()),
            cause.as_ref().and_then(|c| c.revision.clone()),
            comment,
            because.by,
            delay.as_secs_f64(),
            validity,
            because.reason,
            told,
        )
        .execute(&mut *tx)
        .await?;
        failpoint::note!(ReleaseQueuedRestrictNotFinal, if (kind, open) == (ActionKind::Release, Some(ActionKind::Restrict)));
        Ok(())
    }
}

/// The containment that an action is queued for.
struct Cause {
    id: Uuid,
    playbook: Option<String>,
    revision: Option<String>,
    comment: String,
    lane: String,
}

/// The number that stands in the ids of this installation's actions.
pub(super) async fn installation(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<i32, StoreError> {
    let number = sqlx::query_scalar!("SELECT installation FROM quell.tenants WHERE id = $1", tenant.0)
        .fetch_one(tx)
        .await?;
    Ok(number)
}
