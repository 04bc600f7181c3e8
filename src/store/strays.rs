//! Strays are taken into the books: what Defender's list shows with a marker of ours and no row here knows by its id
//! (`domain::stray`). Called by `worker::strays` with every complete listing. It never calls Defender; what follows for the
//! device follows from `converge`.

mod kept;
mod rows;

use uuid::Uuid;

use crate::domain::action::{ActionEvent, ActionState, ulid};
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::stray::{Marked, Named, Origin, Taking, is_late, taking};
use crate::domain::tenant::TenantId;
use crate::store::actions::{kind_of, state_of};
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::strays::rows::{attempts_of, insert, was_followed};
use crate::store::{ActionRow, Because, Gate, QueuedChange, Store, StoreError, leases};

pub(in crate::store) use kept::{DECIDE, let_go};

/// What was made of the strays of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StraysTaken {
    /// Taken into the books.
    pub taken: usize,
    /// Of those, what the database had lost.
    pub orphans: usize,
    /// Wait until no other action is open on their device.
    pub waiting: usize,
}

/// The spans that strays go by, as they hold in real time.
#[derive(Clone, Copy, Debug)]
pub struct StraySpans {
    /// How long a device is watched after its release.
    pub watched: std::time::Duration,
    /// How long a restriction that the database had lost is kept, unless a person decides.
    pub kept: std::time::Duration,
}

