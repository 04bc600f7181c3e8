//! Devices that an event names by Entra's id or by their DNS name: the inventory on a real Postgres tells which they are, exactly,
//! or the event is kept without a device.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::alert::{Alert, Event, EventFormat};
use quell::domain::device::hint::DeviceHint;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::incoming::{Incoming, Stored};
use quell::store::inventory::{SweepDue, SweepTerms, SweptPage};

use crate::support::ground::{Ground, device, playbook};

const ENTRA: &str = "f18bd540-0000-4000-8000-000000000001";

fn is(text: &str) -> Fact<String> {
    Fact::Is(text.to_owned())
}

/// What the inventory says of a live device.
fn listed(name: &str) -> DeviceFacts {
    DeviceFacts {
        name: is(name),
        entra_id: Fact::Absent,
        health: is("Active"),
        onboarding: is("Onboarded"),
        merged_into: Fact::Absent,
        ..DeviceFacts::default()
    }
}

/// Reads the inventory as a whole; it is known for an hour.
async fn sweep(ground: &Ground, devices: &[(DeviceId, DeviceFacts)]) {
    let terms = SweepTerms {
        every: Duration::from_secs(60),
        rest: Duration::from_secs(60),
        good_for: Duration::from_secs(60),
        known_for: Duration::from_secs(3_600),
    };
    let due = ground.store.sweep_due(ground.tenant, terms).await;
    let SweepDue::Page(sweep) = due.expect("the database is up") else {
        panic!("a sweep is due");
    };
    let page = SweptPage {
        devices,
        refused: 0,
        next_page: None,
        received: devices.len() as u64,
    };
    let stored = ground.store.sweep_store(ground.tenant, &sweep, &page).await;
    stored.expect("the database is up");
}

fn named(entra_id: Option<&str>, dns_name: Option<&str>) -> DeviceHint {
    let hint = DeviceHint::new(entra_id, dns_name).expect("these are names");
    hint.expect("there is one")
}

/// An event that names its devices so; says for how many it was queued.
async fn accept(ground: &Ground, id: &str, hints: Vec<DeviceHint>) -> usize {
    deliver(ground, id, hints).await.devices
}

async fn deliver(ground: &Ground, id: &str, hints: Vec<DeviceHint>) -> Stored {
    let stored = ground
        .store
        .events_accept(ground.tenant, "test", vec![incoming(id, hints)], Vec::new())
        .await;
    stored.expect("it is stored").remove(0)
}

fn incoming(id: &str, hints: Vec<DeviceHint>) -> Incoming {
    let event = Event {
        format: EventFormat::Native,
        alert: Alert {
            id: id.to_owned(),
            ..Alert::default()
        },
        devices: Vec::new(),
        refused_devices: Vec::new(),
        hints,
        remarks: Vec::new(),
    };
    Incoming {
        event,
        payload: b"{}".to_vec(),
        content_hash: [7; 32],
        traceparent: None,
    }
}

async fn why_not(ground: &mut Ground, id: &str) -> Vec<String> {
    let sql =
        "SELECT d.rulings -> 0 ->> 'why' FROM quell.decisions d JOIN quell.events e ON e.id = d.event_id";
    ground
        .words(format!(
            "{sql} WHERE d.reason = 'no_device' AND e.alert_id = '{id}'"
        ))
        .await
}

