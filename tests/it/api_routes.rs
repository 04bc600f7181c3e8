//! What the writes of the API promise beside their effect: a stop waits for no key, what is done is answered as done, lists have a next
//! page, and each remaining route does over HTTP what its command does.

use jiff::SignedDuration;
use quell::domain::incoming::DeadLetter;
use quell::store::written_once::{Once, OnceKey};
use serde_json::{Value, json};

use crate::api_writes::Api;
use crate::approvals::{asking, ground};
use crate::support::ground::{Ground, device, playbook};
use crate::support::http::Reply;

/// The status of a refusal, and its stable name.
fn refusal(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json()["reason"].clone())
}

#[tokio::test]
async fn a_stop_waits_for_no_key_and_a_resume_that_ends_nothing_changes_nothing() {
    let mut ground = ground(&[asking(1)]).await;
    ground.alert("two", &device('a')).await;
    let api = Api::of(&ground).await;
    let body = json!({"reason": "wrong devices", "by": "ann"});
    let none = api.post("/v1/resume", &[], &body).await;
    assert_eq!(refusal(&none), (409, json!("not_stopped")));
    // Somebody reserved the key and died; a key that is reserved makes any other write wait.
    let key = OnceKey {
        tenant: None,
        identity: "here:ann".to_owned(),
        key: "k-1".to_owned(),
        fingerprint: [7; 32],
    };
    let reserved = ground.store.once_reserve(&key).await.expect("the database is up");
    assert!(matches!(reserved, Once::Reserved(_)));
    let key = ("idempotency-key", "k-1");
    let first = api.post("/v1/stop", &[key], &body).await;
    assert_eq!(first.status, 200, "{first:?}");
    let again = api.post("/v1/stop", &[key], &body).await;
    assert_eq!((again.status, &again.body), (200, &first.body), "one stop");
    ground.pass(SignedDuration::from_mins(5)).await;
    let asked = "SELECT ask_until::text FROM quell.containments WHERE state = 'asked'";
    let before = ground.words(asked.to_owned()).await;
    let of_another = json!({"reason": "x", "by": "ann", "scope": "freeze"});
    let none = api.post("/v1/resume", &[], &of_another).await;
    assert_eq!(refusal(&none), (409, json!("not_stopped")));
    assert_eq!(none.json()["answer"]["left"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        ground.words(asked.to_owned()).await,
        before,
        "no ask is prolonged"
    );
    let resumed = api.post("/v1/resume", &[], &body).await;
    assert_eq!((resumed.status, resumed.list("ended").len()), (200, 1));
    assert_ne!(ground.words(asked.to_owned()).await, before, "now it is");
    // The key of before gives no answer of before, with nothing stopped.
    let later = api.post("/v1/stop", &[key], &body).await;
    assert_eq!(later.status, 200);
    assert_ne!(later.json()[0]["id"], first.json()[0]["id"]);
    let in_force = "SELECT count(*)::text FROM quell.stops WHERE ended_at IS NULL";
    assert_eq!(ground.words(in_force.to_owned()).await, ["1"]);
    ground.close().await;
}

#[tokio::test]
async fn a_write_that_is_done_is_answered_as_done_whatever_can_still_be_looked_at() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let api = Api::of(&ground).await;
    let away = "ALTER TABLE quell.dead_letter_ends RENAME TO dead_letter_ends_away";
    ground.execute(away.to_owned()).await;
    assert_eq!(
        api.get("/v1/status").await.status,
        500,
        "the look that follows a write fails"
    );
    let path = format!("/v1/devices/{}/release", device('a'));
    let body = json!({"reason": "false alarm", "by": "ann"});
    let key = [("idempotency-key", "k-1")];
    let done = api.post(&path, &key, &body).await;
    assert_eq!(
        (done.status, &done.json()["expected_at"]),
        (200, &Value::Null),
        "{done:?}"
    );
    assert_eq!(
        api.post(&path, &key, &body).await.body,
        done.body,
        "and it is kept with its key"
    );
    assert_eq!(ground.containments(&device('a')).await, ["one ended operator"]);
    let back = "ALTER TABLE quell.dead_letter_ends_away RENAME TO dead_letter_ends";
    ground.execute(back.to_owned()).await;
    ground.close().await;
}

#[tokio::test]
async fn who_is_held_and_what_is_asked_come_in_pages() {
    let mut ground = ground(&[asking(1), playbook("one")]).await;
    let mut asked = Vec::new();
    for (held, asks) in [('a', 'd'), ('b', 'e'), ('c', 'f')] {
        ground.alert("one", &device(held)).await;
        ground.call_succeeds().await;
        ground.alert("two", &device(asks)).await;
        // Another minute is another request.
        ground.pass(SignedDuration::from_mins(2)).await;
        asked.push(device(asks).to_string());
    }
    let api = Api::of(&ground).await;
    let walk = async |path: &str, name: &str| {
        let (mut named, mut after) = (Vec::new(), String::new());
        loop {
            let page = api.get(&format!("{path}?limit=2{after}")).await;
            assert_eq!(page.status, 200, "{page:?}");
            let items = page.list("items");
            named.push(items.len().to_string());
            named.extend(
                items
                    .iter()
                    .map(|item| item[name].as_str().unwrap_or("?").to_owned()),
            );
            match page.json()["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return named,
            }
        }
    };
    let held = ['c', 'b', 'a'].map(|c| device(c).to_string());
    let held = [
        "2".to_owned(),
        held[0].clone(),
        held[1].clone(),
        "1".to_owned(),
        held[2].clone(),
    ];
    assert_eq!(walk("/v1/restricted", "device").await, held);
    let asks = ["2", &asked[0], &asked[1], "1", &asked[2]];
    assert_eq!(walk("/v1/approvals", "device").await, asks);
    let lost = api.get("/v1/restricted?after=nowhere").await;
    assert_eq!(refusal(&lost), (400, json!("unusable")));
    ground.close().await;
}

