//! 3,000 devices to contain at once: how many are, after how long, and what the server saw, by the daemon and by the plain
//! design, against servers that count their windows by four algorithms.

use quell::simulator::WindowAlgorithm;
use serde::Serialize;

use crate::measure::percentile;
use crate::report::{Verdict, figure, table};
use crate::storm::{self, DEVICES, MINUTES, Outcome, Storm};

const SERVERS: [WindowAlgorithm; 4] = [
    WindowAlgorithm::Fixed,
    WindowAlgorithm::SlidingLog,
    WindowAlgorithm::SlidingCounter,
    WindowAlgorithm::TokenBucket,
];

/// After these scaled minutes it is counted.
const LOOKS: [f64; 5] = [1.0, 5.0, 15.0, 60.0, 120.0];

#[derive(Debug, Serialize)]
struct Cell {
    bench: &'static str,
    design: &'static str,
    server: &'static str,
    scale: u32,
    done_after_minutes: Vec<(f64, usize)>,
    possible: Vec<usize>,
    most_in_60_s: u64,
    most_in_an_hour: u64,
    calls: usize,
    rejected: usize,
    wait_p50_s: f64,
    wait_p99_s: f64,
    wait_max_s: f64,
    gate_ms: f64,
}

/// How many calls two closed windows allow within so many minutes.
pub fn possible(minutes: f64, devices: usize) -> usize {
    // A hundred at once, and again when a minute, both ends included, has passed; fifteen hundred likewise each hour.
    let (hours, rest) = ((minutes / 60.0).floor(), minutes % 60.0);
    let (hours, rest) = if rest == 0.0 && hours > 0.0 {
        (hours - 1.0, 60.0)
    } else {
        (hours, rest)
    };
    let minutes = (rest.ceil() as usize).max(1);
    (hours as usize * 1_500 + (minutes * 100).min(1_500)).min(devices)
}

/// Runs it and gives its verdicts.
pub fn run(scale: u32, quick: bool) -> anyhow::Result<Vec<Verdict>> {
    storm::runtime()?.block_on(measure(scale, quick))
}

async fn measure(scale: u32, quick: bool) -> anyhow::Result<Vec<Verdict>> {
    let (devices, minutes) = if quick { (150, 4.0) } else { (DEVICES, MINUTES) };
    let storm = |design, server, reserve, after| Storm {
        design,
        server,
        scale,
        reserve,
        criticals_a_minute: 0.0,
        minutes,
        devices,
        after: if quick { 0.0 } else { after },
    };
    let mut storms = Vec::new();
    for (index, server) in SERVERS.into_iter().enumerate() {
        // Two at a time: the bursts of all at once would wait for one another's flushes.
        let after = (index / 2) as f64 * 20.0;
        storms.push(storm("plain", server, None, after));
        storms.push(storm("quell", server, Some(75), after));
    }
    storms.push(storm(
        "quell, no reserve",
        WindowAlgorithm::SlidingLog,
        Some(0),
        40.0,
    ));
    let outcomes = storm::run_all(&storms).await?;
    let mut verdicts = Vec::new();
    let mut rows = Vec::new();
    for (storm, outcome) in storms.iter().zip(&outcomes) {
        let looks: Vec<f64> = LOOKS
            .into_iter()
            .filter(|minutes| *minutes <= storm.minutes)
            .collect();
        let cell = cell(storm, outcome, &looks);
        println!("{}", serde_json::to_string(&cell)?);
        rows.push(row(&cell));
        if storm.reserve.is_some() {
            verdicts.extend(judge(storm, outcome, &looks));
        }
    }
    let most = |plain: bool, index: usize| {
        let of = storms.iter().zip(&outcomes);
        of.filter(|(storm, _)| storm.reserve.is_none() == plain)
            .map(|(_, outcome)| outcome.most[index])
            .max()
            .unwrap_or(0)
    };
    println!("\nstorm_contain: {devices} devices, time {scale} times faster\n");
    table(
        &[
            "design, server",
            "1 min",
            "5",
            "15",
            "60",
            "120",
            "most/min",
            "most/h",
            "calls",
            "429s",
            "wait p50, s",
            "p99",
            "max",
        ],
        &rows,
    );
    verdicts.push(Verdict {
        target: "never above 100 in 60 s and 1,500 in an hour".to_owned(),
        got: format!(
            "{} and {} (the plain design: {} and {})",
            most(false, 0),
            most(false, 1),
            most(true, 0),
            most(true, 1)
        ),
        holds: most(false, 0) <= 100 && most(false, 1) <= 1_500,
        gates: true,
    });
    verdicts.extend(storm::gate_verdict(scale, &storms, &outcomes));
    Ok(verdicts)
}

