//! Devices as people read them: what is known to be held on them, every reason for it, and what is under way.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// One device.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DeviceView {
    /// Its id.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// `free`, `restricted`, `restricted_by_other` or `unknown`, as last known.
    pub restriction: String,
    /// The same of the isolation: `free`, `isolated`, `isolated_by_other` or `unknown`.
    pub isolation: String,
    /// Since when that is known.
    pub since: Option<Timestamp>,
    /// The reasons to keep it restricted, asked and active, enforced ones only.
    pub containments: Vec<ContainmentView>,
    /// What is open at Defender, then what is queued.
    pub actions: Vec<DeviceAction>,
}

/// One reason to keep one device contained.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContainmentView {
    /// Its id.
    pub id: Uuid,
    /// The device.
    pub device: String,
    /// The device's name, when known.
    pub name: Option<String>,
    /// What it holds.
    pub measure: Measure,
    /// `asked` or `active`.
    pub state: String,
    /// `playbook@revision`; none: an operator began it.
    pub playbook: Option<String>,
    /// The alert behind it.
    pub alert_id: Option<String>,
    /// The alert's title, as its source wrote it.
    pub title: Option<String>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it became active.
    pub activated_at: Option<Timestamp>,
    /// When it ends by itself; none while it is asked, and for one that never does.
    pub until: Option<Timestamp>,
    /// Why somebody is asked.
    pub ask_reason: Option<String>,
    /// Who is asked.
    pub ask_from: Vec<String>,
    /// When the ask expires.
    pub ask_until: Option<Timestamp>,
    /// Whether the device is restricted when nobody answers.
    pub otherwise_act: bool,
    /// What a person must look at.
    pub attention: Option<String>,
    /// Who brought it into this state.
    pub by: String,
    /// Why it is in this state.
    pub reason: String,
}

/// An action that is not over.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DeviceAction {
    /// `restrict`, `release`, `isolate`, ….
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// Defender's status, word for word.
    pub defender_status: Option<String>,
    /// Not called before this, while it is queued.
    pub not_before: Timestamp,
}

impl DeviceView {
    /// What is known of the measure, as last known.
    pub fn known(&self, measure: Measure) -> &str {
        match measure {
            Measure::Restriction => &self.restriction,
            Measure::Isolation => &self.isolation,
        }
    }
}

/// Which devices to show.
#[derive(Clone, Debug, Default)]
pub struct DeviceQuery {
    /// Of all, or only of those named by `id` or `name`.
    pub show: Show,
    /// Only those whose id begins so, in any case.
    pub id: Option<String>,
    /// Or whose name is this, in any case, whole or up to the first dot.
    pub name: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// Which devices to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// Not free as far as is known, or with an open containment, asked ones too.
    #[default]
    Concerned,
    /// Not free as far as is known, or with an active containment.
    Contained,
    /// Every device that an event ever named.
    All,
}

/// Where a device stands in the order: those that a person must look at first, then the latest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKey {
    /// A person must look at it.
    pub is_urgent: bool,
    /// When its latest open containment began.
    pub newest: Option<Timestamp>,
    /// Since when its state is known, of one that is held or wanted.
    pub since: Option<Timestamp>,
    /// Its id.
    pub device: String,
}

