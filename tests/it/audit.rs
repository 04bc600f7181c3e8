//! `quell audit`: a database with a life behind it holds, and whatever is broken in it, behind the store's back, is found
//! by the check that is about it, with exactly the rows that were broken.

mod broken;

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::budget::{BudgetScope, Window};
use quell::store::audit::{Audit, AuditScope, Ledger};
use quell::store::{AnswerRecord, Finding, QueuedChange, Store, StoreOptions};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::operator::Shell;
use crate::support::TestDatabase;
use crate::support::ground::{Ground, VALIDITY, asking_playbook, device, playbook};

/// `a` was restricted and released, `b` is restricted, `c` is asked about, `d` is somebody else's, `e` took two attempts,
/// the restrict of `f` was cancelled and its release waits, `g` waits for its call.
async fn a_life() -> TestDatabase {
    let books = [playbook("one"), asking_playbook("two", "skip")];
    let mut ground = Ground::new(&books).await;
    ground
        .change(&[playbook("one"), asking_playbook("two", "act")])
        .await;
    ground.change(&books).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    release(&ground, 'a').await;
    ground.call_succeeds().await;
    ground.alert("one", &device('b')).await;
    ground.call_succeeds().await;
    ground.alert("two", &device('c')).await;
    ground.alert("one", &device('d')).await;
    ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), true)
        .await;
    ground.alert("one", &device('e')).await;
    not_executed(&mut ground).await;
    ground.call_succeeds().await;
    ground.alert("one", &device('f')).await;
    ground.call(ActionEvent::Accepted, None, false).await;
    release(&ground, 'f').await;
    cancelled(&mut ground).await;
    ground.alert("one", &device('g')).await;
    let shown = ground.actions(&device('f')).await;
    assert_eq!(shown, ["restrict cancelled", "release queued"]);
    ground.close().await
}

async fn release(ground: &Ground, c: char) {
    let its = device(c);
    let released = ground
        .store
        .device_release(ground.tenant, &its, "anna", "false alarm", false);
    released
        .await
        .expect("the database is up")
        .expect("the device is known");
}

/// A call that is never answered, and that a listing does not show after its quiescence.
async fn not_executed(ground: &mut Ground) {
    let (_, grant) = ground.reserve().await.expect("something is queued and due");
    ground.pass(SignedDuration::from_secs(125)).await;
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    let epoch = ground.epoch().await;
    let doubted = store
        .attempts_overdue_doubt(tenant, epoch, Duration::from_secs(36))
        .await;
    assert_eq!(doubted.expect("the database is up"), 1);
    let finding = Finding {
        action: grant.action,
        attempts: grant.n,
        events: vec![ActionEvent::NotExecuted],
        change: QueuedChange::default(),
        reason: "absent from a complete listing after the quiescence",
    };
    let applied = store.findings_apply(tenant, epoch, &[finding]).await;
    assert_eq!(applied.expect("the database is up"), 1);
}

async fn cancelled(ground: &mut Ground) {
    ground.pass(SignedDuration::from_mins(3)).await;
    let (epoch, grant) = ground.reserve_cancel().await.expect("it is due");
    let record = AnswerRecord {
        outcome: "accepted",
        event: ActionEvent::Accepted,
        then: None,
        change: QueuedChange::default(),
        refusal: None,
        is_answered: true,
        pause: None,
        named: None,
    };
    let end = Some(ActionEvent::Cancelled);
    let written = ground
        .store
        .cancel_finish(ground.tenant, epoch, &grant, &record, end, Duration::ZERO);
    written.await.expect("the answer is the first one");
}

