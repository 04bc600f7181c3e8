//! Good files and the tenants' active sets: the rule is asked, and what it says is done and written down.

use super::load::{LoadError, Loaded};
use super::rule::{self, Situation, Trigger, Verdict};
use super::{FILES, Reloader, Target};
use crate::store::{Because, Origin, StoreError};
use crate::web::reload::TenantSet;
use crate::worker::active_set::{self, Proposal};
use crate::worker::{BATCH_TIME, bounded, within};

impl Reloader {
    /// What becomes of good files, tenant by tenant; the inner error: they are not to be used. `done` has the tenants that this is
    /// settled for, also when Postgres goes away before the last one.
    pub(super) async fn settle_all(
        &mut self,
        loaded: &Loaded,
        trigger: Trigger,
        why: &'static str,
        done: &mut Vec<TenantSet>,
    ) -> Result<Result<(), LoadError>, StoreError> {
        self.waits = false;
        for target in self.targets.clone() {
            let verdict = self.settle(&target, loaded, (trigger, why), done).await?;
            if let Verdict::Refuse(why) = verdict {
                let path = self.path.clone();
                return Ok(Err(LoadError::Refused { path, why }));
            }
            self.waits |= matches!(verdict, Verdict::Wait(_));
            let told = self.in_force(&target, verdict == Verdict::Propose).await?;
            done.retain(|one| one.tenant != told.tenant);
            done.push(told);
        }
        Ok(Ok(()))
    }

    /// Makes the files the active set of a tenant, if the rule says so.
    async fn settle(
        &self,
        target: &Target,
        loaded: &Loaded,
        (trigger, why): (Trigger, &'static str),
        done: &mut Vec<TenantSet>,
    ) -> Result<Verdict, StoreError> {
        let (store, hash) = (&self.store, loaded.set.hash());
        let reason = format!("{why} on {}", self.replica);
        loop {
            let look = bounded(store.files_look(target.id, &self.replica, hash)).await?;
            let version = look.active.as_ref().map(|active| active.version);
            let verdict = rule::verdict(&Situation {
                trigger,
                files: hash,
                is_empty: loaded.set.playbooks().is_empty(),
                active: look.active.as_ref().map(|active| active.hash.as_str()),
                is_by_hand: look.active.as_ref().is_some_and(|a| a.origin == Origin::Operator),
                settled: look.settled.as_deref(),
                was_in_force: look.was_in_force,
                is_held_by_another: look.is_held_by_another,
            });
            let (is_settled, remark) = match verdict {
                Verdict::InForce => {
                    // The daemon need not read and compile what these files are: one set in memory, and events sooner.
                    target.in_force.offer(&loaded.set);
                    (true, None)
                }
                Verdict::Propose => {
                    target.in_force.offer(&loaded.set);
                    let proposal = Proposal {
                        origin: Origin::Files,
                        because: Because {
                            by: FILES,
                            reason: &reason,
                        },
                        expected: version,
                    };
                    let activate = active_set::activate(store, target.id, &loaded.set, proposal);
                    let activated = within(BATCH_TIME, activate).await?;
                    if activated.is_none() {
                        // Somebody was faster: what they did may change the verdict.
                        continue;
                    }
                    // From here on it is done, whatever Postgres answers to the rest.
                    done.push(TenantSet {
                        tenant: target.name.clone(),
                        is_changed: true,
                        version: activated,
                        hash: Some(hash.to_owned()),
                    });
                    within(BATCH_TIME, target.in_force.load(store, target.id)).await?;
                    (true, None)
                }
                Verdict::Leave(remark) => (true, Some(remark)),
                Verdict::Wait(remark) => (false, Some(remark)),
                Verdict::Refuse(_) => return Ok(verdict),
            };
            if let Some(remark) = remark {
                tracing::warn!(
                    tenant = target.name,
                    version,
                    remark,
                    "the playbook files are not what is in force"
                );
            }
            let seen = store.files_seen(target.id, &self.replica, hash, is_settled, remark);
            bounded(seen).await?;
            return Ok(verdict);
        }
    }

    pub(super) async fn all_have_sets(&self) -> Result<bool, StoreError> {
        for target in &self.targets {
            if bounded(self.store.set_active(target.id)).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) async fn in_force(&self, target: &Target, is_changed: bool) -> Result<TenantSet, StoreError> {
        let active = bounded(self.store.set_active(target.id)).await?;
        Ok(TenantSet {
            tenant: target.name.clone(),
            is_changed,
            version: active.as_ref().map(|active| active.version),
            hash: active.map(|active| active.hash),
        })
    }
}
