//! `docs/reference/cli.md`, printed from the commands; and whether shells and `man` take what is made from them. Tests only.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::cli::exit::TABLE;
use crate::cli::{man, twins};
use crate::config::environment;

const INTRODUCTION: &str = "# Commands

Printed from the program by a test; `quell COMMAND --help` and `quell man COMMAND` say the same.

Commands that look or act go through Postgres with the daemon's configuration, and work while no daemon runs. Answers go to standard
output, everything else to standard error.

## Forms of an answer
| `-o` | what is printed |
|---|---|
| `table` | aligned columns, with relative times. On a terminal they are fitted to its width: columns that can be spared go first, then the widest texts are cut. On a pipe nothing is cut to a width, unless `COLUMNS` is set |
| `wide` | every column, whole ids, nothing cut |
| `json` | one document, with RFC 3339 times: the same as the API's |
| `yaml` | the same as YAML |
| `jsonl` | of a list one object a line; of anything else one line |
| `name` | of each row what names it, one a line: `quell devices -o name \\| xargs -n 1 …` |

`--watch`, or `--watch=SECONDS`, shows it again and again: on a terminal as a screen on which what is new is marked and the age of what is
shown stands; `q` leaves, `space` looks at once, `j` and `k` move. It goes on when Postgres is away. On a pipe one block after another is
printed; with `-o json` and `-o jsonl` each look is a line.

";

fn page() -> String {
    let mut command = crate::cli::command().term_width(100);
    command.build();
    let mut page = INTRODUCTION.to_owned();
    page += "## Exit codes\n| code | meaning |\n|---|---|\n";
    for (exit, meaning) in TABLE {
        let _ = writeln!(page, "| {} | {meaning} |", exit as u8);
    }
    page += "\n## Environment\nAn option that is typed wins over its variable; a variable that is set to nothing counts as not set. `stop`, `resume` and \
             `audit` take their tenant from the command line alone: without one they mean every tenant.\n\n| variable | stands in for | says |\n|---|---|---|\n";
    for (name, option, meaning) in environment::TWINS {
        let _ = writeln!(page, "| `{name}` | `--{option}` | {meaning} |");
    }
    for (name, meaning) in environment::VARIABLES {
        let _ = writeln!(page, "| `{name}` | | {meaning} |");
    }
    section(&mut command, "quell", &mut page);
    page
}

fn section(command: &mut clap::Command, name: &str, page: &mut String) {
    let help = command
        .clone()
        .term_width(100)
        .bin_name(name)
        .render_long_help()
        .to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(
        page,
        "\n## {name}\n```text\n{}\n```\n",
        help.join("\n").trim_end()
    );
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for sub in names.iter().filter(|sub| *sub != "help") {
        if let Some(below) = command.find_subcommand_mut(sub) {
            section(below, &format!("{name} {sub}"), page);
        }
    }
}

#[test]
fn the_reference_of_commands_is_up_to_date() {
    super::compare("docs/reference/cli.md", &page());
}

#[test]
fn every_option_with_a_variable_says_so_in_its_help() {
    let page = page();
    for (name, option, _) in environment::TWINS {
        assert!(page.contains(&format!("[env: {name}]")), "--{option}");
    }
    let command = crate::cli::command();
    let all = command.get_subcommands().flat_map(|sub| {
        let top = sub.get_name();
        sub.get_arguments()
            .filter_map(move |arg| twins::variable(arg, top))
    });
    assert!(all.count() > 30, "most commands take them");
}

fn ran(program: &str, arguments: &[&str]) -> Option<Output> {
    Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .ok()
}

fn quell_completes(shell: &str, folder: &Path) -> std::path::PathBuf {
    let path = folder.join(format!("quell.{shell}"));
    let mut command = crate::cli::command();
    let mut script = Vec::new();
    let of = shell.parse::<clap_complete::Shell>().expect("it is a shell");
    clap_complete::generate(of, &mut command, "quell", &mut script);
    std::fs::write(&path, script).expect("the folder is ours");
    path
}

#[test]
fn bash_completes_commands_options_and_values() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = quell_completes("bash", folder.path());
    let completed = |words: &str| {
        let count = words.split(' ').count();
        let script = format!(
            "set -eu; source {}; COMP_WORDS=({words}); COMP_CWORD={}; COMPREPLY=(); _quell quell \"${{COMP_WORDS[$COMP_CWORD]}}\" \
             \"${{COMP_WORDS[$COMP_CWORD-1]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            path.display(),
            count - 1
        );
        let output =
            ran("bash", &["-c", &script]).expect("there is a bash on every machine that builds this");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words}: {said}");
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(completed("quell stat"), ["status"]);
    assert_eq!(completed("quell approvals app"), ["approve"]);
    assert_eq!(completed("quell status --wat"), ["--watch"]);
    assert_eq!(completed("quell status --output j"), ["json", "jsonl"]);
}

