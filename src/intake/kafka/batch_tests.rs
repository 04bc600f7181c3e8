//! Batches written byte by byte as producers write them, and taken apart.

use std::io::Write as _;

use super::*;

/// What a batch is made from.
struct Made {
    base: i64,
    attributes: i16,
    producer: i64,
    /// Offsets beyond `base`, with values.
    records: Vec<(i64, Option<&'static [u8]>)>,
    /// The last offset beyond `base`, which outlives its record.
    last: i32,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            base: 0,
            attributes: 0,
            producer: -1,
            records: vec![(0, Some(b"zero")), (1, Some(b"one"))],
            last: 1,
        }
    }
}

fn varint(bytes: &mut Vec<u8>, value: i64) {
    let mut raw = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while raw > 0x7f {
        bytes.push(u8::try_from(raw & 0x7f).expect("seven bits") | 0x80);
        raw >>= 7;
    }
    bytes.push(u8::try_from(raw).expect("seven bits"));
}

fn record_of(delta: i64, value: Option<&[u8]>) -> Vec<u8> {
    let mut body = vec![0];
    varint(&mut body, 5);
    varint(&mut body, delta);
    varint(&mut body, 3);
    body.extend(b"key");
    match value {
        None => varint(&mut body, -1),
        Some(value) => {
            varint(&mut body, i64::try_from(value.len()).expect("short"));
            body.extend(value);
        }
    }
    // One header with a name, and no value.
    varint(&mut body, 1);
    varint(&mut body, 1);
    body.push(b'h');
    varint(&mut body, -1);
    let mut record = Vec::new();
    varint(&mut record, i64::try_from(body.len()).expect("short"));
    record.extend(body);
    record
}

impl Made {
    fn bytes(&self) -> Vec<u8> {
        let plain: Vec<u8> = self
            .records
            .iter()
            .flat_map(|(delta, value)| record_of(*delta, *value))
            .collect();
        let packed = match self.attributes & 7 {
            1 => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(&plain).expect("a vector takes it");
                encoder.finish().expect("a vector takes it")
            }
            _ => plain,
        };
        let mut summed = Vec::new();
        summed.extend(self.attributes.to_be_bytes());
        summed.extend(self.last.to_be_bytes());
        summed.extend(1_000_i64.to_be_bytes());
        summed.extend(1_005_i64.to_be_bytes());
        summed.extend(self.producer.to_be_bytes());
        summed.extend(0_i16.to_be_bytes());
        summed.extend((-1_i32).to_be_bytes());
        summed.extend(i32::try_from(self.records.len()).expect("few").to_be_bytes());
        summed.extend(packed);
        let mut all = self.base.to_be_bytes().to_vec();
        all.extend(i32::try_from(summed.len() + 9).expect("short").to_be_bytes());
        all.extend(7_i32.to_be_bytes());
        all.push(2);
        all.extend(crc32c(&summed).to_be_bytes());
        all.extend(summed);
        all
    }
}

const BOUNDS: Bounds = Bounds {
    message: 1_000,
    unpacked: 100_000,
    is_patient: false,
};

fn taken(bytes: &[u8], from: i64) -> Taken {
    take_apart(bytes, from, &[], false, &BOUNDS)
}

fn texts(taken: &Taken) -> Vec<(i64, &str)> {
    taken
        .messages
        .iter()
        .filter(|message| message.value.is_some())
        .map(|message| {
            let value = message.value.as_deref().unwrap_or_default();
            (
                message.offset,
                std::str::from_utf8(value).expect("texts were written"),
            )
        })
        .collect()
}

#[test]
fn the_checksum_is_castagnolis() {
    assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    assert_eq!(crc32c(b""), 0);
}

#[test]
fn batches_become_messages_from_the_offset_on() {
    let bytes = [
        Made::default().bytes(),
        Made {
            base: 2,
            attributes: 1,
            ..Made::default()
        }
        .bytes(),
    ]
    .concat();
    let all = taken(&bytes, 0);
    assert_eq!(texts(&all), [(0, "zero"), (1, "one"), (2, "zero"), (3, "one")]);
    assert_eq!((all.next, all.unread.len(), all.is_damaged), (4, 0, false));
    assert_eq!(all.messages[0].written_ms, 1_005);
    let later = taken(&bytes, 3);
    assert_eq!((texts(&later), later.next), (vec![(3, "one")], 4));
    // The last batch may be cut: it comes whole the next time.
    let cut = taken(&bytes[..bytes.len() - 1], 0);
    assert_eq!((texts(&cut).len(), cut.next, cut.unread.len()), (2, 2, 0));
    assert_eq!(
        taken(b"", 5),
        Taken {
            next: 5,
            ..Taken::default()
        }
    );
}

