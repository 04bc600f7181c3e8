//! A submitter in virtual time, for the tests beside this file: the queue, the ledger in memory, the rule, the pacer and
//! calls with latencies; a server that counts what it sees, exactly, and where a test has one, a server that refuses. What decides is
//! [`Rules::turn`], as in the gate.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use jiff::SignedDuration;

use super::forecast::PacedRun;
use super::{LaneHead, Pacing, Queued, Rules, Slots, Slow, Snapshot, Window};
use crate::domain::verdict::Lane;

/// A moment or a span, as the ledger has them.
pub(super) type At = SignedDuration;

pub(super) fn ms(ms: i64) -> At {
    SignedDuration::from_millis(ms)
}

pub(super) fn span(at: At) -> Duration {
    Duration::try_from(at).unwrap_or_default()
}

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    /// From the reservation until the server counts it.
    pub(super) counted: At,
    /// From the reservation until its answer is recorded; `None`: none ever is.
    pub(super) answered: Option<At>,
}

/// A 429: the window that it names, and for how long the gate is closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) named: Window,
    pub(super) pause: Duration,
}

/// A call that was refused, until its answer is read.
#[derive(Clone, Copy, Debug)]
struct Refused {
    left: At,
    answered: At,
    lane: Lane,
    queued: At,
    met_longest: bool,
    refusal: Refusal,
}

/// Says of a call that it counts at that moment whether it is refused. Moments never go back.
pub(super) type Server<'a> = Box<dyn FnMut(At) -> Option<Refusal> + 'a>;

/// A call that left, and was not refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) lane: Lane,
    pub(super) queued: At,
    pub(super) at: At,
    /// It waited for the longest window.
    pub(super) met_longest: bool,
}

pub(super) struct Sim<'a> {
    pub(super) rules: &'a Rules,
    /// True time.
    pub(super) now: At,
    /// How far the ledger's clock is ahead of it.
    pub(super) offset: At,
    /// From the reservation until the latest moment at which the server can count an unanswered call.
    pub(super) latest: At,
    pub(super) slots: Slots,
    lanes: [VecDeque<(At, bool)>; Lane::ALL.len()],
    /// Answers under way: when, and the slot that each moves.
    answers: BinaryHeap<Reverse<(At, At)>>,
    /// Until then nothing is tried.
    pub(super) sleeps_until: At,
    snapshot: Snapshot,
    pacer: PacedRun,
    /// When the server counted.
    pub(super) counted: Vec<At>,
    pub(super) left: Vec<Left>,
    /// What refuses; `None`: nothing does.
    pub(super) server: Option<Server<'a>>,
    refused: VecDeque<Refused>,
    /// The gate is closed until then.
    closed_until: At,
    slow: Option<Slow>,
    /// Whether a 429 brings the slower rate.
    pub(super) slows_down: bool,
    /// The windows that 429s named.
    pub(super) named: Vec<Window>,
}

impl<'a> Sim<'a> {
    pub(super) fn new(rules: &'a Rules, pacing: Pacing, latest: At) -> Self {
        Self {
            rules,
            now: At::ZERO,
            offset: At::ZERO,
            latest,
            slots: Slots::default(),
            lanes: Default::default(),
            answers: BinaryHeap::new(),
            sleeps_until: At::ZERO,
            snapshot: Snapshot::default(),
            pacer: PacedRun::new(pacing),
            counted: Vec::new(),
            left: Vec::new(),
            server: None,
            refused: VecDeque::new(),
            closed_until: At::ZERO,
            slow: None,
            slows_down: true,
            named: Vec::new(),
        }
    }

    /// An action is queued, which wakes the submitter.
    pub(super) fn queue(&mut self, lane: Lane) {
        let rank = usize::try_from(lane.rank()).expect("a rank is small");
        self.lanes[rank].push_back((self.now, false));
        self.sleeps_until = self.now;
    }

    pub(super) fn waiting(&self) -> usize {
        self.lanes.iter().map(VecDeque::len).sum()
    }

    /// Every answer under way is lost: the process died.
    pub(super) fn restart(&mut self) {
        self.answers.clear();
        self.sleeps_until = self.now;
    }

    /// The ledger's clock jumps, and held slots are prolonged by it when that is noticed; back, they are simply held longer.
    pub(super) fn jump(&mut self, by: At, is_noticed: bool) {
        self.offset += by;
        if is_noticed && by.is_positive() {
            self.slots.prolong(span(by));
        }
    }

