//! That a seal hangs on everything that a row says and on nothing else, and that a walk finds what was done to a chain.

use super::*;

fn entry(id: i64) -> AuditEntry {
    AuditEntry {
        tenant: 1,
        id,
        at_micros: 1_800_000_000_123_456,
        entity: "containment".to_owned(),
        entity_id: Uuid::from_u128(7),
        device: Some("a".repeat(40)),
        from: None,
        to: "active".to_owned(),
        by: "decide".to_owned(),
        reason: "one matched".to_owned(),
        revision: Some("r1".to_owned()),
        before: None,
        after: Some(r#"{"until": "2026-11-22T08:00:00+00:00", "lane": 1.50}"#.to_owned()),
        written_in: 4711,
    }
}

fn seal(entry: &AuditEntry) -> Seal {
    entry.seal(&Seal::BEGINNING, 1)
}

/// A chain of so many rows.
fn chain(length: i64) -> Vec<Link> {
    let mut previous = Seal::BEGINNING;
    (1..=length)
        .map(|seq| {
            let entry = entry(100 + seq);
            previous = entry.seal(&previous, seq);
            Link {
                seq,
                row: entry.id,
                seal: previous,
                entry: Some(entry),
            }
        })
        .collect()
}

fn walk(links: &[Link]) -> Vec<(Tampering, Option<i64>)> {
    let mut walk = ChainWalk::after(0, Seal::BEGINNING);
    let found = links.iter().filter_map(|link| walk.step(link));
    found.map(|finding| (finding.what, finding.seq)).collect()
}

#[test]
fn a_seal_hangs_on_every_field_the_place_and_the_seal_before() {
    let changes: [fn(&mut AuditEntry); 14] = [
        |e| e.tenant = 2,
        |e| e.id += 1,
        |e| e.at_micros += 1,
        |e| e.entity = "action".to_owned(),
        |e| e.entity_id = Uuid::from_u128(8),
        |e| e.device = None,
        |e| e.from = Some("asked".to_owned()),
        |e| e.to = "asked".to_owned(),
        |e| e.by = "anna".to_owned(),
        |e| e.reason.push(' '),
        |e| e.revision = Some(String::new()),
        |e| e.before = Some("null".to_owned()),
        |e| e.after = Some(r#"{"until": "2026-11-22T08:00:00+00:00", "lane": 1.5}"#.to_owned()),
        |e| e.written_in += 1,
    ];
    let whole = seal(&entry(1));
    for (n, change) in changes.into_iter().enumerate() {
        let mut changed = entry(1);
        change(&mut changed);
        assert_ne!(seal(&changed), whole, "change {n}");
    }
    assert_ne!(entry(1).seal(&whole, 1), whole);
    assert_ne!(entry(1).seal(&Seal::BEGINNING, 2), whole);
}

#[test]
fn what_moves_from_one_field_into_the_next_changes_the_seal() {
    let (mut left, mut right) = (entry(1), entry(1));
    (left.by, left.reason) = ("ab".to_owned(), "c".to_owned());
    (right.by, right.reason) = ("a".to_owned(), "bc".to_owned());
    assert_ne!(seal(&left), seal(&right));
    (left.before, left.after) = (Some("{}".to_owned()), None);
    (right.before, right.after) = (None, Some("{}".to_owned()));
    (right.by, right.reason) = (left.by.clone(), left.reason.clone());
    assert_ne!(seal(&left), seal(&right));
}

#[test]
fn how_json_is_laid_out_changes_nothing_and_what_it_says_does() {
    let json = |text: &str| {
        let mut entry = entry(1);
        entry.after = Some(text.to_owned());
        seal(&entry)
    };
    assert_eq!(
        json(r#"{"a": [1, {"b": "é"}], "c": null}"#),
        json("{\"c\":null,\"a\":[1,{\"b\":\"\\u00e9\"}]}\n")
    );
    for other in [
        r#"{"a": [1, {"b": "e"}], "c": null}"#,
        r#"{"a": [{"b": "é"}, 1], "c": null}"#,
        r#"{"a": ["1", {"b": "é"}], "c": null}"#,
        r#"{"a": [1, {"b": "é"}]}"#,
        r#"{"a": [1, {"b": "é"}, []], "c": null}"#,
    ] {
        assert_ne!(
            json(r#"{"a": [1, {"b": "é"}], "c": null}"#),
            json(other),
            "{other}"
        );
    }
    assert_ne!(
        json("12345678901234567890123"),
        json("12345678901234567890124"),
        "no digit is lost"
    );
}

#[test]
fn this_form_is_kept_for_ever() {
    // What is sealed today must be verified by every later version: these digits never change.
    assert_eq!(
        seal(&entry(1)).to_string(),
        "b37ca3c8ca23ac4bbcd3a702b04c7b41ebb17aeee7247d88bd2f81a182994f38"
    );
}

#[test]
fn a_seal_is_read_as_it_is_written_and_anything_else_is_refused() {
    let whole = seal(&entry(1));
    assert_eq!(whole.to_string().parse(), Ok(whole));
    for wrong in [
        "",
        "00",
        &"0".repeat(63),
        &"0".repeat(65),
        &"g".repeat(64),
        &"é".repeat(32),
    ] {
        assert!(wrong.parse::<Seal>().is_err(), "{wrong}");
    }
}

#[test]
fn a_walk_along_a_whole_chain_finds_nothing() {
    assert_eq!(walk(&chain(5)), []);
    let mut links = chain(5);
    let mut later = ChainWalk::after(3, links[2].seal);
    assert_eq!(links.drain(3..).filter_map(|link| later.step(&link)).count(), 0);
    assert_eq!(later.end().0, 5);
}

#[test]
fn a_walk_finds_what_was_done_to_a_chain() {
    let changed = |change: fn(&mut Vec<Link>)| {
        let mut links = chain(5);
        change(&mut links);
        walk(&links)
    };
    let flip = |links: &mut Vec<Link>| {
        if let Some(entry) = &mut links[2].entry {
            entry.by = "nobody".to_owned();
        }
    };
    assert_eq!(changed(flip), [(Tampering::Changed, Some(3))]);
    assert_eq!(
        changed(|links| links[2].entry = None),
        [(Tampering::RowGone, Some(3))]
    );
    assert_eq!(
        changed(|links| drop(links.remove(2))),
        [(Tampering::SealsGone, Some(4))]
    );
    assert_eq!(
        changed(|links| drop(links.drain(1..3))),
        [(Tampering::SealsGone, Some(4))]
    );
    let reorder = |links: &mut Vec<Link>| {
        let other = links[1].entry.clone();
        links[1].entry = std::mem::replace(&mut links[2].entry, other);
    };
    assert_eq!(
        changed(reorder),
        [(Tampering::Changed, Some(2)), (Tampering::Changed, Some(3))]
    );
    // A seal that is flipped fits neither its row nor the next one.
    let flip_seal = |links: &mut Vec<Link>| links[2].seal = Seal::BEGINNING;
    assert_eq!(
        changed(flip_seal),
        [(Tampering::Changed, Some(3)), (Tampering::Changed, Some(4))]
    );
}

#[test]
fn it_is_told_how_many_seals_are_missing() {
    for (gone, told) in [
        (1..2, "seal 2 is missing before seal 3"),
        (1..3, "seals 2 to 3 are missing"),
    ] {
        let mut links = chain(4);
        drop(links.drain(gone));
        let mut walk = ChainWalk::after(0, Seal::BEGINNING);
        let found = links.iter().find_map(|link| walk.step(link));
        assert_eq!(found.map(|finding| finding.told).as_deref(), Some(told));
    }
}
