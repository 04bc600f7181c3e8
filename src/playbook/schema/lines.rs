//! The lines of `when`, `unless` and `ask.when`: every fact with the ops that fit its type.

use serde_json::{Map, Value, json};

use crate::playbook::facts::{FACTS, FactDef, Type};
use crate::playbook::op::ops_for;
use crate::yaml::schema::Schema;
use crate::yaml::suggest;

/// What each op demands, in the order of [`crate::playbook::op::OPS`].
pub const OP_MEANINGS: [(&str, &str); 11] = [
    (
        "any_of",
        "the value, or one element of it, is one of these; the same as a bare value or list",
    ),
    (
        "none_of",
        "neither the value nor an element of it is one of these",
    ),
    (
        "at_least",
        "the level is this or a higher one; the age is this or longer",
    ),
    (
        "at_most",
        "the level is this or a lower one; the age is this or shorter",
    ),
    (
        "matches",
        "the value, or one element of it, matches this regular expression somewhere; `^` and `$` bind it to the ends",
    ),
    ("starts_with", "the value, or one element of it, starts so"),
    ("ends_with", "the value, or one element of it, ends so"),
    (
        "contains",
        "the text contains this; for a list, `any_of` tells whether an element is in it",
    ),
    (
        "exists",
        "`true`: there is a value; `false`: the source says that there is none",
    ),
    ("within", "it is at most so long ago"),
    ("older_than", "it is longer ago than this"),
];

/// What the words of facts mean, where the word alone does not tell.
const WORDS: [(&str, &str, &str); 9] = [
    ("alert.event", "new", "the alert came up"),
    ("alert.event", "updated", "something about a known alert changed"),
    ("alert.event", "resolved", "the alert was closed"),
    ("device.kind", "workstation", "people work at it"),
    ("device.kind", "server", "it serves other machines"),
    (
        "device.kind",
        "domain_controller",
        "it holds the directory of the domain",
    ),
    ("device.value", "low", "less than others"),
    ("device.value", "normal", "what Defender assumes of a device"),
    ("device.value", "high", "somebody marked it as important"),
];

/// The parts of the playbook's schema that its keys point to.
pub(super) fn definitions() -> Value {
    let mut definitions = Map::new();
    definitions.insert("lines".to_owned(), lines().into());
    for ty in [Type::Text, Type::List, Type::Time, Type::Age] {
        definitions.insert(shared(ty).to_owned(), line(ty).into());
    }
    definitions.into()
}

/// A map of lines, with what it is for.
pub(super) fn lines_of(description: &str) -> Schema {
    Schema::about(description)
        .with("type", "object")
        .rule(json!({"$ref": "#/definitions/lines"}))
}

fn lines() -> Schema {
    let mut lines = Schema::default().with("additionalProperties", false);
    for fact in FACTS {
        lines = lines.key(fact.name, fact_line(fact));
    }
    lines
}

fn fact_line(fact: &FactDef) -> Schema {
    let node = Schema::about(&describe(fact));
    match fact.ty {
        Type::Word(_) | Type::Level(_) => typed(node, fact.ty, &words(fact)),
        ty => node.rule(json!({"$ref": format!("#/definitions/{}", shared(ty))})),
    }
}

/// Offers each op with its braces.
fn offered(node: Schema, ty: Type) -> Schema {
    ops_for(ty).into_iter().fold(node, |node, op| {
        let body = match (op, ty) {
            ("any_of" | "none_of", _) => format!("{{{op}: [$1]}}"),
            ("matches", _) => format!("{{{op}: '$1'}}"),
            ("exists", _) => format!("{{{op}: ${{1:false}}}}"),
            (_, Type::Time | Type::Age) => format!("{{{op}: ${{1:1h}}}}"),
            _ => format!("{{{op}: $1}}"),
        };
        node.snippet(&format!("{{{op}: …}}"), meaning(op), &body)
    })
}

