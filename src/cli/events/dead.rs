//! `quell events dead`: the records that quell refused and the events that it could not decide. Nothing of them is lost: they are
//! listed, shown byte by byte, read again by this version, or put away with a reason.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::cli::operator::release::{operator, said};
use crate::cli::operator::table::{Paint, Table, cell, plain};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::cli::output;
use crate::cli::since::Since;
use crate::desk::words::ago;
use crate::domain::incoming::Incoming;
use crate::domain::trust::Trust;
use crate::intake::Reader;
use crate::intake::body::{Lines, split_for};
use crate::store::dead_letters::{Ending, Letter, LetterFilter};

/// At most so many letters in one go.
const MOST: i64 = 10_000;

/// The name of the listener's own source.
const LISTENER: &str = "webhook";

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
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER or LOGNAME]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// What became of one letter.
#[derive(Debug, Serialize)]
struct Done {
    id: Uuid,
    /// `retried`, `dropped`, or `refused`: it stays.
    outcome: &'static str,
    /// The event that it is now.
    event_id: Option<Uuid>,
    /// Why it stays, or what to know of it.
    note: Option<String>,
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Retry,
    Drop,
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
    Ok(ExitCode::SUCCESS)
}

async fn show(args: ShowArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let Some((letter, payload)) = look(&session, args.id).await? else {
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
        None => args.ids,
        Some(reason) => {
            let filter = LetterFilter {
                reason: Some(reason),
                limit: MOST,
                ..LetterFilter::default()
            };
            let letters = session.store.dead_letters(session.id, &filter).await?;
            letters.iter().rev().map(|letter| letter.id).collect()
        }
    };
    let mut done = Vec::with_capacity(ids.len());
    for id in ids {
        done.push(end_one(&session, id, way, (&by, &reason)).await?);
    }
    session.answer(&done, |_| render_done(&done))?;
    let all = done.iter().all(|one| one.outcome != "refused");
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn end_one(session: &Session, id: Uuid, way: Way, who: (&str, &str)) -> anyhow::Result<Done> {
    let stays = |note: String| Done {
        id,
        outcome: "refused",
        event_id: None,
        note: Some(note),
    };
    let Some((letter, payload)) = look(session, id).await? else {
        return Ok(stays("there is no such dead letter".to_owned()));
    };
    if let Some(end) = &letter.end {
        return Ok(stays(format!(
            "it was {} by {} before",
            end.ended_as,
            plain(&end.by)
        )));
    }
    let (reader, trust) = terms(session, &letter.source);
    let (ending, note) = match (way, letter.event_id) {
        (Way::Drop, _) => (Ending::Dropped, None),
        (Way::Retry, Some(event_id)) => {
            let requeued = session.store.dead_letter_requeue(session.id, id, who).await?;
            return Ok(if requeued {
                Done {
                    id,
                    outcome: "retried",
                    event_id: Some(event_id),
                    note: None,
                }
            } else {
                stays("somebody else ended it in this moment".to_owned())
            });
        }
        (Way::Retry, None) if letter.is_cut => {
            return Ok(stays(
                "only its first 64 KiB were kept: send the record again".to_owned(),
            ));
        }
        (Way::Retry, None) => match read(&reader, &payload) {
            Ok(incoming)
                if session
                    .store
                    .identifies_nothing_yet(session.id, &incoming)
                    .await? =>
            {
                let why = "the inventory is not known, so its device cannot be looked for: try again after the next whole reading of it";
                return Ok(stays(why.to_owned()));
            }
            Ok(incoming) => {
                let from = (letter.source.as_str(), trust);
                let stored = session
                    .store
                    .events_accept_from(session.id, from, incoming, Vec::new())
                    .await?;
                let Some(first) = stored.first() else {
                    return Ok(stays("it holds no record any more".to_owned()));
                };
                let repeated = stored.iter().all(|stored| stored.duplicate);
                let note = repeated.then(|| "the same had arrived in the meantime".to_owned());
                (Ending::Retried(first.id), note)
            }
            Err(why) => return Ok(stays(why)),
        },
    };
    if !session.store.dead_letter_end(session.id, id, ending, who).await? {
        return Ok(stays("somebody else ended it in this moment".to_owned()));
    }
    Ok(match ending {
        Ending::Retried(event_id) => Done {
            id,
            outcome: "retried",
            event_id: Some(event_id),
            note,
        },
        Ending::Dropped => Done {
            id,
            outcome: "dropped",
            event_id: None,
            note,
        },
    })
}

/// The letter with its bytes.
async fn look(session: &Session, id: Uuid) -> anyhow::Result<Option<(Letter, Vec<u8>)>> {
    let filter = LetterFilter {
        id: Some(id),
        all: true,
        limit: 1,
        ..LetterFilter::default()
    };
    let letter = session.store.dead_letters(session.id, &filter).await?.pop();
    let payload = session.store.dead_letter_payload(session.id, id).await?;
    Ok(letter.zip(payload))
}

/// How a letter's source is read now, and what its events may lead to. Of one that is not configured any more nobody knows what
/// it may do: its events are only observed.
fn terms(session: &Session, source: &str) -> (Reader, Trust) {
    let rule = session.config.device_id_rule();
    if source == LISTENER {
        return (Reader::new(rule), session.config.http.trust);
    }
    let its = session.config.sources.iter().find(|one| one.name == source);
    its.map_or_else(
        || (Reader::new(rule.clone()), Trust::Observe),
        |its| (its.reader(rule.clone()), its.trust),
    )
}

/// What arrives, read by this version: all of it, or why not.
fn read(reader: &Reader, payload: &[u8]) -> Result<Vec<Incoming>, String> {
    let pieces = split_for(payload, Lines::Unsaid, reader).map_err(|broken| broken.to_string())?;
    let mut incoming = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let record = piece.record().map_err(|broken| broken.to_string())?;
        incoming.push(Incoming {
            event: record
                .normalize_under(reader)
                .map_err(|refusal| refusal.to_string())?,
            content_hash: record.content_hash(),
            payload: piece.bytes.to_vec(),
            traceparent: None,
        });
    }
    Ok(incoming)
}

fn render(letters: &[Letter], now: Timestamp, paint: Paint) -> String {
    if letters.is_empty() {
        return "no dead letters\n".to_owned();
    }
    let mut table = Table::new(&["ID", "CAME", "FROM", "BYTES", "BECAME", "WHY"]);
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
