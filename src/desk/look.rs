//! What the status, the budget and the queue have in common: the counters as of one snapshot, and the queue played through once. Read
//! once for a request that shows several of them, and once for all requests that come at the same time. Reads only.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::desk::queue::Held;
use crate::desk::status::calls::{HeldQueue, dispatches, held_of};
use crate::desk::{Desk, DeskError};
use crate::domain::action::ActionKind;
use crate::domain::budget::Pacing;
use crate::domain::stop::StopScope;
use crate::domain::verdict::Lane;
use crate::store::StopView;
use crate::store::views::{Expected, Prospect, StatusView};

/// One look at a tenant.
#[derive(Clone, Debug)]
pub struct Look {
    /// The counters, the ledger and the queue.
    pub status: StatusView,
    /// The stops in force, the strongest first.
    pub stops: Vec<StopView>,
    /// Every queued action. First those that nothing holds, in the order in which they leave; then the others, in the order in which they
    /// would. The times of the others count for nothing: ask [`Look::expected_at`].
    pub prospect: Prospect,
    /// Those that nothing holds, alone.
    pub leaving: Prospect,
}

impl Look {
    /// The look, with the queue played through: without what a stop forbids, and not at all while no daemon dispatches.
    pub fn new(status: StatusView, stops: Vec<StopView>, pacing: &Pacing) -> Self {
        let all = status.prospect(pacing);
        let leaving = match stops.first().map(|stop| stop.scope) {
            _ if !dispatches(&status) => Prospect::default(),
            Some(stop) => status.outlook.under(stop).prospect(pacing),
            None => all.clone(),
        };
        let prospect = match leaving.actions.len() == all.actions.len() {
            true => all,
            false => behind(&leaving, all),
        };
        Self {
            status,
            stops,
            prospect,
            leaving,
        }
    }

    /// The strongest stop in force.
    pub fn stop(&self) -> Option<StopScope> {
        self.stops.first().map(|stop| stop.scope)
    }

    /// What holds a queued action of this kind, whatever its turn and the budget. `kind` is none of a later version's.
    pub fn held(&self, kind: Option<ActionKind>) -> Option<Held> {
        let stop = self.stop();
        let is_stopped = stop.is_some_and(|stop| kind.is_none_or(|kind| stop.forbids(kind)));
        Held::by(is_stopped, dispatches(&self.status))
    }

    /// What holds the queue, or a part of it.
    pub fn held_queue(&self) -> Option<HeldQueue> {
        held_of(&self.status.outlook.queue, self.stop(), dispatches(&self.status))
    }

    /// How long until so many more actions of this lane, queued now, may have left, behind what is queued and not held. Ask [`Look::held`]
    /// first: what is held itself does not leave.
    pub fn forecast_more(&self, lane: Lane, more: usize, pacing: &Pacing) -> Option<Duration> {
        let outlook = &self.status.outlook;
        match self.stop() {
            Some(stop) => outlook.under(stop).forecast_more(lane, more, pacing),
            None => outlook.forecast_more(lane, more, pacing),
        }
    }

    /// When it may leave; none: it is held, and nobody knows how long.
    pub fn expected_at(&self, expected: &Expected) -> Option<Timestamp> {
        let leaves = expected.position <= self.leaving.actions.len();
        self.status.at.checked_add(expected.after).ok().filter(|_| leaves)
    }
}

/// All of them, those that leave first.
fn behind(leaving: &Prospect, all: Prospect) -> Prospect {
    let leave: HashSet<Uuid> = leaving.actions.iter().map(|expected| expected.id).collect();
    let held = all
        .actions
        .into_iter()
        .filter(|expected| !leave.contains(&expected.id));
    let actions = leaving.actions.iter().copied().chain(held).enumerate();
    Prospect {
        actions: actions
            .map(|(index, expected)| Expected {
                position: index + 1,
                ..expected
            })
            .collect(),
    }
}

impl Desk {
    /// Looks.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn look(&self) -> Result<Arc<Look>, DeskError> {
        self.shares
            .looks
            .get(async {
                let status = self.store.status(self.tenant, &self.terms.gate).await?;
                let stops = self.store.stops(Some(self.tenant), None).await?;
                Ok(Look::new(status, stops, &self.terms.pacing))
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::desk::queue::WaitsFor;
    use crate::domain::budget::Queued;
    use crate::store::views::{LeaseView, Outlook, QueuedAction};

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn queued(kind: ActionKind, lane: Lane) -> QueuedAction {
        QueuedAction {
            id: Uuid::now_v7(),
            kind: Some(kind),
            queued: Queued {
                lane,
                queued: SignedDuration::from_secs(-30),
                ready: SignedDuration::from_secs(-30),
            },
            valid_until: None,
        }
    }

    /// A restriction of lane `critical` and a release are queued.
    fn look(scope: Option<StopScope>, dispatches: bool) -> Look {
        let outlook = Outlook {
            queue: vec![
                queued(ActionKind::Restrict, Lane::Critical),
                queued(ActionKind::Release, Lane::Release),
            ],
            ..Outlook::default()
        };
        let status = StatusView {
            at: now(),
            lease: Some(LeaseView {
                epoch: 1,
                expires_at: now(),
                is_held: dispatches,
                host: None,
            }),
            outlook: outlook.into(),
            ..StatusView::default()
        };
        let stops = scope.map(|scope| StopView {
            id: Uuid::nil(),
            tenant: "contoso".to_owned(),
            scope,
            since: None,
            everywhere: false,
            via: "cli".to_owned(),
            by: "anna".to_owned(),
            reason: "INC-1".to_owned(),
            begun_at: now(),
            ended_at: None,
            ended_by: None,
            end_reason: None,
        });
        Look::new(status, stops.into_iter().collect(), &Pacing::NONE)
    }

    #[test]
    fn no_time_is_told_of_what_is_held_and_what_leaves_stands_before_it() {
        use ActionKind::{Release, Restrict};
        use WaitsFor::{Daemon, Resume};
        let check = |scope, dispatches, order: [(ActionKind, bool); 2], held: Option<(WaitsFor, usize)>| {
            let look = look(scope, dispatches);
            let kind = |id: Uuid| {
                look.status
                    .outlook
                    .queue
                    .iter()
                    .find(|action| action.id == id)?
                    .kind
            };
            let told = look.prospect.actions.iter().map(|expected| {
                let kind = kind(expected.id).expect("it is queued");
                let leaves = look.expected_at(expected).is_some();
                assert_eq!(look.held(Some(kind)).is_none(), leaves);
                (expected.position, (kind, leaves))
            });
            let told: Vec<_> = told.collect();
            assert_eq!(told, [(1, order[0]), (2, order[1])], "{scope:?} {dispatches}");
            let queue = look.held_queue().map(|held| (held.waits_for, held.actions));
            assert_eq!(queue, held, "{scope:?} {dispatches}");
            let leaves = order.iter().any(|(_, leaves)| *leaves);
            assert_eq!(look.leaving.forecast().is_some(), leaves);
        };
        check(None, true, [(Restrict, true), (Release, true)], None);
        check(
            Some(StopScope::New),
            true,
            [(Release, true), (Restrict, false)],
            Some((Resume, 1)),
        );
        let none_leaves = [(Restrict, false), (Release, false)];
        check(Some(StopScope::Freeze), true, none_leaves, Some((Resume, 2)));
        check(None, false, none_leaves, Some((Daemon, 2)));
        check(Some(StopScope::New), false, none_leaves, Some((Resume, 2)));
    }
}
