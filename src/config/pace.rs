//! `call`, `reconcile`, `facts`, `retry`: how long things take and how often they happen, as configured, unscaled.

use std::time::Duration;

use super::section::{Reading, Section};
use crate::domain::action::OnAmbiguous;
use crate::yaml::Code;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// However time is scaled, a call has this long to leave us.
pub const SHORTEST_SEND_DEADLINE: Duration = Duration::from_millis(500);

/// However time is scaled, a call has this long to be answered.
pub const SHORTEST_TOTAL_TIMEOUT: Duration = SECOND;

/// `call`: the spans that bound one call to Defender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `send_deadline`: from the reservation of a slot until the call must have left. Default 5 s, at least 500 ms in real
    /// time.
    pub send_deadline: Duration,
    /// `connect_timeout`: to connect, TLS included; part of `total_timeout`. Default 5 s.
    pub connect_timeout: Duration,
    /// `total_timeout`: from the call until its whole answer is read. Default 30 s, at least 1 s in real time.
    pub total_timeout: Duration,
    /// `server_tail`: how long Defender may still execute a request that we have given up on. Default 60 s.
    pub server_tail: Duration,
    /// `list_lag`: how long an executed action may be missing from Defender's list. Default 25 s.
    pub list_lag: Duration,
    /// `cancel_after`: a restriction that Defender has not carried out after so long, and that nothing wants any more, is
    /// cancelled there, so that its release need not wait for an offline device. Default 2 min.
    pub cancel_after: Duration,
    /// `on_ambiguous.restrict`: what becomes of a restriction whose call was not answered and that Defender's list does not
    /// show when it should: `look_up`, call again; `hold`, leave it to a person. Default `look_up`.
    pub ambiguous_restrict: OnAmbiguous,
    /// `on_ambiguous.release`: the same of a release; with `hold` a person is told, and it is tried ever more slowly. Default
    /// `look_up`.
    pub ambiguous_release: OnAmbiguous,
    /// `concurrency`: calls in flight at once, at most. Default 16.
    pub concurrency: u32,
}

impl Call {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let short = SHORTEST_SEND_DEADLINE..=5 * MINUTE;
        let policies = [("look_up", OnAmbiguous::LookUp), ("hold", OnAmbiguous::Hold)];
        let mut ambiguous = section.section("on_ambiguous", reading);
        let ambiguous_restrict = ambiguous.choice("restrict", &policies, OnAmbiguous::LookUp, reading);
        let ambiguous_release = ambiguous.choice("release", &policies, OnAmbiguous::LookUp, reading);
        ambiguous.close(reading);
        let call = Self {
            send_deadline: section.duration("send_deadline", short.clone(), 5 * SECOND, reading),
            connect_timeout: section.duration("connect_timeout", short, 5 * SECOND, reading),
            total_timeout: section.duration(
                "total_timeout",
                SHORTEST_TOTAL_TIMEOUT..=10 * MINUTE,
                30 * SECOND,
                reading,
            ),
            server_tail: section.duration("server_tail", Duration::ZERO..=HOUR, 60 * SECOND, reading),
            list_lag: section.duration("list_lag", Duration::ZERO..=HOUR, 25 * SECOND, reading),
            cancel_after: section.duration("cancel_after", SECOND..=7 * DAY, 2 * MINUTE, reading),
            ambiguous_restrict,
            ambiguous_release,
            concurrency: section.count("concurrency", 1..=256, 16, reading),
        };
        if let (true, Some(node)) = (call.connect_timeout > call.total_timeout, section.node()) {
            let message = "`call.connect_timeout` is longer than `call.total_timeout`, of which it is a part";
            reading.found.push(node.diagnostic(Code::BAD_TIMES, message));
        }
        section.close(reading);
        call
    }
}

/// `reconcile`: how often Defender's list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconcile {
    /// `fast`: while an open action is young. Default 5 s.
    pub fast: Duration,
    /// `slow`: while all open actions are old, as those of offline devices are. Default 5 min.
    pub slow: Duration,
    /// `young_for`: an action is young for so long. Default 10 min.
    pub young_for: Duration,
}

