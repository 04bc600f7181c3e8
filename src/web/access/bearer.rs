//! `Authorization: Bearer`: the operators' token of the configuration (`http.operator_token_file`), or one of `quell tokens`.
//!
//! A token is looked up at each request, so that one that was revoked opens nothing from then on. What is shown is compared in the
//! same time whatever it is.

use axum::http::header;
use secrecy::ExposeSecret as _;

use super::refused::Refusal;
use super::{Asked, holder};
use crate::domain::access_token::AccessToken;
use crate::domain::identity::{Identity, Proven};
use crate::store::{KnownToken, TokenState};
use crate::web::Web;
use crate::web::proof::{bearer, same};

/// Who shows a token; `None`: nobody does, or it is the one of senders of events, which says only that.
pub(super) async fn identify(asked: Asked<'_>, web: &Web) -> Result<Option<Identity>, Refusal> {
    let options = &web.0.options;
    if !asked.headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    let shown = bearer(asked.headers).map_err(|_| {
        Refusal::unauthorized(
            "malformed",
            "`Authorization` must stand there once, as `Bearer` and a token",
        )
        .attempt()
    })?;
    let text = std::str::from_utf8(shown).unwrap_or_default();
    // Only what could be found by trying is held back: whoever shares the address with somebody's old token is let through.
    if AccessToken::parse(text).is_err() {
        web.0.refusals.may_try(asked.counted_as())?;
    }
    if options
        .operator_token
        .as_ref()
        .is_some_and(|token| same(shown, token.expose_secret().as_bytes()))
    {
        return Ok(Some(Identity::shared()));
    }
    let is_senders = options
        .token
        .as_ref()
        .is_some_and(|token| same(shown, token.expose_secret().as_bytes()));
    // It opens nothing of an operator's; on this machine it may be asked for beside.
    if is_senders && !super::here::is_closed(options) {
        return Ok(None);
    }
    let known = find(text, web).await?;
    if let (Some(store), Some(known)) = (web.0.inbox.store(), &known) {
        store.access_token_used(known.id).await?;
    }
    known
        .map(|known| Some(holder(known.view, Proven::Token)))
        .ok_or_else(unknown)
}

/// The token with that text, if it opens anything now.
///
/// # Errors
/// It is known and its time is over; or Postgres is away.
pub(super) async fn find(text: &str, web: &Web) -> Result<Option<KnownToken>, Refusal> {
    let (Ok(token), Some(store)) = (AccessToken::parse(text), web.0.inbox.store()) else {
        return Ok(None);
    };
    let Some(known) = store.access_token_find(token.handle()).await? else {
        return Ok(None);
    };
    // Nothing is told of a token to whoever has not shown all of it.
    if !same(&token.hash(), &known.hash) {
        return Ok(None);
    }
    match known.view.state {
        TokenState::Good => Ok(Some(known)),
        TokenState::Expired => {
            let detail = "the time of this token is over: have another one made with `quell tokens create`";
            Err(Refusal::unauthorized("expired", detail).attempt())
        }
        TokenState::Revoked => {
            let detail = "this token was revoked: have another one made with `quell tokens create`";
            Err(Refusal::unauthorized("revoked", detail).attempt())
        }
    }
}

/// What was shown opens nothing.
pub(super) fn unknown() -> Refusal {
    let detail =
        "this token opens nothing here: show one of `quell tokens`, or that of `http.operator_token_file`";
    Refusal::unauthorized("unknown_token", detail).attempt()
}