#[tokio::test]
async fn exactly_one_live_device_of_a_fresh_inventory_is_the_one() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let by_name = || vec![named(None, Some("FIN-7.Corp.Example"))];
    assert_eq!(accept(&ground, "early", by_name()).await, 0);
    let why = why_not(&mut ground, "early").await;
    assert!(why[0].contains("the inventory is not known"), "{why:?}");

    let merged = DeviceFacts {
        merged_into: is("x"),
        ..listed("fin-7.corp.example")
    };
    let joined = DeviceFacts {
        entra_id: is(&ENTRA.to_uppercase()),
        ..listed("lap-1")
    };
    let unclear = DeviceFacts {
        onboarding: Fact::Unknown,
        ..listed("old.corp.example")
    };
    sweep(
        &ground,
        &[
            (device('a'), listed("Fin-7.corp.example")),
            (device('b'), merged),
            (device('c'), joined),
            (device('d'), listed("twin.corp.example")),
            (device('e'), listed("twin.corp.example")),
            (device('f'), unclear),
        ],
    )
    .await;
    let hints = vec![
        named(None, Some("fin-7.corp.example")),
        named(Some(ENTRA), Some("lap-1")),
        named(None, Some("twin.corp.example")),
        named(None, Some("fin-7")),
        named(None, Some("old.corp.example")),
    ];
    assert_eq!(accept(&ground, "many", hints).await, 2);
    let queued = "SELECT device_id FROM quell.inbox ORDER BY device_id".to_owned();
    let two = [device('a').to_string(), device('c').to_string()];
    assert_eq!(ground.words(queued).await, two);
    let claimed = ground
        .store
        .decide_begin(ground.tenant, 10)
        .await
        .expect("postgres is there");
    let many = claimed.items.iter().find(|item| item.event.alert.id == "many");
    let many = many.expect("it waits to be decided").event.clone();
    drop(claimed);
    let remark = format!(
        "device {} was identified by its DNS name fin-7.corp.example",
        device('a')
    );
    assert!(many.remarks.contains(&remark), "{:?}", many.remarks);
    let mut refused: Vec<&str> = many
        .refused_devices
        .iter()
        .map(|one| one.reason.as_str())
        .collect();
    refused.sort_unstable();
    assert_eq!(
        refused,
        [
            "2 devices of the inventory have this DNS name",
            "a device of the inventory has a longer DNS name that begins with it: give the whole name",
            "the inventory does not say whether the device with this DNS name is onboarded and active",
        ]
    );
    for (id, hint, part) in [
        (
            "none",
            named(None, Some("lap-1.corp.example")),
            "no device of the inventory has this DNS name",
        ),
        (
            "other",
            named(Some(ENTRA), Some("fin-7.corp.example")),
            "belong to two devices",
        ),
    ] {
        assert_eq!(accept(&ground, id, vec![hint]).await, 0);
        let why = why_not(&mut ground, id).await;
        assert!(why[0].contains(part), "{why:?}");
    }

    // What the next reading does not list is gone; what is older than the bound is not known.
    ground.pass(SignedDuration::from_mins(5)).await;
    sweep(&ground, &[(device('c'), listed("lap-1"))]).await;
    assert_eq!(accept(&ground, "gone", by_name()).await, 0);
    let why = why_not(&mut ground, "gone").await;
    assert!(why[0].contains("no longer listed"), "{why:?}");
    assert_eq!(
        accept(&ground, "there", vec![named(None, Some("LAP-1."))]).await,
        1
    );
    ground.pass(SignedDuration::from_hours(2)).await;
    assert_eq!(accept(&ground, "late", vec![named(None, Some("lap-1"))]).await, 0);
    let why = why_not(&mut ground, "late").await;
    assert!(why[0].contains("the inventory is not known"), "{why:?}");
    ground.close().await;
}

#[tokio::test]
async fn what_came_while_the_inventory_was_not_known_is_looked_for_again() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let by_name = || vec![named(None, Some("fin-7.corp.example"))];
    let early = deliver(&ground, "early", by_name()).await;
    assert_eq!((early.devices, early.duplicate), (0, false));
    // What names no device is kept for nobody to look for.
    assert_eq!(accept(&ground, "nobody", Vec::new()).await, 0);
    let letters = "SELECT reason FROM quell.dead_letters ORDER BY received_at, id".to_owned();
    let kept = ground.words(letters.clone()).await;
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(
        kept[0].starts_with("inventory_unknown: ") && kept[0].contains("the inventory is not known"),
        "{kept:?}"
    );
    let again = [incoming("early", by_name())];
    let not_yet = ground.store.identifies_nothing_yet(ground.tenant, &again).await;
    assert!(not_yet.expect("the database is up"));

    sweep(&ground, &[(device('a'), listed("fin-7.corp.example"))]).await;
    let not_yet = ground.store.identifies_nothing_yet(ground.tenant, &again).await;
    assert!(!not_yet.expect("the database is up"));
    let found = deliver(&ground, "early", by_name()).await;
    assert_eq!(
        (found.devices, found.duplicate),
        (1, false),
        "it is no repeated one"
    );
    assert_ne!(found.id, early.id);
    let queued = "SELECT device_id FROM quell.inbox".to_owned();
    assert_eq!(ground.words(queued.clone()).await, [device('a').to_string()]);

    // From here it is known, also while the inventory is not.
    ground.pass(SignedDuration::from_hours(2)).await;
    let late = deliver(&ground, "early", by_name()).await;
    assert_eq!((late.id, late.duplicate), (found.id, true));
    assert_eq!(ground.words(queued).await.len(), 1);
    // What the inventory has judged is judged.
    sweep(&ground, &[(device('a'), listed("fin-7.corp.example"))]).await;
    let other = || vec![named(None, Some("other.corp.example"))];
    assert_eq!(accept(&ground, "other", other()).await, 0);
    assert!(deliver(&ground, "other", other()).await.duplicate);
    assert_eq!(ground.words(letters).await.len(), 1);
    ground.close().await;
}
