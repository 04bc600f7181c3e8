//! Rehearsal: what playbooks would do over time, in memory and with a clock of its own. It judges events with the daemon's
//! very functions ([`evaluate()`], `domain::decision::decide`, `domain::containment::change`, `domain::converge`) and has no
//! rule of its own; what differs from the daemon is that Defender carries every action out at once, that no call needs a
//! slot, and that device facts are there or not there when the event comes.
//!
//! Called by `quell test` for timelines and by `quell plan` over stored events. It reports what happens to a callback and
//! keeps only what matters later: open containments, and who became active within the longest window.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use jiff::Timestamp;

use super::evaluate::evaluate;
use super::set::PlaybookSet;
use super::subject::Subject;
use crate::domain::alert::{Alert, EventKind};
use crate::domain::containment::change::{self, Answer, Beginning, Begins, Due, Open};
use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::decision::{Decision, Fallback, Rules, Ruling, Situation, decide};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;
use crate::domain::measure::Measure;
use crate::domain::trust::Trust;
use crate::domain::verdict::Mode;

mod alerts;
mod answers;
mod device;
mod fallbacks;
mod happening;
mod past;
mod scans;
mod setting;
pub(in crate::playbook) mod windows;

pub use device::{Asked, Device};
use device::{Contained, InCanary};
pub use happening::{Begun, Happening, Sink, What};
pub use past::{Past, PastOpen};
use windows::Windows;

/// One event for one device.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// When it is judged.
    pub at: Timestamp,
    /// New, updated or resolved.
    pub event: EventKind,
    /// The alert.
    pub alert: &'a Alert,
    /// The device.
    pub device_id: &'a DeviceId,
    /// What is known of the device at that time.
    pub device: &'a DeviceFacts,
}

/// How asks are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approvals {
    /// Not, unless [`Rehearsal::answer`] is called.
    #[default]
    Never,
    /// With yes, as soon as they are asked; a cap still holds.
    AtOnce,
}

/// A containment that was active: on which device, since when.
type Activation = (DeviceId, Option<Timestamp>);

/// A world in which playbooks are tried out. Time only goes forward.
#[derive(Debug)]
pub struct Rehearsal<'s> {
    set: &'s PlaybookSet,
    rules: &'s Rules,
    tenant: &'s str,
    approvals: Approvals,
    fleet: Option<u64>,
    time_scale: u32,
    fallbacks: Vec<Fallback>,
    /// How many containments of a playbook in its canary ended as false positives.
    false_positives: HashMap<(String, String), HashSet<Activation>>,
    now: Timestamp,
    windows: Windows,
    devices: HashMap<DeviceId, Device>,
    /// When to look at which device again; what was restarted or released since makes a look find nothing.
    agenda: BinaryHeap<Reverse<(Timestamp, u64, DeviceId)>>,
    looks: u64,
}

impl<'s> Rehearsal<'s> {
    /// A world with free devices and empty windows.
    pub fn new(set: &'s PlaybookSet, rules: &'s Rules, tenant: &'s str, start: Timestamp) -> Self {
        Self {
            set,
            rules,
            tenant,
            approvals: Approvals::Never,
            fleet: None,
            time_scale: 1,
            fallbacks: Vec::new(),
            false_positives: HashMap::new(),
            now: start,
            windows: Windows::new(set, rules, None),
            devices: HashMap::new(),
            agenda: BinaryHeap::new(),
            looks: 0,
        }
    }

    /// The tenant of the events to come.
    pub(in crate::playbook) fn set_tenant(&mut self, tenant: &'s str) {
        self.tenant = tenant;
    }

    /// Every device with something open, in no order.
    pub fn devices(&self) -> impl Iterator<Item = (&DeviceId, &Device)> {
        self.devices.iter()
    }

    /// Lets time pass, and with it containments end and asks expire, each at its own time. An earlier time changes nothing.
    pub fn advance(&mut self, to: Timestamp, sink: Sink<'_>) {
        while let Some(Reverse((at, ..))) = self.agenda.peek()
            && *at <= to
        {
            let Some(Reverse((at, _, id))) = self.agenda.pop() else {
                break;
            };
            self.now = self.now.max(at);
            self.look(&id, sink);
        }
        self.now = self.now.max(to);
    }

