//! What can be switched while a simulator runs, beside faults: how it answers duplicates, words a 429, and so on.
//!
//! Begun from the options; changed by a scenario, the control API or a test. [`Change`] is what they say.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::simulator::options::{DuplicateMode, Options, QuotaDialect, RetryAfter};
use crate::simulator::span::Span;

/// How it answers at present.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Switches {
    /// What a second action of the same type does.
    pub duplicates: DuplicateMode,
    /// How a 429 is worded.
    pub quota_dialect: QuotaDialect,
    /// How a 429 says when to come back.
    pub retry_after: RetryAfter,
    /// Percentage of cancelled actions that take effect all the same.
    pub cancel_race_percent: f64,
    /// How long a new action cannot be read yet, unscaled.
    pub read_after_write: Duration,
    /// Whether a body with a property that the service does not know is refused.
    pub refuse_unknown_properties: bool,
    /// Whether `@odata.nextLink` names another host.
    pub next_link_elsewhere: bool,
    /// Whether `@odata.context` names another host.
    pub context_elsewhere: bool,
    /// By how much the clock that stamps alerts is ahead of the caller's, unscaled.
    pub alert_clock_ahead: Duration,
}

/// What is to be different; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// See [`Switches::duplicates`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<DuplicateMode>,
    /// See [`Switches::quota_dialect`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_dialect: Option<QuotaDialect>,
    /// See [`Switches::retry_after`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<RetryAfter>,
    /// See [`Switches::cancel_race_percent`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_race_percent: Option<f64>,
    /// See [`Switches::read_after_write`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_after_write: Option<Span>,
    /// See [`Switches::refuse_unknown_properties`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refuse_unknown_properties: Option<bool>,
    /// See [`Switches::next_link_elsewhere`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_link_elsewhere: Option<bool>,
    /// See [`Switches::context_elsewhere`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_elsewhere: Option<bool>,
    /// See [`Switches::alert_clock_ahead`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_clock_ahead: Option<Span>,
}

impl Switches {
    /// As a simulator starts.
    pub fn of(options: &Options) -> Self {
        Self {
            duplicates: options.duplicate_mode,
            quota_dialect: options.quota_dialect,
            retry_after: if options.retry_after {
                options.retry_after_form
            } else {
                RetryAfter::None
            },
            cancel_race_percent: options.cancel_race_percent,
            read_after_write: options.read_after_write,
            refuse_unknown_properties: options.refuse_unknown_properties,
            next_link_elsewhere: options.next_link_elsewhere,
            context_elsewhere: options.context_elsewhere,
            alert_clock_ahead: Duration::ZERO,
        }
    }

    /// Changes what is named.
    pub fn apply(&mut self, change: &Change) {
        fn set<T: Copy>(to: &mut T, from: Option<T>) {
            *to = from.unwrap_or(*to);
        }
        set(&mut self.duplicates, change.duplicates);
        set(&mut self.quota_dialect, change.quota_dialect);
        set(&mut self.retry_after, change.retry_after);
        set(&mut self.cancel_race_percent, change.cancel_race_percent);
        set(
            &mut self.read_after_write,
            change.read_after_write.map(|span| span.0),
        );
        set(
            &mut self.refuse_unknown_properties,
            change.refuse_unknown_properties,
        );
        set(&mut self.next_link_elsewhere, change.next_link_elsewhere);
        set(&mut self.context_elsewhere, change.context_elsewhere);
        set(
            &mut self.alert_clock_ahead,
            change.alert_clock_ahead.map(|span| span.0),
        );
    }
}
