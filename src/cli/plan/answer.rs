//! The answer of `quell plan` as one JSON document; the text for people is made from it.

use jiff::Timestamp;
use serde::Serialize;

use super::file::{FileEvents, Refused};
use super::ground::Sets;
use super::replay::{Counts, Ended};
use crate::playbook::PlaybookSet;
use crate::playbook::plan::PlanReport;
use crate::store::{ReplaySpan, Unreadable};

/// Where the events came from.
pub(super) enum Source {
    /// The database.
    Stored {
        span: ReplaySpan,
        unreadable: Vec<Unreadable>,
    },
    /// A file.
    File {
        name: String,
        since: Timestamp,
        until: Timestamp,
        /// Its events were judged and are gone; what is left are the counts.
        events: FileEvents,
        facts_refused: Vec<Refused>,
        has_facts: bool,
    },
}

/// What every rehearsal assumes.
const ASSUMED: &str = "assumed: nobody answers a question, every call succeeds at once, and the budget is free at the beginning";

/// The whole answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// `the stored events`, or a file's name.
    pub(super) events_from: String,
    /// The first moment.
    pub(super) since: Timestamp,
    /// The last moment.
    pub(super) until: Timestamp,
    /// Events that lead to nothing under any playbook.
    pub(super) without_device: u64,
    /// Rows of the inbox that are not decided yet, and are not replayed.
    pub(super) waiting: u64,
    /// Records that were in the file before.
    pub(super) repeated: u64,
    /// Events of the file that do not say when they happened.
    pub(super) without_time: u64,
    /// What could not be read, and is not replayed.
    pub(super) refused: Vec<Refused>,
    /// Lines of the facts file that tell nothing.
    pub(super) facts_refused: Vec<Refused>,
    /// Whether facts were given for a file.
    pub(super) has_facts: bool,
    /// What was judged by.
    pub(super) judged_by: Counts,
    /// What the old set is.
    pub(super) against: String,
    /// The hashes of both sets.
    pub(super) old_set: String,
    pub(super) new_set: String,
    /// The playbooks that are not the same in both.
    #[serde(rename = "edited_playbooks")]
    pub(super) playbooks: Vec<PlaybookEdit>,
    /// Playbooks taken for enforcing.
    pub(super) as_enforce: Vec<String>,
    /// What the outcome rests on besides the events.
    pub(super) notes: Vec<String>,
    /// The comparison.
    #[serde(flatten)]
    pub(super) report: PlanReport,
}

/// A playbook that is not the same in both sets.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct PlaybookEdit {
    pub(super) playbook: String,
    /// Its revision in the old set; none: it is new.
    pub(super) old: Option<String>,
    /// Its revision in the edited set; none: it is gone.
    pub(super) new: Option<String>,
}

impl Answer {
    pub(super) fn new(source: Source, sets: &Sets, ended: Ended, note: Option<String>) -> Self {
        let Ended { report, counts } = ended;
        let mut answer = Self {
            events_from: "the stored events".to_owned(),
            since: Timestamp::MIN,
            until: Timestamp::MAX,
            without_device: 0,
            waiting: 0,
            repeated: 0,
            without_time: 0,
            refused: Vec::new(),
            facts_refused: Vec::new(),
            has_facts: false,
            judged_by: counts,
            against: sets.against.clone(),
            old_set: sets.old.hash().to_owned(),
            new_set: sets.new.hash().to_owned(),
            playbooks: edits(&sets.old, &sets.new),
            as_enforce: sets.as_enforce.clone(),
            notes: [ASSUMED.to_owned()].into_iter().chain(note).collect(),
            report,
        };
        match source {
            Source::Stored { span, unreadable } => {
                (answer.since, answer.until) = (span.since, span.until);
                answer.without_device = span.without_device;
                answer.waiting = span.waiting;
                answer.refused = unreadable.into_iter().map(refused).collect();
            }
            Source::File {
                name,
                since,
                until,
                events,
                facts_refused,
                has_facts,
            } => {
                answer.events_from = name;
                (answer.since, answer.until) = (since, until);
                answer.without_device = events.without_device;
                answer.repeated = events.repeated;
                answer.without_time = events.without_time;
                answer.refused = events.refused;
                answer.facts_refused = facts_refused;
                answer.has_facts = has_facts;
            }
        }
        answer
    }
}

fn refused(unreadable: Unreadable) -> Refused {
    Refused {
        place: format!("event {}", unreadable.event_id),
        reason: "unreadable",
        detail: unreadable.why,
    }
}

/// Both sets are sorted by id.
fn edits(old: &PlaybookSet, new: &PlaybookSet) -> Vec<PlaybookEdit> {
    let mut edits: Vec<PlaybookEdit> = Vec::new();
    for playbook in old.playbooks() {
        let now = new.get(&playbook.id);
        if now.is_none_or(|now| now.revision != playbook.revision) {
            edits.push(PlaybookEdit {
                playbook: playbook.id.clone(),
                old: Some(playbook.short_revision().to_owned()),
                new: now.map(|now| now.short_revision().to_owned()),
            });
        }
    }
    for playbook in new.playbooks() {
        if old.get(&playbook.id).is_none() {
            edits.push(PlaybookEdit {
                playbook: playbook.id.clone(),
                old: None,
                new: Some(playbook.short_revision().to_owned()),
            });
        }
    }
    edits.sort_by(|a, b| a.playbook.cmp(&b.playbook));
    edits
}
