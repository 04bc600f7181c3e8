//! Where the model asks the program: what an answer means, what a listing says. The same functions that the daemon calls, so
//! the two cannot drift apart.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use quell::clock::Monotonic;
use quell::domain::action::{ActionEvent, ActionState, Marker, OnAmbiguous};
use quell::domain::answer::{Answer, MachineAction, MachineActionStatus, Refusal};
use quell::domain::budget::CallTiming;
use quell::domain::device::DeviceId;
use quell::domain::verdict::Lane;
use quell::store::{ActionRow, Grant, OpenAction};
use quell::worker::reconcile::{Index, judge};
use quell::worker::record::{Pauses, record};
use uuid::Uuid;

use crate::state::{Finding, Made, Reply, Row, State, Status};

/// A tick of the model.
const TICK: SignedDuration = SignedDuration::from_secs(60);

/// What is written for an answer.
pub struct Written {
    pub event: ActionEvent,
    pub then: Option<ActionEvent>,
    pub is_adopted: bool,
    pub is_refused: bool,
}

/// `worker::record::record`.
pub fn written(state: &State, row: u8, n: u8, reply: Reply) -> Written {
    let its = state.rows.get(row);
    let grant = Grant {
        attempt: id(row),
        action: id(row),
        n: i32::from(n),
        device: device(),
        kind: its.kind,
        argument: None,
        lane: Lane::Normal,
        comment: String::new(),
        send_deadline: Monotonic::now(),
        is_retry: false,
        app_id: String::new(),
    };
    let refusal = |status, code: &str| Refusal {
        status,
        code: code.to_owned(),
        ..Refusal::default()
    };
    let answer = match reply {
        // As it was when the answer was given.
        Reply::Accepted(made) => Answer::Accepted(Box::new(wire(
            made,
            Made {
                status: Status::Pending,
                ..state.made.get(made)
            },
        ))),
        Reply::InProgress => Answer::AlreadyInProgress(refusal(400, "ActiveRequestAlreadyExists")),
        Reply::Throttled => Answer::Throttled {
            retry_after: None,
            window: None,
            refusal: refusal(429, "TooManyRequests"),
        },
        Reply::Rejected => Answer::Rejected(refusal(400, "BadRequest")),
        Reply::NotSent => Answer::NotSent {
            reason: "the send deadline had passed".to_owned(),
        },
        Reply::Unknown => Answer::Unknown {
            reason: "timed out".to_owned(),
            status: None,
        },
    };
    let pauses = Pauses {
        initial: Duration::from_secs(1),
        cap: Duration::from_secs(1),
        forbidden: Duration::from_secs(1),
    };
    let record = record(&answer, &grant, 0, &[], pauses);
    Written {
        event: record.event,
        then: record.then,
        is_adopted: record.change.is_adopted,
        is_refused: record.outcome == "already_in_progress",
    }
}

/// `worker::reconcile::judge`, on a complete listing of this moment.
pub fn found(state: &State, at: u8, ticks: [u8; 4]) -> Option<Finding> {
    let row = state.rows.get(at);
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(500_000);
    let open = OpenAction {
        row: ActionRow {
            id: id(at),
            device: device(),
            kind: row.kind,
            subject: "restriction".to_owned(),
            state: row.state,
            attempts: i32::from(row.n),
            defender_id: row.at_defender.map(|made| made.to_string()),
            defender_status: (row.state == ActionState::Submitted).then(|| "Pending".to_owned()),
            is_adopted: row.is_adopted,
        },
        reserved_at: now - TICK * i32::from(row.age),
        answered_at: row.refused.map(|age| now - TICK * i32::from(age)),
        outcome: row.refused.map(|_| "already_in_progress".to_owned()),
        submitted_at: None,
        is_clock_sure: true,
        in_sight: Duration::ZERO,
    };
    let [send_deadline, total_timeout, server_tail, list_lag] =
        ticks.map(|ticks| TICK.unsigned_abs() * u32::from(ticks));
    let timing = CallTiming {
        send_deadline,
        total_timeout,
        server_tail,
        list_lag,
    };
    let mut listing: Vec<MachineAction> = Vec::new();
    for (number, made) in state.made.all().filter(|(_, made)| made.unlisted.is_none()) {
        // The newest first.
        listing.insert(0, wire(u8::try_from(number).expect("few"), made));
    }
    let finding = judge(&open, &Index::new(&listing), now, timing, OnAmbiguous::LookUp)?;
    let mut events = finding.events.iter().copied();
    let made = finding.change.defender_id;
    Some(Finding {
        row: at,
        n: row.n,
        events: [events.next(), events.next()],
        made: made.map(|id| id.parse().expect("the number that `wire` wrote")),
        is_adopted: finding.change.is_adopted,
    })
}

/// The status as Defender writes it.
pub fn status(status: Status) -> MachineActionStatus {
    match status {
        Status::Pending => MachineActionStatus::Pending,
        Status::Succeeded => MachineActionStatus::Succeeded,
        Status::Failed => MachineActionStatus::Failed,
        Status::TimedOut => MachineActionStatus::TimeOut,
        Status::Cancelled => MachineActionStatus::Cancelled,
    }
}

fn wire(number: u8, made: Made) -> MachineAction {
    let comment = made.by.map(|(row, n)| {
        let marker = Marker {
            action: id(row),
            attempt: i32::from(n),
        };
        marker.to_string()
    });
    MachineAction {
        id: number.to_string(),
        kind: made.kind.wire(),
        status: status(made.status),
        machine_id: Some(device().to_string()),
        requestor_comment: comment,
        requestor: None,
        created_at: None,
        updated_at: None,
        error_hresult: 0,
        external_id: None,
    }
}

/// A row that is open and whose fate is not known.
pub fn is_undecided(row: &Row) -> bool {
    matches!(row.state, ActionState::Submitting | ActionState::InDoubt)
}

fn device() -> DeviceId {
    DeviceId::from_stored("d".to_owned())
}

fn id(row: u8) -> Uuid {
    Uuid::from_u128(u128::from(row) + 1)
}
