//! What is read for people: the status of a tenant. Called by `cli` and by nothing that decides; nothing here changes
//! anything. Devices with their containments and actions stand in files of their own.

mod actions;
mod alarms;
mod decided;
mod decisions;
mod devices;
mod fallbacks;
mod flow;
mod history;
mod hits;
mod inventory;
mod judging;
mod lookups;
mod moments;
mod news;
mod outlook;
mod releases;
mod restricted;
mod server;
mod sets;
mod stalled;
mod stops;
mod tenants;
mod trail;

use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::budget::Pacing;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::containments::time;
use crate::store::{Gate, Store, StoreError, heartbeats};

pub use crate::store::pools::PoolView;
pub use actions::{ActionKey, ActionQuery, ActionView};
pub use alarms::{AlarmKey, AlarmView};
pub use decided::{DecidedKey, DecidedQuery, DecidedView};
pub use decisions::{DeadLetterView, DecisionQuery, DecisionView, Inputs, OutlivedDecision, WaitingView};
pub use devices::{ContainmentView, DeviceAction, DeviceKey, DeviceQuery, DeviceView, Show};
pub use fallbacks::FallbackView;
pub use flow::{ContainedIn, MinuteView};
pub use history::{ActionDetail, AttemptView, ContainmentHistory, TransitionView};
pub use hits::{DayHits, LineHits};
pub use inventory::InventoryView;
pub use judging::KnownDevice;
pub use lookups::{LookupView, LookupsView};
pub use moments::{EventSaid, Happened, MomentKey, MomentRow};
pub use news::News;
pub use outlook::{Expected, LOOKED_BACK, Outlook, Prospect, QueuedAction};
pub use releases::{DueKey, DueRelease};
pub use restricted::{RestrictedBy, RestrictedKey, RestrictedView};
pub use server::{IdentityView, MigrationsView, ReplicaView, RightsView, ServerView};
pub use sets::{ActivationView, PlaybookDeeds, RevisionView};
pub use stalled::{Allowed, StalledView};
pub use stops::StopCounts;
pub use tenants::TenantGlance;
pub use trail::{TrailKey, TrailRow};

/// The state of a tenant at one moment.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct StatusView {
    /// The moment.
    pub at: Timestamp,
    /// Events accepted since ever, those that retention deleted too. Added up once a minute and counted since then: exact while the clocks of
    /// the machines are within five minutes of the database's.
    pub events: i64,
    /// Rows that wait to be decided.
    pub inbox: InboxView,
    /// Records refused at intake or put aside, of which nobody has said yet what is to become.
    pub dead_letters: i64,
    /// When the newest of them came.
    pub dead_letter_at: Option<Timestamp>,
    /// Decisions by kind, counted as events are.
    pub decisions: BTreeMap<String, i64>,
    /// Enforced containments by state; observed ones count under `observed`.
    pub containments: BTreeMap<String, i64>,
    /// Active containments that a person must look at.
    pub attention: i64,
    /// Devices with an active, enforced containment.
    pub contained_devices: i64,
    /// Devices by what is last known of their restriction. Of more than 10,000 devices those that are free are counted once a minute.
    pub restrictions: BTreeMap<String, i64>,
    /// The same of their isolation.
    pub isolations: BTreeMap<String, i64>,
    /// The containment that ends next, if none is added.
    pub next_end_at: Option<Timestamp>,
    /// Actions by state.
    pub actions: BTreeMap<String, i64>,
    /// The queued actions, by lane, the most urgent first.
    pub queue: Vec<LaneView>,
    /// Restrictions open at Defender.
    pub outstanding: i64,
    /// The windows of action calls.
    pub windows: Vec<WindowView>,
    /// Until when the gate is closed, after a 429 or the like; `None`: it is open.
    pub closed_until: Option<Timestamp>,
    /// Why it is closed.
    pub closed_reason: Option<String>,
    /// The slower rate that all but critical calls keep to, after a 429 that named a window; `None`: there is none.
    pub slowed: Option<SlowView>,
    /// Until when nothing is read from Defender.
    pub reads_closed_until: Option<Timestamp>,
    /// Who dispatches, or was the last to do so.
    pub lease: Option<LeaseView>,
    /// The active playbook set.
    pub playbook_set: Option<SetView>,
    /// Its revisions that only observe although they say `enforce`.
    pub fallbacks: Vec<FallbackView>,
    /// 429s since ever.
    pub throttled: i64,
    /// When the last one came.
    pub throttled_at: Option<Timestamp>,
    /// Until when repeated calls wait, because too many came to nothing; `None`: none waits for that.
    pub retries_held_until: Option<Timestamp>,
    /// What a forecast starts from.
    #[serde(skip)]
    pub outlook: Arc<Outlook>,
}

