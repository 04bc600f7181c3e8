//! Where the handlers hand over what they took: the store, or in tests of this module a script.

use std::time::Duration;

use crate::domain::incoming::{DeadLetter, Incoming, Stored};
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::store::{Beside, FirstAnswer, MigrationState, Once, Room, StopView, Store, StoreError};

/// The store as the handlers see it.
pub(super) enum Inbox {
    /// Postgres.
    Store(Store),
    /// For tests without Postgres.
    #[cfg(test)]
    Scripted(scripted::Script),
}

/// The audit is sealed within a second; a minute later nobody seals it.
const SEALED_WITHIN: Duration = Duration::from_secs(60);

/// Longer than storing the largest body takes on a slow disk.
const STORING: Duration = Duration::from_secs(60);

/// What Postgres says, or that it says nothing: a connection that has fallen silent is given up, and its place in the pool with it. What
/// was to be stored may have been: whoever sent it sends it again, and finds it stored already.
async fn heard<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(STORING, work)
        .await
        .unwrap_or_else(|_| Err(StoreError::silent()))
}

fn stopped(stop: &StopView) -> String {
    let (tenant, scope) = (&stop.tenant, stop.scope.as_str());
    let since = stop.begun_at.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!("{tenant} is stopped ({scope}) since {since}")
}

impl Inbox {
    /// Stores all of it in one transaction, or nothing.
    pub async fn accept(
        &self,
        tenant: TenantId,
        source: (&str, Trust),
        incoming: Vec<Incoming>,
        dead: Vec<DeadLetter>,
        once: Option<&Once>,
    ) -> Result<Vec<Stored>, StoreError> {
        match (self, once) {
            (Self::Store(store), None) => {
                heard(store.events_accept_from(tenant, source, incoming, dead)).await
            }
            (Self::Store(store), Some(once)) => {
                heard(store.events_accept_with(tenant, source, incoming, dead, Beside::Once(once))).await
            }
            #[cfg(test)]
            (Self::Scripted(script), once) => script.accept((tenant, source), incoming, dead, once).await,
        }
    }

    /// What a delivery of that id was answered, if it was.
    pub async fn answered(
        &self,
        tenant: TenantId,
        source: &str,
        id: &str,
    ) -> Result<Option<FirstAnswer>, StoreError> {
        match self {
            Self::Store(store) => heard(store.delivery_answered(tenant, source, id)).await,
            #[cfg(test)]
            Self::Scripted(script) => Ok(script.answered(tenant, source, id)),
        }
    }

    /// Whether there is room for more.
    pub fn room(&self, tenant: TenantId) -> Room {
        match self {
            Self::Store(store) => store.inbox_room(tenant),
            #[cfg(test)]
            Self::Scripted(script) => script.room,
        }
    }

    /// Postgres, unless this is a test without it.
    pub fn store(&self) -> Option<&Store> {
        match self {
            Self::Store(store) => Some(store),
            #[cfg(test)]
            Self::Scripted(_) => None,
        }
    }

    /// What whoever asks whether this process is ready should know beside: which tenants are stopped, and whose audit waits for
    /// its seal. Neither keeps it from taking events. No word of a person's is among it: anybody may ask.
    pub async fn notes(&self) -> Vec<String> {
        let Some(store) = self.store() else {
            return Vec::new();
        };
        let mut notes: Vec<String> = match store.stops(None, None).await {
            Ok(stops) => stops.iter().map(stopped).collect(),
            Err(_) => return Vec::new(),
        };
        for (tenant, name) in store.tenants().await.unwrap_or_default() {
            let Ok(waiting) = store.audit_unsealed(tenant).await else {
                continue;
            };
            if waiting.age > SEALED_WITHIN {
                let seconds = waiting.age.as_secs();
                notes.push(format!(
                    "the audit of {name} has waited {seconds} s for its seal ({} rows)",
                    waiting.rows
                ));
            }
        }
        notes
    }

