//! A restriction that a person begins by hand: what stands against it. Pure; the store asks within the transaction that would
//! begin it. The guards are those of a decision, in the same order; only what a playbook would say of itself is missing.

use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::eligibility::Ineligible;
use crate::domain::guard::{Protection, Protections};
use crate::domain::stop::{STOPPED, StopScope};
use crate::domain::verdict::Mode;

/// The guard that stands against a restriction by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A stop is in force.
    Stopped(StopScope),
    /// The installation's ceiling.
    Mode(Mode),
    /// It could only fail; why.
    Ineligible(Ineligible),
    /// A list of `never`; with the fact that is not known, when that is why.
    Protected {
        /// `tags`, `groups`, …
        list: &'static str,
        /// `device.tags`, …
        unknown: Option<&'static str>,
    },
    /// A cap of the installation: `caps[0]`.
    Cap(String),
}

impl Refusal {
    /// The guard's name.
    pub fn guard(&self) -> String {
        match self {
            Self::Stopped(_) => STOPPED.to_owned(),
            Self::Mode(mode) => format!("mode.{}", mode.as_str()),
            Self::Ineligible(why) => why.reason().to_owned(),
            Self::Protected { list, .. } => format!("never.{list}"),
            Self::Cap(cap) => cap.clone(),
        }
    }

    /// What it is, in words.
    pub fn says(&self) -> String {
        match self {
            Self::Stopped(scope) => format!("quell is stopped: {}", scope.means()),
            Self::Mode(mode) => format!("the configuration allows `{}` at most", mode.as_str()),
            Self::Ineligible(why) => format!("the call could only fail: {}", why.says()),
            Self::Protected { list, unknown: None } => {
                format!("the device is protected by the list `never.{list}`")
            }
            Self::Protected {
                list,
                unknown: Some(fact),
            } => {
                format!(
                    "`{fact}` is not known, so nobody can tell whether `never.{list}` protects the device"
                )
            }
            Self::Cap(cap) => format!("one more device would go beyond `{cap}`"),
        }
    }

    /// What a person can do about it.
    pub fn go_on(&self) -> String {
        match self {
            Self::Stopped(_) => "end the stop first: quell resume --reason TEXT".to_owned(),
            Self::Mode(_) => {
                "set `mode: enforce` in the configuration, and start the daemons again".to_owned()
            }
            Self::Ineligible(_) => {
                "act on the device itself, or in Defender; nothing of quell's would help".to_owned()
            }
            Self::Protected {
                list,
                unknown: Some(_),
            } => format!(
                "let a daemon fetch the device's facts and try again; or ask a second person: --accept-risk=never.{list}"
            ),
            Self::Protected { list, unknown: None } => {
                format!("ask a second person: --accept-risk=never.{list}")
            }
            Self::Cap(_) => {
                "release what need not be restricted, or have the cap lifted; a person in Defender's portal may act meanwhile"
                    .to_owned()
            }
        }
    }
}

/// What is weighed.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The stop in force.
    pub stop: Option<StopScope>,
    /// The installation's ceiling.
    pub ceiling: Mode,
    /// What is never restricted.
    pub never: &'a Protections,
    /// The device.
    pub device: &'a DeviceId,
    /// Its facts; what is too old is unknown.
    pub facts: &'a DeviceFacts,
    /// Why the call could only fail.
    pub ineligible: Option<Ineligible>,
    /// Protections whose risk the person accepts, as `never.tags`; a second person is asked then.
    pub accepts: &'a [String],
}

