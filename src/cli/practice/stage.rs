//! Everything that a demo or a drill needs running: a private Postgres, a simulated Defender, the daemon. Starts and stops
//! it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use uuid::Uuid;

use crate::app;
use crate::cli::cluster::{Cluster, ClusterOptions};
use crate::cli::practice::CLIENT_ID;
use crate::cli::practice::daemon::Daemon;
use crate::config::{Config, environment};
use crate::domain::tenant::TenantId;
use crate::simulator::{Options, Simulator};
use crate::store::{Gate, Store};

const DATABASE: &str = "quell";

/// What a configuration has to name.
#[derive(Clone, Debug)]
pub struct Places {
    /// Postgres.
    pub database: String,
    /// Where the daemon is to listen.
    pub listen: SocketAddr,
    /// The simulated Defender, API and token endpoint.
    pub defender: String,
    /// The secret that it accepts.
    pub secret: String,
}

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
    ///
    /// `name` begins the directory's name; `options` are the simulated Defender's, but for the credentials; `write` writes the
    /// configuration into a directory and gives its path.
    pub async fn start(
        name: &str,
        options: Options,
        write: impl FnOnce(&Path, &Places) -> anyhow::Result<PathBuf>,
        mut say: impl FnMut(String),
    ) -> anyhow::Result<Self> {
        let cluster = start_cluster().await?;
        let database = cluster.url(DATABASE);
        say(format!(
            "Postgres    private, in {}",
            cluster.directory().display()
        ));

        let secret = Uuid::now_v7().to_string();
        let scale = options.scale;
        let credentials = Some((CLIENT_ID.to_owned(), secret.clone()));
        let options = Options {
            credentials,
            ..options
        };
        let simulator = Simulator::start(options).await?;
        say(format!(
            "Defender    simulated, {scale} times as fast, at {}",
            simulator.base_url()
        ));

        let directory = tempfile::Builder::new()
            .prefix(&format!("quell-{name}-"))
            .tempdir_in("/tmp")
            .context("cannot make a directory in `/tmp`")?;
        let listen = free_address().context("no loopback port is free")?;
        let places = Places {
            database: database.clone(),
            listen,
            defender: simulator.base_url(),
            secret,
        };
        let config = write(directory.path(), &places)?;
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

    /// What `--keep` offers.
    pub fn invitation(&self) -> String {
        let Self {
            url,
            database,
            config,
            log,
            ..
        } = self;
        // So that the other terminal finds this very program.
        let path = environment::own_program()
            .ok()
            .and_then(|program| Some(format!("PATH={}:$PATH ", program.parent()?.display())))
            .unwrap_or_default();
        format!(
            "\nEverything goes on running, until Ctrl-C. The console: {url}/\n\
             To look around in another terminal:\n  \
               export {path}QUELL_CONFIG={config} QUELL_URL={url}\n  \
               quell status\n  \
               quell devices\n  \
               quell send FILE --restamp\n  \
               psql '{database}'     the tables are in the schema quell\n  \
               curl {url}/metrics\n  \
               curl -H 'Authorization: Bearer {token}' {defender}/_control/report\n  \
               tail -f {log}\n  \
               the playbooks stand beside the configuration",
            token = self.simulator.control_token(),
            defender = self.simulator.base_url(),
            log = log.display(),
            config = config.display(),
        )
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
    let tenant = config.tenants.first().context("the configuration has a tenant")?;
    let store = app::store(&config)?;
    let id = store.tenant_ensure(&tenant.name).await?;
    Ok((store, id, app::gate_of(&config, tenant)))
}

/// A loopback port that nobody listens on.
fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
