//! Defender's own alerts as a source, put together from the configuration.

use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use crate::config::source::Defender;
use crate::defender::MAX_ALERT_PAGE;
use crate::domain::watermark::Terms;
use crate::worker::intake::Inlet;
use crate::worker::intake::defender::Poller;

/// Starts its loop, every span as it holds in real time.
pub(super) fn start(shared: &Shared<'_>, defender: &Defender, inlet: Inlet) {
    let scaled = |span| shared.config.scaled(span);
    let poller = Poller {
        context: shared.context.clone(),
        client: Arc::clone(shared.client),
        guard: shared.reads_guard.clone(),
        inlet,
        replica: shared.replica,
        held: shared.config.lease,
        every: scaled(defender.every),
        since: scaled(defender.since),
        terms: Terms {
            overlap: scaled(defender.overlap),
            top: defender.page,
            most: MAX_ALERT_PAGE,
        },
        filter: defender.filter.clone(),
        evidence: defender.evidence,
        backoff: scaled(Duration::from_secs(5)),
    };
    shared
        .tasks
        .spawn("defender's alerts", poller.run(shared.tasks.soft()));
}
