//! The roles of least privilege: `quell_app` runs the daemon and the operators' commands, `quell_intake` only delivers events,
//! `quell_submit` only calls `quell.submit_event`, `quell_read` only looks. Whoever owns the schema migrates it, and nothing else should connect as the owner.
//!
//! Called by `quell db roles`, and after each migration where the roles are there. Roles belong to the whole server, so no
//! migration makes them; they cannot log in, people and daemons log in with roles that are members of them.

use sqlx::{Executor as _, PgConnection, PgPool};

use crate::store::{Store, StoreError};

/// What makes the roles that are not there yet.
const CREATE: &str = "DO $roles$
DECLARE
    its text;
BEGIN
    FOREACH its IN ARRAY ARRAY['quell_app', 'quell_intake', 'quell_read', 'quell_submit'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = its) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', its);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- somebody else was faster
            END;
        END IF;
    END LOOP;
END $roles$;
";

/// What says what they may do.
const GRANT: &str = include_str!("roles.sql");

/// Everything that [`Store::roles_make`] runs, for an administrator who runs it himself.
pub fn script() -> String {
    format!("{CREATE}\n{GRANT}")
}

impl Store {
    /// Makes the roles that are not there, and says anew what each may do. May be repeated, and run beside daemons.
    ///
    /// # Errors
    /// Postgres is not available, or this role may not make roles or does not own the schema.
    pub async fn roles_make(&self) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        tx.execute(CREATE).await?;
        tx.execute(GRANT).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Says what the roles may do where that was left undone: whoever migrated died before it could.
pub(super) async fn renew_where_lacking(pool: &PgPool) -> Result<(), StoreError> {
    let are_lacking = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM pg_roles r, pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
             WHERE r.rolname = 'quell_read' AND n.nspname = 'quell' AND pg_has_role(n.nspowner, 'MEMBER')
             AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
             AND NOT has_any_column_privilege(r.oid, c.oid, 'SELECT')) AS "are!""#
    )
    .fetch_one(pool)
    .await?;
    if are_lacking {
        renew(&mut *pool.acquire().await?).await?;
    }
    Ok(())
}

/// Says anew what the roles may do, if they are there: a migration may have brought tables.
pub(super) async fn renew(connection: &mut PgConnection) -> Result<(), StoreError> {
    let are_there = sqlx::query_scalar!(
        r#"SELECT count(*) = 3 AS "are!" FROM pg_roles WHERE rolname IN ('quell_app', 'quell_intake', 'quell_read')"#
    )
    .fetch_one(&mut *connection)
    .await?;
    if are_there {
        connection.execute(GRANT).await?;
    }
    Ok(())
}