/// The events that were accepted and not yet decided; one row for each event and device.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct InboxView {
    /// Rows.
    pub rows: i64,
    /// When the oldest came.
    pub oldest_at: Option<Timestamp>,
    /// Rows among them that wait for facts of their device.
    pub waiting_for_facts: i64,
    /// When the last of those stops waiting.
    pub waiting_until: Option<Timestamp>,
    /// Rows among them over which the decider panicked: each is tried again and again.
    pub held: i64,
    /// Since when the first of those is held.
    pub held_since: Option<Timestamp>,
    /// When the next of them is tried again, at the latest.
    pub held_tried_at: Option<Timestamp>,
}

/// The queued actions of one lane.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LaneView {
    /// The lane.
    pub lane: Lane,
    /// How many.
    pub actions: i64,
    /// How many of them wait for their time after a failure.
    pub delayed: i64,
    /// How many of them wait for the end of their device's open action.
    pub behind_open: i64,
    /// When the oldest was queued.
    pub oldest_at: Timestamp,
}

/// One window of the budget.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WindowView {
    /// Its span in seconds, as it holds in real time.
    pub per_seconds: f64,
    /// Its limit.
    pub limit: u32,
    /// Slots held now.
    pub used: i64,
}

/// A slower rate, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SlowView {
    /// Seconds between two calls, as they hold in real time.
    pub every_seconds: f64,
    /// When it is over.
    pub until: Timestamp,
}

/// The dispatch lease.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LeaseView {
    /// Grows by one each time that another process takes over.
    pub epoch: i64,
    /// When it ends, or ended; a living daemon prolongs it all the time.
    pub expires_at: Timestamp,
    /// Whether it holds.
    pub is_held: bool,
    /// The machine of the process that has it, or had it until it died.
    pub host: Option<String>,
}

/// The active playbook set.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SetView {
    /// The hash over the revisions.
    pub hash: String,
    /// Grows by one with each activation.
    pub version: i64,
    /// When it was activated.
    pub activated_at: Timestamp,
    /// By whom: `files`, or an operator.
    pub activated_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Its playbooks by mode.
    pub playbooks: BTreeMap<String, i64>,
}

impl StatusView {
    /// The queue as it will leave, if nothing is added and every call is answered at once. It is played through: once for one look.
    pub fn prospect(&self, pacing: &Pacing) -> Prospect {
        self.outlook.prospect(pacing)
    }
}

