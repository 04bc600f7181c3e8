//! Actions: what was, is and will be called at Defender; and one of them with all that belongs to it, from its event to its end. Reads
//! only.

#[cfg(test)]
pub(crate) mod fixtures;
mod outcome;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::devices::one_more;
use crate::desk::explain::explanation::Explanation;
use crate::desk::explain::outlived;
use crate::desk::explain::stored::Explainer;
use crate::desk::look::Look;
use crate::desk::page::{Page, behind};
use crate::desk::queue::Held;
use crate::desk::timeline::Moment;
use crate::desk::words::span;
use crate::desk::{Desk, DeskError};
use crate::domain::action::ActionKind;
use crate::store::views::{
    ActionDetail, ActionQuery, ActionView, AttemptView, ContainmentHistory, DecisionQuery, DecisionView,
    Expected, TransitionView,
};

pub use outcome::outcome;

/// Which actions are asked for.
#[derive(Clone, Debug, Default)]
pub struct ActionsAsked {
    /// Only of devices whose id begins so.
    pub device: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Behind this place.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// An action, and while it is queued, its place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Listed {
    /// The action.
    #[serde(flatten)]
    pub action: ActionView,
    /// Its place among the queued ones, from 1, as they will be called.
    pub position: Option<usize>,
    /// When it may leave, if nothing more urgent comes and every call is answered at once; none: it is held, or not queued.
    pub expected_at: Option<Timestamp>,
    /// While it is queued: what holds it, whatever its turn and the budget.
    pub held: Option<Held>,
    /// It loses its validity before it may leave; of one that is held: also if nothing held it any more from now on.
    pub is_late: bool,
}

/// An action with everything that belongs to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionReport {
    /// What came of it, in a sentence.
    pub outcome: String,
    /// The action.
    pub action: ActionView,
    /// What it has besides.
    #[serde(flatten)]
    pub detail: ActionDetail,
    /// While it is queued: when it may leave.
    pub queue: Option<Place>,
    /// The calls.
    pub attempts: Vec<AttemptView>,
    /// Every change of its state.
    pub transitions: Vec<TransitionView>,
    /// The containment that wanted it first.
    pub wanted_for: Option<ContainmentHistory>,
    /// The decision behind that.
    pub decision: Option<Explanation>,
    /// What is left of that decision when its event is gone, or the decision too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// From its event to its end, in the order in which it happened; the latest 1,000 moments.
    pub timeline: Vec<Moment>,
}

/// A place in the queue, and the budget around it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Place {
    /// From 1: the next to be called.
    pub position: i64,
    /// When it may leave, if nothing more urgent comes and every call is answered at once; none: it is held.
    pub expected_at: Option<Timestamp>,
    /// What holds it, whatever its turn and the budget.
    pub held: Option<Held>,
    /// It loses its validity before it may leave, and is then dropped; of one that is held: also if nothing held it any more from now on.
    pub is_late: bool,
    /// The slots of the windows, as `used/limit in span`.
    pub windows: Vec<String>,
    /// The gate is closed until then, and why.
    pub closed: Option<(Timestamp, String)>,
    /// Whether a daemon dispatches.
    pub is_dispatched: bool,
}

