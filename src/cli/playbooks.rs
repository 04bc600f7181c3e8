//! `quell playbooks`: the set in force, seen and changed by hand.

pub mod standing;
