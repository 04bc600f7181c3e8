//! Caps under races, paged, and lifted: exactly so many devices, whoever counts, and exactly so many more by an operator's word.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::alert::Alert;
use quell::domain::decision::Cap;
use quell::domain::device::DeviceId;
use quell::domain::fact::Fact;
use quell::domain::surge::Surge;
use quell::domain::verdict::Percent;
use quell::store::cap_lifts::{LiftDone, LiftOrder, Lifting};
use quell::store::{Store, StoreOptions};
use quell::worker::active_set::InForce;
use quell::worker::{Context, decide::Decider};
use tokio::task::JoinSet;

use crate::approvals::sound;
use crate::operator::Shell;
use crate::support::ground::{Ground, VALIDITY, playbook};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

fn nth(n: usize) -> DeviceId {
    DeviceId::from_stored(format!("{n:040x}"))
}

/// The ground with these caps, where decisions and the gate look.
async fn capped(caps: &[Cap]) -> Ground {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let decider = ground.decider();
    decider.rules.caps = caps.to_vec();
    decider.context.gate.caps = caps.to_vec();
    ground
}

/// Another replica on the same database, with connections of its own.
fn replica(ground: &mut Ground) -> Decider {
    let options = StoreOptions {
        url: ground.database.url.clone().into(),
        max_connections: 4,
        validity: VALIDITY,
        retry_delays: vec![Duration::from_secs(30)],
        retry_cap: Duration::from_secs(600),
    };
    let store = Store::new(&options).expect("the URL is ours");
    let like = ground.decider();
    Decider {
        context: Context {
            store,
            ..like.context.clone()
        },
        rules: like.rules.clone(),
        facts_max_age: like.facts_max_age,
        facts_wait: like.facts_wait,
        info_wait: like.facts_wait,
        fleet_max_age: like.fleet_max_age,
        kinds: like.kinds.clone(),
        in_force: Arc::new(InForce::default()),
    }
}

/// An alert on each of so many devices, accepted and not decided.
async fn accept(ground: &mut Ground, devices: std::ops::Range<usize>) {
    for n in devices {
        let alert = Alert {
            title: Fact::Is("seen".to_owned()),
            category: Fact::Is("one".to_owned()),
            ..Alert::default()
        };
        ground.accept(alert, &nth(n)).await;
    }
}

async fn number(ground: &mut Ground, sql: &str) -> i64 {
    let told = ground.words(format!("SELECT ({sql})::text")).await;
    told[0].parse().expect("it is a number")
}

const ACTIVE: &str = "SELECT count(*) FROM quell.containments WHERE state = 'active'";
const HELD: &str =
    "SELECT count(*) FROM quell.containments WHERE state = 'asked' AND ask_reason LIKE 'caps[0]%'";
const CALLABLE: &str = "SELECT count(*) FROM quell.actions WHERE kind = 'restrict' AND state = 'queued'";

