//! Reads the time stamps that sources write, and writes one again in the spelling it had.
//!
//! Seen in real records: `2021-01-26T20:33:57.7220239Z`, `2024-07-04 22:35:00.746663+00:00`,
//! `2025-04-11 20:51:04.058183200` (no zone: UTC), `07/04/2024 22:33:57` and `7/17/2024 10:59:02 AM` (Sentinel's
//! `LastUpdated`, en-US). Never guesses: what is not one of these is no time stamp.

use std::fmt;

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// en-US spellings, with and without AM/PM.
const MONTH_FIRST: [&str; 2] = ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S"];

/// The instant that the text names; `None` when it is no time stamp in a spelling known to us.
pub fn parse(text: &str) -> Option<Timestamp> {
    Spelling::of(text.trim()).map(|(at, _)| at)
}

/// Where a time stamp without an offset was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// UTC, as Microsoft's feeds do.
    #[default]
    Utc,
    /// Elsewhere: an IANA time zone.
    Local(TimeZone),
}

impl Zone {
    /// The zone of that name in the IANA database, as `Europe/Berlin`; `None` when it has none.
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("utc") {
            return Some(Self::Utc);
        }
        TimeZone::get(name).ok().map(Self::Local)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => f.write_str("UTC"),
            Self::Local(zone) => f.write_str(zone.iana_name().unwrap_or("the source's time zone")),
        }
    }
}

/// What a time stamp comes to in the zone where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This instant.
    At(Timestamp),
    /// The clocks went back, and showed it twice. The earlier instant: an alert that looks older than it is asks, and one
    /// that looks younger would act.
    Twice(Timestamp),
    /// The clocks went forward past it: nobody can have written it there.
    Never,
}

/// The instant that the text names, in the zone if it says no offset itself; `None` when it is no time stamp in a spelling
/// known to us.
pub fn read(text: &str, zone: &Zone) -> Option<Moment> {
    let (at, spelling) = Spelling::of(text.trim())?;
    let Zone::Local(zone) = zone else {
        return Some(Moment::At(at));
    };
    if spelling.says_offset() {
        return Some(Moment::At(at));
    }
    let local = zone.to_ambiguous_timestamp(Offset::UTC.to_datetime(at));
    let offset = local.offset();
    Some(match (offset, local.earlier()) {
        (AmbiguousOffset::Gap { .. }, _) => Moment::Never,
        (AmbiguousOffset::Fold { .. }, Ok(at)) => Moment::Twice(at),
        (AmbiguousOffset::Unambiguous { .. }, Ok(at)) => Moment::At(at),
        // Beyond the calendar.
        (_, Err(_)) => return None,
    })
}

/// Another instant in the spelling of `like`: same separator, as many fraction digits, same zone. `None` when `like` is
/// no time stamp.
pub fn respell(like: &str, at: Timestamp) -> Option<String> {
    let (_, spelling) = Spelling::of(like.trim())?;
    spelling.write(at)
}

/// How a time stamp was written.
#[derive(Debug)]
enum Spelling<'a> {
    /// Year first, with `T` or a space between date and time.
    YearFirst {
        separator: char,
        digits: usize,
        zone: &'a str,
        offset: Offset,
    },
    /// Month first; one of [`MONTH_FIRST`].
    MonthFirst(&'static str),
}

impl<'a> Spelling<'a> {
    fn says_offset(&self) -> bool {
        matches!(self, Self::YearFirst { zone, .. } if !zone.is_empty())
    }

    fn of(text: &'a str) -> Option<(Timestamp, Self)> {
        Self::year_first(text).or_else(|| {
            MONTH_FIRST.into_iter().find_map(|format| {
                let civil = DateTime::strptime(format, text).ok()?;
                Some((Offset::UTC.to_timestamp(civil).ok()?, Self::MonthFirst(format)))
            })
        })
    }

