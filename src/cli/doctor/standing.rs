//! What the database says of the work: who dispatches, what is stopped, what is left of the budget, how old the inventory is,
//! what a person was told of. [`look`] asks; what is made of the answers is pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use super::postgres::failure;
use super::within;
use crate::cli::operator::stop::sentence;
use crate::config::Config;
use crate::desk::words::counted;
use crate::desk::words::{ago, ahead, slowed, span};
use crate::domain::tenant::TenantId;
use crate::store::source_looks::SourceView;
use crate::store::views::{AlarmView, InventoryView, LeaseView, ReplicaView, StatusView, WindowView};
use crate::store::{ActiveSet, Gate, Overdue, StopView, Store, StoreError};

/// Everything that the database says of the work at one moment.
pub struct Standing {
    /// The counters.
    pub status: StatusView,
    /// The replicas that live.
    pub replicas: Vec<ReplicaView>,
    /// The stops in force.
    pub stops: Vec<StopView>,
    /// How the readings of the inventory go.
    pub inventory: InventoryView,
    /// What a person was to be told of in the last day.
    pub alarms: Vec<AlarmView>,
    /// Devices that should have been released long ago.
    pub overdue: Overdue,
    /// The playbooks in force.
    pub set: Option<ActiveSet>,
    /// How the configured sources of events go.
    pub sources: Vec<SourceView>,
}

/// A replica that has said nothing for so long does not live.
const LIVING: Duration = Duration::from_secs(45);
/// Alarms are told for so long.
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// The windows are nearly full from here on.
const NEARLY: f64 = 0.9;

/// Asks the database; `Err` is the finding that it did not say.
pub async fn look(
    store: &Store,
    config: &Config,
    gate: &Gate,
    tenant: TenantId,
) -> Result<Standing, Finding> {
    let asked = async {
        Ok::<_, StoreError>(Standing {
            status: store.status(tenant, gate).await?,
            replicas: store.replicas(tenant, LIVING).await?,
            stops: store.stops(Some(tenant), None).await?,
            inventory: store.inventory(tenant).await?,
            alarms: store.alarms(tenant, DAY).await?,
            set: store.set_read(tenant).await?,
            sources: store.sources_now(tenant).await?,
            overdue: store
                .releases_overdue(tenant, config.scaled(config.release.overdue_after))
                .await?,
        })
    };
    match within(asked).await {
        Some(Ok(standing)) => Ok(standing),
        Some(Err(error)) => Err(failure("daemon", Some(error))),
        None => Err(failure("daemon", None)),
    }
}

/// The lines about who works, and whether anything is stopped.
pub fn daemon(standing: &Standing) -> Vec<Finding> {
    let now = standing.status.at;
    vec![
        lease(standing.status.lease.as_ref(), now),
        replicas(&standing.replicas, now),
        stopped(&standing.stops, now),
    ]
}

/// The lines about what the work stands on.
pub fn means(standing: &Standing, config: &Config) -> Vec<Finding> {
    let now = standing.status.at;
    vec![
        sources(&standing.sources, now),
        inventory(&standing.inventory, config, now),
        budget(&standing.status.windows),
        gate(&standing.status),
        alarms(&standing.alarms, now),
        overdue(&standing.overdue, now),
    ]
}

fn lease(lease: Option<&LeaseView>, now: Timestamp) -> Finding {
    let check = "daemon.lease";
    let remedy =
        "start one: `systemctl start quell`, or `quell run --config FILE`; see its log if it does not stay";
    match lease {
        None => Finding::warning(check, "no daemon has dispatched yet", remedy),
        Some(lease) if lease.is_held => {
            let host = lease.host.as_deref().map(|host| format!(" on {host}"));
            let found = format!(
                "a daemon dispatches{} under epoch {}",
                host.unwrap_or_default(),
                lease.epoch
            );
            Finding::ok(check, found)
        }
        Some(lease) => Finding::wrong(
            check,
            format!(
                "no daemon dispatches: nothing is called, and nothing is released; the last one ended {}",
                ago(now, lease.expires_at)
            ),
            remedy,
        ),
    }
}

