//! Quell itself, in three depths: the playbooks that may match, their verdicts, and the verdicts without the index.

use std::fmt::Write as _;
use std::hint::black_box;

use jiff::Timestamp;
use quell::domain::alert::{Event, EventKind};
use quell::domain::device::{DeviceFacts, DeviceIdRule};
use quell::domain::fact::Fact;
use quell::domain::verdict::Wish;
use quell::intake::Record;
use quell::playbook::{Evaluation, PlaybookSet, SourceFile, Subject, evaluate, evaluate_plainly};

use super::{Engine, number};
use crate::workload::{Condition, Rule, level};

/// Which playbooks may match: what a rule engine tells. With known facts, and here all are known, these are the matches.
pub struct Candidates(PlaybookSet);
/// The whole of `evaluate`: matches with their reasons, plans, filled-in comments, terms and limits.
pub struct Verdicts(PlaybookSet);
/// The same without the index.
pub struct Plain(PlaybookSet);

/// The playbooks as files.
pub fn files(rules: &[Rule]) -> Vec<SourceFile> {
    rules
        .iter()
        .map(|rule| SourceFile {
            name: format!("{}.yaml", rule.id()),
            text: text(rule),
        })
        .collect()
}

fn text(rule: &Rule) -> String {
    let mut text = format!(
        "# What it is for, and who looks at it.\nid: {}\ntitle: A rule among many\nowner: soc@example.com\nmode: enforce\nwhen:\n",
        rule.id()
    );
    for condition in &rule.conditions {
        let _ = match condition {
            Condition::SeverityAtLeast(least) => {
                writeln!(text, "  alert.severity: {{at_least: {}}}", level(*least))
            }
            Condition::Category(all) => writeln!(text, "  alert.category: [{}]", all.join(", ")),
            Condition::Source(source) => writeln!(text, "  alert.source: {source}"),
            Condition::StatusNew => writeln!(text, "  alert.status: new"),
            Condition::TitleContains(part) => writeln!(text, "  alert.title: {{contains: {part}}}"),
            Condition::TitleMatches(pattern) => writeln!(text, "  alert.title: {{matches: '{pattern}'}}"),
        };
    }
    text.push_str(
        "then:\n  - restrict_app_execution:\n      comment: \"{alert.category}, alert {alert.id}: {alert.title}\"\n      \
         release: {after: 4h}\nlimits:\n  - {devices: 25, per: 1h, otherwise: ask}\n",
    );
    text
}

fn compile(rules: &[Rule]) -> PlaybookSet {
    match PlaybookSet::compile(&files(rules)) {
        Ok((set, _)) => set,
        Err(found) => panic!("{}", found.render(false)),
    }
}

/// The event as intake makes it.
fn parse(json: &str) -> Event {
    let record = Record::parse(json.as_bytes()).expect("alerts are JSON");
    record
        .normalize(&DeviceIdRule::default())
        .expect("alerts have a known shape")
}

/// What an event is judged as.
pub fn subject<'a>(event: &'a Event, device: &'a DeviceFacts) -> Subject<'a> {
    Subject {
        alert: &event.alert,
        event: EventKind::New,
        device_id: event.devices.first(),
        device,
        tenant: "contoso",
        now: Timestamp::from_second(1_795_312_800).expect("in range"),
        restricted_by: Fact::Is(Vec::new()),
        time_scale: 1,
    }
}

fn acting(evaluation: &Evaluation) -> Vec<u32> {
    let acting = evaluation
        .verdicts
        .iter()
        .filter(|verdict| verdict.wish == Wish::Act);
    acting.map(|verdict| number(&verdict.playbook)).collect()
}

impl Engine for Candidates {
    const NAME: &'static str = "quell";
    type Parsed = Event;

    fn compile(rules: &[Rule]) -> Self {
        Self(compile(rules))
    }

    fn parse(&self, json: &str) -> Event {
        parse(json)
    }

    fn matches(&self, event: &Event) -> usize {
        let device = DeviceFacts::default();
        let found: Vec<_> = self.0.candidates(&subject(event, &device)).collect();
        black_box(&found).len()
    }

    fn matched(&self, event: &Event) -> Vec<u32> {
        let device = DeviceFacts::default();
        self.0
            .candidates(&subject(event, &device))
            .map(|playbook| number(&playbook.id))
            .collect()
    }
}

impl Engine for Verdicts {
    const NAME: &'static str = "quell, verdicts";
    type Parsed = Event;

    fn compile(rules: &[Rule]) -> Self {
        Self(compile(rules))
    }

    fn parse(&self, json: &str) -> Event {
        parse(json)
    }

    fn matches(&self, event: &Event) -> usize {
        let device = DeviceFacts::default();
        black_box(evaluate(&self.0, &subject(event, &device)))
            .verdicts
            .len()
    }

    fn matched(&self, event: &Event) -> Vec<u32> {
        let device = DeviceFacts::default();
        acting(&evaluate(&self.0, &subject(event, &device)))
    }
}

impl Engine for Plain {
    const NAME: &'static str = "quell, verdicts, no index";
    type Parsed = Event;

    fn compile(rules: &[Rule]) -> Self {
        Self(compile(rules))
    }

    fn parse(&self, json: &str) -> Event {
        parse(json)
    }

    fn matches(&self, event: &Event) -> usize {
        let device = DeviceFacts::default();
        black_box(evaluate_plainly(&self.0, &subject(event, &device)))
            .verdicts
            .len()
    }

    fn matched(&self, event: &Event) -> Vec<u32> {
        let device = DeviceFacts::default();
        acting(&evaluate_plainly(&self.0, &subject(event, &device)))
    }
}
