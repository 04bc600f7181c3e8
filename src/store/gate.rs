//! T3, the gate: the one transaction that checks everything that can forbid a call and writes the attempt down. After
//! its commit, and only then, the call is made.

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::action::{ActionEvent, ActionKind, Marker};
use crate::domain::budget::{BudgetScope, CallTiming, Window};
use crate::domain::decision::Cap;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::guard::{Protection, Protections};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{Lane, Mode};
use crate::store::cancels::{CancelGrant, Reserved};
use crate::store::fallbacks::Fallen;
use crate::store::ledger::{insert_attempt, lock_budget, wait_for_slot};
use crate::store::safety::Standing;
use crate::store::{Because, QueuedChange, Store, StoreError};

/// What the gate checks against, for one tenant. All spans are as they hold in real time.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Whose budget: the app registration.
    pub app_id: String,
    /// Which calls share a counter.
    pub scope: BudgetScope,
    /// The windows of action calls.
    pub actions: Vec<Window>,
    /// The windows of reads, where they have their own.
    pub reads: Vec<Window>,
    /// How a call is made.
    pub timing: CallTiming,
    /// The installation's ceiling.
    pub ceiling: Mode,
    /// What is never restricted: checked again, with the facts of this moment.
    pub never: Protections,
    /// Distinct devices in a window, over all playbooks: counted when an unanswered ask would act, and checked again by
    /// the gate, for the moment at which the device's containment became active.
    pub caps: Vec<Cap>,
    /// Restricts open at Defender at once, at most; `None`: any number.
    pub outstanding: Option<u32>,
    /// A restrict that has been pending at Defender for so long, and that nothing wants any more, is cancelled; `None`:
    /// never.
    pub cancel_after: Option<Duration>,
}

/// What the gate said.
#[derive(Debug)]
pub enum GateOutcome {
    /// The attempt is committed: make the call.
    Granted(Box<Grant>),
    /// The attempt to cancel an action is committed: make the call.
    Cancel(Box<CancelGrant>),
    /// Nothing may leave now; look again after the span, or when woken.
    Wait {
        /// Until the next slot, or the end of a pause.
        after: Option<Duration>,
        /// Why, for the log.
        why: &'static str,
    },
    /// No action of these lanes is due, or the devices of those that are were being worked on by others.
    NothingDue {
        /// Until the next action that waits for its time; `None`: none does.
        after: Option<Duration>,
    },
    /// A queued action was taken out instead of being called; ask again.
    Settled,
    /// The lease is another's, or has run out.
    NotLeader,
}

/// A committed attempt: what the call needs.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The attempt.
    pub attempt: Uuid,
    /// The action.
    pub action: Uuid,
    /// The attempt's number.
    pub n: i32,
    /// The device.
    pub device: DeviceId,
    /// What to do.
    pub kind: ActionKind,
    /// The priority class.
    pub lane: Lane,
    /// The comment for Defender, with the marker.
    pub comment: String,
    /// Hand the request over before this, or not at all.
    pub send_deadline: Monotonic,
    /// The budget it was charged to.
    pub app_id: String,
}

