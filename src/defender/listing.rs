//! The listing of machine actions: its query, its pages, and what makes it complete.
//!
//! A listing proves that something is absent, so it is all or nothing: every page, or an error. Newest first, so that
//! actions made while we read only push others onto later pages: something may come twice (and is merged by id), nothing
//! is missed. Pure but for the pages, which the client fetches one by one.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use reqwest::Url;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::defender::http::{Body, Reply};
use crate::defender::machine_action;
use crate::defender::reads::ReadError;
use crate::domain::answer::MachineAction;
use crate::domain::device::DeviceId;

/// The longest link to a next page that is followed.
const MAX_LINK_BYTES: usize = 16 * 1024;

/// Which machine actions to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineActionFilter {
    /// Created at or after this time; fractions of a second are dropped towards the past.
    pub created_since: Timestamp,
    /// Of this device only.
    pub device: Option<DeviceId>,
}

impl MachineActionFilter {
    fn text(&self) -> String {
        // Time stamps stand without quotes, strings and enum members with (facts sheet 2.4).
        let mut filter = format!(
            "creationDateTimeUtc ge {}",
            self.created_since.strftime("%Y-%m-%dT%H:%M:%SZ")
        );
        if let Some(device) = &self.device {
            filter.push_str(&format!(" and machineId eq {}", quoted(device.as_str())));
        }
        filter
    }
}