impl Reconcile {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let reconcile = Self {
            fast: section.duration("fast", SECOND..=HOUR, 5 * SECOND, reading),
            slow: section.duration("slow", SECOND..=DAY, 5 * MINUTE, reading),
            young_for: section.duration("young_for", SECOND..=DAY, 10 * MINUTE, reading),
        };
        if let (true, Some(node)) = (reconcile.fast > reconcile.slow, section.node()) {
            let message = "`reconcile.fast` is longer than `reconcile.slow`";
            reading.found.push(node.diagnostic(Code::BAD_TIMES, message));
        }
        section.close(reading);
        reconcile
    }
}

/// `facts`: what is known of devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `max_age`: older facts are unknown, and fetched again. Default 4 h.
    pub max_age: Duration,
    /// `wait`: how long an event waits for them; then each playbook's `if_unknown` holds. Default 60 s.
    pub wait: Duration,
    /// `alert_info_wait`: how long evidence of the streaming API that lacks title, severity or category waits for the
    /// `AlertInfo` of its alert; then `if_unknown` holds. Default 60 s; zero: it does not wait.
    pub alert_info_wait: Duration,
    /// `inventory`: how all devices are read.
    pub inventory: Inventory,
}

/// `facts.inventory`: how all devices are read, page by page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// `every`: from one reading to the next; zero: never. Default 2 h.
    pub every: Duration,
    /// `max_age`: what an older complete reading counted is not known any more. Default 1 d.
    pub max_age: Duration,
    /// `page`: devices in one read, at most. Default 1,000.
    pub page: u32,
}

impl Facts {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let mut inventory = section.section("inventory", reading);
        let facts = Self {
            max_age: section.duration("max_age", MINUTE..=30 * DAY, 4 * HOUR, reading),
            wait: section.duration("wait", SECOND..=HOUR, MINUTE, reading),
            alert_info_wait: section.duration("alert_info_wait", Duration::ZERO..=HOUR, MINUTE, reading),
            inventory: Inventory {
                every: inventory.duration("every", Duration::ZERO..=7 * DAY, 2 * HOUR, reading),
                max_age: inventory.duration("max_age", MINUTE..=30 * DAY, DAY, reading),
                page: inventory.count("page", 1..=10_000, 1_000, reading),
            },
        };
        inventory.close(reading);
        section.close(reading);
        facts
    }
}

/// `retry`: what follows an action that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// `max`: so many more are tried; then a restriction needs a person, and a release goes on ever slower, from
    /// `cap` up to 144 times that. Default 3.
    pub max: u32,
    /// `initial`: the delay before the first; doubled for each that follows. Default 30 s.
    pub initial: Duration,
    /// `cap`: no delay of these retries is longer. Default 10 min.
    pub cap: Duration,
}

impl Retry {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let retry = Self {
            max: section.count("max", 0..=20, 3, reading),
            initial: section.duration("initial", SECOND..=HOUR, 30 * SECOND, reading),
            cap: section.duration("cap", SECOND..=DAY, 10 * MINUTE, reading),
        };
        if let (true, Some(node)) = (retry.initial > retry.cap, section.node()) {
            let message = "`retry.initial` is longer than `retry.cap`";
            reading.found.push(node.diagnostic(Code::BAD_TIMES, message));
        }
        section.close(reading);
        retry
    }
}

/// The three spans that stand at the top of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans {
    /// `freshness`: an older event asks instead of acting. Default 1 h.
    pub freshness: Duration,
    /// `validity`: a restriction that was not sent within this span is not sent any more. Default 24 h.
    pub validity: Duration,
    /// `lease`: how long a replica that dies keeps the dispatch. Never scaled. Default 15 s.
    pub lease: Duration,
}

impl Spans {
    pub(super) fn read(section: &mut Section<'_>, reading: &mut Reading) -> Self {
        Self {
            freshness: section.duration("freshness", SECOND..=30 * DAY, HOUR, reading),
            validity: section.duration("validity", MINUTE..=30 * DAY, DAY, reading),
            lease: section.duration("lease", 3 * SECOND..=5 * MINUTE, 15 * SECOND, reading),
        }
    }
}

/// Divides a span by the time scale, but never to nothing.
pub(super) fn scale(span: Duration, by: u32) -> Duration {
    if span.is_zero() {
        span
    } else {
        (span / by.max(1)).max(MS)
    }
}
