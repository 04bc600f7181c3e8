//! What a change of mode does to observed containments: they end. Called within the transaction that activates a playbook
//! set. Enforced ones stay as they are: the gate looks at what was not sent yet, and what is restricted ends by its terms.

use crate::domain::tenant::TenantId;
use crate::store::{Because, StoreError};

/// Ends the observed containments of every playbook whose mode in the set to come is another than in the active one, or
/// that is gone from it. The rows of the set to come are written already; the active set is not changed yet.
pub(in crate::store) async fn end_observed(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    next_set: &str,
    because: Because<'_>,
) -> Result<(), StoreError> {
    let changed = sqlx::query_scalar!(
        "SELECT o.playbook FROM quell.active_sets a JOIN quell.playbook_sets o USING (tenant_id, set_hash)
         LEFT JOIN quell.playbook_sets n
             ON n.tenant_id = o.tenant_id AND n.set_hash = $2 AND n.playbook = o.playbook
         WHERE a.tenant_id = $1 AND n.mode IS DISTINCT FROM o.mode",
        tenant.0,
        next_set,
    )
    .fetch_all(&mut *tx)
    .await?;
    if changed.is_empty() {
        return Ok(());
    }
    // The devices first and in their order, as everybody does.
    let devices = sqlx::query_scalar!(
        "SELECT DISTINCT device_id FROM quell.containments
         WHERE tenant_id = $1 AND state = 'active' AND mode = 'observe' AND playbook = ANY($2) ORDER BY device_id",
        tenant.0,
        &changed,
    )
    .fetch_all(&mut *tx)
    .await?;
    if devices.is_empty() {
        return Ok(());
    }
    crate::store::devices::lock(tx, tenant, &devices).await?;
    let ended = sqlx::query!(
        "UPDATE quell.containments SET state = 'ended', ended_at = quell.now(), end_reason = 'mode', state_by = $3,
             state_reason = 'the mode of its playbook changed'
         WHERE tenant_id = $1 AND state = 'active' AND mode = 'observe' AND playbook = ANY($2) AND device_id = ANY($4)
         RETURNING measure",
        tenant.0,
        &changed,
        because.by,
        &devices,
    )
    .fetch_all(tx)
    .await?;
    tracing::info!(
        containments = ended.len(),
        "observed containments ended: the mode of their playbooks changed"
    );
    for containment in ended {
        metrics::counter!("quell_containments_ended_total", "reason" => "mode", "measure" => containment.measure)
            .increment(1);
    }
    Ok(())
}
