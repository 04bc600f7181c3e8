//! The command line.

pub mod check;
pub mod check_config;
pub mod cluster;
pub mod send;
pub mod test;

use std::process::ExitCode;

/// Runs the command line and gives the process's exit code.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
