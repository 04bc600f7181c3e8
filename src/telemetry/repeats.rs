//! Holds back log lines that repeat: of equal warnings and errors (the same place in the code, the same message, whatever their fields) so
//! many a minute are written, the first always among them. What was held back is counted, and told once a minute. Lines of other levels
//! are one for each change of state and are never held back.
//!
//! `telemetry` puts it behind the filter of the log; `app` asks for [`Repeats::tell`] every few seconds.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

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

impl<S: Subscriber> Filter<S> for Repeats {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn callsite_enabled(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::always()
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        self.passes(event)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
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
