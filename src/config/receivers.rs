//! `receivers`: who is told of what, and `outbound`: how. One kind a receiver, with what that needs.
//!
//! Read by [`super::Config`], put together by `app::tell`. Nothing is connected here.

mod ways;

use std::collections::HashMap;
use std::time::Duration;

use super::secret::{Places, SecretFile};
use super::section::{Kind, Reading, Section, text_of};
use super::tenant::Tenant;
use crate::domain::alert::Severity;
use crate::domain::telling::Topic;
use crate::web::Network;
use crate::yaml::{Code, Node, suggest};

pub use ways::{Address, Email, Export, Place, Posted};

/// One of `receivers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// `name`: how playbooks (`notify: [{to: …}]`), tables and commands call it. Unique.
    pub name: String,
    /// `on`: of what it is told without being named by a playbook. Default nothing.
    pub on: Vec<Topic>,
    /// `tenants`: only of these. Default all.
    pub tenants: Vec<String>,
    /// `severity`: without being named, only of alerts that are at least so severe. Default any.
    pub severity: Option<Severity>,
    /// What kind of receiver it is.
    pub kind: ReceiverKind,
}

/// The kinds of receivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiverKind {
    /// `webhook`: CloudEvents, signed by Standard Webhooks.
    Webhook(Posted),
    /// `slack`: an incoming webhook of Slack.
    Slack(Address),
    /// `teams`: an incoming webhook of Teams' Workflows.
    Teams(Address),
    /// `email`: mail by SMTP.
    Email(Email),
    /// `export`: records for a SIEM.
    Export(Export),
}

const KINDS: [&str; 5] = ["webhook", "slack", "teams", "email", "export"];

impl ReceiverKind {
    /// As it is written.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::Teams(_) => "teams",
            Self::Email(_) => "email",
            Self::Export(_) => "export",
        }
    }
}

/// `outbound`: how others are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// `allow_networks`: addresses that are not public, and may be posted to all the same. Default none.
    pub allow_networks: Vec<Network>,
    /// `group_wait`: what comes for a receiver within this span is one message. Default 10 s.
    pub group_wait: Duration,
    /// `digest_above`: beyond so many messages a minute to a receiver the rest is a digest. Default 20.
    pub digest_above: u32,
    /// `shown`: a message shows so many of its devices. Default 10.
    pub shown: u32,
    /// `give_up_after`: what cannot be delivered for so long is given up. Default 24 h.
    pub give_up_after: Duration,
}

impl Outbound {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let second = Duration::from_secs(1);
        let outbound = Self {
            allow_networks: read_networks(&mut section, reading),
            group_wait: section.duration("group_wait", second..=600 * second, 10 * second, reading),
            digest_above: section.count("digest_above", 1..=1_000, 20, reading),
            shown: section.count("shown", 1..=100, 10, reading),
            give_up_after: section.duration(
                "give_up_after",
                60 * second..=7 * 86_400 * second,
                86_400 * second,
                reading,
            ),
        };
        section.close(reading);
        outbound
    }
}

impl Receiver {
    /// The files that hold secrets of one line, with their keys below the receiver.
    pub(super) fn secret_files(&self) -> Vec<(String, &SecretFile)> {
        match &self.kind {
            ReceiverKind::Webhook(posted) => posted.secret_files("webhook"),
            ReceiverKind::Slack(address) => address.secret_file("slack").into_iter().collect(),
            ReceiverKind::Teams(address) => address.secret_file("teams").into_iter().collect(),
            ReceiverKind::Email(email) => email.secret_file().into_iter().collect(),
            ReceiverKind::Export(export) => match &export.to {
                Place::Posted(posted) => posted.secret_files("export"),
                Place::File(_) => Vec::new(),
            },
        }
    }