impl Store {
    /// Those of a listing that no row knows by Defender's id, or whose row had ended without effect although they show as
    /// carried out, one device after the other.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn strays_find<'a>(
        &self,
        tenant: TenantId,
        marked: &'a [Marked],
    ) -> Result<Vec<&'a Marked>, StoreError> {
        if marked.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<String> = marked.iter().map(|m| m.defender_id.clone()).collect();
        let carried_out: Vec<bool> = marked
            .iter()
            .map(|m| is_late(m, ActionState::Cancelled))
            .collect();
        let strays = sqlx::query_scalar!(
            r#"SELECT t.at AS "at!" FROM unnest($2::text[], $3::bool[]) WITH ORDINALITY AS t (id, carried_out, at)
               LEFT JOIN quell.actions a ON a.tenant_id = $1 AND a.defender_id = t.id
               WHERE a.id IS NULL
                  OR (t.carried_out AND NOT a.is_adopted AND a.state IN ('failed', 'timed_out', 'cancelled')
                      AND NOT EXISTS (SELECT 1 FROM quell.alarms l WHERE l.tenant_id = $1 AND l.kind = 'late_restrict'
                                      AND l.subject = t.id))
               ORDER BY t.at"#,
            tenant.0,
            &ids,
            &carried_out,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut found: Vec<&Marked> = strays
            .into_iter()
            .filter_map(|at| marked.get(usize::try_from(at).ok()?.checked_sub(1)?))
            .collect();
        found.sort_by(|a, b| a.device.cmp(&b.device));
        Ok(found)
    }

    /// Takes the strays of one device into the books, the oldest first.
    ///
    /// # Errors
    /// Postgres is not available; [`StoreError::Stale`]: the lease is another's by now. Nothing is changed then.
    pub async fn strays_take(
        &self,
        tenant: TenantId,
        epoch: i64,
        gate: &Gate,
        strays: &[&Marked],
        spans: StraySpans,
    ) -> Result<StraysTaken, StoreError> {
        let mut made = StraysTaken::default();
        let Some(first) = strays.first() else {
            return Ok(made);
        };
        let mut tx = self.pool.begin().await?;
        // The books may write the device in upper case.
        let device = sqlx::query_scalar!(
            "SELECT device_id FROM quell.devices WHERE tenant_id = $1 AND device_id IN ($2, upper($2)) LIMIT 1",
            tenant.0,
            first.device,
        )
        .fetch_optional(&mut *tx)
        .await?
        .unwrap_or_else(|| first.device.clone());
        sqlx::query!(
            "INSERT INTO quell.devices (tenant_id, device_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            tenant.0,
            device,
        )
        .execute(&mut *tx)
        .await?;
        super::devices::lock(&mut tx, tenant, std::slice::from_ref(&device)).await?;
        leases::fence(&mut tx, tenant, epoch).await?;
        let device = DeviceId::from_stored(device);
        let mut last = Vec::new();
        for measure in Measure::ALL {
            last.extend(kept::last_word(&mut tx, tenant, &device, strays, measure).await?);
        }
        for (n, stray) in strays.iter().enumerate() {
            let spans = StraySpans {
                // Only the last word on the device's measure keeps it.
                kept: if last.contains(&n) {
                    spans.kept
                } else {
                    std::time::Duration::ZERO
                },
                ..spans
            };
            match self
                .take_one(&mut tx, tenant, epoch, gate, &device, stray, spans)
                .await?
            {
                Taken::Nothing => {}
                Taken::Waits => made.waiting += 1,
                Taken::Done(origin) => {
                    made.taken += 1;
                    made.orphans += usize::from(origin == Origin::Orphan);
                }
            }
        }
        tx.commit().await?;
        Ok(made)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of the function above, in its transaction"
    )]
    async fn take_one(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        epoch: i64,
        gate: &Gate,
        device: &DeviceId,
        stray: &Marked,
        spans: StraySpans,
    ) -> Result<Taken, StoreError> {
        let known = sqlx::query!(
            "SELECT id, state FROM quell.actions WHERE tenant_id = $1 AND defender_id = $2 AND NOT is_adopted LIMIT 1",
            tenant.0,
            stray.defender_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(known) = known {
            if !is_late(stray, state_of(known.id, &known.state)?) {
                return Ok(Taken::Nothing);
            }
            return self.carried_out_late(tx, tenant, device, stray, known.id).await;
        }
        let named = sqlx::query!(
            "SELECT tenant_id, device_id, kind, state, attempts, containment_id FROM quell.actions WHERE id = $1",
            stray.marker.action,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let facts = match &named {
            None => None,
            Some(row) => Some(Named {
                state: state_of(stray.marker.action, &row.state)?,
                attempts: row.attempts,
                // Two tenants may be one Entra directory: what is the other's is not ours.
                is_same: row.tenant_id == tenant.0
                    && kind_of(&row.kind)? == stray.kind
                    && row.device_id.eq_ignore_ascii_case(device.as_str()),
            }),
        };
        let installation = super::converge::installation(tx, tenant).await?;
        let (origin, is_itself) = match taking(stray, facts, installation) {
            Taking::Leave | Taking::NotOurs => return Ok(Taken::Nothing),
            Taking::AsItself(origin) => (origin, true),
            Taking::Anew(origin) => (origin, false),
        };
        // The attempts of an action that the books know are in the ledger already.
        let attempts = if named.is_some() && !is_itself {
            1
        } else {
            stray.marker.attempt
        };
        let containment = named.and_then(|row| row.containment_id);
        tell(tx, tenant, device, stray, origin, spans.watched, containment).await?;
        let is_open = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.actions WHERE tenant_id = $1 AND device_id = $2
                 -- Nothing of the other measure, and no task, is in the way.
                 AND subject = $3
                 AND state IN ('submitting', 'in_doubt', 'submitted')) AS "open!""#,
            tenant.0,
            device.as_str(),
            stray.kind.measure().unwrap_or_default().as_str(),
        )
        .fetch_one(&mut *tx)
        .await?;
        if is_open {
            return Ok(Taken::Waits);
        }
        let because = Because {
            by: "reconcile",
            reason: match origin {
                Origin::SeenAfterQuiescence => "seen in defender's list after its absence had been concluded",
                Origin::Orphan => "found in defender's list by a marker that the database did not know",
            },
        };
        let change = QueuedChange {
            defender_id: Some(stray.defender_id.clone()),
            defender_status: Some(stray.status.as_wire().to_owned()),
            is_order_unclear: was_followed(tx, tenant, device, stray).await?,
            done_at: stray.updated_at,
            ..QueuedChange::default()
        };
        if origin == Origin::Orphan && !change.is_order_unclear {
            kept::keep(tx, tenant, device, stray, spans.kept).await?;
        }
        let id = if is_itself {
            let row = self.action_read(tx, tenant, stray.marker.action).await?;
            attempts_of(
                tx,
                tenant,
                epoch,
                gate,
                stray,
                row.id,
                row.attempts + 1..=attempts,
            )
            .await?;
            let reserved = QueuedChange::default();
            self.action_apply(tx, tenant, &row, ActionEvent::Reserved, &reserved, because)
                .await?;
            let row = self.action_read(tx, tenant, row.id).await?;
            self.action_apply(tx, tenant, &row, ActionEvent::Accepted, &change, because)
                .await?;
            row.id
        } else {
            let id = insert(tx, tenant, device, stray, attempts, because).await?;
            attempts_of(tx, tenant, epoch, gate, stray, id, 1..=attempts).await?;
            id
        };
        match ActionEvent::from_status(&stray.status) {
            Some(event) => {
                let row: ActionRow = self.action_read(tx, tenant, id).await?;
                self.action_apply(tx, tenant, &row, event, &change, because)
                    .await?;
            }
            None => self.converge_device(tx, tenant, device, because).await?,
        }
        super::wake(tx, tenant, super::Wake::Open).await?;
        Ok(Taken::Done(origin))
    }

    /// What the books ended without effect was carried out: whether before or after the release, nobody knows.
    async fn carried_out_late(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        stray: &Marked,
        action: Uuid,
    ) -> Result<Taken, StoreError> {
        let alarm = Alarm {
            kind: AlarmKind::LateRestrict,
            subject: &stray.defender_id,
            device: Some(device.as_str()),
            action: Some(action),
            told: format!(
                "{} {} was carried out although defender had reported its end",
                stray.kind.as_str(),
                ulid(action)
            ),
        };
        if !raise(tx, tenant, &alarm).await? {
            return Ok(Taken::Nothing);
        }
        sqlx::query!(
            "UPDATE quell.measures SET known_at = quell.now(),
                 known = CASE WHEN is_by_others THEN 'held_by_other' ELSE 'unknown' END
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $3",
            tenant.0,
            device.as_str(),
            stray.kind.measure().unwrap_or_default().as_str(),
        )
        .execute(&mut *tx)
        .await?;
        let because = Because {
            by: "reconcile",
            reason: "an action was carried out late",
        };
        self.converge_device(tx, tenant, device, because).await?;
        Ok(Taken::Done(Origin::SeenAfterQuiescence))
    }
}

