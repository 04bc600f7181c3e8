//! Guards: what can stop an action whatever the playbooks say. Pure; the same functions judge when a decision is made
//! and again in the gate's transaction, each time with the facts of that moment.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;
use crate::domain::spelling::{folded, same};

/// An event time further ahead than this is not believed.
pub const MAX_AHEAD: Duration = Duration::from_secs(300);

/// What is never restricted, from the configuration's `never:`. Words are compared as [`folded`] has them, so neither case nor
/// look-alike letters matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Protections {
    /// Device ids.
    pub ids: Vec<String>,
    /// Tags; one suffices.
    pub tags: Vec<String>,
    /// Device groups.
    pub groups: Vec<String>,
    /// Names with `*` for any run of characters; a pattern without a dot also meets the first label of a full name, and one
    /// with a dot and a first label of its own also meets a name that is told without its domain.
    pub names: Vec<String>,
    /// Device values, e.g. `high`.
    pub device_values: Vec<String>,
}

/// Whether a device is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// By which list: `ids`, `tags`, `groups`, `names` or `device_values`.
    Protected(&'static str),
    /// A list is configured and the fact that it needs, e.g. `device.tags`, is unknown.
    Unknown(&'static str),
    /// By none.
    Free,
}

impl Protections {
    /// Judges a device. Protected by one list beats unknown by another.
    pub fn protects(&self, id: &DeviceId, facts: &DeviceFacts) -> Protection {
        if self.ids.iter().any(|listed| same(listed, id.as_str())) {
            return Protection::Protected("ids");
        }
        let mut unknown = None;
        let tags = |tags: &Vec<String>| {
            tags.iter()
                .any(|tag| self.tags.iter().any(|listed| same(listed, tag)))
        };
        let group = |group: &String| self.groups.iter().any(|listed| same(listed, group));
        let name = |name: &String| self.names.iter().any(|pattern| name_matches(pattern, name));
        let value = |value: &String| self.device_values.iter().any(|listed| same(listed, value));
        let checks = [
            (
                "tags",
                "device.tags",
                self.tags.is_empty(),
                holds(&facts.tags, tags),
            ),
            (
                "groups",
                "device.group",
                self.groups.is_empty(),
                holds(&facts.group, group),
            ),
            (
                "names",
                "device.name",
                self.names.is_empty(),
                holds(&facts.name, name),
            ),
            (
                "device_values",
                "device.value",
                self.device_values.is_empty(),
                holds(&facts.value, value),
            ),
        ];
        for (list, fact, empty, held) in checks {
            match held {
                _ if empty => {}
                Some(true) => return Protection::Protected(list),
                None => unknown = unknown.or(Some(fact)),
                Some(false) => {}
            }
        }
        unknown.map_or(Protection::Free, Protection::Unknown)
    }

    /// The list that protects every device of which this value of that fact is true, if there is one.
    pub fn list_with(&self, fact: &str, value: &str) -> Option<&'static str> {
        let among = |listed: &[String]| listed.iter().any(|listed| same(listed, value));
        let (list, protected) = match fact {
            "device.id" => ("ids", among(&self.ids)),
            "device.tags" => ("tags", among(&self.tags)),
            "device.group" => ("groups", among(&self.groups)),
            "device.name" => (
                "names",
                self.names.iter().any(|pattern| name_matches(pattern, value)),
            ),
            "device.value" => ("device_values", among(&self.device_values)),
            _ => return None,
        };
        protected.then_some(list)
    }

    /// Whether every device is protected whose name begins so.
    pub fn protects_names_from(&self, start: &str) -> bool {
        let open = |pattern: &&String| pattern.trim().ends_with('*');
        self.names
            .iter()
            .filter(open)
            .any(|pattern| name_matches(pattern, start))
    }
}

/// Whether an event is young enough to act by itself. An unknown time, or one more than five minutes ahead, is not.
pub fn is_fresh(occurred_at: &Fact<Timestamp>, now: Timestamp, freshness: Duration) -> bool {
    let Some(at) = occurred_at.value() else {
        return false;
    };
    let age = now.duration_since(*at);
    let ahead_by = jiff::SignedDuration::try_from(MAX_AHEAD).unwrap_or(jiff::SignedDuration::ZERO);
    let bound = jiff::SignedDuration::try_from(freshness).unwrap_or(jiff::SignedDuration::MAX);
    age >= -ahead_by && age <= bound
}

/// Three-valued: `None` when the fact is unknown. An absent value is on no list.
fn holds<T>(fact: &Fact<T>, test: impl Fn(&T) -> bool) -> Option<bool> {
    match fact {
        Fact::Is(value) => Some(test(value)),
        Fact::Absent => Some(false),
        Fact::Unknown => None,
    }
}

