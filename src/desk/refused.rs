//! Why something is not done: one table, from which a command takes its exit code, the API its `reason` and status, and
//! docs/api.md its list. Nothing here says it to anybody.

use serde::Serialize;
use utoipa::ToSchema;

use crate::store::approvals::Refusal;

/// What kind of no it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// There is no such thing: 404, exit code 1.
    Missing,
    /// The person may not: 403, exit code 4.
    NotAllowed,
    /// It is not as it was, or nothing is left to do: 409, exit code 1.
    Changed,
    /// It is not what whoever asks said that they saw: 412, exit code 1.
    Unseen,
    /// A guard refuses, whoever asks: 422, exit code 5.
    Guard,
    /// What was sent cannot be used as it is: 422, exit code 1.
    Unfit,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// No request has that number.
    NoSuchRequest,
    /// No device is called so.
    NoSuchDevice,
    /// There is no such containment, or it is over.
    NoSuchContainment,
    /// The configuration has no such cap, or no such lift is in force.
    NoSuchCap,
    /// There is no such playbook or revision.
    NoSuchRevision,
    /// There is no such dead letter.
    NoSuchLetter,
    /// The person is not asked, or stands behind what is asked.
    NotAllowed,
    /// The name is one that Quell itself goes by.
    ReservedName,
    /// Nothing of the request can be answered any more.
    Over,
    /// The person said the opposite before.
    AnsweredBefore,
    /// It is not what it was when it was asked.
    Changed,
    /// The request is so new that devices may still be added.
    MayGrow,
    /// Several devices are called so.
    SeveralDevices,
    /// The device has several containments: which one must be said.
    SeveralContainments,
    /// Nothing is there to end.
    NothingToEnd,
    /// Somebody else did it in this moment.
    Overtaken,
    /// The stop file is there, and would stop everything again.
    StopFile,
    /// The database knows no tenant.
    NothingToStop,
    /// The containment never ends by itself.
    NeverEnds,
    /// The revision was revoked before.
    RevokedBefore,
    /// The dead letter stays.
    LetterStays,
    /// Another state than the one that was looked at.
    Stale,
    /// A guard refuses: a stop, a list of `never`, a cap, a limit.
    Guard,
    /// The end that is asked for cannot be: it has passed, is too far away, or is earlier without that being meant.
    BadEnd,
    /// The playbooks are wrong.
    BadPlaybooks,
    /// What a second person passed for a time is not extended.
    SecondPerson,
    /// There is no such release run.
    NoSuchRun,
    /// No such stop is in force.
    NotStopped,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which.
    pub why: Refused,
    /// Its stable name.
    pub name: &'static str,
    /// What kind of no it is.
    pub kind: Kind,
    /// What it means, for the reference.
    pub means: &'static str,
}

const fn row(why: Refused, name: &'static str, kind: Kind, means: &'static str) -> Row {
    Row {
        why,
        name,
        kind,
        means,
    }
}

