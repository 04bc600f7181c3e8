//! A private, throw-away Postgres from the binaries on this machine.
//!
//! `quell demo` and the tests start one; nobody configures anything for it. It listens on a Unix socket in its own directory only, trusts whoever can reach that
//! socket, and vanishes with the process that started it, however that process dies (see [`guardian`]).
//!
//! Everything here blocks: async callers use `spawn_blocking`. It never touches a server that it did not start, and
//! never holds data that anybody wants to keep.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::clock::Monotonic;

pub mod binaries;
mod error;
mod guardian;
mod layout;
mod owner;

pub use error::ClusterError;

use binaries::Binaries;
use guardian::Guardian;
use owner::Owner;

/// The role that owns everything in a private cluster; a superuser there, and there alone.
pub const ROLE: &str = "quell";

/// How to start a private cluster.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// The directory with `initdb` and `postgres`; `None` searches (see [`binaries`]).
    pub bin: Option<PathBuf>,
    /// The value of `PATH` to search before the well-known places; `None` skips that step.
    pub search_path: Option<OsString>,
    /// Where the cluster's directory is made. Must be short: a socket's path may have about 100 bytes. Default `/tmp`.
    pub parent: PathBuf,
    /// Whether Postgres flushes to disk (`fsync`). Off (the default) survives every death of a process, though not of
    /// the machine, and is several times faster.
    pub fsync: bool,
    /// Postgres' `max_connections`. Default 200.
    pub max_connections: u32,
    /// How long the server may take to answer. Default 60 s.
    pub start_timeout: Duration,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            bin: None,
            search_path: None,
            parent: PathBuf::from("/tmp"),
            fsync: false,
            max_connections: 200,
            start_timeout: Duration::from_secs(60),
        }
    }
}

/// How a server is told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopMode {
    /// Connections are closed, transactions rolled back, a clean shutdown written.
    Fast,
    /// As a crash would: the next start recovers from the log.
    Immediate,
}

/// A running (or, between [`Cluster::stop_server`] and [`Cluster::start_server`], stopped) private cluster.
///
/// Dropping it stops the server and removes its directory.
#[derive(Debug)]
pub struct Cluster {
    binaries: Binaries,
    owner: Owner,
    directory: PathBuf,
    start_timeout: Duration,
    server: Option<Child>,
    guardian: Guardian,
}

impl Cluster {
    /// Makes a fresh cluster and starts its server; returns once it accepts connections.
    ///
    /// # Errors
    /// No Postgres binaries on this machine ([`ClusterError::NoBinaries`] says what to install), a directory that cannot
    /// be made, or a server that does not come up (with the end of its log).
    pub fn start(options: ClusterOptions) -> Result<Self, ClusterError> {
        let binaries = Binaries::find(options.bin.as_deref(), options.search_path.as_deref())?;
        let directory = layout::make_directory(&options.parent)?;
        let owner = Owner::of_new_directory(&directory)?;
        layout::prepare_directory(&directory, &owner)?;
        // INVARIANT: from here on the guardian removes the directory, whatever happens to us.
        let guardian = Guardian::start(&binaries, &owner, &directory)?;
        let mut cluster = Self {
            binaries,
            owner,
            directory,
            start_timeout: options.start_timeout,
            server: None,
            guardian,
        };
        cluster.initialise(&options)?;
        cluster.start_server()?;
        Ok(cluster)
    }

