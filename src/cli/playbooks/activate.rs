//! `quell playbooks activate`: an operator puts the playbooks of a directory in force, all of them or none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;
use serde::Serialize;

use super::SHORT;
use crate::app::reload::load::{Around, load_aside};
use crate::cli::operator::release::{operator, said};
use crate::cli::operator::table::{plain, short};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::desk::words::ago;
use crate::domain::verdict::Mode;
use crate::playbook::PlaybookSet;
use crate::store::views::ActivationView;
use crate::store::{Because, Origin, SetHead};
use crate::worker::active_set::{self, Proposal};

/// Put the playbooks of a directory in force: all of them, in one step, or none
///
/// Every playbook of the directory is checked first; one that is wrong changes nothing. Who did it and why is recorded. What
/// is put in force so stays in force when a daemon restarts; files that change later take its place.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The directory
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the record [default: SUDO_USER, USER or LOGNAME]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only if the set in force is this one: at least 6 characters of its hash
    #[arg(long, value_name = "HASH", value_parser = hash, conflicts_with = "if_version")]
    if_revision: Option<String>,
    /// Only if the set in force has this version; 0: only if none is
    #[arg(long, value_name = "N")]
    if_version: Option<i64>,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What was done, or would be.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether another set is in force now.
    pub is_changed: bool,
    /// Whether nothing was to be done in earnest.
    pub is_dry_run: bool,
    /// The version in force after it; before the first activation none.
    pub version: Option<i64>,
    /// The hash of the set that was asked for.
    pub hash: String,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What differs from the set before, in words.
    pub changes: Vec<String>,
    /// How many playbooks are as they were.
    pub unchanged: usize,
    /// Replicas whose files are another set.
    pub files_differ: Vec<String>,
}

/// Activates a set: exit code 1 when it is wrong, or another set is in force than expected; nothing is changed then.
///
/// # Errors
/// The configuration cannot be used, the reason or the name is empty, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        let why = "`--reason` is empty: say in a few words why the playbooks are put in force";
        return Ok(nothing_done(why));
    }
    let by = operator(args.by.as_deref())?;
    let session = Session::open(&args.common).await?;
    let set = match checked(&args.path, Around::of(&session.config)).await {
        Ok(set) => set,
        Err(why) => return Ok(nothing_done(&why)),
    };
    let (store, tenant) = (&session.store, session.id);
    let active = store.set_active(tenant).await?;
    let now = store.now().await?;
    if !args.expects(active.as_ref()) {
        return Ok(nothing_done(&another(&session, now).await?));
    }
    let before = match &active {
        Some(active) => store.set_playbooks(tenant, &active.hash).await?,
        None => Vec::new(),
    };
    let before = before
        .into_iter()
        .map(|p| (p.playbook, (p.revision, p.mode)))
        .collect();
    let (changes, unchanged) = changes(&before, &set);
    let is_same = active.as_ref().is_some_and(|active| active.hash == set.hash());
    let mut version = active.as_ref().map(|active| active.version);
    if !is_same && !args.dry_run {
        let proposal = Proposal {
            origin: Origin::Operator,
            because: Because {
                by: &by,
                reason: &reason,
            },
            expected: version,
        };
        version = active_set::activate(store, tenant, &set, proposal).await?;
        if version.is_none() {
            return Ok(nothing_done(&another(&session, now).await?));
        }
    }
    let files = store.files_of_replicas(tenant).await?.into_iter();
    let report = Report {
        is_changed: !is_same && !args.dry_run,
        is_dry_run: args.dry_run,
        version,
        changes,
        unchanged,
        files_differ: files
            .filter(|files| files.set_hash.as_deref() != Some(set.hash()))
            .map(|files| files.replica)
            .collect(),
        hash: set.hash().to_owned(),
        by,
        reason,
    };
    session.answer(&report, |_| render(&report))?;
    Ok(ExitCode::SUCCESS)
}

impl Args {
    /// Whether what is in force is what the operator has seen.
    fn expects(&self, active: Option<&SetHead>) -> bool {
        let of_hash = self.if_revision.as_deref().is_none_or(|beginning| {
            active.is_some_and(|active| active.hash.starts_with(&beginning.to_ascii_lowercase()))
        });
        let of_version = self
            .if_version
            .is_none_or(|version| active.map_or(0, |active| active.version) == version);
        of_hash && of_version
    }
}