#[test]
fn gaps_tombstones_and_batches_that_hold_nothing_any_more_are_passed() {
    let compacted = Made {
        base: 10,
        records: vec![(3, None), (7, Some(b"seven"))],
        last: 9,
        ..Made::default()
    };
    let empty = Made {
        base: 20,
        records: vec![],
        last: 4,
        ..Made::default()
    };
    let got = taken(&[compacted.bytes(), empty.bytes()].concat(), 5);
    assert_eq!(got.messages[0].value, None);
    assert_eq!((got.messages[0].offset, texts(&got)), (13, vec![(17, "seven")]));
    assert_eq!(got.next, 25);
}

#[test]
fn what_was_given_up_is_never_passed_on() {
    let of = |base, attributes, value: &'static [u8]| {
        Made {
            base,
            attributes,
            producer: 77,
            records: vec![(0, Some(value))],
            last: 0,
        }
        .bytes()
    };
    let bytes = [
        of(0, 0, b"outside of any"),
        of(1, TRANSACTIONAL, b"given up"),
        of(2, TRANSACTIONAL | CONTROL, b"\0\0\0\0"),
        of(3, TRANSACTIONAL, b"done"),
        of(4, TRANSACTIONAL | CONTROL, b"\0\0\0\x01"),
    ]
    .concat();
    let aborted = [Aborted {
        producer: 77,
        first: 1,
    }];
    let got = take_apart(&bytes, 0, &aborted, false, &BOUNDS);
    assert_eq!(texts(&got), [(0, "outside of any"), (3, "done")]);
    assert_eq!((got.next, got.unread.len()), (5, 0));
    // Markers alone move on too.
    let marker = taken(&of(4, TRANSACTIONAL | CONTROL, b"\0\0\0\x01"), 4);
    assert_eq!((marker.messages.len(), marker.next), (0, 5));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let mut broken = Made::default().bytes();
    let end = broken.len();
    broken[end - 1] ^= 1;
    let good = Made {
        base: 2,
        ..Made::default()
    }
    .bytes();
    let got = taken(&[broken.clone(), good.clone()].concat(), 0);
    assert_eq!((texts(&got), got.next), (vec![(2, "zero"), (3, "one")], 4));
    assert_eq!(got.unread[0].offsets, 0..=1);
    assert!(got.unread[0].why.contains("checksum"), "{:?}", got.unread);
    assert_eq!(got.unread[0].bytes, broken);
    // The first time it may have been the way here.
    let patient = Bounds {
        is_patient: true,
        ..BOUNDS
    };
    let got = take_apart(&[good, broken].concat(), 0, &[], false, &patient);
    assert!(got.is_damaged && got.unread.is_empty());
    assert_eq!((texts(&got).len(), got.next), (2, 4));
}

#[test]
fn a_message_and_a_batch_beyond_the_bounds_are_told() {
    static LONG: [u8; 1_001] = [b'x'; 1_001];
    let long = Made {
        records: vec![(0, Some(b"zero")), (1, Some(&LONG))],
        ..Made::default()
    };
    let got = taken(&long.bytes(), 0);
    assert_eq!((texts(&got), got.next), (vec![(0, "zero")], 2));
    assert_eq!(
        (got.unread[0].offsets.clone(), got.unread[0].bytes.len()),
        (1..=1, 1_001)
    );

    static BOMB: [u8; 200_000] = [0; 200_000];
    let bomb = Made {
        attributes: 1,
        records: vec![(0, Some(&BOMB)), (1, Some(b"one"))],
        ..Made::default()
    };
    let got = taken(&bomb.bytes(), 0);
    assert_eq!((got.messages.len(), got.next), (0, 2));
    assert!(
        got.unread[0].why.contains("more than 100000 bytes"),
        "{:?}",
        got.unread[0].why
    );

    // Longer than what is read of an answer: told by its head, and passed.
    let bytes = long.bytes();
    let got = take_apart(&bytes[..200], 0, &[], true, &BOUNDS);
    assert_eq!((got.next, got.unread[0].offsets.clone()), (2, 0..=1));
    assert!(got.unread[0].why.contains("more than is read at once"));
}

#[test]
fn what_a_fetch_unpacks_to_is_bounded_and_the_rest_is_for_the_next() {
    static LONG: [u8; 900] = [b'x'; 900];
    let of = |base| {
        Made {
            base,
            attributes: 1,
            records: (0..60).map(|delta| (delta, Some(&LONG[..]))).collect(),
            last: 59,
            ..Made::default()
        }
        .bytes()
    };
    let bytes: Vec<u8> = (0..10).flat_map(|n| of(n * 60)).collect();
    let (mut next, mut offsets, mut rounds) = (0, Vec::new(), 0);
    while next < 600 {
        let got = taken(&bytes, next);
        let held: usize = got
            .messages
            .iter()
            .map(|message| 512 + message.value.as_ref().map_or(0, Vec::len))
            .sum();
        assert!(held <= BOUNDS.unpacked + 2_000, "{held}");
        assert!(got.next > next && got.unread.is_empty());
        offsets.extend(got.messages.iter().map(|message| message.offset));
        (next, rounds) = (got.next, rounds + 1);
    }
    assert_eq!((offsets, next), ((0..600).collect(), 600));
    assert!(rounds > 5, "{rounds}");

    // Many messages cost more than their bytes.
    let many = Made {
        records: (0..25_000).map(|delta| (delta, None)).collect(),
        last: 24_999,
        ..Made::default()
    };
    let wide = Bounds {
        unpacked: 64 * 1024 * 1024,
        ..BOUNDS
    };
    let got = take_apart(&many.bytes(), 0, &[], false, &wide);
    assert_eq!((got.messages.len(), got.next), (MOST, 20_000));
    let rest = take_apart(&many.bytes(), 20_000, &[], false, &wide);
    assert_eq!(
        (rest.messages.len(), rest.messages[0].offset, rest.next),
        (5_000, 20_000, 25_000)
    );
}

