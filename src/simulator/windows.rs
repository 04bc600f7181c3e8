//! The rate windows: a counter by the algorithm asked for, and an exact account of the most calls that any window held,
//! whatever the algorithm.
//!
//! Used by the pipeline for every call that carries a good token. It never looks at a clock: `now` comes from the
//! caller, which hands in non-decreasing readings because it holds the simulator's lock.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::simulator::options::{BudgetScope, Window, WindowAlgorithm};
use crate::simulator::route::Endpoint;

mod counter;

use counter::Counter;

/// Whose budget a call uses: the service counts by tenant and application (facts sheet 7, `[STAFF]`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The directory that the token was issued for.
    pub tenant: String,
    /// The application's client id.
    pub app: String,
}

/// What a call counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// Restrict, release, cancel.
    Action,
    /// Everything that only reads.
    Read,
}

/// What a call is counted as: its kind, and the endpoint where each has its own counter.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Action or read.
    pub kind: CallKind,
    /// Which endpoint.
    pub endpoint: Endpoint,
}

/// A call was one too many for a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Exceeded {
    /// The counter that it hit.
    pub scope: &'static str,
    /// The window, unscaled.
    pub window: Window,
    /// How many calls lay in the window, this one and refused ones included.
    pub held: usize,
    /// How long until a call would be let through again, in real (scaled) time.
    pub wait: Duration,
    /// It came although an earlier refusal had said to wait longer.
    pub early: bool,
}

/// The most calls that any span of one window's length held, over all callers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowUse {
    /// `actions`, `reads`, or `all` when the counter is shared; an endpoint's name where it has its own.
    pub scope: String,
    /// The window's length in Defender's seconds, unscaled.
    pub per_seconds: u64,
    /// Most calls allowed.
    pub limit: u32,
    /// Most calls seen, rejected ones included.
    pub most: u64,
}

/// All counters of a simulator.
#[derive(Debug)]
pub struct Windows {
    windows: Lengths,
    own: HashMap<Endpoint, Lengths>,
    scope: BudgetScope,
    counts_rejected: bool,
    algorithm: WindowAlgorithm,
    origin: Instant,
    logs: HashMap<(Caller, &'static str), Counters>,
}

/// Unscaled windows, each with its length here.
type Lengths = Vec<(Window, Duration)>;

/// The windows of one scope of one caller.
#[derive(Debug, Default)]
struct Counters {
    windows: Vec<Counted>,
    /// Until when the latest refusal said to stay away.
    closed_until: Option<Instant>,
}

impl Windows {
    /// `windows` pairs each unscaled window with its length here; fixed windows begin at `origin`.
    pub fn new(
        windows: Lengths,
        scope: BudgetScope,
        counts_rejected: bool,
        algorithm: WindowAlgorithm,
        origin: Instant,
    ) -> Self {
        Self {
            windows,
            own: HashMap::new(),
            scope,
            counts_rejected,
            algorithm,
            origin,
            logs: HashMap::new(),
        }
    }

    /// Gives an endpoint windows of its own, whatever the scope of the others.
    pub fn with_own(mut self, endpoint: Endpoint, windows: Lengths) -> Self {
        self.own.insert(endpoint, windows);
        self
    }

    /// Counts a call, and lets it through if no window is full.
    ///
    /// # Errors
    /// [`Exceeded`] for the window that keeps the caller waiting longest.
    pub fn admit(&mut self, caller: &Caller, counts: Counts, now: Instant) -> Result<(), Exceeded> {
        let scope = self.scope_of(counts);
        let windows = self.own.get(&counts.endpoint).unwrap_or(&self.windows);
        let log = self
            .logs
            .entry((caller.clone(), scope))
            .or_insert_with(|| Counters {
                windows: windows
                    .iter()
                    .map(|(window, span)| Counted {
                        window: *window,
                        span: *span,
                        arrivals: VecDeque::new(),
                        counter: Counter::new(self.algorithm, *window, *span, self.origin),
                        most: 0,
                    })
                    .collect(),
                closed_until: None,
            });
        let early = log.closed_until.is_some_and(|until| now < until);
        let full: Vec<bool> = log.windows.iter_mut().map(|one| one.arrive(now)).collect();
        let refused = full.contains(&true);
        if !refused || self.counts_rejected {
            log.windows.iter_mut().for_each(|one| one.counter.count(now));
        }
        let filled = log
            .windows
            .iter()
            .zip(full)
            .filter_map(|(one, full)| full.then_some(one));
        let exceeded = filled
            .map(|one| one.exceeded(scope, now))
            .max_by_key(|exceeded| exceeded.wait);
        match exceeded {
            Some(exceeded) => {
                log.closed_until = Some(now + exceeded.wait);
                Err(Exceeded { early, ..exceeded })
            }
            None => Ok(()),
        }
    }

