//! `quell playbooks`: the set in force, seen, compared and changed by an operator while the daemon runs.

use std::sync::Arc;
use std::time::Duration;

use quell::domain::verdict::Mode;
use quell::playbook::{PlaybookSet, SourceFile};
use quell::store::{Activation, Because, Origin, RevisionText};
use quell::worker::active_set::{self, InForce};
use serde_json::Value;

use crate::support::alert::{alert, device, restrict};
use crate::support::ground::{Ground, playbook};
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
    for (path, expected, code_of) in [
        ("mine", "did you mean `alert.severity`?", 1),
        ("mine/one.yaml", "is one file", 1),
        ("empty", "no playbook is under `empty`", 1),
        ("nowhere", "`nowhere` is not there", 3),
    ] {
        let (code, said) = world
            .command(&["playbooks", "activate", path, "--reason", "a try"])
            .await;
        assert_eq!(code, Some(code_of), "{said}");
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
    for (id, revision, exit, expected) in [
        (
            "one",
            "00000000",
            1,
            "no revision of `one` that ever was in force begins with `00000000`",
        ),
        ("one", "0", 2, "too short"),
        ("none", "00000000", 1, "no revision of `none`"),
    ] {
        let (code, said) = world
            .command(&["playbooks", "show", id, "--revision", revision])
            .await;
        assert_eq!(code, Some(exit), "{said}");
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

fn compiled(id: &str) -> Arc<PlaybookSet> {
    let file = SourceFile {
        name: format!("{id}.yaml"),
        text: playbook(id),
    };
    Arc::new(PlaybookSet::compile(&[file]).expect("it is right").0)
}

#[tokio::test]
async fn the_set_in_force_is_the_one_that_was_handed_over_and_the_one_before_is_kept_for_what_began_under_it()
{
    let ground = Ground::new(&[playbook("one")]).await;
    let (store, tenant, in_force) = (&ground.store, ground.tenant, InForce::default());
    let load = async || {
        let active = in_force.load(store, tenant).await.expect("the database is up");
        active.map(|active| active.version)
    };
    assert_eq!(load().await, Some(1));
    let first = in_force.at(1).expect("it was loaded");
    let second = compiled("two");
    in_force.offer(&second);
    active_set::propose(store, tenant, &second)
        .await
        .expect("the database is up");
    assert!(
        in_force.at(2).is_none(),
        "nothing changes before the activation is seen"
    );
    assert_eq!(load().await, Some(2));
    let held = in_force.at(2).expect("it was loaded");
    assert!(Arc::ptr_eq(&held, &second), "it is not compiled again");
    let before = in_force.at(1).expect("it is kept");
    assert!(Arc::ptr_eq(&before, &first));

    // Back again: the same set under another version, and none of it is compiled anew.
    active_set::propose(store, tenant, &first)
        .await
        .expect("the database is up");
    assert_eq!(load().await, Some(3));
    let back = in_force.at(3).expect("it was loaded");
    assert!(Arc::ptr_eq(&back, &first));
    assert!(in_force.at(1).is_none(), "two versions are kept, not more");
    ground.close().await;
}

#[tokio::test]
async fn of_two_who_activate_at_once_one_is_told_that_the_other_was_faster() {
    let ground = Ground::new(&[playbook("one")]).await;
    let (a, b) = (compiled("two"), compiled("three"));
    let proposal = active_set::Proposal {
        origin: Origin::Operator,
        because: Because {
            by: "anna",
            reason: "a race",
        },
        expected: Some(1),
    };
    let (store, tenant) = (&ground.store, ground.tenant);
    let (one, other) = tokio::join!(
        active_set::activate(store, tenant, &a, proposal),
        active_set::activate(store, tenant, &b, proposal),
    );
    let mut versions = [
        one.expect("the database is up"),
        other.expect("the database is up"),
    ];
    versions.sort();
    assert_eq!(versions, [None, Some(2)]);
    let history = store.set_history(tenant, 10).await.expect("the database is up");
    assert_eq!(history.len(), 2, "one activation, and the first: {history:?}");
    ground.close().await;
}

#[tokio::test]
async fn ten_thousand_playbooks_are_kept_and_activated_in_a_few_statements() {
    let ground = Ground::new(&[]).await;
    let text = playbook("one").repeat(3);
    let mut playbooks: Vec<RevisionText> = (0..10_000)
        .map(|n| RevisionText {
            playbook: format!("playbook-{n:05}"),
            revision: format!("{n:064x}"),
            mode: Mode::Observe,
            text: text.clone(),
        })
        .collect();
    let (store, tenant) = (&ground.store, ground.tenant);
    for (hash, expected) in [("first", 1), ("second", 2)] {
        let activation = Activation {
            hash,
            playbooks: &playbooks,
            expected: Some(expected),
            origin: Origin::Files,
            because: Because {
                by: "files",
                reason: "a test",
            },
        };
        let began = quell::clock::Monotonic::now();
        let version = store
            .set_activate(tenant, &activation)
            .await
            .expect("the database is up");
        println!("set `{hash}` of {} took {:?}", playbooks.len(), began.elapsed());
        assert_eq!(version, Some(expected + 1));
        let read = store
            .set_playbooks(tenant, hash)
            .await
            .expect("the database is up");
        assert_eq!(read, playbooks);
        // The next set differs in one playbook, as after an edit.
        playbooks[7].revision = "f".repeat(64);
        playbooks[7].mode = Mode::Enforce;
    }
    ground.close().await;
}
