//! The points by name, and what becomes of a process that reaches the one it was armed with.

use std::future::{Future, poll_fn};
use std::io::Write as _;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::task::Id;

/// The environment variable that arms a point; `config` reads it.
pub const VARIABLE: &str = "QUELL_FAIL_POINT";

/// Arms no point but events: whoever decides or reads one of these titles dies, or panics.
const POISON: &str = "poison";
const POISON_TITLE: &str = "this event kills whoever decides it";
const PANIC_TITLE: &str = "this event makes whoever decides it panic";
const READ_TITLE: &str = "this event makes whoever reads it panic";
const AMONG_TITLE: &str = "this event makes whoever reads it among others panic";

/// One crash point of the call protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// An event was received and nothing of it is stored.
    EventReceivedNothingStored,
    /// It is stored, and its source has not heard that yet.
    StoredNotAcknowledged,
    /// It is acknowledged and claimed from the inbox, and not decided.
    AcknowledgedNotDecided,
    /// The lease is held, and no attempt is written.
    LeasedNoAttempt,
    /// The COMMIT of an attempt was sent, and its result not heard.
    AttemptCommitUnknown,
    /// The attempt is committed, and nothing sent.
    AttemptCommittedNothingSent,
    /// The permit is redeemed, and nothing sent: the moment that a pause of the process must not outlast.
    RedeemedNothingSent,
    /// Half of the request is on the wire.
    HalfTheRequestWritten,
    /// Defender has carried the call out, and nothing of its answer was read.
    ProcessedAnswerUnread,
    /// The head of the answer was read, and not its body.
    HeadersReadBodyNot,
    /// The answer was understood, and not recorded.
    ParsedNotRecorded,
    /// The COMMIT of the answer's record was sent, and its result not heard.
    ResultCommitUnknown,
    /// The answer is recorded, and the lease still held.
    RecordedLeaseHeld,
    /// A listing says what became of calls in doubt, and that is not recorded.
    LookUpDoneNotRecorded,
    /// An action was read by its id, and what it says is not recorded.
    ReconcileGetDoneNotRecorded,
    /// A cancel was answered, and that is not recorded.
    CancelDoneNotRecorded,
    /// A release is queued, and the restrict before it not final.
    ReleaseQueuedRestrictNotFinal,
    /// A token was issued, and not kept.
    TokenRefresh,
    /// Another playbook set is active, and this process has not taken it up.
    PlaybookSwap,
    /// A migration is under way.
    Migration,
    /// The process was told to stop, and calls are under way.
    DrainAfterSigterm,
    /// A change of state and its audit row are written, and not committed.
    AuditRowWritten,
}

impl Point {
    /// All of them, in the order of the protocol.
    pub const ALL: [Self; 22] = [
        Self::EventReceivedNothingStored,
        Self::StoredNotAcknowledged,
        Self::AcknowledgedNotDecided,
        Self::LeasedNoAttempt,
        Self::AttemptCommitUnknown,
        Self::AttemptCommittedNothingSent,
        Self::RedeemedNothingSent,
        Self::HalfTheRequestWritten,
        Self::ProcessedAnswerUnread,
        Self::HeadersReadBodyNot,
        Self::ParsedNotRecorded,
        Self::ResultCommitUnknown,
        Self::RecordedLeaseHeld,
        Self::LookUpDoneNotRecorded,
        Self::ReconcileGetDoneNotRecorded,
        Self::CancelDoneNotRecorded,
        Self::ReleaseQueuedRestrictNotFinal,
        Self::TokenRefresh,
        Self::PlaybookSwap,
        Self::Migration,
        Self::DrainAfterSigterm,
        Self::AuditRowWritten,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventReceivedNothingStored => "event_received_nothing_stored",
            Self::StoredNotAcknowledged => "stored_not_acknowledged",
            Self::AcknowledgedNotDecided => "acknowledged_not_decided",
            Self::LeasedNoAttempt => "leased_no_attempt",
            Self::AttemptCommitUnknown => "attempt_commit_unknown",
            Self::AttemptCommittedNothingSent => "attempt_committed_nothing_sent",
            Self::RedeemedNothingSent => "redeemed_nothing_sent",
            Self::HalfTheRequestWritten => "half_the_request_written",
            Self::ProcessedAnswerUnread => "processed_answer_unread",
            Self::HeadersReadBodyNot => "headers_read_body_not",
            Self::ParsedNotRecorded => "parsed_not_recorded",
            Self::ResultCommitUnknown => "result_commit_unknown",
            Self::RecordedLeaseHeld => "recorded_lease_held",
            Self::LookUpDoneNotRecorded => "look_up_done_not_recorded",
            Self::ReconcileGetDoneNotRecorded => "reconcile_get_done_not_recorded",
            Self::CancelDoneNotRecorded => "cancel_done_not_recorded",
            Self::ReleaseQueuedRestrictNotFinal => "release_queued_restrict_not_final",
            Self::TokenRefresh => "token_refresh",
            Self::PlaybookSwap => "playbook_swap",
            Self::Migration => "migration",
            Self::DrainAfterSigterm => "drain_after_sigterm",
            Self::AuditRowWritten => "audit_row_written",
        }
    }

    /// Leaves the other tasks so long that an answer that is on its way gets out.
    fn linger(self) {
        if self == Self::AcknowledgedNotDecided {
            // The answer may be what this very thread would have run next, which no other thread takes from it otherwise.
            tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(300)));
        }
    }
}

