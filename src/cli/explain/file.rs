//! Events from a file, tried out: what quell would make of them now, by the playbooks at hand. Nothing is called or
//! changed. With a database the device's facts come from the inventory; without one they are unknown, or given by a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use crate::app::playbook_files;
use crate::cli::operator::{Common, Session};
use crate::cli::reading;
use crate::clock;
use crate::config::Config;
use crate::desk::explain::Explained as Answer;
use crate::desk::explain::explanation::{Case, Explanation, Text, explain};
use crate::domain::alert::{Event, EventKind};
use crate::domain::decision::{DecisionKind, Fallback, Rules, Situation, decide};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::eligibility::Ineligible;
use crate::domain::fact::Fact;
use crate::domain::guard::Protections;
use crate::domain::limit::Usage;
use crate::domain::measure::{Held, Measure, playbooks_of};
use crate::domain::recorded::{OwnFacts, RecordedRules, RecordedRuling};
use crate::domain::trust::Trust;
use crate::domain::verdict::{AskTerms, Mode, Verdict};
use crate::intake::body::{Lines, split_for};
use crate::intake::{normalize_under, restamp};
use crate::playbook::test::{GivenDevice, read_device};
use crate::playbook::{PlaybookSet, Subject, evaluate};
use crate::store::views::Inputs;

/// What a trial takes.
pub struct Trial {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// The playbooks, instead of the configuration's.
    pub playbooks: Option<PathBuf>,
    /// The device's facts, instead of the inventory's.
    pub facts: Option<PathBuf>,
    /// The source of the configuration that brings such records.
    pub source: Option<String>,
    /// Move the time stamps of each record to the present.
    pub restamp: bool,
}

/// Everything that a trial is judged by.
struct Bench {
    config: Option<Config>,
    session: Option<Session>,
    tenant: String,
    fleet: Option<u64>,
    fallbacks: Vec<Fallback>,
    set: Arc<PlaybookSet>,
    texts: Vec<Text>,
    rules: RecordedRules,
    given: Option<GivenDevice>,
    /// The source that brings the records, where one is named, and what it may do.
    source: Option<String>,
    trust: Trust,
    now: Timestamp,
    remarks: Vec<String>,
}

/// Explains every record of a file.
///
/// # Errors
/// The file, the playbooks or the configuration cannot be used.
pub async fn run(trial: &Trial, common: &Common) -> anyhow::Result<(Answer, Timestamp)> {
    let bench = Bench::new(trial, common).await?;
    let text = read(&trial.file)?;
    let reader = reading::reader(bench.config.as_ref(), trial.source.as_deref())?;
    let mut answer = Answer::default();
    for piece in split_for(&text, Lines::Unsaid, &reader)? {
        let place = match piece.line {
            Some(line) => format!("line {line}"),
            None => format!("record {}", piece.index + 1),
        };
        let mut record = match piece.parse() {
            Ok(record) => record,
            Err(broken) => {
                answer.refused.push(format!("{place}: {broken}"));
                continue;
            }
        };
        if trial.restamp {
            restamp(&mut record, bench.now);
        }
        match normalize_under(&record, &reader) {
            Ok(event) => answer.explanations.extend(bench.explain(&event).await?),
            Err(refusal) => answer.refused.push(format!("{place}: {refusal}")),
        }
    }
    Ok((answer, bench.now))
}

