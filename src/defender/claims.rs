//! What an access token says of itself, read without verifying it: Defender verifies; we only want to name what is missing
//! or wrong before the first call costs a slot. Used by `Client::token_facts` and by the check before the first calls; an
//! opaque token is not an error. The token itself never gets out of here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::defender::answer::printable;
use crate::defender::permission::Permission;

/// The longest text of a claim that is kept.
const LONGEST: usize = 300;

/// The claims of a token that an operator may have to know. All of them are the issuer's word, unverified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// `aud`: the API that the token is for.
    pub audience: String,
    /// `tid`: the directory.
    pub directory: String,
    /// `appid` or `azp`: the application.
    pub application: String,
    /// `roles`: application permissions that were granted. Entra leaves the claim out when there are none (facts sheet 5.1).
    pub roles: Vec<String>,
    /// `scp`: delegated permissions. Only tokens of a signed-in user have them.
    pub scopes: Vec<String>,
    /// `upn`, `unique_name` or `preferred_username`: the signed-in user.
    pub user: Option<String>,
    /// `exp`: when the token ends, by the issuer's clock.
    pub expires_at: Option<Timestamp>,
    /// `iat`: when it was issued, by the issuer's clock.
    pub issued_at: Option<Timestamp>,
}

impl Claims {
    /// Reads a token's claims; `None` if it is no JWT that we can read.
    pub(super) fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let claims: Value = serde_json::from_slice(&bytes).ok()?;
        let claims = claims.as_object()?;
        let first = |names: &[&str]| names.iter().find_map(|name| text(claims, name));
        Some(Self {
            audience: first(&["aud"]).unwrap_or_default(),
            directory: first(&["tid"]).unwrap_or_default(),
            application: first(&["appid", "azp"]).unwrap_or_default(),
            roles: names(claims.get("roles")),
            scopes: names(claims.get("scp")),
            user: first(&["upn", "unique_name", "preferred_username"]),
            expires_at: time(claims.get("exp")),
            issued_at: time(claims.get("iat")),
        })
    }

    /// Whether the token acts for a signed-in user: then permissions are scopes, and the user's own rights count too.
    pub fn is_delegated(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// What was granted: scopes of a signed-in user, else roles of the application.
    pub fn granted(&self) -> &[String] {
        match self.is_delegated() {
            true => &self.scopes,
            false => &self.roles,
        }
    }

    /// Those of `wanted` that the token lacks.
    pub fn missing(&self, wanted: &[Permission]) -> Vec<Permission> {
        wanted
            .iter()
            .copied()
            .filter(|permission| !permission.held(self))
            .collect()
    }
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = claims.get(name)?.as_str()?;
    Some(printable(text, LONGEST)).filter(|text| !text.is_empty())
}

/// A list of names, or names with spaces between them.
fn names(claim: Option<&Value>) -> Vec<String> {
    let texts: Vec<&str> = match claim {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(names)) => names.split_ascii_whitespace().collect(),
        _ => Vec::new(),
    };
    texts.into_iter().map(|name| printable(name, LONGEST)).collect()
}

fn time(claim: Option<&Value>) -> Option<Timestamp> {
    let claim = claim?;
    let seconds = claim.as_i64().or_else(|| claim.as_str()?.parse().ok())?;
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!(
            "{}.{}.{}",
            part(r#"{"alg":"RS256"}"#),
            part(claims),
            part("signature")
        )
    }

    fn read(claims: &str) -> Claims {
        Claims::read(&token(claims)).expect("a readable token")
    }

    #[test]
    fn what_an_operator_may_have_to_know_is_read() {
        let claims = read(
            r#"{"aud":"https://api.securitycenter.microsoft.com","tid":"t-1","appid":"a-1","exp":1700003600,"iat":"1700000000",
                "roles":["Machine.RestrictExecution","Machine.Read.All"]}"#,
        );
        assert_eq!(claims.audience, "https://api.securitycenter.microsoft.com");
        assert_eq!(
            (claims.directory.as_str(), claims.application.as_str()),
            ("t-1", "a-1")
        );
        assert_eq!(claims.expires_at.map(Timestamp::as_second), Some(1_700_003_600));
        assert_eq!(claims.issued_at.map(Timestamp::as_second), Some(1_700_000_000));
        assert!(!claims.is_delegated() && claims.user.is_none());
        assert_eq!(claims.missing(&Permission::ALWAYS), []);
    }

    #[test]
    fn a_users_token_has_scopes_and_a_name() {
        let claims =
            read(r#"{"scp":"Machine.RestrictExecution Machine.Read","upn":"ana@contoso.example","azp":"a"}"#);
        assert!(claims.is_delegated());
        assert_eq!(claims.user.as_deref(), Some("ana@contoso.example"));
        assert_eq!(claims.application, "a");
        assert_eq!(claims.missing(&Permission::ALWAYS), []);
        assert_eq!(claims.missing(&[Permission::Isolate]), [Permission::Isolate]);
    }

    #[test]
    fn a_single_role_may_be_written_as_text_and_none_is_none() {
        assert_eq!(
            read(r#"{"roles":"Machine.Read.All"}"#).missing(&Permission::ALWAYS),
            [Permission::Restrict]
        );
        assert_eq!(
            read(r#"{"aud":"x"}"#).missing(&Permission::ALWAYS),
            Permission::ALWAYS
        );
    }

    #[test]
    fn a_padded_payload_is_read_too() {
        let claims = r#"{"roles":["Machine.Read.All"],"a":"ü"}"#;
        let padded = base64::engine::general_purpose::URL_SAFE.encode(claims);
        let claims = Claims::read(&format!("h.{padded}.s")).expect("a readable token");
        assert_eq!(claims.roles, ["Machine.Read.All"]);
    }

    #[test]
    fn an_opaque_token_says_nothing() {
        for token in [
            "",
            "opaque",
            "a.b",
            "a.b.c",
            "a.b.c.d",
            &token("[]"),
            &token("not json"),
        ] {
            assert_eq!(Claims::read(token), None, "{token}");
        }
    }
}
