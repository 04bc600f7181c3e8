//! Listings that are read one page a call: where they stand, and what a page says of the next one.
//!
//! The service's link to the next page may name another host, so only its query is used, on our own resource. Used by
//! `inventory` and `alerts`. Pure but for nothing: the client fetches.

use reqwest::Url;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::defender::listing::rebuilt;
use crate::defender::reads::ReadError;

/// Where a listing stands. Whoever reads it keeps this between two pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PagePlace {
    /// The query of the page to come, as the page before gave it; `None`: the first page.
    pub query: Option<String>,
    /// Entries received on the pages before.
    pub received: u64,
}

/// A page, its entries not yet read.
pub(super) struct Page<'a> {
    pub entries: Vec<&'a RawValue>,
    /// The next page; `None`: this is the last one.
    pub next: Option<PagePlace>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

/// The address of the page at a place, where `first` is that of the first page.
pub(super) fn at(first: &Url, place: &PagePlace) -> Url {
    let mut url = first.clone();
    if let Some(query) = &place.query {
        url.set_query(Some(query));
    }
    url
}

/// Whether the service said that there is such a page. The first page, and one after a full page without a link, it did not.
pub(super) fn is_linked(first: &Url, place: &PagePlace) -> bool {
    let query = place.query.as_ref();
    query.is_some_and(|query| *query != guessed(first, place.received))
}

/// The query of the page after so many entries, where no link names it.
fn guessed(first: &Url, received: u64) -> String {
    format!("{}&%24skip={received}", first.query().unwrap_or_default())
}

/// Takes apart the page that came for `place`, of a listing whose first page is at `first` and asked for `top` entries.
pub(super) fn take<'a>(
    bytes: &'a [u8],
    first: &Url,
    place: &PagePlace,
    top: usize,
) -> Result<Page<'a>, ReadError> {
    let asked = at(first, place);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let page: Wire<'_> = serde_json::from_slice(bytes)
        .map_err(|error| malformed(format!("a page is not a listing: {error}")))?;
    let received = place.received.saturating_add(page.value.len() as u64);
    let mut resource = first.clone();
    resource.set_query(None);
    let query = match page.next {
        Some(link) => rebuilt(&resource, &asked, &link)?.query().map(str::to_owned),
        // As many as `$top` allows, and no link: whether that was all, only the next page can tell.
        None if page.value.len() >= top => Some(guessed(first, received)),
        None => None,
    };
    if query.is_some() && query.as_deref() == asked.query() {
        return Err(malformed("the listing's pages go in a circle".to_owned()));
    }
    Ok(Page {
        entries: page.value,
        next: query.map(|query| PagePlace {
            query: Some(query),
            received,
        }),
    })
}

fn malformed(reason: String) -> ReadError {
    ReadError::Malformed { reason }
}
