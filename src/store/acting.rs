//! On whose behalf a transaction changes something. A handle that [`Store::acting`] gives tells Postgres so as each of an
//! operator's transactions begins; every row of the audit that the transaction writes, by itself or by a trigger, says then
//! how the person was known and which way it came. Used by the desk.

use std::sync::Arc;

use sqlx::{Postgres, Transaction};

use super::written_once::Reserved;
use crate::domain::person::By;
use crate::store::{Store, StoreError};

/// Who acts, and under which key the answer is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Act {
    /// What the audit says of the person: JSON.
    actor: Option<String>,
    /// The reservation that the transaction fulfils.
    reserved: Option<Reserved>,
}

impl Store {
    /// A handle whose operator's transactions are this person's.
    #[must_use]
    pub fn acting(&self, by: &By) -> Self {
        let actor = serde_json::json!({ "via": by.via, "proven": by.proven });
        self.with(|act| act.actor = Some(actor.to_string()))
    }

    /// A handle whose next operator's transaction fulfils the reservation: it commits only while that is still held.
    #[must_use]
    pub fn fulfilling(&self, reserved: Reserved) -> Self {
        self.with(|act| act.reserved = Some(reserved))
    }

    fn with(&self, change: impl FnOnce(&mut Act)) -> Self {
        let mut act = self.act.as_deref().cloned().unwrap_or_default();
        change(&mut act);
        Self {
            act: Some(Arc::new(act)),
            ..self.clone()
        }
    }

    /// Begins a transaction of an operator's.
    ///
    /// # Errors
    /// Postgres is not available, or the reservation is somebody else's by now.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let Some(act) = &self.act else { return Ok(tx) };
        if let Some(actor) = &act.actor {
            sqlx::query!("SELECT set_config('quell.actor', $1, true)", actor)
                .fetch_one(&mut *tx)
                .await?;
        }
        if let Some(reserved) = &act.reserved {
            reserved.fulfil(&mut tx).await?;
        }
        Ok(tx)
    }
}
