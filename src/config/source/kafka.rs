//! `sources[].kafka`: a topic of a broker that speaks Kafka's protocol, Azure Event Hubs among them.

use super::super::secret::Places;
use super::super::section::{Kind, Reading, Section};

/// `kafka`: which topic of which brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kafka {
    /// `brokers`: hosts with ports, of which one must answer at first.
    pub brokers: Vec<String>,
    /// `topic`: the topic, which Event Hubs calls the event hub.
    pub topic: String,
}

impl Kafka {
    pub(super) fn read(mut section: Section<'_>, _places: &Places, reading: &mut Reading) -> Self {
        let brokers = section.required("brokers", Kind::Texts, reading);
        let brokers = brokers.and_then(|node| node.strs(&mut reading.found));
        let kafka = Self {
            brokers: brokers
                .unwrap_or_default()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            topic: section.required_text("topic", reading),
        };
        section.close(reading);
        kafka
    }
}
