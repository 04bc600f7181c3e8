//! When the files of a replica become the active set. Pure; `docs/playbooks-in-force.md` says the same in words.
//!
//! Each replica has files of its own, and during a roll-out they differ. A replica that proposed its files whenever they
//! are not in force would undo what another has just proposed, and that one would undo it in turn. So files are proposed
//! when they are *news*: when they have changed, when somebody asks, or, at a start, when nobody can have meant otherwise.

/// Why the files were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The process starts, or has waited since its start.
    Start,
    /// They changed while the process ran.
    Changed,
    /// Somebody asked for it: SIGHUP, or `POST /-/reload`.
    Asked,
}

/// What is known when files have been read and compiled.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// Why they were looked at.
    pub trigger: Trigger,
    /// The hash of their set.
    pub files: &'a str,
    /// Whether there is no playbook among them.
    pub is_empty: bool,
    /// The hash of the active set, if there is one.
    pub active: Option<&'a str>,
    /// Whether an operator put it in force by hand.
    pub is_by_hand: bool,
    /// The set of this replica's files when they were last settled.
    pub settled: Option<&'a str>,
    /// Whether the set of the files was in force before.
    pub was_in_force: bool,
    /// Whether the files of another living replica are the active set.
    pub is_held_by_another: bool,
}

/// What becomes of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They are the active set.
    InForce,
    /// They are to become the active set.
    Propose,
    /// The active set stays, until the files change again or somebody asks.
    Leave(&'static str),
    /// The active set stays for now: look again.
    Wait(&'static str),
    /// They cannot be meant.
    Refuse(&'static str),
}

const UNCHANGED: &str = "the files have not changed since another set took their place: reload to use them";

/// What becomes of the files of a replica.
pub fn verdict(situation: &Situation<'_>) -> Verdict {
    let s = situation;
    let Some(active) = s.active else {
        return Verdict::Propose;
    };
    if active == s.files {
        return Verdict::InForce;
    }
    if s.is_empty {
        return Verdict::Refuse(
            "there is no playbook, and an empty directory never replaces a set: `mode: off` switches one off",
        );
    }
    if s.trigger == Trigger::Asked {
        return Verdict::Propose;
    }
    let is_news = s.settled != Some(s.files);
    if s.trigger == Trigger::Changed {
        // Written anew with the same playbooks, as tools and roll-outs do: that must not undo what a person did by hand.
        return match is_news {
            true => Verdict::Propose,
            false => Verdict::Leave(UNCHANGED),
        };
    }
    // A set that was put in force by hand and then written into the files is the files' again.
    let files_caught_up = s.settled == Some(active) || s.is_held_by_another;
    if s.is_by_hand && !files_caught_up {
        return Verdict::Leave("an operator put the active set in force by hand: reload to use the files");
    }
    match s.settled {
        Some(_) if !is_news => Verdict::Leave(UNCHANGED),
        Some(_) => Verdict::Propose,
        None if !s.was_in_force => Verdict::Propose,
        // Either what is left of an old roll-out, or the first replica of a roll-back.
        None if s.is_held_by_another => Verdict::Wait(
            "the files are an earlier set, and another replica holds the active one: they wait until none does",
        ),
        None => Verdict::Propose,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files `new`, active `old` from files, at the start of a replica that was never seen.
    const START: Situation<'static> = Situation {
        trigger: Trigger::Start,
        files: "new",
        is_empty: false,
        active: Some("old"),
        is_by_hand: false,
        settled: None,
        was_in_force: false,
        is_held_by_another: false,
    };

    fn check(change: impl Fn(&mut Situation<'static>), expected: fn(&Verdict) -> bool) {
        let mut situation = START;
        change(&mut situation);
        let verdict = verdict(&situation);
        assert!(expected(&verdict), "{situation:?} gave {verdict:?}");
    }

    fn propose(verdict: &Verdict) -> bool {
        *verdict == Verdict::Propose
    }

    fn leave(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Leave(_))
    }

    #[test]
    fn without_an_active_set_the_files_become_it() {
        for trigger in [Trigger::Start, Trigger::Changed, Trigger::Asked] {
            check(|s| (s.active, s.trigger) = (None, trigger), propose);
            check(
                |s| (s.active, s.trigger, s.is_empty) = (None, trigger, true),
                propose,
            );
        }
    }

    #[test]
    fn files_that_are_the_active_set_change_nothing() {
        for trigger in [Trigger::Start, Trigger::Changed, Trigger::Asked] {
            for by_hand in [false, true] {
                check(
                    |s| (s.active, s.trigger, s.is_by_hand) = (Some("new"), trigger, by_hand),
                    |v| *v == Verdict::InForce,
                );
            }
        }
    }

    #[test]
    fn an_empty_directory_never_replaces_a_set() {
        for trigger in [Trigger::Start, Trigger::Changed, Trigger::Asked] {
            check(
                |s| (s.is_empty, s.trigger) = (true, trigger),
                |v| matches!(v, Verdict::Refuse(_)),
            );
        }
    }

    #[test]
    fn a_change_and_a_request_win_over_everything_that_is_in_force() {
        for trigger in [Trigger::Changed, Trigger::Asked] {
            for (by_hand, held) in [(false, false), (false, true), (true, false), (true, true)] {
                let change = |s: &mut Situation<'static>| {
                    (s.trigger, s.is_by_hand, s.is_held_by_another) = (trigger, by_hand, held);
                    (s.settled, s.was_in_force) = (Some("older"), true);
                };
                check(change, propose);
            }
        }
        check(
            |s| (s.trigger, s.settled) = (Trigger::Asked, Some("new")),
            propose,
        );
    }

    #[test]
    fn files_written_anew_with_the_same_playbooks_undo_nothing() {
        for by_hand in [false, true] {
            let change = |s: &mut Situation<'static>| {
                (s.trigger, s.is_by_hand, s.settled) = (Trigger::Changed, by_hand, Some("new"));
            };
            check(change, leave);
        }
    }

    #[test]
    fn a_restart_with_unchanged_files_does_not_undo_what_others_put_in_force() {
        check(|s| s.settled = Some("new"), leave);
        check(|s| (s.settled, s.was_in_force) = (Some("new"), true), leave);
        check(|s| (s.settled, s.is_held_by_another) = (Some("new"), true), leave);
    }

    #[test]
    fn files_that_changed_while_their_replica_was_down_are_news() {
        check(|s| s.settled = Some("old"), propose);
        check(|s| (s.settled, s.was_in_force) = (Some("older"), true), propose);
    }

    #[test]
    fn a_start_never_undoes_what_an_operator_put_in_force_by_hand() {
        check(|s| s.is_by_hand = true, leave);
        check(|s| (s.is_by_hand, s.settled) = (true, Some("older")), leave);
        check(|s| (s.is_by_hand, s.was_in_force) = (true, true), leave);
    }

    #[test]
    fn once_the_files_have_caught_up_with_the_hand_they_lead_again() {
        check(|s| (s.is_by_hand, s.settled) = (true, Some("old")), propose);
        check(|s| (s.is_by_hand, s.is_held_by_another) = (true, true), propose);
    }

    #[test]
    fn a_new_replica_with_a_new_set_is_the_first_of_a_roll_out() {
        check(|_| (), propose);
        check(|s| s.is_held_by_another = true, propose);
    }

    #[test]
    fn a_new_replica_with_an_earlier_set_waits_until_nobody_holds_the_active_one() {
        check(
            |s| (s.was_in_force, s.is_held_by_another) = (true, true),
            |v| matches!(v, Verdict::Wait(_)),
        );
        check(|s| s.was_in_force = true, propose);
    }
}
