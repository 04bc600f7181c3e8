//! Whose turn it is: one snapshot of the ledger, the head of each lane, and [`crate::domain::budget::Rules::turn`], which
//! decides. Called by the gate, which holds the budget's lock; the worker asks for the heads without it, for the pacer.
//! What is picked here is not called yet: the guards come after.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::action::{ActionKind, ActionState};
use crate::domain::budget::{Call, LaneHead, Rules, Slow, Wait};
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::cancels::{CancelGrant, Reserved};
use crate::store::fallbacks::Fallen;
use crate::store::ledger::snapshot;
use crate::store::{ActionRow, Gate, GateOutcome, Store, StoreError};

/// What the gate was asked, and when.
pub(in crate::store) struct Asked<'a> {
    pub(in crate::store) tenant: TenantId,
    pub(in crate::store) epoch: i64,
    pub(in crate::store) gate: &'a Gate,
    pub(super) lowest: Lane,
    /// The database's clock, read under the lock.
    pub(in crate::store) now: Timestamp,
    /// The slower rate that holds, from `now`.
    pub(in crate::store) slow: Option<Slow>,
    /// Ours, read before the transaction.
    pub(in crate::store) began: Monotonic,
    /// What is stopped, as this transaction sees it.
    pub(in crate::store) stop: Option<StopScope>,
}

/// Whose turn it is.
pub(super) enum Turn {
    /// This action's; its device is locked.
    Action(Box<Candidate>),
    /// A cancel's; its attempt is written, and to be committed.
    Cancel(Box<CancelGrant>),
    /// Nobody's.
    Nobody(GateOutcome),
}

/// Which queued actions are looked at.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// Of this lane and more urgent ones.
    lowest: Lane,
    /// Whatever is no release only while fewer that begin something are open.
    outstanding: Option<u32>,
    /// No repetitions, but of releases and critical calls.
    without_retries: bool,
}

/// An action that may be called if no guard forbids it.
pub(super) struct Candidate {
    pub(super) action: Uuid,
    pub(super) device: DeviceId,
    pub(super) kind: ActionKind,
    pub(super) subject: String,
    /// What the call says beside its comment.
    pub(super) argument: Option<String>,
    pub(super) lane: i16,
    pub(super) attempts: i32,
    pub(super) is_retry: bool,
    pub(super) playbook: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) comment: String,
    pub(super) is_overdue: bool,
    pub(super) facts: Option<serde_json::Value>,
    /// What stands against sending what its revision queued.
    pub(super) fallen: Option<Fallen>,
    defender_id: Option<String>,
    defender_status: Option<String>,
    is_adopted: bool,
    /// How old they are; `None`: they were never fetched.
    pub(super) facts_age: Option<Duration>,
    /// Defender answered that it does not know the device, when its facts were last fetched.
    pub(super) is_unknown_to_defender: bool,
    /// A call that needs the same right was forbidden for want of it, and is held for so long yet.
    pub(super) held_for: Option<Duration>,
    /// It has waited for fresh ones.
    pub(super) awaited_facts: bool,
    /// The database's clock.
    pub(super) now: Timestamp,
}

impl Candidate {
    /// The measure that it begins or releases. A task stands where a restriction does: what forbids that forbids it.
    pub(super) fn measure(&self) -> Measure {
        self.kind.measure().unwrap_or_default()
    }

    /// The queued action, for its change of state.
    pub(super) fn row(&self) -> ActionRow {
        ActionRow {
            id: self.action,
            device: self.device.clone(),
            kind: self.kind,
            subject: self.subject.clone(),
            state: ActionState::Queued,
            attempts: self.attempts,
            defender_id: self.defender_id.clone(),
            defender_status: self.defender_status.clone(),
            is_adopted: self.is_adopted,
        }
    }
}

enum Picked {
    Nothing,
    /// What the first look saw had changed by the time its device was locked: look again.
    MovedOn,
    One(Box<Candidate>),
}

