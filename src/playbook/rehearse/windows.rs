//! The sliding windows of limits and caps in virtual time: `domain::decision::Usage`, kept true as time passes. A device
//! counts in a window while it became active later than the window's length ago, as the store's query has it.

use std::collections::{BTreeSet, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::domain::decision::{Rules, Usage, UsageKey};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::verdict::Mode;
use crate::playbook::set::PlaybookSet;

/// Every counter that a set may need under some rules.
#[derive(Debug)]
pub(in crate::playbook) struct Windows {
    usage: Usage,
    windows: Vec<Window>,
    /// What drives restrictions: made when it is first asked for.
    driven: HashMap<UsageKey, Window>,
}

#[derive(Debug)]
struct Window {
    key: UsageKey,
    span: SignedDuration,
    /// The oldest first.
    acted: VecDeque<(Timestamp, DeviceId)>,
    times: HashMap<DeviceId, u32>,
}

impl Windows {
    /// Empty counters, one for each limit and cap and each mode.
    pub(in crate::playbook) fn new(set: &PlaybookSet, rules: &Rules, fleet: Option<u64>) -> Self {
        let mut keys: BTreeSet<UsageKey> = BTreeSet::new();
        for mode in [Mode::Observe, Mode::Enforce] {
            keys.extend(rules.caps.iter().map(|cap| (None, mode, cap.per)));
            for playbook in set.playbooks() {
                let limits = playbook.limits.iter();
                keys.extend(limits.map(|limit| (Some(playbook.id.clone()), mode, limit.per)));
            }
        }
        let mut usage = Usage::of(&rules.caps, fleet);
        let windows = keys.into_iter().map(|key| {
            usage.load(key.clone(), []);
            Window::new(key)
        });
        let windows = windows.collect();
        Self {
            usage,
            windows,
            driven: HashMap::new(),
        }
    }

    /// The counters as they are.
    pub(in crate::playbook) fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Says how many devices the fleet has.
    pub(in crate::playbook) fn set_fleet(&mut self, devices: Option<u64>) {
        self.usage.set_fleet(devices);
    }

    /// Says how many devices each group has.
    pub(in crate::playbook) fn set_group_sizes(&mut self, sizes: impl IntoIterator<Item = (String, u64)>) {
        self.usage.set_group_sizes(sizes);
    }

    /// Says in which group a device is, by its facts of now.
    pub(in crate::playbook) fn set_group(&mut self, device: &DeviceId, facts: &DeviceFacts) {
        if self.usage.asks_groups() {
            self.usage
                .set_group(device, facts.group.value().map(String::as_str));
        }
    }

    /// Lets those leave that became active too long ago.
    pub(in crate::playbook) fn advance(&mut self, now: Timestamp) {
        for window in &mut self.windows {
            window.advance(now, &mut self.usage);
        }
    }

    /// Makes the counters of drivers ready to be asked at a moment.
    pub(in crate::playbook) fn drive(&mut self, now: Timestamp, keys: impl Iterator<Item = UsageKey>) {
        for key in keys {
            let usage = &mut self.usage;
            let window = self.driven.entry(key.clone()).or_insert_with(|| {
                usage.load(key.clone(), []);
                Window::new(key)
            });
            window.advance(now, usage);
        }
    }

    /// Counts a device whose containment became active.
    pub(in crate::playbook) fn count(
        &mut self,
        at: Timestamp,
        playbook: &str,
        mode: Mode,
        device: &DeviceId,
        driven: impl Iterator<Item = UsageKey>,
    ) {
        self.usage.count(playbook, mode, device);
        for key in driven.filter(|key| key.1 == mode) {
            self.usage.load(key.clone(), [device.clone()]);
            let window = self.driven.entry(key.clone()).or_insert_with(|| Window::new(key));
            window.enter(at, device);
        }
        for window in &mut self.windows {
            if Usage::counts(&window.key, playbook, mode) {
                window.enter(at, device);
            }
        }
    }

    /// Counts a device in every window, whatever restricted it at that time.
    pub(in crate::playbook) fn seed(&mut self, at: Timestamp, device: &DeviceId) {
        for window in &mut self.windows {
            self.usage.load(window.key.clone(), [device.clone()]);
            window.enter(at, device);
        }
    }
}

impl Window {
    fn new(key: UsageKey) -> Self {
        Self {
            span: SignedDuration::try_from(key.2).unwrap_or(SignedDuration::MAX),
            key,
            acted: VecDeque::new(),
            times: HashMap::new(),
        }
    }

    /// Lets those leave that became active too long ago.
    fn advance(&mut self, now: Timestamp, usage: &mut Usage) {
        while self
            .acted
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) >= self.span)
        {
            if let Some((_, device)) = self.acted.pop_front() {
                self.leave(&device, usage);
            }
        }
    }

    fn enter(&mut self, at: Timestamp, device: &DeviceId) {
        // Nearly always at the end; only what is made up lies before.
        let place = self.acted.partition_point(|(earlier, _)| *earlier <= at);
        self.acted.insert(place, (at, device.clone()));
        *self.times.entry(device.clone()).or_default() += 1;
    }

    fn leave(&mut self, device: &DeviceId, usage: &mut Usage) {
        let Some(times) = self.times.get_mut(device) else {
            return;
        };
        *times -= 1;
        if *times == 0 {
            self.times.remove(device);
            usage.forget(&self.key, device);
        }
    }
}
