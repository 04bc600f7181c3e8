//! Postgres: the only place with SQL. One file a table or a transaction; every change of state is guarded by the state
//! it leaves, and counts its rows.
//!
//! Lock order, everywhere: the budget's row, then device rows in the order of their ids, then the limits' advisory lock, then
//! everything else. The gate never waits for a device (`SKIP LOCKED`), so whoever holds devices may close the gate.

mod access_tokens;
mod accounts;
mod acting;
mod actions;
mod alarms;
mod alert_infos;
mod alerts;
pub mod approvals;
mod asides;
mod attempts;
pub mod audit;
mod by_hand;
mod cancels;
pub mod cap_lifts;
mod containments;
mod converge;
pub mod courses;
pub mod dead_letters;
mod decide;
mod decisions;
mod deliveries;
mod devices;
mod drift;
mod effects;
mod error;
mod events;
mod extensions;
mod fallbacks;
mod figures;
pub mod gate;
mod heartbeats;
pub mod identify;
mod inbox;
pub mod inventory;
mod jumps;
mod leases;
mod ledger;
mod listing;
mod lookups;
mod migrating;
pub mod outbox;
mod overdue;
mod packing;
mod playbook_files;
mod playbooks;
mod pools;
mod probes;
mod queue;
mod release_runs;
mod replay;
mod restores;
mod retention;
pub mod roles;
mod safety;
pub mod seals;
mod sessions;
mod settle;
pub mod source_looks;
mod sources;
mod statistics;
mod stops;
mod strays;
mod submissions;
mod surges;
mod tallies;
mod tasks;
pub mod views;
mod wakes;
pub mod written_once;

use std::time::Duration;

use sqlx::migrate::Migrate as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool};

pub use access_tokens::{AccessTokenView, KnownToken, NewAccessToken, Revoked, TokenState};
pub use accounts::{Accounts, PlaybookAccounts};
pub use actions::{ActionRow, OpenAction, QueuedChange};
pub use alarms::AlarmKind;
pub use attempts::AnswerRecord;
pub use by_hand::{Begun, ByHand, ByHandOutcome};
pub use cancels::CancelGrant;
pub use containments::{ContainmentChange, MeasureRelease, OperatorRelease};
pub use decide::{DecideTx, DecisionRow, InboxItem, Waiting};
pub use deliveries::{Answering, FirstAnswer, Once};
pub use devices::{DeviceRow, FactsFound};
pub use drift::DriftLook;
pub use effects::NewContainment;
pub use error::StoreError;
pub use events::Beside;
pub use extensions::{Extend, Extended, NewEnd};
pub use figures::{Figures, LaneFigures};
pub use gate::{Gate, GateOutcome, Grant};
pub use inbox::{HeldEvent, InboxLook, Part, Room};
pub use inventory::Counted;
pub use jumps::ClockLook;
pub use leases::Hold;
pub use ledger::ReadOutcome;
pub use listing::Finding;
pub use lookups::LookupFound;
pub use overdue::{Overdue, OverdueDevice};
pub use playbook_files::{FilesLook, LIVING, ReplicaFiles};
pub use playbooks::{Activation, ActiveSet, Origin, RevisionText, SetHead};
pub use probes::{ProbeCall, ProbeWish, Probed, ProbedAction};
pub use queue::QueueLook;
pub use release_runs::{Kept, Preview, RunView, Selection, Worked};
pub use replay::{PastContainment, Replay, ReplayFacts, ReplayPage, ReplayRow, ReplaySpan, Unreadable};
pub use restores::Swept;
pub use retention::{OldPartition, Pruned, Retention};
pub use safety::SafetyOptions;
pub use sessions::{KnownSession, NewSession};
pub use sources::{Fence, Held, PartRow};
pub use stops::{ResumeOrder, Resumed, StopOrder, StopView, StopWork};
pub use strays::{StraySpans, StraysTaken};
pub use submissions::Submission;
pub use tasks::NewWish;
use wakes::wake;
pub use wakes::{Wake, Wakes};

