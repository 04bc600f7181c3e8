//! Least privilege: each role of the database does what it is for, and whatever else it tries is refused by Postgres itself.

use std::time::Duration;

use quell::domain::alert::Alert;
use quell::store::{Store, StoreOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::operator::Shell;
use crate::support::alert::{RELEASE, device as numbered, resolved, storm, storm_playbook};
use crate::support::ground::{Ground, device, playbook};
use crate::support::{Setup, TestDatabase, as_role, eventually};

fn store(url: &str) -> Store {
    let options = StoreOptions {
        url: url.to_owned().into(),
        max_connections: 2,
        validity: Duration::from_secs(3_600),
        retry_delays: Vec::new(),
        retry_cap: Duration::from_secs(600),
    };
    Store::new(&options).expect("the URL is ours")
}

/// Makes the roles, as the owner.
async fn make_roles(url: &str) {
    let store = store(url);
    store.roles_make().await.expect("the tests' role may make roles");
    // And again: an operator does so after each migration.
    store.roles_make().await.expect("it may be repeated");
    store.close().await;
}

async fn connect(database: &TestDatabase, role: &str) -> PgConnection {
    PgConnection::connect(&as_role(&database.url, role))
        .await
        .expect("the role is there")
}

/// Postgres refuses each of these to the role, for want of a right.
async fn refused(connection: &mut PgConnection, role: &str, statements: &[&str]) {
    for sql in statements {
        let done = connection.execute(AssertSqlSafe((*sql).to_owned())).await;
        let error = done.err().unwrap_or_else(|| panic!("{role} may do this: {sql}"));
        let code = error
            .as_database_error()
            .and_then(|error| error.code().map(|code| code.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{role}: {sql}: {error}");
    }
}

/// What no role but the owner may do.
const NOBODY: &[&str] = &[
    "CREATE TABLE quell.mine ()",
    "CREATE TABLE public.mine ()",
    "DROP TABLE quell.seals",
    "ALTER TABLE quell.transitions DISABLE TRIGGER only_added_to",
    "ALTER TABLE quell.transitions ALTER COLUMN by DROP NOT NULL",
    "DROP TRIGGER record_transition ON quell.actions",
    "DROP FUNCTION quell.only_added_to() CASCADE",
    "CREATE OR REPLACE FUNCTION quell.only_added_to() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "CREATE ROLE mine",
    "UPDATE quell.clock SET shift = interval '1 day'",
    "UPDATE public._sqlx_migrations SET success = false",
    "DELETE FROM public._sqlx_migrations",
    "UPDATE quell.transitions SET by = 'nobody'",
    "DELETE FROM quell.transitions",
    "TRUNCATE quell.transitions",
    "UPDATE quell.seals SET hash = ''",
    "DELETE FROM quell.seals",
    "TRUNCATE quell.seals",
    "UPDATE quell.seal_checkpoints SET hash = ''",
    "DELETE FROM quell.seal_checkpoints",
    "DELETE FROM quell.seal_heads",
    "INSERT INTO quell.transitions (tenant_id, entity, entity_id, to_state, by, reason, at)
     VALUES (1, 'note', gen_random_uuid(), 'made', 'anna', 'yesterday', now() - interval '1 day')",
    "INSERT INTO quell.transitions (id, tenant_id, entity, entity_id, to_state, by, reason) OVERRIDING SYSTEM VALUE
     VALUES (-1, 1, 'note', gen_random_uuid(), 'made', 'anna', 'in front')",
    "INSERT INTO quell.transitions (tenant_id, entity, entity_id, to_state, by, reason, written_in)
     VALUES (1, 'note', gen_random_uuid(), 'made', 'anna', 'between', '3')",
];

#[tokio::test]
async fn the_daemon_as_quell_app_goes_through_a_storm_and_is_audited() {
    let mut world = Setup::new(200, &[&storm_playbook(), RELEASE])
        .with_role("quell_app")
        .prepare()
        .await;
    make_roles(&world.database().url).await;
    world.start().await;
    world.send(&storm(40)).await;
    world
        .seen("all are restricted", Duration::from_secs(90), |report| {
            report.restricted_now == 40
        })
        .await;
    let news: Vec<_> = (0..20)
        .map(|n| resolved(&format!("storm-{n}"), &numbered(n)))
        .collect();
    world.send(&news).await;
    world
        .seen("half are free", Duration::from_secs(90), |report| {
            report.restricted_now == 20
        })
        .await;
    let (code, said) = world
        .command(&["release", &numbered(30), "--reason", "by hand"])
        .await;
    assert_eq!(code, Some(0), "{said}");
    // Where everything is migrated, `--migrate` needs no right.
    world.kill_9();
    let again = world.spawn(&["--migrate"], None);
    world.adopt(again);
    eventually("it is taken over, and every row is sealed", Duration::from_secs(60), async || {
        world
            .number("SELECT count(*) FROM quell.transitions t WHERE NOT EXISTS (SELECT 1 FROM quell.seals s WHERE s.transition_id = t.id)")
            .await
            == 0
    })
    .await;
    world.until_idle(Duration::from_secs(60)).await;
    let (code, said) = world.command(&["audit", "verify"]).await;
    assert_eq!(code, Some(0), "{said}");
    world.finish().await;
}

#[tokio::test]
async fn quell_app_changes_nothing_of_what_was_recorded() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    make_roles(&ground.database.url).await;
    let mut connection = connect(&ground.database, "quell_app").await;
    refused(&mut connection, "quell_app", NOBODY).await;
    refused(
        &mut connection,
        "quell_app",
        &[
            "UPDATE quell.decisions SET kind = 'skip'",
            "DELETE FROM quell.decisions",
            "UPDATE quell.decision_inputs SET content = '{}'",
            "UPDATE quell.events SET payload = ''",
            "DELETE FROM quell.events",
            "DELETE FROM quell.event_keys",
            "DELETE FROM quell.dead_letters",
            "UPDATE quell.approvals SET answer = 'approved'",
            "DELETE FROM quell.approvals",
            "UPDATE quell.set_activations SET activated_by = 'anna'",
            "UPDATE quell.playbook_sets SET mode = 'enforce'",
            "UPDATE quell.playbook_revisions SET text = ''",
            "DELETE FROM quell.playbook_revisions",
            "UPDATE quell.alarms SET told = ''",
            "DELETE FROM quell.alarms",
            "DELETE FROM quell.attempts",
            "DELETE FROM quell.actions",
            "DELETE FROM quell.containments",
            "DELETE FROM quell.devices",
            "DELETE FROM quell.tenants",
            "UPDATE quell.tenants SET installation = 1",
            "INSERT INTO quell.clock DEFAULT VALUES",
        ],
    )
    .await;
    connection
        .execute("SELECT quell.note_change(1, 'note', gen_random_uuid(), NULL, NULL, 'made', 'anna', 'a row of its own')")
        .await
        .expect("rows are added");
    connection.close().await.expect("it is idle");
    ground.close().await;
}

#[tokio::test]
async fn quell_intake_delivers_events_and_sees_nothing_of_what_comes_of_them() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    make_roles(&ground.database.url).await;
    ground.alert("one", &device('a')).await;
    let its = store(&as_role(&ground.database.url, "quell_intake"));
    let owner = std::mem::replace(&mut ground.store, its);
    ground.accept(Alert::default(), &device('b')).await;
    ground.accept(Alert::default(), &device('b')).await;
    std::mem::replace(&mut ground.store, owner).close().await;
    let waiting = ground
        .words("SELECT count(*)::text FROM quell.inbox".to_owned())
        .await;
    assert_eq!(waiting, ["2"]);
    let mut connection = connect(&ground.database, "quell_intake").await;
    refused(&mut connection, "quell_intake", NOBODY).await;
    refused(
        &mut connection,
        "quell_intake",
        &[
            "SELECT * FROM quell.events",
            "UPDATE quell.events SET payload = ''",
            "SELECT * FROM quell.inbox",
            "DELETE FROM quell.inbox",
            "SELECT * FROM quell.decisions",
            "SELECT * FROM quell.devices",
            "UPDATE quell.devices SET restriction = 'free'",
            "INSERT INTO quell.devices (tenant_id, device_id, facts) VALUES (1, 'd', '{}')",
            "SELECT * FROM quell.containments",
            "INSERT INTO quell.containments DEFAULT VALUES",
            "INSERT INTO quell.actions DEFAULT VALUES",
            "INSERT INTO quell.attempts DEFAULT VALUES",
            "SELECT * FROM quell.playbook_revisions",
            "INSERT INTO quell.set_activations DEFAULT VALUES",
            "INSERT INTO quell.approvals DEFAULT VALUES",
            "SELECT * FROM quell.transitions",
            "SELECT quell.note_change(1, 'note', gen_random_uuid(), NULL, NULL, 'made', 'anna', 'a row')",
            "INSERT INTO quell.tenants (name) VALUES ('mine')",
        ],
    )
    .await;
    connection.close().await.expect("it is idle");
    ground.close().await;
}

#[tokio::test]
async fn quell_read_answers_every_question_and_changes_nothing() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    make_roles(&ground.database.url).await;
    ground
        .store
        .audit_seal(ground.tenant)
        .await
        .expect("the database is up");
    let shell = Shell::new(&as_role(&ground.database.url, "quell_read"));
    for command in [
        &["audit"][..],
        &["audit", "check", "-o", "json"],
        &["audit", "verify"],
        &["audit", "export"],
        &["audit", "checkpoints"],
        &["status"],
        &["devices"],
        &["actions"],
        &["playbooks", "list"],
        &["playbooks", "history"],
    ] {
        let (code, out, said) = shell.run(command).await;
        assert_eq!(code, Some(0), "{command:?}: {out}{said}");
    }
    let (code, _, said) = shell.run(&["release", "aaaaaa", "--reason", "may I"]).await;
    assert_eq!(code, Some(3), "{said}");
    let mut connection = connect(&ground.database, "quell_read").await;
    refused(&mut connection, "quell_read", NOBODY).await;
    refused(
        &mut connection,
        "quell_read",
        &[
            "SELECT payload FROM quell.events",
            "SELECT * FROM quell.events",
            "SELECT payload FROM quell.dead_letters",
            "INSERT INTO quell.tenants (name) VALUES ('mine')",
            "UPDATE quell.containments SET until = NULL",
            "UPDATE quell.devices SET restriction = 'free'",
            "DELETE FROM quell.inbox",
            "UPDATE quell.leases SET epoch = 0",
            "SELECT quell.note_change(1, 'note', gen_random_uuid(), NULL, NULL, 'made', 'anna', 'a row')",
        ],
    )
    .await;
    connection.close().await.expect("it is idle");
    ground.close().await;
}

