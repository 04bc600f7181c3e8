//! The forms of an answer: for people, for programs, for pipes. Every command that answers with rows or an object prints it through
//! [`written`]; what it answers is one type, whose JSON is that of the API.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cli::operator::table::{Paint, fold};
use crate::yaml;

/// How to print the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// Aligned columns for people, with relative times, fitted to the terminal
    #[default]
    Table,
    /// The same with every column and the whole of each text, however wide
    Wide,
    /// One JSON document, with RFC 3339 times
    Json,
    /// The same as YAML
    Yaml,
    /// One JSON object a line: of a list each row, of anything else the whole
    Jsonl,
    /// Of each row what names it, one a line, for pipes
    Name,
}

impl Output {
    /// Whether programs read it.
    pub(super) fn is_for_programs(self) -> bool {
        !matches!(self, Self::Table | Self::Wide)
    }
}

/// The fields in which an answer that is an object may have the rows of its list.
const ROWS: [&str; 3] = ["items", "playbooks", "caps"];

/// What names a row: the first of these that it has.
const NAMES: [&str; 9] = [
    "id",
    "request",
    "event_id",
    "device",
    "cap",
    "name",
    "version",
    "checkpoint",
    "check",
];

/// The answer as text in that form.
///
/// # Errors
/// It cannot be written as JSON, which no answer of ours is.
pub(super) fn written(
    output: Output,
    json: &impl Serialize,
    table: impl FnOnce(Paint) -> String,
    paint: Paint,
) -> anyhow::Result<String> {
    Ok(match output {
        Output::Table => {
            let text = table(paint);
            match paint {
                Paint::Fitted { columns, .. } => fold(&text, columns),
                _ => text,
            }
        }
        Output::Wide => table(paint.wide()),
        Output::Json => serde_json::to_string_pretty(json)? + "\n",
        Output::Yaml => yaml::write(json)?,
        Output::Jsonl => {
            let json = serde_json::to_string(json)?;
            rows(&json)?
                .iter()
                .map(|row| format!("{}\n", row.get()))
                .collect()
        }
        Output::Name => {
            let json = serde_json::to_string(json)?;
            let mut names = String::new();
            for row in rows(&json)? {
                names.extend(name(&row)?.map(|name| name + "\n"));
            }
            names
        }
    })
}

/// The rows of a list; of anything else the whole.
fn rows(json: &str) -> serde_json::Result<Vec<Box<RawValue>>> {
    if json.starts_with('[') {
        return serde_json::from_str(json);
    }
    if json.starts_with('{') {
        let fields: std::collections::HashMap<String, Box<RawValue>> = serde_json::from_str(json)?;
        let lists = ROWS.iter().filter_map(|field| fields.get(*field));
        if let Some(list) = lists.into_iter().find(|list| list.get().starts_with('[')) {
            return serde_json::from_str(list.get());
        }
    }
    Ok(vec![RawValue::from_string(json.to_owned())?])
}

/// What names a row; `None`: nothing does.
fn name(row: &RawValue) -> serde_json::Result<Option<String>> {
    let row: Value = serde_json::from_str(row.get())?;
    let field = |name: &str| match row.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Ok(NAMES.iter().find_map(|name| field(name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(output: Output, json: &Value, expected: &str) {
        let text =
            written(output, json, |_| "the table\n".to_owned(), Paint::Plain).expect("it can be written");
        assert_eq!(text, expected, "{output:?}");
    }

    #[test]
    fn a_list_has_each_form() {
        let list = json!([{"device": "aa", "name": "web-1", "n": 1}, {"device": "bb", "name": null, "n": 2}]);
        check(Output::Table, &list, "the table\n");
        check(Output::Wide, &list, "the table\n");
        check(Output::Name, &list, "aa\nbb\n");
        check(
            Output::Jsonl,
            &list,
            "{\"device\":\"aa\",\"n\":1,\"name\":\"web-1\"}\n{\"device\":\"bb\",\"n\":2,\"name\":null}\n",
        );
        check(
            Output::Yaml,
            &json!([{"device": "no", "n": 1.5, "at": "2026-11-22T03:00:00Z"}]),
            "- at: \"2026-11-22T03:00:00Z\"\n  device: \"no\"\n  \"n\": 1.5\n",
        );
        check(Output::Jsonl, &json!([]), "");
        check(Output::Name, &json!([]), "");
    }

    #[test]
    fn the_rows_of_a_page_and_of_a_set_are_rows_too() {
        check(
            Output::Name,
            &json!({"items": [{"request": "A-7", "device": "x"}], "next": null}),
            "A-7\n",
        );
        check(
            Output::Name,
            &json!({"version": 3, "playbooks": [{"id": "p"}, {"id": "q"}]}),
            "p\nq\n",
        );
        check(
            Output::Jsonl,
            &json!({"version": 3, "playbooks": [{"id": "p"}]}),
            "{\"id\":\"p\"}\n",
        );
    }

    #[test]
    fn what_is_no_list_is_one_row() {
        let report = json!({"device": "aa", "ended": [{"id": "c"}]});
        check(Output::Name, &report, "aa\n");
        check(
            Output::Jsonl,
            &report,
            "{\"device\":\"aa\",\"ended\":[{\"id\":\"c\"}]}\n",
        );
        check(Output::Name, &json!({"nothing": true}), "");
    }

    #[test]
    fn a_row_keeps_the_order_of_its_fields() {
        #[derive(Serialize)]
        struct Row {
            z: u8,
            a: u8,
        }
        let text = written(
            Output::Jsonl,
            &[Row { z: 1, a: 2 }],
            |_| String::new(),
            Paint::Plain,
        );
        assert_eq!(text.expect("it can be written"), "{\"z\":1,\"a\":2}\n");
    }
}
