//! The playbooks in force: proposed from files or by an operator, activated by one compare-and-swap in Postgres, taken
//! from there by every replica, so that all of them judge by the same set.
//!
//! A set is compiled before it is needed and with no lock held: whoever proposes one hands over what it has compiled
//! ([`InForce::offer`]), the others follow the activation ([`follow`]). Changing the set is then one exchange of a
//! pointer. `decide` asks for the very version that its transaction has seen; the version before is kept for batches
//! that began under it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::tenant::TenantId;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::{Activation, Because, Origin, RevisionText, SetHead, Store, StoreError};
use crate::worker::{Context, Outage, pause, within_unless_stopped};

/// The sets that a process judges by, compiled, with their versions.
#[derive(Debug, Default)]
pub struct InForce {
    held: Mutex<Held>,
    /// One compiles, the others wait for it.
    loading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Held {
    /// The newest first; at most [`KEPT`].
    sets: Vec<(i64, Arc<PlaybookSet>)>,
    /// Compiled and about to be proposed.
    offered: Option<Arc<PlaybookSet>>,
    /// The version that does not compile, so that it is said once.
    unusable: Option<i64>,
}

/// The set in force, and the one before for what began under it.
const KEPT: usize = 2;

/// Longer than it takes to read and compile the largest set.
const COMPILING: Duration = Duration::from_secs(300);

impl InForce {
    /// The compiled set of that version, if it is at hand. Never waits.
    pub fn at(&self, version: i64) -> Option<Arc<PlaybookSet>> {
        let held = self.held();
        let found = held.sets.iter().find(|(held, _)| *held == version);
        found.map(|(_, set)| Arc::clone(set))
    }

    /// Hands over a compiled set that is about to be proposed: if it is activated, nobody compiles it again.
    pub fn offer(&self, set: &Arc<PlaybookSet>) {
        self.held().offered = Some(Arc::clone(set));
    }

    /// Gets the active set ready to be judged by. `None`: no set was ever activated, or the stored one does not compile
    /// with this version of Quell, which is said in the log.
    ///
    /// Call it with no transaction open: it may compile thousands of playbooks.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn load(&self, store: &Store, tenant: TenantId) -> Result<Option<SetHead>, StoreError> {
        let _one_at_a_time = self.loading.lock().await;
        let Some(active) = store.set_active(tenant).await? else {
            return Ok(None);
        };
        if self.at(active.version).is_some() {
            return Ok(Some(active));
        }
        let set = match self.known(&active.hash) {
            Some(set) => Ok(set),
            None => compiled(&store.set_playbooks(tenant, &active.hash).await?, self.newest()).await,
        };
        let version = active.version;
        let mut held = self.held();
        match set {
            Ok(set) => {
                tracing::info!(
                    version,
                    playbooks = set.playbooks().len(),
                    hash = active.hash,
                    "playbook set in force"
                );
                held.sets.insert(0, (version, set));
                held.sets.truncate(KEPT);
                held.unusable = None;
                Ok(Some(active))
            }
            Err(why) => {
                if held.unusable.replace(version) != Some(version) {
                    tracing::error!(
                        version,
                        error = why,
                        "the active playbook set does not compile with this version of quell; events wait"
                    );
                }
                Ok(None)
            }
        }
    }

    /// A set that was compiled before, by its hash.
    fn known(&self, hash: &str) -> Option<Arc<PlaybookSet>> {
        let held = self.held();
        let known = held.offered.iter().chain(held.sets.iter().map(|(_, set)| set));
        known.into_iter().find(|set| set.hash() == hash).cloned()
    }