fn replicas(replicas: &[ReplicaView], now: Timestamp) -> Finding {
    let check = "daemon.replicas";
    let names: Vec<String> = replicas
        .iter()
        .map(|replica| format!("{} (seen {})", replica.host, ago(now, replica.seen_at)))
        .collect();
    match replicas.len() {
        0 => Finding::not_asked(check, "none lives"),
        1 => Finding::ok(check, format!("one lives: {}", names.join(", "))),
        n => Finding::ok(check, format!("{n} live: {}", names.join(", "))),
    }
}

fn stopped(stops: &[StopView], now: Timestamp) -> Finding {
    let check = "daemon.stop";
    match stops {
        [] => Finding::ok(check, "nothing is stopped"),
        [stop, ..] => Finding::warning(
            check,
            sentence(stop, now),
            "leave it until you know why; then `quell resume --reason TEXT`",
        ),
    }
}

fn inventory(inventory: &InventoryView, config: &Config, now: Timestamp) -> Finding {
    let check = "devices.inventory";
    let terms = &config.facts.inventory;
    if terms.every.is_zero() {
        return Finding::not_asked(
            check,
            "`facts.inventory.every` is 0: the devices are not read ahead",
        );
    }
    let failed = inventory.failure.as_deref().map(|why| {
        let at = inventory.failed_at.map(|at| format!(" {}", ago(now, at)));
        format!("; the last reading was given up{}: {why}", at.unwrap_or_default())
    });
    let (Some(devices), Some(as_of)) = (inventory.devices, inventory.as_of) else {
        let found = format!(
            "no reading of the devices is complete yet{}",
            failed.unwrap_or_default()
        );
        let remedy = "let a daemon read them (about a read for each 1,000); until then limits in percent of the fleet count as reached";
        return Finding::warning(check, found, remedy);
    };
    let found = format!(
        "{}, read {}{}",
        counted(devices, "device"),
        ago(now, as_of),
        failed.clone().unwrap_or_default()
    );
    let oldest = SignedDuration::try_from(config.scaled(terms.max_age)).unwrap_or(SignedDuration::MAX);
    if now.duration_since(as_of) > oldest {
        let remedy = "it is too old to count: see why in `quell status` and the daemon's log";
        return Finding::warning(check, found, remedy);
    }
    match failed {
        Some(_) => Finding::warning(
            check,
            found,
            "the daemon tries again by itself; see its log if it goes on",
        ),
        None => Finding::ok(check, found),
    }
}

fn budget(windows: &[WindowView]) -> Finding {
    let check = "budget";
    let left: Vec<String> = windows
        .iter()
        .map(|window| {
            let per = SignedDuration::try_from_secs_f64(window.per_seconds).unwrap_or_default();
            let left = i64::from(window.limit).saturating_sub(window.used).max(0);
            format!("{left} of {} left in {}", window.limit, span(per))
        })
        .collect();
    let found = format!("calls: {}", left.join(", "));
    let is_nearly_full = windows
        .iter()
        .any(|window| window.used as f64 >= NEARLY * f64::from(window.limit));
    match is_nearly_full {
        true => Finding::warning(
            check,
            found,
            "critical calls and releases keep their part (`budget.reserve`); see `quell status` for the queue and docs/budget.md",
        ),
        false => Finding::ok(check, found),
    }
}