/// All of them, in the order of [`Refused`].
pub const TABLE: [Row; 28] = [
    row(
        Refused::NoSuchRequest,
        "no_such_request",
        Kind::Missing,
        "no request has that number",
    ),
    row(
        Refused::NoSuchDevice,
        "no_such_device",
        Kind::Missing,
        "no device is called so, nor does an id begin so",
    ),
    row(
        Refused::NoSuchContainment,
        "no_such_containment",
        Kind::Missing,
        "there is no such containment, or it is not active any more",
    ),
    row(
        Refused::NoSuchCap,
        "no_such_cap",
        Kind::Missing,
        "the configuration has no such cap, or no such lift is in force",
    ),
    row(
        Refused::NoSuchRevision,
        "no_such_revision",
        Kind::Missing,
        "no playbook has such a revision",
    ),
    row(
        Refused::NoSuchLetter,
        "no_such_dead_letter",
        Kind::Missing,
        "there is no such dead letter",
    ),
    row(
        Refused::NotAllowed,
        "not_allowed",
        Kind::NotAllowed,
        "you are not among those that are asked, or you stand behind what is asked",
    ),
    row(
        Refused::ReservedName,
        "name_of_quell",
        Kind::NotAllowed,
        "Quell itself goes by that name in the audit, in whatever case",
    ),
    row(
        Refused::Over,
        "over",
        Kind::Changed,
        "nothing of the request can be answered any more",
    ),
    row(
        Refused::AnsweredBefore,
        "answered_before",
        Kind::Changed,
        "you said the opposite before, and an answer stands",
    ),
    row(
        Refused::Changed,
        "changed",
        Kind::Changed,
        "something that matters is not what it was when it was asked: look again, and say what you saw",
    ),
    row(
        Refused::MayGrow,
        "may_grow",
        Kind::Changed,
        "the request is so new that devices may still be added: say what you saw, or name the devices",
    ),
    row(
        Refused::SeveralDevices,
        "several_devices",
        Kind::Changed,
        "several devices are called so: use the whole id of one",
    ),
    row(
        Refused::SeveralContainments,
        "several_containments",
        Kind::Changed,
        "the device has several containments: name one",
    ),
    row(
        Refused::NothingToEnd,
        "nothing_to_end",
        Kind::Changed,
        "nothing that Quell holds is there to be ended",
    ),
    row(
        Refused::Overtaken,
        "overtaken",
        Kind::Changed,
        "somebody else did it in this moment",
    ),
    row(
        Refused::StopFile,
        "stop_file",
        Kind::Changed,
        "the stop file is there and would stop everything again: remove it first",
    ),
    row(
        Refused::NothingToStop,
        "nothing_to_stop",
        Kind::Changed,
        "the database knows no tenant yet",
    ),
    row(
        Refused::NeverEnds,
        "never_ends",
        Kind::Changed,
        "the containment never ends by itself, so it cannot be extended",
    ),
    row(
        Refused::RevokedBefore,
        "revoked_before",
        Kind::Changed,
        "the revision was revoked before",
    ),
    row(
        Refused::LetterStays,
        "dead_letter_stays",
        Kind::Changed,
        "the dead letter could not be ended; the detail says why",
    ),
    row(
        Refused::Stale,
        "stale",
        Kind::Unseen,
        "`If-Match` names another state than the one that is there: look again",
    ),
    row(
        Refused::Guard,
        "guard",
        Kind::Guard,
        "a guard refuses whoever asks: a stop, a list of `never`, a cap, a limit, a device that cannot be contained",
    ),
    row(
        Refused::BadEnd,
        "bad_end",
        Kind::Unfit,
        "that end has passed, is too far away, or is earlier without `shorten`",
    ),
    row(
        Refused::BadPlaybooks,
        "bad_playbooks",
        Kind::Unfit,
        "the playbooks are wrong; `answer` says where",
    ),
    row(
        Refused::SecondPerson,
        "second_person",
        Kind::Unfit,
        "a second person passed a protection for the time that was approved, and no longer",
    ),
    row(
        Refused::NoSuchRun,
        "no_such_run",
        Kind::Missing,
        "no single release run has such an id",
    ),
    row(
        Refused::NotStopped,
        "not_stopped",
        Kind::Changed,
        "no such stop is in force: nothing was ended, and `answer` says which are",
    ),
];

impl Refused {
    /// Its row.
    pub fn row(self) -> &'static Row {
        // The test holds the order.
        &TABLE[self as usize]
    }

    /// What kind of no it is.
    pub fn kind(self) -> Kind {
        self.row().kind
    }
}

impl Kind {
    /// The exit code of a command that says it.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Missing | Self::Changed | Self::Unseen | Self::Unfit => 1,
            Self::NotAllowed => 4,
            Self::Guard => 5,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchRequest => Self::NoSuchRequest,
            Refusal::Over => Self::Over,
            Refusal::NotAllowed => Self::NotAllowed,
            Refusal::AnsweredBefore => Self::AnsweredBefore,
            Refusal::Guard => Self::Guard,
            Refusal::Changed => Self::Changed,
            Refusal::MayGrow => Self::MayGrow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_one_row_in_its_place_and_a_name_of_its_own() {
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(row.why as usize, at, "{}", row.name);
            assert!(!row.means.is_empty());
            let others = TABLE.iter().filter(|other| other.name == row.name);
            assert_eq!(others.count(), 1, "{}", row.name);
        }
        assert_eq!(
            Refused::NotStopped as usize,
            TABLE.len() - 1,
            "the last one has its row too"
        );
    }

    #[test]
    fn what_a_person_may_not_and_what_a_guard_refuses_have_exit_codes_of_their_own() {
        assert_eq!(Refused::NotAllowed.kind().exit_code(), 4);
        assert_eq!(Refused::from(Refusal::Guard).kind().exit_code(), 5);
        assert_eq!(Refused::from(Refusal::Changed).kind().exit_code(), 1);
    }
}
