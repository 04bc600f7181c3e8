//! Holds back log lines that repeat: of equal warnings and errors (the same place in the code, the same message, whatever their fields) so
//! many a minute are written, the first always among them. What was held back is counted, and told once a minute. Lines of other levels
//! are one for each change of state and are never held back.
//!
//! `telemetry` puts it before what writes the lines; `app` asks for [`Repeats::tell`] every few seconds.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::clock::Monotonic;

/// How long equal lines are counted together.
const SPAN: Duration = Duration::from_secs(60);

/// More different lines than this are not told apart: the further ones are all written.
const DIFFERENT: usize = 1_000;

/// What was written and held back lately; clones share it.
#[derive(Clone, Debug)]
pub struct Repeats(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// So many equal lines in a span; 0: any number.
    most: u32,
    lines: Mutex<HashMap<(tracing::callsite::Identifier, String), Count>>,
}

#[derive(Debug)]
struct Count {
    since: Monotonic,
    written: u32,
    held: u64,
}

impl Repeats {
    /// Lets so many equal lines a minute through; 0: all.
    pub fn at_most(most: u32) -> Self {
        Self(Arc::new(Shared {
            most,
            lines: Mutex::default(),
        }))
    }

    /// Says what was held back in spans that are over.
    pub fn tell(&self) {
        for (line, held) in self.over(SPAN) {
            // Not counted itself: see `passes`.
            tracing::warn!(target: TOLD, line, held, "equal log lines were held back");
        }
    }

    /// Says what was held back until now, however long ago: the process ends.
    pub fn tell_all(&self) {
        for (line, held) in self.over(Duration::ZERO) {
            tracing::warn!(target: TOLD, line, held, "equal log lines were held back");
        }
    }

    /// Forgets the spans that have lasted so long, and gives what was held back in them.
    fn over(&self, span: Duration) -> Vec<(String, u64)> {
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = Vec::new();
        lines.retain(|(_, line), count| {
            let is_over = count.since.elapsed() >= span;
            if is_over && count.held > 0 {
                told.push((line.clone(), count.held));
            }
            !is_over
        });
        told
    }

    /// Whether a line is written.
    fn passes(&self, event: &Event<'_>) -> bool {
        let metadata = event.metadata();
        if self.0.most == 0 || *metadata.level() > Level::WARN || metadata.target() == TOLD {
            return true;
        }
        let mut message = Message::default();
        event.record(&mut message);
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (metadata.callsite(), message.0);
        if !lines.contains_key(&key) && lines.len() >= DIFFERENT {
            return true;
        }
        let count = lines.entry(key).or_insert_with(|| Count {
            since: Monotonic::now(),
            written: 0,
            held: 0,
        });
        if count.written < self.0.most {
            count.written += 1;
            return true;
        }
        count.held += 1;
        drop(lines);
        metrics::counter!("quell_log_lines_held_total").increment(1);
        false
    }
}

/// The target of the lines that tell of others.
const TOLD: &str = "quell::repeats";

/// A layer that writes lines, behind what holds repeated ones back. As a layer and not as a filter: what a filter refuses of a single
/// event leaves its mark on the next one (tracing-subscriber 0.3.23, an assertion of its own in debug builds).
pub(super) struct Held<L> {
    pub(super) lines: L,
    pub(super) repeats: Repeats,
}

impl<S: Subscriber, L: Layer<S>> Layer<S> for Held<L> {
    fn on_layer(&mut self, subscriber: &mut S) {
        self.lines.on_layer(subscriber);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.lines.on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        self.lines.on_record(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if self.repeats.passes(event) {
            self.lines.on_event(event, context);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        self.lines.on_enter(id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        self.lines.on_exit(id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.lines.on_close(id, context);
    }
}

/// The message of a line, without its fields.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
