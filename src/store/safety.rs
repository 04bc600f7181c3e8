//! What the ledger stands on, looked at before every count: the lease, one clock that goes on evenly, and one history; and, in
//! the same statement, which stop is in force. Called
//! by the gate with the budget locked, and by `worker::clock`. A store that was not told to guard these (a command's, a
//! test's) looks at the lease and the holds only.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use crate::clock::{self, Monotonic};
use crate::domain::clock_watch::{Jump, Reading, Watch};
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::ledger::Locked;
use crate::store::ledger::slow::slow_of;
use crate::store::{GateOutcome, Store, StoreError};

/// What a daemon's store guards.
#[derive(Clone, Copy, Debug)]
pub struct SafetyOptions {
    /// The longest window of any tenant.
    pub longest: Duration,
    /// From a reservation until the latest moment at which the service can have counted an unanswered call.
    pub latest: Duration,
    /// More than this is a jump of the clock.
    pub bound: Duration,
    /// Sending goes on when the clock has not jumped for so long.
    pub stable_for: Duration,
    /// A daemon that begins waits so long for its first look at Defender's list, at most, before it calls.
    pub patience: Duration,
}

/// What is guarded, and what is remembered for it: in memory, which no restored backup brings back.
#[derive(Debug)]
pub(super) struct Safety {
    pub(super) options: SafetyOptions,
    /// Which process this is, among those that see the same jump.
    pub(super) process: Uuid,
    began: Monotonic,
    /// Held while a jump is being written down, so that the gate and the watch do not both write it.
    pub(super) writing: tokio::sync::Mutex<()>,
    state: Mutex<Remembered>,
}

#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) watch: Watch,
    /// Jumps that are not written down yet.
    pub(super) jumps: Vec<Jump>,
    /// The last jump in the database that is known to be one of those that were seen here.
    pub(super) matched: Option<i64>,
    /// The newest attempt that this process knows to be committed.
    pub(super) newest: Option<Uuid>,
    /// The tenants whose first look at Defender's list is done, or not needed.
    pub(super) swept: HashSet<TenantId>,
}

/// The clock is read so often, at most, when the answer took so long that it says little.
const READINGS: u32 = 3;

/// Whether a call may be reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It may, but for what a stop in force forbids.
    Good(Option<StopScope>),
    /// The lease is another's, or has run out.
    NotLeader,
    /// Not for so long.
    Wait(Duration, &'static str),
    /// The database's clock jumped.
    Jumped,
    /// The database is not the one that it was.
    Restored,
}

impl Store {
    /// The same store, guarding its clock and its history.
    pub fn guarded(mut self, options: SafetyOptions) -> Self {
        self.safety = Some(Arc::new(Safety {
            options,
            process: Uuid::now_v7(),
            began: Monotonic::now(),
            writing: tokio::sync::Mutex::new(()),
            state: Mutex::new(Remembered {
                watch: Watch::new(options.bound, options.stable_for),
                jumps: Vec::new(),
                matched: None,
                newest: None,
                swept: HashSet::new(),
            }),
        }));
        self
    }

    /// Looks at everything that a count stands on, in one statement of its own, and at the budget of the actions, whose lock
    /// the caller holds.
    pub(super) async fn standing(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        epoch: i64,
        app_id: &str,
    ) -> Result<(Standing, Locked), StoreError> {
        let safety = self.safety.as_deref();
        let newest = safety.and_then(|safety| safety.remembered().newest);
        let mut readings = 0;
        let row = loop {
            let before = clock::local();
            let row = sqlx::query!(
                r#"SELECT quell.now() AS "now!",
                     EXISTS (SELECT 1 FROM quell.leases WHERE tenant_id = $1 AND epoch = $2 AND expires_at > quell.now())
                       AS "leads!",
                     (SELECT extract(epoch FROM held_until - quell.now())::float8 FROM quell.holds WHERE tenant_id = $1) AS held,
                     quell.stop_in_force($1) AS stop,
                     CASE WHEN $4 THEN quell.cluster_identity() END AS identity,
                     CASE WHEN $4 THEN (SELECT identity FROM quell.cluster_seen) END AS seen,
                     $3::uuid IS NULL OR EXISTS (SELECT 1 FROM quell.attempts WHERE id = $3) AS "remembers!",
                     extract(epoch FROM b.closed_until - quell.now())::float8 AS closed,
                     b.slow_seconds AS "slow_seconds?", b.slow_next_at AS "slow_next_at?", b.slow_until AS "slow_until?"
                   FROM (VALUES (1)) AS one LEFT JOIN quell.budgets b
                     ON b.tenant_id = $1 AND b.app_id = $5 AND b.scope = 'actions'"#,
                tenant.0,
                epoch,
                newest,
                safety.is_some(),
                app_id,
            )
            .fetch_one(&mut *tx)
            .await?;
            let after = clock::local();
            readings += 1;
            let Some(safety) = safety else {
                break row;
            };
            let same = is_same(row.identity.as_deref(), row.seen.as_deref());
            if !same || !row.remembers {
                return Ok((Standing::Restored, Locked::new(row.now, row.closed)));
            }
            let reading = Reading {
                before,
                told: row.now.to_jiff(),
                after,
            };
            if safety.look(reading) {
                return Ok((Standing::Jumped, Locked::new(row.now, row.closed)));
            }
            // A jump may hide behind a slow answer.
            if readings >= READINGS || after.saturating_sub(before) <= safety.options.bound {
                break row;
            }
        };
        let slow = slow_of(
            row.slow_seconds,
            row.slow_next_at,
            row.slow_until,
            row.now.to_jiff(),
        );
        let locked = Locked {
            slow,
            ..Locked::new(row.now, row.closed)
        };
        if !row.leads {
            return Ok((Standing::NotLeader, locked));
        }
        if let Some(held) = row.held.filter(|held| *held > 0.0) {
            let why = "held: the database was restored";
            return Ok((Standing::Wait(Duration::from_secs_f64(held), why), locked));
        }
        let waits = safety.and_then(|safety| safety.waits(tenant));
        let stop = super::stops::scope_of(row.stop.as_deref());
        let standing = waits.map_or(Standing::Good(stop), |(wait, why)| Standing::Wait(wait, why));
        Ok((standing, locked))
    }

