//! `quell devices --restricted`: who is restricted or isolated now, by whom, since when, until when, confirmed when.

use std::process::ExitCode;

use jiff::Timestamp;

use super::Session;
use super::table::{Paint, Table, Tone, cell, plain, short};
use crate::desk::words::{ago, ahead};
#[cfg(test)]
use crate::domain::measure::Measure;
use crate::store::views::{RestrictedBy, RestrictedView};

/// Prints them.
pub(super) async fn run(session: &Session, named: Option<&str>, limit: usize) -> anyhow::Result<ExitCode> {
    let page = session.desk().restricted(named, None, limit).await?;
    let (devices, more) = (page.items, page.next.is_some());
    let now = session.store.now().await?;
    if let (true, Some(wanted)) = (devices.is_empty(), named) {
        return Ok(session.no(&format!(
            "no restricted device is called `{}`, nor does an id begin so",
            plain(wanted)
        )));
    }
    let banner = session.banner().await?;
    session.answer(&devices, |paint| banner(paint) + &render(&devices, now, paint))?;
    if more {
        session.remark(&format!("there are more than {limit}: raise `--limit`"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The table.
fn render(devices: &[RestrictedView], now: Timestamp, paint: Paint) -> String {
    if devices.is_empty() {
        return "no device is restricted or isolated, as far as is known\n".to_owned();
    }
    let length = paint.id_length(devices.iter().map(|device| device.device.as_str()));
    // The last column may be wide.
    let mut table = Table::new(&[
        "DEVICE",
        "NAME",
        "IS",
        "SINCE",
        "UNTIL",
        "CONFIRMED",
        "ALERT",
        "BY",
    ])
    .spare(&["CONFIRMED", "ALERT"])
    .whole(&["ALERT"]);
    for device in devices {
        let past = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| ago(now, at));
        let alerts: Vec<&str> = device.by.iter().filter_map(|by| by.alert_id.as_deref()).collect();
        table.row([
            cell(short(&device.device, length)),
            cell(device.name.as_deref().unwrap_or("-")),
            cell(device.measure.held()),
            cell(past(device.since)),
            cell(until(device, now)),
            cell(past(device.confirmed_at)),
            cell(if alerts.is_empty() {
                "-".to_owned()
            } else {
                alerts.join(", ")
            }),
            (tone(device), by(device)),
        ]);
    }
    table.render(paint, "")
}

fn tone(device: &RestrictedView) -> Tone {
    if device.by.iter().any(|by| by.attention.is_some()) {
        Tone::Bad
    } else if device.restriction == device.measure.held() && !device.by.is_empty() {
        Tone::Usual
    } else {
        Tone::Warn
    }
}

fn by(device: &RestrictedView) -> String {
    let who = |by: &RestrictedBy| match by.kind.as_str() {
        "other" => format!("{} at Defender", by.who),
        _ => by.who.clone(),
    };
    let all: Vec<String> = device.by.iter().map(who).collect();
    let perhaps = if device.restriction == "unknown" {
        " (perhaps)"
    } else {
        ""
    };
    match all.is_empty() {
        true => format!("nobody any more: its release is due{perhaps}"),
        false => all.join(", ") + perhaps,
    }
}

fn until(device: &RestrictedView, now: Timestamp) -> String {
    match (device.until, device.by.is_empty()) {
        (_, true) => "now".to_owned(),
        (Some(until), _) => ahead(now, until),
        (None, _) => "never by itself".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().expect("a time"))
    }

    fn wanted(kind: &str, who: &str, until: Option<Timestamp>) -> RestrictedBy {
        RestrictedBy {
            kind: kind.to_owned(),
            who: who.to_owned(),
            containment: None,
            alert_id: (kind == "playbook").then(|| "da637".to_owned()),
            since: at("2026-11-22T02:00:00Z"),
            until,
            attention: None,
        }
    }

    #[test]
    fn each_device_tells_by_whom_since_when_until_when_and_when_that_was_confirmed() {
        let now = "2026-11-22T03:00:00Z".parse().expect("a time");
        let device = |id: &str, restriction: &str, by: Vec<RestrictedBy>| RestrictedView {
            device: id.repeat(40),
            name: None,
            measure: Measure::Restriction,
            restriction: restriction.to_owned(),
            until: by.first().and_then(|by| by.until),
            by,
            since: at("2026-11-22T02:00:00Z"),
            confirmed_at: at("2026-11-22T02:55:00Z"),
        };
        let ends = at("2026-11-22T06:00:00Z");
        let devices = [
            device("a", "restricted", vec![wanted("playbook", "ransom@0123", ends)]),
            device("b", "restricted_by_other", vec![wanted("other", "anna", None)]),
            device("c", "unknown", Vec::new()),
            RestrictedView {
                measure: Measure::Isolation,
                ..device("a", "isolated", vec![wanted("person", "bob", ends)])
            },
        ];
        insta::assert_snapshot!(render(&devices, now, Paint::Plain), @r"
        DEVICE        NAME  IS          SINCE    UNTIL            CONFIRMED  ALERT  BY
        aaaaaaaaaaaa  -     restricted  1 h ago  in 3 h           5 min ago  da637  ransom@0123
        bbbbbbbbbbbb  -     restricted  1 h ago  never by itself  5 min ago  -      anna at Defender
        cccccccccccc  -     restricted  1 h ago  now              5 min ago  -      nobody any more: its release is due (perhaps)
        aaaaaaaaaaaa  -     isolated    1 h ago  in 3 h           5 min ago  -      bob
        ");
        assert_eq!(
            render(&[], now, Paint::Plain),
            "no device is restricted or isolated, as far as is known\n"
        );
    }
}
