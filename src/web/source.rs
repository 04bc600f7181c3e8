//! A source whose events others send here: whose they are, what they may lead to, and how its senders show who they are.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::domain::source::SourceState;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::intake::Reader;
use crate::limiter::SourceRate;
use crate::web::Options;
use crate::web::answer::Problem;
use crate::web::proof::{Proof, Refusal};

/// One source.
#[derive(Debug)]
pub struct Source {
    /// Its name: the last part of its path, and what its events carry.
    pub name: String,
    /// Whose events these are.
    pub tenant: TenantId,
    /// What they may lead to.
    pub trust: Trust,
    /// How many of them may act; what is beyond asks.
    pub rate: Option<SourceRate>,
    /// How the bodies are read.
    pub reader: Reader,
    /// Rung when events were stored, so that whoever decides in this process need not wait for Postgres to tell it.
    pub stored: Arc<Notify>,
    /// How it goes.
    pub state: SourceState,
    /// What its senders must show.
    pub proof: Proof,
}

impl Source {
    /// The listener's own, at `/v1/events`. Its token is asked for before it is looked at what it takes.
    pub(super) fn own(options: &Options) -> Self {
        Self {
            name: options.source.clone(),
            tenant: options.tenant,
            trust: options.trust,
            rate: options.rate.clone(),
            reader: options.reader.clone(),
            stored: Arc::clone(&options.stored),
            state: SourceState::default(),
            proof: Proof::open(),
        }
    }

    /// Counts a refusal and brings it into words.
    pub(super) fn refuse(&self, refusal: Refusal) -> Problem {
        metrics::counter!("quell_webhook_refused_total", "source" => self.name.clone(), "reason" => refusal.name())
            .increment(1);
        Problem::from(refusal)
    }

    /// Counts a delivery whose id was there before.
    pub(super) fn count_again(&self, body: &'static str) {
        metrics::counter!("quell_webhook_repeated_total", "source" => self.name.clone(), "body" => body)
            .increment(1);
    }

    /// Counts records by what became of them.
    pub(super) fn count(&self, outcome: &'static str, records: usize) {
        metrics::counter!("quell_events_received_total", "outcome" => outcome).increment(records as u64);
        metrics::counter!("quell_source_events_total", "source" => self.name.clone(), "outcome" => outcome)
            .increment(records as u64);
    }
}
