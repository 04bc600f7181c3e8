//! `decide_reload`: how long it takes to compile playbooks from their texts and to swap them in, while events are judged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use arc_swap::ArcSwap;
use quell::domain::device::DeviceFacts;
use quell::domain::verdict::{PlannedAction, Verdict as Said};
use quell::playbook::{CompiledFile, PlaybookSet, SourceFile, compile_file, evaluate};
use serde::Serialize;

use crate::Effort;
use crate::engine::{Candidates, Cel, Engine, Rsigma, SigmaRust, files, subject};
use crate::measure::{Cost, Spread, cost, resident_mb, spread};
use crate::report::{self, Verdict, figure};
use crate::workload::{self, Kind, Rule};

/// How many files an operator changes at once.
const CHANGED: usize = 10;

#[derive(Debug, Serialize)]
struct Cell {
    bench: &'static str,
    what: &'static str,
    playbooks: usize,
    rounds: usize,
    ms_cpu: Spread,
    ms_wall: Spread,
    resident_mb_more: Option<f64>,
}

type Way<'w> = (&'static str, Box<dyn Fn() -> Cost + 'w>);

const COLD: &str = "quell, all files new";
const THREADS: &str = "quell, all files new, 2 threads";
const RELOAD: &str = "quell, 10 files changed";

/// Runs all cells, prints them, and judges.
pub fn run(effort: Effort) -> Vec<Verdict> {
    let mut cells = Vec::new();
    for count in effort.sizes {
        let rules = workload::rules(Kind::Mixed, *count);
        cells.extend(measure(&rules, effort));
    }
    for cell in &cells {
        println!("{}", serde_json::to_string(cell).expect("a cell is JSON"));
    }
    let rows = cells.iter().map(|cell| {
        let more = cell.resident_mb_more.map_or_else(String::new, figure);
        vec![
            cell.what.to_owned(),
            cell.playbooks.to_string(),
            figure(cell.ms_cpu.median),
            format!("{} to {}", figure(cell.ms_cpu.min), figure(cell.ms_cpu.max)),
            figure(cell.ms_wall.median),
            more,
        ]
    });
    println!("\ndecide_reload: ms from texts to a set that can be swapped in, a mixed set");
    report::table(
        &["what", "playbooks", "CPU", "of rounds", "wall", "MB"],
        &rows.collect::<Vec<_>>(),
    );
    judge(&cells, effort)
}

fn judge(cells: &[Cell], effort: Effort) -> Vec<Verdict> {
    let largest = effort.sizes.last().copied().unwrap_or(0);
    let cpu = |what: &str| {
        cells
            .iter()
            .find(|cell| cell.what == what && cell.playbooks == largest)
            .map_or(0.0, |cell| cell.ms_cpu.median)
    };
    let mut verdicts = Vec::new();
    if !effort.quick {
        // The second row is the CPU time of the thread that waits for the other: what a clock shows where two cores are free.
        for what in [COLD, THREADS, RELOAD] {
            verdicts.push(Verdict {
                target: format!("{what}: {largest} playbooks within 250 ms of CPU"),
                got: format!("{} ms", figure(cpu(what))),
                holds: cpu(what) <= 250.0,
                gates: false,
            });
        }
    }
    let ratio = cpu(RELOAD) / cpu(COLD);
    verdicts.push(Verdict {
        target: format!("{RELOAD} of {largest}: at most a fifth of all files new"),
        got: format!("{} of it", figure(ratio)),
        holds: ratio <= 0.2,
        gates: effort.quick,
    });
    verdicts.extend(swap(largest));
    verdicts
}

