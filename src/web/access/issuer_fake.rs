//! An issuer to sign in with in tests: a discovery document, a key set, a token endpoint. It signs by ring, and says what it was asked.

use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

/// A key that signs tokens.
pub(super) enum Signer {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Signer {
    /// A new one of ES256.
    pub fn ec() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .expect("there are random bits");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
        Self::Ec(pair.expect("it was just made"))
    }

    /// The RS256 key of the tests' files.
    pub fn rsa() -> Self {
        let pem = include_str!("../../../tests/data/credentials/key.pem");
        let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = base64::engine::general_purpose::STANDARD
            .decode(base64)
            .expect("it is PEM");
        Self::Rsa(RsaKeyPair::from_pkcs8(&der).expect("it is an RSA key"))
    }

    fn alg(&self) -> &'static str {
        match self {
            Self::Ec(_) => "ES256",
            Self::Rsa(_) => "RS256",
        }
    }

    /// The public key as a JWK.
    pub fn jwk(&self, id: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": id, "use": "sig", "alg": "ES256", "x": text(&point[1..33]), "y": text(&point[33..])})
            }
            Self::Rsa(pair) => {
                let public = pair.public_key();
                let components: ring::rsa::PublicKeyComponents<Vec<u8>> = public.into();
                json!({"kty": "RSA", "kid": id, "use": "sig", "n": text(&components.n), "e": text(&components.e)})
            }
        }
    }

    /// A token with those claims.
    pub fn token(&self, id: &str, claims: &Value) -> String {
        self.signed(&json!({"alg": self.alg(), "kid": id, "typ": "JWT"}), claims)
    }

    /// A token with that header.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = match self {
            Self::Ec(pair) => {
                let signature = pair
                    .sign(&SystemRandom::new(), signed.as_bytes())
                    .expect("there are random bits");
                signature.as_ref().to_vec()
            }
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    signed.as_bytes(),
                    &mut signature,
                )
                .expect("it fits");
                signature
            }
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A part of a token.
pub(super) fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// What the issuer does.
#[derive(Clone)]
pub(super) struct Fake(Arc<Shared>);

struct Shared {
    url: Mutex<String>,
    signer: Signer,
    /// What it puts into the next token, beside what belongs there.
    claims: Mutex<Value>,
    /// The challenge and nonce of the one who was sent to it.
    sent: Mutex<Option<(String, String)>>,
}

impl Fake {
    /// Starts it; it stops with the tasks.
    pub async fn start(tasks: &mut JoinSet<()>) -> Self {
        let fake = Self(Arc::new(Shared {
            url: Mutex::default(),
            signer: Signer::ec(),
            claims: Mutex::new(json!({})),
            sent: Mutex::default(),
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        *fake.0.url.lock().expect("nobody panicked") =
            format!("http://{}", listener.local_addr().expect("it is bound"));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(fake.clone());
        tasks.spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        fake
    }

    pub fn url(&self) -> String {
        self.0.url.lock().expect("nobody panicked").clone()
    }

    /// What its next token says.
    pub fn says(&self, claims: Value) {
        *self.0.claims.lock().expect("nobody panicked") = claims;
    }

    /// Somebody comes with these parameters: they are let in.
    pub fn lets_in(&self, challenge: &str, nonce: &str) {
        *self.0.sent.lock().expect("nobody panicked") = Some((challenge.to_owned(), nonce.to_owned()));
    }
}

async fn discovery(State(fake): State<Fake>) -> Json<Value> {
    let url = fake.url();
    Json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }))
}

async fn keys(State(fake): State<Fake>) -> Json<Value> {
    Json(json!({"keys": [{"kty": "OKP", "kid": "other"}, fake.0.signer.jwk("k1")]}))
}

#[derive(serde::Deserialize)]
struct Redeemed {
    code: String,
    code_verifier: String,
    client_id: String,
    client_secret: String,
}

async fn token(State(fake): State<Fake>, Form(asked): Form<Redeemed>) -> (StatusCode, Json<Value>) {
    let sent = fake.0.sent.lock().expect("nobody panicked").take();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked.code_verifier));
    let is_known = (asked.client_id.as_str(), asked.client_secret.as_str()) == ("quell", "s3cret");
    let Some((_, nonce)) = sent.filter(|(its, _)| *its == challenge && is_known && asked.code == "good")
    else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})));
    };
    let now = crate::clock::now().as_second();
    let mut claims =
        json!({"iss": fake.url(), "aud": "quell", "sub": "s1", "nonce": nonce, "iat": now, "exp": now + 300});
    let more = fake.0.claims.lock().expect("nobody panicked").clone();
    for (name, value) in more.as_object().expect("claims are an object") {
        claims[name] = value.clone();
    }
    (
        StatusCode::OK,
        Json(json!({"id_token": fake.0.signer.token("k1", &claims)})),
    )
}
