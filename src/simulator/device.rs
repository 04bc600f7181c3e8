//! The fleet: what a device id stands for. Every well-formed id is a device, drawn from the seed and the id alone, so
//! the same id is the same machine in every run, in any order of calls.
//!
//! Called by the API for machines, and by the action book for whether a device can be reached. Knows nothing of what
//! happened to a device; that is the book's.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::simulator::action::Kind;
use crate::simulator::clock::stamp;
use crate::simulator::options::{DeviceOverride, Options};

/// Whether an id is one that the service could have given: 40 lower-case hex characters (facts sheet 1.1).
pub fn is_well_formed(id: &str) -> bool {
    id.len() == 40 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A number that depends on the seed, the id and the purpose alone, evenly spread.
pub fn draw(seed: u64, id: &str, purpose: &str) -> u64 {
    // FNV-1a, then the finaliser of SplitMix64: short, public, and the same on every machine.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in id.bytes().chain([0xff]).chain(purpose.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// [`draw`] as a figure from 0 up to but not including 1.
pub fn share(seed: u64, id: &str, purpose: &str) -> f64 {
    (draw(seed, id, purpose) >> 11) as f64 / (1u64 << 53) as f64
}

/// Whether the service knows the device.
pub fn is_known(options: &Options, id: &str) -> bool {
    let special = options.devices.get(id).and_then(|one| one.known);
    is_well_formed(id)
        && special.unwrap_or_else(|| share(options.seed, id, "unknown") * 100.0 >= options.unknown_percent)
}

/// How long the device stays out of reach after its first action, unscaled; zero when it is online.
pub fn offline_for(options: &Options, id: &str) -> Duration {
    let special = options.devices.get(id).and_then(|one| one.offline_for);
    special.unwrap_or_else(|| {
        let offline = share(options.seed, id, "offline") * 100.0 < options.offline_percent;
        if offline {
            options.offline_for
        } else {
            Duration::ZERO
        }
    })
}

/// Whether the device's `ordinal`-th action ends `Failed`.
pub fn fails(options: &Options, id: &str, ordinal: u32) -> bool {
    let special = options.devices.get(id).and_then(|one| one.fails);
    special.unwrap_or_else(|| {
        share(options.seed, id, &format!("fails {ordinal}")) * 100.0 < options.fail_percent
    })
}

/// Whether an action can be had on the platform. Restriction needs Windows 10, 11, Server 2019 or later (facts sheet 4.3);
/// files are quarantined on Windows only (3); a live response session and a package can be had anywhere, and so can
/// isolation. What the service says of the others was never recorded.
pub fn platform_supports(kind: Kind, os_platform: &str) -> bool {
    match kind {
        Kind::Restrict | Kind::Release => can_be_restricted(os_platform),
        Kind::QuarantineFile | Kind::Offboard => os_platform.starts_with("Windows"),
        _ => true,
    }
}

fn can_be_restricted(os_platform: &str) -> bool {
    [
        "Windows10",
        "Windows11",
        "WindowsServer2019",
        "WindowsServer2022",
        "WindowsServer2025",
    ]
    .iter()
    .any(|supported| os_platform.starts_with(supported))
}

/// A machine as the service shows it: all properties, in the order of the recorded entity (facts sheet 4.2, `[REAL]`).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// The device id.
    pub id: String,
    merged_into_machine_id: Option<String>,
    is_potential_duplication: bool,
    is_excluded: bool,
    exclusion_reason: Option<String>,
    /// The device's name.
    pub computer_dns_name: String,
    first_seen: String,
    #[serde(skip)]
    pub(super) last_seen_at: Timestamp,
    last_seen: String,
    /// The operating system.
    pub os_platform: String,
    os_version: Option<String>,
    os_processor: &'static str,
    pub(super) version: String,
    pub(super) last_ip_address: String,
    last_external_ip_address: String,
    agent_version: &'static str,
    os_build: u32,
    pub(super) health_status: String,
    pub(super) device_value: String,
    pub(super) rbac_group_id: i32,
    pub(super) rbac_group_name: Option<String>,
    pub(super) risk_score: String,
    pub(super) exposure_level: String,
    is_aad_joined: bool,
    pub(super) aad_device_id: Option<String>,
    /// The tags, also the ones that guards look at.
    pub machine_tags: Vec<String>,
    pub(super) onboarding_status: String,
    os_architecture: &'static str,
    managed_by: &'static str,
    managed_by_status: &'static str,
    ip_addresses: Vec<IpAddress>,
    vm_metadata: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct IpAddress {
    ip_address: String,
    mac_address: String,
    r#type: &'static str,
    operational_status: &'static str,
}

/// Draws the machine behind an id. The id must be well formed; `now` only says which day `lastSeen` is of.
pub fn machine(options: &Options, id: &str, now: Timestamp) -> Machine {
    let special = options.devices.get(id).cloned().unwrap_or_default();
    let of = |purpose: &str| draw(options.seed, id, purpose);
    let percent = |purpose: &str| share(options.seed, id, purpose) * 100.0;
    let fleet = &options.fleet;

    let os_platform = special
        .os_platform
        .clone()
        .unwrap_or_else(|| os_platform(options, id));
    let (version, os_build, agent_version) = build_of(&os_platform);
    let version = special.version.clone().unwrap_or_else(|| version.to_owned());
    let (rbac_group_id, rbac_group_name) = group(&special, of("group"));
    let ip_address = format!(
        "10.{}.{}.{}",
        of("ip 1") % 200 + 20,
        of("ip 2") % 256,
        of("ip 3") % 254 + 1
    );
    let last_seen_at = special
        .last_seen
        .unwrap_or_else(|| last_report(now, of("last seen"), options.scale));
    let is_server = os_platform.starts_with("WindowsServer");
    let tags = || {
        if percent("tier 0") < fleet.tier0_percent {
            vec!["tier-0".to_owned()]
        } else {
            Vec::new()
        }
    };
    let value = || match percent("value") {
        share if share < fleet.high_value_percent => "High",
        share if share < fleet.high_value_percent + fleet.low_value_percent => "Low",
        _ => "Normal",
    };
    let health = || {
        if percent("health") < fleet.inactive_percent {
            "Inactive"
        } else {
            "Active"
        }
    };
    let onboarding = || {
        if percent("onboarding") < fleet.not_onboarded_percent {
            "CanBeOnboarded"
        } else {
            "Onboarded"
        }
    };

    Machine {
        id: id.to_owned(),
        merged_into_machine_id: special.merged_into,
        is_potential_duplication: false,
        is_excluded: false,
        exclusion_reason: None,
        computer_dns_name: special
            .computer_dns_name
            .unwrap_or_else(|| name_of(id, is_server)),
        first_seen: stamp(before(last_seen_at, (of("first seen") % 700 + 30) * 24 * 3600)),
        last_seen_at,
        last_seen: stamp(last_seen_at),
        os_platform,
        os_version: None,
        os_processor: "x64",
        version,
        last_external_ip_address: format!("198.51.100.{}", of("external ip") % 254 + 1),
        agent_version,
        os_build,
        health_status: special.health_status.unwrap_or_else(|| health().to_owned()),
        device_value: special.device_value.unwrap_or_else(|| value().to_owned()),
        rbac_group_id,
        rbac_group_name,
        risk_score: special.risk_score.unwrap_or_else(|| pick(&RISK, of("risk"))),
        exposure_level: special
            .exposure_level
            .unwrap_or_else(|| pick(&EXPOSURE, of("exposure"))),
        is_aad_joined: !is_server,
        aad_device_id: None,
        machine_tags: special.machine_tags.unwrap_or_else(tags),
        onboarding_status: special
            .onboarding_status
            .unwrap_or_else(|| onboarding().to_owned()),
        os_architecture: "64-bit",
        managed_by: "MicrosoftDefenderForEndpoint",
        managed_by_status: "Success",
        ip_addresses: vec![IpAddress {
            ip_address: ip_address.clone(),
            mac_address: format!("00005E0053{:02X}", of("mac") % 256),
            r#type: "Ethernet",
            operational_status: "Up",
        }],
        last_ip_address: ip_address,
        vm_metadata: None,
    }
}

/// The device's name and platform without the rest, for actions.
pub fn name_and_platform(options: &Options, id: &str) -> (String, String) {
    let special = options.devices.get(id);
    let platform = special
        .and_then(|one| one.os_platform.clone())
        .unwrap_or_else(|| os_platform(options, id));
    let name = special.and_then(|one| one.computer_dns_name.clone());
    (
        name.unwrap_or_else(|| name_of(id, platform.starts_with("WindowsServer"))),
        platform,
    )
}

const RISK: [&str; 8] = [
    "None",
    "None",
    "Informational",
    "Low",
    "Low",
    "Medium",
    "Medium",
    "High",
];
const EXPOSURE: [&str; 4] = ["Low", "Low", "Medium", "High"];
const GROUPS: [&str; 5] = ["Offices", "Plants", "Remote", "Developers", "Branches"];

fn os_platform(options: &Options, id: &str) -> String {
    let fleet = &options.fleet;
    let platform = match share(options.seed, id, "platform") * 100.0 {
        share if share < fleet.unsupported_os_percent => "Ubuntu",
        share if share < fleet.unsupported_os_percent + fleet.server_percent => "WindowsServer2019",
        _ if draw(options.seed, id, "client").is_multiple_of(3) => "Windows10",
        _ => "Windows11",
    };
    platform.to_owned()
}

fn name_of(id: &str, is_server: bool) -> String {
    let kind = if is_server { "srv" } else { "pc" };
    format!("{kind}-{}.corp.example", &id[..10])
}

fn build_of(os_platform: &str) -> (&'static str, u32, &'static str) {
    match os_platform {
        "Windows10" => ("22H2", 19045, "10.8760.19045.5011"),
        "WindowsServer2019" => ("1809", 17763, "10.8760.17763.6414"),
        "Ubuntu" => ("22.4", 0, "101.24082.4"),
        _ => ("23H2", 22631, "10.8760.22631.4317"),
    }
}

fn group(special: &DeviceOverride, drawn: u64) -> (i32, Option<String>) {
    let name = special
        .rbac_group_name
        .clone()
        .unwrap_or_else(|| pick(&GROUPS, drawn));
    let known = GROUPS.iter().position(|group| *group == name);
    (known.map_or(99, |index| index as i32 + 1), Some(name))
}

fn pick(from: &[&str], drawn: u64) -> String {
    from[(drawn % from.len() as u64) as usize].to_owned()
}

/// The device's latest full report: once a day, scaled, each device at its own time (facts sheet 4.2).
fn last_report(now: Timestamp, drawn: u64, scale: f64) -> Timestamp {
    const DAY: f64 = 86_400_000.0;
    let day = ((DAY / scale) as i64).max(1);
    let own_time = (drawn % day.unsigned_abs()).cast_signed();
    let report = now.as_millisecond() - (now.as_millisecond() - own_time).rem_euclid(day);
    Timestamp::from_millisecond(report).unwrap_or(now)
}

fn before(at: Timestamp, seconds: u64) -> Timestamp {
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0));
    at.checked_sub(span).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> String {
        format!("{number:040x}")
    }

    #[test]
    fn only_forty_lower_case_hex_characters_are_a_device_id() {
        assert!(is_well_formed(&id(7)));
        for bad in [
            "",
            "1234",
            "../../machineactions",
            &"A".repeat(40),
            &"g".repeat(40),
            &"0".repeat(41),
        ] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }

    #[test]
    fn the_same_seed_and_id_give_the_same_machine_and_another_seed_another_fleet() {
        let now = Timestamp::UNIX_EPOCH;
        let json = |seed: u64| {
            let options = Options {
                seed,
                ..Options::default()
            };
            (0..20)
                .map(|n| serde_json::to_string(&machine(&options, &id(n), now)).expect("it serialises"))
                .collect()
        };
        let (first, again, other): (Vec<String>, Vec<String>, Vec<String>) = (json(1), json(1), json(2));
        assert_eq!(first, again);
        assert_ne!(first, other);
    }

    #[test]
    fn the_fleet_is_made_up_as_the_percentages_say() {
        let options = Options::default();
        let of_thousand = |holds: &dyn Fn(&Machine) -> bool| {
            (0..1000)
                .filter(|n| holds(&machine(&options, &id(*n), Timestamp::UNIX_EPOCH)))
                .count()
        };
        let servers = of_thousand(&|machine| machine.os_platform == "WindowsServer2019");
        let tier0 = of_thousand(&|machine| machine.machine_tags == ["tier-0"]);
        let high = of_thousand(&|machine| machine.device_value == "High");
        assert!((45..=95).contains(&servers), "{servers} servers, 70 expected");
        assert!((15..=50).contains(&tier0), "{tier0} of tier 0, 30 expected");
        assert!((30..=75).contains(&high), "{high} of high value, 50 expected");
        assert_eq!(of_thousand(&|machine| machine.health_status != "Active"), 0);
    }

    #[test]
    fn an_override_changes_what_it_names_and_nothing_else() {
        let mut options = Options::default();
        let plain = machine(&options, &id(5), Timestamp::UNIX_EPOCH);
        let special = DeviceOverride {
            machine_tags: Some(vec!["domain-controller".to_owned()]),
            os_platform: Some("Ubuntu".to_owned()),
            known: Some(false),
            ..DeviceOverride::default()
        };
        options.devices.insert(id(5), special);
        let changed = machine(&options, &id(5), Timestamp::UNIX_EPOCH);
        assert_eq!(changed.machine_tags, ["domain-controller"]);
        assert_eq!(changed.rbac_group_name, plain.rbac_group_name);
        let (_, platform) = name_and_platform(&options, &id(5));
        assert!(!platform_supports(Kind::Restrict, &platform));
        assert!(platform_supports(Kind::Isolate, &platform));
        assert!(!is_known(&options, &id(5)));
        assert!(is_known(&options, &id(6)));
    }

    #[test]
    fn a_machine_has_all_properties_in_the_recorded_order() {
        let machine = machine(&Options::default(), &id(1), Timestamp::UNIX_EPOCH);
        let json = serde_json::to_string(&machine).expect("it serialises");
        let order = [
            "id",
            "mergedIntoMachineId",
            "isPotentialDuplication",
            "isExcluded",
            "exclusionReason",
            "computerDnsName",
            "firstSeen",
            "lastSeen",
            "osPlatform",
            "osVersion",
            "osProcessor",
            "version",
            "lastIpAddress",
            "lastExternalIpAddress",
            "agentVersion",
            "osBuild",
            "healthStatus",
            "deviceValue",
            "rbacGroupId",
            "rbacGroupName",
            "riskScore",
            "exposureLevel",
            "isAadJoined",
            "aadDeviceId",
            "machineTags",
            "onboardingStatus",
            "osArchitecture",
            "managedBy",
            "managedByStatus",
            "ipAddresses",
            "vmMetadata",
        ];
        let places: Vec<_> = order
            .iter()
            .map(|name| json.find(&format!("\"{name}\":")))
            .collect();
        assert!(places.iter().all(Option::is_some), "{json}");
        assert!(places.is_sorted(), "{json}");
    }
}
