//! `quell completion`: what a shell needs to complete commands and options. It is made from the commands themselves.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap_complete::aot;

use crate::cli::output;

/// Print what a shell needs to complete commands and options
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Shell {
    /// For `/etc/bash_completion.d/quell`, or `source <(quell completion bash)`
    Bash,
    /// For a file `_quell` in a folder of `fpath`
    Zsh,
    /// For `~/.config/fish/completions/quell.fish`
    Fish,
}

/// Prints it.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    output::stdout()
        .write_all(&script(args.shell))
        .context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

fn script(shell: Shell) -> Vec<u8> {
    let mut command = super::command();
    let mut script = Vec::new();
    let shell = match shell {
        Shell::Bash => aot::Shell::Bash,
        Shell::Zsh => aot::Shell::Zsh,
        Shell::Fish => aot::Shell::Fish,
    };
    aot::generate(shell, &mut command, "quell", &mut script);
    script
}
