//! `quell plan`: what an edited playbook set would have done with the events of the past, beside the set in force. Stored
//! events are read in one read-only transaction, or alerts from a file; both sets are rehearsed over them with the
//! daemon's own functions. Nothing is called, and nothing is changed.

mod answer;
mod facts;
mod file;
mod ground;
mod replay;
mod screen;

use std::fs::File;
use std::io::{BufReader, stdin};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::cli::operator::{self, Common};
use crate::cli::progress::Progress;
use crate::cli::since::Since;

use answer::{Answer, Source};
use file::FileEvents;
use ground::{Against, Ground, Sets};
use replay::{Ended, Replayer};

/// Show what edited playbooks would have done with the events of the past, beside those in force
///
/// Files given by name take the place of the playbooks with their ids, or are added to the set; a folder is a whole set.
/// Nothing is called and nothing is changed.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The edited playbooks: files, or a folder [default: the configuration's, else ./playbooks]
    paths: Vec<PathBuf>,
    /// How far back: a span such as 7d or 12h, or a time such as 2026-11-20T08:00:00Z
    #[arg(long, value_name = "SPAN|TIME", default_value = "7d", conflicts_with = "from")]
    since: Since,
    /// Replay alerts from a file in place of stored events, without a database; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Device facts for `--from`, one device a line: as `GET /api/machines` gives them, or {"device": …, "facts": …}
    #[arg(long, value_name = "FILE", requires = "from")]
    facts: Option<PathBuf>,
    /// Read the file of `--from` as this source of the configuration would, by its mapping [default: as `POST /v1/events` reads]
    #[arg(long, value_name = "NAME", requires = "from")]
    source: Option<String>,
    /// What to compare with [default: the active set; with `--from`, nothing: then everything is new]
    #[arg(long, value_name = "active|nothing|DIR")]
    against: Option<Against>,
    /// Take this playbook of the edited set for one in enforce mode
    #[arg(long, value_name = "ID")]
    as_enforce: Vec<String>,
    /// So many devices in the fleet, for limits in percent of it; without it they count as reached
    #[arg(long, value_name = "DEVICES", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    fleet: Option<u64>,
    /// Exit with 1 when something differs
    #[arg(long)]
    exit_code: bool,
    /// Devices shown in each list, at most; JSON has them all
    #[arg(long, value_name = "N", default_value = "8")]
    show: usize,
    #[command(flatten)]
    common: Common,
}

/// Interrupted from the keyboard, as a shell expects it.
const INTERRUPTED: u8 = 130;
/// It could not be found out: 1 says with `--exit-code` that something differs.
const UNKNOWN: u8 = 3;

/// Runs the command: exit code 0, or 1 with `--exit-code` when something differs, or 3 when it could not be found out.
///
/// # Errors
/// None: what keeps it from an answer is printed.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    Ok(match plan(&args).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(UNKNOWN)
        }
    })
}

async fn plan(args: &Args) -> anyhow::Result<ExitCode> {
    let needs_database = args.from.is_none() || matches!(args.against, Some(Against::Active));
    let ground = Ground::find(&args.common, needs_database).await?;
    let against = match (&args.against, &args.from) {
        (Some(against), _) => against.clone(),
        (None, None) => Against::Active,
        (None, Some(_)) => Against::Nothing,
    };
    let sets = Sets::read(&ground, &args.paths, &against, &args.as_enforce).await?;
    let ended = match &args.from {
        None => stored(args, &ground, &sets).await?,
        Some(path) => from_file(args, path, &ground, &sets).await?,
    };
    let Some((source, ended)) = ended else {
        eprintln!("interrupted: nothing was changed");
        return Ok(ExitCode::from(INTERRUPTED));
    };
    let differs = ended.report.differs;
    let answer = Answer::new(source, &sets, ended, ground.note());
    operator::answer(args.common.output(), &answer, |paint| {
        screen::show(&answer, paint, args.show)
    })?;
    Ok(ExitCode::from(u8::from(args.exit_code && differs)))
}

/// Over what is stored. `None`: it was interrupted.
async fn stored(args: &Args, ground: &Ground, sets: &Sets) -> anyhow::Result<Option<(Source, Ended)>> {
    let Some(session) = &ground.session else {
        bail!("stored events are in the database");
    };
    let since = args.since.time(session.store.now().await?)?;
    let mut period = session.store.replay_begin(session.id, since).await?;
    let rules = ground.rules();
    let mut replayer = Replayer::new(ground, sets, &rules, args.fleet, since);
    replayer.stood(&period.past(ground.longest_window(sets)).await?);
    let unreadable = replayer.stored(&mut period, &mut Progress::on_stderr()).await?;
    let Some(unreadable) = unreadable else {
        return Ok(None);
    };
    let span = period.span;
    Ok(Some((
        Source::Stored { span, unreadable },
        replayer.end(span.until),
    )))
}

/// Over a file. `None`: it was interrupted.
async fn from_file(
    args: &Args,
    path: &std::path::Path,
    ground: &Ground,
    sets: &Sets,
) -> anyhow::Result<Option<(Source, Ended)>> {
    let rule = ground.device_id_rule();
    let reader = ground.reader(args.source.as_deref())?;
    let facts = match &args.facts {
        Some(path) => facts::read(path, &rule)?,
        None => facts::FactsFile::default(),
    };
    let mut progress = Progress::on_stderr();
    let name = path.display().to_string();
    let mut events: FileEvents = if name == "-" {
        file::read(stdin().lock(), reader, |_| ()).context("standard input")?
    } else {
        let opened = File::open(path).with_context(|| format!("`{name}` cannot be read"))?;
        let bytes = opened.metadata().map(|meta| meta.len()).unwrap_or(0);
        let told = |done| progress.show("reading", done, bytes);
        file::read(BufReader::new(opened), reader, told).with_context(|| format!("`{name}`"))?
    };
    progress.clear();
    let (Some(first), Some(last)) = (events.events.first(), events.events.last()) else {
        let first = events.refused.first().map_or(String::new(), |first| {
            format!("; {}: {}: {}", first.place, first.reason, first.detail)
        });
        bail!(
            "`{name}` holds no alert about a device that may be called: records {}, refused {}, without a device {}{first}",
            events.records,
            events.refused.len(),
            events.without_device
        );
    };
    let (since, until) = (first.at, last.at);
    let rules = ground.rules();
    let mut replayer = Replayer::new(ground, sets, &rules, args.fleet, since);
    let judged = std::mem::take(&mut events.events);
    if !replayer.file(judged, &facts.devices, &mut progress).await {
        return Ok(None);
    }
    let source = Source::File {
        name,
        since,
        until,
        events,
        facts_refused: facts.refused,
        has_facts: args.facts.is_some(),
    };
    Ok(Some((source, replayer.end(until))))
}
