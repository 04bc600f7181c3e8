//! Where calls go: Microsoft's clouds and regions by name, or addresses of the operator's own.
//!
//! Names become an [`Endpoint`] once, when the configuration is loaded; after that the client builds every URL from it,
//! so a token can only ever go to the configured origin.

use std::net::IpAddr;

use reqwest::Url;

use crate::defender::OptionsError;
use crate::defender::cloud::{ApiVersion, Cloud, Region};
use crate::defender::token::OAuth;

/// What the configuration says of a tenant's hosts.
#[derive(Clone, Debug, Default)]
pub struct HostOptions {
    /// The Entra tenant: a GUID or one of its domains. Required.
    pub entra_tenant: String,
    /// The cloud. Default [`Cloud::Commercial`].
    pub cloud: Cloud,
    /// The region, for [`Cloud::Commercial`] only. Default none: Microsoft's global host.
    pub region: Option<Region>,
    /// The API's origin in place of the cloud's, e.g. `http://127.0.0.1:8080`; a path is kept as a prefix, and `/api`
    /// is added unless it ends in `/api` or `/api/v1.0`.
    pub base_url: Option<String>,
    /// The version of the API. Default [`ApiVersion::Latest`]; a `base_url` that ends in `/api/v1.0` has said it.
    pub api_version: ApiVersion,
    /// The token authority in place of the cloud's, without the tenant.
    pub authority: Option<String>,
    /// The scope in place of the cloud's.
    pub scope: Option<String>,
}

/// Where a tenant's calls and token requests go. Valid by construction: https, or http to this very machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    api: Url,
    token: Url,
    scope: String,
}

impl Endpoint {
    /// Turns names and overrides into addresses.
    ///
    /// # Errors
    /// [`OptionsError`] for the first thing that cannot be used.
    pub fn resolve(options: &HostOptions) -> Result<Self, OptionsError> {
        if !is_safe_segment(&options.entra_tenant) {
            return Err(OptionsError::Value {
                what: "the tenant id",
                reason: format!(
                    "`{}` is neither a GUID nor a domain",
                    options.entra_tenant.escape_debug()
                ),
            });
        }
        let api = match (&options.base_url, options.region) {
            (Some(url), _) => address("base_url", url)?,
            (None, None) => address("base_url", options.cloud.api_origin())?,
            (None, Some(region)) if options.cloud == Cloud::Commercial => address(
                "base_url",
                &format!("https://{}.api.security.microsoft.com", region.as_str()),
            )?,
            (None, Some(region)) => {
                return Err(OptionsError::Value {
                    what: "the region",
                    reason: format!(
                        "cloud `{}` has no region `{}`: leave it out",
                        options.cloud.as_str(),
                        region.as_str()
                    ),
                });
            }
        };
        let api = versioned(api, options.api_version);
        let authority = options.authority.as_deref().unwrap_or(options.cloud.authority());
        let authority = address("authority", authority)?;
        let scope = options.scope.clone().unwrap_or_else(|| options.cloud.scope());
        if scope.is_empty() || scope.chars().any(char::is_control) {
            return Err(OptionsError::Value {
                what: "the scope",
                reason: "it is empty or not text".to_owned(),
            });
        }
        Ok(Self {
            api,
            token: below(&authority, &[&options.entra_tenant, "oauth2", "v2.0", "token"]),
            scope,
        })
    }

    /// The API's address, `…/api`.
    pub fn api(&self) -> &str {
        self.api.as_str()
    }

    /// The address of the token endpoint.
    pub fn token(&self) -> &str {
        self.token.as_str()
    }

    /// The scope that tokens are asked for.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// Whether anything here is called over TLS.
    pub(super) fn needs_tls(&self) -> bool {
        [&self.api, &self.token]
            .into_iter()
            .any(|url| url.scheme() == "https")
    }

    /// The token endpoint of that version.
    pub(super) fn token_url_of(&self, version: OAuth) -> Url {
        match version {
            OAuth::V2 => self.token.clone(),
            OAuth::V1 => self.beside_token(&["oauth2", "token"]),
        }
    }

    /// The Entra tenant that tokens are asked for, as configured.
    pub(super) fn directory(&self) -> &str {
        let mut segments = self.token.path().rsplit('/');
        segments.nth(3).unwrap_or_default()
    }

