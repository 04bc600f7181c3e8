//! `quell approvals approve` and `reject`: a person's answer, given as a whole or not at all, and what followed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use super::number;
use crate::cli::operator::release::{NoOperator, operator, said, typed};
use crate::cli::operator::table::{cut, plain};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::cli::sure::Sure;
use crate::desk::Refused;
use crate::desk::answer::{Report, Said};
use crate::domain::approval::{RequestNumber, person};
use crate::store::approvals::Refusal;

/// Approve a request, or some of its devices
///
/// It is taken as a whole or not at all. What was reviewed must be what is there: what was seen when it was asked or, with
/// `--reviewed`, what `quell approvals show` printed. When something that matters changed since, nothing becomes active and
/// the difference is told.
#[derive(Debug, clap::Args)]
pub struct ApproveArgs {
    #[command(flatten)]
    what: What,
    /// The token that `quell approvals show` printed: what it showed is what is approved
    #[arg(long, value_name = "TOKEN")]
    reviewed: Option<String>,
}

/// Reject a request, or some of its devices: one person who is asked and says no is enough
#[derive(Debug, clap::Args)]
pub struct RejectArgs {
    #[command(flatten)]
    what: What,
}

#[derive(Debug, clap::Args)]
struct What {
    #[command(flatten)]
    common: Common,
    /// The request, e.g. A-1042
    #[arg(value_name = "REQUEST", value_parser = number)]
    request: RequestNumber,
    /// Only these devices of it: names, or beginnings of ids
    #[arg(long, value_name = "DEVICE", num_args = 1.., conflicts_with = "except")]
    only: Vec<String>,
    /// All devices of it but these, about which nothing is said
    #[arg(long, value_name = "DEVICE", num_args = 1..)]
    except: Vec<String>,
    #[command(flatten)]
    sure: Sure,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Approves: exit code 0 when it was taken, 1 when nothing is left to answer or something changed, 4 when the person may not, 5
/// when a guard refuses.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn approve(args: ApproveArgs) -> anyhow::Result<ExitCode> {
    answer(args.what, true, args.reviewed.as_deref()).await
}

/// Rejects: exit codes as for [`approve`].
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn reject(args: RejectArgs) -> anyhow::Result<ExitCode> {
    answer(args.what, false, None).await
}

async fn answer(what: What, is_yes: bool, reviewed: Option<&str>) -> anyhow::Result<ExitCode> {
    let reason = said(&what.reason, 500);
    if reason.is_empty() {
        return Ok(nothing_done("`--reason` is empty: say in a few words why"));
    }
    // The names of the daemon's parts are refused in any case of letters.
    let by = match operator(what.by.as_deref()).and_then(|by| operator(Some(&person(&by)))) {
        Ok(by) => by,
        Err(error @ NoOperator::Reserved(_)) => {
            eprintln!("error: {error}");
            return Ok(ExitCode::from(Refused::NotAllowed.kind().exit_code()));
        }
        Err(error @ NoOperator::Nameless) => return Err(error.into()),
    };
    let session = Session::open(&what.common).await?;
    let desk = session.desk();
    let said = Said {
        only: Some(what.only.as_slice()).filter(|only| !only.is_empty()),
        except: &what.except,
        reviewed,
    };
    // What was reviewed is meant as a whole, and what is named is meant each: anything else is counted first.
    if reviewed.is_none() && what.only.is_empty() {
        let n = match desk.request(what.request).await {
            Ok(request) => match request.waiting(&what.except) {
                Ok(n) => n,
                Err(error) => return session.refuse(error).await,
            },
            Err(error) => return session.refuse(error).await,
        };
        let does = if is_yes { "approve" } else { "reject" };
        if let Some(no) = what.sure.of(does, n, "device")? {
            return Ok(no);
        }
    }
    let by = typed(by, reason);
    let answered = match is_yes {
        true => desk.approve(what.request, &said, &by).await,
        false => desk.reject(what.request, &said, &by).await,
    };
    let report = match answered {
        Ok(report) => report,
        Err(error) => return session.refuse(error).await,
    };
    session.answer(&report, |_| render(&report))?;
    Ok(match report.refused {
        None => ExitCode::SUCCESS,
        Some(refusal) => ExitCode::from(Refused::from(refusal).kind().exit_code()),
    })
}

/// So many devices are told one by one.
const LINES: usize = 40;

fn render(report: &Report) -> String {
    let head = match report.refused {
        None => format!(
            "{}: recorded, by {}: {}",
            report.request, report.by, report.reason
        ),
        Some(refused) => format!("{}: nothing was done: {}", report.request, why(refused)),
    };
    let mut out = plain(&head) + "\n";
    for told in report.devices.iter().take(LINES) {
        let device = match (&told.name, told.device.is_empty()) {
            (_, true) => String::new(),
            (Some(name), _) => format!("{}: ", plain(name)),
            (None, _) => format!("{}: ", cut(&told.device, 13)),
        };
        let _ = writeln!(out, "  {device}{}", plain(&told.told));
    }
    if let Some(more) = report.devices.len().checked_sub(LINES).filter(|more| *more > 0) {
        let _ = writeln!(out, "  and {more} more: `-o json` tells all");
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for told in &report.devices {
        *counts.entry(told.what).or_default() += 1;
    }
    if report.is_taken && report.devices.len() > 1 {
        let counts: Vec<String> = counts
            .iter()
            .map(|(what, n)| format!("{n} {}", what.replace('_', " ")))
            .collect();
        let _ = writeln!(out, "  {}", counts.join(", "));
    }
    match report.refused {
        Some(Refusal::Changed | Refusal::MayGrow) => {
            let _ = writeln!(
                out,
                "  look again with `quell approvals show {0}`, and approve what it shows with `--reviewed`",
                report.request
            );
        }
        Some(Refusal::Guard) => out += "  take the others with `--only` or `--except`\n",
        _ => {}
    }
    out
}

fn why(refused: Refusal) -> &'static str {
    match refused {
        Refusal::NoSuchRequest => "there is no such request",
        Refusal::Over => "there is nothing left to answer",
        Refusal::NotAllowed => "you may not answer it",
        Refusal::AnsweredBefore => "you answered it before",
        Refusal::Guard => "a guard refuses",
        Refusal::Changed => "it changed since review",
        Refusal::MayGrow => "it may still grow",
    }
}
