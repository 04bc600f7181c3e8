//! `quell playbooks diff`: files against what is in force, one revision against another, one version of the set against
//! another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::{SHORT, path_of, revision};
use crate::app::playbook_files::{self, PlaybookFiles};
use crate::cli::operator::table::{Paint, Tone, short};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::desk::unified::unified;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::{ActiveSet, RevisionText};

/// Compare files with what is in force, or two revisions, or two versions of the set
///
/// Exit code 0 when nothing differs, 1 when something does.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// A directory of playbooks, or a file, to compare with what is in force [default: the configuration's]
    #[arg(value_name = "PATH", conflicts_with_all = ["revision", "set_version"])]
    path: Option<PathBuf>,
    /// Two revisions: at least 6 characters of each
    #[arg(long, value_name = "A..B", value_parser = two, conflicts_with = "set_version")]
    revision: Option<(String, String)>,
    /// Two versions of the set, as `quell playbooks history` lists them
    #[arg(long, value_name = "N..M", value_parser = two_numbers)]
    set_version: Option<(i64, i64)>,
}

/// How one playbook differs.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The playbook.
    pub playbook: String,
    /// `added`, `removed`, `changed`, or `wording`: its text differs, but not its meaning.
    pub kind: &'static str,
    /// The revision before.
    pub from: Option<String>,
    /// The revision after; absent also when the file does not compile.
    pub to: Option<String>,
    /// The texts as a unified diff.
    pub diff: String,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
struct Side {
    name: String,
    revision: Option<String>,
    text: String,
}

/// Playbooks by their ids.
type Sides = BTreeMap<String, Side>;

