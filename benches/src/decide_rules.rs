//! `decide_rules`: what one alert costs, parse and match apart, at 10 to 10,000 playbooks.

use std::hint::black_box;

use serde::Serialize;

use crate::Effort;
use crate::engine::{Candidates, Cel, Engine, Plain, Rsigma, RsigmaFiltered, SigmaRust, Verdicts};
use crate::measure::{Cost, Spread, cost, spread};
use crate::report::{self, Verdict, figure};
use crate::workload::{self, Kind, Rule};

/// The alerts that are matched over and over.
const ALERTS: usize = 256;
/// No engine has to match more rules than this, times alerts, for the comparison of match sets.
const COMPARED: usize = 400_000;

/// One engine with its alerts parsed.
trait Lane {
    fn name(&self) -> &'static str;
    /// Runs both until each has taken about `ms` of CPU: (alerts, cost) of parsing, and of matching.
    fn pass(&self, alerts: &[String], ms: u64) -> [(usize, Cost); 2];
    fn match_sets(&self, count: usize) -> Vec<Vec<u32>>;
}

struct Loaded<E: Engine> {
    engine: E,
    parsed: Vec<E::Parsed>,
}

fn load<E: Engine + 'static>(rules: &[Rule], alerts: &[String]) -> Box<dyn Lane>
where
    E::Parsed: 'static,
{
    let engine = E::compile(rules);
    let parsed = alerts.iter().map(|alert| engine.parse(alert)).collect();
    Box::new(Loaded { engine, parsed })
}

impl<E: Engine> Lane for Loaded<E> {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn pass(&self, alerts: &[String], ms: u64) -> [(usize, Cost); 2] {
        let parse = until(ms, alerts, |alert| drop(black_box(self.engine.parse(alert))));
        let matched = until(ms, &self.parsed, |alert| {
            black_box(self.engine.matches(alert));
        });
        [parse, matched]
    }

    fn match_sets(&self, count: usize) -> Vec<Vec<u32>> {
        self.parsed
            .iter()
            .take(count)
            .map(|alert| self.engine.matched(alert))
            .collect()
    }
}

/// Goes round the items until about so much CPU time has passed; at least four of them.
fn until<T>(ms: u64, items: &[T], run: impl Fn(&T)) -> (usize, Cost) {
    // Ahead of the clock: caches and lazily built parts are warm, and one item's time is known.
    let (_, first) = cost(|| items.iter().take(4).for_each(&run));
    let each = first.cpu.as_nanos().max(1) as u64 / 4;
    let count = usize::try_from(ms * 1_000_000 / each.max(1))
        .unwrap_or(usize::MAX)
        .clamp(4, 200_000);
    let (_, cost) = cost(|| items.iter().cycle().take(count).for_each(&run));
    (count, cost)
}

#[derive(Debug, Serialize)]
struct Cell {
    bench: &'static str,
    workload: &'static str,
    engine: &'static str,
    playbooks: usize,
    rounds: usize,
    alert_bytes: usize,
    matches_per_alert: f64,
    compared_alerts: usize,
    parse_us_cpu: Spread,
    match_us_cpu: Spread,
    match_us_wall: Spread,
}

/// Runs all cells, prints them, and judges.
pub fn run(effort: Effort) -> Vec<Verdict> {
    let alerts = workload::alerts(ALERTS);
    let mut cells = Vec::new();
    let mut verdicts = Vec::new();
    for kind in Kind::MATCHED {
        for count in effort.sizes {
            let rules = workload::rules(kind, *count);
            let mut lanes = vec![
                load::<Candidates>(&rules, &alerts),
                load::<Verdicts>(&rules, &alerts),
                load::<Rsigma>(&rules, &alerts),
                load::<RsigmaFiltered>(&rules, &alerts),
                load::<SigmaRust>(&rules, &alerts),
                load::<Cel>(&rules, &alerts),
            ];
            lanes.insert(2, load::<Plain>(&rules, &alerts));
            let (found, compared) = measure(kind, *count, effort, &lanes, &alerts);
            cells.extend(found);
            verdicts.push(compared);
        }
    }
    tables(&cells);
    verdicts.extend(judge(&cells, effort));
    verdicts
}

