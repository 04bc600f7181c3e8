//! Stops and resumes that are asked about: what is in force while somebody thinks, or where nobody can be asked, and which stops a resume
//! is for. The terminal is that of `script` (util-linux).

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use jiff::SignedDuration;
use quell::domain::stop::StopScope;
use quell::store::{ResumeOrder, StopOrder, StopView};

use super::{stop, work};
use crate::operator::Shell;
use crate::support::ground::{Ground, asking_playbook, device, playbook};
use crate::watching::Ours;

async fn in_force(ground: &Ground) -> Vec<StopView> {
    let stops = ground.store.stops(None, None).await;
    stops.expect("the database is up")
}

async fn scopes(ground: &Ground) -> Vec<StopScope> {
    in_force(ground).await.iter().map(|stop| stop.scope).collect()
}

#[tokio::test]
async fn release_all_stops_what_is_new_whatever_is_answered_and_releases_only_what_was_counted() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    for c in ['a', 'b'] {
        ground.alert("one", &device(c)).await;
        ground.call_succeeds().await;
    }
    let shell = Shell::new(&ground.database.url);
    let stop = [
        "stop",
        "--scope",
        "release-all",
        "--since",
        "1h",
        "--reason",
        "wrong playbook",
    ];
    for (word, expected) in [(&[] as &[&str], 2), (&["--confirm", "3"], 1)] {
        let (code, out, said) = shell.run(&[&stop[..], word].concat()).await;
        assert_eq!((code, out.as_str()), (Some(expected), ""), "{said}");
        assert!(
            said.contains("nothing is released, and what is new stays stopped until `quell resume`: "),
            "{said}"
        );
        assert!(!said.contains("nothing was done"), "{said}");
        assert_eq!(
            scopes(&ground).await,
            [StopScope::New],
            "one, however often it is tried"
        );
        work(&ground).await;
        for c in ['a', 'b'] {
            assert_eq!(ground.containments(&device(c)).await, ["one active"]);
            assert_eq!(ground.actions(&device(c)).await, ["restrict succeeded"]);
        }
    }
    let (code, _, said) = shell.run(&[&stop[..], &["--confirm", "2"]].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    let mut both = scopes(&ground).await;
    both.sort();
    assert_eq!(both, [StopScope::New, StopScope::ReleaseAll]);
    work(&ground).await;
    for c in ['a', 'b'] {
        assert_eq!(ground.containments(&device(c)).await, ["one ended operator"]);
        assert_eq!(
            ground.actions(&device(c)).await,
            ["restrict succeeded", "release queued"]
        );
    }
    ground.close().await;
}

#[tokio::test]
async fn a_resume_ends_what_was_there_when_it_was_asked_for_and_nothing_that_began_while_somebody_thought() {
    let ground = Ground::new(&[playbook("one")]).await;
    ground.store.tenant_ensure("other").await.expect("plain");
    let first = stop(&ground.store, StopScope::New, None).await;
    assert_eq!(first.len(), 2, "so it asks");
    let shell = Shell::new(&ground.database.url);
    let folder = shell.directory().to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let quell = format!(
            "{} resume --reason mended; echo code $?",
            env!("CARGO_BIN_EXE_quell")
        );
        let mut child = Ours(
            Command::new("script")
                .args(["--quiet", "--return", "--command", &quell, "/dev/null"])
                .current_dir(folder)
                .env("USER", "anna")
                .env_remove("SUDO_USER")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("util-linux has a script"),
        );
        let keys = child.0.stdin.take().expect("it is a pipe");
        let mut out = child.0.stdout.take().expect("it is a pipe");
        let mut shown = String::new();
        let mut some = [0; 4_096];
        while !shown.contains("[y/N]") {
            let read = out.read(&mut some).expect("it can be read");
            assert!(read > 0, "it ended: {shown}");
            shown += &String::from_utf8_lossy(&some[..read]);
        }
        (child, keys, out, shown)
    });
    let (child, mut keys, mut out, mut shown) = asked.await.expect("it does not panic");
    assert!(shown.contains("resume 2 tenants?"), "{shown}");
    let another = StopOrder {
        tenant: None,
        scope: StopScope::New,
        since: None,
        via: "cli",
        by: "ben",
        reason: "another playbook",
    };
    let since = ground
        .store
        .stop_begin(&another)
        .await
        .expect("the database is up");
    let answered = tokio::task::spawn_blocking(move || {
        keys.write_all(b"y\n").expect("it reads keys");
        let _ = out.read_to_string(&mut shown);
        drop(child);
        shown
    });
    let shown = answered.await.expect("it does not panic");
    assert!(
        shown.contains("resumed") && shown.contains("still stopped") && shown.contains("code 0"),
        "{shown}"
    );
    let ids = |stops: &[StopView]| {
        let mut ids: Vec<_> = stops.iter().map(|stop| stop.id).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&in_force(&ground).await), ids(&since));
    ground.close().await;
}