/// The set of a directory, or everything that is wrong with it; what is worth a look goes to standard error.
async fn checked(path: &Path, around: Around) -> Result<PlaybookSet, String> {
    if path.is_file() {
        return Err(format!(
            "`{}` is one file, and the set would be that playbook alone: name its directory",
            path.display()
        ));
    }
    let loaded = match load_aside(path.to_owned(), around, None).await.1 {
        Ok(loaded) => loaded,
        Err(error) => return Err(format!("{}\nnothing was changed", error.in_full().trim_end())),
    };
    if loaded.set.playbooks().is_empty() {
        return Err(format!(
            "no playbook is under `{}`; nothing was changed: `mode: off` switches a playbook off",
            path.display()
        ));
    }
    eprint!("{}", loaded.warnings.render(false));
    Ok(PlaybookSet::clone(&loaded.set))
}

/// That another set is in force, and which.
async fn another(session: &Session, now: Timestamp) -> anyhow::Result<String> {
    let latest = session.store.set_history(session.id, 1).await?;
    Ok(match latest.first() {
        None => "no set is in force, and another was expected; nothing was changed".to_owned(),
        Some(ActivationView {
            version,
            hash,
            activated_at,
            activated_by,
            reason,
            ..
        }) => plain(&format!(
            "another set is in force than expected: version {version}, set {}, activated {} by {}{}; nothing was changed",
            short(hash, SHORT),
            ago(now, *activated_at),
            activated_by.as_deref().unwrap_or("nobody known"),
            reason
                .as_deref()
                .map(|reason| format!(" ({reason})"))
                .unwrap_or_default(),
        )),
    })
}

/// What differs, in words, and how many playbooks do not.
fn changes(before: &BTreeMap<String, (String, Mode)>, set: &PlaybookSet) -> (Vec<String>, usize) {
    let mut changes = Vec::new();
    for playbook in set.playbooks() {
        let id = &playbook.id;
        let revision = playbook.short_revision();
        match before.get(id) {
            None => changes.push(format!("adds {id}@{revision}, {}", playbook.mode.as_str())),
            Some((old, _)) if *old == playbook.revision => {}
            Some((old, mode)) => {
                let mode = match *mode == playbook.mode {
                    true => playbook.mode.as_str().to_owned(),
                    false => format!("{} -> {}", mode.as_str(), playbook.mode.as_str()),
                };
                changes.push(format!(
                    "changes {id}: {} -> {revision}, {mode}",
                    short(old, SHORT)
                ));
            }
        }
    }
    let unchanged = set.playbooks().len() - changes.len();
    for (id, (revision, mode)) in before.iter().filter(|(id, _)| set.get(id).is_none()) {
        changes.push(format!(
            "removes {id}@{}, {}",
            short(revision, SHORT),
            mode.as_str()
        ));
    }
    (changes, unchanged)
}

/// The answer as text.
pub fn render(report: &Report) -> String {
    let hash = short(&report.hash, SHORT);
    let version = report
        .version
        .map_or("none".to_owned(), |version| version.to_string());
    let mut out = match (report.is_changed, report.is_dry_run) {
        (true, _) => format!("set {hash} is in force as version {version}\n"),
        (false, true) if !report.changes.is_empty() => {
            format!("set {hash} would take the place of version {version}\n")
        }
        (false, _) => format!("set {hash} is in force already, as version {version}\n"),
    };
    for change in &report.changes {
        out += &format!("  {}\n", plain(change));
    }
    if !report.changes.is_empty() {
        out += &format!("  {} as before\n", report.unchanged);
    }
    if report.is_changed {
        out += &format!("  recorded  by {}: {}\n", report.by, report.reason);
    }
    for replica in &report.files_differ {
        out += &format!(
            "  note      the files of {} are another set; when they change, or on a reload, they take its place\n",
            plain(replica)
        );
    }
    out
}

fn hash(text: &str) -> Result<String, String> {
    match text.len() >= super::SHORTEST_PREFIX && text.chars().all(|c| c.is_ascii_hexdigit()) {
        true => Ok(text.to_owned()),
        false => Err(format!("expected at least {} hex digits", super::SHORTEST_PREFIX)),
    }
}
