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

/// The report as text.
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
            let alert = containment.alert_id.as_ref().map(|id| format!(", alert {id}"));
            let text = render::containment(containment, now) + &alert.unwrap_or_default();
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
                "{} {state}, queued {}, {calls}: {why} ({})",
                action.kind,
                ago(now, action.queued_at),
                action.id
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
            "{}: alert {}: {}{event}",
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
