//! The queue with the ledger, as of one moment: from which it follows when each queued action may be called. Read by the views
//! and by the worker that warns of actions that will be late. No lock is held, so it may differ from what the gate sees
//! next; nothing is decided by it.

use std::time::Duration;

use jiff::SignedDuration;
use uuid::Uuid;

use crate::domain::action::ActionKind;
use crate::domain::budget::{BudgetScope, Forecast, Pacing, Queued, Rules, Slots, forecast};
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::ledger::{slow, snapshot};
use crate::store::{Gate, Store, StoreError};

/// Slots are read for so much longer than the longest window holds them: what the budget allowed a while ago can be told by them too.
pub const LOOKED_BACK: Duration = Duration::from_secs(300);

/// The queue and the ledger. Every moment is a span from when it was read.
#[derive(Clone, Debug, Default)]
pub struct Outlook {
    /// The queued actions, in no order.
    pub queue: Vec<QueuedAction>,
    /// The slots that some window may still hold, or held within [`LOOKED_BACK`].
    pub slots: Slots,
    /// What calls keep to.
    pub rules: Rules,
    /// How long the gate stays closed.
    pub opens_in: Duration,
    /// How long repeated calls wait, because too many came to nothing.
    pub retries_held: Option<Duration>,
}

/// One queued action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedAction {
    /// Its id.
    pub id: Uuid,
    /// What it does; `None`: a kind of a later version.
    pub kind: Option<ActionKind>,
    /// Its place in the order of the queue.
    pub queued: Queued,
    /// It is dropped if it was not sent by then.
    pub valid_until: Option<SignedDuration>,
}

/// What is to be expected of a queued action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its id.
    pub id: Uuid,
    /// Its lane.
    pub lane: Lane,
    /// Its place among the queued ones as they will be called, from 1.
    pub position: usize,
    /// From the outlook's moment until it may be called.
    pub after: Duration,
    /// It loses its validity before that.
    pub is_late: bool,
}

/// What is to be expected of the whole queue, played through once: everything that one look tells of it is taken from here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prospect {
    /// The queued actions, the next to be called first.
    pub actions: Vec<Expected>,
}

impl Prospect {
    /// When the whole queue may have left.
    pub fn forecast(&self) -> Option<Forecast> {
        self.through(Lane::Low)
    }

    /// When the actions of this lane and more urgent ones may have left.
    pub fn through(&self, lowest: Lane) -> Option<Forecast> {
        let mut among = self.actions.iter().filter(|expected| expected.lane <= lowest);
        // They stand in the order in which they leave.
        let first = among.next()?;
        let last = among.next_back().unwrap_or(first);
        Some(Forecast {
            first: first.after,
            last: last.after,
        })
    }

    /// How many queued restrictions lose their validity before they can be called.
    pub fn late(&self) -> usize {
        self.actions.iter().filter(|expected| expected.is_late).count()
    }

    /// What is to be expected of one of them.
    pub fn of(&self, action: Uuid) -> Option<Expected> {
        self.actions
            .iter()
            .copied()
            .find(|expected| expected.id == action)
    }
}

impl QueuedAction {
    /// Whether a stop forbids it. What a later version does is forbidden by every one.
    pub fn is_stopped(&self, stop: StopScope) -> bool {
        self.kind.is_none_or(|kind| stop.forbids(kind))
    }
}

impl Outlook {
    /// The same one without what a stop forbids.
    pub fn under(&self, stop: StopScope) -> Self {
        let mut outlook = self.clone();
        outlook.queue.retain(|action| !action.is_stopped(stop));
        outlook
    }

    /// The queue played through.
    pub fn prospect(&self, pacing: &Pacing) -> Prospect {
        Prospect {
            actions: self.expected(pacing),
        }
    }

    /// What is to be expected of each queued action, the next to be called first, if nothing is added and every call is
    /// answered at once.
    pub fn expected(&self, pacing: &Pacing) -> Vec<Expected> {
        self.expected_of(&self.queue, pacing)
    }

    /// How long until so many more actions of this lane, queued now, may have left.
    pub fn forecast_more(&self, lane: Lane, more: usize, pacing: &Pacing) -> Option<Duration> {
        let added = (0..more).map(|_| QueuedAction {
            id: Uuid::now_v7(),
            kind: None,
            queued: Queued {
                lane,
                queued: SignedDuration::ZERO,
                ready: SignedDuration::ZERO,
            },
            valid_until: None,
        });
        let added: Vec<QueuedAction> = added.collect();
        let news: std::collections::HashSet<Uuid> = added.iter().map(|action| action.id).collect();
        let queue: Vec<QueuedAction> = self.queue.iter().cloned().chain(added).collect();
        let expected = self.expected_of(&queue, pacing);
        expected
            .iter()
            .filter(|expected| news.contains(&expected.id))
            .map(|expected| expected.after)
            .max()
    }

