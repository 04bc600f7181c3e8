//! Whether the loops that matter get on. Each of them, and each call under way, has a [`Pulse`] and beats it with every turn, also
//! when there is nothing to do, or Postgres is away. One that has not beaten for longer than a turn can take is stuck, and the
//! process that it lives in is better started anew: the daemon then tells its watchdog nothing more, and `/livez` says so.
//!
//! Used by [`super::decide`], [`super::submit`], [`super::expire`] and [`super::lease`]; asked by `app`. It ends nothing itself.
//! [`super::reconcile`] has none: a look of its own may wait for slots of its budget for as long as it takes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Monotonic;
use crate::worker::{BATCH_TIME, POLL, SILENCE};

/// No turn takes longer: a batch and what is said to Postgres around it, each for as long as it may take, and the pause.
pub const TURN: Duration = Duration::from_secs(BATCH_TIME.as_secs() + 4 * SILENCE.as_secs() + POLL.as_secs());

/// The pulses of a process; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Pulses(Arc<Mutex<Vec<Beat>>>);

#[derive(Debug)]
struct Beat {
    what: &'static str,
    tenant: String,
    longest: Duration,
    at: Arc<Mutex<Monotonic>>,
}

impl Pulses {
    /// A pulse that has to beat at least once in `longest`, from now on until it is dropped.
    pub fn pulse(&self, what: &'static str, tenant: &str, longest: Duration) -> Pulse {
        let at = Arc::new(Mutex::new(Monotonic::now()));
        self.beats().push(Beat {
            what,
            tenant: tenant.to_owned(),
            longest,
            at: Arc::clone(&at),
        });
        Pulse {
            all: self.clone(),
            at,
        }
    }

    /// What is stuck, in words, such as ``decide of `contoso` for 260 s``.
    pub fn stuck(&self) -> Vec<String> {
        let beats = self.beats();
        let since = beats.iter().map(|beat| (beat, locked(&beat.at).elapsed()));
        since
            .filter(|(beat, since)| *since > beat.longest)
            .map(|(beat, since)| format!("{} of `{}` for {} s", beat.what, beat.tenant, since.as_secs()))
            .collect()
    }

    fn beats(&self) -> MutexGuard<'_, Vec<Beat>> {
        locked(&self.0)
    }
}

/// One loop's pulse, or one call's. Whoever ends drops it, and is looked for no more.
#[derive(Debug)]
#[must_use]
pub struct Pulse {
    all: Pulses,
    at: Arc<Mutex<Monotonic>>,
}

impl Pulse {
    /// A turn begins.
    pub fn beat(&self) {
        *locked(&self.at) = Monotonic::now();
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.all.beats().retain(|beat| !Arc::ptr_eq(&beat.at, &self.at));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_has_not_beaten_for_too_long_is_stuck_until_it_beats_or_ends() {
        let pulses = Pulses::default();
        let quiet = pulses.pulse("submit", "contoso", Duration::from_secs(20));
        let stuck = pulses.pulse("decide", "contoso", Duration::from_secs(10));
        for _ in 0..4 {
            tokio::time::advance(Duration::from_secs(5)).await;
            quiet.beat();
        }
        assert_eq!(pulses.stuck(), ["decide of `contoso` for 20 s"]);
        stuck.beat();
        assert!(pulses.stuck().is_empty(), "it goes on");
        tokio::time::advance(Duration::from_secs(15)).await;
        assert_eq!(pulses.stuck(), ["decide of `contoso` for 15 s"]);
        drop(stuck);
        assert!(pulses.stuck().is_empty(), "it ended, and is not stuck");
    }

    #[test]
    fn a_turn_is_longer_than_all_that_it_waits_for() {
        assert!(TURN > BATCH_TIME + 3 * SILENCE + POLL);
    }
}
