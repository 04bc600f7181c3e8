//! Sealing: rows of the audit whose place is certain are taken into their tenant's chain, in the order of transaction and id.
//!
//! Called by `worker::seal` on the replica that holds the dispatch lease. That is only an optimisation: the chain's end is a row
//! that is locked, so two who seal at once wait for each other, and a row has one seal by a constraint. It never touches the rows
//! that it seals.

mod due;
pub mod export;
mod links;
pub mod verify;

use std::time::Duration;

use jiff::Timestamp;
use sqlx::PgConnection;

use self::due::{Candidate, due, due_restored};
use crate::domain::seal::Seal;
use crate::domain::tenant::TenantId;
use crate::store::alarms::{Alarm, raise};
use crate::store::{AlarmKind, Store, StoreError};

/// Rows of one turn at most; each turn is one transaction.
const TURN: i64 = 2_000;

/// What is counted as waiting at most.
const COUNTED: i64 = 10_000;

/// How often the end of a chain is written down as a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointPace {
    /// After so many rows at the latest.
    pub rows: i64,
    /// And after so long.
    pub every: Duration,
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealTurn {
    /// Rows sealed.
    pub sealed: u64,
    /// There may be more at once.
    pub is_full: bool,
}

/// What has no seal yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsealed {
    /// Rows, counted up to 10,000.
    pub rows: u64,
    /// When the oldest of them was written.
    pub since: Option<Timestamp>,
    /// How long ago that was.
    pub age: Duration,
}

/// The end of a chain, written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Checkpoint {
    /// The number of the last seal.
    pub seq: i64,
    /// That seal.
    pub hash: Seal,
    /// When.
    pub at: Timestamp,
}

/// The end of a chain, locked.
struct Head {
    seq: i64,
    seal: Seal,
    /// Every row up to this one is sealed.
    up_to: (String, i64),
}

