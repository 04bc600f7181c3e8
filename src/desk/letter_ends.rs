//! Dead letters read again, as if they had just arrived, or put away. Behind `quell events dead retry` and `drop`, and
//! `POST /v1/dead-letters/{id}/retry` and `drop`.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::{Desk, DeskError};
use crate::domain::incoming::Incoming;
use crate::domain::person::By;
use crate::domain::trust::Trust;
use crate::store::dead_letters::{Ending, Letter, LetterFilter};

/// Reads what a source sent, as this version and configuration read it now, and says what its events may lead to.
#[derive(Clone)]
pub struct Reread(pub Arc<Reading>);

/// The bytes of a letter of that source: its records, or why they cannot be read.
pub type Reading = dyn Fn(&str, &[u8]) -> Result<(Vec<Incoming>, Trust), String> + Send + Sync;

impl fmt::Debug for Reread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reread")
    }
}

/// What is to become of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is read again.
    Retry,
    /// Nothing is to come of it.
    Drop,
}

/// What became of one letter.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LetterEnded)]
pub struct Done {
    /// The letter.
    pub id: Uuid,
    /// `retried`, `dropped`, or `refused`: it stays.
    pub outcome: &'static str,
    /// The event that it is now.
    pub event_id: Option<Uuid>,
    /// Why it stays, or what to know of it.
    pub note: Option<String>,
    /// Whether there is such a letter.
    #[serde(skip)]
    #[schema(ignore)]
    pub is_there: bool,
}

impl Done {
    fn of(id: Uuid, outcome: &'static str, event_id: Option<Uuid>, note: Option<String>) -> Self {
        Self {
            id,
            outcome,
            event_id,
            note,
            is_there: true,
        }
    }

    fn stays(id: Uuid, note: impl Into<String>) -> Self {
        Self::of(id, "refused", None, Some(note.into()))
    }
}

impl Desk {
    /// Reads a dead letter again, or puts it away. The answer says whether it stays.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn letter_end(&self, id: Uuid, way: Way, by: &By) -> Result<Done, DeskError> {
        let Some((letter, payload)) = self.letter_whole(id).await? else {
            return Ok(Done {
                is_there: false,
                ..Done::stays(id, "there is no such dead letter")
            });
        };
        if let Some(end) = &letter.end {
            return Ok(Done::stays(
                id,
                format!("it was {} by {} before", end.ended_as, end.by),
            ));
        }
        let (store, who) = (self.store.acting(by), (by.who.as_str(), by.reason.as_str()));
        let (ending, note) = match (way, letter.event_id) {
            (Way::Drop, _) => (Ending::Dropped, None),
            (Way::Retry, Some(event_id)) => {
                let requeued = store.dead_letter_requeue(self.tenant, id, who).await?;
                return Ok(match requeued {
                    true => Done::of(id, "retried", Some(event_id), None),
                    false => Done::stays(id, "somebody else ended it in this moment"),
                });
            }
            (Way::Retry, None) => match self.read_again(&letter, &payload).await? {
                Ok((event, note)) => (Ending::Retried(event), note),
                Err(why) => return Ok(Done::stays(id, why)),
            },
        };
        if !store.dead_letter_end(self.tenant, id, ending, who).await? {
            return Ok(Done::stays(id, "somebody else ended it in this moment"));
        }
        Ok(match ending {
            Ending::Retried(event_id) => Done::of(id, "retried", Some(event_id), note),
            Ending::Dropped => Done::of(id, "dropped", None, note),
        })
    }

    /// A dead letter with its bytes.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn letter_whole(&self, id: Uuid) -> Result<Option<(Letter, Vec<u8>)>, DeskError> {
        let filter = LetterFilter {
            id: Some(id),
            all: true,
            limit: 1,
            ..LetterFilter::default()
        };
        let letter = self.store.dead_letters(self.tenant, &filter).await?.pop();
        let payload = self.store.dead_letter_payload(self.tenant, id).await?;
        Ok(letter.zip(payload))
    }

    /// The event that the letter's bytes are now, and what to know of it; or why they are none.
    async fn read_again(
        &self,
        letter: &Letter,
        payload: &[u8],
    ) -> Result<Result<(Uuid, Option<String>), String>, DeskError> {
        if letter.is_cut {
            return Ok(Err(
                "only its first 64 KiB were kept: send the record again".to_owned()
            ));
        }
        let (incoming, trust) = match (self.terms.reread.0)(&letter.source, payload) {
            Ok(read) => read,
            Err(why) => return Ok(Err(why)),
        };
        if self.store.identifies_nothing_yet(self.tenant, &incoming).await? {
            let why = "the inventory is not known, so its device cannot be looked for: try again after the next whole reading of it";
            return Ok(Err(why.to_owned()));
        }
        let from = (letter.source.as_str(), trust);
        let stored = self
            .store
            .events_accept_from(self.tenant, from, incoming, Vec::new())
            .await?;
        let Some(first) = stored.first() else {
            return Ok(Err("it holds no record any more".to_owned()));
        };
        let repeated = stored.iter().all(|stored| stored.duplicate);
        let note = repeated.then(|| "the same had arrived in the meantime".to_owned());
        Ok(Ok((first.id, note)))
    }
}
