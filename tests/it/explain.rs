//! `quell explain` as an operator runs it: after a daemon has worked, by the playbooks of that day; on what does not
//! exist; and on events from a file.

use std::process::Command;
use std::time::Duration;

use quell::domain::alert::Alert;
use quell::domain::device::DeviceKind;
use quell::simulator::DeviceOverride;
use serde_json::Value;

use crate::approvals::{Says, answer, request_of, taken, yes};
use crate::decisions::machine;
use crate::operator::Shell;
use crate::support::alert::{RELEASE, alert, device, restrict};
use crate::support::ground::{Ground, asking_playbook, device as device_of, playbook};
use crate::support::{Setup, World};

const SOON: Duration = Duration::from_secs(30);

/// The real binary beside a running world: exit code, answer, and what else was said.
async fn quell(world: &World, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
    command.args(arguments).current_dir(world.directory());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("it does not panic")
        .expect("the binary can be run");
    let text = |bytes| String::from_utf8(bytes).expect("it says text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What must be said, in this order.
fn says(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("{part:?} is missing, or not in its place, in\n{text}");
        };
        rest = &rest[at + part.len()..];
    }
}

/// Restricts workstations only, so that the inventory is asked.
fn workstations(severity: &str) -> String {
    restrict("ransomware", "6d").replace(
        "  alert.severity: {at_least: high}\n",
        &format!("  alert.severity: {{at_least: {severity}}}\n  device.kind: [workstation, server]\n"),
    )
}

