//! A proxy before Postgres that can fall silent, as a network does whose packets vanish: nothing is refused, nothing is
//! closed, and nothing is heard any more. Or that cuts every connection, or one in the very moment of its COMMIT.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Connections of this number carry what they are given; those of earlier ones are silent for ever, or closed.
    Up(u32),
    /// New connections are accepted and never answered.
    Silent(u32),
}

impl Line {
    fn number(self) -> u32 {
        match self {
            Self::Up(number) | Self::Silent(number) => number,
        }
    }
}

/// When a connection is cut at its COMMIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtCommit {
    /// Before Postgres has heard of it.
    Lost = 1,
    /// After it was carried out; the answer is lost.
    Unheard = 2,
}

/// The proxy, on a loopback port of its own.
pub struct Proxy {
    /// The database's URL through the proxy.
    pub url: String,
    line: watch::Sender<Line>,
    cut: watch::Sender<u32>,
    at_commit: Arc<AtomicU8>,
    /// Ends with this value, and every connection with it.
    _accepting: JoinSet<()>,
}

impl Proxy {
    /// Before the database of that URL.
    pub async fn before(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().expect("the URL is ours");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (line, _) = watch::channel(Line::Up(0));
        let (cut, _) = watch::channel(0);
        let mut accepting = JoinSet::new();
        let at_commit = Arc::new(AtomicU8::new(0));
        {
            let (line, cut, options) = (line.clone(), cut.clone(), Arc::new(options.clone()));
            let at_commit = Arc::clone(&at_commit);
            accepting.spawn(async move {
                let mut carrying = JoinSet::new();
                while let Ok((client, _)) = listener.accept().await {
                    let at_commit = Arc::clone(&at_commit);
                    let options = Arc::clone(&options);
                    let carried = carry(client, options, line.subscribe(), cut.subscribe(), at_commit);
                    carrying.spawn(carried);
                }
            });
        }
        let database = options.get_database().expect("the URL names a database");
        Self {
            url: format!(
                "postgres://{}@127.0.0.1:{port}/{database}",
                options.get_username()
            ),
            line,
            cut,
            at_commit,
            _accepting: accepting,
        }
    }

    /// From now on nothing is heard on any connection, old or new.
    pub fn fall_silent(&self) {
        self.line
            .send_modify(|line| *line = Line::Silent(line.number() + 1));
    }

    /// New connections work again; the old ones stay silent for ever.
    pub fn come_back(&self) {
        self.line.send_modify(|line| *line = Line::Up(line.number()));
    }

    /// Cuts the next connection that commits, once.
    pub fn cut_at_commit(&self, when: AtCommit) {
        self.at_commit.store(when as u8, Ordering::SeqCst);
    }

    /// Closes every connection; new ones work.
    pub fn cut(&self) {
        self.cut.send_modify(|cut| *cut += 1);
    }
}

async fn carry(
    client: TcpStream,
    options: Arc<PgConnectOptions>,
    line: watch::Receiver<Line>,
    mut cut: watch::Receiver<u32>,
    at_commit: Arc<AtomicU8>,
) {
    let began = line.borrow().number();
    let is_up = move |line: &watch::Receiver<Line>| *line.borrow() == Line::Up(began);
    tokio::select! {
        _ = cut.changed() => {}
        () = async {
            if !is_up(&line) {
                return std::future::pending().await;
            }
            match options.get_socket() {
                Some(directory) => {
                    let socket = directory.join(format!(".s.PGSQL.{}", options.get_port()));
                    let server = UnixStream::connect(socket).await;
                    if let Ok(server) = server {
                        both(client.into_split(), server.into_split(), line, is_up, &at_commit).await;
                    }
                }
                None => {
                    let server = TcpStream::connect((options.get_host(), options.get_port())).await;
                    if let Ok(server) = server {
                        both(client.into_split(), server.into_split(), line, is_up, &at_commit).await;
                    }
                }
            }
        } => {}
    }
}

async fn both<A, B, C, D>(
    (from_client, to_client): (A, B),
    (from_server, to_server): (C, D),
    line: watch::Receiver<Line>,
    is_up: impl Fn(&watch::Receiver<Line>) -> bool + Copy,
    at_commit: &AtomicU8,
) where
    A: AsyncReadExt + Unpin,
    B: AsyncWriteExt + Unpin,
    C: AsyncReadExt + Unpin,
    D: AsyncWriteExt + Unpin,
{
    // Set while the answer to a COMMIT is to be lost.
    let unheard = AtomicU8::new(0);
    tokio::select! {
        () = pass(from_client, to_server, &line, is_up, |bytes| {
            if !bytes.windows(6).any(|word| word == b"COMMIT") {
                return true;
            }
            match at_commit.swap(0, Ordering::SeqCst) {
                0 => true,
                when if when == AtCommit::Lost as u8 => false,
                _ => {
                    unheard.store(1, Ordering::SeqCst);
                    true
                }
            }
        }) => {}
        () = pass(from_server, to_client, &line, is_up, |_| unheard.load(Ordering::SeqCst) == 0) => {}
    }
}

/// Passes bytes on while the line is up and `goes_on` says so for them, which ends it otherwise; holds both ends open, and says nothing, once it is not.
async fn pass<R, W>(
    mut from: R,
    mut to: W,
    line: &watch::Receiver<Line>,
    is_up: impl Fn(&watch::Receiver<Line>) -> bool,
    goes_on: impl Fn(&[u8]) -> bool,
) where
    R: AsyncReadExt + Unpin,
    W: AsyncWriteExt + Unpin,
{
    let mut bytes = [0; 16 * 1024];
    loop {
        let Ok(read) = from.read(&mut bytes).await else {
            return;
        };
        if !is_up(line) {
            return std::future::pending().await;
        }
        let Some(read) = bytes.get(..read).filter(|read| !read.is_empty()) else {
            return;
        };
        if !goes_on(read) || to.write_all(read).await.is_err() {
            return;
        }
    }
}
