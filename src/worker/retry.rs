//! Delays between tries: the only home of `backoff`, used as a pure policy. Its own randomness is off, because it cannot
//! be seeded; ours spreads the delays by a tenth.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff as _;

/// The delays after the first, second, … try, doubling up to a cap.
pub fn delays(count: u32, initial: Duration, cap: Duration) -> Vec<Duration> {
    let mut policy: ExponentialBackoff = ExponentialBackoff {
        current_interval: initial,
        initial_interval: initial,
        randomization_factor: 0.0,
        multiplier: 2.0,
        max_interval: cap,
        max_elapsed_time: None,
        ..ExponentialBackoff::default()
    };
    (0..count)
        .map(|_| policy.next_backoff().unwrap_or(cap).min(cap))
        .collect()
}

/// The delay after the `n`-th try in a row (from 1) that came to nothing.
pub fn delay(n: u32, initial: Duration, cap: Duration) -> Duration {
    delays(n.clamp(1, 32), initial, cap)
        .last()
        .copied()
        .unwrap_or(initial)
}

/// Up to a tenth more, so that many do not return at once.
pub fn spread(delay: Duration, rng: &mut fastrand::Rng) -> Duration {
    delay.mul_f64(1.0 + rng.f64() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_cap() {
        let seconds = |s: &[u64]| s.iter().map(|s| Duration::from_secs(*s)).collect::<Vec<_>>();
        let (one, cap) = (Duration::from_secs(1), Duration::from_secs(10));
        assert_eq!(delays(6, one, cap), seconds(&[1, 2, 4, 8, 10, 10]));
        assert_eq!(delay(3, one, cap), Duration::from_secs(4));
        assert_eq!(delay(1000, one, cap), cap);
    }

    #[test]
    fn a_spread_delay_is_never_shorter_and_a_tenth_longer_at_most() {
        let mut rng = fastrand::Rng::with_seed(7);
        let delay = Duration::from_secs(10);
        assert!(
            (0..1000)
                .map(|_| spread(delay, &mut rng))
                .all(|d| d >= delay && d <= delay.mul_f64(1.1))
        );
    }
}
