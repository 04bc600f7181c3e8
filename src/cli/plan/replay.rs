//! Drives the two rehearsals over events and hands what comes of them to the comparison.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use super::file::FileEvent;
use super::ground::{Ground, Sets};
use crate::cli::progress::Progress;
use crate::domain::alert::{Alert, EventKind};
use crate::domain::decision::{Decision, DecisionKind, Rules};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::playbook::plan::{Behind, Plan, PlanReport, Which};
use crate::playbook::rehearse::{Happening, Input, Past, PastOpen, Rehearsal};
use crate::store::{PastContainment, Replay, ReplayFacts, ReplayRow, StoreError, Unreadable};

/// Rows read at once: some milliseconds of work between two reads.
const PAGE: i64 = 500;

/// Both rehearsals, and their comparison.
pub(super) struct Replayer<'a> {
    worlds: [Rehearsal<'a>; 2],
    plan: Plan,
    counts: Counts,
    start: Timestamp,
}

/// What the events were judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    /// By facts recorded with the decision of that time, or told by a file.
    pub(super) facts_recorded: u64,
    /// By the inventory's facts of today.
    pub(super) facts_of_today: u64,
    /// Without any facts of the device.
    pub(super) facts_unknown: u64,
    /// Not judged: Defender does not know the device.
    pub(super) not_in_inventory: u64,
    /// Recorded decisions that come out the same under the set compared with.
    pub(super) as_recorded: u64,
    /// Recorded decisions in all.
    pub(super) recorded: u64,
}

/// What came of it.
pub(super) struct Ended {
    pub(super) report: PlanReport,
    pub(super) counts: Counts,
}

/// One event for one device.
struct Judged<'a> {
    at: Timestamp,
    kind: EventKind,
    alert: &'a Alert,
    device: &'a DeviceId,
    facts: &'a DeviceFacts,
}

impl<'a> Replayer<'a> {
    /// Two worlds in which nothing stands yet.
    pub(super) fn new(
        ground: &'a Ground,
        sets: &'a Sets,
        rules: &'a Rules,
        fleet: Option<u64>,
        start: Timestamp,
    ) -> Self {
        let world = |set| {
            Rehearsal::new(set, rules, ground.tenant_name(), start)
                .with_fleet(fleet)
                .with_time_scale(ground.time_scale())
        };
        Self {
            worlds: [world(&sets.old), world(&sets.new)],
            plan: Plan::new(&ground.rate()),
            counts: Counts::default(),
            start,
        }
    }

    /// Puts what stood at the beginning into both worlds.
    pub(super) fn stood(&mut self, past: &[PastContainment]) {
        for row in past {
            let past = Past {
                playbook: row.playbook.clone(),
                measure: row.measure,
                lane: row.lane,
                mode: row.mode,
                activated_at: row.activated_at,
                open: row.is_open.then_some(PastOpen {
                    until: row.until,
                    ask_until: row.ask_until,
                    otherwise_act: row.otherwise_act,
                    release_after: row.release_after,
                    restart_on_match: row.restart_on_match,
                    ends_when_resolved: row.ends_when_resolved,
                    alerts: row.alerts.clone(),
                }),
            };
            for (which, world) in [Which::Old, Which::New].into_iter().zip(&mut self.worlds) {
                world.stood(&row.device, &past);
                if past.restricts() {
                    self.plan
                        .stood(which, self.start, &row.device, (&row.playbook, row.measure));
                }
            }
        }
    }

    /// Judges everything that is stored. `None`: it was interrupted; else what could not be read.
    pub(super) async fn stored(
        &mut self,
        period: &mut Replay,
        progress: &mut Progress,
    ) -> Result<Option<Vec<Unreadable>>, StoreError> {
        let total = period.span.rows;
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        let (mut unreadable, mut done) = (Vec::new(), 0);
        loop {
            let page = tokio::select! {
                biased;
                _ = &mut interrupt => return Ok(None),
                page = period.page(PAGE) => page?,
            };
            if page.is_end() {
                progress.clear();
                return Ok(Some(unreadable));
            }
            done += (page.rows.len() + page.unreadable.len()) as u64;
            for row in &page.rows {
                self.row(row);
            }
            unreadable.extend(page.unreadable);
            progress.show("replaying", done, total);
        }
    }

