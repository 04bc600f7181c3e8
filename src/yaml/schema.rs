//! JSON Schema, draft-07, of what [`super::Node`] reads: one builder for playbooks, tests and the configuration.
//!
//! Called by `playbook::schema` and `config::schema`; editors use the result. yaml-language-server knows draft-07 best, and
//! tells exactly what is wrong where a schema has no alternatives: so a choice by type is `if`/`then`, never `oneOf`, and
//! a rule with a message of its own stands in `allOf`. `errorMessage`, `patternErrorMessage`, `enumDescriptions`,
//! `markdownDescription` and `defaultSnippets` are that server's; others pass over them. A schema may be laxer than the
//! parser, which knows more than a schema can say, and never stricter.

use std::fmt::Write;
use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use super::duration;

/// The draft that all schemas follow.
pub const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// What a duration looks like. That it is no longer than ten years is left to the parser.
const DURATION: &str = "[0-9]+d([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?|[0-9]+h([0-9]+m)?([0-9]+s)?([0-9]+ms)?|\
                        [0-9]+m([0-9]+s)?([0-9]+ms)?|[0-9]+s([0-9]+ms)?|[0-9]+ms";

/// One node of a schema while it is built.
#[derive(Clone, Debug, Default)]
pub struct Schema(Map<String, Value>);

impl Schema {
    /// A node that says nothing of its value but what it is for.
    pub fn about(description: &str) -> Self {
        let schema = Self::default().with("description", description);
        if description.contains('`') {
            schema.with("markdownDescription", description)
        } else {
            schema
        }
    }

    /// A map whose keys are added by [`Schema::key`]; others are wrong.
    pub fn map(description: &str) -> Self {
        Self::about(description)
            .with("type", "object")
            .with("additionalProperties", false)
    }

    /// A list.
    pub fn list(description: &str, items: Self) -> Self {
        Self::about(description)
            .with("type", "array")
            .with("items", items)
    }

    /// Any text.
    pub fn text(description: &str) -> Self {
        Self::about(description).with("type", "string")
    }

    /// A text of one line that is not blank, and has at most `most` characters and no control characters.
    pub fn short_text(description: &str, most: usize) -> Self {
        Self::line(description).at_most(most)
    }

    /// A text of one line that is not blank and has no control characters.
    pub fn line(description: &str) -> Self {
        Self::text(description).not_blank().pattern(
            "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
            "no control characters, no line breaks",
        )
    }

    /// `true` or `false`.
    pub fn flag(description: &str) -> Self {
        Self::about(description).with("type", "boolean")
    }

    /// A whole number.
    pub fn count(description: &str, range: RangeInclusive<u64>) -> Self {
        let description = format!(
            "{description} A whole number from {} to {}.",
            range.start(),
            range.end()
        );
        Self::about(&description)
            .with("type", "integer")
            .with("minimum", *range.start())
            .with("maximum", *range.end())
    }

    /// A percentage above 0.
    pub fn percent(description: &str) -> Self {
        Self::about(&format!(
            "{description} Above 0, at most 100, with no more than two decimals."
        ))
        .with("type", "number")
        .with("exclusiveMinimum", 0)
        .with("maximum", 100)
    }

    /// A duration. The range is told, not checked: a pattern cannot.
    pub fn duration(description: &str, range: Option<RangeInclusive<std::time::Duration>>) -> Self {
        let description = match range {
            Some(range) => {
                let (least, most) = (duration::show(*range.start()), duration::show(*range.end()));
                format!("{description} A duration from {least} to {most}.")
            }
            None => format!("{description} A duration."),
        };
        Self::about(&description).duration_or(&[])
    }

    /// Restricts the value to a duration or one of these words.
    #[must_use]
    pub fn duration_or(self, words: &[&str]) -> Self {
        let others: String = words.iter().map(|word| format!("|{word}")).collect();
        let or: String = words.iter().map(|word| format!(", or `{word}`")).collect();
        self.with("type", "string")
            .with("pattern", format!("^({DURATION}{others})$"))
            .with(
                "errorMessage",
                format!("a duration: whole numbers with `d`, `h`, `m`, `s` or `ms`, the larger unit first, e.g. `4h` or `1h30m`{or}"),
            )
    }

    /// One of these words, each with what it means.
    pub fn word(description: &str, words: &[(&str, &str)]) -> Self {
        Self::about(description).one_of(words)
    }

    /// Restricts the value to these words, as they are written.
    #[must_use]
    pub fn one_of(self, words: &[(&str, &str)]) -> Self {
        let (names, meanings): (Vec<_>, Vec<_>) = words.iter().copied().unzip();
        self.with("enum", names).with("enumDescriptions", meanings)
    }

    /// Restricts the value to these words in upper or lower case; editors offer them in lower case.
    #[must_use]
    pub fn one_of_any_case(self, words: &[(&str, &str)]) -> Self {
        let any: Vec<_> = words.iter().map(|(word, _)| any_case(word)).collect();
        let other_case = json!({
            "type": "string",
            "pattern": format!("^({})$", any.join("|")),
            "allOf": [{"pattern": "[A-Z\\u212a]"}],
        });
        self.with("if", other_case)
            .with("else", Self::default().one_of(words))
            .offer(words)
    }

    /// Offers words to begin with: editors do not look for them behind conditions.
    #[must_use]
    pub fn offer(self, words: &[(&str, &str)]) -> Self {
        words.iter().fold(self, |schema, (word, meaning)| {
            schema.snippet(word, meaning, word)
        })
    }

