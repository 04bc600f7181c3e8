//! `release.when: scan_clean`: when an antivirus scan ends a containment before its time. Pure; called by the store for real scans
//! and by `playbook::rehearse` for those of a timeline.
//!
//! Defender does not say what a scan found: what it finds becomes an alert. So a scan counts as clean when it succeeded and no
//! news of an alert came on the device since it began, for as long as such an alert may take to arrive.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A scan of ours that succeeded, beside a containment whose terms name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// When the containment became active.
    pub activated_at: Timestamp,
    /// When the scan was called, at the earliest.
    pub begun_at: Timestamp,
    /// When it was known to have succeeded.
    pub ended_at: Timestamp,
    /// The latest news on the device of an alert that is not its resolution.
    pub news_at: Option<Timestamp>,
}

/// When the scan ends the containment; `None`: it does not. `settle`: how long what it found may take to arrive as an alert.
pub fn ends_at(scanned: &Scanned, settle: Duration) -> Option<Timestamp> {
    // What was scanned before may have been clean and no more be so.
    let is_of_it = scanned.begun_at >= scanned.activated_at;
    let is_quiet = scanned.news_at.is_none_or(|news| news <= scanned.begun_at);
    let settle = SignedDuration::try_from(settle).unwrap_or(SignedDuration::MAX);
    (is_of_it && is_quiet).then(|| scanned.ended_at.checked_add(settle).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time within range")
    }

    #[test]
    fn a_scan_ends_what_it_began_after_unless_there_was_news_since() {
        let scanned = |activated, begun, news: Option<i64>| Scanned {
            activated_at: at(activated),
            begun_at: at(begun),
            ended_at: at(100),
            news_at: news.map(at),
        };
        let settle = Duration::from_secs(60);
        for (scanned, ends) in [
            (scanned(10, 10, None), Some(at(160))),
            (scanned(10, 20, None), Some(at(160))),
            (scanned(10, 20, Some(10)), Some(at(160))),
            (scanned(10, 20, Some(20)), Some(at(160))),
            (scanned(10, 20, Some(21)), None),
            (scanned(10, 20, Some(130)), None),
            (scanned(10, 9, None), None),
        ] {
            assert_eq!(ends_at(&scanned, settle), ends, "{scanned:?}");
        }
    }

    proptest! {
        /// News never makes a containment end earlier, and none ends before its scan did.
        #[test]
        fn news_only_keeps(activated in 0..1_000_i64, begun in 0..1_000_i64, took in 0..1_000_i64, news in 0..3_000_i64, settle in 0..1_000_u64) {
            let quiet = Scanned {
                activated_at: at(activated),
                begun_at: at(begun),
                ended_at: at(begun + took),
                news_at: None,
            };
            let settle = Duration::from_secs(settle);
            let told = ends_at(&Scanned { news_at: Some(at(news)), ..quiet }, settle);
            let ends = ends_at(&quiet, settle);
            prop_assert!(told.is_none() || told == ends);
            prop_assert!(ends.is_none_or(|ends| ends >= quiet.ended_at && begun >= activated));
        }
    }
}
