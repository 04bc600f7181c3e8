//! All playbooks together: compiled in one run that reports every error of every file, sorted by id, hashed as a whole.

mod what_if;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::compile::{self, Playbook, sha256_hex};
use super::index::Index;
use super::lint;
use super::subject::Subject;
use crate::yaml::{self, Code, Diagnostics};

/// A playbook file as its reader found it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name for messages; its last part without the ending is the playbook's id.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Playbooks that work together. Immutable; a reload makes a new one.
#[derive(Clone, Debug)]
pub struct PlaybookSet {
    playbooks: Vec<Playbook>,
    index: Arc<Index>,
    hash: String,
}

impl PlaybookSet {
    /// Compiles files into a set, with the warnings that they deserve.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files, warnings included. Nothing is usable then.
    pub fn compile(files: &[SourceFile]) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut found = Diagnostics::default();
        let mut playbooks: Vec<Playbook> = Vec::new();
        let mut taken: HashMap<String, usize> = HashMap::new();
        for file in files {
            let document = match yaml::parse(&file.name, &file.text) {
                Ok(document) => document,
                Err(errors) => {
                    found.extend(errors);
                    continue;
                }
            };
            let Some(playbook) = compile::compile(&document, &mut found) else {
                continue;
            };
            if let Some(first) = taken.get(&playbook.id) {
                let message = format!(
                    "the id `{}` is taken by `{}`",
                    playbook.id, playbooks[*first].file
                );
                let root = document.root();
                let map = root.map(&mut Diagnostics::default());
                let place = map.and_then(|map| map.get("id")).unwrap_or(root);
                found.push(
                    place
                        .diagnostic(Code::DUPLICATE_ID, message)
                        .help("give one of them another id and name"),
                );
                continue;
            }
            lint::lint(&playbook, &document, &mut found);
            taken.insert(playbook.id.clone(), playbooks.len());
            playbooks.push(playbook);
        }
        found.sort();
        if found.has_errors() {
            return Err(found);
        }
        Ok((Self::of(playbooks), found))
    }

    /// Some playbooks of the set as a set of their own; `None` when one is not there.
    pub fn only(&self, ids: &[&str]) -> Option<Self> {
        let ids: BTreeSet<_> = ids.iter().collect();
        let playbooks = ids.into_iter().map(|id| self.get(id).cloned());
        playbooks.collect::<Option<_>>().map(Self::of)
    }

    fn of(mut playbooks: Vec<Playbook>) -> Self {
        playbooks.sort_by(|a, b| a.id.cmp(&b.id));
        let listing: String = playbooks
            .iter()
            .map(|p| format!("{} {}\n", p.id, p.revision))
            .collect();
        Self {
            index: Arc::new(Index::new(&playbooks)),
            playbooks,
            hash: sha256_hex(listing.as_bytes()),
        }
    }

    /// The hash over ids and revisions, in hex.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The playbooks, sorted by id.
    pub fn playbooks(&self) -> &[Playbook] {
        &self.playbooks
    }

    /// The playbooks that are not off and of whose `when` no line is false, sorted by id: every other one is plainly no
    /// match. The index finds them in a time that hardly grows with the number of playbooks.
    pub fn candidates(&self, subject: &Subject<'_>) -> impl Iterator<Item = &Playbook> {
        let alive = self.index.candidates(&self.playbooks, subject);
        alive.into_ones().map(|number| &self.playbooks[number])
    }

    /// The playbook with that id.
    pub fn get(&self, id: &str) -> Option<&Playbook> {
        let at = self
            .playbooks
            .binary_search_by(|playbook| playbook.id.as_str().cmp(id))
            .ok()?;
        self.playbooks.get(at)
    }
}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