    /// Demands so many keys of a map, with a message. The servers' own cannot be set, so a key that no map has is
    /// demanded when there are fewer or more.
    #[must_use]
    pub fn keys(self, least: usize, most: Option<usize>, message: &str) -> Self {
        let mut fitting = json!({"minProperties": least});
        if let Some(most) = most {
            fitting["maxProperties"] = most.into();
        }
        self.rule(json!({"if": fitting, "else": {"required": [message], "errorMessage": message}}))
    }

    /// Refuses a text of nothing but blanks.
    #[must_use]
    pub fn not_blank(self) -> Self {
        // The byte order mark is no blank to the parser.
        self.pattern("[\\S\\ufeff]", "a text that is not empty")
    }

    /// Refuses a longer text. By a pattern, as yaml-language-server counts UTF-16 units for `maxLength`.
    #[must_use]
    pub fn at_most(self, characters: usize) -> Self {
        let message = format!("at most {characters} characters");
        self.pattern(&format!("^[\\s\\S]{{0,{characters}}}$"), &message)
    }

    /// A pattern that a text must match, with what to say when it does not.
    #[must_use]
    pub fn pattern(self, pattern: &str, message: &str) -> Self {
        self.rule(json!({"pattern": pattern, "patternErrorMessage": message}))
    }

    /// Adds a key to a map.
    #[must_use]
    pub fn key(mut self, name: &str, schema: Self) -> Self {
        self.object("properties").insert(name.to_owned(), schema.into());
        self
    }

    /// Adds a key that must be there.
    #[must_use]
    pub fn required(mut self, name: &str, schema: Self) -> Self {
        self.array("required").push(name.into());
        self.key(name, schema)
    }

    /// Demands a key, with a message of its own.
    #[must_use]
    pub fn demand(self, name: &str, message: &str) -> Self {
        self.rule(json!({"required": [name], "errorMessage": message}))
    }

    /// Adds a rule to the node's own.
    #[must_use]
    pub fn rule(mut self, rule: Value) -> Self {
        self.array("allOf").push(rule);
        self
    }

    /// What holds when the value is of that type, and what when it is of another.
    #[must_use]
    pub fn by_type(self, ty: &str, then: Self, otherwise: Self) -> Self {
        self.with("if", json!({"type": ty}))
            .with("then", then)
            .with("else", otherwise)
    }

    /// The value that holds when there is none.
    #[must_use]
    pub fn default_is(self, value: impl Into<Value>) -> Self {
        self.with("default", value)
    }

    /// A value as it may be written.
    #[must_use]
    pub fn example(mut self, value: impl Into<Value>) -> Self {
        self.array("examples").push(value.into());
        self
    }

    /// A text to begin with, offered by editors; `$1`, `${2:word}` are the places to fill in.
    #[must_use]
    pub fn snippet(mut self, label: &str, description: &str, body: &str) -> Self {
        self.array("defaultSnippets")
            .push(json!({"label": label, "description": description, "bodyText": body}));
        self
    }

    /// Sets a keyword.
    #[must_use]
    pub fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        self.0.insert(keyword.to_owned(), value.into());
        self
    }

    /// The whole schema as a file, with a final newline. Without a title: that server would name every map by it.
    pub fn file(self) -> String {
        let whole = self.with("$schema", DRAFT);
        format!("{:#}\n", Value::from(whole))
    }

    fn object(&mut self, keyword: &str) -> &mut Map<String, Value> {
        let slot = self.0.entry(keyword).or_insert_with(|| json!({}));
        slot.as_object_mut()
            .expect("only this builder writes the keyword")
    }

    fn array(&mut self, keyword: &str) -> &mut Vec<Value> {
        let slot = self.0.entry(keyword).or_insert_with(|| json!([]));
        slot.as_array_mut().expect("only this builder writes the keyword")
    }
}

impl From<Schema> for Value {
    fn from(schema: Schema) -> Self {
        Self::Object(schema.0)
    }
}

/// A pattern for the word in any case. The Kelvin sign is an upper-case k to Rust, so it is one here.
fn any_case(word: &str) -> String {
    let mut pattern = String::new();
    for c in word.chars() {
        match c {
            'k' => pattern.push_str("[kK\\u212a]"),
            'a'..='z' => {
                let _ = write!(pattern, "[{c}{}]", c.to_ascii_uppercase());
            }
            _ => pattern.push(c),
        }
    }
    pattern
}

#[cfg(test)]
pub(crate) mod validate;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_of_durations_takes_what_the_parser_takes() {
        let pattern = regex::Regex::new(&format!("^({DURATION})$")).expect("the pattern is plain");
        for right in [
            "30s",
            "5m",
            "1h30m",
            "7d",
            "250ms",
            "0s",
            "1d2h3m4s5ms",
            "5m250ms",
            "1d5ms",
            "007s",
        ] {
            assert!(
                duration::parse(right).is_some() && pattern.is_match(right),
                "{right}"
            );
        }
        for wrong in [
            "", "4", "h", "4 h", "4H", "-4h", "1.5h", "30m1h", "1h1h", "4h ", "4hours", "٤h",
        ] {
            assert!(
                duration::parse(wrong).is_none() && !pattern.is_match(wrong),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_word_in_any_case_is_as_the_parser_lowers_it() {
        let pattern = regex::Regex::new(&format!("^{}$", any_case("work_1"))).expect("the pattern is plain");
        for text in ["work_1", "WORK_1", "Wor\u{212a}_1", "work-1", "works_1"] {
            assert_eq!(pattern.is_match(text), text.to_lowercase() == "work_1", "{text}");
        }
    }
}
