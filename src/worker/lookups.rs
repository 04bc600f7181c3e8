//! Looks devices up beyond the inventory, where the configuration wants it: one loop asks for the list of actions that Defender
//! has for a device, one read each; another for the antivirus, fifty devices a read, in a budget of its own, and asks anew
//! before what it knows of watched devices is too old. Both leave half of the reads to others. What Defender cannot answer is kept
//! as an answer that says nothing, so that no event waits for it again. It decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::defender::{Availability, AvailableActions, Client, FullAction, MAX_MACHINE_IDS, ReadError};
use crate::domain::budget::ReadScope;
use crate::domain::device::DeviceId;
use crate::domain::lookup::Lookup;
use crate::limiter::SecondGuard;
use crate::store::{LookupFound, StoreError};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, bounded, chain, pause, retry};

/// Devices whose list of actions is asked for before what came of it is written down.
const LISTS: i64 = 10;

/// Devices that are asked about one by one where they cannot be asked about at once, before what came of it is written down.
const SINGLES: usize = 10;

/// Of so many looks that find nothing wanted, one forgets what nobody asked for in a long time.
const FORGETS_EVERY: u32 = 500;

/// The longest reason of Defender's that is kept.
const REASON_CHARS: usize = 200;

/// The loop's parts.
pub struct Lookups {
    /// What the loops share.
    pub context: Context,
    /// The client.
    pub client: Arc<Client>,
    /// Stands behind the ledger of these reads.
    pub guard: SecondGuard,
    /// What is looked up.
    pub lookup: Lookup,
    /// The pause after a read that failed, doubling.
    pub backoff: Duration,
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookedAt {
    /// Nothing is wanted, or no read may be made.
    Nothing,
    /// So many devices were answered for.
    Devices(usize),
    /// Defender did not answer as it should: wait before asking again.
    Failed,
}

/// What a batch came to.
#[derive(Default)]
struct Batch {
    found: Vec<LookupFound>,
    /// What kept the rest from being asked for.
    error: Option<ReadError>,
}

impl Lookups {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let (mut failures, mut idle) = (0, 0_u32);
        while self.context.leadership.wait(&stop).await.is_some() {
            let looked = tokio::select! {
                () = stop.cancelled() => return,
                looked = self.run_once(&stop) => looked,
            };
            let wait = match looked {
                Ok(LookedAt::Devices(_)) => {
                    outage.worked("looking devices up");
                    failures = 0;
                    continue;
                }
                Ok(LookedAt::Nothing) => {
                    if idle % FORGETS_EVERY == 0
                        && let Err(error) =
                            bounded(self.context.store.lookups_forget(self.context.tenant)).await
                    {
                        tracing::debug!(error = chain(&error), "old look-ups stay for now");
                    }
                    idle = idle.wrapping_add(1);
                    None
                }
                Ok(LookedAt::Failed) => {
                    failures += 1;
                    Some(retry::delay(failures, self.backoff, self.backoff * 16))
                }
                Err(error) => Some(outage.failed("looking devices up", &error)),
            };
            if !pause(&stop, self.bell(), wait).await {
                return;
            }
        }
    }

