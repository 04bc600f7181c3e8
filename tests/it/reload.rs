//! Playbooks that change while the daemon runs: a good set takes over in one step, a bad one changes nothing and is told.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::support::alert::{alert, device, restrict};
use crate::support::http;
use crate::support::{Setup, World, eventually, throughout};

const SCALE: u32 = 60;
const SOON: Duration = Duration::from_secs(30);

/// Restricts nothing: the version that a test changes to.
fn observing(id: &str) -> String {
    restrict(id, "4h").replace("mode: enforce", "mode: observe")
}

const BROKEN: &str = "id: broken\ntitle: Broken\nowner: soc@example.com\nwhen:\n  alert.severty: high\nthen:\n  - restrict: {}\n";

async fn world() -> World {
    Setup::new(SCALE, &[&restrict("one", "4h")]).start().await
}

async fn version(world: &World) -> i64 {
    world.number("SELECT version FROM quell.active_sets").await
}

async fn until_version(world: &World, version: i64) {
    let sql = format!("SELECT version = {version} FROM quell.active_sets");
    world.until(SOON, &sql).await;
}

/// The kind and set version of every decision, in the order in which they were made.
async fn decisions(world: &World) -> Vec<String> {
    world
        .texts("SELECT kind || ' ' || set_version FROM quell.decisions ORDER BY decided_at, event_id")
        .await
}

