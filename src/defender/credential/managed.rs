//! The managed identity of an Azure machine: tokens from the metadata service (IMDS), or from the identity endpoint of App
//! Service and its kin (facts sheet 5.5). No secret of ours is involved; whoever runs on the machine may have these tokens.
//!
//! Used by `Credential`. The endpoint lies on this machine or its link only, and no proxy is ever asked.

use std::net::IpAddr;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::defender::OptionsError;
use crate::defender::hosts::shown;
use crate::defender::http::Http;

/// The metadata service of every Azure machine.
const IMDS: &str = "http://169.254.169.254/metadata/identity/oauth2/token";

/// Which of a machine's identities is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// The machine's own; or the only one that was assigned to it.
    #[default]
    System,
    /// A user-assigned one, by its client id.
    ClientId(String),
    /// A user-assigned one, by its principal's object id.
    ObjectId(String),
    /// A user-assigned one, by its Azure resource id.
    ResourceId(String),
}

/// Where a managed identity's tokens come from.
#[derive(Clone, Debug)]
pub struct ManagedIdentity {
    endpoint: Url,
    /// The secret header of App Service; without it the endpoint is the metadata service.
    header: Option<SecretString>,
    identity: Identity,
}

impl ManagedIdentity {
    /// The metadata service at its address, or at another one on this machine or its link.
    ///
    /// # Errors
    /// [`OptionsError`] for an address anywhere else.
    pub fn imds(endpoint: Option<&str>, identity: Identity) -> Result<Self, OptionsError> {
        let mut url = near(endpoint.unwrap_or(IMDS))?;
        if url.path() == "/" {
            url.set_path("/metadata/identity/oauth2/token");
        }
        Ok(Self {
            endpoint: url,
            header: None,
            identity,
        })
    }

    /// The identity endpoint that App Service, Functions and Container Apps name in `IDENTITY_ENDPOINT`, with the value of
    /// `IDENTITY_HEADER`.
    ///
    /// # Errors
    /// [`OptionsError`] for an address that is not on this machine or its link.
    pub fn app_service(
        endpoint: &str,
        header: SecretString,
        identity: Identity,
    ) -> Result<Self, OptionsError> {
        Ok(Self {
            endpoint: near(endpoint)?,
            header: Some(header),
            identity,
        })
    }

    /// The request for a token of this API.
    pub(in crate::defender) fn request(&self, http: &Http, resource: &str) -> reqwest::RequestBuilder {
        let mut url = self.endpoint.clone();
        let app_service = self.header.is_some();
        let version = if app_service { "2019-08-01" } else { "2018-02-01" };
        let mut query = url.query_pairs_mut();
        query
            .append_pair("api-version", version)
            .append_pair("resource", resource);
        match &self.identity {
            Identity::System => {}
            Identity::ClientId(id) => drop(query.append_pair("client_id", id)),
            Identity::ObjectId(id) if app_service => drop(query.append_pair("principal_id", id)),
            Identity::ObjectId(id) => drop(query.append_pair("object_id", id)),
            Identity::ResourceId(id) if app_service => drop(query.append_pair("mi_res_id", id)),
            Identity::ResourceId(id) => drop(query.append_pair("msi_res_id", id)),
        }
        drop(query);
        match &self.header {
            Some(header) => http.get(url).header("X-IDENTITY-HEADER", header.expose_secret()),
            None => http.get(url).header("Metadata", "true"),
        }
    }

    /// Where it asks.
    pub(super) fn endpoint(&self) -> String {
        self.endpoint.to_string()
    }

    /// What must not be shown should an endpoint echo it.
    pub(in crate::defender) fn hidden(&self) -> Option<&SecretString> {
        self.header.as_ref()
    }

    /// The client id, where it is the one that was named.
    pub(super) fn client_id(&self) -> Option<&str> {
        match &self.identity {
            Identity::ClientId(id) => Some(id),
            _ => None,
        }
    }
}

/// An address on this machine or on its link: nobody else may be asked for, or given, such a token.
fn near(value: &str) -> Result<Url, OptionsError> {
    let refused = |reason: &str| OptionsError::Address {
        what: "the managed identity's endpoint",
        value: shown(value),
        reason: reason.to_owned(),
    };
    let url = Url::parse(value).map_err(|error| refused(&error.to_string()))?;
    let host = url.host_str().unwrap_or_default();
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    let is_near = host == "localhost"
        || address.is_ok_and(|ip| match ip {
            IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_loopback() || ip.is_unicast_link_local(),
        });
    if url.scheme() != "http" || !is_near {
        return Err(refused(
            "it must be plain http to this machine (127.0.0.1, ::1, localhost) or its link (169.254.0.0/16, fe80::/10)",
        ));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(refused(
            "leave out user, password and everything from `?` or `#` on",
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_its_link_are_asked() {
        for good in [
            "http://169.254.169.254",
            "http://127.0.0.1:8741/",
            "http://localhost:42356/msi/token",
            "http://[::1]:1/x",
            "http://[fe80::1]/",
        ] {
            assert!(
                ManagedIdentity::imds(Some(good), Identity::System).is_ok(),
                "{good}"
            );
        }
        for bad in [
            "http://10.0.0.1",
            "https://169.254.169.254",
            "http://169.254.169.254.example",
            "http://metadata",
            "http://u:p@127.0.0.1",
            "http://127.0.0.1/?x=1",
            "http://[::ffff:10.0.0.1]",
            "nowhere",
        ] {
            assert!(
                ManagedIdentity::imds(Some(bad), Identity::System).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_password_in_the_endpoint_is_not_shown() {
        for url in [
            "http://ann:hunter2@127.0.0.1",
            "http://ann:hunter2@gateway.example",
            "ann:hunter2@127.0.0.1",
            "http://ann:hunter2@127.0.0.1:port",
        ] {
            let Err(error) = ManagedIdentity::imds(Some(url), Identity::System) else {
                panic!("`{url}` was taken");
            };
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
