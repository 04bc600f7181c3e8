//! `quell facts`: what playbooks may test and fill in, printed from the one table of facts.

use std::process::ExitCode;

use serde::Serialize;

use super::form;
use super::operator::table::{Paint, Table, cell};
use super::operator::{answer, print};
use crate::playbook::facts::{FACTS, FactDef, Type};
use crate::playbook::op::ops_for;
use crate::yaml::suggest;

/// List the facts that playbooks may test
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only facts whose name contains this
    name: Option<String>,
    /// How to print them
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// How to print the facts.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Output {
    /// Aligned columns, fitted to the terminal
    #[default]
    Table,
    /// The same with the whole of each text
    Wide,
    /// One JSON array
    Json,
    /// The same as YAML
    Yaml,
    /// One JSON object a line
    Jsonl,
    /// The names, one a line
    Name,
    /// The reference
    Markdown,
}

/// A fact for programs.
#[derive(Debug, Serialize)]
struct Shown {
    name: &'static str,
    #[serde(rename = "type")]
    ty: &'static str,
    /// The words that it may be; of an ordered word in ascending order.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    words: &'static [&'static str],
    ordered: bool,
    ops: Vec<&'static str>,
    source: &'static str,
    fetched: bool,
    may_be_missing: bool,
    description: &'static str,
}

/// Runs the command: exit code 1 when no fact has such a name.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let wanted = args.name.as_deref().unwrap_or_default().to_lowercase();
    let facts: Vec<&FactDef> = FACTS.iter().filter(|fact| fact.name.contains(&wanted)).collect();
    if facts.is_empty() {
        eprintln!("no fact's name contains `{wanted}`; `quell facts` lists them all");
        return Ok(ExitCode::FAILURE);
    }
    let form = match args.output {
        Output::Table => form::Output::Table,
        Output::Wide => form::Output::Wide,
        Output::Json => form::Output::Json,
        Output::Yaml => form::Output::Yaml,
        Output::Jsonl => form::Output::Jsonl,
        Output::Name => form::Output::Name,
        Output::Markdown => {
            print(&markdown(&facts))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let rows: Vec<Shown> = facts.iter().map(|fact| shown(fact)).collect();
    answer(form, &rows, |paint| table(&facts, paint))?;
    Ok(ExitCode::SUCCESS)
}

fn words(ty: Type) -> &'static [&'static str] {
    match ty {
        Type::Word(words) | Type::Level(words) => words,
        _ => &[],
    }
}

fn shown(fact: &FactDef) -> Shown {
    Shown {
        name: fact.name,
        ty: fact.ty.name(),
        words: words(fact.ty),
        ordered: matches!(fact.ty, Type::Level(_)),
        ops: ops_for(fact.ty),
        source: fact.source,
        fetched: fact.fetched,
        may_be_missing: fact.may_be_missing(),
        description: fact.description,
    }
}

/// The type with its words, e.g. `low < medium < high`.
fn ty(fact: &FactDef) -> String {
    match fact.ty {
        Type::Word(words) => words.join(" | "),
        Type::Level(words) => words.join(" < "),
        other => other.name().to_owned(),
    }
}

/// Every type among the facts with its ops, each once, in the order of the facts.
fn types(facts: &[&FactDef]) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut types: Vec<(&str, Vec<&str>)> = Vec::new();
    for fact in facts {
        if types.iter().all(|(name, _)| *name != fact.ty.name()) {
            types.push((fact.ty.name(), ops_for(fact.ty)));
        }
    }
    types
}

fn table(facts: &[&FactDef], paint: Paint) -> String {
    let mut table = Table::new(&["FACT", "FROM", "WHAT IT IS"]);
    for fact in facts {
        let what = match fact.ty {
            Type::Word(_) | Type::Level(_) => format!("{}: {}", fact.description, ty(fact)),
            _ => format!("{} ({})", fact.description, fact.ty.name()),
        };
        table.row([cell(fact.name), cell(fact.source), cell(what)]);
    }
    let mut ops = Table::new(&["TYPE", "OPS"]);
    for (name, fitting) in types(facts) {
        ops.row([cell(name), cell(fitting.join(", "))]);
    }
    format!("{}\n{}", table.render(paint, ""), ops.render(paint, ""))
}

/// `docs/reference/facts.md`.
fn markdown(facts: &[&FactDef]) -> String {
    let mut out = include_str!("facts/reference.md").to_owned();
    for (name, fitting) in types(facts) {
        out += &format!("| {name} | {} |\n", suggest::list(&fitting));
    }
    let mut source = "";
    for fact in facts {
        if fact.source != source {
            source = fact.source;
            out += &format!(
                "\n## From {source}\n\n| fact | type | meaning | may be missing |\n|---|---|---|---|\n"
            );
        }
        let ty = ty(fact).replace('|', "\\|");
        let missing = if fact.may_be_missing() { "yes" } else { "no" };
        out += &format!("| `{}` | {ty} | {} | {missing} |\n", fact.name, fact.description);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<&'static FactDef> {
        FACTS.iter().collect()
    }

    #[test]
    fn every_fact_is_in_the_table_with_its_words_in_order() {
        let table = table(&all(), Paint::Plain);
        for fact in FACTS {
            assert!(
                table
                    .lines()
                    .any(|line| line.starts_with(&format!("{} ", fact.name))),
                "{}",
                fact.name
            );
        }
        assert!(table.contains("informational < low < medium < high"), "{table}");
        assert!(
            table.lines().all(|line| !line.ends_with('…')),
            "something is cut:\n{table}"
        );
    }

    #[test]
    fn programs_read_type_words_and_ops() {
        let severity = FACTS
            .iter()
            .find(|fact| fact.name == "alert.severity")
            .expect("there is a severity");
        insta::assert_json_snapshot!(shown(severity), @r#"
        {
          "name": "alert.severity",
          "type": "an ordered word",
          "words": [
            "informational",
            "low",
            "medium",
            "high"
          ],
          "ordered": true,
          "ops": [
            "any_of",
            "none_of",
            "at_least",
            "at_most",
            "exists"
          ],
          "source": "the event",
          "fetched": false,
          "may_be_missing": true,
          "description": "how bad the source says it is; any other word is unknown"
        }
        "#);
    }

    #[test]
    fn the_reference_of_facts_is_up_to_date() {
        crate::cli::reference::compare("docs/reference/facts.md", &markdown(&all()));
    }
}
