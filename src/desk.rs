//! The desk: what an operator sees and does, once for the commands, the API and the console.
//!
//! [`crate::cli`] opens one from the configuration and prints its answers; [`crate::web`] has one for each tenant and sends them. An
//! answer is a type that is written as JSON: `-o json` and the API give the same. Nothing here knows of terminals, of HTTP or of
//! who may do what; whoever calls a function that changes something has made sure of that, and hands over the person
//! ([`crate::domain::person::By`]), who stands in the audit.

pub mod actions;
pub mod activate;
mod afterwards;
pub mod answer;
pub mod approvals;
pub mod audit;
pub mod beside;
pub mod budget;
pub mod caps;
pub mod contain;
pub mod decisions;
pub mod devices;
pub mod disk;
pub mod explain;
pub mod extend;
pub mod find;
pub mod letter_ends;
pub mod letters;
pub mod look;
pub mod notifications;
pub mod overview;
pub mod page;
pub mod playbooks;
pub mod queue;
pub mod refused;
pub mod release;
pub mod release_many;
pub mod releases;
pub mod request;
pub mod revoke;
pub mod sayings;
pub mod shared;
pub mod status;
pub mod stop;
pub mod system;
pub mod timeline;
pub mod tokens;
pub mod unified;
pub mod weighed;
pub mod words;

use std::sync::Arc;
use std::time::Duration;

pub use refused::Refused;

use crate::domain::approval::ApprovalRules;
use crate::domain::budget::Pacing;
use crate::domain::device::DeviceIdRule;
use crate::domain::device::kind::KindSigns;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{AskTerms, Mode};
use crate::store::views::DeviceView;
use crate::store::{Gate, Store, StoreError};

/// What of the configuration holds for one tenant, every span as it holds in real time. `app` makes it.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The gate.
    pub gate: Gate,
    /// How calls are spread.
    pub pacing: Pacing,
    /// No playbook goes beyond it.
    pub mode: Mode,
    /// How long a dead daemon keeps the lease.
    pub lease: Duration,
    /// Restrictions open at Defender at once, at most.
    pub outstanding: u32,
    /// So long after its end a containment's restriction is overdue.
    pub overdue_after: Duration,
    /// How often the heartbeat is sent; zero: never.
    pub heartbeat: Duration,
    /// The sources that the configuration names for the tenant.
    pub sources: Vec<String>,
    /// What the inventory counted is known for so long.
    pub inventory_max_age: Duration,
    /// How many devices the fleet has, as far as the configuration says it.
    pub fleet_size: Option<u64>,
    /// A fact older than this is not known.
    pub facts_max_age: Duration,
    /// Fresh facts are waited for so long.
    pub facts_wait: Duration,
    /// What tells the kind of a device.
    pub kinds: KindSigns,
    /// What a device's id looks like.
    pub device_ids: DeviceIdRule,
    /// Who may answer requests.
    pub approvals: ApprovalRules,
    /// How people are asked where nothing else says it.
    pub default_ask: AskTerms,
    /// How dead letters are read again.
    pub reread: letter_ends::Reread,
    /// The playbook files of this process.
    pub disk: disk::Disk,
    /// Every span that a person gives to what the configuration measures too is divided by this.
    pub time_scale: u32,
    /// A message that cannot be delivered for so long is given up.
    pub give_up_after: Duration,
    /// A receiver that fails for longer than this needs a person.
    pub trouble_after: Duration,
}

impl Terms {
    /// A span as it holds in real time.
    pub fn scaled(&self, span: Duration) -> Duration {
        span / self.time_scale.max(1)
    }
}

/// One tenant's desk; cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Where everything is kept.
    pub store: Store,
    /// Whose rows.
    pub tenant: TenantId,
    /// The tenant's name in the configuration.
    pub name: String,
    /// What of the configuration holds for it.
    pub terms: Arc<Terms>,
    /// What those share who ask at the same time.
    pub shares: Arc<Shares>,
}

/// What is read once for all who ask at the same time.
#[derive(Debug, Default)]
pub struct Shares {
    looks: shared::Shared<look::Look>,
    overview: shared::Shared<overview::Overview>,
    weighed: weighed::LastWeighed,
}

/// Why the desk gives no answer.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Postgres did not answer, or not as it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such thing; in the operator's words, with what to do.
    #[error("{0}")]
    NotFound(String),
    /// It is not done; why, and in the operator's words what to do.
    #[error("{1}")]
    Refused(Refused, String),
    /// Several devices are called so.
    #[error("`{wanted}` fits {} devices: nothing was done; name one of them by its whole id", candidates.len())]
    SeveralDevices {
        /// What they are called.
        wanted: String,
        /// They.
        candidates: Vec<DeviceView>,
    },
    /// What was asked for makes no sense; in the operator's words, with what to do.
    #[error("{0}")]
    Unusable(String),
}
