//! Listings and single reads through the real client.

use std::cell::Cell;

use jiff::Timestamp;

use crate::defender::fake::{DEVICE, Fake, action, client, device, options, permit, read_permit, reply};
use crate::defender::{Client, MAX_MACHINE_IDS, MachineActionFilter, Permission, ReadError};
use crate::domain::answer::Answer;
use crate::domain::device::{DeviceId, DeviceKind};
use crate::domain::fact::Fact;

fn filter() -> MachineActionFilter {
    let created_since: Timestamp = "2026-11-22T10:00:00.5Z".parse().expect("a time stamp");
    MachineActionFilter {
        created_since,
        device: Some(device()),
    }
}

fn page(ids: &[&str], next: Option<&str>) -> String {
    let entries: Vec<String> = ids.iter().map(|id| action(id, "RestrictCodeExecution")).collect();
    let next = next
        .map(|next| format!(r#","@odata.nextLink":"{next}""#))
        .unwrap_or_default();
    format!(
        r#"{{"@odata.context":"x","value":[{}]{next}}}"#,
        entries.join(",")
    )
}

#[tokio::test]
async fn a_listing_takes_a_permit_for_each_page_and_gives_all_of_them() {
    let fake = Fake::defender(|number, _| {
        let next = ["machineactions?$skip=2", "machineactions?$skip=3"]
            .get(number)
            .copied();
        let ids: &[&str] = [&["a", "b"][..], &["b"][..], &["c"][..]][number];
        reply(200, "", &page(ids, next))
    })
    .await;
    let permits = Cell::new(0);
    let listed = client(&fake)
        .list_machine_actions(&filter(), || {
            permits.set(permits.get() + 1);
            async { Some(read_permit()) }
        })
        .await
        .expect("three pages");
    assert_eq!(
        listed.iter().map(|action| action.id.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    assert_eq!((permits.get(), fake.calls().len()), (3, 3));
    let first = &fake.calls()[0];
    assert_eq!(
        first.line,
        format!(
            "GET /api/machineactions?%24filter=creationDateTimeUtc+ge+2026-11-22T10%3A00%3A00Z+and+machineId+eq+\
             %27{DEVICE}%27&%24orderby=creationDateTimeUtc+desc&%24top=10000 HTTP/1.1"
        )
    );
    assert_eq!(first.header("authorization"), Some("Bearer token-1"));
}

#[tokio::test]
async fn a_listing_without_a_permit_or_with_a_broken_page_is_an_error_and_not_a_part() {
    let second = |status| {
        Fake::defender(move |number, _| match number {
            0 => reply(200, "", &page(&["a"], Some("machineactions?$skip=1"))),
            _ => reply(status, "Retry-After: 3\r\n", ""),
        })
    };
    for status in [401, 403, 404, 429, 400, 500, 204] {
        let fake = second(status).await;
        let listed = client(&fake)
            .list_machine_actions(&filter(), || async { Some(read_permit()) })
            .await;
        assert!(listed.is_err(), "{status}: {listed:?}");
    }
    let fake = second(200).await;
    let mut permits = vec![read_permit()];
    let listed = client(&fake)
        .list_machine_actions(&filter(), || std::future::ready(permits.pop()))
        .await;
    assert!(matches!(listed, Err(ReadError::NoPermit { .. })), "{listed:?}");
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_listing_without_end_is_given_up() {
    let fake = Fake::defender(|number, _| {
        reply(
            200,
            "",
            &page(&["a"], Some(&format!("machineactions?$skiptoken={number}"))),
        )
    })
    .await;
    let mut options = options(&fake.url(), &fake.url());
    options.page_bound = 4;
    let client = Client::new(options).expect("valid options");
    let listed = client
        .list_machine_actions(&filter(), || async { Some(read_permit()) })
        .await;
    assert!(matches!(listed, Err(ReadError::Malformed { .. })), "{listed:?}");
    assert_eq!(fake.calls().len(), 4);
}

#[tokio::test]
async fn a_401_on_a_read_throws_the_token_away() {
    let fake = Fake::defender(|number, _| match number {
        0 => reply(401, "", ""),
        _ => reply(200, "", &action("a-1", "Isolate")),
    })
    .await;
    let client = client(&fake);
    let refused = client.get_machine_action(read_permit(), "a-1").await;
    assert!(
        matches!(refused, Err(ReadError::Unauthorized { .. })),
        "{refused:?}"
    );
    let read = client
        .get_machine_action(read_permit(), "a-1")
        .await
        .expect("a reply")
        .expect("an action");
    assert_eq!(read.id, "a-1");
    assert_eq!(fake.calls()[1].header("authorization"), Some("Bearer token-2"));
    assert_eq!(fake.calls()[1].line, "GET /api/machineactions/a-1 HTTP/1.1");
}

#[tokio::test]
async fn an_action_that_is_not_known_is_none_and_another_one_is_an_error() {
    let fake = Fake::defender(|number, _| match number {
        0 => reply(
            404,
            "",
            r#"{"error":{"code":"ResourceNotFound","message":"m","target":"t"}}"#,
        ),
        _ => reply(200, "", &action("b-2", "Isolate")),
    })
    .await;
    let client = client(&fake);
    assert_eq!(client.get_machine_action(read_permit(), "a-1").await, Ok(None));
    assert!(client.get_machine_action(read_permit(), "a-1").await.is_err());
    assert!(
        client
            .get_machine_action(read_permit(), "B-2")
            .await
            .expect("a reply")
            .is_some()
    );
    assert!(
        client
            .get_machine_action(read_permit(), "../machines")
            .await
            .is_err()
    );
    assert_eq!(fake.calls().len(), 3, "a hostile id is not sent");
}

#[tokio::test]
async fn a_devices_facts_are_read_and_another_devices_are_not_taken_for_them() {
    let fake = Fake::defender(|number, heard| {
        assert!(heard.line.starts_with(&format!("GET /api/machines/{DEVICE} ")));
        match number {
            0 => reply(
                200,
                "",
                &format!(r#"{{"id":"{DEVICE}","osPlatform":"Windows11","riskScore":"High"}}"#),
            ),
            1 => reply(200, "", r#"{"id":"another","osPlatform":"Windows11"}"#),
            2 => reply(404, "", ""),
            _ => reply(200, "", "<html>"),
        }
    })
    .await;
    let client = client(&fake);
    let machine = client
        .get_machine(read_permit(), &device())
        .await
        .expect("a reply")
        .expect("a device");
    assert_eq!(machine.facts.kind, Fact::Is(DeviceKind::Workstation));
    assert_eq!(machine.facts.risk, Fact::Is("high".to_owned()));
    let malformed = |read| matches!(read, Err(ReadError::Malformed { .. }));
    assert!(malformed(client.get_machine(read_permit(), &device()).await));
    assert_eq!(client.get_machine(read_permit(), &device()).await, Ok(None));
    assert!(malformed(client.get_machine(read_permit(), &device()).await));
}

#[tokio::test]
async fn several_devices_are_read_at_once_and_strangers_are_dropped() {
    let fake = Fake::defender(|number, _| match number {
        0 => reply(
            200,
            "",
            &format!(r#"{{"value":[{{"id":"{DEVICE}"}},{{"id":"stranger"}}]}}"#),
        ),
        1 => reply(404, "", ""),
        2 => reply(200, "", r#"{"value":[],"@odata.nextLink":"machines?$skip=1"}"#),
        _ => reply(200, "", "{}"),
    })
    .await;
    let client = client(&fake);
    let other = DeviceId::from_stored("f".repeat(40));
    let both = [device(), other];
    let machines = client.list_machines(read_permit(), &both).await.expect("a page");
    assert_eq!(
        machines
            .iter()
            .map(|machine| machine.id.as_str())
            .collect::<Vec<_>>(),
        [DEVICE]
    );
    assert_eq!(
        fake.calls()[0].line,
        format!(
            "GET /api/machines?%24filter=id+in+%28%27{DEVICE}%27%2C%27{}%27%29&%24top=50 HTTP/1.1",
            "f".repeat(40)
        )
    );
    assert_eq!(client.list_machines(read_permit(), &both).await, Ok(Vec::new()));
    assert!(
        client.list_machines(read_permit(), &both).await.is_err(),
        "a second page was not read"
    );
    assert!(
        client.list_machines(read_permit(), &both).await.is_err(),
        "not a listing"
    );
    assert_eq!(client.list_machines(read_permit(), &[]).await, Ok(Vec::new()));
    let many = vec![device(); MAX_MACHINE_IDS + 1];
    assert!(matches!(
        client.list_machines(read_permit(), &many).await,
        Err(ReadError::Malformed { .. })
    ));
    assert_eq!(fake.calls().len(), 4);
}

/// A token with these claims.
fn jwt(claims: &str) -> String {
    use base64::Engine as _;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
    format!("h.{claims}.s")
}

#[tokio::test]
async fn missing_permissions_are_named_before_the_first_call() {
    let bearer = jwt(r#"{"roles":["Machine.Read.All"]}"#);
    let fake = Fake::scripted(move |_, _| crate::defender::fake::token(&bearer, "3599")).await;
    let missing = client(&fake).missing_permissions(&Permission::ALWAYS).await;
    assert_eq!(missing, Ok(Some(vec![Permission::Restrict])));
    let opaque = Fake::defender(|_, _| Vec::new()).await;
    let missing = client(&opaque).missing_permissions(&Permission::ALWAYS).await;
    assert_eq!(missing, Ok(None));
    assert!(opaque.calls().is_empty());
}

#[tokio::test]
async fn a_403_says_which_permission_the_token_lacks_or_what_the_user_needs() {
    let forbidden = r#"{"error":{"code":"Forbidden","message":"no","target":"t"}}"#;
    let check = async |claims: &str, action: &str, read: &str| {
        let bearer = jwt(claims);
        let fake = Fake::scripted(move |_, heard| match heard.is_for_token() {
            true => crate::defender::fake::token(&bearer, "3599"),
            false => reply(403, "", forbidden),
        })
        .await;
        let client = client(&fake);
        let answer = client.restrict(permit(), &device(), "c").await;
        let Answer::Forbidden(refusal) = answer else {
            panic!("a 403 forbids: {answer:?}")
        };
        assert_eq!(refusal.message, format!("no{action}"));
        // The permission is there, so it is the user who lacks something on this device.
        assert_eq!(refusal.is_of_device, action.contains("signed-in user"));
        let error = client
            .get_machine(read_permit(), &device())
            .await
            .expect_err("a 403");
        let expected =
            format!("defender forbids this read: status 403: Forbidden no (correlation id t){read}");
        assert_eq!(error.to_string(), expected);
    };
    check("[]", "", "").await;
    check(
        r#"{"roles":["Machine.RestrictExecution","Machine.Read.All"]}"#,
        "",
        "",
    )
    .await;
    check(
        r#"{"roles":["Machine.Read.All"]}"#,
        " (the access token lacks the permission `Machine.RestrictExecution`)",
        "",
    )
    .await;
    let user = " (the signed-in user `ana@c.example` needs the permission 'Active remediation actions' in a Defender role, and that role must be \
                assigned to the device group that the device is in)";
    check(
        r#"{"scp":"Machine.RestrictExecution","upn":"ana@c.example"}"#,
        user,
        " (the access token lacks the permission `Machine.Read`)",
    )
    .await;
    check(
        r#"{"scp":"Machine.Read","upn":"ana@c.example"}"#,
        " (the access token lacks the permission `Machine.RestrictExecution`)",
        user,
    )
    .await;
}
