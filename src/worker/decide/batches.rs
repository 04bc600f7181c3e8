//! The loop around the decider: how large its batches are, when it rests, what it does about a row that cannot be decided, about one that
//! has killed the process before, and about a panic. It decides nothing itself.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::store::StoreError;
use crate::worker::decide::panics::{LINGER, Panics, Trial, caught};
use crate::worker::decide::{Batch, Claim, Decider};
use crate::worker::pulse::Pulse;
use crate::worker::{BATCH_TIME, Outage, bounded, chain, pause, within_unless_stopped};

/// The most rows of a batch.
pub(super) const MOST: i64 = 1_000;

/// The fewest that a batch is cut down to.
const FEWEST: i64 = 50;

/// What a batch may take. Its devices are locked for as long, and whatever comes meanwhile waits.
const BRIEF: Duration = Duration::from_millis(250);

/// How many rows are taken one by one after somebody died: all that he can have held, though others moved in between, and the sources
/// come to their turns by chance.
const SUSPECTS: i64 = 3 * MOST;

/// Batches that adapt: as large as what is there, and as what takes its time lets them be.
#[derive(Clone, Copy, Debug)]
struct Size(i64);

impl Size {
    fn took(&mut self, rows: usize, span: Duration) {
        let is_whole = i64::try_from(rows).is_ok_and(|rows| rows >= self.0);
        if span > BRIEF {
            self.0 = (self.0 / 2).max(FEWEST);
        } else if is_whole && span < BRIEF / 2 {
            self.0 = (self.0 * 2).min(MOST);
        }
    }

    /// Where many rows panic, each costs what was decided before it in its batch.
    fn panicked(&mut self) {
        self.0 = (self.0 / 2).max(1);
    }
}

