//! How a command finds and asks the running daemon: at the address that its configuration lets it listen on, from this machine. Used by
//! `reload` and `health`; it never starts one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use secrecy::SecretString;

use crate::config::Http;
use crate::outbound::{Poster, Reply};
use crate::web::answer::Problem;

/// Why the configuration does not lead to the daemon.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAddress {
    /// It speaks TLS for a name.
    #[error(
        "`http.tls` has a certificate for a name, which the configuration does not say: name the daemon with `--to https://NAME:PORT`"
    )]
    Tls,
    /// It takes any free port.
    #[error(
        "`http.listen` has port 0, so the daemon took a free one, which it logs: name it with `--to http://127.0.0.1:PORT`"
    )]
    AnyPort,
}

/// Where this machine reaches the daemon of that configuration.
///
/// # Errors
/// The configuration does not say it.
pub(super) fn address(http: &Http) -> Result<String, NoAddress> {
    let mut at = http.listen;
    if at.port() == 0 {
        return Err(NoAddress::AnyPort);
    }
    if http.tls.is_some() {
        return Err(NoAddress::Tls);
    }
    if at.ip().is_unspecified() {
        at.set_ip(match at.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(format!("http://{at}"))
}

/// The token that operators show to the daemon of that configuration; `None`: this machine needs none.
///
/// # Errors
/// Its file cannot be read.
pub(super) fn token(http: &Http) -> anyhow::Result<Option<SecretString>> {
    let file = http.operator_token_file.as_ref().or(http.token_file.as_ref());
    Ok(file.map(|file| file.read()).transpose()?)
}

/// One way to the daemon.
///
/// # Errors
/// The address or the token cannot be used.
pub(super) fn poster(address: &str, path: &str, token: Option<&SecretString>) -> anyhow::Result<Poster> {
    Ok(Poster::new(address, path, token)?)
}

/// The daemon's own words for a refusal, or the beginning of whatever answered.
pub(super) fn words(reply: &Reply) -> String {
    match serde_json::from_slice::<Problem>(&reply.body) {
        Ok(problem) => format!("{}: {}", problem.reason, problem.detail),
        Err(_) => String::from_utf8_lossy(&reply.body)
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;

    fn http(more: &str) -> Http {
        let text = format!(
            "database: {{url: 'postgres:///q'}}\nplaybooks: {{path: p}}\nhttp: {more}\ntenants: [{{name: t, credential: \
             {{client_secret: {{directory_id: d, client_id: c, secret_file: s}}}}}}]\n"
        );
        Config::parse("q.yaml", &text, Path::new("/"), None)
            .expect("it is one")
            .config
            .http
    }

    #[test]
    fn the_daemon_is_asked_where_this_machine_reaches_it() {
        let check = |more: &str, expected: Result<&str, NoAddress>| {
            assert_eq!(address(&http(more)), expected.map(str::to_owned), "{more}");
        };
        check("{listen: '127.0.0.1:8741'}", Ok("http://127.0.0.1:8741"));
        check(
            "{listen: '0.0.0.0:8740', token_file: t}",
            Ok("http://127.0.0.1:8740"),
        );
        check("{listen: '[::]:8740', token_file: t}", Ok("http://[::1]:8740"));
        check("{listen: '127.0.0.1:0'}", Err(NoAddress::AnyPort));
        check("{tls: {certificate_file: c, key_file: k}}", Err(NoAddress::Tls));
    }
}
