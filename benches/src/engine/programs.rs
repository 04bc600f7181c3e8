//! The Common Expression Language: one program after the other.

use std::sync::Arc;

use cel::{Context, Env, Program, Value};
use serde::Deserialize;

use super::Engine;
use crate::workload::{Condition, Rule, from_level};

/// The programs in their order, and what they run in.
pub struct Cel {
    env: Arc<Env>,
    programs: Vec<(u32, Program)>,
}

/// CEL compares with regard to case, so the event's texts are lowered when it is parsed, and the rules are written so.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    severity: String,
    category: String,
    detection_source: String,
    status: String,
    title: String,
}

impl Engine for Cel {
    const NAME: &'static str = "cel";
    type Parsed = Context<'static, 'static>;

    fn compile(rules: &[Rule]) -> Self {
        let env = Arc::new(Env::stdlib());
        let program = |rule: &Rule| {
            (
                rule.number,
                env.compile(&expression(rule)).expect("the rules are CEL"),
            )
        };
        let programs = rules.iter().map(program).collect();
        Self { env, programs }
    }

    fn parse(&self, json: &str) -> Context<'static, 'static> {
        let alert: Alert = serde_json::from_str(json).expect("alerts are JSON");
        let mut context = Context::with_env(Arc::clone(&self.env));
        for (name, text) in [
            ("severity", alert.severity),
            ("category", alert.category),
            ("source", alert.detection_source),
            ("status", alert.status),
            ("title", alert.title),
        ] {
            context.add_variable_from_value(name, text.to_lowercase());
        }
        context
    }

    fn matches(&self, context: &Context<'static, 'static>) -> usize {
        self.matched(context).len()
    }

    fn matched(&self, context: &Context<'static, 'static>) -> Vec<u32> {
        let holds = |program: &Program| program.execute(context) == Ok(Value::Bool(true));
        self.programs
            .iter()
            .filter(|(_, program)| holds(program))
            .map(|(number, _)| *number)
            .collect()
    }
}

fn expression(rule: &Rule) -> String {
    let list = |words: &[&str]| {
        let words: Vec<_> = words
            .iter()
            .map(|word| format!("'{}'", word.to_lowercase()))
            .collect();
        words.join(", ")
    };
    let conditions = rule.conditions.iter().map(|condition| match condition {
        Condition::SeverityAtLeast(least) => format!("severity in [{}]", list(from_level(*least))),
        Condition::Category(all) => format!("category in [{}]", list(all)),
        Condition::Source(source) => format!("source == '{}'", source.to_lowercase()),
        Condition::StatusNew => "status == 'new'".to_owned(),
        Condition::TitleContains(part) => format!("title.contains('{part}')"),
        Condition::TitleMatches(pattern) => format!("title.matches(r'{pattern}')"),
    });
    conditions.collect::<Vec<_>>().join(" && ")
}
