//! Whether the device of a candidate can be restricted at all, asked again with the facts of this moment: those of the inventory
//! and of look-ups that are not older than their bounds. Called by the gate before it writes an attempt; nothing is waited for.

use std::time::Duration;

use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::eligibility::{self, Ineligible};
use crate::domain::measure::{Isolation, Measure};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::containments::{OpenRow, Word, end, open};
use crate::store::gate::turn::Candidate;
use crate::store::{Gate, Store, StoreError, lookups};

/// Why the candidate's device cannot be restricted now, by facts that are not too old.
fn ineligible(candidate: &Candidate, fresh: &DeviceFacts, max_age: Duration) -> Option<Ineligible> {
    let is_fresh = candidate.facts_age.is_some_and(|age| age <= max_age);
    if is_fresh && candidate.is_unknown_to_defender {
        return Some(Ineligible::NotInInventory);
    }
    let isolation = candidate.argument.as_deref().and_then(Isolation::parse);
    eligibility::check(candidate.measure(), isolation, fresh).err()
}

impl Store {
    /// Why the candidate cannot be called because of what its device is, if so. Its containments end as failed when that cannot
    /// change; else they stay, and a person must look. The caller holds the device's lock and withdraws the action.
    pub(super) async fn refuse_ineligible(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        gate: &Gate,
        candidate: &Candidate,
        fresh: &DeviceFacts,
    ) -> Result<Option<String>, StoreError> {
        let mut facts = fresh.clone();
        let known = lookups::of_one(tx, tenant, gate.lookups, &candidate.device).await?;
        gate.lookups.apply(&mut facts, &known, candidate.now);
        let Some(why) = ineligible(candidate, &facts, gate.facts_max_age) else {
            return Ok(None);
        };
        let says = why.in_words(&facts);
        if why.is_permanent() {
            fail(tx, tenant, (&candidate.device, candidate.measure()), why).await?;
        } else {
            self.give_up(tx, tenant, (&candidate.device, candidate.measure()), &says)
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
