//! The real binary as a child process: started with a configuration, watched through its log, killed or told to stop.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use quell::clock::Monotonic;
use serde_json::Value;

use super::http;
use super::waiting::eventually;

/// A `quell run` of one's own. Dropping it kills it.
pub struct Daemon {
    child: Child,
    /// Where it listens.
    pub addr: SocketAddr,
    log: PathBuf,
}

impl Daemon {
    /// Starts it and waits until it is ready for events.
    pub async fn start(config: &Path, log: &Path) -> Self {
        let output = File::create(log).expect("the test's directory takes a file");
        let child = Command::new(env!("CARGO_BIN_EXE_quell"))
            .args(["run", "--config"])
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .expect("cargo has built the daemon");
        let mut daemon = Self {
            child,
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            log: log.to_owned(),
        };
        let mut addr = None;
        eventually(
            "the daemon says where it listens",
            Duration::from_secs(30),
            async || {
                addr = daemon
                    .says("quell starts")
                    .first()
                    .and_then(|line| line["listen"].as_str()?.parse().ok());
                daemon.assert_alive();
                addr.is_some()
            },
        )
        .await;
        daemon.addr = addr.expect("the wait above ended with an address");
        eventually("the daemon is ready", Duration::from_secs(30), async || {
            daemon.assert_alive();
            matches!(http::get(daemon.addr, "/readyz").await, Ok(reply) if reply.status == 200)
        })
        .await;
        daemon
    }

    /// The log lines with that message.
    pub fn says(&self, message: &str) -> Vec<Value> {
        self.log()
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| line["message"] == message)
            .collect()
    }

    /// Everything it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills it without a word, as a crash would.
    pub fn kill_9(mut self) {
        self.child.kill().expect("a running child can be killed");
        self.child.wait().expect("the killed child is reaped");
    }

    /// Sends SIGHUP.
    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("`kill` can be run");
        assert!(sent.success(), "the daemon had ended before it was sent {signal}");
    }

    /// Sends SIGTERM and waits for its end; gives how it ended and how long that took.
    pub async fn terminate(mut self) -> (ExitStatus, Duration) {
        let began = Monotonic::now();
        self.signal("-TERM");
        let mut ended = None;
        eventually(
            "the daemon ends after SIGTERM",
            Duration::from_secs(35),
            async || {
                ended = self.child.try_wait().expect("a child can be waited for");
                ended.is_some()
            },
        )
        .await;
        (
            ended.expect("the wait above ended with a status"),
            began.elapsed(),
        )
    }

    fn assert_alive(&mut self) {
        let ended = self.child.try_wait().expect("a child can be waited for");
        assert!(
            ended.is_none(),
            "the daemon ended by itself ({ended:?}):\n{}",
            self.log()
        );
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
