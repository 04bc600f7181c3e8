//! Reads a stream of NATS JetStream: takes what there is, stores it in one transaction, and acknowledges it after the commit.
//!
//! All replicas pull from one durable consumer, which shares the messages out. What was delivered and not acknowledged is delivered again, to
//! whoever asks next: harmless, because the same event is known by its key and the same dead letter by the message it came in. While Postgres
//! is away nothing is taken from the stream, beyond what was in hand; that is held for a while, and then given back.

use std::collections::VecDeque;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::intake::Delivery;
use crate::intake::body::Lines;
use crate::intake::nats::{Answer, ConnectNats, Message, Nats, NatsError};
use crate::store::StoreError;
use crate::worker::intake::trouble::Trouble;
use crate::worker::intake::{Inlet, Unstored};
use crate::worker::{Outage, SILENCE, bounded};

/// For so long what is in hand is held while it cannot be stored; then others may try. They may reach a Postgres that we cannot.
const HOLD: Duration = Duration::from_secs(30);
/// After so long what was given back is delivered again.
const LATER: Duration = Duration::from_secs(5);
/// How often it is asked how many messages wait.
const COUNTED: Duration = Duration::from_secs(5);
/// What an outage is said of.
const WHAT: &str = "a source of nats";

/// One source of that kind.
pub struct NatsSource {
    /// Where its events come in.
    pub inlet: Inlet,
    /// How it is connected to.
    pub connect: ConnectNats,
}

/// Whether to go on.
enum Next {
    Go,
    Stop,
}