    fn year_first(text: &'a str) -> Option<(Timestamp, Self)> {
        let (date, rest) = text.split_at_checked(10)?;
        let separator = rest.chars().next().filter(|c| matches!(c, 'T' | 't' | ' '))?;
        let (time, rest) = rest[1..].split_at_checked(8)?;
        let shaped = |part: &str, shape: &str| {
            part.len() == shape.len()
                && part
                    .bytes()
                    .zip(shape.bytes())
                    .all(|(b, s)| if s == b'9' { b.is_ascii_digit() } else { b == s })
        };
        if !shaped(date, "9999-99-99") || !shaped(time, "99:99:99") {
            return None;
        }
        let fraction = rest.strip_prefix('.').unwrap_or("");
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let zone = if rest.starts_with('.') {
            &fraction[digits..]
        } else {
            rest
        };
        let offset = offset(zone)?;
        // Defender writes seven digits, .NET up to seven, Panther nine; anything finer than a nanosecond is cut.
        let kept = &fraction[..digits.min(9)];
        let padded = kept.bytes().chain(std::iter::repeat(b'0')).take(9);
        let nanoseconds = padded.fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        let civil = civil(date, time)?;
        let at = offset
            .to_timestamp(civil)
            .ok()?
            .checked_add(nanoseconds.nanoseconds())
            .ok()?;
        Some((
            at,
            Self::YearFirst {
                separator,
                digits,
                zone,
                offset,
            },
        ))
    }

    fn write(&self, at: Timestamp) -> Option<String> {
        match self {
            Self::YearFirst {
                separator,
                digits,
                zone,
                offset,
            } => {
                let civil = offset.to_datetime(at);
                let whole = civil
                    .strftime(&format!("%Y-%m-%d{separator}%H:%M:%S"))
                    .to_string();
                let fraction = format!("{:09}", civil.subsec_nanosecond());
                let fraction = format!("{fraction:0<digits$}", digits = *digits);
                let dot = if *digits == 0 { "" } else { "." };
                Some(format!("{whole}{dot}{}{zone}", &fraction[..*digits]))
            }
            Self::MonthFirst(format) => strtime::format(format, Offset::UTC.to_datetime(at)).ok(),
        }
    }
}

/// The moment of a calendar and a clock, both made of digits where digits belong.
fn civil(date: &str, time: &str) -> Option<DateTime> {
    if time.ends_with("60") {
        // A leap second is read as the library reads it.
        return format!("{date}T{time}").parse().ok();
    }
    let part = |text: &str, from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    let (month, day) = (part(date, 5)?, part(date, 8)?);
    let (hour, minute, second) = (part(time, 0)?, part(time, 3)?, part(time, 6)?);
    DateTime::new(date[..4].parse().ok()?, month, day, hour, minute, second, 0).ok()
}

