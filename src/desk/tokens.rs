//! The tokens by which operators and programs show who they are: made, listed, revoked. `quell tokens` and `/v1/tokens`.

use std::ops::RangeInclusive;
use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Desk, DeskError};
use crate::domain::access_token::AccessToken;
use crate::domain::identity::Role;
use crate::domain::person::{By, is_reserved, said};
use crate::domain::tenant::TenantId;
use crate::store::{AccessTokenView, NewAccessToken, Revoked};

/// How long a token may be good for.
pub const SPANS: RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(365 * 86_400);

/// How long it is good for where nobody says.
pub const SPAN: Duration = Duration::from_secs(90 * 86_400);

/// So many groups at most answer requests through one token.
const GROUPS: usize = 50;

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenOrder {
    /// Under what name its holder acts.
    pub name: String,
    /// What its holder may.
    pub roles: Vec<Role>,
    /// The groups in whose name its holder answers requests.
    pub approves_for: Vec<String>,
    /// How long it is good for.
    pub span: Duration,
    /// It opens this desk's tenant alone.
    pub only_tenant: bool,
}

/// A token that was just made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenMade {
    /// The token itself. It is shown this once; nobody can find it out again.
    pub token: String,
    /// What is kept of it.
    #[serde(flatten)]
    pub kept: AccessTokenView,
}

/// The tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// The newest first, 10,000 at most; those that open nothing any more too.
    pub items: Vec<AccessTokenView>,
}

impl Desk {
    /// Every token; for whoever may see this tenant alone, those that open it alone.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn tokens(&self, only_tenant: bool) -> Result<Tokens, DeskError> {
        let items = self.store.access_tokens(self.only(only_tenant)).await?;
        Ok(Tokens { items })
    }

    /// Makes a token.
    ///
    /// # Errors
    /// The order makes no sense, or Postgres is away.
    pub async fn token_make(&self, order: &TokenOrder, by: &By) -> Result<TokenMade, DeskError> {
        let name = judged(order)?;
        let random = SystemRandom::new();
        let (mut handle, mut secret) = ([0; 5], [0; 32]);
        let filled = random.fill(&mut handle).and_then(|()| random.fill(&mut secret));
        filled.expect("the system has random bits");
        let token = AccessToken::new(handle, secret);
        let new = NewAccessToken {
            handle: token.handle(),
            hash: token.hash(),
            tenant: self.only(order.only_tenant),
            name: &name,
            roles: &order.roles,
            groups: &order.approves_for,
            span: order.span,
        };
        Ok(TokenMade {
            kept: self.store.acting(by).access_token_create(&new, by).await?,
            token: token.expose().to_owned(),
        })
    }

    /// Revokes a token, at once, with the sessions that were begun with it; by its handle, as lists show it, or the token itself.
    ///
    /// # Errors
    /// There is no such token, or it was revoked before; or Postgres is away.
    pub async fn token_revoke(
        &self,
        handle: &str,
        only_tenant: bool,
        by: &By,
    ) -> Result<AccessTokenView, DeskError> {
        let shown = AccessToken::parse(handle);
        let handle = shown
            .as_ref()
            .map_or(handle.trim_start_matches("qll_"), AccessToken::handle);
        match self
            .store
            .acting(by)
            .access_token_revoke(handle, self.only(only_tenant), by)
            .await?
        {
            Revoked::Now(view) => Ok(view),
            Revoked::Before(view) => {
                let by = view.revoked_by.unwrap_or_default();
                Err(DeskError::Unusable(format!(
                    "the token `{handle}` was revoked before, by {by}"
                )))
            }
            Revoked::Unknown => {
                let why = format!(
                    "there is no token `{}`: see `quell tokens list`",
                    said(handle, 80)
                );
                Err(DeskError::NotFound(why))
            }
        }
    }

    fn only(&self, only_tenant: bool) -> Option<TenantId> {
        only_tenant.then_some(self.tenant)
    }
}

/// The name of whoever holds it, if the order makes sense.
fn judged(order: &TokenOrder) -> Result<String, DeskError> {
    let wrong = |why: &str| Err(DeskError::Unusable(why.to_owned()));
    let name = said(&order.name, 100);
    if name.is_empty() {
        return wrong("the token needs a name: who or what will hold it, as the audit shall tell");
    }
    if is_reserved(&name) {
        return wrong("quell itself goes by that name in the audit: say who will hold the token");
    }
    if order.roles.is_empty() {
        return wrong("the token needs a role at least: viewer, approver, operator or admin");
    }
    let approves = order
        .roles
        .iter()
        .any(|role| matches!(role, Role::Approver | Role::Admin));
    if !order.approves_for.is_empty() && !approves {
        return wrong("whoever answers requests for a group needs the role approver");
    }
    let is_group = |group: &String| !group.is_empty() && *group == said(group, 100);
    if order.approves_for.len() > GROUPS || !order.approves_for.iter().all(is_group) {
        return wrong("the groups are at most 50 plain names");
    }
    if !SPANS.contains(&order.span) {
        return wrong("a token is good for at least 1 min and at most 365 d");
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_makes_no_sense_is_not_made() {
        let order = TokenOrder {
            name: " ci ".to_owned(),
            roles: vec![Role::Operator],
            approves_for: Vec::new(),
            span: SPAN,
            only_tenant: false,
        };
        assert_eq!(judged(&order).expect("it makes sense"), "ci");
        let wrong = |change: fn(&mut TokenOrder), why: &str| {
            let mut order = order.clone();
            change(&mut order);
            let error = judged(&order).expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        };
        wrong(|order| order.name = "\u{7}".to_owned(), "needs a name");
        wrong(|order| order.name = "gate".to_owned(), "quell itself");
        wrong(|order| order.roles.clear(), "needs a role");
        wrong(
            |order| order.approves_for = vec!["soc".to_owned()],
            "role approver",
        );
        wrong(
            |order| {
                order.roles = vec![Role::Approver];
                order.approves_for = vec!["a\nb".to_owned()];
            },
            "plain names",
        );
        wrong(|order| order.span = Duration::from_secs(366 * 86_400), "365 d");
        wrong(|order| order.span = Duration::from_secs(59), "1 min");
    }
}
