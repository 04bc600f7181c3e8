//! What the console's first page shows: the status, the budget, what ends next, what was decided last. Read once for all pages that ask at
//! the same time. Reads only.

use std::sync::Arc;

use crate::desk::budget::BudgetReport;
use crate::desk::decisions::DecisionsAsked;
use crate::desk::status::Report;
use crate::desk::{Desk, DeskError};
use crate::store::views::{DecidedView, DueRelease};

/// So many contained devices, and so many asks.
const DEVICES: i64 = 10;

/// So many of what ends next and of what was decided last.
const FEW: usize = 8;

/// Everything that the first page shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The status.
    pub report: Report,
    /// The budget, with what calls and the queue did lately.
    pub budget: BudgetReport,
    /// What ends next.
    pub due: Vec<DueRelease>,
    /// What was decided last, but for what led to nothing.
    pub decided: Vec<DecidedView>,
}

impl Desk {
    /// The overview.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn overview(&self) -> Result<Arc<Overview>, DeskError> {
        self.shares.overview.get(self.overview_now()).await
    }

    async fn overview_now(&self) -> Result<Overview, DeskError> {
        let decided = DecisionsAsked {
            without_skips: true,
            limit: FEW,
            ..DecisionsAsked::default()
        };
        let look = self.look().await?;
        // None waits for another: each has a connection of its own.
        let (report, budget, due, decided) = tokio::try_join!(
            self.status_at(&look, DEVICES),
            self.budget_at(&look),
            self.due_releases(None, FEW),
            self.decisions(&decided),
        )?;
        Ok(Overview {
            report,
            budget,
            due: due.items,
            decided: decided.items,
        })
    }
}
