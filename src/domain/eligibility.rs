//! Whether a call to restrict or isolate a device could succeed at all, told by what the inventory knows of it, so that none is spent on
//! a certain failure. Pure; [`crate::domain::decision`] asks when an event is decided, the gate asks again with the facts of
//! its moment.
//!
//! What is unknown never blocks: a call that fails costs one slot, an intruder that nobody stops costs more. Releases are never
//! asked about: the prerequisites are those of beginning, and what quell began it must try to lift.

mod task;

pub use task::{any_task, task};

use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;
use crate::domain::measure::{Isolation, Measure};

/// How a reason begins that this module gave.
pub const INELIGIBLE: &str = "ineligible.";

/// Why a device cannot be restricted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ineligible {
    /// Defender answered 404 for its id.
    NotInInventory,
    /// Its entry was merged into another one: the id is stale, and a call to it reaches nobody (facts sheet 4.2).
    Merged,
    /// Its platform has no such measure: of restriction neither Windows 10 or 11 nor Windows Server 2019 or later (facts sheet 4.3).
    Os,
    /// Its Windows 10 is older than 1709, of full isolation 1703 (facts sheet 4.3).
    OsVersion,
    /// It is not onboarded: there is no sensor that could carry anything out.
    Onboarding,
    /// Its sensor sends nothing and can hardly be reached.
    Health,
    /// Defender itself says that it does not have the action for it (facts sheet 4.1); only known where that is looked up.
    Unavailable,
    /// Its antivirus is switched off, and a restriction is part of that (facts sheet 4.3); only known where that is looked up.
    Antivirus,
}

/// The action as Defender's list of available ones calls it.
const RESTRICT: &str = "RestrictCodeExecution";

/// The mode of an antivirus that is switched off. In any other it is there: a passive one leaves the choice of what runs to
/// Windows all the same, and nothing documented says that the restriction fails then.
const SWITCHED_OFF: &str = "disabled";

impl Ineligible {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 8] = [
        Self::NotInInventory,
        Self::Merged,
        Self::Os,
        Self::OsVersion,
        Self::Onboarding,
        Self::Health,
        Self::Unavailable,
        Self::Antivirus,
    ];

    /// The reason in decisions, actions and logs.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotInInventory => "ineligible.not_in_inventory",
            Self::Merged => "ineligible.merged",
            Self::Os => "ineligible.os",
            Self::OsVersion => "ineligible.os_version",
            Self::Onboarding => "ineligible.onboarding",
            Self::Health => "ineligible.health",
            Self::Unavailable => "ineligible.unavailable",
            Self::Antivirus => "ineligible.antivirus",
        }
    }

    /// The one with that reason.
    pub fn parse(reason: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.reason() == reason)
    }

    /// The same in a sentence for people.
    pub fn says(self) -> &'static str {
        match self {
            Self::NotInInventory => "Defender does not know the device",
            Self::Merged => "the device was merged into another one, whose id holds now",
            Self::Os => "the device's operating system has no such measure",
            Self::OsVersion => "the device's Windows 10 is older than the first that has the measure",
            Self::Onboarding => "the device is not onboarded, so nothing on it could carry the action out",
            Self::Health => "the device's sensor sends nothing and can hardly be reached",
            Self::Unavailable => "Defender says that it does not have the action for the device",
            Self::Antivirus => {
                "the device's Defender Antivirus is switched off, without which nothing is restricted"
            }
        }
    }

    /// The fact that told.
    pub fn fact(self) -> &'static str {
        match self {
            Self::NotInInventory => "device.id",
            Self::Merged => "device.merged_into",
            Self::Os => "device.os",
            Self::OsVersion => "device.os_version",
            Self::Onboarding => "device.onboarding",
            Self::Health => "device.health",
            Self::Unavailable => "availableMachineActions",
            Self::Antivirus => "avMode",
        }
    }

    /// [`Self::says`] with what Defender gave as the reason, where it gave one.
    pub fn in_words(self, facts: &DeviceFacts) -> String {
        match self.saw(facts).filter(|_| self == Self::Unavailable) {
            Some(reason) if !reason.is_empty() => format!("{}: {reason}", self.says()),
            _ => self.says().to_owned(),
        }
    }

    /// What was seen of it, where that is no fact that playbooks may test.
    pub fn saw(self, facts: &DeviceFacts) -> Option<&str> {
        match self {
            Self::Unavailable => [RESTRICT, "FullIsolation", "SelectiveIsolation"]
                .into_iter()
                .find_map(|action| unavailable(facts, action)),
            Self::Antivirus => facts.antivirus.value().map(String::as_str),
            _ => None,
        }
    }

    /// Whether it stays so whatever is done to the device: then there is nothing to wait for. An older Windows can be updated,
    /// a sensor mended, a device onboarded.
    pub fn is_permanent(self) -> bool {
        matches!(self, Self::Merged | Self::Os)
    }
}

/// Why the measure cannot be held on the device, if its facts say so for sure.
///
/// # Errors
/// The reason.
pub fn check(measure: Measure, isolation: Option<Isolation>, facts: &DeviceFacts) -> Result<(), Ineligible> {
    match measure {
        Measure::Restriction => restrict(facts),
        Measure::Isolation => isolate(isolation.unwrap_or_default(), facts),
    }
}