#[tokio::test]
async fn an_alert_a_device_and_an_action_tell_why_by_the_playbooks_of_their_day() {
    let mut world = Setup::new(100, &[&workstations("high"), RELEASE])
        .simulate(|simulator| {
            simulator.devices.insert(
                device(1),
                DeviceOverride {
                    os_platform: Some("Windows11".to_owned()),
                    ..Default::default()
                },
            );
        })
        .start()
        .await;
    world.send(&[alert("da637_1", &device(1))]).await;
    world
        .until(
            SOON,
            "SELECT count(*) = 1 FROM quell.actions WHERE state = 'succeeded'",
        )
        .await;
    let mut low = alert("637_2", &device(1));
    low["severity"] = "Low".into();
    world.send(&[low]).await;
    world
        .until(SOON, "SELECT count(*) = 2 FROM quell.decisions")
        .await;

    // The playbook is changed: what was decided stays explained by the one of its day.
    assert!(world.terminate().await.0.success());
    world.write_playbooks(&[workstations("low")]);
    world.start().await;
    world
        .until(SOON, "SELECT version = 2 FROM quell.active_sets")
        .await;

    // By either feed's id of the alert.
    let (code, out, said) = quell(&world, &["explain", "--alert", "637_1"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    says(
        &out,
        &[
            "quell set out to restrict `",
            "`ransomware` matched\n",
            "637_1, new: Ransomware was seen",
            "by playbook set version 1",
            "since      containment by ransomware: active for ",
            "; the device is restricted\n",
            "✓ ransomware@",
            ": act, mode enforce",
            "✓ when alert.severity: {at_least: high}, saw `high` (ransomware.yaml:8)",
            "✓ when device.kind: [workstation, server], saw `workstation` (ransomware.yaml:9)",
            "then restrict_app_execution for 6d, anew with each match",
            "✗ all-clear@",
            "when alert.event: resolved, saw `new` (all-clear.yaml:7)",
            "✓ mode ",
            "✓ never ",
            "✓ freshness ",
            "✓ caps[0] ",
            "0 of 100000 devices in 36 s over all playbooks",
        ],
    );
    let (_, again, _) = quell(&world, &["explain", "--alert", "da637_1"]).await;
    assert_eq!(again.lines().count(), out.lines().count());

    // One that matched nothing is weighed again, by the text of its day: today it would match.
    let (code, out, _) = quell(&world, &["explain", "--alert", "637_2", "-o", "json"]).await;
    assert_eq!(code, Some(0));
    let told: Value = serde_json::from_str(&out).expect("it is JSON");
    let told = &told["explanations"][0];
    assert_eq!(
        (&told["kind"], &told["reason"]),
        (&"skip".into(), &"no_match".into())
    );
    assert!(
        told["outcome"]
            .as_str()
            .is_some_and(|said| said.ends_with("none of the 2 playbooks matched"))
    );
    let ransomware = told["playbooks"].as_array().expect("a list");
    let ransomware = ransomware
        .iter()
        .find(|told| told["playbook"] == "ransomware")
        .expect("it is told");
    let decides = ransomware["lines"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|line| line["decides"] == true);
    let decides = decides.expect("a line said no");
    assert_eq!(
        (&decides["saw"], &decides["demands"]),
        (&"`low`".into(), &"{at_least: high}".into())
    );
    assert_eq!(
        (&ransomware["remark"], &ransomware["kind"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        ransomware["lines"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|line| line["saw"] == "[`ransomware`]" || line["saw"] == "`workstation`"),
        "{ransomware}"
    );

    let (code, out, said) = quell(&world, &["explain", "--device", &device(1)]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    says(
        &out,
        &[
            " is restricted by quell: `ransomware` for alert 637_1, the last ends in ",
            "containments\n  alert 637_1: containment by ransomware: active for ",
            "actions\n  restrict succeeded (",
            "), queued ",
            "1 call",
            "last decisions",
            "alert 637_2: quell did nothing: none of the 2 playbooks matched",
            "alert 637_1: quell set out to restrict",
        ],
    );

    let action = world.texts("SELECT id::text FROM quell.actions").await.remove(0);
    let (code, out, said) = quell(&world, &["explain", "--action", &action]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    says(
        &out,
        &[
            "the restrict of `",
            " succeeded after ",
            "wanted by  ransomware@",
            "calls\n  1. ",
            " restrict: accepted after ",
            "states\n",
            " queued by decide: matched\n",
            " submitting by gate: ",
            " succeeded by ",
            "wanted for\n",
            "the decision behind it",
            "✓ when alert.severity: {at_least: high}, saw `high` (ransomware.yaml:8)",
        ],
    );
    world.finish().await;
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_one_line_and_what_waits_is_told() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    ground.alert("one", &device_of('a')).await;
    ground.alert("one", &device_of('b')).await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (arguments, code, expected) in [
        (["--event", nobody], 1, format!("there is no event `{nobody}`; a refused record has a dead letter, which `quell status` counts\n")),
        (["--alert", "gone\u{1b}[2J"], 1, "no event of an alert `gone[2J` was accepted; a refused record has a dead letter, which `quell status` counts\n".to_owned()),
        (["--device", "web-9"], 1, "no device is called `web-9`, nor does an id begin so: no event ever named it\n".to_owned()),
        (["--action", nobody], 1, format!("there is no action `{nobody}`; `quell actions -o json` lists their ids\n")),
        (["--config", "other.yaml"], 2, String::new()),
        (["--action", "web-1"], 2, String::new()),
    ] {
        let (got, out, said) = shell.run(&["explain", arguments[0], arguments[1]]).await;
        assert_eq!((got, out.as_str()), (Some(code), ""), "{said}");
        assert!(code == 2 || said == expected, "{said}");
    }
    let (code, _, said) = shell
        .run(&["explain", "--device", "b", "--config", "other.yaml"])
        .await;
    assert_eq!(code, Some(3));
    assert!(
        said.starts_with("error: cannot read the configuration `other.yaml`"),
        "{said}"
    );

    // The queue: the second restrict stands behind the first.
    let second = ground
        .words("SELECT id::text FROM quell.actions ORDER BY queued_at DESC LIMIT 1".to_owned())
        .await;
    let (code, out, _) = shell.run(&["explain", "--action", &second[0]]).await;
    assert_eq!(code, Some(0));
    says(
        &out,
        &[
            "the restrict of device `bbbb",
            "is queued: no daemon dispatches, so it stays there",
            "queue      position 2, held: no daemon dispatches\n",
            "budget     0/100 in 1 min, 0/1500 in 1 h",
            "calls\n  none was made",
        ],
    );

    ground.accept(Alert::default(), &device_of('c')).await;
    let (code, out, _) = shell.run(&["explain", "--device", "cccc"]).await;
    assert_eq!(code, Some(0));
    says(
        &out,
        &[
            "is free: quell never restricted it",
            "alert alert-3 on cccc",
            "waits for its turn; without a daemon nothing is decided",
        ],
    );
    ground.close().await;
}

#[tokio::test]
async fn an_alert_that_asked_nobody_since_somebody_was_asked_already_says_so() {
    let mut ground = Ground::new(&[asking_playbook("one", "skip")]).await;
    let shell = Shell::new(&ground.database.url);
    let device = device_of('a');
    ground.alert("one", &device).await;
    ground.alert("one", &device).await;
    let request = request_of(&mut ground, &device).await;
    let only = Says {
        only: std::slice::from_ref(&device),
        ..yes("ann")
    };
    let answered = answer(&ground, request, only).await;
    assert_eq!(taken(&answered), ["activated"]);
    ground.alert("one", &device).await;
    for (alert, first) in [
        ("alert-1", "quell asked before restricting device `aaaa"),
        ("alert-2", "quell had asked about device `aaaa"),
        ("alert-3", "quell asked nobody about device `aaaa"),
    ] {
        let (code, out, said) = shell.run(&["explain", "--alert", alert]).await;
        assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
        says(
            &out,
            &[
                first,
                "`one` matched, and asks a person first
",
                "containment by one: active",
            ],
        );
    }
    ground.close().await;
}

#[tokio::test]
async fn a_decision_of_before_is_explained_by_what_it_has() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    ground.alert("one", &device_of('a')).await;
    ground
        .execute(
            "UPDATE quell.decisions SET event_kind = NULL, facts_hash = NULL, rules_hash = NULL, last_seen = NULL, rulings =
             '[{\"playbook\": \"one\", \"revision\": \"x\", \"mode\": \"enforce\", \"kind\": \"act\", \"reason\": \"matched\",
                \"wish\": \"act\", \"because\": \"matched\", \"line\": null, \"actions\": [\"restrict_app_execution\"]}]'"
                .to_owned(),
        )
        .await;
    let (code, out, said) = shell.run(&["explain", "--alert", "alert-1"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    says(
        &out,
        &[
            "quell set out to restrict device `aaaa",
            "`one` matched",
            "· one@",
            "act, mode enforce",
            "what it was judged by was not kept",
        ],
    );
    ground.close().await;
}

#[tokio::test]
async fn an_event_of_a_file_is_tried_out_with_and_without_a_database() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    let folder = shell.directory();
    std::fs::create_dir(folder.join("playbooks")).expect("the directory is ours");
    let text = playbook("one").replace(
        "when: {alert.category: one}",
        "when: {alert.category: ransomware, device.kind: server}",
    );
    std::fs::write(folder.join("playbooks/one.yaml"), text).expect("the directory is ours");
    let id = device_of('a');
    let mut records = serde_json::to_vec(&alert("637_9", id.as_str())).expect("it is JSON");
    records.extend_from_slice(b"\n{\"no\": \"alert\"}\n");
    std::fs::write(folder.join("events.ndjson"), records).expect("the directory is ours");

    ground.facts(&id, machine(DeviceKind::Server, &[], 7)).await;
    let (code, out, said) = shell.run(&["explain", "events.ndjson"]).await;
    assert_eq!(
        (code, said.as_str()),
        (Some(1), ""),
        "one record is no alert: {out}"
    );
    says(
        &out,
        &[
            "line 2: no known alert shape",
            "quell would restrict `fra-nb-00007.emea.corp.contoso.com`: `one` matched",
            "nothing was decided, called or changed",
            "✓ when device.kind: server, saw `server`",
            "0 of 50 devices in 1 h over all playbooks",
        ],
    );
    let decisions =
        "SELECT (SELECT count(*) FROM quell.decisions)::text || (SELECT count(*) FROM quell.events)::text";
    assert_eq!(
        ground.words(decisions.to_owned()).await,
        ["00"],
        "nothing was written"
    );

    std::fs::write(
        folder.join("facts.yaml"),
        "device: {kind: workstation, tags: []}\n",
    )
    .expect("the directory is ours");
    let (_, out, _) = shell
        .run(&["explain", "events.ndjson", "--facts", "facts.yaml"])
        .await;
    says(
        &out,
        &[
            "quell would do nothing: the one playbook did not match",
            "saw `workstation`",
            "without a database",
        ],
    );
    ground.close().await;

    // Neither database nor configuration: everything of the device is unknown, and that is said.
    let bare = tempfile::tempdir().expect("a directory can be made");
    std::fs::copy(folder.join("events.ndjson"), bare.path().join("e")).expect("it can be copied");
    let playbooks = folder.join("playbooks").display().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
    command
        .args(["explain", "e", "--playbooks", &playbooks])
        .current_dir(bare.path());
    let output = command.output().expect("the binary can be run");
    let out = String::from_utf8(output.stdout).expect("it says text");
    says(
        &out,
        &[
            "quell would ask before restricting device `aaaa",
            "`device.kind` was not known",
            "unknown: device.kind",
            "there is no configuration",
        ],
    );
}