fn name_matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (folded(pattern), folded(name));
    let (pattern, name) = (host(&pattern), host(&name));
    let label = |of: &str| of.split('.').next().map_or(0, str::len);
    let (own, short) = (&pattern[..label(pattern)], &name[..label(name)]);
    let is_own = own.len() < pattern.len() && own.bytes().any(|b| b != b'*');
    glob(pattern.as_bytes(), name.as_bytes())
        || (!pattern.contains('.') && glob(pattern.as_bytes(), short.as_bytes()))
        // `dc1` may be `dc1.contoso.com`: nobody can tell, so it is protected.
        || (is_own && !name.contains('.') && glob(own.as_bytes(), name.as_bytes()))
}

/// A name without what may stand around it: `CONTOSO\dc1`, `dc1$`, `dc1.contoso.com.`.
fn host(name: &str) -> &str {
    let name = name.rsplit('\\').next().unwrap_or(name);
    name.trim_end_matches(['.', '$'])
}

/// `*` stands for any run of bytes. Greedy with one point to fall back to, so linear in practice and never exponential.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(byte) if *byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((after_star, from)) => {
                    retry = Some((after_star, from + 1));
                    p = after_star;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> DeviceId {
        DeviceId::from_stored("a".repeat(40))
    }

    #[test]
    fn a_name_pattern_meets_full_and_short_names_in_any_case() {
        let never = Protections {
            names: vec![
                "DC*".into(),
                "srv.contoso.com.".into(),
                "*.pos.contoso.com".into(),
            ],
            ..Protections::default()
        };
        for (name, protected) in [
            ("dc01.contoso.com", true),
            ("DC-2", true),
            ("adc1", false),
            ("SRV.contoso.com.", true),
            ("srv", true),
            ("srv2", false),
            ("srv.fabrikam.com", false),
            ("CONTOSO\\DC9$", true),
            ("till7", false),
        ] {
            let facts = DeviceFacts {
                name: Fact::Is(name.into()),
                ..DeviceFacts::default()
            };
            assert_eq!(
                never.protects(&id(), &facts) == Protection::Protected("names"),
                protected,
                "{name}"
            );
        }
    }

    #[test]
    fn an_unknown_fact_under_a_configured_list_is_unknown_and_an_absent_one_is_free() {
        let never = Protections {
            tags: vec!["tier-0".into()],
            ..Protections::default()
        };
        assert_eq!(
            never.protects(&id(), &DeviceFacts::default()),
            Protection::Unknown("device.tags")
        );
        let absent = DeviceFacts {
            tags: Fact::Absent,
            ..DeviceFacts::default()
        };
        assert_eq!(never.protects(&id(), &absent), Protection::Free);
        assert_eq!(
            Protections::default().protects(&id(), &DeviceFacts::default()),
            Protection::Free
        );
    }

    #[test]
    fn protected_by_one_list_beats_unknown_by_another() {
        let never = Protections {
            tags: vec!["x".into()],
            device_values: vec!["High".into()],
            ..Protections::default()
        };
        let facts = DeviceFacts {
            value: Fact::Is("high".into()),
            ..DeviceFacts::default()
        };
        assert_eq!(
            never.protects(&id(), &facts),
            Protection::Protected("device_values")
        );
    }

    #[test]
    fn a_list_is_named_for_a_value_that_protects_by_itself() {
        let never = Protections {
            tags: vec!["Tier-0".into()],
            names: vec!["dc*".into(), "*.contoso.com".into()],
            ..Protections::default()
        };
        assert_eq!(never.list_with("device.tags", "tier-0"), Some("tags"));
        assert_eq!(never.list_with("device.tags", "tier-1"), None);
        assert_eq!(never.list_with("device.name", "DC01.contoso.com"), Some("names"));
        assert_eq!(never.list_with("device.group", "tier-0"), None);
        assert!(never.protects_names_from("dc0") && never.protects_names_from("dc"));
        assert!(!never.protects_names_from("d") && !never.protects_names_from("x.contoso.com"));
    }

    #[test]
    fn freshness_holds_from_five_minutes_ahead_to_the_bound() {
        let now = Timestamp::from_second(1_000_000).expect("in range");
        let hour = Duration::from_secs(3600);
        for (second, fresh) in [
            (1_000_000, true),
            (996_400, true),
            (996_399, false),
            (1_000_300, true),
            (1_000_301, false),
        ] {
            let at = Fact::Is(Timestamp::from_second(second).expect("in range"));
            assert_eq!(is_fresh(&at, now, hour), fresh, "{second}");
        }
        assert!(!is_fresh(&Fact::Unknown, now, hour) && !is_fresh(&Fact::Absent, now, hour));
    }

    #[test]
    fn a_glob_with_many_stars_ends_in_time() {
        assert!(!glob("*a".repeat(40).as_bytes(), "a".repeat(39).as_bytes()));
        assert!(glob(b"a*b*c", b"axxbyyc") && glob(b"*", b"") && !glob(b"", b"x"));
    }
}
