//! Dead letters: records that were refused, and events that could not be decided. Reads only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::desk::devices::one_more;
use crate::desk::page::{Page, behind};
use crate::desk::{Desk, DeskError};
use crate::store::dead_letters::{Letter, LetterFilter};

/// Which dead letters are asked for.
#[derive(Clone, Debug, Default)]
pub struct LettersAsked {
    /// Those too that were read again or put away.
    pub all: bool,
    /// Only those that came since.
    pub since: Option<Timestamp>,
    /// Only those whose reason begins so.
    pub refused_as: Option<String>,
    /// Behind this place.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// Where one stands in the order, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LetterKey {
    at: Timestamp,
    id: Uuid,
}

impl Desk {
    /// Dead letters, the newest first.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn letters(&self, asked: &LettersAsked) -> Result<Page<Letter>, DeskError> {
        let after: Option<LetterKey> = asked.after.as_deref().map(behind).transpose()?;
        let filter = LetterFilter {
            all: asked.all,
            id: None,
            since: asked.since,
            reason: asked.refused_as.clone(),
            limit: one_more(asked.limit),
        };
        let after = after.map(|after| (after.at, after.id));
        let letters = self
            .store
            .dead_letters_behind(self.tenant, &filter, after)
            .await?;
        Ok(Page::of(letters, asked.limit, |letter| LetterKey {
            at: letter.received_at,
            id: letter.id,
        }))
    }

    /// One dead letter.
    ///
    /// # Errors
    /// There is none with that id, or Postgres is away.
    pub async fn letter(&self, id: Uuid) -> Result<Letter, DeskError> {
        let filter = LetterFilter {
            id: Some(id),
            all: true,
            limit: 1,
            ..LetterFilter::default()
        };
        let found = self.store.dead_letters(self.tenant, &filter).await?.pop();
        found.ok_or_else(|| DeskError::NotFound(format!("there is no dead letter `{id}`")))
    }
}
