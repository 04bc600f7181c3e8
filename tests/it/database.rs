//! What the harness promises to every other test.

use sqlx::{Connection, Executor, PgConnection, Row};

use crate::support::{OwnServer, TestDatabase};

#[tokio::test]
async fn each_test_has_a_database_of_its_own() {
    let (one, other) = (TestDatabase::new().await, TestDatabase::new().await);
    let mut connection = one.connect().await;
    connection
        .execute("CREATE TABLE only_here (a int)")
        .await
        .expect("the role owns its database");
    other
        .connect()
        .await
        .execute("SELECT a FROM only_here")
        .await
        .expect_err("the other database has no such table");
}

#[tokio::test]
async fn a_test_leaves_no_database_behind() {
    let kept = TestDatabase::new().await;
    let gone = TestDatabase::new().await;
    let url = gone.url.clone();
    drop(gone);
    PgConnection::connect(&url)
        .await
        .expect_err("the database was dropped with its test");
    kept.connect()
        .await
        .ping()
        .await
        .expect("the other test's database stays");
}

#[tokio::test]
async fn a_database_starts_with_the_migrations_applied() {
    let database = TestDatabase::new().await;
    let row = database
        .connect()
        .await
        .fetch_one("SELECT count(*) FROM _sqlx_migrations WHERE success")
        .await
        .expect("the migrations' table is there");
    let on_disk = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
        .expect("the migrations are there")
        .filter_map(Result::ok)
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "sql")
        })
        .count();
    assert_eq!(usize::try_from(row.get::<i64, _>(0)), Ok(on_disk));
}

#[tokio::test]
async fn a_server_of_ones_own_can_be_taken_away_and_given_back() {
    let mut server = OwnServer::start().await;
    let mut connection = PgConnection::connect(&server.url)
        .await
        .expect("the server is up");
    connection
        .execute("CREATE TABLE kept AS SELECT 1 AS a")
        .await
        .expect("the role owns the database");
    server.take_away().await;
    connection.ping().await.expect_err("the connection broke");
    server.give_back().await;
    let mut connection = PgConnection::connect(&server.url)
        .await
        .expect("the server is back");
    connection
        .execute("SELECT a FROM kept")
        .await
        .expect("what was committed is still there");
}
