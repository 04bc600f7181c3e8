//! `quell drill` as a program: an incident on a configuration of one's own that names secrets which do not exist.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What the installation would say: none of its addresses and files can be used, and none is.
const CONFIG: &str = r#"
database: {url_file: /nowhere/database-url}
http: {listen: "0.0.0.0:8740", token_file: /nowhere/token}
playbooks: {path: books}
stop_file: /nowhere/stop
never: {tags: []}
tenants:
  - name: prod
    region: eu
    credential:
      client_secret: {directory_id: contoso.com, client_id: real, secret_file: /nowhere/secret}
"#;

const PLAYBOOK: &str = r#"
id: worm
title: Restrict on ransomware
owner: soc@example.com
mode: enforce
priority: critical
when: {alert.event: new, alert.category: Ransomware}
if_unknown: ask
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6m}}
"#;

const SCENARIO: &str = r#"
title: A small outbreak
lasts: 3h
timeline:
  - {at: 5s, do: {rule: {route: restrict, calls: 1, answer: {empty: {status: 503}}}}}
alerts:
  - {at: 1s, over: 1m, devices: 4, title: Worm, category: Ransomware}
  - {at: 2s, first_device: 9, title: Nothing, category: Phishing}
"#;

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).expect("the test's directory takes a file");
}

#[test]
fn a_soc_rehearses_with_its_own_playbooks_and_no_tenant() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let at = directory.path();
    std::fs::create_dir(at.join("books")).expect("the test's directory takes another");
    write(at, "quell.yaml", CONFIG);
    write(&at.join("books"), "worm.yaml", PLAYBOOK);
    write(
        &at.join("books"),
        "quiet.yaml",
        &PLAYBOOK.replace("worm", "quiet").replace("Ransomware", "Malware"),
    );
    write(at, "outbreak.yaml", SCENARIO);
    let done = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["drill", "--scale", "120", "-o", "json", "--config"])
        .arg(at.join("quell.yaml"))
        .arg("--scenario")
        .arg(at.join("outbreak.yaml"))
        .stdin(Stdio::null())
        .output()
        .expect("cargo has built the program");
    let said = String::from_utf8_lossy(&done.stdout);
    let told = String::from_utf8_lossy(&done.stderr);
    let object: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}\n{told}"));
    assert_eq!(object["invariants_held"], true, "{object:#}\n{told}");
    assert!(done.status.success(), "{told}");
    for (name, value) in [
        ("restricted", 4),
        ("releases", 4),
        ("restricted_now", 0),
        ("alerted_devices", 5),
    ] {
        assert_eq!(object[name], value, "{name}: {object:#}");
    }
    assert_eq!(object["silent_playbooks"], serde_json::json!(["quiet"]));
    assert_eq!(object["alert_to_contained"]["devices"], 4);
    assert!(object["faults"].as_u64() >= Some(1), "{object:#}");
    let left_out = object["left_out"].to_string();
    for key in ["stop_file", "http.token_file", "tenants[].region"] {
        assert!(left_out.contains(key), "{left_out}");
    }
}

#[test]
fn a_drill_says_what_is_wrong_before_it_starts_anything() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let at = directory.path();
    std::fs::create_dir(at.join("books")).expect("the test's directory takes another");
    write(at, "quell.yaml", CONFIG);
    write(&at.join("books"), "worm.yaml", PLAYBOOK);
    write(at, "wrong.yaml", "title: x\ntimelime: []\n");
    let done = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["drill", "--config"])
        .arg(at.join("quell.yaml"))
        .arg("--scenario")
        .arg(at.join("wrong.yaml"))
        .stdin(Stdio::null())
        .output()
        .expect("cargo has built the program");
    assert_eq!(done.status.code(), Some(3));
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(
        told.contains("wrong.yaml:2: `timelime`: unknown field `timelime`"),
        "{told}"
    );
    assert!(
        !String::from_utf8_lossy(&done.stdout).contains("Postgres"),
        "nothing was started"
    );
}
