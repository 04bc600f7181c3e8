//! What a look tells of what does not happen: calls that a stop, a hold or nothing known keeps from leaving, events that are not decided,
//! sources that nobody reads, tenants that were not asked about. By the real binary on a real database.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::alert::Alert;
use quell::domain::fact::Fact;
use quell::domain::source::SourceLook;
use quell::store::source_looks::SourceWord;
use serde_json::Value;
use uuid::Uuid;

use crate::operator::Shell;
use crate::support::ground::{APP, Ground, device, playbook};

/// `a` is restricted; a daemon dispatches.
async fn one_restricted() -> (Ground, Shell) {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    let shell = Shell::new(&ground.database.url);
    (ground, shell)
}

/// What needs a person, in one text.
fn needs(status: &Value) -> String {
    status["needs"].to_string()
}

async fn pass(ground: &mut Ground, seconds: i64) {
    ground.pass(SignedDuration::from_secs(seconds)).await;
    // The replica that dispatches goes on.
    ground.epoch().await;
}

/// A heartbeat is sent and comes through.
async fn beat(ground: &mut Ground) {
    let sent = ground.store.heartbeat_send(ground.tenant).await;
    assert!(sent.expect("the database is up"));
    let decided = ground.decider().run_once().await;
    assert_eq!(decided.expect("the database is up"), Some(0));
}

async fn stop(shell: &Shell, arguments: &[&str]) {
    let (code, _, said) = shell.run(&[arguments, &["--reason", "INC-1"]].concat()).await;
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test]
async fn under_a_freeze_a_release_is_told_to_leave_after_a_resume() {
    let (ground, shell) = one_restricted().await;
    stop(&shell, &["stop", "--scope", "freeze"]).await;
    let released = shell
        .json(&["release", device('a').as_str(), "--reason", "false alarm"])
        .await;
    assert_eq!(
        released["next"],
        "release queued, lane release; a freeze is in force: it leaves after `quell resume`"
    );
    assert_eq!(released["expected_at"], Value::Null);
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(out.contains("\nforecast    held: a stop is in force\n"), "{out}");
    let status = shell.json(&["status"]).await;
    assert_eq!(status["held"]["waits_for"], "resume");
    assert_eq!(
        (&status["next_call_at"], &status["queue_empty_at"]),
        (&Value::Null, &Value::Null)
    );

    stop(&shell, &["resume", "--yes"]).await;
    let status = shell.json(&["status"]).await;
    assert_eq!(status["held"], Value::Null);
    assert!(status["next_call_at"].is_string(), "{status}");
    ground.close().await;
}

#[tokio::test]
async fn a_stop_that_lets_releases_go_holds_the_rest_of_the_queue_alone() {
    let (mut ground, shell) = one_restricted().await;
    ground.alert("one", &device('b')).await;
    stop(&shell, &["stop"]).await;
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(out.contains("\nforecast    held: a stop is in force\n"), "{out}");
    let released = shell
        .json(&["release", device('a').as_str(), "--reason", "false alarm"])
        .await;
    assert_eq!(released["next"], "release queued, lane release; it may leave now");
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(
        out.contains(
            "\nforecast    1 held: a stop is in force; the next call may leave now, the last of the others now\n"
        ),
        "{out}"
    );
    ground.close().await;
}

