//! One connection to one broker: connected, its versions agreed on, logged in; then one request after another.
//!
//! A request that was begun and not finished (its time ran out, its caller went away) leaves the connection in the middle
//! of something: it is broken from then on, and whoever holds it makes another ([`Link::is_usable`]).

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::login::{GIVE_UP, Login};
use super::wire::{Malformed, Reader, Writer};
use super::{KafkaError, Options, refusal};
use crate::clock::Monotonic;

/// What is asked. The number is the protocol's, the versions are those that this client writes: none has tagged fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Api {
    key: i16,
    name: &'static str,
    versions: (i16, i16),
}

/// Batches of a partition. From version 10 on packed by zstd too; below version 4 a batch is none of format 2.
pub(super) const FETCH: Api = Api::new(1, "Fetch", (4, 11));
/// First and last offset of a partition. From version 2 on the last one that may be read.
pub(super) const LIST_OFFSETS: Api = Api::new(2, "ListOffsets", (1, 3));
/// Brokers, and the leader of each partition. From version 4 on a topic that is asked for is not made by that.
pub(super) const METADATA: Api = Api::new(3, "Metadata", (1, 7));
const SASL_HANDSHAKE: Api = Api::new(17, "SaslHandshake", (1, 1));
const API_VERSIONS: Api = Api::new(18, "ApiVersions", (0, 0));
/// From version 1 on with how long the login holds.
const SASL_AUTHENTICATE: Api = Api::new(36, "SaslAuthenticate", (0, 1));

impl Api {
    const fn new(key: i16, name: &'static str, versions: (i16, i16)) -> Self {
        Self { key, name, versions }
    }
}

/// An answer's body, and whether it was longer than what is read of one.
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    pub(super) is_cut: bool,
    pub(super) version: i16,
}

trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// A connection.
pub(super) struct Link {
    stream: Box<dyn Stream>,
    address: String,
    client_id: String,
    versions: HashMap<i16, (i16, i16)>,
    number: i32,
    is_broken: bool,
    /// When the login ends; the broker closes the connection then.
    until: Option<Monotonic>,
    request_timeout: Duration,
    max_answer: usize,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Connects to `address` (host and port) and logs in.
    pub async fn open(
        address: &str,
        options: &Options,
        tls: Option<&TlsConnector>,
    ) -> Result<Self, KafkaError> {
        let opening = Self::connect(address, options, tls);
        timeout(options.connect_timeout, opening)
            .await
            .map_err(|_| KafkaError::Late {
                what: "connecting and logging in",
                broker: address.to_owned(),
                within: options.connect_timeout,
            })?
    }

