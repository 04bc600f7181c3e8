//! `quell demo`: the whole of it in one command, with nothing configured. Starts a private Postgres, a simulated
//! Defender and the daemon; feeds recorded alerts and a storm; follows every device to its release; and counts whether
//! it all adds up.
//!
//! It calls nothing but this machine, and leaves nothing behind, however it ends.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use crate::cli::demo::alerts::Storm;
use crate::cli::demo::books::Books;
use crate::cli::demo::files::STORM_PLAYBOOK;
use crate::cli::demo::plan::Plan;
use crate::cli::demo::progress::Moment;
use crate::cli::practice::feed::{self, Delivered};
use crate::cli::practice::play::Play;
use crate::cli::practice::println_quietly;
use crate::cli::practice::screen::Screen;
use crate::cli::practice::stage::{Places, Stage};
use crate::clock::{self, Monotonic};
use crate::outbound::Poster;
use crate::simulator::Options;
use crate::store::audit::{AuditScope, Ledger};

pub(in crate::cli) mod alerts;
mod books;
mod files;
mod plan;
mod progress;
mod report;

/// How often the demo looks.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// The demo's arguments.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Args {
    /// Distinct devices of the storm
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=20_000))]
    devices: u32,
    /// How many times faster than Defender's time passes; 1 is real time
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    scale: u32,
    /// Print one JSON object at the end; progress goes to standard error
    #[arg(long)]
    json: bool,
    /// Leave everything running afterwards, for a look, until Ctrl-C
    #[arg(long)]
    keep: bool,
}

/// Runs the demo: exit code 0 when every invariant held, 1 when one did not, 130 or 143 when it was interrupted.
///
/// # Errors
/// Something could not be started (the message says what to install), or ended before its time.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let plan = Plan {
        devices: args.devices,
        scale: args.scale,
    };
    let mut screen = Screen::new(args.json);
    let began = Monotonic::now();
    let play = Play {
        name: "demo",
        options: defender(&plan),
        write: |directory: &Path, places: &Places| files::write(directory, &plan, places),
        keep: args.keep,
    };
    let perform =
        async |stage: &mut Stage, screen: &mut Screen| perform(&args, &plan, stage, screen, began).await;
    play.run(&mut screen, perform).await
}

/// Feeds, waits, counts and prints.
async fn perform(
    args: &Args,
    plan: &Plan,
    stage: &mut Stage,
    screen: &mut Screen,
    began: Monotonic,
) -> anyhow::Result<ExitCode> {
    let poster = Poster::new(&stage.url, "/v1/events", None)?;
    let now = clock::now();
    let storm = alerts::storm(plan.devices, now);
    let samples = alerts::samples(now)?;
    let minutes = plan.release_after().as_secs() / 60;
    screen.say(&format!(
        "alerts      {} recorded samples and a storm on {} devices, released after {minutes} min\ntime        about {} s\n",
        samples.len(),
        plan.devices,
        plan.estimate().as_secs()
    ));
    let fed = Monotonic::now();
    let mut delivered = Delivered::default();
    for records in [&samples, &alerts::harmless(now), &storm.records] {
        feed::deliver(&poster, records, &mut delivered).await?;
    }
    let settled = watch(plan, stage, screen, fed).await?;
    screen.erase();
    let books = close(plan, stage, &storm, delivered).await?;
    let took = began.elapsed();
    if !settled {
        let waited = plan.deadline().as_secs();
        screen.say(&format!(
            "It has not settled within {waited} s; this is how it stands.\n{}\n",
            stage.daemon.log_end()
        ));
    }
    if args.json {
        println_quietly(&report::object(&books, plan, took).to_string());
    } else {
        screen.say(&report::text(&books, plan, took));
    }
    let held = settled && report::held(&books.checks());
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Shows how far it is until all has settled: nothing waits to be decided, no action is queued or open, and no
/// containment of the storm is left. False when that took too long.
async fn watch(plan: &Plan, stage: &mut Stage, screen: &mut Screen, fed: Monotonic) -> anyhow::Result<bool> {
    loop {
        stage.daemon.check()?;
        let status = stage
            .store
            .status(stage.tenant, &stage.gate)
            .await
            .context("the status cannot be read")?;
        let storm = stage
            .store
            .playbook_containments(stage.tenant, STORM_PLAYBOOK)
            .await?;
        let report = stage.simulator.report();
        let moment = Moment {
            elapsed: fed.elapsed(),
            estimate: plan.estimate(),
            scale: plan.scale,
            devices: plan.devices,
            status: &status,
            storm: &storm,
            report: &report,
        };
        screen.show(&moment.lines(), &moment.plain());
        let is_open = |state: &str| matches!(state, "queued" | "submitting" | "in_doubt" | "submitted");
        let is_done = status.inbox.rows == 0
            && !status.actions.keys().any(|state| is_open(state))
            && !storm
                .keys()
                .any(|state| matches!(state.as_str(), "active" | "asked"));
        if is_done {
            return Ok(true);
        }
        if fed.elapsed() > plan.deadline() {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Asks all parties what they counted.
async fn close(plan: &Plan, stage: &Stage, storm: &Storm, delivered: Delivered) -> anyhow::Result<Books> {
    let status = stage.store.status(stage.tenant, &stage.gate).await?;
    let protected = alerts::protected_device();
    let ledger = Ledger {
        tenant: stage.tenant,
        scope: stage.gate.scope,
        latest_count: stage.gate.timing.latest_count(),
        actions: stage.gate.actions.clone(),
        reads: stage.gate.reads.clone(),
        antivirus: stage.gate.antivirus.clone(),
    };
    let scope = AuditScope {
        tenant: Some(stage.tenant),
        since: None,
        rows: 1,
        ledgers: vec![ledger],
    };
    let asked = stage.store.audit(&scope, |_, _| ()).await?.checks;
    let failed = asked.iter().filter(|check| check.total > 0);
    let journal = stage.simulator.journal();
    let forbidden = journal.iter().filter(|call| {
        call.method == "POST"
            && (call.device.as_deref() == Some(protected.as_str()) || call.path.contains(".."))
    });
    let restricted = storm
        .devices
        .iter()
        .filter(|device| stage.simulator.is_restricted(device));
    Ok(Books {
        devices: plan.devices,
        delivered,
        repeated: storm.repeated,
        inbox: status.inbox.rows,
        accounts: stage.store.accounts(stage.tenant).await?,
        storm: stage
            .store
            .playbook_accounts(stage.tenant, STORM_PLAYBOOK)
            .await?,
        storm_restricted: restricted.count(),
        forbidden_calls: forbidden.count(),
        defender: stage.simulator.report(),
        audit: (asked.len(), failed.map(|check| check.check).collect()),
    })
}

/// A healthy service with a realistic fleet: a few devices are away at first, and one action in a hundred fails.
fn defender(plan: &Plan) -> Options {
    Options {
        scale: f64::from(plan.scale),
        offline_percent: 3.0,
        offline_for: Duration::from_secs(10 * 60),
        fail_percent: 1.0,
        ..Options::default()
    }
}
