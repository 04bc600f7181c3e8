//! Defender itself: one read, within the ledger like every read, and its clock; and, when asked, how far the hosts of each
//! region are. The token goes to the configured host alone: a greeting of another has none.

use std::time::Duration;

use jiff::SignedDuration;

use super::finding::Finding;
use super::postgres::clock_finding;
use super::{LIMIT, within};
use crate::cli::reads::{Aside, NotRead};
use crate::config::Tenant;
use crate::defender::{Client, Cloud, Endpoint, HostOptions, Look, Question, ReadError, Region};

/// Greetings of each host.
const ROUNDS: usize = 3;
/// A region is worth a change of the configuration when it is this much nearer, by part and in time.
const CLEARLY: f64 = 0.7;
const CLEARLY_BY: Duration = Duration::from_millis(20);

/// Asks for one device, and makes two lines of the reply: the read, and the clock.
pub async fn read(aside: &Aside<'_>) -> Vec<Finding> {
    match within(aside.ask(&Question::one_machine())).await {
        Some(Ok(look)) => {
            let mut findings = vec![judge(&look)];
            findings.extend(look.date.map(|date| {
                // The header tells whole seconds, which began up to one before.
                let grain = SignedDuration::from_millis(1_000);
                clock_finding("defender.clock", "Defender", date, look.at, grain)
            }));
            findings
        }
        Some(Err(NotRead::Held(why))) => vec![Finding::not_asked("defender.read", why)],
        Some(Err(NotRead::Store(error))) => vec![super::postgres::failure("defender.read", Some(error))],
        Some(Err(NotRead::Defender(error))) => vec![refused(&error)],
        None => vec![Finding::unknown(
            "defender.read",
            format!("Defender did not answer within {} s", LIMIT.as_secs()),
            "see that this machine reaches the API's host (name, firewall, proxy), then ask again",
        )],
    }
}

fn judge(look: &Look) -> Finding {
    let check = "defender.read";
    if let Some(error) = &look.error {
        return refused(error);
    }
    let entries = look.body.as_ref().and_then(|body| body.get("value")?.as_array());
    let took = look.took.as_millis();
    match (look.status, entries) {
        (404, _) => Finding::warning(
            check,
            format!(
                "status 404 after {took} ms: Defender has no devices for this application, or the address is wrong"
            ),
            "see that devices are onboarded in this tenant, and that `base_url`, if there is one, is the API's",
        ),
        (_, Some(entries)) => Finding::ok(
            check,
            format!("{} answered in {took} ms, {} shown", look.status, entries.len()),
        ),
        (status, None) => Finding::wrong(
            check,
            format!("status {status} after {took} ms, and no listing: something else answers there"),
            "see `base_url` and any proxy on the way",
        ),
    }
}

fn refused(error: &ReadError) -> Finding {
    let check = "defender.read";
    let said = error.to_string();
    match error {
        ReadError::Forbidden { .. } => Finding::wrong(
            check,
            said,
            "grant the permission that is named (see permission.… above); without it nothing can be followed to its end",
        ),
        ReadError::Unauthorized { .. } => Finding::wrong(
            check,
            said,
            "the token is for another audience or cloud: compare `cloud` and `scope`; leave `scope` out if in doubt",
        ),
        ReadError::Throttled { .. } => Finding::warning(
            check,
            said,
            "wait; if no daemon of yours read so much, another program uses the same application",
        ),
        ReadError::Malformed { .. } => Finding::wrong(check, said, "see `base_url` and any proxy on the way"),
        _ => Finding::unknown(
            check,
            said,
            "see that this machine reaches the API's host (name, firewall, proxy), then ask again",
        ),
    }
}

/// A host, and how long a greeting took there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// `global`, or the region's name in the configuration.
    pub name: &'static str,
    /// The median of the greetings, or why there is none.
    pub took: Result<Duration, String>,
}

/// Greets the host of every region, and the global one. For the commercial cloud at its own addresses only.
pub async fn regions(client: &Client, tenant: &Tenant) -> Vec<Finding> {
    let check = "defender.regions";
    if tenant.base_url.is_some() || tenant.cloud != Cloud::Commercial {
        let why = "regions are those of `cloud: commercial` at its own addresses";
        return vec![Finding::not_asked(check, why)];
    }
    let places = std::iter::once(None).chain(Region::ALL.map(Some));
    let mut near = Vec::new();
    for region in places {
        near.push(Near {
            name: region.map_or("global", Region::as_str),
            took: greet(client, tenant, region).await,
        });
    }
    compare(&near, tenant.region.map_or("global", Region::as_str))
}

