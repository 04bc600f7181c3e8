//! What arrives, brought into one form. Pure: bytes and JSON in, [`crate::domain::alert::Event`]s or reasons out.
//!
//! Every source hands a message to [`delivery`], which splits it with [`body`] and normalises each record as a [`Record`]; [`crate::web`] and
//! [`crate::worker::intake`](mod@crate::worker::intake) hand what comes of it to the store. `quell send` uses [`body`] to cut a file into batches, the demo [`restamp`](mod@restamp) to make samples fresh.
//!
//! The way of a record: [`body`] finds it and keeps its exact bytes, [`record`] parses it once, [`normalize`](mod@normalize) tells its format by its shape, the
//! format's own file reads it ([`mde`], [`sentinel`], [`sentinel_incident`], [`graph`], [`xdr`],
//! [`xdr_incident`], [`elastic`], [`native`], [`unactionable`]), or the source's [`mapping`], with the readers of
//! [`reading`], [`field`], [`devices`], [`alert_id`] and [`time`], as the source's [`reader`] says; [`content`] tells whether two records say the same.
//!
//! `nats` and [`spool`] are no part of that: they are the ways to what is outside, which a source's loop in [`crate::worker`] uses.
//!
//! Nothing here acknowledges by itself, stores or calls anything, and nothing here trusts a record: sizes are bounded, device
//! ids pass the rule before they get the type that may be called.

pub mod alert_id;
pub mod body;
pub mod content;
pub mod delivery;
pub mod devices;
pub mod elastic;
mod envelope;
pub mod field;
pub mod graph;
#[cfg(feature = "kafka")]
pub mod kafka;
pub mod mapping;
pub mod mde;
pub mod native;
#[cfg(feature = "nats")]
pub mod nats;
pub mod normalize;
pub mod reader;
pub mod reading;
pub mod record;
pub mod restamp;
pub mod sentinel;
pub mod sentinel_incident;
pub mod spool;
pub mod time;
pub mod unactionable;
pub mod xdr;
pub mod xdr_incident;

#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod update_tests;

pub use content::hash as content_hash;
pub use delivery::Delivery;
pub use native::schema as event_schema;
pub use normalize::{Refusal, normalize, normalize_under};
pub use reader::{Reader, Shape};
pub use record::Record;
pub use restamp::restamp;
