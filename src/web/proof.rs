//! How a sender of events shows who it is, judged on what was sent as it was sent: nothing is parsed before.
//!
//! Called by [`crate::web::events`] twice for each request: [`Proof::before`] with the headers alone, so that whoever shows no
//! token is not listened to, and [`Proof::after`] with the whole body, for signatures. Comparisons of secrets take the same
//! time whatever was sent.

pub(super) mod signature;

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use ring::hmac;
use sha2::{Digest as _, Sha256};

use crate::web::answer::Problem;
use crate::web::keys::{KeyFile, Keys};
use crate::web::peer::{Network, Peer};
use signature::{Standard, is_plainly_signed, only, plain_key, plain_signature, standard_key};

/// What a source asks of its senders.
#[derive(Debug)]
pub struct Proof(Kind);

#[derive(Debug)]
enum Kind {
    /// Nothing.
    Open,
    /// A signature of the Standard Webhooks specification.
    Standard(Keys<hmac::Key>),
    /// A signature over the body alone, in a header.
    Signature {
        keys: Keys<hmac::Key>,
        header: HeaderName,
        prefix: String,
    },
    /// `Authorization: Bearer`.
    Bearer(Keys<[u8; 32]>),
    /// A certificate, verified by TLS.
    Certificate {
        names: Vec<String>,
        fingerprints: Vec<[u8; 32]>,
    },
    /// A proxy that has verified the sender, and says so in a header.
    Proxy {
        header: HeaderName,
        values: Vec<String>,
        from: Vec<Network>,
    },
}

/// Why a request is not taken for its source's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A header is not there.
    Missing(String),
    /// A header cannot be read, or in two ways.
    Malformed(&'static str),
    /// It was sent too long ago, or so it says.
    Stale {
        /// By how much the sender's clock is ahead of ours, seconds.
        ahead_s: i64,
    },
    /// What was shown is not what the source knows.
    Forged,
    /// As [`Refusal::Forged`], while not all keys can be read.
    Unjudged,
    /// It came over a way that cannot show who it is.
    NoWay(&'static str),
}

/// What a delivery is known by when it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Id {
    /// Nothing: its events are known by what they say.
    None,
    /// What its sender called it.
    Given(String),
    /// Its body: nothing else of it is signed, so whoever recorded it could change all the rest.
    Body,
}

impl Proof {
    /// Nothing is asked for: the listener's address alone says who may send.
    pub fn open() -> Self {
        Self(Kind::Open)
    }

    /// Signatures of the Standard Webhooks specification, by any of these secrets.
    pub fn standard_webhooks(files: Vec<KeyFile>) -> Self {
        Self(Kind::Standard(Keys::new(files, standard_key)))
    }

    /// An HMAC-SHA256 of the body in hexadecimal digits, in this header and after this prefix, by any of these secrets.
    ///
    /// # Errors
    /// No header can have that name.
    pub fn signature(files: Vec<KeyFile>, header: &str, prefix: &str) -> Result<Self, String> {
        Ok(Self(Kind::Signature {
            keys: Keys::new(files, plain_key),
            header: header_name(header)?,
            prefix: prefix.to_owned(),
        }))
    }

    /// One of these bearer tokens.
    pub fn bearer(files: Vec<KeyFile>) -> Self {
        let digest: fn(&str) -> Result<[u8; 32], String> =
            |token| long_enough(token).map(|token| Sha256::digest(token).into());
        Self(Kind::Bearer(Keys::new(files, digest)))
    }

    /// A client certificate with one of these alternative names, or of these fingerprints (SHA-256 over its DER).
    pub fn certificate(names: Vec<String>, fingerprints: Vec<[u8; 32]>) -> Self {
        Self(Kind::Certificate { names, fingerprints })
    }

    /// A header with one of these values, set by a proxy at one of these addresses.
    ///
    /// # Errors
    /// No header can have that name.
    pub fn proxy(header: &str, values: Vec<String>, from: Vec<Network>) -> Result<Self, String> {
        Ok(Self(Kind::Proxy {
            header: header_name(header)?,
            values,
            from,
        }))
    }

