//! `quell release`: an operator ends everything that keeps a device contained, and is told what follows.

use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::release_many::Many;
use super::table::{Paint, plain};
use super::{Common, Session, devices, nothing_done};
use crate::config::environment;
use crate::desk::words::{ago, ahead};
use crate::domain::action::ActionKind;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::person::is_reserved;
use crate::domain::verdict::Lane;
use crate::store::views::{ContainmentView, DeviceAction, DeviceQuery, DeviceView, Show};
use crate::store::{MeasureRelease, OperatorRelease};

/// End every containment on a device or of a selection, and decline what is asked about it
///
/// The device is released as soon as the budget allows; a restriction that was not sent yet is withdrawn instead. Who
/// did it and why is recorded. What somebody else restricted is left alone.
///
/// A selection (`--playbook`, `--since`, `--until`, `--group`, `--all`) is shown first: how many devices, how many calls, how
/// long they take. It is then ended in batches. When the command is killed the daemon goes on.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The device: its name, or at least 6 characters of the beginning of its id
    #[arg(value_name = "DEVICE", conflicts_with = "selection", required_unless_present_any = ["selection", "run"])]
    device: Option<String>,
    #[command(flatten)]
    many: Many,
    /// Why, for the audit and for Defender's comment
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["dry_run", "run"])]
    reason: Option<String>,
    /// Who you are, for the audit [default: SUDO_USER, USER or LOGNAME]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// It was a false positive: two of them let a playbook that is still in its canary fall back to observe
    #[arg(long, conflicts_with = "selection")]
    false_positive: bool,
    /// Release only this measure, and leave the other as it is
    #[arg(long, value_enum, value_name = "MEASURE", requires = "device")]
    only: Option<OnlyMeasure>,
}

/// Which measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OnlyMeasure {
    /// The restriction of app execution
    Restriction,
    /// The isolation from the network
    Isolation,
}

/// Shorter beginnings of an id fit too many devices by chance.
const SHORTEST_PREFIX: usize = 6;
/// So many candidates are listed.
const CANDIDATES: i64 = 20;
/// What was done, and what follows.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The device.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The containments that were ended.
    pub ended: Vec<ContainmentView>,
    /// The asks that were declined.
    pub declined: Vec<ContainmentView>,
    /// What follows, in words.
    pub next: String,
    /// When the release may leave, if one was queued and nothing stands before it.
    pub expected_at: Option<Timestamp>,
}

/// Releases a device: exit code 1 when there is nothing to release or no such device.
///
/// # Errors
/// The configuration cannot be used, the reason or the name is empty, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let reason = said(args.reason.as_deref().unwrap_or_default(), 500);
    let Some(wanted) = &args.device else {
        return super::release_many::run(&args.common, &args.many, &reason, args.by.as_deref()).await;
    };
    if reason.is_empty() {
        let why = "`--reason` is empty: say in a few words why the device is released";
        return Ok(nothing_done(why));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let candidates = candidates(&session, wanted).await?;
    let now = session.store.now().await?;
    let device = match candidates.as_slice() {
        [device] => device,
        _ => return Ok(nothing_done(&not_one(wanted, &candidates, now))),
    };
    let measures = match args.only {
        None => Measure::ALL.to_vec(),
        Some(OnlyMeasure::Restriction) => vec![Measure::Restriction],
        Some(OnlyMeasure::Isolation) => vec![Measure::Isolation],
    };
    let is_meant = |containment: &ContainmentView| measures.contains(&containment.measure);
    if !device.containments.iter().any(is_meant) {
        return Ok(nothing_done(&nothing_to_end(device, &measures)));
    }
    let id = DeviceId::from_stored(device.device.clone());
    let done = session
        .store
        .measures_release(session.id, (&id, &measures), &by, &reason, args.false_positive)
        .await?;
    let Some(done) = done.filter(|done| !done.ended.is_empty() || !done.declined.is_empty()) else {
        return Ok(nothing_done("somebody else was faster: nothing was left to end"));
    };
    let status = session.store.status(session.id, &session.gate()).await?;
    let through = status.forecast_through(Lane::Release, &session.pacing());
    let expected_at = through.and_then(|forecast| status.at.checked_add(forecast.last).ok());
    let dispatches = status.lease.as_ref().is_some_and(|lease| lease.is_held);
    let of = |ids: &[uuid::Uuid]| {
        device
            .containments
            .iter()
            .filter(|c| ids.contains(&c.id))
            .cloned()
            .collect()
    };
    let report = Report {
        device: device.device.clone(),
        name: device.name.clone(),
        ended: of(&done.ended),
        declined: of(&done.declined),
        next: next(&done, status.at, expected_at, dispatches),
        expected_at: expected_at.filter(|_| {
            let waits = |one: &MeasureRelease| one.queued.is_some() && one.open.is_none();
            done.measures.iter().any(waits)
        }),
        by,
        reason,
    };
    session.answer(&report, |_| render(&report, status.at))?;
    Ok(ExitCode::SUCCESS)
}

