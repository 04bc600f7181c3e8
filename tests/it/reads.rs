//! What the API answers to those who look: the same as the commands, page by page, and a problem document to what cannot be read.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use crate::support::alert::{alert, device, restrict};
use crate::support::ground::{self, Ground};
use crate::support::http::{self, Reply};
use crate::support::{Setup, World};

const SOON: Duration = Duration::from_secs(30);

async fn get(world: &World, path: &str) -> Reply {
    let got = http::get(world.daemon().addr, path).await;
    got.expect("the daemon answers")
}

async fn json(world: &World, path: &str) -> Value {
    let reply = get(world, path).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}

/// What a command prints.
async fn said(world: &World, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["-o", "json"]].concat();
    let (code, text) = world.command(&arguments).await;
    assert_eq!(code, Some(0), "{arguments:?}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// All of a list, two rows at a time.
async fn pages(world: &World, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut after = String::new();
    loop {
        let page = json(world, &format!("{path}limit=2{after}")).await;
        let items = page["items"].as_array().expect("a page has items");
        // A record of a timeline may be several moments: an event with its decision, an action with its calls.
        assert!(
            items.len() <= if path.contains("timeline") { 8 } else { 2 },
            "{page}"
        );
        rows.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return rows,
        }
    }
}

fn column<'v>(rows: &'v [Value], name: &str) -> Vec<&'v str> {
    rows.iter()
        .map(|row| row[name].as_str().unwrap_or_else(|| panic!("no {name}: {row}")))
        .collect()
}

#[tokio::test]
async fn the_api_answers_what_the_commands_print_page_by_page() {
    let world = Setup::new(100, &[&restrict("ransomware", "6d")]).start().await;
    let news: Vec<Value> = (1..=3)
        .map(|n| alert(&format!("da637_{n}"), &device(n)))
        .collect();
    world.send(&news).await;
    world
        .until(
            SOON,
            "SELECT count(*) = 3 FROM quell.actions WHERE state = 'succeeded'",
        )
        .await;

    let actions = said(&world, &["actions"]).await;
    let listed = pages(&world, "/v1/actions?").await;
    assert_eq!(actions.as_array(), Some(&listed));
    assert_eq!(listed.len(), 3);
    let devices = said(&world, &["devices"]).await;
    assert_eq!(devices.as_array(), Some(&pages(&world, "/v1/devices?").await));

    let id = listed[0]["id"].as_str().expect("an action has an id");
    let on = listed[0]["device"].as_str().expect("an action has a device");
    let action = json(&world, &format!("/v1/actions/{id}")).await;
    assert_eq!(action, said(&world, &["explain", "--action", id]).await);
    let course = action["timeline"].as_array().expect("it has a course");
    let kinds = column(course, "kind");
    let mut steps: Vec<&str> = kinds.clone();
    steps.dedup();
    assert_eq!((steps[0], steps[1]), ("event", "decision"), "{kinds:?}");
    for kind in ["containment", "action", "call", "call_answered"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let times = column(course, "at");
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(course[course.len() - 1]["state"], "succeeded");

    let whole = json(&world, &format!("/v1/devices/{on}")).await;
    let told = whole["timeline"]["items"].as_array().expect("it has a timeline");
    let mut one_by_one = pages(&world, &format!("/v1/devices/{on}/timeline?")).await;
    assert_eq!(one_by_one.len(), told.len());
    one_by_one.sort_by_key(|moment| std::cmp::Reverse(moment["at"].to_string()));
    assert_eq!(column(&one_by_one, "at"), column(told, "at"));
    assert!(column(told, "at").is_sorted_by(|a, b| a >= b), "{told:?}");

    let events = pages(&world, "/v1/events?without_skips=true&").await;
    assert_eq!(column(&events, "kind"), ["act"; 3]);
    assert_eq!(events[0]["playbook"], "ransomware");
    let of_device = pages(&world, &format!("/v1/events?device={on}&")).await;
    assert_eq!(of_device.len(), 1);
    let event = of_device[0]["event_id"]
        .as_str()
        .expect("a decision has an event");
    let why = json(&world, &format!("/v1/events/{event}/explanation")).await;
    assert_eq!(why, said(&world, &["explain", "--event", event]).await);

    assert_eq!(pages(&world, "/v1/releases/due?").await.len(), 3);
    let trail = pages(&world, "/v1/audit?").await;
    let of_action = pages(&world, &format!("/v1/audit?of={id}&")).await;
    assert!(trail.len() > of_action.len() && of_action.len() > 2, "{trail:?}");
    let budget = json(&world, "/v1/budget").await;
    let minutes = budget["minutes"].as_array().expect("the last hour");
    let calls: i64 = minutes.iter().filter_map(|minute| minute["calls"].as_i64()).sum();
    assert_eq!((minutes.len(), calls), (60, 3));
    assert_eq!(budget["contained"][0]["actions"], 3);
    let queue = json(&world, "/v1/queue").await;
    assert_eq!(
        (&queue["actions"], &queue["items"]),
        (&0.into(), &Value::Array(Vec::new()))
    );
    let playbook = json(&world, "/v1/playbooks/ransomware").await;
    assert_eq!(playbook["stands"]["days"][6]["hits"], 3);
    assert_eq!(playbook["lines"]["hits"], 3);
    assert_eq!(playbook["lines"]["matched"], 3);
    for path in [
        "approvals",
        "restricted",
        "activations",
        "alarms",
        "dead-letters",
        "sources",
        "system",
        "status",
    ] {
        json(&world, &format!("/v1/{path}")).await;
    }

    for (path, status, reason) in [
        ("actions/x", 400, "bad_id"),
        ("actions/00000000-0000-0000-0000-000000000000", 404, "not_found"),
        ("devices/nobody", 404, "not_found"),
        ("devices/%00", 400, "unusable"),
        ("approvals/x", 400, "bad_id"),
        ("approvals/A-1", 404, "no_such_request"),
        ("playbooks/none", 404, "not_found"),
        ("actions?limit=0", 400, "bad_query"),
        ("actions?limit=1001", 400, "bad_query"),
        ("actions?state=gone", 400, "bad_query"),
        ("actions?after=zzz", 400, "unusable"),
        ("events?kind=none", 400, "bad_query"),
        ("queue?after=WyJ4Il0", 400, "unusable"),
        ("status?tenant=none", 404, "no_such_tenant"),
    ] {
        let reply = get(&world, &format!("/v1/{path}")).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status, problem["reason"].as_str()),
            (status, Some(reason)),
            "{path}: {problem}"
        );
    }
    world.finish().await;
}

