//! Sweeps Defender's inventory: every device, page by page, as often as the configuration says, by whoever holds the lease.
//! What was read stands in the database, so a crash costs one page. A sweep holds at most half of what reads may hold, so that
//! following actions and fetching the facts of a device that an event waits for go on beside it. It calls nothing that changes
//! anything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::defender::{Client, InventoryPage, InventoryPlace, Machine, ReadError};
use crate::domain::device::kind::KindSigns;
use crate::domain::device::{DeviceFacts, DeviceId, DeviceIdRule};
use crate::limiter::SecondGuard;
use crate::store::StoreError;
use crate::store::inventory::{PageStored, Sweep, SweepDue, SweepTerms, SweptPage};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, bounded, chain, retry, within};

/// Storing a large page, or counting a large fleet, takes longer than one word with Postgres.
const STORING: Duration = Duration::from_secs(60);

/// The loop's parts.
pub struct Sweeper {
    /// What the loops share.
    pub context: Context,
    /// The client.
    pub client: Arc<Client>,
    /// Stands behind the reads' ledger.
    pub guard: SecondGuard,
    /// When sweeps are due.
    pub terms: SweepTerms,
    /// Devices in one read, at most.
    pub page: u32,
    /// What a device id must look like.
    pub device_ids: DeviceIdRule,
    /// What tells a device's kind before its platform does.
    pub kinds: KindSigns,
    /// The pause after a page that could not be had, doubling.
    pub backoff: Duration,
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// A page was stored, and there is another one.
    Page,
    /// The sweep is complete; so many devices count.
    Complete(u64),
    /// Nothing is due for so long.
    Nothing(Duration),
    /// Defender did not answer as it should, or no read may be made: the same page comes again.
    Later,
    /// The listing cannot be used; the sweep is given up.
    GivenUp,
}

impl Sweeper {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut failures = 0;
        while self.context.leadership.wait(&stop).await.is_some() {
            let swept = tokio::select! {
                () = stop.cancelled() => return,
                swept = self.run_once(&stop) => swept,
            };
            let wait = match swept {
                Ok(swept) => {
                    outage.worked("sweeping the inventory");
                    match swept {
                        Swept::Page => {
                            failures = 0;
                            continue;
                        }
                        // Looked at now and then, since the clock may jump, and another replica may have swept.
                        Swept::Nothing(wait) => {
                            wait.clamp(Duration::from_millis(10), Duration::from_secs(60))
                        }
                        Swept::Complete(_) | Swept::GivenUp => Duration::from_millis(10),
                        Swept::Later => {
                            failures += 1;
                            retry::delay(failures, self.backoff, self.backoff * 64)
                        }
                    }
                }
                Err(error) => outage.failed("sweeping the inventory", &error),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Reads and stores one page, if one is due.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<Swept, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let sweep = match bounded(store.sweep_due(tenant, self.terms)).await? {
            SweepDue::Page(sweep) => sweep,
            SweepDue::In(wait) => return Ok(Swept::Nothing(wait)),
        };
        let page = match self.read(&sweep, stop).await? {
            Ok(page) => page,
            Err(error) => return self.not_read(&sweep, &error, stop).await,
        };
        let (devices, refused) = self.accepted(page.machines);
        let place = page.next.as_ref();
        let stored = SweptPage {
            devices: &devices,
            refused: refused + page.unreadable,
            next_page: place.and_then(|place| place.query.as_deref()),
            received: devices.len() as u64 + refused + page.unreadable,
        };
        match within(STORING, store.sweep_store(tenant, &sweep, &stored)).await? {
            PageStored::More | PageStored::Taken => Ok(Swept::Page),
            PageStored::Complete(fleet) => {
                metrics::gauge!("quell_inventory_devices", "tenant" => self.context.tenant_name.clone())
                    .set(fleet as f64);
                tracing::info!(devices = fleet, "the inventory was read");
                Ok(Swept::Complete(fleet))
            }
            PageStored::Circle => {
                metrics::counter!("quell_inventory_failures_total").increment(1);
                tracing::warn!("the inventory's pages go in a circle, so the sweep is given up");
                Ok(Swept::GivenUp)
            }
        }
    }

    /// The next page. Its read is settled either way.
    async fn read(
        &self,
        sweep: &Sweep,
        stop: &CancellationToken,
    ) -> Result<Result<InventoryPage, ReadError>, StoreError> {
        let context = Context {
            gate: self.context.gate.beside_others(),
            ..self.context.clone()
        };
        let reads = Reads::new(context, self.guard.clone());
        let place = InventoryPlace {
            query: sweep.next_page.clone(),
            received: sweep.received,
        };
        let read = match reads.permit("list", stop).await {
            Some(permit) => self.client.inventory_page(permit, &place, self.page).await,
            None => Err(ReadError::NoPermit {
                reason: "the process stops, postgres is away, or reads are held".to_owned(),
            }),
        };
        reads.settle(read.as_ref().err()).await?;
        Ok(read)
    }

    async fn not_read(
        &self,
        sweep: &Sweep,
        error: &ReadError,
        stop: &CancellationToken,
    ) -> Result<Swept, StoreError> {
        if stop.is_cancelled() || matches!(error, ReadError::NoPermit { .. }) {
            return Ok(Swept::Later);
        }
        tracing::warn!(error = chain(error), "the inventory cannot be read");
        metrics::counter!("quell_inventory_failures_total").increment(1);
        if matches!(error, ReadError::Malformed { .. } | ReadError::Forbidden { .. }) {
            bounded(self.context.store.sweep_abandon(sweep, &chain(error))).await?;
            return Ok(Swept::GivenUp);
        }
        Ok(Swept::Later)
    }

    /// The devices that may be kept, each once and in the order of their ids, and how many entries are left out.
    fn accepted(&self, machines: Vec<Machine>) -> (Vec<(DeviceId, DeviceFacts)>, u64) {
        let listed = machines.len();
        let mut devices: BTreeMap<DeviceId, DeviceFacts> = machines
            .into_iter()
            .filter_map(|machine| Some((self.device_ids.accept(&machine.id).ok()?, machine.facts)))
            .collect();
        for (id, facts) in &mut devices {
            self.kinds.apply(id, facts);
        }
        let refused = (listed - devices.len()) as u64;
        (devices.into_iter().collect(), refused)
    }
}
