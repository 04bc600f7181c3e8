//! Readers of single fields: what a record's JSON says, as three-valued facts, with its oddities resolved.
//!
//! Every format file uses them, so that `null`, `""`, JSON inside a string and an unknown spelling mean the same
//! whatever the source. Text is bounded and cleared of NUL, which Postgres cannot keep.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::alert::Severity;
use crate::domain::fact::Fact;
use crate::intake::record::Record;
use crate::intake::time;

/// The longest text kept as a fact, in characters; the whole record is kept beside it.
const MAX_TEXT: usize = 1024;

/// The end of the year 1970, in every zone: what lies before it stands for no time.
const AFTER_1970: jiff::Timestamp = jiff::Timestamp::constant(365 * 86_400 + 86_400, 0);

/// The most techniques kept of one record; real ones list up to a dozen.
const MAX_TECHNIQUES: usize = 64;

/// The text of a field, if it holds a text that is not blank. Numbers count, as `incidentId` is one in some feeds.
pub fn text(value: &Value, key: &str) -> Option<String> {
    text_of(value.get(key)?)
}

/// The same of a value that is at hand.
pub fn text_of(value: &Value) -> Option<String> {
    let written = match value {
        Value::String(text) => Cow::Borrowed(text.trim()),
        Value::Number(number) => Cow::Owned(number.to_string()),
        _ => return None,
    };
    (!written.is_empty()).then(|| clean(&written))
}

/// The elements of a field; none when it holds no list.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    let all = value.get(key).and_then(Value::as_array);
    all.map(Vec::as_slice).unwrap_or_default()
}

/// A text cut to a bound, without NUL.
pub fn clean(text: &str) -> String {
    if text.len() <= MAX_TEXT && !text.contains('\0') {
        return text.to_owned();
    }
    text.chars()
        .take(MAX_TEXT)
        .map(|c| if c == '\0' { '\u{fffd}' } else { c })
        .collect()
}

/// The first of several fields that holds a text; absent when none does. For fields that the format defines.
pub fn first(value: &Value, keys: &[&str]) -> Fact<String> {
    Fact::defined(keys.iter().find_map(|key| text(value, key)))
}

/// A field that only newer versions of the format carry: unknown when the key is missing, absent when it is empty.
pub fn if_carried(value: &Value, key: &str) -> Fact<String> {
    if value.get(key).is_some() {
        Fact::defined(text(value, key))
    } else {
        Fact::Unknown
    }
}

/// The first of several keys that holds a text; absent when a key is there without one, unknown when none is there.
pub fn if_any_carried(value: &Value, keys: &[&str]) -> Fact<String> {
    if keys.iter().any(|key| value.get(key).is_some()) {
        first(value, keys)
    } else {
        Fact::Unknown
    }
}

/// The JSON that a string field holds, or the field itself when a pipeline has decoded it already.
///
/// # Errors
/// The name of the field when it holds a text that is no JSON, or says one thing in two ways.
pub fn decoded(value: &Value, key: &str) -> Result<Value, String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Value::Null),
        Some(Value::String(text)) => {
            let record = Record::parse(text.as_bytes())
                .map_err(|error| format!("`{key}` holds no readable JSON: {error}"))?;
            match record.key_twice() {
                Some(twice) => Err(format!(
                    "`{key}` holds the key `{}` twice in one object, with different values: it is not read",
                    shown(twice)
                )),
                None => Ok(record.to_value()),
            }
        }
        Some(decoded) => Ok(decoded.clone()),
    }
}

/// The severity, in any case. A word that is not one of the four, such as `UnSpecified`, leaves it unknown, with a remark: neither a
/// condition nor a guard is settled by it (docs/decisions/0017).
pub fn severity(written: Fact<String>, remarks: &mut Vec<String>) -> Fact<Severity> {
    let written = match written {
        Fact::Is(written) => written,
        Fact::Absent => return Fact::Absent,
        Fact::Unknown => return Fact::Unknown,
    };
    Severity::parse(&written).map_or_else(
        || {
            let shown = shown(&written);
            remarks.push(format!(
                "severity `{shown}` is none of the four and counts as unknown"
            ));
            Fact::Unknown
        },
        Fact::Is,
    )
}

/// The category: the text `null` is absent, and of a JSON array inside the string the first element counts.
pub fn category(written: Fact<String>) -> Fact<String> {
    let Fact::Is(written) = written else {
        return written;
    };
    let first = if written.starts_with('[') {
        match serde_json::from_str::<Vec<Value>>(&written) {
            Ok(all) => all.iter().find_map(|one| one.as_str().map(str::trim).map(clean)),
            Err(_) => Some(written),
        }
    } else {
        Some(written)
    };
    Fact::defined(first.filter(|category| !category.is_empty() && !category.eq_ignore_ascii_case("null")))
}

