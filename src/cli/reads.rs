//! Reads of Defender that a command makes beside the daemon: each has its slot in the daemon's own ledger first, and obeys what
//! Defender answers. Used by `quell doctor` and `quell probe`. Nothing here changes anything.

use std::time::Duration;

use crate::defender::{Client, Look, Question, ReadError};
use crate::desk::words::span;
use crate::domain::budget::throttle_pause;
use crate::domain::tenant::TenantId;
use crate::limiter::{CommittedAttempt, ReadPermit, SecondGuard};
use crate::store::{Gate, ReadOutcome, Store, StoreError};

/// A slot that is not free within this is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What reads of one tenant go through.
pub struct Aside<'a> {
    /// The ledger.
    pub store: &'a Store,
    /// Whose.
    pub tenant: TenantId,
    /// Its windows.
    pub gate: &'a Gate,
    /// The client.
    pub client: &'a Client,
    guard: SecondGuard,
}

/// Why nothing was read.
#[derive(Debug)]
pub enum NotRead {
    /// No slot may be had.
    Held(String),
    /// Postgres.
    Store(StoreError),
    /// Defender.
    Defender(ReadError),
}

impl<'a> Aside<'a> {
    /// For one command's run.
    ///
    /// # Errors
    /// A window cannot be kept.
    pub fn new(
        store: &'a Store,
        tenant: TenantId,
        gate: &'a Gate,
        client: &'a Client,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            guard: SecondGuard::new(&gate.reads)?,
            store,
            tenant,
            gate,
            client,
        })
    }

    /// Asks one question, with a slot of its own.
    ///
    /// # Errors
    /// [`NotRead`]: no slot, or nothing came back. A refusal of Defender's is a [`Look`].
    pub async fn ask(&self, question: &Question) -> Result<Look, NotRead> {
        let (id, permit) = self.permit().await?;
        let looked = self.client.look(permit, question).await;
        let error = match &looked {
            Ok(look) => look.error.as_ref(),
            Err(error) => Some(error),
        };
        let outcome = match error {
            None => "read",
            Some(ReadError::Throttled { .. }) => "throttled",
            Some(_) => "failed",
        };
        // What nobody answered Defender may count later than now: its slot keeps its latest possible time.
        if looked.is_ok() {
            self.store
                .read_finish(id, outcome)
                .await
                .map_err(NotRead::Store)?;
        }
        if let Some(ReadError::Throttled { retry_after, window }) = error {
            let pause = throttle_pause(*retry_after, *window, &self.gate.reads);
            self.store
                .reads_pause(self.tenant, self.gate, pause, "defender throttles reads")
                .await
                .map_err(NotRead::Store)?;
        }
        looked.map_err(NotRead::Defender)
    }

    async fn permit(&self) -> Result<(uuid::Uuid, ReadPermit), NotRead> {
        let mut patience = PATIENCE;
        loop {
            let reserved = self.store.read_reserve_aside(self.tenant, self.gate, "get").await;
            match reserved.map_err(NotRead::Store)? {
                ReadOutcome::Granted { id, send_deadline } => {
                    let read = CommittedAttempt { id, send_deadline };
                    return Ok((id, ReadPermit::from_committed(read, &self.guard)));
                }
                ReadOutcome::Wait(wait) if wait <= patience => {
                    tokio::time::sleep(wait).await;
                    patience = patience.saturating_sub(wait);
                }
                ReadOutcome::Wait(wait) => {
                    let wait = span(jiff::SignedDuration::try_from(wait).unwrap_or_default());
                    return Err(NotRead::Held(format!(
                        "the budget of reads has no slot free for another {wait}"
                    )));
                }
                ReadOutcome::Held => {
                    let why = "reads share the windows of calls (`budget.scope: shared`), which only the daemon that dispatches may spend";
                    return Err(NotRead::Held(why.to_owned()));
                }
            }
        }
    }
}
