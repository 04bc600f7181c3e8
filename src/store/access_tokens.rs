//! The tokens that operators and programs show. Kept is the SHA-256 of each; whoever asks with one is found by its handle, and
//! [`crate::web`] compares. A token is revoked in the next request of every replica, as each looks here.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::identity::Role;
use crate::domain::person::By;
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// A token to be kept.
#[derive(Clone, Debug)]
pub struct NewAccessToken<'a> {
    /// What it is called by.
    pub handle: &'a str,
    /// The SHA-256 of the token.
    pub hash: [u8; 32],
    /// The one tenant that it opens; `None`: each.
    pub tenant: Option<TenantId>,
    /// Under what name its holder acts.
    pub name: &'a str,
    /// What its holder may.
    pub roles: &'a [Role],
    /// The groups in whose name its holder answers requests.
    pub groups: &'a [String],
    /// How long it is good for.
    pub span: Duration,
}

/// Whether a token opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It does.
    Good,
    /// Its time is over.
    Expired,
    /// Somebody ended it.
    Revoked,
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccessTokenView {
    /// What it is called by: the 8 letters after `qll_`.
    pub handle: String,
    /// Under what name its holder acts.
    pub name: String,
    /// Whether it opens anything now.
    pub state: TokenState,
    /// What its holder may.
    pub roles: Vec<Role>,
    /// The groups in whose name its holder answers requests.
    pub groups: Vec<String>,
    /// The one tenant that it opens; `null`: each.
    pub tenant: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was last shown, within the hour.
    pub last_used_at: Option<Timestamp>,
    /// When somebody revoked it.
    pub revoked_at: Option<Timestamp>,
    /// Who.
    pub revoked_by: Option<String>,
    /// Why.
    pub revoked_reason: Option<String>,
}

/// A token that somebody may have shown.
#[derive(Clone, Debug)]
pub struct KnownToken {
    /// Its row.
    pub id: Uuid,
    /// The SHA-256 of the token: to be compared before anything else here is believed of whoever shows one.
    pub hash: [u8; 32],
    /// All else.
    pub view: AccessTokenView,
}

/// What came of an order to revoke.
#[derive(Clone, Debug)]
pub enum Revoked {
    /// It opens nothing any more.
    Now(AccessTokenView),
    /// Somebody had done so before.
    Before(AccessTokenView),
    /// There is no such token.
    Unknown,
}

/// A row as it is read.
struct Row {
    id: Uuid,
    handle: String,
    hash: Vec<u8>,
    name: String,
    roles: Vec<String>,
    groups: Vec<String>,
    tenant: Option<String>,
    created_at: jiff_sqlx::Timestamp,
    created_by: String,
    reason: String,
    expires_at: jiff_sqlx::Timestamp,
    last_used_at: Option<jiff_sqlx::Timestamp>,
    revoked_at: Option<jiff_sqlx::Timestamp>,
    revoked_by: Option<String>,
    revoked_reason: Option<String>,
    is_over: bool,
}

impl Store {
    /// Keeps a token, with a row of the audit for each tenant that it opens.
    ///
    /// # Errors
    /// Postgres is not available, or the handle is taken.
    pub async fn access_token_create(
        &self,
        new: &NewAccessToken<'_>,
        by: &By,
    ) -> Result<AccessTokenView, StoreError> {
        let id = Uuid::now_v7();
        let roles: Vec<String> = new.roles.iter().map(|role| role.as_str().to_owned()).collect();
        let mut tx = self.begin().await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!: jiff_sqlx::Timestamp""#)
            .fetch_one(&mut *tx)
            .await?
            .to_jiff();
        let span = SignedDuration::try_from(new.span).unwrap_or(SignedDuration::MAX);
        let until = now.saturating_add(span).unwrap_or(Timestamp::MAX);
        sqlx::query!(
            "WITH made AS (
               INSERT INTO quell.access_tokens
                 (id, handle, hash, tenant_id, name, roles, groups, created_at, created_by, reason, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))
             SELECT quell.note_change(t.id, 'access_token', $1, NULL, NULL, 'good', $9, $10, NULL, NULL, jsonb_build_object(
                 'handle', $2::text, 'name', $5::text, 'roles', $6::text[], 'groups', $7::text[], 'until', $11::timestamptz,
                 'via', $12::text))
             FROM quell.tenants t WHERE $4::int IS NULL OR t.id = $4",
            id,
            new.handle,
            &new.hash[..],
            new.tenant.map(|tenant| tenant.0),
            new.name,
            &roles,
            new.groups,
            now.to_sqlx() as jiff_sqlx::Timestamp,
            by.who,
            by.reason,
            until.to_sqlx() as jiff_sqlx::Timestamp,
            by.via,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let made = self.access_token_find(new.handle).await?;
        made.map(|known| known.view)
            .ok_or(StoreError::Stale("the token that was just made"))
    }

