//! `quell status`: one look at three in the morning. What is contained, why, until when; what waits and for how long;
//! what needs a person; whether anything runs at all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use jiff::SignedDuration;

use super::table::{Paint, Tone, plain, short};
use super::{Common, devices, stop::banner};
use crate::cli::approvals::waiting;
use crate::cli::watch::{self, Watch};
use crate::desk::beside::beside;
use crate::desk::status::calls::sentence;
use crate::desk::status::{Report, files, inventory, lookups, sources};
use crate::desk::words::{ago, ahead, counted, slowed, span, waits};
use crate::domain::verdict::Mode;
use crate::store::views::StatusView;

/// Show what is contained, what waits, what needs a person, and whether the daemon lives
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    watch: Watch,
    /// So many contained devices, and so many asks
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i64).range(0..=10_000))]
    limit: i64,
}

/// Prints the status.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    watch::looks(&args.common, args.watch, "status", async |session| {
        let report = session.desk().status(args.limit).await?;
        session.answer(&report, |paint| render(&report, paint))?;
        if args.common.tenant.is_none() {
            let tenants = session.config.tenants.iter();
            let names: Vec<String> = tenants.map(|tenant| tenant.name.clone()).collect();
            let others = beside(&session.store, &session.tenant.name, &names).await?;
            if let Some(others) = others {
                session.remark(&others);
            }
        }
        Ok(ExitCode::SUCCESS)
    })
    .await
}

/// The status as text.
pub fn render(report: &Report, paint: Paint) -> String {
    let status = &report.status;
    let now = status.at;
    let mut out = banner(&report.stops, now, paint);
    out += &format!(
        "tenant {} at {}\n",
        report.tenant,
        now.strftime("%Y-%m-%d %H:%M:%S UTC")
    );
    match report.needs.as_slice() {
        [] if report.stops.is_empty() => {
            out += &format!("\n{}\n", paint.tone(Tone::Good, "nothing needs a person"));
        }
        [] => out += "\nnothing but the stop needs a person\n",
        needs => {
            out += &format!("\n{}\n", paint.tone(Tone::Head, "needs a person"));
            for need in needs {
                let _ = writeln!(out, "  {}", paint.tone(Tone::Bad, &plain(need)));
            }
        }
    }
    out.push('\n');
    for (name, fact) in facts(report) {
        let _ = writeln!(out, "{name:<12}{fact}");
    }
    if !report.contained.is_empty() {
        let restricted = |kind: &str| status.restrictions.get(kind).copied().unwrap_or(0);
        let all = status.contained_devices.max(restricted("restricted"));
        let shown = i64::try_from(report.contained.len()).unwrap_or(i64::MAX);
        let more = if shown < all {
            format!(", {shown} of {all}; the rest: `quell devices`")
        } else {
            String::new()
        };
        out += &format!("\n{}{more}\n", paint.tone(Tone::Head, "contained devices"));
        out += &devices::render(&report.contained, now, paint, "  ");
    }
    if !report.asks.is_empty() {
        let all = status.containments.get("asked").copied().unwrap_or(0);
        let shown = i64::try_from(report.asks.len()).unwrap_or(i64::MAX);
        let more = if shown < all {
            format!(", {shown} of {all}")
        } else {
            String::new()
        };
        out += &format!("\n{}{more}\n", paint.tone(Tone::Head, "asks"));
        out += &waiting::asks(&report.asks, now, !report.stops.is_empty(), paint);
    }
    out
}

/// One line for each thing that one may want to know.
fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let status = &report.status;
    let now = status.at;
    let restricted = |kind: &str| status.restrictions.get(kind).copied().unwrap_or(0);
    let mut contained = format!(
        "{} wanted contained; {} restricted by quell, {} by others, {} unclear",
        counted(status.contained_devices, "device"),
        restricted("restricted"),
        restricted("restricted_by_other"),
        restricted("unknown"),
    );
    let isolated = |kind: &str| status.isolations.get(kind).copied().unwrap_or(0);
    if status.isolations.iter().any(|(kind, n)| kind != "free" && *n > 0) {
        contained += &format!(
            "; {} isolated by quell, {} by others, {} unclear",
            isolated("isolated"),
            isolated("isolated_by_other"),
            isolated("unknown"),
        );
    }
    if let Some(at) = status.next_end_at {
        contained += &format!("; the next ends {}", ahead(now, at));
    }
    let mut refused = counted(status.throttled, "call") + " (429)";
    if let Some(at) = status.throttled_at {
        refused += &format!(", the last {}", ago(now, at));
    }
    refused += &format!("; {}", counted(status.dead_letters, "dead letter"));
    if let Some(at) = status.dead_letter_at {
        refused += &format!(", the last {}", ago(now, at));
    }
    let looked_up = report.lookups.as_ref().map(|view| lookups::line(view, now));
    let mut facts = vec![
        ("contained", contained),
        ("daemon", daemon(report)),
        ("playbooks", playbooks(report)),
        ("gate", gate(status)),
        ("budget", budget(report)),
        ("queue", queue(status)),
        ("forecast", forecast(report)),
        ("inbox", inbox(status)),
        (
            "events",
            format!(
                "{} accepted; decisions: {}",
                status.events,
                by_kind(&status.decisions)
            ),
        ),
        ("actions", by_kind(&status.actions)),
        ("inventory", inventory::line(&report.inventory, now)),
    ];
    facts.extend(looked_up.map(|line| ("lookups", line)));
    facts.extend(sources::line(&report.sources, now).map(|line| ("sources", line)));
    facts.push(("refused", refused));
    facts
}

