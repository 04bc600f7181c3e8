//! What stands against calling a task now: the guards that hold for a restriction, but for the bounds on what is contained, which
//! it is not. What is refused is withdrawn, and nothing of the device's containments is touched.

use super::Gate;
use super::turn::Candidate;
use crate::domain::action::ActionEvent;
use crate::domain::device::DeviceFacts;
use crate::domain::eligibility::{self, Ineligible};
use crate::domain::guard::Protection;
use crate::domain::task::Task;
use crate::domain::verdict::Mode;
use crate::store::gate::PROTECTED;

/// Why the task may not be called, and what becomes of it then. A stop is looked at before.
pub(super) fn task_forbidden(gate: &Gate, candidate: &Candidate) -> Option<(ActionEvent, String)> {
    if candidate.is_overdue {
        let why = "not sent within its validity".to_owned();
        return Some((ActionEvent::Expired, why));
    }
    let withdrawn = |why: String| Some((ActionEvent::Withdrawn, why));
    if gate.ceiling < Mode::Enforce {
        return withdrawn(format!("mode ceiling is {}", gate.ceiling.as_str()));
    }
    if let (Some(playbook), Some(fallen)) = (&candidate.playbook, &candidate.fallen) {
        return withdrawn(format!("playbook `{playbook}` {}", fallen.why));
    }
    let Ok(facts) = candidate
        .facts
        .clone()
        .map_or(Ok(DeviceFacts::default()), serde_json::from_value)
    else {
        return withdrawn("the stored facts of the device cannot be read".to_owned());
    };
    let fresh = candidate.fresh(facts, gate.facts_max_age);
    // An accepted risk was one of a containment: it passes no task.
    if let Protection::Protected(list) = gate.never.protects(&candidate.device, &fresh) {
        return withdrawn(format!("{PROTECTED}{list}"));
    }
    let Some(task) = Task::of(&candidate.subject, candidate.argument.as_deref()) else {
        return withdrawn("this version cannot read what is to be done".to_owned());
    };
    let is_fresh = candidate.facts_age.is_some_and(|age| age <= gate.facts_max_age);
    let able = match is_fresh && candidate.is_unknown_to_defender {
        true => Err(Ineligible::NotInInventory),
        // Facts that are too old are unknown here, and what is unknown never blocks.
        false => eligibility::task(&task, &fresh),
    };
    if let Err(why) = able {
        metrics::counter!("quell_withdrawn_ineligible_total", "reason" => why.reason()).increment(1);
        return withdrawn(format!("{}: {}", task.name(), why.says()));
    }
    None
}
