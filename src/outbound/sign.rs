//! Signatures of Standard Webhooks (github.com/standard-webhooks/standard-webhooks, `spec`): `v1`, HMAC-SHA256 over id, time and body. With
//! several secrets each signs, so that a receiver may change from one to the other at its leisure.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use super::OutboundError;

/// What the specification asks of a secret, in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Signs what is sent.
#[derive(Clone)]
pub(super) struct Signer(Vec<hmac::Key>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({} keys)", self.0.len())
    }
}

impl Signer {
    /// Takes secrets as they are handed out: `whsec_` and base64.
    pub(super) fn new(secrets: &[SecretString]) -> Result<Self, OutboundError> {
        let key = |secret: &SecretString| {
            let text = secret.expose_secret();
            let bytes = BASE64_STANDARD
                .decode(text.strip_prefix("whsec_").unwrap_or(text))
                .ok();
            let bytes = bytes.filter(|bytes| LENGTHS.contains(&bytes.len()));
            bytes
                .map(|bytes| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
                .ok_or(OutboundError::Secret)
        };
        secrets.iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    /// Whether nothing is signed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `webhook-signature`; `at` in seconds since 1970.
    pub(super) fn sign(&self, id: &str, at: i64, body: &[u8]) -> String {
        let content = [format!("{id}.{at}.").as_bytes(), body].concat();
        let signed = |key| format!("v1,{}", BASE64_STANDARD.encode(hmac::sign(key, &content)));
        self.0.iter().map(signed).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secrets: &[&str]) -> Result<Signer, OutboundError> {
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        Signer::new(&secrets)
    }

    #[test]
    fn the_published_vector_of_standard_webhooks_is_met() {
        let (id, at, body) = (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        let published = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let one = signer(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]).expect("it is a secret");
        assert_eq!(one.sign(id, at, body), published);
        let two = signer(&[
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_bmV3ZXIga2V5LCBidXQgbm90IG5ldyBlbm91Z2g=",
        ]);
        let both = two.expect("they are secrets").sign(id, at, body);
        let (first, second) = both.split_once(' ').expect("each signs");
        assert_eq!(first, published);
        assert!(second.starts_with("v1,") && second != published, "{both}");
    }

    #[test]
    fn what_is_no_secret_is_refused_and_never_shown() {
        for secret in ["whsec_", "whsec_c2hvcnQ=", "not base64 at all, is it"] {
            let error = signer(&[secret]).expect_err("it is none");
            assert!(
                !error.to_string().contains("short") && !error.to_string().contains("c2hv"),
                "{error}"
            );
        }
        let shown = format!("{:?}", signer(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]));
        assert!(!shown.contains("MfKQ"), "{shown}");
    }
}
