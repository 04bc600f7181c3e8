//! The whole of Quell against a real Postgres, in one test binary. Each module is one part of the story; `support` is
//! the harness.

mod access;
mod alert_info;
mod api_routes;
mod api_writes;
mod approvals;
mod audit;
mod backup;
mod budget;
mod by_hand;
mod canaries;
mod cancels;
mod chaos;
mod clock_jumps;
mod cluster;
mod containments;
mod crash;
mod crash_points;
mod database;
mod dead_letters;
mod decisions;
mod directory;
mod doctor;
mod drift;
mod drill;
mod error_table;
mod explain;
mod faults;
mod gate;
mod guards;
mod heartbeat;
mod hostile;
mod identify;
mod in_force;
mod inbox;
mod ineligible;
mod intake;
mod inventory;
mod isolation;
#[cfg(feature = "kafka")]
mod kafka;
mod late;
mod lifecycle;
mod looks;
mod lookups;
mod measures;
#[cfg(feature = "nats")]
mod nats;
#[cfg(feature = "nats")]
mod nats_client;
mod operator;
mod orphans;
mod plan;
mod playbooks;
mod poison;
mod polling;
mod probe;
mod reads;
mod rehearsal;
mod releases;
mod reload;
mod replicas;
mod restores;
mod roles;
mod seals;
mod service;
mod settle;
mod silence;
mod source_parts;
mod start;
mod statistics;
mod stops;
mod storage;
mod storm;
mod strays;
mod submissions;
mod support;
mod tasks;
mod telling;
mod terms;
mod torture;
mod transitions;
mod ttl;
mod upgrade;
mod watching;
mod webhook;

/// The issuer of the unit tests, which asks its clock as they do.
#[path = "../../src/web/access/issuer_fake.rs"]
#[expect(dead_code, reason = "some of its keys are for tests of tokens alone")]
mod issuer_fake;
use quell::clock;