    fn read(node: Option<&Node<'_>>, tenants: &[Tenant], places: &Places, reading: &mut Reading) -> Self {
        let mut section = match node {
            Some(node) => Section::of(node, reading),
            None => Section::absent("receivers[0]"),
        };
        let name = section.required_text("name", reading);
        let on = read_on(&mut section, reading);
        let tenants = read_tenants(&mut section, tenants, reading);
        let words = Severity::ALL.map(|severity| (severity.as_str(), Some(severity)));
        let severity = section.choice("severity", &words, None, reading);
        let given: Vec<&str> = KINDS.into_iter().filter(|kind| section.has(kind)).collect();
        if let (Some(node), true) = (node, given.len() != 1) {
            let all: Vec<String> = KINDS.iter().map(|kind| format!("`{kind}`")).collect();
            let message = match given.as_slice() {
                [first, second, ..] => format!(
                    "`{}` has `{first}` and `{second}`: give exactly one kind",
                    node.path()
                ),
                _ => format!("`{}` needs one of {}", node.path(), all.join(", ")),
            };
            reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
        }
        let webhook = ways::read_webhook(section.section("webhook", reading), places, reading);
        let slack = ways::read_chat(section.section("slack", reading), places, reading);
        let teams = ways::read_chat(section.section("teams", reading), places, reading);
        let email = Email::read(section.section("email", reading), places, reading);
        let export = Export::read(section.section("export", reading), places, reading);
        section.close(reading);
        Self {
            name,
            on,
            tenants,
            severity,
            kind: match given.first() {
                Some(&"slack") => ReceiverKind::Slack(slack),
                Some(&"teams") => ReceiverKind::Teams(teams),
                Some(&"email") => ReceiverKind::Email(email),
                Some(&"export") => ReceiverKind::Export(export),
                _ => ReceiverKind::Webhook(webhook),
            },
        }
    }
}

/// Reads `receivers`.
pub(super) fn read_all(
    root: &mut Section<'_>,
    tenants: &[Tenant],
    places: &Places,
    reading: &mut Reading,
) -> Vec<Receiver> {
    let items = root.items("receivers", 0, reading);
    if items.as_ref().is_none_or(Vec::is_empty) {
        // Its keys are noted all the same: the schema and the example's test are made from what is asked for.
        Receiver::read(None, tenants, places, reading);
    }
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut receivers = Vec::new();
    for item in items.iter().flatten() {
        let receiver = Receiver::read(Some(item), tenants, places, reading);
        match lines.get(&receiver.name) {
            Some(line) if !receiver.name.is_empty() => {
                let message = format!(
                    "the receiver `{}` is there twice; the first is on line {line}",
                    receiver.name
                );
                reading.found.push(item.diagnostic(Code::BAD_RECEIVER, message));
            }
            _ => drop(lines.insert(receiver.name.clone(), item.line())),
        }
        receivers.push(receiver);
    }
    receivers
}

fn read_on(section: &mut Section<'_>, reading: &mut Reading) -> Vec<Topic> {
    let words = Topic::ALL.map(Topic::as_str);
    let Some(node) = section.get("on", Kind::Words(words.to_vec()), reading) else {
        return Vec::new();
    };
    let items = node.seq(&mut reading.found).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.choice(&words, &mut reading.found))
        .filter_map(Topic::parse)
        .collect()
}

fn read_tenants(section: &mut Section<'_>, tenants: &[Tenant], reading: &mut Reading) -> Vec<String> {
    let Some(node) = section.get("tenants", Kind::Texts, reading) else {
        return Vec::new();
    };
    let names: Vec<&str> = tenants.iter().map(|tenant| tenant.name.as_str()).collect();
    let mut wanted = Vec::new();
    for item in node.seq(&mut reading.found).unwrap_or_default() {
        let Some(name) = text_of(&item, reading) else {
            continue;
        };
        if !names.contains(&name.as_str()) {
            let message = format!("`{}` names `{name}`, which none of `tenants` is", item.path());
            let help = suggest::help(&name, &names);
            reading
                .found
                .push(item.diagnostic(Code::BAD_RECEIVER, message).help(help));
        }
        wanted.push(name);
    }
    wanted
}

fn read_networks(section: &mut Section<'_>, reading: &mut Reading) -> Vec<Network> {
    let Some(node) = section.get("allow_networks", Kind::Texts, reading) else {
        return Vec::new();
    };
    let mut networks = Vec::new();
    for text in node.strs(&mut reading.found).unwrap_or_default() {
        match text.parse() {
            Ok(network) => networks.push(network),
            Err(error) => {
                let message = format!("`{text}` in `{}` {error}", node.path());
                reading.found.push(node.diagnostic(Code::BAD_ADDRESS, message));
            }
        }
    }
    networks
}
