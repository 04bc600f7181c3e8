//! The audit for people: a line a check, then the rows of those that do not hold, then what the database cannot show. Pure.

use crate::cli::operator::table::{Paint, Table, Tone, cell, plain};
use crate::store::audit::{Audit, AuditResult, NOT_SHOWN};

/// The whole page. Of each check that does not hold at most so many rows are shown.
pub(super) fn page(audit: &Audit, show: usize, paint: Paint) -> String {
    let mut out = String::new();
    let mut table = Table::new(&["", "CHECK", "INVARIANT", "WHAT HOLDS"]);
    for check in &audit.checks {
        let mark = if check.total == 0 {
            (Tone::Good, "holds")
        } else {
            (Tone::Bad, "FAILS")
        };
        table.row([
            (mark.0, mark.1.to_owned()),
            cell(check.check),
            cell(check.invariant),
            cell(check.sentence),
        ]);
    }
    out += &table.render(paint, "");
    let failed: Vec<&AuditResult> = audit.checks.iter().filter(|check| check.total > 0).collect();
    for check in &failed {
        out += &rows(check, show, paint);
    }
    out += "\nThe database cannot show:\n";
    for (invariant, what) in NOT_SHOWN {
        out += &format!("  {invariant}: {what}\n");
    }
    for tenant in &audit.unknown_ledgers {
        let tenant = plain(tenant);
        out += &format!("  4: the windows of tenant `{tenant}`, which the configuration does not name\n");
    }
    let seconds: f64 = audit.checks.iter().map(|check| check.seconds).sum();
    let checks = audit.checks.len();
    out + &match failed.len() {
        0 => format!("\nall {checks} checks hold ({seconds:.1} s)\n"),
        failed => paint.tone(
            Tone::Bad,
            &format!("\n{failed} of {checks} checks do not hold ({seconds:.1} s)\n"),
        ),
    }
}

fn rows(check: &AuditResult, show: usize, paint: Paint) -> String {
    let head = format!("\n{}: {} rows\n", check.check, check.total);
    let mut out = paint.tone(Tone::Bad, &head);
    let mut table = Table::new(&["WHEN", "TENANT", "DEVICE", "ROW, AND WHAT IS WRONG"]);
    for row in check.rows.iter().take(show) {
        let at = row.at.map(|at| format!("{at:.0}"));
        table.row([
            cell(at.unwrap_or_else(|| "-".to_owned())),
            cell(row.tenant.as_str()),
            cell(
                row.device
                    .as_deref()
                    .map_or("-", |device| device.get(..12).unwrap_or(device)),
            ),
            cell(format!("{}: {}", row.row, row.what)),
        ]);
    }
    out += &table.render(paint, "  ");
    let shown = check.rows.len().min(show);
    let more = usize::try_from(check.total)
        .unwrap_or(usize::MAX)
        .saturating_sub(shown);
    if more > 0 {
        out += &format!("  and {more} more: `-o json` has them all\n");
    }
    out
}
