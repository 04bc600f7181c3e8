//! The course of an action in time: event, decision, call, end. Told as histograms, and to whoever collects traces, when the first call
//! was answered and when the action is final. It changes nothing.
//!
//! What is told to a collector are events of `tracing` under the target [`TARGET`], which no log shows unless asked; `telemetry` makes
//! spans of them where that is configured.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::action::ActionKind;
use crate::domain::tenant::TenantId;
use crate::domain::trace::TARGET;
use crate::domain::verdict::Lane;
use crate::store::containments::time;
use crate::store::{DecisionRow, Store, StoreError};

/// When what happened to an action.
#[derive(Clone, Debug)]
struct Course {
    action: Uuid,
    kind: String,
    state: String,
    lane: Lane,
    event: Option<Uuid>,
    traceparent: Option<String>,
    received_at: Option<Timestamp>,
    queued_at: Timestamp,
    called_at: Option<Timestamp>,
    answered_at: Option<Timestamp>,
    final_at: Option<Timestamp>,
}

impl Store {
    /// Tells of events that have just been decided: when each was accepted, when its batch was claimed, and how long that took. For who
    /// collects traces only. What cannot be read is not told.
    pub async fn course_decided(
        &self,
        decisions: &[DecisionRow],
        accepted: &HashMap<i64, Timestamp>,
        claimed_at: Timestamp,
        took: Duration,
    ) {
        let ids: Vec<Uuid> = decisions.iter().map(|decision| decision.event_id).collect();
        let rows = sqlx::query!(
            r#"SELECT id, traceparent AS "traceparent!" FROM quell.events WHERE id = ANY($1) AND traceparent IS NOT NULL"#,
            &ids,
        )
        .fetch_all(&self.pool)
        .await;
        let parents: HashMap<Uuid, String> = rows
            .unwrap_or_default()
            .into_iter()
            .map(|row| (row.id, row.traceparent))
            .collect();
        let until = claimed_at.checked_add(took).unwrap_or(claimed_at);
        for decision in decisions {
            let from = accepted.get(&decision.seq).copied().unwrap_or(claimed_at);
            tracing::trace!(
                target: TARGET, step = "decided", event.id = %decision.event_id, device.id = %decision.device,
                traceparent = parents.get(&decision.event_id).map(String::as_str), kind = decision.kind.as_str(),
                reason = decision.reason, from_us = from.as_microsecond(), at_us = claimed_at.as_microsecond(),
                until_us = until.as_microsecond(), "an event was decided"
            );
        }
    }

    /// Tells of an action whose first call has just been answered. What cannot be read is not told.
    pub async fn course_called(&self, tenant: TenantId, action: Uuid) {
        match read(&self.pool, tenant, action).await {
            Ok(Some(course)) => course.tell_called(),
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(action.id = %action, error = %error, "the course of an action cannot be read")
            }
        }
    }
}

/// Tells of an action that has just become final, in the transaction in which it does.
pub(super) async fn ended(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    action: Uuid,
) -> Result<(), StoreError> {
    if let Some(course) = read(tx, tenant, action).await? {
        course.tell_ended();
    }
    Ok(())
}

async fn read(
    executor: impl sqlx::PgExecutor<'_>,
    tenant: TenantId,
    action: Uuid,
) -> Result<Option<Course>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT a.kind, a.state, a.lane, a.queued_at, a.final_at, t.called_at, t.answered_at, e.id AS "event?",
             e.received_at AS "received_at?", e.traceparent
           FROM quell.actions a
           CROSS JOIN LATERAL (SELECT min(t.reserved_at) AS called_at, min(t.answered_at) AS answered_at
               FROM quell.attempts t WHERE t.action_id = a.id AND t.kind = a.kind) AS t
           LEFT JOIN quell.containments c ON c.id = a.containment_id AND a.kind IN ('restrict', 'isolate')
           LEFT JOIN quell.events e ON e.id = c.event_id
           WHERE a.tenant_id = $1 AND a.id = $2"#,
        tenant.0,
        action,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| {
        let lane = usize::try_from(row.lane)
            .ok()
            .and_then(|rank| Lane::ALL.get(rank).copied());
        Course {
            action,
            kind: row.kind,
            state: row.state,
            lane: lane.unwrap_or_default(),
            event: row.event,
            traceparent: row.traceparent,
            received_at: time(row.received_at),
            queued_at: row.queued_at.to_jiff(),
            called_at: time(row.called_at),
            answered_at: time(row.answered_at),
            final_at: time(row.final_at),
        }
    }))
}

impl Course {
    fn tell_called(&self) {
        let Some(called) = self.called_at else { return };
        let lane = self.lane.as_str();
        metrics::histogram!("quell_decision_to_call_seconds", "lane" => lane)
            .record(between(self.queued_at, called));
        if let Some(received) = self.received_at {
            metrics::histogram!("quell_event_to_call_seconds", "lane" => lane)
                .record(between(received, called));
        }
        tracing::trace!(
            target: TARGET, step = "called", event.id = self.event.map(tracing::field::display), action.id = %self.action,
            traceparent = self.traceparent.as_deref(), kind = self.kind, lane,
            from_us = self.queued_at.as_microsecond(), at_us = called.as_microsecond(),
            until_us = self.answered_at.map(Timestamp::as_microsecond), "an action was called"
        );
    }

    fn tell_ended(&self) {
        // What was never called has no end at Defender.
        let (Some(called), Some(ended)) = (self.called_at, self.final_at) else {
            return;
        };
        metrics::histogram!("quell_call_to_end_seconds", "kind" => self.kind.clone(), "state" => self.state.clone())
            .record(between(called, ended));
        let measure = ActionKind::parse(&self.kind).and_then(ActionKind::measure);
        if let (Some(received), Some(measure), "succeeded") = (self.received_at, measure, self.state.as_str())
        {
            metrics::histogram!("quell_event_to_contained_seconds", "measure" => measure.as_str())
                .record(between(received, ended));
        }
        tracing::trace!(
            target: TARGET, step = "ended", event.id = self.event.map(tracing::field::display), action.id = %self.action,
            traceparent = self.traceparent.as_deref(), kind = self.kind, state = self.state,
            from_us = self.answered_at.unwrap_or(called).as_microsecond(), at_us = ended.as_microsecond(),
            "an action ended"
        );
    }
}

/// Seconds from one moment to another, none where the second is before the first.
fn between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}
