//! `quell actions`: what was, is and will be called, the newest first.

use std::process::ExitCode;

use jiff::Timestamp;

use super::table::{Paint, Table, Tone, cell, short};
use super::{Common, Session};
use crate::cli::watch::{self, Watch};
use crate::desk::actions::{ActionsAsked, Listed};
use crate::desk::words::{ago, ahead};
use crate::domain::action::ActionState;

/// Show actions, the newest first: what was, is and will be called at Defender
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    watch: Watch,
    /// Only of devices whose id begins so
    #[arg(long, value_name = "ID")]
    device: Option<String>,
    /// Only in this state
    #[arg(long, value_parser = state_parser())]
    state: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
}

fn state_parser() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(ActionState::ALL.map(ActionState::as_str))
}

/// Prints actions.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    watch::looks(&args.common, args.watch, "actions", async |session| {
        look(session, &args).await
    })
    .await
}

async fn look(session: &Session, args: &Args) -> anyhow::Result<ExitCode> {
    let asked = ActionsAsked {
        device: args.device.clone(),
        state: args.state.clone(),
        after: None,
        limit: usize::try_from(args.limit)?,
    };
    let actions = session.desk().actions(&asked).await?.items;
    let now = session.store.now().await?;
    let banner = session.banner().await?;
    session.answer(&actions, |paint| {
        let list = match actions.as_slice() {
            [] => "there is no such action\n".to_owned(),
            actions => render(actions, now, paint),
        };
        banner(paint) + &list
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The table of actions.
pub fn render(actions: &[Listed], now: Timestamp, paint: Paint) -> String {
    let length = paint.id_length(actions.iter().map(|listed| listed.action.device.as_str()));
    let mut table = Table::new(&[
        "QUEUED", "DEVICE", "NAME", "KIND", "STATE", "LANE", "CALLS", "BY", "ID", "WHY",
    ])
    .spare(&["CALLS", "LANE", "NAME", "BY"])
    .only_wide(&["ID"])
    .whole(&["DEVICE"]);
    for listed in actions {
        let action = &listed.action;
        table.row([
            cell(ago(now, action.queued_at)),
            cell(short(&action.device, length)),
            cell(action.name.as_deref().unwrap_or("-")),
            cell(action.kind.as_str()),
            (tone(&action.state), action.state.replace('_', " ")),
            cell(action.lane.as_str()),
            cell(action.attempts.to_string()),
            cell(
                action
                    .playbook
                    .as_deref()
                    .and_then(|p| p.split('@').next())
                    .unwrap_or(&action.wanted_by),
            ),
            cell(action.id.to_string()),
            cell(why(listed, now)),
        ]);
    }
    table.render(paint, "")
}

fn tone(state: &str) -> Tone {
    match ActionState::parse(state) {
        Some(ActionState::Succeeded) => Tone::Good,
        Some(ActionState::Failed | ActionState::TimedOut | ActionState::Expired) => Tone::Bad,
        Some(ActionState::InDoubt | ActionState::Cancelled) => Tone::Warn,
        _ => Tone::Usual,
    }
}

fn why(listed: &Listed, now: Timestamp) -> String {
    let action = &listed.action;
    let mut parts = Vec::new();
    if let Some(held) = &listed.held {
        parts.push(format!("held: {}", held.why));
    } else if let (Some(position), Some(at)) = (listed.position, listed.expected_at) {
        let late = if listed.is_late {
            ", after its validity"
        } else {
            ""
        };
        parts.push(format!("number {position}, may leave {}{late}", ahead(now, at)));
    }
    if action.is_adopted {
        parts.push("begun by somebody else".to_owned());
    }
    parts.push(action.error.clone().unwrap_or_else(|| action.reason.clone()));
    if let Some(status) = &action.defender_status {
        parts.push(format!("{status} at Defender"));
    }
    if let Some(at) = action.final_at {
        parts.push(format!("over {}", ago(now, at)));
    }
    parts.join("; ")
}
