//! The devices: who is held, by what, since when, until when, and what is under way.

use jiff::Timestamp;
use maud::{Markup, html};

use super::parts::{Panel, Row, Table, Tone, ago, ahead, badge, in_path, none, or_none, plain, slug, state};
use super::shell::{Frame, Page};
use crate::desk::page;
use crate::desk::words::short;
use crate::domain::measure::Measure;
use crate::store::views::{ContainmentView, DeviceView, Show};

/// How many characters of an id are shown; the whole one is a click away.
const SHORT: usize = 12;

/// A device by its name, or by its id where it has none, with the way to its page.
pub(super) fn name_of(frame: &Frame, device: &str, name: Option<&str>) -> Markup {
    let to = frame.link(&format!("/devices/{}", in_path(device)));
    html! {
        @match name {
            Some(name) => { a href=(to) { (plain(name)) } span.sub { code { (short(device, SHORT)) } } },
            None => { a href=(to) { code { (short(device, SHORT)) } } },
        }
    }
}

/// The address of the device in Defender's portal.
pub(super) fn in_defender(device: &str) -> String {
    format!(
        "https://security.microsoft.com/machines/v2/{}/overview",
        in_path(device)
    )
}

/// The way there.
pub(super) fn defender_link(device: &str) -> Markup {
    html! {
        a href=(in_defender(device)) rel="noreferrer" target="_blank" { "Defender" span.hidden { ", opens another window" } }
    }
}

/// What is known to be held on a device.
pub(super) fn known(device: &DeviceView) -> Markup {
    let measures = [
        (Measure::Restriction, &device.restriction),
        (Measure::Isolation, &device.isolation),
    ];
    let is_free = measures.iter().all(|(_, known)| *known == "free");
    html! {
        @if is_free { (badge(Tone::Plain, "free")) }
        @for (measure, known) in measures.iter().filter(|(_, known)| *known != "free") {
            @match known.as_str() {
                "unknown" => { (badge(Tone::Warn, &format!("{} unclear", measure.as_str()))) " " },
                known => { (state(known)) " " },
            }
        }
    }
}

/// The devices as a table.
pub(super) fn table(frame: &Frame, devices: &[DeviceView], now: Timestamp, empty: &str) -> Markup {
    let table = Table {
        label: "Devices, those to look at first",
        heads: &[
            "Device",
            "State",
            "Held by",
            "Since",
            "Release",
            "Under way",
            "Elsewhere",
        ],
        empty,
    };
    table.show(devices.iter().map(|device| row(frame, device, now)))
}

fn row(frame: &Frame, device: &DeviceView, now: Timestamp) -> Row {
    let active = || device.containments.iter().filter(|one| one.state == "active");
    let since = active().filter_map(|one| one.activated_at).min().or(device.since);
    let under_way = html! {
        @for action in &device.actions {
            div { (action.kind.replace('_', " ")) " " (state(&action.state)) }
        }
        @if device.actions.is_empty() { (none()) }
    };
    let cells = vec![
        name_of(frame, &device.device, device.name.as_deref()),
        known(device),
        held_by(&device.containments),
        or_none(since, |at| ago(now, at)),
        release(&device.containments, now),
        under_way,
        defender_link(&device.device),
    ];
    (format!("device-{}", slug(&device.device)), cells)
}

/// The reasons, each in a line, with what a person must look at.
pub(super) fn held_by(containments: &[ContainmentView]) -> Markup {
    html! {
        @for one in containments {
            div {
                (plain(one.playbook.as_deref().unwrap_or("by hand")))
                @if one.state == "asked" { " " (state("asked")) }
                @if one.measure == Measure::Isolation { " " span.muted { "(isolation)" } }
                @if let Some(title) = &one.title { span.sub { (plain(title)) } }
                @if let Some(attention) = &one.attention { span.sub { (badge(Tone::Bad, "look")) " " (plain(attention)) } }
            }
        }
        @if containments.is_empty() { span.muted { "nothing of quell's" } }
    }
}

/// When the last of its active containments ends.
fn release(containments: &[ContainmentView], now: Timestamp) -> Markup {
    let active: Vec<&ContainmentView> = containments.iter().filter(|one| one.state == "active").collect();
    if active.is_empty() {
        return none();
    }
    let ends: Option<Vec<Timestamp>> = active.iter().map(|one| one.until).collect();
    match ends.and_then(|ends| ends.into_iter().max()) {
        Some(until) => ahead(now, until),
        None => html! { "by a person only" },
    }
}

/// Which of them are shown, by the name in the query.
pub(super) const SHOWS: [(&str, &str, Show); 3] = [
    ("concerned", "Held or asked about", Show::Concerned),
    ("contained", "Contained", Show::Contained),
    ("all", "All", Show::All),
];

/// The list.
pub(super) fn page(frame: &Frame, devices: &page::Page<DeviceView>, shown: Show) -> Page {
    let wanted = frame.visit.query.get("q");
    let with = |show: &str| {
        let words = wanted
            .as_deref()
            .map(|q| format!("&q={}", in_path(q)))
            .unwrap_or_default();
        frame.link(&format!("/devices?show={show}{words}"))
    };
    let content = html! {
        nav.tabs aria-label="Which devices" {
            @for (name, words, show) in SHOWS {
                a href=(with(name)) aria-current=[(show == shown).then_some("true")] { (words) }
            }
        }
        (Panel::new("devices", heading(wanted.as_deref())).around(html! {
            (table(frame, &devices.items, frame.now, empty(wanted.is_some(), shown)))
            @if let Some(next) = &devices.next {
                p.pages { a href={ (with(SHOWS.iter().find(|(.., show)| *show == shown).map_or("concerned", |(name, ..)| name))) "&after=" (in_path(next)) } { "Next page" } }
            }
        }))
    };
    let page = Page::new("Devices", content);
    match wanted {
        Some(wanted) => page.beside(html! { "called " q { (plain(&wanted)) } }),
        None => page,
    }
}

fn heading(wanted: Option<&str>) -> &'static str {
    if wanted.is_some() { "Found" } else { "Devices" }
}

fn empty(is_search: bool, shown: Show) -> &'static str {
    match (is_search, shown) {
        (true, Show::All) => "No device is called so, nor does an id begin so.",
        (true, _) => "No such device is among these: look among all of them.",
        (false, Show::All) => "No event ever named a device.",
        (false, Show::Contained) => "No device is contained.",
        (false, Show::Concerned) => "No device is held or asked about.",
    }
}
