//! The source of alerts: delivers at least once, in order for each device, to whichever replica answers; now and then it
//! delivers twice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::replicas::Replicas;
use crate::support::alert::{alert, device, ndjson, resolved};
use crate::support::{World, eventually, http};

/// How many devices the source knows.
const DEVICES: usize = 5_000;
/// Records in an ordinary delivery, and in a burst, which fills the window of the minute.
const RECORDS: usize = 6;
const BURST: usize = 120;
/// One delivery in so many is a burst.
const BURST_ONE_IN: u8 = 18;
/// How long between two deliveries: on the average some 17 calls a second, of the 25 that the windows allow.
const EVERY: Duration = Duration::from_millis(700);

/// What the source has said of a device.
#[derive(Clone, Debug, Default)]
struct Story {
    alerts: u32,
    is_open: bool,
}

/// The source.
pub struct Source {
    dice: fastrand::Rng,
    stories: BTreeMap<usize, Story>,
    /// What was delivered, to be delivered again.
    past: Vec<Vec<Value>>,
    /// What nobody has acknowledged yet.
    unheard: Option<Vec<Value>>,
    /// Records that were acknowledged, each counted once.
    pub acknowledged: usize,
    /// Deliveries that were made again although they had been acknowledged.
    pub repeated: usize,
}

impl Source {
    /// The source of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            dice: fastrand::Rng::with_seed(seed ^ 0x5EED),
            stories: BTreeMap::new(),
            past: Vec::new(),
            unheard: None,
            acknowledged: 0,
            repeated: 0,
        }
    }

    /// Delivers until it is over.
    pub async fn deliver(&mut self, replicas: &RefCell<Replicas>, over: &Cell<bool>) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !over.get() {
            ticks.tick().await;
            let records = match self.unheard.take() {
                Some(records) => records,
                None => self.next(),
            };
            let addr = replicas.borrow().address(&mut self.dice);
            self.send(addr, records).await;
            if self.dice.u8(0..5) == 0 && !self.past.is_empty() {
                let again = self.past[self.dice.usize(0..self.past.len())].clone();
                let addr = replicas.borrow().address(&mut self.dice);
                let _ = post(addr, &again).await;
                self.repeated += 1;
            }
        }
    }

    /// Delivers what nobody has acknowledged, now that all replicas are up.
    pub async fn deliver_the_rest(&mut self, replicas: &Replicas) {
        while let Some(records) = self.unheard.take() {
            let addr = replicas.address(&mut self.dice);
            self.send(addr, records).await;
        }
    }

    /// Waits until every device is as its last news wants it, here and at Defender, and nothing is left to do.
    pub async fn converged(&self, world: &World, within: Duration) {
        if tokio::time::timeout(within, world.until_idle(within * 2))
            .await
            .is_err()
        {
            panic!(
                "{within:?} after the last fault this is left to do:\n{}",
                left(world).await
            );
        }
        let restricted: Vec<usize> = self.devices(true);
        eventually("defender is as the last news wants it", within, async || {
            world.simulator.report().restricted_now == restricted.len() as u64
        })
        .await;
        for n in &restricted {
            assert!(world.simulator.is_restricted(&device(*n)), "device {n} is lost");
        }
        let known = "SELECT count(*) FROM quell.devices WHERE restriction = 'restricted'";
        assert_eq!(world.number(known).await, restricted.len() as i64);
        let decided = "SELECT count(*) FROM quell.decisions";
        assert_eq!(
            world.number(decided).await,
            self.acknowledged as i64,
            "every event is decided once"
        );
    }

    fn devices(&self, open: bool) -> Vec<usize> {
        let stories = self.stories.iter().filter(|(_, story)| story.is_open == open);
        stories.map(|(n, _)| *n).collect()
    }

    async fn send(&mut self, addr: Option<std::net::SocketAddr>, records: Vec<Value>) {
        if post(addr, &records).await {
            self.acknowledged += records.len();
            self.past.push(records);
        } else {
            self.unheard = Some(records);
        }
    }

    /// The next news: new alerts, alerts that are resolved, alerts on devices that were free again.
    fn next(&mut self) -> Vec<Value> {
        let mut records = Vec::new();
        let mut taken = Vec::new();
        let count = if self.dice.u8(0..BURST_ONE_IN) == 0 {
            BURST
        } else {
            RECORDS
        };
        while records.len() < count {
            let open = self.devices(true);
            let n = match self.dice.u8(0..10) {
                0..=4 if open.len() > 20 => open[self.dice.usize(0..open.len())],
                5 => self.dice.usize(0..self.stories.len().max(1)),
                _ if self.stories.len() == DEVICES => self.dice.usize(0..DEVICES),
                _ => self.stories.len(),
            };
            // One piece of news a device and delivery: they are told in order.
            if taken.contains(&n) {
                continue;
            }
            taken.push(n);
            let story = self.stories.entry(n).or_default();
            let id = device(n);
            if story.is_open {
                story.is_open = false;
                records.push(resolved(&format!("storm-{n}-{}", story.alerts), &id));
            } else {
                story.is_open = true;
                story.alerts += 1;
                records.push(alert(&format!("storm-{n}-{}", story.alerts), &id));
            }
        }
        records
    }
}

/// What is left to do, for a person to look at.
async fn left(world: &World) -> String {
    let actions = "SELECT concat_ws(' ', kind, state, id, device_id, defender_status, 'attempts', attempts, 'cancels', cancels,
                          'for', now() - queued_at, 'not before', not_before - now(), state_reason, error)
                   FROM quell.actions WHERE state IN ('queued', 'submitting', 'in_doubt', 'submitted') ORDER BY id LIMIT 10";
    let inbox =
        "SELECT concat_ws(' ', 'inbox', device_id, event_kind, wait_until - now()) FROM quell.inbox LIMIT 10";
    let budgets =
        "SELECT concat_ws(' ', 'budget', scope, closed_until - now(), closed_reason) FROM quell.budgets";
    let mut lines = world.texts(actions).await;
    lines.extend(world.texts(inbox).await);
    lines.extend(world.texts(budgets).await);
    lines.join("\n")
}

async fn post(addr: Option<std::net::SocketAddr>, records: &[Value]) -> bool {
    let Some(addr) = addr else { return false };
    let body = ndjson(records);
    let reply = http::post(addr, "/v1/events", "application/x-ndjson", &body);
    matches!(tokio::time::timeout(Duration::from_secs(3), reply).await, Ok(Ok(reply)) if reply.status == 202)
}
