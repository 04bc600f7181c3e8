//! `quell plan` as an operator runs it: the real binary, stored events after a real daemon's decisions, files without a
//! database; what it says, its exit codes, and that it changes nothing.

use std::path::Path;
use std::process::Command;

use jiff::SignedDuration;
use quell::domain::device::{DeviceFacts, DeviceKind};
use quell::domain::fact::Fact;
use serde_json::Value;

use crate::support::Setup;
use crate::support::alert::{RELEASE, alert, device as numbered, ndjson, resolved, restrict, storm};
use crate::support::ground::{APP, Ground, asking_playbook, device, playbook};

/// An operator's desk: a folder with playbooks and, where there is a database, a configuration.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(playbooks: &[String]) -> Self {
        let folder = tempfile::tempdir().expect("a directory can be made");
        let desk = Self { folder };
        std::fs::create_dir(desk.folder.path().join("playbooks")).expect("the directory is ours");
        for text in playbooks {
            desk.playbook(text);
        }
        desk
    }

    /// With a configuration whose connections can read only.
    fn at(ground: &Ground, playbooks: &[String]) -> Self {
        let desk = Self::new(playbooks);
        let url = &ground.database.url;
        let sign = if url.contains('?') { '&' } else { '?' };
        desk.write(
            "url",
            &format!("{url}{sign}options%5Bdefault_transaction_read_only%5D=on"),
        );
        desk.write("secret", "not used: nothing is called");
        desk.write(
            "quell.yaml",
            &format!(
                "database: {{url_file: ./url}}\nplaybooks: {{path: playbooks}}\nnever: {{tags: []}}\ncaps: []\nsurge: {{per_source: 0, per_title: 0}}\ntenants:\n  - name: \
                 ground\n    credential:\n      client_secret: {{directory_id: 11111111-2222-3333-4444-555555555555, \
                 client_id: {APP}, secret_file: ./secret}}\n"
            ),
        );
        desk
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("the directory is ours");
    }

    fn playbook(&self, text: &str) {
        let id = text.lines().find_map(|line| line.strip_prefix("id: "));
        self.write(
            &format!("playbooks/{}.yaml", id.expect("a playbook has an id")),
            text,
        );
    }

    async fn plan(&self, arguments: &[&str]) -> Told {
        plan(self.folder.path(), arguments).await
    }
}

/// What the command said.
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Told {
    fn json(&self) -> Value {
        assert_eq!(self.err, "", "{}", self.out);
        serde_json::from_str(&self.out).expect("the answer is one JSON document")
    }
}

async fn plan(folder: &Path, arguments: &[&str]) -> Told {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
    command.arg("plan").args(arguments).current_dir(folder);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("it does not panic")
        .expect("the binary can be run");
    let text = |bytes| String::from_utf8(bytes).expect("it says text");
    Told {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// The first letters of the devices that differ in this way.
fn devices(json: &Value, difference: &str) -> String {
    let devices = json["devices"].as_array().expect("a list");
    devices
        .iter()
        .filter(|device| device["difference"] == difference)
        .filter_map(|device| device["device"].as_str()?.chars().next())
        .collect()
}

/// `a` and `b` restricted by `one`, `a` twice; `c` asked about by `two`, without an answer; `d` seen by nobody; `e`
/// restricted after `a`'s time was up.
async fn a_week(playbooks: &[String]) -> Ground {
    let mut ground = Ground::new(playbooks).await;
    let hours = SignedDuration::from_hours;
    ground.alert("one", &device('a')).await;
    ground.alert("one", &device('b')).await;
    ground.pass(hours(2)).await;
    ground.alert("one", &device('a')).await;
    ground.alert("two", &device('c')).await;
    ground.alert("three", &device('d')).await;
    ground.pass(hours(10)).await;
    ground.expire().await;
    ground.alert("one", &device('e')).await;
    ground.alert("one", &device('a')).await;
    ground
}

/// Every table's number of rows, and all that a change of state would touch.
async fn state(ground: &mut Ground) -> Vec<String> {
    let mut state = ground.fingerprint().await;
    let counts = "SELECT table_name || ' ' || (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM quell.'
                  || quote_ident(table_name), false, true, '')))[1]::text
                  FROM information_schema.tables WHERE table_schema = 'quell' AND table_type = 'BASE TABLE' ORDER BY 1";
    state.extend(ground.words(counts.to_owned()).await);
    state
}