impl Store {
    /// Reserves a slot for the most urgent action at or above the lane that may be called, or says why none may.
    ///
    /// # Errors
    /// Postgres is not available. No call may be made then: an attempt that was committed all the same is settled by
    /// its quiescence.
    pub async fn gate_reserve(
        &self,
        tenant: TenantId,
        epoch: i64,
        gate: &Gate,
        lowest: Lane,
    ) -> Result<GateOutcome, StoreError> {
        let began = Monotonic::now();
        let mut tx = self.pool.begin().await?;
        let closed = lock_budget(&mut tx, tenant, &gate.app_id, "actions").await?;
        match self.standing(&mut tx, tenant, epoch).await? {
            Standing::Good => {}
            standing => {
                drop(tx);
                return self.not_good(standing).await;
            }
        }
        if let Some(after) = closed {
            return Ok(GateOutcome::Wait {
                after: Some(after),
                why: "paused after an answer",
            });
        }
        let shared = gate.scope == BudgetScope::Shared;
        if let Some(after) =
            wait_for_slot(&mut tx, tenant, &gate.app_id, "actions", shared, &gate.actions).await?
        {
            return Ok(GateOutcome::Wait {
                after: Some(after),
                why: "the budget is used up",
            });
        }
        // A cancel belongs to the releases, and goes before them: one of them waits for it.
        if lowest >= Lane::Release {
            match self.cancel_reserve(&mut tx, tenant, epoch, gate, began).await? {
                Reserved::None => {}
                Reserved::MovedOn => return Ok(GateOutcome::Settled),
                Reserved::One(grant) => {
                    self.commit_attempt(tx, grant.attempt).await?;
                    return Ok(GateOutcome::Cancel(grant));
                }
            }
        }
        let candidate = match pick(&mut tx, tenant, gate, lowest).await? {
            Picked::One(candidate) => candidate,
            Picked::MovedOn => return Ok(GateOutcome::Settled),
            Picked::Nothing => {
                let after = next_due(&mut tx, tenant).await?;
                return Ok(GateOutcome::NothingDue { after });
            }
        };
        if let Some((event, why)) = self.forbidden(&mut tx, tenant, gate, &candidate).await? {
            let row = self.action_read(&mut tx, tenant, candidate.action).await?;
            let because = Because {
                by: "gate",
                reason: &why,
            };
            let change = QueuedChange {
                error: Some(why.clone()),
                ..QueuedChange::default()
            };
            self.action_apply(&mut tx, tenant, &row, event, &change, because)
                .await?;
            tx.commit().await?;
            return Ok(GateOutcome::Settled);
        }
        let attempt = Uuid::now_v7();
        let n = candidate.attempts + 1;
        let because = Because {
            by: "gate",
            reason: "a slot in both windows",
        };
        let row = self.action_read(&mut tx, tenant, candidate.action).await?;
        sqlx::query!("UPDATE quell.actions SET attempts = $2 WHERE id = $1", row.id, n)
            .execute(&mut *tx)
            .await?;
        self.action_apply(
            &mut tx,
            tenant,
            &row,
            ActionEvent::Reserved,
            &QueuedChange::default(),
            because,
        )
        .await?;
        insert_attempt(
            &mut tx,
            tenant,
            epoch,
            gate,
            attempt,
            candidate.kind.as_str(),
            "actions",
            Some((row.id, n)),
        )
        .await?;
        self.commit_attempt(tx, attempt).await?;
        let marker = Marker {
            action: row.id,
            attempt: n,
        };
        let comment = match (&candidate.playbook, &candidate.revision) {
            (Some(playbook), Some(revision)) => {
                let short: String = revision.chars().take(12).collect();
                format!("{playbook}@{short}: {}", candidate.comment)
            }
            _ => candidate.comment.clone(),
        };
        Ok(GateOutcome::Granted(Box::new(Grant {
            attempt,
            action: row.id,
            n,
            device: row.device,
            kind: candidate.kind,
            lane: Lane::ALL
                .get(usize::try_from(candidate.lane).unwrap_or(3))
                .copied()
                .unwrap_or_default(),
            comment: marker.comment(&comment),
            send_deadline: began.plus(gate.timing.send_deadline),
            app_id: gate.app_id.clone(),
        })))
    }

    /// What stands against calling the candidate now: the guards, with the facts of this moment.
    async fn forbidden(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        gate: &Gate,
        candidate: &Candidate,
    ) -> Result<Option<(ActionEvent, String)>, StoreError> {
        if candidate.kind == ActionKind::Release {
            // Releases never depend on playbooks, protections or caps.
            return Ok(None);
        }
        if candidate.is_overdue {
            return Ok(Some((
                ActionEvent::Expired,
                "not sent within its validity".to_owned(),
            )));
        }
        if gate.ceiling < Mode::Enforce {
            self.end_for_mode(tx, tenant, &candidate.device, None, None)
                .await?;
            return Ok(Some((
                ActionEvent::Withdrawn,
                format!("mode ceiling is {}", gate.ceiling.as_str()),
            )));
        }
        if let Some(playbook) = &candidate.playbook {
            let standing = self
                .standing_of(tx, tenant, playbook, candidate.revision.as_deref())
                .await?;
            if let Some(Fallen {
                why,
                is_revision_only,
            }) = standing
            {
                // A later revision may have begun its own since.
                let revision = candidate.revision.as_deref().filter(|_| is_revision_only);
                self.end_for_mode(tx, tenant, &candidate.device, Some(playbook), revision)
                    .await?;
                return Ok(Some((
                    ActionEvent::Withdrawn,
                    format!("playbook `{playbook}` {why}"),
                )));
            }
        }
        // Facts that cannot be read protect: a person must look, and the rest of the queue goes on.
        let Ok(facts) = candidate
            .facts
            .clone()
            .map_or(Ok(DeviceFacts::default()), serde_json::from_value)
        else {
            let why = "the stored facts of the device cannot be read";
            self.give_up(tx, tenant, &candidate.device, why).await?;
            return Ok(Some((ActionEvent::Withdrawn, why.to_owned())));
        };
        if let Protection::Protected(list) = gate.never.protects(&candidate.device, &facts) {
            self.give_up(
                tx,
                tenant,
                &candidate.device,
                &format!("protected by never.{list}"),
            )
            .await?;
            return Ok(Some((
                ActionEvent::Withdrawn,
                format!("protected by never.{list}"),
            )));
        }
        if let Some(cap) = above_cap(tx, tenant, &gate.caps, &candidate.device).await? {
            let why = format!("more devices than {cap} allows were restricted before it");
            self.give_up(tx, tenant, &candidate.device, &why).await?;
            return Ok(Some((ActionEvent::Withdrawn, why)));
        }
        Ok(None)
    }
}

