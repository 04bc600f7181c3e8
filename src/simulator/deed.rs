//! What can happen beside the calls of the client under test: somebody acts in the portal, a device goes away, Defender
//! fails for a while. One form for the scenario's timeline and the control pages.
//!
//! [`perform`] does one; [`play`] does a timeline's, each at its time. None of them counts in a window.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::simulator::action::{Details, Kind};
use crate::simulator::alert::stamped;
use crate::simulator::device;
use crate::simulator::hub::Hub;
use crate::simulator::options::Faults;
use crate::simulator::route::Scope;
use crate::simulator::rule::{FaultRule, RuleAnswer};
use crate::simulator::span::Span;
use crate::simulator::switches::Change;

/// One deed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// Somebody else begins an action in Defender's own console.
    Act {
        /// On which device.
        device: String,
        /// Which.
        action: Kind,
        /// Why.
        #[serde(default)]
        comment: String,
        /// `Full` or `Selective` of an isolation, `Quick` or `Full` of a scan.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
        /// The file to quarantine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sha1: Option<String>,
    },
    /// Somebody else calls the open action of that kind back, whoever began it.
    Cancel {
        /// On which device.
        device: String,
        /// Which.
        action: Kind,
        /// Why.
        #[serde(default)]
        comment: String,
    },
    /// Devices go out of reach; what is pending waits.
    Offline {
        /// Which.
        devices: Vec<String>,
        /// For how long, scaled. Default until they are told to come back.
        #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
        lasts: Option<Span>,
    },
    /// Devices can be reached again; what is pending fires.
    Online {
        /// Which.
        devices: Vec<String>,
    },
    /// Every token issued so far is worthless.
    RevokeTokens,
    /// The faults by percentage are these from now on.
    Faults(Faults),
    /// One more rule for errors on demand.
    Rule(FaultRule),
    /// No call gets through for a while.
    Outage {
        /// For how long, scaled.
        #[serde(rename = "for")]
        lasts: Span,
        /// What callers get. Default a gateway's 503 page.
        #[serde(default = "unavailable")]
        answer: RuleAnswer,
    },
    /// Neither faults nor rules nor outages any more.
    ClearFaults,
    /// It answers in another way from now on.
    Switch(Change),
    /// An alert that `GET /api/alerts` lists from now on, as the service writes it.
    Alert(Map<String, Value>),
    /// The same for one that Defender indexes late: it is listed from now on, and says that it was changed a while ago.
    LateAlert {
        /// How late, scaled.
        by: Span,
        /// The alert.
        alert: Map<String, Value>,
    },
}

/// A deed and its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// When, after the beginning, scaled.
    pub at: Span,
    /// What.
    #[serde(rename = "do")]
    pub deed: Deed,
}

fn unavailable() -> RuleAnswer {
    RuleAnswer::Html { status: 503 }
}

impl Deed {
    /// What makes no sense about it: where in it, and why.
    pub fn senseless(&self) -> Option<(&'static str, String)> {
        let no_device =
            |id: &String| format!("`{id}` is no device id; they are 40 hexadecimal digits in lower case");
        let bad = |devices: &[String]| {
            let found = devices.iter().find(|id| !device::is_well_formed(id));
            found.map(|id| ("devices", no_device(id)))
        };
        match self {
            Self::Act { device, .. } | Self::Cancel { device, .. } => {
                (!device::is_well_formed(device)).then(|| ("device", no_device(device)))
            }
            Self::Offline { devices, .. } | Self::Online { devices } => bad(devices),
            Self::Rule(rule) => rule.senseless().map(|why| ("answer", why)),
            Self::Outage { answer, .. } => FaultRule::new(Scope::All, answer.clone())
                .senseless()
                .map(|why| ("answer", why)),
            Self::Alert(alert) | Self::LateAlert { alert, .. } => {
                (!alert.get("id").is_some_and(Value::is_string))
                    .then(|| ("id", "an alert without an `id`".to_owned()))
            }
            Self::RevokeTokens | Self::Faults(_) | Self::ClearFaults | Self::Switch(_) => None,
        }
    }
}

