//! `quell approvals show`: a request as an answer given now would be judged, and the line to answer it with.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::number;
use crate::cli::operator::table::{Paint, Tone, plain};
use crate::cli::operator::{Common, Session, told};
use crate::desk::approvals::{OpenAsk, RequestReport as Report};
use crate::desk::words::{ago, ahead, question_ends, span};
use crate::domain::approval::RequestNumber;
use crate::store::approvals::{AnswerView, AskRow};

/// Show a request: its devices, what changed since it was asked, who answered, and how to answer
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The request, e.g. A-1042
    #[arg(value_name = "REQUEST", value_parser = number)]
    request: RequestNumber,
}

/// Prints a request: exit code 1 when there is none of that number.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let report = match told(session.desk().approval(args.request).await)? {
        Ok(report) => report,
        Err(no) => return Ok(no),
    };
    session.answer(&report, |paint| render(&report, report.at, paint))?;
    Ok(ExitCode::SUCCESS)
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
    let ends = format!(
        "{}, then {then}",
        question_ends(now, ask.ask_until, ask.is_stopped)
    );
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
