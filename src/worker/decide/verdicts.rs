//! What verdicts would do to a device, before they are judged. Pure; called by the loop above.

use crate::domain::verdict::Verdict;
use crate::store::{DecideTx, InboxItem};

/// The verdicts without those that would restrict a device again for an alert whose restriction somebody lifted at Defender, and
/// whether there were any.
pub(super) fn without_lifted(
    tx: &DecideTx,
    item: &InboxItem,
    verdicts: Vec<Verdict>,
) -> (Vec<Verdict>, bool) {
    let alert = &item.event.alert.id;
    let device = tx.devices.get(&item.device);
    if alert.is_empty() || !device.is_some_and(|device| device.lifted_alerts.contains(alert)) {
        return (verdicts, false);
    }
    let before = verdicts.len();
    let kept: Vec<Verdict> = verdicts
        .into_iter()
        .filter(|verdict| !restricts(verdict))
        .collect();
    let is_lifted = kept.len() < before;
    (kept, is_lifted)
}

pub(super) fn restricts(verdict: &Verdict) -> bool {
    verdict.then.iter().any(|action| action.begins().is_some())
}

/// Whether it calls something on the device that protections and prerequisites stand against.
pub(super) fn acts_on(verdict: &Verdict) -> bool {
    restricts(verdict) || verdict.then.iter().any(|action| action.task().is_some())
}
