//! Tells systemd how we are, where there is one (`NOTIFY_SOCKET`). Called by [`super::Lifecycle`]; elsewhere it does
//! nothing.

use std::time::Duration;

use sd_notify::NotifyState;

/// The service is ready.
pub fn ready() {
    tell(NotifyState::Ready);
}

/// The service has begun to stop.
pub fn stopping() {
    tell(NotifyState::Stopping);
}

/// The service is alive.
pub fn alive() {
    tell(NotifyState::Watchdog);
}

/// When to say [`alive`]: twice within each watchdog span, or never if there is no watchdog.
pub fn watchdog() -> Watchdog {
    Watchdog(sd_notify::watchdog_enabled().map(|span| tokio::time::interval((span / 2).max(SHORTEST))))
}

const SHORTEST: Duration = Duration::from_millis(10);

/// See [`watchdog`].
#[derive(Debug)]
pub struct Watchdog(Option<tokio::time::Interval>);

impl Watchdog {
    /// Returns when it is time. Never, without a watchdog.
    pub async fn tick(&mut self) {
        match &mut self.0 {
            Some(interval) => {
                interval.tick().await;
            }
            None => std::future::pending().await,
        }
    }
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd could not be told of our state");
    }
}
