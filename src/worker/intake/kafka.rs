//! Topics of brokers that speak Kafka's protocol, Azure Event Hubs among them: which partitions this replica reads.
//!
//! Each partition is a part of the source (`TOPIC/3`), leased under an epoch, and each is read by a loop of its own
//! ([`super::partition`]) that stores its events and its offset in one transaction. This loop holds the leases, notices new
//! partitions, takes those that nobody reads, and gives some back when another replica has come: a seat (`TOPIC@0`), leased
//! like a part, tells that a replica is there. What dies leaves its leases to run out.
//!
//! `TOPIC#` keeps how many partitions the topic had when it was first looked at. Only those begin where `start` says; one that
//! was added later is read from its beginning, because everything in it is younger than our reading.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Inlet;
use super::partition::PartitionReader;
use super::share::share;
use crate::clock::{self, Monotonic};
use crate::domain::trust::Trust;
use crate::intake::kafka::{Bounds, Cluster, End, KafkaError, Portion};
use crate::store::{Beside, Fence, PartRow, StoreError, chain};
use crate::worker::retry::delay;
use crate::worker::{Outage, bounded};

/// A topic, and how it is read.
#[derive(Debug)]
pub struct KafkaSource {
    /// Where its events go.
    pub inlet: Inlet,
    /// The brokers.
    pub cluster: Arc<Cluster>,
    /// Its name.
    pub topic: String,
    /// Where a topic that was never read begins.
    pub start: End,
    /// What is taken at most of a batch and a message.
    pub bounds: Bounds,
    /// How much is fetched at once.
    pub portion: Portion,
    /// This process.
    pub replica: Uuid,
    /// How long a lease holds; in real time.
    pub span: Duration,
}

/// New partitions are noticed within this.
const PARTITIONS_EVERY: Duration = Duration::from_secs(30);

/// How long that question may take at least.
const LOOK: Duration = Duration::from_secs(4);

/// There are never more replicas than that.
const SEATS: usize = 64;

/// What the loop and the readers of a source share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) source: KafkaSource,
    board: Mutex<Board>,
    /// Of Postgres, whoever notices.
    outage: Mutex<Outage>,
}

#[derive(Debug, Default)]
struct Board {
    /// Messages behind, by partition.
    lags: HashMap<i32, i64>,
    /// The partitions that cannot be read just now.
    failing: HashSet<i32>,
}

/// In [`Board::failing`]: the question which partitions there are.
const ANY: i32 = -1;

impl Shared {
    fn board(&self) -> std::sync::MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of a partition's lease.
    fn part(&self, index: i32) -> String {
        format!("{}/{index}", self.source.topic)
    }

    /// How far a partition is behind; `None`: it is not ours any more.
    pub(super) fn lag(&self, partition: i32, behind: Option<i64>) {
        let mut board = self.board();
        match behind {
            Some(behind) => drop(board.lags.insert(partition, behind)),
            None => {
                board.lags.remove(&partition);
                if board.failing.remove(&partition) && board.failing.is_empty() {
                    self.source.inlet.state.fine();
                }
            }
        }
        let sum: i64 = board.lags.values().sum();
        self.source.inlet.state.behind(u64::try_from(sum).unwrap_or(0));
        #[expect(clippy::cast_precision_loss, reason = "a gauge; 2^53 messages are enough")]
        metrics::gauge!("quell_source_lag_messages", "source" => self.source.inlet.source.clone())
            .set(sum as f64);
    }

    /// Something of the broker's failed: said when it is the first of its source, not for each partition and each try.
    pub(super) fn failed(&self, partition: i32, error: &KafkaError) {
        let source = self.source.inlet.source.as_str();
        let kind = match error {
            KafkaError::Login { .. } => "login",
            KafkaError::NoTopic { .. } => "topic",
            _ => "broker",
        };
        self.count_error(kind);
        let mut board = self.board();
        let is_first = board.failing.is_empty();
        board.failing.insert(partition);
        drop(board);
        let (topic, error) = (self.source.topic.as_str(), chain(error));
        self.source.inlet.state.trouble(&error, clock::now());
        match (is_first, kind) {
            (true, "broker") => tracing::warn!(source, topic, error, "a kafka source waits for its broker"),
            (true, _) => tracing::error!(
                source,
                topic,
                error,
                "a kafka source cannot be read: somebody must look"
            ),
            (false, _) => tracing::debug!(source, topic, partition, error, "a kafka source still waits"),
        }
    }