    fn newest(&self) -> Option<Arc<PlaybookSet>> {
        self.held().sets.first().map(|(_, set)| Arc::clone(set))
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Compiles stored texts, away from the threads that others wait for. What is unchanged is taken over from an earlier set.
async fn compiled(
    playbooks: &[RevisionText],
    earlier: Option<Arc<PlaybookSet>>,
) -> Result<Arc<PlaybookSet>, String> {
    let files: Vec<SourceFile> = playbooks
        .iter()
        .map(|p| SourceFile {
            name: format!("{}.yaml", p.playbook),
            text: p.text.clone(),
        })
        .collect();
    let compile = move || {
        let compiled = match earlier {
            Some(earlier) => earlier.recompile(&files),
            None => PlaybookSet::compile(&files),
        };
        let compiled = compiled.or_else(|_| PlaybookSet::compile_kept(&files));
        compiled.map(|(set, _)| Arc::new(set))
    };
    match tokio::task::spawn_blocking(compile).await {
        Ok(compiled) => compiled.map_err(|errors| errors.render(false)),
        Err(panicked) => Err(panicked.to_string()),
    }
}

/// Follows the activations of others, so that a set is compiled before the next event asks for it. Works until stopped.
pub async fn follow(context: Context, in_force: Arc<InForce>, stop: CancellationToken) {
    let mut outage = Outage::default();
    loop {
        let load = in_force.load(&context.store, context.tenant);
        let wait = match within_unless_stopped(COMPILING, &stop, load).await {
            Ok(active) => {
                outage.worked("the playbook set");
                if let Some(active) = active {
                    #[expect(clippy::cast_precision_loss, reason = "a gauge; versions count activations")]
                    metrics::gauge!("quell_playbooks_set_version", "tenant" => context.tenant_name.clone())
                        .set(active.version as f64);
                }
                None
            }
            Err(error) => Some(outage.failed("the playbook set", &error)),
        };
        if !pause(&stop, &context.wakes.playbooks, wait).await {
            return;
        }
    }
}

/// Who proposes, and what must still be the case.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// What does it.
    pub origin: Origin,
    /// Who, and why.
    pub because: Because<'a>,
    /// The version that must still be the active one; `None`: no set may be active.
    pub expected: Option<i64>,
}

/// Activates a compiled set; gives its version. `None`: another set is active than expected, and nothing was changed.
///
/// # Errors
/// Postgres is away.
pub async fn activate(
    store: &Store,
    tenant: TenantId,
    set: &PlaybookSet,
    proposal: Proposal<'_>,
) -> Result<Option<i64>, StoreError> {
    let playbooks: Vec<RevisionText> = set
        .playbooks()
        .iter()
        .map(|p| RevisionText {
            playbook: p.id.clone(),
            revision: p.revision.clone(),
            mode: p.mode,
            text: p.text.clone(),
        })
        .collect();
    let activation = Activation {
        hash: set.hash(),
        playbooks: &playbooks,
        expected: proposal.expected,
        origin: proposal.origin,
        because: proposal.because,
    };
    let version = store.set_activate(tenant, &activation).await?;
    if let Some(version) = version {
        tracing::info!(
            version,
            playbooks = playbooks.len(),
            hash = set.hash(),
            by = proposal.because.by,
            reason = proposal.because.reason,
            "playbook set activated"
        );
    }
    Ok(version)
}

/// Activates a compiled set from files, whatever is in force, unless it is in force already; gives its version.
///
/// # Errors
/// Postgres is away, or others changed the set again and again.
pub async fn propose(store: &Store, tenant: TenantId, set: &PlaybookSet) -> Result<i64, StoreError> {
    for _ in 0..5 {
        let active = store.set_active(tenant).await?;
        if let Some(active) = active.as_ref().filter(|active| active.hash == set.hash()) {
            return Ok(active.version);
        }
        let proposal = Proposal {
            origin: Origin::Files,
            because: Because {
                by: "start",
                reason: "the playbooks of the configuration",
            },
            expected: active.map(|active| active.version),
        };
        if let Some(version) = activate(store, tenant, set, proposal).await? {
            return Ok(version);
        }
    }
    Err(StoreError::Stale("the active playbook set"))
}
