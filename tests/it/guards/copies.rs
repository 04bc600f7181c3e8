//! One alert that comes from several sources, of which some may do less than others.

use quell::domain::alert::{Alert, Event, EventFormat};
use quell::domain::device::DeviceId;
use quell::domain::fact::Fact;
use quell::domain::incoming::{Incoming, Stored};
use quell::domain::trust::Trust;

use crate::support::ground::{Ground, device, playbook};

/// The same content from a source that may do so much, accepted and decided.
async fn copy(ground: &mut Ground, trust: Trust, id: &str, device: &DeviceId) -> Stored {
    let alert = Alert {
        id: id.to_owned(),
        category: Fact::Is("malware".to_owned()),
        occurred_at: Fact::Is(ground.store.now().await.expect("the database is up")),
        ..Alert::default()
    };
    let event = Event {
        format: EventFormat::MdeAlert,
        alert,
        devices: vec![device.clone()],
        refused_devices: Vec::new(),
        hints: Vec::new(),
        remarks: Vec::new(),
    };
    let incoming = Incoming {
        event,
        payload: b"{}".to_vec(),
        content_hash: [7; 32],
        traceparent: None,
    };
    let stored = ground
        .store
        .events_accept_from(ground.tenant, ("test", trust), vec![incoming], Vec::new())
        .await;
    ground.decider().run_once().await.expect("the database is up");
    stored.expect("it is stored").remove(0)
}

#[tokio::test]
async fn a_copy_from_a_source_that_may_do_less_does_not_take_the_place_of_one_that_may_act() {
    let only_new = playbook("malware").replace(
        "alert.category: malware",
        "alert.category: malware, alert.event: new",
    );
    let mut ground = Ground::new(&[only_new]).await;
    for (trust, word) in [(Trust::Observe, "observe"), (Trust::Ask, "ask")] {
        let id = device(if trust == Trust::Ask { 'a' } else { 'b' });
        let alert = format!("alert-{word}");
        let first = copy(&mut ground, trust, &alert, &id).await;
        assert!(!first.duplicate);
        assert_eq!(ground.decision().await, format!("{word} trust.{word}"));
        assert!(copy(&mut ground, trust, &alert, &id).await.duplicate);
        let trusted = copy(&mut ground, Trust::Act, &alert, &id).await;
        assert!(!trusted.duplicate && trusted.id != first.id, "{word}");
        assert_eq!(ground.decision().await, "act matched", "{word}");
        // What a source that may act has said is said, whoever repeats it.
        for again in [Trust::Act, Trust::AskRate, trust] {
            let stored = copy(&mut ground, again, &alert, &id).await;
            assert!(stored.duplicate, "{word} {again:?}");
        }
        let other = if trust == Trust::Ask {
            Trust::Observe
        } else {
            Trust::Ask
        };
        let stored = copy(&mut ground, other, &alert, &id).await;
        assert_eq!((stored.duplicate, stored.id), (true, trusted.id), "{word}");
    }
}
