//! Every invariant that the database can show, asked of it: each check is one question that must find nothing.
//!
//! Called by `cli::audit` and by the tests. It reads one snapshot and changes nothing, so it may run beside the daemon;
//! while it reads, Postgres keeps old row versions. What the database cannot show is named in [`NOT_SHOWN`].

mod answers;
mod calls;
mod flow;
mod history;
mod lifecycle;
mod permits;
mod probes;
mod tasks;
mod windows;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;

use crate::domain::budget::{BudgetScope, Window};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// What the audit looks at.
#[derive(Clone, Debug)]
pub struct AuditScope {
    /// One tenant only; `None`: all of the database.
    pub tenant: Option<TenantId>,
    /// Only what happened since; `None`: everything that is kept.
    pub since: Option<Timestamp>,
    /// Rows told of each check, at most; they are counted all the same.
    pub rows: i64,
    /// The windows that each tenant's ledger is held against.
    pub ledgers: Vec<Ledger>,
}

impl AuditScope {
    /// Each known ledger's tenant, and its seconds until the latest count.
    fn latest_counts(&self) -> (Vec<i32>, Vec<f64>) {
        let counts = self.ledgers.iter();
        counts
            .map(|ledger| (ledger.tenant.0, ledger.latest_count.as_secs_f64()))
            .unzip()
    }
}

/// The windows of one tenant.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Whose.
    pub tenant: TenantId,
    /// Which calls share a counter.
    pub scope: BudgetScope,
    /// The windows of calls that change something.
    pub actions: Vec<Window>,
    /// The windows of reads, where they have their own.
    pub reads: Vec<Window>,
    /// The windows of looks at the antivirus, which count among the reads too.
    pub antivirus: Vec<Window>,
    /// From the reservation until the latest moment at which Defender can have counted an unanswered call.
    pub latest_count: Duration,
}

/// A row that must not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// The tenant's name.
    pub tenant: String,
    /// When it happened, where that is known.
    pub at: Option<Timestamp>,
    /// The row: the id of an event, a containment, an action or an attempt, or the key of another.
    pub row: String,
    /// The device, if it is about one.
    pub device: Option<String>,
    /// What is wrong.
    pub what: String,
}

/// What one check found.
#[derive(Clone, Debug, Serialize)]
pub struct AuditResult {
    /// Its name.
    pub check: &'static str,
    /// The invariant of docs/ARCHITECTURE.md; `desired state` for what follows from the containments.
    pub invariant: &'static str,
    /// What holds.
    pub sentence: &'static str,
    /// How many rows speak against it.
    pub total: i64,
    /// The first of them.
    pub rows: Vec<AuditRow>,
    /// How long it took.
    pub seconds: f64,
}

/// What came of an audit.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The moment of the snapshot.
    pub at: Timestamp,
    /// Each check, in the order of the invariants.
    pub checks: Vec<AuditResult>,
    /// Tenants with attempts whose windows are not known.
    pub unknown_ledgers: Vec<String>,
}

/// What the database cannot show, by invariant, and where it shows instead.
pub const NOT_SHOWN: &[(&str, &str)] = &[
    (
        "1",
        "that no call left without its attempt: only Defender's own list knows; the orphan sweep and the simulator's journal look there",
    ),
    (
        "4",
        "the windows as Defender counts them: the ledger bounds them from above, a 429 would tell otherwise",
    ),
    (
        "6",
        "the protections, caps and facts of a device at the moment of an attempt: the gate weighs them anew and keeps only what it refused",
    ),
    (
        "7",
        "that a failed reload changed nothing in memory: the log and `quell playbooks list` tell",
    ),
    (
        "10",
        "secrets in logs, metrics and errors: they are not in the database",
    ),
];

/// One question that must find nothing.
struct Check {
    name: &'static str,
    invariant: &'static str,
    sentence: &'static str,
    ask: Ask,
}

type Ask = for<'a> fn(&'a mut PgConnection, &'a AuditScope) -> Answer<'a>;
type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<Found>, sqlx::Error>> + Send + 'a>>;

/// A row as it is found; `total` counts all that were.
struct Found {
    tenant: String,
    at: Option<jiff_sqlx::Timestamp>,
    row: String,
    device: Option<String>,
    what: String,
    total: i64,
}

