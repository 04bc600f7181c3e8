//! What a run of torture came to, and what must hold of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use quell::cli::cluster::StopMode;
use quell::domain::action::Marker;
use quell::simulator::Report;
use quell::simulator::journal::Entry;

use super::script::Fault;
use super::source::Source;
use crate::support::World;

/// The figures.
#[derive(Debug, Default)]
pub struct Account {
    run: String,
    seconds: u64,
    kills: usize,
    stops: usize,
    fast: usize,
    immediate: usize,
    cuts: usize,
    weathers: usize,
    /// From the last fault of each round until everything had come to its end.
    converged: Vec<Duration>,
    lines: Vec<(&'static str, i64)>,
}

impl Account {
    /// Of a run, named by the command that repeats it.
    pub fn new(run: String, seconds: u64) -> Self {
        Self {
            run,
            seconds,
            ..Self::default()
        }
    }

    /// Counts what was done.
    pub fn count(&mut self, fault: &Fault) {
        match fault {
            Fault::Kill(_) => self.kills += 1,
            Fault::Stop(_) => self.stops += 1,
            Fault::Continue(_) => {}
            Fault::Postgres(StopMode::Fast) => self.fast += 1,
            Fault::Postgres(StopMode::Immediate) => self.immediate += 1,
            Fault::Connections(_) => self.cuts += 1,
            Fault::Defender(_) => self.weathers += 1,
        }
    }

    /// A round has come to its end so long after its last fault.
    pub fn converged(&mut self, after: Duration) {
        self.converged.push(after);
    }

    /// One line, again and again, where somebody looks.
    pub fn progress(&self, elapsed: Duration, report: &Report) {
        let mut out = std::io::stderr();
        if out.is_terminal() {
            let _ = write!(
                out,
                "\r{:>4} of {} s  kills {}  stops {}  postgres {}  calls {}  restricted {}  violations {}   ",
                elapsed.as_secs(),
                self.seconds,
                self.kills,
                self.stops,
                self.fast + self.immediate,
                report.action_calls,
                report.restricted_now,
                report.violations.len(),
            );
        }
    }

    /// Takes what the database and the simulator know.
    pub async fn take(&mut self, world: &World, source: &Source) {
        let report = world.simulator.report();
        let of = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let most = report
            .most_in_window
            .iter()
            .filter(|window| window.scope == "actions");
        let most: Vec<i64> = most.map(|window| of(window.most)).collect();
        self.lines = vec![
            ("events sent and acknowledged", source.acknowledged as i64),
            ("deliveries repeated", source.repeated as i64),
            (
                "events decided",
                world.number("SELECT count(*) FROM quell.decisions").await,
            ),
            (
                "attempts",
                world
                    .number("SELECT count(*) FROM quell.attempts WHERE scope = 'actions'")
                    .await,
            ),
            ("calls that defender saw", of(report.action_calls)),
            ("faults at defender", of(report.faults)),
            (
                "in doubt, resolved",
                world
                    .number("SELECT count(*) FROM quell.transitions WHERE from_state = 'in_doubt'")
                    .await,
            ),
            (
                "changes of the leader",
                world
                    .number("SELECT coalesce(max(epoch), 0) FROM quell.leases")
                    .await,
            ),
            ("most calls in any minute", most.first().copied().unwrap_or(0)),
            ("most calls in any hour", most.get(1).copied().unwrap_or(0)),
            ("violations", report.violations.len() as i64),
        ];
    }

    /// The figures as a table.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.run);
        let done = [
            ("kills survived", self.kills),
            ("stops survived", self.stops),
            ("postgres restarts, fast", self.fast),
            ("postgres restarts, immediate", self.immediate),
            ("cuts of connections", self.cuts),
            ("changes of defender's faults", self.weathers),
        ];
        for (name, count) in done {
            let _ = writeln!(text, "  {name:<32} {count:>8}");
        }
        for (name, count) in &self.lines {
            let _ = writeln!(text, "  {name:<32} {count:>8}");
        }
        let longest = self.converged.iter().max();
        if let Some(longest) = longest {
            let _ = writeln!(text, "  {:<32} {:>8}", "rounds converged", self.converged.len());
            let seconds = longest.as_secs_f64();
            let _ = writeln!(text, "  {:<32} {seconds:>6.1} s", "the longest took");
        }
        text
    }
}

/// What must hold at every moment: fails as soon as it does not.
pub fn safe_so_far(report: &Report) {
    assert!(report.violations.is_empty(), "{:?}", report.violations);
    assert_eq!(
        (report.duplicates, report.opposite_while_open, report.rejected_429),
        (0, 0, 0),
        "{report:?}"
    );
}

/// No call was carried out late: for each device Defender carried the actions out in the order in which they were wanted.
pub fn in_order(journal: &[Entry]) {
    let mut last: BTreeMap<&str, uuid::Uuid> = BTreeMap::new();
    for entry in journal.iter().filter(|entry| entry.method == "POST") {
        let (Some(device), Some(_), Some(comment)) = (&entry.device, &entry.action, &entry.comment) else {
            continue;
        };
        let Some(marker) = Marker::read(comment) else {
            continue;
        };
        // Their ids grow with the time at which they were queued.
        if let Some(before) = last.insert(device, marker.action) {
            assert!(
                before <= marker.action,
                "late on {device}: {entry:?} after {before}"
            );
        }
    }
}

/// Every call that was recorded as accepted Defender carried out, and none that it carried out is recorded as not executed.
pub async fn ledger_is_what_defender_saw(world: &World) {
    let journal = world.simulator.journal();
    let executed: BTreeSet<String> = journal
        .iter()
        .filter(|entry| entry.method == "POST" && entry.device.is_some() && entry.action.is_some())
        .filter_map(|entry| Marker::read(entry.comment.as_deref()?))
        .map(|marker| format!("{}/{}", marker.action, marker.attempt))
        .collect();
    let recorded = |condition: &str| {
        format!(
            "SELECT action_id::text || '/' || n FROM quell.attempts
             WHERE scope = 'actions' AND kind <> 'cancel' AND {condition}"
        )
    };
    for attempt in world.texts(&recorded("outcome = 'accepted'")).await {
        assert!(
            executed.contains(&attempt),
            "accepted, and not at defender: {attempt}"
        );
    }
    let refused = recorded(
        "outcome IN ('not_sent', 'throttled', 'unauthorized', 'forbidden', 'forbidden_here', 'rejected', 'not_found')",
    );
    for attempt in world.texts(&refused).await {
        assert!(
            !executed.contains(&attempt),
            "refused, and carried out: {attempt}"
        );
    }
}
