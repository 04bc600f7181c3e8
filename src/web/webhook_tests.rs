//! Configured sources from outside: who may send, what a repeated delivery gets, and that neither forged nor replayed requests
//! store anything. `QUELL_FORGED` says how many of those are tried; `just hostile` tries a million.

use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use ring::hmac;
use serde_json::{Value, json};

use crate::clock;
use crate::config::environment;
use crate::domain::device::DeviceIdRule;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::intake::Reader;
use crate::web::inbox::Inbox;
use crate::web::inbox::scripted::Script;
use crate::web::keys::tests::plain;
use crate::web::peer::Peer;
use crate::web::proof::Proof;
use crate::web::testing::{Got, TestServer};
use crate::web::{Options, Source, Web, router};

const KEY: &[u8] = b"a key of thirty-two bytes, no less";

fn good(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","alertCreationTime":"2026-01-01T00:00:00Z","severity":"High","machineId":"31a048e5eea6ad6e6bc025bfa9e0e571c4c20f7e"}}"#
    )
}

/// The signature of the specification over these bytes.
fn sign(key: &[u8], id: &str, at: i64, body: &[u8]) -> String {
    let content = [format!("{id}.{at}.").as_bytes(), body].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &content);
    format!("v1,{}", BASE64_STANDARD.encode(tag))
}

/// The headers of the specification.
fn signed(id: &str, at: i64, body: &[u8]) -> String {
    let signature = sign(KEY, id, at, body);
    format!("webhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: {signature}\r\n")
}

fn source(name: &str, tenant: i32, trust: Trust, proof: Proof) -> Arc<Source> {
    Arc::new(Source {
        name: name.to_owned(),
        tenant: TenantId(tenant),
        trust,
        rate: None,
        reader: Reader::new(DeviceIdRule::default()),
        stored: Arc::default(),
        state: crate::domain::source::SourceState::default(),
        proof,
    })
}

/// `signed` of tenant 2, `token` of tenant 3, `forge` of tenant 1.
fn sources(directory: &Path) -> Vec<Arc<Source>> {
    let file = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).expect("it can be written");
        vec![plain(&path)]
    };
    let secret = format!("whsec_{}\n", BASE64_STANDARD.encode(KEY));
    let standard = Proof::standard_webhooks(file("standard", &secret));
    let bearer = Proof::bearer(file("token", "s3cret-of-sixteen"));
    let signature = Proof::signature(
        file("forge", "f0rge-of-sixteen"),
        "X-Hub-Signature-256",
        "sha256=",
    )
    .expect("a secret");
    vec![
        source("signed", 2, Trust::Ask, standard),
        source("token", 3, Trust::Act, bearer),
        source("forge", 1, Trust::Observe, signature),
    ]
}

async fn served(directory: &Path) -> TestServer {
    TestServer::start(|options, _| options.sources = sources(directory)).await
}

fn reason(got: &Got) -> (u16, Value) {
    (got.status, got.json()["reason"].clone())
}

fn stored(script: &Script) -> usize {
    script.kept.lock().expect("nobody panicked").incoming.len()
}

#[tokio::test]
async fn a_signed_delivery_is_stored_once_for_its_tenant_and_repeated_gets_the_first_answer() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let server = served(directory.path()).await;
    let (now, body) = (clock::now().as_second(), good("da1"));
    let first = server
        .post_to(
            "/v1/events/signed",
            &signed("msg_1", now, body.as_bytes()),
            body.as_bytes(),
        )
        .await;
    assert_eq!(first.status, 202, "{first:?}");
    // Another attempt has a time and a signature of its own.
    for at in [now, now + 1, now - 200] {
        let again = server
            .post_to(
                "/v1/events/signed",
                &signed("msg_1", at, body.as_bytes()),
                body.as_bytes(),
            )
            .await;
        assert_eq!((again.status, &again.body), (202, &first.body));
        assert!(again.head.contains("idempotent-replayed: true"), "{again:?}");
    }
    let other = good("da2");
    let another = server
        .post_to(
            "/v1/events/signed",
            &signed("msg_1", now, other.as_bytes()),
            other.as_bytes(),
        )
        .await;
    assert_eq!(reason(&another), (422, json!("id_used_again")));
    let kept = server.script.kept.lock().expect("nobody panicked");
    assert_eq!(kept.incoming.len(), 1);
    assert_eq!(kept.from, [(TenantId(2), "signed".to_owned(), Trust::Ask)]);
}

