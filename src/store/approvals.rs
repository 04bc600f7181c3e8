//! Requests: what people are asked, many devices at once, and their answers. Who may answer and what an answer is bound to is
//! `domain::approval`; here it is read, judged and written. A request is made by a trigger when the ask is recorded.

mod answer;
mod judge;
mod record;
mod refusal;
mod rows;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::approval::{RequestNumber, lifted, token};
use crate::domain::decision::Usage;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::containments::{Bounds, OneMore, time};
use crate::store::{Store, StoreError};

pub use answer::Answer;
pub use judge::{AnswerTerms, Block, Judged};
pub use refusal::{Answered, Refusal, Told, grows_until};
pub(in crate::store) use rows::answers;
pub use rows::{AnswerView, AskRow};

/// A request in a line.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    /// Its number: `A-1042`.
    pub request: String,
    /// `playbook@revision`; none: a person asks by hand.
    pub playbook: Option<String>,
    /// Who asks by hand.
    pub begun_by: Option<String>,
    /// When the first of its asks was recorded.
    pub asked_at: Timestamp,
    /// When the first that is still open expires; none: none is open.
    pub ends_at: Option<Timestamp>,
    /// How many devices wait for an answer.
    pub waiting: i64,
    /// Its asks by how they stand: `asked`, `active`, `ended`, `declined`, `expired`.
    pub asks: BTreeMap<String, i64>,
    /// Why people are asked, each reason once.
    pub reasons: Vec<String>,
    /// Who is asked; empty: anybody.
    pub from: Vec<String>,
    /// How many must approve.
    pub approvals: i64,
    /// Who approved something of it.
    pub approved_by: Vec<String>,
    /// Whether something is restricted when nobody answers.
    pub otherwise_act: bool,
    /// One of its devices: its name, or its id.
    pub device: String,
}

/// Where a request stands in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestKey {
    /// Nothing of it can be answered any more.
    pub is_over: bool,
    /// When the first that is still open expires.
    pub ends_at: Option<Timestamp>,
    /// Its number.
    pub number: i64,
}

/// A request as a person reviews it.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its number.
    pub request: RequestNumber,
    /// The moment.
    pub at: Timestamp,
    /// What can still be answered, each with what limit or cap it would go beyond if all before it became active.
    pub open: Vec<(Judged, Option<String>)>,
    /// What cannot.
    pub over: Vec<AskRow>,
    /// What `approve --reviewed` takes.
    pub token: String,
    /// Until when devices may still be added; none: none can.
    pub grows_until: Option<Timestamp>,
}

/// What waits for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Waiting {
    /// Requests.
    pub requests: i64,
    /// Devices in them.
    pub devices: i64,
    /// When the first of these asks expires.
    pub first_ends_at: Option<Timestamp>,
    /// The first of them by their end, at most five.
    pub first: Vec<String>,
}

