//! The answer of `quell plan` for people: what was replayed, a table of both sets, then the devices whose fate differs.
//! At most a screen. Pure.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::answer::{Answer, PlaybookEdit};
use super::file::Refused;
use crate::cli::operator::table::{Paint, Table, Tone, cell, plain, short, short_length};
use crate::desk::words::span;
use crate::playbook::plan::{DeviceDifference, DeviceSummary, Difference, HourCounts, SideReport, Story};

/// Refused records shown.
const REFUSED: usize = 3;
/// Playbooks and limits shown.
const LINES: usize = 5;

/// The whole answer.
pub(super) fn show(answer: &Answer, paint: Paint, devices: usize) -> String {
    let mut out = String::new();
    head(&mut out, answer);
    if answer.report.differs {
        let report = &answer.report;
        let text = format!(
            "{} of {} decisions; what becomes of {}",
            report.decided_differently,
            report.judged,
            counted(report.devices.len(), "device")
        );
        line(&mut out, "differs", &text);
    } else {
        out += &format!("\n{}\n", paint.tone(Tone::Good, "nothing differs"));
    }
    out += "\n";
    both(&mut out, answer, paint);
    held(&mut out, answer);
    worst_hour(&mut out, answer);
    for difference in ORDER {
        list(&mut out, answer, difference, paint, devices);
    }
    out += "\n";
    for note in &answer.notes {
        line(&mut out, "note", note);
    }
    out
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn line(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "{name:<11} {}", plain(text));
}

fn head(out: &mut String, answer: &Answer) {
    line(out, "against", &answer.against);
    edits(out, &answer.playbooks);
    if !answer.as_enforce.is_empty() {
        line(out, "as enforce", &answer.as_enforce.join(", "));
    }
    let period = format!("{} to {}", minute(answer.since), minute(answer.until));
    line(out, "period", &format!("{period} UTC, {}", answer.events_from));
    let mut parts = vec![format!("{} judged, once for each device", answer.report.judged)];
    let counts = [
        (answer.without_device, "without a device"),
        (answer.repeated, "repeated"),
        (answer.waiting, "still to be decided"),
        (
            answer.judged_by.not_in_inventory,
            "about devices unknown to Defender",
        ),
        (answer.without_time, "without a time"),
        (answer.refused.len() as u64, "not readable"),
    ];
    parts.extend(
        counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}")),
    );
    line(out, "events", &parts.join("; "));
    refused(out, "refused", &answer.refused);
    facts(out, answer);
    refused(out, "facts file", &answer.facts_refused);
    let by = &answer.judged_by;
    if by.recorded > 0 {
        let text = format!(
            "{} of {} decisions come out as they did then, under the set compared with",
            by.as_recorded, by.recorded
        );
        line(out, "recorded", &text);
    }
}

fn edits(out: &mut String, edits: &[PlaybookEdit]) {
    for edit in edits.iter().take(LINES) {
        let id = &edit.playbook;
        match (&edit.old, &edit.new) {
            (Some(old), Some(new)) => line(out, "edited", &format!("{id} {old} -> {new}")),
            (None, Some(new)) => line(out, "added", &format!("{id} {new}")),
            (Some(old), None) => line(out, "removed", &format!("{id} {old}")),
            (None, None) => {}
        }
    }
    if edits.is_empty() {
        line(
            out,
            "edited",
            "nothing: these playbooks are the ones compared with",
        );
    }
    more(out, edits.len(), LINES, "playbooks");
}

fn facts(out: &mut String, answer: &Answer) {
    let by = &answer.judged_by;
    let all = by.facts_recorded + by.facts_of_today + by.facts_unknown;
    let told = if answer.events_from == "the stored events" {
        "recorded with the decision"
    } else {
        "from the facts file"
    };
    let shares = [
        (by.facts_recorded, told),
        (by.facts_of_today, "of today, as the past's are not known"),
        (by.facts_unknown, "unknown"),
    ];
    let shares = shares.iter().filter(|(count, _)| *count > 0);
    let text: Vec<String> = shares
        .map(|(count, what)| format!("{} % {what}", percent(*count, all)))
        .collect();
    let hint = if by.facts_unknown > 0 && !answer.has_facts && by.recorded == 0 {
        ": playbooks that need them ask or skip (`--facts FILE` gives them)"
    } else {
        ""
    };
    if !text.is_empty() {
        line(out, "facts", &format!("{}{hint}", text.join("; ")));
    }
}

/// Rounded, but never 0 or 100 where there is a rest.
fn percent(part: u64, all: u64) -> u64 {
    let rounded = (part.saturating_mul(200) / all.max(1)).div_ceil(2);
    match rounded {
        _ if part == all => 100,
        rounded => rounded.clamp(1, 99),
    }
}

