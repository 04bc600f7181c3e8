//! `quell isolate`: a person isolates a device from the network by hand, under the very guards of `quell restrict`.

use std::process::ExitCode;

use super::restrict;
use crate::domain::measure::{Isolation, Measure};

/// Isolate a device from the network by hand, for a time
///
/// The same guards hold as for playbooks and for `quell restrict`. An isolation takes more from a user than a restriction, and
/// leaves it as it is: a device may be both.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    hand: restrict::Args,
    /// How much is cut off
    #[arg(long = "type", value_enum, default_value_t, value_name = "TYPE")]
    isolation: HandIsolation,
}

/// How much is cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum HandIsolation {
    /// Everything but Defender
    #[default]
    Full,
    /// Everything but Defender, Outlook, Teams and Skype for Business; Windows only
    Selective,
}

/// Isolates a device: exit code 5 when a guard refuses, 1 when there is no such device.
///
/// # Errors
/// The configuration cannot be used, the name is not one, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let isolation = match args.isolation {
        HandIsolation::Full => Isolation::Full,
        HandIsolation::Selective => Isolation::Selective,
    };
    restrict::contain(args.hand, Measure::Isolation, Some(isolation)).await
}
