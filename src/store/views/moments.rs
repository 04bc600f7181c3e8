//! What happened to one device, or for one action, in one order: decisions, changes of state, calls with their answers, people's
//! answers, what others did at Defender, alarms. Read for people by [`crate::desk`]; nothing decides by it.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::packing::KeptEvent;
use crate::store::{Store, StoreError};

/// Where something stands in the order, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentKey {
    /// When.
    pub at: Timestamp,
    /// Of what happened at one time, the later step has the greater one.
    pub rank: i16,
    /// Which of them.
    pub id: String,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct MomentRow {
    /// When, and in which order.
    pub key: MomentKey,
    /// What.
    pub what: Happened,
    /// The event of a decision, while it is kept.
    pub event: Option<EventSaid>,
}

/// What happened.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Happened {
    /// An event was decided.
    Decided {
        /// The event.
        event: Uuid,
        /// What was made of it.
        decision: String,
        /// Why.
        reason: String,
    },
    /// A containment or an action came into a state.
    Changed {
        /// `containment` or `action`.
        entity: String,
        /// Which one.
        id: Uuid,
        /// The containment's measure, or the action's kind.
        of: String,
        /// The playbook behind a containment.
        playbook: Option<String>,
        /// The state before; none: it was made.
        from: Option<String>,
        /// The state.
        to: String,
        /// By whom.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person answered a request.
    Answered {
        /// The containment that was asked about.
        containment: Uuid,
        /// The number of its request.
        request: Option<i64>,
        /// Who.
        person: String,
        /// `approved` or `denied`.
        answer: String,
        /// Why.
        reason: String,
    },
    /// A call was written down, just before it was made.
    Called {
        /// For which action.
        action: Uuid,
        /// `restrict`, `release`, `cancel`, ….
        kind: String,
        /// Its number, from 1.
        n: Option<i32>,
    },
    /// A call was answered, or settled.
    Returned {
        /// For which action.
        action: Uuid,
        /// `restrict`, `release`, `cancel`, ….
        kind: String,
        /// Its number, from 1.
        n: Option<i32>,
        /// The word for it.
        outcome: Option<String>,
        /// The HTTP status.
        status: Option<i32>,
        /// Defender's code for the error.
        code: Option<String>,
        /// Defender's words.
        message: Option<String>,
    },
    /// Somebody else did something at Defender.
    Others {
        /// Defender's id of it.
        defender: String,
        /// What: `restrict`, `release`, ….
        kind: String,
        /// Who.
        requestor: String,
        /// What was made of it.
        verdict: String,
    },
    /// A person was to be told of something.
    Alarm {
        /// Which kind.
        kind: String,
        /// In a sentence.
        told: String,
        /// The action that it is about.
        action: Option<Uuid>,
    },
}

/// What is shown of an event.
#[derive(Clone, Debug)]
pub struct EventSaid {
    /// When it was accepted.
    pub received_at: Timestamp,
    /// Through which source.
    pub source: String,
    /// Its alert.
    pub alert_id: String,
    /// The alert's title, as its source wrote it.
    pub title: Option<String>,
    /// The alert's severity.
    pub severity: Option<String>,
}

/// The first place of all.
impl Default for MomentKey {
    fn default() -> Self {
        Self {
            at: Timestamp::MAX,
            rank: i16::MAX,
            id: String::new(),
        }
    }
}

