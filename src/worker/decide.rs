//! Inbox → decisions. Claims a batch, evaluates every playbook for each event and device, applies guards and limits, and
//! records what follows, in one transaction.

mod batches;
mod course;
mod heartbeat;
mod panics;
mod tasks;
mod verdicts;
mod weigh;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Monotonic;
use crate::domain::containment::change::{Beginning, effects};
use crate::domain::decision::{Decision, DecisionKind, Fallback, Rules, Ruling, Situation, Usage, decide};
use crate::domain::device::DeviceFacts;
use crate::domain::device::kind::KindSigns;
use crate::domain::eligibility::Ineligible;
use crate::domain::measure::Held;
use crate::domain::recorded::{OwnFacts, RecordedRules, RecordedRuling};
use crate::domain::stop;
use crate::domain::surge::SURGE;
use crate::domain::verdict::Mode;
use crate::failpoint;
use crate::playbook::PlaybookSet;
use crate::store::{DecideTx, DecisionRow, InboxItem, NewContainment, StoreError};
use crate::worker::active_set::InForce;
use crate::worker::decide::batches::MOST;
use crate::worker::decide::verdicts::{acts_on, restricts, without_lifted};
use crate::worker::decide::weigh::{Judged, Weighed};
use crate::worker::{Context, POLL};

/// The loop's parts.
pub struct Decider {
    /// What the loops share.
    pub context: Context,
    /// The installation's rules, every span as it holds in real time.
    pub rules: Rules,
    /// A fact older than this is unknown.
    pub facts_max_age: Duration,
    /// What tells a device's kind before its platform does.
    pub kinds: KindSigns,
    /// A fleet that was counted longer ago is of unknown size.
    pub fleet_max_age: Duration,
    /// An event waits for its device's facts at most this long.
    pub facts_wait: Duration,
    /// Evidence that does not say what its alert is about waits for its `AlertInfo` at most this long.
    pub info_wait: Duration,
    /// The playbooks.
    pub in_force: Arc<InForce>,
}

/// What became of a batch, also when it failed.
#[derive(Debug, Default)]
struct Batch {
    /// The rows that were worked on.
    claimed: Vec<i64>,
    /// Those of them that were read.
    items: Vec<InboxItem>,
    /// The rows that were claimed, known before anything of them was read.
    seen: Vec<i64>,
    /// Which of the items is being judged.
    at: Option<usize>,
    /// So many were decided.
    decided: usize,
    /// So many heartbeats were settled.
    beats: usize,
    /// The row that carries the word that it was tried alone.
    tried: Option<i64>,
    /// There may be more to claim.
    more: bool,
    /// Nobody else held a part of the inbox.
    had_all: bool,
    /// A row is among them that is to be tried alone; nothing was decided.
    is_suspect: bool,
}

/// How much is claimed.
#[derive(Clone, Copy, Debug)]
enum Claim {
    /// So many rows at most.
    UpTo(i64),
    /// One, with a word on it before it is looked at.
    Alone,
    /// This one, although it may be held.
    Row(i64),
}

/// What there is to decide.
enum Claimed {
    /// Rows, and the set to judge them by.
    Batch(Box<DecideTx>, Arc<PlaybookSet>),
    /// No row is due.
    Nothing,
    /// There are rows, and no usable playbook set.
    NoSet,
}

impl Decider {
    /// Decides one batch; says how many rows were decided or sent to wait. `None`: there is no usable playbook set.
    ///
    /// # Errors
    /// Postgres is not available: nothing of the batch was decided.
    pub async fn run_once(&self) -> Result<Option<usize>, StoreError> {
        self.run_batch(Claim::UpTo(MOST), &mut Batch::default()).await
    }

