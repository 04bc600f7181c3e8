//! Defender's own list of alerts as a source: read now and then, a page a read, by whoever holds the lease, from where
//! [`crate::domain::watermark`] says. It needs no pipeline.
//!
//! The place moves in the transaction that stores a page and in no other way, so a crash reads a page again and loses none. What
//! was read before comes again within the overlap; what is remembered of it is not sent on, and what is not is told by its
//! content (`store::events`). The reads count in the reads' budget and leave half of it to others. One page is a read: with
//! the defaults an idle source makes 60 of 1,500 an hour. It calls nothing that changes anything.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::defender::{AlertPage, AlertQuery, Client, Permission, ReadError};
use crate::domain::watermark::{Page, Terms, Watermark};
use crate::intake::Delivery;
use crate::intake::body::Lines;
use crate::limiter::SecondGuard;
use crate::store::{Fence, Room, StoreError};
use crate::worker::intake::{Inlet, Unstored};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, bounded, chain, retry};

/// The list is read as one part.
const PART: &str = "alerts";

/// Storing a large page takes longer than one word with Postgres.
const STORING: Duration = Duration::from_secs(30);

/// How often it is told how far the source is behind, while it waits.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// Of a page that broke off half is asked for, and half of that again, at most so often.
const HALVES: u32 = 12;

/// While the inbox is full, it is looked at again after no longer than this.
const LOOK: Duration = Duration::from_secs(1);

/// The loop's parts.
pub struct Poller {
    /// What the loops share.
    pub context: Context,
    /// The client.
    pub client: Arc<Client>,
    /// Stands behind the reads' ledger.
    pub guard: SecondGuard,
    /// Where the alerts come in.
    pub inlet: Inlet,
    /// This process.
    pub replica: Uuid,
    /// How long others wait for it where it dies while it stores a page: the part is held no longer than that takes. Never scaled.
    pub held: Duration,
    /// From the end of one round to the next.
    pub every: Duration,
    /// At the first start so much of the past is read.
    pub since: Duration,
    /// How the list is read.
    pub terms: Terms,
    /// A further condition.
    pub filter: Option<String>,
    /// With evidence.
    pub evidence: bool,
    /// The pause after a page that could not be had, doubling.
    pub backoff: Duration,
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// A page was stored, and there is another one.
    Page,
    /// The list was read to its end.
    Complete,
    /// Another replica stores what it read, or did so meanwhile.
    Elsewhere,
    /// The inbox is full: nothing was stored.
    Full(Duration),
    /// No read may be made now.
    Held,
    /// Defender did not answer as it should: the same page comes again.
    Failed,
}

/// What the loop knows between two turns.
#[derive(Debug, Default)]
pub struct State {
    /// The place as it is kept, once it was read; what is kept is nothing before the first page.
    kept: Option<(Option<String>, Watermark)>,
    /// What was stored within the overlap, by its content, with the time of its change.
    known: HashMap<[u8; 32], Timestamp>,
    /// When the list was last read to its end.
    complete: Option<Timestamp>,
    /// Turns in a row that failed.
    failures: u32,
    /// Of these, pages that broke off.
    cuts: u32,
    /// That it is behind was said.
    is_behind: bool,
}

