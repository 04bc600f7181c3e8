//! The installation: the replicas and who dispatches, the sources of events, the playbook files, Postgres.

use maud::{Markup, html};

use super::parts::{Panel, Row, Table, Tone, ago, badge, facts, or_none, panel, plain, slug, told};
use super::shell::{Frame, Page};
use crate::desk::status::Report;
use crate::desk::system::SystemReport;
use crate::desk::words::{counted, short};
use crate::store::ReplicaFiles;
use crate::store::source_looks::SourceView;
use crate::store::views::{AlarmView, ReplicaView};

/// The page.
pub(super) fn page(frame: &Frame, system: &SystemReport, status: &Report) -> Page {
    let content = html! {
        div.cols.two {
            (Panel::new("replicas", "Replicas").around(replicas(frame, &system.replicas)))
            (panel("dispatch", "Dispatch", dispatch(frame, system, status)))
        }
        (Panel::new("sources", "Sources of events").around(sources(frame, &system.sources)))
        (Panel::new("files", "Playbook files").around(files(frame, &system.playbook_files)))
        (Panel::new("alarms", "Alarms of the last day").around(alarms(frame, &status.alarms)))
        div.cols.two {
            (panel("postgres", "Postgres", postgres(system)))
            (panel("kept", "What is kept", kept(frame, status)))
        }
    };
    Page::new("System", content).beside(html! { "Quell " (system.version) })
}

fn replicas(frame: &Frame, replicas: &[ReplicaView]) -> Markup {
    let table = Table {
        label: "Replicas that live",
        heads: &["Machine", "Dispatches", "Last word"],
        empty: "No replica lives.",
    };
    let rows = replicas.iter().enumerate().map(|(place, one)| -> Row {
        let dispatches = if one.dispatches {
            badge(Tone::Good, "yes")
        } else {
            html! { "no" }
        };
        (
            format!("replica-{place}"),
            vec![plain(&one.host), dispatches, ago(frame.now, one.seen_at)],
        )
    });
    table.show(rows)
}

fn dispatch(frame: &Frame, system: &SystemReport, status: &Report) -> Markup {
    let lease = match &system.lease {
        None => badge(Tone::Bad, "nobody has dispatched yet"),
        Some(lease) => html! {
            @if lease.is_held { (badge(Tone::Good, "held")) } @else { (badge(Tone::Bad, "ended")) " " (ago(frame.now, lease.expires_at)) }
            " by " (plain(lease.host.as_deref().unwrap_or("an unknown machine"))) ", number " (lease.epoch)
        },
    };
    let inventory = html! {
        @match (system.inventory.devices, system.inventory.as_of) {
            (Some(devices), Some(at)) => { (counted(devices, "device")) ", read " (ago(frame.now, at)) },
            _ => { "not read yet" },
        }
        @if let Some(failure) = &system.inventory.failure { span.sub.bad-text { (plain(failure)) } }
    };
    facts([
        ("Lease", lease),
        ("Mode", html! { (status.mode.as_str()) }),
        (
            "Open at Defender",
            html! { (status.status.outstanding) " of " (status.outstanding_limit) },
        ),
        (
            "Throttled",
            html! { (status.status.throttled) " times" @if let Some(at) = status.status.throttled_at { ", last " (ago(frame.now, at)) } },
        ),
        ("Inventory", inventory),
    ])
}

fn sources(frame: &Frame, sources: &[SourceView]) -> Markup {
    let table = Table {
        label: "Sources of events",
        heads: &["Source", "Kind", "State", "Last event", "#Behind", "#Replicas"],
        empty: "No source is configured beside the listener's own.",
    };
    let rows = sources.iter().map(|one| -> Row {
        let stands = match (&one.trouble, one.replicas) {
            (Some(why), _) => html! { (badge(Tone::Bad, "trouble")) " " (plain(why)) },
            (None, 0) => badge(Tone::Warn, "read by no replica"),
            (None, _) => badge(Tone::Good, "read"),
        };
        let cells = vec![
            plain(&one.source),
            html! { (one.kind) },
            stands,
            or_none(one.last_event_at, |at| ago(frame.now, at)),
            or_none(one.behind, |behind| html! { (behind) }),
            html! { (one.replicas) },
        ];
        (format!("source-{}", slug(&one.source)), cells)
    });
    table.show(rows)
}

