//! `sources`: where events come from, beside the listener's own `/v1/events`. One file below for each kind of source.
//!
//! Read by [`super::Config`], put together by `app::sources` (and `app` for webhooks). Nothing is connected here.

use std::collections::HashMap;
use std::time::Duration;

use super::secret::{Places, SecretFile};
use super::section::{Kind, Reading, Section, text_of};
use super::tenant::Tenant;
use crate::domain::budget::Window;
use crate::domain::device::DeviceIdRule;
use crate::domain::trust::Trust;
use crate::intake::Reader;
use crate::yaml::{Code, Node, suggest};

pub mod defender;
pub mod directory;
pub mod kafka;
mod mapping;
pub mod nats;
pub mod shape;
pub mod sql;
pub mod webhook;

pub use defender::Defender;
pub use directory::Directory;
pub use kafka::Kafka;
pub use nats::Nats;
pub use shape::Records;
pub use sql::Sql;
pub use webhook::Webhook;

/// One of `sources`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// `name`: what its events say they came from. Unique.
    pub name: String,
    /// `tenant`: whose events they are, by its place in `tenants`. Default the first.
    pub tenant: usize,
    /// `trust`: what its events may lead to. Default `act`.
    pub trust: Trust,
    /// `rate`: more events than that in such a span ask instead of acting. Default any number.
    pub rate: Option<Window>,
    /// `shape`, `mapping`, `time_zone`, `identify_by`: how its records are read.
    pub records: Records,
    /// What kind of source it is, with what that needs.
    pub kind: SourceKind,
}

/// The kinds of sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// `webhook`: others send to `POST /v1/events/NAME`.
    Webhook(Webhook),
    /// `kafka`: a topic of a broker that speaks Kafka's protocol, Azure Event Hubs among them.
    Kafka(Kafka),
    /// `nats`: a stream of NATS JetStream.
    Nats(Nats),
    /// `defender`: Defender's own list of alerts.
    Defender(Defender),
    /// `directory`: files that others put there.
    Directory(Directory),
    /// `sql`: events that others submit to Postgres.
    Sql(Sql),
}

impl SourceKind {
    /// As it is written.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Kafka(_) => "kafka",
            Self::Nats(_) => "nats",
            Self::Defender(_) => "defender",
            Self::Directory(_) => "directory",
            Self::Sql(_) => "sql",
        }
    }
}

/// All kinds, as they are written.
const KINDS: [&str; 6] = ["webhook", "kafka", "nats", "defender", "directory", "sql"];

/// The name of the listener's own source.
const LISTENER: &str = "webhook";

impl Source {
    /// How its messages are read.
    pub fn reader(&self, rule: DeviceIdRule) -> Reader {
        Reader {
            shape: self.records.shape.clone(),
            zone: self.records.time_zone.clone(),
            identify_by: self.records.identify_by.clone(),
            ..Reader::new(rule)
        }
    }

    /// The files that hold secrets of one line, with their keys below the source.
    pub fn secret_files(&self) -> Vec<(String, &SecretFile)> {
        match &self.kind {
            SourceKind::Webhook(webhook) => webhook.secret_files(),
            SourceKind::Kafka(kafka) => kafka.secret_files(),
            SourceKind::Nats(nats) => nats.secret_files(),
            SourceKind::Defender(_) | SourceKind::Directory(_) | SourceKind::Sql(_) => Vec::new(),
        }
    }

