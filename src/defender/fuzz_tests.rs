//! Bodies that nobody meant: recorded ones, changed at random by a seeded generator, through every function that reads a
//! reply. Nothing may panic, and memory stays bounded. `just fuzz-bodies 1000000` makes many; the tests of every day a few.

use jiff::Timestamp;
use reqwest::Url;
use serde_json::Value;

use crate::config::environment;
use crate::defender::answer::{classify, json, refusal};
use crate::defender::http::{Body, Reply};
use crate::defender::listing::{Listing, MachineActionFilter};
use crate::defender::paging::PagePlace;
use crate::defender::reads::readable;
use crate::defender::throttle::Scale;
use crate::defender::{alerts, av_info, availability, inventory, machine, machine_action};
use crate::domain::answer::Answer;

/// Bodies in a run of every day.
const FEW: u64 = 20_000;
/// The longest body that is made, bytes.
const LONGEST: usize = 64 * 1024;
/// What a run may add to the most memory that the process ever held, KiB.
const MEMORY_KIB: u64 = 96 * 1024;

const STATUSES: [u16; 18] = [
    200, 201, 202, 204, 206, 301, 304, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 999,
];

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 22] = [
    b"null",
    b"[]",
    b"{}",
    b"\"\"",
    b"-0",
    b"1e999",
    b"-2147483649",
    b"18446744073709551616",
    b"\"\\u0000\"",
    b"\"\\ud800\"",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\"@odata.nextLink\":\"//h/machineactions?\",",
    b"\"@odata.nextLink\":\"http://[::1\",",
    b"\"id\":\"../x\",",
    b"\"error\":",
    b"\"value\":",
    b"\"9999-12-31T23:59:59.9999999Z\"",
    b"\"0000-00-00T00:00:00\"",
    b"maximum allowed 99999999999999999999 per 99:99:99",
    b",,",
    b"\\",
];

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    let files = [
        (include_str!("../../tests/data/machine-actions.ndjson"), "action"),
        (include_str!("../../tests/data/alerts.ndjson"), "event"),
    ];
    for (file, member) in files {
        let entries: Vec<String> = file
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .map(|line| line[member].to_string())
            .collect();
        seeds.push(format!(r#"{{"@odata.context":"x","value":[{}]}}"#, entries[..6].join(",")).into_bytes());
        seeds.extend(entries.into_iter().map(String::into_bytes));
    }
    let more = [
        r#"{"error":{"code":"429","message":"API calls quota exceeded! maximum allowed 1500 per 01:00:00","target":"43f4cb08-8fac-4b65-9db1-745c2ae65f3a"}}"#,
        r#"{"error":{"code":"ActiveRequestAlreadyExists","message":"Action is already in progress","target":"t"}}"#,
        r#"{"error":{"code":"","message":"The query specified in the URI is not valid.","details":[]}}"#,
        "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>",
        r#"{"value":[{"id":"c114","mergedIntoMachineId":null,"computerDnsName":"dlp","lastSeen":"2024-10-24T06:12:35.4409708Z","osPlatform":"WindowsServer2019","version":"1809","healthStatus":"Inactive","deviceValue":"Normal","rbacGroupName":null,"riskScore":"None","exposureLevel":"High","machineTags":["a"],"onboardingStatus":"Onboarded"}],"@odata.nextLink":"https://h/api/machines?$skip=1"}"#,
        r#"{"value":[{"action":"FullIsolation","isAvailable":true,"notSupportedReason":null},{"action":"OffBoard","isAvailable":false,"notSupportedReason":"x"}]}"#,
        r#"{"value":[{"id":"g","machineId":"m","avMode":"0","avIsSignatureUpToDate":"True","dataRefreshTimestamp":"2022-08-02T21:16:23Z"}]}"#,
        "",
    ];
    seeds.extend(more.map(|text| text.as_bytes().to_vec()));
    seeds
}

/// One body, made from the seeds: half of them stay JSON.
fn body(dice: &mut fastrand::Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let seed = &seeds[dice.usize(..seeds.len())];
    if dice.bool()
        && let Ok(mut value) = serde_json::from_slice::<Value>(seed)
    {
        for _ in 0..dice.usize(1..=4) {
            disturb(dice, &mut value);
        }
        return value.to_string().into_bytes();
    }
    garbled(dice, seed.clone(), seeds)
}

/// Puts something else in one place of a value, or takes it away, or has it twice.
fn disturb(dice: &mut fastrand::Rng, value: &mut Value) {
    match value {
        Value::Array(entries) if !entries.is_empty() && dice.u8(..8) != 0 => {
            let at = dice.usize(..entries.len());
            match dice.u8(..8) {
                0 => drop(entries.remove(at)),
                1 => entries.push(entries[at].clone()),
                _ => disturb(dice, &mut entries[at]),
            }
        }
        Value::Object(members) if !members.is_empty() && dice.u8(..8) != 0 => {
            let at = dice.usize(..members.len());
            let Some(name) = members.keys().nth(at).cloned() else {
                return;
            };
            match dice.u8(..8) {
                0 => drop(members.remove(&name)),
                1 => drop(members.insert("@odata.nextLink".to_owned(), odd(dice))),
                _ => disturb(dice, &mut members[name.as_str()]),
            }
        }
        leaf => *leaf = odd(dice),
    }
}

/// A value that nobody expects.
fn odd(dice: &mut fastrand::Rng) -> Value {
    let texts = [
        "",
        "\0",
        "null",
        "../../x",
        "machineactions?$skip=1",
        "https://evil.example/api/machineactions?$skip=1",
        "http://[::1",
        "0",
        "2026-13-45T99:99:99Z",
        "-9999-01-01T00:00:00Z",
        "maximum allowed 1 per 00:00:00",
        "\u{202e}\u{feff}",
    ];
    match dice.u8(..10) {
        0 => Value::Null,
        1 => Value::Bool(dice.bool()),
        2 => Value::from(dice.i64(..)),
        3 => Value::from(dice.f64() * 1e300),
        4 => Value::Array(vec![Value::Null; dice.usize(..50)]),
        5 => serde_json::json!({"a": {"id": [[[{}]]]}}),
        6 => Value::from("x".repeat(dice.usize(..20_000))),
        _ => Value::from(texts[dice.usize(..texts.len())]),
    }
}

/// A body whose bytes are changed here and there.
fn garbled(dice: &mut fastrand::Rng, mut body: Vec<u8>, seeds: &[Vec<u8>]) -> Vec<u8> {
    for _ in 0..dice.usize(1..=6) {
        let at = dice.usize(..=body.len());
        match dice.u8(..12) {
            0 => body.truncate(at),
            1 => drop(body.splice(at..at, PIECES[dice.usize(..PIECES.len())].iter().copied())),
            2 => {
                let end = dice.usize(at..=body.len());
                drop(body.drain(at..end.min(at + 64)));
            }
            3 => {
                // A piece of another body.
                let other = &seeds[dice.usize(..seeds.len())];
                let from = dice.usize(..=other.len());
                let to = dice.usize(from..=other.len());
                drop(body.splice(at..at, other[from..to].iter().copied()));
            }
            4 => {
                // A piece of itself, again: members and entries that come twice.
                let to = dice.usize(at..=body.len());
                let piece = body[at..to].to_vec();
                drop(body.splice(at..at, piece));
            }
            5 => {
                let depth = dice.usize(1..2_000);
                let open = if dice.bool() {
                    b"[".repeat(depth)
                } else {
                    b"{\"a\":".repeat(depth)
                };
                drop(body.splice(at..at, open));
            }
            6 => {
                let long = vec![dice.u8(..); dice.usize(1..4_096)];
                drop(body.splice(at..at, long));
            }
            7 => {
                // A value replaced, so that the rest still parses.
                if let Some(colon) = body[at..].iter().position(|byte| *byte == b':') {
                    let start = at + colon + 1;
                    let end = body[start..].iter().position(|byte| matches!(byte, b',' | b'}'));
                    let end = end.map_or(body.len(), |length| start + length);
                    drop(body.splice(start..end, PIECES[dice.usize(..11)].iter().copied()));
                }
            }
            _ => {
                if let Some(byte) = body.get_mut(at) {
                    *byte ^= 1 << dice.u8(..8);
                }
            }
        }
        body.truncate(LONGEST);
    }
    body
}

/// Through everything that reads a reply. Gives how many readers found something in it.
fn read_all(dice: &mut fastrand::Rng, bytes: Vec<u8>) -> u32 {
    let scale = Scale::new(1.0).expect("a scale");
    let status = STATUSES[dice.usize(..STATUSES.len())];
    let reply = Reply {
        status,
        retry_after: dice
            .bool()
            .then(|| String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned()),
        date: None,
        content_type: None,
        body: Body::Whole(bytes),
    };
    let mut found = 0;
    let mut note = |is: bool| found += u32::from(is);
    note(refusal(&reply).is_some());
    if let Ok(value) = json(&reply) {
        note(machine_action::parse_answer(&value).is_ok());
        note(machine::parse(&value).is_ok());
        note(availability::parse(&value).is_ok());
        note(av_info::parse(&value).is_ok());
    }
    let machines = Url::parse("http://127.0.0.1:1/api/machines?%24top=2").expect("an address");
    if let Body::Whole(bytes) = &reply.body {
        let place = PagePlace::default();
        note(inventory::take(bytes, &machines, &place, 2).is_ok());
        note(alerts::take(bytes, &machines, &place, 2).is_ok());
    }
    let filter = MachineActionFilter {
        created_since: Timestamp::UNIX_EPOCH,
        device: None,
    };
    let resource = Url::parse("http://127.0.0.1:1/api/machineactions").expect("an address");
    let mut listing = Listing::new(resource, &filter, 2, 9);
    let first = listing.first();
    note(listing.take(&first, &reply).is_ok());
    drop(readable(Ok(reply.clone()), Timestamp::UNIX_EPOCH, scale));
    let answer = classify(Ok(reply), Timestamp::UNIX_EPOCH, scale);
    check(status, &answer);
    found
}

/// What holds of every answer, whatever the body was.
fn check(status: u16, answer: &Answer) {
    match answer {
        Answer::Accepted(action) => {
            assert!((200..300).contains(&status));
            assert!(crate::defender::hosts::is_safe_segment(&action.id));
        }
        Answer::NotSent { .. } | Answer::Late { .. } => panic!("a reply came: {answer:?}"),
        Answer::Unknown { reason, .. } => assert!(reason.len() < 8_192, "{}", reason.len()),
        Answer::Unauthorized(said)
        | Answer::Forbidden(said)
        | Answer::NotFound(said)
        | Answer::Rejected(said)
        | Answer::AlreadyInProgress(said)
        | Answer::Throttled { refusal: said, .. } => {
            assert!((400..500).contains(&status), "{status} {answer:?}");
            assert!(said.message.chars().count() <= 500 && said.code.chars().count() <= 100);
            assert!(!said.message.contains('\0'));
        }
    }
}

/// The most memory that this process ever held, KiB; `None` where the system does not tell.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn no_body_makes_a_reader_panic_or_grow() {
    let number = |name: &str| environment::read_text(name).and_then(|text| text.parse::<u64>().ok());
    let count = number("FUZZ_BODIES").unwrap_or(FEW);
    let mut dice = fastrand::Rng::with_seed(number("FUZZ_SEED").unwrap_or(1));
    let seeds = seeds();
    assert!(seeds.len() > 100);
    let before = peak_kib();
    let (mut found, mut bytes) = (0_u64, 0_u64);
    for _ in 0..count {
        let body = body(&mut dice, &seeds);
        bytes += body.len() as u64;
        found += u64::from(read_all(&mut dice, body));
    }
    // A generator whose bodies nobody can read would prove nothing.
    assert!(found > count / 20, "{found} readings of {count} bodies");
    let grown = peak_kib()
        .zip(before)
        .map(|(after, before)| after.saturating_sub(before));
    println!("{count} bodies, {bytes} bytes, {found} readings, {grown:?} KiB more at the peak");
    // Other tests run beside this one, except when it was asked for alone.
    if environment::read_text("FUZZ_BODIES").is_some() {
        assert!(
            grown.is_none_or(|grown| grown < MEMORY_KIB),
            "{grown:?} KiB more at the peak"
        );
    }
}
