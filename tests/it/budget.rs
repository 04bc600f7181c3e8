//! The rule on real Postgres: what the gate reads with SQL and what the ledger in memory says are the same; the reserve, the
//! ageing of lanes, the retry quota and the reads' part hold in the gate itself.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::budget::{
    BudgetScope, Call, Pacing, ReadScope, Reserve, RetryQuota, Share, Slots, Terms, Wait, Window, jump_bound,
};
use quell::domain::verdict::Lane;
use quell::store::{AnswerRecord, GateOutcome, Grant, QueuedChange, ReadOutcome};
use quell::worker::outlook::Lookout;
use quell::worker::{Context, lease::Leadership};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::support::ledger::{Ledger, accepted, store};

fn window(limit: u32, per: u64) -> Window {
    Window {
        limit,
        per: Duration::from_secs(per),
    }
}

async fn execute(ledger: &Ledger, sql: &str) {
    let mut connection = ledger.database.connect().await;
    let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
    done.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

/// Replaces the ledger by slots at these milliseconds from now.
async fn slots(ledger: &Ledger, at: &[i64], scope: &str) {
    let rows: Vec<String> = at.iter().map(|at| format!("({at})")).collect();
    let insert = match rows.as_slice() {
        [] => String::new(),
        rows => format!(
            "; INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, epoch, reserved_at, send_deadline, slot_at)
             SELECT gen_random_uuid(), t.id, 'app', '{scope}', 'list', 1, quell.now(), quell.now(),
                    quell.now() + make_interval(secs => s.at / 1000.0)
             FROM quell.tenants t, (VALUES {}) AS s (at)",
            rows.join(", ")
        ),
    };
    execute(
        ledger,
        &format!("DELETE FROM quell.attempts WHERE kind = 'list'{insert}"),
    )
    .await;
}

/// What the windows alone say, counted one by one: how long until one more fits, in milliseconds.
fn by_hand(windows: &[Window], margin: Duration, at: &[i64]) -> i64 {
    let mut at = at.to_vec();
    at.sort_unstable_by_key(|at| -at);
    let mut wait = 0;
    for window in windows {
        let per = i64::try_from((window.per + margin).as_millis()).expect("short");
        let limit = usize::try_from(window.limit).expect("small");
        let held: Vec<i64> = at.iter().copied().filter(|at| at + per >= 0).collect();
        if held.len() >= limit {
            wait = wait.max(held[limit - 1] + per);
        }
    }
    wait
}

#[tokio::test]
async fn the_gate_the_ledger_in_memory_and_a_count_by_hand_say_the_same() {
    let mut ledger = Ledger::new(5, 400).await;
    let mut rng = fastrand::Rng::with_seed(11);
    let (mut granted, mut held_by_reserve) = (0, 0);
    for case in 0..300 {
        let windows = vec![
            window(rng.u32(1..6), 10),
            window(rng.u32(6..14), rng.u64(30..90)),
            window(rng.u32(14..30), rng.u64(100..300)),
        ];
        let slots_kept = rng.u32(0..=windows[2].limit / 2);
        ledger.gate.terms = Terms {
            reserve: Reserve {
                slots: slots_kept,
                at_once: rng.u32(0..=slots_kept),
                every: Duration::from_secs(rng.u64(0..60)),
            },
            margin: jump_bound(&windows),
            ..Terms::default()
        };
        ledger.gate.actions = windows.clone();
        let at: Vec<i64> = (0..rng.usize(0..34)).map(|_| rng.i64(-330_000..20_000)).collect();
        slots(&ledger, &at, "actions").await;
        // What was granted in the cases before is not in the way.
        execute(
            &ledger,
            "UPDATE quell.attempts SET slot_at = quell.now() - interval '1 hour' WHERE kind <> 'list'",
        )
        .await;
        let rules = ledger.gate.terms.rules(&windows);
        let memory = Slots::new(at.iter().map(|at| SignedDuration::from_millis(*at)).collect());
        let snapshot = memory.snapshot(&rules, SignedDuration::ZERO);
        let (critical, bulk) = (Call::of(Lane::Critical), Call::of(Lane::Normal));
        let hand = by_hand(&windows, ledger.gate.terms.margin, &at);
        let wait = |outcome: Result<(), Wait>| {
            outcome.map_or_else(
                |wait| i64::try_from(wait.after.as_millis()).expect("short"),
                |()| 0,
            )
        };
        let memory = wait(rules.check(&snapshot, critical));
        assert!(
            (memory - hand).abs() <= 2,
            "case {case}: {memory} ms in memory, {hand} ms by hand"
        );
        let expected = rules.check(&snapshot, bulk);
        let asked = ledger.ask().await;
        // Some time passes between the two looks.
        match (&asked, wait(expected)) {
            (GateOutcome::Granted(_), expected) => {
                granted += 1;
                assert!(
                    expected < 3_000,
                    "case {case}: granted, though held for {expected} ms"
                );
            }
            (
                GateOutcome::Wait {
                    after: Some(after),
                    why,
                },
                expected,
            ) => {
                held_by_reserve += u32::from(why.contains("critical"));
                let after = i64::try_from(after.as_millis()).expect("short");
                assert!(
                    (expected - after).abs() < 3_000,
                    "case {case}: {after} ms by SQL, {expected} ms in memory"
                );
            }
            (other, _) => panic!("case {case}: {other:?}"),
        }
    }
    assert!(
        granted > 30 && held_by_reserve > 10,
        "{granted} granted, {held_by_reserve} held by the reserve"
    );
}

#[tokio::test]
async fn the_reserve_holds_bulk_and_lets_a_critical_action_behind_it_go() {
    let mut ledger = Ledger::new(4, 4).await;
    ledger.gate.terms.reserve = Reserve {
        slots: 2,
        at_once: 2,
        every: Duration::ZERO,
    };
    ledger.granted().await;
    ledger.granted().await;
    let GateOutcome::Wait { why, .. } = ledger.ask().await else {
        panic!("two slots are kept")
    };
    assert_eq!(why, "what is left is kept for critical calls");
    // The youngest becomes critical.
    execute(
        &ledger,
        "UPDATE quell.actions SET lane = 0 WHERE id = (SELECT id FROM quell.actions WHERE state = 'queued'
             ORDER BY queued_at DESC, id DESC LIMIT 1)",
    )
    .await;
    assert_eq!(ledger.granted().await.lane, Lane::Critical);
    assert!(
        matches!(ledger.ask().await, GateOutcome::Wait { .. }),
        "bulk is held all the same"
    );
}

