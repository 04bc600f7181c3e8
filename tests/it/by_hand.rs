//! `quell restrict`: a person begins a containment, under the guards that hold for playbooks.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::ActionKind;
use quell::domain::decision::Cap;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::domain::measure::Measure;
use quell::domain::stop::StopScope;
use quell::domain::verdict::{AskTerms, Lane, Mode};
use quell::store::{ByHand, ByHandOutcome, StopOrder};

use crate::operator::Shell;
use crate::support::ground::{Ground, device, playbook};

fn ask() -> AskTerms {
    AskTerms {
        from: Vec::new(),
        approvals: 1,
        within: Duration::from_secs(1_800),
        // A configuration could not say so; nobody but a second person may make it active all the same.
        otherwise_act: true,
    }
}

async fn restrict(ground: &Ground, device: &DeviceId, accepts: &[&str]) -> ByHandOutcome {
    let accepts: Vec<String> = accepts.iter().map(|risk| (*risk).to_owned()).collect();
    let wanted = ByHand {
        device,
        measure: Measure::Restriction,
        isolation: None,
        after: Duration::from_secs(4 * 3_600),
        lane: Lane::Critical,
        by: "anna",
        reason: "seen on the phone",
        accepts: &accepts,
        ask: &ask(),
        facts_max_age: Duration::from_secs(3_600),
        fleet: None,
    };
    let done = ground
        .store
        .contain_by_hand(ground.tenant, ground.gate(), &wanted);
    done.await.expect("the database is up")
}

async fn refused_by(ground: &Ground, device: &DeviceId, accepts: &[&str]) -> String {
    match restrict(ground, device, accepts).await {
        ByHandOutcome::Refused(refusal) => refusal.guard(),
        other => panic!("it is refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_release_playbook_also_lets_go_what_a_person_restricted() {
    let text = playbook("free");
    let head = text.split("then:").next().expect("it has a head");
    let frees = format!("{head}then:\n  - release_app_restriction: {{comment: enough}}\n");
    let mut ground = Ground::new(&[frees]).await;
    let d = device('a');
    let begun = restrict(&ground, &d, &[]).await;
    assert!(matches!(begun, ByHandOutcome::Begun(_)), "{begun:?}");
    ground.call_succeeds().await;
    ground.alert("free", &d).await;
    assert_eq!(ground.actions(&d).await, ["restrict succeeded", "release queued"]);
    ground.close().await;
}

#[tokio::test]
async fn a_device_restricted_by_hand_is_called_at_once_and_released_when_its_time_is_up() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let begun = match restrict(&ground, &device('a'), &[]).await {
        ByHandOutcome::Begun(begun) => begun,
        other => panic!("no guard stands against it: {other:?}"),
    };
    assert_eq!(begun.queued.expect("it is queued").0, "restrict");
    let (_, grant) = ground.reserve().await.expect("it is due");
    assert_eq!((grant.lane, grant.kind), (Lane::Critical, ActionKind::Restrict));
    assert!(grant.comment.ends_with("seen on the phone"), "{}", grant.comment);
    let begun = ground
        .words(
            "SELECT concat_ws(' ', begun_by, state, until - activated_at) FROM quell.containments".to_owned(),
        )
        .await;
    assert_eq!(begun, ["anna active 04:00:00"]);
    assert_eq!(
        ground.audit(&device('a')).await,
        ["active anna: seen on the phone"]
    );
    ground.pass(SignedDuration::from_hours(5)).await;
    assert_eq!(ground.expire().await.ended, 1);
    ground.close().await;
}

#[tokio::test]
async fn each_guard_stands_against_it_and_changes_nothing() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let gate = &mut ground.decider().context.gate;
    gate.never = Protections {
        tags: vec!["tier-0".to_owned()],
        ids: vec!["B".repeat(40)],
        ..Protections::default()
    };
    gate.caps = vec![Cap::of(1, Duration::from_secs(3_600))];
    // Nobody knows its tags: that protects.
    assert_eq!(refused_by(&ground, &device('a'), &[]).await, "never.tags");
    assert_eq!(
        refused_by(&ground, &device('b'), &["never.tags"]).await,
        "never.ids"
    );
    let tagged = |tags: &[&str]| DeviceFacts {
        tags: Fact::Is(tags.iter().map(|tag| (*tag).to_owned()).collect()),
        ..DeviceFacts::default()
    };
    ground.facts(&device('a'), tagged(&["Tier-0"])).await;
    assert_eq!(refused_by(&ground, &device('a'), &[]).await, "never.tags");
    // Facts that have grown old protect no less than none.
    ground.facts(&device('c'), tagged(&[])).await;
    ground.pass(SignedDuration::from_hours(2)).await;
    assert_eq!(refused_by(&ground, &device('c'), &[]).await, "never.tags");
    ground.facts(&device('c'), tagged(&[])).await;
    ground.facts(&device('d'), tagged(&[])).await;
    assert_eq!(
        ground
            .words("SELECT id::text FROM quell.containments".to_owned())
            .await,
        [""; 0]
    );
    assert!(matches!(
        restrict(&ground, &device('c'), &[]).await,
        ByHandOutcome::Begun(_)
    ));
    assert_eq!(refused_by(&ground, &device('d'), &[]).await, "caps[0]");
    // One that counts already is not one more.
    assert!(matches!(
        restrict(&ground, &device('c'), &[]).await,
        ByHandOutcome::Begun(_)
    ));
    ground.decider().context.gate.ceiling = Mode::Observe;
    assert_eq!(refused_by(&ground, &device('c'), &[]).await, "mode.observe");
    let order = StopOrder {
        tenant: None,
        scope: StopScope::New,
        since: None,
        via: "cli",
        by: "anna",
        reason: "x",
    };
    ground.store.stop_begin(&order).await.expect("the database is up");
    assert_eq!(refused_by(&ground, &device('c'), &[]).await, "stopped");
    ground.close().await;
}