impl Store {
    /// What happened to a device, the newest first, behind a place in that order; with an action, only what led to it and what
    /// became of it. Of a device with more than 500 containments or 500 actions, what became of the latest of them.
    ///
    /// # Errors
    /// Postgres is not available, or a row holds what this version does not know.
    pub async fn moments(
        &self,
        tenant: TenantId,
        device: &str,
        action: Option<Uuid>,
        after: Option<&MomentKey>,
        limit: i64,
    ) -> Result<Vec<MomentRow>, StoreError> {
        let (at, rank, id) = match after {
            Some(key) => (Some(key.at.to_sqlx()), key.rank, key.id.as_str()),
            None => (None, 0, ""),
        };
        // Each arm is bounded by itself, so that a busy device costs no more than a quiet one.
        let rows = sqlx::query!(
            r#"WITH acts AS MATERIALIZED (
                 SELECT id, kind, containment_id FROM quell.actions
                 WHERE tenant_id = $1 AND device_id = $2 AND ($7::uuid IS NULL OR id = $7) ORDER BY queued_at DESC LIMIT 500),
               own AS MATERIALIZED (
                 SELECT id, event_id, playbook, request, measure FROM quell.containments
                 WHERE tenant_id = $1 AND device_id = $2
                   AND ($7::uuid IS NULL OR id IN (SELECT containment_id FROM acts WHERE containment_id IS NOT NULL))
                 ORDER BY created_at DESC LIMIT 500)
               SELECT at AS "at!", rank AS "rank!", id AS "id!", what AS "what!" FROM (
                 (SELECT d.decided_at AS at, 20::smallint AS rank, d.event_id::text COLLATE "C" AS id,
                    jsonb_build_object('is', 'decided', 'event', d.event_id, 'decision', d.kind, 'reason', d.reason) AS what
                  FROM quell.decisions d WHERE d.tenant_id = $1 AND d.device_id = $2
                    AND ($7::uuid IS NULL OR d.event_id IN (SELECT event_id FROM own WHERE event_id IS NOT NULL))
                    AND ($3::timestamptz IS NULL OR d.decided_at <= $3 AND (d.decided_at, 20::smallint, d.event_id::text COLLATE "C") < ($3, $4::smallint, $5::text))
                  ORDER BY d.decided_at DESC, d.event_id DESC LIMIT $6)
                 UNION ALL
                 (SELECT t.at, 30::smallint, lpad(t.id::text, 20, '0') COLLATE "C",
                    jsonb_build_object('is', 'changed', 'entity', 'containment', 'id', o.id, 'of', o.measure, 'playbook', o.playbook,
                                       'from', t.from_state, 'to', t.to_state, 'by', t.by, 'reason', t.reason)
                  FROM own o JOIN quell.transitions t ON t.entity_id = o.id
                  WHERE $3::timestamptz IS NULL OR (t.at, 30::smallint, lpad(t.id::text, 20, '0') COLLATE "C") < ($3, $4::smallint, $5::text)
                  ORDER BY t.at DESC, t.id DESC LIMIT $6)
                 UNION ALL
                 (SELECT p.answered_at, 40::smallint, p.id::text COLLATE "C",
                    jsonb_build_object('is', 'answered', 'containment', o.id, 'request', o.request, 'person', p.person,
                                       'answer', p.answer, 'reason', p.reason)
                  FROM own o JOIN quell.approvals p ON p.containment_id = o.id
                  WHERE $3::timestamptz IS NULL OR (p.answered_at, 40::smallint, p.id::text COLLATE "C") < ($3, $4::smallint, $5::text)
                  ORDER BY p.answered_at DESC, p.id DESC LIMIT $6)
                 UNION ALL
                 (SELECT t.at, 50::smallint, lpad(t.id::text, 20, '0') COLLATE "C",
                    jsonb_build_object('is', 'changed', 'entity', 'action', 'id', a.id, 'of', a.kind, 'playbook', NULL,
                                       'from', t.from_state, 'to', t.to_state, 'by', t.by, 'reason', t.reason)
                  FROM acts a JOIN quell.transitions t ON t.entity_id = a.id
                  WHERE $3::timestamptz IS NULL OR (t.at, 50::smallint, lpad(t.id::text, 20, '0') COLLATE "C") < ($3, $4::smallint, $5::text)
                  ORDER BY t.at DESC, t.id DESC LIMIT $6)
                 UNION ALL
                 (SELECT t.reserved_at, 60::smallint, t.id::text COLLATE "C",
                    jsonb_build_object('is', 'called', 'action', a.id, 'kind', t.kind, 'n', t.n)
                  FROM acts a JOIN quell.attempts t ON t.action_id = a.id
                  WHERE $3::timestamptz IS NULL OR (t.reserved_at, 60::smallint, t.id::text COLLATE "C") < ($3, $4::smallint, $5::text)
                  ORDER BY t.reserved_at DESC, t.id DESC LIMIT $6)
                 UNION ALL
                 (SELECT t.answered_at, 70::smallint, t.id::text COLLATE "C",
                    jsonb_build_object('is', 'returned', 'action', a.id, 'kind', t.kind, 'n', t.n, 'outcome', t.outcome,
                                       'status', t.http_status, 'code', t.error_code, 'message', t.error_message)
                  FROM acts a JOIN quell.attempts t ON t.action_id = a.id
                  WHERE t.answered_at IS NOT NULL
                    AND ($3::timestamptz IS NULL OR (t.answered_at, 70::smallint, t.id::text COLLATE "C") < ($3, $4::smallint, $5::text))
                  ORDER BY t.answered_at DESC, t.id DESC LIMIT $6)
                 UNION ALL
                 (SELECT f.done_at, 80::smallint, f.defender_id COLLATE "C",
                    jsonb_build_object('is', 'others', 'defender', f.defender_id, 'kind', f.kind, 'requestor', f.requestor,
                                       'verdict', f.verdict)
                  FROM quell.foreign_actions f WHERE f.tenant_id = $1 AND f.device_id = $2 AND $7::uuid IS NULL
                    AND ($3::timestamptz IS NULL OR (f.done_at, 80::smallint, f.defender_id COLLATE "C") < ($3, $4::smallint, $5::text))
                  ORDER BY f.done_at DESC, f.defender_id DESC LIMIT $6)
                 UNION ALL
                 (SELECT l.at, 90::smallint, lpad(l.id::text, 20, '0') COLLATE "C",
                    jsonb_build_object('is', 'alarm', 'kind', l.kind, 'told', l.told, 'action', l.action_id)
                  FROM quell.alarms l WHERE l.tenant_id = $1 AND l.device_id = $2 AND ($7::uuid IS NULL OR l.action_id = $7)
                    AND ($3::timestamptz IS NULL OR (l.at, 90::smallint, lpad(l.id::text, 20, '0') COLLATE "C") < ($3, $4::smallint, $5::text))
                  ORDER BY l.at DESC, l.id DESC LIMIT $6)
               ) AS moments ORDER BY at DESC, rank DESC, id DESC LIMIT $6"#,
            tenant.0,
            device,
            at as Option<jiff_sqlx::Timestamp>,
            rank,
            id,
            limit,
            action,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut moments = Vec::with_capacity(rows.len());
        for row in rows {
            moments.push(MomentRow {
                key: MomentKey {
                    at: row.at.to_jiff(),
                    rank: row.rank,
                    id: row.id,
                },
                what: serde_json::from_value(row.what)?,
                event: None,
            });
        }
        let said = self.events_said(&events_in(&moments)).await?;
        for moment in &mut moments {
            if let Happened::Decided { event, .. } = &moment.what {
                moment.event = said.get(event).cloned();
            }
        }
        Ok(moments)
    }

