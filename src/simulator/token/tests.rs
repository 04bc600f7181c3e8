//! The token endpoints: what Entra says to a right request, and to each wrong one.

use std::time::Duration;

use super::*;
use crate::simulator::action::Kind;
use crate::simulator::options::USEFUL_ROLES;
use crate::simulator::permission;
use crate::simulator::route::Call;

const DEFENDER: &str = "https://api.securitycenter.microsoft.com/.default";

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn good(scope: &str) -> Vec<(String, String)> {
    form(&[
        ("grant_type", "client_credentials"),
        ("client_id", "app"),
        ("client_secret", "s"),
        ("scope", scope),
    ])
}

struct Desk {
    tokens: Tokens,
    options: Options,
    clock: Clock,
}

impl Desk {
    fn new() -> Self {
        Self {
            tokens: Tokens::default(),
            options: Options::default(),
            clock: Clock::start(60.0),
        }
    }

    fn ask(&mut self, form: &[(String, String)]) -> (u16, serde_json::Value) {
        let now = self.clock.now();
        let reply = self
            .tokens
            .issue("tid", Some(form), &self.options, &self.clock, now);
        (
            reply.status.as_u16(),
            serde_json::from_str(&reply.body).expect("Entra answers JSON"),
        )
    }

    fn bearer(&mut self, scope: &str) -> String {
        let (_, body) = self.ask(&good(scope));
        format!("Bearer {}", body["access_token"].as_str().expect("a token"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_says_for_whom_and_what_it_is_and_runs_out_in_real_time() {
    let mut desk = Desk::new();
    let bearer = desk.bearer(DEFENDER);
    let claims = bearer.split('.').nth(1).expect("three parts");
    let claims: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("claims are JSON");
    assert_eq!(claims["aud"], "https://api.securitycenter.microsoft.com");
    assert_eq!(
        (claims["tid"].as_str(), claims["appid"].as_str()),
        (Some("tid"), Some("app"))
    );
    assert_eq!(claims["roles"], json!(USEFUL_ROLES));

    tokio::time::advance(Duration::from_secs(3598)).await;
    desk.tokens
        .check(Some(&bearer), desk.clock.now())
        .expect("it is good for an hour less a second");
    tokio::time::advance(Duration::from_secs(1)).await;
    let refused = desk
        .tokens
        .check(Some(&bearer), desk.clock.now())
        .expect_err("it has run out");
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(start_paused = true)]
async fn only_tokens_for_this_api_and_issued_here_are_good() {
    let mut desk = Desk::new();
    let now = desk.clock.now();
    for scope in [
        DEFENDER,
        "https://securitycenter.onmicrosoft.com/windowsatpservice/.default",
    ] {
        let bearer = desk.bearer(scope);
        desk.tokens
            .check(Some(&bearer), now)
            .expect("both names are the API's");
    }
    let other = desk.bearer("https://api.security.microsoft.com/.default");
    for bad in [
        None,
        Some("Basic x"),
        Some("Bearer"),
        Some("Bearer a.b.c"),
        Some(other.as_str()),
    ] {
        desk.tokens.check(bad, now).expect_err("not a token of this API");
    }
    let bearer = desk.bearer(DEFENDER);
    desk.tokens.revoke_all();
    desk.tokens.check(Some(&bearer), now).expect_err("it was revoked");
}

#[tokio::test(start_paused = true)]
async fn entra_says_what_is_wrong_with_a_request() {
    let mut desk = Desk::new();
    desk.options.credentials = Some(("app".to_owned(), "s".to_owned()));
    let (id, secret, grant) = (
        ("client_id", "app"),
        ("client_secret", "s"),
        ("grant_type", "client_credentials"),
    );
    let cases = [
        (form(&[]), 400, "invalid_request", 900_144),
        (
            form(&[("grant_type", "password")]),
            400,
            "unsupported_grant_type",
            70_003,
        ),
        (form(&[grant, id]), 401, "invalid_client", 7_000_218),
        (
            form(&[grant, id, ("client_secret", "x")]),
            401,
            "invalid_client",
            7_000_215,
        ),
        (
            form(&[grant, ("client_id", "x"), secret]),
            400,
            "unauthorized_client",
            700_016,
        ),
        (form(&[grant, id, secret]), 400, "invalid_request", 900_144),
        (
            good("https://graph.example/User.Read"),
            400,
            "invalid_scope",
            70_011,
        ),
    ];
    for (form, status, error, number) in cases {
        let (found, body) = desk.ask(&form);
        assert_eq!(
            (found, &body["error"], &body["error_codes"]),
            (status, &json!(error), &json!([number])),
            "{body}"
        );
    }
    assert_eq!(desk.ask(&good(DEFENDER)).0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_the_role_is_forbidden_to_act() {
    let mut desk = Desk::new();
    desk.options.roles = vec!["Machine.Read.All".to_owned()];
    let bearer = desk.bearer(DEFENDER);
    let restrict = Call::Act {
        kind: Kind::Restrict,
        device: "d".to_owned(),
    };
    permission::check(Some(&bearer), &Call::Machines).expect("it may read");
    let refused = permission::check(Some(&bearer), &restrict).expect_err("it may not act");
    assert_eq!(
        (refused.status, refused.code.as_deref()),
        (StatusCode::FORBIDDEN, Some("Forbidden"))
    );
}

#[tokio::test(start_paused = true)]
async fn an_application_reads_by_the_roles_of_applications_alone() {
    let mut desk = Desk::new();
    desk.options.roles = vec!["Machine.Read".to_owned(), "Machine.ReadWrite".to_owned()];
    let bearer = desk.bearer(DEFENDER);
    let refused = permission::check(Some(&bearer), &Call::Machines).expect_err("these are a user's");
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

/// The committed test key, read without help from the client: PEM is base64 between two lines.
fn der(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/credentials/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("it is committed");
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .expect("PEM is base64")
}

/// An assertion of these claims, signed by a key.
fn assertion(header: &serde_json::Value, claims: &serde_json::Value, key: &str) -> String {
    let part = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let key = ring::rsa::KeyPair::from_pkcs8(&der(key)).expect("an RSA key");
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(
        &ring::signature::RSA_PSS_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    )
    .expect("it can sign");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test(start_paused = true)]
async fn an_assertion_is_verified_in_every_part() {
    let mut desk = Desk::new();
    desk.options.entra.certificates = vec![der("other-certificate.pem"), der("certificate.pem")];
    let now = desk.clock.wall(desk.clock.now()).as_second();
    let thumbprint =
        |name: &str| URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, &der(name)));
    let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint("certificate.pem")});
    let claims = |jti: &str| {
        json!({
            "aud": "http://127.0.0.1:1/tid/oauth2/v2.0/token", "iss": "app", "sub": "app", "jti": jti,
            "nbf": now - 60, "iat": now - 60, "exp": now + 540,
        })
    };
    let with = |mut json: serde_json::Value, name: &str, value: serde_json::Value| {
        json[name] = value;
        json
    };
    let mut ask = |assertion: &str| {
        let (status, body) = desk.ask(&form(&[
            ("grant_type", "client_credentials"),
            ("client_id", "app"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
            ("scope", DEFENDER),
        ]));
        if status == 200 {
            0
        } else {
            body["error_codes"][0].as_u64().unwrap_or_default()
        }
    };
    let good = assertion(&header, &claims("1"), "key.pem");
    assert_eq!(ask(&good), 0);
    assert_eq!(ask(&good), 50_027, "a replay");
    assert_eq!(
        ask(&assertion(&header, &claims("2"), "other-key.pem")),
        700_027,
        "another key signed it"
    );
    let mut spoilt = assertion(&header, &claims("3"), "key.pem");
    spoilt.truncate(spoilt.len() - 4);
    assert_eq!(ask(&spoilt), 700_027);
    let unknown = with(header.clone(), "x5t#S256", json!(thumbprint("expired.pem")));
    assert_eq!(
        ask(&assertion(&unknown, &claims("4"), "key.pem")),
        700_027,
        "it was not uploaded"
    );
    let rs256 = with(header.clone(), "alg", json!("RS256"));
    assert_eq!(ask(&assertion(&rs256, &claims("5"), "key.pem")), 700_027);
    for (name, value, number) in [
        ("aud", json!("http://127.0.0.1:1/other/oauth2/v2.0/token"), 50_027),
        ("sub", json!("another"), 50_048),
        ("iss", json!("another"), 50_048),
        ("exp", json!(now - 301), 700_024),
        ("exp", json!(now + 3_600), 700_024),
        ("nbf", json!(now + 301), 700_024),
        ("nbf", json!(null), 50_027),
        ("jti", json!(""), 50_027),
    ] {
        let claims = with(claims("6"), name, value.clone());
        assert_eq!(
            ask(&assertion(&header, &claims, "key.pem")),
            number,
            "{name} {value}"
        );
    }
    for broken in ["", "a", "a.b.c", "e30.e30", "e30.!.x"] {
        assert_ne!(ask(broken), 0, "{broken}");
    }
    assert_eq!(
        ask("e30.e30.x"),
        0,
        "without a federated credential's terms every such token is taken"
    );
}
