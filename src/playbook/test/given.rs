//! What a test gives: facts, and a history. `unknown` makes a fact unknown, nothing (`null`) makes it absent; facts that are
//! not given are unknown, except the event (new), its time (now), the device's id and the tenant.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::alert::{Alert, EventKind, Severity};
use crate::domain::device::{DeviceFacts, DeviceId, DeviceIdRule, DeviceKind};
use crate::domain::fact::Fact;
use crate::domain::measure::{Held, Measure};
use crate::playbook::facts::{self, FactDef, Type, kind_name};
use crate::playbook::subject::Subject;
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Map, Node, suggest};

/// The moment at which tests happen, and timelines begin: 2026-01-01 00:00:00 UTC.
pub(super) const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The word that makes a fact unknown. In any other case it is a text like every other.
const UNKNOWN: &str = "unknown";

/// One situation.
#[derive(Clone, Debug)]
pub(super) struct Given {
    now: Timestamp,
    pub(super) event: EventKind,
    pub(super) alert: Alert,
    pub(super) device_id: DeviceId,
    pub(super) device: DeviceFacts,
    pub(super) restricted_by: Fact<Vec<String>>,
    pub(super) tenant: String,
    history: Vec<Acted>,
}

/// So many distinct devices were acted on, all of them that long ago.
#[derive(Clone, Copy, Debug)]
struct Acted {
    last: Duration,
    count: u32,
}

/// What a file says of one fact.
enum Value<'a> {
    Text(&'a str),
    List(Vec<String>),
    Ago(Duration),
}

impl Given {
    /// What is given when nothing is said, at that time.
    pub(super) fn at(now: Timestamp) -> Self {
        Self {
            now,
            event: EventKind::New,
            alert: Alert {
                id: "a1".to_owned(),
                occurred_at: Fact::Is(now),
                ..Alert::default()
            },
            device_id: DeviceId::from_stored(format!("{:040x}", 1)),
            device: DeviceFacts::default(),
            restricted_by: Fact::Is(Vec::new()),
            tenant: "test".to_owned(),
            history: Vec::new(),
        }
    }

    /// Named facts and maps written on the spot, later ones over earlier ones.
    pub(super) fn read(
        node: &Node<'_>,
        now: Timestamp,
        facts: Option<&Map<'_>>,
        found: &mut Diagnostics,
    ) -> Self {
        let mut given = Self::at(now);
        for item in node.seq(found).unwrap_or_default() {
            let Some(name) = item.as_str() else {
                given.apply(&item, found);
                continue;
            };
            match facts.and_then(|facts| facts.get(name)) {
                // What is wrong with named facts was reported where they stand.
                Some(named) => given.apply(&named, &mut Diagnostics::default()),
                None => {
                    let known: Vec<_> = facts
                        .into_iter()
                        .flat_map(Map::entries)
                        .map(|(key, _)| key.text)
                        .collect();
                    let message = format!("`facts` does not define {}", quoted(name));
                    found.push(
                        item.diagnostic(Code::TEST_FACTS, message)
                            .help(suggest::help(name, &known)),
                    );
                }
            }
        }
        given
    }

