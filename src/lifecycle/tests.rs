//! The end of a process in every way there is, in paused time.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::Instant;

use super::*;

const LIMITS: StopLimits = StopLimits {
    soft: Duration::from_secs(30),
    hard: Duration::from_secs(2),
    process: None,
};

fn lifecycle() -> (Lifecycle, mpsc::Sender<Signal>) {
    let (sender, receiver) = mpsc::channel(8);
    (Lifecycle::new(LIMITS, receiver), sender)
}

async fn until(token: CancellationToken) {
    token.cancelled().await;
}

async fn panics(text: &str) {
    assert!(text.is_empty(), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_signal_lets_tasks_finish_what_they_have_begun() {
    let (lifecycle, signals) = lifecycle();
    let tasks = lifecycle.tasks();
    let finished = Arc::new(AtomicBool::new(false));
    let (soft, flag) = (tasks.soft(), finished.clone());
    tasks.spawn("worker", async move {
        soft.cancelled().await;
        tokio::task::yield_now().await;
        flag.store(true, Ordering::SeqCst);
    });
    signals
        .send(Signal::Stop("SIGTERM"))
        .await
        .expect("the lifecycle listens");
    assert_eq!(lifecycle.run().await, Outcome::Clean);
    assert!(finished.load(Ordering::SeqCst), "the task was cut off");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_does_not_stop_is_aborted_after_30_seconds() {
    let (lifecycle, _signals) = lifecycle();
    let tasks = lifecycle.tasks();
    tasks.spawn("good", until(tasks.soft()));
    tasks.spawn("deaf", std::future::pending::<()>());
    tasks.stop();
    let began = Instant::now();
    assert_eq!(lifecycle.run().await, Outcome::Forced(vec!["deaf"]));
    assert_eq!(began.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_stops_at_once() {
    let (lifecycle, signals) = lifecycle();
    lifecycle.tasks().spawn("deaf", std::future::pending::<()>());
    for _ in 0..2 {
        signals
            .send(Signal::Stop("SIGINT"))
            .await
            .expect("the lifecycle listens");
    }
    let began = Instant::now();
    assert_eq!(lifecycle.run().await, Outcome::Forced(vec!["deaf"]));
    assert_eq!(began.elapsed().as_secs(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ends_unasked_takes_the_process_down_with_its_name() {
    let check = async |spawn: fn(&Tasks), expected: &str| {
        let (lifecycle, _signals) = lifecycle();
        let tasks = lifecycle.tasks();
        tasks.spawn("other", until(tasks.soft()));
        spawn(&tasks);
        let outcome = lifecycle.run().await;
        assert_eq!(
            outcome,
            Outcome::Failed {
                task: "loop",
                ending: expected.to_owned()
            }
        );
        assert_ne!(outcome.exit_code(), ExitCode::SUCCESS);
    };
    check(|tasks| tasks.spawn("loop", async {}), "ended by itself").await;
    check(
        |tasks| tasks.spawn("loop", panics("at the wrong time")),
        "panicked: at the wrong time",
    )
    .await;
    let failing = |tasks: &Tasks| {
        tasks.spawn("loop", async {
            Err::<(), _>(anyhow::anyhow!("inner").context("outer"))
        })
    };
    check(failing, "failed: outer: inner").await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_on_the_way_down_is_not_a_clean_end() {
    let (lifecycle, _signals) = lifecycle();
    let tasks = lifecycle.tasks();
    let soft = tasks.soft();
    tasks.spawn("loop", async move {
        soft.cancelled().await;
        panics("late").await;
    });
    tasks.stop();
    let outcome = lifecycle.run().await;
    assert_eq!(
        outcome,
        Outcome::Failed {
            task: "loop",
            ending: "panicked while stopping: late".to_owned()
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_hangup_is_seen_by_whoever_reloads_and_stops_nothing() {
    let (lifecycle, signals) = lifecycle();
    let tasks = lifecycle.tasks();
    let (mut reload, stopper) = (tasks.reload(), tasks.clone());
    tasks.spawn("reloader", async move {
        reload.changed().await.expect("the lifecycle outlives its tasks");
        assert_eq!(*reload.borrow(), 1);
        stopper.stop();
    });
    signals.send(Signal::Reload).await.expect("the lifecycle listens");
    assert_eq!(lifecycle.run().await, Outcome::Clean);
}

#[tokio::test(start_paused = true)]
async fn a_task_may_spawn_another_while_stopping() {
    let (lifecycle, _signals) = lifecycle();
    let tasks = lifecycle.tasks();
    let (inner, soft) = (tasks.clone(), tasks.soft());
    tasks.spawn("outer", async move {
        soft.cancelled().await;
        inner.spawn("late", std::future::ready(()));
    });
    tasks.stop();
    assert_eq!(lifecycle.run().await, Outcome::Clean);
}
