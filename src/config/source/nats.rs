//! `sources[].nats`: a stream of NATS JetStream, read through a durable consumer.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::super::secret::{Places, SecretFile};
use super::super::section::{Kind, Reading, Section};
use crate::yaml::Code;

/// `nats`: which stream of which servers, and who we are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nats {
    /// `servers`: `nats://` or `tls://` addresses, of which one must answer at first.
    pub servers: Vec<String>,
    /// `stream`: the stream.
    pub stream: String,
    /// `consumer`: the durable consumer.
    pub consumer: String,
    /// `filter`: which subjects of the stream. Default all.
    pub filter: Option<String>,
    /// `create`: whether the consumer is made when it is not there. Default `false`.
    pub create: bool,
    /// `start`: whether a consumer that is made begins with what is published from now on. Default with all there is.
    pub starts_new: bool,
    /// `ack_wait`: after so long without an answer a message is delivered again. Default 30 s.
    pub ack_wait: Duration,
    /// `batch`: how many messages are stored in one transaction at most. Default 500.
    pub batch: u32,
    /// `tls`: always on when it is there.
    pub tls: Option<NatsTls>,
    /// Who we are. Default nobody.
    pub login: NatsLogin,
}

/// `nats.tls`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsTls {
    /// `ca_file`: trusted in place of the system's roots.
    pub ca_file: Option<PathBuf>,
    /// `certificate_file` and `key_file`, which go together.
    pub certificate: Option<(PathBuf, SecretFile)>,
}

/// Who we are at the servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NatsLogin {
    /// Nobody.
    None,
    /// `credentials_file`: a JWT with the seed of its key.
    Credentials(SecretFile),
    /// `user` and `password_file`.
    Password(String, SecretFile),
    /// `token_file`.
    Token(SecretFile),
    /// `nkey_file`: the seed of a key.
    Nkey(SecretFile),
}

const ACK_WAIT: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_secs(3_600);

impl Nats {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let servers = section.required("servers", Kind::Texts, reading);
        let servers = servers.and_then(|node| node.strs(&mut reading.found));
        let servers: Vec<String> = servers.into_iter().flatten().map(str::to_owned).collect();
        let stream = section.required_text("stream", reading);
        let consumer = section
            .text("consumer", reading)
            .unwrap_or_else(|| "quell".to_owned());
        let filter = section.text("filter", reading);
        let create = section.bool("create", false, reading);
        let starts_new = section.choice("start", &[("all", false), ("new", true)], false, reading);
        let ack_wait = section.duration("ack_wait", ACK_WAIT, Duration::from_secs(30), reading);
        let batch = section.count("batch", 1..=5_000, 500, reading);
        let (has_tls, tls) = (
            section.has("tls"),
            read_tls(section.section("tls", reading), places, reading),
        );
        let login = read_login(&mut section, places, reading);
        let nats = Self {
            servers,
            stream,
            consumer,
            filter,
            create,
            starts_new,
            ack_wait,
            batch,
            tls: has_tls.then_some(tls),
            login,
        };
        if let Some(node) = section.node() {
            for message in nats.faults(node.path()) {
                reading.found.push(node.diagnostic(Code::BAD_NATS, message));
            }
        }
        section.close(reading);
        nats
    }

    /// What is wrong with values that stand where they may stand.
    fn faults(&self, path: &str) -> Vec<String> {
        let mut faults = Vec::new();
        if self.servers.is_empty() {
            faults.push(format!("`{path}.servers` names no server"));
        }
        for server in &self.servers {
            let Some((is_tls, host)) = address(server) else {
                faults.push(format!(
                    "`{path}.servers` has `{}`, which is none of `nats://host:4222` and `tls://host:4222`",
                    super::super::secret::mask(server)
                ));
                continue;
            };
            let is_open = matches!(self.login, NatsLogin::Password(..) | NatsLogin::Token(_));
            if is_open && !is_tls && self.tls.is_none() && !is_loopback(host) {
                faults.push(format!(
                    "`{path}` would send a password or token to `{server}` for all to read: write `tls://{host}`, or give `tls`"
                ));
            }
        }
        for (key, name) in [("stream", &self.stream), ("consumer", &self.consumer)] {
            if name.contains(|c: char| c.is_whitespace() || ".*>/\\".contains(c)) {
                faults.push(format!("`{path}.{key}` is `{name}`, which nats takes for no name: no blanks, `.`, `*`, `>` or slashes"));
            }
        }
        faults
    }

    /// The files of one line, with their keys below the source.
    pub(super) fn secret_files(&self) -> Vec<(String, &SecretFile)> {
        match &self.login {
            // The first is of several lines.
            NatsLogin::None | NatsLogin::Credentials(_) => Vec::new(),
            NatsLogin::Password(_, file) => vec![("nats.password_file".to_owned(), file)],
            NatsLogin::Token(file) => vec![("nats.token_file".to_owned(), file)],
            NatsLogin::Nkey(file) => vec![("nats.nkey_file".to_owned(), file)],
        }
    }
}

