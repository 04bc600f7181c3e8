//! JSON Schemas of playbooks and of their tests, for editors, made from the tables that the parser reads: the facts, the
//! ops of each type, the actions and the ranges. `quell schema` prints them, and `playbooks/.schema` holds them as files.
//!
//! A schema may let pass what `quell check` refuses, and never refuses what it accepts: tests hold it to that.

mod lines;
mod terms;
mod test_file;

pub use lines::OP_MEANINGS;

use crate::yaml::schema::Schema;

/// What an id looks like.
const ID_PATTERN: &str = "^[a-z0-9][a-z0-9-]{0,62}$";

/// The schema of a playbook, as a file.
pub fn playbook() -> String {
    let whole = terms::playbook().with("definitions", lines::definitions());
    whole.file()
}

/// The schema of a test file, as a file.
pub fn test() -> String {
    test_file::test().file()
}

/// What a text with fill-ins must look like: no brace without its partner, and only facts between them.
fn filled_text(description: &str) -> Schema {
    let names: Vec<_> = super::facts::FACTS
        .iter()
        .map(|fact| fact.name.replace('.', "\\."))
        .collect();
    let pattern = format!("^([^{{}}]|\\{{\\{{|\\}}\\}}|\\{{({})\\}})*$", names.join("|"));
    Schema::text(description)
        .not_blank()
        .at_most(super::text::TEXT_CHARS)
        .pattern(
            &pattern,
            "a brace fills in a fact, as in `{alert.id}`; write `{{` or `}}` for a brace itself",
        )
}

#[cfg(test)]
mod test_file_tests;
#[cfg(test)]
mod tests;