async fn metric(world: &World, name: &str) -> Option<f64> {
    let reply = http::get(world.daemon().addr, "/metrics").await.ok()?;
    let line = reply
        .body
        .lines()
        .find(|line| line.starts_with(&format!("{name} ")))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn after_a_hangup_the_next_event_is_decided_by_the_new_set() {
    let world = world().await;
    world.send(&[alert("before", &device(1))]).await;
    world.until_idle(SOON).await;
    world.write_playbooks(&[observing("one")]);
    world.daemon().hang_up();
    until_version(&world, 2).await;
    world.send(&[alert("after", &device(2))]).await;
    world.until_idle(SOON).await;
    assert_eq!(decisions(&world).await, ["act 1", "observe 2"]);
    let by = world
        .texts("SELECT activated_by || ': ' || split_part(reason, ' ', 1) FROM quell.set_activations ORDER BY version")
        .await;
    assert_eq!(by, ["files: start", "files: SIGHUP"]);
    assert_eq!(world.finish().await.action_calls, 1);
}

#[tokio::test]
async fn one_bad_file_changes_nothing_and_is_told_everywhere() {
    let world = world().await;
    world.write_playbooks(&[observing("one"), BROKEN.to_owned()]);
    world.daemon().hang_up();
    let failures = "quell_playbooks_reload_failures_total";
    eventually("the failure is counted", SOON, async || {
        metric(&world, failures).await == Some(1.0)
    })
    .await;
    assert_eq!(
        metric(&world, "quell_playbooks_last_reload_success").await,
        Some(0.0)
    );
    world.send(&[alert("after", &device(1))]).await;
    world.until_idle(SOON).await;
    assert_eq!(decisions(&world).await, ["act 1"], "the old set decides");
    let said = world
        .daemon()
        .says("the playbook files cannot be used: what is in force stays in force");
    assert_eq!(said.len(), 1);
    let error = said[0]["error"].as_str().expect("it says what is wrong");
    assert!(
        error.contains("did you mean `alert.severity`?") && error.contains("broken.yaml:5:3"),
        "{error}"
    );
    let (code, status) = world.command(&["status", "-o", "json"]).await;
    assert_eq!(code, Some(0), "{status}");
    let status: Value = serde_json::from_str(&status).expect("it is JSON");
    assert_eq!(status["playbook_set"]["version"], 1);
    let failure = status["playbook_files"][0]["failure"]
        .as_str()
        .expect("it is told");
    assert!(failure.contains("broken.yaml:5:3"), "{failure}");
    assert!(
        status["needs"].to_string().contains("cannot be used"),
        "a person must look: {status}"
    );
    throughout(
        "it is said once, not at every look",
        Duration::from_secs(5),
        async || metric(&world, failures).await == Some(1.0),
    )
    .await;

    world.write_playbooks(&[observing("one")]);
    until_version(&world, 2).await;
    world
        .until(SOON, "SELECT bool_and(failure IS NULL) FROM quell.playbook_files")
        .await;
    assert_eq!(
        metric(&world, "quell_playbooks_last_reload_success").await,
        Some(1.0)
    );
    world.finish().await;
}

#[tokio::test]
async fn changed_files_are_taken_without_a_word_in_place_and_by_rename() {
    let world = world().await;
    world.write("playbooks/one.yaml", &observing("one"));
    until_version(&world, 2).await;
    world.write("playbooks/.one.yaml.new", &restrict("one", "5h"));
    let at = |name: &str| world.path().join(name);
    std::fs::rename(at("playbooks/.one.yaml.new"), at("playbooks/one.yaml")).expect("the directory is ours");
    until_version(&world, 3).await;
    std::fs::remove_file(at("playbooks/one.yaml")).expect("it is there");
    eventually("the empty directory is refused", SOON, async || {
        metric(&world, "quell_playbooks_reload_failures_total").await == Some(1.0)
    })
    .await;
    assert_eq!(version(&world).await, 3, "an empty directory replaces nothing");
    world.finish().await;
}

#[tokio::test]
async fn kubernetes_exchange_of_the_data_link_is_taken_as_a_whole() {
    let mut world = world().await;
    world.terminate().await;
    let folder = world.path().join("playbooks");
    let at = |name: &str| folder.join(name);
    let project = |version: &str, texts: &[(&str, String)]| {
        std::fs::create_dir(at(version)).expect("the directory is ours");
        for (name, text) in texts {
            std::fs::write(at(version).join(name), text).expect("the directory is ours");
        }
    };
    let point = |link: &Path, to: &str| symlink(to, link).expect("links can be made");
    let both = [
        ("one.yaml", restrict("one", "4h")),
        ("two.yaml", observing("two")),
    ];
    project("..2026_01", &both);
    std::fs::remove_file(at("one.yaml")).expect("it is there");
    point(&at("..data"), "..2026_01");
    point(&at("one.yaml"), "..data/one.yaml");
    point(&at("two.yaml"), "..data/two.yaml");
    world.start().await;
    assert_eq!(version(&world).await, 2);
    project(
        "..2026_02",
        &[
            ("one.yaml", observing("one")),
            ("two.yaml", restrict("two", "4h")),
        ],
    );
    point(&at("..data_tmp"), "..2026_02");
    std::fs::rename(at("..data_tmp"), at("..data")).expect("the directory is ours");
    std::fs::remove_dir_all(at("..2026_01")).expect("the directory is ours");
    until_version(&world, 3).await;
    let modes = "SELECT s.playbook || ' ' || s.mode FROM quell.active_sets a
                 JOIN quell.playbook_sets s USING (tenant_id, set_hash) ORDER BY 1";
    assert_eq!(world.texts(modes).await, ["one observe", "two enforce"]);
    world.finish().await;
}

#[tokio::test]
async fn a_posted_reload_answers_with_the_version_or_with_everything_that_is_wrong() {
    let world = world().await;
    let post = async || {
        http::post(world.daemon().addr, "/-/reload", "text/plain", b"")
            .await
            .expect("the daemon answers")
    };
    let same = post().await;
    assert_eq!(same.status, 200, "{same:?}");
    assert_eq!(same.json()["tenants"][0]["version"], 1);
    assert_eq!(same.json()["tenants"][0]["is_changed"], false);

    world.write_playbooks(&[
        observing("one"),
        BROKEN.to_owned(),
        BROKEN.replace("broken", "worse"),
    ]);
    let bad = post().await;
    assert_eq!(bad.status, 422, "{bad:?}");
    let bad = bad.json();
    assert_eq!(bad["reason"], "playbooks_wrong");
    assert_eq!(bad["tenants"][0]["version"], 1);
    let files: Vec<&str> = bad["diagnostics"]
        .as_array()
        .expect("they are listed")
        .iter()
        .filter_map(|found| found["file"].as_str())
        .collect();
    for name in ["broken.yaml", "worse.yaml"] {
        assert!(
            files.iter().any(|file| file.ends_with(name)),
            "{name} in {files:?}"
        );
    }

    world.write_playbooks(&[observing("one")]);
    let good = post().await;
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(good.json()["tenants"][0]["version"], 2);
    assert_eq!(good.json()["tenants"][0]["is_changed"], true);
    assert_eq!(
        http::get(world.daemon().addr, "/-/reload")
            .await
            .expect("it answers")
            .status,
        405
    );
    world.finish().await;
}

#[tokio::test]
async fn a_posted_reload_without_postgres_says_what_was_not_done_and_changed_files_are_taken_when_it_is_back()
{
    let mut world = Setup::new(SCALE, &[&restrict("one", "4h")])
        .start_with_own_postgres()
        .await;
    world.take_postgres_away().await;
    world.write_playbooks(&[observing("one")]);
    eventually("the answer says what was not done", SOON, async || {
        let reply = http::post(world.daemon().addr, "/-/reload", "text/plain", b"").await;
        reply.is_ok_and(|reply| reply.status == 503 && reply.body.contains("the files were not read"))
    })
    .await;
    world.give_postgres_back().await;
    until_version(&world, 2).await;
    world.finish().await;
}

#[tokio::test]
async fn a_daemon_whose_files_are_bad_at_its_start_goes_on_with_what_is_in_force() {
    let mut world = world().await;
    world.terminate().await;
    world.write_playbooks(&[BROKEN.to_owned()]);
    world.start().await;
    world.send(&[alert("after", &device(1))]).await;
    world.until_idle(SOON).await;
    assert_eq!(decisions(&world).await, ["act 1"]);
    assert_eq!(
        metric(&world, "quell_playbooks_last_reload_success").await,
        Some(0.0)
    );
    assert_eq!(world.finish().await.action_calls, 1);
}

#[tokio::test]
async fn replicas_with_different_files_do_not_overrule_one_another_for_ever() {
    let mut world = world().await;
    let second = world.another_with(&[observing("one")]).await;
    assert_eq!(
        version(&world).await,
        2,
        "new files of a new replica are a roll-out"
    );
    throughout("neither proposes again", Duration::from_secs(6), async || {
        version(&world).await == 2
    })
    .await;
    world.terminate().await;
    world.start().await;
    assert_eq!(
        version(&world).await,
        2,
        "a restart with the old files undoes nothing"
    );
    let remarks = world
        .texts("SELECT remark FROM quell.playbook_files WHERE remark IS NOT NULL")
        .await;
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    world.write_playbooks(&[observing("one")]);
    world
        .until(SOON, "SELECT bool_and(remark IS NULL) FROM quell.playbook_files")
        .await;
    assert_eq!(version(&world).await, 2, "the roll-out reached the first replica");
    drop(second);
    world.finish().await;
}

#[tokio::test]
async fn events_are_decided_all_the_while_and_each_under_one_version() {
    let world = world().await;
    let sets = [restrict("one", "5h"), observing("one")];
    let mut sent = 0;
    for round in 0..8 {
        world.write("playbooks/one.yaml", &sets[round % 2]);
        world.daemon().hang_up();
        for _ in 0..5 {
            sent += 1;
            world
                .send(&[alert(&format!("alert-{sent}"), &device(sent))])
                .await;
        }
    }
    world.until_idle(SOON).await;
    // Each decision must be what the set of its own version says, and no other.
    let wrong = "SELECT count(*) FROM quell.decisions d
         JOIN quell.set_activations v ON v.version = d.set_version
         JOIN quell.playbook_sets s ON s.set_hash = v.set_hash
         WHERE d.kind <> CASE s.mode WHEN 'enforce' THEN 'act' ELSE 'observe' END";
    assert_eq!(world.number(wrong).await, 0);
    let decided = i64::try_from(sent).expect("a small number");
    assert_eq!(
        world.number("SELECT count(*) FROM quell.decisions").await,
        decided
    );
    let versions = world
        .number("SELECT count(DISTINCT set_version) FROM quell.decisions")
        .await;
    assert!(versions > 2, "the sets changed while events came: {versions}");
    world.finish().await;
}
