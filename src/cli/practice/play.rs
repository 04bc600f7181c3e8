//! The course of a demo or a drill around what is its own: the stage is built, the play performed, and everything taken down again,
//! however it ends. Called by `quell demo` and `quell drill`.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;

use super::screen::Screen;
use super::stage::{Places, Stage};
use super::stop::Stop;
use crate::simulator::Options;

/// What is played on which stage.
pub struct Play<W> {
    /// How its directory is called.
    pub name: &'static str,
    /// The simulated Defender's, but for the credentials.
    pub options: Options,
    /// Writes the configuration into a directory and gives its path.
    pub write: W,
    /// Leave everything running afterwards, until somebody asks for the end.
    pub keep: bool,
}

impl<W: FnOnce(&Path, &Places) -> anyhow::Result<PathBuf>> Play<W> {
    /// Plays: what `perform` says, or 130 or 143 when it was interrupted.
    ///
    /// # Errors
    /// Something could not be started, or ended before its time; what `perform` fails by.
    pub async fn run(
        self,
        screen: &mut Screen,
        perform: impl AsyncFnOnce(&mut Stage, &mut Screen) -> anyhow::Result<ExitCode>,
    ) -> anyhow::Result<ExitCode> {
        let mut stop = Stop::listen()?;
        let (stage, interrupted) = {
            let say = |line: String| screen.say(&line);
            let mut start = pin!(Stage::start(self.name, self.options, self.write, say));
            tokio::select! {
                stage = &mut start => (stage?, None),
                // What is half started is brought to its end first, and then stopped, unless we are told twice.
                code = stop.asked() => tokio::select! {
                    stage = &mut start => (stage?, Some(code)),
                    _ = stop.asked() => return Ok(code),
                },
            }
        };
        let mut stage = stage;
        let outcome = match interrupted {
            Some(code) => Ok(code),
            None => tokio::select! {
                outcome = perform(&mut stage, screen) => outcome,
                code = stop.asked() => Ok(code),
            },
        };
        screen.erase();
        if stop.was_asked {
            screen.say("interrupted: everything is stopped and removed");
        }
        if self.keep && interrupted.is_none() && outcome.is_ok() && !stop.was_asked {
            screen.say(&stage.invitation());
            stop.asked().await;
        }
        tokio::select! {
            stopped = stage.stop() => { outcome.and_then(|code| stopped.map(|()| code)) }
            code = stop.asked() => Ok(code),
        }
    }
}
