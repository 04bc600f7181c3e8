//! `sources[].shape`, `mapping`, `time_zone` and `identify_by`: how the records of a source are read, whatever kind of source it
//! is. The mapping itself is read by [`super::mapping`].

use std::sync::Arc;

use super::super::section::{Kind, Reading, Section, text_of};
use super::{Source, mapping};
use crate::domain::device::hint::HintKind;
use crate::intake::Shape;
use crate::intake::mapping::DeviceName;
use crate::intake::reader::GROUPS;
use crate::intake::time::Zone;
use crate::yaml::{Code, Node};

/// The word for records that a mapping reads.
const MAPPING: &str = "mapping";

/// By what a device may be looked for in the inventory.
const IDENTIFY_BY: [(&str, HintKind); 2] = [("entra_id", HintKind::EntraId), ("dns_name", HintKind::DnsName)];

/// How the records of a source are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// `shape` and `mapping`: which shape they have. Default: each tells.
    pub shape: Shape,
    /// `time_zone`: where a time stamp without an offset was written. Default UTC.
    pub time_zone: Zone,
    /// `identify_by`: by which other names a host without Defender's id is looked for. Default none: it is no device.
    pub identify_by: Vec<HintKind>,
}

impl Records {
    /// Reads the keys of a source that say so.
    pub(super) fn read(source: &mut Section<'_>, reading: &mut Reading) -> Self {
        let has_mapping = source.has(MAPPING);
        let words: Vec<&'static str> = GROUPS.iter().map(|group| group.name).chain([MAPPING]).collect();
        let node = source.get("shape", Kind::Word(words.clone()), reading);
        let word = node
            .as_ref()
            .and_then(|node| node.choice(&words, &mut reading.found));
        let mapping = mapping::read(source.section(MAPPING, reading), reading);
        if let Some(problem) = problem(word, has_mapping) {
            let place = node.as_ref().or(source.node());
            let path = source.node().map_or("", Node::path);
            let message = format!("`{path}` {problem}");
            if let Some(node) = place {
                reading.found.push(node.diagnostic(Code::BAD_SHAPE, message));
            }
        }
        let group = GROUPS.into_iter().find(|group| Some(group.name) == word);
        let shape = match (mapping.filter(|_| has_mapping), group) {
            (Some(mapping), _) => Shape::Mapped(Arc::new(mapping)),
            (None, Some(group)) => Shape::Group(group),
            (None, None) => Shape::Detect,
        };
        let names_by_itself = has_mapping || matches!(word, Some("native" | MAPPING));
        Self {
            shape,
            time_zone: read_zone(source, reading),
            identify_by: read_identify_by(source, names_by_itself, reading),
        }
    }

    /// Whether devices are named by what only the inventory tells.
    fn asks_inventory(&self) -> bool {
        let by_mapping = match &self.shape {
            Shape::Mapped(mapping) => {
                let devices = mapping.devices.as_ref();
                devices.is_some_and(|devices| matches!(devices.by, DeviceName::Hint(_)))
            }
            _ => false,
        };
        by_mapping || !self.identify_by.is_empty()
    }
}

/// Reports the sources that name devices by what the inventory tells; called when it is never read.
pub(in crate::config) fn check_without_inventory(
    sources: &[Source],
    root: &Section<'_>,
    reading: &mut Reading,
) {
    let Some(node) = root.node() else { return };
    for source in sources.iter().filter(|source| source.records.asks_inventory()) {
        let message = format!(
            "the source `{}` names devices by their Entra id or DNS name, and `facts.inventory.every` is 0: the inventory that \
             would tell which they are is never read",
            source.name
        );
        reading.found.push(node.diagnostic(Code::NO_INVENTORY, message));
    }
}

/// What `shape` and `mapping` say against each other.
fn problem(word: Option<&str>, has_mapping: bool) -> Option<&'static str> {
    match (word, has_mapping) {
        (Some(MAPPING), false) => {
            Some("has the shape `mapping`, and no `mapping` that says where the facts stand")
        }
        (Some(word), true) if word != MAPPING => {
            Some("has a `mapping` and another shape: leave one of them out, or write `shape: mapping`")
        }
        _ => None,
    }
}

fn read_zone(source: &mut Section<'_>, reading: &mut Reading) -> Zone {
    let Some(node) = source.get("time_zone", Kind::Text, reading) else {
        return Zone::Utc;
    };
    let Some(name) = text_of(&node, reading) else {
        return Zone::Utc;
    };
    Zone::named(&name).unwrap_or_else(|| {
        let message = format!("`{}` is `{name}`, which is no time zone", node.path());
        let help = "write a name of the IANA database, as `Europe/Berlin` or `America/New_York`, or `UTC`";
        reading
            .found
            .push(node.diagnostic(Code::BAD_TIME_ZONE, message).help(help));
        Zone::Utc
    })
}

fn read_identify_by(source: &mut Section<'_>, names_by_itself: bool, reading: &mut Reading) -> Vec<HintKind> {
    let words = IDENTIFY_BY.map(|(word, _)| word);
    let Some(node) = source.get("identify_by", Kind::Words(words.to_vec()), reading) else {
        return Vec::new();
    };
    if names_by_itself {
        let message = format!(
            "`{}` is for shapes that others define: here the record or the `mapping` says by what a device is named",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_SHAPE, message));
    }
    let mut by = Vec::new();
    for item in node.seq(&mut reading.found).unwrap_or_default() {
        let word = item.choice(&words, &mut reading.found);
        let kind = IDENTIFY_BY.iter().find(|(name, _)| Some(*name) == word);
        by.extend(kind.map(|(_, kind)| *kind).filter(|kind| !by.contains(kind)));
    }
    by
}
