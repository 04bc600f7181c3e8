//! `GET /api/alerts`, one page a call (facts sheet 8.1), for a feed that polls.
//!
//! An alert is kept as the service wrote it, because what it means is intake's business; only what a feed needs to go on
//! (id, device, times) is read here. Where the next page begins is the caller's business, as
//! [`crate::domain::watermark`] has it: by time, since a list that changes while it is read does not keep its numbers.

use jiff::Timestamp;
use reqwest::Url;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::defender::client::Client;
use crate::defender::hosts::is_safe_segment;
use crate::defender::http::Body;
use crate::defender::machine_action::timestamp;
use crate::defender::paging::{self, PagePlace};
use crate::defender::reads::ReadError;
use crate::limiter::ReadPermit;

/// The most alerts that one page may hold (`$top`, facts sheet 8.1).
pub const MAX_ALERT_PAGE: u32 = 10_000;

/// The largest alert that is kept, bytes of its JSON. Recorded ones have up to a few ten thousand.
const MAX_ALERT_BYTES: usize = 2 * 1024 * 1024;

/// What is read of `Alert`, as the service's metadata has it.
#[cfg(test)]
pub(super) const CONTRACT: &[(&str, &str)] = &[
    ("id", "Edm.String"),
    ("machineId", "Edm.String"),
    ("lastUpdateTime", "Edm.DateTimeOffset"),
    ("alertCreationTime", "Edm.DateTimeOffset"),
];

/// An alert.
#[derive(Clone, Debug)]
pub struct ListedAlert {
    /// Its id.
    pub id: String,
    /// The device, where it names one.
    pub machine_id: Option<String>,
    /// When it was last changed: what the next poll begins at.
    pub updated_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// All of it, as written.
    pub raw: Box<RawValue>,
}

/// Which alerts are asked for.
#[derive(Clone, Debug)]
pub struct AlertQuery<'a> {
    /// Changed at this moment or later.
    pub since: Timestamp,
    /// So many of them are passed over.
    pub skip: u64,
    /// So many at most, up to [`MAX_ALERT_PAGE`].
    pub top: u32,
    /// A further condition, as `$filter` writes it.
    pub filter: Option<&'a str>,
    /// With what each alert found, which makes it many times as large.
    pub evidence: bool,
}

/// A page.
#[derive(Debug)]
pub struct AlertPage {
    /// The alerts on it that can be told apart.
    pub alerts: Vec<ListedAlert>,
    /// Entries that have no id, or are absurdly large, as written.
    pub unreadable: Vec<Box<RawValue>>,
    /// There are no more behind it.
    pub is_last: bool,
}

impl Client {
    /// Reads one page of the alerts that were changed at or after a moment, the longest unchanged first. While it is read
    /// alerts change and move, so something may come twice; nothing is missed by who goes on from the latest `updated_at`,
    /// begins the next poll a little before it, and knows alerts by what they say.
    ///
    /// # Errors
    /// [`ReadError`]. A 404 is an error: it does not say that there is no alert.
    pub async fn alerts(&self, permit: ReadPermit, query: &AlertQuery<'_>) -> Result<AlertPage, ReadError> {
        let url = self.address(query)?;
        let top = query.top.clamp(1, MAX_ALERT_PAGE);
        let reply = self.read(permit, url.clone(), self.page_body_bound()).await?;
        let reply = reply.ok_or_else(|| ReadError::Malformed {
            reason: "status 404 for the listing of alerts: check `base_url`".to_owned(),
        })?;
        match &reply.body {
            Body::Whole(bytes) => take(bytes, &url, &PagePlace::default(), top as usize),
            Body::Cut(reason) => Err(ReadError::Unavailable {
                reason: format!("a page broke off: {reason}"),
            }),
        }
    }

    fn address(&self, query: &AlertQuery<'_>) -> Result<Url, ReadError> {
        let top = query.top.clamp(1, MAX_ALERT_PAGE);
        let mut url = self.checked(&["alerts"])?;
        // As the service stamps: a ten-millionth of a second.
        let changed = format!("lastUpdateTime ge {:.7}", query.since);
        let filter = match query.filter {
            Some(further) => format!("{changed} and ({further})"),
            None => changed,
        };
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("$filter", &filter);
        if query.evidence {
            pairs.append_pair("$expand", "evidence");
        }
        pairs
            .append_pair("$orderby", "lastUpdateTime asc")
            .append_pair("$top", &top.to_string());
        if query.skip > 0 {
            pairs.append_pair("$skip", &query.skip.to_string());
        }
        drop(pairs);
        Ok(url)
    }
}

