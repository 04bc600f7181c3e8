//! What happened, one moment after the other: on the page of a device, the newest first; on that of an action, from its event to its
//! end.

use jiff::Timestamp;
use maud::{Markup, html};

use super::parts::{in_path, plain, slug, time, tone};
use super::shell::Frame;
use crate::desk::timeline::{Link, LinkTo, Moment, MomentKind};
use crate::desk::words;

/// The moments, in the order given.
pub(super) fn line(frame: &Frame, moments: &[Moment]) -> Markup {
    html! {
        @if moments.is_empty() { p.empty { "Nothing is recorded." } }
        ol.line {
            @for (place, moment) in moments.iter().enumerate() {
                li.(class(moment)) id=(name(moment, place)) {
                    span.when { (when(frame.now, moment.at)) }
                    div.what {
                        span.hidden { (kind(moment.kind)) ": " }
                        (plain(&moment.title))
                        @for link in &moment.links { (to(frame, link)) }
                        @if let Some(detail) = &moment.detail { span.sub { (plain(detail)) } }
                    }
                }
            }
        }
    }
}

/// Each has a name of its own, so that a page that is brought in line keeps what is there.
fn name(moment: &Moment, place: usize) -> String {
    let link = moment.links.first().map_or("", |link| link.id.as_str());
    format!("m-{}-{}-{place}", moment.at.as_microsecond(), slug(link))
}

fn class(moment: &Moment) -> &'static str {
    match (&moment.state, moment.kind) {
        (_, MomentKind::Alarm) => "bad",
        (Some(state), _) => tone(state).class(),
        (None, MomentKind::Event) => "info",
        (None, _) => "plain",
    }
}

fn when(now: Timestamp, at: Timestamp) -> Markup {
    let clock = at.strftime("%H:%M:%S").to_string();
    let day = at.strftime("%Y-%m-%d").to_string();
    let is_today = day == now.strftime("%Y-%m-%d").to_string();
    html! {
        (time(at, &if is_today { clock } else { format!("{day} {clock}") }))
        " " span.nowrap { "(" (words::ago(now, at)) ")" }
    }
}

fn kind(kind: MomentKind) -> &'static str {
    match kind {
        MomentKind::Event => "event",
        MomentKind::Decision => "decision",
        MomentKind::Containment => "containment",
        MomentKind::Answer => "answer",
        MomentKind::Action => "action",
        MomentKind::Call => "call",
        MomentKind::CallAnswered => "answer to a call",
        MomentKind::Drift => "seen at Defender",
        MomentKind::Alarm => "alarm",
    }
}

/// The way to what a moment is about, where it has a page.
fn to(frame: &Frame, link: &Link) -> Markup {
    let (path, name) = match link.to {
        LinkTo::Event => (format!("/events/{}", in_path(&link.id)), "event".to_owned()),
        LinkTo::Action => (format!("/actions/{}", in_path(&link.id)), "action".to_owned()),
        LinkTo::Approval => (format!("/approvals/{}", in_path(&link.id)), link.id.clone()),
        LinkTo::Playbook => (format!("/playbooks/{}", in_path(&link.id)), link.id.clone()),
        LinkTo::Alert | LinkTo::Containment => return html! {},
    };
    html! { " " a.small href=(frame.link(&path)) { (plain(&name)) } }
}