    /// How long the database's clock must still be stable before anything that hangs on it goes on; `None`: it is.
    pub(super) fn clock_frozen(&self) -> Option<Duration> {
        let safety = self.safety.as_deref()?;
        safety.remembered().watch.frozen(clock::local())
    }

    /// What the gate says when its ledger does not stand well, and what is done about it first.
    pub(super) async fn not_good(&self, standing: Standing) -> Result<GateOutcome, StoreError> {
        let soon = Some(Duration::from_millis(100));
        let wait = |after, why| Ok(GateOutcome::Wait { after, why });
        match standing {
            Standing::Good(_) => wait(Some(Duration::ZERO), "good"),
            Standing::NotLeader => Ok(GateOutcome::NotLeader),
            Standing::Wait(after, why) => wait(Some(after), why),
            Standing::Jumped => {
                self.jumps_write().await?;
                wait(soon, "the database's clock jumped")
            }
            Standing::Restored => {
                self.restore_look().await?;
                wait(soon, "the database is not the one that it was")
            }
        }
    }

    /// A committed attempt is remembered: a database without it is an older one.
    pub(super) fn remember(&self, attempt: Uuid) {
        if let Some(safety) = &self.safety {
            let mut remembered = safety.remembered();
            if remembered.newest.is_none_or(|newest| newest < attempt) {
                remembered.newest = Some(attempt);
            }
        }
    }
}

impl Safety {
    pub(super) fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a reading in; says whether there is a jump to be written down.
    pub(super) fn look(&self, reading: Reading) -> bool {
        let mut remembered = self.remembered();
        let jump = remembered.watch.read(reading);
        remembered.jumps.extend(jump);
        !remembered.jumps.is_empty()
    }

    /// How long sending waits, whatever the database says, and why.
    fn waits(&self, tenant: TenantId) -> Option<(Duration, &'static str)> {
        let remembered = self.remembered();
        if let Some(left) = remembered.watch.frozen(clock::local()) {
            return Some((left, "the database's clock jumped"));
        }
        let left = self.options.patience.saturating_sub(self.began.elapsed());
        let waits = !left.is_zero() && !remembered.swept.contains(&tenant);
        waits.then_some((left, "the first look at defender's list"))
    }
}

/// Whether two identities are of one database, as far as both could be read. The first one seen is the right one.
pub(super) fn is_same(is: Option<&str>, was: Option<&str>) -> bool {
    let (Some(is), Some(was)) = (is, was) else {
        return true;
    };
    let known = |part: &&str| *part != "-";
    let (is, was): (Vec<&str>, Vec<&str>) = (is.split(':').collect(), was.split(':').collect());
    is.len() == was.len()
        && is
            .iter()
            .zip(&was)
            .all(|(is, was)| is == was || !known(is) || !known(was))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_another_when_a_part_that_both_could_read_is() {
        let was = Some("7:00000001:16384:16500");
        assert!(is_same(was, was) && is_same(was, None) && is_same(None, was));
        assert!(
            is_same(Some("-:-:16384:16500"), was),
            "a right that was taken away"
        );
        for other in [
            "8:00000001:16384:16500",
            "7:00000002:16384:16500",
            "7:00000001:16385:16500",
            "-:-:16384:16501",
            "7",
        ] {
            assert!(!is_same(Some(other), was), "{other}");
        }
    }
}
