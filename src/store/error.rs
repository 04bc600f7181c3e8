//! Why the store could not do as asked, and whether waiting helps. The only place that reads Postgres' error codes.

/// Why the store could not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Postgres cannot be reached, is starting or stopping: try again later, nothing is lost.
    #[error("postgres is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A first connection could not be made.
    #[error("postgres at `{address}` cannot be reached")]
    Unreachable {
        /// Where, without a password.
        address: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// Postgres refused a statement.
    #[error("postgres refused a statement")]
    Refused(#[source] sqlx::Error),
    /// A row holds something that this version does not understand.
    #[error("row `{row}` of {table}.{column} holds `{value}`, which this version does not know")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What it holds.
        value: String,
    },
    /// A guarded update found another state than expected: somebody else was faster.
    #[error("{0} was changed by somebody else in the meantime")]
    Stale(&'static str),
    /// The migrations could not be applied.
    #[error("the database's migrations could not be applied")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Whoever migrates did not get a lock in time, and gave way: nothing of that migration was done.
    #[error("{}", match .version {
        Some(version) => format!("migration {version} waited for a lock and gave way: something holds a table, such as a dump or a transaction left open"),
        None => "somebody else is migrating this database".to_owned(),
    })]
    GaveWay {
        /// Which wanted to lock a table; without one somebody else was migrating.
        version: Option<i64>,
        /// What Postgres said.
        #[source]
        source: sqlx::Error,
    },
    /// A value could not be written as JSON.
    #[error("a value could not be read or written as JSON")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// Whether the values of one row are at fault: data that Postgres refuses, or that cannot be read. Anything else
    /// (another version's schema, a missing right) would fail for every row alike.
    pub fn is_of_a_row(&self) -> bool {
        match self {
            Self::Json(_) => true,
            Self::Refused(sqlx::Error::Database(error)) => error
                .code()
                .is_some_and(|code| code.starts_with("22") || code.starts_with("23")),
            _ => false,
        }
    }

    /// Whether a named constraint, or a trigger in its name, refused a statement.
    pub(super) fn is_refused_by(&self, constraint: &str) -> bool {
        match self {
            Self::Refused(sqlx::Error::Database(error)) => error.constraint() == Some(constraint),
            _ => false,
        }
    }

    /// Postgres was asked and has not answered in time.
    pub fn silent() -> Self {
        Self::Unavailable(sqlx::Error::Io(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            "no answer on an open connection",
        )))
    }

    /// Whether it took too long: no answer in time, or Postgres gave the statement up (`query_canceled`). Less at once may do.
    pub fn is_too_slow(&self) -> bool {
        match self {
            Self::Unavailable(sqlx::Error::Io(error)) => error.kind() == std::io::ErrorKind::TimedOut,
            Self::Unavailable(sqlx::Error::Database(error)) | Self::Refused(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code == "57014")
            }
            _ => false,
        }
    }

    /// Whether waiting helps.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::GaveWay { .. })
    }

    /// Whether a migration gave way to somebody who holds a table: try again, but not at once, since each try lets others wait.
    pub fn gave_way(&self) -> bool {
        matches!(self, Self::GaveWay { version: Some(_), .. })
    }

    /// Whether somebody else is migrating: when it is done, nothing is left to do.
    pub fn is_others_migrating(&self) -> bool {
        matches!(self, Self::GaveWay { version: None, .. })
    }

    /// Whether a value that was looked for cannot stand in the database: a text with a zero byte, a time before its calendar.
    pub fn is_no_value(&self) -> bool {
        match self {
            Self::Refused(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code.starts_with("22"))
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => true,
            // 08 connection, 53 resources, 57P shutdown and start-up, 40 a serialisation conflict or deadlock.
            sqlx::Error::Database(db) => db.code().is_some_and(|code| {
                ["08", "53", "57P", "40", "55P03", "57014"]
                    .iter()
                    .any(|class| code.starts_with(class))
            }),
            _ => false,
        };
        if unavailable {
            Self::Unavailable(error)
        } else {
            Self::Refused(error)
        }
    }
}
