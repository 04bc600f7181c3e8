//! `--yes` and `--confirm N`: what changes many things at once is shown with its number, and goes on only with a word for it. One thing
//! that is named needs none. Used by the operators' commands that change something.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

use crate::cli::exit::Exit;
use crate::desk::words::counted;

/// The word for going on.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct Sure {
    /// Do not ask whether to go on where this changes several things at once
    #[arg(long)]
    yes: bool,
    /// Go on without asking if this changes so many things at once; else do nothing
    #[arg(long, value_name = "N", conflicts_with = "yes")]
    confirm: Option<usize>,
}

impl Sure {
    /// Whether the word is given, whatever the number: it need not be counted.
    pub(super) fn is_given(self) -> bool {
        self.yes
    }

    /// Whether to go on with so many: with one thing always, unless another number was expected. `None`: go on; else nothing is to
    /// be done, which is said.
    ///
    /// # Errors
    /// The terminal cannot be read.
    pub(super) fn of(self, does: &str, n: usize, noun: &str) -> anyhow::Result<Option<ExitCode>> {
        let without_asking = self.yes || (n <= 1 && self.confirm.is_none());
        asked(does, (n, noun), (without_asking, self.confirm), NOTHING_DONE)
    }
}

/// What is so after a no where nothing was changed before.
pub(super) const NOTHING_DONE: &str = "nothing was done";

/// The same for a command that asks about one thing too. `word`: whether not to ask, and the number that is expected. `otherwise`: what
/// is so if it does not go on, which begins what is said then.
///
/// # Errors
/// The terminal cannot be read.
pub(super) fn asked(
    does: &str,
    (n, noun): (usize, &str),
    (yes, confirm): (bool, Option<usize>),
    otherwise: &str,
) -> anyhow::Result<Option<ExitCode>> {
    let many = |n: usize| counted(i64::try_from(n).unwrap_or(i64::MAX), noun);
    match confirm {
        Some(expected) if expected == n => return Ok(None),
        Some(expected) => {
            eprintln!(
                "{otherwise}: `--confirm` says {}, and it is {n} now",
                many(expected)
            );
            return Ok(Some(Exit::No.into()));
        }
        None if yes => return Ok(None),
        None => {}
    }
    if !io::stdin().is_terminal() {
        eprintln!(
            "{otherwise}: this is to {does} {}, and nobody can be asked here; say `--confirm {n}` or `--yes` to go on",
            many(n)
        );
        return Ok(Some(Exit::Usage.into()));
    }
    eprint!("{does} {}? [y/N] ", many(n));
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    if matches!(line.trim(), "y" | "Y" | "yes") {
        return Ok(None);
    }
    eprintln!("{otherwise}");
    Ok(Some(Exit::No.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_needs_no_word_and_a_number_must_be_the_right_one() {
        let check = |yes, confirm, n, goes_on| {
            let sure = Sure { yes, confirm };
            let done = sure.of("drop", n, "dead letter").expect("no terminal is read");
            assert_eq!(done.is_none(), goes_on, "{sure:?} {n}");
        };
        check(false, None, 1, true);
        check(false, None, 0, true);
        check(true, None, 12, true);
        check(false, Some(12), 12, true);
        check(false, Some(12), 13, false);
        check(false, Some(2), 1, false);
        if !io::stdin().is_terminal() {
            check(false, None, 2, false);
        }
    }
}