    /// Whether every file of its secrets holds one now.
    ///
    /// # Errors
    /// One cannot be read or holds none, in the operator's words.
    pub fn judge(&self) -> Result<(), String> {
        match &self.0 {
            Kind::Standard(keys) | Kind::Signature { keys, .. } => keys.judge(),
            Kind::Bearer(keys) => keys.judge(),
            Kind::Open | Kind::Certificate { .. } | Kind::Proxy { .. } => Ok(()),
        }
    }

    /// Whether [`Proof::before`] tells whose a request is; else the whole body must be there before anybody knows.
    pub(super) fn is_judged_before(&self) -> bool {
        match &self.0 {
            Kind::Standard(_) | Kind::Signature { .. } => false,
            Kind::Open | Kind::Bearer(_) | Kind::Certificate { .. } | Kind::Proxy { .. } => true,
        }
    }

    /// Judges what can be judged before the body. `now` is in seconds since 1970.
    pub(super) fn before(&self, headers: &HeaderMap, peer: &Peer, now: i64) -> Result<(), Refusal> {
        match &self.0 {
            Kind::Open => Ok(()),
            Kind::Standard(_) => Standard::read(headers, now).map(|_| ()),
            Kind::Signature { header, prefix, .. } => plain_signature(headers, header, prefix).map(|_| ()),
            Kind::Bearer(keys) => {
                let held = keys.now();
                let given: [u8; 32] = Sha256::digest(bearer(headers)?).into();
                let mut found = false;
                for key in &held.keys {
                    found |= same(&given, key);
                }
                known(found, held.is_lacking)
            }
            Kind::Certificate { names, fingerprints } => {
                if peer.certificate.is_none() {
                    return Err(Refusal::NoWay("this address needs TLS with a client certificate"));
                }
                let is_known = fingerprints.iter().any(|print| peer.has_fingerprint(print))
                    || names.iter().any(|name| peer.is_named(name));
                known(is_known, false)
            }
            Kind::Proxy { header, values, from } => {
                if !from.iter().any(|network| network.contains(peer.address)) {
                    return Err(Refusal::NoWay("this address is reached through a proxy alone"));
                }
                let given = only(headers, header.as_str())?;
                known(values.iter().any(|value| same_text(value, given)), false)
            }
        }
    }

    /// Judges the body as it was received; gives what the delivery is known by. To be called after [`Proof::before`] let the request
    /// through, with the same headers. An `Idempotency-Key` counts where nothing is signed; beside a signature it is anybody's.
    pub(super) fn after(&self, headers: &HeaderMap, body: &[u8], now: i64) -> Result<Id, Refusal> {
        match &self.0 {
            Kind::Standard(keys) => {
                let standard = Standard::read(headers, now)?;
                let held = keys.now();
                known(standard.is_signed(body, &held.keys), held.is_lacking)?;
                Ok(Id::Given(standard.id.to_owned()))
            }
            Kind::Signature { keys, header, prefix } => {
                let signature = plain_signature(headers, header, prefix)?;
                let held = keys.now();
                known(is_plainly_signed(&signature, body, &held.keys), held.is_lacking)?;
                Ok(Id::Body)
            }
            Kind::Open | Kind::Bearer(_) | Kind::Certificate { .. } | Kind::Proxy { .. } => {
                idempotency_key(headers)
            }
        }
    }
}

/// What could be found by trying is no secret.
const SHORTEST_SECRET: usize = 16;

fn long_enough(secret: &str) -> Result<&str, String> {
    match secret.len() {
        SHORTEST_SECRET.. => Ok(secret),
        few => Err(format!(
            "has {few} characters, and could be guessed: take {SHORTEST_SECRET} at least"
        )),
    }
}

fn known(is_known: bool, is_lacking: bool) -> Result<(), Refusal> {
    match (is_known, is_lacking) {
        (true, _) => Ok(()),
        (false, false) => Err(Refusal::Forged),
        (false, true) => Err(Refusal::Unjudged),
    }
}

