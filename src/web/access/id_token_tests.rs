//! ID tokens: one that is believed, and each way in which one must not be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

use super::id_token::{Expected, KeySet, Wrong, verify};
use super::issuer_fake::{Signer, part};

const NOW: i64 = 1_800_000_000;

const EXPECTED: Expected<'static> = Expected {
    issuer: "https://login.example.com",
    client_id: "quell",
    nonce: "n-0S6_WzA2Mj",
    now: NOW,
};

fn claims() -> Value {
    json!({"iss": "https://login.example.com", "aud": "quell", "sub": "s1", "nonce": "n-0S6_WzA2Mj", "iat": NOW, "exp": NOW + 300})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("it is an object").remove(name);
    claims
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).expect("it is a key set")
}

#[test]
fn a_token_of_either_algorithm_is_believed() {
    for signer in [Signer::ec(), Signer::rsa()] {
        let keys = set(&[signer.jwk("k1")]);
        let verified = verify(&signer.token("k1", &claims()), &keys, &EXPECTED).expect("it is good");
        assert_eq!(verified["sub"], "s1");
        let nameless = signer.signed(&json!({"alg": alg(&signer)}), &claims());
        assert!(
            verify(&nameless, &keys, &EXPECTED).is_ok(),
            "one key needs no name"
        );
        let two = set(&[signer.jwk("k1"), signer.jwk("k2")]);
        assert_eq!(verify(&nameless, &two, &EXPECTED).err(), Some(Wrong::UnknownKey));
    }
}

fn alg(signer: &Signer) -> &'static str {
    match signer {
        Signer::Ec(_) => "ES256",
        Signer::Rsa(_) => "RS256",
    }
}

#[test]
fn what_the_claims_say_must_fit_this_sign_in() {
    let signer = Signer::ec();
    let keys = set(&[signer.jwk("k1")]);
    let check = |claims: &Value, expected: Option<Wrong>| {
        assert_eq!(
            verify(&signer.token("k1", claims), &keys, &EXPECTED).err(),
            expected,
            "{claims}"
        );
    };
    check(&with("iss", json!("https://evil.example")), Some(Wrong::Issuer));
    check(
        &with("iss", json!("https://login.example.com/")),
        Some(Wrong::Issuer),
    );
    check(&without("iss"), Some(Wrong::Claim("iss")));
    check(&with("aud", json!("other")), Some(Wrong::Audience));
    check(&with("aud", json!(["quell"])), None);
    check(&with("aud", json!(["quell", "other"])), Some(Wrong::Audience));
    check(&with("aud", json!([])), Some(Wrong::Audience));
    check(&without("aud"), Some(Wrong::Claim("aud")));
    check(&with("azp", json!("quell")), None);
    check(&with("azp", json!("other")), Some(Wrong::Audience));
    let mut several = with("aud", json!(["other", "quell"]));
    several["azp"] = json!("quell");
    check(&several, None);
    check(&with("exp", json!(NOW - 59)), None);
    check(&with("exp", json!(NOW - 60)), Some(Wrong::Expired));
    check(&with("exp", json!(-1)), Some(Wrong::Expired));
    check(&with("exp", json!("never")), Some(Wrong::Claim("exp")));
    check(&without("exp"), Some(Wrong::Claim("exp")));
    check(&with("iat", json!(NOW - 600)), Some(Wrong::Expired));
    check(&with("iat", json!(NOW + 61)), Some(Wrong::TooEarly));
    check(&without("iat"), Some(Wrong::Claim("iat")));
    check(&with("nbf", json!(NOW + 61)), Some(Wrong::TooEarly));
    check(&with("nbf", json!(NOW as f64 + 0.5)), None);
    check(&with("nonce", json!("another")), Some(Wrong::Nonce));
    check(&without("nonce"), Some(Wrong::Nonce));
    check(&with("sub", json!("")), Some(Wrong::Claim("sub")));
    check(&without("sub"), Some(Wrong::Claim("sub")));
}