#[tokio::test]
async fn a_delivery_that_was_not_stored_may_come_again() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let server = served(directory.path()).await;
    let now = clock::now().as_second();
    // Nothing of it is stored: it is no delivery yet.
    let got = server
        .post_to("/v1/events/signed", &signed("msg_1", now, b""), b"")
        .await;
    assert_eq!(got.status, 400, "{got:?}");
    let body = good("da1");
    let got = server
        .post_to(
            "/v1/events/signed",
            &signed("msg_1", now, body.as_bytes()),
            body.as_bytes(),
        )
        .await;
    assert_eq!((got.status, stored(&server.script)), (202, 1));
}

#[tokio::test]
async fn each_source_asks_for_its_own_proof_and_an_unknown_one_names_no_other() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let server = served(directory.path()).await;
    let (now, body) = (clock::now().as_second(), good("da1"));
    let bytes = body.as_bytes();
    let stale = signed("msg_1", now - 400, bytes);
    let hub = |key: &str| {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), bytes);
        let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("x-hub-signature-256: sha256={digits}\r\n")
    };
    let token = "authorization: Bearer s3cret-of-sixteen\r\n".to_owned();
    for (path, headers, expected) in [
        ("/v1/events/signed", String::new(), (401, json!("unauthorized"))),
        ("/v1/events/signed", token.clone(), (401, json!("unauthorized"))),
        ("/v1/events/signed", stale, (401, json!("stale"))),
        (
            "/v1/events/token",
            signed("msg_1", now, bytes),
            (401, json!("unauthorized")),
        ),
        (
            "/v1/events/token",
            token.replace("s3", "S3"),
            (401, json!("unauthorized")),
        ),
        ("/v1/events/forge", hub("forge"), (401, json!("unauthorized"))),
        ("/v1/events/webhook", token.clone(), (404, json!("not_found"))),
        ("/v1/events/nobody", token.clone(), (404, json!("not_found"))),
        ("/v1/events/%ff", token.clone(), (404, json!("not_found"))),
    ] {
        let got = server.post_to(path, &headers, bytes).await;
        assert_eq!(reason(&got), expected, "{path} {headers}");
        assert!(!got.body.contains("forge"), "{got:?}");
    }
    assert_eq!(
        reason(&server.get("/v1/events/signed").await),
        (405, json!("method_not_allowed"))
    );
    assert_eq!(stored(&server.script), 0);
    for (path, headers) in [
        ("/v1/events/token", token),
        ("/v1/events/forge", hub("f0rge-of-sixteen")),
    ] {
        assert_eq!(server.post_to(path, &headers, bytes).await.status, 202, "{path}");
    }
}

#[tokio::test]
async fn an_idempotency_key_counts_where_no_signature_covers_an_id() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let server = served(directory.path()).await;
    let headers =
        |key: &str| format!("authorization: Bearer s3cret-of-sixteen\r\nidempotency-key: {key}\r\n");
    let (body, other) = (good("da1"), good("da2"));
    let first = server
        .post_to("/v1/events/token", &headers("\"k1\""), body.as_bytes())
        .await;
    let again = server
        .post_to("/v1/events/token", &headers("k1"), body.as_bytes())
        .await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert!(!first.head.contains("idempotent-replayed") && again.head.contains("idempotent-replayed"));
    let another = server
        .post_to("/v1/events/token", &headers("k1"), other.as_bytes())
        .await;
    assert_eq!(reason(&another), (422, json!("id_used_again")));
    // The key is its source's alone.
    let own = server.post("idempotency-key: k1\r\n", other.as_bytes()).await;
    assert_eq!((own.status, stored(&server.script)), (202, 2), "{own:?}");
    let malformed = server
        .post_to("/v1/events/token", &headers(""), other.as_bytes())
        .await;
    assert_eq!(malformed.status, 401, "{malformed:?}");
}

