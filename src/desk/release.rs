//! A person ends everything that keeps a device contained, and is told what follows. Behind `quell release DEVICE`,
//! `POST /v1/devices/{device}/release` and the console.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::afterwards::Afterwards;
use crate::desk::find::called;
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::action::ActionKind;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::person::By;
use crate::domain::verdict::Lane;
use crate::store::views::{ContainmentView, DeviceAction, DeviceView};
use crate::store::{MeasureRelease, OperatorRelease};

/// What was done, and what follows.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReleaseReport)]
pub struct Report {
    /// The device.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The containments that were ended.
    pub ended: Vec<ContainmentView>,
    /// The asks that were declined.
    pub declined: Vec<ContainmentView>,
    /// What follows, in words.
    pub next: String,
    /// When the release may leave, if one was queued and nothing stands before it.
    pub expected_at: Option<Timestamp>,
}

impl Desk {
    /// Ends every containment on a device, or those of one measure alone, and declines what is asked about it.
    ///
    /// # Errors
    /// No single device is called so, nothing is there to be ended, or Postgres is away.
    pub async fn release(
        &self,
        wanted: &str,
        only: Option<Measure>,
        is_false_positive: bool,
        by: &By,
    ) -> Result<Report, DeskError> {
        let device = self.device_called(wanted).await?;
        let measures = only.map_or_else(|| Measure::ALL.to_vec(), |measure| vec![measure]);
        let is_meant = |containment: &ContainmentView| measures.contains(&containment.measure);
        if !device.containments.iter().any(is_meant) {
            let why = nothing_to_end(&device, &measures);
            return Err(DeskError::Refused(Refused::NothingToEnd, why));
        }
        let id = DeviceId::from_stored(device.device.clone());
        let store = self.store.acting(by);
        let before = self.store.now().await?;
        let done = store
            .measures_release(
                self.tenant,
                (&id, &measures),
                &by.who,
                &by.reason,
                is_false_positive,
            )
            .await?;
        let Some(done) = done.filter(|done| !done.ended.is_empty() || !done.declined.is_empty()) else {
            let why = "somebody else was faster: nothing was left to end";
            return Err(DeskError::Refused(Refused::Overtaken, why.to_owned()));
        };
        // It is done by now: whatever is looked at from here on makes no error of it.
        let after = self.afterwards(Lane::Release, before).await;
        let of = |ids: &[Uuid]| {
            let its = device.containments.iter().filter(|c| ids.contains(&c.id));
            its.cloned().collect()
        };
        Ok(Report {
            ended: of(&done.ended),
            declined: of(&done.declined),
            next: next(&done, &after),
            expected_at: after.expected_at.filter(|_| {
                let goes = |one: &MeasureRelease| !after.is_stopped(ActionKind::to_release(one.measure));
                let waits = |one: &MeasureRelease| one.queued.is_some() && one.open.is_none() && goes(one);
                done.measures.iter().any(waits)
            }),
            device: device.device,
            name: device.name,
            by: by.who.clone(),
            reason: by.reason.clone(),
        })
    }
}

fn nothing_to_end(device: &DeviceView, measures: &[Measure]) -> String {
    let what = called(&device.device, device.name.as_deref());
    let releases = |action: &&DeviceAction| {
        let kind = ActionKind::parse(&action.kind).filter(|kind| kind.releases());
        kind.and_then(ActionKind::measure)
            .is_some_and(|measure| measures.contains(&measure))
    };
    if let Some(release) = device.actions.iter().find(releases) {
        return format!(
            "{what} has no containment any more; its release is {} already",
            release.state.replace('_', " ")
        );
    }
    let by_other = measures
        .iter()
        .find(|measure| device.known(**measure).ends_with("_by_other"));
    if let Some(measure) = by_other {
        return format!(
            "{what} was {} by somebody else, and quell undoes only what it began: release it in Defender",
            measure.held()
        );
    }
    if measures.iter().all(|measure| device.known(*measure) == "free") {
        let held: Vec<_> = measures.iter().map(|measure| measure.held()).collect();
        return format!(
            "{what} has no containment and is not {}, as far as is known: nothing to release",
            held.join(" or ")
        );
    }
    format!("{what} has no containment: nothing to end")
}

/// What follows, in words: of each measure that was concerned.
fn next(done: &OperatorRelease, after: &Afterwards) -> String {
    let is_concerned = |one: &&MeasureRelease| {
        one.known != "free" || one.open.is_some() || one.queued.is_some() || one.withdrawn
    };
    let mut concerned: Vec<&MeasureRelease> = done.measures.iter().filter(is_concerned).collect();
    if concerned.is_empty() {
        concerned = done.measures.iter().take(1).collect();
    }
    let told = concerned.into_iter().map(|one| next_of(one, after));
    told.collect::<Vec<_>>().join("; ")
}

fn next_of(one: &MeasureRelease, after: &Afterwards) -> String {
    let kind = ActionKind::to_release(one.measure);
    let (release, held_by) = (kind.as_str(), after.held(kind));
    let (words, held) = (release.replace('_', " of "), one.measure.held());
    match (&one.queued, &one.open) {
        (Some((queued, _)), Some((open, state))) if queued == release => {
            let state = state.replace('_', " ");
            format!(
                "{words} queued, lane release; it leaves when the {open}, which is {state}, is over{held_by}"
            )
        }
        (Some((queued, not_before)), None) if queued == release => {
            format!(
                "{words} queued, lane release; {}",
                after.leaves(kind, *not_before)
            )
        }
        (_, Some((open, state))) if open == release => {
            format!("a {words} is {} already", state.replace('_', " "))
        }
        _ if one.withdrawn => {
            let what = one.measure.as_str();
            format!("its {what} had not been sent and is withdrawn: nothing is called")
        }
        _ if one.known.ends_with("_by_other") => {
            format!("it stays {held}: somebody else {held} it, and quell undoes only what it began")
        }
        _ => format!("it was not {held}: nothing is called"),
    }
}

#[cfg(test)]
#[path = "release_tests.rs"]
mod tests;
