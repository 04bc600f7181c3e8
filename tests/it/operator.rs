//! The operators' commands as an operator runs them: the real binary, a real database, exit codes and both outputs.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use quell::domain::action::ActionEvent;
use serde_json::Value;

use crate::support::ground::{APP, Ground, asking_playbook, device, playbook};

/// An operator's shell: a directory with the configuration in it.
pub struct Shell {
    directory: tempfile::TempDir,
}

impl Shell {
    /// One with a configuration for that database.
    pub fn new(url: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let file = |name: &str, text: &str| {
            std::fs::write(directory.path().join(name), text).expect("the directory is ours");
        };
        file("url", url);
        file("secret", "not used: nothing is called");
        file(
            "quell.yaml",
            &format!(
                "database: {{url_file: ./url}}\nplaybooks: {{path: playbooks}}\ntenants:\n  - name: ground\n    credential:\n      \
                 client_secret: {{directory_id: 11111111-2222-3333-4444-555555555555, client_id: {APP}, secret_file: ./secret}}\n"
            ),
        );
        Self { directory }
    }

    /// Writes the configuration anew with more at its end.
    pub fn configure(&self, more: &str) {
        let path = self.directory.path().join("quell.yaml");
        let whole = std::fs::read_to_string(&path).expect("it was written at the start");
        let (first, _) = whole.split_once("approvals:").unwrap_or((&whole, ""));
        std::fs::write(path, format!("{first}{more}")).expect("the directory is ours");
    }

    /// Where the commands run.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// A command as it would be run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env("USER", "anna")
            .env_remove("SUDO_USER");
        command
    }

    /// Runs a command to its end: exit code, answer, and what else was said.
    pub async fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.command(arguments);
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .expect("it does not panic");
        let Output {
            status,
            stdout,
            stderr,
        } = output.expect("the binary can be run");
        let text = |bytes| String::from_utf8(bytes).expect("it says text");
        (status.code(), text(stdout), text(stderr))
    }

    /// The answer of a command as JSON, when nothing else is said.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let (code, out, said) = self.run(&[arguments, &["-o", "json"]].concat()).await;
        assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
        serde_json::from_str(&out).expect("the answer is one JSON document")
    }
}

/// `a` is restricted, `b` waits for its call, `c` is asked about, `d` belongs to somebody else.
async fn a_night() -> (Ground, Shell) {
    let mut ground = Ground::new(&[playbook("one"), asking_playbook("two", "skip")]).await;
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    ground.alert("one", &device('d')).await;
    ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), true)
        .await;
    ground.alert("one", &device('b')).await;
    ground.alert("two", &device('c')).await;
    ground.name(&device('a'), "web-1.corp.example").await;
    ground.name(&device('b'), "web-2.corp.example").await;
    let shell = Shell::new(&ground.database.url);
    (ground, shell)
}

