//! How often a peer may show something that opens nothing: so many at once, then one more every while. A peer that is over it is
//! refused before what it shows is looked at, so trying tells nothing. Asked by `web`; nothing here waits.
//!
//! What is held is bounded: with very many peers, those that were not seen for a while are forgotten, and beyond that whoever was not
//! seen for longest, those first that need not wait. So nobody waits for what another did, however many addresses that one has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;

use crate::limiter::{Cells, Uptime, cells, take};

/// So many failures at once ...
const BURST: NonZeroU32 = NonZeroU32::new(10).expect("10 is not 0");

/// ... and one more each.
const EVERY: Duration = Duration::from_secs(6);

/// A peer is told of in the log once in this span.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// So many peers are held.
const PEERS: usize = 4_096;

/// A peer that was not seen for so long has all its attempts again, and need not be held.
const FORGET_AFTER: Duration = Duration::from_secs(120);

/// The account of each peer.
#[derive(Debug)]
pub struct Attempts {
    clock: Uptime,
    peers: Mutex<HashMap<IpAddr, Account>>,
}

#[derive(Debug)]
struct Account {
    cells: Cells,
    refused_until: Option<Duration>,
    said_at: Option<Duration>,
    seen_at: Duration,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            clock: Uptime::starting_now(),
            peers: Mutex::default(),
        }
    }
}

impl Attempts {
    /// How long that peer has to wait before it may try again; `None`: it may now.
    pub fn wait(&self, peer: IpAddr) -> Option<Duration> {
        let now = self.clock.now();
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let until = peers.get(&peer)?.refused_until?;
        until.checked_sub(now).filter(|wait| !wait.is_zero())
    }

    /// Counts a failure of that peer. Whether it should be told in the log now.
    pub fn failed(&self, peer: IpAddr) -> bool {
        let now = self.clock.now();
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if peers.len() >= PEERS && !peers.contains_key(&peer) {
            peers.retain(|_, account| account.seen_at + FORGET_AFTER > now);
        }
        if peers.len() >= PEERS && !peers.contains_key(&peer) {
            let waits = |account: &Account| account.refused_until.is_some_and(|until| until > now);
            let first = peers
                .iter()
                .min_by_key(|(_, account)| (waits(account), account.seen_at))
                .map(|(peer, _)| *peer);
            first.map(|first| peers.remove(&first));
        }
        let account = peers.entry(peer).or_insert_with(|| Account {
            cells: cells(EVERY, BURST, &self.clock).expect("the span is longer than nothing"),
            refused_until: None,
            said_at: None,
            seen_at: now,
        });
        account.seen_at = now;
        if let Err(wait) = take(&account.cells, &self.clock) {
            account.refused_until = Some(now + wait);
        }
        let is_due = account.said_at.is_none_or(|at| at + SAY_EVERY <= now);
        if is_due {
            account.said_at = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn peer(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(n))
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_fails_too_often_waits_and_no_other_does() {
        let attempts = Attempts::default();
        let (one, other) = (peer(1), peer(2));
        for _ in 0..10 {
            assert_eq!(attempts.wait(one), None);
            attempts.failed(one);
        }
        assert_eq!(attempts.wait(one), None, "ten are let through");
        attempts.failed(one);
        let wait = attempts.wait(one).expect("the eleventh was too many");
        assert!(wait <= EVERY, "{wait:?}");
        assert_eq!(attempts.wait(other), None);
        tokio::time::advance(wait).await;
        assert_eq!(attempts.wait(one), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_is_told_of_once_a_minute() {
        let attempts = Attempts::default();
        let told = |n| (0..n).filter(|_| attempts.failed(peer(1))).count();
        assert_eq!(told(50), 1);
        assert!(attempts.failed(peer(2)));
        tokio::time::advance(SAY_EVERY).await;
        assert_eq!(told(50), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_very_many_addresses_makes_nobody_wait_but_those() {
        let attempts = Attempts::default();
        let slow = peer(90_000);
        for _ in 0..11 {
            attempts.failed(slow);
        }
        for n in 1..6_000 {
            attempts.failed(peer(n));
            if n % 1_000 == 0 {
                for _ in 0..20 {
                    attempts.failed(peer(n));
                }
            }
        }
        assert_eq!(attempts.wait(peer(95_000)), None, "a stranger");
        assert!(!attempts.failed(slow), "its account is still held");
        assert!(attempts.wait(slow).is_some(), "it waits on");
        assert!(attempts.wait(peer(5_000)).is_some(), "as does a guesser");
        attempts.failed(peer(95_000));
        assert_eq!(attempts.wait(peer(95_000)), None, "one slip is one slip");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_held_is_bounded_whoever_comes() {
        let attempts = Attempts::default();
        for n in 1..20_000 {
            attempts.failed(peer(n));
        }
        let held = || attempts.peers.lock().expect("nobody panicked").len();
        assert!(held() <= PEERS, "{}", held());
        tokio::time::advance(FORGET_AFTER).await;
        attempts.failed(peer(90_000));
        assert!(held() <= 2, "{}", held());
    }
}
