//! What a running simulator holds: its options, its clocks, and behind one lock everything that changes.
//!
//! Shared by the pipeline, the API and the handle that tests keep. The lock is never held across an await, and long
//! work (searching and writing a list of ten thousand actions) is done on a snapshot outside it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::simulator::action::{Kind, Request, Source};
use crate::simulator::book::Book;
use crate::simulator::clock::Clock;
use crate::simulator::device;
use crate::simulator::fault::Fault;
use crate::simulator::journal::{Entry, Journal};
use crate::simulator::options::{Faults, Options};
use crate::simulator::report::{Report, Tally};
use crate::simulator::token::Tokens;
use crate::simulator::windows::{CallKind, Windows};

/// A running simulator, seen from inside.
#[derive(Debug)]
pub struct Hub {
    /// As it was started; of the faults only the initial ones.
    pub options: Options,
    /// Its clocks.
    pub clock: Clock,
    /// Where it is reached: `http://127.0.0.1:port`.
    pub origin: String,
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
    /// What goes wrong at present.
    pub faults: Faults,
    dice: fastrand::Rng,
}

impl Hub {
    /// A simulator that nobody has called yet.
    pub fn new(options: Options, origin: String) -> Self {
        let clock = Clock::start(options.scale);
        let windows = options
            .windows
            .iter()
            .map(|window| (*window, clock.scaled(window.per)))
            .collect();
        let state = State {
            book: Book::default(),
            windows: Windows::new(windows, options.budget_scope, options.window_counts_rejected),
            tokens: Tokens::default(),
            journal: Journal::new(options.journal_limit),
            tally: Tally::default(),
            faults: options.faults,
            dice: fastrand::Rng::with_seed(options.seed),
        };
        let (moved, _) = watch::channel(0);
        Self {
            options,
            clock,
            origin,
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
        let mut report = Report {
            scale: self.options.scale,
            token_requests: state.tally.token_requests,
            action_calls: state.tally.action_calls,
            read_calls: state.tally.read_calls,
            rejected_429: state.tally.rejected_429,
            most_in_window: state.windows.most(),
            duplicates: state.tally.duplicates,
            opposite_while_open: state.tally.opposite_while_open,
            restricted_now: state.book.restricted(),
            actions_by_status: Default::default(),
            actions_by_type: Default::default(),
            actions_open: 0,
            faults: state.tally.faults,
            violations: state.tally.violations.clone(),
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
    pub fn act_by_other(&self, device: &str, kind: Kind, comment: &str) -> Option<String> {
        self.act(device, kind, comment, "analyst@contoso.example", Source::Portal)
    }

    /// A call of the API that was on its way for long is carried out now. Gives its id, or nothing as above. It counts in no
    /// window and stands in no journal: it was counted and written down when it came.
    pub fn act_late(&self, device: &str, kind: Kind, comment: &str) -> Option<String> {
        self.act(device, kind, comment, "quell", Source::PublicApi)
    }

    fn act(
        &self,
        device: &str,
        kind: Kind,
        comment: &str,
        requestor: &str,
        source: Source,
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
        };
        let placed = self
            .state()
            .book
            .place(request, &self.options, &self.clock, self.clock.now());
        self.moved.send_modify(|times| *times += 1);
        placed.action.map(|action| action.id.clone())
    }
}

impl State {
    /// How long this reply takes.
    pub fn draw_latency(&mut self, options: &Options) -> Duration {
        let (from, to) = (*options.latency.start(), *options.latency.end());
        from + to.saturating_sub(from).mul_f64(self.dice.f64())
    }

    /// The fault that this call suffers, if any.
    pub fn draw_fault(&mut self, kind: CallKind) -> Option<Fault> {
        let fault = Fault::draw(&self.faults, kind, &mut self.dice);
        self.tally.faults += u64::from(fault.is_some());
        fault
    }

    /// Whether something that happens in so many percent of cases happens now.
    pub fn draw_percent(&mut self, percent: f64) -> bool {
        self.dice.f64() * 100.0 < percent
    }
}
