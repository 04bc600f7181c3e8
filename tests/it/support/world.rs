//! The whole of it: a simulated Defender, a database, a configuration, and the daemon between them.
//!
//! A test makes a [`World`], plays its part, and ends with [`World::finish`], which stops the daemon and holds the
//! invariants against what the simulator saw and what the database says. A world that is dropped without it fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use quell::cli::cluster::StopMode;
use quell::simulator::{Options, Report, Simulator};
use serde_json::Value;
use sqlx::{Connection, PgConnection};

use super::alert::ndjson;
use super::daemon::{self, Daemon};
use super::http::{self, Reply};
use super::invariants;
use super::proxy::Proxy;
use super::{OwnServer, TestDatabase};

/// How a world is made.
pub struct Setup {
    /// How many times faster than Defender it lives.
    scale: u32,
    simulator: Options,
    playbooks: Vec<String>,
    settings: BTreeMap<&'static str, String>,
    budget: String,
    through_proxy: bool,
    role: Option<&'static str>,
}

impl Setup {
    /// A scaled world with these playbooks and no guard in the way.
    pub fn new(scale: u32, playbooks: &[&str]) -> Self {
        let settings = [
            ("never", "{tags: []}"),
            ("caps", "[{devices: 100000, per: 1h}]"),
            ("surge", "{per_source: 0, per_title: 0}"),
            ("outstanding", "100000"),
            ("freshness", "30d"),
            ("lease", "3s"),
            // Tests count reads; those of the inventory are counted where it is tested.
            ("facts", "{inventory: {every: 0s}}"),
        ];
        Self {
            scale,
            simulator: Options::default(),
            playbooks: playbooks.iter().map(|text| (*text).to_owned()).collect(),
            settings: settings
                .into_iter()
                .map(|(key, value)| (key, value.to_owned()))
                .collect(),
            budget: "{}".to_owned(),
            through_proxy: false,
            role: None,
        }
    }

    /// Changes the simulator's options.
    pub fn simulate(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.simulator);
        self
    }

    /// Sets a key at the top of the configuration, as YAML on one line.
    pub fn set(mut self, key: &'static str, value: &str) -> Self {
        self.settings.insert(key, value.to_owned());
        self
    }

    /// Sets the tenant's budget, as YAML on one line.
    pub fn budget(mut self, value: &str) -> Self {
        self.budget = value.to_owned();
        self
    }

    /// The daemon reaches Postgres through [`World::proxy`]; the test itself does not.
    pub fn through_proxy(mut self) -> Self {
        self.through_proxy = true;
        self
    }

    /// The daemon and the commands work as this role of the database, whose roles are made beforehand.
    pub fn with_role(mut self, role: &'static str) -> Self {
        self.role = Some(role);
        self
    }

    /// Starts the simulator and the daemon on a database of their own.
    pub async fn start(self) -> World {
        let database = Database::Shared(TestDatabase::new().await);
        self.start_on(database).await
    }

    /// The same on a Postgres of their own, which can be taken away.
    pub async fn start_with_own_postgres(self) -> World {
        let database = Database::Own(Box::new(OwnServer::start().await));
        self.start_on(database).await
    }

    /// Prepares a world without a daemon, on a migrated database.
    pub async fn prepare(self) -> World {
        self.prepare_on(Database::Shared(TestDatabase::new().await)).await
    }

    /// The same on a database without a table.
    pub async fn prepare_unmigrated(self) -> World {
        self.prepare_on(Database::Shared(TestDatabase::empty().await))
            .await
    }

    /// The same on a Postgres of their own.
    pub async fn prepare_with_own_postgres(self) -> World {
        self.prepare_on(Database::Own(Box::new(OwnServer::start().await)))
            .await
    }

    async fn start_on(self, database: Database) -> World {
        let mut world = self.prepare_on(database).await;
        world.start().await;
        world
    }

    async fn prepare_on(self, database: Database) -> World {
        let mut options = self.simulator.clone();
        options.scale = f64::from(self.scale);
        let simulator = Simulator::start(options).await.expect("a loopback port is free");
        let directory = tempfile::tempdir().expect("the temporary directory takes another");
        let mut world = World {
            simulator,
            proxy: None,
            database,
            directory,
            daemon: None,
            starts: 0,
            throttles: false,
            expects_doubles: 0,
            finished: false,
        };
        world.write_playbooks(&self.playbooks);
        world.write("secret", "a secret for the simulator");
        if self.through_proxy {
            world.proxy = Some(Proxy::before(world.database.url()).await);
        }
        let config = self.config(&world);
        world.write("quell.yaml", &config);
        world
    }

    fn config(&self, world: &World) -> String {
        let settings: String = self
            .settings
            .iter()
            .map(|(key, value)| format!("{key}: {value}\n"))
            .collect();
        format!(
            "database: {{url: \"{database}\", max_connections: 12}}\n\
             http: {{listen: \"127.0.0.1:0\"}}\n\
             log: {{format: json}}\n\
             time_scale: {scale}\n\
             playbooks: {{path: playbooks}}\n\
             {settings}\
             tenants:\n\
             \x20 - name: test\n\
             \x20   base_url: {base}\n\
             \x20   authority: {authority}\n\
             \x20   budget: {budget}\n\
             \x20   credential:\n\
             \x20     client_secret:\n\
             \x20       directory_id: 11111111-2222-3333-4444-555555555555\n\
             \x20       client_id: 99999999-2222-3333-4444-555555555555\n\
             \x20       secret_file: secret\n",
            database = {
                let url = world
                    .proxy
                    .as_ref()
                    .map_or(world.database.url(), |proxy| &proxy.url);
                self.role
                    .map_or_else(|| url.to_owned(), |role| as_role(url, role))
            },
            scale = self.scale,
            base = world.simulator.base_url(),
            authority = world.simulator.authority(),
            budget = self.budget,
        )
    }
}

