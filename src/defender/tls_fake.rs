//! A TLS server and a tunnelling proxy for this module's tests, on loopback: what came in decrypted is kept, and so is
//! every byte that came in at all, so that a test can say that no token was among them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A file of `tests/data/tls`.
pub(super) fn pem(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/tls")
        .join(name)
}

/// What was seen by a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Every byte that came in.
    pub raw: Vec<u8>,
    /// Requests that could be read, with their bodies.
    pub requests: Vec<String>,
}

impl Seen {
    /// Whether this text was among the bytes or the requests.
    pub fn holds(&self, text: &str) -> bool {
        self.raw.windows(text.len()).any(|bytes| bytes == text.as_bytes())
            || self.requests.iter().any(|request| request.contains(text))
    }
}

type Log = Arc<Mutex<Seen>>;

/// A server; its threads end with the connections of the test.
pub(super) struct Secure {
    address: SocketAddr,
    log: Log,
}

impl Secure {
    /// Speaks TLS with the certificate and key of `tests/data/tls/NAME`, and answers each request by the function.
    pub fn start(name: &str, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let certificate: Vec<_> = CertificateDer::pem_file_iter(pem(name))
            .expect("the certificate is there")
            .collect::<Result<_, _>>()
            .expect("and is PEM");
        let key = PrivateKeyDer::from_pem_file(pem(name)).expect("its key is there");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks them")
            .with_no_client_auth()
            .with_single_cert(certificate, key)
            .expect("they belong together");
        let (config, answer) = (Arc::new(config), Arc::new(answer));
        Self::accept(move |stream, log| {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else {
                return;
            };
            let tapped = Tapped {
                stream,
                log: Arc::clone(&log),
            };
            let mut secure = StreamOwned::new(connection, tapped);
            while let Some(request) = request(&mut secure) {
                let reply = answer(&request);
                lock(&log).requests.push(request);
                if secure.write_all(reply.as_bytes()).is_err() || secure.flush().is_err() {
                    return;
                }
            }
        })
    }

    /// A proxy that connects to wherever it is told.
    pub fn proxy() -> Self {
        Self::accept(|stream, log| {
            let mut tapped = Tapped {
                stream,
                log: Arc::clone(&log),
            };
            let Some(head) = request(&mut tapped) else { return };
            let to = head.split(' ').nth(1).unwrap_or_default().to_owned();
            lock(&log).requests.push(head);
            let Ok(there) = TcpStream::connect(to) else { return };
            if tapped
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .is_err()
            {
                return;
            }
            let (Ok(mut back), Ok(mut out)) = (tapped.stream.try_clone(), there.try_clone()) else {
                return;
            };
            thread::spawn(move || {
                let mut from = there;
                std::io::copy(&mut from, &mut back)
            });
            // The tunnel ends when either side closes it.
            drop(std::io::copy(&mut tapped, &mut out));
        })
    }

    /// Says these bytes to whoever asks for anything, and hears on.
    pub fn garbage(bytes: &'static [u8]) -> Self {
        Self::accept(move |stream, log| {
            let mut tapped = Tapped {
                stream,
                log: Arc::clone(&log),
            };
            let Some(head) = request(&mut tapped) else { return };
            lock(&log).requests.push(head);
            if tapped.write_all(bytes).is_err() {
                return;
            }
            if bytes.starts_with(b"HTTP/1.1 200") {
                // Whatever the other side goes on saying.
                drop(std::io::copy(&mut tapped, &mut std::io::sink()));
            }
        })
    }

    fn accept(serve: impl Fn(TcpStream, Log) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let log = Log::default();
        let (serve, for_threads) = (Arc::new(serve), Arc::clone(&log));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A test that failed leaves no thread waiting for ever.
                drop(stream.set_read_timeout(Some(Duration::from_secs(20))));
                let (serve, log) = (Arc::clone(&serve), Arc::clone(&for_threads));
                thread::spawn(move || serve(stream, log));
            }
        });
        Self { address, log }
    }

    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    pub fn seen(&self) -> Seen {
        lock(&self.log).clone()
    }
}

/// A stream whose incoming bytes are kept.
struct Tapped {
    stream: TcpStream,
    log: Log,
}

impl Read for Tapped {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stream.read(buffer)?;
        lock(&self.log).raw.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

impl Write for Tapped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

fn lock(log: &Log) -> std::sync::MutexGuard<'_, Seen> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads one request with its body; `None` when the connection ends or is not what it should be.
fn request(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head.to_ascii_lowercase();
    let length = length
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.and_then(|text| text.trim().parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}
