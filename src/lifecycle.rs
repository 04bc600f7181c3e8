//! From the first task to the last: who runs, who asks to stop, and how the process ends in time.
//!
//! `app` makes one [`Lifecycle`], spawns every task through it and then waits in [`Lifecycle::run`]. The end comes in two
//! steps: a *soft stop* (SIGTERM, SIGINT, a task that ended) asks tasks to finish what they have begun and to begin
//! nothing; a *hard stop* (a second signal, or 30 s later) aborts them where they stand. A guard thread ends a process that
//! is stuck even then, so it is gone 35 s after it was asked, whatever happens.
//!
//! This is the one home of `tokio::spawn`: a task that panics or returns unasked takes the process down, with its name
//! in the log, and never dies unseen. It knows nothing of what the tasks do.

use std::fmt;
use std::future::Future;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

mod notify;
mod signals;

pub use signals::Signal;

/// How long the steps of an end may take.
#[derive(Clone, Copy, Debug)]
pub struct StopLimits {
    /// From the soft stop to the hard one. Default 30 s.
    pub soft: Duration,
    /// From the hard stop until run returns, whether the tasks have ended or not. Default 2 s.
    pub hard: Duration,
    /// From the soft stop until a guard thread ends the process, if it still runs. Default 34 s; `None` for a process that
    /// goes on after the lifecycle's end, as tests do.
    pub process: Option<Duration>,
}

impl Default for StopLimits {
    fn default() -> Self {
        Self {
            soft: Duration::from_secs(30),
            hard: Duration::from_secs(2),
            process: Some(Duration::from_secs(34)),
        }
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Asked to stop, and every task finished by itself.
    Clean,
    /// Asked to stop, and these tasks had to be aborted.
    Forced(Vec<&'static str>),
    /// A task ended that should not have.
    Failed {
        /// The task.
        task: &'static str,
        /// How it ended.
        ending: String,
    },
}

impl Outcome {
    /// 0 for a clean end, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Clean => ExitCode::SUCCESS,
            Self::Forced(_) | Self::Failed { .. } => ExitCode::FAILURE,
        }
    }
}

/// What a task returns: nothing, or an error that is logged with the task's name.
pub trait TaskResult: Send + 'static {
    /// The error's text, if it is one.
    fn error(self) -> Option<String>;
}

impl TaskResult for () {
    fn error(self) -> Option<String> {
        None
    }
}

impl<E: fmt::Display + Send + 'static> TaskResult for Result<(), E> {
    /// With all its causes: `{:#}` of an `anyhow::Error`.
    fn error(self) -> Option<String> {
        self.err().map(|error| format!("{error:#}"))
    }
}

/// Spawns tasks and hands out the tokens; cheap to clone.
#[derive(Clone, Debug)]
pub struct Tasks {
    soft: CancellationToken,
    hard: CancellationToken,
    tracker: TaskTracker,
    running: Arc<Mutex<Vec<(&'static str, AbortHandle)>>>,
    ended: mpsc::UnboundedSender<Ended>,
    reload: watch::Receiver<u64>,
}

/// A task ended, and how.
#[derive(Debug)]
struct Ended {
    task: &'static str,
    ending: Ending,
}

#[derive(Debug)]
enum Ending {
    Returned,
    Failed(String),
    Panicked(String),
    Aborted,
}

impl Tasks {
    /// Starts a task that is to run until the soft stop. If it ends before that, or panics at any time, the process
    /// stops.
    pub fn spawn<F>(&self, task: &'static str, future: F)
    where
        F: Future<Output: TaskResult> + Send + 'static,
    {
        #[expect(clippy::disallowed_methods, reason = "the one home of tokio::spawn")]
        let handle = tokio::spawn(future);
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|(_, handle)| !handle.is_finished());
        running.push((task, handle.abort_handle()));
        drop(running);
        let ended = self.ended.clone();
        let watch = async move {
            let ending = match handle.await {
                Ok(result) => result.error().map_or(Ending::Returned, Ending::Failed),
                Err(error) if error.is_panic() => Ending::Panicked(panic_text(error.into_panic().as_ref())),
                Err(_) => Ending::Aborted,
            };
            // Nobody listens any more once the lifecycle is over.
            drop(ended.send(Ended { task, ending }));
        };
        #[expect(clippy::disallowed_methods, reason = "the one home of tokio::spawn")]
        tokio::spawn(self.tracker.track_future(watch));
    }

    /// Cancelled when tasks are to finish what they have begun and to begin nothing.
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Cancelled when tasks are about to be aborted.
    pub fn hard(&self) -> CancellationToken {
        self.hard.clone()
    }

    /// Asks for a soft stop, as SIGTERM does.
    pub fn stop(&self) {
        self.soft.cancel();
    }

    /// Tells systemd, if it is there, that the service is ready, or ready again after a reload.
    pub fn ready(&self) {
        notify::ready();
    }

    /// Tells systemd, if it is there, how the service is: the line that `systemctl status` shows.
    pub fn say(&self, status: &str) {
        notify::status(status);
    }

    /// Tells systemd, if it is there, that files are being read again. [`Tasks::ready`] must follow, whatever came of it: `systemctl
    /// reload` waits for that.
    pub fn reloading(&self) {
        notify::reloading();
    }

    /// Changes with every SIGHUP, also with those that nobody could heed yet. Whoever reads the files again says so by
    /// [`Tasks::reloading`] and [`Tasks::ready`], and only then: nothing is promised in the name of a task that does not run.
    pub fn reload(&self) -> watch::Receiver<u64> {
        self.reload.clone()
    }