use crate::domain::task::TaskLimit;
use crate::domain::tenant::TenantId;
use crate::failpoint;

/// What the store needs to know.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `postgres://…`.
    pub url: secrecy::SecretString,
    /// Connections at most.
    pub max_connections: u32,
    /// A queued restrict that was not sent within this span expires.
    pub validity: Duration,
    /// The delays after the first, second, … action in a row that came to nothing. After the last, a restrict is given
    /// up (its containments need attention); a release goes on, ever slower.
    pub retry_delays: Vec<Duration>,
    /// The first delay of a release that goes on beyond them; it doubles, up to a day's worth (144 times this).
    pub retry_cap: Duration,
}

/// A handle on Postgres; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
    /// For the way of an event.
    swift: PgPool,
    /// Which process this is, among those that are told of each other's commits.
    origin: uuid::Uuid,
    validity: Duration,
    retry_delays: std::sync::Arc<[Duration]>,
    retry_cap: Duration,
    safety: Option<std::sync::Arc<safety::Safety>>,
    tasks: TaskLimit,
    scan_settles: Duration,
    /// Shared by all handles: what the claimers saw, and how full the inboxes are.
    floors: std::sync::Arc<inbox::Floors>,
    meters: std::sync::Arc<inbox::Meters>,
    /// On whose behalf an operator's transactions are.
    act: Option<std::sync::Arc<acting::Act>>,
}

/// Within this span a connection that is idle answers a word.
const ANSWER: Duration = Duration::from_secs(5);

/// A server that is there has taken a connection within this.
const AT_ONCE: Duration = Duration::from_millis(300);

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// How many migrations this program carries, and the number of the newest.
pub fn migrations_carried() -> (usize, Option<i64>) {
    let numbers = MIGRATOR.iter().map(|migration| migration.version);
    (numbers.clone().count(), numbers.max())
}

/// What is known of the migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// The database has exactly the migrations of this version.
    Current,
    /// `quell db migrate` is due.
    Behind,
    /// A newer version has migrated the database.
    Ahead,
}

