//! `POST /v1/approvals/{request}/approve` and `reject`: a person's answer.

use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{AtDesk, Named, TenantParameter, bad_id};
use super::writing::{VIA, WriteParameters, Writing, written};
use crate::desk::answer::{Report, Said};
use crate::desk::{Desk, Refused};
use crate::domain::approval::RequestNumber;
use crate::store::approvals::Refusal;
use crate::web::answer::Problem;
use crate::web::may::{Approve, May};

/// What is said to a request.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerRequest {
    /// Why, for the audit
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// Only these devices of it: names, or beginnings of ids
    only: Option<Vec<String>>,
    /// All devices of it but these, about which nothing is said
    #[serde(default)]
    except: Vec<String>,
}

/// Approve a request, or some of its devices
///
/// It is taken as a whole or not at all. Either `If-Match` says with the `ETag` of the request what was looked at, or `only` names
/// the devices.
#[utoipa::path(post, path = "/v1/approvals/{request}/approve", tag = "approvals",
    params(("request" = String, Path, description = "The request, e.g. A-1042"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the request as it was looked at"),
        TenantParameter, WriteParameters),
    request_body = AnswerRequest, responses(
        (status = 200, body = Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn approve(
    may: May<Approve>,
    desk: AtDesk,
    Named(request): Named<String>,
    writing: Writing<AnswerRequest>,
) -> Result<Response, Problem> {
    if writing.body.only.is_none() {
        writing.must_expect(
            "the `ETag` of `GET /v1/approvals/{request}` says what you looked at; or name the devices with `only`",
        )?;
    }
    answer(&may, desk.0, &request, writing, true).await
}

/// Reject a request, or some of its devices
///
/// One person who is asked and says no is enough. With `If-Match` only if the request is as it was looked at.
#[utoipa::path(post, path = "/v1/approvals/{request}/reject", tag = "approvals",
    params(("request" = String, Path, description = "The request, e.g. A-1042"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the request as it was looked at"),
        TenantParameter, WriteParameters),
    request_body = AnswerRequest, responses(
        (status = 200, body = Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn reject(
    may: May<Approve>,
    desk: AtDesk,
    Named(request): Named<String>,
    writing: Writing<AnswerRequest>,
) -> Result<Response, Problem> {
    answer(&may, desk.0, &request, writing, false).await
}

async fn answer(
    may: &May<Approve>,
    desk: Desk,
    request: &str,
    writing: Writing<AnswerRequest>,
    is_yes: bool,
) -> Result<Response, Problem> {
    let number = RequestNumber::parse(request).ok_or_else(|| bad_id("a request is called like `A-1042`"))?;
    let Writing { body, expected, key } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let (store, tenant) = (desk.store.clone(), Some(desk.tenant));
    let as_whom = by.clone();
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        let said = Said {
            only: body.only.as_deref(),
            except: &body.except,
            reviewed: expected.as_deref(),
        };
        let report = match is_yes {
            true => desk.approve(number, &said, &by).await?,
            false => desk.reject(number, &said, &by).await?,
        };
        taken(report, expected.is_some())
    })
    .await
}

/// The report, if the answer was taken; else why it was not.
fn taken(report: Report, is_reviewed: bool) -> Result<Report, Problem> {
    let Some(refusal) = report.refused else {
        return Ok(report);
    };
    let why = match refusal {
        // What whoever asks said that they saw is not what is there.
        Refusal::Changed if is_reviewed => Refused::Stale,
        refusal => Refused::from(refusal),
    };
    let told: Vec<&str> = report.devices.iter().map(|told| told.told.as_str()).collect();
    let detail = match told.as_slice() {
        [] => why.row().means.to_owned(),
        [one] => (*one).to_owned(),
        [first, ..] => format!("{first}; and {} more, see `answer`", told.len() - 1),
    };
    Err(Problem::refused(why, detail).answer(&report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::approvals::Told;

    #[test]
    fn an_answer_that_is_not_taken_has_a_reason_and_says_everything_that_the_command_says() {
        let report = |refused| Report {
            request: "A-1".to_owned(),
            by: "ann".to_owned(),
            reason: "x".to_owned(),
            is_taken: false,
            refused: Some(refused),
            devices: vec![Told {
                device: "d".to_owned(),
                name: None,
                what: "changed",
                told: "device.tags was a, is b".to_owned(),
            }],
        };
        let check = |refused, is_reviewed, status: u16, reason: &str| {
            let problem = taken(report(refused), is_reviewed).expect_err("it is refused");
            assert_eq!(
                (problem.status().as_u16(), problem.reason.as_str()),
                (status, reason)
            );
            let answer = problem.answer.expect("it says what the command says");
            assert_eq!(answer["devices"][0]["told"], "device.tags was a, is b");
        };
        check(Refusal::Changed, false, 409, "changed");
        check(Refusal::Changed, true, 412, "stale");
        check(Refusal::NotAllowed, true, 403, "not_allowed");
        check(Refusal::Guard, true, 422, "guard");
        check(Refusal::Over, false, 409, "over");
        check(Refusal::NoSuchRequest, false, 404, "no_such_request");
    }
}
