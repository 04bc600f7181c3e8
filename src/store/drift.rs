//! Drift in the books: each action of somebody else's that Defender's list shows as carried out is judged once, under its
//! device's lock, and what follows is done in the same transaction (`domain::drift`). Called by `worker::reconcile` with every
//! complete listing. It never judges by a listing that is older than a call of ours on the device, nor while one is open.

mod lift;

pub(super) use self::lift::LIFTED_TOO_OFTEN;

use std::collections::HashSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;

use crate::domain::action::ActionState;
use crate::domain::converge::Known;
use crate::domain::device::DeviceId;
use crate::domain::drift::{Done, Drift, DriftTerms, Foreign, LastWord, OfDevice, Whose, drift, last_word};
use crate::domain::tenant::TenantId;
use crate::store::actions::{kind_of, state_of};
use crate::store::containments::time;
use crate::store::{Store, StoreError, leases};

/// How far Defender's clock and ours may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(120);

/// A complete listing, as drift is judged by it.
#[derive(Clone, Copy, Debug)]
pub struct DriftLook {
    /// When it began.
    pub began: Timestamp,
    /// How long an action that was carried out may be missing from it.
    pub lag: Duration,
    /// How drift is dealt with.
    pub terms: DriftTerms,
}

/// An action of our books on the device that may have had an effect.
struct Booked {
    done: Done,
    /// Its moment is Defender's own word.
    is_exact: bool,
    /// When its last call was reserved, on our clock; for one that was found in a listing, when Defender made it.
    called_at: Option<Timestamp>,
    /// It succeeded, and did not merely end without a clear result.
    has_succeeded: bool,
}

