//! The rate windows: a counter by the algorithm asked for, and an exact account of the most calls that any window held,
//! whatever the algorithm.
//!
//! Used by the pipeline for every call that carries a good token. It never looks at a clock: `now` comes from the
//! caller, which hands in non-decreasing readings because it holds the simulator's lock.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::simulator::options::{BudgetScope, Window, WindowAlgorithm};

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
}

/// The most calls that any span of one window's length held, over all callers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowUse {
    /// `actions`, `reads`, or `all` when the counter is shared.
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
    windows: Vec<(Window, Duration)>,
    shared: bool,
    counts_rejected: bool,
    algorithm: WindowAlgorithm,
    origin: Instant,
    logs: HashMap<(Caller, &'static str), Vec<Counted>>,
}

impl Windows {
    /// `windows` pairs each unscaled window with its length here; fixed windows begin at `origin`.
    pub fn new(
        windows: Vec<(Window, Duration)>,
        scope: BudgetScope,
        counts_rejected: bool,
        algorithm: WindowAlgorithm,
        origin: Instant,
    ) -> Self {
        Self {
            windows,
            shared: scope == BudgetScope::Shared,
            counts_rejected,
            algorithm,
            origin,
            logs: HashMap::new(),
        }
    }

    /// Counts a call, and lets it through if no window is full.
    ///
    /// # Errors
    /// [`Exceeded`] for the window that keeps the caller waiting longest.
    pub fn admit(&mut self, caller: &Caller, kind: CallKind, now: Instant) -> Result<(), Exceeded> {
        let scope = self.scope_of(kind);
        let log = self.logs.entry((caller.clone(), scope)).or_insert_with(|| {
            self.windows
                .iter()
                .map(|(window, span)| Counted {
                    window: *window,
                    span: *span,
                    arrivals: VecDeque::new(),
                    counter: Counter::new(self.algorithm, *window, *span, self.origin),
                    most: 0,
                })
                .collect()
        });
        let full: Vec<bool> = log.iter_mut().map(|one| one.arrive(now)).collect();
        let refused = full.contains(&true);
        if !refused || self.counts_rejected {
            log.iter_mut().for_each(|one| one.counter.count(now));
        }
        let filled = log.iter().zip(full).filter_map(|(one, full)| full.then_some(one));
        match filled
            .map(|one| one.exceeded(scope, now))
            .max_by_key(|exceeded| exceeded.wait)
        {
            Some(exceeded) => Err(exceeded),
            None => Ok(()),
        }
    }

    /// The most that each window held so far, one entry per scope and window, also where nothing came.
    pub fn most(&self) -> Vec<WindowUse> {
        let scopes: &[&str] = if self.shared {
            &["all"]
        } else {
            &["actions", "reads"]
        };
        let mut uses = Vec::new();
        for scope in scopes {
            for (index, (window, _)) in self.windows.iter().enumerate() {
                let of_scope = self.logs.iter().filter(|((_, of), _)| of == scope);
                uses.push(WindowUse {
                    scope: (*scope).to_owned(),
                    per_seconds: window.per.as_secs(),
                    limit: window.limit,
                    most: of_scope.map(|(_, log)| log[index].most).max().unwrap_or(0) as u64,
                });
            }
        }
        uses
    }

    fn scope_of(&self, kind: CallKind) -> &'static str {
        match kind {
            _ if self.shared => "all",
            CallKind::Action => "actions",
            CallKind::Read => "reads",
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        windows.admit(&caller("a"), CallKind::Action, now)
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
            .admit(&caller("a"), CallKind::Read, start)
            .expect("reads have their own counter");
        apart
            .admit(&caller("b"), CallKind::Action, start)
            .expect("another app has its own counter");

        let mut shared = windows(true, BudgetScope::Shared);
        for _ in 0..3 {
            admit(&mut shared, start).expect("three calls fit a minute");
        }
        let refused = shared
            .admit(&caller("a"), CallKind::Read, start)
            .expect_err("one counter for everything");
        assert_eq!(refused.scope, "all");
        assert_eq!(
            shared.most().iter().map(|one| one.most).collect::<Vec<_>>(),
            [4, 4]
        );
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
