//! The client: one method for each call that Quell makes.
//!
//! An action call takes a permit and gives an answer, whatever happens; a read takes a read permit for each page and gives
//! a result. Every URL is built from the configured endpoint, so the token goes nowhere else. Called by `worker::submit`,
//! `worker::reconcile` and the fetching of facts.

use std::future::Future;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{RequestBuilder, Url};
use serde::Serialize;

use crate::clock;
use crate::defender::OptionsError;
use crate::defender::answer::{classify, json};
use crate::defender::claims;
use crate::defender::hosts::is_safe_segment;
use crate::defender::http::{Failure, Http, Reply, TimeLimits, chain};
use crate::defender::listing::{Listing, MachineActionFilter, quoted};
use crate::defender::machine::{self, Machine};
use crate::defender::machine_action;
use crate::defender::options::Options;
use crate::defender::reads::{MAX_MACHINE_IDS, ReadError, readable};
use crate::defender::throttle::Scale;
use crate::defender::token::{Token, TokenError, Tokens};
use crate::domain::answer::{Answer, MachineAction};
use crate::domain::device::DeviceId;
use crate::limiter::{Permit, ReadPermit};

/// The longest comment that is sent; no limit is documented, so we keep to our own.
const COMMENT_CHARS: usize = 1_000;

/// The client of one tenant.
#[derive(Debug)]
pub struct Client {
    options: Options,
    scale: Scale,
    http: Http,
    tokens: Tokens,
}

/// The body of every action call. The keys are case-sensitive (facts sheet 1.1).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ActionBody<'a> {
    comment: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

