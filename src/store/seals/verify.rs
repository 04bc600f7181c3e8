//! Verifying: the chain is walked again from its rows, and held against everything that says where it has come. Called by
//! `quell audit verify`, by tests, and in small steps by `worker::seal`. It reads one snapshot and changes nothing.
//!
//! Whoever owns the database can rewrite the rows, the seals and the checkpoints so that they fit each other again. Then only a
//! checkpoint that was kept elsewhere, in the daemon's log or on paper, tells.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;

use super::links::links_after;
use super::{Checkpoint, by_keys, seal_of};
use crate::domain::seal::{ChainFinding, ChainWalk, Seal, Tampering};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// Links read at once.
const PAGE: i64 = 5_000;

/// What is verified.
#[derive(Clone, Debug, Default)]
pub struct VerifyScope {
    /// One tenant only; `None`: all of the database.
    pub tenant: Option<TenantId>,
    /// From the last checkpoint before this moment on; `None`: from the beginning.
    pub since: Option<Timestamp>,
    /// What was kept elsewhere: a number in the chain of a tenant, and the seal that it had.
    pub checkpoints: Vec<(TenantId, i64, Seal)>,
    /// Findings told of each tenant, at most; they are counted all the same.
    pub findings: usize,
}

/// What came of one chain.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedChain {
    /// The tenant's name.
    pub tenant: String,
    /// The last seal's number.
    pub seq: i64,
    /// That seal.
    pub hash: Seal,
    /// Rows whose seals were computed again.
    pub rows: u64,
    /// The last checkpoint that the database has.
    pub checkpoint: Option<Checkpoint>,
    /// Rows that wait for their seal, which is no finding.
    pub waiting: u64,
    /// When the oldest of them was written.
    pub waiting_since: Option<Timestamp>,
    /// How much is wrong.
    pub total: u64,
    /// The first of it.
    pub findings: Vec<ChainFinding>,
}

/// What came of all.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// The moment of the snapshot.
    pub at: Timestamp,
    /// Each tenant's chain.
    pub chains: Vec<VerifiedChain>,
    /// Rows that belong to no tenant, and so to no chain.
    pub strangers: Vec<i64>,
}

impl Verified {
    /// Whether everything is as it was sealed.
    pub fn holds(&self) -> bool {
        self.strangers.is_empty() && self.chains.iter().all(|chain| chain.total == 0)
    }
}

impl VerifiedChain {
    fn find(&mut self, finding: ChainFinding, most: usize) {
        self.total += 1;
        if self.findings.len() < most {
            self.findings.push(finding);
        }
    }
}

impl Store {
    /// Walks the chains. `progress` hears of how many seals how many are done.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_verify(
        &self,
        scope: &VerifyScope,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Verified, StoreError> {
        let mut tx = self.snapshot().await?;
        let at = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?;
        let tenants = sqlx::query!(
            "SELECT id, name FROM quell.tenants WHERE $1::int IS NULL OR id = $1 ORDER BY name",
            scope.tenant.map(|tenant| tenant.0)
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut chains = Vec::new();
        for tenant in tenants {
            let mut chain = VerifiedChain {
                tenant: tenant.name,
                seq: 0,
                hash: Seal::BEGINNING,
                rows: 0,
                checkpoint: None,
                waiting: 0,
                waiting_since: None,
                total: 0,
                findings: Vec::new(),
            };
            verify(&mut tx, TenantId(tenant.id), scope, &mut chain, &mut progress).await?;
            chains.push(chain);
        }
        let strangers = sqlx::query_scalar!(
            "SELECT id FROM quell.transitions WHERE NOT EXISTS (SELECT 1 FROM quell.tenants t WHERE t.id = tenant_id)
             AND $1::int IS NULL LIMIT 1000",
            scope.tenant.map(|tenant| tenant.0)
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.rollback().await?;
        Ok(Verified {
            at: at.to_jiff(),
            chains,
            strangers,
        })
    }

    /// Walks the next links of a chain, behind one whose seal is known. Returns where it came to, the number of links, and what is
    /// wrong. For whoever goes through a chain slowly.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_verify_next(
        &self,
        tenant: TenantId,
        from: (i64, Seal),
        limit: i64,
    ) -> Result<((i64, Seal), usize, Vec<ChainFinding>), StoreError> {
        let mut tx = self.pool.begin().await?;
        by_keys(&mut tx, true).await?;
        let links = links_after(&mut tx, tenant, from.0, i64::MAX, limit).await?;
        tx.rollback().await?;
        let mut walk = ChainWalk::after(from.0, from.1);
        let findings = links.iter().filter_map(|link| walk.step(link)).collect();
        Ok((walk.end(), links.len(), findings))
    }

    /// One snapshot to read, for as long as it takes.
    pub(super) async fn snapshot(&self) -> Result<sqlx::Transaction<'static, sqlx::Postgres>, StoreError> {
        let mut tx = self
            .pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        sqlx::query!(
            "SELECT set_config(name, value, true) FROM (VALUES ('statement_timeout', '0'),
                 ('idle_in_transaction_session_timeout', '0'), ('jit', 'off'), ('work_mem', '64MB')) AS settings (name, value)"
        )
        .fetch_all(&mut *tx)
        .await?;
        Ok(tx)
    }
}

