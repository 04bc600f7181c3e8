//! Everything that a demo needs running: a private Postgres, a simulated Defender, the daemon. Starts and stops it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use uuid::Uuid;

use crate::app;
use crate::cli::cluster::{Cluster, ClusterOptions};
use crate::cli::demo::daemon::Daemon;
use crate::cli::demo::files::{self, CLIENT_ID, Places, TENANT};
use crate::cli::demo::plan::Plan;
use crate::config::{Config, environment};
use crate::domain::tenant::TenantId;
use crate::simulator::{Options, Simulator};
use crate::store::{Gate, Store};

const DATABASE: &str = "quell";

/// The running parts.
#[derive(Debug)]
pub struct Stage {
    /// The simulated Defender.
    pub simulator: Simulator,
    /// The daemon.
    pub daemon: Daemon,
    /// The daemon's database, to look into.
    pub store: Store,
    /// The tenant in it.
    pub tenant: TenantId,
    /// The tenant's gate, as the daemon has it.
    pub gate: Gate,
    /// Where the daemon listens.
    pub url: String,
    /// Postgres, for `psql`.
    pub database: String,
    /// The configuration.
    pub config: PathBuf,
    /// The daemon's log.
    pub log: PathBuf,
    cluster: Cluster,
}

impl Stage {
    /// Starts all parts; `say` is told of each.
    ///
    /// # Errors
    /// There is no Postgres on this machine (says what to install), or a part does not start.
    pub async fn start(plan: &Plan, mut say: impl FnMut(String)) -> anyhow::Result<Self> {
        let cluster = start_cluster().await?;
        let database = cluster.url(DATABASE);
        say(format!(
            "Postgres    private, in {}",
            cluster.directory().display()
        ));

        let secret = Uuid::now_v7().to_string();
        let simulator = Simulator::start(defender(plan, &secret)).await?;
        say(format!(
            "Defender    simulated, {} times as fast, at {}",
            plan.scale,
            simulator.base_url()
        ));

        let directory = tempfile::Builder::new()
            .prefix("quell-demo-")
            .tempdir_in("/tmp")
            .context("cannot make a directory in `/tmp`")?;
        let listen = free_address().context("no loopback port is free")?;
        let places = Places {
            database: database.clone(),
            listen,
            defender: simulator.base_url(),
            secret,
        };
        let config = files::write(directory.path(), plan, &places)?;
        let log = directory.path().join("daemon.log");
        let mut daemon = Daemon::start(&config, &log, directory.path())?;
        // From here on the daemon's guardian removes the directory.
        let _ = directory.keep();
        let running = connect(&mut daemon, &config, listen).await;
        let (store, tenant, gate) = match running {
            Ok(parts) => parts,
            Err(error) => {
                // The daemon's failure is the one to tell.
                let _ = daemon.stop().await;
                return Err(error);
            }
        };
        let url = format!("http://{listen}");
        say(format!(
            "quell run   process {}, at {url}, log in {}",
            daemon.pid().unwrap_or(0),
            log.display()
        ));
        Ok(Self {
            simulator,
            daemon,
            store,
            tenant,
            gate,
            url,
            database,
            config,
            log,
            cluster,
        })
    }

    /// Stops everything and removes what was written.
    ///
    /// # Errors
    /// Something did not stop as it should.
    pub async fn stop(self) -> anyhow::Result<()> {
        let Self {
            simulator,
            daemon,
            store,
            cluster,
            ..
        } = self;
        let daemon = daemon.stop().await;
        // Bounded: a connection that hangs must not hold up the end.
        let _ = tokio::time::timeout(Duration::from_secs(2), store.close()).await;
        simulator.stop().await;
        let cluster = tokio::task::spawn_blocking(move || cluster.stop()).await?;
        daemon?;
        Ok(cluster?)
    }
}

async fn start_cluster() -> anyhow::Result<Cluster> {
    let options = ClusterOptions {
        bin: environment::read("PG_BIN").map(PathBuf::from),
        search_path: environment::read("PATH"),
        ..ClusterOptions::default()
    };
    let start = move || {
        let cluster = Cluster::start(options)?;
        cluster.create_database(DATABASE)?;
        anyhow::Ok(cluster)
    };
    tokio::task::spawn_blocking(start).await?
}

/// Waits for the daemon and opens its database.
async fn connect(
    daemon: &mut Daemon,
    config: &std::path::Path,
    listen: SocketAddr,
) -> anyhow::Result<(Store, TenantId, Gate)> {
    daemon.wait_until_ready(listen).await?;
    let config = Config::load(config)?.config;
    let tenant = config
        .tenants
        .first()
        .context("the demo's configuration has a tenant")?;
    let store = app::store(&config)?;
    let id = store.tenant_ensure(TENANT).await?;
    Ok((store, id, app::gate_of(&config, tenant)))
}

/// A healthy service with a realistic fleet: a few devices are away at first, and one action in a hundred fails.
fn defender(plan: &Plan, secret: &str) -> Options {
    Options {
        scale: f64::from(plan.scale),
        credentials: Some((CLIENT_ID.to_owned(), secret.to_owned())),
        offline_percent: 3.0,
        offline_for: Duration::from_secs(10 * 60),
        fail_percent: 1.0,
        ..Options::default()
    }
}

/// A loopback port that nobody listens on.
fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