/// The first cap that the device is above, as the caps are now: counted are the devices whose containment became active
/// in the window that ends with the activation of its own, in the order of activation. Those that came later do not count
/// against it, so this never holds what was allowed, unless a cap was lowered since. The playbooks' own limits are those of
/// the revision and were counted, under their lock, in the transaction that activated the containment: asking again could
/// only answer the same, or count an approval that lifted a limit for another device.
async fn above_cap(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    caps: &[Cap],
    device: &DeviceId,
) -> Result<Option<String>, StoreError> {
    for (index, cap) in caps.iter().enumerate() {
        let devices = sqlx::query_scalar!(
            r#"SELECT count(DISTINCT c.device_id) AS "devices!" FROM quell.containments c,
                 (SELECT activated_at, id FROM quell.containments WHERE tenant_id = $1 AND device_id = $2
                    AND state = 'active' AND mode = 'enforce' ORDER BY activated_at, id LIMIT 1) its
               WHERE c.tenant_id = $1 AND c.mode = 'enforce' AND (c.activated_at, c.id) <= (its.activated_at, its.id)
                 AND c.activated_at > its.activated_at - make_interval(secs => $3)"#,
            tenant.0,
            device.as_str(),
            cap.per.as_secs_f64(),
        )
        .fetch_one(&mut *tx)
        .await?;
        if cap.is_exceeded(usize::try_from(devices).unwrap_or(usize::MAX)) {
            return Ok(Some(format!("caps[{index}]")));
        }
    }
    Ok(None)
}

enum Picked {
    Nothing,
    /// What the first look saw had changed by the time its device was locked: look again.
    MovedOn,
    One(Candidate),
}

struct Candidate {
    action: Uuid,
    device: DeviceId,
    kind: ActionKind,
    lane: i16,
    attempts: i32,
    playbook: Option<String>,
    revision: Option<String>,
    comment: String,
    is_overdue: bool,
    facts: Option<serde_json::Value>,
}

/// The most urgent queued action whose device has no open one, with the device locked; devices that somebody else is
/// working on are passed over.
async fn pick(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
    lowest: Lane,
) -> Result<Picked, StoreError> {
    let found = sqlx::query!(
        "SELECT a.id FROM quell.actions a JOIN quell.devices d ON d.tenant_id = a.tenant_id AND d.device_id = a.device_id
         WHERE a.tenant_id = $1 AND a.state = 'queued' AND a.lane <= $2 AND a.not_before <= (SELECT quell.now())
           AND (a.kind = 'release' OR $3::bigint IS NULL OR $3 > (
                SELECT count(*) FROM quell.actions r WHERE r.tenant_id = $1 AND r.kind = 'restrict'
                  AND r.state IN ('submitting', 'in_doubt', 'submitted')))
           AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id AND o.device_id = a.device_id
                           AND o.state IN ('submitting', 'in_doubt', 'submitted'))
         ORDER BY a.lane, a.queued_at, a.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED",
        tenant.0,
        lowest.rank(),
        gate.outstanding.map(i64::from),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(found) = found else {
        return Ok(Picked::Nothing);
    };
    // The device is locked now: what the first look saw may have changed before that.
    let row = sqlx::query!(
        r#"SELECT a.id, a.device_id, a.kind, a.lane, a.attempts, a.playbook, a.revision, a.comment,
                  coalesce(a.valid_until < quell.now(), false) AS "is_overdue!", d.facts
           FROM quell.actions a JOIN quell.devices d ON d.tenant_id = a.tenant_id AND d.device_id = a.device_id
           WHERE a.id = $1 AND a.state = 'queued'
             AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id AND o.device_id = a.device_id
                             AND o.state IN ('submitting', 'in_doubt', 'submitted'))"#,
        found.id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(r) = row else { return Ok(Picked::MovedOn) };
    Ok(Picked::One(Candidate {
        action: r.id,
        device: DeviceId::from_stored(r.device_id),
        kind: super::actions::kind_of(&r.kind)?,
        lane: r.lane,
        attempts: r.attempts,
        playbook: r.playbook,
        revision: r.revision,
        comment: r.comment,
        is_overdue: r.is_overdue,
        facts: r.facts,
    }))
}

/// When the next queued action that waits for its time may be called.
pub(super) async fn next_due(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
) -> Result<Option<Duration>, StoreError> {
    let wait = sqlx::query_scalar!(
        "SELECT extract(epoch FROM min(not_before) - quell.now())::float8 FROM quell.actions
         WHERE tenant_id = $1 AND state = 'queued' AND not_before > (SELECT quell.now())",
        tenant.0,
    )
    .fetch_one(tx)
    .await?;
    Ok(wait.map(|seconds| Duration::from_secs_f64(seconds.max(0.001))))
}
