//! Reads one map of the configuration, key by key: each key is named once, with its default, and what was never named
//! is unknown.
//!
//! Called by the modules beside it. A reader that finds something wrong reports it and gives the default, so that one
//! run finds every error; whoever has errors throws the result away.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::secret;
use crate::domain::verdict::Percent;
use crate::yaml::suggest;
use crate::yaml::{Code, Diagnostics, Map, Node};

/// What was found while reading a file.
#[derive(Debug, Default)]
pub struct Reading {
    /// Errors and warnings.
    pub found: Diagnostics,
    /// The paths of keys that the file leaves to their defaults, for the test that the example names them all.
    pub absent: Vec<String>,
    /// Every key that was asked for, from which the schema is made.
    pub keys: Vec<Key>,
}

/// A key as its reader asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Where it stands, e.g. `tenants[0].name`.
    pub path: String,
    /// Whether it must be there when its map is.
    pub required: bool,
    /// What it may hold.
    pub kind: Kind,
}

/// What a key may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A map.
    Map,
    /// A list of maps with at least so many entries.
    Maps(usize),
    /// A text of one line that is not blank.
    Text,
    /// A list of texts.
    Texts,
    /// A map whose keys are names of the operator's own, each with a list of texts.
    Lists,
    /// `true` or `false`.
    Flag,
    /// A percentage above 0 and up to 100, with two decimals at most.
    Percent,
    /// A whole number within a range.
    Count(RangeInclusive<u32>),
    /// A duration within a range.
    Duration(RangeInclusive<Duration>),
    /// One of these words.
    Word(Vec<&'static str>),
}

