//! A panic while rows are decided ends that transaction and not the process. The row at fault is found by trying rows alone, each by its
//! number; it is held, tried once more a moment later, and put aside if other events were decided in between. A row that cannot be put
//! aside goes on being held, and its device with it: nothing else waits for it. A panic that no single row explains goes on, and ends the
//! process as that of any other task. `docs/queue.md` tells why. Called by `worker::decide::batches`.
//!
//! It never hides a panic: the hook has said it in the log, with its place. What a panic leaves behind is a transaction that rolls back
//! as its connection goes back to the pool, or is closed there, and locks that nobody takes for poisoned, as what each of them guards is
//! whole at any time. A decider keeps nothing else from one batch to the next.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::clock::Monotonic;
use crate::worker::decide::{Batch, Decider};
use crate::worker::pulse::Pulse;
use crate::worker::{bounded, chain, retry};

/// What a panic carries.
pub(super) type Payload = Box<dyn Any + Send>;

/// The most of a panic's words that are repeated, in characters.
const SHOWN: usize = 200;

/// A row waits so long after the first panic over it alone, and at most so long after many: after a fault is mended, too.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(300);

/// In the database it waits so much longer, so that no batch takes it along before it was tried alone.
const SLACK: Duration = Duration::from_secs(2);

/// So many rows that panic are remembered. Those beyond are held for [`LONGEST`], and are strangers after that.
const KNOWN: usize = 1_000;

/// So many rows of a tenant are put aside in an hour because of panics: what befalls more is no fault of single events.
const AT_MOST: i64 = 3;

/// So many batches may panic in a row, where not all of their rows could be tried alone.
const IN_VAIN: u32 = 3;

/// So often it is tried to claim a row whose shard somebody holds.
const BUSY: u32 = 250;

/// Between two such tries, or two claims while what has rolled back may still hold its locks.
pub(super) const LINGER: Duration = Duration::from_millis(20);

/// Whether people are to be told is asked so often at most.
const TOLD: Duration = Duration::from_secs(60);

impl Decider {
    /// What is done about a panic: the rows of its batch are to be tried alone, or, if there was only one, it is held or put aside. Does not
    /// come back from a panic that came before any row was known.
    pub(super) async fn panicked(&self, payload: Payload, batch: &mut Batch, panics: &mut Panics) {
        metrics::counter!("quell_decider_panics_total").increment(1);
        let words = words(payload.as_ref());
        if batch.seen.is_empty() {
            batch.seen.extend(batch.tried);
        }
        // First of all, as it ends the row's wait. Where it fails the loop goes on trying.
        if let Err(error) = bounded(self.untry(batch)).await {
            tracing::debug!(error = chain(&error), "the word on a row stays for now");
        }
        let [seq] = batch.seen[..] else {
            let (rows, at) = (batch.seen.len(), batch.at.and_then(|at| batch.items.get(at)));
            tracing::error!(
                rows,
                event.id = at.map(|item| tracing::field::display(item.event_id)),
                panic = words,
                "the decider panicked over a batch: its rows are tried one by one"
            );
            return panics.batch_panicked(payload, suspects(batch));
        };
        let alone = panics.alone(seq);
        let (store, tenant) = (&self.context.store, self.context.tenant);
        match bounded(store.inbox_hold(tenant, seq, alone.hold + SLACK)).await {
            Ok(Some((event, device))) => {
                tracing::error!(event.id = %event, device.id = device, inbox.seq = seq, times = alone.times, hold_s = alone.hold.as_secs(),
                    panic = words, "the decider panicked over an event alone: it is held");
            }
            // Somebody else decided it, or put it aside.
            Ok(None) => return panics.forget(seq),
            Err(error) => {
                tracing::error!(
                    inbox.seq = seq,
                    times = alone.times,
                    panic = words,
                    error = chain(&error),
                    "the decider panicked over an event alone, which could not be held"
                );
            }
        }
        if alone.is_certain && self.put_aside(seq, &words).await {
            return panics.forget(seq);
        }
        if alone.times > 1 && panics.is_to_be_told() {
            let told = format!(
                "the decider panics over {} events, each by itself: they wait, and with them what came later for their devices",
                panics.held()
            );
            // If it cannot be told now, it is with the next.
            let said = bounded(store.inbox_tell_held(tenant, told)).await;
            tracing::debug!(said = said.is_ok(), "events are held");
        }
    }

