//! `database`, `http`, `inbox`, `log`: what the process itself needs.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::access::Access;
use super::secret::{self, Places, SecretError, SecretFile};
use super::section::{Kind, Reading, Section, text_of};
use super::source::read_rate;
use crate::domain::budget::Window;
use crate::domain::trust::Trust;
use crate::telemetry::{self, LogFormat, LogOptions};
use crate::web::Network;
use crate::yaml::{Code, Node};

/// `database`: the Postgres that holds everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// `url` or `url_file`: where it is.
    pub address: DatabaseAddress,
    /// `max_connections`: connections of this process at most. Default 16.
    pub max_connections: u32,
}

/// A connection URL, or the file that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// Without a password: a socket, a client certificate, or a trusted network.
    Url(String),
    /// In a file, as it holds a password.
    File(SecretFile),
}

impl DatabaseAddress {
    /// The URL.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn url(&self) -> Result<SecretString, SecretError> {
        match self {
            Self::Url(url) => Ok(SecretString::from(url.as_str())),
            Self::File(file) => file.read(),
        }
    }
}

impl Database {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let url = section.get("url", Kind::Text, reading).and_then(|node| {
            let url = text_of(&node, reading)?;
            if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
                let message = "`database.url` must begin with `postgres://`";
                reading.found.push(node.diagnostic(Code::BAD_URL, message));
            } else if secret::has_password(&url) {
                let message = "`database.url` holds a password, which is written out in the configuration";
                let help = "write the URL into a file, readable for quell alone, and name it: `url_file: database-url`";
                reading.found.push(node.diagnostic(Code::LITERAL_SECRET, message).help(help));
            }
            Some(url)
        });
        let file = section.text("url_file", reading);
        let address = match (url, file) {
            (Some(url), None) => DatabaseAddress::Url(url),
            (None, Some(name)) => DatabaseAddress::File(places.secret(&name)),
            (url, _) => {
                let message = match url {
                    Some(_) => "`database` has both `url` and `url_file`: give one of them",
                    None => "`database` needs `url` or `url_file`: where Postgres is",
                };
                if let Some(node) = section.node() {
                    reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
                }
                DatabaseAddress::Url(String::new())
            }
        };
        let max_connections = section.count("max_connections", 2..=1_000, 16, reading);
        section.close(reading);
        Self {
            address,
            max_connections,
        }
    }
}

/// `http`: the listener for events, health and metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// `listen`: address and port; port 0 takes a free one. Default `127.0.0.1:8740`.
    pub listen: SocketAddr,
    /// `max_body_bytes`: the largest request body that is read. Default 8388608 (8 MiB).
    pub max_body_bytes: usize,
    /// `token_file`: holds the bearer token that senders of events must show, 16 characters at least. Default none.
    pub token_file: Option<SecretFile>,
    /// `operator_token_file`: holds the one for operators, 16 characters at least. Default none: only this machine may.
    pub operator_token_file: Option<SecretFile>,
    /// `unix_socket`: a socket beside it, for whoever on this machine may open it. Default none.
    pub unix_socket: Option<PathBuf>,
    /// `access`: how operators show who they are, and what they may.
    pub access: Access,
    /// `trust`: what its events may lead to. Default `act` with a token, or on the loopback address without a proxy there, else `observe`.
    pub trust: Trust,
    /// `rate`: more events than that in such a span ask instead of acting. Default any number.
    pub rate: Option<Window>,
    /// `tls`: with it the listener speaks TLS. Default plain HTTP.
    pub tls: Option<Tls>,
    /// `trusted_proxies`: addresses and networks of proxies whose word for a sender counts. Default none.
    pub trusted_proxies: Vec<Network>,
    /// `public_url`: the address at which people open the console, for links in messages. Default none: messages have no links.
    pub public_url: Option<String>,
    /// `max_connections`: connections at once. Default 512.
    pub max_connections: u32,
    /// `max_connections_per_peer`: of one address that is no trusted proxy. Default 128.
    pub max_connections_per_peer: u32,
}

