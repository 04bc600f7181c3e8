//! Telling others: two kinds of loops. [`Gatherer`], one a tenant, turns what has happened into messages of the outbox. [`Deliverer`], one a
//! receiver, sends them, one after the other: so a receiver that hangs holds up nobody but itself, and none is ever sent more than one
//! message at a time by a process.
//!
//! Every replica does it: a round of gathering and a try are taken by one. No connection to Postgres is held while anything is sent, and
//! nothing that contains devices waits for any of this.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::{self, Monotonic};
use crate::domain::telling::Topic;
use crate::domain::tenant::TenantId;
use crate::outbound::{LONGEST_TRY, Receiver, Undelivered};
use crate::store::outbox::{Claim, Claimed, TellTerms, Told, Try, Unsent};
use crate::store::{Store, StoreError};
use crate::worker::{Outage, POLL, bounded, retry};

/// A claim holds for longer than any try takes.
const HOLD: Duration = Duration::from_secs(2 * LONGEST_TRY.as_secs());

/// What the configuration and the files say of a receiver is read again after so long: secrets change.
const FRESH: Duration = Duration::from_secs(60);

/// So often it is looked whether messages are left of receivers that are not there any more.
const LEFT: Duration = Duration::from_secs(60);

/// Turns what has happened into messages, and gives up those that nobody sends.
#[derive(Clone, Debug)]
pub struct Gatherer {
    /// Postgres.
    pub store: Store,
    /// The tenant.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// Whom there is to tell, and how.
    pub terms: TellTerms,
}

impl Gatherer {
    /// Works until stopped. Without receivers nothing is gathered, and what is left of those before is still given up.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut looked: Option<Monotonic> = None;
        let has_receivers = !self.terms.receivers.is_empty();
        let wait = self.terms.spans.group_wait.unsigned_abs() / 4;
        let every = match has_receivers {
            true => wait.clamp(Duration::from_millis(100), POLL),
            false => LEFT,
        };
        loop {
            let is_due = looked.is_none_or(|at| at.elapsed() >= LEFT);
            let round = async {
                if is_due {
                    self.give_up_left().await?;
                }
                match has_receivers {
                    true => self.run_once().await,
                    false => Ok(Told::default()),
                }
            };
            let wait = match round.await {
                Ok(told) => {
                    outage.worked("telling others");
                    if is_due {
                        looked = Some(Monotonic::now());
                    }
                    if told.more { Duration::ZERO } else { every }
                }
                Err(error) => outage.failed("telling others", &error).max(every),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One round.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self) -> Result<Told, StoreError> {
        bounded(self.store.tell_gather(self.tenant, &self.name, &self.terms)).await
    }

    /// Gives up messages whose time is over and for whose receiver nobody works any more: it was taken out of the configuration.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn give_up_left(&self) -> Result<Vec<Unsent>, StoreError> {
        let known: Vec<String> = self
            .terms
            .receivers
            .iter()
            .map(|wants| wants.name.clone())
            .collect();
        let left = bounded(self.store.outbox_expire(self.tenant, &known)).await?;
        for one in &left {
            metrics::counter!("quell_notifications_total", "outcome" => "given_up").increment(1);
            tracing::error!(receiver = one.receiver, kind = one.kind, notification.id = %one.id,
                "a message was given up because the configuration has no receiver of that name: a person must look");
        }
        Ok(left)
    }
}

/// Makes a receiver from what the configuration and its files say now.
pub type Make = std::sync::Arc<dyn Fn() -> Result<Receiver, String> + Send + Sync>;

/// Sends the messages of one receiver.
#[derive(Clone)]
pub struct Deliverer {
    /// Postgres.
    pub store: Store,
    /// Of these tenants.
    pub tenants: Vec<TenantId>,
    /// The receiver's name.
    pub receiver: String,
    /// What it is.
    pub make: Make,
    /// The delay after the first try; it doubles.
    pub initial: Duration,
    /// The longest delay.
    pub cap: Duration,
    /// How often it looks, at least.
    pub every: Duration,
}

impl std::fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Deliverer").field(&self.receiver).finish()
    }
}

/// What a look led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A message was delivered.
    Delivered,
    /// A try came to nothing.
    Failed,
    /// Nothing is due before that moment.
    Idle(Option<Timestamp>),
}

/// A receiver as it was made, and when.
#[derive(Debug, Default)]
pub struct Made(Option<(Receiver, Monotonic)>);

