//! The latest decisions of a tenant or a device, a page at a time: one line each. What each was judged by is read by
//! [`Store::decisions`], one event at a time.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decisions::rulings;
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// A decision in a line.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DecidedView {
    /// The event.
    pub event_id: Uuid,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// The device; none: the event has none that may be called.
    pub device: Option<String>,
    /// The device's name, when known.
    pub name: Option<String>,
    /// `act`, `ask`, `observe`, `hold` or `skip`.
    pub kind: String,
    /// Why: `matched`, `ask`, `caps[0]`, `never.tags`, `no_match`, ….
    pub reason: String,
    /// The playbook that decided, where one did.
    pub playbook: Option<String>,
    /// The version of the playbook set.
    pub set_version: Option<i64>,
    /// When the event was accepted; none, like all that follows, once the event was deleted under the retention.
    pub received_at: Option<Timestamp>,
    /// Through which source it came.
    pub source: Option<String>,
    /// Its alert.
    pub alert_id: Option<String>,
    /// The alert's title, as its source wrote it.
    pub title: Option<String>,
    /// The alert's severity.
    pub severity: Option<String>,
}

/// Where a decision stands in the order, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedKey {
    /// When it was decided.
    pub at: Timestamp,
    /// The event.
    pub event: Uuid,
    /// The device; empty: none.
    pub device: String,
}

/// Which decisions are wanted.
#[derive(Clone, Debug, Default)]
pub struct DecidedQuery {
    /// Only those of this device, by its whole id.
    pub device: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Leave out those by which nothing happens (`skip`).
    pub without_skips: bool,
    /// Behind this one.
    pub after: Option<DecidedKey>,
    /// At most so many.
    pub limit: i64,
}

struct Row {
    event_id: Uuid,
    device_id: Option<String>,
    kind: String,
    reason: String,
    decided_at: jiff_sqlx::Timestamp,
    set_version: Option<i64>,
    rulings: serde_json::Value,
    name: Option<String>,
}

impl DecidedView {
    /// Where it stands.
    pub fn key(&self) -> DecidedKey {
        DecidedKey {
            at: self.decided_at,
            event: self.event_id,
            device: self.device.clone().unwrap_or_default(),
        }
    }
}

