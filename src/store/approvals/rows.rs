//! The asks of a request as they stand, with what was seen when they were asked, what is known now, and who answered. Read by
//! the answer's transaction under its locks, and by `quell approvals` without any.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::alert::Alert;
use crate::domain::approval::RequestNumber;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::guard::Protections;
use crate::domain::measure::{Isolation, Measure};
use crate::domain::recorded::{OwnFacts, RecordedRules, facts_from_json};
use crate::domain::stop::STOPPED;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{AskTerms, Limit};
use crate::store::StoreError;
use crate::store::containments::time;
use crate::store::packing::KeptEvent;

/// One ask of a request, in whatever state it is now.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AskRow {
    /// The containment.
    pub id: Uuid,
    /// The device.
    pub device: DeviceId,
    /// What is to be held on it.
    pub measure: Measure,
    /// How much an isolation would cut off; none: it is no isolation.
    pub isolation: Option<Isolation>,
    /// The device's name, when known.
    pub name: Option<String>,
    /// `asked`, `active`, `ended`, `declined` or `expired`.
    pub state: String,
    /// Who brought it into this state.
    pub by: String,
    /// Why it is in this state.
    pub reason: String,
    /// The playbook; none: a person began it by hand.
    pub playbook: Option<String>,
    /// Its revision.
    pub revision: Option<String>,
    /// Who began it by hand.
    pub begun_by: Option<String>,
    /// Why somebody is asked.
    pub ask_reason: String,
    /// What an approval lifts; none: a cap holds it, which no approval lifts.
    pub lifts: Option<String>,
    /// Who is asked, and how many of them.
    pub terms: AskTerms,
    /// It can be answered until then.
    pub ask_until: Timestamp,
    /// A stop is in force: nobody can say yes, so no question runs out.
    #[serde(skip)]
    pub is_stopped: bool,
    /// When it was asked.
    pub created_at: Timestamp,
    /// How long the containment lasts from its activation; none: it never ends by itself.
    #[schema(value_type = Option<Object>, example = json!({"secs": 86400, "nanos": 0}))]
    pub release_after: Option<Duration>,
    /// The alert behind it.
    pub alert_id: Option<String>,
    /// The alert's title, as its source wrote it.
    pub title: Option<String>,
    /// The answers so far, the earliest first.
    pub answers: Vec<AnswerView>,
    /// What was seen when it was asked.
    #[serde(skip)]
    pub(super) then: Known,
    /// What is known now.
    #[serde(skip)]
    pub(super) now: Known,
    /// When the facts of now were fetched.
    #[serde(skip)]
    pub(super) fetched_at: Option<Timestamp>,
    /// What protected devices when it was asked; `None`: that was not kept.
    #[serde(skip)]
    pub(super) never_then: Option<Protections>,
    /// Its playbook's limits; `None`: this version cannot read them, and nothing becomes active then.
    #[serde(skip)]
    pub(super) limits: Option<Vec<Limit>>,
}

/// What is known of a device and its alert at one time.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) facts: Option<DeviceFacts>,
    pub(super) restricted_by: Vec<String>,
    pub(super) alert: Option<Alert>,
}

/// One person's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AnswerView {
    /// Its id in the audit.
    pub id: Uuid,
    /// Who.
    pub person: String,
    /// `approved` or `denied`.
    pub answer: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// The hash of what he reviewed; approvals of different states do not add up.
    #[serde(skip)]
    pub(super) reviewed: Option<String>,
}

impl AskRow {
    /// Whether it can be answered at this moment. One whose time is over cannot, also before anybody has written that down.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == "asked" && (self.is_stopped || self.ask_until > now)
    }

    /// How it stands, in a word: one whose time is over is expired.
    pub fn stands(&self, now: Timestamp) -> &str {
        match self.state.as_str() {
            "asked" if !self.is_open(now) => "expired",
            state => state,
        }
    }
}

