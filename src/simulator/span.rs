//! Spans of time as files and requests write them: `606ms`, `90s`, `15m`, `1h30m`, `7d`.
//!
//! Read by scenarios, fault rules and the command line. Holds no clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DAY: u64 = 24 * 3600;

/// A span, unscaled unless it says otherwise where it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hint = || format!("`{text}` is no span; write `90s`, `15m`, `1h`");
        if let Some(days) = text.strip_suffix('d') {
            let days: u64 = days.parse().map_err(|_| hint())?;
            return Ok(Self(Duration::from_secs(days.saturating_mul(DAY))));
        }
        let span: SignedDuration = text.parse().map_err(|_| hint())?;
        let span = Duration::try_from(span).map_err(|_| format!("`{text}` lies in the past"))?;
        Ok(Self(span))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.0.as_secs() / 3600, self.0.as_secs() / 60 % 60);
        let (seconds, millis) = (self.0.as_secs() % 60, self.0.subsec_millis());
        let units = [
            (hours, "h"),
            (minutes, "m"),
            (seconds, "s"),
            (u64::from(millis), "ms"),
        ];
        if self.0.is_zero() {
            return f.write_str("0s");
        }
        units
            .into_iter()
            .filter(|(amount, _)| *amount > 0)
            .try_for_each(|(amount, unit)| write!(f, "{amount}{unit}"))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_they_are_read() {
        for text in ["0s", "90ms", "1m30s", "72h14m6s"] {
            let span: Span = text.parse().expect("it is a span");
            assert_eq!(span.to_string(), text);
        }
        assert_eq!("2d".parse(), Ok(Span(Duration::from_secs(2 * DAY))));
        for text in ["10", "-5s", "soon", "xd", ""] {
            text.parse::<Span>().expect_err("it is none");
        }
    }
}
