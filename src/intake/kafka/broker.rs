//! Brokers for tests: librdkafka's mock cluster, which `kcat` runs as a program of its own with ports of its own, and a
//! gate in front of one that speaks TLS and SASL, which the mock does not.
//!
//! Used by the tests of this module and by those of the daemon (`tests/it`). The mock keeps 5 MiB of a partition.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A mock cluster; ends with this value.
pub struct Broker {
    child: Child,
    /// Hosts and ports, with commas between them.
    pub addresses: String,
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Broker {
    /// Starts so many brokers in one process.
    pub fn start(brokers: usize) -> Self {
        let count = format!("test.mock.num.brokers={brokers}");
        let mut child = Command::new("kcat")
            .args(["-C", "-q", "-b", "mock", "-t", "held", "-d", "mock", "-X", &count])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kcat is installed: run scripts/setup");
        let stderr = child.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(stderr).lines();
        let addresses = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("bootstrap.servers=")?.1.trim().to_owned()))
            .expect("the mock tells its addresses");
        // What it says from here on must be read, or it stands still.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, addresses }
    }

    /// Each broker's host and port.
    pub fn list(&self) -> Vec<String> {
        self.addresses.split(',').map(str::to_owned).collect()
    }

    /// Writes messages, each one line, to a partition; packed by `codec` (`none`, `gzip`, `snappy`, `lz4`, `zstd`).
    pub fn produce(&self, topic: &str, partition: i32, codec: &str, messages: &[&str]) {
        self.produce_with(topic, partition, &["-z", codec], messages);
    }

    /// The same, with other options of `kcat`.
    pub fn produce_with(&self, topic: &str, partition: i32, options: &[&str], messages: &[&str]) {
        let mut child = Command::new("kcat")
            .args(["-P", "-q", "-b", &self.addresses, "-t", topic])
            .args(["-p", &partition.to_string(), "-X", "linger.ms=0"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("kcat is installed: run scripts/setup");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin
            .write_all(messages.join("\n").as_bytes())
            .expect("kcat reads");
        drop(stdin);
        assert!(
            child.wait().expect("it is ours").success(),
            "kcat could not produce"
        );
    }
}

/// A file of `tests/data/tls`.
pub fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/tls")
        .join(name)
}

/// Says whether what a client sends to log in is right: `None`, or what is wrong with it.
pub type Check = Box<dyn Fn(&[u8]) -> Option<String> + Send + Sync>;

/// What stands in front of a mock of one broker: TLS, then SASL, then all that is asked is asked there.
#[allow(
    dead_code,
    reason = "the tests of the client look at some of it, those of the daemon at others"
)]
pub struct Gate {
    /// Where it is: `127.0.0.1` and a port.
    pub address: SocketAddr,
    /// How many logins were right.
    pub logins: Arc<AtomicUsize>,
    /// The bytes that came in outside of TLS.
    pub raw: Arc<Mutex<Vec<u8>>>,
    /// The broker behind it; connections that are made from now on lead there.
    pub behind: Arc<Mutex<String>>,
}

struct Way {
    broker: Arc<Mutex<String>>,
    port: u16,
    mechanism: &'static str,
    check: Check,
    logins: Arc<AtomicUsize>,
    lifetime_ms: i64,
}

/// What is read is kept.
struct Tapped(TcpStream, Arc<Mutex<Vec<u8>>>);

impl Read for Tapped {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(into)?;
        let mut raw = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        raw.extend(&into[..count]);
        Ok(count)
    }
}

