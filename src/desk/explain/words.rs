//! Outcomes and reasons in the operator's words. Pure.

use super::explanation::{Case, Met, PlaybookTold};
use crate::domain::decision::DecisionKind;
use crate::domain::eligibility::Ineligible;
use crate::domain::stop::STOPPED;
use crate::domain::verdict::Wish;

/// The outcome in a sentence, without a full stop.
pub fn outcome(case: &Case<'_>, lead: Option<&PlaybookTold>, playbooks: usize) -> String {
    let device = match (&case.name, case.device) {
        (Some(name), _) => format!("`{name}`"),
        (None, Some(device)) => format!("device `{device}`"),
        (None, None) => "a device".to_owned(),
    };
    let releases = lead.is_some_and(|lead| lead.then.iter().any(|action| action.starts_with("release")));
    let isolates = lead.is_some_and(|lead| lead.then.iter().any(|action| action.starts_with("isolate")));
    let restricts = lead.is_none_or(|lead| lead.then.iter().any(|action| action.starts_with("restrict")));
    let (hold, holding) = match (restricts, isolates) {
        (true, true) => ("restrict and isolate", "restricting and isolating"),
        (false, true) => ("isolate", "isolating"),
        _ => ("restrict", "restricting"),
    };
    let did = match (case.kind, releases, case.is_trial) {
        (DecisionKind::Act, true, false) => format!("quell ended its containments on {device}"),
        (DecisionKind::Act, true, true) => format!("quell would end its containments on {device}"),
        (DecisionKind::Act, false, false) => format!("quell set out to {hold} {device}"),
        (DecisionKind::Act, false, true) => format!("quell would {hold} {device}"),
        (DecisionKind::Ask, _, false) => match case.met {
            None => format!("quell asked before {holding} {device}"),
            Some(Met::Active) => format!(
                "quell asked nobody about {device}, which `{}` held already, and would have asked before {holding} it",
                lead.map_or("the playbook", |lead| &lead.playbook)
            ),
            Some(Met::Asked) => {
                format!("quell had asked about {device} already, and did not ask again before {holding} it")
            }
        },
        (DecisionKind::Ask, _, true) => format!("quell would ask before {holding} {device}"),
        (DecisionKind::Hold, _, false) => format!("quell held back on {device} and left it to a person"),
        (DecisionKind::Hold, _, true) => {
            format!("quell would hold back on {device} and leave it to a person")
        }
        (DecisionKind::Observe, _, false) => {
            format!("quell only observed {device} and recorded what it would have done")
        }
        (DecisionKind::Observe, _, true) => {
            format!("quell would only observe {device} and record what it would have done")
        }
        (DecisionKind::Skip, _, false) => "quell did nothing".to_owned(),
        (DecisionKind::Skip, _, true) => "quell would do nothing".to_owned(),
    };
    format!("{did}: {}", why(case, lead, playbooks))
}

fn why(case: &Case<'_>, lead: Option<&PlaybookTold>, playbooks: usize) -> String {
    if case.reason == "no_device" || (case.device.is_none() && case.reason.is_empty()) {
        let told = case.event.no_device_reason();
        return told.unwrap_or_else(|| "the record names no device that may be called".to_owned());
    }
    if case.reason == "no_match" {
        return match playbooks {
            0 => "no playbook matched".to_owned(),
            1 => "the one playbook did not match".to_owned(),
            n => format!("none of the {n} playbooks matched"),
        };
    }
    reason(&case.reason, lead)
}

/// A recorded reason in words.
pub fn reason(reason: &str, lead: Option<&PlaybookTold>) -> String {
    let playbook = lead.map_or("a playbook".to_owned(), |lead| format!("`{}`", lead.playbook));
    let limit = |name: &str| {
        lead.and_then(|lead| lead.limits.iter().find(|limit| limit.limit == name))
            .map_or_else(
                || format!("`{name}`"),
                |limit| format!("`{name}`, {}", limit.allows),
            )
    };
    if let Some((group, rest)) = reason.split_once('.') {
        match (group, rest) {
            ("never", list) => return format!("the device is protected by `never.{list}`"),
            ("unless", fact) => return format!("{playbook} matched, and its `unless` names this `{fact}`"),
            ("if_unknown", fact) if lead.is_some_and(|lead| lead.wish == Some(Wish::Act)) => {
                return format!("{playbook} matched, but `{fact}` was not known, and `never` depends on it");
            }
            ("if_unknown", fact) => return format!("`{fact}` was not known, so {playbook} could not tell"),
            ("ask", other) => {
                return format!("{playbook} matched, and `{other}` asks about the same device first");
            }
            ("surge", "source") => {
                return format!(
                    "{playbook} matched, and one source drives restrictions on more devices than it may"
                );
            }
            ("surge", "user") => {
                return format!(
                    "{playbook} matched, and alerts on one user drive restrictions on more devices than they may"
                );
            }
            ("surge", "title") => {
                return format!(
                    "{playbook} matched, and alerts of one title drive restrictions on more devices than they may"
                );
            }
            ("surge", _) => {
                return format!("{playbook} matched, and the device is, or may be, an administrator's");
            }
            ("trust", "rate") => {
                return format!("{playbook} matched, and the event's source sent more events than it may");
            }
            ("trust", "observe") => {
                return format!("{playbook} matched, and the event's source may only be observed");
            }
            ("trust", _) => return format!("{playbook} matched, and the event's source may only ask"),
            ("mode", "off") => return "the installation's mode is `off`".to_owned(),
            ("drift", "lifted") => {
                return "a person lifted in Defender what this alert restricts; only another alert begins anew".to_owned();
            }
            ("ineligible", _) if let Some(why) = Ineligible::parse(reason) => return why.says().to_owned(),
            ("canary", "false_positives") => {
                return format!("{playbook} fell back to observing after false positives in its canary");
            }
            ("canary", name) => return format!("{playbook} reached a limit in its canary: {}", limit(name)),
            _ => {}
        }
    }
    match reason {
        "matched" => format!("{playbook} matched"),
        STOPPED => {
            format!("{playbook} matched while a stop was in force, which forbids that anything begins")
        }
        "ask" => format!("{playbook} matched, and asks a person first"),
        "freshness" => format!("{playbook} matched, but the news is not fresh enough to act by itself"),
        "canary" => format!("{playbook} matched, and the device is outside its canary"),
        "revoked" => format!("{playbook} matched, and its revision was revoked"),
        name if name.starts_with("limits[") => match name.strip_suffix(".fleet_unknown") {
            Some(name) => format!(
                "{playbook} matched, and how large the fleet is was not known for {}",
                limit(name)
            ),
            None => format!("{playbook} matched, and its limit is reached: {}", limit(name)),
        },
        name if name.starts_with("caps[") && name.ends_with("_unknown") => {
            let (cap, what) = name.split_once('.').unwrap_or((name, "fleet_unknown"));
            let whose = match what {
                "group_unknown" => "the device's group",
                _ => "the fleet",
            };
            format!(
                "{playbook} matched, and how large {whose} is was not known for the installation's cap `{cap}`"
            )
        }
        name if name.starts_with("caps[") => {
            format!("{playbook} matched, and the installation's cap `{name}` is reached")
        }
        other => format!("`{other}`"),
    }
}