async fn verify(
    tx: &mut PgConnection,
    tenant: TenantId,
    scope: &VerifyScope,
    chain: &mut VerifiedChain,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(), StoreError> {
    let head = sqlx::query!(
        r#"SELECT seq, hash, up_to_xid::text AS "xid!", up_to_id FROM quell.seal_heads WHERE tenant_id = $1"#,
        tenant.0
    )
    .fetch_optional(&mut *tx)
    .await?;
    let kept = match &head {
        Some(head) => (head.seq, seal_of("seal_heads", head.seq, &head.hash)?),
        None => (0, Seal::BEGINNING),
    };
    let from = begin(tx, tenant, scope.since).await?;
    let total = u64::try_from(kept.0 - from.0).unwrap_or(0);
    let mut walk = ChainWalk::after(from.0, from.1);
    by_keys(tx, true).await?;
    loop {
        let links = links_after(tx, tenant, walk.end().0, i64::MAX, PAGE).await?;
        for link in &links {
            if let Some(finding) = walk.step(link) {
                chain.find(finding, scope.findings);
            }
        }
        chain.rows += u64::try_from(links.len()).unwrap_or(0);
        progress(chain.rows, total.max(chain.rows));
        if links.is_empty() {
            break;
        }
    }
    by_keys(tx, false).await?;
    (chain.seq, chain.hash) = walk.end();
    if chain.seq < kept.0 {
        let told = format!("the chain ends at {}, and had come to {}", chain.seq, kept.0);
        chain.find(cut_off(kept.0, told), scope.findings);
    } else if (chain.seq, chain.hash) != kept {
        let told = format!(
            "the chain ends at {} with another seal than was kept for its end, {}",
            chain.seq, kept.0
        );
        chain.find(differs(chain.seq, told), scope.findings);
    }
    hold_checkpoints(tx, tenant, scope, chain, from.0).await?;
    let up_to = head.map_or_else(|| ("0".to_owned(), 0), |head| (head.xid, head.up_to_id));
    find_inserted(tx, tenant, scope, chain, &up_to).await
}

/// Where the walk begins: behind the last checkpoint before a moment, or at the beginning.
async fn begin(
    tx: &mut PgConnection,
    tenant: TenantId,
    since: Option<Timestamp>,
) -> Result<(i64, Seal), StoreError> {
    let Some(since) = since else {
        return Ok((0, Seal::BEGINNING));
    };
    let row = sqlx::query!(
        "SELECT seq, hash FROM quell.seal_checkpoints WHERE tenant_id = $1 AND at < $2::timestamptz ORDER BY seq DESC LIMIT 1",
        tenant.0,
        jiff_sqlx::ToSqlx::to_sqlx(since) as jiff_sqlx::Timestamp,
    )
    .fetch_optional(tx)
    .await?;
    row.map_or(Ok((0, Seal::BEGINNING)), |row| {
        Ok((row.seq, seal_of("seal_checkpoints", row.seq, &row.hash)?))
    })
}

/// Holds the chain against the checkpoints of the database and those that were kept elsewhere.
async fn hold_checkpoints(
    tx: &mut PgConnection,
    tenant: TenantId,
    scope: &VerifyScope,
    chain: &mut VerifiedChain,
    from: i64,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.seq, c.hash, c.at, s.hash AS "sealed?" FROM quell.seal_checkpoints c
           LEFT JOIN quell.seals s ON s.tenant_id = c.tenant_id AND s.seq = c.seq
           WHERE c.tenant_id = $1 AND c.seq >= $2 ORDER BY c.seq"#,
        tenant.0,
        from,
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let hash = seal_of("seal_checkpoints", row.seq, &row.hash)?;
        chain.checkpoint = Some(Checkpoint {
            seq: row.seq,
            hash,
            at: row.at.to_jiff(),
        });
        hold(
            chain,
            scope,
            "the database's checkpoint",
            row.seq,
            &hash,
            row.sealed.as_deref(),
        );
    }
    for (_, seq, hash) in scope.checkpoints.iter().filter(|(its, ..)| *its == tenant) {
        let sealed = sqlx::query_scalar!(
            "SELECT hash FROM quell.seals WHERE tenant_id = $1 AND seq = $2",
            tenant.0,
            seq
        )
        .fetch_optional(&mut *tx)
        .await?;
        hold(
            chain,
            scope,
            "the given checkpoint",
            *seq,
            hash,
            sealed.as_deref(),
        );
    }
    Ok(())
}

