//! Kleene's three values: what a line, and a whole playbook, can say of an event.

use std::ops::Not;

use serde::Serialize;

/// True, false, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Nobody can tell: the fact is not known.
    Unknown,
}

impl Truth {
    /// Holds when both hold; false as soon as one is false.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// Holds as soon as one holds; false when both are false.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        !((!self).and(!other))
    }

    /// The sign that `trace` prints.
    pub fn sign(self) -> char {
        match self {
            Self::True => '✓',
            Self::False => '✗',
            Self::Unknown => '?',
        }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Truth; 3] = [Truth::True, Truth::False, Truth::Unknown];

    #[test]
    fn kleenes_laws_hold_for_all_values() {
        for a in ALL {
            assert_eq!(!!a, a);
            assert_eq!(a.and(a), a);
            assert_eq!(a.or(a), a);
            assert_eq!(a.and(Truth::True), a);
            assert_eq!(a.or(Truth::False), a);
            assert_eq!(a.and(Truth::False), Truth::False);
            assert_eq!(a.or(Truth::True), Truth::True);
            for b in ALL {
                assert_eq!(a.and(b), b.and(a));
                assert_eq!(a.or(b), b.or(a));
                assert_eq!(!(a.and(b)), (!a).or(!b));
                assert_eq!(a.and(a.or(b)), a);
                for c in ALL {
                    assert_eq!(a.and(b).and(c), a.and(b.and(c)));
                    assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
                }
            }
        }
    }

    #[test]
    fn unknown_is_neither_made_true_nor_false_by_itself() {
        assert_eq!(Truth::Unknown.and(Truth::True), Truth::Unknown);
        assert_eq!(Truth::Unknown.or(Truth::False), Truth::Unknown);
        assert_eq!(Truth::Unknown.or(!Truth::Unknown), Truth::Unknown);
    }
}
