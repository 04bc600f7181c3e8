//! What `AlertInfo` records said, kept for a day: written in the transaction that stores them (T1), read where evidence that
//! lacks it is decided (T2). What completes what, [`crate::domain::alert_info`] says.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use crate::domain::alert_info::{AlertInfo, InfoFacts, KEPT, lacks};
use crate::domain::incoming::Incoming;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::store::events::YEAR_ONE;
use crate::store::{DecideTx, StoreError};

/// Whether there is something to keep among the events of a batch.
pub(super) fn are_among(incoming: &[Incoming]) -> bool {
    incoming
        .iter()
        .any(|incoming| InfoFacts::of(&incoming.event).is_some())
}

/// Keeps what those of a batch said that are new, and forgets as many that are too old.
pub(super) async fn keep(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    trust: Trust,
    (ids, incoming): (&[Uuid], &[Incoming]),
    fresh: &HashSet<Uuid>,
) -> Result<(), StoreError> {
    let (mut alerts, mut events, mut facts, mut times) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, incoming) in ids.iter().zip(incoming).filter(|(id, _)| fresh.contains(*id)) {
        let Some(said) = InfoFacts::of(&incoming.event) else {
            continue;
        };
        let alert = &incoming.event.alert;
        alerts.push(alert.id.clone());
        events.push(*id);
        facts.push(serde_json::to_value(said)?);
        let time = alert.occurred_at.value().filter(|at| at.as_second() >= YEAR_ONE);
        times.push(time.map(ToString::to_string));
    }
    if alerts.is_empty() {
        return Ok(());
    }
    // In the order of the alerts: two batches with the same must not wait for each other.
    sqlx::query!(
        "INSERT INTO quell.alert_infos AS i (tenant_id, alert_id, trust, event_id, facts, occurred_at)
         SELECT DISTINCT ON (alert_id) $1::int, alert_id, $2::text, event_id, facts, occurred_at::timestamptz
         FROM unnest($3::text[], $4::uuid[], $5::jsonb[], $6::text[]) WITH ORDINALITY
              AS t (alert_id, event_id, facts, occurred_at, n)
         ORDER BY alert_id, occurred_at::timestamptz DESC NULLS LAST, n DESC
         ON CONFLICT (tenant_id, alert_id, trust) DO UPDATE
            SET event_id = excluded.event_id, facts = excluded.facts, occurred_at = excluded.occurred_at, received_at = quell.now()
            WHERE i.occurred_at IS NULL OR excluded.occurred_at >= i.occurred_at",
        tenant.0,
        trust.as_str(),
        &alerts,
        &events,
        &facts,
        &times as &[Option<String>],
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "DELETE FROM quell.alert_infos WHERE (tenant_id, alert_id, trust) IN (
             SELECT tenant_id, alert_id, trust FROM quell.alert_infos
             WHERE tenant_id = $1 AND received_at < quell.now() - make_interval(secs => $2)
             ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED)",
        tenant.0,
        KEPT.as_secs_f64(),
        i64::try_from(2 * alerts.len()).unwrap_or(i64::MAX),
    )
    .execute(tx)
    .await?;
    Ok(())
}

impl DecideTx {
    /// Completes evidence among the claimed rows by what is known of its alert. Without such evidence it asks nothing.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn infos_load(&mut self) -> Result<(), StoreError> {
        let lacking = self.items.iter().filter(|item| lacks(&item.event));
        let alerts: HashSet<&str> = lacking.map(|item| item.event.alert.id.as_str()).collect();
        if alerts.is_empty() {
            return Ok(());
        }
        let alerts: Vec<String> = alerts.into_iter().map(str::to_owned).collect();
        let rows = sqlx::query!(
            "SELECT alert_id, trust, event_id, facts FROM quell.alert_infos
             WHERE tenant_id = $1 AND alert_id = ANY($2) AND received_at >= quell.now() - make_interval(secs => $3)",
            self.tenant.0,
            &alerts,
            KEPT.as_secs_f64(),
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut known: HashMap<String, Vec<AlertInfo>> = HashMap::new();
        for row in rows {
            // What this version cannot read counts as never said.
            let Ok(facts) = facts_of(row.facts) else {
                continue;
            };
            known.entry(row.alert_id).or_default().push(AlertInfo {
                event_id: row.event_id,
                trust: Trust::parse(&row.trust),
                facts,
            });
        }
        for item in self.items.iter_mut().filter(|item| lacks(&item.event)) {
            let infos = known.get(&item.event.alert.id).into_iter().flatten();
            // Of those that may, the one whose source may do the most.
            let best = infos
                .filter(|info| info.may_complete(item.trust))
                .min_by_key(|info| info.trust);
            if let Some(info) = best {
                info.complete(&mut item.event.alert);
                item.info = Some(info.clone());
            }
        }
        Ok(())
    }
}

fn facts_of(stored: Value) -> Result<InfoFacts, StoreError> {
    Ok(serde_json::from_value(stored)?)
}
