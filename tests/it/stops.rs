//! The stop switch: what each scope forbids in the next gate transaction, what it takes back, what becomes of what would have
//! begun, and who ends it.

mod asked;
mod storm;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use quell::domain::action::{ActionEvent, ActionKind, ActionState};
use quell::domain::device::DeviceId;
use quell::domain::stop::StopScope;
use quell::domain::tenant::TenantId;
use quell::domain::verdict::Lane;
use quell::store::approvals::Refusal;
use quell::store::{GateOutcome, ReadOutcome, ResumeOrder, Resumed, StopOrder, StopView, Store};
use quell::worker::stops::Stops;
use tokio_util::sync::CancellationToken;

use crate::approvals::{Says, answer, next_minute, no, refused, request_of, review, sound, taken, yes};
use crate::operator::Shell;
use crate::support::Setup;
use crate::support::alert::{alert, device as numbered, restrict};
use crate::support::ground::{Ground, asking_playbook, device, playbook};

const SOON: Duration = Duration::from_secs(20);

/// Stops all tenants.
async fn stop(store: &Store, scope: StopScope, since: Option<Timestamp>) -> Vec<StopView> {
    let order = StopOrder {
        tenant: None,
        scope,
        since,
        via: "cli",
        by: "anna",
        reason: "wrong playbook",
    };
    store.stop_begin(&order).await.expect("the database is up")
}

async fn resume(store: &Store, tenant: Option<TenantId>) -> Resumed {
    let which = ResumeOrder {
        tenant,
        ..ResumeOrder::default()
    };
    let resumed = store.stop_end(which, "ben", "it was mended").await;
    resumed.expect("the database is up")
}

/// What the stops in force take back, as the daemon's loop does it.
async fn work(ground: &Ground) {
    let stops = Stops {
        store: ground.store.clone(),
        tenants: vec![(ground.tenant, "ground".to_owned())],
        file: None,
    };
    let looked = stops.look(&CancellationToken::new()).await;
    looked.expect("the database is up");
}

async fn release(ground: &Ground, device: &DeviceId) {
    let store = &ground.store;
    let done = store
        .device_release(ground.tenant, device, "anna", "enough", false)
        .await;
    done.expect("the database is up").expect("it is known");
}

/// What leaves the gate next: its kind, or `None`.
async fn leaves(ground: &Ground) -> Option<ActionKind> {
    ground.reserve().await.map(|(_, grant)| grant.kind)
}

#[tokio::test]
async fn while_stopped_no_restrict_passes_the_gate_releases_do_and_after_a_resume_it_goes_on() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    ground.alert("one", &device('b')).await;
    stop(&ground.store, StopScope::New, None).await;
    release(&ground, &device('a')).await;
    let look = ground.store.queue_look(ground.tenant, None, None).await;
    let lanes: Vec<Lane> = look
        .expect("the database is up")
        .heads
        .iter()
        .map(|head| head.lane)
        .collect();
    assert_eq!(
        lanes,
        [Lane::Release],
        "nobody asks the gate about what may not leave"
    );
    assert_eq!(leaves(&ground).await, Some(ActionKind::Release));
    for lowest in [Lane::Critical, Lane::Low] {
        assert!(matches!(
            ground.ask_the_gate(lowest).await.1,
            GateOutcome::NothingDue { .. }
        ));
    }
    assert_eq!(ground.actions(&device('b')).await, ["restrict queued"]);
    let resumed = resume(&ground.store, None).await;
    assert_eq!((resumed.ended.len(), resumed.left.len()), (1, 0));
    assert_eq!(leaves(&ground).await, Some(ActionKind::Restrict));
    let rows = ground
        .words(
            "SELECT concat_ws(' ', coalesce(from_state, '-'), to_state, by, reason, after ->> 'scope')
             FROM quell.transitions WHERE entity = 'stop' ORDER BY id"
                .to_owned(),
        )
        .await;
    assert_eq!(
        rows,
        [
            "- in_force anna wrong playbook new",
            "in_force ended ben it was mended"
        ]
    );
    ground.close().await;
}