fn hold(
    chain: &mut VerifiedChain,
    scope: &VerifyScope,
    whose: &str,
    seq: i64,
    hash: &Seal,
    sealed: Option<&[u8]>,
) {
    let finding = match sealed {
        Some(sealed) if sealed == hash.as_bytes() => return,
        Some(_) => differs(seq, format!("{whose} {seq} has another seal than the chain")),
        None if seq > chain.seq => cut_off(
            seq,
            format!("the chain ends at {}, and {whose} says {seq}", chain.seq),
        ),
        None => differs(seq, format!("{whose} {seq} is of a seal that is missing")),
    };
    chain.find(finding, scope.findings);
}

/// Rows that have no seal: those behind the end of what is sealed wait, and any other came in past the daemon.
async fn find_inserted(
    tx: &mut PgConnection,
    tenant: TenantId,
    scope: &VerifyScope,
    chain: &mut VerifiedChain,
    up_to: &(String, i64),
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        "SELECT t.id, t.entity, t.entity_id, t.to_state, t.by FROM quell.transitions t
         WHERE t.tenant_id = $1 AND (t.written_in, t.id) <= ($2::text::xid8, $3)
           AND ($4::timestamptz IS NULL OR t.at >= $4)
           AND NOT EXISTS (SELECT 1 FROM quell.seals s WHERE s.transition_id = t.id) ORDER BY t.id",
        tenant.0,
        up_to.0,
        up_to.1,
        scope.since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let finding = ChainFinding {
            what: Tampering::Inserted,
            seq: None,
            row: Some(row.id),
            told: format!(
                "row {}, {} {} to {} by {}, has no seal, and rows after it have",
                row.id, row.entity, row.entity_id, row.to_state, row.by
            ),
        };
        chain.find(finding, scope.findings);
    }
    let waiting = sqlx::query!(
        r#"SELECT count(*) AS "rows!", min(at) AS since FROM quell.transitions
           WHERE tenant_id = $1 AND (written_in, id) > ($2::text::xid8, $3)
             AND written_in < pg_snapshot_xmax(pg_current_snapshot())"#,
        tenant.0,
        up_to.0,
        up_to.1,
    )
    .fetch_one(tx)
    .await?;
    chain.waiting = waiting.rows.try_into().unwrap_or(0);
    chain.waiting_since = waiting.since.map(jiff_sqlx::Timestamp::to_jiff);
    Ok(())
}

fn cut_off(seq: i64, told: String) -> ChainFinding {
    ChainFinding {
        what: Tampering::CutOff,
        seq: Some(seq),
        row: None,
        told,
    }
}

fn differs(seq: i64, told: String) -> ChainFinding {
    ChainFinding {
        what: Tampering::CheckpointDiffers,
        seq: Some(seq),
        row: None,
        told,
    }
}

/// How fast rows were verified.
pub fn per_second(rows: u64, took: Duration) -> f64 {
    // INVARIANT: no chain has so many rows that the last digit matters.
    rows as f64 / took.as_secs_f64().max(0.001)
}
