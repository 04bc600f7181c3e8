//! A user's sign-in from the code to the last refresh, through the real client against the simulated Entra.

use std::path::Path;

use crate::defender::credential_tests::{DIRECTORY, options, simulator};
use crate::defender::fake::{Fake, reply};
use crate::defender::{Client, Credential, DeviceLogin, LoginError, Permission, SignInFile, TokenError};
use crate::simulator::{Entra, Simulator, User};

fn delegated(path: &Path) -> Credential {
    Credential::Delegated {
        client_id: "app".to_owned(),
        directory_id: DIRECTORY.to_owned(),
        file: SignInFile::new(path.to_owned()),
    }
}

fn client(simulator: &Simulator, path: &Path) -> Client {
    Client::new(options(&simulator.authority(), delegated(path))).expect("valid options")
}

async fn login(url: &str, path: &Path) -> Result<crate::defender::SignInFacts, LoginError> {
    let login = DeviceLogin::new(options(url, delegated(path)))?;
    let code = login.begin(&Permission::ALWAYS).await?;
    assert!(
        code.address.starts_with("https://") && code.user_code.len() == 9,
        "{code:?}"
    );
    login.finish(&code).await
}

fn content(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the sign-in is there")
}

#[tokio::test]
async fn a_user_signs_in_and_every_refresh_is_kept_before_it_is_used() {
    let simulator = simulator(Entra {
        refresh_once: true,
        ..Entra::default()
    })
    .await;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("sign-in");
    let before = client(&simulator, &path)
        .ready()
        .await
        .expect_err("nobody is signed in");
    assert!(before.to_string().contains("quell login"), "{before}");

    let facts = login(&simulator.authority(), &path)
        .await
        .expect("the user signs in");
    assert_eq!(facts.user.as_deref(), Some("analyst@contoso.example"));
    assert_eq!(
        facts.scope,
        "https://api.securitycenter.microsoft.com/Machine.RestrictExecution https://api.securitycenter.microsoft.com/Machine.Read offline_access"
    );
    let client_of = || client(&simulator, &path);
    let daemon = client_of();
    let mut kept = content(&path);
    for _ in 0..3 {
        let facts = daemon.token_facts().await.expect("a token for the user");
        assert!(
            facts.is_delegated() && facts.missing(&Permission::ALWAYS).is_empty(),
            "{facts:?}"
        );
        assert_eq!(facts.missing(&[Permission::Isolate]), [Permission::Isolate]);
        let renewed = content(&path);
        assert_ne!(
            renewed, kept,
            "each refresh token is good once here, so the new one must be in the file"
        );
        kept = renewed;
    }
    // A restart begins with what is in the file.
    client_of().token_facts().await.expect("a token for the user");

    simulator.revoke_sign_ins();
    let error = client_of().token_facts().await.expect_err("revoked");
    assert!(
        matches!(
            error,
            TokenError::Refused {
                number: Some(50_173),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.to_string().contains("quell login"), "{error}");
    login(&simulator.authority(), &path)
        .await
        .expect("the user signs in again");
    client_of().token_facts().await.expect("a token for the user");
}

#[tokio::test]
async fn who_declines_or_never_comes_is_told_and_the_old_sign_in_stays() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("sign-in");
    let good = simulator(Entra::default()).await;
    login(&good.authority(), &path).await.expect("the user signs in");
    let kept = content(&path);
    let declining = simulator(Entra {
        user: User::Declines,
        ..Entra::default()
    })
    .await;
    let declined = login(&declining.authority(), &path).await;
    assert!(
        matches!(declined, Err(LoginError::Declined { .. })),
        "{declined:?}"
    );
    // 900 s are 9 ms at a scale of 100,000.
    let options = crate::simulator::Options {
        entra: Entra {
            user: User::NeverComes,
            ..Entra::default()
        },
        scale: 100_000.0,
        ..Default::default()
    };
    let never = Simulator::start(options).await.expect("a free port");
    let mut options = options_at(&never, &path, 10_000.0);
    options.time_scale = 10_000.0;
    let login = DeviceLogin::new(options).expect("valid options");
    let code = login.begin(&Permission::ALWAYS).await.expect("a code");
    let expired = login.finish(&code).await;
    assert!(matches!(expired, Err(LoginError::Expired)), "{expired:?}");
    assert_eq!(content(&path), kept);
}

fn options_at(simulator: &Simulator, path: &Path, scale: f64) -> crate::defender::Options {
    crate::defender::Options {
        time_scale: scale,
        ..options(&simulator.authority(), delegated(path))
    }
}

#[tokio::test]
async fn slow_down_lengthens_the_pause_and_a_bad_moment_ends_nothing() {
    let code = r#"{"device_code":"d-secret","user_code":"ABCD-1234","verification_uri":"https://e.example/x","expires_in":900,"interval":1}"#;
    let pending = r#"{"error":"authorization_pending","error_description":"AADSTS70016: d-secret"}"#;
    let fake = Fake::scripted(move |number, _| match number {
        0 => reply(200, "", code),
        1 => reply(400, "", pending),
        2 => reply(400, "", r#"{"error":"slow_down"}"#),
        3 => reply(503, "", ""),
        _ => reply(
            200,
            "",
            r#"{"access_token":"a","expires_in":3599,"refresh_token":"r-1","scope":"x"}"#,
        ),
    })
    .await;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("sign-in");
    let began = crate::clock::Monotonic::now();
    login(&fake.url(), &path).await.expect("the user signs in");
    // Two pauses of 1 s and two of 6 s, at a scale of 100.
    assert!(
        began.elapsed() >= std::time::Duration::from_millis(140),
        "{:?}",
        began.elapsed()
    );
    let heard = fake.heard();
    assert_eq!(heard.len(), 5);
    assert_eq!(
        heard[0].line,
        format!("POST /{DIRECTORY}/oauth2/v2.0/devicecode HTTP/1.1")
    );
    assert!(heard[4].body.contains("device_code=d-secret"));
    assert!(content(&path).contains("r-1"));
}

#[tokio::test]
async fn a_sign_in_without_refresh_token_or_for_another_application_is_no_use() {
    let fake = Fake::scripted(|number, _| match number {
        0 => reply(
            200,
            "",
            r#"{"device_code":"d","user_code":"ABCD-1234","verification_uri":"https://e.example/x","expires_in":900}"#,
        ),
        _ => reply(200, "", r#"{"access_token":"a","expires_in":3599}"#),
    })
    .await;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("sign-in");
    let refused = login(&fake.url(), &path).await;
    assert!(matches!(refused, Err(LoginError::NotKept { .. })), "{refused:?}");
    assert!(!path.exists());

    let simulator = simulator(Entra::default()).await;
    login(&simulator.authority(), &path)
        .await
        .expect("the user signs in");
    let other = Credential::Delegated {
        client_id: "another".to_owned(),
        directory_id: DIRECTORY.to_owned(),
        file: SignInFile::new(path.clone()),
    };
    let error = Client::new(options(&simulator.authority(), other))
        .expect("valid options")
        .ready()
        .await;
    let error = error.expect_err("another application's").to_string();
    assert!(
        error.contains("not for the configured") && error.contains("`another`"),
        "{error}"
    );
}

#[tokio::test]
async fn two_replicas_on_one_file_both_go_on() {
    let simulator = simulator(Entra::default()).await;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("sign-in");
    login(&simulator.authority(), &path)
        .await
        .expect("the user signs in");
    let (one, two) = (client(&simulator, &path), client(&simulator, &path));
    for _ in 0..5 {
        let (first, second) = tokio::join!(one.token_facts(), two.token_facts());
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    }
    client(&simulator, &path)
        .token_facts()
        .await
        .expect("what is in the file is good");
}

#[tokio::test]
async fn a_renewed_sign_in_that_cannot_be_written_is_used_from_memory_and_written_later() {
    let simulator = simulator(Entra {
        refresh_once: true,
        ..Entra::default()
    })
    .await;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("sign-in");
    login(&simulator.authority(), &path)
        .await
        .expect("the user signs in");
    let daemon = client(&simulator, &path);
    let kept = content(&path);
    // Nothing can be locked, and so nothing written, while a directory has the lock's place.
    let lock = dir.path().join("sign-in.lock");
    std::fs::remove_file(&lock).expect("the lock is a file");
    std::fs::create_dir(&lock).expect("a directory can be made");
    for _ in 0..2 {
        daemon
            .token_facts()
            .await
            .expect("the newest refresh token is in memory");
        assert_eq!(content(&path), kept);
    }
    std::fs::remove_dir(&lock).expect("the directory is empty");
    daemon.token_facts().await.expect("a token");
    assert_ne!(content(&path), kept, "now it is written");
    client(&simulator, &path)
        .token_facts()
        .await
        .expect("a restart begins with it");
}
