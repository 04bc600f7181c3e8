//! What a person looks at before he answers an ask, as one map of names and words, so that what he reviewed can be compared
//! with what is there when he answers. Pure; `store::approvals` makes one scene of what was seen when it was asked and one
//! of this moment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::digest;
use crate::domain::alert::Alert;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;
use crate::domain::guard::{Protection, Protections};

/// Facts that a person goes by whatever the playbook tests: what the device is, and whose.
const ALWAYS: [&str; 6] = ["name", "kind", "os", "tags", "group", "value"];
/// It changes every day and says nothing against an answer.
const NEVER: &str = "last_seen";
/// What stands for a fact that nobody told.
pub const NOT_KNOWN: &str = "not known";

/// Facts of the device, the protections' judgement and news of the alert, by name. Two scenes that are equal are the same to
/// an approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Scene(pub BTreeMap<String, String>);

/// What a scene is made of.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The device.
    pub device: &'a DeviceId,
    /// Its facts; `None`: none were known, or they were too old to be believed.
    pub facts: Option<&'a DeviceFacts>,
    /// What protects devices.
    pub never: &'a Protections,
    /// The latest news of the alert; `None`: no alert is behind it.
    pub alert: Option<&'a Alert>,
    /// The playbooks with an active containment on it.
    pub restricted_by: &'a [String],
}

/// What changed between two scenes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Difference {
    /// Its name: `device.tags`, `alert.status`, `protection`.
    pub what: String,
    /// When it was asked.
    pub asked: String,
    /// Now.
    pub now: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} was {} and is {}", self.what, self.asked, self.now)
    }
}

impl Seen<'_> {
    /// Whether something protects the device.
    pub fn protection(&self) -> Protection {
        let unknown = DeviceFacts::default();
        self.never.protects(self.device, self.facts.unwrap_or(&unknown))
    }

    /// The scene. `tested` names the facts that the playbook tests; those of [`ALWAYS`] are in it whether it does or not.
    pub fn scene(&self, tested: &BTreeSet<String>) -> Scene {
        let mut scene = BTreeMap::new();
        let facts = self.facts.cloned().unwrap_or_default();
        if let Ok(Value::Object(facts)) = serde_json::to_value(&facts) {
            for (name, fact) in facts {
                let whole = format!("device.{name}");
                let matters = ALWAYS.contains(&name.as_str()) || tested.contains(&whole);
                if matters && name != NEVER {
                    scene.insert(whole, shown(&fact));
                }
            }
        }
        if tested.contains("device.restricted_by") {
            scene.insert("device.restricted_by".to_owned(), list(self.restricted_by));
        }
        if let Some(alert) = self.alert {
            let is_resolved = alert.status.value().is_some_and(|status| status == "resolved");
            let state = if is_resolved { "resolved" } else { "open" };
            scene.insert("alert.status".to_owned(), state.to_owned());
            let severity = alert.severity.value().map(|severity| severity.as_str());
            scene.insert(
                "alert.severity".to_owned(),
                severity.unwrap_or(NOT_KNOWN).to_owned(),
            );
            for (name, fact) in [
                ("alert.classification", &alert.classification),
                ("alert.determination", &alert.determination),
            ] {
                // What a feed cannot carry and what it left empty are the same news: none.
                let word = fact.value().map_or("none", String::as_str);
                scene.insert(name.to_owned(), word.to_owned());
            }
        }
        let protection = match self.protection() {
            Protection::Free => "none".to_owned(),
            Protection::Protected(list) => format!("never.{list}"),
            Protection::Unknown(fact) => format!("{fact} is {NOT_KNOWN}"),
        };
        scene.insert("protection".to_owned(), protection);
        Scene(scene)
    }
}

impl Scene {
    /// What is different now, in the order of the names.
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let names: BTreeSet<&String> = self.0.keys().chain(now.0.keys()).collect();
        let of = |scene: &Self, name: &String| {
            let word = scene.0.get(name);
            word.cloned().unwrap_or_else(|| NOT_KNOWN.to_owned())
        };
        names
            .into_iter()
            .map(|name| Difference {
                what: name.clone(),
                asked: of(self, name),
                now: of(now, name),
            })
            .filter(|difference| difference.asked != difference.now)
            .collect()
    }

    /// A hash of the scene and of what else the approval of one ask is bound to.
    pub fn fingerprint(&self, containment: &str, revision: Option<&str>, lifts: Option<&str>) -> String {
        digest(&[
            containment,
            revision.unwrap_or_default(),
            lifts.unwrap_or_default(),
            &serde_json::to_string(self).unwrap_or_default(),
        ])
    }
}