    /// Where a user's sign-in by device code begins.
    pub(super) fn device_code_url(&self) -> Url {
        self.beside_token(&["oauth2", "v2.0", "devicecode"])
    }

    /// Another endpoint of the same directory: the token endpoint's path without its last three segments, and these.
    fn beside_token(&self, segments: &[&str]) -> Url {
        let mut url = self.token.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop().pop().pop().extend(segments);
        }
        url
    }

    /// The address of a resource. The segments must be ours or have passed [`is_safe_segment`].
    pub(super) fn resource(&self, segments: &[&str]) -> Url {
        below(&self.api, segments)
    }
}

/// Adds `/api` and the version, as far as the address does not say them itself.
fn versioned(base: Url, version: ApiVersion) -> Url {
    let path = base.path().trim_end_matches('/');
    if path.ends_with("/api/v1.0") {
        return base;
    }
    let api = if path.ends_with("/api") {
        base
    } else {
        below(&base, &["api"])
    };
    match version {
        ApiVersion::Latest => api,
        ApiVersion::V1 => below(&api, &[version.as_str()]),
    }
}

/// Whether a foreign id may stand in a path: letters, digits, `-`, `_` and single dots, never `..`.
pub(super) fn is_safe_segment(segment: &str) -> bool {
    (1..=128).contains(&segment.len())
        && segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !segment.starts_with('.')
        && !segment.contains("..")
}

/// An address as an error may quote it: what stands before an `@` may be a password, also where the rest is no address.
pub(super) fn shown(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => value.to_owned(),
    }
}

