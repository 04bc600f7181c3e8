//! Revisions that only observe, whatever their text says: a canary that fell back, and what an operator revoked. Read by
//! every decision and by the gate; written in the transaction that found the reason, under the limits' lock, so that two
//! transactions never each miss the other's false positive.

use crate::domain::canary::FALSE_POSITIVES;
use crate::domain::decision::Fallback;
use crate::domain::tenant::TenantId;
use crate::store::effects::lock_limits;
use crate::store::{DecideTx, Store, StoreError, Wake, wake};

/// What stands against sending what a revision queued.
pub(super) struct Fallen {
    /// Why, after the playbook's name.
    pub(super) why: &'static str,
    /// Whether it concerns this revision alone: what another one of the playbook began goes on.
    pub(super) is_revision_only: bool,
}

impl Store {
    /// Revokes a revision: nothing begins under it any more, and what it queued is not sent. What is restricted already
    /// stays so until its release. Says whether there is such a revision that was not revoked yet.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn revision_revoke(
        &self,
        tenant: TenantId,
        playbook: &str,
        revision: &str,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Once it is committed no gate is half-way through: each was committed before it, or sees it.
        super::stops::wait_for_gates(&mut tx, Some(tenant)).await?;
        let revoked = sqlx::query!(
            "UPDATE quell.playbook_revisions SET revoked_at = quell.now(), revoked_by = $4, revoked_reason = $5
             WHERE tenant_id = $1 AND playbook = $2 AND revision = $3 AND revoked_at IS NULL",
            tenant.0,
            playbook,
            revision,
            by,
            reason,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        wake(&mut tx, tenant, Wake::Queue).await?;
        tx.commit().await?;
        Ok(revoked > 0)
    }
}

impl Store {
    /// Why what a revision queued is not to be sent any more; `None`: it is. The revision need not be the active one.
    pub(super) async fn standing_of(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        playbook: &str,
        revision: Option<&str>,
    ) -> Result<Option<Fallen>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT
                 (SELECT s.mode FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash)
                  WHERE a.tenant_id = $1 AND s.playbook = $2) AS mode,
                 EXISTS (SELECT 1 FROM quell.playbook_revisions r WHERE r.tenant_id = $1 AND r.playbook = $2
                         AND r.revision = $3 AND r.revoked_at IS NOT NULL) AS "revoked!",
                 EXISTS (SELECT 1 FROM quell.canary_fallbacks f WHERE f.tenant_id = $1 AND f.playbook = $2
                         AND f.revision = $3) AS "fell!""#,
            tenant.0,
            playbook,
            revision,
        )
        .fetch_one(tx)
        .await?;
        Ok(Fallen::of(row.mode.as_deref(), row.revoked, row.fell))
    }

    /// Whether a containment of this revision may begin without a person's answer: its playbook enforces, and the revision is
    /// the one in force. What a replaced revision asked ends unanswered; a new alert asks anew.
    pub(super) async fn may_begin(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        playbook: &str,
        revision: Option<&str>,
    ) -> Result<bool, StoreError> {
        if self.standing_of(tx, tenant, playbook, revision).await?.is_some() {
            return Ok(false);
        }
        let is_in_force = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash)
                 WHERE a.tenant_id = $1 AND s.playbook = $2 AND s.revision = $3) AS "is_in_force!""#,
            tenant.0,
            playbook,
            revision,
        )
        .fetch_one(tx)
        .await?;
        Ok(is_in_force)
    }
}

impl Fallen {
    /// What stands against a revision whose playbook has this mode in the active set, if it is there.
    pub(super) fn of(mode: Option<&str>, was_revoked: bool, fell_back: bool) -> Option<Self> {
        let (why, is_revision_only) = match mode {
            Some("enforce") if was_revoked => ("was revoked in this revision", true),
            Some("enforce") if fell_back => ("fell back from its canary to observe", true),
            Some("enforce") => return None,
            _ => ("does not enforce any more", false),
        };
        Some(Self {
            why,
            is_revision_only,
        })
    }
}