/// The audit of everything, against the windows that Defender documents.
pub(crate) async fn audit(database: &TestDatabase) -> Audit {
    let options = StoreOptions {
        url: database.url.clone().into(),
        max_connections: 1,
        validity: VALIDITY,
        retry_delays: Vec::new(),
        retry_cap: Duration::from_secs(600),
    };
    let store = Store::new(&options).expect("the URL is ours");
    let tenants = store.tenants().await.expect("the database is up");
    let windows = [(100, 60), (1_500, 3_600)].map(|(limit, per)| Window {
        limit,
        per: Duration::from_secs(per),
    });
    let ledgers = tenants.into_iter().map(|(tenant, _)| Ledger {
        tenant,
        scope: BudgetScope::ActionsAndReads,
        actions: windows.to_vec(),
        reads: windows.to_vec(),
        antivirus: windows.to_vec(),
        latest_count: Duration::from_secs(95),
    });
    let scope = AuditScope {
        tenant: None,
        since: None,
        rows: i64::MAX,
        ledgers: ledgers.collect(),
    };
    let audit = store.audit(&scope, |_, _| {}).await.expect("the database is up");
    store.close().await;
    audit
}

/// The checks that do not hold.
pub(crate) fn failing(audit: &Audit) -> Vec<&'static str> {
    let failing = audit.checks.iter().filter(|check| check.total > 0);
    failing.map(|check| check.check).collect()
}

/// The rows that a check found, sorted.
fn rows(audit: &Audit, check: &str) -> Vec<String> {
    let found = audit.checks.iter().find(|found| found.check == check);
    let found = found.unwrap_or_else(|| panic!("there is no check `{check}`"));
    assert_eq!(
        found.total,
        i64::try_from(found.rows.len()).expect("few"),
        "{check}"
    );
    let mut rows: Vec<String> = found.rows.iter().map(|row| row.row.clone()).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn a_database_with_a_life_behind_it_holds_and_each_thing_broken_in_it_is_found() {
    let life = a_life().await;
    let whole = audit(&life).await;
    assert_eq!(failing(&whole), [""; 0], "{:?}", whole.checks);
    assert!(whole.unknown_ledgers.is_empty());
    let mut checks: Vec<&str> = whole.checks.iter().map(|check| check.check).collect();
    for case in broken::CASES {
        let database = life.copy().await;
        let mut connection = database.connect().await;
        // Without triggers and foreign keys, which would refuse it.
        let sql = format!(
            "SET session_replication_role = replica; {}",
            broken::with_devices(case.breaks)
        );
        connection
            .execute(AssertSqlSafe(sql))
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", case.check));
        let sql = broken::with_devices(case.rows);
        let expected = connection
            .fetch_all(AssertSqlSafe(sql))
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", case.check));
        let mut expected: Vec<String> = expected.iter().map(|row| row.get(0)).collect();
        expected.sort();
        connection.close().await.expect("the connection is idle");
        let found = audit(&database).await;
        assert!(!expected.is_empty(), "{}: nothing was broken", case.check);
        assert_eq!(rows(&found, case.check), expected, "{}", case.check);
        let others: Vec<&str> = failing(&found)
            .into_iter()
            .filter(|check| *check != case.check)
            .collect();
        assert_eq!(others, case.also, "beside {}", case.check);
        checks.retain(|check| *check != case.check);
    }
    assert_eq!(checks, [""; 0], "every check has its case");
}

#[tokio::test]
async fn what_a_jump_of_the_clock_or_a_slow_commit_explains_is_no_finding() {
    let life = a_life().await;
    let called = |kind: &str| {
        format!(
            "FROM (SELECT t.reserved_at, a.device_id FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
                   WHERE t.kind = '{kind}') AS t WHERE c.device_id = t.device_id"
        )
    };
    let (restrict, cancel) = (called("restrict"), called("cancel"));
    let jumped = "UPDATE quell.attempts SET slot_at = slot_at + interval '1 day' WHERE answered_at IS NULL";
    // A decision that was committed some seconds after the moment that it gives.
    let ended = |seconds: u32| {
        format!(
            "UPDATE quell.containments c SET activated_at = t.reserved_at - interval '1 min',
                 ended_at = t.reserved_at - interval '{seconds} s' {restrict} AND c.device_id = '{{a}}'"
        )
    };
    let begun = |seconds: u32| {
        format!(
            "UPDATE quell.containments c SET activated_at = t.reserved_at - interval '{seconds} s',
                 ended_at = t.reserved_at + interval '1 h' {cancel}"
        )
    };
    for (sql, expected) in [
        (jumped.to_owned(), &[][..]),
        (ended(5), &[]),
        (ended(15), &["restrict_was_wanted"]),
        // Its restrict was called long before.
        (begun(5), &["restrict_was_wanted"]),
        (begun(15), &["restrict_was_wanted", "cancels_only_ours"]),
    ] {
        let database = life.copy().await;
        let mut connection = database.connect().await;
        let sql = format!(
            "SET session_replication_role = replica; {}",
            broken::with_devices(&sql)
        );
        let done = connection.execute(AssertSqlSafe(sql.clone())).await;
        assert!(
            done.unwrap_or_else(|error| panic!("{sql}: {error}"))
                .rows_affected()
                > 0,
            "{sql}"
        );
        connection.close().await.expect("the connection is idle");
        assert_eq!(failing(&audit(&database).await), expected, "{sql}");
    }
}

