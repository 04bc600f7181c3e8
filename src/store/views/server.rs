//! The Postgres server itself, as `quell doctor` looks at it: who it is, what the connection and its role are, and how many
//! connections are left. Reads the catalogue, so that most of it works before any migration.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{MIGRATOR, Store, StoreError};

/// The server, and this connection to it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ServerView {
    /// As it calls itself: `15.14 (Debian 15.14-0+deb12u1)`.
    pub version: String,
    /// `150014`.
    pub version_number: i32,
    /// Whether this connection is encrypted.
    pub is_tls: bool,
    /// Whether it goes over a socket of this machine, or its loopback address.
    pub is_local: bool,
    /// Whether it is a standby, which takes no writes.
    pub is_standby: bool,
    /// The server's clock.
    pub at: Timestamp,
    /// Connections it takes from roles like this one.
    pub connections: i64,
    /// Connections that are taken.
    pub taken: i64,
    /// The role as which statements run.
    pub role: String,
    /// The database.
    pub database: String,
}

/// What the role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RightsView {
    /// It may do everything on the whole server.
    pub is_superuser: bool,
    /// It owns quell's tables.
    pub is_owner: bool,
    /// It is a member of `quell_app`.
    pub is_app: bool,
    /// It may write the ledger, the actions and the audit.
    pub may_work: bool,
    /// It may read them.
    pub may_read: bool,
}

/// The database's migrations against those of this version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MigrationsView {
    /// The newest that is applied.
    pub applied: Option<i64>,
    /// The newest of this version.
    pub newest: Option<i64>,
    /// Of this version and not applied.
    pub due: usize,
    /// Applied and unknown to this version.
    pub unknown: usize,
}

/// Whether the database is the one that it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct IdentityView {
    /// This cluster, its timeline and the database.
    pub is: String,
    /// As it was when a daemon last looked; `None`: none has.
    pub seen: Option<String>,
    /// Until when nothing is called because the database was restored.
    pub held_until: Option<Timestamp>,
    /// The installation's own number for the tenant.
    pub installation: Option<i32>,
}

/// A replica that lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReplicaView {
    /// The machine.
    pub host: String,
    /// Its last word.
    pub seen_at: Timestamp,
    /// Whether it dispatches.
    pub dispatches: bool,
}

impl Store {
    /// The server, and this connection to it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn server(&self) -> Result<ServerView, StoreError> {
        let row = sqlx::query!(
            r#"SELECT current_setting('server_version') AS "version!", current_setting('server_version_num')::int AS "number!",
                 coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS "tls!",
                 inet_client_addr() IS NULL OR inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1' AS "local!",
                 pg_is_in_recovery() AS "standby!", clock_timestamp() AS "at!",
                 (current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
                  - coalesce(current_setting('reserved_connections', true)::bigint, 0)) AS "most!",
                 (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL) AS "taken!",
                 current_user::text AS "role!", current_database()::text AS "database!""#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(ServerView {
            version: row.version,
            version_number: row.number,
            is_tls: row.tls,
            is_local: row.local,
            is_standby: row.standby,
            at: row.at.to_jiff(),
            connections: row.most,
            taken: row.taken,
            role: row.role,
            database: row.database,
        })
    }

    /// What the role may do with quell's tables; without them, nothing.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn rights(&self) -> Result<RightsView, StoreError> {
        let row = sqlx::query!(
            r#"SELECT r.rolsuper AS "is_super!",
                 coalesce(pg_has_role(c.relowner, 'USAGE'), false) AS "owner!",
                 EXISTS (SELECT 1 FROM pg_roles m WHERE m.rolname = 'quell_app' AND pg_has_role(m.oid, 'USAGE')) AS "app!",
                 coalesce(has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'INSERT')
                   AND has_table_privilege(to_regclass('quell.actions'), 'UPDATE')
                   AND has_any_column_privilege(to_regclass('quell.transitions'), 'INSERT'), false) AS "work!",
                 coalesce(has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'), false)
                   AS "read!"
               FROM pg_roles r LEFT JOIN pg_class c ON c.oid = to_regclass('quell.attempts') WHERE r.rolname = current_user"#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(RightsView {
            is_superuser: row.is_super,
            is_owner: row.owner,
            is_app: row.app,
            may_work: row.work,
            may_read: row.read,
        })
    }

    /// The database's migrations against those of this version.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn migrations(&self) -> Result<MigrationsView, StoreError> {
        let applied = self.applied_migrations().await?;
        let known: Vec<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
        Ok(MigrationsView {
            due: known.iter().filter(|one| !applied.contains(one)).count(),
            unknown: applied.iter().filter(|one| !known.contains(one)).count(),
            applied: applied.into_iter().max(),
            newest: known.into_iter().max(),
        })
    }

    /// Whether the database is the one that it was, as far as this connection can tell.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn identity(&self, tenant: Option<TenantId>) -> Result<IdentityView, StoreError> {
        let tenant = tenant.map(|tenant| tenant.0);
        let row = sqlx::query!(
            r#"SELECT quell.cluster_identity() AS "is!", (SELECT identity FROM quell.cluster_seen) AS seen,
                 (SELECT held_until FROM quell.holds WHERE tenant_id = $1 AND held_until > quell.now()) AS held,
                 (SELECT installation FROM quell.tenants WHERE id = $1) AS installation"#,
            tenant,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(IdentityView {
            is: row.is,
            seen: row.seen,
            held_until: time(row.held),
            installation: row.installation,
        })
    }

    /// The replicas that live, the one that dispatches first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn replicas(
        &self,
        tenant: TenantId,
        within: std::time::Duration,
    ) -> Result<Vec<ReplicaView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT r.host, r.seen_at, l.holder IS NOT NULL AS "dispatches!" FROM quell.replicas r
               LEFT JOIN quell.leases l ON l.tenant_id = r.tenant_id AND l.holder = r.replica AND l.expires_at > quell.now()
               WHERE r.tenant_id = $1 AND r.seen_at > (SELECT quell.now()) - make_interval(secs => $2)
               ORDER BY l.holder IS NULL, r.host, r.seen_at"#,
            tenant.0,
            within.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        let replicas = rows.into_iter().map(|row| ReplicaView {
            host: row.host,
            seen_at: row.seen_at.to_jiff(),
            dispatches: row.dispatches,
        });
        Ok(replicas.collect())
    }
}

impl IdentityView {
    /// Whether it is the one that a daemon last saw, or nobody can tell.
    pub fn is_same(&self) -> bool {
        crate::store::safety::is_same(Some(&self.is), self.seen.as_deref())
    }
}
