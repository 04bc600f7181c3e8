//! Versions that meet: a daemon on a database that is older or newer than itself, migrations beside whoever holds a table, and the daemon
//! of today on what an earlier one has left.

use std::time::Duration;

use quell::simulator::{Options, Simulator};
use quell::store::StoreError;
use sqlx::migrate::MigrateError;
use sqlx::{Connection as _, Executor as _, Row as _};

use super::{dumps, owner, restored, shell};
use crate::operator::Shell;
use crate::support::alert::{storm, storm_playbook};
use crate::support::daemon::Daemon;
use crate::support::{Setup, TestDatabase, as_role, eventually, http};

const MINUTE: Duration = Duration::from_secs(60);

/// The oldest database that is kept.
async fn old() -> TestDatabase {
    restored(&dumps().remove(0).1).await
}

async fn number(database: &TestDatabase, sql: &'static str) -> i64 {
    let mut connection = database.connect().await;
    connection
        .fetch_one(sql)
        .await
        .expect("the database is up")
        .get(0)
}

#[tokio::test]
async fn on_an_older_database_nothing_starts_before_its_owner_has_migrated_it() {
    let database = old().await;
    let applied = "SELECT count(*) FROM public._sqlx_migrations";
    let before = number(&database, applied).await;
    let its_owner = shell(&database.url);
    for (command, expected) in [(&["run", "--config", "quell.yaml"][..], 1), (&["status"], 3)] {
        let (code, _, said) = its_owner.run(command).await;
        assert_eq!(code, Some(expected), "{said}");
        assert!(
            said.contains("the database is behind this version: run `quell db migrate`"),
            "{said}"
        );
    }
    // Who does not own the tables cannot change them, and is told so. The roles are the server's; what they may do was said by the old version.
    let newest = TestDatabase::new().await;
    let store = owner(&newest);
    store.roles_make().await.expect("the tests' role may make roles");
    store.close().await;
    let mut connection = database.connect().await;
    connection
        .execute("GRANT SELECT ON public._sqlx_migrations TO quell_app, quell_read; GRANT USAGE ON SCHEMA quell TO quell_app, quell_read")
        .await
        .expect("the test owns its database");
    connection.close().await.expect("it is idle");
    let app = shell(&as_role(&database.url, "quell_app"));
    let (code, _, said) = app.run(&["db", "migrate", "--config", "quell.yaml"]).await;
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("could not be applied") && said.contains("permission denied"),
        "{said}"
    );
    assert_eq!(number(&database, applied).await, before, "nothing was applied");
    let (code, out, said) = its_owner.run(&["db", "migrate", "--config", "quell.yaml"]).await;
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "the database is up to date\n"),
        "{said}"
    );
    let (code, _, said) = app.run(&["status"]).await;
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test]
async fn on_a_newer_database_a_daemon_goes_on_but_is_not_ready_and_none_starts() {
    let mut world = Setup::new(200, &[&storm_playbook()]).start().await;
    let mut owner = world.connect().await;
    owner
        .execute(
            "INSERT INTO public._sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (99991231235959, 'of tomorrow', true, '\\x00', 1)",
        )
        .await
        .expect("the test owns its database");
    eventually("it says that it is not ready", MINUTE, async || {
        let reply = http::get(world.daemon().addr, "/readyz")
            .await
            .expect("it answers");
        reply.status == 503 && reply.body.contains("a newer version has migrated the database")
    })
    .await;
    world.send(&storm(3)).await;
    world
        .seen(
            "what comes in is decided and called as before",
            MINUTE,
            |report| report.restricted_now == 3,
        )
        .await;
    let mut late = world.spawn(&["--migrate"], None);
    assert_eq!(late.death(MINUTE).await.code(), Some(1));
    assert!(
        late.log()
            .contains("the database was migrated by a newer version of quell"),
        "{}",
        late.log()
    );
    let (code, said) = world.command(&["status"]).await;
    assert_eq!(code, Some(3), "{said}");
    owner
        .execute("DELETE FROM public._sqlx_migrations WHERE version = 99991231235959")
        .await
        .expect("the test owns its database");
    owner.close().await.expect("it is idle");
    world.until_idle(MINUTE).await;
    world.finish().await;
}