#[tokio::test]
async fn who_resumes_for_one_tenant_alone_ends_no_stop_that_was_given_for_all() {
    let mut ground = Ground::new(&[asking_playbook("two", "skip")]).await;
    ground.alert("two", &device('a')).await;
    let of_all = stop(&ground.store, StopScope::New, None).await;
    let own = StopOrder {
        tenant: Some(ground.tenant),
        scope: StopScope::New,
        since: None,
        via: "api",
        by: "ben",
        reason: "theirs alone",
    };
    ground.store.stop_begin(&own).await.expect("the database is up");
    let alone = ResumeOrder {
        tenant: Some(ground.tenant),
        own_only: true,
        ..ResumeOrder::default()
    };
    let resumed = ground.store.stop_end(alone, "ben", "mended").await;
    let resumed = resumed.expect("the database is up");
    let by: Vec<&str> = resumed.ended.iter().map(|stop| stop.reason.as_str()).collect();
    assert_eq!(by, ["theirs alone"]);
    ground.pass(SignedDuration::from_mins(10)).await;
    let asked = "SELECT ask_until::text FROM quell.containments WHERE state = 'asked'";
    let before = ground.words(asked.to_owned()).await;
    let ids = [of_all[0].id];
    for stops in [None, Some(&ids[..])] {
        let order = ResumeOrder { stops, ..alone };
        let resumed = ground.store.stop_end(order, "ben", "mended").await;
        assert!(resumed.expect("the database is up").ended.is_empty(), "{order:?}");
        assert_eq!(in_force(&ground).await, of_all);
        assert_eq!(
            ground.words(asked.to_owned()).await,
            before,
            "who ends nothing prolongs nothing"
        );
    }
    let order = ResumeOrder {
        own_only: false,
        ..alone
    };
    let resumed = ground.store.stop_end(order, "anna", "mended").await;
    assert_eq!(resumed.expect("the database is up").ended.len(), 1);
    assert_ne!(ground.words(asked.to_owned()).await, before);
    ground.close().await;
}

#[tokio::test]
async fn a_stop_that_somebody_is_ending_stands_for_no_other_one() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let first = stop(&ground.store, StopScope::New, None).await;
    assert_eq!(
        stop(&ground.store, StopScope::New, None).await,
        first,
        "the same one"
    );
    // A resume that is not committed yet.
    ground.execute("BEGIN".to_owned()).await;
    ground
        .execute(format!(
            "UPDATE quell.stops SET ended_at = quell.now(), ended_by = 'ben', end_reason = 'mended' WHERE id = '{}'",
            first[0].id
        ))
        .await;
    let again = stop(&ground.store, StopScope::New, None).await;
    ground.execute("COMMIT".to_owned()).await;
    let left = in_force(&ground).await;
    assert_eq!(left.len(), 1, "whoever stopped is stopped: {left:?}");
    assert_ne!(left[0].id, first[0].id);
    assert!(again.contains(&left[0]), "{again:?}");
    ground.close().await;
}
