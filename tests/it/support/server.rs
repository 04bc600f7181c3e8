//! The Postgres servers that tests use: the shared one, started when the first test asks for it, and servers of a
//! test's own.
//!
//! `QUELL_TEST_DATABASE_URL` names a server to use instead of the shared one (its role needs CREATEDB). The shared one
//! ends with this process: its guardian sees to that.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use quell::cli::cluster::{Cluster, ClusterOptions, StopMode};
use quell::config::environment;
use quell::store::{Store, StoreOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// The database that each test's database is a copy of.
pub const TEMPLATE: &str = "quell_it_template";

/// The server that tests share.
pub struct Server {
    admin_url: String,
    /// `None` if the server was named by `QUELL_TEST_DATABASE_URL`.
    cluster: Option<Cluster>,
}

impl Server {
    /// The shared server with its migrated template, started on the first call.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        tokio::task::spawn_blocking(|| SHARED.get_or_init(Self::start))
            .await
            .expect("the server starts")
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        match &self.cluster {
            Some(cluster) => cluster.url(database),
            None => with_database(&self.admin_url, database),
        }
    }

    /// Runs one statement in the administrator's database.
    pub async fn execute(&self, sql: String) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect(&self.admin_url).await?;
        connection.execute(AssertSqlSafe(sql)).await?;
        connection.close().await
    }

    fn start() -> Self {
        let named = environment::read_text("QUELL_TEST_DATABASE_URL");
        let cluster = named
            .is_none()
            .then(|| Cluster::start(cluster_options()).expect("scripts/setup installs Postgres"));
        let admin_url = match (named, &cluster) {
            (Some(url), _) => url,
            (None, Some(cluster)) => cluster.url("postgres"),
            (None, None) => unreachable!("a cluster was started because no server was named"),
        };
        let server = Self { admin_url, cluster };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime for the set-up can be built");
        runtime.block_on(async {
            // A server named by the environment may still have the template of an older schema.
            let drop = format!("DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)");
            server
                .execute(drop)
                .await
                .expect("an old template can be dropped");
            let create = format!("CREATE DATABASE {TEMPLATE}");
            server
                .execute(create)
                .await
                .expect("the role may create databases");
            migrate(&server.url(TEMPLATE)).await;
        });
        server
    }
}

/// A server of one test's own, to be stopped and started at will.
pub struct OwnServer {
    cluster: Option<Cluster>,
    /// The URL of its migrated database.
    pub url: String,
}

impl OwnServer {
    /// Starts a server with one migrated database.
    pub async fn start() -> Self {
        let cluster =
            blocking(|| Cluster::start(cluster_options()).expect("scripts/setup installs Postgres")).await;
        let cluster = blocking(move || {
            cluster
                .create_database("quell")
                .expect("a fresh cluster takes a database");
            cluster
        })
        .await;
        let url = cluster.url("quell");
        migrate(&url).await;
        Self {
            cluster: Some(cluster),
            url,
        }
    }

    /// Takes Postgres away; what was committed stays.
    pub async fn take_away(&mut self) {
        self.with_cluster(|cluster| {
            cluster
                .stop_server(StopMode::Immediate)
                .expect("the server stops")
        })
        .await;
    }

    /// Stops Postgres, as an operator or as a crash would, and starts it again.
    pub async fn restart(&mut self, mode: StopMode) {
        self.with_cluster(move |cluster| {
            cluster.stop_server(mode).expect("the server stops");
            cluster.start_server().expect("the server recovers");
        })
        .await;
    }

    /// Gives Postgres back.
    pub async fn give_back(&mut self) {
        self.with_cluster(|cluster| cluster.start_server().expect("the server recovers"))
            .await;
    }

    async fn with_cluster(&mut self, act: impl FnOnce(&mut Cluster) + Send + 'static) {
        let mut cluster = self
            .cluster
            .take()
            .expect("the cluster is put back after each use");
        let cluster = blocking(move || {
            act(&mut cluster);
            cluster
        })
        .await;
        self.cluster = Some(cluster);
    }
}

/// The options of every cluster that tests start.
pub fn cluster_options() -> ClusterOptions {
    ClusterOptions {
        bin: environment::read("PG_BIN").map(PathBuf::from),
        search_path: environment::read("PATH"),
        ..ClusterOptions::default()
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("the work does not panic")
}

/// Applies the migrations as the product does, and leaves no connection, so that the database can be copied.
async fn migrate(url: &str) {
    let options = StoreOptions {
        url: url.to_owned().into(),
        max_connections: 1,
        validity: Duration::from_secs(24 * 3600),
        retry_delays: Vec::new(),
        retry_cap: Duration::from_secs(600),
    };
    let store = Store::new(&options).expect("the URL is ours");
    store
        .migrate()
        .await
        .expect("the migrations run on an empty database");
    store.close().await;
}

/// `url` with its database replaced.
fn with_database(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(a, p)| (a, Some(p)));
    let authority_at = address.find("://").map_or(0, |at| at + 3);
    let path_at = address[authority_at..]
        .find('/')
        .map_or(address.len(), |at| authority_at + at);
    let parameters = parameters.map(|p| format!("?{p}")).unwrap_or_default();
    format!("{}/{database}{parameters}", &address[..path_at])
}

#[test]
fn a_named_servers_url_keeps_everything_but_the_database() {
    let check = |url, expected: &str| assert_eq!(with_database(url, "new"), expected);
    check(
        "postgres://u:p@h:5433/old?sslmode=require",
        "postgres://u:p@h:5433/new?sslmode=require",
    );
    check("postgres://u@h", "postgres://u@h/new");
    check("postgres:///old?host=/run/pg", "postgres:///new?host=/run/pg");
}
