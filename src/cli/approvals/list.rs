//! `quell approvals list`: what waits for an answer, and until when.

use std::process::ExitCode;

use jiff::Timestamp;

use crate::cli::operator::stop::banner;
use crate::cli::operator::table::{Paint, Table, Tone, cell};
use crate::cli::operator::{Common, Session};
use crate::cli::watch::{self, Watch};
use crate::desk::words::{ago, question_ends};
use crate::store::approvals::RequestView;

/// List the requests that wait for an answer, those that end first first
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    watch: Watch,
    /// Those of the last day too to which nothing can be said any more
    #[arg(long)]
    all: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
}

/// Prints the requests.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    watch::looks(&args.common, args.watch, "approvals list", async |session| {
        look(session, &args).await
    })
    .await
}

async fn look(session: &Session, args: &Args) -> anyhow::Result<ExitCode> {
    let page = session
        .desk()
        .approvals(args.all, None, usize::try_from(args.limit)?)
        .await?;
    let (requests, more) = (page.items, page.next.is_some());
    let stops = session.store.stops(Some(session.id), None).await?;
    let now = session.store.now().await?;
    session.answer(&requests, |paint| {
        let list = match requests.as_slice() {
            [] => "nothing waits for an answer\n".to_owned(),
            requests => render(requests, now, !stops.is_empty(), paint),
        };
        banner(&stops, now, paint) + &list
    })?;
    if more {
        session.remark(&format!("there are more than {}: raise `--limit`", args.limit));
    }
    Ok(ExitCode::SUCCESS)
}

/// The requests as a table.
fn render(requests: &[RequestView], now: Timestamp, is_stopped: bool, paint: Paint) -> String {
    let mut table = Table::new(&[
        "REQUEST", "ASKED BY", "DEVICES", "ENDS", "THEN", "FROM", "APPROVED", "WHY",
    ])
    .spare(&["FROM", "THEN"]);
    for request in requests {
        let by = match (&request.playbook, &request.begun_by) {
            (Some(playbook), _) => playbook.clone(),
            (None, Some(person)) => format!("{person}, by hand"),
            (None, None) => "by hand".to_owned(),
        };
        let then = match (request.waiting, request.otherwise_act) {
            (0, _) => "-",
            // A request may ask for either measure, or for both.
            (_, true) => "acts",
            (_, false) => "skipped",
        };
        let approved = match request.approved_by.len() {
            0 => format!("0 of {}", request.approvals),
            _ => format!("{} of {}", request.approved_by.join(", "), request.approvals),
        };
        table.row([
            cell(&request.request),
            cell(by),
            cell(devices(request)),
            match request.ends_at {
                Some(at) => (Tone::Warn, question_ends(now, at, is_stopped)),
                None => cell(format!("over, asked {}", ago(now, request.asked_at))),
            },
            cell(then),
            cell(match request.from.as_slice() {
                [] => "anyone".to_owned(),
                from => from.join(", "),
            }),
            cell(approved),
            cell(request.reasons.join(", ")),
        ]);
    }
    table.render(paint, "")
}

/// How many of each kind; of one device its name.
fn devices(request: &RequestView) -> String {
    let all: i64 = request.asks.values().sum();
    if all == 1 && request.waiting == 1 {
        return request.device.clone();
    }
    let settled = request.asks.iter().filter(|(stands, _)| *stands != "asked");
    let mut parts: Vec<String> = settled.map(|(stands, n)| format!("{n} {stands}")).collect();
    if request.waiting > 0 {
        parts.insert(0, format!("{} waiting", request.waiting));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> RequestView {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        RequestView {
            request: "A-1042".to_owned(),
            playbook: Some("ransomware@0123456789ab".to_owned()),
            begun_by: None,
            asked_at: now,
            ends_at: Some(now + jiff::SignedDuration::from_mins(12)),
            waiting: 11,
            asks: [("asked".to_owned(), 11), ("declined".to_owned(), 1)].into(),
            reasons: vec!["ask".to_owned()],
            from: vec!["soc-leads".to_owned()],
            approvals: 2,
            approved_by: vec!["ann".to_owned()],
            otherwise_act: false,
            device: "web-1".to_owned(),
        }
    }

    #[test]
    fn a_request_stands_in_one_line_and_expired_is_told_apart_from_declined() {
        let first = request();
        let over = RequestView {
            request: "A-1043".to_owned(),
            playbook: None,
            begun_by: Some("erik\u{1b}[31m".to_owned()),
            ends_at: None,
            waiting: 0,
            asks: [("declined".to_owned(), 1), ("expired".to_owned(), 2)].into(),
            approved_by: Vec::new(),
            from: Vec::new(),
            ..request()
        };
        let one = RequestView {
            request: "A-1044".to_owned(),
            waiting: 1,
            asks: [("asked".to_owned(), 1)].into(),
            otherwise_act: true,
            ..request()
        };
        let stopped = render(std::slice::from_ref(&first), first.asked_at, true, Paint::Plain);
        assert!(stopped.contains("  in 12 min, not while stopped  "), "{stopped}");
        let text = render(&[first.clone(), over, one], first.asked_at, false, Paint::Plain);
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "REQUEST ASKED BY DEVICES ENDS THEN FROM APPROVED WHY",
                "A-1042 ransomware@0123456789ab 11 waiting, 1 declined in 12 min skipped soc-leads ann of 2 ask",
                "A-1043 erik[31m, by hand 1 declined, 2 expired over, asked just now - anyone 0 of 2 ask",
                "A-1044 ransomware@0123456789ab web-1 in 12 min acts soc-leads ann of 2 ask",
            ]
        );
    }
}
