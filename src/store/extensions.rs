//! An operator gives a containment another end. Its playbook's terms stay: a match never makes it shorter again. What never ends by
//! itself cannot be extended; what is to end now is released.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::strays::DECIDE;
use crate::store::{Because, Store, StoreError};

/// No containment is extended further than this from now.
pub const FURTHEST: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The end that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewEnd {
    /// So much later than now planned.
    By(Duration),
    /// At this moment.
    At(Timestamp),
}

/// Who extends what, and why.
#[derive(Clone, Copy, Debug)]
pub struct Extend<'a> {
    /// The containment.
    pub containment: Uuid,
    /// Its new end.
    pub end: NewEnd,
    /// An earlier end than the planned one is meant.
    pub may_shorten: bool,
    /// Who.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Extended {
    /// It has its new end.
    Done {
        /// The containment.
        containment: Uuid,
        /// Its device.
        device: String,
        /// When it was to end.
        before: Timestamp,
        /// When it ends now.
        until: Timestamp,
    },
    /// There is none of that id that is active and enforced.
    NotActive,
    /// It never ends by itself.
    Never,
    /// That end has passed.
    Past,
    /// That end is further away than [`FURTHEST`].
    TooFar,
    /// A second person passed a protection of the device, for the time that was approved and no longer.
    Approved,
    /// That end is earlier than the planned one, and that was not said to be meant.
    Shorter {
        /// When it is to end.
        before: Timestamp,
    },
}

impl Store {
    /// Gives an active containment another end.
    ///
    /// # Errors
    /// Postgres is not available: nothing is changed.
    pub async fn containment_extend(
        &self,
        tenant: TenantId,
        extend: &Extend<'_>,
    ) -> Result<Extended, StoreError> {
        let mut tx = self.begin().await?;
        let device = sqlx::query_scalar!(
            "SELECT device_id FROM quell.containments WHERE tenant_id = $1 AND id = $2",
            tenant.0,
            extend.containment,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(device) = device else {
            return Ok(Extended::NotActive);
        };
        super::devices::lock(&mut tx, tenant, std::slice::from_ref(&device)).await?;
        let row = sqlx::query!(
            r#"SELECT until, accepted_risks <> '{}' AS "has_risks!", quell.now() AS "now!" FROM quell.containments
               WHERE id = $1 AND state = 'active' AND mode = 'enforce'"#,
            extend.containment,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            return Ok(Extended::NotActive);
        };
        let Some(before) = time(row.until) else {
            return Ok(Extended::Never);
        };
        let now = row.now.to_jiff();
        let until = match extend.end {
            NewEnd::At(at) => at,
            NewEnd::By(span) => {
                let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
                before.max(now).saturating_add(span).unwrap_or(Timestamp::MAX)
            }
        };
        if until <= now {
            return Ok(Extended::Past);
        }
        if until.duration_since(now) > FURTHEST {
            return Ok(Extended::TooFar);
        }
        if until < before && !extend.may_shorten {
            return Ok(Extended::Shorter { before });
        }
        if until > before && row.has_risks {
            return Ok(Extended::Approved);
        }
        // The audit's own trigger tells the change, by whom and why.
        let done = if until < before { "shortened" } else { "extended" };
        sqlx::query!(
            "UPDATE quell.containments SET until = $2::timestamptz, change_by = $3, change_reason = $4,
                 -- Whoever extends what was kept for a person to decide has decided.
                 attention = CASE WHEN until < $2::timestamptz AND right(attention, length($5)) = $5 THEN NULL ELSE attention END
             WHERE id = $1 AND state = 'active'",
            extend.containment,
            until.to_sqlx() as jiff_sqlx::Timestamp,
            extend.by,
            format!("{done}: {}", extend.reason),
            DECIDE,
        )
        .execute(&mut *tx)
        .await?;
        // What waited for that decision may have to be restricted again.
        let because = Because {
            by: extend.by,
            reason: extend.reason,
        };
        let its = DeviceId::from_stored(device.clone());
        self.converge_device(&mut tx, tenant, &its, because).await?;
        tx.commit().await?;
        Ok(Extended::Done {
            containment: extend.containment,
            device,
            before,
            until,
        })
    }
}
