//! `--watch`: the same look again and again. On a terminal a live screen ([`screen`]); on a pipe one block, line or document after another.
//! A look that fails is told and tried again: Postgres may come back. Called by the commands that show something; it changes nothing.

mod frame;
mod screen;

use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::exit::Exit;
use crate::cli::form::{self, Output};
use crate::cli::operator::table::Paint;
use crate::cli::operator::{Common, Session};
use crate::cli::terminal;

/// Whether, and how often, something is shown again.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Watch {
    /// Show it again every so many seconds [without a number: 2]: on a terminal as a screen that `q` leaves, else one after another
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "2",
        value_parser = clap::value_parser!(u64).range(1..=3_600),
    )]
    watch: Option<u64>,
}

/// Where the answers of a look go while it is repeated.
#[derive(Debug)]
pub(super) struct Sheet {
    text: Mutex<String>,
    /// How wide the screen is, where there is one.
    is_live: bool,
}

impl Sheet {
    /// Adds an answer in the form that was asked for.
    pub(super) fn add(
        &self,
        output: Output,
        json: &impl Serialize,
        table: impl FnOnce(Paint) -> String,
    ) -> anyhow::Result<()> {
        let text = match output {
            // A line each, so that whoever reads it knows where one ends.
            Output::Json => serde_json::to_string(json)? + "\n",
            Output::Yaml => format!("---\n{}", form::written(output, json, table, terminal::paint())?),
            _ => form::written(output, json, table, self.paint())?,
        };
        self.remark(&text);
        Ok(())
    }

    /// Adds a text beside the answer.
    pub(super) fn remark(&self, text: &str) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) += text;
    }

    fn paint(&self) -> Paint {
        match terminal::paint() {
            Paint::Fitted { columns, is_coloured } if self.is_live => Paint::Fitted {
                columns: columns.saturating_sub(frame::GUTTER),
                is_coloured,
            },
            paint => paint,
        }
    }

    fn take(&self) -> String {
        std::mem::take(&mut *self.text.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Opens the way to Postgres and looks, once or as long as is asked for. The first look must succeed.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away at the beginning.
pub(super) async fn looks(
    common: &Common,
    watch: Watch,
    name: &str,
    look: impl AsyncFn(&Session) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let mut session = Session::open(common).await?;
    let Some(every) = watch.watch.map(Duration::from_secs) else {
        return look(&session).await;
    };
    let is_live = !common.output().is_for_programs() && terminal::is_live();
    session.collect(Sheet {
        text: Mutex::default(),
        is_live,
    });
    let code = look(&session).await?;
    let Some(sheet) = session.sheet() else {
        return Ok(code);
    };
    let first = sheet.take();
    let again = async || {
        look(&session).await?;
        Ok(sheet.take())
    };
    let title = format!("quell {name}, tenant {}", session.tenant.name);
    match is_live {
        true => screen::show(&title, every, first, again).await,
        false => on_a_pipe(every, first, common.output().is_for_programs(), again).await,
    }
}

/// SIGINT, SIGTERM and SIGHUP.
struct Ends {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Ends {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen to signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for one; gives the exit code that a shell expects.
    async fn wait(&mut self) -> ExitCode {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted.into(),
            _ = self.terminate.recv() => ExitCode::from(143),
            _ = self.hang_up.recv() => ExitCode::from(129),
        }
    }
}

async fn on_a_pipe(
    every: Duration,
    first: String,
    is_for_programs: bool,
    again: impl AsyncFn() -> anyhow::Result<String>,
) -> anyhow::Result<ExitCode> {
    let mut ends = Ends::listen()?;
    let mut text = first;
    loop {
        if !is_for_programs {
            text.push('\n');
        }
        if !written(&text)? {
            return Ok(Exit::Yes.into());
        }
        tokio::select! {
            code = ends.wait() => return Ok(code),
            () = tokio::time::sleep(every) => {}
        }
        text = tokio::select! {
            code = ends.wait() => return Ok(code),
            looked = again() => match looked {
                Ok(text) => text,
                Err(error) => {
                    eprintln!("error: {error:#}; trying again");
                    String::new()
                }
            },
        };
    }
}

/// Writes to standard output; `false`: nobody reads any more.
fn written(text: &str) -> anyhow::Result<bool> {
    if text.trim().is_empty() {
        return Ok(true);
    }
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        done => done.map(|()| true).context("cannot write to standard output"),
    }
}
