//! How a tenant's connections are made: whom TLS trusts, and whether a proxy stands in between.
//!
//! Filled by `app` from the configuration, used by `http` when the client is built. A proxy is used for `https` alone and
//! only sees an encrypted tunnel (CONNECT); plain HTTP, which is for this machine and for the identity endpoint of a cloud's
//! virtual machines, never goes through one. Nothing here reads the environment.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use reqwest::{NoProxy, Proxy, Url};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;
use secrecy::{ExposeSecret as _, SecretString};

use crate::defender::OptionsError;
use crate::defender::hosts::shown;

/// The largest file of certificates that is read, in bytes.
const MAX_CA_BYTES: u64 = 1024 * 1024;

/// How connections are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// A PEM file of certificates that are trusted beside those of the system. Default none.
    pub ca_file: Option<PathBuf>,
    /// Whether the operating system's roots are trusted. Default true; false only with a `ca_file`.
    pub system_roots: bool,
    /// What stands in between. Default nothing.
    pub proxy: Option<ProxyRoute>,
}

impl Default for Route {
    fn default() -> Self {
        Self {
            ca_file: None,
            system_roots: true,
            proxy: None,
        }
    }
}

/// A proxy that tunnels.
#[derive(Clone)]
pub struct ProxyRoute {
    /// Its address, `http://…` or `https://…`, without user name, password and path.
    pub url: String,
    /// The user name and password that it asks for.
    pub login: Option<(String, SecretString)>,
    /// Hosts that are called directly: names, `.domains`, addresses and networks, with commas between them.
    pub except: Option<String>,
}

impl PartialEq for ProxyRoute {
    fn eq(&self, other: &Self) -> bool {
        let login = |route: &Self| {
            route
                .login
                .as_ref()
                .map(|(user, password)| (user.clone(), password.expose_secret().to_owned()))
        };
        self.url == other.url && self.except == other.except && login(self) == login(other)
    }
}

impl Eq for ProxyRoute {}

impl fmt::Debug for ProxyRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyRoute")
            .field("url", &self.url)
            .field("login", &self.login.as_ref().map(|(user, _)| user))
            .field("except", &self.except)
            .finish()
    }
}

impl ProxyRoute {
    /// Whether its address can be used.
    ///
    /// # Errors
    /// [`OptionsError`] with what to write instead.
    pub fn check(url: &str) -> Result<(), OptionsError> {
        address(url).map(drop)
    }

    /// The proxy of an address as the environment gives it, which may hold user name and password
    /// (`http://user:password@proxy:3128`) and may leave out the scheme.
    ///
    /// # Errors
    /// [`OptionsError`]; it shows nothing of the address, which may hold a password.
    pub fn from_environment(url: &str, except: Option<String>) -> Result<Self, OptionsError> {
        let refused = || OptionsError::Value {
            what: "the proxy of the environment",
            reason: "it is no address: expected e.g. `http://proxy.example:3128`".to_owned(),
        };
        let url = if url.contains("://") {
            url.to_owned()
        } else {
            format!("http://{url}")
        };
        let mut url = Url::parse(&url).map_err(|_| refused())?;
        let decoded = |text: &str| decode(text).ok_or_else(refused);
        let login = if url.username().is_empty() {
            None
        } else {
            let password = decoded(url.password().unwrap_or_default())?;
            Some((decoded(url.username())?, SecretString::from(password)))
        };
        url.set_username("").map_err(|()| refused())?;
        url.set_password(None).map_err(|()| refused())?;
        url.set_path("");
        address(url.as_str()).map_err(|_| refused())?;
        Ok(Self {
            url: url.as_str().trim_end_matches('/').to_owned(),
            login,
            except,
        })
    }

    /// The proxy as the HTTP client takes it.
    pub(super) fn build(&self) -> Result<Proxy, OptionsError> {
        let url = address(&self.url)?;
        let mut proxy = Proxy::https(url).map_err(OptionsError::Http)?;
        if let Some((user, password)) = &self.login {
            // Not by `basic_auth`, which takes `%41` in a password for `A`.
            let login = STANDARD.encode(format!("{user}:{}", password.expose_secret()));
            let mut header =
                HeaderValue::from_str(&format!("Basic {login}")).map_err(|_| OptionsError::Value {
                    what: "the proxy's password",
                    reason: "it cannot stand in a header".to_owned(),
                })?;
            header.set_sensitive(true);
            proxy = proxy.custom_http_auth(header);
        }
        Ok(proxy.no_proxy(self.except.as_deref().and_then(NoProxy::from_string)))
    }
}

