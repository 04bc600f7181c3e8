//! `quell health`: asks the daemon of this machine whether it lives, or takes events. For HEALTHCHECK of containers and for units of
//! systemd: it reads the configuration and asks once; Postgres it never asks.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::cli::daemon;
use crate::cli::exit::Exit;
use crate::cli::form::Output;
use crate::cli::operator;
use crate::cli::operator::table::plain;

/// Ask the daemon of this machine whether it lives, or is ready for events
///
/// Exit code 0: it does; 1: it answers no; 3: it does not answer. A container is to be started anew when it does not live; one that is
/// only not ready, as Postgres is away, comes back by itself.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Ask this address instead of the configuration's
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Ask whether it takes events, too: Postgres answers it and has the migrations of its version
    #[arg(long)]
    ready: bool,
    /// Wait so many seconds for the answer
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// What the daemon answered.
#[derive(Debug, Serialize)]
struct Health {
    /// Where it was asked.
    asked: String,
    /// Whether it lives, or is ready.
    is_healthy: bool,
    /// Its status.
    status: u16,
    /// What it said.
    said: Vec<String>,
}

/// Asks.
///
/// # Errors
/// There is no configuration, or no answer.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let address = match args.to {
        Some(to) => to,
        None => daemon::address(&operator::configuration(args.config.as_deref())?.0.http)?,
    };
    let path = if args.ready { "/readyz" } else { "/livez" };
    let poster = daemon::poster(&address, path, None)?;
    let Ok(reply) = tokio::time::timeout(Duration::from_secs(args.timeout), poster.get()).await else {
        anyhow::bail!("no answer from {address} within {} s", args.timeout);
    };
    let reply = reply?;
    let text = String::from_utf8_lossy(&reply.body);
    let health = Health {
        asked: format!("{}{path}", address.trim_end_matches('/')),
        is_healthy: reply.status == 200,
        status: reply.status,
        said: text
            .lines()
            .take(20)
            .map(|line| plain(line).chars().take(300).collect())
            .collect(),
    };
    operator::answer(args.output, &health, |_| {
        let said = health.said.join("\n");
        match (said.is_empty(), health.is_healthy) {
            (true, _) => format!("status {}\n", health.status),
            (false, true) => format!("{said}\n"),
            (false, false) => format!("status {}: {said}\n", health.status),
        }
    })?;
    Ok(match health.is_healthy {
        true => Exit::Yes,
        false => Exit::No,
    }
    .into())
}
