//! `quell events dead`: the records that quell refused and the events that it could not decide. Nothing of them is lost: they are
//! listed, shown byte by byte, read again by this version, or put away with a reason.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use uuid::Uuid;

use crate::cli::operator::release::{operator, said, typed};
use crate::cli::operator::table::{Paint, Table, cell, plain};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::cli::output;
use crate::cli::since::Since;
use crate::cli::sure::Sure;
use crate::desk::letter_ends::{Done, Way};
use crate::desk::words::{ago, ahead, counted};
use crate::store::HeldEvent;
use crate::store::dead_letters::{Letter, LetterFilter};

/// At most so many letters in one go.
const MOST: i64 = 10_000;

/// So many events that are held after a panic are named beside them.
const HELD: i64 = 20;

/// What can be done with dead letters.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List them, the newest first
    List(ListArgs),
    /// Show one with its bytes
    Show(ShowArgs),
    /// Read them again, as if they had just arrived
    Retry(EndArgs),
    /// Put them away: nothing is to come of them. Their rows stay
    Drop(EndArgs),
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    common: Common,
    /// Those too that were read again or put away
    #[arg(long)]
    all: bool,
    /// Only those that came since: 2h, 1d, or a time
    #[arg(long, value_name = "WHEN")]
    since: Option<Since>,
    /// Only those refused as this: `unknown_shape`, `broken_json`, …
    #[arg(long, value_name = "NAME")]
    refused_as: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=MOST))]
    limit: i64,
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    #[command(flatten)]
    common: Common,
    /// Which one
    #[arg(value_name = "ID")]
    id: Uuid,
    /// Write its bytes as they came, and nothing else
    #[arg(long)]
    raw: bool,
}

#[derive(Debug, clap::Args)]
pub struct EndArgs {
    #[command(flatten)]
    common: Common,
    /// Which ones
    #[arg(
        value_name = "ID",
        required_unless_present = "refused_as",
        conflicts_with = "refused_as"
    )]
    ids: Vec<Uuid>,
    /// All that were refused as this: `unknown_shape`, `broken_json`, …
    #[arg(long, value_name = "NAME")]
    refused_as: Option<String>,
    #[command(flatten)]
    sure: Sure,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Runs one. Exit code 1: there is no such letter, or some of them stay.
///
/// # Errors
/// The configuration cannot be used, the reason or the name is wrong, or Postgres is away.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list(args).await,
        Command::Show(args) => show(args).await,
        Command::Retry(args) => end(args, Way::Retry).await,
        Command::Drop(args) => end(args, Way::Drop).await,
    }
}

async fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let now = session.store.now().await?;
    let filter = LetterFilter {
        all: args.all,
        id: None,
        since: args.since.map(|since| since.time(now)).transpose()?,
        reason: args.refused_as,
        limit: args.limit,
    };
    let letters = session.store.dead_letters(session.id, &filter).await?;
    session.answer(&letters, |paint| render(&letters, now, paint))?;
    // They are none yet, and whoever looks here for an event that led to nothing looks for them too.
    for held in session.store.inbox_held(session.id, HELD).await? {
        session.remark(&of_held(&held, now));
    }
    Ok(ExitCode::SUCCESS)
}

/// An event that is held after a panic, in one line.
fn of_held(held: &HeldEvent, now: Timestamp) -> String {
    let again = held
        .tried_at
        .map(|at| format!(", tried again {}", ahead(now, at)))
        .unwrap_or_default();
    let behind = match held.behind {
        0 => String::new(),
        n => format!(", {} of its device behind it", counted(n, "event")),
    };
    plain(&format!(
        "not a dead letter: event {} from {} for {} is held since the decider panicked over it {}{again}{behind}",
        held.event,
        held.source,
        held.device,
        ago(now, held.since)
    ))
}