/// The URL of a connection whose statements are those of a role.
pub fn as_role(url: &str, role: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options=-c%20role%3D{role}")
}

enum Database {
    Shared(TestDatabase),
    Own(Box<OwnServer>),
}

impl Database {
    fn url(&self) -> &str {
        match self {
            Self::Shared(database) => &database.url,
            Self::Own(server) => &server.url,
        }
    }
}

/// A running world.
pub struct World {
    /// The simulated Defender.
    pub simulator: Simulator,
    proxy: Option<Proxy>,
    database: Database,
    directory: tempfile::TempDir,
    daemon: Option<Daemon>,
    starts: u32,
    /// Whether this test brings 429s about on purpose.
    pub throttles: bool,
    /// How often this test brings it about that a call is made twice.
    pub expects_doubles: u64,
    finished: bool,
}

impl World {
    /// Where its configuration and its playbooks lie.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What stands between the daemon and Postgres.
    pub fn proxy(&self) -> &Proxy {
        self.proxy
            .as_ref()
            .expect("the test's setup goes through a proxy")
    }

    /// The daemon that runs.
    pub fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().expect("the test has the daemon running")
    }

    /// Starts the daemon, on what is there of the database.
    pub async fn start(&mut self) {
        assert!(self.daemon.is_none(), "one daemon at a time");
        self.daemon = Some(self.another().await);
    }

    /// Takes a running daemon for the world's own, to be stopped by [`World::finish`].
    pub fn adopt(&mut self, daemon: Daemon) {
        assert!(self.daemon.is_none(), "one daemon at a time");
        self.daemon = Some(daemon);
    }

    /// Gives up the world's own daemon: the caller keeps it.
    pub fn disown(&mut self) -> Daemon {
        self.daemon.take().expect("the test has the daemon running")
    }

    /// Starts another replica on the same database. The caller keeps it; dropping it kills it.
    pub async fn another(&mut self) -> Daemon {
        self.starts += 1;
        let log = self.directory.path().join(format!("daemon-{}.log", self.starts));
        Daemon::start(&self.directory.path().join("quell.yaml"), &log).await
    }

    /// Spawns a replica with more arguments and a fail point armed, and waits for nothing.
    pub fn spawn(&mut self, arguments: &[&str], fail_point: Option<&str>) -> Daemon {
        self.starts += 1;
        let log = self.directory.path().join(format!("daemon-{}.log", self.starts));
        Daemon::spawn(
            &self.directory.path().join("quell.yaml"),
            &log,
            arguments,
            fail_point,
        )
    }

    /// Spawns a replica with variables of a service manager, and waits for nothing.
    pub fn spawn_in(&mut self, environment: &[(&str, &str)]) -> Daemon {
        self.starts += 1;
        let log = self.directory.path().join(format!("daemon-{}.log", self.starts));
        Daemon::spawn_in(&self.directory.path().join("quell.yaml"), &log, &[], environment)
    }

    /// Starts another replica on the same database whose playbook files are these.
    pub async fn another_with(&mut self, playbooks: &[String]) -> Daemon {
        let number = self.starts + 1;
        self.write_playbooks_to(&format!("playbooks-{number}"), playbooks);
        let config = std::fs::read_to_string(self.directory.path().join("quell.yaml"));
        let config = config.expect("it was written at the start").replace(
            "playbooks: {path: playbooks}",
            &format!("playbooks: {{path: playbooks-{number}}}"),
        );
        let name = format!("quell-{number}.yaml");
        self.write(&name, &config);
        self.starts = number;
        let log = self.directory.path().join(format!("daemon-{number}.log"));
        Daemon::start(&self.directory.path().join(name), &log).await
    }

    /// Runs one of the operators' commands with the daemon's configuration: exit code and all that it said.
    pub async fn command(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_quell"));
        command.args(arguments).current_dir(self.directory.path());
        command.env("USER", "anna").env_remove("SUDO_USER");
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .expect("it does not panic")
            .expect("cargo has built the binary");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// The test's directory, where the configuration is.
    pub fn path(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// Kills the daemon without a word.
    pub fn kill_9(&mut self) {
        self.daemon
            .take()
            .expect("the test has the daemon running")
            .kill_9();
    }

    /// Tells the daemon to stop and waits for its end.
    pub async fn terminate(&mut self) -> (ExitStatus, Duration) {
        let daemon = self.daemon.take().expect("the test has the daemon running");
        daemon.terminate().await
    }

    /// The log lines with that message of the daemon that was started last, also when it has ended.
    pub fn said(&self, message: &str) -> Vec<Value> {
        let log = self.directory.path().join(format!("daemon-{}.log", self.starts));
        daemon::lines(&log, message)
    }

    /// Writes the playbooks' directory anew; a running daemon sees it within seconds.
    pub fn write_playbooks(&self, playbooks: &[String]) {
        self.write_playbooks_to("playbooks", playbooks);
    }

    /// The same for another directory.
    pub fn write_playbooks_to(&self, name: &str, playbooks: &[String]) {
        let directory = self.directory.path().join(name);
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir(&directory).expect("the test's directory takes another");
        for text in playbooks {
            let id = text.lines().find_map(|line| line.strip_prefix("id: "));
            let name = format!("{name}/{}.yaml", id.expect("a playbook has an id"));
            self.write(&name, text);
        }
    }

    /// Writes a file in the test's directory.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.directory.path().join(name), text).expect("the test's directory takes a file");
    }

    /// Posts a body as it is.
    pub async fn post(&self, media_type: &str, body: &[u8]) -> std::io::Result<Reply> {
        http::post(self.daemon().addr, "/v1/events", media_type, body).await
    }

    /// Posts records, all of which must be accepted.
    pub async fn send(&self, records: &[Value]) {
        let reply = self
            .post("application/x-ndjson", &ndjson(records))
            .await
            .expect("the daemon answers");
        assert_eq!(reply.status, 202, "{}", reply.body);
        assert_eq!(reply.list("accepted").len(), records.len(), "{}", reply.body);
    }

    /// A plain connection to the database.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(self.database.url())
            .await
            .expect("the database accepts a connection")
    }

    /// Waits until the simulator has seen what is asked for.
    pub async fn seen(&self, what: &str, deadline: Duration, holds: impl FnMut(&Report) -> bool) -> Report {
        let seen = tokio::time::timeout(deadline, self.simulator.wait_until(holds)).await;
        seen.unwrap_or_else(|_| {
            panic!(
                "waited {deadline:?} for this, in vain: {what}; {:?}",
                self.simulator.report()
            )
        })
    }

    /// Waits until nothing is left to do: no inbox, no queue, nothing open.
    pub async fn until_idle(&self, deadline: Duration) {
        self.until(
            deadline,
            "SELECT NOT EXISTS (SELECT 1 FROM quell.inbox) AND NOT EXISTS (SELECT 1 FROM quell.actions
             WHERE state IN ('queued', 'submitting', 'in_doubt', 'submitted'))",
        )
        .await;
    }

    /// Its database, which is one of a server that others use too.
    pub fn database(&self) -> &TestDatabase {
        match &self.database {
            Database::Shared(database) => database,
            Database::Own(_) => panic!("this one has a Postgres of its own"),
        }
    }

    /// Takes Postgres away.
    pub async fn take_postgres_away(&mut self) {
        match &mut self.database {
            Database::Own(server) => server.take_away().await,
            Database::Shared(_) => panic!("others use this Postgres too"),
        }
    }

    /// Stops Postgres and starts it again.
    pub async fn restart_postgres(&mut self, mode: StopMode) {
        match &mut self.database {
            Database::Own(server) => server.restart(mode).await,
            Database::Shared(_) => panic!("others use this Postgres too"),
        }
    }

    /// Gives Postgres back.
    pub async fn give_postgres_back(&mut self) {
        match &mut self.database {
            Database::Own(server) => server.give_back().await,
            Database::Shared(_) => panic!("others use this Postgres too"),
        }
    }

    /// Stops the daemon and holds the invariants against simulator and database.
    pub async fn finish(mut self) -> Report {
        if self.daemon.is_some() {
            let (status, _) = self.terminate().await;
            assert!(status.success(), "the daemon ended with {status}");
        }
        let report = self.simulator.report();
        invariants::of_the_simulator(&report, self.throttles, self.expects_doubles);
        invariants::of_the_database(&mut self.connect().await).await;
        invariants::of_both(&self.simulator.journal(), &mut self.connect().await).await;
        let (code, said) = self.command(&["audit"]).await;
        assert_eq!(code, Some(0), "{said}");
        self.finished = true;
        report
    }
}

impl Drop for World {
    /// A test that fails shows the daemon's log.
    fn drop(&mut self) {
        drop(self.daemon.take());
        if std::thread::panicking() {
            for n in 1..=self.starts {
                let name = format!("daemon-{n}.log");
                let log = std::fs::read_to_string(self.directory.path().join(&name)).unwrap_or_default();
                let lines: Vec<&str> = log.lines().filter(|line| !line.contains("\"DEBUG\"")).collect();
                let from = lines.len().saturating_sub(60);
                eprintln!(
                    "--- {name}, the last of {} lines\n{}",
                    lines.len(),
                    lines[from..].join("\n")
                );
            }
        } else {
            assert!(
                self.finished,
                "a test ends with `World::finish`, which checks the invariants"
            );
        }
    }
}
