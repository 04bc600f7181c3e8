//! Signals to a real process: this binary runs itself, and the copies live the lives of daemons.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use quell::lifecycle::{Lifecycle, Outcome, StopLimits};

#[test]
fn sigterm_and_sigint_end_a_process_cleanly() {
    for signal in ["-TERM", "-INT"] {
        let status = send(&mut daemon("lifecycle::a_daemon_that_stops_when_asked"), signal);
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn a_process_that_is_stuck_is_ended_all_the_same() {
    let status = send(
        &mut daemon("lifecycle::a_daemon_that_blocks_its_only_thread"),
        "-TERM",
    );
    assert_eq!(status.code(), Some(1), "{status}");
}

fn daemon(test: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("a running test knows its binary"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this very binary can be run");
    let stdout = child.stdout.as_mut().expect("stdout is piped");
    let ready = BufReader::new(stdout)
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("listening"));
    assert!(ready, "the copy ended before it was ready");
    child
}

fn send(child: &mut Child, signal: &str) -> ExitStatus {
    let sent = Command::new("kill")
        .arg(signal)
        .arg(child.id().to_string())
        .status();
    assert!(sent.expect("`kill` can be run").success());
    child.wait().expect("a child can be waited for")
}

#[tokio::test]
#[ignore = "a test above runs it in a process of its own"]
async fn a_daemon_that_stops_when_asked() {
    let lifecycle = Lifecycle::of_process(StopLimits::default()).expect("signals can be listened to");
    let soft = lifecycle.tasks().soft();
    lifecycle
        .tasks()
        .spawn("loop", async move { soft.cancelled().await });
    println!("listening");
    assert_eq!(lifecycle.run().await, Outcome::Clean);
}

#[tokio::test]
#[ignore = "a test above runs it in a process of its own"]
async fn a_daemon_that_blocks_its_only_thread() {
    let limits = StopLimits {
        process: Some(Duration::from_millis(200)),
        ..StopLimits::default()
    };
    let lifecycle = Lifecycle::of_process(limits).expect("signals can be listened to");
    let soft = lifecycle.tasks().soft();
    lifecycle.tasks().spawn("stuck", async move {
        soft.cancelled().await;
        // Blocks the runtime's one thread for good: the sender lives as long as the wait.
        let (_sender, receiver) = std::sync::mpsc::channel::<()>();
        assert!(receiver.recv().is_ok(), "nobody sends, so this never returns");
    });
    println!("listening");
    lifecycle.run().await;
}
