//! A watched directory as a source: files are read in batches, kept track of in Postgres, and moved away; whatever dies in the middle, each
//! alert is stored once.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use crate::support::alert::{alert, device, ndjson, storm_playbook};
use crate::support::{Setup, World, eventually};

fn setup() -> Setup {
    Setup::new(20, &[&storm_playbook()]).set("mode", "observe").set(
        "sources",
        "[{name: files, directory: {path: spool, max_bytes: 100000}}]",
    )
}

fn put(world: &World, name: &str, bytes: &[u8]) {
    let spool = world.directory().join("spool");
    std::fs::create_dir_all(&spool).expect("the test's directory takes another");
    // Written elsewhere and renamed in, as a sender should.
    std::fs::write(spool.join(".new"), bytes).expect("the directory takes a file");
    std::fs::rename(spool.join(".new"), spool.join(name)).expect("it is the same file system");
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

/// The files of a crash: one of lines, which takes three batches, one of them with a line that is no alert, and one page.
fn feed(world: &World) {
    let lines: Vec<_> = (0..1_100)
        .map(|n| alert(&format!("line-{n}"), &device(n % 50)))
        .collect();
    let mut text = ndjson(&lines);
    text.splice(0..0, b"\nthis is no alert\n".iter().copied());
    put(world, "a.ndjson", &text);
    let page: Vec<_> = (0..30).map(|n| alert(&format!("page-{n}"), &device(n))).collect();
    let page = serde_json::json!({"value": page}).to_string();
    put(world, "b.json", page.as_bytes());
}

async fn arrived(world: &World) {
    let spool = world.directory().join("spool");
    eventually("both files are done", Duration::from_secs(60), async || {
        names(&spool.join("done")) == ["a.ndjson", "b.json"]
    })
    .await;
    for (what, expected) in [
        ("count(*) FROM quell.events", 1_130),
        ("count(DISTINCT alert_id) FROM quell.events", 1_130),
        (
            "count(*) FROM quell.dead_letters WHERE reason LIKE 'broken_json: %`a.ndjson` from byte 0 on%'",
            1,
        ),
        ("count(*) FROM quell.dead_letters", 1),
    ] {
        assert_eq!(world.number(&format!("SELECT {what}")).await, expected, "{what}");
    }
    eventually(
        "nothing is kept of files that are gone",
        Duration::from_secs(10),
        async || world.number("SELECT count(*) FROM quell.source_parts").await == 0,
    )
    .await;
    assert_eq!(names(&spool), ["done"]);
}

async fn killed(point: &str) {
    let mut world = setup().prepare().await;
    feed(&world);
    let mut daemon = world.spawn(&[], Some(&format!("{point}:2")));
    daemon.death(Duration::from_secs(60)).await;
    let stored = world.number("SELECT count(*) FROM quell.events").await;
    assert!(stored > 0 && stored < 1_100, "it died in the middle: {stored}");
    assert_eq!(names(&world.directory().join("spool")), ["a.ndjson", "b.json"]);
    // The lease of the one that died ends with its time; here it is ended by hand, to wait for nothing.
    let mut connection = world.connect().await;
    let freed = sqlx::Executor::execute(
        &mut connection,
        "UPDATE quell.source_parts SET holder = NULL, held_until = NULL",
    )
    .await;
    assert_eq!(
        freed.expect("it can be changed").rows_affected(),
        1,
        "one file was held"
    );
    world.start().await;
    arrived(&world).await;
    world.finish().await;
}

#[tokio::test]
async fn killed_before_a_batch_of_a_file_is_stored_it_loses_and_doubles_nothing() {
    killed("event_received_nothing_stored").await;
}

#[tokio::test]
async fn killed_after_a_batch_of_a_file_is_stored_it_goes_on_behind_it() {
    killed("stored_not_acknowledged").await;
}

#[tokio::test]
async fn two_replicas_at_one_directory_read_each_file_once_and_what_is_no_file_of_alerts_is_refused_with_its_reason()
 {
    let mut world = setup().prepare().await;
    std::fs::create_dir(world.directory().join("spool")).expect("the test's directory takes another");
    world.start().await;
    let _other = world.another().await;
    feed(&world);
    arrived(&world).await;
    let spool = world.directory().join("spool");
    put(&world, "garbage.json", b"\xff\xfe\x00 nothing");
    put(&world, "large.json", &vec![b' '; 100_001]);
    put(&world, "ignored.txt", b"{}");
    put(&world, "empty.json", b"");
    symlink("/etc/passwd", spool.join("link.json")).expect("a link can be made");
    eventually("three are refused", Duration::from_secs(30), async || {
        names(&spool.join("refused")).len() == 6
    })
    .await;
    for (name, reason) in [
        ("garbage.json", "nothing_of_use: 1 records"),
        ("large.json", "too_large: 100001 bytes"),
        ("link.json", "no_file: it is a symbolic link"),
    ] {
        let said =
            std::fs::read_to_string(spool.join(format!("refused/{name}.reason"))).expect("it is there");
        assert!(said.starts_with(reason), "{name}: {said}");
    }
    assert_eq!(names(&spool), ["done", "empty.json", "ignored.txt", "refused"]);
    assert_eq!(
        world.number("SELECT count(*) FROM quell.dead_letters").await,
        2,
        "garbage is kept there too"
    );
    world.finish().await;
}
