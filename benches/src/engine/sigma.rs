//! sigma-rust: one rule after the other.

use sigma_rust::{Event, event_from_json, rule_from_yaml};

use super::Engine;
use super::rsigma::sigma;
use crate::workload::Rule;

/// The rules in their order.
pub struct SigmaRust(Vec<(u32, sigma_rust::Rule)>);

impl Engine for SigmaRust {
    const NAME: &'static str = "sigma-rust";
    type Parsed = Event;

    fn compile(rules: &[Rule]) -> Self {
        let compiled = rules.iter().map(|rule| {
            (
                rule.number,
                rule_from_yaml(&with_uuid(rule)).expect("the rules are Sigma"),
            )
        });
        Self(compiled.collect())
    }

    fn parse(&self, json: &str) -> Event {
        event_from_json(json).expect("alerts are JSON")
    }

    fn matches(&self, event: &Event) -> usize {
        self.matched(event).len()
    }

    fn matched(&self, event: &Event) -> Vec<u32> {
        self.0
            .iter()
            .filter(|(_, rule)| rule.is_match(event))
            .map(|(number, _)| *number)
            .collect()
    }
}

/// sigma-rust wants ids in the form that Sigma recommends; nothing else differs.
fn with_uuid(rule: &Rule) -> String {
    let id = format!("id: 00000000-0000-4000-8000-{:012}", rule.number);
    sigma(rule).replacen(&format!("id: {}", rule.id()), &id, 1)
}
