//! The connections. Most of what is done shares one pool. The four transactions of an event's way take turns over few
//! connections of their own, because sqlx hands out the connection that has rested longest: with one event at a time each
//! transaction would find a backend whose statements are not prepared and whose caches are cold. Nothing is safe or unsafe by
//! which connection it runs on.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool, Postgres, Transaction};

use crate::store::{ANSWER, Store, StoreError};

/// A connection that was idle for longer is asked for a word before it is used.
const ASK_AFTER: Duration = Duration::from_secs(1);

/// So many connections are kept for the way of an event. The loops that make decisions and call need one each, the third
/// and the fourth are for what is accepted and answered meanwhile; more would only be colder.
const SWIFT: u32 = 4;

/// With fewer connections in all, there is one pool for everything.
const ENOUGH: u32 = 2 * SWIFT;

/// How many prepared statements a connection keeps: the daemon has more than sqlx's default of a hundred, and one that was
/// forgotten is prepared and planned anew.
const STATEMENTS: usize = 400;

/// How an event's statements are planned: once on each connection, without a look at what is asked for. They go by keys and by
/// partial indexes whose words stand in the statement, so that another value needs no other plan, and planning costs more than
/// running them. Workers or a compiler, started because of an estimate, would take longer than any of them.
const PLAN_ONCE: [(&str, &str); 2] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("max_parallel_workers_per_gather", "0"),
];

/// The pool for everything, and the one for the way of an event: of `max` connections together, none of which is open yet.
pub(super) fn open(connect: PgConnectOptions, max: u32) -> (PgPool, PgPool) {
    let connect = connect.statement_cache_capacity(STATEMENTS);
    if max < ENOUGH {
        let pool = options(max).connect_lazy_with(connect);
        return (pool.clone(), pool);
    }
    (
        options(max - SWIFT).connect_lazy_with(connect.clone()),
        options(SWIFT).connect_lazy_with(connect.options(PLAN_ONCE)),
    )
}

fn options(max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(max)
        .acquire_timeout(Duration::from_secs(3))
        // One that was in use a moment ago need not be asked whether it still lives: the answer would cost every
        // transaction a round trip, and one that has died is an outage like any other.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > ASK_AFTER {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        // A connection whose other end has fallen silent must not keep its place in the pool: sqlx's own look at a
        // connection that comes back has no end.
        .after_release(|connection, _| {
            Box::pin(async move {
                match tokio::time::timeout(ANSWER, connection.ping()).await {
                    Ok(answered) => answered.map(|()| true),
                    Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
                }
            })
        })
}

/// One pool of this process's connections.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct PoolView {
    /// `event` for the way of an event, `rest` for everything else; `all`: there is one for both.
    pub pool: &'static str,
    /// Connections at most.
    pub most: u32,
    /// Connections that are open.
    pub open: u32,
    /// Of these: connections that do nothing.
    pub idle: usize,
}

impl Store {
    /// This process's connections.
    pub fn pools(&self) -> Vec<PoolView> {
        let view = |name, pool: &PgPool| PoolView {
            pool: name,
            most: pool.options().get_max_connections(),
            open: pool.size(),
            idle: pool.num_idle(),
        };
        let most = self.pool.options().get_max_connections();
        if self.swift.options().get_max_connections() == most && most < ENOUGH {
            return vec![view("all", &self.pool)];
        }
        vec![view("event", &self.swift), view("rest", &self.pool)]
    }

    /// The pool that has a connection free for a step of an event's way: the swift one, or, when all of it is at work, the one
    /// for everything. It looks and does not reserve: who comes too late waits a moment.
    pub(super) fn swift(&self) -> &PgPool {
        if self.swift.num_idle() > 0 || self.swift.size() < SWIFT {
            &self.swift
        } else {
            &self.pool
        }
    }

    /// Begins a transaction of an event's way.
    pub(super) async fn begin_swift(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        Ok(self.swift().begin().await?)
    }
}
