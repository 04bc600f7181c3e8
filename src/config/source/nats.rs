//! `sources[].nats`: a stream of NATS JetStream, read through a durable consumer.

use super::super::secret::Places;
use super::super::section::{Kind, Reading, Section};

/// `nats`: which stream of which servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nats {
    /// `servers`: `nats://` or `tls://` addresses, of which one must answer at first.
    pub servers: Vec<String>,
    /// `stream`: the stream.
    pub stream: String,
    /// `consumer`: the durable consumer.
    pub consumer: String,
}

impl Nats {
    pub(super) fn read(mut section: Section<'_>, _places: &Places, reading: &mut Reading) -> Self {
        let servers = section.required("servers", Kind::Texts, reading);
        let servers = servers.and_then(|node| node.strs(&mut reading.found));
        let nats = Self {
            servers: servers
                .unwrap_or_default()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            stream: section.required_text("stream", reading),
            consumer: section
                .text("consumer", reading)
                .unwrap_or_else(|| "quell".to_owned()),
        };
        section.close(reading);
        nats
    }
}
