//! Releases of a selection, extensions, what is overdue, and what was given up and is tried again.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::ActionEvent;
use quell::domain::alert::Alert;
use quell::domain::fact::Fact;
use quell::store::{Extend, Extended, NewEnd, Selection, Worked};
use quell::worker::overdue::Overdues;
use uuid::Uuid;

use crate::audit::{audit, failing};
use crate::operator::Shell;
use crate::support::Setup;
use crate::support::alert::{storm, storm_playbook};
use crate::support::ground::{Ground, asking_playbook, device, playbook};

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

async fn list(ground: &mut Ground, sql: &str) -> Vec<String> {
    ground.words(sql.to_owned()).await
}

/// `a` is restricted by both, `b` and `c` by `one`, `d` is asked about by `two`, `e` is wanted by `one` and not called yet.
async fn some() -> Ground {
    let mut ground = Ground::new(&[playbook("one"), playbook("two"), asking_playbook("three", "skip")]).await;
    for (category, c) in [("one", 'a'), ("two", 'a'), ("one", 'b'), ("one", 'c')] {
        ground.alert(category, &device(c)).await;
        if category == "one" {
            ground.call_succeeds().await;
        }
    }
    ground.alert("three", &device('d')).await;
    ground.alert("one", &device('e')).await;
    ground
}

async fn work(ground: &Ground, run: Uuid, batch: i64) -> Vec<Worked> {
    let mut all = Vec::new();
    while let Some(worked) = ground
        .store
        .release_runs_work(ground.tenant, Some(run), batch)
        .await
        .expect("the database is up")
    {
        all.push(worked);
    }
    all
}

