//! Scenario files for `quell simulate` and `quell drill`: read, checked, every mistake with its line and key. What may stand in
//! one is [`crate::simulator::scenario`]'s; `docs/simulator.md` describes it for people.

use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize as _;

use crate::simulator::Scenario;
use crate::yaml::{self, Diagnostics, Document, Node};

mod place;

use place::{Reader, Wrong};

/// The scenarios that are built in, by name.
pub const BUILT_IN: [(&str, &str); 5] = [
    (
        "ransomware-outbreak",
        include_str!("scenario/ransomware-outbreak.yaml"),
    ),
    ("credential-theft", include_str!("scenario/credential-theft.yaml")),
    (
        "false-positive-storm",
        include_str!("scenario/false-positive-storm.yaml"),
    ),
    ("defender-outage", include_str!("scenario/defender-outage.yaml")),
    (
        "portal-interference",
        include_str!("scenario/portal-interference.yaml"),
    ),
];

/// Reads a built-in scenario by its name, or a file.
///
/// # Errors
/// There is no such file, or it is wrong: the message names lines and keys.
pub fn find(name: &str) -> anyhow::Result<Scenario> {
    match BUILT_IN.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => parse(name, text),
        None => read(Path::new(name)),
    }
}

/// Reads a file.
///
/// # Errors
/// It cannot be read, or it is wrong: the message names lines and keys.
pub fn read(path: &Path) -> anyhow::Result<Scenario> {
    let text = std::fs::read_to_string(path).with_context(|| {
        let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        format!(
            "cannot read the scenario `{}`; built in are {}",
            path.display(),
            names.join(", ")
        )
    })?;
    parse(&path.display().to_string(), &text)
}