    /// Asks for one batch.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<LookedAt, StoreError> {
        let (store, tenant, lookup) = (&self.context.store, self.context.tenant, self.lookup);
        let (most, refreshes) = match lookup {
            Lookup::AvailableActions => (LISTS, None),
            Lookup::Antivirus => (
                i64::try_from(MAX_MACHINE_IDS).unwrap_or(50),
                Some(self.context.gate.lookups.max_age),
            ),
        };
        let due = bounded(store.lookups_due(tenant, lookup, most, self.backoff, refreshes)).await?;
        if due.is_empty() {
            return Ok(LookedAt::Nothing);
        }
        let reads = self.reads();
        let batch = match lookup {
            Lookup::AvailableActions => self.lists(&due, &reads, stop).await,
            Lookup::Antivirus => self.antivirus(&due, &reads, stop).await,
        };
        reads.settle(batch.error.as_ref()).await?;
        let answered = batch.found.len();
        if answered > 0 {
            metrics::counter!("quell_lookups_total", "lookup" => lookup.as_str()).increment(answered as u64);
            bounded(store.lookups_store(tenant, lookup, &batch.found)).await?;
        }
        let Some(error) = batch.error else {
            return Ok(LookedAt::Devices(answered));
        };
        if matches!(error, ReadError::NoPermit { .. }) {
            return Ok(LookedAt::Nothing);
        }
        tracing::warn!(
            lookup = lookup.as_str(),
            error = chain(&error),
            "devices cannot be looked up"
        );
        metrics::counter!("quell_lookup_failures_total", "lookup" => lookup.as_str()).increment(1);
        let rest: Vec<DeviceId> = due
            .into_iter()
            .filter(|device| !batch.found.iter().any(|found| found.device == *device))
            .collect();
        bounded(store.lookups_failed(tenant, lookup, &rest)).await?;
        Ok(LookedAt::Failed)
    }

    /// Each device's list of actions.
    async fn lists(&self, due: &[DeviceId], reads: &Reads, stop: &CancellationToken) -> Batch {
        let mut batch = Batch::default();
        for device in due {
            let asked = match reads.permit("get", stop).await {
                Some(permit) => self.client.available_actions(permit, device).await,
                None => Err(no_permit()),
            };
            match asked {
                Ok(listed) => batch.found.push(LookupFound {
                    device: device.clone(),
                    // No such device, or no such address: nothing is said.
                    answer: listed.map(|listed| unavailable(&listed)),
                }),
                Err(error) if says_nothing(&error) => batch.found.push(self.unanswered(device, &error)),
                Err(error) => {
                    batch.error = Some(error);
                    break;
                }
            }
        }
        batch
    }

    /// The antivirus of all of them in one read; of each by itself where Defender does not take such a question.
    async fn antivirus(&self, due: &[DeviceId], reads: &Reads, stop: &CancellationToken) -> Batch {
        let mut batch = Batch::default();
        match self.antivirus_of(due, reads, stop).await {
            Ok(found) => batch.found = found,
            Err(ReadError::Malformed { .. }) if due.len() > 1 => {
                // The rest is due as before.
                for device in due.iter().take(SINGLES) {
                    match self.antivirus_of(std::slice::from_ref(device), reads, stop).await {
                        Ok(found) => batch.found.extend(found),
                        Err(error) if says_nothing(&error) => {
                            batch.found.push(self.unanswered(device, &error));
                        }
                        Err(error) => {
                            batch.error = Some(error);
                            break;
                        }
                    }
                }
            }
            Err(error) if says_nothing(&error) => {
                tracing::warn!(
                    devices = due.len(),
                    lookup = self.lookup.as_str(),
                    error = chain(&error),
                    "devices cannot be looked up"
                );
                let unanswered = |device: &DeviceId| LookupFound {
                    device: device.clone(),
                    answer: None,
                };
                batch.found = due.iter().map(unanswered).collect();
            }
            Err(error) => batch.error = Some(error),
        }
        batch
    }

    async fn antivirus_of(
        &self,
        devices: &[DeviceId],
        reads: &Reads,
        stop: &CancellationToken,
    ) -> Result<Vec<LookupFound>, ReadError> {
        let permit = reads.permit("get", stop).await.ok_or_else(no_permit)?;
        let rows = self.client.av_info(permit, devices).await?;
        let found = devices.iter().map(|device| LookupFound {
            device: device.clone(),
            // A device without a row, or a row without a mode, is not known.
            answer: rows
                .iter()
                .find(|row| row.machine_id.eq_ignore_ascii_case(device.as_str()))
                .and_then(|row| row.mode.value())
                .map(|mode| Value::from(mode.as_str())),
        });
        Ok(found.collect())
    }

    /// Asking again would help no more than before, so it counts as an answer.
    fn unanswered(&self, device: &DeviceId, error: &ReadError) -> LookupFound {
        tracing::warn!(device.id = %device, lookup = self.lookup.as_str(), error = chain(error),
            "a device cannot be looked up");
        LookupFound {
            device: device.clone(),
            answer: None,
        }
    }

    fn reads(&self) -> Reads {
        let context = Context {
            gate: self.context.gate.beside_others(),
            ..self.context.clone()
        };
        let own = match self.lookup {
            Lookup::AvailableActions => ReadScope::Reads,
            Lookup::Antivirus => ReadScope::Antivirus,
        };
        Reads::within(own, context, self.guard.clone())
    }

    fn bell(&self) -> &Notify {
        match self.lookup {
            Lookup::AvailableActions => &self.context.wakes.available_actions,
            Lookup::Antivirus => &self.context.wakes.antivirus,
        }
    }
}

/// What Defender does not have for a device, each with its reason in one line.
fn unavailable(listed: &AvailableActions) -> Value {
    let no = |action: FullAction| match listed.of(action) {
        Availability::No { reason } => Some((action.as_wire(), reason.chars().take(REASON_CHARS).collect())),
        Availability::Yes | Availability::Unsaid => None,
    };
    let named: BTreeMap<&str, String> = FullAction::ALL.into_iter().filter_map(no).collect();
    named
        .into_iter()
        .map(|(action, reason)| (action.to_owned(), Value::from(reason)))
        .collect()
}

/// Whether asking again will help nobody: it cannot be read, or may not be asked.
fn says_nothing(error: &ReadError) -> bool {
    matches!(error, ReadError::Malformed { .. } | ReadError::Forbidden { .. })
}

fn no_permit() -> ReadError {
    ReadError::NoPermit {
        reason: "the process stops, postgres is away, or reads are held".to_owned(),
    }
}