fn header_name(text: &str) -> Result<HeaderName, String> {
    text.to_ascii_lowercase()
        .parse()
        .map_err(|_| format!("`{text}` cannot be the name of a header"))
}

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&[u8], Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let given = match (values.next(), values.next()) {
        (Some(value), None) => value.as_bytes(),
        (None, _) => return Err(Refusal::Missing("authorization".to_owned())),
        _ => return Err(Refusal::Malformed("`authorization` stands there twice")),
    };
    match given.split_at_checked(7) {
        Some((scheme, given))
            if scheme.eq_ignore_ascii_case(b"bearer ") && !given.trim_ascii().is_empty() =>
        {
            Ok(given.trim_ascii())
        }
        _ => Err(Refusal::Malformed("`authorization` must be `Bearer` and a token")),
    }
}

/// What a sender knows its request by (draft-ietf-httpapi-idempotency-key-header-07): a string of structured headers, in
/// quotation marks, or the same without them, as most send it.
fn idempotency_key(headers: &HeaderMap) -> Result<Id, Refusal> {
    let wrong =
        Refusal::Malformed("`idempotency-key` must stand there once, with 1 to 255 visible characters");
    let text = match only(headers, "idempotency-key") {
        Ok(text) => text.trim(),
        Err(Refusal::Missing(_)) => return Ok(Id::None),
        Err(_) => return Err(wrong),
    };
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let is_fit =
        (1..=255).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if is_fit {
        Ok(Id::Given(bare.to_owned()))
    } else {
        Err(wrong)
    }
}

/// Whether both are the same. Both are hashed first, so that the comparison takes the same time whatever was sent: what it could
/// tell is of hashes that nobody can choose.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    let differing = Sha256::digest(one)
        .iter()
        .zip(Sha256::digest(other).iter())
        .fold(0, |differing, (one, other)| differing | (one ^ other));
    differing == 0
}

fn same_text(one: &str, other: &str) -> bool {
    same(one.as_bytes(), other.as_bytes())
}