#[test]
fn no_other_way_of_signing_is_taken() {
    let signer = Signer::rsa();
    let keys = set(&[signer.jwk("k1")]);
    let check = |token: &str, expected: Wrong| {
        assert_eq!(verify(token, &keys, &EXPECTED).err(), Some(expected), "{token}")
    };
    let unsigned = |alg: &str| format!("{}.{}.", part(&json!({"alg": alg, "kid": "k1"})), part(&claims()));
    for alg in ["none", "None", "NONE", "", "HS256", "RS512", "PS256", "EdDSA"] {
        check(&unsigned(alg), Wrong::Algorithm);
    }
    // The public key taken for a shared secret.
    let jwk = signer.jwk("k1");
    let public = URL_SAFE_NO_PAD
        .decode(jwk["n"].as_str().expect("it has one"))
        .expect("it is base64");
    let signed = format!(
        "{}.{}",
        part(&json!({"alg": "HS256", "kid": "k1"})),
        part(&claims())
    );
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), signed.as_bytes());
    check(
        &format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag)),
        Wrong::Algorithm,
    );
    // A key of another kind under the same name.
    let header = json!({"alg": "ES256", "kid": "k1"});
    check(&Signer::ec().signed(&header, &claims()), Wrong::UnknownKey);
    // What must be understood, and another type of token.
    check(
        &signer.signed(
            &json!({"alg": "RS256", "kid": "k1", "crit": ["b64"], "b64": false}),
            &claims(),
        ),
        Wrong::Algorithm,
    );
    check(
        &signer.signed(&json!({"alg": "RS256", "kid": "k1", "typ": "at+jwt"}), &claims()),
        Wrong::Algorithm,
    );
    // The token's own key, and an address of keys, are not looked at.
    let own = Signer::ec();
    let header =
        json!({"alg": "ES256", "kid": "mine", "jwk": own.jwk("mine"), "jku": "https://evil.example/keys"});
    check(&own.signed(&header, &claims()), Wrong::UnknownKey);
}

#[test]
fn a_token_that_was_changed_or_is_anothers_is_not_believed() {
    let (signer, other) = (Signer::ec(), Signer::ec());
    let keys = set(&[signer.jwk("k1")]);
    let check = |token: &str, expected: Wrong| {
        assert_eq!(verify(token, &keys, &EXPECTED).err(), Some(expected), "{token}")
    };
    check(&other.token("k1", &claims()), Wrong::Signature);
    check(&signer.token("k2", &claims()), Wrong::UnknownKey);
    let token = signer.token("k1", &claims());
    let (signed, signature) = token.rsplit_once('.').expect("it has a signature");
    let (header, _) = signed.split_once('.').expect("it has claims");
    check(
        &format!("{header}.{}.{signature}", part(&with("sub", json!("admin")))),
        Wrong::Signature,
    );
    check(&format!("{signed}."), Wrong::Signature);
    check(
        &format!("{signed}.{}", &signature[..signature.len() - 2]),
        Wrong::Signature,
    );
    check(&format!("{signed}.{signature}=="), Wrong::Form);
    for broken in [
        "",
        ".",
        "..",
        "a.b",
        signed,
        &format!("{token}.{token}"),
        &"a".repeat(70_000),
    ] {
        assert!(verify(broken, &keys, &EXPECTED).is_err(), "{broken:.40}");
    }
    check(
        &format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode("[]"), part(&claims())),
        Wrong::Form,
    );
}

#[test]
fn keys_that_cannot_sign_tokens_are_left_out() {
    let signer = Signer::ec();
    let changed = |name: &str, value: Value| {
        let mut key = signer.jwk("k1");
        key[name] = value;
        set(&[key])
    };
    let token = signer.token("k1", &claims());
    for keys in [
        changed("use", json!("enc")),
        changed("alg", json!("ES384")),
        changed("crv", json!("P-384")),
        changed("x", json!("AA")),
        changed("kty", json!("oct")),
        set(&[]),
        set(&[json!({"kty": "oct", "kid": "k1", "k": "c2VjcmV0"})]),
    ] {
        assert_eq!(
            verify(&token, &keys, &EXPECTED).err(),
            Some(Wrong::UnknownKey),
            "{keys:?}"
        );
    }
    assert!(KeySet::parse(b"{}").is_none() && KeySet::parse(b"no").is_none());
    let short = json!({"kty": "RSA", "kid": "k1", "n": URL_SAFE_NO_PAD.encode([255; 128]), "e": "AQAB"});
    let weak = Signer::rsa().token("k1", &claims());
    assert_eq!(
        verify(&weak, &set(&[short]), &EXPECTED).err(),
        Some(Wrong::Signature),
        "1024 bits are no key"
    );
}
