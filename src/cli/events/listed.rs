//! `quell events list` and `show`: what was made of events, the newest first; and one event with what was made of it for each of its
//! devices. Reads only. Why, line by line, is told by `quell explain --event`.

use std::process::ExitCode;

use jiff::Timestamp;
use uuid::Uuid;

use crate::cli::exit::Exit;
use crate::cli::operator::table::{Paint, Table, Tone, cell, plain, short};
use crate::cli::operator::{Common, Session, told};
use crate::cli::watch::{self, Watch};
use crate::desk::decisions::DecisionsAsked;
use crate::desk::explain::Explained;
use crate::desk::explain::explanation::Explanation;
use crate::desk::words::ago;
use crate::domain::decision::DecisionKind;
use crate::store::views::DecidedView;

/// List what was made of events, the newest first: one row for each event and device
///
/// Records that were refused are no events: `quell events dead list` has them.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    watch: Watch,
    /// Only of this device: its name, or the beginning of its id
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Only those of which this was made
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Leave out those by which nothing happened
    #[arg(long)]
    without_skips: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
}

/// Show an event with what was made of it for each of its devices
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    #[command(flatten)]
    common: Common,
    /// Which one, as `quell events list` names it
    #[arg(value_name = "EVENT")]
    event: Uuid,
}

/// What was made of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// A containment began or ended
    Act,
    /// A person was asked first
    Ask,
    /// What would have been done was recorded
    Observe,
    /// A cap or a stop held it: it waits for a person
    Hold,
    /// Nothing
    Skip,
}

impl From<Kind> for DecisionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Act => Self::Act,
            Kind::Ask => Self::Ask,
            Kind::Observe => Self::Observe,
            Kind::Hold => Self::Hold,
            Kind::Skip => Self::Skip,
        }
    }
}

/// Lists them. Exit code 1: no single device is called so.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub(super) async fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    watch::looks(&args.common, args.watch, "events list", async |session| {
        look(session, &args).await
    })
    .await
}

async fn look(session: &Session, args: &ListArgs) -> anyhow::Result<ExitCode> {
    let desk = session.desk();
    let device = match &args.device {
        None => None,
        Some(wanted) => match desk.device_named(wanted).await {
            Ok(device) => Some(device.device),
            Err(error) => return session.refuse(error).await,
        },
    };
    let asked = DecisionsAsked {
        device,
        kind: args.kind.map(DecisionKind::from),
        without_skips: args.without_skips,
        after: None,
        limit: usize::try_from(args.limit)?,
    };
    let page = match told(desk.decisions(&asked).await)? {
        Ok(page) => page,
        Err(no) => return Ok(no),
    };
    let now = session.store.now().await?;
    session.answer(&page.items, |paint| render(&page.items, now, paint))?;
    if page.next.is_some() {
        session.remark(&format!("there are more than {}: raise `--limit`", args.limit));
    }
    Ok(Exit::Yes.into())
}

/// Shows one. Exit code 1: there is no such event.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub(super) async fn show(args: ShowArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let explained = match told(session.desk().event(args.event).await)? {
        Ok(explained) => explained,
        Err(no) => return Ok(no),
    };
    let now = session.store.now().await?;
    session.answer(&explained, |paint| render_one(args.event, &explained, now, paint))?;
    Ok(Exit::Yes.into())
}

fn render(rows: &[DecidedView], now: Timestamp, paint: Paint) -> String {
    if rows.is_empty() {
        return "no event was decided so\n".to_owned();
    }
    let length = paint.id_length(rows.iter().filter_map(|row| row.device.as_deref()));
    let heads = [
        "DECIDED", "DEVICE", "NAME", "DECISION", "WHY", "PLAYBOOK", "SOURCE", "ALERT", "SEVERITY", "EVENT",
        "TITLE",
    ];
    let mut table = Table::new(&heads)
        .spare(&["SEVERITY", "SOURCE", "ALERT", "NAME"])
        .only_wide(&["ALERT", "SOURCE"])
        .whole(&["DEVICE", "EVENT"]);
    let or_none = |text: &Option<String>| cell(text.as_deref().unwrap_or("-"));
    for row in rows {
        table.row([
            cell(ago(now, row.decided_at)),
            cell(
                row.device
                    .as_deref()
                    .map_or("-".to_owned(), |id| short(id, length)),
            ),
            or_none(&row.name),
            (tone(&row.kind), row.kind.clone()),
            cell(row.reason.as_str()),
            or_none(&row.playbook),
            or_none(&row.source),
            or_none(&row.alert_id),
            or_none(&row.severity),
            cell(row.event_id.to_string()),
            or_none(&row.title),
        ]);
    }
    table.render(paint, "")
}

