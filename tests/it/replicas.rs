//! Several replicas on one database: who dispatches for which tenant.

use std::sync::Arc;
use std::time::Duration;

use quell::domain::tenant::TenantId;
use quell::worker::lease::{self, Leadership, Replica};
use quell::worker::{Context, wake};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::eventually;
use crate::support::ground::Ground;

/// The lease loops of one process.
struct Process {
    leaderships: Vec<Leadership>,
    leaving: CancellationToken,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Process {
    fn start(ground: &mut Ground, tenants: &[TenantId], ttl: Duration) -> Self {
        let replica = Replica {
            id: Uuid::now_v7(),
            host: "here".to_owned(),
        };
        let (leaving, stop) = (CancellationToken::new(), CancellationToken::new());
        let (mut tasks, mut leaderships, mut bells) = (JoinSet::new(), Vec::new(), Vec::new());
        for tenant in tenants {
            let context = Context {
                tenant: *tenant,
                leadership: Leadership::default(),
                wakes: Arc::default(),
                pulses: quell::worker::pulse::Pulses::default(),
                ..ground.decider().context.clone()
            };
            leaderships.push(context.leadership.clone());
            bells.push((*tenant, Arc::clone(&context.wakes)));
            let run = lease::run(context, replica.clone(), ttl, leaving.clone(), stop.clone());
            tasks.spawn(run);
        }
        tasks.spawn(wake::run(ground.store.clone(), bells, leaving.clone()));
        Self {
            leaderships,
            leaving,
            stop,
            tasks,
        }
    }

    fn held(&self) -> usize {
        self.leaderships
            .iter()
            .filter(|one| one.epoch().is_some())
            .count()
    }

    fn epochs(&self) -> Vec<Option<i64>> {
        self.leaderships.iter().map(Leadership::epoch).collect()
    }

    /// As the daemon stops: no new lease, then none.
    async fn stop(mut self) {
        self.leaving.cancel();
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("no loop panics");
        }
    }

    /// As a process dies: nothing is given back.
    async fn die(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn tenants(ground: &Ground, count: usize) -> Vec<TenantId> {
    let mut tenants = Vec::new();
    for n in 0..count {
        let made = ground.store.tenant_ensure(&format!("tenant-{n}")).await;
        tenants.push(made.expect("the name is plain"));
    }
    tenants
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn tenants_spread_over_the_replicas_and_come_back_when_one_dies() {
    let mut ground = Ground::new(&[]).await;
    let tenants = tenants(&ground, 7).await;
    let ttl = Duration::from_secs(3);
    let first = Process::start(&mut ground, &tenants, ttl);
    eventually("the first takes all", LONG, async || first.held() == 7).await;
    let second = Process::start(&mut ground, &tenants, ttl);
    eventually("the second has its part", LONG, async || {
        let held = [first.held(), second.held()];
        held == [3, 4] || held == [4, 3]
    })
    .await;
    let third = Process::start(&mut ground, &tenants, ttl);
    eventually("the third has its part", LONG, async || {
        let mut held = [first.held(), second.held(), third.held()];
        held.sort_unstable();
        held == [2, 2, 3]
    })
    .await;
    second.die().await;
    eventually("the others take what the dead one held", LONG, async || {
        let held = [first.held(), third.held()];
        held == [3, 4] || held == [4, 3]
    })
    .await;
    for (one, other) in first.epochs().into_iter().zip(third.epochs()) {
        assert!(one.is_none() || other.is_none(), "a tenant has one dispatcher");
    }
    first.stop().await;
    eventually("the last takes all", LONG, async || third.held() == 7).await;
    third.stop().await;
    ground.close().await;
}

#[tokio::test]
async fn a_replica_that_stops_hands_over_at_once_and_under_a_new_epoch() {
    let mut ground = Ground::new(&[]).await;
    let tenants = tenants(&ground, 1).await;
    // Nobody looks by himself within the test's time: only the wake tells.
    let ttl = Duration::from_secs(3_600);
    let first = Process::start(&mut ground, &tenants, ttl);
    eventually("the first takes it", LONG, async || first.held() == 1).await;
    let second = Process::start(&mut ground, &tenants, ttl);
    let waits = format!(
        "SELECT (count(*) = 2)::text FROM quell.replicas WHERE tenant_id = {}",
        tenants.first().expect("one was made")
    );
    eventually("both are there", LONG, async || {
        ground.words(waits.clone()).await == ["true"]
    })
    .await;
    let before = first.epochs();
    first.stop().await;
    eventually("the second is told", LONG, async || second.held() == 1).await;
    assert_eq!(
        second.epochs(),
        [before.first().copied().flatten().map(|epoch| epoch + 1)]
    );
    second.stop().await;
    let left = ground
        .words("SELECT count(*)::text FROM quell.replicas".to_owned())
        .await;
    assert_eq!(left, ["0"], "both have said goodbye");
    ground.close().await;
}

#[tokio::test]
async fn a_tenant_stays_where_it_is_when_the_others_do_not_have_it() {
    let mut ground = Ground::new(&[]).await;
    let tenants = tenants(&ground, 3).await;
    let ttl = Duration::from_secs(3);
    let whole = Process::start(&mut ground, &tenants, ttl);
    eventually("it takes all", LONG, async || whole.held() == 3).await;
    let (last, _) = tenants.split_last().expect("three were made");
    let narrow = Process::start(&mut ground, std::slice::from_ref(last), ttl);
    eventually(
        "the one that both have goes to who holds fewer",
        LONG,
        async || narrow.held() == 1,
    )
    .await;
    assert_eq!(whole.held(), 2);
    narrow.stop().await;
    eventually("and comes back", LONG, async || whole.held() == 3).await;
    whole.stop().await;
    ground.close().await;
}
