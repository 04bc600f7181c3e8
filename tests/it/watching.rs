//! `--watch`: on a pipe one look after another, on a terminal a screen that leaves no trace. The terminal is that of `script` (util-linux).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::operator::Shell;
use crate::support::ground::{Ground, playbook};

/// Ends with a process of ours, so that no test leaves one behind.
pub struct Ours(pub Child);

impl Drop for Ours {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_look_that_is_repeated_on_a_pipe_is_one_line_after_another() {
    let ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    let mut command = shell.command(&["status", "--watch=1", "-o", "json"]);
    let looked = tokio::task::spawn_blocking(move || {
        let mut child = Ours(
            command
                .stdout(Stdio::piped())
                .spawn()
                .expect("the program can be run"),
        );
        let out = child.0.stdout.take().expect("it is a pipe");
        let lines: Vec<String> = BufReader::new(out)
            .lines()
            .take(2)
            .map_while(Result::ok)
            .collect();
        let id = child.0.id().to_string();
        let asked = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("there is a kill");
        assert!(asked.success());
        (lines, child.0.wait().expect("it ends").code())
    });
    let (lines, code) = looked.await.expect("it does not panic");
    let at = |line: &String| -> String {
        let look: Value = serde_json::from_str(line).expect("each look is one line of JSON");
        look["at"].as_str().expect("a status has a moment").to_owned()
    };
    let moments: Vec<String> = lines.iter().map(at).collect();
    assert_eq!(moments.len(), 2);
    assert_ne!(moments[0], moments[1], "the second is another look");
    assert_eq!(code, Some(143), "as shells say it of SIGTERM");
    ground.close().await;
}

#[tokio::test]
async fn a_live_screen_shows_the_status_and_leaves_the_terminal_as_it_was() {
    let ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    let folder = shell.directory().to_owned();
    let shown = tokio::task::spawn_blocking(move || {
        let quell = format!(
            "stty rows 30 cols 100; {} status --watch; echo code $?; stty -a",
            env!("CARGO_BIN_EXE_quell")
        );
        let mut child = Ours(
            Command::new("script")
                .args(["--quiet", "--return", "--command", &quell, "/dev/null"])
                .current_dir(folder)
                .env("TERM", "xterm-256color")
                .env_remove("COLUMNS")
                .env_remove("NO_COLOR")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("util-linux has a script"),
        );
        let mut keys = child.0.stdin.take().expect("it is a pipe");
        let mut out = child.0.stdout.take().expect("it is a pipe");
        let mut shown = String::new();
        let mut some = [0; 4_096];
        // The status is there; then somebody leaves.
        while !shown.contains("nothing needs a person") && !shown.contains("needs a person") {
            let read = out.read(&mut some).expect("it can be read");
            assert!(read > 0, "it ended: {shown}");
            shown += &String::from_utf8_lossy(&some[..read]);
        }
        keys.write_all(b"q").expect("it reads keys");
        let _ = out.read_to_string(&mut shown);
        shown
    });
    let shown = shown.await.expect("it does not panic");
    let (before, after) = shown
        .split_once("\u{1b}[?1049h")
        .expect("it takes the other screen");
    assert!(!before.contains("tenant"), "{before}");
    let (screen, after) = after
        .split_once("\u{1b}[?1049l")
        .expect("it gives the screen back");
    assert!(screen.contains("quell status, tenant ground"), "{screen}");
    assert!(
        screen.contains("\u{1b}[?25l") && screen.contains("\u{1b}[?25h"),
        "the cursor is back"
    );
    assert!(after.contains("code 0"), "{after}");
    // Keys show again, and a line is a line.
    for word in [" icanon", " echo "] {
        assert!(after.contains(word), "{word} is not in {after}");
    }
    ground.close().await;
}
