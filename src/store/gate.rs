//! T3, the gate: the one transaction that checks everything that can forbid a call and writes the attempt down. After
//! its commit, and only then, the call is made.

mod caps;
mod eligible;
pub(super) mod fresh;
mod task;
pub(super) mod turn;

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::action::{ActionEvent, ActionKind, Marker};
use crate::domain::budget::{BudgetScope, CallTiming, Terms, Window};
use crate::domain::decision::Cap;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::guard::{Protection, Protections};
use crate::domain::lookup::LookupTerms;
use crate::domain::measure::Measure;
use crate::domain::stop::StopScope;
use crate::domain::surge::Surge;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{Lane, Mode};
use crate::store::cancels::CancelGrant;
use crate::store::gate::turn::{Asked, Candidate, Turn};
use crate::store::ledger::{Entry, insert_attempt, lock_budget, slow};
use crate::store::safety::Standing;
use crate::store::{Because, QueuedChange, Store, StoreError};

/// How the attention of a containment begins that the gate gave up because its device is protected. Such a one wants its
/// device restricted no more.
pub(super) const PROTECTED: &str = "protected by never.";

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
    /// The windows of looks at the antivirus, which count among the reads too.
    pub antivirus: Vec<Window>,
    /// The reserve, the retry quota, the ageing of lanes, and the reads' part of shared windows.
    pub terms: Terms,
    /// How a call is made.
    pub timing: CallTiming,
    /// The installation's ceiling.
    pub ceiling: Mode,
    /// What is never restricted: checked again, with the facts of this moment.
    pub never: Protections,
    /// A restrict whose device's protections cannot be judged is looked at again after so long; then a person must look.
    pub facts_wait: Duration,
    /// Distinct devices in a window, over all playbooks: counted when an unanswered ask would act, and checked again by
    /// the gate, for the moment at which the device's containment became active.
    pub caps: Vec<Cap>,
    /// What one source, user or detection may drive: counted when an unanswered ask would act.
    pub surge: Surge,
    /// How many devices the fleet has, for caps that are a part of it, as far as that is known.
    pub fleet: Option<u64>,
    /// Actions that begin something open at Defender at once, at most; `None`: any number.
    pub outstanding: Option<u32>,
    /// A restrict that has been pending at Defender for so long, and that nothing wants any more, is cancelled; `None`:
    /// never.
    pub cancel_after: Option<Duration>,
    /// Older facts of a device say nothing of whether it can be restricted.
    pub facts_max_age: Duration,
    /// What else is asked about a device: what is known of that counts here too.
    pub lookups: LookupTerms,
}

impl Gate {
    /// The gate as reads see it that nobody waits for long: half of the reads' windows, of which what other reads hold is taken off
    /// first.
    pub fn beside_others(&self) -> Self {
        let mut gate = self.clone();
        for window in &mut gate.reads {
            window.limit = (window.limit / 2).max(1);
        }
        gate.terms.reads = gate.terms.reads.half();
        gate
    }

