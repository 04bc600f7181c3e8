//! `tls` and `proxy` of a tenant: how its hosts are reached.
//!
//! Read by `tenant`; `app` turns it into the client's route. It names files and reads none.

use std::path::PathBuf;

use super::secret::{Places, SecretError, SecretFile};
use super::section::{Reading, Section};
use crate::config::environment;
use crate::defender::{OptionsError, ProxyRoute, Route};
use crate::yaml::Code;

/// How a tenant's API and token authority are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// `tls.ca_file`: PEM certificates that are trusted too. Default none.
    pub ca_file: Option<PathBuf>,
    /// `tls.system_roots`: whether the system's roots are trusted. Default `true`.
    pub system_roots: bool,
    /// `proxy`: what stands in between. Default nothing.
    pub proxy: Option<Proxy>,
}

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// `proxy.environment: true`: what `HTTPS_PROXY` (else `ALL_PROXY`) and `NO_PROXY` say when the daemon starts.
    Environment,
    /// `proxy.url` with what belongs to it.
    Address {
        /// `url`.
        url: String,
        /// `user` and `password_file`, which go together.
        login: Option<(String, SecretFile)>,
        /// `except`: hosts that are called directly.
        except: Vec<String>,
    },
}

/// Why a way to the hosts cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// The proxy's password.
    #[error("the proxy's password cannot be used")]
    Password(#[from] SecretError),
    /// The environment's proxy.
    #[error(transparent)]
    Environment(#[from] OptionsError),
}

impl Reach {
    pub(super) fn read(tls: Section<'_>, proxy: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let (ca_file, system_roots) = trusted(tls, places, reading);
        Self {
            ca_file,
            system_roots,
            proxy: proxy_of(proxy, places, reading),
        }
    }

    /// `proxy.password_file`, if there is one.
    pub(super) fn password_file(&self) -> Option<&SecretFile> {
        match &self.proxy {
            Some(Proxy::Address {
                login: Some((_, file)),
                ..
            }) => Some(file),
            _ => None,
        }
    }

    /// The route of the client. Reads the proxy's password, or the environment if that was asked for.
    ///
    /// # Errors
    /// Either cannot be used.
    pub fn route(&self) -> Result<Route, ReachError> {
        let proxy = match &self.proxy {
            None => None,
            Some(Proxy::Environment) => from_environment(environment::read_text)?,
            Some(Proxy::Address { url, login, except }) => Some(ProxyRoute {
                url: url.clone(),
                login: match login {
                    Some((user, file)) => Some((user.clone(), file.read()?)),
                    None => None,
                },
                except: Some(except.join(",")).filter(|hosts| !hosts.is_empty()),
            }),
        };
        Ok(Route {
            ca_file: self.ca_file.clone(),
            system_roots: self.system_roots,
            proxy,
        })
    }
}

/// What the usual variables say, the names in capitals first; no variable, no proxy.
fn from_environment(read: impl Fn(&str) -> Option<String>) -> Result<Option<ProxyRoute>, OptionsError> {
    let first = |names: &[&str]| names.iter().find_map(|name| read(name));
    let url = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]);
    let except = first(&["NO_PROXY", "no_proxy"]);
    url.map(|url| ProxyRoute::from_environment(&url, except))
        .transpose()
}

fn trusted(mut tls: Section<'_>, places: &Places, reading: &mut Reading) -> (Option<PathBuf>, bool) {
    let ca_file = tls.text("ca_file", reading).map(|name| places.base.join(name));
    let system_roots = tls.bool("system_roots", true, reading);
    if let (None, false, Some(node)) = (&ca_file, system_roots, tls.node()) {
        let message = "`tls.system_roots: false` trusts nobody: name a `ca_file`";
        reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
    }
    tls.close(reading);
    (ca_file, system_roots)
}

fn proxy_of(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Option<Proxy> {
    let url = section.text("url", reading);
    let user = section.text("user", reading);
    let password = section
        .text("password_file", reading)
        .map(|name| places.secret(&name));
    let except = section.texts("except", &[], reading);
    let environment = section.bool("environment", false, reading);
    let node = section
        .node()
        .map(|node| node.diagnostic(Code::ONE_OF_TWO, String::new()));
    let mut one_of_two = |message: &str| {
        if let Some(mut diagnostic) = node.clone() {
            message.clone_into(&mut diagnostic.message);
            reading.found.push(diagnostic);
        }
    };
    let login = match (user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        _ => {
            one_of_two("`proxy.user` and `proxy.password_file` go together: give both or neither");
            None
        }
    };
    let proxy = match (url, environment) {
        (Some(_), true) => {
            one_of_two("`proxy` has both `url` and `environment: true`: give one of them");
            None
        }
        (None, true) if login.is_some() || !except.is_empty() => {
            one_of_two(
                "`proxy` has `environment: true`, which says everything: leave out `user`, `password_file` and `except` (`NO_PROXY` names exceptions)",
            );
            None
        }
        (None, true) => Some(Proxy::Environment),
        (None, false) if login.is_some() || !except.is_empty() => {
            one_of_two("`proxy` needs `url`, or `environment: true`");
            None
        }
        (None, false) => None,
        (Some(url), false) => {
            if let (Err(error), Some(node)) = (ProxyRoute::check(&url), section.node()) {
                reading
                    .found
                    .push(node.diagnostic(Code::BAD_URL, error.to_string()));
            }
            Some(Proxy::Address { url, login, except })
        }
    };
    section.close(reading);
    proxy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_in_the_usual_order() {
        let of = |set: &[(&str, &str)]| {
            let set: Vec<(String, String)> = set
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            from_environment(move |name| {
                set.iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, value)| value.clone())
            })
        };
        assert_eq!(of(&[("NO_PROXY", "a")]).expect("no proxy"), None);
        let route = of(&[
            ("all_proxy", "http://b:2"),
            ("https_proxy", "http://a:1"),
            ("no_proxy", "x"),
        ]);
        let route = route.expect("addresses").expect("a proxy");
        assert_eq!(
            (route.url.as_str(), route.except.as_deref()),
            ("http://a:1", Some("x"))
        );
        assert_eq!(
            of(&[("HTTP_PROXY", "http://a:1")]).expect("plain HTTP is not meant"),
            None
        );
        assert!(of(&[("HTTPS_PROXY", "socks5://a:1")]).is_err());
    }
}