#[tokio::test]
async fn the_set_in_force_differs_in_nothing_and_decides_as_it_did() {
    let playbooks = [playbook("one"), asking_playbook("two", "skip")];
    let mut ground = a_week(&playbooks).await;
    let desk = Desk::at(&ground, &playbooks);
    let before = state(&mut ground).await;
    let told = desk.plan(&["--exit-code", "-o", "json"]).await;
    let json = told.json();
    assert_eq!((told.code, &json["differs"]), (Some(0), &false.into()));
    assert_eq!(
        (&json["judged"], &json["judged_by"]["as_recorded"]),
        (&7.into(), &7.into())
    );
    assert_eq!(json["old"], json["new"]);
    assert_eq!(
        (
            &json["new"]["devices_restricted"],
            &json["new"]["asks"],
            &json["new"]["asks_expired"]
        ),
        (&3.into(), &1.into(), &1.into())
    );
    // `a` twice, and each of the three released once it is over, `a` the second time too.
    let calls = &json["new"]["calls"];
    assert_eq!((&calls["restricts"], &calls["releases"]), (&4.into(), &4.into()));

    let told = desk.plan(&["--exit-code"]).await;
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    assert!(told.out.contains("\nnothing differs\n"), "{}", told.out);
    assert!(
        told.out.contains("7 of 7 decisions come out as they did then"),
        "{}",
        told.out
    );
    assert_eq!(state(&mut ground).await, before, "nothing was changed");
    ground.close().await;
}

#[tokio::test]
async fn a_wider_playbook_restricts_new_devices_and_a_narrower_one_fewer() {
    let playbooks = [playbook("one"), asking_playbook("two", "skip")];
    let ground = a_week(&playbooks).await;
    let wider = playbook("one").replace("{alert.category: one}", "{alert.category: [one, three]}");
    let desk = Desk::at(&ground, &[wider.clone(), playbooks[1].clone()]);
    let told = desk.plan(&["--exit-code", "-o", "json"]).await;
    let json = told.json();
    assert_eq!(told.code, Some(1));
    assert_eq!(devices(&json, "newly_restricted"), "d");
    assert_eq!(json["devices"].as_array().map(Vec::len), Some(1));
    assert_eq!(json["devices"][0]["new"]["restricted"]["alert"], "alert-5");
    assert_eq!(json["decided_differently"], 1);
    assert_eq!(json["playbooks"][0]["playbook"], "one");
    assert_eq!(
        desk.plan(&["-o", "json"]).await.code,
        Some(0),
        "a difference is no failure unless it is asked for"
    );

    // One file by its name takes the place of its namesake; the other playbook stays.
    let by_name = desk.plan(&["playbooks/one.yaml", "-o", "json"]).await.json();
    assert_eq!(
        (
            devices(&by_name, "newly_restricted"),
            devices(&by_name, "no_longer_asked")
        ),
        ("d".to_owned(), String::new())
    );

    // Without `one` and with `two` acting at once.
    let desk = Desk::at(&ground, &[playbook("two")]);
    let json = desk.plan(&["-o", "json"]).await.json();
    assert_eq!(devices(&json, "no_longer_restricted"), "abe");
    assert_eq!(devices(&json, "newly_restricted"), "c");
    assert_eq!(json["new"]["asks"], 0);

    let shorter = playbook("one").replace("after: 4h", "after: 1h");
    let desk = Desk::at(&ground, &[shorter, playbooks[1].clone()]);
    let told = desk.plan(&[]).await;
    assert!(
        told.out.contains("\n3 devices restricted for a shorter time\n") && told.out.contains("1 h, not 4 h"),
        "{}",
        told.out
    );
    ground.close().await;
}

#[tokio::test]
async fn what_stood_before_the_period_goes_on_and_counts() {
    let limited = playbook("one") + "limits: [{devices: 2, per: 1d, otherwise: skip}]\n";
    let mut ground = Ground::new(std::slice::from_ref(&limited)).await;
    ground.alert("one", &device('a')).await;
    ground.alert("one", &device('b')).await;
    ground.pass(SignedDuration::from_hours(2)).await;
    ground.alert("one", &device('c')).await;
    let desk = Desk::at(&ground, std::slice::from_ref(&limited));
    let json = desk.plan(&["--since", "1h", "-o", "json"]).await.json();
    assert_eq!(
        (&json["judged"], &json["judged_by"]["as_recorded"]),
        (&1.into(), &1.into()),
        "the limit was reached before the period began: {json}"
    );
    // Both stand at its beginning, and are released in it or after it.
    assert_eq!(json["new"]["devices_restricted"], 2);
    assert_eq!(
        (
            &json["new"]["calls"]["restricts"],
            &json["new"]["calls"]["releases"]
        ),
        (&0.into(), &2.into())
    );
    let raised = limited.replace("devices: 2", "devices: 3");
    let desk = Desk::at(&ground, &[raised]);
    let json = desk.plan(&["--since", "1h", "-o", "json"]).await.json();
    assert_eq!(devices(&json, "newly_restricted"), "c");
    ground.close().await;
}