impl Store {
    /// The tenant of that name, if a daemon ever ran with it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn tenant_find(&self, name: &str) -> Result<Option<TenantId>, StoreError> {
        let id = sqlx::query_scalar!("SELECT id FROM quell.tenants WHERE name = $1", name)
            .fetch_optional(&self.pool)
            .await?;
        Ok(id.map(TenantId))
    }

    /// The dispatch lease, if anybody ever dispatched.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lease_now(&self, tenant: TenantId) -> Result<Option<LeaseView>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        lease(&mut connection, tenant).await
    }

    /// The state of a tenant, all of it as of one snapshot.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn status(&self, tenant: TenantId, gate: &Gate) -> Result<StatusView, StoreError> {
        let mut tx = self
            .pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        let one = sqlx::query!(
            r#"SELECT quell.now() AS "at!",
                 coalesce((SELECT n FROM quell.tallies WHERE tenant_id = $1 AND what = 'event'), 0) AS "events!",
                 coalesce((SELECT quell.first_id_of(events_until) FROM quell.tally_marks), '00000000-0000-0000-0000-000000000000') AS "since!",
                 letters.n AS "dead_letters!", letters.newest AS dead_letter_at,
                 (SELECT count(*) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'
                  AND mode = 'enforce' AND attention IS NOT NULL) AS "attention!",
                 (SELECT count(DISTINCT device_id) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'
                  AND mode = 'enforce') AS "contained!",
                 (SELECT min(until) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'
                  AND mode = 'enforce') AS next_end_at,
                 (SELECT count(*) FROM quell.actions WHERE tenant_id = $1 AND kind IN ('restrict', 'isolate')
                  AND state IN ('submitting', 'in_doubt', 'submitted')) AS "outstanding!",
                 (SELECT count(*) FROM quell.attempts WHERE tenant_id = $1 AND outcome = 'throttled') AS "throttled!",
                 (SELECT max(answered_at) FROM quell.attempts
                  WHERE tenant_id = $1 AND outcome = 'throttled') AS throttled_at
               FROM (SELECT count(*) AS n, max(received_at) AS newest FROM quell.dead_letters l WHERE tenant_id = $1
                     AND NOT EXISTS (SELECT 1 FROM quell.dead_letter_ends x WHERE x.letter_id = l.id)) AS letters"#,
            tenant.0,
        )
        .fetch_one(&mut *tx)
        .await?;
        // With the bound at hand only the last partition is looked at, of all the days.
        let news = sqlx::query_scalar!(
            r#"SELECT count(*) AS "news!" FROM quell.events
               WHERE tenant_id = $1 AND id >= $2 AND id <= 'ffffffff-ffff-ffff-ffff-ffffffffffff'"#,
            tenant.0,
            one.since,
        )
        .fetch_one(&mut *tx)
        .await?;
        let inbox = sqlx::query!(
            r#"SELECT count(*) AS "rows!", min(enqueued_at) AS oldest_at,
                 count(*) FILTER (WHERE wait_until > (SELECT quell.now()) AND held_since IS NULL) AS "waiting!",
                 max(wait_until) FILTER (WHERE wait_until > (SELECT quell.now()) AND held_since IS NULL) AS waiting_until,
                 count(held_since) AS "held!", min(held_since) AS held_since,
                 min(wait_until) FILTER (WHERE held_since IS NOT NULL) AS held_tried_at
               FROM quell.inbox WHERE tenant_id = $1 AND source <> $2"#,
            tenant.0,
            heartbeats::SOURCE,
        )
        .fetch_one(&mut *tx)
        .await?;
        let counts = counts(&mut tx, tenant).await?;
        let queue = queue(&mut tx, tenant).await?;
        let budgets = sqlx::query!(
            r#"SELECT scope AS "scope!", closed_until, closed_reason FROM quell.budgets
               WHERE tenant_id = $1 AND app_id = $2 AND closed_until > quell.now()
               UNION ALL SELECT 'actions', held_until, reason FROM quell.holds WHERE tenant_id = $1 AND held_until > quell.now()
               ORDER BY closed_until DESC"#,
            tenant.0,
            gate.app_id,
        )
        .fetch_all(&mut *tx)
        .await?;
        let closed = |scope: &str| budgets.iter().find(|budget| budget.scope == scope);
        let lease = lease(&mut tx, tenant).await?;
        let playbook_set = playbook_set(&mut tx, tenant).await?;
        let fallbacks = fallbacks::fallbacks(&mut tx, tenant).await?;
        let outlook = outlook::read(&mut tx, tenant, gate).await?;
        let windows = gate.actions.iter().map(|window| WindowView {
            per_seconds: window.per.as_secs_f64(),
            limit: window.limit,
            used: i64::try_from(outlook.slots.held(*window)).unwrap_or(i64::MAX),
        });
        Ok(StatusView {
            at: one.at.to_jiff(),
            events: one.events + news,
            inbox: InboxView {
                rows: inbox.rows,
                oldest_at: time(inbox.oldest_at),
                waiting_for_facts: inbox.waiting,
                waiting_until: time(inbox.waiting_until),
                held: inbox.held,
                held_since: time(inbox.held_since),
                held_tried_at: time(inbox.held_tried_at),
            },
            dead_letters: one.dead_letters,
            dead_letter_at: time(one.dead_letter_at),
            decisions: counts.of("decision"),
            containments: counts.of("containment"),
            attention: one.attention,
            contained_devices: one.contained,
            restrictions: counts.devices("restriction"),
            isolations: counts.devices("isolation"),
            next_end_at: time(one.next_end_at),
            actions: counts.of("action"),
            queue,
            outstanding: one.outstanding,
            windows: windows.collect(),
            closed_until: closed("actions").and_then(|budget| time(budget.closed_until)),
            closed_reason: closed("actions").and_then(|budget| budget.closed_reason.clone()),
            slowed: outlook.rules.slow.and_then(|slow| {
                let until = one.at.to_jiff().checked_add(slow.until).ok()?;
                Some(SlowView {
                    every_seconds: slow.every.as_secs_f64(),
                    until,
                })
            }),
            reads_closed_until: closed("reads").and_then(|budget| time(budget.closed_until)),
            lease,
            playbook_set,
            fallbacks,
            throttled: one.throttled,
            throttled_at: time(one.throttled_at),
            retries_held_until: outlook
                .retries_held
                .and_then(|wait| one.at.to_jiff().checked_add(wait).ok()),
            outlook: Arc::new(outlook),
        })
    }
}

