//! `quell release` of a selection: shown first, then confirmed, then worked off in batches. Whatever becomes of this command, the
//! daemon works the run off to its end.

use std::process::ExitCode;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::release::{operator, typed};
use super::table::plain;
use super::{Common, Session, nothing_done};
use crate::cli::progress::Progress;
use crate::cli::since::Since;
use crate::cli::sure;
use crate::desk::queue::Held;
use crate::desk::words::counted;
use crate::desk::words::span;
use crate::store::{Preview, RunView, Selection};

/// Devices worked off at once.
const BATCH: i64 = 50;

/// How often a run is looked at while it is waited for.
const LOOK: Duration = Duration::from_millis(500);

/// Which containments to end, and how.
#[derive(Clone, Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("selection").multiple(true).args(["playbook", "since", "until", "group", "all"])))]
pub struct Many {
    /// Every containment of this playbook, or of one revision of it
    #[arg(long, value_name = "ID[@REVISION]")]
    playbook: Option<String>,
    /// Every containment begun since: a span before now (2h) or a time
    #[arg(long, value_name = "WHEN")]
    since: Option<Since>,
    /// Every containment begun before: a span before now (30m) or a time
    #[arg(long, value_name = "WHEN")]
    until: Option<Since>,
    /// Every containment on devices of this group
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Every containment
    #[arg(long, conflicts_with_all = ["playbook", "since", "until", "group"])]
    all: bool,
    /// Do not ask whether to go on
    #[arg(long, requires = "selection")]
    yes: bool,
    /// Go on without asking if the selection has so many devices, as `--dry-run` showed it; else do nothing
    #[arg(long, value_name = "N", requires = "selection", conflicts_with_all = ["yes", "dry_run"])]
    confirm: Option<usize>,
    /// Only show what it would do
    #[arg(long, requires = "selection", conflicts_with = "yes")]
    dry_run: bool,
    /// Wait until every device of the selection is released, or stays for another reason
    #[arg(long, conflicts_with = "device")]
    wait: bool,
    /// Go on with this run, or show how far it is: the beginning of its id, or `last`
    #[arg(long, value_name = "RUN", conflicts_with = "selection")]
    run: Option<String>,
}

/// Releases a selection, or goes on with a run: exit code 1 when there is nothing to release, or the answer was no.
pub(super) async fn run(
    common: &Common,
    many: &Many,
    reason: &str,
    by: Option<&str>,
) -> anyhow::Result<ExitCode> {
    if let Some(id) = &many.run {
        return go_on(common, many, id).await;
    }
    if reason.is_empty() && !many.dry_run {
        let why = "`--reason` is empty: say in a few words why the devices are released";
        return Ok(nothing_done(why));
    }
    let by = if many.dry_run {
        String::new()
    } else {
        operator(by)?
    };
    let session = Session::open(common).await?;
    let now = session.store.now().await?;
    let selection = many.selection(now)?;
    let desk = session.desk();
    let shown = match desk.release_shown(selection).await {
        Ok(shown) => shown,
        Err(error) => return session.refuse(error).await,
    };
    let preview = &shown.preview;
    let told = render_preview(&shown.selection, preview, shown.takes, shown.held.as_ref());
    if many.dry_run {
        session.answer(&shown, |_| told)?;
        return Ok(ExitCode::SUCCESS);
    }
    eprint!("{told}");
    let word = (many.yes, many.confirm);
    if let Some(no) = sure::asked("release", (preview.devices, "device"), word, sure::NOTHING_DONE)? {
        return Ok(no);
    }
    let run = match desk.release_begin(&shown, &typed(by, reason.to_owned())).await {
        Ok(run) => run.id,
        Err(error) => return session.refuse(error).await,
    };
    eprintln!("run {run} began: when this command is killed, the daemon goes on");
    work(&session, run).await?;
    report(&session, &run.to_string(), many.wait).await
}

impl Many {
    fn selection(&self, now: Timestamp) -> anyhow::Result<Selection> {
        let (playbook, revision) = match self.playbook.as_deref().map(|named| named.split_once('@')) {
            Some(Some((playbook, revision))) => (Some(playbook), Some(revision)),
            _ => (self.playbook.as_deref(), None),
        };
        Ok(Selection {
            playbook: playbook.map(str::to_owned),
            revision: revision.map(str::to_owned),
            since: self.since.map(|since| since.time(now)).transpose()?,
            until: self.until.map(|until| until.end(now)).transpose()?,
            group: self.group.clone(),
        })
    }
}

/// Works off the run, beside every daemon that does.
async fn work(session: &Session, run: Uuid) -> anyhow::Result<()> {
    let mut progress = Progress::on_stderr();
    loop {
        let worked = session
            .store
            .release_runs_work(session.id, Some(run), BATCH)
            .await?;
        match worked {
            None => return Ok(()),
            Some(worked) if worked.is_done => return Ok(()),
            // What is left is being worked on elsewhere, or could not be changed this time.
            Some(worked) if !worked.is_some() => tokio::time::sleep(LOOK).await,
            Some(_) => {}
        }
        if let Some(view) = session
            .store
            .release_run(session.id, Some(&run.to_string()))
            .await?
        {
            let (waiting, all) = view.progress();
            progress.show("ending", (all - waiting).unsigned_abs(), all.unsigned_abs());
        }
    }
}