#[tokio::test]
async fn frozen_nothing_leaves_releases_neither_and_reads_go_on() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    ground.alert("one", &device('b')).await;
    release(&ground, &device('a')).await;
    stop(&ground.store, StopScope::Freeze, None).await;
    let (epoch, outcome) = ground.ask_the_gate(Lane::Low).await;
    assert!(matches!(outcome, GateOutcome::Wait { .. }), "{outcome:?}");
    let read = ground
        .store
        .read_reserve(ground.tenant, epoch, ground.gate(), "list");
    let read = read.await.expect("the database is up");
    assert!(matches!(read, ReadOutcome::Granted { .. }), "{read:?}");
    resume(&ground.store, None).await;
    assert_eq!(leaves(&ground).await, Some(ActionKind::Release));
    ground.close().await;
}

#[tokio::test]
async fn what_would_begin_while_stopped_is_held_and_its_question_outlives_the_stop() {
    let mut ground = Ground::new(&[playbook("one"), asking_playbook("two", "act")]).await;
    ground.alert("one", &device('a')).await;
    ground.alert("two", &device('b')).await;
    stop(&ground.store, StopScope::New, None).await;
    // What runs already goes on.
    ground.alert("one", &device('a')).await;
    assert_eq!(ground.decision().await, "act matched");
    ground.alert("one", &device('c')).await;
    assert_eq!(ground.decision().await, "hold stopped");
    assert_eq!(ground.containments(&device('c')).await, ["one asked"]);
    // Nobody can say yes while stopped, so no question runs out, and none acts by itself.
    ground.pass(SignedDuration::from_hours(2)).await;
    let change = ground.expire().await;
    assert_eq!(
        (change.ended, change.expired, change.activated),
        (0, 0, 0),
        "{change:?}"
    );
    resume(&ground.store, None).await;
    assert_eq!(
        ground.expire().await.expired,
        0,
        "each question has its whole time again"
    );
    ground.pass(SignedDuration::from_mins(31)).await;
    let change = ground.expire().await;
    assert_eq!((change.expired, change.activated), (1, 1), "{change:?}");
    assert_eq!(ground.containments(&device('c')).await, ["one expired"]);
    assert_eq!(ground.containments(&device('b')).await, ["two active"]);
    ground.close().await;
}

#[tokio::test]
async fn what_a_stop_held_is_rejected_meanwhile_also_beyond_its_time_and_approved_once_it_has_ended() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    next_minute(&mut ground).await;
    stop(&ground.store, StopScope::New, None).await;
    let (a, b, c) = (device('a'), device('b'), device('c'));
    for device in [&a, &b, &c] {
        ground.alert("one", device).await;
        assert_eq!(ground.decision().await, "hold stopped");
    }
    // As the version before recorded it.
    let sql = format!("UPDATE quell.containments SET ask_lifts = NULL WHERE device_id = '{c}'");
    ground.execute(sql).await;
    let request = request_of(&mut ground, &a).await;
    ground.pass(SignedDuration::from_mins(40)).await;
    ground.expire().await;
    let waiting = ground.store.requests_waiting(ground.tenant).await;
    assert_eq!(waiting.expect("the database is up").devices, 3);
    let listed = ground.store.requests(ground.tenant, false, 10).await;
    assert_eq!(listed.expect("the database is up")[0].waiting, 3);
    let reviewed = review(&ground, request).await;
    assert_eq!((reviewed.open.len(), reviewed.over.len()), (3, 0));
    let (refusal, _) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(refusal, Refusal::Guard, "nobody says yes while stopped");
    let only_b = Says {
        only: std::slice::from_ref(&b),
        ..no("ann")
    };
    assert_eq!(taken(&answer(&ground, request, only_b).await), ["declined"]);
    resume(&ground.store, None).await;
    assert_eq!(
        taken(&answer(&ground, request, yes("ann")).await),
        ["activated", "activated"]
    );
    for (device, is) in [(a, "one active"), (b, "one declined"), (c, "one active")] {
        assert_eq!(ground.containments(&device).await, [is]);
    }
    sound(ground).await;
}