    /// Judges an event after everything that was due until then, and does what follows from it. An event from before the
    /// present is judged now.
    pub fn event(&mut self, input: &Input<'_>, sink: Sink<'_>) -> Decision {
        self.advance(input.at, sink);
        self.windows.advance(self.now);
        self.windows.set_group(input.device_id, input.device);
        let restricted_by = self.restricted_by(input.device_id);
        let subject = Subject {
            alert: input.alert,
            event: input.event,
            device_id: Some(input.device_id),
            device: input.device,
            tenant: self.tenant,
            now: self.now,
            time_scale: self.time_scale,
            restricted_by: Fact::Is(restricted_by),
        };
        let drivers = self.rules.surge.drivers(None, input.alert, input.device);
        self.windows.drive(self.now, self.rules.surge.keys(&drivers));
        let device = self.devices.get(input.device_id);
        let held = |mode| device.map(|device| device.held_by(mode)).unwrap_or_default();
        let (enforced, observed) = (held(Mode::Enforce), held(Mode::Observe));
        let situation = Situation {
            rules: self.rules,
            now: self.now,
            occurred_at: &input.alert.occurred_at,
            device_id: input.device_id,
            device: input.device,
            restricted_by: &enforced,
            fleet: self.fleet,
            fallbacks: &self.fallbacks,
            observed_by: &observed,
            drivers: &drivers,
            trust: Trust::Act,
        };
        let verdicts = evaluate(self.set, &subject).verdicts;
        let decision = decide(verdicts, &situation, self.windows.usage());
        let mut changed = false;
        let stood = self.standing(input.device_id);
        self.scan_news(input);
        for ruling in &decision.rulings {
            changed |= self.apply((ruling, &drivers), input, sink);
        }
        changed |= self.alert_news(input, &decision, &stood, sink);
        if changed {
            self.settle(input.device_id, sink);
        }
        decision
    }

    /// Does what a ruling says; tells whether the device may need an action.
    fn apply(&mut self, (ruling, drivers): (&Ruling, &[String]), input: &Input<'_>, sink: Sink<'_>) -> bool {
        let id = input.device_id;
        if ruling.falls_back {
            let fallback = Fallback {
                playbook: ruling.verdict.playbook.clone(),
                revision: ruling.verdict.revision.clone(),
                reason: ruling.reason.clone(),
            };
            self.fall_back(fallback, id, sink);
        }
        let effects = change::effects(ruling);
        let mut changed = false;
        if !effects.releases.is_empty() {
            let ended = self.release(id, (&ruling.verdict.playbook, &effects.releases), sink);
            changed |= ended.is_some();
            if input.alert.is_false_positive() {
                self.false_positives(ended.unwrap_or_default(), id, sink);
            }
        }
        for begins in &effects.begins {
            self.begin((ruling, drivers), begins, id, sink);
            changed |= ruling.mode == Mode::Enforce;
        }
        self.scan_with(ruling, &effects, id);
        changed
    }

    /// Ends what a release ends; gives the canaries of what ended, `None` when the device has nothing open.
    fn release(
        &mut self,
        id: &DeviceId,
        (by, measures): (&str, &[Measure]),
        sink: Sink<'_>,
    ) -> Option<Vec<InCanary>> {
        let now = self.now;
        let device = self.devices.get_mut(id)?;
        let mut ended = Vec::new();
        device.contained.retain(|contained| {
            let playbook = contained.playbook.as_str();
            let released = change::released(&contained.open);
            let what = match released.filter(|_| measures.contains(&contained.measure)) {
                None => return true,
                Some(ContainmentState::Ended) => {
                    ended.extend(contained.in_canary());
                    What::Ended {
                        playbook,
                        mode: contained.open.mode,
                        reason: EndReason::ReleasePlaybook,
                        by: Some(by),
                    }
                }
                Some(_) => What::Declined { playbook },
            };
            sink(Happening {
                at: now,
                device: id,
                what,
            });
            false
        });
        Some(ended)
    }

