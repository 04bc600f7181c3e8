//! `quell approvals` as it is typed at night: the real binary, its exit codes and what it says.

use quell::domain::device::DeviceFacts;
use quell::domain::fact::Fact;

use super::{asking, ground, request_of, settle, sound};
use crate::operator::Shell;
use crate::support::ground::{Ground, device};

async fn a_night() -> (Ground, Shell, String) {
    let mut ground = ground(&[asking(2)]).await;
    for (c, name) in [('a', "web-1"), ('b', "web-2"), ('c', "web-3")] {
        let facts = DeviceFacts {
            name: Fact::Is(format!("{name}.corp.example")),
            tags: Fact::Is(Vec::new()),
            group: Fact::Absent,
            value: Fact::Absent,
            ..DeviceFacts::default()
        };
        ground.facts(&device(c), facts).await;
        ground.alert("two", &device(c)).await;
    }
    let request = request_of(&mut ground, &device('a')).await.to_string();
    settle(&mut ground).await;
    let shell = Shell::new(&ground.database.url);
    shell.configure("approvals: {groups: {soc-leads: [ann, bob, erik]}}\n");
    (ground, shell, request)
}

#[tokio::test]
async fn a_request_is_listed_shown_approved_by_two_and_found_again() {
    let (mut ground, shell, request) = a_night().await;
    let (code, out, _) = shell.run(&["status"]).await;
    assert_eq!(code, Some(0));
    assert!(
        out.contains("3 asks wait for an answer, the first ends in 28 min"),
        "{out}"
    );
    assert!(
        out.contains(&format!("`quell approvals show {request}`")),
        "{out}"
    );
    let (code, out, said) = shell.run(&["approvals", "list"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(
        out.contains(&request) && out.contains("3 waiting") && out.contains("0 of 2"),
        "{out}"
    );
    let (code, out, _) = shell.run(&["approvals", "show", &request.to_lowercase()]).await;
    assert_eq!(code, Some(0));
    for expected in [
        "web-2.corp.example",
        "because of  ask",
        "soc-leads; 0 of 2 approved",
        "protection none",
    ] {
        assert!(out.contains(expected), "{expected} is not in\n{out}");
    }
    let token = out
        .split("--reviewed ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let token = token.expect("the line to answer with").to_owned();
    let approve = |by: &'static str, more: &'static [&'static str]| {
        let number = request.clone();
        let token = token.clone();
        let shell = &shell;
        async move {
            let mut arguments = vec![
                "approvals",
                "approve",
                &number,
                "--reason",
                "it is real",
                "--by",
                by,
            ];
            arguments.extend(more);
            if !more.contains(&"--only") {
                arguments.extend(["--reviewed", &token]);
            }
            shell.run(&arguments).await
        }
    };
    let (code, out, _) = approve("ann", &["--except", "web-3"]).await;
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.contains("web-1.corp.example: approved, 1 of 2") && out.contains("2 approved"),
        "{out}"
    );
    let (code, out, _) = approve("Bob", &[]).await;
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.contains("1 approved, 2 activated") || out.contains("2 activated, 1 approved"),
        "{out}"
    );
    assert_eq!(ground.containments(&device('b')).await, ["two active"]);
    assert_eq!(ground.containments(&device('c')).await, ["two asked"]);
    let (code, out, _) = approve("mallory", &["--only", "web-3"]).await;
    assert_eq!(code, Some(4), "{out}");
    assert!(out.contains("only soc-leads may answer"), "{out}");
    let reject = [
        "approvals",
        "reject",
        &request,
        "--reason",
        "ours",
        "--by",
        "erik",
        "-o",
        "json",
    ];
    let (code, out, _) = shell.run(&reject).await;
    assert_eq!(code, Some(0), "{out}");
    let json: serde_json::Value = serde_json::from_str(&out).expect("one JSON document");
    assert_eq!(
        (&json["is_taken"], &json["devices"][0]["what"]),
        (&true.into(), &"declined".into())
    );
    for wanted in [
        ["explain", "--device", "web-1"],
        ["explain", "--alert", "alert-1"],
    ] {
        let (code, out, _) = shell.run(&wanted).await;
        assert_eq!(code, Some(0), "{out}");
        for expected in [
            &format!("request {request}"),
            "ann said yes",
            "bob said yes",
            "it is real",
        ] {
            assert!(out.contains(expected), "{expected} is not in\n{out}");
        }
    }
    let (code, out, _) = shell.run(&["approvals", "list"]).await;
    assert_eq!((code, out.as_str()), (Some(0), "nothing waits for an answer\n"));
    let (_, out, _) = shell.run(&["approvals", "list", "--all"]).await;
    assert!(out.contains("2 active, 1 declined"), "{out}");
    sound(ground).await;
}

#[tokio::test]
async fn the_exit_code_tells_why_an_answer_was_not_taken() {
    let (mut ground, shell, request) = a_night().await;
    let approve = |by: &'static str, number: &str| {
        let number = number.to_owned();
        let shell = &shell;
        async move {
            let mut arguments = vec!["approvals", "approve", &number, "--reason", "real", "--by", by];
            arguments.push("--yes");
            shell.run(&arguments).await
        }
    };
    // The daemon's own names, in any case of letters; an unknown request; one that cannot be read.
    for (by, number, code, told) in [
        (
            "Decide",
            request.as_str(),
            4,
            "is a name that quell itself goes by",
        ),
        (" ", request.as_str(), 2, "nobody knows who you are"),
        ("ann", "A-1", 1, "there is no request A-1"),
        ("ann", "B-7", 2, "a request is called like `A-1042`"),
    ] {
        let (got, out, said) = approve(by, number).await;
        assert_eq!(got, Some(code), "{by} {number}: {out}{said}");
        assert!(said.contains(told), "{said}");
    }
    let (code, _, said) = shell
        .run(&[
            "approvals",
            "approve",
            &request,
            "--reason",
            "real",
            "--by",
            "ann",
            "--only",
            "web-9",
        ])
        .await;
    assert_eq!(code, Some(2));
    assert!(said.contains("the request has no device `web-9`"), "{said}");
    let (code, _, said) = shell
        .run(&["approvals", "approve", &request, "--reason", " "])
        .await;
    assert_eq!((code, said.contains("`--reason` is empty")), (Some(2), true));
    let unsaid = [
        "approvals",
        "approve",
        &request,
        "--reason",
        "real",
        "--by",
        "ann",
    ];
    let (code, _, said) = shell.run(&unsaid).await;
    assert_eq!(code, Some(2), "three devices at once need a word: {said}");
    assert!(
        said.contains("approve 3 devices") && said.contains("`--confirm 3`"),
        "{said}"
    );
    ground.name(&device('a'), "web-1.other.example").await;
    let (code, out, _) = approve("ann", &request).await;
    assert_eq!(code, Some(1));
    assert!(out.contains("it changed since review"), "{out}");
    assert!(
        out.contains("device.name was web-1.corp.example and is web-1.other.example"),
        "{out}"
    );
    shell.configure("approvals: {groups: {soc-leads: [ann]}}\nmode: observe\n");
    let (code, out, _) = approve("ann", &request).await;
    assert_eq!(code, Some(5), "{out}");
    assert!(out.contains("mode ceiling is observe"), "{out}");
    assert_eq!(
        ground
            .words("SELECT person FROM quell.approvals".to_owned())
            .await,
        [""; 0]
    );
    sound(ground).await;
}