    /// The most that each window held so far: one entry per window of the scopes that are always there, also where nothing
    /// came, and of every other scope that was used.
    pub fn most(&self) -> Vec<WindowUse> {
        let always: &[&'static str] = match self.scope {
            BudgetScope::Shared => &["all"],
            BudgetScope::ActionsAndReads => &["actions", "reads"],
            BudgetScope::PerEndpoint => &[],
        };
        let used: BTreeSet<&'static str> = self.logs.keys().map(|(_, scope)| *scope).collect();
        let others = used.into_iter().filter(|scope| !always.contains(scope));
        let mut uses = Vec::new();
        for scope in always.iter().copied().chain(others) {
            let own = self.own.iter().find(|(endpoint, _)| endpoint.name() == scope);
            let windows = own.map_or(&self.windows, |(_, windows)| windows);
            for (index, (window, _)) in windows.iter().enumerate() {
                let of_scope = self.logs.iter().filter(|((_, of), _)| *of == scope);
                uses.push(WindowUse {
                    scope: scope.to_owned(),
                    per_seconds: window.per.as_secs(),
                    limit: window.limit,
                    most: of_scope
                        .map(|(_, log)| log.windows[index].most)
                        .max()
                        .unwrap_or(0) as u64,
                });
            }
        }
        uses
    }

    fn scope_of(&self, counts: Counts) -> &'static str {
        match self.scope {
            _ if self.own.contains_key(&counts.endpoint) => counts.endpoint.name(),
            BudgetScope::PerEndpoint => counts.endpoint.name(),
            BudgetScope::Shared => "all",
            BudgetScope::ActionsAndReads => match counts.kind {
                CallKind::Action => "actions",
                CallKind::Read => "reads",
            },
        }
    }
}

/// One window of one caller.
#[derive(Debug)]
struct Counted {
    window: Window,
    span: Duration,
    /// Every call, for the account.
    arrivals: VecDeque<Instant>,
    /// What takes a place, for the limit.
    counter: Counter,
    most: usize,
}

impl Counted {
    /// Takes note of a call and says whether the window is full already.
    fn arrive(&mut self, now: Instant) -> bool {
        // The account's window is closed: two calls exactly one length apart share it.
        while self
            .arrivals
            .front()
            .is_some_and(|oldest| now.saturating_duration_since(*oldest) > self.span)
        {
            self.arrivals.pop_front();
        }
        self.arrivals.push_back(now);
        self.most = self.most.max(self.arrivals.len());
        self.counter.is_full(now)
    }

