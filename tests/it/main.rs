//! The whole of Quell against a real Postgres, in one test binary. Each module is one part of the story; `support` is
//! the harness.

mod audit;
mod budget;
mod canaries;
mod cancels;
mod chaos;
mod clock_jumps;
mod cluster;
mod containments;
mod crash;
mod database;
mod decisions;
mod explain;
mod faults;
mod gate;
mod in_force;
mod inbox;
mod intake;
mod late;
mod lifecycle;
mod operator;
mod plan;
mod playbooks;
mod rehearsal;
mod reload;
mod replicas;
mod restores;
mod settle;
mod silence;
mod storm;
mod strays;
mod support;
mod terms;
mod transitions;