async fn go_on(common: &Common, many: &Many, id: &str) -> anyhow::Result<ExitCode> {
    let session = Session::open(common).await?;
    let named = Some(id).filter(|id| *id != "last");
    let Some(view) = session.store.release_run(session.id, named).await? else {
        return Ok(nothing_done(&format!(
            "no single release run has an id that begins with `{}`",
            plain(id)
        )));
    };
    work(&session, view.id).await?;
    report(&session, &view.id.to_string(), many.wait).await
}

/// What became of the run, and what remains.
async fn report(session: &Session, run: &str, wait: bool) -> anyhow::Result<ExitCode> {
    let mut progress = Progress::on_stderr();
    loop {
        let Some(view) = session.store.release_run(session.id, Some(run)).await? else {
            anyhow::bail!("release run `{run}` is not in the database any more");
        };
        if wait && view.releasing() > 0 {
            let all: i64 = view.devices.values().sum();
            progress.show(
                "releasing",
                (all - view.releasing()).unsigned_abs(),
                all.unsigned_abs(),
            );
            tokio::time::sleep(LOOK).await;
            continue;
        }
        progress.clear();
        session.answer(&view, |_| render_run(&view))?;
        return Ok(ExitCode::SUCCESS);
    }
}

fn render_preview(
    selection: &Selection,
    preview: &Preview,
    takes: Option<Duration>,
    held: Option<&Held>,
) -> String {
    let n = |n: usize, noun: &str| counted(n as i64, noun);
    let mut out = format!(
        "{}: {} on {}",
        what(selection),
        n(preview.active, "containment"),
        n(preview.devices, "device")
    );
    if preview.asked > 0 {
        out += &format!(", and {} that is declined", n(preview.asked, "question"));
    }
    out.push('\n');
    let long = takes
        .and_then(|takes| SignedDuration::try_from(takes).ok())
        .map(|takes| format!(", the last leaves in about {}", span(takes)));
    let long = held.map(|held| format!(", held: {}", held.why)).or(long);
    let lines = [
        (
            preview.released,
            format!(
                "released: {}{}",
                n(preview.released, "call"),
                long.unwrap_or_default()
            ),
        ),
        (
            preview.unsent,
            "not restricted yet: withdrawn, nothing is called".to_owned(),
        ),
        (
            preview.kept,
            "stay restricted: something else restricts them too".to_owned(),
        ),
        (
            preview.by_others,
            "stay restricted: somebody else restricted them at Defender".to_owned(),
        ),
    ];
    for (count, text) in lines.into_iter().filter(|(count, _)| *count > 0) {
        out += &format!("  {count:>6}  {text}\n");
    }
    out
}

fn what(selection: &Selection) -> String {
    let mut parts = Vec::new();
    if let Some(playbook) = &selection.playbook {
        let revision = selection.revision.as_ref().map(|revision| format!("@{revision}"));
        parts.push(format!(
            "playbook `{}{}`",
            plain(playbook),
            plain(&revision.unwrap_or_default())
        ));
    }
    parts.extend(selection.since.map(|at| format!("begun since {at:.0}")));
    parts.extend(selection.until.map(|at| format!("begun before {at:.0}")));
    parts.extend(
        selection
            .group
            .as_ref()
            .map(|group| format!("group `{}`", plain(group))),
    );
    match parts.is_empty() {
        true => "everything".to_owned(),
        false => parts.join(", "),
    }
}

fn render_run(view: &RunView) -> String {
    let item = |state: &str| view.items.get(state).copied().unwrap_or(0);
    let mut out = format!(
        "run {}: {} ended, {} declined, {} left\n",
        view.id,
        counted(item("ended"), "containment"),
        counted(item("declined"), "question"),
        item("left")
    );
    if item("waiting") > 0 {
        out += &format!("  {} wait to be ended\n", item("waiting"));
    }
    for left in &view.left {
        out += &format!("  left      {}: {}\n", left.containments, plain(&left.why));
    }
    let stands = |stands: &str| view.devices.get(stands).copied().unwrap_or(0);
    out += &format!(
        "  devices   {} free, {} on their way, {} kept by something else, {} restricted by others\n",
        stands("free"),
        stands("releasing"),
        stands("kept"),
        stands("by_others")
    );
    out += &format!("  recorded  by {}: {}\n", plain(&view.by), plain(&view.reason));
    if view.releasing() > 0 {
        out += &format!("  `quell release --run {}` shows how far it is\n", view.id);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_shown_with_its_devices_its_calls_and_how_long_they_take() {
        let selection = Selection {
            playbook: Some("ransom".to_owned()),
            revision: Some("0123ab".to_owned()),
            group: Some("Plants".to_owned()),
            ..Selection::default()
        };
        let preview = Preview {
            containments: Vec::new(),
            active: 20,
            asked: 1,
            devices: 18,
            released: 14,
            unsent: 1,
            kept: 2,
            by_others: 1,
        };
        let held = Held::by(true, true);
        let told = render_preview(&selection, &preview, None, held.as_ref());
        assert!(
            told.contains("  14  released: 14 calls, held: a stop is in force\n"),
            "{told}"
        );
        let told = render_preview(&selection, &preview, Some(Duration::from_secs(75)), None);
        insta::assert_snapshot!(told, @r"
        playbook `ransom@0123ab`, group `Plants`: 20 containments on 18 devices, and 1 question that is declined
              14  released: 14 calls, the last leaves in about 1 min 15 s
               1  not restricted yet: withdrawn, nothing is called
               2  stay restricted: something else restricts them too
               1  stay restricted: somebody else restricted them at Defender
        ");
        assert_eq!(what(&Selection::default()), "everything");
    }
}