#[tokio::test]
async fn each_other_write_does_over_http_what_its_command_does() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let letters =
        [("unknown_shape: one", "{}"), ("unknown_shape: two", "[]")].map(|(reason, payload)| DeadLetter {
            id: None,
            reason: reason.to_owned(),
            payload: payload.as_bytes().to_vec(),
        });
    let stored = ground
        .store
        .events_accept(ground.tenant, "http", Vec::new(), letters.to_vec());
    stored.await.expect("they are stored");
    let api = Api::with(&ground, "caps: [{devices: 5, per: 1h}]\n").await;
    let with = |more: Value| {
        let mut body = json!({"reason": "INC-1", "by": "ann"});
        let (all, more) = (body.as_object_mut(), more.as_object());
        all.zip(more)
            .into_iter()
            .for_each(|(all, more)| all.extend(more.clone()));
        body
    };

    let its = "SELECT id::text FROM quell.containments WHERE state = 'active'";
    let containment = ground.words(its.to_owned()).await.remove(0);
    let path = format!("/v1/containments/{containment}/extend");
    let longer = api.post(&path, &[], &with(json!({"by_span": "4h"}))).await;
    assert_eq!((longer.status, &longer.json()["outcome"]), (200, &json!("done")));
    let both = json!({"by_span": "4h", "until": "2030-01-01T00:00:00Z"});
    assert_eq!(
        refusal(&api.post(&path, &[], &with(both)).await),
        (400, json!("unusable"))
    );
    let idle = api
        .post(&path, &[("if-match", "\"1\"")], &with(json!({"by_span": "4h"})))
        .await;
    assert_eq!(refusal(&idle), (400, json!("if_match_unused")));

    let path = format!("/v1/devices/{}/isolate", device('b'));
    let isolate = json!({"for": "1h", "type": "selective"});
    let guarded = api.post(&path, &[], &with(isolate.clone())).await;
    assert_eq!(refusal(&guarded), (422, json!("guard")), "its tags are not known");
    let mut isolate = with(isolate);
    isolate["accept_risk"] = json!(["never.tags", "never.groups", "never.names", "never.device_values"]);
    let asked = api.post(&path, &[], &isolate).await;
    assert_eq!(
        (asked.status, &asked.json()["outcome"]),
        (200, &json!("asked")),
        "{asked:?}"
    );

    let lift = with(json!({"for": "1h", "devices": 2}));
    let bare = api.post("/v1/caps/caps[0]/lift", &[], &lift).await;
    assert_eq!(refusal(&bare), (428, json!("precondition_required")));
    let tag = format!("\"{}\"", api.desk.caps().await.expect("the database is up").tag());
    let lifted = api
        .post("/v1/caps/caps[0]/lift", &[("if-match", &tag)], &lift)
        .await;
    assert_eq!(
        (lifted.status, &lifted.json()["devices"]),
        (200, &json!(2)),
        "{lifted:?}"
    );
    let again = api
        .post("/v1/caps/caps[0]/lift", &[("if-match", &tag)], &lift)
        .await;
    assert_eq!(refusal(&again), (412, json!("stale")), "one lift for one look");
    let path = format!(
        "/v1/caps/lifts/{}/end",
        lifted.json()["id"].as_str().unwrap_or_default()
    );
    let ended = api.post(&path, &[], &with(json!({}))).await;
    assert_eq!((ended.status, &ended.json()["cap"]), (200, &json!("caps[0]")));

    let ids = "SELECT id::text FROM quell.dead_letters ORDER BY reason";
    let letters = ground.words(ids.to_owned()).await;
    let path = |id: &str, way: &str| format!("/v1/dead-letters/{id}/{way}");
    let stays = api.post(&path(&letters[0], "retry"), &[], &with(json!({}))).await;
    assert_eq!(refusal(&stays), (409, json!("dead_letter_stays")));
    let dropped = api.post(&path(&letters[1], "drop"), &[], &with(json!({}))).await;
    assert_eq!(
        (dropped.status, &dropped.json()["outcome"]),
        (200, &json!("dropped"))
    );

    let message = "/v1/notifications/01936b7c-0000-7000-8000-000000000000/resend";
    let none = api
        .post(message, &[("idempotency-key", "k-9")], &with(json!({})))
        .await;
    assert_eq!(refusal(&none), (404, json!("not_found")));
    let unknown = api.post(message, &[], &with(json!({"now": true}))).await;
    assert_eq!(refusal(&unknown), (400, json!("bad_request")));

    let reload = api
        .post("/v1/reload", &[("idempotency-key", "k-8")], &with(json!({})))
        .await;
    assert_eq!(
        (reload.status, reload.json()),
        (200, json!({"tenants": [], "warnings": []}))
    );
    let asked = "SELECT concat_ws(' ', by, reason) FROM quell.transitions WHERE entity = 'reload'";
    assert_eq!(ground.words(asked.to_owned()).await, ["ann INC-1"]);

    let its = "SELECT revision FROM quell.playbook_revisions";
    let revision = ground.words(its.to_owned()).await.remove(0);
    let revoke = with(json!({"revision": &revision[..12]}));
    let revoked = api.post("/v1/playbooks/one/revoke", &[], &revoke).await;
    assert_eq!(
        (revoked.status, &revoked.json()["is_active"]),
        (200, &json!(true)),
        "{revoked:?}"
    );
    let twice = api.post("/v1/playbooks/one/revoke", &[], &revoke).await;
    assert_eq!(refusal(&twice), (409, json!("revoked_before")));
    ground.close().await;
}
