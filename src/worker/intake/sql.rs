//! Takes what was submitted by SQL (`quell.submit_event`): stores it in one transaction with its deletion, so each submission is
//! taken exactly once. One loop for all such sources of a tenant, woken by Postgres.
//!
//! Of several replicas one works, which keeps the order of what was submitted; the lease is for that alone. Two at a time would be in each
//! other's way and do no harm: whoever deletes second stores nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::{self, Monotonic};
use crate::domain::tenant::TenantId;
use crate::intake::Delivery;
use crate::intake::body::Lines;
use crate::store::{Store, StoreError, Submission};
use crate::worker::intake::{Inlet, Unstored};
use crate::worker::wake::Wakes;
use crate::worker::{Outage, SILENCE, bounded, chain, pause};

/// So many submissions are stored in one transaction at most.
const BATCH: i64 = 500;
/// How long the work is leased, and how often that is renewed.
const SPAN: Duration = Duration::from_secs(15);
const RENEWED: Duration = Duration::from_secs(5);
/// The part of the source that is leased.
const PART: &str = "submissions";
/// What an outage is said of.
const WHAT: &str = "the intake of what is submitted by SQL";

/// The sources of a tenant that are submitted to by SQL.
pub struct SqlSources {
    /// Postgres.
    pub store: Store,
    /// The tenant.
    pub tenant: TenantId,
    /// This process.
    pub replica: Uuid,
    /// Where their events come in, with the roles whose members may submit.
    pub sources: Vec<(Inlet, Vec<String>)>,
    /// Rung when something was submitted.
    pub wakes: Arc<Wakes>,
}

/// One source as its loop sees it.
struct Taken<'a> {
    inlet: &'a Inlet,
    /// How many submissions are tried at once: fewer, while a batch could not be stored at once.
    most: i64,
    /// The last submission of that batch: behind it there are as many again.
    until: i64,
    /// Since when the lease is ours.
    leased: Option<(i64, Monotonic)>,
}

impl SqlSources {
    /// Takes until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut is_told = false;
        let mut sources: Vec<Taken<'_>> = self
            .sources
            .iter()
            .map(|(inlet, _)| Taken {
                inlet,
                most: BATCH,
                until: 0,
                leased: None,
            })
            .collect();
        loop {
            let done = match is_told {
                true => self.look(&mut sources).await,
                false => self.tell().await.map(|()| true),
            };
            let wait = match done {
                Ok(more) => {
                    outage.worked(WHAT);
                    if !std::mem::replace(&mut is_told, true) || more {
                        Some(Duration::ZERO)
                    } else {
                        None
                    }
                }
                Err(error) => Some(outage.failed(WHAT, &error)),
            };
            if !pause(&stop, &self.wakes.submissions, wait).await {
                break;
            }
        }
        for source in &sources {
            if let Some((epoch, _)) = source.leased {
                let part = (source.inlet.source.as_str(), PART);
                let given = self.store.source_part_release(self.tenant, part, epoch);
                let _ = tokio::time::timeout(Duration::from_secs(1), given).await;
            }
        }
    }

    /// Lets the function know which sources there are.
    async fn tell(&self) -> Result<(), StoreError> {
        let sources = self.sources.iter();
        let told: Vec<(String, Vec<String>)> = sources
            .map(|(inlet, roles)| (inlet.source.clone(), roles.clone()))
            .collect();
        let done = bounded(self.store.sql_sources_set(self.tenant, &told)).await;
        for (inlet, _) in &self.sources {
            say(inlet, &done);
        }
        done
    }

    /// Takes a batch of each source in turn; whether there may be more. Of several errors the first.
    async fn look(&self, sources: &mut [Taken<'_>]) -> Result<bool, StoreError> {
        let (mut more, mut failed) = (false, None);
        for source in sources {
            let taken = source.take(self.tenant, self.replica).await;
            say(source.inlet, &taken);
            match taken {
                Ok(others) => more |= others,
                // The others are asked all the same.
                Err(error) => drop(failed.get_or_insert(error)),
            }
        }
        failed.map_or(Ok(more), Err)
    }
}