#[test]
fn records_out_of_their_turn_cannot_hold_up_the_reading() {
    for records in [
        vec![(0, None); 3],
        vec![(1, None), (0, None)],
        vec![(0, None), (9, None)],
    ] {
        let made = Made {
            records,
            last: 3,
            ..Made::default()
        };
        let got = taken(&made.bytes(), 0);
        assert_eq!((got.messages.len(), got.unread.len(), got.next), (1, 1, 4));
        assert!(
            got.unread[0].why.contains("offset of a record"),
            "{:?}",
            got.unread
        );
    }
}

#[test]
fn a_record_that_lies_costs_its_batch_and_no_more() {
    let mut lying = Made::default();
    lying.records.push((2, Some(b"two")));
    lying.last = 2;
    let mut bytes = lying.bytes();
    // The length of the third record.
    let third = bytes.len() - record_of(2, Some(b"two")).len();
    bytes[third] = 0x7e;
    let sum = crc32c(&bytes[HEAD..]).to_be_bytes();
    bytes[HEAD - 4..HEAD].copy_from_slice(&sum);
    let got = taken(&bytes, 0);
    assert_eq!((texts(&got).len(), got.next), (2, 3));
    assert_eq!(got.unread[0].offsets, 2..=2);
}

#[test]
fn an_old_format_and_a_length_without_sense_are_told() {
    let mut old = Made::default().bytes();
    old[FRONT + 4] = 1;
    let got = taken(&old, 0);
    assert_eq!((got.messages.len(), got.next), (0, 1));
    assert!(got.unread[0].why.contains("format 1"), "{:?}", got.unread);
    for length in [-1_i32, 0, 8] {
        let mut bytes = Made::default().bytes();
        bytes[8..12].copy_from_slice(&length.to_be_bytes());
        let got = taken(&bytes, 0);
        assert_eq!((got.unread.len(), got.next), (1, 1), "{length}");
    }
}

#[test]
fn whatever_comes_is_survived_and_moves_on() {
    let good = [
        Made::default().bytes(),
        Made {
            base: 2,
            attributes: 1,
            ..Made::default()
        }
        .bytes(),
    ]
    .concat();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        bytes.truncate(random.usize(..=bytes.len()));
        let from = random.i64(0..5);
        let got = take_apart(&bytes, from, &[], random.bool(), &BOUNDS);
        assert!(got.next >= from);
        assert!(got.messages.iter().all(|message| message.offset >= from));
        assert!(got.unread.iter().all(|unread| *unread.offsets.end() < got.next));
    }
}

#[test]
fn the_trace_is_found_among_the_headers_and_a_cloud_events_own_goes_before() {
    let trace = |digit: &str| format!("00-{}-00f067aa0ba902b7-01", digit.repeat(32));
    let of = |headers: &[(&str, Option<&str>)]| {
        let mut bytes = Vec::new();
        varint(&mut bytes, i64::try_from(headers.len()).expect("few"));
        for (name, value) in headers {
            varint(&mut bytes, i64::try_from(name.len()).expect("short"));
            bytes.extend(name.as_bytes());
            varint(
                &mut bytes,
                value.map_or(-1, |value| i64::try_from(value.len()).expect("short")),
            );
            bytes.extend(value.unwrap_or_default().as_bytes());
        }
        traceparent(&mut Reader::new(&bytes)).unwrap_or_default()
    };
    let (a, b) = (trace("a"), trace("b"));
    assert_eq!(
        of(&[("kind", Some("alert")), ("traceparent", Some(&a))]),
        Some(a.clone())
    );
    assert_eq!(
        of(&[("ce_traceparent", Some(&b)), ("traceparent", Some(&a))]),
        Some(b)
    );
    assert_eq!(
        of(&[("ce_traceparent", Some("nonsense")), ("traceparent", Some(&a))]),
        Some(a)
    );
    assert_eq!(of(&[("traceparent", None)]), None);
    assert_eq!(of(&[]), None);
    assert_eq!(
        traceparent(&mut Reader::new(&[200, 1, 2])).unwrap_or_default(),
        None
    );
}
