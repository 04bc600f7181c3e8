//! Device facts from a file, for `quell plan --from … --facts`: one device a line, as Defender's inventory writes it (an
//! entity of `GET /api/machines`, or a page of them) or as Quell keeps it (`{"device": "…", "facts": {…}}`). A device that
//! is not in it, or cannot be read, stays unknown: then playbooks ask where they would.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

use super::file::Refused;
use crate::defender::Machine;
use crate::domain::device::{DeviceFacts, DeviceId, DeviceIdRule};
use crate::intake::body::{Lines, split};

/// What a file tells of devices.
#[derive(Debug, Default)]
pub(super) struct FactsFile {
    /// By device; the last line about one counts.
    pub(super) devices: HashMap<DeviceId, DeviceFacts>,
    /// Lines that tell nothing, and why.
    pub(super) refused: Vec<Refused>,
}

/// As Quell keeps it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    device: String,
    facts: DeviceFacts,
}

/// Reads a file of facts.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read(path: &Path, rule: &DeviceIdRule) -> anyhow::Result<FactsFile> {
    let text = std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    let pieces = split(&text, Lines::Unsaid, usize::MAX)
        .with_context(|| format!("`{}` holds no facts", path.display()))?;
    let mut file = FactsFile::default();
    for piece in pieces {
        let told = match piece.parse() {
            Ok(value) => device(&value, rule).map_err(|why| ("no_device_facts", why)),
            Err(broken) => Err((broken.reason(), broken.to_string())),
        };
        match told {
            Ok((device, facts)) => {
                file.devices.insert(device, facts);
            }
            Err((reason, detail)) => file.refused.push(Refused {
                place: match piece.line {
                    Some(line) => format!("line {line}"),
                    None => format!("record {}", piece.index + 1),
                },
                reason,
                detail,
            }),
        }
    }
    Ok(file)
}

fn device(value: &Value, rule: &DeviceIdRule) -> Result<(DeviceId, DeviceFacts), String> {
    let (id, facts) = if value.get("facts").is_some() {
        let kept = Kept::deserialize(value).map_err(|error| error.to_string())?;
        (kept.device, kept.facts)
    } else {
        let machine = Machine::read(value)?;
        (machine.id, machine.facts)
    };
    let device = rule.accept(&id).map_err(|refused| refused.to_string())?;
    Ok((device, facts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::Fact;

    #[test]
    fn machines_and_kept_facts_are_read_and_everything_else_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("facts.ndjson");
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let lines = [
            format!(
                r#"{{"id": "{a}", "computerDnsName": "ws-1", "machineTags": ["x"], "osPlatform": "Windows11"}}"#
            ),
            format!(r#"{{"device": "{b}", "facts": {{"name": {{"is": "ws-2"}}, "tags": "unknown"}}}}"#),
            r#"{"id": "short", "computerDnsName": "ws-3"}"#.to_owned(),
            format!(r#"{{"device": "{b}", "facts": {{"name": 7}}}}"#),
            "{\"id\":".to_owned(),
        ];
        std::fs::write(&path, lines.join("\n")).expect("a file can be written");
        let file = read(&path, &DeviceIdRule::default()).expect("the file is there");
        let facts = |id: &str| file.devices.get(&DeviceId::from_stored(id.to_owned())).cloned();
        let (first, second) = (facts(&a).expect("it is told"), facts(&b).expect("it is told"));
        assert_eq!(
            (first.name, first.tags),
            (Fact::Is("ws-1".into()), Fact::Is(vec!["x".into()]))
        );
        assert_eq!(
            (second.name, second.tags),
            (Fact::Is("ws-2".into()), Fact::Unknown)
        );
        let places: Vec<_> = file
            .refused
            .iter()
            .map(|refused| refused.place.as_str())
            .collect();
        assert_eq!(places, ["line 3", "line 4", "line 5"]);
        assert!(file.refused[0].detail.contains("not 40 lower-case hex"));
    }
}
