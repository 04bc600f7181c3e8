//! The harness: one private Postgres for the whole binary, a fresh migrated database for each test, and the daemon
//! between that and a simulated Defender.
//!
//! `Setup::new(scale, playbooks).start().await` is all that a test of the whole program needs; `TestDatabase::new().await`
//! all that a test of the store needs; [`ground::Ground`] moves one tenant's workers by hand. A test that takes Postgres
//! away uses a server of its own, so that it hurts nobody else.

pub mod alert;
mod asks;
pub mod daemon;
mod database;
pub mod front;
pub mod ground;
pub mod http;
mod invariants;
pub mod ledger;
#[cfg(feature = "nats")]
pub mod nats_server;
pub mod proxy;
mod server;
mod waiting;
mod world;

pub use database::TestDatabase;
pub use server::{OwnServer, cluster_options};
pub use waiting::{eventually, throughout, within};
pub use world::{Setup, World, as_role};