async fn lift(ground: &mut Ground, devices: Option<u32>, span: Duration) -> LiftDone {
    let order = LiftOrder {
        index: 0,
        devices,
        span,
        by: "ana",
        reason: "it is a real outbreak",
        expected: None,
    };
    let caps = ground.decider().rules.caps.clone();
    let surge = ground.decider().rules.surge.clone();
    let done = ground
        .store
        .cap_lift(ground.tenant, &caps, &surge, None, &order)
        .await;
    match done.expect("the database is up") {
        Lifting::Done(done) => done,
        other => panic!("there is such a cap: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_replicas_and_five_hundred_devices_at_once_contain_exactly_as_many_as_the_cap_says() {
    let mut ground = capped(&[Cap::of(25, DAY)]).await;
    accept(&mut ground, 0..500).await;
    let mut replicas = JoinSet::new();
    for _ in 0..5 {
        let replica = replica(&mut ground);
        replicas.spawn(async move {
            let mut decided = 0;
            loop {
                match replica.run_once().await {
                    Ok(Some(0)) | Ok(None) => {
                        let context = &replica.context;
                        let status = context.store.status(context.tenant, &context.gate).await;
                        if status.expect("the database is up").inbox.rows == 0 {
                            break;
                        }
                        tokio::task::yield_now().await;
                    }
                    Ok(Some(n)) => decided += n,
                    Err(error) => panic!("the database is up: {error}"),
                }
            }
            replica.context.store.close().await;
            decided
        });
    }
    let decided: usize = replicas.join_all().await.into_iter().sum();
    assert_eq!(decided, 500);
    assert_eq!(
        (number(&mut ground, ACTIVE).await, number(&mut ground, HELD).await),
        (25, 475)
    );
    assert_eq!(number(&mut ground, CALLABLE).await, 25);
    let pages = "SELECT count(*) FROM quell.alarms WHERE kind = 'cap_reached'";
    assert_eq!(number(&mut ground, pages).await, 1, "one page, not one a device");
    let asked =
        "SELECT device_id FROM quell.containments WHERE state = 'asked' ORDER BY created_at, id LIMIT 10";
    let first = ground.words(asked.to_owned()).await;
    let done = lift(&mut ground, Some(10), HOUR).await;
    let went_on: Vec<String> = done.held.devices.iter().map(ToString::to_string).collect();
    assert_eq!(went_on, first, "in the order of their asking");
    assert_eq!(
        (done.counted, done.held.still_held, done.held.held_otherwise),
        (25, 465, 0)
    );
    assert_eq!(
        (number(&mut ground, ACTIVE).await, number(&mut ground, HELD).await),
        (35, 465)
    );
    // A second click goes on where the first one ended, and the gate lets all of them through.
    assert_eq!(lift(&mut ground, Some(5), HOUR).await.held.devices.len(), 5);
    let mut called = 0;
    while ground.reserve().await.is_some() {
        called += 1;
    }
    assert_eq!(called, 40);
    let audit = "SELECT count(*) FROM quell.transitions WHERE entity = 'cap_lift' AND by = 'ana' AND to_state = 'lifted'";
    assert_eq!(number(&mut ground, audit).await, 2);
    let accounts = ground
        .store
        .accounts(ground.tenant)
        .await
        .expect("the database is up");
    assert_eq!(
        (accounts.events, accounts.events_astray, accounts.broken_histories),
        (500, 0, 0)
    );
    assert_eq!(
        accounts.outcomes.values().sum::<i64>(),
        500,
        "{:?}",
        accounts.outcomes
    );
    assert_eq!(accounts.outcomes.get("hold: caps[0]"), Some(&475));
    ground.close().await;
}

#[tokio::test]
async fn a_lift_ends_and_the_cap_holds_again_but_what_it_let_go_is_still_called() {
    let mut ground = capped(&[Cap::of(1, DAY)]).await;
    ground.alert("one", &nth(0)).await;
    ground.alert("one", &nth(1)).await;
    assert_eq!(ground.decision().await, "hold caps[0]");
    assert_eq!(lift(&mut ground, None, HOUR / 4).await.held.devices, [nth(1)]);
    ground.alert("one", &nth(2)).await;
    assert_eq!(
        ground.decision().await,
        "act matched",
        "any number, while it is lifted"
    );
    ground.pass(SignedDuration::from_mins(16)).await;
    ground.alert("one", &nth(3)).await;
    assert_eq!(ground.decision().await, "hold caps[0]");
    let mut called = Vec::new();
    while let Some((_, grant)) = ground.reserve().await {
        called.push(grant.device);
    }
    assert_eq!(called, [nth(0), nth(1), nth(2)]);
    // A cap that was changed since is another one: its lift is over.
    let before = lift(&mut ground, None, HOUR).await;
    assert_eq!(before.held.devices, [nth(3)]);
    ground.decider().rules.caps = vec![Cap::of(2, DAY)];
    ground.alert("one", &nth(4)).await;
    assert_eq!(ground.decision().await, "hold caps[0]");
    // What went on by a person's lift was approved by nobody, and need not be.
    sound(ground).await;
}

#[tokio::test]
async fn what_another_cap_or_a_limit_holds_by_then_stays_asked_for_that_reason() {
    let mut ground = capped(&[Cap::of(1, DAY), Cap::of(2, DAY)]).await;
    for n in 0..4 {
        ground.alert("one", &nth(n)).await;
    }
    let done = lift(&mut ground, None, HOUR).await;
    assert_eq!(done.held.devices, [nth(1)]);
    assert_eq!((done.held.still_held, done.held.held_otherwise), (0, 2));
    let reasons = "SELECT ask_reason FROM quell.containments WHERE state = 'asked' ORDER BY id".to_owned();
    assert_eq!(ground.words(reasons).await, ["caps[1]", "caps[1]"]);
    sound(ground).await;
}

#[tokio::test]
async fn a_lifted_cap_lets_no_replaced_revision_act_and_no_user_drive_more_than_he_may() {
    let mut ground = capped(&[Cap::of(1, DAY)]).await;
    ground.decider().rules.surge = Surge {
        per: HOUR,
        per_user: Some(2),
        ..Surge::default()
    };
    for n in 0..4 {
        let alert = Alert {
            category: Fact::Is("one".to_owned()),
            user: Fact::Is("ana".to_owned()),
            ..Alert::default()
        };
        ground.news(alert, &nth(n)).await;
    }
    assert_eq!(number(&mut ground, HELD).await, 3);
    let done = lift(&mut ground, None, HOUR).await;
    assert_eq!(done.held.devices, [nth(1)]);
    assert_eq!((done.held.still_held, done.held.held_otherwise), (0, 2));
    let reasons =
        "SELECT ask_reason || ' ' || ask_lifts FROM quell.containments WHERE state = 'asked' ORDER BY id";
    assert_eq!(
        ground.words(reasons.to_owned()).await,
        ["surge.user surge.user", "surge.user surge.user"]
    );
    sound(ground).await;

    let mut ground = capped(&[Cap::of(1, DAY)]).await;
    ground.alert("one", &nth(0)).await;
    ground.alert("one", &nth(1)).await;
    ground.change(&[playbook("one").replace("4h", "5h")]).await;
    let done = lift(&mut ground, None, HOUR).await;
    assert_eq!(done.held.devices, [], "nobody may approve it either");
    assert_eq!(number(&mut ground, ACTIVE).await, 1);
    sound(ground).await;
}

#[tokio::test]
async fn a_part_of_a_fleet_or_group_that_nobody_knows_counts_as_reached() {
    let percent = Percent::new(10.0);
    let of_fleet = Cap {
        devices: None,
        percent_of_fleet: percent,
        ..Cap::of(0, DAY)
    };
    let mut ground = capped(&[of_fleet]).await;
    ground.alert("one", &nth(0)).await;
    assert_eq!(ground.decision().await, "hold caps[0].fleet_unknown");
    ground.decider().context.fleet = Some(20);
    ground.decider().context.gate.fleet = Some(20);
    for n in 1..=3 {
        ground.alert("one", &nth(n)).await;
    }
    assert_eq!(
        ground.decision().await,
        "hold caps[0]",
        "a tenth of twenty is two"
    );
    assert_eq!(number(&mut ground, ACTIVE).await, 2);
    // A tenth of nineteen is one: the gate does not take back what was allowed.
    ground.decider().context.gate.fleet = Some(19);
    ground.call_succeeds().await;
    ground.call_succeeds().await;
    let of_group = Cap {
        devices: None,
        percent_of_group: percent,
        ..Cap::of(0, DAY)
    };
    ground.decider().rules.caps = vec![of_group];
    ground.alert("one", &nth(9)).await;
    assert_eq!(ground.decision().await, "hold caps[0].group_unknown");
    ground.close().await;
}

#[tokio::test]
async fn an_operator_sees_the_caps_and_lifts_one() {
    // The defaults of the configuration.
    let mut ground = capped(&[Cap::of(50, HOUR), Cap::of(200, DAY)]).await;
    accept(&mut ground, 0..52).await;
    ground.decider().run_once().await.expect("the database is up");
    let shell = Shell::new(&ground.database.url);
    let (code, out, said) = shell.run(&["caps"]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let lines: Vec<Vec<&str>> = out
        .lines()
        .map(|line| {
            line.split("  ")
                .filter(|cell| !cell.is_empty())
                .map(str::trim)
                .collect()
        })
        .collect();
    assert_eq!(
        lines,
        [
            vec!["CAP", "ALLOWS", "IN", "COUNTED", "WAITING"],
            vec!["caps[0]", "50 devices", "1 h", "50 of 50", "2"],
            vec!["caps[1]", "200 devices", "1 d", "50 of 200", "0"],
        ],
        "{out}"
    );
    let lift = [
        "caps",
        "lift",
        "caps[0]",
        "--for",
        "1h",
        "--devices",
        "1",
        "--reason",
    ];
    let (code, out, _) = shell.run(&[&lift[..], &["it is real"]].concat()).await;
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.starts_with("caps[0] is lifted for 1 more device; that ends in 1 h\n"),
        "{out}"
    );
    assert!(
        out.contains("went on at once: 1 device\nstill wait for caps[0]: 1\n"),
        "{out}"
    );
    let (_, out, _) = shell.run(&["caps"]).await;
    assert!(
        out.contains("51 of 51") && out.contains("by anna") && out.contains(": it is real"),
        "{out}"
    );
    for (arguments, code) in [
        (vec!["caps", "lift", "caps[0]", "--for", "1h"], 2),
        (vec!["caps", "lift", "caps[0]", "--for", "1s", "--reason", "r"], 2),
        (vec!["caps", "lift", "caps[0]", "--for", "1h", "--reason", " "], 2),
        (vec!["caps", "lift", "caps[7]", "--for", "1h", "--reason", "r"], 1),
        (
            vec!["caps", "lift", "limits[0]", "--for", "1h", "--reason", "r"],
            1,
        ),
    ] {
        assert_eq!(shell.run(&arguments).await.0, Some(code), "{arguments:?}");
    }
    let lift = out
        .split_once("(lift ")
        .and_then(|(_, rest)| rest.split_once(')'))
        .expect("it is named")
        .0;
    for (lift, reason, code, told) in [
        (lift, " ", 2, "`--reason` is empty"),
        ("ffffffff", "no outbreak", 1, "names no one lift in force"),
        (lift, "no outbreak", 0, "the lift of caps[0] is ended"),
        (lift, "no outbreak", 1, "names no one lift in force"),
    ] {
        let (got, out, said) = shell.run(&["caps", "end", lift, "--reason", reason]).await;
        assert_eq!(got, Some(code), "{out}{said}");
        assert!((out + &said).contains(told), "{told}");
    }
    ground.close().await;
}

#[tokio::test]
async fn a_lift_that_is_ended_before_its_time_lets_nothing_more_go_and_takes_nothing_back() {
    let mut ground = capped(&[Cap::of(2, DAY)]).await;
    accept(&mut ground, 0..6).await;
    while ground.decider().run_once().await.expect("the database is up") > Some(0) {}
    let done = lift(&mut ground, Some(2), HOUR).await;
    assert_eq!(done.held.devices.len(), 2);
    let end = async |ground: &Ground| {
        ground
            .store
            .cap_lift_end(ground.tenant, done.id, "ben", "it was no outbreak")
            .await
            .expect("the database is up")
    };
    assert_eq!(end(&ground).await.as_deref(), Some("caps[0]"));
    assert_eq!(end(&ground).await, None, "once");
    let caps = ground.decider().rules.caps.clone();
    let views = ground.store.caps_now(ground.tenant, &caps, None).await;
    assert!(views.expect("the database is up")[0].lifts.is_empty());
    accept(&mut ground, 6..7).await;
    while ground.decider().run_once().await.expect("the database is up") > Some(0) {}
    assert_eq!(number(&mut ground, ACTIVE).await, 4, "nothing more goes");
    let mut called = 0;
    while ground.reserve().await.is_some() {
        called += 1;
    }
    assert_eq!(called, 4, "what went on by it is called");
    let audit = "SELECT count(*) FROM quell.transitions WHERE entity = 'cap_lift' AND by = 'ben' AND to_state = 'ended'
                   AND before->>'until' > after->>'until'";
    assert_eq!(number(&mut ground, audit).await, 1);
}