#[tokio::test]
async fn status_tells_the_whole_night_in_one_look() {
    let (ground, shell) = a_night().await;
    let (code, out, said) = shell.run(&["status"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    for expected in [
        "1 ask waits for an answer, the first ends in 29 min",
        "3 devices wanted contained; 1 restricted by quell, 1 by others, 0 unclear; the next ends in 3 h 59 min",
        "dispatches under epoch 1 on here, lease renewed",
        "2 enforce; set ",
        "gate        open",
        "2/100 in 1 min, 2/1500 in 1 h; 0/500 restrictions open at Defender",
        "1 action: 1 normal; the oldest came ",
        "the next call may leave now, the last of the queue now",
        "inbox       empty",
        "4 accepted; decisions: 3 act, 1 ask",
        "bbbbbbbbbbbb  web-2.corp.example  restrict queued       in 3 h 59 min  one: one was [31mseen",
        "skipped  soc-leads  two: asked because of ask: two was [31mseen",
    ] {
        assert!(out.contains(expected), "{expected:?} is not in\n{out}");
    }
    assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "{out:?}");
    let json = shell.json(&["status"]).await;
    assert_eq!(json["windows"][0]["used"], 2);
    assert_eq!(json["queue"][0]["lane"], "normal");
    assert!(
        json["queue_empty_at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z')),
        "{json}"
    );
    ground.close().await;
}

#[tokio::test]
async fn devices_shows_those_concerned_or_one_in_full() {
    let (ground, shell) = a_night().await;
    let ids = |json: &Value| -> String {
        let devices = json.as_array().expect("a list");
        devices
            .iter()
            .filter_map(|device| device["device"].as_str()?.chars().next())
            .collect()
    };
    assert_eq!(ids(&shell.json(&["devices"]).await), "cbda", "the latest first");
    assert_eq!(ids(&shell.json(&["devices", "--restricted"]).await), "da");
    let (code, out, said) = shell.run(&["devices", "--limit", "2"]).await;
    assert_eq!((code, out.lines().count()), (Some(0), 3), "{out}");
    assert_eq!(said, "there are more than 2: raise `--limit`\n");
    let (code, out, _) = shell.run(&["devices", "WEB-1"]).await;
    assert_eq!(code, Some(0));
    let id = device('a');
    assert!(
        out.starts_with(&format!("{id} web-1.corp.example\nrestricted (as of ")),
        "{out}"
    );
    let (code, out, said) = shell.run(&["devices", "web-9"]).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(said, "no device is called `web-9`, nor does an id begin so\n");
    ground.close().await;
}

#[tokio::test]
async fn actions_are_the_newest_first_and_can_be_narrowed() {
    let (ground, shell) = a_night().await;
    let (code, out, said) = shell.run(&["actions"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 4, "{out}");
    assert!(
        lines[1].contains("web-2.corp.example") && lines[1].contains("queued"),
        "{out}"
    );
    assert!(lines[2].contains("begun by somebody else"), "{out}");
    let json = shell
        .json(&["actions", "--device", "aaaa", "--state", "succeeded"])
        .await;
    assert_eq!(
        (json.as_array().map(Vec::len), &json[0]["kind"]),
        (Some(1), &"restrict".into())
    );
    assert_eq!(
        shell.json(&["actions", "--state", "failed"]).await,
        Value::Array(Vec::new())
    );
    let (code, _, said) = shell.run(&["actions", "--state", "done"]).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("in_doubt"), "the states are listed: {said}");
    ground.close().await;
}

#[tokio::test]
async fn release_ends_what_keeps_a_device_restricted_and_says_what_follows() {
    let (mut ground, shell) = a_night().await;
    let (code, out, said) = shell.run(&["release", "web-1", "--reason", "false alarm"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let id = device('a');
    let (before, rest) = out.split_once(" (began ").expect("its beginning is told");
    let (_, after) = rest.split_once(')').expect("the parenthesis ends");
    insta::assert_snapshot!(format!("{before} (began){after}").replace(id.as_str(), "ID"), @"
    web-1.corp.example (ID)
      ended     one: one was [31mseen (began)
      recorded  by anna: false alarm
      next      release queued, lane release; it may leave now
    ");
    assert_eq!(
        ground.audit(&id).await.last().map(String::as_str),
        Some("ended anna: false alarm")
    );
    assert_eq!(
        ground.actions(&id).await,
        ["restrict succeeded", "release queued"]
    );
    let (code, out, said) = shell.run(&["release", "AAAAAA", "--reason", "again"]).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(
        said.ends_with("has no containment any more; its release is queued already\n"),
        "{said}"
    );

    let json = shell
        .json(&[
            "release",
            "web-2.corp.example",
            "--reason",
            "tested",
            "--by",
            "bob",
        ])
        .await;
    assert_eq!(
        json["next"],
        "its restriction had not been sent and is withdrawn: nothing is called"
    );
    assert_eq!((&json["by"], &json["expected_at"]), (&"bob".into(), &Value::Null));
    assert_eq!(ground.actions(&device('b')).await, ["restrict withdrawn"]);

    let json = shell.json(&["release", "cccccccc", "--reason", "known"]).await;
    assert_eq!(json["declined"].as_array().map(Vec::len), Some(1));
    assert_eq!(ground.containments(&device('c')).await, ["two declined"]);

    let json = shell.json(&["release", "dddddddd", "--reason", "known"]).await;
    let next = "it stays restricted: somebody else restricted it, and quell undoes only what it began";
    assert_eq!(json["next"], next);
    let (code, _, said) = shell.run(&["release", "dddddddd", "--reason", "once more"]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("was restricted by somebody else"), "{said}");
    assert_eq!(ground.actions(&device('d')).await, ["restrict succeeded"]);
    ground.close().await;
}

#[tokio::test]
async fn release_does_nothing_when_the_device_is_not_clear() {
    let (mut ground, shell) = a_night().await;
    ground.name(&device('b'), "WEB-1").await;
    let (code, out, said) = shell.run(&["release", "web-1", "--reason", "x"]).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(
        said.starts_with("`web-1` fits 2 devices: nothing was done; name one of them\n"),
        "{said}"
    );
    assert!(
        said.contains("aaaaaaaaaaaa") && said.contains("bbbbbbbbbbbb"),
        "{said}"
    );
    let (code, _, said) = shell.run(&["release", "aaaaa", "--reason", "x"]).await;
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        "no device is called `aaaaa`; the beginning of an id needs at least 6 characters\n"
    );
    let (code, _, said) = shell.run(&["release", "web-1", "--reason", " "]).await;
    assert_eq!(code, Some(2));
    assert!(
        said.contains("`--reason` is empty: say in a few words why"),
        "{said}"
    );
    assert_eq!(ground.containments(&device('a')).await, ["one active"]);
    ground.close().await;
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error() {
    let (ground, shell) = a_night().await;
    // A pipe whose reader is gone before anything is written.
    let mut child = shell
        .command(&["status"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
    let waited = tokio::task::spawn_blocking(move || (stderr.lines().count(), child.wait()));
    let (said, status) = waited.await.expect("it does not panic");
    assert!(status.expect("it ends").success());
    assert_eq!(said, 0);
    ground.close().await;
}

#[tokio::test]
async fn what_keeps_a_command_from_its_answer_is_said_in_one_line() {
    let nowhere = Shell::new("postgres://quell@127.0.0.1:1/quell");
    let (code, out, said) = nowhere.run(&["status"]).await;
    assert_eq!((code, out.as_str()), (Some(3), ""));
    insta::assert_snapshot!(said, @"
    error: postgres at `127.0.0.1:1/quell` cannot be reached: Connection refused (os error 111); the address is from `quell.yaml`
    ");
    let (_, _, said) = nowhere.run(&["actions", "--tenant", "fabrikam"]).await;
    assert_eq!(
        said,
        "error: the configuration has no tenant `fabrikam`; it has `ground`\n"
    );
    let (_, _, said) = nowhere.run(&["devices", "--config", "other.yaml"]).await;
    assert!(
        said.starts_with("error: cannot read the configuration `other.yaml`"),
        "{said}"
    );
    let config = PathBuf::from("quell.yaml");
    std::fs::remove_file(nowhere.directory.path().join(config)).expect("it is there");
    let (_, _, said) = nowhere.run(&["status"]).await;
    let looked =
        "there is no configuration at `quell.yaml` or `/etc/quell/quell.yaml`: name it with `--config FILE`";
    assert_eq!(said, format!("error: {looked}\n"));
}
