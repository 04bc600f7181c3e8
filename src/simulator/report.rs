//! The report: what the simulator saw, in figures that a test or the demo can hold against the invariants.
//!
//! Put together on request from counters that the pipeline keeps. Its JSON names are stable.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::simulator::book::Offence;
use crate::simulator::windows::WindowUse;

mod invariants;

pub use invariants::Invariant;

/// Most sentences kept in [`Report::violations`]; the counters go on.
const MAX_VIOLATIONS: usize = 200;

/// What a simulator saw from its start to now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How many times faster than Defender's it lives.
    pub scale: f64,
    /// Requests for a token.
    pub token_requests: u64,
    /// Calls that change something, whatever the answer.
    pub action_calls: u64,
    /// Reading calls, whatever the answer.
    pub read_calls: u64,
    /// Calls answered 429.
    pub rejected_429: u64,
    /// Those of them that came although an earlier 429 had said to wait longer.
    #[serde(default)]
    pub early_after_429: u64,
    /// Calls of the API without a token.
    #[serde(default)]
    pub without_token: u64,
    /// Calls of the API with one that was made up, had run out, was revoked or is for another API.
    #[serde(default)]
    pub bad_tokens: u64,
    /// Calls that the token has no permission for.
    #[serde(default)]
    pub forbidden: u64,
    /// Requests for paths that do not exist.
    #[serde(default)]
    pub unknown_paths: u64,
    /// The most calls that any window held, by scope and window.
    pub most_in_window: Vec<WindowUse>,
    /// Calls for an action while the same one was open on the device, or that repeated the state the device was surely
    /// in. Actions by others, made in the portal, never turn a call into a duplicate.
    pub duplicates: u64,
    /// Calls for an action while the opposite one was open on the device.
    pub opposite_while_open: u64,
    /// Devices that are restricted now.
    pub restricted_now: u64,
    /// Devices that are isolated now.
    #[serde(default)]
    pub isolated_now: u64,
    /// Files that were quarantined, over all devices.
    #[serde(default)]
    pub quarantined_files: u64,
    /// All actions, those of others included, by status as Defender spells it.
    pub actions_by_status: BTreeMap<String, u64>,
    /// The same by type.
    pub actions_by_type: BTreeMap<String, u64>,
    /// Actions that are not over yet.
    pub actions_open: u64,
    /// Calls that a fault was put in the way of.
    pub faults: u64,
    /// What the timeline could not do as written.
    #[serde(default)]
    pub timeline_refused: Vec<String>,
    /// What was wrong, in sentences, the first 200.
    pub violations: Vec<String>,
}

/// The counters behind a report; each is described there.
#[derive(Debug, Default)]
pub struct Tally {
    /// See [`Report::token_requests`].
    pub token_requests: u64,
    /// See [`Report::action_calls`].
    pub action_calls: u64,
    /// See [`Report::read_calls`].
    pub read_calls: u64,
    /// See [`Report::rejected_429`].
    pub rejected_429: u64,
    /// See [`Report::early_after_429`].
    pub early_after_429: u64,
    /// See [`Report::without_token`].
    pub without_token: u64,
    /// See [`Report::bad_tokens`].
    pub bad_tokens: u64,
    /// See [`Report::forbidden`].
    pub forbidden: u64,
    /// See [`Report::unknown_paths`].
    pub unknown_paths: u64,
    /// See [`Report::duplicates`].
    pub duplicates: u64,
    /// See [`Report::opposite_while_open`].
    pub opposite_while_open: u64,
    /// See [`Report::faults`].
    pub faults: u64,
    /// See [`Report::timeline_refused`].
    pub tripped: Vec<String>,
    /// See [`Report::violations`].
    pub violations: Vec<String>,
}

impl Tally {
    /// Counts an offence and writes its sentence.
    pub fn offend(&mut self, offence: Offence, action: &str, device: &str, at: &str) {
        let sentence = match offence {
            Offence::DoublesOpen => {
                self.duplicates += 1;
                format!("{action} for {device} at {at} while the same action was open")
            }
            Offence::RepeatsState => {
                self.duplicates += 1;
                format!("{action} for {device} at {at} although the device was in that state")
            }
            Offence::OppositeOpen => {
                self.opposite_while_open += 1;
                format!("{action} for {device} at {at} while the opposite action was open")
            }
        };
        self.violate(sentence);
    }

    /// Writes down what the timeline could not do.
    pub fn trip(&mut self, sentence: String) {
        if self.tripped.len() < MAX_VIOLATIONS {
            self.tripped.push(sentence);
        }
    }

    /// Writes a sentence, as long as there is room.
    pub fn violate(&mut self, sentence: String) {
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(sentence);
        }
    }
}
