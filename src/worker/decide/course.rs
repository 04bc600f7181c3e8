//! How long the events of a batch took from their commit to that of their decision: for the metrics, and for whoever collects traces. Told
//! after the commit, when everybody who waits for it has been woken; it changes nothing.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tracing::Level;

use crate::domain::trace::TARGET;
use crate::store::{DecisionRow, InboxItem};
use crate::worker::Context;

/// So long what is told to collectors alone may take.
const AT_MOST: Duration = Duration::from_millis(250);

/// Tells of a batch that was claimed at a moment and took so long.
pub(super) async fn tell(
    context: &Context,
    (items, decisions): (&[InboxItem], &[DecisionRow]),
    claimed_at: Timestamp,
    took: Duration,
) {
    let accepted: HashMap<i64, Timestamp> = items.iter().map(|item| (item.seq, item.enqueued_at)).collect();
    for accepted in decisions
        .iter()
        .filter_map(|decision| accepted.get(&decision.seq))
    {
        let waited = claimed_at.duration_since(*accepted).as_secs_f64().max(0.0);
        metrics::histogram!("quell_event_to_decision_seconds").record(waited + took.as_secs_f64());
    }
    if tracing::enabled!(target: TARGET, Level::TRACE) {
        let telling = context
            .store
            .course_decided(decisions, &accepted, claimed_at, took);
        // Deciding waits for no trace: a Postgres that is slow costs the spans of a batch.
        if tokio::time::timeout(AT_MOST, telling).await.is_err() {
            metrics::counter!("quell_spans_lost_total").increment(2 * decisions.len() as u64);
        }
    }
}
