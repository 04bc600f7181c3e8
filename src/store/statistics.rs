//! What Postgres knows of tables that grow faster than it looks at them. Used by `worker::statistics`.

use crate::store::{Store, StoreError};

impl Store {
    /// Has those of the busy tables analysed that have grown past what the planner knows; gives their names.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn analyse_grown(&self) -> Result<Vec<String>, StoreError> {
        let names = sqlx::query_scalar!(r#"SELECT quell.analyse_grown() AS "name!""#)
            .fetch_all(&self.pool)
            .await?;
        Ok(names)
    }
}
