//! Lists in pages: by the key of the last row, so that what is added or ends meanwhile moves nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::desk::DeskError;

/// Some rows of a list, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What `after` takes to get the next ones; `null`: these were the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of at most `limit` rows out of `rows`, which were read with a limit of one more; `key` is what tells where a row
    /// stands in the order of the list.
    pub fn of<K: Serialize>(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| cursor(&key(row)));
        Self { items: rows, next }
    }

    /// The same page of what these rows become.
    pub fn map<U>(self, become_: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(become_).collect(),
            next: self.next,
        }
    }
}

/// The place behind a row of that key.
pub fn cursor(key: &impl Serialize) -> String {
    let json = serde_json::to_vec(key).expect("a key is numbers, times and texts");
    URL_SAFE_NO_PAD.encode(json)
}

/// The key of the row that a page begins behind.
///
/// # Errors
/// It was not given out with a page of this list.
pub fn behind<K: DeserializeOwned>(after: &str) -> Result<K, DeskError> {
    let decoded = URL_SAFE_NO_PAD.decode(after).ok();
    decoded
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| {
            let why = "`after` is no place in this list: take `next` of the page before, unchanged";
            DeskError::Unusable(why.to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_to_the_next_until_there_is_none() {
        let page = Page::of(vec![5, 4, 3], 2, |n: &i64| *n);
        assert_eq!(page.items, [5, 4]);
        let next = page.next.expect("a third row was there");
        assert_eq!(behind::<i64>(&next).expect("it was given out"), 4);
        assert_eq!(Page::of(vec![3], 2, |n: &i64| *n).next, None);
        assert_eq!(Page::of(vec![3, 2], 2, |n: &i64| *n).next, None);
    }

    #[test]
    fn a_place_that_was_not_given_out_is_refused() {
        for after in ["", "zzz", "e30", "\u{1f600}", &cursor(&"text")] {
            assert!(behind::<i64>(after).is_err(), "{after}");
        }
    }
}
