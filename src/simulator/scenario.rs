//! A scenario: one file that says what the service is like, which devices there are, what happens when, and which alerts
//! come. `quell simulate` plays all but the alerts' way to a daemon; `quell drill` plays all.
//!
//! Reading the file, with line and key of what is wrong, is the command line's part; here is what may stand in it, and what it
//! makes of [`Options`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::simulator::alert::{self, Volley};
use crate::simulator::deed::{Deed, Timed};
use crate::simulator::device;
use crate::simulator::options::{BudgetScope, DeviceOverride, Faults, Options, Window, WindowAlgorithm};
use crate::simulator::rule::FaultRule;
use crate::simulator::span::Span;
use crate::simulator::switches::Change;

/// What a scenario file says; whatever it leaves out is as without it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// What it is about, in a line.
    pub title: Option<String>,
    /// Seed of everything that is drawn.
    pub seed: Option<u64>,
    /// How many times faster than Defender's time passes.
    pub scale: Option<f64>,
    /// How long a drill goes on, scaled; it ends earlier when nothing is left to do.
    pub lasts: Option<Span>,
    /// What the service is like.
    pub service: Service,
    /// Single devices.
    pub devices: Vec<DeviceEntry>,
    /// What goes wrong from the beginning, by percentage.
    pub faults: Option<Faults>,
    /// What goes wrong from the beginning, on demand.
    pub rules: Vec<FaultRule>,
    /// What happens when.
    pub timeline: Vec<Timed>,
    /// The alerts that come.
    pub alerts: Vec<Volley>,
}

/// What the service is like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// The rate windows, such as `100/60s`.
    pub windows: Option<Vec<Window>>,
    /// How a window is counted.
    pub window_algorithm: Option<WindowAlgorithm>,
    /// Which calls share a counter.
    pub budget_scope: Option<BudgetScope>,
    /// How long an action stays `Pending`: from and to.
    pub pending: Option<(Span, Span)>,
    /// How long an action stays `InProgress`: from and to.
    pub in_progress: Option<(Span, Span)>,
    /// How long a reply takes, in real time: from and to.
    pub latency: Option<(Span, Span)>,
    /// Percentage of devices that are out of reach at first.
    pub offline_percent: Option<f64>,
    /// How long they stay away after their first action.
    pub offline_for: Option<Span>,
    /// Percentage of actions that fail.
    pub fail_percent: Option<f64>,
    /// Percentage of device ids that are unknown.
    pub unknown_percent: Option<f64>,
    /// So many devices are listed, called for or not.
    pub listed: Option<u64>,
    /// The permissions in issued tokens.
    pub roles: Option<Vec<String>>,
    /// How it answers: duplicates, 429, and so on.
    pub answers: Change,
}

/// One device, by its id, and what is particular about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each is described at the option that it sets, `DeviceOverride`"
)]
pub struct DeviceEntry {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_for: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_platform: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_score: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure_level: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onboarding_status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub av_mode: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_available: BTreeMap<String, String>,
}

/// A value that cannot be: where it stands (`timeline[2].do.act.device`), and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Senseless {
    /// The path in the file.
    pub path: String,
    /// Why.
    pub why: String,
}

impl Scenario {
    /// Everything in it that can be read but makes no sense.
    pub fn senseless(&self) -> Vec<Senseless> {
        let mut found = Vec::new();
        let mut say = |path: String, why: String| found.push(Senseless { path, why });
        if let Some(scale) = self.scale.filter(|scale| !(1.0..=10_000.0).contains(scale)) {
            say(
                "scale".to_owned(),
                format!("must be from 1 to 10000, and is {scale}"),
            );
        }
        let service = &self.service;
        for (name, percent) in [
            ("offline_percent", service.offline_percent),
            ("fail_percent", service.fail_percent),
            ("unknown_percent", service.unknown_percent),
        ] {
            if let Some(percent) = percent.filter(|percent| !(0.0..=100.0).contains(percent)) {
                say(
                    format!("service.{name}"),
                    format!("must be from 0 to 100, and is {percent}"),
                );
            }
        }
        for (name, range) in [
            ("pending", service.pending),
            ("in_progress", service.in_progress),
            ("latency", service.latency),
        ] {
            if range.is_some_and(|(from, to)| to < from) {
                say(format!("service.{name}"), "ends before it begins".to_owned());
            }
        }
        let mut id = |path: String, id: &str| {
            if !device::is_well_formed(id) {
                say(
                    path,
                    format!("`{id}` is no device id; they are 40 hexadecimal digits in lower case"),
                );
            }
        };
        for (place, device) in self.devices.iter().enumerate() {
            id(format!("devices[{place}].id"), &device.id);
        }
        for (place, volley) in self.alerts.iter().enumerate() {
            for (nth, device) in volley.device_ids.iter().enumerate() {
                id(format!("alerts[{place}].device_ids[{nth}]"), device);
            }
        }
        for (place, volley) in self.alerts.iter().enumerate() {
            let count = (volley.ids().len() as u64).saturating_mul(volley.per_device);
            if count > MAX_ALERTS {
                let why = format!("makes {count} alerts, and {MAX_ALERTS} are the most");
                say(format!("alerts[{place}]"), why);
            }
        }
        for (place, rule) in self.rules.iter().enumerate() {
            if let Some(why) = rule.senseless() {
                say(format!("rules[{place}]"), why);
            }
        }
        for (place, timed) in self.timeline.iter().enumerate() {
            if let Some((_, why)) = timed.deed.senseless() {
                say(format!("timeline[{place}].do"), why);
            }
        }
        found
    }

