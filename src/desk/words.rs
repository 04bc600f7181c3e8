//! Times and counts as people say them: "in 3 h 12 min", "4 min ago", "3 devices"; and text from outside made fit to be shown. Used by
//! the desk, and by whatever shows what the desk answers. Pure: `now` is a parameter.

use jiff::{SignedDuration, Timestamp};

use crate::store::views::SlowView;

/// A span in its two largest units: `3 d 4 h`, `3 h 12 min`, `4 min 10 s`, `12 s`, `250 ms`.
pub fn span(span: SignedDuration) -> String {
    let span = span.abs();
    let seconds = span.as_secs();
    let two = |large: i64, one: &str, small: i64, other: &str| match small {
        0 => format!("{large} {one}"),
        small => format!("{large} {one} {small} {other}"),
    };
    match seconds {
        0 => format!("{} ms", span.as_millis()),
        1..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// When something was: `4 min ago`.
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    let age = now.duration_since(at);
    if age < SignedDuration::from_secs(1) {
        return "just now".to_owned();
    }
    format!("{} ago", span(age))
}

/// When something is to be: `in 3 h 12 min`; what should have been by now is `due`.
pub fn ahead(now: Timestamp, at: Timestamp) -> String {
    let left = at.duration_since(now);
    if left < SignedDuration::from_secs(1) {
        return if left.as_secs() < -5 {
            format!("overdue by {}", span(left))
        } else {
            "due now".to_owned()
        };
    }
    format!("in {}", span(left))
}

/// When a question ends: while a stop is in force nobody can say yes, so none does, however long its time is over.
pub fn question_ends(now: Timestamp, at: Timestamp, is_stopped: bool) -> String {
    match (is_stopped, at > now) {
        (false, _) => ahead(now, at),
        (true, true) => format!("{}, not while stopped", ahead(now, at)),
        (true, false) => "at the resume".to_owned(),
    }
}

/// What a slower rate means for calls: `slowed down to one in 2.4 s, but for critical ones, until in 42 min: …`.
pub fn slowed(now: Timestamp, slow: &SlowView) -> String {
    format!(
        "slowed down to one in {:.1} s, but for critical ones; at full pace {}: defender refused calls that the ledger allows",
        slow.every_seconds,
        ahead(now, slow.until)
    )
}

/// Text from outside without what a terminal would obey or an eye be deceived by: control characters and those that
/// change the direction of writing or have no width. Line breaks and tabs become blanks.
pub fn plain(text: &str) -> String {
    let kept = text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\t' => Some(' '),
        c if c.is_control() => None,
        '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => None,
        c => Some(c),
    });
    kept.collect()
}

/// The id, shortened.
pub fn short(id: &str, length: usize) -> String {
    id.chars().take(length).collect()
}

/// How many characters of ids tell these devices apart, at least twelve.
pub fn short_length<'a>(ids: impl IntoIterator<Item = &'a str>) -> usize {
    let mut ids: Vec<&str> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let common = |pair: &[&str]| match pair {
        [one, other] => one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    ids.windows(2)
        .map(|pair| common(pair) + 1)
        .max()
        .unwrap_or(0)
        .max(12)
}

/// So many of something: `1 device`, `3 devices`.
pub fn counted(n: i64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// So many of something wait: `1 ask waits`, `3 asks wait`.
pub fn waits(n: i64, noun: &str) -> String {
    format!("{} {}", counted(n, noun), if n == 1 { "waits" } else { "wait" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_two_largest_units() {
        let check = |millis, expected: &str| assert_eq!(span(SignedDuration::from_millis(millis)), expected);
        check(0, "0 ms");
        check(999, "999 ms");
        check(1_500, "1 s");
        check(60_000, "1 min");
        check(250_000, "4 min 10 s");
        check(3_600_000, "1 h");
        check(11_520_000, "3 h 12 min");
        check(86_400_000, "1 d");
        check(273_600_000, "3 d 4 h");
        check(-61_000, "1 min 1 s");
    }

    #[test]
    fn what_lies_behind_and_ahead_is_told_apart() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let at = |seconds| now + SignedDuration::from_secs(seconds);
        assert_eq!(ago(now, at(-250)), "4 min 10 s ago");
        assert_eq!(ago(now, at(2)), "just now");
        assert_eq!(ahead(now, at(11_520)), "in 3 h 12 min");
        assert_eq!(ahead(now, at(-3)), "due now");
        assert_eq!(ahead(now, at(-90)), "overdue by 1 min 30 s");
        assert_eq!(question_ends(now, at(-90), false), "overdue by 1 min 30 s");
        assert_eq!(question_ends(now, at(-90), true), "at the resume");
        assert_eq!(
            question_ends(now, at(90), true),
            "in 1 min 30 s, not while stopped"
        );
    }
}
