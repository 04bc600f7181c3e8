//! `quell caps`: the caps of the installation with their use, and the one act that lifts one of them for a while.

use std::process::ExitCode;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::release::{operator, said};
use super::table::{Paint, Table, cell, plain};
use super::{Common, Session, nothing_done};
use crate::desk::words::{ago, ahead, span};
use crate::domain::limit::cap_of;
use crate::store::cap_lifts::{CapView, LiftDone, LiftOrder, LiftView};
use crate::yaml::duration;

/// The exit code when a guard stands against it.
const REFUSED: u8 = 5;

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
    /// Who you are, for the audit [default: SUDO_USER, USER or LOGNAME]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// A lift that was ended.
#[derive(Debug, Serialize)]
struct Ended {
    cap: String,
    lift: Uuid,
    by: String,
    reason: String,
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
    /// Who you are, for the audit [default: SUDO_USER, USER or LOGNAME]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// A cap is lifted for at least and at most so long.
const SPANS: std::ops::RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);

fn parse_span(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| SPANS.contains(span))
        .ok_or_else(|| "must be a duration from 1m to 7d, such as 1h or 30m".to_owned())
}

/// Every cap.
#[derive(Debug, Serialize)]
struct Caps {
    /// When this was so.
    at: Timestamp,
    caps: Vec<CapView>,
}

/// What a lift did.
#[derive(Debug, Serialize)]
struct Lifted {
    cap: String,
    by: String,
    reason: String,
    /// For so many more; `None`: any number.
    devices: Option<u32>,
    #[serde(flatten)]
    done: LiftDone,
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
    let rules = session.config.rules();
    let caps = Caps {
        at: session.store.now().await?,
        caps: session
            .store
            .caps_now(session.id, &rules.caps, session.gate().fleet)
            .await?,
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
    let Some(index) = cap_of(&args.cap).filter(|index| format!("caps[{index}]") == args.cap) else {
        return Ok(nothing_done(&format!(
            "`{}` is not the name of a cap; write it as `quell caps` does: `caps[0]`",
            plain(&args.cap)
        )));
    };
    let session = Session::open(&args.common).await?;
    let rules = session.config.rules();
    let order = LiftOrder {
        index,
        devices: args.devices,
        span: session.config.scaled(args.span),
        by: &by,
        reason: &reason,
    };
    let stops = session.store.stops(Some(session.id), None).await?;
    if !stops.is_empty() {
        eprintln!(
            "refused: restrictions are stopped, so nothing would go on; `quell resume` first, see `quell status`"
        );
        return Ok(ExitCode::from(REFUSED));
    }
    let done = session
        .store
        .cap_lift(
            session.id,
            &rules.caps,
            &rules.surge,
            session.gate().fleet,
            &order,
        )
        .await?;
    let Some(done) = done else {
        return Ok(nothing_done(&format!(
            "the configuration has no `{}`; it has {}",
            args.cap,
            match rules.caps.len() {
                0 => "no caps".to_owned(),
                n => format!("caps[0] to caps[{}]", n - 1),
            }
        )));
    };
    let now = session.store.now().await?;
    let lifted = Lifted {
        cap: args.cap,
        by,
        reason,
        devices: args.devices,
        done,
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
    let caps = session.config.rules().caps;
    let fleet = session.gate().fleet;
    let caps = session.store.caps_now(session.id, &caps, fleet).await?;
    let wanted = args.lift.trim().to_ascii_lowercase();
    let named = |lift: &&LiftView| named(lift.id).starts_with(&wanted);
    let fitting: Vec<&LiftView> = caps.iter().flat_map(|cap| &cap.lifts).filter(named).collect();
    let lift = match fitting.as_slice() {
        [one] if wanted.len() >= LIFT_CHARS => one.id,
        _ => {
            return Ok(nothing_done(&format!(
                "`{}` names no one lift in force: give {LIFT_CHARS} characters or more of its id, as `quell caps` shows it",
                plain(&args.lift)
            )));
        }
    };
    let Some(cap) = session.store.cap_lift_end(session.id, lift, &by, &reason).await? else {
        return Ok(nothing_done("the lift ended meanwhile"));
    };
    let ended = Ended {
        cap,
        lift,
        by,
        reason,
    };
    session.answer(&ended, |_| {
        format!(
            "the lift of {} is ended: it holds again; what the lift let go goes on\n",
            ended.cap
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// So much of a lift's id is shown, and needed.
const LIFT_CHARS: usize = 8;

/// A lift's id from its end, which tells lifts of one day apart: its beginning is the time.
fn named(lift: Uuid) -> String {
    lift.simple().to_string().chars().skip(16).collect()
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
    out
}