fn address(what: &'static str, value: &str) -> Result<Url, OptionsError> {
    let refused = |reason: &str| OptionsError::Address {
        what,
        value: shown(value),
        reason: reason.to_owned(),
    };
    let url = Url::parse(value).map_err(|error| refused(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        // The value itself must not reach a log.
        return Err(OptionsError::Value {
            what,
            reason: "it holds a user name or a password".to_owned(),
        });
    }
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
        return Err(refused("write `https://` and a host"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(refused(
            "plain http is allowed to this machine only (127.0.0.1, ::1, localhost); write https",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("leave out everything from `?` or `#` on"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || literal.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> HostOptions {
        HostOptions {
            entra_tenant: "11111111-2222-3333-4444-555555555555".to_owned(),
            ..HostOptions::default()
        }
    }

    fn based(url: &str) -> Result<Endpoint, OptionsError> {
        Endpoint::resolve(&HostOptions {
            base_url: Some(url.to_owned()),
            ..options()
        })
    }

    #[test]
    fn every_cloud_has_its_hosts_authority_and_scope() {
        let expected = [
            (
                "https://api.security.microsoft.com/api",
                "login.microsoftonline.com",
                "api.securitycenter.microsoft.com",
            ),
            (
                "https://api.securitycenter.microsoft.com/api",
                "login.microsoftonline.com",
                "api.securitycenter.microsoft.com",
            ),
            (
                "https://api.securitycenter.windows.com/api",
                "login.microsoftonline.com",
                "api.securitycenter.windows.com",
            ),
            (
                "https://api-gcc.securitycenter.microsoft.us/api",
                "login.microsoftonline.com",
                "api-gcc.securitycenter.microsoft.us",
            ),
            (
                "https://api-gov.securitycenter.microsoft.us/api",
                "login.microsoftonline.us",
                "api-gov.securitycenter.microsoft.us",
            ),
            (
                "https://api-gov.securitycenter.microsoft.us/api",
                "login.microsoftonline.us",
                "api-gov.securitycenter.microsoft.us",
            ),
        ];
        for (cloud, (api, login, audience)) in Cloud::ALL.into_iter().zip(expected) {
            assert_eq!(Cloud::from_name(cloud.as_str()).expect("a known name"), cloud);
            let endpoint = Endpoint::resolve(&HostOptions { cloud, ..options() }).expect("a known cloud");
            assert_eq!(endpoint.api(), api);
            let tenant = options().entra_tenant;
            assert_eq!(
                endpoint.token(),
                format!("https://{login}/{tenant}/oauth2/v2.0/token")
            );
            assert_eq!(endpoint.scope(), format!("https://{audience}/.default"));
            assert!(endpoint.needs_tls());
        }
    }

    #[test]
    fn every_region_has_its_host_and_the_classic_scope() {
        for region in Region::ALL {
            assert_eq!(Region::from_name(region.as_str()).expect("a known name"), region);
            let endpoint = Endpoint::resolve(&HostOptions {
                region: Some(region),
                ..options()
            })
            .expect("a known region");
            assert_eq!(
                endpoint.api(),
                format!("https://{}.api.security.microsoft.com/api", region.as_str())
            );
            assert_eq!(
                endpoint.scope(),
                "https://api.securitycenter.microsoft.com/.default"
            );
        }
    }

    #[test]
    fn a_region_outside_the_commercial_cloud_is_refused() {
        let options = HostOptions {
            cloud: Cloud::Gcc,
            region: Some(Region::Eu),
            ..options()
        };
        let error = Endpoint::resolve(&options).expect_err("gcc has no regions");
        assert_eq!(
            error.to_string(),
            "the region cannot be used: cloud `gcc` has no region `eu`: leave it out"
        );
    }

    #[test]
    fn everything_can_be_overridden() {
        let endpoint = Endpoint::resolve(&HostOptions {
            base_url: Some("https://gateway.example/mde/".to_owned()),
            authority: Some("https://login.example/".to_owned()),
            scope: Some("api://defender/.default".to_owned()),
            ..options()
        })
        .expect("valid overrides");
        assert_eq!(endpoint.api(), "https://gateway.example/mde/api");
        assert_eq!(
            endpoint.token(),
            format!(
                "https://login.example/{}/oauth2/v2.0/token",
                options().entra_tenant
            )
        );
        assert_eq!(endpoint.scope(), "api://defender/.default");
        let pinned = based("https://api.security.microsoft.com/api/v1.0").expect("a pinned version");
        assert_eq!(
            pinned.resource(&["machines", "ab"]).as_str(),
            "https://api.security.microsoft.com/api/v1.0/machines/ab"
        );
    }

    #[test]
    fn a_version_is_pinned_once_wherever_it_is_said() {
        let pinned = |base_url: Option<&str>| {
            let endpoint = Endpoint::resolve(&HostOptions {
                base_url: base_url.map(str::to_owned),
                api_version: ApiVersion::V1,
                ..options()
            });
            endpoint
                .expect("valid addresses")
                .resource(&["machines", "ab"])
                .to_string()
        };
        assert_eq!(
            pinned(None),
            "https://api.security.microsoft.com/api/v1.0/machines/ab"
        );
        for base in [
            "https://h",
            "https://h/",
            "https://h/api",
            "https://h/api/",
            "https://h/api/v1.0",
            "https://h/api/v1.0/",
        ] {
            assert_eq!(pinned(Some(base)), "https://h/api/v1.0/machines/ab", "{base}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for url in [
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:80",
            "http://localhost:1",
        ] {
            let endpoint = based(url).expect("a loopback address");
            assert!(endpoint.api().starts_with("http://"));
        }
        for url in [
            "http://api.security.microsoft.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://localhost.example",
            "http://[::ffff:10.0.0.1]",
            "http://127.0.0.1.example",
        ] {
            let error = based(url).expect_err("not this machine");
            assert!(
                error
                    .to_string()
                    .contains("plain http is allowed to this machine only"),
                "{error}"
            );
        }
    }

    #[test]
    fn addresses_that_could_mislead_are_refused() {
        for url in [
            "ftp://127.0.0.1",
            "api.security.microsoft.com",
            "https://",
            "https://h/?q=1",
            "https://h/#f",
            "",
        ] {
            assert!(based(url).is_err(), "{url}");
        }
        for url in [
            "https://user:hunter2@host",
            "http://ann:hunter2@gateway.example",
            "ftp://ann:hunter2@127.0.0.1",
            "ann:hunter2@gateway.example",
            "https://ann:hunter2@",
            "https://ann:hunter2@host:port",
            "//ann:hunter2@host",
            "https://host/ann:hunter2@x?q",
        ] {
            let error = based(url).expect_err("credentials in the address");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_tenant_that_would_bend_the_path_is_refused() {
        for tenant in ["", "..", "a/b", "a?b", ".hidden", "a..b"] {
            assert!(
                Endpoint::resolve(&HostOptions {
                    entra_tenant: tenant.to_owned(),
                    ..options()
                })
                .is_err()
            );
        }
        let domain = HostOptions {
            entra_tenant: "contoso.onmicrosoft.com".to_owned(),
            ..options()
        };
        assert!(Endpoint::resolve(&domain).is_ok());
    }
}
