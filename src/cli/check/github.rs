//! Workflow commands: lines that GitHub Actions turns into annotations beside the changed lines of a pull request.
//!
//! Called by [`super`]. Form and escapes: docs.github.com, "Workflow commands for GitHub Actions".

use crate::yaml::{Diagnostic, Diagnostics, Severity};

/// One line for each diagnostic.
pub(super) fn annotations(found: &Diagnostics) -> String {
    found.iter().map(annotation).collect()
}

fn annotation(diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let Diagnostic {
        line,
        column,
        end_line,
        end_column,
        ..
    } = diagnostic;
    // Columns are understood only within one line.
    let columns = if line == end_line {
        format!(",col={column},endColumn={end_column}")
    } else {
        String::new()
    };
    let help = diagnostic
        .help
        .as_ref()
        .map(|help| format!("\n{help}"))
        .unwrap_or_default();
    format!(
        "::{command} file={},line={line},endLine={end_line}{columns},title={}::{}\n",
        property(&diagnostic.file),
        property(diagnostic.code.id()),
        data(&format!("{}{help}", diagnostic.message))
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Code, SourceText};

    #[test]
    fn a_diagnostic_becomes_one_line_whatever_is_in_it() {
        let source = SourceText::new("a: 1\nb: 2\n");
        let at = |span| {
            Diagnostic::new(
                Code::UNKNOWN_KEY,
                "odd,dir/50%:\n.yaml",
                &source,
                span,
                "100% wrong: a, b",
            )
        };
        let mut found = Diagnostics::from(at(5..6).help("did you mean `c`?\nor `d`?"));
        found.push(at(0..7));
        assert_eq!(
            annotations(&found),
            "::error file=odd%2Cdir/50%25%3A%0A.yaml,line=2,endLine=2,col=1,endColumn=2,title=E310::100%25 wrong: a, b%0Adid you mean `c`?\u{fffd}or `d`?\n\
             ::error file=odd%2Cdir/50%25%3A%0A.yaml,line=1,endLine=2,title=E310::100%25 wrong: a, b\n"
        );
    }
}
