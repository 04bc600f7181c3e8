//! Which line of a playbook's `when` says no. What plainly does not match leaves no ruling, so the latest such decisions are weighed
//! again, by what they were judged by. Behind the page of a playbook; nothing that decides reads it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Monotonic;
use crate::desk::{Desk, DeskError};
use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;
use crate::playbook::op::Place;
use crate::playbook::truth::Truth;
use crate::playbook::{Playbook, PlaybookSet, SourceFile, Subject};
use crate::store::views::{DecisionQuery, DecisionView, RevisionView};

/// So many decisions are weighed again.
const SAMPLE: i64 = 200;
/// What was weighed so recently is not weighed again: an open page asks whenever anything changes.
const FRESH: Duration = Duration::from_secs(60);

/// Which line of `when` said no.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaidNo {
    /// So many decisions were weighed again: the latest under this revision that the playbook plainly said no to.
    pub decisions: i64,
    /// Of these, by the number of a line of `when`: where it was the first that said no. Every line of `when` stands here.
    pub lines: BTreeMap<u32, i64>,
    /// The numbers of the lines of `unless`, which keep the playbook from what it matches.
    pub unless: Vec<u32>,
}

/// What was weighed last, by playbook: its revision, when, and what came of it.
#[derive(Debug, Default)]
pub(in crate::desk) struct LastWeighed(Mutex<BTreeMap<String, (String, Monotonic, SaidNo)>>);

impl LastWeighed {
    fn get(&self, shown: &RevisionView) -> Option<SaidNo> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (revision, at, said) = last.get(&shown.playbook)?;
        (*revision == shown.revision && at.elapsed() < FRESH).then(|| said.clone())
    }

    fn keep(&self, shown: &RevisionView, said: &SaidNo) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let weighed = (shown.revision.clone(), Monotonic::now(), said.clone());
        last.insert(shown.playbook.clone(), weighed);
    }
}

impl Desk {
    /// Which line of the revision's `when` said no, in the latest decisions under it.
    ///
    /// # Errors
    /// Postgres is away.
    pub(in crate::desk) async fn said_no(&self, shown: &RevisionView) -> Result<SaidNo, DeskError> {
        let last = &self.shares.weighed;
        if let Some(said) = last.get(shown) {
            return Ok(said);
        }
        let file = SourceFile {
            name: format!("{}.yaml", shown.playbook),
            text: shown.text.clone(),
        };
        // One of a time when the language was another is shown without.
        let Ok((set, _)) = PlaybookSet::compile_kept(std::slice::from_ref(&file)) else {
            return Ok(SaidNo::default());
        };
        let Some(playbook) = set.get(&shown.playbook) else {
            return Ok(SaidNo::default());
        };
        let query = DecisionQuery::Unmatched {
            playbook: shown.playbook.clone(),
            revision: shown.revision.clone(),
            most: SAMPLE,
        };
        let decisions = self.store.decisions(self.tenant, &query).await?;
        let said = weigh(playbook, &self.name, &decisions);
        last.keep(shown, &said);
        Ok(said)
    }
}

/// Decisions whose facts were not kept are left out.
fn weigh(playbook: &Playbook, tenant: &str, decisions: &[DecisionView]) -> SaidNo {
    let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
    let lines = playbook.when.iter().map(|line| (number(line.number), 0));
    let mut said = SaidNo {
        decisions: 0,
        lines: lines.collect(),
        unless: playbook.unless.iter().map(|line| number(line.number)).collect(),
    };
    let unknown = DeviceFacts::default();
    for decision in decisions {
        let (Some(inputs), Some(device)) = (&decision.inputs, &decision.device) else {
            continue;
        };
        let subject = Subject {
            alert: &decision.event.alert,
            event: inputs.event_kind,
            device_id: Some(device),
            device: inputs.facts.as_ref().unwrap_or(&unknown),
            tenant,
            now: decision.decided_at,
            time_scale: inputs.rules.as_ref().map_or(1, |rules| rules.time_scale),
            restricted_by: Fact::Is(inputs.own.restricted_by.clone()),
        };
        let mut lines = playbook.when.iter();
        let first = lines.find(|line| line.truth(&subject, Place::When) == Truth::False);
        if let Some(line) = first {
            said.decisions += 1;
            *said.lines.entry(number(line.number)).or_default() += 1;
        }
    }
    said
}
