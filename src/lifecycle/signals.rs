//! The signals of the process, as a channel, and the guard thread that ends a process that is stuck. Called by
//! [`super::Lifecycle`] only.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM or SIGINT, by name: stop; the second one: at once.
    Stop(&'static str),
    /// SIGHUP: read the files again.
    Reload,
}

/// Listens from now on. No signal that arrives later is lost, even while nobody reads the channel.
pub fn listen() -> std::io::Result<mpsc::Receiver<Signal>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let (sender, receiver) = mpsc::channel(8);
    let forward = async move {
        loop {
            let received = tokio::select! {
                Some(()) = terminate.recv() => Signal::Stop("SIGTERM"),
                Some(()) = interrupt.recv() => Signal::Stop("SIGINT"),
                Some(()) = hangup.recv() => Signal::Reload,
                else => return,
            };
            if sender.send(received).await.is_err() {
                return;
            }
        }
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "belongs to the lifecycle itself and ends with its channel"
    )]
    tokio::spawn(forward);
    Ok(receiver)
}

/// Ends the process when the time is up, unless it has ended by then: the last resort against a blocked runtime.
pub fn end_process_after(limit: Duration) {
    let guard = std::thread::Builder::new()
        .name("stop-guard".to_owned())
        .spawn(move || {
            std::thread::sleep(limit);
            tracing::error!("the process is stuck and is ended where it stands");
            #[expect(
                clippy::disallowed_methods,
                reason = "main cannot return: something blocks it"
            )]
            std::process::exit(1);
        });
    if let Err(error) = guard {
        tracing::warn!(%error, "no thread could be had to guard the end of the process");
    }
}
