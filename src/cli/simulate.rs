//! `quell simulate`: a Defender to practise against, in the foreground, until it is told to stop.
//!
//! Turns the command line into [`Options`], prints what to put into a configuration, waits for SIGINT or SIGTERM, and
//! prints what was seen. Everything that a simulated Defender does is in [`crate::simulator`].

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::scenario;
use crate::simulator::{
    ALL_ROLES, BudgetScope, DuplicateMode, Faults, Fleet, Invariant, Options, QuotaDialect, Report,
    RetryAfter, Simulator, Span, Window, WindowAlgorithm,
};

/// Run a simulated Defender on a loopback port.
///
/// Windows and delays are given as Defender's and divided by the scale. Stop it with Ctrl-C; it then prints what it saw.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Where to listen; loopback addresses only, port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// A file that says what the service is like, what happens when, and which alerts are listed (docs/simulator.md). What it
    /// says holds over the options below, but for --scale and --seed. Built in: ransomware-outbreak, credential-theft,
    /// false-positive-storm, defender-outage, portal-interference.
    #[arg(long, value_name = "FILE|NAME")]
    scenario: Option<String>,
    /// How many times faster than Defender it lives [default: 1, or the scenario's].
    #[arg(long, value_name = "N")]
    scale: Option<f64>,
    /// Seed of everything that is drawn: devices, delays, failures, faults [default: 1, or the scenario's].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A rate window, such as 100/60s; may be repeated [default: 100/60s and 1500/1h].
    #[arg(long = "window", value_name = "CALLS/SPAN", value_parser = window)]
    windows: Vec<Window>,
    /// How a window is counted.
    #[arg(long, value_name = "ALGORITHM", value_enum, default_value_t = Algorithm::SlidingLog)]
    window_algorithm: Algorithm,
    /// Count actions and reads together.
    #[arg(long, conflicts_with = "per_endpoint_budget")]
    shared_budget: bool,
    /// Count each endpoint for itself.
    #[arg(long)]
    per_endpoint_budget: bool,
    /// How a 429 says when to come back.
    #[arg(long, value_name = "FORM", value_enum, default_value_t = ComeBack::Seconds)]
    retry_after: ComeBack,
    /// A permission in issued tokens; may be repeated [default: those that a client of containment has a use for].
    #[arg(long = "role", value_name = "PERMISSION")]
    roles: Vec<String>,
    /// A permission that is left out of issued tokens; may be repeated.
    #[arg(long = "without-role", value_name = "PERMISSION")]
    without_roles: Vec<String>,
    /// Every permission there is in issued tokens: to offboard devices and for live response too.
    #[arg(long, conflicts_with = "roles")]
    all_roles: bool,
    /// Word a 429 as documented rather than as recorded.
    #[arg(long)]
    documented_429: bool,
    /// How long a reply takes, in real time.
    #[arg(long, value_name = "SPAN[..SPAN]", value_parser = spans, default_value = "1ms..5ms")]
    latency: RangeInclusive<Duration>,
    /// How long an action stays Pending.
    #[arg(long, value_name = "SPAN[..SPAN]", value_parser = spans, default_value = "2s..6s")]
    pending: RangeInclusive<Duration>,
    /// How long an action stays InProgress.
    #[arg(long, value_name = "SPAN[..SPAN]", value_parser = spans, default_value = "14s..22s")]
    in_progress: RangeInclusive<Duration>,
    /// Percentage of devices that are out of reach at first.
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "0")]
    offline_percent: f64,
    /// How long they stay away after their first action; over 72h14m their actions time out.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "30m")]
    offline_for: Duration,
    /// Percentage of actions that fail.
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "0")]
    fail_percent: f64,
    /// Percentage of device ids that are unknown (404).
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "0")]
    unknown_percent: f64,
    /// So many devices are listed in the inventory, called for or not.
    #[arg(long, value_name = "DEVICES", default_value_t = 0)]
    listed: u64,
    /// Percentage of devices with an operating system on which app execution cannot be restricted.
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "0")]
    unsupported_percent: f64,
    /// Percentage of devices that are not onboarded.
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "0")]
    not_onboarded_percent: f64,
    /// Percentage of devices tagged tier-0.
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "3")]
    tier0_percent: f64,
    /// Percentage of devices that are servers.
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "7")]
    server_percent: f64,
    /// What a second action of the same type does while one is open.
    #[arg(long, value_name = "MODE", value_enum, default_value_t = Duplicates::ReturnPending)]
    duplicates: Duplicates,
    /// How long a new action cannot be read yet.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "0s")]
    read_after_write: Duration,
    /// Faults from the start, as JSON; see docs/simulator.md.
    #[arg(long, value_name = "JSON", value_parser = faults)]
    faults: Option<Faults>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Algorithm {
    /// Exactly: every call of the last span is remembered.
    SlidingLog,
    /// A count that begins anew at each border of a grid.
    Fixed,
    /// The same, with the part of the count before the border that the last span still reaches.
    SlidingCounter,
    /// A bucket that fills at the window's rate.
    TokenBucket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ComeBack {
    /// Not at all.
    None,
    /// In seconds; with a fraction when time is scaled.
    Seconds,
    /// In seconds with a fraction.
    Fraction,
    /// As an HTTP date.
    Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Duplicates {
    /// It is answered with the pending one.
    ReturnPending,
    /// It is answered 400, as one that is already in progress.
    #[value(name = "reject-400", alias = "400-active")]
    Reject400,
    /// It is made, and takes effect only after the opposite one.
    SecondStuckPending,
    /// One of these, drawn for each call.
    Random,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

/// Runs the simulator until SIGINT or SIGTERM.
///
/// # Errors
/// It cannot listen, or a figure makes no sense.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    // Taken before anything is printed: whoever reads the address may stop us at once.
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let output = args.output;
    let scenario = args.scenario.as_deref().map(scenario::find).transpose()?;
    let (seed, scale) = (args.seed, args.scale);
    let mut options = options(args);
    if let Some(scenario) = &scenario {
        scenario.apply(&mut options);
        options.seed = seed.unwrap_or(options.seed);
        options.scale = scale.unwrap_or(options.scale);
        options.timeline.extend(scenario.timeline());
        options.timeline.extend(scenario.alerts_as_deeds(options.seed));
    }
    let scale = options.scale;
    let simulator = Simulator::start(options).await?;
    match output {
        Output::Table => println!("{}", welcome(&simulator, scale)),
        Output::Json => {
            let (base_url, authority) = (simulator.base_url(), simulator.authority());
            println!(
                "{}",
                json!({
                    "base_url": base_url, "authority": authority, "scale": scale,
                    "control": format!("{base_url}/_control"), "control_token": simulator.control_token(),
                })
            );
        }
    }
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    let report = simulator.report();
    simulator.stop().await;
    let invariants = report.invariants();
    match output {
        Output::Table => println!("\n{}\n\n{}", table(&report), promises(&invariants)),
        Output::Json => {
            let mut shown = serde_json::to_value(&report)?;
            shown["invariants"] = json!(invariants);
            println!("{shown}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What must hold of a client, a line each.
pub fn promises(invariants: &[Invariant]) -> String {
    let lines = invariants.iter().map(|Invariant { name, held, detail }| {
        let mark = if *held { "✓" } else { "✗" };
        format!("{mark} {name}: {detail}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A report as a small table for people.
pub fn table(report: &Report) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
    row("action calls", report.action_calls.to_string());
    row("read calls", report.read_calls.to_string());
    row("token requests", report.token_requests.to_string());
    for window in &report.most_in_window {
        let name = format!("most {} in any {} s", window.scope, window.per_seconds);
        row(&name, format!("{} of {}", window.most, window.limit));
    }
    row("answered 429", report.rejected_429.to_string());
    row("of them too early again", report.early_after_429.to_string());
    row(
        "calls without a good token",
        (report.without_token + report.bad_tokens).to_string(),
    );
    row("duplicates", report.duplicates.to_string());
    row("opposite while open", report.opposite_while_open.to_string());
    row("faults", report.faults.to_string());
    for (kind, count) in &report.actions_by_type {
        row(kind, count.to_string());
    }
    for (status, count) in &report.actions_by_status {
        row(&format!("actions {status}"), count.to_string());
    }
    row("restricted now", report.restricted_now.to_string());
    row("isolated now", report.isolated_now.to_string());
    row("files quarantined", report.quarantined_files.to_string());

    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {value}"))
        .collect();
    lines.extend(
        report
            .timeline_refused
            .iter()
            .map(|refused| format!("! {refused}")),
    );
    lines.extend(report.violations.iter().map(|violation| format!("! {violation}")));
    lines.join("\n")
}

/// What to put into a configuration so that the daemon talks to this simulator.
pub fn config_snippet(simulator: &Simulator, scale: f64) -> String {
    let (base_url, authority) = (simulator.base_url(), simulator.authority());
    format!(
        "time_scale: {scale}\n\
         tenants:\n  \
           - name: practice\n    \
             base_url: {base_url}\n    \
             authority: {authority}\n    \
             credential:\n      \
               client_secret:\n        \
                 directory_id: 00000000-0000-4000-8000-000000000001\n        \
                 client_id: 00000000-0000-4000-8000-000000000002\n        \
                 secret_file: /path/to/a/file/with/any/text"
    )
}

fn welcome(simulator: &Simulator, scale: f64) -> String {
    let base_url = simulator.base_url();
    format!(
        "{base_url}\n\n# for the configuration:\n{}\n\n\
         # its own pages, such as the report and the journal:\n\
         # curl -H 'Authorization: Bearer {}' {base_url}/_control/report\n\
         # stop with Ctrl-C",
        config_snippet(simulator, scale),
        simulator.control_token(),
    )
}

/// The permissions in issued tokens.
fn roles(args: &Args) -> Vec<String> {
    let mut roles = match (args.all_roles, args.roles.is_empty()) {
        (true, _) => ALL_ROLES.map(str::to_owned).to_vec(),
        (false, true) => Options::default().roles,
        (false, false) => args.roles.clone(),
    };
    roles.retain(|role| {
        !args
            .without_roles
            .iter()
            .any(|one| one.eq_ignore_ascii_case(role))
    });
    roles
}

fn options(args: Args) -> Options {
    let plain = Options::default();
    Options {
        listen: args.listen,
        scale: args.scale.unwrap_or(plain.scale),
        seed: args.seed.unwrap_or(plain.seed),
        roles: roles(&args),
        retry_after_form: match args.retry_after {
            ComeBack::None => RetryAfter::None,
            ComeBack::Seconds => RetryAfter::Seconds,
            ComeBack::Fraction => RetryAfter::Fraction,
            ComeBack::Date => RetryAfter::Date,
        },
        window_algorithm: match args.window_algorithm {
            Algorithm::SlidingLog => WindowAlgorithm::SlidingLog,
            Algorithm::Fixed => WindowAlgorithm::Fixed,
            Algorithm::SlidingCounter => WindowAlgorithm::SlidingCounter,
            Algorithm::TokenBucket => WindowAlgorithm::TokenBucket,
        },
        windows: if args.windows.is_empty() {
            plain.windows
        } else {
            args.windows
        },
        budget_scope: if args.shared_budget {
            BudgetScope::Shared
        } else if args.per_endpoint_budget {
            BudgetScope::PerEndpoint
        } else {
            plain.budget_scope
        },
        quota_dialect: if args.documented_429 {
            QuotaDialect::Documented
        } else {
            plain.quota_dialect
        },
        latency: args.latency,
        pending_for: args.pending,
        in_progress_for: args.in_progress,
        offline_percent: args.offline_percent,
        offline_for: args.offline_for,
        fail_percent: args.fail_percent,
        unknown_percent: args.unknown_percent,
        listed: args.listed,
        fleet: Fleet {
            tier0_percent: args.tier0_percent,
            server_percent: args.server_percent,
            unsupported_os_percent: args.unsupported_percent,
            not_onboarded_percent: args.not_onboarded_percent,
            ..plain.fleet
        },
        duplicate_mode: match args.duplicates {
            Duplicates::ReturnPending => DuplicateMode::ReturnPending,
            Duplicates::Reject400 => DuplicateMode::Reject400,
            Duplicates::SecondStuckPending => DuplicateMode::SecondStuckPending,
            Duplicates::Random => DuplicateMode::Random,
        },
        read_after_write: args.read_after_write,
        faults: args.faults.unwrap_or_default(),
        ..plain
    }
}

fn percent(text: &str) -> Result<f64, String> {
    let percent: f64 = text.parse().map_err(|_| format!("`{text}` is not a number"))?;
    if (0.0..=100.0).contains(&percent) {
        Ok(percent)
    } else {
        Err("a percentage is from 0 to 100".to_owned())
    }
}

fn span(text: &str) -> Result<Duration, String> {
    text.parse().map(|Span(span)| span)
}

fn spans(text: &str) -> Result<RangeInclusive<Duration>, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (span(from)?, span(to)?);
    if from <= to {
        Ok(from..=to)
    } else {
        Err(format!("`{text}` ends before it begins"))
    }
}

fn window(text: &str) -> Result<Window, String> {
    text.parse()
}

fn faults(text: &str) -> Result<Faults, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn parse(line: &str) -> Result<Options, String> {
        let words = std::iter::once("simulate").chain(line.split_whitespace());
        Line::try_parse_from(words)
            .map(|line| options(line.args))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_of_the_command_line_are_those_of_the_simulator() {
        let plain = parse("").expect("nothing is required");
        assert_eq!(format!("{plain:?}"), format!("{:?}", Options::default()));
    }

    #[test]
    fn every_figure_reaches_the_simulator() {
        let line = "--scale 60 --window 10/60s --window 50/1h --pending 1s --in-progress 2s..3s --offline-percent 2.5 \
                    --offline-for 73h --duplicates reject-400 --faults {\"slow_percent\":5,\"slow_for_ms\":9}";
        let options = parse(line).expect("all of these exist");
        assert_eq!(options.windows, [Window::new(10, 60), Window::new(50, 3600)]);
        assert_eq!(
            options.pending_for,
            Duration::from_secs(1)..=Duration::from_secs(1)
        );
        assert_eq!(
            options.in_progress_for,
            Duration::from_secs(2)..=Duration::from_secs(3)
        );
        assert_eq!(
            (options.offline_percent, options.offline_for),
            (2.5, Duration::from_secs(73 * 3600))
        );
        assert_eq!(options.duplicate_mode, DuplicateMode::Reject400);
        assert_eq!(
            (options.faults.slow_percent, options.faults.slow_for_ms),
            (5.0, 9)
        );
    }

    #[test]
    fn a_permission_can_be_left_out_or_each_be_named() {
        let roles = |line: &str| parse(line).expect("all of these exist").roles;
        let without = roles("--without-role machine.isolate --without-role Machine.Scan");
        assert_eq!((without.len(), roles("").len()), (5, 7));
        assert_eq!(roles("--role Machine.Read.All"), ["Machine.Read.All"]);
        assert_eq!(roles("--all-roles").len(), ALL_ROLES.len());
    }

    #[test]
    fn figures_that_make_no_sense_are_refused_with_a_hint() {
        for (line, hint) in [
            ("--fail-percent 101", "from 0 to 100"),
            ("--offline-for 10", "write `90s`"),
            ("--window 100", "write `100/60s`"),
            ("--pending 3s..2s", "ends before it begins"),
            ("--faults {\"slow\":1}", "unknown field"),
            ("--listen here", "--listen"),
        ] {
            let refused = parse(line).expect_err("it must not parse");
            assert!(refused.contains(hint), "{line}: {refused}");
        }
    }

    #[tokio::test]
    async fn the_table_shows_windows_statuses_and_violations() {
        let simulator = Simulator::start(Options::default())
            .await
            .expect("a loopback port is free");
        let mut report = simulator.report();
        report.actions_by_status.insert("Succeeded".to_owned(), 7);
        report.violations.push("something was wrong".to_owned());
        let table = table(&report);
        for part in [
            "most actions in any 3600 s",
            "0 of 1500",
            "actions Succeeded",
            "! something was wrong",
        ] {
            assert!(table.contains(part), "{table}");
        }
        assert!(config_snippet(&simulator, 60.0).contains(&format!("base_url: {}", simulator.base_url())));
    }
}
