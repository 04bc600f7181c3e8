//! Bodies and what is cut out of them.

use super::*;

fn check(body: &str, expected: &[&str]) {
    let pieces = split(body.as_bytes(), Lines::Unsaid, 100).expect("the body can be taken");
    let bytes: Vec<&str> = pieces
        .iter()
        .map(|piece| std::str::from_utf8(&piece.bytes).expect("the test writes UTF-8"))
        .collect();
    assert_eq!(bytes, expected, "{body}");
    assert!(pieces.iter().enumerate().all(|(at, piece)| piece.index == at));
}

fn broken(body: &[u8]) -> Vec<(Option<usize>, String)> {
    let pieces = split(body, Lines::Unsaid, 100).expect("the body can be taken");
    pieces
        .iter()
        .filter_map(|piece| piece.parse().err().map(|error| (piece.line, error.to_string())))
        .collect()
}

#[test]
fn every_body_shape_gives_its_records_with_their_exact_bytes() {
    check(r#"{"id": "1" }"#, &[r#"{"id": "1" }"#]);
    check("\u{feff} {\"id\":1}\n", &["{\"id\":1}"]);
    check(r#"[{"id":1}, {"id":2}]"#, &[r#"{"id":1}"#, r#"{"id":2}"#]);
    check("{\"id\":1}\r\n\r\n{\"id\":2}\n", &["{\"id\":1}", "{\"id\":2}"]);
    check(
        r#"{"records":[{"id":1},{"id":2}]}"#,
        &[r#"{"id":1}"#, r#"{"id":2}"#],
    );
    check(r#"{"@odata.context":"x","value":[{"id":1}]}"#, &[r#"{"id":1}"#]);
    check(
        r#"{"search_name":"x","sid":"y","result":{"id":1}}"#,
        &[r#"{"id":1}"#],
    );
    check(r#"{"time":1,"source":"x","event":{"id":1}}"#, &[r#"{"id":1}"#]);
    check(
        r#"[{"records":[{"id":1},[{"id":2}]]},{"id":3}]"#,
        &[r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":3}"#],
    );
    check(
        r#"{"specversion":"1.0","type":"x","source":"y","id":"1","data":{"records":[{"id":1},{"id":2}]}}"#,
        &[r#"{"id":1}"#, r#"{"id":2}"#],
    );
    check(r#"[{"specversion":"1.0","data":[{"id":1}]}]"#, &[r#"{"id":1}"#]);
    check(r#"{"_index":"logs","_source":{"id":1}}"#, &[r#"{"id":1}"#]);
    check(
        r#"{"value":[{"incidentId":7,"incidentName":"x","alerts":[{"alertId":1},{"alertId":2}]}]}"#,
        &[r#"{"alertId":1}"#, r#"{"alertId":2}"#],
    );
    check(
        r#"{"id":"7","incidentWebUrl":"x","alerts":[{"id":1}]}"#,
        &[r#"{"id":1}"#],
    );
    check("[]", &[]);
    check(r#"{"value":[]}"#, &[]);
}

#[test]
fn an_object_with_a_key_of_an_envelope_alone_is_a_record() {
    for record in [
        r#"{"value":7}"#,
        r#"{"records":"x"}"#,
        r#"{"event":{"kind":"alert"}}"#,
        r#"{"result":{}}"#,
        r#"{"records":[1],"records":[2]}"#,
        r#"{"specversion":"1.0","data_base64":"e30=","data":{}}"#,
        r#"{"specversion":"1.0","data":"text"}"#,
        r#"{"specversion":"1.0","data_base64":7}"#,
        r#"{"specversion":"0.3","data":{}}"#,
        r#"{"_source":{"id":1}}"#,
        r#"{"incidentName":"x","alerts":[]}"#,
        r#"{"incidentName":"x","alerts":[7]}"#,
        r#"{"id":"1","alerts":[{"id":2}]}"#,
        "7",
        "null",
    ] {
        check(record, &[record]);
    }
}

#[test]
fn one_broken_line_does_not_lose_the_others() {
    let body = b"{\"id\":1}\n{\"id\":\n\xff\xfe\n{\"id\":NaN}\n{\"id\":1e999}\n{\"id\":2}\n";
    let pieces = split(body, Lines::Unsaid, 100).expect("the body can be taken");
    assert_eq!(pieces.iter().filter(|piece| piece.parse().is_ok()).count(), 2);
    assert_eq!(
        broken(body),
        [
            (
                Some(2),
                "the text is not JSON: EOF while parsing a value at line 1 column 6".to_owned()
            ),
            (Some(3), "the text is not valid UTF-8 at byte 0".to_owned()),
            (
                Some(4),
                "the text is not JSON: expected value at line 1 column 7".to_owned()
            ),
            (
                Some(5),
                "the text is not JSON: number out of range at line 1 column 11".to_owned()
            ),
        ]
    );
    assert_eq!(
        broken(b"rubbish\nrubbish\n{\"id\":1}").len(),
        2,
        "the first lines may be broken too"
    );
}

#[test]
fn a_cut_document_is_one_broken_piece_and_not_one_a_line() {
    for body in [
        "[\n{\"id\":1},\n{\"id\":2}\n",
        "{\n  \"id\": 1,\n  \"x\": {}\n",
        "[{\"id\":1},",
        "rubbish",
    ] {
        assert_eq!(broken(body.as_bytes()).len(), 1, "{body}");
    }
}

#[test]
fn lines_that_were_declared_are_lines_whatever_they_hold() {
    let pieces = split(b"{\n{\"id\":1}", Lines::Declared, 100).expect("the body can be taken");
    assert_eq!(
        pieces
            .iter()
            .map(|piece| piece.parse().is_ok())
            .collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn nothing_and_blanks_are_an_empty_body() {
    for body in ["", " \n\t ", "\u{feff}"] {
        assert_eq!(
            split(body.as_bytes(), Lines::Unsaid, 9).expect_err("there is nothing"),
            Broken::Empty
        );
    }
}

#[test]
fn ten_thousand_levels_of_nesting_are_refused_without_a_crash() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"records\":[", "]}")] {
        let body = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let pieces = split(body.as_bytes(), Lines::Unsaid, 100).expect("the body can be taken");
        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].parse(), Err(Broken::TooDeep), "{open}");
        assert_eq!(broken("[".repeat(10_000).as_bytes()).len(), 1);
    }
}

#[test]
fn nesting_without_end_is_told_before_it_is_skipped_and_costs_its_own_line_alone() {
    let deep = format!("{}1{}", "[".repeat(70_000), "]".repeat(70_000));
    for body in [
        "[".repeat(70_000),
        deep.clone(),
        format!("{{\"records\":{deep}}}"),
    ] {
        let pieces = split(body.as_bytes(), Lines::Unsaid, 100).expect("the body can be taken");
        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].parse(), Err(Broken::TooDeep));
    }
    let lines = format!("{{\"id\": 1}}\n{deep}\n{{\"id\": 2}}\n");
    let pieces = split(lines.as_bytes(), Lines::Declared, 100).expect("the body can be taken");
    let told: Vec<_> = pieces
        .iter()
        .map(|piece| (piece.line, piece.parse().is_ok()))
        .collect();
    assert_eq!(told, [(Some(1), true), (Some(2), false), (Some(3), true)]);
    // Many that do not nest, and brackets in texts, are no nesting.
    let flat = format!(
        "[\"{}\\\"[\",{}]",
        "[{".repeat(70_000),
        vec!["{}"; 70_000].join(",")
    );
    let pieces = split(flat.as_bytes(), Lines::Unsaid, 100_000).expect("the body can be taken");
    assert_eq!(pieces.len(), 70_001);
}

#[test]
fn more_records_than_the_bound_are_refused_as_a_whole() {
    let body = format!("[{}]", vec!["1"; 101].join(","));
    assert_eq!(
        split(body.as_bytes(), Lines::Unsaid, 100).expect_err("101 records"),
        Broken::TooMany(100)
    );
    assert_eq!(
        split(body.as_bytes(), Lines::Unsaid, 101).map(|pieces| pieces.len()),
        Ok(101)
    );
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        if let Ok(pieces) = split(&body, Lines::Unsaid, 100) {
            pieces.iter().for_each(|piece| { let _ = piece.parse(); });
        }
    }

    #[test]
    fn nothing_made_of_json_parts_makes_it_panic(parts in proptest::collection::vec(proptest::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"records\"", "\"value\"", "\"event\"", "\"source\"", "1", "null", "\n", " ", "\\u0000", "é",
    ]), 0..40)) {
        if let Ok(pieces) = split(parts.concat().as_bytes(), Lines::Unsaid, 100) {
            pieces.iter().for_each(|piece| { let _ = piece.parse(); });
        }
    }

    #[test]
    fn every_record_of_an_array_and_of_lines_comes_out(ids in proptest::collection::vec(0u32..1000, 0..20)) {
        let records: Vec<String> = ids.iter().map(|id| format!("{{\"id\":{id}}}")).collect();
        for body in [format!("[{}]", records.join(",")), records.join("\n")] {
            match split(body.as_bytes(), Lines::Unsaid, 100) {
                Ok(pieces) => {
                    let found: Vec<&[u8]> = pieces.iter().map(|piece| &*piece.bytes).collect();
                    proptest::prop_assert_eq!(found, records.iter().map(String::as_bytes).collect::<Vec<_>>());
                }
                Err(broken) => proptest::prop_assert!(records.is_empty() && broken == Broken::Empty),
            }
        }
    }
}

fn event(document: &str) -> String {
    let encoded = BASE64.encode(document);
    format!(r#"{{"specversion":"1.0","type":"x","source":"y","id":"1","data_base64":"{encoded}"}}"#)
}

#[test]
fn what_cloud_events_bring_as_base64_is_opened() {
    check(&event(r#"{"id": 1}"#), &[r#"{"id": 1}"#]);
    check(
        &format!("[{},{{\"id\":3}}]", event(r#"{"records":[{"id":1},{"id":2}]}"#)),
        &[r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":3}"#],
    );
    check(&event(&event(r#"{"id":1}"#)), &[r#"{"id":1}"#]);
    check(&event("[]"), &[]);
    check(
        &event(&event(&event(&event(&event(r#"{"id":1}"#))))),
        &[&event(r#"{"id":1}"#)],
    );
}

#[test]
fn base64_that_brings_no_document_is_told_of_its_envelope() {
    for (encoded, expected) in [
        (
            r#""e30""#.to_owned(),
            "the text is not JSON: in `data_base64`, invalid padding",
        ),
        (
            r#""%""#.to_owned(),
            "the text is not JSON: in `data_base64`, invalid",
        ),
        (
            r#""""#.to_owned(),
            "the text is not JSON: in `data_base64`, the text is not JSON",
        ),
        (
            format!("\"{}\"", BASE64.encode("<a/>")),
            "the text is not JSON: in `data_base64`, the text is not JSON",
        ),
        (
            format!("\"{}\"", BASE64.encode(b"\xff")),
            "the text is not JSON: in `data_base64`, the text is not valid UTF-8",
        ),
    ] {
        let body = format!(r#"{{"specversion":"1.0","data_base64":{encoded}}}"#);
        let found = broken(body.as_bytes());
        assert_eq!(found.len(), 1, "{body}");
        assert!(found[0].1.starts_with(expected), "{}", found[0].1);
        let pieces = split(body.as_bytes(), Lines::Unsaid, 100).expect("the body can be taken");
        assert_eq!(pieces[0].bytes, body.as_bytes());
    }
    let many = event(r#"[{"id":1},{"id":2},{"id":3}]"#);
    let error = split(many.as_bytes(), Lines::Unsaid, 2).map(|pieces| pieces.len());
    assert_eq!(error, Err(Broken::TooMany(2)));
}

#[test]
fn for_a_mapping_only_cloud_events_are_opened() {
    let mapping = crate::intake::mapping::Mapping {
        id: crate::intake::mapping::Pointer::parse("/id").expect("it is one"),
        id_prefix: String::new(),
        facts: std::collections::BTreeMap::new(),
        devices: None,
    };
    let reader = Reader {
        shape: Shape::Mapped(std::sync::Arc::new(mapping)),
        ..Reader::new(crate::domain::device::DeviceIdRule::default())
    };
    for (body, expected) in [
        (r#"{"time":1,"source":"x","event":{"id":1}}"#.to_owned(), None),
        (r#"{"records":[{"id":1}]}"#.to_owned(), None),
        (r#"[{"id":1}]"#.to_owned(), Some(r#"{"id":1}"#)),
        (event(r#"{"value":[1]}"#), Some(r#"{"value":[1]}"#)),
    ] {
        let pieces = split_for(body.as_bytes(), Lines::Unsaid, &reader).expect("the body can be taken");
        let found: Vec<_> = pieces
            .iter()
            .map(|piece| String::from_utf8_lossy(&piece.bytes))
            .collect();
        assert_eq!(found, [expected.unwrap_or(&body)]);
    }
}