#[tokio::test]
async fn cancel_pending_withdraws_what_is_queued_and_cancels_what_defender_has_at_once() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    ground.alert("one", &device('b')).await;
    let state = ground.call(ActionEvent::Accepted, None, false).await;
    assert_eq!(state, ActionState::Submitted);
    ground.alert("one", &device('c')).await;
    stop(&ground.store, StopScope::CancelPending, None).await;
    work(&ground).await;
    assert_eq!(
        ground.containments(&device('a')).await,
        ["one active"],
        "it is in force"
    );
    assert_eq!(ground.containments(&device('b')).await, ["one ended operator"]);
    assert_eq!(ground.containments(&device('c')).await, ["one ended operator"]);
    assert_eq!(ground.actions(&device('c')).await, ["restrict withdrawn"]);
    assert_eq!(
        ground.audit(&device('c')).await.pop().as_deref(),
        Some("ended anna: stop: wrong playbook")
    );
    let look = ground
        .store
        .queue_look(ground.tenant, None, ground.gate().cancel_after)
        .await;
    assert_eq!(look.expect("the database is up").cancel, Some(Duration::ZERO));
    let (_, grant) = ground.reserve_cancel().await.expect("it waits for nothing");
    assert_eq!(grant.device, device('b'));
    ground.close().await;
}