    fn begin(
        &mut self,
        (ruling, drivers): (&Ruling, &[String]),
        begins: &Begins<'_>,
        id: &DeviceId,
        sink: Sink<'_>,
    ) {
        let playbook = ruling.verdict.playbook.as_str();
        let now = self.now;
        let device = self.devices.entry(id.clone()).or_default();
        let at = device.position(playbook, ruling.mode, begins.measure);
        let open = at.and_then(|at| device.contained.get(at)).map(|its| &its.open);
        let beginning = change::begin(open, begins);
        if beginning == Beginning::Keep {
            return;
        }
        let at = at.unwrap_or_else(|| {
            device.contained.push(Contained {
                playbook: playbook.to_owned(),
                measure: begins.measure,
                lane: ruling.verdict.lane,
                open: Open {
                    state: ContainmentState::Asked,
                    mode: ruling.mode,
                    until: None,
                    ask_until: change::until(now, begins.ask.map(|terms| terms.within)),
                    otherwise_act: begins.ask.is_some_and(|terms| terms.otherwise_act),
                    restart_on_match: false,
                    ends_when_resolved: false,
                },
                release_after: None,
                approvals: begins.ask.map_or(0, |terms| terms.approvals),
                limits: ruling.verdict.limits.clone(),
                lifts: ruling.lifts().map(str::to_owned),
                alerts: BTreeMap::new(),
                canary: None,
                drivers: drivers.to_vec(),
                activated_at: None,
                ends_when_clean: false,
                scans: false,
            });
            device.contained.len() - 1
        });
        let Some(its) = device.contained.get_mut(at) else {
            return;
        };
        if beginning != Beginning::Restart {
            its.take_terms(ruling, begins);
            // It is what settles the question that drives it.
            its.drivers = drivers.to_vec();
        }
        match beginning {
            Beginning::Keep => {}
            Beginning::Begin => self.activate(id, at, Begun::Match, sink),
            Beginning::Activate => self.activate(id, at, Begun::LaterMatch, sink),
            Beginning::Restart => {
                its.activate(now);
                let what = What::Restarted {
                    playbook,
                    mode: ruling.mode,
                    until: its.open.until,
                };
                let next = its.open.next_change();
                sink(self.happening(id, what));
                self.note(next, id);
            }
            Beginning::Ask => {
                let until = its.open.ask_until;
                let what = What::Asked {
                    playbook,
                    reason: &ruling.reason,
                    until: until.unwrap_or(Timestamp::MAX),
                };
                sink(self.happening(id, what));
                self.note(until, id);
                if self.approvals == Approvals::AtOnce {
                    self.answer(id, playbook, Answer::Approve, sink);
                }
            }
        }
    }

    /// Makes an open containment active and counts its device.
    fn activate(&mut self, id: &DeviceId, at: usize, by: Begun, sink: Sink<'_>) {
        let now = self.now;
        let Some(its) = self
            .devices
            .get_mut(id)
            .and_then(|device| device.contained.get_mut(at))
        else {
            return;
        };
        its.activate(now);
        let scans = its.scans && its.open.mode == Mode::Enforce && by != Begun::Match;
        let driven = self.rules.surge.keys(&its.drivers);
        self.windows.count(now, &its.playbook, its.open.mode, id, driven);
        sink(Happening {
            at: now,
            device: id,
            what: What::Began {
                playbook: &its.playbook,
                mode: its.open.mode,
                until: its.open.until,
                by,
            },
        });
        let next = its.open.next_change();
        self.note(next, id);
        if scans {
            self.scan_begins(id);
        }
    }

    /// Does what time does to a device's containments now.
    fn look(&mut self, id: &DeviceId, sink: Sink<'_>) {
        let now = self.now;
        self.windows.advance(now);
        let Some(device) = self.devices.get(id) else {
            return;
        };
        for contained in &device.contained {
            let keys = self.rules.surge.keys(&contained.drivers);
            self.windows.drive(now, keys);
        }
        let held: Vec<bool> = (device.contained.iter())
            .map(|contained| self.is_held(id, contained, "") || self.is_driven(id, contained))
            .collect();
        let mut held = held.into_iter();
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        let mut acts = Vec::new();
        let mut kept = 0;
        let mut changed = false;
        device.contained.retain(|contained| {
            let playbook = contained.playbook.as_str();
            let is_held = held.next().unwrap_or(true);
            let what = match change::due(&contained.open, now, is_held) {
                Some(Due::End) => What::Ended {
                    playbook,
                    mode: contained.open.mode,
                    reason: EndReason::Time,
                    by: None,
                },
                Some(Due::Expire) => What::Expired { playbook },
                due => {
                    if due == Some(Due::Activate) {
                        acts.push(kept);
                    }
                    kept += 1;
                    return true;
                }
            };
            changed = true;
            sink(Happening {
                at: now,
                device: id,
                what,
            });
            false
        });
        for at in &acts {
            self.activate(id, *at, Begun::NoAnswer, sink);
        }
        if changed || !acts.is_empty() {
            self.settle(id, sink);
        }
    }

    /// Takes the due actions, and forgets a device of which nothing matters any more.
    fn settle(&mut self, id: &DeviceId, sink: Sink<'_>) {
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        let actions = device.converge();
        if device.is_idle() {
            self.devices.remove(id);
        }
        for (kind, lane) in actions {
            sink(self.happening(id, What::Action { kind, lane }));
        }
    }

    fn happening<'a>(&self, device: &'a DeviceId, what: What<'a>) -> Happening<'a> {
        Happening {
            at: self.now,
            device,
            what,
        }
    }

    fn note(&mut self, at: Option<Timestamp>, id: &DeviceId) {
        if let Some(at) = at {
            self.agenda.push(Reverse((at, self.looks, id.clone())));
            self.looks += 1;
        }
    }
}

#[cfg(test)]
mod early_tests;
#[cfg(test)]
mod tests;