impl Deliverer {
    /// Works until stopped. A try that is under way then is not waited for: it is tried again.
    pub async fn run(self, stop: CancellationToken) {
        let (mut outage, mut made) = (Outage::default(), Made::default());
        let mut rng = fastrand::Rng::new();
        loop {
            let step = tokio::select! {
                () = stop.cancelled() => return,
                step = self.step(&mut made, &mut rng) => step,
            };
            let wait = match step {
                Ok(Step::Idle(next)) => {
                    outage.worked("the sending of messages");
                    self.until(next).await
                }
                Ok(_) => Duration::ZERO,
                Err(error) => outage.failed("the sending of messages", &error),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Takes the next message that is due, and tries it.
    ///
    /// # Errors
    /// Postgres is not available. What was sent and could not be recorded is sent again.
    pub async fn step(&self, made: &mut Made, rng: &mut fastrand::Rng) -> Result<Step, StoreError> {
        let claim = bounded(self.store.outbox_claim(&self.tenants, &self.receiver, HOLD)).await?;
        let claimed = match claim {
            Claim::Due(claimed) => claimed,
            Claim::Unreadable(row) => {
                let undelivered = Undelivered {
                    why: format!("this version cannot read it: {}", row.why),
                    retry_after: None,
                };
                let about = (row.id, "unreadable", row.attempt);
                return self.record_failed(about, undelivered, rng).await;
            }
            Claim::Idle(next) => return Ok(Step::Idle(next)),
        };
        let sent = self.send(&claimed, made).await;
        self.record(&claimed, sent, rng).await
    }

    async fn send(&self, claimed: &Claimed, made: &mut Made) -> Result<(), Undelivered> {
        let fresh = made.0.take().filter(|(_, at)| at.elapsed() < FRESH);
        let (receiver, at) = match fresh {
            Some(fresh) => fresh,
            None => match (self.make)() {
                Ok(receiver) => (receiver, Monotonic::now()),
                Err(why) => {
                    return Err(Undelivered {
                        why,
                        retry_after: None,
                    });
                }
            },
        };
        // In a task of its own: should it ever panic, one message is tried again, and nothing else notices.
        let (to, message) = (receiver.clone(), claimed.message.clone());
        let mut task = JoinSet::new();
        task.spawn(async move { to.send(&message, clock::now()).await });
        match task.join_next().await {
            Some(Ok(sent)) => sent?,
            _ => {
                let why = "writing or sending it failed: see the log".to_owned();
                return Err(Undelivered {
                    why,
                    retry_after: None,
                });
            }
        }
        // What has failed is made anew: perhaps its secret is another one by now.
        made.0 = Some((receiver, at));
        Ok(())
    }

    async fn record(
        &self,
        claimed: &Claimed,
        sent: Result<(), Undelivered>,
        rng: &mut fastrand::Rng,
    ) -> Result<Step, StoreError> {
        let about = (claimed.message.id, claimed.message.kind.as_str(), claimed.attempt);
        if let Err(undelivered) = sent {
            return self.record_failed(about, undelivered, rng).await;
        }
        let (id, kind, attempt) = about;
        bounded(self.store.outbox_delivered(id, attempt)).await?;
        metrics::counter!("quell_notifications_total", "outcome" => "delivered").increment(1);
        tracing::debug!(receiver = self.receiver, kind, attempt = attempt.number, notification.id = %id,
            "a message was delivered");
        Ok(Step::Delivered)
    }

    async fn record_failed(
        &self,
        (id, kind, attempt): (Uuid, &str, Try),
        undelivered: Undelivered,
        rng: &mut fastrand::Rng,
    ) -> Result<Step, StoreError> {
        let (receiver, n) = (self.receiver.as_str(), attempt.nth());
        let delay = retry::spread(retry::delay(n, self.initial, self.cap), rng);
        let delay = delay.max(undelivered.retry_after.unwrap_or_default());
        let why: String = undelivered.why.chars().take(500).collect();
        let is_over = bounded(self.store.outbox_failed(id, attempt, &why, delay)).await?;
        let outcome = if is_over { "given_up" } else { "failed" };
        metrics::counter!("quell_notifications_total", "outcome" => outcome).increment(1);
        metrics::counter!("quell_notifications_failed_total").increment(1);
        if is_over {
            tracing::error!(receiver, kind, attempt = attempt.number, notification.id = %id, why,
                "a message could not be delivered and was given up: a person must look");
        } else if n.is_power_of_two() {
            tracing::warn!(receiver, kind, attempt = attempt.number, notification.id = %id, why,
                "a message could not be delivered, it is tried again");
        }
        Ok(Step::Failed)
    }

    /// How long until something may be due.
    async fn until(&self, next: Option<Timestamp>) -> Duration {
        let Some(next) = next else { return self.every };
        match bounded(self.store.now()).await {
            Ok(now) => Duration::try_from(next.duration_since(now))
                .unwrap_or_default()
                .clamp(Duration::from_millis(50), self.every),
            Err(_) => self.every,
        }
    }
}

/// Says of what anybody wants to be told, as soon as Postgres takes it.
pub async fn want(store: &Store, tenant: TenantId, topics: &[Topic], stop: &CancellationToken) {
    let mut outage = Outage::default();
    loop {
        let Err(error) = bounded(store.news_wanted(tenant, topics)).await else {
            return;
        };
        let wait = outage.failed("telling others", &error);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}