#[tokio::test]
async fn facts_are_those_of_the_day_and_else_said_to_be_todays() {
    let by_tag = playbook("one").replace(
        "if_unknown: ask",
        "unless: {device.tags: spared}\nif_unknown: ask",
    );
    let mut ground = Ground::new(&[by_tag.clone(), playbook("two")]).await;
    let tagged = |tag: &str| DeviceFacts {
        kind: Fact::Is(DeviceKind::Workstation),
        tags: Fact::Is(vec![tag.to_owned()]),
        ..DeviceFacts::default()
    };
    ground.facts(&device('a'), tagged("plain")).await;
    ground.alert("one", &device('a')).await;
    // Nothing hung on the facts of `b`, so none were fetched before its alert was decided.
    ground.alert("two", &device('b')).await;
    ground.facts(&device('a'), tagged("spared")).await;
    ground.facts(&device('b'), tagged("spared")).await;
    let edited = by_tag.replace("{alert.category: one}", "{alert.category: [one, two]}");
    let desk = Desk::at(&ground, &[edited, playbook("two")]);
    let json = desk.plan(&["-o", "json"]).await.json();
    let by = &json["judged_by"];
    assert_eq!(
        (&by["facts_recorded"], &by["facts_of_today"]),
        (&1.into(), &1.into())
    );
    // By the facts of that day `a` was not spared; by those of today `b` is.
    assert_eq!(by["as_recorded"], 2);
    assert_eq!(json["differs"], false);
    let told = desk.plan(&[]).await;
    assert!(
        told.out
            .contains("50 % recorded with the decision; 50 % of today"),
        "{}",
        told.out
    );
    ground.close().await;
}

#[tokio::test]
async fn a_storm_is_rehearsed_as_the_daemon_decided_it() {
    let limited = restrict("storm", "6d") + "limits: [{devices: 60, per: 1d, otherwise: ask}]\n";
    let world = Setup::new(100, &[&limited, RELEASE]).start().await;
    world.send(&storm(90)).await;
    world
        .until(
            std::time::Duration::from_secs(30),
            "SELECT count(*) = 90 FROM quell.decisions",
        )
        .await;
    let mut news: Vec<Value> = (0..80)
        .map(|n| resolved(&format!("storm-{n}"), &numbered(n)))
        .collect();
    news.extend((0..30).map(|n| alert(&format!("second-{n}"), &numbered(n))));
    world.send(&news).await;
    world
        .until(
            std::time::Duration::from_secs(30),
            "SELECT count(*) = 200 FROM quell.decisions",
        )
        .await;
    let told = plan(world.directory(), &["--config", "quell.yaml", "-o", "json"]).await;
    let json = told.json();
    assert_eq!(
        (
            &json["judged"],
            &json["judged_by"]["as_recorded"],
            &json["differs"]
        ),
        (&200.into(), &200.into(), &false.into()),
        "{json}"
    );
    let kinds = world
        .texts("SELECT kind || ' ' || count(*) FROM quell.decisions GROUP BY kind ORDER BY kind")
        .await;
    let rehearsed: Vec<String> = json["new"]["decisions"]
        .as_object()
        .expect("counts by kind")
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    assert_eq!(rehearsed, kinds);
    world.until_idle(std::time::Duration::from_secs(60)).await;
    world.finish().await;
}

#[tokio::test]
async fn a_file_is_replayed_without_a_database_or_a_configuration() {
    let desk = Desk::new(&[restrict("all", "4h").replace(
        "if_unknown: ask",
        "unless: {device.tags: spared}\nif_unknown: ask",
    )]);
    let mut records: Vec<Value> = (0..4).map(|n| alert(&format!("a-{n}"), &numbered(n))).collect();
    records.push(serde_json::json!({"hello": 1}));
    std::fs::write(desk.folder.path().join("alerts.ndjson"), ndjson(&records))
        .expect("the directory is ours");
    let facts: Vec<Value> = (0..3)
        .map(|n| {
            let tag = if n == 0 { "spared" } else { "plain" };
            serde_json::json!({"id": numbered(n), "computerDnsName": format!("ws-{n}"), "machineTags": [tag]})
        })
        .collect();
    std::fs::write(desk.folder.path().join("machines.ndjson"), ndjson(&facts))
        .expect("the directory is ours");

    let unknown = desk.plan(&["--from", "alerts.ndjson", "-o", "json"]).await.json();
    assert_eq!(
        (&unknown["new"]["asks"], &unknown["new"]["devices_restricted"]),
        (&4.into(), &0.into()),
        "with unknown tags a person is asked"
    );
    let told = desk
        .plan(&[
            "--from",
            "alerts.ndjson",
            "--facts",
            "machines.ndjson",
            "--exit-code",
        ])
        .await;
    assert_eq!((told.code, told.err.as_str()), (Some(1), ""), "{}", told.out);
    for expected in [
        "against     nothing\n",
        "4 judged, once for each device; 1 not readable\n",
        "refused     line 5: unknown_shape: no known alert shape",
        "75 % from the facts file; 25 % unknown\n",
        "\n2 devices newly restricted\n",
        "\n1 device newly asked about\n",
        "no configuration: the defaults of every key hold",
    ] {
        assert!(
            told.out.contains(expected),
            "{expected:?} is not in\n{}",
            told.out
        );
    }
    let same = desk
        .plan(&["--from", "alerts.ndjson", "--against", "playbooks", "--exit-code"])
        .await;
    assert_eq!(same.code, Some(0), "{}", same.out);
}

