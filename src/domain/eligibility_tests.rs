//! What makes a device ineligible, by platform, version, onboarding, health and look-ups.

use super::*;

fn is(text: &str) -> Fact<String> {
    Fact::Is(text.to_owned())
}

/// A device that can be restricted.
fn good() -> DeviceFacts {
    DeviceFacts {
        os: is("Windows11"),
        os_version: is("23H2"),
        onboarding: is("Onboarded"),
        health: is("Active"),
        merged_into: Fact::Absent,
        ..DeviceFacts::default()
    }
}

#[test]
fn what_is_unknown_or_absent_never_blocks() {
    assert_eq!(restrict(&DeviceFacts::default()), Ok(()));
    let absent = DeviceFacts {
        os: Fact::Absent,
        os_version: Fact::Absent,
        onboarding: Fact::Absent,
        health: Fact::Absent,
        merged_into: Fact::Absent,
        ..DeviceFacts::default()
    };
    assert_eq!(restrict(&absent), Ok(()));
    assert_eq!(restrict(&good()), Ok(()));
}

#[test]
fn each_platform_can_or_cannot_be_isolated() {
    for (platform, full, selective) in [
        ("Windows10", true, true),
        ("Windows11", true, true),
        ("WindowsServer2025", true, true),
        ("WindowsServer2016", true, true),
        ("WindowsServer2012R2", true, true),
        ("WindowsServer2008R2", false, false),
        ("Windows7", false, false),
        ("macOS", true, false),
        ("Ubuntu", true, false),
        ("Linux", true, false),
        ("iOS", false, false),
        ("Android", false, false),
        ("SomethingNew", true, true),
    ] {
        let facts = DeviceFacts {
            os: is(platform),
            os_version: Fact::Unknown,
            ..good()
        };
        let can = |isolation| isolate(isolation, &facts).is_ok();
        assert_eq!(can(Isolation::Full), full, "{platform}");
        assert_eq!(can(Isolation::Selective), selective, "{platform}");
    }
    let old = DeviceFacts {
        os: is("Windows10"),
        os_version: is("1703"),
        ..good()
    };
    assert_eq!(isolate(Isolation::Full, &old), Ok(()));
    assert_eq!(isolate(Isolation::Selective, &old), Err(Ineligible::OsVersion));
    assert_eq!(restrict(&old), Err(Ineligible::OsVersion));
}

#[test]
fn each_platform_can_or_cannot_be_restricted() {
    for (platform, can) in [
        ("Windows10", true),
        ("windows10", true),
        ("Windows10WVD", true),
        ("Windows11", true),
        ("WindowsServer2019", true),
        ("Windows Server 2019", true),
        ("WindowsServer2022", true),
        ("WindowsServer2025", true),
        ("WindowsServer2016", false),
        ("WindowsServer2012R2", false),
        ("WindowsServer2008R2", false),
        ("Windows7", false),
        ("Windows8", false),
        ("Windows8.1", false),
        ("macOS", false),
        ("Ubuntu", false),
        ("Debian", false),
        ("RedHatEnterpriseLinux", false),
        ("Linux", false),
        ("SLES", false),
        ("iOS", false),
        ("Android", false),
        // Free strings that nobody has told us about may be anything.
        ("WindowsServer", true),
        ("Windows12", true),
        ("Other", true),
        ("Unknown", true),
        ("", true),
    ] {
        let facts = DeviceFacts {
            os: is(platform),
            ..good()
        };
        let expected = if can { Ok(()) } else { Err(Ineligible::Os) };
        assert_eq!(restrict(&facts), expected, "{platform}");
    }
}

