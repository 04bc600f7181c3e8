//! How far the demo is, in lines for a terminal and in one line for a log. Pure text.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cli::progress;
use crate::domain::budget::{Pace, Pacing};
use crate::simulator::Report;
use crate::store::views::StatusView;

/// A moment of the demo.
pub struct Moment<'a> {
    /// Since the first alert was delivered.
    pub elapsed: Duration,
    /// What the plan says of the whole.
    pub estimate: Duration,
    /// How many times faster than Defender's time passes.
    pub scale: u32,
    /// Devices of the storm.
    pub devices: u32,
    /// What Quell says.
    pub status: &'a StatusView,
    /// The storm's containments by state.
    pub storm: &'a BTreeMap<String, i64>,
    /// What Defender says.
    pub report: &'a Report,
}

impl Moment<'_> {
    /// For a terminal.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .status
            .windows
            .iter()
            .map(|window| {
                let (used, limit) = (window.used, i64::from(window.limit));
                let span = span(window.per_seconds * f64::from(self.scale));
                format!("  calls in {span:>4}  {}  {used} of {limit}", bar(used, limit))
            })
            .collect();
        let open = self.defender(&["Pending", "InProgress"]);
        lines.push(format!(
            "  to decide {}   queued {}   at Defender {open}",
            self.status.inbox.rows,
            self.queued()
        ));
        lines.push(format!(
            "  ended there: {}",
            self.defender(&["Succeeded", "Failed", "TimeOut", "Cancelled"])
        ));
        lines.push(format!(
            "  restricted now {}   storm: {} of {} contained, time up for {}",
            self.report.restricted_now,
            self.contained(),
            self.devices,
            self.over()
        ));
        lines.push(format!("  {} s gone, {}", self.elapsed.as_secs(), self.left()));
        lines
    }

    /// For a log.
    pub fn plain(&self) -> String {
        let windows: Vec<String> = self
            .status
            .windows
            .iter()
            .map(|w| {
                format!(
                    "{}/{} calls in {}",
                    w.used,
                    w.limit,
                    span(w.per_seconds * f64::from(self.scale))
                )
            })
            .collect();
        format!(
            "{} s: {}; {} to decide, {} queued, {} at Defender, {} restricted, time up for {} of {}; {}",
            self.elapsed.as_secs(),
            windows.join(", "),
            self.status.inbox.rows,
            self.queued(),
            self.report.actions_open,
            self.report.restricted_now,
            self.over(),
            self.devices,
            self.left()
        )
    }

    fn queued(&self) -> i64 {
        self.status.actions.get("queued").copied().unwrap_or(0)
    }

    fn contained(&self) -> i64 {
        self.storm.values().sum()
    }

    fn over(&self) -> i64 {
        self.storm
            .iter()
            .filter(|(state, _)| state.starts_with("ended"))
            .map(|(_, n)| n)
            .sum()
    }

    fn defender(&self, statuses: &[&str]) -> String {
        let counts = statuses.iter().map(|status| {
            let n = self.report.actions_by_status.get(*status).copied().unwrap_or(0);
            (status, n)
        });
        let said: Vec<String> = counts
            .filter(|(_, n)| *n > 0)
            .map(|(status, n)| format!("{n} {status}"))
            .collect();
        if said.is_empty() {
            "none".to_owned()
        } else {
            said.join(", ")
        }
    }

    fn left(&self) -> String {
        let scale = self.scale.max(1);
        let pacing = Pacing {
            pace: Pace {
                interval: Duration::from_millis(606) / scale,
                burst: 5,
            },
            unpaced_releases: 5,
            release_window: Duration::from_secs(60) / scale,
        };
        let by_queue = self
            .status
            .prospect(&pacing)
            .forecast()
            .map_or(Duration::ZERO, |forecast| forecast.last);
        match self.estimate.saturating_sub(self.elapsed).max(by_queue).as_secs() {
            0 => "nearly done".to_owned(),
            seconds => format!("about {seconds} s left"),
        }
    }
}

/// Seconds as people say them: `60 s`, `1 h`.
fn span(seconds: f64) -> String {
    let seconds = seconds.round();
    if seconds >= 3600.0 && seconds % 3600.0 == 0.0 {
        format!("{} h", seconds / 3600.0)
    } else {
        format!("{seconds} s")
    }
}

fn bar(used: i64, limit: i64) -> String {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    progress::bar(count(used), count(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_defenders_time() {
        assert_eq!([span(59.9999), span(3600.0), span(90.0)], ["60 s", "1 h", "90 s"]);
    }
}
