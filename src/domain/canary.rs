//! The canary: a playbook that enforces may begin with a part of the fleet. Who belongs to it is told here; that all the
//! others are observed, and that a playbook in its canary falls back to observing, is decided in
//! [`crate::domain::decision`]. Pure; it never asks who else is a pilot.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;
use crate::domain::verdict::Percent;

/// So many containments of one revision that ended as false positives make a playbook in its canary fall back.
pub const FALSE_POSITIVES: i64 = 2;

/// The part of the fleet in which a playbook enforces; elsewhere its matches are observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Canary {
    /// So many percent of all device ids, by a stable hash.
    Percent(Percent),
    /// The devices of these groups, whatever the case of their names.
    Groups(Vec<String>),
}

impl Canary {
    /// Whether a device belongs to the playbook's canary. One whose group is not known, or that has none, does not.
    pub fn holds(&self, playbook: &str, device: &DeviceId, facts: &DeviceFacts) -> bool {
        match self {
            Self::Percent(percent) => place(playbook, device) < percent.hundredths(),
            Self::Groups(groups) => facts.group.value().is_some_and(|group| {
                let group = group.trim().to_lowercase();
                groups.iter().any(|listed| listed.trim().to_lowercase() == group)
            }),
        }
    }

    /// Whether fetching the device's facts may tell that it belongs.
    pub fn waits_for(&self, facts: &DeviceFacts) -> bool {
        matches!((self, &facts.group), (Self::Groups(_), Fact::Unknown))
    }
}

/// A device's place among 10,000: the first eight bytes of SHA-256 over the playbook's id, a zero byte and the device's
/// id, modulo 10,000. The playbook's id is the salt, so that not always the same devices are the pilots; the places below
/// a percentage are among those below a larger one, so a canary that grows keeps its devices.
fn place(playbook: &str, device: &DeviceId) -> u32 {
    let mut hash = Sha256::new();
    hash.update(playbook.as_bytes());
    hash.update([0]);
    hash.update(device.as_str().as_bytes());
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u32::try_from(u64::from_be_bytes(first) % u64::from(Percent::WHOLE)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(n: u32) -> DeviceId {
        DeviceId::from_stored(format!("{n:040x}"))
    }

    fn percent(percent: f64) -> Canary {
        Canary::Percent(Percent::new(percent).expect("a percentage"))
    }

    fn pilots(canary: &Canary, playbook: &str) -> Vec<u32> {
        let facts = DeviceFacts::default();
        (0..20_000)
            .filter(|n| canary.holds(playbook, &device(*n), &facts))
            .collect()
    }

    #[test]
    fn a_percentage_holds_about_so_many_devices_and_always_the_same() {
        let ten = pilots(&percent(10.0), "p");
        assert!((1_800..2_200).contains(&ten.len()), "{}", ten.len());
        assert_eq!(ten, pilots(&percent(10.0), "p"));
        let half = pilots(&percent(0.5), "p");
        assert!((60..140).contains(&half.len()), "{}", half.len());
        assert_eq!(pilots(&percent(100.0), "p").len(), 20_000);
    }

    #[test]
    fn the_places_are_those_that_every_version_gave() {
        let places = [("p", 0), ("p", 1), ("q", 0)].map(|(playbook, n)| place(playbook, &device(n)));
        assert_eq!(
            places,
            [4_261, 2_883, 1_234],
            "a changed hash would change every canary in use"
        );
    }

    #[test]
    fn a_canary_that_grows_keeps_its_devices_and_another_playbook_has_others() {
        let (five, ten) = (pilots(&percent(5.0), "p"), pilots(&percent(10.0), "p"));
        assert!(five.iter().all(|n| ten.contains(n)));
        let others = pilots(&percent(10.0), "q");
        let both = ten.iter().filter(|n| others.contains(n)).count();
        assert!(both < 400, "about one in ten of the one is in the other: {both}");
    }

    #[test]
    fn a_device_of_a_listed_group_belongs_and_one_of_unknown_group_does_not() {
        let canary = Canary::Groups(vec!["Pilot".to_owned()]);
        for (group, belongs, waits) in [
            (Fact::Is("pilot".to_owned()), true, false),
            (Fact::Is("sales".to_owned()), false, false),
            (Fact::Absent, false, false),
            (Fact::Unknown, false, true),
        ] {
            let facts = DeviceFacts {
                group,
                ..DeviceFacts::default()
            };
            assert_eq!(canary.holds("p", &device(0), &facts), belongs, "{facts:?}");
            assert_eq!(canary.waits_for(&facts), waits, "{facts:?}");
        }
        assert!(!percent(10.0).waits_for(&DeviceFacts::default()));
    }
}
