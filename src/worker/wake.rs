//! Turns notifications of Postgres into wakes of the loops. When the connection is lost every loop is woken once, so
//! nothing that was committed meanwhile is missed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::domain::tenant::TenantId;
use crate::store::{Store, Wake};

/// One bell for each loop.
#[derive(Debug, Default)]
pub struct Wakes {
    /// The inbox has rows. Whoever stores events in this process rings it too.
    pub inbox: Arc<Notify>,
    /// An action may be called.
    pub queue: Notify,
    /// Device facts are wanted.
    pub facts: Notify,
    /// A device's list of actions is wanted.
    pub available_actions: Notify,
    /// A device's antivirus is wanted.
    pub antivirus: Notify,
    /// An action is open at Defender.
    pub open: Notify,
    /// A containment began or was changed: the next end may be nearer.
    pub ends: Notify,
    /// Another playbook set is active.
    pub playbooks: Notify,
    /// A dispatch lease is free.
    pub lease: Notify,
    /// Events were submitted by SQL.
    pub submissions: Notify,
    /// When a sweep was last asked for.
    sweep: Mutex<Option<Monotonic>>,
}

impl Wakes {
    /// With a bell for the inbox that others ring too.
    pub fn with_inbox(inbox: Arc<Notify>) -> Self {
        Self {
            inbox,
            ..Self::default()
        }
    }

    /// Rings every bell.
    pub fn all(&self) {
        for bell in [
            &*self.inbox,
            &self.queue,
            &self.facts,
            &self.available_actions,
            &self.antivirus,
            &self.open,
            &self.ends,
            &self.playbooks,
            &self.lease,
            &self.submissions,
        ] {
            bell.notify_one();
        }
    }

    /// Whether a sweep was asked for within the span.
    pub fn is_sweep_wanted(&self, within: Duration) -> bool {
        let asked = *self.sweep.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_some_and(|asked| asked.elapsed() < within)
    }

    fn ring(&self, wake: Wake) {
        match wake {
            Wake::Inbox => self.inbox.notify_one(),
            Wake::Queue => {
                self.queue.notify_one();
                self.ends.notify_one();
            }
            Wake::Facts => self.facts.notify_one(),
            Wake::Lookups => {
                self.available_actions.notify_one();
                self.antivirus.notify_one();
            }
            Wake::Playbooks => self.playbooks.notify_one(),
            Wake::Lease => self.lease.notify_one(),
            Wake::Submissions => self.submissions.notify_one(),
            Wake::Sweep => {
                *self.sweep.lock().unwrap_or_else(PoisonError::into_inner) = Some(Monotonic::now());
                self.open.notify_one();
            }
            Wake::Open => {
                self.open.notify_one();
                self.queue.notify_one();
            }
        }
    }
}

/// Listens until stopped, on one connection for all tenants.
pub async fn run(store: Store, bells: Vec<(TenantId, Arc<Wakes>)>, stop: CancellationToken) {
    loop {
        let mut listener = tokio::select! {
            () = stop.cancelled() => return,
            listener = store.wakes() => match listener {
                Ok(listener) => listener,
                Err(_) => {
                    // The loops tell of the outage; this one only tries again.
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(Duration::from_secs(1)) => continue,
                    }
                }
            },
        };
        for (_, wakes) in &bells {
            wakes.all();
        }
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                next = listener.next() => match next {
                    Ok((whose, wake)) => {
                        if let Some((_, wakes)) = bells.iter().find(|(tenant, _)| *tenant == whose) {
                            wakes.ring(wake);
                        }
                    }
                    Err(_) => break,
                },
            }
        }
    }
}