    async fn run_batch(&self, claim: Claim, batch: &mut Batch) -> Result<Option<usize>, StoreError> {
        let (mut tx, set) = match self.claim(claim, batch).await? {
            Claimed::Batch(tx, set) => (*tx, set),
            Claimed::Nothing => return Ok(Some(0)),
            Claimed::NoSet => return Ok(None),
        };
        let began = Monotonic::now();
        failpoint::reach!(AcknowledgedNotDecided);
        tx.rules = Some(RecordedRules {
            rules: self.rules.clone(),
            time_scale: self.context.time_scale,
        });
        batch.items = std::mem::take(&mut tx.items);
        let (items, at) = (&batch.items, &mut batch.at);
        let mut decisions = Vec::with_capacity(items.len());
        let (mut waiting, mut wanted) = (Vec::new(), Vec::new());
        let mut held_back = HashSet::new();
        let mut usage = Usage::of(&self.rules.caps, self.fleet(&tx));
        let mut are_drivers_loaded = false;
        // INVARIANT: one event after the other, each seeing what the earlier ones of its device began or ended.
        for (n, item) in items.iter().enumerate() {
            *at = Some(n);
            // Once an event of a device waits, its later ones wait too.
            if held_back.contains(&item.device) {
                continue;
            }
            failpoint::decides!(item.event.alert.title.value().map(String::as_str));
            match self.weigh(item, &tx, &set) {
                Weighed::Wait(lack) => {
                    held_back.insert(item.device.clone());
                    waiting.push(lack);
                }
                Weighed::Judge(judged, lack) => {
                    // Asked for although nobody waits: the gate, and the next event, may know it.
                    wanted.extend(lack);
                    tx.usage_load(&mut usage, Usage::keys(&judged.verdicts, &self.rules))
                        .await?;
                    if !are_drivers_loaded && judged.verdicts.iter().any(restricts) {
                        are_drivers_loaded = true;
                        // Of the whole batch at once: most of them name a user of their own.
                        let all: BTreeSet<String> =
                            items.iter().flat_map(|item| self.drivers(item, &tx)).collect();
                        let all: Vec<String> = all.into_iter().collect();
                        tx.drivers_load(&mut usage, &self.rules.surge, &all).await?;
                    }
                    let group = judged.facts.as_ref().and_then(|facts| facts.group.value());
                    usage.set_group(&item.device, group.map(String::as_str));
                    decisions.push(self.settle(&mut tx, item, *judged, &mut usage).await?);
                }
            }
        }
        *at = None;
        tx.wait_for_facts(&waiting).await?;
        tx.wait_for_facts(&wanted).await?;
        let done = decisions.len() + waiting.len();
        let beats = heartbeat::settle(&mut tx, &set, &self.context).await?;
        // Nobody who waits for an end waits longer than `POLL` before he looks again.
        let horizon = tx.now.checked_add(POLL).unwrap_or(tx.now);
        let ends_soon = tx.next_end.is_some_and(|end| end <= horizon);
        let has_converged = tx.has_converged;
        let claimed_at = tx.now;
        tx.commit(&decisions).await?;
        (batch.decided, batch.beats) = (decisions.len(), beats.len());
        let took = began.elapsed();
        heartbeat::tell(&self.context, &beats);
        failpoint::reach_noted!(ReleaseQueuedRestrictNotFinal);
        if ends_soon {
            self.context.wakes.ends.notify_one();
        }
        if has_converged {
            // The notification says the same to every other replica.
            self.context.wakes.queue.notify_one();
        }
        for decision in decisions.iter().filter(|d| d.kind != DecisionKind::Skip) {
            tracing::info!(event.id = %decision.event_id, device.id = %decision.device, kind = decision.kind.as_str(),
                reason = decision.reason, "event decided");
        }
        course::tell(&self.context, (items, &decisions), claimed_at, took).await;
        Ok(Some(done))
    }

