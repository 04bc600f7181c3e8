//! What `quell status` says of the audit's seal. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::desk::words::ago;

/// The audit is sealed within a second; a minute later nobody seals it.
const WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// What a person should know of it, if anything: rows wait for their seal, the first of them since then.
pub fn need(rows: u64, since: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let since = since.filter(|since| now.duration_since(*since) > WITHIN)?;
    let rows = match rows {
        1 => "1 row of the audit waits for its seal".to_owned(),
        n => format!("{n} rows of the audit wait for their seal"),
    };
    Some(format!(
        "{rows} since {}: until then nothing shows whether they were changed",
        ago(now, since)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_wait_for_their_seal_for_more_than_a_minute_need_a_person() {
        let at = |seconds: i64| Timestamp::from_second(1_000_000 + seconds).expect("in range");
        assert_eq!(need(0, None, at(0)), None);
        assert_eq!(need(7, Some(at(-60)), at(0)), None);
        let said = need(7, Some(at(-75)), at(0)).expect("a minute is over");
        assert!(
            said.starts_with("7 rows of the audit wait for their seal since 1 min"),
            "{said}"
        );
    }
}