#[tokio::test]
async fn a_plainly_signed_body_is_known_by_itself_and_not_by_what_nobody_signed() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let server = served(directory.path()).await;
    let hub = |body: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"f0rge-of-sixteen");
        let tag = hmac::sign(&key, body.as_bytes());
        let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("x-hub-signature-256: sha256={digits}\r\n")
    };
    let (body, other) = (good("da1"), good("da2"));
    for (key, is_replayed) in [
        ("idempotency-key: k1\r\n", false),
        ("", true),
        ("idempotency-key: k2\r\n", true),
    ] {
        let headers = format!("{}{key}", hub(&body));
        let got = server
            .post_to("/v1/events/forge", &headers, body.as_bytes())
            .await;
        assert_eq!(got.status, 202, "{got:?}");
        assert_eq!(got.head.contains("idempotent-replayed"), is_replayed, "{key}");
    }
    // Whoever recorded the first and named it so takes nothing from the next.
    let headers = format!("{}idempotency-key: k1\r\n", hub(&other));
    let got = server
        .post_to("/v1/events/forge", &headers, other.as_bytes())
        .await;
    assert_eq!((got.status, stored(&server.script)), (202, 2), "{got:?}");
}

#[tokio::test]
async fn the_dead_letters_of_a_body_that_comes_again_are_the_same() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let server = served(directory.path()).await;
    for body in [
        "[{\"x\":1},{\"x\":2}]",
        "[{\"x\":1},{\"x\":2}]",
        "[{\"x\":1},{\"x\":3}]",
    ] {
        let headers = "authorization: Bearer s3cret-of-sixteen\r\n";
        let got = server.post_to("/v1/events/token", headers, body.as_bytes()).await;
        assert_eq!(got.status, 400, "{got:?}");
    }
    let kept = server.script.kept.lock().expect("nobody panicked");
    let ids: Vec<_> = kept
        .dead
        .iter()
        .map(|letter| letter.id.expect("it has one"))
        .collect();
    assert_eq!(ids.len(), 6);
    assert!(
        ids[0] == ids[2] && ids[1] == ids[3] && ids[0] != ids[1] && ids[0] != ids[4],
        "{ids:?}"
    );
}

/// Requests straight to the router, without a socket.
struct Direct {
    service: TowerToHyperService<axum::Router>,
    script: Script,
}

impl Direct {
    fn new(directory: &Path) -> Self {
        let mut options = Options::new(TenantId(1));
        options.sources = sources(directory);
        let script = Script::default();
        let web = Web::with_inbox(options, Inbox::Scripted(script.clone()), Box::new(String::new));
        Self {
            service: TowerToHyperService::new(router(web)),
            script,
        }
    }

    async fn post(&self, path: &str, headers: &HeaderMap, body: Vec<u8>) -> (u16, bool) {
        let mut request = Request::post(path).body(Body::from(body)).expect("a request");
        *request.headers_mut() = headers.clone();
        request.extensions_mut().insert(Peer {
            address: "203.0.113.1".parse().expect("an address"),
            certificate: None,
        });
        let answer = self.service.call(request).await.expect("it cannot fail");
        let (head, body) = answer.into_parts();
        to_bytes(body, 1 << 20).await.expect("the answer is short");
        (
            head.status.as_u16(),
            head.headers.contains_key("idempotent-replayed"),
        )
    }
}

/// A request of the specification that can be spoilt.
#[derive(Clone)]
struct Message {
    path: &'static str,
    id: String,
    at: String,
    signature: String,
    body: Vec<u8>,
}

