//! Wakes: what a committed transaction has given others to do, told by `LISTEN`/`NOTIFY`. A lost one costs seconds: every loop
//! looks by itself too.

use std::time::Duration;

use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPoolOptions};
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{ANSWER, Store, StoreError};

/// A subscription that has heard nothing for so long asks whether anybody is there.
const QUIET: Duration = Duration::from_secs(15);

impl Store {
    /// Listens for what other transactions commit.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn wakes(&self) -> Result<Wakes, StoreError> {
        // A connection of its own, beside the pool's: it is held for as long as the process lives.
        let options = self.pool.connect_options().as_ref().clone();
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen("quell_wake").await?;
        Ok(Wakes {
            listener,
            own: self.origin.simple().to_string(),
        })
    }
}

/// What a committed transaction has given others to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The inbox has rows.
    Inbox,
    /// An action was queued, or a slot may be free.
    Queue,
    /// Device facts are wanted.
    Facts,
    /// Something is to be looked up about devices.
    Lookups,
    /// An action is open at Defender.
    Open,
    /// Another playbook set is active.
    Playbooks,
    /// A dispatch lease is free.
    Lease,
    /// What Defender's list of the last day shows should be looked at soon.
    Sweep,
    /// Somebody has submitted events by SQL.
    Submissions,
}

impl Wake {
    const ALL: [Self; 9] = [
        Self::Inbox,
        Self::Queue,
        Self::Facts,
        Self::Lookups,
        Self::Open,
        Self::Playbooks,
        Self::Lease,
        Self::Sweep,
        Self::Submissions,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Queue => "queue",
            Self::Facts => "facts",
            Self::Lookups => "lookups",
            Self::Open => "open",
            Self::Playbooks => "playbooks",
            Self::Lease => "lease",
            Self::Sweep => "sweep",
            Self::Submissions => "submissions",
        }
    }

    /// What `quell_wake` is notified of, for a statement that does so beside its work.
    pub(super) fn payload(self, tenant: TenantId) -> String {
        format!("{}:{tenant}", self.as_str())
    }

    /// The same from a process that rings its own bells after the commit: it need not hear it again.
    pub(super) fn payload_from(self, tenant: TenantId, origin: Uuid) -> String {
        format!("{}:{tenant}:{}", self.as_str(), origin.simple())
    }
}

/// A subscription to wakes.
pub struct Wakes {
    listener: PgListener,
    /// What this process itself has told, and rung for.
    own: String,
}

impl Wakes {
    /// The next wake and its tenant, but for those that this process has rung itself. Payloads of another version are passed
    /// over.
    ///
    /// # Errors
    /// The connection was lost: subscribe again, and look at everything once.
    pub async fn next(&mut self) -> Result<(TenantId, Wake), StoreError> {
        loop {
            let Ok(received) = tokio::time::timeout(QUIET, self.listener.try_recv()).await else {
                let asked = sqlx::query_scalar!(r#"SELECT 1 AS "one!""#).fetch_one(&mut self.listener);
                match tokio::time::timeout(ANSWER, asked).await {
                    Ok(answered) => answered?,
                    Err(_) => return Err(StoreError::silent()),
                };
                continue;
            };
            let Some(notification) = received? else {
                return Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed));
            };
            let Some((whose, wake, origin)) = parse(notification.payload()) else {
                continue;
            };
            if origin != Some(&self.own) {
                return Ok((whose, wake));
            }
        }
    }
}

/// A payload's tenant, wake and origin, if it has one.
fn parse(payload: &str) -> Option<(TenantId, Wake, Option<&str>)> {
    let mut parts = payload.split(':');
    let name = parts.next()?;
    let wake = Wake::ALL.into_iter().find(|wake| wake.as_str() == name)?;
    let tenant = TenantId(parts.next()?.parse().ok()?);
    Some((tenant, wake, parts.next()))
}

/// Tells the others, with the commit. Equal wakes of one transaction are delivered once.
pub(super) async fn wake(tx: &mut PgConnection, tenant: TenantId, wake: Wake) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_notify('quell_wake', $1)", wake.payload(tenant))
        .execute(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_tells_what_to_do_for_whom_and_who_said_so() {
        let origin = Uuid::from_u128(7);
        for wake in Wake::ALL {
            let plain = wake.payload(TenantId(3));
            assert_eq!(parse(&plain), Some((TenantId(3), wake, None)));
            let own = wake.payload_from(TenantId(3), origin);
            assert_eq!(
                parse(&own),
                Some((TenantId(3), wake, Some(origin.simple().to_string().as_str())))
            );
        }
        for odd in ["", "inbox", "inbox:", "inbox:x", "other:3"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
