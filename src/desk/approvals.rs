//! Requests that wait for an answer, and one of them as an answer given now would be judged. Reads only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Desk, DeskError, sayings};
use crate::domain::approval::RequestNumber;
use crate::domain::approval::scene::Difference;
use crate::store::approvals::{AnswerTerms, AskRow, Block, Judged, RequestView, Review};

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
    /// said any more. At most `limit`.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn approvals(&self, all: bool, limit: usize) -> Result<Vec<RequestView>, DeskError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(self.store.requests(self.tenant, all, limit).await?)
    }

    /// A request as an answer given now would be judged.
    ///
    /// # Errors
    /// There is none of that number, or Postgres is away.
    pub async fn approval(&self, number: RequestNumber) -> Result<RequestReport, DeskError> {
        let missing = || {
            let why = format!(
                "there is no request {number}: `quell approvals list --all` lists those of the last day"
            );
            DeskError::NotFound(why)
        };
        let asks = self.store.request_asks(self.tenant, number).await?;
        if asks.is_empty() {
            return Err(missing());
        }
        let sayings = sayings::read(&self.store, self.tenant, &asks).await?;
        let terms = AnswerTerms {
            rules: &self.terms.approvals,
            gate: &self.terms.gate,
            fleet: self.fleet_known().await?,
            facts_max_age: self.terms.facts_max_age,
            sayings: &sayings,
            kinds: &self.terms.kinds,
        };
        let review = self.store.request_review(self.tenant, number, &terms).await?;
        Ok(report(review.ok_or_else(missing)?))
    }

    /// As decisions have it: what the configuration says, else what the inventory counted not too long ago.
    async fn fleet_known(&self) -> Result<Option<u64>, DeskError> {
        if let Some(fleet) = self.terms.fleet_size {
            return Ok(Some(fleet));
        }
        let counted = self.store.fleet_size(self.tenant).await?;
        let now = self.store.now().await?;
        Ok(counted.and_then(|counted| counted.fresh(now, self.terms.inventory_max_age)))
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
