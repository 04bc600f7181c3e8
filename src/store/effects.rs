//! What a decision does, inside its transaction: containments begin, restart and end, limits are counted, devices
//! converge.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::containment::change::{Beginning, Begins, begin, until};
use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::decision::{Usage, UsageKey};
use crate::domain::device::DeviceId;
use crate::domain::measure::{Held, Isolation, Measure, holds};
use crate::domain::notify::Notify;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{Lane, Limit, Mode, ReleaseWhen};
use crate::store::{Because, DecideTx, StoreError};

/// A containment to begin, or to go on with.
#[derive(Clone, Debug)]
pub struct NewContainment<'a> {
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
    /// When the news of it happened, if that is told.
    pub occurred_at: Option<Timestamp>,
    /// Why it begins, or why a person is asked.
    pub reason: &'a str,
    /// What an approval lifts, when a person is asked.
    pub lifts: Option<&'a str>,
    /// Whether its playbook is in its canary.
    pub is_canary: bool,
    /// Its playbook's limits.
    pub limits: &'a [Limit],
    /// What drives it, by `domain::surge`.
    pub drivers: &'a [String],
    /// Who is told of what becomes of it.
    pub notify: &'a [Notify],
    /// Its terms.
    pub begins: Begins<'a>,
}

impl DecideTx {
    /// Reads those counters of limits and caps that are not at hand yet, under their lock: from here to the commit nobody
    /// else counts. With it, or at the first call, which revisions only observe. To be called before a verdict is judged.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn usage_load(
        &mut self,
        usage: &mut Usage,
        keys: impl IntoIterator<Item = UsageKey>,
    ) -> Result<(), StoreError> {
        let keys: Vec<UsageKey> = keys.into_iter().filter(|key| !usage.is_loaded(key)).collect();
        if keys.is_empty() {
            if !self.has_fallbacks {
                self.load_fallbacks().await?;
            }
            return Ok(());
        }
        lock_limits(&mut self.tx, self.tenant).await?;
        // Whoever held the lock before may have hit a limit.
        self.load_fallbacks().await?;
        count(&mut self.tx, self.tenant, self.now, &keys, usage).await
    }

    /// Begins a containment, restarts the one that is active, or activates the one that was asked for. Says which.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn containment_begin(&mut self, new: &NewContainment<'_>) -> Result<Beginning, StoreError> {
        // INVARIANT: whoever begins something on a device holds its lock, and we hold it since `occupied` was read. What began
        // in this transaction is put in below.
        let open = if self.occupied.contains(new.device) {
            super::containments::open(&mut self.tx, self.tenant, new.device).await?
        } else {
            Vec::new()
        };
        let its = open.iter().find(|row| {
            row.playbook.as_deref() == Some(new.playbook)
                && row.containment.mode == new.mode
                && row.measure == new.begins.measure
        });
        let its = match its.filter(|row| self.is_fallen(row, new)) {
            Some(fallen) => {
                let word = super::containments::Word {
                    reason: EndReason::Mode,
                    by: "decide",
                    why: "its revision is not enforced any more, and another one matched",
                };
                super::containments::end(&mut self.tx, self.tenant, new.device, &[fallen.id], word).await?;
                None
            }
            None => its,
        };
        let beginning = begin(its.map(|row| &row.containment), &new.begins);
        let now = jiff_sqlx::ToSqlx::to_sqlx(self.now);
        let id = its.map_or_else(Uuid::now_v7, |row| row.id);
        match (beginning, its) {
            (Beginning::Restart, Some(row)) => {
                // INVARIANT: an active containment keeps the release terms of the revision that began it.
                sqlx::query!(
                    // What a person made longer is not made shorter by a match.
                    "UPDATE quell.containments SET until = greatest(until, $2::timestamptz + release_after),
                         -- What others lifted too often, or what a person is to decide on, is not restricted again for the same
                         -- alert, however often that is told.
                         attention = CASE WHEN (right(attention, length($3)) = $3 OR right(attention, length($5)) = $5)
                             AND EXISTS (SELECT 1 FROM quell.containment_alerts
                                         WHERE containment_id = $1 AND alert_id = $4) THEN attention END,
                         change_by = 'decide', change_reason = 'another event matched' WHERE id = $1",
                    row.id,
                    now as jiff_sqlx::Timestamp,
                    super::drift::LIFTED_TOO_OFTEN,
                    new.alert_id,
                    super::strays::DECIDE,
                )
                .execute(&mut *self.tx)
                .await?;
                // New evidence: a restrict that was given up is tried again.
                super::containments::forget_failures(
                    &mut self.tx,
                    self.tenant,
                    new.device,
                    new.begins.measure,
                )
                .await?;
            }
            (Beginning::Activate, Some(row)) => {
                let after = new.begins.release_after;
                let until = until(self.now, after).map(jiff_sqlx::ToSqlx::to_sqlx);
                // It acts under the revision that says so now, and on its terms.
                sqlx::query!(
                    "UPDATE quell.containments SET state = 'active', activated_at = $2::timestamptz,
                         release_after = make_interval(secs => $3), until = $4::timestamptz, restart_on_match = $5,
                         revision = $6, lane = $7, comment = $8, is_canary = $9,
                         release_when = $10, notify = $11, limits = $12, drivers = $13, isolation = $14,
                         state_by = 'decide', state_reason = 'a later event settled the question'
                     WHERE id = $1 AND state = 'asked'",
                    row.id,
                    now as jiff_sqlx::Timestamp,
                    after.map(|after| after.as_secs_f64()),
                    until as Option<jiff_sqlx::Timestamp>,
                    new.begins.restart_on_match,
                    new.revision,
                    new.lane.as_str(),
                    new.begins.comment,
                    new.is_canary,
                    &words(new.begins.release_when),
                    notify_json(new)?,
                    limits_json(new)?,
                    new.drivers,
                    new.begins.isolation.map(Isolation::as_str),
                )
                .execute(&mut *self.tx)
                .await?;
                begin_anew(&mut self.tx, self.tenant, (new.device, new.begins.measure), 1).await?;
            }
            (Beginning::Begin | Beginning::Ask, _) => {
                self.insert(id, new, beginning).await?;
            }
            (Beginning::Keep, Some(row)) if row.containment.restricts() && new.begins.ask.is_none() => {
                self.try_again(row.id, new).await?;
            }
            (Beginning::Keep | Beginning::Restart | Beginning::Activate, _) => {}
        }
        if !matches!(beginning, Beginning::Begin | Beginning::Ask) {
            self.alert_behind(id, new.alert_id, new.event_id, new.occurred_at)
                .await?;
        }
        self.occupied.insert(new.device.clone());
        let waits = match beginning {
            Beginning::Ask => new.begins.ask.map(|terms| terms.within),
            _ => new.begins.release_after,
        };
        self.next_end = self.next_end.into_iter().chain(until(self.now, waits)).min();
        if !new.begins.release_when.is_empty() {
            self.awaiting.insert(new.device.clone());
        }
        Ok(beginning)
    }

    /// Whether the device is not held by what the playbook has open of that measure, and never will be: another revision began it,
    /// which fell before its call was sent. What is judged was judged as if it were not there.
    fn is_fallen(&self, row: &super::containments::OpenRow, new: &NewContainment<'_>) -> bool {
        row.containment.restricts()
            && row.revision.as_deref() != Some(new.revision)
            && !holds(self.held_on(new.device), new.playbook, row.measure)
    }

    /// Another alert is new evidence: a restrict that was given up is tried again.
    async fn try_again(&mut self, containment: Uuid, new: &NewContainment<'_>) -> Result<(), StoreError> {
        let lifted = sqlx::query!(
            "UPDATE quell.containments SET attention = NULL WHERE id = $1 AND attention IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM quell.containment_alerts WHERE containment_id = $1 AND alert_id = $2)",
            containment,
            new.alert_id,
        )
        .execute(&mut *self.tx)
        .await?
        .rows_affected();
        if lifted > 0 {
            super::containments::forget_failures(&mut self.tx, self.tenant, new.device, new.begins.measure)
                .await?;
        }
        Ok(())
    }

    /// A new containment and the alert behind it.
    async fn insert(
        &mut self,
        id: Uuid,
        new: &NewContainment<'_>,
        beginning: Beginning,
    ) -> Result<(), StoreError> {
        let ask = new.begins.ask;
        let activated_at = beginning.is_activation().then_some(self.now);
        let ends_at = activated_at.and_then(|now| until(now, new.begins.release_after));
        let ask_until = until(self.now, ask.map(|terms| terms.within));
        let state = match activated_at {
            Some(_) => ContainmentState::Active.as_str(),
            None => ContainmentState::Asked.as_str(),
        };
        let open_at = self.open_at(new.occurred_at);
        sqlx::query!(
            "WITH begun AS (
             INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, playbook, revision, event_id,
                 alert_id, comment, created_at, ask, ask_reason, ask_until, activated_at, release_after,
                 restart_on_match, until, state_by, state_reason, is_canary, ask_lifts, release_when, notify, limits, drivers,
                 measure, isolation)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::timestamptz, $13, $14, $15::timestamptz,
                 $16::timestamptz, make_interval(secs => $17), $18, $19::timestamptz, 'decide', $20, $21, $22,
                 $23, $24, $25, $28, $29, $30)), anew AS (
             -- As `begin_anew` does; what begins here is not among what this statement sees.
             UPDATE quell.devices SET
                 failures = CASE $29 WHEN 'restriction' THEN 0 ELSE failures END,
                 isolation_failures = CASE $29 WHEN 'isolation' THEN 0 ELSE isolation_failures END,
                 restriction = CASE WHEN $29 = 'restriction' AND restriction = 'restricted_by_other' AND NOT EXISTS (
                     SELECT 1 FROM quell.containments c WHERE c.tenant_id = $2 AND c.device_id = $3 AND c.measure = $29
                       AND c.state = 'active' AND c.mode = 'enforce') THEN 'free' ELSE restriction END,
                 isolation = CASE WHEN $29 = 'isolation' AND isolation = 'isolated_by_other' AND NOT EXISTS (
                     SELECT 1 FROM quell.containments c WHERE c.tenant_id = $2 AND c.device_id = $3 AND c.measure = $29
                       AND c.state = 'active' AND c.mode = 'enforce') THEN 'free' ELSE isolation END
             WHERE tenant_id = $2 AND device_id = $3 AND $27)
             INSERT INTO quell.containment_alerts (containment_id, alert_id, event_id, open_at)
             VALUES ($1, $10, $9, $26::timestamptz)",
            id,
            self.tenant.0,
            new.device.as_str(),
            state,
            new.mode.as_str(),
            new.lane.as_str(),
            new.playbook,
            new.revision,
            new.event_id,
            new.alert_id,
            new.begins.comment,
            jiff_sqlx::ToSqlx::to_sqlx(self.now) as jiff_sqlx::Timestamp,
            ask.map(serde_json::to_value).transpose()?,
            ask.map(|_| new.reason),
            ask_until.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            activated_at.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            new.begins.release_after.map(|after| after.as_secs_f64()),
            new.begins.restart_on_match,
            ends_at.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            ask.map_or("matched", |_| new.reason),
            new.is_canary,
            new.lifts,
            &words(new.begins.release_when),
            notify_json(new)?,
            limits_json(new)?,
            open_at.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            beginning == Beginning::Begin && new.mode == Mode::Enforce,
            new.drivers,
            new.begins.measure.as_str(),
            new.begins.isolation.map(Isolation::as_str),
        )
        .execute(&mut *self.tx)
        .await?;
        metrics::counter!("quell_containments_begun_total", "state" => state, "mode" => new.mode.as_str(),
            "measure" => new.begins.measure.as_str())
        .increment(1);
        Ok(())
    }

    /// Ends every containment of these measures that quell began on a device, by a release playbook, and declines what is still asked.
    /// `is_false_positive`: the event that releases classifies its alert so. Returns whether anything ended, and what it ended of playbooks.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn containments_release(
        &mut self,
        device: &DeviceId,
        (playbook, measures): (&str, &[Measure]),
        is_false_positive: bool,
    ) -> Result<(bool, Vec<Held>), StoreError> {
        let why = format!("released by playbook {playbook}");
        let word = super::containments::Word {
            reason: EndReason::ReleasePlaybook,
            by: "decide",
            why: &why,
        };
        let released =
            super::containments::release(&mut self.tx, self.tenant, (device, measures), word).await?;
        if is_false_positive {
            self.false_positives_seen(&released.ended).await?;
        }
        Ok((!released.ended.is_empty(), released.held))
    }

    /// Queues what became due for a device.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn converge(&mut self, device: &DeviceId, reason: &str) -> Result<(), StoreError> {
        let because = Because { by: "decide", reason };
        self.has_converged = true;
        self.store
            .converge_decided(&mut self.tx, self.tenant, device, because)
            .await
    }
}