impl Refusal {
    /// A stable name, for metrics and for whoever reads the answer.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::Malformed(_) => "malformed",
            Self::Stale { .. } => "stale",
            Self::Forged => "forged",
            Self::Unjudged => "keys_unavailable",
            Self::NoWay(_) => "no_way",
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let unauthorized = |reason: &str, detail: String| Self::new(StatusCode::UNAUTHORIZED, reason, detail);
        match refusal {
            Refusal::Missing(header) => {
                unauthorized("unauthorized", format!("this source needs the header `{header}`"))
            }
            Refusal::Malformed(what) => unauthorized("unauthorized", what.to_owned()),
            Refusal::Forged => {
                let detail =
                    "what was shown is not what this source knows: compare the secrets of both sides";
                unauthorized("unauthorized", detail.to_owned())
            }
            Refusal::Stale { ahead_s } => {
                let (by, way) = (
                    ahead_s.unsigned_abs(),
                    if ahead_s < 0 { "behind" } else { "ahead of" },
                );
                let detail = format!(
                    "`webhook-timestamp` is {by} s {way} this clock, and 300 s are allowed: each attempt needs a time and a signature of its own"
                );
                unauthorized("stale", detail)
            }
            Refusal::NoWay(what) => Self::new(StatusCode::FORBIDDEN, "forbidden", what),
            Refusal::Unjudged => {
                let detail = "not all keys of this source can be read at the moment: send it again";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "keys_unavailable", detail).retry_after_s(5)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::web::keys::tests::plain;

    fn peer(address: &str) -> Peer {
        Peer {
            address: address.parse().expect("an address"),
            certificate: None,
        }
    }

    fn with(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                header_name(name).expect("a name"),
                value.parse().expect("a value"),
            );
        }
        headers
    }

    fn file(directory: &Path, name: &str, text: &str) -> KeyFile {
        let path = directory.join(name);
        std::fs::write(&path, text).expect("it can be written");
        plain(&path)
    }

    #[test]
    fn any_of_the_tokens_opens_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let files = vec![
            file(directory.path(), "a", "old-token-of-sixteen"),
            file(directory.path(), "b", "new-token-of-sixteen"),
        ];
        let proof = Proof::bearer(files);
        let judge = |value: &str| proof.before(&with(&[("authorization", value)]), &peer("203.0.113.1"), 0);
        assert_eq!(judge("Bearer old-token-of-sixteen"), Ok(()));
        assert_eq!(judge("bearer  new-token-of-sixteen "), Ok(()));
        for forged in [
            "Bearer old-token-of-sixtee",
            "Bearer old-token-of-sixteenn",
            "Bearer OLD-TOKEN-OF-SIXTEEN",
            "Bearer old-token-of-sixteen new-token-of-sixteen",
        ] {
            assert_eq!(judge(forged), Err(Refusal::Forged), "{forged}");
        }
        for malformed in [
            "Bearer ",
            "Basic old-token-of-sixteen",
            "old-token-of-sixteen",
            "",
        ] {
            assert!(
                matches!(judge(malformed), Err(Refusal::Malformed(_))),
                "{malformed}"
            );
        }
        let twice = with(&[
            ("authorization", "Bearer x"),
            ("authorization", "Bearer old-token-of-sixteen"),
        ]);
        assert!(proof.before(&twice, &peer("203.0.113.1"), 0).is_err());
        assert!(
            proof.before(&with(&[]), &peer("127.0.0.1"), 0).is_err(),
            "this machine is no exception"
        );
    }

    #[test]
    fn a_proxys_word_counts_from_its_own_address_alone() {
        let proof = Proof::proxy(
            "X-Client-Name",
            vec!["soar.example".to_owned()],
            vec!["10.0.0.0/24".parse().expect("a network")],
        )
        .expect("a name");
        let named = with(&[("x-client-name", "soar.example")]);
        assert_eq!(proof.before(&named, &peer("10.0.0.9"), 0), Ok(()));
        assert!(matches!(
            proof.before(&named, &peer("10.0.1.9"), 0),
            Err(Refusal::NoWay(_))
        ));
        let passed_on = with(&[
            ("x-client-name", "soar.example"),
            ("x-client-name", "soar.example"),
        ]);
        assert!(
            proof.before(&passed_on, &peer("10.0.0.9"), 0).is_err(),
            "one of them is the sender's own"
        );
        assert_eq!(
            proof.before(
                &with(&[("x-client-name", "soar.example.evil")]),
                &peer("10.0.0.9"),
                0
            ),
            Err(Refusal::Forged)
        );
    }

    #[test]
    fn a_certificate_is_asked_for_where_one_is_needed() {
        let proof = Proof::certificate(vec!["soar.example".to_owned()], vec![[7; 32]]);
        let judged = proof.before(&with(&[]), &peer("127.0.0.1"), 0);
        assert!(matches!(judged, Err(Refusal::NoWay(_))), "{judged:?}");
    }

    #[test]
    fn a_key_of_idempotency_may_stand_in_quotation_marks() {
        let read = |values: &[&str]| {
            let pairs: Vec<_> = values.iter().map(|value| ("idempotency-key", *value)).collect();
            idempotency_key(&with(&pairs))
        };
        assert_eq!(read(&[]), Ok(Id::None));
        for value in ["8e03978e-40d5", "\"8e03978e-40d5\""] {
            assert_eq!(read(&[value]), Ok(Id::Given("8e03978e-40d5".to_owned())));
        }
        for wrong in [
            &["\"\""][..],
            &[""],
            &["a b"],
            &["a", "a"],
            &["\"a"],
            &[&"x".repeat(256)],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn while_a_key_cannot_be_read_nobody_is_told_that_he_forged() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let files = vec![
            file(directory.path(), "a", "one-of-sixteen-or-more"),
            file(directory.path(), "b", "two-of-sixteen-or-more"),
        ];
        let Proof(Kind::Bearer(keys)) = Proof::bearer(files) else {
            panic!("it is a bearer")
        };
        let proof = Proof(Kind::Bearer(keys.always_fresh()));
        let judge = |token: &str| {
            let headers = with(&[("authorization", &format!("Bearer {token}"))]);
            proof.before(&headers, &peer("203.0.113.1"), 0)
        };
        std::fs::remove_file(directory.path().join("b")).expect("it is there");
        assert_eq!(judge("one-of-sixteen-or-more"), Ok(()));
        assert_eq!(
            judge("two-of-sixteen-or-more"),
            Err(Refusal::Unjudged),
            "taken away, or just being written"
        );
    }
}
