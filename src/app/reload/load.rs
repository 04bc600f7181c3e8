//! Playbook files, read and compiled as a whole, or what is wrong with them. Nothing is changed here: all that can fail
//! about files fails before anything live is touched.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::playbook_files::{self, PlaybookFiles, ReadError};
use crate::app::reload::watch::Fingerprint;
use crate::config::Config;
use crate::domain::guard::Protections;
use crate::playbook::{CompiledFile, PlaybookSet, SourceFile, compile_file_but, lint};
use crate::yaml::{Diagnostic, Diagnostics};

/// What of the configuration playbooks are held against.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// What is never restricted.
    pub never: Protections,
    /// The names of those who can be told.
    pub receivers: Vec<String>,
}

impl Around {
    /// Of a configuration.
    pub fn of(config: &Config) -> Self {
        Self {
            never: config.never.clone(),
            receivers: config
                .receivers
                .iter()
                .map(|receiver| receiver.name.clone())
                .collect(),
        }
    }

    /// What is worth a look in a set. Where nobody is told of anything, playbooks may name whom they like.
    pub fn lint(&self, set: &PlaybookSet) -> Diagnostics {
        let mut found = lint::lint_shadowed(set, &self.never);
        if !self.receivers.is_empty() {
            let names: Vec<&str> = self.receivers.iter().map(String::as_str).collect();
            found.extend(lint::lint_receivers(set, &names));
        }
        found
    }
}

/// Files that can be used.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The set.
    pub set: Arc<PlaybookSet>,
    /// What is worth a look.
    pub warnings: Diagnostics,
}

/// Why files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or the directory cannot be read.
    #[error("{}", with_cause(.0))]
    Unreadable(ReadError),
    /// A playbook is wrong: everything that is wrong with any of them.
    #[error("{}", summary(.0))]
    Wrong(Diagnostics),
    /// They went on changing.
    #[error("the files of `{}` change while they are read", .0.display())]
    Moving(PathBuf),
    /// They were read, but are not to be used.
    #[error("`{}`: {why}", path.display())]
    Refused {
        /// Where they are.
        path: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// Reading them panicked.
    #[error("reading the playbooks failed: {0}")]
    Broken(String),
}

impl From<ReadError> for LoadError {
    fn from(error: ReadError) -> Self {
        Self::Unreadable(error)
    }
}

/// With what the system says: status and answers show one line, without a chain of causes.
fn with_cause(error: &ReadError) -> String {
    match error {
        ReadError::Io { source, .. } => format!("{error}: {source}"),
        ReadError::NotText(_) => error.to_string(),
    }
}

impl LoadError {
    /// The stable name of the reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "files_unreadable",
            Self::Wrong(_) => "playbooks_wrong",
            Self::Moving(_) => "files_moving",
            Self::Refused { .. } => "files_refused",
            Self::Broken(_) => "internal",
        }
    }

    /// The single things that are wrong.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Wrong(found) => found.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// All of it as text for people.
    pub fn in_full(&self) -> String {
        match self {
            Self::Wrong(found) => found.render(false),
            other => other.to_string(),
        }
    }
}

/// In one line: how much, and the first.
fn summary(found: &Diagnostics) -> String {
    let errors = found.errors();
    let first = found
        .iter()
        .find(|one| one.severity == crate::yaml::Severity::Error)
        .map(ToString::to_string)
        .unwrap_or_default();
    match errors {
        1 => first,
        n => format!("{n} errors, the first: {first}"),
    }
}

/// So many files are not worth another thread.
const FEW: usize = 100;
/// So often are files read again that change meanwhile.
const TRIES: usize = 5;

/// Reads and compiles a directory's playbooks, or one file; warns also of what of them the configuration makes
/// idle. Files that are as they were in `known` are taken over from it. The fingerprint is that of the files as
/// they were read.
pub fn load(
    path: &Path,
    around: &Around,
    known: Option<&PlaybookSet>,
) -> (Fingerprint, Result<Loaded, LoadError>) {
    load_with(path, around, known.map_or(Known::Nothing, Known::Set))
}

