//! The audit, a page at a time. Reads only; it is verified by [`crate::store::seals`].

use uuid::Uuid;

use crate::desk::devices::one_more;
use crate::desk::page::{Page, behind};
use crate::desk::{Desk, DeskError};
use crate::store::views::TrailRow;

impl Desk {
    /// Changes of state, the newest first; of one action, containment or other thing only, when it is named.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn audit(
        &self,
        of: Option<Uuid>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<TrailRow>, DeskError> {
        let after = after.map(behind).transpose()?;
        let rows = self
            .store
            .trail(self.tenant, of, after.as_ref(), one_more(limit))
            .await?;
        Ok(Page::of(rows, limit, TrailRow::key))
    }
}
