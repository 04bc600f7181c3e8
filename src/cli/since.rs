//! `--since` and `--until` of the commands that look back: a span before now, or a time. Used by `quell audit`, `plan`, `release` and others.

use jiff::{SignedDuration, Timestamp};

use crate::cli::exit::Senseless;
use crate::yaml::duration;

/// The beginning of a period, or its end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Since {
    /// So long before now.
    Span(std::time::Duration),
    /// This very moment.
    Time(Timestamp),
}

impl Since {
    /// The moment itself, as `--since` names it. A span that reaches back before all time means everything.
    ///
    /// # Errors
    /// It lies in the future: the line was typed wrongly.
    pub(super) fn time(self, now: Timestamp) -> anyhow::Result<Timestamp> {
        self.at("--since", now)
    }

    /// The same as `--until` names it.
    ///
    /// # Errors
    /// It lies in the future: the line was typed wrongly.
    pub(super) fn end(self, now: Timestamp) -> anyhow::Result<Timestamp> {
        self.at("--until", now)
    }

    fn at(self, option: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
        let at = match self {
            Self::Time(at) => at,
            Self::Span(span) => {
                let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
                now.saturating_sub(span).unwrap_or(Timestamp::MIN)
            }
        };
        match at <= now {
            true => Ok(at),
            false => Err(Senseless(format!("`{option} {at}` lies in the future: it is {now}")).into()),
        }
    }
}

impl std::str::FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = duration::parse(text).map(Self::Span);
        span.or_else(|| text.parse().ok().map(Self::Time)).ok_or_else(|| {
            "expected a span such as `7d` or `12h`, or a time such as `2026-11-20T08:00:00Z`".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::{self, Exit};

    #[test]
    fn a_period_begins_a_span_ago_or_at_a_time_and_never_in_the_future() {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().expect("a time");
        let time = |text: &str| text.parse::<Since>().expect("readable").time(now);
        assert_eq!(time("2h").expect("past").to_string(), "2026-11-22T06:00:00Z");
        assert_eq!(
            time("2026-11-20T00:00:00Z").expect("past").to_string(),
            "2026-11-20T00:00:00Z"
        );
        assert!(time("3600d").expect("everything") < time("2020-01-01T00:00:00Z").expect("past"));
        let tomorrow: Since = "2026-11-23T00:00:00Z".parse().expect("readable");
        for (option, said) in [("--since", tomorrow.time(now)), ("--until", tomorrow.end(now))] {
            let error = said.expect_err("tomorrow");
            let words = format!("`{option} 2026-11-23T00:00:00Z` lies in the future: it is {now}");
            assert_eq!(error.to_string(), words);
            assert_eq!(exit::of(&error), Exit::Usage);
        }
        assert!("yesterday".parse::<Since>().is_err());
    }
}
