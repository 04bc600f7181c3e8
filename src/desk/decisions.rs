//! The latest decisions, in a line each, and the events behind them. Reads only.

use crate::desk::devices::one_more;
use crate::desk::page::{Page, behind};
use crate::desk::{Desk, DeskError};
use crate::domain::decision::DecisionKind;
use crate::store::views::{DecidedQuery, DecidedView};

/// Which decisions are asked for.
#[derive(Clone, Debug, Default)]
pub struct DecisionsAsked {
    /// Only those of this device, by its whole id.
    pub device: Option<String>,
    /// Only of this kind.
    pub kind: Option<DecisionKind>,
    /// Leave out those by which nothing happens.
    pub without_skips: bool,
    /// Behind this place.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl Desk {
    /// Decisions, the newest first.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn decisions(&self, asked: &DecisionsAsked) -> Result<Page<DecidedView>, DeskError> {
        let query = DecidedQuery {
            device: asked.device.clone(),
            kind: asked.kind.map(|kind| kind.as_str().to_owned()),
            without_skips: asked.without_skips,
            after: asked.after.as_deref().map(behind).transpose()?,
            limit: one_more(asked.limit),
        };
        let rows = self.store.decisions_latest(self.tenant, &query).await?;
        Ok(Page::of(rows, asked.limit, DecidedView::key))
    }
}