async fn show(args: ShowArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let look = match session.desk().letter_whole(args.id).await {
        Ok(look) => look,
        Err(error) => return session.refuse(error).await,
    };
    let Some((letter, payload)) = look else {
        return Ok(nothing_done(&format!("there is no dead letter `{}`", args.id)));
    };
    if args.raw {
        output::stdout()
            .write_all(&payload)
            .context("cannot write to standard output")?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = session.store.now().await?;
    session.answer(&letter, |_| render_one(&letter, &payload, now))?;
    Ok(ExitCode::SUCCESS)
}

async fn end(args: EndArgs, way: Way) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        return Ok(nothing_done("`--reason` is empty: say in a few words why"));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let ids = match args.refused_as {
        // Each is named.
        None => args.ids,
        Some(reason) => {
            let filter = LetterFilter {
                reason: Some(reason),
                limit: MOST,
                ..LetterFilter::default()
            };
            let letters = session.store.dead_letters(session.id, &filter).await?;
            let does = match way {
                Way::Retry => "read again",
                Way::Drop => "put away",
            };
            if let Some(no) = args.sure.of(does, letters.len(), "dead letter")? {
                return Ok(no);
            }
            letters.iter().rev().map(|letter| letter.id).collect()
        }
    };
    let (desk, by) = (session.desk(), typed(by, reason));
    let mut done = Vec::with_capacity(ids.len());
    for id in ids {
        match desk.letter_end(id, way, &by).await {
            Ok(one) => done.push(one),
            Err(error) => return session.refuse(error).await,
        }
    }
    session.answer(&done, |_| render_done(&done))?;
    let all = done.iter().all(|one| one.outcome != "refused");
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn render(letters: &[Letter], now: Timestamp, paint: Paint) -> String {
    if letters.is_empty() {
        return "no dead letters\n".to_owned();
    }
    let mut table = Table::new(&["ID", "CAME", "FROM", "BYTES", "BECAME", "WHY"])
        .spare(&["BYTES", "BECAME"])
        .whole(&["ID"]);
    for letter in letters {
        table.row([
            cell(letter.id.to_string()),
            cell(ago(now, letter.received_at)),
            cell(letter.source.clone()),
            cell(format!(
                "{}{}",
                letter.bytes,
                if letter.is_cut { " (cut)" } else { "" }
            )),
            cell(became(letter)),
            cell(letter.reason.clone()),
        ]);
    }
    table.render(paint, "")
}

fn became(letter: &Letter) -> String {
    match &letter.end {
        None => "-".to_owned(),
        Some(end) => format!("{} by {}", end.ended_as, plain(&end.by)),
    }
}

fn render_one(letter: &Letter, payload: &[u8], now: Timestamp) -> String {
    let mut out = format!(
        "dead letter {}, from {}, {}\nwhy: {}\n",
        letter.id,
        plain(&letter.source),
        ago(now, letter.received_at),
        plain(&letter.reason)
    );
    if let Some(event) = letter.event_id {
        out += &format!(
            "event {event}, device {}\n",
            letter.device_id.as_deref().unwrap_or("-")
        );
    }
    if let Some(end) = &letter.end {
        out += &format!("{} by {}: {}\n", end.ended_as, plain(&end.by), plain(&end.reason));
        if let Some(event) = end.event_id {
            out += &format!("it is event {event} now: `quell explain --event {event}`\n");
        }
    } else {
        let way = "`quell events dead retry` reads it again, `quell events dead drop` puts it away\n";
        out += way;
    }
    out += if letter.is_cut {
        "its first 64 KiB:\n\n"
    } else {
        "its bytes:\n\n"
    };
    for line in String::from_utf8_lossy(payload).lines() {
        out += &plain(line);
        out.push('\n');
    }
    out
}

fn render_done(done: &[Done]) -> String {
    let mut out = String::new();
    for one in done {
        out += &match (one.outcome, &one.event_id, &one.note) {
            ("refused", _, note) => format!("{}  stays: {}\n", one.id, plain(note.as_deref().unwrap_or("-"))),
            (outcome, Some(event), None) => format!("{}  {outcome}: event {event}\n", one.id),
            (outcome, Some(event), Some(note)) => format!("{}  {outcome}: event {event}; {note}\n", one.id),
            (outcome, None, _) => format!("{}  {outcome}\n", one.id),
        };
    }
    if done.is_empty() {
        out.push_str("no dead letter was refused so\n");
    }
    out
}
