//! `quell approvals show`: a request as an answer given now would be judged, and the line to answer it with.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Serialize;

use super::number;
use crate::cli::operator::table::{Paint, Tone, plain};
use crate::cli::operator::{Common, Session};
use crate::desk::words::{ago, ahead, span};
use crate::domain::approval::RequestNumber;
use crate::domain::approval::scene::Difference;
use crate::store::approvals::{AnswerView, AskRow, Block, Judged, Review};

/// Show a request: its devices, what changed since it was asked, who answered, and how to answer
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The request, e.g. A-1042
    #[arg(value_name = "REQUEST", value_parser = number)]
    request: RequestNumber,
}

/// A request with everything that an approver looks at.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its number.
    pub request: String,
    /// What `approve --reviewed` takes to say that this was looked at; none: nothing can be answered any more.
    pub reviewed: Option<String>,
    /// Until when devices may still be added to it.
    pub grows_until: Option<jiff::Timestamp>,
    /// What can be answered.
    pub open: Vec<OpenAsk>,
    /// What cannot any more.
    pub over: Vec<AskRow>,
}

/// An ask that can be answered.
#[derive(Clone, Debug, Serialize)]
pub struct OpenAsk {
    /// The ask.
    #[serde(flatten)]
    pub ask: AskRow,
    /// What is seen now, by name.
    pub now: BTreeMap<String, String>,
    /// What differs from what was seen when it was asked.
    pub changed: Vec<Difference>,
    /// What an approval given now would lift.
    pub would_lift: String,
    /// Why an approval would be refused now, whoever gives it.
    pub refused: Option<String>,
    /// Who approved what is there now.
    pub approved_by: Vec<String>,
}

/// Prints a request: exit code 1 when there is none of that number.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let desk = session.desk();
    let request = match desk.request(args.request).await {
        Ok(request) => request,
        Err(error) => return session.refuse(error).await,
    };
    let terms = request.terms(&desk);
    let review = session
        .store
        .request_review(session.id, args.request, &terms)
        .await?
        .context("the request was just there")?;
    let now = review.at;
    let report = report(review);
    session.answer(&report, |paint| render(&report, now, paint))?;
    Ok(ExitCode::SUCCESS)
}

fn report(review: Review) -> Report {
    let is_open = !review.open.is_empty();
    Report {
        request: review.request.to_string(),
        reviewed: is_open.then_some(review.token),
        grows_until: review.grows_until,
        open: review
            .open
            .into_iter()
            .map(|(one, beyond)| open(one, beyond))
            .collect(),
        over: review.over,
    }
}

fn open(one: Judged, beyond: Option<String>) -> OpenAsk {
    OpenAsk {
        approved_by: one.approvers().map(str::to_owned).collect(),
        refused: one.block.as_ref().map(Block::told).map(str::to_owned).or(beyond),
        now: one.now.0,
        changed: one.differences,
        would_lift: one.lifts,
        ask: one.ask,
    }
}

/// The report as text.
pub fn render(report: &Report, now: jiff::Timestamp, paint: Paint) -> String {
    let mut out = paint.tone(Tone::Head, &report.request) + "\n";
    let first = report
        .open
        .iter()
        .map(|open| &open.ask)
        .chain(&report.over)
        .next();
    if let Some(ask) = first {
        let by = match (&ask.playbook, &ask.revision, &ask.begun_by) {
            (Some(playbook), Some(revision), _) => {
                format!(
                    "playbook {playbook}@{}",
                    revision.chars().take(12).collect::<String>()
                )
            }
            (_, _, Some(person)) => format!("{person}, by hand"),
            _ => "a person, by hand".to_owned(),
        };
        let lasts = match ask.release_after {
            Some(after) => span(jiff::SignedDuration::try_from(after).unwrap_or(jiff::SignedDuration::MAX)),
            None => "until somebody releases it".to_owned(),
        };
        entry(
            &mut out,
            "asked by",
            &format!("{by}, {}", ago(now, ask.created_at)),
        );
        entry(&mut out, "lasts", &format!("{lasts}, counted from the approval"));
    }
    for open in &report.open {
        render_open(open, now, paint, &mut out);
    }
    if !report.over.is_empty() {
        out += &format!("\n{}\n", paint.tone(Tone::Head, "not to be answered any more"));
        for ask in &report.over {
            let _ = writeln!(
                out,
                "  {}: {}, {}",
                called(ask),
                ask.stands(now),
                plain(&ask.reason)
            );
            answers(&ask.answers, now, &mut out);
        }
    }
    let Some(token) = &report.reviewed else {
        return out;
    };
    if let Some(until) = report.grows_until {
        let _ = writeln!(out, "\ndevices may still be added, until {}", ahead(now, until));
    }
    let _ = write!(
        out,
        "\nto approve what is shown here:\n  quell approvals approve {0} --reviewed {token} --reason 'why'\n\
         only some of it: --only DEVICE, or --except DEVICE\nto say no:\n  quell approvals reject {0} --reason 'why'\n",
        report.request
    );
    out
}

fn render_open(open: &OpenAsk, now: jiff::Timestamp, paint: Paint, out: &mut String) {
    let ask = &open.ask;
    let _ = writeln!(out, "\n{}", paint.tone(Tone::Head, &called(ask)));
    if let Some(title) = &ask.title {
        let id = ask.alert_id.as_deref().unwrap_or_default();
        entry(out, "alert", &format!("{title} ({id})"));
    }
    let wanted = match ask.isolation {
        Some(isolation) => format!("{}, {}", ask.measure.as_str(), isolation.as_str()),
        None => ask.measure.as_str().to_owned(),
    };
    entry(out, "for", &wanted);
    entry(out, "because of", &ask.ask_reason);
    let from = match ask.terms.from.as_slice() {
        [] => "anyone".to_owned(),
        from => from.join(", "),
    };
    let then = if ask.terms.otherwise_act {
        ask.measure.held()
    } else {
        "skipped"
    };
    let ends = format!("{}, then {then}", ahead(now, ask.ask_until));
    entry(out, "ends", &ends);
    entry(
        out,
        "from",
        &format!(
            "{from}; {} of {} approved",
            open.approved_by.len(),
            ask.terms.approvals
        ),
    );
    answers(&ask.answers, now, out);
    let facts: Vec<String> = open
        .now
        .iter()
        .map(|(name, word)| format!("{name} {word}"))
        .collect();
    entry(out, "now", &facts.join("; "));
    if open.would_lift != ask.ask_reason && !open.would_lift.is_empty() {
        entry(out, "lifts", &open.would_lift);
    }
    for difference in &open.changed {
        let line = format!("  changed since it was asked: {}", plain(&difference.to_string()));
        let _ = writeln!(out, "{}", paint.tone(Tone::Warn, &line));
    }
    if let Some(refused) = &open.refused {
        let line = format!("  cannot be approved now: {}", plain(refused));
        let _ = writeln!(out, "{}", paint.tone(Tone::Bad, &line));
    }
}

fn answers(answers: &[AnswerView], now: jiff::Timestamp, out: &mut String) {
    for answer in answers {
        let said = if answer.answer == "approved" { "yes" } else { "no" };
        let line = format!(
            "{} said {said} {}: {}",
            answer.person,
            ago(now, answer.at),
            answer.reason
        );
        entry(out, "", &line);
    }
}

fn entry(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "  {name:<12}{}", plain(text));
}

fn called(ask: &AskRow) -> String {
    match &ask.name {
        Some(name) => format!("{} ({})", plain(name), plain(ask.device.as_str())),
        None => format!("device {}", plain(ask.device.as_str())),
    }
}