fn files(frame: &Frame, files: &[ReplicaFiles]) -> Markup {
    let table = Table {
        label: "Playbook files of each replica",
        heads: &["Replica", "State", "Set", "Since"],
        empty: "No replica has read its files yet.",
    };
    let rows = files.iter().enumerate().map(|(place, one)| -> Row {
        let stands = match (&one.failure, &one.remark, one.is_in_force) {
            (Some(why), ..) => html! { (badge(Tone::Bad, "cannot be used")) " " (plain(why)) },
            (None, Some(why), _) => html! { (badge(Tone::Warn, "not in force")) " " (plain(why)) },
            (None, None, true) => badge(Tone::Good, "in force"),
            (None, None, false) => badge(Tone::Warn, "another set"),
        };
        let cells = vec![
            plain(&one.replica),
            stands,
            or_none(
                one.set_hash.as_deref(),
                |hash| html! { code { (short(hash, 12)) } },
            ),
            or_none(one.set_since, |at| ago(frame.now, at)),
        ];
        (format!("files-{place}"), cells)
    });
    table.show(rows)
}

fn alarms(frame: &Frame, alarms: &[AlarmView]) -> Markup {
    let table = Table {
        label: "Alarms, the newest first",
        heads: &["When", "What", "Device"],
        empty: "There was none.",
    };
    let rows = alarms.iter().enumerate().map(|(place, one)| -> Row {
        let cells = vec![
            ago(frame.now, one.at),
            html! { (told(&one.told)) span.sub { (one.kind.replace('_', " ")) } },
            or_none(one.device.as_deref(), |device| {
                super::devices::name_of(frame, device, None)
            }),
        ];
        (format!("alarm-{}-{place}", one.at.as_microsecond()), cells)
    });
    table.show(rows)
}

fn postgres(system: &SystemReport) -> Markup {
    let (server, migrations) = (&system.server, &system.migrations);
    let schema = html! {
        @if migrations.due == 0 && migrations.unknown == 0 { (badge(Tone::Good, "current")) }
        @else { (badge(Tone::Bad, "not of this version")) " " (migrations.due) " due, " (migrations.unknown) " unknown" }
    };
    facts([
        ("Version", plain(&server.version)),
        (
            "Database",
            html! { (plain(&server.database)) " as " (plain(&server.role)) },
        ),
        (
            "Encrypted",
            html! { (if server.is_tls { "yes" } else if server.is_local { "no, on this machine" } else { "no" }) },
        ),
        (
            "Connections",
            html! { (server.taken) " of " (server.connections) },
        ),
        ("Schema", schema),
    ])
}

fn kept(frame: &Frame, status: &Report) -> Markup {
    let it = &status.status;
    let letters = html! {
        (it.dead_letters)
        @if let Some(at) = it.dead_letter_at { ", last " (ago(frame.now, at)) ": " code { "quell events dead list" } }
    };
    let seal = html! {
        @match status.unsealed_since {
            Some(at) if status.unsealed_rows > 0 => { (counted(i64::try_from(status.unsealed_rows).unwrap_or(i64::MAX), "row")) " wait, the first since " (ago(frame.now, at)) },
            _ => { (badge(Tone::Good, "all rows sealed")) },
        }
    };
    let decisions: Vec<String> = it
        .decisions
        .iter()
        .map(|(kind, n)| format!("{n} {kind}"))
        .collect();
    facts([
        (
            "Events",
            html! { (it.events) " accepted, " (it.inbox.rows) " undecided" },
        ),
        (
            "Decisions",
            html! { (if decisions.is_empty() { "none".to_owned() } else { decisions.join(", ") }) },
        ),
        ("Dead letters", letters),
        ("Audit", seal),
    ])
}