/// Prints what differs.
///
/// # Errors
/// The configuration cannot be used, a file cannot be read, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let compared = if let Some((from, to)) = &args.revision {
        of_revisions(&session, from, to).await?
    } else if let Some((from, to)) = args.set_version {
        of_versions(&session, from, to).await?
    } else {
        let path = path_of(&session, args.path.as_ref());
        let active = session.store.set_read(session.id).await?;
        let active = active.map(|set| sides_of(set.playbooks, "in force"));
        let edited = files(&path)?;
        // The daemon never takes an empty directory for a set either.
        anyhow::ensure!(!edited.is_empty(), "no playbook is under `{}`", path.display());
        Ok((active.unwrap_or_default(), edited, path.is_file()))
    };
    let (from, to, is_part) = match compared {
        Ok(compared) => compared,
        Err(why) => return Ok(nothing_done(&why)),
    };
    let found = differences(&from, &to, is_part);
    session.answer(&found, |paint| render(&found, paint))?;
    Ok(match found.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// What is compared with what, and whether the second is only a part; or why it cannot be.
type Compared = Result<(Sides, Sides, bool), String>;

async fn of_revisions(session: &Session, from: &str, to: &str) -> anyhow::Result<Compared> {
    let mut sides = Vec::new();
    for beginning in [from, to] {
        match revision(session, None, beginning).await? {
            Ok(one) => sides.push((
                one.playbook.clone(),
                Side {
                    name: format!("{}@{}", one.playbook, short(&one.revision, SHORT)),
                    revision: Some(one.revision),
                    text: one.text,
                },
            )),
            Err(why) => return Ok(Err(why)),
        }
    }
    let (Some((id, to)), Some((_, from))) = (sides.pop(), sides.pop()) else {
        return Ok(Err("two revisions are needed".to_owned()));
    };
    // Of two playbooks, say one that was renamed, the later name stands for both.
    Ok(Ok((
        BTreeMap::from([(id.clone(), from)]),
        BTreeMap::from([(id, to)]),
        false,
    )))
}

async fn of_versions(session: &Session, from: i64, to: i64) -> anyhow::Result<Compared> {
    let mut sets = Vec::new();
    for version in [from, to] {
        match session.store.set_of_version(session.id, version).await? {
            Some(ActiveSet { playbooks, .. }) => {
                sets.push(sides_of(playbooks, &format!("version {version}")))
            }
            None => return Ok(Err(format!("there is no record of version {version}"))),
        }
    }
    let (to, from) = (sets.pop().unwrap_or_default(), sets.pop().unwrap_or_default());
    Ok(Ok((from, to, false)))
}

fn sides_of(playbooks: Vec<RevisionText>, of: &str) -> Sides {
    let side = |one: RevisionText| {
        let side = Side {
            name: format!("{} ({of}, {})", one.playbook, short(&one.revision, SHORT)),
            revision: Some(one.revision),
            text: one.text,
        };
        (one.playbook, side)
    };
    playbooks.into_iter().map(side).collect()
}

/// Files, sound or not: a difference shows also while a file is being mended.
fn files(path: &Path) -> anyhow::Result<Sides> {
    let mut sides = Sides::new();
    for file in PlaybookFiles::find(&[path.to_owned()])?.playbooks {
        let id = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let source = playbook_files::read(&file)?;
        let side = Side {
            revision: revision_of(&source),
            name: source.name,
            text: source.text,
        };
        sides.insert(id, side);
    }
    Ok(sides)
}

fn revision_of(source: &SourceFile) -> Option<String> {
    let (set, _) = PlaybookSet::compile(std::slice::from_ref(source)).ok()?;
    set.playbooks().first().map(|playbook| playbook.revision.clone())
}

/// What differs; `is_part`: what is absent from the second side is not gone.
fn differences(from: &Sides, to: &Sides, is_part: bool) -> Vec<Difference> {
    let ids: BTreeSet<&String> = from.keys().filter(|_| !is_part).chain(to.keys()).collect();
    let mut found = Vec::new();
    for id in ids {
        let (old, new) = (from.get(id), to.get(id));
        let side = |side: Option<&Side>| side.and_then(|side| side.revision.clone());
        let kind = match (old, new) {
            (Some(old), Some(new)) if old.text == new.text => continue,
            (Some(old), Some(new)) if old.revision.is_some() && old.revision == new.revision => "wording",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "removed",
            (None, _) => "added",
        };
        let text = |side: Option<&Side>| {
            side.map_or((String::new(), None), |s| (s.name.clone(), Some(s.text.clone())))
        };
        let ((old_name, old_text), (new_name, new_text)) = (text(old), text(new));
        found.push(Difference {
            playbook: id.clone(),
            kind,
            from: side(old),
            to: side(new),
            diff: unified((&old_name, old_text.as_deref()), (&new_name, new_text.as_deref())),
        });
    }
    found
}

fn render(found: &[Difference], paint: Paint) -> String {
    if found.is_empty() {
        return "nothing differs\n".to_owned();
    }
    let mut out = String::new();
    for one in found {
        if one.kind == "wording" {
            out += &format!(
                "# {}: comments or layout differ, the revision is the same\n",
                one.playbook
            );
        } else if one.kind != "removed" && one.to.is_none() {
            out += &format!("# {}: does not compile, see `quell check`\n", one.playbook);
        }
        for line in one.diff.lines() {
            let tone = match line.as_bytes().first() {
                _ if line.starts_with("--- ") || line.starts_with("+++ ") => Tone::Head,
                Some(b'-') => Tone::Bad,
                Some(b'+') => Tone::Good,
                Some(b'@') => Tone::Warn,
                _ => Tone::Usual,
            };
            // The signs stay, and nothing that a terminal would obey.
            let line: String = line.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
            out += &format!("{}\n", paint.tone(tone, &line));
        }
    }
    out
}

fn two(text: &str) -> Result<(String, String), String> {
    match text.split_once("..") {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((from.to_owned(), to.to_owned())),
        _ => Err("expected two with two dots between, such as `3f9a12..77c0ff`".to_owned()),
    }
}

fn two_numbers(text: &str) -> Result<(i64, i64), String> {
    two(text)
        .ok()
        .and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)))
        .ok_or_else(|| "expected two versions with two dots between, such as `3..4`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(playbooks: &[(&str, &str, &str)]) -> Sides {
        let side = |(id, revision, text): &(&str, &str, &str)| {
            let side = Side {
                name: format!("{id}.yaml"),
                revision: Some((*revision).to_owned()).filter(|revision| !revision.is_empty()),
                text: (*text).to_owned(),
            };
            ((*id).to_owned(), side)
        };
        playbooks.iter().map(side).collect()
    }

    fn kinds(from: &Sides, to: &Sides, is_part: bool) -> Vec<(String, &'static str)> {
        let found = differences(from, to, is_part).into_iter();
        found.map(|one| (one.playbook, one.kind)).collect()
    }

    #[test]
    fn each_playbook_is_added_removed_changed_or_said_otherwise() {
        let from = sides(&[("a", "1", "a"), ("b", "2", "b"), ("c", "3", "c"), ("d", "4", "d")]);
        let to = sides(&[
            ("a", "1", "a"),
            ("b", "9", "x"),
            ("c", "3", "c # why"),
            ("e", "5", "e"),
        ]);
        let name = |(id, kind): (&str, &'static str)| (id.to_owned(), kind);
        let expected = [
            ("b", "changed"),
            ("c", "wording"),
            ("d", "removed"),
            ("e", "added"),
        ];
        assert_eq!(kinds(&from, &to, false), expected.map(name));
        let one = sides(&[("b", "9", "x")]);
        assert_eq!(
            kinds(&from, &one, true),
            [("b", "changed")].map(name),
            "one file is a part"
        );
    }

    #[test]
    fn a_file_that_does_not_compile_is_compared_all_the_same() {
        let found = differences(
            &sides(&[("a", "1", "id: a\n")]),
            &sides(&[("a", "", "id: b\n")]),
            false,
        );
        insta::assert_snapshot!(render(&found, Paint::Plain), @"
        # a: does not compile, see `quell check`
        --- a.yaml
        +++ a.yaml
        @@ -1 +1 @@
        -id: a
        +id: b
        ");
    }

    #[test]
    fn a_text_does_not_command_the_terminal() {
        let found = differences(&sides(&[]), &sides(&[("a", "1", "x\u{1b}[2J\n")]), false);
        assert!(!render(&found, Paint::Plain).contains('\u{1b}'));
    }

    #[test]
    fn two_are_needed_for_a_comparison() {
        for wrong in ["", "abc", "abc..", "..abc"] {
            assert!(two(wrong).is_err(), "{wrong}");
        }
        assert_eq!(two_numbers("3..4"), Ok((3, 4)));
        assert!(two_numbers("3..x").is_err());
    }
}
