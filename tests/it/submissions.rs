//! Events by SQL: the function takes what its source's roles may submit and nothing else, and each submission is stored once, with its
//! deletion, whoever dies when.

use std::time::Duration;

use quell::store::{Store, StoreOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::support::alert::storm_playbook;
use crate::support::{Setup, World, eventually};

/// A role of this process's own that may submit, and one that may not: roles belong to the server, which others use too.
fn role(name: &str) -> String {
    format!("{name}_{}", std::process::id())
}

async fn prepare(scale: u32) -> World {
    let world = Setup::new(scale, &[&storm_playbook()])
        .set("mode", "observe")
        .set(
            "sources",
            "[{name: db, sql: {}}, {name: other, trust: observe, sql: {roles: [quell_app]}}]",
        )
        .prepare()
        .await;
    let options = StoreOptions {
        url: world.database().url.clone().into(),
        max_connections: 2,
        validity: Duration::from_secs(3_600),
        retry_delays: Vec::new(),
        retry_cap: Duration::from_secs(600),
    };
    let store = Store::new(&options).expect("the URL is ours");
    store.roles_make().await.expect("the tests' role may make roles");
    store.close().await;
    let mut connection = world.connect().await;
    for (role, member_of) in [(role("siem"), " IN ROLE quell_submit"), (role("stranger"), "")] {
        let make = format!(
            "DO $$ BEGIN CREATE ROLE {role} LOGIN{member_of}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        connection
            .execute(AssertSqlSafe(make))
            .await
            .expect("the tests' role may make roles");
    }
    world
}

/// A connection on which that role has logged in.
async fn login(world: &World, name: &str) -> PgConnection {
    let mut connection = world.connect().await;
    let sql = format!("SET SESSION AUTHORIZATION {}", role(name));
    connection
        .execute(AssertSqlSafe(sql))
        .await
        .expect("the tests' role is a superuser");
    connection
}

async fn refused(connection: &mut PgConnection, sql: &str, code: &str, words: &str) {
    let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
    let error = done.err().unwrap_or_else(|| panic!("this is allowed: {sql}"));
    let error = error.as_database_error().expect("postgres refused it");
    assert_eq!(error.code().as_deref(), Some(code), "{sql}: {error}");
    assert!(error.message().contains(words), "{sql}: {error}");
}

const ALERT: &str = r#"{"quell":"event.v1","alert":{"id":"sql-%s","severity":"high"},"devices":["24c222b0b60fe148eeece49ac83910cc6a7ef491"]}"#;

#[tokio::test]
async fn only_members_submit_only_to_their_sources_and_what_is_rolled_back_never_was() {
    let mut world = prepare(20).await;
    let mut siem = login(&world, "siem").await;
    let call =
        |source: &str, payload: &str| format!("SELECT quell.submit_event('test', '{source}', {payload})");
    refused(
        &mut siem,
        &call("db", "'{}'"),
        "22023",
        "the tenant `test` has no source `db` that takes events by SQL",
    )
    .await;
    world.start().await;
    eventually(
        "the database knows the sources",
        Duration::from_secs(10),
        async || world.number("SELECT count(*) FROM quell.sql_sources").await == 2,
    )
    .await;
    // What nobody takes holds up its own source alone, however many came after it.
    let mut owner = world.connect().await;
    for sql in [
        "INSERT INTO quell.submissions (tenant_id, source, payload) SELECT id, 'gone', 'x' FROM quell.tenants",
        "SELECT setval(pg_get_serial_sequence('quell.submissions', 'seq'), 200000)",
    ] {
        owner.execute(sql).await.expect("the test owns its database");
    }
    let mut many = owner.begin().await.expect("the database is up");
    many.execute(
        "INSERT INTO quell.submissions (tenant_id, source, payload)
         SELECT t.id, 'other', 'x' FROM quell.tenants t, generate_series(1, 100001) WHERE t.name = 'test'",
    )
    .await
    .expect("the test owns its database");
    many.execute("SELECT quell.submit_event('test', 'db', '{}'::text)")
        .await
        .expect("that source has room");
    refused(
        &mut many,
        &call("other", "'{}'::text"),
        "53400",
        "too many events wait",
    )
    .await;
    many.rollback().await.expect("the database is up");
    let alert = |n: u32| format!("'{}'", ALERT.replace("%s", &n.to_string()));
    for payload in [
        alert(1),
        format!("{}::json", alert(2)),
        format!("{}::jsonb", alert(3)),
        format!("convert_to({}, 'UTF8')", alert(4)),
        "'no JSON'".to_owned(),
    ] {
        let call = call("db", &payload);
        siem.execute(AssertSqlSafe(call.clone()))
            .await
            .unwrap_or_else(|error| panic!("{call}: {error}"));
    }
    let mut undone = siem.begin().await.expect("the database is up");
    undone
        .execute(AssertSqlSafe(call("db", &alert(5))))
        .await
        .expect("it is allowed");
    undone.rollback().await.expect("the database is up");
    refused(
        &mut siem,
        &call("other", "'{}'"),
        "42501",
        "may not submit to the source `other`",
    )
    .await;
    refused(&mut siem, &call("none", "'{}'"), "22023", "has no source `none`").await;
    refused(
        &mut siem,
        &call("db", "''"),
        "22023",
        "there is nothing in the payload",
    )
    .await;
    refused(
        &mut siem,
        &call("db", "NULL::text"),
        "22023",
        "there is nothing in the payload",
    )
    .await;
    refused(
        &mut siem,
        &call("db", "repeat('x', 1048577)"),
        "54000",
        "1048576 are taken at most",
    )
    .await;
    for sql in [
        "SELECT * FROM quell.submissions",
        "INSERT INTO quell.submissions (tenant_id, source, payload) VALUES (1, 'other', 'x')",
        "DELETE FROM quell.submissions",
        "UPDATE quell.sql_sources SET roles = '{quell_submit}'",
        "SELECT * FROM quell.events",
        "INSERT INTO quell.inbox (tenant_id) VALUES (1)",
    ] {
        refused(&mut siem, sql, "42501", "permission denied").await;
    }
    let mut stranger = login(&world, "stranger").await;
    refused(&mut stranger, &call("db", "'{}'"), "42501", "permission denied").await;
    eventually("all is taken", Duration::from_secs(20), async || {
        world
            .number("SELECT count(*) FROM quell.submissions WHERE source <> 'gone'")
            .await
            == 0
    })
    .await;
    world.until_idle(Duration::from_secs(20)).await;
    let events = "SELECT count(*) FROM quell.events WHERE source = 'db' AND alert_id IN ('sql-1', 'sql-2', 'sql-3', 'sql-4')";
    assert_eq!(world.number(events).await, 4);
    assert_eq!(
        world.number("SELECT count(*) FROM quell.events").await,
        4,
        "what was rolled back never was"
    );
    let dead = "SELECT count(*) FROM quell.dead_letters WHERE source = 'db' AND reason LIKE 'broken_json: %(submission %)'";
    assert_eq!(world.number(dead).await, 1);
    world.finish().await;
}

async fn killed(point: &str) {
    let mut world = prepare(20).await;
    world.start().await;
    eventually(
        "the database knows the sources",
        Duration::from_secs(10),
        async || world.number("SELECT count(*) FROM quell.sql_sources").await == 2,
    )
    .await;
    world.terminate().await;
    let mut siem = login(&world, "siem").await;
    let submit = format!(
        "SELECT quell.submit_event('test', 'db', format('{ALERT}', n)) FROM generate_series(1, 1100) AS n"
    );
    siem.execute(AssertSqlSafe(submit)).await.expect("it is allowed");
    let mut daemon = world.spawn(&[], Some(&format!("{point}:2")));
    daemon.death(Duration::from_secs(60)).await;
    let stored = world.number("SELECT count(*) FROM quell.events").await;
    let waiting = world.number("SELECT count(*) FROM quell.submissions").await;
    assert!(
        stored > 0 && waiting > 0,
        "it died in the middle: {stored} stored, {waiting} wait"
    );
    assert_eq!(stored + waiting, 1_100, "each is in one place");
    let mut connection = world.connect().await;
    let freed = connection
        .execute("UPDATE quell.source_parts SET holder = NULL, held_until = NULL")
        .await;
    freed.expect("it can be changed");
    world.start().await;
    let _other = world.another().await;
    eventually("all is taken", Duration::from_secs(30), async || {
        world.number("SELECT count(*) FROM quell.submissions").await == 0
    })
    .await;
    for count in ["count(*)", "count(DISTINCT alert_id)"] {
        assert_eq!(
            world.number(&format!("SELECT {count} FROM quell.events")).await,
            1_100,
            "{count}"
        );
    }
    world.finish().await;
}

#[tokio::test]
async fn killed_before_submissions_are_stored_it_loses_and_doubles_nothing() {
    killed("event_received_nothing_stored").await;
}

#[tokio::test]
async fn killed_after_submissions_are_stored_it_loses_and_doubles_nothing() {
    killed("stored_not_acknowledged").await;
}
