//! The demo's last words: the books for people, or as one JSON object.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::demo::books::{Books, Check};
use crate::cli::demo::plan::Plan;

/// Whether everything held.
pub fn held(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.held)
}

/// The one object of `--json`.
pub fn object(books: &Books, plan: &Plan, took: Duration) -> Value {
    let checks = books.checks();
    let most = |seconds| books.most_calls(seconds).map(|(most, _)| most);
    let Books {
        delivered,
        accounts,
        storm,
        defender,
        ..
    } = books;
    json!({
        "invariants_held": held(&checks),
        "checks": checks,
        "devices": plan.devices,
        "scale": plan.scale,
        "events": {
            "delivered": delivered.records,
            "by_outcome": by_outcome(books),
        },
        "actions": books.actions_by_state(),
        "actions_by_kind": accounts.actions,
        "calls": defender.action_calls,
        "calls_written_down": accounts.calls,
        "read_calls": defender.read_calls,
        "most_calls_60s": most(60),
        "most_calls_3600s": most(3600),
        "throttled_429": defender.rejected_429,
        "duplicates": defender.duplicates,
        "opposite_while_open": defender.opposite_while_open,
        "storm": storm,
        "restricted_now": defender.restricted_now,
        "restricted_by": accounts.still_active,
        "violations": defender.violations,
        "seconds": (took.as_secs_f64() * 10.0).round() / 10.0,
    })
}

/// The same for people.
pub fn text(books: &Books, plan: &Plan, took: Duration) -> String {
    let Books {
        delivered,
        accounts,
        defender,
        ..
    } = books;
    let mut lines = vec![format!("{} records delivered", delivered.records)];
    lines.extend(table(&by_outcome(books)));
    lines.push(String::new());
    let actions: i64 = accounts.actions.values().sum();
    lines.push(format!("{actions} actions"));
    lines.extend(table(&accounts.actions));
    lines.push(String::new());
    lines.push(format!(
        "{} calls, {} reads",
        defender.action_calls, defender.read_calls
    ));
    for (seconds, span) in [(60, "60 s"), (3600, "hour")] {
        if let Some((most, limit)) = books.most_calls(seconds) {
            lines.push(format!("{most:>8}  most calls in any {span}, of {limit}"));
        }
    }
    lines.push(format!("{:>8}  answered 429", defender.rejected_429));
    for (playbook, n) in &accounts.still_active {
        lines.push(format!("{n:>8}  still wanted restricted by {playbook}"));
    }
    lines.push(String::new());
    let checks = books.checks();
    for Check { name, held, detail } in &checks {
        lines.push(format!("  {} {name}: {detail}", if *held { '✓' } else { '✗' }));
    }
    lines.extend(
        defender
            .violations
            .iter()
            .map(|violation| format!("    Defender saw: {violation}")),
    );
    lines.push(String::new());
    let verdict = if held(&checks) {
        "All of it held"
    } else {
        "NOT all of it held"
    };
    let defenders = took.as_secs() * u64::from(plan.scale) / 60;
    lines.push(format!(
        "{verdict}. {} s here, {defenders} min of Defender's time.",
        took.as_secs()
    ));
    lines.join("\n")
}

/// Every delivered record by what became of it; the figures add up to the records.
fn by_outcome(books: &Books) -> BTreeMap<String, i64> {
    let mut outcomes = books.accounts.outcomes.clone();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    for (name, n) in [
        ("repeated: delivered before", count(books.delivered.repeated)),
        ("refused: dead letter", books.accounts.dead_letters),
    ] {
        if n > 0 {
            outcomes.insert(name.to_owned(), n);
        }
    }
    outcomes
}

fn table(counts: &BTreeMap<String, i64>) -> impl Iterator<Item = String> {
    counts.iter().map(|(name, n)| format!("{n:>8}  {name}"))
}
