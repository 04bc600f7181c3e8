//! `quell man`: the manual pages, one a command, made from the commands themselves with the exit codes and the environment that hold for
//! all of them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap_mangen::Man;

use crate::cli::exit::{Exit, No, TABLE};
use crate::cli::output;
use crate::config::environment;

/// Print a manual page, or write one for each command into a folder
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The page of this command, e.g. `approvals list` [default: the first page]
    #[arg(value_name = "COMMAND", conflicts_with = "into")]
    command: Vec<String>,
    /// Write every page into this folder, as `quell-COMMAND.1`; it is made where it is missing
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

/// One page.
#[derive(Debug)]
pub(super) struct Page {
    /// `quell-approvals-list`.
    pub(super) name: String,
    pub(super) text: Vec<u8>,
}

/// Prints or writes pages: exit code 1 when there is no such command.
///
/// # Errors
/// A page cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let pages = pages().context("the pages cannot be made")?;
    match &args.into {
        Some(folder) => write(folder, &pages)?,
        None => {
            let wanted: Vec<&str> = args
                .command
                .iter()
                .map(String::as_str)
                .filter(|word| *word != "quell")
                .collect();
            let name = ["quell"].into_iter().chain(wanted).collect::<Vec<_>>().join("-");
            let Some(page) = pages.iter().find(|page| page.name == name) else {
                let all: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
                anyhow::bail!(No(format!(
                    "there is no page `{name}`; there are {}",
                    all.join(", ")
                )));
            };
            output::stdout()
                .write_all(&page.text)
                .context("cannot write to standard output")?;
        }
    }
    Ok(Exit::Yes.into())
}

fn write(folder: &Path, pages: &[Page]) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder `{}` cannot be made", folder.display()))?;
    for page in pages {
        let path = folder.join(format!("{}.1", page.name));
        fs::write(&path, &page.text).with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    println!("{} pages are in {}", pages.len(), folder.display());
    Ok(())
}

/// Every page, the first one first.
///
/// # Errors
/// None that a page in memory could meet.
pub(super) fn pages() -> std::io::Result<Vec<Page>> {
    let mut command = super::command();
    command.build();
    let mut pages = Vec::new();
    add(&command, "quell", &mut pages)?;
    Ok(pages)
}

fn add(command: &clap::Command, name: &str, pages: &mut Vec<Page>) -> std::io::Result<()> {
    // Its own name and not its last word alone: `quell-approvals-list(1)`.
    let called = command.clone().display_name(name).disable_help_subcommand(true);
    let man = Man::new(called)
        .title(name.to_uppercase())
        .date("")
        .source(concat!("quell ", env!("CARGO_PKG_VERSION")))
        .manual("Quell");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(&mut text)?;
    }
    let subcommands = || {
        command
            .get_subcommands()
            .filter(|sub| sub.get_name() != "help" && !sub.is_hide_set())
    };
    if subcommands().next().is_some() {
        man.render_subcommands_section(&mut text)?;
    }
    if command.get_after_help().is_some() || command.get_after_long_help().is_some() {
        man.render_extra_section(&mut text)?;
    }
    text.extend(after(name == "quell").into_bytes());
    pages.push(Page {
        name: name.to_owned(),
        text,
    });
    for sub in subcommands() {
        add(sub, &format!("{name}-{}", sub.get_name()), pages)?;
    }
    Ok(())
}

/// What holds for every command: whole on the first page, and where it stands on the others.
fn after(is_first: bool) -> String {
    let mut out = String::new();
    if !is_first {
        out += ".SH \"SEE ALSO\"\n.BR quell (1)\nfor exit codes, environment and files.\n";
        return out;
    }
    out += ".SH \"EXIT STATUS\"\n";
    for (exit, meaning) in TABLE {
        out += &format!(".TP\n.B {}\n{}\n", exit as u8, roff(meaning));
    }
    out += ".SH ENVIRONMENT\n";
    for (name, option, meaning) in environment::TWINS {
        out += &format!(
            ".TP\n.B {}\n{} (the option \\fB\\-\\-{}\\fR)\n",
            roff(name),
            roff(meaning),
            roff(option)
        );
    }
    for (name, meaning) in environment::VARIABLES {
        out += &format!(".TP\n.B {}\n{}\n", roff(name), roff(meaning));
    }
    out += ".SH FILES\n.TP\n.I /etc/quell/quell.yaml\nthe configuration, where no other is named and none lies in the current folder\n";
    out
}

/// Text that roff takes for nothing else.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-").replace('`', "");
    match escaped.starts_with(['.', '\'']) {
        true => format!("\\&{escaped}"),
        false => escaped,
    }
}
