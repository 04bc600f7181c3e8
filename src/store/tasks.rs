//! Tasks: from a wish to an action, and what becomes of it. A wish is kept with each decision that leads to one; an action is
//! queued for it in the same transaction, unless one that is under way does the same, or something stands against it.
//!
//! Called by T2, by whatever makes an asked containment active, and by every change of an action's state, each holding the
//! device's lock. The call itself goes through the gate like any other ([`super::gate`]).

mod ends;

pub(super) use ends::{TAKEN_BACK, is_taken_back};

use std::time::Duration;

use uuid::Uuid;

use crate::domain::action::id_of;
use crate::domain::device::DeviceId;
use crate::domain::task::{Task, TaskLimit, UnderWay, Wished, wished};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{Lane, Mode, PlannedTask};
use crate::store::{Because, DecideTx, Store, StoreError, Wake, wake};

/// How long what a scan found may take to become an alert.
pub(super) const SCAN_SETTLES: Duration = Duration::from_secs(600);

/// A task that a decision wishes.
#[derive(Clone, Copy, Debug)]
pub struct NewWish<'a> {
    /// The device.
    pub device: &'a DeviceId,
    /// Observe or enforce.
    pub mode: Mode,
    /// The lane of its call.
    pub lane: Lane,
    /// The playbook.
    pub playbook: &'a str,
    /// Its revision.
    pub revision: &'a str,
    /// The event that led to it.
    pub event_id: Uuid,
    /// The alert behind it.
    pub alert_id: &'a str,
    /// It stands beside a containment.
    pub is_beside: bool,
    /// It waits for that containment, which a person is asked about.
    pub waits: bool,
    /// Whether the playbook wants a failure known.
    pub tells_failure: bool,
    /// What is wished.
    pub planned: &'a PlannedTask,
}

/// A wish that is due.
struct Due {
    id: Uuid,
    task: Task,
    comment: String,
    lane: Lane,
    playbook: String,
    revision: String,
}

