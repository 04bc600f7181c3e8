//! Looks ahead: how long the queue takes to drain, which queued restrictions will lose their validity before they can be
//! called, and whether repetitions are held. Metrics, and one log line when it begins and when it is over.
//!
//! Only the replica that dispatches looks; on the others the gauges stand at zero. It changes nothing, and what it says is a
//! forecast: more urgent actions may come, answers may be late.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::budget::{Forecast, Pacing};
use crate::store::StoreError;
use crate::store::views::{Expected, Outlook};
use crate::worker::{Context, Outage, bounded};

/// The loop's parts.
#[derive(Clone, Debug)]
pub struct Lookout {
    /// What the loops share.
    pub context: Context,
    /// How calls are spread.
    pub pacing: Pacing,
    /// How often it looks.
    pub every: Duration,
}

/// What was said last.
#[derive(Debug, Default)]
struct Told {
    late: bool,
    retries: bool,
}

impl Lookout {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut told = Told::default();
        let mut outage = Outage::default();
        loop {
            let mut wait = self.every;
            if self.context.leadership.epoch().is_none() {
                self.show(&Outlook::default(), &[]);
                told = Told::default();
            } else {
                let outlook = bounded(
                    self.context
                        .store
                        .outlook(self.context.tenant, &self.context.gate),
                );
                match outlook.await {
                    Ok(outlook) => {
                        outage.worked("the look ahead");
                        let expected = outlook.expected(&self.pacing);
                        self.show(&outlook, &expected);
                        told.tell(&outlook, &expected);
                    }
                    Err(error) => wait = outage.failed("the look ahead", &error).max(self.every),
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One look, for tests: how many queued restrictions are expected late.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self) -> Result<usize, StoreError> {
        let outlook = self
            .context
            .store
            .outlook(self.context.tenant, &self.context.gate)
            .await?;
        let expected = outlook.expected(&self.pacing);
        self.show(&outlook, &expected);
        Ok(late(&expected).count())
    }

    fn show(&self, outlook: &Outlook, expected: &[Expected]) {
        let after: Vec<Duration> = expected.iter().map(|expected| expected.after).collect();
        let drained = Forecast::of(&after).map_or(Duration::ZERO, |forecast| forecast.last);
        let tenant = || self.context.tenant_name.clone();
        let late = u32::try_from(late(expected).count()).unwrap_or(u32::MAX);
        metrics::gauge!("quell_actions_expected_late", "tenant" => tenant()).set(f64::from(late));
        metrics::gauge!("quell_queue_drain_seconds", "tenant" => tenant()).set(drained.as_secs_f64());
        let held = outlook.retries_held.is_some();
        metrics::gauge!("quell_retries_held", "tenant" => tenant()).set(f64::from(u8::from(held)));
    }
}

impl Told {
    fn tell(&mut self, outlook: &Outlook, expected: &[Expected]) {
        let mut of_late = late(expected);
        match (of_late.next(), self.late) {
            (Some(first), false) => tracing::warn!(
                action.id = %first.id, late = of_late.count() + 1, queued = expected.len(),
                expected_in_seconds = first.after.as_secs(),
                "queued restrictions will lose their validity before they can be called"
            ),
            (None, true) => tracing::info!("no queued restriction is expected late any more"),
            _ => {}
        }
        self.late = late(expected).next().is_some();
        match (outlook.retries_held, self.retries) {
            (Some(wait), false) => tracing::warn!(
                wait_seconds = wait.as_secs(),
                "too many repeated calls came to nothing; further ones of the bulk lanes wait"
            ),
            (None, true) => tracing::info!("repeated calls go on"),
            _ => {}
        }
        self.retries = outlook.retries_held.is_some();
    }
}

fn late(expected: &[Expected]) -> impl Iterator<Item = &Expected> {
    expected.iter().filter(|expected| expected.is_late)
}