/// What editors say of a fact.
pub(super) fn describe(fact: &FactDef) -> String {
    let known = match fact.ty {
        Type::Word(words) => format!(": {}", suggest::list(words)),
        Type::Level(levels) => format!(", ascending: {}", suggest::list(levels)),
        _ => String::new(),
    };
    format!(
        "{}. {}{known}. From {}. Ops: {}.",
        capital(fact.description),
        capital(fact.ty.name()),
        fact.source,
        suggest::list(&ops_for(fact.ty)),
    )
}

fn shared(ty: Type) -> &'static str {
    match ty {
        Type::Text => "text_line",
        Type::List => "list_line",
        Type::Time => "time_line",
        Type::Age => "age_line",
        Type::Word(_) | Type::Level(_) => "word_line",
    }
}

fn line(ty: Type) -> Schema {
    typed(Schema::default(), ty, &[])
}

/// A bare value, a list of values, or a map with one op.
fn typed(node: Schema, ty: Type, words: &[(&str, &str)]) -> Schema {
    let (node, ops) = (offered(node.offer(words), ty), ops(ty, words));
    match ty {
        Type::Time | Type::Age => merge(node, ops),
        _ => node.by_type("object", ops, values(ty, words)),
    }
}

fn merge(node: Schema, rule: Schema) -> Schema {
    node.rule(rule.into())
}

/// A map with exactly one of the ops that fit the type.
fn ops(ty: Type, words: &[(&str, &str)]) -> Schema {
    let fitting = ops_for(ty);
    let message = format!(
        "{}: exactly one op of {}, as in `{{{}}}`",
        ty.name(),
        suggest::list(&fitting),
        match ty {
            Type::Time | Type::Age => "within: 1h",
            Type::Level(_) => "at_least: high",
            _ => "any_of: [a, b]",
        }
    );
    let mut map = Schema::default()
        .with("type", "object")
        .with("additionalProperties", false)
        .with("errorMessage", message.as_str());
    for op in fitting {
        map = map.key(op, operand(op, ty, words));
    }
    map.keys(1, Some(1), &message)
}

fn operand(op: &str, ty: Type, words: &[(&str, &str)]) -> Schema {
    let node = Schema::about(&format!("{}.", capital(meaning(op))));
    match (op, ty) {
        ("exists", _) => node.with("type", "boolean"),
        ("matches", _) => node
            .with("type", "string")
            .pattern("^[\\s\\S]", "a regular expression, which says what must be there"),
        ("any_of" | "none_of", _) => merge(node, values(ty, words)),
        (_, Type::Time | Type::Age) => node.duration_or(&[]),
        _ => merge(node, value(ty, words)),
    }
}

/// A value or a list of values.
fn values(ty: Type, words: &[(&str, &str)]) -> Schema {
    let items = merge(Schema::about("One of the values that count."), value(ty, words));
    let list = Schema::default()
        .with("type", "array")
        .with("minItems", 1)
        .with("items", items);
    Schema::default().by_type("array", list, value(ty, words))
}

/// One value to compare with.
fn value(ty: Type, words: &[(&str, &str)]) -> Schema {
    match ty {
        Type::Word(_) | Type::Level(_) => Schema::default().one_of_any_case(words),
        _ => Schema::default()
            .with("type", "string")
            .with(
                "errorMessage",
                "text, in quotes if it is read as something else; `{exists: false}` for no value",
            )
            .not_blank(),
    }
}

/// The words of a fact with what they mean.
pub(super) fn words(fact: &FactDef) -> Vec<(&'static str, &'static str)> {
    let (Type::Word(words) | Type::Level(words)) = fact.ty else {
        return Vec::new();
    };
    let meaning = |word: &str| {
        WORDS
            .iter()
            .find(|(name, known, _)| *name == fact.name && *known == word)
            .map(|(_, _, meaning)| *meaning)
    };
    let place = |position: usize| match position {
        0 => "the lowest",
        _ if position + 1 == words.len() => "the highest",
        _ => "in between, in the order of this list",
    };
    words
        .iter()
        .enumerate()
        .map(|(position, word)| (*word, meaning(word).unwrap_or_else(|| place(position))))
        .collect()
}

fn meaning(op: &str) -> &'static str {
    OP_MEANINGS
        .iter()
        .find(|(name, _)| *name == op)
        .map_or("", |(_, meaning)| meaning)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