impl Bench {
    async fn new(trial: &Trial, common: &Common) -> anyhow::Result<Self> {
        let config = common.configuration()?;
        let source = reading::source(config.as_ref(), trial.source.as_deref())?;
        let trust = source.map_or(Trust::Act, |source| source.trust);
        let source = source.map(|source| source.name.clone());
        let set = match (&trial.playbooks, &config) {
            (Some(path), _) => Arc::new(compile(path)?),
            (None, Some(config)) => Arc::new(compile(&config.playbooks)?),
            (None, None) => bail!(
                "there is no configuration here: name the playbooks with `--playbooks DIR`, or it with `--config FILE`"
            ),
        };
        let mut remarks = Vec::new();
        let mut tenant = "quell".to_owned();
        let mut fleet = None;
        let (rules, time_scale) = match &config {
            Some(config) => {
                let of = common.tenant(config)?;
                tenant.clone_from(&of.name);
                fleet = of.fleet_size;
                (config.rules(), config.time_scale)
            }
            None => {
                remarks.push("there is no configuration: nothing is protected, no cap is set, and news up to 1 h old may act".to_owned());
                (defaults(), 1)
            }
        };
        let session = match (&config, &trial.facts) {
            (Some(_), None) => match Session::open(common).await {
                Ok(session) => Some(session),
                Err(error) => {
                    remarks.push(format!("the inventory cannot be asked: {error:#}"));
                    None
                }
            },
            _ => None,
        };
        if session.is_none() {
            remarks.push(
                "without a database the alert is taken as new, no playbook as restricting the device, and every limit as unused"
                    .to_owned(),
            );
        }
        let (now, fallbacks) = match &session {
            Some(session) => (
                session.store.now().await?,
                session.store.fallbacks_now(session.id).await?,
            ),
            None => (clock::now(), Vec::new()),
        };
        if let (None, Some(session), Some(config)) = (fleet, &session, &config) {
            let counted = session.store.fleet_size(session.id).await?;
            fleet =
                counted.and_then(|counted| counted.fresh(now, config.scaled(config.facts.inventory.max_age)));
        }
        let given = match &trial.facts {
            Some(path) => {
                let file = playbook_files::read(path)?;
                let given = read_device(&file.name, &file.text, now);
                Some(given.map_err(|errors| {
                    anyhow::anyhow!("the facts cannot be used\n{}", errors.render(false))
                })?)
            }
            None => None,
        };
        Ok(Self {
            texts: Text::of(&set),
            rules: RecordedRules { rules, time_scale },
            source,
            trust,
            config,
            session,
            tenant,
            fleet,
            fallbacks,
            set,
            given,
            now,
            remarks,
        })
    }

    /// Explains an event for each of its devices; once, if it has none.
    async fn explain(&self, event: &Event) -> anyhow::Result<Vec<Explanation>> {
        if event.devices.is_empty() {
            let none = self.told(event, None, DecisionKind::Skip, "no_device".to_owned(), &[], None);
            return Ok(vec![none]);
        }
        let mut explanations = Vec::new();
        for device in &event.devices {
            let known = self.inputs(event, device).await?;
            explanations.push(self.judge(event, device, known).await?);
        }
        Ok(explanations)
    }

    /// What the device's event would be judged by, what is held on the device, and whether Defender does not know it.
    async fn inputs(&self, event: &Event, device: &DeviceId) -> anyhow::Result<(Inputs, Vec<Held>, bool)> {
        let resolved = event
            .alert
            .status
            .value()
            .is_some_and(|status| status == "resolved");
        let mut held = Vec::new();
        let mut inputs = Inputs {
            event_kind: if resolved {
                EventKind::Resolved
            } else {
                EventKind::New
            },
            facts: None,
            own: OwnFacts::default(),
            rules: Some(self.rules.clone()),
        };
        if let Some(given) = &self.given {
            inputs.facts = Some(given.facts.clone());
            inputs.own.restricted_by = given.restricted_by.value().cloned().unwrap_or_default();
            // Playbooks alone are named: each holds what it can.
            let both = |playbook: &String| Measure::ALL.map(|measure| (playbook.clone(), measure));
            held = inputs.own.restricted_by.iter().flat_map(both).collect();
        }
        let (Some(session), Some(config)) = (&self.session, &self.config) else {
            return Ok((inputs, held, false));
        };
        let known = session
            .store
            .device_known(session.id, device, &event.alert.id)
            .await?;
        if known.knows_alert && !resolved {
            inputs.event_kind = EventKind::Updated;
        }
        inputs.own.restricted_by = playbooks_of(&known.held);
        let max_age = config.scaled(config.facts.max_age);
        let row = known.row.as_ref();
        inputs.facts = row.and_then(|row| row.fresh_facts(self.now, max_age)).cloned();
        if let Some(facts) = &mut inputs.facts {
            config.kinds.apply(device, facts);
        }
        let gone = row.is_some_and(|row| row.is_unknown_to_defender) && inputs.facts.is_some();
        let terms = config.lookup_terms();
        let looked_up = session.store.looked_up_now(session.id, terms, device).await?;
        if row.is_some() && terms.is_on() {
            let facts = inputs.facts.get_or_insert_default();
            terms.apply(facts, &looked_up, self.now);
        }
        Ok((inputs, known.held, gone))
    }