/// Why the device cannot be isolated, if its facts say so for sure: Windows 10 from 1703 (1709 selectively), Windows 11, Windows
/// Server from 2012 R2, Linux and macOS fully (facts sheet 3). A server of 2012 R2 or 2016 with the older agent fails the call.
fn isolate(isolation: Isolation, facts: &DeviceFacts) -> Result<(), Ineligible> {
    let first = match isolation {
        Isolation::Full => 1_703,
        Isolation::Selective => 1_709,
    };
    hold(facts, |platform| has_no_isolation(platform, isolation), first)?;
    match unavailable(facts, isolation_action(isolation)) {
        Some(_) => Err(Ineligible::Unavailable),
        None => Ok(()),
    }
}

/// Why the device cannot be restricted, if its facts say so for sure.
fn restrict(facts: &DeviceFacts) -> Result<(), Ineligible> {
    hold(facts, has_no_restriction, 1_709)?;
    if unavailable(facts, RESTRICT).is_some() {
        return Err(Ineligible::Unavailable);
    }
    if facts.antivirus.value().is_some_and(|mode| mode == SWITCHED_OFF) {
        return Err(Ineligible::Antivirus);
    }
    Ok(())
}

/// The action as Defender's list of available ones calls it.
fn isolation_action(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Full => "FullIsolation",
        Isolation::Selective => "SelectiveIsolation",
    }
}

/// What both have in common. `first`: the first Windows 10 that can.
fn hold(facts: &DeviceFacts, cannot: impl Fn(&str) -> bool, first: u16) -> Result<(), Ineligible> {
    if matches!(facts.merged_into, Fact::Is(_)) {
        return Err(Ineligible::Merged);
    }
    let platform = plain(&facts.os);
    if platform.as_deref().is_some_and(cannot) {
        return Err(Ineligible::Os);
    }
    let is_windows_10 = platform.is_some_and(|platform| platform.starts_with("windows10"));
    let version = plain(&facts.os_version);
    if is_windows_10 && version.is_some_and(|version| is_version_before(&version, first)) {
        return Err(Ineligible::OsVersion);
    }
    // `InsufficientInfo` says that nobody can tell.
    if let Some("canbeonboarded" | "unsupported") = plain(&facts.onboarding).as_deref() {
        return Err(Ineligible::Onboarding);
    }
    // An inactive device is away, and its action waits for it at Defender; one of the two impairments leaves a way.
    if plain(&facts.health).as_deref() == Some("nosensordataimpairedcommunication") {
        return Err(Ineligible::Health);
    }
    Ok(())
}

/// Why Defender does not have the action for the device, by its own list; empty: it does not say. `None`: it has it, or nobody
/// knows. The action as its metadata names it (`FullActionType`).
pub fn unavailable<'a>(facts: &'a DeviceFacts, action: &str) -> Option<&'a str> {
    facts.unavailable.value()?.get(action).map(String::as_str)
}

/// In lower case, without blanks: `Windows Server 2019` is written in one word by the API, and in three by people.
fn plain(fact: &Fact<String>) -> Option<String> {
    let text = fact.value()?;
    Some(text.to_lowercase().split_whitespace().collect())
}

/// `osPlatform` is a free string: only what is known to have no app restriction counts.
fn has_no_restriction(platform: &str) -> bool {
    if let Some(server) = platform.strip_prefix("windowsserver") {
        let year: String = server.chars().take_while(char::is_ascii_digit).collect();
        return year.parse().is_ok_and(|year: u16| (2_000..2_019).contains(&year));
    }
    const OLD_WINDOWS: [&str; 4] = ["windows7", "windows8", "windowsvista", "windowsxp"];
    const OTHERS: [&str; 14] = [
        "macos", "osx", "ios", "android", "ubuntu", "debian", "centos", "fedora", "rhel", "suse", "sles",
        "rocky", "alma", "chromeos",
    ];
    OLD_WINDOWS
        .iter()
        .chain(&OTHERS)
        .any(|start| platform.starts_with(start))
        || (platform.contains("linux") && !platform.starts_with("windows"))
}

/// Whether it has no isolation for sure. Selectively only Windows has it.
fn has_no_isolation(platform: &str, isolation: Isolation) -> bool {
    if let Some(server) = platform.strip_prefix("windowsserver") {
        let year: String = server.chars().take_while(char::is_ascii_digit).collect();
        return year.parse().is_ok_and(|year: u16| (2_000..2_012).contains(&year));
    }
    const NEVER: [&str; 7] = [
        "windows7",
        "windows8",
        "windowsvista",
        "windowsxp",
        "ios",
        "android",
        "chromeos",
    ];
    let never = NEVER.iter().any(|start| platform.starts_with(start));
    never
        || (isolation == Isolation::Selective
            && !platform.starts_with("windows")
            && has_no_restriction(platform))
}

/// Whether a version of Windows 10 is older than this one. Those before 20H2 are written as year and month.
fn is_version_before(version: &str, first: u16) -> bool {
    version.len() == 4
        && version
            .parse()
            .is_ok_and(|version: u16| (1_507..first).contains(&version))
}

#[cfg(test)]
#[path = "eligibility_tests.rs"]
mod tests;
