//! What arrives, brought into one form. Pure: bytes and JSON in, [`crate::domain::alert::Event`]s or reasons out.
//!
//! Every source hands a message to [`delivery`], which splits it with [`body`] and normalises each record as a [`Record`]; [`crate::web`] and
//! [`crate::worker::intake`](mod@crate::worker::intake) hand what comes of it to the store. `quell send` uses [`body`] to cut a file into batches, the demo [`restamp`](mod@restamp) to make samples fresh.
//!
//! The way of a record: [`body`] finds it and keeps its exact bytes, [`record`] parses it once, [`normalize`](mod@normalize) tells its format by its shape, the
//! format's own file reads it ([`mde`], [`sentinel`], [`sentinel_incident`], [`graph`], [`xdr`],
//! [`xdr_incident`], [`elastic`], [`native`], [`unactionable`]) with the readers of
//! [`field`], [`devices`], [`alert_id`] and [`time`]; [`content`] tells whether two records say the same.
//!
//! Nothing here acknowledges, stores or calls anything, and nothing here trusts a record: sizes are bounded, device
//! ids pass the rule before they get the type that may be called.

pub mod alert_id;
pub mod body;
pub mod content;
pub mod delivery;
pub mod devices;
pub mod elastic;
pub mod field;
pub mod graph;
pub mod mde;
pub mod native;
pub mod normalize;
pub mod record;
pub mod restamp;
pub mod sentinel;
pub mod sentinel_incident;
pub mod time;
pub mod unactionable;
pub mod xdr;
pub mod xdr_incident;

#[cfg(test)]
mod samples;

pub use content::hash as content_hash;
pub use delivery::{Delivery, Reader, Shape};
pub use native::schema as event_schema;
pub use normalize::{Refusal, normalize};
pub use record::Record;
pub use restamp::restamp;
