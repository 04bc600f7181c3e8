//! CPU time of this thread beside the wall's, in rounds, with median and spread.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use serde::Serialize;

/// What one pass took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub cpu: Duration,
    pub wall: Duration,
}

/// Runs something and tells what it took.
pub fn cost<T>(run: impl FnOnce() -> T) -> (T, Cost) {
    let (cpu, wall) = (ThreadTime::now(), Instant::now());
    let result = run();
    (
        result,
        Cost {
            cpu: cpu.elapsed(),
            wall: wall.elapsed(),
        },
    )
}

/// Microseconds (or milliseconds) over the rounds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

/// The median of at least one figure, with the extremes.
pub fn spread(figures: impl IntoIterator<Item = f64>) -> Spread {
    let mut sorted: Vec<f64> = figures.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(min), Some(max)) = (sorted.first(), sorted.last()) else {
        return Spread::default();
    };
    Spread {
        median: (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0,
        min: *min,
        max: *max,
    }
}

/// The figure below which that part of them lies (0 to 1), by the nearest rank.
pub fn percentile(figures: impl IntoIterator<Item = f64>, part: f64) -> f64 {
    let mut sorted: Vec<f64> = figures.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// The largest resident set of this process so far and now, in MB, where the system tells it.
pub fn resident_mb() -> Option<f64> {
    resident_mb_of("self")
}

/// The same of a process by its number.
pub fn resident_mb_of(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
