//! What of a status needs a person, in words, the worst first. Pure; called by `status`, which prints it before anything else.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Report;
use super::{calls, files, inventory, lookups, requests, sealing, sources};
use crate::desk::find::called;
use crate::desk::words::short;
use crate::desk::words::{ago, ahead, span};
use crate::desk::words::{counted, plain};
use crate::store::Overdue;
use crate::store::outbox::views::ReceiverTrouble;
use crate::store::views::InboxView;

/// How many alarms are shown in words.
const ALARMS: usize = 5;

/// How long events may wait to be decided before a person should look.
const PATIENCE: SignedDuration = SignedDuration::from_secs(300);

/// What needs a person, the worst first.
pub fn needs(report: &Report) -> Vec<String> {
    let status = &report.status;
    let now = status.at;
    let mut needs = Vec::new();
    match &status.lease {
        None => needs.push("no daemon has dispatched yet: start `quell run`".to_owned()),
        Some(lease) if !lease.is_held => {
            needs.push(format!(
                "no daemon dispatches: the lease ended {}",
                ago(now, lease.expires_at)
            ));
        }
        Some(_) => {}
    }
    needs.extend(report.stalled.as_ref().map(|stalled| calls::need(stalled, now)));
    if status.playbook_set.is_none() {
        needs.push("no playbook set is active: events wait".to_owned());
    }
    let set = status.playbook_set.as_ref();
    needs.extend(set.and(report.heartbeat_missed_since).map(|since| {
        format!(
            "events are not decided: the last heartbeat came through {}: `quell doctor`, and the log of the daemons",
            ago(now, since)
        )
    }));
    needs.extend(held(&status.inbox, now));
    let of_replicas = report.playbook_files.iter();
    needs.extend(of_replicas.filter_map(|one| files::need(one, set, now)));
    needs.extend(attention(report));
    needs.extend(overdue(&report.releases_overdue, now));
    for alarm in report.alarms.iter().take(ALARMS) {
        let device = alarm.device.as_deref();
        let on = device
            .map(|device| format!(" on {}", short(device, 12)))
            .unwrap_or_default();
        needs.push(format!("{}{on}: {}", ago(now, alarm.at), alarm.told));
    }
    if let Some(more) = report.alarms.len().checked_sub(ALARMS).filter(|more| *more > 0) {
        needs.push(format!(
            "{more} more such in the last day: `quell status -o json` lists them"
        ));
    }
    for fallback in &status.fallbacks {
        let why = match fallback.reason.as_str() {
            "revoked" => "this revision of it was revoked".to_owned(),
            reason => format!("it fell back from its canary ({reason})"),
        };
        needs.push(format!(
            "playbook {} only observes since {}: {why}; change it to start anew",
            fallback.playbook,
            ago(now, fallback.since)
        ));
    }
    let is_stopped = !report.stops.is_empty();
    needs.extend(requests::need(&report.requests, now, is_stopped));
    if let (Some(until), reason) = (status.closed_until, &status.closed_reason) {
        let reason = reason.as_deref().unwrap_or("an answer of Defender's");
        needs.push(format!(
            "nothing is called: the gate opens {} ({reason})",
            ahead(now, until)
        ));
    }
    needs.extend(report.receivers_in_trouble.iter().map(|one| receiver(one, now)));
    if report.expected_late > 0 {
        let late = counted(
            i64::try_from(report.expected_late).unwrap_or(i64::MAX),
            "queued restriction",
        );
        needs.push(format!(
            "{late} will lose their validity before they can be called"
        ));
    }
    if let Some(until) = status.retries_held_until {
        let until = ahead(now, until);
        needs.push(format!(
            "too many repeated calls came to nothing: further ones may leave {until}"
        ));
    }
    if status.outstanding >= i64::from(report.outstanding_limit) {
        needs.push(format!(
            "restrictions wait: {} are open at Defender, which is the most allowed",
            status.outstanding
        ));
    }
    let max_age = Duration::try_from_secs_f64(report.inventory_max_age_seconds).unwrap_or(Duration::MAX);
    needs.extend(inventory::need(&report.inventory, now, max_age));
    needs.extend(report.lookups.as_ref().and_then(|view| lookups::need(view, now)));
    let lives = !report.replicas.is_empty();
    needs.extend(sources::needs(
        &report.sources,
        &report.sources_configured,
        lives,
        now,
    ));
    needs.extend(sealing::need(report.unsealed_rows, report.unsealed_since, now));
    let undecided = status.inbox.rows - status.inbox.waiting_for_facts - status.inbox.held;
    if let Some(oldest) = status
        .inbox
        .oldest_at
        .filter(|at| undecided > 0 && now.duration_since(*at) > PATIENCE)
    {
        needs.push(format!(
            "events have waited for {} to be decided",
            span(now.duration_since(oldest))
        ));
    }
    needs
}

/// That the decider panics over events: nothing of what they would lead to happens, and a quiet tenant has no other sign of it.
fn held(inbox: &InboxView, now: Timestamp) -> Option<String> {
    let since = inbox.held_since.filter(|_| inbox.held > 0)?;
    let again = inbox
        .held_tried_at
        .map(|at| format!(", and tried again {}", ahead(now, at)))
        .unwrap_or_default();
    Some(format!(
        "{} held after a panic of the decider, the first {}{again}; what came later for the same devices waits too: `quell events \
         dead list` names them, and the log the panic",
        counted(inbox.held, "event"),
        ago(now, since)
    ))
}

/// That containments could not be put in force, with the whole reason of the first: whoever acts on it needs every word.
fn attention(report: &Report) -> Option<String> {
    let containments = Some(report.status.attention).filter(|n| *n > 0)?;
    let mut reasons = report.contained.iter().flat_map(|device| {
        let its = device.containments.iter();
        its.filter_map(move |containment| Some((device, containment.attention.as_deref()?)))
    });
    let first = reasons.next().map(|(device, why)| {
        let device = called(&device.device, device.name.as_deref());
        format!("; the first, {device}: {}", plain(why))
    });
    Some(format!(
        "{} could not be put in force: listed first below{}",
        counted(containments, "containment"),
        first.unwrap_or_default()
    ))
}

/// That releases are overdue, for those who look at the status.
fn overdue(overdue: &Overdue, now: Timestamp) -> Option<String> {
    let oldest = overdue.oldest.as_ref()?;
    Some(format!(
        "{} overdue: {} is restricted still, and its containment ended {}",
        counted(overdue.devices, "release"),
        short(&oldest.device, 12),
        ago(now, oldest.since)
    ))
}

/// A receiver that does not take its messages.
fn receiver(one: &ReceiverTrouble, now: Timestamp) -> String {
    let (name, since) = (&one.receiver, ago(now, one.since));
    let why = one
        .last_error
        .as_deref()
        .map(|why| format!(" ({why})"))
        .unwrap_or_default();
    let gone = match one.given_up {
        0 => String::new(),
        n => format!(", {} given up", counted(n, "message")),
    };
    format!(
        "receiver `{name}` takes no messages, the first failed {since}{gone}{why}: see `quell notifications list`"
    )
}