    async fn connect(
        address: &str,
        options: &Options,
        tls: Option<&TlsConnector>,
    ) -> Result<Self, KafkaError> {
        let failed = |what: &'static str| {
            move |error: io::Error| KafkaError::Connection {
                broker: address.to_owned(),
                what,
                error,
            }
        };
        let tcp = TcpStream::connect(address)
            .await
            .map_err(failed("it cannot be reached"))?;
        tcp.set_nodelay(true).map_err(failed("it cannot be reached"))?;
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(tcp),
            Some(tls) => {
                let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
                let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
                let name = ServerName::try_from(host).map_err(|_| {
                    KafkaError::Options(format!("broker `{address}`: no certificate can name it"))
                })?;
                Box::new(
                    tls.connect(name, tcp)
                        .await
                        .map_err(failed("TLS with it fails"))?,
                )
            }
        };
        let mut link = Self {
            stream,
            address: address.to_owned(),
            client_id: options.client_id.clone(),
            versions: HashMap::from([(API_VERSIONS.key, (0, 0))]),
            number: 0,
            is_broken: false,
            until: None,
            request_timeout: options.request_timeout,
            max_answer: options.max_answer,
        };
        link.agree().await?;
        if let Some(login) = &options.login {
            link.log_in(login).await?;
        }
        Ok(link)
    }

    /// The broker's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether another request may be sent.
    pub fn is_usable(&self) -> bool {
        !self.is_broken && self.until.is_none_or(|until| !until.remaining().is_zero())
    }

    /// Sends a request, written for the version that both sides speak, and waits for its answer. `patience` is added to
    /// the time-out: a broker may be asked to wait.
    pub async fn ask(
        &mut self,
        api: Api,
        patience: Duration,
        write: impl FnOnce(Writer, i16) -> Writer,
    ) -> Result<Answer, KafkaError> {
        let version = self.version(api)?;
        let within = self.request_timeout + patience;
        self.number = self.number.wrapping_add(1);
        let head = Writer::default()
            .i16(api.key)
            .i16(version)
            .i32(self.number)
            .text(&self.client_id);
        let request = write(head, version).into_bytes();
        // INVARIANT: broken until the answer is there; this future may be dropped at any await.
        self.is_broken = true;
        let answer = timeout(within, self.exchange(&request)).await;
        let (body, is_cut) = answer
            .map_err(|_| KafkaError::Late {
                what: api.name,
                broker: self.address.clone(),
                within,
            })?
            .map_err(|error| KafkaError::Connection {
                broker: self.address.clone(),
                what: "the connection broke",
                error,
            })?;
        self.is_broken = false;
        Ok(Answer {
            body,
            is_cut,
            version,
        })
    }

    fn version(&self, api: Api) -> Result<i16, KafkaError> {
        let (oldest, newest) = api.versions;
        let (theirs_oldest, theirs_newest) = self.versions.get(&api.key).copied().unwrap_or((0, -1));
        let version = newest.min(theirs_newest);
        if version < oldest.max(theirs_oldest) {
            return Err(KafkaError::Unspoken {
                broker: self.address.clone(),
                request: api.name,
                ours: api.versions,
                theirs: (theirs_oldest, theirs_newest),
            });
        }
        Ok(version)
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<(Vec<u8>, bool)> {
        let too_long = || io::Error::other("a request that is too long");
        let length = i32::try_from(request.len()).map_err(|_| too_long())?;
        self.stream.write_all(&length.to_be_bytes()).await?;
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        let length = self.stream.read_i32().await?;
        let length = u64::try_from(length)
            .ok()
            .filter(|length| *length >= 4)
            .ok_or_else(|| {
                io::Error::other("the answer claims a length that no answer has: is this a Kafka broker?")
            })?;
        let number = self.stream.read_i32().await?;
        if number != self.number {
            return Err(io::Error::other("the answer belongs to another request"));
        }
        let length = length - 4;
        let taken = length.min(self.max_answer as u64);
        let mut body = Vec::new();
        (&mut self.stream).take(taken).read_to_end(&mut body).await?;
        if (body.len() as u64) < taken {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let over = length - taken;
        let dropped = tokio::io::copy(&mut (&mut self.stream).take(over), &mut tokio::io::sink()).await?;
        if dropped < over {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok((body, over > 0))
    }

    /// Asks which versions the broker speaks.
    async fn agree(&mut self) -> Result<(), KafkaError> {
        let answer = self.ask(API_VERSIONS, Duration::ZERO, |writer, _| writer).await?;
        let mut reader = Reader::new(&answer.body);
        let code = reader
            .i16("an answer's error")
            .map_err(|error| self.garbled(error))?;
        refusal(&self.address, API_VERSIONS.name, code, None)?;
        let versions = reader.list("the versions", |reader| {
            let key = reader.i16("a request's number")?;
            Ok((
                key,
                (
                    reader.i16("the oldest version")?,
                    reader.i16("the newest version")?,
                ),
            ))
        });
        self.versions = versions
            .map_err(|error| self.garbled(error))?
            .into_iter()
            .collect();
        Ok(())
    }

    async fn log_in(&mut self, login: &Login) -> Result<(), KafkaError> {
        let refused = |link: &Self, why: String| KafkaError::Login {
            broker: link.address.clone(),
            mechanism: login.mechanism(),
            why,
        };
        let handshake = |writer: Writer, _| writer.text(login.mechanism());
        let answer = self.ask(SASL_HANDSHAKE, Duration::ZERO, handshake).await?;
        let mut reader = Reader::new(&answer.body);
        let code = reader
            .i16("an answer's error")
            .map_err(|error| self.garbled(error))?;
        if code != 0 {
            let offered = reader
                .list("the mechanisms", |reader| reader.text("a mechanism"))
                .unwrap_or_default();
            let offered: Vec<_> = offered.into_iter().flatten().collect();
            return Err(refused(self, format!("the broker offers {}", offered.join(", "))));
        }
        let message = login.message().await.map_err(|why| refused(self, why))?;
        let said = self.authenticate(login, &message).await?;
        if !said.is_empty() {
            // OAUTHBEARER: why the token is refused; the exchange is ended by a byte, and the broker then says no.
            let why = String::from_utf8_lossy(&said).into_owned();
            self.authenticate(login, GIVE_UP).await?;
            return Err(refused(self, why));
        }
        Ok(())
    }

    async fn authenticate(&mut self, login: &Login, message: &[u8]) -> Result<Vec<u8>, KafkaError> {
        let asked = Monotonic::now();
        let answer = self
            .ask(SASL_AUTHENTICATE, Duration::ZERO, |writer, _| {
                writer.bytes(message)
            })
            .await?;
        let mut reader = Reader::new(&answer.body);
        let read = |reader: &mut Reader<'_>| -> Result<_, Malformed> {
            let code = reader.i16("an answer's error")?;
            let said = reader.text("an answer's message")?;
            let bytes = reader.bytes("an answer's bytes")?.to_vec();
            let lifetime = if answer.version >= 1 {
                reader.i64("a login's time")?
            } else {
                0
            };
            Ok((code, said, bytes, lifetime))
        };
        let (code, said, bytes, lifetime) = read(&mut reader).map_err(|error| self.garbled(error))?;
        if code != 0 {
            let why = said.filter(|said| !said.is_empty());
            return Err(KafkaError::Login {
                broker: self.address.clone(),
                mechanism: login.mechanism(),
                why: why.unwrap_or_else(|| format!("error {code}")),
            });
        }
        if let Some(lifetime) = u64::try_from(lifetime).ok().filter(|ms| *ms > 0) {
            // A new connection is made before the broker ends this one.
            self.until = Some(asked.plus(Duration::from_millis(lifetime.saturating_mul(9) / 10)));
        }
        Ok(bytes)
    }

    /// The answer is not what the protocol says.
    pub fn garbled(&self, error: Malformed) -> KafkaError {
        KafkaError::Garbled {
            broker: self.address.clone(),
            error,
        }
    }
}
