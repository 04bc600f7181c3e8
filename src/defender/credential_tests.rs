//! Every kind of credential through the real client: against the simulated Entra, which verifies what is sent, and against a
//! scripted server where the bytes matter.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::SecretString;
use serde_json::Value;

use crate::defender::fake::{Fake, reply, token};
use crate::defender::{
    CertificateFiles, Client, Credential, Endpoint, HostOptions, Identity, ManagedIdentity, OAuth, Options,
    Permission, SecretSource, TokenError,
};
use crate::simulator::{Entra, Simulator};

pub(super) const DIRECTORY: &str = "11111111-2222-3333-4444-555555555555";

/// A file of the committed test keys.
fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/credentials")
        .join(name)
}

fn der(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(data(name))
        .expect("a certificate is committed")
        .to_vec()
}

fn certificate(certificate: PathBuf, key: PathBuf) -> Credential {
    Credential::Certificate {
        client_id: "app".to_owned(),
        files: CertificateFiles { certificate, key },
    }
}

pub(super) async fn simulator(entra: Entra) -> Simulator {
    let options = crate::simulator::Options {
        entra,
        scale: 100.0,
        ..Default::default()
    };
    Simulator::start(options).await.expect("a free port")
}

/// Options for this server, with the credential.
pub(super) fn options(url: &str, credential: Credential) -> Options {
    let endpoint = Endpoint::resolve(&HostOptions {
        entra_tenant: DIRECTORY.to_owned(),
        base_url: Some(url.to_owned()),
        authority: Some(url.to_owned()),
        ..HostOptions::default()
    });
    Options {
        time_scale: 100.0,
        ..Options::with(endpoint.expect("loopback addresses"), credential)
    }
}

fn client(url: &str, credential: Credential) -> Client {
    Client::new(options(url, credential)).expect("valid options")
}

