//! The playbooks: whether the files compile, what they would do, and whether they are what is in force. Reads files; what is
//! in force was asked by `standing`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::finding::Finding;
use super::within;
use crate::app::reload::load::{Around, Loaded, load_aside};
use crate::config::Config;
use crate::desk::words::{ago, counted};
use crate::domain::verdict::Mode;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::ActiveSet;
use crate::store::views::SetView;
use crate::yaml::Severity;

/// The files, compiled, and the line about them.
pub async fn look(config: &Config) -> (Finding, Option<Arc<PlaybookSet>>) {
    let check = "playbooks.files";
    let place = config.playbooks.display();
    let correct = format!("correct them: quell check {place}; what is in force stays until then");
    let loaded = within(load_aside(config.playbooks.clone(), Around::of(config), None)).await;
    let Some((_, loaded)) = loaded else {
        let remedy = "see whether the disk answers";
        return (
            Finding::unknown(check, format!("`{place}` could not be read in time"), remedy),
            None,
        );
    };
    match loaded {
        Err(error) => (Finding::wrong(check, error.to_string(), correct), None),
        Ok(Loaded { set, warnings }) => {
            let found = format!("`{place}`: {}", by_mode(&set, config.mode));
            let finding = if set.playbooks().is_empty() {
                let remedy = "put playbooks there: without one nothing is ever decided";
                Finding::warning(check, found, remedy)
            } else if warnings.is_empty() {
                Finding::ok(check, found)
            } else {
                let found = format!("{found}; with {}", counted_of(warnings.iter().count(), "warning"));
                Finding::warning(check, found, format!("read them: quell check {place}"))
            };
            (finding, Some(set))
        }
    }
}

fn counted_of(n: usize, noun: &str) -> String {
    counted(i64::try_from(n).unwrap_or(i64::MAX), noun)
}

/// How many playbooks act, observe, are off, and what the configuration makes of it.
fn by_mode(set: &PlaybookSet, ceiling: Mode) -> String {
    let mut modes: BTreeMap<&'static str, usize> = BTreeMap::new();
    for playbook in set.playbooks() {
        *modes.entry(playbook.mode.as_str()).or_default() += 1;
    }
    let modes: Vec<String> = modes.iter().map(|(mode, n)| format!("{n} {mode}")).collect();
    let count = counted_of(set.playbooks().len(), "playbook");
    let ceiling = match ceiling {
        Mode::Enforce => String::new(),
        mode => format!("; the configuration allows `{}` at most", mode.as_str()),
    };
    match modes.is_empty() {
        true => format!("{count}{ceiling}"),
        false => format!("{count}: {}{ceiling}", modes.join(", ")),
    }
}

/// What is in force, compiled as a daemon compiles it.
#[derive(Debug)]
pub enum Stored {
    /// It is usable, with this version of Quell.
    Usable(PlaybookSet),
    /// It is not: why, the first of it.
    Unusable(String),
    /// Nobody knows: there is none, or it took too long.
    Unseen,
}

impl Stored {
    /// The set, where it is usable.
    pub fn set(&self) -> Option<&PlaybookSet> {
        match self {
            Self::Usable(set) => Some(set),
            Self::Unusable(_) | Self::Unseen => None,
        }
    }
}

/// What is in force, compiled.
pub async fn stored(set: Option<&ActiveSet>) -> Stored {
    let Some(set) = set else {
        return Stored::Unseen;
    };
    let files: Vec<SourceFile> = set
        .playbooks
        .iter()
        .map(|one| SourceFile {
            name: format!("{}.yaml", one.playbook),
            text: one.text.clone(),
        })
        .collect();
    let compiled = tokio::task::spawn_blocking(move || kept(&files));
    within(compiled)
        .await
        .and_then(Result::ok)
        .unwrap_or(Stored::Unseen)
}

/// The set of these texts, which were in force.
fn kept(files: &[SourceFile]) -> Stored {
    match PlaybookSet::compile_kept(files) {
        Ok((set, _)) => Stored::Usable(set),
        Err(found) => {
            let first = found.iter().find(|one| one.severity == Severity::Error);
            let more = match found.errors().saturating_sub(1) {
                0 => String::new(),
                more => format!(", and {}", counted_of(more, "more error")),
            };
            Stored::Unusable(format!(
                "{}{more}",
                first.map(ToString::to_string).unwrap_or_default()
            ))
        }
    }
}