/// The sources of events that replicas read, or should.
fn sources(sources: &[SourceView], now: Timestamp) -> Finding {
    let check = "sources";
    let broken = sources.iter().find_map(|source| {
        let why = source.trouble.as_deref()?;
        Some((&source.source, why, source.trouble_since.unwrap_or(now)))
    });
    if let Some((source, why, since)) = broken {
        return Finding::wrong(
            check,
            format!("{source} cannot be read since {}: {why}", ago(now, since)),
            "see its page under docs/ (`source-…`), and the log of the daemon",
        );
    }
    let deserted = sources.iter().find(|source| source.replicas == 0);
    match (sources, deserted) {
        ([], _) => Finding::ok(check, "none but the listener's own, `POST /v1/events`"),
        (_, Some(source)) => Finding::warning(
            check,
            format!("{} is read by no replica that lives", source.source),
            "start a daemon whose configuration names it, or think no more of it: it is forgotten a day after its last word",
        ),
        (all, None) => {
            let names: Vec<&str> = all.iter().map(|source| source.source.as_str()).collect();
            Finding::ok(check, format!("all can be read: {}", names.join(", ")))
        }
    }
}

fn gate(status: &StatusView) -> Finding {
    let check = "gate";
    let now = status.at;
    if let Some(until) = status.closed_until {
        let why = status
            .closed_reason
            .as_deref()
            .unwrap_or("no reason was recorded");
        let found = format!(
            "closed after an answer of Defender's, opens {}: {why}",
            ahead(now, until)
        );
        let remedy = "a 429: wait, and look for another program with the same application; a 403: see the permissions above";
        return Finding::warning(check, found, remedy);
    }
    if let Some(slow) = &status.slowed {
        return Finding::warning(
            check,
            format!("open, calls {}", slowed(now, slow)),
            "look for another program with the same application, and give quell its share (`budget.share_percent`); alone, wait",
        );
    }
    match status.reads_closed_until {
        Some(until) => Finding::warning(
            check,
            format!("open for calls; reads wait for Defender, {}", ahead(now, until)),
            "wait; if it comes often, look for another program with the same application",
        ),
        None => Finding::ok(check, "open"),
    }
}

fn alarms(alarms: &[AlarmView], now: Timestamp) -> Finding {
    let check = "alarms";
    match alarms {
        [] => Finding::ok(check, "none in the last day"),
        [newest, ..] => Finding::warning(
            check,
            format!(
                "{} in the last day, the newest {}: {}",
                counted(i64::try_from(alarms.len()).unwrap_or(i64::MAX), "alarm"),
                ago(now, newest.at),
                newest.told
            ),
            "read them all: `quell status`",
        ),
    }
}

fn overdue(overdue: &Overdue, now: Timestamp) -> Finding {
    let check = "releases.overdue";
    match &overdue.oldest {
        None => Finding::ok(check, "none"),
        Some(oldest) => Finding::wrong(
            check,
            format!(
                "{} should have been released; the one that waits longest, {}, since {}",
                counted(overdue.devices, "device"),
                oldest.device,
                ago(now, oldest.since)
            ),
            format!("see why: quell explain --device {}", oldest.device),
        ),
    }
}

/// Who answers asks for which the playbook does not say it.
pub fn approvals(config: &Config) -> Finding {
    let check = "approvals";
    let ask = &config.default_ask;
    let within = span(SignedDuration::try_from(ask.within).unwrap_or_default());
    if ask.from.is_empty() {
        return Finding::warning(
            check,
            format!(
                "anybody who reaches the database may answer asks that name nobody; unanswered ones end after {within}"
            ),
            "name people or groups: `approvals.default.from` and `approvals.groups`",
        );
    }
    let empty: Vec<String> = ask
        .from
        .iter()
        .filter(|name| config.approvals.groups.get(*name).is_some_and(Vec::is_empty))
        .map(|name| format!("`{name}`"))
        .collect();
    let found = format!(
        "asks that name nobody go to {}, {} of them must agree, within {within}",
        ask.from.join(", "),
        ask.approvals
    );
    match empty.is_empty() {
        true => Finding::ok(check, found),
        false => Finding::wrong(
            check,
            format!("{found}; the group {} has nobody in it", empty.join(", ")),
            "put people into it: `approvals.groups`",
        ),
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