/// Does one; says what came of it.
///
/// # Errors
/// It makes no sense, names a device that the service does not know, or the service refuses it.
pub fn perform(hub: &Hub, deed: Deed) -> Result<Value, String> {
    if let Some((place, why)) = deed.senseless() {
        return Err(format!("`{place}`: {why}"));
    }
    let now = hub.clock.now();
    let done = match deed {
        Deed::Act {
            device,
            action,
            comment,
            scope,
            sha1,
        } => {
            let details = Details {
                scope,
                sha1,
                commands: Vec::new(),
            };
            let id = hub.act_by_other(&device, action, &comment, details);
            json!({ "id": id.ok_or("unknown device, or refused as a duplicate")? })
        }
        Deed::Cancel {
            device,
            action,
            comment,
        } => {
            let id = hub.cancel_by_other(&device, action, &comment);
            json!({ "id": id.ok_or("no such action is open on the device")? })
        }
        Deed::Offline { devices, lasts } => {
            let until = lasts.map(|lasts| now + hub.clock.scaled(lasts.0));
            let mut state = hub.state();
            for device in &devices {
                state
                    .book
                    .go_offline(device, until, &hub.options, &hub.clock, now);
            }
            json!({ "devices": devices.len() })
        }
        Deed::Online { devices } => {
            let mut state = hub.state();
            for device in &devices {
                state.book.come_online(device, &hub.options, &hub.clock, now);
            }
            json!({ "devices": devices.len() })
        }
        Deed::RevokeTokens => {
            hub.state().tokens.revoke_all();
            json!({})
        }
        Deed::Faults(faults) => {
            hub.state().faults = faults;
            json!(faults)
        }
        Deed::Rule(rule) => {
            let lasts = rule.lasts;
            add_rule(hub, rule, lasts);
            json!({})
        }
        Deed::Outage { lasts, answer } => {
            add_rule(hub, FaultRule::new(Scope::All, answer), Some(lasts));
            json!({})
        }
        Deed::ClearFaults => {
            let mut state = hub.state();
            state.faults = Faults::default();
            state.rules.clear();
            json!({})
        }
        Deed::Switch(change) => {
            hub.state().switches.apply(&change);
            json!(change)
        }
        Deed::Alert(alert) => list(hub, alert, Duration::ZERO),
        Deed::LateAlert { by, alert } => list(hub, alert, hub.clock.scaled(by.0)),
    };
    hub.stir();
    Ok(done)
}

/// Lists an alert from now on, which was changed so long ago by Defender's clock.
fn list(hub: &Hub, alert: Map<String, Value>, ago: Duration) -> Value {
    let mut state = hub.state();
    let ahead = hub.clock.scaled(state.switches.alert_clock_ahead);
    let wall = hub.clock.wall(hub.clock.now());
    let changed = wall.checked_add(ahead).and_then(|wall| wall.checked_sub(ago));
    state
        .alerts
        .push(Arc::new(stamped(alert, changed.unwrap_or(wall))));
    json!({})
}

fn add_rule(hub: &Hub, rule: FaultRule, lasts: Option<Span>) {
    let lasts = lasts.map(|lasts| hub.clock.scaled(lasts.0));
    hub.state().rules.add(rule, lasts, hub.clock.now());
}

/// Does each at its time, counted from now, until all are done or the simulator stops; what is due at once is done before
/// this returns. A deed that is refused is logged and kept for the report.
pub fn play(hub: &Arc<Hub>, timeline: Vec<Timed>) {
    let began = hub.clock.now();
    for Timed { at, deed } in timeline {
        if at.0.is_zero() {
            try_to(hub, at, deed);
            continue;
        }
        let due = began + hub.clock.scaled(at.0);
        let player = Arc::clone(hub);
        hub.state().later.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep_until(due) => try_to(&player, at, deed),
                () = player.stopping.cancelled() => {}
            }
        });
    }
}

fn try_to(hub: &Hub, at: Span, deed: Deed) {
    if let Err(why) = perform(hub, deed) {
        tracing::warn!(%why, "the timeline could not go on as written");
        hub.state().tally.trip(format!("the timeline at {at}: {why}"));
        hub.stir();
    }
}