impl Store {
    /// Seals the rows of a tenant that are there for good, at most 2,000 of them.
    ///
    /// # Errors
    /// Postgres is not available; nothing is sealed then.
    pub async fn audit_seal(&self, tenant: TenantId) -> Result<SealTurn, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mut head = lock_head(&mut tx, tenant).await?;
        by_keys(&mut tx, true).await?;
        // A statement of its own, after the lock: it sees what whoever held the lock before has sealed.
        let candidates = due(&mut tx, tenant, &head).await?;
        let turn = SealTurn {
            sealed: seal_rows(&mut tx, tenant, &mut head, &candidates).await?,
            is_full: candidates.len() >= usize::try_from(TURN).unwrap_or(usize::MAX),
        };
        if let Some(last) = candidates.last() {
            head.up_to = (last.xid.clone(), last.entry.id);
            keep_head(&mut tx, tenant, &head).await?;
        }
        tx.commit().await?;
        Ok(turn)
    }

    /// Whether the numbers of transactions have begun anew, or rows bear numbers that are still to come, as after a dump was
    /// restored into another cluster: then the order of transactions says nothing of what is sealed.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_is_restored(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let is = sqlx::query_scalar!(
            r#"SELECT coalesce((SELECT up_to_xid FROM quell.seal_heads WHERE tenant_id = $1), '0')
                      > pg_snapshot_xmax(pg_current_snapshot())
                   OR coalesce((SELECT written_in FROM quell.transitions WHERE tenant_id = $1
                                ORDER BY tenant_id DESC, written_in DESC, id DESC LIMIT 1), '0')
                      >= pg_snapshot_xmax(pg_current_snapshot()) AS "is!""#,
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(is)
    }

    /// Seals after a restore: every row without a seal, in the order of ids, whatever transaction it says. At most 2,000 of them;
    /// when none is left, sealing goes on by this cluster's transactions.
    ///
    /// # Errors
    /// Postgres is not available; nothing is sealed then.
    pub async fn audit_seal_restored(&self, tenant: TenantId) -> Result<SealTurn, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mut head = lock_head(&mut tx, tenant).await?;
        let xmin = sqlx::query_scalar!(r#"SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "xmin!""#)
            .fetch_one(&mut *tx)
            .await?;
        let candidates = due_restored(&mut tx, tenant, &xmin).await?;
        let sealed = seal_rows(&mut tx, tenant, &mut head, &candidates).await?;
        let is_full = candidates.len() >= usize::try_from(TURN).unwrap_or(usize::MAX);
        if !is_full {
            head.up_to = (xmin, 0);
        }
        keep_head(&mut tx, tenant, &head).await?;
        tx.commit().await?;
        Ok(SealTurn { sealed, is_full })
    }

    /// What waits for its seal.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_unsealed(&self, tenant: TenantId) -> Result<Unsealed, StoreError> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "rows!", min(at) AS since,
                      coalesce(extract(epoch FROM quell.now() - min(at)), 0)::float8 AS "age!"
               FROM (SELECT up_to_xid AS xid, up_to_id AS id FROM quell.seal_heads WHERE tenant_id = $1
                     UNION ALL SELECT '0'::xid8, 0 ORDER BY 1 DESC LIMIT 1) AS head
               CROSS JOIN LATERAL (SELECT at FROM quell.transitions
                                   WHERE tenant_id = $1 AND (written_in, id) > (head.xid, head.id)
                                     -- Numbers that are still to come are a restored dump's; those rows are sealed by themselves.
                                     AND written_in < pg_snapshot_xmax(pg_current_snapshot())
                                   ORDER BY tenant_id, written_in, id LIMIT $2) AS waiting"#,
            tenant.0,
            COUNTED,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Unsealed {
            rows: row.rows.try_into().unwrap_or(0),
            since: row.since.map(jiff_sqlx::Timestamp::to_jiff),
            age: Duration::try_from_secs_f64(row.age).unwrap_or_default(),
        })
    }

    /// Writes the end of a chain down, if it has gone on far enough or long enough since the last time.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_checkpoint(
        &self,
        tenant: TenantId,
        pace: CheckpointPace,
    ) -> Result<Option<Checkpoint>, StoreError> {
        let row = sqlx::query!(
            "WITH last AS (SELECT seq, at FROM quell.seal_checkpoints WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1)
             INSERT INTO quell.seal_checkpoints (tenant_id, seq, hash)
             SELECT h.tenant_id, h.seq, h.hash FROM quell.seal_heads h LEFT JOIN last ON true
             WHERE h.tenant_id = $1 AND h.seq > coalesce(last.seq, 0)
               AND (last.seq IS NULL OR h.seq - last.seq >= $2 OR last.at <= quell.now() - make_interval(secs => $3))
             ON CONFLICT DO NOTHING
             RETURNING seq, hash, at",
            tenant.0,
            pace.rows,
            pace.every.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(Checkpoint {
                seq: row.seq,
                hash: seal_of("seal_checkpoints", row.seq, &row.hash)?,
                at: row.at.to_jiff(),
            })
        })
        .transpose()
    }

    /// The checkpoints of a tenant, the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_checkpoints(
        &self,
        tenant: TenantId,
        limit: i64,
    ) -> Result<Vec<Checkpoint>, StoreError> {
        let rows = sqlx::query!(
            "SELECT seq, hash, at FROM quell.seal_checkpoints WHERE tenant_id = $1 ORDER BY seq DESC LIMIT $2",
            tenant.0,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let checkpoints = rows.into_iter().map(|row| {
            Ok(Checkpoint {
                seq: row.seq,
                hash: seal_of("seal_checkpoints", row.seq, &row.hash)?,
                at: row.at.to_jiff(),
            })
        });
        checkpoints.collect()
    }

    /// Raises the alarm that the chain of a tenant does not hold. Each place is told once.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_is_broken(
        &self,
        tenant: TenantId,
        subject: &str,
        told: &str,
    ) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        let alarm = Alarm {
            kind: AlarmKind::AuditBroken,
            subject,
            device: None,
            action: None,
            told: told.to_owned(),
        };
        raise(&mut connection, tenant, &alarm).await?;
        Ok(())
    }
}

/// Whether rows are taken by their keys until the transaction's end. Pages of a long chain must be: Postgres, which does not know how
/// near they lie together, would read a whole table for each.
async fn by_keys(tx: &mut PgConnection, are: bool) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT set_config(name, $1, true) FROM (VALUES ('enable_seqscan'), ('enable_bitmapscan'), ('enable_hashjoin'),
             ('enable_mergejoin'), ('enable_sort')) AS settings (name)",
        if are { "off" } else { "on" }
    )
    .fetch_all(tx)
    .await?;
    Ok(())
}