    /// A reader panicked: told until the partitions were asked for once more.
    fn broke_down(&self, why: &str) {
        self.board().failing.insert(ANY);
        self.source.inlet.state.trouble(why, clock::now());
    }

    /// It works again.
    pub(super) fn worked(&self, partition: i32) {
        let mut board = self.board();
        if board.failing.remove(&partition) && board.failing.is_empty() {
            let (source, topic) = (self.source.inlet.source.as_str(), self.source.topic.as_str());
            self.source.inlet.state.fine();
            tracing::info!(source, topic, "a kafka source goes on");
        }
    }

    /// Postgres failed: how long to wait before the next try.
    pub(super) fn postgres_failed(&self, error: &StoreError) -> Duration {
        self.count_error("postgres");
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        outage.failed("a kafka source", error)
    }

    /// Postgres works.
    pub(super) fn postgres_worked(&self) {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        outage.worked("a kafka source");
    }

    pub(super) fn count_error(&self, kind: &'static str) {
        let source = self.source.inlet.source.clone();
        metrics::counter!("quell_source_errors_total", "source" => source, "kind" => kind).increment(1);
    }
}

/// A partition that this replica reads.
#[derive(Debug)]
struct Reading {
    epoch: i64,
    stop: CancellationToken,
}

struct Keeper {
    shared: Arc<Shared>,
    /// The partitions that there are, and when to ask again.
    partitions: Vec<i32>,
    look_at: Option<Monotonic>,
    seat: Option<(String, i64)>,
    reading: BTreeMap<i32, Reading>,
    /// Yields the partition whose reader ended.
    readers: JoinSet<i32>,
    tries: u32,
}

impl KafkaSource {
    /// Reads until the stop.
    pub async fn run(self, stop: CancellationToken) {
        // Often enough that a lease is renewed three times before it ends.
        let every = self.span / 4;
        let mut keeper = Keeper {
            shared: Arc::new(Shared {
                source: self,
                board: Mutex::default(),
                outage: Mutex::default(),
            }),
            partitions: Vec::new(),
            look_at: None,
            seat: None,
            reading: BTreeMap::new(),
            readers: JoinSet::new(),
            tries: 0,
        };
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
                Some(ended) = keeper.readers.join_next() => {
                    let is_broken = ended.is_err();
                    keeper.ended(ended.ok());
                    if is_broken {
                        // What broke one may break the next: not at once again.
                        wait = every;
                        continue;
                    }
                }
            }
            let kept = tokio::select! {
                () = stop.cancelled() => break,
                kept = keeper.keep() => kept,
            };
            wait = match kept {
                Ok(()) => {
                    keeper.shared.postgres_worked();
                    every
                }
                Err(error) => keeper.shared.postgres_failed(&error).min(every),
            };
        }
        keeper.leave().await;
    }
}

