//! The forms of the console, and the words for what they did. Each has a reason; where nobody knows who acts, they say their name.
//! Which words must be typed is asked again by whoever takes the form: a browser's own check is a courtesy.

use maud::{Markup, html};

use super::shell::Frame;
use crate::desk::words;
use crate::domain::stop::StopScope;

/// What must be typed to stop.
pub(super) const STOP: &str = "stop";
/// What must be typed to resume.
pub(super) const RESUME: &str = "resume";

/// What was done, by the code that the page after it is asked for with.
pub(super) fn told(code: &str, n: i64) -> Option<String> {
    Some(match code {
        "stopped" => "Stopped. It holds over restarts, until a person resumes.".to_owned(),
        "resumed" => "Resumed: what was stopped goes on.".to_owned(),
        "resumed-some" => {
            let others = match n {
                1 => "Another one began since, and is".to_owned(),
                n => format!("{n} others began since, and are"),
            };
            format!("The stops that the page showed have ended. {others} still in force: see above.")
        }
        "approved" => format!("Approved: {}.", words::counted(n, "device")),
        "counted" => format!(
            "Counted for {}: others must approve too.",
            words::counted(n, "device")
        ),
        "rejected" => format!("Rejected: {}.", words::counted(n, "device")),
        "released" => format!(
            "{} ended: the release is queued.",
            words::counted(n, "containment")
        ),
        "declined" => "Declined: nothing had been restricted.".to_owned(),
        "restricted" => "The restriction is queued.".to_owned(),
        "isolated" => "The isolation is queued.".to_owned(),
        "asked" => "A second person is asked: the request is among the approvals.".to_owned(),
        "extended" => "Extended.".to_owned(),
        "lifted" => "The cap is lifted, and what it had held goes on.".to_owned(),
        "reloaded" => "The playbook files were read again.".to_owned(),
        _ => return None,
    })
}

/// A form that posts, with where it came from, who and why. `name` is its own among those of the page.
pub(super) struct Form<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it goes: `/do/…`.
    pub to: &'a str,
    /// The word that must be typed, if any.
    pub word: Option<&'a str>,
    /// The words on its button.
    pub button: &'a str,
    /// Whether that undoes or takes away.
    pub is_danger: bool,
}

impl Form<'_> {
    /// The form around its own fields.
    pub(super) fn around(&self, frame: &Frame, own: &Markup) -> Markup {
        let name = self.name;
        html! {
            form.form method="post" action=(frame.link(self.to)) {
                input type="hidden" name="back" value=(frame.here());
                input type="hidden" name="form" value=(name);
                (own)
                (who_and_why(frame, name))
                @if let Some(word) = self.word {
                    div.field {
                        label for={ (name) "-confirm" } { "Type " q { (word) } " to confirm" }
                        input id={ (name) "-confirm" } name="confirm" required autocomplete="off" autocapitalize="none"
                            spellcheck="false" data-word=(word);
                    }
                }
                div.buttons {
                    button.(if self.is_danger { "danger" } else { "main" }) type="submit" { (self.button) }
                }
            }
        }
    }
}

/// Who acts, where that is not known, and why.
pub(super) fn who_and_why(frame: &Frame, name: &str) -> Markup {
    let kept = |field: &str| {
        let is_its = frame.kept.has("form", name);
        frame.kept.get(field).filter(|_| is_its)
    };
    html! {
        @if frame.identity.name.is_none() {
            div.field {
                label for={ (name) "-by" } { "Your name" }
                input id={ (name) "-by" } name="by" required maxlength="100" autocomplete="name" value=[kept("by")];
            }
        }
        div.field {
            label for={ (name) "-reason" } { "Reason" }
            input id={ (name) "-reason" } name="reason" required maxlength="500" autocomplete="off" value=[kept("reason")];
        }
    }
}

/// The stop switch.
pub(super) fn stop(frame: &Frame) -> Markup {
    let scopes = [StopScope::New, StopScope::CancelPending, StopScope::Freeze];
    let is_one = frame.visit.tenants.len() <= 1;
    let own = html! {
        @if !is_one {
            label.check {
                input type="checkbox" name="everywhere" value="yes";
                span { "every tenant, not only " (frame.tenant) }
            }
        }
        fieldset.field {
            legend { "What stops" }
            @for (place, scope) in scopes.into_iter().enumerate() {
                label.check {
                    input type="radio" name="scope" value=(scope.as_str()) checked[place == 0];
                    span { (scope.means()) }
                }
            }
        }
    };
    let form = Form {
        name: "stop",
        to: "/do/stop",
        word: Some(STOP),
        button: "Stop",
        is_danger: true,
    };
    html! {
        details.stop #stop open[frame.kept.has("form", "stop")] {
            summary.button.danger { "Stop …" }
            div.sheet {
                p { "In force at once, on every replica, until a person resumes." }
                (form.around(frame, &own))
            }
        }
    }
}

/// The way to go on.
pub(super) fn resume(frame: &Frame) -> Markup {
    let form = Form {
        name: "resume",
        to: "/do/resume",
        word: Some(RESUME),
        button: "Resume",
        is_danger: false,
    };
    // What somebody looked at is what they end.
    let shown = html! {
        div #resume-shown data-as-shown {
            @for stop in &frame.stops { input id={ "resume-" (stop.id) } type="hidden" name="stop" value=(stop.id); }
        }
    };
    html! {
        details.fold #resume open[frame.kept.has("form", "resume")] {
            summary { "Resume …" }
            (form.around(frame, &shown))
        }
    }
}