impl DecideTx {
    /// Keeps a wish, and queues what is due for it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn task_wish(&mut self, new: &NewWish<'_>) -> Result<(), StoreError> {
        let task = &new.planned.task;
        let outcome = match new.mode {
            // Where nothing is asked there is nothing to wait for: what its playbook began there goes on as it is.
            Mode::Enforce if new.waits && !self.is_asked(new).await? => "dropped",
            Mode::Enforce if new.waits => "waiting",
            Mode::Enforce => "repeated",
            _ => "observed",
        };
        let id = Uuid::now_v7();
        // The same alert asks for it once, beside a containment once for that: then it stays what it is written as here.
        let is_new = sqlx::query_scalar!(
            r#"INSERT INTO quell.task_wishes AS n (id, tenant_id, device_id, subject, argument, comment, mode, lane, playbook, revision,
                 event_id, alert_id, containment_id, tells_failure, outcome, settled_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                 CASE WHEN $13 THEN (SELECT c.id FROM quell.containments c WHERE c.tenant_id = $2 AND c.device_id = $3
                     AND c.playbook = $9 AND c.mode = $7 AND c.state IN ('asked', 'active')
                     ORDER BY (c.state = 'asked') = $16 DESC, c.created_at LIMIT 1) END,
                 $14, $15, CASE WHEN NOT $16 THEN quell.now() END)
               RETURNING $12 = '' OR NOT EXISTS (SELECT 1 FROM quell.task_wishes w WHERE w.tenant_id = $2 AND w.device_id = $3
                   AND w.subject = $4 AND w.argument IS NOT DISTINCT FROM $5 AND w.playbook = $9 AND w.mode = $7
                   AND w.alert_id = $12
                   -- Another containment for the same alert has tasks of its own.
                   AND (n.containment_id IS NULL OR w.containment_id = n.containment_id) AND w.outcome IN ('waiting', 'queued', 'satisfied')) AS "is_new!""#,
            id,
            self.tenant.0,
            new.device.as_str(),
            task.subject(),
            task.argument(),
            new.planned.comment,
            new.mode.as_str(),
            new.lane.as_str(),
            new.playbook,
            new.revision,
            new.event_id,
            new.alert_id,
            new.is_beside,
            new.tells_failure,
            outcome,
            outcome == "waiting",
        )
        .fetch_one(&mut *self.tx)
        .await?;
        if !is_new {
            if outcome == "waiting" {
                settle(&mut self.tx, id, "repeated", None).await?;
            }
            return Ok(());
        }
        if outcome != "repeated" {
            return Ok(());
        }
        if self.stop.is_some() {
            return settle(&mut self.tx, id, "stopped", None).await;
        }
        let due = Due {
            id,
            task: task.clone(),
            comment: new.planned.comment.clone(),
            lane: new.lane,
            playbook: new.playbook.to_owned(),
            revision: new.revision.to_owned(),
        };
        let because = Because {
            by: "decide",
            reason: "a playbook asks for it",
        };
        self.has_converged = true;
        let (store, tenant) = (self.store.clone(), self.tenant);
        store
            .task_due(&mut self.tx, tenant, new.device, &due, because)
            .await
    }

    /// Whether a person is asked about a containment of the playbook on the device.
    async fn is_asked(&mut self, new: &NewWish<'_>) -> Result<bool, StoreError> {
        let is_asked = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.containments WHERE tenant_id = $1 AND device_id = $2 AND playbook = $3
                 AND mode = 'enforce' AND state = 'asked') AS "is_asked!""#,
            self.tenant.0,
            new.device.as_str(),
            new.playbook,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(is_asked)
    }

    /// Queues what waited beside a question that a later event settled.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn tasks_go_on(&mut self, device: &DeviceId) -> Result<(), StoreError> {
        let because = Because {
            by: "decide",
            reason: "a later event settled the question",
        };
        self.has_converged = true;
        let (store, tenant) = (self.store.clone(), self.tenant);
        store.tasks_begin(&mut self.tx, tenant, device, because).await
    }
}

impl Store {
    /// How many tasks may be queued in which window, and how long what a scan found may take to become an alert; both as they
    /// hold in real time.
    pub fn with_tasks(mut self, limit: TaskLimit, scan_settles: Duration) -> Self {
        self.tasks = limit;
        self.scan_settles = scan_settles;
        self
    }

