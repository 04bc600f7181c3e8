//! Who is signed in at the console. A session is known by the SHA-256 of its cookie; it ends at its time, when nobody was seen in it
//! for a while, by signing out, and with the token that it was begun with.

use std::time::Duration;

use jiff::SignedDuration;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::store::{AccessTokenView, Store, StoreError};

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// The SHA-256 of its cookie.
    pub hash: [u8; 32],
    /// Who; `None`: whoever knows the operators' token of the configuration.
    pub name: Option<&'a str>,
    /// What the issuer says of them.
    pub groups: &'a [String],
    /// Signed in with this token.
    pub token: Option<Uuid>,
    /// Signed in with the operators' token: its HMAC under the cookie.
    pub shared: Option<[u8; 32]>,
    /// The longest that it lasts.
    pub lifetime: Duration,
    /// How they signed in, in words, for the audit.
    pub how: &'a str,
}

/// A session that goes on.
#[derive(Clone, Debug)]
pub struct KnownSession {
    /// Who.
    pub name: Option<String>,
    /// What the issuer says of them.
    pub groups: Vec<String>,
    /// The token that it was begun with, as it is now.
    pub token: Option<AccessTokenView>,
    /// The HMAC of the operators' token under the cookie.
    pub shared: Option<Vec<u8>>,
}

impl Store {
    /// Begins a session, and forgets those that ended a day ago. The audit of each tenant that it opens has a row of it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn session_begin(&self, new: &NewSession<'_>) -> Result<(), StoreError> {
        let id = Uuid::now_v7();
        let mut tx = self.pool.begin().await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!: jiff_sqlx::Timestamp""#)
            .fetch_one(&mut *tx)
            .await?
            .to_jiff();
        let lifetime = SignedDuration::try_from(new.lifetime).unwrap_or(SignedDuration::MAX);
        let ends_at = now.saturating_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
        sqlx::query!(
            "WITH begun AS (
               INSERT INTO quell.sessions (hash, id, name, groups, token_id, shared, begun_at, seen_at, ends_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)),
             gone AS (DELETE FROM quell.sessions WHERE ends_at < $7::timestamptz - interval '1 day')
             SELECT quell.note_change(t.id, 'session', $2, NULL, NULL, 'begun', coalesce($3::text, 'operators'' token'), $9, NULL, NULL, NULL)
             FROM quell.tenants t
             WHERE NOT EXISTS (SELECT 1 FROM quell.access_tokens a WHERE a.id = $5 AND a.tenant_id <> t.id)",
            &new.hash[..],
            id,
            new.name,
            new.groups,
            new.token,
            new.shared.as_ref().map(|shared| &shared[..]),
            now.to_sqlx() as jiff_sqlx::Timestamp,
            ends_at.to_sqlx() as jiff_sqlx::Timestamp,
            new.how,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session of that cookie, if it goes on; and, where a person does something, that they were seen in it, within the minute.
    /// What an open page asks for by itself prolongs nothing.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn session_find(
        &self,
        hash: [u8; 32],
        idle: Duration,
        is_by_person: bool,
    ) -> Result<Option<KnownSession>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT s.name, s.groups, s.shared, a.handle AS "handle?",
                 s.seen_at < quell.now() - interval '1 minute' AS "is_to_be_noted!"
               FROM quell.sessions s LEFT JOIN quell.access_tokens a ON a.id = s.token_id
               WHERE s.hash = $1 AND s.ends_at > quell.now() AND s.seen_at > quell.now() - make_interval(secs => $2)"#,
            &hash[..],
            idle.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if is_by_person && row.is_to_be_noted {
            sqlx::query!(
                "UPDATE quell.sessions SET seen_at = quell.now() WHERE hash = $1",
                &hash[..]
            )
            .execute(&self.pool)
            .await?;
        }
        let token = match &row.handle {
            Some(handle) => self.access_token_find(handle).await?,
            None => None,
        };
        Ok(Some(KnownSession {
            name: row.name,
            groups: row.groups,
            token: token.map(|known| known.view),
            shared: row.shared,
        }))
    }

    /// Ends the session of that cookie, if there is one. The audit of each tenant that it opened has a row of it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn session_end(&self, hash: [u8; 32]) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH ended AS (DELETE FROM quell.sessions WHERE hash = $1 RETURNING id, name, token_id)
             SELECT quell.note_change(t.id, 'session', e.id, NULL, 'begun', 'ended', coalesce(e.name, 'operators'' token'), 'signed out',
                 NULL, NULL, NULL)
             FROM ended e CROSS JOIN quell.tenants t
             WHERE NOT EXISTS (SELECT 1 FROM quell.access_tokens a WHERE a.id = e.token_id AND a.tenant_id <> t.id)",
            &hash[..],
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(())
    }
}