/// A fact in its stored form, in a word.
fn shown(fact: &Value) -> String {
    match serde_json::from_value::<Fact<Value>>(fact.clone()) {
        Ok(Fact::Is(Value::String(text))) => text,
        Ok(Fact::Is(Value::Array(items))) => {
            let items = items.iter().map(|item| match item {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            list(&items.collect::<Vec<_>>())
        }
        Ok(Fact::Is(other)) => other.to_string(),
        Ok(Fact::Absent) => "absent".to_owned(),
        Ok(Fact::Unknown) | Err(_) => NOT_KNOWN.to_owned(),
    }
}

/// A list whose order says nothing.
fn list(items: &[String]) -> String {
    let mut items = items.to_vec();
    items.sort();
    if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn scene(facts: Option<&DeviceFacts>, alert: &Alert, tested: &[&str]) -> Scene {
        let never = Protections {
            tags: names(&["tier-0"]),
            ..Protections::default()
        };
        let seen = Seen {
            device: &DeviceId::from_stored("d".to_owned()),
            facts,
            never: &never,
            alert: Some(alert),
            restricted_by: &[],
        };
        seen.scene(&names(tested).into_iter().collect())
    }

    #[test]
    fn what_a_person_goes_by_and_what_the_playbook_tests_matters_and_nothing_else() {
        let before = DeviceFacts {
            tags: Fact::Is(names(&["b", "a"])),
            risk: Fact::Is("low".to_owned()),
            ..DeviceFacts::default()
        };
        let risen = DeviceFacts {
            risk: Fact::Is("high".to_owned()),
            tags: Fact::Is(names(&["a", "b"])),
            last_seen: Fact::Absent,
            ..before.clone()
        };
        let alert = Alert::default();
        let differences = |tested: &[&str], now: &DeviceFacts| {
            let (before, now) = (
                scene(Some(&before), &alert, tested),
                scene(Some(now), &alert, tested),
            );
            let told = before.differences(&now);
            told.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(differences(&["device.last_seen"], &risen).is_empty());
        assert_eq!(
            differences(&["device.risk"], &risen),
            ["device.risk was low and is high"]
        );
        let tagged = DeviceFacts {
            tags: Fact::Is(names(&["tier-0"])),
            ..before.clone()
        };
        assert_eq!(
            differences(&[], &tagged),
            [
                "device.tags was a, b and is tier-0",
                "protection was none and is never.tags"
            ]
        );
        let unknown = scene(None, &alert, &[]);
        assert_eq!(unknown.0["protection"], "device.tags is not known");
    }

    #[test]
    fn that_the_alert_was_resolved_or_classified_since_matters_and_that_somebody_took_it_does_not() {
        let news = |status: &str, classification: Option<&str>| Alert {
            status: Fact::Is(status.to_owned()),
            classification: Fact::defined(classification.map(str::to_owned)),
            ..Alert::default()
        };
        let asked = scene(None, &news("new", None), &[]);
        assert!(
            asked
                .differences(&scene(None, &news("in_progress", None), &[]))
                .is_empty()
        );
        let now = scene(None, &news("resolved", Some("FalsePositive")), &[]);
        let told: Vec<String> = asked.differences(&now).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "alert.classification was none and is FalsePositive",
                "alert.status was open and is resolved"
            ]
        );
    }

    #[test]
    fn every_part_of_what_an_approval_is_bound_to_changes_the_hash() {
        let scene = |tags: &str| Scene([("device.tags".to_owned(), tags.to_owned())].into());
        let print = scene("x").fingerprint("c", Some("r"), Some("ask"));
        for other in [
            scene("y").fingerprint("c", Some("r"), Some("ask")),
            scene("x").fingerprint("d", Some("r"), Some("ask")),
            scene("x").fingerprint("c", Some("s"), Some("ask")),
            scene("x").fingerprint("c", Some("r"), None),
            // Parts do not run together.
            scene("x").fingerprint("cr", None, Some("ask")),
        ] {
            assert_ne!(print, other);
        }
        let gone = Scene::default().differences(&scene("x"));
        assert_eq!(gone[0].to_string(), "device.tags was not known and is x");
    }
}
