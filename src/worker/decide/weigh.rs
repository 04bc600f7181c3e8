//! What one event comes to before anything takes effect: every playbook evaluated by what is known of the device, or what is
//! lacking, and until when it is waited for. Called by the loop beside it within its transaction; it changes nothing.

use jiff::{SignedDuration, Timestamp};

use super::Decider;
use super::verdicts::{acts_on, isolates};
use crate::domain::alert_info;
use crate::domain::device::DeviceFacts;
use crate::domain::eligibility;
use crate::domain::fact::Fact;
use crate::domain::guard::Protection;
use crate::domain::lookup::{LookedUp, Lookup};
use crate::domain::measure::holds;
use crate::domain::verdict::{Mode, PlannedAction, Verdict, Wish};
use crate::playbook::{PlaybookSet, Subject, evaluate};
use crate::store::{DecideTx, InboxItem, Waiting};

/// What an event came to.
pub(super) enum Weighed {
    /// It waits for what is lacking.
    Wait(Waiting),
    /// It is judged, and may leave something to be looked up for the next one.
    Judge(Box<Judged>, Option<Waiting>),
}

/// What is judged, and by what.
pub(super) struct Judged {
    /// The facts of the inventory and of look-ups; `None`: none is at hand.
    pub(super) facts: Option<DeviceFacts>,
    /// Those of the inventory are among them, and not too old.
    pub(super) has_inventory: bool,
    pub(super) verdicts: Vec<Verdict>,
}

impl Decider {
    pub(super) fn weigh(&self, item: &InboxItem, tx: &DecideTx, set: &PlaybookSet) -> Weighed {
        let device = tx.devices.get(&item.device);
        let inventory = device
            .and_then(|device| device.fresh_facts(tx.now, self.facts_max_age))
            .cloned()
            .map(|mut facts| {
                self.kinds.apply(&item.device, &mut facts);
                facts
            });
        let has_inventory = inventory.is_some();
        let facts = self.with_lookups(item, tx, inventory);
        let unknown = DeviceFacts::default();
        let restricted_by = tx.restricting(&item.device);
        let subject = Subject {
            alert: &item.event.alert,
            event: item.kind,
            device_id: Some(&item.device),
            device: facts.as_ref().unwrap_or(&unknown),
            tenant: &self.context.tenant_name,
            now: tx.now,
            time_scale: self.context.time_scale,
            restricted_by: Fact::Is(restricted_by),
        };
        let evaluation = evaluate(set, &subject);
        // Most events match nothing, and are not compared with the lists.
        let acting = evaluation.verdicts.iter().any(acts_on);
        let protection = acting.then(|| self.rules.never.protects(&item.device, subject.device));
        let waits_in_canary = |verdict: &Verdict| {
            let canary = verdict.canary.as_ref();
            canary.is_some_and(|canary| canary.waits_for(subject.device))
        };
        let hangs_on_facts = evaluation.unknown_device_facts
            || evaluation.verdicts.iter().any(waits_in_canary)
            || matches!(protection, Some(Protection::Unknown(_)))
            // What runs on a device is asked about before it is isolated, where nobody knows it.
            || evaluation.verdicts.iter().any(isolates);
        let lookups = match protection {
            None | Some(Protection::Protected(_)) => Vec::new(),
            Some(_) => self.lookups_lacking(item, tx, subject.device, &evaluation.verdicts),
        };
        let mut lack = Waiting {
            seq: item.seq,
            device: item.device.clone(),
            until: None,
            wants_facts: false,
            lookups,
        };
        let in_time = |wait: std::time::Duration| -> Option<Timestamp> {
            let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::ZERO);
            Some(item.enqueued_at + wait).filter(|until| *until > tx.now)
        };
        if !lack.lookups.is_empty() {
            lack.until = in_time(self.context.gate.lookups.wait);
        }
        if !has_inventory
            && hangs_on_facts
            && let Some(until) = in_time(self.facts_wait)
        {
            lack.wants_facts = true;
            lack.until = lack.until.max(Some(until));
        }
        if item.info.is_none()
            && alert_info::lacks(&item.event)
            && evaluation.verdicts.iter().any(alert_info::hangs_on_it)
            && let Some(look) = alert_info::next_look(item.enqueued_at, tx.now, self.info_wait)
        {
            // It is looked for again and again, since whoever stores it knows nobody who waits.
            lack.until = Some(lack.until.map_or(look, |until| until.min(look)));
        }
        if lack.until.is_some() {
            return Weighed::Wait(lack);
        }
        let scale = self.context.time_scale;
        let verdicts = evaluation
            .verdicts
            .into_iter()
            .map(|verdict| verdict.scaled(scale))
            .collect();
        let judged = Judged {
            facts,
            has_inventory,
            verdicts,
        };
        Weighed::Judge(
            Box::new(judged),
            Some(lack).filter(|lack| !lack.lookups.is_empty()),
        )
    }

    /// The inventory's facts, with what look-ups know of the device.
    fn with_lookups(
        &self,
        item: &InboxItem,
        tx: &DecideTx,
        inventory: Option<DeviceFacts>,
    ) -> Option<DeviceFacts> {
        let Some(known) = tx.looked_up.get(&item.device) else {
            return inventory;
        };
        let has_inventory = inventory.is_some();
        let mut facts = inventory.unwrap_or_default();
        self.context.gate.lookups.apply(&mut facts, known, tx.now);
        Some(facts).filter(|facts| has_inventory || *facts != DeviceFacts::default())
    }

    /// What is still to be looked up before the device is called: nothing for an event that leads to no call, or to one that is
    /// known to fail.
    fn lookups_lacking(
        &self,
        item: &InboxItem,
        tx: &DecideTx,
        facts: &DeviceFacts,
        verdicts: &[Verdict],
    ) -> Vec<Lookup> {
        let terms = &self.context.gate.lookups;
        let device = tx.devices.get(&item.device);
        let Some(device) = device.filter(|_| terms.is_on() && self.rules.ceiling != Mode::Off) else {
            return Vec::new();
        };
        let held = tx.held_on(&item.device);
        // A measure that is known to fail, or that the playbook holds already, is not worth a look.
        let can = |playbook: &str, action: &PlannedAction| {
            let measure = action.begins();
            measure.is_some_and(|measure| {
                eligibility::check(measure, action.isolation(), facts).is_ok()
                    && !holds(held, playbook, measure)
            })
        };
        let begins_what_can_be = |verdict: &Verdict| {
            verdict.wish != Wish::Skip
                && verdict.mode != Mode::Off
                && verdict.then.iter().any(|action| can(&verdict.playbook, action))
        };
        if device.is_unknown_to_defender || !verdicts.iter().any(begins_what_can_be) {
            return Vec::new();
        }
        let unknown = LookedUp::default();
        terms.lacks(tx.looked_up.get(&item.device).unwrap_or(&unknown), tx.now)
    }
}
