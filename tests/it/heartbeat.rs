//! The heartbeat goes the way of an event as far as its decision, leads to nothing and leaves nothing; what dashboards live on is read from
//! Postgres; an action's course is told when it has been called and when it is over.

use std::time::Duration;

use quell::telemetry::Metrics;
use quell::worker::figures::Teller;

use crate::operator::Shell;
use crate::support::ground::{Ground, device, playbook};

/// Where an event, or anything that follows from one, would stand.
const OF_EVENTS: [&str; 12] = [
    "events",
    "event_keys",
    "decisions",
    "dead_letters",
    "devices",
    "containments",
    "actions",
    "attempts",
    "transitions",
    "alert_devices",
    "task_wishes",
    "inbox",
];

fn teller(ground: &Ground) -> Teller {
    Teller {
        context: ground.context(),
        heartbeat: Duration::from_secs(60),
        seen: tokio::sync::watch::Sender::default(),
    }
}

async fn standing(ground: &mut Ground) -> Vec<String> {
    let counts = OF_EVENTS.map(|table| format!("SELECT '{table} ' || count(*) FROM quell.{table}"));
    ground.words(counts.join(" UNION ALL ")).await
}

/// Whatever an alert says, it restricts.
fn everything() -> String {
    playbook("everything").replace("when: {alert.category: everything}", "match_all: true")
}

#[tokio::test]
async fn a_heartbeat_is_decided_and_leads_to_nothing_whatever_the_playbooks_say() {
    let mut ground = Ground::new(&[everything()]).await;
    let (recorder, metrics) = Metrics::local();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let shell = Shell::new(&ground.database.url);
    let before = standing(&mut ground).await;
    let sent = |ground: &Ground| {
        let (store, tenant) = (ground.store.clone(), ground.tenant);
        async move { store.heartbeat_send(tenant).await.expect("the database is up") }
    };
    assert!(sent(&ground).await, "the first one");
    assert!(!sent(&ground).await, "one at a time");
    let status = ground
        .store
        .status(ground.tenant, ground.gate())
        .await
        .expect("the database is up");
    assert_eq!(status.inbox.rows, 0, "operators are not told of it");
    let (code, out, _) = shell.run(&["audit", "check"]).await;
    assert_eq!(code, Some(0), "a heartbeat on its way is no finding: {out}");

    assert_eq!(
        ground.decider().run_once().await.expect("the database is up"),
        Some(0)
    );
    assert_eq!(
        standing(&mut ground).await,
        before,
        "nothing is left and nothing followed"
    );
    let decided = ground
        .words("SELECT (decided_at >= sent_at)::text FROM quell.heartbeats".to_owned())
        .await;
    assert_eq!(decided, ["true"]);
    assert!(
        metrics
            .render()
            .contains("quell_heartbeat_seconds_count{tenant=\"ground\"} 1")
    );
    let outcome = ground.ask_the_gate(quell::domain::verdict::Lane::Low).await.1;
    assert!(
        matches!(outcome, quell::store::GateOutcome::NothingDue { .. }),
        "nothing is to be called: {outcome:?}"
    );

    // Beside an event it is settled with it, and the event does what it does alone.
    assert!(sent(&ground).await, "the one before is through");
    ground
        .accept(quell::domain::alert::Alert::default(), &device('a'))
        .await;
    assert_eq!(
        ground.decider().run_once().await.expect("the database is up"),
        Some(1)
    );
    assert_eq!(ground.actions(&device('a')).await, ["restrict queued"]);
    let figures = teller(&ground).run_once(false).await.expect("the database is up");
    assert!(figures.heartbeat_at.is_some());
    assert!(
        metrics
            .render()
            .contains("quell_heartbeat_last_success_timestamp_seconds{tenant=\"ground\"} 1")
    );
}

#[tokio::test]
async fn without_a_set_in_force_no_heartbeat_comes_through() {
    let mut ground = Ground::new(&[]).await;
    ground.execute("DELETE FROM quell.active_sets".to_owned()).await;
    assert!(
        ground
            .store
            .heartbeat_send(ground.tenant)
            .await
            .expect("the database is up")
    );
    assert_eq!(
        ground.decider().run_once().await.expect("the database is up"),
        None
    );
    assert_eq!(
        ground.words("SELECT source FROM quell.inbox".to_owned()).await,
        ["quell.heartbeat"]
    );
}

/// In a roll-out: the older replica would make a dead letter of each.
#[tokio::test]
async fn none_is_sent_while_a_replica_lives_that_does_not_know_heartbeats() {
    let mut ground = Ground::new(&[]).await;
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    let sent = async || store.heartbeat_send(tenant).await.expect("the database is up");
    store
        .lease_hold(tenant, uuid::Uuid::now_v7(), "new", Duration::from_secs(15))
        .await
        .expect("the database is up");
    let older = "INSERT INTO quell.replicas (tenant_id, replica, host) SELECT id, gen_random_uuid(), 'old' FROM quell.tenants";
    ground.execute(older.to_owned()).await;
    assert!(!sent().await, "the older one lives");
    ground.pass(jiff::SignedDuration::from_secs(61)).await;
    assert!(sent().await, "it was not heard of for a minute");
}

#[tokio::test]
async fn the_figures_and_the_course_of_an_action_are_told() {
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let (recorder, metrics) = Metrics::local();
    let _guard = metrics::set_default_local_recorder(&recorder);
    ground.alert("malware", &device('b')).await;
    let figures = teller(&ground).run_once(true).await.expect("the database is up");
    assert_eq!(
        (figures.restricted, figures.isolated, figures.releases),
        (1, 0, 0)
    );
    let lanes: Vec<(&str, i64)> = figures
        .queue
        .iter()
        .map(|lane| (lane.lane.as_str(), lane.actions))
        .collect();
    assert_eq!(lanes, [("normal", 1)]);
    ground.call_succeeds().await;
    let figures = teller(&ground).run_once(false).await.expect("the database is up");
    assert!(
        figures.queue.is_empty() && figures.windows.iter().all(|(_, used)| *used == 1),
        "{figures:?}"
    );
    let action = ground
        .words("SELECT id::text FROM quell.actions".to_owned())
        .await;
    let action = action[0].parse().expect("an id");
    ground.store.course_called(ground.tenant, action).await;
    let text = metrics.render();
    for line in [
        "quell_event_to_decision_seconds_count 1",
        "quell_decision_to_call_seconds_count{lane=\"normal\"} 1",
        "quell_event_to_call_seconds_count{lane=\"normal\"} 1",
        "quell_call_to_end_seconds_count{kind=\"restrict\",state=\"succeeded\"} 1",
        "quell_event_to_contained_seconds_count{measure=\"restriction\"} 1",
        "quell_budget_used_calls{tenant=\"ground\",window=\"3600\"} 1",
        "quell_budget_limit_calls{tenant=\"ground\",window=\"60\"} 100",
        "quell_contained_devices{tenant=\"ground\",measure=\"restriction\"} 1",
        "quell_queue_actions{tenant=\"ground\",lane=\"normal\"} 0",
        "quell_gate_closed{tenant=\"ground\",scope=\"actions\"} 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