#[tokio::test]
async fn a_selection_is_ended_in_batches_that_go_on_where_they_were_left_and_the_rest_is_told() {
    let mut ground = some().await;
    let of_one = Selection {
        playbook: Some("one".to_owned()),
        ..Selection::default()
    };
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    let preview = store
        .release_preview(tenant, &of_one)
        .await
        .expect("the database is up");
    assert_eq!(
        (
            preview.active,
            preview.devices,
            preview.released,
            preview.unsent,
            preview.kept
        ),
        (4, 4, 2, 1, 1)
    );
    let begun = store
        .release_run_begin(tenant, &of_one, &preview.containments, "anna", "bad rule")
        .await
        .expect("the database is up");
    assert_eq!(begun.progress(), (4, 4));
    let first = store.release_runs_work(tenant, None, 1).await;
    assert_eq!(first.expect("the database is up").expect("it runs").ended, 1);
    // Whoever began it is gone; meanwhile one is released by hand.
    let its = device('c');
    let by_hand = store.device_release(tenant, &its, "berta", "looked at", false);
    by_hand.await.expect("the database is up");
    let worked = work(&ground, begun.id, 2).await;
    assert!(worked.last().is_some_and(|last| last.is_done), "{worked:?}");
    let view = store
        .release_run(tenant, Some(&begun.id.to_string()[..13]))
        .await
        .expect("the database is up")
        .expect("it is there");
    assert_eq!(view.state, "done");
    let items: Vec<String> = view
        .items
        .iter()
        .map(|(state, n)| format!("{state} {n}"))
        .collect();
    assert_eq!(items, ["ended 3", "left 1"]);
    assert_eq!(view.left[0].why, "ended by berta before");
    assert_eq!(
        (
            view.devices["kept"],
            view.devices["releasing"],
            view.devices["free"]
        ),
        (1, 2, 1)
    );
    assert_eq!(
        list(&mut ground, "SELECT left(device_id, 1) || ' ' || kind FROM quell.actions WHERE state = 'queued' ORDER BY device_id").await,
        ["b release", "c release"],
        "what something else restricts stays, what was not sent is withdrawn"
    );
    let rows = "SELECT to_state || ' ' || by FROM quell.transitions WHERE entity = 'release_run' ORDER BY id";
    assert_eq!(list(&mut ground, rows).await, ["running anna", "done anna"]);
    assert_eq!(work(&ground, begun.id, 2).await, [], "nothing is left to do");
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn the_command_shows_a_selection_first_and_does_nothing_unless_it_is_told_to() {
    let mut ground = some().await;
    let shell = Shell::new(&ground.database.url);
    let (code, out, said) = shell.run(&["release", "--playbook", "one", "--dry-run"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    assert!(
        out.starts_with("playbook `one`: 4 containments on 4 devices\n       2  released: 2 calls"),
        "{out}"
    );
    let (code, _, said) = shell.run(&["release", "--all", "--reason", "drill"]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("or `--yes` to go on"), "{said}");
    let open = "SELECT count(*)::text FROM quell.containments WHERE state IN ('active', 'asked')";
    assert_eq!(list(&mut ground, open).await, ["6"]);
    let (code, out, said) = shell
        .run(&["release", "--playbook", "nobody", "--yes", "--reason", "x"])
        .await;
    assert_eq!((code, out.as_str()), (Some(1), ""), "{said}");
    let (code, _, said) = shell
        .run(&["release", "aaaaaaaa", "--all", "--reason", "x"])
        .await;
    assert_eq!(code, Some(2), "{said}");

    let (code, out, said) = shell
        .run(&["release", "--all", "--yes", "--reason", "drill is over"])
        .await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        out.contains("5 containments ended, 1 question declined, 0 left"),
        "{out}"
    );
    assert!(
        out.contains("2 free, 3 on their way") && out.contains("by anna: drill is over"),
        "{out}"
    );
    assert_eq!(list(&mut ground, open).await, ["0"]);
    let (code, out, _) = shell.run(&["release", "--run", "last"]).await;
    assert_eq!(code, Some(0), "{out}");
    ground.close().await;
}

#[tokio::test]
async fn a_selection_by_time_group_and_revision_holds_what_it_says() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    for c in ['a', 'b'] {
        ground.alert("one", &device(c)).await;
        ground.pass(hours(1)).await;
    }
    ground
        .execute(format!(
            "UPDATE quell.devices SET facts = '{{\"group\": {{\"is\": \"Plants\"}}}}' WHERE device_id = '{}'",
            device('a')
        ))
        .await;
    let now = ground.store.now().await.expect("the database is up");
    let revision = list(
        &mut ground,
        "SELECT left(revision, 8) FROM quell.containments LIMIT 1",
    )
    .await
    .remove(0);
    let half = Some(now - SignedDuration::from_mins(90));
    let any = Selection::default;
    for (selection, expected) in [
        (Selection { since: half, ..any() }, 1),
        (Selection { until: half, ..any() }, 1),
        (
            Selection {
                group: Some("plants".to_owned()),
                ..any()
            },
            1,
        ),
        (
            Selection {
                group: Some("plants".to_owned()),
                since: half,
                ..any()
            },
            0,
        ),
        (
            Selection {
                playbook: Some("one".to_owned()),
                revision: Some(revision),
                ..any()
            },
            2,
        ),
        (
            Selection {
                playbook: Some("one".to_owned()),
                revision: Some("zz".to_owned()),
                ..any()
            },
            0,
        ),
        (any(), 2),
    ] {
        let preview = ground.store.release_preview(ground.tenant, &selection).await;
        assert_eq!(
            preview.expect("the database is up").active,
            expected,
            "{selection:?}"
        );
    }
    ground.close().await;
}

#[tokio::test]
async fn an_extension_needs_a_reason_is_written_down_and_a_match_does_not_make_it_shorter() {
    let text = playbook("one").replace("{after: 4h}", "{after: 4h, restart_on: match}");
    let mut ground = Ground::new(&[text]).await;
    let its = device('a');
    ground.alert("one", &its).await;
    ground.call_succeeds().await;
    let shell = Shell::new(&ground.database.url);
    let (code, out, said) = shell
        .run(&[
            "extend",
            "aaaaaaaa",
            "--by-span",
            "20h",
            "--reason",
            "still looking",
        ])
        .await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    assert!(
        out.contains("(in 23 h 59 min)") && out.contains("by anna: still looking"),
        "{out}"
    );
    let row = "SELECT concat_ws(' ', by, reason, ((after ->> 'until')::timestamptz - (before ->> 'until')::timestamptz)::text)
        FROM quell.transitions WHERE entity = 'containment' AND from_state = to_state";
    assert_eq!(
        list(&mut ground, row).await,
        ["anna extended: still looking 20:00:00"]
    );

    ground.pass(hours(1)).await;
    ground.alert("one", &its).await;
    ground.pass(hours(22)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&its).await, ["one active"], "23 of 24 hours");
    let (code, _, said) = shell
        .run(&["extend", "aaaaaaaa", "--by-span", "1h", "--reason", " "])
        .await;
    assert_eq!(code, Some(2), "{said}");
    ground.pass(hours(2)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&its).await, ["one ended time"]);
    let (code, _, said) = shell
        .run(&["extend", "aaaaaaaa", "--by-span", "1h", "--reason", "late"])
        .await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("nothing to extend"), "{said}");
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}

