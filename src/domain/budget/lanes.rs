//! Lanes: who is next. Critical calls always come first. The others stand in the order of their lanes, and within a lane in
//! the order in which they came; and so that no lane starves, one that has waited longer by `ageing` than the head of
//! the lane above it goes before that.
//!
//! That is an order by `queued at + ageing × lane`, which does not change as time passes, so the forecast may sort by it
//! once. Ageing never lifts anything into the critical lane. Asked by `store::gate` and `worker::submit` with the head of
//! each lane, and by the forecast with the whole queue.

use std::time::Duration;

use jiff::SignedDuration;

use crate::domain::verdict::Lane;

/// The oldest action of a lane that may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneHead {
    /// The lane.
    pub lane: Lane,
    /// How long it has waited.
    pub waited: Duration,
}

/// The lanes in the order in which their heads are to be called. `ageing`: zero for the order of the lanes alone.
pub fn order(heads: &[LaneHead], ageing: Duration) -> Vec<Lane> {
    let mut heads = heads.to_vec();
    heads.sort_by_key(|head| {
        let waited = SignedDuration::try_from(head.waited).unwrap_or(SignedDuration::MAX);
        place(head.lane, -waited, ageing)
    });
    heads.into_iter().map(|head| head.lane).collect()
}

/// The key of an action in the order of the whole queue: the smallest is called first. `queued`: when it was queued, from any
/// one moment. Without ageing the lane decides, then the time.
pub fn place(lane: Lane, queued: SignedDuration, ageing: Duration) -> (i16, SignedDuration, i16) {
    let rank = lane.rank();
    match lane {
        Lane::Critical => (0, queued, 0),
        _ if ageing.is_zero() => (rank, queued, rank),
        _ => {
            let behind = SignedDuration::try_from(ageing).unwrap_or(SignedDuration::MAX);
            (
                1,
                queued.saturating_add(behind.saturating_mul(i32::from(rank))),
                rank,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGEING: Duration = Duration::from_secs(7_200);

    fn head(lane: Lane, waited: u64) -> LaneHead {
        LaneHead {
            lane,
            waited: Duration::from_secs(waited),
        }
    }

    #[test]
    fn lanes_go_by_urgency_and_whoever_waited_long_goes_before_the_next_lane() {
        use Lane::{Critical, High, Low, Normal, Release};
        let fresh = [Low, Normal, High, Release, Critical].map(|lane| head(lane, 10));
        assert_eq!(order(&fresh, AGEING), [Critical, Release, High, Normal, Low]);
        let old = [head(Low, 7_211), head(Normal, 10), head(High, 10)];
        assert_eq!(order(&old, AGEING), [High, Low, Normal]);
        let older = [head(Low, 14_411), head(Normal, 10), head(High, 10)];
        assert_eq!(order(&older, AGEING), [Low, High, Normal]);
        assert_eq!(
            order(&[head(Low, 7_210), head(Normal, 10)], AGEING),
            [Normal, Low],
            "a tie goes to the lane"
        );
        assert_eq!(order(&older, Duration::ZERO), [High, Normal, Low]);
        assert_eq!(order(&[], AGEING), []);
    }

    #[test]
    fn nothing_ages_into_the_critical_lane() {
        let heads = [head(Lane::High, 1_000_000_000), head(Lane::Critical, 0)];
        assert_eq!(order(&heads, AGEING), [Lane::Critical, Lane::High]);
        assert_eq!(
            order(&heads, Duration::from_millis(1)),
            [Lane::Critical, Lane::High]
        );
    }

    #[test]
    fn the_order_does_not_change_as_time_passes() {
        let mut rng = fastrand::Rng::with_seed(7);
        for _ in 0..1_000 {
            let heads: Vec<LaneHead> = Lane::ALL
                .into_iter()
                .map(|lane| head(lane, rng.u64(0..30_000)))
                .collect();
            let later: Vec<LaneHead> = heads
                .iter()
                .map(|h| LaneHead {
                    waited: h.waited + Duration::from_secs(5_000),
                    ..*h
                })
                .collect();
            assert_eq!(order(&heads, AGEING), order(&later, AGEING));
        }
    }
}