/// `http.tls`: the listener's certificate, and whose certificates it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// `certificate_file`: PEM, the listener's own first.
    pub certificate_file: PathBuf,
    /// `key_file`: its private key, PEM.
    pub key_file: PathBuf,
    /// `client_ca_file`: PEM, the authorities of client certificates. Default none: nobody is asked for one.
    pub client_ca_file: Option<PathBuf>,
}

impl Http {
    /// Whether senders can show certificates.
    pub(super) fn asks_certificates(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.client_ca_file.is_some())
    }

    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let listen_node = section.get("listen", Kind::Text, reading);
        let listen = listen_node.as_ref().and_then(|node| {
            let parsed = text_of(node, reading)?.parse().ok();
            if parsed.is_none() {
                let message = format!("`{}` must be an address with a port", node.path());
                let help = "write e.g. `127.0.0.1:8740`, `0.0.0.0:8740` or \"[::1]:8740\"";
                reading
                    .found
                    .push(node.diagnostic(Code::BAD_ADDRESS, message).help(help));
            }
            parsed
        });
        let listen: SocketAddr = listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 8740).into());
        let max_body_bytes = section.count("max_body_bytes", 1_024..=1_073_741_824, 8_388_608, reading);
        let token_file = section
            .text("token_file", reading)
            .map(|name| places.secret(&name).tried());
        let operator_token_file = section
            .text("operator_token_file", reading)
            .map(|name| places.secret(&name).tried());
        let unix_socket = section
            .text("unix_socket", reading)
            .map(|name| places.base.join(name));
        // Whoever shows no token can only be observed, unless the file says otherwise in so many words.
        let (trusted_proxies, proxies_node) = read_proxies(&mut section, reading);
        let is_by_proxy = trusted_proxies.iter().any(Network::has_loopback);
        let has_proxies = !trusted_proxies.is_empty();
        let has_operator_token = operator_token_file.is_some();
        let access = section.section("access", reading);
        let access = Access::read(access, places, has_proxies, has_operator_token, reading);
        if let Some(node) = proxies_node.filter(|_| is_by_proxy && access.proxy.is_some()) {
            let message = "`http.access.proxy` believes whatever comes from this machine: each user and program here can say that they are anybody";
            let help = "let the proxy come from an address of its own (a machine, a container), and let nobody sign in to this machine whom you \
                        would not make an admin";
            reading
                .found
                .push(node.diagnostic(Code::PROXY_ON_THIS_MACHINE, message).help(help));
        }
        if let Some(node) = listen_node.filter(|_| !listen.ip().is_loopback() && token_file.is_none()) {
            // Somebody is asked for something here, or the file says in so many words what everybody may.
            let asks = operator_token_file.is_some() || access.asks();
            if asks || section.has("trust") {
                let message = "other machines reach this address, and no `token_file` asks them for a token";
                let help = "their events are only observed, unless `http.trust` says otherwise; name a file with a token";
                reading
                    .found
                    .push(node.diagnostic(Code::OPEN_WITHOUT_TOKEN, message).help(help));
            } else {
                let message = "other machines reach this address, and nobody is asked who they are";
                let help = "name a file with a token for senders (`token_file`), let operators show who they are (`access`), listen on \
                            127.0.0.1, or write `trust: observe`: events of anybody are then recorded, and nothing more";
                reading
                    .found
                    .push(node.diagnostic(Code::NOBODY_ASKED, message).help(help));
            }
        }
        let is_known = token_file.is_some() || (listen.ip().is_loopback() && !is_by_proxy);
        let default = if is_known { Trust::Act } else { Trust::Observe };
        let words = [
            ("act", Trust::Act),
            ("ask", Trust::Ask),
            ("observe", Trust::Observe),
        ];
        let trust = section.choice("trust", &words, default, reading);
        let rate = read_rate(section.section("rate", reading), reading);
        let tls = read_tls(section.section("tls", reading), places, reading);
        let public_url = read_public_url(&mut section, reading);
        let max_connections = section.count("max_connections", 16..=65_536, 512, reading);
        let max_connections_per_peer = section.count("max_connections_per_peer", 1..=65_536, 128, reading);
        section.close(reading);
        let max_body_bytes = usize::try_from(max_body_bytes).unwrap_or(usize::MAX);
        Self {
            listen,
            max_body_bytes,
            token_file,
            operator_token_file,
            unix_socket,
            access,
            trust,
            rate,
            tls,
            trusted_proxies,
            public_url,
            max_connections,
            max_connections_per_peer,
        }
    }
}

