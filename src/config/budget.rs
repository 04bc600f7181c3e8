//! `tenants[].budget`: what Defender's rate limits allow an app registration, and how its calls share that.

use std::time::Duration;

use super::section::{Reading, Section};
use crate::domain::budget::{BudgetScope, Reserve, RetryQuota, Share, Window};
use crate::yaml::Code;

/// `budget`: how many calls, and how fast. Spans are unscaled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// `scope`: which calls share a counter. Default `actions_and_reads`.
    pub scope: BudgetScope,
    /// `windows`: calls that change something, at most, in any span. Default 100 in 60 s and 1,500 in 1 h.
    pub windows: Vec<Window>,
    /// `share_percent`: the part of each window that is Quell's, where other tools use the app registration too. Default 100.
    pub share: Share,
    /// `reads.windows`: calls that only read, where they have a counter of their own. Default as `windows`.
    pub reads: Vec<Window>,
    /// `antivirus.windows`: looks at the antivirus of devices, which count among the reads too. Default 30 in 60 s and 1,000 in
    /// 1 h.
    pub antivirus: Vec<Window>,
    /// `reads.share_percent`: the part of shared windows that reads may hold. Default 20.
    pub reads_share: Share,
    /// `pacer.interval`: one call per interval, on average, for every lane but critical. Default 606 ms.
    pub pacer_interval: Duration,
    /// `pacer.burst`: calls that may leave at once after a pause. Default 5.
    pub pacer_burst: u32,
    /// `reserve`: what bulk leaves of the longest window for critical calls. Default a twentieth of it, at most 75.
    pub reserve: Reserve,
    /// `retries`: how many repeated calls may come to nothing. Default 10 percent of the calls, and 50 in any case.
    pub retries: RetryQuota,
    /// `ageing`: a lane goes before the one above it when its oldest action has waited longer by this; zero: never. Default
    /// 2 h.
    pub ageing: Duration,
}

/// What Microsoft documents for machine actions, in a minute and in an hour.
const ACTIONS: [u32; 2] = [100, 1_500];

/// What it documents for the antivirus' state.
const ANTIVIRUS: [u32; 2] = [30, 1_000];

fn documented([minute, hour]: [u32; 2]) -> Vec<Window> {
    let window = |limit, per| Window { limit, per };
    vec![window(minute, 60 * SECOND), window(hour, HOUR)]
}

impl Budget {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let scopes = [
            ("actions_and_reads", BudgetScope::ActionsAndReads),
            ("shared", BudgetScope::Shared),
        ];
        let scope = section.choice("scope", &scopes, BudgetScope::ActionsAndReads, reading);
        let windows = windows(&mut section, ACTIONS, reading);
        let share = Share::percent(section.count("share_percent", 1..=100, 100, reading));
        let mut pacer = section.section("pacer", reading);
        let longest = Duration::from_secs(60);
        let pacer_interval = pacer.duration("interval", MS..=longest, Duration::from_millis(606), reading);
        let pacer_burst = pacer.count("burst", 1..=1_000, 5, reading);
        pacer.close(reading);
        let ours: Vec<Window> = windows.iter().map(|window| share.of(*window)).collect();
        let reserve = reserve(section.section("reserve", reading), &ours, reading);
        let mut retries = section.section("retries", reading);
        let retry_quota = RetryQuota {
            percent: retries.count("percent", 0..=100, 10, reading),
            at_least: retries.count("at_least", 0..=1_000_000, 50, reading),
        };
        retries.close(reading);
        let ageing = section.duration("ageing", Duration::ZERO..=30 * DAY, 2 * HOUR, reading);
        let mut reads = section.section("reads", reading);
        let read_windows = self::windows(&mut reads, ACTIONS, reading);
        let reads_share = Share::percent(reads.count("share_percent", 1..=100, 20, reading));
        reads.close(reading);
        let mut antivirus = section.section("antivirus", reading);
        let antivirus_windows = self::windows(&mut antivirus, ANTIVIRUS, reading);
        antivirus.close(reading);
        section.close(reading);
        Self {
            scope,
            windows,
            share,
            reads: read_windows,
            antivirus: antivirus_windows,
            reads_share,
            pacer_interval,
            pacer_burst,
            reserve,
            retries: retry_quota,
            ageing,
        }
    }

    /// Quell's part of these windows.
    pub fn shared(&self, windows: &[Window]) -> Vec<Window> {
        windows.iter().map(|window| self.share.of(*window)).collect()
    }
}

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Reads `reserve`. Half of the longest window at most, or bulk would never leave.
fn reserve(mut section: Section<'_>, ours: &[Window], reading: &mut Reading) -> Reserve {
    let longest = ours.iter().max_by_key(|window| window.per);
    let limit = longest.map_or(0, |window| window.limit);
    let slots = section.count("slots", 0..=1_000_000, (limit / 20).min(75), reading);
    let reserve = Reserve {
        slots,
        at_once: section.count("at_once", 0..=1_000_000, 10, reading).min(slots),
        every: section.duration("every", Duration::ZERO..=DAY, Duration::from_secs(36), reading),
    };
    if let (true, Some(node)) = (slots > limit / 2, section.node()) {
        let message = format!(
            "`{}.slots` is {slots}, more than half of the longest window, which has {limit} slots for Quell",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_WINDOWS, message));
    }
    section.close(reading);
    reserve
}

/// Reads `windows`: at least one, each with a span of its own, and none that another makes needless.
fn windows(section: &mut Section<'_>, default: [u32; 2], reading: &mut Reading) -> Vec<Window> {
    let Some(items) = section.items("windows", 1, reading) else {
        return documented(default);
    };
    let mut windows: Vec<Window> = Vec::new();
    for item in &items {
        let mut window = Section::of(item, reading);
        let limit = window.required_count("limit", 1..=1_000_000, reading);
        let span = Duration::from_secs(1)..=Duration::from_secs(7 * 86_400);
        let per = window.required_duration("per", span, reading);
        window.close(reading);
        let (Some(limit), Some(per)) = (limit, per) else {
            continue;
        };
        let fits = |other: &Window| other.per != per && (other.per < per) == (other.limit < limit);
        if let Some(other) = windows.iter().find(|other| !fits(other) || other.limit == limit) {
            let message = format!(
                "`{}` and the window of {} calls do not go together: the longer span must have the larger limit",
                item.path(),
                other.limit
            );
            reading.found.push(item.diagnostic(Code::BAD_WINDOWS, message));
        }
        windows.push(Window { limit, per });
    }
    if let (true, Some(node)) = (items.is_empty(), section.node()) {
        let message = format!(
            "`{}.windows` is empty: without a window there is no limit",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_WINDOWS, message));
    }
    windows.sort_by_key(|window| window.per);
    windows
}
