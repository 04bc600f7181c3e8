//! `sources[].kafka`: what it reads, and what contradicts.

use super::*;
use crate::config::SourceKind;
use crate::config::source::kafka::{KafkaLogin, KafkaStart};

fn hub(keys: &str) -> String {
    format!(
        "sources:\n  - name: hub\n    kafka: {{brokers: ['ns.servicebus.windows.net:9093'], topic: alerts{keys}}}\n"
    )
}

#[test]
fn a_connection_string_and_a_scope_are_two_ways_to_log_in() {
    let kafka = |keys: &str| {
        let config = loaded(&format!("{MINIMAL}{}", hub(keys)));
        match &config.sources[0].kind {
            SourceKind::Kafka(kafka) => kafka.clone(),
            other => panic!("{other:?}"),
        }
    };
    let by_password = kafka(", password_file: hub-connection, start: earliest");
    let KafkaLogin::Password { user, password_file } = &by_password.login else {
        panic!("{by_password:?}")
    };
    assert_eq!(user, "$ConnectionString");
    assert_eq!(password_file.path(), Path::new("/etc/quell/hub-connection"));
    assert_eq!((by_password.tls, by_password.start), (true, KafkaStart::Earliest));
    let by_token = kafka(", oauth_scope: 'https://ns.servicebus.windows.net/.default'");
    assert!(matches!(by_token.login, KafkaLogin::Token { .. }));
    assert_eq!(by_token.start, KafkaStart::Latest);
}

#[test]
fn two_logins_and_half_a_login_are_refused() {
    for (keys, told) in [
        (", password_file: a, oauth_scope: b", "give one way to log in"),
        (", user: a, oauth_scope: b", "has a `user` and no `password_file`"),
        ("", "wants `tls: true` and a login"),
    ] {
        let found = found(&hub(keys));
        let is_told = found.iter().any(|one| one.0 == "E431" && one.2.contains(told));
        assert!(is_told, "{keys}: {found:?}");
    }
    let written_out = found(&hub(", password: hunter2"));
    assert!(
        written_out.iter().any(|one| one.2.contains("written out")),
        "{written_out:?}"
    );
}