/// Reads a text.
///
/// # Errors
/// It is wrong: the message names lines and keys.
pub fn parse(file: &str, text: &str) -> anyhow::Result<Scenario> {
    let document = match yaml::parse(file, text) {
        Ok(document) => document,
        Err(found) => bail!("the scenario cannot be read\n{}", found.render(false)),
    };
    let mut wrong: Vec<(usize, String, String)> = Vec::new();
    let scenario = match Scenario::deserialize(Reader(document.root())) {
        Ok(scenario) => scenario,
        Err(Wrong { place, why }) => {
            let (line, key) = place.unwrap_or((1, String::new()));
            bail!("the scenario is wrong\n{}", told(file, line, &key, &why));
        }
    };
    for senseless in scenario.senseless() {
        let line = line_of(&document, &senseless.path);
        wrong.push((line, senseless.path, senseless.why));
    }
    if wrong.is_empty() {
        return Ok(scenario);
    }
    wrong.sort();
    let lines = wrong.iter().map(|(line, key, why)| told(file, *line, key, why));
    bail!("the scenario is wrong\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn told(file: &str, line: usize, key: &str, why: &str) -> String {
    if key.is_empty() {
        format!("{file}:{line}: {why}")
    } else {
        format!("{file}:{line}: `{key}`: {why}")
    }
}

/// The line of the value at a path, or of the nearest one around it.
fn line_of(document: &Document, path: &str) -> usize {
    fn nearest(node: &Node<'_>, path: &str) -> usize {
        let mut ignored = Diagnostics::default();
        let below: Vec<Node<'_>> = if node.is_map() {
            let map = node.map(&mut ignored);
            map.map_or_else(Vec::new, |map| map.entries().map(|(_, value)| value).collect())
        } else if node.is_seq() {
            node.seq(&mut ignored).unwrap_or_default()
        } else {
            Vec::new()
        };
        let leads = |node: &&Node<'_>| {
            let rest = path.strip_prefix(node.path());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        below
            .iter()
            .find(leads)
            .map_or_else(|| node.line(), |node| nearest(node, path))
    }
    nearest(&document.root(), path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::simulator::{Deed, DuplicateMode, Kind, Options};

    fn wrong(text: &str) -> String {
        let error = parse("s.yaml", text).expect_err("it must be refused");
        format!("{error:#}")
    }

    #[test]
    fn a_scenario_says_what_the_service_is_like_and_what_happens_when() {
        let text = "\
title: A try
seed: 9
lasts: 2h
service:
  windows: [10/60s, 50/1h]
  pending: [1s, 2s]
  offline_percent: 5
  answers: {duplicates: 400_active, retry_after: date}
devices:
  - id: 00000000000000000000000000000000000000aa
    name: dc1.contoso.com
    tags: [tier-0]
rules:
  - route: isolate
    from_call: 2
    answer: {error: {code: DisabledFeature}}
timeline:
  - at: 5m
    do: {act: {device: 00000000000000000000000000000000000000aa, action: isolate}}
  - at: 6m
    do: revoke_tokens
  - {at: 7m, do: {outage: {for: 90s}}}
alerts:
  - {devices: 3, title: T, category: Ransomware}
";
        let scenario = parse("s.yaml", text).unwrap_or_else(|error| panic!("{error:#}"));
        let mut options = Options::default();
        scenario.apply(&mut options);
        assert_eq!(options.seed, 9);
        assert_eq!(options.windows.len(), 2);
        assert_eq!(
            options.pending_for,
            Duration::from_secs(1)..=Duration::from_secs(2)
        );
        assert_eq!(options.devices.len(), 4, "three of the alerts and one by itself");
        assert!(
            matches!(&options.timeline[0].deed, Deed::Switch(change) if change.duplicates == Some(DuplicateMode::Reject400))
        );
        assert!(matches!(
            &scenario.timeline[0].deed,
            Deed::Act {
                action: Kind::Isolate,
                ..
            }
        ));
        assert_eq!(scenario.alerts_as_deeds(1).len(), 3);
    }

    #[test]
    fn what_is_wrong_is_named_with_line_and_key() {
        for (text, place) in [
            ("title: x\nsede: 9\n", "s.yaml:2: `sede`: unknown field `sede`"),
            ("seed: many\n", "s.yaml:1: `seed`: invalid type"),
            (
                "timeline:\n  - at: 5m\n    do: {akt: {}}\n",
                "s.yaml:3: `timeline[0].do.akt`: unknown variant `akt`",
            ),
            (
                "timeline:\n  - at: soon\n    do: revoke_tokens\n",
                "s.yaml:2: `timeline[0].at`: `soon` is no span",
            ),
            (
                "timeline:\n  - do: revoke_tokens\n",
                "s.yaml:2: `timeline[0]`: missing field `at`",
            ),
            (
                "rules:\n  - route: restrikt\n    answer: reset\n",
                "s.yaml:2: `rules[0].route`: `restrikt` is no route",
            ),
            (
                "devices:\n  - id: 12\n",
                "s.yaml:2: `devices[0].id`: invalid type",
            ),
            (
                "devices:\n  - name: a\n    id: \"12\"\n",
                "s.yaml:3: `devices[0].id`: `12` is no device id",
            ),
            (
                "service:\n  fail_percent: 101\n",
                "s.yaml:2: `service.fail_percent`: must be from 0 to 100",
            ),
            (
                "title: x\nrules:\n  - answer: {error: {code: Novelty}}\n",
                "s.yaml:3: `rules[0]`: an error `Novelty`",
            ),
            (
                "timeline:\n  - {at: 1s, do: {online: {devices: [x]}}}\n",
                "s.yaml:2: `timeline[0].do`: `x` is no device id",
            ),
        ] {
            let said = wrong(text);
            assert!(said.contains(place), "{said}\n\n{place}");
        }
        assert!(wrong("a: [\n").contains("cannot be read"));
    }

    #[test]
    fn the_scenario_in_the_documentation_is_right() {
        let page = include_str!("../../docs/simulator.md");
        let block = page
            .split("```text\n")
            .nth(1)
            .and_then(|rest| rest.split("```").next());
        let scenario = parse("docs/simulator.md", block.expect("the page shows one"));
        let scenario = scenario.unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(scenario.timeline.len(), 9, "every kind of deed but two is shown");
    }

    #[test]
    fn every_built_in_scenario_is_right_and_says_what_it_is_about() {
        for (name, text) in BUILT_IN {
            let scenario = parse(name, text).unwrap_or_else(|error| panic!("{error:#}"));
            assert!(scenario.title.is_some() && scenario.lasts.is_some(), "{name}");
            assert!(!scenario.alerts.is_empty(), "{name}");
        }
        assert!(
            find("no-such-scenario").is_err_and(|error| format!("{error:#}").contains("ransomware-outbreak"))
        );
    }
}
