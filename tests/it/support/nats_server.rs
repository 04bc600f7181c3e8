//! A real `nats-server` with JetStream, on a loopback port of its own and a store directory that goes with it. It can be
//! killed and started again on the same port, as an upgrade of the server would.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::{self, Context, consumer, stream};
use serde_json::Value;

use super::waiting::eventually;

/// A server of one test's own. Dropping it kills it.
pub struct NatsServer {
    child: Child,
    directory: tempfile::TempDir,
    settings: String,
    /// Its port on 127.0.0.1.
    pub port: u16,
}

impl NatsServer {
    /// Starts one that takes everybody.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// Starts one with more lines in its configuration; `{dir}` in them is its directory.
    pub async fn start_with(settings: &str) -> Self {
        let directory = tempfile::tempdir().expect("the temporary directory takes another");
        Self::start_in(directory, settings).await
    }

    /// The same in a directory that was prepared.
    pub async fn start_in(directory: tempfile::TempDir, settings: &str) -> Self {
        let settings = settings.replace("{dir}", &directory.path().display().to_string());
        let child = run(directory.path(), &settings, -1);
        let mut server = Self {
            child,
            directory,
            settings,
            port: 0,
        };
        server.port = server.up().await;
        server
    }

    /// Kills it without a word.
    pub fn kill(&mut self) {
        self.child.kill().expect("a running child can be killed");
        self.child.wait().expect("the killed child is reaped");
    }

    /// Starts it again where it was, with everything it had stored.
    pub async fn restart(&mut self) {
        self.child = run(self.directory.path(), &self.settings, i32::from(self.port));
        let port = self.up().await;
        assert_eq!(port, self.port);
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Its directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A client of the test's own.
    pub async fn client(&self) -> Context {
        self.client_with(ConnectOptions::new()).await
    }

    /// The same with options.
    pub async fn client_with(&self, options: ConnectOptions) -> Context {
        let client = options
            .connect(format!("127.0.0.1:{}", self.port))
            .await
            .expect("the server is up");
        jetstream::new(client)
    }

    async fn up(&mut self) -> u16 {
        let ports = self
            .directory
            .path()
            .join(format!("nats-server_{}.ports", self.child.id()));
        let mut port = None;
        eventually("nats-server is up", Duration::from_secs(20), async || {
            port = port_of(&ports);
            port.is_some_and(|port| {
                std::net::TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_ok()
            })
        })
        .await;
        port.expect("the wait above ended with one")
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(directory: &Path, settings: &str, port: i32) -> Child {
    let config = directory.join("nats.conf");
    let store = directory.join("store");
    let text = format!(
        "listen: \"127.0.0.1:{port}\"\njetstream {{store_dir: \"{}\", max_mem: 64M, max_file: 256M}}\n{settings}\n",
        store.display()
    );
    std::fs::write(&config, text).expect("the test's directory takes a file");
    Command::new(program())
        .arg("-c")
        .arg(&config)
        .arg("--ports_file_dir")
        .arg(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("run scripts/setup: it installs nats-server")
}

/// On PATH, or where Debian puts it.
fn program() -> &'static Path {
    let debian = Path::new("/usr/sbin/nats-server");
    if debian.exists() {
        debian
    } else {
        Path::new("nats-server")
    }
}

fn port_of(file: &Path) -> Option<u16> {
    let told: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    let url = told["nats"][0].as_str().or_else(|| told["tls"][0].as_str())?;
    url.rsplit(':').next()?.parse().ok()
}

/// Makes the stream `ALERTS` with the subjects `alerts.>`.
pub async fn stream(context: &Context) -> stream::Stream {
    let config = stream::Config {
        name: "ALERTS".to_owned(),
        subjects: vec!["alerts.>".to_owned()],
        ..stream::Config::default()
    };
    context.create_stream(config).await.expect("the server has room")
}

/// Publishes each text and waits until the server has it.
pub async fn publish(context: &Context, texts: impl IntoIterator<Item = impl Into<String>>) {
    for text in texts {
        let stored = context.publish("alerts.test", text.into().into()).await;
        stored
            .expect("the connection is open")
            .await
            .expect("the server has stored it");
    }
}

/// What the server says of a consumer of `ALERTS`.
pub async fn about(context: &Context, durable: &str) -> consumer::Info {
    let consumer: consumer::PullConsumer = context
        .get_consumer_from_stream(durable, "ALERTS")
        .await
        .expect("the consumer is there");
    consumer.cached_info().clone()
}