/// Whether what is in force can be used, and the files are it.
pub fn in_force(
    files: Option<&PlaybookSet>,
    stored: &Stored,
    active: Option<&SetView>,
    now: Timestamp,
) -> Finding {
    let check = "playbooks.in_force";
    let Some(active) = active else {
        return Finding::warning(
            check,
            "no set is in force yet: nothing is decided",
            "start a daemon: it activates the files that it finds",
        );
    };
    let found = format!(
        "version {}, activated {}",
        active.version,
        ago(now, active.activated_at)
    );
    let is_same = files.map(|set| set.hash() == active.hash);
    // Before the files: whatever they are, nothing is decided by it.
    match (stored, is_same) {
        (Stored::Unusable(why), _) => Finding::wrong(
            check,
            format!(
                "{found}: it does not compile with this version of quell, whose daemons decide nothing by it, and events wait: {why}"
            ),
            "put a set in force that compiles: correct the files (quell check), and see whether a daemon takes them (quell playbooks history), \
             else quell playbooks activate; or run the version of quell that it worked with",
        ),
        (_, Some(true)) => Finding::ok(check, format!("{found}: these very files")),
        (_, Some(false)) => Finding::warning(
            check,
            format!("{found}; these files are another set"),
            "see the difference: quell playbooks diff; a running daemon takes changed files within seconds, unless somebody activated another set by hand (quell playbooks history)",
        ),
        (Stored::Usable(_), None) => Finding::ok(
            check,
            format!("{found}; it can be used, and the files here could not be compared"),
        ),
        (Stored::Unseen, None) => Finding::unknown(
            check,
            format!("{found}; it could not be read in time, nor the files here be compared"),
            "ask again; see whether Postgres and this machine are busy",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    const GOOD: &str = "id: a\ntitle: t\nowner: soc@example.com\nmode: observe\npriority: normal\nwhen:\n  alert.severity: {at_least: high}\n\
                        if_unknown: ask\nthen:\n  - release_app_restriction:\n      comment: c\n";

    fn file(text: &str) -> SourceFile {
        SourceFile {
            name: "a.yaml".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_set_in_force_that_this_version_cannot_use_is_wrong_whatever_the_files_are() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let (files, _) = PlaybookSet::compile(&[file(GOOD)]).expect("it is a playbook");
        let active = |hash: &str| SetView {
            hash: hash.to_owned(),
            version: 31,
            activated_at: now,
            activated_by: None,
            reason: None,
            playbooks: BTreeMap::new(),
        };
        let check = |files: Option<&PlaybookSet>, text: &str, hash: &str, state: State, part: &str| {
            let found = in_force(files, &kept(&[file(text)]), Some(&active(hash)), now);
            assert_eq!(found.state, state, "{}", found.found);
            assert!(found.found.contains(part), "{}", found.found);
        };
        let broken = GOOD.replacen("mode: observe", "mode: sometimes", 1);
        let unusable = "does not compile with this version";
        check(None, &broken, "another", State::Wrong, unusable);
        check(Some(&files), &broken, "another", State::Wrong, unusable);
        check(None, &broken, "another", State::Wrong, "a.yaml:4:");
        // What a later version refuses in new files alone keeps nothing from working.
        let hidden = GOOD.replacen("title: t", "title: t # \u{200b}", 1);
        assert!(PlaybookSet::compile(&[file(&hidden)]).is_err());
        check(None, &hidden, "another", State::Ok, "it can be used");
        check(Some(&files), GOOD, files.hash(), State::Ok, "these very files");
        check(Some(&files), &hidden, "another", State::Warning, "another set");
        let unseen = in_force(None, &Stored::Unseen, Some(&active("another")), now);
        assert_eq!(unseen.state, State::Unknown);
    }

    #[test]
    fn playbooks_are_counted_by_mode_under_the_ceiling() {
        let text = |id: &str, mode: &str| SourceFile {
            name: format!("{id}.yaml"),
            text: format!(
                "id: {id}\ntitle: t\nowner: soc@example.com\nmode: {mode}\npriority: normal\nwhen:\n  alert.severity: {{at_least: high}}\n\
                 if_unknown: ask\nthen:\n  - release_app_restriction:\n      comment: c\n"
            ),
        };
        let files = [text("a", "enforce"), text("b", "observe"), text("c", "enforce")];
        let (set, _) = PlaybookSet::compile(&files).expect("they are playbooks");
        assert_eq!(by_mode(&set, Mode::Enforce), "3 playbooks: 2 enforce, 1 observe");
        assert_eq!(
            by_mode(&set, Mode::Observe),
            "3 playbooks: 2 enforce, 1 observe; the configuration allows `observe` at most"
        );
    }
}