impl Poller {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut state = State::default();
        let mut is_away = false;
        loop {
            if self.context.leadership.epoch().is_none() {
                // Another replica reads, and tells how far and what is wrong.
                state = State::default();
                self.inlet.state.fine();
                self.gauge(None);
                if self.context.leadership.wait(&stop).await.is_none() {
                    return;
                }
            }
            let reached = state.reached();
            let polled = tokio::select! {
                () = stop.cancelled() => return,
                never = self.gauge_on(reached) => match never {},
                polled = self.turn(&mut state, &stop) => polled,
            };
            self.gauge(state.reached());
            let wait = match polled {
                Ok(polled) => {
                    outage.worked("reading defender's alerts");
                    if std::mem::take(&mut is_away) && polled != Polled::Failed {
                        self.inlet.state.fine();
                    }
                    match polled {
                        Polled::Page => continue,
                        Polled::Complete => self.every,
                        Polled::Elsewhere => self.every.min(self.held / 3),
                        Polled::Full(wait) => wait,
                        Polled::Held => retry::delay(1, self.backoff, self.backoff),
                        Polled::Failed => retry::delay(state.failures, self.backoff, self.backoff * 64),
                    }
                }
                Err(error) => {
                    is_away = true;
                    self.inlet.state.trouble(&chain(&error), clock::now());
                    outage.failed("reading defender's alerts", &error)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Reads and stores one page.
    ///
    /// # Errors
    /// Postgres is not available, or the place cannot be read.
    pub async fn turn(&self, state: &mut State, stop: &CancellationToken) -> Result<Polled, StoreError> {
        // What could not be stored is not read: reads are counted.
        if let Room::Full(wait) = self.inlet.store.inbox_room(self.inlet.tenant) {
            return Ok(Polled::Full(wait.min(LOOK)));
        }
        let (position, place) = match &state.kept {
            Some(kept) => kept.clone(),
            None => match self.begin().await? {
                Ok(kept) => state.kept.insert(kept).clone(),
                Err(polled) => return Ok(polled),
            },
        };
        let terms = self.terms_of(state);
        let place = place.in_round(&terms, clock::now());
        let page = match self.read(&place, &terms, stop).await? {
            Ok(page) => page,
            Err(error) => return Ok(self.not_read(state, &error, stop)),
        };
        let unreadable = page.unreadable.iter().map(|_| None);
        let changed: Vec<Option<Timestamp>> = page
            .alerts
            .iter()
            .map(|alert| alert.updated_at)
            .chain(unreadable)
            .collect();
        let whole = Page {
            changed: &changed,
            is_last: page.is_last,
        };
        let next = place.after(&whole, &terms, clock::now());
        let (delivery, news) = self.news(&page, state);
        let to = next.to_string();
        if delivery.records() > 0 || position.as_ref() != Some(&to) {
            let stored = self.store(delivery, position, &to).await;
            // Half of the page may be stored in time.
            state.cuts += u32::from(stored.as_ref().is_err_and(StoreError::is_too_slow));
            match stored? {
                Ok(()) => {}
                Err(polled) => {
                    if polled == Polled::Elsewhere {
                        *state = State::default();
                    }
                    return Ok(polled);
                }
            }
        }
        // INVARIANT: remembered only once it is stored, or it would never be sent.
        state.known.extend(news);
        let horizon = next.horizon(&terms);
        if !next.is_amid() {
            state.known.retain(|_, changed| *changed >= horizon);
            state.complete = Some(clock::now());
        }
        (state.failures, state.cuts) = (0, state.cuts.saturating_sub(1));
        self.inlet.state.fine();
        self.say(state, &next);
        let is_amid = next.is_amid();
        state.kept = Some((Some(to), next));
        Ok(if is_amid { Polled::Page } else { Polled::Complete })
    }

    /// The place to go on from. A new one is kept at once: until the first page is stored hours may pass, and another start must not
    /// begin later than this one.
    async fn begin(&self) -> Result<Result<(Option<String>, Watermark), Polled>, StoreError> {
        let (position, place) = self.load().await?;
        if position.is_some() {
            return Ok(Ok((position, place)));
        }
        let begun = place.to_string();
        let stored = self.store(Delivery::default(), None, &begun).await?;
        Ok(stored.map(|()| (Some(begun), place)))
    }

    /// The place as it is kept; a new one where none is.
    async fn load(&self) -> Result<(Option<String>, Watermark), StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let parts = bounded(store.source_parts(tenant, &self.inlet.source)).await?;
        let position = parts
            .into_iter()
            .find(|row| row.part == PART)
            .and_then(|row| row.position);
        let place = match &position {
            // A place that this version cannot read is no reason to begin anew, which might pass something over.
            Some(text) => Watermark::parse(text)?,
            None => Watermark::starting(clock::now(), self.since),
        };
        Ok((position, place))
    }

    /// How large the next page may be: one that breaks off is asked for in parts.
    fn terms_of(&self, state: &State) -> Terms {
        let part = |of: u32| (of >> state.cuts.min(HALVES)).max(1);
        Terms {
            top: part(self.terms.top),
            most: part(self.terms.most),
            ..self.terms
        }
    }

    /// The page at a place. Its read is settled either way.
    async fn read(
        &self,
        place: &Watermark,
        terms: &Terms,
        stop: &CancellationToken,
    ) -> Result<Result<AlertPage, ReadError>, StoreError> {
        let context = Context {
            gate: self.context.gate.beside_others(),
            ..self.context.clone()
        };
        let reads = Reads::new(context, self.guard.clone());
        let asked = place.question(terms);
        let query = AlertQuery {
            since: asked.since,
            skip: asked.skip,
            top: asked.top,
            filter: self.filter.as_deref(),
            evidence: self.evidence,
        };
        let read = match reads.permit("list", stop).await {
            Some(permit) => self.client.alerts(permit, &query).await,
            None => Err(ReadError::NoPermit {
                reason: "the process stops, postgres is away, or reads are held".to_owned(),
            }),
        };
        reads.settle(read.as_ref().err()).await?;
        Ok(read)
    }

    /// What of a page is not known to be stored, and what is to be remembered of it once it is.
    fn news(&self, page: &AlertPage, state: &State) -> (Delivery, Vec<([u8; 32], Timestamp)>) {
        let mut delivery = Delivery::default();
        let mut news = Vec::new();
        let place = "an entry of `/api/alerts`";
        for alert in &page.alerts {
            let raw = alert.raw.get().as_bytes();
            let hash: [u8; 32] = Sha256::digest(raw).into();
            if state.known.contains_key(&hash) {
                continue;
            }
            let mut one = self.inlet.read(raw, Lines::Unsaid, place);
            one.known_by(&[&self.inlet.source, &hex(&hash)]);
            delivery.append(one);
            news.extend(alert.updated_at.map(|changed| (hash, changed)));
        }
        for entry in &page.unreadable {
            let raw = entry.get().as_bytes();
            let why = "it has no usable `id`, or is larger than 2 MiB";
            let hash: [u8; 32] = Sha256::digest(raw).into();
            if !state.known.contains_key(&hash) {
                let mut one = Delivery::default();
                one.refuse("unusable_alert", &format!("{place}: {why}"), raw);
                one.known_by(&[&self.inlet.source, &hex(&hash)]);
                delivery.append(one);
                news.push((hash, clock::now()));
            }
        }
        (delivery, news)
    }

    /// Stores a page and moves the place, in one transaction.
    async fn store(
        &self,
        delivery: Delivery,
        from: Option<String>,
        to: &str,
    ) -> Result<Result<(), Polled>, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let part = (self.inlet.source.as_str(), PART);
        let held = bounded(store.source_part_take(tenant, part, self.replica, self.held)).await?;
        let Some(held) = held else {
            return Ok(Err(Polled::Elsewhere));
        };
        if held.position != from {
            bounded(store.source_part_release(tenant, part, held.epoch)).await?;
            return Ok(Err(Polled::Elsewhere));
        }
        let fence = Fence {
            source: self.inlet.source.clone(),
            part: PART.to_owned(),
            epoch: held.epoch,
            from,
            to: to.to_owned(),
        };
        let stored = match self.store_page(delivery, &fence).await {
            Ok(()) => Ok(()),
            Err(Unstored::Fenced) => Err(Polled::Elsewhere),
            Err(Unstored::Full(wait)) => Err(Polled::Full(wait)),
            Err(Unstored::Store(error)) => return Err(error),
        };
        // Nobody need wait until the lease has run out.
        bounded(store.source_part_release(tenant, part, held.epoch)).await?;
        Ok(stored)
    }

    /// All of it at once. Where Postgres will not take what one alert holds, halves are stored, and halves of those; what cannot be
    /// stored by itself becomes a dead letter, with which the place moves. After a crash in between they are read again, and known.
    async fn store_page(&self, mut page: Delivery, fence: &Fence) -> Result<(), Unstored> {
        match self.put(page.clone(), Some(fence)).await {
            Err(Unstored::Store(error)) if error.is_of_a_row() && !page.incoming.is_empty() => {}
            put => return put,
        }
        let mut todo = vec![std::mem::take(&mut page.incoming)];
        while let Some(mut some) = todo.pop() {
            let delivery = Delivery {
                incoming: some.clone(),
                ..Delivery::default()
            };
            match self.put(delivery, None).await {
                Ok(()) => {}
                Err(Unstored::Store(error)) if error.is_of_a_row() && some.len() > 1 => {
                    let second = some.split_off(some.len() / 2);
                    todo.extend([second, some]);
                }
                Err(Unstored::Store(error)) if error.is_of_a_row() => {
                    for one in some {
                        let mut dead = Delivery::default();
                        dead.refuse("not_storable", &chain(&error), &one.payload);
                        let hash = hex(&Sha256::digest(&one.payload));
                        dead.known_by(&[&self.inlet.source, &hash, "not_storable"]);
                        page.append(dead);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        self.put(page, Some(fence)).await
    }

    async fn put(&self, delivery: Delivery, fence: Option<&Fence>) -> Result<(), Unstored> {
        let storing = tokio::time::timeout(STORING, self.inlet.store(delivery, fence)).await;
        storing
            .unwrap_or_else(|_| Err(Unstored::Store(StoreError::silent())))
            .map(drop)
    }

    fn not_read(&self, state: &mut State, error: &ReadError, stop: &CancellationToken) -> Polled {
        if stop.is_cancelled() || matches!(error, ReadError::NoPermit { .. }) {
            return Polled::Held;
        }
        state.failures += 1;
        state.cuts += u32::from(is_cut(error));
        self.inlet.state.trouble(&chain(error), clock::now());
        metrics::counter!("quell_source_failures_total", "source" => self.inlet.source.clone()).increment(1);
        if !state.failures.is_power_of_two() {
            return Polled::Failed;
        }
        let (source, failures) = (&self.inlet.source, state.failures);
        match error {
            ReadError::Forbidden { .. } => tracing::error!(
                source,
                failures,
                error = chain(error),
                permission = Permission::ReadAlerts.as_str(),
                "defender's alerts cannot be read: grant the permission to the app registration, with an administrator's consent"
            ),
            ReadError::Malformed { .. } => tracing::error!(
                source,
                failures,
                error = chain(error),
                "defender's alerts cannot be read: check the source's `filter`"
            ),
            _ => tracing::warn!(
                source,
                failures,
                error = chain(error),
                "defender's alerts cannot be read"
            ),
        }
        Polled::Failed
    }

    /// Says that it is behind, how far, and that it is not any more.
    fn say(&self, state: &mut State, place: &Watermark) {
        let source = &self.inlet.source;
        let behind = behind(place.reached());
        if place.is_amid() && behind > 2 * (self.every + self.terms.overlap) {
            let behind_seconds = behind.as_secs();
            if !std::mem::replace(&mut state.is_behind, true) {
                tracing::warn!(
                    source,
                    behind_seconds,
                    "the source is behind and catches up, the oldest first"
                );
            } else {
                tracing::info!(source, behind_seconds, "the source catches up");
            }
        } else if !place.is_amid() && std::mem::take(&mut state.is_behind) {
            tracing::info!(source, "the source has caught up");
        }
    }

    /// Tells how far the source is behind, all the while a read is waited for, which may take as long as a 429 says.
    async fn gauge_on(&self, reached: Option<Timestamp>) -> std::convert::Infallible {
        loop {
            self.gauge(reached);
            tokio::time::sleep(TOLD_EVERY).await;
        }
    }

    fn gauge(&self, reached: Option<Timestamp>) {
        let lag = reached.map(behind).unwrap_or_default();
        metrics::gauge!("quell_source_lag_seconds", "source" => self.inlet.source.clone())
            .set(lag.as_secs_f64());
    }
}

impl State {
    /// The moment up to which everything was read that is not indexed late.
    fn reached(&self) -> Option<Timestamp> {
        let place = self.kept.as_ref().map(|(_, place)| place);
        let amid = place.filter(|place| place.is_amid() || self.complete.is_none());
        amid.map(Watermark::reached).or(self.complete)
    }
}

fn behind(reached: Timestamp) -> Duration {
    Duration::try_from(clock::now().duration_since(reached)).unwrap_or_default()
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a smaller page might come whole.
fn is_cut(error: &ReadError) -> bool {
    matches!(error, ReadError::Unavailable { reason } if reason.starts_with("a page broke off"))
}