    /// Puts what it says into options. The alerts are listed at their time, and their devices have names.
    pub fn apply(&self, options: &mut Options) {
        fn set<T: Clone>(to: &mut T, from: Option<&T>) {
            if let Some(from) = from {
                to.clone_from(from);
            }
        }
        let range = |range: Option<(Span, Span)>| range.map(|(from, to)| from.0..=to.0);
        let service = &self.service;
        set(&mut options.seed, self.seed.as_ref());
        set(&mut options.scale, self.scale.as_ref());
        set(&mut options.windows, service.windows.as_ref());
        set(&mut options.window_algorithm, service.window_algorithm.as_ref());
        set(&mut options.budget_scope, service.budget_scope.as_ref());
        set(&mut options.pending_for, range(service.pending).as_ref());
        set(&mut options.in_progress_for, range(service.in_progress).as_ref());
        set(&mut options.latency, range(service.latency).as_ref());
        set(&mut options.offline_percent, service.offline_percent.as_ref());
        set(
            &mut options.offline_for,
            service.offline_for.map(|span| span.0).as_ref(),
        );
        set(&mut options.fail_percent, service.fail_percent.as_ref());
        set(&mut options.unknown_percent, service.unknown_percent.as_ref());
        set(&mut options.listed, service.listed.as_ref());
        set(&mut options.roles, service.roles.as_ref());
        set(&mut options.faults, self.faults.as_ref());
        options.rules.extend(self.rules.iter().cloned());
        if service.answers != Change::default() {
            options.timeline.push(Timed {
                at: Span::default(),
                deed: Deed::Switch(service.answers.clone()),
            });
        }
        for volley in self.alerts.iter().filter(|volley| volley.device_ids.is_empty()) {
            for (number, id) in (volley.first_device..).zip(volley.ids()) {
                let name = format!("pc-{number:05}.corp.example");
                options
                    .devices
                    .entry(id)
                    .or_default()
                    .computer_dns_name
                    .get_or_insert(name);
            }
        }
        for entry in &self.devices {
            entry.apply(options.devices.entry(entry.id.clone()).or_default());
        }
    }

    /// What happens by itself, without the alerts.
    pub fn timeline(&self) -> Vec<Timed> {
        self.timeline.clone()
    }

    /// The alerts as deeds: each is listed from its time on.
    pub fn alerts_as_deeds(&self, seed: u64) -> Vec<Timed> {
        let due = alert::due(&self.alerts, seed).into_iter();
        due.map(|due| Timed {
            at: Span(due.at),
            deed: Deed::Alert(due.alert as Map<String, Value>),
        })
        .collect()
    }
}

/// The most alerts of one volley.
const MAX_ALERTS: u64 = 100_000;

impl DeviceEntry {
    fn apply(&self, device: &mut DeviceOverride) {
        fn set<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
            if from.is_some() {
                to.clone_from(from);
            }
        }
        set(&mut device.known, &self.known);
        set(&mut device.offline_for, &self.offline_for.map(|span| span.0));
        set(&mut device.fails, &self.fails);
        set(&mut device.computer_dns_name, &self.name);
        set(&mut device.os_platform, &self.os_platform);
        set(&mut device.version, &self.version);
        set(&mut device.merged_into, &self.merged_into);
        set(&mut device.machine_tags, &self.tags);
        set(&mut device.rbac_group_name, &self.group);
        set(&mut device.device_value, &self.value);
        set(&mut device.risk_score, &self.risk_score);
        set(&mut device.exposure_level, &self.exposure_level);
        set(&mut device.health_status, &self.health_status);
        set(&mut device.onboarding_status, &self.onboarding_status);
        set(&mut device.last_seen, &self.last_seen);
        set(&mut device.av_mode, &self.av_mode);
        device.not_available.extend(self.not_available.clone());
    }
}