/// Reads a page.
pub(super) fn take(bytes: &[u8], first: &Url, place: &PagePlace, top: usize) -> Result<AlertPage, ReadError> {
    let page = paging::take(bytes, first, place, top)?;
    let mut taken = AlertPage {
        alerts: Vec::with_capacity(page.entries.len()),
        unreadable: Vec::new(),
        is_last: page.next.is_none(),
    };
    for entry in page.entries {
        match read(entry) {
            Some(alert) => taken.alerts.push(alert),
            None => taken.unreadable.push(entry.to_owned()),
        }
    }
    Ok(taken)
}

fn read(entry: &RawValue) -> Option<ListedAlert> {
    if entry.get().len() > MAX_ALERT_BYTES {
        return None;
    }
    let value: Value = serde_json::from_str(entry.get()).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let time = |name: &str| value.get(name).and_then(Value::as_str).and_then(timestamp);
    Some(ListedAlert {
        id: text("id").filter(|id| is_safe_segment(id))?.to_owned(),
        machine_id: text("machineId")
            .filter(|id| is_safe_segment(id))
            .map(str::to_owned),
        updated_at: time("lastUpdateTime"),
        created_at: time("alertCreationTime"),
        raw: entry.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::defender::fake::{Fake, client, read_permit, reply};

    fn query() -> AlertQuery<'static> {
        AlertQuery {
            since: "2026-11-22T10:00:00.9Z".parse().expect("a time stamp"),
            skip: 0,
            top: 3,
            filter: None,
            evidence: false,
        }
    }

    #[tokio::test]
    async fn alerts_come_page_by_page_as_the_service_wrote_them() {
        let sample = r#"{"id":"da637472900382838869_1364969609","severity":"Low","machineId":"111e6dd8c833c8a052ea231ec1b19adaf497b625",
            "alertCreationTime":"2021-01-26T20:33:57.7220239Z","lastUpdateTime":"2021-01-26T20:33:59.2Z","evidence":[{"sha1":"x"}]}"#;
        let fake = Fake::defender(move |number, _| match number {
            0 => reply(200, "", &format!(
                r#"{{"value":[{sample},{{"title":"no id"}},{{"id":"a/b"}}],"@odata.nextLink":"https://elsewhere.example/api/alerts?$skip=3"}}"#
            )),
            _ => reply(200, "", r#"{"value":[]}"#),
        })
        .await;
        let client = client(&fake);
        let first = client.alerts(read_permit(), &query()).await.expect("a page");
        assert_eq!((first.alerts.len(), first.unreadable.len()), (1, 2));
        assert!(!first.is_last, "a link, and as many as were asked for");
        let alert = &first.alerts[0];
        assert_eq!(alert.raw.get(), sample);
        assert_eq!(alert.id, "da637472900382838869_1364969609");
        assert_eq!(
            alert.machine_id.as_deref(),
            Some("111e6dd8c833c8a052ea231ec1b19adaf497b625")
        );
        assert!(alert.updated_at > alert.created_at);
        let further = AlertQuery {
            skip: 3,
            filter: Some("severity ne 'Informational'"),
            evidence: true,
            ..query()
        };
        let last = client.alerts(read_permit(), &further).await.expect("a page");
        assert!(last.alerts.is_empty() && last.is_last);
        let lines: Vec<String> = fake.calls().into_iter().map(|call| call.line).collect();
        assert_eq!(
            lines,
            [
                "GET /api/alerts?%24filter=lastUpdateTime+ge+2026-11-22T10%3A00%3A00.9000000Z&\
                 %24orderby=lastUpdateTime+asc&%24top=3 HTTP/1.1",
                "GET /api/alerts?%24filter=lastUpdateTime+ge+2026-11-22T10%3A00%3A00.9000000Z+and+\
                 %28severity+ne+%27Informational%27%29&%24expand=evidence&\
                 %24orderby=lastUpdateTime+asc&%24top=3&%24skip=3 HTTP/1.1",
            ]
        );
    }

    #[tokio::test]
    async fn a_listing_of_alerts_that_is_not_there_is_not_empty() {
        for status in [404, 403, 500, 204] {
            let fake = Fake::defender(move |_, _| reply(status, "", "")).await;
            let read = client(&fake).alerts(read_permit(), &query()).await;
            assert!(read.is_err(), "{status}");
        }
    }

    #[test]
    fn an_alert_of_absurd_size_is_told_apart() {
        let page = json!({"value": [{"id": "a", "description": "x".repeat(MAX_ALERT_BYTES)}, {"id": "b"}]})
            .to_string();
        let first = reqwest::Url::parse("http://127.0.0.1:1/api/alerts?top=10").expect("an address");
        let page = take(page.as_bytes(), &first, &PagePlace::default(), 10).expect("a page");
        assert_eq!((page.alerts.len(), page.unreadable.len()), (1, 1));
        assert!(page.is_last);
    }
}
