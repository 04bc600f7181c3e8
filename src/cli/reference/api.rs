//! `docs/reference/api.md`, printed from the OpenAPI document and the table of rights. Tests only.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::cell;

const INTRODUCTION: &str = "# Routes of the API

Every route of `/v1` that operators and programs use, printed by a test from the OpenAPI document that the daemon serves
(`GET /v1/openapi.json`, here [openapi.json](openapi.json)); that has the types of every member too. How to call them, pages, errors and `Idempotency-Key`
stand in [api.md](../api.md), which role each needs in [access.md](access.md), events that are sent in [events.md](../events.md).

Every answer that is no success is a problem document (RFC 9457) with a stable `reason`.
";

fn page() -> String {
    let document: Value = serde_json::from_str(&crate::web::openapi()).expect("the document is JSON");
    let mut by_tag: BTreeMap<&str, Vec<(String, &Value)>> = BTreeMap::new();
    let paths = document["paths"].as_object().expect("the document has paths");
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            let tag = operation["tags"][0].as_str().expect("every operation has a tag");
            let route = format!("{} {path}", method.to_uppercase());
            by_tag.entry(tag).or_default().push((route, operation));
        }
    }
    let mut page = INTRODUCTION.to_owned();
    for (tag, routes) in by_tag {
        let _ = write!(page, "\n## {tag}\n");
        for (route, operation) in routes {
            describe(&route, operation, &mut page);
        }
    }
    page
}

fn describe(route: &str, operation: &Value, page: &mut String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('\n', " ");
    let _ = write!(page, "\n### `{route}`\n{}.", text(&operation["summary"]));
    if operation["description"].is_string() {
        let _ = write!(page, " {}", text(&operation["description"]));
    }
    page.push('\n');
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let rows: Vec<String> = parameters
        .map(|parameter| {
            let name = text(&parameter["name"]);
            let place = text(&parameter["in"]);
            let about = text(&parameter["description"]);
            let values = parameter["schema"]["enum"].as_array().into_iter().flatten();
            let values: Vec<String> = values
                .filter_map(|one| one.as_str().map(|one| format!("`{one}`")))
                .collect();
            let values = match values.as_slice() {
                [] => String::new(),
                values => format!(": {}", values.join(", ")),
            };
            format!("| `{name}` | {place} | {} |\n", cell(&(about + &values)))
        })
        .collect();
    if !rows.is_empty() {
        let _ = write!(page, "\n| parameter | in | |\n|---|---|---|\n{}", rows.concat());
    }
    let name_of = |content: &Value| {
        let content = content.as_object()?.values().next()?;
        content["schema"]["$ref"]
            .as_str()?
            .rsplit('/')
            .next()
            .map(str::to_owned)
    };
    if let Some(body) = name_of(&operation["requestBody"]["content"]) {
        let _ = write!(page, "\nTakes `{body}`.");
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        if status == "default" {
            continue;
        }
        let about = text(&response["description"]);
        match name_of(&response["content"]) {
            Some(name) => drop(write!(page, "\n{status}: `{name}`.")),
            None => drop(write!(page, "\n{status}: {about}.")),
        }
    }
    page.push('\n');
}

#[test]
fn the_routes_of_the_reference_are_those_of_the_document() {
    super::compare("docs/reference/api.md", &page());
}