impl Store {
    /// Decisions, the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decisions_latest(
        &self,
        tenant: TenantId,
        query: &DecidedQuery,
    ) -> Result<Vec<DecidedView>, StoreError> {
        let rows = match &query.device {
            Some(device) => self.decided_on(tenant, device, query).await?,
            None if query.without_skips || query.kind.as_deref().is_some_and(|kind| kind != "skip") => {
                self.decided_not_skipped(tenant, query).await?
            }
            None => self.decided_all(tenant, query).await?,
        };
        let events: Vec<Uuid> = rows.iter().map(|row| row.event_id).collect();
        let said = self.events_said(&events).await?;
        let views = rows.into_iter().map(|row| {
            let event = said.get(&row.event_id);
            let lead = rulings(row.rulings)
                .into_iter()
                .find(|ruling| ruling.kind.as_str() == row.kind && ruling.reason == row.reason);
            DecidedView {
                event_id: row.event_id,
                decided_at: row.decided_at.to_jiff(),
                device: row.device_id,
                name: row.name,
                kind: row.kind,
                reason: row.reason,
                playbook: lead.map(|ruling| ruling.playbook),
                set_version: row.set_version,
                received_at: event.map(|event| event.received_at),
                source: event.map(|event| event.source.clone()),
                alert_id: event.map(|event| event.alert_id.clone()),
                title: event.and_then(|event| event.title.clone()),
                severity: event.and_then(|event| event.severity.clone()),
            }
        });
        Ok(views.collect())
    }

    // Three statements, each with an index of its own: which one is used must not depend on what is asked for.

    async fn decided_all(&self, tenant: TenantId, query: &DecidedQuery) -> Result<Vec<Row>, StoreError> {
        let (at, event, device) = bound(query);
        Ok(sqlx::query_as!(
            Row,
            r#"SELECT d.event_id, d.device_id, d.kind, d.reason, d.decided_at AS "decided_at: jiff_sqlx::Timestamp", d.set_version,
                 d.rulings, v.facts -> 'name' ->> 'is' AS name
               FROM (SELECT event_id, device_id, kind, reason, decided_at, set_version, rulings, tenant_id FROM quell.decisions
                     WHERE tenant_id = $1 AND decided_at <= coalesce($2, 'infinity'::timestamptz)
                       AND ($2::timestamptz IS NULL OR (decided_at, event_id, coalesce(device_id, '') COLLATE "C") < ($2, $3::uuid, $4::text))
                       AND ($5::text IS NULL OR kind = $5)
                     ORDER BY decided_at DESC, event_id DESC, coalesce(device_id, '') COLLATE "C" DESC LIMIT $6) AS d
               LEFT JOIN quell.devices v ON v.tenant_id = d.tenant_id AND v.device_id = d.device_id
               ORDER BY d.decided_at DESC, d.event_id DESC, coalesce(d.device_id, '') COLLATE "C" DESC"#,
            tenant.0,
            at as Option<jiff_sqlx::Timestamp>,
            event,
            device,
            query.kind,
            query.limit,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    async fn decided_not_skipped(
        &self,
        tenant: TenantId,
        query: &DecidedQuery,
    ) -> Result<Vec<Row>, StoreError> {
        let (at, event, device) = bound(query);
        Ok(sqlx::query_as!(
            Row,
            r#"SELECT d.event_id, d.device_id, d.kind, d.reason, d.decided_at AS "decided_at: jiff_sqlx::Timestamp", d.set_version,
                 d.rulings, v.facts -> 'name' ->> 'is' AS name
               -- Each kind by itself, so that one of which there are few is found as soon as the others.
               FROM (SELECT of.* FROM (VALUES ('act'), ('ask'), ('observe'), ('hold')) AS k (kind) CROSS JOIN LATERAL (
                       SELECT event_id, device_id, kind, reason, decided_at, set_version, rulings, tenant_id FROM quell.decisions
                       WHERE tenant_id = $1 AND kind = k.kind AND kind <> 'skip' AND decided_at <= coalesce($2, 'infinity'::timestamptz)
                         AND ($2::timestamptz IS NULL OR (decided_at, event_id, coalesce(device_id, '') COLLATE "C") < ($2, $3::uuid, $4::text))
                       ORDER BY decided_at DESC, event_id DESC, coalesce(device_id, '') COLLATE "C" DESC LIMIT $6) AS of
                     WHERE $5::text IS NULL OR k.kind = $5
                     ORDER BY decided_at DESC, event_id DESC, coalesce(device_id, '') COLLATE "C" DESC LIMIT $6) AS d
               LEFT JOIN quell.devices v ON v.tenant_id = d.tenant_id AND v.device_id = d.device_id
               ORDER BY d.decided_at DESC, d.event_id DESC, coalesce(d.device_id, '') COLLATE "C" DESC"#,
            tenant.0,
            at as Option<jiff_sqlx::Timestamp>,
            event,
            device,
            query.kind,
            query.limit,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    async fn decided_on(
        &self,
        tenant: TenantId,
        on: &str,
        query: &DecidedQuery,
    ) -> Result<Vec<Row>, StoreError> {
        let (at, event, _) = bound(query);
        Ok(sqlx::query_as!(
            Row,
            r#"SELECT d.event_id, d.device_id, d.kind, d.reason, d.decided_at AS "decided_at: jiff_sqlx::Timestamp", d.set_version,
                 d.rulings, v.facts -> 'name' ->> 'is' AS name
               FROM (SELECT event_id, device_id, kind, reason, decided_at, set_version, rulings, tenant_id FROM quell.decisions
                     WHERE tenant_id = $1 AND device_id = $4 AND decided_at <= coalesce($2, 'infinity'::timestamptz)
                       AND ($2::timestamptz IS NULL OR (decided_at, event_id) < ($2, $3::uuid))
                       AND ($5::text IS NULL OR kind = $5) AND NOT ($7 AND kind = 'skip')
                     ORDER BY decided_at DESC, event_id DESC LIMIT $6) AS d
               LEFT JOIN quell.devices v ON v.tenant_id = d.tenant_id AND v.device_id = d.device_id
               ORDER BY d.decided_at DESC, d.event_id DESC"#,
            tenant.0,
            at as Option<jiff_sqlx::Timestamp>,
            event,
            on,
            query.kind,
            query.limit,
            query.without_skips,
        )
        .fetch_all(&self.pool)
        .await?)
    }
}

fn bound(query: &DecidedQuery) -> (Option<jiff_sqlx::Timestamp>, Option<Uuid>, Option<&str>) {
    let after = query.after.as_ref();
    (
        after.map(|after| after.at.to_sqlx()),
        after.map(|after| after.event),
        after.map(|after| after.device.as_str()),
    )
}