    /// Lets time pass until then, with everything that falls due.
    pub(super) fn run(&mut self, until: At, mut fate: impl FnMut() -> Fate) {
        loop {
            self.submit(&mut fate);
            let mut next = until;
            if self.waiting() > 0 {
                next = next.min(self.sleeps_until.max(self.now));
            }
            if let Some(Reverse((at, _))) = self.answers.peek() {
                next = next.min(*at);
            }
            if let Some(refused) = self.refused.front() {
                next = next.min(refused.answered);
            }
            self.now = self.now.max(next);
            self.read_refusals();
            while let Some(Reverse((at, slot))) = self
                .answers
                .peek()
                .copied()
                .filter(|Reverse((at, _))| *at <= self.now)
            {
                self.answers.pop();
                self.slots.answer(slot, at + self.offset);
                // As the daemon: an answer wakes the submitter.
                self.sleeps_until = self.now;
            }
            if self.now >= until {
                return;
            }
        }
    }

    /// A refused call goes back to where it stood, the gate closes, and the slower rate holds.
    fn read_refusals(&mut self) {
        while let Some(refused) = self.refused.front().copied() {
            if refused.answered > self.now {
                return;
            }
            self.refused.pop_front();
            let Refusal { named, pause } = refused.refusal;
            if self.slows_down {
                self.slow = Some(Slow::after(named, pause, self.slow, self.now, refused.left));
            }
            let opens = self.now + SignedDuration::try_from(pause).expect("a short span");
            self.closed_until = self.closed_until.max(opens);
            self.named.push(named);
            let rank = usize::try_from(refused.lane.rank()).expect("a rank is small");
            self.lanes[rank].push_front((refused.queued, refused.met_longest));
        }
    }

    /// One look after the other, as long as something leaves.
    fn submit(&mut self, fate: &mut impl FnMut() -> Fate) {
        while self.sleeps_until <= self.now && self.waiting() > 0 {
            if self.closed_until > self.now {
                self.sleeps_until = self.closed_until;
                return;
            }
            let ledger_now = self.now + self.offset;
            let head = |lane: &Lane| {
                let rank = usize::try_from(lane.rank()).ok()?;
                let (queued, _) = self.lanes[rank].front()?;
                Some(LaneHead {
                    lane: *lane,
                    waited: span(self.now - *queued),
                })
            };
            let heads: Vec<LaneHead> = Lane::ALL.iter().filter_map(head).collect();
            let first = super::lanes::order(&heads, self.rules.ageing)[0];
            let paced = Queued {
                lane: first,
                queued: At::ZERO,
                ready: At::ZERO,
            };
            let turn_of_pacer = self.pacer.earliest(&paced, self.now);
            if turn_of_pacer > self.now {
                self.sleeps_until = turn_of_pacer;
                return;
            }
            self.slots.forget(self.rules, ledger_now);
            self.slots
                .snapshot_into(self.rules, ledger_now, &mut self.snapshot);
            self.snapshot.slow = self.slow.and_then(|slow| slow.holds_for(self.now));
            let is_full = self.rules.free(&self.snapshot) == 0;
            for lane in [Lane::Critical].iter().filter(|_| is_full) {
                let rank = usize::try_from(lane.rank()).expect("a rank is small");
                self.lanes[rank].iter_mut().for_each(|(_, met)| *met = true);
            }
            let lanes = match self.rules.turn(&self.snapshot, &heads) {
                Ok(lanes) => lanes,
                Err(wait) => {
                    self.sleeps_until =
                        self.now + SignedDuration::try_from(wait.after).expect("a short span");
                    return;
                }
            };
            let lane = lanes[0];
            let rank = usize::try_from(lane.rank()).expect("a rank is small");
            let (queued, met_longest) = self.lanes[rank].pop_front().expect("its head was seen");
            self.pacer.leave(&Queued { lane, ..paced }, self.now);
            let slot = ledger_now + self.latest;
            self.slots.insert(slot);
            if let Some(slow) = &mut self.slow {
                slow.leave(self.now);
            }
            let fate = fate();
            let counted = self.now + fate.counted;
            self.counted.push(counted);
            let refusal = self.server.as_mut().and_then(|server| server(counted));
            if let Some(answered) = fate.answered {
                self.answers.push(Reverse((self.now + answered, slot)));
            }
            match (refusal, fate.answered) {
                (Some(refusal), Some(answered)) => self.refused.push_back(Refused {
                    left: self.now,
                    answered: self.now + answered,
                    lane,
                    queued,
                    met_longest,
                    refusal,
                }),
                _ => self.left.push(Left {
                    lane,
                    queued,
                    at: self.now,
                    met_longest,
                }),
            }
        }
    }

    /// The most calls that the server counted in any span of `per`, both of whose ends count.
    pub(super) fn most_in(&mut self, per: Duration) -> usize {
        self.counted.sort_unstable();
        let per = SignedDuration::try_from(per).expect("a short span");
        let mut first = 0;
        let mut most = 0;
        for (index, at) in self.counted.iter().enumerate() {
            while self.counted[first] + per < *at {
                first += 1;
            }
            most = most.max(index + 1 - first);
        }
        most
    }
}
