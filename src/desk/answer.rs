//! A person's answer to a request: given as a whole or not at all, and what followed. Behind `quell approvals approve` and
//! `reject`, `POST /v1/approvals/{request}/approve` and `reject`, and the console's page of the request.

use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Desk, DeskError, Refused};
use crate::domain::approval::{RequestNumber, person};
use crate::domain::person::{By, is_reserved};
use crate::store::approvals::{Answer, Answered, Refusal, Told};

/// What a person says of a request.
#[derive(Clone, Debug, Default)]
pub struct Said<'a> {
    /// Only these devices of it: names, or beginnings of ids; `None`: all. None at all is no answer.
    pub only: Option<&'a [String]>,
    /// All devices of it but these, about which nothing is said.
    pub except: &'a [String],
    /// The token of what was looked at, with an approval; none: what was seen when it was asked.
    pub reviewed: Option<&'a str>,
}

/// What was said, and what followed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AnswerReport)]
pub struct Report {
    /// The request.
    pub request: String,
    /// Who answered.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether the answer was taken.
    pub is_taken: bool,
    /// Why it was not.
    pub refused: Option<Refusal>,
    /// What is said about each device.
    pub devices: Vec<Told>,
}

impl Desk {
    /// Approves a request, or some of its devices. The report says whether that was taken.
    ///
    /// # Errors
    /// There is no such request or device of it, the name is Quell's own, or Postgres is away.
    pub async fn approve(
        &self,
        request: RequestNumber,
        said: &Said<'_>,
        by: &By,
    ) -> Result<Report, DeskError> {
        self.answer(request, true, said, by).await
    }

    /// Rejects a request, or some of its devices: one person who is asked and says no is enough.
    ///
    /// # Errors
    /// As [`Desk::approve`].
    pub async fn reject(
        &self,
        request: RequestNumber,
        said: &Said<'_>,
        by: &By,
    ) -> Result<Report, DeskError> {
        self.answer(request, false, said, by).await
    }

    async fn answer(
        &self,
        number: RequestNumber,
        is_yes: bool,
        said: &Said<'_>,
        by: &By,
    ) -> Result<Report, DeskError> {
        // The names of the daemon's parts are refused in any case of letters.
        let who = person(&by.who);
        if is_reserved(&who) {
            let why = format!("`{who}` is a name that quell itself goes by in the audit: choose another");
            return Err(DeskError::Refused(Refused::ReservedName, why));
        }
        let request = self.request(number).await?;
        if said.only.is_some_and(<[String]>::is_empty) {
            let why = "no device is chosen: name those that are meant";
            return Err(DeskError::Unusable(why.to_owned()));
        }
        let only = request.named(said.only.unwrap_or_default())?;
        let except = request.named(said.except)?;
        let answer = Answer {
            request: number,
            is_yes,
            only: &only,
            except: &except,
            who: &who,
            groups: &by.groups,
            reason: &by.reason,
            reviewed: said.reviewed.map(str::trim),
        };
        let answered = self
            .store
            .acting(by)
            .approval_answer(self.tenant, &answer, &request.terms(self))
            .await?;
        let (refused, devices) = match answered {
            Answered::Given(told) => (None, told),
            Answered::Refused(refusal, told) => (Some(refusal), told),
        };
        Ok(Report {
            request: number.to_string(),
            is_taken: refused.is_none(),
            refused,
            devices,
            by: who,
            reason: by.reason.clone(),
        })
    }
}
