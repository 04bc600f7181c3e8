//! The inventory: swept page by page beside other reads, gone on with after a crash, counted when complete. What it tells of
//! a device decides whether a call is spent on it.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use quell::defender::{Client, Cloud, Endpoint, HostOptions, Options as ClientOptions, SecretSource};
use quell::domain::device::kind::KindSigns;
use quell::domain::device::{DeviceFacts, DeviceId, DeviceIdRule};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::limiter::SecondGuard;
use quell::simulator::{DeviceOverride, Options, Simulator};
use quell::store::ReadOutcome;
use quell::store::inventory::{PageStored, SweepDue, SweepTerms, SweptPage};
use quell::worker::inventory::{Sweeper, Swept};
use tokio_util::sync::CancellationToken;

use crate::support::ground::{self, Ground, device, playbook};

const HOUR: Duration = Duration::from_secs(3_600);
const TERMS: SweepTerms = SweepTerms {
    every: Duration::from_secs(7_200),
    rest: Duration::from_secs(900),
    good_for: HOUR,
    known_for: Duration::from_secs(4 * 7_200),
};

/// The id of a device that the simulator lists.
pub fn listed(number: u64) -> DeviceId {
    DeviceId::from_stored(format!("{number:040x}"))
}

pub fn is(text: &str) -> Fact<String> {
    Fact::Is(text.to_owned())
}

/// A device that can be restricted.
pub fn good() -> DeviceFacts {
    DeviceFacts {
        os: is("Windows11"),
        os_version: is("23H2"),
        onboarding: is("Onboarded"),
        health: is("Active"),
        merged_into: Fact::Absent,
        tags: Fact::Is(Vec::new()),
        ..DeviceFacts::default()
    }
}

/// A fresh process that sweeps.
async fn sweeper(ground: &Ground, simulator: &Simulator, page: u32) -> Sweeper {
    let context = ground.context();
    context.leadership.set(Some(ground.epoch().await));
    let endpoint = Endpoint::resolve(&HostOptions {
        entra_tenant: "11111111-2222-3333-4444-555555555555".to_owned(),
        cloud: Cloud::Commercial,
        base_url: Some(simulator.base_url().to_string()),
        authority: Some(simulator.authority().to_string()),
        ..HostOptions::default()
    })
    .expect("the simulator's addresses can be used");
    let secret = SecretSource::function(|| Ok("a secret".to_owned().into()));
    let client = Client::new(ClientOptions::new(endpoint, ground::APP.to_owned(), secret));
    Sweeper {
        guard: SecondGuard::new(&context.gate.reads).expect("the windows are plain"),
        context,
        client: Arc::new(client.expect("the options can be used")),
        terms: TERMS,
        page,
        device_ids: DeviceIdRule::default(),
        kinds: KindSigns::default(),
        backoff: Duration::from_millis(10),
    }
}

/// One step; `None`: it waits for the reads' budget.
async fn step(sweeper: &Sweeper) -> Option<Swept> {
    let stop = CancellationToken::new();
    let step = tokio::time::timeout(Duration::from_secs(3), sweeper.run_once(&stop));
    step.await.ok().map(|swept| swept.expect("the database is up"))
}

/// Steps until the sweep is complete; so many devices were counted.
async fn sweep(sweeper: &Sweeper) -> u64 {
    loop {
        match step(sweeper).await {
            Some(Swept::Page) => {}
            Some(Swept::Complete(fleet)) => return fleet,
            other => panic!("the sweep goes on: {other:?}"),
        }
    }
}

pub async fn number(ground: &mut Ground, sql: &str) -> i64 {
    let words = ground.words(format!("SELECT ({sql})::text")).await;
    words[0].parse().expect("a number")
}

const READS: &str = "SELECT count(*) FROM quell.attempts WHERE kind = 'list'";

#[tokio::test]
async fn three_thousand_devices_are_swept_with_at_most_half_of_the_reads() {
    let simulator = Simulator::start(Options {
        listed: 3_000,
        ..Options::default()
    })
    .await
    .expect("a loopback port is free");
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let fifty = sweeper(&ground, &simulator, 50).await;
    for page in 1..=50 {
        assert_eq!(step(&fifty).await, Some(Swept::Page), "page {page}");
    }
    assert_eq!(step(&fifty).await, None, "the other half of the minute is left");
    assert_eq!(number(&mut ground, READS).await, 50);
    let epoch = ground.epoch().await;
    let other = ground
        .store
        .read_reserve(ground.tenant, epoch, ground.gate(), "list");
    let other = other.await.expect("the database is up");
    assert!(
        matches!(other, ReadOutcome::Granted { .. }),
        "actions are followed all the while: {other:?}"
    );
    let fleet = ground.store.fleet_size(ground.tenant).await.expect("it is up");
    assert_eq!(fleet, None, "an incomplete sweep counts nothing");

    ground.pass(SignedDuration::from_secs(200)).await;
    assert_eq!(sweep(&fifty).await, 3_000);
    // Sixty full pages, an empty one that says that this was all, and the other read.
    assert_eq!(number(&mut ground, READS).await, 62);
    let known = "SELECT count(*) FROM quell.devices WHERE facts_fetched_at IS NOT NULL";
    assert_eq!(number(&mut ground, known).await, 3_000);
    let fleet = ground.store.fleet_size(ground.tenant).await.expect("it is up");
    assert_eq!(fleet.map(|fleet| fleet.devices), Some(3_000));
    let (groups, _) = ground
        .store
        .group_sizes(ground.tenant)
        .await
        .expect("it is up")
        .expect("a sweep is complete");
    assert_eq!(
        groups.values().sum::<u64>(),
        3_000,
        "every device has a group here"
    );
    let group = ground.store.group_size(ground.tenant, " OFFICES").await;
    let group = group.expect("it is up").map(|group| group.devices);
    assert_eq!(group, groups.get("offices").copied());
    let none = ground.store.group_size(ground.tenant, "nobody's").await;
    assert_eq!(none.expect("it is up").map(|group| group.devices), Some(0));
    assert!(matches!(step(&fifty).await, Some(Swept::Nothing(_))));
}

