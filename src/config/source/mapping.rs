//! `sources[].mapping`: from each fact of an alert to the place where it stands in JSON of another's, by JSON Pointer. What it
//! comes to is [`crate::intake::mapping`].

use std::collections::BTreeMap;

use super::super::section::{Kind, PlaceKind, Reading, Section, text_of};
use crate::domain::device::hint::HintKind;
use crate::intake::mapping::{DeviceName, DevicePlaces, FactName, Mapping, Place, Pointer, TimeFormat};
use crate::yaml::{Code, Map, Node};

/// The longest prefix of an id, in characters.
const MAX_PREFIX: usize = 64;

/// Reads the mapping; `None` when it cannot be used, which has been reported then, or is not there.
pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Option<Mapping> {
    let id = section.required("id", Kind::Place(PlaceKind::Id), reading);
    let id = id.and_then(|node| read_id(&node, reading));
    let mut facts = BTreeMap::new();
    for name in FactName::ALL {
        let node = section.get(name.as_str(), Kind::Place(kind(name)), reading);
        if let Some(place) = node.and_then(|node| read_place(&node, kind(name), reading)) {
            facts.insert(name, place);
        }
    }
    let devices = read_devices(section.section("devices", reading), reading);
    section.close(reading);
    let (id, id_prefix) = id?;
    Some(Mapping {
        id,
        id_prefix,
        facts,
        devices,
    })
}

fn kind(name: FactName) -> PlaceKind {
    match name {
        FactName::OccurredAt => PlaceKind::Time,
        FactName::Techniques => PlaceKind::List,
        other => other.words().map_or(PlaceKind::Text, PlaceKind::Words),
    }
}

/// The pointer to the id, and what is put before it.
fn read_id(node: &Node<'_>, reading: &mut Reading) -> Option<(Pointer, String)> {
    if !node.is_map() {
        return Some((read_pointer(node, reading)?, String::new()));
    }
    let map = node.map(&mut reading.found)?;
    map.only(&["from", "prefix"], &mut reading.found);
    let from = read_from(&map, reading);
    let prefix = match map.get("prefix") {
        Some(node) => text_of(&node, reading).filter(|prefix| {
            let is_short = prefix.chars().count() <= MAX_PREFIX;
            if !is_short {
                let message = format!("`{}` is longer than {MAX_PREFIX} characters", node.path());
                reading.found.push(node.diagnostic(Code::BAD_TEXT, message));
            }
            is_short
        })?,
        None => String::new(),
    };
    Some((from?, prefix))
}

fn read_place(node: &Node<'_>, kind: PlaceKind, reading: &mut Reading) -> Option<Place> {
    if !node.is_map() {
        return read_pointer(node, reading).map(Place::of);
    }
    let map = node.map(&mut reading.found)?;
    let known: &[&str] = match kind {
        PlaceKind::Id => &["from", "prefix"],
        PlaceKind::Text | PlaceKind::Words(_) => &["from", "values"],
        PlaceKind::Time => &["from", "format"],
        PlaceKind::List => &["from"],
    };
    map.only(known, &mut reading.found);
    let mut place = Place::of(read_from(&map, reading)?);
    if let Some(node) = map.get("values").filter(|_| known.contains(&"values")) {
        place.values = read_values(&node, kind, reading);
    }
    if let Some(node) = map.get("format").filter(|_| kind == PlaceKind::Time) {
        let names = TimeFormat::ALL.map(|(name, _)| name);
        let name = node.choice(&names, &mut reading.found);
        let format = TimeFormat::ALL
            .into_iter()
            .find(|(known, _)| Some(*known) == name);
        place.format = format.map_or(place.format, |(_, format)| format);
    }
    Some(place)
}

fn read_from(map: &Map<'_>, reading: &mut Reading) -> Option<Pointer> {
    let node = map.required("from", &mut reading.found)?;
    read_pointer(&node, reading)
}

/// A table of exact values: what is not in it is unknown, never something else.
fn read_values(node: &Node<'_>, kind: PlaceKind, reading: &mut Reading) -> BTreeMap<String, String> {
    let Some(map) = node.map(&mut reading.found) else {
        return BTreeMap::new();
    };
    if map.is_empty() {
        let message = format!(
            "`{}` says nothing: write what stands for what, or leave it out",
            node.path()
        );
        let help = "as `{\"1\": low, \"15\": high}`";
        reading
            .found
            .push(node.diagnostic(Code::BAD_PLACE, message).help(help));
    }
    let meant = map.entries().filter_map(|(written, node)| {
        let meant = match kind {
            PlaceKind::Words(words) => node.choice(words, &mut reading.found).map(str::to_owned),
            _ => text_of(&node, reading),
        };
        Some((written.text.trim().to_owned(), meant?))
    });
    meant.collect()
}

fn read_devices(mut section: Section<'_>, reading: &mut Reading) -> Option<DevicePlaces> {
    let each = section.get("each", Kind::Pointer, reading);
    let each = each.map(|node| read_pointer(&node, reading));
    let names = [
        ("id", DeviceName::Id),
        ("entra_id", DeviceName::Hint(HintKind::EntraId)),
        ("dns_name", DeviceName::Hint(HintKind::DnsName)),
    ];
    let mut given = Vec::new();
    for (key, by) in names {
        if let Some(node) = section.get(key, Kind::Pointer, reading) {
            given.push((key, by, read_pointer(&node, reading)));
        }
    }
    if let (Some(node), true) = (section.node(), given.len() != 1) {
        let keys: Vec<String> = given.iter().map(|(key, ..)| format!("`{key}`")).collect();
        let message = if keys.is_empty() {
            format!(
                "`{}` needs `id`, `entra_id` or `dns_name`: where a device's name stands",
                node.path()
            )
        } else {
            format!(
                "`{}` has {}: give exactly one of them",
                node.path(),
                keys.join(" and ")
            )
        };
        reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
    }
    section.close(reading);
    // A list of hosts that cannot be found is not taken for the record itself.
    let each = each.map_or(Some(None), |each| each.map(Some))?;
    let (_, by, at) = given.into_iter().next()?;
    Some(DevicePlaces { each, at: at?, by })
}

fn read_pointer(node: &Node<'_>, reading: &mut Reading) -> Option<Pointer> {
    let text = node.str(&mut reading.found)?;
    match Pointer::parse(text) {
        Ok(pointer) => Some(pointer),
        Err(problem) => {
            let message = format!("`{}` is no JSON Pointer: it {problem}", node.path());
            let diagnostic = node.diagnostic(Code::BAD_PLACE, message);
            reading.found.push(diagnostic.help(meant(text)));
            None
        }
    }
}

/// What somebody may have meant who wrote a path of another kind.
fn meant(text: &str) -> String {
    let plain = text.strip_prefix("$.").or(text.strip_prefix('$')).unwrap_or(text);
    let is_path = |c: char| c.is_alphanumeric() || "._@[]-".contains(c);
    if plain.is_empty() || text.starts_with('/') || !plain.chars().all(is_path) {
        return "write the names from the outermost to the innermost, each after a `/`: `/alert/uuid`"
            .to_owned();
    }
    let parts = plain.split(['.', '[', ']']).filter(|part| !part.is_empty());
    format!("did you mean `/{}`?", parts.collect::<Vec<_>>().join("/"))
}
