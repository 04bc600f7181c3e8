//! The two things that we read from a certificate ourselves: how long it is valid, and its public key. A walk over DER that
//! trusts no length; used by `certificate` alone. It verifies nothing: the certificate is the operator's own.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0]`, the version.
const VERSION: u8 = 0xa0;

/// What a certificate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Certificate<'a> {
    /// `notBefore`.
    pub valid_from: Timestamp,
    /// `notAfter`.
    pub valid_until: Timestamp,
    /// The whole `subjectPublicKeyInfo`.
    pub public_key: &'a [u8],
}

/// Reads an X.509 certificate; `None` if it is not one.
pub(super) fn certificate(der: &[u8]) -> Option<Certificate<'_>> {
    let (certificate, _) = expect(der, SEQUENCE)?;
    let (mut rest, _) = expect(certificate, SEQUENCE)?;
    if let Some((_, after)) = expect(rest, VERSION) {
        rest = after;
    }
    // Serial number, signature algorithm, issuer.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        (_, rest) = expect(rest, tag)?;
    }
    let (validity, rest) = expect(rest, SEQUENCE)?;
    let (valid_from, until) = time(validity)?;
    let (valid_until, _) = time(until)?;
    let (_, rest) = expect(rest, SEQUENCE)?;
    let (_, after) = expect(rest, SEQUENCE)?;
    Some(Certificate {
        valid_from,
        valid_until,
        public_key: &rest[..rest.len() - after.len()],
    })
}

/// The content of the value at the front, if it has that tag, and what follows it.
fn expect(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = value(input)?;
    (found == tag).then_some((content, rest))
}

fn value(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, input) = input.split_first()?;
    let (first, input) = input.split_first()?;
    let (length, input) = if *first < 0x80 {
        (usize::from(*first), input)
    } else {
        // Up to four bytes of length; DER has no indefinite one.
        let bytes = usize::from(*first & 0x7f);
        if !(1..=4).contains(&bytes) || input.len() < bytes {
            return None;
        }
        let length = input[..bytes]
            .iter()
            .fold(0_usize, |length, byte| (length << 8) | usize::from(*byte));
        (length, &input[bytes..])
    };
    (input.len() >= length).then(|| (*tag, &input[..length], &input[length..]))
}

/// A time at the front, and what follows it.
fn time(input: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (tag, content, rest) = value(input)?;
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let digits = match tag {
        // Two digits: 1950 to 2049 (RFC 5280, 4.1.2.5.1).
        UTC_TIME if text.len() == 12 => format!("{}{text}", if text < "5" { "20" } else { "19" }),
        GENERALIZED_TIME if text.len() == 14 => text.to_owned(),
        _ => return None,
    };
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| digits[from..from + 2].parse::<i8>().ok();
    let year = digits[..4].parse::<i16>().ok()?;
    let civil = DateTime::new(year, part(4)?, part(6)?, part(8)?, part(10)?, part(12)?, 0).ok()?;
    Some((civil.to_zoned(TimeZone::UTC).ok()?.timestamp(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("short");
        [&[tag, length][..], content].concat()
    }

    fn at(tag: u8, text: &str) -> Option<i64> {
        time(&tagged(tag, text.as_bytes())).map(|(time, _)| time.as_second())
    }

    #[test]
    fn times_are_read_in_both_forms() {
        assert_eq!(at(UTC_TIME, "261122100000Z"), Some(1_795_341_600));
        assert_eq!(at(GENERALIZED_TIME, "20261122100000Z"), Some(1_795_341_600));
        assert_eq!(at(UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(at(UTC_TIME, "500101000000Z"), Some(-631_152_000));
        for (tag, text) in [
            (UTC_TIME, "20261122100000Z"),
            (UTC_TIME, "2611221000Z"),
            (UTC_TIME, "261322100000Z"),
            (UTC_TIME, "26112210000+Z"),
            (UTC_TIME, "261122100000"),
            (GENERALIZED_TIME, "2026112210000éZ"),
            (INTEGER, "261122100000Z"),
        ] {
            assert_eq!(at(tag, text), None, "{text}");
        }
    }

    #[test]
    fn lengths_that_lie_are_not_believed() {
        for der in [
            &[][..],
            &[SEQUENCE],
            &[SEQUENCE, 5, 0],
            &[SEQUENCE, 0x80],
            &[SEQUENCE, 0x85, 0, 0, 0, 0, 1, 0],
            &[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[SEQUENCE, 0x82, 1],
        ] {
            assert_eq!(certificate(der), None, "{der:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fall(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = certificate(&bytes);
        }
    }
}
