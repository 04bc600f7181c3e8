//! `quell actions`: what was, is and will be called, the newest first.

use std::process::ExitCode;

use jiff::Timestamp;

use super::span::{ago, ahead};
use super::table::{Paint, Table, Tone, cell, short, short_length};
use super::{Common, Session};
use crate::domain::action::ActionState;
use crate::store::views::{ActionQuery, ActionView};

/// Show actions, the newest first: what was, is and will be called at Defender
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
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
    let session = Session::open(&args.common).await?;
    let query = ActionQuery {
        device: args.device,
        id: None,
        state: args.state,
        limit: args.limit,
    };
    let actions = session.store.actions(session.id, &query).await?;
    let now = session.store.now().await?;
    session.answer(&actions, |paint| match actions.as_slice() {
        [] => "there is no such action\n".to_owned(),
        actions => render(actions, now, paint),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The table of actions.
pub fn render(actions: &[ActionView], now: Timestamp, paint: Paint) -> String {
    let length = short_length(actions.iter().map(|action| action.device.as_str()));
    let mut table = Table::new(&[
        "QUEUED", "DEVICE", "NAME", "KIND", "STATE", "LANE", "CALLS", "BY", "WHY",
    ]);
    for action in actions {
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
            cell(why(action, now)),
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

fn why(action: &ActionView, now: Timestamp) -> String {
    let mut parts = Vec::new();
    if action.state == "queued" && action.not_before > now {
        parts.push(format!("called {}", ahead(now, action.not_before)));
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