    fn still_running(&self) -> Vec<(&'static str, AbortHandle)> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running
            .iter()
            .filter(|(_, handle)| !handle.is_finished())
            .cloned()
            .collect()
    }
}

/// See [`Lifecycle::watch`].
struct Stuck(Box<dyn Fn() -> Vec<String> + Send + Sync>);

impl fmt::Debug for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stuck").field(&(self.0)()).finish()
    }
}

/// The life of the process; see the module's text.
#[derive(Debug)]
pub struct Lifecycle {
    tasks: Tasks,
    limits: StopLimits,
    signals: mpsc::Receiver<Signal>,
    ended: mpsc::UnboundedReceiver<Ended>,
    reload: watch::Sender<u64>,
    stuck: Stuck,
}

impl Lifecycle {
    /// A lifecycle that obeys the signals sent to this process, from now on.
    ///
    /// # Errors
    /// The system does not let us listen to signals.
    pub fn of_process(limits: StopLimits) -> std::io::Result<Self> {
        Ok(Self::new(limits, signals::listen()?))
    }

    /// A lifecycle that obeys the signals of a channel.
    pub fn new(limits: StopLimits, signals: mpsc::Receiver<Signal>) -> Self {
        let (ended_sender, ended) = mpsc::unbounded_channel();
        let (reload, reload_receiver) = watch::channel(0);
        let tasks = Tasks {
            soft: CancellationToken::new(),
            hard: CancellationToken::new(),
            tracker: TaskTracker::new(),
            running: Arc::default(),
            ended: ended_sender,
            reload: reload_receiver,
        };
        Self {
            tasks,
            limits,
            signals,
            ended,
            reload,
            stuck: Stuck(Box::new(Vec::new)),
        }
    }

    /// To spawn tasks with, and to hand on.
    pub fn tasks(&self) -> Tasks {
        self.tasks.clone()
    }

    /// What is asked before systemd's watchdog is fed: while it names anything that is stuck, the watchdog hears nothing.
    pub fn watch(&mut self, stuck: impl Fn() -> Vec<String> + Send + Sync + 'static) {
        self.stuck = Stuck(Box::new(stuck));
    }

    /// Waits for a reason to stop, then brings the tasks to their end; returns when they have ended, or their time is up.
    pub async fn run(mut self) -> Outcome {
        let failed = self.until_asked().await;
        notify::stopping();
        self.tasks.soft.cancel();
        if let Some(limit) = self.limits.process {
            signals::end_process_after(limit);
        }
        let forced = self.drain().await;
        match failed.or_else(|| self.failed_while_stopping()) {
            Some((task, ending)) => Outcome::Failed { task, ending },
            None if forced.is_empty() => Outcome::Clean,
            None => Outcome::Forced(forced),
        }
    }

    /// Waits for a signal, a call of [`Tasks::stop`], or a task's unexpected end, which it returns.
    async fn until_asked(&mut self) -> Option<(&'static str, String)> {
        let mut watchdog = notify::watchdog();
        loop {
            tokio::select! {
                biased; // a task that ends because of the stop is no surprise
                () = self.tasks.soft.cancelled() => {
                    tracing::info!("stopping: asked to");
                    return None;
                }
                Some(signal) = self.signals.recv() => match signal {
                    Signal::Stop(name) => {
                        tracing::info!(signal = name, "stopping: what has begun is finished first");
                        return None;
                    }
                    Signal::Reload => {
                        tracing::info!("reload asked for");
                        self.reload.send_modify(|count| *count += 1);
                    }
                },
                Some(Ended { task, ending }) = self.ended.recv() => {
                    let ending = match ending {
                        Ending::Returned => "ended by itself".to_owned(),
                        Ending::Failed(error) => format!("failed: {error}"),
                        Ending::Panicked(said) => format!("panicked: {said}"),
                        Ending::Aborted => "was aborted".to_owned(),
                    };
                    tracing::error!(task, ending, "stopping: a task ended that should run as long as the process");
                    return Some((task, ending));
                }
                () = watchdog.tick() => if watchdog.is_to_be_fed((self.stuck.0)()) {
                    notify::alive();
                },
            }
        }
    }

    /// Waits for the tasks, then no longer; gives the names of those that were aborted.
    async fn drain(&mut self) -> Vec<&'static str> {
        self.tasks.tracker.close();
        let patience = tokio::time::sleep(self.limits.soft);
        tokio::pin!(patience);
        let mut watchdog = notify::watchdog();
        loop {
            tokio::select! {
                biased;
                () = self.tasks.tracker.wait() => return Vec::new(),
                () = &mut patience => break,
                Some(Signal::Stop(_)) = self.signals.recv() => break,
                // What is stuck now is aborted in time.
                () = watchdog.tick() => notify::alive(),
            }
        }
        self.tasks.hard.cancel();
        let late = self.tasks.still_running();
        let names: Vec<&'static str> = late.iter().map(|(name, _)| *name).collect();
        tracing::warn!(tasks = ?names, "not all tasks have finished: they are aborted");
        for (_, handle) in late {
            handle.abort();
        }
        if tokio::time::timeout(self.limits.hard, self.tasks.tracker.wait())
            .await
            .is_err()
        {
            tracing::error!("a task cannot even be aborted: it blocks its thread");
        }
        names
    }

    /// A task that failed or panicked on the way down; returning is what all of them are asked to do then.
    fn failed_while_stopping(&mut self) -> Option<(&'static str, String)> {
        let mut first = None;
        while let Ok(Ended { task, ending }) = self.ended.try_recv() {
            let ending = match ending {
                Ending::Returned | Ending::Aborted => continue,
                Ending::Failed(error) => format!("failed while stopping: {error}"),
                Ending::Panicked(said) => format!("panicked while stopping: {said}"),
            };
            tracing::error!(task, ending, "a task did not stop well");
            first.get_or_insert((task, ending));
        }
        first
    }
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests;
