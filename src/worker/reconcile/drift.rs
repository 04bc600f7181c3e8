//! Drift: what somebody else did, as every complete listing shows it, is handed to the books device by device. The sweep looks at
//! all of the last day, and further back where something was not judged yet, such as after an outage.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::answer::MachineAction;
use crate::domain::drift::{self, DriftTerms};
use crate::store::{DriftLook, StoreError, chain};
use crate::worker::bounded;

use super::Reconciler;
use super::sweep::is_of_one_device;

/// However long nobody looked, no sweep goes further back.
const FURTHEST: Duration = Duration::from_secs(30 * 86_400);

/// What is known of drift between two looks.
#[derive(Debug, Default)]
pub struct Drifts {
    /// How it is dealt with.
    pub terms: DriftTerms,
    installation: OnceLock<i32>,
}

impl Drifts {
    /// Drift is dealt with in this way.
    pub fn new(terms: DriftTerms) -> Self {
        Self {
            terms,
            installation: OnceLock::new(),
        }
    }
}

impl Reconciler {
    /// Judges what a complete listing, begun then, shows of somebody else's. `is_sweep`: it was a sweep's.
    pub(super) async fn judge_drift(
        &self,
        epoch: i64,
        listing: &[MachineAction],
        began: Timestamp,
        is_sweep: bool,
    ) -> Result<(), StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let installation = match self.drift.installation.get() {
            Some(installation) => *installation,
            None => {
                let installation = bounded(store.installation(tenant)).await?;
                *self.drift.installation.get_or_init(|| installation)
            }
        };
        let foreign = drift::foreign(listing, installation);
        let unjudged = bounded(store.foreign_unjudged(tenant, foreign)).await?;
        let look = DriftLook {
            began,
            lag: self.context.gate.timing.quiescence(),
            terms: self.drift.terms,
        };
        let mut waiting = 0;
        for of in drift::by_device(unjudged, listing) {
            match bounded(store.drift_judge(tenant, epoch, &look, &of)).await {
                Ok(true) => {}
                Ok(false) => waiting += 1,
                Err(error) if is_of_one_device(&error) => {
                    waiting += 1;
                    tracing::error!(
                        device.id = of.device,
                        error = chain(&error),
                        "what somebody else did to a device cannot be judged"
                    );
                }
                Err(error) => return Err(error),
            }
        }
        metrics::gauge!("quell_drift_waiting", "tenant" => self.context.tenant_name.clone())
            .set(f64::from(waiting));
        if is_sweep {
            bounded(store.look_note(tenant, epoch, began, waiting > 0)).await?;
        }
        Ok(())
    }

    /// How far back everything of others' is still to be judged; zero when no list was ever looked at.
    pub(super) async fn unjudged_for(&self) -> Result<Duration, StoreError> {
        let unjudged = bounded(self.context.store.unjudged_for(self.context.tenant)).await?;
        Ok(unjudged.unwrap_or_default().min(FURTHEST))
    }
}
