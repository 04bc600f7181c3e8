//! `just bench NAME… [--quick]`: Quell measured against its peers. One JSON line a cell, then a table for people.
//!
//! The subject and the peers take turns, round by round, in one process; what is compared is CPU time of the thread, so a
//! busy machine disturbs little. Every engine must find the same matches in the same run: a fast wrong run fails.

#![forbid(unsafe_code)]

mod decide_reload;
mod decide_rules;
mod e2e_latency;
mod engine;
mod feed;
mod floor;
mod ground;
mod ingest_durable;
mod measure;
mod plain;
mod queue_depth;
mod recorder;
mod report;
mod storm;
mod storm_contain;
mod storm_priority;
mod workload;

use std::process::ExitCode;

/// How much is run.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Passes of every engine, taking turns.
    pub rounds: usize,
    /// The CPU time of one pass of one engine, about, in milliseconds.
    pub pass_ms: u64,
    /// The numbers of playbooks.
    pub sizes: &'static [usize],
    /// A short run judges ratios and match sets only.
    pub quick: bool,
}

const WHOLE: Effort = Effort {
    rounds: 5,
    pass_ms: 60,
    sizes: &[10, 100, 1_000, 10_000],
    quick: false,
};
const QUICK: Effort = Effort {
    rounds: 3,
    pass_ms: 15,
    sizes: &[10, 1_000],
    quick: true,
};

const NAMES: [&str; 7] = [
    "decide_rules",
    "decide_reload",
    "e2e_latency",
    "storm_contain",
    "storm_priority",
    "ingest_durable",
    "queue_depth",
];

/// How many times faster than life a storm passes, unless `--scale=N` says otherwise: a gate transaction has to take under a
/// fifth of the interval between two slots.
const SCALE: u32 = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "run") {
        // The daemon under test: the same program, as a process of its own.
        return quell::cli::main();
    }
    let effort = if arguments.iter().any(|argument| argument == "--quick") {
        QUICK
    } else {
        WHOLE
    };
    let scale = arguments
        .iter()
        .find_map(|argument| argument.strip_prefix("--scale="))
        .map_or(Ok(SCALE), str::parse);
    let Ok(scale @ 1..=1_000) = scale else {
        eprintln!("--scale= takes a whole number from 1 to 1000");
        return ExitCode::from(2);
    };
    let names: Vec<_> = arguments
        .iter()
        .map(String::as_str)
        .filter(|name| !name.starts_with("--"))
        .collect();
    if names.is_empty() || names.iter().any(|name| !NAMES.contains(name)) {
        eprintln!("usage: just bench {}… [--quick] [--scale=N]", NAMES.join("|"));
        return ExitCode::from(2);
    }
    let mut verdicts = Vec::new();
    for name in names {
        verdicts.extend(match name {
            "decide_rules" => decide_rules::run(effort),
            "decide_reload" => decide_reload::run(effort),
            daemon => match match daemon {
                "storm_contain" => storm_contain::run(scale, effort.quick),
                "storm_priority" => storm_priority::run(scale, effort.quick),
                "ingest_durable" => ingest_durable::run(effort),
                "queue_depth" => queue_depth::run(effort),
                _ => e2e_latency::run(effort),
            } {
                Ok(verdicts) => verdicts,
                Err(error) => {
                    eprintln!("error: {name}: {error:#}");
                    return ExitCode::from(3);
                }
            },
        });
    }
    report::verdicts(&verdicts);
    if verdicts.iter().all(|verdict| verdict.holds || !verdict.gates) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
