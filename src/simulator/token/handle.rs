//! What a test or a rehearsal does to the simulated Entra while it runs.

use crate::simulator::Simulator;

impl Simulator {
    /// An administrator revokes every user's sign-in: refresh tokens are refused until somebody signs in again.
    pub fn revoke_sign_ins(&self) {
        self.hub.state().tokens.users.revoke();
    }

    /// The next so many requests for tokens are answered 429 with `Retry-After: 60`.
    pub fn throttle_tokens(&self, requests: u32) {
        self.hub.state().tokens.throttled = requests;
    }
}