#[tokio::test]
async fn a_certificate_is_taken_by_an_entra_that_verifies_its_signature() {
    let simulator = simulator(Entra {
        certificates: vec![der("certificate.pem")],
        ..Entra::default()
    })
    .await;
    let url = simulator.authority();
    for key in ["key.pem", "key-pkcs1.pem"] {
        for oauth in [OAuth::V2, OAuth::V1] {
            let mut options = options(&url, certificate(data("certificate.pem"), data(key)));
            options.oauth = oauth;
            let client = Client::new(options).expect("valid options");
            // Twice: each assertion has an id of its own, or the second would be a replay.
            client.token_facts().await.expect("a token");
            let facts = client.token_facts().await.expect("another token");
            assert_eq!(
                (facts.credential, facts.missing(&Permission::ALL).len()),
                ("certificate", 0)
            );
            let claims = facts.claims.expect("the simulator's tokens can be read");
            assert_eq!(
                (claims.directory.as_str(), claims.application.as_str()),
                (DIRECTORY, "app")
            );
            assert_eq!(claims.audience, "https://api.securitycenter.microsoft.com");
            let expires_at = facts.credential_expires_at.expect("the certificate says when");
            assert_eq!(expires_at.to_string(), "2126-10-29T12:41:30Z");
            assert!(facts.server_time.is_some(), "every server tells the time");
            assert!(facts.life.as_secs() >= 3_598);
        }
    }
    let other = client(
        &url,
        certificate(data("other-certificate.pem"), data("other-key.pem")),
    );
    let error = other.token_facts().await.expect_err("it was not uploaded");
    assert!(
        matches!(
            error,
            TokenError::Refused {
                number: Some(700_027),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        error.remedy().is_some_and(|remedy| remedy.contains("upload")),
        "{error}"
    );
}

#[tokio::test]
async fn files_that_are_no_good_pair_are_told_and_nothing_is_asked() {
    let fake = Fake::trap().await;
    for (cert, key, part) in [
        ("certificate.pem", "other-key.pem", "does not fit the certificate"),
        ("certificate.pem", "ec-key.pem", "no RSA key"),
        ("certificate.pem", "encrypted-key.pem", "is encrypted"),
        ("certificate.pem", "short-key.pem", "2048 bits"),
        ("certificate.pem", "certificate.pem", "no private key in PEM"),
        ("certificate.pem", "missing.pem", "cannot be read"),
        ("missing.pem", "key.pem", "cannot be read"),
        ("key.pem", "key.pem", "holds no certificate"),
        ("expired.pem", "key.pem", "expired at 2021-01-01T00:00:00Z"),
        ("future.pem", "key.pem", "valid from 2090-01-01T00:00:00Z"),
    ] {
        let error = client(&fake.url(), certificate(data(cert), data(key)))
            .token_facts()
            .await
            .expect_err("no good pair");
        let TokenError::Credential { reason } = &error else {
            panic!("{cert} {key}: {error:?}")
        };
        assert!(
            reason.contains(part) && reason.contains(".pem`"),
            "{cert} {key}: {reason}"
        );
        assert!(!reason.contains("MII"), "{reason}");
    }
    assert_eq!(fake.bytes_in(), 0);
}

/// The field of a form, decoded as far as base64 and dots need.
fn field(body: &str, name: &str) -> Option<String> {
    let pair = body
        .split('&')
        .find(|pair| pair.starts_with(&format!("{name}=")))?;
    Some(pair[name.len() + 1..].to_owned())
}

#[tokio::test]
async fn a_rotated_certificate_is_used_at_the_next_request() {
    let fake = Fake::scripted(|_, _| token("t", "3599")).await;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (cert, key) = (dir.path().join("c.pem"), dir.path().join("k.pem"));
    let client = client(&fake.url(), certificate(cert.clone(), key.clone()));
    let mut thumbprints = Vec::new();
    for (from_cert, from_key) in [
        ("certificate.pem", "key.pem"),
        ("other-certificate.pem", "other-key.pem"),
    ] {
        std::fs::copy(data(from_cert), &cert).expect("it can be copied");
        std::fs::copy(data(from_key), &key).expect("it can be copied");
        client.token_facts().await.expect("a token");
        let body = fake
            .heard()
            .last()
            .map(|heard| heard.body.clone())
            .expect("it was asked");
        let assertion = field(&body, "client_assertion").expect("an assertion");
        let header = assertion.split('.').next().unwrap_or_default();
        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("JSON");
        assert_eq!(
            (header["alg"].as_str(), header["typ"].as_str()),
            (Some("PS256"), Some("JWT"))
        );
        thumbprints.push(header["x5t#S256"].as_str().unwrap_or_default().to_owned());
        assert!(!body.contains("client_secret"));
    }
    // What `openssl x509 -fingerprint -sha256` prints for the first.
    assert_eq!(thumbprints[0], "Y3cZc-oDDUwAnOg_aG10EDMviXtAgV_oBrvZ60ox8x8");
    assert_ne!(thumbprints[0], thumbprints[1]);
}

#[tokio::test]
async fn a_federated_token_is_read_anew_and_sent_as_the_assertion() {
    let fake = Fake::scripted(|number, _| match number {
        2 => reply(
            401,
            "",
            r#"{"error":"invalid_client","error_description":"AADSTS700213: third.jwt.x"}"#,
        ),
        _ => token("t", "3599"),
    })
    .await;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("token");
    let credential = Credential::WorkloadIdentity {
        client_id: "app".to_owned(),
        token: SecretSource::file(path.clone()),
    };
    let client = client(&fake.url(), credential);
    for (number, jwt) in ["first.jwt.x", "second.jwt.x", "third.jwt.x"]
        .into_iter()
        .enumerate()
    {
        std::fs::write(&path, format!("{jwt}\n")).expect("it can be written");
        let facts = client.token_facts().await;
        let body = fake
            .heard()
            .last()
            .map(|heard| heard.body.clone())
            .expect("it was asked");
        assert_eq!(field(&body, "client_assertion").as_deref(), Some(jwt));
        assert_eq!(
            field(&body, "client_assertion_type").as_deref(),
            Some("urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer")
        );
        match (number, facts) {
            (2, Err(error)) => {
                assert!(
                    error
                        .to_string()
                        .contains("compare its issuer, subject and audience"),
                    "{error}"
                );
                assert!(!format!("{error:?}").contains("third"), "{error:?}");
            }
            (0 | 1, Ok(facts)) => assert_eq!(facts.credential, "workload_identity"),
            (_, other) => panic!("{number}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_federated_token_that_fits_no_credential_is_refused_by_entra() {
    let simulator = simulator(Entra {
        federated_token: Some("e30.e30.sig".to_owned()),
        ..Entra::default()
    })
    .await;
    for (jwt, good) in [("e30.e30.sig", true), ("e30.e30.other", false)] {
        let credential = Credential::WorkloadIdentity {
            client_id: "app".to_owned(),
            token: SecretSource::function(move || Ok(SecretString::from(jwt))),
        };
        let facts = client(&simulator.authority(), credential).token_facts().await;
        assert_eq!(facts.is_ok(), good, "{jwt}: {facts:?}");
    }
}

#[tokio::test]
async fn a_managed_identity_asks_the_metadata_service_and_no_token_of_another_directory_is_used() {
    let ours = simulator(Entra::default()).await;
    let identity = |url: &str| {
        let identity = Identity::ClientId("machine-1".to_owned());
        Credential::ManagedIdentity(ManagedIdentity::imds(Some(url), identity).expect("loopback"))
    };
    let facts = client(&ours.authority(), identity(&ours.authority()))
        .token_facts()
        .await;
    let facts = facts.expect("a token whose figures are texts");
    assert_eq!(facts.credential, "managed_identity");
    assert!(
        facts.endpoint.ends_with("/metadata/identity/oauth2/token"),
        "{}",
        facts.endpoint
    );
    assert_eq!(
        facts.claims.map(|claims| claims.application).as_deref(),
        Some("machine-1")
    );
    let request = ours.journal().pop().expect("it was asked");
    assert!(
        request.path.ends_with(
            "?api-version=2018-02-01&resource=https%3A%2F%2Fapi.securitycenter.microsoft.com&client_id=machine-1"
        ),
        "{}",
        request.path
    );

    let theirs = simulator(Entra {
        machine_directory: "99999999-2222-3333-4444-555555555555".to_owned(),
        ..Entra::default()
    })
    .await;
    let error = client(&theirs.authority(), identity(&theirs.authority()))
        .ready()
        .await;
    let error = error.expect_err("another directory").to_string();
    assert!(
        error.contains("99999999") && error.contains("the token is not used"),
        "{error}"
    );
}

#[tokio::test]
async fn app_service_is_asked_with_its_header_which_is_never_shown() {
    let fake = Fake::scripted(|number, _| match number {
        0 => reply(
            200,
            "",
            r#"{"access_token":"t","expires_on":"4102444800","token_type":"Bearer"}"#,
        ),
        1 => reply(404, "", ""),
        _ => reply(
            400,
            "",
            r#"{"error":"invalid_request","error_description":"no identity for hunter2"}"#,
        ),
    })
    .await;
    let identity = ManagedIdentity::app_service(
        &format!("{}/msi/token", fake.url()),
        SecretString::from("hunter2"),
        Identity::ResourceId("/subscriptions/s/id".to_owned()),
    );
    let client = |identity| client(&fake.url(), Credential::ManagedIdentity(identity));
    let identity = identity.expect("loopback");
    let facts = client(identity.clone()).token_facts().await.expect("a token");
    assert!(facts.claims.is_none() && facts.life.as_secs() > 1_000_000);
    let request = &fake.heard()[0];
    assert_eq!(
        request.line,
        "GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fapi.securitycenter.microsoft.com&mi_res_id=%2Fsubscriptions%2Fs%2Fid HTTP/1.1"
    );
    assert_eq!(
        (request.header("x-identity-header"), request.header("metadata")),
        (Some("hunter2"), None)
    );
    let starting = client(identity.clone()).token_facts().await;
    assert!(
        matches!(starting, Err(TokenError::Unavailable { .. })),
        "{starting:?}"
    );
    let error = client(identity.clone())
        .token_facts()
        .await
        .expect_err("no identity");
    assert!(
        !format!("{error} {error:?} {identity:?}").contains("hunter2"),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_v1_endpoint_is_asked_for_a_resource() {
    let fake = Fake::scripted(|_, _| token("t", "\"3599\"")).await;
    let mut options = crate::defender::fake::options(&fake.url(), &fake.url());
    options.oauth = OAuth::V1;
    Client::new(options)
        .expect("valid options")
        .ready()
        .await
        .expect("a token");
    let request = &fake.heard()[0];
    assert_eq!(request.line, format!("POST /{DIRECTORY}/oauth2/token HTTP/1.1"));
    assert_eq!(
        (
            field(&request.body, "resource").as_deref(),
            field(&request.body, "scope")
        ),
        (Some("https%3A%2F%2Fapi.securitycenter.microsoft.com"), None)
    );
}

#[tokio::test]
async fn a_429_of_entra_is_obeyed_as_seconds_and_as_a_date() {
    let simulator = simulator(Entra::default()).await;
    let client = || {
        let secret = crate::defender::fake::secret_from(|| Ok(SecretString::from("s")));
        client(&simulator.authority(), secret)
    };
    simulator.throttle_tokens(1);
    let throttled = client();
    let error = throttled.ready().await.expect_err("throttled");
    // A minute of Entra's is 0.6 s at this scale.
    assert_eq!(
        error,
        TokenError::Throttled {
            wait: std::time::Duration::from_millis(600)
        }
    );
    assert!(matches!(throttled.ready().await, Err(TokenError::Waiting { .. })));
    assert_eq!(simulator.report().token_requests, 1);

    let dated = "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 10:00:30 GMT\r\n";
    let fake = Fake::scripted(move |_, _| reply(429, dated, "")).await;
    let error = crate::defender::fake::client(&fake)
        .ready()
        .await
        .expect_err("throttled");
    assert_eq!(
        error,
        TokenError::Throttled {
            wait: std::time::Duration::from_secs(30)
        }
    );
}

#[tokio::test]
async fn fifty_tasks_at_once_ask_for_one_token_whatever_the_credential() {
    let simulator = simulator(Entra::default()).await;
    let url = simulator.authority();
    let machine = ManagedIdentity::imds(Some(&url), Identity::System).expect("loopback");
    let credentials = [
        Credential::ManagedIdentity(machine),
        certificate(data("certificate.pem"), data("key.pem")),
    ];
    for (number, credential) in (1_u64..).zip(credentials) {
        let client = std::sync::Arc::new(client(&url, credential));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let client = std::sync::Arc::clone(&client);
            tasks.spawn(async move { client.ready().await });
        }
        assert!(tasks.join_all().await.iter().all(Result::is_ok));
        assert_eq!(simulator.report().token_requests, number);
    }
}
