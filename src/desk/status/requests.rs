//! What `quell status` says of requests that wait for an answer. Pure.

use jiff::Timestamp;

use crate::desk::words::{counted, question_ends, waits};
use crate::store::approvals::Waiting;

/// The line about it, if anything waits.
pub fn need(requests: &Waiting, now: Timestamp, is_stopped: bool) -> Option<String> {
    let first = requests
        .first_ends_at
        .map(|until| format!(", the first ends {}", question_ends(now, until, is_stopped)))
        .unwrap_or_default();
    let named = match requests.first.as_slice() {
        [] => "`quell approvals list`".to_owned(),
        [one] if requests.requests == 1 => format!("`quell approvals show {one}`"),
        some => format!(
            "{}, {}: `quell approvals list`",
            counted(requests.requests, "request"),
            some.join(", ")
        ),
    };
    let asks = waits(requests.devices, "ask");
    (requests.devices > 0).then(|| format!("{asks} for an answer{first} ({named})"))
}