/// An OData string.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A listing under way.
pub(super) struct Listing {
    /// The resource without a query.
    resource: Url,
    filter: String,
    page_size: usize,
    pages_left: u32,
    asked: HashSet<String>,
    received: usize,
    actions: Vec<MachineAction>,
    places: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

impl Listing {
    pub fn new(resource: Url, filter: &MachineActionFilter, page_size: u32, page_bound: u32) -> Self {
        Self {
            resource,
            filter: filter.text(),
            page_size: usize::try_from(page_size).unwrap_or(usize::MAX),
            pages_left: page_bound,
            asked: HashSet::new(),
            received: 0,
            actions: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// The address of the first page.
    pub fn first(&self) -> Url {
        self.page_at(0)
    }

    /// Takes in a page; gives the address of the next one, if there is one.
    ///
    /// # Errors
    /// The listing cannot be completed.
    pub fn take(&mut self, asked: &Url, reply: &Reply) -> Result<Option<Url>, ReadError> {
        self.asked.insert(asked.query().unwrap_or_default().to_owned());
        self.pages_left = self.pages_left.saturating_sub(1);
        let bytes = match &reply.body {
            Body::Whole(bytes) => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
            Body::Cut(reason) => {
                return Err(ReadError::Unavailable {
                    reason: format!("a page broke off: {reason}"),
                });
            }
        };
        let page: Page<'_> = serde_json::from_slice(bytes)
            .map_err(|error| malformed(format!("a page is not a listing: {error}")))?;
        self.received += page.value.len();
        for entry in &page.value {
            let entry = serde_json::from_str(entry.get()).map_err(|error| malformed(error.to_string()))?;
            // One that we cannot name may be the one that is looked for.
            self.merge(machine_action::parse(&entry).map_err(malformed)?);
        }
        let next = match page.next {
            Some(link) => rebuilt(&self.resource, asked, &link)?,
            // As many as `$top` allows, and no link: whether that was all, only the next page can tell.
            None if page.value.len() >= self.page_size => self.page_at(self.received),
            None => return Ok(None),
        };
        if self.pages_left == 0 {
            return Err(malformed(
                "the listing has more pages than are allowed".to_owned(),
            ));
        }
        if self.asked.contains(next.query().unwrap_or_default()) {
            return Err(malformed("the listing's pages go in a circle".to_owned()));
        }
        Ok(Some(next))
    }

    /// All actions, in the order in which they were first seen.
    pub fn finish(self) -> Vec<MachineAction> {
        self.actions
    }

    fn page_at(&self, skip: usize) -> Url {
        let mut url = self.resource.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("$filter", &self.filter)
                .append_pair("$orderby", "creationDateTimeUtc desc")
                .append_pair("$top", &self.page_size.to_string());
            if skip > 0 {
                query.append_pair("$skip", &skip.to_string());
            }
        }
        url
    }

    /// Keeps one of each id: the one updated last, else the one read last.
    fn merge(&mut self, action: MachineAction) {
        match self.places.get(&action.id) {
            Some(place) => {
                if let Some(known) = self.actions.get_mut(*place)
                    && action.updated_at >= known.updated_at
                {
                    *known = action;
                }
            }
            None => {
                self.places.insert(action.id.clone(), self.actions.len());
                self.actions.push(action);
            }
        }
    }
}

/// The next page on the configured origin. The link's host may be another one of Microsoft's, or anybody's: its host and path
/// are not used, only its query, on the resource that we list.
pub(super) fn rebuilt(resource: &Url, asked: &Url, link: &str) -> Result<Url, ReadError> {
    if link.len() > MAX_LINK_BYTES {
        return Err(malformed("the link to the next page is absurdly long".to_owned()));
    }
    let link = asked
        .join(link)
        .map_err(|error| malformed(format!("the link to the next page: {error}")))?;
    let last = |url: &Url| {
        url.path()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    if last(&link) != last(resource) {
        return Err(malformed(
            "the link to the next page leads to another resource".to_owned(),
        ));
    }
    let mut url = resource.clone();
    url.set_query(link.query());
    Ok(url)
}

fn malformed(reason: String) -> ReadError {
    ReadError::Malformed { reason }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const HOST: &str = "http://127.0.0.1:1";

    fn listing(page_size: u32, page_bound: u32) -> Listing {
        let resource = Url::parse(&format!("{HOST}/api/machineactions")).expect("an address");
        let device = DeviceId::from_stored("ab'12".to_owned());
        let created_since = "2026-11-22T10:00:00.987Z".parse().expect("a time stamp");
        Listing::new(
            resource,
            &MachineActionFilter {
                created_since,
                device: Some(device),
            },
            page_size,
            page_bound,
        )
    }

    fn page(ids: &[&str], next: Option<&str>) -> Reply {
        let value: Vec<Value> = ids
            .iter()
            .map(|id| json!({"id": id, "type": "Isolate", "status": "Pending"}))
            .collect();
        body(&json!({"value": value, "@odata.nextLink": next}).to_string())
    }

    fn body(text: &str) -> Reply {
        let body = Body::Whole(text.as_bytes().to_vec());
        Reply {
            status: 200,
            retry_after: None,
            date: None,
            content_type: None,
            body,
        }
    }

    fn ids(listing: Listing) -> Vec<String> {
        listing.finish().into_iter().map(|action| action.id).collect()
    }

    #[test]
    fn the_first_page_asks_for_what_is_new_newest_first() {
        let url = listing(10_000, 9).first();
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let expected = [
            (
                "$filter",
                "creationDateTimeUtc ge 2026-11-22T10:00:00Z and machineId eq 'ab''12'",
            ),
            ("$orderby", "creationDateTimeUtc desc"),
            ("$top", "10000"),
        ];
        assert_eq!(
            pairs,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn links_are_followed_on_our_own_host_whatever_theirs_is() {
        let mut listing = listing(100, 9);
        let first = listing.first();
        let link = "https://evil.example/api/v1.0/MachineActions?$skip=2&$filter=a%20b";
        let next = listing
            .take(&first, &page(&["a", "b"], Some(link)))
            .expect("a page")
            .expect("a next page");
        assert_eq!(
            next.as_str(),
            format!("{HOST}/api/machineactions?$skip=2&$filter=a%20b")
        );
        let relative = listing
            .take(&next, &page(&["c"], Some("machineactions?$skip=3")))
            .expect("a page");
        assert_eq!(
            relative.expect("a next page").as_str(),
            format!("{HOST}/api/machineactions?$skip=3")
        );
    }

    #[test]
    fn a_link_to_another_resource_is_refused() {
        for link in [
            "https://h/api/machines?$skip=1",
            "/api/machineactions/x/cancel",
            "http://[",
            &format!("/api/machineactions?$skiptoken={}", "x".repeat(MAX_LINK_BYTES)),
        ] {
            let mut listing = listing(100, 9);
            let first = listing.first();
            assert!(matches!(
                listing.take(&first, &page(&["a"], Some(link))),
                Err(ReadError::Malformed { .. })
            ));
        }
    }

    #[test]
    fn a_full_page_without_a_link_is_not_taken_for_the_last() {
        let mut listing = listing(2, 9);
        let first = listing.first();
        let next = listing
            .take(&first, &page(&["a", "b"], None))
            .expect("a page")
            .expect("there may be more");
        assert!(next.as_str().ends_with("%24top=2&%24skip=2"), "{next}");
        assert_eq!(listing.take(&next, &page(&["b"], None)), Ok(None));
        assert_eq!(ids(listing), ["a", "b"]);
    }

    #[test]
    fn an_action_that_comes_twice_is_merged_and_the_later_update_stands() {
        let mut listing = listing(100, 9);
        let first = listing.first();
        let entry =
            |status: &str, at: &str| json!({"id": "a", "status": status, "lastUpdateDateTimeUtc": at});
        let reply = json!({"value": [
            entry("InProgress", "2026-01-01T00:00:01Z"),
            entry("Succeeded", "2026-01-01T00:00:02Z"),
            entry("Pending", "2026-01-01T00:00:00Z"),
        ]});
        assert_eq!(listing.take(&first, &body(&reply.to_string())), Ok(None));
        let actions = listing.finish();
        assert_eq!(actions.len(), 1);
        assert_eq!(actions[0].status.as_wire(), "Succeeded");
    }

    #[test]
    fn pages_in_a_circle_and_pages_without_end_are_errors() {
        let mut circle = listing(100, 9);
        let first = circle.first();
        let link = format!("{HOST}/api/machineactions?{}", first.query().unwrap_or_default());
        let error = circle
            .take(&first, &page(&["a"], Some(&link)))
            .expect_err("a circle");
        assert!(error.to_string().contains("circle"), "{error}");
        let mut endless = listing(100, 3);
        let mut url = endless.first();
        let mut taken = 0;
        let error = loop {
            match endless.take(
                &url,
                &page(
                    &[],
                    Some(&format!("?$skiptoken={taken}").replace('?', "machineactions?")),
                ),
            ) {
                Ok(next) => url = next.expect("another page each time"),
                Err(error) => break error,
            }
            taken += 1;
        };
        assert_eq!(taken, 2, "the third page is the last that is read");
        assert!(error.to_string().contains("more pages"), "{error}");
    }

    #[test]
    fn a_page_that_cannot_be_read_whole_fails_the_listing() {
        let unreadable = [
            "",
            "{}",
            "[]",
            "<html>",
            r#"{"value":[{"type":"Isolate"}]}"#,
            r#"{"value":[1]}"#,
            "{\"value\":[",
        ];
        for text in unreadable {
            let mut listing = listing(100, 9);
            let first = listing.first();
            assert!(
                matches!(
                    listing.take(&first, &body(text)),
                    Err(ReadError::Malformed { .. })
                ),
                "{text}"
            );
        }
        let cut = Reply {
            body: Body::Cut("reset".to_owned()),
            ..body("")
        };
        let mut listing = listing(100, 9);
        let first = listing.first();
        assert!(matches!(
            listing.take(&first, &cut),
            Err(ReadError::Unavailable { .. })
        ));
    }
}
