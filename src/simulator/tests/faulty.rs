//! What a client sees of each fault, and whether the call was carried out.

use std::io;

use serde_json::json;

use crate::simulator::tests::client::{Received, device, start};
use crate::simulator::{Faults, Options};

/// Makes one restrict call under faults; gives what the client saw, and how many actions there are then.
async fn restrict_under(faults: Faults) -> (io::Result<Received>, u64) {
    let (simulator, client) = start(Options::default()).await;
    simulator.set_faults(faults);
    let seen = client.restrict(&device(1)).await;
    let report = simulator.report();
    assert_eq!(
        report.most_in_window[0].most, 1,
        "whatever happened, the call has its place in the window"
    );
    assert_eq!(report.faults, 1);
    (seen, report.actions_by_type.values().sum())
}

#[tokio::test(start_paused = true)]
async fn a_reset_before_processing_leaves_no_action() {
    let (seen, actions) = restrict_under(Faults {
        reset_before_processing_percent: 100.0,
        ..Faults::default()
    })
    .await;
    assert_eq!(
        seen.expect_err("no answer comes").kind(),
        io::ErrorKind::ConnectionReset
    );
    assert_eq!(actions, 0);
}

#[tokio::test(start_paused = true)]
async fn a_drop_after_processing_leaves_an_action_that_nobody_was_told_of() {
    let (seen, actions) = restrict_under(Faults {
        drop_after_processing_percent: 100.0,
        ..Faults::default()
    })
    .await;
    assert_eq!(
        seen.expect_err("no answer comes").kind(),
        io::ErrorKind::ConnectionReset
    );
    assert_eq!(actions, 1);
}

#[tokio::test(start_paused = true)]
async fn a_cut_answer_ends_amid_the_body() {
    let (seen, actions) = restrict_under(Faults {
        cut_after_processing_percent: 100.0,
        ..Faults::default()
    })
    .await;
    let reply = seen.map(|reply| reply.body);
    assert!(reply.is_err(), "the connection is reset: {reply:?}");
    assert_eq!(actions, 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_error_says_nothing_of_the_action_that_was_made() {
    let (seen, actions) = restrict_under(Faults {
        http_500_after_processing_percent: 100.0,
        ..Faults::default()
    })
    .await;
    let reply = seen.expect("an answer comes");
    assert_eq!(
        (reply.status, &reply.json()["error"]["message"]),
        (500, &json!(""))
    );
    assert_eq!(actions, 1);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_in_between_answers_with_a_page_of_html() {
    let (seen, actions) = restrict_under(Faults {
        http_503_before_processing_percent: 100.0,
        ..Faults::default()
    })
    .await;
    let reply = seen.expect("an answer comes");
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (503, Some("text/html"))
    );
    assert_eq!(actions, 0);
}

#[tokio::test(start_paused = true)]
async fn a_429_can_come_although_no_window_is_full() {
    let (seen, actions) = restrict_under(Faults {
        too_many_percent: 100.0,
        ..Faults::default()
    })
    .await;
    let reply = seen.expect("an answer comes");
    assert_eq!((reply.status, actions), (429, 0));
    assert!(
        reply.body.contains("maximum allowed 100 per 00:01:00"),
        "{}",
        reply.body
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_can_be_carried_out_after_its_connection_has_ended() {
    let (simulator, client) = start(Options::default()).await;
    simulator.set_faults(Faults {
        late_percent: 100.0,
        late_by_ms: 900,
        ..Faults::default()
    });
    let seen = client.restrict(&device(1)).await;
    assert!(seen.is_err(), "{seen:?}");
    assert_eq!(simulator.report().actions_open, 0, "not yet");
    simulator.wait_until(|report| report.actions_open == 1).await;
    let entries: Vec<_> = simulator
        .journal()
        .into_iter()
        .filter(|entry| entry.device.is_some())
        .map(|entry| (entry.status, entry.action.is_some(), entry.fault))
        .collect();
    let late = Some("late".to_owned());
    assert_eq!(entries, [(0, false, late.clone()), (0, true, late)]);
}

#[tokio::test(start_paused = true)]
async fn garbage_comes_with_the_status_of_success() {
    let (seen, actions) = restrict_under(Faults {
        garbage_body_percent: 100.0,
        ..Faults::default()
    })
    .await;
    let reply = seen.expect("an answer comes");
    assert_eq!(reply.status, 201);
    serde_json::from_str::<serde_json::Value>(&reply.body).expect_err("no JSON");
    assert_eq!(actions, 1);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_is_answered_401_until_a_new_one_comes() {
    let (seen, actions) = restrict_under(Faults {
        unauthorized_percent: 100.0,
        ..Faults::default()
    })
    .await;
    assert_eq!(seen.expect("an answer comes").status, 401);
    assert_eq!(actions, 0);

    let (simulator, client) = start(Options::default()).await;
    simulator.revoke_tokens();
    assert_eq!(
        client.restrict(&device(1)).await.expect("no faults here").status,
        401
    );
    let renewed = super::client::Client::of(&simulator).await;
    assert_eq!(
        renewed.restrict(&device(1)).await.expect("no faults here").status,
        201
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_late_and_right() {
    let began = tokio::time::Instant::now();
    let faults = Faults {
        slow_percent: 100.0,
        slow_for_ms: 31_000,
        ..Faults::default()
    };
    let (seen, actions) = restrict_under(faults).await;
    assert_eq!(seen.expect("an answer comes").status, 201);
    assert!(began.elapsed().as_secs() >= 31);
    assert_eq!(actions, 1);
}

#[tokio::test(start_paused = true)]
async fn faults_can_be_set_over_http_and_the_journal_names_them() {
    let (simulator, client) = start(Options::default()).await;
    let faults = json!({ "drop_after_processing_percent": 100, "spare_reads": true });
    let faults = json!({ "faults": faults }).to_string();
    let set = client.control(&simulator).post("/_control/do", &faults).await;
    assert_eq!(set.status, 200, "{}", set.body);
    client.restrict(&device(1)).await.expect_err("no answer comes");
    assert_eq!(
        client.get("/api/machineactions").await.status,
        200,
        "reads are spared"
    );
    let journal = simulator.journal();
    let named: Vec<_> = journal
        .iter()
        .map(|entry| (entry.status, entry.fault.as_deref()))
        .collect();
    assert_eq!(
        named,
        [(200, None), (0, Some("drop_after_processing")), (200, None)]
    );
    assert!(
        journal[1].action.is_some(),
        "the journal knows what the client does not"
    );
}