fn read_tls(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Option<Tls> {
    let file = |name: String| places.secret(&name).path().to_owned();
    let is_there = section.node().is_some();
    let tls = Tls {
        certificate_file: file(section.required_text("certificate_file", reading)),
        key_file: file(section.required_text("key_file", reading)),
        client_ca_file: section.text("client_ca_file", reading).map(file),
    };
    section.close(reading);
    is_there.then_some(tls)
}

fn read_public_url(section: &mut Section<'_>, reading: &mut Reading) -> Option<String> {
    let node = section.get("public_url", Kind::Text, reading)?;
    let url = text_of(&node, reading)?;
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let is_bad = |c: char| c.is_whitespace() || "?#@<>|\"".contains(c);
    if !host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !host.contains(is_bad)) {
        let message = format!(
            "`{}` must be an address such as `https://quell.example.com`",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_URL, message));
    }
    Some(url.trim_end_matches('/').to_owned())
}

fn read_proxies<'a>(section: &mut Section<'a>, reading: &mut Reading) -> (Vec<Network>, Option<Node<'a>>) {
    let Some(node) = section.get("trusted_proxies", Kind::Texts, reading) else {
        return (Vec::new(), None);
    };
    let mut networks = Vec::new();
    for text in node.strs(&mut reading.found).unwrap_or_default() {
        match text.parse() {
            Ok(network) => networks.push(network),
            Err(error) => {
                let message = format!("`{text}` in `{}` {error}", node.path());
                reading.found.push(node.diagnostic(Code::BAD_ADDRESS, message));
            }
        }
    }
    (networks, Some(node))
}

/// `inbox`: the events that are not decided yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxBounds {
    /// `most`: with more than so many a tenant's sources are told to come again later. Default 1000000.
    pub most: u64,
    /// `alarm_after`: a page when the oldest of them is older. Default 5 min.
    pub alarm_after: Duration,
}

impl InboxBounds {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let second = Duration::from_secs(1);
        let bounds = Self {
            most: u64::from(section.count("most", 1_000..=100_000_000, 1_000_000, reading)),
            alarm_after: section.duration("alarm_after", second..=24 * 3_600 * second, 300 * second, reading),
        };
        section.close(reading);
        bounds
    }
}

/// Reads `log`: which lines are written to standard error, and how.
pub(super) fn read_log(mut section: Section<'_>, reading: &mut Reading) -> LogOptions {
    let formats = [
        ("auto", LogFormat::Auto),
        ("json", LogFormat::Json),
        ("text", LogFormat::Text),
    ];
    let format = section.choice("format", &formats, LogFormat::Auto, reading);
    let filter = section.get("filter", Kind::Text, reading).and_then(|node| {
        let filter = text_of(&node, reading)?;
        if let Err(error) = telemetry::check_filter(&filter) {
            reading
                .found
                .push(node.diagnostic(Code::BAD_FILTER, error.to_string()));
        }
        Some(filter)
    });
    let repeats = section.count("repeats", 0..=10_000, LogOptions::default().repeats, reading);
    section.close(reading);
    LogOptions {
        repeats,
        format,
        filter: filter.unwrap_or_else(|| LogOptions::default().filter),
    }
}
