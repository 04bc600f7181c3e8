//! The client of Defender's API: reqwest's home (with `outbound`).
//!
//! `worker::submit` hands it a [`crate::limiter::Permit`] and gets an [`crate::domain::answer::Answer`]; the loops that
//! reconcile and fetch facts hand it read permits. It makes exactly the call it was permitted to make: no retry, no
//! redirect, no second host. It never decides what follows from an answer and knows no table.
//!
//! Reading order: [`Client`], `answer` (what every reply means), [`Endpoint`] (where calls go), [`Route`] (how they get there), `token`, `http`,
//! `listing`, `machine_action`, `machine`, `availability`, `av_info`, `alerts`.
//!
//! Facts about the API come from public documentation and recorded payloads; "facts sheet" in a comment means the
//! sections of `docs/defender-api.md`.

mod alerts;
mod answer;
mod av_info;
mod availability;
mod claims;
mod client;
mod cloud;
mod credential;
mod device_call;
#[cfg(feature = "fail-points")]
mod failing;
mod hosts;
mod http;
mod inventory;
mod listing;
mod look;
mod machine;
mod machine_action;
mod options;
mod package;
mod paging;
mod permission;
mod reads;
mod route;
mod sign_in;
mod throttle;
mod token;
mod token_source;

#[cfg(test)]
mod action_tests;
#[cfg(test)]
mod bomb_tests;
#[cfg(test)]
mod contract_tests;
#[cfg(test)]
mod credential_tests;
#[cfg(test)]
mod edmx;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod package_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod route_tests;
#[cfg(test)]
mod sign_in_tests;
#[cfg(test)]
mod throttled_tests;
#[cfg(test)]
mod tls_fake;
#[cfg(test)]
mod token_tests;
#[cfg(test)]
mod trap_tests;

pub use alerts::{AlertPage, AlertQuery, ListedAlert, MAX_ALERT_PAGE};
pub use av_info::{AvInfo, AvMode};
pub use availability::{Availability, AvailableActions, FullAction};
pub use claims::Claims;
pub use client::Client;
pub use cloud::{ApiVersion, Cloud, Region};
pub use credential::certificate::CertificateFiles;
pub use credential::managed::{Identity, ManagedIdentity};
pub use credential::sign_in_file::{SignInFacts, SignInFile};
pub use credential::{Credential, SecretSource};
pub use device_call::DeviceCall;
pub use hosts::{Endpoint, HostOptions};
pub use inventory::{InventoryPage, InventoryPlace, MAX_INVENTORY_PAGE};
pub use listing::MachineActionFilter;
pub use look::{Greeting, Look, Question};
pub use machine::Machine;
pub use options::Options;
pub use package::PackageLink;
pub use paging::PagePlace;
pub use permission::{DELEGATED_RIGHTS, Permission};
pub use reads::{MAX_MACHINE_IDS, ReadError};
pub use route::{ProxyRoute, Route};
pub use sign_in::{DeviceCode, DeviceLogin, LoginError};
pub use token::{OAuth, TokenError, TokenFacts};
pub use token_source::TokenSource;

/// An option of the client that cannot be used. Found when the configuration is loaded, never later.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// An address is not one that we can call.
    #[error("{what} `{value}` cannot be used: {reason}")]
    Address {
        /// Which option.
        what: &'static str,
        /// As configured.
        value: String,
        /// Why, and what to write instead.
        reason: String,
    },
    /// A name that is not in our list.
    #[error("unknown {what} `{value}`: use one of {known}")]
    Name {
        /// Which option.
        what: &'static str,
        /// As configured.
        value: String,
        /// All names, in backticks.
        known: String,
    },
    /// A value outside its range.
    #[error("{what} cannot be used: {reason}")]
    Value {
        /// Which option.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The operating system's trusted roots could not be read, or TLS could not be set up.
    #[error("TLS cannot be set up: install the system's root certificates (Debian: `ca-certificates`)")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be built.
    #[error("the HTTP client cannot be built")]
    Http(#[source] reqwest::Error),
}
