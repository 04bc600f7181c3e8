//! `quell probe` against a simulated Defender: dry, to the end, refused, and interrupted.

mod also;

use std::process::{Command, Stdio};
use std::time::Duration;

use quell::simulator::Options;
use serde_json::Value;

use crate::support::alert::{alert, device, storm_playbook};
use crate::support::{Setup, World};

/// A world that knows the device, which nothing restricts.
async fn world(change: impl FnOnce(&mut Options), settings: &[(&'static str, &str)]) -> World {
    let mut setup = Setup::new(100, &[&storm_playbook()]).simulate(change);
    for (key, value) in settings {
        setup = setup.set(key, value);
    }
    let world = setup.start().await;
    let mut quiet = alert("quiet", &device(1));
    quiet["severity"] = "Low".into();
    world.send(&[quiet]).await;
    world.until_idle(Duration::from_secs(30)).await;
    world
}

fn answer<'r>(report: &'r Value, question: &str) -> &'r str {
    let answers = report["answers"].as_array().expect("a list");
    let found = answers.iter().find(|answer| answer["question"] == question);
    found.unwrap_or_else(|| panic!("`{question}` is not in {report:#}"))["answer"]
        .as_str()
        .expect("a text")
}

const GO: [&str; 5] = ["--go", "--yes", "--reason", "a new tenant", "--long-comment"];

async fn probe(world: &World, more: &[&str]) -> (Option<i32>, String) {
    let id = device(1);
    world.command(&[&["probe", "--device", &id], more].concat()).await
}

#[tokio::test]
async fn a_dry_probe_says_what_it_would_do_and_calls_nothing() {
    let world = world(|_| {}, &[]).await;
    let (code, text) = probe(&world, &[]).await;
    assert_eq!(code, Some(0), "{text}");
    for expected in [
        "dry run: nothing was called. With `--go`, for ",
        "  reads, 7 slots of the reads' budget:\n",
        "    GET /api/machines?$top=1\n",
        "/availableMachineActions\n",
        "  then, 2 slots of the calls' budget and up to 24 reads more, made by the daemon as always:\n",
        "a containment by hand, under every guard; it ends by itself after 15 min\n",
        "  the risk: for some minutes only programs signed by Microsoft start on this device",
        "    restrict_twice: only a call tells that nothing wants: `--also restrict_twice` makes it\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    let (code, text) = probe(
        &world,
        &["--also", "release_free,restrict_twice", "--also-wait", "30s"],
    )
    .await;
    assert_eq!(code, Some(0), "{text}");
    for expected in [
        "by calls that nothing wants (`--also`), one slot each, each waited for 30 s and then taken back:\n    restrict_twice: POST ",
        "    release_free: POST …/unrestrictCodeExecution, once more when the device is free\n      the risk: until it is over",
        "  not asked:\n    cancel_final: only a call tells",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    assert_eq!(world.simulator.report().action_calls, 0);
    let asked = format!("{:?}", world.simulator.journal());
    assert!(!asked.contains("availableMachineActions"), "{asked}");
    world.finish().await;
}

#[tokio::test]
async fn a_probe_answers_what_it_can_and_leaves_the_device_free() {
    let world = world(|options| options.read_after_write = Duration::from_secs(60), &[]).await;
    let config = std::fs::read_to_string(world.path().join("quell.yaml")).expect("it was written");
    assert!(!config.contains("external_id"));
    let (code, text) = probe(
        &world,
        &[&GO[..], &["-o", "json", "--report", "report.json"]].concat(),
    )
    .await;
    assert_eq!(code, Some(0), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(
        (
            &report["acted"],
            &report["released"],
            &report["by"],
            &report["trouble"]
        ),
        (&true.into(), &true.into(), &"anna".into(), &Value::Null)
    );
    for (question, expected) in [
        ("read_after_write", "between "),
        ("comment_echo", "yes, all 997 characters"),
        (
            "external_id_echo",
            "`external_id` of the tenant is false: it is not sent",
        ),
        ("count", "yes: "),
        ("filter_last_update", "yes"),
        ("retry_after", "no 429 came"),
        ("restrict_twice", "only a call tells that nothing wants"),
    ] {
        let said = answer(&report, question);
        assert!(said.starts_with(expected), "{question}: {said}");
    }
    for question in ["restrict_takes", "release_takes"] {
        let said = answer(&report, question);
        assert!(
            said.ends_with("by Defender's own times (Succeeded)"),
            "{question}: {said}"
        );
    }
    let written = std::fs::read_to_string(world.path().join("report.json")).expect("it was written");
    assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), report);
    let seen = world.simulator.report();
    assert_eq!((seen.action_calls, seen.restricted_now), (2, 0));
    world.finish().await;
}

#[tokio::test]
async fn a_protected_device_is_never_probed_nor_any_while_stopped() {
    let never = format!("{{tags: [], ids: [\"{}\"]}}", device(1));
    let world = world(|_| {}, &[("never", &never)]).await;
    let (code, text) = probe(&world, &GO).await;
    assert_eq!(code, Some(5), "{text}");
    assert!(
        text.contains("a guard refuses the restriction: never.ids: "),
        "{text}"
    );
    assert!(
        text.contains("not asked, because a guard refused the restriction"),
        "{text}"
    );
    let (code, text) = world.command(&["stop", "--reason", "drill"]).await;
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = probe(&world, &GO).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("nothing was done: a stop is in force (drill)"),
        "{text}"
    );
    let (code, text) = probe(&world, &["--go"]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("say why with `--reason TEXT`"), "{text}");
    assert_eq!(world.simulator.report().action_calls, 0);
    let (code, text) = world.command(&["resume", "--reason", "over"]).await;
    assert_eq!(code, Some(0), "{text}");
    world.finish().await;
}

#[tokio::test]
async fn a_device_that_somebody_else_restricted_is_not_probed() {
    let world = world(|_| {}, &[]).await;
    world
        .simulator
        .act_by_other(&device(1), quell::simulator::Kind::Restrict);
    let (code, text) = probe(&world, &GO).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("nothing was done: "), "{text}");
    assert_eq!(world.simulator.report().action_calls, 0);
    world.finish().await;
}

#[tokio::test]
async fn an_interrupted_probe_releases_its_device_first() {
    let slow = Duration::from_secs(100)..=Duration::from_secs(100);
    let world = world(|options| options.in_progress_for = slow, &[]).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
    command
        .args(["probe", "--device", &device(1)])
        .args(GO)
        .current_dir(world.directory())
        .env("USER", "anna")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().expect("cargo has built the binary");
    let pid = child.id().to_string();
    world
        .seen("it is being restricted", Duration::from_secs(30), |report| {
            report.action_calls == 1
        })
        .await;
    let killed = Command::new("kill").args(["-INT", &pid]).status();
    assert!(killed.expect("there is a kill").success());
    let output = tokio::task::spawn_blocking(move || child.wait_with_output())
        .await
        .expect("it does not panic")
        .expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("interrupted: the device is being released"),
        "{text}"
    );
    assert!(text.ends_with("the device is free again\n"), "{text}");
    assert_eq!(world.simulator.report().restricted_now, 0);
    let ended = "SELECT concat_ws(' ', state, end_reason, begun_by) FROM quell.containments";
    assert_eq!(world.texts(ended).await, ["ended operator anna"]);
    world.finish().await;
}