impl Write for Tapped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Gate {
    /// Opens one in front of a mock of one broker. Its threads end with the connections.
    pub fn open(broker: &Broker, mechanism: &'static str, lifetime_ms: i64, check: Check) -> Self {
        let name = pem("here.pem");
        let certificate: Vec<_> = CertificateDer::pem_file_iter(&name)
            .expect("the certificate is there")
            .collect::<Result<_, _>>()
            .expect("and is PEM");
        let key = PrivateKeyDer::from_pem_file(&name).expect("its key is there");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks them")
            .with_no_client_auth()
            .with_single_cert(certificate, key)
            .expect("they belong together");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (logins, raw) = (Arc::new(AtomicUsize::new(0)), Arc::default());
        let behind = Arc::new(Mutex::new(broker.addresses.clone()));
        let way = Arc::new(Way {
            broker: Arc::clone(&behind),
            port: address.port(),
            mechanism,
            check,
            logins: Arc::clone(&logins),
            lifetime_ms,
        });
        let tap = Arc::clone(&raw);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, way, tap) = (Arc::clone(&config), Arc::clone(&way), Arc::clone(&tap));
                thread::spawn(move || {
                    let session = ServerConnection::new(config).expect("the configuration is whole");
                    // Ends when either side does.
                    let _ = way.serve(StreamOwned::new(session, Tapped(stream, tap)));
                });
            }
        });
        Self {
            address,
            logins,
            raw,
            behind,
        }
    }
}

fn frame(from: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut bytes = vec![0; usize::try_from(u32::from_be_bytes(length)).expect("64 bits")];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn send(to: &mut impl Write, parts: &[&[u8]]) -> std::io::Result<()> {
    let all = parts.concat();
    to.write_all(&u32::try_from(all.len()).expect("short").to_be_bytes())?;
    to.write_all(&all)?;
    to.flush()
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.len()).expect("short").to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

impl Way {
    fn serve(&self, mut client: impl Read + Write) -> std::io::Result<()> {
        let behind = self.broker.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut broker = TcpStream::connect(behind)?;
        let mut is_in = false;
        loop {
            let request = frame(&mut client)?;
            let key = u16::from_be_bytes([request[0], request[1]]);
            let number = &request[4..8];
            let body = 10 + usize::from(u16::from_be_bytes([request[8], request[9]]));
            match key {
                17 => {
                    let asked = String::from_utf8_lossy(&request[body + 2..]).into_owned();
                    let code: &[u8] = if asked == self.mechanism {
                        &[0, 0]
                    } else {
                        &[0, 33]
                    };
                    let offered = text(self.mechanism);
                    send(&mut client, &[number, code, &[0, 0, 0, 1], &offered])?;
                }
                36 => {
                    let said = &request[body + 4..];
                    let wrong = (self.check)(said);
                    is_in = wrong.is_none();
                    let lifetime = self.lifetime_ms.to_be_bytes();
                    match wrong {
                        None => {
                            self.logins.fetch_add(1, Ordering::SeqCst);
                            send(&mut client, &[number, &[0, 0, 0xff, 0xff, 0, 0, 0, 0], &lifetime])?;
                        }
                        Some(json) if json.starts_with('{') => {
                            let length = u32::try_from(json.len()).expect("short").to_be_bytes();
                            let head = [0, 0, 0xff, 0xff];
                            send(&mut client, &[number, &head, &length, json.as_bytes(), &lifetime])?;
                        }
                        Some(why) => {
                            let why = text(&why);
                            send(&mut client, &[number, &[0, 58], &why, &[0, 0, 0, 0], &lifetime])?;
                        }
                    }
                }
                18 => {
                    let mut answer = self.relay(&mut broker, &request)?;
                    let more: [&[u8]; 2] = [&[0, 17, 0, 0, 0, 1], &[0, 36, 0, 0, 0, 1]];
                    let count = u32::from_be_bytes([answer[6], answer[7], answer[8], answer[9]]) + 2;
                    answer[6..10].copy_from_slice(&count.to_be_bytes());
                    send(&mut client, &[&answer, more[0], more[1]])?;
                }
                // A broker hangs up on whoever asks before logging in.
                _ if !is_in => return Ok(()),
                3 => {
                    // The one broker's port follows its number and host.
                    let mut answer = self.relay(&mut broker, &request)?;
                    let host = usize::from(u16::from_be_bytes([answer[12], answer[13]]));
                    let port = 14 + host;
                    answer[port..port + 4].copy_from_slice(&u32::from(self.port).to_be_bytes());
                    send(&mut client, &[&answer])?;
                }
                _ => {
                    let answer = self.relay(&mut broker, &request)?;
                    send(&mut client, &[&answer])?;
                }
            }
        }
    }

    fn relay(&self, broker: &mut TcpStream, request: &[u8]) -> std::io::Result<Vec<u8>> {
        send(broker, &[request])?;
        frame(broker)
    }
}