#[tokio::test]
async fn release_all_releases_what_began_since_and_nothing_older_and_goes_on_after_a_break() {
    let mut ground = Ground::new(&[playbook("one"), playbook("two")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    ground.pass(SignedDuration::from_mins(10)).await;
    let since = ground.store.now().await.expect("the database is up");
    for c in ['a', 'b', 'c', 'd'] {
        ground.alert("two", &device(c)).await;
    }
    for _ in 0..2 {
        ground.call_succeeds().await;
    }
    stop(&ground.store, StopScope::ReleaseAll, Some(since)).await;
    // One batch, and then the process dies: the next one finds what is left by itself.
    let first = ground.store.stop_work(ground.tenant, 1).await;
    assert_eq!(first.expect("the database is up").ended, 1);
    work(&ground).await;
    assert_eq!(
        ground.containments(&device('a')).await,
        ["one active", "two ended operator"],
        "the older reason keeps it restricted"
    );
    assert_eq!(ground.actions(&device('a')).await, ["restrict succeeded"]);
    for c in ['b', 'c'] {
        let actions = ground.actions(&device(c)).await;
        assert_eq!(actions, ["restrict succeeded", "release queued"]);
    }
    assert_eq!(ground.actions(&device('d')).await, ["restrict withdrawn"]);
    let again = ground.store.stop_work(ground.tenant, 200).await;
    assert_eq!(again.expect("the database is up").ended, 0);
    assert_eq!(leaves(&ground).await, Some(ActionKind::Release));
    ground.close().await;
}

#[tokio::test]
async fn a_tenant_is_stopped_alone_or_with_all_also_one_that_is_added_later() {
    let ground = Ground::new(&[playbook("one")]).await;
    let other = ground.store.tenant_ensure("other").await.expect("plain");
    let names = |stops: &[StopView]| -> Vec<String> { stops.iter().map(|s| s.tenant.clone()).collect() };
    let order = StopOrder {
        tenant: Some(other),
        scope: StopScope::New,
        since: None,
        via: "api",
        by: "anna",
        reason: "theirs alone",
    };
    ground.store.stop_begin(&order).await.expect("the database is up");
    let stops = async |tenant| ground.store.stops(tenant, None).await.expect("up");
    assert_eq!(names(&stops(Some(ground.tenant)).await), [""; 0]);
    stop(&ground.store, StopScope::New, None).await;
    let third = ground.store.tenant_ensure("third").await.expect("plain");
    assert_eq!(names(&stops(Some(third)).await), ["third"]);
    // Whoever ends the stop of all leaves alone what was stopped by itself.
    let resumed = resume(&ground.store, None).await;
    assert_eq!(
        (resumed.ended.len(), names(&resumed.left)),
        (3, vec!["other".to_owned()])
    );
    assert!(resume(&ground.store, None).await.ended.is_empty());
    assert_eq!(resume(&ground.store, Some(other)).await.ended.len(), 1);
    ground.close().await;
}

#[tokio::test]
async fn the_commands_say_what_is_stopped_by_whom_and_how_to_go_on() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let shell = Shell::new(&ground.database.url);
    let (code, _, said) = shell.run(&["resume", "--reason", "x"]).await;
    assert_eq!((code, said.as_str()), (Some(1), "nothing is stopped\n"));
    let (code, _, said) = shell.run(&["stop", "--reason", " "]).await;
    assert_eq!(code, Some(2), "{said}");
    let (code, out, said) = shell
        .run(&["stop", "--only", "restrict", "--reason", "wrong playbook"])
        .await;
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "stopped: no restriction begins or leaves; releases go on\n",
        "by anna: wrong playbook",
        "1 restrictions wait",
        "quell resume --reason TEXT",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    for command in [
        &["status"][..],
        &["devices"],
        &["devices", "--restricted"],
        &["actions"],
    ] {
        let (_, out, _) = shell.run(command).await;
        let first = out.lines().next().unwrap_or_default();
        assert!(first.starts_with("STOPPED "), "{command:?}: {out}");
        assert!(first.contains("by anna: wrong playbook"), "{first}");
    }
    let (_, out, _) = shell.run(&["status", "-o", "json"]).await;
    let json: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(json["stops"][0]["scope"], "new");
    let (_, out, _) = shell.run(&["explain", "--device", "aaaaaa"]).await;
    assert!(out.contains("stops") && out.contains("STOPPED"), "{out}");
    // A file that is still there would stop it again.
    let config = shell.directory().join("quell.yaml");
    let text = std::fs::read_to_string(&config).expect("it is ours");
    std::fs::write(&config, format!("stop_file: ./halt\n{text}")).expect("it is ours");
    std::fs::write(shell.directory().join("halt"), "").expect("it is ours");
    let (code, _, said) = shell.run(&["resume", "--reason", "mended"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("remove it first"), "{said}");
    std::fs::remove_file(shell.directory().join("halt")).expect("it is ours");
    let (code, out, said) = shell.run(&["resume", "--reason", "mended", "--by", "ben"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(out.starts_with("resumed\n"), "{out}");
    let (code, _, said) = shell.run(&["stop", "--reason", "x", "--by", "stop_file"]).await;
    assert_eq!(code, Some(4), "{said}");
    ground.close().await;
}

#[tokio::test]
async fn one_of_two_stops_is_ended_by_the_beginning_of_its_id_and_the_other_stays() {
    let ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    for scope in ["new", "freeze"] {
        let (code, _, said) = shell.run(&["stop", "--scope", scope, "--reason", scope]).await;
        assert_eq!(code, Some(0), "{said}");
    }
    let in_force = async || {
        let (_, out, _) = shell.run(&["status", "-o", "json"]).await;
        let status: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
        let stops = status["stops"].as_array().cloned().unwrap_or_default();
        let told = |stop: &serde_json::Value| (stop["scope"].to_string(), stop["id"].to_string());
        stops.iter().map(told).collect::<Vec<_>>()
    };
    let stops = in_force().await;
    let (_, id) = stops
        .iter()
        .find(|(scope, _)| scope.contains("freeze"))
        .expect("it is in force");
    let id = &id.trim_matches('"')[..8];
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(out.contains(&format!("(stop {id})")), "{out}");
    let (code, _, said) = shell
        .run(&["resume", "--stop", "none-such", "--reason", "x"])
        .await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("no stop in force has an id") && said.contains(id),
        "{said}"
    );
    assert_eq!(in_force().await.len(), 2);
    let (code, out, said) = shell.run(&["resume", "--stop", id, "--reason", "x"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(out.contains("still stopped"), "{out}");
    let left = in_force().await;
    assert!(left.len() == 1 && left[0].0.contains("new"), "{left:?}");
    ground.close().await;
}

#[tokio::test]
async fn a_file_stops_every_replica_its_removal_ends_nothing_and_the_api_resumes() {
    let mut world = Setup::new(100, &[&restrict("one", "6d")])
        .set("stop_file", "halt")
        .start()
        .await;
    let second = world.another().await;
    world.write("halt", "the wrong playbook is out\n");
    world
        .until(SOON, "SELECT EXISTS (SELECT 1 FROM quell.stops)")
        .await;
    world.send(&[alert("1", &numbered(1))]).await;
    world
        .until(
            SOON,
            "SELECT EXISTS (SELECT 1 FROM quell.decisions WHERE reason = 'stopped')",
        )
        .await;
    std::fs::remove_file(world.path().join("halt")).expect("it is ours");
    let stops = world
        .texts("SELECT concat_ws(' ', scope, via, begun_by, reason, ended_at) FROM quell.stops")
        .await;
    assert_eq!(
        stops,
        ["new file stop_file the wrong playbook is out"],
        "two replicas write one stop, and it stays"
    );
    // What was found is told again for a second.
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        let ready = crate::support::http::get(world.daemon().addr, "/readyz").await;
        let ready = ready.expect("the daemon answers");
        assert_eq!(ready.status, 200, "it takes events all the same");
        assert_eq!(ready.body.lines().next(), Some("ready"));
        let note = ready.body.lines().nth(1).unwrap_or_default();
        if note.starts_with("test is stopped (new) since ") {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{ready:?}");
        tokio::task::yield_now().await;
    }
    let metrics = crate::support::http::get(world.daemon().addr, "/metrics").await;
    let metrics = metrics.expect("the daemon answers").body;
    assert!(metrics.contains("quell_stopped{tenant=\"test\"} 1"), "{metrics}");
    let body = br#"{"by": "anna", "reason": "mended"}"#;
    let reply = crate::support::http::post(world.daemon().addr, "/v1/resume", "application/json", body).await;
    assert_eq!(reply.expect("the daemon answers").status, 200);
    world
        .until(
            SOON,
            "SELECT count(*) = 0 FROM quell.stops WHERE ended_at IS NULL",
        )
        .await;
    let body = br#"{"by": "anna", "reason": "again", "scope": "freeze"}"#;
    let reply = crate::support::http::post(second.addr, "/v1/stop", "application/json", body).await;
    assert_eq!(reply.expect("the daemon answers").status, 200);
    let frozen = "SELECT quell.stop_in_force(id) = 'freeze' FROM quell.tenants";
    world.until(SOON, frozen).await;
    assert_eq!(world.finish().await.action_calls, 0);
}

#[tokio::test]
async fn a_stop_waits_for_a_decision_that_is_half_way_and_the_next_one_is_held() {
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let half_way = ground
        .store
        .decide_begin(ground.tenant, 10)
        .await
        .expect("the database is up");
    let store = ground.store.clone();
    let mut stopping = tokio::task::JoinSet::new();
    stopping.spawn(async move { stop(&store, StopScope::New, None).await });
    let waits =
        "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND objid = 65 AND NOT granted
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let deadline = tokio::time::Instant::now() + SOON;
    while ground.words(waits.to_owned()).await != ["1"] {
        assert!(
            stopping.try_join_next().is_none(),
            "it is not written beside a decision"
        );
        assert!(tokio::time::Instant::now() < deadline, "it waits");
        tokio::task::yield_now().await;
    }
    half_way.abandon().await.expect("the database is up");
    let stopped = stopping.join_next().await.expect("it was begun");
    assert_eq!(stopped.expect("it stops").len(), 1);
    let id = device('a');
    ground.alert("malware", &id).await;
    assert_eq!(ground.decision().await, "hold stopped");
    resume(&ground.store, None).await;
    assert!(ground.reserve().await.is_none(), "a person was asked");
}