    fn read(node: Option<&Node<'_>>, tenants: &[Tenant], places: &Places, reading: &mut Reading) -> Self {
        let mut section = match node {
            Some(node) => Section::of(node, reading),
            None => Section::absent("sources[0]"),
        };
        let name = section
            .required("name", Kind::Text, reading)
            .and_then(|node| name_of(&node, reading));
        let tenant = read_tenant(&mut section, tenants, reading);
        let words = [
            ("act", Trust::Act),
            ("ask", Trust::Ask),
            ("observe", Trust::Observe),
        ];
        let trust = section.choice("trust", &words, Trust::Act, reading);
        let rate = read_rate(section.section("rate", reading), reading);
        let records = Records::read(&mut section, reading);
        let given: Vec<&str> = KINDS.into_iter().filter(|kind| section.has(kind)).collect();
        if let (Some(node), true) = (node, given.len() != 1) {
            let all: Vec<String> = KINDS.iter().map(|kind| format!("`{kind}`")).collect();
            let message = match given.as_slice() {
                [] => format!("`{}` needs one of {}", node.path(), all.join(", ")),
                [first, second, ..] => {
                    format!(
                        "`{}` has `{first}` and `{second}`: give exactly one kind",
                        node.path()
                    )
                }
                [_] => String::new(),
            };
            reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
        }
        let webhook = Webhook::read(section.section("webhook", reading), places, reading);
        let kafka = Kafka::read(section.section("kafka", reading), places, reading);
        let nats = Nats::read(section.section("nats", reading), places, reading);
        let defender = Defender::read(section.section("defender", reading), reading);
        let directory = Directory::read(section.section("directory", reading), places, reading);
        let sql = Sql::read(section.section("sql", reading), reading);
        section.close(reading);
        Self {
            name: name.unwrap_or_default(),
            tenant,
            trust,
            rate,
            records,
            kind: match given.first() {
                Some(&"kafka") => SourceKind::Kafka(kafka),
                Some(&"nats") => SourceKind::Nats(nats),
                Some(&"defender") => SourceKind::Defender(defender),
                Some(&"directory") => SourceKind::Directory(directory),
                Some(&"sql") => SourceKind::Sql(sql),
                _ => SourceKind::Webhook(webhook),
            },
        }
    }
}

/// Reads `sources`.
pub(super) fn read_all(
    root: &mut Section<'_>,
    tenants: &[Tenant],
    places: &Places,
    reading: &mut Reading,
) -> Vec<Source> {
    let items = root.items("sources", 0, reading);
    if items.as_ref().is_none_or(Vec::is_empty) {
        // Its keys are noted all the same: the schema and the example's test are made from what is asked for.
        Source::read(None, tenants, places, reading);
    }
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut sources = Vec::new();
    for item in items.iter().flatten() {
        let source = Source::read(Some(item), tenants, places, reading);
        let mut refuse = |message| reading.found.push(item.diagnostic(Code::BAD_SOURCE, message));
        if source.name == LISTENER {
            refuse(format!(
                "`{}` is called `{LISTENER}`, which is the name of the listener's own `/v1/events`: give it another name",
                item.path()
            ));
        }
        if matches!(source.kind, SourceKind::Nats(_)) && !cfg!(feature = "nats") {
            refuse(format!(
                "`{}` reads from nats, which this program was built without: build it with `--features nats`",
                item.path()
            ));
        }
        match lines.get(&source.name) {
            Some(line) if !source.name.is_empty() => {
                refuse(format!(
                    "the source `{}` is there twice; the first is on line {line}",
                    source.name
                ));
            }
            _ => drop(lines.insert(source.name.clone(), item.line())),
        }
        sources.push(source);
    }
    sources
}

/// Reads `rate`.
pub(super) fn read_rate(mut rate: Section<'_>, reading: &mut Reading) -> Option<Window> {
    if let (Some(node), true, false) = (rate.node(), rate.has("per"), rate.has("events")) {
        let message = format!(
            "`{}` has `per` without `events`, and so bounds nothing: say how many events may act in that time",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_SOURCE, message));
    }
    let limit = rate.count("events", 0..=1_000_000, 0, reading);
    let span = Duration::from_secs(1)..=Duration::from_secs(86_400);
    let per = rate.duration("per", span, Duration::from_secs(60), reading);
    rate.close(reading);
    (limit > 0).then_some(Window { limit, per })
}

fn read_tenant(section: &mut Section<'_>, tenants: &[Tenant], reading: &mut Reading) -> usize {
    let Some(node) = section.get("tenant", Kind::Text, reading) else {
        return 0;
    };
    let Some(name) = text_of(&node, reading) else {
        return 0;
    };
    let names: Vec<&str> = tenants.iter().map(|tenant| tenant.name.as_str()).collect();
    if let Some(place) = names.iter().position(|known| *known == name) {
        return place;
    }
    let message = format!("`{}` names `{name}`, which none of `tenants` is", node.path());
    let help = suggest::help(&name, &names);
    reading
        .found
        .push(node.diagnostic(Code::BAD_SOURCE, message).help(help));
    0
}

fn name_of(node: &Node<'_>, reading: &mut Reading) -> Option<String> {
    let name = text_of(node, reading)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    let begins_well = name
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if begins_well && name.len() <= 63 && name.bytes().all(plain) {
        return Some(name);
    }
    let message = format!(
        "`{}` must be made of a-z, 0-9, `.`, `_` and `-`, at most 63 of them",
        node.path()
    );
    reading.found.push(node.diagnostic(Code::BAD_SOURCE, message));
    None
}
