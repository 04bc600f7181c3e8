//! A validator for the part of JSON Schema that our schemas use, so that tests can hold a schema against the parser. A
//! keyword that it does not know fails the test: nothing is passed over. `scripts/check-schema` asks two others.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;
use serde_json::Value;

/// Keywords that tell people something and judge nothing.
const SILENT: [&str; 13] = [
    "$schema",
    "title",
    "description",
    "markdownDescription",
    "default",
    "examples",
    "definitions",
    "defaultSnippets",
    "enumDescriptions",
    "errorMessage",
    "patternErrorMessage",
    "then",
    "else",
];

/// What is wrong with a value, each as `path: what`; empty when it fits.
pub fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    judge(schema, schema, value, "", &mut found);
    found
}

/// Every node that stands for a value of the file: the whole, the keys of maps, the items of lists.
pub fn nodes(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = vec![(String::new(), schema)];
    collect(schema, "", &mut found);
    found
}

fn collect<'s>(schema: &'s Value, path: &str, found: &mut Vec<(String, &'s Value)>) {
    let Some(map) = schema.as_object() else { return };
    for (keyword, inner) in map {
        match keyword.as_str() {
            "properties" | "definitions" => {
                for (key, node) in inner.as_object().into_iter().flatten() {
                    let path = format!("{path}.{key}");
                    if keyword == "properties" && node.is_object() {
                        found.push((path.clone(), node));
                    }
                    collect(node, &path, found);
                }
            }
            "items" | "additionalProperties" => {
                let path = format!("{path}[]");
                if inner.is_object() {
                    found.push((path.clone(), inner));
                }
                collect(inner, &path, found);
            }
            "if" | "then" | "else" => collect(inner, path, found),
            "allOf" => {
                for rule in inner.as_array().into_iter().flatten() {
                    collect(rule, path, found);
                }
            }
            _ => {}
        }
    }
}

fn judge(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let map = match schema {
        Value::Bool(true) => return,
        Value::Object(map) => map,
        _ => return found.push(format!("{path}: nothing may stand here")),
    };
    for (keyword, rule) in map {
        let mut wrong = |what: String| found.push(format!("{path}: {what}"));
        match (keyword.as_str(), value) {
            (known, _) if SILENT.contains(&known) => {}
            ("type", _) if !has_type(rule, value) => wrong(format!("is not {rule}")),
            ("enum", _) if !rule.as_array().is_some_and(|all| all.contains(value)) => {
                wrong(format!("is none of {rule}"));
            }
            ("const", _) if rule != value => wrong(format!("is not {rule}")),
            ("pattern", Value::String(text)) => {
                let pattern = rule.as_str().expect("a pattern is text");
                if !matches(pattern, text) {
                    wrong(format!("`{text}` does not match {pattern}"));
                }
            }
            ("minimum", Value::Number(number)) if number.as_f64() < rule.as_f64() => {
                wrong("too small".to_owned())
            }
            ("exclusiveMinimum", Value::Number(number)) if number.as_f64() <= rule.as_f64() => {
                wrong("too small".to_owned());
            }
            ("maximum", Value::Number(number)) if number.as_f64() > rule.as_f64() => {
                wrong("too large".to_owned())
            }
            ("minItems", Value::Array(items)) if items.len() < size(rule) => {
                wrong("too few items".to_owned())
            }
            ("maxItems", Value::Array(items)) if items.len() > size(rule) => {
                wrong("too many items".to_owned())
            }
            ("minProperties", Value::Object(keys)) if keys.len() < size(rule) => {
                wrong("too few keys".to_owned())
            }
            ("maxProperties", Value::Object(keys)) if keys.len() > size(rule) => {
                wrong("too many keys".to_owned())
            }
            ("required", Value::Object(keys)) => {
                for key in rule.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !keys.contains_key(key) {
                        wrong(format!("lacks `{key}`"));
                    }
                }
            }
            ("properties", Value::Object(keys)) => {
                for (key, value) in keys {
                    if let Some(schema) = rule.get(key) {
                        judge(root, schema, value, &format!("{path}.{key}"), found);
                    }
                }
            }
            ("additionalProperties", Value::Object(keys)) => {
                let known = map.get("properties").and_then(Value::as_object);
                for (key, value) in keys {
                    if known.is_none_or(|known| !known.contains_key(key)) {
                        judge(root, rule, value, &format!("{path}.{key}"), found);
                    }
                }
            }
            ("items", Value::Array(items)) => {
                for (position, item) in items.iter().enumerate() {
                    judge(root, rule, item, &format!("{path}[{position}]"), found);
                }
            }
            ("allOf", _) => {
                for rule in rule.as_array().expect("`allOf` is a list") {
                    judge(root, rule, value, path, found);
                }
            }
            ("if", _) => {
                let mut unmet = Vec::new();
                judge(root, rule, value, path, &mut unmet);
                let branch = if unmet.is_empty() { "then" } else { "else" };
                if let Some(rule) = map.get(branch) {
                    judge(root, rule, value, path, found);
                }
            }
            ("$ref", _) => {
                let name = rule.as_str().and_then(|name| name.strip_prefix("#/definitions/"));
                let target = name.and_then(|name| root.get("definitions")?.get(name));
                judge(
                    root,
                    target.expect("a reference leads somewhere"),
                    value,
                    path,
                    found,
                );
            }
            (known, _) => assert!(KEYWORDS.contains(&known), "the validator does not know `{known}`"),
        }
    }
}

/// The keywords that judge; those of them that do not fit the value's type say nothing of it.
const KEYWORDS: [&str; 18] = [
    "type",
    "enum",
    "const",
    "pattern",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "allOf",
    "if",
    "$ref",
];

fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        compiled
            .entry(pattern.to_owned())
            .or_insert_with(|| Regex::new(pattern).expect("a pattern of ours"))
            .is_match(text)
    })
}

fn size(rule: &Value) -> usize {
    rule.as_u64()
        .and_then(|size| usize::try_from(size).ok())
        .expect("a size is a number")
}

fn has_type(rule: &Value, value: &Value) -> bool {
    if let Some(several) = rule.as_array() {
        return several.iter().any(|ty| has_type(ty, value));
    }
    match rule.as_str().expect("a type is a word") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the validator does not know the type `{other}`"),
    }
}