impl Store {
    /// The devices, with everything open about them: those that need a person first, then the latest, then those about which there is
    /// nothing, by their ids.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn devices(
        &self,
        tenant: TenantId,
        query: &DeviceQuery,
    ) -> Result<Vec<DeviceView>, StoreError> {
        let rows = self.devices_behind(tenant, query, None).await?;
        Ok(rows.into_iter().map(|(_, device)| device).collect())
    }

    /// The devices behind a place in that order, each with its own.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn devices_behind(
        &self,
        tenant: TenantId,
        query: &DeviceQuery,
        after: Option<&DeviceKey>,
    ) -> Result<Vec<(DeviceKey, DeviceView)>, StoreError> {
        let (all, states): (bool, &[&str]) = match query.show {
            Show::Concerned => (false, &["asked", "active"]),
            Show::Contained => (false, &["active"]),
            Show::All => (true, &["asked", "active"]),
        };
        let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
        // Each arm has an index, and only those that are asked for are run.
        let rows = sqlx::query!(
            r#"WITH candidates AS (
                 SELECT device_id, attention, coalesce(activated_at, created_at) AS newest, true AS is_concerned FROM quell.containments
                 WHERE tenant_id = $1 AND mode = 'enforce' AND state IN ('asked', 'active') AND state = ANY($3)
                 UNION ALL SELECT device_id, NULL, NULL, true FROM quell.devices WHERE tenant_id = $1 AND restriction <> 'free'
                 UNION ALL SELECT device_id, NULL, NULL, true FROM quell.devices WHERE tenant_id = $1 AND isolation <> 'free'
                 UNION ALL SELECT device_id, NULL, NULL, false FROM quell.devices WHERE $2 AND tenant_id = $1
                   AND lower(device_id) COLLATE "C" >= lower($4::text) AND lower(device_id) COLLATE "C" < lower($4) || U&'\+10FFFF'
                 UNION ALL SELECT device_id, NULL, NULL, false FROM quell.devices WHERE $2 AND tenant_id = $1 AND dns_name IS NOT NULL
                   AND split_part(dns_name, '.', 1) = split_part(lower($5::text), '.', 1)
                   AND lower($5) IN (dns_name, split_part(dns_name, '.', 1))
                 UNION ALL (
                   -- Those about which there is nothing, as many as may be shown.
                   SELECT d.device_id, NULL, NULL, false FROM quell.devices d
                   WHERE $2 AND $4::text IS NULL AND $5::text IS NULL AND d.tenant_id = $1 AND d.restriction = 'free' AND d.isolation = 'free'
                     AND NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = d.device_id
                                     AND c.mode = 'enforce' AND c.state IN ('asked', 'active'))
                     AND d.device_id > CASE WHEN NOT $7 AND $8::timestamptz IS NULL AND $9::timestamptz IS NULL THEN $10::text ELSE '' END
                   ORDER BY d.device_id LIMIT $6)),
               those AS (
                 SELECT device_id, max(attention) AS attention, max(newest) AS newest, bool_or(is_concerned) AS is_concerned
                 FROM candidates GROUP BY device_id),
               placed AS (
                 SELECT d.device_id, d.facts -> 'name' ->> 'is' AS name, d.restriction, d.isolation, those.attention IS NOT NULL AS is_urgent,
                   those.newest, greatest(d.restriction_at, d.isolation_at) AS known_at,
                   CASE WHEN those.is_concerned THEN greatest(d.restriction_at, d.isolation_at) END AS since
                 FROM those JOIN quell.devices d ON d.tenant_id = $1 AND d.device_id = those.device_id
                 WHERE $4::text IS NULL AND $5::text IS NULL OR starts_with(lower(d.device_id), lower($4))
                   OR lower($5) IN (d.dns_name, split_part(d.dns_name, '.', 1)))
               SELECT device_id, name, restriction, isolation, is_urgent AS "is_urgent!", newest, since, known_at FROM placed
               WHERE $7::bool IS NULL
                 OR (is_urgent, coalesce(newest, '-infinity'), coalesce(since, '-infinity'))
                    < ($7, coalesce($8::timestamptz, '-infinity'), coalesce($9::timestamptz, '-infinity'))
                 OR (is_urgent, coalesce(newest, '-infinity'), coalesce(since, '-infinity'))
                    = ($7, coalesce($8, '-infinity'), coalesce($9, '-infinity')) AND device_id > $10::text
               ORDER BY is_urgent DESC, coalesce(newest, '-infinity') DESC, coalesce(since, '-infinity') DESC, device_id LIMIT $6"#,
            tenant.0,
            all,
            &states,
            query.id,
            query.name,
            query.limit,
            after.map(|after| after.is_urgent),
            after.and_then(|after| after.newest).map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            after.and_then(|after| after.since).map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            after.map(|after| after.device.as_str()),
        )
        .fetch_all(&self.pool)
        .await?;
        let ids: Vec<String> = rows.iter().map(|row| row.device_id.clone()).collect();
        let containments = self.containments(tenant, Some(&ids), false, i64::MAX).await?;
        let actions = sqlx::query!(
            "SELECT device_id, kind, state, defender_status, not_before FROM quell.actions
             WHERE tenant_id = $1 AND device_id = ANY($2) AND state IN ('queued', 'submitting', 'in_doubt', 'submitted')
             ORDER BY state = 'queued'",
            tenant.0,
            &ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut devices: Vec<(DeviceKey, DeviceView)> = rows
            .into_iter()
            .map(|r| {
                let key = DeviceKey {
                    is_urgent: r.is_urgent,
                    newest: time(r.newest),
                    since: time(r.since),
                    device: r.device_id.clone(),
                };
                let device = DeviceView {
                    device: r.device_id,
                    name: r.name,
                    restriction: r.restriction,
                    isolation: r.isolation,
                    since: time(r.known_at),
                    containments: Vec::new(),
                    actions: Vec::new(),
                };
                (key, device)
            })
            .collect();
        let places: std::collections::HashMap<String, usize> = ids.into_iter().zip(0..).collect();
        for containment in containments {
            if let Some(place) = places.get(&containment.device) {
                devices[*place].1.containments.push(containment);
            }
        }
        for row in actions {
            if let Some(place) = places.get(&row.device_id) {
                devices[*place].1.actions.push(DeviceAction {
                    kind: row.kind,
                    state: row.state,
                    defender_status: row.defender_status,
                    not_before: row.not_before.to_jiff(),
                });
            }
        }
        Ok(devices)
    }

    /// The asks that wait for an answer, the first to expire first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn asks(&self, tenant: TenantId, limit: i64) -> Result<Vec<ContainmentView>, StoreError> {
        self.containments(tenant, None, true, limit).await
    }

    async fn containments(
        &self,
        tenant: TenantId,
        devices: Option<&[String]>,
        only_asked: bool,
        limit: i64,
    ) -> Result<Vec<ContainmentView>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH those AS MATERIALIZED (
                 SELECT * FROM quell.containments c
                 WHERE c.tenant_id = $1 AND c.mode = 'enforce' AND ($2::text[] IS NULL OR c.device_id = ANY($2))
                   AND c.state IN ('asked', 'active') AND (c.state = 'asked' OR c.state = 'active' AND NOT $3)
                 ORDER BY CASE c.state WHEN 'asked' THEN c.ask_until END, c.activated_at, c.id LIMIT $4)
               SELECT c.id, c.device_id, d.facts -> 'name' ->> 'is' AS name, c.measure, c.state,
                 c.playbook || '@' || left(c.revision, 12) AS playbook, c.alert_id, c.event_id, c.created_at, c.activated_at, c.until,
                 c.ask_reason, c.ask_until, c.attention, c.state_by, c.state_reason,
                 ARRAY(SELECT jsonb_array_elements_text(c.ask -> 'from')) AS "ask_from!",
                 coalesce((c.ask ->> 'otherwise_act')::boolean, false) AS "otherwise_act!"
               FROM those c
               LEFT JOIN quell.devices d ON d.tenant_id = c.tenant_id AND d.device_id = c.device_id
               ORDER BY CASE c.state WHEN 'asked' THEN c.ask_until END, c.activated_at, c.id"#,
            tenant.0,
            devices,
            only_asked,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        // By themselves: so only the partitions that have them are looked at. An event that was deleted under the retention has none.
        let events: Vec<Uuid> = rows.iter().filter_map(|row| row.event_id).collect();
        let said = self.events_said(&events).await?;
        let title = |event: Option<Uuid>| said.get(&event?)?.title.clone();
        Ok(rows
            .into_iter()
            .map(|r| ContainmentView {
                id: r.id,
                device: r.device_id,
                name: r.name,
                measure: Measure::parse(&r.measure).unwrap_or_default(),
                state: r.state,
                playbook: r.playbook,
                alert_id: r.alert_id,
                title: title(r.event_id),
                created_at: r.created_at.to_jiff(),
                activated_at: time(r.activated_at),
                until: time(r.until),
                ask_reason: r.ask_reason,
                ask_from: r.ask_from,
                ask_until: time(r.ask_until),
                otherwise_act: r.otherwise_act,
                attention: r.attention,
                by: r.state_by,
                reason: r.state_reason,
            })
            .collect())
    }
}
