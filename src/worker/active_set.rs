//! The playbooks in force: proposed from files, activated by one compare-and-swap in Postgres, taken from there by every
//! replica, so that all of them judge by the same set.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::domain::tenant::TenantId;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::{Because, RevisionText, Store, StoreError};

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
        let Some(active) = store.set_read(tenant).await? else {
            return Ok(None);
        };
        let files: Vec<SourceFile> = active
            .playbooks
            .iter()
            .map(|p| SourceFile {
                name: format!("{}.yaml", p.playbook),
                text: p.text.clone(),
            })
            .collect();
        match PlaybookSet::compile(&files) {
            Ok((set, _)) => {
                tracing::info!(
                    version = active.version,
                    playbooks = set.playbooks().len(),
                    "playbook set in force"
                );
                *held = Some((active.version, Arc::new(set)));
            }
            Err(errors) => {
                tracing::error!(
                    version = active.version,
                    error = errors.render(false),
                    "the active playbook set does not compile with this version of quell; events wait"
                );
                *held = None;
            }
        }
        Ok(held.clone())
    }
}

/// Activates a compiled set, unless it is in force already; gives its version.
///
/// # Errors
/// Postgres is away, or others changed the set again and again.
pub async fn propose(store: &Store, tenant: TenantId, set: &PlaybookSet) -> Result<i64, StoreError> {
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
        let because = Because {
            by: "start",
            reason: "the playbooks of the configuration",
        };
        if let Some(version) = store
            .set_activate(tenant, set.hash(), &texts, expected, because)
            .await?
        {
            tracing::info!(
                version,
                playbooks = texts.len(),
                hash = set.hash(),
                "playbook set activated"
            );
            return Ok(version);
        }
    }
    Err(StoreError::Stale("the active playbook set"))
}