/// Weighs everything but the caps, which are counted by the one function that counts on every path. Returns the risks that have to be accepted by a second person; empty: none.
///
/// # Errors
/// The guard that stands against it.
pub fn weigh(scene: &Scene<'_>) -> Result<Vec<String>, Refusal> {
    if let Some(stop) = scene.stop {
        return Err(Refusal::Stopped(stop));
    }
    if scene.ceiling < Mode::Enforce {
        return Err(Refusal::Mode(scene.ceiling));
    }
    if let Some(why) = scene.ineligible {
        return Err(Refusal::Ineligible(why));
    }
    let mut never = scene.never.clone();
    let mut risks = Vec::new();
    loop {
        let (list, unknown) = match never.protects(scene.device, scene.facts) {
            Protection::Free => return Ok(risks),
            Protection::Protected(list) => (list, None),
            Protection::Unknown(fact) => (list_of(fact), Some(fact)),
        };
        let risk = format!("never.{list}");
        // Whatever was lifted once and protects all the same is refused: this loop ends.
        if !scene.accepts.contains(&risk) || risks.contains(&risk) {
            return Err(Refusal::Protected { list, unknown });
        }
        risks.push(risk);
        never = never.without(&risks);
    }
}

/// Every protection that may be accepted.
pub const RISKS: [&str; 5] = [
    "never.ids",
    "never.tags",
    "never.groups",
    "never.names",
    "never.device_values",
];

/// The list that asks for a fact.
fn list_of(fact: &str) -> &'static str {
    match fact {
        "device.tags" => "tags",
        "device.group" => "groups",
        "device.name" => "names",
        "device.value" => "device_values",
        _ => "ids",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::Fact;

    /// What is weighed, with what it borrows.
    struct Case {
        stop: Option<StopScope>,
        ceiling: Mode,
        never: Protections,
        facts: DeviceFacts,
        ineligible: Option<Ineligible>,
        accepts: Vec<String>,
    }

    /// A device with a protected tag, whose group is not known.
    fn check(change: impl FnOnce(&mut Case), accepts: &[&str], expected: Result<&[&str], &str>) {
        let mut case = Case {
            stop: None,
            ceiling: Mode::Enforce,
            never: Protections {
                tags: vec!["tier-0".to_owned()],
                groups: vec!["Domain Controllers".to_owned()],
                ..Protections::default()
            },
            facts: DeviceFacts {
                tags: Fact::Is(vec!["Tier-0".to_owned()]),
                ..DeviceFacts::default()
            },
            ineligible: None,
            accepts: accepts.iter().map(|risk| (*risk).to_owned()).collect(),
        };
        change(&mut case);
        let device = DeviceId::from_stored("a".repeat(40));
        let weighed = weigh(&Scene {
            stop: case.stop,
            ceiling: case.ceiling,
            never: &case.never,
            device: &device,
            facts: &case.facts,
            ineligible: case.ineligible,
            accepts: &case.accepts,
        });
        match (&weighed, expected) {
            (Ok(risks), Ok(expected)) => assert_eq!(risks, expected),
            (Err(refusal), Err(guard)) => {
                assert_eq!(refusal.guard(), guard);
                assert!(!refusal.says().is_empty() && !refusal.go_on().is_empty());
            }
            _ => panic!("{weighed:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn each_guard_stands_against_it_and_only_named_protections_can_be_accepted() {
        let both = ["never.tags", "never.groups"];
        let unprotected = |case: &mut Case| case.never = Protections::default();
        check(unprotected, &[], Ok(&[]));
        check(unprotected, &["never.tags"], Ok(&[]));
        check(|_| (), &[], Err("never.tags"));
        check(|_| (), &["never.groups"], Err("never.tags"));
        // The group is not known, and that is a risk of its own.
        check(|_| (), &["never.tags"], Err("never.groups"));
        check(|_| (), &both, Ok(&both));
        check(
            |case| case.facts = DeviceFacts::default(),
            &["never.groups"],
            Err("never.tags"),
        );
        for (stop, ceiling, ineligible, guard) in [
            (Some(StopScope::New), Mode::Observe, None, "stopped"),
            (None, Mode::Observe, None, "mode.observe"),
            (None, Mode::Enforce, Some(Ineligible::Os), "ineligible.os"),
        ] {
            let change =
                |case: &mut Case| (case.stop, case.ceiling, case.ineligible) = (stop, ceiling, ineligible);
            check(change, &both, Err(guard));
        }
    }
}
