//! Requests that wait for an answer, and one of them as an answer given now would be judged. Reads only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::devices::one_more;
use crate::desk::page::{Page, behind};
use crate::desk::{Desk, DeskError, request};
use crate::domain::approval::RequestNumber;
use crate::domain::approval::scene::Difference;
use crate::store::approvals::{AskRow, Block, Judged, RequestView, Review};

/// A request with everything that an approver looks at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestReport {
    /// Its number.
    pub request: String,
    /// The moment.
    pub at: Timestamp,
    /// What `approve --reviewed` takes to say that this was looked at; none: nothing can be answered any more.
    pub reviewed: Option<String>,
    /// Until when devices may still be added to it.
    pub grows_until: Option<Timestamp>,
    /// What can be answered.
    pub open: Vec<OpenAsk>,
    /// What cannot any more.
    pub over: Vec<AskRow>,
}

/// An ask that can be answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenAsk {
    /// The ask.
    #[serde(flatten)]
    pub ask: AskRow,
    /// What is seen now, by name.
    pub now: BTreeMap<String, String>,
    /// What differs from what was seen when it was asked.
    pub changed: Vec<Difference>,
    /// What an approval given now would lift.
    pub would_lift: String,
    /// Why an approval would be refused now, whoever gives it.
    pub refused: Option<String>,
    /// Who approved what is there now.
    pub approved_by: Vec<String>,
}

impl Desk {
    /// The requests that wait for an answer, those that end first first; with `all`, those of the last day too to which nothing can be
    /// said any more. At most `limit`, behind a place in the list.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn approvals(
        &self,
        all: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<RequestView>, DeskError> {
        let after = after.map(behind).transpose()?;
        let rows = self
            .store
            .requests_behind(self.tenant, all, after.as_ref(), one_more(limit))
            .await?;
        let page = Page::of(rows, limit, |(key, _)| key.clone());
        Ok(page.map(|(_, request)| request))
    }

    /// A request as an answer given now would be judged.
    ///
    /// # Errors
    /// There is none of that number, or Postgres is away.
    pub async fn approval(&self, number: RequestNumber) -> Result<RequestReport, DeskError> {
        let request = self.request(number).await?;
        let terms = request.terms(self);
        let review = self.store.request_review(self.tenant, number, &terms).await?;
        Ok(report(review.ok_or_else(|| request::none(number))?))
    }
}

fn report(review: Review) -> RequestReport {
    let is_open = !review.open.is_empty();
    RequestReport {
        request: review.request.to_string(),
        at: review.at,
        reviewed: is_open.then_some(review.token),
        grows_until: review.grows_until,
        open: review
            .open
            .into_iter()
            .map(|(one, beyond)| open(one, beyond))
            .collect(),
        over: review.over,
    }
}

fn open(one: Judged, beyond: Option<String>) -> OpenAsk {
    OpenAsk {
        approved_by: one.approvers().map(str::to_owned).collect(),
        refused: one.block.as_ref().map(Block::told).map(str::to_owned).or(beyond),
        now: one.now.0,
        changed: one.differences,
        would_lift: one.lifts,
        ask: one.ask,
    }
}