#[test]
fn a_windows_10_is_eligible_from_1709_on() {
    for (platform, version, can) in [
        ("Windows10", "1507", false),
        ("Windows10", "1607", false),
        ("Windows10", "1703", false),
        ("Windows10", "1709", true),
        ("Windows10", "1809", true),
        ("Windows10", "2004", true),
        ("Windows10", "20H2", true),
        ("Windows10", "22H2", true),
        ("Windows10", "Other", true),
        ("Windows10", "", true),
        ("Windows10", "10.0", true),
        ("Windows11", "1607", true),
        ("WindowsServer2019", "1607", true),
    ] {
        let facts = DeviceFacts {
            os: is(platform),
            os_version: is(version),
            ..good()
        };
        let expected = if can { Ok(()) } else { Err(Ineligible::OsVersion) };
        assert_eq!(restrict(&facts), expected, "{platform} {version}");
    }
}

#[test]
fn a_device_that_is_not_onboarded_cannot_be_restricted() {
    for (status, can) in [
        ("Onboarded", true),
        ("onboarded", true),
        ("CanBeOnboarded", false),
        ("Unsupported", false),
        ("InsufficientInfo", true),
        ("SomethingNew", true),
    ] {
        let facts = DeviceFacts {
            onboarding: is(status),
            ..good()
        };
        let expected = if can { Ok(()) } else { Err(Ineligible::Onboarding) };
        assert_eq!(restrict(&facts), expected, "{status}");
    }
}

#[test]
fn only_a_sensor_that_is_mute_and_out_of_reach_blocks() {
    for (health, can) in [
        ("Active", true),
        ("Inactive", true),
        ("ImpairedCommunication", true),
        ("NoSensorData", true),
        ("NoSensorDataImpairedCommunication", false),
        ("Unknown", true),
        ("SomethingNew", true),
    ] {
        let facts = DeviceFacts {
            health: is(health),
            ..good()
        };
        let expected = if can { Ok(()) } else { Err(Ineligible::Health) };
        assert_eq!(restrict(&facts), expected, "{health}");
    }
}

#[test]
fn a_device_that_was_merged_is_not_called_under_its_old_id() {
    let merged = DeviceFacts {
        merged_into: is("b"),
        ..good()
    };
    assert_eq!(restrict(&merged), Err(Ineligible::Merged));
    let unknown = DeviceFacts {
        merged_into: Fact::Unknown,
        ..good()
    };
    assert_eq!(restrict(&unknown), Ok(()));
}

#[test]
fn what_defender_does_not_have_for_the_device_blocks_and_no_other_action_of_its_list() {
    let listed = |actions: &[(&str, &str)]| DeviceFacts {
        unavailable: Fact::Is(
            actions
                .iter()
                .map(|(action, why)| ((*action).to_owned(), (*why).to_owned()))
                .collect(),
        ),
        ..good()
    };
    assert_eq!(restrict(&listed(&[("FullIsolation", "os")])), Ok(()));
    let no = listed(&[("RestrictCodeExecution", "not licensed")]);
    assert_eq!(restrict(&no), Err(Ineligible::Unavailable));
    assert_eq!(Ineligible::Unavailable.saw(&no), Some("not licensed"));
    assert_eq!(unavailable(&no, "FullIsolation"), None);
}

#[test]
fn only_an_antivirus_that_is_switched_off_blocks() {
    for (mode, can) in [
        ("active", true),
        ("passive", true),
        ("disabled", false),
        ("other", true),
        ("edr_blocked", true),
        ("passive_audit", true),
        ("9", true),
    ] {
        let facts = DeviceFacts {
            antivirus: is(mode),
            ..good()
        };
        let expected = if can { Ok(()) } else { Err(Ineligible::Antivirus) };
        assert_eq!(restrict(&facts), expected, "{mode}");
    }
}

#[test]
fn every_reason_is_read_back_and_only_what_cannot_change_is_permanent() {
    for one in Ineligible::ALL {
        assert_eq!(Ineligible::parse(one.reason()), Some(one));
        assert!(one.reason().starts_with(INELIGIBLE) && !one.says().is_empty());
    }
    assert_eq!(Ineligible::parse("ineligible.else"), None);
    let permanent: Vec<_> = Ineligible::ALL
        .into_iter()
        .filter(|one| one.is_permanent())
        .collect();
    assert_eq!(permanent, [Ineligible::Merged, Ineligible::Os]);
}