fn address(value: &str) -> Result<Url, OptionsError> {
    let refused = |reason: &str| OptionsError::Address {
        what: "the proxy's address",
        value: shown(value),
        reason: reason.to_owned(),
    };
    let url = Url::parse(value).map_err(|_| refused("write e.g. `http://proxy.example:3128`"))?;
    if !url.username().is_empty() || url.password().is_some() {
        // The value itself must not reach a log.
        return Err(OptionsError::Value {
            what: "the proxy's address",
            reason: "it holds a user name or a password: write `user` and `password_file`".to_owned(),
        });
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(
            "only HTTP proxies are spoken to: write `http://` or `https://`",
        ));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(refused("write `http://` and a host"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(refused("leave out everything after the host and the port"));
    }
    Ok(url)
}

/// Percent-encoding undone; `None` if what comes out is no text.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let hex = |at: usize| more.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).ok()?);
                rest = more.get(2..)?;
            }
            (byte, ..) => {
                bytes.push(*byte);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

impl Route {
    /// rustls on ring; nothing process-wide is installed. Without TLS to speak (everything on this machine, and no
    /// `ca_file`) no root is trusted and none need be installed.
    pub(super) fn tls(&self, needed: bool) -> Result<rustls::ClientConfig, OptionsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(OptionsError::Tls)?;
        let own = match &self.ca_file {
            Some(path) => certificates(path)?,
            None => Vec::new(),
        };
        if !self.system_roots && own.is_empty() {
            return Err(OptionsError::Value {
                what: "`tls.system_roots`",
                reason: "without the system's roots a `ca_file` must say whom to trust".to_owned(),
            });
        }
        if needed && self.system_roots {
            let verifier = Verifier::new_with_extra_roots(own, provider).map_err(OptionsError::Tls)?;
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth());
        }
        let mut roots = rustls::RootCertStore::empty();
        for certificate in own {
            roots
                .add(certificate)
                .map_err(|error| self.unfit(&error.to_string()))?;
        }
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }

    fn unfit(&self, why: &str) -> OptionsError {
        let path = self.ca_file.clone().unwrap_or_default();
        unfit(&path, why)
    }
}

fn unfit(path: &Path, why: &str) -> OptionsError {
    OptionsError::Address {
        what: "`tls.ca_file`",
        value: path.display().to_string(),
        reason: why.to_owned(),
    }
}

/// The certificates of a PEM file; at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, OptionsError> {
    let size =
        std::fs::metadata(path).map_err(|error| unfit(path, &format!("it cannot be read: {error}")))?;
    if size.len() > MAX_CA_BYTES {
        return Err(unfit(path, "it is larger than 1 MiB"));
    }
    let pem = std::fs::read(path).map_err(|error| unfit(path, &format!("it cannot be read: {error}")))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.map_err(|error| unfit(path, &format!("it is not PEM: {error}")))?;
    if found.is_empty() {
        return Err(unfit(
            path,
            "it holds no certificate (`-----BEGIN CERTIFICATE-----`)",
        ));
    }
    for certificate in &found {
        rustls::RootCertStore::empty()
            .add(certificate.clone())
            .map_err(|error| unfit(path, &format!("a certificate in it cannot be used: {error}")))?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_password_is_refused_and_not_shown() {
        for url in [
            "http://ann:hunter2@proxy:3128",
            "ann:hunter2@proxy:3128",
            "http://ann:hunter2@proxy:port",
            "http://ann:hunter2@",
        ] {
            let error = ProxyRoute::check(url).expect_err("a password");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
        for url in [
            "proxy:3128",
            "socks5://proxy:1080",
            "http://",
            "http://proxy/path",
            "http://proxy?x",
            "",
        ] {
            assert!(ProxyRoute::check(url).is_err(), "{url}");
        }
        for url in ["http://proxy:3128", "https://proxy", "http://[::1]:3128/"] {
            assert!(ProxyRoute::check(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn the_environments_form_is_taken_apart() {
        let of = |url: &str| ProxyRoute::from_environment(url, Some("internal".to_owned()));
        let plain = of("proxy.example:3128").expect("an address without a scheme");
        assert_eq!(
            (plain.url.as_str(), plain.login.is_none()),
            ("http://proxy.example:3128", true)
        );
        let full = of("https://an%6e:hun%40ter2%zz@proxy.example:1/").expect("an address with everything");
        assert_eq!(full.url, "https://proxy.example:1");
        let (user, password) = full.login.clone().expect("a login");
        assert_eq!((user.as_str(), password.expose_secret()), ("ann", "hun@ter2%zz"));
        assert!(!format!("{full:?}").contains("hun"), "{full:?}");
        for url in ["socks5://ann:hunter2@proxy", "http://ann:%ff@proxy", "http://"] {
            let error = of(url).expect_err("unusable");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn without_any_root_nothing_is_built() {
        let nobody = Route {
            system_roots: false,
            ..Route::default()
        };
        let error = nobody.tls(true).expect_err("nobody is trusted");
        assert!(
            error.to_string().contains("a `ca_file` must say whom to trust"),
            "{error}"
        );
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_name() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("ca.pem");
        let refused = |content: Option<&str>| {
            if let Some(content) = content {
                std::fs::write(&path, content).expect("the file can be written");
            }
            let route = Route {
                ca_file: Some(path.clone()),
                ..Route::default()
            };
            let error = route.tls(true).expect_err("no certificate").to_string();
            assert!(error.contains("ca.pem"), "{error}");
            error
        };
        assert!(refused(None).contains("cannot be read"));
        assert!(refused(Some("")).contains("no certificate"));
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(refused(Some(key)).contains("no certificate"));
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(refused(Some(broken)).contains("cannot be used"));
        assert!(refused(Some("-----BEGIN CERTIFICATE-----\nAAAA\n")).contains("not PEM"));
    }

    #[test]
    fn building_a_configuration_installs_no_process_wide_provider() {
        let trusting = Route::default().tls(true);
        assert!(trusting.is_ok() || matches!(trusting, Err(OptionsError::Tls(_))));
        assert!(Route::default().tls(false).is_ok());
        assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    }
}
