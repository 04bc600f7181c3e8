//! Whether the device of a candidate can be restricted at all, asked again with the facts of this moment: those that are not
//! older than their bound. Called by the gate before it writes an attempt.

use std::time::Duration;

use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::eligibility::{self, Ineligible};
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::containments::{OpenRow, Word, end, open};
use crate::store::gate::turn::Candidate;
use crate::store::{Store, StoreError};

/// Why the candidate's device cannot be restricted now. Facts that are too old, or were never fetched, say nothing.
fn ineligible(candidate: &Candidate, facts: &DeviceFacts, max_age: Duration) -> Option<Ineligible> {
    candidate.facts_age.filter(|age| *age <= max_age)?;
    if candidate.is_unknown_to_defender {
        return Some(Ineligible::NotInInventory);
    }
    eligibility::restrict(facts).err()
}

impl Store {
    /// Why the candidate cannot be called because of what its device is, if so. Its containments end as failed when that cannot
    /// change; else they stay, and a person must look. The caller holds the device's lock and withdraws the action.
    pub(super) async fn refuse_ineligible(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        candidate: &Candidate,
        facts: &DeviceFacts,
        max_age: Duration,
    ) -> Result<Option<String>, StoreError> {
        let Some(why) = ineligible(candidate, facts, max_age) else {
            return Ok(None);
        };
        if why.is_permanent() {
            fail(tx, tenant, (&candidate.device, candidate.measure()), why).await?;
        } else {
            self.give_up(tx, tenant, (&candidate.device, candidate.measure()), why.says())
                .await?;
        }
        metrics::counter!("quell_withdrawn_ineligible_total", "reason" => why.reason()).increment(1);
        Ok(Some(why.reason().to_owned()))
    }
}

/// Ends what wants the device restricted: that will never be.
async fn fail(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (device, measure): (&DeviceId, Measure),
    why: Ineligible,
) -> Result<(), StoreError> {
    let open = open(tx, tenant, device).await?;
    let restricting = |row: &&OpenRow| {
        row.measure == measure
            && row.containment.mode == Mode::Enforce
            && row.containment.state == ContainmentState::Active
    };
    let ids: Vec<_> = open.iter().filter(restricting).map(|row| row.id).collect();
    let word = Word {
        reason: EndReason::Failed,
        by: "gate",
        why: why.says(),
    };
    end(tx, tenant, device, &ids, word).await
}
