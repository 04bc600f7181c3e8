//! How far a source has been read: a part is one replica's at a time, and moves only with what was stored.

use std::time::Duration;

use quell::domain::incoming::Incoming;
use quell::store::{Fence, Held, StoreError};
use uuid::Uuid;

use crate::support::alert::device;
use crate::support::ground::{Ground, playbook};
use crate::support::ledger::incoming;

const SPAN: Duration = Duration::from_secs(15);
const PART: (&str, &str) = ("hub", "alerts/0");

fn fence(held: &Held, from: Option<&str>, to: &str) -> Fence {
    Fence {
        source: PART.0.to_owned(),
        part: held.part.clone(),
        epoch: held.epoch,
        from: from.map(str::to_owned),
        to: to.to_owned(),
    }
}

async fn store(ground: &Ground, incoming: Vec<Incoming>, fence: &Fence) -> Result<usize, StoreError> {
    let from = (PART.0, quell::domain::trust::Trust::Act);
    let stored = ground
        .store
        .events_accept_fenced(ground.tenant, from, incoming, Vec::new(), fence)
        .await?;
    Ok(stored.iter().filter(|stored| !stored.duplicate).count())
}

async fn take(ground: &Ground, replica: Uuid) -> Option<Held> {
    ground
        .store
        .source_part_take(ground.tenant, PART, replica, SPAN)
        .await
        .expect("postgres is there")
}

#[tokio::test]
async fn a_position_moves_with_what_was_read_or_nothing_is_stored() {
    let ground = Ground::new(&[playbook("one")]).await;
    let held = take(&ground, Uuid::now_v7()).await.expect("nobody has it");
    assert_eq!((held.epoch, held.position.as_deref()), (1, None));
    let one = || vec![incoming("a1", &device(1))];
    assert_eq!(
        store(&ground, one(), &fence(&held, None, "7"))
            .await
            .expect("it moves"),
        1
    );
    // Whoever thinks that it stands where it stood stores nothing.
    for stale in [
        fence(&held, None, "8"),
        fence(&held, Some("6"), "8"),
        Fence {
            epoch: held.epoch + 1,
            ..fence(&held, Some("7"), "8")
        },
    ] {
        let refused = store(&ground, vec![incoming("a2", &device(2))], &stale).await;
        assert!(refused.is_err_and(|error| error.is_part_lost()), "{stale:?}");
    }
    let on = store(
        &ground,
        vec![incoming("a2", &device(2))],
        &fence(&held, Some("7"), "8"),
    )
    .await;
    assert_eq!(on.expect("it moves"), 1, "none of those before it was stored");
    ground.close().await;
}

#[tokio::test]
async fn a_part_is_one_replicas_until_its_span_is_over_or_it_is_given_up() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let held = take(&ground, first).await.expect("nobody has it");
    assert_eq!(take(&ground, second).await, None, "it is the first one's");
    let events = vec![incoming("a1", &device(1))];
    let stored = store(&ground, events, &fence(&held, None, "1")).await;
    assert_eq!(stored.expect("it is held"), 1);

    ground.pass(jiff::SignedDuration::from_secs(16)).await;
    let late = store(&ground, Vec::new(), &fence(&held, Some("1"), "2")).await;
    assert!(
        late.is_err_and(|error| error.is_part_lost()),
        "its span is over, whoever has it now"
    );
    let (tenant, renewed) = (ground.tenant, SPAN);
    let still = ground
        .store
        .source_parts_renew(tenant, PART.0, first, renewed)
        .await;
    assert_eq!(still.expect("postgres is there"), Vec::<String>::new());
    let taken = take(&ground, second).await.expect("it is free");
    assert_eq!((taken.epoch, taken.position.as_deref()), (2, Some("1")));

    // Given up under an older epoch it stays; under its own it is free at once.
    let (source, part) = PART;
    for (epoch, holder) in [(held.epoch, Some(second)), (taken.epoch, None)] {
        let given = ground.store.source_part_release(tenant, PART, epoch).await;
        given.expect("postgres is there");
        let parts = ground
            .store
            .source_parts(tenant, source)
            .await
            .expect("postgres is there");
        assert_eq!((parts[0].part.as_str(), parts[0].holder), (part, holder));
    }
    assert_eq!(take(&ground, first).await.map(|held| held.epoch), Some(3));
    ground.close().await;
}