#[tokio::test]
async fn a_sweep_that_a_crash_cut_off_goes_on_where_it_stood() {
    // The service cuts pages shorter than asked, and links to the next one on another host.
    let simulator = Simulator::start(Options {
        listed: 400,
        page_size: 40,
        ..Options::default()
    })
    .await
    .expect("a loopback port is free");
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let first = sweeper(&ground, &simulator, 1_000).await;
    for _ in 0..4 {
        assert_eq!(step(&first).await, Some(Swept::Page));
    }
    drop(first);
    let second = sweeper(&ground, &simulator, 1_000).await;
    assert_eq!(sweep(&second).await, 400);
    assert_eq!(number(&mut ground, READS).await, 10, "no page was read twice");
    let sweeps = "SELECT count(*) FROM quell.inventory_sweeps";
    assert_eq!(number(&mut ground, sweeps).await, 1);

    // Cut off again, and nobody comes for longer than the place holds: it begins anew, and the old count stands so long.
    ground.pass(SignedDuration::from_hours(3)).await;
    assert_eq!(step(&second).await, Some(Swept::Page));
    ground.pass(SignedDuration::from_hours(2)).await;
    let third = sweeper(&ground, &simulator, 1_000).await;
    assert_eq!(step(&third).await, Some(Swept::Page));
    let fleet = ground.store.fleet_size(ground.tenant).await.expect("it is up");
    let fleet = fleet.expect("the first sweep was complete");
    let now = ground.store.now().await.expect("it is up");
    assert_eq!(fleet.fresh(now, 24 * HOUR), Some(400));
    assert_eq!(fleet.fresh(now, 4 * HOUR), None, "it was counted five hours ago");
    assert_eq!(sweep(&third).await, 400);
    let abandoned = "SELECT count(*) FROM quell.inventory_sweeps WHERE outcome = 'abandoned'";
    assert_eq!(number(&mut ground, abandoned).await, 1);
}

#[tokio::test]
async fn of_two_that_read_the_same_page_one_stores_it_and_a_circle_ends() {
    let ground = Ground::new(&[playbook("malware")]).await;
    let due = ground.store.sweep_due(ground.tenant, TERMS).await;
    let SweepDue::Page(mut sweep) = due.expect("it is up") else {
        panic!("the first sweep is due at once")
    };
    let devices = [(listed(1), good()), (listed(2), good())];
    let page = SweptPage {
        devices: &devices,
        refused: 0,
        next_page: Some("$skip=2"),
        received: 2,
    };
    let store = &ground.store;
    let stored = store.sweep_store(ground.tenant, &sweep, &page).await;
    assert_eq!(stored.expect("it is up"), PageStored::More);
    let again = store.sweep_store(ground.tenant, &sweep, &page).await;
    assert_eq!(again.expect("it is up"), PageStored::Taken);
    sweep.pages += 1;
    let circle = store.sweep_store(ground.tenant, &sweep, &page).await;
    assert_eq!(circle.expect("it is up"), PageStored::Circle);
    assert_eq!(store.fleet_size(ground.tenant).await.expect("it is up"), None);
    let due = store.sweep_due(ground.tenant, TERMS).await.expect("it is up");
    assert!(
        matches!(due, SweepDue::In(_)),
        "what cannot be had rests: {due:?}"
    );
}

