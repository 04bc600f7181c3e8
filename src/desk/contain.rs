//! A person contains a device by hand, under the guards that hold for playbooks. Behind `quell restrict` and `quell isolate`,
//! `POST /v1/devices/{device}/restrict` and `isolate`, and the console.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::afterwards::Afterwards;
use crate::desk::words::plain;
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::action::ActionKind;
use crate::domain::by_hand::Refusal;
use crate::domain::device::DeviceId;
use crate::domain::measure::{Isolation, Measure};
use crate::domain::person::By;
use crate::domain::verdict::Lane;
use crate::store::{Begun, ByHand, ByHandOutcome};

/// How often it is looked whether the facts have come.
const LOOK: Duration = Duration::from_millis(100);

/// What a person wants held on a device.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The device: its name, or the beginning of its id; one that no event ever named by its whole id.
    pub device: &'a str,
    /// The measure, and how much an isolation cuts off.
    pub measure: Measure,
    /// How much an isolation cuts off; `None` of any other measure.
    pub isolation: Option<Isolation>,
    /// For how long.
    pub after: Duration,
    /// How urgent.
    pub lane: Lane,
    /// Protections whose risk is accepted, as `never.tags`: a second person is asked then.
    pub accepts: &'a [String],
}

/// What was done, and what follows.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContainReport)]
pub struct Report {
    /// The device.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// `restricted`, `isolated`, `asked` or `refused`.
    pub outcome: &'static str,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The containment, unless it was refused.
    pub containment: Option<Uuid>,
    /// The request to be approved, such as `A-1042`.
    pub request: Option<String>,
    /// When it ends by itself; of one that is asked, when the ask expires.
    pub until: Option<Timestamp>,
    /// The guard that stands against it.
    pub guard: Option<String>,
    /// The protections that a second person must accept.
    pub risks: Vec<String>,
    /// What follows, or how to go on, in words.
    pub next: String,
    /// When the restriction may leave, if it was queued and nothing stands before it.
    pub expected_at: Option<Timestamp>,
    /// The guard in full, where one refuses.
    #[serde(skip)]
    #[schema(ignore)]
    pub refusal: Option<Refusal>,
    /// The moment of the answer.
    #[serde(skip)]
    #[schema(ignore)]
    pub at: Timestamp,
}

impl Desk {
    /// Contains a device by hand, or asks a second person. The report says which, or that a guard refuses.
    ///
    /// # Errors
    /// No single device is called so, or Postgres is away.
    pub async fn contain(&self, wanted: &Wanted<'_>, by: &By) -> Result<Report, DeskError> {
        let (device, name) = self.device_to_contain(wanted.device).await?;
        let terms = &self.terms;
        self.await_facts(&device).await?;
        let hand = ByHand {
            device: &device,
            measure: wanted.measure,
            isolation: wanted.isolation,
            after: wanted.after,
            lane: wanted.lane,
            by: &by.who,
            reason: &by.reason,
            accepts: wanted.accepts,
            ask: &terms.default_ask,
            facts_max_age: terms.facts_max_age,
            fleet: self.fleet().await?,
        };
        let store = self.store.acting(by);
        let before = self.store.now().await?;
        let outcome = store.contain_by_hand(self.tenant, &terms.gate, &hand).await?;
        // It is done, or refused, by now: whatever is looked at from here on makes no error of it.
        let after = self.afterwards(wanted.lane, before).await;
        let mut report = Report {
            device: device.to_string(),
            name,
            outcome: "refused",
            by: by.who.clone(),
            reason: by.reason.clone(),
            containment: None,
            request: None,
            until: None,
            guard: None,
            risks: Vec::new(),
            next: String::new(),
            expected_at: None,
            refusal: None,
            at: after.at,
        };
        match outcome {
            ByHandOutcome::Refused(refusal) => {
                report.guard = Some(refusal.guard());
                report.next = refusal.go_on();
                report.refusal = Some(refusal);
            }
            ByHandOutcome::Asked {
                containment,
                request,
                until,
                risks,
            } => {
                report.outcome = "asked";
                (report.containment, report.until) = (Some(containment), Some(until));
                report.next =
                    format!("a second person types: quell approvals approve {request} --reason TEXT");
                report.request = Some(request);
                report.risks = risks;
            }
            ByHandOutcome::Begun(begun) => {
                report.outcome = wanted.measure.held();
                (report.containment, report.until) = (Some(begun.containment), Some(begun.until));
                report.next = next((&begun, wanted.measure), wanted.lane, &after);
                report.expected_at = after
                    .expected_at
                    .filter(|_| begun.queued.is_some() && begun.open.is_none())
                    .filter(|_| !after.is_stopped(ActionKind::to_begin(wanted.measure)));
            }
        }
        Ok(report)
    }

