//! `receivers` and `outbound`: what they may say, and how it is told what is wrong.

use super::*;
use crate::config::receivers::{Address, Place};
use crate::domain::alert::Severity;
use crate::domain::telling::Topic;
use crate::outbound::{MailTls, export::Format};

#[test]
fn each_receiver_has_its_name_what_it_wants_and_one_kind() {
    let config = loaded(&format!(
        "{MINIMAL}receivers:\n  - {{name: soc, on: [alarms, stops], tenants: [contoso], severity: medium, webhook: {{url: \"https://h.example/x\", secret_files: [s]}}}}\n  - {{name: chat, slack: {{url_file: slack-url}}}}\n  - {{name: night, email: {{host: m.example, tls: implicit, user: q, password_file: p, from: q@m.example, to: [Night <n@m.example>]}}}}\n  - {{name: siem, on: [actions], export: {{format: ecs, file: out/quell.jsonl}}}}\noutbound: {{allow_networks: [10.0.0.0/8]}}\n"
    ));
    let [soc, chat, night, siem] = config.receivers.as_slice() else {
        panic!("{:?}", config.receivers)
    };
    assert_eq!(soc.on, [Topic::Alarms, Topic::Stops]);
    assert_eq!(
        (soc.tenants.as_slice(), soc.severity),
        (&["contoso".to_owned()][..], Some(Severity::Medium))
    );
    assert!(matches!(&soc.kind, ReceiverKind::Webhook(posted) if posted.secret_files.len() == 1));
    assert!(matches!(&chat.kind, ReceiverKind::Slack(Address::File(_))));
    assert!(
        matches!(&night.kind, ReceiverKind::Email(email) if (email.port, email.tls) == (465, MailTls::Implicit))
    );
    let ReceiverKind::Export(export) = &siem.kind else {
        panic!("{siem:?}")
    };
    assert_eq!(export.format, Format::Ecs);
    assert_eq!(export.to, Place::File("/etc/quell/out/quell.jsonl".into()));
    let keys: Vec<String> = config.secret_files().into_iter().map(|(key, _)| key).collect();
    assert_eq!(
        keys[2..],
        [
            "receivers[0].webhook.secret_files[0]",
            "receivers[1].slack.url_file",
            "receivers[2].email.password_file"
        ]
    );
    assert!(config.outbound.allow_networks[0].contains(std::net::IpAddr::from([10, 1, 2, 3])));
    assert!(loaded(MINIMAL).receivers.is_empty());
}

#[test]
fn what_is_wrong_with_a_receiver_is_told_where_it_stands() {
    check(
        "receivers:\n  - {name: a, webhook: {url: \"https://h.example\"}}\n  - {name: a, slack: {url_file: s}}\n  - {name: b, tenants: [contosa], slack: {url_file: s}}\n  - {name: c}\n  - {name: d, slack: {url_file: s}, teams: {url_file: t}}\n  - {name: e, slack: {}}\n  - {name: f, email: {host: m.example, tls: none, user: u, from: q, to: []}}\n  - {name: g, export: {file: f, url: \"https://h.example\"}}\n  - {name: h, on: [fired], webhook: {url: h.example, secret_files: [s]}}\noutbound: {allow_networks: [10.0.0.1/8]}\n",
        &[
            (
                "E481",
                2,
                "`receivers[0].webhook.secret_files` must name at least one file",
            ),
            ("E481", 3, "the receiver `a` is there twice"),
            ("E481", 4, "`contosa`, which none of `tenants` is"),
            ("E502", 5, "needs one of `webhook`"),
            ("E502", 6, "has `slack` and `teams`"),
            ("E502", 7, "needs `url_file`: its address is a secret"),
            ("E481", 8, "needs both `user` and `password_file`"),
            ("E481", 8, "this machine only"),
            ("E481", 8, "names nobody"),
            ("E481", 8, "`q` in `receivers[6].email` is no mail address"),
            ("E502", 9, "exactly one of `file`, `url` and `url_file`"),
            ("E313", 10, "fired"),
            ("E481", 10, "`receivers[8].webhook.url` must be an address"),
            ("E503", 11, "10.0.0.1/8"),
        ],
    );
}

#[test]
fn an_address_with_a_password_or_of_a_chat_is_not_written_out() {
    check(
        "receivers:\n  - {name: a, webhook: {url: \"https://u:hunter2@h.example\", secret_files: [s]}}\n  - {name: b, teams: {url: \"https://h.example\"}}\n",
        &[
            ("E501", 2, "holds a password"),
            ("E502", 3, "needs `url_file`"),
            ("E310", 3, "unknown key `url`"),
        ],
    );
}
