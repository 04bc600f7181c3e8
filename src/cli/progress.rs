//! How far a command is: a bar, and one line that is redrawn in place on standard error while that is a terminal. Nothing
//! is written elsewhere, so that logs and pipes stay clean.

use std::io::Write as _;
use std::time::Duration;

use crate::cli::terminal;
use crate::clock::Monotonic;

/// How often the line is drawn at most.
const EVERY: Duration = Duration::from_millis(100);

/// A line that tells how far a command is.
pub struct Progress {
    is_live: bool,
    is_drawn: bool,
    since: Monotonic,
    next: Option<Monotonic>,
}

impl Progress {
    /// A line on standard error, if that is a terminal.
    pub fn on_stderr() -> Self {
        Self {
            is_live: terminal::has_progress(),
            is_drawn: false,
            since: Monotonic::now(),
            next: None,
        }
    }

    /// So much of so much is done. Cheap to call often.
    pub fn show(&mut self, what: &str, done: u64, total: u64) {
        if !self.is_live || self.next.is_some_and(|next| !next.remaining().is_zero()) {
            return;
        }
        self.next = Some(Monotonic::now().plus(EVERY));
        self.is_drawn = true;
        write(&format!(
            "\r\x1b[2K{}",
            line(what, done, total, self.since.elapsed())
        ));
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.is_drawn {
            self.is_drawn = false;
            write("\r\x1b[2K");
        }
        self.since = Monotonic::now();
        self.next = None;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn line(what: &str, done: u64, total: u64, elapsed: Duration) -> String {
    let left = match (done, total.saturating_sub(done)) {
        (0, _) => String::new(),
        (_, 0) => String::new(),
        (done, rest) => {
            let per = elapsed.as_secs_f64() / done as f64;
            format!(", about {:.0} s left", per * rest as f64)
        }
    };
    format!("{what}  {}  {done} of {total}{left}", bar(done, total))
}

/// A bar of thirty places: never empty while something is done, never longer than full.
pub fn bar(done: u64, total: u64) -> String {
    const WIDTH: u64 = 30;
    let full = done.saturating_mul(WIDTH).checked_div(total).unwrap_or(0);
    let full = full.max(u64::from(done > 0)).min(WIDTH);
    let (full, rest) = (full as usize, (WIDTH - full) as usize);
    format!("{}{}", "█".repeat(full), "░".repeat(rest))
}

/// A terminal that has gone away is no reason to stop.
fn write(text: &str) {
    let mut stderr = std::io::stderr();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_empty_while_something_is_done_and_never_too_long() {
        for (done, full) in [(0, 0), (1, 1), (50, 15), (100, 30), (140, 30)] {
            let bar = bar(done, 100);
            assert_eq!(
                (bar.matches('█').count(), bar.chars().count()),
                (full, 30),
                "{done}"
            );
        }
        assert_eq!(bar(0, 0).chars().count(), 30);
        assert_eq!(bar(u64::MAX, 1).matches('█').count(), 30);
    }

    #[test]
    fn the_time_left_is_told_once_something_is_done() {
        let told = |done| line("replaying", done, 100, Duration::from_secs(10));
        assert!(told(0).ends_with("0 of 100"));
        assert!(told(25).ends_with("25 of 100, about 30 s left"));
        assert!(told(100).ends_with("100 of 100"));
    }
}