fn daemon(report: &Report) -> String {
    let now = report.status.at;
    let daemon = match &report.status.lease {
        None => "none has dispatched yet".to_owned(),
        Some(lease) if lease.is_held => {
            let ttl =
                SignedDuration::try_from(Duration::from_secs_f64(report.lease_seconds)).unwrap_or_default();
            let renewed = lease.expires_at.checked_sub(ttl).unwrap_or(lease.expires_at);
            let host = lease.host.as_deref().map(|host| format!(" on {}", plain(host)));
            format!(
                "dispatches under epoch {}{}, lease renewed {}",
                lease.epoch,
                host.unwrap_or_default(),
                ago(now, renewed)
            )
        }
        Some(lease) => format!(
            "none dispatches; epoch {} ended {}",
            lease.epoch,
            ago(now, lease.expires_at)
        ),
    };
    daemon + &replicas(report)
}

/// Who lives: a standby that has died is seen by its absence.
fn replicas(report: &Report) -> String {
    let hosts: Vec<String> = report.replicas.iter().map(|one| plain(&one.host)).collect();
    match report.replicas.as_slice() {
        [] => String::new(),
        [one] if one.dispatches => "; no other replica lives".to_owned(),
        [_] => format!("; 1 replica lives: {}", hosts.join(", ")),
        all => format!("; {} replicas live: {}", all.len(), hosts.join(", ")),
    }
}

fn playbooks(report: &Report) -> String {
    let ceiling = match report.mode {
        Mode::Enforce => String::new(),
        mode => format!("; the configuration allows `{}` at most", mode.as_str()),
    };
    match &report.status.playbook_set {
        None => format!("no set is active{ceiling}"),
        Some(set) => format!(
            "{}; set {}, version {}, in force for {}{}{ceiling}",
            by_kind(&set.playbooks),
            short(&set.hash, 12),
            set.version,
            span(report.status.at.duration_since(set.activated_at)),
            files::by(set),
        ),
    }
}

fn gate(status: &StatusView) -> String {
    let reads = status
        .reads_closed_until
        .map(|until| format!("; reads open {}", ahead(status.at, until)));
    let gate = match status.closed_until {
        None => match &status.slowed {
            None => "open".to_owned(),
            Some(slow) => format!("open, calls {}", slowed(status.at, slow)),
        },
        Some(until) => format!(
            "closed, opens {}: {}",
            ahead(status.at, until),
            plain(
                status
                    .closed_reason
                    .as_deref()
                    .unwrap_or("no reason was recorded")
            ),
        ),
    };
    gate + &reads.unwrap_or_default()
}

fn budget(report: &Report) -> String {
    let status = &report.status;
    let windows = status.windows.iter().map(|window| {
        let per = SignedDuration::try_from_secs_f64(window.per_seconds).unwrap_or_default();
        format!("{}/{} in {}", window.used, window.limit, span(per))
    });
    let windows: Vec<String> = windows.collect();
    let (open, most) = (status.outstanding, report.outstanding_limit);
    format!(
        "{}; {open}/{most} restrictions open at Defender",
        windows.join(", ")
    )
}

fn queue(status: &StatusView) -> String {
    let all: i64 = status.queue.iter().map(|lane| lane.actions).sum();
    let Some(oldest) = status.queue.iter().map(|lane| lane.oldest_at).min() else {
        return "empty".to_owned();
    };
    let lanes: Vec<String> = status
        .queue
        .iter()
        .map(|lane| format!("{} {}", lane.actions, lane.lane.as_str()))
        .collect();
    let mut text = format!(
        "{}: {}; the oldest came {}",
        counted(all, "action"),
        lanes.join(", "),
        ago(status.at, oldest)
    );
    let delayed: i64 = status.queue.iter().map(|lane| lane.delayed).sum();
    if delayed > 0 {
        text += &format!("; {delayed} wait to be tried again");
    }
    let behind: i64 = status.queue.iter().map(|lane| lane.behind_open).sum();
    if behind > 0 {
        text += &format!("; {behind} wait for their device's open action");
    }
    text
}

fn forecast(report: &Report) -> String {
    sentence(
        report.status.at,
        report.held.as_ref(),
        report.next_call_at,
        report.queue_empty_at,
    )
}

fn inbox(status: &StatusView) -> String {
    let inbox = &status.inbox;
    let Some(oldest) = inbox.oldest_at else {
        return "empty".to_owned();
    };
    let mut text = format!(
        "{} to be decided, the oldest came {}",
        waits(inbox.rows, "event"),
        ago(status.at, oldest)
    );
    if let Some(until) = inbox.waiting_until {
        let facts = inbox.waiting_for_facts;
        text += &format!(
            "; {facts} of them wait for facts of their device, the last until {}",
            ahead(status.at, until)
        );
    }
    if inbox.held > 0 {
        text += &format!("; {} of them held after a panic of the decider", inbox.held);
    }
    text
}

fn by_kind(counts: &BTreeMap<String, i64>) -> String {
    let counts: Vec<String> = counts
        .iter()
        .map(|(kind, n)| format!("{n} {}", kind.replace('_', " ")))
        .collect();
    if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
