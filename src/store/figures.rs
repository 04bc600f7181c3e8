//! The figures that an operator's dashboards live on: the budget's windows, the queue by lane, what is contained, what waits for a person.
//! Read by `worker::figures` every few seconds, as of one snapshot; nothing is decided by them.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::budget::{BudgetScope, Window};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::containments::time;
use crate::store::{Gate, Store, StoreError};

/// Counted no further than this.
const COUNTED: i64 = 10_000;

/// What a tenant looks like at one moment. The default is that of a replica that does not dispatch: nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Each window of action calls as configured, with the slots held.
    pub windows: Vec<(Window, i64)>,
    /// The lanes that have queued actions.
    pub queue: Vec<LaneFigures>,
    /// Devices with an active, enforced restriction.
    pub restricted: i64,
    /// Devices with an active, enforced isolation.
    pub isolated: i64,
    /// Active, enforced containments that need a person.
    pub attention: i64,
    /// Releases that are queued or under way.
    pub releases: i64,
    /// Containments that wait for an answer.
    pub approvals: i64,
    /// Until the first of them expires.
    pub approvals_expire: Option<Duration>,
    /// Dead letters nobody has dealt with, counted up to 10,000.
    pub dead_letters: i64,
    /// No action may leave for a while, after an answer of Defender.
    pub actions_closed: bool,
    /// Nothing may be read for a while.
    pub reads_closed: bool,
    /// When the newest heartbeat was decided; as long as none was, when the first was sent.
    pub heartbeat_at: Option<Timestamp>,
    /// How long the oldest message that is not delivered has been due; zero when none is.
    pub notifications_oldest: Duration,
}

/// The queue of one lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaneFigures {
    /// The lane.
    pub lane: Lane,
    /// Queued actions.
    pub actions: i64,
    /// How long the oldest has been due; zero when all wait for their time.
    pub oldest: Duration,
}

impl Store {
    /// The figures of a tenant, all of them as of one snapshot.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn figures(&self, tenant: TenantId, gate: &Gate) -> Result<Figures, StoreError> {
        let mut tx = self
            .pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        let one = sqlx::query!(
            r#"SELECT
                 (SELECT count(DISTINCT device_id) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'
                  AND mode = 'enforce' AND measure = 'restriction') AS "restricted!",
                 (SELECT count(DISTINCT device_id) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'
                  AND mode = 'enforce' AND measure = 'isolation') AS "isolated!",
                 (SELECT count(*) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'
                  AND mode = 'enforce' AND attention IS NOT NULL) AS "attention!",
                 (SELECT count(*) FROM quell.actions WHERE tenant_id = $1 AND kind IN ('release', 'release_isolation')
                  AND state IN ('queued', 'submitting', 'in_doubt', 'submitted')) AS "releases!",
                 (SELECT count(*) FROM quell.containments WHERE tenant_id = $1 AND state = 'asked' AND mode = 'enforce') AS "approvals!",
                 (SELECT extract(epoch FROM min(ask_until) - quell.now())::float8 FROM quell.containments
                  WHERE tenant_id = $1 AND state = 'asked' AND mode = 'enforce') AS approvals_expire,
                 (SELECT count(*) FROM (SELECT 1 FROM quell.dead_letters l WHERE tenant_id = $1
                  AND NOT EXISTS (SELECT 1 FROM quell.dead_letter_ends x WHERE x.letter_id = l.id) LIMIT $3) AS unsettled) AS "dead_letters!",
                 EXISTS (SELECT 1 FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions'
                         AND closed_until > quell.now())
                 OR EXISTS (SELECT 1 FROM quell.holds WHERE tenant_id = $1 AND held_until > quell.now()) AS "actions_closed!",
                 EXISTS (SELECT 1 FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = 'reads'
                         AND closed_until > quell.now()) AS "reads_closed!",
                 (SELECT coalesce(decided_at, sent_at) FROM quell.heartbeats WHERE tenant_id = $1) AS heartbeat_at,
                 (SELECT extract(epoch FROM quell.now() - min(coalesce(failing_since, due_at)))::float8 FROM quell.outbox
                  WHERE tenant_id = $1 AND state IN ('gathering', 'waiting')) AS notifications_oldest"#,
            tenant.0,
            gate.app_id,
            COUNTED,
        )
        .fetch_one(&mut *tx)
        .await?;
        // Slots are held for the margin longer than the window says.
        let rules = gate.terms.rules(&gate.actions);
        let spans: Vec<f64> = rules
            .windows
            .iter()
            .map(|window| window.per.as_secs_f64())
            .collect();
        let used = sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM quell.attempts WHERE tenant_id = $1 AND app_id = $2 AND ($3 OR scope = 'actions')
                 AND slot_at >= (SELECT quell.now()) - make_interval(secs => w.span)) AS "used!"
               FROM unnest($4::float8[]) WITH ORDINALITY AS w (span, n) ORDER BY w.n"#,
            tenant.0,
            gate.app_id,
            gate.scope == BudgetScope::Shared,
            &spans,
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut windows = gate.actions.clone();
        windows.sort_by_key(|window| window.per);
        let queue = sqlx::query!(
            r#"SELECT lane, count(*) AS "actions!",
                 extract(epoch FROM quell.now() - min(greatest(queued_at, not_before)))::float8 AS "oldest!"
               FROM quell.actions WHERE tenant_id = $1 AND state = 'queued' GROUP BY lane ORDER BY lane"#,
            tenant.0,
        )
        .fetch_all(&mut *tx)
        .await?;
        let queue = queue.into_iter().filter_map(|row| {
            let lane = Lane::ALL.get(usize::try_from(row.lane).ok()?)?;
            Some(LaneFigures {
                lane: *lane,
                actions: row.actions,
                oldest: seconds(row.oldest),
            })
        });
        Ok(Figures {
            windows: windows.into_iter().zip(used).collect(),
            queue: queue.collect(),
            restricted: one.restricted,
            isolated: one.isolated,
            attention: one.attention,
            releases: one.releases,
            approvals: one.approvals,
            approvals_expire: one.approvals_expire.map(seconds),
            dead_letters: one.dead_letters,
            actions_closed: one.actions_closed,
            reads_closed: one.reads_closed,
            heartbeat_at: time(one.heartbeat_at),
            notifications_oldest: one.notifications_oldest.map(seconds).unwrap_or_default(),
        })
    }
}

/// A span that may be a little before now.
fn seconds(span: f64) -> Duration {
    Duration::try_from_secs_f64(span.max(0.0)).unwrap_or_default()
}
