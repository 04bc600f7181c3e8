//! What a test asks the database, or does to it, behind the daemon's back.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor, Row};

use super::waiting::eventually;
use super::world::World;

impl World {
    /// A number that the database tells.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self
            .connect()
            .await
            .fetch_one(AssertSqlSafe(sql.to_owned()))
            .await;
        row.unwrap_or_else(|error| panic!("{error}: {sql}")).get(0)
    }

    /// The first column of every row, as text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self
            .connect()
            .await
            .fetch_all(AssertSqlSafe(sql.to_owned()))
            .await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
        rows.iter()
            .map(|row| row.get::<Option<String>, _>(0).unwrap_or_default())
            .collect()
    }

    /// Changes something behind the daemon's back.
    pub async fn execute(&self, sql: &str) {
        let done = self.connect().await.execute(AssertSqlSafe(sql.to_owned())).await;
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Waits until a question to the database is answered with true.
    pub async fn until(&self, deadline: Duration, sql: &str) {
        let mut connection = self.connect().await;
        eventually(sql, deadline, async || {
            let row = connection.fetch_one(AssertSqlSafe(sql.to_owned())).await;
            row.unwrap_or_else(|error| panic!("{error}: {sql}")).get(0)
        })
        .await;
    }
}
