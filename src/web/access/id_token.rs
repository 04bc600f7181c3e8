//! ID tokens, verified: OpenID Connect Core 1.0 section 3.1.3.7, JWS (RFC 7515) in its compact form, and what RFC 8725 warns of.
//!
//! Two algorithms are known, RS256 and ES256, and each has keys of its own kind: a token cannot choose `none`, nor have a public key
//! taken for a shared secret. Nothing of a token is believed before its signature is; whatever is wrong ends it. Pure: keys and `now`
//! are parameters. Called by [`crate::web::access::oidc`] once for each sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::web::proof::same;

/// No token is longer, bytes.
const LONGEST: usize = 64 * 1024;

/// How far clocks may differ, seconds.
const SKEW: i64 = 60;

/// A token is made for one sign-in: one older than this was not, seconds.
const OLDEST: i64 = 600;

/// The keys of an issuer that can sign tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
}

/// What a token must be for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// Who gave it.
    pub issuer: &'a str,
    /// To whom.
    pub client_id: &'a str,
    /// In answer to what.
    pub nonce: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Wrong {
    /// It is no signed token in the compact form.
    #[error("it is no signed token")]
    Form,
    /// Another algorithm than RS256 and ES256, or a header that must be understood and is not.
    #[error("it is signed in another way than RS256 or ES256")]
    Algorithm,
    /// The issuer has no such key, or not for this algorithm. Its keys may have changed.
    #[error("it is signed with a key that the issuer does not show")]
    UnknownKey,
    /// Somebody else signed it, or it was changed.
    #[error("its signature is not the issuer's")]
    Signature,
    /// Another issuer's.
    #[error("it is another issuer's")]
    Issuer,
    /// For somebody else.
    #[error("it is for another client than this one")]
    Audience,
    /// Its time is over, or it is too old for this sign-in.
    #[error("its time is over")]
    Expired,
    /// Its time has not come.
    #[error("its time has not come: are the clocks right")]
    TooEarly,
    /// For another sign-in.
    #[error("it was given for another sign-in")]
    Nonce,
    /// A claim that each token has is not there, or of another type.
    #[error("it has no `{0}`, or one of another type")]
    Claim(&'static str),
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    for_use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl KeySet {
    /// Reads a JWK set (RFC 7517); keys of other kinds, for other uses or other algorithms are left out. `None`: it is none.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let set: Value = serde_json::from_slice(json).ok()?;
        let keys = set.get("keys")?.as_array()?.iter();
        let read = |key: &Value| Jwk::deserialize(key).ok().and_then(Key::of);
        Some(Self(keys.filter_map(read).take(100).collect()))
    }
}

impl Key {
    fn of(jwk: Jwk) -> Option<Self> {
        if jwk.for_use.is_some_and(|its| its != "sig") {
            return None;
        }
        let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let is_for = |alg: &str| jwk.alg.as_deref().is_none_or(|its| its == alg);
        let kind = match jwk.kty.as_str() {
            "RSA" if is_for("RS256") => Kind::Rsa {
                n: bytes(jwk.n)?,
                e: bytes(jwk.e)?,
            },
            "EC" if is_for("ES256") && jwk.crv.as_deref() == Some("P-256") => {
                let (x, y) = (bytes(jwk.x)?, bytes(jwk.y)?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                Kind::P256([&[4][..], &x, &y].concat())
            }
            _ => return None,
        };
        Some(Self { id: jwk.kid, kind })
    }

    fn is_for(&self, alg: &str) -> bool {
        matches!(
            (&self.kind, alg),
            (Kind::Rsa { .. }, "RS256") | (Kind::P256(_), "ES256")
        )
    }

    fn has_signed(&self, signed: &[u8], signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            Kind::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
        }
        .is_ok()
    }
}

/// The claims of a token that is the issuer's, for this client, now, and for this sign-in.
pub(super) fn verify(
    token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, Wrong> {
    if token.len() > LONGEST {
        return Err(Wrong::Form);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Wrong::Form)?;
    let (header, claims) = signed.split_once('.').ok_or(Wrong::Form)?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Wrong::Form);
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Wrong::Form)?;
    let is_jwt = header
        .typ
        .as_deref()
        .is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"));
    if !is_jwt || header.crit.is_some() || !["RS256", "ES256"].contains(&header.alg.as_str()) {
        return Err(Wrong::Algorithm);
    }
    let (claims, signature) = (decoded(claims)?, decoded(signature)?);
    let fitting: Vec<&Key> = keys.0.iter().filter(|key| key.is_for(&header.alg)).collect();
    let candidates: Vec<&Key> = match &header.kid {
        Some(id) => fitting
            .into_iter()
            .filter(|key| key.id.as_ref() == Some(id))
            .collect(),
        // Without a name only where there is nothing to choose from.
        None if fitting.len() == 1 => fitting,
        None => Vec::new(),
    };
    if candidates.is_empty() {
        return Err(Wrong::UnknownKey);
    }
    if !candidates
        .iter()
        .any(|key| key.has_signed(signed.as_bytes(), &signature))
    {
        return Err(Wrong::Signature);
    }
    let claims: Map<String, Value> = serde_json::from_slice(&claims).map_err(|_| Wrong::Form)?;
    fits(&claims, expected)?;
    Ok(claims)
}

fn fits(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), Wrong> {
    let text = |name| claims.get(name).and_then(Value::as_str);
    let time = |name| claims.get(name).and_then(seconds).ok_or(Wrong::Claim(name));
    if text("iss").ok_or(Wrong::Claim("iss"))? != expected.issuer {
        return Err(Wrong::Issuer);
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Err(Wrong::Claim("aud")),
    };
    // One that is for others too says who asked for it.
    let asked_by = text("azp").or_else(|| (audience.len() == 1).then(|| audience[0]));
    if !audience.contains(&expected.client_id) || asked_by != Some(expected.client_id) {
        return Err(Wrong::Audience);
    }
    let (expires, issued) = (time("exp")?, time("iat")?);
    if expires.saturating_add(SKEW) <= expected.now || issued.saturating_add(OLDEST) <= expected.now {
        return Err(Wrong::Expired);
    }
    let begins = claims
        .get("nbf")
        .map(|_| time("nbf"))
        .transpose()?
        .unwrap_or(issued);
    if issued.max(begins) > expected.now.saturating_add(SKEW) {
        return Err(Wrong::TooEarly);
    }
    if !same(
        text("nonce").ok_or(Wrong::Nonce)?.as_bytes(),
        expected.nonce.as_bytes(),
    ) {
        return Err(Wrong::Nonce);
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err(Wrong::Claim("sub"));
    }
    Ok(())
}

/// A time in seconds; RFC 7519 lets it have a fraction.
fn seconds(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time beyond all numbers is the furthest one"
    )]
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))
}
