//! Quell: a security-operations daemon that takes alert events from a queue, evaluates YAML playbooks, and contains
//! devices through Microsoft Defender for Endpoint's machine actions.
//!
//! An index in reading order; `docs/ARCHITECTURE.md` tells the story.
//!
//! * [`domain`]: the words and the rules. Pure.
//! * [`playbook`]: the operators' language: parse, check, evaluate, test. Pure.
//! * [`intake`]: what arrives, brought into one form.
//! * [`store`]: Postgres, the only place with SQL. The gate is [`store::gate`].
//! * [`limiter`]: the pacer and the second guard behind the ledger.
//! * [`defender`]: the API client.
//! * [`outbound`]: tells others over HTTP.
//! * [`worker`]: the loops: decide, submit, reconcile, expire, fetch facts.
//! * [`desk`]: what an operator sees and does, once for commands, API and console.
//! * [`web`]: HTTP: intake webhook, health, metrics.
//! * [`config`], [`app`], [`lifecycle`], [`telemetry`], [`cli`]: putting it together and running it.
//! * [`simulator`]: a Defender to practise against. [`clock`], [`yaml`]: small foundations. [`failpoint`]: where tests let it die.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod defender;
pub mod desk;
pub mod domain;
pub mod failpoint;
pub mod intake;
pub mod lifecycle;
pub mod limiter;
pub mod outbound;
pub mod playbook;
pub mod simulator;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod worker;
pub mod yaml;