impl DecideTx {
    /// Reads anew which revisions of the active set only observe.
    pub(super) async fn load_fallbacks(&mut self) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.playbook, s.revision, CASE WHEN r.revoked_at IS NULL THEN f.reason ELSE 'revoked' END AS "reason!"
               FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash)
               JOIN quell.playbook_revisions r USING (tenant_id, playbook, revision)
               LEFT JOIN quell.canary_fallbacks f USING (tenant_id, playbook, revision)
               WHERE a.tenant_id = $1 AND (r.revoked_at IS NOT NULL OR f.reason IS NOT NULL)"#,
            self.tenant.0,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        self.has_fallbacks = true;
        self.fallbacks = rows
            .into_iter()
            .map(|row| Fallback {
                playbook: row.playbook,
                revision: row.revision,
                reason: row.reason,
            })
            .collect();
        Ok(())
    }

    /// A playbook that is still in its canary falls back to observe. The limits' lock is held since the limit was read.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn canary_fall_back(&mut self, fallback: Fallback) -> Result<(), StoreError> {
        let fell = sqlx::query!(
            "INSERT INTO quell.canary_fallbacks (tenant_id, playbook, revision, reason) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            self.tenant.0,
            fallback.playbook,
            fallback.revision,
            fallback.reason,
        )
        .execute(&mut *self.tx)
        .await?
        .rows_affected();
        if fell > 0 {
            self.fallen.push(fallback.clone());
        }
        self.fallbacks.push(fallback);
        Ok(())
    }

    /// Takes note of containments that ended as false positives.
    pub(super) async fn false_positives_seen(&mut self, ended: &[uuid::Uuid]) -> Result<(), StoreError> {
        let fell = fall_back_for_false_positives(&mut self.tx, self.tenant, ended).await?;
        self.fallbacks.extend(fell.iter().cloned());
        self.fallen.extend(fell);
        Ok(())
    }
}

/// Marks containments that just ended as false positives, and lets playbooks in their canary fall back that have enough
/// of them; what one event began on a device is one, whichever measures it holds. The caller holds the device's lock; after the commit it calls [`say`].
pub(super) async fn fall_back_for_false_positives(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    ended: &[uuid::Uuid],
) -> Result<Vec<Fallback>, StoreError> {
    let in_canary = sqlx::query_scalar!(
        "UPDATE quell.containments SET false_positive = true WHERE tenant_id = $1 AND id = ANY($2) AND state = 'ended'
         RETURNING is_canary",
        tenant.0,
        ended,
    )
    .fetch_all(&mut *tx)
    .await?;
    if !in_canary.contains(&true) {
        return Ok(Vec::new());
    }
    lock_limits(tx, tenant).await?;
    let rows = sqlx::query!(
        "INSERT INTO quell.canary_fallbacks (tenant_id, playbook, revision, reason)
         SELECT c.tenant_id, c.playbook, c.revision, 'canary.false_positives' FROM quell.containments c
         WHERE c.tenant_id = $1 AND c.is_canary AND c.false_positive AND (c.playbook, c.revision) IN (
             SELECT e.playbook, e.revision FROM quell.containments e WHERE e.id = ANY($2))
         GROUP BY 1, 2, 3 HAVING count(DISTINCT (c.device_id, c.event_id)) >= $3
         ON CONFLICT DO NOTHING RETURNING playbook, revision, reason",
        tenant.0,
        ended,
        FALSE_POSITIVES,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Fallback {
            playbook: row.playbook,
            revision: row.revision,
            reason: row.reason,
        })
        .collect())
}

/// Says, once it is committed, that playbooks fell back: a person must look.
pub(super) fn say(fallen: &[Fallback]) {
    for Fallback {
        playbook,
        revision,
        reason,
    } in fallen
    {
        metrics::counter!("quell_canary_fallbacks_total").increment(1);
        tracing::error!(
            playbook,
            revision,
            reason,
            "a playbook in its canary fell back to observe: a person must look, and change it"
        );
    }
}