impl Decider {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let pulse = self.context.pulse("decide");
        let Some(mut suspects) = self.begins(&stop, &mut outage, &pulse).await else {
            return;
        };
        let mut size = Size(MOST / 4);
        let mut panics = Panics::default();
        // The row whose word could not be taken back yet.
        let mut batch = Batch::default();
        loop {
            pulse.beat();
            if let Err(error) = bounded(self.untry(&mut batch)).await {
                let wait = Some(outage.failed("decide", &error));
                if !pause(&stop, &self.context.wakes.inbox, wait).await {
                    return self.ends(&mut batch).await;
                }
                continue;
            }
            batch = Batch::default();
            let claim = match (panics.next(&pulse), suspects) {
                (Some(seq), _) => Claim::Row(seq),
                (None, 0) => Claim::UpTo(size.0),
                (None, _) => Claim::Alone,
            };
            let began = Monotonic::now();
            let outcome = match caught(within_unless_stopped(
                BATCH_TIME,
                &stop,
                self.run_batch(claim, &mut batch),
            ))
            .await
            {
                Ok(outcome) => outcome,
                Err(payload) => {
                    size.panicked();
                    self.panicked(payload, &mut batch, &mut panics).await;
                    if stop.is_cancelled() {
                        return self.ends(&mut batch).await;
                    }
                    continue;
                }
            };
            panics.decided(batch.decided);
            if let (Claim::Row(seq), Ok(Some(_))) = (claim, &outcome) {
                if batch.is_suspect {
                    suspects = SUSPECTS;
                }
                let is_busy = panics.tried(seq, Trial::of(&batch));
                let wakes = &self.context.wakes;
                if stop.is_cancelled() || is_busy && !pause(&stop, &wakes.inbox, Some(LINGER)).await {
                    return self.ends(&mut batch).await;
                }
                continue;
            }
            let wait = match outcome {
                // Without a usable playbook set events wait; its activation wakes this loop.
                Ok(None) => None,
                Ok(Some(done)) => {
                    batch.tried = None;
                    if batch.is_suspect {
                        suspects = SUSPECTS;
                        continue;
                    }
                    size.took(done, began.elapsed());
                    if suspects > 0 {
                        suspects = match batch.more {
                            true => suspects - 1,
                            // What another replica holds has not been looked at.
                            false if !batch.had_all => suspects,
                            false => 0,
                        };
                        if suspects == 0 {
                            self.is_sound().await;
                        }
                    }
                    if stop.is_cancelled() {
                        return self.ends(&mut batch).await;
                    }
                    if batch.more {
                        outage.worked("decide");
                        continue;
                    }
                    // That was all that was due, and whatever is committed after a claim wakes this loop.
                    match bounded(self.context.store.inbox_next_due(self.context.tenant)).await {
                        Ok(next) => {
                            outage.worked("decide");
                            // A row that is due and was not claimed is being decided by another replica.
                            let wait = next.map(|next| next.max(Duration::from_millis(20)));
                            panics.rest(wait, batch.had_all)
                        }
                        Err(error) => Some(outage.failed("decide", &error)),
                    }
                }
                Err(error) if error.is_unavailable() => Some(outage.failed("decide", &error)),
                // Something in the batch cannot be recorded: find it, put it aside, and let the rest go on.
                Err(error) => {
                    let wait = outage.failed("decide", &error);
                    if error.is_of_a_row() && self.untry(&mut batch).await.is_ok() {
                        let goes_on = match claim {
                            Claim::Row(seq) => self.quarantine(seq, &error).await,
                            _ => self.one_by_one(&stop, &pulse, &mut panics).await,
                        };
                        if goes_on {
                            continue;
                        }
                    }
                    Some(wait)
                }
            };
            if !pause(&stop, &self.context.wakes.inbox, wait).await {
                return self.ends(&mut batch).await;
            }
        }
    }

    /// Says that this process decides, and how many rows are to be taken one by one; `None` when stopped before that could be said.
    async fn begins(&self, stop: &CancellationToken, outage: &mut Outage, pulse: &Pulse) -> Option<i64> {
        loop {
            pulse.beat();
            match bounded(self.context.store.deciding_begins(self.context.tenant)).await {
                Ok(is_suspect) => return Some(if is_suspect { SUSPECTS } else { 0 }),
                Err(error) => {
                    let wait = Some(outage.failed("decide", &error));
                    if !pause(stop, &self.context.wakes.inbox, wait).await {
                        return None;
                    }
                }
            }
        }
    }

    /// Whoever died before has not died of what is in the inbox now.
    async fn is_sound(&self) {
        // If it is not said, the next process takes the same care.
        let said = bounded(self.context.store.deciding_is_sound(self.context.tenant)).await;
        tracing::debug!(said = said.is_ok(), "no event that is left kills");
    }

    /// Takes back the word that is left, and says that this process decides no more.
    async fn ends(&self, batch: &mut Batch) {
        // If it cannot be said, the name stays too, and the next process takes care.
        if bounded(self.untry(batch)).await.is_err() {
            return;
        }
        // If it is not said, the next process takes care for nothing.
        let said = bounded(self.context.store.deciding_ends(self.context.tenant)).await;
        tracing::debug!(said = said.is_ok(), "decided to the end");
    }

    /// Takes the word back that a row was tried alone, where it is left.
    pub(super) async fn untry(&self, batch: &mut Batch) -> Result<(), StoreError> {
        if let Some(seq) = batch.tried {
            self.context.store.decide_untry(self.context.tenant, seq).await?;
            batch.tried = None;
        }
        Ok(())
    }

    /// Decides what one batch would hold row by row, and puts aside what cannot be decided. Says whether to go on at once.
    async fn one_by_one(&self, stop: &CancellationToken, pulse: &Pulse, panics: &mut Panics) -> bool {
        for _ in 0..MOST {
            pulse.beat();
            let mut batch = Batch::default();
            let outcome = match caught(self.run_batch(Claim::UpTo(1), &mut batch)).await {
                Ok(outcome) => outcome,
                Err(payload) => {
                    self.panicked(payload, &mut batch, panics).await;
                    return !stop.is_cancelled();
                }
            };
            panics.decided(batch.decided);
            let error = match outcome {
                Ok(Some(n)) if n > 0 && !stop.is_cancelled() => continue,
                Ok(_) => return false,
                Err(error) => error,
            };
            let Some(seq) = batch.claimed.first().filter(|_| error.is_of_a_row()) else {
                return false;
            };
            if !self.quarantine(*seq, &error).await {
                return false;
            }
        }
        true
    }

    /// Puts a row aside that cannot be recorded. Says whether that was done.
    async fn quarantine(&self, seq: i64, error: &StoreError) -> bool {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let done = store.inbox_quarantine(tenant, seq, &chain(error)).await;
        done.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_with_what_is_there_and_shrinks_with_what_it_takes() {
        let mut size = Size(250);
        size.took(250, Duration::from_millis(20));
        assert_eq!(size.0, 500);
        size.took(499, Duration::from_millis(20));
        assert_eq!(size.0, 500, "there was no more");
        size.took(500, Duration::from_millis(200));
        assert_eq!(size.0, 500, "twice as many would take too long");
        size.took(500, Duration::from_millis(20));
        size.took(1_000, Duration::from_millis(20));
        assert_eq!(size.0, MOST);
        for _ in 0..10 {
            size.took(100, Duration::from_secs(3));
        }
        assert_eq!(size.0, FEWEST);
        for _ in 0..10 {
            size.panicked();
        }
        assert_eq!(size.0, 1);
        size.took(1, Duration::from_millis(2));
        assert_eq!(size.0, 2, "it grows again");
    }
}