/// The devices that the text may mean: an exact id or name rules out the beginnings of others.
pub(in crate::cli) async fn candidates(session: &Session, wanted: &str) -> anyhow::Result<Vec<DeviceView>> {
    let query = DeviceQuery {
        show: Show::All,
        id: Some(wanted.to_owned()).filter(|id| id.chars().count() >= SHORTEST_PREFIX),
        name: Some(wanted.to_owned()),
        limit: CANDIDATES,
    };
    let mut found = session.store.devices(session.id, &query).await?;
    if let Some(exact) = found
        .iter()
        .position(|device| device.device.eq_ignore_ascii_case(wanted))
    {
        found = vec![found.swap_remove(exact)];
    }
    Ok(found)
}

pub(in crate::cli) fn not_one(wanted: &str, candidates: &[DeviceView], now: Timestamp) -> String {
    let wanted = plain(wanted);
    if !candidates.is_empty() {
        let table = devices::render(candidates, now, Paint::Plain, "  ");
        return format!(
            "`{wanted}` fits {} devices: nothing was done; name one of them\n{table}",
            candidates.len()
        );
    }
    match wanted.chars().count() < SHORTEST_PREFIX {
        true => format!(
            "no device is called `{wanted}`; the beginning of an id needs at least {SHORTEST_PREFIX} characters"
        ),
        false => format!(
            "no device is called `{wanted}`, nor does an id begin so: `quell devices --all` lists them"
        ),
    }
}

fn nothing_to_end(device: &DeviceView, measures: &[Measure]) -> String {
    let what = called(&device.device, device.name.as_deref());
    let releases = |action: &&DeviceAction| {
        let kind = ActionKind::parse(&action.kind).filter(|kind| kind.releases());
        kind.and_then(ActionKind::measure)
            .is_some_and(|measure| measures.contains(&measure))
    };
    if let Some(release) = device.actions.iter().find(releases) {
        return format!(
            "{what} has no containment any more; its release is {} already",
            release.state.replace('_', " ")
        );
    }
    let by_other = measures
        .iter()
        .find(|measure| device.known(**measure).ends_with("_by_other"));
    if let Some(measure) = by_other {
        return format!(
            "{what} was {} by somebody else, and quell undoes only what it began: release it in Defender",
            measure.held()
        );
    }
    if measures.iter().all(|measure| device.known(*measure) == "free") {
        let held: Vec<_> = measures.iter().map(|measure| measure.held()).collect();
        return format!(
            "{what} has no containment and is not {}, as far as is known: nothing to release",
            held.join(" or ")
        );
    }
    format!("{what} has no containment: nothing to end")
}