fn judge(storm: &Storm, outcome: &Outcome, looks: &[f64]) -> Vec<Verdict> {
    let name = format!("{}, {}", storm.design, storm.server_name());
    let part =
        |minutes: f64| 100.0 * outcome.done_after(minutes) as f64 / possible(minutes, storm.devices) as f64;
    let mut verdicts = Vec::new();
    // A rejection costs its slot and the time that the server asks for.
    if storm.server != WindowAlgorithm::SlidingCounter {
        verdicts.push(Verdict {
            target: format!("{name}: 100 % of the possible in the first minute"),
            got: format!("{} %", figure(part(1.0))),
            holds: part(1.0) >= 100.0,
            // On a machine too busy for the scale a turn at the gate takes too long: that is no fault of the budget's.
            gates: storm.minutes >= 60.0,
        });
    }
    let least = if storm.reserve == Some(0) { 99.9 } else { 99.3 };
    for minutes in looks.iter().filter(|minutes| **minutes >= 60.0) {
        let part = part(*minutes);
        verdicts.push(Verdict {
            target: format!("{name}: at least {least} % at {minutes} minutes"),
            got: format!("{part:.2} %"),
            holds: part >= least,
            gates: true,
        });
    }
    let allowed = if storm.server == WindowAlgorithm::SlidingCounter {
        60
    } else {
        0
    };
    verdicts.push(Verdict {
        target: format!("{name}: at most {allowed} rejections, nothing twice"),
        got: format!("{} and {}", outcome.rejected, outcome.doubled),
        holds: outcome.rejected <= allowed && outcome.doubled == 0,
        gates: true,
    });
    verdicts
}

fn cell(storm: &Storm, outcome: &Outcome, looks: &[f64]) -> Cell {
    let waits = outcome.waits.get("normal").cloned().unwrap_or_default();
    let p = |part| percentile(waits.iter().copied(), part);
    Cell {
        bench: "storm_contain",
        design: storm.design,
        server: storm.server_name(),
        scale: storm.scale,
        done_after_minutes: looks
            .iter()
            .map(|minutes| (*minutes, outcome.done_after(*minutes)))
            .collect(),
        possible: looks
            .iter()
            .map(|minutes| possible(*minutes, storm.devices))
            .collect(),
        most_in_60_s: outcome.most[0],
        most_in_an_hour: outcome.most[1],
        calls: outcome.calls,
        rejected: outcome.rejected,
        wait_p50_s: p(0.5),
        wait_p99_s: p(0.99),
        wait_max_s: p(1.0),
        gate_ms: outcome.gate_ms,
    }
}

fn row(cell: &Cell) -> Vec<String> {
    let mut row = vec![format!("{}, {}", cell.design, cell.server)];
    for index in 0..LOOKS.len() {
        let done = cell.done_after_minutes.get(index);
        row.push(done.map_or("-".to_owned(), |(_, done)| done.to_string()));
    }
    row.extend([
        cell.most_in_60_s.to_string(),
        cell.most_in_an_hour.to_string(),
        cell.calls.to_string(),
        cell.rejected.to_string(),
        figure(cell.wait_p50_s),
        figure(cell.wait_p99_s),
        figure(cell.wait_max_s),
    ]);
    row
}
