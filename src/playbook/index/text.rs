//! One text against the words and needles of many playbooks at once. Called by the index alone.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

use super::bits::Posting;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stands {
    /// At its beginning.
    First,
    /// At its end.
    Last,
    /// Anywhere.
    Anywhere,
}

/// Needles as they are gathered: each place of each text has a number.
#[derive(Debug, Default)]
pub struct Gathered {
    numbers: HashMap<String, Vec<(Stands, u32)>>,
    waiting: Vec<Vec<u32>>,
}

/// Parts of texts, all looked for in one walk over the text.
#[derive(Debug)]
pub struct Needles {
    automaton: AhoCorasick,
    /// For each text of the automaton: where it may stand, and the number of that needle.
    places: Vec<Vec<(Stands, u32)>>,
    /// Who waits for each needle.
    postings: Vec<Posting>,
}

impl Gathered {
    /// The number of a needle, a text in lower case at a place.
    pub fn number(&mut self, text: &str, stands: Stands) -> u32 {
        let places = match self.numbers.get_mut(text) {
            Some(places) => places,
            None => self.numbers.entry(text.to_owned()).or_default(),
        };
        if let Some((_, number)) = places.iter().find(|(other, _)| *other == stands) {
            return *number;
        }
        let number = self.waiting.len() as u32;
        places.push((stands, number));
        self.waiting.push(Vec::new());
        number
    }

    /// A playbook waits for a needle.
    pub fn wait(&mut self, text: &str, stands: Stands, playbook: u32) {
        let number = self.number(text, stands);
        self.waiting[number as usize].push(playbook);
    }

    /// What looks for them all, for playbooks whose numbers are below `bound`; `None` without needles.
    ///
    /// # Errors
    /// They are too many for one automaton.
    pub fn build(self, bound: usize) -> Result<Option<Needles>, BuildError> {
        if self.numbers.is_empty() {
            return Ok(None);
        }
        let mut texts: Vec<_> = self.numbers.into_iter().collect();
        texts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(texts.iter().map(|(text, _)| text))?;
        let posting = |numbers| Posting::new(numbers, bound);
        Ok(Some(Needles {
            automaton,
            places: texts.into_iter().map(|(_, places)| places).collect(),
            postings: self.waiting.into_iter().map(posting).collect(),
        }))
    }
}

impl Needles {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.postings.len()
    }

    /// Calls `found` with every needle in the text, which is in lower case, and with who waits for it.
    pub fn find(&self, lower: &str, mut found: impl FnMut(u32, &Posting)) {
        for place in self.automaton.find_overlapping_iter(lower) {
            for (stands, number) in &self.places[place.pattern().as_usize()] {
                let fits = match stands {
                    Stands::First => place.start() == 0,
                    Stands::Last => place.end() == lower.len(),
                    Stands::Anywhere => true,
                };
                if fits {
                    found(*number, &self.postings[*number as usize]);
                }
            }
        }
    }
}