#[tokio::test]
async fn a_playbook_tells_which_of_its_lines_stop_what_and_only_of_the_revision_in_force() {
    let world = Setup::new(100, &[&restrict("ransomware", "6d")]).start().await;
    let mut low = alert("da637_1", &device(1));
    low["severity"] = "Low".into();
    world.send(&[low, alert("da637_2", &device(2))]).await;
    world
        .until(SOON, "SELECT count(*) = 2 FROM quell.decisions")
        .await;
    let told = json(&world, "/v1/playbooks/ransomware").await;
    let (lines, said_no) = (&told["lines"], &told["said_no"]);
    assert_eq!(
        (&lines["decisions"], &lines["hits"], &lines["matched"]),
        (&2.into(), &1.into(), &1.into()),
        "{told}"
    );
    assert_eq!(said_no["decisions"], 1, "{told}");
    assert_eq!(said_no["lines"], serde_json::json!({"7": 0, "8": 1}), "{told}");

    world.write_playbooks(&[restrict("ransomware", "4h")]);
    world
        .until(SOON, "SELECT version = 2 FROM quell.active_sets")
        .await;
    let told = json(&world, "/v1/playbooks/ransomware").await;
    assert_eq!(
        (&told["lines"]["decisions"], &told["said_no"]["decisions"]),
        (&0.into(), &0.into()),
        "{told}"
    );
    world.finish().await;
}