#[tokio::test]
async fn an_observing_playbook_can_be_taken_for_one_that_enforces() {
    let observing = restrict("all", "4h").replace("mode: enforce", "mode: observe");
    let desk = Desk::new(std::slice::from_ref(&observing));
    // Nothing is protected by default but by tags, and those of these devices are not known.
    let machine = serde_json::json!({"id": numbered(1), "machineTags": []});
    desk.write("machines.ndjson", &machine.to_string());
    desk.write("alerts.ndjson", &alert("a", &numbered(1)).to_string());
    let with = async |more: &[&str]| {
        let fixed = [
            "--from",
            "alerts.ndjson",
            "--facts",
            "machines.ndjson",
            "-o",
            "json",
        ];
        desk.plan(&[&fixed, more].concat()).await
    };
    let json = with(&[]).await.json();
    assert_eq!(
        (
            &json["new"]["devices_observed"],
            &json["new"]["devices_restricted"]
        ),
        (&1.into(), &0.into())
    );
    let json = with(&["--as-enforce", "all"]).await.json();
    assert_eq!(
        (
            &json["new"]["devices_observed"],
            &json["new"]["devices_restricted"]
        ),
        (&0.into(), &1.into())
    );
    let told = with(&["--as-enforce", "other"]).await;
    assert_eq!(told.code, Some(3));
    assert_eq!(told.err, "error: the edited set holds no playbook `other`\n");
}

#[tokio::test]
async fn the_transcript_in_the_documents_is_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(root.join("docs/plan.md")).expect("the document is there");
    let (_, after) = document.split_once("```json\n").expect("it shows the facts");
    let (facts, _) = after.split_once("```").expect("the block ends");
    let folder = tempfile::tempdir().expect("a directory can be made");
    for name in ["playbooks", "tests"] {
        std::os::unix::fs::symlink(root.join(name), folder.path().join(name)).expect("the directory is ours");
    }
    std::fs::create_dir(folder.path().join("edited")).expect("the directory is ours");
    let name = "hands-on-keyboard-restrict.yaml";
    let shipped = std::fs::read_to_string(root.join("playbooks").join(name)).expect("it is shipped");
    let edited = shipped
        .replace("alert.event: new", "alert.event: [new, resolved]")
        .replace("{at_least: high}", "{at_least: medium}")
        .replace("after: 8h", "after: 6h");
    std::fs::write(folder.path().join("edited").join(name), edited).expect("the directory is ours");
    std::fs::write(folder.path().join("devices.ndjson"), facts).expect("the directory is ours");
    let arguments = "--from tests/data/alerts.ndjson --facts devices.ndjson --against playbooks --exit-code \
                     edited/hands-on-keyboard-restrict.yaml";
    assert!(document.contains(&format!("$ quell plan {arguments}\n")));
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let told = plan(folder.path(), &arguments).await;
    assert_eq!((told.code, told.err.as_str()), (Some(1), ""));
    assert!(
        document.contains(&told.out),
        "put this into docs/plan.md:\n{}",
        told.out
    );
}

#[tokio::test]
async fn what_cannot_be_found_out_is_neither_yes_nor_no() {
    let desk = Desk::new(&[playbook("one")]);
    let told = desk.plan(&["--exit-code"]).await;
    assert_eq!((told.code, told.out.as_str()), (Some(3), ""));
    assert!(told.err.contains("there is no configuration"), "{}", told.err);
    desk.write("alerts.ndjson", &alert("a", &numbered(1)).to_string());
    desk.playbook("id: broken\n");
    let told = desk.plan(&["--from", "alerts.ndjson", "--exit-code"]).await;
    assert_eq!(told.code, Some(3));
    assert!(told.err.contains("error[E312]"), "{}", told.err);
    let told = desk.plan(&["--since", "yesterday"]).await;
    assert_eq!(told.code, Some(2), "{}", told.err);
}
