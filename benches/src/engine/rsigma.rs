//! rsigma-eval, as it comes and with its two opt-in filters.

use std::fmt::Write as _;
use std::hint::black_box;

use rsigma_eval::{Engine as Rules, EvaluationResult, JsonEvent};
use rsigma_parser::parse_sigma_yaml;

use super::{Engine, number};
use crate::workload::{Condition, Rule, from_level};

/// As it comes.
pub struct Rsigma(Rules);
/// With the bloom filter and the cross-rule Aho-Corasick.
pub struct RsigmaFiltered(Rules);

/// A rule as Sigma writes it; sigma-rust reads the same.
pub fn sigma(rule: &Rule) -> String {
    let mut text = format!(
        "title: A rule among many\nid: {}\nlogsource:\n  product: defender\ndetection:\n  selection:\n",
        rule.id()
    );
    for condition in &rule.conditions {
        let _ = match condition {
            Condition::SeverityAtLeast(least) => {
                writeln!(text, "    severity: [{}]", from_level(*least).join(", "))
            }
            Condition::Category(all) => writeln!(text, "    category: [{}]", all.join(", ")),
            Condition::Source(source) => writeln!(text, "    detectionSource: {source}"),
            Condition::StatusNew => writeln!(text, "    status: New"),
            Condition::TitleContains(part) => writeln!(text, "    title|contains: {part}"),
            Condition::TitleMatches(pattern) => writeln!(text, "    title|re: '(?i){pattern}'"),
        };
    }
    text.push_str("  condition: selection\nlevel: high\n");
    text
}

fn compile(rules: &[Rule], mut engine: Rules) -> Rules {
    let texts: Vec<_> = rules.iter().map(sigma).collect();
    let collection = parse_sigma_yaml(&texts.join("---\n")).expect("the rules are Sigma");
    engine.add_collection(&collection).expect("the rules compile");
    assert_eq!(engine.rule_count(), rules.len(), "every rule is loaded");
    engine
}

fn ids(results: &[EvaluationResult]) -> Vec<u32> {
    let mut ids: Vec<_> = results
        .iter()
        .filter_map(|result| result.header.rule_id.as_deref())
        .map(number)
        .collect();
    ids.sort_unstable();
    ids
}

fn parse(json: &str) -> JsonEvent<'static> {
    let value: serde_json::Value = serde_json::from_str(json).expect("alerts are JSON");
    JsonEvent::owned(value)
}

impl Engine for Rsigma {
    const NAME: &'static str = "rsigma-eval";
    type Parsed = JsonEvent<'static>;

    fn compile(rules: &[Rule]) -> Self {
        Self(compile(rules, Rules::new()))
    }

    fn parse(&self, json: &str) -> JsonEvent<'static> {
        parse(json)
    }

    fn matches(&self, event: &JsonEvent<'static>) -> usize {
        black_box(self.0.evaluate(event)).len()
    }

    fn matched(&self, event: &JsonEvent<'static>) -> Vec<u32> {
        ids(&self.0.evaluate(event))
    }
}

impl Engine for RsigmaFiltered {
    const NAME: &'static str = "rsigma-eval, filters on";
    type Parsed = JsonEvent<'static>;

    fn compile(rules: &[Rule]) -> Self {
        let mut engine = Rules::new();
        engine.set_bloom_prefilter(true);
        engine.set_cross_rule_ac(true);
        Self(compile(rules, engine))
    }

    fn parse(&self, json: &str) -> JsonEvent<'static> {
        parse(json)
    }

    fn matches(&self, event: &JsonEvent<'static>) -> usize {
        black_box(self.0.evaluate(event)).len()
    }

    fn matched(&self, event: &JsonEvent<'static>) -> Vec<u32> {
        ids(&self.0.evaluate(event))
    }
}
