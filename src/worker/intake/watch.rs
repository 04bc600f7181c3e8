//! Tells Postgres every few seconds how this replica's sources go, so that `quell status` can show it. Nothing depends on it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::source::SourceState;
use crate::domain::tenant::TenantId;
use crate::store::source_looks::SourceWord;
use crate::store::{Store, StoreError};
use crate::worker::lease::Replica;
use crate::worker::{Outage, bounded};

/// A source that is watched.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Whose events it brings.
    pub tenant: TenantId,
    /// Its name.
    pub source: String,
    /// Its kind.
    pub kind: &'static str,
    /// How it goes.
    pub state: SourceState,
}

/// The loop's parts.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Postgres.
    pub store: Store,
    /// Who tells.
    pub replica: Replica,
    /// All sources of this process.
    pub sources: Vec<Watched>,
}

const EVERY: Duration = Duration::from_secs(5);

impl Watch {
    /// Works until stopped; without a source there is nothing to tell.
    pub async fn run(self, stop: CancellationToken) {
        if self.sources.is_empty() {
            return stop.cancelled().await;
        }
        let mut outage = Outage::default();
        loop {
            let wait = match self.run_once().await {
                Ok(()) => {
                    outage.worked("telling how the sources go");
                    EVERY
                }
                Err(error) => outage.failed("telling how the sources go", &error).max(EVERY),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Tells once.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self) -> Result<(), StoreError> {
        let word = |watched: &Watched| SourceWord {
            tenant: watched.tenant,
            source: watched.source.clone(),
            kind: watched.kind,
            look: watched.state.look(),
        };
        let words: Vec<SourceWord> = self.sources.iter().map(word).collect();
        for word in &words {
            let is_up = f64::from(u8::from(word.look.trouble.is_none()));
            metrics::gauge!("quell_source_up", "source" => word.source.clone()).set(is_up);
        }
        bounded(
            self.store
                .source_words_store(self.replica.id, &self.replica.host, &words),
        )
        .await
    }
}
