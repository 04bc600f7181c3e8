//! What a trusted proxy says of whoever asks: `http.access.proxy`, from the addresses of `http.trusted_proxies` alone.

use axum::http::HeaderMap;

use super::cross_site::{One, one};
use super::refused::Refusal;
use super::{Access, Asked, roles};
use crate::domain::identity::{Identity, Proven};
use crate::domain::person::said;

/// No name, and no group, is longer.
const LONGEST: usize = 200;

/// So many groups at most are looked at.
const GROUPS: usize = 500;

/// Who asks, as the proxy says; `None`: it is no trusted proxy, or says nothing.
pub(super) fn identify(asked: Asked<'_>, access: &Access) -> Result<Option<Identity>, Refusal> {
    let Some(by) = access.proxy.as_ref().filter(|_| asked.is_by_proxy) else {
        return Ok(None);
    };
    let name = match one(asked.headers, &by.user) {
        One::None | One::Is("") => return Ok(None),
        One::Is(name) if name == said(name, LONGEST) => name,
        One::Is(_) | One::Unclear => {
            let detail = "the proxy names whoever asks twice, or not in plain text: let it replace the header that comes from outside";
            return Err(Refusal::forbidden("malformed", detail));
        }
    };
    let groups = by
        .groups
        .as_ref()
        .map(|header| groups(asked.headers, header))
        .unwrap_or_default();
    let known = roles::known(&access.roles, name, &groups, Proven::Proxy);
    known.map(Some).ok_or_else(no_role)
}

/// What is said to whoever is known and may nothing.
pub(super) fn no_role() -> Refusal {
    let detail = "you are known, and no entry of `http.access.roles` is for you or a group of yours: ask whoever runs quell";
    Refusal::forbidden("no_role", detail)
}

fn groups(headers: &HeaderMap, header: &axum::http::HeaderName) -> Vec<String> {
    let values = headers
        .get_all(header)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(',')).map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .take(GROUPS)
        .map(str::to_owned)
        .collect()
}