    /// Says whether the row is out of the inbox.
    async fn put_aside(&self, seq: i64, words: &str) -> bool {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        match bounded(store.inbox_quarantine_panicking(tenant, seq, (words, AT_MOST))).await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(
                    inbox.seq = seq,
                    error = chain(&error),
                    "an event that panics could not be put aside"
                );
                false
            }
        }
    }
}

/// The rows of a batch in the order in which they are tried: before all others the one over which it panicked, after those of the same
/// device that come before it.
fn suspects(batch: &Batch) -> VecDeque<i64> {
    let at = batch
        .at
        .and_then(|at| Some((batch.items.get(at)?, batch.items.get(..=at)?)));
    let mut rows: VecDeque<i64> = at
        .map(|(item, until)| {
            let its = until.iter().filter(|other| other.device == item.device);
            its.map(|its| its.seq).collect()
        })
        .unwrap_or_default();
    let first: Vec<i64> = rows.iter().copied().collect();
    rows.extend(batch.seen.iter().filter(|seq| !first.contains(seq)));
    rows
}

/// What the work comes to, or the panic that ended it. Whatever the work held is dropped by then; it is not polled again.
///
/// What the work changed beyond itself may be half done: see the module's text for why that is none.
pub(super) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Payload> {
    let mut work = pin!(work);
    std::future::poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => Poll::Ready(Err(payload)),
        },
    )
    .await
}

/// What the panic said, on one line.
fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let plain = text.unwrap_or("no message").chars().filter(|c| !c.is_control());
    plain.take(SHOWN).collect()
}

/// What is known of panics in this process. It asks nobody and writes nothing.
#[derive(Default)]
pub(super) struct Panics {
    search: Option<Search>,
    held: HashMap<i64, Held>,
    /// So many events were decided.
    decided: u64,
    /// Batches in a row that panicked, and nobody knows why.
    in_vain: u32,
    /// The next turn is the queue's: a held row had the last.
    owes_turn: bool,
    /// When the last one was.
    last: Option<Monotonic>,
    told: Option<Monotonic>,
}

/// A batch has panicked, and its rows are tried alone.
struct Search {
    payload: Payload,
    left: VecDeque<i64>,
    /// Each of those before was decided here, and alone.
    is_whole: bool,
    /// So often the first of them could not be claimed.
    busy: u32,
}

/// A row over which the decider panicked while it decided nothing else.
struct Held {
    times: u32,
    /// So many events had been decided when it did so first.
    decided: u64,
    /// When it is tried again.
    due: Monotonic,
}

/// What a panic over a row alone means for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Alone {
    /// How often it was by now.
    times: u32,
    /// How long it waits now.
    hold: Duration,
    /// It panics, and others do not.
    is_certain: bool,
}

/// What came of trying a row alone without a panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// It was decided.
    Decided,
    /// Somebody holds its shard, if only what has rolled back and is not gone yet.
    Busy,
    /// It waits for facts, is gone, or it is not its turn.
    Untried,
}

impl Trial {
    /// What a batch that claimed one row by its number came to.
    pub(super) fn of(batch: &Batch) -> Self {
        match batch.decided + batch.beats {
            0 if !batch.had_all => Self::Busy,
            0 => Self::Untried,
            _ => Self::Decided,
        }
    }
}

