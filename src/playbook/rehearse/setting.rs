//! The world of a rehearsal from outside: how it is set up before anything happens, and what stands at a moment. Called by `quell
//! test` and `quell plan`; nothing here decides.

use jiff::Timestamp;

use super::{Approvals, Device, Rehearsal};
use crate::domain::decision::Usage;
use crate::domain::device::DeviceId;

impl Rehearsal<'_> {
    /// The same world with another way to answer asks.
    #[must_use]
    pub fn with_approvals(mut self, approvals: Approvals) -> Self {
        self.approvals = approvals;
        self
    }

    /// The same world with so many devices in the fleet; without a size, limits in percent of it count as reached.
    #[must_use]
    pub fn with_fleet(mut self, devices: Option<u64>) -> Self {
        self.fleet = devices;
        self.windows.set_fleet(devices);
        self
    }

    /// The same world with groups of these sizes, by `domain::limit::group_key`; without a size, caps in percent of a group
    /// count as reached.
    #[must_use]
    pub fn with_groups(mut self, sizes: impl IntoIterator<Item = (String, u64)>) -> Self {
        self.windows.set_group_sizes(sizes);
        self
    }

    /// The same world in an installation whose time runs so many times faster: ages are multiplied by it. The spans of the
    /// set and of the rules must be divided by it already.
    #[must_use]
    pub fn with_time_scale(mut self, time_scale: u32) -> Self {
        self.time_scale = time_scale.max(1);
        self
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A device with something open; `None`: nothing is known of it, so it is free.
    pub fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// The playbooks that restrict a device, in the order in which their containments became active.
    pub fn restricted_by(&self, id: &DeviceId) -> Vec<String> {
        let device = self.devices.get(id);
        device
            .into_iter()
            .flat_map(Device::restricted_by)
            .map(str::to_owned)
            .collect()
    }

    /// The counters of limits and caps as of the last event.
    pub(in crate::playbook) fn usage(&self) -> &Usage {
        self.windows.usage()
    }
}