impl Taken<'_> {
    async fn take(&mut self, tenant: TenantId, replica: Uuid) -> Result<bool, StoreError> {
        let store = &self.inlet.store;
        let waiting = bounded(store.submissions_next(tenant, &self.inlet.source, self.most)).await?;
        if waiting.is_empty() || !self.lease(tenant, replica).await? {
            return Ok(false);
        }
        let all = self.delivery(&waiting).await;
        match self.store(all, &waiting).await {
            Ok(()) => {
                self.passed(&waiting);
                Ok(true)
            }
            // Another process was faster. What there is is read anew.
            Err(Unstored::Fenced) => {
                self.leased = None;
                Ok(false)
            }
            Err(Unstored::Full(_)) => Ok(false),
            // Postgres would not take what one of them holds: find which, and keep it as a dead letter.
            Err(Unstored::Store(error)) if error.is_of_a_row() && waiting.len() > 1 => {
                self.fewer(1, &waiting);
                Ok(true)
            }
            Err(Unstored::Store(error)) if error.is_of_a_row() => {
                self.bury(&waiting, &error).await?;
                self.passed(&waiting);
                Ok(true)
            }
            Err(Unstored::Store(error)) => {
                if error.is_too_slow() {
                    self.fewer(self.most / 2, &waiting);
                }
                Err(error)
            }
        }
    }

    /// So many at once, until these are done with.
    fn fewer(&mut self, most: i64, waiting: &[Submission]) {
        self.most = most.max(1);
        let last = waiting.last().map_or(0, |one| one.seq);
        self.until = self.until.max(last);
    }

    fn passed(&mut self, waiting: &[Submission]) {
        if waiting.last().is_some_and(|one| one.seq >= self.until) {
            self.most = BATCH;
        }
    }

    /// Stores it with the deletion of those, and waits for Postgres no longer than that takes.
    async fn store(&self, delivery: Delivery, waiting: &[Submission]) -> Result<(), Unstored> {
        let seqs: Vec<i64> = waiting.iter().map(|one| one.seq).collect();
        let storing = tokio::time::timeout(SILENCE, self.inlet.store_submitted(delivery, &seqs)).await;
        storing
            .unwrap_or_else(|_| Err(Unstored::Store(StoreError::silent())))
            .map(drop)
    }

    /// Whether the work is this process's, for a while.
    async fn lease(&mut self, tenant: TenantId, replica: Uuid) -> Result<bool, StoreError> {
        if self.leased.is_some_and(|(_, since)| since.elapsed() < RENEWED) {
            return Ok(true);
        }
        let part = (self.inlet.source.as_str(), PART);
        let now = Monotonic::now();
        let held = bounded(self.inlet.store.source_part_take(tenant, part, replica, SPAN)).await?;
        self.leased = held.map(|held| (held.epoch, now));
        Ok(self.leased.is_some())
    }

    async fn delivery(&self, waiting: &[Submission]) -> Delivery {
        let mut all = Delivery::default();
        for one in waiting {
            let from = format!("submission {}", one.id);
            all.append(self.inlet.read_apart(&one.payload, Lines::Unsaid, &from).await);
        }
        all
    }

    async fn bury(&self, waiting: &[Submission], error: &StoreError) -> Result<(), StoreError> {
        let mut delivery = Delivery::default();
        for one in waiting {
            let why = format!("submission {}: {}", one.id, chain(error));
            delivery.refuse("not_storable", &why, &one.payload);
        }
        match self.store(delivery, waiting).await {
            Err(Unstored::Store(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Lets whoever shows it know how a source goes.
fn say<T>(inlet: &Inlet, done: &Result<T, StoreError>) {
    match done {
        Ok(_) => inlet.state.fine(),
        Err(error) => inlet.state.trouble(&chain(error), clock::now()),
    }
}
