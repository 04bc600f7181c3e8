//! A jump of the database's clock is written down once, whoever of the replicas sees it first, and every slot that is held is
//! prolonged by it, for all of them. Called by the gate and by `worker::clock`.

use std::time::Duration;

use crate::clock;
use crate::domain::clock_watch::{Jump, Reading};
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::{Store, StoreError};

/// What a look at the clock came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockLook {
    /// Sending stays frozen for so long.
    pub frozen: Option<Duration>,
    /// Jumps that were seen in this look.
    pub jumps: usize,
}

/// A slot older than the longest window can be (7 days) and some is of no account.
const LONGEST_SECONDS: f64 = 8.0 * 86_400.0;

impl Store {
    /// Looks at the database's clock, and writes down what jumps were seen.
    ///
    /// # Errors
    /// Postgres is not available; a jump that was seen is written down by the next look.
    pub async fn clock_look(&self) -> Result<ClockLook, StoreError> {
        let none = ClockLook {
            frozen: None,
            jumps: 0,
        };
        let Some(safety) = self.safety.clone() else {
            return Ok(none);
        };
        let before = clock::local();
        let row = sqlx::query!(
            r#"SELECT quell.now() AS "now!", (SELECT coalesce(max(id), 0) FROM quell.clock_jumps) AS "newest!""#
        )
        .fetch_one(&self.pool)
        .await?;
        let after = clock::local();
        safety.remembered().matched.get_or_insert(row.newest);
        safety.look(Reading {
            before,
            told: row.now.to_jiff(),
            after,
        });
        let jumps = self.jumps_write().await?;
        Ok(ClockLook {
            frozen: self.clock_frozen(),
            jumps,
        })
    }

    /// How far the database's clock may have been off in the last days, by its jumps: what is looked up in Defender's list
    /// by time is looked up from so much earlier.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn clock_doubt(&self) -> Result<Duration, StoreError> {
        let seconds = sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM coalesce(sum(greatest(most, -least)), '0'))::float8 AS "doubt!"
               FROM quell.clock_jumps WHERE at > quell.now() - interval '4 days'"#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Duration::from_secs_f64(seconds.clamp(0.0, 86_400.0)))
    }

    /// Writes down the jumps that were seen here; says how many.
    pub(super) async fn jumps_write(&self) -> Result<usize, StoreError> {
        let Some(safety) = self.safety.clone() else {
            return Ok(0);
        };
        let _alone = safety.writing.lock().await;
        let mut written = 0;
        loop {
            let Some(jump) = safety.remembered().jumps.first().copied() else {
                return Ok(written);
            };
            let matched = safety.remembered().matched;
            let id = self
                .jump_write(jump, matched, safety.process, safety.options.latest)
                .await?;
            metrics::counter!("quell_clock_jumps_total").increment(1);
            let mut remembered = safety.remembered();
            remembered.matched = Some(id.max(remembered.matched.unwrap_or(0)));
            if !remembered.jumps.is_empty() {
                remembered.jumps.remove(0);
            }
            written += 1;
        }
    }

    /// Writes one jump down unless another process has, and prolongs the slots. Gives its id.
    async fn jump_write(
        &self,
        jump: Jump,
        matched: Option<i64>,
        process: uuid::Uuid,
        latest: Duration,
    ) -> Result<i64, StoreError> {
        let (least, most) = (jump.least.as_secs_f64(), jump.most.as_secs_f64());
        let mut tx = self.pool.begin().await?;
        sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('quell.clock_jumps', 0))")
            .execute(&mut *tx)
            .await?;
        let another = sqlx::query_scalar!(
            "SELECT min(id) FROM quell.clock_jumps WHERE id > $1 AND seen_by <> $2 AND at > quell.now() - interval '10 min'
               AND most >= make_interval(secs => $3) AND least <= make_interval(secs => $4)",
            matched,
            process,
            least,
            most,
        )
        .fetch_one(&mut *tx)
        .await?;
        if let Some(id) = another {
            return Ok(id);
        }
        // The budgets first: whoever counts slots, or writes one, waits.
        sqlx::query!("SELECT tenant_id FROM quell.budgets ORDER BY tenant_id, app_id, scope FOR UPDATE")
            .fetch_all(&mut *tx)
            .await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO quell.clock_jumps (least, most, seen_by)
             VALUES (make_interval(secs => $1), make_interval(secs => $2), $3) RETURNING id",
            least,
            most,
            process,
        )
        .fetch_one(&mut *tx)
        .await?;
        if most > 0.0 {
            // What Defender asked for, and what was restored, wait as long as before.
            sqlx::query!(
                "UPDATE quell.budgets SET closed_until = closed_until + make_interval(secs => $1)
                 WHERE closed_until > (SELECT quell.now()) - make_interval(secs => $1)",
                most,
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!(
                "UPDATE quell.budgets SET slow_next_at = slow_next_at + make_interval(secs => $1),
                     slow_until = slow_until + make_interval(secs => $1)
                 WHERE slow_until > (SELECT quell.now()) - make_interval(secs => $1)",
                most,
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!(
                "UPDATE quell.holds SET held_until = held_until + make_interval(secs => $1)
                 WHERE held_until > (SELECT quell.now()) - make_interval(secs => $1)",
                most,
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!(
                "UPDATE quell.attempts SET slot_at = slot_at + make_interval(secs => $1)
                 WHERE slot_at > (SELECT quell.now()) - make_interval(secs => $2)",
                most,
                LONGEST_SECONDS + most,
            )
            .execute(&mut *tx)
            .await?;
        } else {
            // Devices come before everything but the budgets: whoever changes a queued action holds its device.
            sqlx::query!(
                "SELECT d.device_id FROM quell.devices d WHERE EXISTS (SELECT 1 FROM quell.actions a
                     WHERE a.tenant_id = d.tenant_id AND a.device_id = d.device_id
                       AND ((a.state = 'queued' AND a.not_before > (SELECT quell.now()))
                         OR (a.state = 'submitted' AND a.cancel_not_before > (SELECT quell.now()))))
                 ORDER BY d.tenant_id, d.device_id FOR UPDATE OF d",
            )
            .fetch_all(&mut *tx)
            .await?;
            // No lease is held for so long: one that seems to be would keep every other replica out.
            sqlx::query!(
                "UPDATE quell.leases SET expires_at = expires_at + make_interval(secs => $1)
                 WHERE expires_at > (SELECT quell.now()) + interval '5 min'",
                most,
            )
            .execute(&mut *tx)
            .await?;
            // Only what surely was written before the jump lies so far ahead now; anything else is held longer than need be.
            sqlx::query!(
                "UPDATE quell.attempts SET slot_at = greatest(slot_at + make_interval(secs => $1), quell.now())
                 WHERE slot_at > (SELECT quell.now()) + make_interval(secs => $2)",
                most,
                latest.as_secs_f64() + 1.0,
            )
            .execute(&mut *tx)
            .await?;
            waits_back(&mut tx, most).await?;
        }
        let tenants = sqlx::query_scalar!("SELECT id FROM quell.tenants ORDER BY id")
            .fetch_all(&mut *tx)
            .await?;
        for tenant in tenants {
            let alarm = Alarm {
                kind: AlarmKind::ClockJump,
                subject: &id.to_string(),
                device: None,
                action: None,
                told: format!(
                    "the database's clock jumped {} by {:.1} s; nothing is sent until it has been stable for a while",
                    if most > 0.0 { "forward" } else { "back" },
                    jump.size().as_secs_f64(),
                ),
            };
            raise(&mut tx, crate::domain::tenant::TenantId(tenant), &alarm).await?;
        }
        tx.commit().await?;
        Ok(id)
    }
}

