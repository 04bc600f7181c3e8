//! What a benchmark of the whole daemon stands on: a private Postgres that flushes to disk, the daemon itself as a process of
//! its own, and a plain HTTP connection to it.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use quell::cli::cluster::{Cluster, ClusterOptions};
use quell::domain::device::DeviceFacts;
use quell::domain::fact::Fact;
use sqlx::{Connection as _, PgConnection};

/// A private Postgres with fsync on.
pub struct Postgres(Cluster);

impl Postgres {
    /// Starts it, with the databases.
    pub fn start(databases: &[&str]) -> anyhow::Result<Self> {
        let mut cluster = Cluster::start(ClusterOptions {
            fsync: true,
            search_path: std::env::var_os("PATH"),
            ..ClusterOptions::default()
        })?;
        // The moments of commits tell where an event's time goes.
        cluster.execute("postgres", "ALTER SYSTEM SET track_commit_timestamp = on")?;
        cluster.restart()?;
        for database in databases {
            cluster.create_database(database)?;
        }
        Ok(Self(cluster))
    }

    /// Makes every flush of the log take so much longer from now on: what `commit_delay` does for whoever flushes.
    pub fn delay_fsync(&self, by: Duration) -> anyhow::Result<()> {
        let micros = by.as_micros();
        self.0
            .execute("postgres", &format!("ALTER SYSTEM SET commit_delay = {micros}"))?;
        self.0
            .execute("postgres", "ALTER SYSTEM SET commit_siblings = 0")?;
        self.0.execute("postgres", "SELECT pg_reload_conf()")?;
        // The signal reaches every backend before its next command; the next command is ours.
        std::thread::sleep(Duration::from_millis(200));
        Ok(())
    }

    /// A database's URL.
    pub fn url(&self, database: &str) -> String {
        self.0.url(database)
    }

    /// A connection.
    pub async fn connect(&self, database: &str) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.url(database)).await?)
    }

    /// What a flush of 8 kB costs in its directory, the median of fifty, in milliseconds.
    pub fn fsync_ms(&self) -> anyhow::Result<f64> {
        let path = self.0.directory().join("fsync");
        let mut file = std::fs::File::create(&path)?;
        let mut times = Vec::new();
        for _ in 0..50 {
            file.write_all(&[7; 8192])?;
            let began = Instant::now();
            file.sync_data()?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        std::fs::remove_file(path)?;
        Ok(crate::measure::spread(times).median)
    }

    /// The CPU time that the server and all its children have used, in seconds.
    pub fn cpu_s(&self) -> f64 {
        let file = self.0.directory().join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let server = text.lines().next().and_then(|pid| pid.trim().parse().ok());
        server.map_or(0.0, cpu_of_tree)
    }
}

/// The CPU time of a process, of its living children and of those it has reaped, in seconds.
pub fn cpu_of_tree(root: u32) -> f64 {
    // USER_HZ is 100 on every Linux that this runs on.
    let of = |fields: &[f64], range: std::ops::Range<usize>| fields[range].iter().sum::<f64>() / 100.0;
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return 0.0;
    };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| {
            let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // After the name in brackets: state, ppid, …; utime, stime, cutime, cstime are the 12th to 15th.
            let rest: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
            let parent: u32 = rest.get(1)?.parse().ok()?;
            let times: Vec<f64> = rest.get(11..15)?.iter().filter_map(|t| t.parse().ok()).collect();
            match (times.len() == 4, pid == root, parent == root) {
                (true, true, _) => Some(of(&times, 0..4)),
                (true, _, true) => Some(of(&times, 0..2)),
                _ => None,
            }
        })
        .sum()
}

