//! A person puts playbooks in force, all of them or none. Behind `quell playbooks activate` and `POST /v1/playbooks/activate`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::words::{ago, plain, short};
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::guard::Protections;
use crate::domain::person::By;
use crate::domain::verdict::Mode;
use crate::playbook::{PlaybookSet, SourceFile, compile_file_but, lint};
use crate::store::views::ActivationView;
use crate::store::{Activation, Because, Origin, RevisionText, SetHead};
use crate::yaml::{Code, Diagnostics};

/// So much of a hash is shown.
const SHORT: usize = 12;

/// What is expected to be in force.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The beginning of the set's hash.
    pub hash: Option<String>,
    /// Its version; 0: none is in force.
    pub version: Option<i64>,
}

/// What was done, or would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ActivateReport)]
pub struct Report {
    /// Whether another set is in force now.
    pub is_changed: bool,
    /// Whether nothing was to be done in earnest.
    pub is_dry_run: bool,
    /// The version in force after it; before the first activation none.
    pub version: Option<i64>,
    /// The hash of the set that was asked for.
    pub hash: String,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What differs from the set before, in words.
    pub changes: Vec<String>,
    /// How many playbooks are as they were.
    pub unchanged: usize,
    /// What no new file may hold and was read all the same, because these texts were in force before.
    pub forgiven: Vec<String>,
    /// Replicas whose files are another set.
    pub files_differ: Vec<String>,
}

impl Expected {
    /// Whether what is in force is what the person has seen.
    fn is(&self, active: Option<&SetHead>) -> bool {
        let of_hash = self.hash.as_deref().is_none_or(|beginning| {
            active.is_some_and(|active| active.hash.starts_with(&beginning.to_ascii_lowercase()))
        });
        let of_version = self
            .version
            .is_none_or(|version| active.map_or(0, |active| active.version) == version);
        of_hash && of_version
    }
}

/// The set of these files, and what is worth a look in them. It may take a while: call it where nothing waits for it.
///
/// * `kept`: texts that were in force before, as [`Desk::kept`] tells.
///
/// # Errors
/// Everything that is wrong with any of them.
pub fn compile(
    files: &[SourceFile],
    kept: &BTreeSet<String>,
    never: &Protections,
) -> Result<(PlaybookSet, Diagnostics), Diagnostics> {
    let compiled = files.iter().map(|file| compile_file_but(file, kept));
    let (set, mut warnings) = PlaybookSet::of_files(compiled)?;
    warnings.extend(lint::lint_shadowed(&set, never));
    Ok((set, warnings))
}

/// Which warnings tell of what no new file may hold.
fn forgiven(warnings: &Diagnostics) -> Vec<String> {
    let hidden = warnings.iter().filter(|one| one.code == Code::HIDDEN);
    hidden.map(ToString::to_string).collect()
}

