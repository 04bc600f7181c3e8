//! Applies `domain::converge` to one device, inside whichever transaction changed something about it. The caller holds
//! the device's row lock.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::action::{ActionKind, id_of};
use crate::domain::converge::{Known, Step, converge, keeps_asked};
use crate::domain::device::DeviceId;
use crate::domain::measure::{Isolation, Measure};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::failpoint;
use crate::store::actions::{kind_of, queued_withdraw};
use crate::store::alarms::{Alarm, AlarmKind, raise};
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
        // Of each measure, with the most urgent active containment that has not been given up: it gives the action its lane, its
        // text and its name. How much an isolation cuts off is the most that any of them wants.
        let standing = sqlx::query!(
            r#"SELECT m.measure AS "measure!", m.known AS "known!", m.failures AS "failures!",
                 EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = $2
                         AND c.measure = m.measure AND c.state = 'active' AND c.mode = 'enforce'
                         -- What a protection forbids keeps nothing restricted that was restricted for another reason.
                         AND (c.attention IS NULL OR NOT starts_with(c.attention, $3))) AS "wanted!",
                 (SELECT a.kind FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = $2 AND a.subject = m.measure
                  AND a.state IN ('submitting', 'in_doubt', 'submitted')) AS open,
                 (SELECT a.kind FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = $2 AND a.subject = m.measure
                  AND a.state = 'queued') AS queued,
                 coalesce((SELECT a.attempts = 0 AND p.given_up_at IS NULL AND p.until > quell.now()
                  FROM quell.actions a JOIN quell.probe_calls p ON p.id = a.probe_id
                  WHERE a.tenant_id = $1 AND a.device_id = $2 AND a.subject = m.measure AND a.state = 'queued'), false) AS "asked!",
                 (SELECT installation FROM quell.tenants WHERE id = $1) AS "installation!",
                 cause.id AS "cause_id?", cause.playbook AS "playbook?", cause.revision AS "revision?",
                 cause.comment AS "comment?", cause.lane AS "lane?", cause.argument AS "argument?"
               FROM quell.measures m LEFT JOIN LATERAL (
                   SELECT id, playbook, revision, comment, lane, min(isolation) OVER () AS argument FROM quell.containments
                   WHERE tenant_id = $1 AND device_id = $2 AND measure = m.measure AND state = 'active' AND mode = 'enforce'
                     -- One that only waits for facts was not given up: what is queued for it stays.
                     AND (attention IS NULL OR attention = $4)
                   ORDER BY array_position(ARRAY['critical', 'high', 'normal', 'low'], lane), activated_at LIMIT 1
                 ) AS cause ON true
               WHERE m.tenant_id = $1 AND m.device_id = $2"#,
            tenant.0,
            device.as_str(),
            PROTECTED,
            super::gate::fresh::UNDECIDED,
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in standing {
            let corrupt = |column, value: &str| StoreError::Corrupt {
                table: "devices",
                column,
                row: device.to_string(),
                value: value.to_owned(),
            };
            let stands = Stands {
                measure: Measure::parse(&row.measure).ok_or_else(|| corrupt("measure", &row.measure))?,
                known: Known::parse(&row.known).ok_or_else(|| corrupt("known", &row.known))?,
                failures: u32::try_from(row.failures).unwrap_or(0),
                is_wanted: row.wanted,
                open: row.open.as_deref().map(kind_of).transpose()?,
                queued: row.queued.as_deref().map(kind_of).transpose()?,
                asked: row.asked,
                installation: row.installation,
                cause: row.cause_id.map(|id| Cause {
                    id,
                    playbook: row.playbook,
                    revision: row.revision,
                    comment: row.comment.unwrap_or_default(),
                    lane: row.lane.as_deref().and_then(Lane::parse).unwrap_or_default(),
                    argument: row.argument,
                }),
            };
            self.converge_measure(tx, tenant, device, stands, because, &told)
                .await?;
        }
        Ok(())
    }

    /// One measure of the device.
    async fn converge_measure(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        stands: Stands,
        because: Because<'_>,
        told: &str,
    ) -> Result<(), StoreError> {
        let Stands {
            measure,
            known,
            failures,
            is_wanted,
            open,
            queued,
            asked,
            installation,
            cause,
        } = stands;
        let mut step = converge(measure, is_wanted, known, open, queued);
        if cause.is_none() {
            // Wanted, but given up: a person must look, and no further call is spent.
            step = match step {
                Step::Queue(kind) if kind.begins() => Step::Nothing,
                Step::Swap(kind) if kind.begins() => Step::Withdraw,
                // It was queued for a reason that has ended, or that a person must look at since.
                Step::Nothing if queued.is_some_and(ActionKind::begins) => Step::Withdraw,
                step => step,
            };
        }
        // What a probe asked for is due because it was asked for, as long as nothing else is.
        if step == Step::Withdraw
            && queued.is_some_and(|queued| asked && keeps_asked(queued, is_wanted, known, open))
        {
            return Ok(());
        }
        let subject = (device, measure.as_str());
        let kind = match step {
            Step::Nothing => {
                if !is_wanted && known == Known::HeldByOther && open.is_none() {
                    // INVARIANT: only what quell began is undone by quell. A person must know that nobody will.
                    tracing::warn!(device.id = %device, reason = because.reason,
                        "the device stays {}: somebody else began that, so quell does not release it", measure.held());
                    metrics::counter!("quell_devices_left_restricted_total", "measure" => measure.as_str())
                        .increment(1);
                }
                if let (None, Some(cause)) = (queued, &cause)
                    && cause.argument.as_deref() == Some(Isolation::Full.as_str())
                {
                    tell_if_too_weak(tx, tenant, device, cause.id).await?;
                }
                if let (true, Some(cause)) = (queued.is_some_and(ActionKind::begins), cause) {
                    // INVARIANT: what is queued names a cause that lives, since the gate judges the one that is named.
                    recall(tx, tenant, subject, cause, because).await?;
                }
                return Ok(());
            }
            Step::Withdraw => return queued_withdraw(tx, tenant, subject, because).await,
            Step::Queue(kind) => kind,
            Step::Swap(kind) => {
                queued_withdraw(tx, tenant, subject, because).await?;
                kind
            }
        };
        let delay = self.delay_after(failures);
        let (lane, comment, validity) = if kind.begins() {
            (
                cause.as_ref().map(|c| c.lane).unwrap_or_default(),
                cause.as_ref().map(|c| c.comment.clone()).unwrap_or_default(),
                Some(self.validity.as_secs_f64()),
            )
        } else if self.is_given_up(failures) {
            // One that failed again and again does not stand before everything else for ever.
            tracing::error!(device.id = %device, failures, "a {} cannot be lifted: a person must look", measure.as_str());
            metrics::counter!("quell_releases_failing_total").increment(1);
            (Lane::Low, format!("released: {}", because.reason), None)
        } else {
            (Lane::Release, format!("released: {}", because.reason), None)
        };
        let cause = cause.filter(|_| kind.begins());
        sqlx::query!(
            "WITH queued AS (INSERT INTO quell.actions (id, tenant_id, device_id, kind, state, lane, containment_id, playbook, revision,
                                        comment, wanted_by, not_before, valid_until, state_by, state_reason, subject, argument, is_retry)
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, quell.now() + make_interval(secs => $11),
                     quell.now() + make_interval(secs => $12), $10, $13, $15, $16,
                     -- It repeats the last one about the same, if that was the same and came to nothing.
                     coalesce((SELECT f.kind = $4 AND f.cancels = 0 AND f.state IN ('failed', 'timed_out', 'cancelled') FROM quell.actions f
                               WHERE f.tenant_id = $2 AND f.device_id = $3 AND f.subject = $15
                               ORDER BY f.queued_at DESC LIMIT 1), false)))
             SELECT pg_notify('quell_wake', $14)",
            id_of(Uuid::now_v7(), installation),
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
            measure.as_str(),
            cause.as_ref().and_then(|c| c.argument.clone()),
        )
        .execute(&mut *tx)
        .await?;
        failpoint::note!(ReleaseQueuedRestrictNotFinal, if kind.releases() && open.is_some_and(ActionKind::begins));
        Ok(())
    }
}

