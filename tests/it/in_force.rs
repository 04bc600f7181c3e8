//! `quell playbooks`: the set in force, seen, compared and changed by an operator while the daemon runs.

use std::time::Duration;

use serde_json::Value;

use crate::support::alert::{alert, device, restrict};
use crate::support::{Setup, World, throughout};

const SCALE: u32 = 60;
const SOON: Duration = Duration::from_secs(30);

fn observing(id: &str) -> String {
    restrict(id, "4h").replace("mode: enforce", "mode: observe")
}

/// A daemon with playbook `one`, and beside its files a directory `mine` in which `one` only observes.
async fn world() -> World {
    let world = Setup::new(SCALE, &[&restrict("one", "4h")]).start().await;
    world.write_playbooks_to("mine", &[observing("one"), observing("two")]);
    world
}

async fn json(world: &World, arguments: &[&str]) -> Value {
    let (code, said) = world.command(&[arguments, &["-o", "json"]].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

const ACTIVATE: [&str; 5] = ["playbooks", "activate", "mine", "--reason", "INC-4711"];

async fn activations(world: &World) -> Vec<String> {
    world
        .texts("SELECT concat_ws(' ', version, activated_by) FROM quell.set_activations ORDER BY version")
        .await
}

#[tokio::test]
async fn an_operator_puts_a_set_in_force_and_the_next_event_is_decided_by_it() {
    let world = world().await;
    let (code, said) = world.command(&[&ACTIVATE[..], &["--dry-run"]].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("would take the place of version 1"), "{said}");
    assert_eq!(
        activations(&world).await,
        ["1 files"],
        "a dry run changes nothing"
    );

    let report = json(&world, &ACTIVATE).await;
    assert_eq!(report["version"], 2);
    assert_eq!(report["by"], "anna");
    let changes = report["changes"].as_array().expect("a list");
    assert!(
        changes[0]
            .as_str()
            .is_some_and(|c| c.ends_with("enforce -> observe")),
        "{changes:?}"
    );
    assert!(
        changes[1].as_str().is_some_and(|c| c.starts_with("adds two@")),
        "{changes:?}"
    );
    assert_eq!(report["files_differ"].as_array().map(Vec::len), Some(1));
    world.send(&[alert("after", &device(1))]).await;
    world.until_idle(SOON).await;
    let decided = world
        .texts("SELECT kind || ' ' || set_version FROM quell.decisions")
        .await;
    assert_eq!(decided, ["observe 2"]);

    let again = json(&world, &ACTIVATE).await;
    assert_eq!(
        (&again["is_changed"], &again["version"]),
        (&false.into(), &2.into())
    );
    assert_eq!(activations(&world).await, ["1 files", "2 anna"]);
    let (_, status) = world.command(&["status"]).await;
    assert!(
        status.contains("version 2, in force for ") && status.contains("by anna: INC-4711"),
        "{status}"
    );
    assert_eq!(world.finish().await.action_calls, 0);
}

#[tokio::test]
async fn an_activation_that_expects_another_set_changes_nothing_and_says_what_is_in_force() {
    let world = world().await;
    let first = json(&world, &["playbooks", "list"]).await["hash"].clone();
    let first = first.as_str().expect("it has a hash");
    let expecting = |more: &[&'static str]| [&ACTIVATE[..], more].concat();
    for wrong in [
        expecting(&["--if-revision", "000000"]),
        expecting(&["--if-version", "7"]),
        expecting(&["--if-version", "0"]),
    ] {
        let (code, said) = world.command(&wrong).await;
        assert_eq!(code, Some(1), "{wrong:?}: {said}");
        assert!(
            said.contains("another set is in force than expected: version 1, set ")
                && said.contains(&first[..12])
                && said.contains("by files (start on "),
            "{said}"
        );
    }
    assert_eq!(activations(&world).await, ["1 files"]);
    let (code, said) = world
        .command(&[&ACTIVATE[..], &["--if-revision", &first[..8]]].concat())
        .await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = world
        .command(&[
            "playbooks",
            "activate",
            "playbooks",
            "--reason",
            "back",
            "--if-revision",
            &first[..8],
        ])
        .await;
    assert_eq!(code, Some(1), "stale: {said}");
    assert!(
        said.contains("version 2") && said.contains("by anna (INC-4711)"),
        "{said}"
    );
    assert_eq!(activations(&world).await, ["1 files", "2 anna"]);
    world.finish().await;
}

#[tokio::test]
async fn an_activation_of_wrong_playbooks_of_one_file_or_of_none_changes_nothing() {
    let world = world().await;
    world.write("mine/three.yaml", "id: three\nwhen: {alert.severty: high}\n");
    world.write_playbooks_to("empty", &[]);
    for (path, expected) in [
        ("mine", "did you mean `alert.severity`?"),
        ("mine/one.yaml", "is one file"),
        ("empty", "no playbook is under `empty`"),
        ("nowhere", "cannot read `nowhere`"),
    ] {
        let (code, said) = world
            .command(&["playbooks", "activate", path, "--reason", "a try"])
            .await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(activations(&world).await, ["1 files"]);
    world.finish().await;
}

#[tokio::test]
async fn a_restart_does_not_undo_what_was_put_in_force_by_hand_and_a_change_of_files_does() {
    let mut world = world().await;
    json(&world, &ACTIVATE).await;
    world.terminate().await;
    // Even files that changed meanwhile do not win at a start.
    world.write_playbooks(&[restrict("one", "5h")]);
    world.start().await;
    throughout("what is in force stays", Duration::from_secs(5), async || {
        activations(&world).await == ["1 files", "2 anna"]
    })
    .await;
    let (_, status) = world.command(&["status"]).await;
    assert!(
        status.contains("are not in force: an operator put the active set in force by hand"),
        "{status}"
    );
    world.write_playbooks(&[restrict("one", "6h")]);
    world
        .until(
            SOON,
            "SELECT version = 3 AND origin = 'files' FROM quell.active_sets",
        )
        .await;
    assert_eq!(activations(&world).await, ["1 files", "2 anna", "3 files"]);
    world.finish().await;
}

#[tokio::test]
async fn a_hangup_takes_the_files_even_after_an_activation_by_hand() {
    let world = world().await;
    json(&world, &ACTIVATE).await;
    world.daemon().hang_up();
    world
        .until(
            SOON,
            "SELECT version = 3 AND origin = 'files' FROM quell.active_sets",
        )
        .await;
    world.finish().await;
}

#[tokio::test]
async fn list_show_diff_and_history_tell_what_is_and_was_in_force() {
    let world = world().await;
    world.send(&[alert("before", &device(1))]).await;
    world.until_idle(SOON).await;
    let list = json(&world, &["playbooks", "list"]).await;
    let one = &list["playbooks"][0];
    assert_eq!((&one["id"], &one["mode"]), (&"one".into(), &"enforce".into()));
    assert_eq!((&one["contained"], &one["acted_24h"]), (&1.into(), &1.into()));
    assert_eq!(one["priority"], "normal");
    let first = one["revision"].as_str().expect("it has one").to_owned();

    let (code, said) = world.command(&["playbooks", "diff"]).await;
    assert_eq!((code, said.as_str()), (Some(0), "nothing differs\n"));
    let (code, said) = world.command(&["playbooks", "diff", "mine"]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("\n-mode: enforce\n+mode: observe\n") && said.contains("+id: two\n"),
        "{said}"
    );
    json(&world, &ACTIVATE).await;
    let (code, _) = world.command(&["playbooks", "diff", "mine"]).await;
    assert_eq!(code, Some(0));

    let (code, said) = world.command(&["playbooks", "show", "one"]).await;
    assert_eq!(code, Some(0));
    assert!(said.contains(&observing("one")), "{said}");
    let (code, said) = world
        .command(&["playbooks", "show", "one", "--revision", &first[..8]])
        .await;
    assert_eq!(code, Some(0));
    assert!(
        said.contains(&restrict("one", "4h")) && said.contains("not in force now"),
        "{said}"
    );
    for (id, revision, expected) in [
        (
            "one",
            "00000000",
            "no revision of `one` that ever was in force begins with `00000000`",
        ),
        ("one", "0", "too short"),
        ("none", "00000000", "no revision of `none`"),
    ] {
        let (code, said) = world
            .command(&["playbooks", "show", id, "--revision", revision])
            .await;
        assert_eq!(code, Some(1));
        assert!(said.contains(expected), "{said}");
    }

    let now = json(&world, &["playbooks", "list"]).await["playbooks"][0]["revision"].clone();
    let now = now.as_str().expect("it has one");
    let revisions = format!("{}..{}", &first[..8], &now[..8]);
    for two in [["--revision", revisions.as_str()], ["--set-version", "1..2"]] {
        let (code, said) = world.command(&[&["playbooks", "diff"][..], &two].concat()).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("\n-mode: enforce\n+mode: observe\n"), "{said}");
    }
    let (code, said) = world.command(&["playbooks", "history"]).await;
    assert_eq!(code, Some(0));
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines.len() == 3
            && lines[1].contains("anna")
            && lines[1].ends_with("INC-4711")
            && lines[2].contains("files"),
        "{said}"
    );
    world.finish().await;
}
