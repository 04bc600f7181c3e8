//! Single reads whose reply is wanted as it came: status, clock, words. `quell doctor` and `quell probe` ask with them, each under a
//! permit like any read. Also a greeting to a host without a token. Nothing here changes anything at Defender, and a greeting
//! never carries a credential.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::CONNECTION;
use serde_json::Value;

use crate::clock::{self, Monotonic};
use crate::defender::answer::{json, printable, refusal};
use crate::defender::client::Client;
use crate::defender::hosts::is_safe_segment;
use crate::defender::http::Reply;
use crate::defender::reads::{ReadError, readable};
use crate::defender::throttle::http_date;
use crate::domain::answer::Refusal;
use crate::domain::device::DeviceId;
use crate::limiter::ReadPermit;

/// One read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
}

/// A reply as it came.
#[derive(Clone, Debug)]
pub struct Look {
    /// The HTTP status.
    pub status: u16,
    /// The reply's `Date`.
    pub date: Option<Timestamp>,
    /// `Retry-After`, word for word.
    pub retry_after: Option<String>,
    /// Defender's error, if there is one.
    pub refusal: Option<Refusal>,
    /// The body, if it is JSON.
    pub body: Option<Value>,
    /// From the sending to the last byte.
    pub took: Duration,
    /// This machine's clock in the middle of that.
    pub at: Timestamp,
    /// What a caller of an ordinary read would have been told, if it is an error.
    pub error: Option<ReadError>,
}

/// What a host said to a request without a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The status; 401 is what Defender says.
    pub status: u16,
    /// Connecting, TLS, and the reply.
    pub took: Duration,
}

impl Question {
    fn new(segments: &[&str], query: &[(&'static str, &str)]) -> Self {
        Self {
            segments: segments.iter().map(|one| (*one).to_owned()).collect(),
            query: query
                .iter()
                .map(|(key, value)| (*key, (*value).to_owned()))
                .collect(),
        }
    }

    /// Any one device: `machines?$top=1`.
    pub fn one_machine() -> Self {
        Self::new(&["machines"], &[("$top", "1")])
    }

    /// What could be done on a device now; known from the service's metadata only (facts sheet 4.1).
    pub fn available_actions(device: &DeviceId) -> Self {
        Self::new(&["machines", device.as_str(), "availableMachineActions"], &[])
    }

    /// The latest machine action of a device; known from the service's metadata only (facts sheet 2.4).
    pub fn history(device: &DeviceId) -> Self {
        Self::new(&["machines", device.as_str(), "machineActions"], &[("$top", "1")])
    }

    /// One machine action.
    pub fn action(id: &str) -> Self {
        Self::new(&["machineactions", id], &[])
    }

    /// One machine action at most of those that the filter leaves, in an order, perhaps with a count of all.
    pub fn actions(filter: Option<&str>, order: &str, count: bool) -> Self {
        let mut query = vec![("$orderby", order), ("$top", "1")];
        query.extend(filter.map(|filter| ("$filter", filter)));
        query.extend(count.then_some(("$count", "true")));
        Self::new(&["machineactions"], &query)
    }

    /// As it stands in the address, for people.
    pub fn path(&self) -> String {
        let query: Vec<String> = self
            .query
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let path = format!("GET /api/{}", self.segments.join("/"));
        match query.is_empty() {
            true => path,
            false => format!("{path}?{}", query.join("&")),
        }
    }
}

impl Client {
    /// Asks, and gives the reply as it came.
    ///
    /// # Errors
    /// [`ReadError`]: nothing was sent, or nothing came back.
    pub async fn look(&self, permit: ReadPermit, question: &Question) -> Result<Look, ReadError> {
        let segments: Vec<&str> = question.segments.iter().map(String::as_str).collect();
        if let Some(id) = segments.iter().find(|segment| !is_safe_segment(segment)) {
            return Err(ReadError::NoPermit {
                reason: format!("the id `{}` may not stand in an address", id.escape_debug()),
            });
        }
        let mut url = self.checked(&segments)?;
        if !question.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&question.query);
        }
        let (began, from) = (Monotonic::now(), clock::now());
        let outcome = self.reply(permit, url, self.page_body_bound()).await?;
        let took = began.elapsed();
        let reply = outcome.map_err(|failure| ReadError::Unavailable {
            reason: failure.reason().to_owned(),
        })?;
        let error = readable(Ok(reply.clone()), clock::now(), self.scale()).err();
        Ok(seen(
            &reply,
            took,
            from.checked_add(took / 2).unwrap_or(from),
            error,
        ))
    }

