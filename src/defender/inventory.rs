//! The inventory as a whole: `GET /api/machines`, one page a call (facts sheet 4.1). Whoever asks keeps its place between
//! two pages, so that a listing of many pages can go on after a restart. Called by `worker::inventory`.

use reqwest::Url;

use crate::defender::client::Client;
use crate::defender::http::Body;
use crate::defender::machine::{self, Machine};
use crate::defender::paging::{self, PagePlace};
use crate::defender::reads::ReadError;
use crate::limiter::ReadPermit;

/// The most devices that one page may hold (`$top`, facts sheet 4.1).
pub const MAX_INVENTORY_PAGE: u32 = 10_000;

/// Where a listing stands.
pub type InventoryPlace = PagePlace;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryPage {
    /// The devices on it that could be read.
    pub machines: Vec<Machine>,
    /// Entries that could not: they have no id.
    pub unreadable: u64,
    /// The next page; `None`: this is the last one.
    pub next: Option<InventoryPlace>,
}

impl Client {
    /// Reads one page of all devices, of at most `top` of them.
    ///
    /// # Errors
    /// [`ReadError`]; the place holds as before.
    pub async fn inventory_page(
        &self,
        permit: ReadPermit,
        place: &InventoryPlace,
        top: u32,
    ) -> Result<InventoryPage, ReadError> {
        let first = first(&self.checked(&["machines"])?, top);
        let bound = self.page_body_bound();
        let Some(reply) = self.read(permit, paging::at(&first, place), bound).await? else {
            // 404 "if there are no recent machines" (facts sheet 4.1): no fleet, or none beyond the last full page, whose end
            // nobody had told. A page that a link promised is missing, and what is behind it was not read.
            if paging::is_linked(&first, place) {
                return Err(ReadError::Unavailable {
                    reason: "status 404 for a page that the one before links to".to_owned(),
                });
            }
            return Ok(InventoryPage {
                machines: Vec::new(),
                unreadable: 0,
                next: None,
            });
        };
        match &reply.body {
            Body::Whole(bytes) => take(bytes, &first, place, top),
            Body::Cut(reason) => Err(ReadError::Unavailable {
                reason: format!("a page broke off: {reason}"),
            }),
        }
    }
}

/// The address of the first page.
fn first(resource: &Url, top: u32) -> Url {
    let mut url = resource.clone();
    let top = top.clamp(1, MAX_INVENTORY_PAGE);
    url.query_pairs_mut().append_pair("$top", &top.to_string());
    url
}

/// Reads a page.
pub(super) fn take(
    bytes: &[u8],
    first: &Url,
    place: &InventoryPlace,
    top: u32,
) -> Result<InventoryPage, ReadError> {
    let page = paging::take(bytes, first, place, top.clamp(1, MAX_INVENTORY_PAGE) as usize)?;
    let machines: Vec<Machine> = page
        .entries
        .iter()
        .filter_map(|entry| serde_json::from_str(entry.get()).ok())
        .filter_map(|entry| machine::parse(&entry).ok())
        .collect();
    Ok(InventoryPage {
        unreadable: (page.entries.len() - machines.len()) as u64,
        machines,
        next: page.next,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::defender::fake::{Fake, client, read_permit, reply};

    fn resource() -> Url {
        Url::parse("http://127.0.0.1:1/api/machines").expect("an address")
    }

    fn page(place: &InventoryPlace, top: u32, body: &Value) -> Result<InventoryPage, ReadError> {
        take(body.to_string().as_bytes(), &first(&resource(), top), place, top)
    }

    fn listed(ids: &[&str]) -> Vec<Value> {
        ids.iter().map(|id| json!({"id": id})).collect()
    }

    #[test]
    fn a_link_is_followed_on_our_own_resource_only() {
        let body = json!({"value": listed(&["a", "b"]),
            "@odata.nextLink": "https://evil.example/api/v1.0/machines?$top=2&$skiptoken=x%2Fy"});
        let page = page(&InventoryPlace::default(), 2, &body).expect("a page");
        let next = page.next.expect("there is a link");
        assert_eq!(next.received, 2);
        let url = paging::at(&first(&resource(), 2), &next);
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:1/api/machines?$top=2&$skiptoken=x%2Fy"
        );
    }

    #[test]
    fn a_link_to_another_resource_or_to_the_same_page_ends_the_listing_with_an_error() {
        for link in [
            "https://evil.example/api/machineactions?$skip=2",
            "http://127.0.0.1:1/api/machines?%24top=2",
        ] {
            let body = json!({"value": listed(&["a", "b"]), "@odata.nextLink": link});
            let error = page(&InventoryPlace::default(), 2, &body).expect_err(link);
            assert!(matches!(error, ReadError::Malformed { .. }), "{link}");
        }
    }

    #[test]
    fn a_full_page_without_a_link_may_not_be_the_last() {
        let full = page(
            &InventoryPlace::default(),
            2,
            &json!({"value": listed(&["a", "b"])}),
        )
        .expect("a page");
        let next = full.next.expect("nobody said that this was all");
        let url = paging::at(&first(&resource(), 2), &next);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs, [pair("$top", "2"), pair("$skip", "2")]);
        let third = page(&next, 2, &json!({"value": listed(&["c", "d"])})).expect("a page");
        assert_eq!(third.next.map(|place| place.received), Some(4));
        let last = page(&next, 2, &json!({"value": listed(&["c"])})).expect("a page");
        assert_eq!(last.next, None);
    }

    #[tokio::test]
    async fn a_404_is_an_empty_fleet_or_the_end_of_it_and_never_a_page_that_was_promised() {
        let fake = Fake::defender(|_, _| reply(404, "", "")).await;
        let client = client(&fake);
        let at = |query: Option<&str>| InventoryPlace {
            query: query.map(str::to_owned),
            received: 2,
        };
        for ends in [None, Some("%24top=2&%24skip=2")] {
            let page = client.inventory_page(read_permit(), &at(ends), 2).await;
            let page = page.expect("there is nothing more");
            assert!(page.machines.is_empty() && page.next.is_none(), "{ends:?}");
        }
        for promised in ["$top=2&$skiptoken=x", "%24top=2&%24skip=4"] {
            let page = client.inventory_page(read_permit(), &at(Some(promised)), 2).await;
            assert!(matches!(page, Err(ReadError::Unavailable { .. })), "{promised}");
        }
    }

    #[test]
    fn an_entry_without_an_id_is_counted_and_the_others_are_read() {
        let mut entries = listed(&["a"]);
        entries.extend([json!({"computerDnsName": "x"}), json!(7)]);
        let page = page(&InventoryPlace::default(), 10, &json!({"value": entries})).expect("a page");
        assert_eq!((page.machines.len(), page.unreadable), (1, 2));
    }

    #[test]
    fn what_is_no_listing_is_an_error() {
        for body in [json!({}), json!({"value": 3}), json!([])] {
            assert!(page(&InventoryPlace::default(), 10, &body).is_err());
        }
    }
}
