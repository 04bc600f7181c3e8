//! `--reason`, wherever it is taken: one that is empty is refused before anything is done.

use clap::{Arg, Command};

use crate::cli::operator::release::said;

/// How much of a reason is kept.
const MOST: usize = 500;

/// Lets every `--reason` below `command` refuse what says nothing.
pub(super) fn give(command: Command) -> Command {
    command.mut_args(parsed).mut_subcommands(give)
}

fn parsed(arg: Arg) -> Arg {
    match arg.get_long() == Some("reason") {
        true => arg.value_parser(reason),
        false => arg,
    }
}

fn reason(text: &str) -> Result<String, String> {
    match said(text, MOST).is_empty() {
        true => Err("`--reason` is empty: say in a few words why".to_owned()),
        false => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_reason_that_says_nothing_is_wrong_usage_of_every_command() {
        for line in [
            &["quell", "stop", "--reason", " "][..],
            &["quell", "release", "web-1", "--reason", "\t"],
            &[
                "quell",
                "events",
                "dead",
                "drop",
                "--refused-as",
                "x",
                "--reason",
                "",
            ],
            &["quell", "approvals", "approve", "A-1", "--reason", "\u{200b}"],
        ] {
            let error = crate::cli::command()
                .try_get_matches_from(line)
                .expect_err("it is empty");
            assert_eq!(error.exit_code(), 2, "{line:?}");
            assert!(error.to_string().contains("`--reason` is empty"), "{error}");
        }
    }
}
