//! The call protocol and the ledger, checked over all their states, and each of their rules taken away, which must be found.
//!
//! The protocol: two replicas, one device that is wanted restricted and then no more, and a Defender that answers a duplicate
//! in each of the ways that were seen; every order of crash, lost lease, lost request, lost answer, late answer, list lag,
//! late execution and sleep over the deadline, within bounds. `cargo test --test model` prints the states;
//! with QUELL_MODEL=large in the environment it looks at more faults at once, for some minutes.

use std::io::Write as _;

mod checker;
mod code;
mod defender;
mod ledger;
mod properties;
mod protocol;
mod state;
mod steps;

use checker::{Found, Model, check};
use ledger::{Count, Ledger};
use properties::{LATE, OVERTAKEN, TWICE};
use protocol::{ASSUMED, Protocol, Rules};
use state::Faults;

/// A process dies, a lease runs out, something is lost: each once.
const FAULTS: Faults = Faults {
    crashes: 1,
    losses: 1,
    drops: 1,
    refusals: 0,
    failures: 0,
    persons: 0,
    cancels: 0,
};

const NO_FAULTS: Faults = Faults {
    crashes: 0,
    losses: 0,
    drops: 0,
    ..FAULTS
};

fn holds<M: Model>(name: &str, model: &M) {
    let verdict = check(model);
    if let Some(found) = &verdict.found {
        panic!("{name}: {} after {}", found.what, told(found));
    }
    print(&format!(
        "{name}: holds in all {} states, over {} steps, in {:.1} s\n",
        verdict.states, verdict.steps, verdict.seconds
    ));
}

/// The shortest way to the harm.
fn fails<M: Model>(name: &str, model: &M, what: &str) {
    let verdict = check(model);
    let Some(found) = verdict.found else {
        panic!("{name}: nothing was found in {} states", verdict.states);
    };
    assert_eq!(found.what, what, "{name}");
    print(&format!(
        "{name}: {what}, in {} steps: {}\n",
        found.trace.len(),
        told(&found)
    ));
}

/// On the terminal also when the test passes: the states are the proof's size.
fn print(line: &str) {
    let _ = std::io::stderr().write_all(line.as_bytes());
}

fn told<M: Model>(found: &Found<M>) -> String {
    let steps: Vec<String> = found.trace.iter().map(|(step, _)| format!("{step:?}")).collect();
    steps.join(", ")
}

fn weakened(name: &str, rules: Rules, what: &'static str) {
    let mut protocol = Protocol::new(rules, FAULTS);
    protocol.looked_for = Some(what);
    fails(name, &protocol, what);
}

/// Whether there is time for more faults at once.
fn is_large() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "the size of a test's own search, no setting of the program"
    )]
    std::env::var("QUELL_MODEL").is_ok_and(|size| size == "large")
}

#[test]
fn the_protocol_holds_with_a_crash_a_lost_lease_and_a_drop() {
    holds("the protocol", &Protocol::new(Rules::ALL, FAULTS));
}

#[test]
fn it_holds_with_a_persons_own_action_beside_ours() {
    let faults = Faults {
        crashes: 1,
        drops: u8::from(is_large()),
        persons: 1,
        ..NO_FAULTS
    };
    holds("with a person's own action", &Protocol::new(Rules::ALL, faults));
}

#[test]
fn it_holds_with_two_crashes() {
    let faults = Faults {
        crashes: 2,
        losses: 1 + u8::from(is_large()),
        drops: 1,
        ..NO_FAULTS
    };
    holds("with two crashes", &Protocol::new(Rules::ALL, faults));
}

#[test]
fn it_holds_when_what_is_pending_is_cancelled_before_its_release() {
    let faults = Faults {
        cancels: 1,
        losses: u8::from(is_large()),
        ..FAULTS
    };
    holds("with a cancel", &Protocol::new(Rules::ALL, faults));
}