#[tokio::test]
async fn no_time_is_promised_to_what_a_stop_holds() {
    let (mut ground, shell) = one_restricted().await;
    ground.alert("one", &device('b')).await;
    stop(&shell, &["stop"]).await;
    let budget = shell.json(&["budget"]).await;
    assert_eq!(budget["held_queue"]["waits_for"], "resume");
    assert_eq!(budget["lanes_held"]["normal"]["actions"], 1);
    assert_eq!(
        (&budget["next_call_at"], &budget["queue_empty_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(budget["lanes_empty_at"], Value::Object(serde_json::Map::new()));
    let queued = shell.json(&["actions", "--state", "queued"]).await;
    assert_eq!(queued[0]["held"]["waits_for"], "resume");
    assert_eq!(queued[0]["expected_at"], Value::Null);
    let (_, out, _) = shell.run(&["actions", "--state", "queued"]).await;
    assert!(out.contains("  held: a stop is in force; "), "{out}");

    shell
        .json(&["release", device('a').as_str(), "--reason", "false alarm"])
        .await;
    let (_, out, _) = shell.run(&["budget"]).await;
    assert!(
        out.contains(
            "\nforecast    1 held: a stop is in force; the next call may leave now, the last of the others now\n"
        ),
        "{out}"
    );
    stop(&shell, &["resume", "--yes"]).await;
    let queued = shell.json(&["actions", "--state", "queued"]).await;
    assert!(
        queued
            .as_array()
            .is_some_and(|all| all.iter().all(|one| one["expected_at"].is_string())),
        "{queued}"
    );
    ground.close().await;
}

#[tokio::test]
async fn what_many_releases_take_is_not_promised_under_a_freeze() {
    let (ground, shell) = one_restricted().await;
    stop(&shell, &["stop", "--scope", "freeze"]).await;
    let shown = shell.json(&["release", "--all", "--dry-run"]).await;
    assert_eq!((&shown["calls"], &shown["done_at"]), (&1.into(), &Value::Null));
    assert_eq!(shown["held"]["waits_for"], "resume");
    stop(&shell, &["resume", "--yes"]).await;
    let shown = shell.json(&["release", "--all", "--dry-run"]).await;
    assert_eq!(shown["held"], Value::Null);
    assert!(shown["done_at"].is_string(), "{shown}");
    ground.close().await;
}

#[tokio::test]
async fn after_a_restore_a_release_is_told_to_leave_when_the_hold_ends() {
    let (mut ground, shell) = one_restricted().await;
    let hold = "INSERT INTO quell.holds (tenant_id, held_until, reason)
                SELECT id, quell.now() + interval '1 hour', 'the database was restored' FROM quell.tenants";
    ground.execute(hold.to_owned()).await;
    let released = shell
        .json(&["release", device('a').as_str(), "--reason", "false alarm"])
        .await;
    let next = released["next"].as_str().expect("it is told");
    assert!(
        next.starts_with("release queued, lane release; it may leave about in 59 min"),
        "{next}"
    );
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(
        out.contains("\nforecast    the next call may leave in 59 min"),
        "{out}"
    );
    ground.close().await;
}

#[tokio::test]
async fn without_a_daemon_the_queue_is_held() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    ground.alert("one", &device('a')).await;
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(
        out.contains("\nforecast    held: no daemon dispatches\n"),
        "{out}"
    );
    ground.epoch().await;
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(
        out.contains("\nforecast    the next call may leave now, the last of the queue now\n"),
        "{out}"
    );
    assert!(
        out.contains(", lease renewed just now; no other replica lives\n"),
        "{out}"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_standby_is_told_while_it_lives() {
    let (mut ground, shell) = one_restricted().await;
    let standby = "INSERT INTO quell.replicas (tenant_id, replica, host, knows_heartbeats)
                   SELECT id, gen_random_uuid(), 'there', true FROM quell.tenants";
    ground.execute(standby.to_owned()).await;
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(out.contains("; 2 replicas live: here, there\n"), "{out}");
    pass(&mut ground, 60).await;
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(out.contains("; no other replica lives\n"), "{out}");
    ground.close().await;
}

#[tokio::test]
async fn an_action_that_is_due_and_that_nothing_holds_needs_a_person() {
    let (mut ground, shell) = one_restricted().await;
    ground.alert("one", &device('b')).await;
    let stalled = async || shell.json(&["status"]).await["stalled"]["device"].clone();
    assert_eq!(stalled().await, Value::Null, "it was queued just now");
    pass(&mut ground, 400).await;
    let status = shell.json(&["status"]).await;
    assert_eq!(status["stalled"]["device"], device('b').as_str());
    assert!(
        needs(&status).contains(
            "nothing is called although it may be: the restrict of bbbbbbbbbbbb is due since 6 min"
        ),
        "{status}"
    );

    // A stop holds it; after the resume it has its time to leave.
    stop(&shell, &["stop"]).await;
    assert_eq!(stalled().await, Value::Null, "a stop forbids it");
    pass(&mut ground, 400).await;
    stop(&shell, &["resume", "--yes"]).await;
    assert_eq!(stalled().await, Value::Null, "it is allowed since a moment");
    pass(&mut ground, 301).await;
    assert_eq!(stalled().await, device('b').as_str());

    // So does a gate that was closed until a moment ago.
    let closed =
        "UPDATE quell.budgets SET closed_until = quell.now() - interval '1 minute' WHERE scope = 'actions'";
    ground.execute(closed.to_owned()).await;
    assert_eq!(stalled().await, Value::Null, "the gate was closed");
    pass(&mut ground, 301).await;
    assert_eq!(stalled().await, device('b').as_str());

    // Another call shows that calls are made.
    ground.alert("one", &device('c')).await;
    assert_eq!(stalled().await, device('b').as_str());
    let (_, grant) = ground.reserve().await.expect("one is due");
    assert_eq!(grant.device, device('b'));
    assert_eq!(stalled().await, Value::Null, "it was called");
    ground.close().await;
}

#[tokio::test]
async fn an_action_that_waits_for_the_budget_needs_nobody() {
    let (mut ground, shell) = one_restricted().await;
    ground.alert("one", &device('b')).await;
    let stalled = async || shell.json(&["status"]).await["stalled"]["device"].clone();
    // The hour is full, and frees all of its slots in 500 s.
    let full = format!(
        "INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, epoch, reserved_at, send_deadline, slot_at, answered_at, outcome)
         SELECT gen_random_uuid(), t.id, '{APP}', 'actions', 'seed', 1, at, at, at, at, 'seeded'
         FROM quell.tenants t, (SELECT quell.now() - interval '3100 s' AS at) AS n, generate_series(1, 1500)"
    );
    ground.execute(full).await;
    pass(&mut ground, 400).await;
    assert_eq!(stalled().await, Value::Null, "the hour is full");
    pass(&mut ground, 150).await;
    assert_eq!(stalled().await, Value::Null, "it has just freed its slots");
    pass(&mut ground, 301).await;
    assert_eq!(stalled().await, device('b').as_str());
    ground.close().await;
}

#[tokio::test]
async fn heartbeats_that_are_missed_need_a_person_unless_none_is_wanted() {
    let (mut ground, shell) = one_restricted().await;
    let missed = async || shell.json(&["status"]).await["heartbeat_missed_since"].clone();
    assert_eq!(missed().await, Value::Null, "none was sent yet");
    beat(&mut ground).await;
    pass(&mut ground, 200).await;
    assert_eq!(missed().await, Value::Null, "it is not long ago");
    pass(&mut ground, 200).await;
    let status = shell.json(&["status"]).await;
    assert!(status["heartbeat_missed_since"].is_string(), "{status}");
    assert!(
        needs(&status).contains("events are not decided: the last heartbeat came through 6 min"),
        "{status}"
    );
    beat(&mut ground).await;
    assert_eq!(missed().await, Value::Null, "they go on");
    pass(&mut ground, 400).await;
    assert_ne!(missed().await, Value::Null);
    shell.configure("heartbeat: {every: 0s}\n");
    assert_eq!(missed().await, Value::Null, "none is wanted");
    ground.close().await;
}

#[tokio::test]
async fn a_configured_source_that_no_replica_reads_needs_a_person() {
    let (mut ground, shell) = one_restricted().await;
    shell.configure("sources: [{name: hub, directory: {path: spool}}]\n");
    let unread = "the source hub is read by no replica that lives";
    let status = shell.json(&["status"]).await;
    assert!(needs(&status).contains(unread), "{status}");
    let word = async |ground: &Ground, source: &str| {
        let word = SourceWord {
            tenant: ground.tenant,
            source: source.to_owned(),
            kind: "directory",
            look: SourceLook::default(),
        };
        let told = ground
            .store
            .source_words_store(Uuid::now_v7(), "here", &[word])
            .await;
        told.expect("the database is up");
    };
    word(&ground, "hub").await;
    word(&ground, "gone").await;
    let status = shell.json(&["status"]).await;
    assert_eq!(status["needs"], Value::Array(Vec::new()));
    pass(&mut ground, 61).await;
    let status = shell.json(&["status"]).await;
    assert!(needs(&status).contains(unread), "{status}");
    assert!(
        !needs(&status).contains("gone"),
        "it is configured no more: {status}"
    );
    ground.close().await;
}

#[tokio::test]
async fn who_names_no_tenant_is_told_of_the_others() {
    let (ground, shell) = one_restricted().await;
    let (_, _, said) = shell.run(&["status"]).await;
    assert_eq!(said, "", "there is no other");
    shell.configure(
        "  - name: fabrikam\n    credential:\n      client_secret: {directory_id: 22222222-2222-3333-4444-555555555555, \
         client_id: 88888888-2222-3333-4444-555555555555, secret_file: ./secret}\n",
    );
    let (_, _, said) = shell.run(&["status"]).await;
    assert_eq!(
        said,
        "this is ground, 1 of 2 tenants; `--tenant NAME` shows another: fabrikam unknown to the database\n"
    );
    let fabrikam = ground
        .store
        .tenant_ensure("fabrikam")
        .await
        .expect("the name is plain");
    let held = ground
        .store
        .lease_hold(
            fabrikam,
            Uuid::now_v7(),
            "there",
            std::time::Duration::from_secs(600),
        )
        .await;
    held.expect("the database is up");
    let (_, _, said) = shell.run(&["status"]).await;
    assert!(
        said.ends_with(
            ": none of them is stopped or without a daemon, and none has a question or an alarm\n"
        ),
        "{said}"
    );
    stop(&shell, &["stop", "--tenant", "fabrikam"]).await;
    let (code, out, said) = shell.run(&["status"]).await;
    assert_eq!(code, Some(0));
    assert!(said.ends_with(" shows another: fabrikam stopped\n"), "{said}");
    assert!(!out.contains("STOPPED"), "ground is not stopped: {out}");
    let (_, _, said) = shell.run(&["status", "--tenant", "ground"]).await;
    assert_eq!(said, "", "it was named");
    ground.close().await;
}

#[tokio::test]
async fn the_first_reason_for_attention_is_told_in_full() {
    let (mut ground, shell) = one_restricted().await;
    let why = format!("restrict failed: {} (the end)", "a long story ".repeat(30));
    ground
        .execute(format!("UPDATE quell.containments SET attention = '{why}'"))
        .await;
    let status = shell.json(&["status"]).await;
    let expected = format!(
        "1 containment could not be put in force: listed first below; the first, device {}: {why}",
        device('a')
    );
    assert_eq!(status["needs"][0], expected.as_str());
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(out.contains(&expected), "{out}");
    ground.close().await;
}

#[tokio::test]
async fn what_is_missed_is_told_only_of_a_replica_that_held_the_lease_all_the_while() {
    let (mut ground, shell) = one_restricted().await;
    beat(&mut ground).await;
    ground.alert("one", &device('b')).await;
    // Longer than the lease: it was nobody's, as when Postgres was away, and the same replica takes it anew.
    pass(&mut ground, 700).await;
    let status = shell.json(&["status"]).await;
    assert_eq!(status["stalled"], Value::Null, "it is held since a moment");
    assert_eq!(status["heartbeat_missed_since"], Value::Null);
    pass(&mut ground, 240).await;
    let status = shell.json(&["status"]).await;
    assert_eq!(status["stalled"], Value::Null);
    assert_eq!(status["heartbeat_missed_since"], Value::Null);
    pass(&mut ground, 61).await;
    let status = shell.json(&["status"]).await;
    assert_eq!(status["stalled"]["device"], device('b').as_str());
    assert!(status["heartbeat_missed_since"].is_string(), "{status}");

    // While others are decided, a heartbeat that waits its turn behind them is not missed.
    ground.alert("one", &device('c')).await;
    let missed = async || shell.json(&["status"]).await["heartbeat_missed_since"].clone();
    assert_eq!(missed().await, Value::Null);
    pass(&mut ground, 301).await;
    assert!(missed().await.is_string());
    ground.close().await;
}

#[tokio::test]
async fn an_event_that_is_held_after_a_panic_is_told_and_named_until_it_is_decided() {
    let (mut ground, shell) = one_restricted().await;
    for _ in 0..2 {
        let alert = Alert {
            category: Fact::Is("other".to_owned()),
            ..Alert::default()
        };
        ground.accept(alert, &device('b')).await;
    }
    let first = "SELECT min(seq)::text FROM quell.inbox";
    let seq = ground.words(first.to_owned()).await[0].parse().expect("a number");
    let hold = async |ground: &Ground| {
        let held = ground
            .store
            .inbox_hold(ground.tenant, seq, Duration::from_secs(300))
            .await;
        held.expect("the database is up").expect("it is there")
    };
    let (event, _) = hold(&ground).await;
    pass(&mut ground, 120).await;
    hold(&ground).await;
    let status = shell.json(&["status"]).await;
    assert!(
        needs(&status).contains("1 event held after a panic of the decider, the first 2 min")
            && needs(&status).contains("tried again in "),
        "{status}"
    );
    assert_eq!(status["inbox"]["held"], 1);
    assert_eq!(
        status["inbox"]["waiting_for_facts"], 0,
        "it waits for nobody's facts"
    );
    let (code, out, said) = shell.run(&["events", "dead", "list"]).await;
    assert_eq!(code, Some(0), "{out}{said}");
    let named = format!(
        "not a dead letter: event {event} from test for {}",
        device('b').as_str()
    );
    assert!(
        said.contains(&named) && said.contains("1 event of its device behind it"),
        "{out}{said}"
    );

    pass(&mut ground, 301).await;
    let decided = ground.decider().run_once().await;
    assert_eq!(
        decided.expect("the database is up"),
        Some(2),
        "both, in their order"
    );
    let status = shell.json(&["status"]).await;
    assert!(!needs(&status).contains("held after a panic"), "{status}");
    let (_, _, said) = shell.run(&["events", "dead", "list"]).await;
    assert!(!said.contains(&named), "{said}");
    ground.close().await;
}