/// After a jump back by so many seconds (negative): what waits for a time that was written by the clock as it was waits as
/// long as it would have, and not for the length of the jump as well. At the soonest it is due now. Those who decide set
/// `wait_until` of rows that they have taken: these are passed over.
async fn waits_back(tx: &mut sqlx::PgConnection, by: f64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.budgets SET closed_until = greatest(closed_until + make_interval(secs => $1), quell.now())
         WHERE closed_until > (SELECT quell.now())",
        by,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE quell.budgets SET slow_next_at = slow_next_at + make_interval(secs => $1),
             slow_until = greatest(slow_until + make_interval(secs => $1), quell.now())
         WHERE slow_until > (SELECT quell.now())",
        by,
    )
    .execute(&mut *tx)
    .await?;
    // A listing that begins from now on is later than the restore was.
    sqlx::query!(
        "UPDATE quell.holds SET since = least(since, quell.now()),
             held_until = greatest(held_until + make_interval(secs => $1), quell.now())
         WHERE held_until > (SELECT quell.now())",
        by,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE quell.actions SET not_before = greatest(not_before + make_interval(secs => $1), quell.now())
         WHERE state = 'queued' AND not_before > (SELECT quell.now())",
        by,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE quell.actions SET cancel_not_before = greatest(cancel_not_before + make_interval(secs => $1), quell.now())
         WHERE state = 'submitted' AND cancel_not_before > (SELECT quell.now())",
        by,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE quell.inbox SET wait_until = greatest(wait_until + make_interval(secs => $1), quell.now())
         WHERE seq IN (SELECT seq FROM quell.inbox WHERE wait_until > (SELECT quell.now()) FOR UPDATE SKIP LOCKED)",
        by,
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}
