//! Tells the figures that dashboards and alerts live on, and sends the heartbeat. Only the replica that dispatches does; on the others the
//! gauges stand at zero, so that nobody counts twice. It decides nothing.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::domain::verdict::Lane;
use crate::store::{Figures, StoreError};
use crate::worker::{Context, Outage, bounded};

/// How often Postgres is asked.
pub const EVERY: Duration = Duration::from_secs(15);

/// The loop's parts.
#[derive(Clone, Debug)]
pub struct Teller {
    /// What the loops share.
    pub context: Context,
    /// How often the heartbeat is sent; zero: never.
    pub heartbeat: Duration,
    /// Where the newest figures stand, for the one line that systemd shows. `None`: another replica dispatches.
    pub seen: watch::Sender<Option<Figures>>,
}

impl Teller {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut beaten: Option<Monotonic> = None;
        loop {
            let mut wait = self.pace();
            let tenant = || self.context.tenant_name.clone();
            let dispatches = self.context.leadership.epoch().is_some();
            metrics::gauge!("quell_lease_held", "tenant" => tenant()).set(f64::from(u8::from(dispatches)));
            if dispatches {
                let is_due = beaten.is_none_or(|at| at.elapsed() >= self.heartbeat);
                match self.run_once(is_due).await {
                    Ok(_) => {
                        outage.worked("reading the figures");
                        if is_due {
                            beaten = Some(Monotonic::now());
                        }
                    }
                    Err(error) => wait = outage.failed("reading the figures", &error).max(wait),
                }
            } else {
                self.show(&Figures::default());
                self.seen.send_replace(None);
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                // A lease that is taken or lost shows at once.
                () = self.context.leadership.changed() => {}
            }
        }
    }

    /// The heartbeat may be wanted more often than the figures are read.
    fn pace(&self) -> Duration {
        match self.heartbeat {
            Duration::ZERO => EVERY,
            heartbeat => EVERY.min(heartbeat),
        }
    }

    /// One heartbeat, if it is due, and one look.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self, beat: bool) -> Result<Figures, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        if beat && !self.heartbeat.is_zero() {
            bounded(store.heartbeat_send(tenant)).await?;
        }
        let mut figures = bounded(store.figures(tenant, &self.context.gate)).await?;
        if self.heartbeat.is_zero() {
            // The last one of before is no heartbeat that is missing.
            figures.heartbeat_at = None;
        }
        self.show(&figures);
        self.seen.send_replace(Some(figures.clone()));
        let at = bounded(store.now()).await?;
        metrics::gauge!("quell_figures_last_success_timestamp_seconds", "tenant" => self.context.tenant_name.clone())
            .set(seconds_since_1970(at));
        Ok(figures)
    }

    fn show(&self, figures: &Figures) {
        let tenant = || self.context.tenant_name.clone();
        for window in &self.context.gate.actions {
            let used = figures.windows.iter().find(|(its, _)| its.per == window.per);
            let limit = used.map_or(0, |(window, _)| window.limit);
            let name = || window.per.as_secs_f64().to_string();
            metrics::gauge!("quell_budget_limit_calls", "tenant" => tenant(), "window" => name())
                .set(f64::from(limit));
            metrics::gauge!("quell_budget_used_calls", "tenant" => tenant(), "window" => name())
                .set(used.map_or(0, |(_, used)| *used) as f64);
        }
        let reserve = match figures.windows.is_empty() {
            true => 0,
            false => self.context.gate.terms.reserve.slots,
        };
        metrics::gauge!("quell_budget_reserve_calls", "tenant" => tenant()).set(f64::from(reserve));
        for lane in Lane::ALL {
            let its = figures.queue.iter().find(|its| its.lane == lane);
            let (actions, oldest) = its.map_or((0, Duration::ZERO), |its| (its.actions, its.oldest));
            metrics::gauge!("quell_queue_actions", "tenant" => tenant(), "lane" => lane.as_str())
                .set(actions as f64);
            metrics::gauge!("quell_queue_oldest_seconds", "tenant" => tenant(), "lane" => lane.as_str())
                .set(oldest.as_secs_f64());
        }
        for (measure, devices) in [
            ("restriction", figures.restricted),
            ("isolation", figures.isolated),
        ] {
            metrics::gauge!("quell_contained_devices", "tenant" => tenant(), "measure" => measure)
                .set(devices as f64);
        }
        for (scope, is_closed) in [
            ("actions", figures.actions_closed),
            ("reads", figures.reads_closed),
        ] {
            metrics::gauge!("quell_gate_closed", "tenant" => tenant(), "scope" => scope)
                .set(f64::from(u8::from(is_closed)));
        }
        metrics::gauge!("quell_containments_needing_attention", "tenant" => tenant())
            .set(figures.attention as f64);
        metrics::gauge!("quell_releases_pending", "tenant" => tenant()).set(figures.releases as f64);
        metrics::gauge!("quell_approvals_waiting", "tenant" => tenant()).set(figures.approvals as f64);
        metrics::gauge!("quell_approvals_expire_seconds", "tenant" => tenant())
            .set(figures.approvals_expire.unwrap_or_default().as_secs_f64());
        metrics::gauge!("quell_notifications_oldest_seconds", "tenant" => tenant())
            .set(figures.notifications_oldest.as_secs_f64());
        metrics::gauge!("quell_dead_letters", "tenant" => tenant()).set(figures.dead_letters as f64);
        if let Some(at) = figures.heartbeat_at {
            metrics::gauge!("quell_heartbeat_last_success_timestamp_seconds", "tenant" => tenant())
                .set(seconds_since_1970(at));
        }
    }
}

/// To the microsecond, which is what a gauge can hold of it.
fn seconds_since_1970(at: Timestamp) -> f64 {
    at.as_microsecond() as f64 / 1_000_000.0
}
