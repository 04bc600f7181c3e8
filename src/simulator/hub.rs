//! What a running simulator holds: its options, its clocks, and behind one lock everything that changes.
//!
//! Shared by the pipeline, the API and the handle that tests keep. The lock is never held across an await, and long
//! work (searching and writing a list of ten thousand actions) is done on a snapshot outside it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::simulator::action::{Details, Kind, Request, Source};
use crate::simulator::alert::Alert;
use crate::simulator::book::Book;
use crate::simulator::clock::Clock;
use crate::simulator::device;
use crate::simulator::fault::Fault;
use crate::simulator::journal::{Entry, Journal};
use crate::simulator::options::{Faults, Options, Window};
use crate::simulator::report::{Report, Tally};
use crate::simulator::route::{Call, Endpoint};
use crate::simulator::rule::Rules;
use crate::simulator::switches::Switches;
use crate::simulator::token::Tokens;
use crate::simulator::windows::Windows;

/// Who acts in the portal.
const ANALYST: &str = "analyst@contoso.example";

/// A running simulator, seen from inside.
#[derive(Debug)]
pub struct Hub {
    /// As it was started; of the faults only the initial ones.
    pub options: Options,
    /// Its clocks.
    pub clock: Clock,
    /// Where it is reached: `http://127.0.0.1:port`.
    pub origin: String,
    /// What the control pages must be shown.
    pub control_token: String,
    /// Cancelled when it is to stop.
    pub stopping: CancellationToken,
    moved: watch::Sender<u64>,
    state: Mutex<State>,
}

/// Everything that changes.
#[derive(Debug)]
pub struct State {
    /// The actions and the devices.
    pub book: Book,
    /// The rate windows.
    pub windows: Windows,
    /// The tokens.
    pub tokens: Tokens,
    /// The requests.
    pub journal: Journal,
    /// The counters.
    pub tally: Tally,
    /// What goes wrong at present, by percentage.
    pub faults: Faults,
    /// What goes wrong at present, on demand.
    pub rules: Rules,
    /// How it answers at present.
    pub switches: Switches,
    /// The alerts, oldest first.
    pub alerts: Vec<Alert>,
    /// Calls that are carried out after their connection has ended.
    pub later: JoinSet<()>,
    dice: fastrand::Rng,
}

impl Hub {
    /// A simulator that nobody has called yet.
    pub fn new(options: Options, origin: String) -> Self {
        let clock = Clock::start(options.scale);
        let scaled = |windows: &[Window]| -> Vec<_> {
            let each = windows.iter();
            each.map(|window| (*window, clock.scaled(window.per))).collect()
        };
        let mut rules = Rules::default();
        for rule in &options.rules {
            let lasts = rule.lasts.map(|lasts| clock.scaled(lasts.0));
            rules.add(rule.clone(), lasts, clock.now());
        }
        let drawn = || Uuid::new_v4().simple().to_string();
        let control_token = options.control_token.clone().unwrap_or_else(drawn);
        let state = State {
            book: Book::default(),
            windows: Windows::new(
                scaled(&options.windows),
                options.budget_scope,
                options.window_counts_rejected,
                options.window_algorithm,
                clock.now(),
            )
            .with_own(Endpoint::DeviceAvInfo, scaled(&options.health_windows))
            .with_own(Endpoint::LiveResponse, scaled(&options.live_response_windows)),
            tokens: Tokens::default(),
            journal: Journal::new(options.journal_limit),
            tally: Tally::default(),
            faults: options.faults,
            rules,
            switches: Switches::of(&options),
            alerts: options.alerts.iter().cloned().map(Into::into).collect(),
            later: JoinSet::new(),
            dice: fastrand::Rng::with_seed(options.seed),
        };
        let (moved, _) = watch::channel(0);
        Self {
            options,
            clock,
            origin,
            control_token,
            stopping: CancellationToken::new(),
            moved,
            state: Mutex::new(state),
        }
    }

    /// The state, for a short while.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a request down and tells whoever waits.
    pub fn record(&self, entry: Entry) {
        self.state().journal.write(entry);
        self.stir();
    }

    /// Wakes whoever waits for something to happen.
    pub fn stir(&self) {
        self.moved.send_modify(|times| *times += 1);
    }

    /// How much has happened: grows with every request and every step of an action.
    pub fn progress(&self) -> u64 {
        let mut state = self.state();
        state.book.settle(&self.clock, self.clock.now());
        state.journal.written() + state.book.changes()
    }