impl Desk {
    /// Actions, the newest first.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn actions(&self, asked: &ActionsAsked) -> Result<Page<Listed>, DeskError> {
        let query = ActionQuery {
            device: asked.device.clone(),
            id: None,
            state: asked.state.clone(),
            limit: one_more(asked.limit),
        };
        let after = asked.after.as_deref().map(behind).transpose()?;
        let actions = self
            .store
            .actions_behind(self.tenant, &query, after.as_ref())
            .await?;
        let look = match actions.iter().any(|action| action.state == "queued") {
            true => Some(self.look().await?),
            false => None,
        };
        let all = look.iter().flat_map(|look| &look.prospect.actions);
        let places: HashMap<Uuid, &Expected> = all.map(|expected| (expected.id, expected)).collect();
        let listed = |action: ActionView| {
            let place = places.get(&action.id).filter(|_| action.state == "queued");
            let place = look.as_ref().zip(place.copied());
            Listed {
                position: place.map(|(_, expected)| expected.position),
                expected_at: place.and_then(|(look, expected)| look.expected_at(expected)),
                held: place.and_then(|(look, _)| look.held(ActionKind::parse(&action.kind))),
                is_late: place.is_some_and(|(_, expected)| expected.is_late),
                action,
            }
        };
        Ok(Page::of(actions, asked.limit, ActionView::key).map(listed))
    }

    /// One action with everything that belongs to it.
    ///
    /// # Errors
    /// There is none with that id, or Postgres is away.
    pub async fn action(&self, id: Uuid) -> Result<ActionReport, DeskError> {
        let (store, tenant) = (&self.store, self.tenant);
        let query = ActionQuery {
            id: Some(id),
            limit: 1,
            ..ActionQuery::default()
        };
        let action = store.actions(tenant, &query).await?.pop();
        let (Some(action), Some(detail)) = (action, store.action_detail(tenant, id).await?) else {
            let why = format!("there is no action `{id}`; `quell actions -o json` lists their ids");
            return Err(DeskError::NotFound(why));
        };
        let now = store.now().await?;
        let queue = match action.state.as_str() {
            "queued" => self.place(&action, &*self.look().await?),
            _ => None,
        };
        let wanted_for = match detail.containment {
            Some(wanted) => store.containment_of(tenant, &detail.device, wanted).await?,
            None => None,
        };
        let ahead = queue.as_ref().map_or(0, |queue| queue.position - 1);
        let detail = ActionDetail { ahead, ..detail };
        let mut report = ActionReport {
            outcome: outcome(&action, &detail, queue.as_ref(), now),
            queue,
            attempts: store.attempts_of(tenant, id).await?,
            transitions: store.transitions_of(tenant, id).await?,
            decision: None,
            gone: None,
            timeline: self.course_of(&detail.device, id).await?,
            wanted_for,
            action,
            detail,
        };
        let event = report.wanted_for.as_ref().and_then(|wanted| wanted.event_id);
        if let Some(event) = event {
            let decisions = store.decisions(tenant, &DecisionQuery::Event(event)).await?;
            let device = report.detail.device.as_str();
            let of_device =
                |decision: &&DecisionView| decision.device.as_ref().is_some_and(|its| its.as_str() == device);
            match decisions.iter().find(of_device) {
                Some(decision) => report.decision = Some(Explainer::new(self).explain(decision).await?),
                None => report.gone = Some(self.gone(event, device, now).await?),
            }
        }
        Ok(report)
    }

    /// What can still be said of a decision that cannot be explained any more.
    async fn gone(&self, event: Uuid, device: &str, now: Timestamp) -> Result<String, DeskError> {
        let query = DecisionQuery::Event(event);
        let left = self.store.decisions_outlived(self.tenant, &query).await?;
        let of_device = left
            .iter()
            .find(|decision| decision.device.as_deref() == Some(device));
        Ok(match of_device {
            Some(decision) => outlived(decision, now),
            None => {
                format!(
                    "the event {event} and its decision were deleted, their time being over (`retention`)"
                )
            }
        })
    }

    fn place(&self, action: &ActionView, look: &Look) -> Option<Place> {
        let (status, expected) = (&look.status, look.prospect.of(action.id)?);
        let windows = status.windows.iter().map(|window| {
            let per = jiff::SignedDuration::try_from_secs_f64(window.per_seconds).unwrap_or_default();
            format!("{}/{} in {}", window.used, window.limit, span(per))
        });
        let reason = status
            .closed_reason
            .clone()
            .unwrap_or_else(|| "no reason was recorded".to_owned());
        Some(Place {
            position: i64::try_from(expected.position).unwrap_or(i64::MAX),
            expected_at: look.expected_at(&expected),
            held: look.held(ActionKind::parse(&action.kind)),
            is_late: expected.is_late,
            windows: windows.collect(),
            closed: status.closed_until.map(|until| (until, reason)),
            is_dispatched: status.lease.as_ref().is_some_and(|lease| lease.is_held),
        })
    }
}
