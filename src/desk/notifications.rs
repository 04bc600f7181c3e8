//! Messages to receivers: what was sent, what waits, what could not be delivered; and sending one again. The answers of
//! `quell notifications` and `/v1/notifications`.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::page::{Page, behind};
use crate::desk::{Desk, DeskError};
use crate::domain::person::By;
use crate::store::outbox::views::{NotificationDetail, NotificationQuery, NotificationView};

/// The states of a message.
pub const STATES: [&str; 4] = ["gathering", "waiting", "delivered", "failed"];

/// Which messages are looked for.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// One of [`STATES`]; `None`: all.
    pub state: Option<String>,
    /// Only to this receiver.
    pub receiver: Option<String>,
    /// Behind this place.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// A message that is sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Resent {
    /// The message.
    pub id: Uuid,
    /// What it was: `delivered`, `failed` or `waiting`.
    pub was: String,
    /// Who had it sent.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Desk {
    /// Messages, the newest first.
    ///
    /// # Errors
    /// Postgres is away, or what was asked for makes no sense.
    pub async fn notifications(&self, looked: &Looked) -> Result<Page<NotificationView>, DeskError> {
        if let Some(state) = looked.state.as_deref().filter(|state| !STATES.contains(state)) {
            let why = format!(
                "`{state}` is no state of a message: it is one of {}",
                STATES.join(", ")
            );
            return Err(DeskError::Unusable(why));
        }
        let query = NotificationQuery {
            state: looked.state.clone(),
            receiver: looked.receiver.clone(),
            before: looked.after.as_deref().map(behind).transpose()?,
            limit: i64::try_from(looked.limit).unwrap_or(i64::MAX).saturating_add(1),
        };
        let rows = self.store.notifications(self.tenant, &query).await?;
        Ok(Page::of(rows, looked.limit, |row| row.id))
    }

    /// One message with what it tells.
    ///
    /// # Errors
    /// Postgres is away, or there is no such message.
    pub async fn notification(&self, id: Uuid) -> Result<NotificationDetail, DeskError> {
        let found = self.store.notification(self.tenant, id).await?;
        found.ok_or_else(|| DeskError::NotFound(format!("there is no message `{id}`")))
    }

    /// Has a message sent again at once, whatever became of it. The receiver sees the same id.
    ///
    /// # Errors
    /// Postgres is away; there is no such message, or it is still being gathered.
    pub async fn notification_resend(&self, id: Uuid, by: &By) -> Result<Resent, DeskError> {
        let who = (by.who.as_str(), by.reason.as_str());
        let give_up = self.terms.give_up_after;
        let was = self
            .store
            .acting(by)
            .notification_resend(self.tenant, id, who, give_up)
            .await?;
        let Some(was) = was else {
            let found = self.notification(id).await?;
            let why = format!(
                "message `{id}` is still {}: it is sent soon",
                found.notification.state
            );
            return Err(DeskError::Unusable(why));
        };
        Ok(Resent {
            id,
            was,
            by: by.who.clone(),
            reason: by.reason.clone(),
        })
    }
}
