//! Devices: which are contained, wanted or asked about, why, until when, and what is under way; and one of them with all that belongs
//! to it. Reads only.

mod outcome;

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::explain::explanation::Explanation;
use crate::desk::explain::stored::Explainer;
use crate::desk::explain::{outlived, undecided};
use crate::desk::page::{Page, behind};
use crate::desk::timeline::Moment;
use crate::desk::words::plain;
use crate::desk::{Desk, DeskError};
use crate::domain::device::DeviceId;
use crate::store::StopView;
use crate::store::views::{
    ActionQuery, ActionView, ContainmentHistory, DecisionQuery, DeviceQuery, DeviceView, RestrictedView, Show,
};

pub use outcome::outcome;

/// Stops are shown for so long after their end.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3_600);

/// So many containments, actions and decisions are shown.
const LATEST: i64 = 10;

/// So many moments of a device come with it.
const MOMENTS: usize = 100;

/// Which devices are asked for.
#[derive(Clone, Debug, Default)]
pub struct DevicesAsked {
    /// Those that are contained, wanted or asked about, or others.
    pub show: Show,
    /// Only those whose id begins so, or whose name is this, whole or up to the first dot.
    pub named: Option<String>,
    /// Behind this place.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// A device with everything that belongs to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceReport {
    /// How it stands, in a sentence.
    pub outcome: String,
    /// The device.
    pub device: DeviceView,
    /// Its latest containments in any state, the newest first.
    pub containments: Vec<ContainmentHistory>,
    /// Its latest actions, the newest first.
    pub actions: Vec<ActionView>,
    /// What was last decided, the newest first.
    pub decisions: Vec<Explanation>,
    /// Alerts on it that wait to be decided.
    pub waiting: Vec<String>,
    /// What was decided of events that are gone by now, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outlived: Vec<String>,
    /// The stops in force, and those of the last week.
    pub stops: Vec<StopView>,
    /// What happened to it, the newest first.
    pub timeline: Page<Moment>,
}

impl Desk {
    /// Devices, those that a person must look at first, then the latest.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn devices(&self, asked: &DevicesAsked) -> Result<Page<DeviceView>, DeskError> {
        let query = DeviceQuery {
            show: asked.show,
            id: asked.named.clone(),
            name: asked.named.clone(),
            limit: one_more(asked.limit),
        };
        let after = asked.after.as_deref().map(behind).transpose()?;
        let rows = self
            .store
            .devices_behind(self.tenant, &query, after.as_ref())
            .await?;
        let page = Page::of(rows, asked.limit, |(key, _)| key.clone());
        Ok(page.map(|(_, device)| device))
    }

    /// Who is restricted or isolated now, by whom, since when, until when, and when that was last confirmed: the latest first, at most
    /// so many, behind a place in the list.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn restricted(
        &self,
        named: Option<&str>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<RestrictedView>, DeskError> {
        let query = DeviceQuery {
            show: Show::Contained,
            id: named.map(str::to_owned),
            name: named.map(str::to_owned),
            limit: one_more(limit),
        };
        let after = after.map(behind).transpose()?;
        let rows = self.store.restricted(self.tenant, &query, after.as_ref()).await?;
        let page = Page::of(rows, limit, |(key, _)| key.clone());
        Ok(page.map(|(_, view)| view))
    }

    /// The one device that is named: by its id, the beginning of it, or its name.
    ///
    /// # Errors
    /// None fits or several do, or Postgres is away.
    pub async fn device_named(&self, wanted: &str) -> Result<DeviceView, DeskError> {
        let query = DeviceQuery {
            show: Show::All,
            id: Some(wanted.to_owned()),
            name: Some(wanted.to_owned()),
            limit: LATEST,
        };
        let mut fitting = self.store.devices(self.tenant, &query).await?;
        if let Some(exact) = fitting
            .iter()
            .position(|device| device.device.eq_ignore_ascii_case(wanted))
        {
            return Ok(fitting.swap_remove(exact));
        }
        match fitting.len() {
            1 => Ok(fitting.remove(0)),
            0 => {
                let why = "no device is called `{}`, nor does an id begin so: no event ever named it";
                Err(DeskError::NotFound(why.replace("{}", &plain(wanted))))
            }
            n => {
                let name = |device: &DeviceView| plain(device.name.as_deref().unwrap_or("-"));
                let names = fitting
                    .iter()
                    .map(|device| format!("  {} {}", device.device, name(device)));
                let names: Vec<String> = names.collect();
                let more = if n < LATEST as usize { "" } else { " or more" };
                let wanted = plain(wanted);
                let names = names.join("\n");
                let why = format!("`{wanted}` fits {n}{more} devices; name one of them\n{names}");
                Err(DeskError::NotFound(why))
            }
        }
    }

    /// One device with everything that belongs to it, named as [`Desk::device_named`] takes it.
    ///
    /// # Errors
    /// None fits or several do, or Postgres is away.
    pub async fn device(&self, wanted: &str) -> Result<DeviceReport, DeskError> {
        let (store, tenant) = (&self.store, self.tenant);
        let device = self.device_named(wanted).await?;
        let query = DecisionQuery::Device(DeviceId::from_stored(device.device.clone()), LATEST);
        let mut explainer = Explainer::new(self);
        let mut decisions = Vec::new();
        for decision in store.decisions(tenant, &query).await?.iter().rev() {
            decisions.push(explainer.explain(decision).await?);
        }
        let actions = ActionQuery {
            device: Some(device.device.clone()),
            limit: LATEST,
            ..ActionQuery::default()
        };
        let now = store.now().await?;
        let containments = store.containments_of(tenant, &device.device, LATEST).await?;
        let waiting = store.undecided(tenant, &query).await?;
        let left = store.decisions_outlived(tenant, &query).await?;
        Ok(DeviceReport {
            outcome: outcome(&device, &containments, now),
            containments,
            actions: store.actions(tenant, &actions).await?,
            decisions,
            stops: store.stops(Some(tenant), Some(WEEK)).await?,
            waiting: waiting.iter().map(|waiting| undecided(waiting, now)).collect(),
            outlived: left.iter().rev().map(|its| outlived(its, now)).collect(),
            timeline: self.timeline_of(&device.device, None, MOMENTS).await?,
            device,
        })
    }
}

/// One row more than is shown tells whether there are more.
pub(in crate::desk) fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}