/// A judgement such as the classification: `unknown` and `NotAvailable` are how sources write that there is none.
pub fn judgement(written: Fact<String>) -> Fact<String> {
    let none = ["unknown", "notavailable", "null"];
    match written {
        Fact::Is(text) if none.iter().any(|word| text.eq_ignore_ascii_case(word)) => Fact::Absent,
        other => other,
    }
}

/// The status in lower snake case: `InProgress` and `inProgress` are `in_progress`.
pub fn status(written: Fact<String>) -> Fact<String> {
    written.map(|written| {
        let mut status = String::with_capacity(written.len() + 2);
        let mut after_lower = false;
        for c in written.chars() {
            match c {
                ' ' | '-' | '_' => status.push('_'),
                _ => {
                    if c.is_uppercase() && after_lower {
                        status.push('_');
                    }
                    status.extend(c.to_lowercase());
                }
            }
            after_lower = c.is_lowercase();
        }
        status
    })
}

/// The status; where there is none, the time of its end says that the alert was resolved. A text that is no time, and a time that
/// stands for none (`0001-01-01T00:00:00Z`, 1970), say nothing.
pub fn status_or_end(written: Fact<String>, resolved_at: Option<&Value>) -> Fact<String> {
    let has_ended = || {
        let at = resolved_at.and_then(Value::as_str).and_then(time::parse);
        at.is_some_and(|at| at > AFTER_1970)
    };
    match status(written) {
        Fact::Is(status) => Fact::Is(status),
        _ if has_ended() => Fact::Is("resolved".to_owned()),
        none => none,
    }
}

/// MITRE technique ids, each once, in the order written, from a JSON array, a JSON array inside a string, a comma
/// separated list, or entries like `PowerShell (T1059.001)`. Absent when there are none.
pub fn techniques<'a>(written: impl IntoIterator<Item = Option<&'a Value>>) -> Fact<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for value in written.into_iter().flatten() {
        let decoded = match value {
            Value::String(text) => serde_json::from_str(text)
                .unwrap_or_else(|_| Value::Array(text.split(',').map(Value::from).collect())),
            other => other.clone(),
        };
        let entries = decoded.as_array().map(Vec::as_slice).unwrap_or_default();
        for technique in entries.iter().filter_map(Value::as_str).filter_map(technique) {
            if found.len() < MAX_TECHNIQUES && !found.contains(&technique) {
                found.push(technique);
            }
        }
    }
    Fact::defined((!found.is_empty()).then_some(found))
}

/// The technique id in an entry: `T1059.001` from `PowerShell (T1059.001)` or from itself.
pub fn technique(entry: &str) -> Option<String> {
    let entry = entry.trim();
    let id = match entry.rsplit_once('(') {
        Some((_, inner)) => inner.strip_suffix(')')?.trim(),
        None => entry,
    };
    let digits = id.strip_prefix(['T', 't'])?;
    let well_formed = digits.len() <= 8
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    well_formed.then(|| format!("T{digits}"))
}

/// A user as `domain\name`, or as a UPN when there is no name.
pub fn user(domain: Option<String>, name: Option<String>, upn: Option<String>) -> Option<String> {
    match (domain, name, upn) {
        (Some(domain), Some(name), _) => Some(format!("{domain}\\{name}")),
        (_, _, Some(upn)) => Some(upn),
        (None, Some(name), None) => Some(name),
        (_, None, None) => None,
    }
}

