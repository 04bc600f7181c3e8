//! A device as a record names it without Defender's id: by Entra's device id, by its DNS name, or by both. Which device that
//! is, the inventory tells, exactly and without a second one, or nobody does. Pure: the store brings what the inventory has
//! under these names, and [`DeviceHint::identify`] judges it. A wrong device is the worst that can come of it, so whatever is
//! not certain is refused with the reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::device::{DeviceId, RefusedDevice};

/// By what a device may be identified, other than Defender's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintKind {
    /// Entra's device id (`aadDeviceId` of the inventory), a GUID.
    EntraId,
    /// The DNS name (`computerDnsName` of the inventory), whole, in any case.
    DnsName,
}

/// The names of one device, in the one spelling in which they are compared. At least one is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceHint {
    /// Entra's device id, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entra_id: Option<String>,
    /// The DNS name, in lower case and without a last dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_name: Option<String>,
}

/// How a device stands in the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Onboarded, not merged into another, not inactive, and listed by the last whole reading.
    Live,
    /// One of these does not hold: an entry of a machine that was thrown away, renamed or installed anew.
    Gone,
    /// The inventory does not say enough to tell.
    Unclear,
}

/// A device of the inventory that bears one of the names asked for, or a longer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: DeviceId,
    /// Its Entra device id, in lower case.
    pub entra_id: Option<String>,
    /// Its DNS name, in lower case.
    pub dns_name: Option<String>,
    /// Whether it is there.
    pub standing: Standing,
}

impl DeviceHint {
    /// The names as they are written; `None`, when there is none at all. What Entra calls no device (the GUID of zeros) and
    /// what is blank is none.
    ///
    /// # Errors
    /// [`RefusedDevice`]: one of them is no such name.
    pub fn new(entra_id: Option<&str>, dns_name: Option<&str>) -> Result<Option<Self>, RefusedDevice> {
        let there = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_ascii_lowercase)
        };
        let entra_id = there(entra_id).filter(|id| id.bytes().any(|byte| !matches!(byte, b'0' | b'-')));
        let dns_name = there(dns_name).map(|name| name.strip_suffix('.').unwrap_or(&name).to_owned());
        if let Some(id) = entra_id.as_deref().filter(|id| !is_guid(id)) {
            return Err(refused(id, "as an Entra device id it must be a GUID"));
        }
        if let Some(name) = dns_name.as_deref().filter(|name| !is_dns_name(name)) {
            return Err(refused(
                name,
                "as a DNS name it may hold letters, digits, `-`, `_` and dots",
            ));
        }
        let hint = Self { entra_id, dns_name };
        Ok((hint.entra_id.is_some() || hint.dns_name.is_some()).then_some(hint))
    }

    /// The DNS name's first part, when that is all there is of it. A sender may have left out the rest.
    pub fn bare_name(&self) -> Option<&str> {
        self.dns_name.as_deref().filter(|name| !name.contains('.'))
    }

    /// The one live device that bears every name given.
    ///
    /// # Errors
    /// Why there is none, or none that is certain.
    pub fn identify(&self, candidates: &[Candidate]) -> Result<DeviceId, String> {
        let by_id = self.entra_id.as_deref().map(|id| {
            let bears = |one: &Candidate| one.entra_id.as_deref() == Some(id);
            one_of(candidates.iter().filter(|one| bears(one)), "Entra device id")
        });
        let by_name = self.dns_name.as_deref().map(|name| {
            let bears = |one: &Candidate| one.dns_name.as_deref() == Some(name);
            let longer = candidates.iter().any(|one| {
                one.standing != Standing::Gone && self.bare_name().is_some() && !bears(one) && is_longer(one, name)
            });
            if longer {
                return Err("a device of the inventory has a longer DNS name that begins with it: give the whole name".to_owned());
            }
            one_of(candidates.iter().filter(|one| bears(one)), "DNS name")
        });
        match (by_id, by_name) {
            (Some(one), Some(other)) => {
                let (one, other) = (one?, other?);
                if one == other {
                    Ok(one)
                } else {
                    Err(
                        "its Entra device id and its DNS name belong to two devices of the inventory"
                            .to_owned(),
                    )
                }
            }
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Err("it has no name".to_owned()),
        }
    }
}

impl fmt::Display for DeviceHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.entra_id, &self.dns_name) {
            (Some(id), Some(name)) => write!(f, "Entra device id {id} and DNS name {name}"),
            (Some(id), None) => write!(f, "Entra device id {id}"),
            (None, Some(name)) => write!(f, "DNS name {name}"),
            (None, None) => f.write_str("no name"),
        }
    }
}

/// The only live one of those that bear a name, unless another may be live too.
fn one_of<'a>(bearers: impl Iterator<Item = &'a Candidate>, what: &str) -> Result<DeviceId, String> {
    let (mut live, mut unclear, mut gone) = (Vec::new(), 0_usize, 0_usize);
    for one in bearers {
        match one.standing {
            Standing::Live => live.push(&one.id),
            Standing::Unclear => unclear += 1,
            Standing::Gone => gone += 1,
        }
    }
    match (live.as_slice(), unclear, gone) {
        ([only], 0, _) => Ok((*only).clone()),
        ([], 0, 0) => Err(format!("no device of the inventory has this {what}")),
        ([], 0, _) => Err(format!(
            "the inventory has this {what} only for a device that is inactive, merged into another, not onboarded or no longer listed"
        )),
        ([], 1, _) => Err(format!(
            "the inventory does not say whether the device with this {what} is onboarded and active"
        )),
        (live, unclear, _) => Err(format!(
            "{} devices of the inventory have this {what}",
            live.len() + unclear
        )),
    }
}

