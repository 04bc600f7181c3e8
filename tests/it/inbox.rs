//! The inbox on a real Postgres: claimers that race decide each row once and each device in order, and an event that
//! waits holds its own device.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use quell::domain::alert::EventKind;
use quell::domain::device::DeviceId;
use quell::store::dead_letters::LetterFilter;
use quell::store::{Waiting, Wake};
use sqlx::Executor as _;
use tokio::task::JoinSet;

use crate::support::alert::device;
use crate::support::ledger::{Ledger, commit, incoming, store};
use crate::support::{eventually, throughout};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn claimers_that_race_decide_every_row_once_and_each_device_in_order() {
    const EVENTS: usize = 240;
    let ledger = Arc::new(Ledger::new(10, 0).await);
    for (n, events) in (0..EVENTS).collect::<Vec<_>>().chunks(20).enumerate() {
        let events = events
            .iter()
            .map(|n| incoming(&format!("e{n}"), &device(n % 12)))
            .collect();
        ledger
            .store
            .events_accept(ledger.tenant, ["one", "two", "three"][n % 3], events, Vec::new())
            .await
            .expect("they are stored");
    }
    let order: Arc<Mutex<Vec<(DeviceId, i64)>>> = Arc::default();
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let (ledger, order) = (Arc::clone(&ledger), Arc::clone(&order));
        tasks.spawn(async move {
            loop {
                let mut tx = ledger
                    .store
                    .decide_begin(ledger.tenant, 7)
                    .await
                    .expect("postgres is there");
                let items = std::mem::take(&mut tx.items);
                {
                    let mut order = order.lock().expect("no task panics with it");
                    order.extend(items.iter().map(|item| (item.device.clone(), item.seq)));
                    if order.len() >= EVENTS && items.is_empty() {
                        return;
                    }
                }
                commit(tx, &items).await;
            }
        });
    }
    tasks.join_all().await;
    let mut by_device: BTreeMap<DeviceId, Vec<i64>> = BTreeMap::new();
    for (device, seq) in order.lock().expect("no task panicked with it").drain(..) {
        by_device.entry(device).or_default().push(seq);
    }
    assert_eq!(by_device.len(), 12);
    for (device, seqs) in by_device {
        assert_eq!(seqs.len(), EVENTS / 12, "every row of {device} once");
        assert!(seqs.is_sorted(), "{device} was decided out of order: {seqs:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deliveries_of_the_same_events_at_once_in_any_order_store_each_once_and_never_wait_for_each_other() {
    const EVENTS: usize = 60;
    let ledger = Arc::new(Ledger::new(10, 0).await);
    let events: Vec<_> = (0..EVENTS)
        .map(|n| incoming(&format!("e{n}"), &device(n % 13)))
        .collect();
    let mut tasks = JoinSet::new();
    for turn in 0..8 {
        let (ledger, events) = (Arc::clone(&ledger), events.clone());
        tasks.spawn(async move {
            // Each begins elsewhere, every other one backwards; devices and alerts are shared by several events.
            let mut order: Vec<usize> = (0..EVENTS).map(|n| (n + turn * 7) % EVENTS).collect();
            if turn % 2 == 1 {
                order.reverse();
            }
            let events = order.into_iter().map(|n| events[n].clone()).collect();
            ledger
                .store
                .events_accept(ledger.tenant, "test", events, Vec::new())
                .await
                .expect("no delivery is given up for another")
        });
    }
    let told: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(told.iter().filter(|stored| !stored.duplicate).count(), EVENTS);
    let ids: BTreeSet<_> = told.iter().map(|stored| stored.id).collect();
    assert_eq!(ids.len(), EVENTS, "a repeated event has the id of the first one");
    let mut tx = ledger
        .store
        .decide_begin(ledger.tenant, 1000)
        .await
        .expect("postgres is there");
    let items = std::mem::take(&mut tx.items);
    assert_eq!(items.len(), EVENTS);
    assert!(items.iter().all(|item| item.kind == EventKind::New));
    commit(tx, &items).await;
}

#[tokio::test]
async fn a_delivery_wakes_other_processes_and_not_the_one_that_rings_its_own_loops() {
    let ledger = Ledger::new(10, 0).await;
    let other = store(&ledger.database);
    let mut own = ledger.store.wakes().await.expect("postgres is there");
    let mut theirs = other.wakes().await.expect("postgres is there");
    for (from, id) in [(&ledger.store, "a"), (&other, "b")] {
        from.events_accept(ledger.tenant, "test", vec![incoming(id, &device(1))], Vec::new())
            .await
            .expect("it is stored");
    }
    let inbox = (ledger.tenant, Wake::Inbox);
    assert_eq!(theirs.next().await.expect("postgres is there"), inbox);
    assert_eq!(own.next().await.expect("postgres is there"), inbox);
    // Each has heard one, the other's: the next word for both is this one.
    let mut plain = ledger.database.connect().await;
    let word = format!("SELECT pg_notify('quell_wake', 'queue:{}')", ledger.tenant);
    plain
        .execute(sqlx::AssertSqlSafe(word))
        .await
        .expect("postgres is there");
    let queue = (ledger.tenant, Wake::Queue);
    assert_eq!(theirs.next().await.expect("postgres is there"), queue);
    assert_eq!(own.next().await.expect("postgres is there"), queue);
}

/// Claims so many rows, settles them, and tells their devices, sources and numbers.
async fn settle(ledger: &Ledger, most: i64) -> Vec<(DeviceId, String, i64)> {
    let mut tx = ledger
        .store
        .decide_begin(ledger.tenant, most)
        .await
        .expect("postgres is there");
    let items = std::mem::take(&mut tx.items);
    commit(tx, &items).await;
    items
        .into_iter()
        .map(|item| (item.device, item.source, item.seq))
        .collect()
}

#[tokio::test]
async fn sources_take_turns_so_that_a_flood_from_one_holds_up_no_other() {
    let ledger = Ledger::new(10, 0).await;
    let flood = (0..300)
        .map(|n| incoming(&format!("flood{n}"), &device(n % 30)))
        .collect();
    let accept = async |source: &str, events| {
        let stored = ledger
            .store
            .events_accept(ledger.tenant, source, events, Vec::new())
            .await;
        stored.expect("they are stored");
    };
    accept("flood", flood).await;
    // On a device of its own, and on one that has ten of the flood before it.
    accept(
        "quiet",
        vec![incoming("q1", &device(77)), incoming("q2", &device(5))],
    )
    .await;
    let first = settle(&ledger, 20).await;
    assert!(first.len() <= 20, "{}", first.len());
    let quiet =
        |rows: &[(DeviceId, String, i64)]| rows.iter().filter(|(_, source, _)| source == "quiet").count();
    assert!(
        quiet(&first) >= 1,
        "the quiet source's turn is in the first batch: {first:?}"
    );
    let mut all = first;
    let mut batches = 1;
    while quiet(&all) < 2 {
        batches += 1;
        all.extend(settle(&ledger, 20).await);
        assert!(batches <= 11, "what came before on its device is ten rows");
    }
    let before = all.iter().filter(|(id, ..)| *id.as_str() == *device(5)).count();
    assert_eq!(before, 11, "all that came before on the device, and it");
    assert!(all.len() < 300, "the flood is not over");
    loop {
        let rows = settle(&ledger, 1_000).await;
        if rows.is_empty() {
            break;
        }
        all.extend(rows);
    }
    assert_eq!(all.len(), 302);
    let mut by_device: BTreeMap<DeviceId, Vec<i64>> = BTreeMap::new();
    for (device, _, seq) in all {
        by_device.entry(device).or_default().push(seq);
    }
    for (device, seqs) in by_device {
        assert!(seqs.is_sorted(), "{device} was decided out of order: {seqs:?}");
    }
}

#[tokio::test]
async fn an_event_that_waits_for_facts_holds_its_device_and_no_other() {
    let ledger = Ledger::new(10, 0).await;
    let events = [(1, "a"), (2, "b"), (1, "c")].map(|(n, id)| incoming(id, &device(n)));
    ledger
        .store
        .events_accept(ledger.tenant, "test", events.into(), Vec::new())
        .await
        .expect("they are stored");
    let mut tx = ledger
        .store
        .decide_begin(ledger.tenant, 1)
        .await
        .expect("postgres is there");
    let waiting = tx.items.remove(0);
    let until = tx.now + jiff::SignedDuration::from_mins(1);
    let lack = Waiting {
        seq: waiting.seq,
        device: waiting.device.clone(),
        until: Some(until),
        wants_facts: true,
        lookups: Vec::new(),
    };
    tx.wait_for_facts(&[lack]).await.expect("the row is ours");
    commit(tx, &[]).await;
    let seen = async || {
        let tx = ledger
            .store
            .decide_begin(ledger.tenant, 10)
            .await
            .expect("postgres is there");
        let alerts = tx
            .items
            .iter()
            .map(|item| item.event.alert.id.clone())
            .collect::<Vec<_>>();
        tx.abandon().await.expect("postgres is there");
        alerts
    };
    assert_eq!(
        seen().await,
        ["b"],
        "the later event of the waiting device waits with it"
    );
    ledger.at(61).await;
    assert_eq!(seen().await, ["a", "b", "c"], "its time is over");
}

#[tokio::test]
async fn one_by_one_each_source_comes_to_its_turn_although_another_has_older_rows() {
    let ledger = Ledger::new(10, 0).await;
    for (source, ids) in [("flood", 0..30), ("quiet", 30..31)] {
        let events = ids.map(|n| incoming(&format!("e{n}"), &device(n))).collect();
        ledger
            .store
            .events_accept(ledger.tenant, source, events, Vec::new())
            .await
            .expect("they are stored");
    }
    let mut seen = BTreeSet::new();
    for _ in 0..60 {
        let mut tried = None;
        let tx = ledger
            .store
            .decide_begin_alone(ledger.tenant, &mut tried)
            .await
            .expect("postgres is there");
        seen.extend(tx.items.iter().map(|item| item.source.clone()));
        assert!(tx.had_all && tx.more, "nobody else is there, and rows are left");
        tx.abandon().await.expect("postgres is there");
        let tried = tried.expect("a row was tried");
        ledger
            .store
            .decide_untry(ledger.tenant, tried)
            .await
            .expect("postgres is there");
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["flood", "quiet"]);
}

#[tokio::test]
async fn a_row_that_was_tried_alone_once_is_tried_alone_again_and_is_put_aside_after_the_second_time() {
    let ledger = Ledger::new(10, 0).await;
    ledger
        .store
        .events_accept(ledger.tenant, "test", vec![incoming("a", &device(1))], Vec::new())
        .await
        .expect("it is stored");
    let begin = async || {
        let tx = ledger.store.decide_begin(ledger.tenant, 10).await;
        tx.expect("postgres is there")
    };
    for time in [10, 20] {
        let mut tried = None;
        let tx = ledger
            .store
            .decide_begin_alone(ledger.tenant, &mut tried)
            .await
            .expect("postgres is there");
        assert_eq!((tx.items.len(), tried.is_some()), (1, true));
        // As if the process had died: the transaction is gone, the word stays.
        tx.abandon().await.expect("postgres is there");
        ledger.at(time).await;
        if time == 10 {
            let tx = begin().await;
            assert!(tx.is_suspect, "no batch takes it along");
            assert_eq!(tx.items.len(), 1, "and it is not put aside");
            tx.abandon().await.expect("postgres is there");
        }
    }
    let tx = begin().await;
    assert!(tx.items.is_empty() && !tx.is_suspect);
    commit(tx, &[]).await;
    let letters = ledger
        .store
        .dead_letters(
            ledger.tenant,
            &LetterFilter {
                limit: 10,
                ..LetterFilter::default()
            },
        )
        .await
        .expect("postgres is there");
    assert_eq!(letters.len(), 1);
}

#[tokio::test]
async fn a_row_is_claimed_by_its_number_although_it_is_held_but_never_out_of_turn_nor_by_two() {
    let ledger = Ledger::new(10, 0).await;
    let events = ["a", "b"].map(|id| incoming(id, &device(1)));
    ledger
        .store
        .events_accept(ledger.tenant, "test", events.into(), Vec::new())
        .await
        .expect("they are stored");
    let batch = async || {
        let tx = ledger.store.decide_begin(ledger.tenant, 10).await;
        let tx = tx.expect("postgres is there");
        let seqs: Vec<i64> = tx.items.iter().map(|item| item.seq).collect();
        tx.abandon().await.expect("postgres is there");
        seqs
    };
    let row = async |seq| {
        let mut seen = Vec::new();
        let tx = ledger
            .store
            .decide_begin_row(ledger.tenant, seq, &mut seen)
            .await
            .expect("postgres is there");
        assert_eq!(tx.items.iter().map(|item| item.seq).collect::<Vec<_>>(), seen);
        (tx, seen)
    };
    let seqs = batch().await;
    let (first, second) = (seqs[0], seqs[1]);
    let held = ledger
        .store
        .inbox_hold(ledger.tenant, first, Duration::from_secs(60))
        .await
        .expect("postgres is there");
    assert_eq!(held.map(|(_, of)| of), Some(device(1)));
    assert!(
        batch().await.is_empty(),
        "no batch takes it, nor what comes after it"
    );

    let (tx, seen) = row(first).await;
    assert!(seen == [first] && tx.had_all);
    let (other, seen) = row(first).await;
    assert!(seen.is_empty() && !other.had_all, "somebody has it");
    other.abandon().await.expect("postgres is there");
    tx.abandon().await.expect("postgres is there");
    for (seq, why) in [
        (second, "an earlier one of its device is held"),
        (-1, "there is none"),
    ] {
        let (tx, seen) = row(seq).await;
        assert!(seen.is_empty() && tx.had_all, "{why}");
        tx.abandon().await.expect("postgres is there");
    }
}

#[tokio::test]
async fn a_row_whose_event_is_gone_is_put_aside_and_cannot_be_put_back() {
    let ledger = Ledger::new(10, 0).await;
    ledger
        .store
        .events_accept(ledger.tenant, "test", vec![incoming("a", &device(1))], Vec::new())
        .await
        .expect("it is stored");
    let mut plain = ledger.database.connect().await;
    plain
        .execute("UPDATE quell.inbox SET event_id = gen_random_uuid()")
        .await
        .expect("postgres is there");
    assert!(settle(&ledger, 10).await.is_empty());
    let filter = LetterFilter {
        limit: 10,
        ..LetterFilter::default()
    };
    let letters = async || {
        let letters = ledger.store.dead_letters(ledger.tenant, &filter).await;
        letters.expect("postgres is there")
    };
    let letter = letters().await.pop().expect("it is not claimed for ever");
    let put_back = ledger
        .store
        .dead_letter_requeue(ledger.tenant, letter.id, ("anna", "again"))
        .await
        .expect("postgres is there");
    assert!(!put_back);
    assert!(
        letters().await[0].end.is_none(),
        "nothing was done with the letter"
    );
}

/// The rows' numbers that a claim would take; it gives them back.
async fn claimable(ledger: &Ledger) -> Vec<i64> {
    let tx = ledger.store.decide_begin(ledger.tenant, 100).await;
    let mut tx = tx.expect("postgres is there");
    let seqs = std::mem::take(&mut tx.items)
        .iter()
        .map(|item| item.seq)
        .collect();
    tx.abandon().await.expect("postgres is there");
    seqs
}

#[tokio::test]
async fn a_row_that_is_committed_late_is_claimed_though_later_ones_were_seen_long_before() {
    let ledger = Ledger::new(10, 0).await;
    let events = [(1, "a"), (2, "b"), (3, "c")].map(|(n, id)| incoming(id, &device(n)));
    ledger
        .store
        .events_accept(ledger.tenant, "test", events.into(), Vec::new())
        .await
        .expect("they are stored");
    let all = claimable(&ledger).await;
    let [first, second, third] = all[..] else {
        panic!("{all:?}")
    };
    // The two come anew with their own numbers, from transactions that began after these were given.
    let mut plain = ledger.database.connect().await;
    let mut put = async |words: String| {
        let done = plain.execute(sqlx::AssertSqlSafe(words)).await;
        done.expect("postgres is there");
    };
    put("CREATE TABLE public.kept AS SELECT * FROM quell.inbox".to_owned()).await;
    put(format!(
        "DELETE FROM quell.inbox WHERE seq IN ({first}, {second})"
    ))
    .await;
    let again = |seq| {
        format!("INSERT INTO quell.inbox OVERRIDING SYSTEM VALUE SELECT * FROM public.kept WHERE seq = {seq}")
    };
    // A process that has seen nothing yet, so that nothing but the third is its oldest.
    let fresh = Ledger {
        store: store(&ledger.database),
        ..ledger
    };
    put("BEGIN".to_owned()).await;
    put(again(second)).await;
    throughout(
        "it sees what is committed",
        Duration::from_millis(2_500),
        async || claimable(&fresh).await == [third],
    )
    .await;
    put("COMMIT".to_owned()).await;
    assert_eq!(
        claimable(&fresh).await,
        [second, third],
        "what was under way when the third was seen is looked for"
    );
    // Nothing else is under way now: what appears below is none that a claim has to look for.
    let has_settled = async || {
        claimable(&fresh).await;
        put(again(first)).await;
        let seen = claimable(&fresh).await;
        put(format!("DELETE FROM quell.inbox WHERE seq = {first}")).await;
        seen == [second, third]
    };
    eventually(
        "claims read from where the oldest was",
        Duration::from_secs(15),
        has_settled,
    )
    .await;
}