/// The asks of a request, in the order of their devices; none: there is no such request.
pub(super) async fn read(
    connection: &mut sqlx::PgConnection,
    tenant: TenantId,
    request: RequestNumber,
) -> Result<Vec<AskRow>, StoreError> {
    // News of the alert by when it happened: feeds deliver late and out of order.
    let rows = sqlx::query!(
        r#"SELECT c.id, c.device_id, c.measure, c.isolation, c.state, c.state_by, c.state_reason, c.playbook, c.revision, c.begun_by,
             coalesce(c.ask_reason, c.state_reason) AS "ask_reason!", c.ask_lifts, c.ask AS "ask!", c.ask_until AS "ask_until!",
             quell.stop_in_force(c.tenant_id) IS NOT NULL AS "is_stopped!", c.created_at, extract(epoch FROM c.release_after)::float8 AS release_after, c.alert_id,
             coalesce(c.limits, '[]') AS "limits!", c.asked_facts, d.facts AS now_facts, d.facts_fetched_at,
             f.content AS "decided_facts?", w.last_seen AS "last_seen?", w.own_facts AS "own_facts?",
             r.content AS "decided_rules?", e.codec AS "codec?", e.event AS "event?", e.normalised AS "normalised?",
             latest.codec AS "latest_codec?", latest.event AS "latest_event?", latest.normalised AS "latest?",
             ARRAY(SELECT o.playbook FROM quell.containments o WHERE o.tenant_id = c.tenant_id AND o.device_id = c.device_id
                   AND o.state = 'active' AND o.mode = 'enforce' AND o.playbook IS NOT NULL
                   -- As decisions see it: what a revoked revision began and never restricted will never be sent.
                   AND NOT ((CASE o.measure WHEN 'isolation' THEN d.isolation ELSE d.restriction END) IN ('free', 'unknown')
                       AND (EXISTS (SELECT 1 FROM quell.playbook_revisions p WHERE p.tenant_id = o.tenant_id
                                AND p.playbook = o.playbook AND p.revision = o.revision AND p.revoked_at IS NOT NULL)
                            OR EXISTS (SELECT 1 FROM quell.canary_fallbacks p WHERE p.tenant_id = o.tenant_id
                                AND p.playbook = o.playbook AND p.revision = o.revision))
                       AND NOT EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = o.tenant_id
                           AND a.device_id = o.device_id AND a.subject = o.measure AND a.kind IN ('restrict', 'isolate')
                           AND a.state IN ('submitting', 'in_doubt', 'submitted')))
                   ORDER BY o.activated_at) AS "restricted_by!"
           FROM quell.containments c
           JOIN quell.devices d ON d.tenant_id = c.tenant_id AND d.device_id = c.device_id
           LEFT JOIN quell.decisions w ON w.event_id = c.event_id AND w.device_id = c.device_id
           LEFT JOIN quell.decision_inputs f ON f.tenant_id = c.tenant_id AND f.hash = w.facts_hash
           LEFT JOIN quell.decision_inputs r ON r.tenant_id = c.tenant_id AND r.hash = w.rules_hash
           LEFT JOIN quell.events e ON e.id = c.event_id
           LEFT JOIN LATERAL (
               SELECT n.codec, n.event, n.normalised FROM quell.events n
               WHERE n.tenant_id = c.tenant_id AND n.alert_id = c.alert_id AND c.alert_id <> ''
               ORDER BY coalesce(n.occurred_at, (n.normalised #>> '{alert,occurred_at,is}')::timestamptz) DESC NULLS LAST, n.received_at DESC
               LIMIT 1) AS latest ON true
           WHERE c.tenant_id = $1 AND c.request = $2 AND c.ask IS NOT NULL AND c.ask_until IS NOT NULL
           ORDER BY c.device_id, c.id"#,
        tenant.0,
        request.0,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut answers = answers(connection, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let mut event = alert_of(row.codec, row.event, row.normalised);
            let now: Option<DeviceFacts> = facts_of(row.now_facts);
            let decided = row.decided_facts.and_then(|kept| {
                let last_seen = time(row.last_seen);
                facts_from_json(kept, last_seen).ok()
            });
            let rules: Option<RecordedRules> = row
                .decided_rules
                .and_then(|rules| serde_json::from_value(rules).ok());
            let own: OwnFacts = row
                .own_facts
                .and_then(|own| serde_json::from_value(own).ok())
                .unwrap_or_default();
            let mut latest = alert_of(row.latest_codec, row.latest_event, row.latest);
            if let Some(info) = &own.alert_info {
                // Evidence that comes again lacks the same as before.
                event
                    .iter_mut()
                    .chain(&mut latest)
                    .for_each(|alert| info.complete(alert));
            }
            let name = now.as_ref().and_then(|facts| facts.name.value().cloned());
            Ok(AskRow {
                id: row.id,
                device: DeviceId::from_stored(row.device_id),
                measure: Measure::parse(&row.measure).unwrap_or_default(),
                isolation: row.isolation.as_deref().and_then(Isolation::parse),
                name,
                state: row.state,
                by: row.state_by,
                reason: row.state_reason,
                playbook: row.playbook,
                revision: row.revision,
                begun_by: row.begun_by,
                // What a stop held was once kept without what its approval lifts.
                lifts: row
                    .ask_lifts
                    .or_else(|| (row.ask_reason == STOPPED).then(|| STOPPED.to_owned())),
                ask_reason: row.ask_reason,
                terms: serde_json::from_value(row.ask)?,
                ask_until: row.ask_until.to_jiff(),
                is_stopped: row.is_stopped,
                created_at: row.created_at.to_jiff(),
                release_after: row
                    .release_after
                    .map(|secs| Duration::from_secs_f64(secs.max(0.0))),
                alert_id: row.alert_id,
                title: event.as_ref().and_then(|alert| alert.title.value().cloned()),
                answers: answers.remove(&row.id).unwrap_or_default(),
                then: Known {
                    facts: decided.or_else(|| facts_of(row.asked_facts)),
                    restricted_by: own.restricted_by,
                    alert: event.clone(),
                },
                now: Known {
                    facts: now,
                    restricted_by: row.restricted_by,
                    alert: latest.or(event),
                },
                fetched_at: time(row.facts_fetched_at),
                never_then: rules.map(|rules| rules.rules.never),
                limits: serde_json::from_value(row.limits).ok(),
            })
        })
        .collect()
}

/// Facts that this version cannot read count as never fetched.
fn facts_of(stored: Option<serde_json::Value>) -> Option<DeviceFacts> {
    stored.and_then(|facts| serde_json::from_value(facts).ok())
}

/// None: it is gone, or this version cannot read it.
fn alert_of(
    codec: Option<i16>,
    event: Option<Vec<u8>>,
    normalised: Option<serde_json::Value>,
) -> Option<Alert> {
    let kept = KeptEvent {
        codec: codec?,
        event,
        normalised,
    };
    kept.read().ok().map(|event| event.alert)
}

/// The answers to these asks, the earliest first.
pub(in crate::store) async fn answers(
    connection: &mut sqlx::PgConnection,
    containments: &[Uuid],
) -> Result<HashMap<Uuid, Vec<AnswerView>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT containment_id, id, person, answer, reason, answered_at, reviewed FROM quell.approvals
         WHERE containment_id = ANY($1) ORDER BY answered_at, person",
        containments,
    )
    .fetch_all(connection)
    .await?;
    let mut answers: HashMap<Uuid, Vec<AnswerView>> = HashMap::new();
    for row in rows {
        answers.entry(row.containment_id).or_default().push(AnswerView {
            id: row.id,
            person: row.person,
            answer: row.answer,
            reason: row.reason,
            at: row.answered_at.to_jiff(),
            reviewed: row.reviewed,
        });
    }
    Ok(answers)
}