    /// Whether events can be stored; else why not, in the operator's words.
    pub async fn ready(&self) -> Result<(), String> {
        let state = match self {
            Self::Store(store) => heard(store.migration_state()).await,
            #[cfg(test)]
            Self::Scripted(script) => script.migration_state(),
        };
        match state {
            Ok(MigrationState::Current) => Ok(()),
            Ok(MigrationState::Behind) => {
                Err("the database lacks migrations: run `quell db migrate`".to_owned())
            }
            Ok(MigrationState::Ahead) => {
                Err("a newer version has migrated the database: start that version".to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A store that keeps what it was given and answers as told.
#[cfg(test)]
pub(crate) mod scripted {
    use std::collections::{HashMap, HashSet};
    use std::sync::{Arc, Mutex};

    use tokio::sync::{Notify, Semaphore};

    use super::{
        DeadLetter, FirstAnswer, Incoming, MigrationState, Once, Room, StoreError, Stored, TenantId, Trust,
    };

    /// The script; clones share what was kept.
    #[derive(Clone)]
    pub struct Script {
        /// What was stored.
        pub kept: Arc<Mutex<Kept>>,
        /// One permit lets one delivery through; many are there unless a test takes them away.
        pub gate: Arc<Semaphore>,
        /// Told when a delivery has come to the gate.
        pub arrived: Arc<Notify>,
        /// What is said of the migrations.
        pub migrations: MigrationState,
        /// What is said of the room that there is.
        pub room: Room,
    }

    /// What was stored.
    #[derive(Default)]
    pub struct Kept {
        pub incoming: Vec<Incoming>,
        pub dead: Vec<DeadLetter>,
        /// For each delivery that stored something: whose it was, and what it may lead to.
        pub from: Vec<(TenantId, String, Trust)>,
        seen: HashSet<(String, [u8; 32])>,
        answers: HashMap<(TenantId, String, String), FirstAnswer>,
    }

    impl Default for Script {
        fn default() -> Self {
            let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
            Self {
                kept: Arc::default(),
                gate,
                arrived: Arc::default(),
                migrations: MigrationState::Current,
                room: Room::Free,
            }
        }
    }

    impl Script {
        pub async fn accept(
            &self,
            (tenant, (source, trust)): (TenantId, (&str, Trust)),
            incoming: Vec<Incoming>,
            dead: Vec<DeadLetter>,
            once: Option<&Once>,
        ) -> Result<Vec<Stored>, StoreError> {
            self.arrived.notify_one();
            let _through = self.gate.acquire().await.expect("no test closes the gate");
            let mut kept = self.kept.lock().expect("no test panics while it holds this");
            let stored = incoming.iter().map(|one| {
                let duplicate = !kept.seen.insert((one.event.alert.id.clone(), one.content_hash));
                Stored {
                    id: uuid::Uuid::now_v7(),
                    duplicate,
                    devices: one.event.devices.len(),
                }
            });
            let stored: Vec<Stored> = stored.collect();
            if let Some(once) = once {
                let (status, answer) = (once.answer)(&stored);
                let first = FirstAnswer {
                    body_hash: once.body_hash.to_vec(),
                    status,
                    answer,
                };
                kept.answers
                    .insert((tenant, source.to_owned(), once.id.clone()), first);
            }
            kept.from.push((tenant, source.to_owned(), trust));
            kept.incoming.extend(incoming);
            kept.dead.extend(dead);
            Ok(stored)
        }

        pub fn answered(&self, tenant: TenantId, source: &str, id: &str) -> Option<FirstAnswer> {
            let kept = self.kept.lock().expect("no test panics while it holds this");
            let key = (tenant, source.to_owned(), id.to_owned());
            kept.answers.get(&key).cloned()
        }

        pub fn migration_state(&self) -> Result<MigrationState, StoreError> {
            Ok(self.migrations)
        }
    }
}
