//! Signatures over the raw bytes of a request: those of the Standard Webhooks specification
//! (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, 1.0.0), and those that GitHub made common
//! (docs.github.com, "Validating webhook deliveries"). Pure: `now` is a parameter.

use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::hmac;

use crate::web::proof::{Refusal, long_enough, same};

/// How far the sender's clock may be from ours, seconds. The specification asks for "some allowable tolerance"; its own
/// libraries take five minutes.
pub(in crate::web) const TOLERANCE_S: i64 = 300;

/// The most signatures of one request that are looked at. A sender sends one for each key that it has at the time.
const MAX_SIGNATURES: usize = 16;

/// The longest id of a message, bytes.
const MAX_ID: usize = 255;

/// Shorter keys are refused: "random, at least 24 bytes".
const MIN_KEY: usize = 24;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key in a secret of the specification: base64, usually with `whsec_` before it.
pub(super) fn standard_key(secret: &str) -> Result<hmac::Key, String> {
    let secret = secret.trim();
    if secret.starts_with("whsk_") || secret.starts_with("whpk_") {
        return Err(
            "is a key of asymmetric signatures, which are not verified here: let the sender sign with `v1`"
                .to_owned(),
        );
    }
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    let bytes = LENIENT
        .decode(encoded)
        .map_err(|_| "is not base64 after `whsec_`".to_owned())?;
    if bytes.len() < MIN_KEY {
        return Err(format!("has fewer than {MIN_KEY} bytes"));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

/// The key of a plain HMAC: the secret's text itself.
pub(super) fn plain_key(secret: &str) -> Result<hmac::Key, String> {
    long_enough(secret).map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
}

/// What a request of the specification says of itself, its form checked and its time too, but not yet its signatures.
#[derive(Debug)]
pub(super) struct Standard<'a> {
    /// What the message is known by, however often it is sent.
    pub id: &'a str,
    timestamp: &'a str,
    signatures: Vec<[u8; 32]>,
}

impl<'a> Standard<'a> {
    /// Reads the three headers. `now` is in seconds since 1970.
    pub fn read(headers: &'a HeaderMap, now: i64) -> Result<Self, Refusal> {
        let id = only(headers, "webhook-id")?;
        // A full stop could be read as the end of the id.
        if id.is_empty()
            || id.len() > MAX_ID
            || id.contains('.')
            || !id.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Refusal::Malformed(
                "`webhook-id` must have 1 to 255 visible characters and no full stop",
            ));
        }
        let timestamp = only(headers, "webhook-timestamp")?;
        let is_number = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let Some(sent) = timestamp.parse::<i64>().ok().filter(|_| is_number) else {
            return Err(Refusal::Malformed(
                "`webhook-timestamp` must be whole seconds since 1970",
            ));
        };
        let ahead = sent.saturating_sub(now);
        if ahead.saturating_abs() > TOLERANCE_S {
            return Err(Refusal::Stale { ahead_s: ahead });
        }
        let signatures: Vec<[u8; 32]> = only(headers, "webhook-signature")?
            .split(' ')
            .filter_map(|signature| signature.strip_prefix("v1,"))
            .take(MAX_SIGNATURES)
            .filter_map(|encoded| LENIENT.decode(encoded).ok()?.try_into().ok())
            .collect();
        if signatures.is_empty() {
            return Err(Refusal::Malformed(
                "`webhook-signature` holds no signature `v1,` of 32 bytes in base64",
            ));
        }
        Ok(Self {
            id,
            timestamp,
            signatures,
        })
    }

    /// Whether one of the keys made one of the signatures over this body.
    pub fn is_signed(&self, body: &[u8], keys: &[hmac::Key]) -> bool {
        let mut found = false;
        for key in keys {
            let mut context = hmac::Context::with_key(key);
            for part in [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", body] {
                context.update(part);
            }
            let expected = context.sign();
            for signature in &self.signatures {
                found |= same(expected.as_ref(), signature);
            }
        }
        found
    }
}

/// The signature in a header such as `X-Hub-Signature-256: sha256=0a1b…`.
pub(super) fn plain_signature(
    headers: &HeaderMap,
    header: &HeaderName,
    prefix: &str,
) -> Result<[u8; 32], Refusal> {
    let text = only(headers, header.as_str())?;
    // Some send the digits alone; that says no less.
    let digits = unhex(text.strip_prefix(prefix).unwrap_or(text));
    digits.ok_or(Refusal::Malformed(
        "the header of the signature must hold its prefix and 64 hexadecimal digits",
    ))
}

/// Whether one of the keys made this signature over this body.
pub(super) fn is_plainly_signed(signature: &[u8; 32], body: &[u8], keys: &[hmac::Key]) -> bool {
    let mut found = false;
    for key in keys {
        found |= same(hmac::sign(key, body).as_ref(), signature);
    }
    found
}

