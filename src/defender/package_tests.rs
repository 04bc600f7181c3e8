//! Tasks through the real client: what is sent for each, and that a link to a package is shown to nobody by accident.

use crate::defender::DeviceCall;
use crate::defender::fake::{DEVICE, Fake, action, client, device, permit, read_permit, reply};
use crate::domain::answer::Answer;
use crate::domain::task::{ScanType, Sha1, Task};

#[tokio::test]
async fn each_task_is_one_post_to_its_own_address_with_its_own_words() {
    let fake = Fake::defender(|_, _| reply(201, "", &action("a-1", "RunAntiVirusScan"))).await;
    let client = client(&fake);
    let sha1 = Sha1::parse(&"ab".repeat(20)).expect("40 hex digits");
    let tasks = [
        Task::Scan {
            scan: ScanType::Quick,
        },
        Task::Scan { scan: ScanType::Full },
        Task::CollectPackage,
        Task::QuarantineFile { sha1 },
    ];
    for task in &tasks {
        let argument = task.argument();
        let call = DeviceCall {
            kind: task.kind(),
            device: &device(),
            comment: "why",
            argument: argument.as_deref(),
        };
        let answer = client.call(permit(), &call).await;
        assert!(matches!(answer, Answer::Accepted(_)), "{task:?}: {answer:?}");
    }
    let sent: Vec<(String, String)> = fake
        .calls()
        .into_iter()
        .map(|call| (call.line, call.body))
        .collect();
    let line = |action: &str| format!("POST /api/machines/{DEVICE}/{action} HTTP/1.1");
    let file = "ab".repeat(20);
    assert_eq!(
        sent,
        [
            (
                line("runAntiVirusScan"),
                r#"{"Comment":"why","ScanType":"Quick"}"#.to_owned()
            ),
            (
                line("runAntiVirusScan"),
                r#"{"Comment":"why","ScanType":"Full"}"#.to_owned()
            ),
            (
                line("collectInvestigationPackage"),
                r#"{"Comment":"why"}"#.to_owned()
            ),
            (
                line("StopAndQuarantineFile"),
                format!(r#"{{"Comment":"why","Sha1":"{file}"}}"#)
            ),
        ]
    );
}

#[tokio::test]
async fn a_link_to_a_package_is_read_and_never_printed_by_accident() {
    let body = r#"{"@odata.context":"x","value":"https://example.invalid/p?sig=s3cret"}"#;
    let fake = Fake::defender(move |_, _| reply(200, "", body)).await;
    let link = client(&fake)
        .package_link(read_permit(), "ed74c544-91d4")
        .await
        .expect("a readable answer")
        .expect("a link");
    assert_eq!(link.expose(), "https://example.invalid/p?sig=s3cret");
    assert!(!format!("{link:?}").contains("s3cret"));
    assert_eq!(
        fake.calls()[0].line,
        "GET /api/machineactions/ed74c544-91d4/getPackageUri HTTP/1.1"
    );
}

#[tokio::test]
async fn a_package_that_is_not_ready_has_no_link_and_what_is_none_is_not_told() {
    let fake = Fake::defender(|number, _| match number {
        0 => reply(
            404,
            "",
            r#"{"error":{"code":"ResourceNotFound","message":"","target":"t"}}"#,
        ),
        _ => reply(200, "", r#"{"value":"javascript:s3cret"}"#),
    })
    .await;
    let client = client(&fake);
    let missing = client.package_link(read_permit(), "a-1").await;
    assert_eq!(missing.expect("404 is an answer"), None);
    let wrong = client.package_link(read_permit(), "a-1").await;
    let error = wrong.expect_err("no link to follow");
    assert!(!format!("{error:?}").contains("s3cret"));
    let odd = client.package_link(read_permit(), "../machines").await;
    assert!(
        odd.is_err() && fake.calls().len() == 2,
        "no odd id goes into an address"
    );
}
