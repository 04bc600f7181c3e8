//! `quell caps`: the caps of the installation with their use, and the one act that lifts one of them for a while.

use std::process::ExitCode;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::release::{operator, said, typed};
use super::table::{Paint, Table, cell, plain};
use super::{Common, Session, nothing_done};
use crate::desk::caps::{Caps, LIFT_CHARS, Lift, Lifted, SPANS, named};
use crate::desk::words::{ago, ahead, span};
use crate::yaml::duration;

/// Show the caps of the installation with their use, or lift one for a while
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Let more devices go than a cap allows, for a while; what it held goes on at once
    Lift(LiftArgs),
    /// End a lift before its time: the cap holds again at once; what the lift let go goes on
    End(EndArgs),
}

/// Who ends which lift, and why.
#[derive(Debug, clap::Args)]
struct EndArgs {
    #[command(flatten)]
    common: Common,
    /// Which one: the 8 characters, or more, of its id, as `quell caps` shows it
    #[arg(value_name = "LIFT")]
    lift: String,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Who lifts which cap, how far, and why.
#[derive(Debug, clap::Args)]
struct LiftArgs {
    #[command(flatten)]
    common: Common,
    /// Which one, as `quell caps` names it: `caps[0]`
    #[arg(value_name = "CAP")]
    cap: String,
    /// For how long: 1h, 30m; the cap holds again afterwards
    #[arg(long = "for", value_name = "SPAN", value_parser = parse_span)]
    span: Duration,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// For so many more devices [default: any number]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    devices: Option<u32>,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

fn parse_span(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| SPANS.contains(span))
        .ok_or_else(|| "must be a duration from 1m to 7d, such as 1h or 30m".to_owned())
}

/// Shows the caps, or lifts one. Exit code 1: there is no such cap.
///
/// # Errors
/// The configuration cannot be used, the span, the reason or the name is wrong, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(Command::Lift(lift)) => run_lift(lift).await,
        Some(Command::End(end)) => run_end(end).await,
        None => show(&args.common).await,
    }
}

async fn show(common: &Common) -> anyhow::Result<ExitCode> {
    let session = Session::open(common).await?;
    let caps = match session.desk().caps().await {
        Ok(caps) => caps,
        Err(error) => return session.refuse(error).await,
    };
    session.answer(&caps, |paint| render(&caps, paint))?;
    Ok(ExitCode::SUCCESS)
}

async fn run_lift(args: LiftArgs) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        return Ok(nothing_done(
            "`--reason` is empty: say in a few words why the cap is lifted",
        ));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let lift = Lift {
        cap: &args.cap,
        span: session.config.scaled(args.span),
        devices: args.devices,
    };
    let now = session.store.now().await?;
    let lifted = match session.desk().cap_lift(&lift, None, &typed(by, reason)).await {
        Ok(lifted) => lifted,
        Err(error) => return session.refuse(error).await,
    };
    session.answer(&lifted, |_| render_lift(&lifted, now))?;
    Ok(ExitCode::SUCCESS)
}

async fn run_end(args: EndArgs) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        return Ok(nothing_done(
            "`--reason` is empty: say in a few words why the lift is ended",
        ));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let ended = match session.desk().cap_lift_end(&args.lift, &typed(by, reason)).await {
        Ok(ended) => ended,
        Err(error) => return session.refuse(error).await,
    };
    session.answer(&ended, |_| {
        format!(
            "the lift of {} is ended: it holds again; what the lift let go goes on\n",
            ended.cap
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

fn render(caps: &Caps, paint: Paint) -> String {
    if caps.caps.is_empty() {
        return "no caps are configured: nothing bounds how many devices are restricted\n".to_owned();
    }
    let mut table = Table::new(&["CAP", "ALLOWS", "IN", "COUNTED", "WAITING"]);
    for cap in &caps.caps {
        let most = cap.most.map_or(String::new(), |most| format!(" of {most}"));
        let per = SignedDuration::try_from(Duration::from_secs_f64(cap.per_seconds)).unwrap_or_default();
        table.row([
            cell(cap.cap.clone()),
            cell(cap.allows.clone()),
            cell(span(per)),
            cell(format!("{}{most}", cap.counted)),
            cell(cap.held.to_string()),
        ]);
    }
    let mut out = table.render(paint, "");
    for cap in &caps.caps {
        for lift in &cap.lifts {
            let many = lift
                .devices
                .map_or("any number of devices".to_owned(), |n| match n {
                    1 => "1 more device".to_owned(),
                    n => format!("{n} more devices"),
                });
            out += &format!(
                "{} lifted for {many} by {} {}, ends {} (lift {}): {}\n",
                cap.cap,
                plain(&lift.by),
                ago(caps.at, lift.lifted_at),
                ahead(caps.at, lift.until),
                named(lift.id).chars().take(LIFT_CHARS).collect::<String>(),
                plain(&lift.reason)
            );
        }
    }
    out
}

fn render_lift(lifted: &Lifted, now: Timestamp) -> String {
    let many = lifted
        .devices
        .map_or("any number of devices".to_owned(), |n| match n {
            1 => "1 more device".to_owned(),
            n => format!("{n} more devices"),
        });
    let held = &lifted.done.held;
    let mut out = format!(
        "{} is lifted for {many}; that ends {}\nwent on at once: {}\n",
        lifted.cap,
        ahead(now, lifted.done.until),
        match held.devices.len() {
            1 => "1 device".to_owned(),
            n => format!("{n} devices"),
        }
    );
    if held.still_held > 0 {
        out += &format!("still wait for {}: {}\n", lifted.cap, held.still_held);
    }
    if held.held_otherwise > 0 {
        out += &format!("wait for something else now: {}\n", held.held_otherwise);
    }
    if let Some(why) = &lifted.done.broke_off {
        out += &format!("{why}\n");
    }
    out
}