/// One map, or its absence, in which case every key has its default.
#[derive(Debug)]
pub struct Section<'a> {
    map: Option<Map<'a>>,
    path: String,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub fn root(node: &Node<'a>, reading: &mut Reading) -> Self {
        Self {
            map: node.map(&mut reading.found),
            path: String::new(),
            known: Vec::new(),
        }
    }

    /// An item of a list, or the value of a key that may hold other things than a map too.
    pub fn of(node: &Node<'a>, reading: &mut Reading) -> Self {
        Self {
            map: node.map(&mut reading.found),
            path: node.path().to_owned(),
            known: Vec::new(),
        }
    }

    /// The item of a list that is not there, whose keys are asked for all the same.
    pub fn absent(path: &str) -> Self {
        Self {
            map: None,
            path: path.to_owned(),
            known: Vec::new(),
        }
    }

    /// As [`Section::of`], or an empty map below the parent if there is no node.
    pub fn below(&self, key: &'static str, node: Option<&Node<'a>>, reading: &mut Reading) -> Self {
        Self {
            map: node.and_then(|node| node.map(&mut reading.found)),
            path: self.path_of(key),
            known: Vec::new(),
        }
    }

    /// The map at `key`, or an empty one.
    pub fn section(&mut self, key: &'static str, reading: &mut Reading) -> Self {
        let map = self
            .get(key, Kind::Map, reading)
            .and_then(|node| node.map(&mut reading.found));
        Self {
            map,
            path: self.path_of(key),
            known: Vec::new(),
        }
    }

    /// The map at `key`, which must be there.
    pub fn required_section(&mut self, key: &'static str, reading: &mut Reading) -> Self {
        let map = self
            .required(key, Kind::Map, reading)
            .and_then(|node| node.map(&mut reading.found));
        Self {
            map,
            path: self.path_of(key),
            known: Vec::new(),
        }
    }

    /// The value at `key`, if it is there. The kind is noted, and judged by who takes the value.
    pub fn get(&mut self, key: &'static str, kind: Kind, reading: &mut Reading) -> Option<Node<'a>> {
        self.note(key, false, kind, reading);
        let node = self.map.as_ref().and_then(|map| map.get(key));
        if node.is_none() {
            reading.absent.push(self.path_of(key));
        }
        node
    }

    /// The value at `key`, which must be there if this map is. The kind is noted, and judged by who takes the value.
    pub fn required(&mut self, key: &'static str, kind: Kind, reading: &mut Reading) -> Option<Node<'a>> {
        self.note(key, true, kind, reading);
        self.map
            .as_ref()
            .and_then(|map| map.required(key, &mut reading.found))
    }

    /// Whether the file says something at `key`.
    pub fn has(&self, key: &str) -> bool {
        self.map.as_ref().is_some_and(|map| map.get(key).is_some())
    }

    /// A duration within `range`.
    pub fn duration(
        &mut self,
        key: &'static str,
        range: RangeInclusive<Duration>,
        default: Duration,
        reading: &mut Reading,
    ) -> Duration {
        let node = self.get(key, Kind::Duration(range.clone()), reading);
        node.and_then(|node| duration_in(&node, range, reading))
            .unwrap_or(default)
    }

    /// A duration within `range` that must be there.
    pub fn required_duration(
        &mut self,
        key: &'static str,
        range: RangeInclusive<Duration>,
        reading: &mut Reading,
    ) -> Option<Duration> {
        let node = self.required(key, Kind::Duration(range.clone()), reading)?;
        duration_in(&node, range, reading)
    }

    /// A whole number within `range`.
    pub fn count(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u32>,
        default: u32,
        reading: &mut Reading,
    ) -> u32 {
        let node = self.get(key, Kind::Count(range.clone()), reading);
        node.and_then(|node| count_in(&node, range, reading))
            .unwrap_or(default)
    }

    /// A percentage, if it is there.
    pub fn percent(&mut self, key: &'static str, reading: &mut Reading) -> Option<Percent> {
        let node = self.get(key, Kind::Percent, reading)?;
        let value = node.f64(&mut reading.found)?;
        let percent = Percent::new(value);
        if percent.is_none() {
            let message = format!(
                "`{}` must be above 0 and at most 100, with no more than two decimals, and is {value}",
                node.path()
            );
            reading.found.push(node.diagnostic(Code::OUT_OF_RANGE, message));
        }
        percent
    }

    /// A whole number within `range`, if it is there.
    pub fn count_if(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u32>,
        reading: &mut Reading,
    ) -> Option<u32> {
        let node = self.get(key, Kind::Count(range.clone()), reading)?;
        count_in(&node, range, reading)
    }

    /// A whole number within `range` that must be there.
    pub fn required_count(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u32>,
        reading: &mut Reading,
    ) -> Option<u32> {
        let node = self.required(key, Kind::Count(range.clone()), reading)?;
        count_in(&node, range, reading)
    }

    /// `true` or `false`.
    pub fn bool(&mut self, key: &'static str, default: bool, reading: &mut Reading) -> bool {
        let node = self.get(key, Kind::Flag, reading);
        node.and_then(|node| node.bool(&mut reading.found))
            .unwrap_or(default)
    }

    /// One of the words.
    pub fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        default: T,
        reading: &mut Reading,
    ) -> T {
        let names: Vec<&'static str> = words.iter().map(|(name, _)| *name).collect();
        let chosen = self
            .get(key, Kind::Word(names.clone()), reading)
            .and_then(|node| node.choice(&names, &mut reading.found));
        words
            .iter()
            .find(|(name, _)| Some(*name) == chosen)
            .map_or(default, |(_, value)| *value)
    }

    /// A text that is not empty.
    pub fn text(&mut self, key: &'static str, reading: &mut Reading) -> Option<String> {
        let node = self.get(key, Kind::Text, reading)?;
        text_of(&node, reading)
    }

    /// A text that is not empty and must be there; empty when it is not, which has been reported then.
    pub fn required_text(&mut self, key: &'static str, reading: &mut Reading) -> String {
        let node = self.required(key, Kind::Text, reading);
        node.and_then(|node| text_of(&node, reading)).unwrap_or_default()
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str, default: &[&str], reading: &mut Reading) -> Vec<String> {
        let given = self
            .get(key, Kind::Texts, reading)
            .map(|node| node.strs(&mut reading.found).unwrap_or_default());
        given
            .unwrap_or_else(|| default.to_vec())
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    /// Lists of texts, each under a name of the operator's own.
    pub fn lists(&mut self, key: &'static str, reading: &mut Reading) -> BTreeMap<String, Vec<String>> {
        let map = self
            .get(key, Kind::Lists, reading)
            .and_then(|node| node.map(&mut reading.found));
        let Some(map) = map else {
            return BTreeMap::new();
        };
        map.entries()
            .map(|(name, list)| {
                let texts = list.strs(&mut reading.found).unwrap_or_default();
                (
                    name.text.to_owned(),
                    texts.into_iter().map(str::to_owned).collect(),
                )
            })
            .collect()
    }

    /// The items of a list of maps, or `None` if the key is not there.
    pub fn items(&mut self, key: &'static str, least: usize, reading: &mut Reading) -> Option<Vec<Node<'a>>> {
        let node = self.get(key, Kind::Maps(least), reading)?;
        Some(node.seq(&mut reading.found).unwrap_or_default())
    }

    /// The map itself, if it is there.
    pub fn node(&self) -> Option<&Node<'a>> {
        self.map.as_ref().map(Map::node)
    }

    /// Reports every key that was never asked for.
    pub fn close(self, reading: &mut Reading) {
        let Some(map) = &self.map else { return };
        let unknown = map.entries().filter(|(key, _)| !self.known.contains(&key.text));
        for (key, _) in unknown.filter(|(key, value)| !secret::is_written_out(key.text, value)) {
            let place = if self.path.is_empty() {
                String::new()
            } else {
                format!(" in `{}`", self.path)
            };
            let message = format!("unknown key `{}`{place}", key.text.escape_debug());
            let help = suggest::help(key.text, &self.known);
            reading
                .found
                .push(key.diagnostic(Code::UNKNOWN_KEY, message).help(help));
        }
    }

    fn note(&mut self, key: &'static str, required: bool, kind: Kind, reading: &mut Reading) {
        self.known.push(key);
        let path = self.path_of(key);
        reading.keys.push(Key { path, required, kind });
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}

/// The duration of a node, if it lies within `range`.
pub fn duration_in(
    node: &Node<'_>,
    range: RangeInclusive<Duration>,
    reading: &mut Reading,
) -> Option<Duration> {
    use crate::yaml::duration::show;
    let value = node.duration(&mut reading.found)?;
    if range.contains(&value) {
        return Some(value);
    }
    let (from, to) = (show(*range.start()), show(*range.end()));
    let message = format!(
        "`{}` must be from {from} to {to}, and is {}",
        node.path(),
        show(value)
    );
    reading.found.push(node.diagnostic(Code::OUT_OF_RANGE, message));
    None
}

/// The whole number of a node, if it lies within `range`.
pub fn count_in(node: &Node<'_>, range: RangeInclusive<u32>, reading: &mut Reading) -> Option<u32> {
    let range = u64::from(*range.start())..=u64::from(*range.end());
    node.u64_in(range, &mut reading.found)
        .and_then(|value| u32::try_from(value).ok())
}

/// The text of a node, if it is not empty and has no control characters.
pub fn text_of(node: &Node<'_>, reading: &mut Reading) -> Option<String> {
    let text = node.str(&mut reading.found)?;
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let message = format!(
            "`{}` must be a text, not empty and without control characters",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_TEXT, message));
        return None;
    }
    Some(text.to_owned())
}