#[tokio::test]
async fn a_limit_of_the_fleet_holds_by_the_last_sweep_until_that_is_too_old() {
    let limited = playbook("malware") + "limits:\n  - {percent_of_fleet: 1, per: 1d, otherwise: ask}\n";
    let mut ground = Ground::new(&[limited]).await;
    let (ws, other, third) = (device('a'), device('b'), device('c'));
    for ws in [&ws, &other, &third] {
        ground.facts(ws, good()).await;
    }
    ground.alert("malware", &ws).await;
    assert_eq!(ground.decision().await, "ask limits[0].fleet_unknown");
    let due = ground.store.sweep_due(ground.tenant, TERMS).await;
    let SweepDue::Page(sweep) = due.expect("it is up") else {
        panic!("the first sweep is due at once")
    };
    let inactive = DeviceFacts {
        health: is("Inactive"),
        ..good()
    };
    let outside = DeviceFacts {
        onboarding: is("CanBeOnboarded"),
        ..good()
    };
    // A hundred that count, and thirty that do not.
    let facts = |n: u64| match n {
        0..100 => good(),
        100..115 => inactive.clone(),
        _ => outside.clone(),
    };
    let devices: Vec<_> = (0..130).map(|n| (listed(n), facts(n))).collect();
    let page = SweptPage {
        devices: &devices,
        refused: 0,
        next_page: None,
        received: 130,
    };
    let stored = ground.store.sweep_store(ground.tenant, &sweep, &page).await;
    assert_eq!(stored.expect("it is up"), PageStored::Complete(100));
    ground.alert("malware", &other).await;
    assert_eq!(
        ground.decision().await,
        "act matched",
        "one of a hundred is one percent"
    );
    ground.alert("malware", &third).await;
    assert_eq!(ground.decision().await, "ask limits[0]", "two are more");
    ground.pass(SignedDuration::from_hours(25)).await;
    ground.facts(&third, good()).await;
    ground.alert("malware", &third).await;
    assert_eq!(ground.decision().await, "ask limits[0].fleet_unknown");
}

#[tokio::test]
async fn a_sweep_tells_merged_ids_and_wakes_the_events_that_waited_for_facts() {
    let kinds = "id: malware\ntitle: Restrict\nowner: soc@example.com\nmode: enforce\npriority: normal\n\
                 when: {alert.category: malware, device.kind: [workstation, server, domain_controller]}\nif_unknown: ask\n\
                 then:\n  - restrict_app_execution: {comment: \"alert {alert.id}\", release: {after: 4h}}\n";
    let mut options = Options {
        listed: 20,
        ..Options::default()
    };
    let merged = DeviceOverride {
        merged_into: Some(listed(8).to_string()),
        ..DeviceOverride::default()
    };
    options.devices.insert(listed(7).to_string(), merged);
    let simulator = Simulator::start(options).await.expect("a loopback port is free");
    let mut ground = Ground::new(&[kinds.to_owned()]).await;
    for (n, id) in [("1", listed(7)), ("2", listed(8))] {
        let news = quell::domain::alert::Alert {
            id: n.to_owned(),
            category: is("malware"),
            ..quell::domain::alert::Alert::default()
        };
        ground.accept(news, &id).await;
    }
    ground.decider().run_once().await.expect("the database is up");
    assert_eq!(
        number(&mut ground, "SELECT count(*) FROM quell.decisions").await,
        0,
        "both wait"
    );
    let mut all = sweeper(&ground, &simulator, 1_000).await;
    all.kinds.domain_controller.names = vec!["*.corp.example".to_owned()];
    assert_eq!(sweep(&all).await, 19, "the one that was merged is not counted");
    let signed = "SELECT count(*) FROM quell.devices WHERE facts -> 'kind' ->> 'is' = 'domain_controller'";
    assert_eq!(
        number(&mut ground, signed).await,
        20,
        "by the sign that all names have"
    );
    ground.decider().run_once().await.expect("the database is up");
    let decided =
        "SELECT device_id || ' ' || kind || ' ' || reason FROM quell.decisions ORDER BY device_id".to_owned();
    assert_eq!(
        ground.words(decided).await,
        [
            format!("{} skip ineligible.merged", listed(7)),
            format!("{} act matched", listed(8))
        ]
    );
}

#[tokio::test]
async fn a_sign_of_the_configuration_tells_the_kind_before_the_platform_does() {
    let servers = "id: malware\ntitle: Restrict\nowner: soc@example.com\nmode: enforce\npriority: normal\n\
                   when: {alert.category: malware, device.kind: server}\nif_unknown: ask\n\
                   then:\n  - restrict_app_execution: {comment: \"alert {alert.id}\", release: {after: 4h}}\n";
    let mut ground = Ground::new(&[servers.to_owned()]).await;
    ground.decider().kinds = KindSigns {
        domain_controller: Protections {
            names: vec!["dc*".to_owned()],
            ..Protections::default()
        },
        ..KindSigns::default()
    };
    let server = |name: Fact<String>| DeviceFacts {
        name,
        os: is("WindowsServer2022"),
        kind: Fact::Is(quell::domain::device::DeviceKind::Server),
        ..good()
    };
    for (id, name, decision) in [
        (device('a'), is("web-1"), "act matched"),
        (device('b'), is("DC01.corp.example"), "skip no_match"),
        (device('c'), Fact::Unknown, "ask if_unknown.device.kind"),
    ] {
        ground.facts(&id, server(name)).await;
        ground.alert("malware", &id).await;
        assert_eq!(ground.decision().await, decision, "{id}");
    }
}