fn measure(
    kind: Kind,
    count: usize,
    effort: Effort,
    lanes: &[Box<dyn Lane>],
    alerts: &[String],
) -> (Vec<Cell>, Verdict) {
    let compared = (COMPARED / count).clamp(8, ALERTS);
    let expected = lanes[0].match_sets(compared);
    let unequal: Vec<_> = lanes
        .iter()
        .filter(|lane| lane.match_sets(compared) != expected)
        .map(|lane| lane.name())
        .collect();
    let all = lanes[0].match_sets(ALERTS);
    let matches_per_alert = all.iter().map(Vec::len).sum::<usize>() as f64 / ALERTS as f64;
    let mut passes: Vec<Vec<[(usize, Cost); 2]>> = lanes.iter().map(|_| Vec::new()).collect();
    for _ in 0..effort.rounds {
        for (lane, passes) in lanes.iter().zip(&mut passes) {
            passes.push(lane.pass(alerts, effort.pass_ms));
        }
    }
    let each = |passes: &[[(usize, Cost); 2]], which: usize, time: fn(&Cost) -> std::time::Duration| {
        spread(
            passes
                .iter()
                .map(|pass| time(&pass[which].1).as_secs_f64() * 1e6 / pass[which].0 as f64),
        )
    };
    let cells: Vec<Cell> = lanes
        .iter()
        .zip(&passes)
        .map(|(lane, passes)| Cell {
            bench: "decide_rules",
            workload: kind.name(),
            engine: lane.name(),
            playbooks: count,
            rounds: effort.rounds,
            alert_bytes: alerts.iter().map(String::len).sum::<usize>() / alerts.len(),
            matches_per_alert,
            compared_alerts: compared,
            parse_us_cpu: each(passes, 0, |cost| cost.cpu),
            match_us_cpu: each(passes, 1, |cost| cost.cpu),
            match_us_wall: each(passes, 1, |cost| cost.wall),
        })
        .collect();
    for cell in &cells {
        println!("{}", serde_json::to_string(cell).expect("a cell is JSON"));
    }
    let verdict = Verdict {
        target: format!("{}, {count}: every engine finds the same matches", kind.name()),
        got: if unequal.is_empty() {
            format!("{compared} alerts equal")
        } else {
            format!("unequal: {}", unequal.join(", "))
        },
        holds: unequal.is_empty(),
        gates: true,
    };
    (cells, verdict)
}

fn tables(cells: &[Cell]) {
    for kind in Kind::MATCHED {
        let of_kind: Vec<_> = cells.iter().filter(|cell| cell.workload == kind.name()).collect();
        let mut rows = Vec::new();
        for cell in &of_kind {
            let ours = of_kind
                .iter()
                .find(|other| other.playbooks == cell.playbooks && other.engine == Candidates::NAME);
            let ratio = ours.map_or(0.0, |ours| cell.match_us_cpu.median / ours.match_us_cpu.median);
            rows.push(vec![
                cell.engine.to_owned(),
                cell.playbooks.to_string(),
                figure(cell.matches_per_alert),
                figure(cell.parse_us_cpu.median),
                figure(cell.match_us_cpu.median),
                format!(
                    "{} to {}",
                    figure(cell.match_us_cpu.min),
                    figure(cell.match_us_cpu.max)
                ),
                format!("{}x", figure(ratio)),
            ]);
        }
        println!("\n{}: µs of CPU an alert of 4.8 KB", kind.name());
        report::table(
            &[
                "engine",
                "playbooks",
                "matches",
                "parse",
                "match",
                "of rounds",
                "match to quell's",
            ],
            &rows,
        );
    }
}

fn judge(cells: &[Cell], effort: Effort) -> Vec<Verdict> {
    let cell = |kind: Kind, engine: &str, count: usize| {
        cells
            .iter()
            .find(|cell| cell.workload == kind.name() && cell.engine == engine && cell.playbooks == count)
    };
    let largest = effort.sizes.last().copied().unwrap_or(0);
    let mut verdicts = Vec::new();
    for kind in Kind::MATCHED {
        let whole = |count: usize| {
            cell(kind, Candidates::NAME, count)
                .map_or(0.0, |cell| cell.parse_us_cpu.median + cell.match_us_cpu.median)
        };
        let few = effort.sizes[0];
        let growth = whole(largest) / whole(few);
        verdicts.push(Verdict {
            target: format!(
                "{}: parse and match at {largest} at most 3 times that at {few}",
                kind.name()
            ),
            got: format!("{} times", figure(growth)),
            holds: growth <= 3.0,
            gates: effort.quick,
        });
        if !effort.quick {
            verdicts.push(Verdict {
                target: format!("{}: parse and match at {largest} at most 15 µs", kind.name()),
                got: format!("{} µs", figure(whole(largest))),
                holds: whole(largest) <= 15.0,
                gates: false,
            });
        }
        for (count, least) in [(1_000, 30.0), (10_000, 100.0)] {
            let peers = [Rsigma::NAME, RsigmaFiltered::NAME, SigmaRust::NAME, Cel::NAME];
            let best = peers
                .iter()
                .filter_map(|peer| cell(kind, peer, count))
                .min_by(|a, b| a.match_us_cpu.median.total_cmp(&b.match_us_cpu.median));
            let (Some(best), Some(ours)) = (best, cell(kind, Candidates::NAME, count)) else {
                continue;
            };
            let ratio = best.match_us_cpu.median / ours.match_us_cpu.median;
            verdicts.push(Verdict {
                target: format!(
                    "{}: match at {count} at least {least} times faster than the best peer",
                    kind.name()
                ),
                got: format!("{} times ({})", figure(ratio), best.engine),
                holds: ratio >= least,
                gates: effort.quick && kind != Kind::RegexHeavy,
            });
        }
        let (indexed, plain) = (cell(kind, Verdicts::NAME, few), cell(kind, Plain::NAME, few));
        if let (Some(indexed), Some(plain)) = (indexed, plain) {
            let ratio = indexed.match_us_cpu.median / plain.match_us_cpu.median;
            verdicts.push(Verdict {
                target: format!(
                    "{}: with {few} playbooks the index costs no more than the loop",
                    kind.name()
                ),
                got: format!("{} of it", figure(ratio)),
                holds: ratio <= 1.0,
                gates: false,
            });
        }
    }
    verdicts
}
