//! How the records of one source are read: which shape they must have, in which time zone they write, and by which names other
//! than Defender's id their devices may be looked for. Pure; `config` fills it, [`crate::intake::normalize`](mod@crate::intake::normalize) asks it.

use std::sync::Arc;

use crate::domain::alert::EventFormat;
use crate::domain::device::hint::HintKind;
use crate::intake::mapping::Mapping;
use crate::intake::time::Zone;

/// How the records of a source are read. By default each tells its shape, writes UTC, and names devices by Defender's id.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Which shape they have.
    pub shape: Shape,
    /// Where a time stamp without an offset was written.
    pub zone: Zone,
    /// By what a host that a foreign shape names without Defender's id may be looked for; nothing: not at all.
    pub identify_by: Vec<HintKind>,
}

/// Which shape the records of a source have.
#[derive(Clone, Debug, Default)]
pub enum Shape {
    /// Each record tells.
    #[default]
    Detected,
    /// One of those that are known; a record of another is refused.
    Fixed(FixedShape),
    /// JSON of another's, read by a mapping. Nothing is detected, and no envelope but CloudEvents is opened.
    Mapped(Arc<Mapping>),
}

/// A shape that a source may be bound to: its name in the configuration, and the formats that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedShape {
    /// The name.
    pub name: &'static str,
    /// What a record of it may be detected as.
    pub formats: &'static [EventFormat],
}

/// All of them.
pub const FIXED: [FixedShape; 8] = {
    use EventFormat as F;
    const fn shape(name: &'static str, formats: &'static [EventFormat]) -> FixedShape {
        FixedShape { name, formats }
    }
    [
        shape("mde_alert", &[F::MdeAlert]),
        shape(
            "xdr_streaming",
            &[F::XdrAlertInfo, F::XdrAlertEvidence, F::HuntingRow],
        ),
        // Incidents without alerts are stored, and lead to no call.
        shape("xdr_alert", &[F::XdrAlert, F::Incident]),
        shape("graph_alert_v2", &[F::GraphAlertV2]),
        shape("sentinel_security_alert", &[F::SentinelSecurityAlert]),
        shape("sentinel_incident", &[F::SentinelIncident, F::Incident]),
        shape("elastic", &[F::Elastic]),
        shape("native", &[F::Native]),
    ]
};

impl Shape {
    /// Whether envelopes of shippers are opened, or the record is what its sender wrote.
    pub fn opens_envelopes(&self) -> bool {
        !matches!(self, Self::Mapped(_))
    }
}
