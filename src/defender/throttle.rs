//! How long Defender asks to wait: `Retry-After` in its forms, and the window that a 429's message names.
//!
//! Pure. Used by `answer`, `reads` and `token`. It never invents a wait: what is missing or absurd is `None`, and the
//! caller has its own default.

use std::time::Duration;

use jiff::Timestamp;

/// No answer asks for more than a day; one that does is not believed.
const ABSURD: Duration = Duration::from_secs(24 * 3_600);

/// How durations from Defender become ours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale(f64);

impl Scale {
    /// `None` unless the divisor is a finite number of at least 1/1,000.
    pub fn new(divisor: f64) -> Option<Self> {
        (divisor.is_finite() && divisor >= 0.001).then_some(Self(divisor))
    }

    /// A span of Defender's time in real time.
    pub fn real(self, span: Duration) -> Duration {
        Duration::try_from_secs_f64(span.as_secs_f64() / self.0).unwrap_or(Duration::MAX)
    }
}

/// `Retry-After` as real time from now.
///
/// Seconds, whole or fractional, are divided by the scale. A date is measured against the reply's own `Date`, else
/// against `now`; time stamps are real, so that difference is not divided. Missing, negative, unreadable, in the past, or
/// more than 24 h: `None`.
pub(super) fn retry_after(
    value: Option<&str>,
    date: Option<&str>,
    now: Timestamp,
    scale: Scale,
) -> Option<Duration> {
    let value = value?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return believable(Duration::try_from_secs_f64(seconds).ok()?).map(|span| scale.real(span));
    }
    let until = http_date(value)?;
    let from = date.and_then(http_date).unwrap_or(now);
    let span = Duration::try_from(until.duration_since(from)).ok()?;
    believable(span)
}

/// The window in "maximum allowed 1500 per 01:00:00" (recorded form, facts sheet 0.1), in real time.
pub(super) fn window(message: &str, scale: Scale) -> Option<Duration> {
    message
        .split(" per ")
        .skip(1)
        .find_map(clock_span)
        .filter(|span| !span.is_zero())
        .and_then(believable)
        .map(|span| scale.real(span))
}

/// `hh:mm:ss` at the start of the text.
fn clock_span(text: &str) -> Option<Duration> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != ':')
        .unwrap_or(text.len());
    let mut parts = text[..end].split(':');
    let mut next = || parts.next()?.parse::<u64>().ok();
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    if parts.next().is_some() {
        return None;
    }
    let seconds = hours
        .checked_mul(3_600)?
        .checked_add(minutes.checked_mul(60)?)?
        .checked_add(seconds)?;
    Some(Duration::from_secs(seconds))
}

fn believable(span: Duration) -> Option<Duration> {
    (span <= ABSURD).then_some(span)
}

/// The one form of date that servers may send (RFC 9110, IMF-fixdate).
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim());
    zoned.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Sun, 22 Nov 2026 10:00:00 GMT";

    fn after(value: &str, divisor: f64) -> Option<Duration> {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().expect("a time stamp");
        retry_after(
            Some(value),
            Some(DATE),
            now,
            Scale::new(divisor).expect("a valid scale"),
        )
    }

    #[test]
    fn seconds_are_read_and_divided() {
        assert_eq!(after("30", 1.0), Some(Duration::from_secs(30)));
        assert_eq!(after(" 30 ", 20.0), Some(Duration::from_millis(1_500)));
        assert_eq!(after("2.5", 1.0), Some(Duration::from_millis(2_500)));
        assert_eq!(after("0", 1.0), Some(Duration::ZERO));
        assert_eq!(after("86400", 1.0), Some(ABSURD));
    }

    #[test]
    fn a_date_is_measured_against_the_replys_own_and_not_divided() {
        assert_eq!(
            after("Sun, 22 Nov 2026 10:01:30 GMT", 20.0),
            Some(Duration::from_secs(90))
        );
        let now: Timestamp = "2026-11-22T10:01:00Z".parse().expect("a time stamp");
        let scale = Scale::new(1.0).expect("a valid scale");
        let lone = retry_after(Some("Sun, 22 Nov 2026 10:01:30 GMT"), None, now, scale);
        assert_eq!(
            lone,
            Some(Duration::from_secs(30)),
            "without a `Date` our own clock must do"
        );
        let broken = retry_after(
            Some("Sun, 22 Nov 2026 10:01:30 GMT"),
            Some("yesterday"),
            now,
            scale,
        );
        assert_eq!(broken, Some(Duration::from_secs(30)));
    }

    #[test]
    fn what_is_missing_or_absurd_is_no_wait_at_all() {
        for value in [
            "",
            "-1",
            "-0.5",
            "86401",
            "1e300",
            "inf",
            "NaN",
            "soon",
            "Sun, 22 Nov 2026 09:59:59 GMT",
        ] {
            assert_eq!(after(value, 1.0), None, "`{value}`");
        }
        assert_eq!(
            after("Mon, 23 Nov 2026 10:00:01 GMT", 1.0),
            None,
            "more than a day ahead"
        );
        let scale = Scale::new(1.0).expect("a valid scale");
        assert_eq!(retry_after(None, Some(DATE), Timestamp::UNIX_EPOCH, scale), None);
    }

    #[test]
    fn the_window_is_read_from_the_recorded_message() {
        let scale = |divisor| Scale::new(divisor).expect("a valid scale");
        let hour = "API calls quota exceeded! maximum allowed 1500 per 01:00:00";
        assert_eq!(window(hour, scale(1.0)), Some(Duration::from_secs(3_600)));
        assert_eq!(window(hour, scale(60.0)), Some(Duration::from_secs(60)));
        let minute = "quota per app exceeded! maximum allowed 45 per 00:01:00. Slow down per request";
        assert_eq!(window(minute, scale(1.0)), Some(Duration::from_secs(60)));
        for none in [
            "",
            "per",
            " per ",
            " per 1:2",
            " per 00:00:00",
            " per 99:00:00",
            " per 1:2:3:4",
            " per a:b:c",
        ] {
            assert_eq!(window(none, scale(1.0)), None, "`{none}`");
        }
        assert_eq!(window(" per 99999999999999999999:0:0", scale(1.0)), None);
        assert_eq!(window(" per 18446744073709551615:0:0", scale(1.0)), None);
    }

    #[test]
    fn a_scale_that_cannot_divide_is_refused() {
        for divisor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Scale::new(divisor).is_none());
        }
    }
}
