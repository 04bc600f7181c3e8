//! The installation itself: versions, replicas, who dispatches, sources, the database and the connections to it. Reads only.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Desk, DeskError};
use crate::store::source_looks::SourceView;
use crate::store::views::{InventoryView, LeaseView, MigrationsView, PoolView, ReplicaView, ServerView};
use crate::store::{LIVING, ReplicaFiles};

/// The installation as this process sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SystemReport {
    /// The database's clock.
    pub at: Timestamp,
    /// The version of Quell.
    pub version: &'static str,
    /// The tenant.
    pub tenant: String,
    /// The replicas that live, the one that dispatches first.
    pub replicas: Vec<ReplicaView>,
    /// The dispatch lease; none: nobody has dispatched yet.
    pub lease: Option<LeaseView>,
    /// How the configured sources of events go.
    pub sources: Vec<SourceView>,
    /// How the readings of the inventory go.
    pub inventory: InventoryView,
    /// The playbook files of the replicas that live.
    pub playbook_files: Vec<ReplicaFiles>,
    /// The Postgres server and this connection to it.
    pub server: ServerView,
    /// The database's migrations against those of this version.
    pub migrations: MigrationsView,
    /// This process's connections.
    pub pools: Vec<PoolView>,
}

impl Desk {
    /// The installation.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn system(&self) -> Result<SystemReport, DeskError> {
        let (store, tenant) = (&self.store, self.tenant);
        Ok(SystemReport {
            at: store.now().await?,
            version: env!("CARGO_PKG_VERSION"),
            tenant: self.name.clone(),
            replicas: store.replicas(tenant, LIVING).await?,
            lease: store.lease_now(tenant).await?,
            sources: self.sources().await?,
            inventory: store.inventory(tenant).await?,
            playbook_files: store.files_of_replicas(tenant).await?,
            server: store.server().await?,
            migrations: store.migrations().await?,
            pools: store.pools(),
        })
    }

    /// How the configured sources of events go, by name.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn sources(&self) -> Result<Vec<SourceView>, DeskError> {
        Ok(self.store.sources_now(self.tenant).await?)
    }
}
