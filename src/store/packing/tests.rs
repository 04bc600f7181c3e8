//! Tests of what is kept compressed.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::domain::alert::{Alert, EventFormat, Severity};
use crate::domain::device::DeviceId;
use crate::domain::fact::Fact;

fn event() -> Event {
    Event {
        format: EventFormat::MdeAlert,
        alert: Alert {
            id: "637239".to_owned(),
            title: Fact::Is("a title with \u{202e} and \0 in it".to_owned()),
            severity: Fact::Is(Severity::High),
            category: Fact::Absent,
            ..Alert::default()
        },
        devices: vec![DeviceId::from_stored(
            "1e5bc9d7e413ddd7902c2932e418702b84d0cc07".to_owned(),
        )],
        refused_devices: Vec::new(),
        hints: Vec::new(),
        remarks: Vec::new(),
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    Packer::new()
        .and_then(|mut packer| packer.payload(bytes))
        .expect("bytes are packed")
}

#[test]
fn the_released_dictionaries_are_what_they_were() {
    let of = |bytes: &[u8]| {
        let digest = Sha256::digest(bytes);
        digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    // Another one makes every row unreadable that was written with this one: it is a new codec, with a file of its own.
    assert_eq!(
        [of(PAYLOAD_1), of(EVENT_1)],
        ["6baaa15c1b9f4a0d", "2d66f9fdfdbfda07"]
    );
}

#[test]
fn every_sample_comes_back_byte_for_byte_and_small() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alerts.ndjson");
    let samples = std::fs::read(path).expect("the sample file is part of the repository");
    let (mut before, mut after) = (0, 0);
    for line in samples
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let small = packed(line);
        before += line.len();
        after += small.len();
        let again = payload(("events", Uuid::nil()), CODEC, small).expect("what was packed can be read");
        assert!(again == line, "a sample came back changed");
    }
    assert!(after * 3 < before, "{before} bytes became {after}");
}

#[test]
fn an_event_comes_back_as_it_was_and_so_does_one_from_before() {
    let bytes = Packer::new()
        .and_then(|mut packer| packer.event(&event()))
        .expect("an event is packed");
    let kept = KeptEvent {
        codec: CODEC,
        event: Some(bytes),
        normalised: None,
    };
    assert_eq!(kept.read(), Ok(event()));
    let before = KeptEvent {
        codec: AS_IT_IS,
        event: None,
        normalised: serde_json::to_value(event()).ok(),
    };
    assert_eq!(before.read(), Ok(event()));
    let bytes = b"\x28\xb5\x2f\xfdas it came".to_vec();
    let read = payload(("events", Uuid::nil()), AS_IT_IS, bytes.clone());
    assert_eq!(read.ok(), Some(bytes));
}

#[test]
fn a_row_that_would_inflate_without_bound_is_refused_before_it_does() {
    // A frame header that promises 2^62 bytes, and one that promises none.
    let promise = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0];
    let silent = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 1, 0, 0];
    for frame in [&promise[..], &silent[..], b"", b"{}"] {
        let read = payload(("events", Uuid::nil()), CODEC, frame.to_vec());
        assert!(read.is_err(), "{frame:?}");
    }
    let mut lying = packed(&[b'a'; 100_000]);
    // A byte of the size that the frame names: it holds less than that.
    lying[9] ^= 0xff;
    assert!(payload(("events", Uuid::nil()), CODEC, lying).is_err());
}

#[test]
fn an_event_that_would_inflate_beyond_any_of_intakes_is_refused_and_a_payload_is_not() {
    let long = vec![b' '; MOST_EVENT + 1];
    let mut packer = Packer::new().expect("there is memory");
    let frame = packer.event.compress(&long).expect("bytes are packed");
    let kept = KeptEvent {
        codec: CODEC,
        event: Some(frame),
        normalised: None,
    };
    let said = kept.read().expect_err("it is too long");
    assert!(said.contains("more than 33554432 bytes"), "{said}");
    let whole = payload(("events", Uuid::nil()), CODEC, packed(&long)).expect("a payload may be as long");
    assert_eq!(whole.len(), long.len());
}

#[test]
fn how_much_a_payload_holds_is_told_by_its_first_bytes() {
    for bytes in [0, 1, 200, 5_000, 65_536] {
        let small = packed(&vec![b'x'; bytes]);
        let head = &small[..small.len().min(32)];
        assert_eq!(payload_bytes(CODEC, head, 7), bytes);
    }
    assert_eq!(payload_bytes(AS_IT_IS, b"{", 7), 7);
}

#[test]
fn a_codec_of_a_later_version_is_named() {
    let read = payload(("dead_letters", Uuid::nil()), 7, Vec::new());
    let said = read.map_err(|error| error.to_string());
    assert!(said.is_err_and(|said| said.contains("codec 7")));
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
        let again = payload(("events", Uuid::nil()), CODEC, packed(&bytes));
        prop_assert_eq!(again.ok(), Some(bytes));
    }

    #[test]
    fn garbage_is_an_error_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd];
        frame.extend(bytes);
        let _ = payload(("events", Uuid::nil()), CODEC, frame);
    }
}