    /// The situation as the evaluator sees it.
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            alert: &self.alert,
            event: self.event,
            device_id: Some(&self.device_id),
            device: &self.device,
            tenant: &self.tenant,
            now: self.now,
            time_scale: 1,
            restricted_by: self.restricted_by.clone(),
        }
    }

    /// The playbooks that restrict the device, as far as they are known.
    pub(super) fn restricted_by(&self) -> &[String] {
        self.restricted_by.value().map_or(&[], Vec::as_slice)
    }

    /// What they hold. A test names playbooks alone: each holds what it can.
    pub(super) fn held(&self) -> Vec<Held> {
        let both = |playbook: &String| Measure::ALL.map(|measure| (playbook.clone(), measure));
        self.restricted_by().iter().flat_map(both).collect()
    }

    /// Which devices were acted on when. Those of one entry all were as long ago as it says, just within a window of that
    /// length, so they count in every window at least that long.
    pub(super) fn history(&self) -> impl Iterator<Item = (Timestamp, DeviceId)> {
        self.history.iter().flat_map(|acted| {
            let ago = SignedDuration::try_from(acted.last).unwrap_or(SignedDuration::ZERO);
            let at = self.now - ago + SignedDuration::from_nanos(1);
            // Ids that no device of a test has: they begin with `f`.
            (0..acted.count).map(move |n| (at, DeviceId::from_stored(format!("f{n:039x}"))))
        })
    }

    /// Lays the facts of a map over those given so far.
    pub(super) fn apply(&mut self, node: &Node<'_>, found: &mut Diagnostics) {
        let Some(map) = node.map(found) else { return };
        map.only(&["alert", "device", "tenant", "history"], found);
        for (group, node) in map.entries() {
            let Some(group_map) = (match group.text {
                "alert" | "device" | "tenant" | "history" => node.map(found),
                _ => continue,
            }) else {
                continue;
            };
            if group.text == "history" {
                self.history
                    .extend(read_history(&group_map, found).unwrap_or_default());
                continue;
            }
            for (key, value) in group_map.entries() {
                let name = format!("{}.{}", group.text, key.text);
                let Some(fact) = facts::find(&name) else {
                    let message = format!("there is no fact {}", quoted(&name));
                    found.push(
                        key.diagnostic(Code::UNKNOWN_FACT, message)
                            .help(facts::suggest(&name)),
                    );
                    continue;
                };
                let Some(value) = read_value(fact, &value, found) else {
                    continue;
                };
                if let Err(problem) = self.set(fact.name, value) {
                    found.push(node.diagnostic(Code::FACT_VALUE, problem));
                }
            }
        }
    }

    fn set(&mut self, name: &str, value: Fact<Value<'_>>) -> Result<(), String> {
        match name {
            "alert.event" => {
                self.event = text(&value)
                    .and_then(EventKind::parse)
                    .ok_or("`alert.event` is always known")?
            }
            "alert.id" => self.alert.id = text(&value).unwrap_or_default().to_owned(),
            "alert.title" => self.alert.title = owned(value),
            "alert.severity" => self.alert.severity = parsed(value, Severity::parse),
            "alert.category" => self.alert.category = owned(value),
            "alert.source" => self.alert.source = owned(value),
            "alert.techniques" => self.alert.techniques = list(value),
            "alert.classification" => self.alert.classification = owned(value),
            "alert.determination" => self.alert.determination = owned(value),
            "alert.status" => self.alert.status = owned(value),
            "alert.user" => self.alert.user = owned(value),
            "alert.age" => self.alert.occurred_at = moment(value, self.now),
            "alert.incident_id" => self.alert.incident_id = owned(value),
            "device.id" => {
                let id = text(&value).ok_or("`device.id` is always known")?;
                self.device_id = device_id(id)?;
            }
            "device.name" => self.device.name = owned(value),
            "device.kind" => self.device.kind = parsed(value, kind),
            "device.os" => self.device.os = owned(value),
            "device.os_version" => self.device.os_version = owned(value),
            "device.tags" => self.device.tags = list(value),
            "device.group" => self.device.group = owned(value),
            "device.value" => self.device.value = owned(value),
            "device.risk" => self.device.risk = owned(value),
            "device.exposure" => self.device.exposure = owned(value),
            "device.health" => self.device.health = owned(value),
            "device.onboarding" => self.device.onboarding = owned(value),
            "device.merged_into" => self.device.merged_into = owned(value),
            "device.last_seen" => self.device.last_seen = moment(value, self.now),
            "device.restricted_by" => self.restricted_by = list(value),
            "tenant.name" => self.tenant = text(&value).ok_or("`tenant.name` is always known")?.to_owned(),
            other => return Err(format!("`{other}` cannot be given in a test")),
        }
        Ok(())
    }
}

/// A device's id in a test: short ones are allowed, what could never be called is not.
pub(super) fn device_id(id: &str) -> Result<DeviceId, String> {
    let rule = DeviceIdRule::with_pattern(".*").map_err(|error| error.to_string())?;
    rule.accept(id).map_err(|refused| refused.to_string())
}

