//! `quell send`: delivers a file of alerts to a running daemon, in batches, and tells what became of each record.
//!
//! Any shape of body that the daemon takes is taken from the file; records go out one a line with their own bytes. A
//! batch that got no answer is sent again: the daemon recognises what it has already stored.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use secrecy::SecretString;

use crate::cli::batch::{Batch, Unsent, cut};
use crate::clock;
use crate::intake::body::{Lines, split};
use crate::outbound::{Poster, Reply};
use crate::web::answer::{Answer, Problem};

/// How often a batch is tried before giving up.
const TRIES: u32 = 8;
/// How many rejected records are shown.
const SHOWN: usize = 20;

/// Deliver alerts from a file to a running daemon
#[derive(Clone, Debug, clap::Args)]
pub struct SendArgs {
    /// The file: one JSON object, an array, one object a line, or a page of an API; `-` reads standard input
    pub file: PathBuf,
    /// The daemon's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8740")]
    pub to: String,
    /// Records in one request, at most
    #[arg(long, value_name = "N", default_value = "500")]
    pub batch: NonZeroUsize,
    /// Move all time stamps of each record so that it happened now
    #[arg(long)]
    pub restamp: bool,
    /// A file with the bearer token of this source
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// Runs the command: exit code 0 when every record was accepted, 1 when any was rejected.
///
/// # Errors
/// The file cannot be read, or the daemon cannot be reached or does not take deliveries.
pub async fn run(args: SendArgs) -> anyhow::Result<ExitCode> {
    let token = args.token_file.as_deref().map(read_token).transpose()?;
    let poster = Poster::new(&args.to, "/v1/events", token.as_ref())?;
    let text = read(&args.file)?;
    let sent = deliver(&poster, &text, &args, Duration::from_millis(500)).await?;
    sent.print();
    Ok(if sent.rejected.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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

fn read_token(file: &std::path::Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the token file `{}` cannot be read", file.display()))?;
    Ok(SecretString::from(text.trim().to_owned()))
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

/// Sends everything, in order.
async fn deliver(poster: &Poster, text: &[u8], args: &SendArgs, pause: Duration) -> anyhow::Result<Sent> {
    let pieces = split(text, Lines::Unsaid, usize::MAX)
        .with_context(|| format!("`{}` holds nothing to send", args.file.display()))?;
    let mut sent = Sent::default();
    let (mut batches, unsent) = cut(&pieces, args.batch.get(), args.restamp.then(clock::now));
    for Unsent { place, broken } in unsent {
        sent.reject(place, broken.reason(), broken.to_string());
    }
    let total = pieces.len();
    while let Some(batch) = batches.pop_front() {
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
            status => bail!("{} answered {status}: {}", args.to, problem(&reply)),
        }
        progress(sent.accepted + sent.rejected.len(), total);
    }
    Ok(sent)
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

fn progress(done: usize, total: usize) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let end = if done >= total { "\n" } else { "" };
        // A terminal that has gone away is no reason to stop sending.
        let _ = write!(stderr, "\r{done} of {total}{end}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::TestServer;

    const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alerts.ndjson");

    fn args(batch: usize, restamp: bool) -> SendArgs {
        let batch = NonZeroUsize::new(batch).expect("the test says a number");
        SendArgs {
            file: SAMPLES.into(),
            to: String::new(),
            batch,
            restamp,
            token_file: None,
        }
    }

    async fn send(url: &str, text: &[u8], args: &SendArgs) -> anyhow::Result<Sent> {
        let poster = Poster::new(url, "/v1/events", None).expect("the test server has an address");
        deliver(&poster, text, args, Duration::from_millis(1)).await
    }

    #[tokio::test]
    async fn the_samples_are_delivered_whole_and_recognised_the_second_time() {
        let server = TestServer::start(|_, _| ()).await;
        let samples = std::fs::read(SAMPLES).expect("the sample file is part of the repository");
        let first = send(&server.url(), &samples, &args(50, false))
            .await
            .expect("the server is there");
        let mut expected = Sent {
            accepted: 115,
            duplicates: 0,
            without_device: 39,
            rejected: Vec::new(),
        };
        assert_eq!(first, expected);
        expected.duplicates = 115;
        let second = send(&server.url(), &samples, &args(500, false))
            .await
            .expect("the server is there");
        assert_eq!(second, expected);
    }

    #[tokio::test]
    async fn restamped_samples_are_new_and_happened_now() {
        let server = TestServer::start(|_, _| ()).await;
        let before = clock::now();
        let samples = std::fs::read(SAMPLES).expect("the sample file is part of the repository");
        let sent = send(&server.url(), &samples, &args(500, true))
            .await
            .expect("the server is there");
        assert_eq!((sent.accepted, sent.duplicates), (115, 0));
        let kept = server.script.kept.lock().expect("nobody panicked");
        let times: Vec<_> = kept
            .incoming
            .iter()
            .filter_map(|one| one.event.alert.occurred_at.value().copied())
            .collect();
        assert!(times.len() > 100, "{}", times.len());
        let second = jiff::SignedDuration::from_secs(1);
        assert!(
            times
                .iter()
                .all(|at| before - second <= *at && *at <= clock::now()),
            "{times:?}"
        );
    }

    #[tokio::test]
    async fn what_is_rejected_is_named_by_its_line_in_the_file() {
        let server = TestServer::start(|_, _| ()).await;
        let good = r#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z"}"#;
        let text = format!("{good}\n\n{{\"id\":\n{good}\n{{\"hello\":1}}\n");
        let sent = send(&server.url(), text.as_bytes(), &args(1, false))
            .await
            .expect("the server is there");
        let named: Vec<_> = sent
            .rejected
            .iter()
            .map(|one| (one.place.as_str(), one.reason.as_str()))
            .collect();
        assert_eq!(named, [("line 3", "broken_json"), ("line 5", "unknown_shape")]);
        assert_eq!((sent.accepted, sent.duplicates), (2, 1));
    }

    #[tokio::test]
    async fn a_document_over_several_lines_is_sent_too() {
        let server = TestServer::start(|_, _| ()).await;
        let text = "[\n  {\n    \"id\": \"da1\",\r\n    \"alertCreationTime\": null\n  }\n]\n";
        let sent = send(&server.url(), text.as_bytes(), &args(500, false))
            .await
            .expect("the server is there");
        assert_eq!((sent.accepted, sent.rejected.len()), (1, 0));
    }

    #[tokio::test]
    async fn a_batch_that_is_too_large_for_the_daemon_is_halved() {
        let server = TestServer::start(|options, _| options.reader.max_records = 10).await;
        let samples = std::fs::read(SAMPLES).expect("the sample file is part of the repository");
        let sent = send(&server.url(), &samples, &args(500, false))
            .await
            .expect("the server is there");
        assert_eq!((sent.accepted, sent.rejected.len()), (115, 0));

        let small = TestServer::start(|options, _| options.body_limit = 100).await;
        let text = format!(
            "{{\"id\":\"da1\",\"alertCreationTime\":\"{}\"}}\n",
            "x".repeat(200)
        )
        .repeat(2);
        let sent = send(&small.url(), text.as_bytes(), &args(500, false))
            .await
            .expect("the server is there");
        let named: Vec<_> = sent
            .rejected
            .iter()
            .map(|one| (one.place.as_str(), one.reason.as_str()))
            .collect();
        assert_eq!(
            named,
            [("line 1", "body_too_large"), ("line 2", "body_too_large")]
        );
    }

    #[tokio::test]
    async fn a_busy_daemon_is_tried_again_and_then_given_up() {
        let good = br#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z"}"#;
        let answer = r#"{"accepted":[{"index":0,"id":"00000000-0000-0000-0000-000000000000","duplicate":false,"devices":1,"note":null}],"rejected":[]}"#;
        let busy = (
            "503 Service Unavailable",
            r#"{"reason":"store_unavailable","detail":"send it again"}"#,
        );
        let (url, _serving) = scripted(vec![busy, busy, ("202 Accepted", answer)]).await;
        let sent = send(&url, good, &args(1, false))
            .await
            .expect("the third try is answered");
        assert_eq!(sent.accepted, 1);

        let (url, _serving) = scripted(vec![busy; TRIES as usize]).await;
        let error = send(&url, good, &args(1, false))
            .await
            .expect_err("it stays busy");
        let error = format!("{error:#}");
        assert!(
            error.starts_with("gave up after 0 of 1 records were accepted"),
            "{error}"
        );
        assert!(
            error.contains("503 8 times in a row: store_unavailable: send it again"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_refused_delivery_ends_it_with_the_daemons_words() {
        let server = TestServer::start(|options, _| options.token = Some(SecretString::from("x"))).await;
        let error = send(&server.url(), b"{}", &args(1, false))
            .await
            .expect_err("a token is needed");
        assert!(
            format!("{error:#}").contains("answered 401: unauthorized: "),
            "{error:#}"
        );
    }

    /// A server that gives these answers, one a connection.
    async fn scripted(
        answers: Vec<(&'static str, &'static str)>,
    ) -> (String, tokio::task::JoinSet<std::io::Result<()>>) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let mut serving = tokio::task::JoinSet::new();
        serving.spawn(async move {
            for (status, body) in answers {
                let (mut stream, _) = listener.accept().await?;
                let mut request = Vec::new();
                // Every request of these tests ends with the one record's brace and the line break after it.
                while !request.ends_with(b"}\n") {
                    if stream.read_buf(&mut request).await? == 0 {
                        break;
                    }
                }
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).await?;
                stream.shutdown().await?;
            }
            Ok(())
        });
        (url, serving)
    }
}