    /// The device that is meant, which need not be known yet.
    async fn device_to_contain(&self, wanted: &str) -> Result<(DeviceId, Option<String>), DeskError> {
        let (id, name) = match self.device_called(wanted).await {
            Ok(device) => (device.device, device.name),
            // No event ever named it: then only its whole id will do.
            Err(DeskError::Refused(Refused::NoSuchDevice, _)) => (wanted.trim().to_lowercase(), None),
            Err(error) => return Err(error),
        };
        let accepted = self.terms.device_ids.accept(&id);
        let device = accepted.map_err(|_| {
            let why = format!(
                "no device is called `{}`; one that no event ever named must be given by its whole id",
                plain(wanted)
            );
            DeskError::Refused(Refused::NoSuchDevice, why)
        })?;
        Ok((device, name))
    }

    /// Fresh facts are wanted; a daemon fetches them. Without one, or when they do not come in time, they are unknown.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn await_facts(&self, device: &DeviceId) -> Result<(), DeskError> {
        let (store, max_age) = (&self.store, self.terms.facts_max_age);
        let lease = store.lease_now(self.tenant).await?;
        let patience = match lease.is_some_and(|lease| lease.is_held) {
            true => self.terms.facts_wait.max(Duration::from_secs(2)),
            false => Duration::ZERO,
        };
        let look = async {
            loop {
                let row = store.device_want_facts(self.tenant, device, max_age).await?;
                if row.fresh_facts(store.now().await?, max_age).is_some() {
                    return Ok(());
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(patience, look).await.unwrap_or(Ok(()))
    }
}

/// What follows, in words.
fn next((begun, measure): (&Begun, Measure), lane: Lane, after: &Afterwards) -> String {
    let kind = ActionKind::to_begin(measure);
    let held_by = after.held(kind);
    let lane = lane.as_str();
    let (what, held) = (measure.as_str(), measure.held());
    let begins = |its: &str| its == kind.as_str();
    match (&begun.queued, &begun.open) {
        (Some((queued, _)), Some((open, state))) if begins(queued) => {
            let state = state.replace('_', " ");
            format!(
                "{what} queued, lane {lane}; it leaves when the {}, which is {state}, is over{held_by}",
                open.replace('_', " ")
            )
        }
        (Some((queued, not_before)), None) if begins(queued) => {
            format!("{what} queued, lane {lane}; {}", after.leaves(kind, *not_before))
        }
        (_, Some((open, state))) if begins(open) => {
            format!(
                "{} {what} is {} already",
                article(measure),
                state.replace('_', " ")
            )
        }
        _ if begun.known.ends_with("_by_other") => {
            format!("it is {held} already, by somebody else: quell does not undo that at the end")
        }
        _ => format!("it is {held} already, and stays so until the last reason has ended"),
    }
}

fn article(measure: Measure) -> &'static str {
    match measure {
        Measure::Restriction => "a",
        Measure::Isolation => "an",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_said_for_every_way_it_may_go() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let check = |open: Option<(&str, &str)>, queued: Option<&str>, restriction: &str, expected: &str| {
            let begun = Begun {
                containment: Uuid::nil(),
                until: now,
                known: restriction.to_owned(),
                open: open.map(|(kind, state)| (kind.to_owned(), state.to_owned())),
                queued: queued.map(|kind| (kind.to_owned(), now)),
            };
            let after = Afterwards {
                at: now,
                expected_at: Some(now),
                dispatches: Some(true),
                stop: None,
            };
            let said = next((&begun, Measure::Restriction), Lane::High, &after);
            assert!(said.starts_with(expected), "{said}");
        };
        check(
            None,
            Some("restrict"),
            "free",
            "restriction queued, lane high; it may leave now",
        );
        check(
            Some(("release", "in_doubt")),
            Some("restrict"),
            "restricted",
            "restriction queued, lane high; it leaves when the release, which is in doubt, is over",
        );
        check(
            Some(("restrict", "submitted")),
            None,
            "free",
            "a restriction is submitted already",
        );
        check(
            None,
            None,
            "restricted_by_other",
            "it is restricted already, by somebody else",
        );
        check(None, None, "restricted", "it is restricted already, and stays");
    }
}