#[tokio::test]
async fn what_was_added_up_and_what_came_since_are_told_as_one() {
    let world = Setup::new(100, &[&restrict("ransomware", "6d")]).start().await;
    world.send(&[alert("da637_1", &device(1))]).await;
    world
        .until(SOON, "SELECT count(*) = 1 FROM quell.decisions")
        .await;
    let store = crate::support::ledger::store(world.database());
    // An hour ago, as far as the marks are concerned: then everything is older than what settles.
    let counted = |status: &Value| (status["events"].as_i64(), status["decisions"]["act"].as_i64());
    assert_eq!(counted(&json(&world, "/v1/status").await), (Some(1), Some(1)));
    let mut connection = world.connect().await;
    sqlx::Executor::execute(
        &mut connection,
        "UPDATE quell.tally_marks SET events_until = now(), decisions_until = quell.now()",
    )
    .await
    .expect("the marks are there");
    sqlx::Executor::execute(
        &mut connection,
        "INSERT INTO quell.tallies (tenant_id, what, key, n) SELECT id, what, key, n FROM quell.tenants,
         (VALUES ('event', '', 41), ('decision', 'act', 40), ('decision', 'skip', 1)) AS t (what, key, n)",
    )
    .await
    .expect("the tallies are there");
    // What came before the marks is in what was added up.
    assert_eq!(counted(&json(&world, "/v1/status").await), (Some(41), Some(40)));
    world.send(&[alert("da637_2", &device(2))]).await;
    world
        .until(SOON, "SELECT count(*) = 2 FROM quell.decisions")
        .await;
    assert_eq!(counted(&json(&world, "/v1/status").await), (Some(42), Some(41)));
    // The next adding up begins at the marks, which are younger than what settles: nothing is added twice, nothing goes back.
    assert!(!store.tally().await.expect("Postgres is there"));
    assert_eq!(counted(&json(&world, "/v1/status").await), (Some(42), Some(41)));
    world.finish().await;
}

/// Says that the status counts what a count of every row gives; and how many actions are over.
async fn as_counted_by_hand(ground: &mut Ground) -> i64 {
    let told = ground.store.status(ground.tenant, ground.gate()).await;
    let told = told.expect("Postgres is there");
    for (table, key, told) in [
        ("actions", "state", &told.actions),
        (
            "containments",
            "CASE mode WHEN 'observe' THEN 'observed' ELSE state END",
            &told.containments,
        ),
    ] {
        let all = format!("SELECT {key} || ' ' || count(*) FROM quell.{table} GROUP BY {key} ORDER BY 1");
        let told: Vec<String> = told.iter().map(|(key, n)| format!("{key} {n}")).collect();
        assert_eq!(told, ground.words(all).await, "{table}");
    }
    told.actions.get("succeeded").copied().unwrap_or(0)
}

#[tokio::test]
async fn what_is_over_is_added_up_and_told_with_what_is_open() {
    let observed = ground::playbook("two").replace("mode: enforce", "mode: observe");
    let mut ground = Ground::new(&[ground::playbook("one"), observed]).await;
    for (category, device) in [("one", 'a'), ("one", 'b'), ("two", 'c')] {
        ground.alert(category, &ground::device(device)).await;
    }
    ground.call_succeeds().await;
    assert_eq!(as_counted_by_hand(&mut ground).await, 1);
    // Too young to be added up, then added up; and what is over since then comes to it, once.
    for _ in 0..2 {
        ground.store.tally().await.expect("Postgres is there");
        ground.store.tally_over().await.expect("Postgres is there");
        assert_eq!(as_counted_by_hand(&mut ground).await, 1);
        ground.pass(SignedDuration::from_mins(10)).await;
    }
    ground.call_succeeds().await;
    ground.pass(SignedDuration::from_hours(4)).await;
    ground.expire().await;
    assert_eq!(as_counted_by_hand(&mut ground).await, 2);
    for _ in 0..3 {
        ground.pass(SignedDuration::from_mins(10)).await;
        ground.store.tally().await.expect("Postgres is there");
        ground.store.tally_over().await.expect("Postgres is there");
        assert_eq!(as_counted_by_hand(&mut ground).await, 2);
    }
    let added = "SELECT what || ' ' || key || ' ' || n FROM quell.tallies WHERE what IN ('action', 'containment') ORDER BY 1";
    assert_eq!(
        ground.words(added.to_owned()).await,
        [
            "action succeeded 2",
            "containment ended 2",
            "containment observed 1"
        ]
    );
}