/// Text of a record as it may stand in a remark: without control characters, at most 80 characters.
pub fn shown(text: &str) -> String {
    text.chars()
        .take(80)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is(text: &str) -> Fact<String> {
        Fact::Is(text.to_owned())
    }

    #[test]
    fn null_empty_and_blank_are_absent_and_numbers_are_text() {
        let record = json!({"a": null, "b": "", "c": "  ", "d": 384, "e": " x ", "f": ["x"]});
        for key in ["a", "b", "c", "f", "missing"] {
            assert_eq!(first(&record, &[key]), Fact::Absent, "{key}");
        }
        assert_eq!(first(&record, &["a", "d"]), is("384"));
        assert_eq!(first(&record, &["e"]), is("x"));
        assert_eq!(if_carried(&record, "missing"), Fact::Unknown);
        assert_eq!(if_carried(&record, "b"), Fact::Absent);
    }

    #[test]
    fn text_is_bounded_and_holds_no_nul() {
        let record = json!({"long": "x".repeat(5000), "nul": "a\u{0}b"});
        assert_eq!(text(&record, "long").map(|text| text.len()), Some(MAX_TEXT));
        assert_eq!(text(&record, "nul").as_deref(), Some("a\u{fffd}b"));
    }

    #[test]
    fn only_a_time_after_1970_says_that_an_alert_without_a_status_has_ended() {
        let status = |end: Value| status_or_end(Fact::Absent, Some(&end));
        for none in [
            json!("0001-01-01T00:00:00Z"),
            json!("1970-01-01T00:00:00Z"),
            json!("1900-01-01 00:00:00"),
            json!("null"),
            json!("-"),
            json!("N/A"),
            json!(""),
            json!(null),
            json!(0),
            json!(1_764_000_000_000_i64),
            json!(false),
        ] {
            assert_eq!(status(none.clone()), Fact::Absent, "{none}");
        }
        for end in [
            "2026-11-22T03:00:00.1234567Z",
            "11/22/2026 03:00:00",
            " 2026-11-22 03:00:00 ",
        ] {
            assert_eq!(status(json!(end)), is("resolved"), "{end}");
        }
        assert_eq!(
            status_or_end(is("New"), Some(&json!("2026-11-22T03:00:00Z"))),
            is("new")
        );
    }

    #[test]
    fn a_severity_off_the_scale_is_unknown_and_is_flagged() {
        let mut remarks = Vec::new();
        assert_eq!(severity(is("HIGH"), &mut remarks), Fact::Is(Severity::High));
        assert_eq!(remarks, Vec::<String>::new());
        for written in ["UnSpecified", "unknownFutureValue", "critical"] {
            remarks.clear();
            assert_eq!(severity(is(written), &mut remarks), Fact::Unknown);
            let remark = format!("severity `{written}` is none of the four and counts as unknown");
            assert_eq!(remarks, [remark]);
        }
        assert_eq!(severity(Fact::Absent, &mut remarks), Fact::Absent);
    }

    #[test]
    fn a_category_is_decoded_and_null_as_text_is_absent() {
        for (written, expected) in [
            ("Ransomware", is("Ransomware")),
            ("null", Fact::Absent),
            ("[\"DefenseEvasion\",\"Execution\"]", is("DefenseEvasion")),
            ("[]", Fact::Absent),
            ("[null]", Fact::Absent),
            ("[broken", is("[broken")),
        ] {
            assert_eq!(category(is(written)), expected, "{written}");
        }
    }

    #[test]
    fn every_status_spelling_becomes_lower_snake_case() {
        for (written, expected) in [
            ("InProgress", "in_progress"),
            ("inProgress", "in_progress"),
            ("New", "new"),
            ("In Progress", "in_progress"),
        ] {
            assert_eq!(status(is(written)), is(expected), "{written}");
        }
    }

    #[test]
    fn techniques_are_found_in_every_spelling() {
        let check = |written: Value, expected: &[&str]| {
            let expected: Vec<String> = expected.iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(techniques([Some(&written)]), Fact::Is(expected), "{written}");
        };
        check(json!(["T1064", "T1085"]), &["T1064", "T1085"]);
        check(json!("[\"T1059\"]"), &["T1059"]);
        check(
            json!("[\"Valid Accounts (T1078)\",\"PowerShell (T1059.001)\"]"),
            &["T1078", "T1059.001"],
        );
        check(json!("T1003, T1021.002"), &["T1003", "T1021.002"]);
        check(
            json!(["T1003", "t1003", "rubbish", 7, "Name (Tx)", "T1003.1.1.1.1"]),
            &["T1003"],
        );
        for none in [json!(""), json!([]), json!(null), json!("[]"), json!({"a": 1})] {
            assert_eq!(techniques([Some(&none)]), Fact::Absent, "{none}");
        }
    }

    #[test]
    fn json_inside_a_string_is_decoded_and_rubbish_is_named() {
        let record = json!({"a": "[1]", "b": [1], "c": "", "d": "[1"});
        assert_eq!(decoded(&record, "a"), Ok(json!([1])));
        assert_eq!(decoded(&record, "b"), Ok(json!([1])));
        assert_eq!(decoded(&record, "c"), Ok(Value::Null));
        let error = decoded(&record, "d").expect_err("the bracket is open");
        assert!(error.starts_with("`d` holds no readable JSON"), "{error}");
        let twice = json!({"a": r#"[{"b":1,"b":2}]"#, "c": r#"[{"b":1,"b":1}]"#});
        let error = decoded(&twice, "a").expect_err("nobody can tell which one counts");
        assert!(error.starts_with("`a` holds the key `b` twice"), "{error}");
        assert_eq!(decoded(&twice, "c"), Ok(json!([{"b": 1}])));
    }
}
