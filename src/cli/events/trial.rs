//! `quell events try`: what a file's records become by a source's configuration, at the desk of whoever sets it up. Nothing is
//! stored, and neither Postgres nor Defender is asked.

use std::io::{Read as _, Write as _, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::operator::table::{Paint, Tone, plain};
use crate::cli::operator::{Common, answer};
use crate::cli::reading;
use crate::domain::alert::{Alert, Event};
use crate::domain::fact::Fact;
use crate::intake::Reader;
use crate::intake::body::{Lines, Piece, split_for};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Read it as this source of the configuration would [default: as `POST /v1/events` does]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// JSON, an array, or one record a line; `-`: standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What one record becomes.
#[derive(Debug, Serialize)]
struct Tried {
    /// Where it stands, from 1.
    record: usize,
    /// The line of a file with one record a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The event; none when it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Event>,
    /// Why it is refused, by its stable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_as: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// Runs it. Exit code 1: a record is refused.
///
/// # Errors
/// The configuration, the source or the file cannot be used.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let reader = reading::reader(args.common.configuration()?.as_ref(), args.source.as_deref())?;
    let bytes = read(&args.file)?;
    let pieces = split_for(&bytes, Lines::Unsaid, &reader)?;
    let tried: Vec<Tried> = pieces.iter().map(|piece| try_one(piece, &reader)).collect();
    answer(args.common.output(), &tried, |paint| render(&tried, paint))?;
    std::io::stdout().flush()?;
    let is_refused = tried.iter().any(|one| one.event.is_none());
    Ok(ExitCode::from(u8::from(is_refused)))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        stdin().lock().read_to_end(&mut bytes).context("standard input")?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))
}

fn try_one(piece: &Piece<'_>, reader: &Reader) -> Tried {
    let refused = |name, why: String| (None, Some(name), Some(why));
    let (event, refused_as, refused) = match piece.record() {
        Err(broken) => refused(broken.reason(), broken.to_string()),
        Ok(record) => match record.normalize_under(reader) {
            Ok(event) => (Some(event), None, None),
            Err(refusal) => refused(refusal.reason(), refusal.to_string()),
        },
    };
    Tried {
        record: piece.index + 1,
        line: piece.line,
        event,
        refused_as,
        refused,
    }
}

fn render(tried: &[Tried], paint: Paint) -> String {
    let mut out = String::new();
    for one in tried {
        let line = one.line.map_or_else(String::new, |line| format!(", line {line}"));
        out += &format!("record {}{line}: ", one.record);
        match (&one.event, one.refused_as.zip(one.refused.as_deref())) {
            (Some(event), _) => out += &render_event(event),
            (None, Some((name, why))) => {
                out += &format!(
                    "{} ({name})\n  {}\n",
                    paint.tone(Tone::Bad, "refused"),
                    plain(why)
                );
            }
            (None, None) => out.push('\n'),
        }
    }
    let refused = tried.iter().filter(|one| one.event.is_none()).count();
    let records = if tried.len() == 1 { "record" } else { "records" };
    out + &format!(
        "{} {records}, {refused} refused; nothing was stored\n",
        tried.len()
    )
}

fn render_event(event: &Event) -> String {
    let mut out = format!("{}\n", event.format.as_str());
    let mut line = |name: &str, value: &str| out += &format!("  {name:<15} {}\n", plain(value));
    let id = if event.alert.id.is_empty() {
        "(none)"
    } else {
        &event.alert.id
    };
    line("id", id);
    for (name, value) in facts(&event.alert) {
        line(name, &value);
    }
    for id in &event.devices {
        line("device", id.as_str());
    }
    for hint in &event.hints {
        line("device", &format!("looked for in the inventory by its {hint}"));
    }
    if event.devices.is_empty() && event.hints.is_empty() {
        line("device", "(none): it leads to no call");
    }
    for refused in &event.refused_devices {
        line("no device", &refused.to_string());
    }
    for remark in &event.remarks {
        line("remark", remark);
    }
    out
}

/// The facts of an alert in words, in the order of the documentation.
fn facts(alert: &Alert) -> [(&'static str, String); 11] {
    let text = |fact: &Fact<String>| word(fact, String::clone);
    [
        ("title", text(&alert.title)),
        (
            "severity",
            word(&alert.severity, |severity| severity.as_str().to_owned()),
        ),
        ("category", text(&alert.category)),
        ("source", text(&alert.source)),
        ("techniques", word(&alert.techniques, |all| all.join(", "))),
        ("classification", text(&alert.classification)),
        ("determination", text(&alert.determination)),
        ("status", text(&alert.status)),
        ("user", text(&alert.user)),
        ("incident_id", text(&alert.incident_id)),
        ("occurred_at", word(&alert.occurred_at, Timestamp::to_string)),
    ]
}

fn word<T>(fact: &Fact<T>, of: impl FnOnce(&T) -> String) -> String {
    match fact {
        Fact::Is(value) => of(value),
        Fact::Absent => "(absent)".to_owned(),
        Fact::Unknown => "(unknown)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::device::DeviceIdRule;
    use crate::intake::Shape;
    use crate::intake::mapping::{FactName, Mapping, Place, Pointer};

    fn at(text: &str) -> Pointer {
        Pointer::parse(text).expect("it is one")
    }

    #[test]
    fn each_record_is_told_with_what_is_known_of_it() {
        let mapping = Mapping {
            id: at("/id"),
            id_prefix: "siem-".to_owned(),
            facts: [FactName::Title, FactName::Severity]
                .map(|name| (name, Place::of(at(&format!("/{}", name.as_str())))))
                .into(),
            devices: None,
        };
        let reader = Reader {
            shape: Shape::Mapped(Arc::new(mapping)),
            ..Reader::new(DeviceIdRule::default())
        };
        let body = b"{\"id\":1,\"severity\":\"awful\"}\n{\"title\":\"x\"}\n{\"id\":";
        let pieces = split_for(body, Lines::Unsaid, &reader).expect("the body can be taken");
        let tried: Vec<Tried> = pieces.iter().map(|piece| try_one(piece, &reader)).collect();
        let told = render(&tried, Paint::Plain);
        for part in [
            "record 1, line 1: mapped\n  id              siem-1\n  title           (absent)\n  severity        (unknown)\n",
            "  device          (none): it leads to no call\n",
            "  remark          `severity` at `/severity` is `awful`, which the mapping does not understand: it is not known\n",
            "record 2, line 2: refused (invalid_event)\n  the record is not as the source's `mapping` says: at `/id` (`id`) there is nothing",
            "record 3, line 3: refused (broken_json)\n",
            "3 records, 2 refused; nothing was stored\n",
        ] {
            assert!(told.contains(part), "{part}\nis not in\n{told}");
        }
    }
}