#[tokio::test]
async fn a_lane_that_waited_long_goes_before_the_one_above_it_but_never_before_critical() {
    let mut ledger = Ledger::new(50, 4).await;
    ledger.gate.terms.ageing = Duration::from_secs(600);
    let lanes = [(0, 0), (2, 0), (3, 601), (4, 900)];
    for (n, (lane, waited)) in lanes.iter().enumerate() {
        execute(
            &ledger,
            &format!(
                "UPDATE quell.actions SET lane = {lane}, queued_at = quell.now() - make_interval(secs => {waited})
                 WHERE id = (SELECT id FROM quell.actions ORDER BY id OFFSET {n} LIMIT 1)"
            ),
        )
        .await;
    }
    let mut order = Vec::new();
    for _ in 0..4 {
        order.push(ledger.granted().await.lane);
    }
    // Normal waited ten minutes more than high; low would have to wait twenty.
    assert_eq!(order, [Lane::Critical, Lane::Normal, Lane::High, Lane::Low]);
}

fn came_to_nothing(outcome: &'static str) -> AnswerRecord {
    AnswerRecord {
        outcome,
        event: ActionEvent::NotExecuted,
        change: QueuedChange {
            is_unsent: outcome == "not_sent",
            ..QueuedChange::default()
        },
        ..accepted()
    }
}

async fn throttle(ledger: &Ledger, grant: &Grant, outcome: &'static str) {
    let state = ledger
        .store
        .attempt_finish(ledger.tenant, ledger.epoch, grant, &came_to_nothing(outcome))
        .await;
    assert_eq!(state.expect("the attempt is open"), ActionState::Queued);
}

#[tokio::test]
async fn repetitions_that_come_to_nothing_wait_for_the_window_to_move_on_and_are_not_lost() {
    let mut ledger = Ledger::new(50, 3).await;
    ledger.gate.terms.retries = RetryQuota {
        percent: 0,
        at_least: 2,
    };
    let first = ledger.granted().await;
    assert!(!first.is_retry);
    throttle(&ledger, &first, "throttled").await;
    for _ in 0..2 {
        let again = ledger.granted().await;
        assert_eq!(
            (again.action, again.is_retry),
            (first.action, true),
            "the oldest goes first"
        );
        throttle(&ledger, &again, "throttled").await;
    }
    // What is called for the first time goes on.
    let others: BTreeSet<_> = [ledger.granted().await.action, ledger.granted().await.action].into();
    assert!(!others.contains(&first.action));
    let GateOutcome::Wait { after, why } = ledger.ask().await else {
        panic!("only the repetition is left")
    };
    assert_eq!(why, "too many repeated calls came to nothing");
    assert!(
        after.is_some_and(|after| after <= Duration::from_secs(61)),
        "{after:?}"
    );
    let status = ledger
        .store
        .status(ledger.tenant, &ledger.gate)
        .await
        .expect("postgres is there");
    assert!(status.retries_held_until.is_some(), "the status says so");
    ledger.at(62).await;
    assert_eq!(ledger.granted().await.action, first.action);
}

