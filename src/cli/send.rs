//! `quell send`: delivers files of alerts to a running daemon, in batches, and tells what became of each record.
//!
//! Any shape of body that the daemon takes is taken from a file; records go out one a line with their own bytes. A
//! batch that got no answer is sent again: the daemon recognises what it has already stored. Who is interrupted is told how
//! to go on.

use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use secrecy::SecretString;

use crate::cli::batch::{Batch, Unsent, cut};
use crate::cli::progress::Progress;
use crate::clock;
use crate::intake::body::{Lines, split};
use crate::outbound::{Poster, Reply};
use crate::web::answer::{Answer, Problem};

/// How often a batch is tried before giving up.
const TRIES: u32 = 8;
/// How many rejected records are shown.
const SHOWN: usize = 20;

/// The answer could not be found out: the daemon is away, or a file cannot be read.
const COULD_NOT_FIND_OUT: u8 = 3;
/// The daemon does not know the token.
const NOT_ALLOWED: u8 = 4;
/// As a shell says it of what SIGINT ended.
const INTERRUPTED: u8 = 130;

/// Deliver alerts from files to a running daemon
///
/// Exit code 0: every record was accepted; 1: some were rejected; 3: the daemon could not be reached, or a file not be read; 4: the daemon does not
/// know the token; 130: interrupted. Sending again is safe: what the daemon has stored, it recognises.
#[derive(Clone, Debug, clap::Args)]
pub struct SendArgs {
    /// The files, in this order: one JSON object, an array, one object a line, or a page of an API; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The daemon's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8740")]
    pub to: String,
    /// Records in one request, at most
    #[arg(long, value_name = "N", default_value = "500")]
    pub batch: NonZeroUsize,
    /// Move all time stamps of each record so that it happened now
    #[arg(long)]
    pub restamp: bool,
    /// Pass over so many records at the beginning: where an interrupted run says to go on
    #[arg(long, value_name = "N", default_value = "0")]
    pub skip: usize,
    /// Send to this source of the daemon's configuration, `POST /v1/events/NAME`
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// A file with the bearer token of the source
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// Runs the command; its exit codes stand above.
///
/// # Errors
/// The address or the token cannot be used.
pub async fn run(args: SendArgs) -> anyhow::Result<ExitCode> {
    let token = args.token_file.as_deref().map(read_token).transpose()?;
    if token.is_some() && !is_private(&args.to) {
        bail!(
            "`{}` would carry the token for all to read: give an `https://` address, or one of this machine",
            args.to
        );
    }
    let path = args.source.as_ref().map_or_else(
        || "/v1/events".to_owned(),
        |source| format!("/v1/events/{source}"),
    );
    let poster = Poster::new(&args.to, &path, token.as_ref())?;
    let mut course = Course::default();
    let ended = tokio::select! {
        ended = send_all(&poster, &args, &mut course) => ended.map(|()| true),
        _ = tokio::signal::ctrl_c() => Ok(false),
    };
    course.sent.print();
    let code = match ended {
        Ok(true) if course.sent.rejected.is_empty() => return Ok(ExitCode::SUCCESS),
        Ok(true) => return Ok(ExitCode::FAILURE),
        Ok(false) => {
            eprintln!("interrupted");
            INTERRUPTED
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            let refused = error.downcast_ref::<Refused>().map(|refused| refused.status);
            match refused {
                Some(401 | 403) => NOT_ALLOWED,
                _ => COULD_NOT_FIND_OUT,
            }
        }
    };
    eprintln!("to go on where it ended: the same with `--skip {}`", course.next);
    Ok(ExitCode::from(code))
}

/// How far a run has come.
#[derive(Debug, Default)]
struct Course {
    sent: Sent,
    /// The records of the files that are done with.
    before: usize,
    /// The first record, of all files, of which nothing was heard yet.
    next: usize,
}

/// The daemon takes no deliveries from us.
#[derive(Debug, thiserror::Error)]
#[error("{to} answered {status}: {problem}")]
struct Refused {
    to: String,
    status: u16,
    problem: String,
}

async fn send_all(poster: &Poster, args: &SendArgs, course: &mut Course) -> anyhow::Result<()> {
    course.next = args.skip;
    for file in &args.files {
        let text = read(file)?;
        let rejected = course.sent.rejected.len();
        deliver(poster, &text, (file, args), course, Duration::from_millis(500)).await?;
        if args.files.len() > 1 {
            for rejection in &mut course.sent.rejected[rejected..] {
                rejection.place = format!("{}, {}", file.display(), rejection.place);
            }
        }
    }
    Ok(())
}

fn read(file: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut text = Vec::new();
        std::io::stdin()
            .read_to_end(&mut text)
            .context("standard input cannot be read")?;
        return Ok(text);
    }
    std::fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))
}

pub(super) fn read_token(file: &std::path::Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the token file `{}` cannot be read", file.display()))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

/// Whether nobody on the way to that address can read along.
pub(super) fn is_private(to: &str) -> bool {
    if to.starts_with("https://") {
        return true;
    }
    let Some(rest) = to.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    let address = host.parse::<std::net::IpAddr>();
    !authority.contains('@') && (host == "localhost" || address.is_ok_and(|address| address.is_loopback()))
}

/// What became of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sent {
    accepted: usize,
    duplicates: usize,
    without_device: usize,
    rejected: Vec<Rejection>,
}

