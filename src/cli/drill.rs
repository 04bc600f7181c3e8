//! `quell drill`: an incident rehearsed with the SOC's own configuration and playbooks, without a tenant. Starts a private
//! Postgres, a simulated Defender and the daemon; feeds a scenario in compressed time; and says what happened.
//!
//! It calls nothing but this machine, reads no secret of the configuration, and leaves nothing behind, however it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use crate::app;
use crate::cli::drill::course::Course;
use crate::cli::drill::outcome::{Asked, Outcome};
use crate::cli::drill::report::Played;
use crate::cli::drill::rewrite::Rewritten;
use crate::cli::practice::feed::{self, Delivered};
use crate::cli::practice::play::Play;
use crate::cli::practice::println_quietly;
use crate::cli::practice::screen::Screen;
use crate::cli::practice::stage::{Places, Stage};
use crate::cli::scenario;
use crate::clock::{self, Monotonic};
use crate::config::Config;
use crate::domain::device::DeviceIdRule;
use crate::intake::normalize;
use crate::outbound::Poster;
use crate::simulator::{ALL_ROLES, Deed, Scenario, Span};
use crate::store::audit::{AuditScope, Ledger};
use crate::store::views::{DecisionQuery, DecisionView};

mod course;
mod outcome;
mod report;
mod rewrite;

/// How often the drill looks for what is due.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often the store is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// How long what is under way may take to end once the time is up, in real time.
const SETTLE_WITHIN: Duration = Duration::from_secs(20);
/// The most decisions of one device that are looked at.
const DECISIONS: i64 = 200;

/// The drill's arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Your configuration: its tenant is never called, its database never opened, its secrets never read
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// What happens: ransomware-outbreak, credential-theft, false-positive-storm, defender-outage, portal-interference, or a
    /// file (docs/drill.md) [default: ransomware-outbreak; with --alerts a healthy Defender]
    #[arg(long, value_name = "NAME|FILE")]
    scenario: Option<String>,
    /// Your own alerts in place of the scenario's: one JSON record a line, in any form that POST /v1/events takes
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// Spread them over so much of Defender's time
    #[arg(long, value_name = "SPAN", default_value = "0s", requires = "alerts")]
    over: Span,
    /// How many times faster than Defender's time passes
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=5_000))]
    scale: Option<u32>,
    /// End after so much of Defender's time [default: the scenario's, or 2h]; earlier when nothing is left to do
    #[arg(long, value_name = "SPAN")]
    lasts: Option<Span>,
    /// Seed of everything that is drawn
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// Leave everything running afterwards, for a look, until Ctrl-C
    #[arg(long)]
    keep: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    Table,
    Json,
}

/// Runs the drill: exit code 0 when every invariant held, 1 when one did not, 130 or 143 when it was interrupted.
///
/// # Errors
/// The configuration, the scenario or the alerts are wrong; something could not be started, or ended before its time.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let scenario = match (&args.scenario, &args.alerts) {
        (Some(name), _) => scenario::find(name)?,
        (None, None) => scenario::find("ransomware-outbreak")?,
        (None, Some(_)) => Scenario::default(),
    };
    let scale = args.scale.unwrap_or_else(|| whole(scenario.scale));
    let seed = args.seed.or(scenario.seed).unwrap_or(1);
    let own = args.alerts.as_deref().map(|path| (path, args.over.0));
    let course = Course::new(scenario, own, args.lasts.map(|Span(lasts)| lasts), seed)?;
    let rewritten = Rewritten::read(&args.config, scale)?;
    // Whatever is wrong is said before anything is started, the proof that it leads nowhere else included.
    rehearse(&rewritten)?;

    let mut screen = Screen::new(args.output == Output::Json);
    let play = Play {
        name: "drill",
        options: course.options(scale, Some(seed), &ALL_ROLES),
        write: |directory: &Path, places: &Places| rewritten.write(directory, places),
        keep: args.keep,
    };
    let own = (scale, &rewritten);
    let perform = async |stage: &mut Stage, screen: &mut Screen| {
        perform(&args, &course, own, stage, screen, Monotonic::now()).await
    };
    play.run(&mut screen, perform).await
}

