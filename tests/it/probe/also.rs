//! What `--also` asks by calls that nothing wants, in each way in which Defender may answer; and that the device is free at the
//! end, whoever is killed in the middle.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use quell::simulator::{DuplicateMode, Options};
use serde_json::{Value, json};

use super::{GO, answer, probe, world};
use crate::support::World;
use crate::support::alert::device;

const ALL: [&str; 2] = ["--also", "restrict_twice,release_free,cancel_final"];

/// What the books say of every action of the device, the oldest first.
async fn books(world: &World) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', a.kind, a.state, p.question) FROM quell.actions a
               LEFT JOIN quell.probe_calls p ON p.id = a.probe_id ORDER BY a.queued_at, a.id";
    world.texts(sql).await
}

async fn asked(world: &World, more: &[&str]) -> Value {
    let (code, text) = probe(world, &[&GO[..], &ALL, &["-o", "json"], more].concat()).await;
    assert_eq!(code, Some(0), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(
        (&report["released"], &report["trouble"]),
        (&true.into(), &Value::Null)
    );
    assert_eq!(world.simulator.report().restricted_now, 0);
    report
}

/// The simulator counts what repeats the device's state, as it must: nothing else may be wrong.
async fn end(mut world: World, doubles: u64) {
    world.expects_doubles = doubles;
    world.finish().await;
}

fn figure<'r>(report: &'r Value, question: &str) -> (&'r Value, &'r Value) {
    let answers = report["answers"].as_array().expect("a list");
    let found = answers.iter().find(|answer| answer["question"] == question);
    let found = found.expect("every question has a line");
    (&found["figure"], &found["unit"])
}

#[tokio::test]
async fn each_question_is_asked_by_one_call_that_the_books_know() {
    let world = world(|_| {}, &[]).await;
    let report = asked(&world, &[]).await;
    for question in ["restrict_twice", "release_free"] {
        let said = answer(&report, question);
        assert!(
            said.starts_with("a machine action of its own is made; it took ")
                && said.ends_with("(Succeeded)"),
            "{question}: {said}"
        );
        assert_eq!(figure(&report, question).1, "s");
    }
    let said = answer(&report, "cancel_final");
    assert!(said.starts_with("it is refused: status 400: "), "{said}");
    assert_eq!(figure(&report, "cancel_final"), (&json!(400.0), &json!("status")));
    assert_eq!(
        report["also"],
        json!(["restrict_twice", "release_free", "cancel_final"])
    );
    assert_eq!(
        books(&world).await,
        [
            "restrict succeeded",
            "restrict succeeded restrict_twice",
            "release succeeded",
            "release succeeded release_free"
        ]
    );
    // Four calls and a cancel; each attempt stands in the ledger, and each question in the history, with who asked.
    assert_eq!(
        world
            .texts("SELECT kind FROM quell.attempts WHERE scope = 'actions' ORDER BY reserved_at")
            .await,
        ["restrict", "restrict", "release", "release", "cancel"]
    );
    let history = "SELECT concat_ws(' ', by, to_state, reason) FROM quell.transitions WHERE entity = 'probe' ORDER BY id";
    assert_eq!(
        world.texts(history).await,
        [
            "anna asked probe restrict_twice: a new tenant",
            "anna asked probe release_free: a new tenant",
            "anna asked probe cancel_final: a new tenant"
        ]
    );
    end(world, 2).await;
}

#[tokio::test]
async fn what_stays_pending_is_cancelled_and_the_device_is_free() {
    let stuck = |options: &mut Options| options.duplicate_mode = DuplicateMode::SecondStuckPending;
    let world = world(stuck, &[]).await;
    let report = asked(&world, &["--also-wait", "300ms"]).await;
    for question in ["restrict_twice", "release_free"] {
        let said = answer(&report, question);
        // The daemon takes it back by itself as well, maybe before the probe's last look.
        let waited = ["still Pending", "not over"].map(|state| {
            format!("a machine action of its own is made, {state} after 300 ms: it is taken back")
        });
        assert!(waited.iter().any(|each| each == said), "{question}: {said}");
    }
    assert_eq!(
        books(&world).await,
        [
            "restrict succeeded",
            "restrict cancelled restrict_twice",
            "release succeeded",
            "release cancelled release_free"
        ]
    );
    end(world, 2).await;
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_repeats_nothing() {
    let refuse = |options: &mut Options| {
        let already = |route: &str| json!({"route": route, "from_call": 2, "calls": 1, "answer": {"error": {"code": "ActiveRequestAlreadyExists"}}});
        let rules = json!([already("restrict"), already("release")]);
        options.rules = serde_json::from_value(rules).expect("two rules");
    };
    let world = world(refuse, &[]).await;
    let report = asked(&world, &[]).await;
    for question in ["restrict_twice", "release_free"] {
        let said = answer(&report, question);
        assert!(
            said.starts_with("it is refused: status 400: ActiveRequestAlreadyExists"),
            "{question}: {said}"
        );
    }
    assert_eq!(
        books(&world).await,
        [
            "restrict succeeded",
            "restrict withdrawn restrict_twice",
            "release succeeded",
            "release withdrawn release_free"
        ]
    );
    end(world, 0).await;
}

fn spawn(world: &World, more: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
    command
        .args(["probe", "--device", &device(1)])
        .args(GO)
        .args(ALL)
        .args(more)
        .current_dir(world.directory())
        .env("USER", "anna")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().expect("cargo has built the binary")
}

#[tokio::test]
async fn a_device_is_free_though_probe_and_daemon_are_killed_over_a_second_restrict() {
    let stuck = |options: &mut Options| options.duplicate_mode = DuplicateMode::SecondStuckPending;
    let mut world = world(stuck, &[]).await;
    let mut child = spawn(&world, &["--for", "2s"]);
    world
        .seen("the second restrict", Duration::from_secs(30), |report| {
            report.duplicates == 1
        })
        .await;
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    world.kill_9();
    world.start().await;
    let free = "SELECT (SELECT restriction = 'free' FROM quell.devices) AND NOT EXISTS (
                  SELECT 1 FROM quell.actions WHERE final_at IS NULL) AND EXISTS (
                  SELECT 1 FROM quell.actions WHERE kind = 'release' AND state = 'succeeded')";
    world.until(Duration::from_secs(30), free).await;
    assert_eq!(world.simulator.report().restricted_now, 0);
    assert_eq!(
        books(&world).await,
        [
            "restrict succeeded",
            "restrict cancelled restrict_twice",
            "release succeeded"
        ]
    );
    end(world, 1).await;
}

#[tokio::test]
async fn a_release_that_stays_pending_ends_with_its_time_though_the_probe_is_killed() {
    let stuck = |options: &mut Options| options.duplicate_mode = DuplicateMode::SecondStuckPending;
    let world = world(stuck, &[]).await;
    let mut child = spawn(&world, &["--also", "release_free", "--also-wait", "800ms"]);
    world
        .seen("the second release", Duration::from_secs(30), |report| {
            report.duplicates == 2
        })
        .await;
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    world.until_idle(Duration::from_secs(30)).await;
    assert_eq!(books(&world).await[3..], ["release cancelled release_free"]);
    assert_eq!(world.simulator.report().restricted_now, 0);
    end(world, 2).await;
}
