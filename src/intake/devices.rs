//! Gathers the device ids of one record: the accepted ones, each once, and the refused ones with the reason.
//!
//! The format files offer every id they find in a place that names an affected device; nothing else gets into
//! [`crate::domain::alert::Event::devices`].

use serde_json::Value;

use crate::domain::device::hint::{DeviceHint, HintKind};
use crate::domain::device::{DeviceId, DeviceIdRule, RefusedDevice};
use crate::intake::field;

/// The most device ids, accepted and refused together, that one record may name. The most in any public sample is one,
/// an XDR incident has tens; a record with more is refused as a whole rather than cut.
pub const MAX_DEVICES: usize = 1000;

/// The device ids of one record so far.
#[derive(Debug)]
pub struct Devices<'a> {
    rule: &'a DeviceIdRule,
    identify_by: &'a [HintKind],
    accepted: Vec<DeviceId>,
    refused: Vec<RefusedDevice>,
    hints: Vec<DeviceHint>,
    offered: usize,
}

impl<'a> Devices<'a> {
    /// None so far. Hosts that a foreign shape names without Defender's id are looked for by `identify_by` alone.
    pub fn new(rule: &'a DeviceIdRule, identify_by: &'a [HintKind]) -> Self {
        Self {
            rule,
            identify_by,
            accepted: Vec::new(),
            refused: Vec::new(),
            hints: Vec::new(),
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

    /// Takes a host of a foreign shape: by Defender's id if it has one, else by the names that the source's
    /// `identify_by` allows. An id that is refused is not replaced by a name.
    pub fn offer_host(&mut self, id: Option<&Value>, entra_id: Option<&Value>, dns_name: Option<&Value>) {
        if !is_nothing(id) {
            return self.offer(id);
        }
        let allowed = |kind, name| Some(name).filter(|_| self.identify_by.contains(&kind)).flatten();
        let (entra_id, dns_name) = (
            allowed(HintKind::EntraId, entra_id),
            allowed(HintKind::DnsName, dns_name),
        );
        self.offer_names(entra_id, dns_name);
    }

    /// Takes the other names of one device, which its record was meant to be known by.
    pub fn offer_names(&mut self, entra_id: Option<&Value>, dns_name: Option<&Value>) {
        for written in [entra_id, dns_name] {
            if !is_nothing(written) && !written.is_some_and(Value::is_string) {
                return self.offer(written);
            }
        }
        let text = |written: Option<&'_ Value>| written.and_then(Value::as_str).map(str::to_owned);
        match DeviceHint::new(text(entra_id).as_deref(), text(dns_name).as_deref()) {
            Ok(None) => {}
            Ok(Some(hint)) => {
                self.offered += 1;
                if self.offered <= MAX_DEVICES && !self.hints.contains(&hint) {
                    self.hints.push(hint);
                }
            }
            Err(refused) => self.refuse(refused),
        }
    }

    /// How many ids were offered, if that is more than a record may name.
    pub fn too_many(&self) -> Option<usize> {
        (self.offered > MAX_DEVICES).then_some(self.offered)
    }

    /// The accepted and the refused ids, and the names to look for. An id that was accepted in one place of the record is not
    /// refused in another.
    pub fn into_parts(self) -> (Vec<DeviceId>, Vec<RefusedDevice>, Vec<DeviceHint>) {
        let Self {
            accepted,
            mut refused,
            hints,
            ..
        } = self;
        refused.retain(|refused| accepted.iter().all(|id| id.as_str() != refused.id));
        (accepted, refused, hints)
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

/// Whether a field for a name holds none.
fn is_nothing(written: Option<&Value>) -> bool {
    match written {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
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
        let mut devices = Devices::new(&rule, &[]);
        devices.offer(Some(&json!(GOOD)));
        devices.offer(Some(&json!(GOOD)));
        devices.offer_only_named(Some(&json!(GOOD)), "it is only related");
        let (accepted, refused, _) = devices.into_parts();
        assert_eq!(accepted.iter().map(DeviceId::as_str).collect::<Vec<_>>(), [GOOD]);
        assert_eq!(refused, []);
    }

    #[test]
    fn hostile_ids_are_refused_with_the_reason_and_empty_ones_name_nothing() {
        let rule = DeviceIdRule::default();
        let mut devices = Devices::new(&rule, &[]);
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
        let (accepted, refused, _) = devices.into_parts();
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
        let mut devices = Devices::new(&rule, &[]);
        for number in 0..MAX_DEVICES {
            devices.offer(Some(&json!(format!("{number:040x}"))));
        }
        assert_eq!(devices.too_many(), None);
        devices.offer(Some(&json!("x")));
        assert_eq!(devices.too_many(), Some(MAX_DEVICES + 1));
    }

    #[test]
    fn a_host_without_an_id_is_looked_for_only_by_what_its_source_allows() {
        let rule = DeviceIdRule::default();
        let (entra_id, name) = (
            json!("f18bd540-0000-4000-8000-000000000001"),
            json!("fin-7.corp.example"),
        );
        for (allowed, expected) in [
            (&[][..], None),
            (&[HintKind::DnsName], Some("DNS name fin-7.corp.example")),
            (
                &[HintKind::DnsName, HintKind::EntraId],
                Some("Entra device id f18bd540-0000-4000-8000-000000000001 and DNS name fin-7.corp.example"),
            ),
        ] {
            let mut devices = Devices::new(&rule, allowed);
            devices.offer_host(Some(&json!("")), Some(&entra_id), Some(&name));
            let (accepted, refused, hints) = devices.into_parts();
            assert_eq!((accepted.len(), refused.len()), (0, 0));
            let hints: Vec<_> = hints.iter().map(ToString::to_string).collect();
            assert_eq!(hints, expected.into_iter().collect::<Vec<_>>());
        }
        let mut devices = Devices::new(&rule, &[HintKind::DnsName]);
        devices.offer_host(Some(&json!("../x")), None, Some(&name));
        devices.offer_host(None, None, Some(&json!(["a", "b"])));
        let (accepted, refused, hints) = devices.into_parts();
        assert_eq!(
            (accepted.len(), refused.len(), hints.len()),
            (0, 2, 0),
            "no name takes a refused id's place"
        );
    }
}