/// How a measure stands on a device.
struct Stands {
    measure: Measure,
    known: Known,
    /// Actions in a row that came to nothing.
    failures: u32,
    is_wanted: bool,
    open: Option<ActionKind>,
    queued: Option<ActionKind>,
    /// That one was asked for by a probe, which waits for it, and was never called.
    asked: bool,
    installation: i32,
    cause: Option<Cause>,
}

/// The containment that an action is queued for.
struct Cause {
    id: Uuid,
    playbook: Option<String>,
    revision: Option<String>,
    comment: String,
    lane: Lane,
    /// How much an isolation cuts off; `full` is before `selective`, in the alphabet too.
    argument: Option<String>,
}

/// A full isolation is wanted, and what is at Defender may be a selective one: what another call would do to it, nobody says, so it
/// stays until it ends, and a person is told.
async fn tell_if_too_weak(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    containment: Uuid,
) -> Result<(), StoreError> {
    let last = sqlx::query!(
        "SELECT id, argument, is_adopted FROM quell.actions WHERE tenant_id = $1 AND device_id = $2 AND subject = 'isolation'
           AND state IN ('submitting', 'in_doubt', 'submitted', 'succeeded') ORDER BY queued_at DESC LIMIT 1",
        tenant.0,
        device.as_str(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    // A release has no argument: what we isolated before it is over.
    let told = last.as_ref().and_then(|last| match last.argument.as_deref() {
        Some(_) if last.is_adopted => {
            Some("somebody else isolated the device, perhaps selectively, and it is wanted isolated fully: look in the portal")
        }
        Some(form) if form == Isolation::Selective.as_str() => {
            Some("the device is isolated selectively, and is wanted isolated fully: release the isolation and isolate anew")
        }
        _ => None,
    });
    if let (Some(last), Some(told)) = (last, told) {
        let alarm = Alarm {
            kind: AlarmKind::IsolatedTooWeakly,
            subject: &containment.to_string(),
            device: Some(device.as_str()),
            action: Some(last.id),
            told: told.to_owned(),
        };
        raise(tx, tenant, &alarm).await?;
    }
    Ok(())
}

/// Lets the queued action name the cause that there is now.
async fn recall(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (device, subject): (&DeviceId, &str),
    cause: Cause,
    because: Because<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.actions SET lane = least(lane, $3), containment_id = $4, playbook = $5, revision = $6,
             comment = $7, wanted_by = CASE WHEN containment_id = $4 THEN wanted_by ELSE $8 END, argument = $10
         WHERE tenant_id = $1 AND device_id = $2 AND subject = $9 AND state = 'queued'
           AND (lane > $3 OR containment_id IS DISTINCT FROM $4 OR argument IS DISTINCT FROM $10)",
        tenant.0,
        device.as_str(),
        cause.lane.rank(),
        cause.id,
        cause.playbook,
        cause.revision,
        cause.comment,
        because.by,
        subject,
        cause.argument,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The number that stands in the ids of this installation's actions.
pub(super) async fn installation(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<i32, StoreError> {
    let number = sqlx::query_scalar!("SELECT installation FROM quell.tenants WHERE id = $1", tenant.0)
        .fetch_one(tx)
        .await?;
    Ok(number)
}