    /// Claims a batch together with the compiled set of the version that its transaction sees.
    async fn claim(&self, claim: Claim, batch: &mut Batch) -> Result<Claimed, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        loop {
            batch.seen.clear();
            let mut tx = match claim {
                Claim::UpTo(most) => store.decide_begin_seen(tenant, most, &mut batch.seen).await?,
                Claim::Alone => store.decide_begin_alone(tenant, &mut batch.tried).await?,
                Claim::Row(seq) => store.decide_begin_row(tenant, seq, &mut batch.seen).await?,
            };
            batch.claimed = tx.items.iter().map(|item| item.seq).collect();
            (batch.more, batch.had_all) = (tx.more, tx.had_all);
            if tx.is_suspect {
                batch.is_suspect = true;
                tx.abandon().await?;
                return Ok(Claimed::Nothing);
            }
            if tx.items.is_empty() && tx.heartbeats.is_empty() {
                // Rows that could not be read were put aside: that is kept.
                tx.commit(&[]).await?;
                return Ok(Claimed::Nothing);
            }
            if self.context.gate.lookups.is_on() {
                tx.lookups_load().await?;
            }
            tx.infos_load().await?;
            if let Some(set) = tx.set_version.and_then(|version| self.in_force.at(version)) {
                return Ok(Claimed::Batch(Box::new(tx), set));
            }
            // No row and no device stays locked while a set is compiled.
            tx.abandon().await?;
            self.untry(batch).await?;
            if self.in_force.load(store, tenant).await?.is_none() {
                return Ok(Claimed::NoSet);
            }
        }
    }

    /// What drives a restriction because of an event, by the facts of this moment.
    fn drivers(&self, item: &InboxItem, tx: &DecideTx) -> Vec<String> {
        let device = tx.devices.get(&item.device);
        let facts = device.and_then(|device| device.fresh_facts(tx.now, self.facts_max_age));
        let unknown = DeviceFacts::default();
        let facts = facts.unwrap_or(&unknown);
        self.rules
            .surge
            .drivers(Some(&item.source), &item.event.alert, facts)
    }

    async fn settle(
        &self,
        tx: &mut DecideTx,
        item: &InboxItem,
        judged: Judged,
        usage: &mut Usage,
    ) -> Result<DecisionRow, StoreError> {
        let Judged {
            facts,
            has_inventory,
            verdicts,
        } = judged;
        let gone = tx
            .devices
            .get(&item.device)
            .is_some_and(|device| device.is_unknown_to_defender);
        let own = OwnFacts {
            restricted_by: tx.restricting(&item.device),
            alert_info: item.info.clone(),
        };
        let unknown = DeviceFacts::default();
        let fallbacks = tx.fallbacks.clone();
        let drivers = self.drivers(item, tx);
        let held = tx.held_on(&item.device).to_vec();
        let observed_by = tx.observed_by.get(&item.device).cloned().unwrap_or_default();
        let situation = Situation {
            rules: &self.rules,
            now: tx.now,
            occurred_at: &item.event.alert.occurred_at,
            device_id: &item.device,
            device: facts.as_ref().unwrap_or(&unknown),
            restricted_by: &held,
            fleet: self.fleet(tx),
            fallbacks: &fallbacks,
            observed_by: &observed_by,
            drivers: &drivers,
            trust: item.trust,
        };
        let (verdicts, is_lifted) = without_lifted(tx, item, verdicts);
        let mut decision = if is_lifted && verdicts.is_empty() {
            // A person lifted what this very alert restricts; another alert begins anew.
            Decision {
                kind: DecisionKind::Skip,
                reason: "drift.lifted".to_owned(),
                rulings: Vec::new(),
            }
        } else if gone && has_inventory && verdicts.iter().any(acts_on) {
            // Defender does not know the device: no call is spent on a certain failure.
            Decision {
                kind: DecisionKind::Skip,
                reason: Ineligible::NotInInventory.reason().to_owned(),
                rulings: Vec::new(),
            }
        } else {
            decide(verdicts, &situation, usage)
        };
        if tx.stop.is_some() {
            stop::hold(&mut decision, &self.rules, &held);
        }
        // What is kept is what was seen, before anything of it takes effect.
        let surge = &self.rules.surge;
        let driven = drivers.iter().find(|driver| {
            let reason = format!("{SURGE}{}", driver.split(':').next().unwrap_or_default());
            decision
                .rulings
                .iter()
                .any(|ruling| ruling.kind == DecisionKind::Ask && ruling.reason == reason)
        });
        if let Some(driver) = driven {
            tx.surge_seen(surge, driver).await?;
        }
        let rulings = decision
            .rulings
            .iter()
            .map(|ruling| RecordedRuling::of(ruling, &situation, usage))
            .collect();
        let mut changed = false;
        let mut begun = Vec::new();
        let mut beginnings = Vec::with_capacity(decision.rulings.len());
        for ruling in &decision.rulings {
            let (does_change, beginning) = self
                .apply(tx, item, (ruling, &drivers), usage, &mut begun)
                .await?;
            changed |= does_change;
            beginnings.push(beginning);
        }
        let ended = tx.alert_news(item, &begun).await?;
        if !ended.is_empty() {
            changed = true;
            tx.forget_restricting(&item.device, &ended);
        }
        if changed {
            tx.converge(&item.device, &decision.reason).await?;
        }
        // What contains goes before what is done once.
        for (ruling, beginning) in decision.rulings.iter().zip(beginnings) {
            tasks::wish(tx, item, ruling, beginning, usage).await?;
        }
        Ok(DecisionRow {
            seq: item.seq,
            event_id: item.event_id,
            device: item.device.clone(),
            kind: decision.kind,
            reason: decision.reason,
            event: item.kind,
            rulings,
            facts,
            own,
        })
    }

    /// How many devices the tenant has: as configured, else as counted, unless that was too long ago.
    fn fleet(&self, tx: &DecideTx) -> Option<u64> {
        let counted = || tx.fleet?.fresh(tx.now, self.fleet_max_age);
        self.context.fleet.or_else(counted)
    }

    /// Does what a ruling says; tells whether the device has to converge and what became of the playbook's containment, and adds the playbook to `begun` if something
    /// of it began.
    async fn apply(
        &self,
        tx: &mut DecideTx,
        item: &InboxItem,
        (ruling, drivers): (&Ruling, &[String]),
        usage: &mut Usage,
        begun: &mut Vec<Held>,
    ) -> Result<(bool, Option<Beginning>), StoreError> {
        let effects = effects(ruling);
        let enforced = ruling.mode == Mode::Enforce;
        let playbook = &ruling.verdict.playbook;
        let mut changed = false;
        if ruling.falls_back {
            tx.canary_fall_back(Fallback {
                playbook: playbook.clone(),
                revision: ruling.verdict.revision.clone(),
                reason: ruling.reason.clone(),
            })
            .await?;
        }
        if !effects.releases.is_empty() {
            let is_false_positive = item.event.alert.is_false_positive();
            let (has_ended, held) = tx
                .containments_release(&item.device, (playbook, &effects.releases), is_false_positive)
                .await?;
            changed |= has_ended;
            tx.forget_restricting(&item.device, &held);
        }
        let mut beginning = None;
        for begins in effects.begins {
            let new = NewContainment {
                device: &item.device,
                mode: ruling.mode,
                lane: ruling.verdict.lane,
                playbook,
                revision: &ruling.verdict.revision,
                event_id: item.event_id,
                alert_id: &item.event.alert.id,
                occurred_at: item.event.alert.occurred_at.value().copied(),
                reason: &ruling.reason,
                lifts: ruling.lifts(),
                is_canary: ruling.verdict.canary.is_some(),
                limits: &ruling.verdict.limits,
                drivers,
                notify: &ruling.verdict.notify,
                begins,
            };
            let begun_so = tx.containment_begin(&new).await?;
            // What waited beside a question goes on as soon as one of them is settled.
            if beginning != Some(Beginning::Activate) {
                beginning = Some(begun_so);
            }
            if begun_so == Beginning::Ask && ruling.kind == DecisionKind::Hold {
                tx.cap_reached(&self.rules.caps, &ruling.reason).await?;
            }
            if begun_so.is_activation() || begun_so == Beginning::Ask {
                begun.push((playbook.clone(), new.begins.measure));
            }
            if begun_so.is_activation() {
                usage.count_driven(playbook, ruling.mode, &item.device, drivers);
                let held = match enforced {
                    true => &mut tx.restricted_by,
                    false => &mut tx.observed_by,
                };
                let held = held.entry(item.device.clone()).or_default();
                held.push((playbook.clone(), new.begins.measure));
            }
            // A restart may also lift an attention: the device is looked at in either case.
            changed |= enforced && new.begins.ask.is_none();
        }
        Ok((changed, beginning))
    }
}