#[test]
fn shells_that_are_there_take_their_completions() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let path = quell_completes(shell, folder.path());
        let Some(output) = ran(shell, &[check, &path.display().to_string()]) else {
            eprintln!("skipped: there is no {shell} on this machine");
            continue;
        };
        assert!(
            output.status.success(),
            "{shell}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn fish_completes_commands_options_and_values() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = quell_completes("fish", folder.path());
    let completed = |words: &str| {
        let script = format!("source {}; complete --do-complete '{words}'", path.display());
        let output = ran("fish", &["--no-config", "-c", &script])?;
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "",
            "the script is taken without a word"
        );
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let first = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
        Some(said.lines().map(first).collect::<Vec<_>>())
    };
    let Some(found) = completed("quell stat") else {
        eprintln!("skipped: there is no fish on this machine");
        return;
    };
    assert_eq!(found, ["status"]);
    assert_eq!(completed("quell approvals app"), Some(vec!["approve".to_owned()]));
    assert_eq!(completed("quell status --wat"), Some(vec!["--watch".to_owned()]));
    let forms = completed("quell status --output js").unwrap_or_default();
    assert!(forms.iter().any(|form| form.ends_with("jsonl")), "{forms:?}");
}

#[test]
fn zsh_loads_what_completes() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = quell_completes("zsh", folder.path());
    let script = format!(
        "autoload -U compinit && compinit -u -D && source {} && whence -w _quell && print ${{_comps[quell]}}",
        path.display()
    );
    let Some(output) = ran("zsh", &["-f", "-c", &script]) else {
        eprintln!("skipped: there is no zsh on this machine");
        return;
    };
    let (out, said) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(out, "_quell: function\n_quell\n", "{said}");
}

/// Whether or not these shells are there: each command and each of its options stands in their scripts.
#[test]
fn the_scripts_of_zsh_and_fish_know_every_command_and_option() {
    fn walk(command: &clap::Command, path: &[&str], zsh: &str, fish: &str) {
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            let path = [path, &[sub.get_name()]].concat();
            let name = path.join("__subcmd__");
            assert!(
                zsh.contains(&format!("_quell__subcmd__{name}_commands()")),
                "zsh: {path:?}"
            );
            assert!(
                fish.contains(&format!("-a \"{}\"", sub.get_name())),
                "fish: {path:?}"
            );
            for long in sub
                .get_arguments()
                .filter(|arg| !arg.is_hide_set())
                .filter_map(clap::Arg::get_long)
            {
                assert!(zsh.contains(&format!("--{long}")), "zsh: {path:?} --{long}");
                let top = format!("__fish_quell_using_subcommand {}", path[0]);
                let mut lines = fish.lines().filter(|line| line.contains(&top));
                let option = format!(" -l {long}");
                let has = |line: &str| {
                    let rest = line.split_once(&option).map(|(_, rest)| rest);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                };
                // clap's script for fish knows options two commands deep.
                assert!(path.len() > 2 || lines.any(has), "fish: {path:?} --{long}");
            }
            // In fish's script they stand between double quotes, and nothing there sets them off.
            for value in sub.get_arguments().flat_map(clap::Arg::get_possible_values) {
                let help = value.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.contains(['"', '$']), "fish: {path:?}: {help}");
            }
            walk(sub, &path, zsh, fish);
        }
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let script = |shell| {
        let path = quell_completes(shell, folder.path());
        std::fs::read_to_string(path).expect("it was written a moment ago")
    };
    let (zsh, fish) = (script("zsh"), script("fish"));
    assert!(zsh.starts_with("#compdef quell\n"), "a file in `fpath` begins so");
    walk(&crate::cli::command(), &[], &zsh, &fish);
}

#[test]
fn every_command_has_a_page_that_man_takes_without_a_warning() {
    let pages = man::pages().expect("they are made in memory");
    let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    for name in [
        "quell",
        "quell-status",
        "quell-approvals-list",
        "quell-events-dead-retry",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
    let first = String::from_utf8_lossy(&pages[0].text).into_owned();
    for section in [
        ".SH NAME",
        ".SH SYNOPSIS",
        ".SH \"EXIT STATUS\"",
        ".SH ENVIRONMENT",
        ".SH FILES",
    ] {
        assert!(first.contains(section), "{section} is not in\n{first}");
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    for page in &pages {
        let path = folder.path().join(format!("{}.1", page.name));
        std::fs::write(&path, &page.text).expect("the folder is ours");
        let file = path.display().to_string();
        // groff says what man would show, and what is wrong; it comes with every man.
        let Some(output) = ran("groff", &["-k", "-man", "-Tutf8", "-ww", "-z", &file]) else {
            eprintln!("skipped: there is no groff on this machine");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && said.is_empty(),
            "{}: {said}",
            page.name
        );
    }
}