#[tokio::test]
async fn an_operator_is_told_what_holds_and_what_does_not() {
    let life = a_life().await;
    let shell = Shell::new(&life.url);
    let (code, out, said) = shell.run(&["audit"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    assert!(
        out.contains("checks hold (") && out.contains("The database cannot show:"),
        "{out}"
    );
    let mut connection = life.connect().await;
    connection
        .execute("UPDATE quell.actions SET valid_until = queued_at - interval '1 h' WHERE attempts > 0")
        .await
        .expect("the test owns its database");
    let (code, out, _) = shell.run(&["audit", "--show", "1"]).await;
    assert_eq!(code, Some(1), "{out}");
    assert!(
        out.contains("within_validity: 6 rows") && out.contains("and 5 more"),
        "{out}"
    );
    let (code, out, _) = shell.run(&["audit", "-o", "json", "--show", "1"]).await;
    let json: Value = serde_json::from_str(&out).expect("the answer is one JSON document");
    let found = json["checks"]
        .as_array()
        .and_then(|checks| checks.iter().find(|check| check["total"] != 0));
    let found = found.expect("one does not hold");
    assert_eq!(
        (code, &json["held"], &found["check"]),
        (Some(1), &false.into(), &"within_validity".into())
    );
    assert_eq!(
        found["rows"].as_array().map(Vec::len),
        Some(6),
        "JSON has them all"
    );
    // Broken long ago is not asked about.
    let ahead = "UPDATE quell.clock SET shift = shift + interval '3 h'";
    connection
        .execute(ahead)
        .await
        .expect("the test owns its database");
    let (code, out, _) = shell.run(&["audit", "--since", "1h"]).await;
    assert_eq!(code, Some(0), "{out}");
    let (code, _, said) = shell.run(&["audit", "--tenant", "nobody"]).await;
    assert_eq!(code, Some(3));
    assert!(said.contains("no tenant `nobody`; it has `ground`"), "{said}");
    connection.close().await.expect("the connection is idle");
}

#[tokio::test]
async fn what_cannot_be_found_out_is_not_said_to_hold() {
    let shell = Shell::new("postgres://nobody@127.0.0.1:1/nothing");
    let (code, out, said) = shell.run(&["audit"]).await;
    assert_eq!((code, out.as_str()), (Some(3), ""), "{said}");
    assert!(said.starts_with("error: "), "{said}");
}

#[tokio::test]
async fn the_state_that_follows_an_unclear_call_is_no_finding() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let (_, grant) = ground.reserve().await.expect("something is queued and due");
    ground.pass(SignedDuration::from_secs(40)).await;
    let epoch = ground.epoch().await;
    let doubted = ground
        .store
        .attempts_overdue_doubt(ground.tenant, epoch, Duration::from_secs(36))
        .await;
    assert_eq!(doubted.expect("the database is up"), 1);
    assert_eq!(
        (grant.n, ground.actions(&device('a')).await),
        (1, vec!["restrict in_doubt".to_owned()])
    );
    let state = ActionState::InDoubt;
    assert!(state.is_open());
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}
