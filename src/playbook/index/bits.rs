//! Sets of playbook numbers, as bits for the many and as lists for the few. Called by the index alone.

/// A set of numbers below a bound that all sets of one index share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The empty set for numbers below `bound`.
    pub fn none(bound: usize) -> Self {
        Self(vec![0; bound.div_ceil(64)])
    }

    /// All numbers below `bound`.
    pub fn all(bound: usize) -> Self {
        let mut bits = Self(vec![u64::MAX; bound.div_ceil(64)]);
        if let Some(last) = bits.0.last_mut().filter(|_| !bound.is_multiple_of(64)) {
            *last = (1 << (bound % 64)) - 1;
        }
        bits
    }

    /// Adds a number.
    pub fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: usize) {
        self.0[number / 64] &= !(1 << (number % 64));
    }

    /// Whether a number is in it.
    pub fn has(&self, number: usize) -> bool {
        self.0[number / 64] & (1 << (number % 64)) != 0
    }

    /// Whether no number is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Adds all numbers of another set.
    pub fn add(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, other)| *word |= other);
    }

    /// Takes all numbers of another set out.
    pub fn subtract(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, other)| *word &= !other);
    }

    /// Keeps the numbers that are in both; whether any is left.
    pub fn keep(&mut self, other: &Self) -> bool {
        let mut left = 0;
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
            left |= *word;
        }
        left != 0
    }

    /// Its numbers that are also in another set, ascending.
    pub fn ones_in<'b>(&'b self, other: &'b Self) -> impl Iterator<Item = usize> + 'b {
        let both = self.0.iter().zip(&other.0).map(|(word, other)| word & other);
        both.enumerate()
            .flat_map(|(at, word)| Ones(word).map(move |bit| at * 64 + bit))
    }

    /// Its numbers, ascending.
    pub fn into_ones(self) -> impl Iterator<Item = usize> {
        let words = self.0.into_iter().enumerate();
        words.flat_map(|(at, word)| Ones(word).map(move |bit| at * 64 + bit))
    }
}

/// The places of the ones of a word, ascending.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let lowest = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (lowest < 64).then_some(lowest as usize)
    }
}

/// The playbooks behind one word: a list, or bits where a list would be longer.
#[derive(Debug)]
pub enum Posting {
    /// Some.
    Few(Vec<u32>),
    /// So many that bits are quicker.
    Many(Bits),
}

impl Posting {
    /// A posting of numbers below `bound`.
    pub fn new(numbers: Vec<u32>, bound: usize) -> Self {
        if numbers.len() <= bound.div_ceil(64) {
            return Self::Few(numbers);
        }
        let mut bits = Bits::none(bound);
        numbers.iter().for_each(|number| bits.insert(*number as usize));
        Self::Many(bits)
    }

    /// Adds its numbers to a set.
    pub fn add_to(&self, set: &mut Bits) {
        match self {
            Self::Few(numbers) => numbers.iter().for_each(|number| set.insert(*number as usize)),
            Self::Many(bits) => set.add(bits),
        }
    }

    /// Takes its numbers out of a set.
    pub fn take_from(&self, set: &mut Bits) {
        match self {
            Self::Few(numbers) => numbers.iter().for_each(|number| set.remove(*number as usize)),
            Self::Many(bits) => set.subtract(bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const BOUND: usize = 200;

    fn bits(numbers: &BTreeSet<usize>) -> Bits {
        let mut bits = Bits::none(BOUND);
        numbers.iter().for_each(|number| bits.insert(*number));
        bits
    }

    fn numbers() -> impl Strategy<Value = BTreeSet<usize>> {
        proptest::collection::btree_set(0..BOUND, 0..100)
    }

    proptest! {
        #[test]
        fn they_are_sets(a in numbers(), b in numbers()) {
            let ones = |bits: Bits| bits.into_ones().collect::<BTreeSet<_>>();
            prop_assert_eq!(&ones(bits(&a)), &a);
            prop_assert_eq!(ones(Bits::all(BOUND)).len(), BOUND);
            prop_assert_eq!(bits(&a).is_empty(), a.is_empty());
            prop_assert!((0..BOUND).all(|number| bits(&a).has(number) == a.contains(&number)));
            let mut sum = bits(&a);
            sum.add(&bits(&b));
            prop_assert_eq!(ones(sum), &a | &b);
            let mut difference = bits(&a);
            difference.subtract(&bits(&b));
            prop_assert_eq!(ones(difference), &a - &b);
            let mut both = bits(&a);
            prop_assert_eq!(both.keep(&bits(&b)), !a.is_disjoint(&b));
            prop_assert_eq!(ones(both), &a & &b);
            let shared: BTreeSet<_> = bits(&a).ones_in(&bits(&b)).collect();
            prop_assert_eq!(shared, &a & &b);
            // A list and bits are the same posting.
            let posting = Posting::new(b.iter().map(|number| *number as u32).collect(), BOUND);
            let (mut added, mut taken) = (bits(&a), bits(&a));
            posting.add_to(&mut added);
            posting.take_from(&mut taken);
            prop_assert_eq!((ones(added), ones(taken)), (&a | &b, &a - &b));
        }
    }
}
