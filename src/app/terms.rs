//! What of the configuration each part takes for a tenant, every span as it holds in real time: the gate, the pacing, the desk, the
//! client. Called at start, and by the commands that work beside the daemon.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::disk::disk;
use super::reread::reread;
use crate::config::{Budget, Config, Tenant};
use crate::defender::{Client, Endpoint, Options};
use crate::desk::disk::Disk;
use crate::desk::{Desk, Terms};
use crate::domain::budget::{self, Pace, Pacing, Reserve, jump_bound};
use crate::domain::tenant::TenantId;
use crate::limiter::PacerOptions;
use crate::store::{Gate, SafetyOptions, Store};

/// The gate of a tenant, every span as it holds in real time.
pub fn gate_of(config: &Config, tenant: &Tenant) -> Gate {
    Gate {
        app_id: tenant.credential.app_id().to_owned(),
        scope: tenant.budget.scope,
        actions: config.scaled_windows(&tenant.budget.shared(&tenant.budget.windows)),
        reads: config.scaled_windows(&tenant.budget.shared(&tenant.budget.reads)),
        antivirus: config.scaled_windows(&tenant.budget.shared(&tenant.budget.antivirus)),
        terms: terms(config, &tenant.budget),
        timing: config.call_timing(),
        ceiling: config.mode,
        never: config.never.clone(),
        facts_wait: config.scaled(config.facts.wait),
        caps: config.rules().caps,
        surge: config.rules().surge,
        fleet: tenant.fleet_size,
        outstanding: Some(config.outstanding),
        cancel_after: Some(config.scaled(config.call.cancel_after)),
        facts_max_age: config.scaled(config.facts.max_age),
        lookups: config.lookup_terms(),
    }
}

/// What the daemon's store guards, every span as it holds in real time.
pub(in crate::app) fn safety_of(config: &Config) -> SafetyOptions {
    let windows = || {
        let all = config.tenants.iter();
        all.map(|tenant| config.scaled_windows(&tenant.budget.windows))
    };
    let longest = windows().flatten().map(|window| window.per).max();
    SafetyOptions {
        longest: longest.unwrap_or(Duration::from_secs(3_600)),
        latest: config.call_timing().latest_count(),
        bound: windows()
            .map(|windows| jump_bound(&windows))
            .min()
            .unwrap_or(Duration::from_millis(250)),
        stable_for: config.scaled(Duration::from_secs(60)),
        patience: config.scaled(Duration::from_secs(30)).max(Duration::from_secs(1)),
    }
}

/// What holds beside the windows.
fn terms(config: &Config, budget: &Budget) -> budget::Terms {
    budget::Terms {
        reserve: Reserve {
            every: config.scaled(budget.reserve.every),
            ..budget.reserve
        },
        retries: budget.retries,
        ageing: config.scaled(budget.ageing),
        reads: budget.reads_share,
        margin: jump_bound(&config.scaled_windows(&budget.windows)),
    }
}

/// How the calls of a tenant are spread, as it holds in real time.
pub fn pacing_of(config: &Config, tenant: &Tenant) -> Pacing {
    let budget = &tenant.budget;
    Pacing {
        pace: Pace {
            interval: config.scaled(budget.share.pace(budget.pacer_interval)),
            burst: budget.pacer_burst,
        },
        unpaced_releases: PacerOptions::default().unpaced_releases,
        release_window: config.scaled(PacerOptions::default().release_window),
    }
}

/// The desk of a tenant: what its operators see and do.
pub fn desk_of(config: &Config, tenant: &Tenant, store: Store, id: TenantId) -> Desk {
    desk_beside(config, tenant, store, id, disk(&config.playbooks))
}

/// The desks of all tenants of a process. They share what is found of the playbook files.
pub(super) fn desks_of(config: &Config, tenants: &[(TenantId, Tenant)], store: &Store) -> Vec<Desk> {
    let disk = disk(&config.playbooks);
    let tenants = tenants.iter();
    tenants
        .map(|(id, tenant)| desk_beside(config, tenant, store.clone(), *id, disk.clone()))
        .collect()
}

fn desk_beside(config: &Config, tenant: &Tenant, store: Store, id: TenantId, disk: Disk) -> Desk {
    Desk {
        store,
        tenant: id,
        name: tenant.name.clone(),
        terms: Arc::new(Terms {
            gate: gate_of(config, tenant),
            pacing: pacing_of(config, tenant),
            mode: config.mode,
            lease: config.lease,
            outstanding: config.outstanding,
            overdue_after: config.scaled(config.release.overdue_after),
            heartbeat: heartbeat_of(config),
            sources: sources_of(config, tenant),
            inventory_max_age: config.scaled(config.facts.inventory.max_age),
            fleet_size: tenant.fleet_size,
            facts_max_age: config.scaled(config.facts.max_age),
            facts_wait: config.scaled(config.facts.wait),
            kinds: config.kinds.clone(),
            device_ids: config.device_id_rule(),
            approvals: config.approvals.clone(),
            default_ask: config.rules().default_ask,
            reread: reread(config),
            disk,
            time_scale: config.time_scale,
            give_up_after: config.scaled(config.outbound.give_up_after),
            trouble_after: config.scaled(Duration::from_secs(600)),
        }),
        shares: Arc::default(),
    }
}

/// How often the heartbeat is sent, as it holds in real time; zero: never.
pub(super) fn heartbeat_of(config: &Config) -> Duration {
    match config.heartbeat {
        Duration::ZERO => Duration::ZERO,
        every => config.scaled(every).max(Duration::from_secs(5)),
    }
}

/// The names of a tenant's sources.
fn sources_of(config: &Config, tenant: &Tenant) -> Vec<String> {
    let place = config.tenants.iter().position(|its| its.name == tenant.name);
    let its = config
        .sources
        .iter()
        .filter(|source| Some(source.tenant) == place);
    its.map(|source| source.name.clone()).collect()
}

/// What the client of a tenant is made from, every span as it holds in real time.
///
/// # Errors
/// An address that cannot be called, or a file that the way there needs cannot be read.
pub fn client_options(config: &Config, tenant: &Tenant) -> anyhow::Result<Options> {
    let endpoint = Endpoint::resolve(&tenant.hosts())?;
    let mut options = Options::with(endpoint, tenant.credential.for_client()?);
    options.route = tenant.reach.route()?;
    options.oauth = tenant.oauth;
    options.connect_timeout = config.connect_timeout();
    options.total_timeout = config.call_timing().total_timeout;
    options.time_scale = f64::from(config.time_scale);
    options.send_external_id = tenant.external_id;
    Ok(options)
}

/// The clients of all tenants: wrong addresses are said before anything starts.
///
/// # Errors
/// An address or another option of a tenant cannot be used.
pub fn clients(config: &Config) -> anyhow::Result<BTreeMap<String, Arc<Client>>> {
    let client = |tenant: &Tenant| anyhow::Ok(Client::new(client_options(config, tenant)?)?);
    config
        .tenants
        .iter()
        .map(|tenant| {
            let made =
                client(tenant).with_context(|| format!("tenant `{}` cannot be called", tenant.name))?;
            Ok((tenant.name.clone(), Arc::new(made)))
        })
        .collect()
}
