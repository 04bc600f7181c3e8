//! The receivers of messages: whether each can be used and reached, shows that it is us, and may be told at all. Sends no message:
//! `quell notifications test NAME` does.

use tokio::task::JoinSet;

use super::finding::Finding;
use super::within;
use crate::app;
use crate::config::{Config, Receiver, Tenant};

/// A line for each receiver that is told of this tenant.
pub async fn look(config: &Config, tenant: &Tenant, offline: bool) -> Vec<Finding> {
    let mut looking = JoinSet::new();
    let its = config
        .receivers
        .iter()
        .filter(|receiver| receiver.tenants.is_empty() || receiver.tenants.contains(&tenant.name));
    for (place, receiver) in its.enumerate() {
        let made = app::tell::receiver_of(config, receiver).map_err(|error| format!("{error:#}"));
        let receiver = receiver.clone();
        looking.spawn(async move {
            let seen = match &made {
                Ok(_) if offline => None,
                Ok(made) => Some(
                    within(made.look())
                        .await
                        .unwrap_or_else(|| Err("it did not answer in time".to_owned())),
                ),
                Err(why) => return (place, unusable(&receiver, why)),
            };
            let is_proven = made.ok().and_then(|made| made.is_proven());
            (place, finding(&receiver, seen, is_proven))
        });
    }
    let mut found = looking.join_all().await;
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, finding)| finding).collect()
}

fn check(receiver: &Receiver) -> String {
    format!("receiver.{}", receiver.name)
}

fn unusable(receiver: &Receiver, why: &str) -> Finding {
    Finding::wrong(
        &check(receiver),
        format!(
            "{} cannot be used: {why}; its messages wait",
            receiver.kind.as_str()
        ),
        "correct the receiver in the configuration, or the file that it names",
    )
}

/// What was seen of a receiver; `None`: nobody looked.
fn finding(
    receiver: &Receiver,
    seen: Option<Result<&'static str, String>>,
    is_proven: Option<bool>,
) -> Finding {
    let (check, kind) = (check(receiver), receiver.kind.as_str());
    let proof = match is_proven {
        Some(true) => ", with a signature or a token",
        Some(false) => ", without a signature or a token",
        None => "",
    };
    match seen {
        None => Finding::not_asked(&check, format!("{kind}{proof}; `--offline`: it was not reached")),
        Some(Err(why)) if why.contains("outbound.allow_networks") => Finding::wrong(
            &check,
            format!("{kind} is told nothing: {why}"),
            "if it is yours, list its network in `outbound.allow_networks`; if not, somebody's name leads inside",
        ),
        Some(Err(why)) => Finding::wrong(
            &check,
            format!("{kind} cannot be reached: {why}; its messages are tried again"),
            "see that this machine reaches it (name, firewall, port, certificate); what waits: quell notifications list",
        ),
        Some(Ok(seen)) if is_proven == Some(false) => Finding::warning(
            &check,
            format!("{kind}: {seen}; nothing shows it that a message is from us"),
            "name `secret_files` (or `token_file`), and let the receiver look at it",
        ),
        Some(Ok(seen)) => Finding::ok(&check, format!("{kind}{proof}: {seen}")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::finding::State;
    use super::*;

    #[tokio::test]
    async fn a_receiver_is_told_with_whether_it_can_be_reached_and_may_be_and_nothing_is_sent() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let secret = directory.path().join("secret");
        std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("it can be written");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let closed = gone.local_addr().expect("it is bound").port();
        drop(gone);
        let text = |networks: &str| {
            format!(
                "database: {{url: 'postgres:///q'}}\nplaybooks: {{path: p}}\ntenants: [{{name: t, credential: {{client_secret: \
                 {{directory_id: d, client_id: c, secret_file: s}}}}}}]\noutbound: {{allow_networks: [{networks}]}}\nreceivers:\n\
                 - {{name: well, webhook: {{url: 'http://127.0.0.1:{port}/x', secret_files: [secret]}}}}\n\
                 - {{name: bare, export: {{format: ocsf, url: 'http://127.0.0.1:{port}/x'}}}}\n\
                 - {{name: away, webhook: {{url: 'http://127.0.0.1:{closed}/x', secret_files: [secret]}}}}\n\
                 - {{name: keyless, webhook: {{url: 'http://127.0.0.1:{port}/x', secret_files: [missing]}}}}\n\
                 - {{name: filed, export: {{format: ecs, file: {}/quell.jsonl}}}}\n\
                 - {{name: nowhere, export: {{format: ecs, file: {}/no/such.jsonl}}}}\n",
                directory.path().display(),
                directory.path().display(),
            )
        };
        let states = async |networks: &str, offline: bool| {
            let loaded = Config::parse("q.yaml", &text(networks), directory.path(), None);
            let config = loaded
                .unwrap_or_else(|found| panic!("{}", found.render(false)))
                .config;
            let found = look(&config, &config.tenants[0], offline).await;
            let names: Vec<String> = found.iter().map(|one| one.check.clone()).collect();
            assert_eq!(
                names,
                ["well", "bare", "away", "keyless", "filed", "nowhere"]
                    .map(|name| format!("receiver.{name}"))
            );
            found
        };
        let of = |found: &[Finding]| found.iter().map(|one| one.state).collect::<Vec<_>>();
        use State::{NotAsked, Ok, Warning, Wrong};
        let found = states("127.0.0.0/8", false).await;
        assert_eq!(of(&found), [Ok, Warning, Wrong, Wrong, Ok, Wrong], "{found:#?}");
        assert!(found[0].found.contains("with a signature"), "{:?}", found[0]);
        assert!(found[2].found.contains("refused"), "{:?}", found[2]);
        let found = states("", false).await;
        assert_eq!(of(&found[..2]), [Wrong, Wrong]);
        assert!(
            found[0].found.contains("plain HTTP goes only to networks"),
            "{:?}",
            found[0]
        );
        let found = states("127.0.0.0/8", true).await;
        assert_eq!(
            of(&found),
            [NotAsked, NotAsked, NotAsked, Wrong, NotAsked, NotAsked]
        );
        let shown = format!("{found:?}");
        assert!(
            !shown.contains(&port.to_string()),
            "an address may be a secret: {shown}"
        );
        // Of the two that were reached nothing was asked.
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.expect("somebody connected");
            let mut heard = Vec::new();
            let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut heard).await;
            assert_eq!((read.ok(), heard.len()), (Some(0), 0));
        }
        assert!(!Path::new(&directory.path().join("quell.jsonl")).exists());
    }
}