impl Panics {
    /// The row that is to be tried alone now, if one is; whoever asks lives. Does not come back if all rows of a batch that panicked were
    /// decided alone: then nobody knows what is wrong, and nobody goes on as if nothing were.
    pub(super) fn next(&mut self, pulse: &Pulse) -> Option<i64> {
        pulse.beat();
        if let Some(search) = self.search.take() {
            if let Some(seq) = search.left.front().copied() {
                self.search = Some(search);
                return Some(seq);
            }
            self.in_vain += 1;
            if search.is_whole || self.in_vain >= IN_VAIN {
                resume_unwind(search.payload);
            }
        }
        if std::mem::take(&mut self.owes_turn) {
            return None;
        }
        let first = self.held.iter().min_by_key(|(_, held)| held.due);
        let due = first.filter(|(_, held)| held.due.remaining().is_zero());
        let due = due.map(|(seq, _)| *seq);
        self.owes_turn = due.is_some();
        due
    }

    /// A batch of these rows panicked.
    fn batch_panicked(&mut self, payload: Payload, rows: VecDeque<i64>) {
        self.last = Some(Monotonic::now());
        if rows.is_empty() {
            resume_unwind(payload);
        }
        self.search = Some(Search {
            payload,
            left: rows,
            is_whole: true,
            busy: 0,
        });
    }

    /// It panicked over this row alone, which explains what came before.
    fn alone(&mut self, seq: i64) -> Alone {
        let now = Monotonic::now();
        self.last = Some(now);
        self.search = None;
        self.in_vain = 0;
        if self.held.len() >= KNOWN && !self.held.contains_key(&seq) {
            return Alone {
                times: 1,
                hold: LONGEST,
                is_certain: false,
            };
        }
        let decided = self.decided;
        let held = self.held.entry(seq).or_insert(Held {
            times: 0,
            decided,
            due: now,
        });
        held.times += 1;
        let hold = retry::delay(held.times, FIRST, LONGEST);
        held.due = now.plus(hold);
        Alone {
            times: held.times,
            hold,
            // INVARIANT: others were decided since it panicked first. Else it may be no fault of this event's.
            is_certain: held.times > 1 && decided > held.decided,
        }
    }

    /// A row was tried alone and did not panic. Says whether to wait a moment.
    pub(super) fn tried(&mut self, seq: i64, trial: Trial) -> bool {
        let is_busy = trial == Trial::Busy;
        if let Some(search) = self.search.as_mut().filter(|s| s.left.front() == Some(&seq)) {
            search.busy += 1;
            if is_busy && search.busy < BUSY {
                return true;
            }
            search.busy = 0;
            search.is_whole &= trial == Trial::Decided;
            search.left.pop_front();
        }
        if !is_busy {
            self.forget(seq);
        } else if let Some(held) = self.held.get_mut(&seq) {
            held.due = Monotonic::now().plus(FIRST);
        }
        false
    }

    /// A transaction was committed that decided so many events.
    pub(super) fn decided(&mut self, events: usize) {
        self.decided += events as u64;
        if events > 0 && self.search.is_none() {
            self.in_vain = 0;
        }
    }

    /// The row is held no more.
    fn forget(&mut self, seq: i64) {
        self.held.remove(&seq);
    }

    /// So many rows panicked more than once.
    fn held(&self) -> usize {
        self.held.values().filter(|held| held.times > 1).count()
    }

    fn is_to_be_told(&mut self) -> bool {
        let is_due = self.told.is_none_or(|told| told.elapsed() >= TOLD);
        if is_due {
            self.told = Some(Monotonic::now());
        }
        is_due
    }

    /// How long the loop may rest: not beyond what is held, nor while the locks of what has rolled back may be all that was in its way.
    pub(super) fn rest(&self, wait: Option<Duration>, had_all: bool) -> Option<Duration> {
        let lingers = !had_all && self.last.is_some_and(|last| last.elapsed() < FIRST);
        let due = self.held.values().map(|held| held.due).min();
        let due = due.map(|due| due.remaining().max(LINGER));
        let all = [wait, due, lingers.then_some(LINGER)];
        all.into_iter().flatten().min()
    }
}

#[cfg(test)]
#[path = "panics_tests.rs"]
mod tests;
