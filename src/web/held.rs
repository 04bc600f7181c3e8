//! How many bytes of bodies are held at once, over all connections. Whoever sends may be anybody until the whole body was there
//! and its signature is verified, so what all of them can take of this process's memory is bounded here.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The bytes that are left to be held.
#[derive(Clone, Debug)]
pub(super) struct Held {
    left: Arc<AtomicUsize>,
    uncounted: usize,
    ahead: usize,
}

/// Bytes of one body, until it is dropped.
#[derive(Debug)]
pub(super) struct Holding {
    left: Arc<AtomicUsize>,
    bytes: usize,
    uncounted: usize,
    ahead: usize,
}

impl Held {
    /// So many bytes at most.
    pub fn at_most(bytes: usize) -> Self {
        Self {
            left: Arc::new(AtomicUsize::new(bytes)),
            uncounted: 0,
            ahead: usize::MAX,
        }
    }

    /// The first so many bytes of each body are held whatever others hold: how many bodies there are is bounded by the connections.
    pub fn uncounted(self, bytes: usize) -> Self {
        Self {
            uncounted: bytes,
            ..self
        }
    }

    /// No more than so many bytes of a body are set aside before they have come, whatever it declares.
    pub fn ahead(self, bytes: usize) -> Self {
        Self { ahead: bytes, ..self }
    }

    /// For one body; nothing is held yet.
    pub fn nothing(&self) -> Holding {
        Holding {
            left: Arc::clone(&self.left),
            bytes: 0,
            uncounted: self.uncounted,
            ahead: self.ahead,
        }
    }
}

impl Holding {
    /// Holds so many more, if they are left.
    pub fn grow(&mut self, bytes: usize) -> bool {
        let counted = bytes.saturating_sub(self.uncounted);
        let taken = self
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
                left.checked_sub(counted)
            });
        if taken.is_ok() {
            self.bytes += counted;
            self.uncounted = self.uncounted.saturating_sub(bytes);
        }
        taken.is_ok()
    }

    /// How many bytes may be set aside before they have come.
    pub fn ahead(&self) -> usize {
        self.ahead
    }

    /// Holds nothing any more.
    pub fn release(&mut self) {
        let held = std::mem::take(&mut self.bytes);
        self.left.fetch_add(held, Ordering::AcqRel);
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_over_all_and_comes_back() {
        let held = Held::at_most(10);
        let (mut one, mut other) = (held.nothing(), held.nothing());
        assert!(one.grow(6) && other.grow(4));
        assert!(!one.grow(1) && !other.grow(1));
        drop(one);
        assert!(other.grow(6) && !other.grow(1));
        drop(other);
        assert!(held.nothing().grow(10));
    }

    #[test]
    fn the_beginning_of_a_body_is_held_whatever_others_hold() {
        let held = Held::at_most(10).uncounted(4);
        let (mut large, mut small) = (held.nothing(), held.nothing());
        assert!(large.grow(6) && large.grow(8) && !large.grow(1));
        assert!(small.grow(3) && small.grow(1) && !small.grow(1));
        drop(large);
        assert!(small.grow(10) && !small.grow(1));
        drop(small);
        assert!(held.nothing().grow(14));
    }
}