/// 64 hexadecimal digits.
pub(in crate::web) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let value = |digit: u8| {
            char::from(digit)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

/// The value of a header that stands there once: what stands twice can be read in two ways.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value
            .to_str()
            .map_err(|_| Refusal::Malformed("a header of the signature is not plain text")),
        (None, _) => Err(Refusal::Missing(name.to_owned())),
        (Some(_), Some(_)) => Err(Refusal::Malformed("a header of the signature stands there twice")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The test vector of the specification's own libraries (libraries/python/tests/test_webhook.py): known by many senders.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn headers(id: &str, at: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", id),
            ("webhook-timestamp", at),
            ("webhook-signature", signature),
        ] {
            headers.insert(
                name.parse::<HeaderName>().expect("a name"),
                value.parse().expect("a value"),
            );
        }
        headers
    }

    fn judge(headers: &HeaderMap, body: &[u8], now: i64) -> Result<bool, Refusal> {
        let keys = [standard_key(SECRET).expect("a secret")];
        Standard::read(headers, now).map(|standard| standard.is_signed(body, &keys))
    }

    #[test]
    fn the_vector_of_the_specification_is_verified_and_nothing_near_it() {
        let now = 1_614_265_330;
        assert_eq!(judge(&headers(ID, AT, SIGNATURE), BODY, now), Ok(true));
        let several = format!("v1,AAAA v2,x v1a,y v1,{} {SIGNATURE}", "A".repeat(43));
        assert_eq!(judge(&headers(ID, AT, &several), BODY, now), Ok(true));
        for (id, at, body) in [
            ("msg_p5jXN8AQM9LWM0D4loKWxJel", AT, BODY),
            (ID, "1614265331", BODY),
            (ID, AT, &b"{\"test\": 2432232315}"[..]),
            (ID, AT, b""),
            (ID, "01614265330", BODY),
        ] {
            assert_eq!(
                judge(&headers(id, at, SIGNATURE), body, now),
                Ok(false),
                "{id} {at}"
            );
        }
        let late = Refusal::Stale { ahead_s: -301 };
        assert_eq!(judge(&headers(ID, AT, SIGNATURE), BODY, now + 300), Ok(true));
        assert_eq!(judge(&headers(ID, AT, SIGNATURE), BODY, now + 301), Err(late));
        assert_eq!(
            judge(&headers(ID, AT, SIGNATURE), BODY, now - 301),
            Err(Refusal::Stale { ahead_s: 301 })
        );
    }

    #[test]
    fn headers_that_can_be_read_in_two_ways_are_refused() {
        let now = 1_614_265_330;
        for (id, at, signature) in [
            ("", AT, SIGNATURE),
            ("a.b", AT, SIGNATURE),
            ("a b", AT, SIGNATURE),
            (ID, "", SIGNATURE),
            (ID, "+1614265330", SIGNATURE),
            (ID, "1614265330.0", SIGNATURE),
            (ID, "99999999999999999999", SIGNATURE),
            (ID, AT, "v1,"),
            (ID, AT, &SIGNATURE[3..]),
            (ID, AT, "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            (&"x".repeat(256), AT, SIGNATURE),
        ] {
            let judged = judge(&headers(id, at, signature), BODY, now);
            assert!(
                matches!(judged, Err(Refusal::Malformed(_))),
                "{id} {at} {signature}: {judged:?}"
            );
        }
        let mut twice = headers(ID, AT, SIGNATURE);
        twice.append("webhook-id", "other".parse().expect("a value"));
        assert!(matches!(judge(&twice, BODY, now), Err(Refusal::Malformed(_))));
        let mut without = headers(ID, AT, SIGNATURE);
        without.remove("webhook-timestamp");
        assert_eq!(
            judge(&without, BODY, now),
            Err(Refusal::Missing("webhook-timestamp".to_owned()))
        );
    }

    #[test]
    fn a_secret_that_is_none_is_told() {
        for (secret, why) in [
            ("whsec_%%%", "not base64"),
            ("whsec_c2hvcnQ=", "fewer than 24"),
            ("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "asymmetric"),
        ] {
            let error = standard_key(secret).expect_err("it is none");
            assert!(error.contains(why), "{error}");
        }
        assert!(
            standard_key(&SECRET[6..]).is_ok(),
            "the prefix is a help, not a part"
        );
    }

    #[test]
    fn the_vector_of_github_is_verified_and_nothing_near_it() {
        // docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation".
        let keys = [plain_key("It's a Secret to Everybody").expect("a secret")];
        let header = HeaderName::from_static("x-hub-signature-256");
        let digits = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let judge = |value: &str, body: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(&header, value.parse().expect("a value"));
            plain_signature(&headers, &header, "sha256=")
                .map(|signature| is_plainly_signed(&signature, body, &keys))
        };
        assert_eq!(judge(&format!("sha256={digits}"), b"Hello, World!"), Ok(true));
        assert_eq!(
            judge(&format!("sha256={}", digits.to_uppercase()), b"Hello, World!"),
            Ok(true)
        );
        assert_eq!(
            judge(digits, b"Hello, World!"),
            Ok(true),
            "the prefix may be missing"
        );
        assert_eq!(judge(&format!("sha256={digits}"), b"Hello, World"), Ok(false));
        for value in [
            format!("sha1={digits}"),
            format!("sha256={}", &digits[1..]),
            format!("sha256={}+", &digits[1..]),
        ] {
            assert!(
                matches!(judge(&value, b"Hello, World!"), Err(Refusal::Malformed(_))),
                "{value}"
            );
        }
    }
}
