//! Options that an environment variable can give, and what clap makes of them. The table of variables stands in
//! [`environment::TWINS`]; here is said which options of which commands they stand in for.

use clap::{Arg, Command};

use crate::config::environment;

/// Commands that mean more than one tenant where none is named: a variable that is forgotten must not make less of them.
const EVERY_TENANT: [&str; 3] = ["stop", "resume", "audit"];

/// Commands that do more with a configuration than without: they are told on the command line.
const WITHOUT_CONFIG: [&str; 1] = ["check"];

/// The commands that ask the daemon: others call something else so.
const ASK_THE_DAEMON: [&str; 3] = ["send", "reload", "health"];

/// Gives each option its variable, in all commands below `command`.
pub(super) fn give(command: Command) -> Command {
    below(command, "")
}

fn below(command: Command, top: &str) -> Command {
    let command = command.mut_args(|arg| with_twin(arg, top));
    command.mut_subcommands(|sub| {
        let name = sub.get_name().to_owned();
        let top = if top.is_empty() { name } else { top.to_owned() };
        below(sub, &top)
    })
}

fn with_twin(arg: Arg, top: &str) -> Arg {
    let Some(name) = variable(&arg, top) else {
        return arg;
    };
    // clap would take a variable that is set to nothing for a value.
    if environment::is_empty(name) {
        return arg;
    }
    arg.env(name).hide_env_values(true)
}

/// The variable that stands in for this option of this command.
pub(super) fn variable(arg: &Arg, top: &str) -> Option<&'static str> {
    let long = arg.get_long()?;
    let (name, ..) = environment::TWINS.iter().find(|(_, option, _)| *option == long)?;
    let holds = match long {
        "config" => !WITHOUT_CONFIG.contains(&top),
        "tenant" => !EVERY_TENANT.contains(&top),
        // Where other forms are printed, the option is another one.
        "output" => arg
            .get_possible_values()
            .iter()
            .any(|value| value.get_name() == "jsonl"),
        _ => ASK_THE_DAEMON.contains(&top),
    };
    holds.then_some(name)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn variables(path: &[&str]) -> Vec<&'static str> {
        let mut command = crate::cli::Cli::command();
        for name in path {
            command = command
                .find_subcommand(name)
                .expect("there is such a command")
                .clone();
        }
        command
            .get_arguments()
            .filter_map(|arg| variable(arg, path[0]))
            .collect()
    }

    #[test]
    fn a_variable_stands_in_for_an_option_where_both_mean_the_same() {
        assert_eq!(
            variables(&["status"]),
            ["QUELL_CONFIG", "QUELL_TENANT", "QUELL_OUTPUT"]
        );
        assert_eq!(variables(&["run"]), ["QUELL_CONFIG"]);
        assert_eq!(variables(&["send"]), ["QUELL_URL", "QUELL_TOKEN_FILE"]);
        assert!(variables(&["reload"]).contains(&"QUELL_URL"));
    }

    #[test]
    fn a_variable_never_makes_less_of_a_stop_or_an_audit() {
        for command in EVERY_TENANT {
            assert!(!variables(&[command]).contains(&"QUELL_TENANT"), "{command}");
        }
    }
}
