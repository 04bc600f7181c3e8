//! Whether a request comes from our own page, from a program, or from somebody else's page in an operator's browser. Pure.
//!
//! Asked of every request that is believed without a token in it: a browser sends cookies, and reaches this machine and proxies, for
//! whatever page it shows. What changes something must say `Sec-Fetch-Site: same-origin`, or not be a browser's; an `Origin` must be
//! the host that was asked. Where nobody is asked who they are, reading is for our own pages too, and for links to them.

use axum::http::{HeaderMap, HeaderName, Method, header};

static SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
static MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
static DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Whether a request of that method only reads.
pub(super) fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a request that changes something may be believed; `host` is what the browser called us by.
pub(super) fn may_change(headers: &HeaderMap, host: Option<&str>) -> bool {
    let site_is_ours = match one(headers, &SITE) {
        One::None => true,
        One::Is(site) => site == "same-origin",
        One::Unclear => false,
    };
    site_is_ours && origin_is(headers, host)
}

/// Whether a request that reads may be believed where nobody is asked who they are: our own page's, a program's, what somebody typed,
/// and a link that was followed to a page of ours.
pub(super) fn may_read(headers: &HeaderMap, host: Option<&str>) -> bool {
    let is = |name, value| matches!(one(headers, name), One::Is(its) if its == value);
    match one(headers, &SITE) {
        One::None | One::Is("same-origin" | "none") => origin_is(headers, host),
        One::Is(_) => is(&MODE, "navigate") && is(&DEST, "document") && !headers.contains_key(header::ORIGIN),
        One::Unclear => false,
    }
}

/// Whether there is no `Origin`, or it is the host that was asked.
fn origin_is(headers: &HeaderMap, host: Option<&str>) -> bool {
    match one(headers, &header::ORIGIN) {
        One::None => true,
        One::Is(origin) => {
            let authority = origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"));
            matches!((authority, host), (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host))
        }
        One::Unclear => false,
    }
}

/// A header that stands there once at most.
pub(super) enum One<'a> {
    None,
    Is(&'a str),
    /// Twice, or not as text.
    Unclear,
}

/// The value of a header.
pub(super) fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> One<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => One::None,
        (Some(value), None) => value.to_str().map_or(One::Unclear, One::Is),
        _ => One::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("plain text"));
        }
        headers
    }

    #[test]
    fn only_our_own_page_and_programs_change_anything() {
        let host = "quell.example:8740";
        let own = "https://quell.example:8740";
        for (pairs, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", own)], true),
            (&[("origin", "http://QUELL.example:8740")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (
                &[
                    ("sec-fetch-site", "same-origin"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
            (
                &[
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "https://evil.example"),
                ],
                false,
            ),
            (&[("origin", "null")], false),
            (&[("origin", "")], false),
            (&[("origin", "https://quell.example")], false),
            (&[("origin", "https://evil.example/quell.example:8740")], false),
            (&[("origin", "file://quell.example:8740")], false),
            (&[("origin", own), ("origin", "https://evil.example")], false),
        ] {
            assert_eq!(may_change(&headers(pairs), Some(host)), expected, "{pairs:?}");
        }
        assert!(!may_change(&headers(&[("origin", own)]), None));
    }

    #[test]
    fn a_link_from_elsewhere_is_followed_and_nothing_else_of_elsewhere_is_read() {
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        let with = |more: &[(&'static str, &'static str)]| headers(&[&link[..], more].concat());
        let check = |headers: &HeaderMap, expected| {
            assert_eq!(may_read(headers, Some("localhost")), expected, "{headers:?}")
        };
        check(&headers(&[]), true);
        check(&headers(&[("sec-fetch-site", "none")]), true);
        check(&headers(&[("sec-fetch-site", "same-origin")]), true);
        check(&with(&[("sec-fetch-dest", "document")]), true);
        check(&with(&[("sec-fetch-dest", "iframe")]), false);
        check(&with(&[]), false);
        check(
            &with(&[("sec-fetch-dest", "document"), ("origin", "null")]),
            false,
        );
        check(
            &headers(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]),
            false,
        );
        check(&headers(&[("origin", "https://evil.example")]), false);
    }
}
