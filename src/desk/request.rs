//! A request with all that its answers are judged by: read once, before it is shown or answered.

use std::collections::BTreeSet;

use crate::desk::{Desk, DeskError, Refused, sayings};
use crate::domain::approval::{RequestNumber, Sayings};
use crate::domain::device::DeviceId;
use crate::store::approvals::{AnswerTerms, AskRow};

/// Shorter beginnings of an id fit too many devices by chance.
const SHORTEST_PREFIX: usize = 6;

/// A request with all that its answers are judged by.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its asks, in whatever state.
    pub asks: Vec<AskRow>,
    sayings: Sayings,
    fleet: Option<u64>,
}

impl Desk {
    /// Reads a request.
    ///
    /// # Errors
    /// There is no such request, or Postgres is away.
    pub async fn request(&self, number: RequestNumber) -> Result<Request, DeskError> {
        let asks = self.store.request_asks(self.tenant, number).await?;
        if asks.is_empty() {
            return Err(none(number));
        }
        let sayings = sayings::read(&self.store, self.tenant, &asks).await?;
        Ok(Request {
            asks,
            sayings,
            fleet: self.fleet().await?,
        })
    }

    /// How many devices the fleet has, as decisions know it: what the configuration says, else what the inventory counted not
    /// too long ago.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn fleet(&self) -> Result<Option<u64>, DeskError> {
        if self.terms.fleet_size.is_some() {
            return Ok(self.terms.fleet_size);
        }
        let counted = self.store.fleet_size(self.tenant).await?;
        let now = self.store.now().await?;
        Ok(counted.and_then(|counted| counted.fresh(now, self.terms.inventory_max_age)))
    }
}

/// That there is no request of that number.
pub(super) fn none(number: RequestNumber) -> DeskError {
    let why =
        format!("there is no request {number}: `quell approvals list --all` lists those of the last day");
    DeskError::Refused(Refused::NoSuchRequest, why)
}

impl Request {
    /// What its answers are judged by.
    pub fn terms<'a>(&'a self, desk: &'a Desk) -> AnswerTerms<'a> {
        AnswerTerms {
            rules: &desk.terms.approvals,
            gate: &desk.terms.gate,
            fleet: self.fleet,
            facts_max_age: desk.terms.facts_max_age,
            sayings: &self.sayings,
            kinds: &desk.terms.kinds,
        }
    }

    /// How many of its devices wait for an answer, but for those that are named.
    ///
    /// # Errors
    /// A name fits no device of it, or several.
    pub fn waiting(&self, except: &[String]) -> Result<usize, DeskError> {
        let except = self.named(except)?;
        let waits = |ask: &&AskRow| ask.state == "asked" && !except.contains(&ask.device);
        let devices: BTreeSet<&str> = self
            .asks
            .iter()
            .filter(waits)
            .map(|ask| ask.device.as_str())
            .collect();
        Ok(devices.len())
    }

    /// The devices of the request that are named: by a name, whole or up to the first dot, or the beginning of an id.
    ///
    /// # Errors
    /// A name fits no device of it, or several.
    pub fn named(&self, wanted: &[String]) -> Result<Vec<DeviceId>, DeskError> {
        let named = wanted.iter().map(|wanted| self.one(wanted));
        named.collect::<Result<_, _>>().map_err(DeskError::Unusable)
    }

    fn one(&self, wanted: &str) -> Result<DeviceId, String> {
        let wanted_low = wanted.trim().to_lowercase();
        let is_long = wanted_low.chars().count() >= SHORTEST_PREFIX;
        let fits = |ask: &&AskRow| {
            let name = ask.name.as_ref().map(|name| name.to_lowercase());
            let first = name.as_deref().and_then(|name| name.split('.').next());
            name.as_deref() == Some(wanted_low.as_str())
                || first == Some(wanted_low.as_str())
                || (is_long && ask.device.as_str().to_lowercase().starts_with(&wanted_low))
        };
        let mut fitting: Vec<&DeviceId> = self.asks.iter().filter(fits).map(|ask| &ask.device).collect();
        fitting.dedup();
        match fitting.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(format!(
                "the request has no device `{wanted}`: a name, or 6 characters of an id"
            )),
            many => Err(format!("`{wanted}` fits {} devices of the request", many.len())),
        }
    }
}
