//! `quell schema`: prints the JSON Schema of a kind of file, for editors. It reads nothing.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;

use super::output;
use crate::{config, intake, playbook};

/// Print the JSON Schema of playbooks, their tests, the configuration or events, for editors and senders
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of which kind of file
    kind: Kind,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// A playbook
    Playbook,
    /// The tests beside a playbook
    Test,
    /// The configuration
    Config,
    /// An event in Quell's own shape
    Event,
}

impl Kind {
    fn text(self) -> String {
        match self {
            Self::Playbook => playbook::schema::playbook(),
            Self::Test => playbook::schema::test(),
            Self::Config => config::schema::config(),
            Self::Event => intake::event_schema(),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    output::stdout()
        .write_all(args.kind.text().as_bytes())
        .context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod pages;

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    /// Where each schema stands in the repository.
    fn committed(kind: Kind) -> &'static str {
        match kind {
            Kind::Playbook => "playbooks/.schema/playbook.v1.json",
            Kind::Test => "playbooks/.schema/test.v1.json",
            Kind::Config => "config/.schema/config.v1.json",
            Kind::Event => "config/.schema/event.v1.json",
        }
    }

    #[test]
    fn the_schemas_of_the_reference_are_those_that_the_program_prints() {
        for kind in Kind::value_variants() {
            crate::cli::reference::compare(committed(*kind), &kind.text());
        }
    }
}
