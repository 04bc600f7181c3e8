//! An answer, written down with its row of the audit; and the wish for facts that were too old to answer by. Called within the
//! answer's transaction.

use super::answer::Answer;
use super::judge::{AnswerTerms, Judged};
use crate::domain::approval::is_same_person;
use crate::domain::tenant::TenantId;
use crate::store::{StoreError, Wake, wake};

/// Writes an answer and its row of the audit. Whoever approved another state of it approves this one with it.
pub(super) async fn record(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    one: &Judged,
    answer: &Answer<'_>,
    terms: &AnswerTerms<'_>,
) -> Result<(), StoreError> {
    let before = one
        .ask
        .answers
        .iter()
        .find(|its| is_same_person(&its.person, answer.who));
    let said = if answer.is_yes { "approved" } else { "denied" };
    let lifts = answer.is_yes.then_some(one.lifts.as_str());
    let id = sqlx::query_scalar!(
        "INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, revision, lifts, reason, reviewed, four_eyes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (containment_id, person) DO UPDATE
         SET lifts = $6, reason = $7, reviewed = $8, four_eyes = $9, answered_at = quell.now()
         RETURNING id",
        one.ask.id,
        tenant.0,
        before.map_or(answer.who, |its| its.person.as_str()),
        said,
        one.ask.revision,
        lifts,
        answer.reason,
        one.fingerprint,
        terms.rules.four_eyes,
    )
    .fetch_one(&mut *tx)
    .await?;
    let after = serde_json::json!({
        "containment": one.ask.id, "request": answer.request.to_string(), "lifts": lifts, "reviewed": one.now,
    });
    sqlx::query!(
        "SELECT quell.note_change($1, 'approval', $2, $3, $4, $5, $6, $7, $8, NULL, $9)",
        tenant.0,
        id,
        one.ask.device.as_str(),
        before.map(|its| its.answer.as_str()),
        said,
        answer.who,
        answer.reason,
        one.ask.revision,
        after,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Asks for the facts of devices whose facts are too old.
pub(super) async fn want_facts(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    judged: &[Judged],
) -> Result<(), StoreError> {
    let stale: Vec<String> = judged
        .iter()
        .filter(|one| one.lacks_facts())
        .map(|one| one.ask.device.to_string())
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE quell.devices SET facts_wanted_at = quell.now(), facts_tried_at = NULL, facts_failures = 0
         WHERE tenant_id = $1 AND device_id = ANY($2) AND facts_wanted_at IS NULL",
        tenant.0,
        &stale,
    )
    .execute(&mut *tx)
    .await?;
    wake(tx, tenant, Wake::Facts).await
}