#[tokio::test]
async fn what_was_never_sent_and_what_is_urgent_does_not_wait_for_the_quota() {
    let mut ledger = Ledger::new(50, 1).await;
    ledger.gate.terms.retries = RetryQuota {
        percent: 0,
        at_least: 0,
    };
    let grant = ledger.granted().await;
    throttle(&ledger, &grant, "not_sent").await;
    let again = ledger.granted().await;
    assert!(!again.is_retry, "nothing is repeated");
    throttle(&ledger, &again, "throttled").await;
    assert!(matches!(ledger.ask().await, GateOutcome::Wait { .. }));
    execute(&ledger, "UPDATE quell.actions SET lane = 0").await;
    assert!(ledger.granted().await.is_retry, "a critical one does not wait");
}

#[tokio::test]
async fn reads_that_share_the_windows_keep_to_their_part_and_to_the_reserve() {
    let mut ledger = Ledger::new(20, 5).await;
    ledger.gate.scope = BudgetScope::Shared;
    ledger.gate.terms.reads = Share::percent(20);
    let read = async |ledger: &Ledger| {
        let read = ledger
            .store
            .read_reserve(ledger.tenant, ledger.epoch, &ledger.gate, "list")
            .await;
        matches!(read.expect("postgres is there"), ReadOutcome::Granted { .. })
    };
    for _ in 0..4 {
        assert!(read(&ledger).await);
    }
    assert!(!read(&ledger).await, "a fifth of the window is used up");
    ledger.granted().await;
    ledger.gate.terms.reads = Share::default();
    ledger.gate.terms.reserve = Reserve {
        slots: 15,
        at_once: 15,
        every: Duration::ZERO,
    };
    assert!(!read(&ledger).await, "what is left is kept for critical calls");
}