fn is_longer(one: &Candidate, name: &str) -> bool {
    let rest = one
        .dns_name
        .as_deref()
        .and_then(|longer| longer.strip_prefix(name));
    rest.is_some_and(|rest| rest.starts_with('.'))
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_dns_name(text: &str) -> bool {
    let label = |label: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(legal)
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn refused(name: &str, reason: &str) -> RefusedDevice {
    RefusedDevice {
        id: super::shown(name),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRA: &str = "f18bd540-0000-4000-8000-000000000001";
    const OTHER: &str = "f18bd540-0000-4000-8000-000000000002";

    fn hint(entra_id: Option<&str>, dns_name: Option<&str>) -> DeviceHint {
        let hint = DeviceHint::new(entra_id, dns_name).expect("these are names");
        hint.expect("there is one")
    }

    fn device(id: &str, entra_id: &str, dns_name: &str, standing: Standing) -> Candidate {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Candidate {
            id: DeviceId::from_stored(id.to_owned()),
            entra_id: some(entra_id),
            dns_name: some(dns_name),
            standing,
        }
    }

    fn check(hint: &DeviceHint, candidates: &[Candidate], expected: Result<&str, &str>) {
        let found = hint.identify(candidates);
        let found = found.as_ref().map(DeviceId::as_str).map_err(String::as_str);
        match (found, expected) {
            (Err(why), Err(part)) => assert!(why.contains(part), "{why}"),
            (found, expected) => assert_eq!(found, expected, "{candidates:?}"),
        }
    }

    #[test]
    fn names_are_compared_in_one_spelling_and_what_is_none_is_refused() {
        let written = hint(
            Some(" F18BD540-0000-4000-8000-000000000001"),
            Some("FIN-7.Corp.Example."),
        );
        assert_eq!(written, hint(Some(ENTRA), Some("fin-7.corp.example")));
        for (entra_id, dns_name) in [
            (None, None),
            (Some(""), Some("  ")),
            (Some("00000000-0000-0000-0000-000000000000"), None),
        ] {
            assert_eq!(DeviceHint::new(entra_id, dns_name), Ok(None));
        }
        for (entra_id, dns_name) in [
            (Some("4711"), None),
            (Some("f18bd540-0000-4000-8000-00000000000g"), None),
            (None, Some("fin 7")),
            (None, Some("fin-7..example")),
            (None, Some("fin%")),
            (None, Some("fín-7.example")),
        ] {
            assert!(
                DeviceHint::new(entra_id, dns_name).is_err(),
                "{entra_id:?} {dns_name:?}"
            );
        }
    }

    #[test]
    fn exactly_one_live_device_is_the_one() {
        let name = hint(None, Some("FIN-7.corp.example"));
        let live = || device("a", ENTRA, "fin-7.corp.example", Standing::Live);
        check(&name, &[], Err("no device of the inventory has this DNS name"));
        check(&name, &[live()], Ok("a"));
        let gone = device("b", "", "fin-7.corp.example", Standing::Gone);
        check(&name, &[gone.clone(), live()], Ok("a"));
        check(&name, &[gone], Err("only for a device that is inactive"));
        let two = device("b", OTHER, "fin-7.corp.example", Standing::Live);
        check(&name, &[live(), two], Err("2 devices of the inventory"));
        let unclear = device("b", "", "fin-7.corp.example", Standing::Unclear);
        check(
            &name,
            &[live(), unclear.clone()],
            Err("2 devices of the inventory"),
        );
        check(&name, &[unclear], Err("does not say whether"));
    }

    #[test]
    fn a_bare_name_never_matches_a_longer_one() {
        let bare = hint(None, Some("fin-7"));
        let longer = device("a", "", "fin-7.corp.example", Standing::Live);
        check(&bare, std::slice::from_ref(&longer), Err("give the whole name"));
        let own = device("b", "", "fin-7", Standing::Live);
        check(&bare, &[own.clone(), longer.clone()], Err("give the whole name"));
        let left = Candidate {
            standing: Standing::Gone,
            ..longer
        };
        check(&bare, &[own.clone(), left], Ok("b"));
        let another = device("c", "", "fin-71.corp.example", Standing::Live);
        check(&bare, &[own, another], Ok("b"));
        let whole = hint(None, Some("fin-7.corp"));
        check(
            &whole,
            &[device("a", "", "fin-7.corp.example", Standing::Live)],
            Err("no device"),
        );
    }

    #[test]
    fn two_names_must_mean_the_same_device() {
        let both = hint(Some(ENTRA), Some("fin-7.corp.example"));
        let one = device("a", ENTRA, "fin-7.corp.example", Standing::Live);
        check(&both, std::slice::from_ref(&one), Ok("a"));
        let renamed = device("a", ENTRA, "fin-8.corp.example", Standing::Live);
        check(
            &both,
            std::slice::from_ref(&renamed),
            Err("no device of the inventory has this DNS name"),
        );
        let other = device("b", OTHER, "fin-7.corp.example", Standing::Live);
        check(&both, &[renamed, other], Err("belong to two devices"));
    }
}
