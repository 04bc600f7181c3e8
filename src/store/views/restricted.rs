//! Who is restricted or isolated now, by whom, since when, until when, and when that was last confirmed: one query.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::converge::Known;
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::views::DeviceQuery;
use crate::store::{Store, StoreError};

/// One measure that is held on a device, or may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RestrictedView {
    /// Its id.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// The measure.
    pub measure: Measure,
    /// `restricted`, `restricted_by_other`, `isolated`, `isolated_by_other` or `unknown`.
    pub restriction: String,
    /// Who wants it held; empty: nobody any more, its release is under way.
    pub by: Vec<RestrictedBy>,
    /// Since when it is held, as far as is known.
    pub since: Option<Timestamp>,
    /// When the last reason ends by itself; none: never, or nobody knows.
    pub until: Option<Timestamp>,
    /// When Defender last gave evidence of it: the action itself, or a look at its whole list that showed nothing else.
    pub confirmed_at: Option<Timestamp>,
}

/// Where one stands in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedKey {
    /// When it was last known to be so.
    pub known_at: Option<Timestamp>,
    /// Its device.
    pub device: String,
    /// The measure.
    pub measure: String,
}

/// Somebody who wants the measure held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RestrictedBy {
    /// `playbook`, `person`, `quell` or `other`.
    pub kind: String,
    /// The playbook with its revision, the person, or who acts at Defender.
    pub who: String,
    /// The containment; none: it is somebody else's restriction.
    pub containment: Option<Uuid>,
    /// The alert behind it.
    pub alert_id: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// What a person must look at.
    pub attention: Option<String>,
}

impl Store {
    /// Devices that are not free as far as is known, the latest first, behind a place in that order; each with its own.
    /// `query.show` is not looked at.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn restricted(
        &self,
        tenant: TenantId,
        query: &DeviceQuery,
        after: Option<&RestrictedKey>,
    ) -> Result<Vec<(RestrictedKey, RestrictedView)>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH those AS (
                 SELECT d.device_id, d.facts -> 'name' ->> 'is' AS name, m.measure, m.known, m.known_at, m.others_by, m.others_at
                 FROM quell.devices d CROSS JOIN LATERAL (
                   SELECT * FROM quell.measures WHERE tenant_id = d.tenant_id AND device_id = d.device_id OFFSET 0) AS m
                 WHERE d.tenant_id = $1 AND (d.restriction <> 'free' OR d.isolation <> 'free') AND m.known <> 'free'
                   AND ($2::text IS NULL AND $3::text IS NULL OR starts_with(lower(d.device_id), lower($2))
                        OR lower($3) IN (lower(d.facts -> 'name' ->> 'is'),
                                         split_part(lower(d.facts -> 'name' ->> 'is'), '.', 1)))
                   AND ($5::text IS NULL OR coalesce(m.known_at, '-infinity') < coalesce($6::timestamptz, '-infinity')
                        OR coalesce(m.known_at, '-infinity') = coalesce($6::timestamptz, '-infinity')
                           AND (d.device_id, m.measure) > ($5, $7::text))
                 ORDER BY m.known_at DESC NULLS LAST, d.device_id, m.measure LIMIT $4)
               SELECT t.device_id, t.name, t.measure AS "measure!", t.known AS "known!", t.known_at, t.others_by, t.others_at,
                 CASE WHEN EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = t.device_id
                                   AND a.subject = t.measure AND a.state IN ('submitting', 'in_doubt', 'submitted'))
                      THEN t.known_at ELSE greatest(t.known_at, l.listed_at) END AS confirmed_at,
                 c.id AS "id?", c.playbook || '@' || left(c.revision, 12) AS playbook, c.begun_by, c.state_by AS "state_by?",
                 c.alert_id, c.activated_at, c.until, c.attention
               FROM those t LEFT JOIN quell.looks l ON l.tenant_id = $1
               LEFT JOIN quell.containments c ON c.tenant_id = $1 AND c.device_id = t.device_id AND c.measure = t.measure
                 AND c.state = 'active' AND c.mode = 'enforce'
               ORDER BY t.known_at DESC NULLS LAST, t.device_id, t.measure, c.activated_at, c.id"#,
            tenant.0,
            query.id,
            query.name,
            query.limit,
            after.map(|after| after.device.as_str()),
            after
                .and_then(|after| after.known_at)
                .map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            after.map(|after| after.measure.as_str()),
        )
        .fetch_all(&self.pool)
        .await?;
        let mut devices: Vec<(RestrictedKey, RestrictedView)> = Vec::new();
        for row in rows {
            let measure = Measure::parse(&row.measure).unwrap_or_default();
            let is_next = |last: &RestrictedView| last.device != row.device_id || last.measure != measure;
            if devices.last().is_none_or(|(_, last)| is_next(last)) {
                let known = Known::parse(&row.known).unwrap_or(Known::Unknown);
                let is_others = known == Known::HeldByOther;
                let other = is_others.then(|| RestrictedBy {
                    kind: "other".to_owned(),
                    who: row.others_by.unwrap_or_else(|| "somebody else".to_owned()),
                    containment: None,
                    alert_id: None,
                    since: time(row.others_at),
                    until: None,
                    attention: None,
                });
                let key = RestrictedKey {
                    known_at: time(row.known_at),
                    device: row.device_id.clone(),
                    measure: row.measure,
                };
                let view = RestrictedView {
                    device: row.device_id,
                    name: row.name,
                    measure,
                    restriction: known.word(measure).to_owned(),
                    by: other.into_iter().collect(),
                    since: time(row.others_at).filter(|_| is_others).or(time(row.known_at)),
                    until: None,
                    confirmed_at: time(row.confirmed_at),
                };
                devices.push((key, view));
            }
            let (Some(id), Some((_, device))) = (row.id, devices.last_mut()) else {
                continue;
            };
            let (kind, who) = match (row.playbook, row.begun_by) {
                (Some(playbook), _) => ("playbook", playbook),
                (None, Some(person)) => ("person", person),
                (None, None) => ("quell", row.state_by.unwrap_or_default()),
            };
            device.by.push(RestrictedBy {
                kind: kind.to_owned(),
                who,
                containment: Some(id),
                alert_id: row.alert_id,
                since: time(row.activated_at),
                until: time(row.until),
                attention: row.attention,
            });
        }
        for (_, device) in &mut devices {
            let ends: Option<Vec<Timestamp>> = device.by.iter().map(|by| by.until).collect();
            device.until = ends.and_then(|ends| ends.into_iter().max());
        }
        Ok(devices)
    }
}
