//! The configuration: one YAML file, read once, checked whole, compiled to plain values.
//!
//! Called by `app` and `cli`, which alone see all of it; every other module takes its own small options. It never
//! prints a secret.

pub mod environment;
