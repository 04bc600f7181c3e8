//! The journal: every request as it came, in order, for tests and for a look at what a client really did.
//!
//! Written by the pipeline under the simulator's lock, before the reply goes out. Holds no tokens, no secrets, and of
//! bodies only the comment. When it is full the oldest entries go; the report counts separately and forgets nothing.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// One request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1.
    pub n: u64,
    /// When it arrived: wall time, seven fractional digits.
    pub at: String,
    /// Microseconds from the simulator's start to its arrival, on the monotonic clock, in real time.
    pub at_us: u64,
    /// The HTTP method.
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// The status that was meant to be answered; 0 when nothing was.
    pub status: u16,
    /// Which endpoint of the API it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub endpoint: Option<String>,
    /// The application whose token it showed; `none` without one, `bad` with one that is no good.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app: Option<String>,
    /// The device named in the path.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device: Option<String>,
    /// The action made, answered with, called back or read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<String>,
    /// The comment sent along.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<String>,
    /// The error code answered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// The fault that was put in the way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fault: Option<String>,
}

/// The latest requests.
#[derive(Debug)]
pub struct Journal {
    entries: VecDeque<Entry>,
    written: u64,
    limit: usize,
}

impl Journal {
    /// An empty journal that keeps at most `limit` entries.
    pub fn new(limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            written: 0,
            limit,
        }
    }

    /// Writes an entry and gives it its number.
    pub fn write(&mut self, entry: Entry) {
        self.written += 1;
        self.entries.push_back(Entry {
            n: self.written,
            ..entry
        });
        while self.entries.len() > self.limit {
            self.entries.pop_front();
        }
    }

    /// How many entries were ever written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The entries kept, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_journal_forgets_the_oldest_and_keeps_counting() {
        let mut journal = Journal::new(2);
        for status in [201, 429, 200] {
            journal.write(Entry {
                status,
                ..Entry::default()
            });
        }
        let kept: Vec<_> = journal
            .entries()
            .iter()
            .map(|entry| (entry.n, entry.status))
            .collect();
        assert_eq!(kept, [(2, 429), (3, 200)]);
        assert_eq!(journal.written(), 3);
    }
}
