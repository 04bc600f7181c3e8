//! What people read at the end: tables, and whether the targets hold.

/// A target and what came of it.
#[derive(Debug)]
pub struct Verdict {
    pub target: String,
    pub got: String,
    pub holds: bool,
    /// Whether the run fails with it.
    pub gates: bool,
}

/// Prints rows under a head, columns aligned, the first to the left and the others to the right.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let line = |cells: &[String]| {
        let aligned = cells.iter().enumerate().map(|(column, cell)| {
            let width = width(column);
            if column == 0 {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        println!("{}", aligned.collect::<Vec<_>>().join("  ").trim_end());
    };
    line(&head.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
    println!();
}

/// Prints the targets.
pub fn verdicts(verdicts: &[Verdict]) {
    let rows: Vec<_> = verdicts
        .iter()
        .map(|verdict| {
            let sign = match (verdict.holds, verdict.gates) {
                (true, _) => "holds",
                (false, true) => "FAILS",
                (false, false) => "missed",
            };
            vec![verdict.target.clone(), verdict.got.clone(), sign.to_owned()]
        })
        .collect();
    table(&["target", "got", ""], &rows);
}

/// A figure with three digits that count.
pub fn figure(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