/// What follows, in words: of each measure that was concerned.
fn next(done: &OperatorRelease, now: Timestamp, expected_at: Option<Timestamp>, dispatches: bool) -> String {
    let is_concerned = |one: &&MeasureRelease| {
        one.known != "free" || one.open.is_some() || one.queued.is_some() || one.withdrawn
    };
    let mut concerned: Vec<&MeasureRelease> = done.measures.iter().filter(is_concerned).collect();
    if concerned.is_empty() {
        concerned = done.measures.iter().take(1).collect();
    }
    let told = concerned
        .into_iter()
        .map(|one| next_of(one, now, expected_at, dispatches));
    told.collect::<Vec<_>>().join("; ")
}

fn next_of(one: &MeasureRelease, now: Timestamp, expected_at: Option<Timestamp>, dispatches: bool) -> String {
    let daemon = if dispatches {
        ""
    } else {
        "; no daemon dispatches now: it leaves when one runs"
    };
    let release = ActionKind::to_release(one.measure).as_str();
    let (words, held) = (release.replace('_', " of "), one.measure.held());
    match (&one.queued, &one.open) {
        (Some((kind, _)), Some((open, state))) if kind == release => {
            let state = state.replace('_', " ");
            format!(
                "{words} queued, lane release; it leaves when the {open}, which is {state}, is over{daemon}"
            )
        }
        (Some((kind, not_before)), None) if kind == release => {
            let at = expected_at.unwrap_or(now).max(*not_before);
            let when = match at.duration_since(now) < SignedDuration::from_secs(1) {
                true => "now".to_owned(),
                false => format!("about {}", ahead(now, at)),
            };
            format!("{words} queued, lane release; it may leave {when}{daemon}")
        }
        (_, Some((kind, state))) if kind == release => {
            format!("a {words} is {} already", state.replace('_', " "))
        }
        _ if one.withdrawn => {
            let what = one.measure.as_str();
            format!("its {what} had not been sent and is withdrawn: nothing is called")
        }
        _ if one.known.ends_with("_by_other") => {
            format!("it stays {held}: somebody else {held} it, and quell undoes only what it began")
        }
        _ => format!("it was not {held}: nothing is called"),
    }
}

/// The answer as text.
pub fn render(report: &Report, now: Timestamp) -> String {
    let mut out = format!("{}\n", called(&report.device, report.name.as_deref()));
    for ended in &report.ended {
        let since = ended
            .activated_at
            .map(|at| format!(" (began {})", ago(now, at)))
            .unwrap_or_default();
        out += &format!("  ended     {}{since}\n", plain(&devices::reason(ended)));
    }
    for declined in &report.declined {
        out += &format!("  declined  {}\n", plain(&devices::reason(declined)));
    }
    out += &format!(
        "  recorded  by {}: {}\n  next      {}\n",
        report.by, report.reason, report.next
    );
    out
}

pub(super) fn called(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{} ({})", plain(name), plain(id)),
        None => format!("device {}", plain(id)),
    }
}

/// What a person wrote, in one line without control characters, and not without end.
pub(in crate::cli) fn said(text: &str, most: usize) -> String {
    plain(text).trim().chars().take(most).collect()
}

/// Why nobody can act by that name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum NoOperator {
    /// Nothing says who it is.
    #[error("nobody knows who you are: say it with `--by NAME`")]
    Nameless,
    /// A part of the daemon is called so.
    #[error("`{0}` is a name that quell itself goes by in the audit: choose another with `--by NAME`")]
    Reserved(String),
}

/// Who acts: as said, or the user who called us; behind `sudo` the one who called that.
///
/// # Errors
/// [`NoOperator`].
pub(in crate::cli) fn operator(by: Option<&str>) -> Result<String, NoOperator> {
    let user = || {
        ["SUDO_USER", "USER", "LOGNAME"]
            .into_iter()
            .find_map(environment::read_text)
    };
    let by = said(&by.map(str::to_owned).or_else(user).unwrap_or_default(), 100);
    if by.is_empty() {
        return Err(NoOperator::Nameless);
    }
    if is_reserved(&by) {
        return Err(NoOperator::Reserved(by));
    }
    Ok(by)
}

#[cfg(test)]
#[path = "release_tests.rs"]
mod tests;
