//! The crash matrix: the daemon dies at each crash point of the call protocol, in the middle of a small storm, is started
//! again, and everything comes to its end: nothing doubled, nothing lost, nothing late, both windows kept.
//!
//! Each point some times, with a seed each, which draws when it strikes and how the storm goes. `QUELL_CRASH_SEEDS` says how
//! many, `QUELL_CRASH_SEED` the first, `QUELL_CRASH_POINT` names one point alone. The table of recoveries goes to the
//! terminal past the test harness. `left` knows by what the database and the simulator show that the point was reached.

mod left;
mod storm;

use std::collections::{BTreeMap, VecDeque};
use std::io::Write as _;
use std::panic::catch_unwind;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use quell::config::environment;
use quell::failpoint::armed::Point;
use storm::Recovery;

/// Worlds that live at the same time.
const AT_ONCE: usize = 4;

fn number(variable: &str, otherwise: u64) -> u64 {
    environment::read_text(variable).map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number, not `{text}`"))
    })
}

#[test]
fn at_whatever_point_it_dies_nothing_is_doubled_lost_or_late() {
    let (seeds, first) = (number("QUELL_CRASH_SEEDS", 2), number("QUELL_CRASH_SEED", 1));
    let only = environment::read_text("QUELL_CRASH_POINT");
    let points: Vec<Point> = Point::ALL
        .into_iter()
        .filter(|point| only.as_deref().is_none_or(|name| name == point.name()))
        .collect();
    assert!(!points.is_empty(), "no point is called {only:?}");
    let all: VecDeque<(Point, u64)> = (first..first + seeds)
        .flat_map(|seed| points.iter().map(move |point| (*point, seed)))
        .collect();
    let runs = all.len();
    let waiting = Mutex::new(all);
    let recoveries: Mutex<BTreeMap<&str, Vec<Recovery>>> = Mutex::default();
    let failed: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((point, seed)) = next(&waiting) {
                    match catch_unwind(|| one(point, seed)) {
                        Ok(recovery) => held(&recoveries).entry(point.name()).or_default().push(recovery),
                        Err(_) => held(&failed).push(format!("{} with seed {seed}", point.name())),
                    }
                }
            });
        }
    });
    print(&points, &mut held(&recoveries));
    let failed = held(&failed);
    assert!(
        failed.is_empty(),
        "{} of {runs} runs failed; again with QUELL_CRASH_POINT, QUELL_CRASH_SEED and QUELL_CRASH_SEEDS=1:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

fn next(waiting: &Mutex<VecDeque<(Point, u64)>>) -> Option<(Point, u64)> {
    held(waiting).pop_front()
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A run has a runtime of its own: worlds do not wait for one another's work.
fn one(point: Point, seed: u64) -> Recovery {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built")
        .block_on(storm::die_and_recover(point, seed))
}

/// The table, past the harness, which keeps what passing tests print to itself.
fn print(points: &[Point], recoveries: &mut BTreeMap<&str, Vec<Recovery>>) {
    let mut text = format!(
        "{:<36} {:>4} {:>13} {:>11} {:>11}\n",
        "crash point", "runs", "calls again", "all over", "longest"
    );
    for point in points {
        let Some(of_point) = recoveries.get(point.name()) else {
            continue;
        };
        let mut calls: Vec<Duration> = of_point.iter().filter_map(|one| one.calls).collect();
        let mut over: Vec<Duration> = of_point.iter().map(|one| one.over).collect();
        calls.sort_unstable();
        over.sort_unstable();
        text += &format!(
            "{:<36} {:>4} {:>13} {:>11} {:>11}\n",
            point.name(),
            of_point.len(),
            seconds(calls.get(calls.len() / 2)),
            seconds(over.get(over.len() / 2)),
            seconds(over.last()),
        );
    }
    let runs: usize = recoveries.values().map(Vec::len).sum();
    text += &format!("{runs} crashes survived: duplicates 0, lost 0, late 0, windows kept\n");
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn seconds(span: Option<&Duration>) -> String {
    span.map_or_else(|| "-".to_owned(), |span| format!("{:.1} s", span.as_secs_f64()))
}