fn read_value<'a>(fact: &FactDef, node: &Node<'a>, found: &mut Diagnostics) -> Option<Fact<Value<'a>>> {
    if node.is_null() {
        return Some(Fact::Absent);
    }
    if node.as_str() == Some(UNKNOWN) {
        return Some(Fact::Unknown);
    }
    let value = match fact.ty {
        Type::List => Value::List(node.strs(found)?.into_iter().map(str::to_owned).collect()),
        Type::Time | Type::Age => Value::Ago(node.duration(found)?),
        Type::Text => Value::Text(node.str(found)?),
        Type::Word(words) | Type::Level(words) => {
            let text = node.str(found)?;
            if !words.contains(&text.to_lowercase().as_str()) {
                let message = format!("`{}` is never {}", fact.name, quoted(text));
                found.push(
                    node.diagnostic(Code::FACT_VALUE, message)
                        .help(suggest::help(text, words)),
                );
                return None;
            }
            Value::Text(text)
        }
    };
    Some(Fact::Is(value))
}

/// One span with its count, or a list of them.
fn read_history(map: &Map<'_>, found: &mut Diagnostics) -> Option<Vec<Acted>> {
    map.only(&["devices_acted"], found);
    let node = map.required("devices_acted", found)?;
    if !node.is_seq() {
        return read_acted(&node, found).map(|acted| vec![acted]);
    }
    let items = node.seq(found)?;
    Some(items.iter().filter_map(|item| read_acted(item, found)).collect())
}

fn read_acted(node: &Node<'_>, found: &mut Diagnostics) -> Option<Acted> {
    let acted = node.map(found)?;
    acted.only(&["last", "count"], found);
    let last = acted
        .required("last", found)
        .and_then(|node| node.duration(found));
    let count = acted
        .required("count", found)
        .and_then(|node| node.u64_in(0..=100_000, found));
    Some(Acted {
        last: last?,
        count: u32::try_from(count?).ok()?,
    })
}

fn text<'a>(value: &Fact<Value<'a>>) -> Option<&'a str> {
    match value {
        Fact::Is(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn owned(value: Fact<Value<'_>>) -> Fact<String> {
    parsed(value, |text| Some(text.to_owned()))
}

/// A value that the type check lets through and that still is none becomes unknown, the cautious reading.
fn parsed<T>(value: Fact<Value<'_>>, parse: impl Fn(&str) -> Option<T>) -> Fact<T> {
    match value {
        Fact::Is(Value::Text(text)) => parse(text).map_or(Fact::Unknown, Fact::Is),
        Fact::Absent => Fact::Absent,
        _ => Fact::Unknown,
    }
}

fn list(value: Fact<Value<'_>>) -> Fact<Vec<String>> {
    match value {
        Fact::Is(Value::List(items)) => Fact::Is(items),
        Fact::Absent => Fact::Absent,
        _ => Fact::Unknown,
    }
}

fn moment(value: Fact<Value<'_>>, now: Timestamp) -> Fact<Timestamp> {
    match value {
        Fact::Is(Value::Ago(ago)) => SignedDuration::try_from(ago)
            .ok()
            .and_then(|ago| now.checked_sub(ago).ok())
            .map_or(Fact::Unknown, Fact::Is),
        Fact::Absent => Fact::Absent,
        _ => Fact::Unknown,
    }
}

fn kind(name: &str) -> Option<DeviceKind> {
    [
        DeviceKind::Workstation,
        DeviceKind::Server,
        DeviceKind::DomainController,
    ]
    .into_iter()
    .find(|kind| kind_name(*kind).eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::facts::FACTS;
    use crate::playbook::subject::Seen;
    use crate::playbook::text::show;

    #[test]
    fn every_fact_of_the_table_can_be_given() {
        for fact in FACTS {
            let value = match fact.ty {
                Type::Text => Value::Text("x"),
                Type::Word(words) | Type::Level(words) => Value::Text(words[words.len() - 1]),
                Type::List => Value::List(vec!["x".to_owned()]),
                Type::Time | Type::Age => Value::Ago(Duration::from_secs(60)),
            };
            let expected = match &value {
                Value::Text(text) => (*text).to_owned(),
                Value::List(items) => items.join(", "),
                Value::Ago(_) => "1m".to_owned(),
            };
            let mut given = Given::at(NOW);
            given
                .set(fact.name, Fact::Is(value))
                .expect("the value fits the fact's type");
            let subject = given.subject();
            let seen: Fact<Seen<'_>> = fact.read(&subject);
            assert_eq!(show(&seen), expected, "{}", fact.name);
        }
    }
}