async fn greet(client: &Client, tenant: &Tenant, region: Option<Region>) -> Result<Duration, String> {
    let hosts = HostOptions {
        region,
        ..tenant.hosts()
    };
    let endpoint = Endpoint::resolve(&hosts).map_err(|error| error.to_string())?;
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        match within(client.greet(endpoint.api())).await {
            Some(Ok(greeting)) if greeting.status == 401 => took.push(greeting.took),
            Some(Ok(greeting)) => return Err(format!("status {} in place of 401", greeting.status)),
            Some(Err(why)) => return Err(why),
            None => return Err(format!("no answer within {} s", LIMIT.as_secs())),
        }
    }
    took.sort_unstable();
    took.get(took.len() / 2)
        .copied()
        .ok_or_else(|| "no greeting".to_owned())
}

/// One line for each host, and one that says whether another is clearly nearer than the configured one.
pub fn compare(near: &[Near], configured: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = near
        .iter()
        .map(|host| {
            let check = format!("defender.regions.{}", host.name);
            match &host.took {
                Ok(took) => Finding::ok(
                    &check,
                    format!("{} ms to connect and be answered 401", took.as_millis()),
                ),
                Err(why) if host.name == configured => Finding::wrong(
                    &check,
                    why.clone(),
                    "this is the configured host: see name, firewall, proxy",
                ),
                Err(why) => Finding::not_asked(&check, why.clone()),
            }
        })
        .collect();
    let ours = near.iter().find(|host| host.name == configured);
    let ours = ours.and_then(|host| host.took.clone().ok());
    let best = near
        .iter()
        .filter_map(|host| Some((host.took.as_ref().ok()?, host.name)))
        .min();
    if let (Some(ours), Some((best, name))) = (ours, best) {
        let is_clear = best.as_secs_f64() < CLEARLY * ours.as_secs_f64() && *best + CLEARLY_BY <= ours;
        let (ours, best) = (ours.as_millis(), best.as_millis());
        findings.push(match is_clear {
            true => Finding::warning(
                "defender.regions",
                format!("`{name}` is clearly nearer than `{configured}`: {best} ms against {ours} ms"),
                match name {
                    "global" => "leave `region` out of the tenant's configuration".to_owned(),
                    name => format!("set `region: {name}` for this tenant: the same data by a nearer host"),
                },
            ),
            false => Finding::ok(
                "defender.regions",
                format!("no host is clearly nearer than `{configured}` with {ours} ms"),
            ),
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    fn near(name: &'static str, millis: u64) -> Near {
        Near {
            name,
            took: Ok(Duration::from_millis(millis)),
        }
    }

    fn advice(hosts: &[Near], configured: &str) -> Finding {
        compare(hosts, configured).pop().expect("there is a last line")
    }

    #[test]
    fn a_region_is_recommended_only_when_the_gain_is_clear() {
        let check = |global, eu, expected: State| {
            let found = advice(&[near("global", global), near("eu", eu)], "global");
            assert_eq!(found.state, expected, "{global} {eu}: {}", found.found);
        };
        check(100, 90, State::Ok);
        check(100, 69, State::Warning);
        check(25, 10, State::Ok);
        let found = advice(&[near("global", 120), near("eu", 30)], "global");
        assert_eq!(
            found.found,
            "`eu` is clearly nearer than `global`: 30 ms against 120 ms"
        );
        assert!(
            found
                .remedy
                .is_some_and(|remedy| remedy.starts_with("set `region: eu`"))
        );
        let back = advice(&[near("global", 30), near("us", 120)], "us");
        assert!(
            back.remedy
                .is_some_and(|remedy| remedy.starts_with("leave `region` out"))
        );
    }

    #[test]
    fn a_host_that_does_not_answer_is_wrong_only_when_it_is_ours() {
        let silent = |name| Near {
            name,
            took: Err("refused".to_owned()),
        };
        let found = compare(&[near("global", 30), silent("ina")], "global");
        assert_eq!(found[1].state, State::NotAsked);
        let found = compare(&[silent("global"), near("ina", 30)], "global");
        assert_eq!((found.len(), found[0].state), (2, State::Wrong));
    }
}
