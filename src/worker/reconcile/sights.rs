//! When this process first saw each attempt whose fate is unknown: after a jump of the database's clock, the quiescence is
//! counted from there on the local one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::action::ActionState;
use crate::store::OpenAction;

/// The attempts in sight, by action and number.
#[derive(Debug, Default)]
pub struct Sights(Mutex<HashMap<(Uuid, i32), Monotonic>>);

impl Sights {
    /// Tells each open action how long it has been in sight, and forgets those that are not open any more.
    pub fn note(&self, open: &mut [OpenAction]) {
        let mut sights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let doubted = |action: &&mut OpenAction| action.row.state == ActionState::InDoubt;
        let mut still = HashMap::new();
        for action in open.iter_mut().filter(doubted) {
            let key = (action.row.id, action.row.attempts);
            let since = sights.get(&key).copied().unwrap_or_else(Monotonic::now);
            action.in_sight = since.elapsed();
            still.insert(key, since);
        }
        *sights = still;
    }
}
