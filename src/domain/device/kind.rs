//! What kind of machine a device is: told by the signs that the configuration names, else by its platform. Pure; asked when facts
//! are stored, so that everybody who reads them reads the same kind, and again when they are read for a decision, so that a sign
//! that was added holds at once.

use crate::domain::device::{DeviceFacts, DeviceId, DeviceKind};
use crate::domain::fact::Fact;
use crate::domain::guard::{Protection, Protections};

/// The signs of each kind: tags, groups and names, one suffices. They are written, and compared, as those of `never:`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindSigns {
    /// Of a domain controller; goes before the others.
    pub domain_controller: Protections,
    /// Of a server; goes before a workstation.
    pub server: Protections,
    /// Of a workstation.
    pub workstation: Protections,
}

impl KindSigns {
    /// Corrects the kind of facts that the platform alone told. A sign whose fact is unknown makes the kind unknown: the device
    /// might be the more delicate one.
    pub fn apply(&self, id: &DeviceId, facts: &mut DeviceFacts) {
        let signs = [
            (DeviceKind::DomainController, &self.domain_controller),
            (DeviceKind::Server, &self.server),
            (DeviceKind::Workstation, &self.workstation),
        ];
        for (kind, signs) in signs {
            facts.kind = match signs.protects(id, facts) {
                Protection::Free => continue,
                Protection::Protected(_) => Fact::Is(kind),
                Protection::Unknown(_) => Fact::Unknown,
            };
            return;
        }
    }
}

/// What `osPlatform` says for sure. A domain controller looks like any other server here.
pub fn of_platform(os: &Fact<String>) -> Fact<DeviceKind> {
    match os.value().map(|os| os.to_lowercase()).as_deref() {
        Some("windows10" | "windows11") => Fact::Is(DeviceKind::Workstation),
        Some(os) if os.starts_with("windowsserver") => Fact::Is(DeviceKind::Server),
        _ => Fact::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> Fact<String> {
        Fact::Is(text.to_owned())
    }

    fn server(name: &str, tags: &[&str]) -> DeviceFacts {
        DeviceFacts {
            name: is(name),
            os: is("WindowsServer2019"),
            kind: Fact::Is(DeviceKind::Server),
            tags: Fact::Is(tags.iter().map(|tag| (*tag).to_owned()).collect()),
            group: Fact::Absent,
            ..DeviceFacts::default()
        }
    }

    fn signs() -> KindSigns {
        KindSigns {
            domain_controller: Protections {
                tags: vec!["role-dc".to_owned()],
                groups: vec!["Domain Controllers".to_owned()],
                names: vec!["dc*".to_owned()],
                ..Protections::default()
            },
            server: Protections {
                tags: vec!["server".to_owned()],
                ..Protections::default()
            },
            workstation: Protections {
                names: vec!["kiosk-*".to_owned()],
                ..Protections::default()
            },
        }
    }

    fn kind(signs: &KindSigns, mut facts: DeviceFacts) -> Fact<DeviceKind> {
        signs.apply(&DeviceId::from_stored("a".repeat(40)), &mut facts);
        facts.kind
    }

    #[test]
    fn one_sign_suffices_and_the_more_delicate_kind_goes_first() {
        let (signs, dc) = (signs(), Fact::Is(DeviceKind::DomainController));
        assert_eq!(kind(&signs, server("web-1", &["Role-DC"])), dc);
        assert_eq!(kind(&signs, server("DC01.corp.example", &[])), dc);
        let grouped = DeviceFacts {
            group: is("domain controllers"),
            ..server("x", &[])
        };
        assert_eq!(kind(&signs, grouped), dc);
        assert_eq!(kind(&signs, server("kiosk-7", &["server", "role-dc"])), dc);
        assert_eq!(
            kind(&signs, server("kiosk-7", &["server"])),
            Fact::Is(DeviceKind::Server)
        );
        assert_eq!(
            kind(&signs, server("kiosk-7", &[])),
            Fact::Is(DeviceKind::Workstation)
        );
    }

    #[test]
    fn without_a_sign_the_platform_has_told() {
        assert_eq!(kind(&signs(), server("web-1", &[])), Fact::Is(DeviceKind::Server));
        assert_eq!(kind(&KindSigns::default(), DeviceFacts::default()), Fact::Unknown);
        let desk = DeviceFacts {
            kind: Fact::Is(DeviceKind::Workstation),
            ..DeviceFacts::default()
        };
        assert_eq!(
            kind(&KindSigns::default(), desk),
            Fact::Is(DeviceKind::Workstation)
        );
    }

    #[test]
    fn what_may_be_a_domain_controller_is_not_a_server_for_sure() {
        let unknown = DeviceFacts {
            tags: Fact::Unknown,
            ..server("web-1", &[])
        };
        assert_eq!(kind(&signs(), unknown.clone()), Fact::Unknown);
        // One sign that is seen settles it.
        let named = DeviceFacts {
            name: is("dc7"),
            ..unknown
        };
        assert_eq!(kind(&signs(), named), Fact::Is(DeviceKind::DomainController));
    }
}