impl Store {
    /// Finds whose turn it is.
    pub(super) async fn take_turn(
        &self,
        tx: &mut sqlx::PgConnection,
        asked: &Asked<'_>,
    ) -> Result<Turn, StoreError> {
        let (tenant, gate) = (asked.tenant, asked.gate);
        let rules = Rules {
            slow: asked.slow,
            ..gate.terms.rules(&gate.actions)
        };
        let held = snapshot::actions(tx, tenant, gate, &rules, asked.now).await?;
        let (bulk, retries) = (
            rules.check(&held, Call::of(Lane::Release)),
            rules.retries_held(&held),
        );
        let look = Look {
            lowest: asked.lowest,
            // While anything is stopped no restrict is picked.
            outstanding: asked.stop.map_or(gate.outstanding, |_| Some(0)),
            without_retries: retries.is_some(),
        };
        let heads = match asked.lowest {
            // The worker has seen one, and there is no order to find.
            Lane::Critical => vec![LaneHead {
                lane: Lane::Critical,
                waited: Duration::ZERO,
            }],
            _ => heads(tx, tenant, &look).await?,
        };
        let lanes = match rules.turn(&held, &heads) {
            Ok(lanes) => lanes,
            Err(wait) => return Ok(Turn::wait(wait)),
        };
        let mut cancel_is_due = asked.lowest >= Lane::Release && bulk.is_ok();
        for lane in &lanes {
            // A cancel belongs to the releases, and goes before them: one of them waits for it.
            if *lane != Lane::Critical
                && std::mem::take(&mut cancel_is_due)
                && let Some(turn) = self.take_cancel(tx, asked).await?
            {
                return Ok(turn);
            }
            match pick(tx, tenant, &gate.app_id, *lane, &look).await? {
                Picked::One(candidate) => return Ok(Turn::Action(candidate)),
                Picked::MovedOn => return Ok(Turn::Nobody(GateOutcome::Settled)),
                Picked::Nothing => {}
            }
        }
        if cancel_is_due && let Some(turn) = self.take_cancel(tx, asked).await? {
            return Ok(turn);
        }
        // What is left waits for the budget, or for a device that somebody works on just now.
        let wait = bulk.err().filter(|_| asked.lowest > Lane::Critical).or(retries);
        if let (Some(wait), true) = (wait, lanes.is_empty()) {
            return Ok(Turn::wait(wait));
        }
        let after = next_due(tx, tenant).await?;
        Ok(Turn::Nobody(GateOutcome::NothingDue { after }))
    }

    async fn take_cancel(
        &self,
        tx: &mut sqlx::PgConnection,
        asked: &Asked<'_>,
    ) -> Result<Option<Turn>, StoreError> {
        let reserved = self.cancel_reserve(tx, asked).await?;
        Ok(match reserved {
            Reserved::None => None,
            Reserved::MovedOn => Some(Turn::Nobody(GateOutcome::Settled)),
            Reserved::One(grant) => Some(Turn::Cancel(grant)),
        })
    }
}

impl Turn {
    fn wait(wait: Wait) -> Self {
        Self::Nobody(GateOutcome::Wait {
            after: Some(wait.after),
            why: wait.hold.as_str(),
        })
    }
}

/// The oldest action of each lane that may be called now: its device has no open one, its time has come.
async fn heads(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    look: &Look,
) -> Result<Vec<LaneHead>, StoreError> {
    // One short walk in claim order for each lane. Without room for restricts, and while they are stopped, only
    // the lanes of releases are walked.
    let rows = sqlx::query!(
        r#"WITH t AS MATERIALIZED (SELECT quell.now() AS now, quell.stop_in_force($1) IS NULL AND ($3::bigint IS NULL OR $3 > (
                SELECT count(*) FROM quell.actions r WHERE r.tenant_id = $1 AND r.kind IN ('restrict', 'isolate')
                  AND r.state IN ('submitting', 'in_doubt', 'submitted'))) AS has_room)
           SELECT l.lane AS "lane!", h.waited AS "waited!" FROM t, (VALUES (0), (1), (2), (3), (4)) AS l (lane), LATERAL (
               SELECT extract(epoch FROM t.now - a.queued_at)::float8 AS waited FROM quell.actions a
               WHERE a.tenant_id = $1 AND a.state = 'queued' AND a.lane = l.lane AND a.not_before <= t.now
                 AND (a.kind IN ('release', 'release_isolation') OR t.has_room)
                 AND (NOT $4 OR NOT a.is_retry OR a.kind IN ('release', 'release_isolation') OR a.lane = 0)
                 AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id
                                 AND o.device_id = a.device_id AND o.subject = a.subject
                                 AND o.state IN ('submitting', 'in_doubt', 'submitted'))
               ORDER BY a.queued_at, a.id LIMIT 1) AS h
           WHERE l.lane <= $2 AND (t.has_room OR l.lane IN (1, 4))"#,
        tenant.0,
        i32::from(look.lowest.rank()),
        look.outstanding.map(i64::from),
        look.without_retries,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(LaneHead {
                lane: *Lane::ALL.get(usize::try_from(row.lane).ok()?)?,
                waited: Duration::from_secs_f64(row.waited.max(0.0)),
            })
        })
        .collect())
}

