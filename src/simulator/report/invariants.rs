//! What must hold of a client, whatever happens to it, read off a report. Pure.

use serde::{Deserialize, Serialize};

use crate::simulator::report::Report;

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invariant {
    /// What must hold.
    pub name: String,
    /// Whether it did.
    pub held: bool,
    /// The figures.
    pub detail: String,
}

impl Report {
    /// Everything that must hold, in the order in which it is shown. The windows are judged by the exact account of every
    /// call that came, refused ones included, not by the counter that refuses.
    pub fn invariants(&self) -> Vec<Invariant> {
        let invariant = |name: String, held, detail| Invariant { name, held, detail };
        let windows = self.most_in_window.iter().map(|window| {
            let name = format!(
                "no {} s held more {} than allowed",
                window.per_seconds,
                scope(&window.scope)
            );
            let detail = format!("{} of {}", window.most, window.limit);
            invariant(name, window.most <= u64::from(window.limit), detail)
        });
        let nothing = |name: &str, count: u64, what: &str| {
            invariant(name.to_owned(), count == 0, format!("{count} {what}"))
        };
        let counts = [
            nothing("nothing was asked for twice", self.duplicates, "duplicates"),
            nothing(
                "no call while the opposite one was open",
                self.opposite_while_open,
                "calls",
            ),
            nothing("every call showed a token", self.without_token, "without one"),
            nothing("no call lacked its permission", self.forbidden, "forbidden"),
            nothing("every path exists", self.unknown_paths, "requests for others"),
        ];
        windows.chain(counts).collect()
    }
}

fn scope(name: &str) -> String {
    match name {
        "all" => "calls".to_owned(),
        "actions" | "reads" => name.to_owned(),
        endpoint => format!("calls of {endpoint}"),
    }
}
