//! Client assertions, checked as Entra documents them (facts sheet 5.3): a certificate's, signed PS256 and named by
//! `x5t#S256`, or another issuer's token that a federated credential fits.
//!
//! Called by the token endpoint. It reads certificates by itself and shares no code with the client that is practised with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use crate::simulator::token::entra::Entra;
use crate::simulator::token::{Refusal, invalid_client};

/// The longest that an assertion may be good for: Microsoft asks for 5 to 10 minutes.
const LONGEST_LIFE: i64 = 600;
/// How far clocks may differ.
const SKEW: i64 = 300;

/// What an assertion must fit.
pub struct Expected<'a> {
    /// The application that it is to speak for.
    pub client_id: &'a str,
    /// The directory, and with it the endpoint that the assertion must name.
    pub tenant: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

/// Checks an assertion; gives its `jti` if it is a certificate's, for it may be used once.
///
/// # Errors
/// Entra's refusal.
pub fn check(assertion: &str, expected: &Expected<'_>, entra: &Entra) -> Result<Option<String>, Refusal> {
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(invalid_client(50_027, "JWT token is invalid or malformed."));
    };
    let (header_json, claims_json) = (json(header)?, json(claims)?);
    // The certificate's assertion names it; every other token is another issuer's.
    let Some(thumbprint) = header_json["x5t#S256"].as_str() else {
        return federated(assertion, entra);
    };
    if (header_json["alg"].as_str(), header_json["typ"].as_str()) != (Some("PS256"), Some("JWT")) {
        return Err(invalid_client(
            700_027,
            "Client assertion failed signature validation: alg or typ.",
        ));
    }
    if !entra.certificates.is_empty() {
        let certificate = entra
            .certificates
            .iter()
            .find(|certificate| URL_SAFE_NO_PAD.encode(digest(&SHA256, certificate)) == thumbprint);
        let Some(certificate) = certificate else {
            return Err(invalid_client(
                700_027,
                "The certificate with identifier used to sign the client assertion is not registered on application.",
            ));
        };
        let signed = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        let is_good = rsa_key(certificate).is_some_and(|key| {
            UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key)
                .verify(signed.as_bytes(), &signature)
                .is_ok()
        });
        if !is_good {
            return Err(invalid_client(
                700_027,
                "Client assertion failed signature validation.",
            ));
        }
    }
    fits(&claims_json, expected)
}

fn fits(claims: &Value, expected: &Expected<'_>) -> Result<Option<String>, Refusal> {
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    let seconds = |name: &str| claims[name].as_i64();
    let audience = text("aud");
    let endpoint = |path: &str| audience.ends_with(&format!("/{}{path}", expected.tenant));
    if !endpoint("/oauth2/v2.0/token") && !endpoint("/oauth2/token") {
        return Err(invalid_client(
            50_027,
            "JWT token is invalid: unexpected audience.",
        ));
    }
    if text("iss") != text("sub") || text("iss") != expected.client_id {
        return Err(invalid_client(
            50_048,
            "Subject mismatches Issuer claim in the client assertion.",
        ));
    }
    let (Some(from), Some(until)) = (seconds("nbf"), seconds("exp")) else {
        return Err(invalid_client(
            50_027,
            "JWT token is invalid: `nbf` or `exp` is missing.",
        ));
    };
    let is_in_time =
        from <= expected.now + SKEW && expected.now < until + SKEW && until - from <= LONGEST_LIFE;
    if !is_in_time {
        return Err(invalid_client(
            700_024,
            "Client assertion is not within its valid time range.",
        ));
    }
    match text("jti") {
        "" => Err(invalid_client(50_027, "JWT token is invalid: `jti` is missing.")),
        jti => Ok(Some(jti.to_owned())),
    }
}

fn federated(assertion: &str, entra: &Entra) -> Result<Option<String>, Refusal> {
    match &entra.federated_token {
        Some(token) if token != assertion => Err(invalid_client(
            700_213,
            "No matching federated identity record found for presented assertion subject.",
        )),
        _ => Ok(None),
    }
}

fn json(part: &str) -> Result<Value, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
    serde_json::from_slice(&bytes).map_err(|_| invalid_client(50_027, "JWT token is invalid or malformed."))
}

/// The RSA public key of a certificate: the sixth part of what is signed, or the seventh after a version.
fn rsa_key(certificate: &[u8]) -> Option<&[u8]> {
    let signed = *parts(parts(certificate)?.first()?.1)?.first()?;
    let fields = parts(signed.1)?;
    let version = usize::from(fields.first()?.0 == 0xa0);
    let key = parts(fields.get(5 + version)?.1)?;
    // A bit string begins with the number of bits that do not count.
    key.get(1)?.1.strip_prefix(&[0])
}

/// The values of a DER sequence, each with its tag.
fn parts(mut der: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut found = Vec::new();
    while let [tag, first, rest @ ..] = der {
        let more = if *first < 0x80 {
            0
        } else {
            usize::from(*first & 0x7f)
        };
        let length = match more {
            0 => usize::from(*first),
            _ => rest
                .get(..more.min(4))?
                .iter()
                .fold(0, |all, byte| (all << 8) | usize::from(*byte)),
        };
        let content = rest.get(more..)?.get(..length)?;
        found.push((*tag, content));
        der = &rest[more + length..];
    }
    der.is_empty().then_some(found)
}
