//! `POST /v1/containments/{id}/extend`: another end. `POST /v1/releases`: the release of a selection, shown first.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::{AtDesk, Named, TenantParameter};
use super::contain::span;
use super::writing::{VIA, WriteParameters, Writing, written};
use crate::desk::release_many::Shown;
use crate::desk::{Desk, extend};
use crate::store::{NewEnd, RunView, Selection};
use crate::web::answer::Problem;
use crate::web::may::{May, Operate, See};

/// Another end.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtendRequest {
    /// Why, for the audit
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// So much later than planned: `4h`, `2d`; this or `until`
    by_span: Option<String>,
    /// At this time; this or `by_span`
    until: Option<Timestamp>,
    /// An earlier end than planned is meant
    #[serde(default)]
    shorten: bool,
}

/// Give a containment a later end
#[utoipa::path(post, path = "/v1/containments/{id}/extend", tag = "devices",
    params(("id" = Uuid, Path, description = "The containment"), TenantParameter, WriteParameters),
    request_body = ExtendRequest, responses(
        (status = 200, body = extend::Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn extend(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Named(id): Named<Uuid>,
    writing: Writing<ExtendRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let end = match (&body.by_span, body.until) {
        (Some(by_span), None) => NewEnd::By(span(by_span)?),
        (None, Some(until)) => NewEnd::At(until),
        _ => return Err(unusable("one of `by_span` and `until` is needed")),
    };
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        Ok(desk.extend(id, end, body.shorten, &by).await?)
    })
    .await
}

/// Which containments are ended, and whether only to look.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleasesRequest {
    /// Why, for the audit and for Defender's comment; a dry run needs none
    #[serde(default)]
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// Those of this playbook
    playbook: Option<String>,
    /// Whose revision begins so; goes with `playbook`
    revision: Option<String>,
    /// Begun, or asked, at this moment or later
    since: Option<Timestamp>,
    /// Begun, or asked, before this moment
    until: Option<Timestamp>,
    /// On devices of this group, in any case
    group: Option<String>,
    /// Every containment: nothing else is given then
    #[serde(default)]
    all: bool,
    /// Only show what it would do
    #[serde(default)]
    dry_run: bool,
    /// The `token` of the dry run: exactly what it showed is released
    token: Option<String>,
}

/// What a release of many answers: a dry run what it would do, else the run as it begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Releases {
    /// What it would do.
    Shown(Box<Shown>),
    /// The run.
    Begun(Box<RunView>),
}

impl ReleasesRequest {
    fn selection(&self) -> Result<Selection, Problem> {
        let selection = Selection {
            playbook: self.playbook.clone(),
            revision: self.revision.clone(),
            since: self.since,
            until: self.until,
            group: self.group.clone(),
        };
        if (selection == Selection::default()) != self.all {
            return Err(unusable(
                "say which containments: `playbook`, `since`, `until`, `group`; or `all` alone",
            ));
        }
        if selection.revision.is_some() && selection.playbook.is_none() {
            return Err(unusable("`revision` goes with `playbook`"));
        }
        Ok(selection)
    }
}

/// End every containment of a selection
///
/// With `dry_run` it answers how many devices, how many calls, when the last may have left, and a `token`. Without it that token is
/// needed, and exactly what was shown is ended, in batches, by whichever daemon lives.
#[utoipa::path(post, path = "/v1/releases", tag = "devices", params(TenantParameter, WriteParameters),
    request_body = ReleasesRequest, responses(
        (status = 200, body = Releases),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn releases(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    writing: Writing<ReleasesRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let selection = body.selection()?;
    let reason = match body.dry_run {
        true => "a dry run",
        false => body.reason.as_str(),
    };
    let by = may.by(body.by.as_deref().or(nameless(&may, body.dry_run)), reason, VIA)?;
    if !body.dry_run && body.token.is_none() {
        let detail = "`token` is needed: ask with `dry_run` first, and show the token of what you saw";
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition_required",
            detail,
        ));
    }
    // Whoever only looks may look again.
    let key = key.filter(|_| !body.dry_run);
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        Ok(match (body.dry_run, &body.token) {
            (false, Some(token)) => {
                Releases::Begun(Box::new(desk.release_many(selection, token.trim(), &by).await?))
            }
            _ => Releases::Shown(Box::new(desk.release_shown(selection).await?)),
        })
    })
    .await
}

/// Whoever only looks need not say who they are.
fn nameless(may: &May<Operate>, is_dry_run: bool) -> Option<&'static str> {
    (is_dry_run && may.identity.name.is_none()).then_some("nobody")
}

/// How far a release of many is
#[utoipa::path(get, path = "/v1/releases/{run}", tag = "devices",
    params(("run" = String, Path, description = "The beginning of its id, or `last`"), TenantParameter), responses(
        (status = 200, body = RunView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn run(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(run): Named<String>,
) -> Result<axum::Json<RunView>, Problem> {
    Ok(axum::Json(desk.release_run(&run).await?))
}

fn unusable(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "unusable", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_of_many_says_what_it_means_and_everything_only_by_name() {
        let of = |body: &str| {
            let request: ReleasesRequest = serde_json::from_str(body).expect("it is a request");
            request.selection()
        };
        assert_eq!(of(r#"{"all": true}"#).expect("everything"), Selection::default());
        assert!(of(r#"{"playbook": "p", "revision": "0123ab"}"#).is_ok());
        for body in [
            r"{}",
            r#"{"all": true, "group": "g"}"#,
            r#"{"all": false}"#,
            r#"{"revision": "0123ab"}"#,
        ] {
            assert!(of(body).is_err(), "{body}");
        }
        let unknown = r#"{"playbok": "p", "all": true}"#;
        assert!(serde_json::from_str::<ReleasesRequest>(unknown).is_err());
    }
}
