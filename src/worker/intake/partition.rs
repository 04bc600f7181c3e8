//! One partition of a topic, from an offset on: fetched, read, stored with its offset in one transaction, and so on.
//!
//! Started by [`super::kafka`] for each partition that this replica holds; ends when that says so, or when the lease is
//! another's. Whatever else happens it goes on from the offset that is stored: nothing of a message is acknowledged anywhere
//! but in Postgres, so nothing is lost, and the fence lets nothing in twice.
//!
//! A batch is what was there, up to a bound; while it is stored the next one is fetched. What cannot be read is a dead letter
//! with its partition and offset, and the reading goes on after it.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::batch::{BATCH_RECORDS, Batch, batches, read};
use super::kafka::Shared;
use super::{Inlet, Unstored};
use crate::domain::incoming::{DeadLetter, Incoming};
use crate::domain::trust::Trust;
use crate::intake::Delivery;
use crate::intake::kafka::{Bounds, End, Fetched, KafkaError, Partition, Taken};
use crate::store::{Beside, Fence, Held, StoreError};
use crate::worker::retry::{delay, spread};
use crate::worker::{bounded, chain};

/// The reader of a partition.
pub(super) struct PartitionReader {
    broker: Broker,
    place: Place,
}

/// The way to the broker.
struct Broker {
    shared: Arc<Shared>,
    index: i32,
    link: Option<Partition>,
    failures: u32,
}

/// Where the reading stands.
struct Place {
    shared: Arc<Shared>,
    index: i32,
    held: Held,
    start: End,
}

/// So much is read sooner than another thread wakes up.
const SHORT: usize = 64 * 1024;

/// How long a try waits that follows one which failed: from, to.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The partition is another replica's.
struct Gone;

impl PartitionReader {
    pub(super) fn new(shared: Arc<Shared>, index: i32, held: Held, start: End) -> Self {
        Self {
            broker: Broker {
                shared: Arc::clone(&shared),
                index,
                link: None,
                failures: 0,
            },
            place: Place {
                shared,
                index,
                held,
                start,
            },
        }
    }

