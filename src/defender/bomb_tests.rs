//! Compressed bodies: small ones are read, and one that unpacks to far more than it is gets cut at the bound.

use std::time::Duration;

use crate::defender::fake::{Fake, Step, action, client, device, permit, read_permit};
use crate::defender::{MachineActionFilter, ReadError};
use crate::domain::answer::Answer;

/// A reply whose body is said to be gzip.
fn packed(status: u16, body: Vec<u8>) -> Vec<Step> {
    let head = format!(
        "HTTP/1.1 {status} S\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    vec![Step::Bytes(head.into_bytes()), Step::Bytes(body)]
}

const GZIP: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// A gzip file that holds these bytes as they are (RFC 1951, 3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("short");
    let mut file = GZIP.to_vec();
    file.push(1);
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(bytes);
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    file.extend((!sum).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}

/// A gzip file that unpacks to so many spaces: one, and "the same again, 258 times" as often as it takes (RFC 1951, 3.2.6).
fn bomb(unpacked: usize) -> Vec<u8> {
    let mut file = GZIP.to_vec();
    let (mut bits, mut count) = (0_u32, 0);
    let mut put = |value: u32, length: u32| {
        bits |= value << count;
        count += length;
        while count >= 8 {
            file.push(u8::try_from(bits & 0xff).expect("a byte"));
            bits >>= 8;
            count -= 8;
        }
    };
    // The last block, fixed codes; codes stand with their first bit first.
    put(1, 1);
    put(1, 2);
    let space = (0x30 + u32::from(b' ')).reverse_bits() >> 24;
    put(space, 8);
    let again = 0b1100_0101_u32.reverse_bits() >> 24;
    for _ in 0..unpacked / 258 {
        put(again, 8);
        put(0, 5);
    }
    put(0, 7 + 7);
    file.extend([0; 8]);
    file
}

#[tokio::test]
async fn a_compressed_answer_is_read() {
    let fake =
        Fake::defender(|_, _| packed(201, stored(action("a-1", "RestrictCodeExecution").as_bytes()))).await;
    let answer = client(&fake).restrict(permit(), &device(), "c").await;
    assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_much_is_cut_at_the_bound() {
    const UNPACKED: usize = 256 * 1024 * 1024;
    let file = bomb(UNPACKED);
    assert!(file.len() < UNPACKED / 100, "{} bytes", file.len());
    let fake = Fake::defender(move |_, _| packed(201, file.clone())).await;
    let client = client(&fake);
    let answer = client.restrict(permit(), &device(), "c").await;
    let Answer::Unknown {
        reason,
        status: Some(201),
    } = answer
    else {
        panic!("nobody can read that: {answer:?}")
    };
    assert!(reason.contains("longer than 1048576 bytes"), "{reason}");
    let filter = MachineActionFilter {
        created_since: jiff::Timestamp::UNIX_EPOCH,
        device: None,
    };
    let listed = client.list_machine_actions(&filter, || async { Some(read_permit()) });
    let listed = tokio::time::timeout(Duration::from_secs(30), listed)
        .await
        .expect("it ends");
    let Err(ReadError::Unavailable { reason }) = listed else {
        panic!("nobody can read that: {listed:?}")
    };
    assert!(reason.contains("longer than 67108864 bytes"), "{reason}");
}