fn refused(out: &mut String, name: &str, refused: &[Refused]) {
    for one in refused.iter().take(REFUSED) {
        line(
            out,
            name,
            &format!("{}: {}: {}", one.place, one.reason, one.detail),
        );
    }
    more(out, refused.len(), REFUSED, "records");
}

fn more(out: &mut String, all: usize, shown: usize, what: &str) {
    if all > shown {
        line(
            out,
            "",
            &format!("… and {} more {what}; `-o json` has them all", all - shown),
        );
    }
}

fn both(out: &mut String, answer: &Answer, paint: Paint) {
    let (old, new) = (&answer.report.old, &answer.report.new);
    let mut table = Table::new(&["", before(answer), "edited", "difference"]);
    let mut count = |name: &str, of: &dyn Fn(&SideReport) -> u64| {
        let (old, new) = (of(old), of(new));
        let difference = i128::from(new) - i128::from(old);
        let said = match difference {
            0 => String::new(),
            difference => format!("{difference:+}"),
        };
        table.row([
            (Tone::Usual, name.to_owned()),
            (Tone::Usual, old.to_string()),
            (Tone::Usual, new.to_string()),
            (if difference == 0 { Tone::Usual } else { Tone::Warn }, said),
        ]);
    };
    count("devices restricted", &|side| side.devices_restricted);
    count("  still so at the end", &|side| side.devices_restricted_at_end);
    count("devices asked about", &|side| side.devices_asked);
    count("questions to people", &|side| side.asks);
    count("held by limits and caps", &|side| {
        side.held
            .iter()
            .filter(|held| held.is_limit())
            .map(|held| held.times)
            .sum()
    });
    count("devices only observed", &|side| side.devices_observed);
    count("calls to restrict", &|side| side.calls.restricts);
    count("calls to release", &|side| side.calls.releases);
    if old.calls.expired + new.calls.expired > 0 {
        count("restricts never sent in time", &|side| side.calls.expired);
    }
    for (index, window) in new.calls.peaks.iter().enumerate() {
        let name = format!("most calls in {}, of {}", spell(window.per), window.limit);
        count(&name, &|side| {
            let peak = side.calls.peaks.get(index).map_or(0, |peak| peak.wanted);
            u64::try_from(peak).unwrap_or(u64::MAX)
        });
    }
    let mut text = |name: &str, of: &dyn Fn(&SideReport) -> String| {
        let (old, new) = (of(old), of(new));
        let tone = if old == new { Tone::Usual } else { Tone::Warn };
        table.row([
            (Tone::Usual, name.to_owned()),
            (Tone::Usual, old),
            (tone, new),
            (Tone::Usual, String::new()),
        ]);
    };
    text("longest wait of a call", &|side| {
        let longest = side.calls.lanes.iter().map(|lane| lane.longest).max();
        longest
            .filter(|longest| !longest.is_zero())
            .map_or_else(|| "none".to_owned(), spell)
    });
    text("calls left at the end, drained", &|side| {
        let calls = &side.calls;
        match calls.left_at_mark {
            0 => "none".to_owned(),
            left => format!("{left}, in {}", spell(calls.drained_after)),
        }
    });
    *out += &table.render(paint, "");
    for peak in &new.calls.peaks {
        if let Some(at) = peak.reached_at {
            let text = format!(
                "{} calls in {} are wanted for the first time at {} UTC: from there calls wait",
                peak.limit,
                spell(peak.per),
                minute(at)
            );
            line(out, "budget", &text);
        }
    }
}

/// What the set compared with is called.
fn before(answer: &Answer) -> &'static str {
    if answer.against.starts_with("the active set") {
        "in force"
    } else {
        "before"
    }
}

fn held(out: &mut String, answer: &Answer) {
    let held = &answer.report.new.held;
    for one in held.iter().take(LINES) {
        let times = answer
            .report
            .old
            .held
            .iter()
            .find(|other| other.playbook == one.playbook && other.reason == one.reason)
            .map_or(0, |other| other.times);
        let text = format!(
            "{} by {} {} times ({} {times}), first {} UTC",
            one.playbook,
            one.reason,
            one.times,
            before(answer),
            minute(one.first_at)
        );
        line(out, "held", &text);
    }
    more(out, held.len(), LINES, "reasons");
    for one in answer.report.new.fell_back.iter().take(LINES) {
        let text = format!(
            "{} observes from {} UTC on: {}",
            one.playbook,
            minute(one.first_at),
            one.reason
        );
        line(out, "falls back", &text);
    }
}

