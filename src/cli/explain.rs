//! `quell explain`: why quell did or did not act. For an event, an alert, a device or an action from what was recorded, by
//! the playbooks of that day; for a file of events by the playbooks at hand. Reads only.

pub mod action;
pub mod device;
pub mod file;
pub mod page;
pub mod render;

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use uuid::Uuid;

use crate::cli::operator::table::Tone;
use crate::cli::operator::{self, Common, Session, told};
use crate::desk::explain::Explained;
use crate::domain::action::Marker;
use crate::intake::alert_id;
use page::Page;

/// Explain why quell did or did not act: every playbook, every line with what it saw, guards, limits and what followed
///
/// What was decided is explained from what was recorded, by the playbooks of that day. A file of events is tried out by the
/// playbooks at hand, and nothing is called or changed.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["file", "event", "alert", "device", "action"])))]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Try out the events of this file: one JSON object, an array, or one object a line; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Explain what was decided of this event
    #[arg(long, value_name = "ID", value_parser = event_id)]
    event: Option<Uuid>,
    /// Explain what was decided of this alert, whatever feed it came through
    #[arg(long, value_name = "ID")]
    alert: Option<String>,
    /// Explain how this device stands: its name, or the beginning of its id
    #[arg(long, value_name = "ID")]
    device: Option<String>,
    /// Explain this action: its id, or the marker in its comment at Defender
    #[arg(long, value_name = "ID", value_parser = action_id)]
    action: Option<Uuid>,
    /// Also every line of playbooks that plainly did not match
    #[arg(long)]
    all: bool,
    /// Playbooks to try the file's events with [default: the configuration's]
    #[arg(long, value_name = "PATH", requires = "file", conflicts_with_all = STORED)]
    playbooks: Option<PathBuf>,
    /// Facts of the device, as tests write them: `device: {kind: server, tags: []}` [default: the inventory's]
    #[arg(long, value_name = "FILE", requires = "file", conflicts_with_all = STORED)]
    facts: Option<PathBuf>,
    /// Read the file as this source of the configuration would, by its mapping, and judge it by the source's trust [default: as `POST /v1/events` reads]
    #[arg(long, value_name = "NAME", requires = "file", conflicts_with_all = STORED)]
    source: Option<String>,
    /// Move all time stamps of the file's events so that they happened now
    #[arg(long, requires = "file", conflicts_with_all = STORED)]
    restamp: bool,
}

/// What is explained from records: nothing can be tried out with it. (`requires` alone is waived by clap, as these exclude
/// the file.)
const STORED: [&str; 4] = ["event", "alert", "device", "action"];

fn event_id(text: &str) -> Result<Uuid, String> {
    let id = text.parse();
    id.map_err(|_| "an event's id is a UUID; `--alert` takes an alert's id, of any feed".to_owned())
}

/// Explains: exit code 1 when there is no such thing.
///
/// # Errors
/// The configuration, a file or a record cannot be read, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let common = &args.common;
    if let Some(file) = args.file {
        let trial = file::Trial {
            file,
            playbooks: args.playbooks,
            facts: args.facts,
            source: args.source,
            restamp: args.restamp,
        };
        let (answer, now) = file::run(&trial, common).await?;
        operator::answer(common.output(), &answer, |paint| {
            page(&answer, now, args.all).render(paint)
        })?;
        return Ok(
            match (answer.refused.is_empty(), answer.explanations.is_empty()) {
                (true, false) => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            },
        );
    }
    let session = Session::open(common).await?;
    if let Some(action) = args.action {
        return action::run(&session, action, args.all).await;
    }
    if let Some(device) = &args.device {
        return device::run(&session, device, args.all).await;
    }
    let desk = session.desk();
    let found = match (args.event, &args.alert) {
        (Some(event), _) => desk.event(event).await,
        (None, alert) => {
            let id = alert_id::canonical(alert.as_deref().unwrap_or_default());
            desk.alert(id).await
        }
    };
    let answer = match told(found)? {
        Ok(answer) => answer,
        Err(no) => return Ok(no),
    };
    let now = session.store.now().await?;
    session.answer(&answer, |paint| page(&answer, now, args.all).render(paint))?;
    Ok(ExitCode::SUCCESS)
}

/// The answer as text.
fn page(answer: &Explained, now: Timestamp, all: bool) -> Page {
    let mut page = Page::default();
    let rest = answer
        .waiting
        .iter()
        .chain(&answer.refused)
        .chain(&answer.outlived);
    for line in rest {
        page.line(0, Tone::Warn, line);
    }
    let said_before = !(answer.waiting.is_empty() && answer.refused.is_empty() && answer.outlived.is_empty());
    for (index, explanation) in answer.explanations.iter().enumerate() {
        if index > 0 || said_before {
            page.gap();
        }
        render::explanation(explanation, now, all, &mut page);
    }
    page
}

/// An action's id as quell writes it: the UUID, the ULID of the marker, or the whole marker.
fn action_id(text: &str) -> Result<Uuid, String> {
    let inner = text.trim().trim_start_matches("[quell:").trim_end_matches(']');
    let ulid = inner.split('.').next().unwrap_or(inner);
    inner
        .parse()
        .ok()
        .or_else(|| Marker::read(&format!("[quell:{ulid}.1]")).map(|marker| marker.action))
        .ok_or_else(|| {
            "an action's id is a UUID, or the marker of its comment such as `[quell:01JD3Q….1]`".to_owned()
        })
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
