//! `POST /v1/playbooks/activate` and `/v1/playbooks/{name}/revoke`: what is in force, changed by a person.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{AtDesk, Named, TenantParameter};
use super::writing::{VIA, WriteParameters, Writing, written};
use crate::desk::activate::{self, Expected};
use crate::desk::{Desk, Refused, revoke};
use crate::domain::guard::Protections;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::web::answer::Problem;
use crate::web::may::{Administer, May};
use crate::yaml::{Diagnostic, Diagnostics};

/// The largest body with playbooks, bytes.
pub(super) const PLAYBOOKS_LIMIT: usize = 8 * 1024 * 1024;

/// The playbooks that are put in force: all that there are, not only those that change.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivateRequest {
    /// Why, for the record
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// The files
    #[schema(min_items = 1)]
    files: Vec<PlaybookFile>,
    /// Say what would change, and change nothing
    #[serde(default)]
    dry_run: bool,
}

/// A playbook's file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaybookFile {
    /// Its name, for what is said of it: `ransomware.yaml`
    name: String,
    /// Its text
    text: String,
}

/// Put playbooks in force: all of them, in one step, or none
///
/// Every one is checked first; one that is wrong changes nothing. A text that was in force before is read as it was then. `If-Match`
/// names the version of the set that was looked at; `"0"`: none is in force.
#[utoipa::path(post, path = "/v1/playbooks/activate", tag = "playbooks",
    params(("If-Match" = String, Header, description = "The version of the set in force, in quotes"), TenantParameter, WriteParameters),
    request_body = ActivateRequest, responses(
        (status = 200, body = activate::Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn activate(
    may: May<Administer>,
    AtDesk(desk): AtDesk,
    writing: Writing<ActivateRequest>,
) -> Result<Response, Problem> {
    let expected = writing.must_expect("the version of the set in force, as `GET /v1/playbooks` tells it")?;
    let unusable = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "unusable", detail);
    let version = expected.parse().ok().filter(|version| *version >= 0);
    let version =
        version.ok_or_else(|| unusable("`If-Match` is the version of a set, a number in quotes"))?;
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    if body.files.is_empty() {
        return Err(unusable("`files` is empty: `mode: off` switches a playbook off"));
    }
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let files = body.files.into_iter().map(|file| SourceFile {
            name: file.name,
            text: file.text,
        });
        let (files, never): (Arc<[_]>, _) = (files.collect(), &desk.terms.gate.never);
        let mut compiled = compiled(&files, BTreeSet::new(), never).await?;
        if let Err(wrong) = &compiled {
            let kept = desk.kept(&files, wrong).await?;
            if !kept.is_empty() {
                compiled = self::compiled(&files, kept, never).await?;
            }
        }
        let (set, warnings) = compiled.map_err(|wrong| wrong_playbooks(&wrong))?;
        let desk = Desk { store, ..desk };
        let expected = Expected {
            version: Some(version),
            ..Expected::default()
        };
        Ok(desk
            .activate((&set, &warnings), &expected, body.dry_run, &by)
            .await?)
    })
    .await
}

/// The set of these files, or what is wrong with them; away from the threads that others wait for.
async fn compiled(
    files: &Arc<[SourceFile]>,
    kept: BTreeSet<String>,
    never: &Protections,
) -> Result<Result<(PlaybookSet, Diagnostics), Diagnostics>, Problem> {
    let (files, never) = (Arc::clone(files), never.clone());
    let compiled = tokio::task::spawn_blocking(move || activate::compile(&files, &kept, &never));
    compiled.await.map_err(|_| {
        let detail = "the playbooks could not be read: the log of the daemon says how";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    })
}

/// Everything that is wrong with any of them.
fn wrong_playbooks(wrong: &Diagnostics) -> Problem {
    let all: Vec<&Diagnostic> = wrong.iter().collect();
    let detail = format!(
        "{} things are wrong with the playbooks; nothing was changed",
        all.len()
    );
    Problem::refused(Refused::BadPlaybooks, detail).answer(&all)
}

/// Which revision is revoked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RevokeRequest {
    /// Why, for the audit
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// The revision, or at least 6 characters of its beginning
    revision: String,
}

/// Revoke a revision for good: nothing begins under it any more, and what it queued is not called
#[utoipa::path(post, path = "/v1/playbooks/{name}/revoke", tag = "playbooks",
    params(("name" = String, Path, description = "The playbook"), TenantParameter, WriteParameters),
    request_body = RevokeRequest, responses(
        (status = 200, body = revoke::Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn revoke(
    may: May<Administer>,
    AtDesk(desk): AtDesk,
    Named(name): Named<String>,
    writing: Writing<RevokeRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        Ok(desk.revoke(&name, body.revision.trim(), &by).await?)
    })
    .await
}