impl NatsSource {
    /// Reads until `stop`. Survives everything; connects anew after each error.
    pub async fn run(self, stop: CancellationToken) {
        let mut trouble = Trouble::of(&self.inlet.source, &self.inlet.state);
        loop {
            let connected = tokio::select! {
                () = stop.cancelled() => return,
                connected = self.connect.connect() => connected,
            };
            let error = match connected {
                Ok(nats) => match self.read(nats, &mut trouble, &stop).await {
                    Ok(()) => return,
                    Err(error) => error,
                },
                Err(error) => error,
            };
            let wait = trouble.failed(&error);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Reads until `stop`, or until the connection is lost.
    async fn read(
        &self,
        mut nats: Nats,
        trouble: &mut Trouble,
        stop: &CancellationToken,
    ) -> Result<(), NatsError> {
        let (mut has_worked, mut counted) = (false, None::<Monotonic>);
        loop {
            if has_worked && counted.is_none_or(|at| at.elapsed() > COUNTED) {
                tokio::select! {
                    () = stop.cancelled() => break,
                    waiting = nats.waiting() => drop(waiting.map(|waiting| self.inlet.state.behind(waiting))),
                }
                counted = Some(Monotonic::now());
            }
            let messages = tokio::select! {
                () = stop.cancelled() => break,
                messages = nats.take(self.connect.batch) => messages?,
            };
            // A connection alone is no sign: the server may refuse each request.
            if !std::mem::replace(&mut has_worked, true) {
                trouble.worked();
            }
            if messages.is_empty() {
                continue;
            }
            let again = messages.iter().filter(|message| message.times() > 1).count();
            if again > 0 {
                metrics::counter!("quell_source_redelivered_total", "source" => self.inlet.source.clone())
                    .increment(again as u64);
            }
            match self.settle(&mut nats, messages, stop).await {
                Next::Go => {}
                Next::Stop => break,
            }
        }
        nats.leave().await;
        Ok(())
    }

    /// Stores messages and answers them. When one of them cannot be stored for what it holds, the others are stored without it.
    async fn settle(&self, nats: &mut Nats, messages: Vec<Message>, stop: &CancellationToken) -> Next {
        let mut todo = VecDeque::from([messages]);
        while let Some(mut messages) = todo.pop_front() {
            let useless = match self.store(nats, &messages, stop).await {
                Outcome::Stored(useless) => useless,
                Outcome::GivenBack(next) => {
                    let rest: Vec<Message> = todo.into_iter().flatten().collect();
                    nats.answer(&rest, Answer::Later(LATER)).await;
                    return next;
                }
                Outcome::Unstorable(error) if messages.len() == 1 => {
                    let reason = format!("not_storable: {}", crate::worker::chain(&error));
                    match self.bury(&messages[0], &reason).await {
                        Ok(()) => vec![(0, reason)],
                        // It stays with nats; its next delivery is another try.
                        Err(_) => {
                            nats.answer(&messages, Answer::Later(LATER)).await;
                            continue;
                        }
                    }
                }
                Outcome::Unstorable(_) => {
                    let second = messages.split_off(messages.len() / 2);
                    todo.push_front(second);
                    todo.push_front(messages);
                    continue;
                }
            };
            let mut useful = Vec::with_capacity(messages.len());
            let mut useless = useless.into_iter().peekable();
            for (place, message) in messages.into_iter().enumerate() {
                match useless.next_if(|(at, _)| *at == place) {
                    Some((_, why)) => drop(nats.answer(&[message], Answer::Useless(&why)).await),
                    None => useful.push(message),
                }
            }
            let confirmed = nats.answer(&useful, Answer::Stored).await;
            if confirmed < useful.len() {
                let unheard = useful.len() - confirmed;
                tracing::debug!(
                    source = self.inlet.source,
                    unheard,
                    "nats has not confirmed what was acknowledged"
                );
            }
        }
        Next::Go
    }

    /// Stores messages in one transaction; keeps them from being delivered to others meanwhile.
    async fn store(&self, nats: &mut Nats, messages: &[Message], stop: &CancellationToken) -> Outcome {
        let every = (nats.ack_wait() / 3).max(Duration::from_millis(100));
        let mut slow = 0;
        let until = Monotonic::now().plus(HOLD);
        let mut outage = Outage::default();
        loop {
            let (delivery, useless) = self.delivery(messages).await;
            let mut storing = std::pin::pin!(tokio::time::timeout(SILENCE, self.inlet.store(delivery, None)));
            let stored = loop {
                tokio::select! {
                    stored = &mut storing => break stored,
                    () = tokio::time::sleep(every) => drop(nats.answer(messages, Answer::InProgress).await),
                }
            };
            let wait = match stored.unwrap_or_else(|_| Err(Unstored::Store(StoreError::silent()))) {
                Ok(_) => {
                    outage.worked(WHAT);
                    return Outcome::Stored(useless);
                }
                Err(Unstored::Store(error)) if error.is_of_a_row() => return Outcome::Unstorable(error),
                Err(Unstored::Store(error)) => {
                    slow += u32::from(error.is_too_slow());
                    // Postgres answers, and these are too much for it at once.
                    if slow > 1 && messages.len() > 1 && self.answers(every).await {
                        return Outcome::Unstorable(error);
                    }
                    outage.failed(WHAT, &error)
                }
                Err(Unstored::Full(wait)) => wait,
                // There is no fence that could be lost.
                Err(Unstored::Fenced) => LATER,
            };
            if until.remaining().is_zero() {
                nats.answer(messages, Answer::Later(LATER)).await;
                return Outcome::GivenBack(self.postgres(outage, stop).await);
            }
            if let Next::Stop = hold(nats, messages, wait, every, stop).await {
                nats.answer(messages, Answer::Later(Duration::ZERO)).await;
                return Outcome::GivenBack(Next::Stop);
            }
        }
    }

    /// What all messages hold together, and the places and reasons of those that hold nothing of use.
    async fn delivery(&self, messages: &[Message]) -> (Delivery, Vec<(usize, String)>) {
        let (mut all, mut useless) = (Delivery::default(), Vec::new());
        for (place, message) in messages.iter().enumerate() {
            let from = format!("message {} of `{}`", message.sequence(), self.connect.stream);
            let mut one = self
                .inlet
                .read_apart(message.payload(), Lines::Unsaid, &from)
                .await;
            one.known_by(&[&self.inlet.source, &message.identity()]);
            one.carried_by(message.traceparent().as_deref());
            if let (true, Some(first)) = (one.incoming.is_empty(), one.dead.first()) {
                useless.push((place, first.reason.clone()));
            }
            all.append(one);
        }
        (all, useless)
    }

    /// Keeps a message that Postgres would not take as what it is, as a dead letter.
    async fn bury(&self, message: &Message, reason: &str) -> Result<(), Unstored> {
        let mut delivery = Delivery::default();
        let (name, detail) = reason.split_once(": ").unwrap_or((reason, ""));
        delivery.refuse(name, detail, message.payload());
        delivery.known_by(&[&self.inlet.source, &message.identity()]);
        let storing = tokio::time::timeout(SILENCE, self.inlet.store(delivery, None)).await;
        storing
            .unwrap_or_else(|_| Err(Unstored::Store(StoreError::silent())))
            .map(drop)
    }

    /// Whether Postgres says anything within that time.
    async fn answers(&self, within: Duration) -> bool {
        let asked = tokio::time::timeout(within, self.inlet.store.now()).await;
        asked.is_ok_and(|told| told.is_ok())
    }

    /// Waits until Postgres answers again, or `stop`.
    async fn postgres(&self, mut outage: Outage, stop: &CancellationToken) -> Next {
        loop {
            let wait = match bounded(self.inlet.store.now()).await {
                Ok(_) => {
                    outage.worked(WHAT);
                    return Next::Go;
                }
                Err(error) => outage.failed(WHAT, &error),
            };
            tokio::select! {
                () = stop.cancelled() => return Next::Stop,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}

/// What became of a batch.
enum Outcome {
    /// It is committed; these of its messages, by place, held nothing of use.
    Stored(Vec<(usize, String)>),
    /// Postgres would not take what one of them holds, or so many at once.
    Unstorable(StoreError),
    /// It could not be stored, and nats has it again.
    GivenBack(Next),
}

/// Waits, and lets nats know that the messages are still in hand.
async fn hold(
    nats: &mut Nats,
    messages: &[Message],
    wait: Duration,
    every: Duration,
    stop: &CancellationToken,
) -> Next {
    let until = Monotonic::now().plus(wait);
    loop {
        nats.answer(messages, Answer::InProgress).await;
        let left = until.remaining();
        tokio::select! {
            () = stop.cancelled() => return Next::Stop,
            () = tokio::time::sleep(left.min(every)) => {}
        }
        if until.remaining().is_zero() {
            return Next::Go;
        }
    }
}
