//! What calls and the queue did lately, as charts, and how full the windows are: on the first page and on that of the queue.

use jiff::SignedDuration;
use maud::{Markup, html};

use super::charts::{self, About};
use super::parts::{Panel, Tone, ahead, badge, plain};
use super::shell::Frame;
use crate::desk::budget::{BudgetReport, WindowReport};
use crate::desk::words::{counted, slowed, span};
use crate::domain::stop::StopScope;

/// Both windows, what of them is kept for critical calls, and when the queue may be empty.
pub(super) fn windows(frame: &Frame, budget: &BudgetReport) -> Markup {
    let content = html! {
        div.body {
            div.gauges {
                @for window in &budget.windows { (gauge(frame, window)) }
            }
            p.small.muted {
                span.words-of-key { span.key.used {} "used" }
                span.words-of-key { span.key.kept {} "kept for critical calls" }
            }
            p { (forecast(frame, budget)) }
            @for (lane, held) in &budget.held {
                p.small { (badge(Tone::Warn, "held")) " lane " (lane) ", until " (ahead(frame.now, held.until)) ": " (plain(&held.why)) }
            }
        }
    };
    Panel::new("budget", "Budget of calls").around(content)
}

fn gauge(frame: &Frame, window: &WindowReport) -> Markup {
    let per = SignedDuration::try_from_secs_f64(window.per_seconds).unwrap_or_default();
    let words = format!("{} of {} calls in {}", window.used, window.limit, span(per));
    #[expect(
        clippy::cast_precision_loss,
        reason = "a window has far fewer slots than a double has digits"
    )]
    let used = window.used as f64;
    html! {
        div {
            div.words {
                span { (words) }
                span.muted {
                    @match window.opens_at {
                        Some(at) => { "full, opens " (ahead(frame.now, at)) },
                        None if window.reserve > 0 => { (window.reserve) " kept back" },
                        None => { (window.free) " free" },
                    }
                }
            }
            (charts::gauge(&words, used, f64::from(window.reserve), f64::from(window.limit)))
        }
    }
}

fn forecast(frame: &Frame, budget: &BudgetReport) -> Markup {
    let now = frame.now;
    let late = i64::try_from(budget.expected_late).unwrap_or(i64::MAX);
    let held = budget.held_queue.as_ref();
    let is_frozen = frame.stops.iter().any(|stop| stop.scope == StopScope::Freeze);
    html! {
        @if let Some(held) = held {
            (badge(Tone::Bad, "held")) " " (held.actions) " queued: " (plain(&held.why)) ". "
        } @else if !frame.stops.is_empty() {
            (badge(Tone::Bad, "stopped")) " "
        }
        @match (budget.closed_until, budget.next_call_at, budget.queue_empty_at) {
            _ if is_frozen => { "Nothing is called until a person resumes." },
            (Some(until), ..) => {
                (badge(Tone::Bad, "closed")) " nothing is called; the gate opens " (ahead(now, until))
                @if let Some(reason) = &budget.closed_reason { " (" (plain(reason)) ")" }
            },
            (None, Some(first), Some(last)) => {
                "Next call " (ahead(now, first)) ", the last of " (held.map_or("the queue", |_| "the others")) " " (ahead(now, last)) "."
            },
            _ if held.is_some() => { "Nothing else is queued." },
            _ if !frame.stops.is_empty() => { "Nothing is queued: a release may leave at once, a restriction after the resume." },
            _ => { "Nothing is queued: a call may leave at once." },
        }
        @if let (None, Some(slow)) = (budget.closed_until, &budget.slowed) {
            " " (badge(Tone::Warn, "slower")) " Calls are " (slowed(now, slow)) "."
        }
        @if late > 0 {
            " " strong.bad-text { (counted(late, "restriction")) " will lose their validity before they can be called." }
        }
    }
}

/// The three charts.
pub(super) fn charts(budget: &BudgetReport) -> Markup {
    html! {
        div.cols.three {
            (Panel::new("calls", "Calls a minute").around(html! { div.body { (calls(budget)) } }))
            (Panel::new("depth", "Queue depth").around(html! { div.body { (depth(budget)) } }))
            (Panel::new("took", "From event to contained").around(html! { div.body { (took(budget)) } }))
        }
    }
}

fn ends() -> (String, String) {
    ("1 h ago".to_owned(), "now".to_owned())
}

fn calls(budget: &BudgetReport) -> Markup {
    let values: Vec<u32> = budget.minutes.iter().map(|minute| small(minute.calls)).collect();
    let all: i64 = budget.minutes.iter().map(|minute| minute.calls).sum();
    let throttled: i64 = budget.minutes.iter().map(|minute| minute.throttled).sum();
    // Windows that practice has made shorter let more through in a real minute.
    let shortest = budget
        .windows
        .iter()
        .min_by(|a, b| a.per_seconds.total_cmp(&b.per_seconds));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a limit of calls in a minute, from above nought"
    )]
    let limit = shortest.map_or(0, |window| {
        (f64::from(window.limit) * 60.0 / window.per_seconds.max(0.001)).round() as u32
    });
    let most = values.iter().copied().max().unwrap_or(0);
    let about = About {
        id: "calls-chart",
        title: "Calls to Defender a minute, in the last hour",
        summary: format!(
            "{} in the last hour, at most {most} in a minute; {limit} a minute are allowed{}.",
            counted(all, "call"),
            if throttled > 0 {
                format!("; {throttled} throttled")
            } else {
                String::new()
            }
        ),
        ends: ends(),
    };
    charts::bars(&about, &values, limit)
}

fn depth(budget: &BudgetReport) -> Markup {
    let values: Vec<u32> = budget.minutes.iter().map(|minute| small(minute.queued)).collect();
    let most = values.iter().copied().max().unwrap_or(0);
    let now = values.last().copied().unwrap_or(0);
    let about = About {
        id: "depth-chart",
        title: "Actions in the queue at the end of each minute, in the last hour",
        summary: format!("{now} now, at most {most} in the last hour."),
        ends: ends(),
    };
    charts::line(&about, &values)
}

fn took(budget: &BudgetReport) -> Markup {
    let hours = &budget.contained;
    let Some(last) = hours.last() else {
        return html! { p.empty { "No device was contained in the last 24 hours." } };
    };
    let told = |seconds: f64| span(SignedDuration::try_from_secs_f64(seconds).unwrap_or_default());
    let all: usize = hours.iter().map(|hour| hour.actions).sum();
    // The last eight hours in which something was contained: more do not have room for their names.
    let shown = hours.len().saturating_sub(8);
    let values: Vec<charts::Span> = hours[shown..]
        .iter()
        .map(|hour| charts::Span {
            name: hour.at.strftime("%H:00").to_string(),
            middle: hour.median_s,
            end: hour.p95_s,
            said: told(hour.median_s),
        })
        .collect();
    let about = About {
        id: "took-chart",
        title: "Time from an event to its device being contained, by the hour",
        summary: format!(
            "{} in 24 hours. In the last hour that had one half took at most {}, all but one in twenty at most {}. Bars: \
             the middle one; lines: one in twenty takes longer.",
            counted(i64::try_from(all).unwrap_or(i64::MAX), "device"),
            told(last.median_s),
            told(last.p95_s),
        ),
        ends: (String::new(), String::new()),
    };
    charts::spans(&about, &values)
}

fn small(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}