    /// The longest window of action calls; zero if there is none.
    pub fn longest(&self) -> Duration {
        let spans = self.actions.iter().map(|window| window.per);
        spans.max().unwrap_or_default()
    }
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
    /// What the call says beside its comment.
    pub argument: Option<String>,
    /// The priority class.
    pub lane: Lane,
    /// It repeats an earlier call that came to nothing.
    pub is_retry: bool,
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
        let mut tx = self.begin_swift().await?;
        lock_budget(&mut tx, tenant, &gate.app_id, "actions").await?;
        let (standing, locked) = self.standing(&mut tx, tenant, epoch, &gate.app_id).await?;
        let stop = match standing {
            Standing::Good(stop) => stop,
            standing => {
                drop(tx);
                return self.not_good(standing).await;
            }
        };
        if stop == Some(StopScope::Freeze) {
            return Ok(GateOutcome::Wait {
                after: None,
                why: "stopped: frozen",
            });
        }
        if let Some(after) = locked.closed_for {
            return Ok(GateOutcome::Wait {
                after: Some(after),
                why: "paused after an answer",
            });
        }
        let asked = Asked {
            tenant,
            epoch,
            gate,
            lowest,
            now: locked.now,
            slow: locked.slow,
            began,
            stop,
        };
        let candidate = match self.take_turn(&mut tx, &asked).await? {
            Turn::Action(candidate) => candidate,
            Turn::Cancel(grant) => {
                self.commit_attempt(tx, grant.attempt).await?;
                return Ok(GateOutcome::Cancel(grant));
            }
            Turn::Nobody(outcome) => return Ok(outcome),
        };
        // INVARIANT: nothing is reserved that a stop in force forbids. Nothing of the kind is picked either.
        if stop.is_some_and(|stop| stop.forbids(candidate.kind)) {
            return Ok(GateOutcome::Wait {
                after: None,
                why: "stopped",
            });
        }
        // Queued after its right was found missing: no call is spent on finding it out again.
        if let Some(span) = candidate.held_for {
            crate::store::attempts::hold(&mut tx, tenant, candidate.kind, span).await?;
            tx.commit().await?;
            return Ok(GateOutcome::Settled);
        }
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
        if self.awaits_facts(&mut tx, tenant, gate, &candidate).await? {
            tx.commit().await?;
            return Ok(GateOutcome::Settled);
        }
        let attempt = Uuid::now_v7();
        let n = candidate.attempts + 1;
        let because = Because {
            by: "gate",
            reason: "a slot in both windows",
        };
        // Nothing has changed since it was read under its device's lock: what forbids a call changes, and this one is allowed.
        let row = candidate.row();
        let change = QueuedChange {
            attempts: Some(n),
            ..QueuedChange::default()
        };
        self.action_apply(&mut tx, tenant, &row, ActionEvent::Reserved, &change, because)
            .await?;
        let entry = Entry {
            id: attempt,
            kind: candidate.kind.as_str(),
            scope: "actions",
            action: Some((row.id, n)),
            is_retry: candidate.is_retry,
        };
        insert_attempt(&mut tx, tenant, epoch, gate, &entry).await?;
        slow::leave(&mut tx, tenant, &gate.app_id, asked.slow, asked.now).await?;
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
            argument: candidate.argument.clone(),
            lane: Lane::ALL
                .get(usize::try_from(candidate.lane).unwrap_or(3))
                .copied()
                .unwrap_or_default(),
            is_retry: candidate.is_retry,
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
        if candidate.kind.releases() {
            // Releases never depend on playbooks, protections or caps. Only a probe's has a time.
            let why = || (ActionEvent::Expired, "not sent within its validity".to_owned());
            return Ok(candidate.is_overdue.then(why));
        }
        if candidate.kind.is_task() {
            if let Some(why) = task::task_forbidden(gate, candidate) {
                return Ok(Some(why));
            }
            let is_taken_back = super::tasks::is_taken_back(tx, candidate.action).await?;
            let why = || (ActionEvent::Withdrawn, super::tasks::TAKEN_BACK.to_owned());
            return Ok(is_taken_back.then(why));
        }
        if candidate.is_overdue {
            return Ok(Some((
                ActionEvent::Expired,
                "not sent within its validity".to_owned(),
            )));
        }
        if gate.ceiling < Mode::Enforce {
            self.end_for_mode(tx, tenant, (&candidate.device, candidate.measure()), None, None)
                .await?;
            return Ok(Some((
                ActionEvent::Withdrawn,
                format!("mode ceiling is {}", gate.ceiling.as_str()),
            )));
        }
        if let (Some(playbook), Some(fallen)) = (&candidate.playbook, &candidate.fallen) {
            let why = fallen.why;
            // A later revision may have begun its own since.
            let revision = candidate.revision.as_deref().filter(|_| fallen.is_revision_only);
            self.end_for_mode(
                tx,
                tenant,
                (&candidate.device, candidate.measure()),
                Some(playbook),
                revision,
            )
            .await?;
            return Ok(Some((
                ActionEvent::Withdrawn,
                format!("playbook `{playbook}` {why}"),
            )));
        }
        // Facts that cannot be read protect: a person must look, and the rest of the queue goes on.
        let Ok(facts) = candidate
            .facts
            .clone()
            .map_or(Ok(DeviceFacts::default()), serde_json::from_value)
        else {
            let why = "the stored facts of the device cannot be read";
            self.give_up(tx, tenant, (&candidate.device, candidate.measure()), why)
                .await?;
            return Ok(Some((ActionEvent::Withdrawn, why.to_owned())));
        };
        // What is too old may protect no more, or not yet: fresh facts decide.
        let fresh = candidate.fresh(facts, gate.facts_max_age);
        if let Some(list) = protected(
            tx,
            tenant,
            &gate.never,
            (&candidate.device, candidate.measure()),
            &fresh,
        )
        .await?
        {
            let why = format!("{PROTECTED}{list}");
            self.give_up(tx, tenant, (&candidate.device, candidate.measure()), &why)
                .await?;
            return Ok(Some((ActionEvent::Withdrawn, why)));
        }
        if let Some(why) = self
            .refuse_ineligible(tx, tenant, gate, candidate, &fresh)
            .await?
        {
            return Ok(Some((ActionEvent::Withdrawn, why)));
        }
        if let Some(cap) = caps::above(tx, tenant, gate, (&candidate.device, candidate.measure())).await? {
            let why = format!("more devices than {cap} allows were contained before it");
            self.give_up(tx, tenant, (&candidate.device, candidate.measure()), &why)
                .await?;
            return Ok(Some((ActionEvent::Withdrawn, why)));
        }
        Ok(None)
    }
}

/// The list that protects the device, if there is one beside those whose risk a second person accepted for what restricts it.
async fn protected(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    never: &Protections,
    (device, measure): (&DeviceId, Measure),
    facts: &DeviceFacts,
) -> Result<Option<&'static str>, StoreError> {
    let Protection::Protected(list) = never.protects(device, facts) else {
        return Ok(None);
    };
    let accepted = super::approvals::accepted_risks(tx, tenant, (device, measure)).await?;
    if accepted.is_empty() {
        return Ok(Some(list));
    }
    Ok(match never.without(&accepted).protects(device, facts) {
        Protection::Protected(list) => Some(list),
        _ => None,
    })
}
