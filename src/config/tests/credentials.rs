//! The kinds of credentials: what each needs, what the environment adds, and what contradicts.

use super::*;
use crate::config::credential::AzureEnvironment;
use crate::defender::Endpoint;

/// `MINIMAL` with another credential, written in flow style on one line.
fn with_credential(credential: &str) -> String {
    let start = MINIMAL.find("    credential:").expect("there is a credential");
    format!("{}    credential: {credential}\n", &MINIMAL[..start])
}

fn azure() -> Places {
    let text = |text: &str| Some(text.to_owned());
    Places {
        base: PathBuf::from("/etc/quell"),
        credentials: None,
        azure: AzureEnvironment {
            client_id: text("c-env"),
            tenant_id: text("d-env"),
            token_file: text("/var/run/token"),
            authority_host: text("https://login.microsoftonline.us/"),
        },
    }
}

const IDS: &str = "directory_id: d, client_id: c";

#[test]
fn each_kind_of_credential_is_read() {
    let credential = |text: &str| loaded(&with_credential(text)).tenants[0].credential.clone();
    let secret = credential(&format!("{{client_secret: {{{IDS}, secret_file: s}}}}"));
    assert_eq!((secret.app_id(), secret.directory_id.as_str()), ("c", "d"));
    let certificate = credential(&format!(
        "{{certificate: {{{IDS}, certificate_file: c.pem, key_file: /k.pem}}}}"
    ));
    let CredentialKind::Certificate { files, .. } = &certificate.kind else {
        panic!("{certificate:?}")
    };
    assert_eq!(files.certificate, Path::new("/etc/quell/c.pem"));
    assert_eq!(files.key, Path::new("/k.pem"));
    let machine = credential("{managed_identity: {directory_id: d}}");
    assert_eq!(machine.app_id(), "managed_identity");
    let machine = credential("{managed_identity: {directory_id: d, object_id: o}}");
    assert_eq!(machine.app_id(), "o");
    let user = credential(&format!("{{delegated: {{{IDS}, sign_in_file: state/sign-in}}}}"));
    let CredentialKind::Delegated { sign_in_file, .. } = &user.kind else {
        panic!("{user:?}")
    };
    assert_eq!(sign_in_file, Path::new("/etc/quell/state/sign-in"));
    for credential in [secret, certificate, machine, user] {
        assert!(credential.for_client().is_ok(), "{credential:?}");
    }
}

#[test]
fn what_a_workload_identity_leaves_out_comes_from_the_environment() {
    let text = with_credential("{workload_identity: {}}");
    let loaded = Config::parse_in("quell.yaml", &text, &azure()).expect("the environment says it all");
    let tenant = &loaded.config.tenants[0];
    assert_eq!(
        (
            tenant.credential.app_id(),
            tenant.credential.directory_id.as_str()
        ),
        ("c-env", "d-env")
    );
    let endpoint = Endpoint::resolve(&tenant.hosts()).expect("valid addresses");
    assert_eq!(
        endpoint.token(),
        "https://login.microsoftonline.us/d-env/oauth2/v2.0/token"
    );
    let CredentialKind::WorkloadIdentity { token_file, .. } = &tenant.credential.kind else {
        panic!("{:?}", tenant.credential)
    };
    assert_eq!(token_file, Path::new("/var/run/token"));

    let text = with_credential(&format!("{{workload_identity: {{{IDS}, token_file: ./t}}}}"));
    let text = text.replace(
        "- name: contoso",
        "- name: contoso\n    authority: https://login.example",
    );
    let loaded = Config::parse_in("quell.yaml", &text, &azure()).expect("the file says it all");
    let tenant = &loaded.config.tenants[0];
    assert_eq!(tenant.credential.app_id(), "c");
    assert_eq!(tenant.hosts().authority.as_deref(), Some("https://login.example"));

    let text = with_credential(&format!("{{client_secret: {{{IDS}, secret_file: s}}}}"));
    let loaded = Config::parse_in("quell.yaml", &text, &azure()).expect("the file says it all");
    assert_eq!(
        loaded.config.tenants[0].hosts().authority,
        None,
        "it counts for workload identity alone"
    );
}

#[test]
fn a_credential_with_missing_or_contradictory_keys_is_told_by_its_line() {
    let line = MINIMAL
        .lines()
        .position(|line| line.contains("credential:"))
        .expect("it is there")
        + 1;
    let check = |credential: &str, expected: &[(&str, &str)]| {
        let Err(found) = load(&with_credential(credential)) else {
            panic!("{credential} was accepted")
        };
        let shown = found.render(false);
        for (code, part) in expected {
            let hit = found
                .iter()
                .find(|each| each.code.id() == *code && each.message.contains(part));
            let hit = hit.unwrap_or_else(|| panic!("{code} `{part}`:\n{shown}"));
            assert_eq!(hit.line, line, "{shown}");
        }
        assert_eq!(found.iter().count(), expected.len(), "{shown}");
    };
    check("{}", &[("E502", "needs one of `client_secret`")]);
    check(
        &format!("{{client_secret: {{{IDS}, secret_file: s}}, managed_identity: {{directory_id: d}}}}"),
        &[(
            "E502",
            "has `client_secret` and `managed_identity`: give exactly one",
        )],
    );
    check(
        "{certificate: {directory_id: d, certificate_file: c}}",
        &[("E312", "client_id"), ("E312", "key_file")],
    );
    check(
        "{workload_identity: {directory_id: d}}",
        &[
            ("E312", "`AZURE_CLIENT_ID`"),
            ("E312", "`AZURE_FEDERATED_TOKEN_FILE`"),
        ],
    );
    check(
        "{managed_identity: {directory_id: d, client_id: c, object_id: o}}",
        &[("E502", "`client_id` and `object_id`: give at most one")],
    );
    check(
        "{managed_identity: {directory_id: d, endpoint: 'http://10.0.0.1'}}",
        &[("E504", "endpoint")],
    );
    check(
        "{delegated: {directory_id: d, client_id: c}}",
        &[("E312", "sign_in_file")],
    );
    check(
        "{client_secrets: {}}",
        &[("E502", "needs one of"), ("E310", "unknown key `client_secrets`")],
    );
    let v1 = with_credential(&format!("{{delegated: {{{IDS}, sign_in_file: s}}}}"))
        .replace("- name: contoso", "- name: contoso\n    oauth: v1");
    let Err(found) = load(&v1) else {
        panic!("users sign in at v2 only")
    };
    assert!(
        found.iter().any(|each| each.code.id() == "E502"),
        "{}",
        found.render(false)
    );
}

#[test]
fn keys_that_a_machines_identity_would_ignore_are_refused() {
    let with = |more: &str| {
        let text = with_credential("{managed_identity: {directory_id: d}}");
        load(&text.replacen("- name: contoso", &format!("- name: contoso\n    {more}"), 1))
    };
    for key in ["oauth: v1", "authority: https://login.example"] {
        let Err(found) = with(key) else {
            panic!("{key} was accepted")
        };
        let shown = found.render(false);
        assert!(shown.contains("E502") && found.iter().count() == 1, "{shown}");
    }
    assert!(with("oauth: v2").is_ok() && with("scope: https://x/.default").is_ok());
}
