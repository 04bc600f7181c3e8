//! `tenants`: each Entra directory with its app registration, and the budget that belongs to it.

use std::collections::HashMap;

use super::budget::Budget;
use super::credential::{Credential, CredentialKind};
use super::reach::Reach;
use super::secret::Places;
use super::section::{Kind, Reading, Section, count_in, text_of};
use crate::defender::{ApiVersion, Cloud, Endpoint, HostOptions, OAuth, Region};
use crate::yaml::{Code, Node};

/// One of `tenants`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// `name`: how logs, metrics and tables call it. Never change it: rows belong to the name.
    pub name: String,
    /// `cloud`: whose hosts are called. Default `commercial`.
    pub cloud: Cloud,
    /// `region`: a nearer host; with `cloud: commercial` only. Default none: the global host.
    pub region: Option<Region>,
    /// `base_url`: the API's address in place of the cloud's. Plain HTTP to this machine only. Default none.
    pub base_url: Option<String>,
    /// `api_version`: the version of the API. Default `latest`.
    pub api_version: ApiVersion,
    /// `authority`: the token authority in place of the cloud's. Default none.
    pub authority: Option<String>,
    /// `scope`: the scope of the token in place of the cloud's. Default none.
    pub scope: Option<String>,
    /// `tls` and `proxy`: how these hosts are reached. Default directly, trusting the system's roots.
    pub reach: Reach,
    /// `credential`: how we show who we are.
    pub credential: Credential,
    /// `oauth`: which of Entra's endpoints gives the tokens. Default `v2`.
    pub oauth: OAuth,
    /// `budget`: what Defender's rate limits allow us.
    pub budget: Budget,
    /// `external_id`: send our action's id as `ExternalId` too, which Defender's service metadata has and its reference
    /// does not document. Default `false`.
    pub external_id: bool,
    /// `fleet_size`: how many devices the tenant has, for limits that are `percent_of_fleet`. Default none: as many as the last
    /// complete sweep of the inventory counted; without one such a limit counts as reached.
    pub fleet_size: Option<u64>,
}

/// Reads `tenants`.
pub(super) fn read_all(list: Option<Node<'_>>, places: &Places, reading: &mut Reading) -> Vec<Tenant> {
    let Some(list) = list else { return Vec::new() };
    let items = list.seq(&mut reading.found).unwrap_or_default();
    if list.is_seq() && items.is_empty() {
        let message = "`tenants` is empty: without a tenant there is nothing to protect";
        reading.found.push(list.diagnostic(Code::BAD_TENANT, message));
    }
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut tenants = Vec::new();
    for item in &items {
        let tenant = Tenant::read(item, places, reading);
        match lines.get(&tenant.name) {
            Some(line) if !tenant.name.is_empty() => {
                let message = format!(
                    "the tenant `{}` is there twice; the first is on line {line}",
                    tenant.name
                );
                reading.found.push(item.diagnostic(Code::BAD_TENANT, message));
            }
            _ => drop(lines.insert(tenant.name.clone(), item.line())),
        }
        tenants.push(tenant);
    }
    tenants
}

impl Tenant {
    fn read(node: &Node<'_>, places: &Places, reading: &mut Reading) -> Self {
        let mut section = Section::of(node, reading);
        let name = section
            .required("name", Kind::Text, reading)
            .and_then(|node| name_of(&node, reading));
        let clouds = Cloud::ALL.map(|cloud| (cloud.as_str(), cloud));
        let cloud = section.choice("cloud", &clouds, Cloud::Commercial, reading);
        let regions = Region::ALL.map(|region| (region.as_str(), Some(region)));
        let region = section.choice("region", &regions, None, reading);
        let base_url = section.text("base_url", reading);
        let versions = ApiVersion::ALL.map(|version| (version.as_str(), version));
        let api_version = section.choice("api_version", &versions, ApiVersion::Latest, reading);
        let authority = section.text("authority", reading);
        let scope = section.text("scope", reading);
        let oauth = section.choice(
            "oauth",
            &[("v2", OAuth::V2), ("v1", OAuth::V1)],
            OAuth::V2,
            reading,
        );
        let (tls, proxy) = (section.section("tls", reading), section.section("proxy", reading));
        let reach = Reach::read(tls, proxy, places, reading);
        let credential = Credential::read(&mut section, places, reading);
        if let (OAuth::V1, CredentialKind::Delegated { .. }) = (oauth, &credential.kind) {
            let message = format!(
                "`{}` has `oauth: v1` and `credential.delegated`: users sign in at v2 only",
                node.path()
            );
            reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
        }
        let mut ignored = |message: String| reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
        if base_url.is_some() && region.is_some() {
            ignored(format!(
                "`{}` has `region` and `base_url`, which would be called whatever the region: give one of them",
                node.path()
            ));
        }
        // Nobody asks Entra for its tokens: the machine's own service gives them.
        if let CredentialKind::ManagedIdentity { .. } = &credential.kind {
            let keys = [
                ("oauth: v1", oauth == OAuth::V1),
                ("authority", authority.is_some()),
            ];
            for (key, _) in keys.into_iter().filter(|(_, is_given)| *is_given) {
                ignored(format!(
                    "`{}` has `{key}` and `credential.managed_identity`, whose tokens do not come from Entra's endpoints: give one of them",
                    node.path()
                ));
            }
        }
        let authority = authority.or_else(|| credential.authority(places));
        let budget = Budget::read(section.section("budget", reading), reading);
        let external_id = section.bool("external_id", false, reading);
        let fleet_size = section
            .get("fleet_size", Kind::Count(1..=10_000_000), reading)
            .and_then(|node| count_in(&node, 1..=10_000_000, reading))
            .map(u64::from);
        section.close(reading);
        let tenant = Self {
            name: name.unwrap_or_default(),
            cloud,
            region,
            base_url,
            api_version,
            authority,
            scope,
            reach,
            credential,
            oauth,
            budget,
            external_id,
            fleet_size,
        };
        // What is not said at all has been reported already.
        if !tenant.credential.directory_id.is_empty()
            && let Err(error) = Endpoint::resolve(&tenant.hosts())
        {
            reading
                .found
                .push(node.diagnostic(Code::BAD_URL, error.to_string()));
        }
        tenant
    }

    /// Where this tenant's calls go, as the client takes it.
    pub fn hosts(&self) -> HostOptions {
        HostOptions {
            entra_tenant: self.credential.directory_id.clone(),
            cloud: self.cloud,
            region: self.region,
            base_url: self.base_url.clone(),
            api_version: self.api_version,
            authority: self.authority.clone(),
            scope: self.scope.clone(),
        }
    }
}

fn name_of(node: &Node<'_>, reading: &mut Reading) -> Option<String> {
    let name = text_of(node, reading)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    let begins_well = name
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !begins_well || name.len() > 63 || !name.bytes().all(plain) {
        let message = format!(
            "`{}` must be made of a-z, 0-9, `.`, `_` and `-`, at most 63 of them",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_TENANT, message));
        return None;
    }
    Some(name)
}
