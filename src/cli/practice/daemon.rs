//! The daemon as a child process: our own program, `quell run`, as an installation would start it. It never outlives
//! us: a tiny shell at the other end of a pipe stops it when we are gone, however we went.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin};

use crate::clock::Monotonic;
use crate::config::environment;

/// `$1` the daemon's process, `$2` our directory. A line says that the process is gone already; the end of the
/// pipe without one says that it is to be stopped.
const GUARDIAN: &str = r#"
trap '' INT TERM HUP
if ! read -r _; then
    kill -TERM "$1" 2>/dev/null
    tries=0
    while kill -0 "$1" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 380 ]; then kill -KILL "$1" 2>/dev/null; fi
        sleep 0.1
    done
fi
rm -rf "$2"
"#;

/// How long a daemon may take from its start until it takes events.
const START_WITHIN: Duration = Duration::from_secs(60);
/// How long it may take to stop: its own bound and a little.
const STOP_WITHIN: Duration = Duration::from_secs(40);
/// How many lines of its log are shown when it fails.
const LOG_LINES: usize = 15;

/// A running daemon.
#[derive(Debug)]
pub struct Daemon {
    process: Child,
    guardian: Child,
    pipe: Option<ChildStdin>,
    log: PathBuf,
}

impl Daemon {
    /// Starts `quell run --migrate` with that configuration; its log goes to a file. At its end `directory` is removed.
    ///
    /// # Errors
    /// The program or the shell cannot be started.
    pub fn start(config: &Path, log: &Path, directory: &Path) -> anyhow::Result<Self> {
        let program = environment::own_program().context("the system does not tell where this program is")?;
        let to_log = File::create(log).with_context(|| format!("cannot write `{}`", log.display()))?;
        let mut command = Command::new(&program);
        command
            .args(["run", "--migrate", "--config"])
            .arg(config)
            .current_dir(directory);
        // What a service manager told us is not meant for it.
        for name in [
            "CREDENTIALS_DIRECTORY",
            "NOTIFY_SOCKET",
            "WATCHDOG_USEC",
            "WATCHDOG_PID",
        ] {
            command.env_remove(name);
        }
        // A group of its own: Ctrl-C on the terminal is for us, and we stop it in our own time.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(to_log);
        let process = tokio::process::Command::from(command)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run `{}`", program.display()))?;
        let pid = process.id().context("the daemon ended at once")?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", GUARDIAN, "quell-practice-guardian", &pid.to_string()])
            .arg(directory);
        command
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut guardian = tokio::process::Command::from(command)
            .spawn()
            .context("cannot run `/bin/sh`")?;
        let pipe = guardian.stdin.take();
        Ok(Self {
            process,
            guardian,
            pipe,
            log: log.to_owned(),
        })
    }

    /// The process id.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits until it takes events.
    ///
    /// # Errors
    /// It ended, or it does not answer in time; with the end of its log.
    pub async fn wait_until_ready(&mut self, listen: SocketAddr) -> anyhow::Result<()> {
        let deadline = Monotonic::now().plus(START_WITHIN);
        while !is_ready(listen).await {
            self.check()?;
            if deadline.remaining().is_zero() {
                bail!(
                    "the daemon did not get ready within {} s\n{}",
                    START_WITHIN.as_secs(),
                    self.log_end()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Makes sure that it still runs.
    ///
    /// # Errors
    /// It ended; with the end of its log.
    pub fn check(&mut self) -> anyhow::Result<()> {
        match self.process.try_wait().context("the daemon cannot be watched")? {
            None => Ok(()),
            Some(status) => bail!("the daemon ended by itself ({status})\n{}", self.log_end()),
        }
    }

    /// The last lines of its log.
    pub fn log_end(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        let end = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
        format!("the end of its log:\n{end}")
    }

    /// Stops it as an operator would, waits for its end, and removes our directory.
    ///
    /// # Errors
    /// It did not stop cleanly.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let gone = self.process.try_wait().context("the daemon cannot be watched")?;
        let pipe = self.pipe.take();
        if let (Some(mut pipe), true) = (pipe, gone.is_some()) {
            // A guardian that is gone has nothing left to do.
            let _ = pipe.write_all(b"gone\n").await;
        }
        let waited = tokio::time::timeout(STOP_WITHIN, self.process.wait()).await;
        let outcome = match waited {
            Ok(status) => {
                let status = status.context("the daemon cannot be waited for")?;
                if status.success() {
                    Ok(())
                } else {
                    Err(format!("the daemon ended with {status}"))
                }
            }
            Err(_) => {
                self.process.kill().await.context("the daemon cannot be killed")?;
                Err(format!(
                    "the daemon did not stop within {} s",
                    STOP_WITHIN.as_secs()
                ))
            }
        };
        let outcome = outcome.map_err(|why| anyhow::anyhow!("{why}\n{}", self.log_end()));
        self.guardian
            .wait()
            .await
            .context("the guardian cannot be waited for")?;
        outcome
    }
}

/// Asks `GET /readyz`.
async fn is_ready(listen: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(listen).await?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nhost: quell\r\nconnection: close\r\n\r\n")
            .await?;
        let mut answer = Vec::new();
        stream.take(64).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 200 "))
    };
    matches!(
        tokio::time::timeout(Duration::from_secs(2), ask).await,
        Ok(Ok(true))
    )
}
