//! How many bytes of bodies are held at once, over all connections. Whoever sends may be anybody until the whole body was there
//! and its signature is verified, so what all of them can take of this process's memory is bounded here.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The bytes that are left to be held.
#[derive(Clone, Debug)]
pub(super) struct Held(Arc<AtomicUsize>);

/// Bytes of one body, until it is dropped.
#[derive(Debug)]
pub(super) struct Holding {
    left: Arc<AtomicUsize>,
    bytes: usize,
}

impl Held {
    /// So many bytes at most.
    pub fn at_most(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// For one body; nothing is held yet.
    pub fn nothing(&self) -> Holding {
        Holding {
            left: Arc::clone(&self.0),
            bytes: 0,
        }
    }
}

impl Holding {
    /// Holds so many more, if they are left.
    pub fn grow(&mut self, bytes: usize) -> bool {
        let taken = self
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
                left.checked_sub(bytes)
            });
        if taken.is_ok() {
            self.bytes += bytes;
        }
        taken.is_ok()
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
}
