//! `quell approvals`: what people are asked, and their answers. One request may be about many devices. Like the other operators'
//! commands they go through Postgres with the daemon's own configuration, and work while no daemon runs.

pub mod answer;
pub mod list;
pub mod show;
pub mod waiting;

use std::process::ExitCode;

use super::operator::{Session, nothing_done};
use crate::desk::sayings;
use crate::domain::approval::{RequestNumber, Sayings};
use crate::domain::device::DeviceId;
use crate::store::Gate;
use crate::store::approvals::{AnswerTerms, AskRow};

/// What to do with requests.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the requests that wait for an answer, those that end first first
    List(list::Args),
    /// Show a request: its devices, what changed since it was asked, who answered, and how to answer
    Show(show::Args),
    /// Approve a request, or some of its devices
    Approve(answer::ApproveArgs),
    /// Reject a request, or some of its devices: one person who is asked and says no is enough
    Reject(answer::RejectArgs),
}

/// Does it: exit code 1 when the answer is no, 3 when it could not be found out, 4 when the person may not, 5 when a guard
/// refuses.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::Approve(args) => answer::approve(args).await,
        Command::Reject(args) => answer::reject(args).await,
    }
}

/// A request's number as it is typed.
fn number(text: &str) -> Result<RequestNumber, String> {
    RequestNumber::parse(text).ok_or_else(|| "a request is called like `A-1042`".to_owned())
}

/// A request with all that its answers are judged by.
struct Request {
    asks: Vec<AskRow>,
    sayings: Sayings,
    gate: Gate,
    fleet: Option<u64>,
}

impl Request {
    /// Reads it; `None`: there is no such request.
    async fn read(session: &Session, number: RequestNumber) -> anyhow::Result<Option<Self>> {
        let asks = session.store.request_asks(session.id, number).await?;
        if asks.is_empty() {
            return Ok(None);
        }
        let sayings = sayings::read(&session.store, session.id, &asks).await?;
        // As decisions have it: what the configuration says, else what the inventory counted not too long ago.
        let fleet = match session.tenant.fleet_size {
            Some(fleet) => Some(fleet),
            None => {
                let max_age = session.config.scaled(session.config.facts.inventory.max_age);
                let (counted, now) = (
                    session.store.fleet_size(session.id).await?,
                    session.store.now().await?,
                );
                counted.and_then(|counted| counted.fresh(now, max_age))
            }
        };
        Ok(Some(Self {
            asks,
            sayings,
            gate: session.gate(),
            fleet,
        }))
    }

    fn terms<'a>(&'a self, session: &'a Session) -> AnswerTerms<'a> {
        AnswerTerms {
            rules: &session.config.approvals,
            gate: &self.gate,
            fleet: self.fleet,
            facts_max_age: session.config.scaled(session.config.facts.max_age),
            sayings: &self.sayings,
            kinds: &session.config.kinds,
        }
    }

    /// The devices of the request that are named: by a name, whole or up to the first dot, or the beginning of an id.
    fn named(&self, wanted: &[String]) -> Result<Vec<DeviceId>, String> {
        wanted.iter().map(|wanted| self.one(wanted)).collect()
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

/// Shorter beginnings of an id fit too many devices by chance.
const SHORTEST_PREFIX: usize = 6;

fn no_such(number: RequestNumber) -> ExitCode {
    nothing_done(&format!(
        "there is no request {number}: `quell approvals list --all` lists those of the last day"
    ))
}