/// The scale that a scenario says, in whole numbers.
fn whole(scale: Option<f64>) -> u32 {
    scale.map_or(60, |scale| scale.round().clamp(1.0, 5_000.0) as u32)
}

/// Writes the configuration once for addresses that nobody listens on, and loads its playbooks.
fn rehearse(rewritten: &Rewritten) -> anyhow::Result<()> {
    let directory = tempfile::tempdir().context("cannot make a temporary directory")?;
    let places = Places {
        database: "postgres://quell@localhost/quell?host=/nowhere".to_owned(),
        listen: ([127, 0, 0, 1], 9).into(),
        defender: "http://127.0.0.1:9".to_owned(),
        secret: "nobody's".to_owned(),
    };
    let path = rewritten.write(directory.path(), &places)?;
    app::playbooks(&Config::load(&path)?.config)?;
    Ok(())
}

/// Feeds, waits, counts and prints.
async fn perform(
    args: &Args,
    course: &Course,
    (scale, rewritten): (u32, &Rewritten),
    stage: &mut Stage,
    screen: &mut Screen,
    began: Monotonic,
) -> anyhow::Result<ExitCode> {
    let title = course.scenario.title.clone();
    let title = title.unwrap_or_else(|| "A drill".to_owned());
    screen.say(&format!(
        "scenario    {title}\nalerts      {}, at most {} min of Defender's time in {} s\n",
        course.alerts.len(),
        course.lasts.as_secs() / 60,
        (course.lasts / scale).as_secs()
    ));
    stage.simulator.play(course.scenario.timeline());
    let fed = feed_and_watch(course, scale, stage, screen).await?;
    screen.erase();
    let outcome = count(stage, rewritten, scale, fed).await?;
    let played = Played {
        title,
        scale,
        took: began.elapsed(),
        left_out: rewritten.left_out.clone(),
    };
    match args.output {
        Output::Json => println_quietly(&report::object(&outcome, &played).to_string()),
        Output::Table => screen.say(&report::text(&outcome, &played)),
    }
    let held = outcome.invariants().iter().all(|one| one.held);
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What was delivered, and when it reached each device first.
#[derive(Debug, Default)]
struct Fed {
    delivered: Delivered,
    alerted: BTreeMap<String, Duration>,
    base: Duration,
}

/// Delivers each alert at its time, until nothing is left to do or the time is up.
async fn feed_and_watch(
    course: &Course,
    scale: u32,
    stage: &mut Stage,
    screen: &mut Screen,
) -> anyhow::Result<Fed> {
    let poster = Poster::new(&stage.url, "/v1/events", None)?;
    let rule = DeviceIdRule::default();
    let began = Monotonic::now();
    let mut fed = Fed {
        base: stage.simulator.uptime(),
        ..Fed::default()
    };
    let mut left = course.alerts.iter().peekable();
    let mut next_look = Monotonic::now();
    loop {
        stage.daemon.check()?;
        let at = began.elapsed() * scale;
        let mut due = Vec::new();
        while let Some(next) = left.next_if(|next| next.at <= at) {
            let record = course.record(next, clock::now());
            let event = normalize(&serde_json::Value::Object(record.clone()), &rule);
            let since = stage.simulator.uptime().saturating_sub(fed.base) * scale;
            for device in event.iter().flat_map(|event| &event.devices) {
                fed.alerted.entry(device.to_string()).or_insert(since);
            }
            // What Defender itself would list; records of other sources are none of its alerts.
            let _ = stage.simulator.perform(Deed::Alert(record.clone()));
            due.push(serde_json::Value::Object(record).to_string());
        }
        if !due.is_empty() {
            feed::deliver(&poster, &due, &mut fed.delivered).await?;
        }
        if next_look.remaining().is_zero() {
            next_look = Monotonic::now().plus(ASK_EVERY);
            let calm = look(course, at, left.len(), stage, screen).await?;
            let all_fed = left.peek().is_none() && at > course.last_event;
            let time_is_up = at >= course.lasts;
            let too_late = time_is_up && at >= course.lasts + SETTLE_WITHIN * scale;
            if calm.all && all_fed || time_is_up && calm.calls || too_late {
                return Ok(fed);
            }
        }
        tokio::time::sleep(LOOK_EVERY.min(Duration::from_secs(30) / scale)).await;
    }
}

/// How much is still to come.
struct Calm {
    /// Nothing waits to be decided or sent, or for an answer of Defender.
    calls: bool,
    /// Nor for a release or a person.
    all: bool,
}

/// Shows how far it is, and says what is left.
async fn look(
    course: &Course,
    at: Duration,
    left: usize,
    stage: &Stage,
    screen: &mut Screen,
) -> anyhow::Result<Calm> {
    let status = stage.store.status(stage.tenant, &stage.gate).await;
    let status = status.context("the status cannot be read")?;
    let report = stage.simulator.report();
    let is_open =
        |state: &&String| matches!(state.as_str(), "queued" | "submitting" | "in_doubt" | "submitted");
    let under_way: i64 = status
        .actions
        .iter()
        .filter(|(state, _)| is_open(state))
        .map(|(_, n)| n)
        .sum();
    let waiting = stage.store.requests_waiting(stage.tenant).await?;
    let calls = status.inbox.rows == 0 && under_way == 0;
    let held = report.restricted_now + report.isolated_now;
    let all = calls && held == 0 && waiting.devices == 0;
    let lines = vec![
        format!(
            "  {} of {} min, {} alerts to come",
            at.as_secs() / 60,
            course.lasts.as_secs() / 60,
            left
        ),
        format!(
            "  to decide {}   under way {under_way}   contained now {held}   waiting for a person {}",
            status.inbox.rows, waiting.devices
        ),
    ];
    let plain = lines
        .iter()
        .map(|line| line.trim())
        .collect::<Vec<_>>()
        .join("; ");
    screen.show(&lines, &plain);
    Ok(Calm { calls, all })
}

/// Asks all parties what they counted.
async fn count(stage: &Stage, rewritten: &Rewritten, scale: u32, fed: Fed) -> anyhow::Result<Outcome> {
    let store = &stage.store;
    let status = store.status(stage.tenant, &stage.gate).await?;
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
    let asked = store.audit(&scope, |_, _| ()).await?.checks;
    let failed = asked.iter().filter(|check| check.total > 0);
    let mut decisions: Vec<Vec<DecisionView>> = Vec::new();
    for device in fed.alerted.keys() {
        let id = DeviceIdRule::default().accept(device);
        let query = DecisionQuery::Device(id.context("a device was named that cannot be called")?, DECISIONS);
        decisions.push(store.decisions(stage.tenant, &query).await?);
    }
    let (decided, spoke) = outcome::sorted(&decisions);
    let config = Config::load(&stage.config)?.config;
    let set = app::playbooks(&config).with_context(|| {
        format!(
            "the playbooks in `{}` cannot be read any more",
            rewritten.playbooks.display()
        )
    })?;
    let in_force: BTreeSet<String> = set
        .playbooks()
        .iter()
        .map(|playbook| playbook.id.to_string())
        .collect();
    let requests = store.requests(stage.tenant, true, 100).await?.into_iter();
    let asked_of_people = requests.map(|request| Asked {
        waiting: request.waiting,
        expired: request.asks.get("expired").copied().unwrap_or(0),
        why: request.reasons.join(", "),
        request: request.request,
    });
    let mut alarms: BTreeMap<String, usize> = BTreeMap::new();
    for alarm in store.alarms(stage.tenant, Duration::from_secs(24 * 3600)).await? {
        *alarms.entry(alarm.kind).or_default() += 1;
    }
    let effects = stage.simulator.effects().into_iter();
    Ok(Outcome {
        delivered: fed.delivered,
        accounts: store.accounts(stage.tenant).await?,
        inbox: status.inbox.rows,
        defender: stage.simulator.report(),
        effects: effects
            .map(|(at, device, kind, by_api)| (at.saturating_sub(fed.base) * scale, device, kind, by_api))
            .collect(),
        alerted: fed.alerted,
        decided,
        silent: in_force.difference(&spoke).cloned().collect(),
        asked: asked_of_people
            .filter(|asked| asked.waiting + asked.expired > 0)
            .collect(),
        alarms,
        audit: (asked.len(), failed.map(|check| check.check).collect()),
    })
}
