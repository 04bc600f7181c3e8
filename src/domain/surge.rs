//! Containment as a denial of service: whoever can make alerts can take machines away with them. What drives restrictions on
//! more distinct devices than is usual (one source, one user, one detection), or on devices of administrators, asks a person
//! instead of acting. Pure; counted with the limits, by the same function and under the same lock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::alert::Alert;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;
use crate::domain::limit::{Usage, UsageKey};
use crate::domain::spelling::{folded, same};
use crate::domain::verdict::Mode;

/// How a reason begins when something drives too many restrictions: `surge.user`.
pub const SURGE: &str = "surge.";

/// What one thing may drive within a window. What is not bounded is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Surge {
    /// The window.
    pub per: Duration,
    /// Distinct devices by one source of events.
    pub per_source: Option<u32>,
    /// Distinct devices by alerts on one user.
    pub per_user: Option<u32>,
    /// Distinct devices by alerts of one title: of one rule, or of one indicator.
    pub per_title: Option<u32>,
    /// Whose devices are administrators'.
    pub administrators: Administrators,
}

/// Which devices are administrators', and how many of them may be restricted without a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Administrators {
    /// Devices with one of these tags.
    pub tags: Vec<String>,
    /// Devices of these groups.
    pub groups: Vec<String>,
    /// Devices with an alert on one of these users: `contoso\anna`, `anna@contoso.com`, `anna`.
    pub users: Vec<String>,
    /// Distinct devices in the window.
    pub devices: u32,
}

impl Administrators {
    fn is_configured(&self) -> bool {
        !(self.tags.is_empty() && self.groups.is_empty() && self.users.is_empty())
    }

    /// Whether a device is an administrator's, or may be: what nobody knows of it counts as said.
    fn may_own(&self, alert: &Alert, device: &DeviceFacts) -> bool {
        let listed = |list: &[String], word: &str| list.iter().any(|entry| same(entry, word));
        let unknown_or = |is_empty: bool, is_unknown: bool, says: bool| !is_empty && (is_unknown || says);
        let tags = device.tags.value().into_iter().flatten();
        unknown_or(
            self.tags.is_empty(),
            device.tags.is_unknown(),
            tags.clone().any(|tag| listed(&self.tags, tag)),
        ) || unknown_or(
            self.groups.is_empty(),
            device.group.is_unknown(),
            device
                .group
                .value()
                .is_some_and(|group| listed(&self.groups, group)),
        ) || alert.user.value().is_some_and(|user| {
            let name = account(user);
            self.users
                .iter()
                .any(|entry| same(entry, user) || account(entry) == name)
        })
    }
}