fn worst_hour(out: &mut String, answer: &Answer) {
    let Some(worst) = &answer.report.worst_hour else {
        return;
    };
    let say = |counts: &HourCounts| {
        format!(
            "{} restricted, {} released, {} questions, {} held",
            counts.restricts, counts.releases, counts.asks, counts.held
        )
    };
    let text = format!(
        "from {} UTC: {}; {}: {}",
        minute(worst.from),
        say(&worst.new),
        before(answer),
        say(&worst.old)
    );
    line(out, "worst hour", &text);
}

const ORDER: [Difference; 7] = [
    Difference::NewlyRestricted,
    Difference::NoLongerRestricted,
    Difference::Longer,
    Difference::Shorter,
    Difference::OtherTimes,
    Difference::NewlyAsked,
    Difference::NoLongerAsked,
];

fn heading(difference: Difference, count: usize) -> String {
    let devices = if count == 1 { "device" } else { "devices" };
    let what = match difference {
        Difference::NewlyRestricted => "newly restricted",
        Difference::NoLongerRestricted => "no longer restricted",
        Difference::Longer => "restricted for longer",
        Difference::Shorter => "restricted for a shorter time",
        Difference::OtherTimes => "restricted at other times",
        Difference::NewlyAsked => "newly asked about",
        Difference::NoLongerAsked => "no longer asked about",
    };
    format!("{count} {devices} {what}")
}

fn list(out: &mut String, answer: &Answer, difference: Difference, paint: Paint, most: usize) {
    let of = answer.report.devices.iter();
    let concerned: Vec<&DeviceDifference> = of.filter(|device| device.difference == difference).collect();
    if concerned.is_empty() {
        return;
    }
    let heading = heading(difference, concerned.len());
    let _ = writeln!(out, "\n{}", paint.tone(Tone::Head, &heading));
    let shown = concerned.iter().take(most);
    let length = short_length(shown.clone().map(|device| device.device.as_str()));
    let mut table = match is_about_asks(difference) {
        true => Table::new(&["DEVICE", "NAME", "AT (UTC)", "BY", "ALERT"]),
        false => Table::new(&["DEVICE", "NAME", "AT (UTC)", "FOR", "BY", "ALERT"]),
    };
    for device in shown {
        table.row(row(device, length));
    }
    if most > 0 {
        *out += &table.render(paint, "  ");
    }
    more(out, concerned.len(), most, "devices");
}

fn is_about_asks(difference: Difference) -> bool {
    matches!(difference, Difference::NewlyAsked | Difference::NoLongerAsked)
}

fn row(device: &DeviceDifference, length: usize) -> Vec<(Tone, String)> {
    let (side, other) = match device.difference {
        Difference::NoLongerRestricted | Difference::NoLongerAsked => (&device.old, &device.new),
        _ => (&device.new, &device.old),
    };
    let is_ask = is_about_asks(device.difference);
    let story = if is_ask { &side.asked } else { &side.restricted };
    let of = |tell: fn(&Story) -> String| cell(story.as_ref().map(tell).unwrap_or_default());
    let mut cells = vec![
        cell(short(device.device.as_str(), length)),
        cell(device.name.clone().unwrap_or_else(|| "-".to_owned())),
        of(|story| minute(story.at)),
    ];
    if !is_ask {
        cells.push(cell(match device.difference {
            Difference::Longer | Difference::Shorter => instead(side, other),
            _ => lasting(side),
        }));
    }
    cells.push(of(|story| story.playbook.clone()));
    let asked = match device.difference {
        Difference::NewlyRestricted if other.asks > 0 => " (was asked about)",
        Difference::NoLongerRestricted if other.asks > 0 => " (is asked about)",
        _ => "",
    };
    cells.push(cell(match story {
        Some(story) if story.alert.is_empty() => "stood before".to_owned(),
        Some(story) => format!("{}: {}{asked}", story.alert, story.title),
        None => String::new(),
    }));
    cells
}

/// How long, and how long before: seconds of difference are lost in hours.
fn instead(side: &DeviceSummary, other: &DeviceSummary) -> String {
    let (now, before) = (lasting(side), lasting(other));
    let seconds = side.restricted_seconds.zip(other.restricted_seconds);
    let difference = seconds.and_then(|(a, b)| SignedDuration::try_from_secs_f64(a - b).ok());
    match difference {
        Some(difference) if now == before => {
            let sign = if difference.is_negative() { '-' } else { '+' };
            format!("{now} ({sign}{})", span(difference))
        }
        _ => format!("{now}, not {before}"),
    }
}

fn lasting(side: &DeviceSummary) -> String {
    let seconds = side.restricted_seconds;
    let seconds = seconds.and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok());
    seconds.map_or_else(|| "for ever".to_owned(), span)
}

fn spell(duration: Duration) -> String {
    span(SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX))
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