#[tokio::test]
async fn a_queued_restriction_that_will_be_late_is_told_before_its_deadline() {
    let mut ledger = Ledger::new(2, 8).await;
    ledger.gate.actions = vec![window(2, 60)];
    // Eight calls at two a minute: the last leave after three minutes.
    let lookout = Lookout {
        context: Context {
            store: ledger.store.clone(),
            tenant: ledger.tenant,
            tenant_name: "test".to_owned(),
            gate: ledger.gate.clone(),
            time_scale: 1,
            fleet: None,
            leadership: Leadership::default(),
            wakes: std::sync::Arc::default(),
            pulses: quell::worker::pulse::Pulses::default(),
        },
        pacing: Pacing::NONE,
        every: Duration::from_secs(60),
    };
    assert_eq!(lookout.run_once().await.expect("postgres is there"), 0);
    execute(
        &ledger,
        "UPDATE quell.actions SET valid_until = quell.now() + interval '150 seconds'",
    )
    .await;
    assert_eq!(lookout.run_once().await.expect("postgres is there"), 2);
    let outlook = ledger
        .store
        .outlook(ledger.tenant, &ledger.gate)
        .await
        .expect("postgres is there");
    let expected = outlook.expected(&Pacing::NONE);
    let after: Vec<u64> = expected.iter().map(|expected| expected.after.as_secs()).collect();
    assert_eq!(after, [0, 0, 60, 60, 120, 120, 180, 180]);
    let positions: Vec<usize> = expected.iter().map(|expected| expected.position).collect();
    assert_eq!(positions, (1..=8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_429_closes_the_counter_that_it_hit_and_no_other() {
    let minute = Duration::from_secs(60);
    let throttled = AnswerRecord {
        pause: Some((minute, "429".to_owned())),
        ..came_to_nothing("throttled")
    };
    for (scope, is_shared) in [(BudgetScope::ActionsAndReads, false), (BudgetScope::Shared, true)] {
        let mut ledger = Ledger::new(20, 3).await;
        ledger.gate.scope = scope;
        ledger.gate.terms.reads = Share::default();
        let is_read = async |ledger: &Ledger| {
            let read = ledger
                .store
                .read_reserve(ledger.tenant, ledger.epoch, &ledger.gate, "list");
            matches!(
                read.await.expect("postgres is there"),
                ReadOutcome::Granted { .. }
            )
        };
        ledger
            .store
            .reads_pause(ledger.tenant, &ledger.gate, minute, "429")
            .await
            .expect("postgres is there");
        assert!(!is_read(&ledger).await, "{scope:?}");
        assert_eq!(
            matches!(ledger.ask().await, GateOutcome::Wait { .. }),
            is_shared,
            "{scope:?}"
        );
        ledger.at(61).await;
        assert!(is_read(&ledger).await, "{scope:?}");
        let grant = ledger.granted().await;
        let done = ledger
            .store
            .attempt_finish(ledger.tenant, ledger.epoch, &grant, &throttled)
            .await;
        assert_eq!(done.expect("the attempt is open"), ActionState::Queued);
        assert!(
            matches!(ledger.ask().await, GateOutcome::Wait { .. }),
            "{scope:?}"
        );
        assert_eq!(is_read(&ledger).await, !is_shared, "{scope:?}");
    }
}

#[tokio::test]
async fn a_429_that_names_the_hour_slows_all_but_critical_calls_down_for_every_replica() {
    let mut ledger = Ledger::new(10, 5).await;
    let hour = window(1_500, 3_600);
    ledger.gate.actions = vec![window(100, 60), hour];
    let grant = ledger.granted().await;
    let refused = AnswerRecord {
        pause: Some((Duration::from_secs(10), "429".to_owned())),
        named: Some(hour),
        ..came_to_nothing("throttled")
    };
    let done = ledger
        .store
        .attempt_finish(ledger.tenant, ledger.epoch, &grant, &refused)
        .await;
    assert_eq!(done.expect("the attempt is open"), ActionState::Queued);
    assert!(
        ledger.refused().await > Duration::from_secs(8),
        "the gate is closed"
    );
    ledger.at(11).await;
    // Another process, which knows of it by the database alone.
    ledger.store = store(&ledger.database);
    ledger.granted().await;
    let asked = async |ledger: &Ledger| match ledger.ask().await {
        GateOutcome::Wait {
            after: Some(after),
            why,
        } => {
            assert_eq!(
                why,
                "slowed down, as defender refused calls that the ledger allows"
            );
            after
        }
        other => panic!("one call in 2.4 s: {other:?}"),
    };
    let wait = asked(&ledger).await;
    assert!(wait <= Duration::from_millis(2_425), "{wait:?}");
    let status = ledger.store.status(ledger.tenant, &ledger.gate).await;
    let status = status.expect("postgres is there");
    let slowed = status.slowed.expect("the status says so");
    assert!((slowed.every_seconds - 2.424).abs() < 1e-6, "{slowed:?}");
    let expected = status.outlook.expected(&Pacing::NONE);
    let last = expected.last().expect("four are queued").after;
    assert!(
        last > wait + Duration::from_secs(6) && last < wait + Duration::from_secs(8),
        "the forecast reckons with it: {last:?} after {wait:?}"
    );
    execute(
        &ledger,
        "UPDATE quell.actions SET lane = 0 WHERE id = (SELECT id FROM quell.actions WHERE state = 'queued'
             ORDER BY queued_at DESC, id DESC LIMIT 1)",
    )
    .await;
    assert_eq!(ledger.granted().await.lane, Lane::Critical);
    let longer = asked(&ledger).await;
    assert!(
        longer > wait,
        "the critical one took a turn: {longer:?} after {wait:?}"
    );
    execute(&ledger, "UPDATE quell.budgets SET slow_until = quell.now()").await;
    for _ in 0..2 {
        assert_eq!(ledger.granted().await.lane, Lane::Normal, "it is over");
    }
}

#[tokio::test]
async fn looks_at_the_antivirus_keep_to_windows_of_their_own_and_to_those_of_reads() {
    for scope in [BudgetScope::ActionsAndReads, BudgetScope::Shared] {
        let mut ledger = Ledger::new(10, 3).await;
        ledger.gate.scope = scope;
        ledger.gate.terms.reads = Share::default();
        ledger.gate.antivirus = vec![window(4, 60)];
        let reserve = async |ledger: &Ledger, own: ReadScope| {
            let (tenant, epoch) = (ledger.tenant, ledger.epoch);
            let read = ledger
                .store
                .read_reserve_in(own, tenant, epoch, &ledger.gate, "get");
            matches!(
                read.await.expect("postgres is there"),
                ReadOutcome::Granted { .. }
            )
        };
        let mut granted = 0;
        for _ in 0..7 {
            granted += u32::from(reserve(&ledger, ReadScope::Antivirus).await);
        }
        assert_eq!(granted, 4, "its own window is full, {scope:?}");
        let mut others = 0;
        for _ in 0..10 {
            others += u32::from(reserve(&ledger, ReadScope::Reads).await);
        }
        assert_eq!(others, 6, "they count among the reads, {scope:?}");
        // Nobody answered them, so each holds its slot for its latest time and the window.
        ledger.at(200).await;
        // A 429 to one of them closes these alone.
        let minute = Duration::from_secs(60);
        ledger
            .store
            .reads_pause_in(ReadScope::Antivirus, ledger.tenant, &ledger.gate, minute, "429")
            .await
            .expect("postgres is there");
        assert!(!reserve(&ledger, ReadScope::Antivirus).await, "{scope:?}");
        assert!(reserve(&ledger, ReadScope::Reads).await, "{scope:?}");
        ledger.granted().await;
        ledger.at(261).await;
        assert!(reserve(&ledger, ReadScope::Antivirus).await, "{scope:?}");
    }
}
