//! What ends next by its time, and whether its device is released then. Reads only.

use crate::desk::devices::one_more;
use crate::desk::page::{Page, behind};
use crate::desk::{Desk, DeskError};
use crate::store::views::DueRelease;

impl Desk {
    /// The containments that end by themselves, the first to end first.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn due_releases(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<DueRelease>, DeskError> {
        let after = after.map(behind).transpose()?;
        let rows = self
            .store
            .releases_due(self.tenant, after.as_ref(), one_more(limit))
            .await?;
        Ok(Page::of(rows, limit, DueRelease::key))
    }
}
