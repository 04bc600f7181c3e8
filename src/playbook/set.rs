//! All playbooks together: compiled in one run that reports every error of every file, sorted by id, hashed as a whole.

mod what_if;

use std::collections::hash_map::Entry;
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
    playbooks: Vec<Arc<Playbook>>,
    /// What each playbook's file deserves, in the same order; nothing in a set that differs from its files, of which no
    /// playbook may be taken over.
    warnings: Vec<Diagnostics>,
    index: Arc<Index>,
    hash: String,
}

/// One file, compiled, or what is wrong with it. Made by [`compile_file`], which needs nothing but the file: many may be
/// made at once.
#[derive(Debug)]
pub struct CompiledFile {
    playbook: Option<Arc<Playbook>>,
    found: Diagnostics,
}

/// Compiles one file, for [`PlaybookSet::of_files`].
pub fn compile_file(file: &SourceFile) -> CompiledFile {
    compiled(yaml::parse(&file.name, &file.text))
}

/// The same where some texts were in force before: those are compiled as [`PlaybookSet::compile_kept`] does, all others as new ones.
pub fn compile_file_but(file: &SourceFile, kept: &BTreeSet<String>) -> CompiledFile {
    match kept.contains(&file.text) {
        true => compile_kept(file),
        false => compile_file(file),
    }
}

/// The same of a text that was in force: what nobody sees in it is told and keeps nothing from working as it did.
fn compile_kept(file: &SourceFile) -> CompiledFile {
    let mut compiled = compiled(yaml::parse_kept(&file.name, &file.text));
    compiled.found.extend(yaml::unseen(&file.name, &file.text));
    compiled.found.forgive(Code::HIDDEN);
    compiled
}

fn compiled(parsed: Result<yaml::Document, Diagnostics>) -> CompiledFile {
    let mut found = Diagnostics::default();
    let document = match parsed {
        Ok(document) => document,
        Err(found) => {
            return CompiledFile {
                playbook: None,
                found,
            };
        }
    };
    let playbook = compile::compile(&document, &mut found);
    if let Some(playbook) = &playbook {
        lint::lint(playbook, &document, &mut found);
    }
    CompiledFile {
        playbook: playbook.map(Arc::new),
        found,
    }
}

impl PlaybookSet {
    /// Compiles files into a set, with the warnings that they deserve.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files, warnings included. Nothing is usable then.
    pub fn compile(files: &[SourceFile]) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::of_files(files.iter().map(compile_file))
    }

    /// Compiles the stored texts of playbooks that are or were in force. What a later version refuses in new files because nobody sees it
    /// was read when they came into force, and is read so still: an update of the program takes no set out of force.
    ///
    /// # Errors
    /// As [`PlaybookSet::compile`], but for what nobody sees.
    pub fn compile_kept(files: &[SourceFile]) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::of_files(files.iter().map(compile_kept))
    }

    /// The same as [`PlaybookSet::compile`] at the cost of what has changed: a file whose name and text are as they were
    /// in this set is taken over from it.
    ///
    /// # Errors
    /// As [`PlaybookSet::compile`].
    pub fn recompile(&self, files: &[SourceFile]) -> Result<(Self, Diagnostics), Diagnostics> {
        let known: HashMap<&str, usize> = (self.playbooks.iter().enumerate())
            .map(|(at, playbook)| (playbook.file.as_str(), at))
            .collect();
        let unchanged = |file: &SourceFile| {
            let at = known.get(file.name.as_str()).copied()?;
            (self.playbooks[at].text == file.text).then_some(at)
        };
        Self::of_files(files.iter().map(|file| {
            let taken_over = unchanged(file).and_then(|at| self.taken_over(at));
            taken_over.unwrap_or_else(|| compile_file(file))
        }))
    }

    fn taken_over(&self, at: usize) -> Option<CompiledFile> {
        Some(CompiledFile {
            found: self.warnings.get(at)?.clone(),
            playbook: Some(Arc::clone(&self.playbooks[at])),
        })
    }

    /// Puts compiled files together.
    ///
    /// # Errors
    /// As [`PlaybookSet::compile`].
    pub fn of_files(
        files: impl IntoIterator<Item = CompiledFile>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut found = Diagnostics::default();
        let mut playbooks: Vec<(Arc<Playbook>, Diagnostics)> = Vec::new();
        let mut taken: HashMap<String, String> = HashMap::new();
        for file in files {
            found.extend(file.found.clone());
            let Some(playbook) = file.playbook else { continue };
            match taken.entry(playbook.id.clone()) {
                Entry::Occupied(first) => found.extend(duplicate_id(&playbook, first.get())),
                Entry::Vacant(free) => {
                    free.insert(playbook.file.clone());
                    playbooks.push((playbook, file.found));
                }
            }
        }
        found.sort();
        if found.has_errors() {
            return Err(found);
        }
        playbooks.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        let (playbooks, warnings) = playbooks.into_iter().unzip();
        let set = Self {
            warnings,
            ..Self::of(playbooks)
        };
        Ok((set, found))
    }

    /// Some playbooks of the set as a set of their own; `None` when one is not there.
    pub fn only(&self, ids: &[&str]) -> Option<Self> {
        let ids: BTreeSet<_> = ids.iter().collect();
        let playbooks = ids
            .into_iter()
            .map(|id| self.place(id).map(|at| Arc::clone(&self.playbooks[at])));
        playbooks.collect::<Option<_>>().map(Self::of)
    }

    /// `playbooks` are sorted by id.
    fn of(playbooks: Vec<Arc<Playbook>>) -> Self {
        let listing: String = playbooks
            .iter()
            .map(|p| format!("{} {}\n", p.id, p.revision))
            .collect();
        Self {
            index: Arc::new(Index::new(&playbooks)),
            playbooks,
            warnings: Vec::new(),
            hash: sha256_hex(listing.as_bytes()),
        }
    }

    /// The hash over ids and revisions, in hex.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The playbooks, sorted by id.
    pub fn playbooks(&self) -> &[Arc<Playbook>] {
        &self.playbooks
    }

    /// The playbooks that are not off and of whose `when` no line is false, sorted by id: every other one is plainly no
    /// match. The index finds them in a time that hardly grows with the number of playbooks.
    pub fn candidates(&self, subject: &Subject<'_>) -> impl Iterator<Item = &Playbook> {
        let alive = self.index.candidates(subject);
        alive.into_ones().map(|number| &*self.playbooks[number])
    }

    /// The playbook with that id.
    pub fn get(&self, id: &str) -> Option<&Playbook> {
        self.place(id).map(|at| &*self.playbooks[at])
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.playbooks
            .binary_search_by(|playbook| playbook.id.as_str().cmp(id))
            .ok()
    }
}

/// Parses the file once more, to tell where its id stands.
fn duplicate_id(playbook: &Playbook, first: &str) -> Diagnostics {
    let document = match yaml::parse(&playbook.file, &playbook.text) {
        Ok(document) => document,
        Err(found) => return found,
    };
    let root = document.root();
    let map = root.map(&mut Diagnostics::default());
    let place = map.and_then(|map| map.get("id")).unwrap_or(root);
    let message = format!("the id `{}` is taken by `{first}`", playbook.id);
    Diagnostics::from(
        place
            .diagnostic(Code::DUPLICATE_ID, message)
            .help("give one of them another id and name"),
    )
}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;

#[cfg(test)]
mod kept_tests;
