//! The past, read again: the events of a period in the order in which they were decided, each with what was known when it
//! was. For `quell plan`. One read-only transaction, so that all pages are of one moment; it changes nothing, and locks
//! nothing that the daemon waits for.

mod past;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::alert::{Event, EventKind};
use crate::domain::decision::DecisionKind;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::recorded::{OwnFacts, facts_from_json};
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::packing::KeptEvent;
use crate::store::{Store, StoreError};

pub use past::PastContainment;

/// A period that is being read.
pub struct Replay {
    tx: sqlx::Transaction<'static, sqlx::Postgres>,
    tenant: TenantId,
    until: Timestamp,
    after: Option<(Timestamp, Uuid, DeviceId)>,
    /// What the period holds.
    pub span: ReplaySpan,
}

/// What a period holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplaySpan {
    /// Its beginning.
    pub since: Timestamp,
    /// The moment of the view, which is its end.
    pub until: Timestamp,
    /// Decisions on an event and a device: so many rows will come.
    pub rows: u64,
    /// Events without a device that may be called: they lead to nothing under any playbook, and do not come.
    pub without_device: u64,
    /// Rows of the inbox, not decided yet: they do not come.
    pub waiting: u64,
}

/// An event and a device, as they were judged.
#[derive(Clone, Debug)]
pub struct ReplayRow {
    /// The event.
    pub event_id: Uuid,
    /// The device.
    pub device: DeviceId,
    /// New, updated or resolved, as it was judged.
    pub kind: EventKind,
    /// When it was judged.
    pub decided_at: Timestamp,
    /// What it says.
    pub event: Event,
    /// What was known of the device.
    pub facts: ReplayFacts,
    /// Whether Defender does not know the device: as of the decision, where it says so, else as of today.
    pub is_gone: bool,
    /// What was made of it.
    pub decision: DecisionKind,
    /// Why.
    pub reason: String,
}

/// What is known of a device in the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayFacts {
    /// The facts that were recorded with the decision.
    Recorded(Box<DeviceFacts>),
    /// None were recorded, as none were at hand and nothing hung on them: the inventory's of today, which may have been others then.
    OfToday(Box<DeviceFacts>),
    /// Nobody ever fetched them.
    Unknown,
}

/// A row that this version cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The event.
    pub event_id: Uuid,
    /// What is wrong with it.
    pub why: String,
}

/// One page.
#[derive(Debug, Default)]
pub struct ReplayPage {
    /// The rows, in the order of their decisions.
    pub rows: Vec<ReplayRow>,
    /// Rows of this page that cannot be read.
    pub unreadable: Vec<Unreadable>,
}

impl ReplayPage {
    /// Whether the period is over.
    pub fn is_end(&self) -> bool {
        self.rows.is_empty() && self.unreadable.is_empty()
    }
}

impl Store {
    /// Begins to read what was decided since a moment.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn replay_begin(&self, tenant: TenantId, since: Timestamp) -> Result<Replay, StoreError> {
        let mut tx = self
            .pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        // Between two pages thousands of playbooks may be weighed, and counting years takes its time.
        sqlx::query!("SET LOCAL idle_in_transaction_session_timeout = '10min'")
            .execute(&mut *tx)
            .await?;
        sqlx::query!("SET LOCAL statement_timeout = '10min'")
            .execute(&mut *tx)
            .await?;
        let counted = sqlx::query!(
            r#"SELECT quell.now() AS "now!",
                 count(device_id) AS "rows!", count(*) FILTER (WHERE device_id IS NULL) AS "without_device!",
                 (SELECT count(*) FROM quell.inbox WHERE tenant_id = $1 AND source <> $3) AS "waiting!"
               FROM quell.decisions WHERE tenant_id = $1 AND decided_at >= $2"#,
            tenant.0,
            jiff_sqlx::ToSqlx::to_sqlx(since) as jiff_sqlx::Timestamp,
            crate::store::heartbeats::SOURCE,
        )
        .fetch_one(&mut *tx)
        .await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let until = counted.now.to_jiff();
        Ok(Replay {
            tx,
            tenant,
            until,
            after: None,
            span: ReplaySpan {
                since,
                until,
                rows: count(counted.rows),
                without_device: count(counted.without_device),
                waiting: count(counted.waiting),
            },
        })
    }
}

