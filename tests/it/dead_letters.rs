//! Dead letters by the operators' commands: seen, read again once, put away; nothing is lost and nothing is read twice.

use quell::domain::alert::Alert;
use quell::domain::incoming::DeadLetter;
use serde_json::{Value, json};

use crate::operator::Shell;
use crate::support::ground::{Ground, device, playbook};

/// Refused records: each with why, and its bytes.
async fn refuse(ground: &Ground, letters: &[(&str, Vec<u8>)]) {
    let letters = letters.iter().map(|(reason, payload)| DeadLetter {
        id: None,
        reason: (*reason).to_owned(),
        payload: payload.clone(),
    });
    ground
        .store
        .events_accept(ground.tenant, "http", Vec::new(), letters.collect())
        .await
        .expect("they are stored");
}

async fn ids(shell: &Shell, arguments: &[&str]) -> Vec<String> {
    let (code, out, said) = shell
        .run(&[&["events", "dead", "list", "-o", "json"], arguments].concat())
        .await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    let letters: Vec<Value> = serde_json::from_str(&out).expect("a list");
    letters
        .iter()
        .map(|letter| letter["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn a_refused_record_is_read_again_once_and_what_stays_says_why() {
    let ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    let good = json!({"quell": "event.v1", "alert": {"id": "siem-1"}, "devices": ["a".repeat(40)]});
    let good = serde_json::to_vec(&good).expect("it is JSON");
    refuse(
        &ground,
        &[
            ("unknown_shape: of a version before", good.clone()),
            ("unknown_shape: never one", b"{\"x\": \"\x1b[31m\"}".to_vec()),
            ("too_many_devices: far too many", vec![b'x'; 65_536]),
        ],
    )
    .await;
    let all = ids(&shell, &[]).await;
    assert_eq!(all.len(), 3);
    assert_eq!(ids(&shell, &["--refused-as", "unknown_shape"]).await.len(), 2);

    let mut of_a_kind = vec!["events", "dead", "retry", "--refused-as", "unknown_shape"];
    of_a_kind.extend(["--reason", "mended"]);
    let (code, _, said) = shell.run(&of_a_kind).await;
    assert_eq!(code, Some(2), "two at once need a word: {said}");
    assert!(
        said.contains("read again 2 dead letters") && said.contains("`--confirm 2`"),
        "{said}"
    );
    of_a_kind.extend(["--confirm", "3"]);
    assert_eq!(shell.run(&of_a_kind).await.0, Some(1), "it is another number");
    assert_eq!(ids(&shell, &[]).await.len(), 3, "nothing was done");
    of_a_kind.pop();
    of_a_kind.push("2");
    let (code, out, _) = shell.run(&of_a_kind).await;
    assert_eq!(code, Some(1), "one of them stays: {out}");
    assert!(
        out.contains("  retried: event ") && out.contains("stays: the text is not JSON"),
        "{out}"
    );
    assert_eq!(
        ids(&shell, &[]).await.len(),
        2,
        "what was read again is no dead letter any more"
    );
    let mut ground = ground;
    let events = "SELECT concat_ws(' ', source, format, alert_id, codec) FROM quell.events";
    assert_eq!(ground.words(events.to_owned()).await, ["http native siem-1 1"]);

    let ended = ids(&shell, &["--all", "--refused-as", "unknown_shape: of"]).await;
    let (code, out, _) = shell
        .run(&["events", "dead", "retry", &ended[0], "--reason", "again"])
        .await;
    assert_eq!(code, Some(1));
    assert!(out.contains("stays: it was retried by anna before"), "{out}");
    let cut = ids(&shell, &["--refused-as", "too_many"]).await;
    let (code, out, _) = shell
        .run(&["events", "dead", "retry", &cut[0], "--reason", "again"])
        .await;
    assert_eq!(code, Some(1));
    assert!(out.contains("only its first 64 KiB were kept"), "{out}");

    let (code, out, _) = shell
        .run(&[
            "events",
            "dead",
            "drop",
            &cut[0],
            "--reason",
            "a test of the sender",
        ])
        .await;
    assert_eq!(
        (code, out.as_str()),
        (Some(0), format!("{}  dropped\n", cut[0]).as_str())
    );
    let left = ids(&shell, &[]).await;
    let (_, shown, _) = shell.run(&["events", "dead", "show", &left[0]]).await;
    assert!(
        shown.contains("why: unknown_shape: never one") && !shown.contains('\u{1b}'),
        "{shown}"
    );
    let (_, raw, _) = shell.run(&["events", "dead", "show", &left[0], "--raw"]).await;
    assert_eq!(raw, "{\"x\": \"\u{1b}[31m\"}");
    let (_, status, _) = shell.run(&["status"]).await;
    assert!(status.contains("1 dead letter"), "{status}");
    let audit = "SELECT concat_ws(' ', to_state, by, reason) FROM quell.transitions WHERE entity = 'dead_letter' ORDER BY id";
    assert_eq!(
        ground.words(audit.to_owned()).await,
        ["retried anna mended", "dropped anna a test of the sender"]
    );
    ground.close().await;
}

#[tokio::test]
async fn an_event_that_could_not_be_decided_goes_back_to_its_device() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    ground.accept(Alert::default(), &device('a')).await;
    ground
        .execute(
            "WITH gone AS (DELETE FROM quell.inbox RETURNING event_id, device_id)
             INSERT INTO quell.dead_letters (id, tenant_id, source, event_id, device_id, reason, payload, codec)
             SELECT gen_random_uuid(), e.tenant_id, 'inbox', e.id, gone.device_id, 'the event cannot be decided: x', e.payload, e.codec
             FROM gone JOIN quell.events e ON e.id = gone.event_id"
                .to_owned(),
        )
        .await;
    let id = ids(&shell, &[]).await.pop().expect("one letter");
    for (code, said) in [
        (0, "  retried: event "),
        (1, "stays: it was retried by anna before"),
    ] {
        let done = shell
            .run(&["events", "dead", "retry", &id, "--reason", "mended"])
            .await;
        assert_eq!(done.0, Some(code), "{}", done.1);
        assert!(done.1.contains(said), "{}", done.1);
    }
    let inbox = "SELECT event_kind || ' ' || left(device_id, 1) FROM quell.inbox".to_owned();
    assert_eq!(ground.words(inbox).await, ["new a"]);
    assert_eq!(
        ground.decider().run_once().await.expect("the database is up"),
        Some(1)
    );
    let (code, out, _) = shell.run(&["audit"]).await;
    assert_eq!(code, Some(0), "{out}");
    ground.close().await;
}