enum Taken {
    Nothing,
    Waits,
    Done(Origin),
}

/// Raises the alarms, and tells the receivers of the containment whose restrict it was.
async fn tell(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    stray: &Marked,
    origin: Origin,
    watched: std::time::Duration,
    containment: Option<Uuid>,
) -> Result<(), StoreError> {
    let what = format!(
        "{} {}.{}",
        stray.kind.as_str(),
        ulid(stray.marker.action),
        stray.marker.attempt
    );
    let (kind, told) = match origin {
        Origin::SeenAfterQuiescence => (
            AlarmKind::SeenAfterQuiescence,
            format!("{what} is at defender although its absence had been concluded"),
        ),
        Origin::Orphan => (
            AlarmKind::Orphan,
            format!("{what} is at defender and was not in the database"),
        ),
    };
    let alarm = |kind, told| Alarm {
        kind,
        subject: &stray.defender_id,
        device: Some(device.as_str()),
        action: Some(stray.marker.action),
        told,
    };
    let is_news = raise(tx, tenant, &alarm(kind, told.clone())).await?;
    if let (true, Some(measure)) = (stray.kind.begins(), stray.kind.measure())
        && is_watched(tx, tenant, Some((device, measure)), watched).await?
    {
        let told = format!("{what} came after the release of its device");
        raise(tx, tenant, &alarm(AlarmKind::LateRestrict, told)).await?;
    }
    if let (true, Some(containment)) = (is_news, containment) {
        sqlx::query!(
            "INSERT INTO quell.notifications (tenant_id, receiver, occasion, containment_id, device_id, playbook, revision,
                                              alert_id, reason)
             SELECT c.tenant_id, entry ->> 'to', 'failed', c.id, c.device_id, c.playbook, c.revision, c.alert_id, $2
             FROM quell.containments c, jsonb_array_elements(c.notify) AS entry
             WHERE c.id = $1 AND c.mode = 'enforce' AND entry -> 'on' ? 'failed'",
            containment,
            told,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO quell.news (tenant_id, topic, subject, device_id, happened, reason)
             SELECT c.tenant_id, 'failed', c.id, c.device_id, 'failed', $2 FROM quell.containments c
             WHERE c.id = $1 AND c.mode = 'enforce'
               AND EXISTS (SELECT 1 FROM quell.news_wanted w WHERE w.tenant_id = c.tenant_id AND w.topic = 'failed')",
            containment,
            told,
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Whether a device was released of a measure within the span; `None`: any of any.
pub(super) async fn is_watched(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: Option<(&DeviceId, Measure)>,
    watched: std::time::Duration,
) -> Result<bool, StoreError> {
    let released = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM quell.actions WHERE tenant_id = $1 AND ($2::text IS NULL OR device_id = $2)
             AND kind IN ('release', 'release_isolation') AND ($4::text IS NULL OR subject = $4) AND state = 'succeeded'
             AND final_at > (SELECT quell.now()) - make_interval(secs => $3)) AS "released!""#,
        tenant.0,
        device.map(|(device, _)| device.as_str()),
        watched.as_secs_f64(),
        device.map(|(_, measure)| measure.as_str()),
    )
    .fetch_one(tx)
    .await?;
    Ok(released)
}
