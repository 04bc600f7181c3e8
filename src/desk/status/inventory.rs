//! What `quell status` says of the inventory. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::desk::words::plain;
use crate::desk::words::{ago, span};
use crate::store::views::InventoryView;

/// What a person should know of it, if anything: it cannot be read, or was not for too long.
pub fn need(view: &InventoryView, now: Timestamp, max_age: Duration) -> Option<String> {
    if let (Some(at), Some(why)) = (view.failed_at, &view.failure) {
        return Some(format!(
            "the inventory cannot be read: {}: {}",
            ago(now, at),
            plain(why)
        ));
    }
    let age = now.duration_since(view.as_of?);
    let bound = SignedDuration::try_from(max_age).unwrap_or(SignedDuration::MAX);
    (age > bound).then(|| {
        format!(
            "the inventory was last read whole {} ago: limits and caps that are a part of a group, or of a fleet without \
             `fleet_size`, count as reached",
            span(age)
        )
    })
}

/// The line of the table.
pub fn line(view: &InventoryView, now: Timestamp) -> String {
    let whole = match (view.devices, view.as_of) {
        (Some(devices), Some(at)) => format!("{devices} devices, read whole {}", ago(now, at)),
        _ => "never read whole".to_owned(),
    };
    match view.reading {
        Some(devices) => format!("{whole}; being read, {devices} so far"),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).expect("in range")
    }

    #[test]
    fn a_reading_that_fails_or_is_too_old_needs_a_person() {
        let never = InventoryView::default();
        assert_eq!(need(&never, at(0), DAY), None, "it may be off, or about to begin");
        assert_eq!(line(&never, at(0)), "never read whole");
        let good = InventoryView {
            devices: Some(4_812),
            as_of: Some(at(-720)),
            ..InventoryView::default()
        };
        assert_eq!(need(&good, at(0), DAY), None);
        assert_eq!(line(&good, at(0)), "4812 devices, read whole 12 min ago");
        let old = need(&good, at(90_000), DAY).expect("it is older than a day");
        assert!(old.contains("count as reached") && !old.contains("  "), "{old}");
        let failed = InventoryView {
            failed_at: Some(at(-60)),
            failure: Some("defender forbids this read".to_owned()),
            reading: Some(7),
            ..good
        };
        let said = need(&failed, at(0), DAY).expect("it failed");
        assert!(said.contains("defender forbids this read"), "{said}");
        assert!(line(&failed, at(0)).ends_with("being read, 7 so far"));
    }
}
