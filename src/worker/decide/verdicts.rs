//! What verdicts would do to a device, before they are judged. Pure; called by the loop above.

use crate::domain::measure::{Held, holds};
use crate::domain::verdict::Verdict;
use crate::store::{DecideTx, InboxItem};

/// The verdicts without what would begin anew for an alert whose measure somebody lifted at Defender, and whether any was left
/// out whole. What its playbook still holds on the device goes on, with the tasks beside it; where it holds nothing that it
/// begins, they fall with it.
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
    let held = tx.held_on(&item.device);
    let kept: Vec<Verdict> = verdicts
        .into_iter()
        .filter_map(|verdict| still_held(verdict, held))
        .collect();
    let is_lifted = kept.len() < before;
    (kept, is_lifted)
}

/// The verdict without the measures that its playbook does not hold; `None`: it begins measures, and holds none of them.
fn still_held(mut verdict: Verdict, held: &[Held]) -> Option<Verdict> {
    let did_restrict = restricts(&verdict);
    let playbook = &verdict.playbook;
    verdict.then.retain(|action| {
        action
            .begins()
            .is_none_or(|measure| holds(held, playbook, measure))
    });
    (restricts(&verdict) || !did_restrict).then_some(verdict)
}

pub(super) fn restricts(verdict: &Verdict) -> bool {
    verdict.then.iter().any(|action| action.begins().is_some())
}

/// Whether it calls something on the device that protections and prerequisites stand against.
pub(super) fn acts_on(verdict: &Verdict) -> bool {
    restricts(verdict) || verdict.then.iter().any(|action| action.task().is_some())
}

/// Whether it would cut the device off the network.
pub(super) fn isolates(verdict: &Verdict) -> bool {
    verdict.then.iter().any(|action| action.isolation().is_some())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::measure::{Isolation, Measure};
    use crate::domain::task::{ScanType, Task};
    use crate::domain::verdict::{Lane, Mode, PlannedAction, PlannedTask, Wish};

    fn everything() -> Verdict {
        let release_after = Some(Duration::from_secs(60));
        let task = PlannedTask {
            task: Task::Scan {
                scan: ScanType::Quick,
            },
            comment: "c".to_owned(),
        };
        let restrict = PlannedAction::RestrictAppExecution {
            comment: "c".to_owned(),
            release_after,
            restart_on_match: true,
            release_when: Vec::new(),
        };
        let isolate = PlannedAction::IsolateDevice {
            comment: "c".to_owned(),
            isolation: Isolation::Full,
            release_after,
            restart_on_match: true,
            release_when: Vec::new(),
        };
        Verdict {
            playbook: "p".to_owned(),
            revision: "r".to_owned(),
            mode: Mode::Enforce,
            lane: Lane::Normal,
            wish: Wish::Act,
            because: "matched".to_owned(),
            line: None,
            then: vec![restrict, isolate, PlannedAction::Task(task)],
            ask: None,
            limits: Vec::new(),
            canary: None,
            notify: Vec::new(),
        }
    }

    #[test]
    fn what_is_still_held_goes_on_with_its_tasks_and_what_was_lifted_does_not_begin_anew() {
        let held = |playbook: &str, measure| (playbook.to_owned(), measure);
        let its = [held("p", Measure::Restriction), held("q", Measure::Isolation)];
        let left = still_held(everything(), &its).expect("its restriction goes on");
        let names: Vec<&str> = left.then.iter().map(PlannedAction::name).collect();
        assert_eq!(names, ["restrict_app_execution", "scan"]);
        assert_eq!(still_held(everything(), &[]), None);
        assert_eq!(still_held(everything(), &its[1..]), None);
        let mut alone = everything();
        alone.then.drain(..2);
        assert_eq!(still_held(alone.clone(), &[]), Some(alone), "it begins nothing");
    }
}
