//! Gathers the device ids of one record: the accepted ones, each once, and the refused ones with the reason.
//!
//! The format files offer every id they find in a place that names an affected device; nothing else gets into
//! [`crate::domain::alert::Event::devices`].

use serde_json::Value;

use crate::domain::device::{DeviceId, DeviceIdRule, RefusedDevice};
use crate::intake::field;

/// The most device ids, accepted and refused together, that one record may name. The most in any public sample is one,
/// an XDR incident has tens; a record with more is refused as a whole rather than cut.
pub const MAX_DEVICES: usize = 1000;

/// The device ids of one record so far.
#[derive(Debug)]
pub struct Devices<'a> {
    rule: &'a DeviceIdRule,
    accepted: Vec<DeviceId>,
    refused: Vec<RefusedDevice>,
    offered: usize,
}

impl<'a> Devices<'a> {
    /// None so far.
    pub fn new(rule: &'a DeviceIdRule) -> Self {
        Self {
            rule,
            accepted: Vec::new(),
            refused: Vec::new(),
            offered: 0,
        }
    }

    /// Takes what a field for a device id holds. `null` and empty text name no device; anything else is accepted by the
    /// rule or refused.
    pub fn offer(&mut self, written: Option<&Value>) {
        match written {
            None | Some(Value::Null) => {}
            Some(Value::String(id)) if id.is_empty() => {}
            Some(Value::String(id)) => match self.rule.accept(id) {
                Ok(id) => self.accept(id),
                Err(refused) => self.refuse(refused),
            },
            Some(other) => self.refuse(RefusedDevice {
                id: field::shown(&other.to_string()),
                reason: "it is not a text".to_owned(),
            }),
        }
    }

    /// Takes an id that must not be called although its form may be right, because of its place in the record.
    pub fn offer_only_named(&mut self, written: Option<&Value>, reason: &str) {
        match written {
            Some(Value::String(id)) if self.rule.accept(id).is_ok() => {
                self.refuse(RefusedDevice {
                    id: id.clone(),
                    reason: reason.to_owned(),
                });
            }
            other => self.offer(other),
        }
    }

    /// How many ids were offered, if that is more than a record may name.
    pub fn too_many(&self) -> Option<usize> {
        (self.offered > MAX_DEVICES).then_some(self.offered)
    }

    /// The accepted and the refused ids. An id that was accepted in one place of the record is not refused in another.
    pub fn into_parts(self) -> (Vec<DeviceId>, Vec<RefusedDevice>) {
        let Self {
            accepted,
            mut refused,
            ..
        } = self;
        refused.retain(|refused| accepted.iter().all(|id| id.as_str() != refused.id));
        (accepted, refused)
    }

    fn accept(&mut self, id: DeviceId) {
        self.offered += 1;
        if self.offered <= MAX_DEVICES && !self.accepted.contains(&id) {
            self.accepted.push(id);
        }
    }

    fn refuse(&mut self, refused: RefusedDevice) {
        self.offered += 1;
        if self.offered <= MAX_DEVICES && !self.refused.contains(&refused) {
            self.refused.push(refused);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GOOD: &str = "31a048e5eea6ad6e6bc025bfa9e0e571c4c20f7e";

    #[test]
    fn a_device_named_twice_is_kept_once() {
        let rule = DeviceIdRule::default();
        let mut devices = Devices::new(&rule);
        devices.offer(Some(&json!(GOOD)));
        devices.offer(Some(&json!(GOOD)));
        devices.offer_only_named(Some(&json!(GOOD)), "it is only related");
        let (accepted, refused) = devices.into_parts();
        assert_eq!(accepted.iter().map(DeviceId::as_str).collect::<Vec<_>>(), [GOOD]);
        assert_eq!(refused, []);
    }

    #[test]
    fn hostile_ids_are_refused_with_the_reason_and_empty_ones_name_nothing() {
        let rule = DeviceIdRule::default();
        let mut devices = Devices::new(&rule);
        for id in [
            json!("../../machineactions"),
            json!("1".repeat(44)),
            json!(1234),
            json!(GOOD.to_uppercase()),
        ] {
            devices.offer(Some(&id));
        }
        for nothing in [json!(null), json!("")] {
            devices.offer(Some(&nothing));
        }
        devices.offer(None);
        let (accepted, refused) = devices.into_parts();
        assert_eq!(accepted, []);
        assert_eq!(
            refused.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(),
            [
                "it holds characters other than letters, digits, `-` and `_`",
                "it is not 40 lower-case hex characters",
                "it is not a text",
                "it is not 40 lower-case hex characters",
            ]
        );
    }

    #[test]
    fn a_record_that_names_too_many_devices_says_how_many() {
        let rule = DeviceIdRule::default();
        let mut devices = Devices::new(&rule);
        for number in 0..MAX_DEVICES {
            devices.offer(Some(&json!(format!("{number:040x}"))));
        }
        assert_eq!(devices.too_many(), None);
        devices.offer(Some(&json!("x")));
        assert_eq!(devices.too_many(), Some(MAX_DEVICES + 1));
    }
}
