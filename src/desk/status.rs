//! One look at three in the morning: what is contained, why, until when; what waits and for how long; what needs a person; whether
//! anything runs at all. The answer of `quell status`, `GET /v1/status` and the console's first page. Reads only.

pub mod calls;
pub mod files;
pub mod inventory;
pub mod lookups;
pub mod needs;
mod requests;
mod sealing;
pub mod sources;

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::look::Look;
use crate::desk::status::calls::HeldQueue;
use crate::desk::{Desk, DeskError};
use crate::domain::budget::Forecast;
use crate::domain::verdict::Mode;
use crate::store::approvals::Waiting;
use crate::store::outbox::views::ReceiverTrouble;
use crate::store::source_looks::SourceView;
use crate::store::views::{
    AlarmView, ContainmentView, DeviceQuery, DeviceView, InventoryView, LookupsView, ReplicaView, Show,
    StalledView, StatusView,
};
use crate::store::{LIVING, Overdue, ReplicaFiles, StopView};

/// Alarms are shown for so long.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A heartbeat that is missed for less than this is no news yet.
const HEARTBEATS: Duration = Duration::from_secs(300);

/// Everything that one look shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Report {
    /// The tenant.
    pub tenant: String,
    /// The stops in force, the strongest first; empty: nothing is stopped.
    pub stops: Vec<StopView>,
    /// What needs a person, in words; empty: nothing.
    pub needs: Vec<String>,
    /// No playbook goes beyond it.
    pub mode: Mode,
    /// How long a dead daemon keeps the lease, in seconds.
    pub lease_seconds: f64,
    /// Restrictions open at Defender at once, at most.
    pub outstanding_limit: u32,
    /// When the next call may leave; none: nothing is queued, or all of it is held.
    pub next_call_at: Option<Timestamp>,
    /// When what is queued and not held may have left, if nothing is added and every call is answered at once.
    pub queue_empty_at: Option<Timestamp>,
    /// What holds queued actions, whatever the budget allows.
    pub held: Option<HeldQueue>,
    /// An action that is due and not called although nothing that is recorded holds it.
    pub stalled: Option<StalledView>,
    /// When the last heartbeat came through, if the next ones are missed.
    pub heartbeat_missed_since: Option<Timestamp>,
    /// Queued restrictions that lose their validity before they can be called, as forecast.
    pub expected_late: usize,
    /// The counters.
    #[serde(flatten)]
    pub status: StatusView,
    /// Devices that should have been released long ago.
    pub releases_overdue: Overdue,
    /// What a person was to be told of in the last day.
    pub alarms: Vec<AlarmView>,
    /// How the readings of the inventory go.
    pub inventory: InventoryView,
    /// What one counted is known for so long, in seconds.
    pub inventory_max_age_seconds: f64,
    /// How look-ups go; nothing where none is wanted.
    pub lookups: Option<LookupsView>,
    /// How sources of events go, those too that were configured until a day ago.
    pub sources: Vec<SourceView>,
    /// The sources that the configuration names.
    pub sources_configured: Vec<String>,
    /// The replicas that live, the one that dispatches first.
    pub replicas: Vec<ReplicaView>,
    /// Receivers that do not take their messages.
    pub receivers_in_trouble: Vec<ReceiverTrouble>,
    /// How many rows of the audit wait for their seal, counted up to 10,000.
    pub unsealed_rows: u64,
    /// Since when the first of them waits.
    pub unsealed_since: Option<Timestamp>,
    /// The playbook files of the replicas that live.
    pub playbook_files: Vec<ReplicaFiles>,
    /// The latest contained devices, those that need a person first.
    pub contained: Vec<DeviceView>,
    /// The asks that expire first.
    pub asks: Vec<ContainmentView>,
    /// The requests that they are asked with.
    pub requests: Waiting,
}

impl Desk {
    /// The status: at most `limit` contained devices, and as many asks.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn status(&self, limit: i64) -> Result<Report, DeskError> {
        self.status_at(&*self.look().await?, limit).await
    }

    /// The status by a look that somebody has taken.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn status_at(&self, look: &Look, limit: i64) -> Result<Report, DeskError> {
        let (store, tenant, terms) = (&self.store, self.tenant, &self.terms);
        let status = &look.status;
        let forecast = look.leaving.forecast();
        let stalled = match calls::allowed(status, look.stop(), terms.outstanding) {
            Some(allowed) => store.stalled(tenant, &terms.gate, &allowed).await?,
            None => None,
        };
        let missed = match terms.heartbeat {
            Duration::ZERO => None,
            every => {
                store
                    .heartbeat_missed(tenant, every.saturating_mul(2).max(HEARTBEATS))
                    .await?
            }
        };
        let query = DeviceQuery {
            show: Show::Contained,
            limit,
            ..DeviceQuery::default()
        };
        let unsealed = store.audit_unsealed(tenant).await?;
        let mut report = Report {
            tenant: self.name.clone(),
            held: look.held_queue(),
            stops: look.stops.clone(),
            stalled,
            heartbeat_missed_since: missed,
            needs: Vec::new(),
            mode: terms.mode,
            lease_seconds: terms.lease.as_secs_f64(),
            outstanding_limit: terms.outstanding,
            next_call_at: forecast.and_then(|Forecast { first, .. }| status.at.checked_add(first).ok()),
            queue_empty_at: forecast.and_then(|Forecast { last, .. }| status.at.checked_add(last).ok()),
            expected_late: look.prospect.late(),
            status: status.clone(),
            releases_overdue: store.releases_overdue(tenant, terms.overdue_after).await?,
            alarms: store.alarms(tenant, DAY).await?,
            inventory: store.inventory(tenant).await?,
            inventory_max_age_seconds: terms.inventory_max_age.as_secs_f64(),
            lookups: store.lookups_now(tenant, &terms.gate).await?,
            sources: store.sources_now(tenant).await?,
            sources_configured: terms.sources.clone(),
            replicas: store.replicas(tenant, LIVING).await?,
            receivers_in_trouble: store.receivers_in_trouble(tenant, terms.trouble_after).await?,
            unsealed_rows: unsealed.rows,
            unsealed_since: unsealed.since,
            playbook_files: store.files_of_replicas(tenant).await?,
            contained: store.devices(tenant, &query).await?,
            asks: store.asks(tenant, limit).await?,
            requests: store.requests_waiting(tenant).await?,
        };
        report.needs = needs::needs(&report);
        Ok(report)
    }
}
