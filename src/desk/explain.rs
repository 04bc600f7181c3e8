//! Why quell did or did not act: for an event or an alert from what was recorded, by the playbooks of that day. The answer of `quell
//! explain` and of `GET /v1/events/{event}/explanation`. Reads only.

pub mod explanation;
pub mod guards;
pub(in crate::desk) mod stored;
pub mod words;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::words::{ago, ahead, plain};
use crate::desk::{Desk, DeskError};
use crate::store::views::{DecisionQuery, OutlivedDecision, WaitingView};
use explanation::Explanation;
use stored::Explainer;

/// What was found out.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Explained {
    /// Each event and device, explained.
    pub explanations: Vec<Explanation>,
    /// What is not decided yet.
    pub waiting: Vec<String>,
    /// Records that are no events, or were refused.
    pub refused: Vec<String>,
    /// Decisions that are kept longer than what they were made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outlived: Vec<String>,
}

impl Desk {
    /// What was made of an event, for each of its devices.
    ///
    /// # Errors
    /// There is no such event, or Postgres is away.
    pub async fn event(&self, id: Uuid) -> Result<Explained, DeskError> {
        let missing = format!("there is no event `{id}`");
        self.explained(&DecisionQuery::Event(id), missing).await
    }

    /// What was made of every event of an alert, by its id of whatever feed.
    ///
    /// # Errors
    /// No event of it was accepted, or Postgres is away.
    pub async fn alert(&self, id: &str) -> Result<Explained, DeskError> {
        let missing = format!("no event of an alert `{}` was accepted", plain(id));
        self.explained(&DecisionQuery::Alert(id.to_owned()), missing)
            .await
    }

    async fn explained(&self, query: &DecisionQuery, missing: String) -> Result<Explained, DeskError> {
        let (store, tenant) = (&self.store, self.tenant);
        let now = store.now().await?;
        let mut answer = Explained::default();
        let mut explainer = Explainer::new(self);
        for decision in &store.decisions(tenant, query).await? {
            answer.explanations.push(explainer.explain(decision).await?);
        }
        for decision in &store.decisions_outlived(tenant, query).await? {
            answer.outlived.push(outlived(decision, now));
        }
        for waiting in &store.undecided(tenant, query).await? {
            answer.waiting.push(undecided(waiting, now));
        }
        if let DecisionQuery::Event(id) = query {
            for letter in store.dead_letters_of(tenant, *id).await? {
                answer.refused.push(format!(
                    "a record that came {} through {} was put aside: {}",
                    ago(now, letter.received_at),
                    letter.source,
                    letter.reason
                ));
            }
        }
        let said = [&answer.waiting, &answer.refused, &answer.outlived];
        if answer.explanations.is_empty() && said.iter().all(|lines| lines.is_empty()) {
            let hint = "; a refused record has a dead letter, which `quell status` counts";
            return Err(DeskError::NotFound(missing + hint));
        }
        Ok(answer)
    }
}

/// What can still be said of a decision whose event is gone.
pub fn outlived(decision: &OutlivedDecision, now: Timestamp) -> String {
    let device = decision
        .device
        .as_ref()
        .map(|device| format!(" for device `{device}`"));
    format!(
        "the event {} was deleted, its time being over (`retention.events`): it was decided {}{}: {}, {}",
        decision.event_id,
        ago(now, decision.decided_at),
        device.unwrap_or_default(),
        decision.kind,
        decision.reason
    )
}

/// What is not decided yet, in a line.
pub fn undecided(waiting: &WaitingView, now: Timestamp) -> String {
    let why = match waiting.until {
        Some(until) => format!(
            "waits for facts of the device or its alert, and is looked at again {} at the latest",
            ahead(now, until)
        ),
        None => "waits for its turn; without a daemon nothing is decided".to_owned(),
    };
    format!(
        "alert {} on {}: accepted {} and not decided yet, it {why}",
        waiting.alert_id,
        waiting.device,
        ago(now, waiting.since)
    )
}