#[tokio::test]
async fn a_table_that_a_later_version_brings_may_be_read_and_written_by_the_daemon() {
    let database = TestDatabase::new().await;
    let mut owner = database.connect().await;
    owner
        .execute("CREATE TABLE quell.of_tomorrow (n integer)")
        .await
        .expect("the test owns its database");
    owner.close().await.expect("it is idle");
    make_roles(&database.url).await;
    let mut connection = connect(&database, "quell_app").await;
    connection
        .execute("INSERT INTO quell.of_tomorrow VALUES (1); UPDATE quell.of_tomorrow SET n = 2; DELETE FROM quell.of_tomorrow")
        .await
        .expect("it is the daemon's");
    let mut reader = connect(&database, "quell_read").await;
    reader
        .execute("SELECT * FROM quell.of_tomorrow")
        .await
        .expect("it may be read");
    refused(
        &mut reader,
        "quell_read",
        &["INSERT INTO quell.of_tomorrow VALUES (1)"],
    )
    .await;
    let mut intake = connect(&database, "quell_intake").await;
    refused(&mut intake, "quell_intake", &["SELECT * FROM quell.of_tomorrow"]).await;
    for connection in [connection, reader, intake] {
        connection.close().await.expect("it is idle");
    }
}

#[tokio::test]
async fn rights_that_whoever_migrated_could_not_give_any_more_are_given_by_the_next() {
    let database = TestDatabase::new().await;
    make_roles(&database.url).await;
    let mut owner = database.connect().await;
    owner
        .execute("REVOKE ALL ON quell.actions FROM quell_read, quell_app")
        .await
        .expect("the test owns its database");
    owner.close().await.expect("it is idle");
    let mut reader = connect(&database, "quell_read").await;
    refused(&mut reader, "quell_read", &["SELECT * FROM quell.actions"]).await;
    let store = store(&database.url);
    store.migrate().await.expect("all is applied already");
    store.close().await;
    reader
        .execute("SELECT * FROM quell.actions")
        .await
        .expect("it may be read again");
    reader.close().await.expect("it is idle");
}

#[tokio::test]
async fn an_administrator_is_given_the_statements_and_told_who_must_run_them() {
    let database = TestDatabase::new().await;
    let shell = Shell::new(&database.url);
    let (code, script, _) = shell.run(&["db", "roles", "--print"]).await;
    assert_eq!(code, Some(0));
    let mut connection = database.connect().await;
    connection
        .execute(AssertSqlSafe(script))
        .await
        .expect("what is printed can be run as it is");
    connection.close().await.expect("it is idle");
    let shell = Shell::new(&as_role(&database.url, "quell_app"));
    let (code, _, said) = shell.run(&["db", "roles", "--config", "quell.yaml"]).await;
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("connect as the owner"), "{said}");
}
