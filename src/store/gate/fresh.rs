//! Protections by fresh facts: a restrict whose device's facts are too old, or leave a configured list undecided, is not called
//! but waits, and is never forgotten. The gate asks here once no other guard forbids the call; what is protected for certain
//! has been withdrawn by then.

use std::time::Duration;

use crate::domain::device::DeviceFacts;
use crate::domain::guard::Protection;
use crate::domain::tenant::TenantId;
use crate::store::approvals::accepted_risks;
use crate::store::gate::turn::Candidate;
use crate::store::{Gate, Store, StoreError, Wake, wake};

/// What a person reads while a restriction waits for facts longer than events do.
pub(in crate::store) const UNDECIDED: &str =
    "the restriction waits: what the never list depends on is not known of the device";

impl Candidate {
    /// The facts, as far as they are not older than the bound; else everything is unknown.
    pub(super) fn fresh(&self, facts: DeviceFacts, max_age: Duration) -> DeviceFacts {
        let is_fresh = self.facts_age.is_some_and(|age| age <= max_age);
        Some(facts).filter(|_| is_fresh).unwrap_or_default()
    }
}

impl Store {
    /// Whether the candidate has to wait because nobody can tell whether its device is protected. Facts that are too old
    /// are fetched again, and their arrival lets it go on ([`Store::device_facts_store`]); it is looked at again after
    /// `facts_wait` in any case. Longer than that, or when fresh facts leave it open, its containments need a person, who may
    /// approve exactly that. The caller holds the device's lock and commits.
    pub(super) async fn awaits_facts(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        gate: &Gate,
        candidate: &Candidate,
    ) -> Result<bool, StoreError> {
        if candidate.kind.releases() {
            return Ok(false);
        }
        let facts: Option<DeviceFacts> = candidate
            .facts
            .clone()
            .and_then(|facts| serde_json::from_value(facts).ok());
        let is_fresh = candidate.facts_age.is_some_and(|age| age <= gate.facts_max_age);
        let facts = candidate.fresh(facts.unwrap_or_default(), gate.facts_max_age);
        let mut judged = gate.never.protects(&candidate.device, &facts);
        if matches!(judged, Protection::Unknown(_)) && !candidate.kind.is_task() {
            // What a second person accepted does not leave it open; of a containment, so it passes no task.
            let accepted = accepted_risks(tx, tenant, (&candidate.device, candidate.measure())).await?;
            judged = gate.never.without(&accepted).protects(&candidate.device, &facts);
        }
        let undecided = match judged {
            Protection::Unknown(fact) => format!("if_unknown.{fact}"),
            Protection::Free | Protection::Protected(_) => {
                self.decided(tx, tenant, candidate).await?;
                return Ok(false);
            }
        };
        // A person was asked about exactly that and said yes.
        let is_lifted = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.containments c JOIN quell.approvals a ON a.containment_id = c.id
                 WHERE c.tenant_id = $1 AND c.device_id = $2 AND c.state = 'active'
                   -- A task goes by the answer to the question that it was part of.
                   AND CASE WHEN $5 THEN c.id IN (SELECT w.containment_id FROM quell.task_wishes w WHERE w.action_id = $6)
                            ELSE c.measure = $4 END
                   AND c.mode = 'enforce' AND a.answer = 'approved'
                   -- What was asked may have had other reasons beside this one.
                   AND $3 = ANY(regexp_split_to_array(a.lifts, '\s*,\s*'))) AS "is_lifted!""#,
            tenant.0,
            candidate.device.as_str(),
            undecided,
            candidate.measure().as_str(),
            candidate.kind.is_task(),
            candidate.action,
        )
        .fetch_one(&mut *tx)
        .await?;
        if is_lifted {
            self.decided(tx, tenant, candidate).await?;
            return Ok(false);
        }
        let waited = sqlx::query_scalar!(
            r#"UPDATE quell.actions SET facts_awaited_at = coalesce(facts_awaited_at, quell.now()),
                 not_before = quell.now() + make_interval(secs => $2)
               WHERE id = $1 RETURNING extract(epoch FROM quell.now() - facts_awaited_at)::float8 AS "waited!""#,
            candidate.action,
            gate.facts_wait.as_secs_f64(),
        )
        .fetch_one(&mut *tx)
        .await?;
        // A task goes on waiting until its validity is over: no containment of the device is given up for it.
        if !candidate.kind.is_task() && (is_fresh || waited >= gate.facts_wait.as_secs_f64()) {
            self.give_up(tx, tenant, (&candidate.device, candidate.measure()), UNDECIDED)
                .await?;
        }
        // Fresh ones tell no more when they are fetched once more.
        if !is_fresh {
            sqlx::query!(
                "UPDATE quell.devices SET facts_wanted_at = coalesce(facts_wanted_at, quell.now()),
                     facts_tried_at = CASE WHEN facts_wanted_at IS NULL THEN NULL ELSE facts_tried_at END,
                     facts_failures = CASE WHEN facts_wanted_at IS NULL THEN 0 ELSE facts_failures END
                 WHERE tenant_id = $1 AND device_id = $2",
                tenant.0,
                candidate.device.as_str(),
            )
            .execute(&mut *tx)
            .await?;
            wake(tx, tenant, Wake::Facts).await?;
        }
        metrics::counter!("quell_gate_waits_for_facts_total").increment(1);
        tracing::info!(action.id = %candidate.action, device.id = %candidate.device, undecided,
            "a restriction waits for facts of its device");
        Ok(true)
    }

    /// It is known now: nobody has to look at it for that any more.
    async fn decided(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        candidate: &Candidate,
    ) -> Result<(), StoreError> {
        if !candidate.awaited_facts {
            return Ok(());
        }
        sqlx::query!(
            "WITH known AS (UPDATE quell.actions SET facts_awaited_at = NULL WHERE id = $4)
             UPDATE quell.containments SET attention = NULL
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $5 AND state = 'active' AND attention = $3
               -- What is known for a task may not be for the containment, which other lists and answers hold for.
               AND NOT $6",
            tenant.0,
            candidate.device.as_str(),
            UNDECIDED,
            candidate.action,
            candidate.measure().as_str(),
            candidate.kind.is_task(),
        )
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Lets restricts go on that waited for the facts of these devices. The caller holds the devices' locks.
pub(in crate::store) async fn go_on(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    devices: &[String],
) -> Result<(), StoreError> {
    let went_on = sqlx::query!(
        "UPDATE quell.actions SET not_before = quell.now()
         WHERE tenant_id = $1 AND device_id = ANY($2) AND state = 'queued' AND facts_awaited_at IS NOT NULL
           AND not_before > quell.now()",
        tenant.0,
        devices,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if went_on > 0 {
        wake(tx, tenant, Wake::Queue).await?;
    }
    Ok(())
}
