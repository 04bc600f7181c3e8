//! Who asks, and whether they may: what a handler takes so that it cannot forget to ask.
//!
//! A handler of the API or the console has a parameter [`May`] of the right that it needs, and knows who asks only by that.

use std::marker::PhantomData;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::domain::identity::{Identity, Right};
use crate::domain::person::{By, is_reserved, said};
use crate::web::answer::Problem;
use crate::web::{Web, operators};

/// Somebody who has the right `R`.
#[derive(Clone, Debug)]
pub(super) struct May<R> {
    /// Who.
    pub identity: Identity,
    right: PhantomData<fn() -> R>,
}

/// A right, as a type.
pub(super) trait Needs: 'static {
    /// Which.
    const RIGHT: Right;
}

/// Needs [`Right::See`].
#[derive(Clone, Copy, Debug)]
pub(super) enum See {}
/// Needs [`Right::Approve`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Approve {}
/// Needs [`Right::Operate`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Operate {}
/// Needs [`Right::Administer`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Administer {}

impl Needs for See {
    const RIGHT: Right = Right::See;
}
impl Needs for Approve {
    const RIGHT: Right = Right::Approve;
}
impl Needs for Operate {
    const RIGHT: Right = Right::Operate;
}
impl Needs for Administer {
    const RIGHT: Right = Right::Administer;
}

impl<R: Needs> FromRequestParts<Web> for May<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let peer: Result<ConnectInfo<SocketAddr>, _> = ConnectInfo::from_request_parts(parts, web).await;
        let peer = peer.map_or_else(|_| ([0, 0, 0, 0], 0).into(), |ConnectInfo(peer)| peer);
        let identity = operators::identify(&web.0.options, peer, &parts.headers)?;
        if !identity.may(R::RIGHT) {
            let detail = "your roles do not allow that";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail));
        }
        Ok(Self {
            identity,
            right: PhantomData,
        })
    }
}

impl<R> May<R> {
    /// Who does it and why, for the audit. Whoever is known by name goes by that name; else `by` names the person.
    ///
    /// # Errors
    /// There is no reason or no name, or the name is not theirs.
    pub fn by(&self, by: Option<&str>, reason: &str, via: &'static str) -> Result<By, Problem> {
        let bad = |reason: &str, detail: &str| Problem::new(StatusCode::BAD_REQUEST, reason, detail);
        let why = said(reason, 500);
        if why.is_empty() {
            return Err(bad("no_reason", "`reason` is needed: say in a few words why"));
        }
        let who = match (&self.identity.name, by) {
            (Some(_), Some(_)) => {
                let detail = "`by` is for whoever is not known by name: leave it out";
                return Err(bad("by_not_yours", detail));
            }
            (Some(name), None) => name.clone(),
            (None, by) => said(by.unwrap_or_default(), 100),
        };
        if who.is_empty() {
            return Err(bad("no_name", "`by` is needed: who you are"));
        }
        if is_reserved(&who) {
            let detail = format!("`{who}` is a part of quell: say who you are");
            return Err(bad("reserved_name", &detail));
        }
        Ok(By {
            who,
            reason: why,
            via,
            proven: self.identity.proven,
            groups: self.identity.groups.clone(),
        })
    }
}