/// The point's name, or its number, cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` arms no fail point: write `name`, `name:nth` or `name:nth:stop`")]
pub struct UnknownPoint(String);

#[derive(Debug)]
struct Armed {
    point: Point,
    nth: u64,
    stops: bool,
    hits: AtomicU64,
}

static ARMED: OnceLock<Armed> = OnceLock::new();
static POISONED: AtomicBool = AtomicBool::new(false);
/// What was written and not committed yet, and by which task: other tasks' commits say nothing of it.
static NOTED: Mutex<Vec<(Point, Option<Id>)>> = Mutex::new(Vec::new());

/// Arms a point, once in the life of a process.
///
/// # Errors
/// [`UnknownPoint`].
pub fn arm(text: &str) -> Result<(), UnknownPoint> {
    if text == POISON {
        POISONED.store(true, Ordering::SeqCst);
        return Ok(());
    }
    let armed = read(text).ok_or_else(|| UnknownPoint(text.to_owned()))?;
    // A second arming would be a mistake of the test's; the first holds.
    let _ = ARMED.set(armed);
    Ok(())
}

fn read(text: &str) -> Option<Armed> {
    let mut parts = text.split(':');
    let name = parts.next()?;
    let point = Point::ALL.into_iter().find(|point| point.name() == name)?;
    let nth = parts.next().map_or(Some(1), |nth| nth.parse().ok())?;
    let stops = match parts.next() {
        None => false,
        Some("stop") => true,
        Some(_) => return None,
    };
    (nth > 0 && parts.next().is_none()).then(|| Armed {
        point,
        nth,
        stops,
        hits: AtomicU64::new(0),
    })
}

/// Dies or panics, if events of this title do that here.
pub fn decides(title: Option<&str>) {
    if !POISONED.load(Ordering::SeqCst) {
        return;
    }
    if title == Some(POISON_TITLE) {
        // As with a point that strikes here: what is acknowledged has left by then.
        Point::AcknowledgedNotDecided.linger();
        std::process::abort();
    }
    assert!(title != Some(PANIC_TITLE), "its title asks for a panic");
}

/// Panics, if an event of this title that is read with so many rows does that here.
pub fn reads(title: Option<&str>, rows: usize) {
    if !POISONED.load(Ordering::SeqCst) {
        return;
    }
    assert!(title != Some(READ_TITLE), "its title asks for a panic of readers");
    assert!(
        title != Some(AMONG_TITLE) || rows < 2,
        "its title asks for a panic of who reads several"
    );
}

/// Counts that a point was reached; strikes when it is the armed one and its time has come.
pub fn reached(point: Point) {
    if is_due(point) {
        strike(point);
    }
}

/// Counts that a point was reached; says whether it is the armed one and its time has come, for places that strike a
/// little later.
pub fn is_due(point: Point) -> bool {
    ARMED.get().is_some_and(|armed| {
        armed.point == point && armed.hits.fetch_add(1, Ordering::SeqCst) + 1 == armed.nth
    })
}

/// Ends the process where it stands, or stops it until somebody sends SIGCONT.
pub fn strike(point: Point) {
    let name = point.name();
    // Whoever runs the test may have closed the pipe.
    let _ = writeln!(
        std::io::stderr(),
        "{{\"message\":\"fail point reached\",\"point\":\"{name}\"}}"
    );
    point.linger();
    if ARMED.get().is_some_and(|armed| armed.stops) {
        let _ = std::process::Command::new("kill")
            .args(["-STOP", &std::process::id().to_string()])
            .status();
        return;
    }
    std::process::abort();
}