    fn expected_of(&self, queue: &[QueuedAction], pacing: &Pacing) -> Vec<Expected> {
        let places: Vec<Queued> = queue.iter().map(|action| action.queued).collect();
        let after = forecast(&places, &self.slots, self.opens_in, &self.rules, pacing);
        let mut all: Vec<(Duration, &QueuedAction)> = after.into_iter().zip(queue).collect();
        let ageing = self.rules.ageing;
        all.sort_by_key(|(after, action)| {
            (
                *after,
                crate::domain::budget::lanes::place(action.queued.lane, action.queued.queued, ageing),
                action.id,
            )
        });
        let expected = all.into_iter().enumerate().map(|(index, (after, action))| {
            let until = action
                .valid_until
                .map(|until| Duration::try_from(until).unwrap_or_default());
            Expected {
                id: action.id,
                lane: action.queued.lane,
                position: index + 1,
                after,
                is_late: until.is_some_and(|until| until < after),
            }
        });
        expected.collect()
    }
}

impl Store {
    /// The queue and the ledger of a tenant's actions, as of one snapshot.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn outlook(&self, tenant: TenantId, gate: &Gate) -> Result<Outlook, StoreError> {
        let mut tx = self
            .pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        read(&mut tx, tenant, gate).await
    }
}

/// Reads it in a transaction that sees one snapshot.
pub(super) async fn read(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
) -> Result<Outlook, StoreError> {
    let mut rules = gate.terms.rules(&gate.actions);
    let longest = rules.longest().map(|window| window.per).unwrap_or_default() + LOOKED_BACK;
    let slots = sqlx::query_scalar!(
        r#"SELECT (extract(epoch FROM slot_at - (SELECT quell.now())) * 1000000)::bigint AS "at!" FROM quell.attempts
           WHERE tenant_id = $1 AND app_id = $2 AND ($3 OR scope = 'actions')
             AND slot_at >= (SELECT quell.now()) - make_interval(secs => $4)"#,
        tenant.0,
        gate.app_id,
        gate.scope == BudgetScope::Shared,
        longest.as_secs_f64(),
    )
    .fetch_all(&mut *tx)
    .await?;
    let gate_row = sqlx::query!(
        r#"SELECT quell.now() AS "now!", (extract(epoch FROM greatest(
               (SELECT closed_until FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions'),
               (SELECT held_until FROM quell.holds WHERE tenant_id = $1)) - quell.now()) * 1000000)::bigint AS opens"#,
        tenant.0,
        gate.app_id,
    )
    .fetch_one(&mut *tx)
    .await?;
    rules.slow = slow::read(tx, tenant, &gate.app_id, gate_row.now.to_jiff()).await?;
    let held = snapshot::actions(tx, tenant, gate, &rules, gate_row.now.to_jiff()).await?;
    let retries_held = rules.retries_held(&held).map(|wait| wait.after);
    let rows = sqlx::query!(
        r#"SELECT id, kind, lane, is_retry, (extract(epoch FROM queued_at - (SELECT quell.now())) * 1000000)::bigint AS "queued!",
             (extract(epoch FROM not_before - (SELECT quell.now())) * 1000000)::bigint AS "ready!",
             (extract(epoch FROM valid_until - (SELECT quell.now())) * 1000000)::bigint AS until
           FROM quell.actions WHERE tenant_id = $1 AND state = 'queued'"#,
        tenant.0,
    )
    .fetch_all(&mut *tx)
    .await?;
    let queue = rows.into_iter().map(|row| {
        let lane = usize::try_from(row.lane)
            .ok()
            .and_then(|rank| Lane::ALL.get(rank).copied());
        let lane = lane.unwrap_or_default();
        let kind = ActionKind::parse(&row.kind);
        let waits_for_quota =
            row.is_retry && kind.is_none_or(|kind| !kind.releases()) && lane != Lane::Critical;
        let ready = SignedDuration::from_micros(row.ready);
        let held = retries_held
            .filter(|_| waits_for_quota)
            .map(|held| SignedDuration::try_from(held).unwrap_or(SignedDuration::MAX));
        QueuedAction {
            id: row.id,
            kind,
            queued: Queued {
                lane,
                queued: SignedDuration::from_micros(row.queued),
                ready: held.map_or(ready, |held| ready.max(held)),
            },
            valid_until: row.until.map(SignedDuration::from_micros),
        }
    });
    Ok(Outlook {
        queue: queue.collect(),
        slots: Slots::new(slots.into_iter().map(SignedDuration::from_micros).collect()),
        rules,
        opens_in: Duration::from_micros(u64::try_from(gate_row.opens.unwrap_or(0)).unwrap_or(0)),
        retries_held,
    })
}
