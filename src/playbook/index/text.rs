//! One text against the words and needles of many playbooks at once. Called by the index alone.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

use super::bits::{Bits, Posting};

/// Words and the playbooks that wait for them.
#[derive(Debug, Default)]
pub struct Words(HashMap<String, Posting>);

impl Words {
    /// Words of playbooks whose numbers are below `bound`.
    pub fn new(words: HashMap<String, Vec<u32>>, bound: usize) -> Self {
        let posting = |(word, numbers)| (word, Posting::new(numbers, bound));
        Self(words.into_iter().map(posting).collect())
    }

    /// The playbooks behind a word in lower case.
    pub fn get(&self, lower: &str) -> Option<&Posting> {
        if self.0.is_empty() {
            None
        } else {
            self.0.get(lower)
        }
    }
}

/// Where in a text a needle must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stands {
    /// At its beginning.
    First,
    /// At its end.
    Last,
    /// Anywhere.
    Anywhere,
}

/// Parts of texts, all looked for in one walk over the text.
#[derive(Debug)]
pub struct Needles {
    automaton: AhoCorasick,
    /// For each needle of the automaton: where it must stand, and for whom.
    postings: Vec<Vec<(Stands, Posting)>>,
}

impl Needles {
    /// Needles, in lower case, of playbooks whose numbers are below `bound`; `None` without needles.
    ///
    /// # Errors
    /// They are too many for one automaton.
    pub fn new(
        needles: HashMap<String, Vec<(Stands, u32)>>,
        bound: usize,
    ) -> Result<Option<Self>, BuildError> {
        if needles.is_empty() {
            return Ok(None);
        }
        let mut needles: Vec<_> = needles.into_iter().collect();
        needles.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles.iter().map(|(needle, _)| needle))?;
        let postings = needles.into_iter().map(|(_, waiting)| {
            let of = |stands| {
                let wait = waiting.iter().filter(|(other, _)| *other == stands);
                (
                    stands,
                    Posting::new(wait.map(|(_, number)| *number).collect(), bound),
                )
            };
            [Stands::First, Stands::Last, Stands::Anywhere]
                .map(of)
                .into_iter()
                .filter(|(_, posting)| !posting.is_empty())
                .collect()
        });
        Ok(Some(Self {
            automaton,
            postings: postings.collect(),
        }))
    }

    /// Adds the playbooks with a needle in the text, which is in lower case.
    pub fn add_found(&self, lower: &str, set: &mut Bits) {
        for found in self.automaton.find_overlapping_iter(lower) {
            for (stands, posting) in &self.postings[found.pattern().as_usize()] {
                let fits = match stands {
                    Stands::First => found.start() == 0,
                    Stands::Last => found.end() == lower.len(),
                    Stands::Anywhere => true,
                };
                if fits {
                    posting.add_to(set);
                }
            }
        }
    }
}
