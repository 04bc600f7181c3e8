//! The harness: one private Postgres for the whole binary, a fresh migrated database for each test.
//!
//! `TestDatabase::new().await` is all that most tests need. A test that takes Postgres away uses [`OwnServer`], so that
//! it hurts nobody else.

mod database;
pub mod ground;
mod server;

pub use database::TestDatabase;
pub use server::{OwnServer, cluster_options};
