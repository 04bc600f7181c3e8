//! Signing in against an issuer on this machine: the whole flow, and whoever tries to end another's.

use serde_json::json;
use tokio::task::JoinSet;

use super::issuer_fake::Fake;
use super::oidc::{Came, Person};
use super::{Oidc, OidcOptions};
use crate::outbound::issuer::Registered;

const SECRET: [u8; 32] = [5; 32];

async fn ground() -> (Fake, Oidc, JoinSet<()>) {
    let mut tasks = JoinSet::new();
    let fake = Fake::start(&mut tasks).await;
    let oidc = Oidc::new(OidcOptions {
        issuer: fake.url(),
        registered: Registered {
            client_id: "quell".to_owned(),
            secret: Some("s3cret".into()),
            redirect_url: "http://localhost:8740/login/callback".to_owned(),
            scopes: vec!["openid".to_owned()],
        },
        name_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
    });
    (fake, oidc.expect("it is on this machine"), tasks)
}

/// One of the parameters that somebody takes along to the issuer.
fn taken(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').expect("it has parameters");
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut found = pairs
        .filter(|(its, _)| *its == name)
        .map(|(_, value)| value.to_owned());
    found
        .next()
        .unwrap_or_else(|| panic!("{name} is not in {address}"))
}

fn came(address: &str) -> Came {
    Came {
        code: Some("good".to_owned()),
        state: Some(taken(address, "state")),
        ..Came::default()
    }
}

#[tokio::test]
async fn whoever_the_issuer_lets_in_is_the_one_it_names() {
    let (fake, oidc, _tasks) = ground().await;
    let address = oidc.begin(&SECRET).await.expect("the issuer is there");
    assert!(address.starts_with(&format!(
        "{}/authorize?response_type=code&client_id=quell",
        fake.url()
    )));
    fake.lets_in(&taken(&address, "code_challenge"), &taken(&address, "nonce"));
    fake.says(json!({"preferred_username": "anna@example.com", "groups": ["soc-l2", "all"]}));
    let person = oidc.end(&SECRET, &came(&address)).await.expect("she is let in");
    let groups = vec!["soc-l2".to_owned(), "all".to_owned()];
    assert_eq!(
        person,
        Person {
            name: "anna@example.com".to_owned(),
            groups
        }
    );
    let again = oidc
        .end(&SECRET, &came(&address))
        .await
        .expect_err("a code is good once");
    assert!(again.is_attempt || again.why == "issuer", "{again:?}");
}

#[tokio::test]
async fn what_was_not_begun_in_this_browser_is_not_ended_in_it() {
    let (fake, oidc, _tasks) = ground().await;
    let address = oidc.begin(&SECRET).await.expect("the issuer is there");
    fake.lets_in(&taken(&address, "code_challenge"), &taken(&address, "nonce"));
    fake.says(json!({"preferred_username": "anna"}));
    let lost = |came: Came, secret: [u8; 32]| {
        let oidc = &oidc;
        async move { oidc.end(&secret, &came).await.expect_err("nobody began it").why }
    };
    let good = came(&address);
    assert_eq!(lost(good.clone(), [6; 32]).await, "sign_in_lost");
    assert_eq!(
        lost(
            Came {
                state: None,
                ..good.clone()
            },
            SECRET
        )
        .await,
        "sign_in_lost"
    );
    assert_eq!(
        lost(
            Came {
                state: Some(String::new()),
                ..good.clone()
            },
            SECRET
        )
        .await,
        "sign_in_lost"
    );
    assert_eq!(
        lost(
            Came {
                code: None,
                ..good.clone()
            },
            SECRET
        )
        .await,
        "sign_in_lost"
    );
    let of_another = Came {
        iss: Some("https://evil.example".to_owned()),
        ..good.clone()
    };
    assert_eq!(lost(of_another, SECRET).await, "sign_in_lost");
    let refused = Came {
        error: Some("access_denied".to_owned()),
        ..good.clone()
    };
    let refused = oidc
        .end(&SECRET, &refused)
        .await
        .expect_err("the issuer did not let her in");
    assert!(refused.problem.detail.ends_with("`access_denied`"), "{refused:?}");
    assert!(oidc.end(&SECRET, &good).await.is_ok(), "hers is still good");
}

#[tokio::test]
async fn a_token_for_another_sign_in_or_client_or_without_a_name_lets_nobody_in() {
    let (fake, oidc, _tasks) = ground().await;
    let address = oidc.begin(&SECRET).await.expect("the issuer is there");
    let (challenge, nonce) = (taken(&address, "code_challenge"), taken(&address, "nonce"));
    let rows = [
        (
            nonce.as_str(),
            json!({"preferred_username": "anna", "aud": "other"}),
            "another client",
        ),
        (
            "another",
            json!({"preferred_username": "anna"}),
            "another sign-in",
        ),
        (
            nonce.as_str(),
            json!({"preferred_username": "anna", "exp": 1}),
            "time is over",
        ),
        (
            nonce.as_str(),
            json!({"preferred_username": "anna", "iss": "https://evil.example"}),
            "another issuer",
        ),
        (nonce.as_str(), json!({}), "no plain `preferred_username`"),
        (
            nonce.as_str(),
            json!({"preferred_username": "a\nb"}),
            "no plain `preferred_username`",
        ),
        (
            nonce.as_str(),
            json!({"preferred_username": 7}),
            "no plain `preferred_username`",
        ),
    ];
    for (nonce, claims, why) in rows {
        fake.lets_in(&challenge, nonce);
        fake.says(claims);
        let refused = oidc.end(&SECRET, &came(&address)).await.expect_err(why);
        assert!(refused.problem.detail.contains(why), "{refused:?}");
    }
    // Another's challenge: the issuer gives nothing for the verifier.
    fake.lets_in("another", &nonce);
    let refused = oidc.end(&SECRET, &came(&address)).await.expect_err("PKCE");
    assert!(refused.is_attempt, "{refused:?}");
}

#[tokio::test]
async fn what_goes_along_tells_nothing_of_the_cookie_and_differs_with_each() {
    let (_fake, oidc, _tasks) = ground().await;
    let one = oidc.begin(&SECRET).await.expect("the issuer is there");
    let other = oidc.begin(&[6; 32]).await.expect("the issuer is there");
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(taken(&one, name), taken(&other, name), "{name}");
    }
    assert_ne!(taken(&one, "state"), taken(&one, "nonce"));
}
