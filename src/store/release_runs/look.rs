//! What a selection holds, before anything is done, and how far a run is. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// Which containments; every line that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Selection {
    /// Of this playbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<String>,
    /// Whose revision begins so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Begun, or asked, at this moment or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Begun, or asked, before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// On devices of this group, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What a selection holds now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Preview {
    /// The containments, asked ones too.
    #[serde(skip)]
    pub containments: Vec<Uuid>,
    /// How many are active.
    pub active: usize,
    /// How many are asked about.
    pub asked: usize,
    /// On so many devices.
    pub devices: usize,
    /// Devices that are released: one call each.
    pub released: usize,
    /// Devices whose restriction was not sent yet: nothing is called.
    pub unsent: usize,
    /// Devices that something else keeps restricted.
    pub kept: usize,
    /// Devices that somebody else restricted.
    pub by_others: usize,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RunView {
    /// The run.
    pub id: Uuid,
    /// `running` or `done`.
    pub state: String,
    /// What was selected.
    pub selection: Selection,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// When all of its list was worked off.
    pub done_at: Option<Timestamp>,
    /// Its list by what became of each: waiting, ended, declined, left.
    pub items: BTreeMap<String, i64>,
    /// What was left, by the reason.
    pub left: Vec<Kept>,
    /// Its devices by where they stand now: free, releasing, kept, by_others.
    pub devices: BTreeMap<String, i64>,
}

/// Something that was left, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Kept {
    /// Why.
    pub why: String,
    /// How many.
    pub containments: i64,
}

impl RunView {
    /// Of its list, what waits, and how much there is.
    pub fn progress(&self) -> (i64, i64) {
        let waiting = self.items.get("waiting").copied().unwrap_or(0);
        (waiting, self.items.values().sum())
    }

    /// Devices whose release is not over.
    pub fn releasing(&self) -> i64 {
        self.devices.get("releasing").copied().unwrap_or(0)
    }
}

impl Store {
    /// What a selection holds now, and what would follow from its release.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn release_preview(
        &self,
        tenant: TenantId,
        selection: &Selection,
    ) -> Result<Preview, StoreError> {
        let rows = sqlx::query!(
            r#"WITH chosen AS (
                 SELECT c.id, c.device_id, c.measure, c.state,
                   CASE c.measure WHEN 'isolation' THEN d.isolation ELSE d.restriction END AS known
                 FROM quell.containments c
                 JOIN quell.devices d ON d.tenant_id = c.tenant_id AND d.device_id = c.device_id
                 WHERE c.tenant_id = $1 AND c.state IN ('asked', 'active') AND c.mode = 'enforce'
                   AND ($2::text IS NULL OR c.playbook = $2) AND ($3::text IS NULL OR starts_with(c.revision, $3))
                   AND ($4::timestamptz IS NULL OR coalesce(c.activated_at, c.created_at) >= $4)
                   AND ($5::timestamptz IS NULL OR coalesce(c.activated_at, c.created_at) < $5)
                   AND ($6::text IS NULL OR lower(d.facts -> 'group' ->> 'is') = lower($6)))
               SELECT c.id, c.device_id, c.measure, c.state, c.known AS "known!",
                 EXISTS (SELECT 1 FROM quell.containments o WHERE o.tenant_id = $1 AND o.device_id = c.device_id
                         AND o.measure = c.measure
                         AND o.state = 'active' AND o.mode = 'enforce' AND o.id NOT IN (SELECT id FROM chosen)) AS "kept!",
                 EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = c.device_id
                         AND a.subject = c.measure AND a.state IN ('submitting', 'in_doubt', 'submitted') AND a.kind IN ('restrict', 'isolate')) AS "open!"
               FROM chosen c ORDER BY c.device_id, c.measure DESC, c.id"#,
            tenant.0,
            selection.playbook,
            selection.revision,
            selection.since.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            selection.until.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            selection.group,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut preview = Preview {
            containments: rows.iter().map(|row| row.id).collect(),
            active: rows.iter().filter(|row| row.state == "active").count(),
            asked: rows.iter().filter(|row| row.state == "asked").count(),
            ..Preview::default()
        };
        let (mut devices, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for row in &rows {
            devices.insert(row.device_id.as_str());
            // A call for each measure.
            if !seen.insert((row.device_id.as_str(), row.measure.as_str())) {
                continue;
            }
            match row.known.as_str() {
                _ if row.kept => preview.kept += 1,
                "restricted_by_other" | "isolated_by_other" => preview.by_others += 1,
                "free" if !row.open => preview.unsent += 1,
                _ => preview.released += 1,
            }
        }
        preview.devices = devices.len();
        Ok(preview)
    }

    /// A run by the beginning of its id; the newest, if none is named. `None`: there is none, or more than one begins so.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn release_run(
        &self,
        tenant: TenantId,
        id: Option<&str>,
    ) -> Result<Option<RunView>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        view(&mut connection, tenant, id).await
    }
}

/// How far a run is, as [`Store::release_run`] names it.
pub(super) async fn view(
    connection: &mut sqlx::PgConnection,
    tenant: TenantId,
    id: Option<&str>,
) -> Result<Option<RunView>, StoreError> {
    let runs = sqlx::query!(
            "SELECT id, state, selection, by, reason, begun_at, done_at FROM quell.release_runs
             WHERE tenant_id = $1 AND ($2::text IS NULL OR starts_with(id::text, lower($2))) ORDER BY id DESC LIMIT 2",
            tenant.0,
            id,
        )
        .fetch_all(&mut *connection)
        .await?;
    if id.is_some() && runs.len() > 1 {
        return Ok(None);
    }
    let Some(run) = runs.into_iter().next() else {
        return Ok(None);
    };
    let items = sqlx::query!(
        r#"SELECT state, CASE state WHEN 'left' THEN coalesce(why, '') END AS why, count(*) AS "n!"
               FROM quell.release_run_items WHERE run_id = $1 GROUP BY 1, 2 ORDER BY 3 DESC"#,
        run.id,
    )
    .fetch_all(&mut *connection)
    .await?;
    let devices = sqlx::query!(
            r#"SELECT CASE WHEN EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = $2 AND c.device_id = i.device_id
                                AND c.state = 'active' AND c.mode = 'enforce') THEN 'kept'
                    WHEN d.restriction = 'restricted_by_other' OR d.isolation = 'isolated_by_other' THEN 'by_others'
                    WHEN d.restriction <> 'free' OR d.isolation <> 'free' OR EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = $2
                         AND a.device_id = i.device_id AND a.subject IN ('restriction', 'isolation')
                         AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted'))
                         THEN 'releasing'
                    ELSE 'free' END AS "stands!", count(*) AS "n!"
               FROM (SELECT DISTINCT device_id FROM quell.release_run_items WHERE run_id = $1) AS i
               JOIN quell.devices d ON d.tenant_id = $2 AND d.device_id = i.device_id
               GROUP BY 1"#,
            run.id,
            tenant.0,
        )
        .fetch_all(&mut *connection)
        .await?;
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for row in &items {
        *counts.entry(row.state.clone()).or_default() += row.n;
    }
    Ok(Some(RunView {
        id: run.id,
        state: run.state,
        selection: serde_json::from_value(run.selection)?,
        by: run.by,
        reason: run.reason,
        begun_at: run.begun_at.to_jiff(),
        done_at: time(run.done_at),
        items: counts,
        left: items
            .into_iter()
            .filter_map(|row| {
                Some(Kept {
                    why: row.why?,
                    containments: row.n,
                })
            })
            .collect(),
        devices: devices.into_iter().map(|row| (row.stands, row.n)).collect(),
    }))
}
