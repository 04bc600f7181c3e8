//! How the parts of a source are spread over the replicas that read it. Pure.
//!
//! Each replica holds a seat, which is a lease like any other; the seats that are held tell how many replicas there are, and a
//! seat's rank among them how many parts its replica should hold.

/// How many of `parts` the replica of this rank (from 0) should hold, of so many that there are.
pub(super) fn share(parts: usize, replicas: usize, rank: usize) -> usize {
    let replicas = replicas.max(1);
    parts / replicas + usize::from(rank < parts % replicas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_replica_and_none_has_two_more_than_another() {
        for parts in 0..40 {
            for replicas in 1..12 {
                let shares: Vec<usize> = (0..replicas).map(|rank| share(parts, replicas, rank)).collect();
                assert_eq!(shares.iter().sum::<usize>(), parts);
                let least = shares.iter().min().copied().unwrap_or_default();
                assert!(shares.iter().all(|share| *share <= least + 1), "{shares:?}");
            }
        }
        assert_eq!(share(4, 0, 0), 4);
    }
}
