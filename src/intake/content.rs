//! Whether two records say the same: a hash over canonical JSON, so that key order and white space do not matter.
//!
//! The store deduplicates by tenant, canonical alert id and this hash.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 over the record's canonical JSON: keys sorted by their bytes, no white space, numbers as serde_json writes
/// them.
pub fn hash(value: &Value) -> [u8; 32] {
    let mut hasher = Sha256::new();
    feed(value, &mut hasher);
    hasher.finalize().into()
}

fn feed(value: &Value, hasher: &mut Sha256) {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_unstable();
            hasher.update(b"{");
            for key in keys {
                feed_text(key, hasher);
                hasher.update(b":");
                feed(&members[key], hasher);
                hasher.update(b",");
            }
            hasher.update(b"}");
        }
        Value::Array(elements) => {
            hasher.update(b"[");
            for element in elements {
                feed(element, hasher);
                hasher.update(b",");
            }
            hasher.update(b"]");
        }
        Value::String(text) => feed_text(text, hasher),
        scalar => hasher.update(scalar.to_string()),
    }
}

/// Texts are hashed with their length in front, which no other text can imitate.
fn feed_text(text: &str, hasher: &mut Sha256) {
    hasher.update(format!("\"{}\"", text.len()));
    hasher.update(text);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).expect("the test writes JSON")
    }

    #[test]
    fn key_order_and_white_space_do_not_matter() {
        assert_eq!(
            hash(&parsed(r#"{"a":1,"b":{"x":[1,2],"y":null}}"#)),
            hash(&parsed("{ \"b\": {\"y\": null, \"x\": [1, 2]},\n \"a\": 1 }"))
        );
    }

    #[test]
    fn different_content_has_different_hashes() {
        let records = [
            json!({"a": 1}),
            json!({"a": "1"}),
            json!({"a": [1]}),
            json!({"a": null}),
            json!({"b": 1}),
            json!([1, 2]),
            json!([2, 1]),
            json!([[1], 2]),
            json!(["a", "b"]),
            json!(["a,b"]),
            json!({}),
            json!([]),
        ];
        for (at, one) in records.iter().enumerate() {
            for other in &records[at + 1..] {
                assert_ne!(hash(one), hash(other), "{one} {other}");
            }
        }
    }
}
