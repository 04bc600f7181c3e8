//! `heartbeat` and `telemetry`: how Quell shows that it works, beside its metrics and log lines.

use std::time::Duration;

use super::secret::{Places, SecretFile};
use super::section::{Kind, Reading, Section, text_of};
use crate::yaml::Code;

/// Reads `heartbeat.every`: how often a synthetic event goes from intake to decision. Default 1 min; 0: never.
pub(super) fn read_heartbeat(mut section: Section<'_>, reading: &mut Reading) -> Duration {
    let minute = Duration::from_secs(60);
    let every = section.duration("every", Duration::ZERO..=60 * minute, minute, reading);
    section.close(reading);
    every
}

/// `telemetry.otlp`: where traces go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otlp {
    /// `endpoint`: the collector's URL for traces over HTTP, e.g. `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
    /// `headers_file`: holds a header a line (`name: value`) that each request shows. Default none.
    pub headers_file: Option<SecretFile>,
    /// `sample_percent`: so many of a hundred traces are sent, of those that no sender has decided about. Default 100.
    pub sample_percent: u32,
}

/// Reads `telemetry`: `None` when no collector is named.
pub(super) fn read_telemetry(
    mut section: Section<'_>,
    places: &Places,
    reading: &mut Reading,
) -> Option<Otlp> {
    let mut otlp = section.section("otlp", reading);
    let endpoint = otlp.get("endpoint", Kind::Text, reading).and_then(|node| {
        let endpoint = text_of(&node, reading)?;
        let trouble = if !cfg!(feature = "otlp") {
            Some("this build sends no traces: it was made without the feature `otlp`".to_owned())
        } else if !["http://", "https://"]
            .iter()
            .any(|scheme| endpoint.starts_with(scheme))
        {
            Some(format!(
                "`{endpoint}` in `{}` is no URL that begins with http:// or https://",
                node.path()
            ))
        } else {
            None
        };
        if let Some(message) = trouble {
            reading.found.push(node.diagnostic(Code::BAD_TELEMETRY, message));
        }
        Some(endpoint)
    });
    let headers_file = otlp
        .text("headers_file", reading)
        .map(|name| places.secret(&name));
    let sample_percent = otlp.count("sample_percent", 1..=100, 100, reading);
    otlp.close(reading);
    section.close(reading);
    endpoint.map(|endpoint| Otlp {
        endpoint,
        headers_file,
        sample_percent,
    })
}
