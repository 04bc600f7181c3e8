//! How long a demo takes: from the number of devices, the scale and Defender's windows. Arithmetic only.

use std::time::Duration;

/// Calls that any machine that this runs on manages in a second, with room to spare.
const CALLS_PER_SECOND: f64 = 25.0;

/// Calls that Defender takes in an hour.
const HOUR: u32 = 1500;

/// What a demo is to do, and the spans that follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Distinct devices of the storm.
    pub devices: u32,
    /// How many times faster than Defender's time passes.
    pub scale: u32,
}

impl Plan {
    /// `release.after` of the storm's playbook, in Defender's time, whole minutes: long enough that every device is
    /// restricted before the first is released.
    pub fn release_after(&self) -> Duration {
        let calls = self.calls();
        // What fills whole hours waits for the windows; the rest goes as fast as both the windows and this machine let it.
        let rest = drain(calls % HOUR).max(machine_time(calls % HOUR) * self.scale);
        let margin = minutes(20).max(Duration::from_secs(4) * self.scale);
        let by_windows = minutes(u64::from(calls / HOUR) * 60) + rest;
        let by_machine = machine_time(calls) * self.scale;
        let longest = (by_windows.max(by_machine) + margin).max(minutes(30));
        minutes(longest.as_secs().div_ceil(60))
    }

    /// How long it will take about, in real time.
    pub fn estimate(&self) -> Duration {
        let there_and_back = drain(2 * self.calls()).max(self.release_after() + drain(self.calls()));
        (there_and_back + minutes(1)) / self.scale + machine_time(self.devices) / 4 + Duration::from_secs(2)
    }

    /// After this long in real time something is wrong.
    pub fn deadline(&self) -> Duration {
        (self.estimate() + machine_time(2 * self.calls())) * 3 + Duration::from_secs(60)
    }

    /// Calls for one way: some fail and are made again.
    fn calls(&self) -> u32 {
        self.devices + self.devices / 30
    }
}

/// How long any machine takes for so many calls, in real time.
fn machine_time(calls: u32) -> Duration {
    Duration::from_secs_f64(f64::from(calls) / CALLS_PER_SECOND)
}

/// When the last of so many calls may leave, at 100 in any minute and 1,500 in any hour.
fn drain(calls: u32) -> Duration {
    let before = calls.saturating_sub(1);
    minutes(u64::from(before / HOUR) * 60 + u64::from(before % HOUR / 100))
}

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_leave_by_the_minute_and_by_the_hour() {
        let drained = [0, 1, 100, 101, 1500, 1501, 3000].map(|calls| drain(calls).as_secs() / 60);
        assert_eq!(drained, [0, 0, 0, 1, 14, 60, 74]);
    }

    #[test]
    fn a_small_storm_takes_half_an_hour_of_defenders_time() {
        let plan = Plan {
            devices: 200,
            scale: 60,
        };
        assert_eq!(plan.release_after(), minutes(30));
        assert!(
            (30..45).contains(&plan.estimate().as_secs()),
            "{:?}",
            plan.estimate()
        );
        assert!(plan.deadline() > plan.estimate() * 3);
    }

    #[test]
    fn every_device_can_be_restricted_before_the_first_is_released() {
        for devices in [0, 40, 1500, 3000, 20_000] {
            for scale in [1, 60, 200, 1000] {
                let plan = Plan { devices, scale };
                let real = plan.release_after() / scale;
                let failed = devices / 50;
                assert!(plan.release_after() > drain(devices + failed), "{plan:?}");
                assert!(real > machine_time(devices + failed), "{plan:?}");
                assert!(plan.estimate() > real, "{plan:?}");
            }
        }
    }
}