#[tokio::test]
async fn extending_what_was_kept_for_a_person_settles_it_and_nothing_else_that_needs_one() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let kept = "restrict X was lost with a restored backup: release the device, or extend this";
    for (c, told, is) in [('a', kept, None), ('b', "it failed", Some("it failed"))] {
        ground.alert("one", &device(c)).await;
        let its = format!("FROM quell.containments WHERE device_id = '{}'", device(c));
        ground
            .execute(format!(
                "UPDATE quell.containments SET attention = '{told}' WHERE device_id = '{}'",
                device(c)
            ))
            .await;
        let id = list(&mut ground, &format!("SELECT id::text {its}")).await;
        let extend = Extend {
            containment: id[0].parse().expect("an id"),
            end: NewEnd::By(Duration::from_secs(60)),
            may_shorten: false,
            by: "anna",
            reason: "a test",
        };
        let extended = ground.store.containment_extend(ground.tenant, &extend).await;
        assert!(matches!(extended, Ok(Extended::Done { .. })), "{extended:?}");
        assert_eq!(
            list(&mut ground, &format!("SELECT coalesce(attention, 'none') {its}")).await,
            [is.unwrap_or("none")]
        );
    }
    ground.close().await;
}

#[tokio::test]
async fn an_end_that_is_past_earlier_or_never_is_refused() {
    let never = playbook("two").replace("{after: 4h}", "{never: true}");
    let mut ground = Ground::new(&[playbook("one"), never]).await;
    ground.alert("one", &device('a')).await;
    ground.alert("two", &device('b')).await;
    let ids = list(
        &mut ground,
        "SELECT id::text FROM quell.containments ORDER BY device_id",
    )
    .await;
    let ids: Vec<Uuid> = ids.iter().map(|id| id.parse().expect("an id")).collect();
    let now = ground.store.now().await.expect("the database is up");
    let ask = async |containment, end, may_shorten| {
        let extend = Extend {
            containment,
            end,
            may_shorten,
            by: "anna",
            reason: "a test",
        };
        let extended = ground.store.containment_extend(ground.tenant, &extend).await;
        extended.expect("the database is up")
    };
    let later = NewEnd::By(Duration::from_secs(60));
    assert_eq!(ask(ids[1], later, false).await, Extended::Never);
    assert_eq!(ask(Uuid::now_v7(), later, false).await, Extended::NotActive);
    assert_eq!(
        ask(ids[0], NewEnd::At(now - hours(1)), true).await,
        Extended::Past
    );
    assert_eq!(
        ask(ids[0], NewEnd::At(now + hours(9_000)), true).await,
        Extended::TooFar
    );
    let sooner = NewEnd::At(now + hours(1));
    assert!(matches!(
        ask(ids[0], sooner, false).await,
        Extended::Shorter { .. }
    ));
    assert!(matches!(ask(ids[0], sooner, true).await, Extended::Done { .. }));
    ground.pass(hours(2)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&device('a')).await, ["one ended time"]);
    ground.close().await;
}

