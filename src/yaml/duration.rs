//! Durations as files write them: `30s`, `5m`, `4h`, `7d`, `1h30m`, `250ms`.

use std::time::Duration;

/// Units in milliseconds, from the largest to the smallest.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// The longest duration that is read: ten years.
const LONGEST: Duration = Duration::from_secs(3_653 * 86_400);

/// Reads a duration: whole numbers with units, the larger unit first, each unit once, nothing between them.
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_lowercase).count();
        let amount: u64 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..digits + letters];
        let (_, millis) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(amount.checked_mul(*millis)?)?;
        rest = &rest[digits + letters..];
    }
    Some(Duration::from_millis(total)).filter(|duration| *duration <= LONGEST)
}

/// Writes a duration as files do, e.g. `1h30m`.
pub fn show(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut shown = String::new();
    for (unit, millis) in UNITS {
        if rest >= millis {
            shown.push_str(&format!("{}{unit}", rest / millis));
            rest %= millis;
        }
    }
    if shown.is_empty() { "0s".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_strictly() {
        let seconds = |text| parse(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("30s"), Some(30));
        assert_eq!(seconds("5m"), Some(300));
        assert_eq!(seconds("4h"), Some(14_400));
        assert_eq!(seconds("7d"), Some(604_800));
        assert_eq!(seconds("1h30m"), Some(5_400));
        assert_eq!(seconds("0s"), Some(0));
        assert_eq!(parse("250ms"), Some(Duration::from_millis(250)));
        for wrong in [
            "",
            "4",
            "h",
            "4 h",
            "4H",
            "-4h",
            "1.5h",
            "30m1h",
            "1h1h",
            "4h ",
            "4hours",
            "99999999999999999999s",
            "4000d",
            "4h\n",
            "٤h",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_duration_is_shown_as_it_is_read() {
        for text in ["30s", "5m", "1h30m", "7d", "250ms", "0s", "1d2h3m4s5ms"] {
            assert_eq!(parse(text).map(show).as_deref(), Some(text));
        }
    }
}
