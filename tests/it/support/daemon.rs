//! The real binary as a child process: started with a configuration, watched through its log, killed or told to stop.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use quell::clock::Monotonic;
use quell::failpoint::VARIABLE;
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
        let mut daemon = Self::spawn(config, log, &[], None);
        let is_ready = daemon.ready().await;
        assert!(is_ready, "the daemon ended by itself:\n{}", daemon.log());
        daemon
    }

    /// Starts it with more arguments, and with a fail point armed (`name[:nth][:stop]`), and waits for nothing.
    pub fn spawn(config: &Path, log: &Path, arguments: &[&str], fail_point: Option<&str>) -> Self {
        let armed: Vec<(&str, &str)> = fail_point.iter().map(|point| (VARIABLE, *point)).collect();
        Self::spawn_in(config, log, arguments, &armed)
    }

    /// Starts it with more arguments and variables of the environment, and waits for nothing.
    pub fn spawn_in(config: &Path, log: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let output = File::create(log).expect("the test's directory takes a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
        command.args(["run", "--config"]).arg(config).args(arguments);
        command.envs(environment.iter().copied());
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .expect("cargo has built the daemon");
        Self {
            child,
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            log: log.to_owned(),
        }
    }

    /// Waits until it is ready for events; says so, or that it ended first.
    pub async fn ready(&mut self) -> bool {
        let mut addr = None;
        eventually(
            "the daemon says where it listens",
            Duration::from_secs(30),
            async || {
                addr = self.listens_on();
                addr.is_some() || self.ended().is_some()
            },
        )
        .await;
        self.addr = addr.unwrap_or(self.addr);
        eventually("the daemon is ready", Duration::from_secs(60), async || {
            self.ended().is_some()
                || matches!(http::get(self.addr, "/readyz").await, Ok(reply) if reply.status == 200)
        })
        .await;
        self.ended().is_none()
    }

    /// Where it says that it listens, if it has said so.
    pub fn listens_on(&self) -> Option<SocketAddr> {
        self.says("quell starts")
            .first()
            .and_then(|line| line["listen"].as_str()?.parse().ok())
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    /// Waits for its end.
    pub async fn death(&mut self, deadline: Duration) -> ExitStatus {
        let mut ended = None;
        let what = format!("the daemon ends; it says:\n{}", self.log_tail());
        eventually(&what, deadline, async || {
            ended = self.ended();
            ended.is_some()
        })
        .await;
        ended.expect("the wait above ended with a status")
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    /// The log lines with that message.
    pub fn says(&self, message: &str) -> Vec<Value> {
        lines(&self.log, message)
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

    /// Sends a signal, such as `-STOP`.
    pub fn signal(&self, signal: &str) {
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
}

/// The lines of a daemon's log with that message.
pub fn lines(log: &Path, message: &str) -> Vec<Value> {
    std::fs::read_to_string(log)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["message"] == message)
        .collect()
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
