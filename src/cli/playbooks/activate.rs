//! `quell playbooks activate`: an operator puts the playbooks of a directory in force, all of them or none.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::SHORT;
use crate::app::reload::load::{Around, LoadError, Loaded, load_aside, load_kept_aside, texts};
use crate::cli::operator::release::{operator, said, typed};
use crate::cli::operator::table::{plain, short};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::desk::activate::{Expected, Report};
use crate::desk::{Desk, DeskError};

/// Put the playbooks of a directory in force: all of them, in one step, or none
///
/// Every playbook of the directory is checked first; one that is wrong changes nothing. A text that was in force before is read as it
/// was then. Who did it and why is recorded. What is put in force so stays in force when a daemon restarts; files that change later take
/// its place.
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
    /// Who you are, for the record [default: SUDO_USER, USER, LOGNAME, or your account]
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
    let by = match operator(args.by.as_deref()) {
        // Nothing is recorded.
        Err(_) if args.dry_run => String::new(),
        by => by?,
    };
    anyhow::ensure!(
        args.path.exists(),
        "`{}` is not there: name the directory with the playbooks",
        plain(&args.path.display().to_string())
    );
    let session = Session::open(&args.common).await?;
    let desk = session.desk();
    let loaded = match checked(&desk, &args.path, Around::of(&session.config)).await? {
        Ok(loaded) => loaded,
        Err(why) => return Ok(nothing_done(&why)),
    };
    let expected = Expected {
        hash: args.if_revision,
        version: args.if_version,
    };
    let by = typed(by, reason);
    let set = (&*loaded.set, &loaded.warnings);
    match desk.activate(set, &expected, args.dry_run, &by).await {
        Ok(report) => {
            session.answer(&report, |_| render(&report))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => session.refuse(error).await,
    }
}

/// The set of a directory, or everything that is wrong with it; what is worth a look goes to standard error.
async fn checked(desk: &Desk, path: &Path, around: Around) -> Result<Result<Loaded, String>, DeskError> {
    if path.is_file() {
        return Ok(Err(format!(
            "`{}` is one file, and the set would be that playbook alone: name its directory",
            path.display()
        )));
    }
    let mut loaded = load_aside(path.to_owned(), around.clone(), None).await.1;
    if let Err(LoadError::Wrong(wrong)) = &loaded
        && let Ok(files) = texts(path)
    {
        let kept = desk.kept(&files, wrong).await?;
        if !kept.is_empty() {
            loaded = load_kept_aside(path.to_owned(), around, kept).await;
        }
    }
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            let why = format!("{}\nnothing was changed", error.in_full().trim_end());
            return Ok(Err(why));
        }
    };
    if loaded.set.playbooks().is_empty() {
        return Ok(Err(format!(
            "no playbook is under `{}`; nothing was changed: `mode: off` switches a playbook off",
            path.display()
        )));
    }
    eprint!("{}", loaded.warnings.render(false));
    Ok(Ok(loaded))
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