/// What is known of files before they are read.
#[derive(Clone, Copy, Debug)]
enum Known<'a> {
    Nothing,
    /// What they were.
    Set(&'a PlaybookSet),
    /// Texts that were in force before.
    Kept(&'a BTreeSet<String>),
}

fn load_with(path: &Path, around: &Around, known: Known<'_>) -> (Fingerprint, Result<Loaded, LoadError>) {
    let mut before = Fingerprint::of(path);
    for _ in 0..TRIES {
        let loaded = read(path, around, known);
        let after = Fingerprint::of(path);
        // Else some are from before a roll-out and some from after it.
        if after == before {
            return (before, loaded);
        }
        before = after;
    }
    (before, Err(LoadError::Moving(path.to_owned())))
}

/// The same, away from the threads that others wait for.
pub async fn load_aside(
    path: PathBuf,
    around: Around,
    known: Option<Arc<PlaybookSet>>,
) -> (Fingerprint, Result<Loaded, LoadError>) {
    let of_failure = path.clone();
    match tokio::task::spawn_blocking(move || load(&path, &around, known.as_deref())).await {
        Ok(loaded) => loaded,
        Err(error) => (
            Fingerprint::of(&of_failure),
            Err(LoadError::Broken(error.to_string())),
        ),
    }
}

/// The same where some of the files' texts were in force before: what nobody sees in those is told as a warning.
///
/// # Errors
/// As [`load`].
pub async fn load_kept_aside(
    path: PathBuf,
    around: Around,
    kept: BTreeSet<String>,
) -> Result<Loaded, LoadError> {
    let load = move || load_with(&path, &around, Known::Kept(&kept)).1;
    match tokio::task::spawn_blocking(load).await {
        Ok(loaded) => loaded,
        Err(error) => Err(LoadError::Broken(error.to_string())),
    }
}

/// The texts of a directory's playbooks, as they are.
///
/// # Errors
/// A file or the directory cannot be read.
pub fn texts(path: &Path) -> Result<Vec<SourceFile>, ReadError> {
    let found = PlaybookFiles::find(&[path.to_owned()])?;
    found
        .playbooks
        .iter()
        .map(|file| playbook_files::read(file))
        .collect()
}

fn read(path: &Path, around: &Around, known: Known<'_>) -> Result<Loaded, LoadError> {
    let files = texts(path)?;
    let compiled = match known {
        Known::Set(known) => known.recompile(&files),
        Known::Kept(kept) => PlaybookSet::of_files(compile_all(&files, kept)),
        Known::Nothing => PlaybookSet::of_files(compile_all(&files, &BTreeSet::new())),
    };
    let (set, mut warnings) = compiled.map_err(LoadError::Wrong)?;
    warnings.extend(around.lint(&set));
    Ok(Loaded {
        set: Arc::new(set),
        warnings,
    })
}

/// Compiles files on all cores, in their order.
fn compile_all(files: &[SourceFile], kept: &BTreeSet<String>) -> Vec<CompiledFile> {
    let compile = |file: &SourceFile| compile_file_but(file, kept);
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = files.len().div_ceil(cores).max(FEW);
    if files.len() <= share {
        return files.iter().map(compile).collect();
    }
    std::thread::scope(|scope| {
        let shares: Vec<_> = files
            .chunks(share)
            .map(|files| scope.spawn(move || files.iter().map(compile).collect::<Vec<_>>()))
            .collect();
        shares
            .into_iter()
            .flat_map(|share| {
                share
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(count: usize) -> Vec<SourceFile> {
        let file = |n| SourceFile {
            name: format!("p{n}.yaml"),
            text: format!(
                "id: p{n}\ntitle: t\nowner: o\nwhen: {{alert.category: c{n}}}\nthen:\n  - restrict_app_execution: {{comment: c, release: {{after: 4h}}}}\n"
            ),
        };
        (0..count).map(file).collect()
    }

    #[test]
    fn files_compiled_on_all_cores_are_those_compiled_one_after_the_other() {
        for count in [0, 1, FEW, 3 * FEW + 7] {
            let files = files(count);
            let (apart, _) =
                PlaybookSet::of_files(compile_all(&files, &BTreeSet::new())).expect("they are right");
            let (together, _) = PlaybookSet::compile(&files).expect("they are right");
            assert_eq!(apart.playbooks().len(), count);
            assert_eq!(apart.hash(), together.hash(), "{count}");
        }
    }

    #[tokio::test]
    async fn what_nobody_sees_is_forgiven_in_a_text_that_was_in_force_and_in_no_other() {
        let mut files = files(2);
        for file in &mut files {
            file.text = file.text.replace("owner: o", "owner: o # \u{200b}");
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let load = async |kept: &[&SourceFile]| {
            let kept = kept.iter().map(|file| file.text.clone()).collect();
            load_kept_aside(folder.path().to_owned(), Around::default(), kept).await
        };
        for file in &files {
            std::fs::write(folder.path().join(&file.name), &file.text).expect("the folder takes a file");
        }
        let Err(LoadError::Wrong(found)) = load(&[&files[0]]).await else {
            panic!("the other one is new");
        };
        assert_eq!(
            (found.errors(), found.warnings()),
            (1, 1),
            "{}",
            found.render(false)
        );
        let loaded = load(&[&files[0], &files[1]]).await.expect("both were in force");
        assert_eq!(loaded.set.playbooks().len(), 2);
        assert_eq!(loaded.warnings.warnings(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_of_every_file_in_the_same_order() {
        let mut files = files(3 * FEW);
        for n in [2, FEW + 3, 3 * FEW - 1] {
            files[n].text = format!("id: p{n}\n");
        }
        let apart =
            PlaybookSet::of_files(compile_all(&files, &BTreeSet::new())).expect_err("three are wrong");
        let together = PlaybookSet::compile(&files).expect_err("three are wrong");
        assert_eq!(apart.render(false), together.render(false));
        assert!(apart.errors() >= 3);
    }
}
