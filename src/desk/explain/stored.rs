//! Recorded decisions, explained by the playbooks and facts of their day.

use std::collections::BTreeMap;

use super::explanation::{Case, Explanation, Text, explain};
use crate::desk::Desk;
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
        let mut explanation = explain(&Case {
            is_trial: false,
            event_id: Some(decision.event_id),
            event: &decision.event,
            source: Some(decision.source.clone()),
            received_at: Some(decision.received_at),
            device: decision.device.as_ref(),
            name,
            tenant: &desk.name,
            at: decision.decided_at,
            set_version: decision.set_version,
            texts,
            kind: decision.kind,
            reason: decision.reason.clone(),
            rulings: &decision.rulings,
            inputs: decision.inputs.as_ref(),
        });
        if let Some(device) = &decision.device {
            explanation.followed = self.followed(decision, device.as_str()).await?;
        }
        Ok(explanation)
    }

    /// The containments that the decision began, and those of its playbooks that were open already.
    async fn followed(
        &mut self,
        decision: &DecisionView,
        device: &str,
    ) -> Result<Vec<ContainmentHistory>, StoreError> {
        if !self.containments.contains_key(device) {
            let (store, tenant) = (&self.desk.store, self.desk.tenant);
            let all = store.containments_of(tenant, device, CONTAINMENTS).await?;
            self.containments.insert(device.to_owned(), all);
        }
        let all = self
            .containments
            .get(device)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let acts = |containment: &ContainmentHistory| {
            let ruling = decision
                .rulings
                .iter()
                .find(|ruling| containment.playbook.as_deref() == Some(&ruling.playbook));
            ruling.is_some_and(|ruling| ruling.kind != crate::domain::decision::DecisionKind::Skip)
        };
        let was_open = |containment: &ContainmentHistory| {
            containment.created_at <= decision.decided_at
                && containment.ended_at.is_none_or(|at| at > decision.decided_at)
                && !matches!(containment.state.as_str(), "declined" | "expired")
        };
        let concerns = |containment: &&ContainmentHistory| {
            containment.event_id == Some(decision.event_id) || (acts(containment) && was_open(containment))
        };
        Ok(all.iter().filter(concerns).cloned().collect())
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