fn words(release_when: &[ReleaseWhen]) -> Vec<String> {
    release_when.iter().map(|when| when.as_str().to_owned()).collect()
}

fn notify_json(new: &NewContainment<'_>) -> Result<Option<serde_json::Value>, StoreError> {
    let terms = Some(new.notify).filter(|terms| !terms.is_empty());
    Ok(terms.map(serde_json::to_value).transpose()?)
}

fn limits_json(new: &NewContainment<'_>) -> Result<Option<serde_json::Value>, StoreError> {
    let limits = Some(new.limits).filter(|limits| !limits.is_empty());
    Ok(limits.map(serde_json::to_value).transpose()?)
}

/// Reads counters of limits or caps, and with those of caps which are lifted, and the groups: the distinct devices whose containment became active within each window, which ends
/// with `now`, the moment at which a further one would become active. The caller holds the limits' lock.
pub(super) async fn count(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    now: Timestamp,
    keys: &[UsageKey],
    usage: &mut Usage,
) -> Result<(), StoreError> {
    let playbooks: Vec<Option<String>> = keys.iter().map(|key| key.0.clone()).collect();
    let modes: Vec<String> = keys.iter().map(|key| key.1.as_str().to_owned()).collect();
    let spans: Vec<f64> = keys.iter().map(|key| key.2.as_secs_f64()).collect();
    let rows = sqlx::query!(
        r#"SELECT k.n AS "n!", c.device_id AS "device_id!"
           FROM unnest($2::text[], $3::text[], $4::float8[]) WITH ORDINALITY AS k (playbook, mode, secs, n), LATERAL (
             SELECT device_id FROM quell.containments
             WHERE tenant_id = $1 AND mode = k.mode AND activated_at > $5::timestamptz - make_interval(secs => k.secs)
               AND (k.playbook IS NULL OR playbook = k.playbook
                    OR (starts_with(k.playbook, 'surge:') AND substr(k.playbook, 7) = ANY(drivers)))
             -- What a playbook of tasks alone did counts in its own limits.
             UNION SELECT device_id FROM quell.task_wishes
             WHERE tenant_id = $1 AND mode = k.mode AND playbook = k.playbook AND containment_id IS NULL
               AND settled_at > $5::timestamptz - make_interval(secs => k.secs)
               AND outcome IN ('queued', 'satisfied', 'observed')) AS c"#,
        tenant.0,
        &playbooks as &[Option<String>],
        &modes,
        &spans,
        jiff_sqlx::ToSqlx::to_sqlx(now) as jiff_sqlx::Timestamp,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut devices: Vec<Vec<DeviceId>> = vec![Vec::new(); keys.len()];
    for row in rows {
        let of_key = usize::try_from(row.n - 1)
            .ok()
            .and_then(|index| devices.get_mut(index));
        if let Some(of_key) = of_key {
            of_key.push(DeviceId::from_stored(row.device_id));
        }
    }
    for (key, devices) in keys.iter().zip(devices) {
        usage.load(key.clone(), devices);
    }
    if keys.iter().any(|key| key.0.is_none()) {
        super::cap_lifts::beside(tx, tenant, now, usage).await?;
    }
    Ok(())
}

/// The lock of the tenant's limits, until the end of the transaction; its number is beyond those of the inbox's shards.
pub(super) async fn lock_limits(tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1, 64)", tenant.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// A device on which so many containments of a measure became active just now is looked at anew: earlier failures do not count
/// against it, and what somebody else once restricted may have been lifted since, so it is not relied on unless another
/// containment was active all the time. The caller holds the device's lock.
pub(super) async fn begin_anew(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (device, measure): (&DeviceId, Measure),
    activated: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.measures SET failures = 0,
             known = CASE WHEN known = 'held_by_other' AND $3 >= (
                     SELECT count(*) FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = $2 AND c.measure = $4
                       AND c.state = 'active' AND c.mode = 'enforce') THEN 'free' ELSE known END
         WHERE tenant_id = $1 AND device_id = $2 AND measure = $4 AND $3::bigint > 0",
        tenant.0,
        device.as_str(),
        activated,
        measure.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}