    /// What to tell the latest call, which came when this window was full.
    fn exceeded(&self, scope: &'static str, now: Instant) -> Exceeded {
        Exceeded {
            scope,
            window: self.window,
            held: self.arrivals.len(),
            wait: self.counter.wait(now),
            early: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTION: Counts = Counts {
        kind: CallKind::Action,
        endpoint: Endpoint::Restrict,
    };
    const READ: Counts = Counts {
        kind: CallKind::Read,
        endpoint: Endpoint::ListActions,
    };

    fn windows(counts_rejected: bool, scope: BudgetScope) -> Windows {
        let minute = Window::new(3, 60);
        let hour = Window::new(5, 3600);
        Windows::new(
            vec![(minute, minute.per), (hour, hour.per)],
            scope,
            counts_rejected,
            WindowAlgorithm::SlidingLog,
            Instant::now(),
        )
    }

    fn caller(app: &str) -> Caller {
        Caller {
            tenant: "t".to_owned(),
            app: app.to_owned(),
        }
    }

    fn admit(windows: &mut Windows, now: Instant) -> Result<(), Exceeded> {
        windows.admit(&caller("a"), ACTION, now)
    }

    #[tokio::test(start_paused = true)]
    async fn the_call_over_the_limit_is_refused_and_told_when_to_come_back() {
        let start = Instant::now();
        let mut windows = windows(false, BudgetScope::ActionsAndReads);
        for second in 0..3 {
            admit(&mut windows, start + Duration::from_secs(second)).expect("three calls fit a minute");
        }
        let refused = admit(&mut windows, start + Duration::from_secs(10)).expect_err("the fourth does not");
        assert_eq!((refused.window.limit, refused.held), (3, 4));
        assert_eq!(refused.wait, Duration::from_secs(50));
        let on_the_edge = start + Duration::from_secs(60);
        admit(&mut windows, on_the_edge).expect_err("a window of 60 s includes both its ends");
        admit(&mut windows, on_the_edge + Duration::from_millis(1)).expect("the first has left the window");
        assert_eq!(
            windows.most()[0].most,
            5,
            "the account holds the refused ones too"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn refused_calls_keep_the_window_full_when_they_count() {
        let start = Instant::now();
        let mut windows = windows(true, BudgetScope::ActionsAndReads);
        for _ in 0..3 {
            admit(&mut windows, start).expect("three calls fit a minute");
        }
        let refused = admit(&mut windows, start + Duration::from_secs(30)).expect_err("the fourth does not");
        assert_eq!(
            refused.wait,
            Duration::from_secs(30),
            "when the first three have left, two places are free"
        );
        let later = start + Duration::from_secs(61);
        admit(&mut windows, later).expect("one rejected call is left in the window");
        let hour =
            admit(&mut windows, later + Duration::from_secs(61)).expect_err("five calls lie in the hour");
        assert_eq!((hour.window.limit, hour.held), (5, 6));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_and_scopes_have_counters_of_their_own() {
        let start = Instant::now();
        let mut apart = windows(true, BudgetScope::ActionsAndReads);
        for _ in 0..3 {
            admit(&mut apart, start).expect("three calls fit a minute");
        }
        apart
            .admit(&caller("a"), READ, start)
            .expect("reads have their own counter");
        apart
            .admit(&caller("b"), ACTION, start)
            .expect("another app has its own counter");

        let mut shared = windows(true, BudgetScope::Shared);
        for _ in 0..3 {
            admit(&mut shared, start).expect("three calls fit a minute");
        }
        let refused = shared
            .admit(&caller("a"), READ, start)
            .expect_err("one counter for everything");
        assert_eq!(refused.scope, "all");
        assert_eq!(
            shared.most().iter().map(|one| one.most).collect::<Vec<_>>(),
            [4, 4]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_can_have_windows_of_its_own_and_each_can() {
        let start = Instant::now();
        let health = Counts {
            kind: CallKind::Read,
            endpoint: Endpoint::DeviceAvInfo,
        };
        let two = Window::new(2, 60);
        let mut own =
            windows(true, BudgetScope::Shared).with_own(Endpoint::DeviceAvInfo, vec![(two, two.per)]);
        for _ in 0..2 {
            own.admit(&caller("a"), health, start).expect("two fit");
        }
        let refused = own
            .admit(&caller("a"), health, start)
            .expect_err("the third does not");
        assert_eq!((refused.scope, refused.early), ("device_av_info", false));
        let again = own
            .admit(&caller("a"), health, start)
            .expect_err("nor the fourth");
        assert!(again.early, "it was told to wait");
        own.admit(&caller("a"), READ, start)
            .expect("the others have their own");

        let mut each = windows(true, BudgetScope::PerEndpoint);
        for _ in 0..3 {
            admit(&mut each, start).expect("three calls fit a minute");
        }
        let release = Counts {
            endpoint: Endpoint::Release,
            ..ACTION
        };
        each.admit(&caller("a"), release, start)
            .expect("another endpoint");
        let scopes: Vec<_> = each.most().iter().map(|one| one.scope.clone()).collect();
        assert_eq!(scopes, ["release", "release", "restrict", "restrict"]);
    }

    proptest::proptest! {
        #[test]
        fn the_account_agrees_with_counting_every_window_by_hand(gaps in proptest::collection::vec(0u64..40, 1..60)) {
            let mut windows = windows(true, BudgetScope::ActionsAndReads);
            let mut now = Instant::now();
            let mut calls = Vec::new();
            for gap in gaps {
                now += Duration::from_secs(gap);
                calls.push(now);
                let before = calls.iter().filter(|at| now - **at <= Duration::from_secs(60)).count();
                let hour = calls.iter().filter(|at| now - **at <= Duration::from_secs(3600)).count();
                let admitted = admit(&mut windows, now).is_ok();
                proptest::prop_assert_eq!(admitted, before <= 3 && hour <= 5);
            }
            let by_hand = |span: u64| {
                let held = |end: &Instant| calls.iter().filter(|at| *at <= end && *end - **at <= Duration::from_secs(span)).count();
                calls.iter().map(held).max().unwrap_or(0) as u64
            };
            let most: Vec<u64> = windows.most()[..2].iter().map(|one| one.most).collect();
            proptest::prop_assert_eq!(most, vec![by_hand(60), by_hand(3600)]);
        }
    }
}