    /// Reads until the stop, or until the partition is another's.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        // What is dropped in the middle is a transaction that is rolled back, or one that was committed: the next reader
        // goes on from what is stored.
        tokio::select! {
            () = stop.cancelled() => {}
            gone = self.work() => {
                let Err(Gone) = gone else { return };
                tracing::info!(
                    source = self.place.shared.source.inlet.source,
                    partition = self.place.index,
                    "a partition is read by another replica, or from another offset"
                );
            }
        }
    }

    async fn work(&mut self) -> Result<(), Gone> {
        let mut next = self.begin().await?;
        let mut ahead: Option<Fetched> = None;
        let mut is_patient = true;
        loop {
            let fetched = match ahead.take() {
                Some(fetched) => fetched,
                None => match self.broker.fetch(next).await {
                    Ok(fetched) => fetched,
                    Err(OutOfRange) => {
                        next = self.recover(next).await?;
                        continue;
                    }
                },
            };
            let end = fetched.end;
            let fetched = Arc::new(fetched);
            let bounds = Bounds {
                is_patient,
                ..self.place.shared.source.bounds
            };
            let (batches, taken) = self.place.read(&fetched, next, bounds, BATCH_RECORDS).await;
            if taken.is_damaged && taken.next == next {
                // Once more over a new connection; after that it is a dead letter.
                is_patient = false;
                self.broker.link = None;
                continue;
            }
            is_patient = true;
            if taken.next == next {
                self.place.behind(end, next);
                if !fetched.is_empty() {
                    // Bytes that lead no further, at once: asked again, but not without end in a hurry.
                    self.broker.pause(FIRST_PAUSE).await;
                }
                continue;
            }
            let storing = self.place.store(&fetched, batches, next, taken.next, bounds);
            let (stored, following) = tokio::join!(storing, self.broker.fetch(taken.next));
            let reached = stored?;
            // Out of range: the next round meets it again. Storing may have read further than the first look did.
            ahead = following.ok().filter(|_| reached == taken.next);
            next = reached;
            self.place.behind(end, next);
        }
    }

    /// The offset to begin at. If none is stored it is chosen, and stored before anything is read: a restart must not choose
    /// again, and pass over what came meanwhile.
    async fn begin(&mut self) -> Result<i64, Gone> {
        if let Some(position) = &self.place.held.position {
            if let Ok(offset) = position.parse() {
                return Ok(offset);
            }
            tracing::error!(
                source = self.place.shared.source.inlet.source,
                partition = self.place.index,
                position,
                "a position is no offset: the partition is read from its start, as if it were new"
            );
        }
        let offset = self.broker.end(self.place.start).await;
        self.place.jump(offset, Vec::new()).await?;
        Ok(offset)
    }

    /// The offset is not there: retention removed it before it was read, or the topic was made anew. The reading goes on at
    /// the earliest that is there, and what is missing is told: in the log, in a metric, and as a dead letter.
    async fn recover(&mut self, offset: i64) -> Result<i64, Gone> {
        let earliest = self.broker.end(End::Earliest).await;
        let latest = self.broker.end(End::Latest).await;
        if (earliest..=latest).contains(&offset) {
            // It is there after all: the broker changed its mind, or another one leads.
            self.broker.pause(FIRST_PAUSE).await;
            return Ok(offset);
        }
        let source = &self.place.shared.source;
        let (topic, partition) = (&source.topic, self.place.index);
        let lost = earliest.saturating_sub(offset).max(0);
        let detail = if lost > 0 {
            format!(
                "the topic's retention removed {lost} messages of {topic}, partition {partition}, before they were read: offsets {offset} to {}",
                earliest - 1
            )
        } else {
            format!(
                "{topic}, partition {partition}, ends at offset {latest} and was read up to {offset}: it was made anew, and what the old one still held is lost"
            )
        };
        let name = source.inlet.source.as_str();
        tracing::error!(
            source = name,
            topic,
            partition,
            lost,
            from = offset,
            to = earliest,
            "messages were lost before they were read"
        );
        metrics::counter!("quell_source_lost_total", "source" => name.to_owned())
            .increment(lost.unsigned_abs());
        let letter = DeadLetter::new("lost", &detail, b"");
        self.place.jump(earliest, vec![letter]).await?;
        Ok(earliest)
    }
}

/// The broker says that an offset is not there.
struct OutOfRange;

impl Broker {
    /// Fetches, as often as it takes.
    async fn fetch(&mut self, from: i64) -> Result<Fetched, OutOfRange> {
        let portion = self.shared.source.portion;
        loop {
            let fetched = match self.link().await {
                Ok(link) => link.fetch(from, portion).await,
                Err(error) => Err(error),
            };
            match fetched {
                Ok(fetched) => {
                    self.worked();
                    return Ok(fetched);
                }
                Err(KafkaError::OutOfRange { .. }) => {
                    self.worked();
                    return Err(OutOfRange);
                }
                Err(error) => self.failed(&error).await,
            }
        }
    }

    /// Asks for an end, as often as it takes.
    async fn end(&mut self, end: End) -> i64 {
        loop {
            let offset = match self.link().await {
                Ok(link) => link.offset(end).await,
                Err(error) => Err(error),
            };
            match offset {
                Ok(offset) => {
                    self.worked();
                    return offset;
                }
                Err(error) => self.failed(&error).await,
            }
        }
    }

    async fn link(&mut self) -> Result<&mut Partition, KafkaError> {
        let link = match self.link.take().filter(Partition::is_usable) {
            Some(link) => link,
            None => {
                let source = &self.shared.source;
                source.cluster.partition(&source.topic, self.index).await?
            }
        };
        Ok(self.link.insert(link))
    }

    fn worked(&mut self) {
        if std::mem::take(&mut self.failures) > 0 {
            self.shared.worked(self.index);
        }
    }

