//! The forms of one device: release it, restrict it.

use maud::{Markup, html};

use super::forms::Form;
use super::shell::Frame;
use crate::domain::measure::Measure;
use crate::store::views::DeviceView;

/// What may be done to a device by hand, folded away until it is wanted.
pub(super) fn of_device(frame: &Frame, device: &DeviceView) -> Markup {
    let is_held = !device.containments.is_empty();
    html! {
        div.cols.two {
            @if is_held { (release(frame, device)) }
            (restrict(frame, device))
        }
    }
}

fn release(frame: &Frame, device: &DeviceView) -> Markup {
    let has = |measure| device.containments.iter().any(|one| one.measure == measure);
    let own = html! {
        input type="hidden" name="device" value=(device.device);
        @if has(Measure::Restriction) && has(Measure::Isolation) {
            div.field {
                label for="release-only" { "What is ended" }
                select #release-only name="only" {
                    option value="" { "everything" }
                    option value="restriction" { "the restriction" }
                    option value="isolation" { "the isolation" }
                }
            }
        }
        label.check {
            input type="checkbox" name="false_positive" value="yes";
            span { "It was a false alarm: the playbooks behind it are told" }
        }
    };
    let form = Form {
        name: "release",
        to: "/do/release",
        word: None,
        button: "Release",
        is_danger: false,
    };
    fold(frame, "release-form", "Release …", &form, &own)
}

fn restrict(frame: &Frame, device: &DeviceView) -> Markup {
    let own = html! {
        input type="hidden" name="device" value=(device.device);
        div.row {
            div.field {
                label for="restrict-measure" { "What" }
                select #restrict-measure name="measure" {
                    option value="restriction" { "restrict app execution" }
                    option value="full" { "isolate from the network" }
                    option value="selective" { "isolate, but for Teams and Outlook" }
                }
            }
            div.field {
                label for="restrict-for" { "For how long" }
                select #restrict-for name="for" {
                    @for (span, words) in [("1h", "1 hour"), ("4h", "4 hours"), ("12h", "12 hours"), ("1d", "1 day"), ("7d", "7 days")] {
                        option value=(span) selected[span == "4h"] { (words) }
                    }
                }
            }
        }
    };
    let form = Form {
        name: "restrict",
        to: "/do/restrict",
        word: None,
        button: "Restrict",
        is_danger: true,
    };
    fold(frame, "restrict-form", "Restrict by hand …", &form, &own)
}

fn fold(frame: &Frame, id: &str, title: &str, form: &Form<'_>, own: &Markup) -> Markup {
    html! {
        section.panel aria-label=(title.trim_end_matches(" …")) {
            div.body {
                details.fold id=(id) open[frame.kept.has("form", form.name)] {
                    summary { (title) }
                    (form.around(frame, own))
                }
            }
        }
    }
}
