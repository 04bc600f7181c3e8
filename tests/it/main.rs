//! The whole of Quell against a real Postgres, in one test binary. Each module is one part of the story; `support` is
//! the harness.

mod cluster;
mod containments;
mod database;
mod lifecycle;
mod operator;
mod support;
mod transitions;
