//! What a test file says of the installation: the configuration's guards that hold over every playbook, so that they can be
//! tested beside it. What it leaves out is as lenient as can be: nothing protected, no cap, every mode.

use std::time::Duration;

use crate::domain::decision::{Cap, Rules};
use crate::domain::guard::Protections;
use crate::domain::verdict::{AskTerms, Mode};
use crate::yaml::{Diagnostics, Map, Node};

/// The installation as a test sees it.
#[derive(Clone, Debug)]
pub(super) struct Guards {
    pub(super) rules: Rules,
    /// How many devices the fleet has, for limits in percent of it.
    pub(super) fleet: Option<u64>,
}

impl Default for Guards {
    fn default() -> Self {
        let hour = Duration::from_secs(3_600);
        Self {
            rules: Rules {
                ceiling: Mode::Enforce,
                freshness: hour,
                never: Protections::default(),
                caps: Vec::new(),
                default_ask: AskTerms {
                    from: vec!["approvers".to_owned()],
                    approvals: 1,
                    within: hour,
                    otherwise_act: false,
                },
            },
            fleet: None,
        }
    }
}

impl Guards {
    /// Lays what a map says over what holds so far. The keys are those of the configuration.
    pub(super) fn apply(&mut self, node: &Node<'_>, found: &mut Diagnostics) {
        let Some(map) = node.map(found) else { return };
        map.only(&["mode", "never", "caps", "freshness", "fleet"], found);
        if let Some(mode) = map
            .get("mode")
            .and_then(|node| node.choice(&["off", "observe", "enforce"], found))
            .and_then(Mode::parse)
        {
            self.rules.ceiling = mode;
        }
        if let Some(never) = map.get("never").and_then(|node| node.map(found)) {
            self.rules.never = read_never(&never, found);
        }
        if let Some(caps) = map.get("caps").and_then(|node| node.seq(found)) {
            self.rules.caps = caps.iter().filter_map(|cap| read_cap(cap, found)).collect();
        }
        if let Some(freshness) = map.get("freshness").and_then(|node| node.duration(found)) {
            self.rules.freshness = freshness;
        }
        if let Some(fleet) = map
            .get("fleet")
            .and_then(|node| node.u64_in(0..=10_000_000, found))
        {
            self.fleet = Some(fleet);
        }
    }
}

fn read_never(map: &Map<'_>, found: &mut Diagnostics) -> Protections {
    map.only(&["ids", "tags", "groups", "names", "device_values"], found);
    let mut texts = |key: &str| -> Vec<String> {
        let texts = map.get(key).and_then(|node| node.strs(found));
        texts.into_iter().flatten().map(str::to_owned).collect()
    };
    Protections {
        ids: texts("ids"),
        tags: texts("tags"),
        groups: texts("groups"),
        names: texts("names"),
        device_values: texts("device_values"),
    }
}

fn read_cap(node: &Node<'_>, found: &mut Diagnostics) -> Option<Cap> {
    let map = node.map(found)?;
    map.only(&["devices", "per"], found);
    let devices = map
        .required("devices", found)
        .and_then(|node| node.u64_in(0..=1_000_000, found));
    let per = map.required("per", found).and_then(|node| node.duration(found));
    Some(Cap {
        devices: u32::try_from(devices?).ok()?,
        per: per?,
    })
}