    /// A receiver that sees every request from now on.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// Waits for the next request or the next step of an action.
    pub async fn next_move(&self, requests: &mut watch::Receiver<u64>) {
        let due = self.state().book.next_due();
        let step = async {
            match due {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // The sender lives as long as `self`, so this ends with a request only.
            _ = requests.changed() => {}
            () = step => {}
        }
    }

    /// What was seen so far.
    pub fn report(&self) -> Report {
        let mut state = self.state();
        state.book.settle(&self.clock, self.clock.now());
        let State {
            book, windows, tally, ..
        } = &*state;
        let mut report = Report {
            scale: self.options.scale,
            token_requests: tally.token_requests,
            action_calls: tally.action_calls,
            read_calls: tally.read_calls,
            rejected_429: tally.rejected_429,
            early_after_429: tally.early_after_429,
            without_token: tally.without_token,
            bad_tokens: tally.bad_tokens,
            forbidden: tally.forbidden,
            unknown_paths: tally.unknown_paths,
            most_in_window: windows.most(),
            duplicates: tally.duplicates,
            opposite_while_open: tally.opposite_while_open,
            restricted_now: book.restricted(),
            isolated_now: book.isolated(),
            quarantined_files: book.quarantined_files(),
            actions_by_status: Default::default(),
            actions_by_type: Default::default(),
            actions_open: 0,
            faults: tally.faults,
            timeline_refused: tally.tripped.clone(),
            violations: tally.violations.clone(),
        };
        for (kind, status, count) in state.book.counts().filter(|(.., count)| *count > 0) {
            *report
                .actions_by_status
                .entry(status.wire().to_owned())
                .or_default() += count;
            *report.actions_by_type.entry(kind.wire().to_owned()).or_default() += count;
            report.actions_open += if status.is_open() { count } else { 0 };
        }
        report
    }

    /// Somebody else begins an action in the portal. Gives its id, or nothing when the device is unknown or the
    /// service refuses a duplicate.
    pub fn act_by_other(&self, device: &str, kind: Kind, comment: &str, details: Details) -> Option<String> {
        self.act(device, kind, comment, (ANALYST, Source::Portal), details)
    }

    /// Somebody else calls the open action of a kind back in the portal, whoever began it. Gives its id, or nothing when
    /// none is open.
    pub fn cancel_by_other(&self, device: &str, kind: Kind, comment: &str) -> Option<String> {
        let now = self.clock.now();
        let mut state = self.state();
        state.book.settle(&self.clock, now);
        let id = state.book.open_of(device, kind)?;
        let takes_effect = state.draw_cancel_race();
        let by = (ANALYST, comment);
        let cancelled = state.book.cancel(&id, by, takes_effect, &self.clock, now);
        drop(state);
        self.stir();
        cancelled.ok().map(|action| action.id.clone())
    }

    /// A call of the API that was on its way for long is carried out now. Gives its id, or nothing as above. It counts in no
    /// window and stands in no journal: it was counted and written down when it came.
    pub fn act_late(&self, device: &str, kind: Kind, comment: &str) -> Option<String> {
        let by = ("quell", Source::PublicApi);
        self.act(device, kind, comment, by, Details::default())
    }

    fn act(
        &self,
        device: &str,
        kind: Kind,
        comment: &str,
        (requestor, source): (&str, Source),
        details: Details,
    ) -> Option<String> {
        if !device::is_known(&self.options, device) {
            return None;
        }
        let (computer_dns_name, _) = device::name_and_platform(&self.options, device);
        let request = Request {
            kind,
            device: device.to_owned(),
            computer_dns_name,
            requestor: requestor.to_owned(),
            comment: comment.to_owned(),
            title: None,
            external_id: None,
            source,
            details,
        };
        let mut state = self.state();
        let switches = state.switches;
        let placed = state
            .book
            .place(request, &switches, &self.options, &self.clock, self.clock.now());
        drop(state);
        self.stir();
        placed.action.map(|action| action.id.clone())
    }
}

impl State {
    /// How long this reply takes.
    pub fn draw_latency(&mut self, options: &Options) -> Duration {
        let (from, to) = (*options.latency.start(), *options.latency.end());
        from + to.saturating_sub(from).mul_f64(self.dice.f64())
    }

    /// The fault that this call suffers, if any: what a rule orders, or what the dice say.
    pub fn draw_fault(&mut self, call: &Call, now: Instant) -> Option<Fault> {
        let ordered = self
            .rules
            .apply(call.endpoint(), call.device(), now, &mut self.dice);
        let fault = match ordered {
            Some(rule) => Some(Fault::Ordered(rule)),
            None => Fault::draw(&self.faults, call.kind(), &mut self.dice),
        };
        self.tally.faults += u64::from(fault.is_some());
        fault
    }

    /// Whether a cancelled action takes effect all the same, this time.
    pub fn draw_cancel_race(&mut self) -> bool {
        self.dice.f64() * 100.0 < self.switches.cancel_race_percent
    }
}