impl Store {
    /// Requests, those that end first first: with something to answer only, or all of the last day and after them.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn requests(
        &self,
        tenant: TenantId,
        all: bool,
        limit: i64,
    ) -> Result<Vec<RequestView>, StoreError> {
        let rows = self.requests_behind(tenant, all, None, limit).await?;
        Ok(rows.into_iter().map(|(_, request)| request).collect())
    }

    /// The requests behind a place in that order, each with its own.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn requests_behind(
        &self,
        tenant: TenantId,
        all: bool,
        after: Option<&RequestKey>,
        limit: i64,
    ) -> Result<Vec<(RequestKey, RequestView)>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH asks AS (
                 SELECT c.*, CASE WHEN c.state = 'asked' AND c.ask_until <= quell.now() AND quell.stop_in_force($1) IS NULL
                        THEN 'expired' ELSE c.state END AS stands,
                   coalesce(d.facts -> 'name' ->> 'is', c.device_id) AS called
                 FROM quell.containments c JOIN quell.devices d ON d.tenant_id = c.tenant_id AND d.device_id = c.device_id
                 WHERE c.tenant_id = $1 AND c.request = ANY(ARRAY(
                     SELECT request FROM quell.containments WHERE tenant_id = $1 AND state = 'asked'
                     UNION SELECT request FROM quell.containments WHERE $2 AND tenant_id = $1 AND request IS NOT NULL
                       AND created_at > (SELECT quell.now()) - interval '1 day' AND created_at <= 'infinity'))),
               many AS (
                 SELECT request, min(created_at) AS asked_at, min(ask_until) FILTER (WHERE stands = 'asked') AS ends_at,
                   count(*) FILTER (WHERE stands = 'asked') AS waiting,
                   min(playbook || '@' || left(revision, 12)) AS playbook, min(begun_by) AS begun_by,
                   array_agg(DISTINCT coalesce(ask_reason, state_reason)) AS reasons, max((ask ->> 'approvals')::bigint) AS approvals,
                   bool_or(stands = 'asked' AND (ask ->> 'otherwise_act')::boolean) AS otherwise_act, min(called) AS called
                 FROM asks GROUP BY request)
               SELECT m.request AS "request!", m.asked_at AS "asked_at!", m.ends_at, m.waiting AS "waiting!", m.playbook, m.begun_by,
                 m.reasons AS "reasons!", coalesce(m.approvals, 1) AS "approvals!", coalesce(m.otherwise_act, false) AS "otherwise_act!",
                 m.called AS "called!",
                 (SELECT jsonb_object_agg(stands, n) FROM (
                    SELECT stands, count(*) AS n FROM asks a WHERE a.request = m.request GROUP BY stands) AS s) AS "asks!",
                 ARRAY(SELECT DISTINCT f FROM asks a, jsonb_array_elements_text(a.ask -> 'from') AS f
                       WHERE a.request = m.request ORDER BY f) AS "from!",
                 ARRAY(SELECT DISTINCT p.person FROM asks a JOIN quell.approvals p ON p.containment_id = a.id
                       WHERE a.request = m.request AND p.answer = 'approved' ORDER BY p.person) AS "approved_by!"
               FROM many m WHERE ($2 OR m.waiting > 0) AND ($4::bool IS NULL
                 OR (m.waiting = 0, coalesce(m.ends_at, 'infinity')) > ($4, coalesce($5::timestamptz, 'infinity'))
                 OR (m.waiting = 0, coalesce(m.ends_at, 'infinity')) = ($4, coalesce($5::timestamptz, 'infinity'))
                    AND m.request < $6::bigint)
               ORDER BY m.waiting = 0, coalesce(m.ends_at, 'infinity'), m.request DESC LIMIT $3"#,
            tenant.0,
            all,
            limit,
            after.map(|after| after.is_over),
            after
                .and_then(|after| after.ends_at)
                .map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            after.map(|after| after.number),
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let key = RequestKey {
                    is_over: row.waiting == 0,
                    ends_at: time(row.ends_at),
                    number: row.request,
                };
                let view = RequestView {
                    request: RequestNumber(row.request).to_string(),
                    playbook: row.playbook,
                    begun_by: row.begun_by,
                    asked_at: row.asked_at.to_jiff(),
                    ends_at: time(row.ends_at),
                    waiting: row.waiting,
                    asks: serde_json::from_value(row.asks)?,
                    reasons: row.reasons,
                    from: row.from,
                    approvals: row.approvals,
                    approved_by: row.approved_by,
                    otherwise_act: row.otherwise_act,
                    device: row.called,
                };
                Ok((key, view))
            })
            .collect()
    }

    /// What waits for an answer now.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn requests_waiting(&self, tenant: TenantId) -> Result<Waiting, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT request AS "request!", count(*) AS "devices!", min(ask_until) AS "ends_at!" FROM quell.containments
               WHERE tenant_id = $1 AND state = 'asked' AND request IS NOT NULL
                 -- While stopped no question runs out.
                 AND (ask_until > (SELECT quell.now()) OR (SELECT quell.stop_in_force($1)) IS NOT NULL)
               GROUP BY request ORDER BY 3, 1"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(Waiting {
            requests: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            devices: rows.iter().map(|row| row.devices).sum(),
            first_ends_at: rows.first().map(|row| row.ends_at.to_jiff()),
            first: rows
                .iter()
                .take(5)
                .map(|row| RequestNumber(row.request).to_string())
                .collect(),
        })
    }

    /// The asks of a request, none if there is no such request. Nothing is judged.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn request_asks(
        &self,
        tenant: TenantId,
        request: RequestNumber,
    ) -> Result<Vec<AskRow>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        rows::read(&mut connection, tenant, request).await
    }

    /// A request as it stands now, as an answer would judge it. Nothing is locked or changed.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn request_review(
        &self,
        tenant: TenantId,
        request: RequestNumber,
        terms: &AnswerTerms<'_>,
    ) -> Result<Option<Review>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?
            .to_jiff();
        let asks = rows::read(&mut tx, tenant, request).await?;
        if asks.is_empty() {
            return Ok(None);
        }
        let newest = asks
            .iter()
            .filter(|ask| ask.playbook.is_some())
            .map(|ask| grows_until(ask.created_at));
        let grows_until = newest.max().filter(|until| *until > now);
        let (open, over): (Vec<_>, Vec<_>) = asks.into_iter().partition(|ask| ask.is_open(now));
        let judged = self.judge(&mut tx, tenant, open, terms, now).await?;
        let bounds = Bounds {
            caps: &terms.gate.caps,
            fleet: terms.fleet,
        };
        let mut usage = Usage::of(bounds.caps, bounds.fleet);
        let mut open = Vec::with_capacity(judged.len());
        for one in judged {
            let lifts: Vec<&str> = lifted(&one.lifts).collect();
            let more = OneMore {
                device: &one.ask.device,
                playbook: one.ask.playbook.as_deref(),
                limits: one.ask.limits.as_deref().unwrap_or_default(),
                lifts: &lifts,
            };
            let reached = match one.block {
                Some(_) => None,
                None => bounds.look(&mut tx, tenant, now, more, &mut usage).await?,
            };
            if reached.is_none() && one.block.is_none() {
                usage.count(more.playbook.unwrap_or_default(), Mode::Enforce, more.device);
            }
            open.push((one, reached.as_deref().map(refusal::beyond_of)));
        }
        let prints = open.iter().map(|(one, _)| one.fingerprint.as_str());
        let token = token(request, prints);
        tx.rollback().await?;
        Ok(Some(Review {
            request,
            at: now,
            open,
            over,
            token,
            grows_until,
        }))
    }
}

/// The protections whose risk was accepted for a device, by the approvals of what restricts it now: `never.tags`.
pub(in crate::store) async fn accepted_risks(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (device, measure): (&DeviceId, Measure),
) -> Result<Vec<String>, StoreError> {
    let risks = sqlx::query_scalar!(
        r#"SELECT DISTINCT unnest(accepted_risks) AS "risk!" FROM quell.containments
           WHERE tenant_id = $1 AND device_id = $2 AND measure = $3 AND state = 'active' AND mode = 'enforce'"#,
        tenant.0,
        device.as_str(),
        measure.as_str(),
    )
    .fetch_all(tx)
    .await?;
    Ok(risks)
}
