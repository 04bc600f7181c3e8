//! One id for one alert, whichever feed it came through: deduplication across sources rests on it.
//!
//! Graph writes `daefa1828b-…_1` where its `providerAlertId` and Sentinel's `VendorOriginalId` write `efa1828b-…_1`,
//! and the older decimal ids come as `da637472900382838869_1364969609` or without the `da` (facts sheet 8.0, `[REAL]`).

/// The longest alert id that is kept; real ones stay below 60 characters. It bounds the deduplication key.
pub const MAX_CHARS: usize = 256;

/// The canonical form: one leading `da` is stripped when a GUID or a digit follows.
///
/// A GUID that itself begins with `da` and a digit is left alone, or the same alert would get two ids: Sentinel's
/// `da3cb12a-…` is Graph's `dada3cb12a-…`.
pub fn canonical(id: &str) -> &str {
    let id = id.trim();
    if begins_with_guid(id) {
        return id;
    }
    match id.strip_prefix("da") {
        Some(rest) if begins_with_guid(rest) || rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => id,
    }
}

/// Whether the text begins with a GUID (8-4-4-4-12 hex digits) that ends there or at something that is no hex digit.
fn begins_with_guid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 36
        && bytes[..36].iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
        && !bytes.get(36).is_some_and(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_alert_has_one_id_in_every_feed() {
        let spellings = [
            (
                "daefa1828b-dd4e-405c-8a3b-aa28596830dd_1",
                "efa1828b-dd4e-405c-8a3b-aa28596830dd_1",
            ),
            (
                "efa1828b-dd4e-405c-8a3b-aa28596830dd_1",
                "efa1828b-dd4e-405c-8a3b-aa28596830dd_1",
            ),
            (
                "da47dc5671-e560-4229-984b-457564996b31_1",
                "47dc5671-e560-4229-984b-457564996b31_1",
            ),
            ("da637472900382838869_1364969609", "637472900382838869_1364969609"),
            ("636924432519012302_1685044642", "636924432519012302_1685044642"),
            (
                " da636983472338927033_-2077013687 ",
                "636983472338927033_-2077013687",
            ),
        ];
        for (written, expected) in spellings {
            assert_eq!(canonical(written), expected, "{written}");
        }
    }

    #[test]
    fn a_guid_that_begins_with_da_keeps_its_da() {
        assert_eq!(
            canonical("da3cb12a-33e5-42ea-9238-be9ffbc212e2_1"),
            "da3cb12a-33e5-42ea-9238-be9ffbc212e2_1"
        );
        assert_eq!(
            canonical("dada3cb12a-33e5-42ea-9238-be9ffbc212e2_1"),
            "da3cb12a-33e5-42ea-9238-be9ffbc212e2_1"
        );
    }

    #[test]
    fn other_ids_stay_as_they_are() {
        for id in [
            "dc25",
            "data-loss-7",
            "da",
            "",
            "sn34c87846-505a-4c84-b125-44bce1202df4",
            "dädä",
            "da\u{1f600}",
        ] {
            assert_eq!(canonical(id), id);
        }
    }

    #[test]
    fn canonical_is_stable_for_the_ids_that_occur() {
        for id in [
            "daefa1828b-dd4e-405c-8a3b-aa28596830dd_1",
            "da637472900382838869_1364969609",
            "dc25",
        ] {
            assert_eq!(canonical(canonical(id)), canonical(id));
        }
    }
}
