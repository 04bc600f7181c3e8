//! The sources of events but the webhook, whose handlers stand in [`crate::web`]: what they read comes in here.
//!
//! Each kind of source has a loop of its own below, with its client of the outside in [`crate::intake`]. An [`Inlet`] is the end
//! that they share: bytes become events, the events are stored in one transaction, and only then may the loop acknowledge them.
//! A loop survives whatever its source and Postgres do, says so once, and holds up nothing else.

#[cfg(feature = "kafka")]
mod batch;
pub mod defender;
pub mod directory;
#[cfg(feature = "kafka")]
pub mod kafka;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "kafka")]
mod partition;
#[cfg(feature = "kafka")]
mod share;
pub mod sql;
mod trouble;
pub mod watch;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock;
use crate::domain::incoming::Stored;
use crate::domain::source::SourceState;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::failpoint;
use crate::intake::body::Lines;
use crate::intake::{Delivery, Reader};
use crate::limiter::SourceRate;
use crate::store::{Beside, Fence, Room, Store, StoreError};

/// Where the events of one source come in.
#[derive(Clone, Debug)]
pub struct Inlet {
    /// Postgres.
    pub store: Store,
    /// Whose events they are.
    pub tenant: TenantId,
    /// The source's name, in tables, logs and metrics.
    pub source: String,
    /// What its events may lead to.
    pub trust: Trust,
    /// How many of them may act; what is beyond asks.
    pub rate: Option<SourceRate>,
    /// How its messages are read.
    pub reader: Arc<Reader>,
    /// Rung when events were stored, so that whoever decides in this process need not wait for Postgres to tell it.
    pub stored: Arc<Notify>,
    /// How the source goes: its loop tells.
    pub state: SourceState,
}

/// A longer message is read on a thread of its own: about a millisecond's work. Bytes.
const SHORT: usize = 64 * 1024;
/// How long a source of ours waits at most before it looks again whether the inbox has room.
const FULL: Duration = Duration::from_secs(1);

/// Why nothing of a delivery was stored: it must not be acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum Unstored {
    /// Postgres is away, or refused it.
    #[error(transparent)]
    Store(StoreError),
    /// The part is another replica's by now, or stands elsewhere: what was read is to be forgotten.
    #[error("another replica reads this part of the source by now")]
    Fenced,
    /// The inbox is over its bound: try again after so long.
    #[error("the inbox is full for another {0:?}")]
    Full(Duration),
}

impl Inlet {
    /// What a message holds. One that cannot be taken as a whole is a dead letter; `place` says where it came from.
    pub fn read(&self, message: &[u8], lines: Lines, place: &str) -> Delivery {
        match Delivery::read(message, lines, &self.reader) {
            Ok(mut delivery) => {
                for letter in &mut delivery.dead {
                    letter.reason = format!("{} ({place})", letter.reason);
                }
                delivery
            }
            Err(broken) => {
                let mut delivery = Delivery::default();
                delivery.refuse(broken.reason(), &format!("{place}: {broken}"), message);
                delivery
            }
        }
    }

    /// The same, off the threads of the tasks when the message is long.
    pub async fn read_apart(&self, message: &[u8], lines: Lines, place: &str) -> Delivery {
        if message.len() <= SHORT {
            return self.read(message, lines, place);
        }
        let (inlet, message, place) = (self.clone(), message.to_vec(), place.to_owned());
        let read = tokio::task::spawn_blocking(move || inlet.read(&message, lines, &place));
        match read.await {
            Ok(delivery) => delivery,
            // It panicked, and the reader with it; or the runtime ends.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Stores all of it in one transaction, or nothing; with a fence, the position moves in the same one. The outcomes are in
    /// the order of the delivery's events. After `Ok` it may be acknowledged, and not before.
    ///
    /// # Errors
    /// [`Unstored`].
    pub async fn store(&self, delivery: Delivery, fence: Option<&Fence>) -> Result<Vec<Stored>, Unstored> {
        self.store_with(delivery, fence.map_or(Beside::Nothing, Beside::Fence))
            .await
    }

    /// The same with the deletion of what was submitted by SQL, which must all still be there.
    ///
    /// # Errors
    /// [`Unstored`]; `Fenced` when it is not.
    pub async fn store_submitted(&self, delivery: Delivery, seqs: &[i64]) -> Result<Vec<Stored>, Unstored> {
        self.store_with(delivery, Beside::Submissions(seqs)).await
    }

    async fn store_with(&self, delivery: Delivery, beside: Beside<'_>) -> Result<Vec<Stored>, Unstored> {
        let Delivery {
            incoming,
            dead,
            places,
        } = delivery;
        if let (Room::Full(wait), false) = (self.store.inbox_room(self.tenant), incoming.is_empty()) {
            // The long figure is for strangers by HTTP. Who asks here costs nothing and must not sleep past the room.
            return Err(Unstored::Full(wait.min(FULL)));
        }
        let events = incoming.len();
        let trust = SourceRate::trust(self.rate.as_ref(), self.trust, events);
        let give_back = |unused: usize| {
            if let (Some(rate), true) = (&self.rate, trust == self.trust) {
                rate.give_back(unused);
            }
        };
        let from = (self.source.as_str(), trust);
        failpoint::reach!(EventReceivedNothingStored);
        let stored = self
            .store
            .events_accept_with(self.tenant, from, incoming, dead, beside)
            .await;
        let stored = stored.map_err(|error| {
            give_back(events);
            if error.is_part_lost() {
                return Unstored::Fenced;
            }
            if !error.is_unavailable() {
                self.state.unstorable(&crate::store::chain(&error), clock::now());
            }
            Unstored::Store(error)
        })?;
        self.stored.notify_one();
        self.state.stored(clock::now());
        failpoint::reach!(StoredNotAcknowledged);
        let duplicates = stored.iter().filter(|stored| stored.duplicate).count();
        give_back(duplicates);
        self.count("duplicate", duplicates);
        self.count("accepted", stored.len() - duplicates);
        self.count("rejected", places.rejected.len());
        Ok(stored)
    }

    fn count(&self, outcome: &'static str, records: usize) {
        metrics::counter!("quell_source_events_total", "source" => self.source.clone(), "outcome" => outcome)
            .increment(records as u64);
    }
}