impl Store {
    /// The number in the ids of this installation's actions.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn installation(&self, tenant: TenantId) -> Result<i32, StoreError> {
        let mut connection = self.pool.acquire().await?;
        super::converge::installation(&mut connection, tenant).await
    }

    /// Those of somebody else's that were not judged yet.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn foreign_unjudged(
        &self,
        tenant: TenantId,
        foreign: Vec<Foreign>,
    ) -> Result<Vec<Foreign>, StoreError> {
        if foreign.is_empty() {
            return Ok(foreign);
        }
        let ids: Vec<String> = foreign.iter().map(|each| each.done.id.clone()).collect();
        let unjudged = sqlx::query_scalar!(
            r#"SELECT t.id AS "id!" FROM unnest($2::text[]) AS t (id)
               WHERE NOT EXISTS (SELECT 1 FROM quell.foreign_actions f WHERE f.tenant_id = $1 AND f.defender_id = t.id)
                 AND NOT EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = $1 AND a.defender_id = t.id
                                 AND NOT a.is_adopted)"#,
            tenant.0,
            &ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let unjudged: HashSet<String> = unjudged.into_iter().collect();
        Ok(foreign
            .into_iter()
            .filter(|each| unjudged.contains(&each.done.id))
            .collect())
    }

    /// Judges what somebody else did to one device, and does what follows. `false`: it must wait for a later listing, because
    /// a call of ours is open, or newer than this one.
    ///
    /// # Errors
    /// Postgres is not available; [`StoreError::Stale`]: the lease is another's by now. Nothing is changed then.
    pub async fn drift_judge(
        &self,
        tenant: TenantId,
        epoch: i64,
        look: &DriftLook,
        of: &OfDevice,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let restricts = of.unjudged.iter().any(|each| each.done.kind.begins());
        let known = sqlx::query_scalar!(
            "SELECT device_id FROM quell.devices WHERE tenant_id = $1 AND device_id IN ($2, upper($2)) LIMIT 1",
            tenant.0,
            of.device,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let is_known = known.is_some();
        let device = known.unwrap_or_else(|| of.device.clone());
        if !is_known && restricts {
            sqlx::query!(
                "INSERT INTO quell.devices (tenant_id, device_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                tenant.0,
                device,
            )
            .execute(&mut *tx)
            .await?;
        }
        super::devices::lock(&mut tx, tenant, std::slice::from_ref(&device)).await?;
        leases::fence(&mut tx, tenant, epoch).await?;
        let device = DeviceId::from_stored(device);
        let Some(booked) = booked(&mut tx, tenant, &device, look, of).await? else {
            return Ok(false);
        };
        let (word, is_sure) = last(&booked, of);
        let restricts = || booked.iter().filter(|each| each.done.kind.begins());
        let called_at = restricts().filter_map(|each| each.called_at).max();
        let ours = restricts().max_by_key(|each| each.done.done_at);
        let ours = match ours.is_some_and(|each| each.has_succeeded) {
            true => Known::Held,
            false => Known::Unknown,
        };
        let mut unjudged = of.unjudged.clone();
        unjudged.sort_by(|a, b| (a.done.done_at, &a.done.id).cmp(&(b.done.done_at, &b.done.id)));
        for foreign in &unjudged {
            let drift = match is_sure {
                true => drift(&foreign.done, &word),
                false => Drift::Unclear,
            };
            let lift = lift::Lift {
                foreign,
                measure: of.measure,
                until: called_at.map_or(foreign.done.done_at, |at| at.max(foreign.done.done_at)),
                was_ours: drift == Drift::Lifted,
                terms: look.terms,
            };
            if word.theirs.is_none() && matches!(drift, Drift::Lifted | Drift::Freed | Drift::Overtaken) {
                let left = (drift == Drift::Overtaken && word.ours).then_some(ours);
                self.others_gone(&mut tx, tenant, &device, foreign, (of.measure, left))
                    .await?;
            }
            let verdict = match drift {
                Drift::Lifted | Drift::Freed => self.lifted(&mut tx, tenant, &device, &lift).await?,
                Drift::Restricted => {
                    self.held_by(&mut tx, tenant, &device, (foreign, of.measure))
                        .await?
                }
                Drift::Overtaken => "overtaken",
                Drift::Unclear => lift::unclear(&mut tx, tenant, &device, foreign).await?,
            };
            sqlx::query!(
                "INSERT INTO quell.foreign_actions (tenant_id, defender_id, device_id, kind, requestor, made_at, done_at, verdict)
                 VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz, $8)",
                tenant.0,
                foreign.done.id,
                device.as_str(),
                foreign.done.kind.as_str(),
                foreign.requestor,
                foreign.done.made_at.to_sqlx() as jiff_sqlx::Timestamp,
                foreign.done.done_at.to_sqlx() as jiff_sqlx::Timestamp,
                verdict,
            )
            .execute(&mut *tx)
            .await?;
            metrics::counter!("quell_drift_total", "verdict" => verdict).increment(1);
            tracing::info!(device.id = %device, by = foreign.requestor, verdict, defender.id = foreign.done.id,
                "somebody else's {} was judged", foreign.done.kind.as_str());
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that the whole list was looked at; `waiting`: something of others' is still to be judged.
    ///
    /// # Errors
    /// Postgres is not available; [`StoreError::Stale`]: the lease is another's by now.
    pub async fn look_note(
        &self,
        tenant: TenantId,
        epoch: i64,
        began: Timestamp,
        waiting: bool,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        leases::fence(&mut tx, tenant, epoch).await?;
        sqlx::query!(
            "INSERT INTO quell.looks AS l (tenant_id, listed_at, judged_until) VALUES ($1, $2::timestamptz, $2::timestamptz)
             ON CONFLICT (tenant_id) DO UPDATE SET listed_at = greatest(l.listed_at, excluded.listed_at),
                 judged_until = CASE WHEN $3 THEN l.judged_until ELSE greatest(l.judged_until, excluded.judged_until) END",
            tenant.0,
            began.to_sqlx() as jiff_sqlx::Timestamp,
            waiting,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// How long ago the moment is up to which everything of others' was judged; `None`: no list was ever looked at.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn unjudged_for(&self, tenant: TenantId) -> Result<Option<Duration>, StoreError> {
        let seconds = sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM quell.now() - judged_until)::float8 AS "seconds!" FROM quell.looks WHERE tenant_id = $1"#,
            tenant.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(seconds.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))))
    }
}