fn tone(kind: &str) -> Tone {
    match kind {
        "ask" | "hold" => Tone::Warn,
        _ => Tone::Usual,
    }
}

fn render_one(event: Uuid, explained: &Explained, now: Timestamp, paint: Paint) -> String {
    let mut out = format!("event {event}\n");
    if let Some(first) = explained.explanations.first() {
        out += &head(first, now);
        let devices = explained
            .explanations
            .iter()
            .filter_map(|one| one.device.as_ref());
        let length = paint.id_length(devices.map(|device| device.as_str()));
        let mut table = Table::new(&["DEVICE", "NAME", "DECISION", "WHY", "DECIDED", "PLAYBOOKS"]);
        for one in &explained.explanations {
            let kind = one.kind.as_str();
            let by = one.playbooks.iter().filter(|told| told.kind.is_some());
            let by: Vec<&str> = by.map(|told| told.playbook.as_str()).collect();
            table.row([
                cell(
                    one.device
                        .as_ref()
                        .map_or("-".to_owned(), |device| short(device.as_str(), length)),
                ),
                cell(one.device_name.as_deref().unwrap_or("-")),
                (tone(kind), kind.to_owned()),
                cell(one.reason.as_str()),
                cell(ago(now, one.at)),
                cell(if by.is_empty() {
                    "-".to_owned()
                } else {
                    by.join(", ")
                }),
            ]);
        }
        out += &table.render(paint, "");
    }
    for line in [&explained.waiting, &explained.refused, &explained.outlived]
        .into_iter()
        .flatten()
    {
        out += &format!("{}\n", plain(line));
    }
    out + &format!("`quell explain --event {event}` tells why, line by line\n")
}

/// The alert behind it, and how it came.
fn head(first: &Explanation, now: Timestamp) -> String {
    let kind = first.event.map_or("", |kind| kind.as_str());
    let title = first.title.as_deref().unwrap_or("no title");
    let source = first.source.as_deref().unwrap_or("a source that is not known");
    let came = first
        .received_at
        .map_or(String::new(), |at| format!(", accepted {}", ago(now, at)));
    format!(
        "alert {} {kind}: {}\nfrom {}{came}\n\n",
        plain(&first.alert_id),
        plain(title),
        plain(source)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_says_what_was_made_of_which_event() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let row = DecidedView {
            event_id: Uuid::nil(),
            decided_at: "2026-11-22T02:58:00Z".parse().expect("a time"),
            device: Some("a1".repeat(20)),
            name: Some("web-1".to_owned()),
            kind: "hold".to_owned(),
            reason: "caps[0]".to_owned(),
            playbook: Some("ransomware".to_owned()),
            set_version: Some(1),
            received_at: None,
            source: Some("http".to_owned()),
            alert_id: Some("da637_1".to_owned()),
            title: None,
            severity: Some("high".to_owned()),
        };
        insta::assert_snapshot!(render(std::slice::from_ref(&row), now, Paint::Plain), @"
        DECIDED    DEVICE        NAME   DECISION  WHY      PLAYBOOK    SEVERITY  EVENT                                 TITLE
        2 min ago  a1a1a1a1a1a1  web-1  hold      caps[0]  ransomware  high      00000000-0000-0000-0000-000000000000  -
        ");
        let usual = Paint::Fitted {
            columns: 80,
            is_coloured: false,
        };
        insta::assert_snapshot!(render(&[row], now, usual), @"
        DECIDED    DEVICE        DECISION  WHY      EVENT
        2 min ago  a1a1a1a1a1a1  hold      caps[0]  00000000-0000-0000-0000-000000000000
        ");
        assert_eq!(render(&[], now, Paint::Plain), "no event was decided so\n");
    }
}
