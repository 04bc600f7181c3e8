//! SARIF 2.1.0: the form in which code hosts and editors read findings.
//!
//! Called by [`super`]. Fields and their meaning: OASIS, "Static Analysis Results Interchange Format (SARIF) Version
//! 2.1.0". Columns are in UTF-16 code units and the run says so; file names are relative to where quell was started.

use std::path::{Component, Path};

use serde_json::{Value, json};

use super::examine::Examined;
use crate::cli::explain_code;
use crate::yaml::{Code, Diagnostic, Severity};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name of the folder in which quell was started, which readers replace by their own checkout.
const ROOT: &str = "%SRCROOT%";

/// The whole log, one run, with a final newline. `root` is the folder in which quell was started.
pub(super) fn log(examined: &Examined, root: &Path) -> String {
    let rules: Vec<_> = Code::ALL.iter().map(|code| rule(*code)).collect();
    let results: Vec<_> = examined
        .found
        .iter()
        .map(|diagnostic| result(diagnostic, root))
        .collect();
    let problems: Vec<_> = examined
        .unreadable
        .iter()
        .map(|reason| json!({"level": "error", "message": {"text": reason}}))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "quell",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": problems.is_empty(),
                "toolExecutionNotifications": problems,
            }],
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.id(),
        "shortDescription": {"text": code.meaning()},
        "defaultConfiguration": {"level": level(code.severity())},
    });
    if let Some(explanation) = explain_code::explanation(code) {
        rule["fullDescription"] = json!({"text": explanation.text});
        rule["help"] = json!({"text": explanation.plain(), "markdown": explanation.markdown()});
    }
    rule
}

fn result(diagnostic: &Diagnostic, root: &Path) -> Value {
    let (start_column, end_column) = diagnostic.utf16_columns();
    let text = match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    json!({
        "ruleId": diagnostic.code.id(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": text},
        "locations": [{"physicalLocation": {
            "artifactLocation": artifact(&diagnostic.file, root),
            "region": {
                "startLine": diagnostic.line,
                "startColumn": start_column,
                "endLine": diagnostic.end_line,
                "endColumn": end_column,
            },
        }}],
    })
}

/// Where a file is: below `root` by a relative URI, elsewhere by an absolute one.
fn artifact(file: &str, root: &Path) -> Value {
    let whole = root.join(file);
    let parts = |path: &Path| {
        let mut parts: Vec<String> = Vec::new();
        for component in path.components() {
            match component {
                Component::ParentDir => drop(parts.pop()),
                Component::Normal(part) => parts.push(encoded(&part.to_string_lossy())),
                _ => {}
            }
        }
        parts
    };
    let (file, root) = (parts(&whole), parts(root));
    match file.strip_prefix(root.as_slice()) {
        Some(below) if !below.is_empty() => json!({"uri": below.join("/"), "uriBaseId": ROOT}),
        _ => json!({"uri": format!("file:///{}", file.join("/"))}),
    }
}

/// One part of a path with everything percent-encoded that is not unreserved in RFC 3986.
fn encoded(part: &str) -> String {
    let mut encoded = String::new();
    for byte in part.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