/// A question: a SELECT of tenant_id, at, row, device and what. `ledgers` has the seconds until the latest count, by tenant.
macro_rules! finds_nothing {
    ($name:literal, $invariant:literal, $sentence:literal, $sql:literal) => {
        crate::store::audit::Check {
            name: $name,
            invariant: $invariant,
            sentence: $sentence,
            ask: |connection, scope| {
                Box::pin(async move {
                    let (tenants, latest) = scope.latest_counts();
                    sqlx::query_as!(
                        crate::store::audit::Found,
                        "WITH ledgers (tenant_id, latest) AS (SELECT * FROM unnest($4::int[], $5::float8[]))
                         SELECT coalesce(t.name, found.tenant_id::text, '') AS \"tenant!\", found.at AS \"at?\",
                                coalesce(found.row, '') AS \"row!\", found.device AS \"device?\",
                                coalesce(found.what, '') AS \"what!\", count(*) OVER () AS \"total!\"
                         FROM (" + $sql + ") AS found (tenant_id, at, row, device, what)
                         LEFT JOIN quell.tenants t ON t.id = found.tenant_id
                         WHERE ($1::int IS NULL OR found.tenant_id = $1)
                           AND ($2::timestamptz IS NULL OR found.at IS NULL OR found.at >= $2)
                         ORDER BY found.at DESC NULLS LAST, found.row LIMIT $3",
                        scope.tenant.map(|tenant| tenant.0),
                        scope.since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
                        scope.rows,
                        &tenants,
                        &latest,
                    )
                    .fetch_all(connection)
                    .await
                })
            },
        }
    };
}
use finds_nothing;

/// All that are one question.
fn checks() -> impl Iterator<Item = &'static Check> {
    let all = [
        calls::CHECKS,
        permits::CHECKS,
        answers::CHECKS,
        flow::CHECKS,
        history::CHECKS,
        lifecycle::CHECKS,
        tasks::CHECKS,
        probes::CHECKS,
    ];
    all.into_iter().flatten()
}

/// Every check: its name, its invariant, and what holds.
pub fn audit_checks() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let all = checks().chain([&windows::CHECK]);
    all.map(|check| (check.name, check.invariant, check.sentence))
}

impl Store {
    /// Asks everything of one snapshot. `progress` hears the name of each check before it is asked, with its number.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit(
        &self,
        scope: &AuditScope,
        mut progress: impl FnMut(&'static str, usize),
    ) -> Result<Audit, StoreError> {
        let mut tx = self
            .pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        // It may take minutes on a large ledger; most of that is sorting.
        sqlx::query!(
            "SELECT set_config(name, value, true) FROM (VALUES ('statement_timeout', '0'),
                 ('idle_in_transaction_session_timeout', '0'), ('jit', 'off'), ('work_mem', '64MB')) AS settings (name, value)"
        )
        .fetch_all(&mut *tx)
        .await?;
        let at = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?;
        let mut results = Vec::new();
        for (number, check) in checks().enumerate() {
            progress(check.name, number);
            let began = crate::clock::Monotonic::now();
            let found = (check.ask)(&mut tx, scope).await?;
            results.push(result(check, began, found));
        }
        progress(windows::CHECK.name, results.len());
        let began = crate::clock::Monotonic::now();
        let found = windows::above_a_limit(&mut tx, scope).await?;
        results.push(result(&windows::CHECK, began, found));
        results.sort_by_key(|result| result.invariant.parse().unwrap_or(u8::MAX));
        let unknown_ledgers = windows::without_windows(&mut tx, scope).await?;
        tx.rollback().await?;
        Ok(Audit {
            at: at.to_jiff(),
            checks: results,
            unknown_ledgers,
        })
    }

    /// The tenants of the database.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn tenants(&self) -> Result<Vec<(TenantId, String)>, StoreError> {
        let rows = sqlx::query!("SELECT id, name FROM quell.tenants ORDER BY name")
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(|row| (TenantId(row.id), row.name)).collect())
    }
}

fn result(check: &Check, began: crate::clock::Monotonic, found: Vec<Found>) -> AuditResult {
    let total = found.iter().map(|found| found.total).max().unwrap_or(0);
    let rows = found.into_iter().map(|found| AuditRow {
        tenant: found.tenant,
        at: found.at.map(jiff_sqlx::Timestamp::to_jiff),
        row: found.row,
        device: found.device,
        what: found.what,
    });
    AuditResult {
        check: check.name,
        invariant: check.invariant,
        sentence: check.sentence,
        total,
        rows: rows.collect(),
        seconds: began.elapsed().as_secs_f64(),
    }
}
