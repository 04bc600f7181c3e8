//! What a form sends, and the part of a query that pages read.

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::domain::person::said;
use crate::web::Web;
use crate::web::answer::Problem;

/// No more is taken of one field but the names of devices; a reason is cut shorter by whoever writes it down.
const MOST: usize = 2_000;

/// The fields of a form, in its order; a name may come again and again.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Fields with these values.
    #[cfg(test)]
    pub(super) fn of(fields: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self(fields.iter().map(owned).collect())
    }

    /// The value of a field; `None`: it is not there, or empty.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(given, _)| given == name);
        found
            .map(|(_, value)| said(value, MOST))
            .filter(|value| !value.is_empty())
    }

    /// Every value of a field.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let of_name = self.0.iter().filter(|(given, _)| given == name);
        of_name.map(|(_, value)| said(value, MOST)).collect()
    }

    /// Whether the field is there with this value.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(given, of)| given == name && of == value)
    }
}

impl FromRequest<Web> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let form = Form::<Vec<(String, String)>>::from_request(request, web).await;
        let Form(fields) =
            form.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "bad_form", error.body_text()))?;
        Ok(Self(fields))
    }
}

impl From<Vec<(String, String)>> for Fields {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

/// The query of a request.
pub(super) struct Query(pub Fields);

impl FromRequestParts<Web> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, web).await;
        let axum::extract::Query(pairs) =
            pairs.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "bad_query", error.body_text()))?;
        Ok(Self(Fields(pairs)))
    }
}

/// The path within the console that a form was on: what else it may say is not followed. An open redirect would lead from here to
/// wherever somebody else wants.
pub(super) fn back(given: Option<&str>) -> String {
    let path = given.unwrap_or("/");
    let is_ours = path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'#'))
        && path.len() <= 1_000;
    if is_ours { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_into_the_console_and_nowhere_else() {
        assert_eq!(
            back(Some("/approvals/A-1042?tenant=contoso")),
            "/approvals/A-1042?tenant=contoso"
        );
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nset-cookie: x",
            "/a b",
            "",
        ] {
            assert_eq!(back(Some(elsewhere)), "/", "{elsewhere}");
        }
        assert_eq!(back(None), "/");
    }

    #[test]
    fn an_empty_field_is_no_field_and_a_name_may_come_again() {
        let fields = Fields::of(&[
            ("reason", "  "),
            ("device", "a"),
            ("device", "b"),
            ("by", " anna\n"),
        ]);
        assert_eq!(fields.get("reason"), None);
        assert_eq!(fields.get("by").as_deref(), Some("anna"));
        assert_eq!(fields.all("device"), ["a", "b"]);
        assert!(fields.has("device", "b") && !fields.has("device", "c"));
    }
}
