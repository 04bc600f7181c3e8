//! The client: one method for each call that Quell makes.
//!
//! An action call takes a permit and gives an answer, whatever happens; a read takes a read permit for each page and gives
//! a result. Every URL is built from the configured endpoint, so the token goes nowhere else. Called by `worker::submit`,
//! `worker::reconcile` and the fetching of facts.

use std::collections::BTreeMap;
use std::future::Future;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{RequestBuilder, Url};
use serde::Serialize;

use crate::clock;
use crate::defender::OptionsError;
use crate::defender::answer::{classify, json};
use crate::defender::credential::Credential;
use crate::defender::device_call::DeviceCall;
use crate::defender::hosts::is_safe_segment;
use crate::defender::http::{Failure, Http, Reply, TimeLimits, chain};
use crate::defender::listing::{Listing, MachineActionFilter, quoted};
use crate::defender::machine::{self, Machine};
use crate::defender::machine_action;
use crate::defender::options::Options;
use crate::defender::permission::{Permission, forbidden_hint};
use crate::defender::reads::{MAX_MACHINE_IDS, ReadError, readable};
use crate::defender::route::Route;
use crate::defender::throttle::Scale;
use crate::defender::token::{Target, Token, TokenError, TokenFacts, Tokens};
use crate::domain::action::ActionKind;
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
    #[serde(flatten)]
    more: BTreeMap<&'static str, &'a str>,
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
        let target = Target {
            url: options.endpoint.token_url_of(options.oauth),
            scope: options.endpoint.scope().to_owned(),
            version: options.oauth,
            directory: options.endpoint.directory().to_owned(),
        };
        // A managed identity's endpoint lies on this machine or its link: nothing stands between, whatever the API needs.
        let to_entra = match options.credential {
            Credential::ManagedIdentity(_) => Http::along(&Route::default(), limits, false)?,
            _ => http.clone(),
        };
        let tokens = Tokens::new(to_entra, target, options.credential.clone(), scale);
        Ok(Self {
            options,
            scale,
            http,
            tokens,
        })
    }

    /// Makes the call of an action on a device, whatever its kind (facts sheet 3).
    pub async fn call(&self, permit: Permit, call: &DeviceCall<'_>) -> Answer {
        let segments = ["machines", call.device.as_str(), call.segment()];
        self.act(permit, &segments, call.comment, call.member()).await
    }

    /// Restricts app execution on a device (`restrictCodeExecution`).
    pub async fn restrict(&self, permit: Permit, device: &DeviceId, comment: &str) -> Answer {
        let call = DeviceCall {
            kind: ActionKind::Restrict,
            device,
            comment,
            argument: None,
        };
        self.call(permit, &call).await
    }

    /// Cancels a machine action that is not final.
    pub async fn cancel(&self, permit: Permit, action_id: &str, comment: &str) -> Answer {
        self.act(permit, &["machineactions", action_id, "cancel"], comment, None)
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

    /// Those of `wanted` that the token lacks; `None` if the token is not one that can be read. Costs no call of Defender.
    ///
    /// # Errors
    /// [`TokenError`] if there is no token.
    pub async fn missing_permissions(
        &self,
        wanted: &[Permission],
    ) -> Result<Option<Vec<Permission>>, TokenError> {
        let token = self.tokens.token().await?;
        Ok(token.claims().map(|claims| claims.missing(wanted)))
    }

    /// Says that calls of this kind are to come, so that a missing permission is told by name before the first of them.
    pub fn want(&self, permission: Permission) {
        self.tokens.want(permission);
    }

    /// Asks for a new token now, whatever is in the cache, and tells what is known of it. For `quell doctor`. After a failure
    /// within this process it keeps to the same pauses as every other request.
    ///
    /// # Errors
    /// [`TokenError`], whose [`TokenError::remedy`] says what to do.
    pub async fn token_facts(&self) -> Result<TokenFacts, TokenError> {
        self.tokens.facts().await
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

    async fn act(
        &self,
        permit: Permit,
        segments: &[&str],
        comment: &str,
        member: Option<(&'static str, &str)>,
    ) -> Answer {
        let external_id = self
            .options
            .send_external_id
            .then(|| permit.attempt_id().to_string());
        let body = ActionBody {
            comment: cut(comment),
            external_id,
            more: member.into_iter().collect(),
        };
        let permission = segments.last().and_then(|segment| Permission::of_call(segment));
        permission
            .into_iter()
            .for_each(|permission| self.tokens.want(permission));
        let (request, token) = match self.prepared(segments, &body).await {
            Ok(prepared) => prepared,
            Err(reason) => return Answer::NotSent { reason },
        };
        let outcome = self
            .http
            .exchange(request, self.options.body_bound, || permit.redeem())
            .await;
        self.note_token(&token, &outcome).await;
        match classify(outcome, clock::now(), self.scale) {
            Answer::Forbidden(mut refusal) if refusal.is_missing_right() => {
                let hint = token
                    .claims()
                    .and_then(|claims| forbidden_hint(claims, permission));
                refusal.is_of_device = token.claims().is_some_and(|claims| {
                    claims.is_delegated() && permission.is_some_and(|permission| permission.held(claims))
                });
                if let Some(hint) = hint {
                    refusal.message = format!("{} ({hint})", refusal.message);
                }
                Answer::Forbidden(refusal)
            }
            answer => answer,
        }
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
        let (outcome, hint) = self.asked(permit, url, bound).await?;
        readable(outcome, clock::now(), self.scale).map_err(|error| match error {
            ReadError::Forbidden { reason } => ReadError::Forbidden {
                reason: reason + &hint,
            },
            error => error,
        })
    }

    /// The reply of a read as it came, whatever its status.
    pub(super) async fn reply(
        &self,
        permit: ReadPermit,
        url: Url,
        bound: usize,
    ) -> Result<Result<Reply, Failure>, ReadError> {
        Ok(self.asked(permit, url, bound).await?.0)
    }

    /// The reply, and what a 403 would come from as far as the token tells.
    async fn asked(
        &self,
        permit: ReadPermit,
        url: Url,
        bound: usize,
    ) -> Result<(Result<Reply, Failure>, String), ReadError> {
        let unavailable = |reason| ReadError::Unavailable { reason };
        let root = self.options.endpoint.resource(&[]);
        let permission = Permission::of_read(root.path(), url.path());
        self.tokens.want(permission);
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
        let hint = token
            .claims()
            .and_then(|claims| forbidden_hint(claims, Some(permission)));
        Ok((outcome, hint.map(|hint| format!(" ({hint})")).unwrap_or_default()))
    }

    /// What sends.
    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    /// How durations from Defender become ours.
    pub(super) fn scale(&self) -> Scale {
        self.scale
    }

    /// A 401 is the API's word on this very token; any other reply says that it was good.
    async fn note_token(&self, token: &Token, outcome: &Result<Reply, Failure>) {
        match outcome {
            Ok(reply) if reply.status == 401 => self.tokens.invalidate(token).await,
            Ok(reply) if reply.status < 500 => self.tokens.worked(token),
            Ok(_) | Err(_) => {}
        }
    }

    pub(super) fn resource(&self, segments: &[&str]) -> Result<Url, String> {
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

pub(super) fn malformed(reason: String) -> ReadError {
    ReadError::Malformed { reason }
}
