//! What `quell` alone prints: the commands by what somebody wants to do. What each does is taken from the commands themselves.

use std::process::ExitCode;

use crate::cli::exit::Exit;
use crate::cli::operator;
use crate::cli::operator::table::{Paint, Tone, fold};
use crate::cli::terminal;

/// Every command once, by task.
const TASKS: [(&str, &[&str]); 6] = [
    (
        "Look",
        &[
            "status", "devices", "actions", "budget", "caps", "explain", "audit",
        ],
    ),
    (
        "Act",
        &[
            "approvals",
            "stop",
            "resume",
            "release",
            "extend",
            "restrict",
            "isolate",
        ],
    ),
    (
        "Write playbooks",
        &[
            "check",
            "test",
            "plan",
            "fmt",
            "facts",
            "explain-code",
            "schema",
            "playbooks",
        ],
    ),
    ("Practise", &["demo", "drill", "simulate"]),
    (
        "Run it",
        &[
            "run",
            "reload",
            "health",
            "doctor",
            "check-config",
            "login",
            "probe",
            "db",
        ],
    ),
    (
        "Feed it, and the rest",
        &["send", "events", "completion", "man", "version"],
    ),
];

/// Prints the overview.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    let paint = terminal::paint();
    let text = text(paint);
    operator::print(&match paint {
        Paint::Fitted { columns, .. } => fold(&text, columns),
        _ => text,
    })?;
    Ok(Exit::Yes.into())
}

fn text(paint: Paint) -> String {
    let command = super::command();
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut out = format!("{}\n", about(&command));
    for (task, names) in tasks(&command) {
        out += &format!("\n{}\n", paint.tone(Tone::Head, task));
        for sub in names.iter().filter_map(|name| command.find_subcommand(name)) {
            out += &format!("  {:<14}{}\n", sub.get_name(), about(sub));
        }
    }
    out += "\n`quell COMMAND --help` says more, with an example. Begin with `quell demo`, which needs nothing configured.\n";
    out
}

/// The commands by task; one that no task names stands with the rest.
fn tasks(command: &clap::Command) -> Vec<(&'static str, Vec<String>)> {
    let mut tasks: Vec<(&'static str, Vec<String>)> = TASKS
        .iter()
        .map(|(task, names)| (*task, names.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    let all = command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set())
        .map(clap::Command::get_name);
    let unnamed = all.filter(|name| *name != "help" && !TASKS.iter().any(|(_, names)| names.contains(name)));
    let unnamed: Vec<String> = unnamed.map(str::to_owned).collect();
    if let Some((_, names)) = tasks.last_mut() {
        names.extend(unnamed);
    }
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_the_overview_once() {
        let text = text(Paint::Plain);
        let command = crate::cli::command();
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let line = format!("\n  {:<14}", sub.get_name());
            assert_eq!(text.matches(&line).count(), 1, "{}: {text}", sub.get_name());
        }
        for (_, names) in TASKS {
            for name in names {
                assert!(
                    command.find_subcommand(name).is_some(),
                    "there is no command `{name}`"
                );
            }
        }
    }
}