async fn lease(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<Option<LeaseView>, StoreError> {
    let lease = sqlx::query!(
        r#"SELECT l.epoch, l.expires_at, l.expires_at > quell.now() AS "is_held!", r.host AS "host?"
           FROM quell.leases l LEFT JOIN quell.replicas r ON r.tenant_id = l.tenant_id AND r.replica = l.holder
           WHERE l.tenant_id = $1"#,
        tenant.0,
    )
    .fetch_optional(tx)
    .await?;
    Ok(lease.map(|lease| LeaseView {
        epoch: lease.epoch,
        expires_at: lease.expires_at.to_jiff(),
        is_held: lease.is_held,
        host: lease.host,
    }))
}

struct Counts(Vec<(String, String, i64)>);

impl Counts {
    /// Devices by how they stand: free are those that are nothing else.
    fn devices(&self, what: &str) -> BTreeMap<String, i64> {
        let mut held = self.of(what);
        let all: i64 = self.of("device").into_values().sum();
        let free = all - held.values().sum::<i64>();
        if free > 0 {
            held.insert("free".to_owned(), free);
        }
        held
    }

    fn of(&self, what: &str) -> BTreeMap<String, i64> {
        let rows = self.0.iter().filter(|(of, ..)| of == what);
        rows.map(|(_, key, n)| (key.clone(), *n)).collect()
    }
}

async fn counts(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<Counts, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT 'decision' AS "of!", key AS "key!", sum(n)::bigint AS "n!" FROM (
             SELECT key, n FROM quell.tallies WHERE tenant_id = $1 AND what = 'decision'
             UNION ALL SELECT kind, count(*) FROM quell.decisions
             WHERE tenant_id = $1 AND decided_at >= coalesce((SELECT decisions_until FROM quell.tally_marks), '-infinity')
               AND decided_at <= 'infinity'
             GROUP BY kind) AS decisions GROUP BY key
           UNION ALL SELECT what, key, sum(n)::bigint FROM (
             SELECT what, key, n FROM quell.tallies WHERE tenant_id = $1 AND what IN ('action', 'containment')
             UNION ALL SELECT 'action', state, count(*) FROM quell.actions
             WHERE tenant_id = $1 AND state IN ('queued', 'submitting', 'in_doubt', 'submitted') GROUP BY state
             UNION ALL SELECT 'action', state, count(*) FROM quell.actions
             WHERE tenant_id = $1 AND final_at >= coalesce((SELECT over_until FROM quell.tally_marks), '-infinity') AND final_at <= 'infinity'
             GROUP BY state
             UNION ALL SELECT 'containment', CASE mode WHEN 'observe' THEN 'observed' ELSE state END, count(*) FROM quell.containments
             WHERE tenant_id = $1 AND mode IN ('observe', 'enforce') AND state IN ('asked', 'active', 'declined', 'expired') GROUP BY mode, state
             UNION ALL SELECT 'containment', CASE mode WHEN 'observe' THEN 'observed' ELSE 'ended' END, count(*) FROM quell.containments
             WHERE tenant_id = $1 AND ended_at >= coalesce((SELECT over_until FROM quell.tally_marks), '-infinity') AND ended_at <= 'infinity'
             GROUP BY mode) AS over_and_open GROUP BY what, key
           UNION ALL SELECT 'restriction', restriction, count(*) FROM quell.devices
           WHERE tenant_id = $1 AND restriction <> 'free' GROUP BY 2
           UNION ALL SELECT 'isolation', isolation, count(*) FROM quell.devices
           WHERE tenant_id = $1 AND isolation <> 'free' GROUP BY 2
           UNION ALL SELECT 'device', '', CASE WHEN first.n <= 10000 THEN first.n
               ELSE coalesce((SELECT n FROM quell.tallies WHERE tenant_id = $1 AND what = 'device'), first.n) END
           FROM (SELECT count(*) AS n FROM (SELECT 1 FROM quell.devices WHERE tenant_id = $1 LIMIT 10001) AS capped) AS first"#,
        tenant.0,
    )
    .fetch_all(tx)
    .await?;
    Ok(Counts(
        rows.into_iter().map(|row| (row.of, row.key, row.n)).collect(),
    ))
}