#[tokio::test]
async fn a_migration_gives_way_to_whoever_holds_a_table_and_is_done_after_that() {
    let database = old().await;
    // As `pg_dump` does for as long as it runs.
    let mut dump = database.connect().await;
    let mut transaction = dump.begin().await.expect("the database is up");
    transaction
        .execute("LOCK TABLE quell.events IN ACCESS SHARE MODE")
        .await
        .expect("nobody is in the way");
    let store = owner(&database);
    let error = store.migrate().await.expect_err("the table is held");
    assert!(error.gave_way() && error.is_unavailable(), "{error:?}");
    assert!(
        error.to_string().contains("waited for a lock and gave way"),
        "{error}"
    );
    transaction.rollback().await.expect("the database is up");
    store.migrate().await.expect("nobody holds it any more");
    store.close().await;
    dump.close().await.expect("it is idle");
}

#[tokio::test]
async fn a_migration_that_postgres_ended_for_a_deadlock_has_given_way_too() {
    for version in [None, Some(7)] {
        let database = TestDatabase::new().await;
        let (mut one, mut other) = (database.connect().await, database.connect().await);
        for (session, sql) in [
            (&mut one, "SELECT pg_advisory_lock(1)"),
            (&mut other, "SELECT pg_advisory_lock(2)"),
        ] {
            session.execute(sql).await.expect("nobody is in the way");
        }
        // Each waits for the other. Whichever Postgres ends keeps its own lock, so it alone comes back.
        let ended = tokio::select! {
            ended = one.execute("SELECT pg_advisory_lock(2)") => ended,
            ended = other.execute("SELECT pg_advisory_lock(1)") => ended,
        };
        let refused = ended.expect_err("it is a deadlock");
        let error = StoreError::from(match version {
            None => MigrateError::Execute(refused),
            Some(version) => MigrateError::ExecuteMigration(refused, version),
        });
        assert!(error.is_unavailable(), "waiting helps: {error:?}");
        assert_eq!(
            (error.gave_way(), error.is_others_migrating()),
            (version.is_some(), version.is_none())
        );
    }
}

#[tokio::test]
async fn the_daemon_of_today_goes_on_with_what_an_earlier_one_has_left() {
    let database = old().await;
    let undecided = "SELECT count(*) FROM quell.inbox";
    assert!(number(&database, undecided).await > 0, "an event was not decided");
    let simulator = Simulator::start(Options {
        scale: 200.0,
        ..Options::default()
    })
    .await
    .expect("a loopback port is free");
    let shell = Shell::new(&database.url);
    let file = |name: &str, text: &str| {
        std::fs::write(shell.directory().join(name), text).expect("the directory is ours")
    };
    std::fs::create_dir(shell.directory().join("playbooks")).expect("the directory is ours");
    file("playbooks/storm.yaml", &storm_playbook());
    file(
        "quell.yaml",
        &format!(
            "database: {{url_file: ./url}}\nhttp: {{listen: \"127.0.0.1:0\"}}\nlog: {{format: json}}\ntime_scale: 200\n\
             playbooks: {{path: playbooks}}\nnever: {{tags: []}}\nretention: {{prune: false}}\ntenants:\n  - name: practice\n    \
             base_url: {}\n    authority: {}\n    credential:\n      client_secret: {{directory_id: 00000000-0000-4000-8000-000000000001, \
             client_id: 00000000-0000-4000-8000-000000000002, secret_file: ./secret}}\n",
            simulator.base_url(),
            simulator.authority(),
        ),
    );
    let log = shell.directory().join("daemon.log");
    let mut daemon = Daemon::spawn(&shell.directory().join("quell.yaml"), &log, &["--migrate"], None);
    assert!(daemon.ready().await, "it ended:\n{}", daemon.log());
    // Months have passed: what was to end by time ends, and the event is too old to act on.
    eventually("what was left is taken up", MINUTE, async || {
        let over = "SELECT count(*) FROM quell.containments WHERE state = 'active' AND until < quell.now()";
        number(&database, undecided).await == 0 && number(&database, over).await == 0
    })
    .await;
    let decided = "SELECT count(*) FROM quell.decisions d JOIN quell.events e ON e.id = d.event_id WHERE e.alert_id LIKE '%r-10'";
    assert_eq!(number(&database, decided).await, 1);
    let (status, _) = daemon.terminate().await;
    assert!(status.success());
    let (code, out, said) = shell.run(&["audit"]).await;
    assert_eq!(code, Some(0), "{out}{said}");
    simulator.stop().await;
}