fn measure(rules: &[Rule], effort: Effort) -> Vec<Cell> {
    let all = files(rules);
    let before = resident_mb();
    let compiled = compile(&all);
    let more = before.zip(resident_mb()).map(|(before, after)| after - before);
    let step = (all.len() / CHANGED).max(1);
    let mut edited = all.clone();
    for file in edited.iter_mut().step_by(step) {
        file.text = file.text.replace("A rule among many", "A rule that was edited");
    }
    let ways: Vec<Way<'_>> = vec![
        (COLD, Box::new(|| timed(|| compile(&all)))),
        (THREADS, Box::new(|| timed(|| compile_with_threads(&all)))),
        (
            RELOAD,
            Box::new(|| timed(|| compiled.recompile(&edited).expect("they are right"))),
        ),
        ("rsigma-eval", Box::new(|| timed(|| Rsigma::compile(rules)))),
        ("sigma-rust", Box::new(|| timed(|| SigmaRust::compile(rules)))),
        ("cel", Box::new(|| timed(|| Cel::compile(rules)))),
    ];
    let mut costs: Vec<Vec<Cost>> = ways.iter().map(|_| Vec::new()).collect();
    for _ in 0..effort.rounds {
        for ((_, way), costs) in ways.iter().zip(&mut costs) {
            costs.push(way());
        }
    }
    let cells = ways.iter().zip(costs).map(|((what, _), costs)| Cell {
        bench: "decide_reload",
        what,
        playbooks: rules.len(),
        rounds: effort.rounds,
        ms_cpu: spread(costs.iter().map(|cost| cost.cpu.as_secs_f64() * 1e3)),
        ms_wall: spread(costs.iter().map(|cost| cost.wall.as_secs_f64() * 1e3)),
        resident_mb_more: more.filter(|_| *what == COLD),
    });
    cells.collect()
}

/// What making it took; taking it down is not counted.
fn timed<T>(make: impl FnOnce() -> T) -> Cost {
    cost(make).1
}

fn compile(files: &[SourceFile]) -> PlaybookSet {
    PlaybookSet::compile(files).expect("they are right").0
}

/// Half of the files on a second thread. The CPU time of such a cell is that of the first thread alone.
fn compile_with_threads(files: &[SourceFile]) -> PlaybookSet {
    let (one, other) = files.split_at(files.len() / 2);
    let halves: Vec<CompiledFile> = thread::scope(|scope| {
        let other = scope.spawn(|| other.iter().map(compile_file).collect::<Vec<_>>());
        let mut one: Vec<_> = one.iter().map(compile_file).collect();
        one.extend(other.join().expect("compiling does not panic"));
        one
    });
    PlaybookSet::of_files(halves).expect("they are right").0
}

/// Two sets that differ in every playbook take turns while a thread judges events: no event may see some playbooks of one
/// and some of the other.
fn swap(count: usize) -> [Verdict; 2] {
    let rules = workload::rules(Kind::OnePercent, count.min(2_000));
    let of = |mark: &str| {
        let mut files = files(&rules);
        files
            .iter_mut()
            .for_each(|file| file.text = file.text.replace("alert {alert.id}", mark));
        compile(&files)
    };
    let sets = [Arc::new(of("the first")), Arc::new(of("the second"))];
    let active = ArcSwap::new(Arc::clone(&sets[0]));
    let engine = Candidates::compile(&[]);
    let events: Vec<_> = workload::alerts(64)
        .iter()
        .map(|alert| engine.parse(alert))
        .collect();
    let done = AtomicBool::new(false);
    let device = DeviceFacts::default();
    let (mut longest, swaps) = (0.0_f64, 2_000);
    let (judged, mixed, seen) = thread::scope(|scope| {
        let judge = scope.spawn(|| {
            let (mut judged, mut mixed, mut seen) = (0_u64, 0_u64, [0_u64; 2]);
            while !done.load(Ordering::Relaxed) || judged == 0 {
                for event in &events {
                    let verdicts = evaluate(&active.load(), &subject(event, &device)).verdicts;
                    let first = verdicts
                        .iter()
                        .filter(|verdict| says(verdict, "the first"))
                        .count();
                    judged += 1;
                    mixed += u64::from(first != 0 && first != verdicts.len());
                    seen[usize::from(first == 0)] += 1;
                }
            }
            (judged, mixed, seen)
        });
        for turn in 0..swaps {
            let next = Arc::clone(&sets[(turn + 1) % 2]);
            let started = Instant::now();
            active.store(next);
            longest = longest.max(started.elapsed().as_secs_f64() * 1e6);
            thread::yield_now();
        }
        done.store(true, Ordering::Relaxed);
        judge.join().expect("judging does not panic")
    });
    [
        Verdict {
            target: "no event is judged by a mixed set".to_owned(),
            got: format!(
                "{mixed} of {judged} events during {swaps} swaps ({} and {})",
                seen[0], seen[1]
            ),
            holds: mixed == 0 && judged > 0,
            gates: true,
        },
        Verdict {
            target: "a swap takes at most 1 ms".to_owned(),
            got: format!("{} µs at most", figure(longest)),
            holds: longest <= 1_000.0,
            gates: false,
        },
    ]
}

fn says(verdict: &Said, mark: &str) -> bool {
    verdict.then.iter().any(|action| matches!(action, PlannedAction::RestrictAppExecution { comment, .. } if comment.contains(mark)))
}
