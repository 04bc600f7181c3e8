//! Device facts on a miss: one device by `GET /api/machines/{id}`, several by one filtered list, within the reads'
//! budget. Events wait for them, a bounded time.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::defender::{Client, MAX_MACHINE_IDS, Machine, ReadError};
use crate::domain::device::kind::KindSigns;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::limiter::SecondGuard;
use crate::store::{FactsFound, StoreError};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, bounded, chain, pause, retry};

/// The loop's parts.
pub struct FactsFetcher {
    /// What the loops share.
    pub context: Context,
    /// The client.
    pub client: Arc<Client>,
    /// Stands behind the reads' ledger.
    pub guard: SecondGuard,
    /// What tells a device's kind before its platform does.
    pub kinds: KindSigns,
    /// The pause after a failed fetch of a device, doubling.
    pub backoff: Duration,
}

impl FactsFetcher {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut failures = 0;
        while self.context.leadership.wait(&stop).await.is_some() {
            let fetched = tokio::select! {
                () = stop.cancelled() => return,
                fetched = self.run_once(&stop) => fetched,
            };
            let wait = match fetched {
                Ok(Fetched::Nothing) => None,
                Ok(Fetched::All) => {
                    outage.worked("fetching facts");
                    failures = 0;
                    continue;
                }
                // Short of the time that events wait for facts.
                Ok(Fetched::Failed) => {
                    failures += 1;
                    Some(retry::delay(failures, self.backoff, self.backoff * 4))
                }
                Err(error) => Some(outage.failed("fetching facts", &error)),
            };
            let go_on = match wait {
                Some(wait) if failures > 0 => tokio::select! {
                    () = stop.cancelled() => false,
                    () = tokio::time::sleep(wait) => true,
                },
                wait => pause(&stop, &self.context.wakes.facts, wait).await,
            };
            if !go_on {
                return;
            }
        }
    }

    /// Fetches one batch.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<Fetched, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let batch = i64::try_from(MAX_MACHINE_IDS).unwrap_or(50);
        let wanted = bounded(store.devices_wanting_facts(tenant, batch, self.backoff)).await?;
        if wanted.is_empty() {
            return Ok(Fetched::Nothing);
        }
        let reads = Reads::new(self.context.clone(), self.guard.clone());
        let batch = self.fetch(&wanted, &reads, stop).await;
        reads.settle(batch.error.as_ref()).await?;
        if !batch.found.is_empty() {
            bounded(store.device_facts_store(tenant, &batch.found)).await?;
        }
        if !batch.unusable.is_empty() {
            // The fault of those devices alone: they wait, the others go on.
            bounded(store.device_facts_failed(tenant, &batch.unusable)).await?;
        }
        let Some(error) = batch.error else {
            return Ok(Fetched::All);
        };
        if matches!(error, ReadError::NoPermit { .. }) {
            return Ok(Fetched::Nothing);
        }
        tracing::warn!(error = chain(&error), "device facts cannot be fetched");
        metrics::counter!("quell_facts_failures_total").increment(1);
        Ok(Fetched::Failed)
    }

    /// What could be fetched, and what kept the rest from it.
    async fn fetch(&self, wanted: &[DeviceId], reads: &Reads, stop: &CancellationToken) -> Batch {
        let mut batch = Batch::default();
        let machines = match self.list(wanted, reads, stop).await {
            Ok(machines) => machines,
            // A list that cannot be used, for one entry perhaps: each is asked for by itself.
            Err(ReadError::Malformed { .. }) => Vec::new(),
            Err(error) => {
                return Batch {
                    error: Some(error),
                    ..batch
                };
            }
        };
        for device in wanted {
            let listed = machines
                .iter()
                .find(|machine| machine.id.eq_ignore_ascii_case(device.as_str()));
            // One that the list leaves out is asked for by itself before it counts as unknown to Defender.
            let facts = match listed {
                Some(machine) => Some(machine.facts.clone()),
                None => match self.get(device, reads, stop).await {
                    Ok(facts) => facts,
                    Err(error @ ReadError::Malformed { .. }) => {
                        tracing::warn!(device.id = %device, error = chain(&error), "a device's facts cannot be used");
                        batch.unusable.push(device.clone());
                        continue;
                    }
                    Err(error) => {
                        return Batch {
                            error: Some(error),
                            ..batch
                        };
                    }
                },
            };
            batch.found.push(FactsFound {
                device: device.clone(),
                facts: facts.map(|mut facts| {
                    self.kinds.apply(device, &mut facts);
                    facts
                }),
            });
        }
        batch
    }

    async fn list(
        &self,
        wanted: &[DeviceId],
        reads: &Reads,
        stop: &CancellationToken,
    ) -> Result<Vec<Machine>, ReadError> {
        if wanted.len() < 2 {
            return Ok(Vec::new());
        }
        let permit = reads.permit("list", stop).await.ok_or_else(no_permit)?;
        self.client.list_machines(permit, wanted).await
    }

    async fn get(
        &self,
        device: &DeviceId,
        reads: &Reads,
        stop: &CancellationToken,
    ) -> Result<Option<DeviceFacts>, ReadError> {
        let permit = reads.permit("get", stop).await.ok_or_else(no_permit)?;
        Ok(self
            .client
            .get_machine(permit, device)
            .await?
            .map(|machine| machine.facts))
    }
}

/// What one batch came to.
#[derive(Default)]
struct Batch {
    found: Vec<FactsFound>,
    /// Devices whose answer cannot be used.
    unusable: Vec<DeviceId>,
    /// What kept the rest from being asked for.
    error: Option<ReadError>,
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// No device wants its facts, or no read may be made.
    Nothing,
    /// All of a batch that can be had.
    All,
    /// Defender did not answer as it should: wait before asking again.
    Failed,
}

fn no_permit() -> ReadError {
    ReadError::NoPermit {
        reason: "the process stops, or postgres is away".to_owned(),
    }
}
