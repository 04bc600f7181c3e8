//! A live screen on a terminal: the alternate screen without a cursor, drawn anew with each look, each second and each change of size.
//! However it ends, by `q`, a signal, an error or a panic, the terminal is as it was before.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};

use super::Ends;
use super::frame::{Frame, Head};
use crate::cli::exit::Exit;
use crate::cli::operator::table::plain;
use crate::cli::terminal::{self, Keys};
use crate::clock::Monotonic;

/// The alternate screen, no cursor, no line that goes on in the next.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
/// The contrary.
const LEAVE: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// How often the ages are drawn anew.
const TICK: Duration = Duration::from_secs(1);

/// A look that takes longer is told to be waited for.
const SLOW: Duration = Duration::from_secs(3);

/// Shows looks until somebody leaves: exit code 0 for `q`, else that of the signal.
///
/// # Errors
/// The terminal cannot be written to.
pub(super) async fn show(
    title: &str,
    every: Duration,
    first: String,
    again: impl AsyncFn() -> anyhow::Result<String>,
) -> anyhow::Result<ExitCode> {
    let mut ends = Ends::listen()?;
    let mut sizes = signal(SignalKind::window_change()).context("cannot listen to signals")?;
    let mut keys = tokio::io::stdin();
    let mut typed = [0; 64];
    let screen = Screen::enter().context("the terminal cannot be drawn on")?;
    let began = Monotonic::now();
    let mut tick = tokio::time::interval(TICK);
    let mut view = View {
        title,
        every,
        frame: Frame::default(),
        looked_at: Duration::ZERO,
        failed: None,
    };
    view.frame.take(&first, Duration::ZERO);
    let mut looking = None;
    let mut due = every;
    loop {
        let now = began.elapsed();
        if looking.is_none() && now >= due {
            looking = Some((now, Box::pin(again())));
        }
        let waits = looking.as_ref().map(|(since, _)| now.saturating_sub(*since));
        screen.draw(&view.lines(now, waits.filter(|waits| *waits > SLOW)))?;
        let answer = async {
            match &mut looking {
                Some((_, look)) => look.await,
                None => std::future::pending().await,
            }
        };
        let is_looking = waits.is_some();
        let pause = due.saturating_sub(now).min(TICK);
        tokio::select! {
            code = ends.wait() => return Ok(code),
            looked = answer => {
                looking = None;
                view.answered(looked, began.elapsed());
                due = began.elapsed() + every;
            }
            read = keys.read(&mut typed) => {
                let read = read.unwrap_or(0);
                match pressed(&typed[..read]) {
                    // Nobody is there any more.
                    _ if read == 0 => return Ok(Exit::Yes.into()),
                    Some(Key::Leave) => return Ok(Exit::Yes.into()),
                    Some(Key::Look) => due = began.elapsed(),
                    Some(Key::Move(by)) => view.frame.scroll(by),
                    None => {}
                }
            }
            // What was made for another width is made anew.
            _ = sizes.recv() => {
                view.frame.refit();
                due = began.elapsed();
            }
            _ = tick.tick() => {}
            () = tokio::time::sleep(pause), if !is_looking => {}
        }
    }
}

/// What is shown.
struct View<'a> {
    title: &'a str,
    every: Duration,
    frame: Frame,
    /// When the last look that succeeded was made.
    looked_at: Duration,
    /// Why looks fail, and since when.
    failed: Option<(String, Duration)>,
}

impl View<'_> {
    fn answered(&mut self, looked: anyhow::Result<String>, now: Duration) {
        match looked {
            Ok(text) => {
                self.frame.take(&text, now);
                self.looked_at = now;
                self.failed = None;
            }
            Err(error) => {
                let since = self.failed.as_ref().map_or(now, |(_, since)| *since);
                self.failed = Some((plain(&format!("{error:#}")), since));
            }
        }
    }

    /// The lines of the screen; `waits`: how long a slow look has been waited for.
    fn lines(&self, now: Duration, waits: Option<Duration>) -> Vec<String> {
        let failed = match (&self.failed, waits) {
            (Some((why, since)), _) => Some((why.as_str(), now.saturating_sub(*since))),
            (None, Some(waits)) => Some(("waiting for Postgres", waits)),
            (None, None) => None,
        };
        let head = Head {
            title: self.title,
            every: self.every,
            age: now.saturating_sub(self.looked_at),
            failed,
        };
        let size = terminal::size().unwrap_or((80, 24));
        self.frame.lines(&head, now, size, terminal::paint())
    }
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Leave,
    Look,
    Move(isize),
}