    /// Queues what waited for the containments of the device that are active by now. The caller holds the device's lock.
    pub(super) async fn tasks_begin(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            "SELECT w.id, w.subject, w.argument, w.comment, w.lane, w.playbook, w.revision
             FROM quell.task_wishes w JOIN quell.containments c ON c.id = w.containment_id
             WHERE w.tenant_id = $1 AND w.device_id = $2 AND w.outcome = 'waiting' AND c.state = 'active' ORDER BY w.id",
            tenant.0,
            device.as_str(),
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            let task =
                Task::of(&row.subject, row.argument.as_deref()).ok_or_else(|| StoreError::Corrupt {
                    table: "task_wishes",
                    column: "subject",
                    row: row.id.to_string(),
                    value: row.subject.clone(),
                })?;
            let due = Due {
                id: row.id,
                task,
                comment: row.comment,
                lane: Lane::parse(&row.lane).unwrap_or_default(),
                playbook: row.playbook,
                revision: row.revision,
            };
            self.task_due(tx, tenant, device, &due, because).await?;
        }
        Ok(())
    }

    /// Queues an action for a wish, or finds the one that does it.
    async fn task_due(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        due: &Due,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        let subject = due.task.subject();
        let rows = sqlx::query!(
            "SELECT id, state, argument FROM quell.actions WHERE tenant_id = $1 AND device_id = $2 AND subject = $3
               AND state IN ('queued', 'submitting', 'in_doubt', 'submitted')",
            tenant.0,
            device.as_str(),
            subject,
        )
        .fetch_all(&mut *tx)
        .await?;
        let (queued, open): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.state == "queued");
        let (queued, open) = (queued.into_iter().next(), open.into_iter().next());
        let under_way = UnderWay {
            open: open
                .as_ref()
                .and_then(|row| Task::of(&subject, row.argument.as_deref())),
            queued: queued
                .as_ref()
                .and_then(|row| Task::of(&subject, row.argument.as_deref())),
        };
        let (does, is_wider) = match wished(&due.task, &under_way) {
            Wished::SatisfiedByOpen => (open.map(|row| row.id), false),
            Wished::SatisfiedByQueued => (queued.map(|row| row.id), false),
            Wished::Widen => (queued.map(|row| row.id), true),
            Wished::Queue => (None, false),
        };
        let Some(does) = does else {
            return self.task_queue(tx, tenant, device, due, because).await;
        };
        sqlx::query!(
            "UPDATE quell.actions SET lane = least(lane, $2), argument = CASE WHEN $3 THEN $4 ELSE argument END
             WHERE id = $1 AND state = 'queued'",
            does,
            due.lane.rank(),
            is_wider,
            due.task.argument(),
        )
        .execute(&mut *tx)
        .await?;
        metrics::counter!("quell_tasks_wished_total", "kind" => due.task.name(), "outcome" => "satisfied")
            .increment(1);
        settle(tx, due.id, "satisfied", Some(does)).await
    }

    async fn task_queue(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        due: &Due,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        // Under the limits' lock: from here to the commit nobody else counts.
        super::effects::lock_limits(tx, tenant).await?;
        let queued = sqlx::query_scalar!(
            r#"SELECT count(*) AS "queued!" FROM quell.task_wishes
               WHERE tenant_id = $1 AND outcome = 'queued' AND settled_at > quell.now() - make_interval(secs => $2)"#,
            tenant.0,
            self.tasks.per.as_secs_f64(),
        )
        .fetch_one(&mut *tx)
        .await?;
        if !self.tasks.allows(u64::try_from(queued).unwrap_or_default()) {
            tracing::error!(device.id = %device, playbook = due.playbook, most = self.tasks.most,
                "{} is not asked for: the limit of tasks is reached, and a person must look", due.task.says());
            metrics::counter!("quell_tasks_wished_total", "kind" => due.task.name(), "outcome" => "limited")
                .increment(1);
            return settle(tx, due.id, "limited", None).await;
        }
        let installation = super::converge::installation(tx, tenant).await?;
        let id = id_of(Uuid::now_v7(), installation);
        sqlx::query!(
            "INSERT INTO quell.actions (id, tenant_id, device_id, kind, subject, argument, state, lane, playbook, revision, comment,
                 wanted_by, valid_until, state_by, state_reason)
             VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10, $11, quell.now() + make_interval(secs => $12), $11, $13)",
            id,
            tenant.0,
            device.as_str(),
            due.task.kind().as_str(),
            due.task.subject(),
            due.task.argument(),
            due.lane.rank(),
            due.playbook,
            due.revision,
            due.comment,
            because.by,
            self.validity.as_secs_f64(),
            because.reason,
        )
        .execute(&mut *tx)
        .await?;
        metrics::counter!("quell_tasks_wished_total", "kind" => due.task.name(), "outcome" => "queued")
            .increment(1);
        wake(tx, tenant, Wake::Queue).await?;
        settle(tx, due.id, "queued", Some(id)).await
    }
}

/// Writes down what a wish led to.
async fn settle(
    tx: &mut sqlx::PgConnection,
    wish: Uuid,
    outcome: &str,
    action: Option<Uuid>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.task_wishes SET outcome = $2, action_id = $3, settled_at = quell.now() WHERE id = $1",
        wish,
        outcome,
        action,
    )
    .execute(tx)
    .await?;
    Ok(())
}
