//! Whether a task could succeed on a device at all: the rules of each kind, as far as they are known for sure. Pure; called where
//! an event is decided, where a task is queued, and by the gate.
//!
//! Less is known of them than of restricting (facts sheet 3), so less blocks: what is doubtful is tried, and a refusal costs one
//! call. Whether Defender Antivirus is there to scan is not among a device's facts.

use super::{Ineligible, is_version_before, plain};
use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;
use crate::domain::task::Task;

/// Phones, tablets and browsers have none of these actions.
const WITHOUT_TASKS: [&str; 3] = ["ios", "android", "chromeos"];
/// Windows without the stop and quarantine of files, which came with Windows 10 1703 (facts sheet 3).
const OLD_WINDOWS: [&str; 4] = ["windows7", "windows8", "windowsvista", "windowsxp"];

/// Why the task cannot be done on the device, if its facts say so for sure.
///
/// # Errors
/// The first of the reasons that hold.
pub fn task(task: &Task, facts: &DeviceFacts) -> Result<(), Ineligible> {
    if matches!(facts.merged_into, Fact::Is(_)) {
        return Err(Ineligible::Merged);
    }
    let platform = plain(&facts.os).unwrap_or_default();
    let is_one_of = |starts: &[&str]| starts.iter().any(|start| platform.starts_with(start));
    if is_one_of(&WITHOUT_TASKS) {
        return Err(Ineligible::Os);
    }
    if matches!(task, Task::QuarantineFile { .. }) {
        if is_one_of(&OLD_WINDOWS) {
            return Err(Ineligible::Os);
        }
        let version = plain(&facts.os_version);
        let is_too_old = version.is_some_and(|version| is_version_before(&version, 1_703));
        if platform.starts_with("windows10") && is_too_old {
            return Err(Ineligible::OsVersion);
        }
    }
    if let Some("canbeonboarded" | "unsupported") = plain(&facts.onboarding).as_deref() {
        return Err(Ineligible::Onboarding);
    }
    if plain(&facts.health).as_deref() == Some("nosensordataimpairedcommunication") {
        return Err(Ineligible::Health);
    }
    Ok(())
}

/// The same of several tasks, each of which is done by itself: why none of them can be done.
///
/// # Errors
/// The first reason, when there are tasks and each of them has one.
pub fn any_task<'t>(tasks: impl Iterator<Item = &'t Task>, facts: &DeviceFacts) -> Result<(), Ineligible> {
    let mut first = Ok(());
    for one in tasks {
        let able = task(one, facts);
        if able.is_ok() {
            return able;
        }
        first = first.and(able);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::task::{ScanType, Sha1};

    fn is(text: &str) -> Fact<String> {
        Fact::Is(text.to_owned())
    }

    fn scan() -> Task {
        Task::Scan {
            scan: ScanType::Quick,
        }
    }

    fn quarantine() -> Task {
        let sha1 = Sha1::parse(&"a".repeat(40)).expect("40 hex digits");
        Task::QuarantineFile { sha1 }
    }

    fn on(os: &str, version: &str) -> DeviceFacts {
        DeviceFacts {
            os: is(os),
            os_version: is(version),
            ..DeviceFacts::default()
        }
    }

    #[test]
    fn what_is_unknown_or_absent_never_blocks() {
        for one in [scan(), Task::CollectPackage, quarantine()] {
            assert_eq!(task(&one, &DeviceFacts::default()), Ok(()));
        }
    }

    #[test]
    fn each_kind_has_its_own_platforms() {
        for (os, version, scans, quarantines) in [
            ("Windows10", "1607", Ok(()), Err(Ineligible::OsVersion)),
            ("Windows10", "1703", Ok(()), Ok(())),
            ("Windows10", "22H2", Ok(()), Ok(())),
            ("Windows11", "1607", Ok(()), Ok(())),
            ("WindowsServer2016", "1607", Ok(()), Ok(())),
            ("Windows8.1", "", Ok(()), Err(Ineligible::Os)),
            ("Ubuntu", "22.04", Ok(()), Ok(())),
            ("macOS", "14", Ok(()), Ok(())),
            ("iOS", "17", Err(Ineligible::Os), Err(Ineligible::Os)),
            ("Android", "14", Err(Ineligible::Os), Err(Ineligible::Os)),
        ] {
            let facts = on(os, version);
            assert_eq!(task(&scan(), &facts), scans, "{os} {version}");
            assert_eq!(task(&Task::CollectPackage, &facts), scans, "{os} {version}");
            assert_eq!(task(&quarantine(), &facts), quarantines, "{os} {version}");
        }
    }

    #[test]
    fn a_device_that_cannot_be_reached_is_asked_for_nothing() {
        for (facts, why) in [
            (
                DeviceFacts {
                    merged_into: is("b"),
                    ..DeviceFacts::default()
                },
                Ineligible::Merged,
            ),
            (
                DeviceFacts {
                    onboarding: is("CanBeOnboarded"),
                    ..DeviceFacts::default()
                },
                Ineligible::Onboarding,
            ),
            (
                DeviceFacts {
                    health: is("NoSensorDataImpairedCommunication"),
                    ..DeviceFacts::default()
                },
                Ineligible::Health,
            ),
        ] {
            assert_eq!(task(&scan(), &facts), Err(why));
        }
    }

    #[test]
    fn of_several_one_that_can_be_done_is_enough() {
        let old = on("Windows10", "1607");
        assert_eq!(any_task([&quarantine(), &scan()].into_iter(), &old), Ok(()));
        assert_eq!(
            any_task([&quarantine()].into_iter(), &old),
            Err(Ineligible::OsVersion)
        );
        assert_eq!(any_task([].into_iter(), &old), Ok(()));
    }
}
