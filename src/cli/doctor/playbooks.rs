//! The playbooks: whether the files compile, what they would do, and whether they are what is in force. Reads files; what is
//! in force was asked by `standing`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::finding::Finding;
use super::within;
use crate::app::reload::load::{Around, Loaded, load_aside};
use crate::config::Config;
use crate::desk::words::ago;
use crate::desk::words::counted;
use crate::domain::verdict::Mode;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::ActiveSet;
use crate::store::views::StatusView;

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

/// What is in force, compiled; `None`: this version cannot read it, which a daemon says louder.
pub async fn active(set: &ActiveSet) -> Option<PlaybookSet> {
    let files: Vec<SourceFile> = set
        .playbooks
        .iter()
        .map(|one| SourceFile {
            name: format!("{}.yaml", one.playbook),
            text: one.text.clone(),
        })
        .collect();
    let compiled = tokio::task::spawn_blocking(move || PlaybookSet::compile_kept(&files)).await;
    compiled.ok()?.ok().map(|(set, _)| set)
}

/// Whether the files are what is in force.
pub fn in_force(set: Option<&PlaybookSet>, status: &StatusView) -> Finding {
    let check = "playbooks.in_force";
    let Some(active) = &status.playbook_set else {
        return Finding::warning(
            check,
            "no set is in force yet: nothing is decided",
            "start a daemon: it activates the files that it finds",
        );
    };
    let since = ago(status.at, active.activated_at);
    let found = format!("version {}, activated {since}", active.version);
    match set {
        Some(set) if set.hash() == active.hash => Finding::ok(check, format!("{found}: these very files")),
        Some(_) => Finding::warning(
            check,
            format!("{found}; these files are another set"),
            "see the difference: quell playbooks diff; a running daemon takes changed files within seconds, unless somebody activated another set by hand (quell playbooks history)",
        ),
        None => Finding::ok(check, format!("{found}; the files here could not be compared")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