/// The offset that a zone suffix names: nothing and `Z` are UTC.
fn offset(zone: &str) -> Option<Offset> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits[2..].parse().ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let expected: Timestamp = expected.parse().expect("the expectation is RFC 3339");
        assert_eq!(parse(text), Some(expected), "{text}");
    }

    #[test]
    fn every_spelling_of_the_samples_is_read() {
        check("2021-01-26T20:33:57.7220239Z", "2021-01-26T20:33:57.7220239Z");
        check("2021-01-26T20:33:59.2Z", "2021-01-26T20:33:59.2Z");
        check("2024-07-04 22:35:00.746663+00:00", "2024-07-04T22:35:00.746663Z");
        check("2024-07-04 22:35:00+00:00", "2024-07-04T22:35:00Z");
        check("2025-04-11 20:51:04.058183200", "2025-04-11T20:51:04.0581832Z");
        check("2024-07-17T10:52:15.5333333", "2024-07-17T10:52:15.5333333Z");
        check("2019-01-10 12:23:23.33333", "2019-01-10T12:23:23.33333Z");
        check("07/04/2024 22:33:57", "2024-07-04T22:33:57Z");
        check("7/17/2024 10:59:02 AM", "2024-07-17T10:59:02Z");
        check("7/17/2024 1:59:02 PM", "2024-07-17T13:59:02Z");
    }

    #[test]
    fn offsets_and_more_digits_than_nanoseconds_are_understood() {
        check("2024-07-04T22:35:00+02:00", "2024-07-04T20:35:00Z");
        check("2024-07-04T22:35:00-0530", "2024-07-05T04:05:00Z");
        check(
            "2024-07-04T22:35:00.1234567891234Z",
            "2024-07-04T22:35:00.123456789Z",
        );
        check("  2024-07-04T22:35:00Z ", "2024-07-04T22:35:00Z");
    }

    #[test]
    fn what_is_no_time_stamp_is_not_guessed() {
        for text in [
            "",
            "yesterday",
            "2024-07-04",
            "2024-13-04T22:35:00Z",
            "2024-07-04T22:35:00 Europe/Berlin",
            "2024-07-04T22:35:00+",
            "2024-07-04T22:35:00+é0:00",
            "1720132500",
            "2024-07-04T22:35",
            "2024-07-0é 22:35:00",
            "9999-12-31T23:59:59.9999999-23:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_written_again_in_the_spelling_it_had() {
        let at: Timestamp = "2026-11-21T23:05:06.123456789Z".parse().expect("RFC 3339");
        for (like, expected) in [
            ("2021-01-26T20:33:57.7220239Z", "2026-11-21T23:05:06.1234567Z"),
            (
                "2024-07-04 22:35:00.746663+00:00",
                "2026-11-21 23:05:06.123456+00:00",
            ),
            ("2024-07-04 22:35:00+02:00", "2026-11-22 01:05:06+02:00"),
            ("2025-04-11 20:51:04.058183200", "2026-11-21 23:05:06.123456789"),
            (
                "2025-04-11T20:51:04.05818320012",
                "2026-11-21T23:05:06.12345678900",
            ),
            ("07/04/2024 22:33:57", "11/21/2026 23:05:06"),
            ("7/17/2024 10:59:02 AM", "11/21/2026 11:05:06 PM"),
        ] {
            assert_eq!(respell(like, at).as_deref(), Some(expected), "{like}");
        }
        assert_eq!(respell("no time", at), None);
    }

    #[test]
    fn a_time_without_an_offset_is_read_in_its_zone() {
        let berlin = Zone::named("Europe/Berlin").expect("it is in the database");
        let at = |text: &str| text.parse::<Timestamp>().expect("RFC 3339");
        for (text, expected) in [
            ("2026-07-04 22:35:00", Moment::At(at("2026-07-04T20:35:00Z"))),
            ("1/4/2026 10:35:00 PM", Moment::At(at("2026-01-04T21:35:00Z"))),
            ("2026-07-04T22:35:00.5Z", Moment::At(at("2026-07-04T22:35:00.5Z"))),
            (
                "2026-07-04T22:35:00+05:00",
                Moment::At(at("2026-07-04T17:35:00Z")),
            ),
            // The clocks go from 3:00 back to 2:00 on 25 October, and from 2:00 to 3:00 on 29 March.
            ("2026-10-25T02:30:00", Moment::Twice(at("2026-10-25T00:30:00Z"))),
            ("2026-10-25T03:30:00", Moment::At(at("2026-10-25T02:30:00Z"))),
            ("2026-03-29 02:30:00", Moment::Never),
        ] {
            assert_eq!(read(text, &berlin), Some(expected), "{text}");
            let utc = parse(text).map(Moment::At);
            assert_eq!(read(text, &Zone::Utc), utc, "{text}");
        }
        assert_eq!(read("yesterday", &berlin), None);
        assert_eq!(Zone::named("Europe/Atlantis"), None);
        assert_eq!(Zone::named("utc"), Some(Zone::Utc));
        assert_eq!(berlin.to_string(), "Europe/Berlin");
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_text_never_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn parsing_almost_a_time_stamp_never_panics(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}[.+0-9:Zé-]{0,12}") {
            let _ = respell(&text, Timestamp::UNIX_EPOCH);
        }
    }
}
