//! What it means that migrations could not be read or applied. Called by [`super::Store::migrate`] and
//! [`super::Store::migration_state`]; it decides nothing but whether waiting helps.

use sqlx::migrate::MigrateError;

use crate::store::StoreError;

/// So long a migration waits for a lock, as Postgres writes it. Whoever wants the table meanwhile waits behind it.
pub(super) const GIVES_WAY: &str = "2s";

impl From<MigrateError> for StoreError {
    /// A connection that broke on the way says nothing about the migrations: whoever starts then waits and looks again, as for
    /// a Postgres that is away. Each migration is a transaction, so nothing is left of the one that was cut off, or gave way.
    fn from(error: MigrateError) -> Self {
        let (error, version) = match error {
            MigrateError::Execute(error) => (error, None),
            MigrateError::ExecuteMigration(error, version) => (error, Some(version)),
            other => return Self::Migration(other),
        };
        if let sqlx::Error::Database(refusal) = &error
            // Neither the lock that it waited for too long nor the deadlock that it was ended for says anything against it.
            && refusal.code().is_some_and(|code| code == "55P03" || code == "40P01")
        {
            return Self::GaveWay {
                version,
                source: error,
            };
        }
        match (Self::from(error), version) {
            (Self::Refused(error), None) => Self::Migration(MigrateError::Execute(error)),
            (Self::Refused(error), Some(version)) => {
                Self::Migration(MigrateError::ExecuteMigration(error, version))
            }
            (unavailable, _) => unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_lost_in_a_migration_is_waited_for_and_a_bad_migration_is_not() {
        let is_waited_for = |error: MigrateError| StoreError::from(error).is_unavailable();
        assert!(is_waited_for(MigrateError::Execute(sqlx::Error::WorkerCrashed)));
        assert!(is_waited_for(MigrateError::ExecuteMigration(
            sqlx::Error::PoolTimedOut,
            7
        )));
        assert!(!is_waited_for(MigrateError::VersionMismatch(7)));
        let refused = StoreError::from(MigrateError::ExecuteMigration(sqlx::Error::RowNotFound, 7));
        assert!(matches!(
            refused,
            StoreError::Migration(MigrateError::ExecuteMigration(_, 7))
        ));
    }
}
