//! `quell explain-code`: what a diagnostic code means, with an example of the mistake and of its cure.
//!
//! The texts stand in the modules below, one entry for each code of `yaml::code`; a test runs every example through the
//! checker, so they are true. `check --format sarif` and `docs/reference/diagnostics.md` take them from here.

mod actions;
mod configuration;
mod example;
mod lines;
mod lints;
mod structure;
mod test_files;
mod text;

use std::io::Write;
use std::process::ExitCode;

use super::operator::print;
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Severity, suggest};
use example::Example;

/// Say what a diagnostic code means, with an example
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The code, e.g. E101; without one, all of them are listed
    code: Option<String>,
    /// Print the reference of all codes in Markdown
    #[arg(long, conflicts_with = "code")]
    markdown: bool,
}

/// What a code means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Explanation {
    code: Code,
    /// Why it is refused, and what to do.
    pub(super) text: &'static str,
    wrong: Example,
    right: Example,
}

const TABLES: [&[Explanation]; 7] = [
    lines::EXPLANATIONS,
    actions::EXPLANATIONS,
    text::EXPLANATIONS,
    structure::EXPLANATIONS,
    test_files::EXPLANATIONS,
    configuration::EXPLANATIONS,
    lints::EXPLANATIONS,
];

/// Runs the command: exit code 1 when there is no such code.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let text = match &args.code {
        _ if args.markdown => reference(),
        None => listing(),
        Some(id) => match Code::find(id.trim()).and_then(explanation) {
            Some(explanation) => explanation.whole(),
            None => {
                writeln!(std::io::stderr(), "{}", unknown(id))?;
                return Ok(ExitCode::FAILURE);
            }
        },
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What a code means; there is an entry for each.
pub(super) fn explanation(code: Code) -> Option<&'static Explanation> {
    TABLES
        .into_iter()
        .flatten()
        .find(|explanation| explanation.code == code)
}

impl Explanation {
    /// For a terminal: the code with its meaning, then [`Self::plain`].
    fn whole(&self) -> String {
        format!("{}: {}\n\n{}", self.code, self.code.meaning(), self.plain())
    }

    /// The text and the examples, without markup.
    pub(super) fn plain(&self) -> String {
        let example = |title: &str, example: Example| format!("\n{title}:\n\n{}", indented(&example.shown()));
        format!(
            "{}{}{}",
            filled(self.text),
            example("wrong", self.wrong),
            example("right", self.right)
        )
    }

    /// The text and the examples in Markdown.
    pub(super) fn markdown(&self) -> String {
        let example =
            |title: &str, example: Example| format!("\n{title}:\n\n```text\n{}```\n", example.shown());
        format!(
            "{}\n{}{}",
            self.text,
            example("Wrong", self.wrong),
            example("Right", self.right)
        )
    }
}

fn listing() -> String {
    Code::ALL
        .iter()
        .map(|code| format!("{code}  {}\n", code.meaning()))
        .collect()
}

fn unknown(id: &str) -> String {
    let near = suggest::nearest(id, Code::ALL.iter().map(|code| code.id()));
    let help = near.map_or_else(
        || "`quell explain-code` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("error: there is no code {}; {help}", quoted(id))
}

/// `docs/reference/diagnostics.md`.
fn reference() -> String {
    let mut reference = include_str!("explain_code/reference.md").to_owned();
    for code in Code::ALL {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let body = explanation(*code).map(Explanation::markdown).unwrap_or_default();
        reference += &format!("\n## {code} ({severity}): {}\n\n{body}", code.meaning());
    }
    reference
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}").trim_end().to_owned() + "\n")
        .collect()
}

/// The words of a paragraph in lines of at most 100 characters.
fn filled(text: &str) -> String {
    let mut filled = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > 100 {
            filled.push('\n');
            column = 0;
        } else if column > 0 {
            filled.push(' ');
            column += 1;
        }
        filled.push_str(word);
        column += width;
    }
    filled + "\n"
}

#[cfg(test)]
mod tests;
