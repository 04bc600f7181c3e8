//! The queue: each action that waits to be called, its place, when it may leave, and why it waits. Reads only.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::actions::Listed;
use crate::desk::look::Look;
use crate::desk::page::{Page, behind, cursor};
use crate::desk::status::calls::HeldQueue;
use crate::desk::words::{ahead, counted};
use crate::desk::{Desk, DeskError};
use crate::domain::action::ActionKind;
use crate::store::views::{ActionView, Expected, StatusView};

/// A queued action.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Waits {
    /// The action with its place.
    #[serde(flatten)]
    pub listed: Listed,
    /// What holds it.
    pub waits_for: WaitsFor,
    /// The same in words.
    pub why: String,
}

/// What holds a queued action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// Nothing: it is called next.
    Nothing,
    /// A stop is in force that forbids it.
    Resume,
    /// No daemon dispatches.
    Daemon,
    /// Its device has an open action, whose end it waits for.
    OpenAction,
    /// Its own time, after a call that came to nothing.
    Delay,
    /// The gate, which an answer of Defender's closed.
    Gate,
    /// As many restrictions as may be are open at Defender.
    Outstanding,
    /// Its turn, and a slot of the budget.
    Turn,
}

/// What holds a queued action, whatever its turn and the budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Held {
    /// `resume` or `daemon`.
    pub waits_for: WaitsFor,
    /// The same in words.
    pub why: String,
}

impl Held {
    /// By a stop, by the want of a daemon, or by both; none: by neither.
    pub fn by(is_stopped: bool, dispatches: bool) -> Option<Self> {
        let (waits_for, why) = match (is_stopped, dispatches) {
            (false, true) => return None,
            (false, false) => (WaitsFor::Daemon, "no daemon dispatches"),
            (true, true) => (WaitsFor::Resume, "a stop is in force"),
            (true, false) => (WaitsFor::Resume, "a stop is in force, and no daemon dispatches"),
        };
        Some(Self {
            waits_for,
            why: why.to_owned(),
        })
    }
}

/// The queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Queue {
    /// The moment.
    pub at: Timestamp,
    /// How many actions wait.
    pub actions: usize,
    /// What holds some of them, or all.
    pub held: Option<HeldQueue>,
    /// When those that nothing holds may have left, if nothing is added and every call is answered at once; none: there are none.
    pub empty_at: Option<Timestamp>,
    /// Those that lose their validity before they can be called.
    pub expected_late: usize,
    /// The actions as they will be called, the next first; those that are held behind all others.
    #[serde(flatten)]
    pub page: Page<Waits>,
}

impl Desk {
    /// The queue behind a place in it. Its places move on while it is looked through.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn queue(&self, after: Option<&str>, limit: usize) -> Result<Queue, DeskError> {
        self.queue_at(&*self.look().await?, after, limit).await
    }

    /// The queue by a look that somebody has taken.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn queue_at(&self, look: &Look, after: Option<&str>, limit: usize) -> Result<Queue, DeskError> {
        let passed: usize = after.map(behind).transpose()?.unwrap_or(0);
        let (store, tenant) = (&self.store, self.tenant);
        let expected = &look.prospect.actions;
        let wanted: Vec<Expected> = expected.iter().skip(passed).take(limit).copied().collect();
        let ids: Vec<Uuid> = wanted.iter().map(|expected| expected.id).collect();
        let mut actions: HashMap<Uuid, (ActionView, bool)> = store
            .actions_queued(tenant, &ids)
            .await?
            .into_iter()
            .map(|(action, is_behind)| (action.id, (action, is_behind)))
            .collect();
        let rows = wanted.into_iter().filter_map(|expected| {
            // It has left in the meantime.
            let (action, is_behind) = actions.remove(&expected.id)?;
            let held = look.held(ActionKind::parse(&action.kind));
            let (waits_for, why) = match &held {
                Some(held) => (held.waits_for, held.why.clone()),
                None => {
                    let waits_for = self.waits_for(&action, is_behind, expected, &look.status);
                    (waits_for, why(waits_for, &action, expected, &look.status))
                }
            };
            Some(Waits {
                why,
                waits_for,
                listed: Listed {
                    position: Some(expected.position),
                    expected_at: look.expected_at(&expected),
                    held,
                    is_late: expected.is_late,
                    action,
                },
            })
        });
        let end = passed.saturating_add(limit);
        Ok(Queue {
            at: look.status.at,
            actions: expected.len(),
            held: look.held_queue(),
            empty_at: look
                .leaving
                .actions
                .last()
                .and_then(|last| look.expected_at(last)),
            expected_late: look.prospect.late(),
            page: Page {
                items: rows.collect(),
                next: (expected.len() > end).then(|| cursor(&end)),
            },
        })
    }

    /// What an action waits for that nothing holds.
    fn waits_for(
        &self,
        action: &ActionView,
        is_behind_open: bool,
        expected: Expected,
        status: &StatusView,
    ) -> WaitsFor {
        let kind = ActionKind::parse(&action.kind);
        let begins = matches!(kind, Some(ActionKind::Restrict | ActionKind::Isolate));
        let is_full = begins && status.outstanding >= i64::from(self.terms.outstanding);
        if is_behind_open {
            WaitsFor::OpenAction
        } else if action.not_before > status.at {
            WaitsFor::Delay
        } else if status.closed_until.is_some() {
            WaitsFor::Gate
        } else if is_full {
            WaitsFor::Outstanding
        } else if expected.position == 1 && expected.after.is_zero() {
            WaitsFor::Nothing
        } else {
            WaitsFor::Turn
        }
    }
}

fn why(waits_for: WaitsFor, action: &ActionView, expected: Expected, status: &StatusView) -> String {
    let before = || match expected.position - 1 {
        0 => "it is the next".to_owned(),
        n => format!(
            "{} before it",
            counted(i64::try_from(n).unwrap_or(i64::MAX), "call")
        ),
    };
    match waits_for {
        WaitsFor::Nothing => "it is called next".to_owned(),
        WaitsFor::Resume | WaitsFor::Daemon => "it is held".to_owned(),
        WaitsFor::OpenAction => "its device has an open action, which has to end first".to_owned(),
        WaitsFor::Delay => format!("it is tried again {}", ahead(status.at, action.not_before)),
        WaitsFor::Gate => {
            let opens = status.closed_until.map(|until| ahead(status.at, until));
            let reason = status.closed_reason.as_deref();
            format!(
                "the gate opens {} ({})",
                opens.unwrap_or_default(),
                reason.unwrap_or("an answer of Defender's")
            )
        }
        WaitsFor::Outstanding => format!("{} restrictions are open at Defender", status.outstanding),
        WaitsFor::Turn => match expected.after.is_zero() {
            true => before(),
            false => format!("{}, and the budget has to have a slot", before()),
        },
    }
}