fn read_tls(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> NatsTls {
    let ca_file = section
        .text("ca_file", reading)
        .map(|name| places.base.join(name));
    let certificate = section
        .text("certificate_file", reading)
        .map(|name| places.base.join(name));
    let key = section.text("key_file", reading).map(|name| places.secret(&name));
    let node = section.node();
    if let (true, Some(node)) = (certificate.is_some() != key.is_some(), node) {
        let message = "`tls.certificate_file` and `tls.key_file` go together: give both or neither";
        reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
    }
    section.close(reading);
    NatsTls {
        ca_file,
        certificate: certificate.zip(key),
    }
}

fn read_login(section: &mut Section<'_>, places: &Places, reading: &mut Reading) -> NatsLogin {
    let user = section.text("user", reading);
    let mut file = |key| section.text(key, reading).map(|name| places.secret(&name));
    let (password, token) = (file("password_file"), file("token_file"));
    let (nkey, credentials) = (file("nkey_file"), file("credentials_file"));
    let mut wrong = |message: &str| {
        if let Some(node) = section.node() {
            reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
        }
        NatsLogin::None
    };
    match (user, password, token, nkey, credentials) {
        (None, None, None, None, None) => NatsLogin::None,
        (Some(user), Some(file), None, None, None) => NatsLogin::Password(user, file),
        (None, None, Some(file), None, None) => NatsLogin::Token(file),
        (None, None, None, Some(file), None) => NatsLogin::Nkey(file),
        (None, None, None, None, Some(file)) => NatsLogin::Credentials(file),
        (Some(_), None, None, None, None) | (None, Some(_), None, None, None) => {
            wrong("`user` and `password_file` go together: give both or neither")
        }
        _ => wrong(
            "give one way to log in: `user` with `password_file`, `token_file`, `nkey_file`, or `credentials_file`",
        ),
    }
}

/// Whether an address asks for TLS, and its host with its port.
fn address(server: &str) -> Option<(bool, &str)> {
    let (scheme, host) = server.split_once("://")?;
    let is_tls = match scheme {
        "nats" => false,
        "tls" => true,
        _ => return None,
    };
    let is_host = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || "/@?#".contains(c));
    is_host.then_some((is_tls, host))
}

fn is_loopback(host: &str) -> bool {
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host_and_never_holds_a_password() {
        assert_eq!(address("nats://a:4222"), Some((false, "a:4222")));
        assert_eq!(address("tls://[::1]:4222"), Some((true, "[::1]:4222")));
        for wrong in [
            "a:4222",
            "http://a",
            "nats://",
            "nats://u:p@a",
            "nats://a/x",
            "nats://a b",
        ] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
        for (host, is) in [
            ("127.0.0.1:4222", true),
            ("[::1]:4222", true),
            ("localhost", true),
            ("10.0.0.1:4222", false),
            ("localhost.example:1", false),
        ] {
            assert_eq!(is_loopback(host), is, "{host}");
        }
    }
}
