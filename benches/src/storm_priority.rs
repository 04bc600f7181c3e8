//! Critical devices that come at random in the middle of a storm: how long they wait, by priority alone and with the reserve.

use quell::simulator::WindowAlgorithm;
use serde::Serialize;

use crate::measure::percentile;
use crate::report::{Verdict, figure, table};
use crate::storm::{self, DEVICES, MINUTES, Storm};

#[derive(Debug, Serialize)]
struct Cell {
    bench: &'static str,
    design: &'static str,
    scale: u32,
    lane: &'static str,
    actions: usize,
    wait_p50_s: f64,
    wait_p99_s: f64,
    wait_max_s: f64,
    rejected: usize,
    gate_ms: f64,
}

/// Runs it and gives its verdicts.
pub fn run(scale: u32, quick: bool) -> anyhow::Result<Vec<Verdict>> {
    storm::runtime()?.block_on(measure(scale, quick))
}

async fn measure(scale: u32, quick: bool) -> anyhow::Result<Vec<Verdict>> {
    let (devices, minutes) = if quick { (150, 4.0) } else { (DEVICES, MINUTES) };
    let storm = |design, reserve, after| Storm {
        design,
        server: WindowAlgorithm::SlidingLog,
        scale,
        reserve,
        criticals_a_minute: if quick { 4.0 } else { 1.0 },
        minutes,
        devices,
        after: if quick { 0.0 } else { after },
    };
    let storms = [
        storm("plain", None, 0.0),
        storm("quell, priority alone", Some(0), 0.0),
        storm("quell, reserve", Some(75), 20.0),
    ];
    let outcomes = storm::run_all(&storms).await?;
    let mut verdicts = Vec::new();
    let mut rows = Vec::new();
    for (storm, outcome) in storms.iter().zip(&outcomes) {
        let mut lanes: Vec<(&'static str, Vec<f64>)> = vec![
            (
                "critical, to the wire",
                outcome.waits.get("critical").cloned().unwrap_or_default(),
            ),
            ("critical, to its slot", outcome.critical_for_slot.clone()),
            (
                "normal, to the wire",
                outcome.waits.get("normal").cloned().unwrap_or_default(),
            ),
        ];
        lanes.retain(|(_, waits)| !waits.is_empty());
        for (lane, waits) in lanes {
            let p = |part| percentile(waits.iter().copied(), part);
            let cell = Cell {
                bench: "storm_priority",
                design: storm.design,
                scale,
                lane,
                actions: waits.len(),
                wait_p50_s: p(0.5),
                wait_p99_s: p(0.99),
                wait_max_s: p(1.0),
                rejected: outcome.rejected,
                gate_ms: outcome.gate_ms,
            };
            println!("{}", serde_json::to_string(&cell)?);
            rows.push(vec![
                format!("{}: {lane}", storm.design),
                cell.actions.to_string(),
                figure(cell.wait_p50_s),
                figure(cell.wait_p99_s),
                figure(cell.wait_max_s),
                cell.rejected.to_string(),
            ]);
            if storm.reserve == Some(75) && lane == "critical, to its slot" {
                verdicts.push(Verdict {
                    target: "with the reserve, critical waits for its slot p99 at most 2 s".to_owned(),
                    got: format!("{} s (scaled back)", figure(cell.wait_p99_s)),
                    holds: cell.wait_p99_s <= 2.0,
                    // A wait here is wall time on a busy machine, multiplied by the scale.
                    gates: false,
                });
            }
        }
        if storm.reserve.is_some() {
            verdicts.push(Verdict {
                target: format!(
                    "{}: at most 100 and 1,500 in any window, no rejection, nothing twice",
                    storm.design
                ),
                got: format!(
                    "{} and {}, {}, {}",
                    outcome.most[0], outcome.most[1], outcome.rejected, outcome.doubled
                ),
                holds: outcome.most[0] <= 100
                    && outcome.most[1] <= 1_500
                    && outcome.rejected == 0
                    && outcome.doubled == 0,
                gates: true,
            });
            let (came, called) = (
                storm.arrivals().len(),
                outcome.waits.get("critical").map_or(0, Vec::len),
            );
            let is_alone = storm.reserve == Some(0);
            verdicts.push(Verdict {
                target: format!("{}: every critical device that came was called", storm.design),
                got: format!("{called} of {came}"),
                holds: called == came,
                // By priority alone they may still wait for the hour when it ends.
                gates: !is_alone,
            });
        }
    }
    println!(
        "\nstorm_priority: {devices} devices, a critical one each minute on average, time {scale} times faster; seconds of life\n"
    );
    table(
        &["design: lane", "actions", "wait p50", "p99", "max", "429s"],
        &rows,
    );
    verdicts.extend(storm::gate_verdict(scale, &storms, &outcomes));
    Ok(verdicts)
}