    async fn failed(&mut self, error: &KafkaError) {
        self.link = None;
        self.failures = self.failures.saturating_add(1);
        // A leader that moves is no outage unless it does not come back.
        if !error.is_moved() || self.failures > 5 {
            self.shared.failed(self.index, error);
        }
        self.pause(delay(self.failures, FIRST_PAUSE, LONGEST_PAUSE)).await;
    }

    async fn pause(&self, span: Duration) {
        tokio::time::sleep(spread(span, &mut fastrand::Rng::new())).await;
    }
}

impl Place {
    fn behind(&self, end: i64, next: i64) {
        self.shared.lag(self.index, Some(end.saturating_sub(next).max(0)));
    }

    /// Takes apart what was fetched, from an offset on, and makes batches of it.
    async fn read(
        &self,
        fetched: &Arc<Fetched>,
        from: i64,
        bounds: Bounds,
        records: usize,
    ) -> (Vec<Batch>, Taken) {
        let (fetched, inlet) = (Arc::clone(fetched), self.shared.source.inlet.clone());
        let place = format!("{}, partition {}", self.shared.source.topic, self.index);
        let is_short = fetched.len() <= SHORT;
        let work = move || {
            let mut taken = fetched.take_apart(from, &bounds);
            let batches = batches(&inlet.reader, &mut taken, &place, records);
            (batches, taken)
        };
        if is_short {
            return work();
        }
        match tokio::task::spawn_blocking(work).await {
            Ok(read) => read,
            // It panicked, and the reader with it; or the runtime ends.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Stores batches one after another, as often as it takes; says where to go on, which may lie beyond `to`.
    async fn store(
        &mut self,
        fetched: &Arc<Fetched>,
        batches: Vec<Batch>,
        from: i64,
        to: i64,
        bounds: Bounds,
    ) -> Result<i64, Gone> {
        let mut at = from;
        let mut records = BATCH_RECORDS;
        let mut batches = batches;
        loop {
            let failed = self.store_each(batches, &mut at).await?;
            let Some((wait, is_of_a_row)) = failed else {
                return Ok(at);
            };
            tokio::time::sleep(wait).await;
            if is_of_a_row && records == 1 {
                // Postgres takes everything around this message and never this message itself.
                at = self.refuse(fetched, at, bounds).await?;
            } else if is_of_a_row {
                records = 1;
            }
            if at >= to {
                return Ok(at);
            }
            batches = self.read(fetched, at, bounds, records).await.0;
        }
    }

    /// Stores until something fails: how long to wait then, and whether one row is at fault.
    async fn store_each(
        &mut self,
        batches: Vec<Batch>,
        at: &mut i64,
    ) -> Result<Option<(Duration, bool)>, Gone> {
        for batch in batches {
            let fence = self.fence(batch.to);
            let (shared, written_ms) = (Arc::clone(&self.shared), batch.written_ms);
            let inlet = &shared.source.inlet;
            let is_nothing = batch.delivery.records() == 0;
            let stored = if is_nothing {
                self.pass(Vec::new(), &fence).await
            } else {
                storing(inlet, batch.delivery, Some(&fence)).await
            };
            match stored {
                Ok(()) => {
                    self.shared.postgres_worked();
                    self.held.position = Some(fence.to);
                    *at = batch.to;
                    if let Some(ms) = written_ms {
                        #[expect(clippy::cast_precision_loss, reason = "a gauge, to the second")]
                        metrics::gauge!("quell_source_last_message_timestamp_seconds", "source" => inlet.source.clone())
                            .set(ms as f64 / 1_000.0);
                    }
                }
                Err(Unstored::Fenced) => return Err(Gone),
                Err(Unstored::Full(wait)) => {
                    shared.count_error("full");
                    return Ok(Some((wait, false)));
                }
                Err(Unstored::Store(error)) => {
                    let is_of_a_row = error.is_of_a_row();
                    let wait = shared.postgres_failed(&error);
                    return Ok(Some((wait, is_of_a_row)));
                }
            }
        }
        Ok(None)
    }

    /// Stores each record of the message at an offset by itself, because Postgres refuses one of them as an event, and that one becomes
    /// a dead letter; says where to go on. After a crash in between they are all read again, and known.
    async fn refuse(&mut self, fetched: &Arc<Fetched>, at: i64, bounds: Bounds) -> Result<i64, Gone> {
        let taken = fetched.take_apart(at, &bounds);
        let Some(message) = taken.messages.first() else {
            return Ok(taken.next);
        };
        let to = message.offset.saturating_add(1);
        let place = format!(
            "{}, partition {}, offset {}",
            self.shared.source.topic, self.index, message.offset
        );
        let read = read(
            &self.shared.source.inlet.reader,
            message.value.as_deref().unwrap_or_default(),
            &place,
        );
        let detail = format!("{place}: postgres refuses to store this record");
        let mut letters = read.dead;
        for one in read.incoming {
            let payload = one.payload.clone();
            if !self.store_alone(one).await? {
                letters.push(DeadLetter::new("unstorable", &detail, &payload));
            }
        }
        self.jump(to, letters).await?;
        Ok(to)
    }

    /// Stores one record and moves nothing, as often as it takes; `false`: Postgres will never take it.
    async fn store_alone(&self, one: Incoming) -> Result<bool, Gone> {
        let alone = Delivery {
            incoming: vec![one],
            ..Delivery::default()
        };
        loop {
            let wait = match storing(&self.shared.source.inlet, alone.clone(), None).await {
                Ok(()) => {
                    self.shared.postgres_worked();
                    return Ok(true);
                }
                Err(Unstored::Fenced) => return Err(Gone),
                Err(Unstored::Full(wait)) => wait,
                Err(Unstored::Store(error)) if error.is_of_a_row() => return Ok(false),
                Err(Unstored::Store(error)) => self.shared.postgres_failed(&error),
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Moves the position without events, as often as it takes. What Postgres will not take even as a dead letter is left in the log.
    async fn jump(&mut self, to: i64, mut letters: Vec<DeadLetter>) -> Result<(), Gone> {
        let fence = self.fence(to);
        loop {
            match self.pass(letters.clone(), &fence).await {
                Ok(()) => {
                    self.shared.postgres_worked();
                    self.held.position = Some(fence.to);
                    return Ok(());
                }
                Err(Unstored::Fenced) => return Err(Gone),
                Err(Unstored::Full(wait)) => tokio::time::sleep(wait).await,
                Err(Unstored::Store(error)) if error.is_of_a_row() && !letters.is_empty() => {
                    let (topic, partition) = (&self.shared.source.topic, self.index);
                    tracing::error!(
                        topic,
                        partition,
                        to,
                        error = chain(&error),
                        "dead letters could not be kept"
                    );
                    letters.clear();
                }
                Err(Unstored::Store(error)) => {
                    let wait = self.shared.postgres_failed(&error);
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn pass(&self, letters: Vec<DeadLetter>, fence: &Fence) -> Result<(), Unstored> {
        let inlet = &self.shared.source.inlet;
        let from = (inlet.source.as_str(), Trust::Observe);
        let moved =
            inlet
                .store
                .events_accept_with(inlet.tenant, from, Vec::new(), letters, Beside::Fence(fence));
        bounded(moved).await.map(drop).map_err(|error| match error {
            error if error.is_part_lost() => Unstored::Fenced,
            error => Unstored::Store(error),
        })
    }

    fn fence(&self, to: i64) -> Fence {
        Fence {
            source: self.shared.source.inlet.source.clone(),
            part: self.held.part.clone(),
            epoch: self.held.epoch,
            from: self.held.position.clone(),
            to: to.to_string(),
        }
    }
}

/// Longer than Postgres takes for a batch; what is not answered by then will not be.
const STORING: Duration = Duration::from_secs(60);

async fn storing(inlet: &Inlet, delivery: Delivery, fence: Option<&Fence>) -> Result<(), Unstored> {
    let stored = tokio::time::timeout(STORING, inlet.store(delivery, fence)).await;
    stored
        .unwrap_or_else(|_| Err(Unstored::Store(StoreError::silent())))
        .map(drop)
}
