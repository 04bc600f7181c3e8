//! Torture: three replicas of the real binary on one Postgres against the simulated Defender, and everything that can go
//! wrong, drawn from a seed: kill -9, SIGSTOP, Postgres restarts, lost connections, and whatever Defender's side can do.
//! Then the faults stop, and everything must come to its end.
//!
//! `just torture SECONDS SEED` sets `QUELL_TORTURE_SECONDS` and `QUELL_TORTURE_SEED`; without them it is a minute with seed 1.
//! The faults are a pure function of the seed ([`script`]); what the processes make of them is not. Two promises are kept
//! apart: *safety*, looked at all the time and at the end (windows, duplicates, crossed and late calls, calls that nobody
//! wrote down, the database's own invariants), and *liveness*: after the last fault everything converges within a bound.

mod account;
mod overlong;
mod replicas;
mod script;
mod source;

use std::cell::RefCell;
use std::io::Write as _;
use std::time::Duration;

use quell::clock::Monotonic;
use quell::config::environment;
use quell::simulator::{DuplicateMode, Faults};

use crate::support::alert::{RELEASE, restrict};
use crate::support::{Setup, World};
use account::Account;
use replicas::Replicas;
use script::{Fault, Script};
use source::Source;

/// Sixty times faster than Defender: its minute is a second here, the hour a minute, the server's tail a second.
const SCALE: u32 = 60;
/// How many replicas there are.
const REPLICAS: usize = 3;
/// After the last fault everything must have come to its end within this span.
const CONVERGES_WITHIN: Duration = Duration::from_secs(120);
/// How often it is looked whether something is due, or wrong.
const TICK: Duration = Duration::from_millis(50);

pub fn number(variable: &str, otherwise: u64) -> u64 {
    environment::read_text(variable).map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number, not `{text}`"))
    })
}

fn setup(seed: u64) -> Setup {
    let duplicates = match seed % 3 {
        1 => DuplicateMode::ReturnPending,
        2 => DuplicateMode::Reject400,
        _ => DuplicateMode::SecondStuckPending,
    };
    // Where what only repeats a device's state waits for ever, the release that follows a cancelled restriction would.
    let cancel_after = match duplicates {
        DuplicateMode::SecondStuckPending => "7d",
        _ => "2m",
    };
    Setup::new(SCALE, &[&restrict("storm", "6d"), RELEASE])
        .set("retry", "{max: 20, initial: 5s, cap: 30s}")
        .set(
            "call",
            &format!("{{cancel_after: {cancel_after}, concurrency: 16}}"),
        )
        .simulate(move |simulator| {
            simulator.seed = seed;
            simulator.offline_percent = 5.0;
            simulator.offline_for = Duration::from_secs(240);
            simulator.read_after_write = Duration::from_secs(20);
            simulator.page_size = 400;
            simulator.cancel_race_percent = 20.0;
            simulator.fail_percent = 1.0;
            simulator.duplicate_mode = duplicates;
        })
}

#[tokio::test]
async fn whatever_is_done_to_three_replicas_nothing_is_doubled_and_everything_ends() {
    let seconds = number("QUELL_TORTURE_SECONDS", 60);
    let seed = number("QUELL_TORTURE_SEED", 1);
    let script = Script::of(seed, Duration::from_secs(seconds));
    let _told = ToldOnFailure(&script);
    let mut world = setup(seed).prepare_with_own_postgres().await;
    let replicas = RefCell::new(Replicas::start(&mut world, REPLICAS).await);
    let world = RefCell::new(world);
    let account = RefCell::new(Account::new(seed, seconds));
    let mut source = Source::new(seed);

    let over = std::cell::Cell::new(false);
    tokio::join!(
        async {
            play(&script, &world, &replicas, &account).await;
            over.set(true);
        },
        source.deliver(&replicas, &over),
    );

    // Liveness: nothing is done to them any more.
    let calm = Monotonic::now();
    let mut world = world.into_inner();
    world.simulator.set_faults(Faults::default());
    let mut replicas = replicas.into_inner();
    replicas.all_up(&mut world).await;
    source.deliver_the_rest(&replicas).await;
    source.converged(&world, CONVERGES_WITHIN).await;
    let mut account = account.into_inner();
    account.converged = calm.elapsed();
    account.take(&world, &source).await;
    replicas.stop(&mut world).await;
    account::in_order(&world.simulator.journal());
    account::ledger_is_what_defender_saw(&world).await;
    world.finish().await;
    let _ = std::io::stderr().write_all(account.text().as_bytes());
}

/// Does what the script says at its time, and looks all the while whether something is wrong.
async fn play(
    script: &Script,
    world: &RefCell<World>,
    replicas: &RefCell<Replicas>,
    account: &RefCell<Account>,
) {
    let began = Monotonic::now();
    let mut ticks = tokio::time::interval(TICK);
    let mut due = script.faults.iter().peekable();
    let mut looks = 0_u32;
    while began.elapsed() < script.length {
        ticks.tick().await;
        while let Some((_, fault)) = due.next_if(|(at, _)| *at <= began.elapsed()) {
            bring_about(fault, world, replicas).await;
            account.borrow_mut().count(fault);
        }
        replicas.borrow_mut().look(&mut world.borrow_mut());
        looks += 1;
        if looks.is_multiple_of(10) {
            let report = world.borrow().simulator.report();
            account::safe_so_far(&report);
            account.borrow().progress(began.elapsed(), &report);
        }
    }
}

#[expect(
    clippy::await_holding_refcell_ref,
    reason = "the source never asks for the world, and what is done to the replicas awaits nothing"
)]
async fn bring_about(fault: &Fault, world: &RefCell<World>, replicas: &RefCell<Replicas>) {
    match fault {
        Fault::Kill(n) => replicas.borrow_mut().kill(*n, &mut world.borrow_mut()),
        Fault::Stop(n) => replicas.borrow_mut().freeze(*n),
        Fault::Continue(n) => replicas.borrow_mut().thaw(*n),
        Fault::Postgres(mode) => world.borrow_mut().restart_postgres(*mode).await,
        Fault::Connections(one_in) => {
            let cut = format!(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE application_name = 'quell' AND pid % {one_in} = 0"
            );
            world.borrow().number(&cut).await;
        }
        Fault::Defender(faults) => world.borrow().simulator.set_faults(*faults),
    }
}

/// A run that fails says how to have it again.
struct ToldOnFailure<'a>(&'a Script);

impl Drop for ToldOnFailure<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}