    fn row(&mut self, row: &ReplayRow) {
        let unknown = DeviceFacts::default();
        let facts = match &row.facts {
            ReplayFacts::Recorded(facts) => {
                self.counts.facts_recorded += 1;
                facts
            }
            ReplayFacts::OfToday(facts) => {
                self.counts.facts_of_today += 1;
                facts
            }
            ReplayFacts::Unknown => {
                self.counts.facts_unknown += 1;
                &unknown
            }
        };
        self.counts.recorded += 1;
        if row.is_gone {
            // No set leads to a call for it.
            self.counts.not_in_inventory += 1;
            self.counts.as_recorded += u64::from(row.decision == DecisionKind::Skip);
            return;
        }
        let old = self.judge(&Judged {
            at: row.decided_at,
            kind: row.kind,
            alert: &row.event.alert,
            device: &row.device,
            facts,
        });
        let same = old.kind == row.decision && old.reason == row.reason;
        self.counts.as_recorded += u64::from(same);
    }

    /// Judges everything of a file. False: it was interrupted.
    pub(super) async fn file(
        &mut self,
        events: Vec<FileEvent>,
        facts: &HashMap<DeviceId, DeviceFacts>,
        progress: &mut Progress,
    ) -> bool {
        let unknown = DeviceFacts::default();
        let total = events.len() as u64;
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        for (done, event) in events.into_iter().enumerate() {
            if done % 256 == 0 {
                tokio::select! {
                    biased;
                    _ = &mut interrupt => return false,
                    () = tokio::task::yield_now() => {}
                }
                progress.show("replaying", done as u64, total);
            }
            for (device, kind) in &event.devices {
                let known = facts.get(device);
                match known {
                    Some(_) => self.counts.facts_recorded += 1,
                    None => self.counts.facts_unknown += 1,
                }
                self.judge(&Judged {
                    at: event.at,
                    kind: *kind,
                    alert: &event.alert,
                    device,
                    facts: known.unwrap_or(&unknown),
                });
            }
        }
        progress.clear();
        true
    }

    /// Judges under both sets; gives what the old one says.
    fn judge(&mut self, judged: &Judged<'_>) -> Decision {
        let input = Input {
            at: judged.at,
            event: judged.kind,
            alert: judged.alert,
            device_id: judged.device,
            device: judged.facts,
        };
        let behind = Behind {
            alert: &judged.alert.id,
            title: judged.alert.title.value().map_or("", String::as_str),
            name: judged.facts.name.value().map(String::as_str),
        };
        let plan = &mut self.plan;
        let mut weigh = |world: &mut Rehearsal<'_>, which| {
            world.event(&input, &mut |happening: Happening<'_>| {
                let is_its = happening.device == judged.device;
                let behind = if is_its { behind } else { Behind::default() };
                plan.happened(which, &happening, behind);
            })
        };
        let [old, new] = &mut self.worlds;
        let (old, new) = (weigh(old, Which::Old), weigh(new, Which::New));
        self.plan.decided(judged.at, &old, &new);
        old
    }

    /// Lets time pass to the end of the events, and then until everything is over that ever ends.
    pub(super) fn end(mut self, at: Timestamp) -> Ended {
        self.pass(at);
        self.plan.events_end(at);
        self.pass(Timestamp::MAX);
        Ended {
            report: self.plan.report(),
            counts: self.counts,
        }
    }

    fn pass(&mut self, to: Timestamp) {
        for (which, world) in [Which::Old, Which::New].into_iter().zip(&mut self.worlds) {
            let plan = &mut self.plan;
            world.advance(to, &mut |happening: Happening<'_>| {
                plan.happened(which, &happening, Behind::default());
            });
        }
    }
}