#[derive(Debug, PartialEq, Eq)]
struct Rejection {
    place: String,
    reason: String,
    detail: String,
}

impl Sent {
    fn print(&self) {
        for Rejection {
            place,
            reason,
            detail,
        } in self.rejected.iter().take(SHOWN)
        {
            eprintln!("{place}: {reason}: {detail}");
        }
        if self.rejected.len() > SHOWN {
            eprintln!("… and {} more rejected records", self.rejected.len() - SHOWN);
        }
        println!(
            "{} accepted ({} of them were there already, {} lead to no call), {} rejected",
            self.accepted,
            self.duplicates,
            self.without_device,
            self.rejected.len()
        );
    }

    fn reject(&mut self, place: String, reason: &str, detail: String) {
        self.rejected.push(Rejection {
            place,
            reason: reason.to_owned(),
            detail,
        });
    }
}

/// Sends everything of a file that is not to be passed over, in order.
async fn deliver(
    poster: &Poster,
    text: &[u8],
    (file, args): (&std::path::Path, &SendArgs),
    course: &mut Course,
    pause: Duration,
) -> anyhow::Result<()> {
    let pieces = split(text, Lines::Unsaid, usize::MAX)
        .with_context(|| format!("`{}` holds nothing to send", file.display()))?;
    let (total, before) = (pieces.len(), course.before);
    course.before += total;
    let begin = args.skip.saturating_sub(before).min(total);
    let (mut batches, unsent) = cut(&pieces[begin..], args.batch.get(), args.restamp.then(clock::now));
    for Unsent { place, broken } in unsent {
        course.sent.reject(place, broken.reason(), broken.to_string());
    }
    let mut progress = Progress::on_stderr();
    let what = format!("sending {}", file.display());
    while let Some(batch) = batches.pop_front() {
        course.next = before + batch.records[0].index;
        progress.show(&what, (course.next - before) as u64, total as u64);
        let sent = &mut course.sent;
        let reply = insist(poster, &batch, pause).await.with_context(|| {
            format!(
                "gave up after {} of {total} records were accepted; sending again is safe",
                sent.accepted
            )
        })?;
        match reply.status {
            202 | 400 => sent.note(&batch, &reply)?,
            // The daemon's limits may be lower than ours.
            413 if batch.records.len() > 1 => {
                let (first, second) = batch.halve();
                batches.push_front(second);
                batches.push_front(first);
            }
            413 => {
                let place = batch.records[0].place.clone();
                sent.reject(place, "body_too_large", problem(&reply));
            }
            status => bail!(Refused {
                to: args.to.clone(),
                status,
                problem: problem(&reply),
            }),
        }
    }
    course.next = course.next.max(course.before);
    Ok(())
}

/// Posts a batch until there is an answer other than "try again", with growing pauses.
async fn insist(poster: &Poster, batch: &Batch, pause: Duration) -> anyhow::Result<Reply> {
    let mut tried = 0;
    loop {
        tried += 1;
        let attempt = poster.post("application/x-ndjson", batch.body()).await;
        let asked = match &attempt {
            Ok(reply) if matches!(reply.status, 429 | 503) => reply.retry_after,
            Ok(_) => return Ok(attempt?),
            Err(_) => None,
        };
        if tried >= TRIES {
            let reply = attempt?;
            bail!(
                "the daemon answered {} {tried} times in a row: {}",
                reply.status,
                problem(&reply)
            );
        }
        let growing = pause * 2u32.saturating_pow(tried - 1);
        let wait = asked.unwrap_or(growing).min(Duration::from_secs(10));
        tracing::debug!(
            tried,
            wait_ms = wait.as_millis(),
            "no room at the daemon or no answer; trying again"
        );
        tokio::time::sleep(wait).await;
    }
}

impl Sent {
    /// Adds what the daemon answered about a batch.
    fn note(&mut self, batch: &Batch, reply: &Reply) -> anyhow::Result<()> {
        let answer: Answer = serde_json::from_slice(&reply.body).with_context(|| {
            format!(
                "status {}, and the answer is none of a Quell daemon",
                reply.status
            )
        })?;
        self.accepted += answer.accepted.len();
        self.duplicates += answer
            .accepted
            .iter()
            .filter(|accepted| accepted.duplicate)
            .count();
        self.without_device += answer
            .accepted
            .iter()
            .filter(|accepted| accepted.devices == 0)
            .count();
        for rejected in answer.rejected {
            // Records go out one a line, so the daemon's line is the place in the batch.
            let at = rejected
                .line
                .map_or(rejected.index, |line| line.saturating_sub(1));
            let place = batch
                .records
                .get(at)
                .map_or_else(|| format!("record {at}"), |record| record.place.clone());
            self.reject(place, &rejected.reason, rejected.detail);
        }
        Ok(())
    }
}

/// The daemon's own words for a refusal, or the beginning of whatever answered.
fn problem(reply: &Reply) -> String {
    match serde_json::from_slice::<Problem>(&reply.body) {
        Ok(problem) => format!("{}: {}", problem.reason, problem.detail),
        Err(_) => String::from_utf8_lossy(&reply.body)
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
    }
}

#[cfg(test)]
mod tests;