/// The oldest queued action of a lane whose device has no open one, with the device locked; devices that somebody else is
/// working on are passed over.
async fn pick(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    lane: Lane,
    look: &Look,
) -> Result<Picked, StoreError> {
    let found = sqlx::query!(
        "SELECT a.id FROM quell.actions a JOIN quell.devices d ON d.tenant_id = a.tenant_id AND d.device_id = a.device_id
         WHERE a.tenant_id = $1 AND a.state = 'queued' AND a.lane = $2 AND a.not_before <= (SELECT quell.now())
           AND (a.kind IN ('release', 'release_isolation') OR $3::bigint IS NULL OR $3 > (
                SELECT count(*) FROM quell.actions r WHERE r.tenant_id = $1 AND r.kind IN ('restrict', 'isolate')
                  AND r.state IN ('submitting', 'in_doubt', 'submitted')))
           AND (NOT $4 OR NOT a.is_retry OR a.kind IN ('release', 'release_isolation') OR a.lane = 0)
           AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id AND o.device_id = a.device_id
                           AND o.subject = a.subject AND o.state IN ('submitting', 'in_doubt', 'submitted'))
         ORDER BY a.queued_at, a.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED",
        tenant.0,
        lane.rank(),
        look.outstanding.map(i64::from),
        look.without_retries,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(found) = found else {
        return Ok(Picked::Nothing);
    };
    // The device is locked now: what the first look saw may have changed before that.
    let row = sqlx::query!(
        r#"SELECT a.id, a.device_id, a.kind, a.subject, a.argument, a.lane, a.attempts, a.is_retry, a.playbook, a.revision, a.comment,
                  a.defender_id, a.defender_status, a.is_adopted,
                  coalesce(a.valid_until < quell.now(), false) AS "is_overdue!", d.facts,
                  extract(epoch FROM quell.now() - d.facts_fetched_at)::float8 AS facts_age, d.is_unknown_to_defender,
                  a.facts_awaited_at IS NOT NULL AS "awaited_facts!", quell.now() AS "now!",
                  (SELECT s.mode FROM quell.active_sets v JOIN quell.playbook_sets s USING (tenant_id, set_hash)
                   WHERE v.tenant_id = a.tenant_id AND s.playbook = a.playbook) AS mode,
                  EXISTS (SELECT 1 FROM quell.playbook_revisions r WHERE r.tenant_id = a.tenant_id AND r.playbook = a.playbook
                          AND r.revision = a.revision AND r.revoked_at IS NOT NULL) AS "was_revoked!",
                  EXISTS (SELECT 1 FROM quell.canary_fallbacks f WHERE f.tenant_id = a.tenant_id AND f.playbook = a.playbook
                          AND f.revision = a.revision) AS "fell_back!",
                  (SELECT extract(epoch FROM max(h.not_before) - quell.now())::float8
                   FROM quell.attempts t JOIN quell.actions h ON h.id = t.action_id AND h.kind = t.kind AND h.attempts = t.n
                   WHERE t.tenant_id = a.tenant_id AND t.app_id = $2 AND t.scope = 'actions'
                     AND t.slot_at > quell.now() - interval '10 minutes' AND t.outcome = 'forbidden'
                     AND h.state = 'queued' AND (h.subject = a.subject OR h.kind = a.kind)
                     AND h.not_before > quell.now()) AS held_for
           FROM quell.actions a JOIN quell.devices d ON d.tenant_id = a.tenant_id AND d.device_id = a.device_id
           WHERE a.id = $1 AND a.state = 'queued'
             AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id AND o.device_id = a.device_id
                             AND o.subject = a.subject AND o.state IN ('submitting', 'in_doubt', 'submitted'))
           FOR UPDATE OF a"#,
        found.id,
        app_id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(r) = row else { return Ok(Picked::MovedOn) };
    let fallen = match &r.playbook {
        Some(_) => Fallen::of(r.mode.as_deref(), r.was_revoked, r.fell_back),
        None => None,
    };
    Ok(Picked::One(Box::new(Candidate {
        action: r.id,
        device: DeviceId::from_stored(r.device_id),
        kind: crate::store::actions::kind_of(&r.kind)?,
        subject: r.subject,
        argument: r.argument,
        lane: r.lane,
        attempts: r.attempts,
        is_retry: r.is_retry,
        playbook: r.playbook,
        revision: r.revision,
        comment: r.comment,
        is_overdue: r.is_overdue,
        facts: r.facts,
        defender_id: r.defender_id,
        defender_status: r.defender_status,
        is_adopted: r.is_adopted,
        facts_age: r.facts_age.map(|age| Duration::from_secs_f64(age.max(0.0))),
        is_unknown_to_defender: r.is_unknown_to_defender,
        held_for: r
            .held_for
            .map(|seconds| Duration::from_secs_f64(seconds.max(0.001))),
        awaited_facts: r.awaited_facts,
        now: r.now.to_jiff(),
        fallen,
    })))
}

/// When the next queued action that waits for its time may be called.
async fn next_due(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<Option<Duration>, StoreError> {
    let wait = sqlx::query_scalar!(
        "SELECT extract(epoch FROM min(not_before) - quell.now())::float8 FROM quell.actions
         WHERE tenant_id = $1 AND state = 'queued' AND not_before > (SELECT quell.now())",
        tenant.0,
    )
    .fetch_one(tx)
    .await?;
    Ok(wait.map(|seconds| Duration::from_secs_f64(seconds.max(0.001))))
}
