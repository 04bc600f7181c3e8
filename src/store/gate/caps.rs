//! Caps, checked once more in the gate's transaction, as they are now and by the function that judged when the device's
//! containment became active.

use crate::domain::device::DeviceId;
use crate::domain::limit::{CapUse, FLEET_UNKNOWN, GROUP_UNKNOWN, lifted};
use crate::domain::tenant::TenantId;
use crate::store::{Gate, StoreError, cap_lifts, inventory};

/// The first cap that the device is above, as the caps are now: counted are the devices whose containment became active
/// in the window that ends with the activation of its own, in the order of activation; a lift counts that held then. Those
/// that came later do not count against it, so this never holds what was allowed, unless a cap was lowered since. A size that
/// is not known any more was known when it was counted, and holds nothing here. The playbooks' own limits are those of the
/// revision and were counted, under their lock, in the transaction that activated the containment: asking again could only
/// answer the same, or count an approval that lifted a limit for another device.
pub(super) async fn above(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
    device: &DeviceId,
) -> Result<Option<String>, StoreError> {
    for (index, cap) in gate.caps.iter().enumerate() {
        let counted = sqlx::query!(
            r#"SELECT count(DISTINCT c.device_id) AS "devices!", its.activated_at,
                 CASE WHEN $4 THEN (
                     SELECT count(DISTINCT g.device_id) FROM quell.containments g
                     JOIN quell.devices d ON d.tenant_id = g.tenant_id AND d.device_id = g.device_id
                     WHERE g.tenant_id = $1 AND g.mode = 'enforce' AND (g.activated_at, g.id) <= (its.activated_at, its.id)
                       AND g.activated_at > its.activated_at - make_interval(secs => $3)
                       AND lower(btrim(d.facts #>> '{group,is}')) = its.in_group)
                 ELSE 0 END AS "grouped!", its.in_group
               FROM quell.containments c, (
                 SELECT o.activated_at, o.id, lower(btrim(d.facts #>> '{group,is}')) AS in_group
                 FROM quell.containments o JOIN quell.devices d ON d.tenant_id = o.tenant_id AND d.device_id = o.device_id
                 WHERE o.tenant_id = $1 AND o.device_id = $2 AND o.state = 'active' AND o.mode = 'enforce'
                 ORDER BY o.activated_at, o.id LIMIT 1) its
               WHERE c.tenant_id = $1 AND c.mode = 'enforce' AND (c.activated_at, c.id) <= (its.activated_at, its.id)
                 AND c.activated_at > its.activated_at - make_interval(secs => $3)
               GROUP BY its.activated_at, its.id, its.in_group"#,
            tenant.0,
            device.as_str(),
            cap.per.as_secs_f64(),
            cap.percent_of_group.is_some(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(counted) = counted else {
            // Nothing wants it restricted: whoever comes next withdraws it.
            return Ok(None);
        };
        let at = crate::store::containments::time(counted.activated_at);
        let count = |devices: i64| usize::try_from(devices).unwrap_or(usize::MAX);
        let mut used = CapUse {
            devices: count(counted.devices),
            in_group: count(counted.grouped),
            fleet: gate.fleet,
            group: None,
            lifted: 0,
        };
        if cap.percent_of_fleet.is_some() && used.fleet.is_none() {
            used.fleet = inventory::fleet_known(tx, tenant).await?;
        }
        if cap.percent_of_group.is_some()
            && let Some(group) = &counted.in_group
        {
            let sizes = inventory::groups_known(tx, tenant).await?;
            used.group = sizes
                .iter()
                .find(|(name, _)| name == group)
                .map(|(_, size)| *size);
        }
        // What would hold it is asked for the lifts; that is the rare case.
        if is_above(cap.exceeded(&used)) {
            if let Some(at) = at {
                let lifts = cap_lifts::lifts_at(tx, tenant, at).await?;
                used.lifted = lifted(&lifts, index, cap, used.fleet);
            }
            if is_above(cap.exceeded(&used)) {
                return Ok(Some(format!("caps[{index}]")));
            }
        }
    }
    Ok(None)
}

fn is_above(exceeded: Option<&'static str>) -> bool {
    exceeded.is_some_and(|rest| rest != FLEET_UNKNOWN && rest != GROUP_UNKNOWN)
}
