//! Device facts on a miss: one device by `GET /api/machines/{id}`, several by one filtered list, within the reads'
//! budget. Events wait for them, a bounded time.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::defender::{Client, MAX_MACHINE_IDS, ReadError};
use crate::domain::device::DeviceId;
use crate::limiter::SecondGuard;
use crate::store::{FactsFound, StoreError};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, chain, pause};

/// The loop's parts.
pub struct FactsFetcher {
    /// What the loops share.
    pub context: Context,
    /// The client.
    pub client: Arc<Client>,
    /// Stands behind the reads' ledger.
    pub guard: SecondGuard,
    /// The pause after a failed fetch of a device, doubling.
    pub backoff: Duration,
}

impl FactsFetcher {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        while self.context.leadership.wait(&stop).await.is_some() {
            let wait = match self.run_once(&stop).await {
                Ok(0) => None,
                Ok(_) => {
                    outage.worked("fetching facts");
                    continue;
                }
                Err(error) => Some(outage.failed("fetching facts", &error)),
            };
            if !pause(&stop, &self.context.wakes.facts, wait).await {
                return;
            }
        }
    }

    /// Fetches one batch; says how many devices were asked for.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<usize, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let batch = i64::try_from(MAX_MACHINE_IDS).unwrap_or(50);
        let wanted = store.devices_wanting_facts(tenant, batch, self.backoff).await?;
        if wanted.is_empty() {
            return Ok(0);
        }
        let reads = Reads::new(self.context.clone(), self.guard.clone());
        let Some(found) = self.fetch(&wanted, &reads, stop).await else {
            return Ok(0);
        };
        reads.settle(found.as_ref().err()).await?;
        match found {
            Ok(found) => store.device_facts_store(tenant, &found).await?,
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    devices = wanted.len(),
                    "device facts cannot be fetched"
                );
                metrics::counter!("quell_facts_failures_total").increment(1);
                store.device_facts_failed(tenant, &wanted).await?;
            }
        }
        Ok(wanted.len())
    }

    /// `None`: no slot, because the process stops or Postgres is away.
    async fn fetch(
        &self,
        wanted: &[DeviceId],
        reads: &Reads,
        stop: &CancellationToken,
    ) -> Option<Result<Vec<FactsFound>, ReadError>> {
        if let [device] = wanted {
            let permit = reads.permit("get", stop).await?;
            let found = self.client.get_machine(permit, device).await;
            return Some(found.map(|machine| {
                vec![FactsFound {
                    device: device.clone(),
                    facts: machine.map(|machine| machine.facts),
                }]
            }));
        }
        let permit = reads.permit("list", stop).await?;
        let machines = match self.client.list_machines(permit, wanted).await {
            Ok(machines) => machines,
            Err(error) => return Some(Err(error)),
        };
        let mut found = Vec::with_capacity(wanted.len());
        for device in wanted {
            let machine = machines
                .iter()
                .find(|machine| machine.id.eq_ignore_ascii_case(device.as_str()));
            // One that the list leaves out is asked for by itself before it counts as unknown to Defender.
            let facts = match machine {
                Some(machine) => Some(machine.facts.clone()),
                None => {
                    let permit = reads.permit("get", stop).await?;
                    match self.client.get_machine(permit, device).await {
                        Ok(machine) => machine.map(|machine| machine.facts),
                        Err(error) => return Some(Err(error)),
                    }
                }
            };
            found.push(FactsFound {
                device: device.clone(),
                facts,
            });
        }
        Some(Ok(found))
    }
}