/// The end of the chain, whose row is there from now on.
async fn lock_head(tx: &mut PgConnection, tenant: TenantId) -> Result<Head, StoreError> {
    let locked = || {
        sqlx::query!(
            r#"SELECT seq, hash, up_to_xid::text AS "xid!", up_to_id FROM quell.seal_heads WHERE tenant_id = $1 FOR UPDATE"#,
            tenant.0
        )
    };
    let row = match locked().fetch_optional(&mut *tx).await? {
        Some(row) => row,
        None => {
            sqlx::query!(
                "INSERT INTO quell.seal_heads (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING",
                tenant.0
            )
            .execute(&mut *tx)
            .await?;
            locked().fetch_one(&mut *tx).await?
        }
    };
    let mut head = Head {
        seq: row.seq,
        seal: seal_of("seal_heads", row.seq, &row.hash)?,
        up_to: (row.xid, row.up_to_id),
    };
    // The last seal is the end that was kept. Where it is not, somebody was here: that is told, and sealing goes on behind both, so
    // that what comes is sealed and what happened stays to be seen.
    let last = sqlx::query!(
        "SELECT seq, hash FROM quell.seals WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1",
        tenant.0
    )
    .fetch_optional(&mut *tx)
    .await?;
    let (seq, seal) = match &last {
        Some(last) => (last.seq, seal_of("seals", last.seq, &last.hash)?),
        None => (0, Seal::BEGINNING),
    };
    if (seq, seal) != (head.seq, head.seal) {
        let told = format!(
            "the audit's chain ends at {seq}, and had come to {}: `quell audit verify` says more",
            head.seq
        );
        let alarm = Alarm {
            kind: AlarmKind::AuditBroken,
            subject: &format!("end {seq}"),
            device: None,
            action: None,
            told,
        };
        raise(tx, tenant, &alarm).await?;
        if seq > head.seq {
            (head.seq, head.seal) = (seq, seal);
        }
    }
    Ok(head)
}

async fn keep_head(tx: &mut PgConnection, tenant: TenantId, head: &Head) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.seal_heads SET seq = $2, hash = $3, up_to_xid = $4::text::xid8, up_to_id = $5 WHERE tenant_id = $1",
        tenant.0,
        head.seq,
        head.seal.as_bytes(),
        head.up_to.0,
        head.up_to.1,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Seals those that are not, and moves the end of the chain.
async fn seal_rows(
    tx: &mut PgConnection,
    tenant: TenantId,
    head: &mut Head,
    candidates: &[Candidate],
) -> Result<u64, StoreError> {
    let (mut seqs, mut rows, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for candidate in candidates.iter().filter(|candidate| !candidate.is_sealed) {
        head.seq += 1;
        head.seal = candidate.entry.seal(&head.seal, head.seq);
        seqs.push(head.seq);
        rows.push(candidate.entry.id);
        hashes.push(head.seal.as_bytes().to_vec());
    }
    if seqs.is_empty() {
        return Ok(0);
    }
    let sealed = sqlx::query!(
        "INSERT INTO quell.seals (tenant_id, seq, transition_id, hash)
         SELECT $1, seq, id, hash FROM unnest($2::bigint[], $3::bigint[], $4::bytea[]) AS t (seq, id, hash)",
        tenant.0,
        &seqs,
        &rows,
        &hashes,
    )
    .execute(tx)
    .await?;
    Ok(sealed.rows_affected())
}

fn bad(table: &'static str, column: &'static str, row: i64, value: &str) -> StoreError {
    StoreError::Corrupt {
        table,
        column,
        row: row.to_string(),
        value: value.to_owned(),
    }
}

/// The seal in a row. The schema holds its length.
fn seal_of(table: &'static str, seq: i64, bytes: &[u8]) -> Result<Seal, StoreError> {
    Seal::from_bytes(bytes).ok_or_else(|| bad(table, "hash", seq, "not 32 bytes"))
}
