//! `never`, `devices`, `caps`, `outstanding`: what holds over all playbooks, whatever they say.

use std::time::Duration;

use super::lookups::Lookups;
use super::section::{Reading, Section};
use crate::domain::decision::Cap;
use crate::domain::device::kind::KindSigns;
use crate::domain::guard::Protections;
use crate::domain::surge::{Administrators, Surge};
use crate::domain::task::TaskLimit;
use crate::yaml::Code;

/// The tags that protect a device unless the configuration lists others.
const PROTECTED_TAGS: [&str; 2] = ["tier-0", "quell-never"];

/// Reads `never`: devices that are never restricted. Default: those tagged `tier-0` or `quell-never`.
pub(super) fn read_never(mut section: Section<'_>, reading: &mut Reading) -> Protections {
    let never = Protections {
        ids: section.texts("ids", &[], reading),
        tags: section.texts("tags", &PROTECTED_TAGS, reading),
        groups: section.texts("groups", &[], reading),
        names: section.texts("names", &[], reading),
        device_values: section.texts("device_values", &[], reading),
    };
    section.close(reading);
    never
}

/// Reads `devices`. `kinds`: what tells that a device is of a kind. Default: nothing, so the operating system tells. `lookups`: what
/// else is asked about it.
pub(super) fn read_devices(mut section: Section<'_>, reading: &mut Reading) -> (KindSigns, Lookups) {
    let mut kinds = section.section("kinds", reading);
    let mut signs = |kind: &'static str| {
        let mut section = kinds.section(kind, reading);
        let signs = Protections {
            tags: section.texts("tags", &[], reading),
            groups: section.texts("groups", &[], reading),
            names: section.texts("names", &[], reading),
            ..Protections::default()
        };
        section.close(reading);
        signs
    };
    let read = KindSigns {
        domain_controller: signs("domain_controller"),
        server: signs("server"),
        workstation: signs("workstation"),
    };
    kinds.close(reading);
    let lookups = Lookups::read(section.section("lookups", reading), reading);
    section.close(reading);
    (read, lookups)
}

/// Reads `caps`: distinct devices in a window, over all playbooks, as a number, a part of the fleet, or of a group. Default 50 in 1 h and 200 in 1 d.
pub(super) fn read_caps(section: &mut Section<'_>, reading: &mut Reading) -> Vec<Cap> {
    let cap = |devices, hours: u64| Cap::of(devices, Duration::from_secs(hours * 3_600));
    let Some(items) = section.items("caps", 0, reading) else {
        return vec![cap(50, 1), cap(200, 24)];
    };
    let mut caps = Vec::new();
    for item in &items {
        let mut section = Section::of(item, reading);
        let devices = section.count_if("devices", 0..=1_000_000, reading);
        let percent_of_fleet = section.percent("percent_of_fleet", reading);
        let percent_of_group = section.percent("percent_of_group", reading);
        let span = Duration::from_secs(1)..=Duration::from_secs(90 * 86_400);
        let per = section.required_duration("per", span, reading);
        let says_some = ["devices", "percent_of_fleet", "percent_of_group"]
            .iter()
            .any(|key| section.has(key));
        if !says_some {
            let message = "the cap does not say how many devices";
            let help =
                "give `devices`, `percent_of_fleet` or `percent_of_group`, or several: each of them holds";
            reading
                .found
                .push(item.diagnostic(Code::CAP_MEASURE, message).help(help));
        }
        section.close(reading);
        caps.extend(per.filter(|_| says_some).map(|per| Cap {
            devices,
            percent_of_fleet,
            percent_of_group,
            per,
        }));
    }
    caps
}

/// Reads `tasks`: how many scans, packages and quarantined files in a window, over all playbooks, and how long what a scan found
/// may take to arrive. Default 60 in 1 h, and 10 min.
pub(super) fn read_tasks(mut section: Section<'_>, reading: &mut Reading) -> (TaskLimit, Duration) {
    let default = TaskLimit::default();
    let span = Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);
    let limit = TaskLimit {
        most: section.count("most", 0..=100_000, default.most, reading),
        per: section.duration("per", span, default.per, reading),
    };
    let settle = Duration::ZERO..=Duration::from_secs(86_400);
    let settles = section.duration("settle", settle, Duration::from_secs(600), reading);
    section.close(reading);
    (limit, settles)
}

/// Reads `surge`: what one source, user or title may drive, and the devices of administrators. Default 50, 5 and 50 distinct
/// devices in 1 h; nobody is an administrator.
pub(super) fn read_surge(mut section: Section<'_>, reading: &mut Reading) -> Surge {
    let span = Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);
    let per = section.duration("per", span, Duration::from_secs(3_600), reading);
    let mut most =
        |key, default| Some(section.count(key, 0..=1_000_000, default, reading)).filter(|n| *n > 0);
    let (per_source, per_user, per_title) =
        (most("per_source", 50), most("per_user", 5), most("per_title", 50));
    let mut whose = section.section("administrators", reading);
    let administrators = Administrators {
        tags: whose.texts("tags", &[], reading),
        groups: whose.texts("groups", &[], reading),
        users: whose.texts("users", &[], reading),
        devices: whose.count("devices", 0..=1_000_000, 0, reading),
    };
    whose.close(reading);
    section.close(reading);
    Surge {
        per,
        per_source,
        per_user,
        per_title,
        administrators,
    }
}
