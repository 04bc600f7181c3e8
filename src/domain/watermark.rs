//! Where a reader stands in a list that is ordered by the time of the last change, and what it asks for next. Pure: pages and
//! the time go in, the next place comes out. [`crate::worker::intake`](mod@crate::worker::intake) reads Defender's alerts by it, and keeps the place with what it
//! read.
//!
//! A round reads everything that was changed since the mark less the overlap, the longest unchanged first, and ends with a page
//! that is the last one. Only then does the mark move: to the latest change that was seen, less what the round took, since what
//! was indexed behind the reader's back while it read is as late as that. The next page is asked for by the time of the last
//! entry, not by number, because an entry that is changed while others are read moves to the end and would let one that
//! follows it slip through. By number go on only entries that were all changed at one moment, and a list that is not in order.
//!
//! The mark is a time of the other side's clock and is moved by its stamps alone, so a difference between the clocks loses
//! nothing. What is stamped later than now by our clock does not pull it along: a stamp of next year would hide a year.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How the list is read, every span as it holds in real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How late an entry may be indexed and is found all the same.
    pub overlap: Duration,
    /// Entries in one page.
    pub top: u32,
    /// Entries in one page at most: asked for where a whole page was changed at one moment.
    pub most: u32,
}

/// The place. As text it is JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watermark {
    /// What was changed before this, and is not more than the overlap late, was read.
    pub mark: Timestamp,
    /// The round under way, where it is not at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    round: Option<Round>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Round {
    /// When it began, by our clock.
    began: Timestamp,
    /// The page to come holds what was changed at this moment or later.
    from: Timestamp,
    /// So many of them were read.
    #[serde(default)]
    skip: u64,
    /// A whole page was changed at the moment: a larger one is asked for.
    #[serde(default)]
    wide: bool,
    /// The list is not in order, so pages go by number to its end.
    #[serde(default)]
    by_number: bool,
    /// The latest change so far.
    #[serde(default)]
    seen: Option<Timestamp>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Changed at this moment or later.
    pub since: Timestamp,
    /// So many of them are passed over.
    pub skip: u64,
    /// So many at most.
    pub top: u32,
}

/// What came.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// When each entry was changed; `None`: it does not say.
    pub changed: &'a [Option<Timestamp>],
    /// There are no more.
    pub is_last: bool,
}

impl Watermark {
    /// Begins so long before now: what was changed earlier is history.
    pub fn starting(now: Timestamp, since: Duration) -> Self {
        Self {
            mark: less(now, since),
            round: None,
        }
    }

    /// Reads a place that was kept.
    ///
    /// # Errors
    /// It was kept by something else, or by a version that knows more.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The same place with a round under way: a new one, where none is.
    #[must_use]
    pub fn in_round(&self, terms: &Terms, now: Timestamp) -> Self {
        let begun = || Round {
            began: now,
            from: less(self.mark, terms.overlap),
            skip: 0,
            wide: false,
            by_number: false,
            seen: None,
        };
        Self {
            mark: self.mark,
            round: Some(self.round.clone().unwrap_or_else(begun)),
        }
    }

    /// What is asked for here.
    pub fn question(&self, terms: &Terms) -> Question {
        let (since, skip, wide) = match &self.round {
            Some(round) => (round.from, round.skip, round.wide),
            None => (less(self.mark, terms.overlap), 0, false),
        };
        Question {
            since,
            skip,
            top: if wide { terms.most } else { terms.top },
        }
    }

    /// The place after a page that was asked for here.
    #[must_use]
    pub fn after(&self, page: &Page<'_>, terms: &Terms, now: Timestamp) -> Self {
        let Some(mut round) = self.in_round(terms, now).round else {
            return self.clone();
        };
        let times = || page.changed.iter().flatten().copied();
        round.seen = round.seen.max(times().max());
        if page.is_last || page.changed.is_empty() {
            let took = now.duration_since(round.began).max(SignedDuration::ZERO);
            let reached = round.seen.map(|seen| seen.min(now));
            let reached = reached.and_then(|reached| reached.checked_sub(took).ok());
            return Self {
                mark: reached.map_or(self.mark, |reached| reached.max(self.mark)),
                round: None,
            };
        }
        round.by_number |= !times().is_sorted() || times().next().is_none_or(|first| first < round.from);
        let last = times().last().filter(|last| *last > round.from);
        match last {
            Some(last) if !round.by_number => {
                (round.from, round.skip, round.wide) = (last, 0, false);
            }
            _ if !round.by_number && !round.wide && round.skip == 0 && terms.top < terms.most => {
                round.wide = true;
            }
            _ => round.skip += page.changed.len() as u64,
        }
        Self {
            mark: self.mark,
            round: Some(round),
        }
    }

    /// Whether a round is under way, so that the next page is due at once.
    pub fn is_amid(&self) -> bool {
        self.round.is_some()
    }

    /// What was changed before this was read, but for what is indexed late.
    pub fn reached(&self) -> Timestamp {
        let round = self.round.as_ref();
        round.map_or(self.mark, |round| round.from.max(self.mark))
    }

    /// What was changed before this will not be asked for again, unless the mark stands still.
    pub fn horizon(&self, terms: &Terms) -> Timestamp {
        less(self.mark, terms.overlap)
    }
}

impl std::fmt::Display for Watermark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| std::fmt::Error)?;
        f.write_str(&text)
    }
}

fn less(at: Timestamp, span: Duration) -> Timestamp {
    SignedDuration::try_from(span)
        .ok()
        .and_then(|span| at.checked_sub(span).ok())
        .unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
#[path = "watermark_tests.rs"]
mod tests;
