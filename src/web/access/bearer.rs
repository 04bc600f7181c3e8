//! `Authorization: Bearer`: the operators' token of the configuration (`http.operator_token_file`), or one of `quell tokens`.
//!
//! A token is looked up at each request, so that one that was revoked opens nothing from then on. What is shown is compared in the
//! same time whatever it is.

use axum::http::{HeaderMap, header};
use secrecy::ExposeSecret as _;

use super::cross_site::{One, one};
use super::lookups::Patience;
use super::refused::Refusal;
use super::{Asked, holder};
use crate::domain::access_token::AccessToken;
use crate::domain::identity::{Identity, Proven};
use crate::store::{KnownToken, TokenState};
use crate::web::Web;
use crate::web::proof::{bearer, same};

/// Who shows a token; `None`: nobody does, or it is the one of senders of events, which says only that. What is shown in another scheme
/// (`Basic`, `Negotiate`) is a proxy's business, which may pass on what it was shown itself.
pub(super) async fn identify(asked: Asked<'_>, web: &Web) -> Result<Option<Identity>, Refusal> {
    let options = &web.0.options;
    if !asked.headers.contains_key(header::AUTHORIZATION) || is_anothers(asked.headers) {
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
    let known = find(text, web, asked.patience).await?;
    if let (Some(store), Some(known)) = (web.0.inbox.store(), &known) {
        store.access_token_used(known.id).await?;
    }
    known
        .map(|known| Some(holder(known.view, Proven::Token)))
        .ok_or_else(unknown)
}

/// Whether `Authorization` stands there once, in a scheme that is not ours.
pub(super) fn is_anothers(headers: &HeaderMap) -> bool {
    let One::Is(shown) = one(headers, &header::AUTHORIZATION) else {
        return false;
    };
    let is_scheme = |scheme: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !scheme.is_empty() && scheme.bytes().all(is_letter) && !scheme.eq_ignore_ascii_case("bearer")
    };
    shown
        .split_once(' ')
        .is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.trim().is_empty())
}

/// The token with that text, if it opens anything now.
///
/// # Errors
/// It is known and its time is over; no place is free for whoever stands back; or Postgres is away.
pub(super) async fn find(text: &str, web: &Web, patience: Patience) -> Result<Option<KnownToken>, Refusal> {
    let (Ok(token), Some(store)) = (AccessToken::parse(text), web.0.inbox.store()) else {
        return Ok(None);
    };
    let found = {
        let place = web.0.lookups.token(patience).await;
        let _place = place.ok_or_else(Refusal::no_place)?;
        store.access_token_find(token.handle()).await?
    };
    let Some(known) = found else { return Ok(None) };
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
