//! What is done to the replicas, to Postgres and at Defender, and when: a pure function of the seed and the length.

use std::fmt;
use std::time::Duration;

use quell::cli::cluster::StopMode;
use quell::simulator::Faults;

use super::REPLICAS;

/// A process may stand still for so long: within the server's tail, which is a second at this scale.
const STOPPED_AT_MOST_MS: u64 = 800;

/// A call may be carried out so long after it was handed over: the total time-out and the server's tail.
const LATE_BY_AT_MOST_MS: u64 = 1_900;

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// kill -9 of a replica; it is started again at once.
    Kill(usize),
    /// SIGSTOP.
    Stop(usize),
    /// SIGCONT.
    Continue(usize),
    /// A restart of Postgres.
    Postgres(StopMode),
    /// One in so many of the daemons' connections ends.
    Connections(u32),
    /// What Defender's side does from now on.
    Defender(Faults),
}

/// All of it.
#[derive(Debug, PartialEq)]
pub struct Script {
    seed: u64,
    /// From the first fault to the last.
    pub length: Duration,
    /// In order.
    pub faults: Vec<(Duration, Fault)>,
}

impl Script {
    /// The script of a seed.
    pub fn of(seed: u64, length: Duration) -> Self {
        let mut faults = Vec::new();
        let mut lane =
            |lane: u64,
             pause: std::ops::Range<u64>,
             draw: &mut dyn FnMut(&mut fastrand::Rng) -> Vec<(u64, Fault)>| {
                let mut dice = fastrand::Rng::with_seed(seed.wrapping_mul(31).wrapping_add(lane));
                let mut at = dice.u64(pause.clone());
                while Duration::from_millis(at) < length {
                    for (later, fault) in draw(&mut dice) {
                        faults.push((Duration::from_millis(at + later), fault));
                    }
                    at += dice.u64(pause.clone());
                }
            };
        lane(1, 200..5_000, &mut |dice| {
            vec![(0, Fault::Kill(dice.usize(0..REPLICAS)))]
        });
        lane(2, 1_000..6_000, &mut |dice| {
            let (n, span) = (dice.usize(0..REPLICAS), dice.u64(20..STOPPED_AT_MOST_MS));
            vec![(0, Fault::Stop(n)), (span, Fault::Continue(n))]
        });
        lane(3, 8_000..20_000, &mut |dice| {
            let mode = if dice.bool() {
                StopMode::Fast
            } else {
                StopMode::Immediate
            };
            vec![(0, Fault::Postgres(mode))]
        });
        lane(4, 1_000..5_000, &mut |dice| {
            vec![(0, Fault::Connections(dice.u32(1..4)))]
        });
        lane(5, 1_000..4_000, &mut |dice| {
            vec![(0, Fault::Defender(weather(dice)))]
        });
        faults.sort_by_key(|(at, _)| *at);
        Self { seed, length, faults }
    }
}

/// What Defender's side does for a while: now this, now that, now nothing at all.
fn weather(dice: &mut fastrand::Rng) -> Faults {
    let calm = Faults {
        slow_for_ms: dice.u64(50..1_400),
        late_by_ms: dice.u64(50..LATE_BY_AT_MOST_MS),
        ..Faults::default()
    };
    match dice.u8(0..9) {
        0 => Faults {
            drop_after_processing_percent: 10.0,
            cut_after_processing_percent: 5.0,
            ..calm
        },
        1 => Faults {
            http_500_after_processing_percent: 10.0,
            garbage_body_percent: 5.0,
            ..calm
        },
        2 => Faults {
            too_many_percent: 15.0,
            ..calm
        },
        3 => Faults {
            slow_percent: 30.0,
            ..calm
        },
        4 => Faults {
            http_503_before_processing_percent: 10.0,
            reset_before_processing_percent: 10.0,
            unauthorized_percent: 2.0,
            ..calm
        },
        5 => Faults {
            late_percent: 15.0,
            ..calm
        },
        6 => Faults {
            reset_before_processing_percent: 2.0,
            http_503_before_processing_percent: 2.0,
            unauthorized_percent: 1.0,
            too_many_percent: 2.0,
            drop_after_processing_percent: 2.0,
            cut_after_processing_percent: 2.0,
            late_percent: 2.0,
            http_500_after_processing_percent: 2.0,
            garbage_body_percent: 2.0,
            slow_percent: 5.0,
            ..calm
        },
        _ => calm,
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.length.as_secs();
        writeln!(f, "the faults of seed {} in {seconds} s:", self.seed)?;
        for (at, fault) in &self.faults {
            writeln!(f, "{:>8.2} s  {fault:?}", at.as_secs_f64())?;
        }
        Ok(())
    }
}

#[test]
fn a_seed_draws_the_same_faults_again_and_another_seed_others() {
    let minute = Duration::from_secs(60);
    assert_eq!(Script::of(7, minute), Script::of(7, minute));
    assert_ne!(Script::of(7, minute).faults, Script::of(8, minute).faults);
}

#[test]
fn a_minute_holds_faults_of_every_kind_and_no_stop_outlasts_the_tail() {
    let script = Script::of(1, Duration::from_secs(60));
    let has = |wanted: fn(&Fault) -> bool| script.faults.iter().filter(|(_, fault)| wanted(fault)).count();
    assert!(has(|fault| matches!(fault, Fault::Kill(_))) > 10);
    assert!(has(|fault| matches!(fault, Fault::Stop(_))) > 5);
    assert!(has(|fault| matches!(fault, Fault::Postgres(_))) > 1);
    assert!(has(|fault| matches!(fault, Fault::Connections(_))) > 5);
    assert!(has(|fault| matches!(fault, Fault::Defender(_))) > 5);
    let mut stopped = [None; REPLICAS];
    for (at, fault) in &script.faults {
        match fault {
            Fault::Stop(n) => stopped[*n] = Some(*at),
            Fault::Continue(n) => {
                if let Some(since) = stopped[*n].take() {
                    assert!(*at - since < Duration::from_secs(1));
                }
            }
            _ => {}
        }
    }
}