impl Store {
    /// Prepares the pool; nothing is connected yet, so that a start does not depend on Postgres.
    ///
    /// # Errors
    /// The URL cannot be read.
    pub fn new(options: &StoreOptions) -> Result<Self, StoreError> {
        use secrecy::ExposeSecret as _;
        let connect: PgConnectOptions = options.url.expose_secret().parse()?;
        let connect = connect.application_name("quell").options([
            ("statement_timeout", "15s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "30s"),
            // Nothing here runs long enough to be worth compiling.
            ("jit", "off"),
        ]);
        let (pool, swift) = pools::open(connect, options.max_connections);
        let retry_delays = options.retry_delays.clone().into();
        Ok(Self {
            pool,
            swift,
            origin: uuid::Uuid::new_v4(),
            validity: options.validity,
            retry_delays,
            retry_cap: options.retry_cap,
            safety: None,
            tasks: TaskLimit::default(),
            scan_settles: tasks::SCAN_SETTLES,
            floors: std::sync::Arc::default(),
            meters: std::sync::Arc::default(),
            act: None,
        })
    }

    /// Applies the migrations, under sqlx's advisory lock: of several replicas one migrates, the others wait. Where all are
    /// applied it does nothing, so it needs no right to do anything.
    ///
    /// # Errors
    /// [`StoreError::Migration`], or Postgres is not available; [`StoreError::GaveWay`] where a lock was not had.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        if self.is_migrated().await? {
            return match self.migration_state().await? {
                MigrationState::Current => roles::renew_where_lacking(&self.pool).await,
                // What a newer version brought is the newer version's to give.
                MigrationState::Ahead | MigrationState::Behind => Ok(()),
            };
        }
        // A connection of its own: a migration may take longer than any statement of the daemon's. But whoever waits for a table
        // lets everybody wait who comes after, so a migration gives way soon.
        let options = self.pool.connect_options().as_ref().clone().options([
            ("statement_timeout", "0"),
            ("lock_timeout", migrating::GIVES_WAY),
            // For a role called `quell` the schema of that name comes first, and a second list of migrations would begin there.
            ("search_path", "public"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        failpoint::waiting!(Migration, MIGRATOR.run(&pool)).await?;
        roles::renew(&mut *pool.acquire().await?).await?;
        pool.close().await;
        Ok(())
    }

    /// Compares the database's migrations with this version's.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn migration_state(&self) -> Result<MigrationState, StoreError> {
        let applied = self.applied_migrations().await?.into_iter().max();
        let newest = MIGRATOR.iter().map(|migration| migration.version).max();
        Ok(match applied.cmp(&newest) {
            std::cmp::Ordering::Less => MigrationState::Behind,
            std::cmp::Ordering::Equal => MigrationState::Current,
            std::cmp::Ordering::Greater => MigrationState::Ahead,
        })
    }

    async fn is_migrated(&self) -> Result<bool, StoreError> {
        let applied = self.applied_migrations().await?;
        Ok(MIGRATOR
            .iter()
            .all(|migration| applied.contains(&migration.version)))
    }

    async fn applied_migrations(&self) -> Result<Vec<i64>, StoreError> {
        let known =
            sqlx::query_scalar!(r#"SELECT to_regclass('public._sqlx_migrations') IS NOT NULL AS "known!""#)
                .fetch_one(&self.pool)
                .await?;
        if !known {
            return Ok(Vec::new());
        }
        let mut connection = self.pool.acquire().await?;
        let applied = connection
            .list_applied_migrations("public._sqlx_migrations")
            .await?;
        Ok(applied.into_iter().map(|migration| migration.version).collect())
    }

    /// Whether Postgres answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query_scalar!(r#"SELECT 1 AS "one!""#)
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }

    /// Connects: for a command whose first failure must come soon and say why, which the pool's does not. What answers at once stays
    /// in the pool, so that nobody connects twice.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], a moment after `within` at the latest.
    pub async fn reach(&self, within: Duration) -> Result<(), StoreError> {
        if let Ok(Ok(_)) = tokio::time::timeout(AT_ONCE.min(within), self.pool.acquire()).await {
            return Ok(());
        }
        let options = self.pool.connect_options();
        let connected = tokio::time::timeout(within, sqlx::PgConnection::connect_with(&options)).await;
        let source = match connected {
            Ok(Ok(connection)) => return Ok(connection.close().await?),
            Ok(Err(error)) => error,
            Err(_) => sqlx::Error::Io(std::io::Error::new(
                std::io::ErrorKind::TimedOut,
                format!("no answer within {within:?}"),
            )),
        };
        let host = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let address = match options.get_database() {
            Some(database) => format!("{host}/{database}"),
            None => host,
        };
        Err(StoreError::Unreachable { address, source })
    }

    /// The tenant of that name, made if it is new.
    ///
    /// # Errors
    /// Postgres is not available, or the name is not plain.
    pub async fn tenant_ensure(&self, name: &str) -> Result<TenantId, StoreError> {
        sqlx::query!(
            "INSERT INTO quell.tenants (name) VALUES ($1) ON CONFLICT DO NOTHING",
            name
        )
        .execute(&self.pool)
        .await?;
        let id = sqlx::query_scalar!("SELECT id FROM quell.tenants WHERE name = $1", name)
            .fetch_one(&self.pool)
            .await?;
        Ok(TenantId(id))
    }

    /// The time of the ledger.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn now(&self) -> Result<jiff::Timestamp, StoreError> {
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&self.pool)
            .await?;
        Ok(now.to_jiff())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.swift.close().await;
        self.pool.close().await;
    }
}

/// Who changes a state, and why: written on the row and into the audit.
#[derive(Clone, Copy, Debug)]
pub struct Because<'a> {
    /// `decide`, `gate`, `submit`, `reconcile`, `expire`, or an operator's name.
    pub by: &'a str,
    /// The reason, in a few words.
    pub reason: &'a str,
}

/// An error with its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text += &format!(": {inner}");
        cause = inner.source();
    }
    text
}