    /// Every token, the newest first; with a tenant, only those that open that one alone.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn access_tokens(&self, only: Option<TenantId>) -> Result<Vec<AccessTokenView>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT a.id, a.handle, a.hash, a.name, a.roles, a.groups, t.name AS "tenant?",
                 a.created_at AS "created_at: jiff_sqlx::Timestamp", a.created_by, a.reason,
                 a.expires_at AS "expires_at: jiff_sqlx::Timestamp",
                 a.last_used_at AS "last_used_at: jiff_sqlx::Timestamp",
                 a.revoked_at AS "revoked_at: jiff_sqlx::Timestamp", a.revoked_by, a.revoked_reason,
                 a.expires_at <= quell.now() AS "is_over!"
               FROM quell.access_tokens a LEFT JOIN quell.tenants t ON t.id = a.tenant_id
               WHERE $1::int IS NULL OR a.tenant_id = $1 ORDER BY a.created_at DESC, a.id DESC LIMIT 10000"#,
            only.map(|tenant| tenant.0),
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(|row| Ok(known(row)?.view)).collect()
    }

    /// The token that is called so, whatever its state.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn access_token_find(&self, handle: &str) -> Result<Option<KnownToken>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT a.id, a.handle, a.hash, a.name, a.roles, a.groups, t.name AS "tenant?",
                 a.created_at AS "created_at: jiff_sqlx::Timestamp", a.created_by, a.reason,
                 a.expires_at AS "expires_at: jiff_sqlx::Timestamp",
                 a.last_used_at AS "last_used_at: jiff_sqlx::Timestamp",
                 a.revoked_at AS "revoked_at: jiff_sqlx::Timestamp", a.revoked_by, a.revoked_reason,
                 a.expires_at <= quell.now() AS "is_over!"
               FROM quell.access_tokens a LEFT JOIN quell.tenants t ON t.id = a.tenant_id WHERE a.handle = $1"#,
            handle,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(known).transpose()
    }

    /// Notes that a token was shown. Within the hour: one write an hour for each token.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn access_token_used(&self, id: Uuid) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.access_tokens SET last_used_at = quell.now()
             WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < quell.now() - interval '1 hour')",
            id
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends a token at once, and with it the sessions that were begun with it; with a tenant, only one that opens that alone.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn access_token_revoke(
        &self,
        handle: &str,
        only: Option<TenantId>,
        by: &By,
    ) -> Result<Revoked, StoreError> {
        let mut tx = self.begin().await?;
        let revoked = sqlx::query!(
            "UPDATE quell.access_tokens SET revoked_at = quell.now(), revoked_by = $2, revoked_reason = $3
             WHERE handle = $1 AND revoked_at IS NULL AND ($4::int IS NULL OR tenant_id = $4) RETURNING id, tenant_id",
            handle,
            by.who,
            by.reason,
            only.map(|tenant| tenant.0),
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(row) = &revoked {
            sqlx::query!(
                "SELECT quell.note_change(t.id, 'access_token', $1, NULL, 'good', 'revoked', $2, $3, NULL, NULL,
                     jsonb_build_object('handle', $4::text, 'via', $5::text))
                 FROM quell.tenants t WHERE $6::int IS NULL OR t.id = $6",
                row.id,
                by.who,
                by.reason,
                handle,
                by.via,
                row.tenant_id,
            )
            .fetch_all(&mut *tx)
            .await?;
            sqlx::query!("DELETE FROM quell.sessions WHERE token_id = $1", row.id)
                .execute(&mut *tx)
                .await?;
        }
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.access_tokens
                 WHERE handle = $1 AND ($2::int IS NULL OR tenant_id = $2)) AS "is!""#,
            handle,
            only.map(|tenant| tenant.0),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        let known = self.access_token_find(handle).await?.filter(|_| there);
        Ok(match (revoked, known) {
            (_, None) => Revoked::Unknown,
            (Some(_), Some(known)) => Revoked::Now(known.view),
            (None, Some(known)) => Revoked::Before(known.view),
        })
    }
}

fn known(row: Row) -> Result<KnownToken, StoreError> {
    let corrupt = |column, value: String| StoreError::Corrupt {
        table: "access_tokens",
        column,
        row: row.handle.clone(),
        value,
    };
    let hash = <[u8; 32]>::try_from(row.hash.as_slice())
        .map_err(|_| corrupt("hash", format!("{} bytes", row.hash.len())))?;
    let roles = row
        .roles
        .iter()
        .map(|name| Role::parse(name).ok_or_else(|| corrupt("roles", name.clone())));
    let roles = roles.collect::<Result<_, _>>()?;
    let state = match (row.revoked_at, row.is_over) {
        (Some(_), _) => TokenState::Revoked,
        (None, true) => TokenState::Expired,
        (None, false) => TokenState::Good,
    };
    Ok(KnownToken {
        id: row.id,
        hash,
        view: AccessTokenView {
            handle: row.handle,
            name: row.name,
            state,
            roles,
            groups: row.groups,
            tenant: row.tenant,
            created_at: row.created_at.to_jiff(),
            created_by: row.created_by,
            reason: row.reason,
            expires_at: row.expires_at.to_jiff(),
            last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
            revoked_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
            revoked_by: row.revoked_by,
            revoked_reason: row.revoked_reason,
        },
    })
}
