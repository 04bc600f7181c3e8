//! How many events, decisions and devices there are, and how many actions and containments are over, added up behind what happens, so that
//! a look at the status counts only what is open and the last minutes.
//! [`crate::worker::tally`] adds, `Store::status` reads. Exact while the clocks of the daemons' machines are within five minutes of
//! the database's: an event whose id is of an earlier time than what was added up is not counted. What retention deletes stays counted.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// What is younger may still be added to: no transaction lasts so long.
const SETTLED_S: f64 = 300.0;

/// What is over is counted from its beginning again after so long.
const ANEW: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// So much is added up at once, seconds.
const STRETCH_S: f64 = 3_600.0;

impl Store {
    /// Adds the next stretch up. Says whether more of it is due.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn tally(&self) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mark = sqlx::query!(
            r#"SELECT events_until, decisions_until, clock_timestamp() - make_interval(secs => $1) AS "ids!",
                 quell.now() - make_interval(secs => $1) AS "decided!"
               FROM quell.tally_marks FOR UPDATE"#,
            SETTLED_S,
        )
        .fetch_one(&mut *tx)
        .await?;
        let (ids, decided) = (mark.ids.to_jiff(), mark.decided.to_jiff());
        let events_from = match time(mark.events_until) {
            Some(at) => at,
            None => first_event(&mut tx).await?.unwrap_or(ids),
        };
        let decisions_from = match time(mark.decisions_until) {
            Some(at) => at,
            None => first_decision(&mut tx).await?.unwrap_or(decided),
        };
        let events_until = next(events_from, ids);
        let decisions_until = next(decisions_from, decided);
        sqlx::query!(
            "INSERT INTO quell.tallies AS t (tenant_id, what, key, n)
             SELECT tenant_id, 'event', '', count(*) FROM quell.events
             WHERE id >= quell.first_id_of($1) AND id < quell.first_id_of($2) GROUP BY tenant_id
             ON CONFLICT (tenant_id, what, key) DO UPDATE SET n = t.n + excluded.n",
            events_from.to_sqlx() as jiff_sqlx::Timestamp,
            events_until.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO quell.tallies AS t (tenant_id, what, key, n)
             SELECT d.tenant_id, 'decision', d.kind, count(*) FROM quell.tenants x JOIN quell.decisions d ON d.tenant_id = x.id
             WHERE d.decided_at >= $1 AND d.decided_at < $2 GROUP BY d.tenant_id, d.kind
             ON CONFLICT (tenant_id, what, key) DO UPDATE SET n = t.n + excluded.n",
            decisions_from.to_sqlx() as jiff_sqlx::Timestamp,
            decisions_until.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        // Devices come and are never deleted: how many there are now.
        sqlx::query!(
            "INSERT INTO quell.tallies (tenant_id, what, key, n)
             SELECT tenant_id, 'device', '', count(*) FROM quell.devices GROUP BY tenant_id
             ON CONFLICT (tenant_id, what, key) DO UPDATE SET n = excluded.n",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE quell.tally_marks SET events_until = $1, decisions_until = $2",
            events_until.to_sqlx() as jiff_sqlx::Timestamp,
            decisions_until.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(events_until < ids || decisions_until < decided)
    }

    /// Adds up what is over since the last time, once an hour all that ever was. Does nothing while another process does it. Apart from
    /// [`Store::tally`], which goes on where this takes too long, and never waits for it.
    ///
    /// # Errors
    /// Postgres is not available, or it took too long: nothing was added.
    pub async fn tally_over(&self) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        // INVARIANT: held before the mark is read, which is locked only when all is counted.
        let is_mine = sqlx::query_scalar!(
            r#"SELECT pg_try_advisory_xact_lock(hashtextextended('quell.tallies.over', 0)) AS "mine!""#,
        )
        .fetch_one(&mut *tx)
        .await?;
        if !is_mine {
            return Ok(());
        }
        let mark = sqlx::query!(
            r#"SELECT over_until, over_counted_at, quell.now() - make_interval(secs => $1) AS "settled!" FROM quell.tally_marks"#,
            SETTLED_S,
        )
        .fetch_one(&mut *tx)
        .await?;
        let known = (time(mark.over_until), time(mark.over_counted_at));
        over(&mut tx, mark.settled.to_jiff(), known).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The end of the stretch that begins there.
fn next(from: Timestamp, settled: Timestamp) -> Timestamp {
    let stretch = jiff::SignedDuration::try_from_secs_f64(STRETCH_S).unwrap_or_default();
    // Never back: what was added up is not added up again.
    from.checked_add(stretch)
        .unwrap_or(settled)
        .min(settled)
        .max(from)
}

/// What is over, by how it ended: it stays so, and its row is never deleted. `settled`: what ended before is all there.
async fn over(
    tx: &mut sqlx::PgConnection,
    settled: Timestamp,
    (until, counted_at): (Option<Timestamp>, Option<Timestamp>),
) -> Result<(), StoreError> {
    let is_recent = |at: &Timestamp| settled.duration_since(*at) < ANEW && *at <= settled;
    let (from, counted_at) = match (until, counted_at.filter(is_recent)) {
        (Some(until), Some(counted_at)) => (Some(until), counted_at),
        _ => (None, settled),
    };
    let to = settled.max(from.unwrap_or(settled));
    sqlx::query!(
        "INSERT INTO quell.tallies AS t (tenant_id, what, key, n)
         SELECT x.id, 'action', a.state, count(*) FROM quell.tenants x JOIN quell.actions a ON a.tenant_id = x.id
         WHERE a.final_at >= coalesce($1, '-infinity'::timestamptz) AND a.final_at < $2 GROUP BY 1, 3
         UNION ALL SELECT x.id, 'containment', CASE c.mode WHEN 'observe' THEN 'observed' ELSE 'ended' END, count(*)
         FROM quell.tenants x JOIN quell.containments c ON c.tenant_id = x.id
         WHERE c.ended_at >= coalesce($1, '-infinity'::timestamptz) AND c.ended_at < $2 GROUP BY 1, 3
         ON CONFLICT (tenant_id, what, key) DO UPDATE SET n = CASE WHEN $1 IS NULL THEN 0 ELSE t.n END + excluded.n",
        from.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        to.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE quell.tally_marks SET over_until = $1, over_counted_at = $2",
        to.to_sqlx() as jiff_sqlx::Timestamp,
        counted_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn first_event(tx: &mut sqlx::PgConnection) -> Result<Option<Timestamp>, StoreError> {
    let first = sqlx::query_scalar!("SELECT id FROM quell.events ORDER BY id LIMIT 1")
        .fetch_optional(tx)
        .await?;
    let millisecond = first.and_then(|id| i64::try_from(id.as_u128() >> 80).ok());
    Ok(millisecond.and_then(|at| Timestamp::from_millisecond(at).ok()))
}

async fn first_decision(tx: &mut sqlx::PgConnection) -> Result<Option<Timestamp>, StoreError> {
    let first = sqlx::query_scalar!(
        "SELECT min(first.decided_at) FROM quell.tenants t CROSS JOIN LATERAL (
             SELECT decided_at FROM quell.decisions WHERE tenant_id = t.id ORDER BY decided_at LIMIT 1) AS first"
    )
    .fetch_one(tx)
    .await?;
    Ok(time(first))
}
