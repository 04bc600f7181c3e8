//! The playbooks in force: proposed from files, activated by one compare-and-swap in Postgres, taken from there by every
//! replica, so that all of them judge by the same set.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use tokio::sync::Mutex;

use crate::domain::tenant::TenantId;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::{RevisionText, Store, StoreError};
use crate::worker::chain;

/// The set that a process judges by, compiled, with its version.
#[derive(Debug, Default)]
pub struct InForce(Mutex<Option<(i64, Arc<PlaybookSet>)>>);

impl InForce {
    /// The compiled set of that version, read from Postgres when it is another than the one at hand. `None`: no set was
    /// ever activated, or the stored one does not compile with this version of Quell, which is said in the log.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn get(
        &self,
        store: &Store,
        tenant: TenantId,
        version: Option<i64>,
    ) -> Result<Option<(i64, Arc<PlaybookSet>)>, StoreError> {
        let mut held = self.0.lock().await;
        if held.as_ref().map(|(version, _)| *version) == version {
            return Ok(held.clone());
        }
        let Some(active) = store.set_read(tenant).await? else { return Ok(None) };
        let files: Vec<SourceFile> = active
            .playbooks
            .iter()
            .map(|p| SourceFile { name: format!("{}.yaml", p.playbook), text: p.text.clone() })
            .collect();
        match PlaybookSet::compile(&files) {
            Ok((set, _)) => {
                tracing::info!(version = active.version, playbooks = set.playbooks().len(), "playbook set in force");
                *held = Some((active.version, Arc::new(set)));
            }
            Err(errors) => {
                tracing::error!(version = active.version, error = errors.render(false),
                    "the active playbook set does not compile with this version of quell; events wait");
                *held = None;
            }
        }
        Ok(held.clone())
    }
}

/// Reads, checks and activates the playbooks of a directory. A bad file changes nothing.
///
/// # Errors
/// A file cannot be read, a playbook is wrong (the message holds every error of every file), or Postgres is away.
pub async fn propose(store: &Store, tenant: TenantId, directory: &Path) -> anyhow::Result<i64> {
    let files = read_directory(directory)?;
    let (set, warnings) = match PlaybookSet::compile(&files) {
        Ok(compiled) => compiled,
        Err(errors) => bail!("the playbooks are not usable\n{}", errors.render(false)),
    };
    if !warnings.is_empty() {
        tracing::warn!(warnings = warnings.render(false), "playbooks have warnings");
    }
    let texts: Vec<RevisionText> = set
        .playbooks()
        .iter()
        .map(|p| RevisionText {
            playbook: p.id.clone(),
            revision: p.revision.clone(),
            mode: p.mode,
            text: p.text.clone(),
        })
        .collect();
    for _ in 0..5 {
        let active = store.set_read(tenant).await?;
        if let Some(active) = active.as_ref().filter(|active| active.hash == set.hash()) {
            return Ok(active.version);
        }
        let expected = active.map(|active| active.version);
        if let Some(version) = store.set_activate(tenant, set.hash(), &texts, expected).await? {
            tracing::info!(version, playbooks = texts.len(), hash = set.hash(), "playbook set activated");
            return Ok(version);
        }
    }
    bail!("the playbook set was changed by others five times in a row; try again")
}

/// The playbooks of a directory: `*.yaml` and `*.yml`, not those below it.
///
/// # Errors
/// The directory or a file cannot be read.
pub fn read_directory(directory: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let entries = std::fs::read_dir(directory)
        .with_context(|| format!("cannot read the playbook directory `{}`", directory.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.map(|entry| entry.path()).ok())
        .filter(|path| path.is_file() && path.extension().is_some_and(|ext| ext == "yaml" || ext == "yml"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read the playbook `{}`", path.display()))?;
            Ok(SourceFile { name: path.display().to_string(), text })
        })
        .collect()
}

/// Proposes again and again while Postgres is away; a wrong playbook is said once and the last good set stays.
pub async fn propose_when_reachable(
    store: Store,
    tenant: TenantId,
    directory: PathBuf,
    stop: tokio_util::sync::CancellationToken,
) {
    loop {
        match propose(&store, tenant, &directory).await {
            Ok(_) => return,
            Err(error) => {
                let is_away =
                    error.downcast_ref::<StoreError>().is_some_and(StoreError::is_unavailable);
                if !is_away {
                    tracing::error!(error = chain(error.as_ref()), "the playbooks are not activated; the last set stays");
                    return;
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {}
        }
    }
}