impl Replay {
    /// The next rows, at most so many. None: the period is over.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn page(&mut self, limit: i64) -> Result<ReplayPage, StoreError> {
        let (from, event, device) = match &self.after {
            Some((at, event, device)) => (*at, *event, device.as_str()),
            None => (self.span.since, Uuid::nil(), ""),
        };
        // Older decisions do not say what the event was for the device, but what that was told from is there: the alert's
        // status, and which of its events was the first for this device.
        let rows = sqlx::query!(
            r#"SELECT d.event_id, d.device_id AS "device_id!", d.decided_at, d.kind, d.reason, d.event_kind, d.last_seen, d.own_facts,
                 d.facts::text AS facts, f.content AS "kept_facts?", e.codec, e.event, e.normalised,
                 v.facts::text AS "facts_of_today?", v.is_unknown_to_defender AS "is_gone?", a.event_id AS "first_event?"
               FROM quell.decisions d
               JOIN quell.events e ON e.id = d.event_id
               LEFT JOIN quell.decision_inputs f ON f.tenant_id = d.tenant_id AND f.hash = d.facts_hash
               LEFT JOIN quell.devices v ON v.tenant_id = d.tenant_id AND v.device_id = d.device_id
               LEFT JOIN quell.alert_devices a ON a.tenant_id = d.tenant_id AND a.alert_id = e.alert_id
                    AND a.device_id = d.device_id
               WHERE d.tenant_id = $1 AND d.device_id IS NOT NULL AND d.decided_at BETWEEN $2 AND $5
                 AND (d.decided_at, d.event_id, d.device_id) > ($2, $3, $4)
               ORDER BY d.decided_at, d.event_id, d.device_id LIMIT $6"#,
            self.tenant.0,
            jiff_sqlx::ToSqlx::to_sqlx(from) as jiff_sqlx::Timestamp,
            event,
            device,
            jiff_sqlx::ToSqlx::to_sqlx(self.until) as jiff_sqlx::Timestamp,
            limit,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        if let Some(last) = rows.last() {
            self.after = Some((
                last.decided_at.to_jiff(),
                last.event_id,
                DeviceId::from_stored(last.device_id.clone()),
            ));
        }
        let mut page = ReplayPage::default();
        for row in rows {
            let event_id = row.event_id;
            let found = Found {
                event_id,
                device: DeviceId::from_stored(row.device_id),
                decided_at: row.decided_at.to_jiff(),
                kind: row.kind,
                reason: row.reason,
                event_kind: row.event_kind,
                own_facts: row.own_facts,
                kept: KeptEvent {
                    codec: row.codec,
                    event: row.event,
                    normalised: row.normalised,
                },
                // Before they were kept once for many decisions, facts stood in the row.
                facts: match row.kept_facts {
                    Some(kept) => facts_from_json(kept, time(row.last_seen)).ok(),
                    None => row.facts.and_then(|facts| serde_json::from_str(&facts).ok()),
                },
                facts_of_today: row.facts_of_today,
                is_gone: row.is_gone.unwrap_or(false),
                first_event: row.first_event,
            };
            match found.read() {
                Ok(row) => page.rows.push(row),
                Err(why) => page.unreadable.push(Unreadable { event_id, why }),
            }
        }
        Ok(page)
    }
}

/// A row as it stands in the database.
struct Found {
    event_id: Uuid,
    device: DeviceId,
    decided_at: Timestamp,
    kind: String,
    reason: String,
    event_kind: Option<String>,
    own_facts: Option<serde_json::Value>,
    kept: KeptEvent,
    facts: Option<DeviceFacts>,
    facts_of_today: Option<String>,
    is_gone: bool,
    first_event: Option<Uuid>,
}

impl Found {
    fn read(self) -> Result<ReplayRow, String> {
        let event = self.kept.read();
        let mut event = event.map_err(|error| format!("the stored event cannot be read: {error}"))?;
        if let Some(own) = self.own_facts {
            let own: OwnFacts = serde_json::from_value(own)
                .map_err(|error| format!("what quell knew of the device cannot be read: {error}"))?;
            own.complete(&mut event);
        }
        let decision = DecisionKind::parse(&self.kind).ok_or_else(|| {
            format!(
                "its decision is `{}`, which this version does not know",
                self.kind
            )
        })?;
        let was_gone = self.reason == "ineligible.not_in_inventory";
        let recorded = self.event_kind.as_deref().and_then(EventKind::parse);
        let facts = facts(self.facts, self.facts_of_today.as_deref());
        Ok(ReplayRow {
            kind: recorded.unwrap_or_else(|| kind_of(&event, self.event_id, self.first_event)),
            is_gone: was_gone || (self.is_gone && matches!(facts, ReplayFacts::OfToday(_))),
            event_id: self.event_id,
            device: self.device,
            decided_at: self.decided_at,
            event,
            facts,
            decision,
            reason: self.reason,
        })
    }
}

/// By the same rule as when it was accepted (`store::events`).
fn kind_of(event: &Event, id: Uuid, first: Option<Uuid>) -> EventKind {
    let alert = &event.alert;
    if alert.status.value().is_some_and(|status| status == "resolved") {
        EventKind::Resolved
    } else if alert.id.is_empty() || first.is_none_or(|first| first == id) {
        EventKind::New
    } else {
        EventKind::Updated
    }
}

/// Facts that this version cannot read count as never fetched, as they do when an event is decided.
fn facts(recorded: Option<DeviceFacts>, of_today: Option<&str>) -> ReplayFacts {
    let of_today = || of_today.and_then(|text| serde_json::from_str(text).ok());
    match recorded {
        Some(facts) => ReplayFacts::Recorded(Box::new(facts)),
        None => of_today().map_or(ReplayFacts::Unknown, ReplayFacts::OfToday),
    }
}
