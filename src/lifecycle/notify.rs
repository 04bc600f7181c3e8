//! Tells systemd how we are, where there is one (`NOTIFY_SOCKET`). Called by [`super::Lifecycle`]; elsewhere it does
//! nothing.

use std::time::Duration;

use sd_notify::NotifyState;

/// The service is ready.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The service reads its files again, until it says [`ready`]. A unit of `Type=notify-reload` (systemd 253) wants the moment with it; for
/// `Type=notify` it is passed over.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        // Without the moment a newer systemd would take the reload for failed.
        Err(error) => tracing::warn!(%error, "systemd was not told of the reload: the clock cannot be read"),
    }
}

/// How the service is, in one line.
pub fn status(line: &str) {
    tell(&[NotifyState::Status(line)]);
}

/// The service has begun to stop.
pub fn stopping() {
    tell(&[
        NotifyState::Stopping,
        NotifyState::Status("stopping: what has begun is finished first"),
    ]);
}

/// The service is alive.
pub fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// When to say [`alive`]: four times within each watchdog span, so that one time may be missed, or never if there is no watchdog.
pub fn watchdog() -> Watchdog {
    Watchdog {
        interval: sd_notify::watchdog_enabled().map(|span| tokio::time::interval((span / 4).max(SHORTEST))),
        is_starved: false,
    }
}

const SHORTEST: Duration = Duration::from_millis(10);

/// See [`watchdog`].
#[derive(Debug)]
pub struct Watchdog {
    interval: Option<tokio::time::Interval>,
    is_starved: bool,
}

impl Watchdog {
    /// Returns when it is time. Never, without a watchdog.
    pub async fn tick(&mut self) {
        match &mut self.interval {
            Some(interval) => {
                interval.tick().await;
            }
            None => std::future::pending().await,
        }
    }

    /// Whether it is to be fed, given what is stuck; says once when that changes.
    pub fn is_to_be_fed(&mut self, stuck: Vec<String>) -> bool {
        let was_starved = std::mem::replace(&mut self.is_starved, !stuck.is_empty());
        if !stuck.is_empty() && !was_starved {
            tracing::error!(
                stuck = stuck.join(", "),
                "a loop is stuck: the watchdog is fed no more, and ends the process unless the loop goes on"
            );
        } else if stuck.is_empty() && was_starved {
            tracing::info!("what was stuck goes on; the watchdog is fed again");
        }
        stuck.is_empty()
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd could not be told of our state");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watchdog_is_not_fed_while_anything_is_stuck() {
        let mut watchdog = watchdog();
        assert!(watchdog.is_to_be_fed(Vec::new()), "a quiet process lives");
        let stuck = || vec!["decide of `contoso` for 260 s".to_owned()];
        assert!(!watchdog.is_to_be_fed(stuck()));
        assert!(!watchdog.is_to_be_fed(stuck()));
        assert!(
            watchdog.is_to_be_fed(Vec::new()),
            "what goes on was not stuck for good"
        );
    }
}