    /// Greets a host without any credential, on a connection of its own.
    ///
    /// # Errors
    /// Why there was no reply.
    pub async fn greet(&self, origin: &str) -> Result<Greeting, String> {
        let url = Url::parse(origin).and_then(|url| url.join("/api/machines?$top=1"));
        let url = url.map_err(|error| format!("`{origin}` is no address: {error}"))?;
        // INVARIANT: no token: nothing here has one, and the request is not built by what adds it.
        let request = self.http().get(url).header(CONNECTION, "close").build();
        let request = request.map_err(|error| error.without_url().to_string())?;
        let began = Monotonic::now();
        let reply = self.http().exchange(request, 64 * 1024, || Ok(())).await;
        let took = began.elapsed();
        reply
            .map(|reply| Greeting {
                status: reply.status,
                took,
            })
            .map_err(|failure| failure.reason().to_owned())
    }
}

fn seen(reply: &Reply, took: Duration, at: Timestamp, error: Option<ReadError>) -> Look {
    Look {
        status: reply.status,
        date: reply.date.as_deref().and_then(http_date),
        retry_after: reply.retry_after.as_deref().map(|text| printable(text, 100)),
        refusal: refusal(reply),
        body: json(reply).ok(),
        took,
        at,
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defender::fake::{Fake, client, device, read_permit, reply};

    #[tokio::test]
    async fn a_look_gives_the_reply_whatever_it_is() {
        let fake = Fake::defender(|number, _| {
            let headers = "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nRetry-After: 7\r\n";
            let error = r#"{"error":{"code":"429","message":"quota","target":"t-1"}}"#;
            match number {
                0 => reply(200, headers, r#"{"value":[]}"#),
                1 => reply(429, headers, error),
                _ => reply(502, "", "<html>"),
            }
        })
        .await;
        let client = client(&fake);
        let mut looks = Vec::new();
        for question in [
            Question::one_machine(),
            Question::available_actions(&device()),
            Question::actions(Some("status eq 'Pending'"), "creationDateTimeUtc asc", true),
        ] {
            looks.push(client.look(read_permit(), &question).await.expect("a reply"));
        }
        let [good, throttled, broken] = looks.as_slice() else {
            panic!("three were asked for")
        };
        assert!(good.error.is_none() && good.body.is_some());
        assert_eq!(
            good.date.map(|at| at.to_string()).as_deref(),
            Some("2026-11-22T10:00:00Z")
        );
        assert_eq!(
            (throttled.status, throttled.retry_after.as_deref()),
            (429, Some("7"))
        );
        assert!(matches!(throttled.error, Some(ReadError::Throttled { .. })));
        assert_eq!(
            throttled.refusal.as_ref().and_then(|said| said.target.as_deref()),
            Some("t-1")
        );
        assert!(broken.body.is_none() && broken.refusal.is_none());
        let lines: Vec<String> = fake.calls().iter().map(|heard| heard.line.clone()).collect();
        assert_eq!(lines[0], "GET /api/machines?%24top=1 HTTP/1.1");
        assert!(
            lines[1].ends_with("/availableMachineActions HTTP/1.1"),
            "{}",
            lines[1]
        );
        assert!(lines[2].ends_with("&%24count=true HTTP/1.1"), "{}", lines[2]);
        let bad = client.look(read_permit(), &Question::action("../tokens")).await;
        assert!(matches!(bad, Err(ReadError::NoPermit { .. })));
        assert_eq!(fake.calls().len(), 3);
    }

    #[tokio::test]
    async fn a_greeting_carries_no_credential_and_its_own_connection() {
        let host = Fake::scripted(|_, _| reply(401, "", "")).await;
        let fake = Fake::defender(|_, _| reply(200, "", r#"{"value":[]}"#)).await;
        let client = client(&fake);
        client
            .look(read_permit(), &Question::one_machine())
            .await
            .expect("there is a token now");
        let greeting = client.greet(&host.url()).await.expect("it answers");
        assert_eq!(greeting.status, 401);
        let heard = host.heard();
        assert_eq!(heard.len(), 1);
        assert_eq!(heard[0].header("authorization"), None);
        assert_eq!(heard[0].header("connection"), Some("close"));
        let nobody = Fake::scripted(|_, _| vec![crate::defender::fake::Step::Reset]).await;
        assert!(client.greet(&nobody.url()).await.is_err());
    }
}
