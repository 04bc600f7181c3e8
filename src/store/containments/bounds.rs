//! Limits and caps where something becomes active outside a decision: an unanswered ask that acts, and an approval. Counted
//! by the functions that decisions use, under the same lock.

use jiff::Timestamp;

use crate::domain::approval::reached_beyond;
use crate::domain::decision::{Cap, Usage, UsageKey};
use crate::domain::device::DeviceId;
use crate::domain::limit::reached_cap;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{Limit, Mode};
use crate::store::{StoreError, effects, inventory};

/// What holds over all playbooks where a device is counted.
#[derive(Clone, Copy)]
pub(in crate::store) struct Bounds<'a> {
    pub(in crate::store) caps: &'a [Cap],
    /// How many devices the fleet has, where the configuration says so; else the inventory is asked.
    pub(in crate::store) fleet: Option<u64>,
}

/// The containment that would become active.
#[derive(Clone, Copy)]
pub(in crate::store) struct OneMore<'a> {
    pub(in crate::store) device: &'a DeviceId,
    /// `None`: a person began it by hand.
    pub(in crate::store) playbook: Option<&'a str>,
    pub(in crate::store) limits: &'a [Limit],
    /// What an approval lifts, as the ask names it; empty: nothing.
    pub(in crate::store) lifts: &'a [&'a str],
}

impl Bounds<'_> {
    /// The first limit of its playbook, or cap of the installation, beyond which one more device would go now; `None`: it may
    /// become active. Counters are read once, under the limits' lock, and kept in `usage`; the caller counts there what it
    /// activates.
    pub(in crate::store) async fn reached(
        self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        now: Timestamp,
        one: OneMore<'_>,
        usage: &mut Usage,
    ) -> Result<Option<String>, StoreError> {
        if !one.limits.is_empty() || !self.caps.is_empty() {
            effects::lock_limits(tx, tenant).await?;
        }
        self.look(tx, tenant, now, one, usage).await
    }

    /// The same without the lock, for people: what it says may be over when it is read.
    pub(in crate::store) async fn look(
        self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        now: Timestamp,
        one: OneMore<'_>,
        usage: &mut Usage,
    ) -> Result<Option<String>, StoreError> {
        let playbook = one.playbook.unwrap_or_default();
        let own = one
            .limits
            .iter()
            .map(|limit| (Some(playbook.to_owned()), limit.per));
        let all = self.caps.iter().map(|cap| (None, cap.per));
        let keys: Vec<UsageKey> = own
            .chain(all)
            .map(|(owner, per)| (owner, Mode::Enforce, per))
            .filter(|key| !usage.is_loaded(key))
            .collect();
        if !keys.is_empty() {
            effects::count(tx, tenant, now, &keys, usage).await?;
        }
        if usage.fleet().is_none() && !one.limits.is_empty() {
            usage.set_fleet(match self.fleet {
                Some(fleet) => Some(fleet),
                None => inventory::fleet_known(tx, tenant).await?,
            });
        }
        let is_lifted = |name: &str| one.lifts.contains(&name);
        let limit = reached_beyond(playbook, one.limits, is_lifted, one.device, usage.fleet(), usage);
        Ok(limit.or_else(|| reached_cap(self.caps, Mode::Enforce, one.device, usage)))
    }
}
