//! What a test file says of the installation: the configuration's guards that hold over every playbook, so that they can be
//! tested beside it. What it leaves out is as lenient as can be: nothing protected, no cap, every mode.

use std::time::Duration;

use crate::domain::decision::{Cap, Rules};
use crate::domain::guard::Protections;
use crate::domain::limit::group_key;
use crate::domain::verdict::{AskTerms, Mode};
use crate::playbook::terms::read_percent;
use crate::yaml::{Code, Diagnostics, Map, Node};

/// The installation as a test sees it.
#[derive(Clone, Debug)]
pub(super) struct Guards {
    pub(super) rules: Rules,
    /// How many devices the fleet has, for limits and caps in percent of it.
    pub(super) fleet: Option<u64>,
    /// How many devices each group has, for caps in percent of them.
    pub(super) groups: Vec<(String, u64)>,
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
                surge: crate::domain::surge::Surge::default(),
                default_ask: AskTerms {
                    from: vec!["approvers".to_owned()],
                    approvals: 1,
                    within: hour,
                    otherwise_act: false,
                },
            },
            fleet: None,
            groups: Vec::new(),
        }
    }
}

impl Guards {
    /// Lays what a map says over what holds so far. The keys are those of the configuration.
    pub(super) fn apply(&mut self, node: &Node<'_>, found: &mut Diagnostics) {
        let Some(map) = node.map(found) else { return };
        let keys = ["mode", "never", "caps", "freshness", "fleet_size", "group_sizes"];
        map.only(&keys, found);
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
            .get("fleet_size")
            .and_then(|node| node.u64_in(0..=10_000_000, found))
        {
            self.fleet = Some(fleet);
        }
        if let Some(sizes) = map.get("group_sizes").and_then(|node| node.map(found)) {
            let mut groups = Vec::new();
            for (group, node) in sizes.entries() {
                let size = node.u64_in(0..=10_000_000, found);
                groups.extend(size.map(|size| (group_key(group.text), size)));
            }
            self.groups = groups;
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
    map.only(&["devices", "percent_of_fleet", "percent_of_group", "per"], found);
    let devices = map
        .get("devices")
        .and_then(|node| node.u64_in(0..=1_000_000, found))
        .and_then(|devices| u32::try_from(devices).ok());
    let mut percent = |key: &str| map.get(key).and_then(|node| read_percent(&node, found));
    let (percent_of_fleet, percent_of_group) = (percent("percent_of_fleet"), percent("percent_of_group"));
    if ["devices", "percent_of_fleet", "percent_of_group"]
        .iter()
        .all(|key| map.get(key).is_none())
    {
        let message = "the cap does not say how many devices";
        let help = "give `devices`, `percent_of_fleet` or `percent_of_group`, or several: each of them holds";
        found.push(map.place().diagnostic(Code::CAP_MEASURE, message).help(help));
    }
    let per = map.required("per", found).and_then(|node| node.duration(found));
    Some(Cap {
        devices,
        percent_of_fleet,
        percent_of_group,
        per: per?,
    })
}
