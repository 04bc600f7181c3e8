//! The stop switch: what is written here is in force in the next gate transaction of every replica, waits for no daemon, and
//! only a person's resume ends it. Behind `quell stop` and `quell resume`, `POST /v1/stop` and `/v1/resume`, and the console.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{DeskError, Refused};
use crate::domain::person::By;
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::views::StopCounts;
use crate::store::{ResumeOrder, Resumed, StopOrder, StopView, Store};

/// What to stop.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Whose; `None`: every tenant's.
    pub tenant: Option<TenantId>,
    /// What it forbids.
    pub scope: StopScope,
    /// What began since then is released, with [`StopScope::ReleaseAll`] and only with it.
    pub since: Option<Timestamp>,
}

/// What was stopped, and what stands there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stopped {
    /// The stops, one for each tenant.
    pub stops: Vec<StopView>,
    /// What is queued, under way and pending; none: it could not be looked at.
    pub counts: Option<StopCounts>,
}

impl Order {
    /// Whether it can be given.
    ///
    /// # Errors
    /// `since` is missing where it is needed, or stands where nothing is released.
    pub fn check(&self) -> Result<(), DeskError> {
        if (self.scope == StopScope::ReleaseAll) == self.since.is_some() {
            return Ok(());
        }
        let why = "`since` goes with the scope `release-all`, and that one needs it: nothing was stopped";
        Err(DeskError::Unusable(why.to_owned()))
    }
}

/// Stops, and says what it finds queued and under way.
///
/// # Errors
/// As of [`give`]. Once the stop is in force the answer is no error, whatever can still be counted.
pub async fn begin(store: &Store, order: &Order, by: &By) -> Result<Stopped, DeskError> {
    let stops = give(store, order, by).await?;
    let counts = store.stop_counts(order.tenant).await;
    let counts = counts.map_err(|error| {
        let error = crate::store::chain(&error);
        tracing::warn!(error, "what a stop finds could not be counted; it is in force");
    });
    Ok(Stopped {
        counts: counts.ok(),
        stops,
    })
}

/// Stops, and looks at nothing afterwards: what is answered is in force.
///
/// # Errors
/// There is nothing to stop, the order makes no sense, or Postgres is away: nothing is called without it either.
pub async fn give(store: &Store, order: &Order, by: &By) -> Result<Vec<StopView>, DeskError> {
    order.check()?;
    let stops = store
        .acting(by)
        .stop_begin(&StopOrder {
            tenant: order.tenant,
            scope: order.scope,
            since: order.since,
            via: by.via,
            by: &by.who,
            reason: &by.reason,
        })
        .await?;
    if stops.is_empty() {
        let why = "the database knows no tenant yet: there is nothing to stop";
        return Err(DeskError::Refused(Refused::NothingToStop, why.to_owned()));
    }
    Ok(stops)
}

/// Ends stops. It may end none: the answer says which are left.
///
/// # Errors
/// The stop file is there and would stop everything again, or Postgres is away.
pub async fn end(
    store: &Store,
    stop_file: Option<&Path>,
    which: ResumeOrder<'_>,
    by: &By,
) -> Result<Resumed, DeskError> {
    if let Some(file) = stop_file.filter(|file| file.exists()) {
        let why = format!(
            "the stop file `{}` is still there, and would stop everything again: remove it first",
            file.display()
        );
        return Err(DeskError::Refused(Refused::StopFile, why));
    }
    let store = store.acting(by);
    Ok(store.stop_end(which, &by.who, &by.reason).await?)
}