/// The daemon, as a process: this very program, told to be Quell.
pub struct Daemon {
    child: Child,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl Daemon {
    /// Writes its files, starts it and waits until it is ready for events.
    pub fn start(directory: &Path, config: &str, playbooks: &[String]) -> anyhow::Result<Self> {
        std::fs::create_dir_all(directory.join("playbooks"))?;
        for text in playbooks {
            let id = text.lines().find_map(|line| line.strip_prefix("id: "));
            let file = format!("playbooks/{}.yaml", id.context("a playbook without an id")?);
            std::fs::write(directory.join(file), text)?;
        }
        std::fs::write(directory.join("secret"), "a secret for the simulator")?;
        std::fs::write(directory.join("quell.yaml"), config)?;
        let log = directory.join("daemon.log");
        let child = Command::new(std::env::current_exe()?)
            .args(["run", "--migrate", "--config"])
            .arg(directory.join("quell.yaml"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .context("the daemon cannot be started")?;
        let mut daemon = Self {
            child,
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let listen = text
                .lines()
                .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
                .find(|line| line["message"] == "quell starts")
                .and_then(|line| line["listen"].as_str()?.parse().ok());
            if let Some(addr) = listen {
                daemon.addr = addr;
                if Http::connect(addr)
                    .and_then(|mut http| http.get("/readyz"))
                    .is_ok_and(|s| s == 200)
                    && text.contains("this process dispatches")
                {
                    return Ok(daemon);
                }
            }
            if daemon.child.try_wait()?.is_some() || Instant::now() > deadline {
                bail!("the daemon did not start:\n{text}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The CPU time it has used, in seconds.
    pub fn cpu_s(&self) -> f64 {
        cpu_of_tree(self.child.id())
    }

    /// Its resident memory, in MB, where the system tells it.
    pub fn resident_mb(&self) -> Option<f64> {
        crate::measure::resident_mb_of(&self.child.id().to_string())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the daemon is told; each benchmark adds what is particular about it.
pub fn config(database: &str, defender: &str, time_scale: u32, settings: &str, budget: &str) -> String {
    let mut text = format!(
        "database: {{url: \"{database}\", max_connections: 12}}\nhttp: {{listen: \"127.0.0.1:0\"}}\nlog: {{format: json}}\n\
         time_scale: {time_scale}\nplaybooks: {{path: playbooks}}\n{settings}"
    );
    let _ = write!(
        text,
        "tenants:\n  - name: bench\n    base_url: {defender}\n    authority: {defender}\n    budget: {budget}\n    credential:\n      \
         client_secret:\n        directory_id: 11111111-2222-3333-4444-555555555555\n        \
         client_id: 99999999-2222-3333-4444-555555555555\n        secret_file: secret\n"
    );
    text
}

/// Stores what is known of the devices: nothing waits for a read of Defender's inventory.
pub async fn know(db: &mut PgConnection, devices: &[String]) -> anyhow::Result<()> {
    let facts = serde_json::to_value(DeviceFacts {
        tags: Fact::Is(Vec::new()),
        group: Fact::Is("Workstations".to_owned()),
        ..DeviceFacts::default()
    })?;
    // A long time ahead: in scaled time facts age fast.
    sqlx::query(
        "INSERT INTO quell.devices (tenant_id, device_id, facts, facts_fetched_at)
         SELECT (SELECT id FROM quell.tenants), device, $2, quell.now() + interval '1h' FROM unnest($1::text[]) AS t (device)",
    )
    .bind(devices)
    .bind(&facts)
    .execute(db)
    .await?;
    Ok(())
}

/// A connection that is kept, blocking, with Nagle off.
pub struct Http(TcpStream);

impl Http {
    /// Connects.
    pub fn connect(addr: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(addr)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(stream))
    }

    /// Asks for a page; gives the status.
    pub fn get(&mut self, path: &str) -> anyhow::Result<u16> {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())?;
        Ok(self.answer()?.0)
    }

    /// The bytes of a request with a body.
    pub fn post(path: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        request
    }

    /// Sends a whole request at once.
    pub fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        Ok(self.0.write_all(request)?)
    }

    /// Asks for a page; gives its text.
    pub fn page(&mut self, path: &str) -> anyhow::Result<String> {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())?;
        Ok(String::from_utf8_lossy(&self.answer()?.1).into_owned())
    }

    /// Reads the answer to its end: head and body.
    pub fn message(&mut self) -> anyhow::Result<(String, Vec<u8>)> {
        read_message(&mut self.0, |_| {})?.context("the connection was closed")
    }

    /// Reads the answer to its end: status and body.
    pub fn answer(&mut self) -> anyhow::Result<(u16, Vec<u8>)> {
        let (head, body) = self.message()?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok((status.context("no status")?, body))
    }
}

/// Reads one message: its head, and the body that `content-length` names. `first` is told when its first bytes are there.
/// `None`: the peer has closed the connection.
pub fn read_message(
    stream: &mut TcpStream,
    mut first: impl FnMut(Instant),
) -> anyhow::Result<Option<(String, Vec<u8>)>> {
    let mut bytes = Vec::with_capacity(8192);
    let mut chunk = [0; 16384];
    let mut head_end = None;
    loop {
        if head_end.is_none() {
            head_end = bytes.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4);
        }
        if let Some(end) = head_end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if bytes.len() >= end + length {
                let whole = String::from_utf8_lossy(&bytes[..end]).into_owned();
                return Ok(Some((whole, bytes[end..end + length].to_vec())));
            }
        }
        let read = stream.read(&mut chunk)?;
        if bytes.is_empty() {
            first(Instant::now());
        }
        match read {
            0 if bytes.is_empty() => return Ok(None),
            0 => bail!("a message was cut off"),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}
