//! Tests of drift: a listing in any order tells what a device that lived through it would tell.

use proptest::prelude::*;

use super::*;
use crate::domain::action::id_of;
use crate::domain::answer::MachineActionKind;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).expect("a time of our days")
}

fn act(id: usize, kind: ActionKind, whose: Whose, done_at: i64) -> Done {
    Done {
        id: format!("m{id}"),
        kind,
        whose,
        made_at: at(done_at - 5),
        done_at: at(done_at),
    }
}

/// A device that lives through actions one after the other, told apart by nothing but what it knows of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Device {
    is_restricted: bool,
    by_us: bool,
    lifted: Option<String>,
    by_other: Option<String>,
}

impl Device {
    fn live(&mut self, action: &Done) {
        match action.kind.begins() {
            true => {
                self.is_restricted = true;
                if action.whose == Whose::Theirs {
                    self.by_other = Some(action.id.clone());
                } else {
                    self.by_us = true;
                    self.lifted = None;
                }
                if action.whose == Whose::Adopted {
                    self.by_other = Some(action.id.clone());
                }
            }
            false => {
                let by_person = action.whose == Whose::Theirs;
                self.lifted = match (by_person, self.by_us) {
                    (true, true) => Some(action.id.clone()),
                    (true, false) => self.lifted.take(),
                    (false, _) => None,
                };
                self.is_restricted = false;
                self.by_us = false;
                self.by_other = None;
            }
        }
    }
}

fn actions() -> impl Strategy<Value = Vec<(ActionKind, Whose)>> {
    let whose = prop_oneof![Just(Whose::Ours), Just(Whose::Adopted), Just(Whose::Theirs)];
    let of_one = |measure| {
        let kind = prop_oneof![
            Just(ActionKind::to_begin(measure)),
            Just(ActionKind::to_release(measure))
        ];
        prop::collection::vec((kind, whose.clone()), 0..12)
    };
    prop_oneof![of_one(Measure::Restriction), of_one(Measure::Isolation)]
}

proptest! {
    #[test]
    fn any_interleaving_in_any_order_gives_the_state_of_a_device_that_lived_through_it(
        history in actions(), order in any::<u64>(), repeated in any::<bool>(),
    ) {
        let mut device = Device::default();
        let mut listing = Vec::new();
        for (n, (kind, whose)) in history.into_iter().enumerate() {
            let each = act(n, kind, whose, 60 * n as i64);
            device.live(&each);
            listing.push(each);
        }
        if repeated {
            listing.extend(listing.clone());
        }
        fastrand::Rng::with_seed(order).shuffle(&mut listing);
        let word = last_word(&listing);
        prop_assert_eq!(word.is_restricted(), device.is_restricted);
        prop_assert_eq!(word.ours, device.by_us);
        prop_assert_eq!(&word.theirs, &device.by_other);
        prop_assert_eq!(&word.lifted, &device.lifted);
        prop_assert!(!word.is_unclear, "each has a moment of its own");
        let theirs = || listing.iter().filter(|each| each.whose == Whose::Theirs);
        let lifts: Vec<&str> = theirs()
            .filter(|each| drift(each, &word) == Drift::Lifted)
            .map(|each| each.id.as_str())
            .collect();
        prop_assert_eq!(lifts.first().copied(), device.lifted.as_deref());
        let free = theirs().any(|each| {
            drift(each, &word) == Drift::Freed && each.kind.releases()
        });
        prop_assert!(!(free && word.is_restricted()), "what is free is not restricted");
    }

    #[test]
    fn what_was_carried_out_before_the_last_word_of_ours_never_ends_anything(
        history in actions(), order in any::<u64>(),
    ) {
        let mut listing: Vec<Done> = history
            .into_iter()
            .enumerate()
            .map(|(n, (kind, whose))| act(n, kind, whose, 60 * n as i64))
            .collect();
        listing.push(act(99, ActionKind::Restrict, Whose::Ours, 100_000));
        fastrand::Rng::with_seed(order).shuffle(&mut listing);
        let word = last_word(&listing);
        prop_assert!(word.ours);
        for each in listing.iter().filter(|each| each.kind.releases()) {
            prop_assert_eq!(drift(each, &word), Drift::Overtaken);
        }
    }
}

#[test]
fn a_restrict_of_theirs_after_their_lift_undoes_no_lift() {
    let listing = [
        act(1, ActionKind::Restrict, Whose::Ours, 0),
        act(2, ActionKind::Release, Whose::Theirs, 60),
        act(3, ActionKind::Restrict, Whose::Theirs, 120),
    ];
    let word = last_word(&listing);
    assert_eq!(drift(&listing[1], &word), Drift::Lifted);
    assert_eq!(drift(&listing[2], &word), Drift::Restricted);
}

#[test]
fn two_that_contradict_each_other_at_one_moment_are_unclear_until_something_follows() {
    let mut listing = vec![
        act(1, ActionKind::Restrict, Whose::Ours, 0),
        act(2, ActionKind::Release, Whose::Theirs, 0),
    ];
    let word = last_word(&listing);
    assert_eq!(drift(&listing[1], &word), Drift::Unclear);
    listing.push(act(3, ActionKind::Restrict, Whose::Ours, 60));
    assert!(!last_word(&listing).is_unclear);
}

fn wire(status: MachineActionStatus, comment: &str, device: &str) -> MachineAction {
    MachineAction {
        id: "m1".to_owned(),
        kind: MachineActionKind::Unrestrict,
        status,
        machine_id: Some(device.to_owned()),
        requestor_comment: Some(comment.to_owned()),
        requestor: Some("anna@contoso.example\u{1b}[2J".to_owned()),
        created_at: Some(at(0)),
        updated_at: Some(at(60)),
        error_hresult: 0,
        external_id: None,
    }
}

#[test]
fn only_what_was_carried_out_without_a_marker_of_this_installation_is_somebody_elses() {
    let comment = |installation| {
        Marker {
            action: id_of(uuid::Uuid::now_v7(), installation),
            attempt: 1,
        }
        .comment("x")
    };
    let done = || MachineActionStatus::Succeeded;
    let count = |action: MachineAction| foreign(&[action], 7).len();
    assert_eq!(count(wire(done(), "by hand", "ABC")), 1);
    assert_eq!(
        count(wire(done(), &comment(8), "abc")),
        1,
        "another installation's"
    );
    assert_eq!(count(wire(done(), &comment(7), "abc")), 0, "ours");
    assert_eq!(count(wire(done(), "by hand", "a/b")), 0, "no device to call");
    for open in [MachineActionStatus::Pending, MachineActionStatus::TimeOut] {
        assert_eq!(count(wire(open, "by hand", "abc")), 0);
    }
    let theirs = foreign(&[wire(done(), "by hand", "ABC")], 7).remove(0);
    assert_eq!((theirs.device.as_str(), theirs.done.done_at), ("abc", at(60)));
    assert_eq!(theirs.requestor, "anna@contoso.example[2J");
    let nameless = MachineAction {
        requestor: None,
        ..wire(done(), "by hand", "abc")
    };
    assert_eq!(foreign(&[nameless], 7).remove(0).requestor, "somebody");
    let timeless = MachineAction {
        created_at: None,
        updated_at: None,
        ..wire(done(), "by hand", "abc")
    };
    assert_eq!(count(timeless), 0);
}