    /// What is shown of these events, of those that are kept still.
    pub(super) async fn events_said(
        &self,
        events: &[Uuid],
    ) -> Result<std::collections::HashMap<Uuid, EventSaid>, StoreError> {
        if events.is_empty() {
            return Ok(std::collections::HashMap::new());
        }
        let rows = sqlx::query!(
            "SELECT id, received_at, source, alert_id, severity, codec, event, normalised FROM quell.events WHERE id = ANY($1)",
            events,
        )
        .fetch_all(&self.pool)
        .await?;
        let said = rows.into_iter().map(|row| {
            let kept = KeptEvent {
                codec: row.codec,
                event: row.event,
                normalised: row.normalised,
            };
            let alert = kept.read().ok().map(|event| event.alert);
            let said = EventSaid {
                received_at: row.received_at.to_jiff(),
                source: row.source,
                alert_id: row.alert_id,
                title: alert.and_then(|alert| alert.title.value().cloned()),
                severity: row.severity,
            };
            (row.id, said)
        });
        Ok(said.collect())
    }
}

fn events_in(moments: &[MomentRow]) -> Vec<Uuid> {
    let event = |moment: &MomentRow| match &moment.what {
        Happened::Decided { event, .. } => Some(*event),
        _ => None,
    };
    moments.iter().filter_map(event).collect()
}
