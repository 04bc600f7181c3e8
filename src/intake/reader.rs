//! How the records of one source are read: which shape they must have, in which time zone they were written, and by which names
//! other than Defender's id their devices may be looked for. Pure; `app` fills it from the configuration, and
//! [`crate::intake::normalize`](mod@crate::intake::normalize) and [`crate::intake::delivery`] ask it.

use std::sync::Arc;

use crate::domain::alert::EventFormat;
use crate::domain::device::DeviceIdRule;
use crate::domain::device::hint::HintKind;
use crate::intake::mapping::Mapping;
use crate::intake::time::Zone;

/// How the messages of one source are read.
#[derive(Clone, Debug)]
pub struct Reader {
    /// What a device id must look like.
    pub rule: DeviceIdRule,
    /// Which shape its records have.
    pub shape: Shape,
    /// Where a time stamp without an offset was written.
    pub zone: Zone,
    /// By what a host that a foreign shape names without Defender's id may be looked for; nothing: not at all.
    pub identify_by: Vec<HintKind>,
    /// The most records in one message.
    pub max_records: usize,
}

/// Which shape the records of a source have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Each record's own members tell.
    #[default]
    Detect,
    /// This one; a record of another is refused.
    Fixed(EventFormat),
    /// One of those that one feed brings; a record of another is refused.
    Group(Group),
    /// JSON of another's, read by a mapping. Nothing is detected, and no envelope but CloudEvents is opened.
    Mapped(Arc<Mapping>),
}

/// What a source's feed may bring: its name in the configuration, and the formats that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name.
    pub name: &'static str,
    formats: &'static [EventFormat],
}

/// All of them.
pub const GROUPS: [Group; 8] = {
    use EventFormat as F;
    const fn group(name: &'static str, formats: &'static [EventFormat]) -> Group {
        Group { name, formats }
    }
    [
        group("mde_alert", &[F::MdeAlert]),
        group(
            "xdr_streaming",
            &[F::XdrAlertInfo, F::XdrAlertEvidence, F::HuntingRow],
        ),
        // Incidents without alerts are stored, and lead to no call.
        group("xdr_alert", &[F::XdrAlert, F::Incident]),
        group("graph_alert_v2", &[F::GraphAlertV2]),
        group("sentinel_security_alert", &[F::SentinelSecurityAlert]),
        group("sentinel_incident", &[F::SentinelIncident, F::Incident]),
        group("elastic", &[F::Elastic]),
        group("native", &[F::Native]),
    ]
};

impl Reader {
    /// Reads records of any shape, at most 10,000 in one message.
    pub fn new(rule: DeviceIdRule) -> Self {
        Self {
            rule,
            shape: Shape::Detect,
            zone: Zone::Utc,
            identify_by: Vec::new(),
            max_records: 10_000,
        }
    }
}

impl Shape {
    /// The name of the shape that the source sends, when this is another.
    pub(super) fn other_than(&self, format: EventFormat) -> Option<&'static str> {
        match self {
            Self::Detect | Self::Mapped(_) => None,
            Self::Fixed(wanted) => (*wanted != format).then_some(wanted.as_str()),
            Self::Group(group) => (!group.formats.contains(&format)).then_some(group.name),
        }
    }
}