impl Client {
    /// A client; nothing is called yet.
    ///
    /// # Errors
    /// [`OptionsError`] for an option that cannot be used.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let scale = options.check()?;
        let limits = TimeLimits {
            connect: options.connect_timeout,
            total: options.total_timeout,
        };
        let http = Http::along(&options.route, limits, options.endpoint.needs_tls())?;
        let tokens = Tokens::new(
            http.clone(),
            options.endpoint.token_url(),
            options.client_id.clone(),
            options.endpoint.scope().to_owned(),
            options.secret.clone(),
            scale,
        );
        Ok(Self {
            options,
            scale,
            http,
            tokens,
        })
    }

    /// Restricts app execution on a device (`restrictCodeExecution`).
    pub async fn restrict(&self, permit: Permit, device: &DeviceId, comment: &str) -> Answer {
        self.act(
            permit,
            &["machines", device.as_str(), "restrictCodeExecution"],
            comment,
        )
        .await
    }

    /// Lifts the restriction (`unrestrictCodeExecution`).
    pub async fn release(&self, permit: Permit, device: &DeviceId, comment: &str) -> Answer {
        self.act(
            permit,
            &["machines", device.as_str(), "unrestrictCodeExecution"],
            comment,
        )
        .await
    }

    /// Cancels a machine action that is not final.
    pub async fn cancel(&self, permit: Permit, action_id: &str, comment: &str) -> Answer {
        self.act(permit, &["machineactions", action_id, "cancel"], comment)
            .await
    }

    /// Lists machine actions: all of them, or an error. `permit` is asked once for each page; `None` ends the listing with
    /// [`ReadError::NoPermit`].
    ///
    /// # Errors
    /// [`ReadError`]; then nothing may be concluded from what was read before.
    pub async fn list_machine_actions<F, Fut>(
        &self,
        filter: &MachineActionFilter,
        mut permit: F,
    ) -> Result<Vec<MachineAction>, ReadError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Option<ReadPermit>>,
    {
        let resource = self.options.endpoint.resource(&["machineactions"]);
        let mut listing = Listing::new(resource, filter, self.options.page_size, self.options.page_bound);
        let mut page = listing.first();
        loop {
            let permit = permit().await.ok_or_else(|| ReadError::NoPermit {
                reason: "none was given".to_owned(),
            })?;
            let reply = self
                .read(permit, page.clone(), self.options.page_body_bound)
                .await?;
            // A 404 here is no empty listing: it would let everything look absent.
            let reply = reply.ok_or_else(|| missing("the listing of machine actions"))?;
            match listing.take(&page, &reply)? {
                Some(next) => page = next,
                None => return Ok(listing.finish()),
            }
        }
    }

    /// One machine action; `None` if Defender does not know it, which within 5 s of its creation means nothing.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn get_machine_action(
        &self,
        permit: ReadPermit,
        action_id: &str,
    ) -> Result<Option<MachineAction>, ReadError> {
        let url = self.resource(&["machineactions", action_id]).map_err(malformed)?;
        let Some(reply) = self.read(permit, url, self.options.body_bound).await? else {
            return Ok(None);
        };
        let action = machine_action::parse(&whole(&reply)?).map_err(malformed)?;
        if !action.id.eq_ignore_ascii_case(action_id) {
            return Err(malformed(format!(
                "asked for `{action_id}`, got another machine action"
            )));
        }
        Ok(Some(action))
    }

    /// One device of the inventory; `None` if Defender does not know it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn get_machine(
        &self,
        permit: ReadPermit,
        device: &DeviceId,
    ) -> Result<Option<Machine>, ReadError> {
        let url = self.resource(&["machines", device.as_str()]).map_err(malformed)?;
        let Some(reply) = self.read(permit, url, self.options.body_bound).await? else {
            return Ok(None);
        };
        let machine = machine::parse(&whole(&reply)?).map_err(malformed)?;
        // The same address takes names too: facts of a device that is called like another one's id must not pass for it.
        if !machine.id.eq_ignore_ascii_case(device.as_str()) {
            return Err(malformed(format!("asked for `{device}`, got another device")));
        }
        Ok(Some(machine))
    }

    /// Up to [`MAX_MACHINE_IDS`] devices in one read; those that Defender does not know are left out.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::Malformed`] if more are asked for or the listing is not complete.
    pub async fn list_machines(
        &self,
        permit: ReadPermit,
        devices: &[DeviceId],
    ) -> Result<Vec<Machine>, ReadError> {
        if devices.is_empty() {
            return Ok(Vec::new());
        }
        if devices.len() > MAX_MACHINE_IDS {
            return Err(malformed(format!(
                "at most {MAX_MACHINE_IDS} devices in one read, not {}",
                devices.len()
            )));
        }
        let ids: Vec<String> = devices.iter().map(|device| quoted(device.as_str())).collect();
        let mut url = self.options.endpoint.resource(&["machines"]);
        url.query_pairs_mut()
            .append_pair("$filter", &format!("id in ({})", ids.join(",")))
            .append_pair("$top", &MAX_MACHINE_IDS.to_string());
        // 404 "if there are no recent machines" (facts sheet 4.1).
        let Some(reply) = self.read(permit, url, self.options.page_body_bound).await? else {
            return Ok(Vec::new());
        };
        let page = whole(&reply)?;
        let entries = page.get("value").and_then(serde_json::Value::as_array);
        let entries = entries.ok_or_else(|| malformed("a page is not a listing".to_owned()))?;
        if page.get("@odata.nextLink").is_some_and(|link| !link.is_null()) {
            return Err(malformed(
                "a listing of so few devices has a second page".to_owned(),
            ));
        }
        let machines = entries
            .iter()
            .map(machine::parse)
            .collect::<Result<Vec<_>, _>>()
            .map_err(malformed)?;
        let asked = |id: &str| {
            devices
                .iter()
                .any(|device| device.as_str().eq_ignore_ascii_case(id))
        };
        Ok(machines
            .into_iter()
            .filter(|machine| asked(&machine.id))
            .collect())
    }

    /// Makes sure that there is a token, so that no permit is spent on waiting for one. To be called before the gate.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn ready(&self) -> Result<(), TokenError> {
        self.tokens.token().await.map(drop)
    }

    /// The app roles that the token lacks, by name; `None` if the token is not one that can be read.
    ///
    /// # Errors
    /// [`TokenError`] if there is no token.
    pub async fn missing_roles(&self) -> Result<Option<Vec<&'static str>>, TokenError> {
        self.tokens
            .token()
            .await
            .map(|token| claims::missing_roles(token.expose()))
    }

    /// Bytes of a page of a listing, at most.
    pub(super) fn page_body_bound(&self) -> usize {
        self.options.page_body_bound
    }

    /// Bytes of any other reply, at most.
    pub(super) fn body_bound(&self) -> usize {
        self.options.body_bound
    }

    /// The address of a resource that is to be read; its segments are checked.
    pub(super) fn checked(&self, segments: &[&str]) -> Result<Url, ReadError> {
        self.resource(segments).map_err(malformed)
    }

    async fn act(&self, permit: Permit, segments: &[&str], comment: &str) -> Answer {
        let external_id = self
            .options
            .send_external_id
            .then(|| permit.attempt_id().to_string());
        let body = ActionBody {
            comment: cut(comment),
            external_id,
        };
        let (request, token) = match self.prepared(segments, &body).await {
            Ok(prepared) => prepared,
            Err(reason) => return Answer::NotSent { reason },
        };
        let outcome = self
            .http
            .exchange(request, self.options.body_bound, || permit.redeem())
            .await;
        self.note_token(&token, &outcome).await;
        classify(outcome, clock::now(), self.scale)
    }

    async fn prepared(
        &self,
        segments: &[&str],
        body: &ActionBody<'_>,
    ) -> Result<(reqwest::Request, Token), String> {
        let url = self.resource(segments)?;
        let token = self
            .tokens
            .token()
            .await
            .map_err(|error| format!("no access token: {}", chain(&error)))?;
        let request = authorized(self.http.post(url), &token)?.json(body).build();
        Ok((request.map_err(|error| chain(&error.without_url()))?, token))
    }

    pub(super) async fn read(
        &self,
        permit: ReadPermit,
        url: Url,
        bound: usize,
    ) -> Result<Option<Reply>, ReadError> {
        let unavailable = |reason| ReadError::Unavailable { reason };
        let token = self
            .tokens
            .token()
            .await
            .map_err(|error| unavailable(format!("no access token: {}", chain(&error))))?;
        let request = authorized(self.http.get(url), &token)
            .map_err(unavailable)?
            .build();
        let request = request.map_err(|error| unavailable(chain(&error.without_url())))?;
        let mut void = None;
        let outcome = self
            .http
            .exchange(request, bound, || {
                permit.redeem().inspect_err(|error| void = Some(chain(error)))
            })
            .await;
        if let Some(reason) = void {
            return Err(ReadError::NoPermit { reason });
        }
        self.note_token(&token, &outcome).await;
        readable(outcome, clock::now(), self.scale)
    }

    /// A 401 is the API's word on this very token; any other reply says that it was good.
    async fn note_token(&self, token: &Token, outcome: &Result<Reply, Failure>) {
        match outcome {
            Ok(reply) if reply.status == 401 => self.tokens.invalidate(token).await,
            Ok(reply) if reply.status < 500 => self.tokens.worked(token),
            Ok(_) | Err(_) => {}
        }
    }

    fn resource(&self, segments: &[&str]) -> Result<Url, String> {
        match segments.iter().find(|segment| !is_safe_segment(segment)) {
            Some(id) => Err(format!(
                "the id `{}` may not stand in an address",
                id.escape_debug()
            )),
            None => Ok(self.options.endpoint.resource(segments)),
        }
    }
}

fn authorized(request: RequestBuilder, token: &Token) -> Result<RequestBuilder, String> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .map_err(|_| "the access token may not stand in a header".to_owned())?;
    value.set_sensitive(true);
    Ok(request.header(AUTHORIZATION, value))
}

/// A reply's JSON, or the error that a caller can act on: what was cut may come whole next time.
pub(super) fn whole(reply: &Reply) -> Result<serde_json::Value, ReadError> {
    json(reply).map_err(|reason| match &reply.body {
        crate::defender::http::Body::Cut(_) => ReadError::Unavailable { reason },
        crate::defender::http::Body::Whole(_) => malformed(reason),
    })
}

fn cut(comment: &str) -> &str {
    comment
        .char_indices()
        .nth(COMMENT_CHARS)
        .map_or(comment, |(end, _)| &comment[..end])
}

fn missing(what: &str) -> ReadError {
    malformed(format!("status 404 for {what}: check `base_url`"))
}

fn malformed(reason: String) -> ReadError {
    ReadError::Malformed { reason }
}