    /// Judges as the daemon would, by the same functions.
    async fn judge(
        &self,
        event: &Event,
        device: &DeviceId,
        (inputs, held, gone): (Inputs, Vec<Held>, bool),
    ) -> anyhow::Result<Explanation> {
        let unknown = DeviceFacts::default();
        let facts = inputs.facts.as_ref().unwrap_or(&unknown);
        let subject = Subject {
            alert: &event.alert,
            event: inputs.event_kind,
            device_id: Some(device),
            device: facts,
            tenant: &self.tenant,
            now: self.now,
            time_scale: self.rules.time_scale,
            restricted_by: Fact::Is(inputs.own.restricted_by.clone()),
        };
        let verdicts: Vec<Verdict> = evaluate(&self.set, &subject)
            .verdicts
            .into_iter()
            .map(|verdict| verdict.scaled(self.rules.time_scale))
            .collect();
        if gone && verdicts.iter().any(restricts) {
            let reason = Ineligible::NotInInventory.reason().to_owned();
            return Ok(self.told(
                event,
                Some(device),
                DecisionKind::Skip,
                reason,
                &[],
                Some(&inputs),
            ));
        }
        let surge = &self.rules.rules.surge;
        let drivers = surge.drivers(self.source.as_deref(), &event.alert, facts);
        let mut keys = Usage::keys(&verdicts, &self.rules.rules);
        keys.extend(surge.keys(&drivers));
        let usage = match &self.session {
            Some(session) => {
                let caps = &self.rules.rules.caps;
                let mut usage = session
                    .store
                    .usage_now(session.id, caps, self.fleet, keys)
                    .await?;
                usage.set_group(device, facts.group.value().map(String::as_str));
                usage
            }
            None => Usage::of(&self.rules.rules.caps, self.fleet),
        };
        let situation = Situation {
            rules: &self.rules.rules,
            now: self.now,
            occurred_at: &event.alert.occurred_at,
            device_id: device,
            device: facts,
            restricted_by: &held,
            fleet: self.fleet,
            fallbacks: &self.fallbacks,
            observed_by: &[],
            drivers: &drivers,
            trust: self.trust,
        };
        let decision = decide(verdicts, &situation, &usage);
        let rulings: Vec<RecordedRuling> = decision
            .rulings
            .iter()
            .map(|ruling| RecordedRuling::of(ruling, &situation, &usage))
            .collect();
        Ok(self.told(
            event,
            Some(device),
            decision.kind,
            decision.reason,
            &rulings,
            Some(&inputs),
        ))
    }

    fn told(
        &self,
        event: &Event,
        device: Option<&DeviceId>,
        kind: DecisionKind,
        reason: String,
        rulings: &[RecordedRuling],
        inputs: Option<&Inputs>,
    ) -> Explanation {
        let name = inputs
            .and_then(|inputs| inputs.facts.as_ref())
            .and_then(|facts| facts.name.value().cloned());
        let mut explanation = explain(&Case {
            is_trial: true,
            event_id: None,
            event,
            source: None,
            received_at: None,
            device,
            name,
            tenant: &self.tenant,
            met: None,
            at: self.now,
            set_version: None,
            texts: device.map(|_| self.texts.as_slice()),
            kind,
            reason,
            rulings,
            inputs,
        });
        if device.is_some() {
            explanation.remarks.extend(self.remarks.iter().cloned());
        }
        explanation
    }
}

/// Whether it calls something on the device that protections and prerequisites stand against.
fn restricts(verdict: &Verdict) -> bool {
    !verdict.then.iter().all(|action| action.releases().is_some())
}

/// The rules where there is no configuration.
fn defaults() -> Rules {
    Rules {
        ceiling: Mode::Enforce,
        freshness: std::time::Duration::from_secs(3_600),
        never: Protections::default(),
        caps: Vec::new(),
        surge: crate::domain::surge::Surge::default(),
        default_ask: AskTerms {
            from: Vec::new(),
            approvals: 1,
            within: std::time::Duration::from_secs(1_800),
            otherwise_act: false,
        },
    }
}

fn compile(path: &Path) -> anyhow::Result<PlaybookSet> {
    let found = playbook_files::PlaybookFiles::find(&[path.to_owned()])?;
    let files = found
        .playbooks
        .iter()
        .map(|path| playbook_files::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    if files.is_empty() {
        bail!("no playbook is under `{}`", path.display());
    }
    match PlaybookSet::compile(&files) {
        Ok((set, _)) => Ok(set),
        Err(errors) => bail!("the playbooks cannot be used\n{}", errors.render(false)),
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut text)
            .context("standard input cannot be read")?;
        return Ok(text);
    }
    std::fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))
}