#[tokio::test]
async fn a_release_that_does_not_come_is_overdue_and_paged_once() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    for c in ['a', 'b'] {
        ground.alert("one", &device(c)).await;
        ground.call_succeeds().await;
    }
    let overdues = Overdues {
        context: ground.context(),
        after: Duration::from_secs(1_800),
        every: Duration::from_secs(60),
    };
    ground.pass(hours(4)).await;
    assert_eq!(overdues.run_once().await.expect("the database is up").devices, 0);
    // Nobody ends them, and after that nobody calls.
    ground.pass(hours(1)).await;
    assert_eq!(overdues.run_once().await.expect("the database is up").devices, 2);
    ground.expire().await;
    for _ in 0..2 {
        assert_eq!(
            overdues.run_once().await.expect("the database is up").devices,
            0,
            "ended just now"
        );
    }
    ground.pass(hours(1)).await;
    assert_eq!(overdues.run_once().await.expect("the database is up").devices, 2);
    let told = list(
        &mut ground,
        "SELECT told FROM quell.alarms WHERE kind = 'releases_overdue' ORDER BY id",
    )
    .await;
    assert_eq!(told.len(), 2, "once an hour at most: {told:?}");
    assert!(
        told[0].starts_with("2 devices should have been released"),
        "{told:?}"
    );
    let shell = Shell::new(&ground.database.url);
    let (_, out, _) = shell.run(&["status"]).await;
    assert!(out.contains("2 releases overdue: aaaaaaaaaaaa"), "{out}");
    ground.call_succeeds().await;
    assert_eq!(overdues.run_once().await.expect("the database is up").devices, 1);
    ground.close().await;
}

#[tokio::test]
async fn a_restrict_that_was_given_up_is_tried_again_on_another_alert_and_not_on_the_same() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let its = device('a');
    let alert = |id: &str| Alert {
        id: id.to_owned(),
        category: Fact::Is("one".to_owned()),
        ..Alert::default()
    };
    ground.news(alert("x"), &its).await;
    for _ in 0..2 {
        ground
            .call(ActionEvent::Accepted, Some(ActionEvent::Failed), false)
            .await;
        ground.pass(SignedDuration::from_mins(1)).await;
    }
    assert_eq!(ground.attention(&its).await.len(), 1, "given up");
    assert!(ground.reserve().await.is_none());
    ground.news(alert("x"), &its).await;
    assert_eq!(ground.attention(&its).await.len(), 1, "no new evidence");
    ground.news(alert("y"), &its).await;
    assert_eq!(ground.attention(&its).await, [""; 0]);
    ground.call_succeeds().await;
    assert_eq!(
        ground.actions(&its).await,
        ["restrict failed", "restrict failed", "restrict succeeded"]
    );
    let (code, out, _) = Shell::new(&ground.database.url)
        .run(&["devices", "--restricted"])
        .await;
    assert_eq!(code, Some(0));
    assert!(out.contains("one@") && out.contains("x"), "{out}");
    ground.close().await;
}

#[tokio::test]
async fn a_run_whose_command_was_killed_is_worked_off_by_the_daemon() {
    const PATIENCE: Duration = Duration::from_secs(60);
    let world = Setup::new(100, &[&storm_playbook()]).start().await;
    world.send(&storm(8)).await;
    let restricted = "SELECT count(*) = 8 FROM quell.devices WHERE restriction = 'restricted'";
    world.until(PATIENCE, restricted).await;
    // What the command leaves behind when it is killed at once after it began.
    world
        .execute(
            "WITH run AS (INSERT INTO quell.release_runs (id, tenant_id, state, selection, by, reason)
                          SELECT gen_random_uuid(), id, 'running', '{}', 'anna', 'drill' FROM quell.tenants RETURNING id),
                  noted AS (SELECT quell.note_change(t.id, 'release_run', run.id, NULL, NULL, 'running', 'anna', 'drill')
                            FROM run, quell.tenants t)
             INSERT INTO quell.release_run_items (run_id, containment_id, device_id)
             SELECT run.id, c.id, c.device_id FROM run, quell.containments c, noted",
        )
        .await;
    world
        .until(
            PATIENCE,
            "SELECT count(*) = 1 FROM quell.release_runs WHERE state = 'done'",
        )
        .await;
    world
        .seen("all are free", PATIENCE, |report| report.restricted_now == 0)
        .await;
    world.until_idle(PATIENCE).await;
    let (code, said) = world
        .command(&["release", "--run", "last", "--wait", "--config", "quell.yaml"])
        .await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("8 containments ended, 0 questions declined, 0 left") && said.contains("8 free"),
        "{said}"
    );
    world.finish().await;
}