#[tokio::test]
async fn an_accepted_risk_asks_a_second_person_and_time_alone_never_makes_it_active() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.decider().context.gate.never = Protections {
        tags: vec!["tier-0".to_owned()],
        ..Protections::default()
    };
    match restrict(&ground, &device('a'), &["never.tags", "never.names"]).await {
        ByHandOutcome::Asked { risks, .. } => assert_eq!(risks, ["never.tags"]),
        other => panic!("it is asked: {other:?}"),
    }
    let asked =
        "SELECT concat_ws(' ', state, begun_by, ask_lifts, ask ->> 'otherwise_act') FROM quell.containments";
    assert_eq!(
        ground.words(asked.to_owned()).await,
        ["asked anna never.tags false"]
    );
    assert_eq!(ground.actions(&device('a')).await, [""; 0]);
    ground.pass(SignedDuration::from_hours(1)).await;
    assert_eq!(ground.expire().await.expired, 1);
    ground.close().await;
}

#[tokio::test]
async fn the_command_says_what_follows_or_which_guard_refuses_and_how_to_go_on() {
    let ground = Ground::new(&[playbook("one")]).await;
    let shell = Shell::new(&ground.database.url);
    let id = "c".repeat(40);
    let arguments = ["restrict", &id, "--for", "4h", "--reason", "seen on the phone"];
    let (code, out, said) = shell.run(&arguments).await;
    assert_eq!(code, Some(5), "{out}{said}");
    for part in ["refused   never.tags: ", "--accept-risk=never.tags"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let accepting = [&arguments[..], &["--accept-risk=never.tags"]].concat();
    let (code, out, said) = shell.run(&accepting).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        out.contains("asked     because of never.tags")
            && out.contains("quell approvals approve A-1001 --reason TEXT"),
        "{out}"
    );
    // Nothing is protected in this configuration.
    let config = shell.directory().join("quell.yaml");
    let text = std::fs::read_to_string(&config).expect("it is ours");
    std::fs::write(&config, format!("never: {{tags: []}}\n{text}")).expect("it is ours");
    let (code, out, said) = shell.run(&arguments).await;
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "begun     by hand; it ends in ",
        "recorded  by anna: seen on the phone",
        "restriction queued, lane high; it may leave now; no daemon dispatches now",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (code, out, said) = shell.run(&["explain", "--device", &id]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(out.contains("anna") && !out.contains("an operator"), "{out}");
    for (wrong, code) in [
        (&["restrict", "zzz", "--for", "4h", "--reason", "x"][..], 1),
        (&["restrict", &id, "--for", "4h", "--reason", " "], 2),
        (&["restrict", &id, "--for", "soon", "--reason", "x"], 2),
    ] {
        let (found, _, said) = shell.run(wrong).await;
        assert_eq!(found, Some(code), "{wrong:?}: {said}");
    }
    ground.close().await;
}