/// The books' actions of the measure on the device; `None`: one is open, or newer than the listing.
async fn booked(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    look: &DriftLook,
    of: &OfDevice,
) -> Result<Option<Vec<Booked>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT a.id, a.defender_id, a.kind, a.state, a.is_adopted, a.submitted_at, a.final_at, a.defender_done_at,
                  t.reserved_at AS "reserved_at?"
           FROM quell.actions a LEFT JOIN quell.attempts t ON t.action_id = a.id AND t.kind = a.kind AND t.n = a.attempts
           WHERE a.tenant_id = $1 AND a.device_id = $2 AND a.subject = $3
             AND (a.state IN ('submitting', 'in_doubt', 'submitted') OR (a.final_at IS NOT NULL AND a.defender_id IS NOT NULL))
           ORDER BY a.queued_at DESC LIMIT 200"#,
        tenant.0,
        device.as_str(),
        of.measure.as_str(),
    )
    .fetch_all(tx)
    .await?;
    let lag = SignedDuration::try_from(look.lag).unwrap_or(SignedDuration::MAX);
    let listed_from = look.began.checked_sub(lag).unwrap_or(Timestamp::MIN);
    let mut booked = Vec::new();
    for row in rows {
        let state = state_of(row.id, &row.state)?;
        let (Some(final_at), Some(id)) = (time(row.final_at), row.defender_id) else {
            return Ok(None);
        };
        let is_listed = of.listed.contains(&id);
        if state.is_open() || (!is_listed && final_at > listed_from) {
            return Ok(None);
        }
        let kind = kind_of(&row.kind)?;
        // One that was cancelled or timed out may have been enforced all the same.
        let may_hold = kind.begins()
            && matches!(state, ActionState::TimedOut | ActionState::Cancelled)
            && !row.is_adopted;
        if state != ActionState::Succeeded && !may_hold {
            continue;
        }
        let listed = of.done.iter().find(|done| done.id == id);
        let told = listed.map(|done| done.done_at).or(time(row.defender_done_at));
        let done_at = told.unwrap_or(final_at);
        let called_at = time(row.reserved_at).or(time(row.submitted_at));
        booked.push(Booked {
            done: Done {
                id,
                kind,
                whose: if row.is_adopted {
                    Whose::Adopted
                } else {
                    Whose::Ours
                },
                made_at: listed.map_or(called_at.unwrap_or(done_at).min(done_at), |done| done.made_at),
                done_at,
            },
            is_exact: told.is_some(),
            called_at,
            has_succeeded: state == ActionState::Succeeded,
        });
    }
    Ok(Some(booked))
}

/// The last word on the device, and whether its order can be told: where Defender did not say when it carried one of ours out,
/// it was some time between our call and our look.
fn last(booked: &[Booked], of: &OfDevice) -> (LastWord, bool) {
    let ours: HashSet<&str> = booked.iter().map(|each| each.done.id.as_str()).collect();
    let theirs = of.done.iter().filter(|done| !ours.contains(done.id.as_str()));
    let all: Vec<Done> = booked
        .iter()
        .map(|each| &each.done)
        .chain(theirs)
        .cloned()
        .collect();
    let is_sure = booked.iter().filter(|each| !each.is_exact).all(|each| {
        let from = each.called_at.unwrap_or(each.done.done_at);
        of.unjudged.iter().all(|foreign| {
            let at = foreign.done.done_at;
            foreign.done.kind == each.done.kind
                || at.duration_since(each.done.done_at) > SKEW
                || from.duration_since(at) > SKEW
        })
    });
    (last_word(&all), is_sure)
}
