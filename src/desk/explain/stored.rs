//! Recorded decisions, explained by the playbooks and facts of their day.

use std::collections::BTreeMap;

use super::explanation::{Case, Explanation, Met, Text, explain};
use crate::desk::Desk;
use crate::domain::decision::DecisionKind;
use crate::domain::fact::Fact;
use crate::store::StoreError;
use crate::store::views::{ContainmentHistory, DecisionView};

/// So many of a device's containments are looked through for those that a decision began or met.
const CONTAINMENTS: i64 = 1_000;

/// Explains decisions; each set of playbooks is read and compiled once.
pub(in crate::desk) struct Explainer<'s> {
    desk: &'s Desk,
    sets: BTreeMap<i64, Option<Vec<Text>>>,
    containments: BTreeMap<String, Vec<ContainmentHistory>>,
}

impl<'s> Explainer<'s> {
    /// Explains from the rows of this desk's tenant.
    pub(in crate::desk) fn new(desk: &'s Desk) -> Self {
        Self {
            desk,
            sets: BTreeMap::new(),
            containments: BTreeMap::new(),
        }
    }

    /// Explains one decision.
    ///
    /// # Errors
    /// Postgres is not available.
    pub(in crate::desk) async fn explain(
        &mut self,
        decision: &DecisionView,
    ) -> Result<Explanation, StoreError> {
        let (followed, met) = match &decision.device {
            Some(device) => {
                let all = self.containments(device.as_str()).await?;
                (followed(decision, all), met(decision, all))
            }
            None => (Vec::new(), None),
        };
        let desk = self.desk;
        let texts = match decision.set_version {
            Some(version) => self.set(version).await?.as_deref(),
            None => None,
        };
        let facts = decision.inputs.as_ref().and_then(|inputs| inputs.facts.as_ref());
        let name = facts.and_then(|facts| match &facts.name {
            Fact::Is(name) => Some(name.clone()),
            _ => None,
        });
        let explanation = explain(&Case {
            is_trial: false,
            event_id: Some(decision.event_id),
            event: &decision.event,
            source: Some(decision.source.clone()),
            received_at: Some(decision.received_at),
            device: decision.device.as_ref(),
            name,
            tenant: &desk.name,
            met,
            at: decision.decided_at,
            set_version: decision.set_version,
            texts,
            kind: decision.kind,
            reason: decision.reason.clone(),
            rulings: &decision.rulings,
            inputs: decision.inputs.as_ref(),
        });
        Ok(Explanation {
            followed,
            ..explanation
        })
    }

    async fn containments(&mut self, device: &str) -> Result<&[ContainmentHistory], StoreError> {
        if !self.containments.contains_key(device) {
            let (store, tenant) = (&self.desk.store, self.desk.tenant);
            let all = store.containments_of(tenant, device, CONTAINMENTS).await?;
            self.containments.insert(device.to_owned(), all);
        }
        Ok(self
            .containments
            .get(device)
            .map(Vec::as_slice)
            .unwrap_or_default())
    }

    async fn set(&mut self, version: i64) -> Result<&Option<Vec<Text>>, StoreError> {
        if !self.sets.contains_key(&version) {
            let (store, tenant) = (&self.desk.store, self.desk.tenant);
            let set = store.set_of_version(tenant, version).await?;
            let texts = set.map(|set| {
                let compiled = set
                    .playbooks
                    .into_iter()
                    .map(|of| Text::new(&of.playbook, &of.revision, of.mode, of.text));
                compiled.collect()
            });
            self.sets.insert(version, texts);
        }
        Ok(self.sets.entry(version).or_default())
    }
}

/// The containments that the decision began, and those of its playbooks that were open already.
fn followed(decision: &DecisionView, all: &[ContainmentHistory]) -> Vec<ContainmentHistory> {
    let concerns = |containment: &&ContainmentHistory| {
        containment.event_id == Some(decision.event_id)
            || (ruled(decision, containment).is_some_and(|kind| kind != DecisionKind::Skip)
                && was_open(decision, containment))
    };
    all.iter().filter(concerns).cloned().collect()
}

/// What kept the decision from asking: a containment of the playbook that asks, open when it was made.
fn met(decision: &DecisionView, all: &[ContainmentHistory]) -> Option<Met> {
    let asks = |containment: &&ContainmentHistory| ruled(decision, containment) == Some(DecisionKind::Ask);
    let (own, others): (Vec<_>, Vec<_>) = all
        .iter()
        .filter(asks)
        .partition(|containment| containment.event_id == Some(decision.event_id));
    if decision.kind != DecisionKind::Ask || !own.is_empty() {
        return None;
    }
    let open = others
        .into_iter()
        .find(|containment| was_open(decision, containment))?;
    let was_active = open.activated_at.is_some_and(|at| at <= decision.decided_at);
    Some(if was_active { Met::Active } else { Met::Asked })
}

/// What the decision made of the playbook that a containment is of.
fn ruled(decision: &DecisionView, containment: &ContainmentHistory) -> Option<DecisionKind> {
    let mut rulings = decision.rulings.iter();
    rulings
        .find(|ruling| containment.playbook.as_deref() == Some(&ruling.playbook))
        .map(|ruling| ruling.kind)
}

fn was_open(decision: &DecisionView, containment: &ContainmentHistory) -> bool {
    containment.created_at <= decision.decided_at
        && containment.ended_at.is_none_or(|at| at > decision.decided_at)
        && !matches!(containment.state.as_str(), "declined" | "expired")
}
