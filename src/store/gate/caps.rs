//! The number of each cap, checked once more in the gate's transaction, as the caps are now and by the function that judged when
//! the device's containment became active. Parts of the fleet and of a group are not: see [`above`].

use crate::domain::device::DeviceId;
use crate::domain::limit::{Cap, CapUse, lifted};
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::store::{Gate, StoreError, cap_lifts, inventory};

/// A device counts once, whichever measures are held on it. The first cap whose number the device is above, as the caps are now: counted are the devices whose containment of
/// either measure became active in the window that ends with the activation of its own of this measure, in the order of activation; a lift counts that held then. Those
/// that came later do not count against it, so this never holds what was allowed, unless a cap was lowered since. Parts of
/// the fleet and of a group were counted exactly, with the sizes of that moment, by the transaction that activated the containment
/// (a decision, an approval, a lift, an unanswered ask): a fleet that was counted anew since, or a device that changed its group,
/// does not withdraw what they had allowed. Nor are the playbooks' own limits asked again: those are of the revision and were
/// counted, under their lock, in that transaction, and asking again could only answer the same, or count an approval that lifted
/// a limit for another device.
pub(super) async fn above(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
    (device, measure): (&DeviceId, Measure),
) -> Result<Option<String>, StoreError> {
    for (index, cap) in gate.caps.iter().enumerate() {
        if cap.devices.is_none() {
            continue;
        }
        let number = Cap {
            percent_of_fleet: None,
            percent_of_group: None,
            ..*cap
        };
        let counted = sqlx::query!(
            r#"SELECT count(DISTINCT c.device_id) AS "devices!", its.activated_at
               FROM quell.containments c, (
                 SELECT o.activated_at, o.id FROM quell.containments o
                 WHERE o.tenant_id = $1 AND o.device_id = $2 AND o.state = 'active' AND o.mode = 'enforce'
                   AND o.measure = $4
                 ORDER BY o.activated_at, o.id LIMIT 1) its
               WHERE c.tenant_id = $1 AND c.mode = 'enforce' AND (c.activated_at, c.id) <= (its.activated_at, its.id)
                 AND c.activated_at > its.activated_at - make_interval(secs => $3)
               GROUP BY its.activated_at, its.id"#,
            tenant.0,
            device.as_str(),
            cap.per.as_secs_f64(),
            measure.as_str(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(counted) = counted else {
            // Nothing wants it restricted: whoever comes next withdraws it.
            return Ok(None);
        };
        let mut used = CapUse {
            devices: usize::try_from(counted.devices).unwrap_or(usize::MAX),
            in_group: 0,
            fleet: None,
            group: None,
            lifted: 0,
        };
        if number.exceeded(&used).is_none() {
            continue;
        }
        // What would hold it is asked for the lifts; that is the rare case.
        if let Some(at) = crate::store::containments::time(counted.activated_at) {
            let lifts = cap_lifts::lifts_at(tx, tenant, at).await?;
            // A lift by a number counts from where the cap stood, which the fleet's size may tell.
            let fleet = match gate.fleet {
                None if cap.percent_of_fleet.is_some() => inventory::fleet_known(tx, tenant).await?,
                fleet => fleet,
            };
            used.lifted = lifted(&lifts, index, cap, fleet);
        }
        if number.exceeded(&used).is_some() {
            return Ok(Some(format!("caps[{index}]")));
        }
    }
    Ok(None)
}
