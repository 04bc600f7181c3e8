//! Torture: three replicas of the real binary on one Postgres against the simulated Defender, and everything that can go
//! wrong, drawn from a seed: kill -9, SIGSTOP, Postgres restarts, lost connections, and whatever Defender's side can do.
//! Then the faults stop, and everything must come to its end.
//!
//! `just torture SECONDS SEED MODE` sets `QUELL_TORTURE_SECONDS`, `QUELL_TORTURE_SEED` and `QUELL_TORTURE_MODE`; without them it
//! is a minute with seed 1 and both promises. The faults are a pure function of the seed ([`script`]); what the processes make
//! of them is not. Two promises are kept apart ([`Mode`]): *safety*, looked at all the time and at the end (windows,
//! duplicates, crossed and late calls, calls that nobody wrote down, the database's own invariants), and *liveness*: after the
//! last fault everything converges within a bound.

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
/// A round of the mode that looks for liveness: long enough for faults of every kind but the rarest.
const ROUND: Duration = Duration::from_secs(12);
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

/// Which promise is put to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Faults to the last moment; then every replica dies at once, and what must hold at any moment must hold of what is left.
    Safety,
    /// Round after round of faults, each followed by calm in which everything must converge.
    Liveness,
    /// One long round.
    Both,
}

impl Mode {
    fn read() -> Self {
        match environment::read_text("QUELL_TORTURE_MODE").as_deref() {
            None | Some("" | "both") => Self::Both,
            Some("safety") => Self::Safety,
            Some("liveness") => Self::Liveness,
            Some(other) => panic!("QUELL_TORTURE_MODE is safety, liveness or both, not `{other}`"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Liveness => "liveness",
            Self::Both => "both",
        }
    }

    /// The rounds of a run: the faults of each.
    fn rounds(self, seed: u64, length: Duration) -> Vec<Script> {
        let span = match self {
            Self::Liveness => ROUND.min(length),
            Self::Safety | Self::Both => length,
        };
        let rounds = (length.as_millis() / span.as_millis().max(1)).max(1) as u64;
        let seed_of = |round: u64| seed.wrapping_add(round.wrapping_mul(1_000_003));
        (0..rounds)
            .map(|round| Script::of(seed_of(round), span))
            .collect()
    }
}

#[tokio::test]
async fn whatever_is_done_to_three_replicas_nothing_is_doubled_and_everything_ends() {
    let seconds = number("QUELL_TORTURE_SECONDS", 60);
    let seed = number("QUELL_TORTURE_SEED", 1);
    torture(Mode::read(), seconds, seed).await;
}

async fn torture(mode: Mode, seconds: u64, seed: u64) {
    let rounds = mode.rounds(seed, Duration::from_secs(seconds));
    let told = format!("just torture {seconds} {seed} {}", mode.name());
    let _told = ToldOnFailure(&told, &rounds);
    let mut world = setup(seed).prepare_with_own_postgres().await;
    let replicas = RefCell::new(Replicas::start(&mut world, REPLICAS).await);
    let world = RefCell::new(world);
    let account = RefCell::new(Account::new(told.clone(), seconds));
    let mut source = Source::new(seed);
    for script in &rounds {
        let over = std::cell::Cell::new(false);
        tokio::join!(
            async {
                play(script, &world, &replicas, &account).await;
                over.set(true);
            },
            source.deliver(&replicas, &over),
        );
        if mode == Mode::Safety {
            break;
        }
        calm(&mut source, &world, &replicas, &account).await;
    }
    let mut account = account.into_inner();
    let mut world = world.into_inner();
    let replicas = replicas.into_inner();
    match mode {
        Mode::Safety => replicas.die(),
        Mode::Liveness | Mode::Both => replicas.stop(&mut world).await,
    }
    account.take(&world, &source).await;
    account::in_order(&world.simulator.journal());
    account::ledger_is_what_defender_saw(&world).await;
    world.finish().await;
    let _ = std::io::stderr().write_all(account.text().as_bytes());
}

/// Nothing is done to them any more: everything must converge.
#[expect(clippy::await_holding_refcell_ref, reason = "nothing else runs beside it")]
async fn calm(
    source: &mut Source,
    world: &RefCell<World>,
    replicas: &RefCell<Replicas>,
    account: &RefCell<Account>,
) {
    let calm = Monotonic::now();
    world.borrow().simulator.set_faults(Faults::default());
    replicas.borrow_mut().all_up(&mut world.borrow_mut()).await;
    source.deliver_the_rest(&replicas.borrow()).await;
    source.converged(&world.borrow(), CONVERGES_WITHIN).await;
    account.borrow_mut().converged(calm.elapsed());
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

/// A run that fails says how to have it again, and what was done in it.
struct ToldOnFailure<'a>(&'a str, &'a [Script]);

impl Drop for ToldOnFailure<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("`{}`", self.0);
            for script in self.1 {
                eprintln!("{script}");
            }
        }
    }
}

#[test]
fn liveness_is_looked_for_in_rounds_of_their_own_faults_and_safety_in_one() {
    let minute = Duration::from_secs(60);
    let rounds = Mode::Liveness.rounds(1, minute);
    assert_eq!(rounds.len(), 5);
    assert!(rounds.windows(2).all(|pair| pair[0].faults != pair[1].faults));
    for mode in [Mode::Safety, Mode::Both] {
        let rounds = mode.rounds(1, minute);
        assert_eq!((rounds.len(), rounds[0].length), (1, minute));
    }
    assert_eq!(Mode::Liveness.rounds(1, Duration::from_secs(5)).len(), 1);
}