impl Surge {
    /// What drives a restriction because of this alert on this device, as far as it is bounded: `source:http`,
    /// `user:contoso\anna`, `title:…`, `administrators`. `source` is none where it is not known.
    pub fn drivers(&self, source: Option<&str>, alert: &Alert, device: &DeviceFacts) -> Vec<String> {
        let of = |bound: Option<u32>, kind: &str, value: Option<&str>| {
            let value = value
                .map(folded)
                .filter(|value| bound.is_some() && !value.is_empty())?;
            let value: String = value.chars().take(200).collect();
            Some(format!("{kind}:{value}"))
        };
        let text = |fact: &'_ Fact<String>| fact.value().cloned();
        let (user, title) = (text(&alert.user), text(&alert.title));
        [
            of(self.per_source, "source", source),
            of(self.per_user, "user", user.as_deref()),
            of(self.per_title, "title", title.as_deref()),
            (self.administrators.is_configured() && self.administrators.may_own(alert, device))
                .then(|| "administrators".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The first driver that would drive more devices than it may with this one, and the reason: `surge.user`.
    pub fn reached<'d>(
        &self,
        drivers: &'d [String],
        mode: Mode,
        device: &DeviceId,
        usage: &Usage,
    ) -> Option<(&'d str, String)> {
        drivers.iter().find_map(|driver| {
            let kind = driver.split(':').next().unwrap_or_default();
            let most = match kind {
                "source" => self.per_source,
                "user" => self.per_user,
                "title" => self.per_title,
                "administrators" => Some(self.administrators.devices),
                _ => None,
            }?;
            let devices = usage.with(&self.key(driver, mode), device);
            (devices > most as usize).then(|| (driver.as_str(), format!("{SURGE}{kind}")))
        })
    }

    /// The counter of a driver.
    pub fn key(&self, driver: &str, mode: Mode) -> UsageKey {
        (Some(owner(driver)), mode, self.per)
    }

    /// The counters of these drivers, in both modes in which something can come of them.
    pub fn keys<'d>(&'d self, drivers: &'d [String]) -> impl Iterator<Item = UsageKey> + 'd {
        let modes = [Mode::Observe, Mode::Enforce];
        drivers
            .iter()
            .flat_map(move |driver| modes.map(|mode| self.key(driver, mode)))
    }
}

/// The owner of a driver's counter, where a playbook's limits have the playbook's id, which never holds a colon.
pub fn owner(driver: &str) -> String {
    format!("{OWNER}{driver}")
}

/// Whether a counter is a driver's.
pub fn is_owned(key: &UsageKey) -> bool {
    key.0.as_ref().is_some_and(|owner| owner.starts_with(OWNER))
}

const OWNER: &str = "surge:";

/// The name of an account without what may stand around it: `contoso\anna`, `anna@contoso.com`.
fn account(user: &str) -> String {
    let user = folded(user);
    let name = user.rsplit('\\').next().unwrap_or(&user);
    name.split('@').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn surge() -> Surge {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Surge {
            per: HOUR,
            per_source: Some(50),
            per_user: Some(2),
            per_title: None,
            administrators: Administrators {
                tags: words(&["paw"]),
                groups: words(&["Admins"]),
                users: words(&["CONTOSO\\root"]),
                devices: 0,
            },
        }
    }

    fn known(tags: &[&str], group: &str) -> DeviceFacts {
        DeviceFacts {
            tags: Fact::Is(tags.iter().map(|tag| (*tag).to_owned()).collect()),
            group: Fact::Is(group.to_owned()),
            ..DeviceFacts::default()
        }
    }

    fn on(user: &str) -> Alert {
        Alert {
            user: Fact::Is(user.to_owned()),
            title: Fact::Is("Ransomware".to_owned()),
            ..Alert::default()
        }
    }

    #[test]
    fn what_is_not_bounded_is_not_counted() {
        let plain = known(&[], "Sales");
        let drivers = surge().drivers(Some("http"), &on("Contoso\\Ana"), &plain);
        assert_eq!(drivers, ["source:http", "user:contoso\\ana"]);
        assert!(
            Surge::default()
                .drivers(Some("http"), &on("ana"), &plain)
                .is_empty()
        );
        let nobody = Alert {
            user: Fact::Unknown,
            ..on("")
        };
        assert_eq!(surge().drivers(None, &nobody, &plain), Vec::<String>::new());
    }

    #[test]
    fn a_device_of_administrators_is_known_by_its_tags_its_group_and_the_alerts_user() {
        let plain = known(&[], "Sales");
        for (alert, device, is) in [
            (on("ana"), plain.clone(), false),
            (on("ana"), known(&["PAW"], "Sales"), true),
            (on("ana"), known(&[], "ＡＤＭＩＮＳ"), true),
            (on("root@contoso.com"), plain.clone(), true),
            (on("CONTOSO\\Root"), plain.clone(), true),
            (on("root2"), plain, false),
            (on("ana"), DeviceFacts::default(), true),
        ] {
            let drivers = surge().drivers(None, &alert, &device);
            assert_eq!(
                drivers.contains(&"administrators".to_owned()),
                is,
                "{alert:?} {device:?}"
            );
        }
    }

    #[test]
    fn one_user_drives_so_many_devices_and_no_more() {
        let surge = surge();
        let device = |n: u32| DeviceId::from_stored(format!("d{n}"));
        let drivers = surge.drivers(Some("http"), &on("ana"), &known(&[], "Sales"));
        let mut usage = Usage::default();
        for key in surge.keys(&drivers) {
            usage.load(key, []);
        }
        for n in 0..2 {
            assert_eq!(surge.reached(&drivers, Mode::Enforce, &device(n), &usage), None);
            usage.count_driven("p", Mode::Enforce, &device(n), &drivers);
        }
        let reached = surge.reached(&drivers, Mode::Enforce, &device(2), &usage);
        assert_eq!(reached, Some(("user:ana", "surge.user".to_owned())));
        assert_eq!(surge.reached(&drivers, Mode::Enforce, &device(1), &usage), None);
        assert_eq!(surge.reached(&drivers, Mode::Observe, &device(2), &usage), None);
        let other = surge.drivers(Some("http"), &on("eve"), &known(&[], "Sales"));
        assert_eq!(surge.reached(&other, Mode::Enforce, &device(2), &usage), None);
    }
}