impl Keeper {
    /// Renews what is held, gives back what is too much, takes what is missing.
    async fn keep(&mut self) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let source = &shared.source;
        let (store, tenant, name) = (
            &source.inlet.store,
            source.inlet.tenant,
            source.inlet.source.as_str(),
        );
        let renewed = bounded(store.source_parts_renew(tenant, name, source.replica, source.span)).await?;
        let held: BTreeSet<String> = renewed.into_iter().collect();
        for (index, reading) in &self.reading {
            if !held.contains(&shared.part(*index)) {
                reading.stop.cancel();
            }
        }
        self.look().await;
        let rows = bounded(store.source_parts(tenant, name)).await?;
        let rows: HashMap<&str, &PartRow> = rows.iter().map(|row| (row.part.as_str(), row)).collect();
        let (replicas, rank) = self.sit(&held, &rows).await?;
        if self.partitions.is_empty() {
            return Ok(());
        }
        let Some(known) = self.first_count(&rows).await? else {
            return Ok(());
        };
        let share = share(self.partitions.len(), replicas, rank);
        while self.reading.len() > share {
            let Some(index) = self.reading.keys().next_back().copied() else {
                break;
            };
            self.give_back(index).await?;
        }
        // Each begins at a place of its own, so that they do not all reach for the same ones.
        let at = rank % self.partitions.len();
        let order: Vec<i32> = self.partitions[at..]
            .iter()
            .chain(&self.partitions[..at])
            .copied()
            .collect();
        for index in order {
            if self.reading.len() >= share {
                break;
            }
            let part = shared.part(index);
            let holder = rows.get(part.as_str()).and_then(|row| row.holder);
            let is_free = holder.is_none_or(|holder| holder == source.replica);
            if self.reading.contains_key(&index) || !is_free {
                continue;
            }
            let taken = store.source_part_take(tenant, (name, &part), source.replica, source.span);
            let Some(taken) = bounded(taken).await? else {
                continue;
            };
            let stop = CancellationToken::new();
            let epoch = taken.epoch;
            let is_first = usize::try_from(index).is_ok_and(|index| index < known);
            let start = if is_first { source.start } else { End::Earliest };
            let reader = PartitionReader::new(Arc::clone(&shared), index, taken, start);
            let stopped = stop.clone();
            self.readers.spawn(async move {
                reader.run(stopped).await;
                index
            });
            self.reading.insert(index, Reading { epoch, stop });
        }
        Ok(())
    }

    /// Asks which partitions there are, now and then. What was known stays known while nobody answers.
    async fn look(&mut self) {
        if self.look_at.is_some_and(|due| !due.remaining().is_zero()) {
            return;
        }
        let source = &self.shared.source;
        // The leases must be renewed meanwhile: a broker that says nothing is not waited for.
        let longest = LOOK.max(source.span / 3);
        let asked = tokio::time::timeout(longest, source.cluster.topic(&source.topic)).await;
        let asked = asked.unwrap_or_else(|_| {
            Err(KafkaError::Late {
                what: "which partitions there are",
                broker: "any".to_owned(),
                within: longest,
            })
        });
        match asked {
            Ok(topic) => {
                self.shared.worked(ANY);
                self.look_at = Some(Monotonic::now().plus(PARTITIONS_EVERY));
                self.tries = 0;
                self.partitions = topic.partitions.into_iter().map(|place| place.index).collect();
            }
            Err(error) => {
                self.shared.failed(ANY, &error);
                // Not at each look, or a refused login would be tried again and again.
                self.tries = self.tries.saturating_add(1);
                let wait = delay(self.tries, Duration::from_secs(1), PARTITIONS_EVERY);
                self.look_at = Some(Monotonic::now().plus(wait));
            }
        }
    }

    /// Takes a seat if there is none; says how many replicas there are and which of them this is.
    async fn sit(
        &mut self,
        held: &BTreeSet<String>,
        rows: &HashMap<&str, &PartRow>,
    ) -> Result<(usize, usize), StoreError> {
        let source = &self.shared.source;
        let (store, tenant, name) = (
            &source.inlet.store,
            source.inlet.tenant,
            source.inlet.source.as_str(),
        );
        if self.seat.as_ref().is_some_and(|(seat, _)| !held.contains(seat)) {
            self.seat = None;
        }
        let seats: Vec<String> = (0..SEATS).map(|n| format!("{}@{n:02}", source.topic)).collect();
        let is_taken = |seat: &String| rows.get(seat.as_str()).is_some_and(|row| row.holder.is_some());
        if self.seat.is_none() {
            for seat in seats.iter().filter(|seat| !is_taken(seat)) {
                let taken = store.source_part_take(tenant, (name, seat), source.replica, source.span);
                if let Some(taken) = bounded(taken).await? {
                    self.seat = Some((seat.clone(), taken.epoch));
                    break;
                }
            }
        }
        let mine = self.seat.as_ref().map(|(seat, _)| seat);
        let live: Vec<&String> = seats
            .iter()
            .filter(|seat| is_taken(seat) || Some(*seat) == mine)
            .collect();
        let rank = live.iter().position(|seat| Some(*seat) == mine);
        Ok((live.len(), rank.unwrap_or(0)))
    }

    /// How many partitions the topic had when it was first looked at; `None` while another replica writes that down.
    async fn first_count(&self, rows: &HashMap<&str, &PartRow>) -> Result<Option<usize>, StoreError> {
        let source = &self.shared.source;
        let (store, tenant, name) = (
            &source.inlet.store,
            source.inlet.tenant,
            source.inlet.source.as_str(),
        );
        let part = format!("{}#", source.topic);
        let known = rows.get(part.as_str()).and_then(|row| row.position.as_deref());
        if let Some(known) = known {
            return Ok(Some(known.parse().unwrap_or(self.partitions.len())));
        }
        let taken = store.source_part_take(tenant, (name, &part), source.replica, source.span);
        let Some(taken) = bounded(taken).await? else {
            return Ok(None);
        };
        let count = self.partitions.len();
        if let Some(position) = taken.position {
            return Ok(Some(position.parse().unwrap_or(count)));
        }
        let fence = Fence {
            source: name.to_owned(),
            part,
            epoch: taken.epoch,
            from: None,
            to: count.to_string(),
        };
        let written = store.events_accept_with(
            tenant,
            (name, Trust::Observe),
            Vec::new(),
            Vec::new(),
            Beside::Fence(&fence),
        );
        match bounded(written).await {
            Err(error) if error.is_part_lost() => Ok(None),
            Err(error) => Err(error),
            Ok(_) => Ok(Some(count)),
        }
    }

    /// Ends a reader, waits for that, and lets another replica have its partition at once.
    async fn give_back(&mut self, index: i32) -> Result<(), StoreError> {
        let Some(reading) = self.reading.get(&index) else {
            return Ok(());
        };
        let epoch = reading.epoch;
        reading.stop.cancel();
        while self.reading.contains_key(&index) {
            let ended = self.readers.join_next().await;
            match ended {
                Some(ended) => self.ended(ended.ok()),
                None => drop(self.reading.remove(&index)),
            }
        }
        let source = &self.shared.source;
        let part = self.shared.part(index);
        let (store, tenant) = (&source.inlet.store, source.inlet.tenant);
        bounded(store.source_part_release(tenant, (&source.inlet.source, &part), epoch)).await
    }

    /// A reader ended: it was told to, or its partition is another's. One that panicked has told nobody which it was.
    fn ended(&mut self, index: Option<i32>) {
        match index {
            Some(index) => {
                self.reading.remove(&index);
                self.shared.lag(index, None);
            }
            None => {
                tracing::error!(
                    source = self.shared.source.inlet.source,
                    "a reader of a kafka source broke down: all of them begin anew"
                );
                self.readers = JoinSet::new();
                let why = "a reader broke down: the log tells where";
                for index in std::mem::take(&mut self.reading).into_keys() {
                    self.shared.lag(index, None);
                }
                self.shared.broke_down(why);
            }
        }
    }

    /// At the end: nobody has to wait for the leases to run out.
    async fn leave(mut self) {
        for index in self.reading.keys().copied().collect::<Vec<_>>() {
            if self.give_back(index).await.is_err() {
                // Postgres is away: they run out.
                self.readers.abort_all();
                return;
            }
        }
        let source = &self.shared.source;
        if let Some((seat, epoch)) = &self.seat {
            let (store, tenant) = (&source.inlet.store, source.inlet.tenant);
            let _ = bounded(store.source_part_release(tenant, (&source.inlet.source, seat), *epoch)).await;
        }
    }
}