#[test]
fn it_holds_when_defender_refuses_and_when_devices_fail() {
    let refused = Faults {
        refusals: 1,
        losses: 0,
        ..FAULTS
    };
    holds("with a 429", &Protocol::new(Rules::ALL, refused));
    let failed = Faults {
        failures: 1,
        crashes: 1,
        drops: u8::from(is_large()),
        ..NO_FAULTS
    };
    holds("with a failure on the device", &Protocol::new(Rules::ALL, failed));
}

#[test]
fn it_is_safe_without_the_lease_which_only_keeps_replicas_out_of_each_others_way() {
    let rules = Rules {
        needs_the_lease: false,
        ..Rules::ALL
    };
    let faults = Faults {
        drops: 1,
        crashes: u8::from(is_large()),
        ..NO_FAULTS
    };
    holds("without the lease", &Protocol::new(rules, faults));
}

#[test]
fn post_then_insert_is_found() {
    let rules = Rules {
        writes_first: false,
        ..Rules::ALL
    };
    weakened("POST, then INSERT", rules, TWICE);
}

#[test]
fn a_blind_retry_is_found() {
    let rules = Rules {
        looks_up: false,
        ..Rules::ALL
    };
    weakened("an attempt, and a blind retry", rules, TWICE);
}

#[test]
fn a_look_up_at_once_is_found() {
    let rules = Rules {
        quiescence: [0; 4],
        ..Rules::ALL
    };
    weakened("a look-up at once", rules, TWICE);
}

#[test]
fn a_quiescence_without_a_send_deadline_is_found() {
    let rules = Rules {
        has_deadline: false,
        ..Rules::ALL
    };
    weakened("no send deadline", rules, TWICE);
}

#[test]
fn a_quiescence_without_any_of_its_parts_is_found() {
    let parts = ["send deadline", "total time-out", "server tail", "list lag"];
    for (part, name) in parts.iter().enumerate() {
        let mut quiescence = ASSUMED;
        quiescence[part] = 0;
        let rules = Rules {
            quiescence,
            ..Rules::ALL
        };
        weakened(&format!("a quiescence without the {name}"), rules, TWICE);
    }
}

#[test]
fn devices_that_are_not_serialised_are_found() {
    let rules = Rules {
        is_serial: false,
        ..Rules::ALL
    };
    weakened("no order on a device", rules, LATE);
}

#[test]
fn a_release_that_does_not_wait_is_found() {
    let rules = Rules {
        waits_for_the_end: false,
        ..Rules::ALL
    };
    weakened("a release that does not wait", rules, OVERTAKEN);
}

#[test]
fn writes_that_do_not_name_their_attempt_are_found() {
    let rules = Rules {
        names_the_attempt: false,
        ..Rules::ALL
    };
    weakened("writes without epoch and number", rules, TWICE);
}

const LEDGER: Ledger = Ledger {
    count: Count::Locked,
    holds_to_the_answer: true,
    waits_for_the_tail: true,
    calls: 1,
};

const ABOVE: &str = "a window above its limit";

#[test]
fn the_ledger_holds() {
    let calls = 1 + u8::from(is_large());
    holds("the ledger", &Ledger { calls, ..LEDGER });
}

#[test]
fn a_ledger_that_counts_without_a_lock_of_its_own_is_found() {
    for (name, count) in [
        ("count and insert in one", Count::Unlocked),
        ("the lock in the statement that counts", Count::Locking),
    ] {
        fails(name, &Ledger { count, ..LEDGER }, ABOVE);
    }
}

#[test]
fn a_slot_that_is_freed_too_early_is_found() {
    let from_the_reservation = Ledger {
        holds_to_the_answer: false,
        ..LEDGER
    };
    fails(
        "a slot counted from its reservation",
        &from_the_reservation,
        ABOVE,
    );
    let without_the_tail = Ledger {
        waits_for_the_tail: false,
        ..LEDGER
    };
    fails(
        "an unanswered slot freed before the tail",
        &without_the_tail,
        ABOVE,
    );
}