/// Remembers that this task has written what the point stands for, though not committed it yet.
pub fn note(point: Point) {
    let task = tokio::task::try_id();
    let mut all = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|(_, by)| *by != task);
    all.push((point, task));
}

/// Counts the point as reached if the same task has noted it since.
pub fn noted(point: Point) {
    let mine = (point, tokio::task::try_id());
    let mut all = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
    let before = all.len();
    all.retain(|one| *one != mine);
    let was_noted = all.len() < before;
    drop(all);
    if was_noted {
        reached(point);
    }
}

/// A future that counts its point as reached whenever it waits: a COMMIT waits once, when it has been sent.
pub async fn waiting<F: Future>(point: Point, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = future.as_mut().poll(context);
        if matches!(polled, Poll::Pending) {
            reached(point);
        }
        polled
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Each point and the one place that reaches it.
    const PLACES: [(&str, &str); 22] = [
        ("EventReceivedNothingStored", "web/events.rs"),
        ("StoredNotAcknowledged", "web/events.rs"),
        ("AcknowledgedNotDecided", "worker/decide.rs"),
        ("LeasedNoAttempt", "worker/submit.rs"),
        ("AttemptCommitUnknown", "store/ledger.rs"),
        ("AttemptCommittedNothingSent", "worker/submit.rs"),
        ("RedeemedNothingSent", "defender/failing.rs"),
        ("HalfTheRequestWritten", "defender/failing.rs"),
        ("ProcessedAnswerUnread", "defender/failing.rs"),
        ("HeadersReadBodyNot", "defender/failing.rs"),
        ("ParsedNotRecorded", "worker/submit.rs"),
        ("ResultCommitUnknown", "store/attempts.rs"),
        ("RecordedLeaseHeld", "worker/submit.rs"),
        ("LookUpDoneNotRecorded", "worker/reconcile.rs"),
        ("ReconcileGetDoneNotRecorded", "worker/reconcile.rs"),
        ("CancelDoneNotRecorded", "worker/submit/cancel.rs"),
        ("ReleaseQueuedRestrictNotFinal", "store/converge.rs"),
        ("TokenRefresh", "defender/token.rs"),
        ("PlaybookSwap", "store/playbooks.rs"),
        ("Migration", "store.rs"),
        ("DrainAfterSigterm", "worker/submit.rs"),
        ("AuditRowWritten", "store/actions.rs"),
    ];

    #[test]
    fn every_point_has_its_place_in_the_source() {
        let table: Vec<&str> = PLACES.iter().map(|(point, _)| *point).collect();
        let points: Vec<String> = Point::ALL.iter().map(|point| format!("{point:?}")).collect();
        assert_eq!(points, table, "the table is in the protocol's order, and whole");
        for (point, file) in PLACES {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
            let text = fs::read_to_string(&path).expect("the table names files that exist");
            let is_there = [
                format!("reach!({point}"),
                format!("note!({point}"),
                format!("waiting!({point},"),
                format!("Point::{point})"),
            ]
            .iter()
            .any(|mark| text.contains(mark));
            assert!(is_there, "{file} does not reach {point}");
        }
    }

    #[test]
    fn names_are_those_of_the_variants_and_each_is_another() {
        let snake = |point: Point| {
            let mut name = String::new();
            for letter in format!("{point:?}").chars() {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.extend(letter.to_lowercase());
            }
            name
        };
        let names: BTreeSet<&str> = Point::ALL.iter().map(|point| point.name()).collect();
        assert_eq!(names.len(), Point::ALL.len());
        for point in Point::ALL {
            assert_eq!(point.name(), snake(point));
        }
    }

    #[test]
    fn a_point_is_armed_by_name_and_number() {
        let check = |text: &str, expected: Option<(Point, u64, bool)>| {
            let armed = read(text).map(|armed| (armed.point, armed.nth, armed.stops));
            assert_eq!(armed, expected, "{text}");
        };
        check("migration", Some((Point::Migration, 1, false)));
        check("token_refresh:3", Some((Point::TokenRefresh, 3, false)));
        check(
            "leased_no_attempt:2:stop",
            Some((Point::LeasedNoAttempt, 2, true)),
        );
        for wrong in [
            "",
            "nothing",
            "migration:0",
            "migration:x",
            "migration:1:go",
            "migration:1:stop:2",
        ] {
            check(wrong, None);
        }
    }

    #[tokio::test]
    async fn what_is_not_armed_does_nothing() {
        reached(Point::Migration);
        note(Point::Migration);
        noted(Point::Migration);
        assert!(!is_due(Point::Migration));
        assert_eq!(waiting(Point::Migration, async { 7 }).await, 7);
    }
}
