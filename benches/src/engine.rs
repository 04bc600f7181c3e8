//! Quell and its peers behind one face: compile rules, parse an alert, tell which rules it matches.

mod programs;
mod rsigma;
mod sigma;
pub mod subject;

use crate::workload::Rule;

pub use programs::Cel;
pub use rsigma::{Rsigma, RsigmaFiltered};
pub use sigma::SigmaRust;
pub use subject::{Candidates, Plain, Verdicts, files, subject};

/// Something that matches alerts against rules.
pub trait Engine: Sized {
    /// The name in reports.
    const NAME: &'static str;
    /// An alert, ready to be matched.
    type Parsed;

    /// Rules as their texts, compiled.
    fn compile(rules: &[Rule]) -> Self;

    /// From the alert's JSON to what is matched.
    fn parse(&self, json: &str) -> Self::Parsed;

    /// How many rules match; the work of a user who is told which.
    fn matches(&self, alert: &Self::Parsed) -> usize;

    /// The numbers of the rules that match, ascending.
    fn matched(&self, alert: &Self::Parsed) -> Vec<u32>;
}

/// The rule's number from its id.
fn number(id: &str) -> u32 {
    id.trim_start_matches('r')
        .parse()
        .expect("rules are named by number")
}