impl Message {
    fn genuine(now: i64) -> Self {
        let body = good("da1").into_bytes();
        Self {
            path: "/v1/events/signed",
            id: "msg_1".to_owned(),
            at: now.to_string(),
            signature: sign(KEY, "msg_1", now, &body),
            body,
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let all = [
            ("webhook-id", &self.id),
            ("webhook-timestamp", &self.at),
            ("webhook-signature", &self.signature),
        ];
        for (name, value) in all {
            // What cannot stand in a header cannot be sent either.
            if let Ok(value) = value.parse() {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        headers
    }

    /// Changes it in one of the ways in which somebody without the key could; never back into what it was.
    fn spoil(&mut self, dice: &mut fastrand::Rng, now: i64) {
        let flip = |bytes: &mut Vec<u8>, dice: &mut fastrand::Rng| {
            let place = dice.usize(..bytes.len());
            bytes[place] ^= 1 << dice.u8(..7);
        };
        match dice.u8(..12) {
            0 => flip(&mut self.body, dice),
            1 => self.body.truncate(dice.usize(..self.body.len())),
            2 => self.body.extend_from_slice(good("da2").as_bytes()),
            3 => self.id.push(dice.alphanumeric()),
            // Without the renewed signature.
            4 => self.at = (now + dice.i64(1..300)).to_string(),
            5 => self.at = (now - 301 - dice.i64(..100_000)).to_string(),
            6 => self.signature = sign(b"another key of thirty-two bytes!!", &self.id, now, &self.body),
            7 => {
                let mut raw = BASE64_STANDARD
                    .decode(&self.signature[3..])
                    .expect("it was encoded");
                flip(&mut raw, dice);
                self.signature = format!("v1,{}", BASE64_STANDARD.encode(raw));
            }
            8 => {
                self.signature =
                    self.signature
                        .replacen("v1,", ["v1a,", "v2,", "", "V1,", "v1="][dice.usize(..5)], 1)
            }
            // Without its padding alone it would say the same.
            9 => self.signature.truncate(dice.usize(..self.signature.len() - 1)),
            10 => {
                // Moves the border between the parts of what is signed.
                self.id = format!("{}.{}", self.id, self.at);
                self.at = now.to_string();
            }
            _ => self.path = ["/v1/events/token", "/v1/events/forge"][dice.usize(..2)],
        }
    }
}

#[tokio::test]
async fn no_forged_and_no_replayed_request_stores_anything() {
    let tries: u64 =
        environment::read_text("QUELL_FORGED").map_or(2_000, |text| text.parse().expect("a number"));
    let seed = environment::read_text("QUELL_FORGED_SEED").map_or(7, |text| text.parse().expect("a number"));
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let direct = Direct::new(directory.path());
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut now = clock::now().as_second();
    let mut genuine = Message::genuine(now);
    let (status, replayed) = direct
        .post(genuine.path, &genuine.headers(), genuine.body.clone())
        .await;
    assert_eq!((status, replayed, stored(&direct.script)), (202, false, 1));
    let (mut forged, mut replays) = (0_u64, 0_u64);
    for turn in 0..tries {
        if turn % 1_000 == 0 && clock::now().as_second() - now > 60 {
            // A run of minutes must not end as one of stale requests.
            now = clock::now().as_second();
            genuine = Message::genuine(now);
        }
        if dice.u8(..4) == 0 {
            let (status, replayed) = direct
                .post(genuine.path, &genuine.headers(), genuine.body.clone())
                .await;
            assert_eq!((status, replayed), (202, true), "turn {turn} of seed {seed}");
            replays += 1;
        } else {
            let mut message = genuine.clone();
            message.spoil(&mut dice, now);
            let (status, _) = direct
                .post(message.path, &message.headers(), message.body.clone())
                .await;
            assert_eq!(
                status, 401,
                "turn {turn} of seed {seed}: {} {} {}",
                message.id, message.at, message.signature
            );
            forged += 1;
        }
    }
    assert_eq!(
        stored(&direct.script),
        1,
        "of {forged} forged and {replays} replayed requests none was stored"
    );
    println!("{forged} forged and {replays} replayed requests, none accepted");
}
