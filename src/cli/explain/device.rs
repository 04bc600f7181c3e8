//! One device, explained: whether and why it is restricted, its containments and actions, and what was last decided.

use std::process::ExitCode;

use jiff::Timestamp;

use super::page::Page;
use super::render::{self, tone};
use crate::cli::operator::stop::sentence;
use crate::cli::operator::table::Tone;
use crate::cli::operator::{Session, told};
use crate::desk::devices::DeviceReport as Report;
use crate::desk::words::ago;
use crate::domain::measure::Measure;
use crate::store::StopView;

/// Explains a device: exit code 1 when none or several fit.
pub(super) async fn run(session: &Session, wanted: &str, all: bool) -> anyhow::Result<ExitCode> {
    let report = match told(session.desk().device(wanted).await)? {
        Ok(report) => report,
        Err(no) => return Ok(no),
    };
    let now = session.store.now().await?;
    session.answer(&report, |paint| {
        let mut page = Page::default();
        render(&report, now, all, &mut page);
        page.render(paint)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The report as text. What the next command is typed with stands before what may be long.
pub fn render(report: &Report, now: Timestamp, all: bool, page: &mut Page) {
    let device = &report.device;
    let head = match device.restriction.as_str() {
        "free" if device.isolation == "isolated" => Tone::Good,
        "restricted" => Tone::Good,
        "free" if device.containments.iter().any(|c| c.state == "active") => Tone::Bad,
        "free" => Tone::Head,
        _ => Tone::Warn,
    };
    page.line(0, head, &report.outcome);
    let name = device.name.as_deref().unwrap_or("its name is not known");
    page.entry(2, "device", format!("{}, {name}", device.device));
    if let Some(since) = device.since {
        let states = Measure::ALL.map(|measure| device.known(measure).replace('_', " "));
        let state = match states {
            [restriction, isolation] if isolation == "free" => restriction,
            [restriction, isolation] if restriction == "free" => isolation,
            states => states.join(" and "),
        };
        page.entry(2, "known", format!("{state}, as of {}", ago(now, since)));
    }
    for waiting in report.waiting.iter().chain(&report.outlived) {
        page.line(2, Tone::Warn, waiting);
    }
    if !report.stops.is_empty() {
        page.head("stops");
        for stop in &report.stops {
            let (tone, text) = stopped(stop, now);
            page.line(2, tone, text);
        }
    }
    if !report.containments.is_empty() {
        page.head("containments");
        for containment in &report.containments {
            let alert = containment.alert_id.as_ref().map(|id| format!("alert {id}: "));
            let text = alert.unwrap_or_default() + &render::containment(containment, now);
            page.line(2, Tone::Usual, text);
        }
    }
    if !report.actions.is_empty() {
        page.head("actions");
        for action in &report.actions {
            let why = action.error.as_ref().unwrap_or(&action.reason);
            let calls = match action.attempts {
                1 => "1 call".to_owned(),
                n => format!("{n} calls"),
            };
            let state = action.state.replace('_', " ");
            let text = format!(
                "{} {state} ({}), queued {}, {calls}: {why}",
                action.kind,
                action.id,
                ago(now, action.queued_at),
            );
            page.line(2, Tone::Usual, text);
        }
    }
    if report.decisions.is_empty() {
        return;
    }
    page.head("last decisions");
    for decision in &report.decisions {
        if all {
            render::explanation(decision, now, true, page);
            continue;
        }
        let event = decision.event_id.map(|id| format!(" ({id})")).unwrap_or_default();
        let text = format!(
            "{}{event}: alert {}: {}",
            ago(now, decision.at),
            decision.alert_id,
            decision.outcome
        );
        page.line(2, tone(decision.kind), text);
    }
    if !all {
        page.line(2, Tone::Usual, "one of them in full: `quell explain --event ID`");
    }
}

/// A stop, in force or over.
fn stopped(stop: &StopView, now: Timestamp) -> (Tone, String) {
    match (stop.ended_at, &stop.ended_by, &stop.end_reason) {
        (Some(at), Some(by), Some(why)) => (
            Tone::Usual,
            format!(
                "stopped {} by {}: {}; resumed {} by {by}: {why}",
                ago(now, stop.begun_at),
                stop.by,
                stop.reason,
                ago(now, at)
            ),
        ),
        _ => (Tone::Bad, sentence(stop, now)),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::cli::operator::table::Paint;
    use crate::desk::page::Page as Rows;
    use crate::domain::verdict::Lane;
    use crate::store::views::{ActionView, ContainmentHistory, DeviceView};

    #[test]
    fn what_the_next_command_takes_stands_before_what_a_terminal_cuts() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let at: Timestamp = "2026-11-22T02:58:00Z".parse().expect("a time");
        let id: Uuid = "018f3c2e-7a10-7c3e-9a50-0123456789ab".parse().expect("an id");
        let alert = "da637472900381_1360000000000000000001";
        let long = "Defender refused it for a reason that nobody reads to its end, ".repeat(8);
        let device = DeviceView {
            device: "a1".repeat(20),
            name: Some("web-1".to_owned()),
            restriction: "free".to_owned(),
            isolation: "free".to_owned(),
            since: None,
            containments: Vec::new(),
            actions: Vec::new(),
        };
        let containment = ContainmentHistory {
            id,
            device: device.device.clone(),
            state: "active".to_owned(),
            mode: "enforce".to_owned(),
            playbook: Some("ransomware".to_owned()),
            revision: None,
            begun_by: None,
            event_id: None,
            alert_id: Some(alert.to_owned()),
            created_at: at,
            ask_reason: None,
            ask_until: None,
            request: None,
            answers: Vec::new(),
            activated_at: Some(at),
            until: None,
            ended_at: None,
            end_reason: None,
            attention: Some(long.clone()),
            by: "decide".to_owned(),
            reason: "matched".to_owned(),
            device_is: "free".to_owned(),
            last_action: None,
        };
        let action = ActionView {
            id,
            device: device.device.clone(),
            name: None,
            kind: "restrict".to_owned(),
            state: "failed".to_owned(),
            lane: Lane::Normal,
            wanted_by: "decide".to_owned(),
            playbook: None,
            queued_at: at,
            not_before: at,
            attempts: 1,
            defender_id: None,
            defender_status: None,
            is_adopted: false,
            final_at: Some(at),
            by: "submit".to_owned(),
            reason: "refused".to_owned(),
            error: Some(long.clone()),
        };
        let report = Report {
            outcome: "web-1 is not restricted".to_owned(),
            device,
            containments: vec![containment],
            actions: vec![action],
            decisions: Vec::new(),
            waiting: Vec::new(),
            outlived: Vec::new(),
            stops: Vec::new(),
            timeline: Rows {
                items: Vec::new(),
                next: None,
            },
        };
        let mut page = Page::default();
        render(&report, now, false, &mut page);
        let fitted = page.render(Paint::Fitted {
            columns: 80,
            is_coloured: false,
        });
        for said in [
            format!("restrict failed ({id}), queued 2 min ago, 1 call: Defender refused it"),
            format!("alert {alert}: containment by ransomware: "),
        ] {
            assert!(fitted.contains(&said), "{said}\n{fitted}");
        }
        let wide = page.render(Paint::Plain.wide());
        assert_eq!(wide.matches(long.trim_end()).count(), 2, "{wide}");
    }
}
