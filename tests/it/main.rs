//! The whole of Quell against a real Postgres, in one test binary. Each module is one part of the story; `support` is
//! the harness.

mod cluster;
mod crash;
mod database;
mod faults;
mod intake;
mod lifecycle;
mod playbooks;
mod storm;
mod support;
mod transitions;
