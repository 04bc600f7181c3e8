//! The operators' language: playbooks are read, checked, compiled to values that cannot be wrong, evaluated against an
//! event and a device, and tested. Pure: callers pass texts and the time.
//!
//! Reading order: [`facts`] (what may be tested), [`op`], [`pattern`] and [`line`](mod@line) (one line), [`action`] and [`text`] (what follows),
//! [`compile`] and [`terms`] (a whole file), [`set`] (all files), [`evaluate`](mod@evaluate) and the index that keeps it fast,
//! [`trace`](mod@trace), [`rehearse`], [`test`](mod@test), [`plan`].
//!
//! Called by `worker`, `app` and `cli`. It never looks at a file, a clock or a configuration.

pub mod action;
pub mod compile;
pub mod evaluate;
pub mod facts;
mod index;
pub mod line;
pub mod lint;
pub mod op;
pub mod pattern;
pub mod plan;
pub mod rehearse;
pub mod schema;
pub mod set;
pub mod subject;
pub mod terms;
pub mod test;
pub mod text;
pub mod trace;
pub mod truth;

pub use compile::{IfUnknown, Playbook};
pub use evaluate::{Evaluation, evaluate, evaluate_plainly};
pub use set::{CompiledFile, PlaybookSet, SourceFile, compile_file, compile_file_but};
pub use subject::Subject;
pub use terms::{Ask, Notify, NotifyOn};
pub use trace::trace;
