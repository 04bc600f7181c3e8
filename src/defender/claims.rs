//! The permissions that a token carries, read without verifying it: Defender verifies; we only want to name what is
//! missing before the first call costs a slot. Used by `Client::missing_roles`; an opaque token is not an error.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The app role to restrict, release and cancel.
pub const RESTRICT_ROLE: &str = "Machine.RestrictExecution";
/// The app role to read machine actions and devices; `Machine.ReadWrite.All` serves too.
pub const READ_ROLE: &str = "Machine.Read.All";

/// The roles of [`RESTRICT_ROLE`] and [`READ_ROLE`] that the token lacks; `None` if it is no JWT that we can read.
///
/// Entra issues tokens without `roles` when nothing was granted (facts sheet 5.1), so a missing claim is no role at all.
pub(super) fn missing_roles(token: &str) -> Option<Vec<&'static str>> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    let claims = claims.as_object()?;
    let roles: Vec<&str> = match claims.get("roles") {
        Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(role)) => vec![role],
        _ => Vec::new(),
    };
    let mut missing = Vec::new();
    if !roles.contains(&RESTRICT_ROLE) {
        missing.push(RESTRICT_ROLE);
    }
    if !roles
        .iter()
        .any(|role| matches!(*role, READ_ROLE | "Machine.ReadWrite.All"))
    {
        missing.push(READ_ROLE);
    }
    Some(missing)
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

    #[test]
    fn missing_roles_are_named() {
        let missing = |claims: &str| missing_roles(&token(claims)).expect("a readable token");
        assert_eq!(
            missing(r#"{"roles":["Machine.RestrictExecution","Machine.Read.All"]}"#),
            [""; 0]
        );
        assert_eq!(
            missing(r#"{"roles":["Machine.RestrictExecution","Machine.ReadWrite.All"]}"#),
            [""; 0]
        );
        assert_eq!(
            missing(r#"{"roles":["Machine.Read.All","Alert.Read.All"]}"#),
            [RESTRICT_ROLE]
        );
        assert_eq!(missing(r#"{"roles":"Machine.RestrictExecution"}"#), [READ_ROLE]);
        assert_eq!(missing(r#"{"aud":"x"}"#), [RESTRICT_ROLE, READ_ROLE]);
    }

    #[test]
    fn a_padded_payload_is_read_too() {
        let claims = r#"{"roles":["Machine.Read.All"],"a":"ü"}"#;
        let padded = base64::engine::general_purpose::URL_SAFE.encode(claims);
        assert_eq!(missing_roles(&format!("h.{padded}.s")), Some(vec![RESTRICT_ROLE]));
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
            assert_eq!(missing_roles(token), None, "{token}");
        }
    }
}
