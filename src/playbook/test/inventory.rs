//! Facts of a device in a file of their own, written as tests write them: for people who try out an event without an
//! inventory. Called by `quell explain`.

use jiff::Timestamp;

use super::given::Given;
use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;
use crate::yaml::{self, Diagnostics};

/// What a file says of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenDevice {
    /// Its facts; what the file does not say is unknown.
    pub facts: DeviceFacts,
    /// The playbooks that restrict it.
    pub restricted_by: Fact<Vec<String>>,
}

/// Reads `device: {kind: workstation, tags: []}`: YAML or JSON. Ages count back from `now`.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read_device(name: &str, text: &str, now: Timestamp) -> Result<GivenDevice, Diagnostics> {
    let document = yaml::parse(name, text)?;
    let mut found = Diagnostics::default();
    let mut given = Given::at(now);
    let root = document.root();
    if let Some(map) = root.map(&mut found) {
        map.only(&["device"], &mut found);
        if found.is_empty() {
            given.apply(&root, &mut found);
        }
    }
    if found.has_errors() {
        found.sort();
        return Err(found);
    }
    Ok(GivenDevice {
        facts: given.device,
        restricted_by: given.restricted_by,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    #[test]
    fn facts_are_written_as_in_tests_and_ages_count_back_from_now() {
        let text =
            "device: {tags: [tier-0], group: null, risk: unknown, last_seen: 2h, restricted_by: [one]}\n";
        let given = read_device("facts.yaml", text, now()).expect("it is right");
        assert_eq!(given.facts.tags, Fact::Is(vec!["tier-0".to_owned()]));
        assert_eq!(given.facts.group, Fact::Absent);
        assert_eq!(given.facts.risk, Fact::Unknown);
        let seen: Timestamp = "2026-11-22T01:00:00Z".parse().expect("a time");
        assert_eq!(given.facts.last_seen, Fact::Is(seen));
        assert_eq!(given.restricted_by, Fact::Is(vec!["one".to_owned()]));
    }

    #[test]
    fn what_is_no_fact_of_a_device_is_refused() {
        for (text, said) in [
            ("device: {colour: red}", "there is no fact `device.colour`"),
            ("alert: {severity: high}", "unknown key `alert`"),
            ("[]", "must be a map"),
        ] {
            let errors = read_device("facts.yaml", text, now()).expect_err("it is wrong");
            let rendered = errors.render(false);
            assert!(rendered.contains(said), "{text}: {rendered}");
        }
    }
}
