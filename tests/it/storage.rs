//! What arrives is kept compressed and goes when its time is over: byte for byte until then, what is needed beyond it, and no audit
//! takes what was pruned for something lost.

mod sizes;

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::alert::{Alert, Event, EventFormat};
use quell::domain::incoming::Incoming;
use quell::store::audit::AuditScope;
use quell::store::views::DecisionQuery;
use quell::store::{Pruned, Retention};
use quell::worker::retention::{Step, prune};
use uuid::Uuid;

use crate::operator::Shell;
use crate::support::ground::{Ground, device, playbook};

const DAY: Duration = Duration::from_secs(86_400);

/// Events go after ninety days.
fn retention(decisions: Duration) -> Retention {
    Retention {
        events: 90 * DAY,
        decisions,
        alerts: 3_650 * DAY,
        dead_letters: 90 * DAY,
        notifications: 90 * DAY,
    }
}

async fn number(ground: &mut Ground, sql: &str) -> i64 {
    let words = ground.words(format!("SELECT ({sql})::text")).await;
    words[0].parse().expect("a number")
}

/// What went: partitions with what was kept of each, and rows of tables.
async fn pruned(ground: &Ground, retention: &Retention) -> (Vec<(Pruned, i64)>, Vec<(Pruned, u64)>) {
    let (mut dropped, mut deleted) = (Vec::new(), Vec::new());
    prune(&ground.store, retention, |step| match step {
        Step::Dropped(gone) => dropped.push((gone.of, gone.kept)),
        Step::Deleted(what, rows) => deleted.push((what, rows)),
        Step::Looked(..) => {}
    })
    .await
    .expect("the database is up");
    (dropped, deleted)
}

async fn audit_is_clean(ground: &Ground) {
    let scope = AuditScope {
        tenant: None,
        since: None,
        rows: 10,
        ledgers: Vec::new(),
    };
    let audit = ground.store.audit(&scope, |_, _| ()).await.expect("it is asked");
    let found: Vec<_> = audit.checks.iter().filter(|check| check.total > 0).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn what_is_old_goes_what_is_needed_stays_and_the_audit_takes_nothing_for_lost() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    ground.alert("nothing", &device('a')).await;
    ground.alert("one", &device('b')).await;
    assert_eq!(ground.containments(&device('b')).await.len(), 1);
    let gone = ground
        .words("SELECT id::text FROM quell.events WHERE category = 'nothing'".to_owned())
        .await
        .remove(0);
    // Nothing is old enough yet, and nobody may ask for less than a week.
    assert_eq!(pruned(&ground, &retention(90 * DAY)).await, (vec![], vec![]));
    let greedy = Retention {
        events: DAY,
        ..retention(DAY)
    };
    let now = ground.store.now().await.expect("it is up");
    let refused = ground.store.rest_prune(Pruned::Events, &greedy, now).await;
    assert!(
        refused.is_err(),
        "the database itself deletes nothing younger than a week"
    );

    ground.pass(SignedDuration::from_hours(24 * 140)).await;
    let (dropped, deleted) = pruned(&ground, &retention(3_650 * DAY)).await;
    // Of the day of the events one is kept: its containment is active still. The days to come held nothing.
    assert_eq!(
        dropped.iter().map(|(_, kept)| kept).sum::<i64>(),
        1,
        "{dropped:?}"
    );
    assert!(dropped.iter().all(|(of, _)| *of == Pruned::Events), "{dropped:?}");
    assert_eq!(deleted, [(Pruned::EventKeys, 1)]);
    assert_eq!(
        number(&mut ground, "SELECT count(*) FROM quell.events_rest").await,
        1
    );
    assert_eq!(
        number(&mut ground, "SELECT count(*) FROM quell.decisions").await,
        2
    );
    audit_is_clean(&ground).await;
    let (code, out, _) = shell.run(&["explain", "--event", &gone]).await;
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("was deleted, its time being over"), "{out}");
    let event: Uuid = gone.parse().expect("an id");
    let query = DecisionQuery::Event(event);
    let left = ground.store.decisions(ground.tenant, &query).await;
    assert!(left.expect("it is up").is_empty());

    // The decisions go, but that of the containment; what comes now finds its place.
    let (dropped, _) = pruned(&ground, &retention(90 * DAY)).await;
    assert_eq!(
        dropped.iter().map(|(_, kept)| kept).sum::<i64>(),
        1,
        "{dropped:?}"
    );
    assert_eq!(
        number(&mut ground, "SELECT count(*) FROM quell.decisions").await,
        1
    );
    ground.store.partitions_ahead().await.expect("no lock is held");
    ground.alert("nothing", &device('a')).await;
    assert_eq!(
        number(&mut ground, "SELECT count(*) FROM quell.decisions").await,
        2
    );
    audit_is_clean(&ground).await;

    // Once nothing leads to it any more it goes too.
    ground.expire().await;
    let before = number(&mut ground, "SELECT count(*) FROM quell.prunes").await;
    let (_, deleted) = pruned(&ground, &retention(90 * DAY)).await;
    assert!(deleted.contains(&(Pruned::Decisions, 2)), "{deleted:?}");
    assert!(number(&mut ground, "SELECT count(*) FROM quell.prunes").await > before);
    audit_is_clean(&ground).await;
    ground.close().await;
}

#[tokio::test]
async fn a_row_from_before_is_decided_and_explained_beside_compressed_ones() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    let bytes = br#"{"as": "it came", "with": "\u0000"}"#;
    let event = Event {
        format: EventFormat::Native,
        alert: Alert {
            id: "alert-before".to_owned(),
            category: quell::domain::fact::Fact::Is("one".to_owned()),
            ..Alert::default()
        },
        devices: vec![device('a')],
        refused_devices: Vec::new(),
        hints: Vec::new(),
        remarks: Vec::new(),
    };
    let normalised = serde_json::to_string(&event).expect("an event is JSON");
    let incoming = Incoming {
        event,
        payload: bytes.to_vec(),
        content_hash: [7; 32],
        traceparent: None,
    };
    let stored = ground
        .store
        .events_accept(ground.tenant, "http", vec![incoming], Vec::new());
    let id = stored.await.expect("it is stored").remove(0).id;
    let compressed =
        "SELECT count(*) FROM quell.events WHERE codec = 1 AND normalised IS NULL AND category = 'one'
        AND devices = ARRAY[repeat('a', 40)]";
    assert_eq!(number(&mut ground, compressed).await, 1);
    ground
        .execute(format!(
            "UPDATE quell.events SET codec = 0, event = NULL, devices = NULL, category = NULL, payload = 'as it came',
                 normalised = '{normalised}'"
        ))
        .await;
    ground.decider().run_once().await.expect("the database is up");
    assert_eq!(ground.containments(&device('a')).await.len(), 1);
    let (code, out, _) = shell.run(&["explain", "--event", &id.to_string()]).await;
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("alert-before"), "{out}");
    audit_is_clean(&ground).await;
    ground.close().await;
}