impl Desk {
    /// Which of these texts are refused only for what nobody sees in them, and were in force before as they are: whoever goes back to
    /// what worked must not be kept from it by a stricter reading that came later.
    ///
    /// * `wrong`: what is wrong with the files as new ones.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn kept(
        &self,
        files: &[SourceFile],
        wrong: &Diagnostics,
    ) -> Result<BTreeSet<String>, DeskError> {
        let hidden = wrong.iter().filter(|one| one.code == Code::HIDDEN);
        let hidden: BTreeSet<&str> = hidden.map(|one| one.file.as_str()).collect();
        let mut kept = BTreeSet::new();
        for file in files.iter().filter(|file| hidden.contains(file.name.as_str())) {
            let Ok((set, _)) = PlaybookSet::compile_kept(std::slice::from_ref(file)) else {
                continue;
            };
            for playbook in set.playbooks() {
                let (id, revision) = (&playbook.id, &playbook.revision);
                let stored = self
                    .store
                    .revisions_find(self.tenant, Some(id), revision, 1)
                    .await?;
                // A revision leaves comments out, and one may hide something in those.
                if stored.iter().any(|one| one.text == playbook.text) {
                    kept.insert(file.text.clone());
                }
            }
        }
        Ok(kept)
    }

    /// Puts a set in force, or says what would change.
    ///
    /// * `warnings`: those that it was compiled with.
    ///
    /// # Errors
    /// Another set is in force than expected, or Postgres is away.
    pub async fn activate(
        &self,
        (set, warnings): (&PlaybookSet, &Diagnostics),
        expected: &Expected,
        is_dry_run: bool,
        by: &By,
    ) -> Result<Report, DeskError> {
        let (store, tenant) = (&self.store, self.tenant);
        let active = store.set_active(tenant).await?;
        if !expected.is(active.as_ref()) {
            return Err(self.another_set().await?);
        }
        let before = match &active {
            Some(active) => store.set_playbooks(tenant, &active.hash).await?,
            None => Vec::new(),
        };
        let before = before
            .into_iter()
            .map(|p| (p.playbook, (p.revision, p.mode)))
            .collect();
        let (changes, unchanged) = changes(&before, set);
        // Before the set is put in force: what is answered after that cannot fail any more.
        let files = store.files_of_replicas(tenant).await?;
        let is_same = active.as_ref().is_some_and(|active| active.hash == set.hash());
        let mut version = active.as_ref().map(|active| active.version);
        if !is_same && !is_dry_run {
            version = self.put_in_force(set, version, by).await?;
            if version.is_none() {
                return Err(self.another_set().await?);
            }
        }
        Ok(Report {
            is_changed: !is_same && !is_dry_run,
            is_dry_run,
            version,
            changes,
            unchanged,
            forgiven: forgiven(warnings),
            files_differ: files
                .into_iter()
                .filter(|files| files.set_hash.as_deref() != Some(set.hash()))
                .map(|files| files.replica)
                .collect(),
            hash: set.hash().to_owned(),
            by: by.who.clone(),
            reason: by.reason.clone(),
        })
    }

    async fn put_in_force(
        &self,
        set: &PlaybookSet,
        expected: Option<i64>,
        by: &By,
    ) -> Result<Option<i64>, DeskError> {
        let playbooks = set.playbooks().iter().map(|p| RevisionText {
            playbook: p.id.clone(),
            revision: p.revision.clone(),
            mode: p.mode,
            text: p.text.clone(),
        });
        let playbooks: Vec<RevisionText> = playbooks.collect();
        let activation = Activation {
            hash: set.hash(),
            playbooks: &playbooks,
            expected,
            origin: Origin::Operator,
            because: Because {
                by: &by.who,
                reason: &by.reason,
            },
        };
        let version = self
            .store
            .acting(by)
            .set_activate(self.tenant, &activation)
            .await?;
        if let Some(version) = version {
            let (by, reason) = (by.who.as_str(), by.reason.as_str());
            tracing::info!(
                version,
                playbooks = playbooks.len(),
                hash = set.hash(),
                by,
                reason,
                "playbook set activated"
            );
        }
        Ok(version)
    }

    /// That another set is in force, and which.
    async fn another_set(&self) -> Result<DeskError, DeskError> {
        let latest = self.store.set_history(self.tenant, 1).await?;
        let now = self.store.now().await?;
        let why = match latest.first() {
            None => "no set is in force, and another was expected; nothing was changed".to_owned(),
            Some(ActivationView {
                version,
                hash,
                activated_at,
                activated_by,
                reason,
                ..
            }) => plain(&format!(
                "another set is in force than expected: version {version}, set {}, activated {} by {}{}; nothing was changed",
                short(hash, SHORT),
                ago(now, *activated_at),
                activated_by.as_deref().unwrap_or("nobody known"),
                reason
                    .as_deref()
                    .map(|reason| format!(" ({reason})"))
                    .unwrap_or_default(),
            )),
        };
        Ok(DeskError::Refused(Refused::Stale, why))
    }
}

/// What differs, in words, and how many playbooks do not.
fn changes(before: &BTreeMap<String, (String, Mode)>, set: &PlaybookSet) -> (Vec<String>, usize) {
    let mut changes = Vec::new();
    for playbook in set.playbooks() {
        let id = &playbook.id;
        let revision = playbook.short_revision();
        match before.get(id) {
            None => changes.push(format!("adds {id}@{revision}, {}", playbook.mode.as_str())),
            Some((old, _)) if *old == playbook.revision => {}
            Some((old, mode)) => {
                let mode = match *mode == playbook.mode {
                    true => playbook.mode.as_str().to_owned(),
                    false => format!("{} -> {}", mode.as_str(), playbook.mode.as_str()),
                };
                changes.push(format!(
                    "changes {id}: {} -> {revision}, {mode}",
                    short(old, SHORT)
                ));
            }
        }
    }
    let unchanged = set.playbooks().len() - changes.len();
    for (id, (revision, mode)) in before.iter().filter(|(id, _)| set.get(id).is_none()) {
        changes.push(format!(
            "removes {id}@{}, {}",
            short(revision, SHORT),
            mode.as_str()
        ));
    }
    (changes, unchanged)
}
