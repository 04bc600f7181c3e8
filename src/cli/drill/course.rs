//! What a drill is to do: the scenario, the alerts in order of time, and when it is over. Arithmetic and files only.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::intake::restamp;
use crate::simulator::alert::{self, Due, stamped};
use crate::simulator::{Options, Scenario, Span};

/// How long a drill goes on where nobody says, in Defender's time.
const LASTS: Duration = Duration::from_secs(2 * 3600);

/// The course of a drill.
#[derive(Clone, Debug)]
pub struct Course {
    /// What happens.
    pub scenario: Scenario,
    /// The alerts, in order of time.
    pub alerts: Vec<Due>,
    /// Whether they are the SOC's own, whose times are moved rather than filled in.
    own: bool,
    /// How long it goes on, in Defender's time.
    pub lasts: Duration,
    /// When the last thing happens by itself, in Defender's time.
    pub last_event: Duration,
}

impl Course {
    /// Puts it together. Alerts of one's own take the place of the scenario's and come evenly over a span.
    ///
    /// # Errors
    /// The file of alerts cannot be read.
    pub fn new(
        scenario: Scenario,
        own: Option<(&Path, Duration)>,
        lasts: Option<Duration>,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let alerts = match own {
            Some((path, over)) => read(path, over)?,
            None => alert::due(&scenario.alerts, seed),
        };
        let last_alert = alerts.last().map_or(Duration::ZERO, |due| due.at);
        let last_deed = scenario
            .timeline
            .iter()
            .map(|timed| timed.at.0)
            .max()
            .unwrap_or_default();
        let lasts = lasts.or(scenario.lasts.map(|Span(lasts)| lasts)).unwrap_or(LASTS);
        Ok(Self {
            own: own.is_some(),
            alerts,
            lasts,
            last_event: last_alert.max(last_deed),
            scenario,
        })
    }

    /// What the simulated Defender is like.
    pub fn options(&self, scale: u32, seed: Option<u64>, roles: &[&str]) -> Options {
        let mut options = Options {
            scale: f64::from(scale),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            ..Options::default()
        };
        self.scenario.apply(&mut options);
        options.seed = seed.unwrap_or(options.seed);
        options.scale = f64::from(scale);
        options
    }

    /// An alert as it is delivered now.
    pub fn record(&self, due: &Due, now: Timestamp) -> Map<String, Value> {
        if !self.own {
            return stamped(due.alert.clone(), now);
        }
        let mut record = Value::Object(due.alert.clone());
        restamp(&mut record, now);
        match record {
            Value::Object(record) => record,
            _ => Map::new(),
        }
    }
}

/// Reads records, one JSON object a line, and spreads them.
fn read(path: &Path, over: Duration) -> anyhow::Result<Vec<Due>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the alerts `{}`", path.display()))?;
    let lines: Vec<(usize, &str)> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .collect();
    let count = u32::try_from(lines.len()).unwrap_or(u32::MAX).max(1);
    anyhow::ensure!(!lines.is_empty(), "there is no alert in `{}`", path.display());
    (0..)
        .zip(lines)
        .map(|(nth, (line, text))| {
            let alert: Map<String, Value> = serde_json::from_str(text)
                .with_context(|| format!("{}:{line}: this is no JSON object", path.display()))?;
            Ok(Due {
                at: over * nth / count,
                alert,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_of_ones_own_take_the_place_of_the_scenarios() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let file = directory.path().join("alerts.ndjson");
        let old = r#"{"id":"a","alertCreationTime":"2020-01-01T00:00:00Z","machineId":"00"}"#;
        std::fs::write(&file, format!("{old}\n\n{old}\n")).expect("it can be written");
        let own = Some((file.as_path(), Duration::from_secs(60)));
        let course = Course::new(Scenario::default(), own, None, 1).expect("it is right");
        let at: Vec<u64> = course.alerts.iter().map(|due| due.at.as_secs()).collect();
        assert_eq!((at, course.lasts), (vec![0, 30], LASTS));
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("RFC 3339");
        let record = course.record(&course.alerts[0], now);
        assert!(
            record["alertCreationTime"]
                .as_str()
                .is_some_and(|at| at.starts_with("2026"))
        );
        std::fs::write(&file, "{\n").expect("it can be written");
        let wrong = Course::new(Scenario::default(), own, None, 1).expect_err("it is no JSON");
        assert!(format!("{wrong:#}").contains("alerts.ndjson:1:"), "{wrong:#}");
    }
}