    /// The connection URL of `database`, as sqlx and `psql` read it.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{ROLE}@localhost/{database}?host={}",
            self.directory.display()
        )
    }

    /// The cluster's directory: the socket, the data, and the server's log `postgres.log`.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The directory of the binaries in use.
    pub fn bin(&self) -> &Path {
        self.binaries.directory()
    }

    /// Creates an empty database.
    ///
    /// # Errors
    /// The name is not made of `a-z`, `0-9` and `_`, or Postgres refused it.
    pub fn create_database(&self, name: &str) -> Result<(), ClusterError> {
        check_name(name)?;
        self.execute("postgres", &format!("CREATE DATABASE {name}"))
    }

    /// Creates a database as a copy of `template`, which nobody may be connected to meanwhile.
    ///
    /// # Errors
    /// As [`Cluster::create_database`].
    pub fn create_database_from(&self, name: &str, template: &str) -> Result<(), ClusterError> {
        check_name(name)?;
        check_name(template)?;
        self.execute("postgres", &format!("CREATE DATABASE {name} TEMPLATE {template}"))
    }

    /// Runs SQL through `psql`, stopping at the first error. For set-up only; the product's SQL lives in `store`.
    ///
    /// # Errors
    /// Postgres' message, if it refused.
    pub fn execute(&self, database: &str, sql: &str) -> Result<(), ClusterError> {
        let mut psql = self.command("psql");
        psql.args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            ROLE,
            "-d",
            database,
            "-h",
        ]);
        run(psql.arg(&self.directory).arg("-c").arg(sql), "psql")
    }

    /// Stops the server; the data stay. Connections to it break, as when Postgres goes away in the middle of work.
    ///
    /// # Errors
    /// `pg_ctl` could not be run or gave up after 30 s.
    pub fn stop_server(&mut self, mode: StopMode) -> Result<(), ClusterError> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        let mode = match mode {
            StopMode::Fast => "fast",
            StopMode::Immediate => "immediate",
        };
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl
            .args(["stop", "-s", "-w", "-t", "30", "-m", mode, "-D"])
            .arg(self.data());
        if let Err(error) = run(&mut pg_ctl, "pg_ctl") {
            self.server = Some(server);
            return Err(error);
        }
        server.wait().map_err(|source| ClusterError::Run {
            program: "postgres".into(),
            source,
        })?;
        Ok(())
    }

    /// Starts the server again after [`Cluster::stop_server`]; returns once it accepts connections.
    ///
    /// # Errors
    /// The server ended, or did not answer in time.
    pub fn start_server(&mut self) -> Result<(), ClusterError> {
        if self.server.is_some() {
            return Ok(());
        }
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .map_err(|source| ClusterError::Directory {
                path: self.log(),
                source,
            })?;
        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(self.data());
        // A group of its own: Ctrl-C on the terminal is for us, and we stop the server in our own time.
        postgres
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let server = postgres.spawn().map_err(|source| ClusterError::Run {
            program: "postgres".into(),
            source,
        })?;
        self.server = Some(server);
        self.wait_until_ready()
    }

    /// Stops the server fast and starts it again.
    ///
    /// # Errors
    /// As [`Cluster::stop_server`] and [`Cluster::start_server`].
    pub fn restart(&mut self) -> Result<(), ClusterError> {
        self.stop_server(StopMode::Fast)?;
        self.start_server()
    }

    /// Stops the server and removes its directory.
    ///
    /// # Errors
    /// The server did not stop, or the directory is still there.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.stop_server(StopMode::Fast)?;
        self.guardian.dismiss();
        if self.directory.exists() {
            fs::remove_dir_all(&self.directory).map_err(|source| ClusterError::Directory {
                path: self.directory.clone(),
                source,
            })?;
        }
        Ok(())
    }

    fn initialise(&self, options: &ClusterOptions) -> Result<(), ClusterError> {
        let mut initdb = self.command("initdb");
        initdb.args([
            "-A",
            "trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "-U",
            ROLE,
            "-D",
        ]);
        run(initdb.arg(self.data()), "initdb")?;
        let settings = self.data().join("postgresql.auto.conf");
        fs::write(&settings, layout::settings_text(&self.directory, options)).map_err(|source| {
            ClusterError::Directory {
                path: settings,
                source,
            }
        })
    }

    fn wait_until_ready(&mut self) -> Result<(), ClusterError> {
        let deadline = Monotonic::now().plus(self.start_timeout);
        loop {
            // The socket is there before recovery has ended; only pg_isready's 0 means that a connection is accepted.
            let mut probe = self.command("pg_isready");
            probe
                .args(["-q", "-t", "1", "-h"])
                .arg(&self.directory)
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let ready = probe
                .status()
                .map_err(|source| ClusterError::Run {
                    program: "pg_isready".into(),
                    source,
                })?
                .success();
            if ready {
                return Ok(());
            }
            let ended = match self.server.as_mut().map(Child::try_wait) {
                Some(Ok(status)) => status.is_some(),
                Some(Err(source)) => {
                    return Err(ClusterError::Run {
                        program: "postgres".into(),
                        source,
                    });
                }
                None => true,
            };
            if ended || deadline.remaining().is_zero() {
                if ended {
                    self.server = None;
                }
                return Err(ClusterError::NotReady {
                    ended,
                    waited: self.start_timeout,
                    log: self.log_tail(),
                });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn command(&self, program: &str) -> Command {
        self.owner.command(self.binaries.program(program))
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn log(&self) -> PathBuf {
        self.directory.join("postgres.log")
    }

    fn log_tail(&self) -> String {
        let text = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.guardian.dismiss();
        if let Some(mut server) = self.server.take() {
            // The guardian has stopped it; this only reaps the child.
            if let Err(error) = server.wait() {
                tracing::warn!(%error, "the private postgres was not reaped");
            }
        }
    }
}

fn check_name(name: &str) -> Result<(), ClusterError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if name.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && name.len() <= 63
        && name.bytes().all(fits)
    {
        Ok(())
    } else {
        Err(ClusterError::DatabaseName {
            name: name.to_owned(),
        })
    }
}

fn run(command: &mut Command, program: impl AsRef<OsStr>) -> Result<(), ClusterError> {
    let program = program.as_ref().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ClusterError::Run {
            program: program.clone(),
            source,
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stderr, output.stdout].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    Err(ClusterError::Failed {
        program,
        status: output.status,
        output: said.join("\n").trim().to_owned(),
    })
}

#[cfg(test)]
mod tests;