/// What the bytes of a key say; the first that says something.
fn pressed(bytes: &[u8]) -> Option<Key> {
    let of_sequence = match bytes {
        [0x1b, b'[' | b'O', b'A', ..] => Some(Key::Move(-1)),
        [0x1b, b'[' | b'O', b'B', ..] => Some(Key::Move(1)),
        [0x1b, b'[', b'5', b'~', ..] => Some(Key::Move(-10)),
        [0x1b, b'[', b'6', b'~', ..] => Some(Key::Move(10)),
        [0x1b, ..] => return None,
        _ => None,
    };
    of_sequence.or_else(|| {
        bytes.iter().find_map(|byte| match byte {
            // Ctrl-C and Ctrl-D, where the terminal hands them over as they are.
            b'q' | b'Q' | 0x03 | 0x04 => Some(Key::Leave),
            b'r' | b' ' => Some(Key::Look),
            b'k' => Some(Key::Move(-1)),
            b'j' => Some(Key::Move(1)),
            _ => None,
        })
    })
}

/// A terminal that is drawn on.
struct Screen {
    _keys: Option<Keys>,
}

impl Screen {
    fn enter() -> io::Result<Self> {
        let keys = Keys::ask();
        let before = keys.as_ref().map(Keys::before);
        let hook = std::panic::take_hook();
        // Else what a panic says would vanish with the screen.
        std::panic::set_hook(Box::new(move |panic| {
            leave();
            if let Some(before) = &before {
                Keys::restore(before);
            }
            hook(panic);
        }));
        let screen = Self { _keys: keys };
        write(ENTER)?;
        Ok(screen)
    }

    /// Draws the lines at once, so that nobody sees half of them.
    fn draw(&self, lines: &[String]) -> anyhow::Result<()> {
        let lines: Vec<String> = lines.iter().map(|line| format!("{line}\x1b[0m\x1b[K")).collect();
        write(&format!(
            "\x1b[?2026h\x1b[H{}\x1b[J\x1b[?2026l",
            lines.join("\r\n")
        ))
        .context("the terminal cannot be drawn on")
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn leave() {
    // A terminal that has gone away needs nothing any more.
    let _ = write(LEAVE);
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_leave_look_and_move_and_others_do_nothing() {
        let check = |bytes: &[u8], key| assert_eq!(pressed(bytes), key, "{bytes:?}");
        check(b"q", Some(Key::Leave));
        check(b"\x03", Some(Key::Leave));
        check(b" ", Some(Key::Look));
        check(b"j", Some(Key::Move(1)));
        check(b"\x1b[A", Some(Key::Move(-1)));
        check(b"\x1bOB", Some(Key::Move(1)));
        check(b"\x1b[6~", Some(Key::Move(10)));
        check(b"x", None);
        check(b"\x1b", None);
        check(b"\x1b[1;5Q", None);
        check(b"", None);
    }

    #[test]
    fn a_look_that_fails_again_keeps_the_moment_of_the_first_failure() {
        let mut view = View {
            title: "quell status",
            every: TICK,
            frame: Frame::default(),
            looked_at: Duration::ZERO,
            failed: None,
        };
        let second = Duration::from_secs;
        view.answered(Ok("gate open\n".to_owned()), second(1));
        view.answered(Err(anyhow::anyhow!("away\u{1b}[2J")), second(3));
        view.answered(Err(anyhow::anyhow!("still away")), second(5));
        assert_eq!(view.failed, Some(("still away".to_owned(), second(3))));
        assert_eq!(view.looked_at, second(1));
        view.answered(Ok("gate open\n".to_owned()), second(7));
        assert_eq!((view.failed, view.looked_at), (None, second(7)));
    }
}