async fn queue(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<Vec<LaneView>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT a.lane, count(*) AS "actions!", min(a.queued_at) AS "oldest_at!",
             count(*) FILTER (WHERE a.not_before > (SELECT quell.now())) AS "delayed!",
             count(*) FILTER (WHERE EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id
                 AND o.device_id = a.device_id AND o.subject = a.subject
                 AND o.state IN ('submitting', 'in_doubt', 'submitted'))) AS "behind_open!"
           FROM quell.actions a WHERE a.tenant_id = $1 AND a.state = 'queued' GROUP BY a.lane ORDER BY a.lane"#,
        tenant.0,
    )
    .fetch_all(tx)
    .await?;
    let lane = |rank: i16| {
        usize::try_from(rank)
            .ok()
            .and_then(|rank| Lane::ALL.get(rank))
            .copied()
    };
    Ok(rows
        .into_iter()
        .map(|row| LaneView {
            lane: lane(row.lane).unwrap_or_default(),
            actions: row.actions,
            delayed: row.delayed,
            behind_open: row.behind_open,
            oldest_at: row.oldest_at.to_jiff(),
        })
        .collect())
}

async fn playbook_set(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<Option<SetView>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT a.set_hash, a.version, a.activated_at, v.activated_by AS "activated_by?", v.reason AS "reason?",
             s.mode AS "mode?", count(s.playbook) AS "playbooks!"
           FROM quell.active_sets a LEFT JOIN quell.playbook_sets s USING (tenant_id, set_hash)
           LEFT JOIN quell.set_activations v USING (tenant_id, version)
           WHERE a.tenant_id = $1 GROUP BY 1, 2, 3, 4, 5, 6"#,
        tenant.0,
    )
    .fetch_all(tx)
    .await?;
    let mut set: Option<SetView> = None;
    for row in rows {
        let set = set.get_or_insert_with(|| SetView {
            hash: row.set_hash,
            version: row.version,
            activated_at: row.activated_at.to_jiff(),
            activated_by: row.activated_by,
            reason: row.reason,
            playbooks: BTreeMap::new(),
        });
        if let Some(mode) = row.mode {
            set.playbooks.insert(mode, row.playbooks);
        }
    }
    Ok(set)
}
