//! How long ago something was, against the bounds of many playbooks at once. Called by the index alone.

use std::time::Duration;

use super::bits::Bits;

/// After how many bounds the playbooks so far are summed up.
const STEP: usize = 256;

/// Bounds in ascending order, with the playbooks up to every [`STEP`]th of them summed up, so that the playbooks below a
/// bound cost one sum and at most [`STEP`] single ones.
#[derive(Debug)]
pub struct Bounds {
    sorted: Vec<(Duration, u32)>,
    sums: Vec<Bits>,
}

impl Bounds {
    /// Bounds of playbooks whose numbers are below `bound`.
    pub fn new(mut sorted: Vec<(Duration, u32)>, bound: usize) -> Self {
        sorted.sort_unstable();
        let mut sum = Bits::none(bound);
        let mut sums = Vec::new();
        for chunk in sorted.chunks_exact(STEP) {
            chunk.iter().for_each(|(_, number)| sum.insert(*number as usize));
            sums.push(sum.clone());
        }
        Self { sorted, sums }
    }

    /// Calls `sum` and `single` for the playbooks whose bound fulfils `below`, which holds for the first ones only.
    pub fn first(
        &self,
        below: impl Fn(Duration) -> bool,
        set: &mut Bits,
        sum: impl Fn(&mut Bits, &Bits),
        single: impl Fn(&mut Bits, usize),
    ) {
        let count = self.sorted.partition_point(|(bound, _)| below(*bound));
        if let Some(last) = (count / STEP).checked_sub(1) {
            sum(set, &self.sums[last]);
        }
        for (_, number) in &self.sorted[count / STEP * STEP..count] {
            single(set, *number as usize);
        }
    }
}
