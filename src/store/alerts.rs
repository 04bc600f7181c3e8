//! The alerts behind containments: kept with each match, and looked at with each piece of news. When the last of them is
//! resolved, a containment whose terms say so ends before its time.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::alert::EventKind;
use crate::domain::containment::change::resolved;
use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::measure::{Held, holds};
use crate::domain::trust::Trust;
use crate::domain::verdict::Mode;
use crate::store::containments::{OpenRow, Word, decline, end, open};
use crate::store::{DecideTx, InboxItem, StoreError};

impl DecideTx {
    /// When the news that an alert is open happened. News from the future is news of now: it must not hold the alert open
    /// until then.
    pub(super) fn open_at(&self, occurred_at: Option<Timestamp>) -> Option<Timestamp> {
        occurred_at.map(|at| at.min(self.now))
    }

    /// Keeps the alert that matched again while a containment was open, or that made an asked one active.
    pub(super) async fn alert_behind(
        &mut self,
        containment: Uuid,
        alert_id: &str,
        event_id: Uuid,
        occurred_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let open_at = self.open_at(occurred_at).map(jiff_sqlx::ToSqlx::to_sqlx);
        sqlx::query!(
            "INSERT INTO quell.containment_alerts (containment_id, alert_id, event_id, open_at)
             VALUES ($1, $2, $3, $4::timestamptz) ON CONFLICT DO NOTHING",
            containment,
            alert_id,
            event_id,
            open_at as Option<jiff_sqlx::Timestamp>,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Takes note of news about an alert behind a device's containments, after what the playbooks made of it; ends those
    /// whose alerts are all resolved now, but for what the playbooks `begun` began with this very event. Returns the
    /// playbooks whose enforced containments ended.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn alert_news(&mut self, item: &InboxItem, begun: &[Held]) -> Result<Vec<Held>, StoreError> {
        let alert = &item.event.alert;
        if !self.awaiting.contains(&item.device) || alert.id.is_empty() {
            return Ok(Vec::new());
        }
        let is_resolved = item.kind == EventKind::Resolved;
        if is_resolved && item.trust != Trust::Act {
            // Whoever may not restrict by himself may not release by himself either.
            return Ok(Vec::new());
        }
        let happened = alert.occurred_at.value().map(|at| *at.min(&self.now));
        // News that is no resolution opens the alert again: the restriction stays, at the latest until its time. A
        // resolution that happened before it and comes late does not close the alert.
        let behind = sqlx::query_scalar!(
            "UPDATE quell.containment_alerts a
             SET resolved_at = CASE WHEN $4 AND a.open_at > $6::timestamptz THEN a.resolved_at
                                    WHEN $4 THEN coalesce(a.resolved_at, $5::timestamptz) END,
                 open_at = CASE WHEN $4 THEN a.open_at ELSE greatest(a.open_at, $6::timestamptz) END
             FROM quell.containments c
             WHERE c.id = a.containment_id AND c.tenant_id = $1 AND c.device_id = $2
               AND c.state IN ('asked', 'active') AND a.alert_id = $3
             RETURNING a.containment_id",
            self.tenant.0,
            item.device.as_str(),
            alert.id,
            is_resolved,
            jiff_sqlx::ToSqlx::to_sqlx(self.now) as jiff_sqlx::Timestamp,
            happened.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        if !is_resolved {
            return Ok(Vec::new());
        }
        let rows = open(&mut self.tx, self.tenant, &item.device).await?;
        let begun_now = |row: &OpenRow| {
            let playbook = row.playbook.as_deref();
            playbook.is_some_and(|playbook| holds(begun, playbook, row.measure))
        };
        let (mut ended, mut declined, mut released) = (Vec::new(), Vec::new(), Vec::new());
        // What another alert is behind is none of this one's business.
        let concerned = |row: &&OpenRow| behind.contains(&row.id) && !begun_now(row);
        for row in rows.iter().filter(concerned) {
            let unresolved = self.unresolved(row.id).await?;
            match resolved(&row.containment, unresolved) {
                Some(ContainmentState::Ended) => {
                    ended.push(row.id);
                    if row.containment.mode == Mode::Enforce {
                        released.extend(row.playbook.clone().map(|playbook| (playbook, row.measure)));
                    }
                }
                Some(_) => declined.push(row.id),
                None => {}
            }
        }
        let word = Word {
            reason: EndReason::AlertResolved,
            by: "decide",
            why: "every alert behind it is resolved",
        };
        decline(&mut self.tx, &declined, word).await?;
        end(&mut self.tx, self.tenant, &item.device, &ended, word).await?;
        if alert.is_false_positive() {
            self.false_positives_seen(&ended).await?;
        }
        Ok(released)
    }

    async fn unresolved(&mut self, containment: Uuid) -> Result<usize, StoreError> {
        let unresolved = sqlx::query_scalar!(
            r#"SELECT count(*) AS "unresolved!" FROM quell.containment_alerts
               WHERE containment_id = $1 AND resolved_at IS NULL"#,
            containment,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(usize::try_from(unresolved).unwrap_or(usize::MAX))
    }
}
